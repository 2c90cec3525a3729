"""The calls of staff under /v1/desk: each module of `cases` and `oversight` enters its own."""

from __future__ import annotations

from functions.desk.cases import (
    admissions,
    askings,
    campaigns,
    case,
    comparisons,
    duty_desk,
    freezes,
    identities,
    inquiry,
    messages,
    notes,
    owners,
    packages,
    reach_attempts,
    retention,
    thread,
)
from functions.desk.oversight import (
    board,
    daily_decisions,
    duties,
    glances,
    groups,
    handovers,
    histories,
    holds,
    inbox,
    openings,
    rosters,
    samples,
    search,
    settings,
    staff,
    staff_decisions,
    statistics,
    viewing_records,
)
from functions.desk.oversight import campaigns as campaign_lists
from functions.desk.shared.routing import api

__all__ = ["api", "handle"]

ROUTE_MODULES = (
    *(
        duties,
        duty_desk,
        reach_attempts,
        retention,
        glances,
        groups,
        samples,
        rosters,
        handovers,
        holds,
        board,
        statistics,
    ),
    *(freezes, inquiry),
    *(settings, inbox, staff_decisions, staff, search, viewing_records, daily_decisions),
    *(
        case,
        packages,
        admissions,
        messages,
        notes,
        thread,
        comparisons,
        campaigns,
        campaign_lists,
        owners,
        identities,
    ),
    *(openings, askings),
    *(histories,),
)
"""In the order in which the API document tells of their calls."""

_PLACE = {module.__name__: place for place, module in enumerate(ROUTE_MODULES)}

api.operations.sort(key=lambda operation: _PLACE[operation.handler.__module__])

handle = api.handle
