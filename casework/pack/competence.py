"""Competence: which unit and which prosecutor's office, on which ground, and how sure that is.

Competence is a proposal, never a decision: the analyst sees the rule, the doubts and the
alternatives, and a unit may contest it. There is always an answer: a case that no rule places goes
to the national desk.

Grounds are tried in the pack's order, and the first known one decides. Two may be known of a
report: that its category belongs to a national unit, and its place. The place counts as the pack's
`reported_territory`, or as the ground that an analyst names.

    national-unit     the category belongs to a national unit, wherever it happened
    territory         the unit of the province of the place

Where no ground is known:

    abroad            no place in the country, reported from abroad: national desk
    wide-territory    the place is larger than a unit's territory: national desk
    no-territory      no place known: national desk
    named             people named another unit: its own court and office
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from casework.pack.jurisdiction import (
    TERRITORIAL,
    Category,
    Court,
    Jurisdiction,
    OffenceClass,
    Territory,
    Unit,
)

SURE_PLACE_PERCENT: Final = 80
"""Percent of certainty from which a place raises no doubt."""
SEVERAL_PLACES_PERCENT: Final = 50
"""Percent up to which the words name several places."""

NATIONAL_UNIT: Final = "national_unit"
"""The ground of a unit that is competent everywhere."""

CompetenceRule = Literal[
    "national-unit", "territory", "abroad", "wide-territory", "no-territory", "named"
]
Confidence = Literal["high", "medium", "low"]
Doubt = Literal[
    "category_unknown",
    "territory_unknown",
    "territory_too_wide",
    "court_name_matched_approximately",
    "several_courts_in_territory",
    "court_may_not_be_open",
    "court_is_a_fallback",
    "court_of_appeal_read_from_layout",
    "court_district_read_from_layout",
    "reported_from_abroad",
    "place_read_from_words",
    "several_places_named",
]
_SURE: Final[dict[Doubt, Confidence]] = {
    "category_unknown": "medium",
    "court_name_matched_approximately": "medium",
    "several_courts_in_territory": "medium",
    "court_is_a_fallback": "medium",
    "court_of_appeal_read_from_layout": "medium",
    "court_district_read_from_layout": "high",
    "reported_from_abroad": "medium",
    "place_read_from_words": "medium",
    "territory_unknown": "low",
    "territory_too_wide": "low",
    "court_may_not_be_open": "low",
    "several_places_named": "low",
}
Reason = Literal[
    "unit_of_the_territory",
    "national_unit",
    "national_desk",
    "unit_of_a_sign",
    "other_court_of_the_territory",
    "earlier_court_map",
    "unit_of_the_rule",
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Alternative(_Value):
    """Another answer that an analyst may prefer, with its reason."""

    unit: str
    prosecutor: str | None = None
    court: str | None = None
    reason: Reason


class Competence(_Value):
    """The competent unit and office. Ids are those of the pack named by `pack_version`."""

    unit: str
    prosecutor: str | None
    """Office for the offence's class, or None: the national desk decides it."""
    court: str | None
    """The court of that office."""
    ground: str
    rule: CompetenceRule
    confidence: Confidence
    doubts: tuple[Doubt, ...]
    territory: str | None
    """The place of the answer."""
    territory_percent: int | None
    """How sure that place is: 100 where a person chose it, None without one."""
    pack_version: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class _Office:
    """The prosecutor's office at a court, its doubts, and the alternative courts."""

    prosecutor: str
    court: str
    doubts: tuple[Doubt, ...]
    earlier: str | None
    """Court of the earlier map, where the present one may not be open."""
    others: tuple[str, ...]
    """Other courts of a territory that several courts share."""


def propose_competence(
    pack: Jurisdiction,
    category: str | None,
    territory_code: str | None,
    abroad: bool = False,
    territory_percent: int = 100,
    ground: str | None = None,
    flags: Collection[str] = (),
) -> Competence:
    """The competent unit and prosecutor's office for a category and a place, and how sure it is.

    `flags` are the signs that triage found. The unit of a sign is only offered: a sign may be a
    mistake, and the category is what somebody chose.

    `ground` is the meaning of the place, where it is known better than the pack's
    `reported_territory`. A category, code or ground that the pack does not have (a newer pack
    dropped it) counts as unknown, so every case has an addressee. For a report from abroad, a place
    in the country is the victim's.
    """
    pack_category = pack.categories.get(category) if category is not None else None
    place = pack.territories.get(territory_code) if territory_code is not None else None
    sure = territory_percent if place else None
    told_ground = ground if ground in pack.grounds.order else pack.grounds.reported_territory
    answers: dict[str, Callable[[], Competence]] = {}
    if pack_category and pack_category.competence != TERRITORIAL:
        answers[NATIONAL_UNIT] = lambda: _national(pack, pack_category, place, sure)
    if place and (unit := _unit_of(pack, place)):
        answers[told_ground] = lambda: _local(
            pack, pack_category, place, unit, told_ground, territory_percent, abroad=abroad
        )
    first = next((each for each in pack.grounds.order if each in answers), None)
    answer = answers[first]() if first else _desk(pack, pack_category, place, sure, abroad)
    return _with_units_of_signs(pack, pack_category, place, answer, flags)


def unit_competence(pack: Jurisdiction, proposal: Competence, unit_id: str) -> Competence:
    """The competence of a unit that people name: its prosecutor's office, of the same class.

    A unit that the pack does not have has neither office nor court.
    """
    if unit_id == proposal.unit:
        return proposal
    known = next((each for each in proposal.alternatives if each.unit == unit_id), None)
    office = known or _seat(pack, proposal, unit_id)
    rule = Alternative(
        unit=proposal.unit,
        prosecutor=proposal.prosecutor,
        court=proposal.court,
        reason="unit_of_the_rule",
    )
    others = (each for each in proposal.alternatives if each.unit != unit_id)
    unit = pack.units.get(unit_id)
    return proposal.model_copy(
        update={
            "unit": unit_id,
            "prosecutor": office.prosecutor if office else None,
            "court": office.court if office else None,
            "ground": _ground_of(pack, proposal, unit),
            "rule": "named",
            "confidence": "high",
            "doubts": (),
            "alternatives": (rule, *others),
        }
    )


def _ground_of(pack: Jurisdiction, proposal: Competence, unit: Unit | None) -> str:
    """The ground of a unit that people name: the place's, for a unit with a territory."""
    if unit is None or unit.territory is None:
        return NATIONAL_UNIT
    by_place = proposal.ground != NATIONAL_UNIT
    return proposal.ground if by_place else pack.grounds.reported_territory


def _seat(pack: Jurisdiction, proposal: Competence, unit_id: str) -> _Office | None:
    """The office at the seat of a unit, of the class of the proposal."""
    unit = pack.units.get(unit_id)
    place = pack.territories.get(unit.territory) if unit and unit.territory else None
    court = place.court if place else unit.court if unit else None
    if court is None:
        return None
    classes = {each.id: name for name, each in pack.facts.prosecutors.items()}
    return _office_at(pack, classes.get(proposal.prosecutor or "", "misdemeanour"), court)


def _local(
    pack: Jurisdiction,
    category: Category | None,
    place: Territory,
    unit: Unit,
    ground: str,
    percent: int,
    *,
    abroad: bool,
) -> Competence:
    doubts: list[Doubt] = [] if category else ["category_unknown"]
    if percent <= SEVERAL_PLACES_PERCENT:
        doubts.append("several_places_named")
    elif percent < SURE_PLACE_PERCENT:
        doubts.append("place_read_from_words")
    if abroad:
        doubts.append("reported_from_abroad")
    office = _office_of(pack, category.offence_class if category else "misdemeanour", place)
    doubts += office.doubts
    alternatives = list(_other_courts(unit, office))
    if category and category.competence != TERRITORIAL:
        national = pack.units[category.competence]
        alternatives.append(_national_alternative(pack, category, national, place, "national_unit"))
    return Competence(
        unit=unit.id,
        prosecutor=office.prosecutor,
        court=office.court,
        ground=ground,
        rule="territory",
        confidence=_confidence(doubts),
        doubts=tuple(doubts),
        territory=place.code,
        territory_percent=percent,
        pack_version=pack.version,
        alternatives=(*alternatives, _to_the_desk(pack)),
    )


def _national(
    pack: Jurisdiction, category: Category, place: Territory | None, sure: int | None
) -> Competence:
    unit = pack.units[category.competence]
    office = _office_of_national(pack, category.offence_class, unit, place)
    local = _unit_of(pack, place)
    alternatives = list(_other_courts(unit, office))
    if local is not None and place is not None:
        nearby = _office_of(pack, category.offence_class, place)
        alternatives.append(
            Alternative(
                unit=local.id,
                prosecutor=nearby.prosecutor,
                court=nearby.court,
                reason="unit_of_the_territory",
            )
        )
    return Competence(
        unit=unit.id,
        prosecutor=office.prosecutor,
        court=office.court,
        ground=NATIONAL_UNIT,
        rule="national-unit",
        confidence=_confidence(office.doubts),
        doubts=office.doubts,
        territory=place.code if place else None,
        territory_percent=sure,
        pack_version=pack.version,
        alternatives=(*alternatives, _to_the_desk(pack)),
    )


def _with_units_of_signs(
    pack: Jurisdiction,
    category: Category | None,
    place: Territory | None,
    answer: Competence,
    flags: Collection[str],
) -> Competence:
    """The answer, with each unit that a sign speaks for and that it does not name yet."""
    named = {answer.unit, *(each.unit for each in answer.alternatives)}
    offered = tuple(
        _national_alternative(pack, category, unit, place, "unit_of_a_sign")
        for unit in pack.units.values()
        if unit.id not in named and not set(flags).isdisjoint(unit.signs)
    )
    if not offered:
        return answer
    return answer.model_copy(update={"alternatives": (*offered, *answer.alternatives)})


def _national_alternative(
    pack: Jurisdiction,
    category: Category | None,
    unit: Unit,
    place: Territory | None,
    reason: Reason,
) -> Alternative:
    offence_class = category.offence_class if category else "misdemeanour"
    office = _office_of_national(pack, offence_class, unit, place)
    return Alternative(
        unit=unit.id, prosecutor=office.prosecutor, court=office.court, reason=reason
    )


def _office_of_national(
    pack: Jurisdiction, offence_class: OffenceClass, unit: Unit, place: Territory | None
) -> _Office:
    """The office of a national unit: at its own court, or at that of the place."""
    if unit.court_from_territory and place is not None and place.court is not None:
        return _office_of(pack, offence_class, place)
    return _office_at(pack, offence_class, unit.court)


def _desk(
    pack: Jurisdiction,
    category: Category | None,
    place: Territory | None,
    sure: int | None,
    abroad: bool,
) -> Competence:
    doubts: list[Doubt] = [] if category else ["category_unknown"]
    rule: CompetenceRule = "abroad" if abroad else "no-territory"
    if place is not None:
        rule = "wide-territory"
        doubts.append("territory_too_wide")
    else:
        doubts.append("reported_from_abroad" if abroad else "territory_unknown")
    inside = (each for below in _inside(pack, place) if (each := _unit_of(pack, below)))
    return Competence(
        unit=pack.desk.id,
        prosecutor=None,
        court=None,
        ground=NATIONAL_UNIT,
        rule=rule,
        confidence=_confidence(doubts),
        doubts=tuple(doubts),
        territory=place.code if place else None,
        territory_percent=sure,
        pack_version=pack.version,
        alternatives=tuple(
            Alternative(unit=each.id, prosecutor=None, court=None, reason="unit_of_the_territory")
            for each in inside
        ),
    )


def _office_of(pack: Jurisdiction, offence_class: OffenceClass, place: Territory) -> _Office:
    """The office for a place with a known court."""
    office = _office_at(pack, offence_class, place.court)
    doubts: list[Doubt] = []
    others: tuple[str, ...] = ()
    if place.court_confidence == "fuzzy":
        doubts.append("court_name_matched_approximately")
    elif place.court_confidence == "several":
        shared = {below.court for below in _inside(pack, place) if below.court is not None}
        at = {_level(pack, offence_class, each).id for each in shared}
        others = tuple(sorted(at - {office.court}))
        if others:
            doubts.append("several_courts_in_territory")
    doubts += _read_from_layout(pack, offence_class, place)
    return _Office(
        office.prosecutor, office.court, (*doubts, *office.doubts), office.earlier, others
    )


def _read_from_layout(
    pack: Jurisdiction, offence_class: OffenceClass, place: Territory
) -> Iterator[Doubt]:
    """The doubt about a court that comes from the order of the map's lines."""
    court = pack.courts[place.court or ""]
    if pack.facts.prosecutors[offence_class].court_level == "appeal":
        if court.appeal_confidence == "layout":
            yield "court_of_appeal_read_from_layout"
    elif court.district_confidence == "layout" and place.court_confidence != "several":
        yield "court_district_read_from_layout"


def _office_at(
    pack: Jurisdiction, offence_class: OffenceClass, first_instance: str | None
) -> _Office:
    """The office of this class above a first-instance court; a checked pack always names one."""
    if first_instance is None:
        raise LookupError("the pack names no court here; check_pack.load says where")
    prosecutor = pack.facts.prosecutors[offence_class].id
    court = _level(pack, offence_class, first_instance)
    if court.operational is True:
        return _Office(prosecutor, court.id, (), None, ())
    if court.fallback is not None:
        return _Office(prosecutor, court.fallback, ("court_is_a_fallback",), None, ())
    hint = court.fallback_hint.court if court.fallback_hint else None
    return _Office(prosecutor, court.id, ("court_may_not_be_open",), hint, ())


def _level(pack: Jurisdiction, offence_class: OffenceClass, first_instance: str) -> Court:
    """A first-instance court, or the court of appeal above it, depending on the class."""
    court = pack.courts[first_instance]
    if pack.facts.prosecutors[offence_class].court_level == "appeal":
        return pack.courts[court.appeal or court.id]
    return court


def _unit_of(pack: Jurisdiction, place: Territory | None) -> Unit | None:
    province = pack.find_province(place.code) if place else None
    return pack.find_territorial_unit(province.code) if province else None


def _inside(pack: Jurisdiction, place: Territory | None) -> tuple[Territory, ...]:
    return pack.below(place.code) if place else ()


def _other_courts(unit: Unit, office: _Office) -> Iterator[Alternative]:
    prosecutor = office.prosecutor
    for court in office.others:
        yield Alternative(
            unit=unit.id,
            prosecutor=prosecutor,
            court=court,
            reason="other_court_of_the_territory",
        )
    if office.earlier is not None:
        yield Alternative(
            unit=unit.id, prosecutor=prosecutor, court=office.earlier, reason="earlier_court_map"
        )


def _to_the_desk(pack: Jurisdiction) -> Alternative:
    return Alternative(unit=pack.desk.id, prosecutor=None, court=None, reason="national_desk")


def _confidence(doubts: tuple[Doubt, ...] | list[Doubt]) -> Confidence:
    """As sure as its weakest part."""
    levels = {_SURE[doubt] for doubt in doubts}
    return "low" if "low" in levels else "medium" if "medium" in levels else "high"
