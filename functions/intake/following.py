"""What following a report reads beside the report: its case, the way there, what was written.

Most calls bring reports and need none of it: this module is imported by those that follow.
"""

from __future__ import annotations

from casework.aws.case_table import CaseTable
from casework.aws.messages import messages_of
from casework.aws.report_table import Followed
from casework.case import Case
from casework.errors import CaseNotFound
from casework.history import Event
from casework.jurisdiction import Jurisdiction
from casework.procedure import procedure
from functions.intake.answers import Post
from functions.intake.progress import additions_of
from functions.intake.timeline import Taken, stretches, way


def case_of(table: CaseTable, found: Followed) -> Case | None:
    """The case of a report, if it has one."""
    if found.case_id is None:
        return None
    try:
        return table.case(found.case_id)
    except CaseNotFound:
        return None


def what_happened(
    table: CaseTable, reference: str, found: Followed, case: Case | None
) -> tuple[list[Taken], list[Post]]:
    """The steps of a report, and the messages to its reporter.

    What was written while the report was in a case that was merged, or split off again, stays
    readable: its cases are read one after the other, nearly always one.
    """
    if case is None:
        return [], []
    known: dict[str, list[Event]] = {}

    def events_of(case_id: str) -> list[Event]:
        if case_id not in known:
            known[case_id] = list(table.events(case_id))
        return known[case_id]

    known[case.id] = events_of(case.id)[: case.events]  # the case was read before them
    path = stretches((*found.moved, case.id), found.accepted_at, events_of)
    posts = {
        (stretch.case, each.number): Post(at=each.at, text=each.text)
        for stretch in path
        for each in messages_of(table.name, stretch.case)
        if each.report in (None, reference) and stretch.holds(each.at)
    }
    return list(way(reference, path, events_of)), list(posts.values())


def questions_to(found: Followed) -> list[Post]:
    """The questions put to the reporter."""
    answered = {each.answers for each in additions_of(found)}
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
    """The names of the services that help with what is not for this desk, by their ids."""
    return {each.id: each.names.get(language, each.id) for each in procedure(pack.folder).services}
