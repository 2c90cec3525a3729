"""How each table of the bilan is counted, in the languages of the portal.

`words.json` is written by `python -m tools.site` from `web/portal/messages/`, whose texts stand
beside the
figures on the portal; a stale copy fails `make check`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from casework.errors import Finding, NotValid

FILE: Final = Path(__file__).with_name("words.json")


def table_explanations(language: str | None) -> Mapping[str, str]:
    """Table → how it is counted; nothing without a language. Raises NotValid for an unknown one."""
    if language is None:
        return {}
    words = _words()
    if language not in words:
        detail = f"This must be one of: {', '.join(words)}."
        finding = Finding("#/language", "language.unknown", detail)
        raise NotValid("Some parameters cannot be accepted.", findings=[finding])
    return words[language]


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
