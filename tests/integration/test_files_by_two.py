"""A file of the gravest kinds opens by two people: one asks with a motive, another admits it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.aws.table import audit_log, desk_keys, items, keys
from casework.aws.table.erasure import erase_report
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.decisions.staff import Role
from casework.text.realm import Realm
from functions.desk import deployment
from functions.evidence import opening
from tests.builders import NOON, RABAT, SALE, a_danger
from tests.integration.answers import Answered, problem
from tests.integration.desks import TABLE, Desk, a_decision
from tests.integration.openers import MOTIVE, PAGE, Opener, an_opener, history
from tests.integration.reporters import a_key

GRAVE = "child_sexual_exploitation"
REASON = "Le motif est précis et le fichier est nécessaire."


@dataclass
class Two:
    """A unit with two officers that holds a case of the gravest kind with a file."""

    opener: Opener
    case: Case
    second: str
    monkeypatch: pytest.MonkeyPatch

    @property
    def desk(self) -> Desk:
        return self.opener.desk

    @property
    def first(self) -> str:
        return self.opener.officer

    def clock(self, at: datetime) -> None:
        self.monkeypatch.setattr(deployment, "now", lambda: at)
        self.monkeypatch.setattr(opening, "now", lambda: at)

    def ask(self, by: str = "", key: str = "", **said: Any) -> Answered:
        wish = {"report": self.opener.reference, "n": 1, "motive": MOTIVE, **said}
        return self.desk.call(
            a_decision(
                self.case, "files/asking", wish, by or self.first, idempotency_key=key or a_key()
            )
        )

    def answer(
        self, number: int, outcome: str = "admit", by: str = "", key: str = "", reason: str = REASON
    ) -> Answered:
        said = {"outcome": outcome, "reason": reason}
        call = f"files/asking/{number}/answer"
        return self.desk.call(
            a_decision(self.case, call, said, by or self.second, idempotency_key=key or a_key())
        )

    def admitted(self, **said: Any) -> int:
        """The entry by which the second person admitted what the first asked for."""
        asked = self.ask(**said)
        assert asked.status == 200, asked.text
        answered = self.answer(asked.document["number"])
        assert answered.status == 200, answered.text
        return int(answered.document["answer"])

    def open(self, by: str = "", **said: Any) -> Answered:
        return self.opener.open(by=by, case=self.case, **said)

    def askings(self, by: str) -> list[dict[str, Any]]:
        page = self.desk.get("files/askings", by)
        assert page.status == 200, page.text
        return list(page.document["askings"])

    def moves(self) -> list[str]:
        return [each.move for each in self.desk.table.events(self.case.id)]


def grave(opener: Opener, **fields: Any) -> Case:
    """The case of the opener, of a category of which two people open files."""
    case = opener.desk.table.get_case(opener.case.id)
    changed = case.model_copy(update={"category": GRAVE, **fields})
    item = items.get_item(TABLE, keys.case_key(case.id))
    assert item is not None
    said = changed.model_dump(mode="json", include={"category", *fields})
    items.put_item(
        TABLE, {**item, **{name: value for name, value in said.items() if value is not None}}
    )
    return opener.desk.table.get_case(case.id)


@pytest.fixture
def opener(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    with an_opener(desk, monkeypatch) as opened:
        yield opened


@pytest.fixture
def two(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> Two:
    second = opener.desk.enrol(Role.OFFICER, RABAT)
    return Two(opener, grave(opener), second, monkeypatch)


def test_one_asks_another_admits_and_the_first_opens_each_as_an_entry(two: Two) -> None:
    """Evidence case E36."""
    assert two.desk.case(two.case, two.first).document["two_open_files"] is True
    assert (two.open().status, problem(two.open())) == (409, "second-look-owed")
    asked = two.ask()
    assert (asked.document["standing"], asked.document["until"]) == (
        "waits",
        "2026-03-02T16:00:00.000Z",
    )
    number = asked.document["number"]
    answered = two.answer(number)
    assert answered.document == {
        "case": two.case.id,
        "number": number,
        "standing": "admitted",
        "until": "2026-03-02T13:00:00.000Z",
        "answer": number + 1,
    }
    given = two.open(admission=number + 1)
    assert given.status == 200, given.text
    assert two.moves()[-3:] == ["file_asked", "file_admitted", "file_opened"]
    events = list(two.desk.table.events(two.case.id))
    assert find_first_break(events) is None
    assert (events[-1].by, events[-1].data["admitted"]) == (two.first, number + 1)
    for words in (MOTIVE, REASON):
        assert words not in "".join(each.model_dump_json() for each in events)
    told = history(two.opener)["files"]
    assert [each["words"] for each in told] == [MOTIVE, REASON, MOTIVE], "auditors read all three"


def test_nobody_admits_an_own_asking(two: Two) -> None:
    """Evidence case E36."""
    number = two.ask().document["number"]
    assert problem(two.answer(number, by=two.first)) == "not-allowed"
    assert two.moves()[-1] == "file_asked"
    assert problem(two.open(admission=number)) == "second-look-owed", "an asking admits nothing"
    marks = audit_log.read_marks(TABLE, two.case.id)
    refused = [(each["by"], each["call"]) for each in marks if "#refused#" in each["sk"]]
    assert sorted(refused) == [(two.first, "answer_asking"), (two.first, "open_file")]


def test_danger_that_only_a_strangers_report_told_opens_no_file(two: Two) -> None:
    """Evidence case E37: who wants to open alone could send it; a person has to record it."""
    danger = a_danger(two.case)
    two.case = grave(two.opener, imminent=True, danger=danger)
    assert two.desk.case(two.case, two.first).document["two_open_files"] is True
    assert problem(two.open()) == "second-look-owed"
    two.case = grave(two.opener, imminent=True, danger=danger.model_copy(update={"by": two.first}))
    assert two.open().status == 200


@pytest.mark.parametrize("outcome", ["refuse", "wait"])
def test_without_an_admission_the_file_stays_shut(two: Two, outcome: str) -> None:
    """Evidence case E36."""
    number = two.ask().document["number"]
    if outcome == "refuse":
        assert two.answer(number, "refuse").document["standing"] == "refused"
    for admission in (None, number, number + 1, 999):
        opened = two.open(admission=admission) if admission else two.open()
        assert problem(opened) == "second-look-owed"
    assert "file_opened" not in two.moves()


def test_an_admission_is_for_one_person_one_file_and_one_hour(two: Two) -> None:
    """Evidence case E36."""
    two.opener.keep(two.opener.reference, 2, b"another")
    entry = two.admitted()
    assert problem(two.open(by=two.second, admission=entry)) == "second-look-owed"
    assert problem(two.open(n=2, admission=entry)) == "second-look-owed"
    two.clock(NOON + timedelta(minutes=59))
    assert two.open(admission=entry).status == 200
    two.clock(NOON + timedelta(minutes=60))
    assert problem(two.open(admission=entry)) == "second-look-owed"


def test_a_file_that_was_exchanged_after_the_admission_does_not_open(two: Two) -> None:
    """Evidence case E36."""
    entry = two.admitted()
    key = keys.file_key(two.opener.reference, 1)
    item = items.get_item(TABLE, key)
    assert item is not None
    items.put_item(TABLE, {**item, "bound": "beef"})
    assert problem(two.open(admission=entry)) == "second-look-owed"


def test_what_stands_beside_the_history_admits_nothing(two: Two) -> None:
    """Evidence case E36: a writer of the table puts a line that says *admitted*."""
    number = two.ask().document["number"]
    (line,) = [
        each
        for each in two.desk.items()
        if each["pk"] == desk_keys.file_askings_partition(Realm.REAL)
    ]
    items.put_item(
        TABLE, {**line, "standing": "admitted", "answer": number, "answered_by": two.second}
    )
    assert problem(two.open(admission=number)) == "second-look-owed"


def test_an_asking_lapses_in_its_time_and_can_be_made_again(two: Two) -> None:
    """Evidence case E37."""
    number = two.ask().document["number"]
    two.clock(NOON + timedelta(hours=3, minutes=59))
    assert len(two.askings(two.second)) == 1
    two.clock(NOON + timedelta(hours=4))
    assert two.askings(two.second) == two.askings(two.first) == []
    assert problem(two.answer(number)) == "illegal-move"
    assert two.admitted() > number


@pytest.mark.parametrize("told", ["recorded", "at once"])
def test_where_danger_is_imminent_nobody_waits_and_the_entry_says_so(two: Two, told: str) -> None:
    """Evidence case E37."""
    if told == "recorded":
        two.ask()
    two.case = grave(two.opener, imminent=True, danger=a_danger(two.case, by=two.second))
    assert "two_open_files" not in two.desk.case(two.case, two.first).document or (
        two.desk.case(two.case, two.first).document["two_open_files"] is False
    )
    assert two.open().status == 200
    (event,) = [e for e in two.desk.table.events(two.case.id) if e.move == "file_opened"]
    assert event.data["alone"] == "danger"
    assert history(two.opener)["files"][-1]["alone"] == "danger", "auditors read it"
    assert problem(two.ask()) == "illegal-move", "nobody is made to wait"


def test_who_may_see_a_preview_sees_it_as_before(two: Two) -> None:
    """Evidence case E37: glance and triage see what they saw."""
    two.opener.show(1, PAGE)
    assert two.opener.see(case=two.case).status == 200


def test_a_file_of_another_kind_opens_by_one_motive(opener: Opener) -> None:
    assert opener.open().status == 200
    said = {"report": opener.reference, "n": 1, "motive": MOTIVE}
    asked = a_decision(opener.case, "files/asking", said, opener.officer, idempotency_key=a_key())
    assert problem(opener.desk.call(asked)) == "illegal-move"


def test_a_category_that_a_reporter_or_the_words_say_counts(opener: Opener) -> None:
    """Evidence case E36."""
    case = grave(opener)
    item = items.get_item(TABLE, keys.case_key(case.id))
    assert item is not None
    items.put_item(TABLE, {**item, "category": "fraud", "told": [GRAVE]})
    assert problem(opener.open()) == "second-look-owed"


# ---- who answers ---------------------------------------------------------------------------------


def test_those_who_may_answer_see_who_asks_for_which_file_and_why(two: Two) -> None:
    """Evidence case E36."""
    two.ask()
    sara, others = two.desk.enrol(Role.SUPERVISOR), two.desk.enrol(Role.OFFICER, SALE)
    analyst = two.desk.enrol(Role.ANALYST)
    for reader in (two.second, sara):
        (line,) = two.askings(reader)
        assert (line["yours"], line["name"], line["motive"]) == (True, "film.mp4", MOTIVE)
        assert (line["by"], line["report"], line["n"]) == (two.first, two.opener.reference, 1)
    assert two.askings(others) == two.askings(analyst) == [], "the unit has the case"
    (own,) = two.askings(two.first)
    assert own["yours"] is False
    readers = {each["by"] for each in history(two.opener)["marks"] if "about" in each}
    assert readers == {two.second, sara}, "who read the motive leaves a mark; its author none"


@pytest.mark.parametrize(
    ("role", "unit", "refusal"),
    [
        (Role.OFFICER, SALE, "case-not-found"),
        (Role.ANALYST, None, "not-allowed"),
        (Role.CUSTODIAN, None, "not-allowed"),
        (Role.PROSECUTOR, None, "not-allowed"),
        (Role.AUDITOR, None, "not-allowed"),
        (Role.ADMIN, None, "not-allowed"),
    ],
)
def test_nobody_else_answers(two: Two, role: Role, unit: str | None, refusal: str) -> None:
    """Evidence case E36."""
    number = two.ask().document["number"]
    stranger = two.desk.enrol(role, unit)
    assert problem(two.answer(number, by=stranger)) == refusal
    assert two.moves()[-1] == "file_asked"


def test_a_supervisor_admits_where_the_unit_has_nobody_else(two: Two) -> None:
    number = two.ask().document["number"]
    answered = two.answer(number, by=two.desk.enrol(Role.SUPERVISOR))
    assert two.open(admission=answered.document["answer"]).status == 200


def test_the_one_who_asked_reads_the_answer_and_its_reason(two: Two) -> None:
    number = two.ask().document["number"]
    two.answer(number, "refuse")
    (line,) = two.askings(two.first)
    assert (line["standing"], line["reason"], line["answered_by"]) == (
        "refused",
        REASON,
        two.second,
    )
    assert two.askings(two.second) == []


# ---- once ----------------------------------------------------------------------------------------


def test_a_repeated_asking_is_one_entry_and_another_under_its_key_is_refused(two: Two) -> None:
    key = a_key()
    first, again = two.ask(key=key), two.ask(key=key)
    assert first.document == again.document
    assert two.moves().count("file_asked") == 1
    assert problem(two.ask(key=key, n=2)) == "key-conflict"


def test_an_asking_is_answered_once(two: Two) -> None:
    number, key = two.ask().document["number"], a_key()
    first = two.answer(number, key=key)
    assert two.answer(number, key=key).document == first.document
    third = two.desk.enrol(Role.OFFICER, RABAT)
    assert problem(two.answer(number, "refuse", by=third)) == "entry-not-found"
    assert two.moves().count("file_admitted") == 1
    assert problem(two.answer(1)) == "entry-not-found", "no asking"


@pytest.mark.parametrize("motive", ["", " " * 12, "x" * 9, "x" * 501])
def test_without_a_motive_or_reason_nothing_is_asked_or_answered(two: Two, motive: str) -> None:
    """Evidence case E36."""
    assert two.ask(motive=motive).status == 422
    number = two.ask().document["number"]
    assert two.answer(number, reason=motive).status == 422


def test_an_erased_report_takes_the_words_and_no_file_opens(two: Two) -> None:
    """Evidence case E36."""
    entry = two.admitted()
    assert erase_report(two.desk.table, two.opener.reference, NOON, "an officer")
    assert problem(two.open(admission=entry)) == "file-not-found"
    (line,) = two.askings(two.first)
    assert not {"motive", "reason", "name"} & line.keys()
    assert MOTIVE not in json.dumps(two.desk.items(), default=str)


def test_the_line_of_an_asking_expires(two: Two) -> None:
    two.ask()
    (line,) = [
        each
        for each in two.desk.items()
        if each["pk"] == desk_keys.file_askings_partition(Realm.REAL)
    ]
    assert line[keys.EXPIRES_AT_FIELD] == int((NOON + timedelta(hours=4)).timestamp()) + 1
    assert MOTIVE not in str(line)


def test_a_night_verifies_a_case_whose_file_two_people_opened(two: Two) -> None:
    two.open(admission=two.admitted())
    audit_log.bind_day(TABLE, two.case.id, "2026-03-02", NOON + timedelta(days=1))
    assert find_first_break(list(two.desk.table.events(two.case.id))) is None
