"""Triage in one process: the table, the topic, the state machine, and people who decide.

    with open_office(monkeypatch) as office:
        reference = office.accept()
        office.deliver(reference)
        office.case_of(reference)

Reports are put into the table as intake puts them, and told to the stream's consumer by hand, so
that a test says what is told when, and how often. Executions are started and do not run; see
`tests/workflow` for those that do.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from casework.aws.services import clients, notifications, secrets
from casework.aws.services.digest_sealing import DigestKey, seal_perceptual_hashes
from casework.aws.steps import executions as workflow
from casework.aws.steps import task_state
from casework.aws.table import keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.report_table import NewReport, ReportTable
from casework.aws.table.wire import values_from_wire_item
from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import WORKFLOW_VERSION
from casework.case.referral import DeclineReason
from casework.case.times import format_timestamp
from casework.case.value_objects import CloseReason
from casework.identifiers import identifier_label, keyed_mark
from casework.moves import inquiry, merges, questions
from casework.moves.executions import execution_state
from casework.pack.clocks import Clocks, jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from casework.report.report import Report
from casework.report.stored_facts import compress_facts
from casework.text.compression import compress_text
from casework.text.realm import Realm
from functions.notify import steps as notify_steps
from functions.triage import execution_starts, link, reconcile, steps, sweep
from tests import decided
from tests.builders import RABAT, SALE, a_reference, a_report, clocks_of
from tests.tables import create_table, one_call_at_a_time

TABLE = "cases"
REGION = "eu-west-3"
SELECTOR = "s" * 64
OWN = "o" * 64
DIGEST = "d" * 64
ANALYST = "an-analyst"
OFFICER = "an-officer"
IDLE = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
ROLE = "arn:aws:iam::123456789012:role/test"


TOKEN = "a-token-of-no-execution"


class Killed(BaseException):
    """The process ended here: nothing of ours may catch it."""


@dataclass
class Office:
    """What a test acts on and looks at."""

    table: CaseTable
    topic: str
    inbox: str
    workflow: str = ""
    late_by: timedelta = timedelta()
    accepted: int = 0
    """How many reports were."""
    heard: list[dict[str, Any]] = field(default_factory=list)
    """What was read of the inbox."""
    service: Callable[[str], Any] = field(default_factory=lambda: cache(boto3.client))
    """A client of whoever looks on: no process that is killed has it."""

    # reporters

    def accept(self, *, number: int | None = None, realm: Realm = Realm.REAL, **said: Any) -> str:
        """A report as intake keeps it; its reference. It is not told to the stream yet."""
        self.accepted += 1
        return put_report(number or self.accepted, realm, **said)

    # the stream

    def deliver(self, *references: str) -> list[str]:
        """Tell the consumer of reports; the references of those it could not take."""
        records = [a_record(reference, at) for at, reference in enumerate(references)]
        answer = link.handle({"Records": records}, None)
        failed = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
        return [references[int(number)] for number in failed]

    def deliver_event(self, case: Case) -> None:
        """Tell the consumer of the last entry of a case's history."""
        key = keys.event_key(case.id, case.events)
        named = {name: {"S": value} for name, value in key.items()}
        record = {"eventName": "INSERT", "dynamodb": {"Keys": named, "SequenceNumber": "0"}}
        assert link.handle({"Records": [record]}, None) == {"batchItemFailures": []}

    # what became of them

    def case_of(self, reference: str) -> Case:
        """The case a report is in."""
        report = self.table.reports.get_report(reference)
        assert report is not None
        assert report.case_id is not None, "the report has no case"
        return self.table.get_case(report.case_id)

    def items(self, begins: str, sort: str = "") -> list[dict[str, Any]]:
        """Items of one kind, as plain values."""
        client: Any = self.service("dynamodb")
        pages = client.get_paginator("scan").paginate(TableName=TABLE)
        found = [values_from_wire_item(item) for page in pages for item in page["Items"]]
        return [
            item
            for item in found
            if item[keys.PARTITION_KEY].startswith(begins) and item[keys.SORT_KEY].startswith(sort)
        ]

    def cases(self) -> list[Case]:
        """All cases."""
        ids = [
            keys.case_id_from_partition(item[keys.PARTITION_KEY])
            for item in self.items("CASE#", keys.CASE_SORT)
        ]
        return [self.table.get_case(case_id) for case_id in ids]

    def moves(self, case: Case) -> list[str]:
        """The history of a case, as the names of its moves."""
        return [event.move for event in self.table.events(case.id)]

    def told(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Notifications so far: CloudEvents, with what they are filtered by under `attributes`."""
        queue: Any = self.service("sqs")
        while True:
            answer = queue.receive_message(
                QueueUrl=self.inbox, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            if not answer.get("Messages"):
                break
            for message in answer["Messages"]:
                named = message.get("MessageAttributes", {})
                attributes = {name: value["StringValue"] for name, value in named.items()}
                self.heard.append({**json.loads(message["Body"]), "attributes": attributes})
                queue.delete_message(QueueUrl=self.inbox, ReceiptHandle=message["ReceiptHandle"])
        return [each for each in self.heard if kind in (None, each["attributes"]["type"])]

    def executions(self, status: str | None = None) -> list[str]:
        """Names of all executions, or of those with a status."""
        client: Any = self.service("stepfunctions")
        asked = {"statusFilter": status} if status else {}
        found = client.list_executions(stateMachineArn=self.workflow, **asked)["executions"]
        return sorted(each["name"] for each in found)

    def end_execution(self, case: Case) -> None:
        """The case's execution is no more."""
        client: Any = self.service("stepfunctions")
        arn = self.workflow.replace(":stateMachine:", ":execution:") + f":{case.execution}"
        client.stop_execution(executionArn=arn)

    # the workflow, one step at a time

    def take(self, name: str, case: Case, token: str = TOKEN) -> Any:
        """Call the step of a name, as the workflow does for this case."""
        handler = getattr(steps, name, None) or getattr(notify_steps, name)
        journey = execution_state(case, task_state.now(), self.clocks).to_state_input()
        said = {"journey": journey, "drawn": WORKFLOW_VERSION, "task_token": token, "tries": 0}
        return handler(said, None)

    @property
    def clocks(self) -> Clocks:
        """The deadlines of the pack."""
        return jurisdiction_clocks(open_pack(os.environ["PACK"]))

    def now_case(self, case: Case) -> Case:
        """The case as it is now."""
        return self.table.get_case(case.id)

    def in_review(self, **said: Any) -> Case:
        """A case just opened from a report: it waits for an analyst."""
        reference = self.accept(**said)
        assert self.deliver(reference) == []
        return self.case_of(reference)

    def ask(self, case: Case) -> Case:
        """An analyst asks the reporter; the workflow ends its wait."""
        return self.table.update(
            case.id,
            lambda each: questions.ask_reporter(
                each,
                task_state.now(),
                ANALYST,
                report=each.opened_by,
                text="Quel jour était-ce ?",
                language="fr",
                answer_seconds=3_600,
            ),
        ).case

    def reviewed(self, unit: str | None = RABAT, **said: Any) -> Case:
        """A case an analyst has confirmed."""
        return self.confirm(self.in_review(**said), unit)

    def queued(self, unit: str = RABAT, **said: Any) -> Case:
        """A case whose unit could not be told."""
        case = self.reviewed(unit, **said)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(notifications, "publish_notification", _out_of_reach)
            with pytest.raises(task_state.StepFailed):
                self.take("referral", case)
        return self.now_case(case)

    def published(self, unit: str = RABAT, **said: Any) -> Case:
        """A case whose unit was told."""
        case = self.reviewed(unit, **said)
        self.take("referral", case)
        return self.now_case(case)

    # people

    def confirm(self, case: Case, unit: str | None = RABAT) -> Case:
        """An analyst confirms the case; the workflow is not told."""
        return self.table.update(case.id, lambda now: confirmed(now, unit)).case

    def reject(self, case: Case) -> Case:
        """An analyst ends the case; the workflow is not told."""
        return self.table.update(case.id, rejected).case

    def merge(self, case: Case, into: Case) -> Case:
        """An analyst merges the case into another one; its reports are not carried yet."""
        return self.table.update(
            case.id,
            lambda now: merges.merge_case(
                now, self.now_case(into), task_state.now(), ANALYST, {}, clocks_of(60)
            ),
        ).case

    def close(self, case: Case) -> Case:
        """The unit ends the case."""
        reason = CloseReason.SENT_TO_COURT
        return self.table.update(
            case.id, lambda now: inquiry.close_by_unit(now, task_state.now(), OFFICER, reason, {})
        ).case

    def acknowledge(self, case: Case) -> Case:
        """The unit takes the case; the workflow is not told."""
        return self.table.update(
            case.id, lambda now: decided.acknowledged(now, task_state.now(), OFFICER)
        ).case

    def decline(self, case: Case, named: str = SALE) -> Case:
        """The unit names another; the workflow is not told."""
        return self.table.update(case.id, lambda now: declined(now, named)).case

    def tell(self, case: Case) -> bool:
        """Tell the workflow of what was decided."""
        return workflow.resume_after_decision(
            self.table, self.now_case(case), task_state.now(), self.clocks
        )

    # time and trouble

    def later(self, **by: float) -> None:
        """Time passes."""
        self.late_by += timedelta(**by)

    def reconcile(self) -> dict[str, int]:
        """One run of the reconciler."""
        return reconcile.handle({}, None)

    def sweep(self) -> dict[str, int]:
        """One run of the sweeper."""
        return sweep.handle({}, None)


def _out_of_reach(topic: str, announcement: Any, at: Any) -> None:
    raise ConnectionError("the topic is out of reach")


def keep_keys() -> dict[str, str]:
    """Keep the keys of who links, once; the ARNs of their secrets, as settings name them."""
    kept: Any = boto3.client("secretsmanager")
    known = {each["Name"]: each["ARN"] for each in kept.list_secrets()["SecretList"]}
    for name, value in {"selector": SELECTOR, "own": OWN, "digest": DIGEST}.items():
        if name not in known:
            said = json.dumps({"key": value})
            known[name] = kept.create_secret(Name=name, SecretString=said)["ARN"]
    return {f"{name}_secret": known[name] for name in ("selector", "own", "digest")}


def put_report(number: int, realm: Realm = Realm.REAL, **said: Any) -> str:
    """Put a report into the table as intake does; its reference."""
    reference = a_reference(number, realm)
    report = Report.model_validate_json(json.dumps(a_report(**said)))
    kind = report.disclosure.kind
    own = (keyed_mark(OWN.encode(), *each) for each in report.own_identifiers)
    ReportTable(TABLE).put_once(
        NewReport(
            reference=reference,
            accepted_at=format_timestamp(task_state.now()),
            language=report.language,
            disclosure=report.disclosure.kind,
            correlation_id=str(uuid.uuid4()),
            facts=compress_facts(report),
            looks=seal_perceptual_hashes(DigestKey(DIGEST.encode), reference, report.pictures),
            narrative=compress_text(report.narrative),
            pepper="1",
            body_mac=b"m" * 16,
            verifier=b"v" * 16,
            own=tuple(own),
            contact_box=None if kind == "anonymous" else b"a sealed contact",
            identity_box=b"a sealed identity" if kind == "identified" else None,
            danger=report.danger_now,
        )
    )
    return reference


def identified(kind: str, value: str) -> str:
    """What stands for an identifier in keys and on reports."""
    return keys.identifier_id(SELECTOR.encode(), kind, value)


def marked(kind: str, value: str) -> str:
    """What histories call an identifier."""
    return identifier_label(SELECTOR.encode(), kind, value)


def confirmed(case: Case, unit: str | None = RABAT) -> Change:
    """What an analyst decides."""
    return decided.confirmed(
        case,
        task_state.now(),
        ANALYST,
        category=case.category or "fraud",
        priority=case.priority,
        territory=case.territory,
        country=case.country,
        unit=unit,
    )


def rejected(case: Case) -> Change:
    """What an analyst decides when there is no offence."""
    return decided.rejected(case, task_state.now(), ANALYST, CloseReason.NOT_AN_OFFENCE)


def declined(case: Case, named: str) -> Change:
    """What a unit answers when the case is another's."""
    reason = DeclineReason.OTHER_TERRITORY
    return decided.declined(case, task_state.now(), OFFICER, reason=reason, named=named)


def a_record(reference: str, number: int = 0) -> dict[str, Any]:
    """What the stream tells of an accepted report: no more than the consumer may rely on."""
    return {
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": {name: {"S": value} for name, value in keys.report_key(reference).items()},
            "SequenceNumber": str(number),
        },
    }


@contextmanager
def killed(at: int, made: list[str], *, after: bool) -> Iterator[None]:
    """The process is killed before its `at`-th AWS call, counted from 1, or right after it.

    `made` is filled with the calls; `Killed` ends the block quietly.
    """
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # the one place all calls pass

    def perhaps(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        made.append(operation)
        if len(made) == at and not after:
            raise Killed
        answer = call(client, operation, arguments)
        if len(made) == at:
            raise Killed
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", perhaps)
        try:
            yield
        except Killed:
            clients.aws_client.cache_clear()  # whoever goes on is another process


@contextmanager
def before_each_call(do: Callable[..., None]) -> Iterator[None]:
    """Let `do` happen before each call to the table; it is told of the call (`model`, `params`)."""
    events = clients.aws_client("dynamodb").meta.events
    events.register("before-call.dynamodb", do)
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb", do)


@contextmanager
def open_office(
    monkeypatch: pytest.MonkeyPatch, *, pack: str = "ma", runs: bool = False
) -> Iterator[Office]:
    """A deployment of triage. With `runs`, executions run in moto; the caller makes the machine."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "POWERTOOLS_SERVICE_NAME": "triage",
        "STAGE": "test",
        "CASE_TABLE": TABLE,
        "PACK": pack,
    }.items():
        monkeypatch.setenv(name, value)
    one_call_at_a_time(monkeypatch)
    config: Any = {
        "stepfunctions": {"execute_state_machine": runs},
        "lambda": {"use_docker": False},
    }
    with mock_aws(config=config):
        forget_process()
        create_table(TABLE)
        secrets_of = keep_keys()
        for name, arn in secrets_of.items():
            monkeypatch.setenv(name.upper(), arn)
        topic = boto3.client("sns").create_topic(Name="casework")["TopicArn"]
        monkeypatch.setenv("TOPIC", topic)
        queues = boto3.client("sqs")
        inbox = queues.create_queue(QueueName="inbox")["QueueUrl"]
        its = queues.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])
        boto3.client("sns").subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=its["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        office = Office(
            CaseTable(
                TABLE,
                secrets_of["selector_secret"],
                own=secrets_of["own_secret"],
                digest=secrets_of["digest_secret"],
            ),
            topic,
            inbox,
        )
        if not runs:
            machine = boto3.client("stepfunctions").create_state_machine(
                name="workflow", definition=IDLE, roleArn=ROLE
            )
            office.workflow = machine["stateMachineArn"]
            monkeypatch.setenv("WORKFLOW", office.workflow)

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.now(tz or UTC) + office.late_by

        monkeypatch.setattr(task_state, "datetime", Clock)
        yield office
        forget_process()


def forget_process() -> None:
    """A new cold start: nothing is cached but the pack, which nothing changes."""
    clients.aws_client.cache_clear()
    forget_settings()
    boto3.DEFAULT_SESSION = None


def forget_settings() -> None:
    """The next call reads its variables and secrets anew."""
    for cached in (
        secrets._text,
        link._settings,
        steps._settings,
        notify_steps._settings,
        reconcile._settings,
        sweep._settings,
    ):
        cached.cache_clear()
    execution_starts.start_backoff.until = 0.0
