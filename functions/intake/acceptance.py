"""Store a report by one conditional write.

No counter, no second item and no workflow is started here: all effects follow from the table's
stream.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from casework.aws.http.api import Response
from casework.aws.services import secrets, telemetry
from casework.aws.services.digest_sealing import DigestKey, seal_perceptual_hashes
from casework.aws.table.report_table import ExistingReport, NewReport, ReportTable, ReportTombstone
from casework.case.times import format_minute
from casework.credentials import receipt
from casework.errors import Erased as ErasedReport
from casework.errors import Finding, KeyConflict, NotValid
from casework.pack.jurisdiction import Jurisdiction
from casework.report.money_lost import is_recent_loss
from casework.report.report import Report, chosen_territory, find_invalid_days, find_unknown_values
from casework.report.stored_facts import compress_facts
from casework.text.compression import compress_text
from casework.text.realm import Realm
from functions.intake import sentences, write_confirmation
from functions.intake.answers import Accepted, NumberToCall
from functions.intake.contact_boxes import contact_kinds, contact_marks, seal_part
from functions.intake.deployment import intake_jurisdiction, settings


def accept_report(key: str, sent: Report, body: bytes, realm: Realm = Realm.REAL) -> Response:
    """Store a validated report, in a realm; `body` is its source in canonical form.

    Raises NotValid for a name that the jurisdiction does not have, KeyConflict, or Erased for the
    key of an erased report.
    """
    reference = receipt.reference_from_key(secrets.read_key(settings().address_secret), key, realm)
    now = datetime.now(UTC)
    if findings := find_errors(sent, now):
        # It may have been inside when the report was accepted: the pack is edited, keys are not.
        match ReportTable(settings().case_table).get_existing(reference):
            case ExistingReport() as before if is_same_submission(before, key, body):
                return replay_response(sent, key, body, reference, before)
            case ReportTombstone():
                raise ErasedReport
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    version, pepper = secrets.read_current_pepper(settings().pepper_secret)
    secret = receipt.receipt_from_key(pepper, key, body)
    digest_key = DigestKey(lambda: secrets.read_key(settings().digest_secret))
    new = NewReport(
        reference=reference,
        accepted_at=format_minute(now),
        language=sent.language,
        disclosure=sent.disclosure.kind,
        correlation_id=str(uuid.uuid4()),
        facts=compress_facts(sent),
        looks=seal_perceptual_hashes(digest_key, reference, sent.pictures),
        narrative=compress_text(sent.narrative),
        pepper=version,
        body_mac=receipt.body_mac(pepper, key, body),
        verifier=receipt.make_verifier(reference, secret),
        own=contact_marks(sent.contact, sent.call_now),
        contact_box=seal_part(sent.contact, reference, "contact"),
        reached_by=contact_kinds(sent.contact),
        identity_box=seal_part(sent.person, reference, "identity"),
        call_now_box=seal_part(sent.call_now, reference, "call_now"),
        callable=sent.call_now.safe.value if sent.call_now else None,
        danger=sent.danger_now,
    )
    table = ReportTable(settings().case_table)

    def is_kept() -> bool:
        found = table.get_existing(reference)
        return isinstance(found, ExistingReport) and (found.pepper, found.body_mac) == (
            version,
            new.body_mac,
        )

    write_confirmation.begin_write(
        _least(sent, reference, secret, new.accepted_at), "done.title", is_kept
    )
    match table.put_once(new):
        case None:
            write_confirmation.confirm_write()
            telemetry.log_info(
                "report accepted", reference=reference, correlation_id=new.correlation_id
            )
            return Response(201, accepted_response(sent, reference, secret, new.accepted_at))
        case ExistingReport() as before:
            write_confirmation.end_write()
            if not is_same_submission(before, key, body):
                raise KeyConflict
            return replay_response(sent, key, body, reference, before)
        case ReportTombstone():
            write_confirmation.end_write()
            raise ErasedReport


def is_same_submission(before: ExistingReport, key: str, body: bytes) -> bool:
    """Whether the earlier report under the key has this content."""
    pepper = secrets.read_pepper(settings().pepper_secret, before.pepper)
    return receipt.constant_time_equal(before.body_mac, receipt.body_mac(pepper, key, body))


def replay_response(
    sent: Report, key: str, body: bytes, reference: str, before: ExistingReport
) -> Response:
    """The first answer once more, from the pepper it was made with."""
    pepper = secrets.read_pepper(settings().pepper_secret, before.pepper)
    secret = receipt.receipt_from_key(pepper, key, body)
    least = _least(sent, reference, secret, before.accepted_at)
    write_confirmation.begin_write(least, "done.title", lambda: True)
    telemetry.log_info("report repeated", reference=reference, correlation_id=before.correlation_id)
    return Response(
        201,
        accepted_response(sent, reference, secret, before.accepted_at),
        {"Idempotency-Replayed": "true"},
    )


def find_errors(sent: Report, now: datetime) -> tuple[Finding, ...]:
    """What the jurisdiction or the calendar refuses of a report that its model reads: a category,
    place or language that the former does not have, a day that the latter does not."""
    outside = find_unknown_values(
        sent,
        categories=intake_jurisdiction().categories if sent.category is not None else (),
        territories=intake_jurisdiction().territories if chosen_territory(sent) else (),
        languages=intake_jurisdiction().languages,
    )
    return outside + find_invalid_days(sent.days, now)


def _least(sent: Report, reference: str, secret: str, accepted_at: str) -> dict[str, Any]:
    """What is told of an accepted report where nothing else can be: its codes."""
    return {
        "reference": reference,
        "receipt": secret,
        "status": "received",
        "accepted_at": accepted_at,
        "language": sent.language,
        "next_steps": [],
        "advice": [],
        "call": [],
    }


def accepted_response(sent: Report, reference: str, secret: str, accepted_at: str) -> Accepted:
    """The answer to an accepted report; it depends only on these and the pack."""
    language = sent.language
    return Accepted(
        reference=reference,
        receipt=secret,
        accepted_at=accepted_at,
        language=language,
        next_steps=sentences.next_step_sentences(
            language, reporter_ticks(sent, accepted_at), sent.category
        ),
        advice=advice_for_reporter(sent),
        call=numbers_to_call(intake_jurisdiction(), language),
        pictures=len(sent.pictures) or None,
        notes=(sentences.pictures_sentence(len(sent.pictures), language),) if sent.pictures else (),
    )


@lru_cache(maxsize=16)
def numbers_to_call(jurisdiction: Jurisdiction, language: str) -> tuple[NumberToCall, ...]:
    """The numbers of the jurisdiction, named in a language that it has."""
    return tuple(
        NumberToCall(name=each.names[jurisdiction.supported_language(language)], number=each.number)
        for each in jurisdiction.emergency_numbers
    )


def reporter_ticks(sent: Report, accepted_at: str) -> tuple[str, ...]:
    """What the reporter said besides words, as `casework.analysis.ticks` names it."""
    at = datetime.fromisoformat(accepted_at)
    ticks = {
        "danger_now": sent.danger_now,
        "minor": sent.victim_is_minor,
        "vulnerable": sent.victim_is_vulnerable,
        "money_recent": any(
            is_recent_loss(each, at, intake_jurisdiction().facts.zone)
            for each in sent.money_lost
            if each.at
        ),
    }
    return tuple(name for name, holds in ticks.items() if holds)


def advice_for_reporter(sent: Report) -> tuple[str, ...]:
    """The advice; if a person may be hurt, the call for help comes first."""
    general = intake_jurisdiction().advice(None, sent.language)
    special = intake_jurisdiction().advice(sent.category, sent.language)
    if sent.danger_now:
        return tuple(dict.fromkeys((*general, *special)))
    return special
