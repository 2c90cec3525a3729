"""Any number of entries is verified in the memory of one: counted while they are read."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from casework.case import history
from casework.case.history import event_digest
from tests.unit.test_verify_history import a_history
from tools.verify_history import Bad, Seen, first_bad

CASES, EVENTS = 200, 500


class Line(dict[str, Any]):
    """A line that can be watched while it lives."""

    __slots__ = ("__weakref__",)


digests: dict[str, str] = {}


def digested(event: history.CaseEvent) -> str:
    """The digest of an entry: its cases are alike, so of each entry of one it is made once."""
    content = event.model_dump_json(exclude={"hash"})
    return digests.get(content) or digests.setdefault(content, event_digest(event))


def test_a_missing_last_entry_of_a_hundred_thousand_is_found_in_the_memory_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Named first, so all before it fit. `test_verify_history` tries every other harm."""
    monkeypatch.setattr(history, "event_digest", digested)
    template = a_history("C", EVENTS)
    recent: list[weakref.ref[Line]] = []
    most = 0

    def lines() -> Iterator[Line]:
        nonlocal most
        for case in range(CASES):
            for number, line in enumerate(template):
                watched = Line(line, case=f"C-{case}")
                if case == CASES - 1 and number == EVENTS:
                    return
                recent.append(weakref.ref(watched))
                most = max(most, sum(each() is not None for each in recent))
                del recent[:-4]
                yield watched

    seen = Seen()
    cut = Bad(f"C-{CASES - 1}", EVENTS, "the history was cut off here")
    assert first_bad(lines(), seen) == cut
    assert (seen.cases, seen.entries) == (CASES, CASES * EVENTS - 1)
    assert most <= 3
