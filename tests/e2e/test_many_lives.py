"""Many cases under random legal and illegal events of five clients: nothing illegal remains.

There are more cases where chance left out a move of the law until then.

`LIVES` sets the smallest number of cases. `LIVES_SEED` chooses other lives; the name of the test
says which it had.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

import pytest

from casework.aws.steps import executions
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import DECISION_MOVES, Move, Status
from casework.case.value_objects import CloseReason
from casework.decisions.permissions import responsible_unit
from casework.decisions.staff import Role
from casework.moves.deadlines import no_wait_deadlines
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from harness.faults.table_snapshot import TableSnapshot
from tests import decided
from tests.builders import altered
from tests.e2e import consistency
from tests.e2e.acts import ACTS, OutsideAct
from tests.e2e.chance import LAWFUL, Client
from tests.e2e.clerk import LONG, Clerk
from tests.e2e.hands import IDENTIFIED, World
from tests.e2e.people import PATIENCE, People, a_phone, a_report, eventually
from tests.e2e.unseen import NOT_SEEN

SEED: Final = os.environ.get("LIVES_SEED", "2026-11-25")
WAVE: Final = 20
REST: Final = 12
"""Cases of a wave that is there for what chance left out: one of each kind."""
CASES: Final = int(os.environ.get("LIVES", 2 * WAVE))
MOST_CASES: Final = 1_500
"""Where the test gives up on a move that no case made."""
AFTERWARDS: Final = 0.9
"""The share of lawful calls once there are `CASES`: what chance left out is tried first."""
CLIENTS: Final = 5
"""At the same time. Twice as many on so few cases overtake each other in one act of six."""
ACTS_EACH: Final = 10
A_MINUTE: Final = 4.0
"""Seconds between two runs of the functions that run each minute."""
LONG_SECONDS: Final = 2 * PATIENCE
BETWEEN_LOOKS: Final = 1.0
"""Seconds: a look reads the whole table and all executions, which slows what it waits for."""
A_CLERK: Final = "a clerk"
REPORTERS: Final[tuple[dict[str, Any], ...]] = (
    {"disclosure": {"kind": "anonymous"}},
    {"disclosure": IDENTIFIED},
    {"disclosure": {"kind": "anonymous"}},
    {"disclosure": IDENTIFIED, "danger_now": True},
    {"disclosure": {"kind": "confidential", "contact": IDENTIFIED["contact"]}},
)
"""In turn, those who send the reports that open every third case."""
TAKEN: Final = 4
"""The cases of the first four of them are taken by their unit: those of anonymous reporters stand
at the gate, and those of reporters who give their name are owed a notice of a decision."""


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [SEED])
def test_cases_under_random_events_end_consistent(people: People, clerk: Clerk, seed: str) -> None:
    """No order of events, legal or not, brings a case where the law does not (hardening 17)."""
    world = World(
        table=clerk.table,
        pack=open_pack("ma"),
        now=lambda: datetime.now(UTC),
        people=people,
        clerk=clerk,
    )
    case_ids: list[str] = []
    clients: list[Client] = []
    for number in count():
        enough = len(case_ids) >= CASES
        if enough:
            moves, acts = left(world, case_ids)
            if not moves | acts or len(case_ids) >= MOST_CASES:
                break
            first_of_all(world, moves)
        with minutes_going_by(people), ThreadPoolExecutor(CLIENTS) as crowd:
            wave = cases(world, crowd, range(REST if enough else WAVE))
            chances = [random.Random(f"{seed}/{number}/{each}") for each in range(CLIENTS)]
            lawful = AFTERWARDS if enough else LAWFUL
            at_work = [Client(world, chance, wave, lawful) for chance in chances]
            visits = wave * ACTS_EACH
            random.Random(f"{seed}/{number}").shuffle(visits)
            shares = [visits[each::CLIENTS] for each in range(CLIENTS)]
            list(crowd.map(live, at_work, shares))
            list(crowd.map(lambda case_id: end(clerk, case_id), wave))
        case_ids += wave
        clients += at_work

    statuses = Counter(status for client in clients for _, status in client.answers)
    usual = Counter(
        status for client in clients if client.lawful == LAWFUL for _, status in client.answers
    )
    overtaken = sum(client.overtaken for client in clients)
    assert [each for client in clients for each in client.surprises] == []
    sent = statuses.total()
    assert sum(statuses[status] for status in (200, 201, 202)) > 0.4 * sent, statuses
    assert min(usual[status] for status in (403, 409, 412, 422)) > 0.02 * usual.total(), usual
    assert statuses[404] < 0.08 * sent, statuses
    assert 0 < overtaken < 0.15 * sent
    assert settled(people, clerk, case_ids) == []
    stand = set(entries(world, consistency.read(people), case_ids))
    assert world.decided == stand, "what was said to stand is an entry, once"
    assert left(world, case_ids) == (set(), set())


def left(world: World, case_ids: Sequence[str]) -> tuple[set[Move], set[str]]:
    """Moves that no case has made yet, and acts that no client has done yet."""
    held = consistency.read(world.people)
    made = {Move(event.move) for case_id in case_ids for event in held.events(case_id)}
    assert not made & set(NOT_SEEN)
    return set(Move) - made - set(NOT_SEEN), set(ACTS) - set(world.done)


def first_of_all(world: World, missing: set[Move]) -> None:
    """Let the next wave try first what makes these moves, as if no client had done it.

    An act of time or of a reporter is done before its move is made, and the move may not follow:
    an answer comes before the silence is noticed, a second report weighs no more than the first.
    """
    for name, act in ACTS.items():
        if isinstance(act, OutsideAct) and not missing.isdisjoint(act.moves):
            world.done[name] = 0


def cases(world: World, crowd: ThreadPoolExecutor, numbers: Sequence[int]) -> list[str]:
    """Cases that wait for their review or for their unit, and some that a unit holds.

    Every third was opened by a report somebody can follow; most of these are confirmed, and of
    these most are taken by their unit. One in twelve ended long ago.
    """

    def reported(number: int) -> str:
        phone = a_phone()
        said = REPORTERS[_turn(number)]
        report = a_report(locations=[{"kind": "phone", "value": phone}], **said)
        accepted = world.people.submit(report)
        case_id = world.people.case_of(accepted, seconds=LONG_SECONDS)
        world.receipts[accepted["reference"]] = accepted["receipt"]
        world.phones[case_id] = phone
        return case_id

    def opened(number: int) -> str:
        at, clerk = datetime.now(UTC), world.clerk
        match number % 6:
            case 0 | 3:
                return reported(number)
            case 1:
                return clerk.in_review(at).id
            case 4:
                told = clerk.published(at, LONG)
                case = clerk.table.save(decided.acknowledged(told, at, A_CLERK))
                return case.id
            case 5 if number % 12 == 5:
                return clerk.kept_long(at).id
            case _:
                case = clerk.published(at, LONG)
                if number % 12 in {8, 11}:  # one more unit that declines it makes it supervisors'
                    declined = altered(case, declines=world.pack.max_declines)
                    case = clerk.table.save(declined)
                return clerk.serve(case).id

    wave = list(crowd.map(opened, numbers))
    for case_id in wave[::3]:
        assessed(world, case_id)
    confirmed = [number for number in numbers[::3] if number % 4]
    for number in confirmed:
        refer(world.clerk, wave[number])
    taken = [wave[number] for number in confirmed if _turn(number) < TAKEN]
    list(crowd.map(lambda case_id: take(world, case_id), taken))
    return wave


def _turn(number: int) -> int:
    """Which of the reporters opens the case, where one does."""
    return number // 3 % len(REPORTERS)


def assessed(world: World, case_id: str) -> None:
    """Wait until the workflow has assessed the case; on a slow machine it may have got stuck."""

    def seen() -> bool:
        case = world.table.get_case(case_id)
        return case.status is not Status.RECEIVED or case.stuck is not None

    eventually(seen, f"{case_id} is assessed", LONG_SECONDS)


def refer(clerk: Clerk, case_id: str) -> None:
    """A clerk confirms the case; the workflow brings it to its unit."""
    at = datetime.now(UTC)

    def confirm(case: Case) -> Change | None:
        if case.status is not Status.IN_REVIEW:
            return None
        return decided.confirmed(
            case,
            at,
            A_CLERK,
            category="fraud",
            priority=case.priority,
            territory=case.territory,
            country=None,
            unit=None,
        )

    case = clerk.table.update(case_id, confirm).case
    executions.resume_after_decision(clerk.table, case, at, jurisdiction_clocks(open_pack("ma")))


def take(world: World, case_id: str) -> None:
    """The unit that the case is brought to takes it."""
    eventually(
        lambda: world.table.get_case(case_id).status is Status.PUBLISHED,
        f"{case_id} is published",
        LONG_SECONDS,
    )
    case = world.table.get_case(case_id)
    person = world.people.person(Role.OFFICER, responsible_unit(case) or "")
    answer = person.act(case_id, "acknowledgement", {"outcome": "accept"})
    assert answer.is_success, answer.text
    world.decided.add((case_id, answer.json()["event"]))


def live(client: Client, visits: Sequence[str]) -> None:
    """All that one client does, in its order."""
    for case_id in visits:
        client.act(case_id)


@contextmanager
def minutes_going_by(people: People) -> Iterator[None]:
    """The two functions that look each minute do so meanwhile."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(A_MINUTE):
            people.invoke("SweepFunction", {})
            people.invoke("ReconcileFunction", {})

    with ThreadPoolExecutor(1) as schedule:
        looking = schedule.submit(look)
        try:
            yield
        finally:
            over.set()
        looking.result()


def end(clerk: Clerk, case_id: str) -> None:
    """End the cases that still wait for review, so that few executions wait at once."""
    at = datetime.now(UTC)

    def reject(case: Case) -> Change | None:
        waits = case.status is Status.IN_REVIEW
        return decided.rejected(case, at, A_CLERK, CloseReason.DUPLICATE) if waits else None

    executions.resume_after_decision(
        clerk.table, clerk.table.update(case_id, reject).case, at, no_wait_deadlines
    )


def settled(people: People, clerk: Clerk, case_ids: Sequence[str]) -> list[str]:
    """The disagreements that remain after a while."""
    until = time.monotonic() + LONG_SECONDS
    while (found := consistency.wrong(people, clerk, case_ids)) and time.monotonic() < until:
        time.sleep(BETWEEN_LOOKS)
    return found


def entries(
    world: World, held: TableSnapshot, case_ids: Sequence[str]
) -> Iterator[tuple[str, int]]:
    """The decisions and messages of clients, from the histories."""
    subjects = set(world.subjects.values())
    for case_id in case_ids:
        for event in held.events(case_id):
            if event.by in subjects and Move(event.move) in {*DECISION_MOVES, Move.MESSAGE}:
                yield case_id, event.number
