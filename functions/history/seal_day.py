"""Every night: the heads of the chains that grew yesterday, signed, where none can be deleted.

The witnesses that a deployment names outside of its account are sent the digest of each seal, and
the checkpoint of the log of days (`functions.history.log_days`): a seal that an administrator
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

from casework.aws.services import announcements, observe
from casework.aws.services.budget import OutOfTime, within
from casework.aws.services.clients import client
from casework.aws.services.log_store import Misfitting
from casework.aws.services.seals import leaves_key, read_seal, seal_key, sealed_days
from casework.aws.services.settings import SealDaySettings
from casework.aws.table import items, keys, log
from casework.aws.table.case_table import CaseTable
from casework.case.sealed_day import ALGORITHM, Leaf, Merkle, Seal, Statement, named_by_the_next
from casework.case.times import stamp
from casework.errors import CaseNotFound
from functions.history import processes, public_halves
from functions.history.log_days import log_days
from functions.history.months import months_due
from functions.history.reports_of_day import accepted_on, added_on, plant

CASE_SECONDS: Final = 60
"""What binding one case may take: some hundred thousand marks of one day."""


@cache
def settings() -> SealDaySettings:
    """The settings of this function."""
    return SealDaySettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


class NotOver(ValueError):
    """The day goes on: in UTC it is today, or still to come."""

    error_code = "NotOver"


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Seal yesterday, or the day that is named; answers the day and how many cases grew."""
    yesterday = stamp(now() - timedelta(days=1))[:10]
    return seal_day(date.fromisoformat((event or {}).get("day") or yesterday).isoformat())


def seal_day(day: str) -> dict[str, Any]:
    """Seal a day once; raises NotOver."""
    at = now()
    if day >= stamp(at)[:10]:
        raise NotOver(f"{day} is not over; seal it when it is")
    known = read_seal(settings().bucket, day)
    if known is not None:
        _tell(known, at)
        return {"day": day, "leaves": known.statement.leaves, "sealed": False}
    tree = Merkle()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
        for leaf in leaves_of(Path(folder), day, at):
            tree.add(leaf)
            file.write(leaf.model_dump_json().encode() + b"\n")
        file.seek(0)
        keep(leaves_key(day), file)
    table = settings().case_table
    sent = plant(settings().bucket, chain(accepted_on(table, day), added_on(table, day)))
    statement = Statement(
        day=day,
        sealed_at=stamp(at),
        leaves=tree.leaves,
        root=tree.root(),
        previous=named_by_the_next(_seal_before(day)),
        reports=sent.hex(),
    )
    signed = client("kms").sign(
        KeyId=settings().signing_key,
        Message=statement.canonical,
        MessageType="RAW",
        SigningAlgorithm=ALGORITHM,
    )
    seal = Seal(
        statement=statement,
        key=settings().signing_key,
        signature=base64.b64encode(signed["Signature"]).decode(),
    )
    keep(seal_key(day), seal.model_dump_json().encode())
    observe.fact("day sealed", count=tree.leaves)
    observe.count("DaysSealed")
    _tell(seal, at)  # fails: the next try finds the seal
    return {"day": day, "leaves": tree.leaves, "sealed": True}


def _tell(seal: Seal, at: datetime) -> None:
    """Put the day into the log, with the months that were published since, and send the witnesses
    the seal with the checkpoint of the log.

    They hear of the seal also when the log is refused; raises Misfitting then.
    """
    try:
        note = log_days(settings(), list(months_due(settings(), at)))
    except Misfitting as refused:
        observe.fact("log refused", day=seal.statement.day, reason=str(refused))
        observe.count("HistoryMismatches")
        announcements.publish_seal(settings().topic, seal, b"", at)
        raise
    announcements.publish_seal(settings().topic, seal, note, at)
    public_halves.publish(settings())


def leaves_of(folder: Path, day: str, at: datetime) -> Iterator[Leaf]:
    """Where the chains of each case that grew on a day stand now, by case id.

    Each shard leaves its part in a file of a folder; raises PartFailed.
    """

    def bind(shard: int) -> None:
        with (folder / str(shard)).open("w", encoding="utf-8") as part:
            for leaf in bound_in(settings().case_table, day, shard, at):
                part.write(leaf.model_dump_json() + "\n")

    processes.each(bind, keys.SHARDS, at_once=settings().in_processes)
    with ExitStack() as opened:
        parts = [opened.enter_context(path.open(encoding="utf-8")) for path in folder.iterdir()]
        leaves = (map(Leaf.model_validate_json, part) for part in parts)
        yield from heapq.merge(*leaves, key=lambda leaf: leaf.case)


def bound_in(table: str, day: str, shard: int, at: datetime) -> Iterator[Leaf]:
    """The same of one shard; the marks of the day are bound as a case is read."""
    cases, partition = CaseTable(table), keys.day_partitions(day)[shard]
    marked = (item[keys.SORT] for item in items.under(table, partition))
    grown = (item[keys.FLOW_AT] for item in items.indexed(table, keys.BY_FLOW, partition))
    for case_id, _ in groupby(heapq.merge(marked, grown)):
        try:
            with within(CASE_SECONDS):
                case = cases.case(case_id)
                last = log.bind(table, case_id, day, at)
        except CaseNotFound as error:
            if any(cases.entries(case_id)):  # else somebody asked for a case that never was
                _left_out(case_id, error)
        except (ValueError, TypeError, OutOfTime) as error:
            _left_out(case_id, error)
        else:
            yield Leaf(
                case=case_id,
                events=case.events,
                head=case.head,
                entries=last.number,
                log=last.hash,
            )


def _left_out(case_id: str, error: Exception) -> None:
    """A case that grew and cannot be sealed: its item is gone, or what stands there is no case."""
    observe.failure("case not sealed", error, case_id=case_id)
    observe.count("CasesNotSealed")


def keep(key: str, body: Any) -> None:
    """Write an object; the bucket keeps every version and lets none be taken away."""
    client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body)


def _seal_before(day: str) -> Seal | None:
    earlier = [each for each in sealed_days(settings().bucket) if each < day]
    return read_seal(settings().bucket, earlier[-1]) if earlier else None
