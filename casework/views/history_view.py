"""The history of a case for one reader, without the cases that do not exist for that reader."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import JsonValue

from casework.case.history import IDEMPOTENCY_FIELD, CaseEvent
from casework.case.lifecycle import Move, moves_where
from casework.decisions.base import FREE_WORDS_FIELD
from casework.decisions.permissions import (
    sees_all_units,
)
from casework.decisions.staff import StaffMember
from casework.moves.triage import SUGGESTIONS_FIELD
from casework.views.desk_view import DeskView


class EventView(DeskView):
    """One entry of the history."""

    number: int
    move: str
    """What happened, a word of the lifecycle."""
    at: str
    by: str
    """`system`, or the subject of a staff member."""
    data: dict[str, JsonValue]
    words: str | None = None
    """Why, in the words of the person who decided; left out where no reason is asked for, and once
    the case was erased."""
    hash: str


CASE_FIELDS_BY_MOVE: Final[dict[str, str]] = {
    move: move.rule.names for move in moves_where(lambda law: law.names)
}
"""Entries that name another case, and where."""


def mentioned_cases(events: Iterable[CaseEvent]) -> set[str]:
    """The cases with which these entries say that this one was one."""
    return {
        str(each.data.get(CASE_FIELDS_BY_MOVE[each.move]))
        for each in events
        if each.move in CASE_FIELDS_BY_MOVE
    }


def redact_history(
    member: StaffMember,
    events: Iterable[CaseEvent],
    others: Collection[str],
    about: Mapping[int, Mapping[str, Any]],
) -> tuple[EventView, ...]:
    """The history for one reader, with the reasons by the numbers of their entries.

    It is without the cases that do not exist for the reader: those that were suggested, and those
    that were merged or kept apart and are not among `others`. Numbers and hashes are of the whole
    history all the same. That a report came on what an ended case held is told, without where it
    is.
    """
    shown = (
        EventView(
            **event.model_dump(
                exclude={"previous": True, "changed": True, "data": {IDEMPOTENCY_FIELD}}
            ),
            words=about.get(event.number, {}).get(FREE_WORDS_FIELD),
        )
        for event in events
    )
    if sees_all_units(member):
        return tuple(shown)
    return tuple(_of_one_unit(shown, others))


def _of_one_unit(shown: Iterable[EventView], others: Collection[str]) -> Iterator[EventView]:
    ended = False
    for each in shown:
        ended = ended or each.move == Move.CLOSE
        if each.move == Move.KEEP_APART and each.data.get("case") not in others:
            continue
        if each.move != Move.SUGGEST:
            yield each.model_copy(update={"data": _without_others(each, others)})
        elif ended and (because := each.data.get("because")) == "closed":
            yield each.model_copy(update={"data": {"because": because}})


def _without_others(event: EventView, others: Collection[str]) -> dict[str, JsonValue]:
    left_out = {SUGGESTIONS_FIELD}
    named = CASE_FIELDS_BY_MOVE.get(event.move)
    if named is not None and event.data.get(named) not in others:
        left_out.add(named)
    return {name: said for name, said in event.data.items() if name not in left_out}
