"""Words that are prose and no account: `insta: norasalmi` names one, `insta: merci` none.

`words.txt` has folded words of Darija in Latin letters, French, English and Spanish, without words
that only end differently. They come from the lexicons and the synthetic reports. A new word is a
line there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import re2

FILE: Final = Path(__file__).with_name("words.txt")
_SHORTEST_STEM: Final = 5
_LONGEST_ENDING: Final = 3
"""Letters after a known word that keep it the same word: `menace`, `menacent`."""
_LONGEST_WORD: Final = 13
"""From this length an ending no longer identifies a word: accounts consist of several."""
_SURE_ENDINGS: Final = re2.compile(r"(?:[aeiu]ments?|mente|[tscx]ions?|ciones)$")
"""Endings that no account of several words has."""
_ENDINGS: Final = re2.compile(
    r"(?:[tscx]i[oó]n(?:s|es)?|ments?|iques?|[ai]bles?|is[mt][aeo]s?|[ae]n[ct](?:es?|ias?)|eu(?:rs?|x|[sv]es?)"
    r"|aires?|ai(?:t|ent|s)|ettes?|eries?|ieres?|iers?|ies?|ings?|ly|less|ful|ness|ous|ery|i[ct]s|it(?:y|ies)|ship|wards?|[ai]d[ao]s?"
    r"|(?:a|ie)ndo|(?:ndo|r)(?:[mts]e|nos|l[aoe]s?)|[dts]ores|os[ao]s?|ional(?:es)?|mente|dad(?:es)?|[aeu][gj]es?|ites?|i(?:fs?|ves?)|(?:nn|ll|tt|ss)es?|ees|ures?|oirs?|oires?)$"
)
_DARIJA: Final = re2.compile(
    r"(?:(?:ka|ta|gha)[nty]?[^aeiou]|[mtnly][^aeiouyhr]|ma[a-z]+(?:ch|sh)$|tt|ms|kh[^aeiou])"
)
_VERB: Final = re2.compile(r"ka[nty][a-z]{2}|gha[nty]|m[bdghjklnqwxz][a-z]")
"""The beginnings of Darija words, whose spelling no list covers."""


def is_prose_word(word: str) -> bool:
    """Whether a word of letters is a word of sentences."""
    word = word.lower()
    if _VERB.match(word):
        return True
    stems = range(max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING), len(word) + 1)
    if word in _words() or any(word[:end] in _words() for end in stems):
        return True
    ended = _ENDINGS if len(word) <= _LONGEST_WORD else _SURE_ENDINGS
    return ended.search(word) is not None


def may_be_darija(word: str) -> bool:
    """Whether it begins like a verb or participle of Darija: `mbloki`, `tpirata`."""
    return _DARIJA.match(word.lower()) is not None


@cache
def _words() -> frozenset[str]:
    return frozenset(FILE.read_text("utf-8").split())
