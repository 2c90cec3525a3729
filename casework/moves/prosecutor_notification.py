"""The moves by which the prosecutor is informed of a case, and confirms that the dossier came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CORRECTS_FIELD, Particulars
from casework.case.lifecycle import Move
from casework.case.referral import OfficeSeat
from casework.case.rule_types import UnitRelation
from casework.case.times import format_timestamp
from casework.case.value_objects import ProsecutorNotice
from casework.errors import IllegalMove
from casework.moves.deadlines import start_informing_clock as deadline
from casework.moves.deadlines import start_unit_clock
from casework.pack.clocks import Clocks


def record_informed(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    seat: OfficeSeat,
    clocks: Clocks,
    because: Particulars | None = None,
) -> Change:
    """The unit informed an office. The first time, the office's own deadline begins anew: it cannot
    answer what it does not know. A further time gives it no more."""
    lifecycle.next_status(case.status, Move.INFORM)
    if case.referral is None:
        raise IllegalMove("The case is not referred to a unit.")
    awaited: dict[str, Any] = {}
    if case.informed_by_unit is None and (case.authorisation or case.instruction):
        awaited = start_unit_clock(
            case, at, clocks, gate_shut=case.status.rule.awaits_authorisation
        )
    office, court = seat
    notice = ProsecutorNotice(
        unit=case.referral.unit,
        prosecutor=office,
        court=court,
        entry=case.events + 1,
        at=format_timestamp(at),
    )
    return Change.from_move(
        case,
        Move.INFORM,
        at,
        by,
        data,
        particulars=because,
        **{"informed": notice, "informing": None, **awaited},
    )


def retract_informed(
    case: Case,
    at: datetime,
    by: str,
    entry: int,
    before: ProsecutorNotice | None,
    *,
    because: Particulars | None,
    answered: bool,
    clocks: Clocks,
) -> Change:
    """The unit's last entry that it informed an office was an error: `before` is the one that holds
    without it. Without one, the unit's time begins anew, unless an office `answered` all the same.

    The office's own deadline stays as it is. Raises IllegalMove for another entry, and where the
    office confirmed that the dossier came.
    """
    lifecycle.next_status(case.status, Move.ANNUL)
    known = case.informed_by_unit
    if known is None or known.entry != entry:
        raise IllegalMove("Only the unit's last entry that it informed the prosecutor is annulled.")
    if known.received_at:
        raise IllegalMove("The office confirmed that the dossier came.")
    without = case.model_copy(update={"informed": before})
    law = case.status.rule
    waits = law.unit is UnitRelation.TAKEN and not law.ended and not answered
    return Change.from_move(
        case,
        Move.ANNUL,
        at,
        by,
        {CORRECTS_FIELD: entry},
        particulars=because,
        **{"informed": before, **(deadline(without, at, clocks) if waits else {})},
    )


def confirm_dossier_receipt(case: Case, at: datetime, by: str) -> Change:
    """A prosecutor of the office confirms that the dossier came; raises IllegalMove where there is
    nothing to confirm."""
    lifecycle.next_status(case.status, Move.RECEIPT)
    known = case.informed_by_unit
    if known is None or known.received_at:
        raise IllegalMove("No dossier was handed over whose receipt is open.")
    confirmed = known.model_copy(update={"received_at": format_timestamp(at)})
    return Change.from_move(case, Move.RECEIPT, at, by, {"entry": known.entry}, informed=confirmed)
