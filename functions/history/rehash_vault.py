"""Every night: whether the ciphertexts in the vault are the ones that were kept.

It reads what was kept yesterday, and then what was kept on the days whose turn it is: each day has
its turn once in `ROTATION_NIGHTS` nights, so no ciphertext stays unread for longer. A file is found
by its mark, which the night of its day has bound. The digest that is compared is bound by that mark
(`casework.aws.table.file_marks`): whoever changes the digest in the table as well is found by
`functions.history.verify_days`. A file that was kept before this digest was computed is only read.

It opens nothing, and can change nothing. What was erased has no item and is passed over: its
ciphertext rests until its lock ends, and opens with no key. `{"day": "YYYY-MM-DD"}` reads one day.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from casework.aws.services import telemetry, upload_parts
from casework.aws.services.day_seal_store import SealUnreadable, list_sealed_days, read_leaves
from casework.aws.services.service_errors import code_of
from casework.aws.services.settings import RehashSettings
from casework.aws.services.time_limits import limit_time, remaining_seconds
from casework.aws.table import audit_log, file_marks, keys
from casework.case.times import format_timestamp

ROTATION_NIGHTS: Final = 90
"""A quarter: a ciphertext that is lost is told while its case is being worked on."""
FILE_SECONDS: Final = 60
"""What reading one ciphertext may take: the largest has 100 MiB."""
REHASH_RESERVE_SECONDS: Final = FILE_SECONDS + 30
"""With less than that left no further file is begun: what was found must still be told."""
MAX_NAMED_VAULT_DIFFERENCES: Final = 20
"""Differences and days that one answer names; all are counted."""
MISSING_VERSION_CODES: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404"})


@dataclass(frozen=True)
class CiphertextMismatch:
    """A ciphertext that is not the one that was kept."""

    day: str
    """On which its file was kept."""
    case: str
    """Whose log has the mark of the file."""
    reference: str
    number: int
    """Of the file in its report; 0 where a line of the day's heads cannot be read."""
    what: str


@dataclass
class VaultRehash:
    """What a night has read so far."""

    until: float
    """Of the monotonic clock: no file is begun later."""
    files: int = 0
    left: list[str] = field(default_factory=list)
    """Days that were not read to their end."""
    mismatches: list[CiphertextMismatch] = field(default_factory=list)


@cache
def settings() -> RehashSettings:
    """The settings of this function."""
    return RehashSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Read; answers how many files were read, the days that are left, and what differs."""
    asked = (event or {}).get("day")
    today = date.fromisoformat(format_timestamp(now())[:10])
    days = [date.fromisoformat(asked).isoformat()] if asked else list(_whose_turn_it_is(today))
    found = VaultRehash(
        until=time.monotonic() + remaining_seconds(context) - REHASH_RESERVE_SECONDS
    )
    for day in days:
        _read_day(day, found)
    return _told(found)


def _whose_turn_it_is(today: date) -> Iterator[str]:
    """Yesterday, and each sealed day a whole number of rotations before today."""
    yesterday = today - timedelta(days=1)
    for day in reversed(list_sealed_days(settings().bucket)):
        nights = (today - date.fromisoformat(day)).days
        if day == yesterday.isoformat() or (nights > 0 and nights % ROTATION_NIGHTS == 0):
            yield day


def _read_day(day: str, found: VaultRehash) -> None:
    table = settings().case_table
    try:
        for leaf in read_leaves(settings().bucket, day):
            if leaf is None:
                continue  # verify_days tells it
            for mark in audit_log.read_marks(table, leaf.case, day, keys.STORED_FILE_MARK_KIND):
                if time.monotonic() >= found.until:
                    found.left.append(day)
                    return
                _read_file(day, leaf.case, mark, found)
    except SealUnreadable:
        found.mismatches.append(CiphertextMismatch(day, "", "", 0, "its heads are gone"))


def _read_file(day: str, case_id: str, mark: Mapping[str, Any], found: VaultRehash) -> None:
    kept_file = file_marks.kept_file(mark)
    if kept_file is None:
        return  # verify_days tells it
    item = file_marks.get_file_item(settings().case_table, *kept_file)
    if item is None or "vault" not in item:
        return
    found.files += 1
    try:
        with limit_time(FILE_SECONDS):
            what = _wrong_with(item)
    except Exception as error:  # noqa: BLE001  # the others are read all the same
        telemetry.log_failure("ciphertext not read", error, case_id=case_id, number=kept_file[1])
        what = "could not be read"
    if what:
        found.mismatches.append(CiphertextMismatch(day, case_id, *kept_file, what))


def _wrong_with(item: Mapping[str, Any]) -> str:
    """What is wrong with the ciphertext of a file, in words that follow the file's name."""
    digest = hashlib.sha256()
    try:
        for piece in upload_parts.stream_part(
            settings().vault, str(item["vault"]), str(item["version"])
        ):
            digest.update(piece)
    except Exception as error:
        if code_of(error) not in MISSING_VERSION_CODES:
            raise
        return "is not in the vault"
    sealed = item.get("sealed")
    return "" if sealed is None or bytes(sealed) == digest.digest() else "is another one"


def _told(found: VaultRehash) -> dict[str, Any]:
    """Count and name what was found."""
    shown = found.mismatches[:MAX_NAMED_VAULT_DIFFERENCES]
    for each in shown:
        telemetry.log_info(
            "vault mismatch",
            day=each.day,
            case_id=each.case or None,
            reference=each.reference or None,
            number=each.number,
            reason=each.what,
        )
    for day in found.left[:MAX_NAMED_VAULT_DIFFERENCES]:
        telemetry.log_info("vault not read", day=day)
    telemetry.count_metric("FilesRehashed", found.files)
    if found.mismatches:
        telemetry.count_metric("VaultMismatches", len(found.mismatches))
    if found.left:
        telemetry.count_metric("VaultDaysLeft", len(found.left))
    return {
        "files": found.files,
        "left": found.left[:MAX_NAMED_VAULT_DIFFERENCES],
        "mismatches": len(found.mismatches),
        "named": [asdict(each) for each in shown],
    }
