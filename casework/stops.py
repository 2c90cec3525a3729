"""What links nothing although many reports name it: a part of the jurisdiction pack.

`linking.json` (may be absent):

    {"hosts": ["facebook.com", …],       whose front page is no identifier; their pages are
     "phones": ["+212…", …]}             hotlines of banks and operators, in E.164
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from casework.pack_entries import Entry, read_one

FILE = "linking.json"


class Stops(Entry):
    """`linking.json`."""

    note: str = ""
    hosts: frozenset[str] = frozenset()
    """Host names without `www.`, in lower case."""
    phones: frozenset[str] = frozenset()
    """Telephones in E.164."""


@cache
def stops(folder: Path) -> Stops:
    """The stop list of a pack; raises PackError when the file cannot be read."""
    return read_one(folder, FILE, Stops) if (folder / FILE).is_file() else Stops()
