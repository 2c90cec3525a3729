"""How much a case weighs, and how its reports raise the weight, from any reporter at any time.

The first report, a joining one, an addition and a merged case all go through `raised_fields`. So a
case weighs as much as its heaviest part, in any order of arrival. No rule here lowers the weight;
people do, by a decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.change import Change
from casework.case.danger import DANGER_KIND_FIELD, DangerOrigin, gravest_danger
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, moves_where
from casework.case.rule_types import NewsKind
from casework.case.times import DeadlineWait, start_wait, wait_seconds
from casework.case.value_objects import SYSTEM_AUTHOR, DeadlineKind, Priority
from casework.moves.additions import extend_unread
from casework.pack.clocks import PRIORITY_DEPENDENT_DEADLINES, Clocks


@dataclass(frozen=True)
class CaseSeverity:
    """The weight of a report, an addition or a case, for the case that it comes into."""

    priority: Priority = Priority.INFORMATION
    danger: DangerOrigin | None = None
    """What tells of danger in the next hours; None without."""
    told: Collection[str] = ()
    """Categories it tells of, and on which two people decide."""
    flags: Collection[str] = ()
    """The flags of its assessment, such as that the victim is a child."""

    @property
    def imminent(self) -> bool:
        """Whether it tells of danger in the next hours."""
        return self.danger is not None

    @classmethod
    def from_merged_case(cls, case: Case) -> CaseSeverity:
        """The weight that a merged case brings to the other one.

        A second look owed in either case stays owed.
        """
        told = [each for each in (*case.told, case.category) if each]
        return cls(case.priority, case.danger_source, told, case.flags)


def combine_severities(weights: Iterable[CaseSeverity]) -> CaseSeverity:
    """The most that any of them tells of each."""
    found = list(weights)
    return CaseSeverity(
        min((each.priority for each in found), key=lambda each: each.rank),
        gravest_danger([each.danger for each in found]),
        {told for each in found for told in each.told},
        {flag for each in found for flag in each.flags},
    )


def raised_fields(case: Case, weight: CaseSeverity) -> dict[str, Any]:
    """The fields of the case that a weight raises; empty when it raises none."""
    begins = weight.imminent and not case.imminent
    sooner = Priority.IMMEDIATE if begins else weight.priority
    before, told = case.danger_source, weight.danger
    danger = (
        told.merge_earlier(before) if told is not None and told.replaces(before) else case.danger
    )
    grown: dict[str, Any] = {
        "priority": min(case.priority, sooner, key=lambda each: each.rank),
        "imminent": case.imminent or weight.imminent,
        "danger": danger,
        "told": tuple(sorted({*case.told, *weight.told} - {case.category})),
        "flags": tuple(sorted({*case.flags, *weight.flags})),
    }
    return {name: value for name, value in grown.items() if value != getattr(case, name)}


def shorten_deadlines(case: Case, at: datetime, clocks: Clocks) -> dict[str, Any]:
    """The running deadlines of a case that became more urgent at `at`, as they are from then on.

    Each is due no later than one of its level that began now would be, and no later than it was. A
    review that stopped for an answer goes on with no more time than a new one.
    """
    lengths = clocks(case)
    sooner: dict[str, Any] = {}
    for kind in PRIORITY_DEPENDENT_DEADLINES:
        wait = _running(case, kind)
        if wait is None or not lengths.get(kind):
            continue
        anew = start_wait(at, lengths[kind], wait.level)
        if anew.due < wait.due:
            sooner |= case.wait_fields(
                kind, anew.model_copy(update={"since": wait.since, "hastened": True})
            )
    if case.paused is not None:
        most = wait_seconds(lengths[DeadlineKind.WAIT], case.paused.level)
        seconds = min(case.paused.seconds, most)
        sooner["paused"] = case.paused.model_copy(update={"seconds": seconds})
    return sooner


def _running(case: Case, kind: DeadlineKind) -> DeadlineWait | None:
    if kind is DeadlineKind.WAIT:
        return case.wait if case.status.rule.waits else None
    return case.pending_deadlines.get(kind)


def severity_update(
    case: Case, at: datetime, weight: CaseSeverity, clocks: Clocks
) -> tuple[dict[str, Any], dict[str, JsonValue]]:
    """The changes of a weight to a case, with deadlines; and the data of its event."""
    grown = raised_fields(case, weight)
    sooner = (
        shorten_deadlines(case.model_copy(update=grown), at, clocks) if "priority" in grown else {}
    )
    return {**grown, **sooner}, dict(map(_said, grown.items()))


def _said(raised: tuple[str, Any]) -> tuple[str, JsonValue]:
    """A raised field, as the data of an entry tells it."""
    name, value = raised
    if isinstance(value, DangerOrigin):
        return DANGER_KIND_FIELD, value.kind.value
    return name, list(value) if isinstance(value, tuple) else value


def raise_severity(
    case: Case,
    at: datetime,
    weight: CaseSeverity,
    clocks: Clocks,
    *,
    source: Mapping[str, str | int],
    reasons: Iterable[str],
    by: str = SYSTEM_AUTHOR,
) -> Change | None:
    """A joined report, or an addition, weighs more than the case did.

    None when it does not. `source` names the report or addition, and the entry of the glance by
    which a person (`by`) found it; `reasons` are those of its own assessment: they tell whether it
    is a doubt. If no decision is due (a unit holds the case, or it
    has ended), a rise in urgency waits until a person has looked. It is no new version: decisions
    on the case as people saw it remain valid. The caller has told the duty desk of danger.
    """
    changed, said = severity_update(case, at, weight, clocks)
    if not changed:
        return None
    if "imminent" in changed:
        changed["alerted"] = True
    if "priority" in changed and case.status.rule.looked_at:
        changed["unread"] = extend_unread(case.model_copy(update=changed), at, clocks)
    data: dict[str, JsonValue] = {**source, **said, "reasons": list(reasons)}
    return Change.from_move(case, Move.RAISE, at, by, data, **changed)


SEVERITY_MOVES: Final = moves_where(lambda law: law.brings is NewsKind.WEIGHT)
"""Entries by which a case may become more urgent."""


def is_severity_raise(event: CaseEvent) -> bool:
    """Whether an entry made its case more urgent, so that a review waits for no answer."""
    return event.move in SEVERITY_MOVES and "priority" in event.data
