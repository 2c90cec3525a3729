"""`known.json`: what lists of known material can be about, and what a match suggests to people.

A list says which entry it belongs to. What is suggested here is shown beside a match, and a person
decides. A pack may have no such file; then no list can be loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from casework.case.value_objects import Priority
from casework.pack.entries import Names, PackEntry, PackError, read_pack_entries

FILE: Final = "known.json"


class HashListSubject(PackEntry):
    """What a list is about."""

    id: str
    names: Names
    help: Names
    """What a match of such a list does and does not say, in one or two sentences."""
    category: str | None = None
    """The category that a match suggests, if any."""
    priority: Priority | None = None
    """The priority that a match suggests, if any."""
    source: str
    """Why it suggests that."""
    confirmed: bool


@lru_cache
def load_hash_list_subjects(folder: Path) -> Mapping[str, HashListSubject]:
    """Id → matter; raises `PackError`."""
    if not (folder / FILE).is_file():
        return MappingProxyType({})
    entries, found = read_pack_entries(folder, FILE, "matters", HashListSubject)
    if found:
        raise PackError(found)
    return MappingProxyType(entries)


def findings(folder: Path, languages: Sequence[str], categories: Collection[str]) -> Iterator[str]:
    """What is wrong in the file."""
    try:
        matters = load_hash_list_subjects(folder)
    except PackError as error:
        yield from error.findings
        return
    for each in matters.values():
        for what in ("names", "help"):
            yield from (
                f"{FILE}: {each.id}: no {what} in {language}"
                for language in languages
                if not getattr(each, what).get(language)
            )
        if each.category is not None and each.category not in categories:
            yield f"{FILE}: {each.id}: category {each.category} is unknown"
