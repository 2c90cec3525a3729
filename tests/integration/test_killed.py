"""Work killed at any point is taken up again, and nothing is lost or doubled.

Each test repeats one piece of work, killed around each of its AWS calls. Then the responsible part
(the stream, the service's retry, the reconciler) takes it up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from casework.aws.services import clients
from casework.aws.table import keys
from casework.aws.table.report_table import ReportTable
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from functions.triage import reconcile
from tests.builders import RABAT, SALE
from tests.integration.taken_out import take_out
from tests.integration.test_link import PHONE
from tests.office import TOKEN, Office, killed, open_office
from tests.way_back import way_back

MOST_CALLS = 40
Begin = Callable[[Office], Any]
Work = Callable[[Office, Any], Any]
Check = Callable[[Office, Any], None]


def everywhere(begin: Begin, work: Work, then: Work, check: Check) -> int:
    """Kill `work` at each of its AWS calls; returns the number of calls.

    A kill before a call equals a kill after the former call, so only the first needs both.
    `begin` makes its input, `then` takes the work up, and `check` holds the assertions.
    """
    with pytest.MonkeyPatch.context() as patch, open_office(patch) as office:
        subject = begin(office)
        back = way_back(office)
        for number in range(MOST_CALLS):
            back()
            made: list[str] = []
            with killed(max(number, 1), made, after=number > 0):
                work(office, subject)
            then(office, subject)
            check(office, subject)
            assert_sound(office)
            if len(made) < number:
                return len(made)
    raise AssertionError("the work never ends")


def assert_sound(office: Office) -> None:
    """The assertions that hold after every kill."""
    for case in office.cases():
        events = list(office.table.events(case.id))
        assert find_first_break(events) is None
        assert len(events) == case.events
    for item in office.items("REPORT#"):
        if item["sk"].startswith(keys.public_update_key.begins):
            continue
        assert "case_id" in item, "a report was lost"
        assert office.table.get_case(item["case_id"]).id == item["case_id"]


def minutes_later(office: Office, _: Any = None) -> None:
    """The reconciler runs until it finds nothing."""
    for _ in range(4):
        office.later(seconds=121)
        if office.reconcile() == {}:
            return
    raise AssertionError("the reconciler repairs without end")


def test_a_killed_intake_keeps_one_report_after_a_retry() -> None:
    """Killed before the write there is no report; after it, the reporter's retry finds it."""

    def retried(office: Office, _: Any) -> None:
        office.accept(number=7, locations=PHONE)
        minutes_later(office)

    def once(office: Office, _: Any) -> None:
        assert len(office.items("REPORT#")) == 1
        assert len(office.cases()) == 1

    calls = everywhere(
        lambda office: ReportTable("cases"),
        lambda office, _: office.accept(number=7, locations=PHONE),
        retried,
        once,
    )
    assert calls == 1


@pytest.mark.parametrize("takes_up", ["stream", "reconciler"])
def test_a_killed_delivery_still_opens_one_case(takes_up: str) -> None:
    def then(office: Office, reference: str) -> None:
        if takes_up == "stream":
            office.deliver(reference)
        else:
            minutes_later(office)

    def one_case_that_runs(office: Office, reference: str) -> None:
        case = office.case_of(reference)
        assert len(office.cases()) == 1
        assert office.executions() == [case.execution] == [f"{case.id}-1"]
        assert office.moves(case) == ["open", "assess"]

    everywhere(
        lambda office: office.accept(locations=PHONE),
        lambda office, reference: office.deliver(reference),
        then,
        one_case_that_runs,
    )


@pytest.mark.parametrize("stage", ["in_review", "published"])
def test_a_killed_delivery_still_joins_its_report_to_the_case(stage: str) -> None:
    def begin(office: Office) -> tuple[Case, str]:
        return getattr(office, stage)(locations=PHONE), office.accept(locations=PHONE)

    def joined(office: Office, subject: tuple[Case, str]) -> None:
        case, reference = subject
        assert office.case_of(reference).id == case.id
        assert office.now_case(case).etag == case.etag, "a join is no new version"
        additions = {each["id"] for each in office.told("case.addition")}
        assert len(additions) == (1 if stage == "published" else 0)

    everywhere(
        begin,
        lambda office, subject: office.deliver(subject[1]),
        lambda office, subject: office.deliver(subject[1]),
        joined,
    )


@pytest.mark.parametrize("takes_up", ["stream", "sweeper"])
def test_a_killed_sweeper_still_carries_every_report_of_a_merged_case(takes_up: str) -> None:
    """The stream record of the merge asks for it; the stream or the sweeper finishes it."""

    def begin(office: Office) -> tuple[Case, Case, list[str]]:
        kept, case = office.in_review(locations=[]), office.in_review(locations=PHONE)
        joined = [office.accept(locations=PHONE) for _ in range(2)]
        office.deliver(*joined)
        return kept, office.merge(case, kept), [case.opened_by, *joined]

    def carry(office: Office, subject: tuple[Case, Case, list[str]]) -> None:
        office.deliver_event(subject[1])

    def then(office: Office, subject: tuple[Case, Case, list[str]]) -> None:
        if takes_up == "stream":
            carry(office, subject)
        else:
            office.sweep()

    def carried_once(office: Office, subject: tuple[Case, Case, list[str]]) -> None:
        kept, case, references = subject
        assert {office.case_of(each).id for each in references} == {kept.id}
        assert [each.moved for each in office.table.reports.get_reports(references)] == [
            (case.id,)
        ] * 3
        moving = office.now_case(case).moving
        assert moving is not None
        assert moving.level == 1

    everywhere(begin, carry, then, carried_once)


STEPS: dict[str, tuple[str, Begin, list[str]]] = {
    "taken out": ("triage", lambda office: _apart(office), ["assess"]),
    "dangerous": ("triage", lambda office: office.in_review(danger_now=True), ["alert"]),
    "reviewed": ("referral", lambda office: office.reviewed(), ["refer", "publish"]),
    "undelivered": ("referral", lambda office: office.queued(), ["publish"]),
    "declined": (
        "referral",
        lambda office: office.decline(office.published()),
        ["reroute", "publish"],
    ),
    "late": ("escalate", lambda office: _late(office), ["escalate"]),
    "stuck": ("stuck", lambda office: office.queued(), ["stick"]),
}
"""By the case that it meets: a step, and the moves that it makes."""


@pytest.mark.parametrize("met", STEPS)
def test_a_killed_step_of_the_workflow_has_its_effect_once(met: str) -> None:
    """The service retries a step with the input of its first try."""
    step, begin, moves = STEPS[met]

    def taken_once(office: Office, case: Case) -> None:
        before = len(list(office.table.events(case.id))) - len(moves)
        assert before == case.events
        assert office.moves(case)[case.events :] == moves
        told = {each["id"] for each in office.told()}
        office.take(step, case)
        assert {each["id"] for each in office.told()} == told
        assert office.moves(case)[case.events :] == moves

    everywhere(
        begin,
        lambda office, case: office.take(step, case),
        lambda office, case: office.take(step, case),
        taken_once,
    )


def test_referral_is_one_hop_and_one_notification_id() -> None:
    def both(office: Office, case: Case) -> None:
        office.take("referral", case)

    def one_hop(office: Office, case: Case) -> None:
        now = office.now_case(case)
        assert now.referral is not None
        assert (now.status, now.referral.hop, now.referral.unit) == (Status.PUBLISHED, 1, RABAT)
        assert {each["id"] for each in office.told()} == {f"{case.id}-1-referred"}

    everywhere(lambda office: office.reviewed(), both, both, one_hop)


def test_a_killed_decision_takes_effect_once() -> None:
    """The desk saves a decision and tells the workflow; killed between, the stream tells it."""

    def decide(office: Office, case: Case) -> None:
        if office.now_case(case).status is Status.PUBLISHED:
            office.decline(case, SALE)
        office.tell(case)

    def then(office: Office, case: Case) -> None:
        if office.now_case(case).status is Status.PUBLISHED:
            office.decline(case, SALE)  # no decision was saved: the officer still waits
        with answers() as told:
            office.deliver_event(office.now_case(case))
        assert told == [{"taskToken": TOKEN, "error": "Again"}]

    def declined_once(office: Office, case: Case) -> None:
        assert office.now_case(case).declines == 1

    everywhere(lambda office: office.published(), decide, then, declined_once)


@contextmanager
def answers() -> Iterator[list[dict[str, Any]]]:
    """What task tokens are answered with."""
    told: list[dict[str, Any]] = []

    def answer(params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        told.append(json.loads(params["body"]))
        return AWSResponse("", 200, HTTPHeaders(), None), {}

    events = clients.aws_client("stepfunctions").meta.events
    for call in ("SendTaskSuccess", "SendTaskFailure"):
        events.register(f"before-call.sfn.{call}", answer)
    yield told
    for call in ("SendTaskSuccess", "SendTaskFailure"):
        events.unregister(f"before-call.sfn.{call}", answer)


def test_a_killed_reconciler_repairs_each_thing_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reconciler itself may be killed; the next one finishes its work."""
    monkeypatch.setattr(
        reconcile.Reconciler, "_queues", lambda _: ["review", RABAT]
    )  # of all alike

    def begin(office: Office) -> tuple[str, Case]:
        ended = office.in_review(locations=[])
        office.end_execution(ended)
        lost = office.accept(locations=[])
        office.later(seconds=61)
        return lost, ended

    def repaired(office: Office, subject: tuple[str, Case]) -> None:
        lost, ended = subject
        assert office.now_case(ended).run == 2
        assert office.executions("RUNNING") == sorted(
            [f"{ended.id}-2", f"{office.case_of(lost).id}-1"]
        )

    everywhere(begin, lambda office, _: office.reconcile(), minutes_later, repaired)


def _apart(office: Office) -> Case:
    """A case that people opened by taking a report out of another: nothing assessed it yet."""
    phone = [{"kind": "phone", "value": "06 00 00 41 17"}]
    case, joined = office.in_review(locations=phone), office.accept(locations=phone)
    office.deliver(joined)
    return take_out(office, office.now_case(case), joined)


def _late(office: Office) -> Case:
    case = office.in_review()
    office.later(days=30)
    return case


def test_repeated_and_late_steps_change_nothing(office: Office) -> None:
    """Every step, called with every journey the case ever had, leaves a held case as it is."""
    case = office.in_review()
    seen = [case]
    for step in ("triage", "referral"):
        if step == "referral":
            office.confirm(office.now_case(case))
        office.take(step, office.now_case(case))
        seen.append(office.now_case(case))
    held = office.acknowledge(office.now_case(case))
    told = len(office.told())

    for earlier in seen:
        for step in ("triage", "referral", "escalate", "stuck"):
            office.take(step, earlier)

    assert office.now_case(case) == held
    assert len(office.told()) == told


@pytest.fixture(autouse=True)
def _quiet(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    capsys.readouterr()
