"""Finds every error of a jurisdiction pack in one pass.

Each finding reads "file: entry: what is wrong". Files are read as far as possible, so one broken
entry does not hide the next. References to an unreadable file are not checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from casework.case.value_objects import Priority
from casework.pack import entries as files
from casework.pack import (
    hash_list_subjects,
    help_services,
    notices,
    parties,
    phones,
    published_table,
    templates,
)
from casework.pack.entries import (
    TERRITORIAL,
    Category,
    CompetenceGrounds,
    Court,
    Deadlines,
    PackError,
    PackFacts,
    Territories,
    Territory,
    Unit,
)
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.time_zones import zone_names
from casework.text.realm import TRIAL_RECEIVER

PackItemT = TypeVar("PackItemT")

RESERVED_UNIT_IDS = frozenset({"review", "supervision", "duty", "reporters", TRIAL_RECEIVER})
"""Reserved names of queues and desks: a unit of such a name would receive their work."""


@dataclass(frozen=True)
class _Parts:
    """The readable parts of a pack; references to an unreadable part are not checked."""

    facts: PackFacts | None
    categories: Mapping[str, Category]
    units: Mapping[str, Unit]
    courts: Mapping[str, Court]
    deadlines: Mapping[str, Deadlines]
    grounds: CompetenceGrounds | None
    territories: Territories | None
    aliases: Mapping[str, Any]
    found: list[str]


def load_jurisdiction(folder: Path | str) -> Jurisdiction:
    """The pack in `folder`, every file read and checked; raises `PackError`."""
    if found := findings(Path(folder)):
        raise PackError(found)
    return Jurisdiction(Path(folder))


def findings(folder: Path, languages: Iterable[str] = ()) -> list[str]:
    """The errors of the pack in `folder`; empty when it can be used.

    It must also have its public texts in these languages.
    """
    parts = _read(folder)
    if parts.facts:
        every = dict.fromkeys((*parts.facts.languages, *languages))
        parts = replace(parts, facts=parts.facts.model_copy(update={"languages": tuple(every)}))
    found = list(parts.found)
    if parts.facts and parts.facts.id != folder.resolve().name:
        found.append(f"pack.json: id: {parts.facts.id} is not the name of the folder")
    for check in (
        _facts,
        _categories,
        _units,
        _coverage,
        _courts,
        _deadlines,
        _grounds,
        _territories,
        _aliases,
    ):
        found += check(parts)
    return [
        *found,
        *_procedure(folder, parts),
        *_statistics(folder, parts),
        *_triage(folder, parts),
        *_told(folder, parts),
    ]


def _triage(folder: Path, parts: _Parts) -> Iterator[str]:
    # The lexicons come with them, which no other check needs.
    from casework.analysis import narrative_place, priority_rules
    from casework.linking import stop_list

    signs = {each.id: each.signs for each in parts.units.values()}
    yield from priority_rules.findings(folder, parts.categories, signs)
    yield from stop_list.findings(folder)
    if not any(each.startswith(narrative_place.FILE) for each in parts.found):
        yield from narrative_place.findings(folder)


def _statistics(folder: Path, parts: _Parts) -> Iterator[str]:
    file = published_table.FILE
    if parts.facts is None or not (folder / file).is_file():
        return
    try:
        table = files.read_pack_entry(folder, file, published_table.PublishedTable)
    except PackError as error:
        yield from error.findings
        return
    rows: tuple[
        published_table.StatisticsGroup | published_table.StatisticsFlag | published_table.Region,
        ...,
    ]
    rows = (*table.groups, *table.flags, *table.regions)
    for row in rows:
        yield from _languages(file, row.id, row.names, parts.facts.languages)
    if table.census is not None and parts.territories is not None:
        for place in parts.territories.outermost:
            if not place.population:
                yield f"{file}: census: territories.json does not say how many live in {place.code}"


def _told(folder: Path, parts: _Parts) -> Iterator[str]:
    if parts.facts is None:
        return
    yield from help_services.findings(folder, parts.facts.languages, parts.categories)
    yield from hash_list_subjects.findings(folder, parts.facts.languages, parts.categories)
    yield from notices.findings(folder, parts.facts.languages)
    yield from templates.findings(folder, parts.facts.languages)
    yield from phones.findings(folder)
    if parts.territories is not None:
        yield from parties.findings(
            folder, parts.facts.official_languages, frozenset(parts.territories)
        )


def _procedure(folder: Path, parts: _Parts) -> Iterator[str]:
    from casework.pack import procedure  # it knows cases, which no other check needs

    if parts.facts is None:
        return
    yield from procedure.findings(
        folder,
        languages=parts.facts.languages,
        official=parts.facts.official_languages,
        categories=parts.categories,
        prosecutors=[office.id for office in parts.facts.prosecutors.values()],
    )


def _read(folder: Path) -> _Parts:
    found: list[str] = []

    def attempt(read: Callable[[], PackItemT]) -> PackItemT | None:
        try:
            return read()
        except PackError as error:
            found.extend(error.findings)
            return None

    facts = attempt(lambda: files.read_pack_entry(folder, "pack.json", PackFacts))
    grounds = attempt(lambda: files.read_pack_entry(folder, "grounds.json", CompetenceGrounds))
    territories = attempt(lambda: files.read_territories(folder))
    aliases = attempt(lambda: files.read_aliases(folder)) or {}
    categories, in_categories = files.read_pack_entries(
        folder, "categories.json", "categories", Category
    )
    units, in_units = files.read_pack_entries(folder, "units.json", "units", Unit)
    courts, in_courts = files.read_pack_entries(folder, "courts.json", "courts", Court)
    deadlines, in_deadlines = files.read_deadlines(folder)
    found += [*in_categories, *in_units, *in_courts, *in_deadlines]
    return _Parts(facts, categories, units, courts, deadlines, grounds, territories, aliases, found)


def _facts(parts: _Parts) -> Iterator[str]:
    facts, file = parts.facts, "pack.json"
    if facts is None:
        return
    yield from _languages(file, "names", facts.names, facts.languages)
    yield from _languages(file, "advice", facts.advice, facts.languages, "text")
    for number in facts.emergency_numbers:
        yield from _languages(file, number.id, number.names, facts.languages)
    for offence_class in ("misdemeanour", "felony"):
        office = facts.prosecutors.get(offence_class)
        if office is None:
            yield f"{file}: prosecutors: no office for the class {offence_class}"
        else:
            yield from _languages(file, office.id, office.names, facts.languages)
    if facts.unit_level not in facts.levels:
        yield f"{file}: unit_level: {facts.unit_level} is not one of levels"
    if facts.time_zone not in zone_names():
        yield f"{file}: time_zone: {facts.time_zone} is no zone of the IANA time zone database"
    for what, values in (
        ("languages", facts.languages),
        ("official_languages", facts.official_languages),
        ("levels", facts.levels),
        ("groups", facts.groups),
        ("emergency_numbers", [each.id for each in facts.emergency_numbers]),
    ):
        yield from _twice(file, what, values)


def _categories(parts: _Parts) -> Iterator[str]:
    file = "categories.json"
    yield from _twice(file, "way", [each.way for each in parts.categories.values() if each.way])
    for category in parts.categories.values():
        if parts.facts:
            languages = parts.facts.languages
            yield from _languages(file, category.id, category.names, languages)
            yield from _languages(file, category.id, category.help, languages, "help")
            yield from _languages(file, category.id, category.advice, languages, "advice")
            if category.group not in parts.facts.groups:
                yield f"{file}: {category.id}: group {category.group} is not in pack.json"
        if category.competence == TERRITORIAL or not parts.units:
            continue
        unit = parts.units.get(category.competence)
        if unit is None:
            yield f"{file}: {category.id}: unit {category.competence} is not in units.json"
        elif unit.kind == "judicial_police":
            yield f"{file}: {category.id}: unit {category.competence} is not a national unit"


def _units(parts: _Parts) -> Iterator[str]:
    file = "units.json"
    for unit in parts.units.values():
        if parts.facts:
            yield from _languages(file, unit.id, unit.names, parts.facts.official_languages)
        if unit.id in RESERVED_UNIT_IDS or ":" in unit.id or "#" in unit.id:
            yield f"{file}: {unit.id}: this id is reserved; name the unit otherwise"
        if unit.kind == "judicial_police" and unit.territory is None:
            yield f"{file}: {unit.id}: a territorial unit needs a territory"
        if unit.kind != "judicial_police" and unit.territory is not None:
            yield f"{file}: {unit.id}: a unit of kind {unit.kind} has no territory"
        if unit.kind == "national" and unit.court is None:
            yield f"{file}: {unit.id}: a national unit needs the court of its seat"
        if unit.kind != "national" and unit.signs:
            yield f"{file}: {unit.id}: signs: only a national unit is offered for a sign"
        if unit.court is not None:
            yield from _first_instance(file, unit.id, unit.court, parts.courts)
    if parts.units and (desks := sum(unit.kind == "desk" for unit in parts.units.values())) != 1:
        yield f"{file}: -: there must be one unit of kind desk, not {desks}"


def _coverage(parts: _Parts) -> Iterator[str]:
    """Each territory at the unit level has exactly one unit."""
    facts, territories, file = parts.facts, parts.territories, "units.json"
    if not facts or territories is None or not parts.units:
        return
    holder: dict[str, str] = {}
    for unit in parts.units.values():
        code = unit.territory
        if code is None:
            continue
        if code not in territories:
            yield f"{file}: {unit.id}: territory {code} is not in territories.json"
        elif territories[code].level != facts.unit_level:
            level = territories[code].level
            yield f"{file}: {unit.id}: territory {code} is a {level}, not a {facts.unit_level}"
        elif code in holder:
            yield f"{file}: {unit.id}: territory {code} already has the unit {holder[code]}"
        else:
            holder[code] = unit.id
    for code, territory in territories.items():
        if territory.level == facts.unit_level and code not in holder:
            yield f"{file}: {code}: this {facts.unit_level} has no unit"


def _courts(parts: _Parts) -> Iterator[str]:
    file = "courts.json"
    for court in parts.courts.values():
        if parts.facts:
            yield from _languages(file, court.id, court.names, parts.facts.official_languages)
        if court.level == "first_instance":
            above = parts.courts.get(court.appeal or "")
            if above is None or above.level != "appeal":
                yield f"{file}: {court.id}: appeal {court.appeal} is not a court of appeal"
        hint = court.fallback_hint.court if court.fallback_hint else None
        for what, other in (("fallback", court.fallback), ("fallback_hint", hint)):
            if other is not None and (
                other not in parts.courts or parts.courts[other].level != court.level
            ):
                yield f"{file}: {court.id}: {what} {other} is not a court of the same level"
        if court.operational is False and court.fallback is None:
            yield f"{file}: {court.id}: a court that is not open needs a fallback"
        if court.seat and parts.territories is not None and court.seat not in parts.territories:
            yield f"{file}: {court.id}: seat {court.seat} is not in territories.json"


def _deadlines(parts: _Parts) -> Iterator[str]:
    file = "deadlines.json"
    for priority in parts.deadlines:
        if priority not in list(Priority):
            yield f"{file}: {priority}: not a priority"
    for priority in Priority:
        if priority not in parts.deadlines and not any(file in each for each in parts.found):
            yield f"{file}: {priority}: has no deadlines"
    known = [each for each in Priority if each in parts.deadlines]
    for higher, lower in pairwise(known):
        for what in ("review_seconds", "acknowledge_seconds"):
            first = getattr(parts.deadlines[higher], what)
            then = getattr(parts.deadlines[lower], what)
            if then[0] < first[0] or sum(then) < sum(first):
                yield f"{file}: {lower}: {what} must not end before those of {higher}"


def _grounds(parts: _Parts) -> Iterator[str]:
    file, grounds = "grounds.json", parts.grounds
    if grounds is None:
        return
    for ground in grounds.grounds:
        if parts.facts:
            yield from _languages(file, ground.id, ground.names, parts.facts.languages)
    yield from _twice(file, "grounds", grounds.order)
    if grounds.reported_territory not in grounds.order:
        yield f"{file}: reported_territory: {grounds.reported_territory} is not one of grounds"
    if "national_unit" not in grounds.order:
        yield f"{file}: grounds: national_unit is missing"


def _territories(parts: _Parts) -> Iterator[str]:
    territories, file = parts.territories, "territories.json"
    if territories is None:
        return
    ids: set[str] = set()
    for number, row in enumerate(territories.rows, 1):
        values = territories.row_fields(row)
        label = str(values["code"] or f"row {number}")
        if label in ids:
            yield f"{file}: {label}: the code appears twice"
            continue
        ids.add(label)
        try:
            territory = Territory.model_validate(values)
        except ValidationError as error:
            yield from files.pack_findings_from_error(file, label, error)
            continue
        yield from _territory(territory, territories, parts)


def _territory(territory: Territory, territories: Territories, parts: _Parts) -> Iterator[str]:
    file, code, facts = "territories.json", territory.code, parts.facts
    if facts is None:
        return
    yield from _languages(file, code, territory.names, facts.official_languages)
    if territory.level not in facts.levels:
        yield f"{file}: {code}: level {territory.level} is not in pack.json"
        return
    depth = facts.levels.index(territory.level)
    if territory.parent is None:
        if depth != 0:
            yield f"{file}: {code}: a {territory.level} needs a parent"
    elif territory.parent not in territories:
        yield f"{file}: {code}: parent {territory.parent} is not in this file"
    elif (above := territories[territory.parent].level) not in facts.levels[:depth]:
        # A parent always has a larger level, so following parents always ends.
        yield f"{file}: {code}: a {territory.level} cannot be inside a {above}"
    routed = facts.unit_level in facts.levels[: depth + 1]
    if routed and (territory.court is None or territory.court_confidence is None):
        yield f"{file}: {code}: needs a court and how sure it is"
    if territory.court is not None:
        yield from _first_instance(file, code, territory.court, parts.courts)


def _aliases(parts: _Parts) -> Iterator[str]:
    for code, spellings in parts.aliases.items():
        if parts.territories is not None and code not in parts.territories:
            yield f"places.json: {code}: is not in territories.json"
        if not isinstance(spellings, list) or not all(isinstance(each, str) for each in spellings):
            yield f"places.json: {code}: must be a list of spellings"


def _first_instance(
    file: str, label: str, court: str, courts: Mapping[str, Court]
) -> Iterator[str]:
    if not courts:
        return
    if court not in courts:
        yield f"{file}: {label}: court {court} is not in courts.json"
    elif courts[court].level != "first_instance":
        yield f"{file}: {label}: court {court} is not a first-instance court"


def _languages(
    file: str, label: str, texts: Mapping[str, object], languages: Iterable[str], what: str = "name"
) -> Iterator[str]:
    for language in languages:
        if not texts.get(language):
            yield f"{file}: {label}: no {what} in {language}"


def _twice(file: str, label: str, values: Iterable[str]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{file}: {label}: {value} appears twice"
