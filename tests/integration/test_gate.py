"""The gate for anonymous reports opens for one whose reporter gave their name, whenever it came."""

from __future__ import annotations

from casework.aws import keys, step
from casework.case import Case
from casework.lifecycle import Status
from casework.moves import referring
from functions.triage import link
from tests.office import OFFICER, Office

PHONE = [{"kind": "phone", "value": "06 00 00 41 17"}]
NAMED = {
    "kind": "identified",
    "contact": {"email": "temoin@example.org"},
    "identity": {"name": "Canari Personne"},
}
REACHABLE = {"kind": "confidential", "contact": {"email": "temoin@example.org"}}


def gated(office: Office, case: Case) -> Case:
    """The unit takes a case whose reports are anonymous, as far as it saw."""
    return office.table.update(
        case.id, lambda now: referring.acknowledged(now, step.now(), OFFICER, gated=True)
    )


def test_an_identified_report_that_joins_lifts_the_gate_and_another_does_not(
    office: Office,
) -> None:
    case = gated(office, office.published(locations=PHONE))
    office.deliver(office.accept(locations=PHONE))
    office.deliver(office.accept(locations=PHONE, disclosure=REACHABLE))
    assert office.now_case(case).status is Status.AWAITING_AUTHORISATION

    named = office.accept(locations=PHONE, disclosure=NAMED)
    office.deliver(named)
    office.deliver(named)

    assert office.now_case(case).status is Status.ACKNOWLEDGED
    (lift,) = [each for each in office.table.events(case.id) if each.move == "lift"]
    assert (lift.by, lift.data["report"]) == ("system", named)


def test_an_identified_report_that_came_as_the_unit_took_the_case_lifts_the_gate(
    office: Office,
) -> None:
    case = office.published(locations=PHONE)
    office.deliver(office.accept(locations=PHONE, disclosure=NAMED))
    taken = gated(office, case)  # by somebody whose list did not show the report yet

    key = keys.event_key(case.id, taken.events)
    said = {name: {"S": value} for name, value in key.items()}
    record = {"eventName": "INSERT", "dynamodb": {"Keys": said, "SequenceNumber": "1"}}
    assert link.handle({"Records": [record]}, None) == {"batchItemFailures": []}

    assert office.now_case(case).status is Status.ACKNOWLEDGED
    assert office.moves(case)[-2:] == ["acknowledge", "lift"]
