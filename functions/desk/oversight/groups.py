"""The call that opens a group of reports alike: each of its cases in a line."""

from __future__ import annotations

import re
from typing import Final

from casework.aws.http import cursors
from casework.aws.http.http import CURSOR, Answer, Request
from casework.aws.table.group_table import GroupTable
from casework.decisions.permissions import Call
from casework.errors import Finding, NotValid
from casework.text import reference
from casework.text.realm import realm_of
from casework.views.desk import CaseLine, QueuePage
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import LIMIT, READING, limit_of, listing
from functions.desk.shown.people import names_of, subjects_in

PLACE: Final = re.compile(r"[0-9A-Za-z_=-]{1,40}#[0-9]{4}#[0-9A-Z-]{1,40}")


@listing(
    "read_group",
    "groups/{group}",
    summary="The cases of a group of reports alike",
    answer=QueuePage,
    lines=lambda page: len(page.cases),
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_group(request: Request) -> Answer:
    """Every case whose line a group stands for, in lists: copies of one text together, in the order
    in which they came. A group that is not known, or is older than thirty days, has none.
    """
    member = caller(request, Call.GLANCE)
    table, at, cursor = deployment.table(), deployment.now(), request.query.get("cursor")
    group, limit = _group_of(request), limit_of(request)
    after = cursors.read(cursor, [group], PLACE)[1] if cursor is not None else None
    if realm_of(group) is not member.realm:
        return Answer(200, QueuePage(cases=()))
    found = GroupTable(table.name).members(group, limit + 1, after)
    reports = table.reports.several([each.reference for each in found[:limit]])
    ids = dict.fromkeys(each.case_id or each.own_case for each in reports)
    cases = table.cases(list(ids))
    more = cursors.write(group, found[limit - 1].place) if len(found) > limit else None
    return Answer(
        200,
        QueuePage(
            cases=tuple(CaseLine.of(case, at, deployment.zone()) for case in cases),
            people=names_of(table, subjects_in(cases), at),
            cursor=more,
        ),
    )


def _group_of(request: Request) -> str:
    """The group in the address; raises NotValid."""
    try:
        return reference.parse_case_id(request.path_params["group"])
    except reference.NotAReference:
        wrong = Finding("#/group", "group.form", "A group is named by the id of a case.")
        raise NotValid("Some parameters cannot be accepted.", findings=[wrong]) from None
