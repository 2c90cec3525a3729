"""Staff as values: their roles and units, and the demo people of a laptop. No AWS here."""

from __future__ import annotations

import re
import secrets
import string
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from casework.case.referral import OfficeSeat
from casework.decisions.staff import Role
from local.errors import BadPerson

ROLE_NAMES: Final = tuple(role.value for role in Role)
EMAIL_ADDRESS_PATTERN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, including those of text direction, and of line ends."""
JOINER_CHARACTERS: Final = frozenset({"\u200c", "\u200d"})
PASSWORD_LENGTH = 20
NO_OFFICE_SEATS: Final[Mapping[OfficeSeat, str]] = {}
CHARACTER_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.+=!")


@dataclass(frozen=True)
class StaffEntry:
    """A staff member. An officer belongs to a unit of the pack, a prosecutor to an office at a
    court; the others to none."""

    email: str
    name: str
    role: str
    unit: str = ""
    office: str = ""
    court: str = ""

    @property
    def login(self) -> str:
        """The short name for `python -m local token`: the part before the @."""
        return self.email.partition("@")[0]


def require_valid_person(
    person: StaffEntry, units: Mapping[str, object], seats: Collection[OfficeSeat] = frozenset()
) -> StaffEntry:
    """The person; raises BadPerson with the necessary change. `units` are those of the pack,
    `seats` its prosecutor's offices, each with its court."""
    if not EMAIL_ADDRESS_PATTERN.fullmatch(person.email) or any(map(_hides, person.email)):
        raise BadPerson("EMAIL= must be an e-mail address")
    if not person.name.strip():
        raise BadPerson("NAME= must not be empty")
    if hidden := next(filter(_hides, person.name), None):
        raise BadPerson(
            f"NAME= holds U+{ord(hidden):04X}, an invisible character: a control character"
            " or one that changes the direction of the text around it; write the name without it"
        )
    if person.role not in ROLE_NAMES:
        raise BadPerson(f"ROLE= must be one of {', '.join(ROLE_NAMES)}")
    if person.role == "officer" and person.unit not in units:
        raise BadPerson("UNIT= must be the id of a unit of the jurisdiction pack, for an officer")
    if person.role != "officer" and person.unit:
        raise BadPerson(f"UNIT= is for officers; a person with role {person.role} has none")
    seat = (person.office, person.court)
    if person.role == "prosecutor" and seat not in seats:
        raise BadPerson(
            "OFFICE= and COURT= must be the ids of a prosecutor's office of the jurisdiction pack "
            "and of a court that it sits at, for a prosecutor"
        )
    if person.role != "prosecutor" and any(seat):
        raise BadPerson(
            f"OFFICE= and COURT= are for prosecutors; a person with role {person.role} has none"
        )
    return person


def _hides(character: str) -> bool:
    """Whether a character is invisible and changes the look of others. A name is shown beside acts
    of the person. Joiners do not count, because some scripts need them in names."""
    return (
        unicodedata.category(character) in INVISIBLE_CATEGORIES
        and character not in JOINER_CHARACTERS
    )


def new_password() -> str:
    """A random password with every kind of character that the pool requires."""
    required = [secrets.choice(kind) for kind in CHARACTER_KINDS]
    alphabet = "".join(CHARACTER_KINDS)
    others = [secrets.choice(alphabet) for _ in range(PASSWORD_LENGTH - len(required))]
    mixed = required + others
    secrets.SystemRandom().shuffle(mixed)
    return "".join(mixed)


def demo_officer(unit: str, unit_name: str) -> StaffEntry:
    """The demo officer of a unit of the pack."""
    return StaffEntry(f"officer-{unit}@casework.example", f"Officer, {unit_name}", "officer", unit)


def demo_prosecutor(seat: OfficeSeat, court_name: str) -> StaffEntry:
    """The demo prosecutor of an office of the pack."""
    office, court = seat
    return StaffEntry(
        f"prosecutor-{court}@casework.example",
        f"Prosecutor, {court_name}",
        "prosecutor",
        office=office,
        court=court,
    )


def demo_people(
    units: Mapping[str, str], seats: Mapping[OfficeSeat, str] = NO_OFFICE_SEATS
) -> list[StaffEntry]:
    """A person of each role, a second analyst, an officer of each unit given (id → display name),
    a prosecutor of each office given (with the display name of its court).

    The domain is reserved for examples, so no message can reach a person.
    """
    return [
        StaffEntry("analyst@casework.example", "First analyst", "analyst"),
        StaffEntry("analyst2@casework.example", "Second analyst", "analyst"),
        StaffEntry("supervisor@casework.example", "Supervisor", "supervisor"),
        StaffEntry("custodian@casework.example", "Custodian", "custodian"),
        StaffEntry("auditor@casework.example", "Auditor", "auditor"),
        StaffEntry("admin@casework.example", "Administrator of accounts", "admin"),
        *(demo_officer(unit, name) for unit, name in units.items()),
        *(demo_prosecutor(seat, name) for seat, name in seats.items()),
    ]
