"""The stream's consumer: each accepted report comes into a case, once, however often it is told.

`handle` takes the stream's batches. `reprocess` is the way back from the dead letters, which hold
sequence numbers and no reports: everything is read from the table by reference.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from casework.aws.services import observe
from casework.aws.services.budget import left_of
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.step import now
from casework.aws.table import file_marks, keys, picture_keys
from casework.aws.table.attempts import READING_SECONDS, NotRead
from casework.aws.table.case_table import CaseTable
from casework.aws.table.wire import from_wire
from casework.case.admission import admitted_by
from casework.case.lifecycle import ENDS_A_WAIT, moves_that
from casework.case.times import stamp
from casework.pack.jurisdiction import open_pack
from casework.text import reference as references
from functions.triage import merging
from functions.triage.files import follow_file, follow_missed_files
from functions.triage.follow import (
    follow_addition,
    follow_missed,
    reprocess_news,
    tell_news,
    wake,
)
from functions.triage.glancing import looked
from functions.triage.known import ask_again, ask_of_file
from functions.triage.one_report import link_report
from functions.triage.pictures import follow_missed_pictures, follow_picture, vouched_for
from functions.triage.reading import read_ahead
from functions.triage.same import note_same
from functions.triage.sampling import sampled
from functions.triage.together import Together

CARRIED: Final = moves_that(lambda law: law.carries)
CARRYING_SECONDS: Final = 3
"""How long reports of a merged or split case are carried before others have their turn; the sweeper
goes on."""
ONE_TAKES: Final = READING_SECONDS + 3
"""Seconds that one record may take: with less than that left none is begun."""


@cache
def _settings() -> LinkSettings:
    return LinkSettings.from_environment()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Link the reports of a batch, in order; stop at the first that fails and name it.

    An unreadable report does not stop the batch: the reconciler tries it again, after the others.
    Reports without time left begin the next batch.
    """
    read_ahead(open_pack(_settings().pack))
    records = event["Records"]
    together = Together(_settings().case_table)
    reached = len(records)
    for number, record in enumerate(records):
        key = record["dynamodb"]["Keys"]
        partition, sort = key[keys.PARTITION]["S"], key[keys.SORT]["S"]
        if number and left_of(context) < ONE_TAKES:
            reached = number
            break
        together.record = number
        try:
            if sort != keys.REPORT_SORT and not sort.startswith(picture_keys.picture_key.begins):
                together.bring()  # an addition or a decision may follow a report of this batch
            follow_record(_settings(), _item_in(record), _came_at(record), together)
        except NotRead:
            continue
        except Exception as error:  # noqa: BLE001  # the mapping retries it, then puts it aside
            observe.failure("report not linked", error, reference=keys.reference_of(partition))
            reached = number
            break
    together.bring()
    again = records[min([reached, *together.failed]) :][:1]
    return {
        "batchItemFailures": [
            {"itemIdentifier": each["dynamodb"]["SequenceNumber"]} for each in again
        ]
    }


def reprocess(event: dict[str, Any], context: Any) -> dict[str, list[str]]:
    """Link the reports of `{"references": […]}`; linked ones stay as they are, and their missed
    additions, files and pictures are followed.

    The reporters of the cases in `"cases"` get all news that they have not had.
    """
    read_ahead(open_pack(_settings().pack))
    outcome: dict[str, list[str]] = {"linked": [], "unknown": [], "failed": []}
    for case_id in event.get("cases", []):
        reprocess_news(_settings(), case_id)
    for typed in event.get("references", []):
        try:
            reference = references.parse(str(typed))
        except references.NotAReference:
            outcome["unknown"].append(str(typed))
            continue
        try:
            linked = link_report(_settings(), reference)
            if linked.case_id is not None:
                follow_missed(_settings(), linked.case_id, reference)
                follow_missed_files(_settings(), linked.case_id, reference)
            follow_missed_pictures(_settings(), reference)
            ask_again(_settings(), reference)
        except Exception as error:  # noqa: BLE001  # the others are linked; this one is named
            observe.failure("report not linked", error, reference=reference)
            outcome["failed"].append(reference)
        else:
            outcome["linked" if linked.case_id else "unknown"].append(reference)
    return outcome


def _came_at(record: Mapping[str, Any]) -> str:
    """When a record of the stream was written; empty where it does not say. A report itself has no
    more than the minute in which it came."""
    written = record["dynamodb"].get("ApproximateCreationDateTime")
    return stamp(datetime.fromtimestamp(float(written), UTC)) if written else ""


def _item_in(record: Mapping[str, Any]) -> dict[str, Any]:
    """The new item of a record: the whole mark of a file, which names the file. Of all others the
    key is enough, since they are read anew."""
    told = record["dynamodb"]
    key = from_wire(told["Keys"])
    is_mark = key[keys.SORT].startswith(keys.mark_key.begins)
    return {**from_wire(told.get("NewImage", {})), **key} if is_mark else key


def follow_record(
    settings: LinkSettings,
    item: Mapping[str, Any],
    came_at: str = "",
    together: Together | None = None,
) -> None:
    """Handle one new item: a report, an addition, a picture, the mark of a kept file, an entry of a
    history.

    With `together` a report that joins a case waits there for its number.
    """
    partition, sort = item[keys.PARTITION], item[keys.SORT]
    reference = keys.reference_of(partition)
    if sort == keys.REPORT_SORT:
        link_report(settings, reference, came_at, together)
    elif sort.startswith(keys.addition_key.begins):
        # An addition may overtake the linking of its report.
        follow_addition(settings, link_report(settings, reference).case_id, reference, sort)
    elif sort.startswith(keys.mark_key.begins):
        if (file := file_marks.kept_file(item)) is not None:
            case_id, *_ = keys.mark_key.of(item)
            follow_file(settings, case_id, *file)
            note_same(settings, *file)
            ask_of_file(settings, *file)
    elif sort.startswith(picture_keys.picture_key.begins):
        follow_picture(settings, reference, sort)
    elif sort.startswith(keys.event_key.begins):
        event = tell_news(settings, partition, sort)
        if event is not None and event.move in ENDS_A_WAIT:
            wake(settings, keys.case_of(partition))
        if event is not None:
            looked(settings, keys.case_of(partition), event)
            sampled(settings, keys.case_of(partition), event)
            vouched_for(settings, admitted_by(event))
        if event is not None and event.move in CARRIED:
            # The new case, which the old one names, carries a report that was taken out.
            case_id = str(event.data.get("to") or keys.case_of(partition))
            until = time.monotonic() + CARRYING_SECONDS
            merging.carry_on(settings, CaseTable(settings.case_table), case_id, now(), until)
