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

from casework.aws.services import telemetry
from casework.aws.services.settings import LinkSettings
from casework.aws.services.time_limits import remaining_seconds
from casework.aws.steps.task_state import now
from casework.aws.table import file_marks, keys, picture_keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.read_attempts import MAX_ANALYSIS_SECONDS, ReadDeferred
from casework.aws.table.wire import values_from_wire_item
from casework.case.admission import references_admitted_by_name
from casework.case.lifecycle import WAIT_ENDING_MOVES, moves_where
from casework.case.times import format_timestamp
from casework.pack.jurisdiction import open_pack
from casework.text import reference as references
from functions.triage import case_moves
from functions.triage.files import follow_file, follow_missed_files
from functions.triage.first_glances import finish_glances
from functions.triage.follow_ups import (
    follow_addition,
    follow_missed,
    publish_news,
    reprocess_news,
    resume_workflow,
)
from functions.triage.hash_lookups import look_up_file, repeat_lookups
from functions.triage.identical_file_notes import note_identical_files
from functions.triage.join_batches import JoinBatch
from functions.triage.link_report import link_report
from functions.triage.pictures import follow_missed_pictures, follow_picture, vouch_for_fingerprints
from functions.triage.quality_samples import offer_sample
from functions.triage.warm_up import warm_up

CARRIED_MOVES: Final = moves_where(lambda law: law.carries)
CASE_MOVE_TURN_SECONDS: Final = 3
"""How long reports of a merged or split case are carried before others have their turn; the sweeper
goes on."""
MAX_RECORD_SECONDS: Final = MAX_ANALYSIS_SECONDS + 3
"""Seconds that one record may take: with less than that left none is begun."""


@cache
def _settings() -> LinkSettings:
    return LinkSettings.from_environment()


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Link the reports of a batch, in order; stop at the first that fails and name it.

    An unreadable report does not stop the batch: the reconciler tries it again, after the others.
    Reports without time left begin the next batch.
    """
    warm_up(open_pack(_settings().pack))
    records = event["Records"]
    together = JoinBatch(_settings().case_table)
    reached = len(records)
    for number, record in enumerate(records):
        key = record["dynamodb"]["Keys"]
        partition, sort = key[keys.PARTITION_KEY]["S"], key[keys.SORT_KEY]["S"]
        if number and remaining_seconds(context) < MAX_RECORD_SECONDS:
            reached = number
            break
        together.record = number
        try:
            if sort != keys.REPORT_SORT and not sort.startswith(picture_keys.picture_key.begins):
                together.flush()  # an addition or a decision may follow a report of this batch
            follow_record(_settings(), _item_in(record), _came_at(record), together)
        except ReadDeferred:
            continue
        except Exception as error:  # noqa: BLE001  # the mapping retries it, then puts it aside
            telemetry.log_failure(
                "report not linked", error, reference=keys.reference_from_partition(partition)
            )
            reached = number
            break
    together.flush()
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
    warm_up(open_pack(_settings().pack))
    outcome: dict[str, list[str]] = {"linked": [], "unknown": [], "failed": []}
    for case_id in event.get("cases", []):
        reprocess_news(_settings(), case_id)
    for typed in event.get("references", []):
        try:
            reference = references.parse_reference(str(typed))
        except references.NotAReference:
            outcome["unknown"].append(str(typed))
            continue
        try:
            linked = link_report(_settings(), reference)
            if linked.case_id is not None:
                follow_missed(_settings(), linked.case_id, reference)
                follow_missed_files(_settings(), linked.case_id, reference)
            follow_missed_pictures(_settings(), reference)
            repeat_lookups(_settings(), reference)
        except Exception as error:  # noqa: BLE001  # the others are linked; this one is named
            telemetry.log_failure("report not linked", error, reference=reference)
            outcome["failed"].append(reference)
        else:
            outcome["linked" if linked.case_id else "unknown"].append(reference)
    return outcome


def _came_at(record: Mapping[str, Any]) -> str:
    """When a record of the stream was written; empty where it does not say. A report itself has no
    more than the minute in which it came."""
    written = record["dynamodb"].get("ApproximateCreationDateTime")
    return format_timestamp(datetime.fromtimestamp(float(written), UTC)) if written else ""


def _item_in(record: Mapping[str, Any]) -> dict[str, Any]:
    """The new item of a record: the whole mark of a file, which names the file. Of all others the
    key is enough, since they are read anew."""
    told = record["dynamodb"]
    key = values_from_wire_item(told["Keys"])
    is_mark = key[keys.SORT_KEY].startswith(keys.mark_key.begins)
    return {**values_from_wire_item(told.get("NewImage", {})), **key} if is_mark else key


def follow_record(
    settings: LinkSettings,
    item: Mapping[str, Any],
    came_at: str = "",
    together: JoinBatch | None = None,
) -> None:
    """Handle one new item: a report, an addition, a picture, the mark of a kept file, an entry of a
    history.

    With `together` a report that joins a case waits there for its number.
    """
    partition, sort = item[keys.PARTITION_KEY], item[keys.SORT_KEY]
    reference = keys.reference_from_partition(partition)
    if sort == keys.REPORT_SORT:
        link_report(settings, reference, came_at, together)
    elif sort.startswith(keys.addition_key.begins):
        # An addition may overtake the linking of its report.
        follow_addition(settings, link_report(settings, reference).case_id, reference, sort)
    elif sort.startswith(keys.mark_key.begins):
        if (file := file_marks.kept_file(item)) is not None:
            case_id, *_ = keys.mark_key.of(item)
            follow_file(settings, case_id, *file)
            note_identical_files(settings, *file)
            look_up_file(settings, *file)
    elif sort.startswith(picture_keys.picture_key.begins):
        follow_picture(settings, reference, sort)
    elif sort.startswith(keys.event_key.begins):
        event = publish_news(settings, partition, sort)
        if event is not None and event.move in WAIT_ENDING_MOVES:
            resume_workflow(settings, keys.case_id_from_partition(partition))
        if event is not None:
            finish_glances(settings, keys.case_id_from_partition(partition), event)
            offer_sample(settings, keys.case_id_from_partition(partition), event)
            vouch_for_fingerprints(settings, references_admitted_by_name(event))
        if event is not None and event.move in CARRIED_MOVES:
            # The new case, which the old one names, carries a report that was taken out.
            case_id = str(event.data.get("to") or keys.case_id_from_partition(partition))
            until = time.monotonic() + CASE_MOVE_TURN_SECONDS
            case_moves.continue_moves(
                settings, CaseTable(settings.case_table), case_id, now(), until
            )
