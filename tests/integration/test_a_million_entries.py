"""A million entries are verified in the memory of one: counted while they are read."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from tests.unit.test_verify_history import a_history
from tools.verify_history import Seen, first_bad

CASES, EVENTS = 2_000, 500


class Line(dict[str, Any]):
    """A line that can be watched while it lives."""

    __slots__ = ("__weakref__",)


def test_a_million_entries_need_the_memory_of_one() -> None:
    template = a_history("C", EVENTS)
    recent: list[weakref.ref[Line]] = []
    most = 0

    def lines() -> Iterator[Line]:
        nonlocal most
        for case in range(CASES):
            for line in template:
                watched = Line(line, case=f"C-{case}")
                recent.append(weakref.ref(watched))
                most = max(most, sum(each() is not None for each in recent))
                del recent[:-4]
                yield watched

    seen = Seen()
    assert first_bad(lines(), seen) is None
    assert (seen.cases, seen.entries) == (CASES, 1_000_000)
    assert most <= 3
