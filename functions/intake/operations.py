"""The API of reporters: POST /v1/reports, GET /v1/reports/{reference}, POST …/additions, POST and
GET …/evidence, DELETE …/evidence/{n}, GET …/proof, GET /v1/reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from casework.aws.http.http import (
    ACCEPT_LANGUAGE,
    CURSOR,
    IDEMPOTENCY_KEY,
    TRIAL,
    WORDS,
    WORK,
    Answer,
    Api,
    Request,
    asks,
    through_the_edge,
)
from casework.aws.http.unchanged import IF_NONE_MATCH, has
from casework.aws.services import observe, secrets
from casework.aws.table.report_table import Followed, Full, NewAddition, ReportTable, Tombstone
from casework.case.times import stamp
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
from casework.report.evidence import NewFile
from casework.report.followup import MOST_ADDITIONS, Addition, fold_addition
from casework.report.report import Report, days_of, mistyped_days
from casework.text import reference as references
from functions.intake import crowd, deployment, keeping, languages, trials, words
from functions.intake.accepting import accept, is_of
from functions.intake.answers import (
    Accepted,
    Added,
    FileSlot,
    Guide,
    Progress,
    ReportFiles,
    ReportProof,
)
from functions.intake.boxes import marks_of, sealed, ways_of
from functions.intake.deployment import pack, settings
from functions.intake.progress import progress

DOCUMENT = Path(__file__).with_name("openapi.json")
"""Comes beside the code when this folder is staged: `infra/assets.py`."""


guard = through_the_edge(lambda: settings().origin_secret)
api = Api(guard=guard)


@api.operation(
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
    parameters=(IDEMPOTENCY_KEY, WORK, TRIAL),
)
def send_report(request: Request) -> Answer:
    """Keep a report and answer with its reference and receipt.

    The same key with the same content is answered the same, with `Idempotency-Replayed: true`;
    with other content it is refused. Send the same request again after any doubt.
    """
    key = receipt.read_key(request.headers.get("idempotency-key"))
    realm = trials.realm_of(request)
    crowd.ask_for_work(
        deployment.crowd_here(),
        lambda: secrets.key(settings().address_secret),
        key,
        request.headers.get("work"),
        danger=lambda: _ticks_danger(request),
    )
    return accept(key, request.read(Report), request.canonical, realm)


def _ticks_danger(request: Request) -> bool:
    """Whether it is a report that ticks danger; a body that cannot be accepted does not."""
    with suppress(Refusal):
        return request.read(Report).danger_now
    return False


@api.operation(
    "follow_report",
    "GET",
    "/v1/reports/{reference}",
    summary="Follow a report",
    tag="reports",
    answers={200: Progress},
    refusals=(ReceiptMissing, ReceiptNotRecognised, NotValid, NotThroughTheEdge, Busy),
    parameters=(ACCEPT_LANGUAGE, CURSOR),
    security="receipt",
)
def follow_report(request: Request) -> Answer:
    """The state of a report: status, timeline, questions, messages and additions; the latest first,
    older ones page by page.

    An unknown reference and a wrong receipt get the same answer.
    """
    from functions.intake import following, paging  # most calls send reports

    reference, found = opened_by_receipt(request, whole=True)
    asked = languages.asked(request.headers.get("accept-language"), pack().languages)
    language = asked or found.language
    table = settings().case_table
    came, messages = following.what_happened(table, reference, found, stamp(datetime.now(UTC)))
    told = progress(
        reference,
        found,
        came,
        sorted([*following.questions_to(found), *messages], key=lambda each: each.at),
        language,
        services=following.services_of(pack(), language),
    )
    return Answer(200, paging.paged(told, request.query.get("cursor")))


@api.operation(
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
    body = request.canonical
    addition = receipt.addition_for(secrets.key(settings().address_secret), key)
    version, pepper = secrets.current_pepper(settings().pepper_secret)
    table = ReportTable(settings().case_table)
    if sent.answers is not None and all(sent.answers != each.number for each in found.questions):
        raise NotValid(
            "Some fields cannot be accepted.",
            findings=[Finding("#/answers", "question.unknown", "You were not asked this.")],
        )
    now = datetime.now(UTC)
    if findings := mistyped_days(days_of(sent.money_lost), now):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    new = NewAddition(
        reference=reference,
        addition=addition,
        added_at=stamp(now),
        content=fold_addition(sent),
        pepper=version,
        body_mac=receipt.body_mac(pepper, key, body),
        correlation_id=found.correlation_id,
        own=marks_of(sent.contact),
        contact_box=sealed(sent.contact, reference, "contact"),
        reached_by=ways_of(sent.contact),
    )
    least = Added(reference=reference, id=addition, added_at=new.added_at, kind=sent.kind,
                  answers=sent.answers, text="")  # fmt: skip

    def is_kept() -> bool:
        found = table.added(reference, addition)
        return found is not None and (found.pepper, found.body_mac) == (version, new.body_mac)

    keeping.begins(
        least.model_dump(mode="json", exclude_none=True), words.ADDED[sent.kind], is_kept
    )
    before = table.add_once(new, MOST_ADDITIONS)
    if before is None:
        keeping.done()
    else:
        keeping.ends()
    added_at, headers = new.added_at, {}
    if isinstance(before, Tombstone):
        raise ReceiptNotRecognised  # since it was opened: from now on it is unknown
    if isinstance(before, Full):
        raise TooManyAdditions(f"A report takes {MOST_ADDITIONS} additions.")
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
            kind=sent.kind,
            answers=sent.answers,
            text=words.added(sent.kind, found.language),
        ),
        headers,
    )


@api.operation(
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
    parameters=(IDEMPOTENCY_KEY,),
    security="receipt",
)
def add_file(request: Request) -> Answer:
    """Give a slot for one file: a form to be sent to `/upload` with as many bytes as were named.

    The same key with the same content gives the same slot with a fresh form: after a broken
    connection ask again and send the file again; the first file that arrives whole is kept.
    """
    return announce(request)


def announce(request: Request, named: Callable[[int], str] | None = None) -> Answer:
    """The answer to a file that was announced. `named` gives it a name by its number in the report,
    where the device does not tell the own one."""
    from functions.intake import evidence  # most calls are reports, which need no form

    key = receipt.read_key(request.headers.get("idempotency-key"))
    sent = request.read(NewFile)
    reference, found = opened_by_receipt(request)
    answer = evidence.slot(key, sent, request.canonical, reference, named)
    observe.fact("file announced", reference=reference, correlation_id=found.correlation_id)
    return answer


@api.operation(
    "read_files",
    "GET",
    "/v1/reports/{reference}/evidence",
    summary="See the files of a report",
    tag="reports",
    answers={200: ReportFiles},
    refusals=(ReceiptMissing, ReceiptNotRecognised, NotThroughTheEdge, Busy),
    security="receipt",
)
def read_files(request: Request) -> Answer:
    """The files that were announced for a report, whether each arrived, and the room that is left.

    A file that was sent is `kept` some seconds later.
    """
    from functions.intake import evidence  # most calls are reports, which have no files

    reference, _ = opened_by_receipt(request)
    return Answer(200, evidence.files_of(reference))


@api.operation(
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
def withdraw_file(request: Request) -> Answer:
    """Close the slot of a file that has not come, and give its place and its bytes back. A part of
    it that came is not kept.

    Asked for again, it is answered the same.
    """
    from functions.intake import evidence  # most calls are reports, which have no files

    reference, found = opened_by_receipt(request)
    number = request.path_params["n"]
    if not _NUMBER.fullmatch(number):
        raise FileNotFound
    evidence.withdraw(reference, int(number))
    observe.fact("file withdrawn", reference=reference, correlation_id=found.correlation_id)
    return Answer(200, evidence.files_of(reference))


_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}")


@api.operation(
    "prove_report",
    "GET",
    "/v1/reports/{reference}/proof",
    summary="Prove a report",
    tag="reports",
    answers={200: ReportProof},
    refusals=(ReceiptMissing, ReceiptNotRecognised, NotValid, NotThroughTheEdge, Busy),
    parameters=(WORDS,),
    security="receipt",
)
def prove_report(request: Request) -> Answer:
    """The proof that a report was accepted on its day and was not changed since, for those who keep
    it; with its additions and files, each on the day on which it came.

    The form depends on what the reporter sent alone, whatever became of it. On the day of the
    report it says from when there is a proof. With `words=shown` the proof also shows what was
    written and sent.
    """
    from casework.aws.table.evidence_table import EvidenceTable
    from functions.intake import proving  # most calls need nothing of the log

    reference, found = opened_by_receipt(request)
    told, shown = settings(), asks(request, WORDS)
    table = EvidenceTable(told.case_table, told.digest_secret)
    return Answer(
        200,
        proving.proof_of(table, told.seals, reference, found.accepted_at, words=shown),
    )


def opened_by_receipt(request: Request, *, whole: bool = False) -> tuple[str, Followed]:
    """The reference in the address and its report, if the receipt opens it; `whole` with what was
    added to it and written about it.

    Raises ReceiptMissing, or ReceiptNotRecognised after the same work for an unknown reference
    and for a wrong receipt.
    """
    given = read_authorization(request.headers.get("authorization"))
    try:
        reference = references.parse(request.path_params["reference"])
    except references.NotAReference:
        raise ReceiptNotRecognised from None
    found = ReportTable(settings().case_table).follow(reference, whole=whole)
    opened = receipt.opens(found.verifier if found else None, reference, given)
    if found is None or not opened:
        raise ReceiptNotRecognised
    return reference, found


@api.operation(
    "read_reference",
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
    if has(request, tag):
        return Answer(304, None, headers)
    return Answer(200, pack().reference_json(language), headers)


@api.operation(
    "read_openapi",
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


def read_authorization(header: str | None) -> str:
    """The receipt in its one writing, or the empty text; raises ReceiptMissing without one."""
    scheme, _, given = (header or "").strip().partition(" ")
    if scheme.lower() != "receipt" or not given.strip():
        raise ReceiptMissing
    return references.read_receipt(given)
