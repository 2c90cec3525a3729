"""The stream chooses the closed reviews that a second person reads again."""

from __future__ import annotations

from casework.aws.services import secrets
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.step import now
from casework.aws.table import samples
from casework.aws.table.case_table import CaseTable
from casework.case.history import Event
from casework.case.sampling import CLOSING, chosen, deciders, is_read
from casework.pack.jurisdiction import open_pack
from casework.pack.procedure import procedure


def sampled(settings: LinkSettings, case_id: str, event: Event) -> None:
    """Let the review that an entry closed wait for a second person, if it is one of those; may be
    repeated."""
    rule = procedure(open_pack(settings.pack).folder).samples
    if event.move not in CLOSING or not rule.every:
        return
    key = secrets.key(settings.selector_secret)
    mark = chosen(key, case_id, event.number, rule.every)
    if mark is None:
        return
    history = tuple(CaseTable(settings.case_table).events(case_id))
    if is_read(history, event.number):
        return
    samples.keep(
        settings.case_table,
        samples.Sample(
            name=samples.name_of(event.at, mark),
            case_id=case_id,
            number=event.number,
            due=samples.due_after(event.at, rule.days),
            deciders=deciders(history, event.number),
        ),
        now(),
    )
