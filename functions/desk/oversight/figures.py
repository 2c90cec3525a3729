"""GET /v1/desk/statistics: the full figures of any days, for roles that include them."""

from __future__ import annotations

from casework.aws.http import statistics_api
from casework.aws.http.http import Answer, Request
from casework.aws.table.statistics_counters import Counters
from casework.decisions.permissions import MAY, Call, Reach
from casework.errors import NotValid
from casework.figures.publication import Bilan, bilan, unsuppressed
from casework.pack.published_table import law_of
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import READING, route


@route(
    "read_full_statistics",
    "GET",
    "statistics",
    summary="The full figures",
    answers={200: Bilan},
    refusals=(*READING, NotValid),
    parameters=(
        statistics_api.FROM_DAY,
        statistics_api.TO_DAY,
        statistics_api.AS_OF,
        statistics_api.FORMAT,
        statistics_api.ACCEPT,
    ),
)
def read_full_statistics(request: Request) -> Answer:
    """Every figure of a window of days, as it is now or as it was known on a day.

    How far second readings agree is for those who read the board: the figures of today before and
    after a reading would tell its reader what the first person decided (decision 0044).
    """
    reads_board = MAY[caller(request, Call.STATISTICS).role][Call.BOARD] is not Reach.NONE
    beside = ("prosecution", "samples") if reads_board else ("prosecution",)
    first, last = statistics_api.window_of_days(request.query)
    law = law_of(deployment.pack().folder)
    counters = Counters(deployment.settings().case_table)
    today = law.day_of(deployment.now())
    known = counters.known(first, last, today, request.query.get("as_of"))
    full = unsuppressed(first, known, law.table)
    answer = bilan(first, last, [full], law.table, monthly=False, beside=beside)
    return statistics_api.answered(request, answer, {})
