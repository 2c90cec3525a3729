"""The jurisdiction pack: everything national, as data.

    pack = open_pack("ma")                  the pack beside this package, read on demand
    pack = check_pack.load(folder)          any pack, fully checked; PackError lists all findings

`open_pack` reads a file at its first use, so a cold start reads categories and not 1,600
territories. It does not check that the files agree with each other: the build of a pack does that
once with `load`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from casework.pack import entries as files
from casework.pack.entries import (
    TERRITORIAL,
    Category,
    CompetenceGround,
    CompetenceGrounds,
    Court,
    Deadlines,
    EmergencyNumber,
    OffenceClass,
    PackError,
    PackFacts,
    Prosecutor,
    Territories,
    Territory,
    Unit,
)

if TYPE_CHECKING:
    from casework.pack.places import LocatedPlace, PlaceIndex

__all__ = [
    "TERRITORIAL",
    "Category",
    "CompetenceGround",
    "CompetenceGrounds",
    "Court",
    "Deadlines",
    "EmergencyNumber",
    "Jurisdiction",
    "OffenceClass",
    "PackError",
    "Prosecutor",
    "Territory",
    "Unit",
    "open_pack",
]

JURISDICTIONS_FOLDER: Final = Path(__file__).resolve().parents[2] / "jurisdictions"
_PACK_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")


class Jurisdiction:
    """A pack. Everything read from it is immutable."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._references: dict[str, bytes] = {}

    # The whole pack

    @cached_property
    def facts(self) -> PackFacts:
        """`pack.json`."""
        return files.read_pack_entry(self.folder, "pack.json", PackFacts)

    @property
    def id(self) -> str:
        """Name of the pack, e.g. `ma`."""
        return self.facts.id

    @property
    def version(self) -> str:
        """Recorded on each case whose competence came from this pack."""
        return self.facts.version

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of public answers; the first is the default."""
        return self.facts.languages

    @property
    def max_declines(self) -> int:
        """How many units may decline a case before a supervisor decides it."""
        return self.facts.max_declines

    @property
    def emergency_numbers(self) -> tuple[EmergencyNumber, ...]:
        """Numbers to call, in the order of display."""
        return self.facts.emergency_numbers

    # Entries

    @cached_property
    def categories(self) -> Mapping[str, Category]:
        """Id → category, in the order of display."""
        return self._entries("categories.json", "categories", Category)

    @cached_property
    def victim_only_file_categories(self) -> frozenset[str]:
        """The categories of whose content only the victim may send files."""
        return frozenset(
            each.id for each in self.categories.values() if each.files_from_victims_alone
        )

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """Id → unit."""
        return self._entries("units.json", "units", Unit)

    @cached_property
    def courts(self) -> Mapping[str, Court]:
        """Id → court."""
        return self._entries("courts.json", "courts", Court)

    @cached_property
    def deadlines(self) -> Mapping[str, Deadlines]:
        """Priority → the times that people have."""
        entries, found = files.read_deadlines(self.folder)
        if found:
            raise PackError(found)
        return MappingProxyType(entries)

    @cached_property
    def grounds(self) -> CompetenceGrounds:
        """Grounds of competence in their order."""
        return files.read_pack_entry(self.folder, "grounds.json", CompetenceGrounds)

    @cached_property
    def territories(self) -> Territories:
        """Code → territory."""
        return files.read_territories(self.folder)

    # Questions

    def advice(self, category: str | None, language: str) -> tuple[str, ...]:
        """Advice for a reporter; general advice when the category is not known."""
        known = self.categories.get(category) if category else None
        texts = known.advice if known else self.facts.advice
        return texts[self.supported_language(language)]

    def find_province(self, code: str) -> Territory | None:
        """The territory at the unit level that is or contains this one."""
        level = self.facts.unit_level
        return next((each for each in self.upward(code) if each.level == level), None)

    def upward(self, code: str) -> Iterator[Territory]:
        """The territory, its parent, and so on; nothing for an unknown code."""
        at: str | None = code
        while at is not None and at in self.territories:
            territory = self.territories[at]
            yield territory
            at = territory.parent

    def below(self, code: str) -> tuple[Territory, ...]:
        """The territories directly inside this one."""
        return tuple(self.territories[each] for each in self._children.get(code, ()))

    def find_territorial_unit(self, province: str) -> Unit | None:
        """The territorial unit of a territory at the unit level."""
        return self._unit_by_territory.get(province)

    @cached_property
    def desk(self) -> Unit:
        """The unit for cases without a territory or from abroad."""
        return next(unit for unit in self.units.values() if unit.kind == "desk")

    def place(self, text: str) -> LocatedPlace | None:
        """The territory that a free text names, with its certainty, or None."""
        return self._places.find(text)

    # The public API

    def reference(self, language: str) -> dict[str, Any]:
        """The choices of a reporter, in one language.

        Raises `KeyError` for a language that the pack does not have.
        """
        if language not in self.languages:
            raise KeyError(language)
        facts = self.facts
        return {
            "pack": {"id": facts.id, "version": facts.version, "name": facts.names[language]},
            "language": language,
            "languages": list(facts.languages),
            "emergency_numbers": [
                {
                    "id": each.id,
                    "number": each.number,
                    "name": each.names[language],
                    "confirmed": each.confirmed,
                }
                for each in facts.emergency_numbers
            ],
            "advice": list(facts.advice[language]),
            "categories": [
                {"id": each.id, "name": each.names[language], "help": each.help[language]}
                for each in self.categories.values()
            ],
            "territories": self._tree(None, language),
        }

    def reference_json(self, language: str) -> bytes:
        """`reference` as compact UTF-8 JSON, the same bytes for the same pack."""
        if language not in self._references:
            text = json.dumps(self.reference(language), ensure_ascii=False, separators=(",", ":"))
            self._references[language] = text.encode()
        return self._references[language]

    def reference_tag(self, language: str) -> str:
        """32 hexadecimal digits that change exactly when `reference` changes."""
        return hashlib.sha256(self.reference_json(language)).hexdigest()[:32]

    def _tree(self, parent: str | None, language: str) -> list[dict[str, Any]]:
        entries = []
        for code in self._children.get(parent, ()):
            territory = self.territories[code]
            entry: dict[str, Any] = {
                "code": code,
                "level": territory.level,
                "name": territory.name(language),
            }
            if below := self._tree(code, language):
                entry["territories"] = below
            entries.append(entry)
        return entries

    @cached_property
    def _children(self) -> Mapping[str | None, list[str]]:
        children: dict[str | None, list[str]] = {}
        for code, territory in self.territories.items():
            children.setdefault(territory.parent, []).append(code)
        return children

    @cached_property
    def _unit_by_territory(self) -> Mapping[str, Unit]:
        return {unit.territory: unit for unit in self.units.values() if unit.territory}

    @cached_property
    def _places(self) -> PlaceIndex:
        # Only triage reads free text; intake does not load the index.
        from casework.pack.places import PLACE_LIST_FILE_KEYS, PlaceIndex

        facts = self.facts
        aliases = files.read_aliases(self.folder)
        lists = {each: files.read_spellings(self.folder, each) for each in PLACE_LIST_FILE_KEYS}
        return PlaceIndex(self.territories, facts.levels, facts.unit_level, aliases, lists)

    def supported_language(self, language: str) -> str:
        """The language itself, or the first of the pack where it lacks this one."""
        return language if language in self.languages else self.languages[0]

    def _entries(
        self, file: str, key: str, model: type[files.EntryT]
    ) -> Mapping[str, files.EntryT]:
        entries, found = files.read_pack_entries(self.folder, file, key, model)
        if found:
            raise PackError(found)
        return MappingProxyType(entries)


@lru_cache
def open_pack(pack_id: str) -> Jurisdiction:
    """The pack `jurisdictions/<pack_id>`, one instance per process; or `PackError`."""
    folder = JURISDICTIONS_FOLDER / pack_id
    if not _PACK_ID.fullmatch(pack_id) or not (folder / "pack.json").is_file():
        raise PackError([f"pack.json: {pack_id}: no such pack"])
    return Jurisdiction(folder)
