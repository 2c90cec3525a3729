"""A trial goes the whole way of a report and reaches no real person and no figure."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from casework.aws.steps import task_state
from casework.aws.table import keys
from casework.aws.table.erasure import erase_case
from casework.aws.table.statistics_counters import StatisticsCounters
from casework.aws.table.statistics_table import StatisticsTable
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.value_objects import Duty, Priority
from casework.credentials import trial_mark
from casework.decisions.staff import Role
from casework.moves.retention import end_trial_case, finish_erasure
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from casework.pack.published_table import load_statistics_law
from casework.text.realm import Realm, realm_from_name
from casework.text.reference import case_id_from_reference
from functions.desk import handler as desk_handler
from functions.intake.trials import TRIAL_MARK_HEADER
from functions.statistics import counting
from functions.statistics import handler as bilan
from tests.builders import RABAT, a_report, a_staff_address
from tests.integration.answers import Answered, problem
from tests.integration.desks import ACCEPT, CONFIRM, Desk, an_event, ids
from tests.integration.forms import FORM, a_form, codes, hidden
from tests.integration.lives import ask_who
from tests.integration.reporters import TRIAL_SECRET, Reporters, a_key
from tests.integration.reporters import an_event as a_public_event
from tests.integration.test_counting import records as told_of
from tests.integration.test_counting import tell
from tests.office import TABLE, Office
from tools.recount import recount

REPORTS, PLAIN = "/v1/reports", "/fr/report/plain"
PHONE: list[dict[str, str]] = [{"kind": "phone", "value": "06 00 00 41 17"}]
DANGER = "Il est devant ma porte avec un couteau et dit qu'il va me tuer."


def marked(
    body: bytes, key: str = "", path: str = REPORTS, secret: str = TRIAL_SECRET, ago: int = 0
) -> dict[str, str]:
    """The header of a trial, as a deployer signs it."""
    now = int(time.time()) - ago
    return {
        TRIAL_MARK_HEADER: trial_mark.make_trial_mark(
            secret.encode(), path=path, key=key, body=body, now=now
        )
    }


def as_sent(**said: Any) -> bytes:
    return json.dumps(a_report(**said)).encode()


def try_out(
    reporters: Reporters, body: bytes, key: str, signed: dict[str, Any] | None = None
) -> Answered:
    """Send a report as a trial; `signed` is how its mark was made otherwise."""
    return reporters.send(body, key, **marked(**{"body": body, "key": key, **(signed or {})}))


# ---- the effect of the header, and of a forged one


def test_a_report_with_its_mark_is_kept_as_a_trial_and_followed_as_any(
    reporters: Reporters,
) -> None:
    body, key = as_sent(), a_key()
    first, again = (try_out(reporters, body, key) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert again.document == first.document
    reference = first.document["reference"]
    assert realm_from_name(reference) is Realm.TRIAL
    assert [item["pk"]["S"] for item in reporters.items()] == [f"REPORT#{reference}"]
    assert reporters.follow(reference, first.document["receipt"]).status == 200
    assert reporters.follow(reference, first.document["receipt"][::-1]).status == 404


def test_the_form_without_javascript_takes_the_mark_alike(reporters: Reporters) -> None:
    opened = reporters.call("GET", PLAIN, {})
    form = a_form(key=hidden(opened, "key"), ticket=hidden(opened, "ticket"))
    body = urlencode(form).encode()
    done = reporters.call("POST", PLAIN, FORM | marked(body, path=PLAIN), body)
    assert done.status == 201
    assert realm_from_name(codes(done)[0]) is Realm.TRIAL


def test_only_a_report_with_a_trial_mark_reads_the_secret_of_the_mark(
    reporters: Reporters,
) -> None:
    reporters.send(as_sent(), a_key())
    without = reporters.calls["secrets-manager.GetSecretValue"]
    reporters.forget_process()
    reporters.calls.clear()
    body, key = as_sent(), a_key()
    try_out(reporters, body, key)
    assert reporters.calls["secrets-manager.GetSecretValue"] == without + 1
    assert reporters.calls["dynamodb.PutItem"] == 1


@pytest.mark.parametrize(
    "signed",
    [
        {"secret": "o" * 64},
        {"secret": ""},
        {"ago": trial_mark.MARK_TTL_SECONDS + 60},
        {"ago": -3_600},
        {"path": PLAIN},
        {"key": "3c9e0c6e-7a35-4f6f-9e28-5a7cc8bd2f11"},
        {"body": b"another body"},
    ],
    ids=str,
)
def test_an_invalid_trial_mark_is_refused_and_its_report_is_not_kept(
    reporters: Reporters, signed: dict[str, Any]
) -> None:
    refused = try_out(reporters, as_sent(), a_key(), signed)
    assert (refused.status, problem(refused)) == (403, "trial-mark-refused")
    body = urlencode(a_form()).encode()
    wrong = marked(**{"body": body, "path": PLAIN, **signed} | {"key": "another key"})
    refused = reporters.call("POST", PLAIN, FORM | wrong, body)
    assert (refused.status, problem(refused)) == (403, "trial-mark-refused")
    assert reporters.items() == []


@pytest.mark.parametrize("typed", ["", "1", "true", "trial", "\u0661.a", "9" * 400, "a, b"])
def test_a_typed_header_never_makes_a_trial_of_a_report(reporters: Reporters, typed: str) -> None:
    refused = reporters.send(as_sent(), a_key(), **{TRIAL_MARK_HEADER: typed})
    assert (refused.status, problem(refused)) == (403, "trial-mark-refused")
    assert reporters.items() == []


def test_intake_checks_the_trial_mark_before_the_report(
    reporters: Reporters,
) -> None:
    """An edge that drops the header would keep trials as reports; a body `{}` finds it safely."""
    wrong = {TRIAL_MARK_HEADER: "1"}
    assert problem(reporters.send(b"{}", a_key(), **wrong)) == "trial-mark-refused"
    assert problem(reporters.send(b"{}", a_key())) == "not-valid"
    assert reporters.items() == []


def test_an_intercepted_trial_mark_sends_no_other_report_and_no_second_one(
    reporters: Reporters,
) -> None:
    body, key = as_sent(), a_key()
    seen = marked(body, key)
    kept = reporters.send(body, key, **seen)
    assert reporters.send(body, key, **seen).document == kept.document
    for other_body, other_key in ((as_sent(danger_now=True), key), (body, a_key())):
        refused = reporters.send(other_body, other_key, **seen)
        assert problem(refused) == "trial-mark-refused"
    assert len(reporters.items()) == 1


def test_a_trial_and_a_report_with_one_idempotency_key_stay_two(reporters: Reporters) -> None:
    body, key = as_sent(), a_key()
    tried, sent = try_out(reporters, body, key), reporters.send(body, key)
    assert (tried.status, sent.status) == (201, 201)
    assert realm_from_name(sent.document["reference"]) is Realm.REAL
    assert len(reporters.items()) == 2


# ---- linking


def in_trial(office: Office, **said: Any) -> str:
    reference = office.accept(realm=Realm.TRIAL, **said)
    assert office.deliver(reference) == []
    return reference


def test_a_trial_joins_no_report_and_no_report_joins_a_trial(office: Office) -> None:
    real, tried = (office.accept(realm=each, locations=PHONE) for each in Realm)
    office.deliver(real, tried)
    again, tried_again = (office.accept(realm=each, locations=PHONE) for each in Realm)
    office.deliver(tried_again, again)
    assert office.case_of(again).id == office.case_of(real).id == case_id_from_reference(real)
    assert (
        office.case_of(tried_again).id == office.case_of(tried).id == case_id_from_reference(tried)
    )
    assert len(office.cases()) == 2


def test_a_case_never_suggests_a_case_of_the_other_realm(office: Office) -> None:
    """Neither by words, nor by identifiers of an ended case, nor by an addition."""
    ended = office.in_review(locations=PHONE, narrative=DANGER)
    office.reject(ended)
    running = office.in_review(narrative=DANGER)
    tried = in_trial(office, locations=PHONE, narrative=DANGER)
    assert office.case_of(tried).suggestions == ()
    after = office.accept(locations=PHONE, narrative=DANGER)
    office.deliver(after)
    named = {each.case for each in office.case_of(after).suggestions}
    assert named == {ended.id, running.id}
    named |= {
        each.case
        for case in office.cases()
        if realm_from_name(case.id) is Realm.REAL
        for each in case.suggestions
    }
    assert {realm_from_name(each) for each in named} == {Realm.REAL}


# ---- receivers


def test_no_real_unit_or_reporter_hears_of_a_trial(office: Office) -> None:
    case = office.published(realm=Realm.TRIAL, locations=PHONE, danger_now=True)
    in_trial(office, locations=PHONE, danger_now=True, narrative=DANGER)
    office.take("triage", office.in_review(realm=Realm.TRIAL, locations=[], danger_now=True))
    office.later(days=30)
    office.take("escalate", office.now_case(case))
    office.sweep()
    office.reconcile()
    told = office.told()
    assert {each["attributes"]["type"] for each in told} >= {
        "case.referred",
        "case.addition",
        "case.alert",
        "case.late",
    }
    assert {each["attributes"]["unit"] for each in told} == {"trial"}
    (referred,) = office.told("case.referred")
    assert referred["data"]["unit"] == RABAT


# ---- figures


@pytest.fixture
def cold() -> Iterator[None]:
    for each in (counting._table, bilan.settings):
        each.cache_clear()
    yield
    for each in (counting._table, bilan.settings):
        each.cache_clear()


def _life(office: Office, realms: tuple[Realm, ...]) -> None:
    """Cases of all kinds in the realms; each realm's reports are the same ones."""
    for realm in realms:
        said: dict[str, Any] = {
            "realm": realm,
            "category": "fraud",
            "territory": {"code": "04.421"},
        }
        first = 100 * (1 + list(Realm).index(realm))
        for number in range(5):
            said |= {"locations": [], "narrative": f"Une boutique numéro {number}."}
            case = office.published(number=first + number, **said)
            if number:
                office.acknowledge(case)
        office.reject(office.in_review(number=first + 14, **said))
    tell(told_of(office))


def _figures(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The answers to the public and to the desk, byte for byte, and the counters."""
    today = datetime.now(UTC)
    monkeypatch.setattr(bilan, "now", lambda: today.replace(year=today.year + 1))
    window = {"from": f"{today:%Y-%m}", "to": f"{today:%Y-%m}"}
    event = a_public_event("GET", "/v1/statistics", {}, query=window)
    public = bilan.handle(event, None)
    assert public["statusCode"] == 200
    day = f"{today:%Y-%m-%d}"
    known = StatisticsCounters(TABLE).figures_known_on(day, day, day)
    return public["body"], repr(sorted(known.items()))


@pytest.mark.usefixtures("cold")
def test_figures_are_byte_for_byte_the_same_with_and_without_trials(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _life(office, (Realm.REAL,))
    without = _figures(monkeypatch)
    assert '"count":6' in without[0]
    _life(office, (Realm.TRIAL,))
    assert _figures(monkeypatch) == without
    law = load_statistics_law(JURISDICTIONS_FOLDER / "ma")
    event = recount(StatisticsTable(TABLE, law), task_state.now(), repair=True)
    assert (event["uncounted"], event["drifted"]) == (0, 0)
    assert _figures(monkeypatch) == without
    assert not [
        each
        for each in office.items(keys.report_count_key.partition_begins)
        if "TEST-" in str(each)
    ]


# ---- staff


def _a_case_everywhere(desk: Desk, realm: Realm) -> list[Case]:
    """Cases of a realm in every list that staff read."""
    urgent = desk.in_review(realm=realm, priority=Priority.IMMEDIATE, imminent=True)
    referred = desk.referred(RABAT, realm=realm)
    held = desk.referred(RABAT, realm=realm)
    desk.waits(held)
    officer = desk.enrol(Role.OFFICER, RABAT, realm=realm)
    assert desk.acknowledge(held, ACCEPT, officer).status == 200
    ask_who(desk.table.get_case(held.id))
    return [urgent, referred, held]


def _seen(desk: Desk, realm: Realm) -> dict[str, Any]:
    """Everything that lists show to people of a realm, in every role."""
    people = {
        role: desk.enrol(role, RABAT if role is Role.OFFICER else None, realm=realm)
        for role in Role
    }
    found: dict[str, Any] = {}
    for role, by in people.items():
        for path, query in (
            ("queue", {}),
            ("queue", {"of": "held"}),
            ("duty", {}),
            ("board", {}),
            ("queue", {"of": f"unit:{RABAT}"}),
            ("identity-requests", {}),
        ):
            answered = desk.get(path, by, **query)
            if answered.status == 200:
                found[f"{role} {path} {query}"] = answered.document
    staff = desk.get("staff", people[Role.ADMIN]).document["people"]
    found["staff"] = {each["subject"] for each in staff}
    assert set(people.values()) <= found["staff"]
    return found


def test_lists_show_trials_only_to_staff_who_play_in_trials(desk: Desk) -> None:
    of_people = _a_case_everywhere(desk, Realm.REAL)
    before = _seen(desk, Realm.REAL)
    of_trials = _a_case_everywhere(desk, Realm.TRIAL)
    after = _seen(desk, Realm.REAL)
    played = _seen(desk, Realm.TRIAL)
    assert not after["staff"] & played["staff"]
    for name, shown in before.items():
        if name != "staff":
            assert after[name] == shown, name  # the counts of the board, too
            there, here = (json.dumps(each).count('"C-') for each in (shown, played[name]))
            assert there == here, name
    for case in of_trials:
        assert case.id in json.dumps(played, default=str)
        assert case.id not in json.dumps(after, default=str)
    for case in of_people:
        assert case.id not in json.dumps(played, default=str)


def test_a_case_of_the_other_realm_answers_like_a_missing_one(desk: Desk) -> None:
    """At every address that names a case, for every role, to the byte but for the request's id."""
    addresses = [each for each in desk_handler.api.operations if "{id}" in each.path]
    for realm, other in (tuple(Realm), tuple(reversed(Realm))):
        case, nobodys = (
            desk.referred(RABAT, realm=other),
            case_id_from_reference("0000-0000-0000-0000-0"),
        )
        for role in Role:
            by = desk.enrol(role, RABAT if role is Role.OFFICER else None, realm=realm)
            for each in addresses:
                told = []
                for case_id in (case.id, nobodys):
                    path = a_staff_address(each.path, case_id)
                    headers = {
                        "if-match": case.etag,
                        "idempotency-key": a_key(),
                        "content-type": "application/json",
                    }
                    body = json.dumps(CONFIRM if each.path.endswith("review") else {})
                    asked = an_event(each.method, path, by, headers=headers, body=body)
                    answered = desk.call(asked)
                    told.append({**answered.document, "instance": ""})
                    assert answered.status in {403, 404, 422}, (role, each.path)
                assert told[0] == told[1], (role, each.path)


def test_a_cursor_leads_into_no_other_realm(desk: Desk) -> None:
    """A person who changes a cursor to name a trial reads on in their own list."""
    for realm in Realm:
        for _ in range(3):
            desk.in_review(realm=realm, priority=Priority.IMMEDIATE, imminent=True)
    for realm, other in (tuple(Realm), tuple(reversed(Realm))):
        page = desk.table.duty(Duty.IMMINENT, 1, realm=other)
        further = desk.table.duty(Duty.IMMINENT, 10, page.after, realm)
        assert {realm_from_name(each) for each in further.ids} <= {realm}


def test_no_trial_is_merged_with_a_case_of_people(desk: Desk) -> None:
    real, tried = desk.in_review(), desk.in_review(realm=Realm.TRIAL)
    for case, into, realm in ((real, tried, Realm.REAL), (tried, real, Realm.TRIAL)):
        merge = {"outcome": "merge", "into": into.id}
        refused = desk.review(case, merge, desk.enrol(Role.ANALYST, realm=realm))
        assert (refused.status, problem(refused)) == (404, "case-not-found")
        assert desk.table.get_case(case.id) == case


def test_a_trial_is_worked_on_as_any_case(desk: Desk) -> None:
    case = desk.in_review(realm=Realm.TRIAL)
    desk.waits(case)
    analyst = desk.enrol(Role.ANALYST, realm=Realm.TRIAL)
    assert ids(desk.queue(analyst)) == [case.id]
    assert desk.review(case, CONFIRM, analyst).status == 200
    sent = desk.refer_confirmed(desk.table.get_case(case.id), RABAT)
    desk.waits(sent)
    officer = desk.enrol(Role.OFFICER, RABAT, realm=Realm.TRIAL)
    assert ids(desk.queue(officer)) == [case.id]
    assert desk.acknowledge(sent, ACCEPT, officer).status == 200
    auditor = desk.enrol(Role.AUDITOR, realm=Realm.TRIAL)
    history = desk.get(f"history/{case.id}", auditor).document
    assert "broken" not in history
    assert not history["truncated"]


# ---- its end


@pytest.mark.parametrize("stands", ["in_review", "queued", "published", "acknowledged"])
def test_a_trial_can_be_ended_in_every_status_and_its_history_verifies(
    office: Office, stands: str
) -> None:
    said: dict[str, Any] = {"realm": Realm.TRIAL, "locations": PHONE, "danger_now": True}
    case = office.acknowledge(office.published(**said)) if stands == "acknowledged" else None
    case = case or getattr(office, stands)(**said)
    office.later(minutes=1)
    office.table.update(
        case.id, lambda now: end_trial_case(now, task_state.now(), "whoever deploys")
    )
    assert office.sweep()["erasing"] == 1
    case = office.now_case(case)
    assert (case.status, case.erasing, dict(case.pending_deadlines)) == (Status.ERASED, None, {})
    assert list(find_history_differences(office.table, case.id)) == []
    left = json.dumps(office.items(""), default=repr)
    assert "banque" not in left
    assert not office.items("IDENTIFIER#")
    assert not office.items("CLUE#")
    assert not office.items("TRIAL#")


def test_ending_a_trial_removes_no_item_of_a_real_case(office: Office) -> None:
    real = office.in_review(locations=PHONE)
    before = office.items("")
    tried = office.case_of(in_trial(office, locations=PHONE))
    at = task_state.now()
    office.table.update(tried.id, lambda now: end_trial_case(now, at, "whoever deploys"))
    for _ in erase_case(office.table, office.now_case(tried), at):
        pass
    office.table.update(tried.id, finish_erasure)
    after = [item for item in office.items("") if "TEST-" not in str(item)]
    assert after == before
    assert office.now_case(real) == real
