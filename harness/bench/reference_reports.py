"""Synthetic reports of the demonstration go through the system, one by one, under the meter.

Each is sent through the intake handler and delivered to the stream's consumer. The first report of
a case takes it all the way: an analyst confirms it through the desk handler, and the unit
acknowledges it. Calls and writes of each stage are counted separately.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3

from casework.aws.services import sign_in
from casework.aws.table import desk_keys, keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from harness.bench.cost_meter import Read, Write
from harness.bench.deployment import BENCH_TABLE, CLIENT, BenchDeployment, bench_deployment, until
from harness.demo.reports import LabelledReport, labelled_reports

ANALYST = "analyst"
SECOND = "second"


@dataclass(frozen=True)
class AcceptanceCost:
    """The cost of one report until its 201."""

    calls: Counter[str]
    writes: list[Write]


@dataclass(frozen=True)
class JoinCost:
    """The cost of adding one report to an existing case."""

    calls: Counter[str]
    writes: list[Write]
    reads: list[Read]


@dataclass(frozen=True)
class CaseCost:
    """The cost of one case from its opening to its unit, and the states of its execution."""

    writes: list[Write]
    states: list[str]
    reads: list[Read]
    decisions: list[float]
    """Read units of each decision of a person."""

    @property
    def until_published(self) -> list[Write]:
        """Writes up to the referral."""
        published = next(
            number
            for number, write in enumerate(self.writes)
            if write.status == "published" and write.key[1] == keys.CASE_SORT
        )
        return self.writes[: published + 1]


@dataclass(frozen=True)
class RunResult:
    """All the reports that were sent."""

    accepted: list[AcceptanceCost] = field(default_factory=list)
    """As in the labelled file: without contact or identity."""
    sealed: list[AcceptanceCost] = field(default_factory=list)
    """The same with the demonstration's disclosures: six in ten have two sealed boxes."""
    joined: list[JoinCost] = field(default_factory=list)
    opened: list[CaseCost] = field(default_factory=list)


def travel(chosen: Container[str] | None = None) -> RunResult:
    """Send all reports, or the chosen ones; every case ends with a unit."""
    everybody = labelled_reports()
    reports = [each for each in everybody if chosen is None or each.id in chosen]
    with bench_deployment() as system:
        staff(ANALYST, ANALYST)
        staff(SECOND, ANALYST)
        result = RunResult()
        # A cold start fetches keys once; later reports show the cost of one report.
        identified = (each.body["disclosure"]["kind"] == "identified" for each in everybody)
        send_measured_report(system, everybody[list(identified).index(True)].body)
        for label in reports:
            result.sealed.append(send_measured_report(system, label.body)[1])
        for label in reports:
            bare = {**label.body, "disclosure": {"kind": "anonymous"}}
            reference, accepted = send_measured_report(system, bare)
            result.accepted.append(accepted)
            link(system, label, reference, result)
        return result


def link(system: BenchDeployment, label: LabelledReport, reference: str, result: RunResult) -> None:
    """Deliver a report to the stream's consumer, and follow its case if it opened one."""
    from functions.triage.link import handle

    key = to_wire_item(keys.report_key(reference))
    change = {"Keys": key, "SequenceNumber": "1", "ApproximateCreationDateTime": time.time()}
    record = {"eventName": "INSERT", "dynamodb": change}
    answer = handle({"Records": [record]}, None)
    if answer["batchItemFailures"]:
        raise RuntimeError(f"report {label.id} was not linked")
    report = _item(key)
    if report.get("linked_by"):
        done = system.meter.emptied()
        result.joined.append(JoinCost(done.calls, done.writes, done.reads))
    else:
        result.opened.append(_to_its_unit(system, report["case_id"], label))


def _to_its_unit(system: BenchDeployment, case_id: str, label: LabelledReport) -> CaseCost:
    case = _waiting(system, case_id, "in_review")
    decision = {
        "outcome": "confirm",
        "category": label.category,
        "priority": case["priority"] if case.get("imminent") else label.priority,
        "territory": case.get("territory"),
    }
    decisions = [_decide(system, case, "review", decision, ANALYST)]
    case = _item(to_wire_item(keys.case_key(case_id)))
    if case["status"] == "in_review":  # the pack requires a second person to decide the same
        decisions.append(_decide(system, case, "review", decision, SECOND))
    case = _waiting(system, case_id, "published")
    unit = case["referral"]["unit"]
    staff(unit, "officer", unit)
    decisions.append(_decide(system, case, "acknowledgement", {"outcome": "accept"}, unit))
    (execution,) = system.executions(case_id)
    until(lambda: system.status(execution) != "RUNNING", f"the workflow of {case_id} ends")
    if system.status(execution) != "SUCCEEDED":
        raise RuntimeError(f"the workflow of report {label.id} failed")
    done = system.meter.emptied()
    return CaseCost(done.writes, system.entered(execution), done.reads, decisions)


def send_measured_report(
    system: BenchDeployment, body: dict[str, Any]
) -> tuple[str, AcceptanceCost]:
    """Send a report; answers its reference and its cost until the 201."""
    from functions.intake.handler import handle

    system.meter.emptied()
    answer = handle(post("/v1/reports", body), None)
    _expect(answer, {201})
    done = system.meter.emptied()
    return json.loads(answer["body"])["reference"], AcceptanceCost(done.calls, done.writes)


def _decide(
    system: BenchDeployment, case: dict[str, Any], call: str, decision: dict[str, Any], who: str
) -> float:
    """A person decides; answers the read units of the call."""
    from functions.desk.handler import handle

    event = post(
        f"/v1/desk/cases/{keys.case_id_from_partition(case[keys.PARTITION_KEY])}/{call}", decision
    )
    event["headers"]["if-match"] = f'"{case.get("version", 0)}"'
    claims = {
        "sub": who,
        "token_use": "access",
        "client_id": CLIENT,
        "scope": sign_in.PROGRAM_SCOPE,
    }
    event["requestContext"]["authorizer"] = {"jwt": {"claims": claims}}
    before = len(system.meter.reads)
    _expect(handle(event, None), {200})
    mine = threading.get_ident()
    return sum(each.units for each in system.meter.reads[before:] if each.thread == mine)


def _waiting(system: BenchDeployment, case_id: str, status: str) -> dict[str, Any]:
    """The case, once its execution waits for people in this status."""
    wait = tuple(keys.wait_key(case_id).values())

    def handed_out() -> bool:
        # Ask the meter, because reading the table would slow down the wait.
        return any(each.key == wait and each.status == status for each in system.meter.writes)

    until(handed_out, f"case {case_id} waits in {status}")
    return _item(to_wire_item(keys.case_key(case_id)))


def staff(subject: str, role: str, unit: str | None = None) -> None:
    """Enter a member of the staff."""
    item = {
        **desk_keys.staff_key(subject),
        "name": subject,
        "role": role,
        "unit": unit,
        "active": True,
    }
    _reader().put_item(TableName=BENCH_TABLE, Item=to_wire_item(item))


def _item(key: dict[str, Any]) -> dict[str, Any]:
    answer = _reader().get_item(TableName=BENCH_TABLE, Key=key, ConsistentRead=True)
    return values_from_wire_item(answer.get("Item", {}))


@cache
def _reader() -> Any:
    """A client that bypasses the meter."""
    return boto3.Session().client("dynamodb")


def _expect(answer: dict[str, Any], statuses: set[int]) -> None:
    if answer["statusCode"] not in statuses:
        raise RuntimeError(f"answered {answer['statusCode']}: {answer['body']}")


def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "idempotency-key": str(uuid.uuid4())},
        "requestContext": {
            "http": {"method": "POST", "path": path},
            "requestId": str(uuid.uuid4()),
            "stage": "$default",
        },
        "body": json.dumps(body, ensure_ascii=False),
        "isBase64Encoded": False,
    }


def total_write_units(writes: Iterable[Write]) -> int:
    """Write units of some writes together."""
    return sum(write.units for write in writes)
