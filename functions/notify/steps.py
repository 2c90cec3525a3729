"""The Task state that brings a reviewed case to a unit, and waits for the unit's answer."""

from __future__ import annotations

from functools import cache

from casework.aws.services import notifications, telemetry
from casework.aws.services.service_errors import code_of
from casework.aws.services.settings import ReferralSettings
from casework.aws.steps.task_state import (
    StepFailed,
    TaskCall,
    apply_task_move,
    now,
    task_handler,
    wait_for_people,
)
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Status
from casework.errors import error_name
from casework.moves.referrals import (
    mark_published,
    mark_undelivered,
    queue_referral,
    reroute_referral,
)
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.competence import unit_competence
from casework.pack.competence_view import competence_to_event_data, propose_case_competence
from casework.pack.jurisdiction import Jurisdiction, open_pack


@cache
def _settings() -> ReferralSettings:
    return ReferralSettings.from_environment()


@task_handler("referral")
def referral(call: TaskCall) -> None:
    """Refer the case to the competent unit, tell the unit, and wait until it takes or declines it.

    Its time runs from then. After too many declines the case goes back to a supervisor. A failure
    to tell is noted on the referral, where the duty desk sees it, and then the service tries again.
    """
    settings = _settings()
    table, pack = CaseTable(settings.case_table), open_pack(settings.pack)
    failures: list[str] = []

    def decide(case: Case) -> Change | None:
        failures.clear()
        sent = _sent(case, pack)
        queued = sent.after if sent is not None else case
        if queued.status is not Status.QUEUED:
            return sent
        told = _told(queued, pack, settings, failures)
        return sent.then(told) if sent and told else told or sent

    apply_task_move(table, call, decide)
    if failures:
        raise StepFailed(failures[0])
    wait_for_people(table, call, Status.PUBLISHED, jurisdiction_clocks(pack))


def _sent(case: Case, pack: Jurisdiction) -> Change | None:
    """The way of a reviewed or a declined case; None for another one."""
    at = now()
    unit = case.named if case.named in pack.units else None
    if case.status is Status.REVIEWED:
        rule = propose_case_competence(pack, case)
        found = unit_competence(pack, rule, unit) if unit else rule
        by = "review" if unit else "rule"
        return queue_referral(
            case, at, unit=found.unit, data={**competence_to_event_data(found), "by": by}
        )
    if case.status is Status.DECLINED:
        return reroute_referral(
            case,
            at,
            unit=unit or propose_case_competence(pack, case).unit,
            most_declines=pack.max_declines,
            review_seconds=pack.deadlines[case.priority.value].review_seconds,
        )
    return None


def _told(
    case: Case, pack: Jurisdiction, settings: ReferralSettings, failures: list[str]
) -> Change | None:
    """Tell the unit of a queued case. None for a failure that is noted already; `failures` gets
    the service's code."""
    at = now()
    try:
        notifications.publish_notification(
            settings.topic, notifications.case_referred(case, settings.desk), at
        )
    except Exception as error:  # noqa: BLE001  # it is noted on the case, and leaves as its code
        telemetry.log_failure("unit not told", error, case_id=case.id)
        failures.append(code_of(error) or error_name(error))
        return mark_undelivered(case, at, failures[-1])
    return mark_published(case, at, pack.deadlines[case.priority.value].acknowledge_seconds)
