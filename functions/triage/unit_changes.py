"""Units that are dissolved or redrawn in the pack: their open cases go to the unit competent now.

All cases of a dissolved unit go to the unit competent now. A unit with a changed territory keeps
the cases that it holds, because it works on them, and those that people gave it by name. Cases that
the rule sent it and that it has not taken yet go where the rule sends them now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from casework.aws.steps import executions
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status, moves_into
from casework.case.rule_types import UnitRelation
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.errors import IllegalMove
from casework.moves.referrals import transfer_case
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.competence_view import propose_case_competence
from casework.pack.jurisdiction import Jurisdiction


@dataclass(frozen=True)
class UnitChanges:
    """The changes of units since the last sweep."""

    gone: frozenset[str]
    smaller: frozenset[str]
    """Units that may have lost their territory, or a part of it."""


@lru_cache
def area_digests_by_unit(pack: Jurisdiction) -> Mapping[str, str]:
    """The area of each unit: its territory and a digest of the places inside it, so that a moved
    boundary is seen even if both territories stay. Empty for a unit of the whole country.
    """
    return {
        unit.id: f"{unit.territory}#{_places_in(pack, unit.territory)}" if unit.territory else ""
        for unit in pack.units.values()
    }


def _places_in(pack: Jurisdiction, code: str) -> str:
    inside = [code]
    for each in inside:  # grows while it is read
        inside += sorted(below.code for below in pack.below(each))
    return hashlib.sha256(" ".join(inside).encode()).hexdigest()[:16]


def diff_units(earlier: Mapping[str, str], pack: Jurisdiction) -> UnitChanges:
    """The changes of the pack; an area without a unit of its own may have one now."""
    now = area_digests_by_unit(pack)
    changed = {unit for unit in earlier.keys() & now.keys() if earlier[unit] != now[unit]}
    desk = {pack.desk.id} if changed or now.keys() - earlier.keys() else set()
    return UnitChanges(frozenset(earlier.keys() - now.keys()), frozenset(changed | desk))


def reroute_case(
    table: CaseTable, machine: str, pack: Jurisdiction, case_id: str, at: datetime
) -> bool:
    """Give a case to the unit competent by the pack as it is; False when it stands well."""

    def decide(case: Case) -> Change | None:
        if case.referral is None:
            return None
        rule = propose_case_competence(pack, case)
        gone = case.referral.unit not in pack.units
        if not gone and (rule.unit == case.referral.unit or not _sent_by_rule(table, case)):
            return None
        because = "unit_dissolved" if gone else "unit_redrawn"
        try:
            return transfer_case(
                case,
                at,
                SYSTEM_AUTHOR,
                unit=rule.unit,
                data={"because": because, "rule": rule.rule, "pack": pack.version},
                move=Move.REASSIGN,
            )
        except IllegalMove:
            return None  # it ended meanwhile

    case, change = table.update(case_id, decide)
    if change is None:
        return False
    if change.before is not None and change.before.status.rule.idle:
        executions.start_execution(machine, case, at, jurisdiction_clocks(pack))
    elif case.status is Status.QUEUED:
        executions.resume_after_decision(table, case, at, jurisdiction_clocks(pack))
    return True


def _sent_by_rule(table: CaseTable, case: Case) -> bool:
    """Whether the rule alone, and no person, sent the case to a unit that has not taken it."""
    if case.status.rule.unit is not UnitRelation.OFFERED:
        return False
    to_units = moves_into(Status.QUEUED)
    sent = [event for event in table.events(case.id) if event.move in to_units]
    return bool(sent) and (
        (sent[-1].move == Move.REFER.value and sent[-1].data.get("by") == "rule")
        or (sent[-1].move == Move.REASSIGN.value and sent[-1].by == SYSTEM_AUTHOR)
    )
