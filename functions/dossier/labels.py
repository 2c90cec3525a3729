"""The words of a dossier in one language: its own, those of the desk, and the names of the pack."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from casework.pack.jurisdiction import Jurisdiction

DOSSIER_LANGUAGES: Final = ("fr", "ar")
LABELS_FOLDER: Final = Path(__file__).parent
DESK_LABELS_FOLDER: Final = LABELS_FOLDER / "desk"
"""The words of the desk, which `infra.assets` puts beside the code: a dossier names what happened
as the page does."""


@cache
def read_label_file(file: Path) -> Mapping[str, str]:
    """The texts of a file of words."""
    with file.open("rb") as opened:
        found: dict[str, str] = tomllib.load(opened)["texts"]
    return found


class DossierLabels:
    """What things are called in a language."""

    def __init__(self, pack: Jurisdiction, language: str, desk: Path = DESK_LABELS_FOLDER) -> None:
        self.pack, self.language = pack, language
        self._own = read_label_file(LABELS_FOLDER / f"{language}.toml")
        self._desk = read_label_file(desk / f"{language}.toml")

    def dossier_text(self, key: str, **said: object) -> str:
        """A text of the dossier."""
        return self._own[key].format(**said)

    def fact(self, name: str) -> str:
        """What a field of a report is called."""
        return self._own.get(f"fact_{name}", name)

    def desk(self, kind: str, value: str | None) -> str:
        """A word of the desk, such as that of a status; the value itself where it has none."""
        return self._desk.get(f"{kind}_{value}", value or "") if value else ""

    def category(self, value: str | None) -> str:
        """A category of the pack."""
        found = self.pack.categories.get(value or "")
        return self._of(found.names if found else None, value)

    def laws(self, category: str | None, refs: Collection[str]) -> str:
        """Articles of a category of the pack, as they are cited in the language."""
        found = self.pack.categories.get(category or "")
        cited = {each.ref: each.cited for each in found.legal_basis} if found else {}
        return "; ".join(cited.get(ref, {}).get(self.language, ref) for ref in refs)

    def unit(self, value: str | None) -> str:
        """A unit of the pack."""
        found = self.pack.units.get(value or "")
        return self._of(found.names if found else None, value)

    def court(self, value: str | None) -> str:
        """A court of the pack."""
        found = self.pack.courts.get(value or "")
        return self._of(found.names if found else None, value)

    def office(self, value: str | None) -> str:
        """A prosecutor's office of the pack."""
        offices = {each.id: each for each in self.pack.facts.prosecutors.values()}
        found = offices.get(value or "")
        return self._of(found.names if found else None, value)

    def territory(self, value: str | None) -> str:
        """A place of the pack."""
        found = self.pack.territories.get(value or "")
        return self._of(found.names if found else None, value)

    def _of(self, names: Mapping[str, str] | None, value: str | None) -> str:
        if not names:
            return value or ""
        return names.get(self.language) or next(iter(names.values()))
