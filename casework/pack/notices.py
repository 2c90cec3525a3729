"""`notices.json`: what the law has the portal tell its visitors, as data. A pack may have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from casework.pack.entries import PackEntry, PackError, TextsByLanguage, read_pack_entry

FILE: Final = "notices.json"


class LegalNotice(PackEntry):
    """Paragraphs in each language of the pack."""

    texts: TextsByLanguage
    source: str
    confirmed: bool


class Notices(PackEntry):
    """The two notices that depend on the country."""

    legal_basis: LegalNotice
    """Why the service may take reports, and who acts on them."""
    data_protection: LegalNotice
    """What is kept of whom, and the rights of everybody whose data it is."""


@lru_cache
def load_notices(folder: Path) -> Notices | None:
    """The notices of a pack; raises `PackError`."""
    return read_pack_entry(folder, FILE, Notices) if (folder / FILE).is_file() else None


def findings(folder: Path, languages: Sequence[str]) -> Iterator[str]:
    """What is wrong in the file."""
    try:
        notices = load_notices(folder)
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
