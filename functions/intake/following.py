"""Data for following a report beside the report itself: its case, its steps, its messages.

Most calls send reports and need none of it: only calls that follow import this module.
"""

from __future__ import annotations

from functools import cache

from casework.aws.table.case_table import CaseTable
from casework.aws.table.messages import messages_of
from casework.aws.table.report_table import Followed
from casework.case.admission import Admitted
from casework.case.case import Case
from casework.case.history import Event
from casework.errors import CaseNotFound
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import procedure
from casework.report.way import Placed, Stay, Stretch, Way, path_of, way
from casework.text.folding import unfold
from functions.intake.answers import Post
from functions.intake.progress import additions_of


def case_of(table: CaseTable, found: Followed) -> Case | None:
    """The case of a report, if it has one."""
    if found.case_id is None:
        return None
    try:
        return table.case(found.case_id)
    except CaseNotFound:
        return None


def what_happened(
    table: CaseTable, reference: str, found: Followed, case: Case | None, now: str
) -> tuple[Way, list[Post]]:
    """The steps of a report, and the messages to its reporter.

    Messages stay readable from every case that the report was in: merged, split off, or one that it
    was taken out of. Its cases are read one after the other, nearly always one. For an unadmitted
    report only its own case is read, which does not exist: no other case is read, and the calls are
    the same as for a report that stands alone.
    """
    if case is None:
        return Way((), ()), []
    report = placed(reference, found, case.id)
    belongs = report.belongs_to(case)
    told_of = case.id if belongs else report.own_case

    @cache
    def events_of(case_id: str) -> list[Event]:
        events = list(table.events(case_id))
        return events[: case.events] if case_id == told_of else events  # it was read before them

    events_of(told_of)  # whether it is needed or not: every report costs as many reads
    path = path_of(report, events_of) if belongs else []
    to_all = {
        (stretch.case, each.number): Post(at=each.at, text=each.text)
        for stretch in path or [Stretch(told_of, now)]
        for each in messages_of(table.name, stretch.case)
        if not each.reports and stretch.holds(each.number, each.at)
    }
    to_them = [Post(at=each.at, text=unfold(each.text)) for each in found.messages]
    return way(report, path, events_of, now), [*to_all.values(), *to_them]


def placed(reference: str, found: Followed, case_id: str) -> Placed:
    """Where a report is, as its way depends on it."""
    clock = found.alone or {}
    by = found.admitted
    return Placed(
        reference,
        found.accepted_at,
        case_id,
        found.moved,
        found.number,
        Admitted(case=by[0], event=by[1]) if by else None,
        clock.get("since"),
        clock.get("late"),
        tuple(map(Stay.model_validate, found.stayed)),
    )


def questions_to(found: Followed) -> list[Post]:
    """The questions put to the reporter."""
    answered = {each.answers for each in additions_of(found)} if found.questions else set()
    return [
        Post(
            at=each.asked_at,
            text=each.text,
            question=each.number,
            answer_by=each.due,
            answered=each.number in answered,
        )
        for each in found.questions
    ]


def services_of(pack: Jurisdiction, language: str) -> dict[str, str]:
    """The names of the services that help with other matters, by their ids."""
    return {each.id: each.names.get(language, each.id) for each in procedure(pack.folder).services}
