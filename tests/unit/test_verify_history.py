"""Nobody changes history quietly: an edit, a removal, a cut and an exchange are each named."""

from __future__ import annotations

import gc
import io
import json
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from casework.case.day_seal import EMPTY_ROOT_HASH, DayLeaf, MerkleAccumulator
from casework.case.history import GENESIS_HASH, CaseEvent, chain_event
from tools.verify_history import Bad, Seals, Seen, first_bad, of_file


def a_history(case: str, entries: int) -> list[dict[str, Any]]:
    """The line of a case and the lines of its events, as they are exported."""
    previous, lines = GENESIS_HASH, []
    for number in range(1, entries + 1):
        at = f"2026-03-02T12:00:00.{number % 1000:03d}Z"
        event = chain_event(
            CaseEvent(number=number, move="message", at=at, by="s", data={"n": number}), previous
        )
        previous = event.hash
        lines.append({"case": case, **event.model_dump(mode="json")})
    return [{"case": case, "events": entries, "head": previous}, *lines]


def checked(lines: list[dict[str, Any]], seals: Seals | None = None) -> Bad | None:
    return first_bad(iter(lines), Seen(), seals)


def test_an_untouched_history_verifies() -> None:
    assert checked([*a_history("C-1", 5), *a_history("C-2", 3)]) is None


@pytest.mark.parametrize(
    "case",
    [
        "edited",
        "removed",
        "cut",
        "reordered",
        "added",
        "moved",
        "emptied",
        "out of range",
        "headless",
    ],
)
def test_the_first_bad_entry_is_named(case: str) -> None:
    """Hardening case 32."""
    lines = [*a_history("C-1", 4), *a_history("C-2", 6)]
    place = 5 + 3  # entry 3 of C-2, behind C-1's five lines and its own first
    match case:
        case "edited":
            lines[place] = {**lines[place], "by": "somebody else"}
            expected = Bad("C-2", 3, "was edited")
        case "removed":
            del lines[place]
            expected = Bad("C-2", 3, "is missing or out of order")
        case "cut":
            del lines[-1]
            expected = Bad("C-2", 6, "the history was cut off here")
        case "reordered":
            lines[place], lines[place + 1] = lines[place + 1], lines[place]
            expected = Bad("C-2", 3, "is missing or out of order")
        case "added":
            lines.append({**lines[-1], "number": 7})
            expected = Bad("C-2", 7, "does not follow the entry before it")
        case "emptied":
            lines[place] = {"case": "C-2", "number": 3}
            expected = Bad("C-2", 3, "cannot be read")
        case "out of range":
            lines[place] = {**lines[place], "data": {"n": 2**60}}
            expected = Bad("C-2", 3, "was edited")
        case "headless":
            lines[5] = {"case": "C-2"}
            expected = Bad("C-2", 6, "the history was cut off here")
        case _:
            lines[place] = {**lines[place], "case": "C-1"}
            expected = Bad("C-2", 3, "belongs to another case")
    assert checked(lines) == expected


@pytest.mark.parametrize("line", ["{", "7", "null", '"text"', "[1]"])
def test_a_line_of_an_export_that_is_none_is_named(line: str) -> None:
    export = [json.dumps(each) for each in a_history("C-1", 2)]
    read = of_file(io.StringIO("\n".join([*export[:2], line, *export[2:]])))
    assert first_bad(read, Seen()) == Bad("C-1", 2, "cannot be read")


def sealed(*histories: list[dict[str, Any]]) -> Seals:
    seals = Seals()
    for head, *_ in histories:
        seals.add(DayLeaf(case=head["case"], events=head["events"], head=head["head"]))
    return seals


def test_a_history_cut_with_its_case_differs_from_its_seal() -> None:
    whole, short = a_history("C-1", 6), a_history("C-1", 4)
    assert checked(short) is None, "by itself it fits"
    assert checked(short, sealed(whole)) == Bad("C-1", 5, "was signed and is gone")


def test_a_rewritten_history_differs_from_its_seal() -> None:
    whole = a_history("C-1", 3)
    head, *events = a_history("C-1", 3)
    forged, previous = [], GENESIS_HASH
    for line in events:
        event = CaseEvent.model_validate({k: v for k, v in line.items() if k != "case"})
        event = chain_event(event.model_copy(update={"by": "forger"}), previous)
        previous = event.hash
        forged.append({"case": "C-1", **event.model_dump(mode="json")})
    lines = [{**head, "head": previous}, *forged]
    assert checked(lines) is None, "by itself it fits"
    assert checked(lines, sealed(whole)) == Bad("C-1", 3, "is not the entry that was signed")


def test_a_case_taken_away_whole_is_missed() -> None:
    one, other = a_history("C-1", 2), a_history("C-2", 2)
    found = checked(one, sealed(one, other))
    assert found == Bad("C-2", 1, "the whole case is gone")


@pytest.mark.parametrize("signed", [True, False])
def test_a_chain_of_days_is_compared_with_the_seal_of_its_day(signed: bool) -> None:
    """The night after writes it. The seal of that later day has nothing of a case that rested."""
    day, night, name = "2026-03-02", "2026-03-03T00:20:00.000Z", "C-1 (days)"
    bound = chain_event(
        CaseEvent(number=1, move="day", at=night, by="s", data={"day": day}), GENESIS_HASH
    )
    chain = [
        {"case": name, "events": 1, "head": bound.hash},
        {"case": name, **bound.model_dump(mode="json")},
    ]
    case = a_history("C-1", 3)
    log = bound.hash if signed else "0" * 64
    seals = Seals()
    for each in (day, night[:10]):
        seals.sealed(each)
    seals.add(DayLeaf(case="C-1", events=3, head=case[0]["head"], entries=1, log=log), day)
    wrong = None if signed else Bad(name, 1, "is not the entry that was signed")
    assert checked([*case, *chain], seals) == wrong


class Line(dict[str, Any]):
    """A line that can be watched while it lives."""

    __slots__ = ("__weakref__",)


def test_as_many_entries_as_there_are_need_the_memory_of_one() -> None:
    """Counted, not measured: while 20,000 entries are read, no more than three are alive."""
    template = a_history("C", 100)
    most = 0

    def lines() -> Iterator[Line]:
        nonlocal most
        for case in range(200):
            for line in template:
                watched = Line({**line, "case": f"C-{case}"})
                counter.append(weakref.ref(watched))
                living = sum(1 for each in counter[-5:] if each() is not None)
                most = max(most, living)
                del counter[:-5]
                yield watched

    counter: list[weakref.ref[Line]] = []
    gc.disable()
    try:
        seen = Seen()
        assert first_bad(lines(), seen) is None
    finally:
        gc.enable()
    assert (seen.cases, seen.entries) == (200, 20_000)
    assert most <= 3


def test_a_tree_holds_one_hash_for_each_level_and_no_leaf() -> None:
    tree = MerkleAccumulator()
    assert tree.root() == EMPTY_ROOT_HASH
    for number in range(1_000):
        tree.add(DayLeaf(case=f"C-{number}", events=1, head="0" * 64))
    assert len(tree._waiting) <= 10
    roots = set()
    for leaves in range(1, 20):
        short = MerkleAccumulator()
        for number in range(leaves):
            short.add(DayLeaf(case=f"C-{number}", events=1, head="0" * 64))
        roots.add(short.root())
    assert len(roots) == 19, "a tree with a leaf less has another root"
