"""Whether reports and additions of a case are as they were sent: differences, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.aws.table import audit_log, case_reports, file_marks, items, keys
from casework.aws.table.checked_case import CheckedCase, entry_records_erasure, is_recorded_erasure
from casework.aws.table.file_checks import find_unmarked_file_mismatches
from casework.aws.table.file_table import FILE_COUNT_FIELD
from casework.aws.table.report_table import ERASED_AT_FIELD, ERASED_BY_FIELD, commitment_digest
from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.case.admission import admits_by_name, admitted_up_to_number
from casework.case.commitment import commit_to_parts
from casework.case.history import (
    COMMITMENT_FIELD,
)
from casework.case.lifecycle import Move, moves_where
from casework.case.value_objects import DeadlineKind
from casework.moves.additions import FILE
from casework.text.reference import case_id_from_reference


def find_report_mismatches(found: CheckedCase) -> Iterator[str]:
    """Every report that came is stored as it was sent; or its erasure is an entry."""
    case, name = found.case, found.name
    opener = next(iter(found.of(Move.OPEN)), None)
    bound: dict[str, dict[str, Any]] = {}
    if opener is not None and COMMITMENT_FIELD in opener.data:
        bound[case.opened_by] = {"bound": opener.data[COMMITMENT_FIELD]}
    kept = list(audit_log.read_report_commitments(name, case.id))
    for record in kept:
        commitments = bound.setdefault(record["reference"], {})
        if commitments.get("bound", record.get("bound")) != record.get("bound"):
            yield f"report {record['reference']} is bound otherwise at night than by its entry"
        commitments |= {"number": keys.report_commitments_key.of(record)[1]} | record
    last = max((each.get("number", 0) for each in bound.values()), default=0)
    arrived = case_reports.last_report_number(name, case.id)
    begun = not arrived and not last
    opened_by = items.get_item(name, keys.report_key(case.opened_by)) if begun else None
    on_its_way = opened_by is not None and _waits(opened_by)
    if bound and not on_its_way and not arrived >= max(last, 1):
        yield "it counts fewer reports than came"
    lines_by_reference: dict[str, dict[str, Any]] = {}
    for line in case_reports.iter_report_lines(name, case.id, empty=True):
        yield from _line(line)
        number, reference = (
            keys.number_from_arrival_sort(line[keys.SORT_KEY]),
            line.get(case_reports.REPORT_REFERENCE_FIELD),
        )
        if reference is None:
            continue
        lines_by_reference[reference] = {**line, "number": number}
        if reference not in bound and number <= last:
            yield f"report {reference} is bound by no entry"
    for reference in dict.fromkeys([*bound, *lines_by_reference]):
        yield from _report(
            found, reference, bound.get(reference, {}), lines_by_reference.get(reference)
        )


def _line(line: Mapping[str, Any]) -> Iterator[str]:
    """The line of a report holds its place; an empty one holds nothing."""
    allowed, whose = {keys.PARTITION_KEY, keys.SORT_KEY}, "no report"
    if (reference := line.get(case_reports.REPORT_REFERENCE_FIELD)) is not None:
        allowed |= {
            case_reports.REPORT_REFERENCE_FIELD,
            "belongs",
            "hears",
            *UNBOUND_ATTRIBUTES["ARRIVED"],
        }
        whose = f"report {reference}"
    if line.keys() - allowed:
        yield f"the line of {whose} holds what nobody wrote"


def _waits(report: Mapping[str, Any]) -> bool:
    """Whether a report that opened a case has not joined it yet, which is its next step."""
    return keys.FLOW_PARTITION_KEY in report and not {"case_id", ERASED_AT_FIELD} & report.keys()


def _report(
    found: CheckedCase, reference: str, bound: Mapping[str, Any], line: Mapping[str, Any] | None
) -> Iterator[str]:
    key = keys.report_key(reference)
    item = items.get_item(found.name, key)
    if item is None:
        yield f"report {reference} is gone"
        return
    if "bound" in bound and item.get("bound", b"").hex() != bound["bound"]:
        yield f"report {reference} is not the one that was bound"
    if ERASED_AT_FIELD in item:
        if item.keys() - ALLOWED_TOMBSTONE_ATTRIBUTES - UNBOUND_ATTRIBUTES["TOMBSTONE"].keys():
            yield f"what is left of report {reference} holds more than it may"
        if not entry_records_erasure(found, reference, item):
            yield f"report {reference} was erased and no entry says so"
        yield from _place(found, reference, item, bound, line)
        return
    if commitment_digest(item["salt"], key, item) != item["bound"].hex():
        yield f"report {reference} is not as it was sent"
    waits = line is None and "number" not in bound and _waits(item)
    linked = "linked_by" in item or waits
    if item.keys() - REPORT_ATTRIBUTES - UNBOUND_ATTRIBUTES["REPORT"].keys() or not linked:
        yield f"report {reference} holds what nobody wrote"
    if not waits:
        yield from _place(found, reference, item, bound, line)
    yield from _beside_report(found, reference, item, in_case=line is not None)


def _beside_report(
    found: CheckedCase, reference: str, item: Mapping[str, Any], *, in_case: bool
) -> Iterator[str]:
    """As many additions and files stand beside a report as it counts, and each file as it must."""
    beside = items.query_keys(found.name, *keys.addition_key.under(reference))
    if item.get("additions", 0) != sum(1 for _ in beside):
        yield f"report {reference} has not as many additions as it counts"
    files = list(file_marks.iter_file_items(found.name, reference))
    if item.get(FILE_COUNT_FIELD, 0) != len(files):
        yield f"report {reference} has not as many files as it counts"
    if in_case:
        yield from find_unmarked_file_mismatches(found, item, files)


def _place(
    found: CheckedCase,
    reference: str,
    item: Mapping[str, Any],
    bound: Mapping[str, Any],
    line: Mapping[str, Any] | None,
) -> Iterator[str]:
    """A report is in its case, as it came and with its linking results, or left it by a move. After
    the case released it at its end, it is in no case until it joins its next one. The list of the
    reports of a case that is erased as a whole is deleted."""
    let_go = line is None and keys.FLOW_PARTITION_KEY in item and ERASED_AT_FIELD not in item
    if item.get("case_id") != found.case.id or let_go:
        if line is not None:
            yield f"report {reference} stands in the case and says that it does not"
        elif not any(found.of(*moves_where(lambda law: law.lets_go))):
            yield f"report {reference} left the case and no entry says why"
        return
    swept = line is None and found.gone and ERASED_AT_FIELD in item
    number = item.get("number") if swept else (line or {}).get("number")
    if number is None or item.get("number") != number:
        yield f"report {reference} does not stand among those of the case as its number says"
    as_bound = bound if bound.get("number") == number else {}
    if "salt" in item and as_bound.get("found") not in (
        None,
        audit_log.report_commitments(item)["found"],
    ):
        yield f"what was found in report {reference} was changed"
    if not _came_so(found, reference, item, as_bound.get("came")):
        yield f"report {reference} did not come into the case, or was not admitted, as it says"
    stayed = item.get("stayed")
    own = stayed[-1]["to"] if stayed else case_id_from_reference(reference)
    belongs = bool({"admitted", "seen"} & item.keys())
    belongs = belongs or own in {found.case.id, *item.get("moved", ())}
    if line is not None and line.get("belongs", False) is not belongs:
        yield f"report {reference} stands in the case as one that is admitted, or is not"
    if line is not None and not _hears_so(found, item, line, own):
        yield f"report {reference} hears of the case, or does not, and nothing says why"
    if not belongs and number and number > found.case.shown:
        yield from _clock(found, reference, item)


def _clock(found: CheckedCase, reference: str, item: Mapping[str, Any]) -> Iterator[str]:
    """The deadline of a report that nobody had in view stands in the list of the sweeper."""
    if (alone := item.get("alone")) is None:
        return
    said = (alone["due"], DeadlineKind.ALONE, reference)
    lines = (keys.due_key(*said), keys.unsharded_due_key(*said))
    if not any(items.get_item(found.name, line) == line for line in lines):
        yield f"report {reference} does not stand among the deadlines as its clock says"


def _hears_so(
    found: CheckedCase, item: Mapping[str, Any], line: Mapping[str, Any], own: str
) -> bool:
    """Whether exactly those hear of the case that were admitted, or are alone in their own one."""
    alone = own == found.case.id and case_reports.last_report_number(found.name, found.case.id) == 1
    should = "admitted" in item or alone
    hears = (
        should if ERASED_AT_FIELD in item else item.get("hears", {}).get("case") == found.case.id
    )
    return hears is should and hears is bool(line.get("hears", False))


def _came_so(
    found: CheckedCase, reference: str, item: Mapping[str, Any], as_bound: str | None
) -> bool:
    """Whether a report came as the night found it, and the entry that it names admitted it.

    After that night only an entry of its own case can have admitted it, by its name. A report that
    people had in view names that entry when it leaves the case.
    """
    by = item.get("admitted")
    if by is None:
        return _seen_so(found, item) and as_bound in (None, audit_log.origin_digest(item))
    entry = found.entry(by["case"], by["event"])
    if entry is None:
        return False
    here = by["case"] == found.case.id
    as_came = (
        None,
        audit_log.origin_digest(item),
        *([audit_log.origin_digest(item, but="admitted")] * here),
    )
    return admits_by_name(entry, reference) and as_bound in as_came


def _seen_so(found: CheckedCase, item: Mapping[str, Any]) -> bool:
    """Whether the author of the entry that a report names had seen reports."""
    by = item.get("seen")
    entry = found.entry(by["case"], by["event"]) if by else None
    return by is None or (entry is not None and admitted_up_to_number(entry) > 0)


REPORT_ATTRIBUTES: Final = frozenset(
    {
        *(keys.PARTITION_KEY, keys.SORT_KEY, "salt", "bound", "case_id", "number", "additions"),
        *(FILE_COUNT_FIELD, *audit_log.LINK_RESULT_ATTRIBUTES, *audit_log.ORIGIN_ATTRIBUTES),
        *("accepted_at", "language", "disclosure", "correlation_id", "facts", "looks"),
        "narrative",
        *("pepper", "body_mac", "verifier"),
        *("contact_box", "identity_box", "call_now_box"),
    }
)


ALLOWED_TOMBSTONE_ATTRIBUTES: Final = frozenset(
    {
        *(keys.PARTITION_KEY, keys.SORT_KEY, "bound", "case_id", "number"),
        *(*audit_log.ORIGIN_ATTRIBUTES, ERASED_AT_FIELD, ERASED_BY_FIELD),
    }
)


def find_addition_mismatches(found: CheckedCase) -> Iterator[str]:
    """Every addition with an entry is stored as it was sent, with its linking results."""
    for event in found.of(Move.ADD):
        if event.data["kind"] != FILE:  # the mark of a file is bound with the others
            yield from _addition(found, event.data, {"event": event.number})


def find_mark_mismatches(found: CheckedCase) -> Iterator[str]:
    """Every addition with a mark is stored, too; and each mark is of a day that was bound. Who asks
    for a case before it is opened is refused, and no night binds that."""
    opened = min(found.grew, default="")
    days: set[str] = set()
    for mark in audit_log.read_marks(found.name, found.case.id):
        _, day, kind, _ = keys.mark_key.of(mark)
        if kind == keys.ADDITION_MARK_KIND:
            yield from _addition(found, mark, {"marked": day})
        if kind != audit_log.REFUSED_MARK or day >= opened:
            days.add(day)
    for day in found.missed(days - found.grew):
        yield f"it was marked on {day}, which no night has bound"


def _addition(
    found: CheckedCase, record: Mapping[str, Any], recorded_in: Mapping[str, Any]
) -> Iterator[str]:
    reference, addition = str(record["report"]), str(record["addition"])
    key = keys.addition_key(reference, addition)
    item = items.get_item(found.name, key)
    if item is None:
        if not is_recorded_erasure(found, reference):
            yield f"an addition to report {reference} is gone"
        return
    commitments = (item["bound"].hex(), commitment_digest(item["salt"], key, item))
    if commitments != (record[COMMITMENT_FIELD], record[COMMITMENT_FIELD]):
        yield f"an addition to report {reference} is not as it was sent"
    in_it = {"own_named": item.get("own_named"), "named": item.get("named")}
    if commit_to_parts(item["salt"], in_it) != record["found"]:
        yield f"what was found in an addition to report {reference} was changed"
    differs = item.keys() ^ (ADDITION_ATTRIBUTES | recorded_in.keys())
    if differs - UNBOUND_ATTRIBUTES["ADDITION"].keys() - {"contact", "contact_box"}:
        yield f"an addition to report {reference} holds what nobody wrote"
    if {name: item.get(name) for name in recorded_in} != recorded_in:
        yield f"an addition to report {reference} names another entry"


ADDITION_ATTRIBUTES: Final = frozenset(
    {
        *(keys.PARTITION_KEY, keys.SORT_KEY, "salt", "bound", "own_named", "named"),
        *("added_at", "content", "pepper", "body_mac", "correlation_id", "contact", "contact_box"),
    }
)
