"""Money that a report or an addition tells of, while it may still be held back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casework.aws.steps.step import now
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.case.index import of_money
from casework.identifiers import Identifier
from casework.moves.freezing import money_left
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import procedure
from casework.reading.assessment import Assessment
from casework.reading.money import in_words, may_be_held_until
from casework.report.followup import AddedView
from casework.report.report import Facts


def held_until(
    pack: Jurisdiction, assessment: Assessment, days: Iterable[str | None], told_at: datetime
) -> datetime | None:
    """Until when money that was told of may be held back; None where none left lately.

    `days`: on which payments are said to have left, in fields or words.
    """
    freeze = procedure(pack.folder).freeze
    lately = freeze.flag in assessment.flags
    return may_be_held_until(days, told_at, freeze.within, pack.facts.zone, lately=lately)


def note_money(
    table: CaseTable,
    pack: Jurisdiction,
    case: Case,
    source: str,
    assessment: Assessment,
    days: Iterable[str | None],
    told_at: datetime,
) -> None:
    """Put a case on the duty desk when `source` tells of money that may still be held back.

    `source` names the report or the addition: told again, it is not noted again.
    """
    until = held_until(pack, assessment, days, told_at)
    if until is None or until <= now():
        return

    def decide(case: Case) -> Change | None:
        change = money_left(case, now(), source, until)
        told = change is not None and table.numbered_as(case.id, of_money(source)) is not None
        return None if told else change

    table.update(case.id, decide)


def days_of(facts: Facts) -> list[str | None]:
    """The days on which a report gives payments in its fields."""
    return [lost.at for lost in facts.money_lost]


def days_added(
    pack: Jurisdiction, added: AddedView, found: Iterable[Identifier], facts: Facts
) -> list[str | None]:
    """The same of an addition, with the day its words tell of a payment.

    `facts` are those of the report: a day alone is of the payment that it gave.
    """
    read = in_words(added.text, found, added.added_at, pack.facts.zone)
    about_money = facts.money_lost or read.keys() & {"amount", "beneficiary_account"}
    days: list[str | None] = [lost.at for lost in added.money_lost]
    return [*days, read.get("at")] if about_money else days
