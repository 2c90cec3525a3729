"""The effect of a glance on a case: a person read one report and said in a word how urgent it is.

A glance makes no law of its own. It weighs like a report (`casework.moves.weight`), and danger that
it finds opens the gate like danger that a unit records (`casework.moves.inquiry.passed`): where no
unit holds the case yet, the ground stands for the unit that will. It is no new version of the case,
unless it passes the gate.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.danger import DangerKind, ToldDanger
from casework.case.history import KEY
from casework.case.lifecycle import Move
from casework.case.looking import COPIES, REPORT, SHOWN_WITH, VERDICT, Verdict
from casework.case.parts import Danger, Opener, Priority
from casework.case.times import stamp
from casework.moves import gating, inquiry
from casework.moves.weight import Weight, raised
from casework.pack.clocks import Clocks


def weight_of(verdict: Verdict, report: str, at: str, by: str) -> Weight | None:
    """The weight of a verdict of a person on a report; None for one that has none. Danger that a
    person saw is stated, whatever a machine thought of it."""
    match verdict:
        case Verdict.DANGER_NOW:
            told = ToldDanger(kind=DangerKind.STATED, report=report, by=by, at=at)
            return Weight(Priority.IMMEDIATE, told)
        case Verdict.LOOK_SOON:
            return Weight(Priority.URGENT)
        case Verdict.NOTHING_URGENT | Verdict.CANNOT_TELL:
            return None


def glanced(
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
    passes = lifecycle.allows(case.status, Move.PASS)
    ground = opens and not passes and not case.status.law.ended
    change = Change.of(
        case,
        Move.GLANCE,
        at,
        by,
        {
            REPORT: report,
            VERDICT: verdict.value,
            KEY: key,
            **({COPIES: True} if copies else {}),
            **({SHOWN_WITH: shown} if shown else {}),
        },
        **(gating.opened(case, Opener.DANGER, report) if ground else {}),
    )
    weight = weight_of(means, report, stamp(at), by)
    if weight is None:
        return change
    source: dict[str, str | int] = {REPORT: report, "glance": change.after.events}
    graver = raised(change.after, at, weight, clocks, source=source, reasons=(), by=by)
    change = change.then(graver) if graver else change
    if not (opens and passes):
        return change
    passed = inquiry.passed(
        change.after, at, by, Danger.SEEN, because=None, report=report, clocks=clocks
    )
    return change.then(passed)


def no_danger_seen(case: Case) -> dict[str, Any]:
    """The gate once a person denies danger before a unit holds the case: without the grounds of
    glances, which no unit could withdraw yet."""
    left = tuple(each for each in case.gate if each.by is not Opener.DANGER)
    return {} if case.status.law.looked_at or left == case.gate else {"gate": left}
