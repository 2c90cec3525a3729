"""That there is news: when a reporter who left a contact is told, and in which words.

A notice holds the public reference and the words of the pack, never what the news is: e-mail and
short messages keep no secrets. What the news is, the reporter reads with the receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field

from casework.history import Event
from casework.lifecycle import Move
from casework.pack_entries import Entry, read_one

FILE: Final = "notices.json"
FALLBACK: Final = "en"

NEWS: Final = frozenset(
    {Move.ASK, Move.MESSAGE, Move.ACKNOWLEDGE, Move.REJECT, Move.CLOSE, Move.ESCALATE}
)
"""Entries of a case's history that its reporters are told of. The stream lets these through.

An escalation is the news that there is none: nobody acted within the pack's deadline. It is told
at the first level; the further ones are the supervisors' concern.
"""


class Texts(Entry):
    """A notice in one language. `{reference}` stands for the public reference."""

    subject: str
    body: str


class Notices(Entry):
    """`notices.json` of the pack."""

    note: str = ""
    texts: dict[str, Texts] = Field(min_length=1)


@dataclass(frozen=True)
class Notice:
    """What is sent."""

    subject: str
    body: str


PLAIN: Final = Notices(
    texts={
        FALLBACK: Texts(
            subject="News about report {reference}",
            body="There is news about report {reference}. Read it with your receipt.",
        )
    }
)
"""For a pack without the file."""


@cache
def notices_of(folder: Path) -> Notices:
    """The notices of a pack; raises PackError when the file cannot be read."""
    return read_one(folder, FILE, Notices) if (folder / FILE).is_file() else PLAIN


def notice(known: Notices, language: str, reference: str) -> Notice:
    """The notice to the reporter of a report."""
    texts = (
        known.texts.get(language) or known.texts.get(FALLBACK) or next(iter(known.texts.values()))
    )
    return Notice(
        subject=texts.subject.replace("{reference}", reference),
        body=texts.body.replace("{reference}", reference),
    )


def is_news(event: Event) -> bool:
    """Whether reporters are told of this entry of a case's history."""
    if event.move == Move.ESCALATE.value:
        return event.data.get("level") == 1
    return event.move in NEWS


def news_of(case_id: str, event: int) -> str:
    """The name of the news that is this entry of a case's history."""
    return f"{case_id}-{event}"
