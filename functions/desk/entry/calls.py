"""The shared parts of all calls of staff: their API, its parameters and refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Final

from pydantic import BaseModel

from casework.aws.http.http import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    Answer,
    Api,
    Handler,
    Operation,
    Parameter,
    Request,
    through_the_edge,
)
from casework.aws.http.refused_access import keep_refusal
from casework.aws.http.unchanged import IF_NONE_MATCH, unless_known
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
from functions.desk.shown import lists

LIMIT = Parameter(
    "limit",
    "query",
    f"How many entries at most; {lists.USUAL} if left out.",
    {"type": "integer", "minimum": 1, "maximum": lists.MOST},
)

READING: Final = (NotSignedIn, NotAllowed, NotThroughTheEdge, Busy)
_OF_A_CASE: Final = (*READING, CaseNotFound, CaseChanged, IllegalMove)
_ON_A_VERSION: Final = (PreconditionMissing, IfMatchUnreadable)
_IN_A_BODY: Final = (NotJson, BodyTooLarge, UnsupportedEncoding, NotValid)
ADMITTING: Final = (*_OF_A_CASE, *_ON_A_VERSION, KeyMissing)
_UNDER_A_KEY: Final = (*_ON_A_VERSION, KeyConflict, KeyMissing, TooMany)
WRITING: Final = (*_OF_A_CASE, *_UNDER_A_KEY)
"""Refusals of a decision that is sent on a version of a case, under a key."""
DECIDING: Final = (*_OF_A_CASE, HeldByAnother, *_UNDER_A_KEY)
ON_A_VERSION: Final = (IF_MATCH, IDEMPOTENCY_KEY)
"""The headers of every decision."""


def refused(operation: Operation, request: Request, refusal: Refusal) -> None:
    """Record that a person was refused access to a case."""
    keep_refusal(deployment.table().name, deployment.now(), operation.id, request, refusal)


api = Api(guard=through_the_edge(lambda: deployment.settings().origin_secret), refused=refused)


def route(
    method: str,
    path: str,
    *,
    summary: str,
    answers: Mapping[int, type[BaseModel] | None],
    body: type[BaseModel] | None = None,
    refusals: Sequence[type[Refusal]] = READING,
    parameters: Sequence[Parameter] = (),
) -> Callable[[Handler], Handler]:
    """Serve a call of staff under /v1/desk; its docstring is the description of the operation.

    A call with a body is also refused for what is wrong in it; `refusals` are all others.
    """
    return api.operation(
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


def listing(
    path: str,
    *,
    summary: str,
    answer: type[BaseModel],
    refusals: Sequence[type[Refusal]] = READING,
    parameters: Sequence[Parameter] = (),
) -> Callable[[Handler], Handler]:
    """Serve a call of staff that lists something: 304 for a client that has the same list."""

    def serve(read: Handler) -> Handler:
        @wraps(read)
        def ask(request: Request) -> Answer:
            return unless_known(request, read(request))

        return route(
            "GET",
            path,
            summary=summary,
            answers={200: answer, 304: None},
            refusals=refusals,
            parameters=(*parameters, IF_NONE_MATCH),
        )(ask)

    return serve


def limit_of(request: Request, usual: int = lists.USUAL, most: int = lists.MOST) -> int:
    """The length of page asked for; raises NotValid."""
    text = request.query.get("limit", str(usual))
    if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= most:
        return int(text)
    raise NotValid(
        "Some parameters cannot be accepted.",
        findings=[Finding("#/limit", "limit.range", f"Ask for 1 to {most} entries.")],
    )
