"""Which language a text is written in: Arabic, Darija in either script, French, English, Spanish.

By its commonest words, which suffice for sentences and cost microseconds. Measured against the
synthetic reports in docs/triage.md; `py3langid` knows no Darija and weighs 58 MB.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Final, Literal

from casework.wording import Word

Language = Literal["ar", "ary", "ary-Latn", "fr", "en", "es"]

FILE: Final = Path(__file__).with_name("lexicons") / "common" / "languages.json"
_ARABIC: Final = re.compile(r"[\u0621-\u064a]")
_ARABIZI: Final = re.compile(r"^(?=.*[a-z])[a-z]*[23579][a-z0-9]*$")
_DARIJA_VERB: Final = re.compile(r"^(?:و|ف)?(?:كي|كت|كن|غاي|غات|غان|مك)[\u0621-\u064a]{3,}$")


def language_of(words: list[Word]) -> Language | None:
    """The language most words speak for; None when none does."""
    arabic = sum(1 for word in words if _ARABIC.match(word.text))
    if arabic * 2 > sum(1 for word in words if not word.text.isdigit()):
        darija = sum(1 for word in words if _is_darija(word.text))
        return "ary" if darija * 12 >= arabic else "ar"
    scores: dict[Language, float] = dict.fromkeys(("ary-Latn", "fr", "en", "es"), 0.0)
    for word in words:
        for language in scores:
            scores[language] += word.text in _common()[language]
        scores["ary-Latn"] += 1.5 * bool(_ARABIZI.match(word.text) and not word.text[0].isdigit())
    best = max(scores, key=lambda each: scores[each])
    return best if scores[best] else None


def _is_darija(word: str) -> bool:
    return word in _common()["ary"] or bool(_DARIJA_VERB.match(word))


@cache
def _common() -> dict[str, frozenset[str]]:
    return {
        language: frozenset(words.split())
        for language, words in json.loads(FILE.read_text("utf-8"))["common"].items()
    }
