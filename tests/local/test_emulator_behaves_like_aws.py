"""Where the stock emulator differs from AWS in what we rely on, it is corrected: shown one by one.

Every test but the last two fails without `local/emulator`. IAM is enforced throughout.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from casework.aws.services import presigned_post
from local.deploy import read_stack_outputs
from local.system import LocalSystem, StartOptions
from tests.local import emulated

pytestmark = pytest.mark.xdist_group("emulator")

PATIENCE = 120
"""Seconds, so that a test ends at all."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSystem]:
    """The corrected emulator with the small stack of `emulated`."""
    options = StartOptions(enforce_iam=True, wait_scale=0, snapshot_seconds=1)
    with LocalSystem(tmp_path_factory.mktemp("emulator"), options) as running:
        running.start()
        running.aws.cloudformation.create_stack(
            StackName=emulated.STACK,
            TemplateBody=emulated.template(),
            Capabilities=["CAPABILITY_IAM"],
        )
        waiter = running.aws.cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=emulated.STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 180})
        running.outputs = read_stack_outputs(running.aws, emulated.STACK) or {}
        yield running


def invoke(system: LocalSystem, name: str, **event: Any) -> tuple[str | None, Any]:
    """(kind of function error or None, what it returned)."""
    answer = system.aws.functions.invoke(
        FunctionName=system.outputs[name], Payload=json.dumps(event)
    )
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def run_machine(system: LocalSystem, name: str, **data: Any) -> dict[str, Any]:
    """Run the state machine to its end and describe it."""
    states = system.aws.stepfunctions
    started = states.start_execution(
        stateMachineArn=system.outputs[name], input=json.dumps({"fail": False, **data})
    )

    def ended() -> dict[str, Any] | None:
        found = states.describe_execution(executionArn=started["executionArn"])
        return dict(found) if found["status"] != "RUNNING" else None

    described: dict[str, Any] = eventually(ended)
    return described


def eventually(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {PATIENCE} s")


def put(system: LocalSystem, key: str) -> None:
    system.aws.dynamodb.put_item(TableName=system.outputs["Table"], Item={"pk": {"S": key}})


class Seen:
    """What the stream consumer has sent on so far."""

    def __init__(self, system: LocalSystem) -> None:
        self._system = system
        self._bodies: set[str] = set()

    def holds(self, *keys: str) -> bool:
        answer = self._system.aws.sqs.receive_message(
            QueueUrl=self._system.outputs["Seen"], MaxNumberOfMessages=10
        )
        self._bodies |= {message["Body"] for message in answer.get("Messages", [])}
        return set(keys) <= self._bodies


def test_an_error_keeps_its_name_and_its_warm_process(system: LocalSystem) -> None:
    _, before = invoke(system, "Who")
    kind, error = invoke(system, "Who", fail=True)
    _, after = invoke(system, "Who")
    assert kind == "Unhandled"
    assert error["errorType"] == "Poisoned"
    assert after == before


def test_many_calls_at_once_share_few_processes(system: LocalSystem) -> None:
    with ThreadPoolExecutor(12) as pool:
        calls = [pool.submit(invoke, system, "Who", seconds=0.2) for _ in range(12)]
        processes = {call.result()[1]["process"] for call in calls}
    assert len(processes) <= system.options.workers


def test_a_call_on_a_busy_machine_is_not_ended_after_the_seconds_of_its_timeout(
    system: LocalSystem,
) -> None:
    assert invoke(system, "Hurried", seconds=1.5)[0] is None


def test_a_poison_record_is_set_aside_and_those_behind_it_are_read(system: LocalSystem) -> None:
    keys = ["first", "second", "poison", "third", "fourth"]
    for key in keys:
        put(system, key)
    seen = Seen(system)
    eventually(lambda: seen.holds("first", "second", "third", "fourth"))
    dead = eventually(
        lambda: system.aws.sqs.receive_message(QueueUrl=system.outputs["Dead"]).get("Messages")
    )
    assert "RetryAttemptsExhausted" in dead[0]["Body"]


def test_a_stream_is_read_on_after_a_restart(system: LocalSystem) -> None:
    put(system, "before restart")
    seen = Seen(system)
    eventually(lambda: seen.holds("before restart"))
    system.restart()
    put(system, "after restart")
    eventually(lambda: seen.holds("after restart"))


def test_a_wait_ends_at_the_deadline_of_its_input(system: LocalSystem) -> None:
    ended = run_machine(system, "Silent", wait_seconds=1)
    assert json.loads(ended["output"]) == "late"


def test_a_wait_whose_call_fails_is_caught_by_the_name_of_the_error(system: LocalSystem) -> None:
    ended = run_machine(system, "Silent", wait_seconds=2 * PATIENCE, fail=True)
    assert json.loads(ended["output"]) == "poisoned"


def test_a_grant_on_the_machine_is_enough_to_answer_its_token(system: LocalSystem) -> None:
    ended = run_machine(system, "Answers", wait_seconds=2 * PATIENCE)
    assert json.loads(ended["output"]) == "told"


def test_a_token_whose_wait_is_over_is_refused_by_the_service_and_not_by_iam(
    system: LocalSystem,
) -> None:
    run_machine(system, "Answers", wait_seconds=2 * PATIENCE)
    assert invoke(system, "Answer") == (None, "TaskDoesNotExist")


def test_a_grant_on_the_secret_is_enough_to_read_it(system: LocalSystem) -> None:
    assert system.outputs["Secret"].startswith("arn:")
    assert invoke(system, "ReadSecret") == (None, ["1", "current"])


@pytest.mark.parametrize("call", ["put", "query", "transaction", "batch"])
def test_a_grant_on_some_partitions_is_none_on_the_others(system: LocalSystem, call: str) -> None:
    def touch(*keys: str) -> Any:
        return invoke(system, "Touch", call=call, keys=keys)

    both = call in {"transaction", "batch"}
    assert touch(*(["OWN#1", "ALSO"] if both else ["OWN#1"])) == (None, "allowed")
    refused = (None, "AccessDeniedException")
    assert touch("OTHER#1") == refused
    if both:
        assert touch("OWN#1", "OTHER#1") == refused


def test_a_table_keeps_its_time_to_live(system: LocalSystem) -> None:
    found = system.aws.dynamodb.describe_time_to_live(TableName=system.outputs["Table"])
    assert found["TimeToLiveDescription"].get("TimeToLiveStatus") == "ENABLED"


def test_an_alarm_on_an_expression_is_recorded(system: LocalSystem) -> None:
    assert system.outputs["Alarm"]


def test_writes_before_a_snapshot_survive_a_kill(system: LocalSystem) -> None:
    put(system, "durable")
    system.wait_for_snapshot()
    system.kill()
    system.start()
    found = system.aws.dynamodb.get_item(
        TableName=system.outputs["Table"], Key={"pk": {"S": "durable"}}
    )
    assert "Item" in found


def test_the_lock_of_an_object_holds_after_a_restart(system: LocalSystem) -> None:
    """Evidence case E12."""
    s3, bucket = system.aws.s3, "locked"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    put_at = s3.put_object(
        Bucket=bucket,
        Key="seal",
        Body=b"kept",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=datetime.now(UTC) + timedelta(days=1),
    )
    held = s3.put_object(Bucket=bucket, Key="held", Body=b"kept", ObjectLockLegalHoldStatus="ON")
    system.restart()
    for key, made in (("seal", put_at), ("held", held)):
        with pytest.raises(system.aws.s3.exceptions.ClientError) as refusal:
            system.aws.s3.delete_object(Bucket=bucket, Key=key, VersionId=made["VersionId"])
        assert refusal.value.response["Error"]["Code"] == "AccessDenied"


def test_a_range_of_a_version_is_answered_with_that_range(system: LocalSystem) -> None:
    s3, bucket = system.aws.s3, "ranges"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    made = s3.put_object(Bucket=bucket, Key="film", Body=b"0123456789")
    s3.put_object(Bucket=bucket, Key="film", Body=b"another")
    for asked, part in (("bytes=2-4", b"234"), ("bytes=8-20", b"89")):
        found = s3.get_object(Bucket=bucket, Key="film", VersionId=made["VersionId"], Range=asked)
        assert found["ResponseMetadata"]["HTTPStatusCode"] == 206
        assert (found["Body"].read(), found["ContentLength"]) == (part, len(part))


@pytest.mark.parametrize(
    ("content", "after", "status"),
    [(b"a file", {}, 204), (b"a lie!", {}, 400), (b"a file", {"x-amz-meta-late": "1"}, 400)],
    ids=["as promised", "other bytes", "a field after the file"],
)
def test_a_form_with_a_checksum_takes_these_bytes_alone(
    system: LocalSystem, content: bytes, after: dict[str, str], status: int
) -> None:
    with contextlib.suppress(system.aws.s3.exceptions.BucketAlreadyOwnedByYou):
        system.aws.s3.create_bucket(Bucket="forms")
    now = datetime.now(UTC)
    fields = presigned_post.presign_post(
        presigned_post.UploadTarget(
            "forms", "in/one", 6, 6, "key", hashlib.sha256(b"a file").hexdigest()
        ),
        presigned_post.SigningCredentials("test", "test", None),
        region="us-east-1",
        now=now,
        until=now + timedelta(minutes=5),
    )
    parts = [(name, value.encode()) for name, value in fields.items()]
    parts += [("file", content), *((name, value.encode()) for name, value in after.items())]
    sent = httpx.post(
        f"{system.endpoint}/forms", files=[(name, (None, value)) for name, value in parts]
    )
    assert sent.status_code == status, sent.text


def test_a_box_sealed_with_the_public_half_opens_with_the_key(system: LocalSystem) -> None:
    kms = system.aws.kms
    key = system.outputs["Sealing"]
    public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    assert isinstance(public, RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    opened = kms.decrypt(
        KeyId=key,
        CiphertextBlob=public.encrypt(b"a data key", oaep),
        EncryptionAlgorithm="RSAES_OAEP_SHA_256",
    )
    assert opened["Plaintext"] == b"a data key"


def test_a_refused_condition_returns_the_item_that_stands_there(system: LocalSystem) -> None:
    put(system, "taken")
    table = system.outputs["Table"]
    with pytest.raises(system.aws.dynamodb.exceptions.ConditionalCheckFailedException) as refusal:
        system.aws.dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "taken"}},
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    response: dict[str, Any] = dict(refusal.value.response)
    assert response["Item"] == {"pk": {"S": "taken"}}
