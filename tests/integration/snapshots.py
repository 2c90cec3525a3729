"""A table after its night in the memory of a test, and every edit of what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.steps import step
from casework.aws.table import items, keys, log
from casework.aws.table.free import FREE
from casework.aws.table.report_table import ERASED_AT
from casework.case.case import Case
from casework.case.sealed_day import Leaf
from casework.report.evidence import FileState
from functions.history import seal_day, verify_days
from tests.integration.full_case import today
from tests.integration.nights import keys_and_bucket
from tests.office import Office, open_office


@contextmanager
def office_with_nights(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office whose nights seal and verify the day before at once."""
    with open_office(monkeypatch) as opened:
        keys_and_bucket(monkeypatch)
        for nightly in (seal_day, verify_days):
            monkeypatch.setattr(nightly, "now", lambda: step.now() + timedelta(days=1))
            nightly.settings.cache_clear()
        log._marked.clear()
        log.grew.cache_clear()
        yield opened
        for nightly in (seal_day, verify_days):
            nightly.settings.cache_clear()


class Snapshot:
    """The table as it is after the night, in the memory of the test: edits are tried on it.

    It answers reads as `casework.aws.table.items` does.
    """

    def __init__(self, everything: list[dict[str, Any]]) -> None:
        self.items = {(item[keys.PARTITION], item[keys.SORT]): item for item in everything}
        self.edits = 0

    def get(self, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
        item = self.items.get((key[keys.PARTITION], key[keys.SORT]))
        return dict(item) if item is not None else None

    def under(self, table: str, partition: str, begins: str = "") -> Iterator[dict[str, Any]]:
        for place in sorted(self.items):
            if place[0] == partition and place[1].startswith(begins):
                yield dict(self.items[place])

    def keys_under(self, table: str, partition: str, begins: str = "") -> Iterator[dict[str, str]]:
        for item in self.under(table, partition, begins):
            yield {name: item[name] for name in (keys.PARTITION, keys.SORT)}

    def between(
        self,
        table: str,
        first: Mapping[str, str],
        last: Mapping[str, str],
        *,
        limit: int | None = None,
        backwards: bool = False,
    ) -> Iterator[dict[str, Any]]:
        found = [
            item
            for item in self.under(table, first[keys.PARTITION])
            if first[keys.SORT] <= item[keys.SORT] <= last[keys.SORT]
        ]
        yield from (found[::-1] if backwards else found)[:limit]

    def get_many(
        self, table: str, wanted: Sequence[Mapping[str, str]], attributes: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        read = [self.get(table, key) for key in wanted]
        return [
            {name: item[name] for name in item if not attributes or name in attributes}
            for item in read
            if item is not None
        ]

    def reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on it is read in the place of the table."""
        for name in ("get", "get_many", "under", "keys_under", "between"):
            monkeypatch.setattr(items, name, getattr(self, name))

    def edited(self, item: Mapping[str, Any], edit: dict[str, Any] | None) -> None:
        """The item is edited, or removed."""
        self.edits += 1
        place = (item[keys.PARTITION], item[keys.SORT])
        if edit is None:
            del self.items[place]
        else:
            self.items[place] = edit

    def put_back(self, item: dict[str, Any]) -> None:
        """The item is there again as it was."""
        self.edits += 1
        self.items[item[keys.PARTITION], item[keys.SORT]] = item


def found(leaf: Leaf) -> list[verify_days.Mismatch]:
    """The findings of a night on a sealed case."""
    return list(verify_days.mismatches(today(), leaf))


def kind_of(item: Mapping[str, Any]) -> str:
    """The kind of an item, as `FREE` names it."""
    partition, sort = item[keys.PARTITION].partition("#")[0], item[keys.SORT].partition("#")[0]
    if sort == "REPORT" and ERASED_AT in item:
        return "TOMBSTONE"
    if sort == "FILE" and item["state"] != FileState.KEPT:
        return "UPLOAD"
    if item[keys.SORT].partition("#")[2].startswith("alone#"):
        return "ALONE"
    if item[keys.SORT] in keys.BEFORE_DEADLINES:
        return str(item[keys.SORT]).removeprefix("#")
    return str(sort if partition in {"CASE", "REPORT", "LOG"} else partition)


def compared(office: Office, *cases: Case) -> list[dict[str, Any]]:
    """Every item that tells of some cases or of their reports, if anything of it is compared."""
    wanted = [each.id for each in cases]
    reports = office.items(keys.report_key.partition_begins, keys.REPORT_SORT)
    wanted += [keys.reference_of(item[keys.PARTITION]) for item in reports]
    return [
        item
        for item in office.items("")
        if any(each in f"{item[keys.PARTITION]}#{item[keys.SORT]}" for each in wanted)
        and "*" not in FREE.get(kind_of(item), {})
    ]


def other(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case bytes():
            return value + b"x"
        case list():
            return [*value, "x"]
        case dict():
            return {**value, "x": "x"}
        case set():
            return {*value, "x"}
        case _:
            return "x"


def edits(item: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Every edit of an item, one at a time, with the attribute it is of."""
    for name in item:
        if name in {keys.PARTITION, keys.SORT}:
            continue
        yield name, {**item, name: other(item[name])}
        yield name, {each: value for each, value in item.items() if each != name}
    yield "+", {**item, "unknown": "x"}
    yield "-", None
