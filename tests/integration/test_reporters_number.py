"""A reporter's number in danger: opened at once, in sight of all, and judged by somebody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.aws.services import sealed_boxes
from casework.aws.table import desk_keys, items, keys, number_opening_table
from casework.aws.table.erasure import erase_report
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority
from casework.decisions.numbers import NumberOpening
from casework.decisions.staff import Role
from casework.moves.duty_attendance import attend_case
from casework.text.realm import Realm
from functions.custody import handler as custody
from functions.desk import deployment
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered
from tests.integration.desks import OF_RABAT, TABLE, Desk, an_event, open_desk
from tests.integration.reporters import Unwrapping, a_key, half_of, sealing_key

PHONE, OTHER = "+212 698 76 54 32", "+212 611 22 33 44"
NAME, MAIL = "Canari Personne", "canari@example.org"
PERSON = {
    "identity": {"name": NAME, "id_number": "CANARI-99"},
    "contact": {"email": MAIL, "phone": PHONE},
}
CALLED = {"phone": OTHER, "safe": "write"}
WISH = {"ground": "life", "reason": "Elle écrit qu'elle meurt ce soir."}
FINE = {"verdict": "justified", "reason": "Le danger était écrit."}


class Desks:
    """A duty desk, the function that opens, and people who judge."""

    def __init__(self, desk: Desk, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk, self.key, self.monkeypatch = desk, key, monkeypatch
        self.ana = desk.enrol(Role.ANALYST)
        self.custodian = desk.enrol(Role.CUSTODIAN)
        self.auditor = desk.enrol(Role.AUDITOR)
        self.supervisor = desk.enrol(Role.SUPERVISOR)
        self.clock(NOON)

    def clock(self, at: datetime) -> None:
        """All functions see this time from now on."""
        self.at = at
        self.monkeypatch.setattr(custody, "now", lambda: at)
        self.monkeypatch.setattr(deployment, "now", lambda: at)

    def case(self, *, imminent: bool = True, call_now: bool = False) -> tuple[Case, str]:
        """A case in which danger is recorded, and the reference of its one report."""
        case = self.desk.in_review(Priority.IMMEDIATE, imminent=imminent)
        reference = self.desk.report(case, number=700 + self.desk._opened)
        boxes: dict[str, Any] = {"identity_box": self.box(PERSON, reference, "identity")}
        boxes |= {"reached_by": ("email", "phone"), "disclosure": "identified"}
        if call_now:
            boxes["call_now_box"] = self.box(CALLED, reference, "call_now")
            boxes["callable"] = CALLED["safe"]
        self.put(reference, **boxes)
        return case, reference

    def taken(self, case: Case, by: str) -> Case:
        """The case, which a person has from now on."""
        now = self.desk.table.get_case(case.id)
        change = attend_case(now, self.at, by, now.taken.by if now.taken else None)
        return now if change is None else self.desk.table.save(change)

    def box(self, said: Any, of: str, field: sealed_boxes.SealedField) -> bytes:
        content = json.dumps(said).encode()
        return sealed_boxes.seal_stored_box(
            content, key=half_of(self.key), reference=of, field=field
        )

    def put(self, reference: str, **said: Any) -> None:
        """Change what is kept of a report."""
        item = items.get_item(TABLE, keys.report_key(reference))
        assert item is not None
        kept = {name: value for name, value in {**item, **said}.items() if value is not None}
        items.put_item(TABLE, kept)

    def open(self, case: Case, report: str, by: str = "", **said: Any) -> Answered:
        """Ask for a number; with a ground unless something else is said."""
        body = {"report": report, **(said if said else WISH)}
        body = {name: value for name, value in body.items() if value is not None}
        path = f"/v1/desk/cases/{case.id}/number"
        headers = {"idempotency-key": a_key(), "content-type": "application/json"}
        event = an_event("POST", path, by or self.ana, body=json.dumps(body), headers=headers)
        answer = custody.handle(event, None)
        self.desk.shown.append(json.dumps(answer))
        return Answered(answer["statusCode"], answer["headers"], answer["body"])

    def opened(self, by: str = "") -> tuple[Case, str]:
        """A case whose number somebody opened."""
        case, reference = self.case()
        self.taken(case, by or self.ana)
        assert self.open(case, reference, by).status == 200
        return case, reference

    def openings(self, by: str) -> dict[str, Any]:
        answered = self.desk.get("openings", by)
        assert answered.status == 200
        return dict(answered.document)

    def judge(self, case: Case, by: str = "", number: int = 0, **said: str) -> Answered:
        number = number or next(
            event.number
            for event in reversed(list(self.desk.table.events(case.id)))
            if event.move == "number_opened" and "ground" in event.data
        )
        path = f"/v1/desk/cases/{case.id}/openings/{number}/review"
        headers = {"idempotency-key": a_key(), "content-type": "application/json"}
        event = an_event(
            "POST", path, by or self.custodian, body=json.dumps({**FINE, **said}), headers=headers
        )
        return self.desk.call(event)

    def unjudged(self, case: Case) -> list[str]:
        """What the night finds of the openings of a case, and of what stands beside it."""
        found = find_history_differences(self.desk.table, case.id)
        return [each for each in found if "opening" in each or "beside" in each]

    def moves(self, case: Case) -> list[str]:
        return [event.move for event in self.desk.table.events(case.id)]


@pytest.fixture
def desks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    with open_desk(monkeypatch) as desk:
        key = sealing_key()
        monkeypatch.setenv("IDENTITY_KEY", key)
        custody.settings.cache_clear()
        monkeypatch.setattr(sealed_boxes, "aws_client", lambda _: Unwrapping())
        yield Desks(desk, key, monkeypatch)
        custody.settings.cache_clear()


def kind(answered: Answered) -> str:
    return str(answered.document["type"]).rpartition(":")[2]


# ---- what is shown, and to whom


def test_whoever_has_the_case_sees_the_number_of_a_contact_and_never_the_name(
    desks: Desks,
) -> None:
    case, reference = desks.case()
    desks.taken(case, desks.ana)
    shown = desks.open(case, reference)
    assert shown.status == 200
    assert shown.document == {
        "case": case.id,
        "report": reference,
        "phone": PHONE,
        "until": format_timestamp(NOON + timedelta(minutes=15)),
        "unjudged": 1,
        "alerted": False,
    }
    assert shown.headers["Cache-Control"] == "no-store"
    for canary in (NAME, MAIL, "CANARI-99"):
        assert canary not in shown.text


def test_a_number_left_to_be_called_is_opened_by_consent_and_nobody_judges_it(
    desks: Desks,
) -> None:
    case, reference = desks.case(call_now=True, imminent=False)
    desks.taken(case, desks.ana)
    shown = desks.open(case, reference, ground=None)
    assert (shown.document["phone"], shown.document["safe"]) == (OTHER, "write")
    assert PHONE not in shown.text, "the contact was left for something else"
    (event,) = [each for each in desks.desk.table.events(case.id) if each.move == "number_opened"]
    assert event.data == {"report": reference, "consent": True}
    assert desks.openings(desks.custodian)["openings"] == []


def test_the_entry_stands_before_the_box_is_opened(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, reference = desks.case()
    desks.taken(case, desks.ana)

    def out_of_reach(*_: Any, **__: Any) -> bytes:
        assert desks.moves(case)[-1] == "number_opened"
        raise ConnectionError("KMS is out of reach")

    monkeypatch.setattr(sealed_boxes, "unseal_stored_box", out_of_reach)
    assert desks.open(case, reference).status == 500
    assert desks.moves(case)[-1] == "number_opened"
    assert len(desks.openings(desks.custodian)["openings"]) == 1


def test_each_answer_with_a_number_has_an_entry_and_one_quarter_is_judged_once(
    desks: Desks,
) -> None:
    case, reference = desks.opened()
    first = len(desks.moves(case))
    desks.clock(NOON + timedelta(minutes=14))
    again = desks.open(case, reference)
    assert (again.document["unjudged"], desks.moves(case)[-1]) == (1, "number_opened")
    events = list(desks.desk.table.events(case.id))
    assert events[-1].data == {"report": reference, "again": first}
    desks.clock(NOON + timedelta(minutes=15))
    assert desks.open(case, reference).document["unjudged"] == 2
    assert len(desks.openings(desks.custodian)["openings"]) == 2


def test_nobody_who_has_not_taken_the_case_opens_a_number(desks: Desks) -> None:
    case, reference = desks.case(call_now=True)
    ben = desks.desk.enrol(Role.ANALYST)
    for by, said in ((desks.ana, {}), (desks.ana, {"ground": None})):
        assert kind(desks.open(case, reference, by, **said)) == "number-not-opened"
    desks.taken(case, ben)
    assert kind(desks.open(case, reference)) == "number-not-opened"
    desks.taken(case, desks.ana)
    assert kind(desks.open(case, reference, ben)) == "number-not-opened", "ana has it now"
    assert "number_opened" not in desks.moves(case)


def test_without_recorded_danger_no_contact_is_opened(desks: Desks) -> None:
    case, reference = desks.case(imminent=False)
    desks.taken(case, desks.ana)
    refused = desks.open(case, reference)
    assert (refused.status, kind(refused)) == (409, "number-not-opened")
    assert "number_opened" not in desks.moves(case)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"ground": None}, ["#/ground", "#/reason"]),
        ({"ground": "life"}, ["#/reason"]),
        ({"ground": "life", "reason": "vite"}, ["#/reason"]),
        ({"ground": "curiosity", "reason": WISH["reason"]}, ["#/ground"]),
    ],
)
def test_a_contact_is_opened_for_a_ground_and_a_sentence(
    desks: Desks, said: dict[str, Any], where: list[str]
) -> None:
    case, reference = desks.case()
    desks.taken(case, desks.ana)
    refused = desks.open(case, reference, **said)
    assert [each["pointer"] for each in refused.document["errors"]] == where
    assert "number_opened" not in desks.moves(case)


def test_a_reporter_who_left_no_number_is_written_to_and_no_box_is_opened(desks: Desks) -> None:
    """An e-mail address is no number: it names its owner, and a message reaches it unopened."""
    case, reference = desks.case()
    desks.taken(case, desks.ana)
    desks.put(reference, reached_by=("email",))
    assert kind(desks.open(case, reference)) == "number-not-opened"
    desks.put(reference, reached_by=None, identity_box=None)
    assert kind(desks.open(case, reference)) == "number-not-opened"
    assert "number_opened" not in desks.moves(case)


def test_a_report_of_another_case_and_an_erased_one_show_nothing(desks: Desks) -> None:
    case, reference = desks.case()
    other, of_other = desks.case()
    desks.taken(case, desks.ana)
    strange = desks.open(case, of_other)
    assert (strange.status, strange.document["errors"][0]["code"]) == (422, "report.unknown")
    erase_report(desks.desk.table, reference, NOON, "somebody")
    gone = desks.open(case, reference)
    assert gone.text == strange.text.replace(other.id, case.id) or gone.status == 422
    assert "number_opened" not in desks.moves(case)


def test_the_box_of_another_report_or_field_shows_nothing_and_is_counted(
    desks: Desks, capsys: pytest.CaptureFixture[str]
) -> None:
    case, reference = desks.case(call_now=True)
    _, other = desks.case()
    desks.taken(case, desks.ana)
    moved = desks.box(PERSON, other, "identity")
    for box in (moved, desks.box(PERSON, reference, "contact"), b"no box"):
        desks.put(reference, identity_box=box)
        broken = desks.open(case, reference)
        assert (broken.status, kind(broken)) == (500, "box-not-opened")
    desks.put(reference, call_now_box=desks.box(CALLED, reference, "identity"))
    assert kind(desks.open(case, reference, ground=None)) == "box-not-opened"
    assert capsys.readouterr().out.count('"BoxesNotOpened":[1.0]') == 4


def test_every_role_is_held_to_its_reach(desks: Desks) -> None:
    case, reference = desks.case()
    for role, unit in (
        (Role.CUSTODIAN, None),
        (Role.AUDITOR, None),
        (Role.PROSECUTOR, None),
        (Role.ADMIN, None),
        (Role.OFFICER, RABAT),
    ):
        refused = desks.open(case, reference, desks.desk.enrol(role, unit))
        assert refused.status == (404 if role is Role.OFFICER else 403), role
    for by in (desks.ana, desks.supervisor, desks.desk.enrol(Role.OFFICER, SALE)):
        assert desks.judge(case, by, number=1).status == 403
    for role in (Role.ANALYST, Role.OFFICER, Role.ADMIN):
        assert desks.desk.get("openings", desks.desk.enrol(role, SALE)).status == 403


# ---- the brake


def test_an_insider_who_opens_many_is_seen_at_the_fourth_and_never_waits(desks: Desks) -> None:
    for count in (1, 2, 3):
        desks.opened()
        assert desks.openings(desks.supervisor)["many"] == [], count
    case, reference = desks.case()
    desks.taken(case, desks.ana)
    fourth = desks.open(case, reference)
    assert (fourth.status, fourth.document["phone"]) == (200, PHONE)
    assert (fourth.document["unjudged"], fourth.document["alerted"]) == (4, True)
    seen = desks.openings(desks.supervisor)
    assert seen["many"] == [{"by": desks.ana, "openings": 4}]
    assert seen["people"][desks.ana] == "A person"
    ben = desks.desk.enrol(Role.ANALYST)
    desks.opened(ben)
    assert desks.openings(desks.supervisor)["many"] == [{"by": desks.ana, "openings": 4}]
    assert desks.judge(case).status == 200
    assert desks.openings(desks.supervisor)["many"] == []


# ---- the judgement


def test_a_custodian_and_the_prosecutors_see_an_opening_at_once(desks: Desks) -> None:
    case, _ = desks.opened()
    (waits,) = desks.openings(desks.custodian)["openings"]
    assert waits == {
        "case": case.id,
        "number": len(desks.moves(case)),
        "at": format_timestamp(NOON),
        "by": desks.ana,
        "ground": "life",
        "due": format_timestamp(NOON + timedelta(hours=24)),
        "late": False,
        "unclear": False,
        "yours": True,
        "reason": WISH["reason"],
    }
    prosecutor = desks.desk.enrol(Role.PROSECUTOR, seat=OF_RABAT)
    (told,) = desks.openings(prosecutor)["openings"]
    assert (told["case"], told["yours"], "reason" in told) == (case.id, False, False)


def test_a_custodian_judges_once_and_never_an_own_opening(desks: Desks) -> None:
    case, _ = desks.opened()
    desks.desk.keep_staff(desks.ana, role="custodian", unit=None)
    own = desks.judge(case, desks.ana)
    assert (own.status, kind(own)) == (409, "illegal-move")
    assert desks.openings(desks.ana)["openings"] == []
    judged = desks.judge(case)
    assert (judged.status, judged.document["verdict"]) == (200, "justified")
    assert kind(desks.judge(case)) == "opening-not-found"
    assert desks.moves(case)[-1] == "number_reviewed"
    assert desks.openings(desks.custodian)["openings"] == []
    assert desks.unjudged(case) == []


def test_what_a_custodian_cannot_say_an_auditor_says(desks: Desks) -> None:
    case, _ = desks.opened()
    assert kind(desks.judge(case, desks.auditor)) == "not-allowed"
    assert desks.judge(case, verdict="unclear").status == 200
    assert desks.openings(desks.custodian)["openings"] == []
    (left,) = desks.openings(desks.auditor)["openings"]
    assert (left["unclear"], left["yours"]) == (True, True)
    assert desks.unjudged(case) == []
    assert kind(desks.judge(case)) == "not-allowed", "the custodian said what they could"
    assert kind(desks.judge(case, desks.auditor, verdict="unclear")) == "illegal-move"
    assert desks.judge(case, desks.auditor, verdict="not_justified").status == 200
    assert desks.openings(desks.auditor)["openings"] == []
    said = [each.data.get("verdict") for each in desks.desk.table.events(case.id)]
    assert [each for each in said if each] == ["unclear", "not_justified"]


def test_an_opening_that_nobody_judged_within_a_day_is_late_before_everybody(
    desks: Desks,
) -> None:
    desks.opened()
    desks.clock(NOON + timedelta(hours=24) - timedelta(seconds=1))
    assert desks.openings(desks.auditor)["openings"] == []
    desks.clock(NOON + timedelta(hours=24))
    for by in (desks.auditor, desks.supervisor, desks.custodian):
        (late,) = desks.openings(by)["openings"]
        assert late["late"] is True


def test_an_opening_is_judged_also_after_the_report_was_erased(desks: Desks) -> None:
    """Who misused a number gains nothing by having the report erased."""
    case, reference = desks.opened()
    erase_report(desks.desk.table, reference, NOON, "somebody")
    (waits,) = desks.openings(desks.custodian)["openings"]
    assert "reason" not in waits
    item = items.get_item(TABLE, keys.report_key(reference))
    assert item is not None
    assert not {"call_now_box", "identity_box", "callable", "number_opened"} & item.keys()
    assert desks.judge(case, verdict="not_justified").status == 200
    assert desks.unjudged(case) == []


def test_a_night_finds_an_opening_that_was_hidden_from_its_judges(desks: Desks) -> None:
    case, _ = desks.opened()
    assert desks.unjudged(case) == []
    (line,) = items.query_prefix(TABLE, desk_keys.openings_partition(Realm.REAL))
    key = {each: line[each] for each in (keys.PARTITION_KEY, keys.SORT_KEY)}
    items.delete_item(TABLE, key)
    (found,) = desks.unjudged(case)
    assert "does not wait" in found
    items.put_item(TABLE, {**line, "by": "somebody else"})
    assert len(desks.unjudged(case)) == 1


def test_openings_of_trials_are_judged_in_trials(desks: Desks) -> None:
    desks.opened()
    for role in (Role.CUSTODIAN, Role.SUPERVISOR, Role.AUDITOR):
        there = desks.desk.enrol(role, realm=Realm.TRIAL)
        assert desks.openings(there) == {"openings": [], "many": [], "people": {}}
    trial = number_opening_table.line_key(
        NumberOpening(
            case="C-T", number=1, at=format_timestamp(NOON), by="x", report="r", ground="life"
        )
    )
    assert trial[keys.PARTITION_KEY] == "OPENINGS"


# ---- what is told


def test_the_reporter_is_told_the_quarter_of_an_hour_and_no_more(desks: Desks) -> None:
    desks.clock(NOON + timedelta(minutes=22, seconds=41))
    case, reference = desks.opened()
    item = items.get_item(TABLE, keys.report_key(reference))
    assert item is not None
    assert item["number_opened"] == {format_timestamp(NOON + timedelta(minutes=15))}
    desks.open(case, reference)
    again = items.get_item(TABLE, keys.report_key(reference))
    assert again is not None
    assert again["number_opened"] == item["number_opened"]


def test_no_number_stands_in_logs_histories_or_lists(desks: Desks) -> None:
    case, reference = desks.case(call_now=True)
    desks.taken(case, desks.ana)
    desks.desk.shown.clear()
    desks.open(case, reference)
    desks.open(case, reference, ground=None)
    opened = list(desks.desk.shown)
    desks.desk.shown.clear()
    officer = desks.desk.enrol(Role.SUPERVISOR)
    for by in (desks.custodian, desks.supervisor, desks.auditor):
        desks.openings(by)
    desks.desk.get(f"history/{case.id}", desks.auditor)
    desks.desk.case(case, officer)
    desks.judge(case)
    told = "".join(desks.desk.shown) + desks.desk.logs.getvalue()
    told += "".join(str(each) for each in desks.desk.table.events(case.id))
    told += "".join(map(str, items.query_prefix(TABLE, desk_keys.openings_partition(Realm.REAL))))
    digits = [number.replace("+212", "").replace(" ", "") for number in (PHONE, OTHER)]
    assert all(each in "".join(opened).replace(" ", "") for each in digits), "they were shown"
    for canary in (*digits, NAME, MAIL):
        assert canary not in told.replace(" ", "")


def test_the_case_says_how_its_reporter_can_be_called_and_not_where(desks: Desks) -> None:
    for call_now, told in ((True, "write"), (False, "contact")):
        case, _ = desks.case(call_now=call_now)
        (report,) = desks.desk.case(case, desks.ana).document["reports"]
        assert report["callable"] == told
