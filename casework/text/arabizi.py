"""Darija in Latin letters, compared by sound, because its spelling is free.

`kayhdedni`, `kayhddni` and `kayheddedni` are one word. Vowels, doubled letters and the letters for
sounds that Latin script lacks vary; the consonants stay. Sounds are written in capitals, so that a
sound is never confused with a typed word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

SHORTEST_SOUND: Final = 3
"""Fewer consonants match too many different words."""
SHORTEST_OPEN_SOUND: Final = 4
"""The same limit for a part of a word."""

_SOUNDS: Final = (
    ("kh", "X"), ("5", "X"), ("gh", "Y"), ("8", "Y"), ("ch", "C"), ("sh", "C"), ("ph", "F"),
    ("dj", "J"), ("7", "H"), ("9", "Q"), ("3", "E"), ("6", "T"), ("2", ""), ("x", "KS"),
    ("c", "K"), ("p", "B"), ("v", "F"),
)  # fmt: skip
_FRONT: Final = ("", "t", "n", "ka", "kat", "kan", "gha", "ghat", "ghan")
"""Prefixes of person and tense: I, you, she, they; now, soon. `y` is a vowel here."""
_END: Final = ("", "ni", "k", "h", "ha", "hom", "kom", "lia", "lih", "lik", "lihom", "lina")
"""Suffixes of the object or the owner."""
_VOWELS: Final = re.compile("[aeiouwy]")
_DOUBLED: Final = re.compile(r"(.)\1+")
_WRITTEN_ON: Final = re.compile(r"^[wou]?[bfdm]?l(?=[^aeiouy])|^[bfd](?=[bcdfghjklmnpqrstvz379])")
"""The article and the short prepositions that are written onto the next word."""


@lru_cache(maxsize=8192)
def sounds_of(word: str) -> frozenset[str]:
    """The consonants of a Latin word, with and without its prefixes."""
    if not word.isascii() or word.isdigit():
        return frozenset()
    bare = _WRITTEN_ON.sub("", word)
    return frozenset(
        sound for each in {word, bare} if len(sound := sound_of(each)) >= SHORTEST_SOUND
    )


def sound_of(word: str) -> str:
    """The consonants of a Latin word, in capitals."""
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", word).upper())


def inflections_of(stem: str) -> frozenset[str]:
    """The sounds of a Darija verb or noun with all its prefixes and suffixes.

    Raises ValueError where the stem has too few consonants.
    """
    if len(sound_of(stem)) < SHORTEST_SOUND:
        raise ValueError(f"{stem!r} has fewer than {SHORTEST_SOUND} consonants")
    # A short bare stem sounds like too many words (`dreb`, hit, and `derb`, street).
    bare = sound_of(stem) if len(sound_of(stem)) == SHORTEST_SOUND else ""
    return frozenset(sound_of(f"{front}{stem}{end}") for front in _FRONT for end in _END) - {bare}
