"""What people write and what is to be found in it, by kind: the tables of `written/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("written")


def written(kind: str) -> list[tuple[str, Any]]:
    """Each text of a table with what is found in it: canonical values, a name, or nothing."""
    lines = (FOLDER / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["text"], row["found"]) for row in rows]
