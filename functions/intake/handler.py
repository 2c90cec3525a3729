"""POST /v1/reports, GET /v1/reports/{reference}, POST …/additions, GET /v1/reference.

A report is accepted by one conditional write, and by nothing else: no counter, no second item, no
workflow is started here. What must follow follows from the table's stream.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from casework import receipt, report, strict_json
from casework import reference as references
from casework.aws import observe, sealing, secrets
from casework.aws.http import (
    ACCEPT_LANGUAGE,
    IDEMPOTENCY_KEY,
    WORK,
    Answer,
    Api,
    Parameter,
    Request,
    answered,
    request_of,
)
from casework.aws.report_table import (
    Erased,
    Followed,
    Kept,
    NewAddition,
    NewReport,
    ReportTable,
)
from casework.aws.settings import IntakeSettings
from casework.case import stamp
from casework.errors import (
    BodyTooLarge,
    Busy,
    Finding,
    KeyConflict,
    KeyMissing,
    NotJson,
    NotThroughTheEdge,
    NotValid,
    ReceiptMissing,
    ReceiptNotRecognised,
    TooManyAdditions,
    UnsupportedEncoding,
    WorkWanted,
)
from casework.errors import Erased as ErasedReport
from casework.folding import fold
from casework.followup import MOST_ADDITIONS, Addition, fold_addition
from casework.identifiers import keyed_mark
from casework.jurisdiction import Jurisdiction, open_pack
from casework.report import Report
from functions.intake import crowd, languages, words
from functions.intake.answers import Accepted, Added, Call, Guide, Progress
from functions.intake.progress import progress

IF_NONE_MATCH = Parameter(
    "If-None-Match",
    "header",
    "The ETag of the copy you have; 304 when it is still good.",
    {"type": "string"},
)
DOCUMENT = Path(__file__).with_name("openapi.json")


@cache
def settings() -> IntakeSettings:
    """The settings of this function."""
    return IntakeSettings.from_environment()


def pack() -> Jurisdiction:
    """The jurisdiction of this deployment."""
    return open_pack(settings().pack)


@cache
def crowd_here() -> crowd.Crowd:
    """How crowded it is, as this copy of the function sees it."""
    return crowd.Crowd(settings().work_floor)


def guard(request: Request) -> None:
    """Refuse what did not come through the public edge."""
    secrets.refuse_past_the_edge(
        settings().origin_secret, request.headers.get(secrets.ORIGIN_HEADER)
    )


api = Api(guard=guard)


@api.operation(
    "POST",
    "/v1/reports",
    summary="Send a report",
    tag="reports",
    body=Report,
    answers={201: Accepted},
    refusals=(
        KeyMissing,
        KeyConflict,
        ErasedReport,
        NotJson,
        BodyTooLarge,
        UnsupportedEncoding,
        NotValid,
        NotThroughTheEdge,
        WorkWanted,
        Busy,
    ),
    parameters=(IDEMPOTENCY_KEY, WORK),
)
def send_report(request: Request) -> Answer:
    """Keep a report and answer with its reference and receipt.

    The same key with the same content is answered the same, with `Idempotency-Replayed: true`;
    with other content it is refused. Send the same request again after any doubt.
    """
    key = receipt.read_key(request.headers.get("idempotency-key"))
    crowd.ask_for_work(
        crowd_here(),
        lambda: secrets.key(settings().address_secret),
        key,
        request.headers.get("work"),
    )
    return accept(key, request.read(Report), request.document)


def accept(key: str, sent: Report, document: Any) -> Answer:
    """Keep a report that was read; `document` is what it was read from.

    Raises NotValid for what the jurisdiction does not have, KeyConflict, or Erased for a key whose
    report was erased.
    """
    body = strict_json.canonical(document)
    reference = receipt.reference_for(secrets.key(settings().address_secret), key)
    if findings := outside_the_pack(sent):
        # It may have been inside when the report was accepted: the pack is edited, keys are not.
        match ReportTable(settings().case_table).kept(reference):
            case Kept() as before if is_of(before, key, body):
                return replayed(sent, key, body, reference, before)
            case Erased():
                raise ErasedReport
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    version, pepper = secrets.current_pepper(settings().pepper_secret)
    secret = receipt.receipt_for(pepper, key, body)
    new = NewReport(
        reference=reference,
        accepted_at=stamp(datetime.now(UTC)),
        language=sent.language,
        disclosure=sent.disclosure.kind,
        correlation_id=str(uuid.uuid4()),
        facts=report.fold_facts(sent.facts),
        narrative=fold(sent.narrative),
        pepper=version,
        body_mac=receipt.body_mac(pepper, key, body),
        verifier=receipt.verifier(reference, secret),
        own=marks_of(sent),
        contact_box=sealed(sent.contact, settings().contact_key, reference, "contact"),
        identity_box=sealed(sent.person, settings().identity_key, reference, "identity"),
    )
    match ReportTable(settings().case_table).put_once(new):
        case None:
            observe.fact("report accepted", reference=reference, correlation_id=new.correlation_id)
            return Answer(201, accepted(sent, reference, secret, new.accepted_at))
        case Kept() as before:
            if not is_of(before, key, body):
                raise KeyConflict
            return replayed(sent, key, body, reference, before)
        case Erased():
            raise ErasedReport


def is_of(before: Kept, key: str, body: bytes) -> bool:
    """Whether what the key was used for before has this content."""
    pepper = secrets.pepper(settings().pepper_secret, before.pepper)
    return receipt.same(before.body_mac, receipt.body_mac(pepper, key, body))


def replayed(sent: Report, key: str, body: bytes, reference: str, before: Kept) -> Answer:
    """The first answer once more, from the pepper it was made with."""
    pepper = secrets.pepper(settings().pepper_secret, before.pepper)
    observe.fact("report repeated", reference=reference, correlation_id=before.correlation_id)
    secret = receipt.receipt_for(pepper, key, body)
    return Answer(
        201,
        accepted(sent, reference, secret, before.accepted_at),
        {"Idempotency-Replayed": "true"},
    )


@api.operation(
    "GET",
    "/v1/reports/{reference}",
    summary="Follow a report",
    tag="reports",
    answers={200: Progress},
    refusals=(ReceiptMissing, ReceiptNotRecognised, NotThroughTheEdge, Busy),
    parameters=(ACCEPT_LANGUAGE,),
    security="receipt",
)
def follow_report(request: Request) -> Answer:
    """Where a report stands: status, timeline, questions and messages, what was added.

    An unknown reference and a wrong receipt are answered alike.
    """
    from casework.aws.case_table import CaseTable  # most calls are reports, which need no case
    from functions.intake import following

    reference, found = opened_by_receipt(request)
    asked = languages.asked(request.headers.get("accept-language"), pack().languages)
    language = asked or found.language
    table = CaseTable(settings().case_table)
    case = following.case_of(table, found)
    steps, messages = following.what_happened(table, reference, found, case)
    return Answer(
        200,
        progress(
            reference,
            found,
            case,
            steps,
            sorted([*following.questions_to(found), *messages], key=lambda each: each.at),
            language,
            datetime.now(UTC),
            services=following.services_of(pack(), language),
        ),
    )


@api.operation(
    "POST",
    "/v1/reports/{reference}/additions",
    summary="Add to a report",
    tag="reports",
    body=Addition,
    answers={201: Added},
    refusals=(
        ReceiptMissing,
        ReceiptNotRecognised,
        KeyMissing,
        KeyConflict,
        TooManyAdditions,
        NotJson,
        BodyTooLarge,
        UnsupportedEncoding,
        NotValid,
        NotThroughTheEdge,
        Busy,
    ),
    parameters=(IDEMPOTENCY_KEY,),
    security="receipt",
)
def add_to_report(request: Request) -> Answer:
    """Keep more facts, or the answer to a question, beside a report. The report stays as it was.

    The same key with the same content is answered the same, with `Idempotency-Replayed: true`.
    A contact sent with it is sealed and used from then on.
    """
    key = receipt.read_key(request.headers.get("idempotency-key"))
    sent = request.read(Addition)
    reference, found = opened_by_receipt(request)
    body = strict_json.canonical(request.document)
    addition = receipt.addition_for(secrets.key(settings().address_secret), key)
    version, pepper = secrets.current_pepper(settings().pepper_secret)
    table = ReportTable(settings().case_table)
    known = any(each.id == addition for each in found.additions)
    if sent.answers is not None and all(sent.answers != each.number for each in found.questions):
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/answers", "question.unknown", "You were not asked this.")],
        )
    if len(found.additions) >= MOST_ADDITIONS and not known:
        raise TooManyAdditions(f"A report takes {MOST_ADDITIONS} additions.")
    new = NewAddition(
        reference=reference,
        addition=addition,
        added_at=stamp(datetime.now(UTC)),
        content=fold_addition(sent),
        pepper=version,
        body_mac=receipt.body_mac(pepper, key, body),
        correlation_id=found.correlation_id,
        own=marks_of_contact(sent.contact),
        contact_box=sealed(sent.contact, settings().contact_key, reference, "contact"),
    )
    before = table.add_once(new)
    added_at, headers = new.added_at, {}
    if before is not None:
        if not is_of(before, key, body):
            raise KeyConflict
        added_at, headers = before.accepted_at, {"Idempotency-Replayed": "true"}
    observe.fact("report added to", reference=reference, correlation_id=found.correlation_id)
    return Answer(
        201,
        Added(
            reference=reference,
            id=addition,
            added_at=added_at,
            answers=sent.answers,
            text=words.added(found.language),
        ),
        headers,
    )


def opened_by_receipt(request: Request) -> tuple[str, Followed]:
    """The reference in the address and its report, if the receipt opens it.

    Raises ReceiptMissing, or ReceiptNotRecognised after the same work for an unknown reference
    and for a wrong receipt.
    """
    given = read_authorization(request.headers.get("authorization"))
    try:
        reference = references.parse(request.path_params["reference"])
    except references.NotAReference:
        raise ReceiptNotRecognised from None
    found = ReportTable(settings().case_table).follow(reference)
    opened = receipt.opens(found.verifier if found else None, reference, given)
    if found is None or not opened:
        raise ReceiptNotRecognised
    return reference, found


@api.operation(
    "GET",
    "/v1/reference",
    summary="What a report can choose from",
    tag="reference",
    answers={200: Guide, 304: None},
    refusals=(NotThroughTheEdge, Busy),
    parameters=(ACCEPT_LANGUAGE, IF_NONE_MATCH),
)
def read_reference(request: Request) -> Answer:
    """Categories, territories, languages and help, in the language asked for."""
    asked = languages.asked(request.headers.get("accept-language"), pack().languages)
    language = asked or pack().languages[0]
    tag = f'"{pack().reference_tag(language)}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Language",
        "Content-Language": language,
    }
    if tag in request.headers.get("if-none-match", ""):
        return Answer(304, None, headers)
    return Answer(200, pack().reference_json(language), headers)


@api.operation(
    "GET",
    "/v1/openapi.json",
    summary="This document",
    tag="reference",
    answers={200: None},
    refusals=(NotThroughTheEdge,),
)
def read_openapi(request: Request) -> Answer:
    """The OpenAPI description of all addresses."""
    del request
    return Answer(200, DOCUMENT.read_bytes(), {"Cache-Control": "public, max-age=300"})


def outside_the_pack(sent: Report) -> tuple[Finding, ...]:
    """The category, place or language that the jurisdiction does not have."""
    return report.outside_the_pack(
        sent,
        categories=pack().categories if sent.category is not None else (),
        territories=pack().territories if report.chosen_territory(sent) else (),
        languages=pack().languages,
    )


def accepted(sent: Report, reference: str, secret: str, accepted_at: str) -> Accepted:
    """The answer to an accepted report; it depends on nothing but these and the pack."""
    language = sent.language
    return Accepted(
        reference=reference,
        receipt=secret,
        accepted_at=accepted_at,
        language=language,
        next_steps=words.next_steps(language),
        advice=advice_for(sent),
        call=tuple(
            Call(name=each.names[pack().known(language)], number=each.number)
            for each in pack().emergency_numbers
        ),
    )


def advice_for(sent: Report) -> tuple[str, ...]:
    """What to do now: where somebody may be hurt, the call for help comes before all else."""
    general = pack().advice(None, sent.language)
    special = pack().advice(sent.category, sent.language)
    if sent.danger_now:
        return tuple(dict.fromkeys((*general, *special)))
    return special


def sealed(
    part: report.Contact | report.Person | None,
    key_arn: str,
    reference: str,
    field: sealing.Field,
) -> bytes | None:
    """The box of contact or identity; None when the reporter gave none."""
    if part is None:
        return None
    content = part.model_dump_json(exclude_none=True).encode()
    return sealing.seal(content, key_arn=key_arn, reference=reference, field=field)


def marks_of(sent: Report) -> tuple[str, ...]:
    """Marks of what belongs to the reporter, so that it never links the report to a case."""
    return marks_of_contact(sent.contact)


def marks_of_contact(contact: report.Contact | None) -> tuple[str, ...]:
    """Marks of a contact's telephone and e-mail."""
    own = list(report.own_identifiers(contact))
    if not own:
        return ()
    selector = secrets.key(settings().selector_secret)
    return tuple(keyed_mark(selector, kind, canonical) for kind, canonical in own)


def read_authorization(header: str | None) -> str:
    """The receipt in its one writing, or the empty text; raises ReceiptMissing without one."""
    scheme, _, given = (header or "").strip().partition(" ")
    if scheme.lower() != "receipt" or not given.strip():
        raise ReceiptMissing
    return references.read_receipt(given)


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The Lambda handler: the API under `/v1/`, and the pages for who has no JavaScript."""
    if not event["rawPath"].startswith("/v1/"):
        from functions.intake import form  # most calls are of the API, and need no pages

        if form.serves(event["rawPath"]):
            return answered(form.answer(request_of(event)))
    return api.handle(event, context)
