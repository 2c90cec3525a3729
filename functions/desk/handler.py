"""The calls of staff under /v1/desk: each module of `cases` and `oversight` enters its own."""

from __future__ import annotations

from functions.desk.cases import (
    admissions,
    alike,
    askings,
    care,
    cases,
    freezes,
    identities,
    inquiry,
    owners,
    packages,
    reaching,
    remarks,
    reporters,
    retention,
)
from functions.desk.entry.calls import api
from functions.desk.oversight import (
    board,
    days,
    duties,
    figures,
    find,
    glances,
    groups,
    handovers,
    histories,
    holds,
    mine,
    openings,
    rosters,
    samples,
    seen,
    settings,
    staff,
)

__all__ = ["api", "handle"]

MODULES = (
    *(
        duties,
        care,
        reaching,
        retention,
        glances,
        groups,
        samples,
        rosters,
        handovers,
        holds,
        board,
        figures,
    ),
    *(freezes, inquiry),
    *(settings, mine, staff, find, seen, days),
    *(cases, packages, admissions, reporters, remarks, alike, owners, identities),
    *(openings, askings),
    *(histories,),
)
"""In the order in which the API document tells of their calls."""

_PLACE = {module.__name__: place for place, module in enumerate(MODULES)}

api.operations.sort(key=lambda operation: _PLACE[operation.handler.__module__])

handle = api.handle
