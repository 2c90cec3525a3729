"""Files of reporters at the desk: covered previews, originals by motive, look-alike pictures."""

from __future__ import annotations

import json
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from casework.aws.table import keys
from casework.decisions.file_access import FILE
from casework.pack.jurisdiction import open_pack
from local.hold_release import use_aws
from local.people import demo_people
from local.staff import LocalStaff
from local.system import LocalSystem
from tests.e2e.desk import at_the_desk
from tests.e2e.people import People, a_report, eventually
from tests.unit.test_alike_pictures import drawn, spread
from tests.unit.test_known_material import file_of, manifest
from tools import known_lists


@pytest.fixture(scope="module", autouse=True)
def _staff(system: LocalSystem) -> None:
    LocalStaff(system).ensure(demo_people({}))


def send_file(people: People, accepted: dict[str, Any], name: str, content: bytes) -> None:
    """The reporter sends the first file of a report, and it is kept and looked into."""
    given = people.slot(accepted, {"name": name, "size": len(content)}).json()
    form = [(field, (None, value)) for field, value in given["uploads"][0]["fields"].items()]
    people.http.post("/upload", files=[*form, ("file", ("x", content))])
    file = keys.file_key(accepted["reference"], 1)
    eventually(lambda: "preview" in people.item(file), "the file is kept and looked into")


def test_a_preview_stays_covered_until_it_is_asked_for(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    """With the words that a machine reads on it, Arabic and French, which join nothing."""
    accepted = people.submit(a_report())
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    chat = browser.new_page(viewport={"width": 900, "height": 360})
    chat.set_content(
        "<body style='font: 32px sans-serif'><p dir=rtl lang=ar>ارسل المبلغ إلى الرقم قبل المساء"
        "<p lang=fr>Envoie tout au 06 12 34 56 78</body>"
    )
    send_file(people, accepted, "capture.exe", chat.screenshot())
    chat.close()

    with at_the_desk(browser, system.origin, "fr") as analyst:
        analyst.opens(case_id)
        line = analyst.page.locator(".report li", has_text="capture.exe")
        expect(line).to_contain_text(analyst.texts["file_type_png"])
        expect(line).to_contain_text(analyst.texts["file_scan_not_scanned"])
        expect(line.locator("canvas")).to_have_count(0)
        assert seen_by(people, case_id) == []
        line.get_by_role("button", name=analyst.texts["preview_see"]).click()
        expect(line.locator("canvas")).to_have_attribute("width", "900")
        expect(line).to_contain_text(analyst.texts["preview_read_hint"])
        for read in ("المبلغ", "06 12 34 56 78", "+212612345678"):
            expect(line).to_contain_text(read)
        line.get_by_role("button", name=analyst.texts["preview_cover"]).click()
        expect(line.locator("canvas")).to_have_count(0)
        assert analyst.visitor.violations() == []
    assert len(seen_by(people, case_id)) == 1
    assert "file_opened" not in people.moves(case_id)


def seen_by(people: People, case_id: str) -> list[dict[str, Any]]:
    """The marks of who saw a preview."""
    return [each for each in people.audited(case_id)["marks"] if each["kind"] == "file_seen"]


def test_an_analyst_opens_a_file_by_motive_and_saves_what_the_reporter_sent(
    browser: Browser, system: LocalSystem, people: People, tmp_path: Path
) -> None:
    """Evidence case E11.

    The service hands it over in three parts. The browser opens and compares; nothing of the file is
    shown on the page.
    """
    accepted, film = people.submit(a_report()), os.urandom(7_000_000)
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    send_file(people, accepted, "film\u202egpj.exe", film)

    with at_the_desk(browser, system.origin, "ar") as analyst:
        analyst.opens(case_id)
        line = analyst.page.locator(".report li", has_text="U+202E")
        expect(line).to_contain_text(analyst.texts["file_kept"])
        line.get_by_role("button", name=analyst.texts["file_open"]).click()
        # The field has the focus; letters beside it decide nothing, and Esc leaves the question.
        expect(line.get_by_role("textbox")).to_be_focused()
        analyst.page.keyboard.press("Escape")
        button = line.get_by_role("button", name=analyst.texts["file_open"])
        expect(button).to_be_focused()
        button.press("Enter")
        analyst.page.locator("h1").first.click()
        analyst.page.keyboard.type("capture")
        line.get_by_role("textbox").fill("قراءة رقم الحساب في الشريط")
        with analyst.page.expect_download() as saving:
            analyst.page.keyboard.press("Control+Enter")
        assert saving.value.suggested_filename == f"{accepted['reference']}-1.bin"
        saving.value.save_as(tmp_path / "saved")
        assert (tmp_path / "saved").read_bytes() == film
        expect(line).to_contain_text(analyst.texts["file_saved"])
        assert analyst.visitor.violations() == []
    moves = people.moves(case_id)
    assert (moves.count("file_opened"), moves.count("confirm")) == (1, 0)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_two_people_open_a_file_of_the_gravest_kinds(
    browser: Browser, system: LocalSystem, people: People, tmp_path: Path, language: str
) -> None:
    """Evidence case E36.

    One asks and waits, another refuses, then admits; the first reads why, and opens. Each act is an
    entry.
    """
    film = os.urandom(2_000)
    accepted = people.submit(a_report(category="terrorism"))
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    send_file(people, accepted, "film.mp4", film)
    motive, reason = "Reconnaître le lieu filmé.", "Le motif ne suffit pas encore."

    with (
        at_the_desk(browser, system.origin, language) as first,
        at_the_desk(browser, system.origin, language, name="Second analyst") as second,
    ):
        texts = first.texts
        first.opens(case_id)
        first.presses("v")
        line = first.page.locator(".report li", has_text="film.mp4")
        for outcome in ("refuse", "admit"):
            line.get_by_role("button", name=texts["file_ask"]).click()
            expect(line.get_by_role("textbox")).to_be_focused()
            line.get_by_role("textbox").fill(motive)
            first.page.keyboard.press("Control+Enter")
            expect(line).to_contain_text(texts["file_waits"].partition("{")[0])
            expect(line.get_by_role("button", name=texts["file_open"])).to_have_count(0)

            second.page.reload()
            asked = second.page.locator(".openings article", has_text=accepted["reference"])
            for told in (motive, "film.mp4", "First analyst"):
                expect(asked).to_contain_text(told)
            answer = asked.get_by_role("button", name=texts[f"asking_{outcome}"], exact=True)
            answer.click()
            expect(asked).to_contain_text(texts["custody_no_reason"])
            asked.get_by_role("textbox").fill(reason)
            answer.click()
            expect(second.page.locator(".openings")).to_contain_text(
                texts[f"asking_{outcome}_done"]
            )
            expect(asked).to_have_count(0)
            if outcome == "refuse":
                expect(line).to_contain_text(texts["file_refused_second"])
                expect(line).to_contain_text(reason)
        expect(line).to_contain_text(texts["file_admitted"].partition("{")[0])
        expect(line).to_contain_text("Second analyst")
        with first.page.expect_download() as saving:
            line.get_by_role("button", name=texts["file_open"]).click()
        saving.value.save_as(tmp_path / "saved")
        assert (tmp_path / "saved").read_bytes() == film
        expect(line).to_contain_text(texts["file_saved"])
        assert first.visitor.violations() == second.visitor.violations() == []
    acts = [move for move in people.moves(case_id) if move.startswith("file_")]
    assert acts == ["file_asked", "file_refused", "file_asked", "file_admitted", "file_opened"]
    with at_the_desk(browser, system.origin, language, name="Auditor") as auditor:
        auditor.page.locator("#audited").fill(case_id)
        auditor.presses("Enter")
        row = auditor.page.locator(".chain tr", has_text=auditor.texts["move_file_opened"]).last
        for each in (accepted["reference"], "film.mp4", motive, "First analyst"):
            expect(row).to_contain_text(each)
        held = row.get_by_text(f'"{FILE}":1')
        expect(held).not_to_be_visible()
        row.get_by_text(auditor.texts["audit_data"]).click()
        expect(held).to_be_visible()
        assert auditor.visitor.violations() == []


def test_a_hash_whose_picture_stayed_on_the_phone_names_the_case_of_one_that_looks_alike(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    first, case_id = (people.in_review(pictures=[each]) for each in ("a5c3" * 16, "a5c7" * 16))

    def alike() -> Any:
        (report,) = people.case(case_id).json()["reports"]
        return report["hashes"][0].get("alike")

    eventually(alike, "the other picture is found")
    with at_the_desk(browser, system.origin, "ar", color_scheme="dark") as analyst:
        analyst.opens(case_id)
        expect(analyst.page.get_by_text(analyst.texts["hash_only"])).to_be_visible()
        link = analyst.page.locator(f'a[href="#{first}"]')
        expect(link.first).to_be_visible()
        far = analyst.texts["picture_alike_far"].replace("{n}", "16")
        expect(analyst.page.locator("li", has=link).first).to_contain_text(far)
        assert analyst.visitor.violations() == []
        # People act on it as on any look-alike: side by side, merged or kept apart.
        analyst.presses("g")
        expect(analyst.page.locator(".sides .report")).to_have_count(2)
        analyst.presses("h")
        analyst.page.locator(".deciding .opened").wait_for()
        analyst.presses("1")
        expect(analyst.page.locator("main").get_by_role("status")).to_contain_text(
            analyst.texts["keep_apart"]
        )
    assert people.case(case_id).json()["apart"] == [first]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_hashes_that_come_in_a_burst_are_one_line_and_all_of_them_open(
    browser: Browser, system: LocalSystem, people: People, language: str
) -> None:
    seen = drawn()
    burst_of = [people.submit(a_report(pictures=[spread(seen, far)])) for far in range(1, 11)]
    for sent in burst_of:
        people.case_of(sent)  # two that are linked at the same moment may not see each other
    case_id = people.in_review(pictures=[seen])

    def is_full() -> Any:
        (report,) = people.case(case_id).json()["reports"]
        return report["hashes"][0]["alike_more"]

    eventually(is_full, "the other pictures are found")
    with at_the_desk(browser, system.origin, language) as analyst:
        analyst.opens(case_id)
        beside = analyst.page.locator(".report .post > div")
        burst = beside.locator("summary")
        # One line, or two where the hour was full meanwhile.
        expect(burst.first).to_contain_text(
            analyst.texts["picture_alike_burst"].partition("{n}")[0].strip()
        )
        assert beside.locator("> ul > li").count() <= 2
        expect(beside).to_contain_text(analyst.texts["picture_alike_full"])
        all_of_them = beside.get_by_role("button", name=analyst.texts["picture_alike_all"])
        all_of_them.press("Enter")
        expect(beside).to_contain_text(analyst.texts["picture_alike_end"].replace("{n}", "10"))
        expect(all_of_them).to_have_count(0)
        for each in burst.all():
            each.press("Enter")
        expect(beside.locator("a:visible")).to_have_count(10)
        assert analyst.visitor.violations() == []


def test_a_list_that_an_operator_loads_is_asked_and_a_match_is_shown_with_what_it_suggests(
    browser: Browser, system: LocalSystem, people: People, tmp_path: Path
) -> None:
    listed = "5a3c" * 16
    delivered = file_of(listed)
    told = manifest(delivered, name="synthetic-e2e", version=uuid.uuid4().hex[:8])
    lines = (f"{name} = {json.dumps(said)}" for name, said in told.model_dump(mode="json").items())
    (tmp_path / "list.txt").write_bytes(delivered)
    (tmp_path / "list.toml").write_text("\n".join(lines), encoding="utf-8")

    def ask(references: list[str]) -> list[str]:
        function = system.outputs["ReprocessFunction"]
        called = json.dumps({"references": references}).encode()
        answer = system.aws.functions.invoke(FunctionName=function, Payload=called)
        return [str(each) for each in json.loads(answer["Payload"].read())["failed"]]

    outputs = system.outputs
    place = known_lists.ListStage(
        outputs["ListsBucket"], outputs["CaseTable"], ask, open_pack("ma")
    )
    case_id = people.in_review(pictures=["5a3d" * 16])
    before = people.case(case_id).json()
    with use_aws(system.aws):
        list(
            known_lists.load_list_version(
                place, tmp_path / "list.txt", tmp_path / "list.toml", datetime.now(UTC), go=True
            )
        )
    try:
        with use_aws(system.aws):
            list(known_lists.repeat_missing_lookups(place, go=True))
        with at_the_desk(browser, system.origin, "fr") as analyst:
            analyst.opens(case_id)
            line = analyst.page.locator(".report li", has_text="synthetic-e2e")
            expect(line).to_contain_text(analyst.texts["known_found_known"])
            expect(line).to_contain_text(analyst.texts["picture_alike_far"].replace("{n}", "16"))
            expect(line).to_contain_text("Synthetic: drawn for a test")
            suggested = analyst.texts["known_suggests"].partition("{what}")[0]
            expect(line).to_contain_text(suggested)
            assert analyst.visitor.violations() == []
    finally:
        with use_aws(system.aws):
            list(
                known_lists.withdraw_list_version(
                    place, "synthetic-e2e", datetime.now(UTC), go=True
                )
            )
            list(known_lists.tidy(place, go=True))
    after = people.case(case_id).json()
    assert (after["priority"], after["status"]) == (before["priority"], before["status"])


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_equal_files_and_a_refused_one_are_told(
    browser: Browser, system: LocalSystem, people: People, language: str
) -> None:
    """Across two cases for an analyst; and what found no room in its report."""
    content = os.urandom(2_000)
    first, second = (people.submit(a_report()) for _ in range(2))
    for accepted in (first, second):
        people.await_wait(people.case_of(accepted))
        send_file(people, accepted, "capture.bin", content)
    for name in ("film 2.mp4", "film 3.mp4", "film 4.mp4", "film 5.mp4"):
        people.slot(first, {"name": name, "size": 25 * 2**20})
    same = keys.clue_key(people.item(keys.file_key(second["reference"], 1))["same"])
    eventually(lambda: len(people.item(same)["vouched"]) > 1, "both are named under their bytes")

    with at_the_desk(browser, system.origin, language) as analyst:
        analyst.opens(people.case_of(first))
        line = analyst.page.locator(".report li", has_text="capture.bin")
        expect(line).to_contain_text(analyst.texts["file_same"])
        expect(line).to_contain_text(second["reference"])
        refused = analyst.page.locator(".report li", has_text="film 5.mp4")
        expect(refused).to_contain_text(analyst.texts["file_why_too_much"])
        expect(refused).to_contain_text(analyst.texts["file_refused_at"].split("{")[0].strip())
        assert analyst.visitor.violations() == []
