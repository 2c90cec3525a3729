"""Acts that open and shut the gate of a case."""

from __future__ import annotations

from typing import Any

from casework.aws.table import identity_request_table, items
from casework.case.case import Case
from casework.decisions.staff import Role
from tests.integration.answers import Answered
from tests.integration.desks import TABLE, Desk, a_decision

PASS = {"outcome": "pass", "danger": "life", "ground": "Il est devant la porte, dit son message."}
WITHDRAW = {"outcome": "withdraw", "reason": "La patrouille n'a trouvé personne."}
MOTIVE = "La victime doit confirmer le virement avant midi."
RELEASE = {"outcome": "release", "reason": "Le motif est précis et urgent."}
DOUBT = {"outcome": "doubt", "reason": "Ce nom est celui d'un acteur."}


def does(desk: Desk, case: Case, call: str, document: Any, by: str) -> Answered:
    """A decision of a person on the case as it is now."""
    return desk.decide(desk.table.get_case(case.id), call, document, by)


def suspects(desk: Desk, case: Case, by: str) -> int:
    """How an act of inquiry is answered."""
    return does(desk, case, "suspects", {}, by).status


def opened(desk: Desk, case: Case, reference: str, officer: str) -> int:
    """The number of an identity request that was released and that the officer opened."""
    wish = {"report": reference, "motive": MOTIVE}
    asked = does(desk, case, "identity-requests", wish, officer)
    assert asked.status == 201, asked.text
    number = asked.document["number"]
    path = f"identity-requests/{number}/decision"
    released = desk.call(
        a_decision(case, path, RELEASE, desk.enrol(Role.CUSTODIAN), if_match='"1"')
    )
    assert released.status == 200, released.text
    request = identity_request_table.get_identity_request(TABLE, case.id, number)
    items.put_item(
        TABLE,
        identity_request_table.identity_request_to_item(request.model_copy(update={"openings": 1})),
    )
    return int(number)


def verdict(desk: Desk, case: Case, number: int, by: str, said: dict[str, str]) -> Answered:
    return does(desk, case, f"identity-requests/{number}/verdict", said, by)
