"""Whether the stored items of a case match its two chains: finds changes by hand.

| item | compared with |
|---|---|
| the case | its replayed entries (`casework.case.replay`); its places in the indexes |
| an entry | its hash, and its place among the cases that grew on its day |
| a report | the commitment in the entry that opened the case, or bound at night |
| an addition, a question, a message, an identity request | the commitment in its entry |
| a kept file, and what was found in it | the marks of the log that names them |
| the opening of a file | the bytes of the file that it names |
| the opening of a reporter's number | its line, until an entry judges it |
| the details of an entry | the same |
| a mark of a day | the entry of its night; one of a day without such an entry is a mismatch |
| the names under which entries are found again | the entries |
| the lines of the case on the duty desk, and of its deadlines and requests | the case itself |

`casework.aws.table.unbound_attributes` lists the attributes that are not compared, each with its
reason. The night and `make verify-history` check all others. Only an attacker with both the table
and the right to sign stays unseen.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from casework.aws.services.replay_clock import REPLAYED_AT_ATTRIBUTE
from casework.aws.table import audit_log, case_reports, file_marks, items, keys, particulars
from casework.aws.table.case_table import CaseTable, index_lines, side_line_writes
from casework.aws.table.file_marks import FileMarks
from casework.aws.table.file_table import FILE_COUNT_FIELD
from casework.aws.table.identity_request_table import (
    identity_request_from_item,
    identity_request_to_item,
    undecided_request_key,
)
from casework.aws.table.item_mapping import (
    case_from_item,
    case_to_item,
    event_from_item,
    event_to_item,
    question_to_item,
)
from casework.aws.table.messages import message_from_item, message_item, message_to_reporter_item
from casework.aws.table.number_opening_table import number_opening_to_line as opening_line
from casework.aws.table.public_timelines import telling_items
from casework.aws.table.report_table import ERASED_AT_FIELD, ERASED_BY_FIELD, commitment_digest
from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.aws.table.wire import values_from_wire_item
from casework.case.admission import admits_by_name, admitted_up_to_number
from casework.case.case import Case
from casework.case.commitment import commit_to_parts
from casework.case.history import (
    COMMITMENT_FIELD,
    PARTICULARS_FIELD,
    TOLD_IN_FIELD,
    CaseEvent,
    UnreadableEntry,
)
from casework.case.lifecycle import Move, moves_where
from casework.case.replay import find_first_difference
from casework.case.rule_types import EntrySubject
from casework.case.value_objects import DeadlineKind, Question
from casework.decisions.identity_requests import RequestStanding
from casework.decisions.numbers import Judgement, number_opening_from_event
from casework.errors import error_name
from casework.moves.additions import FILE
from casework.report.file_limits import FileState
from casework.text.reference import case_id_from_reference


@dataclass
class _Case:
    """A case during the check."""

    table: CaseTable
    case: Case
    events: list[CaseEvent] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    """The number of entries of other cases that were looked up, by id."""
    files: dict[str, dict[tuple[str, int], FileMarks]] = field(default_factory=dict)
    """The marks of files in the logs that were looked up, by case."""
    sealed: Collection[str] = frozenset()
    """Days that have a seal, as far as they are known."""

    @property
    def name(self) -> str:
        return self.table.name

    def of(self, *moves: Move) -> Iterator[CaseEvent]:
        """Its entries of some moves."""
        return (event for event in self.events if event.move in moves)

    @property
    def gone(self) -> bool:
        """Whether its entries say that all of it is erased."""
        return any(self.of(Move.ERASE, Move.END_TRIAL))

    @cached_property
    def bound(self) -> set[str]:
        """The days of the case that a night has bound."""
        entries = audit_log.read_day_entries(self.name, self.case.id)
        return {str(each.data.get("day")) for each in entries if isinstance(each, CaseEvent)}

    @property
    def bound_upto(self) -> str:
        """The last one; empty before the first one."""
        return max(self.bound, default="")

    @cached_property
    def grew(self) -> set[str]:
        """The days of its entries."""
        return {event.at[:10] for event in self.events}

    def missed(self, days: Iterable[str]) -> Iterator[str]:
        """Those of some days that no night has bound, although a later one is bound, or the day is
        sealed. A night that was missed is bound later."""
        for day in sorted({*days} - self.bound):
            if day < self.bound_upto or day in self.sealed:
                yield day

    def marks(self, case_id: str) -> dict[tuple[str, int], FileMarks]:
        """The marks of files in the log of a case."""
        if case_id not in self.files:
            self.files[case_id] = file_marks.read_file_marks(self.name, case_id)
        return self.files[case_id]

    def entry(self, case_id: object, number: object) -> CaseEvent | None:
        """The entry of a number of this case, or of another existing one; None without it."""
        if not isinstance(case_id, str) or not isinstance(number, int):
            return None
        if case_id == self.case.id:
            return self.events[number - 1] if 0 < number <= len(self.events) else None
        if case_id not in self.others:
            there = items.get_item(self.name, keys.case_key(case_id))
            self.others[case_id] = int(there["events"]) if there else 0
        if not 0 < number <= self.others[case_id]:
            return None
        item = items.get_item(self.name, keys.event_key(case_id, number))
        return event_from_item(item) if item else None


def find_history_differences(
    table: CaseTable, case_id: str, sealed: Collection[str] = frozenset()
) -> Iterator[str]:
    """The differences from the chains of a case, in words; nothing when all agrees.

    `sealed` are days that have a seal, as far as the caller knows them. The caller checks the
    chains themselves; of a chain that does not verify only that is reported here.
    """
    item = items.get_item(table.name, keys.case_key(case_id))
    if item is None:
        yield "the case is gone"
        return
    try:
        found = _Case(table, case_from_item(item), sealed=sealed)
    except ValueError:
        yield "the case cannot be read"
        return
    if values_from_wire_item(case_to_item(found.case)) != item:
        yield "the case holds what it does not say of itself"
    for entry in table.entries(case_id):
        if isinstance(entry, UnreadableEntry):
            yield "an entry cannot be read"
            return
        found.events.append(entry)
    if not _ends_as_it_says(found):
        yield "its history does not end where it says"
    if wrong := find_first_difference(found.case, found.events):
        yield wrong
    for look in HISTORY_CHECKS:
        try:
            yield from look(found)
        except (KeyError, ValueError, TypeError, AttributeError, zlib.error) as error:
            yield f"what is kept beside it cannot be read: {error_name(error)}"


# ---- the case and its entries ------------------------------------------------------------------


def _ends_as_it_says(found: _Case) -> bool:
    """Whether the last entry is the one that the case names; it cannot know a later one."""
    number = found.case.events
    last = found.events[number - 1] if 0 < number <= len(found.events) else None
    return last is not None and last.hash == found.case.head


def _entries(found: _Case) -> Iterator[str]:
    """Each entry is as written, and the first of a day is listed among those of the day."""
    partition, day = keys.case_key(found.case.id)[keys.PARTITION_KEY], ""
    for event, item in zip(
        found.events, items.query_prefix(found.name, partition, keys.event_key.begins), strict=True
    ):
        grew = keys.day_flow_key(event.at[:10], found.case.id) if event.at[:10] != day else {}
        day = event.at[:10]
        expected = {**values_from_wire_item(event_to_item(found.case.id, event)), **grew}
        if {
            name: value for name, value in item.items() if name != REPLAYED_AT_ATTRIBUTE
        } != expected:
            yield f"entry {event.number} does not stand as it was written"


def _days(found: _Case) -> Iterator[str]:
    """Each day on which it grew was bound, except for days without a night after them."""
    for day in found.missed(found.grew):
        yield f"it grew on {day}, which no night has bound"


def _lines(found: _Case) -> Iterator[str]:
    """The case is in the lists of its deadlines and duties."""
    for (partition, sort), line in side_line_writes(found.case).items():
        if items.get_item(found.name, {keys.PARTITION_KEY: partition, keys.SORT_KEY: sort}) != line:
            yield f"it does not stand under {partition} as it must"


# ---- what reporters sent -----------------------------------------------------------------------


def _reports(found: _Case) -> Iterator[str]:
    """Every report that came is stored as it was sent; or its erasure is an entry."""
    case, name = found.case, found.name
    opener = next(iter(found.of(Move.OPEN)), None)
    bound: dict[str, dict[str, Any]] = {}
    if opener is not None and COMMITMENT_FIELD in opener.data:
        bound[case.opened_by] = {"bound": opener.data[COMMITMENT_FIELD]}
    kept = list(audit_log.read_report_commitments(name, case.id))
    for record in kept:
        known = bound.setdefault(record["reference"], {})
        if known.get("bound", record.get("bound")) != record.get("bound"):
            yield f"report {record['reference']} is bound otherwise at night than by its entry"
        known |= {"number": keys.report_commitments_key.of(record)[1]} | record
    last = max((each.get("number", 0) for each in bound.values()), default=0)
    arrived = case_reports.last_report_number(name, case.id)
    begun = not arrived and not last
    opened_by = items.get_item(name, keys.report_key(case.opened_by)) if begun else None
    on_its_way = opened_by is not None and _waits(opened_by)
    if bound and not on_its_way and not arrived >= max(last, 1):
        yield "it counts fewer reports than came"
    here: dict[str, dict[str, Any]] = {}
    for line in case_reports.iter_report_lines(name, case.id, empty=True):
        yield from _line(line)
        number, reference = (
            keys.number_from_arrival_sort(line[keys.SORT_KEY]),
            line.get(case_reports.REPORT_REFERENCE_FIELD),
        )
        if reference is None:
            continue
        here[reference] = {**line, "number": number}
        if reference not in bound and number <= last:
            yield f"report {reference} is bound by no entry"
    for reference in dict.fromkeys([*bound, *here]):
        yield from _report(found, reference, bound.get(reference, {}), here.get(reference))


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
    found: _Case, reference: str, bound: Mapping[str, Any], line: Mapping[str, Any] | None
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
        if not _says_so(found, reference, item):
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
    found: _Case, reference: str, item: Mapping[str, Any], *, in_case: bool
) -> Iterator[str]:
    """As many additions and files stand beside a report as it counts, and each file as it must."""
    beside = items.query_keys(found.name, *keys.addition_key.under(reference))
    if item.get("additions", 0) != sum(1 for _ in beside):
        yield f"report {reference} has not as many additions as it counts"
    files = list(file_marks.iter_file_items(found.name, reference))
    if item.get(FILE_COUNT_FIELD, 0) != len(files):
        yield f"report {reference} has not as many files as it counts"
    if in_case:
        yield from _kept_beside(found, item, files)


def _place(
    found: _Case,
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


def _clock(found: _Case, reference: str, item: Mapping[str, Any]) -> Iterator[str]:
    """The deadline of a report that nobody had in view stands in the list of the sweeper."""
    if (alone := item.get("alone")) is None:
        return
    said = (alone["due"], DeadlineKind.ALONE, reference)
    lines = (keys.due_key(*said), keys.unsharded_due_key(*said))
    if not any(items.get_item(found.name, line) == line for line in lines):
        yield f"report {reference} does not stand among the deadlines as its clock says"


def _hears_so(found: _Case, item: Mapping[str, Any], line: Mapping[str, Any], own: str) -> bool:
    """Whether exactly those hear of the case that were admitted, or are alone in their own one."""
    alone = own == found.case.id and case_reports.last_report_number(found.name, found.case.id) == 1
    should = "admitted" in item or alone
    hears = (
        should if ERASED_AT_FIELD in item else item.get("hears", {}).get("case") == found.case.id
    )
    return hears is should and hears is bool(line.get("hears", False))


def _came_so(found: _Case, reference: str, item: Mapping[str, Any], as_bound: str | None) -> bool:
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


def _seen_so(found: _Case, item: Mapping[str, Any]) -> bool:
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


def _is_erased(found: _Case, reference: str) -> bool:
    """Whether a report was erased, with an entry of its case."""
    item = items.get_item(found.name, keys.report_key(reference))
    return item is not None and ERASED_AT_FIELD in item and _says_so(found, reference, item)


def _says_so(found: _Case, reference: str, tombstone: Mapping[str, Any]) -> bool:
    """Whether the entry that a tombstone names records it."""
    entry = found.entry(tombstone.get("case_id"), tombstone.get(ERASED_BY_FIELD))
    if entry is None or entry.move != Move.ERASED or entry.at != tombstone[ERASED_AT_FIELD]:
        return False
    told = entry.data.get("reports")
    return isinstance(told, list) and reference in told


def _additions(found: _Case) -> Iterator[str]:
    """Every addition with an entry is stored as it was sent, with its linking results."""
    for event in found.of(Move.ADD):
        if event.data["kind"] != FILE:  # the mark of a file is bound with the others
            yield from _addition(found, event.data, {"event": event.number})


def _marks(found: _Case) -> Iterator[str]:
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


def _addition(found: _Case, said: Mapping[str, Any], came: Mapping[str, Any]) -> Iterator[str]:
    reference, addition = str(said["report"]), str(said["addition"])
    key = keys.addition_key(reference, addition)
    item = items.get_item(found.name, key)
    if item is None:
        if not _is_erased(found, reference):
            yield f"an addition to report {reference} is gone"
        return
    commitments = (item["bound"].hex(), commitment_digest(item["salt"], key, item))
    if commitments != (said[COMMITMENT_FIELD], said[COMMITMENT_FIELD]):
        yield f"an addition to report {reference} is not as it was sent"
    in_it = {"own_named": item.get("own_named"), "named": item.get("named")}
    if commit_to_parts(item["salt"], in_it) != said["found"]:
        yield f"what was found in an addition to report {reference} was changed"
    differs = item.keys() ^ (ADDITION_ATTRIBUTES | came.keys())
    if differs - UNBOUND_ATTRIBUTES["ADDITION"].keys() - {"contact", "contact_box"}:
        yield f"an addition to report {reference} holds what nobody wrote"
    if {name: item.get(name) for name in came} != came:
        yield f"an addition to report {reference} names another entry"


ADDITION_ATTRIBUTES: Final = frozenset(
    {
        *(keys.PARTITION_KEY, keys.SORT_KEY, "salt", "bound", "own_named", "named"),
        *("added_at", "content", "pepper", "body_mac", "correlation_id", "contact", "contact_box"),
    }
)


# ---- files -------------------------------------------------------------------------------------


def _files(found: _Case) -> Iterator[str]:
    """Every file that its log tells of is there as it was kept, and no other one; or its report was
    erased with an entry."""
    upto = found.bound_upto
    for (reference, number), marks in found.marks(found.case.id).items():
        if marks.kept is None or file_marks.mark_day(marks.kept) > upto:
            continue
        item = file_marks.get_file_item(found.name, reference, number)
        name = f"file {number} of report {reference}"
        if item is None:
            if not _is_erased(found, reference):
                yield f"{name} is gone"
            continue
        if item.get("marked") != found.case.id:
            yield f"{name} names another log than the one that tells of it"
        yield from (
            f"{name} {what}" for what in file_marks.find_file_differences(item, marks, upto=upto)
        )
    yield from _opened_files(found)


def _kept_beside(
    found: _Case, report: Mapping[str, Any], files: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """What is kept beside a report of the case was marked then. A report that has just come may
    have files that wait for the repair to mark them."""
    for item in files:
        if item.get("state") != FileState.KEPT:
            continue
        place, upto = file_marks.file_place_from_item(item), found.bound_upto
        name = f"file {place[1]} of report {place[0]}"
        if item.keys() - FILE_ATTRIBUTES - UNBOUND_ATTRIBUTES["FILE"].keys():
            yield f"{name} holds what nobody wrote"
        marked = item.get("marked")
        if marked is None:
            if max(str(item.get("kept_at"))[:10], str(report.get("linked_at"))[:10]) < upto:
                yield f"{name} is in no log"
            continue
        marks = found.marks(str(marked)).get(place)
        if marks is None or marks.kept is None:
            yield f"{name} is not in the log that it names"
        elif marked != found.case.id:  # else the log of the case itself leads to it
            yield from (
                f"{name} {what}"
                for what in file_marks.find_file_differences(item, marks, upto=upto)
            )


FILE_ATTRIBUTES: Final = frozenset(
    {
        keys.PARTITION_KEY,
        keys.SORT_KEY,
        *file_marks.COMMITTED_FILE_FIELDS,
        *file_marks.COMMITTED_RESULT_FIELDS,
        *file_marks.FILE_COMPARISON_FIELDS,
    }
)


def _opened_files(found: _Case) -> Iterator[str]:
    """Each opening of a file names bytes that are there."""
    for event in found.of(Move.FILE_OPENED):
        reference, number = str(event.data.get(TOLD_IN_FIELD)), int(str(event.data["file"]))
        item = file_marks.get_file_item(found.name, reference, number)
        if item is None:
            if not _is_erased(found, reference):
                yield f"the file of opening {event.number} is gone"
        elif item.get(COMMITMENT_FIELD) != event.data[COMMITMENT_FIELD]:
            yield f"the file of opening {event.number} is another one"


def find_unbound_files(table: str, case_id: str) -> Iterator[str]:
    """The files of a case that were kept before their marks bound more than their bytes."""
    for (reference, number), marks in file_marks.read_file_marks(table, case_id).items():
        if marks.kept is not None and not file_marks.binds_whole_file(marks):
            yield f"file {number} of report {reference}: name, times and results are not bound"


# ---- what people wrote -------------------------------------------------------------------------


def _questions(found: _Case) -> Iterator[str]:
    for event in found.of(Move.ASK):
        reference, number = str(event.data["report"]), int(str(event.data["question"]))
        item = items.get_item(found.name, keys.question_key(reference, found.case.id, number))
        if item is None:
            if not _is_erased(found, reference):
                yield f"question {number} to report {reference} is gone"
            continue
        question = Question.model_validate({**item, "report": reference})
        as_written = values_from_wire_item(question_to_item(found.case.id, question))
        if as_written != item or question.commitment_hex != event.data[COMMITMENT_FIELD]:
            yield f"question {number} to report {reference} is not as it was put"


def _messages(found: _Case) -> Iterator[str]:
    """Every message is stored as it was sent, and beside each of its reports."""
    for event in found.of(Move.MESSAGE):
        told = event.data.get("reports")
        reports = [str(each) for each in told] if isinstance(told, list) else []
        item = items.get_item(found.name, keys.message_key(found.case.id, event.number))
        if item is None:
            alone = [_is_erased(found, each) for each in reports]
            if not found.gone and not (alone and all(alone)):
                yield f"message {event.number} is gone"
            continue
        message = message_from_item(item)
        as_written = _without_none(message_item(found.case.id, message))
        if as_written != item or message.commitment_hex != event.data[COMMITMENT_FIELD]:
            yield f"message {event.number} is not as it was sent"
        for each in reports:
            key = keys.reporter_message_key(each, found.case.id, event.number)
            beside = items.get_item(found.name, key)
            if beside != message_to_reporter_item(found.case.id, message, each) and not _is_erased(
                found, each
            ):
                yield f"message {event.number} is not beside report {each} as it was sent"


def _requests(found: _Case) -> Iterator[str]:
    said: dict[int, CaseEvent] = {}
    for event in found.of(*moves_where(lambda law: law.about is EntrySubject.IDENTITY)):
        said[int(str(event.data["request"]))] = event
    for number, event in said.items():
        item = items.get_item(found.name, keys.identity_key(found.case.id, number))
        if item is None:
            yield f"identity request {number} is gone"
            continue
        request = identity_request_from_item(item)
        if request.standing is RequestStanding.ERASED:
            if not _is_erased(found, request.report):
                yield f"identity request {number} is not as it was left"
            continue
        if (
            _without_none(identity_request_to_item(request)) != item
            or request.commitment_hex != event.data[COMMITMENT_FIELD]
        ):
            yield f"identity request {number} is not as it was left"
        line = undecided_request_key(request)
        stands = items.get_item(found.name, line)
        if (stands == line) != (request.standing is RequestStanding.ASKED):
            yield f"identity request {number} does not wait as it says"


def _particulars(found: _Case) -> Iterator[str]:
    """What entries are about in full is stored as it was written."""
    for event in found.events:
        if PARTICULARS_FIELD not in event.data:
            continue
        item = items.get_item(found.name, keys.particulars_key(found.case.id, event.number))
        if item is None:
            report = event.data.get(TOLD_IN_FIELD)
            if not found.gone and not (report and _is_erased(found, str(report))):
                yield f"what entry {event.number} is about is gone"
            continue
        about = particulars.particulars_from_item(item)
        as_written = particulars.particulars_to_item(found.case.id, event.number, about)
        bound = (about.commitment, about.report)
        if as_written != item or bound != (
            event.data[PARTICULARS_FIELD],
            event.data.get(TOLD_IN_FIELD),
        ):
            yield f"what entry {event.number} is about was changed"


def _index(found: _Case) -> list[dict[str, Any]]:
    """The items by which its entries are found again: of entries of one name the last has it."""
    lines = (line for event in found.events for line in index_lines(found.case.id, event))
    return list({line[keys.SORT_KEY]: line for line in lines}.values())


def _openings(found: _Case) -> Iterator[str]:
    """Each opening of a number waits for a person until one judged it, and not after that."""
    verdicts = {
        int(str(event.data["opening"])): event.data["verdict"]
        for event in found.of(Move.NUMBER_REVIEWED)
    }
    for event in found.of(Move.NUMBER_OPENED):
        opening = number_opening_from_event(found.case.id, event)
        if opening is None:
            continue
        verdict = verdicts.get(event.number)
        for unclear, waits in ((False, verdict is None), (True, verdict == Judgement.UNCLEAR)):
            line = opening_line(opening.model_copy(update={"unclear": unclear}))
            stands = items.get_item(
                found.name, {each: line[each] for each in (keys.PARTITION_KEY, keys.SORT_KEY)}
            )
            if stands != (line if waits else None):
                yield f"the opening {event.number} of a number does not wait as it says"


def _beside(found: _Case) -> Iterator[str]:
    """No item beside the case lacks an entry."""
    known = {
        keys.message_key.begins: {
            keys.message_key(found.case.id, event.number)[keys.SORT_KEY]
            for event in found.of(Move.MESSAGE)
        },
        keys.identity_key.begins: {
            keys.identity_key(found.case.id, int(str(event.data["request"])))[keys.SORT_KEY]
            for event in found.of(*moves_where(lambda law: law.about is EntrySubject.IDENTITY))
        },
        keys.particulars_key.begins: {
            keys.particulars_key(found.case.id, event.number)[keys.SORT_KEY]
            for event in found.events
            if PARTICULARS_FIELD in event.data
        },
        keys.entry_index_key.begins: set(),
        keys.public_update_key.begins: {
            each[keys.SORT_KEY]
            for each in _told(found)
            if each[keys.PARTITION_KEY] == keys.case_key(found.case.id)[keys.PARTITION_KEY]
        },
    }
    for line in _index(found):
        known[keys.entry_index_key.begins].add(line[keys.SORT_KEY])
        key = {name: line[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
        if items.get_item(found.name, key) != line:
            yield f"entry {line['number']} is not found again under its name"
    partition = keys.case_key(found.case.id)[keys.PARTITION_KEY]
    for begins, sorts in known.items():
        for key in items.query_keys(found.name, partition, begins):
            if key[keys.SORT_KEY] not in sorts:
                yield f"{key[keys.SORT_KEY]} stands beside the case and no entry knows of it"


def _tellings(found: _Case) -> Iterator[str]:
    """What reporters are told is what the entries say."""
    for telling in _told(found):
        key = {name: telling[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
        reference = keys.reference_from_partition(key[keys.PARTITION_KEY])
        to_all = key[keys.PARTITION_KEY] == keys.case_key(found.case.id)[keys.PARTITION_KEY]
        if items.get_item(found.name, key) != telling and (
            to_all or not _is_erased(found, reference)
        ):
            yield f"what {key[keys.SORT_KEY]} tells reporters is not what its entry says"


def _told(found: _Case) -> Iterator[dict[str, Any]]:
    """What its entries tell: all who hear of the case, or the reporter who was asked."""
    asked: str | None = None
    for event in found.events:
        yield from telling_items(found.case.id, event, asked)
        asked = str(event.data["report"]) if event.move == Move.ASK else asked


def _without_none(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not None}


HISTORY_CHECKS: Final = (
    *(_entries, _days, _lines, _reports, _additions, _marks, _files, _questions, _messages),
    *(_requests, _openings, _particulars, _tellings, _beside),
)
"""All checks in order: an unreadable part hides no other."""
