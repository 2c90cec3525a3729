"""A line of a list says what happened, where, who says so and what was lost, as it was told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casework.aws.services.clients import aws_client
from casework.aws.table import audit_log, items, keys
from casework.aws.table.item_mapping import case_to_item
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from casework.moves import deadlines
from casework.views.first_words import MAX_FIRST_WORDS_LENGTH
from casework.views.lists import QueuePage
from functions.desk import deployment
from functions.desk.queries.case_lines import CaseLines
from tests.builders import NOON, RABAT, a_danger, a_member, a_reference, made
from tests.integration.desks import CONFIRM, TABLE, Desk, an_event
from tests.integration.test_dangers_on_the_duty_desk import endangered
from tests.integration.test_find import sought

ADVERT = "J'ai payé un acompte pour un appartement à Martil et l'annonce a disparu. " * 6
ACCOUNT = "007780000123456789014410"
LOST = [{"amount": "6600", "currency": "MAD", "beneficiary_account": ACCOUNT}]
TRICKS = "\u202egro.elpmaxe\u202c Il\u200b me\u2066 menace\u2069\ufeff"


def reported(desk: Desk, case: Case | None = None, **said: Any) -> Case:
    """A case at review whose first report says this."""
    case = desk.in_review() if case is None else case
    number = next(each for each in range(1, 99) if a_reference(each) == case.opened_by)
    desk.report(case, number, **{"narrative": ADVERT, **said})
    return desk.table.get_case(case.id)


def changed(desk: Desk, case: Case, **fields: Any) -> Case:
    after = case.model_copy(update={"revision": case.revision + 1, **fields})
    aws_client("dynamodb").put_item(TableName=TABLE, Item=case_to_item(after))
    return after


def first(desk: Desk, by: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.queue(by).document["cases"][0]
    return found


def facts(desk: Desk, by: str) -> dict[str, Any]:
    found: dict[str, Any] = first(desk, by)["facts"]
    return found


def views(desk: Desk, case: Case) -> list[str]:
    return [str(each["by"]) for each in audit_log.read_marks(desk.table.name, case.id)]


def test_a_line_says_the_first_words_the_place_and_who_reports(desk: Desk) -> None:
    case, ana = reported(desk, territory={"text": "Rue Tarik, Salé"}), desk.enrol(Role.ANALYST)
    said = facts(desk, ana)
    assert said["words"].startswith("J'ai payé un acompte pour un appartement à Martil")
    assert len(said["words"]) <= MAX_FIRST_WORDS_LENGTH
    assert said["words"].endswith("…")
    assert (said["words_language"], said["said_by"]) == ("fr", "victim")
    assert (said["place"], said["joined"], said["files"]) == ("Rue Tarik, Salé", 0, 0)
    assert ana in views(desk, case), "who was shown the words read them"


def test_a_sum_that_a_field_states_is_no_guess_and_one_of_the_words_is(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    case = reported(desk, money_lost=[*LOST, {"amount": "400.50", "currency": "MAD"}])
    said = facts(desk, ana)
    assert (said["sum"], said["currency"]) == ("7000.50", "MAD")
    assert "sum" not in said["guessed"]
    changed(desk, case, status=Status.CLOSED)
    reported(desk, narrative="Le vendeur a pris 4 500 dirhams et ne répond plus.")
    said = facts(desk, ana)
    assert (said["sum"], said["currency"]) == ("4500", "MAD")
    assert "sum" in said["guessed"]


def test_a_line_names_the_other_side_and_never_the_reporter(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    own = "Mon numéro est le 06 12 34 56 78, je vends sur ce compte."
    reported(desk, narrative=own, locations=[{"kind": "phone", "value": "06 00 00 41 17"}])
    said = facts(desk, ana)
    assert said["account"] == {"kind": "phone", "text": "+212600004117"}
    assert "account" not in said["guessed"]
    shown = "\n".join(desk.shown)
    for canary in ("pepper-canary", "own-canary", "contact-canary", "identity-canary"):
        assert canary not in shown


def test_an_identifier_that_only_words_name_is_a_guess(desk: Desk) -> None:
    reported(desk)
    said = facts(desk, desk.enrol(Role.ANALYST))
    assert "account" in said["guessed"]


def test_characters_that_hide_or_turn_others_are_left_out(desk: Desk) -> None:
    reported(desk, narrative=TRICKS, territory={"text": f"Salé{TRICKS}"})
    said = facts(desk, desk.enrol(Role.ANALYST))
    assert said["words"] == "gro.elpmaxe Il me menace"
    assert said["place"] == "Salégro.elpmaxe Il me menace"


@pytest.mark.parametrize(
    "told", [{"category": "child_sexual_exploitation"}, {"told": ("terrorism",)}]
)
def test_words_that_are_hard_to_bear_stay_covered(desk: Desk, told: dict[str, Any]) -> None:
    case = reported(desk)
    changed(desk, case, **told)
    said = facts(desk, desk.enrol(Role.ANALYST))
    assert said["covered"] is True
    assert not {"words", "words_language"} & said.keys()


def test_joined_reports_are_counted_up_to_three(desk: Desk) -> None:
    case, ana = reported(desk), desk.enrol(Role.ANALYST)
    for number in range(40, 45):
        assert facts(desk, ana)["joined"] == min(3, number - 40)
        desk.report(case, number, joined=True)


def test_what_a_reporter_withdraws_or_is_erased_is_in_no_later_line(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    case = reported(desk, territory={"text": "Rue Tarik"}, money_lost=LOST)
    tag = desk.queue(ana).headers["ETag"]
    changed(desk, case, withdrawals=1)
    again = desk.call(an_event("GET", "/v1/desk/queue", ana, headers={"if-none-match": tag}))
    assert again.document["cases"][0]["facts"] == {
        "covered": False,
        "guessed": [],
        "joined": 0,
        "files": 0,
        "alike": "undisplayed",
    }
    changed(desk, case, revision=case.revision + 5)
    assert "words" in facts(desk, ana)
    erased = {**keys.report_key(case.opened_by), "erased_at": "2026-03-02T12:00:00.000Z"}
    items.put_item(TABLE, {**erased, "case_id": case.id})
    assert not {"words", "place", "sum", "account", "said_by"} & facts(desk, ana).keys()


def test_a_report_that_left_the_case_says_nothing_in_its_line(desk: Desk) -> None:
    other = reported(desk)
    case = changed(desk, desk.in_review(), opened_by=other.opened_by)
    lines = {each["id"]: each for each in desk.queue(desk.enrol(Role.ANALYST)).document["cases"]}
    assert "words" not in lines[case.id]["facts"]
    assert "words" in lines[other.id]["facts"]


LISTS: dict[str, tuple[Role, Callable[[dict[str, Any]], list[dict[str, Any]]]]] = {
    "queue": (Role.OFFICER, lambda page: page["cases"]),
    "queue?of=office": (Role.PROSECUTOR, lambda page: page["cases"]),
    f"queue?of=unit:{RABAT}": (Role.SUPERVISOR, lambda page: page["cases"]),
    "duty": (Role.ANALYST, lambda page: page["overdue"]),
    "board": (Role.SUPERVISOR, lambda page: page["late"]),
}


@pytest.mark.parametrize("path", LISTS)
def test_every_list_of_cases_says_it_to_those_who_may_read_the_case(desk: Desk, path: str) -> None:
    role, lines_of = LISTS[path]
    case = desk.referred(RABAT)
    late = desk.table.save(made(deadlines.escalate_missed_deadline(case, NOON, (60, 60))))
    reported(desk, late)
    name, _, query = path.partition("?of=")
    page = desk.get(name, desk.enrol(role, RABAT), **({"of": query} if query else {}))
    assert page.status == 200, page.text
    (line,) = lines_of(page.document)
    assert line["facts"]["words"].startswith("J'ai payé un acompte")


def test_a_search_says_it_too_and_records_the_reading(desk: Desk) -> None:
    case, ana = reported(desk), desk.enrol(Role.ANALYST)
    found = sought(desk, case.id, ana)
    assert found.document["cases"][0]["facts"]["words"].startswith("J'ai payé")
    assert ana in views(desk, case)


def test_a_list_that_is_only_counted_reads_no_words(desk: Desk) -> None:
    case, ana = reported(desk), desk.enrol(Role.ANALYST)
    page = desk.queue(ana, **{"as": "brief"})
    assert page.document["brief"][0]["id"] == case.id
    assert "Martil" not in page.text
    assert ana not in views(desk, case)


@pytest.mark.parametrize("role", [Role.CUSTODIAN, Role.AUDITOR, Role.ADMIN])
def test_who_may_read_no_case_is_told_nothing_in_any_line(desk: Desk, role: Role) -> None:
    case = reported(desk)
    lines = CaseLines(desk.table, deployment.desk_jurisdiction(), a_member(role), NOON)
    page = QueuePage(cases=lines.lines([case]))
    assert lines.fill(page).cases[0].facts is None
    assert a_member(role).subject not in views(desk, case)


@pytest.fixture
def reads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each batch read asks for."""
    asked: list[int] = []
    client = aws_client("dynamodb")
    call = client.batch_get_item

    def counted(**request: Any) -> Any:
        asked.append(sum(len(each["Keys"]) for each in request["RequestItems"].values()))
        return call(**request)

    monkeypatch.setattr(client, "batch_get_item", counted)
    return asked


def test_a_page_costs_as_many_reads_however_many_lines_it_has(desk: Desk, reads: list[int]) -> None:
    ana = desk.enrol(Role.ANALYST)
    reported(desk)
    desk.queue(ana)
    reads.clear()
    desk.queue(ana)
    few = len(reads)
    for _ in range(20):
        reported(desk)
    desk.queue(ana)
    reads.clear()
    assert len(desk.queue(ana).document["cases"]) == 21
    assert len(reads) == few
    assert sum(reads) <= 21 * 5, "the case, its report, and three places of joined ones"


def test_a_client_that_has_the_list_costs_no_read_of_words(desk: Desk, reads: list[int]) -> None:
    ana = desk.enrol(Role.ANALYST)
    case = endangered(desk)
    tags = {path: desk.get(path, ana).headers["ETag"] for path in ("queue", "duty")}
    for path, tag in tags.items():
        reads.clear()
        event = an_event("GET", f"/v1/desk/{path}", ana, headers={"if-none-match": tag})
        assert desk.call(event).status == 304
        assert sum(reads) <= 2, "the case alone"
    assert case.imminent


def test_a_write_of_a_case_that_no_line_shows_sends_the_words_again(desk: Desk) -> None:
    """What left the case by it is gone from the line, too."""
    case, ana = reported(desk), desk.enrol(Role.ANALYST)
    tag = desk.queue(ana).headers["ETag"]
    changed(desk, case)
    event = an_event("GET", "/v1/desk/queue", ana, headers={"if-none-match": tag})
    assert desk.call(event).status == 200


def test_readings_of_a_list_are_recorded_once_a_day_by_one_process(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    for _ in range(3):
        reported(desk)
    desk.queue(ana)
    puts: list[str] = []
    client = aws_client("dynamodb")
    call = client.put_item

    def counted(**put: Any) -> Any:
        puts.append(put["TableName"])
        return call(**put)

    monkeypatch.setattr(client, "put_item", counted)
    desk.queue(ana)
    assert puts == []


def test_danger_says_its_words_in_every_list(desk: Desk) -> None:
    case, ana = endangered(desk), desk.enrol(Role.ANALYST)
    line = first(desk, ana)
    (on_duty,) = desk.get("duty", ana).document["imminent"]
    assert line["danger"] == on_duty["danger"]
    assert line["danger"]["said"]["words"].startswith("Il est en bas de l'immeuble")
    assert desk.review(case, {**CONFIRM, "priority": Priority.IMMEDIATE}, ana).status == 202
    assert a_danger(case).report == case.opened_by
