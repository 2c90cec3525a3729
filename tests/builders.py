"""Examples by a word: each builder takes only what the test is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from casework.case.case import Case
from casework.case.change import Change
from casework.case.danger import DangerKind, DangerOrigin
from casework.case.lifecycle import Status
from casework.case.referral import Referral
from casework.case.times import DeadlineWait
from casework.case.value_objects import DeadlineKind
from casework.decisions.staff import Role, StaffMember
from casework.errors import IllegalMove
from casework.pack.clocks import Clocks
from casework.text.realm import Realm
from casework.text.reference import case_id_from_reference, encode_reference

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RABAT = "pj-04-421"
SALE = "pj-04-441"


def a_report(**said: Any) -> dict[str, Any]:
    """A report as a client sends it: a fraud seen by its victim, sent without a name."""
    return {
        "category": "fraud",
        "narrative": "Une fausse page de banque m'a pris 8 400 dirhams ce matin.",
        "locations": [{"kind": "url", "value": "https://banque.example/verification"}],
        "role": "victim",
        "language": "fr",
        "disclosure": {"kind": "anonymous"},
        **said,
    }


def a_reference(number: int = 1, realm: Realm = Realm.REAL) -> str:
    """The reference of the report with this number in a realm."""
    return encode_reference(number.to_bytes(10, "big"), realm)


def a_case(opener: int = 1, realm: Realm = Realm.REAL, **fields: Any) -> Case:
    """A case opened by the report with this number, waiting for review."""
    return Case(
        **{
            "id": case_id_from_reference(a_reference(opener, realm)),
            "status": Status.IN_REVIEW,
            "opened_at": "2026-03-02T11:00:00.000Z",
            "opened_by": a_reference(opener, realm),
            "correlation_id": "5b0f0d6e-2d0a-4c7b-9f65-3f8f6c1d2a11",
            "language": "fr",
            "category": "fraud",
            "territory": "04.421",
            "wait": DeadlineWait(since="2026-03-02T11:00:00.000Z", due="2026-03-02T15:00:00.000Z"),
            "version": 2,
            "revision": 2,
            "events": 2,
            **fields,
        }
    )


def a_danger(case: Case | None = None, **fields: Any) -> DangerOrigin:
    """Danger that a report states; by the one that opened the case."""
    source = {"report": case.opened_by, "at": case.opened_at} if case else {}
    return DangerOrigin(**{"kind": DangerKind.STATED, **source, **fields})


def altered(case: Case, **fields: Any) -> Change:
    """A case that is otherwise, as no move makes it: for a test that cannot wait for it."""
    after = case.model_copy(update={**fields, "revision": case.revision + 1})
    return Change(case, after)


def made(change: Change | None) -> Change:
    """The change of a move; raises IllegalMove where it had nothing to do."""
    if change is None:
        raise IllegalMove("There is nothing to do.")
    return change


def a_referred_case(unit: str = RABAT, number: int = 1, **fields: Any) -> Case:
    """A case whose unit was told and has not answered."""
    return a_case(
        number,
        **{
            "status": Status.PUBLISHED,
            "referral": Referral(hop=1, unit=unit, published_at="2026-03-02T11:30:00.000Z"),
            **fields,
        },
    )


def clocks_of(*seconds: int) -> Clocks:
    """Clocks by which everything has the same seconds, one for each level, however urgent it is."""
    return lambda _: dict.fromkeys(DeadlineKind, seconds)


def a_member(role: Role = Role.ANALYST, unit: str | None = None, **fields: Any) -> StaffMember:
    """Somebody who signed in."""
    return StaffMember(
        **{"subject": f"subject-{role}", "name": role.capitalize(), "role": role, "unit": unit}
        | fields
    )


def a_staff_address(path: str, case_id: str) -> str:
    """An address of the desk with its names filled in: a case, and number 1 of everything else."""
    return path.replace("{id}", case_id).replace("{n}", "1").replace("{number}", "1")
