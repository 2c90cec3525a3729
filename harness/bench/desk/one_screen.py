"""Cases on one screen of 1366 × 768, drawn by a seed: each has two files, a joiner, a look-alike.

Strict: nothing in front scrolls, its columns included, and nothing is cut.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from PIL import Image
from playwright.sync_api import ViewportSize

from harness.bench.deployment import ROOT
from harness.bench.desk.room import Room
from harness.bench.targets import Figure
from harness.evaluation.predictions import EVALUATED_LANGUAGES, read_labelled_rows
from tests.e2e.desk import at_the_desk
from tests.e2e.people import People, a_phone, a_report, eventually

UNSEEN_REPORTS_FILE: Final = ROOT / "harness" / "evaluation" / "unseen.jsonl"
DRAW_SEED: Final = "20261202"
DRAWN_CASES: Final = 20
NOISE_WIDTH: Final = 60
"""Standard deviation of the grey of the pictures: no two are alike."""
ONE_SCREEN: Final[ViewportSize] = {"width": 1366, "height": 768}
ONE_SCREEN_LANGUAGES: Final = ("ar", "fr", "en")
IN_SIGHT_MS: Final = """id => new Promise(found => {
    const began = performance.now();
    location.hash = id;
    const look = () => {
        const end = document.querySelector('main.case [data-words-of]')?.getBoundingClientRect();
        if (end && end.bottom <= innerHeight) found(performance.now() - began);
        else requestAnimationFrame(look);
    };
    look();
})"""
"""Milliseconds from the key that opens a case until the end of its words is in sight."""
WRONG: Final = """() => {
    const wrong = [], page = document.documentElement;
    if (page.scrollHeight > innerHeight) wrong.push('the page scrolls');
    for (const node of document.querySelectorAll('main.case, main.case *')) {
        if (!node.checkVisibility() || node.closest('.hidden-text')) continue;
        const {overflowX, overflowY} = getComputedStyle(node);
        const name = node.getAttribute('aria-labelledby') ?? node.className;
        const high = node.scrollHeight - node.clientHeight;
        const wide = node.scrollWidth - node.clientWidth;
        if (overflowY !== 'visible' && high > 1) wrong.push(`${name}: ${high} higher`);
        if (overflowX !== 'visible' && wide > 1) wrong.push(`${name}: ${wide} wider`);
    }
    return wrong;
}"""


def figures(room: Room) -> Iterator[Figure]:
    """The figures of this file, and a line for each case that has no room."""
    room.console.print(f"Sending {DRAWN_CASES} cases with files, joiners and look-alikes …")
    cases = {_case_of(room.people, row): row["id"] for row in _drawn()}
    for case_id in cases:
        eventually(partial(_is_full, room.people, case_id), "the case is full")
    off = 0
    for language in ONE_SCREEN_LANGUAGES:
        with at_the_desk(room.browser, room.origin, language) as analyst:
            page = analyst.page
            page.set_viewport_size(ONE_SCREEN)
            for case_id, name in cases.items():
                analyst.opens(case_id)
                if page.locator(".covered").count():
                    analyst.presses("v")
                page.locator(".file-line").nth(1).wait_for()
                page.wait_for_load_state("networkidle")
                if wrong := page.evaluate(WRONG):
                    off += 1
                    room.console.print(f"{name}, {language}: {'; '.join(wrong)}")
    yield Figure("cases_off_one_screen", off)
    stated = room.people.in_review(danger_now=True)
    with at_the_desk(room.browser, room.origin, "fr") as analyst:
        yield Figure("danger_in_sight_ms", analyst.page.evaluate(IN_SIGHT_MS, stated))


def _drawn() -> list[dict[str, Any]]:
    rows = read_labelled_rows(UNSEEN_REPORTS_FILE)
    rows.sort(key=lambda row: hashlib.sha256(f"{DRAW_SEED} {row['id']}".encode()).digest())
    return rows[:DRAWN_CASES]


def _case_of(people: People, row: dict[str, Any]) -> str:
    """The case of a row of the evaluation, with what every case is given here."""
    phone = {"kind": "phone", "value": a_phone()}
    said = {
        "narrative": row["narrative"],
        "language": EVALUATED_LANGUAGES.get(row["lang"], "ar"),
        "category": row["claimed_category"],
        "role": row["role"],
    }
    accepted = people.submit(a_report(**said, locations=[phone]))
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    people.submit(a_report(locations=[phone]))
    alike = {**said, "narrative": _unnamed(row["narrative"])}
    people.await_wait(people.case_of(people.submit(a_report(**alike, locations=[]))))
    for name in ("capture.png", "virement.png"):
        _send_picture(people, accepted, name)
    return case_id


def _unnamed(narrative: str) -> str:
    """The words without those that hold an account, a number or an address: they look alike."""
    words = narrative.split()
    return " ".join(
        each for each in words if not set(each.strip(".,;:!?…»«")) & set("0123456789@./#_")
    )


def _send_picture(people: People, accepted: dict[str, Any], name: str) -> None:
    picture = io.BytesIO()
    Image.effect_noise((320, 240), NOISE_WIDTH).save(picture, "PNG")
    content = picture.getvalue()
    given = people.slot(accepted, {"name": name, "size": len(content)}).json()
    form = [(field, (None, value)) for field, value in given["uploads"][0]["fields"].items()]
    people.http.post("/upload", files=[*form, ("file", ("x", content))])


def _is_full(people: People, case_id: str) -> bool:
    """Whether the joiner and the previews of both files are there.

    Likeness is estimated with a key of the deployment, so a few look-alikes are not found.
    """
    view = people.case(case_id).json()
    files = view["reports"][0].get("files") or []
    return len(view["reports"]) > 1 and [each.get("shown") for each in files] == [1, 1]
