"""An ended case is kept as long as the pack says; then people decide, never the clock."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casework.aws.table import identity_request_table, items, keys
from casework.aws.table.legal_hold_table import LegalHoldTable
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.value_objects import DeadlineKind
from casework.decisions.identity_requests import RequestStanding
from casework.decisions.staff import Role
from casework.moves.retention import MAX_COURT_HOLDS
from tests.builders import NOON, RABAT
from tests.integration.answers import Answered, problem
from tests.integration.desks import TABLE, Desk, an_event, in_clear
from tests.integration.lives import PHONE, YEARS, ask_who, later, swept, to_court
from tests.office import identified
from tools import erase_report

MARK = ("phone", "+212612345678")
KEEP = {"outcome": "keep", "ground": "proceedings_open", "until": "2031-03-02"}
ERASE = {"outcome": "erase"}
ORDER = {"court": "ca-rabat", "reference": "2031/14"}
HOLD = {"outcome": "court_hold", **ORDER, "until": "2036-06-30"}
ANOTHER = {"court": "tpi-rabat", "reference": "ع/3/2031"}
HELD_BY_ANOTHER = {"outcome": "court_hold", **ANOTHER, "until": "2034-01-31"}


def lift(order: dict[str, str], entry: int) -> dict[str, Any]:
    """The hold of an order is lifted that this entry set."""
    return {"outcome": "court_hold_lifted", **order, "entry": entry}


@pytest.fixture
def ended(desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> Case:
    """A case that went to court and has passed its retention time."""
    del told
    case = to_court(desk, desk.enrol(Role.OFFICER, RABAT))
    later(monkeypatch, days=YEARS)
    assert swept()["retention"] == 1
    return desk.table.get_case(case.id)


def decide(desk: Desk, case: Case, document: dict[str, Any], by: str) -> Answered:
    return desk.decide(desk.table.get_case(case.id), "retention", document, by)


def due(desk: Desk) -> list[str]:
    """The cases on the duty desk that wait for a retention decision."""
    duty = desk.get("duty", desk.enrol(Role.SUPERVISOR)).document
    return [each["id"] for each in duty["retention"]]


def test_a_case_whose_time_has_passed_comes_to_the_duty_desk_and_nothing_is_erased(
    desk: Desk, ended: Case
) -> None:
    assert due(desk) == [ended.id]
    assert DeadlineKind.RETENTION not in ended.pending_deadlines, "it is told once"
    assert desk.table.reports.get_report(ended.opened_by) is not None
    view = desk.case(ended, desk.enrol(Role.SUPERVISOR)).document
    assert {"keep", "erase"} <= set(view["may"])


def test_a_supervisor_keeps_a_case_on_a_ground_until_a_day_and_then_decides_again(
    desk: Desk, ended: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara = desk.enrol(Role.SUPERVISOR)
    assert decide(desk, ended, KEEP, sara).document["decision"] == "keep"
    assert due(desk) == []
    kept = list(desk.table.events(ended.id))[-1]
    assert (kept.by, kept.data["ground"], kept.data["until"]) == (
        sara,
        "proceedings_open",
        "2031-03-02",
    )
    later(monkeypatch, days=5 * 365 + 2)
    assert swept()["retention"] == 1
    assert due(desk) == [ended.id]


@pytest.mark.parametrize("until", ["2030-03-01", "2041-01-01"])
def test_a_case_is_kept_until_a_future_day_within_ten_years(
    desk: Desk, ended: Case, until: str
) -> None:
    refused = decide(desk, ended, {**KEEP, "until": until}, desk.enrol(Role.SUPERVISOR))
    assert (refused.status, refused.document["errors"][0]["pointer"]) == (422, "#/until")


def test_a_proposal_to_erase_expires_when_the_case_is_kept_longer(
    desk: Desk, ended: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara, sofia = desk.enrol(Role.SUPERVISOR), desk.enrol(Role.SUPERVISOR)
    assert decide(desk, ended, ERASE, sara).document["decision"] == "propose"
    assert decide(desk, ended, KEEP, sofia).document["decision"] == "keep"
    later(monkeypatch, days=5 * 365 + 2)
    assert swept()["retention"] == 1
    assert decide(desk, ended, ERASE, sofia).document["decision"] == "propose"
    assert desk.table.get_case(ended.id).status is ended.status


def test_two_people_erase_a_case_and_its_history_stays(desk: Desk, ended: Case) -> None:
    sara, said = desk.enrol(Role.SUPERVISOR), desk.enrol(Role.SUPERVISOR)
    canary = desk.report(ended, 90, narrative="Canari de la victime.", locations=[PHONE])
    items.put_item(TABLE, {**keys.identifier_key(identified(*MARK)), "case_id": ended.id})
    other = keys.identifier_key(identified("phone", "+212600000001"))
    items.put_item(TABLE, {**other, "case_id": "C-another"})
    for key in (keys.message_key(ended.id, 9), keys.addition_key(canary, "A")):
        items.put_item(TABLE, {**key, "text": "Canari écrit."})
    assert decide(desk, ended, ERASE, sara).document["decision"] == "propose"
    assert problem(decide(desk, ended, ERASE, sara)) == "second-look-owed"
    assert desk.table.reports.get_report(canary) is not None
    assert decide(desk, ended, ERASE, said).document["decision"] == "erase"

    assert "Canari" in in_clear(desk.items())
    assert swept() == {"erasing": 1}
    assert swept() == {}

    assert "Canari" not in in_clear(desk.items())
    assert desk.table.reports.get_reports([ended.opened_by, canary]) == []
    tombstone = items.get_item(TABLE, keys.report_key(canary))
    assert tombstone is not None
    assert ERASED_AT_FIELD in tombstone
    assert not {"facts", "narrative", "contact_box", "identity_box"} & tombstone.keys()
    assert items.get_item(TABLE, keys.message_key(ended.id, 9)) is None
    assert items.get_item(TABLE, keys.addition_key(canary, "A")) is None
    assert desk.table.identifiers.owners([MARK]).cases == {}
    assert items.get_item(TABLE, other) is not None, "another case's own"
    assert due(desk) == []
    events = list(desk.table.events(ended.id))
    assert find_first_break(events) is None
    assert [each.move for each in events][-4:] == ["overdue", "propose", "erase", "erased"]


def test_an_open_identity_request_leaves_the_custodians_list_with_its_case(
    desk: Desk, ended: Case
) -> None:
    ask_who(ended)
    custodian = desk.enrol(Role.CUSTODIAN)
    waiting = desk.get("identity-requests", custodian)
    assert [each["case"] for each in waiting.document["requests"]] == [ended.id]
    for _ in range(2):
        decide(desk, ended, ERASE, desk.enrol(Role.SUPERVISOR))

    assert swept() == {"erasing": 1}

    waiting = desk.get("identity-requests", custodian)
    assert (waiting.status, waiting.document["requests"]) == (200, [])
    (left,) = identity_request_table.list_identity_requests(TABLE, ended.id)
    assert (left.standing, left.motive) == (RequestStanding.ERASED, "")


def test_an_erasure_that_was_cut_short_is_finished_by_the_next_sweep(
    desk: Desk, ended: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        decide(desk, ended, ERASE, desk.enrol(Role.SUPERVISOR))

    def no_service(*_: Any) -> bool:
        raise OSError("unreachable")

    with monkeypatch.context() as broken:
        broken.setattr("functions.triage.sweep.erase_case", no_service)
        assert swept() == {}
    assert desk.table.reports.get_report(ended.opened_by) is not None
    assert swept() == {"erasing": 1}
    assert desk.table.reports.get_report(ended.opened_by) is None


def test_what_a_court_holds_is_not_erased_until_it_lets_go(
    desk: Desk, ended: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither by two supervisors, of whom one proposed it before, nor by the operator's tool."""
    sara, sofia = desk.enrol(Role.SUPERVISOR), desk.enrol(Role.SUPERVISOR)
    assert decide(desk, ended, ERASE, sara).document["decision"] == "propose"
    assert decide(desk, ended, HOLD, sara).document["decision"] == "court_hold"
    refused = decide(desk, ended, ERASE, sofia)
    assert (problem(refused), refused.document["detail"]) == (
        "illegal-move",
        "A court holds the case: ca-rabat, 2031/14, until 2036-06-30.",
    )
    tool = ["--table", TABLE, "--reference", ended.opened_by, "--by", "the data officer"]
    assert erase_report.main(tool) == 3
    assert "A court holds the case" in capsys.readouterr().err
    assert desk.table.reports.get_report(ended.opened_by) is not None

    view = desk.case(ended, sara).document
    entry = ended.events + 2
    assert view["court_holds"] == [{**ORDER, "until": "2036-06-30", "entry": entry}]
    assert "erase" not in view["may"]
    (line,) = LegalHoldTable(TABLE).all(NOON)  # by it the locks of the files are prolonged
    assert line == (ended.id, "2036-06-30", f"{entry} 2036-06-30")
    recorded = list(desk.table.events(ended.id))[-1]
    assert (recorded.by, recorded.data["court"], recorded.data["until"]) == (
        *(sara, "ca-rabat", "2036-06-30"),
    )

    lifted = decide(desk, ended, lift(ORDER, entry), sofia).document
    assert lifted["decision"] == "court_hold_lifted"
    assert desk.case(ended, sara).document["court_holds"] == []
    assert list(LegalHoldTable(TABLE).all(NOON)) == []
    for who in (sara, sofia):
        assert decide(desk, ended, ERASE, who).status == 200
    assert swept() == {"erasing": 1}
    assert desk.table.reports.get_report(ended.opened_by) is None
    assert find_first_break(list(desk.table.events(ended.id))) is None


def test_a_hold_ends_by_itself_after_its_last_day(
    desk: Desk, ended: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara, sofia = desk.enrol(Role.SUPERVISOR), desk.enrol(Role.SUPERVISOR)
    assert decide(desk, ended, HOLD, sara).status == 200
    case = desk.table.get_case(ended.id)
    assert case.holds_of_courts(date(2036, 6, 30))
    assert not case.holds_of_courts(date(2036, 7, 1))
    later(monkeypatch, days=YEARS + 12 * 365)
    for who in (sara, sofia):
        assert decide(desk, ended, ERASE, who).status == 200
    assert problem(decide(desk, ended, lift(ORDER, ended.events + 1), sara)) == "illegal-move"


def test_the_order_of_one_court_neither_replaces_nor_lifts_the_hold_of_another(
    desk: Desk, ended: Case
) -> None:
    sara = desk.enrol(Role.SUPERVISOR)
    first, second = ended.events + 1, ended.events + 2
    assert decide(desk, ended, HOLD, sara).status == 200
    assert decide(desk, ended, HELD_BY_ANOTHER, sara).status == 200
    view = desk.case(ended, sara).document
    assert view["court_holds"] == [
        {**ORDER, "until": "2036-06-30", "entry": first},
        {**ANOTHER, "until": "2034-01-31", "entry": second},
    ]
    for order, entry in ((ORDER, second), (ANOTHER, first), ({**ORDER, "reference": "9"}, first)):
        assert problem(decide(desk, ended, lift(order, entry), sara)) == "illegal-move"
    assert decide(desk, ended, lift(ANOTHER, second), sara).status == 200
    assert problem(decide(desk, ended, ERASE, sara)) == "illegal-move"
    assert problem(decide(desk, ended, lift(ANOTHER, second), sara)) == "illegal-move"
    recorded = list(desk.table.events(ended.id))[-1]
    assert recorded.data.items() >= {**ANOTHER, "entry": second, "until": "2034-01-31"}.items()


def test_the_same_order_prolongs_its_hold_and_never_shortens_it(desk: Desk, ended: Case) -> None:
    sara = desk.enrol(Role.SUPERVISOR)
    assert decide(desk, ended, HOLD, sara).status == 200
    for until in ("2036-06-30", "2035-01-01"):
        refused = decide(desk, ended, {**HOLD, "until": until}, sara)
        (finding,) = refused.document["errors"]
        assert (refused.status, finding["pointer"], finding["code"]) == (
            *(422, "#/until", "hold.not_later"),
        )
        assert "until 2036-06-30" in finding["detail"]
        assert "lift it" in finding["detail"]
    longer = {**HOLD, "reference": " ٢٠٣١/١٤ ", "until": "2038-06-30"}
    assert decide(desk, ended, longer, sara).status == 200
    first = ended.events + 1
    view = desk.case(ended, sara).document
    assert view["court_holds"] == [{**ORDER, "until": "2038-06-30", "entry": first}]
    assert list(desk.table.events(ended.id))[-1].data["prolongs"] == first
    (line,) = LegalHoldTable(TABLE).all(NOON)
    assert line == (ended.id, "2038-06-30", f"{first} 2038-06-30"), "the locks are prolonged again"


def test_five_orders_hold_a_case_at_most(desk: Desk, ended: Case) -> None:
    sara = desk.enrol(Role.SUPERVISOR)
    for number in range(1, MAX_COURT_HOLDS + 1):
        order = {**HOLD, "reference": f"{number}/2031"}
        assert decide(desk, ended, order, sara).status == 200
    refused = decide(desk, ended, {**HOLD, "reference": "6/2031"}, sara)
    (finding,) = refused.document["errors"]
    assert (refused.status, finding["code"]) == (422, "hold.many")
    first = lift({**ORDER, "reference": "1/2031"}, ended.events + 1)
    assert decide(desk, ended, first, sara).status == 200
    assert decide(desk, ended, {**HOLD, "reference": "6/2031"}, sara).status == 200
    assert len(desk.case(ended, sara).document["court_holds"]) == MAX_COURT_HOLDS


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({**HOLD, "court": "ca-nowhere"}, "#/court"),
        ({**HOLD, "until": "2030-01-01"}, "#/until"),
        ({**HOLD, "until": "2061-01-01"}, "#/until"),
        ({**HOLD, "reference": "<b>"}, "#/reference"),
        ({**HOLD, "reference": "12\u202e/2026"}, "#/reference"),
    ],
)
def test_a_hold_names_a_court_its_order_and_a_day_to_come(
    desk: Desk, ended: Case, document: dict[str, Any], pointer: str
) -> None:
    refused = decide(desk, ended, document, desk.enrol(Role.SUPERVISOR))
    assert (refused.status, refused.document["errors"][0]["pointer"]) == (422, pointer)


def test_no_report_leaves_a_case_that_a_court_holds(desk: Desk) -> None:
    """It could be erased elsewhere: a case is held at any time, long before it ends."""
    analyst, sara = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    case, other = desk.in_review(), desk.in_review()
    desk.report(case, 89)
    report = desk.report(case, 90)
    assert {"merge", "take_out"} <= set(desk.case(case, analyst).document["may"])
    assert decide(desk, case, {**HOLD, "until": "2027-06-30"}, sara).status == 200
    assert not {"merge", "take_out"} & set(desk.case(case, analyst).document["may"])
    merge = {"outcome": "merge", "into": other.id}
    out = {"report": report, "because": "named_by_chance"}
    for call, document in (("review", merge), ("take-out", out)):
        answer = desk.decide(desk.table.get_case(case.id), call, document, analyst)
        assert problem(answer) == "illegal-move", answer.text
        assert "A court holds the case" in answer.document["detail"]


def test_a_case_stays_merged_while_a_court_holds_the_one_that_has_its_reports(desk: Desk) -> None:
    analyst, sara = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    case, other = desk.in_review(), desk.in_review()
    merge = {"outcome": "merge", "into": other.id}
    assert desk.decide(case, "review", merge, analyst).document["status"] == "merged"
    assert "split" in desk.case(case, analyst).document["may"]
    assert decide(desk, other, {**HOLD, "until": "2027-06-30"}, sara).status == 200
    view = desk.case(case, analyst).document
    assert "split" not in view["may"]
    assert [each["reference"] for each in view["court_holds"]] == ["2031/14"]
    answer = desk.decide(desk.table.get_case(case.id), "review", {"outcome": "split"}, analyst)
    assert problem(answer) == "illegal-move"


def test_a_short_answer_about_a_merged_case_offers_what_its_page_does(desk: Desk) -> None:
    analyst, sara = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    case, other = desk.in_review(), desk.in_review()
    merge = {"outcome": "merge", "into": other.id}
    assert desk.decide(case, "review", merge, analyst).document["status"] == "merged"

    def told() -> list[dict[str, Any]]:
        late = desk.decide(case, "review", {"outcome": "split"}, analyst)
        assert problem(late) == "case-changed", "it was read before it was merged"
        back = desk.call(an_event("DELETE", f"/v1/desk/cases/{case.id}/hold", analyst))
        return [desk.case(case, analyst).document, late.document["current"], back.document]

    assert ["split" in each["may"] for each in told()] == [True] * 3
    assert decide(desk, other, {**HOLD, "until": "2027-06-30"}, sara).status == 200
    for each in told():
        assert "split" not in each["may"]
        assert [hold["reference"] for hold in each["court_holds"]] == ["2031/14"]


@pytest.mark.parametrize("document", [KEEP, ERASE])
def test_a_case_cannot_be_erased_before_its_time(desk: Desk, document: dict[str, Any]) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    case = to_court(desk, omar)
    assert problem(decide(desk, case, document, sara)) == "illegal-move"
    assert desk.table.reports.get_report(case.opened_by) is not None
