"""Check an AWS account before a deployment, and say what is missing and what to do.

    python -m tools.doctor --stage prod        # or: make doctor STAGE=prod

Each line says that something is good, or what to do. It changes nothing: it makes only reading
calls, with the credentials of the shell. It exits with 1 when a deployment would fail, or would be
silent where it must notify people. It exits with 0 when only advice is left.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from casework.pack.jurisdiction import open_pack
from infra import readiness
from infra.errors import CannotSynthesise
from infra.quota_measures import CONCURRENT_EXECUTIONS_BY_STAGE
from infra.quotas import (
    AWS_QUOTAS,
    MIN_UNRESERVED_EXECUTIONS,
    SMS_DOLLARS_PER_MONTH,
    AwsQuota,
    read_quota_counts,
)
from infra.stage import EDGE_REGION, STAGES_BY_NAME, DeploymentStage, read_stage
from tools import credential_errors

BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
"""The parameter to which `cdk bootstrap` writes its version."""
BOOTSTRAP_VERSION = 8
"""Assets are published by role, and the version is read by role: AWS CDK guide, bootstrap
versions."""


class State(StrEnum):
    """The result of one check."""

    GOOD = "good"
    DO = "do"
    """To be done before the deployment, which would fail or be silent otherwise."""
    ADVICE = "advice"
    UNKNOWN = "unknown"
    """These credentials may not read it."""


@dataclass(frozen=True)
class CheckLine:
    """The line of one check."""

    about: str
    state: State
    says: str
    do: str = ""

    def __str__(self) -> str:
        told = f"{self.state:8} {self.about}: {self.says}"
        return f"{told}\n{'':9}→ {self.do}" if self.do else told


@dataclass(frozen=True)
class DoctorAccount:
    """The account of a stage, and clients to read it."""

    stage: DeploymentStage
    client: Callable[[str, str], Any]
    """Of a service, in a region."""

    @property
    def region(self) -> str:
        return self.stage.region or EDGE_REGION

    def here(self, service: str) -> Any:
        return self.client(service, self.region)


def good(about: str, says: str) -> CheckLine:
    return CheckLine(about, State.GOOD, says)


def todo(about: str, says: str, do: str) -> CheckLine:
    return CheckLine(about, State.DO, says, do)


def credentials(account: DoctorAccount) -> Iterator[CheckLine]:
    """The owner of the credentials, and whether it is the account of the deployment file."""
    found = account.here("sts").get_caller_identity()
    wanted = account.stage.account
    if wanted and found["Account"] != wanted:
        yield todo(
            "credentials",
            f"they belong to account {found['Account']}; the deployment names {wanted}",
            "take a profile of that account (AWS_PROFILE=…), or correct `account`",
        )
    elif found["Arn"].endswith(":root"):
        yield todo(
            "credentials",
            "they belong to the account's root user",
            "deploy with a role of its own; keep the root user for emergencies",
        )
    else:
        yield good("credentials", f"account {found['Account']}, {found['Arn'].split('/')[-1]}")


def regions(account: DoctorAccount) -> Iterator[CheckLine]:
    """Whether the account has enabled the deployment's region."""
    answer = account.client("ec2", EDGE_REGION).describe_regions(
        RegionNames=[account.region], AllRegions=True
    )
    if answer["Regions"][0]["OptInStatus"] == "not-opted-in":
        yield todo(
            "region",
            f"{account.region} is switched off in this account",
            "switch it on (account settings, AWS Regions), or name another `region`",
        )
    else:
        yield good("region", account.region)


def bootstrap(account: DoctorAccount) -> Iterator[CheckLine]:
    """Both regions: the firewall of the edge is in us-east-1."""
    for region in dict.fromkeys((account.region, EDGE_REGION)):
        about, command = f"bootstrap in {region}", f"cdk bootstrap aws://ACCOUNT/{region}"
        try:
            answer = account.client("ssm", region).get_parameter(Name=BOOTSTRAP)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterNotFound":
                raise
            yield todo(about, "the CDK is not bootstrapped there", command)
            continue
        version = int(answer["Parameter"]["Value"])
        if version < BOOTSTRAP_VERSION:
            yield todo(about, f"version {version}, {BOOTSTRAP_VERSION} is needed", command)
        else:
            yield good(about, f"version {version}")


def concurrency(account: DoctorAccount) -> Iterator[CheckLine]:
    """Concurrent executions of functions: a new account may have 10."""
    limits = account.here("lambda").get_account_settings()["AccountLimit"]
    has, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    reserved = account.stage.deployment.intake_concurrency or 0
    wanted = CONCURRENT_EXECUTIONS_BY_STAGE[account.stage.name]
    kept = min(MIN_UNRESERVED_EXECUTIONS, has)
    request = (
        "ask for more: aws service-quotas request-service-quota-increase --service-code lambda "
        f"--quota-code L-B99A9384 --desired-value 1000 --region {account.region}"
    )
    if reserved and free - reserved < kept:
        yield todo(
            "concurrency",
            f"intake_concurrency reserves {reserved} of {free}, and Lambda keeps {kept} back: "
            "the deployment would fail",
            f"reserve at most {max(free - kept, 0)}, or {request}",
        )
    elif free - reserved < wanted:
        yield todo(
            "concurrency",
            f"{free - reserved} executions at one moment; this stage needs {wanted}",
            request,
        )
    else:
        yield good("concurrency", f"{has} executions at one moment")


def quotas(account: DoctorAccount) -> Iterator[CheckLine]:
    """The quotas of the templates beside those of the account, where the account can be asked."""
    wanted = read_quota_counts()[account.stage.name]
    for each in AWS_QUOTAS:
        if each.code is None or each.what == "executions at one moment":  # see `concurrency`
            continue
        service, code = each.code
        region = EDGE_REGION if service == "cloudfront" else account.region
        has, asks = _quota(account.client("service-quotas", region), each), wanted[each.id]
        about = f"quota, {each.id}"
        if has < asks:
            yield todo(
                about,
                f"the account has {has:g}, this stage needs {asks:g}",
                "aws service-quotas request-service-quota-increase --service-code "
                f"{service} --quota-code {code} --desired-value {asks:g} --region {region}",
            )
        else:
            yield good(about, f"{has:g}; this stage needs {asks:g}")


def _quota(service: Any, quota: AwsQuota) -> float:
    """The quota of the account; the default where it was never changed."""
    name = dict(zip(("ServiceCode", "QuotaCode"), quota.code or (), strict=True))
    try:
        return float(service.get_service_quota(**name)["Quota"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchResourceException":
            raise
        return float(service.get_aws_default_service_quota(**name)["Quota"]["Value"])


def filled_in(account: DoctorAccount) -> Iterator[CheckLine]:
    """Required fields that the deployment file lacks."""
    about, file = "deployment file", f"deployments/{account.stage.name}.toml"
    left_out = readiness.missing_requirements(account.stage.deployment)
    if not left_out:
        yield good(about, "operator, domain and subscribers of alarms are named")
    for each in left_out:
        state = State.DO if account.stage.keep else State.ADVICE
        yield CheckLine(
            about, state, f"it leaves out {each.name}: {each.why}", f"write it into {file}"
        )


def unconfirmed_entry_lines(account: DoctorAccount) -> Iterator[CheckLine]:
    """What the portal tells people or the desk dials, and the pack does not confirm or lacks."""
    pack = open_pack(account.stage.pack)
    left = list(readiness.unconfirmed_pack_entries(pack))
    if not left:
        yield good("jurisdiction", "its numbers, notices and helpers are confirmed")
    for entry, what in left:
        state = State.DO if account.stage.keep else State.ADVICE
        told = f"it does not confirm, or lacks, {entry}: {what}"
        yield CheckLine("jurisdiction", state, told, f"confirm it in jurisdictions/{pack.id}/")


def domain(account: DoctorAccount) -> Iterator[CheckLine]:
    """Whether the certificate exists, was issued, and is for the domain."""
    named = account.stage.deployment
    if named.domain is None or named.certificate is None:
        yield CheckLine(
            "domain",
            State.ADVICE,
            "none is named; staff sign in at `address` once the deployment file has one",
        )
        return
    about = f"certificate of {named.domain}"
    again = f"ask ACM in {EDGE_REGION} for one: aws acm request-certificate --region {EDGE_REGION} "
    again += f"--validation-method DNS --domain-name {named.domain}"
    try:
        found = account.client("acm", EDGE_REGION).describe_certificate(
            CertificateArn=named.certificate
        )["Certificate"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        yield todo(about, f"no certificate in {EDGE_REGION} has this ARN", again)
        return
    names = {found["DomainName"], *found.get("SubjectAlternativeNames", [])}
    if not any(covers(name, named.domain) for name in names):
        yield todo(about, f"it is for {', '.join(sorted(names))}", again)
    elif found["Status"] == "PENDING_VALIDATION":
        yield todo(about, "it waits for proof that you own the name", _proof(found))
    elif found["Status"] != "ISSUED":
        yield todo(about, f"it is {found['Status']}", again)
    else:
        yield good(about, f"issued, in {EDGE_REGION}")


def covers(name: str, domain_name: str) -> bool:
    """Whether a certificate's name covers a domain; a star stands for one label (RFC 6125)."""
    name, domain_name = name.lower(), domain_name.lower()
    return name == domain_name or name == f"*.{domain_name.partition('.')[2]}"


def _proof(certificate: Mapping[str, Any]) -> str:
    """The DNS records for which ACM waits."""
    records = [
        each["ResourceRecord"]
        for each in certificate.get("DomainValidationOptions", [])
        if "ResourceRecord" in each
    ]
    said = "; ".join(f"{each['Name']} {each['Type']} {each['Value']}" for each in records)
    return f"enter into DNS: {said}" if said else "follow the e-mail that ACM sent"


def mail(account: DoctorAccount) -> Iterator[CheckLine]:
    """Whether notices to reporters are sent: the sandbox sends to verified addresses alone."""
    sender = account.stage.deployment.reporters.sender
    if not sender:
        yield CheckLine(
            "e-mail to reporters",
            State.ADVICE,
            "none is sent: the deployment names no sender",
            "name a `sender` under [reporters] once its domain is verified in SES",
        )
        return
    service = account.here("sesv2")
    sending = service.get_account()
    if not sending["SendingEnabled"]:
        yield todo(
            "e-mail to reporters",
            "SES has paused this account",
            "read the reason in the console of SES and answer it",
        )
    elif not sending["ProductionAccessEnabled"]:
        yield todo(
            "e-mail to reporters",
            "SES is in its sandbox: only verified addresses get e-mail",
            "ask for production access (SES, Account dashboard); AWS answers in about a day",
        )
    else:
        quota = int(sending["SendQuota"]["Max24HourSend"])
        yield good("e-mail to reporters", f"out of the sandbox, {quota} a day")
    if any(_verified(service, identity) for identity in (sender, sender.rpartition("@")[2])):
        yield good("sender", "verified")
    else:
        yield todo(
            "sender",
            "neither the address nor its domain is verified in SES",
            f"aws sesv2 create-email-identity --email-identity {sender.rpartition('@')[2]} "
            f"--region {account.region}, then enter the DKIM records that it answers",
        )


def _verified(service: Any, identity: str) -> bool:
    try:
        return bool(service.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return False


def short_messages(account: DoctorAccount) -> Iterator[CheckLine]:
    """Whether short messages are sent, and how many can be paid."""
    about = "short messages to reporters"
    if not account.stage.deployment.reporters.short_messages:
        yield CheckLine(about, State.ADVICE, "none are sent: `short_messages` is off")
        return
    service = account.here("sns")
    if service.get_sms_sandbox_account_status()["IsInSandbox"]:
        yield todo(
            about,
            "SNS is in its sandbox: only verified telephones get messages",
            "leave it (SNS, Text messaging, Exit SMS sandbox); AWS answers in about a day",
        )
        return
    limit = service.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"]
    dollars = float(limit.get("MonthlySpendLimit", SMS_DOLLARS_PER_MONTH))
    if dollars <= SMS_DOLLARS_PER_MONTH:
        yield todo(
            about,
            f"the account may spend ${dollars:g} a month on them, then they stop silently",
            "ask for a higher spend limit (Service Quotas, SNS, account spend threshold)",
        )
    else:
        yield good(about, f"out of the sandbox, up to ${dollars:g} a month")


def subscribers(account: DoctorAccount) -> Iterator[CheckLine]:
    """Whether alarms have subscribers, and whether these have confirmed."""
    alarms = account.stage.deployment.alarms
    named = [*alarms.emails, *alarms.urls]
    if not named:
        yield todo(
            "alarm subscribers",
            "no person and no program gets the alarms",
            f"name `emails` or `urls` under [alarms] of deployments/{account.stage.name}.toml",
        )
        return
    topic = _outputs(account).get("AlarmTopic")
    if topic is None:
        yield good("alarm subscribers", f"{len(named)} named; they confirm after the deployment")
        return
    pages = account.here("sns").get_paginator("list_subscriptions_by_topic")
    waiting = [
        each["Endpoint"]
        for page in pages.paginate(TopicArn=topic)
        for each in page["Subscriptions"]
        if each["SubscriptionArn"] == "PendingConfirmation"
    ]
    if waiting:
        yield todo(
            "alarm subscribers",
            f"{', '.join(waiting)} did not confirm and gets no alarm",
            f"python -m tools.confirm_subscription {topic} TOKEN, with the token of the message",
        )
    else:
        yield good("alarm subscribers", f"{len(named)}, all confirmed")


def _outputs(account: DoctorAccount) -> Mapping[str, str]:
    """Outputs of the stage's core stack; none before the first deployment."""
    try:
        answer = account.here("cloudformation").describe_stacks(StackName=account.stage.core_name)
    except ClientError as error:
        if "does not exist" not in error.response["Error"].get("Message", ""):
            raise
        return {}
    return {
        each["OutputKey"]: each["OutputValue"] for each in answer["Stacks"][0].get("Outputs", [])
    }


DOCTOR_CHECKS: Mapping[str, Callable[[DoctorAccount], Iterator[CheckLine]]] = {
    "region": regions,
    "bootstrap": bootstrap,
    "concurrency": concurrency,
    "quotas": quotas,
    "domain": domain,
    "e-mail to reporters": mail,
    "short messages to reporters": short_messages,
    "alarm subscribers": subscribers,
}


def examine_account(account: DoctorAccount) -> Iterator[CheckLine]:
    """Every line, as soon as it is known: what needs no account first, and nothing more without
    credentials."""
    yield from filled_in(account)
    yield from unconfirmed_entry_lines(account)
    try:
        yield from credentials(account)
    except NoCredentialsError:
        yield todo("credentials", "there are none in this shell", credential_errors.DO)
        return
    except (ClientError, BotoCoreError) as error:
        yield todo("credentials", f"AWS refuses them: {_why(error)}", "sign in again")
        return
    for about, look in DOCTOR_CHECKS.items():
        try:
            yield from look(account)
        except (ClientError, BotoCoreError) as error:
            yield CheckLine(
                about,
                State.UNKNOWN,
                f"could not be read: {_why(error)}",
                "run this again with credentials that may read it",
            )


def _why(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return f"{error.response['Error']['Code']} of {error.operation_name}"
    return type(error).__name__


def clients(config: Config) -> Callable[[str, str], Any]:
    """Clients of the shell's credentials."""
    session = boto3.Session()

    def client(service: str, region: str) -> Any:
        make: Any = session.client
        return make(service, region_name=region, config=config)

    return client


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    on_aws = [name for name, stage in STAGES_BY_NAME.items() if stage.on_aws]
    parser.add_argument("--stage", required=True, choices=on_aws)
    name = parser.parse_args(arguments).stage
    try:
        stage = read_stage(name)
    except CannotSynthesise as error:
        print(todo("deployment", str(error), f"correct deployments/{name}.toml"))
        return 1
    config = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard"})
    states = []
    for line in examine_account(DoctorAccount(stage, clients(config))):
        print(line, flush=True)
        states.append(line.state)
    count = states.count(State.DO)
    print(f"\n{count or 'Nothing'} to do before `make deploy STAGE={name}`.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
