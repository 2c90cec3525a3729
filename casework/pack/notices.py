"""`notices.json`: what the law has the portal tell its visitors, as data. A pack may have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from casework.pack.entries import PackEntry, PackError, Texts, read_one

FILE: Final = "notices.json"


class LegalNotice(PackEntry):
    """Paragraphs in each language of the pack."""

    texts: Texts
    source: str
    confirmed: bool


class Notices(PackEntry):
    """The two notices that depend on the country."""

    legal_basis: LegalNotice
    """Why the service may take reports, and who acts on them."""
    data_protection: LegalNotice
    """What is kept of whom, and the rights of everybody whose data it is."""


@lru_cache
def notices_of(folder: Path) -> Notices | None:
    """The notices of a pack; raises `PackError`."""
    return read_one(folder, FILE, Notices) if (folder / FILE).is_file() else None


def findings(folder: Path, languages: Sequence[str]) -> Iterator[str]:
    """What is wrong in the file."""
    try:
        notices = notices_of(folder)
    except PackError as error:
        yield from error.findings
        return
    if notices is None:
        return
    for name, notice in (
        ("legal_basis", notices.legal_basis),
        ("data_protection", notices.data_protection),
    ):
        yield from (
            f"{FILE}: {name}: no text in {language}"
            for language in languages
            if not notice.texts.get(language)
        )
