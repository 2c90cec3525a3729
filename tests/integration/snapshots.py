"""A table after its night in the memory of a test, and every edit of what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table import audit_log, items, keys
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.case.case import Case
from casework.case.day_seal import DayLeaf
from casework.report.file_limits import FileState
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
            monkeypatch.setattr(nightly, "now", lambda: task_state.now() + timedelta(days=1))
            nightly.settings.cache_clear()
        audit_log._marked.clear()
        audit_log.record_reading_growth.cache_clear()
        yield opened
        for nightly in (seal_day, verify_days):
            nightly.settings.cache_clear()


class Snapshot:
    """The table as it is after the night, in the memory of the test: edits are tried on it.

    It answers reads as `casework.aws.table.items` does.
    """

    def __init__(self, everything: list[dict[str, Any]]) -> None:
        self.items = {(item[keys.PARTITION_KEY], item[keys.SORT_KEY]): item for item in everything}
        self.edits = 0

    def get_item(self, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
        item = self.items.get((key[keys.PARTITION_KEY], key[keys.SORT_KEY]))
        return dict(item) if item is not None else None

    def query_prefix(
        self, table: str, partition: str, begins: str = ""
    ) -> Iterator[dict[str, Any]]:
        for place in sorted(self.items):
            if place[0] == partition and place[1].startswith(begins):
                yield dict(self.items[place])

    def query_keys(self, table: str, partition: str, begins: str = "") -> Iterator[dict[str, str]]:
        for item in self.query_prefix(table, partition, begins):
            yield {name: item[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}

    def query_between(
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
            for item in self.query_prefix(table, first[keys.PARTITION_KEY])
            if first[keys.SORT_KEY] <= item[keys.SORT_KEY] <= last[keys.SORT_KEY]
        ]
        yield from (found[::-1] if backwards else found)[:limit]

    def get_items(
        self, table: str, wanted: Sequence[Mapping[str, str]], attributes: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        read = [self.get_item(table, key) for key in wanted]
        return [
            {name: item[name] for name in item if not attributes or name in attributes}
            for item in read
            if item is not None
        ]

    def reads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on it is read in the place of the table."""
        for name in ("get_item", "get_items", "query_prefix", "query_keys", "query_between"):
            monkeypatch.setattr(items, name, getattr(self, name))

    def edited(self, item: Mapping[str, Any], edit: dict[str, Any] | None) -> None:
        """The item is edited, or removed."""
        self.edits += 1
        place = (item[keys.PARTITION_KEY], item[keys.SORT_KEY])
        if edit is None:
            del self.items[place]
        else:
            self.items[place] = edit

    def put_back(self, item: dict[str, Any]) -> None:
        """The item is there again as it was."""
        self.edits += 1
        self.items[item[keys.PARTITION_KEY], item[keys.SORT_KEY]] = item


def found(leaf: DayLeaf) -> list[verify_days.SealMismatch]:
    """The findings of a night on a sealed case."""
    return list(verify_days.find_mismatches(today(), leaf))


def kind_of(item: Mapping[str, Any]) -> str:
    """The kind of an item, as `UNBOUND_ATTRIBUTES` names it."""
    partition, sort = (
        item[keys.PARTITION_KEY].partition("#")[0],
        item[keys.SORT_KEY].partition("#")[0],
    )
    if sort == "REPORT" and ERASED_AT_FIELD in item:
        return "TOMBSTONE"
    if sort == "FILE" and item["state"] != FileState.KEPT:
        return "UPLOAD"
    if item[keys.SORT_KEY].partition("#")[2].startswith("alone#"):
        return "ALONE"
    if item[keys.SORT_KEY] in keys.CURSOR_SORTS:
        return str(item[keys.SORT_KEY]).removeprefix("#")
    return str(sort if partition in {"CASE", "REPORT", "LOG"} else partition)


def compared(office: Office, *cases: Case) -> list[dict[str, Any]]:
    """Every item that tells of some cases or of their reports, if anything of it is compared."""
    wanted = [each.id for each in cases]
    reports = office.items(keys.report_key.partition_begins, keys.REPORT_SORT)
    wanted += [keys.reference_from_partition(item[keys.PARTITION_KEY]) for item in reports]
    return [
        item
        for item in office.items("")
        if any(each in f"{item[keys.PARTITION_KEY]}#{item[keys.SORT_KEY]}" for each in wanted)
        and "*" not in UNBOUND_ATTRIBUTES.get(kind_of(item), {})
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
        if name in {keys.PARTITION_KEY, keys.SORT_KEY}:
            continue
        yield name, {**item, name: other(item[name])}
        yield name, {each: value for each, value in item.items() if each != name}
    yield "+", {**item, "unknown": "x"}
    yield "-", None
