"""Data for following a report beside the report itself: its steps and messages.

Most calls send reports and need none of it: only calls that follow import this module.
"""

from __future__ import annotations

from casework.aws.table.public_timelines import message_texts, public_timeline_from_record
from casework.aws.table.report_table import FollowUpRecord
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from casework.report.public_timeline import PublicTimeline
from casework.text.compression import decompress_text
from functions.intake.answers import Post
from functions.intake.progress import addition_views


def load_timeline(
    table: str, reference: str, found: FollowUpRecord, now: str
) -> tuple[PublicTimeline, list[Post]]:
    """The steps of a report, and the messages to its reporter.

    Neither the case nor its history is read: what its reporter is told is kept beside the report
    and, as far as it hears of a case, beside the case. So it costs the same however many others
    joined, and whether it hears of one or not.
    """
    came = public_timeline_from_record(table, reference, found, now)
    to_all = [Post(at=at, text=text) for at, text in message_texts(table, came.messages)]
    to_them = [Post(at=each.at, text=decompress_text(each.text)) for each in found.messages]
    return came, [*to_all, *to_them]


def list_questions(found: FollowUpRecord) -> list[Post]:
    """The questions put to the reporter."""
    answered = {each.answers for each in addition_views(found)} if found.questions else set()
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


def service_names_by_id(pack: Jurisdiction, language: str) -> dict[str, str]:
    """The names of the services that help with other matters, by their ids."""
    return {
        each.id: each.names.get(language, each.id) for each in read_procedure(pack.folder).services
    }
