"""What a dossier shows of commitments: the parts that its reader may see, each with its own salt.

A report was bound when it was accepted, by one digest over the commitments to its parts. Here the
parts of the words are opened, and what tells of the sender stays a commitment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import rfc8785

from casework.aws.table import audit_log, file_marks, items, keys
from casework.aws.table.file_table import DIGEST_ATTRIBUTES, FileTable
from casework.aws.table.messages import list_case_messages
from casework.aws.table.report_table import COMMITTED_REPORT_FIELDS
from casework.aws.table.stored_file import read_file
from casework.case.commitment import open_commitment
from casework.case.history import UnreadableEntry
from casework.report.file_limits import FileState

DISCLOSED_REPORT_PARTS: Final = frozenset(
    {"accepted_at", "added_at", "at", "content", "disclosure", "facts", "language", "narrative"}
)
"""The parts of a report or an addition that a dossier shows. The others are the contact, the
identity, and what proves the reporter's receipt."""
DISCLOSED_FILE_PARTS: Final = frozenset(
    {
        *("at", "name", "size", "digest", "md5", "declared", "declared_parts", "slotted_at"),
        *("bound", "sealed", "kept_at", "scanner", "preview", "examination"),
    }
)
"""The parts of a kept file and of its result that a dossier shows. The others name objects, their
versions and keys. Nor does it show digests in sealed form: the commitment to the bytes is a part,
and its salt stands beside it."""
DISCLOSED_RESULT_MARKS: Final = (file_marks.FILE_EXAMINED_MARK, file_marks.FILE_SCANNED_MARK)


def report_openings(table: str, reference: str) -> list[dict[str, Any]]:
    """The openings of a report and of what was added to it; none of one that was erased."""
    found = [items.get_item(table, keys.report_key(reference))]
    found += items.query_prefix(table, *keys.addition_key.under(reference))
    return [_opening(item, reference) for item in found if item is not None and "bound" in item]


def _opening(item: Mapping[str, Any], reference: str) -> dict[str, Any]:
    key = [str(item[keys.PARTITION_KEY]), str(item[keys.SORT_KEY])]
    parts = {name: item.get(name) for name in COMMITTED_REPORT_FIELDS}
    added = key[1].startswith(keys.addition_key.begins)
    return {
        "report": reference,
        **({"addition": keys.addition_key.of(item)[1]} if added else {}),
        "bound": item["bound"].hex(),
        "parts": open_commitment(item["salt"], {**parts, "at": key}, DISCLOSED_REPORT_PARTS),
    }


def file_openings(table: FileTable, reference: str, case_id: str) -> Iterator[dict[str, Any]]:
    """The files of a report that were kept: with the salt by which who has a file can check it, and
    the parts that the marks of the log bind. `elsewhere` says that these marks are in the log of
    another case, where its report was then."""
    for item in items.query_prefix(table.name, *keys.file_key.under(reference)):
        if item.get("state") != FileState.KEPT or "salt" not in item:
            continue
        _, number = keys.file_key.of(item)
        found = file_marks.result_commitment_parts(item) if "examination" in item else {}
        digests = table.digests(read_file(item))
        sealed = {name for name in DIGEST_ATTRIBUTES if isinstance(item.get(name), bytes)}
        yield {
            "report": reference,
            "n": number,
            "path": f"evidence/{reference}-{number}",
            "size": int(item["size"]),
            "sha256": digests.sha256 or "",
            "salt": (digests.salt or b"").hex(),
            "commitment": item["bound"],
            "kept": open_commitment(
                item["salt"], file_marks.file_commitment_parts(item), DISCLOSED_FILE_PARTS - sealed
            ),
            "found": open_commitment(item["salt"], found, DISCLOSED_FILE_PARTS),
            **({"elsewhere": True} if item.get("marked", case_id) != case_id else {}),
        }


def message_openings(table: str, case_id: str, shown: Collection[int]) -> Iterator[dict[str, Any]]:
    """The openings of the messages of these numbers: all parts but what is left of the key of the
    request."""
    for message in list_case_messages(table, case_id):
        if message.number in shown:
            parts = open_commitment(
                message.salt, message.commitment_parts, message.commitment_parts.keys() - {"key"}
            )
            yield {"number": message.number, "bound": message.commitment_hex, "parts": parts}


def audit_day_openings(table: str, case_id: str, shown: Collection[str]) -> list[dict[str, Any]]:
    """The chained days of a case, each with what it binds: the commitments to reports that the
    reader is shown and the marks of kept files and of additions to those, and of everything else
    the digest alone.

    A day that cannot be read ends the list: the chain then does not reach its end.
    """
    days, before = list[dict[str, Any]](), 0
    for entry in audit_log.read_day_entries(table, case_id):
        if isinstance(entry, UnreadableEntry):
            break
        last = audit_log.last_committed_number(entry)
        day = str(entry.data.get("day"))
        bound = audit_log.read_report_commitments(table, case_id, before, last)
        marks = audit_log.read_marks(table, case_id, day)
        days.append(
            {
                "entry": entry.model_dump(mode="json"),
                "reports": [_or_digest(each, each.get("reference") in shown) for each in bound],
                "marks": [_or_digest(each, _is_shown(each, shown)) for each in marks],
            }
        )
        before = last
    return days


def _is_shown(mark: Mapping[str, Any], shown: Collection[str]) -> bool:
    *_, kind, about = keys.mark_key.of(mark)
    if kind in DISCLOSED_RESULT_MARKS:
        return about.partition("#")[0] in shown
    return kind == keys.STORED_FILE_MARK_KIND or (
        kind == keys.ADDITION_MARK_KIND and mark.get("report") in shown
    )


def _or_digest(item: Mapping[str, Any], shown: bool) -> dict[str, Any]:
    if shown:
        return dict(item)
    return {"withheld": hashlib.sha256(rfc8785.dumps(dict(item))).hexdigest()}
