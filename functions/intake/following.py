"""Data for following a report beside the report itself: its steps and messages.

Most calls send reports and need none of it: only calls that follow import this module.
"""

from __future__ import annotations

from casework.aws.table.report_table import Followed
from casework.aws.table.tellings import message_texts, way_of
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import procedure
from casework.report.way import Way
from casework.text.folding import unfold
from functions.intake.answers import Post
from functions.intake.progress import additions_of


def what_happened(table: str, reference: str, found: Followed, now: str) -> tuple[Way, list[Post]]:
    """The steps of a report, and the messages to its reporter.

    Neither the case nor its history is read: what its reporter is told is kept beside the report
    and, as far as it hears of a case, beside the case. So it costs the same however many others
    joined, and whether it hears of one or not.
    """
    came = way_of(table, reference, found, now)
    to_all = [Post(at=at, text=text) for at, text in message_texts(table, came.messages)]
    to_them = [Post(at=each.at, text=unfold(each.text)) for each in found.messages]
    return came, [*to_all, *to_them]


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
