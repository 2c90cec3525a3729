"""Smoke people are enrolled, sign in with two factors, see only trials, and are removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from casework.aws.services import clients
from casework.aws.table.case_table import CaseTable
from casework.decisions.staff import Role, StaffMember
from casework.text.realm import Realm
from harness.smoke.outcome import CheckFailed
from harness.smoke.people import TrialMember, TrialStaff, an_address
from local.aws import AwsClients
from tests.builders import RABAT
from tests.tables import create_table

TABLE = "cases"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrialStaff]:
    """A user pool and the table."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    with mock_aws():
        clients.reset_clients()
        create_table(TABLE)
        pools: Any = boto3.client("cognito-idp")
        pool = pools.create_user_pool(PoolName="staff", UsernameAttributes=["email"])
        pool_id = pool["UserPool"]["Id"]
        made = pools.create_user_pool_client(
            UserPoolId=pool_id, ClientName="desk", ExplicitAuthFlows=["USER_PASSWORD_AUTH"]
        )
        outputs = {
            "UserPoolId": pool_id,
            "UserPoolClientId": made["UserPoolClient"]["ClientId"],
            "CaseTable": TABLE,
        }
        yield TrialStaff(AwsClients(None), outputs)
        clients.reset_clients()


def test_smoke_people_sign_in_and_see_only_trials(cast: TrialStaff) -> None:
    person = cast.enrol(an_address(Role.OFFICER), Role.OFFICER, RABAT)
    assert cast.sign_in(person)
    item = CaseTable(TABLE).staff(person.subject)
    assert item is not None
    member = StaffMember.from_item(person.subject, item)
    assert (member.role, member.unit, member.realm) == (Role.OFFICER, RABAT, Realm.TRIAL)
    listed, _ = CaseTable(TABLE).list_staff(100)
    played, _ = CaseTable(TABLE).list_staff(100, realm=Realm.TRIAL)
    assert (list(listed), list(played)) == ([], [person.subject])


def test_a_smoke_person_signs_in_with_the_second_factor_that_the_pool_wants(
    cast: TrialStaff,
) -> None:
    """As the service answers by its documentation; moto asks for none."""
    person = TrialMember("trial-a@casework.invalid", "a", Role.ANALYST, password="p")
    client = {"ClientId": cast.outputs["UserPoolClientId"]}
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    first, second, third = ("s" * 20 + each for each in "123")
    with Stubber(cast.aws.cognito) as pool:
        pool.add_response(
            "initiate_auth",
            {
                "ChallengeName": "MFA_SETUP",
                "Session": first,
                "ChallengeParameters": {"USER_ID_FOR_SRP": "a-name"},
            },
            {
                **client,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": person.email, "PASSWORD": "p"},
            },
        )
        pool.add_response(
            "associate_software_token",
            {"SecretCode": secret, "Session": second},
            {"Session": first},
        )
        pool.add_response(
            "verify_software_token",
            {"Status": "SUCCESS", "Session": third},
            {"Session": second, "UserCode": ANY},
        )
        pool.add_response(
            "respond_to_auth_challenge",
            {"AuthenticationResult": {"AccessToken": "token"}},
            {
                **client,
                "ChallengeName": "MFA_SETUP",
                "Session": third,
                "ChallengeResponses": {"USERNAME": "a-name"},
            },
        )
        assert cast.sign_in(person) == "token"


def test_an_unexpected_challenge_of_the_pool_is_named(cast: TrialStaff) -> None:
    person = TrialMember("trial-a@casework.invalid", "a", Role.ANALYST, password="p")
    with Stubber(cast.aws.cognito) as pool:
        pool.add_response("initiate_auth", {"ChallengeName": "NEW_PASSWORD_REQUIRED"})
        with pytest.raises(CheckFailed, match="asks for NEW_PASSWORD_REQUIRED"):
            cast.sign_in(person)


def test_smoke_people_are_removed_for_good_and_a_second_removal_does_nothing(
    cast: TrialStaff,
) -> None:
    person = cast.enrol(an_address(Role.ANALYST), Role.ANALYST)
    assert cast.dismiss(person.email)
    assert not cast.dismiss(person.email)
    assert CaseTable(TABLE).staff(person.subject) is None
    pools = cast.aws.cognito
    assert pools.list_users(UserPoolId=cast.outputs["UserPoolId"])["Users"] == []
    with pytest.raises(pools.exceptions.ClientError):
        cast.sign_in(person)


def test_a_real_member_of_staff_is_never_removed(cast: TrialStaff) -> None:
    person = cast.enrol("analyst@casework.example", Role.ANALYST)
    with pytest.raises(ValueError, match="only staff of trials"):
        cast.dismiss(person.email)
    assert CaseTable(TABLE).staff(person.subject)


def test_a_smoke_person_of_another_running_test_is_left_alone(cast: TrialStaff) -> None:
    cast.enrol(an_address(Role.ANALYST), Role.ANALYST)
    assert list(cast.left()) == []
