"""The scripts are of their types, each with its words, and a style sheet has no rule for what no
page of its room has: staff load nothing of the portal's, and reporters nothing of the desk's."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.pack.jurisdiction import open_pack
from tools.site import build
from tools.site.styles import (
    STYLES,
    DrawnElements,
    drawn_in,
    elements_in_sources,
    resolve_style_sheet,
    unused_selector_lines,
)
from tools.site.typed import TypedValues, type_check

pytestmark = pytest.mark.xdist_group("types of scripts")  # the compiler runs once
MADE = DrawnElements(
    frozenset({"html", "body", "p", "a", "th", "thead"}), frozenset({"told", "late", "report"})
)


@pytest.fixture(scope="module")
def typed() -> TypedValues:
    return type_check(build.PortalSources(open_pack("ma")).messages)


@pytest.fixture(scope="module")
def of_rooms(typed: TypedValues) -> dict[str, DrawnElements]:
    """What the pages of each room are made of."""
    return {room: drawn_in(room, typed.drawn) for room in STYLES}


def test_each_part_of_the_desk_carries_all_that_the_types_of_its_sources_let_it_ask_for(
    typed: TypedValues,
) -> None:
    assert typed.texts
    assert build.staff_lacks(typed.texts) == []


def test_each_rule_of_a_room_is_for_elements_and_classes_of_its_pages(typed: TypedValues) -> None:
    assert build.of_no_page(typed) == []


@pytest.mark.parametrize(
    ("room", "rule"),
    [
        ("desk", ".emergency { color: red }"),
        ("desk", "progress { margin: 0 }"),
        ("portal", ".tray p { margin: 0 }"),
        ("portal", "dialog { margin: 0 }"),
    ],
)
def test_a_rule_of_the_other_room_is_found(
    of_rooms: dict[str, DrawnElements], room: str, rule: str
) -> None:
    style = resolve_style_sheet(room)
    assert len([*unused_selector_lines(f"{style}\n{rule}", of_rooms[room])]) == 1


def test_the_desk_loads_no_rule_of_the_portal_alone_and_the_reverse() -> None:
    desk, portal = (STYLES[room].read_text(encoding="utf-8") for room in ("desk", "portal"))
    assert ".emergency" in portal
    assert portal not in resolve_style_sheet("desk")
    assert desk not in resolve_style_sheet("portal")


@pytest.mark.parametrize(
    "rule",
    [
        ".told { margin: .35rem }",
        "p.told > a:hover::before { content: '.nothing { }' }",
        '[dir="rtl"] :is(.told, .late) a[href=".pdf"] { content: "\\2190" / "" }',
        ":lang(ar):is(p, a):not(:lang(fr)) { color: red }",
        "@media (max-width: 34.5rem) { .late #anything { margin: 0 } }",
        "thead th:nth-child(2n) { margin: 0 } /* .nothing { } */",
        "@keyframes late { from { visibility: hidden } }",
        ":root { --line: #fff }",
        "*, *::before { margin: 0 }",
    ],
)
def test_what_a_page_has_may_have_a_rule(rule: str) -> None:
    assert [*unused_selector_lines(rule.replace("'", '"'), MADE)] == []


@pytest.mark.parametrize(
    ("rule", "lacking"),
    [
        (".told, .tray { margin: 0 }", [".tray"]),
        ("@media print { p.told.later { margin: 0 } }", [".later"]),
        (".told:not(.covered) { margin: 0 }", [".covered"]),
        ("figure > p { margin: 0 }", ["figure"]),
        (":is(.told, dl) dt { margin: 0 }", ["dl", "dt"]),
    ],
)
def test_what_no_page_has_is_named(rule: str, lacking: list[str]) -> None:
    found = [*unused_selector_lines(rule, MADE)]
    assert [each.partition(":")[0] for each in found] == [f"no page has {one}" for one in lacking]


def test_python_writes_elements_and_classes(tmp_path: Path) -> None:
    source = tmp_path / "page.py"
    source.write_text(
        'look = "button quiet"\n'
        'html_element("p", html_element("b", "told"), class_="a b" if wrong else "c")\n'
        'html_element("button", class_=look)\n'
        'self._field("name", class_="short")\n'
    )
    assert elements_in_sources([source]) == DrawnElements(
        frozenset({"p", "b", "button"}), frozenset({"a", "b", "c", "button", "quiet", "short"})
    )
