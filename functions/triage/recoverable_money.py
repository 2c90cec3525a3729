"""Money that a report or an addition tells of, while it may still be held back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casework.analysis.assessment import ReportAssessment
from casework.analysis.payments import payment_from_text, recoverable_until
from casework.aws.steps.task_state import now
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.case.index import money_entry_name
from casework.identifiers import Identifier
from casework.moves.freezes import note_recoverable_money
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from casework.report.followup import AddedView
from casework.report.report import Facts


def recoverable_deadline(
    pack: Jurisdiction, assessment: ReportAssessment, days: Iterable[str | None], told_at: datetime
) -> datetime | None:
    """Until when money that was told of may be held back; None where none left lately.

    `days`: on which payments are said to have left, in fields or words.
    """
    freeze = read_procedure(pack.folder).freeze
    lately = freeze.flag in assessment.flags
    return recoverable_until(days, told_at, freeze.within, pack.facts.zone, lately=lately)


def note_money_of_report(
    table: CaseTable,
    pack: Jurisdiction,
    case: Case,
    source: str,
    assessment: ReportAssessment,
    days: Iterable[str | None],
    told_at: datetime,
) -> None:
    """Put a case on the duty desk when `source` tells of money that may still be held back.

    `source` names the report or the addition: told again, it is not noted again.
    """
    until = recoverable_deadline(pack, assessment, days, told_at)
    if until is None or until <= now():
        return

    def decide(case: Case) -> Change | None:
        change = note_recoverable_money(case, now(), source, until)
        told = (
            change is not None
            and table.find_entry_number(case.id, money_entry_name(source)) is not None
        )
        return None if told else change

    table.update(case.id, decide)


def payment_days(facts: Facts) -> list[str | None]:
    """The days on which a report gives payments in its fields."""
    return [lost.at for lost in facts.money_lost]


def added_payment_days(
    pack: Jurisdiction, added: AddedView, found: Iterable[Identifier], facts: Facts
) -> list[str | None]:
    """The same of an addition, with the day its words tell of a payment.

    `facts` are those of the report: a day alone is of the payment that it gave.
    """
    read = payment_from_text(added.text, found, added.added_at, pack.facts.zone)
    about_money = facts.money_lost or read.keys() & {"amount", "beneficiary_account"}
    days: list[str | None] = [lost.at for lost in added.money_lost]
    return [*days, read.get("at")] if about_money else days
