"""GET /v1/statistics: the bilan of whole months, as JSON or CSV. Nothing here counts anything."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from casework.aws.http import statistics_api as api_of
from casework.aws.http.http import Answer, Api, Request, through_the_edge
from casework.aws.services.settings import BilanSettings
from casework.aws.table.statistics_counters import Counters
from casework.errors import Busy, NotThroughTheEdge, NotValid
from casework.figures.publication import Bilan, bilan
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import law_of
from functions.statistics.words import explained


@cache
def settings() -> BilanSettings:
    """The settings of this function."""
    return BilanSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


api = Api(guard=through_the_edge(lambda: settings().origin_secret))


@api.operation(
    "read_statistics",
    "GET",
    "/v1/statistics",
    summary="The bilan",
    tag="statistics",
    answers={200: Bilan},
    refusals=(NotValid, NotThroughTheEdge, Busy),
    parameters=(api_of.FROM_MONTH, api_of.TO_MONTH, api_of.LANGUAGE, api_of.FORMAT, api_of.ACCEPT),
)
def read_statistics(request: Request) -> Answer:
    """Figures of whole months, each published once, ten days after its end.

    Numbers from 1 to 4 are withheld, with what they could be subtracted from. A window is made of
    published months alone, so that comparing windows tells nothing that months do not. What was
    recorded after a month's publication moves nothing: `corrected` tells that there is such. What
    an answer costs depends on the number of months, not of reports.
    """
    first, last = api_of.window_of_months(request.query)
    counted = explained(request.query.get("language"))
    law = law_of(open_pack(settings().pack).folder)
    counters = Counters(settings().case_table)
    today = law.day_of(now())
    found = {
        month: counters.published(month, today, law.table)
        for month in api_of.each_month(first, last)
    }
    answer = bilan(
        first,
        last,
        [month for month in found.values() if month is not None],
        law.table,
        unpublished=[month for month, published in found.items() if published is None],
        corrected=counters.corrected(today),
    ).model_copy(update={"counted": counted})
    return api_of.answered(request, answer, {"Cache-Control": "public, max-age=300"})


handle = api.handle
