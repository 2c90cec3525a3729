"""From an HTTP API event to a handler and back; every refusal becomes a problem document.

An `Api` holds a table of operations, which routes requests here and generates `docs/openapi.json`.
Handlers take a `Request` and return an `Answer`. They raise refusals of the domain and never build
an error by hand. Problem documents follow RFC 9457.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from casework import errors
from casework.aws.http.parameters import Parameter
from casework.aws.http.problems import (
    INTERNAL_ERROR_PROBLEM,
    PROBLEM_BY_REFUSAL,
    PROBLEM_MEDIA_TYPE,
    PROBLEM_TYPE,
    Problem,
    nearest_mapped_refusal,
)
from casework.aws.services import replay_clock, secrets, service_errors, telemetry
from casework.aws.services.time_limits import limit_to_invocation
from casework.errors import Refusal
from casework.text import allowed_text, strict_json
from casework.text.findings import MAX_FINDINGS, findings_from_validation_error

JSON_MEDIA_TYPE = "application/json"

DEFAULT_RESPONSE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Request:
    """The part of a call that a handler may know. It holds no address and no user agent."""

    method: str
    path: str
    path_params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    claims: Mapping[str, str]
    instance: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    """The cookies that the API asks for; only the session's asks for any."""
    gateway_id: str = ""
    """The gateway's own id of the call, as in its access log."""

    @cached_property
    def parse_json(self) -> Any:
        """The body as strict JSON; raises NotJson, BodyTooLarge, UnsupportedEncoding."""
        if refused := _other_than_json(self.headers.get("content-type", "")):
            raise errors.UnsupportedEncoding(refused)
        if self.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise errors.UnsupportedEncoding("The body must not be compressed.")
        if self._came_damaged:
            raise errors.NotJson("The body is not UTF-8.")
        return strict_json.parse_json(self.body)

    @cached_property
    def canonical_json(self) -> bytes:
        """The document in its canonical form; raises as `document`."""
        return strict_json.canonical_json(self.parse_json)

    @property
    def _came_damaged(self) -> bool:
        """Whether a gateway put U+FFFD in place of bytes that are not UTF-8: the words are lost,
        and the body is longer than declared."""
        length = self.headers.get("content-length", "")
        replaced = "\ufffd".encode() in self.body
        return replaced and length.isdecimal() and int(length) < len(self.body)

    def parse_body(self, model: type[ModelT]) -> ModelT:
        """The body as `model`; raises NotValid with one finding for each wrong field.

        No text of a body may hold control characters, in any field.
        """
        refused = list(
            islice(
                allowed_text.find_control_characters(self.parse_json, self.canonical_json),
                MAX_FINDINGS,
            )
        )
        if refused:
            raise errors.NotValid("Some fields cannot be accepted.", findings=refused)
        try:
            return model.model_validate_json(self.canonical_json)
        except ValidationError as error:
            raise errors.NotValid(
                "Some fields cannot be accepted.",
                findings=findings_from_validation_error(error, self.parse_json),
            ) from None


@lru_cache(maxsize=64)
def _other_than_json(content_type: str) -> str | None:
    """Why a body of this type is not read as JSON; None when it is."""
    from email.message import Message  # only a body needs it, and it is a slow import

    declared = Message()
    declared["content-type"] = content_type
    if not content_type or declared.get_content_type() != JSON_MEDIA_TYPE:
        return "The body must be declared as application/json."
    if str(declared.get_param("charset", "utf-8")).lower() not in {"utf-8", "utf8"}:
        return "The body must be UTF-8."
    return None


@dataclass(frozen=True)
class Response:
    """The answer of a handler: a status, a body and headers beside the safe ones."""

    status: int
    body: BaseModel | Mapping[str, Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    """Values of `Set-Cookie`."""


OperationHandler = Callable[[Request], Response]


@dataclass(frozen=True)
class Operation:
    """One row of the API: its address, parameters, body, answers and refusals."""

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
    handler: OperationHandler

    @cached_property
    def query(self) -> tuple[str, ...]:
        """The names of its query parameters."""
        return tuple(each.name for each in self.parameters if each.place == "query")

    @cached_property
    def path_pattern(self) -> re.Pattern[str]:
        """Paths this operation serves; each `{name}` is one segment."""
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


def require_edge_secret(secret: Callable[[], str]) -> Callable[[Request], None]:
    """A guard of an `Api`: it refuses what did not come through the public edge.

    `secret` returns the ARN of the secret that the edge sends along; empty where there is no edge.
    """

    def guard(request: Request) -> None:
        secrets.require_edge_header(secret(), request.headers.get(secrets.EDGE_PROOF_HEADER))

    return guard


class Api:
    """The operations of one function, and the Lambda handler that serves them."""

    def __init__(
        self,
        guard: Callable[[Request], None] | None = None,
        refused: Callable[[Operation, Request, Refusal], None] | None = None,
        cookies: Sequence[str] = (),
    ) -> None:
        """`guard` sees each request first and refuses those that did not come through the edge.

        `refused` is called with each refusal of an operation before it is answered. `cookies` are
        the names of those that handlers may see.
        """
        self.operations: list[Operation] = []
        self._guard = guard
        self._refused = refused
        self._cookies = tuple(cookies)

    def register_operation(
        self,
        operation_id: str,
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
    ) -> Callable[[OperationHandler], OperationHandler]:
        """Register a handler; its docstring is the operation's description.

        Generated clients name their calls by `operation_id`: it stays when the handler is renamed.
        """

        def register(handler: OperationHandler) -> OperationHandler:
            operation = Operation(
                id=operation_id,
                method=method,
                path=path,
                summary=summary,
                description=" ".join((handler.__doc__ or summary).split()),
                tag=tag,
                body=body,
                answers=answers,
                refusals=(*refusals, errors.ParameterUnknown),
                parameters=tuple(parameters),
                security=security,
                handler=handler,
            )
            self.operations.append(operation)
            return handler

        return register

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """The Lambda handler."""
        request = request_from_event(event, self._cookies)
        return to_lambda_response(self.answer(request, context))

    def answer(self, request: Request, context: Any = None) -> Response:
        """The answer to a request; never raises. Several requests may be answered at once."""
        return respond_safely(request, lambda: self._guarded(request), context)

    def _guarded(self, request: Request) -> Response:
        if self._guard is not None:
            self._guard(request)
        with replay_clock.replay_time(request.headers):
            return self._served(request)

    def _served(self, request: Request) -> Response:
        """The answer of the operation at this address; raises its refusals."""
        others: set[str] = set()
        for operation in self.operations:
            found = operation.path_pattern.fullmatch(request.path)
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

    def _asked(self, operation: Operation, request: Request) -> Response:
        try:
            _refuse_unknown(operation, request)
            return operation.handler(request)
        except Refusal as refusal:
            if self._refused is not None:
                self._refused(operation, request, refusal)
            raise


def respond_safely(request: Request, work: Callable[[], Response], context: Any) -> Response:
    """The answer of `work`, or the problem document of its error; never raises.

    Work that would outlast the call is ended in time for an answer: 503.
    """
    with telemetry.log_context(request.gateway_id):
        try:
            with limit_to_invocation(context):
                return work()
        except Refusal as refusal:
            return problem_response(refusal, request)
        except Exception as error:  # noqa: BLE001 - the last resort: logged, answered without detail
            busy = service_errors.busy_if_unavailable(error)
            if busy is not None:
                telemetry.log_failure("service unavailable", error, instance=request.instance)
                return problem_response(busy, request)
            telemetry.log_failure("request failed", error, instance=request.instance)
            return _document(INTERNAL_ERROR_PROBLEM, "internal", request)


def has_parameter(request: Request, parameter: Parameter) -> bool:
    """Whether a parameter with one possible value is there; raises NotValid for another value."""
    asked = request.query.get(parameter.name)
    (known,) = parameter.schema["enum"]
    if asked in (None, known):
        return asked is not None
    name, advice = parameter.name, f"Ask for `{known}`, or leave it out."
    raise errors.NotValid(
        "Some parameters cannot be accepted.",
        findings=[errors.Finding(f"#/{name}", f"{name}.unknown", advice)],
    )


def _refuse_unknown(operation: Operation, request: Request) -> None:
    """Refuse an unknown parameter: if it were ignored, its caller would misread the answer."""
    unknown = [name for name in request.query if name not in operation.query]
    if not unknown:
        return
    known = ", ".join(f"`{name}`" for name in operation.query)
    raise errors.ParameterUnknown(
        f"This call takes {known}." if known else "This call takes no parameters.",
        findings=[
            errors.Finding(f"#/{name}", "parameter.unknown", "This parameter is not known.")
            for name in map(_as_a_name, unknown[:MAX_FINDINGS])
        ],
    )


def _as_a_name(given: str) -> str:
    """A parameter's name in a form that an answer may repeat; empty for an impossible name."""
    return given if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,39}", given) else ""


def request_from_event(event: Mapping[str, Any], cookies: Sequence[str] = ()) -> Request:
    """The request in an HTTP API event (payload format 2.0), without address and user agent.

    Only the cookies named in `cookies` are kept.
    """
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
        cookies=dict(_cookies(event, cookies)) if cookies else {},
        gateway_id=context.get("requestId", ""),
    )


def _cookies(event: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The service lists cookies separately; the emulator leaves them in their header."""
    headers = event.get("headers") or {}
    header = next((value for name, value in headers.items() if name.lower() == "cookie"), "")
    for each in event.get("cookies") or header.split(";"):
        name, _, value = each.strip().partition("=")
        if name in wanted:
            yield name, value


def problem_response(refusal: Refusal, request: Request) -> Response:
    """The answer to a refusal, by the `PROBLEM_BY_REFUSAL` table."""
    kind = nearest_mapped_refusal(refusal)
    answer = _document(PROBLEM_BY_REFUSAL[kind], kind.problem, request, refusal)
    telemetry.log_info(
        "refused", problem=kind.problem, status_code=answer.status, instance=request.instance
    )
    return replace(answer, headers={**answer.headers, **refusal.headers})


def _document(
    problem: Problem, name: str, request: Request, refusal: Refusal | None = None
) -> Response:
    document: dict[str, Any] = {
        "type": PROBLEM_TYPE + name,
        "title": problem.title,
        "status": problem.status,
        "cure": problem.cure,
        "instance": request.instance,
    }
    if refusal is not None:
        if refusal.detail:
            document["detail"] = refusal.detail
        if refusal.findings:
            document["errors"] = [vars(finding) for finding in refusal.findings]
        document |= refusal.members
    return Response(problem.status, document, {"Content-Type": PROBLEM_MEDIA_TYPE})


def _payload(answer: Response) -> str:
    if isinstance(answer.body, BaseModel):
        return answer.body.model_dump_json(exclude_none=True)
    if isinstance(answer.body, bytes):
        return answer.body.decode()
    if answer.body is None:
        return ""
    return json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))


def _headers(answer: Response) -> dict[str, str]:
    return {**DEFAULT_RESPONSE_HEADERS, "Content-Type": JSON_MEDIA_TYPE, **answer.headers}


def to_lambda_response(answer: Response) -> dict[str, Any]:
    """An answer in the form of the HTTP API."""
    return {
        "statusCode": answer.status,
        "headers": _headers(answer),
        "body": _payload(answer),
        "isBase64Encoded": False,
        **({"cookies": list(answer.cookies)} if answer.cookies else {}),
    }
