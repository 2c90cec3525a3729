"""Known material: what the lists in force say of each file and picture, beside it and for people.

All lists here are synthetic: their hashes were drawn, or are of files made for the test.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from pydantic import ValidationError

from casework.aws.services import hash_list_store, notifications, telemetry
from casework.aws.services.settings import LinkSettings
from casework.aws.table import audit_log, items, keys, picture_keys
from casework.aws.table.erasure import erase_report
from casework.aws.table.file_table import FileTable
from casework.aws.table.hash_lookup_table import HashLookupTable
from casework.aws.table.picture_table import PictureTable
from casework.case.case import Case
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.decisions.staff import Role
from casework.hash_lists.catalogue import HashListCatalogue
from casework.linking.picture_matching import file_picture_name, phone_picture_name
from casework.pack.jurisdiction import open_pack
from casework.report.file_limits import FileState
from functions.triage import hash_lookups, link
from functions.triage.link import follow_record
from functions.triage.pictures import store_reporter_hashes
from tests.builders import RABAT, SALE
from tests.integration.desks import TABLE, WORKFLOW, Desk
from tests.integration.test_files_at_the_desk import announced
from tests.office import keep_keys, killed
from tests.unit.test_alike_pictures import changed, drawn
from tests.unit.test_known_material import file_of, manifest
from tools import known_lists as tool
from tools.known_lists import ListStage, Refused

LISTS = "lists"
NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
SHOWN = drawn()
MOST_CALLS = 70
CONTENT = b"a file that was made for this test"
SHA256, MD5 = (hashlib.new(name, CONTENT).hexdigest() for name in ("sha256", "md5"))


@pytest.fixture
def settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[LinkSettings]:
    monkeypatch.setattr(notifications, "publish_notification", lambda *_: None)
    monkeypatch.setattr(hash_list_store, "CACHE_SECONDS", 0)
    s3: Any = boto3.client("s3")
    region = {"LocationConstraint": "eu-west-3"}
    s3.create_bucket(Bucket=LISTS, CreateBucketConfiguration=region)
    s3.put_bucket_versioning(Bucket=LISTS, VersioningConfiguration={"Status": "Enabled"})
    told = LinkSettings(
        stage="test",
        case_table=TABLE,
        pack="ma",
        workflow=WORKFLOW,
        topic="t",
        lists=LISTS,
        **keep_keys(),
    )
    monkeypatch.setattr(link, "_settings", lambda: told)
    hash_lookups._held.cache_clear()
    yield told
    hash_lookups._held.cache_clear()


@pytest.fixture
def place(settings: LinkSettings) -> ListStage:
    """The operator's place, whose function that asks again is the real one."""

    def ask(references: list[str]) -> list[str]:
        return link.reprocess({"references": references}, None)["failed"]

    return ListStage(LISTS, TABLE, ask, open_pack("ma"))


Load = Callable[..., list[str]]


@pytest.fixture
def load(place: ListStage, tmp_path: Path) -> Load:
    """An operator loads a list; what the command said."""

    def one(*hashes: str, go: bool = True, **said: Any) -> list[str]:
        delivered = file_of(*hashes)
        told = manifest(delivered, **said).model_dump(mode="json")
        (tmp_path / "list.txt").write_bytes(delivered)
        lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in told.items())
        (tmp_path / "list.toml").write_text(lines, encoding="utf-8")
        return list(
            tool.load_list_version(place, tmp_path / "list.txt", tmp_path / "list.toml", NOW, go=go)
        )

    return one


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(telemetry, "count_metric", lambda name, *_: names.append(name))
    return names


_numbers = iter(range(500, 10_000))


def come(desk: Desk, *pdqs: str) -> str:
    """A report with hashes of pictures is in its case, and the stream tells of each, twice."""
    number = next(_numbers)
    reference = desk.report(desk.in_review(), number, pictures=list(pdqs))
    store_reporter_hashes(link._settings(), reference, pdqs)
    for at in range(1, len(pdqs) + 1):
        name = phone_picture_name(reference, at).name
        told(reference, picture_keys.picture_key(reference, name)[keys.SORT_KEY])
    return reference


def told(reference: str, sort: str) -> None:
    """The stream tells of an item of a report, twice."""
    for _ in range(2):
        follow_record(link._settings(), {**keys.report_key(reference), keys.SORT_KEY: sort})


def keep_file(desk: Desk, reference: str, *, md5: bool = True) -> None:
    """A file is kept, marked, and told of by the stream, twice."""
    file = announced(reference, 1, "a.bin", declared=None)
    item = items.get_item(TABLE, keys.file_key(file.reference, file.number))
    assert item is not None
    said = {"state": FileState.KEPT, "kept_at": "2026-03-02T11:00:00Z"}
    table = FileTable(TABLE, "digest")
    hidden = table.hidden(file, bytes.fromhex(SHA256), bytes.fromhex(MD5))
    if not md5:
        del hidden["md5"]
    items.put_item(TABLE, {**item, **said, **hidden})
    case, what = case_of(desk, reference), keys.file_mark(reference, 1)
    mark = keys.mark_key(case.id, "2026-03-02", keys.STORED_FILE_MARK_KIND, what)
    for _ in range(2):
        follow_record(link._settings(), mark)


def case_of(desk: Desk, reference: str) -> Case:
    return desk.table.get_case(desk.table.reports.get_case_ids([reference])[reference])


def shown(desk: Desk, reference: str, by: str = "") -> dict[str, Any]:
    """A report, as an analyst is shown it."""
    answer = desk.case(case_of(desk, reference), by or desk.enrol(Role.ANALYST))
    (report,) = [each for each in answer.document["reports"] if each["reference"] == reference]
    return dict(report)


def answers(desk: Desk, reference: str) -> list[tuple[str, str, str, int | None]]:
    """List, version, what was found and how far, of the first hash of a report."""
    return [
        (each["list"], each["version"], each["found"], each.get("distance"))
        for each in shown(desk, reference)["hashes"][0].get("known", ())
    ]


def marks(desk: Desk, reference: str) -> list[dict[str, Any]]:
    """The marks of asked lists in the log of its case."""
    found = audit_log.read_marks(TABLE, case_of(desk, reference).id)
    return [each for each in found if f"#{hash_lookups.LOOKUP_MARK}#" in each["sk"]]


def broken(key: str) -> None:
    boto3.client("s3").put_object(Bucket=LISTS, Key=key, Body=b"what was never loaded")


def content_of(name: str = "synthetic-pictures") -> str:
    listed = hash_list_store.read_catalogue(LISTS).find_list(name)
    assert listed is not None
    return hash_list_store.hash_list_object_key(listed.content)


def test_e22_a_match_is_advice_beside_the_picture_and_moves_nothing(
    desk: Desk, load: Load, counted: list[str]
) -> None:
    """Evidence case E22: 31 and 32 bits away."""
    load(SHOWN)
    reference, far = come(desk, changed(SHOWN, 31)), come(desk, changed(SHOWN, 32))
    other = case_of(desk, come(desk))

    (hash_,) = shown(desk, reference)["hashes"]
    (answer,) = hash_["known"]
    assert answer == {
        "list": "synthetic-pictures",
        "version": "1",
        "source": "Synthetic: drawn for a test, of no picture",
        "dated": "2026-03-01",
        "kind": "pdq",
        "about": "child-abuse",
        "found": "known",
        "asked_at": answer["asked_at"],
        "distance": 31,
        "category": "child_sexual_exploitation",
        "priority": "urgent",
    }
    assert answers(desk, far) == [("synthetic-pictures", "1", "not_known", None)]
    case = case_of(desk, reference)
    of_nothing = {"id", "number", "opened_by", "correlation_id", "execution", "head"}
    assert case.model_dump(exclude=of_nothing) == other.model_dump(exclude=of_nothing)
    assert [event.move for event in desk.table.events(case.id)] == ["open", "assess"]
    assert counted.count("KnownFound") == 1
    assert counted.count("ListsAsked") == 1


def test_e22_the_answers_are_marked_once_however_often_the_stream_tells_them(
    desk: Desk, load: Load
) -> None:
    """Evidence case E22."""
    load(SHOWN)
    reference = come(desk, changed(SHOWN, 7))
    name = phone_picture_name(reference, 1).name
    told(reference, picture_keys.picture_key(reference, name)[keys.SORT_KEY])
    (mark,) = marks(desk, reference)
    assert (mark["by"], mark["asked"], mark["known"]) == (
        SYSTEM_AUTHOR,
        "look",
        "synthetic-pictures@1:7",
    )
    assert SHOWN not in json.dumps(mark, default=str)
    assert changed(SHOWN, 7) not in json.dumps(mark, default=str)


def test_e22_a_list_that_was_withdrawn_is_still_named_and_no_longer_matched(
    desk: Desk, load: Load, place: ListStage
) -> None:
    """Evidence case E22."""
    load(SHOWN)
    reference = come(desk, SHOWN)
    assert list(tool.withdraw_list_version(place, "synthetic-pictures", NOW, go=True))
    assert answers(desk, reference)[0][2] == "known", "until it is asked again"
    list(tool.repeat_missing_lookups(place, go=True))

    assert answers(desk, reference) == [("synthetic-pictures", "1", "former", 0)]
    (answer,) = shown(desk, reference)["hashes"][0]["known"]
    assert "priority" not in answer
    told_of = {(each.get("known"), each.get("former")) for each in marks(desk, reference)}
    assert told_of == {("synthetic-pictures@1:0", None), (None, "synthetic-pictures@1:0")}
    later = come(desk, SHOWN)
    assert answers(desk, later) == []


def test_a_new_version_is_asked_within_a_minute_and_of_earlier_pictures_by_command(
    desk: Desk, load: Load, place: ListStage
) -> None:
    load(drawn(), version="2026-02")
    reference = come(desk, SHOWN)
    said = load(SHOWN, version="2026-03")
    assert any(
        "Instead of synthetic-pictures@2026-02: 1 hashes more, 1 no longer" in s for s in said
    )
    assert answers(desk, reference)[0][1:3] == ("2026-02", "not_known")
    assert next(iter(tool.repeat_missing_lookups(place, go=False))).startswith("1 reports")
    assert answers(desk, reference)[0][1] == "2026-02", "without GO=1 nothing is asked"
    list(tool.repeat_missing_lookups(place, go=True))
    assert answers(desk, reference) == [("synthetic-pictures", "2026-03", "known", 0)]
    assert next(iter(tool.repeat_missing_lookups(place, go=False))).startswith("0 reports")


@pytest.mark.parametrize(("kind", "digest"), [("sha256", SHA256), ("md5", MD5)])
def test_a_file_is_known_by_its_bytes(desk: Desk, load: Load, kind: str, digest: str) -> None:
    load(digest, name="synthetic-files", kind=kind)
    reference = come(desk)
    keep_file(desk, reference)
    (file,) = shown(desk, reference)["files"]
    (answer,) = file["known"]
    assert (answer["list"], answer["found"], answer["kind"]) == ("synthetic-files", "known", kind)
    assert "distance" not in answer
    (mark,) = marks(desk, reference)
    assert (mark["asked"], mark["known"]) == ("bytes", "synthetic-files@1")


def test_a_file_that_was_kept_before_md5_was_computed_is_not_said_to_be_unknown(
    desk: Desk, load: Load
) -> None:
    load("ab" * 16, name="synthetic-files", kind="md5")
    reference = come(desk)
    keep_file(desk, reference, md5=False)
    assert shown(desk, reference)["files"][0]["known"][0]["found"] == "not_asked"


@pytest.mark.parametrize("how", ["deleted", "other bytes"])
def test_a_list_that_cannot_be_read_rings_and_delays_no_report(
    desk: Desk, load: Load, place: ListStage, counted: list[str], how: str
) -> None:
    other = drawn()
    load(SHOWN)
    load(other, name="another-list")
    key = content_of()
    whole = boto3.client("s3").get_object(Bucket=LISTS, Key=key)["Body"].read()
    if how == "deleted":
        boto3.client("s3").delete_object(Bucket=LISTS, Key=key)
    else:
        broken(key)
    reference = come(desk, SHOWN)

    found = {each[0]: each[2] for each in answers(desk, reference)}
    assert found == {"another-list": "not_known", "synthetic-pictures": "not_asked"}
    assert "ListsNotAsked" in counted
    assert marks(desk, reference)[0]["not_asked"] == "synthetic-pictures@1"
    with pytest.raises(Refused, match="synthetic-pictures@1"):
        list(tool.check(place))

    boto3.client("s3").put_object(Bucket=LISTS, Key=key, Body=whole)
    assert list(tool.check(place))[-1].startswith("Lists in force: 2.")
    list(tool.repeat_missing_lookups(place, go=True))
    assert {each[0]: each[2] for each in answers(desk, reference)} == {
        "another-list": "not_known",
        "synthetic-pictures": "known",
    }


@pytest.mark.parametrize("how", ["deleted", "no catalogue"])
def test_where_the_catalogue_cannot_be_read_the_page_says_that_no_list_was_asked(
    desk: Desk, load: Load, place: ListStage, counted: list[str], how: str
) -> None:
    load(SHOWN)
    if how == "deleted":
        boto3.client("s3").delete_object(Bucket=LISTS, Key=hash_list_store.CATALOGUE_OBJECT_KEY)
    else:
        broken(hash_list_store.CATALOGUE_OBJECT_KEY)
    reference = come(desk, SHOWN)
    (hash_,) = shown(desk, reference)["hashes"]
    assert hash_["lists_unread"] is True
    assert "ListsNotAsked" in counted
    assert marks(desk, reference)[0]["not_asked"] == "*"
    for command in (tool.show(place), tool.check(place), tool.tidy(place, go=True)):
        with pytest.raises(Refused, match="catalogue"):
            list(command)


def test_without_lists_nothing_is_stored_or_marked(
    desk: Desk, settings: LinkSettings, counted: list[str]
) -> None:
    reference = come(desk, SHOWN)
    assert HashLookupTable(TABLE).list_lookups(reference) == []
    assert marks(desk, reference) == []
    assert not {"ListsNotAsked", "ListsAsked", "KnownFound"} & set(counted)
    assert shown(desk, reference)["hashes"] == [
        {"n": 1, "alike": [], "alike_more": False, "known": [], "lists_unread": False}
    ]


def test_a_call_that_was_killed_anywhere_is_finished_by_the_next(
    desk: Desk, load: Load, settings: LinkSettings
) -> None:
    """A kill before a call equals a kill after the former call: only the first needs both."""
    load(SHOWN)
    reference = come(desk)
    for stop in range(MOST_CALLS):
        number = next(_numbers)
        PictureTable(TABLE, "digest").add(
            file_picture_name(reference, number), changed(SHOWN, 3), NOW
        )
        sort = picture_keys.picture_key(reference, file_picture_name(reference, number).name)[
            keys.SORT_KEY
        ]
        made: list[str] = []
        with killed(max(stop, 1), made, after=stop > 0):
            follow_record(settings, {**keys.report_key(reference), keys.SORT_KEY: sort})
        told(reference, sort)
        one = HashLookupTable(TABLE).get_lookup(file_picture_name(reference, number), look=True)
        assert one is not None
        assert one.marked == one.answers.digest
        of_this = [each for each in marks(desk, reference) if f"#file-{number:03d}#" in each["sk"]]
        assert len(of_this) == 1
        if len(made) < stop:
            assert stop > 40, "it was not killed while it asked the lists"
            return
    raise AssertionError("it makes more calls, and was not killed at the last ones")


def test_an_erased_report_takes_its_answers_along(desk: Desk, load: Load) -> None:
    load(SHOWN)
    reference = come(desk, SHOWN)
    assert erase_report(desk.table, reference, NOW, SYSTEM_AUTHOR)
    assert HashLookupTable(TABLE).list_lookups(reference) == []
    hash_lookups.look_up_picture(link._settings(), phone_picture_name(reference, 1), SHOWN)
    assert HashLookupTable(TABLE).list_lookups(reference) == [], "a late answer brings nothing back"


def test_who_may_not_see_the_case_is_not_told_of_a_match(desk: Desk, load: Load) -> None:
    load(SHOWN)
    case = desk.referred(unit=RABAT)
    reference = desk.report(case, 1, pictures=[SHOWN])
    hash_lookups.look_up_picture(link._settings(), phone_picture_name(reference, 1), SHOWN)
    mine, other = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    assert shown(desk, reference, mine)["hashes"][0]["known"][0]["found"] == "known"
    assert desk.case(case, other).status == 404


def test_no_hash_name_of_a_list_or_distance_is_in_a_log_or_metric(
    desk: Desk, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    load(SHOWN)
    come(desk, changed(SHOWN, 9))
    broken(content_of())
    hash_lookups._held.cache_clear()  # another process
    come(desk, SHOWN)
    written = capsys.readouterr().out + desk.logs.getvalue()
    assert "list not asked" in written
    for said in (
        SHOWN,
        SHOWN[:16],
        "synthetic-pictures",
        hash_list_store.HASH_LIST_OBJECT_PREFIX,
        "child-abuse",
    ):
        assert said not in written


def test_a_list_is_not_loaded_without_going_and_not_about_what_the_pack_does_not_know(
    load: Load, place: ListStage, tmp_path: Path
) -> None:
    assert load(SHOWN, go=False)[-1] == tool.NOTHING_WRITTEN_TEXT
    assert hash_list_store.read_catalogue(LISTS) == HashListCatalogue()
    with pytest.raises(Refused, match="about: "):
        load(SHOWN, about="no-such-matter")
    with pytest.raises(Refused, match="line 2: "):
        load(SHOWN[:-1], count=1)
    with pytest.raises(Refused, match="file: "):
        list(tool.load_list_version(place, tmp_path / "none", tmp_path / "list.toml", NOW, go=True))
    (tmp_path / "list.toml").write_text('name = "A LIST"\ndated = 2026-03-01\n', encoding="utf-8")
    with pytest.raises(Refused, match=r"manifest: name: .*version: ") as refused:
        list(tool.load_list_version(place, tmp_path / "none", tmp_path / "list.toml", NOW, go=True))
    assert "dated" not in str(refused.value)
    with pytest.raises(ValidationError, match="source"):
        load(SHOWN, source="A\x1b[2J\u202eB")
    with pytest.raises(Refused, match="manifest: dated: "):
        load(SHOWN, dated="2026-02-30")
    with pytest.raises(Refused, match="dated: 2031-01-01 has not come"):
        load(SHOWN, dated="2031-01-01")
    assert list(tool.show(place)) == ["No list is in force."]


def test_what_went_is_shown_and_its_hashes_are_removed_by_command(
    load: Load, place: ListStage
) -> None:
    load(SHOWN, version="1")
    load(drawn(), version="2")
    shown_now = list(tool.show(place))
    assert shown_now[0].startswith("synthetic-pictures@2  pdq  1 hashes  of 2026-03-01  Synthetic")
    assert shown_now[1].startswith("synthetic-pictures@1  pdq  replaced")
    assert next(iter(tool.tidy(place, go=False))).endswith("still here: 1.")
    list(tool.tidy(place, go=True))
    assert [line[-3:] for line in tool.tidy(place, go=True)] == [" 0."]
    assert hash_list_store.find_orphaned_objects(LISTS, hash_list_store.read_catalogue(LISTS)) == []
    assert list(tool.check(place))[-1].startswith("Lists in force: 1.")


def test_an_older_list_is_told_of_and_a_version_in_force_again_is_gone_no_more(
    load: Load, place: ListStage
) -> None:
    load(SHOWN, version="1", dated="2026-02-01")
    load(drawn(), version="2", dated="2026-03-01")
    told = load(SHOWN, version="1", dated="2026-02-01")
    assert [line for line in told if line.startswith("Beware: it is of 2026-02-01")]
    shown_now = list(tool.show(place))
    assert [line.split()[0] for line in shown_now] == [
        "synthetic-pictures@1",
        "synthetic-pictures@2",
    ]
