"""Which reports stand together in lists for people: those whose words are nearly the same.

A group is of one day. It is found again by a few of the smallest keyed hashes of its first text,
and its texts resemble that one (`casework.linking.resemblance`). Groups take turns in lists: the
first of each stands before the second of any. A report with a contact, a place, a file, a picture
or an identifier that no other of its group has stands for itself, in turns, too. Nothing here joins
cases: it decides only where something stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from casework.identifiers import keyed_mark
from casework.linking.kept import Sketch
from casework.linking.resemblance import ALIKE, resemblance, sketch_of_tokens, tokens_of

T = TypeVar("T")

LOOKED_UP: Final = 12
"""Hashes of a text by which its group is looked for. Of texts that have half of their pairs of
words in common with the first one, one in four thousand misses it."""
FEW_PAIRS: Final = 12
"""A shorter text resembles others by chance."""
NEARLY_ALL: Final = 0.6
"""The share of common words and pairs from which short texts stand together."""
MOST_OWN: Final = 6
"""Things of its own of one report that are looked at."""
OWN_DIGITS: Final = 8
"""Of the digest of each: two that meet by chance leave a report in its group."""


@dataclass(frozen=True)
class Traits:
    """What of a report decides with whom it stands."""

    sketch: Sketch
    copy: str
    """The same for reports with the same text and ticks, to the letter."""
    own: tuple[str, ...]
    """Digests of what may be its own: contact, place, pictures and identifiers."""

    @classmethod
    def of(
        cls, text: str, rest: str, said: Iterable[str], own: Iterable[str], key: bytes
    ) -> Traits:
        """The traits of a report: `rest` is its text without identifiers, `said` what was ticked
        and chosen beside it."""
        whole = "|".join([" ".join(text.split()), *said])
        digests = (keyed_mark(key, "own-of-group", each)[:OWN_DIGITS] for each in own)
        return cls(
            sketch_of_tokens(tokens_of(rest).split(), key),
            keyed_mark(key, "copy", whole),
            tuple(dict.fromkeys(digests))[:MOST_OWN],
        )

    @property
    def looked_up(self) -> Sequence[int]:
        """The hashes by which groups are looked up, the smallest first; none for an empty text."""
        return self.sketch[:LOOKED_UP]

    def is_alike(self, sketch: Sketch) -> bool:
        """Whether it stands with the texts of a group, whose first one has this sketch."""
        few = len(self.sketch) < 2 * FEW_PAIRS or len(sketch) < 2 * FEW_PAIRS
        return resemblance(self.sketch, sketch) >= (NEARLY_ALL if few else ALIKE)


def firsts_first(things: Iterable[T], alike: Callable[[T], Hashable]) -> list[T]:
    """The same things in turns: the first of each kind, then the second of each."""
    times: Counter[Hashable] = Counter()
    turns: list[tuple[int, T]] = []
    for each in things:
        times[kind := alike(each)] += 1
        turns.append((times[kind], each))
    return [each for _, each in sorted(turns, key=lambda turn: turn[0])]


def found_among(traits: Traits, groups: Mapping[int, Sketch]) -> int | None:
    """The hash of the group in which a report stands, of those that its hashes found; the first
    free hash where it begins one. None where it can have no group."""
    for each in traits.looked_up:
        if each in groups and traits.is_alike(groups[each]):
            return each
    return next((each for each in traits.looked_up if each not in groups), None)
