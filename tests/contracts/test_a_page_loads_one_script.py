"""The built pages: one script each, the desk's in parts, and everything that they name is there."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.aws.http import response_headers
from tests.shared import once
from tools.site import desk
from tools.site.build import build
from tools.site.scripts import IMPORTED_SCRIPT_PREFIX, begun_with, loaded_at_need
from tools.site.sizes import LIMITS, STAFF_HTML_PAGE, everything_of_staff, over_budget, sizes

WITHOUT = {"404.html", *(f"{each}/404.html" for each in ("ar", "en", "es", "fr"))}
"""Pages that need no script, beside those that lead away."""
NAMED_BY_CONTENT = re.compile(
    r"([a-z]+|plex-[a-z0-9-]+)-([0-9A-Z]{8}|[0-9a-f]{10})\.(js|css|json|svg|woff2)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "one-script", lambda place: build("ma", place))


def built(site: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every page."""
    for file in sorted(site.rglob("*.html")):
        yield file.relative_to(site).as_posix(), file.read_text(encoding="utf-8")


def scripts(text: str) -> list[str]:
    return re.findall(r'<script[^>]* src="([^"]+)"', text)


def at_once(source: str) -> set[str]:
    """The parts that a script needs to begin."""
    return set(re.findall(r'(?:from|import)"\./([^"]+)"', source))


def at_need(source: str) -> set[str]:
    """The parts that it loads when somebody needs them."""
    return set(re.findall(r'\bimport\("\./([^"]+)"\)', source))


def test_every_page_names_one_script_and_one_style_sheet(site: Path) -> None:
    seen = 0
    for name, text in built(site):
        alone = name.endswith("/verify/index.html")
        none = name in WITHOUT or name.endswith("/exit/index.html") or alone
        assert len(scripts(text)) == (0 if none else 1), name
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
        # The renderer of the API's reference brings its styles with its script, and the page that
        # verifies a proof is one file.
        assert len(sheets) == (0 if name == "reference/index.html" or alone else 1), name
        seen += 1
    assert seen > 4 * 7


def test_a_page_of_the_portal_asks_at_once_for_all_that_its_script_begins_with(site: Path) -> None:
    """Later a report alone loads more: the drawing of its receipt, its files, and what computes
    the hash of a picture."""
    sources = {
        file.name: file.read_text("utf-8")
        for file in (site / "assets").glob("*.js")
        if not is_of_the_desk(file)
    }
    begun, later = set[str](), set[str]()
    for name, text in built(site):
        if name in {STAFF_HTML_PAGE, "reference/index.html"}:
            continue
        named = {each.removeprefix("/assets/") for each in scripts(text)}
        preloaded = set(re.findall(r'<link rel="modulepreload" href="/assets/([^"]+)"', text))
        needed = {each for one in named for each in at_once(sources[one])}
        assert preloaded == needed, name
        assert not {each for one in needed for each in at_once(sources[one])} - needed, name
        assert len(preloaded) <= 1, name
        begun |= named | preloaded
        later |= {each for one in named for each in at_need(sources[one])}
    assert {each.partition("-")[0] for each in later} == {"qr", "files", "print"}
    assert begun | later == set(sources)


def is_of_the_desk(script: Path) -> bool:
    return script.name.startswith(f"{IMPORTED_SCRIPT_PREFIX}-")


def test_the_desk_begins_with_one_script_and_loads_the_rest_at_need(site: Path) -> None:
    sources = {
        file.name: file.read_text("utf-8")
        for file in (site / "assets").glob("*.js")
        if is_of_the_desk(file)
    }
    (begins,) = scripts((site / STAFF_HTML_PAGE).read_text("utf-8"))
    first = begins.removeprefix("/assets/")
    assert begun_with(sources[first]) == set()
    at_need = {name for each in sources.values() for name in loaded_at_need(each).values()}
    shared = set[str]().union(*(begun_with(sources[each]) for each in at_need)) - {first}
    assert set(sources) == {first} | at_need | shared
    for name in at_need:
        assert first in begun_with(sources[name]), name
    for name in shared:  # one without a need of others is shared as it is
        assert begun_with(sources[name]) <= {first} | shared, name


def test_every_part_of_the_desk_names_words_that_are_there(site: Path) -> None:
    sources = [
        file.read_text("utf-8") for file in (site / "assets").glob(f"{IMPORTED_SCRIPT_PREFIX}-*.js")
    ]
    parts = {name for each in sources for name in loaded_at_need(each)}
    page = (site / STAFF_HTML_PAGE).read_text("utf-8")
    (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    for code, each in json.loads(block).items():
        first = json.loads((site / each["words"].lstrip("/")).read_text("utf-8"))
        assert set(first["parts"]) == parts, code
        there = set(first["texts"])
        for address in {one for those in first["parts"].values() for one in those}:
            there |= set(json.loads((site / address.lstrip("/")).read_bytes()).get("texts", {}))
        assert there == desk.keys(), code


def test_every_script_style_sheet_and_list_is_named_by_its_content(site: Path) -> None:
    """A file that changes has another name, so a browser may keep it for a year."""
    names = [file.name for file in (site / "assets").iterdir()]
    assert names
    for name in names:
        assert NAMED_BY_CONTENT.fullmatch(name), name
    for _, text in built(site):
        for address in [*scripts(text), *re.findall(r'<link [^>]*href="([^"]+)"', text)]:
            kept = (
                response_headers.find_path_rule(address).cache == response_headers.CACHE_IMMUTABLE
            )
            assert kept == address.startswith("/assets/"), address


def test_a_browser_keeps_everything_that_the_desk_loads_for_a_year(site: Path) -> None:
    files = everything_of_staff(site)
    assert {file.suffix for file in files} == {".js", ".css", ".json", ".svg", ".woff2"}
    assert {file for file in files if file.suffix == ".js"} == {
        file for file in (site / "assets").glob("*.js") if is_of_the_desk(file)
    }
    for file in files:
        assert (
            response_headers.find_path_rule(f"/{file.relative_to(site)}").cache
            == response_headers.CACHE_IMMUTABLE
        ), file.name


def test_the_desk_has_one_limit_for_all_it_can_load(site: Path, tmp_path: Path) -> None:
    """A script that is loaded at need counts as one that the page begins with, and so do words."""
    assert 0 < sizes(site)["desk"] <= LIMITS["desk"] == 300_000
    (begins,) = scripts((site / STAFF_HTML_PAGE).read_text("utf-8"))
    files = everything_of_staff(site) - {site / begins.lstrip("/")}
    for kind in (".js", ".json"):
        grown = tmp_path / kind
        shutil.copytree(site, grown)
        (file, *_) = sorted(each for each in files if each.suffix == kind)
        with (grown / file.relative_to(site)).open("ab") as more:
            more.write(random.Random(1).randbytes(LIMITS["desk"]).hex().encode())
        assert [each.partition(":")[0] for each in over_budget(grown)] == ["desk"], kind


def test_everything_that_a_page_names_is_there(site: Path) -> None:
    for name, text in built(site):
        for address in re.findall(r'(?:href|src|action)="(/[^"#?]*)', text):
            row = response_headers.find_path_rule(address)
            file = site / address.lstrip("/")
            there = (file / "index.html").is_file() if address.endswith("/") else file.is_file()
            assert there or row.source is response_headers.PageSource.API, f"{name}: {address}"
        for block in re.findall(r'<script type="application/json" id="data">(.*?)</script>', text):
            places = json.loads(block).get("places")
            assert bool(places) == name.endswith("/report/index.html"), name
            if places:
                assert (site / places.lstrip("/")).is_file(), f"{name}: {places}"
    for manifest in site.glob("*/app.webmanifest"):
        for icon in json.loads(manifest.read_text("utf-8"))["icons"]:
            assert (site / icon["src"].lstrip("/")).is_file(), icon
