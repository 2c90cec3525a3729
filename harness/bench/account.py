"""The account of writes: every kind of item, and of index entry, with its units and its reason.

The rows of one column add up to what the meter counted for it; a write of a kind without a row is
an error of the bench. Units are means: of a report until its 201, of a join, and of a case from the
linking of its first report until a unit holds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from rich.table import Table

from casework.aws.table import keys
from harness.bench.cost_meter import Write
from harness.bench.reference_reports import RunResult, total_write_units

INDEX_WRITE_KIND: Final = "indexes"

WHY: Final[Mapping[str, str]] = {
    "REPORT": "the report: accepted, linked to its case",
    "CASE": "the case as it is: opened, reviewed, referred, held",
    "EVENT": "an entry of its history, in one transaction with the case",
    "INDEX": "the number of an entry, found again by its name",
    "TELLING": "what an entry tells the reporters of the case",
    "GROUP": "how many reports like it came before, which gives it its turn",
    "ALIKE": "its line among the reports like it",
    "NUMBER": "the number that people say, for one case alone",
    "IDENTIFIER": "an identifier that the case claims, in the same transaction",
    "CONTACT": "a telephone or e-mail that the case names, as a contact is compared with it",
    "NAMED": "another case names an identifier, beside its owner",
    "DID": "a decision, for the own view of its author",
    "CLUE": "words by which another case may be about the same",
    "ARRIVED": "the number of a report in its case, which the seal of the day binds",
    "DUTY": "the duty desk sees the case",
    "STANDING": "the board sees what stands with a unit, and since when",
    "HOLDS": "the board sees who works on the case, for an hour",
    "DECIDED": "the board sees who decided, for a month",
    "DUE": "a deadline that the sweeper sees to",
    "WAIT": "the task token of a wait of people",
    "ALERT": "danger was told of",
    "HEARD": "the unit heard of an addition",
    "DAY": "the case grew on a day without an entry",
    INDEX_WRITE_KIND: "places in the lists of what waits, put, moved and taken out",
}
"""Each kind of write, and what it is for."""


class Unaccounted(Exception):
    """A write of a kind that has no row."""


def kind_of(write: Write) -> str:
    """The kind of the item of a write; raises Unaccounted."""
    partition, sort = (part.partition("#")[0] for part in write.key)
    for kind in (sort, partition):
        if kind in WHY:
            return kind
    raise Unaccounted(f"{partition} / {sort}")


def account(writes: Iterable[Write]) -> Counter[str]:
    """The units of some writes by kind; their sum is what the meter counted."""
    found: Counter[str] = Counter()
    for write in writes:
        found[kind_of(write)] += write.item_units
        found[INDEX_WRITE_KIND] += write.index_units
    return found


def cost_account_table(travelled: RunResult) -> Table:
    """The account for people."""
    columns = {
        "before the 201": [each.writes for each in travelled.accepted],
        "a join": [each.writes for each in travelled.joined],
        "a case until it is held": [each.writes for each in travelled.opened],
    }
    means = {name: _mean(of) for name, of in columns.items()}
    table = Table(box=None, pad_edge=False, show_footer=True)
    table.add_column("written", footer="sum")
    for name, of in columns.items():
        counted = sum(map(total_write_units, of)) / len(of)
        if abs(counted - sum(means[name].values())) > 0.001:
            raise Unaccounted(f"{name}: {sum(means[name].values())} of {counted} units")
        table.add_column(name, footer=f"{counted:.2f}", justify="right")
    table.add_column("why")
    for kind, why in WHY.items():
        shown = [means[name][kind] for name in columns]
        if any(shown):
            table.add_row(kind, *(f"{each:.2f}" if each else "" for each in shown), why)
    return table


def _mean(of: Collection[list[Write]]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for writes in of:
        total += account(writes)
    return {kind: total[kind] / len(of) for kind in WHY}


def largest_case(travelled: RunResult) -> int:
    """Bytes of the largest case item that was written."""
    return max(
        write.bytes_after
        for each in travelled.opened
        for write in each.writes
        if write.key[1] == keys.CASE_SORT
    )
