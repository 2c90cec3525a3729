"""The columns of a status belong together: a row that contradicts itself cannot be written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product
from typing import Any, Final

import pytest

from casework.case import rule_types
from casework.case.lifecycle import STATUS_RULES, STATUS_TRANSITIONS, Move, Status, next_status
from casework.case.rule_types import (
    AWAITED_IN,
    COLUMN_RULES,
    ColumnRule,
    MoveKind,
    QueueKind,
    StatusRule,
    UnitInquiry,
    UnitRelation,
    WorkflowNeed,
)
from tools.lifecycle import LISTS
from tools.site.desk import DESK_SITE_SOURCE

BOTH: Final = (False, True)
VALUES: Final[dict[str, tuple[Any, ...]]] = {
    "workflow": tuple(WorkflowNeed),
    "queue": (None, *QueueKind),
    "unlisted": BOTH,
    "awaited": ("", *AWAITED_IN, "unknown"),
    "unit": (None, *UnitRelation),
    "inquiry": (None, *UnitInquiry),
    "review": BOTH,
    "looked_at": BOTH,
    "ended": BOTH,
}
"""What each column can say."""
LEGAL_CHANGES: Final = {
    # A workflow that goes on may take a case to either queue.
    (Status.RECEIVED, "queue", QueueKind.UNIT),
    (Status.REVIEWED, "queue", QueueKind.UNIT),
    (Status.DECLINED, "queue", QueueKind.REVIEW),
    # A unit may keep an ended case whole, or while it owes something, where no queue has it.
    (Status.MERGED, "unit", UnitRelation.KEPT),
    (Status.ERASED, "unit", UnitRelation.OWED),
    # A unit that holds a case may inquire, or not yet.
    (Status.AWAITING_AUTHORISATION, "inquiry", UnitInquiry.OPEN),
    (Status.ACKNOWLEDGED, "inquiry", UnitInquiry.AWAITED),
    # After the end the review may have calls, or none.
    (Status.MERGED, "review", False),
    (Status.CLOSED, "review", True),
    (Status.ERASED, "review", True),
}
"""The single values of rows that could be another one; a status with the same row can have them,
too."""


def refused(row: StatusRule, **changed: Any) -> bool:
    try:
        replace(row, **changed)
    except ValueError:
        return True
    return False


def test_every_column_is_tried() -> None:
    assert list(VALUES) == [each.name for each in fields(StatusRule)]


@pytest.mark.parametrize("status", Status)
def test_a_row_with_one_value_changed_is_refused_but_for_those_that_are_named(
    status: Status,
) -> None:
    row = STATUS_RULES[status]
    changes = {
        (column, value)
        for column, values in VALUES.items()
        for value in values
        if value != getattr(row, column)
    }
    accepted = {each for each in changes if not refused(row, **dict([each]))}
    assert accepted == {
        (column, value) for alike, column, value in LEGAL_CHANGES if STATUS_RULES[alike] == row
    }


def rows() -> Iterator[StatusRule]:
    """Every row that the rules allow."""
    for values in product(*VALUES.values()):
        try:
            yield StatusRule(**dict(zip(VALUES, values, strict=True)))
        except ValueError:
            continue


@pytest.mark.parametrize("rule", COLUMN_RULES, ids=lambda rule: rule.sentence)
def test_each_rule_refuses_what_no_other_refuses(
    rule: ColumnRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_types, "COLUMN_RULES", [each for each in COLUMN_RULES if each != rule])
    assert any(not rule.holds(row) for row in rows())


def test_a_refusal_says_what_the_row_has_and_what_to_change() -> None:
    told = re.escape("The queue `held` has the cases that the unit holds, and no others.")
    with pytest.raises(ValueError, match=told + " In this row `unit` is None, `queue` is .*change"):
        StatusRule(workflow=WorkflowNeed.NONE, queue=QueueKind.HELD)


def leaving(status: Status) -> set[Move]:
    return {move for move, there in STATUS_TRANSITIONS[status].items() if there is not status}


@pytest.mark.parametrize("status", Status)
def test_the_moves_of_a_status_are_those_that_its_columns_need(status: Status) -> None:
    law, moves = status.rule, leaving(status) - {Move.END_TRIAL}
    steps = {move for move in moves if move.rule.kind is MoveKind.STEP}
    assert (Move.RETRY in STATUS_TRANSITIONS[status]) == (not law.idle), (
        "people retry what a workflow owes"
    )
    assert (Move.REASSIGN in STATUS_TRANSITIONS[status]) == (
        law.queue in {QueueKind.UNIT, QueueKind.HELD}
    )
    assert bool(steps) == (law.workflow is WorkflowNeed.GOES_ON or law.awaited == "answer")
    assert moves - steps or not law.waits, "people end the wait"
    assert law.ended or moves


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.RECEIVED}))
def test_a_move_leads_to_every_status(status: Status) -> None:
    assert any(
        next_status(before, move, gate_shut=gate_shut) is status
        for before in set(Status) - {status}
        for move in STATUS_TRANSITIONS[before]
        for gate_shut in (False, True)
    )


def test_the_desk_lists_statuses_only_where_the_law_writes_them() -> None:
    statuses = "|".join(Status)
    listed = [
        f"{file.name}: {sorted(those)}"
        for file in sorted(DESK_SITE_SOURCE.glob("*.ts*"))
        if file != LISTS
        for statement in file.read_text("utf-8").split(";")
        if len(those := set(re.findall(rf'"({statuses})"', statement))) > 1
    ]
    assert listed == []
