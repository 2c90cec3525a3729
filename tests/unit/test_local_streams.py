"""How a batch of stream records is handed over when some of them fail, as AWS documents it."""

from __future__ import annotations

from typing import Any

import pytest

from local.emulator import streams, upstream


class Consumer:
    """A stream consumer that cannot digest some records; keeps what it was given."""

    def __init__(self, poison: set[str], *, raises: bool = False) -> None:
        self.poison = poison
        self.raises = raises
        self.digested: list[str] = []
        self.calls = 0

    def __call__(self, func: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        bad = next((number for number in numbers if number in self.poison), None)
        if bad is None:
            self.digested += numbers
            return {"body": {"batchItemFailures": []}}
        if self.raises:
            return {"error": True, "body": {}}
        self.digested += numbers[: numbers.index(bad)]
        return {"body": {"batchItemFailures": [{"itemIdentifier": bad}]}}


def records(text: str) -> list[dict[str, Any]]:
    """Records numbered by letters; the same letter in another case is of the same key."""
    return [
        {"dynamodb": {"SequenceNumber": number, "Keys": {"pk": {"S": number.lower()}}}}
        for number in text
    ]


def a_mapping(**changes: Any) -> dict[str, Any]:
    return {
        "EventSourceArn": "arn",
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 2,
        **changes,
    }


@pytest.fixture
def set_aside(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sequence numbers sent to the on-failure destination."""
    found: list[str] = []

    def send(
        mapping: Any, func: Any, failed: list[dict[str, Any]], arn: str, result: Any, why: str
    ) -> None:
        found.extend(record["dynamodb"]["SequenceNumber"] for record in failed)

    monkeypatch.setattr(upstream.lambda_svc, "_send_ddb_stream_failure_record", send)
    monkeypatch.setattr(streams, "STREAM_RETRY_PAUSE_SECONDS", 0)
    return found


@pytest.mark.parametrize("raises", [False, True])
def test_only_the_poison_record_is_set_aside(set_aside: list[str], raises: bool) -> None:
    consumer = Consumer({"c"}, raises=raises)
    assert streams.StreamDelivery(consumer, {}, a_mapping()).deliver(records("abcde"))
    assert consumer.digested == list("abde")
    assert set_aside == ["c"]


def test_a_record_is_tried_once_and_as_often_again_as_the_mapping_says(
    set_aside: list[str],
) -> None:
    consumer = Consumer({"a"})
    streams.StreamDelivery(consumer, {}, a_mapping(MaximumRetryAttempts=3)).deliver(records("a"))
    assert consumer.calls == 1 + 3


def test_without_a_limit_the_shard_stays_where_it_is(set_aside: list[str]) -> None:
    consumer = Consumer({"a"})
    assert not streams.StreamDelivery(consumer, {}, a_mapping(MaximumRetryAttempts=-1)).deliver(
        records("a")
    )
    assert set_aside == []


def test_records_of_one_key_stay_in_order_and_fill_batches_of_the_mappings_size() -> None:
    consumer = Consumer(set())
    mapping = a_mapping(ParallelizationFactor=4, BatchSize=2)
    assert streams.StreamDelivery(consumer, {}, mapping).deliver_all(records("abcdefABCDEF"))
    assert sorted(consumer.digested) == sorted("abcdefABCDEF")
    for first in "abcdef":
        assert consumer.digested.index(first) < consumer.digested.index(first.upper())
    assert consumer.calls == 6


def test_records_wait_for_others_until_the_window_ends_or_a_batch_is_full() -> None:
    clock = [100.0]
    windows = streams.BatchingWindows(lambda: clock[0])
    mapping = a_mapping(UUID="one", BatchSize=3, MaximumBatchingWindowInSeconds=5)
    other = a_mapping(UUID="two", BatchSize=3)
    assert windows.closed(mapping, 0, [])  # the filters left nothing
    assert not windows.closed(mapping, 0, records("a"))
    assert windows.closed(other, 0, records("a")), "a mapping without a window waits for nothing"
    assert windows.closed(mapping, 0, records("abc"))
    clock[0] += 4
    assert not windows.closed(mapping, 0, records("ab"))
    clock[0] += 1
    assert windows.closed(mapping, 0, records("ab"))
    assert not windows.closed(mapping, 2, records("c")), "the window of the next record begins"


def test_one_lane_that_is_blocked_keeps_the_shard_where_it_is(set_aside: list[str]) -> None:
    consumer = Consumer({"a"})
    mapping = a_mapping(ParallelizationFactor=4, MaximumRetryAttempts=-1)
    assert not streams.StreamDelivery(consumer, {}, mapping).deliver_all(records("abcd"))
    assert consumer.digested  # the other lanes went on
    assert "a" not in consumer.digested


def test_an_unknown_identifier_fails_the_whole_batch() -> None:
    result = {"body": {"batchItemFailures": [{"itemIdentifier": "unknown"}]}}
    assert streams.first_failed(result, records("ab"), a_mapping()) == 0
