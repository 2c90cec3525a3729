"""Sealed identities: asked with a motive, released by rule or custodian, opened in sight of all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.services import clients, sealed_boxes
from casework.aws.table import audit_log, desk_keys, items, keys
from casework.aws.table.erasure import erase_report
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.value_objects import CloseReason
from casework.decisions.identity_requests import IdentityRequestView
from casework.decisions.staff import Role
from casework.moves import inquiry, referrals
from casework.text.compression import decompress_text
from functions.custody import handler as custody
from tests import decided
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered
from tests.integration.desks import TABLE, Desk, a_decision, open_desk
from tests.integration.gates import PASS, does
from tests.integration.lives import later
from tests.integration.reporters import Unwrapping, a_key, half_of, sealing_key

PERSON = {"identity": {"name": "Canari Personne"}, "contact": {"email": "canari@example.org"}}
MOTIVE = "La victime doit confirmer le virement avant midi."


class Office:
    """A unit that holds a case, a custodian, and the function that opens."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.key = desk, key
        self.officer = desk.enrol(Role.OFFICER, RABAT)
        self.colleague = desk.enrol(Role.OFFICER, RABAT)
        self.custodian = desk.enrol(Role.CUSTODIAN)
        self.logs = desk.logs

    def case(self, disclosure: str = "identified") -> tuple[Case, str]:
        """A case the unit acknowledged, and the reference of its report."""
        case = self.desk.referred()
        contact = {"email": "canari@example.org"}
        said = {"kind": disclosure, "contact": contact}
        if disclosure == "identified":
            said["identity"] = PERSON["identity"]
        if disclosure == "anonymous":
            said = {"kind": disclosure}
        reference = self.desk.report(case, number=900 + self.desk._opened, disclosure=said)
        self.put_box(reference, reference, "identity")
        acknowledged = decided.acknowledged(case, NOON, self.officer)
        return self.desk.table.save(acknowledged), reference

    def put_box(
        self, reference: str, of: str, field: sealed_boxes.SealedField, key: str = ""
    ) -> None:
        """Put the box of a report and field into a report's identity box."""
        box = sealed_boxes.seal_stored_box(
            json.dumps(PERSON).encode(), key=half_of(key or self.key), reference=of, field=field
        )
        item = items.get_item(TABLE, keys.report_key(reference))
        assert item is not None
        items.put_item(TABLE, {**item, "identity_box": box})

    def ask(self, case: Case, reference: str, by: str = "", **headers: str | None) -> Answered:
        wish = {"report": reference, "motive": MOTIVE}
        case = self.desk.table.get_case(case.id)
        return self.desk.call(
            a_decision(case, "identity-requests", wish, by or self.officer, **headers)
        )

    def decide(self, case: Case, outcome: str, by: str = "", tag: str = '"1"') -> Answered:
        decision = {"outcome": outcome, "reason": "Le motif est précis et le dossier urgent."}
        event = a_decision(
            case, "identity-requests/1/decision", decision, by or self.custodian, if_match=tag
        )
        return self.desk.call(event)

    def released(self, case: Case, reference: str) -> None:
        """The officer asked for the identity of a reporter, and a colleague released it."""
        assert self.ask(case, reference).status == 201
        assert self.decide(case, "release", by=self.colleague).status == 200

    def open(self, case: Case, by: str = "", tag: str = '"2"', key: str = "") -> Answered:
        headers = {"if_match": tag, "idempotency_key": key or a_key()}
        event = a_decision(case, "identity-requests/1/opening", {}, by or self.officer, **headers)
        response = custody.handle(event, None)
        return Answered(response["statusCode"], response["headers"], response["body"])

    def moves(self, case: Case) -> list[str]:
        return [event.move for event in self.desk.table.events(case.id)]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_desk(monkeypatch) as desk:
        key = sealing_key()
        monkeypatch.setenv("IDENTITY_KEY", key)
        monkeypatch.setattr(custody, "now", lambda: NOON)
        custody.settings.cache_clear()
        monkeypatch.setattr(sealed_boxes, "aws_client", lambda _: Unwrapping())
        yield Office(desk, key)
        custody.settings.cache_clear()


def kind(answered: Answered) -> str:
    return str(answered.document["type"]).rpartition(":")[2]


def test_an_identified_reporter_is_known_once_a_second_person_of_the_unit_agrees(
    office: Office,
) -> None:
    case, reference = office.case("identified")
    asked = office.ask(case, reference)
    assert (asked.status, asked.document["standing"]) == (201, "asked")
    assert kind(office.open(case, tag='"1"')) == "identity-not-released"
    own = office.decide(case, "release", by=office.officer)
    assert (own.status, kind(own)) == (409, "illegal-move")
    assert office.decide(case, "release", by=office.colleague).status == 200

    opened = office.open(case)

    assert opened.status == 200, opened.text
    assert opened.document["identity"] == PERSON["identity"]
    assert opened.document["contact"] == PERSON["contact"]
    assert office.moves(case)[-3:] == ["identity_asked", "identity_released", "identity_opened"]
    assert find_first_break(office.desk.table.events(case.id)) is None
    assert "Canari" not in office.logs.getvalue()
    assert MOTIVE not in office.logs.getvalue()


@pytest.mark.parametrize(
    ("disclosure", "who", "answered"),
    [
        ("identified", "colleague", 200),
        ("identified", "supervisor", 200),
        ("identified", "custodian", 200),
        ("identified", "another unit's officer", 404),
        ("identified", "analyst", 403),
        ("confidential", "custodian", 200),
        ("confidential", "colleague", 403),
        ("confidential", "supervisor", 403),
    ],
)
def test_the_pack_names_the_second_person_for_a_release(
    office: Office, disclosure: str, who: str, answered: int
) -> None:
    people = {
        "colleague": (Role.OFFICER, RABAT),
        "another unit's officer": (Role.OFFICER, SALE),
        "supervisor": (Role.SUPERVISOR, None),
        "custodian": (Role.CUSTODIAN, None),
        "analyst": (Role.ANALYST, None),
    }
    second = office.desk.enrol(*people[who])
    case, reference = office.case(disclosure)
    office.ask(case, reference)
    shown = office.desk.get("identity-requests", second)
    may = answered == 200
    listed = [each["report"] for each in shown.document.get("requests", [])]
    assert listed == ([reference] if may else [])
    decided = office.decide(case, "release", by=second)
    assert decided.status == answered
    assert ("identity_released" in office.moves(case)) is may


@pytest.mark.parametrize(
    "motive", ["aaaaaaaaaa", "pour enquête", "x " * 40, "Nous voulons savoir qui c'est", " " * 50]
)
def test_a_motive_that_is_no_sentence_is_refused(office: Office, motive: str) -> None:
    case, reference = office.case("identified")
    wish = {"report": reference, "motive": motive}
    now = office.desk.table.get_case(case.id)
    asked = office.desk.call(a_decision(now, "identity-requests", wish, office.officer))
    assert (asked.status, asked.document["errors"][0]["pointer"]) == (422, "#/motive")
    assert "identity_asked" not in office.moves(case)


def test_only_the_unit_that_holds_the_case_can_ask_for_an_identity(
    office: Office,
) -> None:
    case = office.desk.referred()
    reference = office.desk.report(case, 99, disclosure={**PERSON, "kind": "identified"})
    assert kind(office.ask(case, reference)) == "illegal-move"
    office.desk.table.update(case.id, lambda now: decided.acknowledged(now, NOON, office.officer))
    office.desk.table.update(
        case.id, lambda now: inquiry.close_by_unit(now, NOON, "o", CloseReason.SENT_ABROAD, {})
    )
    assert kind(office.ask(case, reference)) == "illegal-move"
    assert office.moves(case)[-1] == "close"


def test_a_confidential_reporter_needs_a_custodians_decision(office: Office) -> None:
    case, reference = office.case("confidential")
    asked = office.ask(case, reference)
    assert asked.document["standing"] == "asked"
    assert kind(office.open(case, tag='"1"')) == "identity-not-released"
    waiting = office.desk.get("identity-requests", office.custodian).document["requests"]
    assert [(each["report"], each["motive"]) for each in waiting] == [(reference, MOTIVE)]
    assert waiting[0]["etag"] == '"1"', "what a decision sends in If-Match"

    assert office.decide(case, "release").status == 200

    assert office.open(case).status == 200
    assert office.desk.get("identity-requests", office.custodian).document["requests"] == []
    assert office.moves(case)[-3:] == ["identity_asked", "identity_released", "identity_opened"]


def test_danger_comes_first_on_the_list_of_a_custodian_and_each_request_says_until_when(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm, danger, young = (office.case("confidential") for _ in range(3))
    for minutes, (case, reference) in enumerate((calm, danger, young)):
        later(monkeypatch, minutes=minutes)
        assert office.ask(case, reference).status == 201
    assert does(office.desk, danger[0], "danger", PASS, office.officer).status == 200

    answered = office.desk.get("identity-requests", office.custodian)

    waiting = answered.document["requests"]
    assert [each["case"] for each in waiting] == [danger[0].id, calm[0].id, young[0].id]
    assert [each.get("danger") for each in waiting] == ["stated", None, None]
    for each in waiting:
        deadline = office.desk.table.get_case(each["case"]).identity
        assert deadline is not None
        assert each["due"] == deadline.due
    told = {*IdentityRequestView.model_fields, "danger", "due"}
    assert set(waiting[0]) <= told, "nothing else of the case"


def test_a_list_of_many_waiting_requests_is_read_in_batches(office: Office) -> None:
    for _ in range(3):
        assert office.ask(*office.case("confidential")).status == 201
    office.desk.get("identity-requests", office.custodian)  # the motives are marked as read
    read: list[str] = []
    calls = clients.aws_client("dynamodb").meta.events
    calls.register("before-call.dynamodb", lambda model, **_: read.append(model.name))

    waiting = office.desk.get("identity-requests", office.custodian).document["requests"]

    assert len(waiting) == 3
    assert (read.count("Query"), read.count("BatchGetItem")) == (1, 2), read


def test_an_officer_who_becomes_a_custodian_decides_on_no_request_of_their_own(
    office: Office,
) -> None:
    case, reference = office.case("confidential")
    office.ask(case, reference)
    office.desk.keep_staff(office.officer, role=Role.CUSTODIAN.value, unit=None)
    own = office.decide(case, "release", by=office.officer)
    assert (own.status, kind(own)) == (409, "illegal-move")
    assert office.decide(case, "release").status == 200


def test_a_refused_request_stays_visible_and_opens_nothing(office: Office) -> None:
    case, reference = office.case("confidential")
    office.ask(case, reference)
    assert office.decide(case, "refuse").document["standing"] == "refused"
    assert kind(office.open(case, tag='"2"')) == "identity-not-released"
    shown = office.desk.get(f"cases/{case.id}/identity-requests", office.officer).document
    assert [each["standing"] for each in shown["requests"]] == ["refused"]
    assert kind(office.decide(case, "release", tag='"2"')) == "illegal-move"


def test_a_release_ends_with_its_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case, reference = office.case("identified")
    office.released(case, reference)
    monkeypatch.setattr(custody, "now", lambda: NOON + timedelta(seconds=899))
    assert office.open(case).status == 200
    monkeypatch.setattr(custody, "now", lambda: NOON + timedelta(seconds=900))
    assert kind(office.open(case)) == "identity-not-released"
    assert office.moves(case).count("identity_opened") == 1


def test_a_release_ends_when_the_case_or_the_officer_leaves_the_unit(
    office: Office,
) -> None:
    """The release is for the unit that asked and held the case."""
    case, reference = office.case("identified")
    office.released(case, reference)
    office.desk.table.update(
        case.id, lambda now: referrals.transfer_case(now, NOON, "o", unit=SALE, data={})
    )
    assert kind(office.open(case)) == "case-not-found"
    office.desk.keep_staff(office.officer, role=Role.OFFICER.value, unit=SALE)
    assert kind(office.open(case)) == "identity-not-released"
    assert "identity_opened" not in office.moves(case)


def test_a_released_identity_opens_only_for_the_officer_who_asked(office: Office) -> None:
    case, reference = office.case("identified")
    office.released(case, reference)
    colleague = office.desk.enrol(Role.OFFICER, RABAT)
    stranger = office.desk.enrol(Role.OFFICER, SALE)
    analyst = office.desk.enrol(Role.ANALYST)
    admin = office.desk.enrol(Role.ADMIN)
    assert kind(office.open(case, colleague)) == "identity-not-released"
    assert kind(office.open(case, stranger)) == "case-not-found"
    for nobody in (analyst, admin, office.custodian):
        assert kind(office.open(case, nobody)) == "not-allowed"
    kept = [
        mark for mark in audit_log.read_marks(TABLE, case.id) if mark.get("call") == "open_identity"
    ]
    tried = {colleague, stranger, analyst, admin, office.custodian}
    assert {mark["by"] for mark in kept} == tried, "whoever tried is seen"


def test_an_anonymous_report_has_no_identity_to_ask_for(office: Office) -> None:
    case, reference = office.case("anonymous")
    assert kind(office.ask(case, reference)) == "no-identity"


def test_asking_again_with_the_same_key_asks_once(office: Office) -> None:
    case, reference = office.case("confidential")
    key = a_key()
    first = office.ask(case, reference, idempotency_key=key)
    again = office.ask(case, reference, idempotency_key=key)
    assert (again.status, again.text) == (201, first.text)
    assert office.moves(case).count("identity_asked") == 1


def test_every_answer_that_shows_an_identity_is_recorded_even_a_repeat(
    office: Office,
) -> None:
    case, reference = office.case("identified")
    office.released(case, reference)
    key = a_key()
    for times in (1, 2, 3):
        assert office.open(case, key=key).document["identity"] == PERSON["identity"]
        assert office.moves(case).count("identity_opened") == times
    events = office.desk.table.events(case.id)
    assert [each.data["opening"] for each in events if each.move == "identity_opened"] == [1, 2, 3]


@pytest.mark.parametrize("swap", ["another report's", "the contact", "another key's", "garbage"])
def test_an_exchanged_box_does_not_open_and_raises_an_alarm(office: Office, swap: str) -> None:
    """Hardening case 31: the box of another report, field or key in the place of the identity."""
    case, reference = office.case("identified")
    office.released(case, reference)
    match swap:
        case "another report's":
            office.put_box(reference, office.case("identified")[1], "identity")
        case "the contact":
            office.put_box(reference, reference, "contact")
        case "another key's":
            office.put_box(reference, reference, "identity", sealing_key())
        case _:
            item = items.get_item(TABLE, keys.report_key(reference))
            items.put_item(TABLE, {**(item or {}), "identity_box": b"no box"})
    assert kind(office.open(case)) == "box-not-opened"
    assert office.moves(case)[-1] == "identity_opened", "the attempt is an event all the same"


def test_a_request_about_an_erased_report_waits_for_no_custodian_and_says_nothing(
    office: Office,
) -> None:
    case, reference = office.case("confidential")
    other, kept = office.case("confidential")
    office.ask(case, reference)
    office.ask(other, kept)

    assert erase_report(office.desk.table, reference, NOON, "the data officer")

    waiting = office.desk.get("identity-requests", office.custodian)
    assert waiting.status == 200, waiting.text
    assert [each["report"] for each in waiting.document["requests"]] == [kept]
    shown = office.desk.get(f"cases/{case.id}/identity-requests", office.officer)
    (request,) = shown.document["requests"]
    assert (request["standing"], request["motive"], request["by"]) == ("erased", "", office.officer)
    assert kind(office.decide(case, "release", tag='"2"')) == "illegal-move"
    assert kind(office.open(case, tag='"2"')) == "identity-not-released"
    left = items.get_item(TABLE, keys.identity_key(case.id, 1))
    assert left is not None
    assert decompress_text(left["motive"]) == ""


def test_deciding_takes_a_request_off_the_list_in_the_same_write(office: Office) -> None:
    """A kill after it leaves no dead line that the list would read past for ever."""
    case, reference = office.case("confidential")
    office.ask(case, reference)

    def killed(**_: Any) -> None:
        raise KeyboardInterrupt

    calls = clients.aws_client("dynamodb").meta.events
    calls.register("before-call.dynamodb.DeleteItem", killed)
    assert office.decide(case, "refuse").status == 200
    assert list(items.query_prefix(TABLE, desk_keys.custody_key.partition_begins)) == []
