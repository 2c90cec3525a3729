"""The stream chooses the closed reviews that a second person reads again."""

from __future__ import annotations

from casework.aws.services import secrets
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.task_state import now
from casework.aws.table import sample_table
from casework.aws.table.case_table import CaseTable
from casework.case.history import CaseEvent
from casework.case.quality_samples import (
    REVIEW_CLOSING_MOVES,
    choose_sample,
    decision_authors,
    was_second_read,
)
from casework.pack.jurisdiction import open_pack
from casework.pack.procedure import read_procedure


def offer_sample(settings: LinkSettings, case_id: str, event: CaseEvent) -> None:
    """Let the review that an entry closed wait for a second person, if it is one of those; may be
    repeated."""
    rule = read_procedure(open_pack(settings.pack).folder).samples
    if event.move not in REVIEW_CLOSING_MOVES or not rule.every:
        return
    key = secrets.read_key(settings.selector_secret)
    mark = choose_sample(key, case_id, event.number, rule.every)
    if mark is None:
        return
    history = tuple(CaseTable(settings.case_table).events(case_id))
    if was_second_read(history, event.number):
        return
    sample_table.put_sample(
        settings.case_table,
        sample_table.ReviewSample(
            name=sample_table.sample_name(event.at, mark),
            case_id=case_id,
            number=event.number,
            due=sample_table.due_after(event.at, rule.days),
            deciders=decision_authors(history, event.number),
        ),
        now(),
    )
