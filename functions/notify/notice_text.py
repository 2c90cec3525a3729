"""The notice to a reporter with a contact: the reference, and that there is news.

E-mail and short messages keep no secrets: the reporter reads the news with the receipt.
`words.json` is written by `python -m tools.site` from `web/portal/messages/`; a stale copy fails
`make check`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("words.json")


@dataclass(frozen=True)
class NoticeText:
    """The text of the notice."""

    subject: str
    body: str


def reporter_notice(language: str, reference: str) -> NoticeText:
    """The notice to the reporter of a report, in the language, or in the first one for a language
    that has no words."""
    every = _words()
    texts = every[language if language in every else next(iter(every))]
    return NoticeText(
        subject=texts["notice.subject"].format(reference=reference),
        body=texts["notice.body"].format(reference=reference),
    )


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
