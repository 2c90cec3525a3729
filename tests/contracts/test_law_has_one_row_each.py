"""The law of a case is in one place: a row for each status and each move, and no set elsewhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from casework.case.lifecycle import (
    DECISION_MOVES,
    MOVE_RULES,
    STATUS_RULES,
    STATUS_TRANSITIONS,
    Move,
    Status,
    moves_where,
)
from casework.case.rule_types import MoveKind
from casework.decisions import available_moves, news
from casework.report import public_timeline
from tests.contracts.parsed import parsed
from tests.contracts.test_imports_run_one_way import ROOT, modules

LAW = ROOT / "casework" / "case" / "lifecycle.py"

TABLES = {
    "casework/decisions/acts.py ACT_RULES": "which moves an act of the desk makes",
    "casework/decisions/available_moves.py "
    "CALLS_BY_MOVE": "by which calls people make a move: permissions",
    "casework/decisions/available_moves.py "
    "MOVE_PRECONDITIONS": "what of a case a move acts on: permissions",
    "casework/decisions/news.py NEWS_TEXT_BY_MOVE": "words for staff",
    "casework/report/public_timeline.py PUBLIC_STEP_BY_MOVE": "steps as reporters are told of them",
}
"""The tables by status or move that other rooms keep, and what each maps to."""


def test_every_status_has_one_row() -> None:
    assert list(STATUS_RULES) == list(Status)
    assert list(STATUS_TRANSITIONS) == list(Status)


def test_every_move_has_one_row() -> None:
    assert list(MOVE_RULES) == list(Move)


@pytest.mark.parametrize("move", Move)
def test_a_move_is_recorded_as_a_note_or_leads_somewhere(move: Move) -> None:
    somewhere = {before for before, moves in STATUS_TRANSITIONS.items() if move in moves}
    is_note = move.rule.kind is MoveKind.NOTE
    assert is_note == bool(move.rule.noted_in)
    assert is_note != (bool(somewhere) or move is Move.OPEN)


def test_the_tables_of_other_rooms_have_the_rows_that_the_law_names() -> None:
    assert set(news.NEWS_TEXT_BY_MOVE) == moves_where(lambda law: law.brings)
    assert set(available_moves.CALLS_BY_MOVE) == DECISION_MOVES - {Move.PROPOSE} | {
        Move.ADMIT,
        Move.KEEP_APART,
    }
    assert available_moves.MOVE_PRECONDITIONS.keys() < available_moves.CALLS_BY_MOVE.keys()
    assert (
        moves_where(lambda law: law.news) - {Move.MESSAGE, Move.ADMIT}
        < public_timeline.PUBLIC_STEP_BY_MOVE.keys()
    )


STANDS = {
    **dict.fromkeys((Status.RECEIVED, Status.IN_REVIEW, Status.AWAITING_ANSWER), "in_review"),
    **dict.fromkeys(
        (Status.REVIEWED, Status.QUEUED, Status.PUBLISHED, Status.DECLINED), "being_referred"
    ),
    **dict.fromkeys((Status.AWAITING_AUTHORISATION, Status.ACKNOWLEDGED), "with_unit"),
    **dict.fromkeys((Status.CLOSED, Status.ERASED), "closed"),
}
"""Where a case of each status stands for its reporters; a merged one goes on elsewhere."""


def test_every_move_that_changes_where_a_case_stands_is_told() -> None:
    """The steps alone say where a report stands: a move outside them would leave it behind."""
    assert set(STANDS) == set(Status) - {Status.MERGED}
    untold = {
        move
        for before, moves in STATUS_TRANSITIONS.items()
        for move, after in moves.items()
        if before in STANDS and after in STANDS and STANDS[before] != STANDS[after]
        if public_timeline.PUBLIC_STEP_BY_MOVE.get(move) != STANDS[after]
    }
    assert untold == {Move.END_TRIAL}, "a trial has no reporter"


def test_no_other_module_lists_statuses_or_moves() -> None:
    files = [each for each in modules("casework", "functions") if each != LAW]
    assert [line for file in files for line in _lists(file)] == []


def _lists(file: Path) -> list[str]:
    """Where a module lists two or more statuses or moves, but for its tables in `TABLES`."""
    name, tree = str(file.relative_to(ROOT)), parsed(file)
    allowed = {
        line
        for node in tree.body
        if isinstance(node, ast.AnnAssign | ast.Assign) and _named(node, name) in TABLES
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    found = [node for node in ast.walk(tree) if sum(map(_is_of_the_law, _members(node))) > 1]
    lines = [getattr(node, "lineno", 0) for node in found]
    return [f"{name}:{line}" for line in lines if line not in allowed]


def _named(node: ast.AnnAssign | ast.Assign, file: str) -> str:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    return f"{file} {ast.unparse(target)}"


def _members(node: ast.AST) -> list[ast.expr]:
    """What a literal lists, or a comparison joins by `or`."""
    match node:
        case ast.Set(elts=those) | ast.Tuple(elts=those) | ast.List(elts=those):
            return those
        case ast.Dict(keys=keys):
            return [key for key in keys if key is not None]
        case ast.MatchOr(patterns=patterns):
            return [each.value for each in patterns if isinstance(each, ast.MatchValue)]
        case ast.BoolOp(values=values):
            compared = [each for each in values if isinstance(each, ast.Compare)]
            return [other for each in compared for other in each.comparators]
        case _:
            return []


def _is_of_the_law(value: ast.expr) -> bool:
    """Whether a value is one of `Status` or `Move`, or its text."""
    if isinstance(value, ast.Attribute) and value.attr == "value":
        value = value.value
    match value:
        case ast.Attribute(value=ast.Name(id=kind) | ast.Attribute(attr=kind)):
            return kind in {"Status", "Move"}
        case _:
            return False
