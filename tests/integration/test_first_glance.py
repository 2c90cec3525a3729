"""Every new report with new words is glanced at by a person, once, and never lost on the way."""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from casework.aws.services import clients
from casework.aws.steps import task_state
from casework.aws.table import audit_log, desk_keys, items, keys
from casework.aws.table.erasure import erase_report
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Move, Status
from casework.case.replay import find_first_difference
from casework.case.value_objects import Duty, Opener, Priority
from casework.decisions.staff import Role
from casework.text.realm import Realm
from functions.desk import deployment
from functions.triage import link
from tests.builders import RABAT
from tests.integration.answers import Answered
from tests.integration.desks import (
    ACCEPT,
    BROWSER,
    CLIENT,
    CONFIRM,
    TABLE,
    Desk,
    StepFunctions,
    an_event,
)
from tests.integration.test_link import PHONE
from tests.integration.test_suggestions import refused
from tests.office import Office

QUIET = "Il sait où j'habite et il dit qu'il passera ce soir, mes parents ne sont pas là."
SCAM = "J'ai payé une commande sur un site et rien n'est jamais arrivé, le vendeur ne répond plus."


@dataclass
class Front:
    """People who glance, before the office that links."""

    desk: Desk
    office: Office
    ana: str
    sara: str

    def listed(self, by: str = "", **query: str) -> list[dict[str, Any]]:
        shown = self.desk.get("glance", by or self.ana, **query)
        assert shown.status == 200, shown.text
        reports: list[dict[str, Any]] = shown.document["reports"]
        return reports

    def names(self, by: str = "") -> list[str]:
        return [each["reference"] for each in self.listed(by)]

    def waiting(self) -> list[str]:
        """All that wait, also those that share the line of their group."""
        queue = desk_keys.queue_name_of_desk(desk_keys.GLANCE_QUEUE)
        found = items.query_index(self.office.table.name, keys.QUEUE_INDEX, queue)
        return [desk_keys.parse_queue_place(each[keys.QUEUE_SORT_KEY]).id for each in found]

    def say(
        self, report: str, verdict: str, by: str = "", key: str = "", *, copies: bool = False
    ) -> Answered:
        sent = {
            "content-type": "application/json",
            "idempotency-key": key or str(uuid.uuid4()),
        }
        body = json.dumps({"report": report, "verdict": verdict, "copies": copies})
        return self.desk.call(
            an_event("POST", "/v1/desk/glance", by or self.ana, headers=sent, body=body)
        )

    def taken(self, report: str, verdict: str, by: str = "", key: str = "") -> bool:
        said = self.say(report, verdict, by, key)
        assert said.status == 200, said.text
        return bool(said.document["taken"])

    def came(self, **said: Any) -> str:
        reference = self.office.accept(**{"locations": [], **said})
        assert self.office.deliver(reference) == []
        return reference

    def case(self, report: str) -> Case:
        return self.office.case_of(report)

    def tell(self, case: Case, move: Move) -> None:
        """The stream delivers the entry of a move, twice."""
        for _ in range(2):
            for event in self.office.table.events(case.id):
                if event.move == move:
                    key = keys.event_key(case.id, event.number)
                    settings = link._settings()
                    link.follow_record(settings, key)


@pytest.fixture
def front(office: Office, monkeypatch: pytest.MonkeyPatch) -> Front:
    for name, value in {
        "CLIENT_ID": CLIENT,
        "BROWSER_CLIENT_ID": BROWSER,
        "PACKAGES": "packages",
        "PACKING": "packing",
        "ORIGIN_SECRET": "",
    }.items():
        monkeypatch.setenv(name, value)
    deployment.settings.cache_clear()
    audit_log._marked.clear()
    monkeypatch.setattr(deployment, "now", task_state.now)
    desk = Desk(office.table, StepFunctions(), io.StringIO())
    return Front(desk, office, desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR))


def whole(front: Front, case: Case) -> None:
    """The case is as its history tells, and what is kept beside it too."""
    assert find_first_break(front.office.table.entries(case.id)) is None
    assert list(find_history_differences(front.office.table, case.id)) == []


# ---- what is owed ------------------------------------------------------------------------------


def test_new_reports_wait_for_a_glance_the_most_worrying_first(front: Front) -> None:
    calm = front.came(narrative=SCAM)
    danger = front.came(narrative=QUIET, danger_now=True)
    later = front.came(narrative="Un compte se fait passer pour ma boutique et prend mes clients.")

    shown = front.listed()

    assert [each["reference"] for each in shown] == [danger, calm, later]
    first = shown[0]
    assert (first["narrative"], first["priority"], first["imminent"]) == (QUIET, "immediate", True)
    assert 14 * 60 <= first["seconds_left"] <= 15 * 60
    assert first["case"] == front.case(danger).id
    assert front.desk.get("glance", front.desk.enrol(Role.OFFICER, RABAT)).status == 403


def test_a_report_is_glanced_at_with_its_fields(front: Front) -> None:
    lost = [{"amount": "350.00", "currency": "MAD", "means": "bank_transfer"}]
    site = {"kind": "url", "value": "https://boutique.example/commande"}
    front.came(narrative=SCAM, victim_is_minor=True, money_lost=lost, locations=[site])

    (shown,) = front.listed()

    facts = shown["facts"]
    assert facts["victim_is_minor"] is True
    assert (facts["money_lost"][0]["amount"], facts["money_lost"][0]["currency"]) == (
        "350.00",
        "MAD",
    )
    assert [each["value"] for each in facts["locations"]] == [site["value"]]


def test_a_copy_that_joins_is_not_glanced_at_and_one_new_sentence_is(front: Front) -> None:
    first = front.came(narrative=SCAM, locations=PHONE)
    copy = front.came(narrative=SCAM.replace("commande", "commande,"), locations=PHONE)
    more = front.came(narrative=f"{SCAM} Il dit qu'il viendra chez moi.", locations=PHONE)

    assert front.case(copy).id == front.case(first).id
    assert front.names() == [first, more]


def test_a_threat_in_letters_and_digits_behind_a_bland_report_is_glanced_at(front: Front) -> None:
    first = front.came(narrative="Salam, had page katbi3 f internet.", locations=PHONE)
    threat = front.came(narrative="Salam, had page katbi3 f internet. 9telha", locations=PHONE)

    assert front.case(threat).id == front.case(first).id
    assert sorted(front.waiting()) == sorted([first, threat])


@pytest.mark.parametrize("said", [{"danger_now": True}, {}])
def test_danger_that_is_ticked_or_read_is_glanced_at_in_a_copy_too(
    front: Front, said: dict[str, Any]
) -> None:
    words = {"narrative": f"{QUIET} Il va me tuer ce soir.", "locations": PHONE, **said}
    reports = [front.came(**words) for _ in range(3)]

    assert len({front.case(each).id for each in reports}) == 1
    assert sorted(front.waiting()) == sorted(reports)


def test_a_copy_waits_for_a_glance_where_its_words_cannot_be_kept(front: Front) -> None:
    first = front.came(narrative=SCAM, locations=PHONE)
    with refused("PutItem", f"{keys.clue_key.partition_begins}said-"):
        copy = front.came(narrative=SCAM, locations=PHONE)

    assert front.case(copy).id == front.case(first).id
    assert front.waiting() == [first, copy]
    erase_report(front.office.table, copy, task_state.now(), "somebody")
    assert front.names() == [first]
    again = front.came(narrative=SCAM, locations=PHONE)
    assert again not in front.names(), "the first one's words are still known"


def test_copies_of_one_batch_are_glanced_at_once(front: Front) -> None:
    batch = [front.office.accept(narrative=SCAM, locations=PHONE) for _ in range(5)]
    assert front.office.deliver(*batch, *batch) == []
    assert front.names() == batch[:1]


def test_a_copy_is_glanced_at_once_the_first_is_erased(front: Front) -> None:
    first = front.came(narrative=SCAM, locations=PHONE)
    erase_report(front.office.table, first, task_state.now(), "somebody")
    assert front.names() == []
    assert front.names() == []
    copy = front.came(narrative=SCAM, locations=PHONE)
    assert front.names() == [copy]
    whole(front, front.case(copy))


def test_a_report_that_is_delivered_again_waits_once_and_never_again(front: Front) -> None:
    report = front.came(narrative=SCAM)
    front.office.deliver(report, report)
    assert front.names() == [report]
    assert front.taken(report, "nothing_urgent")
    front.office.deliver(report)
    link.reprocess({"references": [report]}, None)
    assert front.names() == []


def test_trials_and_reports_of_people_have_lists_of_their_own(front: Front) -> None:
    trial = front.office.accept(narrative=SCAM, realm=Realm.TRIAL)
    front.office.deliver(trial)
    tester = front.desk.enrol(Role.ANALYST, realm=Realm.TRIAL)
    assert front.names() == []
    assert front.names(tester) == [trial]
    assert front.say(trial, "nothing_urgent").status == 422


def test_a_page_reads_two_read_units_for_each_report_and_goes_on(front: Front) -> None:
    reports = [
        front.came(narrative=each * 40) for each in ("ab ", "cd ", "ef ", "gh ", "ij ", "kl ")
    ]
    calls: list[str] = []
    events = clients.aws_client("dynamodb").meta.events
    events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    front.listed()
    reading = [each for each in calls if each in {"Query", "BatchGetItem", "GetItem"}]
    assert sorted(reading) == ["BatchGetItem", "GetItem", "Query"], "the person, keys, reports"

    first = front.desk.get("glance", front.ana, limit="4").document
    rest = front.listed(cursor=first["cursor"])
    assert [each["reference"] for each in (*first["reports"], *rest)] == reports
    forged = front.desk.get("glance", front.ana, cursor="W10")
    assert forged.status == 422


# ---- verdicts ----------------------------------------------------------------------------------


def test_nothing_urgent_is_an_entry_without_words_and_changes_nothing_else(front: Front) -> None:
    report = front.came(narrative=SCAM)
    before = front.case(report)
    assert front.taken(report, "nothing_urgent")
    after = front.case(report)
    entry = list(front.office.table.events(after.id))[-1]
    assert (entry.move, entry.by) == (Move.GLANCE, front.ana)
    assert entry.data.keys() == {"report", "verdict", "key"}
    assert entry.changed == {}
    assert after.etag == before.etag
    assert after.priority is before.priority
    assert front.names() == []
    whole(front, after)


def test_danger_now_is_danger_that_a_person_recorded(front: Front) -> None:
    report = front.came(narrative=QUIET.replace("ce soir", "un jour"))
    before = front.case(report)
    assert before.priority is not Priority.IMMEDIATE

    assert front.taken(report, "danger_now")

    after = front.case(report)
    assert (after.priority, after.imminent, after.status) == (
        Priority.IMMEDIATE,
        True,
        Status.IN_REVIEW,
    )
    assert after.wait is not None
    assert before.wait is not None
    assert after.wait.due < before.wait.due
    assert Duty.IMMINENT in after.duties
    assert [(each.by, each.report) for each in after.gate] == [(Opener.DANGER, report)]
    front.office.told()
    front.tell(after, Move.GLANCE)
    alerts = front.office.told("case.alert")
    assert len({each["id"] for each in alerts}) == 1
    assert alerts[0]["data"]["priority"] == "immediate"
    whole(front, after)


def test_danger_denied_before_a_unit_holds_the_case_opens_no_gate(front: Front) -> None:
    report = front.came(narrative=SCAM)
    assert front.taken(report, "danger_now")
    front.tell(front.case(report), Move.GLANCE)
    case = front.case(report)
    denies = {
        "outcome": "no_danger",
        "reason": "La touche a été prise par erreur.",
        "dangers": 1,
        "seen": case.events,
    }
    answered = front.desk.review(case, denies, front.ana)
    assert answered.status == 200, answered.text
    after = front.case(report)
    assert (after.gate, after.imminent) == ((), False)
    whole(front, after)


def test_danger_seen_in_a_report_that_joined_lets_the_unit_inquire(front: Front) -> None:
    """The unit waits for the authorisation, and need not wait any more, as when it says so."""
    case, omar = front.office.published(locations=PHONE), front.desk.enrol(Role.OFFICER, RABAT)
    assert front.desk.acknowledge(case, ACCEPT, omar).status in {200, 202}
    case = front.office.now_case(case)
    assert case.status is Status.AWAITING_AUTHORISATION
    joined = front.came(narrative=SCAM, locations=PHONE)

    assert front.taken(joined, "danger_now")

    after = front.office.now_case(case)
    assert after.status is Status.ACKNOWLEDGED
    assert after.unread is not None, "the unit reads what came"
    assert [each.report for each in after.gate] == [joined]
    moves = [each.move for each in front.office.table.events(case.id)][-3:]
    assert moves == [Move.GLANCE, Move.RAISE, Move.PASS]
    assert find_first_difference(after, front.office.table.events(case.id)) is None
    whole(front, after)


def test_look_soon_makes_a_calmer_case_urgent_and_no_urgent_one_calmer(front: Front) -> None:
    calm, danger = front.came(narrative=SCAM), front.came(narrative=QUIET, danger_now=True)
    for report in (calm, danger):
        assert front.taken(report, "look_soon")
    assert front.case(calm).priority is Priority.URGENT
    assert front.case(danger).priority is Priority.IMMEDIATE
    assert front.case(calm).gate == ()
    whole(front, front.case(calm))


def test_who_cannot_tell_leaves_it_to_another_and_two_make_it_urgent(front: Front) -> None:
    report = front.came(narrative=SCAM)
    assert front.taken(report, "cannot_tell")
    assert front.names(front.ana) == []
    assert not front.taken(report, "cannot_tell"), "one person is not two"
    assert front.case(report).priority is Priority.STANDARD
    (shown,) = front.listed(front.sara)
    assert shown["second"]
    assert front.taken(report, "cannot_tell", front.sara)
    assert front.case(report).priority is Priority.URGENT
    assert front.names(front.sara) == []
    whole(front, front.case(report))


def test_a_verdict_is_taken_once_under_its_key(front: Front) -> None:
    report, key = front.came(narrative=SCAM), str(uuid.uuid4())
    answers = [front.say(report, "look_soon", key=key).text for _ in range(3)]
    assert len(set(answers)) == 1
    moves = front.office.moves(front.case(report))
    assert moves.count(Move.GLANCE) == moves.count(Move.RAISE) == 1
    assert front.say(report, "danger_now", key=key).status == 422


def test_the_key_of_another_act_on_the_case_takes_no_verdict(front: Front) -> None:
    number, key = [{"kind": "phone", "value": "0661424242"}], str(uuid.uuid4())
    first = front.came(narrative=SCAM, locations=number)
    second = front.came(narrative=QUIET, locations=number)
    assert front.case(first).id == front.case(second).id
    assert front.taken(first, "nothing_urgent", key=key)
    assert front.say(second, "nothing_urgent", key=key).status == 422
    assert front.office.moves(front.case(first)).count(Move.GLANCE) == 1


def test_of_two_verdicts_at_once_one_is_taken_and_danger_is_never_lost(front: Front) -> None:
    report = front.came(narrative=SCAM)
    assert front.taken(report, "nothing_urgent")
    assert not front.taken(report, "look_soon", front.sara)
    assert front.case(report).priority is Priority.STANDARD
    assert front.taken(report, "danger_now", front.sara)
    assert front.case(report).imminent


def test_an_unknown_or_erased_report_takes_no_verdict(front: Front) -> None:
    report = front.came(narrative=SCAM)
    erase_report(front.office.table, report, task_state.now(), "somebody")
    for named in (report, "no reference"):
        assert front.say(named, "danger_now").status == 422
    kept = items.get_item(TABLE, keys.report_key(report)) or {}
    assert "glance" not in kept
    assert keys.QUEUE_PARTITION_KEY not in kept


# ---- other looks, and the clock ----------------------------------------------------------------


def test_a_decision_whose_author_was_shown_the_report_is_a_look(front: Front) -> None:
    first = front.came(narrative=SCAM, locations=PHONE)
    second = front.came(narrative=f"{SCAM} Elle aussi.", locations=PHONE)
    third = front.came(narrative=f"{SCAM} Et lui.", locations=PHONE)
    case = front.case(first)
    answered = front.desk.review(case, {**CONFIRM, "shown": 2}, front.ana)
    assert answered.status in {200, 202}, answered.text
    assert front.waiting() == [first, second, third], "until the stream tells of it"
    front.tell(case, Move.CONFIRM)
    assert front.names() == [third]
    assert not front.taken(second, "nothing_urgent")


def test_an_announced_attack_is_glanced_at_within_three_minutes(front: Front) -> None:
    """Afterwards it stands on the duty desk as overdue, though calmer reports still have time."""
    calm = front.came(narrative=SCAM)
    bomb = front.came(narrative="On annonce une fusillade à la faculté de Meknès à 16:00.")
    first, then = front.listed()
    assert (first["reference"], first["danger"]) == (bomb, "announced")
    assert 0 < first["seconds_left"] <= 3 * 60
    assert (then["reference"], then["seconds_left"] > 10 * 60) == (calm, True)
    assert front.desk.get("duty", front.ana).document["glances"]["overdue"] == 0
    front.office.later(minutes=4)
    assert front.desk.get("duty", front.ana).document["glances"]["overdue"] == 1


def test_an_overdue_glance_stands_on_the_duty_desk_and_in_the_pulse(front: Front) -> None:
    front.came(narrative=SCAM)
    front.office.later(minutes=16)
    front.came(narrative=QUIET)
    accepted_at = front.listed()[-1]["accepted_at"]
    expected = {"waiting": 2, "overdue": 1, "oldest_at": accepted_at, "most": 100}
    assert front.desk.get("pulse", front.ana).document["glances"] == expected
    assert front.desk.get("duty", front.sara).document["glances"] == expected
    officer = front.desk.enrol(Role.OFFICER, RABAT)
    assert "glances" not in front.desk.get("pulse", officer).document


def test_a_flood_hides_no_older_calm_report(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.desk.queries.glances.MAX_GLANCES_COUNTED", 2)
    front.came(narrative=SCAM)
    front.office.later(minutes=20)
    for each in "abc":
        front.came(narrative=f"{QUIET} {each}", danger_now=True)
    found = front.desk.get("pulse", front.ana).document["glances"]
    assert (found["waiting"], found["overdue"]) == (2, 1)
