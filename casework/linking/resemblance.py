"""Which open cases may be about the same facts, although nothing strong joins them.

A suggestion with its reason, for an analyst to read beside the case; nothing is joined by it. What
a report gives is a few *clues*, looked up in constant time:

    narrative          the words resemble those that opened another case
    weak_identifier    both name what many may name: a first name as an account, a bank's site

Words are compared by a sketch: the smallest keyed hashes of all pairs of neighbouring words (the
min-wise sketch of Broder, "On the resemblance and containment of documents", 1997). Two sketches
tell the part of pairs that two texts share. The smallest hash of one text is among the smallest few
of a text that resembles it, so one is kept and a few are looked up. Without the key neither a
sketch nor a clue says anything of the words.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice, pairwise
from typing import Final, Literal

from casework.case.case import Suggestion
from casework.identifiers import Identifier, keyed_mark, told_as
from casework.linking.linking import marks_of
from casework.reading.concepts import words_of

SKETCH: Final = 32
"""Hashes of a sketch: what two of them tell is about 0.08 off."""
HASH_BYTES: Final = 4
LOOKED_UP: Final = 3
"""Smallest hashes of a text that are looked up; the first is the one that is kept."""
LEAST_PAIRS: Final = 12
"""A shorter narrative resembles others by chance."""
ALIKE: Final = 0.4
"""Part of the pairs of words shared, from which narratives resemble each other."""
MOST_SHARING: Final = 5
"""Cases that a clue is kept of. What more cases name by a weak identifier says nothing."""
MOST_WEAK: Final = 10
"""Weak identifiers of one report that count: those of its fields first, then as they are told. A
report that lists hundreds of names says no more by the next one."""
MOST_CANDIDATES: Final = 20
"""Cases that are looked at for one report: what its words suggest first."""

Because = Literal["narrative", "weak_identifier"]
Sketch = tuple[int, ...]


@dataclass(frozen=True)
class Seen:
    """A case that gave a clue."""

    case_id: str
    sketch: Sketch = ()
    """Of its narrative, where the clue is one of words."""


@dataclass(frozen=True)
class Clue:
    """Something by which cases may be found again."""

    id: str
    because: Because
    shared: str = ""
    """The weak identifier, as histories call it."""


@dataclass(frozen=True)
class Clues:
    """What one report gives."""

    sketch: Sketch
    words: tuple[Clue, ...]
    """Looked up; only the first is kept."""
    weak: tuple[Clue, ...]

    @classmethod
    def of(
        cls,
        text: str,
        found: Iterable[Identifier],
        key: bytes,
        *,
        stopped_hosts: Iterable[str] = (),
    ) -> Clues:
        """The clues of a report; `found` are its identifiers without the reporter's own."""
        sketch = sketch_of(text, key)
        return cls(
            sketch,
            tuple(Clue(f"words-{each:08x}", "narrative") for each in sketch[:LOOKED_UP]),
            tuple(
                Clue(
                    keyed_mark(key, f"weak-{kind}", value),
                    "weak_identifier",
                    told_as(key, kind, value),
                )
                for kind, value in weak(found, frozenset(stopped_hosts))
            ),
        )

    @property
    def looked_up(self) -> list[str]:
        """Ids of the clues to look up."""
        return [clue.id for clue in (*self.words, *self.weak)]

    @property
    def given(self) -> list[str]:
        """Ids of the clues under which the case of the report may stand."""
        return [clue.id for clue in (*self.words[:1], *self.weak)]

    def suggested_by(self, seen: Mapping[str, Sequence[Seen]]) -> dict[str, Suggestion]:
        """What the cases seen under the clues suggest, by case; the words before the names.

        At most `MOST_CANDIDATES`.
        """
        found: dict[str, Suggestion] = {}
        for clue in self.words:
            for other in seen.get(clue.id, ()):
                part = resemblance(self.sketch, other.sketch)
                if part >= ALIKE:
                    found[other.case_id] = Suggestion(
                        case=other.case_id, because="narrative", percent=round(part * 100)
                    )
        for clue in self.weak:
            others = seen.get(clue.id, ())
            for other in others if len(others) < MOST_SHARING else ():
                found.setdefault(
                    other.case_id,
                    Suggestion(case=other.case_id, because=clue.because, shared=(clue.shared,)),
                )
        return dict(islice(found.items(), MOST_CANDIDATES))

    def kept(self, case_id: str, seen: Mapping[str, Sequence[Seen]]) -> dict[str, list[Seen]]:
        """What is to stand under the clues once the case gave them; what need not change is left
        out.

        Of resembling words the latest cases are kept; a weak identifier that many named is told
        of no more.
        """
        kept: dict[str, list[Seen]] = {}
        for clue in self.words[:1]:
            others = [each for each in seen.get(clue.id, ()) if each.case_id != case_id]
            kept[clue.id] = [*others, Seen(case_id, self.sketch)][-MOST_SHARING:]
        for clue in self.weak:
            known = list(seen.get(clue.id, ()))
            if len(known) < MOST_SHARING and Seen(case_id) not in known:
                kept[clue.id] = [*known, Seen(case_id)]
        return kept


def sketch_of(text: str, key: bytes) -> Sketch:
    """The smallest hashes of the text's pairs of words, in order; empty for a short text.

    Numbers do not count: campaigns change the sum and the telephone and keep the words.
    """
    words = [word.text for word in words_of(text) if word.text.isalpha()]
    pairs = {f"{one} {two}" for one, two in pairwise(words)}
    if len(pairs) < LEAST_PAIRS:
        return ()
    narrow = hmac.digest(key, b"narrative", hashlib.sha256)
    return tuple(nsmallest(SKETCH, {_hash(pair, narrow) for pair in pairs}))


def _hash(pair: str, key: bytes) -> int:
    hashed = hashlib.blake2b(pair.encode(), digest_size=HASH_BYTES, key=key)
    return int.from_bytes(hashed.digest(), "big")


def resemblance(one: Sketch, other: Sketch) -> float:
    """The part of all pairs of words of two texts that both have, 0 to 1, from their sketches."""
    if not one or not other:
        return 0.0
    smallest = sorted({*one, *other})[:SKETCH]
    both = {*one} & {*other}
    return sum(each in both for each in smallest) / len(smallest)


def weak(found: Iterable[Identifier], stopped_hosts: frozenset[str]) -> list[tuple[str, str]]:
    """Kind and value of the identifiers that join nothing by themselves, at most `MOST_WEAK`.

    An account named without its platform by what may be anybody's name, and the site of a service
    that many people use.
    """
    named = (
        (each.kind, each.registered or each.canonical)
        for each in found
        if each.kind in ("handle", "domain") and not any(marks_of(each, stopped_hosts))
    )
    return list(islice(dict.fromkeys(named), MOST_WEAK))
