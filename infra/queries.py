"""Saved queries of CloudWatch Logs Insights, one for each title in `infra.alarms`.

They use fields of two kinds of log: those of functions (`casework.aws.services.telemetry`) and
those of the gateway (`infra.api.ACCESS_LOG_FIELDS`). `request_id` is in both and joins them.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import alarms
from infra.stage import DeploymentStage

LATEST_FIRST_CLAUSE: Final = "| sort @timestamp desc\n| limit 200"
OLDEST_FIRST_CLAUSE: Final = "| sort @timestamp asc\n| limit 1000"
FOLLOW_REPORT_QUERY: Final = (
    "fields @timestamp, service, message, reference, case_id, correlation_id, request_id, state, "
    "outcome, repair, problem, status_code, error, reason, places.0, route, status"
)
PLACEHOLDER_BY_FIELD: Final = {
    "reference": "REFERENCE",
    "correlation_id": "CORRELATION-ID",
    "case_id": "CASE",
    "request_id": "REQUEST-ID",
}
"""The fields that follow one report, and for each the word that its value replaces.

A reference leads to correlation id, case and request; each of these shows different lines.
"""


def follow_report_title(field: str) -> str:
    """Title of the query that follows one report by this field."""
    return f"{alarms.ONE_REPORT_QUERY} by {field.replace('_', ' ')}"


SAVED_QUERIES: Final = {
    alarms.FAILURES_QUERY: (
        "fields @timestamp, service, message, error, reason, places.0, state, reference, case_id, "
        'request_id, instance\n| filter level = "ERROR"\n' + LATEST_FIRST_CLAUSE
    ),
    alarms.ENDED_BY_SERVICE_QUERY: (
        "fields @timestamp, @log, @message\n"
        "| filter @message like /Task timed out/ or @message like /Runtime.ExitError/\n"
        "  or @message like /OutOfMemory/ or @message like /signal: killed/\n"
        "  or @message like /^.ERROR. /\n" + LATEST_FIRST_CLAUSE
    ),
    alarms.SERVER_ERRORS_QUERY: (
        "fields @timestamp, request_id, route, status, integrationStatus, latency, service, "
        "message, problem, error, reason, places.0\n"
        '| filter status >= 500 or status_code >= 500 or message = "request failed"\n'
        '  or message = "service unavailable"\n' + LATEST_FIRST_CLAUSE
    ),
    alarms.REPAIRS_QUERY: (
        "fields @timestamp, message, repair, case_id, reference, unit, error, reason, places.0\n"
        "| filter ispresent(repair)\n" + LATEST_FIRST_CLAUSE
    ),
    alarms.HISTORY_MISMATCHES_QUERY: (
        "fields @timestamp, message, day, case_id, number, reason, error, places.0, count\n"
        '| filter service in ["history", "custody", "notify"] and ispresent(message)\n'
        + LATEST_FIRST_CLAUSE
    ),
    **{
        follow_report_title(
            field
        ): f'{FOLLOW_REPORT_QUERY}\n| filter {field} = "{word}"\n{OLDEST_FIRST_CLAUSE}'
        for field, word in PLACEHOLDER_BY_FIELD.items()
    },
}
"""Queries by title."""


class SavedQueries(Construct):
    """The queries of a stage, over every log of its stack. Made last."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
        super().__init__(scope, name)
        groups = [
            each.log_group_name
            for each in Stack.of(self).node.find_all()
            if isinstance(each, logs.LogGroup)
        ]
        for title, query in SAVED_QUERIES.items():
            logs.CfnQueryDefinition(
                self,
                title.title().replace(" ", ""),
                name=f"casework-{stage.name}/{title}",
                query_string=query,
                log_group_names=groups,
            )
