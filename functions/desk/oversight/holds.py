"""GET /v1/desk/holds: who works on what alone, and since when."""

from __future__ import annotations

from typing import Final

from casework.aws.http.http import CURSOR, Answer, Parameter, Request
from casework.decisions.permissions import Call, permit
from casework.errors import Finding, NotValid
from casework.views.desk import QueuePage
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import LIMIT, READING, limit_of, listing
from functions.desk.shown import holds

OF: Final = ("me", "all")
WHOSE: Final = Parameter(
    "of",
    "query",
    "`me` for what the caller holds, and if left out; `all` for what anybody does, for those who "
    "watch the duty desk.",
    {"enum": list(OF)},
)


@listing(
    "read_holds",
    "holds",
    summary="Who works on what alone now",
    answer=QueuePage,
    lines=lambda page: len(page.cases),
    refusals=(*READING, NotValid),
    parameters=(WHOSE, LIMIT, CURSOR),
)
def read_holds(request: Request) -> Answer:
    """Cases that a person works on alone now, at review and at units, the oldest hold first."""
    member = caller(request, Call.HOLD)
    of = request.query.get("of", OF[0])
    if of not in OF:
        raise NotValid(
            "Some parameters cannot be accepted.",
            findings=[Finding("#/of", "of.unknown", "Ask for `me` or `all`.")],
        )
    if of == "all":
        permit(member, Call.DUTY)
    return Answer(
        200,
        holds.page(
            deployment.table(),
            member,
            deployment.now(),
            deployment.zone(),
            limit_of(request),
            request.query.get("cursor"),
            by=None if of == "all" else member.subject,
        ),
    )
