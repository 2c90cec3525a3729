"""The nightly verifications after the acts of the tests of histories."""

from __future__ import annotations

import os
from datetime import timedelta

import boto3
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from moto.kms.models import kms_backends

from casework.aws.services import day_seal_store, transparency_log_store
from casework.aws.table import audit_log, items, keys
from casework.case.transparency_log import CHECKPOINT_ALGORITHM
from functions.history import seal_day
from tests.builders import NOON
from tests.integration.desks import TABLE


class OfEdwards:
    """An Ed25519 key in the place of a private key of moto, which has none of this kind."""

    def __init__(self) -> None:
        self._key = ed25519.Ed25519PrivateKey.generate()

    def sign(self, message: bytes, signing_algorithm: str) -> bytes:
        assert signing_algorithm == CHECKPOINT_ALGORITHM
        return self._key.sign(message)

    def verify(self, message: bytes, signature: bytes, signing_algorithm: str) -> bool:
        assert signing_algorithm == CHECKPOINT_ALGORITHM
        try:
            self._key.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def a_log_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The ARN of a key that signs a log of days."""
    made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    (backend,) = (
        each
        for each in kms_backends["123456789012"].values()
        if made["KeyMetadata"]["KeyId"] in each.keys
    )
    key = backend.keys[made["KeyMetadata"]["KeyId"]]
    monkeypatch.setattr(key, "private_key", OfEdwards())
    monkeypatch.setattr(key, "key_spec", "ECC_NIST_EDWARDS25519")
    kinds = vars(type(key))["signing_algorithms"].fget
    monkeypatch.setattr(
        type(key),
        "signing_algorithms",
        property(lambda one: [CHECKPOINT_ALGORITHM] if one is key else kinds(one)),
    )
    return str(made["KeyMetadata"]["Arn"])


def keys_and_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a night signs with, and the bucket that keeps every version."""
    made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    monkeypatch.setenv("SIGNING_KEY", made["KeyMetadata"]["Arn"])
    monkeypatch.setenv("LOG_KEY", a_log_key(monkeypatch))
    if "DOSSIER_KEY" not in os.environ:
        other = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        monkeypatch.setenv("DOSSIER_KEY", other["KeyMetadata"]["Arn"])
    monkeypatch.setenv("LOG_ORIGIN", "portal.example/log")
    monkeypatch.setenv("PACK", "ma")
    monkeypatch.setenv("BUCKET", BUCKET)
    boto3.client("s3").create_bucket(
        Bucket=BUCKET,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-3"},
    )


DAY = NOON.date().isoformat()
BUCKET = "seals"


def checkpoint_of_size(size: int) -> str:
    """The signed checkpoint of the log at a size."""
    body = day_seal_store.read_json_object(BUCKET, transparency_log_store.checkpoint_key(size))
    return str(body.read().decode())


def nights_later(monkeypatch: pytest.MonkeyPatch, nights: int) -> None:
    """The seal is made so many nights after the day."""
    monkeypatch.setattr(seal_day, "now", lambda: NOON + timedelta(days=nights))


def poison(case_id: str, what: str) -> None:
    """Put something that is none in the place of an entry, a mark or a seal."""
    second = items.get_item(TABLE, keys.event_key(case_id, 2)) or {}
    s3, bound = boto3.client("s3"), keys.entry_key(case_id, 1)
    match what:
        case "an entry":
            items.put_item(TABLE, {**second, "at": 7})
        case "more in an entry":
            items.put_item(TABLE, {**second, "more": 2})
        case "an entry out of range":
            items.put_item(TABLE, {**second, "data": {"n": 2**60}})
        case "its place":
            items.put_item(TABLE, {**second, keys.SORT_KEY: f"{keys.event_key.begins}00000x"})
        case "a day":
            items.put_item(TABLE, {**(items.get_item(TABLE, bound) or {}), "data": "none"})
        case "a mark":
            (mark,) = audit_log.read_marks(TABLE, case_id)
            items.put_item(TABLE, {**mark, "by": b"none"})
        case "a line":
            kept = s3.get_object(Bucket=BUCKET, Key=day_seal_store.leaves_key(DAY))["Body"].read()
            body = b"".join(
                b"{}\n" if case_id.encode() in line else line for line in kept.splitlines(True)
            )
            s3.put_object(Bucket=BUCKET, Key=day_seal_store.leaves_key(DAY), Body=body)
        case "all lines":
            s3.delete_object(Bucket=BUCKET, Key=day_seal_store.leaves_key(DAY))
        case _:
            s3.put_object(Bucket=BUCKET, Key=day_seal_store.seal_key(DAY), Body=b"{}")
