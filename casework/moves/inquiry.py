"""The moves of a case that a unit holds: gate, instructions, suspects, end and notice.

Only people open the gate: by the prosecutor's authorisation, by recorded danger, or by an identity
that an officer accepted. It shuts when the last of these is taken back; acts in the meantime remain
valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.danger import DangerKind, DangerOrigin
from casework.case.history import CORRECTS_FIELD, CaseEvent, Particulars
from casework.case.lifecycle import Move
from casework.case.times import DeadlineWait, format_timestamp
from casework.case.value_objects import CloseReason, Danger, Opener, Priority
from casework.errors import IllegalMove
from casework.moves import gate
from casework.moves.closures import closing_fields
from casework.moves.deadlines import no_wait_deadlines, start_unit_clock
from casework.moves.severity import CaseSeverity, severity_update
from casework.pack.clocks import Clocks

MAX_SUSPECTS = 100
"""Suspects of one case: with their states the case stays a small item."""

EXPORT_WINDOW_TIME: Final = timedelta(days=1)
"""Within this time all pages of a dossier, in any order, are one export."""


def override_gate(
    case: Case,
    at: datetime,
    by: str,
    danger: Danger,
    *,
    because: Particulars | None,
    report: str | None = None,
    clocks: Clocks = no_wait_deadlines,
) -> Change:
    """The unit may not wait: a person records imminent danger, its kind and its reason; `report` is
    the one in which they saw it at a glance.

    So the case and its deadlines are as urgent as with danger in a report. If the gate is open
    already, the danger is a further ground.
    """
    lifecycle.next_status(case.status, Move.PASS)
    waits = case.status.rule.awaits_authorisation
    waits_no_more = case.model_copy(update={"authorisation": None}) if waits else case
    told = DangerOrigin(kind=DangerKind.STATED, report=report or "", by=by, at=format_timestamp(at))
    weight = CaseSeverity(Priority.IMMEDIATE, told)
    graver, severity_data = severity_update(waits_no_more, at, weight, clocks)
    due = start_unit_clock(waits_no_more.model_copy(update=graver), at, clocks) if waits else {}
    return Change.from_move(
        case,
        Move.PASS,
        at,
        by,
        {"danger": danger.value, **severity_data},
        particulars=because,
        **gate.add_gate_ground(case, Opener.DANGER, report),
        **{**graver, **due},
    )


def accept_identity(
    case: Case,
    at: datetime,
    by: str,
    *,
    request: int,
    report: str,
    clocks: Clocks = no_wait_deadlines,
) -> Change:
    """The officer who opened a reporter's identity accepts it: for a request, of a report."""
    waits = case.status.rule.awaits_authorisation
    return Change.from_move(
        case,
        Move.IDENTITY_ACCEPTED,
        at,
        by,
        {"request": request, "report": report},
        **gate.add_gate_ground(case, Opener.IDENTITY, report),
        **(start_unit_clock(case, at, clocks) if waits else {}),
    )


def doubt_identity(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    because: Particulars | None,
    accepted: int | None,
    clocks: Clocks = no_wait_deadlines,
) -> Change:
    """An officer of the unit does not, or no more: `accepted` is the entry by which one did."""
    return Change.from_move(
        case,
        Move.IDENTITY_DOUBTED,
        at,
        by,
        {**data, **({CORRECTS_FIELD: accepted} if accepted else {})},
        particulars=because,
        **gate.remove_gate_ground(case, accepted, at, clocks),
    )


def annul_entry(
    case: Case,
    at: datetime,
    by: str,
    entry: int,
    *,
    because: Particulars | None,
    notice: DeadlineWait | None,
    instructed: bool = True,
    clocks: Clocks = no_wait_deadlines,
) -> Change:
    """An entry holds no more. Without it `notice` is owed to complainants, and an instruction is
    awaited again unless the case is `instructed` all the same."""
    awaited = (
        {}
        if instructed or not case.status.rule.is_open_to_inquiry
        else start_unit_clock(case, at, clocks)
    )
    return Change.from_move(
        case,
        Move.ANNUL,
        at,
        by,
        {CORRECTS_FIELD: entry},
        particulars=because,
        notice=notice,
        **{**awaited, **gate.remove_gate_ground(case, entry, at, clocks)},
    )


def record_instruction(
    case: Case,
    move: Move,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    authorises: bool = False,
    because: Particulars | None = None,
) -> Change:
    """A prosecutor's decision is entered; none is awaited any more, and who decided is informed. An
    authorisation is a ground of the gate, even if it was open already."""
    opened = gate.add_gate_ground(case, Opener.AUTHORISATION) if authorises else {}
    return Change.from_move(
        case,
        move,
        at,
        by,
        data,
        particulars=because,
        **{"instruction": None, "informing": None, **opened},
    )


def record_suspect_event(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    number: int,
    standing: str,
    move: Move = Move.SUSPECT,
) -> Change:
    """Something happened to the suspect of a number, or was recorded in error; `standing` is how
    they stand after it."""
    known = [*case.suspects, ""] if number > len(case.suspects) else list(case.suspects)
    known[number - 1] = standing
    return Change.from_move(case, move, at, by, data, suspects=tuple(known))


def close_by_unit(
    case: Case,
    at: datetime,
    by: str,
    reason: CloseReason,
    data: dict[str, JsonValue],
    *,
    retention_seconds: Sequence[int] = (),
    because: Particulars | None = None,
) -> Change:
    """The unit's case ends with a reason."""
    return Change.from_move(
        case,
        Move.CLOSE,
        at,
        by,
        {**data, "reason": reason.value},
        particulars=because,
        **closing_fields(at, reason, retention_seconds),
    )


def resume_case(
    case: Case,
    at: datetime,
    by: str,
    entry: int,
    *,
    because: Particulars | None,
    notice: DeadlineWait | None,
    instructed: bool,
    gate_shut: bool,
    clocks: Clocks = no_wait_deadlines,
) -> Change:
    """The case did not end: its ending entry is no longer valid, and the unit goes on with it.

    `notice` is the notice then owed to complainants. The prosecutor's deadlines run anew. Reports
    and identifiers that the case lost since its end stay lost: another case may have them.
    """
    lifecycle.next_status(case.status, Move.RESUME)
    if case.final_unit is None:
        raise IllegalMove("No unit ended this case: a rejection is reopened.")
    awaited = (
        start_unit_clock(case, at, clocks, gate_shut=gate_shut)
        if gate_shut or not instructed
        else {}
    )
    return Change.from_move(
        case,
        Move.RESUME,
        at,
        by,
        {CORRECTS_FIELD: entry},
        gate_shut=gate_shut,
        particulars=because,
        closed=None,
        closed_at=None,
        unseen=None,
        retention=None,
        notice=notice,
        **awaited,
    )


def correct_close_reason(
    case: Case, at: datetime, by: str, reason: CloseReason, data: dict[str, JsonValue]
) -> Change:
    """The reason why the case ended is another one; when it ended stays."""
    return Change.from_move(
        case, Move.CORRECT, at, by, {**data, "reason": reason.value}, closed=reason
    )


def retract_notice(
    case: Case,
    at: datetime,
    by: str,
    *,
    owed: DeadlineWait | None,
    noticed: int,
    because: Particulars | None,
) -> Change:
    """They were not: it was recorded in error, and `owed` again. `noticed` is the entry by which
    they were told before that, 0 for none."""
    if not case.noticed:
        raise IllegalMove("It is not recorded that the complainant was told.")
    data: dict[str, JsonValue] = {CORRECTS_FIELD: case.noticed}
    return Change.from_move(
        case,
        Move.NOTICE_WITHDRAWN,
        at,
        by,
        data,
        particulars=because,
        notice=owed,
        noticed=noticed,
    )


def record_export(case: Case, at: datetime, by: str) -> Change:
    """A person exported the dossier."""
    return Change.from_move(case, Move.EXPORT, at, by)


def record_package_download(
    case: Case,
    at: datetime,
    by: str,
    digests: Mapping[str, JsonValue],
    withheld: Sequence[str],
    events: Iterable[CaseEvent],
) -> Change | None:
    """A person took the dossier as a package: its digests, and the decision on which print covers
    no identity numbers. None where that is an entry."""
    exports = (each for each in events if each.move == Move.EXPORT and each.by == by)
    if any(each.data.get("package") == digests["package"] for each in exports):
        return None
    data: dict[str, JsonValue] = {**digests, "withheld": [str(each) for each in withheld]}
    return Change.from_move(case, Move.EXPORT, at, by, data)


def continue_export(
    case: Case, at: datetime, by: str, events: Iterable[CaseEvent]
) -> Change | None:
    """A person exported a further page, as part of an earlier export or of a new one."""
    since = format_timestamp(at - EXPORT_WINDOW_TIME)
    before = (each for each in events if each.move == Move.EXPORT and each.by == by)
    return None if any(each.at >= since for each in before) else record_export(case, at, by)
