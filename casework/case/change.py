"""The effect of one move on a case: the case before and after it, and its event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, JsonValue

from casework.case import lifecycle
from casework.case.admission import SHOWN
from casework.case.case import Case
from casework.case.columns import Holding, MoveKind
from casework.case.history import PARTICULARS, START, TOLD_IN, Event, Particulars, chained
from casework.case.lifecycle import Move, Status
from casework.case.parts import SYSTEM, Question
from casework.case.replay import FREE, changed
from casework.case.times import stamp, wait_from


class Change(BaseModel):
    """The effect of one move: the case before (None when it is opened), after, and the event."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    before: Case | None
    after: Case
    event: Event | None = None
    earlier: tuple[Event, ...] = ()
    """Entries that the same write makes before `event`, in order."""
    beside: tuple[Change, ...] = ()
    """The changes of the same act to other cases."""
    question: Question | None = None
    """The question that the act asks a reporter."""
    takes: str | None = None
    """Reference of the report that the act takes out of the case, into the one it opens beside."""
    particulars: Particulars | None = None
    """The particulars of its event: kept beside the history, under the event's number."""

    @classmethod
    def opening(cls, case: Case, at: datetime, data: dict[str, JsonValue]) -> Self:
        """The first entry of a new case."""
        event = Event(number=1, move=Move.OPEN.value, at=stamp(at), by=SYSTEM, data=data)
        return cls._recorded(None, case.model_copy(update={"version": 1, "revision": 1}), event)

    @classmethod
    def of(
        cls,
        case: Case,
        move: Move,
        at: datetime,
        by: str = SYSTEM,
        data: dict[str, JsonValue] | None = None,
        *,
        gated: bool = False,
        particulars: Particulars | None = None,
        **updates: Any,
    ) -> Self:
        """Make `move`, recording `data`; raises IllegalMove when the law has no such move.

        Every move except a note increments the version. If a move leads to another status than the
        law names for it, its event names the status.
        """
        status = lifecycle.after(case.status, move, gated=gated)
        moved, note = status is not case.status, move.law.kind is MoveKind.NOTE
        said = dict(data or {})
        if particulars is not None:
            said[PARTICULARS] = particulars.commitment
            if particulars.report is not None:
                said[TOLD_IN] = particulars.report
        if gated or not (moved or note):
            said["status"] = status.value
        left: dict[str, Any] = {**dict.fromkeys(_OF_A_STATUS), "moved_at": stamp(at)}
        if not (case.status.law.looked_at and status.law.looked_at):
            left["unread"] = None
        if status.law.unit is not Holding.TAKEN:
            left["informing"] = None
        if status.law.unit is Holding.TAKEN or status.law.ended:
            left["taken"] = None
        after = case.model_copy(
            update={
                "status": status,
                "version": case.version + lifecycle.versions(move),
                "revision": case.revision + 1,
                **(left if moved else {}),
                **(_heard_anew(case) if move.law.alarms else {}),
                **(_going_again(case, status) if move.law.kind is MoveKind.DECISION else {}),
                **updates,
            }
        )
        event = Event(number=case.events + 1, move=move.value, at=stamp(at), by=by, data=said)
        change = cls._recorded(case, after, event)
        return change.model_copy(update={"particulars": particulars})

    @classmethod
    def quietly(cls, case: Case, **updates: Any) -> Self:
        """A bookkeeping write that is no event of the case: of fields that no history binds."""
        if bound := updates.keys() - FREE.keys():
            raise TypeError(f"{', '.join(sorted(bound))} change with an entry only")
        after = case.model_copy(update={"revision": case.revision + 1, **updates})
        return cls(before=case, after=after)

    def then(self, later: Change) -> Change:
        """This move and a later one that begins where this one ends, in one write."""
        more = self.beside or self.question or self.particulars or self.takes
        if self.event is None or more or later.before != self.after:
            raise TypeError("only an entry by itself is followed by another in the same write")
        entries = (*self.earlier, self.event)
        return later.model_copy(update={"before": self.before, "earlier": entries})

    def saying(self, name: str, value: JsonValue) -> Self:
        """The same change, with more data in its entry."""
        if self.event is None:
            raise TypeError("only an entry of the history says something")
        event = self.event.model_copy(update={"data": {**self.event.data, name: value}})
        again = self._recorded(self.before, self.after, event)
        return self.model_copy(update={"after": again.after, "event": again.event})

    def showing(self, before: Case, shown: int) -> Self:
        """The same change by a person who saw the reports up to a number; `before` is the case
        without that."""
        if self.event is None:
            raise TypeError("only an entry of the history can say what was seen")
        event = self.event.model_copy(update={"data": {**self.event.data, SHOWN: shown}})
        waits = 0 if self.after.unadmitted <= shown else self.after.unadmitted
        after = self.after.model_copy(update={"shown": shown, "unadmitted": waits})
        again = self._recorded(before, after, event)
        told = {"before": before, "after": again.after, "event": again.event}
        return self.model_copy(update=told)

    def noticed(self, since: datetime, seconds: Sequence[int]) -> Self:
        """The same change, which makes a notice to the complainant owed from the decision at
        `since`.

        A notice that is owed already keeps its day: one notice tells of both decisions.
        """
        if not seconds or self.event is None:
            return self
        owed = wait_from(since, seconds)
        if self.after.notice is not None:
            owed = min(self.after.notice, owed, key=lambda each: each.due)
        return self.leaving(notice=owed)

    def leaving(self, **fields: Any) -> Self:
        """The same, with other fields of the case after it; its entry records them."""
        if self.event is None:
            raise TypeError("only an entry of the history changes what it binds")
        after = self.after.model_copy(update=fields)
        again = self._recorded(self.before, after, self.event)
        return self.model_copy(update={"after": again.after, "event": again.event})

    @classmethod
    def _recorded(cls, before: Case | None, after: Case, event: Event) -> Self:
        """The entry lists the fields that it changes, and takes its place in the chain."""
        told = event.model_copy(update={"changed": changed(before, after)})
        entry = chained(told, before.head if before is not None else START)
        grown = {"events": entry.number, "head": entry.hash, "grew_on": entry.at[:10]}
        return cls(before=before, after=after.model_copy(update=grown), event=entry)


_OF_A_STATUS: Final = ("wait", "hold", "proposal", "authorisation", "instruction")
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
    idle = case.status.law.idle and not status.law.idle
    if not idle and case.stuck is None:
        return {"unreadable": False}
    run = case.run + 1
    return {
        "run": run,
        "first_run": run,
        "stuck": None,
        "unreadable": False,
    }
