"""Which closed reviews are read again, and whether two people agree on one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from casework.case.lifecycle import Move
from casework.case.quality_samples import (
    REVIEW_CLOSING_MOVES,
    choose_sample,
    compare_readings,
    decision_authors,
    was_second_read,
)
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics.case_statistics import AGREEMENT_COUNTERS
from casework.statistics.counts import Counts
from casework.statistics.publication import (
    build_published_month,
    build_statistics,
    figures_from_counts,
    unsuppressed_month,
)

KEY, OTHER = b"a key of the stage", b"a key of another stage"
CASES = [f"C-{number:04d}-0000-0000-0000-0" for number in range(4_000)]


@dataclass(frozen=True)
class Entry:
    """An entry of a history."""

    number: int
    move: str
    by: str = "ana"
    data: dict[str, Any] = field(default_factory=dict)


def test_a_twentieth_is_read_again_and_nobody_without_the_key_can_tell_which() -> None:
    ours = {each: choose_sample(KEY, each, 3, 20) for each in CASES}
    theirs = {each for each in CASES if choose_sample(OTHER, each, 3, 20)}
    found = {each for each, name in ours.items() if name}
    assert len(CASES) / 30 < len(found) < len(CASES) / 14, "about one in twenty"
    assert len(found & theirs) < len(found) / 3, "another key chooses others"
    assert {each: choose_sample(KEY, each, 3, 20) for each in CASES} == ours, (
        "and the same each time"
    )
    again = {each for each in CASES if choose_sample(KEY, each, 9, 20)}
    assert len(found & again) < len(found) / 3, "a second review of the case is chosen by itself"
    assert not any(name and case in name for case, name in ours.items()), "a name tells no case"


def test_a_pack_without_samples_has_none() -> None:
    assert not any(choose_sample(KEY, each, 3, 0) for each in CASES[:100])


def test_a_review_is_closed_by_a_confirmation_or_a_rejection() -> None:
    assert {Move.CONFIRM, Move.REJECT} == REVIEW_CLOSING_MOVES


def test_all_who_decided_until_then_are_too_near_to_read_it_again() -> None:
    history = (
        Entry(1, Move.OPEN, "system"),
        Entry(2, Move.GLANCE, "who glanced"),
        Entry(3, Move.PROPOSE, "first"),
        Entry(4, Move.CONFIRM, "second"),
        Entry(5, Move.ACKNOWLEDGE, "officer"),
    )
    assert decision_authors(history, 4) == {"first", "second"}


FRAUD = {"category": "fraud", "priority": "urgent"}
CALMER = {"category": "fraud", "priority": "standard"}
THREAT = {"category": "threats", "priority": "urgent"}
NO_CASE = {"reason": "duplicate"}


@pytest.mark.parametrize(
    ("move", "first", "second", "same"),
    [
        (Move.CONFIRM, FRAUD, FRAUD, {"decision": True, "priority": True}),
        (Move.CONFIRM, FRAUD, CALMER, {"decision": True, "priority": False}),
        (Move.CONFIRM, FRAUD, THREAT, {"decision": False, "priority": True}),
        (Move.CONFIRM, FRAUD, NO_CASE, {"decision": False}),
        (Move.REJECT, NO_CASE, FRAUD, {"decision": False}),
        (Move.REJECT, NO_CASE, {"reason": "out_of_scope"}, {"decision": True}),
    ],
)
def test_two_people_agree_on_the_decision_and_on_the_priority_apart(
    move: Move, first: dict[str, str], second: dict[str, str], same: dict[str, bool]
) -> None:
    review = Entry(3, move, data=first)
    again = Entry(4, Move.SAMPLE, "sara", {"of": 3, **second})
    assert dict(compare_readings(review, again)) == same
    assert was_second_read((review, again), 3)
    assert not was_second_read((review, again), 1)


def test_the_public_reads_of_agreement_where_the_pack_says_so_and_staff_always() -> None:
    table = load_statistics_law(open_pack("ma").folder).table
    agreeing = "sample:decision:same"
    assert {figure for both in AGREEMENT_COUNTERS.values() for figure in both} >= {agreeing}
    counts = Counts({("2026-01-01", "2026-01-02", agreeing): 19})
    counts["2026-01-01", "2026-01-02", "sample:decision:other"] = 1
    figures = figures_from_counts(counts)

    def rows(told: Any) -> dict[str, int | None]:
        return {each.row: each.count for each in told.figures if each.table == "samples"}

    month = build_published_month("2026-01", figures, table)
    assert rows(build_statistics("2026-01", "2026-01", [month], table)) == {}
    open_table = table.model_copy(update={"agreement": True})
    month = build_published_month("2026-01", figures, open_table)
    told = rows(build_statistics("2026-01", "2026-01", [month], open_table))
    assert told["decision_same"] is told["decision_other"] is None, "one differed: withheld"
    full = unsuppressed_month("2026-01", figures, table)
    told = rows(build_statistics("2026-01", "2026-01", [full], table, beside=("samples",)))
    assert (told["decision_same"], told["decision_other"], told["priority_same"]) == (19, 1, 0)


def test_the_public_reads_of_the_prosecutors_deadlines_where_the_pack_says_so() -> None:
    table = load_statistics_law(open_pack("ma").folder).table
    counts = Counts({("2026-01-01", "2026-01-02", "prosecution:unit:kept"): 19})
    figures = figures_from_counts(counts)

    def rows(told: Any) -> dict[str, int | None]:
        return {each.row: each.count for each in told.figures if each.table == "prosecution"}

    month = build_published_month("2026-01", figures, table)
    assert rows(build_statistics("2026-01", "2026-01", [month], table)) == {}
    open_table = table.model_copy(update={"prosecution": True})
    told = build_statistics(
        "2026-01", "2026-01", [build_published_month("2026-01", figures, open_table)], open_table
    )
    assert rows(told) == {"unit_kept": 19, "unit_late": 0, "office_kept": 0, "office_late": 0}
