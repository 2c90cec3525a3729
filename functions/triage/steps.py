"""The Task states that bring a case from its first report to a unit that holds it.

Each is named like its state in `workflow.asl.json` and reads as load, decide, save, tell.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from casework.aws.services import announcements
from casework.aws.services.budget import OutOfTime, within
from casework.aws.services.settings import StepSettings, TellSettings
from casework.aws.steps.step import advance, now, step, wait
from casework.aws.table import keys
from casework.aws.table.additions import additions_to
from casework.aws.table.attempts import READING_SECONDS, Attempts, GivenUp
from casework.aws.table.case_table import CaseTable
from casework.aws.table.reading import facts_of
from casework.aws.table.stored import StoredReport
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.journey import Journey
from casework.case.lifecycle import Move, Status
from casework.case.parts import Priority
from casework.identifiers.find import find
from casework.moves.deadlines import late
from casework.moves.referring import referred, rerouted
from casework.moves.running import stuck as stuck_by
from casework.moves.triage import assessed, set_aside
from casework.moves.weight import Weight, heaviest
from casework.pack.clocks import clocks
from casework.pack.competence import for_unit
from casework.pack.competence_view import propose_for, recorded
from casework.pack.jurisdiction import Jurisdiction, open_pack
from casework.reading.assessment import Assessment
from casework.reading.assessment import assess as assessed_from
from casework.report.report import Facts, ReporterRole, unfold_facts
from functions.triage import adding
from functions.triage.money import days_of, held_until
from functions.triage.reading import read_ahead
from functions.triage.weighing import weight_of

RETRIES_EXHAUSTED = "retries_exhausted"
NOBODY_ELSE = timedelta()
"""A case has one execution at a time: an attempt that never ended is over when the next begins."""


@cache
def _settings() -> StepSettings:
    return StepSettings.from_environment()


@cache
def _telling() -> TellSettings:
    return TellSettings.from_environment()


def _table() -> CaseTable:
    return CaseTable(_settings().case_table)


def _pack() -> Jurisdiction:
    return open_pack(_settings().pack)


@step
def assess(journey: Journey) -> dict[str, Any]:
    """Assess the report that opened the case; the result is advice for the review.

    An unreadable report goes to the review as it is, and the duty desk is told.
    """
    table, pack = _table(), _pack()
    read_ahead(pack)

    def decide(case: Case) -> Change | None:
        if not lifecycle.allows(case.status, Move.ASSESS):
            return None
        report = table.reports.one(case.opened_by)
        try:
            advice, money_until = _assessment(table.name, pack, case, report)
        except GivenUp:
            return _set_aside(pack, case, report)
        return assessed(
            case,
            now(),
            weight=heaviest([weight_of(pack, advice), *_added(table.name, pack, report)]),
            territory=case.territory or advice.territory,
            territory_percent=100 if case.territory else advice.territory_percent,
            clocks=clocks(pack),
            data=advice.data,
            money_until=money_until,
        )

    return advance(
        table,
        journey,
        decide,
        topic=_telling().topic,
        announce=lambda case: announcements.unreadable(case) if case.unreadable else None,
    )


def _assessment(
    table: str, pack: Jurisdiction, case: Case, report: StoredReport | None
) -> tuple[Assessment, datetime | None]:
    """The assessment of the report that opened the case, and until when money it tells of may be
    held back; raises NotRead and GivenUp."""
    if report is None:  # erased since: people still see that there was one
        nothing = Facts(role=ReporterRole.WITNESS, language=case.language)
        opened_at = datetime.fromisoformat(case.opened_at)
        return assessed_from(pack, nothing, "", (), opened_at), None
    if report.unreadable:
        raise GivenUp
    key = keys.report_key(report.reference)
    attempts = Attempts(table, key, case.opened_at, report.attempts, lease=NOBODY_ELSE)
    try:
        with attempts.one(now()):
            facts, text = unfold_facts(report.facts), report.text
            accepted_at = datetime.fromisoformat(report.accepted_at)
            advice = assessed_from(pack, facts, text, find(text, facts.named), accepted_at)
            return advice, held_until(pack, advice, days_of(facts), accepted_at)
    except GivenUp:
        attempts.give_up()
        raise


def _added(table: str, pack: Jurisdiction, report: StoredReport | None) -> list[Weight]:
    """Additions to a report that people took out of another case: weighed there, and not yet here.
    People read additions that are unreadable, or not read in time."""
    weights: list[Weight] = []
    if report is None or not report.stayed:
        return weights
    facts = facts_of(report) or Facts(role=ReporterRole.WITNESS, language=report.language)
    with suppress(OutOfTime), within(READING_SECONDS):
        for addition in additions_to(table, report.reference):
            said = None if addition.unreadable else addition.said
            if said is not None:
                found = find(said.text, said.named)
                weights.append(weight_of(pack, adding.assessed(pack, facts, said, found)))
    return weights


def _set_aside(pack: Jurisdiction, case: Case, report: StoredReport | None) -> Change:
    facts = facts_of(report) if report else None
    danger = facts is not None and facts.danger_now
    weight = Weight(Priority.IMMEDIATE if danger else Priority.URGENT, imminent=danger)
    return set_aside(case, now(), weight=weight, clocks=clocks(pack))


@step
def review(journey: Journey, task_token: str) -> None:
    """Wait for an analyst, or a supervisor."""
    wait(_table(), journey, task_token, Status.IN_REVIEW)


@step
def refer(journey: Journey) -> dict[str, Any]:
    """Queue the case for the competent unit: the one the review named, or the rule's."""
    table, pack = _table(), _pack()

    def decide(case: Case) -> Change | None:
        if not lifecycle.allows(case.status, Move.REFER):
            return None
        rule = propose_for(pack, case)
        named = case.named if case.named in pack.units else None
        found = for_unit(pack, rule, named) if named else rule
        by = "review" if named else "rule"
        return referred(case, now(), unit=found.unit, data={**recorded(found), "by": by})

    return advance(table, journey, decide)


@step
def reroute(journey: Journey) -> dict[str, Any]:
    """Queue a declined case for the unit named; after too many declines a supervisor decides."""
    table, pack = _table(), _pack()

    def decide(case: Case) -> Change | None:
        if case.status is not Status.DECLINED:
            return None
        rule = propose_for(pack, case)
        return rerouted(
            case,
            now(),
            unit=case.named if case.named in pack.units and case.named else rule.unit,
            most_declines=pack.max_declines,
            review_seconds=pack.deadlines[case.priority.value].review_seconds,
        )

    return advance(table, journey, decide)


@step
def acknowledge(journey: Journey, task_token: str) -> None:
    """Wait for the unit the case is referred to."""
    wait(_table(), journey, task_token, Status.PUBLISHED)


@step
def escalate(journey: Journey) -> dict[str, Any]:
    """A deadline was missed: the supervisors are told, once per level, and the wait goes on."""
    pack = _pack()

    def decide(case: Case) -> Change | None:
        return late(case, now(), pack.deadlines[case.priority.value])

    return advance(_table(), journey, decide, topic=_telling().topic, announce=announcements.late)


@step
def stuck(journey: Journey) -> dict[str, Any]:
    """Retries are exhausted: the case goes to the duty desk, and no execution takes it further."""
    return advance(
        _table(),
        journey,
        lambda case: stuck_by(case, now(), RETRIES_EXHAUSTED) if case.stuck is None else None,
        topic=_telling().topic,
        announce=announcements.stuck,
    )
