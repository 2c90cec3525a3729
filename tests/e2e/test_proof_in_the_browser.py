"""A page verifies a proof in the browser, from a disk and without a network, as the tool does."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from casework.aws.http import response_headers
from tests.e2e.portal import AXE, FIND, LANGUAGES, MESSAGES, WCAG
from tests.proofs import FORGED, HONEST, NARRATIVE, PICTURE, REFERENCE, Log, a_key, a_proof
from tools import verify_log

LINES = """() => [...document.querySelectorAll('#found li')].map(
    each => [each.className, each.querySelector('code').textContent])"""
SAID = {"ok": "ok", "FAIL": "fail", "note": "note"}
NO_ED25519 = """
    const known = crypto.subtle.importKey.bind(crypto.subtle);
    SubtleCrypto.prototype.importKey = (form, key, kind, ...more) => kind.name === 'Ed25519'
        ? Promise.reject(new DOMException('unknown', 'NotSupportedError'))
        : known(form, key, kind, ...more);"""


@pytest.fixture
def page(browser: Browser) -> Page:
    """A browser without a network."""
    return browser.new_context(offline=True).new_page()


def saved(portal: Path, folder: Path, language: str = "en") -> Path:
    """The page as somebody saved it: one file."""
    file = folder / "verify.html"
    file.write_bytes((portal / language / "verify" / "index.html").read_bytes())
    return file


def asked(page: Page, folder: Path, document: Any, key: Path, kept: Path | None = None) -> None:
    """The files are given to the page, and it says what holds."""
    (folder / "proof.json").write_text(json.dumps(document), encoding="utf-8")
    page.locator("#proof").set_input_files(folder / "proof.json")
    page.locator("#key").set_input_files(key)
    if kept is not None:
        page.locator("#copy").set_input_files(kept)
    page.locator("button").click()
    expect(page.locator("#found .result")).not_to_be_empty()


def by_the_tool(
    folder: Path, key: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> list[list[str]]:
    """What `tools/verify_log.py` says: verdict and name of each check, and each note."""
    capsys.readouterr()
    verify_log.main([str(folder / "proof.json"), str(key), *more])
    said = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    return [[SAID[each[0]], each[1]] for each in said if each and each[0] in SAID]


@pytest.mark.parametrize("name", FORGED)
def test_the_page_finds_what_the_tool_finds(
    page: Page, portal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Evidence case E14: each check by its name, in its order, for honest and forged proofs."""
    whole, log = a_proof(tmp_path)
    document = copy.deepcopy(whole)
    FORGED[name](document)
    page.goto(saved(portal, tmp_path).as_uri())
    asked(page, tmp_path, document, log.key)
    tool = by_the_tool(tmp_path, log.key, capsys)
    try:
        assert page.evaluate(LINES) == [each for each in tool if "cannot be read" not in each[1]]
    finally:
        shown = page.locator("#found .result").all_inner_texts()
    good = all(verdict != "fail" for verdict, _ in tool)
    assert (MESSAGES["en"].texts["verify.holds"] in shown) == good
    assert good == (name in HONEST)
    if not good:
        assert page.locator("pre").count() == 0, "no word is shown of what does not hold"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_saved_page_works_without_a_network_in_each_language(
    page: Page, portal: Path, tmp_path: Path, language: str
) -> None:
    document, log = a_proof(tmp_path)
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda each: requests.append(each.url))
    page.on("console", lambda each: complaints.append(each.text))
    page.on("pageerror", lambda each: complaints.append(str(each)))
    file = saved(portal, tmp_path, language)
    page.goto(file.as_uri())
    asked(page, tmp_path, document, log.key)
    texts = MESSAGES[language].texts
    expect(page.locator("#found .result")).to_have_text(texts["verify.holds"])
    expect(page.locator("h2")).to_have_text(texts["verify.words"])
    told = page.locator("pre").all_inner_texts()
    assert told[1].strip() == NARRATIVE.replace("\u202e", "U+202E")
    assert told[3].strip() == "9", "the size of the file"
    assert json.loads(told[4]) == {"text": "Il a écrit encore."}
    assert PICTURE.hex() in page.locator("#found").inner_text()
    assert (requests, complaints) == ([file.as_uri()], [])
    assert page.evaluate(AXE) == 0
    assert page.evaluate(FIND, WCAG) == []


def test_the_page_of_the_service_connects_to_nothing(
    browser: Browser, portal: Path, tmp_path: Path
) -> None:
    """With the headers of its address; a script that got into it could send nothing."""
    document, log = a_proof(tmp_path)
    page = browser.new_context().new_page()
    address = "https://portal.example/fr/verify/"
    content = (portal / "fr" / "verify" / "index.html").read_text(encoding="utf-8")
    headers = {
        **response_headers.find_path_rule("/fr/verify/").headers,
        "Content-Type": "text/html",
    }
    page.route("**", lambda route: route.fulfill(body=content, headers=headers))
    page.goto(address)
    asked(page, tmp_path, document, log.key)
    expect(page.locator("#found .result")).to_have_text(MESSAGES["fr"].texts["verify.holds"])
    sends = "() => fetch('https://portal.example/x').then(() => 'sent', () => 'refused')"
    assert page.evaluate(sends) == "refused"
    runs = """() => { const one = document.createElement('script');
        try { one.textContent = 'window.ran = 1'; } catch { return 'refused'; }
        document.body.append(one); return window.ran ? 'ran' : 'refused'; }"""
    assert page.evaluate(runs) == "refused"


def test_a_browser_without_ed25519_says_so_and_vouches_for_nothing(
    page: Page, portal: Path, tmp_path: Path
) -> None:
    document, log = a_proof(tmp_path)
    page.add_init_script(NO_ED25519)
    page.goto(saved(portal, tmp_path).as_uri())
    asked(page, tmp_path, document, log.key)
    texts = MESSAGES["en"].texts
    expect(page.locator("#found .result")).to_have_text(texts["verify.no_ed25519"])
    assert ["cannot", "the key of the log signed its checkpoint"] in page.evaluate(LINES)
    assert page.locator("pre").count() == 0


@pytest.mark.parametrize("size", [3, 8, 11, 14])
def test_a_copy_of_the_log_is_compared_as_the_tool_does(
    page: Page, portal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    """Shorter, as long, longer; and one that was signed anew behind its begin."""
    document, log = a_proof(tmp_path)
    for forked in (False, True):
        entries = [*log.entries, *(bytes([each]) * 32 for each in range(5))][:size]
        entries[0] = bytes(32) if forked else entries[0]
        kept = Log(entries, log.key, log.sign).copy_into(tmp_path / f"copy-{forked}")
        page.goto(saved(portal, tmp_path).as_uri())
        asked(page, tmp_path, document, log.key, kept)
        tool = by_the_tool(tmp_path, log.key, capsys, "--copy", str(kept))
        assert page.evaluate(LINES) == tool
        assert any(verdict == "fail" for verdict, _ in tool) == (forked or size < len(log.entries))


def test_what_is_missing_of_a_copy_is_named(page: Page, portal: Path, tmp_path: Path) -> None:
    document, log = a_proof(tmp_path)
    kept = log.copy_into(tmp_path / "copy")
    page.goto(saved(portal, tmp_path).as_uri())
    for name in ("tile/entries/000.p/11", "checkpoint"):
        (kept / name).unlink()
        asked(page, tmp_path, document, log.key, kept)
        expect(page.locator("#found .result")).to_contain_text(f"there is no {name}")
        (kept / name).write_text("other")  # a folder without files is none to a browser


def test_what_is_no_proof_or_no_key_is_named(page: Page, portal: Path, tmp_path: Path) -> None:
    document, log = a_proof(tmp_path)
    page.goto(saved(portal, tmp_path).as_uri())
    asked(page, tmp_path, {"figures": []}, log.key)
    expect(page.locator("#found .result")).to_contain_text("no proof")
    none = tmp_path / "none.pem"
    none.write_text("none")
    asked(page, tmp_path, document, none)
    expect(page.locator("#found .result")).to_contain_text("the key")
    other, _ = a_key(tmp_path, "other.pem")
    asked(page, tmp_path, document, other)
    assert ["fail", "the key of the log signed its checkpoint"] in page.evaluate(LINES)
    assert REFERENCE in page.locator("#found").inner_text()
