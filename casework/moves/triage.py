"""What the machine does with a case before people see it, and when danger shows later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from casework.case import (
    MOST_SUGGESTIONS,
    SYSTEM,
    Case,
    Priority,
    Suggestion,
    stamp,
    wait_from,
)
from casework.change import Change
from casework.history import Event, chained
from casework.lifecycle import Move

SUGGESTED: Final = "suggestions"
"""Of the first entry of a case: the other cases it names."""


def opened(case: Case, at: datetime) -> Change:
    """The first entry of a new case, with what is suggested for it."""
    data: dict[str, JsonValue] = {}
    if case.suggestions:
        data[SUGGESTED] = [_said(each) for each in case.suggestions]
    event = chained(
        Event(number=1, move=Move.OPEN.value, at=stamp(at), by=SYSTEM, data=data), case.head
    )
    after = case.model_copy(
        update={
            "events": 1,
            "head": event.hash,
            "grew_on": event.at[:10],
            "revision": 1,
            "version": 1,
        }
    )
    return Change(before=None, after=after, event=event)


def suggested(case: Case, at: datetime, suggestion: Suggestion) -> Change | None:
    """Another case may be about the same facts; None when that is known, or many others may be.

    No decision depends on it. What a strong identifier tells takes the place of a weaker reason.
    """
    others = tuple(each for each in case.suggestions if each.case != suggestion.case)
    known = next((each for each in case.suggestions if each.case == suggestion.case), None)
    if (known is not None and known.because == "identifier") or len(others) >= MOST_SUGGESTIONS:
        return None
    return Change.of(
        case, Move.SUGGEST, at, data=_said(suggestion), suggestions=(*others, suggestion)
    )


def _said(suggestion: Suggestion) -> dict[str, JsonValue]:
    return suggestion.model_dump(mode="json", exclude_defaults=True)


def assessed(
    case: Case,
    at: datetime,
    *,
    priority: Priority,
    imminent: bool,
    territory: str | None,
    territory_percent: int = 100,
    review_seconds: Sequence[int],
    data: dict[str, JsonValue],
    told: Collection[str] = (),
) -> Change:
    """The assessment is there; the case waits for review. `data` is the assessment, as advice.

    It is of the report that opened the case: danger that another report told of meanwhile stays.
    """
    return Change.of(
        case,
        Move.ASSESS,
        at,
        data=data,
        priority=case.priority if case.imminent else priority,
        imminent=imminent or case.imminent,
        territory=territory,
        territory_percent=territory_percent,
        told=also_told(case, told),
        wait=wait_from(at, review_seconds),
    )


def told_of(case: Case, categories: Collection[str]) -> Change | None:
    """A report that joined tells of more than the case did; None when that is known.

    No decision depends on it but who must take it.
    """
    told = also_told(case, categories)
    return Change.quietly(case, told=told) if told != case.told else None


def also_told(case: Case, categories: Collection[str]) -> tuple[str, ...]:
    """What the case tells of beside its own category, these among it."""
    return tuple(sorted({*case.told, *categories} - {case.category}))


def alerted(case: Case, at: datetime) -> Change:
    """The duty desk was told of imminent danger."""
    return Change.of(case, Move.ALERT, at, alerted=True)


def endangered(case: Case, at: datetime, reference: str, reasons: Sequence[str]) -> Change:
    """A report that joined tells of danger; the duty desk was told of it by whoever found it.

    `reasons` are those of the report's own assessment: they say whether it is a doubt. No decision
    depends on it: what people decided on the case as they saw it still holds.
    """
    data: dict[str, JsonValue] = {"reference": reference, "reasons": list(reasons)}
    return Change.of(
        case,
        Move.DANGER,
        at,
        data=data,
        priority=Priority.IMMEDIATE,
        imminent=True,
        alerted=True,
    )
