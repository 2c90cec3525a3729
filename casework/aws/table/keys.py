"""All keys of the one table, under the questions they answer; `desk_keys` has those of the desk,
and `picture_keys` those of pictures.

Only these three modules make the key of an item; others may write the beginning of a range of keys.

| question | answered by |
|---|---|
| the report of a reference | pk `REPORT#{reference}`, sk `REPORT` |
| the files that were added to a report | pk `REPORT#{reference}`, sk begins `FILE#` |
| the file of an upload | pk `SLOT#{id}`, sk `SLOT`, for some days |
| files that the repair must look at, by time | `by_flow` where flow = `FILES#{shard}` |
| the bytes of files that came in an hour, and are reserved | pk `ALLOWED#{hour}#{pool}#{shard}` |
| what its reporter added to a report | pk `REPORT#{reference}`, sk begins `ADDITION#` |
| reports that have no case yet, oldest first | `by_flow` where flow = `UNLINKED#{shard}` |
| those that tell of danger now | `by_flow` where flow = `DANGER#{shard}` |
| the reports that were accepted on a day and have a case | `by_flow`, `ACCEPTED#{day}#{shard}` |
| the additions and kept files that came on a day | `by_queue`, `LATER#{day}#{shard}` |
| reports and additions that could not be read yet | `by_flow` where flow = `TRIED#{shard}` |
| the reports of a case, in the order in which they came | pk `ARRIVED#{case}`, sk `{number}` |
| those beyond the first thousand | pk `ARRIVED#{case}#{shard}`, sk `{number}` |
| the case | pk `CASE#{case}`, sk `CASE` |
| the case of a number that people say | pk `NUMBER#{number}`, sk `NUMBER` |
| the history of a case | pk `CASE#{case}`, sk begins `EVENT#` |
| the number of an entry, by its name | pk `CASE#{case}`, sk `INDEX#{name}` |
| what was written to one reporter | pk `REPORT#{reference}`, sk `MESSAGE#{case}#{number}` |
| a question put to a reporter | pk `REPORT#{reference}`, sk `QUESTION#{case}#{number}` |
| deadlines of cases that have passed, oldest first | pk `DUE`, sk `{due}#{kind}#{case}` |
| deadlines of reports, likewise | pk `DUE#{shard}`, sk `{due}#alone#{reference}` |
| the units the last sweep knew | pk `DUE`, sk `#UNITS`, before every deadline |
| where the next sweep goes on | pk `DUE`, sk `#SWEPT`, before every deadline |
| where the reconciler's next look goes on | pk `DUE`, sk `#LOOKED`, before every deadline |
| what entries of a case tell its reporters | pk `CASE#{case}`, sk begins `TELLING#` |
| what entries about its questions tell | pk `REPORT#{reference}`, sk begins `TELLING#` |
| messages to the reporters of a case | pk `CASE#{case}`, sk begins `MESSAGE#` |
| what an entry of a history is about in full | pk `CASE#{case}`, sk begins `PARTICULARS#` |
| requests for a reporter's identity | pk `CASE#{case}`, sk begins `IDENTITY#` |
| who read a case, and what joined it, on a day | pk `LOG#{case}`, sk begins `MARK#{day}#` |
| those days, chained | pk `LOG#{case}`, sk begins `ENTRY#` |
| the commitments to the reports that came into a case | pk `LOG#{case}`, sk begins `BOUND#` |
| cases whose history grew on a day, by their first event of it | `by_flow`, `DAY#{day}#{shard}` |
| cases around which something else was marked on a day | pk `DAY#{day}#{shard}`, sk `{case}` |
| the cases that courts hold | pk `COURT`, sk `{case}` |
| how far the locks of their files follow | pk `COURT#LOCKED`, sk `{case}` |
| what told of danger in a case, by the minute it came | pk `CASE#{case}`, sk begins `ALERT#` |
| what people heard of a case, by kind and minute | pk `CASE#{case}`, sk begins `HEARD#` |
| the task token a case waits with, or waited | pk `CASE#{case}`, sk `WAIT` |
| the case an identifier belongs to | pk `IDENTIFIER#{kind}#{digest}`, sk `IDENTIFIER` |
| the other cases that name it | pk `IDENTIFIER#{kind}#{digest}`, sk begins `NAMED#` |
| the identifier that a reporter's own contact may be | pk `CONTACT#{digest}`, sk `CONTACT` |
| the latest cases that gave a clue | pk `CLUE#{clue}`, sk `CLUE`, for some months |
| what a report counts for in a case, and the case with its opener | pk `COUNTED#{case}#{shard}` |
| the counters of a month's facts | pk `STATISTICS#{month}#{shard}`, sk `{recorded}#{day}#{kind}` |
| what of them is folded into a sheet for each day | pk `SHEETS#{month}`, sk `{day}` |
| the sum of these sheets | pk `SHEETS#{month}`, sk `MONTH` |
| how far, and whether something came too late | pk `SHEETS#{month}`, sk `STATE` |
| a month as it was published | pk `PUBLISHED#{month}`, sk `PUBLISHED` |
| what was corrected in earlier months, as told with it | pk `PUBLISHED#{month}`, sk `CORRECTED` |
| what recounts repaired | pk `RECOUNTS`, sk `{at}` |

Shards spread a flood of reports over index partitions (1,000 writes a second each).
Counters of a month are spread over `COUNTER_SHARDS` partitions.
Identifiers in keys are keyed digests: keys appear in dead letters and traces, values must not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

PARTITION = "pk"
SORT = "sk"
EXPIRES_AT = "expires_at"

BY_FLOW = "by_flow"
FLOW = "flow"
FLOW_AT = "flow_at"

BY_QUEUE = "by_queue"
QUEUE = "queue"
QUEUE_AT = "queue_at"

INDEXES = {BY_FLOW: (FLOW, FLOW_AT), BY_QUEUE: (QUEUE, QUEUE_AT)}
"""The partition and sort attributes of each index."""

SHARDS = 8
COUNTER_SHARDS = 4

REPORT_PREFIX = "REPORT#"
REPORT_SORT = "REPORT"
CASE_SORT = "CASE"
WAIT_SORT = "WAIT"
NUMBER_PREFIX = "NUMBER#"
NUMBER_SORT = "NUMBER"
EVENT_PREFIX = "EVENT#"
INDEX_PREFIX = "INDEX#"
IDENTIFIER_PREFIX = "IDENTIFIER#"
IDENTIFIER_BYTES = 16
NAMED_PREFIX = "NAMED#"
CONTACT_PREFIX = "CONTACT#"
CONTACT_SORT = "CONTACT"
CLUE_PREFIX = "CLUE#"
CLUE_SORT = "CLUE"
ADDITION_PREFIX = "ADDITION#"
FILE_PREFIX = "FILE#"
SLOT_PREFIX = "SLOT#"
SLOT_SORT = "SLOT"
ALLOWED_PREFIX = "ALLOWED#"
ALLOWED_SORT = "ALLOWED"
PARTICULARS_PREFIX = "PARTICULARS#"
MESSAGE_PREFIX = "MESSAGE#"
TELLING_PREFIX = "TELLING#"
ALERT_PREFIX = "ALERT#"
HEARD_PREFIX = "HEARD#"
ARRIVED_PREFIX = "ARRIVED#"
FIRST_ARRIVALS = 1_000
"""The reports of a case that stand in one list; later ones are spread over shards."""
IDENTITY_PREFIX = "IDENTITY#"
LOG_PREFIX = "LOG#"
FILE_KEPT = "file"
"""The kind of the mark of a kept file."""
ADDED = "addition"
"""The kind of the mark of an addition that has no entry of its own."""
ENTRY_PREFIX = "ENTRY#"
MARK_PREFIX = "MARK#"
BOUND_PREFIX = "BOUND#"
DAY_PREFIX = "DAY#"
DUE_PARTITION = "DUE"
OF_REPORTS = "alone"
"""The kind of the deadlines of reports."""
COURT_PARTITION = "COURT"
COURT_LOCKED_PARTITION = "COURT#LOCKED"
QUESTION_PREFIX = "QUESTION#"
UNITS_SORT = "#UNITS"
SWEPT_SORT = "#SWEPT"
LOOKED_SORT = "#LOOKED"
BEFORE_DEADLINES = frozenset({UNITS_SORT, SWEPT_SORT, LOOKED_SORT})
"""Items of the sweeper and the reconciler in the partition of deadlines; they sort before every
deadline."""
COUNTED_PREFIX = "COUNTED#"
STATISTICS_PREFIX = "STATISTICS#"
SHEETS_PREFIX = "SHEETS#"
STATE_SORT = "STATE"
MONTH_SORT = "MONTH"
PUBLISHED_PREFIX = "PUBLISHED#"
PUBLISHED_SORT = "PUBLISHED"
CORRECTED_SORT = "CORRECTED"
RECOUNTS_PARTITION = "RECOUNTS"


def _shard(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % SHARDS


def report_key(reference: str) -> dict[str, str]:
    """Key of the report with this public reference."""
    return {PARTITION: f"{REPORT_PREFIX}{reference}", SORT: REPORT_SORT}


def reference_of(partition: str) -> str:
    """The public reference in a report's partition key."""
    return partition.removeprefix(REPORT_PREFIX)


def unlinked(reference: str, *, danger: bool = False) -> str:
    """`flow` of an accepted report without a case; one that tells of danger now has a list of its
    own, so that no flood of others stands before it."""
    return f"{'DANGER' if danger else 'UNLINKED'}#{_shard(reference)}"


def tried(reference: str) -> str:
    """`flow` of a report or addition that could not be read at the first attempt."""
    return f"TRIED#{_shard(reference)}"


def arrived_key(case_id: str, number: int) -> dict[str, str]:
    """Key of the line for the report of this number in the case."""
    partition = arrivals_of(case_id)
    if number > FIRST_ARRIVALS:
        partition = arrivals_beyond(case_id)[number % SHARDS]
    return {PARTITION: partition, SORT: arrived_place(number)}


def number_of_arrival(sort: str) -> int:
    """The number of a report among those of its case, from the sort key of its line."""
    return int(sort)


def arrived_place(number: int) -> str:
    """The position of a report among those of its case: the sort key of its line."""
    return f"{number:06d}"


def arrivals_of(case_id: str) -> str:
    """Partition of the first lines of a case."""
    return f"{ARRIVED_PREFIX}{case_id}"


def arrivals_beyond(case_id: str) -> list[str]:
    """The partitions that share the later ones."""
    return [f"{ARRIVED_PREFIX}{case_id}#{shard}" for shard in range(SHARDS)]


def case_key(case_id: str) -> dict[str, str]:
    """Key of the case item."""
    return {PARTITION: f"CASE#{case_id}", SORT: CASE_SORT}


def case_of(partition: str) -> str:
    """The case id in a case's partition key."""
    return partition.removeprefix("CASE#")


def number_key(number: str) -> dict[str, str]:
    """Key of the item that gives a number, as `casework.text.spoken` writes it, to one case."""
    return {PARTITION: f"{NUMBER_PREFIX}{number}", SORT: NUMBER_SORT}


def event_key(case_id: str, number: int) -> dict[str, str]:
    """Key of the case's event with this number, counted from 1."""
    return {PARTITION: f"CASE#{case_id}", SORT: f"{EVENT_PREFIX}{number:06d}"}


def index_key(case_id: str, name: str) -> dict[str, str]:
    """Key of the number of an entry by its name (`casework.case.index`), or where some begin."""
    return {PARTITION: f"CASE#{case_id}", SORT: f"{INDEX_PREFIX}{name}"}


def wait_key(case_id: str) -> dict[str, str]:
    """Key of the item with the task token of the case."""
    return {PARTITION: f"CASE#{case_id}", SORT: WAIT_SORT}


def unlinked_flows(first: int = 0, *, danger: bool = False) -> list[str]:
    """Every `flow` an unlinked report may have, with or without danger, beginning with one
    shard's."""
    name = "DANGER" if danger else "UNLINKED"
    return [f"{name}#{(first + shard) % SHARDS}" for shard in range(SHARDS)]


def accepted_flow(day: str, reference: str) -> str:
    """`flow` of the line of a report in its case, by the day on which it was accepted; `flow_at` is
    its reference."""
    return f"ACCEPTED#{day}#{_shard(reference)}"


def accepted_flows(day: str) -> list[str]:
    """Every `flow` that the line of a report accepted on a day may have."""
    return [f"ACCEPTED#{day}#{shard}" for shard in range(SHARDS)]


def later_queue(day: str, reference: str) -> str:
    """`queue` of an addition, or of a kept file, by the day on which it came."""
    return f"LATER#{day}#{_shard(reference)}"


def later_queues(day: str) -> list[str]:
    """Every `queue` that what came to reports on a day may have."""
    return [f"LATER#{day}#{shard}" for shard in range(SHARDS)]


def tried_flows(first: int = 0) -> list[str]:
    """Every `flow` of unread items, beginning with one shard's."""
    return [f"TRIED#{(first + shard) % SHARDS}" for shard in range(SHARDS)]


def identifier_id(selector_key: bytes, kind: str, canonical: str) -> str:
    """The id of an identifier in keys, `kind#digest`: without the selector key a reader of the
    table cannot test phone numbers."""
    said = f"identifier|{kind}|{canonical}".encode()
    digest = hmac.digest(selector_key, said, hashlib.sha256)[:IDENTIFIER_BYTES]
    return f"{kind}#{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def identifier_key(identifier: str) -> dict[str, str]:
    """Key of the identifier of this id."""
    return {PARTITION: f"{IDENTIFIER_PREFIX}{identifier}", SORT: "IDENTIFIER"}


def named_key(identifier: str, case_id: str) -> dict[str, str]:
    """Key of the note that a case names the identifier of this id, which another case owns."""
    return {**identifier_key(identifier), SORT: f"{NAMED_PREFIX}{case_id}"}


def contact_key(own_key: bytes, mark: str) -> dict[str, str]:
    """Key of the item that leads from the mark of a reporter's own contact, as their report keeps
    it, to an identifier that reports name. Without the own key nobody can go that way."""
    digest = hmac.digest(own_key, f"contact|{mark}".encode(), hashlib.sha256)[:IDENTIFIER_BYTES]
    name = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return contact_place(f"{CONTACT_PREFIX}{name}")


def contact_place(partition: str) -> dict[str, str]:
    """The same key from its partition."""
    return {PARTITION: partition, SORT: CONTACT_SORT}


def naming_of(sort: str) -> str:
    """The case in the sort key of such a note."""
    return sort.removeprefix(NAMED_PREFIX)


def identifier_of(partition: str) -> str:
    """The id of the identifier in its partition key."""
    return partition.removeprefix(IDENTIFIER_PREFIX)


def clue_key(clue: str) -> dict[str, str]:
    """Key of the cases that gave a clue; clues are keyed hashes."""
    return {PARTITION: f"{CLUE_PREFIX}{clue}", SORT: CLUE_SORT}


def clue_of(partition: str) -> str:
    """The clue in its partition key."""
    return partition.removeprefix(CLUE_PREFIX)


def addition_key(reference: str, addition: str) -> dict[str, str]:
    """Key of an addition to this report."""
    return {PARTITION: f"{REPORT_PREFIX}{reference}", SORT: f"{ADDITION_PREFIX}{addition}"}


def file_key(reference: str, number: int) -> dict[str, str]:
    """Key of the file of this number of a report, counted from 1."""
    return {PARTITION: f"{REPORT_PREFIX}{reference}", SORT: f"{FILE_PREFIX}{number:03d}"}


def number_of_file(sort: str) -> int:
    """The number of a file, from its sort key."""
    return int(sort.removeprefix(FILE_PREFIX))


def file_mark(reference: str, number: int) -> str:
    """What a mark about a file is about."""
    return f"{reference}#{number}"


def file_of_mark(sort: str) -> tuple[str, int] | None:
    """Reference and number of the file that a mark tells of as kept; None for another sort key."""
    parts = sort.split("#")
    if not (sort.startswith(MARK_PREFIX) and len(parts) == 5 and parts[2] == FILE_KEPT):
        return None
    return parts[3], int(parts[4])


def case_of_log(partition: str) -> str:
    """The case id in the partition key of a case's log."""
    return partition.removeprefix(LOG_PREFIX)


def files_flow(reference: str) -> str:
    """`flow` of a file that needs another look."""
    return f"FILES#{_shard(reference)}"


def files_flows() -> list[str]:
    """Every `flow` of such files."""
    return [f"FILES#{shard}" for shard in range(SHARDS)]


def slot_key(slot: str) -> dict[str, str]:
    """Key of the item that names the file of an upload; its id is the name of the object."""
    return {PARTITION: f"{SLOT_PREFIX}{slot}", SORT: SLOT_SORT}


def allowed_key(hour: str, pool: str, slot: str) -> dict[str, str]:
    """Key of one of the counters of bytes of files of an hour."""
    return {PARTITION: f"{ALLOWED_PREFIX}{hour}#{pool}#{_shard(slot)}", SORT: ALLOWED_SORT}


def message_key(case_id: str, number: int) -> dict[str, str]:
    """Key of the message whose event in the case's history has this number."""
    return {PARTITION: f"CASE#{case_id}", SORT: f"{MESSAGE_PREFIX}{number:06d}"}


def alert_key(
    case_id: str, minute: str, reference: str, addition: str | None = None
) -> dict[str, str]:
    """Key of a mark of danger in a case: the minute of its arrival, and its source."""
    what = f"{reference}#{addition}" if addition else reference
    return {PARTITION: f"CASE#{case_id}", SORT: f"{ALERT_PREFIX}{minute}#{what}"}


def alerting(sort: str) -> str:
    """The reference of the report in the sort key of a mark of danger."""
    return sort.removeprefix(ALERT_PREFIX).split("#")[1]


def heard_prefix(kind: str, to: str) -> str:
    """Prefix of the marks of a kind of notification to a unit or a desk about a case."""
    return f"{HEARD_PREFIX}{kind}#{to}#"


def heard_key(case_id: str, kind: str, to: str, minute: str, mark: str) -> dict[str, str]:
    """Key of such a mark: the minute of the event, and its name."""
    return {PARTITION: f"CASE#{case_id}", SORT: f"{heard_prefix(kind, to)}{minute}#{mark}"}


def particulars_key(case_id: str, number: int) -> dict[str, str]:
    """Key of the details of the event of this number."""
    return {PARTITION: f"CASE#{case_id}", SORT: f"{PARTICULARS_PREFIX}{number:06d}"}


def message_to_key(reference: str, case_id: str, number: int) -> dict[str, str]:
    """Key of the same message, stored with a report of its receivers."""
    return {
        PARTITION: f"{REPORT_PREFIX}{reference}",
        SORT: f"{MESSAGE_PREFIX}{case_id}#{number:06d}",
    }


def telling_key(case_id: str, number: int) -> dict[str, str]:
    """What an entry of a case's history tells all who hear of it."""
    return {PARTITION: f"CASE#{case_id}", SORT: f"{TELLING_PREFIX}{number:06d}"}


def telling_to_key(reference: str, case_id: str, number: int) -> dict[str, str]:
    """What an entry about a question tells its reporter: with the report, which it follows."""
    return {
        PARTITION: f"{REPORT_PREFIX}{reference}",
        SORT: f"{TELLING_PREFIX}{case_id}#{number:06d}",
    }


def identity_key(case_id: str, number: int) -> dict[str, str]:
    """Key of the case's request for an identity with this number, counted from 1."""
    return {PARTITION: f"CASE#{case_id}", SORT: f"{IDENTITY_PREFIX}{number:04d}"}


def mark_key(case_id: str, day: str, kind: str, what: str) -> dict[str, str]:
    """Key of one event around a case on a day that decided nothing."""
    return {PARTITION: f"{LOG_PREFIX}{case_id}", SORT: f"{MARK_PREFIX}{day}#{kind}#{what}"}


def entry_key(case_id: str, number: int) -> dict[str, str]:
    """Key of a day in the chained log of a case, counted from 1."""
    return {PARTITION: f"{LOG_PREFIX}{case_id}", SORT: f"{ENTRY_PREFIX}{number:06d}"}


def bound_key(case_id: str, number: int) -> dict[str, str]:
    """Key of the commitments to the report of this number in the case."""
    return {PARTITION: f"{LOG_PREFIX}{case_id}", SORT: f"{BOUND_PREFIX}{number:06d}"}


def grew_at(day: str, case_id: str) -> dict[str, str]:
    """Place in `by_flow` of the event with which a case's history began to grow on a day."""
    return {FLOW: day_key(day, case_id)[PARTITION], FLOW_AT: case_id}


def day_key(day: str, case_id: str) -> dict[str, str]:
    """Key of the line for marks around a case on a day (YYYY-MM-DD)."""
    return {PARTITION: f"{DAY_PREFIX}{day}#{_shard(case_id)}", SORT: case_id}


def day_partitions(day: str) -> list[str]:
    """Every partition, of the table and of `by_flow`, with cases that grew on a day."""
    return [f"{DAY_PREFIX}{day}#{shard}" for shard in range(SHARDS)]


def question_key(reference: str, case_id: str, number: int) -> dict[str, str]:
    """Key of a question of a case, stored with the report of the asked reporter."""
    return {
        PARTITION: f"{REPORT_PREFIX}{reference}",
        SORT: f"{QUESTION_PREFIX}{case_id}#{number:03d}",
    }


def due_key(due: str, kind: str, whose: str) -> dict[str, str]:
    """Key of a deadline without a workflow, of a case or a report; sorted by time.

    Each report has one from its linking on, so those of reports stand in shards.
    """
    partition = due_partition_of_reports(_shard(whose)) if kind == OF_REPORTS else DUE_PARTITION
    return {PARTITION: partition, SORT: f"{due}#{kind}#{whose}"}


def court_key(case_id: str) -> dict[str, str]:
    """Key of the line of a case that a court holds."""
    return {PARTITION: COURT_PARTITION, SORT: case_id}


def court_locked_key(case_id: str) -> dict[str, str]:
    """Key of how far the locks of its files were prolonged for a hold."""
    return {PARTITION: COURT_LOCKED_PARTITION, SORT: case_id}


def due_key_before(due: str, kind: str, whose: str) -> dict[str, str]:
    """Key of the deadline of a report that was linked before there were shards."""
    return {PARTITION: DUE_PARTITION, SORT: f"{due}#{kind}#{whose}"}


def due_partition_of_reports(shard: int) -> str:
    """One of the partitions with deadlines of reports."""
    return f"{DUE_PARTITION}#{shard % SHARDS}"


def due_until(now: str) -> str:
    """Sorts after every deadline that has passed, and before all others."""
    return f"{now}$"  # the character after `#`


def due_of(sort: str) -> tuple[str, str, str]:
    """Time, kind and owner, from the sort key of a deadline."""
    due, kind, whose = sort.split("#", 2)
    return due, kind, whose


def units_key() -> dict[str, str]:
    """Key of the units of the last sweep; sorts before every deadline."""
    return {PARTITION: DUE_PARTITION, SORT: UNITS_SORT}


def swept_key(partition: str) -> dict[str, str]:
    """Key of the places where the last sweep of a partition of deadlines stopped."""
    return {PARTITION: partition, SORT: SWEPT_SORT}


def looked_key() -> dict[str, str]:
    """Key of the places where the reconciler's last look stopped; sorts before every deadline."""
    return {PARTITION: DUE_PARTITION, SORT: LOOKED_SORT}


def counted_line_key(case_id: str, reference: str) -> dict[str, str]:
    """Key of the line that says what a report counts for in a case.

    On the line of the report that opened it is what the case counts for.
    """
    return {PARTITION: f"{COUNTED_PREFIX}{case_id}#{_shard(reference)}", SORT: reference}


def counted_in(case_id: str) -> list[str]:
    """Every partition that may hold a line of this case."""
    return [f"{COUNTED_PREFIX}{case_id}#{shard}" for shard in range(SHARDS)]


def counted_case_of(partition: str) -> str:
    """The case of a line, from its partition."""
    return partition.removeprefix(COUNTED_PREFIX).partition("#")[0]


def counters_of(month: str, shard: int) -> str:
    """One of the partitions of the counters of a month's facts, `2024-06`."""
    return f"{STATISTICS_PREFIX}{month}#{shard}"


def counter_key(day: str, recorded: str, kind: str, shard: int) -> dict[str, str]:
    """Key of one item of counters: the day of the facts, the day of the record, and the kind."""
    return {PARTITION: counters_of(day[:7], shard), SORT: f"{recorded}#{day}#{kind}"}


def counter_of(sort: str) -> tuple[str, str, str]:
    """Day of the facts, day recorded and kind, from the sort key of a counter item."""
    recorded, day, kind = sort.split("#")
    return day, recorded, kind


def sheets_of(month: str) -> str:
    """Partition of a month's sheets."""
    return f"{SHEETS_PREFIX}{month}"


def sheet_key(day: str) -> dict[str, str]:
    """Key of the sheet of a day of facts."""
    return {PARTITION: sheets_of(day[:7]), SORT: day}


def month_sheet_key(month: str) -> dict[str, str]:
    """Key of the sheet of a month: what the sheets of its days hold together."""
    return {PARTITION: sheets_of(month), SORT: MONTH_SORT}


def sheets_state_key(month: str) -> dict[str, str]:
    """Key of the folding state of a month's counters."""
    return {PARTITION: sheets_of(month), SORT: STATE_SORT}


def published_key(month: str) -> dict[str, str]:
    """Key of a month as it was published."""
    return {PARTITION: f"{PUBLISHED_PREFIX}{month}", SORT: PUBLISHED_SORT}


def corrected_key(month: str) -> dict[str, str]:
    """Key of the note of corrections that was published with a month."""
    return {PARTITION: f"{PUBLISHED_PREFIX}{month}", SORT: CORRECTED_SORT}


def recount_key(at: str) -> dict[str, str]:
    """Key of the event of one recount."""
    return {PARTITION: RECOUNTS_PARTITION, SORT: at}
