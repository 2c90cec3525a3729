"""Closed reviews that a second person reads again, blind: which ones, and whether the two agree.

One review in so many is read again. Which one is a keyed digest of the case and of the entry that
closed its review, so that nobody without the key can tell beforehand, nobody can choose, and every
repeat chooses the same. The second person sees what was told, and neither what the first decided
nor what the machine proposed. What they would have decided is an entry `sample` of the history. It
changes nothing of the case.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Protocol

from casework.case.first_glance import REVIEW_ENDING_MOVES
from casework.case.lifecycle import Move
from casework.case.rule_types import StatisticsEffect

REVIEW_NUMBER_FIELD: Final = "of"
"""In the data of the entry `sample`: the number of the entry that closed the review."""
REVIEW_CLOSING_MOVES: Final = frozenset(
    move for move in REVIEW_ENDING_MOVES if move.rule.counts is StatisticsEffect.REPORTS
)
"""Moves that close a review: with a category, or as no case."""
COMPARED_FIELDS: Final = ("decision", "priority")
"""In what two people can agree: in the category, or that it is no case; and where both confirm, in
the priority."""
NAME_BYTES: Final = 8


class RecordedEntry(Protocol):
    """What stored and counted entries share."""

    @property
    def number(self) -> int:
        """Within the case."""

    @property
    def move(self) -> str:
        """The move that it records."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the entry."""


class AuthoredEntry(RecordedEntry, Protocol):
    """An entry with its author."""

    @property
    def by(self) -> str:
        """Its author."""


def choose_sample(key: bytes, case_id: str, number: int, every: int) -> str | None:
    """The name, as a sample, of the review that an entry closed; None for one that is not read
    again. `every` is 0 where none is."""
    digest = hmac.digest(key, f"sample|{case_id}|{number}".encode(), hashlib.sha256)
    if not every or int.from_bytes(digest[NAME_BYTES:]) % every:
        return None
    return digest[:NAME_BYTES].hex()


def decision_authors(history: Iterable[AuthoredEntry], number: int) -> frozenset[str]:
    """Who decided on a case until an entry of it: none of them reads it again."""
    return frozenset(
        each.by
        for each in history
        if each.number <= number and Move(each.move).rule.kind.is_decision
    )


def was_second_read(history: Iterable[RecordedEntry], number: int) -> bool:
    """Whether the review that an entry closed was read again."""
    return any(
        each.move == Move.SAMPLE and each.data.get(REVIEW_NUMBER_FIELD) == number
        for each in history
    )


def compare_readings(review: RecordedEntry, again: RecordedEntry) -> Iterator[tuple[str, bool]]:
    """In what two people could agree on a review, and whether they do."""
    first, second = review.data, again.data
    confirmed = review.move == Move.CONFIRM
    both = confirmed and "category" in second
    yield (
        COMPARED_FIELDS[0],
        first.get("category") == second.get("category")
        if both
        else (confirmed == ("category" in second)),
    )
    if both:
        yield COMPARED_FIELDS[1], first.get("priority") == second.get("priority")
