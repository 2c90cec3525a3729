"""The stop list of the jurisdiction pack: identifiers that many unrelated reports name.

`linking.json` (may be absent):

    {"hosts": ["facebook.com", …],       whose front page is no identifier; their pages are
     "phones": {"+212…": "whose; source"}}   public hotlines: banks, operators, administrations
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from casework.pack.entries import PackEntry, PackError, read_pack_entry

FILE: Final = "linking.json"
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_E164: Final = re.compile(r"\+[1-9][0-9]{7,14}")


class StopList(PackEntry):
    """`linking.json`."""

    note: str = ""
    hosts: frozenset[str] = frozenset()
    """Host names without `www.`, in lower case."""
    phones: Mapping[str, str] = {}
    """Telephone in E.164 → its owner and source."""


@cache
def read_stop_list(folder: Path) -> StopList:
    """The stop list of a pack; raises PackError when the file cannot be read."""
    return read_pack_entry(folder, FILE, StopList) if (folder / FILE).is_file() else StopList()


def findings(folder: Path) -> Iterator[str]:
    """The errors of the list, as "file: entry: what"."""
    try:
        listed = read_stop_list(folder)
    except PackError as error:
        yield from error.findings
        return
    for host in sorted(listed.hosts):
        if not _HOST.fullmatch(host) or host.startswith("www."):
            yield f"{FILE}: {host}: must be a host in lower case, without www., scheme or path"
    for phone, whose in listed.phones.items():
        if not _E164.fullmatch(phone):
            yield f"{FILE}: {phone}: must be a telephone in E.164; others link nothing anyway"
        if not whose.strip():
            yield f"{FILE}: {phone}: the owner or the source is missing"
