"""Who staff are: a person's role, unit or office, and realm, and the queues they work on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from casework.case.referral import OfficeSeat
from casework.text.realm import Realm, realm_list_name


class Role(StrEnum):
    """The role of a member of staff."""

    ANALYST = "analyst"
    """Reviews new cases of the whole country, and watches the duty desk at any hour."""
    OFFICER = "officer"
    """Takes or declines cases that are referred to the own unit."""
    SUPERVISOR = "supervisor"
    """Settles disputes between units; stands in for analysts, for a unit that gives no notice, and
    for a dissolved unit whose suspect is still wanted."""
    CUSTODIAN = "custodian"
    """Decides on requests for sealed identities."""
    AUDITOR = "auditor"
    """Checks the acts of others, by case and by person."""
    ADMIN = "admin"
    """Looks after staff accounts."""
    PROSECUTOR = "prosecutor"
    """Directs the inquiries of the own office at the own court: reads its cases and decides."""


class StaffMember(BaseModel):
    """A person who signed in, as the staff item describes them at this call."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    subject: str
    """Of the access token; names the person in the history of cases."""
    name: str
    role: Role
    unit: str | None = None
    """Id of the unit in the pack; None for people of no unit."""
    office: str | None = None
    """Id of the prosecutor's office in the pack; None for people of no office."""
    court: str | None = None
    """Id of the court that the office sits at."""
    active: bool = True
    realm: Realm = Realm.REAL
    """The realm of the cases that exist for the member: people's, or trials."""

    @classmethod
    def from_item(cls, subject: str, stored: Mapping[str, Any]) -> StaffMember:
        """The member of a staff item; other attributes of the item are ignored."""
        known = {name: stored[name] for name in cls.model_fields if name in stored}
        return cls.model_validate({**known, "subject": subject, "unit": known.get("unit") or None})

    @property
    def seat(self) -> OfficeSeat | None:
        """The prosecutor's office of the member, with its court; None for people of no office."""
        return (self.office, self.court) if self.office and self.court else None

    def own_list_name(self, name: str) -> str:
        """The member's own list of a name."""
        return realm_list_name(self.realm, name)


def list_queues(member: StaffMember) -> tuple[str, ...]:
    """The queues of a member, one after the other.

    Supervisors first settle disputes between units, then help with the review. Prosecutors have
    none: their list is drawn from those of units.
    """
    match member.role:
        case Role.SUPERVISOR:
            names: tuple[str, ...] = ("supervision", "review")
        case Role.OFFICER if member.unit:
            names = (member.unit,)
        case Role.PROSECUTOR:
            names = ()
        case _:
            names = ("review",)
    return tuple(map(member.own_list_name, names))
