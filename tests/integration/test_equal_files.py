"""Files with the same bytes are told beside each other, to those for whom both cases exist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from casework.aws.services import notifications
from casework.aws.services.settings import LinkSettings
from casework.aws.table import items, keys
from casework.aws.table.erasure import erase_report
from casework.aws.table.file_table import FileTable
from casework.aws.table.picture_table import PictureTable, ReportPicture
from casework.aws.table.wire import values_from_wire_item
from casework.case.case import Case
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.decisions.staff import Role
from casework.linking.picture_matching import MAX_UNDER, file_picture_name
from functions.triage.link import follow_record
from tests.builders import RABAT, SALE
from tests.integration.desks import TABLE, WORKFLOW, Desk
from tests.integration.kept_files import keep_file
from tests.office import keep_keys

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)
PHOTO, OTHER = b"the bytes of a photograph", b"other bytes"


@pytest.fixture
def settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> LinkSettings:
    monkeypatch.setattr(notifications, "publish_notification", lambda *_: None)
    return LinkSettings(
        stage="test", case_table=TABLE, pack="ma", workflow=WORKFLOW, topic="t", **keep_keys()
    )


def kept(
    settings: LinkSettings, case: Case, reference: str, content: bytes, number: int = 1, **said: Any
) -> None:
    """A report has a kept file, and the stream tells of it, twice."""
    table = FileTable(TABLE, "digest")
    keep_file(table, reference, number, case.id, AT, content=content, **said)
    told = keys.file_mark(reference, number)
    mark = keys.mark_key(case.id, "2026-03-02", keys.STORED_FILE_MARK_KIND, told)
    for _ in range(2):
        follow_record(settings, mark)


def same(desk: Desk, case: Case, by: str) -> dict[tuple[str, int], list[tuple[str, str, int]]]:
    """By report and number of each file of a case, the files that are shown as the same."""
    answer = desk.case(desk.table.get_case(case.id), by)
    assert answer.status == 200, answer.text
    return {
        (report["reference"], file["n"]): [
            (each["case"], each["report"], each["n"]) for each in file["same"]
        ]
        for report in answer.document["reports"]
        for file in report["files"]
    }


def named() -> list[str]:
    """What is named under the bytes of files."""
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    found = [values_from_wire_item(item) for page in pages for item in page["Items"]]
    under = [each for each in found if each[keys.PARTITION_KEY].startswith("CLUE#same-")]
    return sorted(
        each[keys.SORT_KEY].removeprefix("PICTURE#") if "vouched" not in each else mark
        for each in under
        for mark in each.get("vouched", ("",))
    )


def test_equal_files_of_a_case_are_told_beside_each_other(
    desk: Desk, settings: LinkSettings
) -> None:
    """Evidence case E34."""
    case = desk.referred()
    first, second = desk.report(case, 1), desk.report(case, 2)
    kept(settings, case, first, PHOTO)
    kept(settings, case, first, OTHER, 2)
    kept(settings, case, second, PHOTO)
    officer = desk.enrol(Role.OFFICER, RABAT)
    assert same(desk, case, officer) == {
        (first, 1): [(case.id, second, 1)],
        (first, 2): [],
        (second, 1): [(case.id, first, 1)],
    }


def test_equal_files_of_other_cases_are_told_to_those_for_whom_they_exist(
    desk: Desk, settings: LinkSettings
) -> None:
    """Evidence case E34."""
    mine, other = desk.referred(unit=RABAT), desk.referred(unit=SALE)
    first, second = desk.report(mine, 1), desk.report(other, 2)
    kept(settings, mine, first, PHOTO)
    kept(settings, other, second, PHOTO)
    ana, officer = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    assert same(desk, mine, ana) == {(first, 1): [(other.id, second, 1)]}
    assert same(desk, other, ana) == {(second, 1): [(mine.id, first, 1)]}
    assert same(desk, mine, officer) == {(first, 1): []}
    assert other.id not in desk.case(desk.table.get_case(mine.id), officer).text


def test_what_is_named_under_other_bytes_is_told_of_nobody(
    desk: Desk, settings: LinkSettings
) -> None:
    """Evidence case E34: a writer of the table cannot make two files look equal."""
    case = desk.referred()
    first, second = desk.report(case, 1), desk.report(case, 2)
    kept(settings, case, first, PHOTO)
    kept(settings, case, second, OTHER)
    item = items.get_item(TABLE, keys.file_key(first, 1)) or {}
    planted = ReportPicture(file_picture_name(second, 1), hidden=b"", vouched=True)
    PictureTable(TABLE).keep(item["same"], planted, AT)
    assert not any(same(desk, case, desk.enrol(Role.OFFICER, RABAT)).values())


def test_an_erased_report_is_named_under_no_bytes(desk: Desk, settings: LinkSettings) -> None:
    case = desk.referred()
    first, second = desk.report(case, 1), desk.report(case, 2)
    for reference in (first, second):
        kept(settings, case, reference, PHOTO)
    assert named() == [f"{each}#file-001" for each in sorted((first, second))]
    assert erase_report(desk.table, second, AT, SYSTEM_AUTHOR)
    assert named() == [f"{first}#file-001"]
    assert same(desk, case, desk.enrol(Role.OFFICER, RABAT)) == {(first, 1): []}


def test_a_file_that_everybody_sends_names_the_latest_and_says_that_there_are_more(
    desk: Desk, settings: LinkSettings
) -> None:
    case = desk.referred()
    sent = [desk.report(case, number) for number in range(1, MAX_UNDER + 3)]
    for reference in sent:
        kept(settings, case, reference, PHOTO)
    answer = desk.case(desk.table.get_case(case.id), desk.enrol(Role.OFFICER, RABAT))
    files = [each["files"][0] for each in answer.document["reports"]]
    assert all(each["same_more"] for each in files)
    assert len(named()) == len(sent), "none is lost"


def test_a_file_from_before_is_found_beside_those_of_the_same_page(
    desk: Desk, settings: LinkSettings
) -> None:
    case = desk.referred()
    first, second = desk.report(case, 1), desk.report(case, 2)
    kept(settings, case, first, PHOTO, clear=True)
    kept(settings, case, second, PHOTO)
    officer = desk.enrol(Role.OFFICER, RABAT)
    assert same(desk, case, officer)[first, 1] == [(case.id, second, 1)]
    assert same(desk, case, officer)[second, 1] == [(case.id, first, 1)]
