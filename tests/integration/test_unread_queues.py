"""A unit that does not read its queue for a week is told of, once a day, by its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from casework.aws.services.notifications import queue_name
from casework.aws.steps import task_state
from casework.pack.jurisdiction import open_pack
from functions.triage import sweep, unread_queues
from tests.builders import RABAT
from tests.office import Office

HERE = open_pack("ma").facts.zone

EIGHT_DAYS = timedelta(days=8).total_seconds()
SIX_DAYS = timedelta(days=6).total_seconds()


def oldest(name: str, seconds: float, at: datetime) -> None:
    """What the service tells of a queue."""
    metrics: Any = boto3.client("cloudwatch")
    datum = {
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": name}],
        "Timestamp": at,
        "Value": seconds,
    }
    metrics.put_metric_data(Namespace="AWS/SQS", MetricData=[datum])


def at_the_hour(office: Office, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The pass of today that looks at queues."""
    hour, minute = unread_queues.CHECK_TIME
    here = task_state.now().astimezone(HERE).replace(hour=hour, minute=minute, second=30)
    at = here.astimezone(UTC)
    monkeypatch.setattr(sweep, "now", lambda: at)
    return at


def test_the_unit_whose_messages_nobody_reads_is_named_and_counted(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = at_the_hour(office, monkeypatch)
    ages = {RABAT: EIGHT_DAYS, "duty": EIGHT_DAYS, "supervision": SIX_DAYS, "trial": EIGHT_DAYS}
    for receiver, seconds in ages.items():
        oldest(queue_name("test", receiver), seconds, at - timedelta(minutes=10))

    assert office.sweep() == {"queues": 1}

    assert '"QueuesUnread"' in capsys.readouterr().out
    named = [vars(each)["unit"] for each in caplog.records if each.msg == "queue not read"]
    assert sorted(named) == sorted([RABAT, "duty"])


def test_a_unit_that_works_at_the_desk_alone_is_not_told_of(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WITHOUT_QUEUE", f"{RABAT} duty")
    sweep._settings.cache_clear()
    at = at_the_hour(office, monkeypatch)
    oldest(queue_name("test", RABAT), EIGHT_DAYS, at - timedelta(minutes=10))
    assert office.sweep() == {}


def test_queues_are_looked_at_in_one_minute_of_a_day() -> None:
    day = datetime(2026, 11, 29, tzinfo=UTC)
    looked = [
        each
        for each in range(24 * 60)
        if unread_queues.is_check_minute(day + timedelta(minutes=each), HERE)
    ]
    assert len(looked) == 1


def test_metrics_that_cannot_be_read_are_a_failed_sweep_and_stop_no_other_act(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def out_of_reach(*_: Any) -> None:
        raise ConnectionError

    at_the_hour(office, monkeypatch)
    monkeypatch.setattr(unread_queues, "_ages", out_of_reach)
    assert office.sweep() == {}
    told = capsys.readouterr().out
    assert '"SweepsFailed"' in told
    assert '"Sweeps"' in told
