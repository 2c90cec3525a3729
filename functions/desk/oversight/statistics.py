"""GET /v1/desk/statistics: the full figures of any days, for roles that include them."""

from __future__ import annotations

from casework.aws.http import statistics_api
from casework.aws.http.api import Request, Response
from casework.aws.table.statistics_counters import StatisticsCounters
from casework.decisions.permissions import PERMISSIONS_BY_ROLE, PermissionReach, StaffCall
from casework.errors import NotValid
from casework.pack.published_table import load_statistics_law
from casework.statistics.publication import Bilan, build_statistics, unsuppressed_month
from functions.desk import deployment
from functions.desk.shared.access import require_caller
from functions.desk.shared.routing import READ_REFUSALS, desk_route


@desk_route(
    "read_full_statistics",
    "GET",
    "statistics",
    summary="The full figures",
    answers={200: Bilan},
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(
        statistics_api.FROM_DAY_PARAMETER,
        statistics_api.TO_DAY_PARAMETER,
        statistics_api.AS_OF_PARAMETER,
        statistics_api.FORMAT_PARAMETER,
        statistics_api.ACCEPT_PARAMETER,
    ),
)
def read_full_statistics(request: Request) -> Response:
    """Every figure of a window of days, as it is now or as it was known on a day.

    How far second readings agree is for those who read the board: the figures of today before and
    after a reading would tell its reader what the first person decided (decision 0044).
    """
    reads_board = (
        PERMISSIONS_BY_ROLE[require_caller(request, StaffCall.STATISTICS).role][StaffCall.BOARD]
        is not PermissionReach.NONE
    )
    beside = ("prosecution", "samples") if reads_board else ("prosecution",)
    first, last = statistics_api.parse_day_window(request.query)
    law = load_statistics_law(deployment.desk_jurisdiction().folder)
    counters = StatisticsCounters(deployment.settings().case_table)
    today = law.local_day(deployment.now())
    known = counters.figures_known_on(first, last, today, request.query.get("as_of"))
    full = unsuppressed_month(first, known, law.table)
    answer = build_statistics(first, last, [full], law.table, monthly=False, beside=beside)
    return statistics_api.statistics_response(request, answer, {})
