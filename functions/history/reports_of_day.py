"""The commitments to what reporters sent on a day become one tree, whose root the day's statement
names.

A report is found by the line that it has in its case, or among those that wait for one; one that
was erased by its tombstone. What became of it changes nothing: each has one leaf. An addition and a
kept file have an index by the day on which they came.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from casework.aws.services import observe
from casework.aws.services.clients import client
from casework.aws.services.reports_store import part_key, top_key
from casework.aws.services.seals import body_of
from casework.aws.table import file_marks, items, keys
from casework.aws.table.later import commitment_in
from casework.case import day_reports

AT_ONCE: Final = 100
"""Reports per batch read."""


def accepted_on(table: str, day: str) -> Iterator[bytes]:
    """The commitments to the reports that were accepted on a day.

    Those that wait for a case are read before and after the others, since they come and go.
    """
    found = dict.fromkeys([*_waiting(table, day), *_in_cases(table, day), *_waiting(table, day)])
    references = iter(found)
    while some := list(islice(references, AT_ONCE)):
        wanted = [keys.report_key(reference) for reference in some]
        for item in items.get_many(table, wanted, ("bound", "accepted_at")):
            if "bound" in item and str(item["accepted_at"])[:10] == day:
                yield bytes(item["bound"])


def added_on(table: str, day: str) -> Iterator[bytes]:
    """The commitments to the additions that came on a day, and to the files that were kept."""
    for queue in keys.later_queues(day):
        found = items.indexed(table, keys.BY_QUEUE, queue)
        while some := list(islice(found, AT_ONCE)):
            wanted = [{name: key[name] for name in (keys.PARTITION, keys.SORT)} for key in some]
            for item in items.get_many(table, wanted, _LATER):
                try:
                    yield commitment_in(item)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    # Who edited it keeps no other from its place; the night names the edit.
                    observe.failure("what came later not bound", error, day=day)


_LATER: Final = (keys.PARTITION, keys.SORT, "salt", *file_marks.PARTS)


def plant(bucket: str, commitments: Iterable[bytes]) -> bytes:
    """Store the tree over the commitments of a day; returns its root."""
    tree = day_reports.planted(commitments, secrets.token_bytes(32))
    root, s3 = tree.root.hex(), client("s3")
    for number, leaves in tree.parts.items():
        s3.put_object(Bucket=bucket, Key=part_key(root, number), Body=b"".join(leaves))
    s3.put_object(Bucket=bucket, Key=top_key(root), Body=day_reports.stored_top(tree))
    return tree.root


def stands(bucket: str, root: str) -> bool:
    """Whether the stored tree of a root has that root."""
    body = body_of(bucket, top_key(root))
    try:
        _, tops = day_reports.read_top(body.read() if body is not None else b"")
    except ValueError:
        return False
    return day_reports.root_over(tops).hex() == root


def _waiting(table: str, day: str) -> Iterator[str]:
    waiting = (keys.unlinked_flows(), keys.unlinked_flows(danger=True), keys.tried_flows())
    for flow in chain.from_iterable(waiting):
        for key in items.indexed(table, keys.BY_FLOW, flow):
            if key[keys.SORT] == keys.REPORT_SORT and key[keys.FLOW_AT][:10] == day:
                yield keys.reference_of(key[keys.PARTITION])


def _in_cases(table: str, day: str) -> Iterator[str]:
    for flow in keys.accepted_flows(day):
        for key in items.indexed(table, keys.BY_FLOW, flow):
            yield str(key[keys.FLOW_AT])
