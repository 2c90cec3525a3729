"""What people write and what is to be found in it, by kind: the tables of `written/`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).with_name("written")


def written(kind: str) -> list[tuple[str, Any]]:
    """Each text of a table with what is found in it: canonical values, a name, or nothing."""
    lines = (FOLDER / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["text"], row["found"]) for row in rows]


def all_read(kind: str, read: Callable[[str], object]) -> None:
    """Fail with every text of a table that is read as something else, if there is one."""
    misread = [
        f"{text}\n    read: {read(text)!r}\n    meant: {meant!r}"
        for text, meant in written(kind)
        if read(text) != meant
    ]
    if misread:
        pytest.fail("\n".join((f"{len(misread)} of {kind}.jsonl", *misread)), pytrace=False)
