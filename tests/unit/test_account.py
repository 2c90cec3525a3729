"""The account of writes names every unit that the meter counts."""

from __future__ import annotations

import pytest

from harness.bench.account import INDEX_WRITE_KIND, WHY, Unaccounted, account
from harness.bench.cost_meter import Write
from harness.bench.reference_reports import total_write_units


def a_write(partition: str, sort: str, item: int = 1, index: int = 0) -> Write:
    return Write((partition, sort), item, index, bytes_after=100, status="")


def test_the_rows_add_up_to_what_the_meter_counts() -> None:
    writes = [
        a_write("REPORT#1", "REPORT", 2, 3),
        a_write("CASE#1", "CASE", 2, 1),
        a_write("CASE#1", "EVENT#000001", 2),
        a_write("CASE#1", "WAIT"),
        a_write("DUTY", "imminent#0#1", 2),
        a_write("ARRIVED#1", "000001", 2),
    ]
    found = account(writes)
    assert sum(found.values()) == total_write_units(writes)
    assert found.keys() <= WHY.keys()
    assert (found[INDEX_WRITE_KIND], found["CASE"], found["ARRIVED"]) == (4, 2, 2)


def test_a_write_without_a_reason_is_an_error_of_the_bench() -> None:
    with pytest.raises(Unaccounted, match="NEW / THING"):
        account([a_write("NEW#1", "THING#2")])
