"""Which cases look alike: open cases that may be about the same facts, without a strong link.

A suggestion has a reason and is for an analyst to read; it joins nothing. A report gives a few
*clues*, which are looked up in constant time:

    narrative          the words resemble those that opened another case
    weak_identifier    both name something common: a first name as an account, a bank's site

Words are compared by a sketch: the smallest keyed hashes of all pairs of neighbouring words (the
min-wise sketch of Broder, "On the resemblance and containment of documents", 1997). Two sketches
give the share of pairs that two texts have in common. The smallest hash of one text is among the
smallest few of a similar text, so one hash is stored and a few are looked up. Without the key
neither a sketch nor a clue reveals any word.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice, pairwise
from typing import Final, Literal
from unicodedata import category

from casework.analysis.concepts import split_folded_words
from casework.analysis.lexicon import fold_letters
from casework.case.value_objects import Suggestion
from casework.identifiers import Identifier, identifier_label, keyed_mark
from casework.linking.join_rules import identifier_marks
from casework.linking.records import MINHASH_BYTES, ClueSighting, MinHashSketch

SKETCH_SIZE: Final = 32
"""Hashes of a sketch; the estimate from two of them is about 0.08 off."""
SIMILARITY_LOOKUP_HASHES: Final = 3
"""The smallest hashes of a text that are looked up; the first one is stored."""
MIN_WORD_PAIRS: Final = 12
"""A shorter narrative resembles others by chance."""
MIN_SIMILARITY: Final = 0.4
"""The share of common pairs of words from which narratives resemble each other."""
MAX_SHARING: Final = 5
"""The most cases stored under a clue. A weak identifier of more cases means nothing."""
MAX_WEAK: Final = 10
"""The most weak identifiers of one report that count, those of its fields first. In a report that
lists hundreds of names, further names add nothing."""
MAX_CANDIDATES: Final = 20
"""The most cases that are looked at for one report: suggestions by its words first."""

_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s]")

Because = Literal["narrative", "weak_identifier"]


@dataclass(frozen=True)
class CaseClue:
    """A value by which cases can be found again."""

    id: str
    because: Because
    shared: str = ""
    """The weak identifier, in the form of histories."""


@dataclass(frozen=True)
class ReportClues:
    """The clues of one report."""

    sketch: MinHashSketch
    words: tuple[CaseClue, ...]
    """Looked up; only the first is stored."""
    weak: tuple[CaseClue, ...]

    @classmethod
    def from_report(
        cls,
        text: str,
        found: Iterable[Identifier],
        key: bytes,
        *,
        stopped_hosts: Iterable[str] = (),
    ) -> ReportClues:
        """The clues of a report; `found` are its identifiers without the reporter's own."""
        sketch = minhash_sketch(text, key)
        return cls(
            sketch,
            tuple(
                CaseClue(f"words-{each:08x}", "narrative")
                for each in sketch[:SIMILARITY_LOOKUP_HASHES]
            ),
            tuple(
                CaseClue(
                    keyed_mark(key, f"weak-{kind}", value),
                    "weak_identifier",
                    identifier_label(key, kind, value),
                )
                for kind, value in weak_identifiers(found, frozenset(stopped_hosts))
            ),
        )

    @property
    def lookup_ids(self) -> list[str]:
        """Ids of the clues to look up."""
        return [clue.id for clue in (*self.words, *self.weak)]

    @property
    def storable_ids(self) -> list[str]:
        """Ids of the clues under which the case of the report may be stored."""
        return [clue.id for clue in (*self.words[:1], *self.weak)]

    def find_suggestions(
        self, sightings: Mapping[str, Sequence[ClueSighting]]
    ) -> dict[str, Suggestion]:
        """The suggestions from the cases under the clues, by case; words before names.

        At most `MAX_CANDIDATES`.
        """
        found: dict[str, Suggestion] = {}
        for clue in self.words:
            for other in sightings.get(clue.id, ()):
                part = jaccard_estimate(self.sketch, other.sketch)
                if part >= MIN_SIMILARITY:
                    found[other.case_id] = Suggestion(
                        case=other.case_id, because="narrative", percent=round(part * 100)
                    )
        for clue in self.weak:
            others = sightings.get(clue.id, ())
            for other in others if len(others) < MAX_SHARING else ():
                found.setdefault(
                    other.case_id,
                    Suggestion(case=other.case_id, because=clue.because, shared=(clue.shared,)),
                )
        return dict(islice(found.items(), MAX_CANDIDATES))

    def updated_sightings(
        self, case_id: str, sightings: Mapping[str, Sequence[ClueSighting]]
    ) -> dict[str, list[ClueSighting]]:
        """The new content of each clue after the case was added, without unchanged clues.

        For similar words the latest cases are kept. A weak identifier of too many cases is dropped.
        """
        updated: dict[str, list[ClueSighting]] = {}
        for clue in self.words[:1]:
            others = [each for each in sightings.get(clue.id, ()) if each.case_id != case_id]
            updated[clue.id] = [*others, ClueSighting(case_id, self.sketch)][-MAX_SHARING:]
        for clue in self.weak:
            known = list(sightings.get(clue.id, ()))
            if len(known) < MAX_SHARING and ClueSighting(case_id) not in known:
                updated[clue.id] = [*known, ClueSighting(case_id)]
        return updated


def minhash_sketch(text: str, key: bytes) -> MinHashSketch:
    """The smallest hashes of the text's pairs of words, in order; empty for a short text.

    Numbers do not count: campaigns change the sum and the telephone and keep the words.
    """
    words = [word.text for word in split_folded_words(text) if word.text.isalpha()]
    pairs = {f"{one} {two}" for one, two in pairwise(words)}
    if len(pairs) < MIN_WORD_PAIRS:
        return ()
    narrow = hmac.digest(key, b"narrative", hashlib.sha256)
    return tuple(nsmallest(SKETCH_SIZE, {_hash(pair, narrow) for pair in pairs}))


def words_clue(text: str, case_id: str, key: bytes) -> str:
    """The clue of the words of a text in a case: a report with the same clue has no new words.

    `text` is without identifiers (`ReadText.rest`): campaigns change them and keep the words. Every
    other token and its place counts, also one with digits: they are letters of Darija ("9telha"),
    an hour or a sum. So one new word in a text that many copied is seen.
    """
    words = normalise_tokens(text)
    return "said-" + keyed_mark(key, f"said-in-{case_id}", words)


def normalise_tokens(text: str) -> str:
    """The words and pictographs of a text in their order, each whole, without punctuation."""
    tokens = _TOKEN.findall(fold_letters(text))
    return " ".join(each for each in tokens if each[0].isalnum() or category(each) == "So")


def _hash(pair: str, key: bytes) -> int:
    hashed = hashlib.blake2b(pair.encode(), digest_size=MINHASH_BYTES, key=key)
    return int.from_bytes(hashed.digest(), "big")


def jaccard_estimate(one: MinHashSketch, other: MinHashSketch) -> float:
    """The common share of the word pairs of two texts, 0 to 1, estimated from their sketches."""
    if not one or not other:
        return 0.0
    smallest = sorted({*one, *other})[:SKETCH_SIZE]
    both = {*one} & {*other}
    return sum(each in both for each in smallest) / len(smallest)


def weak_identifiers(
    found: Iterable[Identifier], stopped_hosts: frozenset[str]
) -> list[tuple[str, str]]:
    """Kind and value of the identifiers that link nothing by themselves, at most `MAX_WEAK`.

    These are accounts named without a platform by a common name, and sites of services with many
    users.
    """
    named = (
        (each.kind, each.registered or each.canonical)
        for each in found
        if each.kind in ("handle", "domain") and not any(identifier_marks(each, stopped_hosts))
    )
    return list(islice(dict.fromkeys(named), MAX_WEAK))
