"""Effects of an addition to a report, and of an entry of a case's history.

Both come from the stream like reports, at least once: everything here may be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from casework.aws.services import announcements, observe, secrets
from casework.aws.services.announcements import Announcement
from casework.aws.services.settings import LinkSettings
from casework.aws.steps import workflow
from casework.aws.steps.step import now
from casework.aws.table import keys, windows
from casework.aws.table.additions import KeptAddition, addition_to, additions_to
from casework.aws.table.alerts import DangerSource
from casework.aws.table.attempts import Attempts, GivenUp
from casework.aws.table.case_table import CaseTable
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Event
from casework.case.lifecycle import Move, Status
from casework.errors import CaseNotFound, IllegalMove
from casework.moves.adding import waits_for_night
from casework.moves.asking import answered
from casework.moves.triage import addition_unreadable
from casework.pack.clocks import clocks
from casework.pack.jurisdiction import open_pack
from casework.report.followup import AddedView, AdditionKind
from casework.report.notices import about, is_news, news_of, recalls
from casework.text.realm import realm_of
from functions.triage import adding
from functions.triage.money import note_money
from functions.triage.own_line import give_own_line
from functions.triage.owning import MOST_MERGES
from functions.triage.starting import start_or_leave
from functions.triage.weighing import weigh


def unit_told(case: Case) -> str | None:
    """The unit that knows of the case, or may know of it any moment."""
    return case.referral.unit if case.referral and case.status.law.with_unit else None


def follow_addition(settings: LinkSettings, case_id: str | None, reference: str, sort: str) -> None:
    """Read an addition, enter it, end the question it answers, and tell the holder of the case: the
    unit, also after it ended the case, or the duty desk if the case ended at review.

    While the report has no case, this waits: people find the addition with the report. Raises
    NotRead when it could not be read and must be tried again.
    """
    realm = realm_of(reference)
    table = CaseTable(settings.case_table, settings.selector_secret, realm, settings.own_secret)
    report = table.reports.one(reference)
    (name,) = keys.addition_key.of_sort(sort)
    addition = addition_to(settings.case_table, reference, name)
    if report is None or addition is None or case_id is None:
        return
    at, said = now(), addition.said
    if said is not None and said.answers is not None:
        end_question(settings, table, case_id, reference, said.answers, at)
    key, own_key = table.identifiers.key, secrets.key(settings.own_secret)
    found, attempts = None, None
    if not addition.unreadable:
        attempts = _attempts(settings, reference, addition)
        with suppress(GivenUp), attempts.one(at):
            found = adding.read(open_pack(settings.pack), key, own_key, report, addition)
    case = adding.take_in(
        table,
        key,
        standing(table, case_id),
        report,
        addition,
        found,
        at,
        clocks(open_pack(settings.pack)),
    )
    give_own_line(table, case, report, at)
    told_by = f"{reference}|{sort}"
    admitted = report.belongs_to(case)
    for announcement in _told(case, addition.added_at, said, admitted=admitted):
        windows.tell(settings.case_table, settings.topic, announcement, addition.added_at, at)
    if found is not None and attempts is not None:
        pack, came_at = open_pack(settings.pack), addition.added_at
        told_at = datetime.fromisoformat(came_at)
        note_money(table, pack, case, told_by, found.assessment, found.days, told_at)
        weigh(settings, case, DangerSource(reference, came_at, addition.id), found.assessment)
        attempts.done()
    elif attempts is not None:
        _set_aside(settings, table, case, reference, addition)
        attempts.give_up()
    observe.count("ReportsAddedTo")


def _attempts(settings: LinkSettings, reference: str, addition: KeptAddition) -> Attempts:
    return Attempts(
        settings.case_table,
        keys.addition_key(reference, addition.id),
        addition.added_at,
        addition.attempts,
        waits_at={keys.FLOW: keys.tried(reference), keys.FLOW_AT: addition.added_at},
    )


def follow_missed(settings: LinkSettings, case_id: str, reference: str) -> None:
    """Follow additions to a report that are in no case yet: the repair."""
    for addition in additions_to(settings.case_table, reference):
        if not addition.followed:
            sort = keys.addition_key(reference, addition.id)[keys.SORT]
            follow_addition(settings, case_id, reference, sort)


def standing(table: CaseTable, case_id: str) -> Case:
    """The case, or the one that goes on for it while its reports are on their way there."""
    case = table.case(case_id)
    for _ in range(MOST_MERGES):
        if case.merged_into is None:
            break
        case = table.case(case.merged_into)
    return case


def _told(
    case: Case, came_at: str, said: AddedView | None, *, admitted: bool
) -> Iterator[Announcement]:
    """The receiver of news of an addition: the present or last holder of the case."""
    if unit_told(case) is not None or case.unread is not None:
        yield announcements.added(case, windows.minute_of(came_at), admitted=admitted)
    elif said is not None and said.kind is AdditionKind.WITHDRAWAL:
        yield announcements.withdrawn(case, admitted=admitted)


def end_question(
    settings: LinkSettings,
    table: CaseTable,
    case_id: str,
    reference: str,
    question: int,
    at: datetime,
) -> None:
    """End the question that was answered, by words or by a file."""

    def answer(case: Case) -> Change | None:
        try:
            return answered(case, at, question=question, report=reference)
        except IllegalMove:
            return None  # the answer came late, or twice: it is read all the same

    # The report may have been split off from the case that asks.
    put = {int(each["number"]): each["case_id"] for each in table.reports.questions(reference)}
    case, _ = table.update(put.get(question, case_id), answer)
    if case.in_flight and case.stuck is None and case.run > 1:
        workflow.start(settings.workflow, case, at, clocks(open_pack(settings.pack)))


def _set_aside(
    settings: LinkSettings,
    table: CaseTable,
    case: Case,
    reference: str,
    addition: KeptAddition,
) -> None:
    """Tell the duty desk of an addition that no machine can read, and note it on the case."""
    came_at = addition.added_at
    telling = announcements.unreadable(case, windows.minute_of(came_at))
    windows.tell(settings.case_table, settings.topic, telling, came_at, now())

    def decide(case: Case) -> Change | None:
        if not lifecycle.allows(case.status, Move.UNREADABLE):
            return None  # it has ended: no decision is due, but the duty desk was told
        change = addition_unreadable(case, now(), reference, addition.id)
        return None if waits_for_night(change) else change

    table.update(case.id, decide)


def tell_news(settings: LinkSettings, partition: str, sort: str) -> Event | None:
    """Announce an entry of a case's history to its receivers: its reporters, or the unit that ended
    the case. Returns the entry."""
    table = CaseTable(settings.case_table)
    case_id = keys.case_of(partition)
    (number,) = keys.event_key.of_sort(sort)
    try:
        case = table.case(case_id)
    except CaseNotFound:
        return None
    event = table.event(case_id, number)
    if event is None:
        return None
    if is_news(event):
        announcements.publish(
            settings.topic,
            announcements.news(case, news_of(case_id, number), about(event)),
            now(),
        )
    elif recalls(event):
        _tell_who_ended_it(settings, table, case, event)
    return event


def wake(settings: LinkSettings, case_id: str) -> None:
    """Tell the workflow of a decision on a case: its author could not where the service, or their
    own process, failed them. A case whose workflow a flood left unstarted is started now."""
    table, on = CaseTable(settings.case_table), clocks(open_pack(settings.pack))
    case = table.case(case_id)
    if workflow.tell(table, case, now(), on) or not case.in_flight or case.stuck is not None:
        return
    if table.waits.of(case_id) is None:
        start_or_leave(settings.workflow, case, on, decided=True)


def _tell_who_ended_it(settings: LinkSettings, table: CaseTable, case: Case, event: Event) -> None:
    """Tell the unit that ended a case of a report on its identifiers, unless the unit hears of the
    report anyway because it also has the report's case."""
    unit = case.ended_by if case.status is Status.CLOSED else None
    if unit is None:
        return
    if unit_told(standing(table, str(event.data["case"]))) == unit:
        return
    announcements.publish(settings.topic, announcements.recalled(case, unit, event.number), now())


def tell_news_since(table: CaseTable, topic: str, case: Case, since: str) -> None:
    """Announce the news of a case since then once more; a reporter who had it gets no repeat.

    For reporters whose reports were still in transit into the case.
    """
    for event in table.events(case.id):
        if event.at >= since and is_news(event) and not about(event):
            announcements.publish(
                topic, announcements.news(case, news_of(case.id, event.number)), now()
            )


def reprocess_news(settings: LinkSettings, typed: Any) -> None:
    """Announce all news of a case again, and tell its workflow: the way back from the dead
    letters."""
    wake(settings, str(typed))
    for event in CaseTable(settings.case_table).events(str(typed)):
        if is_news(event) or recalls(event):
            sort = keys.event_key(str(typed), event.number)
            tell_news(settings, sort[keys.PARTITION], sort[keys.SORT])
