"""Whether the files of a case are as its log says: differences, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from casework.aws.table import file_marks, keys
from casework.aws.table.checked_case import CheckedCase, is_recorded_erasure
from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.case.history import (
    COMMITMENT_FIELD,
    TOLD_IN_FIELD,
)
from casework.case.lifecycle import Move
from casework.report.file_limits import FileState


def find_file_mismatches(found: CheckedCase) -> Iterator[str]:
    """Every file that its log tells of is there as it was kept, and no other one; or its report was
    erased with an entry."""
    upto = found.bound_upto
    for (reference, number), marks in found.marks(found.case.id).items():
        if marks.kept is None or file_marks.mark_day(marks.kept) > upto:
            continue
        item = file_marks.get_file_item(found.name, reference, number)
        name = f"file {number} of report {reference}"
        if item is None:
            if not is_recorded_erasure(found, reference):
                yield f"{name} is gone"
            continue
        if item.get("marked") != found.case.id:
            yield f"{name} names another log than the one that tells of it"
        yield from (
            f"{name} {what}" for what in file_marks.find_file_differences(item, marks, upto=upto)
        )
    yield from _opened_files(found)


def find_unmarked_file_mismatches(
    found: CheckedCase, report: Mapping[str, Any], files: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """What is kept beside a report of the case was marked then. A report that has just come may
    have files that wait for the repair to mark them."""
    for item in files:
        if item.get("state") != FileState.KEPT:
            continue
        place, upto = file_marks.file_place_from_item(item), found.bound_upto
        name = f"file {place[1]} of report {place[0]}"
        if item.keys() - FILE_ATTRIBUTES - UNBOUND_ATTRIBUTES["FILE"].keys():
            yield f"{name} holds what nobody wrote"
        marked = item.get("marked")
        if marked is None:
            if max(str(item.get("kept_at"))[:10], str(report.get("linked_at"))[:10]) < upto:
                yield f"{name} is in no log"
            continue
        marks = found.marks(str(marked)).get(place)
        if marks is None or marks.kept is None:
            yield f"{name} is not in the log that it names"
        elif marked != found.case.id:  # else the log of the case itself leads to it
            yield from (
                f"{name} {what}"
                for what in file_marks.find_file_differences(item, marks, upto=upto)
            )


FILE_ATTRIBUTES: Final = frozenset(
    {
        keys.PARTITION_KEY,
        keys.SORT_KEY,
        *file_marks.COMMITTED_FILE_FIELDS,
        *file_marks.COMMITTED_RESULT_FIELDS,
        *file_marks.FILE_COMPARISON_FIELDS,
    }
)


def _opened_files(found: CheckedCase) -> Iterator[str]:
    """Each opening of a file names bytes that are there."""
    for event in found.of(Move.FILE_OPENED):
        reference, number = str(event.data.get(TOLD_IN_FIELD)), int(str(event.data["file"]))
        item = file_marks.get_file_item(found.name, reference, number)
        if item is None:
            if not is_recorded_erasure(found, reference):
                yield f"the file of opening {event.number} is gone"
        elif item.get(COMMITMENT_FIELD) != event.data[COMMITMENT_FIELD]:
            yield f"the file of opening {event.number} is another one"


def find_unbound_files(table: str, case_id: str) -> Iterator[str]:
    """The files of a case that were kept before their marks bound more than their bytes."""
    for (reference, number), marks in file_marks.read_file_marks(table, case_id).items():
        if marks.kept is not None and not file_marks.binds_whole_file(marks):
            yield f"file {number} of report {reference}: name, times and results are not bound"
