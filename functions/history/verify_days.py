"""Every night, after the seal: whether what was sealed is still what the table says.

Looks at the seal of yesterday and then at seals of other days, in an order drawn anew each night,
until `HEADS_A_NIGHT` heads were looked at: as long as the history is short that is all of it, later
a share that nobody can tell beforehand. For each head the whole chain of the case is read, its
chain of days and the marks of that day, and the case with all that is kept of it is compared with
them (`casework.aws.table.verification`). `{"day": "YYYY-MM-DD"}` looks at one day.

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

from casework.aws.services import log_store, observe
from casework.aws.services.budget import OutOfTime, left_of, within
from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.services.log_store import Misfitting
from casework.aws.services.seals import NotReadable, body_of, read_leaves, read_seal, sealed_days
from casework.aws.services.settings import SealSettings
from casework.aws.table import log
from casework.aws.table.case_table import CaseTable
from casework.aws.table.verification import differences
from casework.case import day_log
from casework.case.day_log import root_of
from casework.case.history import Event
from casework.case.sealed_day import ALGORITHM, Leaf, Merkle, Seal, first_misfit, follows
from casework.case.times import stamp
from functions.history import processes
from functions.history.reports_of_day import stands

HEADS_A_NIGHT: Final = 50_000
"""Some minutes of two cores, and about ten cents."""
PARTS: Final = 8
"""Processes among which the heads of a day are divided."""
HEAD_SECONDS: Final = 60
"""What verifying one case may take; one that takes longer is told like a mismatch."""
TO_TELL_SECONDS: Final = HEAD_SECONDS + 30
"""With less than that left no further head is begun: what was found must still be told."""
CHECKPOINTS_A_NIGHT: Final = 20
"""Earlier checkpoints that are verified, beside the one of the night before."""
NOT_LOGGED: Final = "the seal is not in the log of days"
MOST_NAMED: Final = 20
"""Mismatches one answer names; all are counted."""


@dataclass(frozen=True)
class Mismatch:
    """What is not as it was sealed."""

    day: str
    """Of the seal."""
    what: str
    case: str = ""
    """Empty when it is the seal itself."""
    number: int = 0
    """Of the first bad entry in the chain of the case, or of the bad line in the day's heads."""


@dataclass
class Looked:
    """What a night looked at so far."""

    until: float = float("inf")
    """Of the monotonic clock: no head is begun later."""
    heads: int = 0
    left: int = 0
    log: frozenset[bytes] | None = None
    """The entries of the log of days; None when it cannot be read, which is told once."""
    found: list[Mismatch] = field(default_factory=list)


@cache
def settings() -> SealSettings:
    """The settings of this function."""
    return SealSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Verify; answers the heads looked at, those of yesterday left over, and what did not fit."""
    asked = (event or {}).get("day")
    yesterday = date.fromisoformat(asked or stamp(now() - timedelta(days=1))[:10]).isoformat()
    days = sealed_days(settings().bucket)
    looked = Looked(until=time.monotonic() + left_of(context) - TO_TELL_SECONDS)
    if days:
        look_at_log(yesterday, looked)
    if yesterday in days:
        look_at(yesterday, days, looked)
    else:  # each day has a seal, also one on which nothing grew
        looked.found.append(Mismatch(yesterday, "was not sealed"))
    left = looked.left
    for day in [] if asked else random.sample(days, len(days)):
        if day == yesterday:
            continue
        if looked.heads < HEADS_A_NIGHT and time.monotonic() < looked.until:
            look_at(day, days, looked)
    return told(looked, left)


def look_at_log(day: str, looked: Looked) -> None:
    """Verify the log of days; what is wrong with it is told on the day."""
    bucket = settings().bucket
    try:
        log_now = log_store.stored(bucket)
        if log_now is None:
            raise Misfitting("it has no checkpoint")
        if not signed_by(settings().log_key, log_now.checkpoint.text, log_now.signature):
            raise Misfitting("the signature of its checkpoint is not of its key")
        beside_the_log(bucket, log_now)
        earlier = [size for size in log_store.signed_sizes(bucket) if size < len(log_now.entries)]
        drawn = random.sample(earlier[:-1], min(len(earlier[:-1]), CHECKPOINTS_A_NIGHT))
        for size in (*earlier[-1:], *drawn):
            checkpoint, signature = log_store.signed_at(bucket, size)
            if not signed_by(settings().log_key, checkpoint.text, signature):
                raise Misfitting(f"the signature of its size {size} is not of its key")
            if checkpoint.root != root_of(log_now.leaves[:size]):
                raise Misfitting(f"it does not continue its size {size}")
    except Misfitting as error:
        looked.found.append(Mismatch(day, f"the log of days: {error}"))
    else:
        looked.log = frozenset(log_now.entries)


def beside_the_log(bucket: str, log_now: log_store.Stored) -> None:
    """Compare what stands beside the entries with them: the claim and the copy of the checkpoint,
    and the tiles of hashes; raises Misfitting."""
    size = len(log_now.entries)
    claim = log_store.claim_of(bucket, size)
    if claim is None or claim.root != log_now.checkpoint.root.hex():
        raise Misfitting(f"its size {size} is claimed for another tree, or not at all")
    if log_store.note_of(bucket, size) != log_now.note:
        raise Misfitting(f"its checkpoint is not the one of size {size} that was signed")
    for path, tile in day_log.tiles_of(log_now.leaves):
        body = body_of(bucket, f"{log_store.PUBLIC}{path}")
        if body is None or body.read() != tile:
            raise Misfitting(f"{path} is not as its entries say")


def look_at(day: str, days: list[str], looked: Looked) -> None:
    """Verify the seal of a day and, as far as the bound allows, the heads it names."""
    try:
        seal = read_seal(settings().bucket, day)
    except NotReadable:
        looked.found.append(Mismatch(day, "the seal cannot be read"))
        return
    if seal is None:
        looked.found.append(Mismatch(day, "the seal is gone"))
        return
    looked.found += (Mismatch(day, what) for what in wrong_with(seal, day, days, looked.log))
    tree = Merkle()
    try:
        for number, leaf in enumerate(read_leaves(settings().bucket, day), start=1):
            if leaf is None:
                looked.found.append(Mismatch(day, "a line of its heads cannot be read", "", number))
            else:
                tree.add(leaf)
    except NotReadable:
        looked.found.append(Mismatch(day, "its heads are gone"))
        return
    before = looked.heads
    at_most, sealed = HEADS_A_NIGHT - looked.heads, frozenset(days)
    for part in look_at_heads(day, at_most, looked.until, sealed):
        looked.heads += part.heads
        looked.found += part.found
    looked.left += tree.leaves - (looked.heads - before)
    if (tree.root(), tree.leaves) != (seal.statement.root, seal.statement.leaves):
        looked.found.append(Mismatch(day, "its heads are not what was signed"))


def wrong_with(
    seal: Seal, day: str, days: list[str], entries: frozenset[bytes] | None
) -> Iterator[str]:
    """What is not right with the seal itself, that stands for a day."""
    if not follows(seal, _readable_before(day, days)):
        yield "does not follow the seal before it"
    if seal.statement.day != day or not signed(seal):
        yield "the signature is not of this day and key"
    if seal.statement.reports and not stands(settings().bucket, seal.statement.reports):
        yield "the tree of its reports is not what was signed"
    if entries is not None and seal.statement.digest not in entries:
        yield NOT_LOGGED


def look_at_heads(
    day: str, at_most: int, until: float, sealed: Collection[str] = frozenset()
) -> list[Looked]:
    """Verify at most so many heads of a day, in parts side by side; raises PartFailed."""
    parts = PARTS if settings().in_processes else 1
    with tempfile.TemporaryDirectory() as folder:

        def look(part: int) -> None:
            looked = Looked()
            leaves = filter(None, read_leaves(settings().bucket, day))
            for leaf in islice(leaves, part, max(at_most, 0), parts):
                if time.monotonic() >= until:
                    break
                looked.heads += 1
                looked.found += in_its_time(day, leaf, sealed)
            said = {"heads": looked.heads, "found": [asdict(each) for each in looked.found]}
            (Path(folder) / str(part)).write_text(json.dumps(said), "utf-8")

        processes.each(look, parts, at_once=settings().in_processes)
        said = [json.loads(path.read_text("utf-8")) for path in Path(folder).iterdir()]
    return [
        Looked(heads=each["heads"], found=[Mismatch(**found) for found in each["found"]])
        for each in said
    ]


def _readable_before(day: str, days: list[str]) -> Iterator[Seal]:
    """The seals of earlier days, the latest first; what cannot be read is told on its own day."""
    for each in reversed(days):
        if each < day:
            with suppress(NotReadable):
                if seal := read_seal(settings().bucket, each):
                    yield seal


def in_its_time(day: str, leaf: Leaf, sealed: Collection[str] = frozenset()) -> list[Mismatch]:
    """What `mismatches` finds; a case that cannot be read in its time is one by itself."""
    try:
        with within(HEAD_SECONDS):
            return list(mismatches(day, leaf, sealed))
    except OutOfTime as error:
        observe.failure("case not verified", error, case_id=leaf.case)
        return [Mismatch(day, "could not be read in its time", leaf.case)]


def mismatches(day: str, leaf: Leaf, sealed: Collection[str] = frozenset()) -> Iterator[Mismatch]:
    """What is not as it was sealed in the two chains of a case, and among the marks of the day;
    `sealed` are the days that have a seal."""
    table = settings().case_table
    misfit = first_misfit(CaseTable(table).entries(leaf.case), leaf.events, leaf.head, day)
    if misfit:
        yield Mismatch(day, misfit.what, leaf.case, misfit.number)
    else:
        for what in differences(CaseTable(table), leaf.case, sealed):
            yield Mismatch(day, what, leaf.case)
    entries = list(log.entries_of(table, leaf.case))  # one a day: never many
    misfit = first_misfit(entries, leaf.entries, leaf.log)
    if misfit:
        yield Mismatch(day, f"in its days: {misfit.what}", leaf.case, misfit.number)
        return
    before = 0
    for entry in entries:
        if not isinstance(entry, Event):
            continue
        if entry.data.get("day") == day and log.marks_changed(table, leaf.case, entry, before):
            yield Mismatch(day, "binds marks that were changed", leaf.case, entry.number)
        before = log.last_of(entry)


def signed(seal: Seal) -> bool:
    """Whether the signing key of this deployment signed the statement."""
    signature = base64.b64decode(seal.signature)
    return _verified(settings().signing_key, seal.statement.canonical, signature, ALGORITHM)


def signed_by(key: str, text: str, signature: bytes) -> bool:
    """Whether the key of the log signed the text of a checkpoint."""
    return _verified(key, text.encode(), signature, day_log.ALGORITHM)


def _verified(key: str, message: bytes, signature: bytes, algorithm: str) -> bool:
    try:
        answer = client("kms").verify(
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


def told(looked: Looked, left: int) -> dict[str, Any]:
    """Count and name what was found; `left` heads of yesterday were too many for one night."""
    named = looked.found[:MOST_NAMED]
    for each in named:
        observe.fact(
            "history mismatch",
            day=each.day,
            case_id=each.case or None,
            number=each.number,
            reason=each.what,
        )
    observe.count("HeadsVerified", looked.heads)
    if looked.found:
        observe.count("HistoryMismatches", len(looked.found))
    if left:
        observe.count("HeadsLeft", left)
    return {
        "heads": looked.heads,
        "left": left,
        "mismatches": len(looked.found),
        "named": [asdict(each) for each in named],
    }
