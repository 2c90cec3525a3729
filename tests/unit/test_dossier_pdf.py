"""What people typed comes out of a printed dossier as they typed it, and does nothing in it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from functions.dossier.pdf_document import load_fonts, typeset_pdf
from functions.dossier.text_runs import (
    MAX_RUN_LENGTH,
    DocumentFonts,
    break_long_runs,
    layout_paragraphs,
    starts_right_to_left,
)
from tests.integration.packages import beside
from tools.verify_dossier import canonical

FOOT = 50.0
"""Points from the lower edge: below stands the number of the page."""
LINE = 3.0
"""Points by which the characters of a line differ at most."""
HOSTILE = (
    "#let x = 1 #panic() $a^2$ *gras* _i_ @ref <label> // rien /* rien */ \\ `code`",
    "<script>alert(1)</script> & &amp; \"guillemets\" 'apostrophes' -- ---",
    "https://exemple.example/a?b=c&d=e 06 00 00 45 67",
    "اتصل بي على 06 00 00 45 67 قبل الغد",
    "ⴰⵣⵓⵍ azul é̀ ñ",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beside(tmp_path_factory.mktemp("beside")).fonts


@pytest.fixture(scope="module")
def fonts(folder: Path) -> DocumentFonts:
    return load_fonts(folder)


def document_of(folder: Path, text: str, language: str) -> dict[str, Any]:
    return {
        "lang": language,
        "title": "Dossier",
        "day": [2026, 11, 29],
        "foot": [],
        "attached": "données",
        "blocks": [{"kind": "words", "words": layout_paragraphs(load_fonts(folder), text)}],
    }


def made(folder: Path, text: str, language: str = "ar") -> str:
    """What a reader of a page sees from left to right, without spaces. It is put in order by where
    characters stand: the order in which a PDF holds them is another one where scripts mix."""
    pdf = pypdfium2.PdfDocument(
        typeset_pdf(document_of(folder, text, language), b"{}", fonts=folder)
    )
    found = list[tuple[float, float, str]]()
    try:
        for number, page in enumerate(pdf):
            told = page.get_textpage()
            for at in range(told.count_chars()):
                left, bottom, _, _ = told.get_charbox(at, loose=True)
                if bottom > FOOT:
                    found.append((number * 1_000 - bottom, left, told.get_text_range(at, 1)))
    finally:
        pdf.close()
    shown, line, lower = "", list[tuple[float, str]](), 0.0
    for place, left, each in [*sorted(found), (float("inf"), 0.0, "")]:
        if place > lower + LINE and line:
            shown, line = shown + "".join(told for _, told in sorted(line)), []
        line.append((left, each))
        lower = place
    return "".join(shown.split())


def read(folder: Path, text: str, language: str) -> str:
    """The text as PDFium extracts it for search and copy; line ends and the spaces that do not
    break are spaces."""
    pdf = pypdfium2.PdfDocument(
        typeset_pdf(document_of(folder, text, language), b"{}", fonts=folder)
    )
    try:
        return " ".join(pdf[0].get_textpage().get_text_range().split())
    finally:
        pdf.close()


ARABIC = (
    "تم تحويل المال إلى الحساب",
    "تحويلات وحوالة وردت ثم سويت",
    "اتصل على 06 00 00 45 67 قبل الغد",
    "الرابط https://exemple.example/a1b2?c=3&d=4 وصل",
    "هدد بالنشر لو لم يدفع المال قبل الغروب",
)


@pytest.mark.parametrize("text", ARABIC)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_arabic_words_numbers_and_links_are_found_as_they_were_typed(
    folder: Path, text: str, language: str
) -> None:
    """Evidence case E44."""
    told = read(folder, text, language)
    missing = [word for word in text.split() if word not in told]
    assert not missing, told
    if language == "ar" and "https" not in text:  # PDFium reads a line as most of its letters go
        assert text in told


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_digest_or_a_link_has_no_sign_that_nobody_typed(folder: Path, language: str) -> None:
    """Evidence case E44."""
    digest, link = "0123456789abcdef" * 4, "https://exemple.example/" + "a1/b2" * 20
    told = read(folder, f"{digest}\n{link}", language)
    assert digest in told
    assert link in told.replace(" ", "")
    assert all(each.isascii() for each in told)


@given(text=st.text(alphabet="ab 1/", max_size=200))
def test_a_text_in_parts_is_the_text_and_no_part_runs_on(text: str) -> None:
    parts = break_long_runs(text)
    assert "".join(parts) == text
    assert all(len(run) <= MAX_RUN_LENGTH for part in parts for run in part.split())


@pytest.mark.parametrize("text", HOSTILE[:3])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_markup_code_and_numbers_come_out_as_typed(folder: Path, text: str, language: str) -> None:
    """Evidence case E18."""
    assert "".join(text.split()) in made(folder, text, language)


def test_the_longest_narrative_is_set_within_two_seconds(folder: Path) -> None:
    """Evidence case E18: 20,000 characters, with 10,000 digits in a row and every script."""
    text = "\n".join(HOSTILE * 40)[:9_999] + "\n" + "7" * 10_000
    began = time.process_time()
    told = made(folder, text)
    assert time.process_time() - began < 2
    assert told.count("7") >= 10_000


def test_what_turns_text_round_is_written_out(fonts: DocumentFonts) -> None:
    """Evidence case E11."""
    name = "\u202egpj.exe \u2066../..\u2069\r\n\x00\u200f" + "x" * 300
    shown = fonts.drawable_text(name)
    assert fonts.drawable_text("a\u200bb") == "a<U+200B>b", "what draws nothing is written out, too"
    assert shown.startswith("<U+202E>gpj.exe <U+2066>../..<U+2069>  <U+0000>x")
    assert all(each.isprintable() for each in shown)


@given(text=st.text(max_size=60))
def test_every_text_is_of_what_the_fonts_draw(fonts: DocumentFonts, text: str) -> None:
    assert all(fonts.draw(each) for each in fonts.drawable_text(text))


def test_a_mark_stands_on_its_letter_only_where_one_font_has_both(
    fonts: DocumentFonts, folder: Path
) -> None:
    text = "\u2d30\u064b e\u0301 \U0001f600 \ufe0f"
    assert fonts.drawable_text(text) == "\u2d30<U+064B> e\u0301 <U+1F600> <U+FE0F>"
    assert "<U+1F600>" in made(folder, text)


def test_a_paragraph_runs_as_its_first_letter_does(fonts: DocumentFonts) -> None:
    assert starts_right_to_left("12 نص")
    assert not any(map(starts_right_to_left, ("a نص", "123", "")))
    (arabic,) = layout_paragraphs(fonts, HOSTILE[3])
    assert arabic["rtl"] is True
    assert "['m', '06 00 00 45 67']" in str(arabic["pieces"])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_the_verifier_writes_json_as_the_history_was_hashed(value: Any) -> None:
    assert canonical(json.loads(json.dumps(value))) == rfc8785.dumps(value)
