"""What the machine does with a case before people see it, and when danger shows later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from casework.case import (
    MOST_SUGGESTIONS,
    Case,
    Priority,
    Suggestion,
    Wait,
    stamp,
    wait_from,
)
from casework.change import Change
from casework.lifecycle import Move
from casework.moves.freezing import longer

SUGGESTED: Final = "suggestions"
"""Of the first entry of a case: the other cases it names."""


def opened(case: Case, at: datetime) -> Change:
    """The first entry of a new case, with what is suggested for it."""
    data: dict[str, JsonValue] = {}
    if case.suggestions:
        data[SUGGESTED] = [_said(each) for each in case.suggestions]
    return Change.opening(case, at, data)


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
    money_until: datetime | None = None,
) -> Change:
    """The assessment is there; the case waits for review. `data` is the assessment, as advice.

    It is of the report that opened the case: danger that another report told of meanwhile stays.
    `money_until`: until when money it tells of may be held back.
    """
    money: Wait | None = case.money
    if money_until is not None and money_until > at:
        data = {**data, "money_until": stamp(money_until)}
        money = longer(money, at, money_until)
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
        money=money,
    )


def set_aside(
    case: Case,
    at: datetime,
    *,
    priority: Priority,
    imminent: bool,
    review_seconds: Sequence[int],
) -> Change:
    """No machine can read the report that opened the case; it waits for review as it is.

    `imminent` is what the reporter ticked, where that much can be read.
    """
    return Change.of(
        case,
        Move.SET_ASIDE,
        at,
        data={"priority": priority.value, "imminent": imminent},
        priority=case.priority if case.imminent else priority,
        imminent=imminent or case.imminent,
        unreadable=True,
        wait=wait_from(at, review_seconds),
    )


def addition_unreadable(case: Case, at: datetime, reference: str, addition: str) -> Change:
    """No machine can read what a reporter added to a report of the case; people read it as it is.

    `addition` is its id among those of the report.
    """
    data: dict[str, JsonValue] = {"reference": reference, "addition": addition}
    return Change.of(case, Move.UNREADABLE, at, data=data, unreadable=True)


def told_of(case: Case, at: datetime, categories: Collection[str]) -> Change | None:
    """A report that joined tells of more than the case did; None when that is known.

    No decision depends on it but who must take it.
    """
    told = also_told(case, categories)
    if told == case.told:
        return None
    data: dict[str, JsonValue] = {"told": [*sorted(set(told) - set(case.told))]}
    return Change.of(case, Move.RAISE, at, data=data, told=told)


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
