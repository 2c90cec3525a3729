"""The signals of a report for the rules: concepts with their positions, and what was set aside.

The words alone would misread some passages: negated ones ("he did not pay"), figures of speech ("my
mother will kill me if I am late"), accusations against the reporter, a film or a game, a
newspaper's account of terrorism, a journalist's quotations. These are set aside and stay visible,
so that the reason can name them.

An event that is long ago and over counts for the category and raises no alarm (`alarming`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from casework.analysis.clock_times import find_clock_times
from casework.analysis.concepts import (
    ConceptHit,
    FoldedWord,
    add_sounds,
    expand_spellings,
    find_concepts,
    split_folded_words,
)
from casework.analysis.language import TextLanguage, detect_language, lexicons_for_text
from casework.analysis.lexicon import ARABIZI_LEXICON
from casework.analysis.quantities import find_ages, find_birth_years, find_money_sums

AGE_LIMIT: Final = 18
MIN_STATED_AGE_YEARS: Final = 3

_DANGER: Final = ("threat.", "terror.", "weapon", "attack", "suicide", "at_place")
_FICTION_HIDES: Final = (*_DANGER, "captive")
_JEST_HIDES: Final = ("threat.", "weapon", "suicide", "blackmail")
_PRESS_HIDES: Final = ("terror.",)
_QUOTATION_HIDES: Final = (*_DANGER, "captive", "hate.", "blackmail", "publish", "demand")
_OVER_HIDES: Final = (*_QUOTATION_HIDES, "farewell", "despair", "intimate")
_GOES_ON: Final = ("demand", "suicide", "captive", "at_place")
"""Concepts that are not over where the text says them of today, whatever else is long ago."""
_SPANS_HIDE: Final = {
    "accused": (
        *("threat.", "weapon", "attack", "captive", "terror."),
        *("sexwork", "drug", "medicine", "papers", "contraband", "scam", "paid", "money.sent"),
        "suicide",
    ),
    "turn.now": ("time.near",),
    "turn.until": ("time.near", "time.recent"),
    "turn.shut": ("captive", "at_place"),
    "turn.then": ("minor.",),
    "turn.photo": ("at_place",),
    "turn.sorry": ("farewell",),
    "turn.well": ("still", "time.near", "time.recent"),
    "turn.asked": ("money.sent", "paid", "no.loss"),
    "turn.home": ("grooming", "meet"),
    "turn.proof": ("intimate", "publish"),
    "to_me": ("money.sent", "paid"),
}
"""Concepts that mean something else inside such words: "he tells people that I *beat* my staff" is
no threat, "*now* they ask for more" no time, "until *today* nothing came" no time of a payment, a
person who *shut* himself in is no captive; a photo taken "*outside* the school" puts nobody there,
"he says that I *pay*" is no payment, and what he *sent* me is none either; a person who was "at
*school*" then may be grown, a person who lives *alone with* her children is no danger to them, a
person who *keeps* messages keeps proof, "*forgive* me the length" is no farewell, and "*today* I am
well" brings no past event to the present."""
_SELF_HIDES: Final = ("threat.", "attack")
"""Concepts that threaten no other person where people say them of themselves: "I will kill
myself"."""
ADJACENT_SIGNAL_WORDS: Final = 2
"""In words."""
_CHILD: Final = ("minor.word", "minor.sure")
"""Words for a child that parents also use of grown children: "my little brother, 24"."""
_CONTEXTS: Final = ("figure", "jest", "fiction", "press", *_SPANS_HIDE)
_TOLD_TO_REPORTER: Final = ("to_me", "threat.word", "threat.kill", "threat.hurt")

SIGNAL_CONCEPTS: Final = frozenset(
    {*_CONTEXTS, *_TOLD_TO_REPORTER, "past", "still", "resolved", "info_only"}
)
"""Concepts that are read here, even if no rule asks for them."""

OVER_CONCEPT: Final = "over"
"""The report is about the past: `past`, and `resolved` or for information only."""


@dataclass(frozen=True)
class ReportSignals:
    """The signals, by concept."""

    counted: dict[str, list[ConceptHit]]
    """Concept → its hits; concepts that are no words have none."""
    set_aside: dict[str, list[ConceptHit]] = field(default_factory=dict)
    """Reason → hits that do not count: negated, over, quoted, or one of the contexts."""
    language: TextLanguage | None = None
    words: Sequence[FoldedWord] = ()
    """The sentences of the text, as written."""
    read: Sequence[FoldedWord] = ()
    """The words that the places of hits count, with hasty spellings spelled out."""

    def without_past_events(self) -> ReportSignals:
        """The signals without events that are long ago and over, for flags and urgency."""
        if OVER_CONCEPT not in self.counted:
            return self
        now = self.sentences("still")
        aside = {
            hit
            for concept, hits in self.counted.items()
            if concept.startswith(_OVER_HIDES)
            for hit in hits
            if hit.sentence not in now
        }
        left = {
            concept: [hit for hit in hits if hit not in aside]
            for concept, hits in self.counted.items()
        }
        counted = {
            concept: hits for concept, hits in left.items() if hits or not self.counted[concept]
        }
        if any(hits and concept.startswith(_GOES_ON) for concept, hits in counted.items()):
            del counted[OVER_CONCEPT]
        return replace(
            self, counted=counted, set_aside={**self.set_aside, OVER_CONCEPT: list(aside)}
        )

    def without_quotations(self) -> ReportSignals:
        """The signals without text in quotation marks, which are another person's words."""
        counted = {
            concept: [hit for hit in told if not hit.quoted]
            for concept, told in self.counted.items()
        }
        return replace(self, counted=counted)

    def has(self, either: str) -> bool:
        """Whether the report says one of `a|b`."""
        if "|" not in either:
            return either in self.counted
        return any(concept in self.counted for concept in either.split("|"))

    def sentences(self, either: str) -> set[int]:
        """The sentences with one of `a|b`."""
        return {hit.sentence for hit in self.hits(either)}

    def hits(self, either: str) -> Iterator[ConceptHit]:
        """The hits of one of `a|b`."""
        for concept in either.split("|"):
            yield from self.counted.get(concept, ())

    def entries(self, either: str) -> Iterator[str]:
        """The names of the lexicon entries that raised one of `a|b`."""
        for hit in self.hits(either):
            yield hit.name


def extract_signals(text: str, ticks: Iterable[str] = (), year: int | None = None) -> ReportSignals:
    """Read a narrative. `ticks` are concepts from the reporter's ticks or facts.

    `year` is the year of the report: without it no age is read from a year of birth.
    """
    plain = split_folded_words(text)
    language = detect_language(plain)
    read = lexicons_for_text(plain, language)
    words = expand_spellings(plain, (language,) if language else ())
    if language == ARABIZI_LEXICON:
        words = add_sounds(words)
    counted, aside = _sorted(find_concepts(words, read))
    for concept in ticks:
        counted.setdefault(concept, [])
    ages = [*find_ages(words), *(find_birth_years(words, year) if year else ())]
    _set_grown_aside(counted, aside, [at for at, age in ages if age >= AGE_LIMIT])
    for at, age in ages:
        if MIN_STATED_AGE_YEARS <= age < AGE_LIMIT:
            hit = ConceptHit("minor.age", f"age:{age}", at, at + 1, words[at].sentence, False, True)
            counted.setdefault("minor.age", []).append(hit)
    for at in find_money_sums(words):
        hit = ConceptHit("money.amount", "amount", at, at + 1, words[at].sentence, False, True)
        counted.setdefault("money.amount", []).append(hit)
    for first, end in find_clock_times(text, words):
        hit = ConceptHit("time.clock", "clock", first, end, words[first].sentence, False, True)
        counted.setdefault("time.clock", []).append(hit)
    if "past" in counted and not counted.keys().isdisjoint(("resolved", "info_only")):
        counted[OVER_CONCEPT] = []
    return ReportSignals(counted, aside, language, plain, words)


def _sorted(
    found: list[ConceptHit],
) -> tuple[dict[str, list[ConceptHit]], dict[str, list[ConceptHit]]]:
    """The hits that count, by concept, and the others, by reason."""
    spans: dict[int, list[ConceptHit]] = {}
    for hit in found:
        if hit.concept in _SPANS_HIDE or _is_of_oneself(hit):
            for at in range(hit.start, hit.end):
                spans.setdefault(at, []).append(hit)
    figures = {at for hit in found if hit.concept == "figure" for at in range(hit.start, hit.end)}
    places = {
        name: {hit.sentence for hit in found if hit.concept == name and not hit.negated}
        for name in _CONTEXTS
    }
    # A quoting journalist or reader is not threatened, unless the threat was made to them.
    quoting = bool(places["press"]) and not any(
        hit.concept in _TOLD_TO_REPORTER and not hit.quoted and not hit.negated for hit in found
    )
    counted: dict[str, list[ConceptHit]] = {}
    aside: dict[str, list[ConceptHit]] = {}
    for hit in found:
        why = _set_aside(hit, figures, spans, places, quoting)
        if why is None:
            counted.setdefault(hit.concept, []).append(hit)
        else:
            aside.setdefault(why, []).append(hit)
    return counted, aside


def _set_grown_aside(
    counted: dict[str, list[ConceptHit]], aside: dict[str, list[ConceptHit]], grown: Iterable[int]
) -> None:
    """Set aside a word for a child that is followed by an adult age."""
    behind = {at - few for at in grown for few in range(ADJACENT_SIGNAL_WORDS + 1)}
    for concept in _CHILD:
        told = counted.pop(concept, [])
        adults = [hit for hit in told if hit.end in behind]
        if left := [hit for hit in told if hit.end not in behind]:
            counted[concept] = left
        if adults:
            aside.setdefault("grown", []).extend(adults)


def _is_of_oneself(hit: ConceptHit) -> bool:
    """Whether a few words say to kill *oneself*; more words may also mean another person."""
    return hit.concept == "suicide" and hit.end - hit.start <= ADJACENT_SIGNAL_WORDS


def _set_aside(
    hit: ConceptHit,
    figures: set[int],
    spans: dict[int, list[ConceptHit]],
    places: dict[str, set[int]],
    quoting: bool,
) -> str | None:
    if hit.negated:
        return "negated"
    if hit.concept in _CONTEXTS:
        return None
    words = range(hit.start, hit.end)
    if not figures.isdisjoint(words):
        return "figure"
    over = {id(each): each for at in words for each in spans.get(at, ())}
    for each in sorted(over.values(), key=lambda span: span.start):
        hides = hit.concept.startswith(_SPANS_HIDE.get(each.concept, _SELF_HIDES))
        begins = each.start <= hit.start or _is_of_oneself(each)
        if hides and begins:
            return each.concept
    if hit.sentence in places["jest"] and hit.concept.startswith(_JEST_HIDES):
        return "jest"
    if hit.sentence in places["fiction"] and hit.concept.startswith(_FICTION_HIDES):
        return "fiction"
    if hit.sentence in places["press"] and hit.concept.startswith(_PRESS_HIDES):
        return "press"
    if quoting and hit.quoted and hit.concept.startswith(_QUOTATION_HIDES):
        return "quoted"
    return None
