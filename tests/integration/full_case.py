"""A case with all that a case may have, and the cases that its reports came from or went to."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from casework.aws.steps import task_state
from casework.aws.table import audit_log, items, keys
from casework.aws.table.case_table import CaseTransaction
from casework.aws.table.erasure import erase_report
from casework.aws.table.file_table import FileTable
from casework.aws.table.identity_request_table import (
    identity_request_to_item,
    undecided_request_key,
)
from casework.aws.table.messages import StoredMessage, message_item, message_to_reporter_item
from casework.aws.table.report_table import NewAddition, ReportTable
from casework.case.admission import AdmittingEntry
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.suspects import SuspectHappening
from casework.case.times import format_timestamp
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.decisions.base import Decision
from casework.decisions.file_access import FileOpening, record_file_opening
from casework.decisions.freezes import FreezeEntry, NewFreeze, Payment
from casework.decisions.gate import NoDanger, PassGate
from casework.decisions.identity_requests import IdentityWish, ReleaseRules, request_identity
from casework.decisions.staff import Role
from casework.decisions.suspects import suspect_event
from casework.moves.admissions import admit_reports_by_name
from casework.moves.merges import merge_case
from casework.moves.messages import record_message
from casework.pack.jurisdiction import open_pack
from casework.report.followup import Addition, fold_addition
from functions.history import seal_day
from functions.triage import link
from tests import admitting
from tests.builders import RABAT, a_member, clocks_of
from tests.decided import WithHistory, acknowledged
from tests.integration.kept_files import examine_file, keep_file
from tests.integration.taken_out import take_out
from tests.integration.test_taking_out import carried
from tests.office import ANALYST, OFFICER, TABLE, Office

NAMED = {
    "kind": "identified",
    "contact": {"email": "nadia@example.org"},
    "identity": {"name": "Nadia Alami"},
}
PHONE, OTHER = "0600004117", "0600004118"
SUM = {"amount": "900.00", "currency": "MAD"}
ACCOUNT = "011519000000120500053421"


def today() -> str:
    return date.fromisoformat(format_timestamp(task_state.now())[:10]).isoformat()


def naming(phone: str) -> dict[str, Any]:
    return {
        "narrative": "Il demande de l'argent sur mon compte.",
        "locations": [{"kind": "phone", "value": phone}],
    }


def add(reference: str, name: str, **said: Any) -> None:
    """The reporter adds to their report, and the stream tells of it."""
    content = fold_addition(Addition.model_validate(said))
    ReportTable(TABLE).add_once(
        NewAddition(
            reference=reference,
            addition=name,
            added_at=format_timestamp(task_state.now()),
            content=content,
            pepper="1",
            body_mac=b"m" * 16,
            correlation_id=str(uuid.uuid4()),
            contact_box=b"a sealed contact",
        ),
        50,
    )
    key = keys.addition_key(reference, name)
    record = {
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": {each: {"S": value} for each, value in key.items()},
            "SequenceNumber": "1",
        },
    }
    assert link.handle({"Records": [record]}, None) == {"batchItemFailures": []}


def write(office: Office, case: Case, text: str, *reports: str) -> None:
    """Staff write to the reporters of some reports of a case, or of all."""

    def change(now: Case) -> CaseTransaction[None]:
        message = StoredMessage(
            now.events + 1, format_timestamp(task_state.now()), ANALYST, text, reports, "k"
        )
        beside = [message_to_reporter_item(case.id, message, each) for each in reports]
        kept = [items.put_write(TABLE, each) for each in (message_item(case.id, message), *beside)]
        sent = record_message(
            now, task_state.now(), ANALYST, reports=reports, bound=message.commitment_hex
        )
        return CaseTransaction(sent, None, kept)

    office.table.transact(case.id, change)


def ask_identity(office: Office, case: Case, reference: str) -> None:
    """The unit asks for the identity of a reporter, and no custodian has decided yet."""
    officer = a_member(Role.OFFICER, RABAT, subject=OFFICER)
    wish = IdentityWish(report=reference, motive="Confirmer le virement avec la victime.")

    def change(now: Case) -> CaseTransaction[None]:
        move, request = request_identity(
            now,
            task_state.now(),
            officer,
            wish,
            number=1,
            disclosure="identified",
            rules=ReleaseRules(),
            key="k",
        )
        kept = [
            items.put_write(TABLE, each(request))
            for each in (identity_request_to_item, undecided_request_key)
        ]
        return CaseTransaction(move, None, kept)

    office.table.transact(case.id, change)


def decided(office: Office, case: Case, kind: type[Decision], by: str, **said: Any) -> CaseEvent:
    """A person takes a decision on a case; returns its entry."""
    return done(office, case, kind.model_validate_json(json.dumps(said)), by)


def done(office: Office, case: Case, decision: Decision, by: str) -> CaseEvent:
    """The same of a decision that was read."""

    def change(now: Case) -> Any:
        known = WithHistory(
            pack=open_pack("ma"),
            history=tuple(office.table.events(case.id)),
            last_report=office.table.reports.last_number(case.id),
        )
        return decision.apply(now, task_state.now(), by, known)

    office.table.update(case.id, change)
    return list(office.table.events(case.id))[-1]


def paid(office: Office, case: Case, report: str | None = None) -> CaseEvent:
    """The unit records a payment, told by the reporter of a report or by another person."""
    of = {"report": report} if report else {}
    said = {**SUM, "told_by": "reporter" if report else "other", "channel": "portal", **of}
    return decided(office, case, Payment, OFFICER, **said)


def admit(office: Office, case: Case, reference: str) -> None:
    """The holder of the case admits one report by its reference."""
    report = office.table.reports.get_report(reference)
    assert report is not None
    by = AdmittingEntry(case=case.id, event=office.now_case(case).events + 1)
    writes = office.table.reports.admission_writes(report, by, format_timestamp(task_state.now()))
    office.table.transact(
        case.id,
        lambda now: CaseTransaction(
            admit_reports_by_name(now, task_state.now(), OFFICER, {reference: report.number}),
            None,
            writes,
        ),
    )


def file_of(office: Office, case: Case, reference: str, number: int = 1, **said: Any) -> None:
    """A report has a file, which was kept and looked into."""
    table = FileTable(TABLE, "digest")
    keep_file(table, reference, number, case.id, task_state.now(), **said)
    examine_file(table, reference, number, task_state.now())


def open_file(office: Office, case: Case, reference: str) -> None:
    """The unit opens the first file of a report."""
    item = items.get_item(TABLE, keys.file_key(reference, 1)) or {}
    said = FileOpening(report=reference, n=1, motive="Vérifier le virement.")
    office.table.update(
        case.id,
        lambda now: record_file_opening(now, task_state.now(), OFFICER, said, item["bound"]),
    )


def merge_another(
    office: Office, case: Case, before: Callable[[Case, str], object] = lambda *_: None
) -> Case:
    """Merge another case with an admitted joiner into the case.

    `before` is done in the other case, with that report.
    """
    other = office.in_review(**naming(OTHER))
    joined = office.accept(**naming(OTHER))
    assert office.deliver(joined) == []
    admitting.admit(office.table, other.id, task_state.now(), ANALYST)
    before(office.now_case(other), joined)
    into = office.now_case(case)
    office.table.save(
        merge_case(office.now_case(other), into, task_state.now(), ANALYST, {}, clocks_of(60))
    )
    office.later(minutes=2)
    office.sweep()
    return office.now_case(other)


def a_full_case(office: Office) -> list[Case]:
    """A case with all that a case may have, after its first night, and the two beside it: one that
    was merged into it, and one that a report was taken out to."""
    case = office.in_review(**naming(PHONE), disclosure=NAMED)
    office.take("triage", case)
    office.ask(
        office.now_case(case)
    )  # before danger is told: an immediate case waits for no answer
    add(case.opened_by, "A2", text="C'était lundi.", answers=1)
    stranger = office.accept(**naming(PHONE), danger_now=True)
    named, gone, erased = (office.accept(**naming(PHONE)) for _ in range(3))
    assert office.deliver(stranger, named, gone, erased) == []
    add(stranger, "A1", text="Le compte a changé de nom: 0600004199.")
    last = office.now_case(case).events
    song = {"outcome": "no_danger", "reason": "C'est une chanson.", "dangers": 0, "seen": last}
    decided(office, case, NoDanger, ANALYST, **song)
    office.confirm(office.now_case(case), RABAT)
    office.take("referral", office.now_case(case))
    office.table.update(
        case.id, lambda now: acknowledged(now, task_state.now(), OFFICER, gate_shut=True)
    )
    ground = "Il est devant sa porte."
    decided(office, case, PassGate, OFFICER, outcome="pass", danger="life", ground=ground)
    freeze = {**SUM, "institution": "Une banque", "beneficiary_account": ACCOUNT, "report": named}
    decided(office, case, NewFreeze, OFFICER, **freeze)
    asked_in = FreezeEntry.model_validate_json('{"step":"notice","channel":"portal"}')
    done(office, case, asked_in.root.with_number(1), OFFICER)
    for report in (named, erased, None):
        paid(office, case, report)
    write(office, case, "Gardez la capture d'écran.")
    write(office, case, "Vendredi à 10 h.", stranger)
    ask_identity(office, case, case.opened_by)
    admit(office, case, named)
    office.table.update(
        case.id,
        lambda now: suspect_event(
            now, 1, SuspectHappening.IDENTIFIED, task_state.now(), OFFICER, on=today(), before=()
        ),
    )
    for report in (case.opened_by, gone, erased):
        file_of(office, case, report)
    file_of(office, case, case.opened_by, 2)
    open_file(office, office.now_case(case), case.opened_by)
    other = merge_another(office, case, lambda now, joined: file_of(office, now, joined))
    apart = take_out(office, office.now_case(case), gone)
    carried(office, case)
    erase_report(office.table, erased, task_state.now(), SYSTEM_AUTHOR)
    audit_log.record_access(TABLE, case.id, task_state.now(), "view", ANALYST)
    seal_day.handle({"day": today()}, None)
    return [office.now_case(each) for each in (case, other, apart)]
