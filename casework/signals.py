"""What a report says, made ready for the rules: concepts, where they stand, and what was set aside.

Set aside is what the words alone would misread: negated ("he did not pay"), a figure of speech ("my
mother will kill me if I am late"), a film or a game, a newspaper's account of terrorism. It stays
visible, so that the reason can say what was not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from casework.language import Language, language_of, lexicons_for
from casework.lexicon import ARABIZI
from casework.quantities import ages_in, sums_in
from casework.wording import Hit, aloud, hits, spelled_out, words_of

AGE_LIMIT: Final = 18
YOUNGEST: Final = 3

_FICTION_HIDES: Final = ("threat.", "terror.", "weapon", "attack", "suicide", "at_place")
_PRESS_HIDES: Final = ("terror.",)
_CONTEXTS: Final = ("figure", "fiction", "press")


@dataclass(frozen=True)
class Signals:
    """What was said, by concept."""

    counted: dict[str, list[Hit]]
    """Concept → what raised it; concepts that are no words have no hits."""
    set_aside: dict[str, list[Hit]] = field(default_factory=dict)
    """Why → what was not counted: negated, figure, fiction, press."""
    language: Language | None = None

    def has(self, either: str) -> bool:
        """Whether one of `a|b` was said."""
        return any(concept in self.counted for concept in either.split("|"))

    def sentences(self, either: str) -> set[int]:
        """The sentences one of `a|b` stands in."""
        return {
            hit.sentence for concept in either.split("|") for hit in self.counted.get(concept, ())
        }

    def entries(self, either: str) -> Iterator[str]:
        """The lexicon entries that raised one of `a|b`."""
        for concept in either.split("|"):
            for hit in self.counted.get(concept, ()):
                yield hit.entry


def signals_in(text: str, said: Iterable[str] = ()) -> Signals:
    """Read a narrative. `said` are concepts the reporter ticked or gave as facts."""
    plain = words_of(text)
    language = language_of(plain)
    read = lexicons_for(plain, language)
    words = spelled_out(plain, (language,) if language else ())
    if language == ARABIZI:
        words = aloud(words)
    found = hits(words, read)
    figures = [hit for hit in found if hit.concept == "figure"]
    places = {name: {hit.sentence for hit in found if hit.concept == name} for name in _CONTEXTS}
    counted: dict[str, list[Hit]] = {concept: [] for concept in said}
    aside: dict[str, list[Hit]] = {}
    for hit in found:
        why = _set_aside(hit, figures, places)
        if why is None:
            counted.setdefault(hit.concept, []).append(hit)
        else:
            aside.setdefault(why, []).append(hit)
    for at, age in ages_in(words):
        if YOUNGEST <= age < AGE_LIMIT:
            hit = Hit("minor.age", f"age:{age}", at, at + 1, words[at].sentence, False, True)
            counted.setdefault("minor.age", []).append(hit)
    for at in sums_in(words):
        hit = Hit("money.amount", "amount", at, at + 1, words[at].sentence, False, True)
        counted.setdefault("money.amount", []).append(hit)
    return Signals(counted, aside, language)


def _set_aside(hit: Hit, figures: list[Hit], places: dict[str, set[int]]) -> str | None:
    if hit.negated:
        return "negated"
    if hit.concept in _CONTEXTS:
        return None
    if any(each.start < hit.end and hit.start < each.end for each in figures):
        return "figure"
    if hit.sentence in places["fiction"] and hit.concept.startswith(_FICTION_HIDES):
        return "fiction"
    if hit.sentence in places["press"] and hit.concept.startswith(_PRESS_HIDES):
        return "press"
    return None
