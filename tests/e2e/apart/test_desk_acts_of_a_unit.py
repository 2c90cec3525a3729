"""The case page in a browser of a unit: each act of an officer, with its form."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from playwright.sync_api import Browser, expect

from local.system import LocalSystem
from tests.e2e.apart.offices import OFFICER, RABAT
from tests.e2e.desk import at_the_desk
from tests.e2e.people import People


def test_an_officer_enters_the_authorisation_in_four_keys_beside_its_number(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    """Also where the day of the device is another one than the country's."""
    case_id = people.held(RABAT)
    elsewhere = "Etc/GMT+12" if datetime.now(UTC).hour < 12 else "Etc/GMT-14"
    with at_the_desk(browser, system.origin, "fr", OFFICER, timezone_id=elsewhere) as officer:
        officer.picks(case_id)
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


def test_an_officer_does_on_the_page_what_the_guide_does_not_tell(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.held(RABAT)
    people.authorise(case_id, RABAT)
    frozen = {"amount": "1500", "currency": "MAD", "institution": "Banque d'essai"}
    for call, said in (("suspects", {}), ("freezes", frozen)):
        assert people.decide(case_id, call, said, "officer", RABAT).is_success
    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        page = officer.page
        officer.picks(case_id)
        assert officer.case() == case_id
        officer.begins("act_assign")
        officer.chooses("1")
        officer.enters("act_assign")
        expect(page.locator(".facts-line")).to_contain_text(OFFICER)
        officer.begins("act_freeze_step")
        officer.chooses("1", "2", "1")
        officer.enters("act_freeze_step")
        officer.begins("act_annul")
        officer.chooses("1")
        page.locator("#act-reason").fill("Saisie dans le mauvais dossier.")
        officer.enters("act_annul")
        officer.begins("act_pass")
        officer.chooses("1")
        page.locator("#act-ground_told").fill("Le procès-verbal du commissariat de Hassan.")
        officer.enters("act_pass")
        officer.begins("act_closure")
        officer.chooses("1")
        page.locator("#act-reference").fill("12/2026")
        officer.enters("act_closure")
        officer.begins("act_resume")
        page.locator("#act-reason").fill("La décision est celle d'un autre dossier.")
        officer.enters("act_resume")
        officer.presses("i")
        kinds = page.locator(".opened .button").all_inner_texts()
        place = next(
            at for at, each in enumerate(kinds, 1) if officer.texts["instruction_close"] in each
        )
        officer.chooses(str(place), "3")
        page.locator("#act-reference").fill("13/2026")
        officer.enters("act_instruct")
        expect(page.locator("main")).to_contain_text(officer.texts["endground_unknown_offender"])
    case = people.case(case_id, "officer", RABAT).json()
    assert case["closed"] == "closed_by_prosecutor"
    done = people.moves(case_id)
    for move in ("assign", "annul", "pass", "close", "resume"):
        assert move in done, move
    assert case["freezes"][0]["bond"] == "asked"


def test_what_was_typed_stays_where_the_case_changed_meanwhile(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.held(RABAT)
    with at_the_desk(browser, system.origin, "en", OFFICER) as officer:
        officer.picks(case_id)
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


def test_a_case_that_an_act_takes_elsewhere_is_gone_for_the_unit(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.held(RABAT)
    people.authorise(case_id, RABAT)
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        officer.picks(case_id)
        assert officer.case() == case_id
        officer.presses("i")
        officer.page.get_by_role("button", name=officer.texts["instruction_transfer"]).click()
        officer.page.locator("#act-unit").select_option("pj-04-441")
        officer.page.locator("#act-reference").fill("9/2026")
        officer.page.locator(".opened [type=submit]").click()
        work = officer.page.locator("main.work")
        expect(work).to_contain_text(officer.texts["act_instruct"])
        expect(work.locator(".unit-desk table:not([aria-busy=true])")).to_be_visible()
        expect(work.locator(f'tr[data-id="{case_id}"]')).to_have_count(0)
    assert people.case(case_id, "officer", RABAT).status_code == HTTPStatus.NOT_FOUND


def test_an_officer_informs_the_prosecutor_and_enters_that_the_authorisation_is_refused(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    case_id = people.held(RABAT)
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        page, texts = officer.page, officer.texts
        officer.picks(case_id)
        assert officer.case() == case_id
        officer.begins("act_inform")
        officer.chooses("2")
        form = page.locator(".opened")
        expect(form).to_contain_text(texts["export_first"])
        form.get_by_role("button", name=texts["act_dossier"]).click()
        page.get_by_role("button", name=texts["dossier_take"]).click()
        page.get_by_role("button", name=texts["print"]).wait_for()
        officer.presses("Escape")
        taken = page.locator("#act-export option:checked")
        expect(taken).to_contain_text(OFFICER)
        officer.enters("act_inform")
        officer.presses("i")
        kinds = form.get_by_role("button")
        expect(kinds.filter(has_text=texts["instruction_close"])).to_have_count(0)
        kinds.filter(has_text=texts["instruction_refuse"]).click()
        page.locator("#act-reference").fill("14/2026")
        officer.enters("act_instruct")
    case = people.case(case_id, "officer", RABAT).json()
    assert case["closed"] == "authorisation_refused"
    assert "inform" in people.moves(case_id)


def test_the_dossier_is_taken_once_somebody_says_so_as_a_package_and_for_print(
    browser: Browser, system: LocalSystem, people: People, tmp_path: Path
) -> None:
    told = "Une page vend des téléphones. Ma carte : AB123456."
    case_id = people.held(RABAT, narrative=told)
    people.authorise(case_id, RABAT)
    with at_the_desk(browser, system.origin, "ar", OFFICER) as officer:
        page = officer.page
        officer.picks(case_id)
        assert officer.case() == case_id
        officer.begins("act_dossier")
        dossier = page.locator(".dossier")
        expect(dossier).to_contain_text(officer.texts["dossier_said"])
        assert "export" not in people.moves(case_id)
        numbers = dossier.get_by_label(officer.texts["package_numbers"])
        expect(numbers.locator("option")).to_have_count(2)
        numbers.select_option(index=1)
        with page.expect_download() as saving:
            page.get_by_role("button", name=officer.texts["package_take"]).click()
        assert saving.value.suggested_filename == f"{case_id}.zip"
        saving.value.save_as(tmp_path / "saved.zip")
        saved = (tmp_path / "saved.zip").read_bytes()
        expect(dossier).to_contain_text(hashlib.sha256(saved).hexdigest())
        with zipfile.ZipFile(io.BytesIO(saved)) as package:
            assert package.read("dossier-ar.pdf").startswith(b"%PDF")
        (taken,) = (e for e in people.case(case_id).json()["history"] if e["move"] == "export")
        assert taken["data"]["order"] > 1, "print shows identity numbers on this decision"
        page.get_by_role("button", name=officer.texts["dossier_take"]).click()
        expect(dossier).to_contain_text("Une page vend des téléphones")
        expect(dossier).to_contain_text("Ma carte : ████████.")
        expect(dossier).not_to_contain_text("AB123456")
        expect(dossier).to_contain_text(OFFICER)
        assert people.moves(case_id).count("export") == 2, "the package, and the pages"
        found = officer.visitor.violations()
        page.emulate_media(media="print")
        expect(dossier.locator("article").first).to_be_visible()
        for each in (".rail", ".topbar", ".about", ".deciding"):
            expect(page.locator(each)).to_be_hidden()
        page.emulate_media(media="screen")
        officer.presses("Escape")
        expect(page.locator("section[aria-labelledby=done-title]")).to_contain_text(
            officer.texts["move_export"]
        )
    assert found == []


def test_an_officer_asks_for_an_identity_opens_it_and_believes_it(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    named = {"contact": {"email": "victime@example.org"}, "identity": {"name": "Une Victime"}}
    case_id = people.held(RABAT, disclosure={"kind": "identified", **named})
    with at_the_desk(browser, system.origin, "fr", OFFICER) as officer:
        page = officer.page
        officer.picks(case_id)
        assert officer.case() == case_id
        officer.begins("act_identity_ask")
        officer.chooses("1")
        page.locator("#act-motive").fill("La victime doit être entendue avant la fin du délai.")
        officer.enters("act_identity_ask")
        path = f"/v1/desk/cases/{case_id}/identity-requests"
        (asked,) = people.call("GET", path, "officer", RABAT).json()["requests"]
        release = {"outcome": "release", "reason": "Le motif est fondé."}
        path = f"cases/{case_id}/identity-requests/1/decision"
        released = people.person("supervisor").post(path, release, asked["etag"])
        assert released.is_success, released.text
        officer.begins("act_identities")
        page.get_by_role("button", name=officer.texts["identity_open"]).click()
        expect(page.locator(".dossier")).to_contain_text("Une Victime")
        found = officer.visitor.violations()
        page.get_by_role("button", name=officer.texts["act_identity_accept"]).click()
        officer.enters("act_identity_accept")
        assert "Une Victime" not in page.content()
    assert "identity_accepted" in people.moves(case_id)
    assert people.case(case_id, "officer", RABAT).json()["status"] == "acknowledged"
    assert found == []
