"""What the log of a case binds of a kept file: how it came and is kept, what was found and scanned.

| mark | binds |
|---|---|
| `file` | report and number, name, size, digests, what was declared, arrival, ciphertext and key |
| `file_examined` | one result of the examiner, with the pages of its preview |
| `file_scanned` | one result of the scanner |

The first two are commitments under the salt of the file, part by part. The salt is erased with the
file, and a mark says nothing then. All marks of a file are in the log of the case that had its
report when it was marked as kept: the case that the file names.

A mark of a result is written before the result, so that a night never finds a result without one.
A result that was not stored in the end leaves a mark and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from casework.aws.table import audit_log, items, keys
from casework.case.commitment import commit_to_digest, commit_to_parts
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.report.examination import REPLACEABLE_PREVIEWS, Preview, Scan, weaker_scans
from casework.report.file_limits import FileState
from casework.text import compression

FILE_EXAMINED_MARK: Final = "file_examined"
FILE_SCANNED_MARK: Final = "file_scanned"
"""The kinds of the marks of results."""
FILE_SEEN_MARK: Final = "file_seen"
"""The kind of the mark that a person saw a preview."""
STORED_FILE_COMMITMENT_FIELD: Final = "as_kept"
EXAMINATION_COMMITMENT_FIELD: Final = "as_found"
"""The attributes of marks that hold the commitments; older marks have none."""
COMMITTED_FILE_FIELDS: Final = (
    *("slot", "name", "size", "digest", "md5", "declared", "declared_parts", "slotted_at"),
    *("bound", "wrapped", "key_id", "vault", "sealed", "version", "kept_at", "scanner"),
)
"""The attributes of a kept file that its mark binds, with its key as `at`."""
COMMITTED_RESULT_FIELDS: Final = (
    "preview",
    "examination",
    "pages",
    "pages_wrapped",
    "pages_key_id",
)
"""The attributes of a result of the examiner."""
FILE_COMPARISON_FIELDS: Final = ("state", "salt", "marked", "scanned")
"""Attributes that are compared by themselves."""
FILES_PER_BATCH: Final = 100
"""Files in one read of names."""
_NOT_YET: Final = (None, Preview.NOT_EXAMINED)


@dataclass
class FileMarks:
    """The marks of one file in the log of a case."""

    kept: dict[str, Any] | None = None
    """The first one: a crash across midnight can leave the same on two days."""
    results: list[dict[str, Any]] = field(default_factory=list)
    scans: list[dict[str, Any]] = field(default_factory=list)


def file_commitment_parts(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a mark binds of a kept file: each part by its name; a missing one is left out."""
    return {
        "at": _at(item),
        **{name: item[name] for name in COMMITTED_FILE_FIELDS if item.get(name) is not None},
    }


def result_commitment_parts(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a mark binds of a result of the examiner, likewise."""
    told = {name: item[name] for name in COMMITTED_RESULT_FIELDS if item.get(name) is not None}
    return {"at": _at(item), **told}


def stored_file_commitment(item: Mapping[str, Any]) -> str:
    """The commitment to how a file is kept, in hex."""
    return commit_to_parts(item["salt"], file_commitment_parts(item))


def examination_commitment(item: Mapping[str, Any]) -> str:
    """The commitment to the result of the examiner that a file has, in hex."""
    return commit_to_parts(item["salt"], result_commitment_parts(item))


def record_stored_mark(table: str, case_id: str, item: Mapping[str, Any], at: datetime) -> None:
    """Mark a kept file in the log of the case of its report."""
    reference, number = file_place_from_item(item)
    audit_log.record_mark(
        table,
        case_id,
        _minute(at),
        keys.STORED_FILE_MARK_KIND,
        _named(item),
        by=SYSTEM_AUTHOR,
        bound=str(item["bound"]),
        vault=str(item["version"]),
        as_kept=stored_file_commitment(item),
        report=reference,
        file=number,
    )


def kept_file(mark: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return report and number of the file that a mark tells of as kept; None for another mark.

    Older marks name them in their key alone.
    """
    if isinstance(mark.get("file"), int):
        return str(mark.get("report")), mark["file"]
    try:
        *_, kind, about = keys.mark_key.of(mark)
        return keys.file_in_mark(about) if kind == keys.STORED_FILE_MARK_KIND else None
    except ValueError:
        return None


def record_examined_mark(
    table: str, case_id: str, item: Mapping[str, Any], result: Mapping[str, str], at: datetime
) -> None:
    """Mark the result that a file has, or will have; `result` stands in the mark to be read."""
    found = examination_commitment(item)
    told = {**result, EXAMINATION_COMMITMENT_FIELD: found}
    what = f"{_named(item)}#{found[:16]}"
    audit_log.record_mark(
        table, case_id, _minute(at), FILE_EXAMINED_MARK, what, by=SYSTEM_AUTHOR, **told
    )


def record_scanned_mark(
    table: str, case_id: str, reference: str, number: int, scan: Scan, at: datetime
) -> None:
    """Mark what the scanner said of a file."""
    what = f"{keys.file_mark(reference, number)}#{scan.value}"
    audit_log.record_mark(
        table, case_id, _minute(at), FILE_SCANNED_MARK, what, by=SYSTEM_AUTHOR, scan=scan.value
    )


def read_file_marks(table: str, case_id: str) -> dict[tuple[str, int], FileMarks]:
    """The marks of files in the log of a case, by report and number."""
    found: dict[tuple[str, int], FileMarks] = {}
    for mark in audit_log.read_marks(table, case_id):
        *_, kind, about = keys.mark_key.of(mark)
        if kind not in (keys.STORED_FILE_MARK_KIND, FILE_EXAMINED_MARK, FILE_SCANNED_MARK):
            continue
        marks = found.setdefault(keys.file_in_mark(about), FileMarks())
        if kind == FILE_EXAMINED_MARK:
            marks.results.append(mark)
        elif kind == FILE_SCANNED_MARK:
            marks.scans.append(mark)
        elif marks.kept is None:
            marks.kept = mark
    return found


def file_from_mark_sort(mark: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return report and number of the file that a mark is about; None for a mark about something
    else."""
    *_, kind, about = keys.mark_key.of(mark)
    if kind == FILE_SEEN_MARK:
        return keys.file_in_mark(about.partition("#")[2])  # who saw it comes first
    return (
        keys.file_in_mark(about)
        if kind in (keys.STORED_FILE_MARK_KIND, FILE_EXAMINED_MARK, FILE_SCANNED_MARK)
        else None
    )


def read_file_names(table: str, files: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """How their senders named these files, by report and number; none of one that was erased."""
    wanted, found = [*dict.fromkeys(files)], dict[tuple[str, int], str]()
    for begin in range(0, len(wanted), FILES_PER_BATCH):
        some = [keys.file_key(*file) for file in wanted[begin : begin + FILES_PER_BATCH]]
        for item in items.get_items(table, some, (keys.PARTITION_KEY, keys.SORT_KEY, "name")):
            if "name" in item:
                found[file_place_from_item(item)] = compression.readable_part(item["name"])
    return found


def mark_day(mark: Mapping[str, Any]) -> str:
    """The day of a mark, which its night binds."""
    return keys.mark_key.of(mark)[1]


def find_file_differences(item: Mapping[str, Any], marks: FileMarks, *, upto: str) -> Iterator[str]:
    """What differs between a file and its marks, in words that follow the file's name.

    What a mark tells counts up to the last day that a night has bound; what the file says needs a
    mark of any day. Of a mark from before commitments of files only what it holds is compared.
    """
    mark = marks.kept
    if mark is None:
        return
    bound = (item.get("bound"), item.get("version"))
    if item.get("state") != FileState.KEPT or bound != (mark.get("bound"), mark.get("vault")):
        yield "is not the one that was kept"
    elif not _is_bound(item) or mark.get(
        STORED_FILE_COMMITMENT_FIELD, stored_file_commitment(item)
    ) != stored_file_commitment(item):
        yield "is not as it was kept"
    yield from _result(item, marks, upto)
    yield from _scan(item, marks, upto)


def _is_bound(item: Mapping[str, Any]) -> bool:
    """Whether a digest that is stored in clear has the commitment of its file. A sealed one opens
    with a key that no verifier has; the mark binds its bytes, and the commitment beside it."""
    if isinstance(item["digest"], bytes):
        return True
    own = commit_to_digest(item["salt"], bytes.fromhex(item["digest"]))
    return bool(own == item["bound"])


def _result(item: Mapping[str, Any], marks: FileMarks, upto: str) -> Iterator[str]:
    final = [
        each
        for each in marks.results
        if mark_day(each) <= upto
        and each.get("preview") not in REPLACEABLE_PREVIEWS
        and EXAMINATION_COMMITMENT_FIELD in each
    ]
    if "examination" not in item:
        if (
            final
            or {*COMMITTED_RESULT_FIELDS} & item.keys() - {"preview"}
            or item.get("preview") not in _NOT_YET
        ):
            yield "has not the result of its examination that was found"
        return
    if STORED_FILE_COMMITMENT_FIELD not in (marks.kept or {}) and not any(
        EXAMINATION_COMMITMENT_FIELD in each for each in marks.results
    ):
        return  # it was examined before results were bound
    known = {each.get(EXAMINATION_COMMITMENT_FIELD) for each in (final or marks.results)}
    if examination_commitment(item) not in known:
        yield "has another result of its examination than was found"


def _scan(item: Mapping[str, Any], marks: FileMarks, upto: str) -> Iterator[str]:
    said = Scan(item["scanned"]) if "scanned" in item else None
    told = {Scan(each["scan"]): mark_day(each) for each in marks.scans}
    if said is not None and said not in told and STORED_FILE_COMMITMENT_FIELD in (marks.kept or {}):
        yield "has another result of the scanner than it told"
    elif any(
        day <= upto and (said is None or said in weaker_scans(scan)) for scan, day in told.items()
    ):
        yield "has not the result that the scanner told"


def binds_whole_file(marks: FileMarks) -> bool:
    """Whether the mark of a kept file binds all of it; older marks bind its bytes alone."""
    return marks.kept is not None and STORED_FILE_COMMITMENT_FIELD in marks.kept


def iter_file_items(table: str, reference: str) -> Iterator[dict[str, Any]]:
    """The items of the files of a report, whatever their state."""
    yield from items.query_prefix(table, *keys.file_key.under(reference))


def get_file_item(table: str, reference: str, number: int) -> dict[str, Any] | None:
    """The item of a file; None for one that was erased."""
    return items.get_item(table, keys.file_key(reference, number))


def file_place_from_item(item: Mapping[str, Any]) -> tuple[str, int]:
    """Report and number of the file of an item."""
    return keys.file_key.of(item)


def scan_results_from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """What the examiner and the scanner said, in an item."""
    return {name: item[name] for name in (*COMMITTED_RESULT_FIELDS, "scanned") if name in item}


def _at(item: Mapping[str, Any]) -> list[str]:
    return [str(item[keys.PARTITION_KEY]), str(item[keys.SORT_KEY])]


def _named(item: Mapping[str, Any]) -> str:
    return keys.file_mark(*file_place_from_item(item))


def _minute(at: datetime) -> datetime:
    """Arrivals are told to the minute."""
    return at.replace(second=0, microsecond=0)
