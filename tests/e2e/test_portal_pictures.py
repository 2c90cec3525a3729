"""Somebody blackmailed sends what a picture looks like, computed in the browser, and no picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from casework.hash_lists.perceptual_hash import hamming_distance
from casework.report.examination import FileType
from functions.examine.pdq import compute_pdq
from functions.examine.pictures import decode_picture
from local.system import LocalSystem
from tests.e2e.people import People, a_report, eventually
from tests.e2e.portal import LANGUAGES, MESSAGES, Visitor, a_visitor
from tests.e2e.walks import SMALL
from tests.unit.test_examining import drawn, saved

TURNED = Image.Exif()
TURNED[0x0112] = 6  # held on its side (Exif 3.0, tag Orientation)
SEE_THROUGH = drawn(5).convert("RGBA")
SEE_THROUGH.putalpha(Image.linear_gradient("L").resize(SEE_THROUGH.size))
PICTURES = {
    "a photograph of twelve million pixels": (
        saved(drawn(1, (4000, 3000)), "JPEG", quality=85),
        FileType.JPEG,
    ),
    "a screenshot": (saved(drawn(2, (1080, 2340)), "PNG"), FileType.PNG),
    "held on its side": (saved(drawn(3), "JPEG", exif=TURNED), FileType.JPEG),
    "see-through": (saved(SEE_THROUGH, "PNG"), FileType.PNG),
    "smaller than the square": (saved(drawn(7, (300, 260)), "WEBP", lossless=True), FileType.WEBP),
}
FEW: int = 8
"""Bits by which a browser and the examiner may differ: each makes a large picture smaller."""
BLANK = saved(Image.new("RGB", (640, 480), (9, 9, 9)), "PNG")


@contextmanager
def at_the_narrative(browser: Browser, origin: str, language: str) -> Iterator[Visitor]:
    with a_visitor(browser, origin, language, **SMALL) as visitor:
        visitor.goes_to("")
        visitor.page.get_by_role("link", name=visitor.t("way.blackmailed"), exact=True).tap()
        visitor.sees("report.safety")
        visitor.goes_on()
        visitor.sees("report.narrative")
        visitor.writes("narrative", "…")
        yield visitor


def chosen(page: Page, *contents: bytes) -> None:
    files: list[FilePayload] = [
        {"name": "x", "mimeType": "image/png", "buffer": each} for each in contents
    ]
    page.locator("#print").set_input_files(files)


def test_the_hashes_of_a_browser_are_those_of_the_examiner_and_no_picture_leaves_it(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    with at_the_narrative(browser, system.origin, "ar") as visitor:
        page, sent = visitor.page, list[Any]()
        scripts = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
        assert not [each for each in scripts if "print" in each], "loaded when it is asked for"
        visitor.presses("report.picture")
        page.locator("#print").wait_for()
        page.on("request", lambda request: sent.append(request))
        chosen(page, BLANK)
        expect(page.get_by_role("status").get_by_text(visitor.t("print.bare"))).to_be_visible()
        chosen(page, b"no picture")
        expect(page.get_by_role("status").get_by_text(visitor.t("print.unread"))).to_be_visible()
        chosen(page, *(content for content, _ in PICTURES.values()))
        expect(page.locator("ul.files > li")).to_have_count(len(PICTURES), timeout=60_000)
        assert visitor.violations() == []
        for step in ("report.money", "report.place", "report.disclosure", "report.check"):
            visitor.goes_on()
            visitor.sees(step)
            if step == "report.money":
                visitor.chooses("lost-no")
            if step == "report.disclosure":
                visitor.chooses("disclosure")
        with page.expect_request("**/v1/reports") as posted:
            visitor.goes_on()
        reference, _ = visitor.codes()
        came = visitor.t("note.pictures").format(count=len(PICTURES))
        expect(page.get_by_text(came)).to_be_visible()
        bodies = [each.post_data_buffer for each in sent if each.method != "GET"]
    hashes = (posted.value.post_data_json or {})["pictures"]
    expected = {
        name: compute_pdq(decode_picture(content, kind)) or ""
        for name, (content, kind) in PICTURES.items()
    }
    far = {
        name: hamming_distance(one, other)
        for (name, one), other in zip(expected.items(), hashes, strict=True)
    }
    assert max(far.values()) <= FEW, far
    assert bodies == [posted.value.post_data_buffer]
    assert len(bodies[0] or b"") < 2_000, "hashes, and no picture"

    other = people.submit(a_report(pictures=[expected["a screenshot"]]))
    case_id = people.case_of(other)

    def named() -> list[str]:
        (report,) = people.case(case_id).json()["reports"]
        return [each["report"] for each in report["hashes"][0].get("alike", ())]

    assert eventually(named, "the other picture is named") == [reference]


def test_the_words_of_this_part_are_loaded_in_each_language(
    browser: Browser, system: LocalSystem
) -> None:
    for language in LANGUAGES:
        with a_visitor(browser, system.origin, language, **SMALL) as visitor:
            visitor.stands_at("report.narrative", way="blackmailed", came=True)
            visitor.presses("report.picture")
            for key in ("print.lead", "print.limits", "print.choose"):
                text = MESSAGES[language].texts[key]
                expect(visitor.page.get_by_text(text)).to_be_visible()
            data = visitor.page.evaluate("JSON.parse(document.querySelector('#data').textContent)")
            assert "print.lead" not in data["texts"]
