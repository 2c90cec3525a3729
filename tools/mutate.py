"""Changes the law of a case, one entry at a time, and names each change that no test notices.

    python -m tools.mutate [--list]

The tests are collected once. For each change a process is forked, in which the loaded tables are
changed and the tests run until the first failure. A change without a failure survives: the tests do
not cover it. Exit status: 1 when one survives.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from casework.case.lifecycle import (
    MOVE_RULES,
    STATUS_TRANSITIONS,
    Move,
    Status,
    creates_version,
    next_status,
)
from casework.case.rule_types import ClosedGateEffect, MoveKind
from casework.errors import IllegalMove

ROOT = Path(__file__).resolve().parents[1]
TESTS = (
    "tests/unit/test_law.py",
    "tests/unit/test_case.py",
    "tests/unit/test_every_event_in_every_order.py",
    "tests/unit/test_staff.py",
)
"""Tests of the law that need no service, those that notice most first."""
QUIETLY = ("-qq", "-s", "--no-header", "--no-summary", "-p", "no:xdist", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Mutant:
    """One change of the law."""

    name: str
    apply: Callable[[], object]
    undo: Callable[[], object]


def mutants() -> Iterator[Mutant]:
    """Each change after which the law gives another answer."""
    answers = _answers()
    for each in (*_legal(), *_rows()):
        each.apply()
        differs = _answers() != answers
        each.undo()
        if differs:
            yield each


def _answers() -> list[object]:
    """All answers of the law."""
    asked = product(Status, Move, (False, True))
    return [*(_answer(*each) for each in asked), *(creates_version(move) for move in Move)]


def _answer(status: Status, move: Move, gate_shut: bool) -> object:
    try:
        return next_status(status, move, gate_shut=gate_shut)
    except IllegalMove as refused:
        return type(refused)


def _legal() -> Iterator[Mutant]:
    """Each legal move removed, and led to another status; each illegal one allowed."""
    for status, move in product(Status, Move):
        moves = STATUS_TRANSITIONS[status]
        undo = partial(_put_back, moves, dict(moves))
        there = moves.get(move)
        if there is None:
            let_in = partial(moves.update, {move: status})
            yield Mutant(f"{status}: {move} is let in", let_in, undo)
            continue
        yield Mutant(f"{status}: no {move}", partial(moves.pop, move), undo)
        for other in _others(status, there):
            led = partial(moves.update, {move: other})
            yield Mutant(f"{status}: {move} leads to {other}, not {there}", led, undo)


def _put_back(moves: dict[Move, Status], were: dict[Move, Status]) -> None:
    """In their original order, which people see."""
    moves.clear()
    moves.update(were)


def _others(status: Status, there: Status) -> Iterator[Status]:
    """Other targets of a move: it stays, or goes to the status after its own."""
    every = list(Status)
    following = every[(every.index(there) + 1) % len(every)]
    yield from dict.fromkeys(each for each in (status, following) if each is not there)


def _rows() -> Iterator[Mutant]:
    """Each move with every other answer to the shut gate, as a note or none, noted elsewhere."""
    for move, row in MOVE_RULES.items():
        changed = {
            f"gate is {gate}": replace(row, gate=gate)
            for gate in (*ClosedGateEffect, None)
            if gate is not row.gate
        }
        is_note = row.kind is MoveKind.NOTE
        kind = MoveKind.STEP if is_note else MoveKind.NOTE
        changed[f"is of the kind {kind}"] = replace(row, kind=kind)
        for status in Status if is_note else ():
            noted = "is not" if status in row.noted_in else "is"
            changed[f"{noted} noted in {status}"] = replace(row, noted_in=row.noted_in ^ {status})
        for name, made in changed.items():
            undo = partial(MOVE_RULES.update, {move: row})
            yield Mutant(f"{move}: {name}", partial(MOVE_RULES.update, {move: made}), undo)


class MutationTrial:
    """Runs the collected tests for each change, in a process of its own."""

    def __init__(self) -> None:
        self.survivors: list[str] = []
        self.noticed: Counter[str] = Counter()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order the files; their tests stay as they are."""
        items.sort(key=lambda item: TESTS.index(item.path.relative_to(ROOT).as_posix()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Replaces the usual single run."""
        failed = _first_failure(session, lambda: None)
        if failed:
            raise pytest.UsageError(f"{failed} fails on the law as it is")
        for mutant in mutants():
            failed = _first_failure(session, mutant.apply)
            if failed:
                self.noticed[failed] += 1
            else:
                self.survivors.append(mutant.name)
                print("survives:", mutant.name, flush=True)
        return True


def _first_failure(session: pytest.Session, apply: Callable[[], object]) -> str:
    """The first test that fails in a copy of this process with a change."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        apply()
        os.write(writing, _run(session).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        failed = told.read()
    if os.waitpid(child, 0)[1]:
        raise pytest.UsageError("a process ended before it could say what its tests found")
    return failed


def _run(session: pytest.Session) -> str:
    failed: list[str] = []

    class Watch:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

    session.config.pluginmanager.register(Watch())
    for item in session.items:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if failed:
            return failed[0]
    return ""


def main(arguments: list[str]) -> int:
    """Try every change and print the survivors. Returns the exit status."""
    asked = argparse.ArgumentParser(prog="python -m tools.mutate", description=__doc__)
    asked.add_argument("--list", action="store_true", help="name the changes and try none")
    if asked.parse_args(arguments).list:
        print("\n".join(mutant.name for mutant in mutants()))
        return 0
    trial, began = MutationTrial(), time.monotonic()
    failed = pytest.main([*QUIETLY, *TESTS], plugins=[trial])
    if failed:
        return int(failed)
    for test, times in trial.noticed.most_common():
        print(f"{times:5} {test}")
    tried = trial.noticed.total() + len(trial.survivors)
    took = time.monotonic() - began
    print(f"{tried} changes of the law, {len(trial.survivors)} survive, {took:.0f} s")
    return 1 if trial.survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
