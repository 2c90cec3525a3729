"""Text of people as it can be set: nothing acts, nothing turns its neighbours round, nothing is
lost.

A text becomes pieces, each of a kind: `t` is plain, `m` is of a machine (numbers, addresses,
digests) and is set left to right wherever it stands. What has no glyph or turns text round is
written out as `<U+202E>`. The words themselves stand in `record.json` as they were typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from functions.dossier.glyphs import font_characters

Piece = list[str]
"""Kind, and the text in parts between which a line may end. Nothing stands between them: a word
that is copied or searched is the word that was typed."""

_DIRECTIONS: Final = frozenset("\u200e\u200f\u061c")
"""Marks that draw nothing and only order what is beside them: pieces have an order of their own."""
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MACHINE: Final = re.compile(r"https?://[^\s<>\u0590-\u08ff]{1,2000}|\+?[0-9][0-9 .\-]{5,200}[0-9]")
MAX_RUN_LENGTH: Final = 32
"""Characters after which a word without a space may be broken."""
_A_RUN: Final = re.compile(rf"\S{{{MAX_RUN_LENGTH}}}(?=\S)")
_MARKS: Final = frozenset({"Mn", "Me", "Mc"})
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


@dataclass(frozen=True)
class DocumentFonts:
    """The fonts of a document, in the order in which they are tried."""

    files: tuple[Path, ...]

    def draw(self, text: str) -> bool:
        """Whether one of them has all of these characters."""
        return any(all(ord(each) in font_characters(file) for each in text) for file in self.files)

    def drawable_text(self, text: str) -> str:
        """The text as far as it can be drawn; the rest is written out, and line ends are spaces."""
        return "".join(self._shown(text))

    def _shown(self, text: str) -> Iterator[str]:
        base = ""
        for each in text:
            if each in "\n\r\t\u2028\u2029":
                yield " "
                base = ""
            elif each in _DIRECTIONS:
                continue
            elif each in _TURNING or not self._fits(base, each):
                yield f"<U+{ord(each):04X}>"
                base = ""
            else:
                yield each
                base = base if unicodedata.category(each) in _MARKS else each

    def _fits(self, base: str, each: str) -> bool:
        kind = unicodedata.category(each)
        if kind[0] == "C":
            return False
        return self.draw(base + each if kind in _MARKS else each)


def break_long_runs(text: str) -> list[str]:
    """The text in parts, so that every long run without a space may be broken between two."""
    parts, at = list[str](), 0
    for found in _A_RUN.finditer(text):
        parts.append(text[at : found.end()])
        at = found.end()
    return [*parts, text[at:]]


def starts_right_to_left(text: str) -> bool:
    """Whether the first letter of a text is of a script that is written from the right."""
    for each in text:
        way = unicodedata.bidirectional(each)
        if way in _RIGHT_TO_LEFT:
            return True
        if way == "L":
            return False
    return False


def split_runs(fonts: DocumentFonts, text: str) -> list[Piece]:
    """A line of words: what is a number or an address in them keeps its order."""
    found, at = list[Piece](), 0
    for match in _MACHINE.finditer(text):
        found += [["t", text[at : match.start()]], ["m", match[0]]]
        at = match.end()
    found.append(["t", text[at:]])
    return [[kind, *break_long_runs(fonts.drawable_text(each))] for kind, each in found if each]


def layout_paragraphs(fonts: DocumentFonts, text: str) -> list[dict[str, object]]:
    """Words in paragraphs, each in the direction of its first letter."""
    lines: Sequence[str] = text.replace("\r\n", "\n").split("\n")
    return [
        {"rtl": starts_right_to_left(each), "pieces": split_runs(fonts, each)} for each in lines
    ]


def join_runs(parts: Iterable[list[Piece]], between: str) -> list[Piece]:
    """Several texts one after the other."""
    told = list[Piece]()
    for number, part in enumerate(parts):
        told += [["t", between], *part] if number else part
    return told
