"""Each part of the desk comes with the words that it shows, and a page with no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site import desk
from tools.site.desk_words import (
    EXCLUDED_NAME_LISTS,
    UsedWords,
    deal_out_words,
    missing_word_lines,
    part_names,
)
from tools.site.messages import MessagesWrong
from tools.site.scripts import BEHIND, STAFF, StaffScripts, bundled_for_staff

KEYS = desk.keys()


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> StaffScripts:
    assets = tmp_path_factory.mktemp("site") / "site" / "assets"
    assets.mkdir(parents=True)
    return bundled_for_staff(assets)


def test_each_text_that_sources_write_comes_with_every_part_that_holds_them(
    scripts: StaffScripts,
) -> None:
    dealt = deal_out_words(scripts, KEYS)
    for part, sources in {"": scripts.begins, **scripts.parts}.items():
        assert UsedWords.by(sources).of(KEYS) <= dealt.there(part), part


def test_a_page_carries_no_words_of_what_few_people_open(scripts: StaffScripts) -> None:
    dealt = deal_out_words(scripts, KEYS)
    at_first = dealt.there("") | dealt.there(BEHIND)
    for part in ("board", "audit", "duty", "form"):
        assert dealt.parts[part] - at_first, part
        assert not dealt.parts[part] & dealt.page, part
    assert len(dealt.there("")) < len(KEYS) / 5


def test_a_text_that_a_part_can_ask_for_and_does_not_carry_is_an_error(
    scripts: StaffScripts,
) -> None:
    every = scripts.begins.union(*scripts.parts.values())
    nothing: dict[Path, list[str]] = {each: [] for each in every}
    assert list(missing_word_lines(scripts, KEYS, nothing)) == []
    asked = {**nothing, STAFF / "find.tsx": ["audit_broken", "find_label"]}
    assert list(missing_word_lines(scripts, KEYS, asked)) == [
        "web/desk/find.tsx: audit_broken does not come with find"
    ]
    asked = {**nothing, STAFF / "desk.tsx": ["audit_broken"]}
    assert list(missing_word_lines(scripts, KEYS, asked)) == [
        "web/desk/desk.tsx: audit_broken does not come with the page"
    ]


def test_a_text_that_no_part_uses_is_an_error(scripts: StaffScripts) -> None:
    with pytest.raises(MessagesWrong) as wrong:
        deal_out_words(scripts, {*KEYS, "nonsense"})
    assert wrong.value.findings == ("web/desk/messages: nonsense is not used",)


def test_the_page_itself_uses_no_list_of_names(scripts: StaffScripts) -> None:
    inside = {*scripts.begins, STAFF / "unit-or-office.tsx"}
    with pytest.raises(MessagesWrong) as wrong:
        deal_out_words(StaffScripts("", frozenset(inside), scripts.parts), KEYS)
    assert any("words.units" in each for each in wrong.value.findings)
    assert {"units", "courts"} < set(EXCLUDED_NAME_LISTS)


@pytest.mark.parametrize(
    "source",
    [
        'const Part = lazy(() => import("./board"));',
        'const Part = later("case", () => import("./board").then((part) => part.Board));',
        "const name = said(section, id);",
        "const name = t(`${section}_${id}`);",
    ],
)
def test_a_part_without_its_words_and_a_section_without_a_name_are_errors(
    source: str, tmp_path: Path
) -> None:
    (tmp_path / "room.tsx").write_text(source, encoding="utf-8")
    with pytest.raises(MessagesWrong) as wrong:
        part_names(tmp_path)
    assert len(wrong.value.findings) == 1


def test_words_are_found_however_they_are_named(tmp_path: Path) -> None:
    source = tmp_path / "room.tsx"
    source.write_text(
        't("yes"); t(late ? "late" : "no"); t(`status_${status}`); said("reason", id);'
        'choice<Kind>("means", "informing", []); options("danger", ids); words.units[id];',
        encoding="utf-8",
    )
    used = UsedWords.by([source])
    keys = {
        "yes", "no", "late", "status_closed", "reason_minor", "informing_here", "danger_life",
        "statuses", "means_cash", "audit_broken",
    }  # fmt: skip
    assert used.of(keys) == keys - {"statuses", "means_cash", "audit_broken"}
    assert used.names == {"units"}
