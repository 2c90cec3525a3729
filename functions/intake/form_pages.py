"""Report and follow-up without JavaScript: `/{lang}/report/plain` and `/{lang}/follow`.

The form carries a fresh Idempotency-Key, so that sending it twice makes one report. Its document
goes the way of the JSON: the same model, the same one write. A refusal shows the form again with
all its answers.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from casework.aws.http.api import Request, Response, problem_response
from casework.aws.http.problems import PROBLEM_BY_REFUSAL, nearest_mapped_refusal
from casework.aws.http.response_headers import CACHE_PRIVATE_REVALIDATE, SERVER_RENDERED_HEADERS
from casework.aws.services import secrets, service_errors, telemetry
from casework.aws.services.time_limits import limit_to_invocation
from casework.credentials import proof_of_work, receipt
from casework.errors import (
    BodyTooLarge,
    Busy,
    CaseNotFound,
    FileCame,
    FileNotFound,
    FilesNotTaken,
    KeyConflict,
    KeyMissing,
    MethodNotAllowed,
    NotValid,
    ReceiptNotRecognised,
    Refusal,
    TooManyAdditions,
    TooManyFiles,
    TrialMarkRefused,
)
from casework.report.followup import AdditionKind
from casework.report.report import Report
from casework.text import reference as references
from casework.text import strict_json
from casework.text.realm import Realm
from functions.intake import (
    deployment,
    form_fields,
    form_steps,
    load_shedding,
    operations,
    report_codes,
    sentences,
    trials,
)
from functions.intake.acceptance import accept_report, find_errors
from functions.intake.answers import Accepted, FileSlot, Progress, ReportFiles, ReportProof
from functions.intake.deployment import intake_jurisdiction, settings
from functions.intake.files_page import ADD, WITHDRAW, FilesPageState, files_page
from functions.intake.follow_page import (
    PROOF_WITH_WORDS_VALUE,
    AdditionDraft,
    follow_page,
    progress_page,
    resend_page,
)
from functions.intake.receipt_page import receipt_page
from functions.intake.report_page import ReportForm, report_page
from functions.intake.texts import PortalTexts, load_portal

_ADDRESS: Final = re.compile(r"/([a-z]{2,3})/(report/plain|follow)")
_NUMBER: Final = re.compile(r"[1-9][0-9]?")
"""Of a file in its report."""
FORM_PAGE_HEADERS: Final = {"Content-Type": "text/html; charset=utf-8", **SERVER_RENDERED_HEADERS}


def is_form_page(path: str) -> bool:
    """Whether this address is a page that is rendered here."""
    found = _ADDRESS.fullmatch(path)
    return found is not None and found[1] in load_portal().texts


def form_response(request: Request, context: Any) -> Response:
    """The page at this address, in the time of the call; never raises."""
    with telemetry.log_context(request.gateway_id):
        return _answered(request, context)


def _answered(request: Request, context: Any) -> Response:
    language, name = _parts(request.path)
    texts = load_portal().texts[language]
    show: Callable[[Request, PortalTexts], Response] = (
        _report if name == "report/plain" else _follow
    )
    try:
        with limit_to_invocation(context):
            operations.guard(request)
            if request.method not in {"GET", "HEAD", "POST"}:
                raise MethodNotAllowed("This address takes GET, POST.")
            return show(request, texts)
    except TrialMarkRefused as refusal:
        return problem_response(
            refusal, request
        )  # people send none: it is a program that reads this
    except Refusal as refusal:
        return _refused(refusal, request, texts, name)
    except Exception as error:  # noqa: BLE001 - the last resort: logged, answered without detail
        telemetry.log_failure("request failed", error, instance=request.instance)
        busy = service_errors.busy_if_unavailable(error) or Busy()
        return _refused(busy, request, texts, name)


def _parts(path: str) -> tuple[str, str]:
    found = _ADDRESS.fullmatch(path)
    if found is None:
        raise CaseNotFound
    return found[1], found[2]


def _html(status: int, page: bytes, **headers: str) -> Response:
    return Response(status, page, {**FORM_PAGE_HEADERS, **headers})


def _step(form: ReportForm, texts: PortalTexts, status: int = 200, **headers: str) -> Response:
    """A step of the report, to which the browser's own Back leads without sending it again."""
    kept = {"Cache-Control": CACHE_PRIVATE_REVALIDATE, **headers}
    return _html(status, report_page(form, texts), **kept)


# ---- the report


def _report(request: Request, texts: PortalTexts) -> Response:
    if request.method != "POST":
        return _html(200, report_page(_fresh({}), texts))
    realm = trials.realm_from_request(request)
    fields = form_fields.parse_form(request.headers, request.body, form_fields.REPORT_FIELDS)
    step = _in_front(fields)
    try:
        key = receipt.parse_idempotency_key(fields.get("key"))
    except KeyMissing:
        return _again(_fresh(fields), texts, "error.refused", 422)
    form = _with_key(fields, key)
    if fields.get("look"):
        return _step(form, texts)
    if fields.get("go") == "back":
        earlier = form_steps.CHECK_STEP if form.changes else form_steps.previous_step(step, fields)
        return _step(replace(form, step=earlier, changes=False), texts)
    if fields.get("go") in form_steps.FORM_STEPS:
        return _step(replace(form, step=fields["go"], changes=True), texts)
    if step != form_steps.CHECK_STEP:
        return _onward(request, form, texts)
    return _sent(request, form, realm, texts)


def _in_front(given: Mapping[str, str]) -> str:
    """The step in front. A form that names none is whole; of an unknown one, the first."""
    step = given.get("step", form_steps.CHECK_STEP)
    return step if step in (*form_steps.FORM_STEPS, form_steps.CHECK_STEP) else form_steps.WAY_FIELD


def _shown(given: Mapping[str, str]) -> str:
    """The step to show; a form without an answer begins."""
    return _in_front(given) if given else form_steps.WAY_FIELD


def _onward(request: Request, form: ReportForm, texts: PortalTexts) -> Response:
    """The next step, or this one with what is wrong in it."""
    wrong = _mistakes(request, form, texts)
    if wrong:
        return _step(replace(form, wrong=wrong), texts, 422)
    fields: Mapping[str, str] = form.given
    if form.step == form_steps.WAY_FIELD:
        fields = form_steps.prefill_answers(fields, form.pack)
    elif form.step == "safety":
        fields = form_steps.prefill_role(fields)
    following = form_steps.CHECK_STEP if form.changes else form_steps.next_step(form.step, fields)
    form = replace(form, given=fields, step=following, changes=False)
    return _step(form, texts)


def _mistakes(request: Request, form: ReportForm, texts: PortalTexts) -> dict[str, str]:
    """What is wrong in the step in front, by the model that reads the whole report at the end."""
    if form.step == form_steps.WAY_FIELD:
        return (
            {} if form.given.get("way") in form_steps.ways_in(form.pack) else {"way": "error.way"}
        )
    own = {name: form.given.get(name, "") for name in form_steps.step_fields(form.step, form.given)}
    if not _is_inside(own.get("commune", ""), own.get("territory", "")):
        return {"commune": "error.commune"}
    probe = {**form_steps.EXAMPLE_ANSWERS, **own}
    try:
        sent = _as_json(
            request, form_fields.report_from_form(probe, texts.language.code)
        ).parse_body(Report)
        findings = find_errors(sent, datetime.now(UTC))
    except BodyTooLarge:
        return {"narrative": "error.narrative_long"}
    except NotValid as refusal:
        findings = refusal.findings
    return form_fields.wrong_fields(findings, probe)


def _sent(request: Request, form: ReportForm, realm: Realm, texts: PortalTexts) -> Response:
    """The receipt, or the first step with a mistake."""
    fields = form_steps.drop_unasked(form.given)
    if not _is_inside(fields.get("commune", ""), fields.get("territory", "")):
        return _step(_led(form, {"commune": "error.commune"}), texts, 422)
    secret = secrets.read_key(settings().address_secret)
    waiting = load_shedding.form_wait_seconds(
        deployment.crowd_here(),
        secret,
        form.key,
        fields.get("ticket", ""),
        danger=form_fields.tells_danger(fields),
    )
    if waiting:
        waits = {"Retry-After": str(waiting)}
        return _step(replace(form, wait=waiting), texts, 429, **waits)
    try:
        asked = _as_json(request, form_fields.report_from_form(fields, texts.language.code))
        sent = asked.parse_body(Report)
        accepted = accept_report(form.key, sent, asked.canonical_json, realm)
    except BodyTooLarge:
        return _again(form, texts, "error.too_large", 413)
    except NotValid as refusal:
        wrong = form_fields.wrong_fields(refusal.findings, fields)
        return _step(_led(form, wrong), texts, 422)
    except KeyConflict:
        return _again(_fresh(form.given), texts, "error.stale", 422)
    if not isinstance(accepted.body, Accepted):
        raise TypeError("a report that was accepted is answered with its receipt")
    return _html(201, receipt_page(accepted.body, texts, intake_jurisdiction(), sent))


def _led(form: ReportForm, wrong: Mapping[str, str]) -> ReportForm:
    """The form at the first step with a mistake, with the mistakes of that step; sending shows
    those of the next."""
    step = form_steps.find_step_of_field(next(iter(wrong), ""), form.given)
    here = {
        name: text
        for name, text in wrong.items()
        if form_steps.find_step_of_field(name, form.given) == step
    }
    return replace(form, step=step, changes=True, wrong=here)


def _is_inside(commune: str, province: str) -> bool:
    """Whether the picked place is in the picked province, or no answer contradicts it."""
    if not commune or commune not in intake_jurisdiction().territories:
        return True  # an unknown one is refused with the rest
    return province in {each.code for each in intake_jurisdiction().upward(commune)}


def _as_json(request: Request, document: Mapping[str, Any], **headers: str) -> Request:
    """The request as if the document had come as JSON, for the same refusals."""
    try:
        body = strict_json.canonical_json(document)
    except UnicodeEncodeError:
        raise NotValid("This text is not Unicode.") from None
    return replace(request, body=body, headers={"content-type": "application/json", **headers})


def _fresh(given: Mapping[str, str]) -> ReportForm:
    return _with_key(given, str(uuid.uuid4()))


def _with_key(fields: Mapping[str, str], key: str) -> ReportForm:
    """The form with this key. A good ticket is kept, so that the elapsed wait counts."""
    secret, ticket = secrets.read_key(settings().address_secret), fields.get("ticket", "")
    if proof_of_work.ticket_time(secret, key, ticket) is None:
        ticket = proof_of_work.form_ticket(secret, key, now=int(time.time()))
    return ReportForm(
        fields, key, ticket, intake_jurisdiction(), _shown(fields), fields.get("change") == "yes"
    )


def _again(form: ReportForm, texts: PortalTexts, problem: str, status: int) -> Response:
    """The form with its answers, and one sentence about the whole form."""
    return _step(replace(form, wrong={"": problem}), texts, status)


# ---- the follow-up


def _follow(request: Request, texts: PortalTexts) -> Response:
    if request.method != "POST":
        return _html(200, follow_page({}, {}, texts, intake_jurisdiction()))
    fields = form_fields.parse_form(request.headers, request.body, form_fields.FOLLOW_FIELDS)
    opened = replace(request, path_params={"reference": _reference(fields)})
    status, writing = 200, _writing(fields)
    try:
        if "files" in fields:
            return _files(opened, fields, texts)
        if "text" in fields:
            status, writing = _added(opened, fields, writing, texts)
        if "proof" in fields:
            proved = _proved(opened, fields)
            if proved.proof is not None:
                return _file(proved, words=fields["proof"] == PROOF_WITH_WORDS_VALUE)
            writing = replace(writing, proof_from=proved.ready_from)
        told = _progress(opened, fields, texts.language.code)
    except ReceiptNotRecognised:
        wrong = {"reference": "error.unknown_report"}
        return _html(404, follow_page(fields, wrong, texts, intake_jurisdiction()))
    return _html(status, progress_page(told, writing, texts, intake_jurisdiction()))


def _files(opened: Request, fields: Mapping[str, str], texts: PortalTexts) -> Response:
    """The files of the report, with a form for one more if it was asked for."""
    allowed = {"authorization": _authorization(fields)}
    sending, status = FilesPageState(report_codes.codes_from_form(fields), str(uuid.uuid4())), 200
    if fields["files"] == ADD:
        headers = {**allowed, "idempotency-key": fields.get("key", "")}
        unnamed = texts["files.unnamed"]
        try:
            given_slot = operations.announce(
                _as_json(opened, {"name": unnamed}, **headers),
                lambda number: texts.fill("files.unnamed", n=str(number)),
            ).body
            if not isinstance(given_slot, FileSlot):
                raise TypeError("a file that may be sent is answered with its slot")
            sending = replace(sending, slot=given_slot)
        except (TooManyFiles, FilesNotTaken, KeyConflict, KeyMissing) as refusal:
            status, wrong = PROBLEM_BY_REFUSAL[type(refusal)].status, _NO_SLOT[type(refusal)]
            sending = replace(sending, wrong=wrong)
    response = _list_of_files(replace(opened, headers=allowed, query={}), fields["files"])
    if _NUMBER.fullmatch(fields["files"]):
        from functions.intake import file_slots  # most calls are reports, which need no form

        # The receipt opened the report for its list.
        slot = file_slots.reopen_slot(opened.path_params["reference"], int(fields["files"]))
        sending = replace(sending, slot=slot)
    return _html(status, files_page(response, sending, texts, intake_jurisdiction()))


def _list_of_files(opened: Request, asked: str) -> ReportFiles:
    """The files of the report, without one that is withdrawn first if it was asked for. One that
    has come stays, as the list then shows."""
    told: object = None
    if asked.startswith(WITHDRAW):
        of_file = {**opened.path_params, "n": asked.removeprefix(WITHDRAW)}
        try:
            told = operations.withdraw_file(replace(opened, path_params=of_file)).body
        except (FileCame, FileNotFound):
            told = None
    told = told or operations.read_files(opened).body
    if not isinstance(told, ReportFiles):
        raise TypeError("a report that was opened is answered with its files")
    return told


_NO_SLOT: Final[Mapping[type[Refusal], str]] = {
    TooManyFiles: "files.full",
    FilesNotTaken: "files.forbidden",
    KeyConflict: "error.sent_before",
    KeyMissing: "error.refused",
}


def _reference(given: Mapping[str, str]) -> str:
    try:
        return references.parse_reference(given.get("reference", ""))
    except references.NotAReference:
        return "-"  # takes the way of an unknown one


def _authorization(given: Mapping[str, str]) -> str:
    return f"Receipt {given.get('receipt', '').strip() or '-'}"


def _writing(fields: Mapping[str, str]) -> AdditionDraft:
    """The form that was sent, to be shown once more."""
    return AdditionDraft(
        report_codes.codes_from_form(fields),
        answers=fields.get("answers", ""),
        text=fields.get("text", ""),
        kind=fields.get("kind") or AdditionKind.MORE,
        corrects=fields.get("corrects", ""),
        key=fields.get("key", ""),
    )


def _progress(opened: Request, given: Mapping[str, str], language: str) -> Progress:
    """The same answer as `GET /v1/reports/{reference}`."""
    headers = {"authorization": _authorization(given), "accept-language": language}
    query = {"cursor": cursor} if (cursor := given.get("cursor")) else {}
    told = operations.follow_report(replace(opened, headers=headers, query=query)).body
    if not isinstance(told, Progress):
        raise TypeError("a report that was opened is answered with its progress")
    return told


def _proved(opened: Request, given: Mapping[str, str]) -> ReportProof:
    """The same answer as `GET /v1/reports/{reference}/proof`."""
    headers = {"authorization": _authorization(given)}
    query = {"words": "shown"} if given["proof"] == PROOF_WITH_WORDS_VALUE else {}
    told = operations.prove_report(replace(opened, headers=headers, query=query)).body
    if not isinstance(told, ReportProof):
        raise TypeError("a report that was opened is answered with its proof")
    return told


def _file(proved: ReportProof, *, words: bool) -> Response:
    """The proof as a file that the browser keeps."""
    name = f"{proved.reference}{'.words' if words else ''}.proof.json"
    named = f'attachment; filename="{name}"'
    headers = {
        **FORM_PAGE_HEADERS,
        "Content-Type": "application/json",
        "Content-Disposition": named,
    }
    return Response(200, proved.model_dump_json(exclude_none=True).encode(), headers)


def _added(
    opened: Request, fields: Mapping[str, str], writing: AdditionDraft, texts: PortalTexts
) -> tuple[int, AdditionDraft]:
    """The result of the addition in the form, stored by the same write as the API's.

    A refusal keeps the answers in the form. A key that was used for another text is replaced.
    """
    headers = {"authorization": _authorization(fields), "idempotency-key": writing.key}
    try:
        addition = form_fields.addition_from_form(fields, texts["adding.withdrawal"])
        operations.add_to_report(_as_json(opened, addition, **headers))
    except (KeyConflict, KeyMissing):
        return 422, replace(writing, key="", wrong="error.sent_before")
    except NotValid as refusal:
        hidden = any(finding.code == "text.control" for finding in refusal.findings)
        typed = "error.control" if hidden else "error.refused"
        wrong = typed if writing.text.strip() else "error.message"
        return 422, replace(writing, wrong=wrong)
    except (BodyTooLarge, TooManyAdditions) as refusal:
        too_many = isinstance(refusal, TooManyAdditions)
        wrong = "error.many_additions" if too_many else "error.narrative_long"
        return PROBLEM_BY_REFUSAL[type(refusal)].status, replace(writing, wrong=wrong)
    return 201, AdditionDraft(
        writing.codes, added=sentences.ADDITION_SENTENCE_KEYS[AdditionKind(writing.kind)]
    )


# ---- refusals that are about no field


def _refused(refusal: Refusal, request: Request, texts: PortalTexts, name: str) -> Response:
    kind = nearest_mapped_refusal(refusal)
    refusal_problem = PROBLEM_BY_REFUSAL[kind]
    telemetry.log_info(
        "refused",
        problem=kind.problem,
        status_code=refusal_problem.status,
        instance=request.instance,
    )
    problem = "error.busy" if refusal_problem.status >= 500 else "plain.lost_form"
    typed = _typed(request, name)
    if name == "follow" and "text" in typed:
        page = resend_page(replace(_writing(typed), wrong=problem), texts, intake_jurisdiction())
    elif name == "follow":
        page = follow_page(typed, {"": problem}, texts, intake_jurisdiction())
    else:
        # A readable key is kept, so that an earlier write stays one report.
        try:
            key = receipt.parse_idempotency_key(typed.get("key"))
        except KeyMissing:
            key = str(uuid.uuid4())
        form = ReportForm(typed, key, typed.get("ticket", ""), intake_jurisdiction(), _shown(typed))
        form = replace(form, wrong={"": problem})
        return _step(form, texts, refusal_problem.status, **refusal.headers)
    return _html(refusal_problem.status, page, **refusal.headers)


def _typed(request: Request, name: str) -> dict[str, str]:
    """The answers, as far as they can be read."""
    known = form_fields.FOLLOW_FIELDS if name == "follow" else form_fields.REPORT_FIELDS
    try:
        return form_fields.parse_form(request.headers, request.body, known)
    except Refusal:
        return {}
