"""Each reporter can keep a proof of their own report, whatever became of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from casework.aws.services import day_seal_store, report_tree_store
from casework.aws.table import items, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_report
from casework.case.day_seal import DaySeal
from casework.text.reference import encode_reference
from functions.history import seal_day, verify_days
from tests import second_verifier
from tests.integration.answers import problem
from tests.integration.nights import BUCKET
from tests.integration.reporters import TABLE
from tests.integration.test_no_oracle import World, open_world
from tools import verify_log


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with open_world(monkeypatch) as opened:
        yield opened


def log_key(folder: Path) -> str:
    """The public key of the log, as a court may hold it."""
    arn = seal_day.settings().log_key
    der = boto3.client("kms").get_public_key(KeyId=arn)["PublicKey"]
    coded = base64.b64encode(der).decode()
    path = folder / "log.pem"
    path.write_text(f"-----BEGIN PUBLIC KEY-----\n{coded}\n-----END PUBLIC KEY-----\n")
    return str(path)


def verdict(document: Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The checks that fail. The second verifier, which knows docs/log.md alone, finds the same."""
    (folder / "proof.json").write_text(json.dumps(document))
    capsys.readouterr()
    key = log_key(folder)
    code = verify_log.main([str(folder / "proof.json"), key])
    said = capsys.readouterr().out.splitlines()
    try:
        second_verifier.verify(json.loads(json.dumps(document)), Path(key).read_bytes())
        holds = True
    except (second_verifier.Wrong, LookupError, ValueError, TypeError):
        holds = False
    assert holds == (code == 0), said
    return [line.removeprefix("FAIL ") for line in said if line.startswith("FAIL ")]


def test_after_the_night_each_report_of_the_day_has_a_proof_that_needs_no_service(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E14: the commitment of another report fails.

    One that opened a case, one that joined it, one that waits, and one that was closed.
    """
    opened, joined = world.report("06 00 00 41 17"), world.report("06 00 00 41 17")
    world.stream()
    waits = world.report("06 00 00 41 19")
    today = datetime.now(UTC).date()
    before = world.proof(waits).document
    assert before["ready_from"] == f"{today + timedelta(days=1)}T03:00:00.000Z"
    assert "proof" not in before

    world.night()

    proofs = [world.proof(each).document for each in (opened, joined, waits)]
    for each in proofs:
        assert verdict(each, tmp_path, capsys) == []
        assert (len(each["proof"]["report"]["path"]), each["day"]) == (64, today.isoformat())
    assert len({each["proof"]["report"]["commitment"] for each in proofs}) == 3
    assert len({len(json.dumps(each)) for each in proofs}) == 1, "of one length"
    world.stream()
    assert world.proof(waits).document == proofs[2], "linking changes no proof"

    proofs[0]["proof"]["report"]["commitment"] = proofs[1]["proof"]["report"]["commitment"]
    assert verdict(proofs[0], tmp_path, capsys)[:2] == [  # E14
        *("the day holds the report", "the commitment binds the parts of the report"),
    ]
    proofs[1]["proof"]["statement"]["reports"] = "0" * 64
    assert verdict(proofs[1], tmp_path, capsys) == [
        *("the day holds the report", "the log holds the statement"),
    ]


def test_a_proof_is_that_of_its_reference_alone(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E14.

    Another reference, the parts of another report, a part that is left out or put in, a time."""
    one, other = world.report("06 00 00 41 17"), world.report("06 00 00 41 18")
    world.stream()
    world.night()
    whole = json.dumps(world.proof(one).document)
    another = world.proof(other).document["proof"]["report"]
    its = f"the report has the reference {one.reference}"
    binds = "the commitment binds the parts of the report"

    def edited(edit: Callable[[dict[str, Any]], Any]) -> list[str]:
        document = json.loads(whole)
        edit(document)
        return verdict(document, tmp_path, capsys)

    def parts(document: dict[str, Any]) -> Any:
        return document["proof"]["report"]["parts"]

    assert edited(lambda _: None) == []
    assert edited(lambda said: said.update(reference=other.reference)) == [
        f"the report has the reference {other.reference}"
    ]
    assert edited(lambda said: said["proof"].update(report=another))[:1] == [its]
    for edit in (
        lambda said: parts(said).update(at=another["parts"]["at"]),
        lambda said: parts(said).pop("narrative"),
        lambda said: parts(said).update(more={"commitment": "0" * 64}),
        lambda said: parts(said).update(accepted_at=another["parts"]["accepted_at"]),
    ):
        assert edited(edit)[:1] == [binds]
    assert edited(lambda said: parts(said).pop("at")) == [binds, "it cannot be read (KeyError)"]
    said = edited(lambda said: said["proof"]["report"].pop("parts"))
    assert said == [
        f"this older file does not bind the reference {one.reference}: ask for it again"
    ]


def test_a_proof_holds_no_word_of_the_report(world: World) -> None:
    reporter = world.report("06 00 00 41 17")
    world.night()
    parts = world.proof(reporter).document["proof"]["report"]["parts"]
    shown = {name for name, each in parts.items() if "content" in each}
    assert shown == {"at", "accepted_at"}
    assert {"facts", "narrative", "contact_box", "verifier"} <= parts.keys()
    assert all(set(parts[name]) == {"commitment"} for name in parts.keys() - shown)


def test_a_proof_is_given_to_the_receipt_alone(world: World) -> None:
    reporter = world.report("06 00 00 41 17")
    reporter.receipt = "0000-0000-0000-0000-0000-0000"
    assert world.proof(reporter).status == 404


def test_an_erased_report_keeps_its_place_among_those_of_its_day(world: World) -> None:
    """Its proof from before still holds, and the night takes no notice."""
    one, other = world.report("06 00 00 41 17"), world.report("06 00 00 41 18")
    world.stream()
    world.night()
    document = world.proof(one).document["proof"]
    assert erase_report(CaseTable(TABLE), one.reference, datetime.now(UTC), "an-analyst")
    assert world.proof(one).status == 404, "as if it had never been"
    seal = day_seal_store.read_seal(BUCKET, document["statement"]["day"])
    assert seal is not None
    commitment = bytes.fromhex(document["report"]["commitment"])
    assert (
        report_tree_store.read_inclusion_path(BUCKET, seal.statement.reports, commitment)
        is not None
    )
    assert "proof" in world.proof(other).document


def test_a_report_erased_before_its_first_night_has_its_place_all_the_same(world: World) -> None:
    """Linked or waiting, and it answers as to a wrong receipt, before and after."""
    linked, other = world.report("06 00 00 41 17"), world.report("06 00 00 41 18")
    world.stream()
    waiting = world.report("06 00 00 41 19")
    gone = [linked, waiting]
    bound = {}
    for each in gone:
        item = items.get_item(TABLE, keys.report_key(each.reference))
        assert item is not None
        bound[each.reference] = bytes(item["bound"])
        assert erase_report(CaseTable(TABLE), each.reference, datetime.now(UTC), "an-analyst")
    unknown = replace(other, reference=encode_reference(bytes(range(10))))
    wrong = replace(other, receipt="0000-0000-0000-0000-0000-0000")
    assert problem(world.proof(unknown)) == problem(world.proof(wrong)) == "receipt-not-recognised"
    before = [world.proof(each) for each in gone]
    world.night()
    for answer in (*before, *(world.proof(each) for each in gone)):
        assert (answer.status, problem(answer)) == (404, "receipt-not-recognised")
    (day,) = day_seal_store.list_sealed_days(BUCKET)
    seal = day_seal_store.read_seal(BUCKET, day)
    assert seal is not None
    for commitment in bound.values():
        assert (
            report_tree_store.read_inclusion_path(BUCKET, seal.statement.reports, commitment)
            is not None
        )
    assert "proof" in world.proof(other).document
    verify_days.settings.cache_clear()
    assert verify_days.handle({"day": day}, None)["named"] == []


def test_without_javascript_the_proof_is_a_file(world: World) -> None:
    reporter = world.report("06 00 00 41 17")
    form = {"reference": reporter.reference, "receipt": reporter.receipt, "proof": "1"}
    from tests.integration.forms import post

    early = post(world.reporters, form, "/fr/follow")
    assert early.headers["Content-Type"].startswith("text/html")
    assert "La preuve pourra être établie à partir du" in early.text
    world.night()
    told = post(world.reporters, form, "/fr/follow")
    assert told.headers["Content-Type"] == "application/json"
    assert told.headers["Content-Disposition"] == (
        f'attachment; filename="{reporter.reference}.proof.json"'
    )
    assert json.loads(told.text) == world.proof(reporter).document


def test_a_day_that_was_sealed_before_there_were_proofs_still_verifies(world: World) -> None:
    world.report("06 00 00 41 17")
    world.night()
    (day,) = day_seal_store.list_sealed_days(BUCKET)
    seal = day_seal_store.read_seal(BUCKET, day)
    assert seal is not None
    old = seal.model_dump(mode="json")
    del old["statement"]["reports"]
    read = DaySeal.model_validate(old).statement
    assert "reports" not in json.loads(read.canonical)
    assert json.loads(seal.statement.canonical).keys() == {*json.loads(read.canonical), "reports"}


def test_the_night_names_a_tree_of_reports_that_was_changed(world: World) -> None:
    world.report("06 00 00 41 17")
    world.stream()
    world.night()
    (day,) = day_seal_store.list_sealed_days(BUCKET)
    seal = day_seal_store.read_seal(BUCKET, day)
    assert seal is not None
    key = report_tree_store.tree_top_object_key(seal.statement.reports)
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=bytes(32 * 257))
    verify_days.settings.cache_clear()
    said = verify_days.handle({"day": day}, None)
    assert [each["what"] for each in said["named"]] == [
        "the tree of its reports is not what was signed"
    ]
