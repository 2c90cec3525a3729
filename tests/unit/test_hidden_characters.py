"""Names of files are shown with their hidden characters, with and without JavaScript alike."""

from __future__ import annotations

import re

import pytest

from functions.intake.hidden_characters import HIDDEN_CHARACTERS_PATTERN, mark_hidden
from functions.intake.html import html_element
from infra.assets import ROOT

IN_THE_BROWSER = re.compile(r"^const HIDDEN = /\[(.*)\]/g;$", re.MULTILINE)


def test_both_pages_mark_the_same_characters() -> None:
    source = (ROOT / "web" / "portal" / "hidden-characters.ts").read_text("utf-8")
    (found,) = IN_THE_BROWSER.findall(source)
    there = re.compile(f"[{found}]")
    every = list(map(chr, range(0x10000)))
    assert list(filter(there.match, every)) == list(filter(HIDDEN_CHARACTERS_PATTERN.match, every))


@pytest.mark.parametrize(
    "turning", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
def test_what_turns_a_name_round_is_written_out(turning: str) -> None:
    shown = str(html_element("p", mark_hidden(f"film{turning}gpj.exe")))
    assert turning not in shown
    assert f'film<bdi class="mark" dir="ltr">U+{ord(turning):04X}</bdi>gpj.exe' in shown


@pytest.mark.parametrize("name", ["صورة\u200cها.jpg", "capture.png", "👩\u200d👧.heic", "é<b>.txt"])
def test_a_name_in_any_script_is_shown_as_it_is(name: str) -> None:
    assert mark_hidden(name) == [name]
