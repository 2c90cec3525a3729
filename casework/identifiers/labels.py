"""Names after the name of their platform: "insta: norasalmi", "son tiktok c'est norasalmi".

Such names look like words, and people mostly write words after a platform ("insta: merci",
"whatsapp group"). A name is a word that no sentence would have there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from casework.identifiers.cues import Lead, find_account_lead
from casework.identifiers.handles import (
    HANDLE_PATTERN,
    MIN_PROSE_WORD_LENGTH,
    continues_word,
    is_clause_end,
    mentions_between,
)
from casework.identifiers.platforms import PlatformMention, names_accounts
from casework.identifiers.prose import is_prose_word, may_be_darija

_WITH_DIGITS: Final = re.compile(r"(?i)[a-z]{3}[a-z0-9]*(?:[0-9]{2}[a-z]*|[014])")
"""With a number, or a digit that is no letter in Darija."""
_SHORTEST_NAMED: Final = 7
_SHORTEST_BESIDE: Final = 8
"""The fewest letters of a name, announced or not: most shorter ones are words."""
_LONG: Final = 12
"""The fewest letters of a name that clearly consists of several words."""
_CLAUSE_BEGINS: Final = frozenset({"", *'\n,;.:!?(/«"-'})
_AND: Final = re.compile(r"(?i)\s(?:et|ou|and|or|y|o|w|و)$")
_AND_BEFORE: Final = 8
_FAR: Final = 120
"""Characters after a platform in which a name and its connection end."""
_LONGEST_LABEL: Final = 56
"""Characters of the name of a platform, in two words."""
_MOST_LABELS: Final = 13
"""Platforms before a name that may lead to it: an earlier one is too many words away."""


def find_labelled_handles(
    text: str, mentions: Sequence[PlatformMention]
) -> Iterator[tuple[str, int, int]]:
    """Such names in lower case, with their positions; `mentions` are the platforms that the text
    names."""
    for label in mentions:
        found = _labelled_by(label, text, mentions)
        if found is not None:
            yield found


def is_labelled_handle(text: str, at: int, said: Sequence[PlatformMention]) -> bool:
    """Whether `find_labelled_handles` finds a name that begins there, at the cost of the text
    before it."""
    labels = mentions_between(said, at - _FAR - _LONGEST_LABEL, at)[-_MOST_LABELS:]
    found = (_labelled_by(label, text, said) for label in labels)
    return any(each is not None and each[1] == at for each in found)


def _labelled_by(
    label: PlatformMention, text: str, mentions: Sequence[PlatformMention]
) -> tuple[str, int, int] | None:
    """The name after one platform."""
    if not names_accounts(label.platform):
        return None
    behind = text[label.end : label.end + _FAR]
    led = find_account_lead(behind)
    found = HANDLE_PATTERN.match(behind[led[0] :]) if led else None
    if led is None or found is None:
        return None
    name, lead, start = found[0], led[1], label.end + led[0]
    end = start + len(name)
    listed = text[end : end + 1] == "/" and mentions_between(mentions, end + 1, end + 2)
    if continues_word(text, end) and not listed:
        return None
    if name.isalpha():
        ended = len(name) >= _LONG or is_clause_end(text, end)
        told = ended and _is_plain_name(name, label, lead) and _is_label(text, label, lead)
    else:
        told = _is_numbered(name, lead)
    return (name.lower(), start, end) if told else None


def _is_label(text: str, label: PlatformMention, lead: Lead) -> bool:
    """Whether the word means a platform; it may be an ordinary word: "en face : …", "Monsieur X :
    …"."""
    if label.sure or (lead != "beside" and label.platform not in ("facebook", "x")):
        return True
    before = text[max(0, label.start - _AND_BEFORE) : label.start].rstrip(" ")
    return before[-1:] in _CLAUSE_BEGINS or _AND.search(before) is not None


def _is_plain_name(name: str, label: PlatformMention, lead: Lead) -> bool:
    """Whether letters are a name and no prose; missing a name is better than inventing one.

    After Facebook people write a display name, and one word of it is no account.
    """
    if is_prose_word(name):
        return False
    if lead == "named":
        return len(name) >= (_LONG if name.istitle() else _SHORTEST_NAMED)
    plain = len(name) >= _SHORTEST_BESIDE and not name.istitle() and not may_be_darija(name)
    return plain and label.platform != "facebook"


def _is_numbered(name: str, lead: Lead) -> bool:
    """Whether letters with digits are a name and no word of Darija, where digits are letters."""
    if _WITH_DIGITS.fullmatch(name):
        return True
    word = name.rstrip("0123456789")
    named = lead == "named" and word.isalpha() and len(word) >= MIN_PROSE_WORD_LENGTH
    return named and not is_prose_word(word) and not may_be_darija(word)
