"""From an HTTP API event to a handler and back; every refusal becomes a problem document.

An `Api` holds a table of operations. The table routes requests here, and the same table is what
`docs/openapi.json` is generated from. Handlers take a `Request` and return an `Answer`; they
raise refusals of the domain and never build an error by hand. Problem documents follow RFC 9457.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from casework import errors, strict_json
from casework.aws import clock, faults, observe
from casework.errors import Finding, Refusal

PROBLEM_TYPE = "urn:e-iblagh:problem:"
PROBLEM_MEDIA_TYPE = "application/problem+json"
JSON_MEDIA_TYPE = "application/json"

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


@dataclass(frozen=True)
class Problem:
    """How a refusal is answered: the status, a stable title and what the caller can do next."""

    status: int
    title: str
    cure: str


PROBLEMS: dict[type[Refusal], Problem] = {
    errors.NotValid: Problem(
        422,
        "The content is not acceptable",
        "Correct the fields listed in `errors` and send again.",
    ),
    errors.BodyTooLarge: Problem(
        413, "The request is too large", "Send at most 262,144 bytes; shorten the narrative."
    ),
    errors.NotJson: Problem(
        400, "The body is not one JSON document", "Send strict JSON in UTF-8 without repeated keys."
    ),
    errors.UnsupportedEncoding: Problem(
        415, "The content type is not taken", "Send `application/json`, uncompressed."
    ),
    errors.KeyMissing: Problem(
        400,
        "The Idempotency-Key is missing or not a UUID",
        "Make one random UUID for each report and send it again with every retry.",
    ),
    errors.KeyConflict: Problem(
        422,
        "This Idempotency-Key was used with other content",
        "Make a new key for a new report; repeat the same content to get the same answer.",
    ),
    errors.Erased: Problem(
        410, "This report was erased", "Nothing can be brought back; send a new report if needed."
    ),
    errors.ReceiptMissing: Problem(
        401, "The receipt is missing", "Send `Authorization: Receipt <secret>`."
    ),
    errors.ReceiptNotRecognised: Problem(
        404,
        "No report is known by this reference and receipt",
        "Check the reference and the receipt; both were shown once, when the report was sent.",
    ),
    errors.NotSignedIn: Problem(
        401, "Sign in first", "Send the access token of an active staff account."
    ),
    errors.NotAllowed: Problem(
        403, "Your role does not include this", "Ask a person whose role includes it."
    ),
    errors.CaseNotFound: Problem(
        404, "No such case", "Check the case number; cases of other units are not shown."
    ),
    errors.RouteNotFound: Problem(
        404, "No such address", "See the API's reference page for the addresses."
    ),
    errors.MethodNotAllowed: Problem(
        405, "The method is not taken here", "Use a method named in the `Allow` header."
    ),
    errors.PreconditionMissing: Problem(
        428, "If-Match is missing", "Read the case and send its ETag in `If-Match`."
    ),
    errors.CaseChanged: Problem(
        412,
        "Somebody decided first",
        "Look at the case as it is now (`current`), and decide again with its ETag.",
    ),
    errors.IllegalMove: Problem(
        409, "The case is not in a state for this", "Read the case; its status says what is next."
    ),
    errors.AuthorisationAwaited: Problem(
        409,
        "The prosecutor's authorisation is awaited",
        "Record the authorisation as an instruction, or pass the gate naming the imminent danger.",
    ),
    errors.SecondLookOwed: Problem(
        409, "Another person must look", "Ask a colleague to review the case and decide."
    ),
    errors.HeldByAnother: Problem(
        409,
        "A colleague works on this",
        "Take another item, or come back when their time is over (`hold` of the case says when).",
    ),
    errors.OtherCaseUnfit: Problem(
        409, "The other case cannot be used for this", "Name another case that is still open."
    ),
    errors.NoRecentTransfer: Problem(
        409,
        "There is no recent transfer",
        "Ask the reporter when, how and to whom the money went; then try again.",
    ),
    errors.SuspectNotFound: Problem(
        404, "No such suspect", "Read the case; its suspects are numbered from 1."
    ),
    errors.TooManyAdditions: Problem(
        409,
        "No more can be added to this report",
        "Send what is new as another report; it is linked to the same case.",
    ),
    errors.NoIdentity: Problem(
        409, "This report holds no identity", "Work with the facts; the reporter chose no name."
    ),
    errors.IdentityNotReleased: Problem(
        409,
        "The identity is not released to you",
        "Ask for it with a motive; a release shows it for a limited time.",
    ),
    errors.RequestNotFound: Problem(
        404, "No such identity request", "Read the requests of the case; they count from 1."
    ),
    errors.BoxNotOpened: Problem(
        500,
        "The sealed box does not open",
        "Tell the custodian: the box may have been exchanged. An alarm was raised.",
    ),
    errors.NotThroughTheEdge: Problem(
        403, "Use the public address", "Send the request to the published address of the service."
    ),
    errors.WorkWanted: Problem(
        429,
        "A short calculation is asked for",
        "Solve `work` and repeat the same request with the solution in the header `Work`.",
    ),
    errors.Busy: Problem(
        503, "The service is busy", "Wait for `Retry-After` seconds and repeat with the same key."
    ),
}

INTERNAL = Problem(
    500,
    "Something went wrong on our side",
    "Repeat with the same Idempotency-Key; nothing doubles.",
)


def slug(refusal: type[Refusal]) -> str:
    """The stable last part of a problem type: `CaseChanged` is `case-changed`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", refusal.__name__).lower()


ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Parameter:
    """A header or query parameter, as documented and as checked by the handler."""

    name: str
    place: str
    """`header` or `query`."""
    description: str
    schema: Mapping[str, Any]
    required: bool = False


IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "header",
    "A random UUID, made once for each report and repeated with each retry. It is a credential.",
    {"type": "string", "format": "uuid"},
    required=True,
)
WORK = Parameter(
    "Work",
    "header",
    "The solution of the calculation that a 429 asked for, as its `work` says; else left out.",
    {"type": "string", "maxLength": 1024},
)
IF_MATCH = Parameter(
    "If-Match",
    "header",
    "The ETag of the case as you saw it.",
    {"type": "string", "pattern": '^"[0-9]+"$'},
    required=True,
)
ACCEPT_LANGUAGE = Parameter(
    "Accept-Language",
    "header",
    "The language of texts in the answer, as in RFC 9110.",
    {"type": "string"},
)


@dataclass(frozen=True)
class Request:
    """What a handler may know of a call. It holds no address and no user agent."""

    method: str
    path: str
    path_params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    claims: Mapping[str, str]
    instance: str

    @cached_property
    def document(self) -> Any:
        """The body as strict JSON; raises NotJson, BodyTooLarge, UnsupportedEncoding."""
        media_type = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type != JSON_MEDIA_TYPE:
            raise errors.UnsupportedEncoding("The body must be declared as application/json.")
        if self.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise errors.UnsupportedEncoding("The body must not be compressed.")
        return strict_json.parse(self.body)

    def read(self, model: type[ModelT]) -> ModelT:
        """The body as `model`; raises NotValid with one finding for each wrong field."""
        try:
            return model.model_validate_json(strict_json.canonical(self.document))
        except ValidationError as error:
            raise errors.NotValid(
                "Some fields cannot be accepted.", findings=findings_of(error, self.document)
            ) from None


@dataclass(frozen=True)
class Answer:
    """What a handler says: a status, a body and headers beside the safe ones."""

    status: int
    body: BaseModel | Mapping[str, Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Answer]


@dataclass(frozen=True)
class Operation:
    """One row of the API: how it is called, what it takes, answers and refuses."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    tag: str
    body: type[BaseModel] | None
    answers: Mapping[int, type[BaseModel] | None]
    refusals: tuple[type[Refusal], ...]
    parameters: tuple[Parameter, ...]
    security: str | None
    """`receipt`, `staff` or None."""
    handler: Handler

    @cached_property
    def address(self) -> re.Pattern[str]:
        """Paths this operation serves; each `{name}` is one segment."""
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


MOST_FINDINGS = 20
LONGEST_POINTER = 200
"""What one answer tells of a document that is wrong everywhere, and of a field name without end."""


def findings_of(error: ValidationError, document: Any) -> list[Finding]:
    """Pydantic's errors as findings, without the values they repeat."""
    return [
        Finding(
            pointer=_pointer(entry["loc"], entry["type"], document)[:LONGEST_POINTER],
            code=entry["type"],
            # Our own rules have a dot in their code, and say what is wrong without the value.
            detail=entry["msg"]
            if "." in entry["type"]
            else _PLAIN.get(entry["type"], "This value is not acceptable."),
        )
        for entry in error.errors(include_input=False, include_url=False, include_context=False)[
            :MOST_FINDINGS
        ]
    ]


def _pointer(loc: Sequence[str | int], kind: str, document: Any) -> str:
    """Where the document is wrong. Pydantic also names the members of unions: they are left out."""
    node, pointer = document, "#"
    for place, part in enumerate(loc):
        named_only = isinstance(node, Mapping) and part not in node
        if named_only and not (kind == "missing" and place == len(loc) - 1):
            continue
        pointer += f"/{_escaped(part)}"
        if isinstance(node, Mapping):
            node = node.get(str(part))
        elif isinstance(node, list) and isinstance(part, int):
            node = node[part]
    return pointer


_PLAIN = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known.",
    "string_too_long": "This text is too long.",
    "string_too_short": "This text is too short.",
    "too_long": "There are too many entries.",
    "literal_error": "This is not one of the values that can be chosen.",
    "enum": "This is not one of the values that can be chosen.",
    "bool_type": "This must be true or false.",
    "string_type": "This must be text.",
    "greater_than": "This must be more than zero.",
    "string_pattern_mismatch": "This text does not have the form it must have.",
    "union_tag_invalid": "This is not one of the values that can be chosen.",
    "union_tag_not_found": "This is none of the forms that can be chosen, or several at once.",
}


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


class Api:
    """The operations of one function, and the Lambda handler that serves them."""

    def __init__(
        self,
        guard: Callable[[Request], None] | None = None,
        refused: Callable[[Operation, Request, Refusal], None] | None = None,
    ) -> None:
        """`guard` sees each request first and refuses what did not come through the edge.

        `refused` is told of each refusal of an operation before it is answered.
        """
        self.operations: list[Operation] = []
        self._guard = guard
        self._refused = refused

    def operation(
        self,
        method: str,
        path: str,
        *,
        summary: str,
        tag: str,
        answers: Mapping[int, type[BaseModel] | None],
        body: type[BaseModel] | None = None,
        refusals: Sequence[type[Refusal]] = (),
        parameters: Sequence[Parameter] = (),
        security: str | None = None,
    ) -> Callable[[Handler], Handler]:
        """Register a handler; its docstring is the operation's description."""

        def register(handler: Handler) -> Handler:
            operation = Operation(
                id=handler.__name__,
                method=method,
                path=path,
                summary=summary,
                description=" ".join((handler.__doc__ or summary).split()),
                tag=tag,
                body=body,
                answers=answers,
                refusals=tuple(refusals),
                parameters=tuple(parameters),
                security=security,
                handler=handler,
            )
            self.operations.append(operation)
            return handler

        return register

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """The Lambda handler."""
        del context
        request = request_of(event)
        return answered(self.answer(request))

    def answer(self, request: Request) -> Answer:
        """What the API says to a request; never raises. Several may be answered at once."""
        try:
            if self._guard is not None:
                self._guard(request)
            with clock.replaying(request.headers):
                return self._served(request)
        except Refusal as refusal:
            return problem(refusal, request)
        except Exception as error:  # noqa: BLE001 - the last resort: logged, answered without detail
            busy = faults.unavailable(error)
            if busy is not None:
                observe.failure("service unavailable", error, instance=request.instance)
                return problem(busy, request)
            observe.failure("request failed", error, instance=request.instance)
            return _document(INTERNAL, "internal", request)

    def _served(self, request: Request) -> Answer:
        """The answer of the operation at this address; raises what it refuses with."""
        others: set[str] = set()
        for operation in self.operations:
            found = operation.address.fullmatch(request.path)
            if found is None:
                continue
            if operation.method == request.method:
                return self._asked(operation, replace(request, path_params=found.groupdict()))
            others.add(operation.method)
        if not others:
            raise errors.RouteNotFound("There is nothing at this address.")
        allowed = ", ".join(sorted(others))
        refusal = errors.MethodNotAllowed(f"This address takes {allowed}.")
        refusal.allowed = allowed
        raise refusal

    def _asked(self, operation: Operation, request: Request) -> Answer:
        try:
            return operation.handler(request)
        except Refusal as refusal:
            if self._refused is not None:
                self._refused(operation, request, refusal)
            raise


def request_of(event: Mapping[str, Any]) -> Request:
    """The request in an HTTP API event (payload format 2.0); address and user agent are dropped."""
    context = event["requestContext"]
    body = event.get("body") or ""
    dropped = {"user-agent", "x-forwarded-for", "forwarded", "via", "cookie"}
    return Request(
        method=context["http"]["method"],
        path=event["rawPath"],
        path_params={},
        query=event.get("queryStringParameters") or {},
        headers={
            name.lower(): value
            for name, value in (event.get("headers") or {}).items()
            if name.lower() not in dropped
        },
        body=base64.b64decode(body)
        if event.get("isBase64Encoded")
        else body.encode("utf-8", "surrogatepass"),
        claims=context.get("authorizer", {}).get("jwt", {}).get("claims", {}),
        instance=f"urn:uuid:{uuid.uuid4()}",
    )


def problem(refusal: Refusal, request: Request) -> Answer:
    """The answer to a refusal, by the `PROBLEMS` table."""
    kind = next(kind for kind in type(refusal).__mro__ if kind in PROBLEMS)
    answer = _document(PROBLEMS[kind], slug(kind), request, refusal)
    headers = dict(answer.headers)
    if isinstance(refusal, (errors.Busy, errors.WorkWanted)):
        headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, errors.ReceiptMissing):
        headers["WWW-Authenticate"] = "Receipt"
    if isinstance(refusal, errors.NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, errors.MethodNotAllowed):
        headers["Allow"] = refusal.allowed
    if isinstance(refusal, errors.CaseChanged) and refusal.etag:
        headers["ETag"] = refusal.etag
    observe.fact(
        "refused", problem=slug(kind), status_code=answer.status, instance=request.instance
    )
    return Answer(answer.status, answer.body, headers)


def _document(
    known: Problem, name: str, request: Request, refusal: Refusal | None = None
) -> Answer:
    document: dict[str, Any] = {
        "type": PROBLEM_TYPE + name,
        "title": known.title,
        "status": known.status,
        "cure": known.cure,
        "instance": request.instance,
    }
    if refusal is not None and refusal.detail:
        document["detail"] = refusal.detail
    if refusal is not None and refusal.findings:
        document["errors"] = [vars(finding) for finding in refusal.findings]
    if isinstance(refusal, (errors.Busy, errors.WorkWanted)):
        document["retry_after"] = refusal.retry_after
    if isinstance(refusal, errors.WorkWanted):
        document["work"] = refusal.work
    if isinstance(refusal, errors.CaseChanged) and refusal.current is not None:
        document["current"] = refusal.current
    return Answer(known.status, document, {"Content-Type": PROBLEM_MEDIA_TYPE})


def _payload(answer: Answer) -> str:
    if isinstance(answer.body, BaseModel):
        return answer.body.model_dump_json(exclude_none=True)
    if isinstance(answer.body, bytes):
        return answer.body.decode()
    if answer.body is None:
        return ""
    return json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))


def _headers(answer: Answer) -> dict[str, str]:
    return {**SAFE_HEADERS, "Content-Type": JSON_MEDIA_TYPE, **answer.headers}


def answered(answer: Answer) -> dict[str, Any]:
    """An answer as the HTTP API takes it from a function."""
    return {
        "statusCode": answer.status,
        "headers": _headers(answer),
        "body": _payload(answer),
        "isBase64Encoded": False,
    }
