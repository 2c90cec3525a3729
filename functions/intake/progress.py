"""The state of a report for its reporter, without names of people and units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from casework.aws.table.report_table import Followed
from casework.case.lifecycle import Status
from casework.report.followup import AddedView, added_view
from casework.report.report import pictures_in
from casework.report.way import PublicStatus, ReportHappening, Taken, Way
from functions.intake import words
from functions.intake.answers import Post, Progress, ReferenceEntry

if TYPE_CHECKING:
    from casework.case.case import Case

PUBLIC: Final[dict[Status, PublicStatus]] = {
    # Whether it was assessed, too, is no step: a report waits for an analyst from when it was read.
    Status.RECEIVED: PublicStatus.IN_REVIEW,
    Status.IN_REVIEW: PublicStatus.IN_REVIEW,
    Status.AWAITING_ANSWER: PublicStatus.IN_REVIEW,
    # A reporter need not know that units disagreed: until one holds the case it is on its way.
    Status.REVIEWED: PublicStatus.BEING_REFERRED,
    Status.QUEUED: PublicStatus.BEING_REFERRED,
    Status.PUBLISHED: PublicStatus.BEING_REFERRED,
    Status.DECLINED: PublicStatus.BEING_REFERRED,
    Status.AWAITING_AUTHORISATION: PublicStatus.WITH_UNIT,
    Status.ACKNOWLEDGED: PublicStatus.WITH_UNIT,
    # Its reports are on their way into the case that goes on.
    Status.MERGED: PublicStatus.IN_REVIEW,
    Status.CLOSED: PublicStatus.CLOSED,
    Status.ERASED: PublicStatus.CLOSED,
}


def progress(
    reference: str,
    found: Followed,
    case: Case | None,
    came: Way,
    posts: Sequence[Post],
    language: str,
    now: datetime,
    services: Mapping[str, str],
) -> Progress:
    """The answer to the reporter; `case` is None while the report waits to be linked.

    Before the first step with news for the reporter, the answer does not depend on the case.
    `services` are the names of services that help instead.
    """
    accepted_at, steps = found.accepted_at, list(came.steps)
    pictures = pictures_in(found.facts)
    standings = [each.step for each in steps if isinstance(each.step, PublicStatus)]
    status = standings[-1] if standings else PublicStatus.RECEIVED
    stands = PUBLIC[case.status] if case and case.status is not Status.RECEIVED else status
    if came.told and case and stands is not status:
        # Its reports are on their way, or the case came to stand there without an event.
        status = stands
        steps.append(Taken(status, max(accepted_at, case.moved_at) if case.moved_at else ""))
    return Progress(
        reference=reference,
        status=status,
        text=words.step(status, language),
        accepted_at=accepted_at,
        language=language,
        timeline=tuple(
            ReferenceEntry(
                status=each.step, text=_told(each, language, services), at=each.at or None
            )
            for each in [Taken(PublicStatus.RECEIVED, accepted_at), *steps]
        ),
        notes=(
            *_notes(case, came, posts, language, now),
            *((words.pictures(pictures, language),) if pictures else ()),
        ),
        pictures=pictures or None,
        messages=tuple(posts),
        additions=additions_of(found),
    )


def additions_of(found: Followed) -> tuple[AddedView, ...]:
    """The additions of the reporter, oldest first."""
    return tuple(
        added_view(each.id, each.added_at, each.content, contact=each.contact)
        for each in found.additions
    )


def _notes(
    case: Case | None, came: Way, posts: Sequence[Post], language: str, now: datetime
) -> Iterator[str]:
    if case is None or not came.told:
        if any(each.step is ReportHappening.LATE for each in came.alone):
            yield words.late(language)
        return
    if case.status is Status.CLOSED and case.closed is not None:
        why = words.ended(case.closed.value, language)
        if why:
            yield why
        return
    if any(post.question is not None and not post.answered for post in posts):
        yield words.asked(language)
    if _is_late(case, now):
        yield words.late(language)


def _is_late(case: Case, now: datetime) -> bool:
    """Whether people let the deadline of the case pass; a reporter's own does not count."""
    wait = case.wait
    if wait is None or not case.status.law.waits:
        return False
    return wait.level > 0 or datetime.fromisoformat(wait.due) < now


def _told(taken: Taken, language: str, services: Mapping[str, str]) -> str:
    """A step in plain words; the end of a case with its reason, and the service that helps
    instead."""
    said = [words.step(taken.step, language)]
    data = taken.event.data if taken.event else {}
    if taken.step in {PublicStatus.CLOSED, ReportHappening.CORRECTED}:
        said.append(words.ended(str(data.get("reason")), language) or "")
        service = services.get(str(data.get("turn_to")))
        said.append(words.turn_to(service, language) if service else "")
    return " ".join(each for each in said if each)
