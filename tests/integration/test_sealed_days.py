"""Days are sealed, and every night names mismatches with the seals (hardening case 32)."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from casework.aws.services import clients, day_seal_store
from casework.aws.table import audit_log, items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.day_seal import ChainBreak
from casework.case.history import CaseEvent, chain_event
from casework.decisions.staff import Role
from casework.moves.deadlines import escalate_missed_deadline
from functions.desk import deployment
from functions.history import seal_day, verify_days
from tests.builders import NOON, made
from tests.integration.desks import TABLE, Desk
from tests.integration.nights import BUCKET, DAY, checkpoint_of_size, nights_later, poison
from tools import verify_history

pytestmark = pytest.mark.usefixtures("sealing")


def test_a_day_is_sealed_once_and_the_next_names_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights_later(monkeypatch, 2)
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    desk.case(case, ana)
    assert seal_day.handle({"day": DAY}, None) == {"day": DAY, "leaves": 1, "sealed": True}
    assert seal_day.handle({"day": DAY}, None)["sealed"] is False
    later = (NOON + timedelta(days=1)).date().isoformat()
    assert seal_day.handle({"day": later}, None)["sealed"] is True
    (entry,) = audit_log.read_day_entries(TABLE, case.id)
    assert isinstance(entry, CaseEvent)
    assert (entry.move, entry.data["marks"]) == ("day", 1)
    assert copied(tmp_path) == [f"{DAY}.json", f"{DAY}.jsonl", f"{later}.json", f"{later}.jsonl"]
    assert verify(tmp_path) == 0


def copied(folder: Path) -> list[str]:
    """A copy of the seals, and the public key beside them."""
    s3 = boto3.client("s3")
    (folder / "seals").mkdir(exist_ok=True)
    names = [
        each["Key"]
        for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=day_seal_store.SEAL_OBJECT_PREFIX)[
            "Contents"
        ]
    ]
    for name in names:
        s3.download_file(BUCKET, name, str(folder / name))
    kms = boto3.client("kms")
    key = kms.get_public_key(KeyId=seal_day.settings().signing_key)["PublicKey"]
    (folder / "key.der").write_bytes(key)
    return [name.removeprefix(day_seal_store.SEAL_OBJECT_PREFIX) for name in names]


def verify(folder: Path, *more: str) -> int:
    said = ["--table", TABLE, "--seals", str(folder / "seals"), "--key", str(folder / "key.der")]
    return verify_history.main([*said, "--export", str(folder / "export.jsonl"), *more])


def heard(queue: str) -> list[dict[str, Any]]:
    """The messages to a witness so far."""
    answer = boto3.client("sqs").receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(json.loads(each["Body"])["Message"]) for each in answer.get("Messages", ())]


def a_witness() -> str:
    """A subscriber of the topic with the filter of witnesses; returns the queue."""
    queue = boto3.client("sqs").create_queue(QueueName="witness")["QueueUrl"]
    boto3.client("sns").subscribe(
        TopicArn=os.environ["TOPIC"],
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:eu-west-3:123456789012:{queue.rpartition('/')[2]}",
        Attributes={"FilterPolicy": json.dumps({"unit": ["witnesses"]})},
    )
    return str(queue)


def test_witnesses_outside_hear_of_each_seal_its_digest_and_nothing_of_a_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, case = a_witness(), desk.in_review()
    nights_later(monkeypatch, 2)
    later = (NOON + timedelta(days=1)).date().isoformat()
    for day in (DAY, DAY, later):
        seal_day.handle({"day": day}, None)

    told = heard(queue)

    assert {each["id"] for each in told} == {f"seal-{DAY}", f"seal-{later}"}
    said = {each["subject"]: each["data"] for each in told}
    kept = {day: day_seal_store.read_seal(BUCKET, day) for day in (DAY, later)}
    for day, seal in kept.items():
        assert seal is not None
        assert said[day] == {
            "day": day,
            "digest": seal.statement.digest.hex(),
            "previous": seal.statement.previous,
            "checkpoint": checkpoint_of_size(1 + (day == later)),
        }
    assert said[later]["previous"] == said[DAY]["digest"]
    assert case.id not in repr(told)


def test_witnesses_recognise_a_seal_that_was_signed_anew(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An attacker who may write the table, sign, and write the bucket can make everything fit."""
    queue = a_witness()
    desk.in_review()
    seal_day.handle({"day": DAY}, None)
    (event,) = heard(queue)
    told = tmp_path / "told"
    told.write_text(f"{DAY} {event['data']['digest']}\n")
    copied(tmp_path)
    assert verify(tmp_path, "--told", str(told)) == 0

    s3 = boto3.client("s3")
    s3.delete_object(Bucket=BUCKET, Key=day_seal_store.seal_key(DAY))
    desk.in_review()
    boto3.client("sqs").purge_queue(QueueUrl=queue)
    seal_day.handle({"day": DAY}, None)
    copied(tmp_path)
    assert verify(tmp_path) == 0, "by itself it fits"
    assert verify(tmp_path, "--told", str(told)) == 1
    assert f"{DAY}.json: is not the seal that witnesses were told of" in capsys.readouterr().err
    told.write_text(f"{DAY} {heard(queue)[0]['data']['digest']}\n2026-02-01 {'0' * 64}\n")
    assert verify(tmp_path, "--told", str(told)) == 1
    assert "2026-02-01: witnesses were told of a seal that is gone" in capsys.readouterr().err


@pytest.mark.parametrize("harm", ["edited", "removed", "cut with its case", "taken away whole"])
def test_every_change_of_the_table_is_found(
    desk: Desk, tmp_path: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hardening case 32: on the live table, against the signed heads, and in an export."""
    case = desk.referred()
    desk.in_review()
    seal_day.handle({"day": DAY}, None)
    copied(tmp_path)
    assert verify(tmp_path) == 0
    assert verify_history.main(["--file", str(tmp_path / "export.jsonl")]) == 0
    events = list(desk.table.events(case.id))
    dynamodb: Any = boto3.client("dynamodb")
    last = keys.event_key(case.id, events[-1].number)
    match harm:
        case "edited":
            item = items.get_item(TABLE, keys.event_key(case.id, 2))
            items.put_item(TABLE, {**(item or {}), "by": "nobody"})
        case "removed":
            dynamodb.delete_item(TableName=TABLE, Key=to_wire_item(keys.event_key(case.id, 2)))
        case "cut with its case":
            dynamodb.delete_item(TableName=TABLE, Key=to_wire_item(last))
            item = items.get_item(TABLE, keys.case_key(case.id))
            forged = {"events": len(events) - 1, "head": events[-2].hash}
            items.put_item(TABLE, {**(item or {}), **forged})
        case _:
            for event in events:
                key = to_wire_item(keys.event_key(case.id, event.number))
                dynamodb.delete_item(TableName=TABLE, Key=key)
            dynamodb.delete_item(TableName=TABLE, Key=to_wire_item(keys.case_key(case.id)))
    assert verify(tmp_path) == 1
    where = ":" if harm == "taken away whole" else " entry"
    assert f"BAD {case.id}{where}" in capsys.readouterr().err


def verified(**asked: str) -> tuple[int, int, list[tuple[str, int, str]]]:
    """The result of a night: heads read, mismatches counted, and the named ones."""
    said = verify_days.handle(asked, None)
    return (
        said["heads"],
        said["mismatches"],
        [(each["case"], each["number"], each["what"]) for each in said["named"]],
    )


HARMS = {
    "edited": (2, "was edited"),
    "removed": (2, "is missing or out of order"),
    "reordered": (2, "was edited"),
    "cut": (5, "was signed and is gone"),
    "written anew": (5, "is not the entry that was signed"),
    "its marks": (1, "binds marks that were changed"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_the_nightly_verification_names_each_entry_that_differs_from_its_seal(
    desk: Desk, harm: str
) -> None:
    """Hardening case 32: untouched entries are not named."""
    case, ana = desk.referred(), desk.enrol(Role.ANALYST)
    desk.in_review()
    desk.case(case, ana)
    seal_day.handle({"day": DAY}, None)
    assert verified() == (2, 0, [])
    events = list(desk.table.events(case.id))
    assert len(events) == 5
    first, second = (keys.event_key(case.id, number) for number in (2, 3))
    match harm:
        case "edited":
            items.put_item(TABLE, {**(items.get_item(TABLE, first) or {}), "by": "nobody"})
        case "removed":
            boto3.client("dynamodb").delete_item(TableName=TABLE, Key=to_wire_item(first))
        case "reordered":
            one, other = items.get_item(TABLE, first) or {}, items.get_item(TABLE, second) or {}
            items.put_item(TABLE, {**other, **first, "previous": one["previous"]})
            items.put_item(TABLE, {**one, **second, "previous": other["hash"]})
        case "cut":
            boto3.client("dynamodb").delete_item(
                TableName=TABLE, Key=to_wire_item(keys.event_key(case.id, 5))
            )
        case "written anew":
            forged = chain_event(events[-1].model_copy(update={"by": "nobody"}), events[-2].hash)
            item = {**keys.event_key(case.id, 5), **forged.model_dump(exclude={"number"})}
            items.put_item(TABLE, item)
        case _:
            (mark,) = audit_log.read_marks(TABLE, case.id)
            items.put_item(TABLE, {**mark, "by": "nobody"})
    assert verified() == (2, 1, [(case.id, *HARMS[harm])])


POISONED = {
    "an entry": [("case", 2, "cannot be read")],
    "more in an entry": [("case", 2, "cannot be read")],
    "an entry out of range": [("case", 2, "was edited")],
    "its place": [("case", 6, "cannot be read")],
    "a day": [("case", 1, "in its days: cannot be read")],
    "a mark": [("case", 1, "binds marks that were changed")],
    "a line": [
        ("", 1, "a line of its heads cannot be read"),
        ("", 0, "its heads are not what was signed"),
    ],
    "all lines": [("", 0, "its heads are gone")],
    "the seal": [("", 0, "the seal cannot be read")],
}


@pytest.mark.parametrize("what", POISONED)
def test_an_unreadable_entry_is_told_and_hides_no_other_mismatch(
    desk: Desk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hardening case 32: the verification goes on with other cases and other days."""
    case, other = desk.referred(), desk.in_review()
    desk.case(case, desk.enrol(Role.ANALYST))
    seal_day.handle({"day": DAY}, None)
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=1))
    desk.case(other, desk.enrol(Role.ANALYST))
    nights_later(monkeypatch, 2)
    later = (NOON + timedelta(days=1)).date().isoformat()
    seal_day.handle({"day": later}, None)
    edited = items.get_item(TABLE, keys.event_key(other.id, 2)) or {}
    items.put_item(TABLE, {**edited, "by": "nobody"})
    poison(case.id, what)
    found = verify_days.handle({}, None)["named"]
    told = [(each["day"], each["case"], each["number"], each["what"]) for each in found]
    for named, number, wrong in POISONED[what]:
        assert (DAY, case.id if named else "", number, wrong) in told
    assert (later, other.id, 2, "was edited") in told


def test_a_poisoned_entry_is_named_on_the_live_table_and_in_an_export(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = desk.referred()
    poison(case.id, "an entry")
    export = tmp_path / "export.jsonl"
    assert verify_history.main(["--table", TABLE, "--export", str(export)]) == 1
    assert f"BAD {case.id} entry 2: cannot be read" in capsys.readouterr().err
    assert verify_history.main(["--file", str(export)]) == 1
    assert f"BAD {case.id} entry 2: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("no seal", "there is no seal"),
        ("no lines", f"{DAY}.jsonl: is gone"),
        ("a line", f"{DAY}.jsonl: line 1 cannot be read"),
        ("a seal", f"{DAY}.json: cannot be read"),
    ],
)
def test_an_incomplete_copy_of_the_seals_is_named(
    desk: Desk, tmp_path: Path, harm: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.in_review()
    seal_day.handle({"day": DAY}, None)
    copied(tmp_path)
    seal, lines = (tmp_path / "seals" / f"{DAY}.{kind}" for kind in ("json", "jsonl"))
    match harm:
        case "no seal":
            seal.unlink()
        case "no lines":
            lines.unlink()
        case "a line":
            lines.write_text("{}\n")
        case _:
            seal.write_text("[]")
    assert verify(tmp_path) == 1
    assert told in capsys.readouterr().err


def test_a_refusing_bucket_is_not_taken_for_a_missing_seal(desk: Desk) -> None:
    """Otherwise a lost permission would have a day sealed a second time."""
    desk.in_review()
    refused = {"Error": {"Code": "AccessDenied", "Message": ""}, "ResponseMetadata": {}}
    wire = clients.aws_client("s3").meta.events

    def refuse(**_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        return AWSResponse("", 403, HTTPHeaders(), None), refused

    wire.register("before-call.s3.GetObject", refuse)
    try:
        with pytest.raises(ClientError):
            seal_day.handle({"day": DAY}, None)
        with pytest.raises(ClientError):
            verify_days.verify_day(DAY, [DAY], verify_days.NightFindings())
    finally:
        wire.unregister("before-call.s3.GetObject", refuse)
    assert day_seal_store.list_sealed_days(BUCKET) == []


@pytest.mark.parametrize("harm", ["taken away", "no case"])
def test_a_case_that_cannot_be_sealed_is_told_and_the_others_are_sealed(
    desk: Desk, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case, other = desk.referred(), desk.in_review()
    item = items.get_item(TABLE, keys.case_key(case.id)) or {}
    if harm == "taken away":
        items.delete_item(TABLE, keys.case_key(case.id))
    else:
        items.put_item(TABLE, {**item, "version": "none"})
    assert seal_day.handle({"day": DAY}, None)["leaves"] == 1
    assert [leaf.case for leaf in day_seal_store.read_leaves(BUCKET, DAY) if leaf] == [other.id]
    assert '"CasesNotSealed":[1.0]' in capsys.readouterr().out.replace(" ", "")
    assert case.id in desk.logs.getvalue()


def test_a_mark_added_after_the_seal_is_found(desk: Desk) -> None:
    """The time that it claims does not matter."""
    case = desk.in_review()
    desk.case(case, desk.enrol(Role.ANALYST))
    seal_day.handle({"day": DAY}, None)
    (mark,) = audit_log.read_marks(TABLE, case.id)
    items.put_item(
        TABLE, {**mark, keys.SORT_KEY: f"{mark[keys.SORT_KEY]}x", "at": "2030-01-01T00:00:00.000Z"}
    )
    assert verified() == (1, 1, [(case.id, 1, "binds marks that were changed")])


@pytest.mark.parametrize("left", ["both chains", "entries", "its days", "nothing"])
def test_a_case_without_its_item_is_named_also_without_seals(
    desk: Desk, left: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of one case, and of the whole table."""
    case, _ = desk.referred(), desk.in_review()
    seal_day.handle({"day": DAY}, None)
    assert verify_history.main(["--table", TABLE, "--case", case.id]) == 0
    items.delete_item(TABLE, keys.case_key(case.id))
    for item in desk.items():
        kind = item[keys.SORT_KEY].partition("#")[0] if case.id in item[keys.PARTITION_KEY] else ""
        if (kind == "EVENT" and left in ("its days", "nothing")) or (
            kind == "ENTRY" and left in ("entries", "nothing")
        ):
            items.delete_item(
                TABLE, {name: item[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
            )
    capsys.readouterr()
    assert verify_history.main(["--table", TABLE, "--case", case.id]) == 1
    told = verify_history.NOTHING if left == "nothing" else verify_history.GONE
    assert capsys.readouterr().err == f"BAD {case.id}: {told}\n"
    if left == "nothing":
        return  # the seals name it
    assert verify_history.main(["--table", TABLE]) == 1
    assert capsys.readouterr().err == f"BAD {case.id}: {told}\n"


def test_a_mark_that_is_put_into_a_past_day_is_found_by_the_days_that_nights_bound(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At once where the day is sealed; without seals, when a later day is bound."""
    case = desk.in_review()
    seal_day.handle({"day": DAY}, None)
    later, last = ((NOON + timedelta(days=n)).date().isoformat() for n in (1, 2))
    at, by = f"{later}T10:00:00.000Z", "somebody"
    items.put_item(
        TABLE, {**keys.mark_key(case.id, later, audit_log.VIEW_MARK, by), "at": at, "by": by}
    )
    assert verified() == (1, 0, []), "the night is still to come"
    nights_later(monkeypatch, 2)
    seal_day.handle({"day": later}, None)
    put_in = f"it was marked on {later}, which no night has bound"
    assert verified() == (1, 1, [(case.id, 0, put_in)])
    copied(tmp_path)
    assert verify(tmp_path) == 1
    assert put_in in capsys.readouterr().err
    assert verify_history.main(["--table", TABLE]) == 0, "no seal is asked"
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=2))
    desk.case(case, desk.enrol(Role.ANALYST))
    nights_later(monkeypatch, 3)
    seal_day.handle({"day": last}, None)
    assert verify_history.main(["--table", TABLE]) == 1
    assert put_in in capsys.readouterr().err


@pytest.mark.parametrize("kind", [audit_log.VIEW_MARK, audit_log.REFUSED_MARK])
def test_who_asks_for_a_case_before_it_is_opened_leaves_a_mark_that_no_night_binds(
    desk: Desk, kind: str
) -> None:
    """Nobody can have read it then."""
    case = desk.in_review()
    seal_day.handle({"day": DAY}, None)
    before = (NOON - timedelta(days=3)).date().isoformat()
    at, by = f"{before}T10:00:00.000Z", "somebody"
    items.put_item(TABLE, {**keys.mark_key(case.id, before, kind, by), "at": at, "by": by})
    unbound = (case.id, 0, f"it was marked on {before}, which no night has bound")
    assert verified() == ((1, 0, []) if kind == audit_log.REFUSED_MARK else (1, 1, [unbound]))


def test_a_mark_comes_after_the_line_of_its_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stops between the two leaves no mark that the night would not bind."""
    case = desk.in_review()

    def stop(*_: Any, **__: Any) -> None:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(audit_log, "record_reading_growth", stop)
        with pytest.raises(InterruptedError):
            audit_log.record_mark(
                TABLE, case.id, NOON, audit_log.REFUSED_MARK, "somebody", by="somebody"
            )
        with pytest.raises(InterruptedError):
            audit_log.count_reading(TABLE, case.id, NOON, "somebody")
        with pytest.raises(InterruptedError):
            audit_log.record_joint_mark(TABLE, case.id, NOON, "notice", "news", "", reached={})
    assert list(audit_log.read_marks(TABLE, case.id)) == []


def test_a_chain_that_grew_since_its_seal_still_fits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    desk.case(case, ana)
    seal_day.handle({"day": DAY}, None)
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=2))
    desk.case(case, desk.enrol(Role.ANALYST))
    desk.table.save(made(escalate_missed_deadline(case, NOON + timedelta(days=2), (60, 60))))
    assert verified() == (1, 0, [])


@pytest.mark.parametrize("what", ["a case", "an entry"])
def test_an_entry_added_to_a_sealed_day_is_found(
    desk: Desk, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The chain of each case fits, and the case item agrees with it."""
    case = desk.in_review()
    seal_day.handle({"day": DAY}, None)
    copied(tmp_path)
    assert verify(tmp_path) == 0
    if what == "a case":
        case = desk.in_review()
        told = ChainBreak(1, "grew on a day that was sealed without it")
    else:
        case = desk.table.save(made(escalate_missed_deadline(case, NOON, (60, 60))))
        told = ChainBreak(3, "was put in after its day was sealed")
        assert verified() == (1, 1, [(case.id, told.number, told.what)])
    assert verify(tmp_path) == 1
    assert f"BAD {case.id} entry {told.number}: {told.what}" in capsys.readouterr().err
    assert verify_history.main(["--table", TABLE]) == 0, "no seal is asked"


def test_a_day_that_is_not_over_is_not_sealed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries of the day after its seal could no longer be sealed."""
    desk.in_review()
    monkeypatch.setattr(seal_day, "now", lambda: NOON)
    for days in (0, 1, 400):
        with pytest.raises(seal_day.DayNotOver):
            seal_day.handle({"day": (NOON + timedelta(days=days)).date().isoformat()}, None)
    assert day_seal_store.list_sealed_days(BUCKET) == []
    assert seal_day.handle({}, None)["day"] == (NOON - timedelta(days=1)).date().isoformat()


def test_a_history_without_a_seal_is_found(desk: Desk) -> None:
    desk.in_review()
    assert verified() == (0, 1, [("", 0, "was not sealed")])


def test_a_missed_day_is_told_and_can_be_sealed_afterwards(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the marks of the day, although a later day of the case is bound already."""
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    desk.case(case, ana)
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=1))
    desk.case(case, ana)
    nights_later(monkeypatch, 2)
    before, after = ((NOON + timedelta(days=n)).date().isoformat() for n in (-50, 1))
    for day in (before, after):
        seal_day.handle({"day": day}, None)
    grew = (case.id, 0, f"it grew on {DAY}, which no night has bound")
    assert verified() == (1, 2, [("", 0, "was not sealed"), grew])
    nights_later(monkeypatch, 3)
    seal_day.handle({"day": DAY}, None)
    entries = [
        entry
        for entry in audit_log.read_day_entries(TABLE, case.id)
        if isinstance(entry, CaseEvent)
    ]
    assert [(entry.data["day"], entry.data["marks"]) for entry in entries] == [(after, 1), (DAY, 1)]
    assert audit_log.bind_day(TABLE, case.id, after, NOON + timedelta(days=3)) == entries[-1], (
        "bound once"
    )
    assert verified() == (2, 0, [])
    copied(tmp_path)
    assert verify(tmp_path) == 0


def test_a_day_without_marks_of_readers_is_bound_and_leaves_no_gap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case was opened or merged on one day, and a person read it on the next."""
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    nights_later(monkeypatch, 1)
    seal_day.handle({"day": DAY}, None)
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=1))
    desk.case(case, ana)
    nights_later(monkeypatch, 2)
    seal_day.handle({"day": (NOON + timedelta(days=1)).date().isoformat()}, None)
    assert verified() == (2, 0, [])


def test_exchanged_or_missing_seals_are_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    nights_later(monkeypatch, 2)
    desk.in_review()
    later = (NOON + timedelta(days=1)).date().isoformat()
    for day in (DAY, later):
        seal_day.handle({"day": day}, None)
    s3, kept = boto3.client("s3"), day_seal_store.read_seal(BUCKET, DAY)
    assert kept is not None
    said = kept.statement.model_copy(update={"sealed_at": "2026-03-03T00:00:00.000Z"})
    forged = kept.model_copy(update={"statement": said}).model_dump_json().encode()
    s3.put_object(Bucket=BUCKET, Key=day_seal_store.seal_key(DAY), Body=forged)
    wrong = [
        ("", 0, "the signature is not of this day and key"),
        ("", 0, verify_days.NOT_LOGGED_TEXT),
    ]
    assert verified(day=DAY) == (1, 2, wrong)
    s3.put_object(Bucket=BUCKET, Key=day_seal_store.leaves_key(DAY), Body=b"")
    gone = "its heads are not what was signed"
    assert verified(day=DAY) == (0, 3, [*wrong, ("", 0, gone)])
    s3.delete_object(Bucket=BUCKET, Key=day_seal_store.seal_key(DAY))
    assert verified(day=later) == (0, 1, [("", 0, "does not follow the seal before it")])


def test_the_nightly_verification_reads_yesterday_first_and_names_what_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        desk.in_review()
    for days in (-2, -1, 0):
        seal_day.handle({"day": (NOON + timedelta(days=days)).date().isoformat()}, None)
    monkeypatch.setattr(verify_days, "MAX_HEADS_PER_NIGHT", 2)
    said = verify_days.handle({}, None)
    assert (said["heads"], said["left"], said["mismatches"]) == (2, 1, 0)


def test_a_mismatch_is_counted_where_an_alarm_looks(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    case = desk.in_review()
    seal_day.handle({"day": DAY}, None)
    verify_days.handle({}, None)
    assert "HistoryMismatches" not in capsys.readouterr().out
    items.put_item(TABLE, {**keys.event_key(case.id, 1), "move": "open", "at": "", "by": "nobody"})
    verify_days.handle({}, None)
    told = capsys.readouterr().out
    assert '"HistoryMismatches":[1.0]' in told.replace(" ", "")


def test_a_seal_that_was_exchanged_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.in_review()
    seal_day.handle({"day": DAY}, None)
    copied(tmp_path)
    path = tmp_path / "seals" / f"{DAY}.json"
    seal = json.loads(path.read_text())
    seal["statement"]["sealed_at"] = "2026-03-03T00:00:00.000Z"
    path.write_text(json.dumps(seal))
    assert verify(tmp_path) == 1
