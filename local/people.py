"""Staff as values: their roles and units, and the demo people of a laptop. No AWS here."""

from __future__ import annotations

import re
import secrets
import string
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from casework.case.referral import Seat
from casework.decisions.staff import Role
from local.trouble import BadPerson

ROLES: Final = tuple(role.value for role in Role)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NOT_SEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, including those of text direction, and of line ends."""
JOINERS: Final = frozenset({"\u200c", "\u200d"})
PASSWORD_LENGTH = 20
NO_SEATS: Final[Mapping[Seat, str]] = {}
KINDS_OF_CHARACTER = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.+=!")


@dataclass(frozen=True)
class Person:
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


def checked(
    person: Person, units: Mapping[str, object], seats: Collection[Seat] = frozenset()
) -> Person:
    """The person; raises BadPerson with the necessary change. `units` are those of the pack,
    `seats` its prosecutor's offices, each with its court."""
    if not EMAIL.fullmatch(person.email) or any(map(_hides, person.email)):
        raise BadPerson("EMAIL= must be an e-mail address")
    if not person.name.strip():
        raise BadPerson("NAME= must not be empty")
    if hidden := next(filter(_hides, person.name), None):
        raise BadPerson(
            f"NAME= holds U+{ord(hidden):04X}, an invisible character: a control character"
            " or one that changes the direction of the text around it; write the name without it"
        )
    if person.role not in ROLES:
        raise BadPerson(f"ROLE= must be one of {', '.join(ROLES)}")
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
    return unicodedata.category(character) in NOT_SEEN and character not in JOINERS


def new_password() -> str:
    """A random password with every kind of character that the pool requires."""
    required = [secrets.choice(kind) for kind in KINDS_OF_CHARACTER]
    alphabet = "".join(KINDS_OF_CHARACTER)
    others = [secrets.choice(alphabet) for _ in range(PASSWORD_LENGTH - len(required))]
    mixed = required + others
    secrets.SystemRandom().shuffle(mixed)
    return "".join(mixed)


def demo_officer(unit: str, unit_name: str) -> Person:
    """The demo officer of a unit of the pack."""
    return Person(f"officer-{unit}@casework.example", f"Officer, {unit_name}", "officer", unit)


def demo_prosecutor(seat: Seat, court_name: str) -> Person:
    """The demo prosecutor of an office of the pack."""
    office, court = seat
    return Person(
        f"prosecutor-{court}@casework.example",
        f"Prosecutor, {court_name}",
        "prosecutor",
        office=office,
        court=court,
    )


def demo_people(units: Mapping[str, str], seats: Mapping[Seat, str] = NO_SEATS) -> list[Person]:
    """A person of each role, a second analyst, an officer of each unit given (id → display name),
    a prosecutor of each office given (with the display name of its court).

    The domain is reserved for examples, so no message can reach a person.
    """
    return [
        Person("analyst@casework.example", "First analyst", "analyst"),
        Person("analyst2@casework.example", "Second analyst", "analyst"),
        Person("supervisor@casework.example", "Supervisor", "supervisor"),
        Person("custodian@casework.example", "Custodian", "custodian"),
        Person("auditor@casework.example", "Auditor", "auditor"),
        Person("admin@casework.example", "Administrator of accounts", "admin"),
        *(demo_officer(unit, name) for unit, name in units.items()),
        *(demo_prosecutor(seat, name) for seat, name in seats.items()),
    ]
