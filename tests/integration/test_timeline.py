"""A reporter reads the steps of their report, and nothing of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.aws.table import items
from casework.aws.table.case_table import CaseTable
from casework.aws.table.messages import StoredMessage, message_item, message_to_reporter_item
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.referral import DeclineReason
from casework.case.times import format_timestamp
from casework.case.value_objects import CloseReason, Priority
from casework.moves import deadlines, inquiry, merges, questions, referrals, triage
from casework.moves.messages import record_message
from casework.moves.severity import CaseSeverity
from casework.pack.entries import Deadlines
from casework.pack.jurisdiction import open_pack
from casework.report.public_timeline import (
    PUBLIC_STEP_BY_MOVE,
    PublicEntry,
    PublicStatus,
    ReportHappening,
    TimelineInputs,
    TimelineScope,
    build_timeline,
)
from casework.report.reporter_news import is_reporter_news
from casework.text.reference import case_id_from_reference
from functions.desk.queries import lists
from functions.intake import operations
from functions.triage.case_moves import move_reports_to_case
from tests import admitting, decided
from tests.builders import NOON, RABAT, SALE, a_report, clocks_of
from tests.integration.answers import Answered
from tests.integration.reporters import TABLE, Reporters, a_key, open_for_reports

DAY = (86_400, 86_400)
FOUR_HOURS = Deadlines(review_seconds=(14_400, 14_400), acknowledge_seconds=(3_600,))
ANALYST, OFFICER = "canary-analyst", "canary-officer"


@dataclass
class Lives:
    """Reporters, and cases that go on minute by minute from now."""

    reporters: Reporters
    table: CaseTable = field(default_factory=lambda: CaseTable(TABLE))
    receipts: dict[str, str] = field(default_factory=dict)
    at: datetime = NOON

    def report(self) -> str:
        """A reporter sends a report; returns the reference."""
        sent = self.reporters.send(a_report(), a_key()).document
        self.receipts[sent["reference"]] = sent["receipt"]
        self.at = datetime.fromisoformat(sent["accepted_at"])
        return str(sent["reference"])

    def opens(self, reference: str) -> Case:
        """The report opens a case, which is assessed."""
        case = Case(
            id=case_id_from_reference(reference),
            status=Status.RECEIVED,
            opened_at=format_timestamp(self.at),
            opened_by=reference,
            correlation_id="x",
            language="fr",
            category="fraud",
        )
        self.table.open(triage.open_case(case, self.later()), [])
        self.joins(reference, case)
        weight = CaseSeverity(Priority.URGENT)
        clocks = clocks_of(*DAY)
        return self.goes(
            case, triage.record_assessment, weight=weight, territory=None, clocks=clocks, data={}
        )

    def joins(self, reference: str, case: Case) -> None:
        """A report becomes one of the case."""
        clock = deadlines.start_report_clock(FOUR_HOURS, Priority.URGENT, self.at)
        self.table.reports.link(reference, case.id, format_timestamp(self.at), (), alone=clock)

    def admit(self, case: Case, *references: str) -> None:
        """A person admits reports of the case by their names, or all of them."""
        admitting.admit(self.table, case.id, self.later(), ANALYST, *references)

    def later(self, minutes: int = 1) -> datetime:
        """Time passes."""
        self.at += timedelta(minutes=minutes)
        return self.at

    def goes(self, case: Case, make: Callable[..., Change | None], *said: Any, **more: Any) -> Case:
        """A move of the case, a minute later."""
        at = self.later()
        return self.table.update(case.id, lambda now: make(now, at, *said, **more)).case

    def confirm(self, case: Case) -> Case:
        """The case is confirmed, referred and the unit told of it."""
        corrected: dict[str, Any] = {"category": "fraud", "priority": Priority.URGENT}
        place: dict[str, Any] = {"territory": None, "country": None, "unit": None}
        self.goes(case, decided.confirmed, ANALYST, **corrected, **place)
        self.goes(case, referrals.queue_referral, unit=RABAT, data={"unit": RABAT})
        return self.goes(case, referrals.mark_published, DAY)

    def ask(self, case: Case, report: str, text: str = "Quel jour ?", before: int = 0) -> Case:
        """An analyst asks a reporter."""
        asked: dict[str, Any] = {"language": "fr", "answer_seconds": 3_600, "put_before": before}
        return self.goes(case, questions.ask_reporter, ANALYST, report=report, text=text, **asked)

    def write(self, case: Case, text: str, report: str | None = None) -> None:
        """A person on the case writes to its reporters."""
        at = self.later()
        now = self.table.get_case(case.id)
        reports = (report,) if report else ()
        message = StoredMessage(now.events + 1, format_timestamp(at), ANALYST, text, reports, text)
        change = record_message(now, at, ANALYST, reports=reports, bound=message.commitment_hex)
        kept = [message_item(case.id, message)]
        kept += [message_to_reporter_item(case.id, message, each) for each in reports]
        self.table.save(change, [items.put_write(TABLE, each) for each in kept])

    def merge(self, case: Case, into: Case) -> None:
        """One case goes into another, with its reports."""
        kept = self.table.get_case(into.id)
        gone = self.goes(
            case, lambda now, at: merges.merge_case(now, kept, at, ANALYST, {}, clocks_of(*DAY))
        )
        move_reports_to_case(self.table, gone, self.at)

    def split(self, case: Case, off: Case) -> None:
        """A merged case stands on its own again, with its reports."""
        kept = self.table.get_case(off.id)
        back = self.goes(case, lambda now, at: merges.split_case(now, kept, at, ANALYST, DAY))
        move_reports_to_case(self.table, back, self.at)

    def take_out(self, case: Case, reference: str) -> Case:
        """A report is taken out of its case; the one it opens."""
        taken: list[Case] = []

        def decide(now: Case, at: datetime) -> Change:
            apart, bound = lists.split_off_preview(self.table, open_pack("ma"), now, reference, at)
            change = merges.split_off_report(
                now, apart, at, ANALYST, report=reference, bound=bound, because="other_facts"
            )
            taken[:] = [each.after for each in change.beside]
            return change

        self.goes(case, decide)
        return taken[0]

    def follow(self, reference: str, language: str = "fr") -> Answered:
        """The reporter looks."""
        return self.reporters.follow(reference, self.receipts[reference], accept_language=language)

    def steps(self, reference: str) -> list[str]:
        """The steps that the reporter reads; the last standing is where the report stands."""
        told = self.follow(reference).document
        timeline = [each["status"] for each in told["timeline"]]
        standings = [each for each in timeline if each in list(PublicStatus)]
        assert standings[-1] == told["status"]
        dates = [each["at"] for each in told["timeline"]]
        assert dates == sorted(dates)
        assert dates[0] == told["accepted_at"]
        return timeline


@pytest.fixture
def lives(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lives]:
    with open_for_reports(monkeypatch) as opened:
        yield Lives(opened)


def test_a_reporter_reads_each_step_in_plain_words_with_its_time(lives: Lives) -> None:
    report = lives.report()
    case = lives.opens(report)
    lives.ask(case, report)
    lives.goes(case, lambda now, at: questions.record_answer(now, at, question=1, report=report))
    lives.confirm(case)
    lives.goes(case, decided.acknowledged, OFFICER)
    end = lives.goes(case, inquiry.close_by_unit, OFFICER, CloseReason.SENT_TO_COURT, {})
    told = lives.follow(report, "en").document
    assert [each["status"] for each in told["timeline"]] == [
        *("received", "in_review", "asked", "answered", "being_referred", "with_unit", "closed"),
    ]
    assert [each["text"] for each in told["timeline"]] == [
        "Your report was received.",
        "Waiting for an analyst’s decision.",
        "You were asked a question.",
        "Your answer came; the examination goes on.",
        "The case is on its way to the police unit for such facts.",
        "The police unit has taken the case.",
        "The examination of the case has ended. The case was sent to court.",
    ]
    events = {event.move: event.at for event in lives.table.events(case.id)}
    (stored,) = lives.table.reports.get_reports([report])
    assert stored.alone is not None
    assert [each["at"] for each in told["timeline"]] == [
        told["accepted_at"],
        stored.alone.since,
        *(events[each] for each in ("ask", "answer", "confirm", "acknowledge", "close")),
    ]
    assert end.closed_at == told["timeline"][-1]["at"]


def test_steps_of_a_case_keep_their_order_though_clocks_of_two_machines_differ() -> None:
    told = [
        PublicEntry(2, "2026-01-01T12:00:02Z", PublicStatus.BEING_REFERRED),
        PublicEntry(3, "2026-01-01T11:59:59Z", PublicStatus.WITH_UNIT),
    ]
    hears = TimelineScope(case="C", first=1, since="2026-01-01T09:00:00Z")
    came = build_timeline(TimelineInputs(hears), told, "2026-01-02T00:00:00Z")
    assert [each.step for each in came.told] == [
        *(PublicStatus.BEING_REFERRED, PublicStatus.WITH_UNIT),
    ]


def test_following_reads_what_is_kept_for_the_reporter_and_no_history(lives: Lives) -> None:
    report = lives.report()
    case = lives.confirm(lives.opens(report))
    lives.reporters.calls.clear()
    lives.steps(report)
    assert lives.reporters.calls == {"dynamodb.Query": 2}
    lives.write(case, "Gardez la capture.")
    lives.reporters.calls.clear()
    lives.steps(report)
    assert lives.reporters.calls == {"dynamodb.Query": 2, "dynamodb.BatchGetItem": 1}


def test_no_step_names_people_units_or_other_reporters(lives: Lives) -> None:
    report, other = lives.report(), lives.report()
    case = lives.opens(report)
    lives.joins(other, case)
    lives.admit(case)
    lives.ask(case, other, text="Canari : une question à une autre personne")
    lives.goes(case, questions.expire_question)
    lives.confirm(case)
    lives.goes(case, decided.acknowledged, OFFICER)
    lives.goes(case, inquiry.record_export, OFFICER)
    shown = lives.follow(report)
    for hidden in (other, case.id, "canar", "Canari", RABAT, ANALYST, OFFICER):
        assert hidden not in shown.text
    assert lives.steps(report) == ["received", "in_review", "being_referred", "with_unit"]
    assert lives.steps(other) == [
        *("received", "in_review", "asked", "unanswered", "being_referred", "with_unit"),
    ]


def test_a_report_sees_where_the_case_stood_as_it_was_admitted_and_the_steps_since(
    lives: Lives,
) -> None:
    first = lives.report()
    lives.later(minutes=-180)
    case = lives.opens(first)
    lives.goes(case, deadlines.escalate_missed_deadline, DAY)
    lives.confirm(case)
    lives.goes(case, decided.acknowledged, OFFICER)
    late = lives.report()
    lives.joins(late, case)
    assert lives.steps(late) == ["received", "in_review"]
    lives.admit(case)
    assert lives.steps(late) == ["received", "in_review", "with_unit"]
    admit = list(lives.table.events(case.id))[-1]
    assert lives.follow(late).document["timeline"][-1]["at"] == admit.at
    lives.goes(case, inquiry.close_by_unit, OFFICER, CloseReason.SENT_TO_COURT, {})
    assert lives.steps(late) == ["received", "in_review", "with_unit", "closed"]


def test_a_dispute_between_units_is_no_step_until_the_review_begins_again(lives: Lives) -> None:
    report = lives.report()
    case = lives.confirm(lives.opens(report))
    other: dict[str, Any] = {"reason": DeclineReason.OTHER_TERRITORY, "named": SALE}
    lives.goes(case, decided.declined, OFFICER, **other)
    again: dict[str, Any] = {"unit": SALE, "review_seconds": DAY}
    lives.goes(case, referrals.reroute_referral, most_declines=2, **again)
    assert lives.steps(report) == ["received", "in_review", "being_referred"]
    lives.goes(case, referrals.mark_published, DAY)
    lives.goes(case, decided.declined, OFFICER, **{**other, "named": RABAT})
    lives.goes(case, referrals.reroute_referral, most_declines=1, **again)
    assert lives.steps(report) == ["received", "in_review", "being_referred", "in_review"]


def test_a_corrected_reason_of_the_end_is_a_step_and_a_corrected_suspect_is_none(
    lives: Lives,
) -> None:
    report = lives.report()
    case = lives.confirm(lives.opens(report))
    lives.goes(case, decided.acknowledged, OFFICER)
    found: dict[str, Any] = {"suspect": 1, "happening": "identified", "on": "2026-03-02"}
    lives.goes(case, inquiry.record_suspect_event, OFFICER, found, number=1, standing="sought")
    wrong = {
        "suspect": 1,
        "corrects": lives.table.get_case(case.id).events,
        "because": "other_case",
    }
    lives.goes(
        case,
        inquiry.record_suspect_event,
        OFFICER,
        wrong,
        number=1,
        standing="withdrawn",
        move=Move.CORRECT,
    )
    assert lives.steps(report)[-1] == "with_unit"
    lives.goes(case, inquiry.close_by_unit, OFFICER, CloseReason.SENT_TO_COURT, {})
    closed = lives.table.get_case(case.id).events
    abroad = CloseReason.SENT_ABROAD
    lives.goes(case, inquiry.correct_close_reason, OFFICER, abroad, {"corrects": closed})
    told = lives.follow(report, "en").document
    assert [each["status"] for each in told["timeline"][-3:]] == [
        "with_unit",
        "closed",
        "corrected",
    ]
    assert told["timeline"][-1]["text"] == (
        "The reason we gave for the end of the case was wrong. This is the right one: "
        "The case was sent to the authorities of another country."
    )
    assert told["notes"] == ["The case was sent to the authorities of another country."]
    news = [each.move for each in lives.table.events(case.id) if is_reporter_news(each)]
    assert news == ["acknowledge", "close", "correct"]


def test_a_reopened_rejection_is_examined_again_and_shows_no_reason(
    lives: Lives,
) -> None:
    report = lives.report()
    case = lives.opens(report)
    lives.goes(case, decided.rejected, ANALYST, CloseReason.DUPLICATE)
    lives.goes(case, decided.reopened, ANALYST, "complaint", clocks_of(*DAY))
    assert lives.steps(report) == ["received", "in_review", "closed", "in_review"]
    assert lives.follow(report).document["notes"] == []


def test_a_case_that_goes_to_another_unit_is_on_its_way_again(lives: Lives) -> None:
    report = lives.report()
    case = lives.confirm(lives.opens(report))
    lives.goes(case, decided.acknowledged, OFFICER)
    lives.goes(case, referrals.transfer_case, OFFICER, unit=SALE, data={})
    assert lives.steps(report)[-2:] == ["with_unit", "being_referred"]


def test_a_reporter_is_told_that_no_person_read_the_report_in_time(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The missed deadline of the report is a step, a note and news."""
    report = lives.report()
    case = lives.opens(report)
    assert lives.steps(report) == ["received", "in_review"]

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(hours=5)

    monkeypatch.setattr(operations, "datetime", Later)
    told = lives.follow(report, "en").document
    assert [each["status"] for each in told["timeline"]] == ["received", "in_review", "late"]
    assert told["timeline"][-1]["text"] == (
        "The deadline has passed without a decision. Supervisors were told."
    )
    assert told["notes"] == ["The examination of your report is late. Supervisors were told."]
    for _ in range(2):
        lives.goes(case, deadlines.escalate_missed_deadline, (60, 60, 60))
    assert lives.follow(report, "en").document["timeline"] == told["timeline"]
    passed = [each for each in lives.table.events(case.id) if each.move == "escalate"]
    assert [is_reporter_news(each) for each in passed] == [True, False]


def test_a_reporter_is_told_of_a_later_missed_deadline_too(lives: Lives) -> None:
    report = lives.report()
    case = lives.confirm(lives.opens(report))
    for _ in range(2):
        lives.goes(case, deadlines.escalate_missed_deadline, (60, 60, 60))
    assert lives.steps(report) == ["received", "in_review", "being_referred", "late"]


def test_a_reporter_outside_the_scope_learns_which_service_helps(lives: Lives) -> None:
    report = lives.report()
    case = lives.opens(report)
    lives.goes(case, decided.rejected, ANALYST, CloseReason.OUT_OF_SCOPE, turn_to="personal_data")
    told = lives.follow(report, "en").document["timeline"][-1]["text"]
    assert told == (
        "The examination of the case has ended. This service cannot deal with these facts. "
        "This service can help you: National data-protection commission."
    )


# ---- merged and split --------------------------------------------------------------------------


def test_after_a_merge_each_reporter_keeps_what_was_told_and_hears_more_once_admitted(
    lives: Lives,
) -> None:
    """Two cases of one report each are one case of two: nobody knows whose report it is."""
    opener, report = lives.report(), lives.report()
    kept, case = lives.confirm(lives.opens(opener)), lives.opens(report)
    lives.ask(case, report, text="Première question ?")
    lives.goes(case, questions.expire_question)
    lives.write(case, "Un mot avant la fusion.")
    lives.merge(case, into=kept)
    before = [lives.follow(each).text for each in (opener, report)]
    lives.goes(kept, decided.acknowledged, OFFICER)
    lives.write(kept, "Un mot à ceux que quelqu'un a admis.")
    assert [lives.follow(each).text for each in (opener, report)] == before
    assert lives.steps(report) == ["received", "in_review", "asked", "unanswered"]
    assert lives.steps(opener) == ["received", "in_review", "being_referred"]
    lives.admit(kept, report)
    lives.write(kept, "Un mot après la fusion.")
    told = lives.follow(report).document
    assert [each["text"] for each in told["messages"]] == [
        *("Première question ?", "Un mot avant la fusion.", "Un mot après la fusion."),
    ]
    assert told["messages"][0]["answered"] is False
    assert lives.steps(report) == ["received", "in_review", "asked", "unanswered", "with_unit"]
    assert lives.follow(opener).text == before[0]


def test_an_admitted_reporter_hears_on_after_a_merge_and_a_split(lives: Lives) -> None:
    kept = lives.opens(lives.report())
    report, beside = lives.report(), lives.report()
    case = lives.opens(report)
    lives.joins(beside, case)
    lives.admit(case, report)
    lives.merge(case, into=kept)
    lives.ask(kept, report, text="Question pendant la fusion ?")
    lives.goes(kept, questions.expire_question)
    lives.write(kept, "Un mot pendant la fusion.")
    lives.confirm(kept)
    lives.split(case, off=kept)
    lives.write(kept, "Canari : après la séparation.")
    lives.write(case, "Un mot après la séparation.")
    told = lives.follow(report)
    assert [each["text"] for each in told.document["messages"]] == [
        "Question pendant la fusion ?",
        "Un mot pendant la fusion.",
        "Un mot après la séparation.",
    ]
    assert "Canari" not in told.text
    assert lives.steps(report) == [
        *("received", "in_review", "asked", "unanswered", "being_referred", "in_review"),
    ]
    assert lives.steps(beside) == ["received", "in_review"]


@pytest.mark.parametrize("opens", [False, True], ids=["joined", "opened it"])
def test_a_reporter_sees_no_trace_of_being_taken_out(lives: Lives, *, opens: bool) -> None:
    opener, joined = lives.report(), lives.report()
    case = lives.opens(opener)
    lives.joins(joined, case)
    lives.admit(case)
    report, other = (opener, joined) if opens else (joined, opener)
    lives.confirm(case)
    lives.write(case, "Un mot à tous.")
    lives.write(case, "Un mot à vous.", report)
    before = lives.follow(report)
    apart = lives.take_out(case, report)
    assert lives.follow(report).text == before.text
    lives.write(case, "Canari : à ceux qui restent.")
    lives.goes(case, decided.acknowledged, OFFICER)
    lives.goes(case, inquiry.close_by_unit, OFFICER, CloseReason.SENT_TO_COURT, {})
    assert lives.follow(report).text == before.text
    assert lives.steps(report) == ["received", "in_review", "being_referred"]
    assert lives.steps(other)[-2:] == ["with_unit", "closed"]
    lives.goes(
        apart,
        triage.record_assessment,
        weight=CaseSeverity(),
        territory=None,
        clocks=clocks_of(*DAY),
        data={},
    )
    lives.goes(apart, deadlines.escalate_missed_deadline, DAY)
    assert lives.follow(report).text == before.text, "nobody acted on it yet"
    lives.write(apart, "Un mot sur votre seul signalement.")
    lives.goes(apart, decided.rejected, ANALYST, CloseReason.DUPLICATE)
    assert lives.steps(report)[-2:] == ["being_referred", "closed"]
    assert "seul signalement" in lives.follow(report).text
    assert "seul signalement" not in lives.follow(other).text


def test_an_unadmitted_reporter_sees_no_trace_of_being_taken_out(lives: Lives) -> None:
    joined, alone = lives.report(), lives.report()
    case = lives.opens(lives.report())
    lives.joins(joined, case)
    lives.opens(alone)
    lives.confirm(case)
    before = lives.follow(joined).document["timeline"]
    lives.take_out(case, joined)
    assert lives.follow(joined).document["timeline"] == before
    assert lives.steps(joined) == lives.steps(alone) == ["received", "in_review"]


def test_only_moves_with_news_for_reporters_become_steps() -> None:
    assert set(PUBLIC_STEP_BY_MOVE.values()) == {*PublicStatus, *ReportHappening} - {
        PublicStatus.RECEIVED
    }
