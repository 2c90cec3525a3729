"""Accounts of staff: invited by e-mail, begun anew, ended at once, and listed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import NoCredentialsError

from casework.decisions.staff import Role
from casework.pack.jurisdiction import open_pack
from infra.deployment import DeploymentFile
from infra.stage import stage_with_deployment
from local import staff
from local.aws import AwsClients
from local.errors import BadPerson, NothingRuns
from local.people import StaffEntry
from local.staff_directory import StaffDirectory
from tests.builders import NOON, RABAT
from tests.integration.answers import problem
from tests.integration.desks import TABLE, Desk, an_event

REGION = "eu-west-3"
ANA = StaffEntry("ana@police.example", "Ana Alami", "analyst")
OMAR = StaffEntry("omar@police.example", "Omar Omari", "officer", RABAT)


@dataclass
class Accounts:
    """The user pool of a deployed stage, and the calls that it got."""

    pool: str
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    regions: set[str] = field(default_factory=set)

    def of(self, call: str) -> list[dict[str, Any]]:
        """The parameters of each call of this name."""
        return [sent for name, sent in self.asked if name == call]

    def order(self, *calls: str) -> list[str]:
        """In which order these were called."""
        return [name for name, _ in self.asked if name in calls]

    def user(self, person: StaffEntry) -> dict[str, Any]:
        cognito = boto3.client("cognito-idp", region_name=REGION)
        return dict(cognito.admin_get_user(UserPoolId=self.pool, Username=person.email))

    def subject(self, person: StaffEntry) -> str:
        told = {each["Name"]: each["Value"] for each in self.user(person)["UserAttributes"]}
        return str(told["sub"])

    def has_signed_in(self, person: StaffEntry) -> None:
        """They chose a password of their own."""
        boto3.client("cognito-idp", region_name=REGION).admin_set_user_password(
            UserPoolId=self.pool, Username=person.email, Password="Own-password-1!", Permanent=True
        )


@pytest.fixture
def accounts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Stage `dev`, whose desk is the one of these tests."""
    cognito = boto3.client("cognito-idp", region_name=REGION)
    pool = cognito.create_user_pool(PoolName="staff", UsernameAttributes=["email"])["UserPool"][
        "Id"
    ]
    opened = Accounts(pool)
    told = {"UserPoolId": pool, "CaseTable": TABLE, "UserPoolClientId": "c", "Address": "unknown"}
    template = {
        "Resources": {"Any": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {name: {"Value": value} for name, value in told.items()},
    }
    boto3.client("cloudformation", region_name=REGION).create_stack(
        StackName="Casework-dev", TemplateBody=json.dumps(template)
    )

    class Heard(AwsClients):
        def client(self, service: str) -> Any:
            made = super().client(service)
            opened.regions.add(made.meta.region_name)

            def hear(params: dict[str, Any], model: Any, **_: Any) -> None:
                opened.asked.append((model.name, params))

            made.meta.events.register(f"provide-client-params.{service}", hear)
            # Newer than the stand-in for the service.
            made.meta.events.register(
                "before-call.cognito-idp.AdminDeleteSoftwareToken",
                lambda **_: (AWSResponse("", 200, HTTPHeaders(), None), {}),
            )
            return made

    monkeypatch.setattr(staff, "AwsClients", Heard)
    monkeypatch.setattr(
        staff, "read_stage", lambda name: stage_with_deployment(name, DeploymentFile())
    )
    monkeypatch.setattr(staff, "jurisdiction_of_stage", lambda name: open_pack("ma"))
    monkeypatch.setattr(staff, "datetime", AtNoon)
    return opened


class AtNoon:
    @staticmethod
    def now(_: Any) -> Any:
        return NOON


def test_a_person_is_invited_by_e_mail_in_the_region_of_the_stage(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as shell:
        shell.setenv("AWS_DEFAULT_REGION", "us-east-1")
        said = staff.add_person("dev", ANA)
    assert "was invited at ana@police.example" in said
    (sent,) = accounts.of("AdminCreateUser")
    assert sent["DesiredDeliveryMediums"] == ["EMAIL"], "the default is a short message"
    assert "MessageAction" not in sent, "it is sent"
    assert "TemporaryPassword" not in sent, "the pool makes it, and tells nobody else"
    assert {"Name": "email_verified", "Value": "true"} in sent["UserAttributes"]
    assert accounts.regions == {REGION}


def test_a_person_who_is_enrolled_again_is_not_invited_again(accounts: Accounts) -> None:
    staff.add_person("dev", ANA)
    again = staff.add_person("dev", StaffEntry(ANA.email, ANA.name, "supervisor"))
    assert "has the role supervisor from the next call on" in again
    assert "make staff-reset" in again, "they have not signed in yet"
    assert len(accounts.of("AdminCreateUser")) == 1
    accounts.has_signed_in(ANA)
    assert "make staff-reset" not in staff.add_person("dev", ANA)


def test_an_expired_invitation_is_sent_again(accounts: Accounts) -> None:
    staff.add_person("dev", ANA)
    said = staff.reset_person("dev", ANA.email)
    assert "was invited again" in said
    again = accounts.of("AdminCreateUser")[1]
    assert again["MessageAction"] == "RESEND"
    assert again["DesiredDeliveryMediums"] == ["EMAIL"]
    assert not accounts.of("AdminSetUserPassword")


def test_a_person_who_lost_a_factor_enrols_anew_and_the_old_factor_fails(
    accounts: Accounts,
) -> None:
    staff.add_person("dev", ANA)
    accounts.has_signed_in(ANA)
    said = staff.reset_person("dev", ANA.email)
    assert "signed out everywhere" in said
    steps = ("AdminDeleteSoftwareToken", "AdminSetUserMFAPreference", "AdminSetUserPassword",
             "AdminUserGlobalSignOut", "AdminCreateUser")  # fmt: skip
    assert accounts.order(*steps)[1:] == list(steps), "the invitation comes last"
    (passkeys,) = accounts.of("AdminSetUserMFAPreference")
    assert passkeys["WebAuthnMfaSettings"] == {"Enabled": False}
    (password,) = accounts.of("AdminSetUserPassword")
    assert password["Permanent"] is False
    assert accounts.user(ANA)["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_a_reset_that_was_interrupted_is_finished_by_the_next_one(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.add_person("dev", ANA)
    accounts.has_signed_in(ANA)
    with monkeypatch.context() as patch:
        patch.setattr(StaffDirectory, "invite_again", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            staff.reset_person("dev", ANA.email)
    assert "was invited again" in staff.reset_person("dev", ANA.email)


def test_a_disabled_person_is_refused_from_the_next_call_on(accounts: Accounts, desk: Desk) -> None:
    staff.add_person("dev", ANA)
    subject = accounts.subject(ANA)
    assert desk.call(an_event("GET", "/v1/desk/me", subject)).status == 200
    said = staff.disable_person("dev", ANA.email)
    assert "they held no case" in said
    refused = desk.call(an_event("GET", "/v1/desk/me", subject))
    assert (refused.status, problem(refused)) == (403, "not-allowed")
    assert accounts.user(ANA)["Enabled"] is False
    order = accounts.order("UpdateItem", "AdminDisableUser", "AdminUserGlobalSignOut")
    assert order == ["UpdateItem", "AdminDisableUser", "AdminUserGlobalSignOut"], "the desk first"


def test_the_items_of_a_disabled_person_go_back_to_their_queue(
    accounts: Accounts, desk: Desk
) -> None:
    staff.add_person("dev", ANA)
    subject, other = accounts.subject(ANA), desk.enrol(Role.ANALYST)
    mine, theirs, free = desk.in_review(), desk.in_review(), desk.in_review()
    for case, by in ((mine, subject), (theirs, other)):
        held = desk.call(an_event("POST", f"/v1/desk/cases/{case.id}/hold", by,
                                  headers={"idempotency-key": KEY}))  # fmt: skip
        assert held.status == 200
    said = staff.disable_person("dev", ANA.email)
    assert mine.id in said
    assert theirs.id not in said
    assert free.id not in said
    assert desk.table.get_case(mine.id).active_hold(NOON) is None
    assert desk.table.get_case(theirs.id).active_hold(NOON) is not None
    taken = desk.call(an_event("POST", f"/v1/desk/cases/{mine.id}/hold", other,
                               headers={"idempotency-key": KEY}))  # fmt: skip
    assert taken.status == 200


def test_the_held_cases_of_a_disabled_officer_go_back_to_the_unit(
    accounts: Accounts, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.add_person("dev", OMAR)
    case = desk.referred(RABAT)
    held = desk.call(an_event("POST", f"/v1/desk/cases/{case.id}/hold", accounts.subject(OMAR),
                              headers={"idempotency-key": KEY}))  # fmt: skip
    assert held.status == 200
    with monkeypatch.context() as shell:
        shell.setenv("AWS_DEFAULT_REGION", "us-east-1")  # and the table is the stage's still
        assert case.id in staff.disable_person("dev", OMAR.email)


def test_a_disabled_person_is_not_reset_but_let_back_in(accounts: Accounts, desk: Desk) -> None:
    staff.add_person("dev", ANA)
    staff.disable_person("dev", ANA.email)
    with pytest.raises(BadPerson, match="make staff-add"):
        staff.reset_person("dev", ANA.email)
    assert "can sign in again" in staff.add_person("dev", ANA)
    assert accounts.user(ANA)["Enabled"] is True
    assert desk.call(an_event("GET", "/v1/desk/me", accounts.subject(ANA))).status == 200


@pytest.mark.parametrize("command", [staff.reset_person, staff.disable_person])
def test_an_unknown_person_is_reported_as_unknown(accounts: Accounts, command: Any) -> None:
    with pytest.raises(BadPerson, match="no account for nobody@police"):
        command("dev", "nobody@police.example")


def test_the_list_of_staff_shows_the_permissions_of_each_person(
    accounts: Accounts, desk: Desk
) -> None:
    for person in (ANA, OMAR):
        staff.add_person("dev", person)
    accounts.has_signed_in(OMAR)
    staff.disable_person("dev", OMAR.email)
    gone = desk.enrol(Role.AUDITOR)
    half = boto3.client("cognito-idp", region_name=REGION)
    half.admin_create_user(
        UserPoolId=accounts.pool,
        Username="half@police.example",
        UserAttributes=[{"Name": "email", "Value": "half@police.example"}],
    )
    rows = [line.split() for line in staff.list_people("dev").splitlines()]
    assert [row[:3] for row in rows[1:]] == [
        ["ana@police.example", "analyst", "-"],
        ["no", "account", "auditor"],
        ["omar@police.example", "officer", RABAT],
        ["half@police.example", "no", "role"],
    ], gone
    assert rows[1][3:5] == ["yes", "invited"]
    assert rows[3][3] == "no"
    assert "half:" in rows[2]


def test_a_stage_that_is_not_deployed_or_not_known_is_named(
    accounts: Accounts,
) -> None:
    with pytest.raises(NothingRuns, match="make deploy STAGE=prod"):
        staff.list_people("prod")
    with pytest.raises(NothingRuns, match="local, dev, prod"):
        staff.list_people("production")


def test_a_shell_without_credentials_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(stage: str) -> str:
        raise NoCredentialsError

    monkeypatch.setattr(staff, "list_people", nobody)
    monkeypatch.setattr("sys.argv", ["staff", "list"])
    assert staff.main() == 1
    assert "no AWS credentials" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["reset", "disable"])
def test_a_command_without_an_address_says_what_is_missing(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["staff", command, "--email", ""])
    assert staff.main() == 1
    assert "EMAIL=" in capsys.readouterr().err


KEY = "0b0f1b3e-5c1f-4c8e-9d57-0c8f2a6f9f11"
