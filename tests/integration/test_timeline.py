"""A reporter reads the steps of their report, and nothing of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.aws.table import items
from casework.aws.table.case_table import CaseTable
from casework.aws.table.messages import StoredMessage, message_item, message_to
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Event
from casework.case.lifecycle import Move, Status
from casework.case.parts import CloseReason, Priority
from casework.case.referral import DeclineReason
from casework.case.times import stamp
from casework.moves import asking, deadlines, inquiry, merging, referring, triage
from casework.moves.admitting import admitted_up_to
from casework.moves.messaging import messaged
from casework.moves.weight import Weight
from casework.pack.entries import Deadlines
from casework.pack.jurisdiction import open_pack
from casework.report.notices import is_news
from casework.report.way import TOLD, Placed, PublicStatus, ReportHappening, Stretch, way
from casework.text.reference import case_id_of
from functions.desk.shown import lists
from functions.intake import handler
from functions.triage.merging import move
from tests import decided
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
            id=case_id_of(reference),
            status=Status.RECEIVED,
            opened_at=stamp(self.at),
            opened_by=reference,
            correlation_id="x",
            language="fr",
            category="fraud",
        )
        self.table.open(triage.opened(case, self.later()), [])
        self.joins(reference, case)
        weight = Weight(Priority.URGENT)
        clocks = clocks_of(*DAY)
        return self.goes(
            case, triage.assessed, weight=weight, territory=None, clocks=clocks, data={}
        )

    def joins(self, reference: str, case: Case) -> None:
        """A report becomes one of the case."""
        clock = deadlines.alone(FOUR_HOURS, Priority.URGENT, self.at)
        self.table.reports.link(reference, case.id, stamp(self.at), (), alone=clock)

    def admit(self, case: Case) -> None:
        """A person admits all reports of the case."""
        last = self.table.reports.arrived(case.id)
        self.goes(case, admitted_up_to, ANALYST, last)

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
        self.goes(case, referring.referred, unit=RABAT, data={"unit": RABAT})
        return self.goes(case, referring.published, DAY)

    def ask(self, case: Case, report: str, text: str = "Quel jour ?", before: int = 0) -> Case:
        """An analyst asks a reporter."""
        asked: dict[str, Any] = {"language": "fr", "answer_seconds": 3_600, "put_before": before}
        return self.goes(case, asking.asked, ANALYST, report=report, text=text, **asked)

    def write(self, case: Case, text: str, report: str | None = None) -> None:
        """A person on the case writes to its reporters."""
        at = self.later()
        now = self.table.case(case.id)
        reports = (report,) if report else ()
        message = StoredMessage(now.events + 1, stamp(at), ANALYST, text, reports, text)
        change = messaged(now, at, ANALYST, reports=reports, bound=message.bound)
        kept = [message_item(case.id, message)]
        kept += [message_to(case.id, message, each) for each in reports]
        self.table.save(change, [items.putting(TABLE, each) for each in kept])

    def merge(self, case: Case, into: Case) -> None:
        """One case goes into another, with its reports."""
        kept = self.table.case(into.id)
        gone = self.goes(
            case, lambda now, at: merging.merged(now, kept, at, ANALYST, {}, clocks_of(*DAY))
        )
        move(self.table, gone, self.at)

    def split(self, case: Case, off: Case) -> None:
        """A merged case stands on its own again, with its reports."""
        kept = self.table.case(off.id)
        back = self.goes(case, lambda now, at: merging.split(now, kept, at, ANALYST, DAY))
        move(self.table, back, self.at)

    def take_out(self, case: Case, reference: str) -> Case:
        """A report is taken out of its case; the one it opens."""
        taken: list[Case] = []

        def decide(now: Case, at: datetime) -> Change:
            apart, bound = lists.apart(self.table, open_pack("ma"), now, reference, at)
            change = merging.taken_out(
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
    lives.goes(case, lambda now, at: asking.answered(now, at, question=1, report=report))
    lives.confirm(case)
    lives.goes(case, decided.acknowledged, OFFICER)
    end = lives.goes(case, inquiry.ended, OFFICER, CloseReason.SENT_TO_COURT, {})
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
    (stored,) = lives.table.reports.several([report])
    assert stored.alone is not None
    assert [each["at"] for each in told["timeline"]] == [
        told["accepted_at"],
        stored.alone.since,
        *(events[each] for each in ("ask", "answer", "confirm", "acknowledge", "close")),
    ]
    assert end.closed_at == told["timeline"][-1]["at"]


def test_steps_are_sorted_by_time_even_if_the_clocks_of_two_machines_differ() -> None:
    def event(number: int, move: Move, at: str) -> Event:
        return Event(number=number, move=move.value, at=at, by="somebody")

    events = [
        event(1, Move.OPEN, "2026-01-01T10:00:00Z"),
        event(2, Move.CONFIRM, "2026-01-01T12:00:02Z"),
        event(3, Move.ACKNOWLEDGE, "2026-01-01T11:59:59Z"),
    ]
    path = [Stretch("C", "2026-01-01T12:00:00Z")]
    report = Placed("R", "2026-01-01T09:00:00Z", "C")
    told = way(report, path, lambda _: events, "2026-01-02T00:00:00Z").told
    assert [each.step for each in told] == [PublicStatus.WITH_UNIT, PublicStatus.BEING_REFERRED]


def test_following_reads_the_report_the_case_its_history_and_its_messages_once_each(
    lives: Lives,
) -> None:
    report = lives.report()
    lives.confirm(lives.opens(report))
    lives.reporters.calls.clear()
    lives.steps(report)
    assert lives.reporters.calls == {"dynamodb.Query": 3, "dynamodb.GetItem": 1}


def test_no_step_names_people_units_or_other_reporters(lives: Lives) -> None:
    report, other = lives.report(), lives.report()
    case = lives.opens(report)
    lives.joins(other, case)
    lives.admit(case)
    lives.ask(case, other, text="Canari : une question à une autre personne")
    lives.goes(case, asking.unanswered)
    lives.confirm(case)
    lives.goes(case, decided.acknowledged, OFFICER)
    lives.goes(case, inquiry.exported, OFFICER)
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
    lives.goes(case, deadlines.escalated, DAY)
    lives.confirm(case)
    lives.goes(case, decided.acknowledged, OFFICER)
    late = lives.report()
    lives.joins(late, case)
    assert lives.steps(late) == ["received", "in_review"]
    lives.admit(case)
    assert lives.steps(late) == ["received", "in_review", "with_unit"]
    admit = list(lives.table.events(case.id))[-1]
    assert lives.follow(late).document["timeline"][-1]["at"] == admit.at
    lives.goes(case, inquiry.ended, OFFICER, CloseReason.SENT_TO_COURT, {})
    assert lives.steps(late) == ["received", "in_review", "with_unit", "closed"]


def test_a_dispute_between_units_is_no_step_until_the_review_begins_again(lives: Lives) -> None:
    report = lives.report()
    case = lives.confirm(lives.opens(report))
    other: dict[str, Any] = {"reason": DeclineReason.OTHER_TERRITORY, "named": SALE}
    lives.goes(case, decided.declined, OFFICER, **other)
    again: dict[str, Any] = {"unit": SALE, "review_seconds": DAY}
    lives.goes(case, referring.rerouted, most_declines=2, **again)
    assert lives.steps(report) == ["received", "in_review", "being_referred"]
    lives.goes(case, referring.published, DAY)
    lives.goes(case, decided.declined, OFFICER, **{**other, "named": RABAT})
    lives.goes(case, referring.rerouted, most_declines=1, **again)
    assert lives.steps(report) == ["received", "in_review", "being_referred", "in_review"]


def test_a_corrected_reason_of_the_end_is_a_step_and_a_corrected_suspect_is_none(
    lives: Lives,
) -> None:
    report = lives.report()
    case = lives.confirm(lives.opens(report))
    lives.goes(case, decided.acknowledged, OFFICER)
    found: dict[str, Any] = {"suspect": 1, "happening": "identified", "on": "2026-03-02"}
    lives.goes(case, inquiry.suspected, OFFICER, found, number=1, standing="sought")
    wrong = {"suspect": 1, "corrects": lives.table.case(case.id).events, "because": "other_case"}
    lives.goes(
        case, inquiry.suspected, OFFICER, wrong, number=1, standing="withdrawn", move=Move.CORRECT
    )
    assert lives.steps(report)[-1] == "with_unit"
    lives.goes(case, inquiry.ended, OFFICER, CloseReason.SENT_TO_COURT, {})
    closed = lives.table.case(case.id).events
    abroad = CloseReason.SENT_ABROAD
    lives.goes(case, inquiry.ended_otherwise, OFFICER, abroad, {"corrects": closed})
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
    news = [each.move for each in lives.table.events(case.id) if is_news(each)]
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
    lives.goes(case, referring.transferred, OFFICER, unit=SALE, data={})
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

    monkeypatch.setattr(handler, "datetime", Later)
    told = lives.follow(report, "en").document
    assert [each["status"] for each in told["timeline"]] == ["received", "in_review", "late"]
    assert told["timeline"][-1]["text"] == (
        "The deadline has passed without a decision. Supervisors were told."
    )
    assert told["notes"] == ["The examination of your report is late. Supervisors were told."]
    for _ in range(2):
        lives.goes(case, deadlines.escalated, (60, 60, 60))
    assert lives.follow(report, "en").document["timeline"] == told["timeline"]
    passed = [each for each in lives.table.events(case.id) if each.move == "escalate"]
    assert [is_news(each) for each in passed] == [True, False]


def test_a_reporter_is_told_of_a_later_missed_deadline_too(lives: Lives) -> None:
    report = lives.report()
    case = lives.confirm(lives.opens(report))
    for _ in range(2):
        lives.goes(case, deadlines.escalated, (60, 60, 60))
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


def test_the_reporter_of_a_merged_case_keeps_steps_messages_and_questions(lives: Lives) -> None:
    kept = lives.confirm(lives.opens(lives.report()))
    report = lives.report()
    case = lives.opens(report)
    lives.ask(case, report, text="Première question ?")
    lives.goes(case, asking.unanswered)
    lives.write(case, "Un mot avant la fusion.")
    lives.merge(case, into=kept)
    lives.goes(kept, decided.acknowledged, OFFICER)
    lives.write(kept, "Un mot après la fusion.", report)
    told = lives.follow(report).document
    assert [each["text"] for each in told["messages"]] == [
        *("Première question ?", "Un mot avant la fusion.", "Un mot après la fusion."),
    ]
    assert told["messages"][0]["answered"] is False
    assert lives.steps(report) == [
        *("received", "in_review", "asked", "unanswered", "being_referred", "with_unit"),
    ]


def test_after_a_split_the_reporter_still_reads_the_messages_of_the_merged_case(
    lives: Lives,
) -> None:
    kept = lives.opens(lives.report())
    report = lives.report()
    case = lives.opens(report)
    lives.merge(case, into=kept)
    lives.ask(kept, report, text="Question pendant la fusion ?")
    lives.goes(kept, asking.unanswered)
    lives.write(kept, "Un mot pendant la fusion.", report)
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


@pytest.mark.parametrize("by_nature", [False, True], ids=["admitted", "opened it"])
def test_a_reporter_taken_out_keeps_the_earlier_steps_and_is_examined_anew(
    lives: Lives, *, by_nature: bool
) -> None:
    opener, joined = lives.report(), lives.report()
    case = lives.opens(opener)
    lives.joins(joined, case)
    lives.admit(case)
    report, other = (opener, joined) if by_nature else (joined, opener)
    lives.confirm(case)
    lives.write(case, "Un mot à tous.")
    lives.write(case, "Un mot à vous.", report)
    apart = lives.take_out(case, report)
    lives.write(case, "Canari : à ceux qui restent.")
    lives.goes(case, decided.acknowledged, OFFICER)
    lives.goes(case, inquiry.ended, OFFICER, CloseReason.SENT_TO_COURT, {})

    assert lives.steps(report) == ["received", "in_review", "being_referred", "in_review"]
    told = lives.follow(report)
    assert [each["text"] for each in told.document["messages"]] == [
        "Un mot à tous.",
        "Un mot à vous.",
    ]
    assert "Canari" not in told.text
    assert lives.steps(other)[-2:] == ["with_unit", "closed"]
    lives.goes(
        apart, triage.assessed, weight=Weight(), territory=None, clocks=clocks_of(*DAY), data={}
    )
    lives.write(apart, "Un mot sur votre seul signalement.")
    lives.goes(apart, decided.rejected, ANALYST, CloseReason.DUPLICATE)
    assert lives.steps(report)[-2:] == ["in_review", "closed"]
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
    assert set(TOLD.values()) == {*PublicStatus, *ReportHappening} - {PublicStatus.RECEIVED}
