"""The state of a report for its reporter, without names of people and units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from casework.aws.services.digest_sealing import SEALED_LOOK
from casework.aws.table.report_table import Followed
from casework.report.followup import AddedView, added_view
from casework.report.report import pictures_in
from casework.report.way import TO_ONE, PublicStatus, ReportHappening, Taken, Way
from functions.intake import words
from functions.intake.answers import Post, Progress, ReferenceEntry


def progress(
    reference: str,
    found: Followed,
    came: Way,
    posts: Sequence[Post],
    language: str,
    services: Mapping[str, str],
) -> Progress:
    """The answer to the reporter, from the steps of the report alone.

    `services` are the names of services that help instead.
    """
    pictures = pictures_in(found.facts) or len(found.looks) // SEALED_LOOK
    status = came.standing or PublicStatus.RECEIVED
    return Progress(
        reference=reference,
        status=status,
        text=words.step(status, language),
        accepted_at=found.accepted_at,
        language=language,
        timeline=tuple(
            ReferenceEntry(
                status=each.step, text=_told(each, language, services), at=each.at or None
            )
            for each in [Taken(PublicStatus.RECEIVED, found.accepted_at), *came.steps]
        ),
        notes=(
            *_notes(came, posts, language),
            *((words.pictures(pictures, language),) if pictures else ()),
        ),
        pictures=pictures or None,
        number_opened=found.number_opened,
        messages=tuple(posts),
        additions=additions_of(found),
    )


def additions_of(found: Followed) -> tuple[AddedView, ...]:
    """The additions of the reporter, oldest first."""
    return tuple(
        added_view(each.id, each.added_at, each.content, contact=each.contact)
        for each in found.additions
    )


def _notes(came: Way, posts: Sequence[Post], language: str) -> Iterator[str]:
    if came.standing is PublicStatus.CLOSED:
        why = words.ended(str(_reason(came)), language)
        if why:
            yield why
        return
    if any(post.question is not None and not post.answered for post in posts):
        yield words.asked(language)
    if _is_late(came):
        yield words.late(language)


def _reason(came: Way) -> str | None:
    """Why the case ended, as it was told last."""
    ends = {PublicStatus.CLOSED, ReportHappening.CORRECTED}
    told = [each.by.reason for each in came.told if each.by and each.step in ends]
    return told[-1] if told else None


def _is_late(came: Way) -> bool:
    """Whether people let the last deadline pass, and nothing was told since."""
    acts = [each.step for each in came.steps if each.step not in TO_ONE]
    return bool(acts) and acts[-1] is ReportHappening.LATE


def _told(taken: Taken, language: str, services: Mapping[str, str]) -> str:
    """A step in plain words; the end of a case with its reason, and the service that helps
    instead."""
    said = [words.step(taken.step, language)]
    reason, turn_to = (taken.by.reason, taken.by.turn_to) if taken.by else (None, None)
    if taken.step in {PublicStatus.CLOSED, ReportHappening.CORRECTED}:
        said.append(words.ended(str(reason), language) or "")
        service = services.get(str(turn_to))
        said.append(words.turn_to(service, language) if service else "")
    return " ".join(each for each in said if each)
