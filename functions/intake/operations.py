"""The API of reporters: POST /v1/reports, GET /v1/reports/{reference}, POST …/additions, POST and
GET …/evidence, DELETE …/evidence/{n}, GET …/proof, GET /v1/reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from casework.aws.http.api import Api, Request, Response, has_parameter, require_edge_secret
from casework.aws.http.etags import IF_NONE_MATCH_PARAMETER, is_cached_by_client
from casework.aws.http.parameters import (
    ACCEPT_LANGUAGE_PARAMETER,
    CURSOR_PARAMETER,
    IDEMPOTENCY_KEY_PARAMETER,
    PROOF_OF_WORK_PARAMETER,
    TRIAL_PARAMETER,
    WORDS_PARAMETER,
)
from casework.aws.services import secrets, telemetry
from casework.aws.table.report_table import (
    FollowUpRecord,
    LimitReached,
    NewAddition,
    ReportTable,
    ReportTombstone,
)
from casework.case.times import format_timestamp
from casework.credentials import receipt
from casework.errors import (
    BodyTooLarge,
    Busy,
    FileCame,
    FileNotFound,
    FilesNotTaken,
    Finding,
    KeyConflict,
    KeyMissing,
    NotJson,
    NotThroughTheEdge,
    NotValid,
    ReceiptMissing,
    ReceiptNotRecognised,
    Refusal,
    TooManyAdditions,
    TooManyFiles,
    TrialMarkRefused,
    UnsupportedEncoding,
    WorkWanted,
)
from casework.errors import Erased as ErasedReport
from casework.report.file_limits import NewFile
from casework.report.followup import MAX_ADDITIONS, Addition, fold_addition
from casework.report.money_lost import loss_days
from casework.report.report import Report, find_invalid_days
from casework.text import reference as references
from functions.intake import (
    accept_language,
    deployment,
    load_shedding,
    sentences,
    trials,
    write_confirmation,
)
from functions.intake.acceptance import accept_report, is_same_submission
from functions.intake.answers import (
    Accepted,
    Added,
    FileSlot,
    Guide,
    Progress,
    ReportFiles,
    ReportProof,
)
from functions.intake.contact_boxes import contact_kinds, contact_marks, seal_part
from functions.intake.deployment import intake_jurisdiction, settings
from functions.intake.progress import build_progress

DOCUMENT = Path(__file__).with_name("openapi.json")
"""Comes beside the code when this folder is staged: `infra/assets.py`."""


guard = require_edge_secret(lambda: settings().origin_secret)
api = Api(guard=guard)


@api.register_operation(
    "send_report",
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
        TrialMarkRefused,
        WorkWanted,
        Busy,
    ),
    parameters=(IDEMPOTENCY_KEY_PARAMETER, PROOF_OF_WORK_PARAMETER, TRIAL_PARAMETER),
)
def send_report(request: Request) -> Response:
    """Keep a report and answer with its reference and receipt.

    The same key with the same content is answered the same, with `Idempotency-Replayed: true`;
    with other content it is refused. Send the same request again after any doubt.
    """
    key = receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    realm = trials.realm_from_request(request)
    load_shedding.require_proof_of_work(
        deployment.crowd_here(),
        lambda: secrets.read_key(settings().address_secret),
        key,
        request.headers.get("work"),
        danger=lambda: _ticks_danger(request),
    )
    return accept_report(key, request.parse_body(Report), request.canonical_json, realm)


def _ticks_danger(request: Request) -> bool:
    """Whether it is a report that ticks danger; a body that cannot be accepted does not."""
    with suppress(Refusal):
        return request.parse_body(Report).danger_now
    return False


@api.register_operation(
    "follow_report",
    "GET",
    "/v1/reports/{reference}",
    summary="Follow a report",
    tag="reports",
    answers={200: Progress},
    refusals=(ReceiptMissing, ReceiptNotRecognised, NotValid, NotThroughTheEdge, Busy),
    parameters=(ACCEPT_LANGUAGE_PARAMETER, CURSOR_PARAMETER),
    security="receipt",
)
def follow_report(request: Request) -> Response:
    """The state of a report: status, timeline, questions, messages and additions; the latest first,
    older ones page by page.

    An unknown reference and a wrong receipt get the same answer.
    """
    from functions.intake import follow_up, progress_pages  # most calls send reports

    reference, found = opened_by_receipt(request, whole=True)
    asked = accept_language.negotiate_language(
        request.headers.get("accept-language"), intake_jurisdiction().languages
    )
    language = asked or found.language
    table = settings().case_table
    timeline, messages = follow_up.load_timeline(
        table, reference, found, format_timestamp(datetime.now(UTC))
    )
    progress = build_progress(
        reference,
        found,
        timeline,
        sorted([*follow_up.list_questions(found), *messages], key=lambda each: each.at),
        language,
        services=follow_up.service_names_by_id(intake_jurisdiction(), language),
    )
    return Response(200, progress_pages.page_progress(progress, request.query.get("cursor")))


@api.register_operation(
    "add_to_report",
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
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
    security="receipt",
)
def add_to_report(request: Request) -> Response:
    """Keep more facts, or the answer to a question, beside a report. The report stays as it was.

    The same key with the same content is answered the same, with `Idempotency-Replayed: true`.
    A contact sent with it is sealed and used from then on.
    """
    key = receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    sent = request.parse_body(Addition)
    reference, found = opened_by_receipt(request)
    body = request.canonical_json
    addition = receipt.addition_id_from_key(secrets.read_key(settings().address_secret), key)
    version, pepper = secrets.read_current_pepper(settings().pepper_secret)
    table = ReportTable(settings().case_table)
    if sent.answers is not None and all(sent.answers != each.number for each in found.questions):
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/answers", "question.unknown", "You were not asked this.")],
        )
    now = datetime.now(UTC)
    if findings := find_invalid_days(loss_days(sent.money_lost), now):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    new = NewAddition(
        reference=reference,
        addition=addition,
        added_at=format_timestamp(now),
        content=fold_addition(sent),
        pepper=version,
        body_mac=receipt.body_mac(pepper, key, body),
        correlation_id=found.correlation_id,
        own=contact_marks(sent.contact),
        contact_box=seal_part(sent.contact, reference, "contact"),
        reached_by=contact_kinds(sent.contact),
    )
    least = Added(reference=reference, id=addition, added_at=new.added_at, kind=sent.kind,
                  answers=sent.answers, text="")  # fmt: skip

    def is_kept() -> bool:
        found = table.get_addition(reference, addition)
        return found is not None and (found.pepper, found.body_mac) == (version, new.body_mac)

    write_confirmation.begin_write(
        least.model_dump(mode="json", exclude_none=True),
        sentences.ADDITION_SENTENCE_KEYS[sent.kind],
        is_kept,
    )
    before = table.add_once(new, MAX_ADDITIONS)
    if before is None:
        write_confirmation.confirm_write()
    else:
        write_confirmation.end_write()
    added_at, headers = new.added_at, {}
    if isinstance(before, ReportTombstone):
        raise ReceiptNotRecognised  # since it was opened: from now on it is unknown
    if isinstance(before, LimitReached):
        raise TooManyAdditions(f"A report takes {MAX_ADDITIONS} additions.")
    if before is not None:
        if not is_same_submission(before, key, body):
            raise KeyConflict
        added_at, headers = before.accepted_at, {"Idempotency-Replayed": "true"}
    telemetry.log_info("report added to", reference=reference, correlation_id=found.correlation_id)
    return Response(
        201,
        Added(
            reference=reference,
            id=addition,
            added_at=added_at,
            kind=sent.kind,
            answers=sent.answers,
            text=sentences.addition_sentence(sent.kind, found.language),
        ),
        headers,
    )


@api.register_operation(
    "add_file",
    "POST",
    "/v1/reports/{reference}/evidence",
    summary="Ask to add a file to a report",
    tag="reports",
    body=NewFile,
    answers={201: FileSlot},
    refusals=(
        ReceiptMissing,
        ReceiptNotRecognised,
        KeyMissing,
        KeyConflict,
        TooManyFiles,
        FilesNotTaken,
        NotJson,
        BodyTooLarge,
        UnsupportedEncoding,
        NotValid,
        NotThroughTheEdge,
        Busy,
    ),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
    security="receipt",
)
def add_file(request: Request) -> Response:
    """Give a slot for one file: a form to be sent to `/upload` with as many bytes as were named.

    The same key with the same content gives the same slot with a fresh form: after a broken
    connection ask again and send the file again; the first file that arrives whole is kept.
    """
    return announce(request)


def announce(request: Request, name_for_number: Callable[[int], str] | None = None) -> Response:
    """The answer to a file that was announced. `name_for_number` gives it a name by its number in
    the report, where the device does not tell the own one."""
    from functions.intake import file_slots  # most calls are reports, which need no form

    key = receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    sent = request.parse_body(NewFile)
    reference, found = opened_by_receipt(request)
    answer = file_slots.give_slot(key, sent, request.canonical_json, reference, name_for_number)
    telemetry.log_info("file announced", reference=reference, correlation_id=found.correlation_id)
    return answer


@api.register_operation(
    "read_files",
    "GET",
    "/v1/reports/{reference}/evidence",
    summary="See the files of a report",
    tag="reports",
    answers={200: ReportFiles},
    refusals=(ReceiptMissing, ReceiptNotRecognised, NotThroughTheEdge, Busy),
    security="receipt",
)
def read_files(request: Request) -> Response:
    """The files that were announced for a report, whether each arrived, and the room that is left.

    A file that was sent is `kept` some seconds later.
    """
    from functions.intake import file_slots  # most calls are reports, which have no files

    reference, _ = opened_by_receipt(request)
    return Response(200, file_slots.reporter_file_views(reference))


@api.register_operation(
    "withdraw_file",
    "DELETE",
    "/v1/reports/{reference}/evidence/{n}",
    summary="Withdraw a file that has not come",
    tag="reports",
    answers={200: ReportFiles},
    refusals=(
        ReceiptMissing,
        ReceiptNotRecognised,
        FileNotFound,
        FileCame,
        NotThroughTheEdge,
        Busy,
    ),
    security="receipt",
)
def withdraw_file(request: Request) -> Response:
    """Close the slot of a file that has not come, and give its place and its bytes back. A part of
    it that came is not kept.

    Asked for again, it is answered the same.
    """
    from functions.intake import file_slots  # most calls are reports, which have no files

    reference, found = opened_by_receipt(request)
    number = request.path_params["n"]
    if not _NUMBER.fullmatch(number):
        raise FileNotFound
    file_slots.withdraw_slot(reference, int(number))
    telemetry.log_info("file withdrawn", reference=reference, correlation_id=found.correlation_id)
    return Response(200, file_slots.reporter_file_views(reference))


_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}")


@api.register_operation(
    "prove_report",
    "GET",
    "/v1/reports/{reference}/proof",
    summary="Prove a report",
    tag="reports",
    answers={200: ReportProof},
    refusals=(ReceiptMissing, ReceiptNotRecognised, NotValid, NotThroughTheEdge, Busy),
    parameters=(WORDS_PARAMETER,),
    security="receipt",
)
def prove_report(request: Request) -> Response:
    """The proof that a report was accepted on its day and was not changed since, for those who keep
    it; with its additions and files, each on the day on which it came.

    The form depends on what the reporter sent alone, whatever became of it. On the day of the
    report it says from when there is a proof. With `words=shown` the proof also shows what was
    written and sent.
    """
    from casework.aws.table.file_table import FileTable
    from functions.intake import report_proof  # most calls need nothing of the log

    reference, found = opened_by_receipt(request)
    intake_settings, shown = settings(), has_parameter(request, WORDS_PARAMETER)
    table = FileTable(intake_settings.case_table, intake_settings.digest_secret)
    return Response(
        200,
        report_proof.build_report_proof(
            table, intake_settings.seals, reference, found.accepted_at, words=shown
        ),
    )


def opened_by_receipt(request: Request, *, whole: bool = False) -> tuple[str, FollowUpRecord]:
    """The reference in the address and its report, if the receipt opens it; `whole` with what was
    added to it and written about it.

    Raises ReceiptMissing, or ReceiptNotRecognised after the same work for an unknown reference
    and for a wrong receipt.
    """
    receipt_text = read_authorization(request.headers.get("authorization"))
    try:
        reference = references.parse_reference(request.path_params["reference"])
    except references.NotAReference:
        raise ReceiptNotRecognised from None
    found = ReportTable(settings().case_table).follow(reference, whole=whole)
    opened = receipt.matches_verifier(found.verifier if found else None, reference, receipt_text)
    if found is None or not opened:
        raise ReceiptNotRecognised
    return reference, found


@api.register_operation(
    "read_reference",
    "GET",
    "/v1/reference",
    summary="What a report can choose from",
    tag="reference",
    answers={200: Guide, 304: None},
    refusals=(NotThroughTheEdge, Busy),
    parameters=(ACCEPT_LANGUAGE_PARAMETER, IF_NONE_MATCH_PARAMETER),
)
def read_reference(request: Request) -> Response:
    """Categories, territories, languages and help, in the language asked for."""
    asked = accept_language.negotiate_language(
        request.headers.get("accept-language"), intake_jurisdiction().languages
    )
    language = asked or intake_jurisdiction().languages[0]
    tag = f'"{intake_jurisdiction().reference_tag(language)}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Language",
        "Content-Language": language,
    }
    if is_cached_by_client(request, tag):
        return Response(304, None, headers)
    return Response(200, intake_jurisdiction().reference_json(language), headers)


@api.register_operation(
    "read_openapi",
    "GET",
    "/v1/openapi.json",
    summary="This document",
    tag="reference",
    answers={200: None},
    refusals=(NotThroughTheEdge,),
)
def read_openapi(request: Request) -> Response:
    """The OpenAPI description of all addresses."""
    del request
    return Response(200, DOCUMENT.read_bytes(), {"Cache-Control": "public, max-age=300"})


def read_authorization(header: str | None) -> str:
    """The receipt in its one writing, or the empty text; raises ReceiptMissing without one."""
    scheme, _, given = (header or "").strip().partition(" ")
    if scheme.lower() != "receipt" or not given.strip():
        raise ReceiptMissing
    return references.read_receipt(given)
