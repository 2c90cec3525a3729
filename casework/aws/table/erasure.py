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

from casework.aws.table import alerts, arrivals, desk_keys, items, keys, particulars
from casework.aws.table.case_table import CaseTable, Deed, Write
from casework.aws.table.custody_table import erase_requests, still_waits
from casework.aws.table.group_table import forgetting
from casework.aws.table.messages import erase_messages
from casework.aws.table.picture_table import forget_pictures
from casework.aws.table.report_table import ERASED_AT, ERASED_BY
from casework.aws.table.stored import StoredReport
from casework.aws.table.wire import to_wire
from casework.case.case import Case
from casework.case.change import Change
from casework.case.index import ABSORBED
from casework.case.lifecycle import Move, Status
from casework.case.parts import SYSTEM
from casework.case.times import stamp
from casework.moves.keeping import erased_with, passed_on, refuse_held
from casework.report.evidence import FileState
from casework.text.reference import case_id_of

AT_ONCE: Final = 100
"""Cases per batch read."""
PAGE: Final = 25
"""Reports per transaction: each is an item of it, and the service takes 100."""

BACKUP_DAYS: Final = 35
"""Days after which no backup holds what was erased: point-in-time recovery goes back so far, and
the copies in a second region expire earlier (`infra/second.py`)."""

KEPT: Final = (
    keys.PARTITION,
    keys.SORT,
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
NAMED: Final = ("identifiers", "clues")
"""The report's identifiers as keyed digests: kept until they were released, because the words to
find them are gone."""
SEALED: Final = {
    "contact_box": "contact",
    "identity_box": "identity",
    "call_now_box": "call_now",
}
"""The boxes of a report, each with its own wrapped key inside, and what an event calls the key."""
DESTROYED: Final = "destroyed"
BACKUPS_UNTIL: Final = "backups_until"
"""Attributes of the tombstone of a report without a case: the keys that went, as an event names
them, and the day by which no backup holds them."""
_COUNTED: Final = ("file_count", "additions")
"""What grows beside a report until its tombstone stands."""
_NOTHING: Final[Mapping[str, Collection[str]]] = MappingProxyType({})
READ: Final = tuple(
    dict.fromkeys((*KEPT, ERASED_AT, *SEALED, *(StoredReport.model_fields.keys() - {"reference"})))
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
        page = table.reports.of(case.id, PAGE, after)
        yield from _erase_together(table, case.id, page.ids, at)
        after = page.after
        if after is None:
            break
    yield from erase_messages(table.name, case.id)
    yield from erase_requests(table.name, case.id)
    yield from particulars.erase(table.name, case.id)
    yield from alerts.erase(table.name, case.id)
    if table.waits.of(case.id) is not None:
        items.delete(table.name, keys.wait_key(case.id))
        yield


def pass_on(table: CaseTable, case: Case, at: datetime) -> bool:
    """Start the erasure of cases that were merged into this one, whose reports are in it.

    False while reports of one of them, split off or not, are being moved: nothing is erased before
    their case is known.
    """
    absorbed = [other for other, _, _ in table.all_named(case.id, ABSORBED)]
    others = [
        other
        for start in range(0, len(absorbed), AT_ONCE)
        for other in table.cases(absorbed[start : start + AT_ONCE])
    ]
    if any(other.moving is not None and other.moving.other == case.id for other in others):
        return False
    for other in others:
        table.update(other.id, lambda now_: erased_with(now_, case, at))
    table.update(case.id, passed_on)
    return True


def _erase_alone(table: CaseTable, reference: str, at: datetime, by: str) -> Iterator[None]:
    report = _read(table, [reference])
    while report and ERASED_AT not in report[0]:
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
            yield from erase_requests(table.name, case_id, reference)
            yield from particulars.erase(table.name, case_id, reference)
            yield from alerts.erase(table.name, case_id, reference)
        # Each report puts its tombstone before it looks here: of two concurrent erasures at least
        # one sees that the other report is gone.
        cases = _cases_of(tombstone) if NAMED[0] in tombstone else []
        named_still = {each: table.reports.named_in([each]) or set() for each in cases}
        yield from _let_go(table, tombstone, named_still)
        items.transact([_forget(table, tombstone)])


def _erase_together(
    table: CaseTable, case_id: str, references: Sequence[str], at: datetime
) -> Iterator[None]:
    _bury(table, case_id, references, at, SYSTEM)
    yield
    for item in _read(table, references):
        if ERASED_AT not in item or item.get("case_id") != case_id:
            continue
        yield from _clear(table, keys.reference_of(item[keys.PARTITION]))
        yield from _let_go(table, item)
        leaves = arrivals.leaving(table.name, item["case_id"], item["number"])
        items.transact([_forget(table, item), *leaves])  # nothing is left to erase
        yield


def _bury(table: CaseTable, case_id: str, references: Sequence[str], at: datetime, by: str) -> None:
    """Replace the reports that are in the case by tombstones, with an event."""

    def decide(case: Case) -> Deed[None]:
        alive = [
            item
            for item in _read(table, references)
            if ERASED_AT not in item and item.get("case_id") == case_id
        ]
        if not alive:
            return Deed(None, None)
        if case.status is not Status.ERASED:  # that was decided while no court held it
            refuse_held(case, at)
        puts: list[Write] = [
            {
                "Put": {
                    "TableName": table.name,
                    "Item": to_wire({**_tombstone(item, at), ERASED_BY: case.events + 1}),
                    **_as_it_was_read(item, case_id),
                }
            }
            for item in alive
        ]
        puts += _leaving_groups(table, alive)
        gone = [keys.reference_of(item[keys.PARTITION]) for item in alive]
        destroyed = {each: _keys_of(table, item) for each, item in zip(gone, alive, strict=True)}
        said: dict[str, JsonValue] = {"reports": [*gone]}
        if any(destroyed.values()):
            said["keys"] = {each: [*found] for each, found in destroyed.items() if found}
        said["backups_until"] = _backups_until(at)
        left = case.identity if still_waits(table.name, case_id, gone) else None
        return Deed(Change.of(case, Move.ERASED, at, by, said, identity=left), None, puts)

    table.carry_out(case_id, decide)


def _leaving_groups(table: CaseTable, alive: Sequence[Mapping[str, Any]]) -> Iterator[Write]:
    """The writes by which reports leave the groups of reports alike, and are forgotten there."""
    counted: defaultdict[str, set[str]] = defaultdict(set)
    for item in alive:
        stands = item.get("glance", {}).get("stands", {})
        reference = keys.reference_of(item[keys.PARTITION])
        if group := stands.get("group"):
            key = desk_keys.member_key(group, stands["same"], int(stands.get("turn", 1)), reference)
            yield {"Delete": {"TableName": table.name, "Key": to_wire(key)}}
        if partition := stands.get("counted"):
            counted[partition].add(reference)
    for partition, gone in counted.items():
        yield from forgetting(table.name, partition, gone)


def _backups_until(at: datetime) -> str:
    """The day by which no backup holds what is erased now."""
    return stamp(at + timedelta(days=BACKUP_DAYS))[:10]


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
    alive = [f"attribute_exists({keys.PARTITION})", there, f"attribute_not_exists({ERASED_AT})"]
    values = {**({":case": case_id} if case_id else {}), **known}
    return {
        "ConditionExpression": " AND ".join([*alive, *same]),
        **({"ExpressionAttributeValues": to_wire(values)} if values else {}),
    }


def _keys_of(table: CaseTable, item: Mapping[str, Any]) -> list[str]:
    """The keys that go with a report: of its boxes and those of its additions, and of each file,
    whose preview has a key of its own beside it."""
    found = {name for box, name in SEALED.items() if box in item}
    files = []
    if any(item.get(name) for name in _COUNTED):
        for beside in items.under(table.name, item[keys.PARTITION]):
            if beside[keys.SORT].startswith(keys.file_key.begins):
                if beside["state"] != FileState.REFUSED:
                    files.append(f"file-{keys.file_key.of(beside)[1]}")
            elif beside[keys.SORT] != keys.REPORT_SORT:
                found |= {name for box, name in SEALED.items() if box in beside}
    return [*sorted(found), *files]


def _bury_unlinked(table: CaseTable, item: Mapping[str, Any], at: datetime) -> None:
    """Replace a report without a case by a tombstone, unless it joins a case or something comes
    beside it. Without a history, the tombstone names the keys that went."""
    tombstone = {
        **_tombstone(item, at),
        DESTROYED: _keys_of(table, item),
        BACKUPS_UNTIL: _backups_until(at),
    }
    with suppress(items.WrittenMeanwhile):
        items.put_if(
            {
                "TableName": table.name,
                "Item": to_wire(tombstone),
                **_as_it_was_read(item, None),
            }
        )


def _tombstone(item: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    kept = {name: item[name] for name in (*KEPT, *NAMED) if name in item}
    reference = keys.reference_of(item[keys.PARTITION])
    # The night of its day finds it there, if it has not been yet: its commitment gets a leaf.
    found = {
        keys.FLOW: keys.accepted_flow(str(item["accepted_at"])[:10], reference),
        keys.FLOW_AT: reference,
    }
    return {**kept, **found, ERASED_AT: stamp(at)}


def _let_go(
    table: CaseTable, tombstone: Mapping[str, Any], but: Mapping[str, Collection[str]] = _NOTHING
) -> Iterator[None]:
    """Release the report's identifiers from its cases, except those that other reports name: `but`
    are these, by case.

    The notes beside other owners go last: a case that took over an identifier meanwhile left one.
    """
    named = set(tombstone.get("identifiers", ()))
    cases = _cases_of(tombstone)
    for each in table.identifiers.of_cases(named.difference(*but.values()), cases):
        table.identifiers.forget(each, cases)
        yield
    yield from table.identifiers.untell(named, keys.reference_of(tombstone[keys.PARTITION]))
    for together in _stays(tombstone):
        still = set().union(*(but.get(each, ()) for each in together))
        yield from table.identifiers.unname(named - still, together)
    for clue in tombstone.get("clues", ()):
        table.clues.forget(clue, case_id_of(keys.reference_of(tombstone[keys.PARTITION])))
        yield


def _clear(table: CaseTable, reference: str) -> Iterator[None]:
    """Delete the items beside a tombstone, one per step; no band names its pictures any more."""
    yield from forget_pictures(table.name, reference)
    partition = keys.report_key(reference)[keys.PARTITION]
    for key in items.keys_under(table.name, partition):
        if key[keys.SORT] != keys.REPORT_SORT:
            items.delete(table.name, key)
            yield


def _forget(table: CaseTable, tombstone: Mapping[str, Any]) -> dict[str, Any]:
    """The write that removes the released identifiers from a tombstone."""
    return {
        "Update": {
            "TableName": table.name,
            "Key": to_wire({name: tombstone[name] for name in (keys.PARTITION, keys.SORT)}),
            "UpdateExpression": f"REMOVE {', '.join(NAMED)}",
            "ConditionExpression": f"attribute_exists({ERASED_AT})",
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
    return items.get_many(table.name, [keys.report_key(each) for each in references], READ)
