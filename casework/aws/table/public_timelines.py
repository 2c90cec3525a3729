"""What entries of a case tell its reporters: one small item for each, beside the case.

It is written with its entry, in one transaction. So a reporter is answered without the history of
the case, which others make longer, and reads the same items whatever they do. What an entry about
a question tells is kept with the report of the person who was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from casework.aws.table import items, keys
from casework.aws.table.messages import StoredMessage, message_from_item
from casework.aws.table.report_table import FollowUpRecord, ReportTable
from casework.case.history import CaseEvent
from casework.report.followup import added_view
from casework.report.public_timeline import (
    PublicEntry,
    PublicTimeline,
    RetainedTimeline,
    TimelineInputs,
    TimelineQuestion,
    TimelineScope,
    build_timeline,
    public_entry_from_event,
    question_entry_from_event,
)

NO_CASE_ID_FORMAT: Final = "none of {}"
"""The id of a case that is none: it tells nothing."""

MESSAGE_BATCH_SIZE: Final = 100
"""Messages per batch read."""


def telling_items(case_id: str, event: CaseEvent, asked: str | None) -> Iterator[dict[str, Any]]:
    """What an entry tells, as items in plain values; `asked` is the report whose reporter is waited
    for, if any is."""
    if (to_all := public_entry_from_event(event)) is not None:
        yield {**keys.public_update_key(case_id, event.number), **_stored(to_all)}
    if (to_one := question_entry_from_event(event)) is not None:
        key = keys.reporter_update_key(
            str(event.data.get("report") or asked), case_id, event.number
        )
        yield {**key, **_stored(to_one), "question": event.data["question"]}


def _stored(telling: PublicEntry) -> dict[str, Any]:
    return {name: value for name, value in telling.to_stored.items() if name != "number"}


def list_public_entries(table: str, case_id: str) -> list[PublicEntry]:
    """What a case has told so far, oldest first; strongly read."""
    found = items.query_prefix(table, *keys.public_update_key.under(case_id))
    return [_read(keys.public_update_key.of(item)[1], item) for item in found]


def _read(number: int, item: Mapping[str, Any]) -> PublicEntry:
    said = {name: item[name] for name in ("at", "what", "reason", "turn_to") if name in item}
    return PublicEntry(number=number, **said)


def read_timeline_inputs(found: FollowUpRecord) -> TimelineInputs:
    """All on which the steps of a report depend, from what is kept with it."""
    clock = found.alone or {}
    answers = _answers(found) if found.questions else {}
    told: dict[int, list[PublicEntry]] = {}
    for item in found.tellings:
        _, number = keys.reporter_update_key.of_sort(item[keys.SORT_KEY])
        told.setdefault(int(item["question"]), []).append(_read(number, item))
    return TimelineInputs(
        hears=TimelineScope.model_validate(found.hears) if found.hears else None,
        kept=RetainedTimeline.model_validate(found.kept) if found.kept else None,
        read_at=clock.get("since"),
        late_at=clock.get("late"),
        asked=tuple(
            TimelineQuestion(
                each.asked_at,
                each.due,
                answers.get(each.number),
                tuple(sorted(told.get(each.number, ()), key=lambda one: one.number)),
            )
            for each in found.questions
        ),
    )


def _answers(found: FollowUpRecord) -> dict[int, str]:
    """When additions first answered each question."""
    answers: dict[int, str] = {}
    for each in found.additions:
        said = added_view(each.id, each.added_at, each.content, contact=each.contact)
        if said.answers is not None:
            answers.setdefault(said.answers, each.added_at)
    return answers


def public_timeline_from_record(
    table: str, reference: str, found: FollowUpRecord, now: str
) -> PublicTimeline:
    """The steps of a report until a time.

    The same is read whether the report hears of a case or not: what no case tells is as little as
    what a case has not told yet.
    """
    report = read_timeline_inputs(found)
    hears = report.hears.case if report.hears else NO_CASE_ID_FORMAT.format(reference)
    return build_timeline(report, list_public_entries(table, hears), now)


def read_public_timeline(
    table: str, reference: str, now: str
) -> tuple[TimelineInputs, PublicTimeline] | None:
    """How a report is placed, and its steps; None where it was erased."""
    found = ReportTable(table).follow(reference)
    if found is None:
        return None
    return read_timeline_inputs(found), public_timeline_from_record(table, reference, found, now)


def message_texts(table: str, messages: Sequence[PublicEntry]) -> list[tuple[str, str]]:
    """Time and words of messages to all, in their order; without those that were erased."""
    wanted = [keys.message_key(each.case, each.number) for each in messages]
    found: dict[tuple[str, str], StoredMessage] = {}
    for at in range(0, len(wanted), MESSAGE_BATCH_SIZE):
        for item in items.get_items(table, wanted[at : at + MESSAGE_BATCH_SIZE]):
            found[item[keys.PARTITION_KEY], item[keys.SORT_KEY]] = message_from_item(item)
    kept = (found.get((key[keys.PARTITION_KEY], key[keys.SORT_KEY])) for key in wanted)
    return [(each.at, each.text) for each in kept if each is not None]
