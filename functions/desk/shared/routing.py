"""The shared parts of all calls of staff: their API, its parameters and refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any, Final

from pydantic import BaseModel

from casework.aws.http.access_denials import AUDITED_DENIALS, record_access_denial
from casework.aws.http.api import (
    Api,
    Operation,
    OperationHandler,
    Request,
    Response,
    require_edge_secret,
)
from casework.aws.http.etags import IF_NONE_MATCH_PARAMETER, respond_if_modified
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER, IF_MATCH_PARAMETER, Parameter
from casework.aws.http.problems import nearest_mapped_refusal
from casework.aws.table import seen_table
from casework.errors import (
    BodyTooLarge,
    Busy,
    CaseChanged,
    CaseNotFound,
    Finding,
    HeldByAnother,
    IfMatchUnreadable,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotAllowed,
    NotJson,
    NotSignedIn,
    NotThroughTheEdge,
    NotValid,
    PreconditionMissing,
    Refusal,
    TooMany,
    UnsupportedEncoding,
)
from functions.desk import deployment
from functions.desk.queries import lists
from functions.desk.shared.case_lists import CaseListResponse

LIMIT_PARAMETER = Parameter(
    "limit",
    "query",
    f"How many entries at most; {lists.DEFAULT_PAGE_SIZE} if left out.",
    {"type": "integer", "minimum": 1, "maximum": lists.MAX_PAGE_SIZE},
)

READ_REFUSALS: Final = (NotSignedIn, NotAllowed, NotThroughTheEdge, Busy)
_OF_A_CASE: Final = (*READ_REFUSALS, CaseNotFound, CaseChanged, IllegalMove)
_ON_A_VERSION: Final = (PreconditionMissing, IfMatchUnreadable)
_IN_A_BODY: Final = (NotJson, BodyTooLarge, UnsupportedEncoding, NotValid)
ADMISSION_REFUSALS: Final = (*_OF_A_CASE, *_ON_A_VERSION, KeyMissing)
_UNDER_A_KEY: Final = (*_ON_A_VERSION, KeyConflict, KeyMissing, TooMany)
WRITE_REFUSALS: Final = (*_OF_A_CASE, *_UNDER_A_KEY)
"""Refusals of a decision that is sent on a version of a case, under a key."""
DECISION_REFUSALS: Final = (*_OF_A_CASE, HeldByAnother, *_UNDER_A_KEY)
VERSIONED_PARAMETERS: Final = (IF_MATCH_PARAMETER, IDEMPOTENCY_KEY_PARAMETER)
"""The headers of every decision."""


Sought = Callable[[Request], tuple[str, tuple[str, ...]]]
"""The ground of a search, and the keyed digests of what it is for; raises refusals of its body."""
_sought: dict[str, Sought] = {}
"""By the operation."""


def audit_refusal(operation: Operation, request: Request, refusal: Refusal) -> None:
    """Record that a person was refused access: in the log of the case that the address names, else
    among the marks of the person. A search that is one too many leaves a mark as well."""
    table, at, call = deployment.desk_case_table().name, deployment.now(), operation.id
    if record_access_denial(table, at, call, request, refusal):
        return
    sought = _sought.get(call)
    if not isinstance(refusal, AUDITED_DENIALS if sought is None else (*AUDITED_DENIALS, TooMany)):
        return
    ground, digests = "", tuple[str, ...]()
    if sought is not None:
        with suppress(Refusal):  # what nobody could read names nothing
            ground, digests = sought(request)
    by, why = request.claims["sub"], nearest_mapped_refusal(refusal).problem
    seen_table.mark_refused(table, by, at, call, why=why, ground=ground, digests=digests)


api = Api(
    guard=require_edge_secret(lambda: deployment.settings().origin_secret), refused=audit_refusal
)


def desk_route(
    operation_id: str,
    method: str,
    path: str,
    *,
    summary: str,
    answers: Mapping[int, type[BaseModel] | None],
    body: type[BaseModel] | None = None,
    refusals: Sequence[type[Refusal]] = READ_REFUSALS,
    parameters: Sequence[Parameter] = (),
    sought: Sought | None = None,
) -> Callable[[OperationHandler], OperationHandler]:
    """Serve a call of staff under /v1/desk; its docstring is the description of the operation.

    A call with a body is also refused for what is wrong in it; `refusals` are all others. `sought`
    says of a search what the mark of a refused one holds.
    """
    register = api.register_operation(
        operation_id,
        method,
        f"/v1/desk/{path}",
        summary=summary,
        tag="desk",
        body=body,
        answers=answers,
        refusals=refusals if body is None else (*refusals, *_IN_A_BODY),
        parameters=parameters,
        security="staff",
    )

    def serve(handler: OperationHandler) -> OperationHandler:
        if sought is not None:
            _sought[operation_id] = sought
        return register(handler)

    return serve


MARKED_OPERATIONS: Final = set[str]()
"""The operations whose lists leave a mark."""
UNMARKED: Final = None
"""Instead of a count of lines: the list tells how much waits or who works here, and no line of a
case or of what a person did; or each case that it tells of keeps the mark in its own log."""


def list_route(
    operation_id: str,
    path: str,
    *,
    summary: str,
    answer: type[BaseModel],
    lines: Callable[[Any], int] | None,
    refusals: Sequence[type[Refusal]] = READ_REFUSALS,
    parameters: Sequence[Parameter] = (),
) -> Callable[[OperationHandler], OperationHandler]:
    """Serve a call of staff that lists something: 304 for a client that has the same list.

    `lines` counts the lines of an answer, for the mark that the person was shown them: it is
    written before they are, also where the client has them already.
    """

    def serve(read: OperationHandler) -> OperationHandler:
        if lines is not None:
            MARKED_OPERATIONS.add(operation_id)

        @wraps(read)
        def ask(request: Request) -> Response:
            found = read(request)
            if lines is not None:
                seen_table.mark_list(
                    deployment.desk_case_table().name,
                    request.claims["sub"],
                    deployment.now(),
                    operation_id,
                    of=_asked_by(request),
                    page=request.query.get("cursor", ""),
                    lines=lines(found.body),
                )
            if isinstance(found, CaseListResponse):
                return found.filled(respond_if_modified(request, found, found.basis))
            return respond_if_modified(request, found)

        return desk_route(
            operation_id,
            "GET",
            path,
            summary=summary,
            answers={200: answer, 304: None},
            refusals=refusals,
            parameters=(*parameters, IF_NONE_MATCH_PARAMETER),
        )(ask)

    return serve


def _asked_by(request: Request) -> str:
    """What a list was asked by: words of the address, without the length and the place of a
    page."""
    said = {**request.path_params, **request.query}
    named = sorted(said.keys() - {"cursor", "limit"})
    return "&".join(f"{name}={said[name]}" for name in named)


def parse_limit(
    request: Request, usual: int = lists.DEFAULT_PAGE_SIZE, most: int = lists.MAX_PAGE_SIZE
) -> int:
    """The length of page asked for; raises NotValid."""
    text = request.query.get("limit", str(usual))
    if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= most:
        return int(text)
    raise NotValid(
        "Some parameters cannot be accepted.",
        findings=[Finding("#/limit", "limit.range", f"Ask for 1 to {most} entries.")],
    )
