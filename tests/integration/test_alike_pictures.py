"""Pictures that look alike: advice on the pages of both cases, for those who may see the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from casework.aws.services import notifications
from casework.aws.services.settings import LinkSettings
from casework.aws.table import items, keys, picture_keys
from casework.aws.table.erasure import erase_report
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.wire import values_from_wire_item
from casework.case.case import Case
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.decisions.staff import Role
from casework.hash_lists.perceptual_hash import MAX_DISTANCE
from casework.linking.picture_matching import (
    MAX_ALIKE,
    MAX_UNDER,
    file_picture_name,
    phone_picture_name,
)
from casework.text.realm import Realm
from functions.desk.queries import picture_matches as shown_alike
from functions.triage.link import follow_record
from functions.triage.pictures import follow_missed_pictures, store_reporter_hashes
from harness.faults.meter import ItemCounts, meter_items
from tests.builders import RABAT, SALE
from tests.integration.desks import TABLE, WORKFLOW, Desk
from tests.office import keep_keys, killed, put_report
from tests.unit.test_alike_pictures import changed, drawn, spread

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
SHOWN = drawn()
Come = Callable[..., str]


@pytest.fixture
def settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> LinkSettings:
    monkeypatch.setattr(notifications, "publish_notification", lambda *_: None)
    return LinkSettings(
        stage="test", case_table=TABLE, pack="ma", workflow=WORKFLOW, topic="t", **keep_keys()
    )


@pytest.fixture
def come(settings: LinkSettings) -> Come:
    """A report with the hashes of pictures comes, and the stream tells of all of it."""
    numbers = iter(range(300, 10_000))

    def one(*pdqs: str, realm: Realm = Realm.REAL) -> str:
        number = next(numbers)
        told_by = [{"kind": "phone", "value": f"0600{number:06d}"}]
        reference = put_report(
            number, realm, pictures=list(pdqs), locations=told_by, narrative="On me menace."
        )
        key = keys.report_key(reference)
        follow_record(settings, key)
        told(settings, reference)
        return reference

    return one


def bands(desk: Desk) -> list[list[str]]:
    """The pictures under each band."""
    found = [
        each
        for each in scanned(keys.clue_key.partition_begins)
        if each[keys.SORT_KEY] == keys.clue_key.begins
    ]
    lists = [[*each.get("vouched", ()), *each.get("pictures", ())] for each in found]
    return sorted(each for each in lists if each)


def beside(reference: str) -> int:
    """Under how many bands a report stands that their items do not name."""
    found = scanned(keys.clue_key.partition_begins)
    return sum(each[keys.SORT_KEY].startswith(f"PICTURE#{reference}") for each in found)


def admit(desk: Desk, settings: LinkSettings, reference: str) -> None:
    """A person admits a report to its case by name, and the stream tells of it."""
    case = case_of(desk, reference)
    ana = desk.enrol(Role.ANALYST)
    desk.report(case, 99)
    answer = desk.decide(case_of(desk, reference), "admissions", {"reports": [reference]}, ana)
    assert answer.status == 200, answer.text
    told = desk.table.get_case(case.id)
    key = keys.event_key(told.id, told.events)
    follow_record(settings, key)


def all_alike(desk: Desk, reference: str, picture: str, by: str) -> list[list[str]]:
    """The reports of all pictures that look like one, page by page."""
    path = f"cases/{case_of(desk, reference).id}/reports/{reference}/pictures/{picture}/alike"
    pages: list[list[str]] = []
    said: dict[str, str] = {}
    while True:
        answer = desk.get(path, by, **said)
        assert answer.status == 200, answer.text
        pages.append([each["report"] for each in answer.document["alike"]])
        if "cursor" not in answer.document:
            return pages
        said = {"cursor": answer.document["cursor"]}


def scanned(prefix: str) -> list[dict[str, Any]]:
    client: Any = boto3.client("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=TABLE)
    found = [values_from_wire_item(item) for page in pages for item in page["Items"]]
    return [each for each in found if each[keys.PARTITION_KEY].startswith(prefix)]


def writes_of(settings: LinkSettings, reference: str) -> list[str]:
    """The writes of looking at the pictures of a report, of which the stream tells twice."""
    made: list[str] = []
    with killed(0, made, after=False):
        told(settings, reference)
    return [each for each in made if each.startswith(("Put", "Update", "Delete", "Transact"))]


def told(settings: LinkSettings, reference: str) -> None:
    """The stream tells of the pictures of a report, and tells it twice."""
    for _ in range(2):
        for each in PictureTable(TABLE, "digest").list_pictures(reference):
            key = picture_keys.picture_key(reference, each.named.name)
            follow_record(settings, key)


def case_of(desk: Desk, reference: str) -> Case:
    return desk.table.get_case(desk.table.reports.get_case_ids([reference])[reference])


def alike(desk: Desk, reference: str, by: str) -> list[list[tuple[str, str, int]]]:
    """What a reader is shown beside each hash of a report: case, report and distance."""
    answer = desk.case(case_of(desk, reference), by)
    (report,) = [each for each in answer.document["reports"] if each["reference"] == reference]
    return [
        [(other["case"], other["report"], other["distance"]) for other in each.get("alike", ())]
        for each in report["hashes"]
    ]


def test_the_hash_of_a_picture_that_stayed_on_the_phone_names_the_other_case(
    desk: Desk, come: Come
) -> None:
    first, near = come(SHOWN), spread(SHOWN, MAX_DISTANCE)
    second, far = come(near), come(changed(SHOWN, MAX_DISTANCE + 40))
    ana = desk.enrol(Role.ANALYST)

    one, two = case_of(desk, first), case_of(desk, second)
    assert one.id != two.id, "a look-alike joins nothing"
    assert one.suggestions == two.suggestions == ()
    assert alike(desk, second, ana) == [[(one.id, first, MAX_DISTANCE)]]
    assert alike(desk, first, ana) == [[(two.id, second, MAX_DISTANCE)]]
    assert alike(desk, far, ana) == [[]]
    told = [event.move for event in desk.table.events(one.id)]
    assert told == ["open", "assess"], "advice is no entry of a history"


def test_a_file_and_a_hash_of_the_same_picture_are_found_by_each_other(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    first = come()
    PictureTable(TABLE, "digest").add(file_picture_name(first, 3), SHOWN, NOW)
    told(settings, first)
    second = come(SHOWN)
    answer = desk.case(case_of(desk, second), desk.enrol(Role.ANALYST))
    (shown,) = answer.document["reports"][0]["hashes"]
    assert shown["alike"] == [
        {
            "case": case_of(desk, first).id,
            "report": first,
            "distance": 0,
            "n": 3,
            "vouched": True,
            "hour": "2026-03-02T11:00:00.000Z",
        }
    ]


def test_a_case_of_another_unit_is_not_named(desk: Desk, settings: LinkSettings) -> None:
    mine, other = desk.referred(unit=RABAT), desk.referred(unit=SALE)
    first, second = (
        desk.report(case, number, pictures=[SHOWN]) for case, number in ((mine, 1), (other, 2))
    )
    for reference in (first, second):
        store_reporter_hashes(settings, reference, [SHOWN])
        told(settings, reference)

    officer = desk.enrol(Role.OFFICER, RABAT)
    assert alike(desk, first, officer) == [[]]
    assert second not in desk.case(mine, officer).text
    assert alike(desk, first, desk.enrol(Role.ANALYST)) == [[(other.id, second, 0)]]


def test_trials_and_reports_of_people_do_not_meet(desk: Desk, come: Come) -> None:
    come(SHOWN)
    trial = come(SHOWN, realm=Realm.TRIAL)
    assert PictureTable(TABLE, "digest").list_pictures(trial)[0].alike == ()


def test_what_everybody_sends_on_pushes_nothing_out_of_a_band(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    sent = [come(SHOWN) for _ in range(MAX_UNDER + 1)]
    before = bands(desk)
    last = come(SHOWN)
    assert bands(desk) == before
    assert beside(last) == 16
    assert max(map(len, before)) <= MAX_UNDER
    for each in [*sent, last]:
        assert len(PictureTable(TABLE, "digest").list_pictures(each)[0].alike) <= MAX_ALIKE


def test_fingerprints_of_strangers_sever_no_two_victims_of_one_picture(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    """Whose picture was kept as a file, or whose report people admitted."""
    first, third = come(), come(spread(SHOWN, 20))
    PictureTable(TABLE, "digest").add(file_picture_name(first, 1), SHOWN, NOW)
    told(settings, first)
    admit(desk, settings, third)
    strangers = [come(spread(SHOWN, 1 + n % 3)) for n in range(3 * MAX_UNDER)]
    second = come()
    PictureTable(TABLE, "digest").add(file_picture_name(second, 1), spread(SHOWN, 9), NOW)
    told(settings, second)

    ana = desk.enrol(Role.ANALYST)
    for mine, others in ((first, [second, third]), (second, [first, third])):
        (picture,) = PictureTable(TABLE, "digest").list_pictures(mine)
        named = [each.picture.reference for each in picture.alike]
        assert named[:2] == others
        assert len(named) == 2 + MAX_ALIKE
        (found,) = all_alike(desk, mine, "file-001", ana)
        assert found[:2] == others
        assert sorted(found[2:]) == sorted(strangers), "all of them, each once"
    shown = alike(desk, third, ana)[0]
    assert {each[1] for each in shown[:2]} == {first, second}


def test_a_report_that_is_admitted_later_is_looked_at_again(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    hers = come(SHOWN)
    for n in range(2 * MAX_UNDER):
        come(spread(SHOWN, 1 + n % 3))
    file = come()
    PictureTable(TABLE, "digest").add(file_picture_name(file, 1), spread(SHOWN, 9), NOW)
    told(settings, file)
    assert hers not in [
        each.picture.reference
        for each in PictureTable(TABLE, "digest").list_pictures(file)[0].alike
    ]
    admit(desk, settings, hers)
    assert PictureTable(TABLE, "digest").list_pictures(file)[0].alike[0].picture.reference == hers
    later = come(spread(SHOWN, 5))
    named = [
        each.picture.reference
        for each in PictureTable(TABLE, "digest").list_pictures(later)[0].alike
    ]
    assert set(named[:2]) == {hers, file}


def test_all_that_look_alike_open_page_by_page_and_each_stands_there_once(
    desk: Desk, come: Come, settings: LinkSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_alike, "PICTURE_KEY_BATCH_SIZE", 2 * MAX_UNDER + 4)
    monkeypatch.setattr(shown_alike, "MAX_OTHERS", 7)
    sent = [come(spread(SHOWN, n % 9)) for n in range(MAX_UNDER + 30)]
    come(changed(SHOWN, MAX_DISTANCE + 60))
    ana = desk.enrol(Role.ANALYST)
    for mine in (sent[0], sent[-1]):
        pages = all_alike(desk, mine, "phone-001", ana)
        assert len(pages) > 2
        found = [each for page in pages for each in page]
        assert sorted(found) == sorted({*sent} - {mine})


def test_all_that_look_alike_are_those_of_cases_that_exist_for_the_reader(
    desk: Desk, settings: LinkSettings
) -> None:
    mine, other = desk.referred(unit=RABAT), desk.referred(unit=SALE)
    first, second = (
        desk.report(case, number, pictures=[SHOWN]) for case, number in ((mine, 1), (other, 2))
    )
    for reference in (first, second):
        store_reporter_hashes(settings, reference, [SHOWN])
        told(settings, reference)
    officer, path = desk.enrol(Role.OFFICER, RABAT), "pictures/phone-001/alike"
    assert all_alike(desk, first, "phone-001", officer) == [[]]
    assert all_alike(desk, first, "phone-001", desk.enrol(Role.ANALYST)) == [[second]]
    for case in (mine, other):
        answer = desk.get(f"cases/{case.id}/reports/{second}/{path}", officer)
        assert second not in answer.text
    assert desk.get(f"cases/{other.id}/reports/{second}/{path}", officer).status == 404


@pytest.mark.parametrize("vouched", [False, True])
def test_a_picture_that_comes_costs_the_same_however_many_came_before(
    desk: Desk, come: Come, settings: LinkSettings, *, vouched: bool
) -> None:
    """Once its bands are full; until then it costs less."""

    def one() -> ItemCounts:
        last = come()
        named = file_picture_name(last, 1) if vouched else phone_picture_name(last, 1)
        PictureTable(TABLE, "digest").add(named, SHOWN, NOW)
        with meter_items() as meter:
            told(settings, last)
        return meter.items

    costs = [one() for _ in range(3 * MAX_UNDER)]
    assert len({*costs[MAX_UNDER + 1 :]}) == 1
    assert max(costs)[0] < 272 + 150


def test_a_new_picture_writes_its_bands_and_itself(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    first = come()
    PictureTable(TABLE, "digest").add(file_picture_name(first, 1), SHOWN, NOW)
    assert writes_of(settings, first) == ["UpdateItem", *["PutItem"] * 16]
    assert {len(each) for each in bands(desk)} == {1}


def test_a_band_that_many_pictures_share_names_the_latest(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    shared = 0xBEEF
    sent = [come(f"{int(drawn(), 16) >> 16 << 16 | shared:064x}") for _ in range(MAX_UNDER + 2)]
    (full,) = [each for each in bands(desk) if len(each) > 1]
    assert [each.partition("#")[0] for each in full] == sent[2:]
    assert [beside(each) for each in sent[:3]] == [1, 1, 0], "the others stand beside it"


def test_an_erased_report_is_in_no_band_and_named_by_nobody(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    first, second = come(SHOWN), come(SHOWN)
    ana = desk.enrol(Role.ANALYST)
    assert erase_report(desk.table, second, NOW, SYSTEM_AUTHOR)
    assert not [each for each in bands(desk) if any(second in mark for mark in each)]
    assert beside(second) == 0
    assert PictureTable(TABLE, "digest").list_pictures(second) == []
    assert alike(desk, first, ana) == [[]]
    PictureTable(TABLE, "digest").add(file_picture_name(second, 1), SHOWN, NOW)
    assert PictureTable(TABLE, "digest").list_pictures(second) == [], (
        "a late result brings nothing back"
    )


def test_a_call_that_was_killed_between_looking_and_storing_is_finished_by_the_next(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    first = come()
    table, picture = PictureTable(TABLE, "digest"), file_picture_name(first, 1)
    table.add(picture, SHOWN, NOW)
    follow_missed_pictures(settings, first)
    for item in scanned(keys.clue_key.partition_begins):
        items.delete_item(TABLE, {name: item[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)})
    told(settings, first)
    assert len(bands(desk)) == 16
