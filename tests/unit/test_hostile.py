"""The trial of hostile strings sees what it is there to see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.hostile.corpus import BODIES, NoStrings, project_strings, strings_of
from harness.hostile.pages import Page, foreign
from harness.hostile.trial_run import is_legal

PLAIN = '<p><bdi class="typed">mot</bdi></p><textarea name="a">\nmot</textarea>'


@pytest.mark.parametrize(
    ("shown", "more"),
    [
        ("&lt;b&gt;", set()),
        ('appel du <bdi dir="ltr">0661234567</bdi>', set()),
        ("<b>x</b>", {("b", "")}),
        ('<bdi onclick="x">y</bdi>', {("bdi", "onclick")}),
        ("</bdi><script>x</script>", {("script", "")}),
    ],
)
def test_typed_text_that_became_markup_is_found(shown: str, more: set[tuple[str, str]]) -> None:
    assert foreign(PLAIN.replace("mot", shown, 1), PLAIN) == more


def test_the_shown_text_of_a_page_is_read_as_by_a_browser() -> None:
    page = Page(
        '<input type="text" value="&quot;a&amp;b"><textarea>\n\n &lt;x</textarea>'
        '<bdi class="typed">le <bdi dir="ltr">06</bdi> !</bdi><b>no</b>'
    )
    assert page.shown == ['"a&b', "\n <x", "06", "le 06 !"]


@pytest.mark.parametrize(
    ("text", "legal"),
    [("a", True), ("a\r\n\t", True), ("\u202e🙂", True), ("aaaaa", False), (" \n", False)]
    + [(f"a{control}", False) for control in "\x00\x07\r\x7f\x85\ud800"],
)
def test_legal_texts_of_a_field_are_known_beforehand(text: str, legal: bool) -> None:
    assert is_legal(text, 4) is legal


def test_strings_are_read_from_lines_and_from_a_list(tmp_path: Path) -> None:
    lines, listed = tmp_path / "lines.txt", tmp_path / "list.json"
    lines.write_bytes("é\n\n# a\nb\n".encode() + b"caf\xe9\nb\n")
    assert strings_of(lines) == ["é", "# a", "b", "café"]
    listed.write_text(json.dumps(["a\nb", "\ud800", "a\nb", 7, ""]), "utf-8")
    assert strings_of(listed) == ["a\nb", "\ud800"]
    for content in ("{}", "", "[]", "[7]"):
        listed.write_text(content, "utf-8")
        with pytest.raises(NoStrings):
            strings_of(listed)


def test_the_shipped_strings_are_of_every_kind() -> None:
    strings = project_strings()
    assert len(strings) == len(set(strings)) > 200
    assert len(BODIES) > 30
    for sign in (
        "<script",
        "\u202e",
        "\u200b",
        "🙂",
        "=cmd",
        "../",
        "{{",
        "DROP",
        "\ud800",
        "\x1b",
    ):
        assert any(sign in each for each in strings), sign
    assert {len(each) for each in strings} >= {200, 201, 2_048, 2_049, 20_000, 20_001}
