"""The effect of a glance on a case: a person read one report and said in a word how urgent it is.

A glance makes no law of its own. It weighs like a report (`casework.moves.severity`), and danger
that it finds opens the gate like danger that a unit records
(`casework.moves.inquiry.override_gate`): where no unit holds the case yet, the ground stands for
the unit that will. It is no new version of the case, unless it passes the gate.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.danger import DangerKind, DangerOrigin
from casework.case.first_glance import (
    COPIES_FIELD,
    REPORT_FIELD,
    SHOWN_WITH_FIELD,
    VERDICT_FIELD,
    Verdict,
)
from casework.case.history import IDEMPOTENCY_FIELD
from casework.case.lifecycle import Move
from casework.case.times import format_timestamp
from casework.case.value_objects import Danger, Opener, Priority
from casework.moves import gate, inquiry
from casework.moves.severity import CaseSeverity, raise_severity
from casework.pack.clocks import Clocks


def verdict_severity(verdict: Verdict, report: str, at: str, by: str) -> CaseSeverity | None:
    """The weight of a verdict of a person on a report; None for one that has none. Danger that a
    person saw is stated, whatever a machine thought of it."""
    match verdict:
        case Verdict.DANGER_NOW:
            told = DangerOrigin(kind=DangerKind.STATED, report=report, by=by, at=at)
            return CaseSeverity(Priority.IMMEDIATE, told)
        case Verdict.LOOK_SOON:
            return CaseSeverity(Priority.URGENT)
        case Verdict.NOTHING_URGENT | Verdict.CANNOT_TELL:
            return None


def record_glance(
    case: Case,
    at: datetime,
    by: str,
    *,
    report: str,
    verdict: Verdict,
    means: Verdict,
    key: str,
    danger_passes: bool,
    clocks: Clocks,
    copies: bool = False,
    shown: str = "",
) -> Change:
    """A person glanced at a report of the case; raises IllegalMove where the case is erased.

    `means` is the verdict that follows for the case (`casework.decisions.glance`). `key` is the
    digest of the Idempotency-Key. `danger_passes`: danger that people record opens the gate.
    `copies`: the verdict is also on the exact copies of the report. `shown`: it is a copy of that
    report, which the person read.
    """
    opens = danger_passes and means is Verdict.DANGER_NOW
    passes = lifecycle.is_legal_move(case.status, Move.PASS)
    ground = opens and not passes and not case.status.rule.ended
    change = Change.from_move(
        case,
        Move.GLANCE,
        at,
        by,
        {
            REPORT_FIELD: report,
            VERDICT_FIELD: verdict.value,
            IDEMPOTENCY_FIELD: key,
            **({COPIES_FIELD: True} if copies else {}),
            **({SHOWN_WITH_FIELD: shown} if shown else {}),
        },
        **(gate.add_gate_ground(case, Opener.DANGER, report) if ground else {}),
    )
    weight = verdict_severity(means, report, format_timestamp(at), by)
    if weight is None:
        return change
    source: dict[str, str | int] = {REPORT_FIELD: report, "glance": change.after.events}
    graver = raise_severity(change.after, at, weight, clocks, source=source, reasons=(), by=by)
    change = change.then(graver) if graver else change
    if not (opens and passes):
        return change
    passed = inquiry.override_gate(
        change.after, at, by, Danger.SEEN, because=None, report=report, clocks=clocks
    )
    return change.then(passed)


def remove_glance_grounds(case: Case) -> dict[str, Any]:
    """The gate once a person denies danger before a unit holds the case: without the grounds of
    glances, which no unit could withdraw yet."""
    left = tuple(each for each in case.gate if each.by is not Opener.DANGER)
    return {} if case.status.rule.looked_at or left == case.gate else {"gate": left}
