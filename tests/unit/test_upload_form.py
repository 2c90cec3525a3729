"""A form of an upload is signed for one object, as S3 checks it; the local system does not check
the signature."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import S3SigV4PostAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as TheirCredentials

from casework.aws.services.presigned_post import SigningCredentials, UploadTarget, presign_post

NOW = datetime(2026, 11, 30, 23, 59, 58, tzinfo=UTC)
REGION = "eu-south-2"
HELD = SigningCredentials("AKIAEXAMPLE", "a secret of the role", "a token")
UPLOAD = UploadTarget("drop", "in/one", 1, 5, "arn:aws:kms:eu-south-2:1:key/1", "ab" * 32)


def made(upload: UploadTarget = UPLOAD, held: SigningCredentials = HELD) -> dict[str, str]:
    return presign_post(upload, held, region=REGION, now=NOW, until=NOW + timedelta(minutes=15))


@pytest.mark.parametrize("held", [HELD, replace(HELD, token=None)], ids=["token", "no token"])
def test_the_signature_is_the_one_of_the_sdk_over_the_same_policy(held: SigningCredentials) -> None:
    fields = made(held=held)
    request: Any = AWSRequest(method="POST", url="https://drop.s3.amazonaws.com")
    request.context["timestamp"] = fields["x-amz-date"]
    theirs: Any = S3SigV4PostAuth(TheirCredentials(held.access_key, held.secret_key), "s3", REGION)
    assert fields["x-amz-signature"] == theirs.signature(fields["policy"], request)
    assert fields["x-amz-credential"] == theirs.scope(request)


def test_the_policy_names_every_field_and_holds_for_a_quarter_of_an_hour() -> None:
    fields = made()
    document = json.loads(base64.b64decode(fields.pop("policy")))
    del fields["x-amz-signature"]
    length, *exact = [each for each in document["conditions"] if isinstance(each, list)]
    named = {
        name: value
        for each in document["conditions"]
        if isinstance(each, dict)
        for name, value in each.items()
    }
    assert named == {"bucket": UPLOAD.bucket, **fields}
    assert (length, exact) == (["content-length-range", UPLOAD.least, UPLOAD.most], [])
    assert document["expiration"] == "2026-12-01T00:14:58Z"
