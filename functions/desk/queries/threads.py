"""What a person keeps about the notes of cases: which name them, and which cases they watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from casework.aws.table import audit_log, mention_table, particulars
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status
from casework.decisions.base import FREE_WORDS_FIELD
from casework.decisions.colleagues import MAX_WATCHED, find_hand_over, reads_notes
from casework.decisions.permissions import OfficesOf, StaffCall, is_permitted
from casework.decisions.staff import StaffMember
from casework.views.lists import case_line_fields
from casework.views.thread import (
    Inbox,
    MentionView,
    ThreadMarks,
    ThreadView,
    WatchedCase,
)
from functions.desk.queries.case_lines import CaseLines
from functions.desk.queries.people import named_subjects, names_by_subject

MAX_UNREAD_OF_A_CASE: Final = 200
"""As many as a case has notes."""


def reader_marks(table: CaseTable, member: StaffMember, case: Case) -> ThreadMarks:
    """What a reader keeps about the notes of a case: two small reads."""
    watching = mention_table.find_watch(table.name, member.subject, case.id) is not None
    if not reads_notes(member, case):
        return ThreadMarks(watching=watching)
    unread = mention_table.list_unread(table.name, member.subject, MAX_UNREAD_OF_A_CASE, case.id)
    entries = (mention_table.parse_note_name(each)[1] for each in unread)
    return ThreadMarks(watching=watching, unread=tuple(entries))


def reader_thread(
    table: CaseTable, member: StaffMember, case: Case, events: Sequence[CaseEvent]
) -> ThreadView:
    """How a reader stands to the notes of a case with this history."""
    given = find_hand_over(case, events, member) if reads_notes(member, case) else None
    return ThreadView(**reader_marks(table, member, case).model_dump(), handed_over=given)


def inbox_page(
    lines: CaseLines, offices: OfficesOf, limit: int, after: str | None
) -> tuple[Inbox, str | None]:
    """The notes that name a member, on the first page with the cases that they watch, and the place
    of the next page."""
    table, member, at = lines.table, lines.member, lines.now
    mentions, further = _mentions(table, member, at, limit, after)
    watched = _watched(table, member, offices) if after is None else []
    cases = lines.remember(case for case, _ in watched)
    subjects = {each.by for each in mentions} | named_subjects(cases)
    zone = lines.pack.facts.zone
    page = Inbox(
        mentions=tuple(mentions),
        watched=tuple(
            WatchedCase(**case_line_fields(case, at, zone), news=news) for case, news in watched
        ),
        people=names_by_subject(table, subjects, at),
    )
    return page, further


def _mentions(
    table: CaseTable, member: StaffMember, at: datetime, limit: int, after: str | None
) -> tuple[list[MentionView], str | None]:
    """The notes that name a member, the latest first.

    Their words are read from the cases, as far as the member reads them now: that they were shown
    is recorded. A note that the member can read no more is no longer unread, either.
    """
    lines, further = mention_table.list_mentions(table.name, member.subject, at, limit, after)
    notes = [line.what for line in lines]
    named = [mention_table.parse_note_name(note) for note in notes]
    cases = {
        case.id: case
        for case in table.get_cases([case_id for case_id, _ in named])
        if reads_notes(member, case)
    }
    said = particulars.read_particulars(table.name, [each for each in named if each[0] in cases])
    unread = mention_table.find_unread(table.name, member.subject, notes)
    shown = [
        MentionView(
            at=line.at,
            case=case_id,
            number=cases[case_id].number or None,
            entry=entry,
            move=Move(line.said["move"]),
            by=line.said["by"],
            words=str(said[case_id, entry][FREE_WORDS_FIELD]),
            unread=line.what in unread,
        )
        for line, (case_id, entry) in zip(lines, named, strict=True)
        if (case_id, entry) in said
    ]
    lost = [note for note, each in zip(notes, named, strict=True) if each not in said]
    mention_table.mark_read(table.name, member.subject, unread.intersection(lost))
    for case_id in dict.fromkeys(each.case for each in shown):
        audit_log.record_access(table.name, case_id, at, audit_log.VIEW_MARK, member.subject)
    return shown, further


def _watched(table: CaseTable, member: StaffMember, offices: OfficesOf) -> list[tuple[Case, int]]:
    """The cases that a member watches, with how many entries each has since the member was shown
    some: those with the most first. One that the member may read no more, or that was erased, is
    watched no longer."""
    watched = mention_table.list_watched(table.name, member.subject, MAX_WATCHED)
    found = [
        (case, case.events - watched[case.id])
        for case in table.get_cases(list(watched))
        if case.status is not Status.ERASED and is_permitted(member, StaffCall.WATCH, case, offices)
    ]
    for case_id in watched.keys() - {case.id for case, _ in found}:
        mention_table.delete_watch(table.name, member.subject, case_id)
    found.sort(key=lambda each: (-each[1], each[0].priority.rank, each[0].opened_at))
    return found
