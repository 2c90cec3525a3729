"""The bytes of files: what a report may send, and what all reports together may send in an hour.

A slot reserves, an arrival is charged, and what was not sent is given back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from casework.aws.table import allowance, items, key_template, keys
from casework.aws.table.file_table import FileTable
from casework.report import file_limits as limits
from casework.report.file_limits import (
    BYTES_BY_POOL,
    MAX_BYTES_PER_HOUR,
    MAX_REPORT_FILES_BYTES,
    AllowancePool,
)
from functions.intake import file_slots as slots
from tests.integration.answers import Answered
from tests.integration.evidence import Evidence, open_for_files
from tests.integration.reporters import TABLE, Reporters, a_key

MIB = 1024 * 1024
UNSIZED = {"name": "File"}
BEGINS = datetime(2026, 12, 1, 10, 1, tzinfo=UTC)
"""At the beginning of a window of an hour."""


@pytest.fixture
def evidence(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    with open_for_files(reporters, monkeypatch) as opened:
        yield opened


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock of the function that gives slots."""

    def set_to(time: datetime) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return time.astimezone(tz)

        monkeypatch.setattr(slots, "datetime", Clock)

    return set_to


@pytest.fixture
def one_shard(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets the bytes of an hour, of which a quarter are for first files, in one counter each."""

    def of(hour: int) -> None:
        monkeypatch.setattr(key_template, "SHARDS", 1)
        monkeypatch.setattr(keys, "FLOW_SHARDS", 1)
        bytes_of = {AllowancePool.FIRST: hour // 4, AllowancePool.FURTHER: hour - hour // 4}
        monkeypatch.setattr(allowance, "BYTES_BY_POOL", bytes_of)

    return of


def withdraw(evidence: Evidence, sent: dict[str, Any], number: int | str) -> Answered:
    path = f"/v1/reports/{sent['reference']}/evidence/{number}"
    headers = {"authorization": f"Receipt {sent['receipt']}"}
    return evidence.reporters.call("DELETE", path, headers)


def left(evidence: Evidence, sent: dict[str, Any]) -> int:
    room: int = evidence.shown(sent)["bytes_left"]
    return room


def hours(evidence: Evidence) -> dict[str, int]:
    """What the counters of all hours hold, by attribute."""
    found: dict[str, int] = {}
    for item in evidence.reporters.items():
        if item["pk"]["S"].startswith(keys.allowed_shard_key.partition_begins):
            for name, value in item.items():
                if name == allowance.ARRIVED_BYTES_FIELD or name.startswith("reserved"):
                    found[name] = found.get(name, 0) + int(value["N"])
    return found


# ---- a report ------------------------------------------------------------------------------------


def test_a_file_of_unknown_size_takes_the_room_of_the_largest_until_it_came(
    evidence: Evidence,
) -> None:
    sent = evidence.report()
    answers = [evidence.slot(sent, UNSIZED) for _ in range(5)]
    assert [each.status for each in answers] == [201] * 4 + [409]
    evidence.receive(evidence.upload(answers[0].document, b"x" * 40))
    assert left(evidence, sent) == limits.MAX_SINGLE_PART_BYTES - 40
    assert hours(evidence)[allowance.ARRIVED_BYTES_FIELD] == 40


def test_what_a_report_keeps_is_never_more_than_it_is_told(evidence: Evidence) -> None:
    """Evidence case E4: whatever is asked for, sent, withdrawn and given up, in any order."""
    chance = random.Random("room")
    sent, asked = evidence.report(), dict[str, int]()
    for turn in range(120):
        match chance.choice(["unsized", "sized", "send", "send", "withdraw", "give up"]):
            case "unsized":
                answer = evidence.slot(sent, UNSIZED)
            case "sized":
                size = chance.choice([MIB, 20 * MIB, limits.MAX_SINGLE_PART_BYTES])
                answer = evidence.slot(sent, {"name": "x", "size": size})
            case "withdraw":
                answer = withdraw(evidence, sent, chance.randint(1, 30))
            case "send":
                waiting = [each for each in evidence.files(sent) if each.state == "slotted"]
                if waiting:
                    file = chance.choice(waiting)
                    size = file.size if file.exact else chance.randint(1, 99)
                    arrive(file.reference, file.number, size)
                continue
            case _:
                evidence.clock = timedelta(days=turn)
                evidence.repair()
                continue
        asked[str(answer.status)] = asked.get(str(answer.status), 0) + 1
        files = [each for each in evidence.files(sent) if each.state != "refused"]
        counted = sum(each.size for each in files)
        assert left(evidence, sent) == MAX_REPORT_FILES_BYTES - counted >= 0
        assert evidence.shown(sent)["files_left"] <= limits.MAX_FILES - len(files)
    assert {"200", "201", "404", "409"} >= asked.keys() >= {"200", "201", "409"}


def arrive(reference: str, number: int, size: int) -> bool:
    """So many bytes come for a slot, as the receiver stores it."""
    table, vault = FileTable(TABLE, "digest"), f"{number:032x}"
    file = table.file(reference, number)
    assert file is not None
    return table.record_arrival(file, datetime.now(UTC), vault=vault, size=size, digest="ab" * 32)


def test_slots_that_are_refused_at_once_reserve_nothing(evidence: Evidence) -> None:
    """A report that takes one more file is asked for twenty at a time."""
    sent = evidence.report()
    large = {"name": "x", "size": limits.MAX_SINGLE_PART_BYTES}
    for _ in range(3):
        assert evidence.slot(sent, large).status == 201
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: evidence.slot(sent, large).status, range(18)))
    assert answers.count(201) == 1
    reserved = {name: n for name, n in hours(evidence).items() if name.startswith("reserved")}
    assert sum(reserved.values()) == 4 * limits.MAX_SINGLE_PART_BYTES


def test_a_report_leaves_few_items_however_often_it_withdraws(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_UPLOAD_SLOTS", 4)
    monkeypatch.setattr(slots, "MAX_UPLOAD_SLOTS", 4)
    sent = evidence.report()
    for number in range(1, 5):
        assert evidence.slot(sent, UNSIZED).document["n"] == number
        assert withdraw(evidence, sent, number).status == 200
    assert evidence.slot(sent, UNSIZED).document["type"].endswith("too-many-files")
    assert evidence.shown(sent)["files_left"] == 0


# ---- withdrawing ---------------------------------------------------------------------------------


def test_a_file_that_has_not_come_is_withdrawn_with_its_place_and_bytes(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_FILES", 1)
    monkeypatch.setattr(slots, "MAX_FILES", 1)
    sent, key = evidence.report(), a_key()
    slot = evidence.slot(sent, {"name": "wrong.mp4", "size": 9}, key).document
    assert evidence.slot(sent, UNSIZED).status == 409
    first, again = withdraw(evidence, sent, 1), withdraw(evidence, sent, 1)
    assert first.status == again.status == 200
    assert first.document == again.document
    assert (first.document["files"], first.document["bytes_left"]) == ([], MAX_REPORT_FILES_BYTES)
    assert first.document["files_left"] == 1
    assert {name: n for name, n in hours(evidence).items() if n} == {}
    # What was on its way is not kept, and the same key gives no second slot.
    assert evidence.receive(evidence.upload(slot, b"x" * 9)) == []
    assert evidence.vault() == []
    repeated = evidence.slot(sent, {"name": "wrong.mp4", "size": 9}, key).document
    assert (repeated["state"], repeated["uploads"]) == ("refused", [])
    assert evidence.slot(sent, {"name": "right.mp4", "size": 9}).status == 201


def test_a_file_that_came_is_not_withdrawn(evidence: Evidence) -> None:
    sent = evidence.report()
    evidence.receive(evidence.sent(sent, b"the bytes of a screenshot"))
    refused = withdraw(evidence, sent, 1)
    assert (refused.status, refused.document["type"].rpartition(":")[2]) == (409, "file-came")
    assert [each.state for each in evidence.files(sent)] == ["kept"]


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "1" * 40, "٢"])
def test_there_is_no_file_of_another_number_to_withdraw(evidence: Evidence, number: str) -> None:
    sent, other = evidence.report(), evidence.report()
    evidence.slot(sent, UNSIZED)
    assert withdraw(evidence, sent, number).status == 404
    unknown = {"reference": sent["reference"], "receipt": other["receipt"]}
    assert withdraw(evidence, unknown, 1).document["type"].endswith("receipt-not-recognised")
    assert [each.state for each in evidence.files(sent)] == ["slotted"]


@pytest.mark.parametrize("first", ["withdrawn", "arrived"])
def test_of_a_withdrawal_and_an_arrival_at_once_one_counts(evidence: Evidence, first: str) -> None:
    sent = evidence.report()
    evidence.slot(sent, UNSIZED)
    table = FileTable(TABLE, "digest")
    read = table.file(sent["reference"], 1)
    assert read is not None
    at = datetime.now(UTC)
    if first == "withdrawn":
        assert table.refuse(read, limits.WhyRefused.WITHDRAWN, at)
        assert not table.record_arrival(read, at, vault="0f" * 16, size=40)
        assert left(evidence, sent) == MAX_REPORT_FILES_BYTES
    else:
        assert table.record_arrival(read, at, vault="0f" * 16, size=40)
        assert not table.refuse(read, limits.WhyRefused.WITHDRAWN, at)
        assert left(evidence, sent) == MAX_REPORT_FILES_BYTES - 40
        assert hours(evidence)[allowance.ARRIVED_BYTES_FIELD] == 40


def test_bytes_that_came_are_charged_once_however_often_they_are_told_of(
    evidence: Evidence,
) -> None:
    sent = evidence.report()
    slot = evidence.slot(sent, UNSIZED).document
    name = evidence.upload(slot, b"x" * 40)
    for _ in range(3):
        assert evidence.receive(name) == []
    assert hours(evidence)[allowance.ARRIVED_BYTES_FIELD] == 40
    assert left(evidence, sent) == MAX_REPORT_FILES_BYTES - 40


# ---- all reports ---------------------------------------------------------------------------------


def test_a_reservation_ends_with_the_time_of_its_forms(
    evidence: Evidence, at: Callable[[datetime], None], one_shard: Callable[[int], None]
) -> None:
    one_shard(4 * 2 * 100)  # in each window 100 bytes of first files, and 300 of others
    at(BEGINS)
    answers = [evidence.slot(evidence.report(), {"name": "x", "size": 100}) for _ in range(5)]
    assert [each.status for each in answers] == [201] * 4 + [503]
    assert answers[-1].headers["Retry-After"] == "600"
    at(BEGINS + timedelta(seconds=limits.UPLOAD_FORM_SECONDS))
    assert evidence.slot(evidence.report(), {"name": "x", "size": 100}).status == 201


def test_a_fresh_form_reserves_its_bytes_anew(
    evidence: Evidence, at: Callable[[datetime], None], one_shard: Callable[[int], None]
) -> None:
    """Else slots of many hours could all be used in one."""
    one_shard(4 * 2 * 100)
    said = {"name": "x", "size": 100}
    at(BEGINS)
    old, key = evidence.report(), a_key()
    assert evidence.slot(old, said, key).status == 201
    later = BEGINS + timedelta(hours=3)
    at(later)
    for _ in range(3):
        assert evidence.slot(old, said, key).status == 201, "it takes them once in a window"
    others = [evidence.slot(evidence.report(), said).status for _ in range(4)]
    assert others == [201, 201, 201, 503]
    at(later + timedelta(hours=1))
    for _ in range(4):
        evidence.slot(evidence.report(), said)
    refused = evidence.slot(old, said, key)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "600")


def test_bytes_are_charged_to_the_hour_in_which_they_came(
    evidence: Evidence, at: Callable[[datetime], None], one_shard: Callable[[int], None]
) -> None:
    one_shard(400)
    sent = evidence.report()
    at(BEGINS)
    slot = evidence.slot(sent, {"name": "x", "size": 40}).document
    evidence.clock = BEGINS + timedelta(minutes=5) - datetime.now(UTC)
    evidence.receive(evidence.upload(slot, b"x" * 40))
    assert hours(evidence) == {allowance.ARRIVED_BYTES_FIELD: 40, "reserved_0": 0}
    at(BEGINS + timedelta(minutes=6))
    answers = [evidence.slot(evidence.report(), {"name": "x", "size": 50}) for _ in range(2)]
    assert [each.status for each in answers] == [201, 201]
    boto3.resource("dynamodb").Table(TABLE).update_item(
        Key=keys.allowed_key("2026-12-01T10", AllowancePool.FURTHER, "any"),
        UpdateExpression="SET came = :full",
        ExpressionAttributeValues={":full": 300},
    )
    further = evidence.slot(evidence.report(), {"name": "x", "size": 100})
    assert further.status == 503, "the first pool has 60 bytes of 100, the other none"


def test_reports_with_many_files_leave_a_share_to_those_without_any(
    evidence: Evidence, one_shard: Callable[[int], None]
) -> None:
    """And a slot that nothing is sent for needs another report for each file of that share."""
    one_shard(8 * 100)
    greedy = evidence.report()
    answers = [evidence.slot(greedy, {"name": "x", "size": 60}).status for _ in range(9)]
    assert answers == [201] * 6 + [503] * 3
    assert evidence.slot(evidence.report(), {"name": "x", "size": 40}).status == 201


def test_the_first_file_of_a_report_may_be_of_the_other_share_too(
    evidence: Evidence, one_shard: Callable[[int], None]
) -> None:
    one_shard(8 * 100)
    answers = [evidence.slot(evidence.report(), {"name": "x", "size": 60}) for _ in range(7)]
    assert [each.status for each in answers] == [201] * 6 + [503]
    pools = [
        items.get_item(TABLE, keys.file_key(each.document["reference"], 1)) for each in answers[:6]
    ]
    assert [each and each["pool"] for each in pools] == ["first"] + ["further"] * 5


def test_a_large_first_file_takes_nothing_of_the_share_of_first_files(evidence: Evidence) -> None:
    sent = evidence.report()
    digests = ["ab" * 32] * limits.MAX_UPLOAD_PARTS
    large = {"name": "film.mp4", "size": limits.MAX_FILE_BYTES, "parts": digests}
    assert evidence.slot(sent, large).status == 201
    (file,) = evidence.files(sent)
    assert file.pool is AllowancePool.FURTHER


def test_files_do_not_deny_anything_else(
    evidence: Evidence, one_shard: Callable[[int], None]
) -> None:
    one_shard(8 * 60)
    said = {"name": "x", "size": 60}
    assert [evidence.slot(evidence.report(), said).status for _ in range(4)] == [201] * 4
    sent = evidence.report()
    assert evidence.slot(sent, said).status == 503
    assert evidence.reporters.follow(sent["reference"], sent["receipt"]).status == 200
    assert evidence.shown(sent)["files"] == []


def test_forty_four_reports_no_longer_take_the_hour(evidence: Evidence) -> None:
    """Each asked for twenty files of unknown size, and sent nothing."""
    assert sum(BYTES_BY_POOL.values()) == MAX_BYTES_PER_HOUR
    greedy = 44 * MAX_REPORT_FILES_BYTES
    assert greedy < BYTES_BY_POOL[AllowancePool.FURTHER] // limits.RESERVED_SHARE_DIVISOR
    for pool in AllowancePool:
        assert (
            BYTES_BY_POOL[pool] // limits.RESERVED_SHARE_DIVISOR // keys.FLOW_SHARDS
            >= limits.MAX_SINGLE_PART_BYTES
        )
    assert (
        BYTES_BY_POOL[AllowancePool.FURTHER] // limits.RESERVED_SHARE_DIVISOR // keys.FLOW_SHARDS
        >= limits.MAX_FILE_BYTES
    )
