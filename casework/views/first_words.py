"""The first words of a text that somebody sent, for a line of a list."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_FIRST_WORDS_LENGTH: Final = 160
"""Characters of the first words of a report in a line."""
MAX_PLACE_LENGTH: Final = 80
"""Characters of a place in the reporter's words."""
UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Categories of Unicode of which a person sees nothing: controls, bidi controls, private use."""


def shorten_text(text: str, most: int) -> str:
    """The first words of a text in one line, of at most so many characters, the mark of what is
    left out included; without characters that cannot be seen, which may hide or turn others."""
    plain = (" " if each in "\t\n\r" else each for each in text[: most * 4])
    seen = "".join(each for each in plain if unicodedata.category(each) not in UNSEEN_CATEGORIES)
    line = " ".join(seen.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"
