"""Queues that their unit does not read.

The service knows how old the oldest message of a queue is, and tells it as a metric only. An alarm
for each queue would cost more than all other alarms. So the sweeper asks once a day: messages that
nobody reads for seven days are kept for seven more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from casework.aws.services import telemetry
from casework.aws.services.clients import aws_client
from casework.aws.services.notifications import DUTY_RECEIVER, SUPERVISION_RECEIVER, queue_name
from casework.aws.services.settings import SweepSettings
from casework.pack.jurisdiction import Jurisdiction

MAX_MESSAGE_AGE: Final = timedelta(days=7)
CHECK_TIME: Final = (7, 0)
"""Hour and minute at which people are told, by the clocks of the country."""
MAX_ASKED: Final = 500
"""Metrics in one question (`GetMetricData`)."""


def is_check_minute(at: datetime, zone: tzinfo) -> bool:
    """Whether the pass of this minute looks. Where there was none, tomorrow's does."""
    there = at.astimezone(zone)
    return (there.hour, there.minute) == CHECK_TIME


def report_unread_queues(settings: SweepSettings, pack: Jurisdiction, at: datetime) -> bool:
    """Name and count the units that have not read their queue for long; whether there are any."""
    silent = settings.without_queue.split()
    readers = [
        each for each in (*pack.units, DUTY_RECEIVER, SUPERVISION_RECEIVER) if each not in silent
    ]
    queues = {queue_name(settings.stage, each): each for each in readers}
    late = [
        queues[name]
        for name, seconds in _ages(list(queues), at)
        if seconds > MAX_MESSAGE_AGE.total_seconds()
    ]
    for unit in late:
        telemetry.log_info("queue not read", repair="queues", unit=unit)
        telemetry.count_metric("QueuesUnread")
    return bool(late)


def _ages(queues: Sequence[str], at: datetime) -> Iterator[tuple[str, float]]:
    """Queues with the age of their oldest message in seconds; an empty queue has none."""
    for first in range(0, len(queues), MAX_ASKED):
        some = queues[first : first + MAX_ASKED]
        answer = aws_client("cloudwatch").get_metric_data(
            StartTime=at - timedelta(hours=1),
            EndTime=at,
            MetricDataQueries=[_asked(number, name) for number, name in enumerate(some)],
        )
        for found in answer["MetricDataResults"]:
            if found["Values"]:
                yield some[int(found["Id"].removeprefix("q"))], max(found["Values"])


def _asked(number: int, queue: str) -> Mapping[str, Any]:
    metric = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": queue}],
    }
    said = {"Metric": metric, "Period": 3_600, "Stat": "Maximum"}
    return {"Id": f"q{number}", "MetricStat": said}
