"""What the comparison of `make faults` sees in files: each difference from what was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from casework.aws.services.digest_sealing import DigestKey
from casework.aws.services.sealed_boxes import InvalidBox
from casework.aws.table import keys
from casework.case.commitment import commit_to_part
from harness.faults.judge_uploads import StoredUploads, find_broken_upload_promises
from harness.faults.reporters import AcceptedReport
from harness.faults.table_snapshot import TableSnapshot
from harness.faults.uploads import File, Manner, UploadLoad, upload_content
from tests.builders import a_reference

Json = dict[str, Any]
SIZE = 40
SENT = AcceptedReport(1, {}, a_reference(), "receipt")
CAME = File(1, SENT, 1, Manner.WHOLE, SIZE, "")
NEVER = File(2, SENT, 2, Manner.NEVER, SIZE, "")
CONTENT = upload_content(1, SIZE)
DIGESTS = DigestKey(lambda: b"d" * 64)


@dataclass
class Told:
    """What the reporter of the files is told."""

    files: list[Json]

    def json(self) -> Json:
        return {"files": self.files}

    def until_answered(self, **_: Any) -> Told:
        return self


@dataclass
class Reporters:
    refused: list[str] = field(default_factory=list)
    sent: dict[str, AcceptedReport] = field(default_factory=lambda: {SENT.reference: SENT})


@dataclass
class Sending:
    system: Told
    reporters: Reporters = field(default_factory=Reporters)
    sent: tuple[File, ...] = (CAME, NEVER)
    answered: tuple[str, ...] = ()


class World:
    """One file that was kept and marked, and one slot that was closed."""

    def __init__(self) -> None:
        salt = b"s" * 32
        bound = commit_to_part(DIGESTS.salt(salt), CONTENT)
        self.kept: Json = {
            **keys.file_key(SENT.reference, 1),
            "state": "kept",
            "size": SIZE,
            "vault": "v",
            "version": "1",
            "wrapped": b"k",
            "salt": salt,
            "bound": bound,
            "marked": "CASE-1",
            "preview": "none",
        }
        self.closed: Json = {
            **keys.file_key(SENT.reference, 2),
            "state": "refused",
            "why": "never_came",
        }
        about = keys.file_mark(SENT.reference, 1)
        self.mark = {
            **keys.mark_key("CASE-1", "2040-03-05", keys.STORED_FILE_MARK_KIND, about),
            "bound": bound,
        }
        self.report: Json = {
            **keys.report_key(SENT.reference),
            "case_id": "CASE-1",
            "file_bytes": SIZE,
            "files_refused": 1,
        }
        self.hour = {**keys.allowed_key("2040-03-05T10", "first", "a slot"), "came": SIZE}
        self.items = [self.report, self.kept, self.closed, self.mark, self.hour]
        self.vault = {("v", "1"): CONTENT}
        self.told = Told(
            [{"n": 1, "state": "kept"}, {"n": 2, "state": "refused", "why": "never_came"}]
        )

    def opens(self, file: File, item: Json, name: str, version: str) -> bytes:
        if file is not CAME or (name, version) not in self.vault:
            raise InvalidBox
        return self.vault[name, version]

    def wrong(self) -> dict[str, list[str]]:
        kept = StoredUploads(TableSnapshot(self.items), set(self.vault), self.opens, DIGESTS)
        load = cast("UploadLoad", Sending(self.told))
        return {
            promise: lines
            for promise, lines in find_broken_upload_promises(load, kept).items()
            if lines
        }


def test_what_is_kept_as_it_was_sent_is_right() -> None:
    assert World().wrong() == {}


@pytest.mark.parametrize(
    ("promise", "spoil"),
    [
        ("lost", lambda world: world.items.remove(world.kept)),
        ("lost", lambda world: world.kept.update(state="arrived")),
        ("lost", lambda world: world.vault.update({("v", "1"): CONTENT[::-1]})),
        ("lost", lambda world: world.kept.update(salt=b"t" * 32)),
        ("lost", lambda world: world.kept.update(marked="CASE-2")),
        ("refused", lambda world: world.closed.update(state="slotted")),
        ("refused", lambda world: world.closed.update(why="other_size")),
        ("doubled", lambda world: world.vault.update({("v", "2"): CONTENT})),
        ("doubled", lambda world: world.items.remove(world.mark)),
        ("doubled", lambda world: world.mark.update(bound="00")),
        ("doubled", lambda world: world.items.append({**world.closed, keys.SORT_KEY: "FILE#003"})),
        ("examined", lambda world: world.kept.update(preview="failed")),
        ("room", lambda world: world.report.update(file_bytes=SIZE + 1)),
        ("room", lambda world: world.report.update(files_refused=0)),
        ("room", lambda world: world.hour.update(came=2 * SIZE)),
        ("room", lambda world: world.hour.update(reserved_0=-1)),
        ("answers", lambda world: world.told.files.pop()),
        ("answers", lambda world: world.told.files[1].update(why="other_size")),
    ],
)
def test_each_difference_from_what_was_sent_is_told(
    promise: str, spoil: Callable[[World], None]
) -> None:
    world = World()
    spoil(world)
    assert promise in world.wrong()
