"""500 cases under random legal and illegal events of 16 clients: nothing illegal remains."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

from casework import lifecycle, suspects
from casework.aws import keys, workflow
from casework.aws.case_table import CaseTable
from casework.aws.wire import from_wire
from casework.case import Case, CloseReason
from casework.change import Change
from casework.history import Event, first_broken
from casework.jurisdiction import open_pack
from casework.lifecycle import GATED, HELD, NOTES, Move, Status
from casework.moves import review
from local import staff
from tests.e2e.clerk import Clerk
from tests.e2e.people import People, eventually

CASES: Final = 500
WAVE: Final = 125
CLIENTS: Final = 16
ROUNDS: Final = 2
RABAT, SALE = "pj-04-421", "pj-04-441"
EXPECTED: Final = {200, 202, 403, 404, 409, 412, 422}

Act = tuple[str, str, dict[str, Any]]
"""Role, call, content."""


def acts(chance: random.Random, court: str, others: list[str]) -> Iterator[Act]:
    """Whatever people may send, in any order, for ever."""
    office = {"prosecutor": "king-prosecutor", "court": court, "reference": "7/2026"}
    dated = {**office, "decided_on": "2026-01-05"}
    confirm = {"outcome": "confirm", "category": "fraud", "priority": "urgent"}
    every: list[Act] = [
        ("analyst", "review", {**confirm, "territory": "04.421"}),
        ("analyst", "review", {**confirm, "territory": "04.421"}),
        ("analyst", "review", {**confirm, "category": "terrorism"}),
        ("supervisor", "review", {**confirm, "category": "terrorism"}),
        ("analyst", "review", {"outcome": "reject", "reason": "duplicate"}),
        ("analyst", "review", {"outcome": "split"}),
        ("officer", "acknowledgement", {"outcome": "accept"}),
        ("officer", "acknowledgement", {"outcome": "accept"}),
        (
            "officer",
            "acknowledgement",
            {"outcome": "decline", "reason": "other_territory", "competent_unit": SALE},
        ),
        ("officer", "instructions", {"kind": "authorise", **dated}),
        ("officer", "instructions", {"kind": "investigate", **dated}),
        ("officer", "instructions", {"kind": "transfer", "unit": SALE, **dated}),
        ("officer", "instructions", {"kind": "close", "ground": "no_offence", **dated}),
        ("officer", "danger", {"danger": "life"}),
        ("officer", "suspects", {}),
        ("officer", "suspects/1/events", {"happening": "wanted"}),
        ("officer", "suspects/1/events", {"happening": "presented"}),
        ("officer", "notice", {"told": "lawyer", "means": "letter"}),
        ("officer", "closure", {"reason": "sent_to_court", **dated}),
    ]
    while True:
        if chance.random() < 0.05:
            yield "analyst", "review", {"outcome": "merge", "into": chance.choice(others)}
        yield chance.choice(every)


def test_500_cases_under_random_events_end_consistent(people: People, clerk: Clerk) -> None:
    """No order of events, legal or not, brings a case where the law does not (hardening 17)."""
    table = clerk.table
    pack = open_pack("ma")
    court = next(each.id for each in pack.courts.values() if each.level == "first_instance")
    for role in ("analyst", "supervisor"):
        staff.demo_token(people.system, role)  # each is made once, before many ask for it at once
    for unit in (RABAT, SALE, pack.categories["terrorism"].competence):
        staff.demo_token(people.system, "officer", unit)
    answers: Counter[int] = Counter()
    everything: list[str] = []
    for first in range(0, CASES, WAVE):
        with ThreadPoolExecutor(CLIENTS) as crowd:
            wave = list(crowd.map(lambda _: clerk.in_review().id, range(WAVE)))
            everything += wave

            def work(number: int, wave: list[str] = wave, first: int = first) -> Counter[int]:
                chance = random.Random(first + number)
                sending = acts(chance, court, wave)
                mine = chance.sample(wave, len(wave))[:: CLIENTS // ROUNDS]
                return Counter(_send(people, table, case_id, next(sending)) for case_id in mine)

            for counted in crowd.map(work, range(CLIENTS)):
                answers += counted
            list(crowd.map(lambda case_id: _end(table, case_id), wave))
    assert set(answers) <= EXPECTED, answers
    assert answers[200] + answers[202] > CASES / 4
    assert answers[409] + answers[412] > CASES / 10
    _check(people, table, everything)


def _send(people: People, table: CaseTable, case_id: str, act: Act) -> int:
    """One act on the case as it is; sometimes on a version that is past."""
    role, call, content = act
    case = table.case(case_id)
    unit = (case.referral.unit if case.referral else RABAT) if role == "officer" else ""
    version = case.version - (1 if hash(case_id) % 10 == 0 else 0)
    answer = people.call(
        "POST",
        f"/v1/desk/cases/{case_id}/{call}",
        role,
        unit,
        json=content,
        headers={"If-Match": f'"{version}"', "Idempotency-Key": str(uuid.uuid4())},
    )
    return answer.status_code


def _end(table: CaseTable, case_id: str) -> None:
    """What still waits for the review ends, so that few executions wait at once."""
    at = datetime.now(UTC)

    def end(case: Case) -> Change | None:
        waits = case.status is Status.IN_REVIEW
        return review.rejected(case, at, "a clerk", CloseReason.DUPLICATE) if waits else None

    workflow.tell(table, table.update(case_id, end), at)


def _check(people: People, table: CaseTable, case_ids: list[str]) -> None:
    """Table, histories and executions agree, and no case is where the law does not lead."""
    lines = {
        item[keys.SORT]
        for page in people.system.aws.dynamodb.get_paginator("query").paginate(
            TableName=people.table,
            KeyConditionExpression="pk = :duty",
            ExpressionAttributeValues={":duty": {"S": keys.DUTY_PARTITION}},
        )
        for item in map(from_wire, page["Items"])
    }
    running = eventually_settled(people, table, case_ids)
    for case_id in case_ids:
        case, events = table.case(case_id), list(table.events(case_id))
        assert first_broken(events) is None
        assert (case.events, case.head) == (len(events), events[-1].hash)
        assert case.version == sum(Move(event.move) not in NOTES for event in events)
        assert case.status in replayed(events), (case.status, [each.move for each in events])
        standings = suspects.standings(events)
        assert [each.value for each in standings.values()] == list(case.suspects)
        on_duty = {line for line in lines if line.endswith(case_id)}
        assert on_duty == {keys.duty_key(kind, case_id)[keys.SORT] for kind in case.duties}
        assert (case_id in running) == (case.status not in HELD), case


def eventually_settled(people: People, table: CaseTable, case_ids: list[str]) -> set[str]:
    """The cases an execution runs for, once those that nobody is owed have ended."""
    arn = people.system.outputs["WorkflowArn"]

    def settled() -> list[set[str]]:
        runs = {name.rpartition("-")[0] for name in workflow.running(arn)} & set(case_ids)
        held = {case.id for case in map(table.case, runs) if case.status in HELD}
        for case_id in held:
            workflow.tell(table, table.case(case_id), datetime.now(UTC))
        return [runs] if not held else []

    return eventually(settled, "executions of cases that ended have ended")[0]


def replayed(events: list[Event]) -> set[Status]:
    """Where the law leads by these events; telling a unit is no event, so there may be two."""
    possible = {Status.RECEIVED}
    for event in events[1:]:
        move = Move(event.move)
        if Status.QUEUED in possible:
            possible.add(Status.PUBLISHED)
        said = event.data.get("status")
        after = {
            lifecycle.after(status, move, gated=move in GATED and said == GATED[move])
            for status in possible
            if lifecycle.allows(status, move)
        }
        assert after, f"the law has no {move} from {possible}"
        possible = after
    return possible | ({Status.PUBLISHED} if Status.QUEUED in possible else set())
