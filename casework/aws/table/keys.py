"""All keys of reports, cases, figures and lists of machines, each under the question it answers.

`desk_keys` has those of what people at the desk read, `picture_keys` those of pictures; no other
module makes the key of an item. `docs/table.md` shows all keys, drawn from these lines
(`key_template`). Identifiers in keys are keyed digests: keys appear in dead letters and traces,
values must not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from casework.aws.table import key_template
from casework.aws.table.key_template import IndexPartition, Key, shard_of

PARTITION_KEY: Final = key_template.PARTITION
SORT_KEY: Final = key_template.SORT
FLOW_SHARDS: Final = key_template.SHARDS
COUNTER_SHARDS: Final = 4
"""Partitions that share the counters of a month."""
EXPIRES_AT_FIELD: Final = "expires_at"

FLOW_INDEX: Final = "by_flow"
FLOW_PARTITION_KEY: Final = "flow"
FLOW_SORT_KEY: Final = "flow_at"

QUEUE_INDEX: Final = "by_queue"
QUEUE_PARTITION_KEY: Final = "queue"
QUEUE_SORT_KEY: Final = "queue_at"

KEYS_BY_INDEX: Final = {
    FLOW_INDEX: (FLOW_PARTITION_KEY, FLOW_SORT_KEY),
    QUEUE_INDEX: (QUEUE_PARTITION_KEY, QUEUE_SORT_KEY),
}
"""The partition and sort attributes of each index."""

IDENTIFIER_BYTES: Final = 16

# ---- reports, and what stands beside them -------------------------------------------------------

report_key = Key[str]("the report of a reference", "REPORT#{reference}", "REPORT")
file_key = Key[str, int](
    "the files that were added to a report", "REPORT#{reference}", "FILE#{number:03d}"
)
addition_key = Key[str, str](
    "what its reporter added to a report", "REPORT#{reference}", "ADDITION#{addition}"
)
question_key = Key[str, str, int](
    "a question put to a reporter", "REPORT#{reference}", "QUESTION#{case}#{number:03d}"
)
reporter_message_key = Key[str, str, int](
    "what was written to one reporter", "REPORT#{reference}", "MESSAGE#{case}#{number:06d}"
)
reporter_update_key = Key[str, str, int](
    "what entries about its questions tell a reporter",
    "REPORT#{reference}",
    "TELLING#{case}#{number:06d}",
)
slot_key = Key[str]("the file of an upload, for some days", "SLOT#{slot}", "SLOT")
allowed_shard_key = Key[str, str, int](
    "the bytes of files that came in an hour, and are reserved",
    "ALLOWED#{hour}#{pool}#{shard:d}",
    "ALLOWED",
)
unlinked_shard_flow = IndexPartition[str](
    "reports that have no case yet, oldest first", FLOW_INDEX, "UNLINKED#{~reference}"
)
danger_shard_flow = IndexPartition[str](
    "those that tell of danger now, so that no flood stands before them",
    FLOW_INDEX,
    "DANGER#{~reference}",
)
retry_flow = IndexPartition[str](
    "reports and additions that could not be read at the first attempt",
    FLOW_INDEX,
    "TRIED#{~reference}",
)
files_flow = IndexPartition[str](
    "files that the repair must look at, by time", FLOW_INDEX, "FILES#{~reference}"
)
accepted_flow = IndexPartition[str, str](
    "the reports that were accepted on a day and have a case, by reference",
    FLOW_INDEX,
    "ACCEPTED#{day}#{~reference}",
)
later_queue = IndexPartition[str, str](
    "the additions and kept files that came on a day", QUEUE_INDEX, "LATER#{day}#{~reference}"
)

REPORT_SORT: Final = report_key.begins

files_flows = files_flow.every
accepted_flows = accepted_flow.every
later_queues = later_queue.every


def reference_from_partition(partition: str) -> str:
    """Return the reference in the partition of a report, which what is beside it shares."""
    return partition.removeprefix(report_key.partition_begins)


def allowed_key(hour: str, pool: str, slot: str) -> dict[str, str]:
    """Return the key of one of the counters of bytes of files of an hour."""
    return allowed_shard_key(hour, pool, shard_of(slot))


def unlinked_flow(reference: str, *, danger: bool = False) -> str:
    """Return the `flow` of an accepted report without a case."""
    return (danger_shard_flow if danger else unlinked_shard_flow)(reference)


def unlinked_flows(first: int = 0, *, danger: bool = False) -> list[str]:
    """Return all of them, with or without danger, beginning with one shard's."""
    return (danger_shard_flow if danger else unlinked_shard_flow).every(first=first)


def tried_flows(first: int = 0) -> list[str]:
    """Return every `flow` of unread items, beginning with one shard's."""
    return retry_flow.every(first=first)


# ---- cases, and what stands beside them ---------------------------------------------------------

case_key = Key[str]("the case", "CASE#{case}", "CASE")
event_key = Key[str, int]("the history of a case", "CASE#{case}", "EVENT#{number:06d}")
entry_index_key = Key[str, str](
    "the number of an entry by its name (`casework.case.index`), or where some begin",
    "CASE#{case}",
    "INDEX#{name}",
)
particulars_key = Key[str, int](
    "what an entry of a history is about in full", "CASE#{case}", "PARTICULARS#{number:06d}"
)
message_key = Key[str, int](
    "messages to the reporters of a case, by their entry", "CASE#{case}", "MESSAGE#{number:06d}"
)
public_update_key = Key[str, int](
    "what entries of a case tell its reporters", "CASE#{case}", "TELLING#{number:06d}"
)
identity_key = Key[str, int](
    "requests for a reporter's identity", "CASE#{case}", "IDENTITY#{number:04d}"
)
alert_source_key = Key[str, str, str](
    "what told of danger in a case, by the minute it came", "CASE#{case}", "ALERT#{minute}#{source}"
)
notified_key = Key[str, str, str, str, str](
    "what people heard of a case, by kind and minute",
    "CASE#{case}",
    "HEARD#{kind}#{to}#{minute}#{mark}",
)
wait_key = Key[str]("the task token a case waits with, or waited", "CASE#{case}", "WAIT")
number_key = Key[str](
    "the case of a number that people say (`casework.text.case_number`)",
    "NUMBER#{number}",
    "NUMBER",
)
arrived_first_key = Key[str, int](
    "the reports of a case, in the order in which they came", "ARRIVED#{case}", "{number:06d}"
)
arrived_beyond_key = Key[str, int, int](
    "those beyond the first thousand", "ARRIVED#{case}#{shard:d}", "{number:06d}"
)

CASE_SORT: Final = case_key.begins
MAX_FIRST_ARRIVALS: Final = 1_000
"""The reports of a case that stand in one list; later ones are spread over shards."""

first_arrivals_partition = arrived_first_key.partition
later_arrival_partitions = arrived_beyond_key.partitions


def case_id_from_partition(partition: str) -> str:
    """Return the case id in the partition of a case, which what is beside it shares."""
    return partition.removeprefix(case_key.partition_begins)


def arrived_key(case_id: str, number: int) -> dict[str, str]:
    """Return the key of the line for the report of this number in the case."""
    if number > MAX_FIRST_ARRIVALS:
        return arrived_beyond_key(case_id, number % FLOW_SHARDS, number)
    return arrived_first_key(case_id, number)


def number_from_arrival_sort(sort: str) -> int:
    """Return the number of a report among those of its case, from the sort key of its line."""
    return int(sort)


def alert_key(
    case_id: str, minute: str, reference: str, addition: str | None = None
) -> dict[str, str]:
    """Return the key of a mark of danger: the minute of its arrival, and its source."""
    source = f"{reference}#{addition}" if addition else reference
    return alert_source_key(case_id, minute, source)


# ---- identifiers and clues ----------------------------------------------------------------------

identifier_key = Key[str](
    "the case an identifier belongs to", "IDENTIFIER#{identifier}", "IDENTIFIER"
)
name_lookup_key = Key[str, str](
    "the other cases that name it", "IDENTIFIER#{identifier}", "NAMED#{case}"
)
contact_digest_key = Key[str](
    "the identifier that a reporter's own contact may be", "CONTACT#{digest}", "CONTACT"
)
clue_key = Key[str](
    "the latest cases that gave a clue, a keyed hash, for some months", "CLUE#{clue}", "CLUE"
)


def identifier_id(selector_key: bytes, kind: str, canonical: str) -> str:
    """Return the id of an identifier in keys, `kind#digest`: without the selector key a reader of
    the table cannot test phone numbers."""
    return f"{kind}#{_keyed(selector_key, f'identifier|{kind}|{canonical}')}"


def contact_key(own_key: bytes, mark: str) -> dict[str, str]:
    """Return the key of the item that leads from the mark of a reporter's own contact, as their
    report keeps it, to an identifier that reports name. Without the own key nobody can go that
    way."""
    return contact_digest_key(_keyed(own_key, f"contact|{mark}"))


def contact_place(partition: str) -> dict[str, str]:
    """Return the same key from its partition."""
    return {PARTITION_KEY: partition, SORT_KEY: contact_digest_key.begins}


def _keyed(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), hashlib.sha256)[:IDENTIFIER_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


# ---- the log around a case ----------------------------------------------------------------------

mark_key = Key[str, str, str, str](
    "who read a case, and what joined it, on a day", "LOG#{case}", "MARK#{day}#{kind}#{about}"
)
entry_key = Key[str, int]("those days, chained", "LOG#{case}", "ENTRY#{number:06d}")
report_commitments_key = Key[str, int](
    "the commitments to the reports that came into a case", "LOG#{case}", "BOUND#{number:06d}"
)
day_key = Key[str, str](
    "cases around which something was marked on a day", "DAY#{day}#{~case}", "{case}"
)
growth_flow = IndexPartition[str, str](
    "cases whose history grew on a day, by their first event of it", FLOW_INDEX, "DAY#{day}#{~case}"
)

STORED_FILE_MARK_KIND: Final = "file"
"""The kind of the mark of a kept file."""
ADDITION_MARK_KIND: Final = "addition"
"""The kind of the mark of an addition that has no entry of its own."""

day_partitions = day_key.partitions


def day_flow_key(day: str, case_id: str) -> dict[str, str]:
    """Return the place in `by_flow` of the event with which a case's history began to grow on a
    day."""
    return {FLOW_PARTITION_KEY: growth_flow(day, case_id), FLOW_SORT_KEY: case_id}


def file_mark(reference: str, number: int) -> str:
    """Return what a mark about a file is about."""
    return f"{reference}#{number}"


def file_in_mark(about: str) -> tuple[str, int]:
    """Return report and number of the file in what such a mark is about, whatever follows them;
    raises ValueError where it is about something else."""
    reference, number, *_ = about.split("#")
    return reference, int(number)


# ---- deadlines, and what courts hold ------------------------------------------------------------

due_of_case_key = Key[str, str, str](
    "deadlines of cases that have passed, oldest first; also of reports from before shards",
    "DUE",
    "{due}#{kind}#{owner}",
)
due_of_report_key = Key[str, str](
    "deadlines of reports", "DUE#{~reference}", "{due}#alone#{reference}"
)
units_key = Key[()]("the units the last sweep knew, before every deadline", "DUE", "#UNITS")
swept_first_key = Key[()](
    "where the next sweep of a partition of deadlines goes on, before every deadline",
    "DUE",
    "#SWEPT",
)
reconcile_cursor_key = Key[()](
    "where the reconciler's next look goes on, before every deadline", "DUE", "#LOOKED"
)
legal_hold_key = Key[str]("the cases that courts hold", "COURT", "{case}")
legal_hold_lock_key = Key[str]("how far the locks of their files follow", "COURT#LOCKED", "{case}")

unsharded_due_key = due_of_case_key
"""The key of the deadline of a report that was linked before there were shards."""

DUE_PARTITION: Final = due_of_case_key.partition()
REPORT_DEADLINE_KIND: Final = "alone"
"""The kind of the deadlines of reports."""
CURSOR_SORTS: Final = frozenset(
    {units_key.begins, swept_first_key.begins, reconcile_cursor_key.begins}
)
"""Sort keys in the partitions of deadlines that are not of a deadline."""


def due_key(due: str, kind: str, owner: str) -> dict[str, str]:
    """Return the key of a deadline without a workflow, of a case or a report; sorted by time.

    Each report has one from its linking on, so those of reports stand in shards.
    """
    if kind == REPORT_DEADLINE_KIND:
        return due_of_report_key(due, owner)
    return due_of_case_key(due, kind, owner)


def report_due_partition(shard: int) -> str:
    """Return one of the partitions with deadlines of reports."""
    return due_of_report_key.partitions()[shard % FLOW_SHARDS]


def due_sort_limit(now: str) -> str:
    """Return what sorts after every deadline that has passed, and before all others."""
    return f"{now}$"  # the character after `#`


def parse_due_sort(sort: str) -> tuple[str, str, str]:
    """Return time, kind and owner, from the sort key of a deadline of any partition."""
    due, kind, owner = due_of_case_key.of_sort(sort)
    return due, kind, owner


def sweep_cursor_key(partition: str) -> dict[str, str]:
    """Return the key of the places where the last sweep of a partition of deadlines stopped."""
    return {**swept_first_key(), PARTITION_KEY: partition}


# ---- figures ------------------------------------------------------------------------------------

report_count_key = Key[str, str](
    "what a report counts for in a case, and the case, on the line of the report that opened it",
    "COUNTED#{case}#{~reference}",
    "{reference}",
)
counter_item_key = Key[str, int, str, str, str](
    "the counters of a month's facts",
    "STATISTICS#{month}#{shard:d}",
    "{recorded}#{day}#{kind}",
)
day_sheet_key = Key[str, str](
    "what of them is folded into a sheet for each day", "SHEETS#{month}", "{day}"
)
month_sheet_key = Key[str]("the sum of these sheets", "SHEETS#{month}", "MONTH")
sheets_state_key = Key[str](
    "how far, and whether something came too late", "SHEETS#{month}", "STATE"
)
published_key = Key[str]("a month as it was published", "PUBLISHED#{month}", "PUBLISHED")
corrected_key = Key[str](
    "what was corrected in earlier months, as told with it", "PUBLISHED#{month}", "CORRECTED"
)
recount_key = Key[str]("what recounts repaired", "RECOUNTS", "{at}")

counted_partitions = report_count_key.partitions
counter_partition = counter_item_key.partition
sheet_partition = day_sheet_key.partition


def counter_key(day: str, recorded: str, kind: str, shard: int) -> dict[str, str]:
    """Return the key of one item of counters: the day of the facts, the day of the record, and the
    kind."""
    return counter_item_key(day[:7], shard, recorded, day, kind)


def sheet_key(day: str) -> dict[str, str]:
    """Return the key of the sheet of a day of facts."""
    return day_sheet_key(day[:7], day)
