"""Staff and the desk API in one process: the real handler on moto.

Step Functions is answered at the wire: the calls are really built and checked by boto3, and a test
says whether the service takes them.
"""

from __future__ import annotations

import io
import json
import logging
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from moto import mock_aws
from pydantic import BaseModel

from casework.aws.http import api
from casework.aws.http.problems import PROBLEM_BY_REFUSAL
from casework.aws.services import clients, secrets, sign_in, telemetry
from casework.aws.services.digest_sealing import DigestKey, seal_perceptual_hashes
from casework.aws.table import audit_log, desk_keys, items, seen_table
from casework.aws.table.case_table import CaseTable
from casework.aws.table.report_table import NewReport, ReportTable
from casework.aws.table.task_tokens import TaskToken
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.admission import AdmittingEntry
from casework.case.case import Case
from casework.case.danger import DangerOrigin
from casework.case.execution_state import WORKFLOW_VERSION
from casework.case.lifecycle import Status
from casework.case.referral import DeclineReason, OfficeSeat
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from casework.identifiers.extraction import find_identifiers
from casework.linking.join_rules import strong_marks
from casework.moves import referrals, triage
from casework.moves.deadlines import start_report_clock
from casework.moves.executions import execution_state
from casework.moves.severity import CaseSeverity
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from casework.report.report import Report
from casework.report.stored_facts import compress_facts
from casework.text.compression import compress_text, decompress_text
from casework.text.realm import Realm
from functions.desk import deployment, handler
from tests import decided
from tests.builders import NOON, RABAT, SALE, a_case, a_danger, a_reference, a_report, clocks_of
from tests.integration.answers import Answered
from tests.office import DIGEST, identified, keep_keys, marked
from tests.tables import create_table, one_call_at_a_time

TABLE = "cases"
CLIENT = "staff-client"
BROWSER = "browser-client"
WORKFLOW = "arn:aws:states:eu-west-3:123456789012:stateMachine:workflow"
OF_RABAT: OfficeSeat = ("king-prosecutor", "tpi-rabat")
"""The office that decides on frauds of Rabat."""
TOKEN = "task-token-that-nobody-may-see"

CONFIRM = {"outcome": "confirm", "category": "fraud", "priority": "urgent", "territory": "04.421"}
REJECT = {"outcome": "reject", "reason": "duplicate"}
ACCEPT = {"outcome": "accept"}
MONEY = ["payment", "freeze"]
REVIEWING = ["confirm", "reject", "ask", "merge", *MONEY, "keep_apart"]
DECLINE = {"outcome": "decline", "reason": "other_territory", "competent_unit": SALE}


@dataclass
class StepFunctions:
    """The waiting Step Functions service: the calls that it got, and its answers."""

    told: list[dict[str, Any]] = field(default_factory=list)
    """Answers to task tokens: `taskToken`, and `output` read as JSON or `error`."""
    started: list[dict[str, Any]] = field(default_factory=list)
    """Executions that were begun: `name`, and `input` read as JSON."""
    refuses: str = ""
    """The error code of the next calls; empty when they succeed."""

    def answer(self, params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        if self.refuses:
            error = {"Code": self.refuses, "Message": TOKEN}
            return AWSResponse("", 400, HTTPHeaders(), None), {
                "Error": error,
                "ResponseMetadata": {},
            }
        body = json.loads(params["body"])
        output = {"output": json.loads(body["output"])} if "output" in body else {}
        self.told.append(body | output)
        return AWSResponse("", 200, HTTPHeaders(), None), {}

    def begin(self, params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        body = json.loads(params["body"])
        self.started.append({"name": body["name"], "input": json.loads(body["input"])})
        return AWSResponse("", 200, HTTPHeaders(), None), {}


def told_of(case: Case) -> dict[str, Any]:
    """What the workflow is told of a case."""
    return execution_state(case, NOON, jurisdiction_clocks(open_pack("ma"))).to_state_input()


@dataclass
class Desk:
    """The desk API, the table behind it, and the people who call."""

    table: CaseTable
    step_functions: StepFunctions
    logs: io.StringIO
    shown: list[str] = field(default_factory=list)
    """Every answer given, headers and body."""
    _opened: int = 0

    # people

    def enrol(
        self,
        role: Role,
        unit: str | None = None,
        *,
        active: bool = True,
        realm: Realm = Realm.REAL,
        seat: OfficeSeat = OF_RABAT,
    ) -> str:
        """A member of staff; their subject. `seat` is a prosecutor's."""
        subject = str(uuid.uuid4())
        in_trials = {"realm": realm.value} if realm is Realm.TRIAL else {}
        if role is Role.PROSECUTOR:
            office, court = seat
            in_trials |= {"office": office, "court": court}
            unit = None
        self.keep_staff(subject, role=role.value, unit=unit, active=active, **in_trials)
        return subject

    def keep_staff(self, subject: str, **fields: Any) -> None:
        """Write a staff item, as `make staff-add` does."""
        realm = Realm(fields.get("realm", Realm.REAL))
        place = desk_keys.staff_queue_place(fields["role"], subject, realm)
        item = {
            **desk_keys.staff_key(subject),
            **place,
            "name": "A person",
            "active": True,
            **fields,
        }
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=to_wire_item(item))

    # calls

    def call(self, event: dict[str, Any]) -> Answered:
        """Any request, as the HTTP API hands it to the function."""
        response = handler.handle(event, None)
        self.shown.append(json.dumps(response, ensure_ascii=False))
        as_documented(event, response)
        return Answered(response["statusCode"], response["headers"], response["body"])

    def get(self, path: str, by: str, **query: str) -> Answered:
        return self.call(an_event("GET", f"/v1/desk/{path}", by, query=query))

    def queue(self, by: str, **query: str) -> Answered:
        return self.get("queue", by, **query)

    def case(self, case: Case, by: str, **query: str) -> Answered:
        return self.get(f"cases/{case.id}", by, **query)

    def decide(
        self, case: Case, call: str, document: Any, by: str, **headers: str | None
    ) -> Answered:
        return self.call(a_decision(case, call, document, by, **headers))

    def review(self, case: Case, document: Any, by: str, **headers: str | None) -> Answered:
        return self.decide(case, "review", document, by, **headers)

    def acknowledge(self, case: Case, document: Any, by: str, **headers: str | None) -> Answered:
        return self.decide(case, "acknowledgement", document, by, **headers)

    # cases

    def received(self, **fields: Any) -> Case:
        """A case just opened."""
        self._opened += 1
        case = a_case(
            self._opened,
            **{
                "status": Status.RECEIVED,
                "wait": None,
                "version": 0,
                "revision": 0,
                "events": 0,
                **fields,
            },
        )
        change = triage.open_case(case, NOON)
        self.table.open(change, ())
        return change.after

    def in_review(
        self,
        priority: Priority = Priority.STANDARD,
        *,
        imminent: bool = False,
        danger: DangerOrigin | None = None,
        **fields: Any,
    ) -> Case:
        """A case waiting for an analyst; no execution waits with it yet."""
        return self.assess(self.received(**fields), priority, imminent=imminent, danger=danger)

    def assess(
        self,
        case: Case,
        priority: Priority = Priority.STANDARD,
        *,
        imminent: bool = False,
        danger: DangerOrigin | None = None,
    ) -> Case:
        """The moves of the workflow until a case waits for an analyst."""
        return self.table.save(
            triage.record_assessment(
                case,
                NOON,
                weight=CaseSeverity(priority, danger or (a_danger(case) if imminent else None)),
                territory="04.421",
                clocks=clocks_of(14_400, 14_400),
                data={"priority": priority.value, "reasons": ["money_lost"], "later": "unknown"},
            )
        )

    def referred(self, unit: str = RABAT, **fields: Any) -> Case:
        """A case with a unit that was told and has not answered."""
        return self.refer(self.in_review(**fields), unit)

    def refer(self, case: Case, unit: str) -> Case:
        """The moves of an analyst and the workflow until the unit was told."""
        case = self.table.save(
            decided.confirmed(
                case,
                NOON,
                "an analyst",
                category="fraud",
                priority=case.priority,
                territory="04.421",
                country=None,
                unit=None,
            )
        )
        return self.refer_confirmed(case, unit)

    def refer_confirmed(self, case: Case, unit: str) -> Case:
        """The moves of the workflow from the confirmation to the message to the unit."""
        case = self.table.save(
            referrals.queue_referral(
                case, NOON, unit=unit, data={"unit": unit, "rule": "territory"}
            )
        )
        return self.table.save(referrals.mark_published(case, NOON, (3_600, 3_600)))

    def contested(self) -> Case:
        """A case that too many units declined."""
        case = self.referred()
        declined = decided.declined(
            case, NOON, "an officer", reason=DeclineReason.OTHER_OFFENCE, named="pj-04-441"
        )
        return self.table.save(
            referrals.reroute_referral(
                self.table.save(declined),
                NOON,
                unit="pj-04-441",
                most_declines=0,
                review_seconds=(3_600,),
            )
        )

    def waits(self, case: Case, token: str = TOKEN) -> None:
        """An execution waits for people to decide on the case."""
        self.table.waits.begin(
            case.id,
            TaskToken(
                token, case.run, case.status, since=format_timestamp(NOON), drawn=WORKFLOW_VERSION
            ),
            NOON,
        )

    def report(
        self,
        case: Case,
        number: int,
        at: str = "2026-03-02T11:00:00.000Z",
        *,
        joined: bool = False,
        **said: Any,
    ) -> str:
        """Add a report to the case; returns its reference. `joined`: it is not admitted."""
        report = Report.model_validate_json(json.dumps(a_report(**said)))
        reference = a_reference(number)
        ReportTable(TABLE).put_once(
            NewReport(
                reference=reference,
                accepted_at=at,
                language=report.language,
                disclosure=report.disclosure.kind,
                correlation_id=case.correlation_id,
                facts=compress_facts(report),
                looks=seal_perceptual_hashes(DigestKey(DIGEST.encode), reference, report.pictures),
                narrative=compress_text(report.narrative),
                pepper="pepper-canary",
                body_mac=b"body-mac-canary",
                verifier=b"verifier-canary",
                own=("own-canary",),
                contact_box=b"contact-canary",
                identity_box=b"identity-canary",
            )
        )
        linked_by = [] if reference == case.opened_by else ["phone:+212600004117"]
        own = {
            marked(each.kind, each.canonical): each.canonical
            for each in find_identifiers(report.narrative)
            if each.own
        }
        named = {marked("phone", "+212600004117"): "+212600004117", **own}
        priority = Priority.STANDARD
        clock = start_report_clock(
            deployment.desk_jurisdiction().deadlines[priority], priority, datetime.fromisoformat(at)
        )
        self.table.reports.link(
            reference,
            case.id,
            at,
            linked_by,
            own_named=list(own),
            named=named,
            alone=clock if joined else None,
            identifiers=[
                identified(*mark)
                for mark in strong_marks(
                    find_identifiers(report.narrative, report.field_identifiers)
                )
            ],
        )
        if not joined:
            (kept,) = self.table.reports.get_reports([reference])
            by = AdmittingEntry(case=case.id, event=0)
            items.write_transaction(self.table.reports.admission_writes(kept, by, at))
        return reference

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table."""
        pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
        return [values_from_wire_item(item) for page in pages for item in page["Items"]]


def in_clear(found: list[dict[str, Any]]) -> str:
    """Everything in the items, decompressed."""

    def said(value: Any) -> str:
        if isinstance(value, bytes):
            with suppress(zlib.error):
                return decompress_text(value)
        if isinstance(value, dict):
            return " ".join(said(each) for each in value.values())
        if isinstance(value, (list, tuple)):
            return " ".join(said(each) for each in value)
        return str(value)

    return "\n".join(said(item) for item in found)


def as_documented(event: dict[str, Any], response: dict[str, Any]) -> None:
    """Fail when the operation does not say that it answers so."""
    request = api.request_from_event(event)
    for operation in handler.api.operations:
        if operation.method == request.method and operation.path_pattern.fullmatch(request.path):
            break
    else:
        return
    status = response["statusCode"]
    refusals = {PROBLEM_BY_REFUSAL[refusal].status for refusal in operation.refusals}
    assert status in {*operation.answers, *refusals}
    model = operation.answers.get(status)
    if model is not None:
        validator_of(model).validate(json.loads(response["body"]))


@cache
def validator_of(model: type[BaseModel]) -> Validator:
    """The validator of an answer against its documented schema."""
    schema = model.model_json_schema(mode="serialization")
    return Draft202012Validator(schema)


def an_event(
    method: str,
    path: str,
    by: str,
    *,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    body: str = "",
    **claims: str,
) -> dict[str, Any]:
    """An HTTP API event behind the JWT authorizer, payload format 2.0."""
    token = {
        "sub": by,
        "token_use": "access",
        "client_id": CLIENT,
        "scope": sign_in.PROGRAM_SCOPE,
        **claims,
    }
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "queryStringParameters": query or {},
        "headers": headers or {},
        "requestContext": {
            "http": {"method": method, "path": path},
            "requestId": str(uuid.uuid4()),
            "stage": "$default",
            "authorizer": {"jwt": {"claims": token, "scopes": None}},
        },
        "body": body or None,
        "isBase64Encoded": False,
    }


def a_decision(
    case: Case, call: str, document: Any, by: str, **headers: str | None
) -> dict[str, Any]:
    """The event of a decision on the case as it was seen; a header given as None is left out."""
    sent = {
        "content-type": "application/json",
        "if-match": case.etag,
        "idempotency-key": str(uuid.uuid4()),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return an_event(
        "POST",
        f"/v1/desk/cases/{case.id}/{call}",
        by,
        headers={name: value for name, value in sent.items() if value is not None},
        body=document if isinstance(document, str) else json.dumps(document),
    )


@contextmanager
def open_desk(monkeypatch: pytest.MonkeyPatch, origin: str = "") -> Iterator[Desk]:
    """The table of a deployment and the function that serves staff."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "STAGE": "test",
        "CASE_TABLE": TABLE,
        "PACK": "ma",
        "CLIENT_ID": CLIENT,
        "BROWSER_CLIENT_ID": BROWSER,
        "WORKFLOW": WORKFLOW,
        "ORIGIN_SECRET": "",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(deployment, "now", lambda: NOON)
    one_call_at_a_time(monkeypatch)
    with mock_aws():
        _forget_process()
        if origin:
            made = boto3.client("secretsmanager").create_secret(Name="origin", SecretString=origin)
            monkeypatch.setenv("ORIGIN_SECRET", made["ARN"])
        create_table(TABLE)
        monkeypatch.setenv("PACKAGES", "packages")
        monkeypatch.setenv("PACKING", "packing")
        kept = keep_keys()
        for name, arn in kept.items():
            monkeypatch.setenv(name.upper(), arn)
        step_functions, logs = StepFunctions(), io.StringIO()
        wire = clients.aws_client("stepfunctions").meta.events
        heard = {
            "before-call.sfn.SendTaskSuccess": step_functions.answer,
            "before-call.sfn.SendTaskFailure": step_functions.answer,
            "before-call.sfn.StartExecution": step_functions.begin,
        }
        for event, answer in heard.items():
            wire.register(event, answer)
        for each in telemetry._logger.handlers:
            if isinstance(each, logging.StreamHandler):
                monkeypatch.setattr(each, "stream", logs)
        yield Desk(
            CaseTable(
                TABLE,
                kept["selector_secret"],
                own=kept["own_secret"],
                digest=kept["digest_secret"],
            ),
            step_functions,
            logs,
        )
        for event, answer in heard.items():
            wire.unregister(event, answer)
        _forget_process()


def _forget_process() -> None:
    """A new cold start: nothing is cached."""
    deployment.settings.cache_clear()
    clients.reset_clients()
    secrets._text.cache_clear()
    audit_log.record_reading_growth.cache_clear()
    audit_log._marked.clear()
    seen_table._marked.clear()
    seen_table._apart.clear()


def ids(answered: Answered) -> list[str]:
    assert answered.status == 200, answered.text
    return [line["id"] for line in answered.document["cases"]]
