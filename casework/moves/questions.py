"""A reporter is asked: the review stops, and goes on with their answer or without it.

A case that presses is never stopped so: people write its reporters a message, and go on.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import COMMITMENT_FIELD
from casework.case.lifecycle import Move, Status
from casework.case.times import start_wait
from casework.case.value_objects import REPORTER_AUTHOR, SYSTEM_AUTHOR, PausedReview, Question
from casework.errors import CannotWait, IllegalMove, TooMany

MAX_QUESTIONS: Final = 25


def ask_reporter(
    case: Case,
    at: datetime,
    by: str,
    *,
    report: str,
    text: str,
    language: str,
    answer_seconds: int,
    put_before: int = 0,
) -> Change:
    """A reporter is asked: the review stops, with the time it has left, until they answer.

    The text is kept with the report of the reference `report`, where its reporter finds it; the
    event holds numbers only. Raises CannotWait for a case that presses: danger does not pause until
    somebody answers. `put_before` is the highest number put to that reporter: a report may
    come from another case, and no two of its questions have one number.
    """
    if case.presses:
        raise CannotWait("Danger does not wait for an answer: write to the reporters.")
    left, number = case.wait, max(case.questions, put_before) + 1
    if number > MAX_QUESTIONS:
        raise TooMany(f"A case puts at most {MAX_QUESTIONS} questions, to any one report too.")
    due = datetime.fromisoformat(left.due) if left else at
    wait = start_wait(at, (answer_seconds,))
    question = Question(
        number=number,
        report=report,
        text=text,
        language=language,
        asked_at=wait.since,
        due=wait.due,
    )
    change = Change.from_move(
        case,
        Move.ASK,
        at,
        by,
        {"question": number, "report": report, COMMITMENT_FIELD: question.commitment_hex},
        questions=number,
        wait=wait,
        paused=PausedReview(
            seconds=max(1, math.ceil((due - at).total_seconds())),
            level=left.level if left else 0,
            report=report,
        ),
    )
    return replace(change, question=question)


def record_answer(case: Case, at: datetime, *, question: int, report: str) -> Change:
    """The reporter answered: the review goes on with the time it had left, in a new run.

    Raises IllegalMove when the case no longer waits for an answer, or for another one, or for
    another reporter's.
    """
    lifecycle.next_status(case.status, Move.ANSWER)
    if case.paused is None or (question, report) != (case.questions, case.paused.report):
        raise IllegalMove("Another question is open.")
    return _review_again(
        case, Move.ANSWER, at, REPORTER_AUTHOR, {"question": question, "report": report}
    )


def expire_question(case: Case, at: datetime) -> Change:
    """The reporter did not answer in time: the review goes on without."""
    return _review_again(case, Move.UNANSWERED, at, SYSTEM_AUTHOR, {"question": case.questions})


def interrupt_question(case: Case, at: datetime, told_at: str) -> Change | None:
    """The case became more urgent since the question was put: the review waits for no answer.

    None when no question was open by then; a later one was put knowing of it.
    """
    asked = case.status is Status.AWAITING_ANSWER and case.wait is not None
    if not asked or (case.wait and case.wait.since > told_at):
        return None
    data: dict[str, JsonValue] = {"question": case.questions, "because": "more_urgent"}
    return _review_again(case, Move.UNANSWERED, at, SYSTEM_AUTHOR, data)


def _review_again(
    case: Case, move: Move, at: datetime, by: str, data: dict[str, JsonValue]
) -> Change:
    seconds, level = (case.paused.seconds, case.paused.level) if case.paused else (1, 0)
    run = case.run + 1
    return Change.from_move(
        case,
        move,
        at,
        by,
        data,
        wait=start_wait(at, (seconds,)).model_copy(update={"level": level}),
        paused=None,
        run=run,
        first_run=run,
    )
