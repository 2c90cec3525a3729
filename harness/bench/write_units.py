"""Calls and write units: before the 201, for a join, for a case until its referral is published.

Method: the 120 labelled reports of `harness/demo/` go through the real handlers and the real
workflow file on moto (`harness.bench.reference_reports`); calls are counted by botocore's own
hooks, units computed by `harness.bench.cost_meter`. Keys and public keys are fetched once per cold
start and are counted for no report. The labelled file names no disclosure, so the targets apply to
its reports without contact or identity. Each sealed box adds the 384 bytes of its wrapped key. A
second figure shows the cost with the demonstration's disclosures, which cost one write unit more at
the link too. The three stages do not overlap. A case's units are those of linking its first report,
of its events, waits, duty lines and indexes, and of the report's move in the index, without the
report's own acceptance.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from harness.bench.account import largest_case
from harness.bench.reference_reports import RunResult, total_write_units
from harness.bench.targets import Figure


def figures(travelled: RunResult) -> Iterator[Figure]:
    """The figures of this file."""
    accepted, opened = travelled.accepted, travelled.opened
    yield Figure("aws_calls_per_report", max(sum(each.calls.values()) for each in accepted))
    yield Figure(
        "write_units_before_201", median(total_write_units(each.writes) for each in accepted)
    )
    sealed = travelled.sealed
    yield Figure(
        "write_units_before_201_sealed", median(total_write_units(each.writes) for each in sealed)
    )
    for name, some in (("report_item_bytes", accepted), ("report_item_bytes_sealed", sealed)):
        yield Figure(name, median(write.bytes_after for each in some for write in each.writes))
    yield Figure(
        "write_units_per_join", median(total_write_units(each.writes) for each in travelled.joined)
    )
    yield Figure(
        "write_units_per_case", median(total_write_units(each.until_published) for each in opened)
    )
    yield Figure(
        "write_units_per_case_held", median(total_write_units(each.writes) for each in opened)
    )
    reading = [sum(read.units for read in each.reads) for each in opened]
    yield Figure("read_units_per_case_held", median(reading))
    joining = [sum(read.units for read in each.reads) for each in travelled.joined]
    yield Figure("read_units_per_join", median(joining))
    decisions = [units for each in opened for units in each.decisions]
    yield Figure("read_units_per_decision", median(decisions))
    yield Figure("case_item_bytes", largest_case(travelled))
