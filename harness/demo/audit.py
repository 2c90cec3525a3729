"""Checks that nothing is lost or doubled: compares the sent reports with table, queues and
workflow.

`observe` reads the running system; `find_lost` and `find_duplicates` only compare. Each mismatch is
a separate finding, so a failing run says what is wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.aws.table import keys
from casework.aws.table.item_mapping import event_from_item
from casework.aws.table.wire import values_from_wire_item
from casework.case.history import CaseEvent

HELD = {"acknowledged", "awaiting_authorisation", "closed", "erased"}


@dataclass(frozen=True)
class ObservedContent:
    """The content of the system."""

    reports: Mapping[str, str | None]
    """Case id by reference."""
    statuses: Mapping[str, str]
    """Case status by case id."""
    openers: Mapping[str, str]
    """Reference of the report that opened each case."""
    hops: Mapping[str, list[str]]
    """Units for which each case was queued, in order."""
    priorities: Mapping[str, str]
    """Priority by case id."""
    executions: Mapping[str, list[str]]
    """Statuses of all executions of a case."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """A digest of the narrative by reference."""
    runs: Mapping[str, int] = field(default_factory=dict)
    """Executions of a case: one, and one more after each retry by people."""
    events: Mapping[str, list[CaseEvent]] = field(default_factory=dict)
    """The history of each case, in order."""
    notified: Counter[str] = field(default_factory=Counter)
    """How often each referral notification (CloudEvents id) arrived in its unit's queue."""


def find_lost(sent: Iterable[str], seen: ObservedContent) -> list[str]:
    """Things that should exist and do not."""
    findings = []
    for reference in sent:
        case_id = seen.reports.get(reference)
        if reference not in seen.reports:
            findings.append(f"report {reference} is not in the table")
        elif case_id is None:
            findings.append(f"report {reference} has no case")
        elif case_id not in seen.statuses:
            findings.append(f"report {reference} is in case {case_id}, which does not exist")
    for case_id in cases_of(sent, seen):
        if seen.statuses.get(case_id) not in HELD:
            findings.append(f"case {case_id} is still {seen.statuses.get(case_id)}")
        if "SUCCEEDED" not in seen.executions.get(case_id, []):
            findings.append(f"case {case_id} has no execution that ended well")
        for hop, unit in enumerate(seen.hops.get(case_id, []), start=1):
            if not seen.notified[f"{case_id}-{hop}-referred"]:
                findings.append(f"unit {unit} was not notified of case {case_id}")
    return findings


def find_duplicates(sent: Iterable[str], seen: ObservedContent, before: Iterable[str]) -> list[str]:
    """Things that exist more than once.

    Of reports that were not there before, only those with one of our texts count; other people may
    send reports meanwhile.
    """
    sent = list(sent)
    findings = [f"reference {name} was given twice" for name in _repeated(sent)]
    texts = {seen.texts[name] for name in sent if name in seen.texts}
    others = sorted(seen.reports.keys() - set(sent) - set(before))
    findings += [
        f"report {name} is a second one" for name in others if seen.texts.get(name) in texts
    ]
    openers = [seen.openers[case_id] for case_id in cases_of(sent, seen) if case_id in seen.openers]
    findings += [f"report {name} opened two cases" for name in _repeated(openers)]
    for case_id in cases_of(sent, seen):
        if seen.executions.get(case_id, []).count("SUCCEEDED") > seen.runs.get(case_id, 1):
            findings.append(f"case {case_id} went through the workflow twice")
    return findings


def cases_of(sent: Iterable[str], seen: ObservedContent) -> list[str]:
    """The cases of these reports, without cases that hold a report of another sender."""
    sent = set(sent)
    found = {seen.reports.get(reference) for reference in sent}
    shared = {case_id for reference, case_id in seen.reports.items() if reference not in sent}
    return sorted(case_id for case_id in found - shared if case_id is not None)


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def observe(
    dynamodb: Any, table: str, stepfunctions: Any, workflow: str, notified: Counter[str]
) -> ObservedContent:
    """Read everything the comparison needs, from the table and the workflow's executions."""
    reports: dict[str, str | None] = {}
    statuses: dict[str, str] = {}
    openers: dict[str, str] = {}
    priorities: dict[str, str] = {}
    hops: dict[str, dict[str, str]] = {}
    texts: dict[str, str] = {}
    runs: dict[str, int] = {}
    events: dict[str, dict[str, CaseEvent]] = {}
    for item in _items(dynamodb, table):
        partition, sort = item[keys.PARTITION_KEY], item[keys.SORT_KEY]
        if sort == keys.REPORT_SORT:
            reports[keys.reference_from_partition(partition)] = item.get("case_id")
            texts[keys.reference_from_partition(partition)] = _digest(item.get("narrative"))
        elif sort == keys.CASE_SORT:
            statuses[keys.case_id_from_partition(partition)] = item["status"]
            openers[keys.case_id_from_partition(partition)] = item["opened_by"]
            priorities[keys.case_id_from_partition(partition)] = item.get("priority", "standard")
            runs[keys.case_id_from_partition(partition)] = item.get("run", 1)
        elif sort.startswith(keys.event_key.begins):
            events.setdefault(keys.case_id_from_partition(partition), {})[sort] = event_from_item(
                item
            )
            if item["move"] in {"refer", "reroute"}:
                hops.setdefault(keys.case_id_from_partition(partition), {})[sort] = item["data"][
                    "unit"
                ]
    return ObservedContent(
        reports=reports,
        statuses=statuses,
        openers=openers,
        hops={case: [units[sort] for sort in sorted(units)] for case, units in hops.items()},
        priorities=priorities,
        texts=texts,
        runs=runs,
        events={
            case: [each for _, each in sorted(found.items())] for case, found in events.items()
        },
        executions=_executions(stepfunctions, workflow),
        notified=notified,
    )


def report_references(dynamodb: Any, table: str) -> set[str]:
    """References of all reports in the table."""
    return {
        keys.reference_from_partition(item[keys.PARTITION_KEY])
        for item in _items(dynamodb, table)
        if item[keys.SORT_KEY] == keys.REPORT_SORT
    }


def _digest(stored: Any) -> str:
    """Equal texts are stored as equal bytes."""
    return hashlib.sha256(bytes(stored or b"")).hexdigest()


def drain(sqs: Any, queue_url: str) -> Iterator[dict[str, Any]]:
    """Take all notifications, as CloudEvents, off a unit's queue."""
    while True:
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        messages = answer.get("Messages", [])
        if not messages:
            return
        for message in messages:
            yield json.loads(message["Body"])
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


def _items(dynamodb: Any, table: str) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from map(values_from_wire_item, page["Items"])


def _executions(stepfunctions: Any, workflow: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    pages = stepfunctions.get_paginator("list_executions").paginate(stateMachineArn=workflow)
    for page in pages:
        for execution in page["executions"]:
            case_id = execution["name"].rsplit("-", 1)[0]
            found.setdefault(case_id, []).append(execution["status"])
    return found
