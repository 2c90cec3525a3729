"""Which reports stand together in lists for people: those whose words are nearly the same.

A group is of one day. It is found again by a few of the smallest keyed hashes of its first text,
and its texts resemble that one (`casework.linking.similarity`). Groups take turns in lists: the
first of each stands before the second of any. A report with a contact, a place, a file, a picture
or an identifier that no other of its group has stands for itself, in turns, too. Nothing here joins
cases: it decides only where something stands.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final, TypeVar

from casework.identifiers import keyed_mark
from casework.linking.records import MINHASH_BYTES, MinHashSketch

T = TypeVar("T")

GROUP_SKETCH_HASHES: Final = 64
"""Hashes of a sketch: the share of words that two texts have in common is about 0.06 off."""
GROUP_LOOKUP_HASHES: Final = 16
"""Hashes of a text by which its group is looked for."""
MIN_FIRST_SHARED_HASHES: Final = 3
"""Hashes of its text by which a lone report is found: with one, an eighth of all floods of near
copies began as three groups or more, with three hardly one in sixty begins as two."""
MIN_SHARED_HASHES: Final = 8
"""Hashes of its first text by which a group of two or more is found: of texts that have two thirds
of their words in common with that one, one in five thousand misses it."""
MIN_GROUP_SKETCH_HASHES: Final = 16
"""A text of fewer words resembles others by chance."""
MIN_GROUP_SIMILARITY: Final = 0.3
"""The share of common words from which texts stand together. Of the labelled reports no two have
more than 0.22; texts of which a fifth of the words were exchanged in each have 0.45."""
NEARLY_ALL_SHARE: Final = 0.6
"""The same for short texts."""
MAX_OWN_TRAITS: Final = 6
"""Things of its own of one report that are looked at."""
OWN_BYTES: Final = 6
"""Of the digest of each: two that meet by chance leave a report in its group."""


@dataclass(frozen=True)
class GroupTraits:
    """What of a report decides with whom it stands."""

    sketch: MinHashSketch
    copy: str
    """The same for reports with the same text and the same fields, to the letter."""
    own: tuple[str, ...]
    """Digests of what may be its own: contact, place, pictures and identifiers."""

    @classmethod
    def from_report(
        cls, text: str, rest: str, facts_json: str, own: Iterable[str], key: bytes
    ) -> GroupTraits:
        """The traits of a report: `rest` is its text without identifiers, `facts_json` all that was
        ticked, chosen and written beside it."""
        # Only triage computes traits; the desk reads lists of groups and never needs this.
        from casework.linking.similarity import normalise_tokens

        digests = (keyed_mark(key, "own-of-group", each) for each in own)
        return cls(
            _sketch(normalise_tokens(rest).split(), key),
            keyed_mark(key, "copy", f"{text}|{facts_json}"),
            tuple(dict.fromkeys(digests))[:MAX_OWN_TRAITS],
        )

    @property
    def lookup_hashes(self) -> Sequence[int]:
        """The hashes by which groups are looked up, the smallest first; the last one stands for the
        whole text."""
        return list(dict.fromkeys([*self.sketch[:GROUP_LOOKUP_HASHES], _number(self.copy)]))

    def digests_in_group(self, group: str) -> tuple[str, ...]:
        """Its own things as a group remembers them. The digest of one thing differs from group to
        group: so the table does not tell that reports of two groups named the same."""
        narrow = group.encode()
        found = (
            hashlib.blake2b(each.encode(), digest_size=OWN_BYTES, key=narrow).digest()
            for each in self.own
        )
        return tuple(urlsafe_b64encode(each).decode() for each in found)

    def is_alike(self, sketch: MinHashSketch) -> bool:
        """Whether it stands with the texts of a group, whose first one has this sketch."""
        few = min(len(self.sketch), len(sketch)) < MIN_GROUP_SKETCH_HASHES
        return _in_common(self.sketch, sketch) >= (
            NEARLY_ALL_SHARE if few else MIN_GROUP_SIMILARITY
        )


def _sketch(words: Iterable[str], key: bytes) -> MinHashSketch:
    """The smallest keyed hashes of the different words of a text, in order."""
    narrow = hmac.digest(key, b"alike", hashlib.sha256)
    return tuple(nsmallest(GROUP_SKETCH_HASHES, {_hash(each, narrow) for each in set(words)}))


def _hash(word: str, key: bytes) -> int:
    return int.from_bytes(
        hashlib.blake2b(word.encode(), digest_size=MINHASH_BYTES, key=key).digest(), "big"
    )


def _number(digest: str) -> int:
    hashed = hashlib.blake2b(digest.encode(), digest_size=MINHASH_BYTES).digest()
    return int.from_bytes(hashed, "big")


def _in_common(one: MinHashSketch, other: MinHashSketch) -> float:
    """The common share of the words of two texts, 0 to 1, estimated from their sketches."""
    smallest = sorted({*one, *other})[:GROUP_SKETCH_HASHES]
    both = {*one} & {*other}
    return sum(each in both for each in smallest) / len(smallest) if smallest else 1.0


def firsts_first(things: Iterable[T], alike: Callable[[T], Hashable]) -> list[T]:
    """The same things in turns: the first of each kind, then the second of each."""
    times: Counter[Hashable] = Counter()
    turns: list[tuple[int, T]] = []
    for each in things:
        times[kind := alike(each)] += 1
        turns.append((times[kind], each))
    return [each for _, each in sorted(turns, key=lambda turn: turn[0])]


def find_group_hash(traits: GroupTraits, groups: Mapping[int, MinHashSketch]) -> int | None:
    """The hash of the group in which a report stands, of those that its hashes found; the first
    free hash where it begins one. None where it can have no group."""
    for each in traits.lookup_hashes:
        if each in groups and traits.is_alike(groups[each]):
            return each
    return next((each for each in traits.lookup_hashes if each not in groups), None)
