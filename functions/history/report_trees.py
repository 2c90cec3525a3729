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

from casework.aws.services import telemetry
from casework.aws.services.clients import aws_client
from casework.aws.services.day_seal_store import read_json_object
from casework.aws.services.report_tree_store import tree_part_object_key, tree_top_object_key
from casework.aws.table import file_marks, items, keys
from casework.aws.table.later_arrivals import commitment_from_item
from casework.case import report_tree

TREE_REPORT_BATCH_SIZE: Final = 100
"""Reports per batch read."""


def commitments_accepted_on_day(table: str, day: str) -> Iterator[bytes]:
    """The commitments to the reports that were accepted on a day.

    Those that wait for a case are read before and after the others, since they come and go.
    """
    found = dict.fromkeys([*_waiting(table, day), *_in_cases(table, day), *_waiting(table, day)])
    references = iter(found)
    while some := list(islice(references, TREE_REPORT_BATCH_SIZE)):
        wanted = [keys.report_key(reference) for reference in some]
        for item in items.get_items(table, wanted, ("bound", "accepted_at")):
            if "bound" in item and str(item["accepted_at"])[:10] == day:
                yield bytes(item["bound"])


def commitments_added_on_day(table: str, day: str) -> Iterator[bytes]:
    """The commitments to the additions that came on a day, and to the files that were kept."""
    for queue in keys.later_queues(day):
        found = items.query_index(table, keys.QUEUE_INDEX, queue)
        while some := list(islice(found, TREE_REPORT_BATCH_SIZE)):
            wanted = [
                {name: key[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)} for key in some
            ]
            for item in items.get_items(table, wanted, _LATER):
                try:
                    yield commitment_from_item(item)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    # Who edited it keeps no other from its place; the night names the edit.
                    telemetry.log_failure("what came later not bound", error, day=day)


_LATER: Final = (keys.PARTITION_KEY, keys.SORT_KEY, "salt", *file_marks.COMMITTED_FILE_FIELDS)


def store_tree(bucket: str, commitments: Iterable[bytes]) -> bytes:
    """Store the tree over the commitments of a day; returns its root."""
    tree = report_tree.build_tree(commitments, secrets.token_bytes(32))
    root, s3 = tree.root.hex(), aws_client("s3")
    for number, leaves in tree.parts.items():
        s3.put_object(Bucket=bucket, Key=tree_part_object_key(root, number), Body=b"".join(leaves))
    s3.put_object(Bucket=bucket, Key=tree_top_object_key(root), Body=report_tree.encode_top(tree))
    return tree.root


def is_tree_intact(bucket: str, root: str) -> bool:
    """Whether the stored tree of a root has that root."""
    body = read_json_object(bucket, tree_top_object_key(root))
    try:
        _, tops = report_tree.decode_top(body.read() if body is not None else b"")
    except ValueError:
        return False
    return report_tree.root_from_subtrees(tops).hex() == root


def _waiting(table: str, day: str) -> Iterator[str]:
    waiting = (keys.unlinked_flows(), keys.unlinked_flows(danger=True), keys.tried_flows())
    for flow in chain.from_iterable(waiting):
        for key in items.query_index(table, keys.FLOW_INDEX, flow):
            if key[keys.SORT_KEY] == keys.REPORT_SORT and key[keys.FLOW_SORT_KEY][:10] == day:
                yield keys.reference_from_partition(key[keys.PARTITION_KEY])


def _in_cases(table: str, day: str) -> Iterator[str]:
    for flow in keys.accepted_flows(day):
        for key in items.query_index(table, keys.FLOW_INDEX, flow):
            yield str(key[keys.FLOW_SORT_KEY])
