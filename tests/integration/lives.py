"""Helpers for whole lives of cases: passing time, held cases, instructions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.aws.services import notifications
from casework.aws.services.settings import LinkSettings, SweepSettings
from casework.aws.table import identity_request_table, items
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.decisions.identity_requests import IdentityRequest, ReleaseRule, RequestStanding
from casework.moves import inquiry
from functions.desk import deployment
from functions.triage import sweep
from functions.triage.link_report import link_report
from tests.builders import NOON, RABAT
from tests.integration.answers import Answered
from tests.integration.desks import ACCEPT, TABLE, WORKFLOW, Desk
from tests.office import keep_keys

REJECT = {"outcome": "reject", "reason": "not_an_offence"}
ASK = {"outcome": "ask", "question": "Quel numéro vous a appelé ?"}
OFFICE = {"prosecutor": "king-prosecutor", "decided_on": "2026-03-01", "reference": "1204/2026"}
NAMED = {"kind": "identified", "contact": {"email": "a@example.org"}, "identity": {"name": "A"}}
OPENED = "2026-02-24T11:00:00.000Z"
"""Before the prosecutor's decision on it."""
YEARS = 4 * 365 + 1
"""Days after which the Moroccan pack has a case of fraud looked at again."""
PHONE = {"kind": "phone", "value": "0612345678"}


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> datetime:
    """Time passes, for the desk and the sweeper."""
    at = NOON + timedelta(**by)
    monkeypatch.setattr(deployment, "now", lambda: at)
    monkeypatch.setattr(sweep, "now", lambda: at)
    return at


def swept(pack: str = "ma") -> dict[str, int]:
    """The deeds of one run of the sweeper."""
    settings = SweepSettings(
        stage="test", case_table=TABLE, pack=pack, workflow=WORKFLOW, topic="topic"
    )
    return sweep.Sweeper(settings).run()


def the_stream(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Case]:
    """Lets the stream's consumer hear of a report; answers the case it is in."""
    monkeypatch.setattr(notifications, "publish_notification", lambda *_: None)
    settings = LinkSettings(
        stage="test",
        case_table=TABLE,
        pack="ma",
        workflow=WORKFLOW,
        topic="topic",
        **keep_keys(),
    )

    def hear(reference: str) -> Case:
        return CaseTable(TABLE).get_case(link_report(settings, reference).case_id or "")

    return hear


def court(desk: Desk) -> str:
    """The court of the place that every case here is about."""
    return str(deployment.desk_jurisdiction().territories["04.421"].court)


def instruct(desk: Desk, case: Case, kind: str, by: str, **more: Any) -> Answered:
    document = {"kind": kind, **OFFICE, "court": court(desk), **more}
    return desk.decide(desk.table.get_case(case.id), "instructions", document, by)


def held(desk: Desk, officer: str, *, disclosure: Any = None, **fields: Any) -> Case:
    """A case the officer's unit took, opened by a report of this disclosure; the gate is shut."""
    case = desk.referred(**{"opened_at": OPENED, **fields})
    said = {"disclosure": disclosure} if disclosure else {}
    desk.report(case, desk._opened, **said)
    desk.waits(case)
    assert desk.acknowledge(case, ACCEPT, officer).status == 200
    return desk.table.get_case(case.id)


def inquiring(desk: Desk, officer: str, **fields: Any) -> Case:
    """The same, after the officer opened and accepted the identity of its reporter."""
    return believed(desk, held(desk, officer, **{"disclosure": NAMED, **fields}), officer)


def believed(desk: Desk, case: Case, officer: str) -> Case:
    """The case after the officer opened and accepted the identity of a reporter."""
    at, who = deployment.now(), case.opened_by
    return desk.table.save(inquiry.accept_identity(case, at, officer, request=0, report=who))


def to_court(desk: Desk, officer: str, **fields: Any) -> Case:
    """A case of an identified reporter that the officer's unit took and sent to court."""
    case = inquiring(desk, officer, **fields)
    closure = {"reason": "sent_to_court", **OFFICE, "court": court(desk)}
    assert desk.decide(case, "closure", closure, officer).status == 200
    return desk.table.get_case(case.id)


def ask_who(case: Case) -> None:
    """An undecided request of a unit for the identity of the case's first reporter."""
    request = IdentityRequest(
        case=case.id,
        number=1,
        report=case.opened_by,
        disclosure="confidential",
        rule=ReleaseRule.CUSTODIAN,
        motive="Canari du motif",
        by="an officer",
        unit=RABAT,
        asked_at="2026-03-02T12:00:00.000Z",
        standing=RequestStanding.ASKED,
    )
    for item in (
        identity_request_table.identity_request_to_item(request),
        identity_request_table.undecided_request_key(request),
    ):
        items.put_item(TABLE, item)
