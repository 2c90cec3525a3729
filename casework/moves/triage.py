"""The moves of triage on a case before people see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, get_args

from pydantic import JsonValue

from casework.case.case import MAX_SUGGESTIONS, Case
from casework.case.change import Change
from casework.case.history import COMMITMENT_FIELD
from casework.case.lifecycle import Move
from casework.case.times import DeadlineWait, format_timestamp, start_wait
from casework.case.value_objects import DeadlineKind, Priority, Suggestion, SuggestionReason
from casework.moves.additions import count_inflow
from casework.moves.freezes import extend_wait
from casework.moves.severity import CaseSeverity, raised_fields
from casework.pack.clocks import Clocks

SUGGESTIONS_FIELD: Final = "suggestions"
"""Of the first entry of a case: the other cases it names."""


def open_case(case: Case, at: datetime, bound: str = "", taken_from: str | None = None) -> Change:
    """The first entry of a new case, with its suggestions and `bound`, the commitment to the report
    that opens it.

    It has no weight until a report of it was read. `taken_from`: the case that people took its
    first report out of.
    """
    data: dict[str, JsonValue] = {"from": taken_from} if taken_from else {}
    data |= {COMMITMENT_FIELD: bound} if bound else {}
    if case.suggestions:
        data[SUGGESTIONS_FIELD] = [_said(each) for each in case.suggestions]
    nothing = {"priority": Priority.INFORMATION}
    return Change.open_history(case.model_copy(update=nothing), at, data)


def add_suggestion(case: Case, at: datetime, suggestion: Suggestion) -> Change | None:
    """Another case may be about the same facts; None when that is known, when people keep the two
    apart, or when too many are suggested that are no weaker.

    No decision depends on it. A strong identifier replaces a weaker reason. Where a case has as
    many as it keeps, a stronger one takes the place of the weakest, and the entry names that one
    (`instead_of`); it has this case among its own suggestions still.
    """
    others = [each for each in case.suggestions if each.case != suggestion.case]
    known = next((each for each in case.suggestions if each.case == suggestion.case), None)
    stands = known and _strength(known) >= _strength(suggestion)
    if stands or suggestion.case in case.apart:
        return None
    data = _said(suggestion)
    if len(others) >= MAX_SUGGESTIONS:
        weakest = min(reversed(others), key=lambda each: (_strength(each), each.percent or 0))
        if _strength(weakest) >= _strength(suggestion):
            return None
        others.remove(weakest)
        data["instead_of"] = weakest.case
    return Change.from_move(case, Move.SUGGEST, at, data=data, suggestions=(*others, suggestion))


def _strength(suggestion: Suggestion) -> int:
    """By its reason: the strongest one comes first among them."""
    return -get_args(SuggestionReason).index(suggestion.because)


def _said(suggestion: Suggestion) -> dict[str, JsonValue]:
    return suggestion.model_dump(mode="json", exclude_defaults=True)


def record_assessment(
    case: Case,
    at: datetime,
    *,
    weight: CaseSeverity,
    territory: str | None,
    territory_percent: int = 100,
    clocks: Clocks,
    data: dict[str, JsonValue],
    money_until: datetime | None = None,
) -> Change:
    """The assessment is there; the case waits for review. `data` is the assessment, as advice.

    It is of the report that opened the case. The weight of other reports stays, and the case is as
    urgent as the most urgent of them. `money_until`: until when its money may be held back.
    """
    grown = raised_fields(case, weight)
    money: DeadlineWait | None = case.money
    if money_until is not None and money_until > at:
        data = {**data, "money_until": format_timestamp(money_until)}
        money = extend_wait(money, at, money_until)
    return Change.from_move(
        case,
        Move.ASSESS,
        at,
        data=data,
        territory=territory,
        territory_percent=territory_percent,
        wait=_for_review(case, grown, at, clocks),
        money=money,
        **grown,
    )


def set_aside(case: Case, at: datetime, *, weight: CaseSeverity, clocks: Clocks) -> Change:
    """Triage cannot read the report that opened the case; it waits for review as it is.

    The weight comes from the reporter's ticks, if they can be read.
    """
    grown = raised_fields(case, weight)
    return Change.from_move(
        case,
        Move.SET_ASIDE,
        at,
        data={"priority": weight.priority.value, "imminent": weight.imminent},
        unreadable=True,
        wait=_for_review(case, grown, at, clocks),
        **grown,
    )


def _for_review(case: Case, grown: Mapping[str, Any], at: datetime, clocks: Clocks) -> DeadlineWait:
    return start_wait(at, clocks(case.model_copy(update=grown))[DeadlineKind.WAIT])


def mark_addition_unreadable(case: Case, at: datetime, reference: str, addition: str) -> Change:
    """Triage cannot read an addition to a report of the case; people read it as it is.

    `addition` is its id among those of the report.
    """
    data: dict[str, JsonValue] = {"reference": reference, "addition": addition}
    flowing = count_inflow(case, at)
    return Change.from_move(case, Move.UNREADABLE, at, data=data, unreadable=True, inflow=flowing)


def mark_alerted(case: Case, at: datetime) -> Change:
    """The duty desk was told of imminent danger."""
    return Change.from_move(case, Move.ALERT, at, alerted=True)
