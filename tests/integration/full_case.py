"""A case with all that a case may have, and the cases that its reports came from or went to."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from casework.aws.steps import step
from casework.aws.table import items, keys, log
from casework.aws.table.case_table import Deed
from casework.aws.table.custody_table import request_item, waiting_key
from casework.aws.table.erasure import erase_report
from casework.aws.table.evidence_table import EvidenceTable
from casework.aws.table.messages import StoredMessage, message_item, message_to
from casework.aws.table.report_table import NewAddition, ReportTable
from casework.case.admission import Admitted
from casework.case.case import Case
from casework.case.history import Event
from casework.case.parts import SYSTEM
from casework.case.suspects import SuspectHappening
from casework.case.times import stamp
from casework.decisions.decision import Decision
from casework.decisions.files import FileOpening, file_opened
from casework.decisions.freezes import FreezeEntry, NewFreeze, Payment
from casework.decisions.gate import NoDanger, PassGate
from casework.decisions.identity import IdentityWish, Release, asked
from casework.decisions.outcomes import suspect_event
from casework.decisions.staff import Role
from casework.moves.admitting import admitted
from casework.moves.merging import merged
from casework.moves.messaging import messaged
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
    return date.fromisoformat(stamp(step.now())[:10]).isoformat()


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
            added_at=stamp(step.now()),
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

    def change(now: Case) -> Deed[None]:
        message = StoredMessage(now.events + 1, stamp(step.now()), ANALYST, text, reports, "k")
        beside = [message_to(case.id, message, each) for each in reports]
        kept = [items.putting(TABLE, each) for each in (message_item(case.id, message), *beside)]
        sent = messaged(now, step.now(), ANALYST, reports=reports, bound=message.bound)
        return Deed(sent, None, kept)

    office.table.carry_out(case.id, change)


def ask_identity(office: Office, case: Case, reference: str) -> None:
    """The unit asks for the identity of a reporter, and no custodian has decided yet."""
    officer = a_member(Role.OFFICER, RABAT, subject=OFFICER)
    wish = IdentityWish(report=reference, motive="Confirmer le virement avec la victime.")

    def change(now: Case) -> Deed[None]:
        move, request = asked(
            now,
            step.now(),
            officer,
            wish,
            number=1,
            disclosure="identified",
            rules=Release(),
            key="k",
        )
        kept = [items.putting(TABLE, each(request)) for each in (request_item, waiting_key)]
        return Deed(move, None, kept)

    office.table.carry_out(case.id, change)


def decided(office: Office, case: Case, kind: type[Decision], by: str, **said: Any) -> Event:
    """A person takes a decision on a case; returns its entry."""
    return done(office, case, kind.model_validate_json(json.dumps(said)), by)


def done(office: Office, case: Case, decision: Decision, by: str) -> Event:
    """The same of a decision that was read."""

    def change(now: Case) -> Any:
        known = WithHistory(
            pack=open_pack("ma"),
            history=tuple(office.table.events(case.id)),
            last_report=office.table.reports.arrived(case.id),
        )
        return decision.taken(now, step.now(), by, known)

    office.table.update(case.id, change)
    return list(office.table.events(case.id))[-1]


def paid(office: Office, case: Case, report: str | None = None) -> Event:
    """The unit records a payment, told by the reporter of a report or by another person."""
    of = {"report": report} if report else {}
    said = {**SUM, "told_by": "reporter" if report else "other", "channel": "portal", **of}
    return decided(office, case, Payment, OFFICER, **said)


def admit(office: Office, case: Case, reference: str) -> None:
    """The holder of the case admits one report by its reference."""
    report = office.table.reports.one(reference)
    assert report is not None
    by = Admitted(case=case.id, event=office.now_case(case).events + 1)
    writes = office.table.reports.admitting(report, by, stamp(step.now()))
    office.table.carry_out(
        case.id,
        lambda now: Deed(
            admitted(now, step.now(), OFFICER, {reference: report.number}), None, writes
        ),
    )


def file_of(office: Office, case: Case, reference: str, number: int = 1, **said: Any) -> None:
    """A report has a file, which was kept and looked into."""
    table = EvidenceTable(TABLE, "digest")
    keep_file(table, reference, number, case.id, step.now(), **said)
    examine_file(table, reference, number, step.now())


def open_file(office: Office, case: Case, reference: str) -> None:
    """The unit opens the first file of a report."""
    item = items.get(TABLE, keys.file_key(reference, 1)) or {}
    said = FileOpening(report=reference, n=1, motive="Vérifier le virement.")
    office.table.update(
        case.id, lambda now: file_opened(now, step.now(), OFFICER, said, item["bound"])
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
    admitting.admit(office.table, other.id, step.now(), ANALYST)
    before(office.now_case(other), joined)
    into = office.now_case(case)
    office.table.save(merged(office.now_case(other), into, step.now(), ANALYST, {}, clocks_of(60)))
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
    office.table.update(case.id, lambda now: acknowledged(now, step.now(), OFFICER, gated=True))
    ground = "Il est devant sa porte."
    decided(office, case, PassGate, OFFICER, outcome="pass", danger="life", ground=ground)
    freeze = {**SUM, "institution": "Une banque", "beneficiary_account": ACCOUNT, "report": named}
    decided(office, case, NewFreeze, OFFICER, **freeze)
    asked_in = FreezeEntry.model_validate_json('{"step":"notice","channel":"portal"}')
    done(office, case, asked_in.root.numbered(1), OFFICER)
    for report in (named, erased, None):
        paid(office, case, report)
    write(office, case, "Gardez la capture d'écran.")
    write(office, case, "Vendredi à 10 h.", stranger)
    ask_identity(office, case, case.opened_by)
    admit(office, case, named)
    office.table.update(
        case.id,
        lambda now: suspect_event(
            now, 1, SuspectHappening.IDENTIFIED, step.now(), OFFICER, on=today(), before=()
        ),
    )
    for report in (case.opened_by, gone, erased):
        file_of(office, case, report)
    file_of(office, case, case.opened_by, 2)
    open_file(office, office.now_case(case), case.opened_by)
    other = merge_another(office, case, lambda now, joined: file_of(office, now, joined))
    apart = take_out(office, office.now_case(case), gone)
    carried(office, case)
    erase_report(office.table, erased, step.now(), SYSTEM)
    log.mark_person(TABLE, case.id, step.now(), "view", ANALYST)
    seal_day.handle({"day": today()}, None)
    return [office.now_case(each) for each in (case, other, apart)]
