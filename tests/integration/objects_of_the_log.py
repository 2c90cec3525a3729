"""Who finds an edit of an object in the bucket of seals, where the log of days is too."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from cryptography.hazmat.primitives import serialization

from casework.aws.services import day_seal_store, report_tree_store, transparency_log_store
from casework.aws.services.case_proofs import build_case_proof
from functions.history import seal_day, verify_days
from tests.integration.nights import BUCKET
from tools import verify_dossier, verify_history, verify_log

UNSEEN = {"PUBLIC_KEY", "LEAVES", "PLACE"}
"""The kinds that no look at this one night finds; `docs/security.md` says what does."""
KINDS = {
    "log/checkpoint": "CHECKPOINT",
    "log/tile/entries/": "LOG_ENTRIES",
    "log/tile/": "TILE",
    "log/keys/": "PUBLIC_KEY",
    "claims/": "CLAIM",
    "checkpoints/": "SIGNED",
    "logged/": "PLACE",
    report_tree_store.REPORT_TREE_OBJECT_PREFIX: "LEAVES",
}
"""The kinds of objects, by the beginning of their names; the others are a seal and its heads."""


class Log:
    """The bucket after a night, and those who look at it. A reader kept a copy of the log, and the
    proof of the day, before anything was edited."""

    def __init__(self, case_id: str, record: dict[str, Any], day: str, folder: Path) -> None:
        self.case_id, self.record, self.day, self.folder = case_id, record, day, folder
        self.objects = stored()
        self.key = _pem(seal_day.settings().log_key, folder / "log.pem")
        self.signing = _pem(seal_day.settings().signing_key, folder / "seals.pem")
        proof = transparency_log_store.build_day_proof(BUCKET, day)
        (folder / "proof.json").write_text(json.dumps(proof), "utf-8")
        copied(self.objects, transparency_log_store.PUBLIC_LOG_PREFIX, folder / "old")
        self.asked: dict[str, Callable[[], bool]] = {
            "verify-history": self.history,
            "night": self.night,
            "dossier": self.dossier,
            "public log": self.reader,
        }

    def finding(self) -> set[str]:
        """The verifiers that find something now."""
        return {name for name, finds in self.asked.items() if finds()}

    def history(self) -> bool:
        """`make verify-history SEALS= KEY=`."""
        folder = copied(stored(), day_seal_store.SEAL_OBJECT_PREFIX, self.folder / "seals")
        return verify_history.read_seals(folder, self.signing.read_bytes())[1] is not None

    def night(self) -> bool:
        return bool(verify_days.handle({"day": self.day}, None)["mismatches"])

    def dossier(self) -> bool:
        """A package that is made now, and its verifier with the key of the log."""
        sealed = build_case_proof(BUCKET, self.case_id, self.day)
        (self.folder / "log.json").write_text(json.dumps(sealed), "utf-8")
        record = {**self.record, "sealed": sealed}
        told = verify_dossier.of_log(self.folder, record, self.key)
        return not all(holds for _, holds in told)

    def reader(self) -> bool:
        """The copy that the reader fetches now, alone and beside the older one."""
        new = copied(stored(), transparency_log_store.PUBLIC_LOG_PREFIX, self.folder / "new")
        words = [str(self.folder / "proof.json"), str(self.key)]
        alone = ["--copy", str(new)]
        with contextlib.redirect_stdout(io.StringIO()):
            return any(
                verify_log.main([*words, *copies]) != 0
                for copies in (alone, [*alone, "--copy", str(self.folder / "old")])
            )


def found_of(log: Log) -> dict[str, dict[str, list[str]]]:
    """By kind of object, those who find every edit of it: one that is changed, and one removed."""
    assert log.finding() == set(), "nothing was edited yet"
    found: dict[str, dict[str, list[str]]] = {}
    s3 = boto3.client("s3")
    for name, body in log.objects.items():
        kind = kind_of_object(name)
        if kind in found:
            continue
        half = len(body) // 2
        changed = body[:half] + bytes([body[half] ^ 1]) + body[half + 1 :]
        s3.put_object(Bucket=BUCKET, Key=name, Body=changed)
        told = log.finding()
        s3.delete_object(Bucket=BUCKET, Key=name)
        for what, who in (("its bytes", told), ("all of it", log.finding())):
            found.setdefault(kind, {})[what] = [each for each in log.asked if each in who]
        s3.put_object(Bucket=BUCKET, Key=name, Body=body)
    assert log.finding() == set()
    return found


def kind_of_object(name: str) -> str:
    """The kind of an object, by its name."""
    if name.startswith(report_tree_store.REPORT_TREE_OBJECT_PREFIX) and name.endswith("/top"):
        return "TREE"
    for begins, kind in KINDS.items():
        if name.startswith(begins):
            return kind
    return "SEAL" if name.endswith(".json") else "HEADS"


def stored() -> dict[str, bytes]:
    """Every object of the bucket that was not removed."""
    s3: Any = boto3.client("s3")
    names = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    return {name: s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in sorted(names)}


def copied(objects: dict[str, bytes], begins: str, folder: Path) -> Path:
    """A copy of the objects whose name begins so, and of no others."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, body in objects.items():
        if name.startswith(begins):
            path = folder / name.removeprefix(begins)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    return folder


def _pem(key: str, path: Path) -> Path:
    """The public half of a key, as others have it."""
    public = boto3.client("kms").get_public_key(KeyId=key)["PublicKey"]
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    path.write_bytes(serialization.load_der_public_key(public).public_bytes(*form))
    return path
