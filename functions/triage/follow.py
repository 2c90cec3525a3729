"""What follows from an addition to a report, and from an entry of a case's history.

Both come from the stream like reports do, at least once: everything here may be repeated.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from casework import lifecycle
from casework.assessment import assess
from casework.aws import announcements, items, keys, observe, workflow
from casework.aws.attempts import Attempts, GivenUp
from casework.aws.case_table import CaseTable
from casework.aws.reading import facts_of
from casework.aws.settings import LinkSettings
from casework.aws.step import now
from casework.case import Case
from casework.change import Change
from casework.errors import CaseNotFound, IllegalMove
from casework.followup import added_view
from casework.history import Event
from casework.identifiers.find import find
from casework.jurisdiction import open_pack
from casework.lifecycle import Move, Status
from casework.moves.asking import answered
from casework.moves.triage import addition_unreadable
from casework.notices import about, is_news, news_of
from casework.report import Facts, Role
from functions.triage.danger import note_gravity, raise_alarm
from functions.triage.gate import lift
from functions.triage.money import days_added, note_money

TOLD: Final = frozenset(
    {
        Status.QUEUED,
        Status.PUBLISHED,
        Status.AWAITING_AUTHORISATION,
        Status.ACKNOWLEDGED,
    }
)
"""Statuses in which a unit knows the case and hears of what is added to it."""


def unit_told(case: Case) -> str | None:
    """The unit that knows of the case, or may know of it any moment."""
    return case.referral.unit if case.referral and case.status in TOLD else None


def follow_addition(settings: LinkSettings, case_id: str | None, reference: str, sort: str) -> None:
    """End the question it answers, tell the unit that holds the case, and the duty desk of danger.

    Nothing is done while the report has no case: people find the addition with the report.
    """
    table = CaseTable(settings.case_table)
    key = keys.addition_key(reference, sort.removeprefix(keys.ADDITION_PREFIX))
    item = items.get(settings.case_table, key)
    if item is None or case_id is None:
        return
    at, question = now(), _answers(item)
    if question is not None:

        def answer(case: Case) -> Change | None:
            try:
                return answered(case, at, question=question, report=reference)
            except IllegalMove:
                return None  # the answer came late, or twice: it is read all the same

        # The report may have been split off from the case that asks.
        put = {int(each["number"]): each["case_id"] for each in table.reports.questions(reference)}
        case = table.update(put.get(question, case_id), answer)
        if case.in_flight and case.stuck is None and case.run > 1:
            workflow.start(settings.workflow, case, at)
    case = table.case(case_id)
    if unit_told(case) is not None:
        addition = announcements.added(case, f"{reference}|{key[keys.SORT]}")
        announcements.publish(settings.topic, addition, at)
    _alarm(settings, table, case, reference, key, item)
    observe.count("ReportsAddedTo")


def _alarm(
    settings: LinkSettings,
    table: CaseTable,
    case: Case,
    reference: str,
    key: Mapping[str, str],
    item: Mapping[str, Any],
) -> None:
    """Danger in what a reporter adds is danger in the case, whatever the report said of it.

    What no machine can read goes to the duty desk, and people read it.
    """
    report, pack = table.reports.one(reference), open_pack(settings.pack)
    if report is None or item.get("unreadable"):
        return
    of_the_report = facts_of(report) or Facts(role=Role.WITNESS, language=report.language)
    facts = of_the_report.model_copy(update={"danger_now": False, "money_lost": ()})
    attempts = Attempts(
        settings.case_table,
        key,
        item["added_at"],
        item.get("attempts", 0),
        waits_at={keys.FLOW: keys.tried(reference), keys.FLOW_AT: item["added_at"]},
    )
    try:
        with attempts.one(now()):
            added = added_view("", item["added_at"], item["content"], contact="contact" in item)
            at = datetime.fromisoformat(added.added_at)
            found = list(find(added.text))
            assessment = assess(pack, facts, added.text, found, at)
            days = days_added(pack, added, found, of_the_report)
    except GivenUp:
        _set_aside(settings, table, case, reference, key[keys.SORT])
        attempts.give_up()
        return
    note_gravity(table, pack, case, assessment)
    source = f"{reference}|{key[keys.SORT]}"
    note_money(table, pack, case, source, assessment, days, at)
    raise_alarm(settings, case, reference, assessment, source, item["added_at"])


def _set_aside(
    settings: LinkSettings, table: CaseTable, case: Case, reference: str, sort: str
) -> None:
    """Tell the duty desk of an addition that no machine can read, and note it on the case."""
    announcements.publish(
        settings.topic, announcements.unreadable(case, f"{reference}|{sort}"), now()
    )
    addition = sort.removeprefix(keys.ADDITION_PREFIX)

    def decide(case: Case) -> Change | None:
        if not lifecycle.allows(case.status, Move.UNREADABLE):
            return None  # it has ended: nobody decides on it, but the duty desk was told
        return addition_unreadable(case, now(), reference, addition)

    table.update(case.id, decide)


def _answers(item: Mapping[str, Any]) -> int | None:
    """The number of the question that an addition answers; None where nobody can read it."""
    try:
        return added_view("", item["added_at"], item["content"], contact=False).answers
    except (ValueError, zlib.error):
        return None


def tell_news(settings: LinkSettings, partition: str, sort: str) -> Event | None:
    """Announce an entry of a case's history, if its reporters are told of it; the entry."""
    table = CaseTable(settings.case_table)
    case_id = keys.case_of(partition)
    number = int(sort.removeprefix(keys.EVENT_PREFIX))
    try:
        case = table.case(case_id)
    except CaseNotFound:
        return None
    event = table.event(case_id, number)
    if event is not None and event.move == Move.ACKNOWLEDGE.value:
        lift(table, open_pack(settings.pack), case)
    if event is not None and is_news(event):
        announcements.publish(
            settings.topic,
            announcements.news(case, news_of(case_id, number), about(event)),
            now(),
        )
    return event


def tell_news_since(table: CaseTable, topic: str, case: Case, since: str) -> None:
    """Announce once more what the reporters of a case were told since; who heard it hears nothing.

    For those whose reports were still on their way into the case.
    """
    for event in table.events(case.id):
        if event.at >= since and is_news(event) and about(event) is None:
            announcements.publish(
                topic, announcements.news(case, news_of(case.id, event.number)), now()
            )


def reprocess_news(settings: LinkSettings, typed: Any) -> None:
    """Announce all news of a case again: the way back from the dead letters."""
    for event in CaseTable(settings.case_table).events(str(typed)):
        if is_news(event):
            sort = keys.event_key(str(typed), event.number)
            tell_news(settings, sort[keys.PARTITION], sort[keys.SORT])
