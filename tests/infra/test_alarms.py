"""Every alarm goes off when it must and rests when it must, by CloudWatch's own rule.

Each test feeds an alarm with the series that its code or its service makes. So the tests show that
a person would be woken, not only that an alarm exists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from casework.aws.services import telemetry
from casework.credentials import trial_mark
from infra.alarms import ALARM_SPECS, AlarmSpec
from infra.assets import ROOT
from infra.dashboard import MINUTE_HEARTBEATS, NIGHT_HEARTBEATS, QUARTER_HEARTBEATS
from tests.infra.assembly import Assembly, flat
from tests.infra.cloudwatch import MOST_BEYOND, Alarm, Series, Way

DAY = 24 * 60
MADE_BY_SERVICES = {
    ("AWS/Lambda", "Errors"): {"FunctionName"},
    ("AWS/Lambda", "Throttles"): set(),
    ("AWS/Lambda", "IteratorAge"): {"FunctionName"},
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName"},
    ("AWS/States", "ExecutionsFailed"): {"StateMachineArn"},
    ("AWS/States", "ExecutionsTimedOut"): {"StateMachineArn"},
    ("AWS/ApiGateway", "5xx"): {"ApiId", "Stage"},
    ("AWS/SNS", "NumberOfNotificationsFailed"): {"TopicName"},
}
"""The series that services make, and the dimensions under which they make them, from the "metrics"
chapter of each service's guide. Another set of dimensions is another series, which stays empty."""

NOT_ALARMED = {
    "CasesOpened": "work",
    "ReportsJoined": "work",
    "ReportsAddedTo": "work",
    "FilesTold": "work",
    "PicturesAlike": "work",
    "PicturesNew": "work",
    "ListsAsked": "work",
    "KnownFound": "work: people see it on the case",
    "ReportersTold": "work",
    "ReportersNotReached": "what became of each notice is in the log of its case",
    "FilesKept": "work",
    "FilesRefused": "the form's conditions refuse such before they arrive; nothing is kept",
    "FilesExamined": "work",
    "LocksRenewed": "work",
    "FilesScanned": "work",
    "ExaminationsNotTaken": "an examination was repeated, or told of other bytes; the first counts",
    "FilesRepeated": "an upload or its message came again",
    "FilesRepaired": "one that fails again is in the dead letters",
    "DecisionsNotTold": "the stream tells it, or the reconciler, which counts RepairedUntold",
    "StartsLeft": "the first decision starts it, or the reconciler, which counts RepairedUnserved",
    "NotCounted": "tried again, then in the dead letters of counting",
    "NotFolded": "tried again, then in the dead letters of counting",
}
"""Metrics without an alarm, and the reason."""


def alarms(assembly: Assembly) -> list[Alarm]:
    return [Alarm.of(each, flat) for each in assembly.properties("AWS::CloudWatch::Alarm")]


def kinds(assembly: Assembly) -> list[Alarm]:
    """One alarm of each kind, of those that differ only in their subject."""
    return list(
        {replace(each, name="", dimensions=frozenset()): each for each in alarms(assembly)}.values()
    )


def signal_of(alarm: Alarm) -> AlarmSpec:
    """The row that the alarm is made from; the first that fits."""
    name = alarm.name.partition("core-")[2] or alarm.name.partition("units-")[2]
    return next(each for each in ALARM_SPECS if fnmatchcase(name, each.name))


def made(alarm: Alarm, minutes: range, value: float = 1) -> Series:
    return [(minute + 0.5, value) for minute in minutes]


def rings_ever(alarm: Alarm, series: Series, until: int, way: Way) -> bool:
    """Whether it goes off at any look in the time; it is looked at each minute, long ones less."""
    step = 1 if alarm.minutes < 60 else 30
    return any(alarm.rings(series, at, way) for at in range(0, until, step))


# ---- the rule itself -----------------------------------------------------------------------------

GUIDE = [
    (3, "0 - X - X", False, False), (3, "0 - - - -", False, False), (3, "- - - - -", True, False),
    (3, "0 X X - X", True, True), (3, "- - - - X", True, False),
    (2, "0 - X - X", True, True), (2, "0 0 X 0 X", True, True), (2, "0 - X - -", True, False),
    (2, "- - - - 0", True, False), (2, "- - - - X", True, False),
]  # fmt: skip
"""The examples of the guide: datapoints to alarm of three, the data, and whether that is an alarm
if missing data breach and if they do not. The most recent datum stands last."""


@pytest.mark.parametrize(("breaches", "came", "breaching", "not_breaching"), GUIDE)
def test_this_model_of_alarms_follows_the_rule_of_the_aws_guide(
    breaches: int, came: str, breaching: bool, not_breaching: bool
) -> None:
    points = [{"0": 0.0, "X": 1.0, "-": None}[each] for each in reversed(came.split())]

    def judged(missing: str) -> bool:
        alarm = Alarm(
            "", "", "", frozenset(), "Sum", 5, 3, breaches, 0, "GreaterThanThreshold", missing
        )
        return alarm.judges(points)

    assert (judged("breaching"), judged("notBreaching")) == (breaching, not_breaching)


# ---- the series that feed them -------------------------------------------------------------------


def test_every_alarm_watches_a_metric_that_exists(
    each_stage: Assembly, capsys: pytest.CaptureFixture[str]
) -> None:
    emitted = dict(_emitted(capsys))
    for alarm in alarms(each_stage):
        if alarm.namespace == telemetry.METRIC_NAMESPACE:
            ((key, service),) = alarm.dimensions
            assert (alarm.metric, service) in set(counted_by_code()), alarm.name
            assert (alarm.namespace, [[key]]) == emitted["series"], alarm.name
        else:
            under = MADE_BY_SERVICES[alarm.namespace, alarm.metric]
            assert {name for name, _ in alarm.dimensions} == under, alarm.name


def test_every_counted_metric_has_an_alarm_or_a_reason_for_none(each_stage: Assembly) -> None:
    alarmed = {
        (alarm.metric, value)
        for alarm in alarms(each_stage)
        if alarm.namespace == telemetry.METRIC_NAMESPACE
        for _, value in alarm.dimensions
    }
    counted = set(counted_by_code())
    assert alarmed <= counted
    assert {name for name, _ in counted - alarmed} == set(NOT_ALARMED)


def counted_by_code() -> Iterator[tuple[str, str]]:
    """(metric, service) of every metric of the functions. A folder of functions is one service.

    `harness.smoke.alarms` writes one more metric, to try an alarm.
    """
    yield trial_mark.TRIAL_ALARM_METRIC, trial_mark.TRIAL_MARK_ISSUER
    shared = {
        "casework/aws/table/read_attempts.py": ("triage",),
        "casework/aws/services/digest_sealing.py": ("desk", "evidence", "triage"),
    }
    folder = ROOT / "functions"
    files = [(path, path.relative_to(folder).parts[0]) for path in folder.rglob("*.py")]
    files += [(ROOT / name, each) for name, of in shared.items() for each in of]
    for path, service in files:
        code = path.read_text("utf-8")
        for name in re.findall(r'telemetry\.count_metric\(\s*"(\w+)"', code):
            yield name, service
        either = r'telemetry\.count_metric\(\s*"(\w+)" if .*? else "(\w+)"\s*\)'
        for pair in re.findall(either, code):
            yield from ((name, service) for name in pair)
        for kind in re.findall(r'_repair\("(\w+)"', code):
            yield f"Repaired{kind.title()}", service


def _emitted(capsys: pytest.CaptureFixture[str]) -> Iterator[tuple[str, Any]]:
    """How a count is written: namespace and dimensions of the embedded metric format."""
    capsys.readouterr()
    telemetry.count_metric("Anything")
    written = json.loads(capsys.readouterr().out.splitlines()[-1])["_aws"]["CloudWatchMetrics"]
    yield "series", (written[0]["Namespace"], written[0]["Dimensions"])


def test_every_alarm_says_how_it_treats_missing_data(each_stage: Assembly) -> None:
    """The service must respect it, too: for series of DynamoDB it always ignores missing data."""
    for alarm in alarms(each_stage):
        assert alarm.missing in {"breaching", "notBreaching"}, alarm.name
        assert alarm.namespace != "AWS/DynamoDB"


def test_no_alarm_looks_back_further_than_the_service_does(each_stage: Assembly) -> None:
    """A day, or a week where a period is an hour or more (`PutMetricAlarm`, `Period`)."""
    for alarm in alarms(each_stage):
        longest = 7 * DAY if alarm.minutes >= 60 else DAY
        assert alarm.minutes * alarm.periods <= longest, alarm.name
        assert alarm.breaches <= alarm.periods


# ---- when they go off ----------------------------------------------------------------------------


def test_an_event_that_must_never_happen_raises_its_alarm_the_first_time(prod: Assembly) -> None:
    for alarm in kinds(prod):
        rule = signal_of(alarm).rule
        if rule.silence or rule.breaches > 1:
            continue
        single = made(alarm, range(700, 701), rule.limit + 1)
        for way in alarm.ways():
            assert rings_ever(alarm, single, 720, way), (alarm.name, way)


def test_a_failure_that_passes_raises_no_alarm_and_one_that_lasts_does(prod: Assembly) -> None:
    lasting = [each for each in kinds(prod) if signal_of(each).rule.breaches > 1]
    lasting = [each for each in lasting if not signal_of(each).rule.silence]
    assert lasting
    for alarm in lasting:
        for way in alarm.ways():
            assert not rings_ever(alarm, made(alarm, range(700, 701)), 760, way), (alarm.name, way)
            assert rings_ever(alarm, made(alarm, range(700, 712)), 720, way), (alarm.name, way)


def test_an_alarm_clears_once_its_cause_is_over(prod: Assembly) -> None:
    for alarm in kinds(prod):
        rule = signal_of(alarm).rule
        if rule.silence:
            continue
        over = made(alarm, range(600, 620), rule.limit + 1)
        rests = int(620 + alarm.minutes * (alarm.periods + MOST_BEYOND + 1))
        for way in alarm.ways():
            assert not any(alarm.rings(over, at, way) for at in range(rests, rests + 60)), (
                alarm.name
            )


def test_a_few_repairs_raise_no_alarm(prod: Assembly) -> None:
    for alarm in kinds(prod):
        if alarm.metric.startswith("Repaired"):
            few = [(float(minute), 2.0) for minute in range(60)]
            for way in alarm.ways():
                assert not rings_ever(alarm, few, 60, way), alarm.name


# ---- scheduled work that must report -------------------------------------------------------------


def heartbeats(assembly: Assembly) -> Mapping[str, Alarm]:
    return {each.metric: each for each in alarms(assembly) if signal_of(each).rule.silence}


def test_every_scheduled_function_has_an_alarm_for_missed_runs(each_stage: Assembly) -> None:
    assert heartbeats(each_stage).keys() == {
        *MINUTE_HEARTBEATS,
        *QUARTER_HEARTBEATS,
        *NIGHT_HEARTBEATS,
    }
    scheduled = [
        rule
        for rule in each_stage.properties("AWS::Events::Rule")
        for _ in rule["Targets"]
        if "ScheduleExpression" in rule
    ]
    assert len(scheduled) == len({*MINUTE_HEARTBEATS, *QUARTER_HEARTBEATS, *NIGHT_HEARTBEATS})


@pytest.mark.parametrize("metric", sorted(MINUTE_HEARTBEATS))
def test_a_missed_minutely_run_is_told_within_ten_minutes_and_a_made_one_never(
    prod: Assembly, metric: str
) -> None:
    """The schedule keeps to the minute, not to the second: now and then two fall into one minute
    and none into the next, and a pass that takes its whole time is a minute late."""
    alarm = heartbeats(prod)[metric]
    comes = [(minute + (0.98 if minute % 7 else 0.01), 1.0) for minute in range(120)]
    slow = [(minute + 0.9, 1.0) for minute in range(0, 120, 2)]
    for way in alarm.ways():
        for series in (comes, slow):
            assert not any(alarm.rings(series, at, way) for at in range(10, 120)), way
        assert any(alarm.rings(comes, at, way) for at in range(120, 130)), way


@pytest.mark.parametrize("metric", sorted(QUARTER_HEARTBEATS))
def test_runs_missed_for_three_hours_are_told_and_made_ones_never(
    prod: Assembly, metric: str
) -> None:
    """A pass comes each quarter of an hour, and may take five minutes."""
    alarm = heartbeats(prod)[metric]
    comes = [(15 * number + (4.9 if number % 3 else 0.1), 1.0) for number in range(20)]
    for way in alarm.ways():
        assert not any(alarm.rings(comes, at, way) for at in range(70, 300)), way
        assert any(alarm.rings(comes, at, way) for at in range(300, 480)), way


@pytest.mark.parametrize("metric", sorted(NIGHT_HEARTBEATS))
def test_missed_nightly_work_is_told_the_next_morning_and_finished_work_never(
    prod: Assembly, metric: str
) -> None:
    """The work ends at twenty past the hour at the earliest, and an hour later after a retry. A
    night without anything to verify counts as done, too."""
    alarm = heartbeats(prod)[metric]
    done = [(night * DAY + 20 + (60 if night % 3 == 0 else 0), 0.0) for night in range(4)]
    last = done[-1][0]
    for way in alarm.ways():
        first = int(done[0][0] + 90)
        looked = range(first, int(last) + DAY, 30)
        assert not any(alarm.rings(done, at, way) for at in looked), way
        tomorrow = range(int(last) + DAY, int(last) + DAY + 8 * 60, 30)
        assert any(alarm.rings(done, at, way) for at in tomorrow), way


# ---- the texts of alarms -------------------------------------------------------------------------


def test_every_alarm_gives_its_meaning_and_the_first_thing_to_do(each_stage: Assembly) -> None:
    used = set()
    for properties in each_stage.properties("AWS::CloudWatch::Alarm"):
        signal = signal_of(Alarm.of(properties, flat))
        used.add(signal.name)
        words = signal.words(each_stage.stage)
        assert properties["AlarmDescription"] == words
        assert len(words) <= 1024, signal.name
        assert "{stage}" not in words
    assert used == {each.name for each in ALARM_SPECS}
