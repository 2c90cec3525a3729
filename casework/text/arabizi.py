"""Darija in Latin letters, compared by sound, because its spelling is free.

`kayhdedni`, `kayhddni` and `kayheddedni` are one word. Vowels, doubled letters and the letters for
sounds that Latin script lacks vary; the consonants stay. Sounds are written in capitals, so that a
sound is never confused with a typed word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

MIN_SOUND_LENGTH: Final = 3
"""Fewer consonants match too many different words."""
MIN_OPEN_SOUND_LENGTH: Final = 4
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
def word_sounds(word: str) -> frozenset[str]:
    """The consonants of a Latin word, with and without its prefixes."""
    if not word.isascii() or word.isdigit():
        return frozenset()
    bare = _WRITTEN_ON.sub("", word)
    return frozenset(
        sound for each in {word, bare} if len(sound := consonant_sound(each)) >= MIN_SOUND_LENGTH
    )


def consonant_sound(word: str) -> str:
    """The consonants of a Latin word, in capitals."""
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", word).upper())


def inflected_sounds(stem: str) -> frozenset[str]:
    """The sounds of a Darija verb or noun with all its prefixes and suffixes.

    Raises ValueError where the stem has too few consonants.
    """
    if len(consonant_sound(stem)) < MIN_SOUND_LENGTH:
        raise ValueError(f"{stem!r} has fewer than {MIN_SOUND_LENGTH} consonants")
    # A short bare stem sounds like too many words (`dreb`, hit, and `derb`, street).
    bare = consonant_sound(stem) if len(consonant_sound(stem)) == MIN_SOUND_LENGTH else ""
    return frozenset(consonant_sound(f"{front}{stem}{end}") for front in _FRONT for end in _END) - {
        bare
    }
