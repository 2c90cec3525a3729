"""One run: reports are sent, people decide, services fail; then all rests and is compared."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from casework.aws.table import keys
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.pack.jurisdiction import open_pack
from harness.faults.clock import FAULT_RUN_START
from harness.faults.delivery import FaultDelivery
from harness.faults.deployment import (
    ClientGaveUp,
    FaultDeployment,
    deploy_assembly_with_faults,
)
from harness.faults.growth import Growth
from harness.faults.judge import find_broken_promises
from harness.faults.reporters import FaultReporters
from harness.faults.staff import Staff
from harness.faults.table_snapshot import FAULTS_PACK, TableSnapshot

MINUTE_SCHEDULE: Final = "rate(1 minute)"
MAX_REPORTS_PER_ROUND: Final = 12
"""The most reports in one round."""
ACTS: Final = 14
"""The most acts of people in one round."""
MAX_STEPS_PER_ROUND: Final = 40
"""The most steps of executions in one round."""
ALL_STEPS: Final = 2_000
"""The same in a round without acts."""
STREAMED: Final = 0.8
"""The share of the waiting stream that one round delivers."""
UNREPAIRED: Final = 0.75
"""The share of reports that are sent before functions of a run without them work."""
LOST: Final = 0.01
"""The share of rounds that lose an execution."""
TROUBLED_ROUNDS: Final = 25
"""Rounds without acts while services still fail, so that repairs meet faults as well."""
CALM_ROUNDS: Final = 12
"""Rounds without faults at the end: then all must be as it was sent."""

RunJson = dict[str, Any]


@dataclass
class FaultRun:
    """One run."""

    system: FaultDeployment
    chance: random.Random
    progress: Callable[[int], None]
    without: frozenset[str] = frozenset()
    """Functions that no schedule calls at first: what they repair stays broken until then."""

    def __post_init__(self) -> None:
        pack = open_pack(FAULTS_PACK)
        self.reporters = FaultReporters(self.system, self.chance, pack)
        self.staff = Staff(self.system, self.chance, pack, self.reporters.sent)
        self.delivery = FaultDelivery(self.system, self.chance, self.without)
        self.repaired: Counter[str] = Counter()
        self.rounds = 0

    def live(self, reports: int, rounds_after: int) -> RunJson:
        """Send this number of reports, work on them for some rounds, and come to rest.

        Without some functions most of it happens before they work; returns what is wrong then.
        """
        planned = list(enumerate(self.reporters.planned(reports), start=1))
        left: RunJson = {}
        if self.without:
            first = math.ceil(len(planned) * UNREPAIRED)
            self._work(planned[:first], rounds_after // 2)
            left = self._found_without()
            planned, rounds_after = planned[first:], rounds_after - rounds_after // 2
        self._work(planned, rounds_after)
        self._rest()
        return left

    def _work(self, planned: list[tuple[int, RunJson]], rounds_after: int) -> None:
        """Send these reports, and work on all for some rounds."""
        while planned:
            often = self.chance.randint(1, MAX_REPORTS_PER_ROUND)
            for number, body in planned[:often]:
                self.reporters.report(number, body)
                self.progress(1)
            planned = planned[often:]
            self._round(acts=True)
        for _ in range(rounds_after):
            self._round(acts=True)

    def _found_without(self) -> RunJson:
        """Come to rest without the functions, compare, and let their schedules call them."""
        with self.system.trouble.resting():
            self._calm()
            left = find_broken_promises(self.system, self.reporters, self.staff)
        self.delivery.without = frozenset()
        return left

    def _round(self, *, acts: bool) -> None:
        self.rounds += 1
        self.system.clock.later(minutes=self.chance.choice([1, 1, 2, 5, 30]))
        self.delivery.stream(STREAMED if acts else 1.0)
        self._executions(acts=acts)
        self.delivery.queues()
        for answer in self.delivery.scheduled(MINUTE_SCHEDULE):
            self.repaired.update(answer or {})
        if acts:
            self._people()

    def _executions(self, *, acts: bool) -> None:
        for _ in range(MAX_STEPS_PER_ROUND if acts else ALL_STEPS):
            ready = self.system.machine.ready()
            if not ready:
                break
            self.system.machine.step(self.chance.choice(ready))
        running = sorted(each.name for each in self.system.machine.running())
        if acts and running and self.chance.random() < LOST:
            self.system.machine.lose(self.system.machine.executions[self.chance.choice(running)])

    def _people(self) -> None:
        cases = self._cases()
        case_ids = [case.id for case in cases]
        for _ in range(self.chance.randint(0, ACTS) if cases else 0):
            case = self.chance.choice(cases)
            unit = case.referral.unit if case.referral else None
            self.staff.work_on(case.id, case.status, unit, case_ids)
        for sent in self.reporters.some():
            said = self.reporters.follow(sent)
            asked = [each for each in said.get("messages", ()) if each.get("question") is not None]
            unanswered = [each["question"] for each in asked if not each.get("answered")]
            answers = {"answers": unanswered[-1]} if unanswered else {}
            self.reporters.add(sent, text="C'était le 20 novembre.", **answers)
        self._answer(cases)

    def _answer(self, cases: list[Case]) -> None:
        """Some of the reporters who were asked answer."""
        for case in cases:
            if case.status is not Status.AWAITING_ANSWER or case.paused is None:
                continue
            sent = self.reporters.sent.get(case.paused.report)
            if sent is not None and self.chance.random() < 0.2:
                self.reporters.add(sent, text="Le 20 novembre, à midi.", answers=case.questions)

    def _cases(self) -> list[Case]:
        """The cases as observers see them."""
        return sorted(_all(self.system).cases(), key=lambda case: case.id)

    def _rest(self) -> None:
        """No more acts: services fail for a while, then they work."""
        for _ in range(TROUBLED_ROUNDS):
            self._round(acts=False)
        self.system.trouble.share = 0.0
        self._calm()

    def _calm(self) -> None:
        """Rounds until no more follows from what was done."""
        for _ in range(CALM_ROUNDS):
            self._round(acts=False)
        self.delivery.stream(1.0)  # of what the last sweep wrote


def nights(system: FaultDeployment) -> list[str]:
    """Seal and verify the days of a run, without faults; returns the mismatches.

    People repeat a failed night, as the runbook says.
    """
    first, last = FAULT_RUN_START.date(), system.clock.at.date()
    system.clock.at = datetime.combine(last + timedelta(days=1), time(0, 20), UTC)
    found = []
    for number in range((last - first).days + 1):
        day = {"day": (first + timedelta(days=number)).isoformat()}
        system.invoke(system.function("SealDayFunction"), day)
        told = system.invoke(system.function("VerifyDaysFunction"), day)
        found += [f"{day['day']}: {each}" for each in told["named"]]
    return found


def play_run(
    assembly: Path,
    *,
    reports: int,
    seed: int,
    share: float,
    progress: Callable[[int], None] = lambda _: None,
    without: frozenset[str] = frozenset(),
) -> RunJson:
    """One run; returns the findings in the form of `build/faults.json`."""
    with deploy_assembly_with_faults(assembly, seed, share) as system:
        life = FaultRun(system, system.trouble.chance, progress, without)
        unanswered, left = "", {}
        try:
            left = life.live(reports, rounds_after=max(20, reports // 10))
        except ClientGaveUp as error:
            unanswered = str(error)
        system.trouble.share = 0.0
        found = find_broken_promises(system, life.reporters, life.staff)
        found["nights"] = nights(system)
        if unanswered:
            found["answers"].append(unanswered)
        held = _all(system)
        cases = sum(1 for _ in held.cases())
        sent = len(life.reporters.sent)
        growth = Growth(system, life.reporters)  # last: its case is compared with nothing
        found["costs"] = growth.wrong()
        return {
            "synthetic": True,
            "seed": seed,
            "reports": sent,
            "cases": cases,
            "rounds": life.rounds,
            "calls": system.trouble.calls,
            "in_trouble": system.trouble.in_trouble,
            "injected": sum(system.trouble.injected.values()),
            "moves": _by_move(system, held),
            "functions": by_function(system),
            "retries": {
                "workflow": system.machine.retries,
                "reporters": system.sendings["reporters"],
                "staff": system.sendings["staff"],
            },
            "repeated_batches": dict(life.delivery.repeated),
            "missed": dict(life.delivery.missed),
            "repaired": dict(life.repaired),
            "items": {
                thing: [each._asdict() for each in each_of]
                for thing, each_of in growth.costs.items()
            },
            "left": left,
            "wrong": found,
        }


def _all(system: FaultDeployment) -> TableSnapshot:
    return TableSnapshot.of(system.aws.dynamodb, system.outputs["CaseTable"])


def _by_move(system: FaultDeployment, held: TableSnapshot) -> RunJson:
    """How often each move was made, the faults of its writes, and the function that repaired
    each."""
    made = Counter(
        item["move"] for item in held.items if item[keys.SORT_KEY].startswith(keys.event_key.begins)
    )
    moves = system.trouble.moves
    return {
        move: {
            "made": often,
            "faults": dict(moves.faults[move]),
            "repaired_by": dict(moves.repaired[move]),
        }
        for move, often in sorted(made.items())
    }


def by_function(system: FaultDeployment) -> RunJson:
    """The faults that each function met, and how often it failed."""
    functions: dict[str, RunJson] = {}
    for (function, operation, how), often in sorted(system.trouble.injected.items()):
        told = functions.setdefault(function, {"injected": {}, "failed": 0})
        told["injected"][f"{operation} {how}"] = often
        told["failed"] = system.failures.get(function, 0)
    return functions
