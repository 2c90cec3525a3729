"""The deployed system in this process, on moto: table, keys, topic, and the deployed workflow file.

The functions are the real handlers. moto interprets the workflow and calls them where AWS would
invoke Lambda. Only deadlines differ: none passes during the measurement.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

from casework.aws.services import public_keys
from casework.aws.table import keys
from harness.bench.cost_meter import CostMeter

ROOT = Path(__file__).resolve().parents[2]
BENCH_WORKFLOW_FILE = ROOT / "functions" / "triage" / "workflow.asl.json"
BENCH_TABLE = "cases"
CLIENT = "staff-app"
REGION = "eu-west-3"
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
}
"""Settings for clients of moto; a shell elsewhere has none of them."""
MOTO: Any = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
MAX_WAIT_SECONDS = 30.0
"""Seconds after which a missing event counts as a failure."""

Handler = Callable[[dict[str, Any], Any], Any]


@dataclass(frozen=True)
class BenchDeployment:
    """The system, and its meter."""

    meter: CostMeter
    workflow: str
    """ARN of the state machine."""

    @cached_property
    def _stepfunctions(self) -> Any:
        return boto3.Session().client("stepfunctions")

    def executions(self, case_id: str) -> list[str]:
        """ARNs of the executions that served a case."""
        machine = self._stepfunctions.list_executions(stateMachineArn=self.workflow)
        return [
            found["executionArn"]
            for found in machine["executions"]
            if found["name"].startswith(case_id)
        ]

    def entered(self, execution: str) -> list[str]:
        """Names of the states an execution entered, in order."""
        pages = self._stepfunctions.get_paginator("get_execution_history")
        return [
            event["stateEnteredEventDetails"]["name"]
            for page in pages.paginate(executionArn=execution)
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        ]

    def status(self, execution: str) -> str:
        """RUNNING, SUCCEEDED, FAILED …"""
        found = self._stepfunctions.describe_execution(executionArn=execution)
        return str(found["status"])


@contextmanager
def bench_deployment() -> Iterator[BenchDeployment]:
    """The system, empty; what its functions log is dropped."""
    environment = {**ACCOUNT, "POWERTOOLS_SERVICE_NAME": "bench"}
    with mock.patch.dict(os.environ, environment), mock_aws(config=MOTO):
        os.environ |= _made()
        steps = _steps()
        with (
            mock.patch.object(LambdaSimpleBackend, "invoke", _invoking(steps)),
            _silence(),
            CostMeter().on_this_process() as meter,
        ):
            os.environ["WORKFLOW"] = _state_machine(steps)
            yield BenchDeployment(meter, os.environ["WORKFLOW"])


def until(true: Callable[[], Any], what: str) -> Any:
    """Look until there is a result; raises TimeoutError with its name."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.01)
    raise TimeoutError(f"did not happen: {what}")


@contextmanager
def _silence() -> Iterator[None]:
    # Powertools' logger keeps the stdout of its creation; the metrics print to it each time.
    from casework.aws.services import telemetry

    level = telemetry._logger.log_level
    telemetry._logger.setLevel("CRITICAL")
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        telemetry._logger.setLevel(level)


def _made() -> dict[str, str]:
    """Make the resources of the functions; returns their settings as environment variables."""
    _table()
    topic = boto3.client("sns").create_topic(Name="units")["TopicArn"]
    kept, kms = boto3.client("secretsmanager"), boto3.client("kms")

    def secret(name: str, **value: str) -> str:
        return kept.create_secret(Name=name, SecretString=json.dumps(value))["ARN"]

    def sealing_key() -> str:
        made = kms.create_key(KeySpec="RSA_3072", KeyUsage="ENCRYPT_DECRYPT")
        return made["KeyMetadata"]["Arn"]

    contact, identity = sealing_key(), sealing_key()
    return {
        "STAGE": "bench",
        "CASE_TABLE": BENCH_TABLE,
        "PACK": "ma",
        "TOPIC": topic,
        "CLIENT_ID": CLIENT,
        "BROWSER_CLIENT_ID": "browser",
        "ADDRESS_SECRET": secret("address", key="a" * 64),
        "PEPPER_SECRET": secret("pepper", current="1", **{"1": "p" * 64}),
        "SELECTOR_SECRET": secret("selector", key="s" * 64),
        "OWN_SECRET": secret("own", key="o" * 64),
        "DIGEST_SECRET": secret("digest", key="d" * 64),
        "TRIAL_SECRET": secret("trial", key="t" * 64),
        "CONTACT_KEY": contact,
        "CONTACT_PUBLIC_KEY": public_keys.fetch_public_key(contact),
        "IDENTITY_KEY": identity,
        "IDENTITY_PUBLIC_KEY": public_keys.fetch_public_key(identity),
        "DROP": "drop",
        "PACKAGES": "packages",
        "PACKING": "packing",
        "DROP_KEY": contact,
    }


def _table() -> None:
    names = (
        keys.PARTITION_KEY,
        keys.SORT_KEY,
        keys.FLOW_PARTITION_KEY,
        keys.FLOW_SORT_KEY,
        keys.QUEUE_PARTITION_KEY,
        keys.QUEUE_SORT_KEY,
    )
    indexes = {
        keys.FLOW_INDEX: (keys.FLOW_PARTITION_KEY, keys.FLOW_SORT_KEY),
        keys.QUEUE_INDEX: (keys.QUEUE_PARTITION_KEY, keys.QUEUE_SORT_KEY),
    }
    tables: Any = boto3.client("dynamodb")
    tables.create_table(
        TableName=BENCH_TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=_key(keys.PARTITION_KEY, keys.SORT_KEY),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _key(*its),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, its in indexes.items()
        ],
    )


def _key(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _steps() -> dict[str, Handler]:
    """The function of each name in the workflow file."""
    from functions.notify import steps as notify
    from functions.triage import steps as triage

    names = set(re.findall(r"\$\{(\w+)\}", BENCH_WORKFLOW_FILE.read_text("utf-8")))
    return {
        name: getattr(triage, name.lower(), None) or getattr(notify, name.lower()) for name in names
    }


def _invoking(steps: Mapping[str, Handler]) -> Callable[..., bytes]:
    def invoke(
        backend: Any, function_name: str, qualifier: Any, body: Any, headers: Any, answer: Any
    ) -> bytes:
        del backend, qualifier, headers
        try:
            return json.dumps(steps[function_name.split(":")[-1]](json.loads(body), None)).encode()
        except Exception as error:  # noqa: BLE001 - as Lambda does: the workflow retries or catches
            answer["x-amz-function-error"] = "Unhandled"
            failed = {"errorType": type(error).__name__, "errorMessage": str(error)}
            print(failed, file=sys.stderr)
            return json.dumps(failed).encode()

    return invoke


def _state_machine(steps: Mapping[str, Handler]) -> str:
    role = boto3.client("iam").create_role(RoleName="bench", AssumeRolePolicyDocument="{}")
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("empty.py", "")
    text = BENCH_WORKFLOW_FILE.read_text("utf-8")
    for name in steps:
        made = boto3.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role["Role"]["Arn"],
            Handler="empty.handle",
            Code={"ZipFile": empty.getvalue()},
        )
        text = text.replace(f"${{{name}}}", made["FunctionArn"])
    machine = boto3.client("stepfunctions").create_state_machine(
        name="case", definition=text, roleArn=role["Role"]["Arn"]
    )
    return machine["stateMachineArn"]
