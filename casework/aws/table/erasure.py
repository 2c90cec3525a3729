"""Erasing reports, one or all of a case: words and boxes go, a tombstone and the history stay.

An erasure is a sequence of small steps that can be repeated: after an interruption it starts again
and finds less to do. The tombstone comes first, in one transaction with its event. From then on
nothing is added to the report, so the items beside it can be deleted for good. Last, the tombstone
leaves the list of its case's reports; that list holds what is left to erase.

A tombstone records that there was a report, when, and in which case, so that its key opens no other
and the chains still verify. Point-in-time backups hold the old item until they expire.

What is sealed is erased with its key: the ciphertext of a file is locked and stays, and opens with
nothing. The event names the keys that went, and the day by which the last backup has expired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from pydantic import JsonValue

from casework.aws.table import case_reports, danger_alerts, desk_keys, items, keys, particulars
from casework.aws.table.case_table import CaseTable, CaseTransaction, TransactionWrite
from casework.aws.table.group_table import forget_reports_writes
from casework.aws.table.identity_request_table import erase_identity_requests, has_undecided_request
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.messages import erase_messages
from casework.aws.table.picture_table import forget_pictures
from casework.aws.table.report_table import ERASED_AT_FIELD, ERASED_BY_FIELD
from casework.aws.table.wire import to_wire_item
from casework.case.case import Case
from casework.case.change import Change
from casework.case.index import ABSORBED_INDEX_PREFIX
from casework.case.lifecycle import Move, Status
from casework.case.times import format_timestamp
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.moves.retention import erase_merged_case, mark_merged_erased, refuse_under_legal_hold
from casework.report.file_limits import FileState
from casework.text.reference import case_id_from_reference

ERASURE_BATCH_SIZE: Final = 100
"""Cases per batch read."""
ERASURE_TRANSACTION_SIZE: Final = 25
"""Reports per transaction: each is an item of it, and the service takes 100."""

BACKUP_DAYS: Final = 35
"""Days after which no backup holds what was erased: point-in-time recovery goes back so far, and
the copies in a second region expire earlier (`infra/second_region.py`)."""

TOMBSTONE_REPORT_ATTRIBUTES: Final = (
    keys.PARTITION_KEY,
    keys.SORT_KEY,
    "accepted_at",
    "case_id",
    "linked_at",
    "moved",
    "stayed",
    "was_in",
    "number",
    "admitted",
    "seen",
    "correlation_id",
    "bound",
)
"""The attributes that a tombstone keeps."""
RELEASED_ATTRIBUTES: Final = ("identifiers", "clues")
"""The report's identifiers as keyed digests: kept until they were released, because the words to
find them are gone."""
BOX_NAMES_BY_ATTRIBUTE: Final = {
    "contact_box": "contact",
    "identity_box": "identity",
    "call_now_box": "call_now",
}
"""The boxes of a report, each with its own wrapped key inside, and what an event calls the key."""
DESTROYED_FIELD: Final = "destroyed"
BACKUPS_UNTIL_FIELD: Final = "backups_until"
"""Attributes of the tombstone of a report without a case: the keys that went, as an event names
them, and the day by which no backup holds them."""
_COUNTED: Final = ("file_count", "additions")
"""What grows beside a report until its tombstone stands."""
_NOTHING: Final[Mapping[str, Collection[str]]] = MappingProxyType({})
READ_ATTRIBUTES: Final = tuple(
    dict.fromkeys(
        (
            *TOMBSTONE_REPORT_ATTRIBUTES,
            ERASED_AT_FIELD,
            *BOX_NAMES_BY_ATTRIBUTE,
            *(StoredReport.model_fields.keys() - {"reference"}),
        )
    )
)


def erase_report(table: CaseTable, reference: str, at: datetime, by: str) -> bool:
    """Erase a report with its additions, messages and requests.

    False when there is nothing left to erase. Raises IllegalMove while a court holds its case.
    """
    gone = sum(1 for _ in _erase_alone(table, reference, at, by))
    return gone > 0


def erase_case(table: CaseTable, case: Case, at: datetime) -> Iterator[None]:
    """Erase the reports of a case, with messages and requests, in steps.

    The case releases its identifiers. Without a further step the erasure is complete.
    """
    after = None
    while True:
        page = table.reports.page_references(case.id, ERASURE_TRANSACTION_SIZE, after)
        yield from _erase_together(table, case.id, page.ids, at)
        after = page.after
        if after is None:
            break
    yield from erase_messages(table.name, case.id)
    yield from erase_identity_requests(table.name, case.id)
    yield from particulars.erase_particulars(table.name, case.id)
    yield from danger_alerts.erase_alerts(table.name, case.id)
    if table.waits.get_token(case.id) is not None:
        items.delete_item(table.name, keys.wait_key(case.id))
        yield


def erase_merged_cases(table: CaseTable, case: Case, at: datetime) -> bool:
    """Start the erasure of cases that were merged into this one, whose reports are in it.

    False while reports of one of them, split off or not, are being moved: nothing is erased before
    their case is known.
    """
    absorbed = [other for other, _, _ in table.all_named(case.id, ABSORBED_INDEX_PREFIX)]
    others = [
        other
        for start in range(0, len(absorbed), ERASURE_BATCH_SIZE)
        for other in table.get_cases(absorbed[start : start + ERASURE_BATCH_SIZE])
    ]
    if any(other.moving is not None and other.moving.other == case.id for other in others):
        return False
    for other in others:
        table.update(other.id, lambda now_: erase_merged_case(now_, case, at))
    table.update(case.id, mark_merged_erased)
    return True


def _erase_alone(table: CaseTable, reference: str, at: datetime, by: str) -> Iterator[None]:
    report = _read(table, [reference])
    while report and ERASED_AT_FIELD not in report[0]:
        case_id = report[0].get("case_id")
        if case_id is None:
            _bury_unlinked(table, report[0], at)
        else:
            _bury(table, str(case_id), [reference], at, by)
        yield
        report = _read(table, [reference])  # it may have joined another case meanwhile
    for tombstone in report:
        yield from _clear(table, reference)
        for case_id in _cases_of(tombstone):
            yield from erase_messages(table.name, case_id, reference)
            yield from erase_identity_requests(table.name, case_id, reference)
            yield from particulars.erase_particulars(table.name, case_id, reference)
            yield from danger_alerts.erase_alerts(table.name, case_id, reference)
        # Each report puts its tombstone before it looks here: of two concurrent erasures at least
        # one sees that the other report is gone.
        cases = _cases_of(tombstone) if RELEASED_ATTRIBUTES[0] in tombstone else []
        named_still = {each: table.reports.list_identifier_ids([each]) or set() for each in cases}
        yield from _let_go(table, tombstone, named_still)
        items.write_transaction([_forget(table, tombstone)])


def _erase_together(
    table: CaseTable, case_id: str, references: Sequence[str], at: datetime
) -> Iterator[None]:
    _bury(table, case_id, references, at, SYSTEM_AUTHOR)
    yield
    for item in _read(table, references):
        if ERASED_AT_FIELD not in item or item.get("case_id") != case_id:
            continue
        yield from _clear(table, keys.reference_from_partition(item[keys.PARTITION_KEY]))
        yield from _let_go(table, item)
        leaves = case_reports.remove_line_writes(table.name, item["case_id"], item["number"])
        items.write_transaction([_forget(table, item), *leaves])  # nothing is left to erase
        yield


def _bury(table: CaseTable, case_id: str, references: Sequence[str], at: datetime, by: str) -> None:
    """Replace the reports that are in the case by tombstones, with an event."""

    def decide(case: Case) -> CaseTransaction[None]:
        alive = [
            item
            for item in _read(table, references)
            if ERASED_AT_FIELD not in item and item.get("case_id") == case_id
        ]
        if not alive:
            return CaseTransaction(None, None)
        if case.status is not Status.ERASED:  # that was decided while no court held it
            refuse_under_legal_hold(case, at)
        puts: list[TransactionWrite] = [
            {
                "Put": {
                    "TableName": table.name,
                    "Item": to_wire_item(
                        {**_tombstone(item, at), ERASED_BY_FIELD: case.events + 1}
                    ),
                    **_as_it_was_read(item, case_id),
                }
            }
            for item in alive
        ]
        puts += _leaving_groups(table, alive)
        gone = [keys.reference_from_partition(item[keys.PARTITION_KEY]) for item in alive]
        destroyed = {each: _keys_of(table, item) for each, item in zip(gone, alive, strict=True)}
        data: dict[str, JsonValue] = {"reports": [*gone]}
        if any(destroyed.values()):
            data["keys"] = {each: [*found] for each, found in destroyed.items() if found}
        data["backups_until"] = _backups_until(at)
        left = case.identity if has_undecided_request(table.name, case_id, gone) else None
        return CaseTransaction(
            Change.from_move(case, Move.ERASED, at, by, data, identity=left), None, puts
        )

    table.transact(case_id, decide)


def _leaving_groups(
    table: CaseTable, alive: Sequence[Mapping[str, Any]]
) -> Iterator[TransactionWrite]:
    """The writes by which reports leave the groups of reports alike, and are forgotten there."""
    counted: defaultdict[str, set[str]] = defaultdict(set)
    for item in alive:
        stands = item.get("glance", {}).get("stands", {})
        reference = keys.reference_from_partition(item[keys.PARTITION_KEY])
        if group := stands.get("group"):
            key = desk_keys.group_member_key(
                group, stands["same"], int(stands.get("turn", 1)), reference
            )
            yield {"Delete": {"TableName": table.name, "Key": to_wire_item(key)}}
        if partition := stands.get("counted"):
            counted[partition].add(reference)
    for partition, gone in counted.items():
        yield from forget_reports_writes(table.name, partition, gone)


def _backups_until(at: datetime) -> str:
    """The day by which no backup holds what is erased now."""
    return format_timestamp(at + timedelta(days=BACKUP_DAYS))[:10]


def _as_it_was_read(item: Mapping[str, Any], case_id: str | None) -> dict[str, Any]:
    """The condition that a report is alive in its case, or in none, and that nothing came beside it
    since."""
    counts = {f":c{place}": item.get(name) for place, name in enumerate(_COUNTED)}
    same = [
        f"{name} = :c{place}" if item.get(name) is not None else f"attribute_not_exists({name})"
        for place, name in enumerate(_COUNTED)
    ]
    known = {name: count for name, count in counts.items() if count is not None}
    there = "case_id = :case" if case_id else "attribute_not_exists(case_id)"
    alive = [
        f"attribute_exists({keys.PARTITION_KEY})",
        there,
        f"attribute_not_exists({ERASED_AT_FIELD})",
    ]
    values = {**({":case": case_id} if case_id else {}), **known}
    return {
        "ConditionExpression": " AND ".join([*alive, *same]),
        **({"ExpressionAttributeValues": to_wire_item(values)} if values else {}),
    }


def _keys_of(table: CaseTable, item: Mapping[str, Any]) -> list[str]:
    """The keys that go with a report: of its boxes and those of its additions, and of each file,
    whose preview has a key of its own beside it."""
    found = {name for box, name in BOX_NAMES_BY_ATTRIBUTE.items() if box in item}
    files = []
    if any(item.get(name) for name in _COUNTED):
        for beside in items.query_prefix(table.name, item[keys.PARTITION_KEY]):
            if beside[keys.SORT_KEY].startswith(keys.file_key.begins):
                if beside["state"] != FileState.REFUSED:
                    files.append(f"file-{keys.file_key.of(beside)[1]}")
            elif beside[keys.SORT_KEY] != keys.REPORT_SORT:
                found |= {name for box, name in BOX_NAMES_BY_ATTRIBUTE.items() if box in beside}
    return [*sorted(found), *files]


def _bury_unlinked(table: CaseTable, item: Mapping[str, Any], at: datetime) -> None:
    """Replace a report without a case by a tombstone, unless it joins a case or something comes
    beside it. Without a history, the tombstone names the keys that went."""
    tombstone = {
        **_tombstone(item, at),
        DESTROYED_FIELD: _keys_of(table, item),
        BACKUPS_UNTIL_FIELD: _backups_until(at),
    }
    with suppress(items.WriteConflict):
        items.put_item_if(
            {
                "TableName": table.name,
                "Item": to_wire_item(tombstone),
                **_as_it_was_read(item, None),
            }
        )


def _tombstone(item: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    attributes = {
        name: item[name]
        for name in (*TOMBSTONE_REPORT_ATTRIBUTES, *RELEASED_ATTRIBUTES)
        if name in item
    }
    reference = keys.reference_from_partition(item[keys.PARTITION_KEY])
    # The night of its day finds it there, if it has not been yet: its commitment gets a leaf.
    found = {
        keys.FLOW_PARTITION_KEY: keys.accepted_flow(str(item["accepted_at"])[:10], reference),
        keys.FLOW_SORT_KEY: reference,
    }
    return {**attributes, **found, ERASED_AT_FIELD: format_timestamp(at)}


def _let_go(
    table: CaseTable, tombstone: Mapping[str, Any], but: Mapping[str, Collection[str]] = _NOTHING
) -> Iterator[None]:
    """Release the report's identifiers from its cases, except those that other reports name: `but`
    are these, by case.

    The notes beside other owners go last: a case that took over an identifier meanwhile left one.
    """
    identifiers = set(tombstone.get("identifiers", ()))
    cases = _cases_of(tombstone)
    for each in table.identifiers.filter_owned_by(identifiers.difference(*but.values()), cases):
        table.identifiers.forget(each, cases)
        yield
    yield from table.identifiers.untell(
        identifiers, keys.reference_from_partition(tombstone[keys.PARTITION_KEY])
    )
    for together in _stays(tombstone):
        still = set().union(*(but.get(each, ()) for each in together))
        yield from table.identifiers.delete_mentions(identifiers - still, together)
    for clue in tombstone.get("clues", ()):
        table.clues.forget(
            clue,
            case_id_from_reference(keys.reference_from_partition(tombstone[keys.PARTITION_KEY])),
        )
        yield


def _clear(table: CaseTable, reference: str) -> Iterator[None]:
    """Delete the items beside a tombstone, one per step; no band names its pictures any more."""
    yield from forget_pictures(table.name, reference)
    partition = keys.report_key(reference)[keys.PARTITION_KEY]
    for key in items.query_keys(table.name, partition):
        if key[keys.SORT_KEY] != keys.REPORT_SORT:
            items.delete_item(table.name, key)
            yield


def _forget(table: CaseTable, tombstone: Mapping[str, Any]) -> dict[str, Any]:
    """The write that removes the released identifiers from a tombstone."""
    return {
        "Update": {
            "TableName": table.name,
            "Key": to_wire_item(
                {name: tombstone[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
            ),
            "UpdateExpression": f"REMOVE {', '.join(RELEASED_ATTRIBUTES)}",
            "ConditionExpression": f"attribute_exists({ERASED_AT_FIELD})",
        }
    }


def _cases_of(report: Mapping[str, Any]) -> list[str]:
    """The present and earlier cases of a report."""
    return [each for together in _stays(report) for each in together]


def _stays(report: Mapping[str, Any]) -> Iterator[list[str]]:
    """The same, from one taking-out to the next: a case with those that were merged into it."""
    if "case_id" in report:
        yield [str(report["case_id"]), *report.get("moved", ())]
    for stay in report.get("stayed", ()):
        yield [*stay["moved"], stay["case"]]


def _read(table: CaseTable, references: Sequence[str]) -> list[dict[str, Any]]:
    return items.get_items(
        table.name, [keys.report_key(each) for each in references], READ_ATTRIBUTES
    )
