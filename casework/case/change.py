"""The effect of one move on a case: the case before and after it, and its event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.admission import LAST_SEEN_REPORT_FIELD
from casework.case.case import Case
from casework.case.history import (
    GENESIS_HASH,
    PARTICULARS_FIELD,
    TOLD_IN_FIELD,
    CaseEvent,
    Particulars,
    chain_event,
)
from casework.case.lifecycle import Move, Status
from casework.case.replay import UNBOUND_FIELDS, diff_fields
from casework.case.rule_types import MoveKind, UnitInquiry, UnitRelation
from casework.case.times import format_timestamp, start_wait
from casework.case.value_objects import SYSTEM_AUTHOR, DeadlineKind, Question


@dataclass(frozen=True)
class Change:
    """The effect of one move: the case before (None when it is opened), after, and the event.

    The event is hashed when somebody asks for `event` or `after`. So whoever adds to a change asks
    for its drafts instead, and its entry is hashed once, when all is said.
    """

    before: Case | None
    draft: Case
    """The case after it, but for the place of its event in the history."""
    draft_event: CaseEvent | None = None
    """Its event, but for its place and the fields that it changes."""
    earlier: tuple[CaseEvent, ...] = ()
    """Entries that the same write makes before `event`, in order."""
    between: Case | None = None
    """The case after the earlier entries, where there are some."""
    beside: tuple[Change, ...] = ()
    """The changes of the same act to other cases."""
    question: Question | None = None
    """The question that the act asks a reporter."""
    takes: str | None = None
    """Reference of the report that the act takes out of the case, into the one it opens beside."""
    particulars: Particulars | None = None
    """The particulars of its event: kept beside the history, under the event's number."""

    @cached_property
    def event(self) -> CaseEvent | None:
        """Its entry of the history, at its place in the chain, with the fields that it changes."""
        if self.draft_event is None:
            return None
        since = self.between or self.before
        told = self.draft_event.model_copy(update={"changed": diff_fields(since, self.draft)})
        return chain_event(told, since.head if since is not None else GENESIS_HASH)

    @cached_property
    def after(self) -> Case:
        """The case after it."""
        entry = self.event
        if entry is None:
            return self.draft
        grown = {"events": entry.number, "head": entry.hash, "grew_on": entry.at[:10]}
        return self.draft.model_copy(update=grown)

    @classmethod
    def open_history(cls, case: Case, at: datetime, data: dict[str, JsonValue]) -> Self:
        """The first entry of a new case."""
        event = CaseEvent(
            number=1, move=Move.OPEN.value, at=format_timestamp(at), by=SYSTEM_AUTHOR, data=data
        )
        return cls(None, case.model_copy(update={"version": 1, "revision": 1}), event)

    @classmethod
    def from_move(
        cls,
        case: Case,
        move: Move,
        at: datetime,
        by: str = SYSTEM_AUTHOR,
        data: dict[str, JsonValue] | None = None,
        *,
        gate_shut: bool = False,
        particulars: Particulars | None = None,
        **updates: Any,
    ) -> Self:
        """Make `move`, recording `data`; raises IllegalMove when the law has no such move.

        Every move except a note increments the version. If a move leads to another status than the
        law names for it, its event names the status.
        """
        status = lifecycle.next_status(case.status, move, gate_shut=gate_shut)
        moved, note = status is not case.status, move.rule.kind is MoveKind.NOTE
        event_data = dict(data or {})
        if particulars is not None:
            event_data[PARTICULARS_FIELD] = particulars.commitment
            if particulars.report is not None:
                event_data[TOLD_IN_FIELD] = particulars.report
        if gate_shut or not (moved or note):
            event_data["status"] = status.value
        cleared: dict[str, Any] = {
            **dict.fromkeys(_CLEARED_WITH_STATUS),
            "moved_at": format_timestamp(at),
        }
        if (inquiry := status.rule.inquiry) is not None and inquiry is case.status.rule.inquiry:
            cleared.pop(_AWAITED_OF_PROSECUTOR[inquiry])
        if not (case.status.rule.looked_at and status.rule.looked_at):
            cleared["unread"] = None
        if status.rule.unit is not UnitRelation.TAKEN:
            cleared["informing"] = None
        if status.rule.unit is UnitRelation.TAKEN or status.rule.ended:
            cleared["taken"] = None
        draft = case.model_copy(
            update={
                "status": status,
                "version": case.version + lifecycle.creates_version(move),
                "revision": case.revision + 1,
                **(cleared if moved else {}),
                **(_heard_anew(case) if move.rule.alarms else {}),
                **(_going_again(case, status) if move.rule.kind is MoveKind.DECISION else {}),
                **updates,
            }
        )
        event = CaseEvent(
            number=case.events + 1, move=move.value, at=format_timestamp(at), by=by, data=event_data
        )
        return cls(case, draft, event, particulars=particulars)

    @classmethod
    def bookkeeping(cls, case: Case, **updates: Any) -> Self:
        """A bookkeeping write that is no event of the case: of fields that no history binds."""
        if bound := updates.keys() - UNBOUND_FIELDS.keys():
            raise TypeError(f"{', '.join(sorted(bound))} change with an entry only")
        after = case.model_copy(update={"revision": case.revision + 1, **updates})
        return cls(case, after)

    def then(self, later: Change) -> Change:
        """This move and a later one that begins where this one ends, in one write."""
        more = self.beside or self.question or self.particulars or self.takes
        if self.event is None or more or later.before != self.after:
            raise TypeError("only an entry by itself is followed by another in the same write")
        entries = (*self.earlier, self.event)
        return replace(later, before=self.before, earlier=entries, between=self.after)

    def with_data(self, name: str, value: JsonValue) -> Self:
        """The same change, with more data in its entry."""
        said = self._drafted
        return replace(
            self, draft_event=said.model_copy(update={"data": {**said.data, name: value}})
        )

    def admitting_up_to(self, before: Case, shown: int) -> Self:
        """The same change by a person who saw the reports up to a number; `before` is the case
        without that. A proposal shows nothing: the decision does."""
        if self._drafted.move == Move.PROPOSE:
            return replace(self, before=before).with_fields(shown=before.shown)
        waits = 0 if self.draft.unadmitted <= shown else self.draft.unadmitted
        change = self.with_data(LAST_SEEN_REPORT_FIELD, shown).with_fields(
            shown=shown, unadmitted=waits
        )
        return replace(change, before=before)

    def owing_notice(self, since: datetime, seconds: Sequence[int]) -> Self:
        """The same change, which makes a notice to the complainant owed from the decision at
        `since`.

        A notice that is owed already keeps its day: one notice tells of both decisions.
        """
        if not seconds or self.draft_event is None:
            return self
        owed = start_wait(since, seconds)
        if self.draft.notice is not None:
            owed = min(self.draft.notice, owed, key=lambda each: each.due)
        return self.with_fields(notice=owed)

    def with_fields(self, **fields: Any) -> Self:
        """The same, with other fields of the case after it; its entry records them."""
        if self.draft_event is None:
            raise TypeError("only an entry of the history changes what it binds")
        return replace(self, draft=self.draft.model_copy(update=fields))

    @property
    def _drafted(self) -> CaseEvent:
        if self.draft_event is None:
            raise TypeError("only an entry of the history says something")
        return self.draft_event


_AWAITED_OF_PROSECUTOR: Final = {
    UnitInquiry.AWAITED: DeadlineKind.AUTHORISATION.value,
    UnitInquiry.OPEN: DeadlineKind.INSTRUCTION.value,
}
"""The field with the deadline of the prosecutor, by what the unit may do meanwhile."""
_CLEARED_WITH_STATUS: Final = ("wait", "hold", "proposal", *_AWAITED_OF_PROSECUTOR.values())
"""Fields of a case that end with the status they were set in."""


def _heard_anew(case: Case) -> dict[str, Any]:
    """Something happened of which the duty desk must hear: whoever has the case still has it."""
    taken = case.taken.model_copy(update={"news": True}) if case.taken else None
    return {"attended": None, "taken": taken}


def _going_again(case: Case, status: Status) -> dict[str, Any]:
    """A person who read the case decided: a case without a running execution gets a new one.

    A case that is owed no workflow, or is stuck, leaves that state only by a new run, which carries
    the decision on.
    """
    idle = case.status.rule.idle and not status.rule.idle
    if not idle and case.stuck is None:
        return {"unreadable": False}
    run = case.run + 1
    return {
        "run": run,
        "first_run": run,
        "stuck": None,
        "unreadable": False,
    }
