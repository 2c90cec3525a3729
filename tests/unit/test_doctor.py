"""`make doctor` on the answers that the services' own models document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from infra.deployment import DeploymentFile, Endpoints, Operator, ReporterChannels
from infra.quotas import read_quota_counts
from infra.stage import STAGES_BY_NAME, DeploymentStage
from tools import doctor
from tools.doctor import CheckLine, DoctorAccount, State

ACCOUNT = "123456789012"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/somebody"
Answer = dict[str, Any] | str
"""What a service answers, or the code of the error that it answers with."""


def stage(**said: Any) -> DeploymentStage:
    return replace(
        STAGES_BY_NAME["prod"], deployment=DeploymentFile(**said), account=said.get("account")
    )


@contextmanager
def an_account(at: DeploymentStage, **answers: list[tuple[str, Answer]]) -> Iterator[DoctorAccount]:
    """Clients that give these answers in this order, each checked against the service's model."""
    with ExitStack() as open_:
        made: dict[str, Any] = {}
        for service, calls in answers.items():
            make: Any = boto3.client  # of any service
            client = make(
                service,
                region_name="eu-west-3",
                aws_access_key_id="none",
                aws_secret_access_key="none",
            )
            stubber = open_.enter_context(Stubber(client))
            for operation, answer in calls:
                if isinstance(answer, str):
                    stubber.add_client_error(operation, answer, f"{answer} does not exist")
                else:
                    stubber.add_response(operation, answer)
            made[service] = client
        yield DoctorAccount(at, lambda service, _region: made[service])


def found(
    look: Callable[[DoctorAccount], Iterator[CheckLine]],
    at: DeploymentStage,
    **answers: list[tuple[str, Answer]],
) -> list[tuple[str, State]]:
    with an_account(at, **answers) as account:
        return [(line.about, line.state) for line in look(account)]


def identity(account: str = ACCOUNT, arn: str = ROLE) -> list[tuple[str, Answer]]:
    return [("get_caller_identity", {"Account": account, "Arn": arn, "UserId": "A"})]


@pytest.mark.parametrize(
    ("named", "account", "arn", "state"),
    [
        (None, ACCOUNT, ROLE, State.GOOD),
        (ACCOUNT, ACCOUNT, ROLE, State.GOOD),
        (ACCOUNT, "210987654321", ROLE, State.DO),
        (None, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", State.DO),
    ],
)
def test_credentials_are_of_the_account_that_was_named_and_not_its_root(
    named: str | None, account: str, arn: str, state: State
) -> None:
    at = stage(account=named)
    assert found(doctor.credentials, at, sts=identity(account, arn)) == [("credentials", state)]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("opt-in-not-required", State.GOOD),
        ("opted-in", State.GOOD),
        ("not-opted-in", State.DO),
    ],
)
def test_a_region_that_is_switched_off_is_named(status: str, state: State) -> None:
    answer: Answer = {"Regions": [{"RegionName": "eu-west-3", "OptInStatus": status}]}
    assert found(doctor.regions, stage(), ec2=[("describe_regions", answer)]) == [("region", state)]


def test_both_regions_are_bootstrapped_and_new_enough() -> None:
    calls: list[tuple[str, Answer]] = [
        ("get_parameter", {"Parameter": {"Value": "5"}}),
        ("get_parameter", "ParameterNotFound"),
    ]
    assert found(doctor.bootstrap, stage(), ssm=calls) == [
        ("bootstrap in eu-west-3", State.DO),
        ("bootstrap in us-east-1", State.DO),
    ]
    calls = [("get_parameter", {"Parameter": {"Value": "27"}})] * 2
    assert {state for _, state in found(doctor.bootstrap, stage(), ssm=calls)} == {State.GOOD}


@pytest.mark.parametrize(
    ("has", "free", "reserved", "state"),
    [
        (1000, 1000, None, State.GOOD),
        (1000, 1000, 200, State.GOOD),
        (10, 10, None, State.DO),  # a new account
        (1000, 1000, 950, State.DO),  # the deployment would fail
        (1000, 250, 100, State.DO),  # others of the account have the rest
    ],
)
def test_executions_at_one_moment_are_enough_for_the_stage(
    has: int, free: int, reserved: int | None, state: State
) -> None:
    limits: Answer = {
        "AccountLimit": {"ConcurrentExecutions": has, "UnreservedConcurrentExecutions": free}
    }
    at = stage(intake_concurrency=reserved)
    assert found(doctor.concurrency, at, **{"lambda": [("get_account_settings", limits)]}) == [
        ("concurrency", state)
    ]


def test_a_reservation_that_would_fail_is_told_with_the_number_that_would_not() -> None:
    limits: Answer = {
        "AccountLimit": {"ConcurrentExecutions": 400, "UnreservedConcurrentExecutions": 400}
    }
    calls = {"lambda": [("get_account_settings", limits)]}
    with an_account(stage(intake_concurrency=350), **calls) as account:
        (line,) = doctor.concurrency(account)
    assert "at most 300" in line.do


SENDER = {"reporters": ReporterChannels(sender="news@example.org")}


def sending(*, out: bool = True, on: bool = True) -> tuple[str, Answer]:
    return (
        "get_account",
        {
            "SendingEnabled": on,
            "ProductionAccessEnabled": out,
            "SendQuota": {"Max24HourSend": 50_000.0},
        },
    )


def test_mail_needs_an_account_out_of_the_sandbox_and_a_sender_that_is_verified() -> None:
    verified: Answer = {"VerifiedForSendingStatus": True}
    assert found(doctor.mail, stage(**SENDER), sesv2=[
        sending(),
        ("get_email_identity", "NotFoundException"),  # the address
        ("get_email_identity", verified),  # its domain
    ]) == [("e-mail to reporters", State.GOOD), ("sender", State.GOOD)]  # fmt: skip
    assert found(doctor.mail, stage(**SENDER), sesv2=[
        sending(out=False),
        ("get_email_identity", {"VerifiedForSendingStatus": False}),
        ("get_email_identity", "NotFoundException"),
    ]) == [("e-mail to reporters", State.DO), ("sender", State.DO)]  # fmt: skip
    assert found(doctor.mail, stage(**SENDER), sesv2=[
        sending(on=False), ("get_email_identity", verified)
    ])[0] == ("e-mail to reporters", State.DO)  # fmt: skip


def test_a_deployment_that_writes_to_no_reporter_is_advised_and_not_held_up() -> None:
    assert found(doctor.mail, stage()) == [("e-mail to reporters", State.ADVICE)]
    assert found(doctor.short_messages, stage()) == [("short messages to reporters", State.ADVICE)]


@pytest.mark.parametrize(
    ("sandbox", "limit", "state"),
    [
        (True, None, State.DO),
        (False, {}, State.DO),
        (False, {"MonthlySpendLimit": "500"}, State.GOOD),
    ],
)
def test_short_messages_need_more_than_the_dollar_of_a_new_account(
    sandbox: bool, limit: dict[str, str] | None, state: State
) -> None:
    calls: list[tuple[str, Answer]] = [("get_sms_sandbox_account_status", {"IsInSandbox": sandbox})]
    if limit is not None:
        calls.append(("get_sms_attributes", {"attributes": limit}))
    at = stage(reporters=ReporterChannels(short_messages=True))
    assert found(doctor.short_messages, at, sns=calls) == [("short messages to reporters", state)]


ALARMS = {"alarms": Endpoints(emails=("duty@example.org",))}
TOPIC = f"arn:aws:sns:eu-west-3:{ACCOUNT}:alarms"


def deployed(**outputs: str) -> list[tuple[str, Answer]]:
    made = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    stack = {
        "StackName": "Casework-prod",
        "CreationTime": "2026-01-01T00:00:00Z",
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": made,
    }
    return [("describe_stacks", {"Stacks": [stack]})]


def subscribed(arn: str) -> list[tuple[str, Answer]]:
    each = {
        "SubscriptionArn": arn,
        "Protocol": "email",
        "Endpoint": "duty@example.org",
        "TopicArn": TOPIC,
        "Owner": ACCOUNT,
    }
    return [("list_subscriptions_by_topic", {"Subscriptions": [each]})]


def test_an_alarm_needs_a_subscriber() -> None:
    assert found(doctor.subscribers, stage()) == [("alarm subscribers", State.DO)]
    unknown: list[tuple[str, Answer]] = [("describe_stacks", "ValidationError")]
    assert found(doctor.subscribers, stage(**ALARMS), cloudformation=unknown) == [
        ("alarm subscribers", State.GOOD)
    ]
    for arn, state in ((f"{TOPIC}:1", State.GOOD), ("PendingConfirmation", State.DO)):
        assert found(
            doctor.subscribers,
            stage(**ALARMS),
            cloudformation=deployed(AlarmTopic=TOPIC),
            sns=subscribed(arn),
        ) == [("alarm subscribers", state)]


def having(*values: float | str) -> list[tuple[str, Answer]]:
    """Answers of Service Quotas in the order of the table."""
    return [
        ("get_service_quota", each if isinstance(each, str) else {"Quota": {"Value": each}})
        for each in values
    ]


def test_quotas_of_the_account_are_compared_with_the_templates() -> None:
    asks = read_quota_counts()["prod"]
    enough = having(300.0, 10_000.0, 20.0, 1_783.0)
    found_all = found(doctor.quotas, stage(), **{"service-quotas": enough})
    assert {state for _, state in found_all} == {State.GOOD}
    assert len(found_all) == len(enough)
    routes = asks["API Gateway: routes of an API"]
    with an_account(
        stage(), **{"service-quotas": having(routes - 1, 10_000.0, 20.0, 1_783.0)}
    ) as account:
        first, *others = doctor.quotas(account)
    assert first.state == State.DO
    assert f"--quota-code L-65B5C802 --desired-value {routes:g} --region eu-west-3" in first.do
    assert {each.state for each in others} == {State.GOOD}


def test_an_unchanged_quota_is_its_default() -> None:
    default: tuple[str, Answer] = ("get_aws_default_service_quota", {"Quota": {"Value": 300.0}})
    first, *others = having("NoSuchResourceException", 10_000.0, 20.0, 1_783.0)
    answers = {"service-quotas": [first, default, *others]}
    assert {state for _, state in found(doctor.quotas, stage(), **answers)} == {State.GOOD}


OPERATOR = {"operator": Operator(name="N", contact="a@b.example", privacy="c@b.example")}
DOMAIN = {
    "domain": "signaler.example.org",
    "certificate": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/{'0' * 36}",
}


def test_a_real_deployment_gets_a_list_of_missing_fields() -> None:
    everything = stage(**OPERATOR, **DOMAIN, **ALARMS)
    assert found(doctor.filled_in, everything) == [("deployment file", State.GOOD)]
    with an_account(stage(**DOMAIN, **ALARMS)) as account:
        lines = list(doctor.filled_in(account))
    assert [line.says.split(":")[0] for line in lines] == [
        "it leaves out operator.name",
        "it leaves out operator.contact",
        "it leaves out operator.privacy",
    ]
    assert {line.state for line in lines} == {State.DO}
    trial = replace(STAGES_BY_NAME["dev"], deployment=DeploymentFile())
    assert {state for _, state in found(doctor.filled_in, trial)} == {State.ADVICE}


def test_a_real_deployment_is_told_what_its_pack_does_not_confirm() -> None:
    with an_account(stage(**OPERATOR, **DOMAIN, **ALARMS)) as account:
        lines = list(doctor.unconfirmed_entry_lines(account))
    assert any("notices.json: legal_basis" in line.says for line in lines)
    assert {line.state for line in lines} == {State.DO}
    trial = replace(STAGES_BY_NAME["dev"], deployment=DeploymentFile())
    assert {state for _, state in found(doctor.unconfirmed_entry_lines, trial)} == {State.ADVICE}


def certificate(status: str = "ISSUED", *names: str) -> list[tuple[str, Answer]]:
    first, *others = names or (DOMAIN["domain"],)
    record = {"Name": "_a.example.org.", "Type": "CNAME", "Value": "_b.acm-validations.aws."}
    told = {
        "DomainName": first,
        "SubjectAlternativeNames": [first, *others],
        "Status": status,
        "DomainValidationOptions": [{"DomainName": first, "ResourceRecord": record}],
    }
    return [("describe_certificate", {"Certificate": told})]


@pytest.mark.parametrize(
    ("answer", "state", "do"),
    [
        (certificate(), State.GOOD, ""),
        (certificate("ISSUED", "other.example.org", "*.example.org"), State.GOOD, ""),
        (certificate("ISSUED", "example.org"), State.DO, "request-certificate"),
        (certificate("ISSUED", "*.org"), State.DO, "request-certificate"),
        (certificate("PENDING_VALIDATION"), State.DO, "_a.example.org. CNAME _b.acm"),
        (certificate("EXPIRED"), State.DO, "request-certificate"),
        ([("describe_certificate", "ResourceNotFoundException")], State.DO, "us-east-1"),
    ],
)
def test_the_certificate_is_there_and_issued_and_of_the_domain(
    answer: list[tuple[str, Answer]], state: State, do: str
) -> None:
    asked: list[tuple[str, str]] = []
    with an_account(stage(**DOMAIN), acm=answer) as account:

        def client(service: str, region: str) -> Any:
            asked.append((service, region))
            return account.client(service, region)

        (line,) = doctor.domain(DoctorAccount(account.stage, client))
    assert (line.about, line.state) == (f"certificate of {DOMAIN['domain']}", state)
    assert do in line.do
    assert asked == [("acm", "us-east-1")]


def test_a_trial_without_a_domain_is_advised() -> None:
    assert found(doctor.domain, stage()) == [("domain", State.ADVICE)]


def test_a_refused_check_is_reported_and_the_others_are_made() -> None:
    refused: list[tuple[str, Answer]] = [("get_account_settings", "AccessDeniedException")]
    with an_account(
        stage(),
        sts=identity(),
        ec2=[("describe_regions", "UnauthorizedOperation")],
        ssm=[("get_parameter", {"Parameter": {"Value": "27"}})] * 2,
        **{"lambda": refused, "service-quotas": having("AccessDeniedException")},
    ) as account:
        lines = list(doctor.examine_account(account))
    unknown = {line.about for line in lines if line.state == State.UNKNOWN}
    assert unknown == {"region", "concurrency", "quotas"}
    assert ("alarm subscribers", State.DO) in {(line.about, line.state) for line in lines}
    assert all(
        "Denied" in line.says or "Unauth" in line.says for line in lines if line.about in unknown
    )


def test_a_shell_without_credentials_is_told_what_needs_no_account_and_how_to_get_some() -> None:
    def none(_service: str, _region: str) -> Any:
        raise NoCredentialsError

    *before, line = doctor.examine_account(DoctorAccount(stage(), none))
    assert {each.about for each in before} == {"deployment file", "jurisdiction"}
    assert line.state == State.DO
    assert "aws sso login" in line.do
