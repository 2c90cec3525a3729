"""Who is on duty stands at the desk, and nobody on duty is an alarm."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.aws.table import keys, roster_table
from casework.aws.table.roster_table import DutyShift, DutyTurn
from casework.case.times import format_timestamp
from casework.decisions.staff import Role
from casework.text.realm import Realm
from functions.desk import deployment
from functions.triage import sweep
from tests.builders import NOON, RABAT
from tests.integration.answers import Answered, problem
from tests.integration.desks import TABLE, Desk
from tests.integration.test_attention import post
from tests.office import Office

EIGHT_HOURS = format_timestamp(NOON + timedelta(hours=8))


def say(desk: Desk, said: dict[str, Any], by: str, key: str = "") -> Answered:
    return post(desk, "roster", said, by, key)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(deployment, "now", lambda: moment)


def test_all_who_watch_see_who_is_on_duty_and_until_when(desk: Desk) -> None:
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    assert desk.get("roster", ben).document["on"] == []
    assert say(desk, {"until": EIGHT_HOURS}, ana).status == 200
    roster = desk.get("roster", ben).document
    assert roster["on"] == [{"subject": ana, "since": format_timestamp(NOON), "until": EIGHT_HOURS}]
    assert roster["people"] == {ana: "A person"}
    (turn,) = roster["turns"]
    assert turn == {"at": format_timestamp(NOON), "by": ana, "said": "on", "until": EIGHT_HOURS}


def test_a_duty_ends_at_its_time_and_when_it_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    say(desk, {"until": format_timestamp(NOON + timedelta(hours=1))}, ana)
    say(desk, {"until": EIGHT_HOURS}, ben)
    at(monkeypatch, NOON + timedelta(hours=1))
    assert [each["subject"] for each in desk.get("roster", ana).document["on"]] == [ben]
    assert say(desk, {}, ben).document["on"] == []
    said = [(each["by"], each["said"]) for each in desk.get("roster", ana).document["turns"]]
    assert said[0] == (ben, "off")


def test_a_longer_duty_keeps_since_when_it_runs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    say(desk, {"until": format_timestamp(NOON + timedelta(hours=1))}, ana)
    at(monkeypatch, NOON + timedelta(minutes=30))
    (on,) = say(desk, {"until": EIGHT_HOURS}, ana).document["on"]
    assert (on["since"], on["until"]) == (format_timestamp(NOON), EIGHT_HOURS)


def test_whoever_leaves_names_the_next_who_says_so_when_they_come(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    say(desk, {"until": EIGHT_HOURS}, ana)
    at(monkeypatch, NOON + timedelta(minutes=1))
    left = say(desk, {"next": ben}, ana).document
    assert (left["on"], left["next"]) == ([], ben), "who is named is not on duty by that"
    at(monkeypatch, NOON + timedelta(minutes=2))
    assert "next" not in say(desk, {"until": EIGHT_HOURS}, ben).document
    names = {each["subject"] for each in desk.get("watchers", ana).document["people"]}
    assert {ana, ben} <= names


def test_only_people_who_may_watch_are_named_and_may_say_so(desk: Desk) -> None:
    ana, officer = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    trial = desk.enrol(Role.ANALYST, realm=Realm.TRIAL)
    for other in (officer, trial, "nobody"):
        assert problem(say(desk, {"next": other}, ana)) == "not-valid"
    assert say(desk, {"until": EIGHT_HOURS}, officer).status == 403
    say(desk, {"until": EIGHT_HOURS}, trial)
    assert desk.get("roster", ana).document["on"] == [], "each realm has its own"


@pytest.mark.parametrize("hours", [-1, 0, 17])
def test_a_duty_is_within_the_next_sixteen_hours(desk: Desk, hours: int) -> None:
    until = format_timestamp(NOON + timedelta(hours=hours))
    assert problem(say(desk, {"until": until}, desk.enrol(Role.ANALYST))) == "not-valid"


def test_a_repeated_request_is_heard_once(desk: Desk) -> None:
    ana, key = desk.enrol(Role.ANALYST), str(uuid.uuid4())
    for _ in range(2):
        assert say(desk, {"until": EIGHT_HOURS}, ana, key).status == 200
    assert len(desk.get("roster", ana).document["turns"]) == 1
    other = {"until": format_timestamp(NOON + timedelta(hours=2))}
    assert problem(say(desk, other, ana, key)) == "key-conflict"


def test_who_was_on_duty_is_known_for_a_year(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    say(desk, {"until": EIGHT_HOURS}, ana)
    (turn,) = (each for each in desk.items() if each[keys.SORT_KEY].startswith("TURN#"))
    assert turn[keys.EXPIRES_AT_FIELD] == int((NOON + timedelta(days=365)).timestamp())


def on_duty(moment: datetime, minutes: int, realm: Realm = Realm.REAL) -> None:
    until = format_timestamp(moment + timedelta(minutes=minutes))
    shift, turn = (
        DutyShift("ana", format_timestamp(moment), until, "k"),
        DutyTurn(format_timestamp(moment), "ana", "on", until),
    )
    roster_table.record_turn(TABLE, realm, shift, turn)


def test_each_minute_without_anybody_on_duty_is_counted(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweep, "now", lambda: NOON)
    office.sweep()
    assert '"NobodyOnDuty"' in capsys.readouterr().out
    on_duty(NOON, 60, Realm.TRIAL)
    office.sweep()
    assert '"NobodyOnDuty"' in capsys.readouterr().out, "a trial watches no real case"
    on_duty(NOON, 60)
    office.sweep()
    assert '"NobodyOnDuty"' not in capsys.readouterr().out
    monkeypatch.setattr(sweep, "now", lambda: NOON + timedelta(minutes=60))
    office.sweep()
    assert '"NobodyOnDuty"' in capsys.readouterr().out, "a shift that ran out watches nothing"
