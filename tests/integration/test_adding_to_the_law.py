"""The recipes of `docs/adding.md` for a status and for a decision with its own call, on a copy.

What is added is used: by the handlers of the copy, on moto.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.test_adding import (
    ANSWER,
    ASKED_ONCE,
    OTHER_ROOMS,
    with_a_move,
    with_a_row_of_the_act,
    with_an_act,
)
from tests.integration.trees import Tree, listed

LAW, MOVES = "casework/case/lifecycle.py", "casework/moves/referrals.py"
ONE_ROW_EACH = "tests/contracts/test_law_has_one_row_each.py"
COLUMNS = [
    f"tests/contracts/test_columns_belong_together.py::{each}"
    for each in (
        "test_a_row_with_one_value_changed_is_refused_but_for_those_that_are_named",
        "test_the_moves_of_a_status_are_those_that_its_columns_need",
        "test_a_move_leads_to_every_status",
    )
]
TEXTS, TWICE = "tests/unit/test_desk_texts.py", "tests/unit/test_law.py"
TRIED = "tests/contracts/test_decisions_are_tried.py"
NAMED = "tests/contracts/test_published_names_stay.py::test_a_new_schema_says_its_name"
CODE = re.compile(r"/\w+\.toml$")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "copy")


def changed(tree: Tree) -> set[str]:
    """The changed files, as the page names them."""
    return {CODE.sub("/<code>.toml", path) for path in tree.changed}


TRANSLATED = '''def mark_translated(case: Case, at: datetime) -> Change:
    """The unit is to read the case in its own language first."""
    return Change.from_move(case, Move.TRANSLATE, at)


'''
MEMBER = '''    BEING_TRANSLATED = "being_translated"
    """The analyst confirmed it; its translation for the unit is owed."""
'''
AS_IF_HELD = (
    "    Status.BEING_TRANSLATED: StatusRule(workflow=WorkflowNeed.NONE, queue=QueueKind.HELD),\n"
)
ROW = (
    "    Status.BEING_TRANSLATED: StatusRule(\n"
    "        workflow=WorkflowNeed.GOES_ON, queue=QueueKind.REVIEW, unlisted=True\n    ),\n"
)
ITS_MOVES = """    Status.BEING_TRANSLATED: {
        Move.REFER: Status.QUEUED,
        Move.RETRY: Status.BEING_TRANSLATED,
    },
"""
ITS_MOVES_AGAIN = '''    "being_translated": """
        refer>queued end_trial>erased payment freeze waive court_hold court_hold_lifted retry
    """,
'''
ENTERED = """
from datetime import timedelta
from typing import Any

from casework.case.lifecycle import Status
from casework.decisions.staff import Role
from casework.statistics.case_statistics import count_case
from casework.statistics.counts import shift_to_statistical_times
from casework.statistics.publication import figures_from_counts
from casework.moves import referrals
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from casework.pack.published_table import load_statistics_law
from tests import decided
from tests.builders import NOON, RABAT
from tests.integration.desks import Desk
from tests.integration.test_timeline import Lives, lives
from tests.office import confirmed


def test_a_case_enters_it_is_shown_at_the_desk_goes_on_and_is_counted(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.table.save(confirmed(case))
    entered = desk.table.update(case.id, lambda now: referrals.mark_translated(now, NOON)).case
    assert entered.status is Status.BEING_TRANSLATED
    shown = desk.case(case, ana).document
    assert shown["status"] == "being_translated"
    assert shown["history"][-1]["move"] == "translate"
    assert not desk.queue(ana).document["cases"], "the workflow takes it on"
    assert desk.refer_confirmed(entered, RABAT).status is Status.PUBLISHED

    law = load_statistics_law(JURISDICTIONS_FOLDER / "ma")
    events = desk.table.events(case.id)
    said = [(each.number, each.move, each.at, None, each.data) for each in events]
    history = shift_to_statistical_times(law, said, timedelta())
    counted = figures_from_counts(count_case(law, NOON, history).counts)
    assert counted["case"] == 1
    assert [each for each in counted if each.startswith("time:referral:")]


def test_reporters_read_where_their_report_stands_in_every_language(lives: Lives) -> None:
    report = lives.report()
    case = lives.opens(report)
    corrected: dict[str, Any] = dict.fromkeys(("territory", "country", "unit"))
    urgent = {"category": "fraud", "priority": case.priority}
    lives.goes(case, decided.confirmed, "ana", **urgent, **corrected)
    lives.goes(case, referrals.mark_translated)
    assert lives.steps(report) == ["received", "in_review", "being_referred"]
    told = {lives.follow(report, each).document["text"] for each in ("ar", "fr", "en", "es")}
    assert len(told) == 4
"""


def test_a_status_is_added_by_its_recipe(tree: Tree) -> None:
    tree.put(LAW, '    QUEUED = "queued"\n', MEMBER)
    tree.put(LAW, "    Status.QUEUED: StatusRule(", AS_IF_HELD)
    told = tree.run("-c", "import casework.case.lifecycle")
    assert "The queue `held` has the cases that the unit holds, and no others." in told
    assert "`unit` is None" in told
    tree.replace(LAW, AS_IF_HELD, ROW)
    tree.put(LAW, "    Status.QUEUED: {\n", ITS_MOVES)
    tree.put(LAW, '    REFER = "refer"\n', '    TRANSLATE = "translate"\n')
    tree.put(LAW, "    Move.REFER: _step(", "    Move.TRANSLATE: _step(),\n")
    entry = "Move.TRANSLATE: Status.BEING_TRANSLATED, "
    tree.put(LAW, "Move.REFER: Status.QUEUED, Move.RETRY: Status.REVIEWED", entry)
    tree.put(MOVES, "def reroute_referral(", TRANSLATED)

    told = tree.tests(ONE_ROW_EACH, TEXTS, TWICE)
    assert "test_every_move_that_changes_where_a_case_stands_is_told" in told
    assert "test_everything_that_the_assessment_can_say_has_words" in told
    assert "test_a_case_takes_exactly_the_moves_of_its_status" in told

    again = "tests/law.py"
    tree.put(again, "refer>queued", "translate>being_translated ")
    tree.put(again, '    "queued": """\n', ITS_MOVES_AGAIN)
    tree.replace(again, "\n    acknowledged\n", "\n    acknowledged being_translated\n")
    tree.replace(again, '"stick": "received', '"stick": "received being_translated')
    tree.put(ONE_ROW_EACH, "Status.REVIEWED, Status.QUEUED", "Status.BEING_TRANSLATED, ")
    for code in ("ar", "fr", "en"):
        path = f"web/desk/messages/{code}.toml"
        tree.put(path, "status_queued = ", 'status_being_translated = "being translated"\n')
        tree.put(path, "move_refer = ", 'move_translate = "sent to a translator"\n')
    assert "docs/lifecycle.md" in tree.stale("lifecycle")
    tree.tool("lifecycle")
    assert "reviewed --> being_translated: translate" in tree.read("docs/lifecycle.md")
    entered = tree.folder / "tests" / "integration" / "test_entered.py"
    entered.write_text(ENTERED, "utf-8")
    assert tree.tests(ONE_ROW_EACH, *COLUMNS, TEXTS, TWICE, str(entered)) == ""
    assert changed(tree) == listed("A status of a case")
    assert listed("A move of a case") < listed("A status of a case")


CALL = '''@decision_route(
    "recheck_case", "cases/{id}/recheck", StaffCall.RECHECK, "Ask for a look", Recheck
)
def recheck_case(request: Request) -> Decision:
    """Have somebody look once more at which unit is competent."""
    return request.parse_body(Recheck)


'''
CALLED = """
from casework.decisions.staff import Role
from casework.moves import referrals
from tests.builders import NOON, RABAT
from tests.integration.desks import Desk
from tests.office import confirmed


def test_the_unit_decides_it_once(desk: Desk) -> None:
    omar, ana = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.ANALYST)
    known = {"unit": RABAT, "rule": "territory"}
    reviewed = desk.table.save(confirmed(desk.in_review()))
    case = desk.table.save(referrals.queue_referral(reviewed, NOON, unit=RABAT, data=known))
    assert "recheck" in desk.case(case, omar).document["may"]
    assert desk.decide(case, "recheck", {}, ana).status == 403
    assert desk.decide(case, "recheck", {"outcome": "recheck"}, omar).status == 422
    decided = desk.decide(case, "recheck", {}, omar)
    assert decided.status in (200, 202)
    (entry,) = [each for each in desk.table.events(case.id) if each.move == "recheck"]
    assert entry.by == omar
    assert "recheck" not in desk.case(case, omar).document["may"]
    again = desk.table.get_case(case.id)
    assert desk.decide(again, "recheck", {}, omar).status == 409
"""


def test_a_decision_with_its_own_call_is_added_by_its_recipe(tree: Tree) -> None:
    with_a_move(tree, "_decision")
    answers, open_moves = "casework/decisions/referral.py", "casework/decisions/available_moves.py"
    tree.put(
        answers, "class Acknowledgement(", ANSWER.replace('    outcome: Literal["recheck"]\n\n', "")
    )
    tree.replace(answers, "import Finding\n", "import Finding, IllegalMove\n")
    tree.replace(answers, "import referral_data\n", "import mark_rechecked, referral_data\n")
    tree.put(
        open_moves, "    Move.AUTHORISE: (StaffCall", "    Move.RECHECK: (StaffCall.RECHECK,),\n"
    )
    tree.put(open_moves, "    Move.RESUME: Precondition(", ASKED_ONCE)

    permissions, calls = "casework/decisions/permissions.py", "functions/desk/cases/duty_desk.py"
    tree.put(permissions, '    BOARD = "board"\n', '    RECHECK = "recheck"\n')
    of_the_unit = "        StaffCall.ACKNOWLEDGEMENT: PermissionReach.OWN,\n"
    tree.put(permissions, of_the_unit, "        StaffCall.RECHECK: PermissionReach.OWN,\n")
    tree.put(calls, '@decision_route(\n    "retry_case"', CALL)
    imported = "from casework.decisions.permissions import StaffCall, require_permission\n"
    tree.replace(calls, imported, f"{imported}from casework.decisions.referral import Recheck\n")

    staff, seen = "tests/unit/test_staff.py", "tests/integration/test_who_sees_what.py"
    acts, own = (
        "tests/unit/test_desk_acts.py",
        f"{seen}::test_every_route_asks_the_permission_table_for_its_own_call",
    )
    told = tree.tests(ONE_ROW_EACH, TRIED, acts)
    assert "test_every_decision_is_an_act_of_random_clients" in told
    assert "test_each_move_that_may_can_name_is_made_by_an_act" in told
    assert OTHER_ROOMS not in told
    with_a_row_of_the_act(tree)
    with_an_act(tree, "recheck", {})
    each_role = re.compile(r"^    Role\.(\w+): \{\n", re.MULTILINE)
    tree.write(
        staff,
        each_role.sub(
            lambda role: (
                f"{role[0]}        StaffCall.RECHECK: {'OWN' if role[1] == 'OFFICER' else 'NO'},\n"
            ),
            tree.read(staff),
        ),
    )
    tree.put(
        seen,
        '    "GET board": StaffCall.BOARD,\n',
        '    "POST cases/{id}/recheck": StaffCall.RECHECK,\n',
    )
    called = tree.folder / "tests" / "integration" / "test_called.py"
    called.write_text(CALLED, "utf-8")
    assert tree.tests(ONE_ROW_EACH, TRIED, acts, staff, own, NAMED, str(called)) == ""
    recipes = ("A move of a case", "A move that people make", "A call of the desk")
    whole = listed("A decision with its own call")
    assert whole == {path for each in recipes for path in listed(each)}
    assert changed(tree) == whole
    assert len(whole) <= 14
