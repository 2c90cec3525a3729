"""GET /v1/statistics: the bilan of whole months, as JSON or CSV. Nothing here counts anything."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from casework.aws.http import statistics_api as api_of
from casework.aws.http.api import Api, Request, Response, require_edge_secret
from casework.aws.services.settings import StatisticsReadSettings
from casework.aws.table.statistics_counters import StatisticsCounters
from casework.errors import Busy, NotThroughTheEdge, NotValid
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics.publication import Bilan, build_statistics
from functions.statistics.explanations import table_explanations


@cache
def settings() -> StatisticsReadSettings:
    """The settings of this function."""
    return StatisticsReadSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


api = Api(guard=require_edge_secret(lambda: settings().origin_secret))


@api.register_operation(
    "read_statistics",
    "GET",
    "/v1/statistics",
    summary="The bilan",
    tag="statistics",
    answers={200: Bilan},
    refusals=(NotValid, NotThroughTheEdge, Busy),
    parameters=(
        api_of.FROM_MONTH_PARAMETER,
        api_of.TO_MONTH_PARAMETER,
        api_of.LANGUAGE_PARAMETER,
        api_of.FORMAT_PARAMETER,
        api_of.ACCEPT_PARAMETER,
    ),
)
def read_statistics(request: Request) -> Response:
    """Figures of whole months, each published once, ten days after its end.

    Numbers from 1 to 4 are withheld, with what they could be subtracted from. A window is made of
    published months alone, so that comparing windows tells nothing that months do not. What was
    recorded after a month's publication moves nothing: `corrected` tells that there is such. What
    an answer costs depends on the number of months, not of reports.
    """
    first, last = api_of.parse_month_window(request.query)
    counted = table_explanations(request.query.get("language"))
    law = load_statistics_law(open_pack(settings().pack).folder)
    counters = StatisticsCounters(settings().case_table)
    today = law.local_day(now())
    found = {
        month: counters.get_published_month(month, today, law.table)
        for month in api_of.months_between(first, last)
    }
    answer = build_statistics(
        first,
        last,
        [month for month in found.values() if month is not None],
        law.table,
        unpublished=[month for month, published in found.items() if published is None],
        corrected=counters.get_corrections(today),
    ).model_copy(update={"counted": counted})
    return api_of.statistics_response(request, answer, {"Cache-Control": "public, max-age=300"})


handle = api.handle
