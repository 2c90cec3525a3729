"""The assessment of the report that opens a case: advice for the review.

A report is read as it is linked, and its case opens with the assessment. A case that people opened
by taking a report out of another is assessed by the first step of its workflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from casework.aws.services.budget import OutOfTime, within
from casework.aws.table import keys
from casework.aws.table.additions import additions_to
from casework.aws.table.attempts import READING_SECONDS, Attempts, GivenUp
from casework.aws.table.case_table import CaseTable
from casework.aws.table.reading import facts_of
from casework.aws.table.stored import StoredReport
from casework.case.case import Case
from casework.case.change import Change
from casework.case.danger import DangerKind, ToldDanger
from casework.case.parts import Priority
from casework.identifiers.find import find
from casework.moves.triage import assessed, set_aside
from casework.moves.weight import Weight, heaviest
from casework.pack.clocks import clocks
from casework.pack.jurisdiction import Jurisdiction
from casework.reading.assessment import Assessment, assess
from casework.report.report import Facts, ReporterRole, unfold_facts
from functions.triage import adding
from functions.triage.money import days_of, held_until
from functions.triage.reading import read_ahead
from functions.triage.weighing import weight_of

NOBODY_ELSE = timedelta()
"""A case has one execution at a time: an attempt that never ended is over when the next begins."""


def advised(
    pack: Jurisdiction,
    case: Case,
    at: datetime,
    advice: Assessment,
    money_until: datetime | None,
    added: Sequence[Weight] = (),
) -> Change:
    """The case waits for review with its assessment. `added` weighs what came after the report,
    and `money_until` is until when money that it tells of may be held back."""
    return assessed(
        case,
        at,
        weight=heaviest([weight_of(pack, advice, case.opened_by, case.opened_at), *added]),
        territory=case.territory or advice.territory,
        territory_percent=100 if case.territory else advice.territory_percent,
        clocks=clocks(pack),
        data=advice.data,
        money_until=money_until,
    )


def unreadable(pack: Jurisdiction, case: Case, at: datetime, facts: Facts | None) -> Change:
    """The case waits for review as it is: no machine can read its report. `facts` are what of it
    can be read."""
    danger = None
    if facts is not None and facts.danger_now:
        danger = ToldDanger(kind=DangerKind.STATED, report=case.opened_by, at=case.opened_at)
    weight = Weight(Priority.IMMEDIATE if danger else Priority.URGENT, danger)
    return set_aside(case, at, weight=weight, clocks=clocks(pack))


def assess_alone(table: CaseTable, pack: Jurisdiction, case: Case, at: datetime) -> Change:
    """Assess the report of a case that it opened when people took it out of another case.

    Raises NotRead when it could not be read and is to be tried again.
    """
    read_ahead(pack)
    report = table.reports.one(case.opened_by)
    if report is None:  # erased since: people still see that there was one
        nothing = Facts(role=ReporterRole.WITNESS, language=case.language)
        opened_at = datetime.fromisoformat(case.opened_at)
        return advised(pack, case, at, assess(pack, nothing, "", (), opened_at), None)
    try:
        advice, money_until = _read(table.name, pack, case, report, at)
    except GivenUp:
        return unreadable(pack, case, at, facts_of(report))
    return advised(pack, case, at, advice, money_until, _added(table.name, pack, report))


def _read(
    table: str, pack: Jurisdiction, case: Case, report: StoredReport, at: datetime
) -> tuple[Assessment, datetime | None]:
    """The assessment, and until when money it tells of may be held back; raises NotRead and
    GivenUp."""
    if report.unreadable:
        raise GivenUp
    key = keys.report_key(report.reference)
    attempts = Attempts(table, key, case.opened_at, report.attempts, lease=NOBODY_ELSE)
    try:
        with attempts.one(at):
            facts, text = unfold_facts(report.facts), report.text
            accepted_at = datetime.fromisoformat(report.accepted_at)
            advice = assess(pack, facts, text, find(text, facts.named), accepted_at)
            return advice, held_until(pack, advice, days_of(facts), accepted_at)
    except GivenUp:
        attempts.give_up()
        raise


def _added(table: str, pack: Jurisdiction, report: StoredReport) -> list[Weight]:
    """What was added to the report before: in the other case it was weighed, and here not yet.
    What is not read in time, or by no machine, people read."""
    weights: list[Weight] = []
    if not report.stayed:
        return weights
    facts = facts_of(report) or Facts(role=ReporterRole.WITNESS, language=report.language)
    with suppress(OutOfTime), within(READING_SECONDS):
        for addition in additions_to(table, report.reference):
            said = None if addition.unreadable else addition.said
            if said is not None:
                found = find(said.text, said.named)
                told = adding.assessed(pack, facts, said, found)
                source = (report.reference, addition.added_at, addition.id)
                weights.append(weight_of(pack, told, *source))
    return weights
