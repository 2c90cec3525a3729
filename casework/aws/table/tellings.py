"""What entries of a case tell its reporters: one small item for each, beside the case.

It is written with its entry, in one transaction. So a reporter is answered without the history of
the case, which others make longer, and reads the same items whatever they do. What an entry about
a question tells is kept with the report of the person who was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from casework.aws.table import items, keys
from casework.aws.table.messages import StoredMessage, message_from
from casework.aws.table.report_table import Followed, ReportTable
from casework.case.history import Event
from casework.report.followup import added_view
from casework.report.way import (
    Asking,
    Hearing,
    KeptEntries,
    Placed,
    ToldEntry,
    Way,
    telling_of,
    telling_to_one,
    way,
)

NO_CASE: Final = "none of {}"
"""The id of a case that is none: it tells nothing."""

MOST_READ: Final = 100
"""Messages per batch read."""


def telling_items(case_id: str, event: Event, asked: str | None) -> Iterator[dict[str, Any]]:
    """What an entry tells, as items in plain values; `asked` is the report whose reporter is waited
    for, if any is."""
    if (to_all := telling_of(event)) is not None:
        yield {**keys.telling_key(case_id, event.number), **_stored(to_all)}
    if (to_one := telling_to_one(event)) is not None:
        key = keys.telling_to_key(str(event.data.get("report") or asked), case_id, event.number)
        yield {**key, **_stored(to_one), "question": event.data["question"]}


def _stored(telling: ToldEntry) -> dict[str, Any]:
    return {name: value for name, value in telling.kept.items() if name != "number"}


def tellings_of(table: str, case_id: str) -> list[ToldEntry]:
    """What a case has told so far, oldest first; strongly read."""
    found = items.under(table, *keys.telling_key.under(case_id))
    return [_read(keys.telling_key.of(item)[1], item) for item in found]


def _read(number: int, item: Mapping[str, Any]) -> ToldEntry:
    said = {name: item[name] for name in ("at", "what", "reason", "turn_to") if name in item}
    return ToldEntry(number=number, **said)


def placed(found: Followed) -> Placed:
    """All on which the steps of a report depend, from what is kept with it."""
    clock = found.alone or {}
    answers = _answers(found) if found.questions else {}
    told: dict[int, list[ToldEntry]] = {}
    for item in found.tellings:
        _, number = keys.telling_to_key.of_sort(item[keys.SORT])
        told.setdefault(int(item["question"]), []).append(_read(number, item))
    return Placed(
        hears=Hearing.model_validate(found.hears) if found.hears else None,
        kept=KeptEntries.model_validate(found.kept) if found.kept else None,
        read_at=clock.get("since"),
        late_at=clock.get("late"),
        asked=tuple(
            Asking(
                each.asked_at,
                each.due,
                answers.get(each.number),
                tuple(sorted(told.get(each.number, ()), key=lambda one: one.number)),
            )
            for each in found.questions
        ),
    )


def _answers(found: Followed) -> dict[int, str]:
    """When additions first answered each question."""
    answers: dict[int, str] = {}
    for each in found.additions:
        said = added_view(each.id, each.added_at, each.content, contact=each.contact)
        if said.answers is not None:
            answers.setdefault(said.answers, each.added_at)
    return answers


def way_of(table: str, reference: str, found: Followed, now: str) -> Way:
    """The steps of a report until a time.

    The same is read whether the report hears of a case or not: what no case tells is as little as
    what a case has not told yet.
    """
    report = placed(found)
    hears = report.hears.case if report.hears else NO_CASE.format(reference)
    return way(report, tellings_of(table, hears), now)


def way_to(table: str, reference: str, now: str) -> tuple[Placed, Way] | None:
    """How a report is placed, and its steps; None where it was erased."""
    found = ReportTable(table).follow(reference)
    if found is None:
        return None
    return placed(found), way_of(table, reference, found, now)


def message_texts(table: str, messages: Sequence[ToldEntry]) -> list[tuple[str, str]]:
    """Time and words of messages to all, in their order; without those that were erased."""
    wanted = [keys.message_key(each.case, each.number) for each in messages]
    found: dict[tuple[str, str], StoredMessage] = {}
    for at in range(0, len(wanted), MOST_READ):
        for item in items.get_many(table, wanted[at : at + MOST_READ]):
            found[item[keys.PARTITION], item[keys.SORT]] = message_from(item)
    kept = (found.get((key[keys.PARTITION], key[keys.SORT])) for key in wanted)
    return [(each.at, each.text) for each in kept if each is not None]
