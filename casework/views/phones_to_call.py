"""Whom staff call about a case when minutes count, each with the number or where it is entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

from casework.case.case import Case
from casework.case.value_objects import Whom
from casework.pack import phones
from casework.pack.competence import unit_competence
from casework.pack.competence_view import propose_case_competence
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.phones import PackPhone, RequiredPhone
from casework.views.desk_view import DeskView


class PhoneView(DeskView):
    """A number, and who says that it is right."""

    number: str
    source: str
    date: str
    """The day on which the source said so, or a person tried the number."""
    confirmed: bool
    """Whether a person of the authority called it and was answered. Dial no other by one touch."""

    @classmethod
    def from_phone(cls, phone: PackPhone | None) -> Self | None:
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
    def from_required_phone(
        cls, whom: Whom, required: RequiredPhone, id_: str | None, office: str | None = None
    ) -> Self:
        """Somebody with the number that the pack has of them."""
        phone = PhoneView.from_phone(required.phone)
        return cls(whom=whom, id=id_, office=office, phone=phone, entry=required.entry)


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


def phones_to_call(
    pack: Jurisdiction, case: Case, category: str | None = None
) -> tuple[ToCall, ...]:
    """The unit, the control room of the place and the prosecutor on call, in the order in which
    they are called.

    Before the referral they are those of the rule's proposal. `category` counts where the case has
    none. A case that the national desk settles has no office.
    """
    return tuple(_to_call(pack, case, category))


def _to_call(pack: Jurisdiction, case: Case, category: str | None) -> Iterator[ToCall]:
    competence = propose_case_competence(pack, case, category)
    if case.referral is not None:
        competence = unit_competence(pack, competence, case.referral.unit)
    yield ToCall.from_required_phone(
        Whom.UNIT, phones.unit_phone(pack, competence.unit), competence.unit
    )
    place = case.territory if case.territory in pack.territories else None
    yield ToCall.from_required_phone(
        Whom.CONTROL_ROOM, phones.control_room_phone(pack, place), place
    )
    office, court = competence.prosecutor, competence.court
    if office and court:
        yield ToCall.from_required_phone(
            Whom.OFFICE, phones.office_phone(pack, office, court), court, office
        )
