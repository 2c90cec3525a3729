"""Every night, after the seal: whether what was sealed is still what the table says.

Looks at the seal of yesterday and then at seals of other days, in an order drawn anew each night,
until `MAX_HEADS_PER_NIGHT` heads were looked at: as long as the history is short that is all of it,
later a share that nobody can tell beforehand. For each head the whole chain of the case is read,
its chain of days and the marks of that day, and the case with all that is kept of it is compared
with them (`casework.aws.table.verification`). `{"day": "YYYY-MM-DD"}` looks at one day.

The log of days is read whole, with its tiles, the checkpoint of the night before and some earlier
ones: each must be a beginning of the last one. Each seal that is looked at must be in it.

What cannot be read is a mismatch like any other: one poisoned entry hides no other one.

It reads and counts; it can change nothing. `make verify-history` reads every chain there is.
"""

from __future__ import annotations

import base64
import json
import random
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from casework.aws.services import telemetry, transparency_log_store
from casework.aws.services.clients import aws_client
from casework.aws.services.day_seal_store import (
    SealUnreadable,
    list_sealed_days,
    read_json_object,
    read_leaves,
    read_seal,
)
from casework.aws.services.service_errors import code_of
from casework.aws.services.settings import SealSettings
from casework.aws.services.time_limits import TimeLimitExceeded, limit_time, remaining_seconds
from casework.aws.services.transparency_log_store import LogInconsistent
from casework.aws.table import audit_log
from casework.aws.table.case_table import CaseTable
from casework.aws.table.verification import find_history_differences
from casework.case import transparency_log
from casework.case.day_seal import (
    DAY_SEAL_ALGORITHM,
    DayLeaf,
    DaySeal,
    MerkleAccumulator,
    find_chain_break,
    is_successor,
)
from casework.case.history import CaseEvent
from casework.case.times import format_timestamp
from casework.case.transparency_log import merkle_root
from functions.history import parallel
from functions.history.report_trees import is_tree_intact

MAX_HEADS_PER_NIGHT: Final = 50_000
"""Some minutes of two cores, and about ten cents."""
WORKER_COUNT: Final = 8
"""Processes among which the heads of a day are divided."""
HEAD_SECONDS: Final = 60
"""What verifying one case may take; one that takes longer is told like a mismatch."""
VERIFICATION_RESERVE_SECONDS: Final = HEAD_SECONDS + 30
"""With less than that left no further head is begun: what was found must still be told."""
MAX_CHECKPOINTS_PER_NIGHT: Final = 20
"""Earlier checkpoints that are verified, beside the one of the night before."""
NOT_LOGGED_TEXT: Final = "the seal is not in the log of days"
MAX_NAMED_MISMATCHES: Final = 20
"""Mismatches one answer names; all are counted."""


@dataclass(frozen=True)
class SealMismatch:
    """What is not as it was sealed."""

    day: str
    """Of the seal."""
    what: str
    case: str = ""
    """Empty when it is the seal itself."""
    number: int = 0
    """Of the first bad entry in the chain of the case, or of the bad line in the day's heads."""


@dataclass
class NightFindings:
    """What a night looked at so far."""

    until: float = float("inf")
    """Of the monotonic clock: no head is begun later."""
    heads: int = 0
    left: int = 0
    log: frozenset[bytes] | None = None
    """The entries of the log of days; None when it cannot be read, which is told once."""
    found: list[SealMismatch] = field(default_factory=list)


@cache
def settings() -> SealSettings:
    """The settings of this function."""
    return SealSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Verify; answers the heads looked at, those of yesterday left over, and what did not fit."""
    requested_day = (event or {}).get("day")
    yesterday = date.fromisoformat(
        requested_day or format_timestamp(now() - timedelta(days=1))[:10]
    ).isoformat()
    days = list_sealed_days(settings().bucket)
    looked = NightFindings(
        until=time.monotonic() + remaining_seconds(context) - VERIFICATION_RESERVE_SECONDS
    )
    if days:
        verify_log(yesterday, looked)
    if yesterday in days:
        verify_day(yesterday, days, looked)
    else:  # each day has a seal, also one on which nothing grew
        looked.found.append(SealMismatch(yesterday, "was not sealed"))
    left = looked.left
    for day in [] if requested_day else random.sample(days, len(days)):
        if day == yesterday:
            continue
        if looked.heads < MAX_HEADS_PER_NIGHT and time.monotonic() < looked.until:
            verify_day(day, days, looked)
    return report_findings(looked, left)


def verify_log(day: str, looked: NightFindings) -> None:
    """Verify the log of days; what is wrong with it is told on the day."""
    bucket = settings().bucket
    try:
        log_now = transparency_log_store.read_log(bucket)
        if log_now is None:
            raise LogInconsistent("it has no checkpoint")
        if not is_signed_by_log(settings().log_key, log_now.checkpoint.text, log_now.signature):
            raise LogInconsistent("the signature of its checkpoint is not of its key")
        compare_log_claims(bucket, log_now)
        earlier = [
            size
            for size in transparency_log_store.signed_sizes(bucket)
            if size < len(log_now.entries)
        ]
        drawn = random.sample(earlier[:-1], min(len(earlier[:-1]), MAX_CHECKPOINTS_PER_NIGHT))
        for size in (*earlier[-1:], *drawn):
            checkpoint, signature = transparency_log_store.read_checkpoint(bucket, size)
            if not is_signed_by_log(settings().log_key, checkpoint.text, signature):
                raise LogInconsistent(f"the signature of its size {size} is not of its key")
            if checkpoint.root != merkle_root(log_now.leaves[:size]):
                raise LogInconsistent(f"it does not continue its size {size}")
    except LogInconsistent as error:
        looked.found.append(SealMismatch(day, f"the log of days: {error}"))
    else:
        looked.log = frozenset(log_now.entries)


def compare_log_claims(bucket: str, log_now: transparency_log_store.StoredLog) -> None:
    """Compare what stands beside the entries with them: the claim and the copy of the checkpoint,
    and the tiles of hashes; raises Misfitting."""
    size = len(log_now.entries)
    claim = transparency_log_store.read_claim(bucket, size)
    if claim is None or claim.root != log_now.checkpoint.root.hex():
        raise LogInconsistent(f"its size {size} is claimed for another tree, or not at all")
    if transparency_log_store.read_signed_note(bucket, size) != log_now.note:
        raise LogInconsistent(f"its checkpoint is not the one of size {size} that was signed")
    for path, tile in transparency_log.hash_tiles(log_now.leaves):
        body = read_json_object(bucket, f"{transparency_log_store.PUBLIC_LOG_PREFIX}{path}")
        if body is None or body.read() != tile:
            raise LogInconsistent(f"{path} is not as its entries say")


def verify_day(day: str, days: list[str], looked: NightFindings) -> None:
    """Verify the seal of a day and, as far as the bound allows, the heads it names."""
    try:
        seal = read_seal(settings().bucket, day)
    except SealUnreadable:
        looked.found.append(SealMismatch(day, "the seal cannot be read"))
        return
    if seal is None:
        looked.found.append(SealMismatch(day, "the seal is gone"))
        return
    looked.found += (
        SealMismatch(day, what) for what in find_seal_faults(seal, day, days, looked.log)
    )
    tree = MerkleAccumulator()
    try:
        for number, leaf in enumerate(read_leaves(settings().bucket, day), start=1):
            if leaf is None:
                looked.found.append(
                    SealMismatch(day, "a line of its heads cannot be read", "", number)
                )
            else:
                tree.add(leaf)
    except SealUnreadable:
        looked.found.append(SealMismatch(day, "its heads are gone"))
        return
    before = looked.heads
    at_most, sealed = MAX_HEADS_PER_NIGHT - looked.heads, frozenset(days)
    for part in verify_heads(day, at_most, looked.until, sealed):
        looked.heads += part.heads
        looked.found += part.found
    looked.left += tree.leaves - (looked.heads - before)
    if (tree.root(), tree.leaves) != (seal.statement.root, seal.statement.leaves):
        looked.found.append(SealMismatch(day, "its heads are not what was signed"))


def find_seal_faults(
    seal: DaySeal, day: str, days: list[str], entries: frozenset[bytes] | None
) -> Iterator[str]:
    """What is not right with the seal itself, that stands for a day."""
    if not is_successor(seal, _readable_before(day, days)):
        yield "does not follow the seal before it"
    if seal.statement.day != day or not is_signed(seal):
        yield "the signature is not of this day and key"
    if seal.statement.reports and not is_tree_intact(settings().bucket, seal.statement.reports):
        yield "the tree of its reports is not what was signed"
    if entries is not None and seal.statement.digest not in entries:
        yield NOT_LOGGED_TEXT


def verify_heads(
    day: str, at_most: int, until: float, sealed: Collection[str] = frozenset()
) -> list[NightFindings]:
    """Verify at most so many heads of a day, in parts side by side; raises PartFailed."""
    parts = WORKER_COUNT if settings().in_processes else 1
    with tempfile.TemporaryDirectory() as folder:

        def look(part: int) -> None:
            looked = NightFindings()
            leaves = filter(None, read_leaves(settings().bucket, day))
            for leaf in islice(leaves, part, max(at_most, 0), parts):
                if time.monotonic() >= until:
                    break
                looked.heads += 1
                looked.found += verify_case_in_time(day, leaf, sealed)
            said = {"heads": looked.heads, "found": [asdict(each) for each in looked.found]}
            (Path(folder) / str(part)).write_text(json.dumps(said), "utf-8")

        parallel.run_parts(look, parts, at_once=settings().in_processes)
        said = [json.loads(path.read_text("utf-8")) for path in Path(folder).iterdir()]
    return [
        NightFindings(heads=each["heads"], found=[SealMismatch(**found) for found in each["found"]])
        for each in said
    ]


def _readable_before(day: str, days: list[str]) -> Iterator[DaySeal]:
    """The seals of earlier days, the latest first; what cannot be read is told on its own day."""
    for each in reversed(days):
        if each < day:
            with suppress(SealUnreadable):
                if seal := read_seal(settings().bucket, each):
                    yield seal


def verify_case_in_time(
    day: str, leaf: DayLeaf, sealed: Collection[str] = frozenset()
) -> list[SealMismatch]:
    """What `mismatches` finds; a case that cannot be read in its time is one by itself."""
    try:
        with limit_time(HEAD_SECONDS):
            return list(find_mismatches(day, leaf, sealed))
    except TimeLimitExceeded as error:
        telemetry.log_failure("case not verified", error, case_id=leaf.case)
        return [SealMismatch(day, "could not be read in its time", leaf.case)]


def find_mismatches(
    day: str, leaf: DayLeaf, sealed: Collection[str] = frozenset()
) -> Iterator[SealMismatch]:
    """What is not as it was sealed in the two chains of a case, and among the marks of the day;
    `sealed` are the days that have a seal."""
    table = settings().case_table
    misfit = find_chain_break(CaseTable(table).entries(leaf.case), leaf.events, leaf.head, day)
    if misfit:
        yield SealMismatch(day, misfit.what, leaf.case, misfit.number)
    else:
        for what in find_history_differences(CaseTable(table), leaf.case, sealed):
            yield SealMismatch(day, what, leaf.case)
    entries = list(audit_log.read_day_entries(table, leaf.case))  # one a day: never many
    misfit = find_chain_break(entries, leaf.entries, leaf.log)
    if misfit:
        yield SealMismatch(day, f"in its days: {misfit.what}", leaf.case, misfit.number)
        return
    before = 0
    for entry in entries:
        if not isinstance(entry, CaseEvent):
            continue
        if entry.data.get("day") == day and audit_log.marks_changed(
            table, leaf.case, entry, before
        ):
            yield SealMismatch(day, "binds marks that were changed", leaf.case, entry.number)
        before = audit_log.last_committed_number(entry)


def is_signed(seal: DaySeal) -> bool:
    """Whether the signing key of this deployment signed the statement."""
    signature = base64.b64decode(seal.signature)
    return _verified(
        settings().signing_key, seal.statement.canonical, signature, DAY_SEAL_ALGORITHM
    )


def is_signed_by_log(key: str, text: str, signature: bytes) -> bool:
    """Whether the key of the log signed the text of a checkpoint."""
    return _verified(key, text.encode(), signature, transparency_log.CHECKPOINT_ALGORITHM)


def _verified(key: str, message: bytes, signature: bytes, algorithm: str) -> bool:
    try:
        answer = aws_client("kms").verify(
            KeyId=key,
            Message=message,
            MessageType="RAW",
            Signature=signature,
            SigningAlgorithm=algorithm,
        )
    except Exception as error:
        if code_of(error) != "KMSInvalidSignatureException":
            raise
        return False
    return bool(answer["SignatureValid"])


def report_findings(looked: NightFindings, days_left: int) -> dict[str, Any]:
    """Count and name what was found; `days_left` heads of yesterday were too many for one night."""
    shown = looked.found[:MAX_NAMED_MISMATCHES]
    for each in shown:
        telemetry.log_info(
            "history mismatch",
            day=each.day,
            case_id=each.case or None,
            number=each.number,
            reason=each.what,
        )
    telemetry.count_metric("HeadsVerified", looked.heads)
    if looked.found:
        telemetry.count_metric("HistoryMismatches", len(looked.found))
    if days_left:
        telemetry.count_metric("HeadsLeft", days_left)
    return {
        "heads": looked.heads,
        "left": days_left,
        "mismatches": len(looked.found),
        "named": [asdict(each) for each in shown],
    }
