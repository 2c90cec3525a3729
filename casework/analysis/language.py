"""Which language a text is written in: Arabic, Darija in either script, French, English, Spanish.

The commonest words suffice for sentences and cost microseconds. Measured on the synthetic reports
in harness/evaluation/RESULTS.md; `py3langid` knows no Darija and weighs 58 MB.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Final, Literal

from casework.analysis.concepts import FoldedWord
from casework.analysis.lexicon import LANGUAGES_FOLDER, LEXICON_LANGUAGES

TextLanguage = Literal["ar", "ary", "ary-Latn", "fr", "en", "es"]

FILE: Final = LANGUAGES_FOLDER / "common" / "languages.json"
_ARABIC: Final = re.compile(r"[\u0621-\u064a]")
_ARABIZI: Final = re.compile(r"^(?=.*[a-z])[a-z]*[23579][a-z0-9]*$")
_DARIJA_VERB: Final = re.compile(r"^(?:و|ف)?(?:كي|كت|كن|غاي|غات|غان|مك)[\u0621-\u064a]{3,}$")


def detect_language(words: list[FoldedWord]) -> TextLanguage | None:
    """The language with the most common words in the text; None without any."""
    arabic = sum(1 for word in words if _ARABIC.match(word.text))
    if arabic * 2 > sum(1 for word in words if not word.text.isdigit()):
        darija = sum(1 for word in words if _is_darija(word.text))
        return "ary" if darija * 12 >= arabic else "ar"
    scores: dict[TextLanguage, float] = dict.fromkeys(("ary-Latn", "fr", "en", "es"), 0.0)
    for word in words:
        for language in scores:
            scores[language] += word.text in _common()[language]
        scores["ary-Latn"] += 1.5 * bool(_ARABIZI.match(word.text) and not word.text[0].isdigit())
    best = max(scores, key=lambda each: scores[each])
    return best if scores[best] else None


def _is_darija(word: str) -> bool:
    return word in _common()["ary"] or bool(_DARIJA_VERB.match(word))


def lexicons_for_text(words: list[FoldedWord], language: TextLanguage | None) -> frozenset[str]:
    """The lexicons for a text: Arabic always, and of the Latin ones those of its languages.

    People mix Darija with French, and seldom other languages. A word of one language is often a
    different word of another ("con", "sale"), so another lexicon is read only where its own words
    stand in the text.
    """
    if language is None or language in ("ar", "ary"):
        return LEXICON_LANGUAGES
    own = {each: sum(word.text in _own()[each] for word in words) for each in _own()}
    most = max(own.values(), default=0)
    mixed = {each for each, said in own.items() if said * 3 >= most > 0}
    if language == "ary-Latn":
        mixed.add("fr")
    return frozenset({"ar", "ary", language, *mixed})


@cache
def _own() -> dict[str, frozenset[str]]:
    """Common words that no other Latin language has."""
    known = {each: _common()[each] for each in ("ary-Latn", "fr", "en", "es")}
    return {
        each: words.difference(*(others for other, others in known.items() if other != each))
        for each, words in known.items()
    }


@cache
def _common() -> dict[str, frozenset[str]]:
    return {
        language: frozenset(words.split())
        for language, words in json.loads(FILE.read_text("utf-8"))["common"].items()
    }
