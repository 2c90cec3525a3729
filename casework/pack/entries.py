"""The entries of a jurisdiction pack, and the reading of its files.

A pack is a folder of JSON files. Lists hold entries with an `id`, so a repeated id is found and
does not silently overwrite. Names are by language: public names exist in each of the pack's
`languages`, names for administrations in its `official_languages`. Every statement of law carries
its source and stays `confirmed: false` until a deployment has checked it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from casework.pack.time_zones import zone_from_name

TERRITORIAL: Final = "territorial"
"""Competence of a category that goes to the unit of the territory."""

OffenceClass = Literal["misdemeanour", "felony"]
CourtLevel = Literal["first_instance", "appeal"]
CourtConfidence = Literal["exact", "fuzzy", "several"]
"""How sure the court of a territory is: certain, matched by an approximate name, or the court of
the chief town of a territory that several courts share."""

ReadFrom = Literal["text", "layout"]
"""The source says it in words, or it follows from the order of the source's lines."""

Names = dict[str, str]
TextsByLanguage = dict[str, tuple[str, ...]]


class PackError(Exception):
    """The pack cannot be used. `findings` lists every error as "file: entry: what"."""

    error_code = "PackError"

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


class PackEntry(BaseModel):
    """An entry is immutable, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class LegalBasis(PackEntry):
    """One article, as far as it was read."""

    ref: str
    cited: Mapping[str, str] = {}
    """How it is cited, by language; `ref` in others."""
    penalty: str | None = None
    source: str
    confirmed: bool


class Category(PackEntry):
    """A kind of content that people report."""

    id: str
    group: str
    """The row of the published table that counts it."""
    offence_class: OffenceClass = Field(alias="class")
    class_basis: str
    """The reason for this class; an analyst corrects it on the case."""
    competence: str
    """`territorial`, or the id of the national unit that takes it from everywhere."""
    legal_basis: tuple[LegalBasis, ...]
    names: Names
    help: Names
    advice: TextsByLanguage
    """Advice, most important first."""
    calm: bool = False
    """Whether the form shows this advice before it asks anything else."""
    way: Literal["blackmailed", "cheated"] | None = None
    """The way into the form that means this category: "I am being blackmailed", "I was cheated"."""
    files_from_victims_alone: bool = False
    """Whether only the victim may add files. Everybody else sends the address of the content: of
    material that shows the abuse of a child, a copy harms again, and having it may be an
    offence."""


class NamedEntry(PackEntry):
    """What only administrations name, in official languages."""

    names: Names

    def name(self, language: str) -> str:
        """The name in this language, or in the first official language that has one."""
        return self.names.get(language) or next(iter(self.names.values()))


class Territory(NamedEntry):
    """A division of the country. `code` is the official one."""

    code: str
    level: str
    parent: str | None
    court: str | None
    """First-instance court competent in criminal matters."""
    court_confidence: CourtConfidence | None
    population: int | None


class Unit(NamedEntry):
    """A receiver of referrals."""

    id: str
    kind: Literal["judicial_police", "national", "desk"]
    territory: str | None
    duty: bool
    """A person answers at any hour."""
    court: str | None = None
    """First-instance court at the seat of a national unit."""
    court_from_territory: bool = False
    """The prosecutor is that of the territory if known, and otherwise that of the seat."""
    signs: tuple[str, ...] = ()
    """Signs in a report for which this national unit is offered beside the one of the rule."""


class FallbackHint(PackEntry):
    """A guess at the substitute of a court that may not be open. Never used for routing."""

    court: str
    basis: str
    confirmed: bool


class Court(NamedEntry):
    """A court, with the open questions about it."""

    id: str
    level: CourtLevel
    seat: str | None = None
    appeal: str | None = None
    """Court of appeal above a first-instance court."""
    appeal_confidence: ReadFrom = "text"
    """The source of the court of appeal above it."""
    district_confidence: ReadFrom = "text"
    """The source of its bounds with the other courts of its province."""
    matter: str = "all"
    operational: bool | Literal["unknown"]
    operational_basis: str | None = None
    fallback: str | None = None
    """Confirmed substitute court; used as soon as `operational` is not true."""
    fallback_hint: FallbackHint | None = None
    note: str | None = None


class Deadlines(PackEntry):
    """Seconds to wait, one per escalation level; the last is the final wait."""

    review_seconds: tuple[PositiveInt, ...] = Field(min_length=1)
    acknowledge_seconds: tuple[PositiveInt, ...] = Field(min_length=1)


class CompetenceGround(PackEntry):
    """The reason for which a place makes a unit competent."""

    id: str
    names: Names
    source: str
    confirmed: bool


class Prosecutor(PackEntry):
    """The office for one class of offence, at a court of one level."""

    id: str
    court_level: CourtLevel
    names: Names
    source: str
    confirmed: bool


class EmergencyNumber(PackEntry):
    """A number to call when a person is in danger."""

    id: str
    number: str
    names: Names
    source: str
    confirmed: bool


class IdentityNumberForm(PackEntry):
    """What the numbers of one kind of identity card look like, so that print can cover them."""

    id: str
    letters: tuple[PositiveInt, PositiveInt]
    """The fewest and the most letters at the beginning."""
    digits: tuple[PositiveInt, PositiveInt]
    """The fewest and the most digits behind them."""
    announced_by: tuple[str, ...] = ()
    """Words, in small letters, behind which a number may be written in parts."""
    source: str
    confirmed: bool


class PackFacts(PackEntry):
    """`pack.json`: facts of the whole pack."""

    id: str
    version: str
    names: Names
    languages: tuple[str, ...] = Field(min_length=1)
    official_languages: tuple[str, ...] = Field(min_length=1)
    levels: tuple[str, ...] = Field(min_length=1)
    """Levels of territory, the largest first."""
    unit_level: str
    """The level that has one territorial unit each."""
    time_zone: str = Field(min_length=1)
    """The zone of the country's clocks in the IANA database, whose days the law counts; the zone of
    the capital where there are several."""
    calling_code: str = Field(default="", pattern=r"^([1-9][0-9]{0,2})?$")
    """The country's calling code; short messages go there unless a deployment names others."""
    groups: tuple[str, ...]
    max_declines: PositiveInt
    prosecutors: dict[OffenceClass, Prosecutor]
    emergency_numbers: tuple[EmergencyNumber, ...]
    identity_numbers: tuple[IdentityNumberForm, ...] = ()
    """Numbers that a printed dossier covers in the words of reporters."""
    advice: TextsByLanguage

    @property
    def zone(self) -> tzinfo:
        """What the country's clocks show; raises ValueError for an unknown name."""
        return zone_from_name(self.time_zone)

    def local_day(self, at: datetime) -> date:
        """The date in the country."""
        return at.astimezone(self.zone).date()


class CompetenceGrounds(PackEntry):
    """`grounds.json`: the grounds of competence in their order."""

    note: str = ""
    reported_territory: str
    """The ground that a reporter's territory counts as."""
    grounds: tuple[CompetenceGround, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Ids, the strongest first."""
        return tuple(ground.id for ground in self.grounds)


class Territories(Mapping[str, Territory]):
    """Code → territory. Rows become entries on request: a cold start needs few of them."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        columns: list[str] = document["columns"]
        self._fields = [name for name in columns if name in Territory.model_fields]
        self._at = {name: columns.index(name) for name in columns}
        self._languages = [name for name in columns if name not in Territory.model_fields]
        code = self._at["code"]
        self.rows: list[list[Any]] = document["territories"]
        self._rows = {row[code]: row for row in self.rows}
        self._made: dict[str, Territory] = {}

    def __getitem__(self, code: str) -> Territory:
        if code not in self._made:
            self._made[code] = Territory.model_construct(**self.row_fields(self._rows[code]))
        return self._made[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    @property
    def outermost(self) -> tuple[Territory, ...]:
        """The territories without a parent."""
        at, code = self._at["parent"], self._at["code"]
        return tuple(self[row[code]] for row in self.rows if row[at] is None)

    def row_fields(self, row: list[Any]) -> dict[str, Any]:
        """A row as the fields of `Territory`."""
        values = {name: row[self._at[name]] for name in self._fields}
        values["names"] = {name: row[self._at[name]] for name in self._languages}
        return values


EntryT = TypeVar("EntryT", bound=PackEntry)


def read_document(folder: Path, file: str) -> dict[str, Any]:
    """One file of the pack as JSON; raises `PackError` when it is not a JSON object."""
    try:
        text = (folder / file).read_text("utf-8")
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except FileNotFoundError:
        raise PackError([f"{file}: -: the file is missing"]) from None
    except UnicodeDecodeError:
        raise PackError([f"{file}: -: not UTF-8"]) from None
    except json.JSONDecodeError as error:
        raise PackError([f"{file}: line {error.lineno}: not JSON ({error.msg})"]) from None
    except _Repeated as error:
        raise PackError([f"{file}: {error}: the name appears twice in one object"]) from None
    if not isinstance(document, dict):
        raise PackError([f"{file}: -: must be a JSON object"])
    return document


def read_pack_entry(folder: Path, file: str, model: type[EntryT]) -> EntryT:
    """A file that is one entry."""
    document = read_document(folder, file)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise PackError(pack_findings_from_error(file, "-", error)) from None


def read_pack_entries(
    folder: Path, file: str, key: str, model: type[EntryT]
) -> tuple[dict[str, EntryT], list[str]]:
    """The valid entries of a file by id, and the errors of the others."""
    try:
        rows = read_document(folder, file).get(key)
    except PackError as error:
        return {}, list(error.findings)
    if not isinstance(rows, list):
        return {}, [f"{file}: {key}: must be a list"]
    entries: dict[str, EntryT] = {}
    findings: list[str] = []
    for number, row in enumerate(rows, 1):
        named = row.get("id") if isinstance(row, dict) else None
        label = named if isinstance(named, str) else f"entry {number}"
        if label in entries:
            findings.append(f"{file}: {label}: the id appears twice")
            continue
        try:
            entries[label] = model.model_validate(row)
        except ValidationError as error:
            findings += pack_findings_from_error(file, label, error)
    return entries, findings


def read_deadlines(folder: Path) -> tuple[dict[str, Deadlines], list[str]]:
    """`deadlines.json` as priority → deadlines, and the errors of the rest."""
    file = "deadlines.json"
    try:
        rows = read_document(folder, file).get("deadlines")
    except PackError as error:
        return {}, list(error.findings)
    if not isinstance(rows, dict):
        return {}, [f"{file}: deadlines: must be an object"]
    entries: dict[str, Deadlines] = {}
    findings: list[str] = []
    for priority, row in rows.items():
        try:
            entries[priority] = Deadlines.model_validate(row)
        except ValidationError as error:
            findings += pack_findings_from_error(file, priority, error)
    return entries, findings


def read_territories(folder: Path) -> Territories:
    """`territories.json` without checks of each row; those are in `check_pack`."""
    file = "territories.json"
    document = read_document(folder, file)
    columns, rows = document.get("columns"), document.get("territories")
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise PackError([f"{file}: -: needs the lists columns and territories"])
    if missing := sorted(set(Territory.model_fields) - {"names"} - set(columns)):
        raise PackError([f"{file}: columns: missing {', '.join(missing)}"])
    code = columns.index("code")
    broken = [
        f"{file}: row {number}: needs a code and the {len(columns)} values that columns names"
        for number, row in enumerate(rows, 1)
        if not isinstance(row, list) or len(row) != len(columns) or not isinstance(row[code], str)
    ]
    if broken:
        raise PackError(broken)
    return Territories(document)


def read_aliases(folder: Path) -> dict[str, list[str]]:
    """`places.json` (may be absent): code → other spellings of the place."""
    if not (folder / "places.json").is_file():
        return {}
    aliases = read_document(folder, "places.json").get("aliases")
    if not isinstance(aliases, dict):
        raise PackError(["places.json: aliases: must be an object"])
    return aliases


def read_spellings(folder: Path, listed: str) -> list[str]:
    """A list of `places.json`; each list may be absent, and `places.LISTS` describes them."""
    if not (folder / "places.json").is_file():
        return []
    found = read_document(folder, "places.json").get(listed, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise PackError([f"places.json: {listed}: must be a list of spellings"])
    return found


class _Repeated(ValueError):
    """A JSON object has the same key twice."""

    error_code = "_Repeated"


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Repeated(name)
            seen.add(name)
    return members


def pack_findings_from_error(file: str, label: str, error: ValidationError) -> list[str]:
    """A validation error as findings."""
    return [
        f"{file}: {label}: {'.'.join(map(str, each['loc'])) or 'entry'}: {each['msg']}"
        for each in error.errors(include_url=False)
    ]
