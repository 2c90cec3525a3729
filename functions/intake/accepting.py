"""Store a report by one conditional write.

No counter, no second item and no workflow is started here: all effects follow from the table's
stream.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from casework.aws.http.http import Answer
from casework.aws.services import observe, secrets
from casework.aws.services.digest_sealing import DigestKey, sealed_looks
from casework.aws.table.report_table import Kept, NewReport, ReportTable, Tombstone
from casework.case.times import minute
from casework.credentials import receipt
from casework.errors import Erased as ErasedReport
from casework.errors import Finding, KeyConflict, NotValid
from casework.pack.jurisdiction import Jurisdiction
from casework.report import report
from casework.report.report import Report, mistyped_days
from casework.text.folding import fold
from casework.text.realm import Realm
from functions.intake import keeping, words
from functions.intake.answers import Accepted, NumberToCall
from functions.intake.boxes import marks_of, sealed, ways_of
from functions.intake.deployment import pack, settings


def accept(key: str, sent: Report, body: bytes, realm: Realm = Realm.REAL) -> Answer:
    """Store a validated report, in a realm; `body` is its source in canonical form.

    Raises NotValid for a name that the jurisdiction does not have, KeyConflict, or Erased for the
    key of an erased report.
    """
    reference = receipt.reference_for(secrets.key(settings().address_secret), key, realm)
    now = datetime.now(UTC)
    if findings := refusals(sent, now):
        # It may have been inside when the report was accepted: the pack is edited, keys are not.
        match ReportTable(settings().case_table).kept(reference):
            case Kept() as before if is_of(before, key, body):
                return replayed(sent, key, body, reference, before)
            case Tombstone():
                raise ErasedReport
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    version, pepper = secrets.current_pepper(settings().pepper_secret)
    secret = receipt.receipt_for(pepper, key, body)
    digest_key = DigestKey(lambda: secrets.key(settings().digest_secret))
    new = NewReport(
        reference=reference,
        accepted_at=minute(now),
        language=sent.language,
        disclosure=sent.disclosure.kind,
        correlation_id=str(uuid.uuid4()),
        facts=report.fold_facts(sent),
        looks=sealed_looks(digest_key, reference, sent.pictures),
        narrative=fold(sent.narrative),
        pepper=version,
        body_mac=receipt.body_mac(pepper, key, body),
        verifier=receipt.verifier(reference, secret),
        own=marks_of(sent.contact, sent.call_now),
        contact_box=sealed(sent.contact, reference, "contact"),
        reached_by=ways_of(sent.contact),
        identity_box=sealed(sent.person, reference, "identity"),
        call_now_box=sealed(sent.call_now, reference, "call_now"),
        callable=sent.call_now.safe.value if sent.call_now else None,
        danger=sent.danger_now,
    )
    table = ReportTable(settings().case_table)

    def is_kept() -> bool:
        found = table.kept(reference)
        return isinstance(found, Kept) and (found.pepper, found.body_mac) == (version, new.body_mac)

    keeping.begins(_least(sent, reference, secret, new.accepted_at), "done.title", is_kept)
    match table.put_once(new):
        case None:
            keeping.done()
            observe.fact("report accepted", reference=reference, correlation_id=new.correlation_id)
            return Answer(201, accepted(sent, reference, secret, new.accepted_at))
        case Kept() as before:
            keeping.ends()
            if not is_of(before, key, body):
                raise KeyConflict
            return replayed(sent, key, body, reference, before)
        case Tombstone():
            keeping.ends()
            raise ErasedReport


def is_of(before: Kept, key: str, body: bytes) -> bool:
    """Whether the earlier report under the key has this content."""
    pepper = secrets.pepper(settings().pepper_secret, before.pepper)
    return receipt.same(before.body_mac, receipt.body_mac(pepper, key, body))


def replayed(sent: Report, key: str, body: bytes, reference: str, before: Kept) -> Answer:
    """The first answer once more, from the pepper it was made with."""
    pepper = secrets.pepper(settings().pepper_secret, before.pepper)
    secret = receipt.receipt_for(pepper, key, body)
    least = _least(sent, reference, secret, before.accepted_at)
    keeping.begins(least, "done.title", lambda: True)
    observe.fact("report repeated", reference=reference, correlation_id=before.correlation_id)
    return Answer(
        201,
        accepted(sent, reference, secret, before.accepted_at),
        {"Idempotency-Replayed": "true"},
    )


def refusals(sent: Report, now: datetime) -> tuple[Finding, ...]:
    """What the jurisdiction or the calendar refuses of a report that its model reads: a category,
    place or language that the former does not have, a day that the latter does not."""
    outside = report.outside_the_pack(
        sent,
        categories=pack().categories if sent.category is not None else (),
        territories=pack().territories if report.chosen_territory(sent) else (),
        languages=pack().languages,
    )
    return outside + mistyped_days(sent.days, now)


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


def accepted(sent: Report, reference: str, secret: str, accepted_at: str) -> Accepted:
    """The answer to an accepted report; it depends only on these and the pack."""
    language = sent.language
    return Accepted(
        reference=reference,
        receipt=secret,
        accepted_at=accepted_at,
        language=language,
        next_steps=words.next_steps(language, ticked(sent, accepted_at), sent.category),
        advice=advice_for(sent),
        call=numbers_to_call(pack(), language),
        pictures=len(sent.pictures) or None,
        notes=(words.pictures(len(sent.pictures), language),) if sent.pictures else (),
    )


@lru_cache(maxsize=16)
def numbers_to_call(jurisdiction: Jurisdiction, language: str) -> tuple[NumberToCall, ...]:
    """The numbers of the jurisdiction, named in a language that it has."""
    return tuple(
        NumberToCall(name=each.names[jurisdiction.known(language)], number=each.number)
        for each in jurisdiction.emergency_numbers
    )


def ticked(sent: Report, accepted_at: str) -> tuple[str, ...]:
    """What the reporter said besides words, as `casework.reading.claims` names it."""
    at = datetime.fromisoformat(accepted_at)
    said = {
        "danger_now": sent.danger_now,
        "minor": sent.victim_is_minor,
        "vulnerable": sent.victim_is_vulnerable,
        "money_recent": any(
            report.left_lately(each, at, pack().facts.zone) for each in sent.money_lost if each.at
        ),
    }
    return tuple(name for name, holds in said.items() if holds)


def advice_for(sent: Report) -> tuple[str, ...]:
    """The advice; if a person may be hurt, the call for help comes first."""
    general = pack().advice(None, sent.language)
    special = pack().advice(sent.category, sent.language)
    if sent.danger_now:
        return tuple(dict.fromkeys((*general, *special)))
    return special
