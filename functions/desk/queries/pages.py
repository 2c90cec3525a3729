"""A case in pages: its reports with their additions, its ledgers, its messages, its history.

Every page continues all lists where the page before ended. Each list has its own limit of bytes, so
that no page is larger than the answer of a function may be. Reports come in their order; messages
and history come latest first. A report with more additions than a page can hold comes again on the
next page, with the rest; so does a freeze with many entries.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from casework.aws.http import cursors
from casework.aws.services.response_sizes import json_bytes, take_while_fits
from casework.aws.table.additions import (
    StoredAdditionView,
    extract_addition_identifiers,
    list_additions,
)
from casework.aws.table.case_table import CaseTable
from casework.aws.table.file_table import FileTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.messages import list_case_messages
from casework.aws.table.report_parsing import extract_identifiers
from casework.aws.table.stored_file import FileDigests, StoredFile
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move
from casework.decisions.freezes import FreezeView, freeze_views, join_entries, split_entries
from casework.decisions.staff import StaffMember
from casework.decisions.suspects import SuspectView, suspect_views
from casework.identifiers import Identifier
from casework.report.examination import Preview, effective_scan
from casework.report.followup import AdditionKind
from casework.text.compression import readable_part
from casework.views.case_page import MessageView, NamedIdentifier
from casework.views.history_view import EventView, redact_history
from casework.views.instruction_view import InstructionView, instruction_views
from casework.views.report_view import AdditionView, FileView, NamedBy, QuestionView, ReportView
from functions.desk.queries.lists import report_view

MAX_REPORTS_SHOWN: Final = 50
LedgerPart = InstructionView | SuspectView | FreezeView

CASE_PAGE_BUDGETS_BYTES: Final = {
    "reports": 2_500_000,
    "ledgers": 900_000,
    "messages": 700_000,
    "history": 700_000,
}
"""Bytes of each list on a page. One report, or one further addition, and one entry of each other
list are always shown: even then a page stays below the largest answer of a function."""
MAX_CASE_PAGE_BYTES: Final = 4_800_000
"""Bytes of all of them together."""
DOSSIER_PAGE_SECONDS: Final = 2.0
"""Of a dossier's page: with one more report, in a time of its own, the call still ends in time."""

AFTER_EVERY_ENTRY_NUMBER: Final = 999_999
"""Before this number stands every message, every entry and every part of a ledger."""
CASE_PAGE_CURSOR_PATTERN: Final = re.compile(r"(?:[0-9]{6}|-)?\.[0-9]{1,2}(?:\.[0-9]{1,6}){3}")


@dataclass(frozen=True)
class PagePlace:
    """Where a page begins."""

    after: str | None = ""
    """Place of the last report that was shown whole; None when all were."""
    added: int = 0
    """How many additions to the next report were shown."""
    ledgers: int = 0
    """How many parts of the ledgers were shown; `ALL` when all were."""
    messages: int = AFTER_EVERY_ENTRY_NUMBER
    """Messages with a lower number are left; 0 when none is."""
    history: int = AFTER_EVERY_ENTRY_NUMBER

    @classmethod
    def decode(cls, cursor: str | None, case: Case) -> Self:
        """The place of a cursor; raises NotValid when it is of another list."""
        if cursor is None:
            return cls()
        after, *numbers = cursors.decode_cursor(cursor, (case.id,), CASE_PAGE_CURSOR_PATTERN)[
            1
        ].split(".")
        return cls(None if after == "-" else after, *map(int, numbers))

    def encode(self, case: Case) -> str | None:
        """The cursor of this place; None at the end."""
        if self == PagePlace(None, 0, AFTER_EVERY_ENTRY_NUMBER, 0, 0):
            return None
        after = "-" if self.after is None else self.after
        numbers = (self.added, self.ledgers, self.messages, self.history)
        return cursors.encode_cursor(case.id, ".".join(map(str, (after, *numbers))))


@dataclass
class CasePage:
    """Some of a case, as it is shown."""

    reports: list[ReportView] = field(default_factory=list)
    instructions: tuple[InstructionView, ...] = ()
    outcomes: tuple[SuspectView, ...] = ()
    freezes: tuple[FreezeView, ...] = ()
    messages: tuple[MessageView, ...] = ()
    history: tuple[EventView, ...] = ()
    named: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Kind and value of identifiers in the shown words that are not the reporter's: references of
    the reports."""
    values: dict[str, str] = field(default_factory=dict)
    """The identifiers behind the marks of histories."""
    weight: int = 0
    """Bytes of its reports, and of their identifiers."""
    cursor: str | None = None

    @property
    def identifiers(self) -> tuple[NamedIdentifier, ...]:
        """The identifiers in the shown words, each once."""
        return tuple(
            NamedIdentifier(kind=kind, value=value, reports=tuple(references))
            for (kind, value), references in self.named.items()
        )

    def show(self, part: LedgerPart) -> None:
        """Show the next part of a ledger."""
        match part:
            case InstructionView():
                self.instructions += (part,)
            case SuspectView():
                self.outcomes += (part,)
            case FreezeView():
                self.freezes = join_entries((*self.freezes, part))


def case_page(
    table: CaseTable,
    member: StaffMember,
    case: Case,
    events: Sequence[CaseEvent],
    about: Mapping[int, Mapping[str, Any]],
    others: Collection[str],
    cursor: str | None,
    *,
    at: datetime,
    naming: bool = False,
) -> CasePage:
    """A page of a case with this history; with `naming`, its words are read for identifiers again.

    `about` are the particulars of the entries, by their numbers; `others` are the other cases of
    the history that exist for the member.

    Raises NotValid for a cursor of another list.
    """
    place, page = PagePlace.decode(cursor, case), CasePage()
    after, added = _reports(table, case, events, place, page, at=at, naming=naming)
    messages = [
        MessageView(
            number=each.number,
            at=each.at,
            by=each.by,
            office=each.office or None,
            text=each.text,
            reports=each.reports,
        )
        for each in list_case_messages(table.name, case.id)
        if each.number < place.messages
    ]
    entries = redact_history(member, events[: max(0, place.history - 1)], others, about)
    bytes_left = (
        MAX_CASE_PAGE_BYTES - page.weight
    )  # little only beside one report that is larger than its room
    ledgers, shown = _ledgers(case, events, about)[place.ledgers :], 0
    for part in take_while_fits(ledgers, min(bytes_left, CASE_PAGE_BUDGETS_BYTES["ledgers"])):
        page.show(part)
        bytes_left -= json_bytes(part)
        shown += 1
    page.messages = take_while_fits(
        reversed(messages), min(bytes_left, CASE_PAGE_BUDGETS_BYTES["messages"])
    )[::-1]
    bytes_left -= sum(map(json_bytes, page.messages))
    page.history = take_while_fits(
        reversed(entries), min(bytes_left, CASE_PAGE_BUDGETS_BYTES["history"])
    )[::-1]
    further = PagePlace(
        after,
        added,
        place.ledgers + shown if shown < len(ledgers) else AFTER_EVERY_ENTRY_NUMBER,
        page.messages[0].number if len(page.messages) < len(messages) else 0,
        page.history[0].number if len(page.history) < len(entries) else 0,
    )
    page.cursor = further.encode(case)
    return page


def _ledgers(
    case: Case, events: Sequence[CaseEvent], about: Mapping[int, Mapping[str, Any]]
) -> list[LedgerPart]:
    """The ledgers of a case in parts, each small beside a page: a decision of the prosecutor, a
    suspect with their events, an entry of a freeze."""
    return [
        *instruction_views(events, about),
        *suspect_views(case, events),
        *split_entries(freeze_views(case, events, about)),
    ]


def _reports(
    table: CaseTable,
    case: Case,
    events: Sequence[CaseEvent],
    place: PagePlace,
    page: CasePage,
    *,
    at: datetime,
    naming: bool,
) -> tuple[str | None, int]:
    """Fill the page with reports; where the next one goes on."""
    if place.after is None:
        return None, 0
    filling = _Filling(page, naming, time.monotonic() + DOSSIER_PAGE_SECONDS)
    found = table.reports.page_references(case.id, MAX_REPORTS_SHOWN, place.after or None)
    asked_references = {str(each.data.get("report")) for each in events if each.move == Move.ASK}
    after, begins = place.after, place.added
    for stored in table.reports.get_reports(found.ids):
        if stored.case_id != case.id:  # the index may lag behind a report that moved
            continue
        additions = list_additions(table.name, stored.reference) if stored.additions else []
        view = add_questions_to_report(
            table,
            report_view(table.pictures, stored, case, events),
            stored,
            additions,
            asked_references,
        )
        if stored.file_count:
            view = view.model_copy(
                update={"files": staff_file_views(table.files, stored.reference, at)}
            )
        shown = filling.take(view, stored, additions, begins)
        if shown < len(additions):
            return after, max(0, shown)
        after, begins = f"{view.number:06d}", 0
    return found.after, 0


@dataclass
class _Filling:
    """A page as it is filled with reports."""

    page: CasePage
    naming: bool
    until: float
    """When the time for reading is spent, of the monotonic clock."""

    def take(
        self,
        view: ReportView,
        stored: StoredReport,
        stored_additions: Sequence[StoredAdditionView],
        begins: int,
    ) -> int:
        """Show a report with its additions, from an addition on; they are counted from 0.

        Returns how many additions were shown so far; -1 when the report must begin the next page.
        The first report is always shown, with one further addition at least.
        """
        found = extract_identifiers(stored) if self.naming else ()
        if found is None:
            view = view.model_copy(update={"unreadable": True})
        named = (
            _not_own(found or (), stored.named, stored.own_named)
            if self.naming
            else _kept(stored.named, stored.own_named)
        )
        first, size = not self.page.reports, json_bytes(view) + _size_of(named)
        if not first and self._is_full(size):
            return -1
        values, added = dict(stored.named), list[AdditionView]()
        for each in stored_additions[begins:]:
            further, identifiers = addition_view(each, view.questions), self._named_in(each)
            more = size + json_bytes(further) + _size_of(identifiers)
            if self._is_full(more) and (added or not first):
                break
            size = more
            named += identifiers
            values |= each.named
            added.append(further)
        if begins < len(stored_additions) and not added:
            return -1
        for name in named:
            references = self.page.named.setdefault(name, [])
            if stored.reference not in references:
                references.append(stored.reference)
        self.page.values |= values
        self.page.weight += size
        self.page.reports.append(
            view.model_copy(update={"added": tuple(added), "continued": begins > 0})
        )
        return begins + len(added)

    def _named_in(self, kept: StoredAdditionView) -> list[tuple[str, str]]:
        if not self.naming:
            return _kept(kept.named, kept.own_named)
        return _not_own(extract_addition_identifiers(kept) or (), kept.named, kept.own_named)

    def _is_full(self, more: int) -> bool:
        late = self.naming and time.monotonic() > self.until
        return late or self.page.weight + more > CASE_PAGE_BUDGETS_BYTES["reports"]


def add_questions_to_report(
    table: CaseTable,
    view: ReportView,
    stored: StoredReport,
    additions: Sequence[StoredAdditionView],
    asked_questions: Collection[str],
) -> ReportView:
    """The report with the questions to its reporter, and whether they withdrew or corrected."""
    said = [each for addition in additions if (each := addition.readable_content)]
    kinds = {each.kind for each in said}
    answers = {each.answers: each.id for each in reversed(said) if each.answers is not None}
    was_asked = (
        stored.moved or stored.reference in asked_questions
    )  # the questions of another case are there
    put = table.reports.questions(stored.reference) if was_asked else []
    questions = tuple(
        QuestionView(
            number=int(each["number"]),
            text=each["text"],
            asked_at=each["asked_at"],
            due=each["due"],
            answered_by=answers.get(int(each["number"])),
        )
        for each in sorted(put, key=lambda each: str(each["asked_at"]))
    )
    return view.model_copy(
        update={
            "questions": questions,
            "withdrawn": AdditionKind.WITHDRAWAL in kinds,
            "corrected": AdditionKind.CORRECTION in kinds,
        }
    )


def staff_file_views(table: FileTable, reference: str, at: datetime) -> tuple[FileView, ...]:
    """The files of a report as staff see them."""
    files = table.list_files(reference)
    return tuple(_file_view(each, table.digests(each), at) for each in files)


def _file_view(each: StoredFile, digests: FileDigests, at: datetime) -> FileView:
    view = FileView(
        n=each.number,
        name=each.name,
        size=each.size if each.exact else None,
        state=each.state,
        why=each.why,
        sent_at=each.slotted_at,
        refused_at=each.refused_at,
        came=each.came,
        type=each.came_type,
        sha256=digests.sha256 or digests.came_digest,
        declared=each.declared is not None,
    )
    if each.kept_at is None:
        return view
    waited = (at - datetime.fromisoformat(each.kept_at)).total_seconds()
    scan = effective_scan(each.scan, scanner=each.scanner, waited_seconds=waited)
    told = {"scan": scan, "preview": each.preview or Preview.PENDING}
    if each.examination is not None:
        told |= each.examination.model_dump(include={"type", "agreed", "pages", "shown", "cut"})
    return view.model_copy(update=told)


def addition_view(stored: StoredAdditionView, questions: Iterable[QuestionView]) -> AdditionView:
    """An addition as staff see it: with the words of the question that it answers."""
    own, content = set(stored.own_named), stored.readable_content
    beside: dict[str, Any] = {
        "identifiers": tuple(
            NamedBy.from_mark(mark, value)
            for mark, value in stored.named.items()
            if mark not in own
        ),
        "own": tuple(map(NamedBy.from_mark, stored.own_named)),
        "unreadable": stored.unreadable or content is None,
    }
    if content is None:
        return AdditionView(
            id=stored.id,
            added_at=stored.added_at,
            text=readable_part(stored.content),
            contact=stored.contact,
            **beside,
        )
    asked = {each.number: each.text for each in questions}
    return AdditionView(**content.model_dump(), asked=asked.get(content.answers or 0), **beside)


def _not_own(
    found: Iterable[Identifier], values: Mapping[str, str], own_named: Iterable[str]
) -> list[tuple[str, str]]:
    """Kind and value of identifiers that are not the reporter's own."""
    own = {(mark.partition(":")[0], values.get(mark)) for mark in own_named}
    named = ((each.kind, each.canonical) for each in found if not each.own)
    return [each for each in dict.fromkeys(named) if each not in own]


def _kept(values: Mapping[str, str], own_named: Collection[str]) -> list[tuple[str, str]]:
    """The same, as linking kept them: the words are not read again."""
    return [
        (mark.partition(":")[0], value) for mark, value in values.items() if mark not in own_named
    ]


def _size_of(named: Iterable[tuple[str, str]]) -> int:
    """The bytes of these in an answer, each beside a reference."""
    return sum(
        json_bytes(NamedIdentifier(kind=kind, value=value, reports=("0000-0000-0000-0000-0",)))
        for kind, value in named
    )
