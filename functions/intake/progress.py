"""The state of a report for its reporter, without names of people and units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from casework.aws.services.digest_sealing import SEALED_PERCEPTUAL_HASH_BYTES
from casework.aws.table.report_table import FollowUpRecord
from casework.report.followup import AddedView, added_view
from casework.report.public_timeline import (
    STEPS_FOR_ONE_REPORTER,
    PublicStatus,
    PublicTimeline,
    ReportHappening,
    TimelineStep,
)
from casework.report.stored_facts import count_stored_pictures
from functions.intake import sentences
from functions.intake.answers import Post, Progress, ReferenceEntry


def build_progress(
    reference: str,
    found: FollowUpRecord,
    timeline: PublicTimeline,
    posts: Sequence[Post],
    language: str,
    services: Mapping[str, str],
) -> Progress:
    """The answer to the reporter, from the steps of the report alone.

    `services` are the names of services that help instead.
    """
    pictures = (
        count_stored_pictures(found.facts) or len(found.looks) // SEALED_PERCEPTUAL_HASH_BYTES
    )
    status = timeline.current_status or PublicStatus.RECEIVED
    return Progress(
        reference=reference,
        status=status,
        text=sentences.step_sentence(status, language),
        accepted_at=found.accepted_at,
        language=language,
        timeline=tuple(
            ReferenceEntry(
                status=each.step, text=_told(each, language, services), at=each.at or None
            )
            for each in [TimelineStep(PublicStatus.RECEIVED, found.accepted_at), *timeline.steps]
        ),
        notes=(
            *_notes(timeline, posts, language),
            *((sentences.pictures_sentence(pictures, language),) if pictures else ()),
        ),
        pictures=pictures or None,
        number_opened=found.number_opened,
        messages=tuple(posts),
        additions=addition_views(found),
    )


def addition_views(found: FollowUpRecord) -> tuple[AddedView, ...]:
    """The additions of the reporter, oldest first."""
    return tuple(
        added_view(each.id, each.added_at, each.content, contact=each.contact)
        for each in found.additions
    )


def _notes(timeline: PublicTimeline, posts: Sequence[Post], language: str) -> Iterator[str]:
    if timeline.current_status is PublicStatus.CLOSED:
        why = sentences.end_sentence(str(_reason(timeline)), language)
        if why:
            yield why
        return
    if any(post.question is not None and not post.answered for post in posts):
        yield sentences.question_sentence(language)
    if _is_late(timeline):
        yield sentences.lateness_sentence(language)


def _reason(came: PublicTimeline) -> str | None:
    """Why the case ended, as it was told last."""
    ends = {PublicStatus.CLOSED, ReportHappening.CORRECTED}
    told = [each.by.reason for each in came.told if each.by and each.step in ends]
    return told[-1] if told else None


def _is_late(came: PublicTimeline) -> bool:
    """Whether people let the last deadline pass, and nothing was told since."""
    acts = [each.step for each in came.steps if each.step not in STEPS_FOR_ONE_REPORTER]
    return bool(acts) and acts[-1] is ReportHappening.LATE


def _told(step: TimelineStep, language: str, services: Mapping[str, str]) -> str:
    """A step in plain words; the end of a case with its reason, and the service that helps
    instead."""
    sentences_told = [sentences.step_sentence(step.step, language)]
    reason, turn_to = (step.by.reason, step.by.turn_to) if step.by else (None, None)
    if step.step in {PublicStatus.CLOSED, ReportHappening.CORRECTED}:
        sentences_told.append(sentences.end_sentence(str(reason), language) or "")
        service = services.get(str(turn_to))
        sentences_told.append(sentences.referral_sentence(service, language) if service else "")
    return " ".join(each for each in sentences_told if each)
