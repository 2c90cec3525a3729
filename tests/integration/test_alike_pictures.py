"""Pictures that look alike: advice on the pages of both cases, for those who may see the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from casework.aws.services import announcements
from casework.aws.services.settings import LinkSettings
from casework.aws.table import items, keys, picture_keys
from casework.aws.table.erasure import erase_report
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.wire import from_wire
from casework.case.case import Case
from casework.case.parts import SYSTEM
from casework.decisions.staff import Role
from casework.known.looks import ALIKE
from casework.linking.pictures import MOST_ALIKE, MOST_UNDER, of_file
from casework.text.realm import Realm
from functions.triage.link import follow_record
from functions.triage.pictures import follow_missed_pictures, hashes_came
from tests.builders import RABAT, SALE
from tests.integration.desks import TABLE, WORKFLOW, Desk
from tests.office import keep_keys, killed, put_report
from tests.unit.test_alike_pictures import changed, drawn, spread

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
SHOWN = drawn()
Come = Callable[..., str]


@pytest.fixture
def settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> LinkSettings:
    monkeypatch.setattr(announcements, "publish", lambda *_: None)
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
        follow_record(settings, key[keys.PARTITION], key[keys.SORT])
        told(settings, reference)
        return reference

    return one


def bands(desk: Desk) -> list[list[str]]:
    """The pictures under each band."""
    found = scanned(keys.CLUE_PREFIX)
    return sorted(each["pictures"] for each in found if "pictures" in each)


def scanned(prefix: str) -> list[dict[str, Any]]:
    client: Any = boto3.client("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=TABLE)
    found = [from_wire(item) for page in pages for item in page["Items"]]
    return [each for each in found if each[keys.PARTITION].startswith(prefix)]


def writes_of(settings: LinkSettings, reference: str) -> list[str]:
    """The writes of looking at the pictures of a report, of which the stream tells twice."""
    made: list[str] = []
    with killed(0, made, after=False):
        told(settings, reference)
    return [each for each in made if each.startswith(("Put", "Update", "Delete", "Transact"))]


def told(settings: LinkSettings, reference: str) -> None:
    """The stream tells of the pictures of a report, and tells it twice."""
    for _ in range(2):
        for each in PictureTable(TABLE).of(reference):
            key = picture_keys.picture_key(reference, each.named.name)
            follow_record(settings, key[keys.PARTITION], key[keys.SORT])


def case_of(desk: Desk, reference: str) -> Case:
    return desk.table.case(desk.table.reports.cases_of([reference])[reference])


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
    first, near = come(SHOWN), spread(SHOWN, ALIKE)
    second, far = come(near), come(changed(SHOWN, ALIKE + 40))
    ana = desk.enrol(Role.ANALYST)

    one, two = case_of(desk, first), case_of(desk, second)
    assert one.id != two.id, "a look-alike joins nothing"
    assert one.suggestions == two.suggestions == ()
    assert alike(desk, second, ana) == [[(one.id, first, ALIKE)]]
    assert alike(desk, first, ana) == [[(two.id, second, ALIKE)]]
    assert alike(desk, far, ana) == [[]]
    told = [event.move for event in desk.table.events(one.id)]
    assert told == ["open", "assess"], "advice is no entry of a history"


def test_a_file_and_a_hash_of_the_same_picture_are_found_by_each_other(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    first = come()
    PictureTable(TABLE).add(of_file(first, 3), SHOWN)
    told(settings, first)
    second = come(SHOWN)
    answer = desk.case(case_of(desk, second), desk.enrol(Role.ANALYST))
    (shown,) = answer.document["reports"][0]["hashes"]
    assert shown["alike"] == [
        {"case": case_of(desk, first).id, "report": first, "distance": 0, "n": 3}
    ]


def test_a_case_of_another_unit_is_not_named(desk: Desk, settings: LinkSettings) -> None:
    mine, other = desk.referred(unit=RABAT), desk.referred(unit=SALE)
    first, second = (
        desk.report(case, number, pictures=[SHOWN]) for case, number in ((mine, 1), (other, 2))
    )
    for reference in (first, second):
        hashes_came(settings, reference, [SHOWN])
        told(settings, reference)

    officer = desk.enrol(Role.OFFICER, RABAT)
    assert alike(desk, first, officer) == [[]]
    assert second not in desk.case(mine, officer).text
    assert alike(desk, first, desk.enrol(Role.ANALYST)) == [[(other.id, second, 0)]]


def test_trials_and_reports_of_people_do_not_meet(desk: Desk, come: Come) -> None:
    come(SHOWN)
    trial = come(SHOWN, realm=Realm.TRIAL)
    assert PictureTable(TABLE).of(trial)[0].alike == ()


def test_what_everybody_sends_on_fills_no_list_and_writes_only_beside_itself(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    sent = [come(SHOWN) for _ in range(MOST_UNDER + 1)]
    before = bands(desk)
    last = come()
    PictureTable(TABLE).add(of_file(last, 1), SHOWN)

    assert writes_of(settings, last) == ["UpdateItem"], "its own item, also when told twice"
    assert bands(desk) == before
    assert max(map(len, before)) <= MOST_UNDER
    assert len(PictureTable(TABLE).of(last)[0].alike) == MOST_ALIKE
    for each in sent:
        assert len(PictureTable(TABLE).of(each)[0].alike) <= MOST_ALIKE


def test_a_new_picture_writes_its_bands_and_itself(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    first = come()
    PictureTable(TABLE).add(of_file(first, 1), SHOWN)
    assert writes_of(settings, first) == ["UpdateItem", *["PutItem"] * 16]
    assert {len(each) for each in bands(desk)} == {1}


def test_a_band_that_many_pictures_share_names_the_latest(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    shared = 0xBEEF
    sent = [come(f"{int(drawn(), 16) >> 16 << 16 | shared:064x}") for _ in range(MOST_UNDER + 2)]
    (full,) = [each for each in bands(desk) if len(each) > 1]
    assert [each.partition("#")[0] for each in full] == sent[2:]


def test_an_erased_report_is_in_no_band_and_named_by_nobody(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    first, second = come(SHOWN), come(SHOWN)
    ana = desk.enrol(Role.ANALYST)
    assert erase_report(desk.table, second, NOW, SYSTEM)
    assert not [each for each in bands(desk) if any(second in mark for mark in each)]
    assert PictureTable(TABLE).of(second) == []
    assert alike(desk, first, ana) == [[]]
    PictureTable(TABLE).add(of_file(second, 1), SHOWN)
    assert PictureTable(TABLE).of(second) == [], "a late result brings nothing back"


def test_a_call_that_was_killed_between_looking_and_storing_is_finished_by_the_next(
    desk: Desk, come: Come, settings: LinkSettings
) -> None:
    first = come()
    table, picture = PictureTable(TABLE), of_file(first, 1)
    table.add(picture, SHOWN)
    follow_missed_pictures(settings, first)
    for item in scanned(keys.CLUE_PREFIX):
        items.delete(TABLE, {name: item[name] for name in (keys.PARTITION, keys.SORT)})
    told(settings, first)
    assert len(bands(desk)) == 16
