"""A package proves by the public log of days where the history stood, or says that it does not."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import rfc8785

from casework.aws.services import day_seal_store
from casework.aws.services import package_store as bucket
from casework.aws.table import audit_log
from casework.case.export_package import PackageDraft
from casework.pack.jurisdiction import open_pack
from functions.desk import deployment
from functions.dossier.packages import build_package
from functions.history import seal_day
from tests.builders import NOON
from tests.integration import nights
from tests.integration.desks import TABLE, Desk
from tests.integration.packages import (
    BUCKET,
    YESTERDAY,
    Packages,
    packages_of,
    read,
    told_by_verifier,
    unpacked,
    verified,
)
from tests.integration.test_dossier_packages import signed_again, words_of
from tools import verify_dossier, verify_log

UNLOGGED = "note no day of the case is in the public log yet"


@pytest.fixture
def packages(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Packages]:
    nights.keys_and_bucket(monkeypatch)
    monkeypatch.setenv("SEALS", nights.BUCKET)
    monkeypatch.setenv("TOPIC", boto3.client("sns").create_topic(Name="witnesses")["TopicArn"])
    nights.nights_later(monkeypatch, 1)
    seal_day.settings.cache_clear()
    deployment.settings.cache_clear()
    with packages_of(desk, monkeypatch, tmp_path / "beside") as opened:
        opened.keep(desk.report(opened.case, 901), 1)
        audit_log.bind_day(TABLE, opened.case.id, YESTERDAY.date().isoformat(), NOON)
        for _ in range(4):  # the day has other cases, too
            desk.referred()
        yield opened
    seal_day.settings.cache_clear()


def pem(folder: Path, name: str, der: bytes) -> Path:
    path = folder / name
    coded = base64.b64encode(der).decode()
    path.write_text(f"-----BEGIN PUBLIC KEY-----\n{coded}\n-----END PUBLIC KEY-----\n")
    return path


@pytest.fixture
def key(packages: Packages, tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    file.write_bytes(packages.public_key())
    return file


@pytest.fixture
def log_key(packages: Packages, tmp_path: Path) -> Path:
    """The public key of the log, as a court has it from elsewhere."""
    del packages
    der = boto3.client("kms").get_public_key(KeyId=seal_day.settings().log_key)["PublicKey"]
    return pem(tmp_path, "log.pem", der)


@pytest.fixture
def night(packages: Packages, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is sealed, and the desk asks on the next one."""
    del packages
    assert seal_day.handle({"day": nights.DAY}, None)["sealed"]
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=1))


@pytest.mark.usefixtures("night")
def test_after_the_night_a_package_proves_by_the_log_where_the_history_stood(
    packages: Packages, key: Path, log_key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = packages.taken()
    folder = unpacked(files, tmp_path / "package")
    assert told_by_verifier(folder, key, "--log", str(log_key)) == (0, [])
    ended, said = told_by_verifier(folder, key)
    assert (ended, said) == (
        0,
        ["note who signed the public log was not checked: give its key with --log"],
    )
    sealed = read(files["record.json"])["sealed"]
    assert sealed["leaf"]["events"] == packages.case.events
    assert len(sealed["path"]) > 1, "among the other cases of the day"
    assert nights.DAY in words_of(files["dossier-fr.pdf"])
    assert verify_log.main([str(folder / "log.json"), str(log_key)]) == 0
    assert "ok   the log holds the statement" in capsys.readouterr().out


def published(name: str, folder: Path) -> Path:
    """A key among the public files of the log."""
    key = folder / f"{name}.pem"
    key.write_bytes(day_seal_store.read_json_object(nights.BUCKET, f"log/keys/{name}.pem").read())
    return key


@pytest.mark.usefixtures("night")
def test_the_published_keys_check_a_package_and_the_proof_in_it(
    packages: Packages, tmp_path: Path
) -> None:
    folder = unpacked(packages.taken(), tmp_path / "package")
    key, log_key = published("dossiers", tmp_path), published("log", tmp_path)
    assert told_by_verifier(folder, key, "--log", str(log_key)) == (0, [])
    told = verify_dossier.fingerprint(key)
    assert told is not None
    assert published(told, tmp_path).read_bytes() == key.read_bytes()


@pytest.mark.usefixtures("night")
def test_a_key_that_signed_once_stays_published_under_its_digest(
    packages: Packages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = unpacked(packages.taken(), tmp_path / "package")
    before = verify_dossier.fingerprint(published("dossiers", tmp_path))
    made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    monkeypatch.setenv("DOSSIER_KEY", made["KeyMetadata"]["Arn"])
    for _ in range(2):
        seal_day.settings.cache_clear()
        seal_day.handle({"day": nights.DAY}, None)
    after = published("dossiers", tmp_path)
    assert before is not None
    assert verify_dossier.fingerprint(after) != before
    assert told_by_verifier(folder, published(before, tmp_path))[0] == 0
    kept = boto3.client("s3").list_object_versions(Bucket=nights.BUCKET, Prefix="log/keys/")
    names = Counter(each["Key"].rpartition("/")[2] for each in kept["Versions"])
    assert names["log.pem"] == 1, "what stands is not written again"
    assert names["dossiers.pem"] == 2
    assert len(names) == 5


def test_before_the_night_a_package_says_that_no_day_of_the_case_is_in_the_log(
    packages: Packages, key: Path, log_key: Path, tmp_path: Path
) -> None:
    files = packages.taken()
    folder = unpacked(files, tmp_path / "package")
    ended, said = told_by_verifier(folder, key)
    assert (ended, UNLOGGED in said) == (0, True)
    assert verified(folder, key, "--log", str(log_key)) == (
        1,
        ["FAIL a day of the case is in the public log"],
    )
    text = " ".join(words_of(files["dossier-fr.pdf"]).split())
    assert "Aucun jour de ce dossier" in text


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    f"the history stood so on {nights.DAY}, up to entry 6": lambda s: s["leaf"].update(head="00"),
    "the nights stood so, up to night 2": lambda s: s["leaf"].update(log="00"),
    "the proof is of this case": lambda s: s["leaf"].update(case="C-OTHER"),
    f"the seal of {nights.DAY} holds the case": lambda s: s["path"].pop(),
    "the public log holds the seal": lambda s: s["statement"].update(sealed_at="2020-01-01"),
    "the key of the log signed its checkpoint": lambda s: s["log"].update(
        checkpoint=s["log"]["checkpoint"].replace("portal.example", "other.example")
    ),
}


@pytest.mark.usefixtures("night")
def test_the_verifier_names_each_edit_of_the_proof_by_the_log(
    packages: Packages, key: Path, log_key: Path, tmp_path: Path
) -> None:
    """Evidence case E15: also where the operator signs the package anew."""
    files = packages.taken()
    for number, (named, edit) in enumerate(EDITS.items()):
        record = read(files["record.json"])
        edit(record["sealed"])
        told = {"record.json": rfc8785.dumps(record), "log.json": rfc8785.dumps(record["sealed"])}
        edited = signed_again(packages, {**files, **told})
        folder = unpacked(edited, tmp_path / f"edited-{number}")
        ended, faults = verified(folder, key, "--log", str(log_key))
        assert ended == 1, named
        assert f"FAIL {named}" in faults, (named, faults)
    folder = unpacked(files, tmp_path / "other-key")
    assert verified(folder, key, "--log", str(key)) == (
        1,
        ["FAIL the key of the log signed its checkpoint"],
    )


@pytest.mark.usefixtures("night")
def test_with_its_proof_a_draft_gives_the_same_bytes_twice(packages: Packages) -> None:
    """Evidence case E19."""
    packages.ask()
    (body,) = packages.waiting()
    stored = bucket.read_draft(BUCKET, json.loads(body)["name"])
    assert stored is not None
    draft, pack = PackageDraft.model_validate_json(stored), open_pack("ma")
    assert draft.sealed is not None
    first, second = (build_package(draft, pack, lambda _: b"", packages.beside) for _ in range(2))
    assert first == second


@pytest.mark.usefixtures("night")
def test_a_seal_that_cannot_be_read_proves_nothing_and_stops_no_package(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    boto3.client("s3").put_object(
        Bucket=nights.BUCKET, Key=day_seal_store.leaves_key(nights.DAY), Body=b"none\n"
    )
    folder = unpacked(packages.taken(), tmp_path / "package")
    ended, said = told_by_verifier(folder, key)
    assert (ended, UNLOGGED in said) == (0, True)
