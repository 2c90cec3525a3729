"""The end of every run, also of an interrupted one: nothing of the run is left.

Each trial is ended by the law of cases (`casework.moves.keeping.trial_ended`) and erased by the
steps of any erasure. Its history stays, without a word of what was sent. This uses the rights of
the deployer, so it works even if the functions do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from casework.aws.steps import workflow
from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_case, erase_report
from casework.errors import CaseNotFound, Refusal
from casework.moves.deadlines import no_clocks
from casework.moves.keeping import all_erased, trial_ended
from casework.text.reference import case_id_of
from smoke import alarms, sending
from smoke.deployed import Deployed
from smoke.outcome import Wrong, must
from smoke.people import Cast
from smoke.sending import Sender
from smoke.traces import Sent, Traces
from smoke.walk import whole

BY: Final = "whoever deploys"
"""`by` of the entries that end and erase a trial."""
FAILS: Final = (Wrong, Refusal, ClientError, BotoCoreError, httpx.HTTPError, OSError)
"""Exceptions that end one erasure while the others continue."""


def erase(
    deployed: Deployed, sender: Sender, traces: Traces, keep: Callable[[], None]
) -> Iterator[str]:
    """Erase everything that the traces name; yields each failure, and continues."""
    for sent in list(traces.sent):
        try:
            _erase_sent(deployed, sender, sent)
        except FAILS as error:
            yield f"{sent.reference or 'a trial without an answer'}: {error}"
        else:
            traces.sent.remove(sent)
            keep()
    cast = Cast(deployed.aws, deployed.outputs)
    for email in list(dict.fromkeys([*traces.people, *_left(cast)])):
        try:
            cast.dismiss(email)
        except FAILS as error:
            yield f"{email}: {error}"
        else:
            with suppress(ValueError):
                traces.people.remove(email)
            keep()
    for ear in list(traces.ears):
        try:
            alarms.stop_listening(deployed, ear)
        except FAILS as error:
            yield f"{ear.queue}: {error}"
        else:
            traces.ears.remove(ear)
            keep()


def _left(cast: Cast) -> list[str]:
    """Staff of interrupted runs, on any machine."""
    try:
        return list(cast.left())
    except FAILS:
        return []  # people of the traces are deleted all the same, or listed as left


def _erase_sent(deployed: Deployed, sender: Sender, sent: Sent) -> None:
    if not sent.reference:
        answer = sender.once(sent)  # the same key gets the same answer
        if answer.status_code == httpx.codes.GONE:
            return
        must(
            answer.is_success,
            f"the repeated report was answered {answer.status_code}; "
            "to erase it, run make smoke again",
        )
        sent.reference = sending.accepted(sent, answer).reference
    table, at = CaseTable(deployed.outputs["CaseTable"]), datetime.now(UTC)
    report = table.reports.one(sent.reference)
    case_id = (report.case_id if report else None) or case_id_of(sent.reference)
    try:
        case, _ = table.update(case_id, lambda now: trial_ended(now, at, BY))
    except CaseNotFound:
        erase_report(table, sent.reference, at, BY)  # the report has no case yet
        return
    workflow.tell(table, case, at, no_clocks)  # it has ended
    for _ in erase_case(table, case, at):
        pass
    erase_report(table, sent.reference, at, BY)
    table.update(case_id, all_erased)
    must(
        table.reports.one(sent.reference) is None,
        "the report is still there; to erase it, run make smoke again",
    )
    whole(table.name, case_id)
