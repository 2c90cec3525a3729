"""Verification finds every edit of the items of a case, except those listed as free."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from casework.aws.services.day_seal_store import read_leaves
from casework.aws.table import desk_keys, items, keys, picture_keys
from casework.aws.table.key_template import Key, templates_of
from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.report.file_limits import FileState
from functions.history import seal_day, verify_days
from tests.builders import RABAT
from tests.integration.full_case import PHONE, a_full_case, naming, today
from tests.integration.nights import BUCKET
from tests.integration.snapshots import (
    Snapshot,
    compared,
    edits,
    found,
    kind_of,
    office_with_nights,
)
from tests.office import TABLE, Office
from tools.generate_docs import FOUND


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office_with_nights(monkeypatch) as opened:
        yield opened


def test_verification_finds_every_edit_of_a_full_case_unless_listed_as_free(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Security finding 6: one attribute of one item at a time, changed, removed or added."""
    cases = a_full_case(office)
    assert verify_days.handle({"day": today()}, None)["named"] == []
    ids = [case.id for case in cases]
    sealed = {each.case: each for each in read_leaves(BUCKET, today()) if each}
    leaves = [sealed[each] for each in ids]
    looked_at = compared(office, *cases)
    kinds = {kind_of(item) for item in office.items("")}
    assert kinds >= {kind for kind, names in UNBOUND_ATTRIBUTES.items() if "*" not in names} | {
        *("CASE", "EVENT", "REPORT", "ADDITION", "QUESTION", "MESSAGE", "IDENTITY"),
        *("ARRIVED", "MARK", "ENTRY", "BOUND", "CUSTODY", "ALONE", "ALERT", "PARTICULARS"),
    }
    kept = Snapshot(office.items(""))
    kept.reads(monkeypatch)
    assert [each for leaf in leaves for each in found(leaf)] == []
    unseen: set[tuple[str, str]] = set()
    for item in looked_at:
        for name, edit in edits(item):
            kept.edited(item, edit)
            if not any(found(leaf) for leaf in leaves):
                unseen.add((kind_of(item), name))
            kept.put_back(item)
    assert [each for leaf in leaves for each in found(leaf)] == []
    free = {(kind, name) for kind, names in UNBOUND_ATTRIBUTES.items() for name in names}
    missed = unseen - free
    assert not missed, "\n".join(map(str, sorted(missed)))


LINES = {"DUTY", "COURT", "OPENINGS"}
"""Lists whose lines are compared with the case (`side_line_writes`,
`find_number_opening_mismatches`)."""


def test_each_kind_of_item_is_compared_or_listed_as_free_with_its_reason() -> None:
    """The templates of keys name every kind."""
    kinds = {
        kind_of(
            {
                keys.PARTITION_KEY: key.grants[0].replace("*", "of"),
                keys.SORT_KEY: key.begins or "of",
                "state": FileState.KEPT,
            }
        )
        for module in (keys, desk_keys, picture_keys)
        for key in templates_of(module)
        if isinstance(key, Key)
    }
    assert {"REPORT", "PICTURE", "KNOWN", "UNITS", "STAFF", "DESK"} <= kinds
    measured = json.loads(FOUND.read_text(encoding="utf-8")).keys()
    assert kinds - LINES <= UNBOUND_ATTRIBUTES.keys() | measured


def test_verification_finds_a_day_sealed_without_a_case_that_grew_on_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleting the line of the day before midnight hides the case for one night only."""
    case = office.in_review(**naming(PHONE))
    seal_day.handle({"day": today()}, None)
    office.later(days=1)
    hidden = today()
    office.confirm(office.now_case(case), RABAT)
    event = keys.event_key(case.id, office.now_case(case).events)
    item = items.get_item(TABLE, event) or {}
    items.put_item(
        TABLE,
        {
            name: item[name]
            for name in item
            if name not in {keys.FLOW_PARTITION_KEY, keys.FLOW_SORT_KEY}
        },
    )
    assert seal_day.handle({"day": hidden}, None)["leaves"] == 0
    items.put_item(TABLE, item)
    office.later(days=1)
    office.take("referral", office.now_case(case))
    seal_day.handle({"day": today()}, None)
    (told,) = verify_days.handle({"day": today()}, None)["named"]
    assert told["case"] == case.id
    assert told["what"] == f"it grew on {hidden}, which no night has bound"
