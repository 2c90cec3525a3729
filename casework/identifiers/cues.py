"""Words that say whose an identifier is, or that it is an account: `cues.json`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import re2

FILE: Final = Path(__file__).with_name("cues.json")
_BETWEEN: Final = r"([^.!?؟\n0-9@]{0,18})$"
"""What may stand between "my number" and the number: no other sentence and no other identifier."""


def says_own(before: str) -> bool:
    """Whether the text that ends here says of what follows: this is mine.

    What my number was called *from*, or my account hacked *by*, is another's.
    """
    found = _own().search(before)
    return found is not None and _others().search(found[1]) is None


def says_account(before: str) -> bool:
    """Whether the text calls something an account."""
    return _account().search(before) is not None


@cache
def _own() -> Any:
    return re2.compile(f"(?i)(?:{'|'.join(_cues()['own'])}){_BETWEEN}")


@cache
def _others() -> Any:
    return re2.compile(f"(?i)(?:{'|'.join(_cues()['others'])})")


@cache
def _account() -> Any:
    return re2.compile(f"(?i)(?:{'|'.join(_cues()['account'])})")


@cache
def _cues() -> dict[str, list[str]]:
    cues: dict[str, list[str]] = json.loads(FILE.read_text("utf-8"))
    return cues
