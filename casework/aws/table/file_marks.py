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

from casework.aws.table import items, keys, log
from casework.case.commitment import commitment_by_digest, of_parts
from casework.case.parts import SYSTEM
from casework.report.evidence import FileState
from casework.report.examination import AGAIN, Preview, Scan, weaker
from casework.text import folding

EXAMINED: Final = "file_examined"
SCANNED: Final = "file_scanned"
"""The kinds of the marks of results."""
SEEN: Final = "file_seen"
"""The kind of the mark that a person saw a preview."""
AS_KEPT: Final = "as_kept"
AS_FOUND: Final = "as_found"
"""The attributes of marks that hold the commitments; older marks have none."""
PARTS: Final = (
    *("slot", "name", "size", "digest", "md5", "declared", "declared_parts", "slotted_at"),
    *("bound", "wrapped", "key_id", "vault", "sealed", "version", "kept_at", "scanner"),
)
"""The attributes of a kept file that its mark binds, with its key as `at`."""
RESULT: Final = ("preview", "examination", "pages", "pages_wrapped", "pages_key_id")
"""The attributes of a result of the examiner."""
COMPARED: Final = ("state", "salt", "marked", "scanned")
"""Attributes that are compared by themselves."""
AT_ONCE: Final = 100
"""Files in one read of names."""
_NOT_YET: Final = (None, Preview.NOT_EXAMINED)


@dataclass
class Marks:
    """The marks of one file in the log of a case."""

    kept: dict[str, Any] | None = None
    """The first one: a crash across midnight can leave the same on two days."""
    results: list[dict[str, Any]] = field(default_factory=list)
    scans: list[dict[str, Any]] = field(default_factory=list)


def parts_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a mark binds of a kept file: each part by its name; a missing one is left out."""
    return {"at": _at(item), **{name: item[name] for name in PARTS if item.get(name) is not None}}


def parts_of_result(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a mark binds of a result of the examiner, likewise."""
    told = {name: item[name] for name in RESULT if item.get(name) is not None}
    return {"at": _at(item), **told}


def as_kept(item: Mapping[str, Any]) -> str:
    """The commitment to how a file is kept, in hex."""
    return of_parts(item["salt"], parts_of(item))


def as_found(item: Mapping[str, Any]) -> str:
    """The commitment to the result of the examiner that a file has, in hex."""
    return of_parts(item["salt"], parts_of_result(item))


def mark_kept(table: str, case_id: str, item: Mapping[str, Any], at: datetime) -> None:
    """Mark a kept file in the log of the case of its report."""
    reference, number = place_of(item)
    log.mark(
        table,
        case_id,
        _minute(at),
        keys.FILE_KEPT,
        _named(item),
        by=SYSTEM,
        bound=str(item["bound"]),
        vault=str(item["version"]),
        as_kept=as_kept(item),
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
        return keys.file_in_mark(about) if kind == keys.FILE_KEPT else None
    except ValueError:
        return None


def mark_examined(
    table: str, case_id: str, item: Mapping[str, Any], said: Mapping[str, str], at: datetime
) -> None:
    """Mark the result that a file has, or will have; `said` stands in the mark to be read."""
    found = as_found(item)
    told = {**said, AS_FOUND: found}
    what = f"{_named(item)}#{found[:16]}"
    log.mark(table, case_id, _minute(at), EXAMINED, what, by=SYSTEM, **told)


def mark_scanned(
    table: str, case_id: str, reference: str, number: int, scan: Scan, at: datetime
) -> None:
    """Mark what the scanner said of a file."""
    what = f"{keys.file_mark(reference, number)}#{scan.value}"
    log.mark(table, case_id, _minute(at), SCANNED, what, by=SYSTEM, scan=scan.value)


def marks_in(table: str, case_id: str) -> dict[tuple[str, int], Marks]:
    """The marks of files in the log of a case, by report and number."""
    found: dict[tuple[str, int], Marks] = {}
    for mark in log.marks_of(table, case_id):
        *_, kind, about = keys.mark_key.of(mark)
        if kind not in (keys.FILE_KEPT, EXAMINED, SCANNED):
            continue
        marks = found.setdefault(keys.file_in_mark(about), Marks())
        if kind == EXAMINED:
            marks.results.append(mark)
        elif kind == SCANNED:
            marks.scans.append(mark)
        elif marks.kept is None:
            marks.kept = mark
    return found


def file_in(mark: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return report and number of the file that a mark is about; None for a mark about something
    else."""
    *_, kind, about = keys.mark_key.of(mark)
    if kind == SEEN:
        return keys.file_in_mark(about.partition("#")[2])  # who saw it comes first
    return keys.file_in_mark(about) if kind in (keys.FILE_KEPT, EXAMINED, SCANNED) else None


def names_of(table: str, files: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """How their senders named these files, by report and number; none of one that was erased."""
    wanted, found = [*dict.fromkeys(files)], dict[tuple[str, int], str]()
    for begin in range(0, len(wanted), AT_ONCE):
        some = [keys.file_key(*file) for file in wanted[begin : begin + AT_ONCE]]
        for item in items.get_many(table, some, (keys.PARTITION, keys.SORT, "name")):
            if "name" in item:
                found[place_of(item)] = folding.as_kept(item["name"])
    return found


def day_of(mark: Mapping[str, Any]) -> str:
    """The day of a mark, which its night binds."""
    return keys.mark_key.of(mark)[1]


def wrong_with(item: Mapping[str, Any], marks: Marks, *, upto: str) -> Iterator[str]:
    """What differs between a file and its marks, in words that follow the file's name.

    What a mark tells counts up to the last day that a night has bound; what the file says needs a
    mark of any day. Of a mark from before commitments of files only what it holds is compared.
    """
    kept = marks.kept
    if kept is None:
        return
    bound = (item.get("bound"), item.get("version"))
    if item.get("state") != FileState.KEPT or bound != (kept.get("bound"), kept.get("vault")):
        yield "is not the one that was kept"
    elif not _is_bound(item) or kept.get(AS_KEPT, as_kept(item)) != as_kept(item):
        yield "is not as it was kept"
    yield from _result(item, marks, upto)
    yield from _scan(item, marks, upto)


def _is_bound(item: Mapping[str, Any]) -> bool:
    """Whether a digest that is stored in clear has the commitment of its file. A sealed one opens
    with a key that no verifier has; the mark binds its bytes, and the commitment beside it."""
    if isinstance(item["digest"], bytes):
        return True
    own = commitment_by_digest(item["salt"], bytes.fromhex(item["digest"]))
    return bool(own == item["bound"])


def _result(item: Mapping[str, Any], marks: Marks, upto: str) -> Iterator[str]:
    final = [
        each
        for each in marks.results
        if day_of(each) <= upto and each.get("preview") not in AGAIN and AS_FOUND in each
    ]
    if "examination" not in item:
        if final or {*RESULT} & item.keys() - {"preview"} or item.get("preview") not in _NOT_YET:
            yield "has not the result of its examination that was found"
        return
    if AS_KEPT not in (marks.kept or {}) and not any(AS_FOUND in each for each in marks.results):
        return  # it was examined before results were bound
    known = {each.get(AS_FOUND) for each in (final or marks.results)}
    if as_found(item) not in known:
        yield "has another result of its examination than was found"


def _scan(item: Mapping[str, Any], marks: Marks, upto: str) -> Iterator[str]:
    said = Scan(item["scanned"]) if "scanned" in item else None
    told = {Scan(each["scan"]): day_of(each) for each in marks.scans}
    if said is not None and said not in told and AS_KEPT in (marks.kept or {}):
        yield "has another result of the scanner than it told"
    elif any(day <= upto and (said is None or said in weaker(scan)) for scan, day in told.items()):
        yield "has not the result that the scanner told"


def is_whole(marks: Marks) -> bool:
    """Whether the mark of a kept file binds all of it; older marks bind its bytes alone."""
    return marks.kept is not None and AS_KEPT in marks.kept


def files_beside(table: str, reference: str) -> Iterator[dict[str, Any]]:
    """The items of the files of a report, whatever their state."""
    yield from items.under(table, *keys.file_key.under(reference))


def item_of(table: str, reference: str, number: int) -> dict[str, Any] | None:
    """The item of a file; None for one that was erased."""
    return items.get(table, keys.file_key(reference, number))


def place_of(item: Mapping[str, Any]) -> tuple[str, int]:
    """Report and number of the file of an item."""
    return keys.file_key.of(item)


def results_in(item: Mapping[str, Any]) -> dict[str, Any]:
    """What the examiner and the scanner said, in an item."""
    return {name: item[name] for name in (*RESULT, "scanned") if name in item}


def _at(item: Mapping[str, Any]) -> list[str]:
    return [str(item[keys.PARTITION]), str(item[keys.SORT])]


def _named(item: Mapping[str, Any]) -> str:
    return keys.file_mark(*place_of(item))


def _minute(at: datetime) -> datetime:
    """Arrivals are told to the minute."""
    return at.replace(second=0, microsecond=0)
