"""The end of every run, also of an interrupted one: nothing of the run is left.

Each trial is ended by the law of cases (`casework.moves.retention.end_trial_case`) and erased by
the steps of any erasure. Its history stays, without a word of what was sent. This uses the rights
of the deployer, so it works even if the functions do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from casework.aws.steps import executions
from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_case, erase_report
from casework.errors import CaseNotFound, Refusal
from casework.moves.deadlines import no_wait_deadlines
from casework.moves.retention import end_trial_case, finish_erasure
from casework.text.reference import case_id_from_reference
from harness.smoke import alarms, sending
from harness.smoke.checks import verify_table_history
from harness.smoke.created_resources import CreatedResources, SentTrial
from harness.smoke.deployed import DeployedStage
from harness.smoke.outcome import CheckFailed, require
from harness.smoke.people import TrialStaff
from harness.smoke.sending import Sender

ERASURE_AUTHOR: Final = "whoever deploys"
"""`by` of the entries that end and erase a trial."""
ERASURE_ERRORS: Final = (CheckFailed, Refusal, ClientError, BotoCoreError, httpx.HTTPError, OSError)
"""Exceptions that end one erasure while the others continue."""


def erase(
    deployed: DeployedStage, sender: Sender, traces: CreatedResources, keep: Callable[[], None]
) -> Iterator[str]:
    """Erase everything that the traces name; yields each failure, and continues."""
    for sent in list(traces.sent):
        try:
            _erase_sent(deployed, sender, sent)
        except ERASURE_ERRORS as error:
            yield f"{sent.reference or 'a trial without an answer'}: {error}"
        else:
            traces.sent.remove(sent)
            keep()
    cast = TrialStaff(deployed.aws, deployed.outputs)
    for email in list(dict.fromkeys([*traces.people, *_left(cast)])):
        try:
            cast.dismiss(email)
        except ERASURE_ERRORS as error:
            yield f"{email}: {error}"
        else:
            with suppress(ValueError):
                traces.people.remove(email)
            keep()
    for ear in list(traces.ears):
        try:
            alarms.stop_listening(deployed, ear)
        except ERASURE_ERRORS as error:
            yield f"{ear.queue}: {error}"
        else:
            traces.ears.remove(ear)
            keep()


def _left(cast: TrialStaff) -> list[str]:
    """Staff of interrupted runs, on any machine."""
    try:
        return list(cast.left())
    except ERASURE_ERRORS:
        return []  # people of the traces are deleted all the same, or listed as left


def _erase_sent(deployed: DeployedStage, sender: Sender, sent: SentTrial) -> None:
    if not sent.reference:
        answer = sender.once(sent)  # the same key gets the same answer
        if answer.status_code == httpx.codes.GONE:
            return
        require(
            answer.is_success,
            f"the repeated report was answered {answer.status_code}; "
            "to erase it, run make smoke again",
        )
        sent.reference = sending.accepted_trial_from_response(sent, answer).reference
    table, at = CaseTable(deployed.outputs["CaseTable"]), datetime.now(UTC)
    report = table.reports.get_report(sent.reference)
    case_id = (report.case_id if report else None) or case_id_from_reference(sent.reference)
    try:
        case, _ = table.update(case_id, lambda now: end_trial_case(now, at, ERASURE_AUTHOR))
    except CaseNotFound:
        erase_report(table, sent.reference, at, ERASURE_AUTHOR)  # the report has no case yet
        return
    executions.resume_after_decision(table, case, at, no_wait_deadlines)  # it has ended
    for _ in erase_case(table, case, at):
        pass
    erase_report(table, sent.reference, at, ERASURE_AUTHOR)
    table.update(case_id, finish_erasure)
    require(
        table.reports.get_report(sent.reference) is None,
        "the report is still there; to erase it, run make smoke again",
    )
    verify_table_history(table.name, case_id)
