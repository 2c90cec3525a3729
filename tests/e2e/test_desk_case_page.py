"""The case page in a browser: the acts beside the decision, each with its form."""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from casework.pack.jurisdiction import open_pack
from casework.pack.templates import templates
from local.people import demo_people
from local.staff import LocalStaff
from local.system import Options, System
from tests.e2e.desk import Analyst, at_the_desk
from tests.e2e.people import People, a_phone, a_report, eventually

PACK = open_pack("ma")
QUESTION = templates(PACK.folder).questions[0]
RABAT = "pj-04-421"
LOST = {"amount": "900", "currency": "MAD", "means": "bank_transfer"}
UNITS = {RABAT: PACK.units[RABAT].name("fr")}
OFFICER = f"Officer, {UNITS[RABAT]}"
LONGER_THAN_A_PAGE_WAITS_MS = 600
"""After half of that a page that is awaited says so."""


@pytest.fixture(scope="module")
def system(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of its own: cases are opened by their address, so that none awaits another test."""
    folder = tmp_path_factory.mktemp("case-page")
    with System.fresh(folder, assembly, Options(enforce_iam=True)) as running:
        LocalStaff(running).ensure(demo_people(UNITS))
        yield running


@pytest.fixture(scope="module")
def people(system: System) -> Iterator[People]:
    """Citizens and colleagues of that system."""
    with People(system) as known:
        yield known


def joined(people: People, **said: Any) -> str:
    """A case in review with a report that joined it by its telephone number."""
    shared = {"locations": [place(a_phone())]}
    case_id = people.in_review(**shared, **said)
    people.submit(a_report(**shared))
    eventually(lambda: people.case(case_id).json()["unadmitted"] == 1, "the report joins")
    return case_id


PARCEL = (
    "J'ai reçu un message qui dit que mon colis est bloqué à la douane et que je dois payer {} "
    "dirhams. J'ai donné ma carte et on a retiré tout mon solde."
)
LOAN = (
    "Une page promettait un crédit sans garantie sous deux jours si je réglais {} dirhams de frais "
    "de dossier. J'ai payé par mandat et personne ne répond plus au téléphone."
)
FLAT = (
    "L'annonce proposait un appartement meublé près de la gare contre {} dirhams d'avance. "
    "Après le virement, le propriétaire a disparu et l'adresse n'existe pas."
)


def alike(people: People, words: str, cases: int) -> list[str]:
    """Cases of the same words about other numbers: the last one names those before it."""
    return [
        people.in_review(narrative=words.format(49 + each), locations=[place(a_phone())])
        for each in range(cases)
    ]


def place(phone: str) -> dict[str, str]:
    return {"kind": "phone", "value": phone}


def begins(person: Analyst, act: str, **named: str) -> None:
    """Open the list of acts and choose one; `named` is what its name is about."""
    person.presses("o")
    name = person.texts[act].format(**named)
    chosen = person.page.locator(".opened").get_by_role("button", name=name)
    more = person.page.locator(".opened").get_by_role("button", name=person.texts["more_acts"])
    expect(chosen.or_(more).first).to_be_visible()
    while not chosen.count():
        page = person.page.locator(".opened").inner_text()
        more.click()
        expect(person.page.locator(".opened")).not_to_have_text(page)
    chosen.click()


def chooses(person: Analyst, *digits: str) -> None:
    """Choose by digits, one question after the other."""
    for digit in digits:
        person.page.locator(".opened kbd", has_text=re.compile(f"^{digit}$")).wait_for()
        asked = person.page.locator(".opened > p").inner_text()
        person.presses(digit)
        expect(person.page.locator(".opened > p")).not_to_have_text(asked)


def writes(person: Analyst, key: str = "") -> None:
    """Open a field for words: by its key, or that of a message."""
    if key:
        person.presses(key)
    else:
        begins(person, "act_message")


def enters(person: Analyst, act: str) -> None:
    """Send the form, and hear that it holds."""
    person.page.locator(".opened [type=submit]").click()
    told = person.page.locator("main").get_by_role("status")
    expect(told).to_contain_text(person.texts[act])
    assert person.page.locator(".opened").count() == 0


def test_a_report_that_joined_is_admitted_or_taken_out_on_the_page(
    browser: Browser, system: System, people: People
) -> None:
    case_id = joined(people)
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        analyst.page.locator(".facts-line").get_by_role(
            "button", name=analyst.texts["act_admit"]
        ).click()
        chooses(analyst, "1")
        enters(analyst, "act_admit")
        assert people.case(case_id).json()["unadmitted"] == 0
        second = analyst.page.locator(".report").nth(1)
        second.get_by_role("button", name=analyst.texts["act_take_out"]).click()
        chooses(analyst, "2")
        enters(analyst, "act_take_out")
        expect(analyst.page.locator(".report")).to_have_count(1)
        taken = people.case(case_id).json()["history"][-1]
        assert (taken["move"], taken["data"]["because"]) == ("take_out", "named_by_chance")
        analyst.presses("x", "1")
        analyst.is_told("done")


def test_a_person_says_that_no_danger_is_imminent_with_the_reason(
    browser: Browser, system: System, people: People
) -> None:
    case_id = people.in_review(danger_now=True)
    with at_the_desk(browser, system.origin, "ar") as analyst:
        analyst.opens(case_id)
        expect(analyst.page.locator(".facts-line")).to_contain_text(analyst.texts["imminent"])
        begins(analyst, "act_no_danger")
        reason = analyst.page.locator("#act-reason")
        reason.fill("court")
        analyst.page.locator(".opened [type=submit]").click()
        expect(analyst.page.locator(".opened").get_by_role("alert")).to_be_visible()
        assert people.case(case_id).json()["imminent"], "a reason that says nothing is none"
        reason.fill("La victime est en sûreté chez sa sœur.")
        reason.press("Control+Enter")
        expect(analyst.page.locator("main").get_by_role("status")).to_contain_text(
            analyst.texts["act_no_danger"]
        )
        assert not people.case(case_id).json()["imminent"]
        analyst.presses("c")
        eventually(lambda: "confirm" in people.moves(case_id), "it stays urgent and goes on")


def compares(analyst: Analyst, case_id: str, others: int) -> None:
    """Open the look-alikes of a case, once each of them is read."""
    analyst.opens(case_id)
    analyst.presses("g")
    expect(analyst.page.locator(".sides .report")).to_have_count(others + 1)


def merges(analyst: Analyst, people: People, first: str, second: str) -> None:
    """From the second one in front: merge it into the first, and put that one away."""
    analyst.presses("g")
    expect(analyst.page.locator(".sides .report")).to_have_count(2)
    analyst.presses("1")
    analyst.is_told("done")
    assert people.case(second).json()["merged_into"] == first
    analyst.opens(first)
    analyst.presses("x", "2")
    analyst.is_told("done")


def test_a_look_alike_is_merged_by_two_keys_once_it_is_read(
    browser: Browser, system: System, people: People
) -> None:
    first, second = alike(people, PARCEL, 2)
    with at_the_desk(browser, system.origin, "fr") as analyst:
        compares(analyst, second, 1)
        found = analyst.visitor.violations()
        other = analyst.page.locator(".sides section").nth(1)
        expect(other).to_contain_text(analyst.texts["identifiers_differ"])
        expect(other).to_contain_text(f"{analyst.texts['numbers_here']} 49")
        expect(other).not_to_contain_text("100")
        analyst.presses("1")
        analyst.is_told("outcome_merge")
        analyst.presses("u")
        assert analyst.case() == second
        merges(analyst, people, first, second)
    assert found == []


def test_two_look_alikes_are_kept_apart_by_two_keys_and_are_told_so_on_both_pages(
    browser: Browser, system: System, people: People
) -> None:
    first, second = alike(people, LOAN, 2)
    with at_the_desk(browser, system.origin, "ar", color_scheme="dark") as analyst:
        compares(analyst, first, 1)
        analyst.presses("h")
        analyst.page.locator(".deciding .opened").wait_for()
        found = analyst.visitor.violations()
        analyst.presses("1")
        analyst.is_told("outcome_apart")
        for each in (first, second):
            expect(analyst.page.locator(".tray p")).to_contain_text(each)
        analyst.presses("u")
        expect(analyst.page.locator(".tray p")).to_have_count(0)
        expect(analyst.page.locator(".sides .report")).to_have_count(2)
        assert people.case(first).json()["apart"] == [], "it was taken back"
        analyst.presses("h", "1")
        expect(analyst.page.locator("main").get_by_role("status")).to_contain_text(
            analyst.texts["keep_apart"]
        )
        for case_id, other in ((first, second), (second, first)):
            assert people.case(case_id).json()["apart"] == [other]
            assert "keep_apart" in people.moves(case_id)
        analyst.opens(second)
        main = analyst.page.locator("main")
        expect(main.get_by_role("heading", name=analyst.texts["kept_apart"])).to_be_visible()
        expect(main.get_by_role("heading", name=analyst.texts["alike"])).to_have_count(0)
        merges(analyst, people, first, second)
    assert found == []


def test_look_alikes_are_rejected_together_and_taken_back_together(
    browser: Browser, system: System, people: People
) -> None:
    cases = alike(people, FLAT, 3)
    with at_the_desk(browser, system.origin, "ar", color_scheme="dark") as analyst:
        compares(analyst, cases[-1], 2)
        assert analyst.visitor.violations() == []
        analyst.presses("x")
        analyst.page.locator(".deciding .opened").wait_for()
        analyst.presses("1")
        analyst.is_told("undo")
        analyst.presses("u")
        expect(analyst.page.locator(".tray p")).to_have_count(0)
        assert [people.moves(each).count("reject") for each in cases] == [0, 0, 0]
        compares(analyst, cases[-1], 2)
        # One that is kept apart is left out at once.
        analyst.presses("h", "2")
        analyst.is_told("outcome_apart")
        ticked = analyst.page.locator(".sides").get_by_role("checkbox", checked=True)
        expect(ticked).to_have_count(2)
        analyst.presses("x", "1")
        eventually(
            lambda: [people.moves(each).count("reject") for each in cases].count(1) == 2,
            "those that were not set apart are rejected",
        )
        apart = next(each for each in cases if "reject" not in people.moves(each))
        analyst.opens(apart)
        analyst.presses("x", "1")
        analyst.is_told("done")


def test_a_flood_with_the_picture_of_a_victim_does_not_end_her_case(
    browser: Browser, system: System, people: People
) -> None:
    """Who has the picture sends reports with it; one gesture on these leaves hers out, and none of
    all is the duplicate of a case that ends with it."""
    picture = f"{secrets.token_hex(8)}{'c35a' * 12}"
    hers, flood = (
        people.in_review(pictures=[picture], narrative=said)
        for said in ("On menace de publier ma photo si je ne paie pas.", "Un message sans intérêt.")
    )
    eventually(lambda: picture_alike(people, flood) == [hers], "the picture of both is the same")
    with at_the_desk(browser, system.origin, "fr") as analyst:
        compares(analyst, flood, 1)
        boxes = analyst.page.locator(".sides").get_by_role("checkbox")
        expect(boxes).to_have_count(2)
        expect(boxes.and_(analyst.page.locator(":checked"))).to_have_count(1)
        expect(analyst.page.locator(".deciding kbd").get_by_text("X", exact=True)).to_have_count(0)
        boxes.nth(1).check()
        analyst.presses("x")
        choices = analyst.page.locator(".deciding .opened")
        expect(choices).to_contain_text(analyst.texts["reject_no_exploitable_facts"])
        expect(choices).not_to_contain_text(analyst.texts["reject_duplicate"])
        analyst.presses("Escape")
    assert [people.moves(each).count("reject") for each in (hers, flood)] == [0, 0]


def picture_alike(people: People, case_id: str) -> list[str]:
    """The cases of pictures that look like one of this case."""
    reports = people.case(case_id).json()["reports"]
    hashes = [each for report in reports for each in report.get("hashes", ())]
    return [each["case"] for found in hashes for each in found.get("alike", ())]


def test_an_officer_enters_the_authorisation_in_four_keys_beside_its_number(
    browser: Browser, system: System, people: People
) -> None:
    """Also where the day of the device is another one than the country's."""
    case_id = people.held(RABAT)
    elsewhere = "Etc/GMT+12" if datetime.now(UTC).hour < 12 else "Etc/GMT-14"
    with at_the_desk(browser, system.origin, "fr", OFFICER, timezone_id=elsewhere) as officer:
        officer.page.locator(".held").get_by_role("button", name=case_id).click()
        assert officer.case() == case_id
        officer.presses("i", "1")
        number = officer.page.locator("#act-reference")
        expect(number).to_be_focused()
        number.press_sequentially("7/2026")
        number.press("Enter")
        expect(officer.page.locator("main").get_by_role("status")).to_contain_text(
            officer.texts["act_instruct"]
        )
        (entered,) = people.case(case_id, "officer", RABAT).json()["instructions"]
        known = people.prosecutor_of(case_id)
        assert {name: entered[name] for name in known} == known, (
            "office, court and today stood there"
        )


def test_an_officer_does_on_the_page_all_that_the_case_allows(
    browser: Browser, system: System, people: People
) -> None:
    case_id = people.held(RABAT)
    people.authorise(case_id, RABAT)
    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        page = officer.page
        officer.page.locator(".held").get_by_role("button", name=case_id).click()
        assert officer.case() == case_id
        begins(officer, "act_assign")
        chooses(officer, "1")
        enters(officer, "act_assign")
        expect(page.locator(".facts-line")).to_contain_text(OFFICER)
        begins(officer, "act_suspect")
        enters(officer, "act_suspect")
        begins(officer, "act_suspect_event")
        chooses(officer, "1", "2")
        enters(officer, "act_suspect_event")
        begins(officer, "act_suspect_correct")
        chooses(officer, "1", "1", "1")
        enters(officer, "act_suspect_correct")
        begins(officer, "act_freeze")
        for name, value in (
            ("institution", "Banque d'essai"),
            ("amount", "1500"),
            ("currency", "MAD"),
        ):
            page.locator(f"#act-{name}").fill(value)
        enters(officer, "act_freeze")
        begins(officer, "act_freeze_step")
        chooses(officer, "1", "2", "1")
        enters(officer, "act_freeze_step")
        begins(officer, "act_message")
        page.locator("#act-text").fill("Venez au service avec les reçus.")
        page.locator(".opened [type=submit]").click()
        officer.is_told("message_sent")
        expect(page.locator("section[aria-labelledby=done-title]")).to_contain_text(
            "Venez au service"
        )
        begins(officer, "act_annul")
        chooses(officer, "1")
        page.locator("#act-reason").fill("Saisie dans le mauvais dossier.")
        enters(officer, "act_annul")
        begins(officer, "act_pass")
        chooses(officer, "1")
        page.locator("#act-ground_told").fill("Le procès-verbal du commissariat de Hassan.")
        enters(officer, "act_pass")
        begins(officer, "act_closure")
        chooses(officer, "1")
        page.locator("#act-reference").fill("12/2026")
        enters(officer, "act_closure")
        begins(officer, "act_resume")
        page.locator("#act-reason").fill("La décision est celle d'un autre dossier.")
        enters(officer, "act_resume")
        officer.presses("i")
        kinds = page.locator(".opened .button").all_inner_texts()
        place = next(
            at for at, each in enumerate(kinds, 1) if officer.texts["instruction_close"] in each
        )
        chooses(officer, str(place), "3")
        page.locator("#act-reference").fill("13/2026")
        enters(officer, "act_instruct")
        expect(page.locator("main")).to_contain_text(officer.texts["endground_unknown_offender"])
    case = people.case(case_id, "officer", RABAT).json()
    assert case["closed"] == "closed_by_prosecutor"
    done = people.moves(case_id)
    for move in (
        "suspect", "correct", "freeze", "message", "annul", "pass", "close", "resume",
    ):  # fmt: skip
        assert move in done, move
    assert case["suspects"] == ["sought"]
    assert case["freezes"][0]["bond"] == "asked"


def test_what_was_typed_stays_where_the_case_changed_meanwhile(
    browser: Browser, system: System, people: People
) -> None:
    case_id = people.held(RABAT)
    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        officer.page.locator(".held").get_by_role("button", name=case_id).click()
        assert officer.case() == case_id
        officer.presses("i", "1")
        officer.page.locator("#act-reference").fill("8/2026")
        people.authorise(case_id, RABAT)
        officer.page.locator("#act-reference").press("Enter")
        notice = officer.page.get_by_role("alert")
        expect(notice).to_contain_text(officer.texts["problem_case-changed"])
        expect(officer.page.locator("#act-reference")).to_have_value("8/2026")
        officer.presses("Escape")
        assert officer.page.locator(".opened").count() == 0
    assert len(people.case(case_id, "officer", RABAT).json()["instructions"]) == 1


def test_a_supervisor_holds_a_case_for_a_court_and_lets_it_go_on_the_page(
    browser: Browser, system: System, people: People
) -> None:
    """Two courts do: a lifting ends the one hold that it names, and can be undone."""
    case_id = people.in_review()
    courts = {each: PACK.courts[each].name("ar") for each in ("ca-rabat", "tpi-rabat")}
    with at_the_desk(browser, system.origin, "ar", "Supervisor") as sara:
        sara.opens(case_id)
        page, texts = sara.page, sara.texts
        told = page.locator("main.case p", has_text=texts["court_holds"])
        first, last = datetime.now(UTC) + timedelta(days=400), datetime.now(UTC) + timedelta(days=9)

        def orders(court: str, number: str, until: datetime) -> None:
            begins(sara, "act_court_hold")
            page.locator("#act-reference").fill(number)
            page.locator("#act-court").select_option(court)
            page.locator("#act-until").fill(f"{until:%Y-%m-%d}")
            page.locator(".opened [type=submit]").click()

        orders("ca-rabat", "<14>", first)
        expect(page.get_by_role("alert")).to_contain_text(texts["why_reference"])
        sara.presses("Escape")
        orders("ca-rabat", "ع/14/2026", first)
        expect(told).to_contain_text("ع/14/2026")
        orders("tpi-rabat", "15/2026", last)
        expect(told).to_have_count(2)
        expect(page.locator("main.case")).to_contain_text(texts["court_bars"])
        entered = page.locator("header.about .inset", has_text=texts["act_court_hold"])
        expect(entered).to_contain_text(texts["entered"])
        orders("ca-rabat", "ع/14/2026", last)
        expect(page.get_by_role("alert")).to_contain_text(texts["why_hold_not_later"])
        expect(entered).to_have_count(0)
        sara.presses("Escape")
        orders("tpi-rabat", "15/2026", first)
        entries = page.locator("ol.entries li")
        expect(entries.first).to_contain_text(texts["move_court_hold_longer"])
        expect(entries.first).to_contain_text(f"{courts['tpi-rabat']} · \u206815/2026\u2069")

        opened = page.locator(".opened")
        named = {"court": courts["tpi-rabat"], "order": "\u206815/2026\u2069"}
        begins(sara, "act_court_lift", **named)
        expect(opened.locator("p > b")).to_have_text(texts["act_court_lift"].format(**named))
        sure = opened.locator(".note")
        expect(sure).to_contain_text(courts["tpi-rabat"])
        expect(sure).to_contain_text("15/2026")
        expect(sure).to_contain_text(f"{first:%Y}")
        opened.locator("[type=submit]").click()
        sara.is_told("undo")
        for each in (case_id, courts["tpi-rabat"], "15/2026"):
            expect(page.locator(".tray p").last).to_contain_text(each)
        sara.presses("u")
        expect(sure).to_contain_text("15/2026")
        assert "court_hold_lifted" not in people.moves(case_id)
        opened.locator("[type=submit]").click()
        sara.is_told("undo")
        expect(entered).to_have_count(0)
        expect(told).to_have_count(1)
        expect(told).to_contain_text("ع/14/2026")
        expect(entries.first).to_contain_text(texts["move_court_hold_lifted"])
        expect(entries.first).to_contain_text(f"{courts['tpi-rabat']} · \u206815/2026\u2069")
        found = sara.visitor.violations()
    assert people.moves(case_id)[-4:] == [*["court_hold"] * 3, "court_hold_lifted"]
    assert found == []


def test_a_case_that_an_act_takes_elsewhere_is_gone_for_the_unit(
    browser: Browser, system: System, people: People
) -> None:
    case_id = people.held(RABAT)
    people.authorise(case_id, RABAT)
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        officer.page.locator(".held").get_by_role("button", name=case_id).click()
        assert officer.case() == case_id
        officer.presses("i")
        officer.page.get_by_role("button", name=officer.texts["instruction_transfer"]).click()
        officer.page.locator("#act-unit").select_option("pj-04-441")
        officer.page.locator("#act-reference").fill("9/2026")
        officer.page.locator(".opened [type=submit]").click()
        work = officer.page.locator("main.work")
        expect(work).to_contain_text(officer.texts["act_instruct"])
        expect(work.get_by_role("button", name=case_id)).to_have_count(0)
    assert people.case(case_id, "officer", RABAT).status_code == HTTPStatus.NOT_FOUND


def test_a_question_is_asked_from_a_template_in_three_keys_in_the_reporters_language(
    browser: Browser, system: System, people: People
) -> None:
    case_id = people.in_review(language="es")
    with at_the_desk(browser, system.origin, "ar") as analyst:
        analyst.opens(case_id)
        analyst.presses("e")
        analyst.page.locator(".templates button").first.wait_for()
        found = analyst.visitor.violations()
        analyst.presses("1", "Control+Enter")
        analyst.is_told("done")
    (report,) = people.case(case_id).json()["reports"]
    assert report["questions"][0]["text"] == QUESTION.texts["es"]
    assert found == []


def test_colleagues_leave_each_other_notes_on_a_case(
    browser: Browser, system: System, people: People
) -> None:
    case_id = people.in_review()
    note = "Le témoin rappelle demain matin."
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        analyst.presses("n")
        analyst.page.locator("#act-note").fill(note)
        analyst.page.locator("#act-note").press("Control+Enter")
        done = analyst.page.locator("section[aria-labelledby=done-title]")
        expect(done.locator(".post")).to_contain_text(note)
        analyst.presses("s")
        expect(analyst.page.locator("main.case h1 .code", has_text=case_id)).to_have_count(0)
    with at_the_desk(browser, system.origin, "ar", "Second analyst") as other:
        other.opens(case_id)
        expect(other.page.locator(".post")).to_contain_text(note)
        expect(other.page.locator(".post")).to_contain_text("First analyst")
        other.page.locator(".post").get_by_role("button", name=other.texts["settle"]).click()
        other.page.locator("#act-note").fill("Il a rappelé.")
        other.page.locator("#act-note").press("Control+Enter")
        other.page.locator(".settled summary").click()
        expect(other.page.locator(".settled .post")).to_contain_text([note, "Il a rappelé."])
        # Another language shows the same case.
        other.page.locator(".languages").get_by_role("link", name="English").click()
        expect(other.page.locator("html")).to_have_attribute("lang", "en")
        other.page.locator(".settled summary").click()
        expect(other.page.locator(".post .hint").first).to_contain_text("First analyst")
        assert other.case() == case_id
        other.page.locator(".languages").get_by_role("link", name="العربية").click()
        expect(other.page.locator("html")).to_have_attribute("lang", "ar")
        assert other.case() == case_id
        other.presses("x", "1")
        other.is_told("done")


def test_words_that_were_kept_are_gone_on_with_and_neither_sent_nor_read_as_keys(
    browser: Browser, system: System, people: People
) -> None:
    case_id = people.in_review()
    whole = "Gardez la conversation et ne payez rien"
    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        page, keyboard = analyst.page, analyst.page.keyboard
        for key, field in (
            ("", page.locator("#act-text")),
            ("n", page.locator("#act-note")),
            ("e", page.locator("#question")),
        ):
            writes(analyst, key)
            expect(field).to_be_focused()
            keyboard.type("Gardez la conversation")
            analyst.presses("Escape")
            expect(field).to_have_count(0)
            writes(analyst, key)
            expect(field).to_be_focused()
            keyboard.type(" et ne payez rien")
            expect(field).to_have_value(whole)
            page.locator(".opened > p").first.click()  # the focus is nowhere
            keyboard.type("Force x")
            expect(field).to_have_value(whole)
            assert analyst.case() == case_id, "no key led away"
            analyst.presses("Escape")
            expect(field).to_have_count(0)
        writes(analyst)
        expect(page.locator("#act-text")).to_be_focused()
        analyst.presses("Control+Enter")
        analyst.is_told("undo")
        analyst.presses("u")
        expect(page.locator("#act-text")).to_be_focused()
        expect(page.locator("#act-text")).to_have_value(whole)
        expect(page.locator(".tray p")).to_have_count(0)
    assert not {"message", "remark", "ask"} & set(people.moves(case_id))


def test_keys_go_on_right_after_an_act_was_undone_or_holds(
    browser: Browser, system: System, people: People
) -> None:
    """However long the service takes to tell of the case again, its page stays."""
    case_id = people.in_review()
    with at_the_desk(browser, system.origin, "en") as analyst:
        analyst.opens(case_id)
        page = analyst.page
        listed = page.get_by_role("group", name=analyst.texts["acts"])
        waiting: list[Route] = []
        page.route(f"**/v1/desk/cases/{case_id}", lambda route: waiting.append(route))
        writes(analyst)
        page.locator("#act-text").fill("Keep the conversation.")
        analyst.presses("Control+Enter")
        analyst.is_told("undo")
        analyst.presses("u", "Escape", "o")
        expect(listed).to_be_visible()
        assert waiting == [], "what is in front is what it was"
        analyst.presses("Escape", "n")
        page.locator("#act-note").fill("Call the bank.")
        with page.expect_request(f"**/v1/desk/cases/{case_id}"):
            analyst.presses("Control+Enter")
        page.wait_for_timeout(LONGER_THAN_A_PAGE_WAITS_MS)
        analyst.presses("o")
        expect(listed).to_be_visible()
        for each in waiting:
            each.continue_()
        expect(page.locator("main").get_by_role("status").first).to_contain_text(
            analyst.texts["entered"]
        )
        expect(listed).to_be_visible()
    assert "message" not in people.moves(case_id)


def test_a_case_tells_what_was_corrected_what_raised_it_and_who_decided_on_its_priority(
    browser: Browser, system: System, people: People
) -> None:
    shared = {"locations": [place(a_phone())]}
    first = people.submit(a_report(**shared))
    case_id = people.case_of(first)
    people.await_wait(case_id)
    answer = people.http.post(
        f"/v1/reports/{first['reference']}/additions",
        json={"text": "C'était une autre page.", "kind": "correction", "corrects": "narrative"},
        headers={
            "Authorization": f"Receipt {first['receipt']}",
            "Idempotency-Key": str(uuid.uuid4()),
        },
    )
    assert answer.is_success, answer.text
    people.submit(a_report(**shared, money_lost=[{**LOST, "at": datetime.now(UTC).isoformat()}]))
    eventually(lambda: "raise" in people.moves(case_id), "the second report raises the case")
    assert people.confirm(case_id).is_success
    with at_the_desk(browser, system.origin, "fr", "Supervisor") as supervisor:
        page, texts = supervisor.page, supervisor.texts
        page.goto(f"{page.url.partition('#')[0]}#{case_id}")
        assert supervisor.case() == case_id
        told = page.locator("section[aria-labelledby=told-title]")
        expect(told).to_contain_text(
            f"{texts['added_correction']} ({texts['corrected_narrative']})"
        )
        done = page.locator("section[aria-labelledby=done-title]")
        expect(done).to_contain_text(texts["move_add_correction"])
        thinks = page.locator("section[aria-labelledby=thinks-title]")
        raised = thinks.get_by_role("listitem").filter(has_text=texts["reason_money_recent"])
        expect(raised).to_contain_text(texts["report_n"].replace("{n}", "2"))
        decided = texts["weight_confirmed"].replace("{priority}", texts["priority_standard"])
        expect(thinks).to_contain_text(decided)
        expect(thinks).not_to_contain_text(texts["reason_nothing_urgent_stated"])


def test_an_officer_informs_the_prosecutor_and_enters_that_the_authorisation_is_refused(
    browser: Browser, system: System, people: People
) -> None:
    case_id = people.held(RABAT)
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        page, texts = officer.page, officer.texts
        page.locator(".held").get_by_role("button", name=case_id).click()
        assert officer.case() == case_id
        begins(officer, "act_inform")
        chooses(officer, "2")
        form = page.locator(".opened")
        expect(form).to_contain_text(texts["export_first"])
        form.get_by_role("button", name=texts["act_dossier"]).click()
        page.get_by_role("button", name=texts["dossier_take"]).click()
        page.get_by_role("button", name=texts["print"]).wait_for()
        officer.presses("Escape")
        taken = page.locator("#act-export option:checked")
        expect(taken).to_contain_text(OFFICER)
        enters(officer, "act_inform")
        officer.presses("i")
        kinds = form.get_by_role("button")
        expect(kinds.filter(has_text=texts["instruction_close"])).to_have_count(0)
        kinds.filter(has_text=texts["instruction_refuse"]).click()
        page.locator("#act-reference").fill("14/2026")
        enters(officer, "act_instruct")
    case = people.case(case_id, "officer", RABAT).json()
    assert case["closed"] == "authorisation_refused"
    assert "inform" in people.moves(case_id)


def test_the_dossier_is_taken_once_somebody_says_so_as_a_package_and_for_print(
    browser: Browser, system: System, people: People, tmp_path: Path
) -> None:
    case_id = people.held(RABAT)
    with at_the_desk(browser, system.origin, "ar", OFFICER) as officer:
        page = officer.page
        page.locator(".held").get_by_role("button", name=case_id).click()
        assert officer.case() == case_id
        begins(officer, "act_dossier")
        dossier = page.locator(".dossier")
        expect(dossier).to_contain_text(officer.texts["dossier_said"])
        assert "export" not in people.moves(case_id)
        with page.expect_download() as saving:
            page.get_by_role("button", name=officer.texts["package_take"]).click()
        assert saving.value.suggested_filename == f"{case_id}.zip"
        saving.value.save_as(tmp_path / "saved.zip")
        saved = (tmp_path / "saved.zip").read_bytes()
        expect(dossier).to_contain_text(hashlib.sha256(saved).hexdigest())
        with zipfile.ZipFile(io.BytesIO(saved)) as package:
            assert package.read("dossier-ar.pdf").startswith(b"%PDF")
        assert people.moves(case_id).count("export") == 1
        page.get_by_role("button", name=officer.texts["dossier_take"]).click()
        expect(dossier).to_contain_text("Une page vend des téléphones")
        expect(dossier).to_contain_text(OFFICER)
        assert people.moves(case_id).count("export") == 2, "the package, and the pages"
        found = officer.visitor.violations()
        page.emulate_media(media="print")
        expect(dossier.locator("article").first).to_be_visible()
        for each in (".top", ".about", ".deciding"):
            expect(page.locator(each)).to_be_hidden()
        page.emulate_media(media="screen")
        officer.presses("Escape")
        expect(page.locator("section[aria-labelledby=done-title]")).to_contain_text(
            officer.texts["move_export"]
        )
    assert found == []


def test_an_officer_asks_for_an_identity_opens_it_and_believes_it(
    browser: Browser, system: System, people: People
) -> None:
    named = {"contact": {"email": "victime@example.org"}, "identity": {"name": "Une Victime"}}
    case_id = people.held(RABAT, disclosure={"kind": "identified", **named})
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        page = officer.page
        page.locator(".held").get_by_role("button", name=case_id).click()
        assert officer.case() == case_id
        begins(officer, "act_identity_ask")
        chooses(officer, "1")
        page.locator("#act-motive").fill("La victime doit être entendue avant la fin du délai.")
        enters(officer, "act_identity_ask")
        path = f"/v1/desk/cases/{case_id}/identity-requests"
        (asked,) = people.call("GET", path, "officer", RABAT).json()["requests"]
        released = people.call(
            "POST",
            f"{path}/1/decision",
            "supervisor",
            json={"outcome": "release", "reason": "Le motif est fondé."},
            headers={"If-Match": asked["etag"], "Idempotency-Key": str(uuid.uuid4())},
        )
        assert released.is_success, released.text
        begins(officer, "act_identities")
        page.get_by_role("button", name=officer.texts["identity_open"]).click()
        expect(page.locator(".dossier")).to_contain_text("Une Victime")
        found = officer.visitor.violations()
        page.get_by_role("button", name=officer.texts["act_identity_accept"]).click()
        enters(officer, "act_identity_accept")
        assert "Une Victime" not in page.content()
    assert "identity_accepted" in people.moves(case_id)
    assert people.case(case_id, "officer", RABAT).json()["status"] == "acknowledged"
    assert found == []
