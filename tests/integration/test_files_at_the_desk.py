"""Staff see which files a reporter added, and open none by looking at a case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from casework.aws.table.file_table import FileTable
from casework.aws.table.stored_file import StoredFile
from casework.aws.table.upload_slots import UploadSlotTable, UploadSlotUse
from casework.decisions.staff import Role
from casework.report.file_limits import FileState, WhyRefused
from tests.builders import RABAT
from tests.integration.desks import TABLE, Desk

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)


def announced(reference: str, number: int, name: str, slot: str = "", **said: Any) -> StoredFile:
    """A slot that the reporter was given."""
    sent_at = "2026-03-02T11:00Z"
    slot = slot or f"{number:032x}"
    file = StoredFile(reference, number, slot, FileState.SLOTTED, name, 40, sent_at, **said)
    table = FileTable(TABLE, "digest")
    slots = UploadSlotTable(table)
    seen = slots.get_allowance(reference)
    assert seen is not None
    slots.put_slot(file, seen, UploadSlotUse(reference, number, "1", b"proof"), AT)
    return file


def test_a_case_lists_the_files_of_each_report_and_nothing_that_opens_them(desk: Desk) -> None:
    case = desk.referred()
    reference, other = desk.report(case, 1), desk.report(case, 2)
    table = FileTable(TABLE, "digest")
    kept = announced(reference, 1, "capture\u202egpj.exe", declared="ab" * 32)
    refused = announced(reference, 2, "../film.mp4")
    announced(reference, 3, "File 3", exact=False)
    table.record_arrival(
        kept, AT, digest="ab" * 32, wrapped=b"a wrapped key", vault="0f" * 16, bound="c"
    )
    assert table.keep(kept, "0f" * 16, "v1", AT)
    assert table.refuse(refused, WhyRefused.NEVER_CAME, AT)

    answer = desk.case(case, desk.enrol(Role.OFFICER, RABAT))

    files = {each["reference"]: each.get("files") for each in answer.document["reports"]}
    sent = {
        "size": 40,
        "sent_at": "2026-03-02T11:00Z",
        "alike": [],
        "alike_more": False,
        "cut": False,
    }
    sent |= {"known": [], "lists_unread": False, "same": [], "same_more": False}
    unsized = {name: value for name, value in sent.items() if name != "size"}
    assert files == {
        reference: [
            {"n": 1, "name": "capture\u202egpj.exe", "state": "kept", "sha256": "ab" * 32,
             "declared": True, "scan": "not_scanned", "preview": "pending", **sent},
            {"n": 2, "name": "../film.mp4", "state": "refused", "why": "never_came",
             "declared": False, "refused_at": "2026-03-02T11:00:00.000Z", **sent},
            {"n": 3, "name": "File 3", "state": "slotted", "declared": False, **unsized},
        ],
        other: files[other],
    }  # fmt: skip
    assert not files[other]
    for secret in ("wrapped", "0f0f0f", "a wrapped key"):
        assert secret not in answer.text
