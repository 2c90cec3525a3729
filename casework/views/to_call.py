"""Whom staff call about a case when minutes count, each with the number or where it is entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from casework.case.case import Case
from casework.case.parts import Whom
from casework.pack import phones
from casework.pack.competence import for_unit
from casework.pack.competence_view import propose_for
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.phones import Phone, Wanted
from casework.views.shown import DeskView


class PhoneView(DeskView):
    """A number, and who says that it is right."""

    number: str
    source: str
    date: str
    """The day on which the source said so, or a person tried the number."""
    confirmed: bool
    """Whether a person of the authority called it and was answered. Dial no other by one touch."""

    @classmethod
    def of(cls, phone: Phone | None) -> Self | None:
        """The number as the pack has it; None where it has none."""
        if phone is None:
            return None
        said = phone.model_dump(include={"number", "source", "confirmed"})
        return cls(**said, date=phone.date.isoformat())


class ToCall(DeskView):
    """Somebody to call about a case."""

    whom: Whom
    id: str | None = None
    """Id of the unit, or of the court of the office; the code of the place that the control room is
    for, left out where the case has no place."""
    office: str | None = None
    """Id of the prosecutor's office; left out for others."""
    phone: PhoneView | None = None
    """Left out where nobody entered a number."""
    entry: str
    """Where it is entered: the list and the entry of the pack's `phones.json`."""

    @classmethod
    def by(cls, whom: Whom, wanted: Wanted, id_: str | None, office: str | None = None) -> Self:
        """Somebody with the number that the pack has of them."""
        phone = PhoneView.of(wanted.phone)
        return cls(whom=whom, id=id_, office=office, phone=phone, entry=wanted.entry)


class EmergencyNumberView(DeskView):
    """An emergency service of the country."""

    id: str
    number: str
    names: Mapping[str, str]
    """By language."""
    confirmed: bool


def emergency_numbers(pack: Jurisdiction) -> tuple[EmergencyNumberView, ...]:
    """The emergency services of the pack, in its order."""
    return tuple(
        EmergencyNumberView(**each.model_dump(include={"id", "number", "names", "confirmed"}))
        for each in pack.emergency_numbers
    )


def to_call(pack: Jurisdiction, case: Case, category: str | None = None) -> tuple[ToCall, ...]:
    """The unit, the control room of the place and the prosecutor on call, in the order in which
    they are called.

    Before the referral they are those of the rule's proposal. `category` counts where the case has
    none. A case that the national desk settles has no office.
    """
    return tuple(_to_call(pack, case, category))


def _to_call(pack: Jurisdiction, case: Case, category: str | None) -> Iterator[ToCall]:
    competence = propose_for(pack, case, category)
    if case.referral is not None:
        competence = for_unit(pack, competence, case.referral.unit)
    yield ToCall.by(Whom.UNIT, phones.of_unit(pack, competence.unit), competence.unit)
    place = case.territory if case.territory in pack.territories else None
    yield ToCall.by(Whom.CONTROL_ROOM, phones.of_control_room(pack, place), place)
    office, court = competence.prosecutor, competence.court
    if office and court:
        yield ToCall.by(Whom.OFFICE, phones.of_office(pack, office, court), court, office)
