"""The case that a report opens, before it is read."""

from __future__ import annotations

from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.pack.jurisdiction import Jurisdiction
from casework.report.report import Facts, chosen_territory
from casework.report.reported_territory import Abroad


def case_from_report(
    pack: Jurisdiction,
    facts: Facts,
    *,
    case_id: str,
    at: str,
    report: str,
    correlation_id: str,
    language: str,
    number: str,
) -> Case:
    """The case that the report of a reference opens at `at`, with its reporter's choices.

    `number` is the one that people say (`casework.text.case_number`).
    """
    place = facts.territory
    chosen = (code for _, code in chosen_territory(facts) if code in pack.territories)
    return Case(
        id=case_id,
        status=Status.RECEIVED,
        opened_at=at,
        number=number,
        opened_by=report,
        correlation_id=correlation_id,
        language=language,
        category=facts.category if facts.category in pack.categories else None,
        territory=next(chosen, None),
        country=place.country if isinstance(place, Abroad) else None,
    )
