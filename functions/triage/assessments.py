"""The assessment of the report that opens a case: advice for the review.

A report is read as it is linked, and its case opens with the assessment. A case that people opened
by taking a report out of another is assessed by the first step of its workflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.aws.services.time_limits import TimeLimitExceeded, limit_time
from casework.aws.table import keys
from casework.aws.table.additions import list_additions
from casework.aws.table.case_table import CaseTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.read_attempts import MAX_ANALYSIS_SECONDS, ReadAbandoned, ReadAttempts
from casework.aws.table.report_parsing import parse_facts
from casework.case.case import Case
from casework.case.change import Change
from casework.case.danger import DangerKind, DangerOrigin
from casework.case.value_objects import Priority
from casework.identifiers.extraction import find_identifiers
from casework.moves.severity import CaseSeverity, combine_severities
from casework.moves.triage import record_assessment, set_aside
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import Jurisdiction
from casework.report.report import Facts, ReporterRole
from casework.report.stored_facts import decompress_facts
from functions.triage import additions
from functions.triage.recoverable_money import payment_days, recoverable_deadline
from functions.triage.severity import severity_from_assessment
from functions.triage.warm_up import warm_up

NO_OTHER_ASSESSMENT_TIME = timedelta()
"""A case has one execution at a time: an attempt that never ended is over when the next begins."""


def record_advice(
    pack: Jurisdiction,
    case: Case,
    at: datetime,
    advice: ReportAssessment,
    money_until: datetime | None,
    added: Sequence[CaseSeverity] = (),
) -> Change:
    """The case waits for review with its assessment. `added` weighs what came after the report,
    and `money_until` is until when money that it tells of may be held back."""
    return record_assessment(
        case,
        at,
        weight=combine_severities(
            [severity_from_assessment(pack, advice, case.opened_by, case.opened_at), *added]
        ),
        territory=case.territory or advice.territory,
        territory_percent=100 if case.territory else advice.territory_percent,
        clocks=jurisdiction_clocks(pack),
        data=advice.data,
        money_until=money_until,
    )


def record_unreadable(pack: Jurisdiction, case: Case, at: datetime, facts: Facts | None) -> Change:
    """The case waits for review as it is: no machine can read its report. `facts` are what of it
    can be read."""
    danger = None
    if facts is not None and facts.danger_now:
        danger = DangerOrigin(kind=DangerKind.STATED, report=case.opened_by, at=case.opened_at)
    weight = CaseSeverity(Priority.IMMEDIATE if danger else Priority.URGENT, danger)
    return set_aside(case, at, weight=weight, clocks=jurisdiction_clocks(pack))


def assess_separated_report(
    table: CaseTable, pack: Jurisdiction, case: Case, at: datetime
) -> Change:
    """Assess the report of a case that it opened when people took it out of another case.

    Raises ReadDeferred when it could not be read and is to be tried again.
    """
    warm_up(pack)
    report = table.reports.get_report(case.opened_by)
    if report is None:  # erased since: people still see that there was one
        nothing = Facts(role=ReporterRole.WITNESS, language=case.language)
        opened_at = datetime.fromisoformat(case.opened_at)
        return record_advice(pack, case, at, assess_report(pack, nothing, "", (), opened_at), None)
    try:
        advice, money_until = _read(table.name, pack, case, report, at)
    except ReadAbandoned:
        return record_unreadable(pack, case, at, parse_facts(report))
    return record_advice(pack, case, at, advice, money_until, _added(table.name, pack, report))


def _read(
    table: str, pack: Jurisdiction, case: Case, report: StoredReport, at: datetime
) -> tuple[ReportAssessment, datetime | None]:
    """The assessment, and until when money it tells of may be held back; raises ReadDeferred and
    ReadAbandoned."""
    if report.unreadable:
        raise ReadAbandoned
    key = keys.report_key(report.reference)
    attempts = ReadAttempts(
        table, key, case.opened_at, report.attempts, lease=NO_OTHER_ASSESSMENT_TIME
    )
    try:
        with attempts.attempt(at):
            facts, text = decompress_facts(report.facts), report.text
            accepted_at = datetime.fromisoformat(report.accepted_at)
            advice = assess_report(
                pack, facts, text, find_identifiers(text, facts.field_identifiers), accepted_at
            )
            return advice, recoverable_deadline(pack, advice, payment_days(facts), accepted_at)
    except ReadAbandoned:
        attempts.record_abandoned()
        raise


def _added(table: str, pack: Jurisdiction, report: StoredReport) -> list[CaseSeverity]:
    """What was added to the report before: in the other case it was weighed, and here not yet.
    What is not read in time, or by no machine, people read."""
    weights: list[CaseSeverity] = []
    if not report.stayed:
        return weights
    facts = parse_facts(report) or Facts(role=ReporterRole.WITNESS, language=report.language)
    with suppress(TimeLimitExceeded), limit_time(MAX_ANALYSIS_SECONDS):
        for addition in list_additions(table, report.reference):
            said = None if addition.unreadable else addition.readable_content
            if said is not None:
                found = find_identifiers(said.text, said.field_identifiers)
                told = additions.assess_addition(pack, facts, said, found)
                source = (report.reference, addition.added_at, addition.id)
                weights.append(severity_from_assessment(pack, told, *source))
    return weights
