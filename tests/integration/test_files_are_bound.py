"""Each kept file, each result and each opening is bound: what is bound and what is there agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.services.day_seal_store import read_leaves
from casework.aws.steps import task_state
from casework.aws.table import audit_log, file_marks, items, keys
from casework.aws.table.erasure import erase_report
from casework.aws.table.file_table import FileTable
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.report.examination import Scan
from functions.history import seal_day
from tests.integration.full_case import PHONE, file_of, merge_another, naming, open_file, today
from tests.integration.kept_files import examine_file, item_of, keep_file
from tests.integration.nights import BUCKET
from tests.integration.snapshots import Snapshot, found, office_with_nights, other
from tests.office import TABLE, Office
from tools.verify_history import Seen, first_bad, of_table


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office_with_nights(monkeypatch) as opened:
        yield opened


def sealed_case(office: Office) -> Case:
    """A case with two files of its reporter, of which one was opened, after its night."""
    case = office.in_review(**naming(PHONE))
    for number in (1, 2):
        file_of(office, case, case.opened_by, number)
    open_file(office, office.now_case(case), case.opened_by)
    seal_day.handle({"day": today()}, None)
    return office.now_case(case)


def put(item: Mapping[str, Any], **changes: Any) -> None:
    """The item is stored with changes; None removes an attribute."""
    changed = {**item, **changes}
    items.put_item(TABLE, {name: value for name, value in changed.items() if value is not None})


def said_of(office: Office, case: Case) -> list[str]:
    return list(find_history_differences(office.table, case.id))


ATTACKS = (
    *("name", "size", "slotted_at", "kept_at", "declared", "digest", "md5", "bound", "salt"),
    *("vault", "version", "sealed", "wrapped", "key_id", "scanner", "scanned", "preview"),
    *("examination", "pages", "pages_wrapped", "marked"),
)


def test_no_sealed_file_can_vanish_or_change(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding E1: by `make verify-history` and by the night, whichever attribute it is."""
    case = sealed_case(office)
    (leaf,) = [each for each in read_leaves(BUCKET, today()) if each and each.case == case.id]
    item = item_of(FileTable(TABLE, "digest"), case.opened_by, 1)
    kept = Snapshot(office.items(""))
    kept.reads(monkeypatch)
    assert found(leaf) == []
    assert tuple(name for name in ATTACKS if name in item) == ATTACKS, "each is stored"
    for name in ATTACKS:
        for edit in (
            {**item, name: other(item[name])},
            {each: value for each, value in item.items() if each != name},
        ):
            kept.edited(item, edit)
            assert found(leaf) != [], name
            kept.put_back(item)
    kept.edited(item, None)
    assert {each.what for each in found(leaf)} == {
        f"report {case.opened_by} has not as many files as it counts",
        f"file 1 of report {case.opened_by} is gone",
        f"the file of opening {case.events} is gone",
    }
    kept.put_back(item)
    assert found(leaf) == []


def test_verify_history_finds_a_sealed_file_that_is_gone(office: Office) -> None:
    case = sealed_case(office)
    assert first_bad(of_table(TABLE), Seen()) is None
    items.delete_item(TABLE, keys.file_key(case.opened_by, 2))
    bad = first_bad(of_table(TABLE), Seen())
    assert bad is not None
    told = f"report {case.opened_by} has not as many files as it counts"
    assert (bad.case, bad.what) == (case.id, told)


def test_a_count_cannot_hide_the_files_of_a_report(office: Office) -> None:
    """The desk looks for files where the report counts any."""
    case = sealed_case(office)
    report = items.get_item(TABLE, keys.report_key(case.opened_by)) or {}
    put(report, file_count=None)
    told = f"report {case.opened_by} has not as many files as it counts"
    assert said_of(office, case) == [told]
    put(report, file_count=1)
    items.delete_item(TABLE, keys.file_key(case.opened_by, 2))
    assert said_of(office, case) == [f"file 2 of report {case.opened_by} is gone"]


def test_two_files_cannot_change_places(office: Office) -> None:
    """Also with all that they have, so that each is whole by itself."""
    case = sealed_case(office)
    table = FileTable(TABLE, "digest")
    first, second = (item_of(table, case.opened_by, number) for number in (1, 2))
    put({**second, keys.SORT_KEY: first[keys.SORT_KEY]})
    put({**first, keys.SORT_KEY: second[keys.SORT_KEY]})
    told = said_of(office, case)
    for number in (1, 2):
        assert f"file {number} of report {case.opened_by} is not the one that was kept" in told


def test_a_file_that_nobody_received_is_found_after_its_second_night(office: Office) -> None:
    case = sealed_case(office)
    genuine = item_of(FileTable(TABLE, "digest"), case.opened_by, 1)
    put({**genuine, keys.SORT_KEY: "FILE#003"}, marked=None)
    put(items.get_item(TABLE, keys.report_key(case.opened_by)) or {}, file_count=3)
    office.later(days=2)
    audit_log.record_access(TABLE, case.id, task_state.now(), "view", "an-officer")
    seal_day.handle({"day": today()}, None)
    assert f"file 3 of report {case.opened_by} is in no log" in said_of(office, case)


def test_a_file_of_an_erased_report_is_not_missed(office: Office) -> None:
    case = sealed_case(office)
    erase_report(office.table, case.opened_by, task_state.now(), SYSTEM_AUTHOR)
    assert said_of(office, case) == []


def test_a_file_that_moved_with_its_report_is_found_from_both_cases(office: Office) -> None:
    case = office.in_review(**naming(PHONE))
    moved: list[str] = []

    def before(now: Case, joined: str) -> None:
        file_of(office, now, joined)
        moved.append(joined)

    merged = merge_another(office, case, before)
    seal_day.handle({"day": today()}, None)
    cases = (office.now_case(case), office.now_case(merged))
    assert [said_of(office, each) for each in cases] == [[], []]
    (reference,) = moved
    item = item_of(FileTable(TABLE, "digest"), reference, 1)
    put(item, kept_at="2026-01-01T00:00:00.000Z")
    for each in cases:
        assert f"file 1 of report {reference} is not as it was kept" in said_of(office, each)
    items.delete_item(TABLE, keys.file_key(reference, 1))
    assert said_of(office, cases[1]) == [f"file 1 of report {reference} is gone"]


def test_a_result_of_the_scanner_is_not_taken_back(office: Office) -> None:
    """A file that was found malicious cannot be shown as clean, though it was clean before."""
    case = office.in_review(**naming(PHONE))
    file_of(office, case, case.opened_by)
    table = FileTable(TABLE, "digest")
    clean = item_of(table, case.opened_by, 1)
    file = table.file(case.opened_by, 1)
    assert file is not None
    file_marks.record_scanned_mark(
        TABLE, case.id, case.opened_by, 1, Scan.MALICIOUS, task_state.now()
    )
    assert table.store_scan(file, Scan.MALICIOUS)
    seal_day.handle({"day": today()}, None)
    assert said_of(office, case) == []
    for weaker in (Scan.CLEAN, Scan.NOT_SCANNED):
        assert not table.store_scan(file, weaker)
    put(clean)
    told = f"file 1 of report {case.opened_by} has not the result that the scanner told"
    assert said_of(office, case) == [told]


def test_a_file_from_before_is_verified_as_far_as_it_was_bound(office: Office) -> None:
    """Its mark holds the commitment to its bytes, and the version in the vault."""
    case = office.in_review(**naming(PHONE))
    table = FileTable(TABLE, "digest")
    item = keep_file(table, case.opened_by, 1, case.id, task_state.now())
    (mark,) = (
        each for each in audit_log.read_marks(TABLE, case.id) if "#file#" in each[keys.SORT_KEY]
    )
    items.put_item(
        TABLE,
        {name: mark[name] for name in mark if name != file_marks.STORED_FILE_COMMITMENT_FIELD},
    )
    put(item, sealed=None)
    seal_day.handle({"day": today()}, None)
    seen = Seen()
    assert first_bad(of_table(TABLE), seen) is None
    assert seen.not_bound == 1
    put(item, sealed=None, version="v9")
    told = f"file 1 of report {case.opened_by} is not the one that was kept"
    assert said_of(office, case) == [told]


def test_a_result_after_the_night_is_bound_by_the_next(office: Office) -> None:
    case = office.in_review(**naming(PHONE))
    table = FileTable(TABLE, "digest")
    keep_file(table, case.opened_by, 1, case.id, task_state.now())
    seal_day.handle({"day": today()}, None)
    office.later(days=1)
    examine_file(table, case.opened_by, 1, task_state.now() + timedelta(minutes=1))
    seal_day.handle({"day": today()}, None)
    assert said_of(office, case) == []
    item = item_of(table, case.opened_by, 1)
    put(item, **dict.fromkeys(file_marks.COMMITTED_RESULT_FIELDS))
    told = f"file 1 of report {case.opened_by} has not the result of its examination that was found"
    assert said_of(office, case) == [told]
