"""Saved queries of CloudWatch Logs Insights, one for each title in `infra.signals`.

They use fields of two kinds of log: those of functions (`casework.aws.services.observe`) and those
of the gateway (`infra.api.ACCESS_LOG`). `request_id` is in both and joins them.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import signals
from infra.stage import Stage

LATEST: Final = "| sort @timestamp desc\n| limit 200"
IN_ORDER: Final = "| sort @timestamp asc\n| limit 1000"
WHAT_HAPPENED: Final = (
    "fields @timestamp, service, message, reference, case_id, correlation_id, request_id, state, "
    "outcome, repair, problem, status_code, error, reason, places.0, route, status"
)
FOLLOWED_BY: Final = {
    "reference": "REFERENCE",
    "correlation_id": "CORRELATION-ID",
    "case_id": "CASE",
    "request_id": "REQUEST-ID",
}
"""The fields that follow one report, and for each the word that its value replaces.

A reference leads to correlation id, case and request; each of these shows different lines.
"""


def title_of(field: str) -> str:
    """Title of the query that follows one report by this field."""
    return f"{signals.ONE_REPORT} by {field.replace('_', ' ')}"


QUERIES: Final = {
    signals.FAILURES: (
        "fields @timestamp, service, message, error, reason, places.0, state, reference, case_id, "
        'request_id, instance\n| filter level = "ERROR"\n' + LATEST
    ),
    signals.ENDED: (
        "fields @timestamp, @log, @message\n"
        "| filter @message like /Task timed out/ or @message like /Runtime.ExitError/\n"
        "  or @message like /OutOfMemory/ or @message like /signal: killed/\n"
        "  or @message like /^.ERROR. /\n" + LATEST
    ),
    signals.REFUSED: (
        "fields @timestamp, request_id, route, status, integrationStatus, latency, service, "
        "message, problem, error, reason, places.0\n"
        '| filter status >= 500 or status_code >= 500 or message = "request failed"\n'
        '  or message = "service unavailable"\n' + LATEST
    ),
    signals.REPAIRED: (
        "fields @timestamp, message, repair, case_id, reference, unit, error, reason, places.0\n"
        "| filter ispresent(repair)\n" + LATEST
    ),
    signals.HISTORY: (
        "fields @timestamp, message, day, case_id, number, reason, error, places.0, count\n"
        '| filter service in ["history", "custody", "notify"] and ispresent(message)\n' + LATEST
    ),
    **{
        title_of(field): f'{WHAT_HAPPENED}\n| filter {field} = "{word}"\n{IN_ORDER}'
        for field, word in FOLLOWED_BY.items()
    },
}
"""Queries by title."""


class Queries(Construct):
    """The queries of a stage, over every log of its stack. Made last."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        groups = [
            each.log_group_name
            for each in Stack.of(self).node.find_all()
            if isinstance(each, logs.LogGroup)
        ]
        for title, query in QUERIES.items():
            logs.CfnQueryDefinition(
                self,
                title.title().replace(" ", ""),
                name=f"casework-{stage.name}/{title}",
                query_string=query,
                log_group_names=groups,
            )
