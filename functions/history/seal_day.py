"""Every night: the heads of the chains that grew yesterday, signed, where none can be deleted.

The witnesses that a deployment names outside of its account are sent the digest of each seal, and
the checkpoint of the log of days (`functions.history.log_appender`): a seal that an administrator
exchanges later is not the one that they were told of.

A seal that exists is left as it is, so a repeated run changes nothing. It finishes the log, where
an earlier run did not, and tells the witnesses once more. A day that was missed is
sealed by `{"day": "YYYY-MM-DD"}`; one that is not over is refused, as what happens on it afterwards
could not be sealed any more. Leaves are read, bound, written and hashed one by one: a case that
cannot be read, or not in its time, is counted, told and left out, and the others are sealed.

Each shard of the day has a process of its own; one root is over the leaves of all, in
the order of their cases. A run that fails is repeated as a whole: what is bound already costs only
reads then.
"""

from __future__ import annotations

import base64
import heapq
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from typing import Any, Final

from casework.aws.services import notifications, telemetry
from casework.aws.services.clients import aws_client
from casework.aws.services.day_seal_store import leaves_key, list_sealed_days, read_seal, seal_key
from casework.aws.services.settings import SealDaySettings
from casework.aws.services.time_limits import TimeLimitExceeded, limit_time
from casework.aws.services.transparency_log_store import LogInconsistent
from casework.aws.table import audit_log, items, keys
from casework.aws.table.case_table import CaseTable
from casework.case.day_seal import (
    DAY_SEAL_ALGORITHM,
    DayLeaf,
    DaySeal,
    MerkleAccumulator,
    SealStatement,
    previous_digest,
)
from casework.case.times import format_timestamp
from casework.errors import CaseNotFound
from functions.history import parallel, public_key_files
from functions.history.log_appender import append_days
from functions.history.months import months_due
from functions.history.report_trees import (
    commitments_accepted_on_day,
    commitments_added_on_day,
    store_tree,
)

CASE_SECONDS: Final = 60
"""What binding one case may take: some hundred thousand marks of one day."""


@cache
def settings() -> SealDaySettings:
    """The settings of this function."""
    return SealDaySettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


class DayNotOver(ValueError):
    """The day goes on: in UTC it is today, or still to come."""

    error_code = "NotOver"


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Seal yesterday, or the day that is named; answers the day and how many cases grew."""
    yesterday = format_timestamp(now() - timedelta(days=1))[:10]
    return seal_day(date.fromisoformat((event or {}).get("day") or yesterday).isoformat())


def seal_day(day: str) -> dict[str, Any]:
    """Seal a day once; raises DayNotOver."""
    at = now()
    if day >= format_timestamp(at)[:10]:
        raise DayNotOver(f"{day} is not over; seal it when it is")
    known = read_seal(settings().bucket, day)
    if known is not None:
        _tell(known, at)
        return {"day": day, "leaves": known.statement.leaves, "sealed": False}
    tree = MerkleAccumulator()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
        for leaf in collect_leaves(Path(folder), day, at):
            tree.add(leaf)
            file.write(leaf.model_dump_json().encode() + b"\n")
        file.seek(0)
        put_versioned_object(leaves_key(day), file)
    table = settings().case_table
    sent = store_tree(
        settings().bucket,
        chain(commitments_accepted_on_day(table, day), commitments_added_on_day(table, day)),
    )
    statement = SealStatement(
        day=day,
        sealed_at=format_timestamp(at),
        leaves=tree.leaves,
        root=tree.root(),
        previous=previous_digest(_seal_before(day)),
        reports=sent.hex(),
    )
    signed = aws_client("kms").sign(
        KeyId=settings().signing_key,
        Message=statement.canonical,
        MessageType="RAW",
        SigningAlgorithm=DAY_SEAL_ALGORITHM,
    )
    seal = DaySeal(
        statement=statement,
        key=settings().signing_key,
        signature=base64.b64encode(signed["Signature"]).decode(),
    )
    put_versioned_object(seal_key(day), seal.model_dump_json().encode())
    telemetry.log_info("day sealed", count=tree.leaves)
    telemetry.count_metric("DaysSealed")
    _tell(seal, at)  # fails: the next try finds the seal
    return {"day": day, "leaves": tree.leaves, "sealed": True}


def _tell(seal: DaySeal, at: datetime) -> None:
    """Put the day into the log, with the months that were published since, and send the witnesses
    the seal with the checkpoint of the log.

    They hear of the seal also when the log is refused; raises Misfitting then.
    """
    try:
        note = append_days(settings(), list(months_due(settings(), at)))
    except LogInconsistent as refused:
        telemetry.log_info("log refused", day=seal.statement.day, reason=str(refused))
        telemetry.count_metric("HistoryMismatches")
        notifications.publish_checkpoint(settings().topic, seal, b"", at)
        raise
    notifications.publish_checkpoint(settings().topic, seal, note, at)
    public_key_files.publish_keys(settings())


def collect_leaves(folder: Path, day: str, at: datetime) -> Iterator[DayLeaf]:
    """Where the chains of each case that grew on a day stand now, by case id.

    Each shard leaves its part in a file of a folder; raises PartFailed.
    """

    def bind(shard: int) -> None:
        with (folder / str(shard)).open("w", encoding="utf-8") as part:
            for leaf in bind_shard(settings().case_table, day, shard, at):
                part.write(leaf.model_dump_json() + "\n")

    parallel.run_parts(bind, keys.FLOW_SHARDS, at_once=settings().in_processes)
    with ExitStack() as opened:
        parts = [opened.enter_context(path.open(encoding="utf-8")) for path in folder.iterdir()]
        leaves = (map(DayLeaf.model_validate_json, part) for part in parts)
        yield from heapq.merge(*leaves, key=lambda leaf: leaf.case)


def bind_shard(table: str, day: str, shard: int, at: datetime) -> Iterator[DayLeaf]:
    """The same of one shard; the marks of the day are bound as a case is read."""
    cases, partition = CaseTable(table), keys.day_partitions(day)[shard]
    marked = (item[keys.SORT_KEY] for item in items.query_prefix(table, partition))
    grown = (
        item[keys.FLOW_SORT_KEY] for item in items.query_index(table, keys.FLOW_INDEX, partition)
    )
    for case_id, _ in groupby(heapq.merge(marked, grown)):
        try:
            with limit_time(CASE_SECONDS):
                case = cases.get_case(case_id)
                last = audit_log.bind_day(table, case_id, day, at)
        except CaseNotFound as error:
            if any(cases.entries(case_id)):  # else somebody asked for a case that never was
                _left_out(case_id, error)
        except (ValueError, TypeError, TimeLimitExceeded) as error:
            _left_out(case_id, error)
        else:
            yield DayLeaf(
                case=case_id,
                events=case.events,
                head=case.head,
                entries=last.number,
                log=last.hash,
            )


def _left_out(case_id: str, error: Exception) -> None:
    """A case that grew and cannot be sealed: its item is gone, or what stands there is no case."""
    telemetry.log_failure("case not sealed", error, case_id=case_id)
    telemetry.count_metric("CasesNotSealed")


def put_versioned_object(key: str, body: Any) -> None:
    """Write an object; the bucket keeps every version and lets none be taken away."""
    aws_client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body)


def _seal_before(day: str) -> DaySeal | None:
    earlier = [each for each in list_sealed_days(settings().bucket) if each < day]
    return read_seal(settings().bucket, earlier[-1]) if earlier else None
