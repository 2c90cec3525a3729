"""The CDK command line deploys the same templates, with nothing but the address of AWS changed."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.cdk import cdk_command
from local.deploy import read_stack_outputs
from local.places import ROOT, write_private
from local.synth import synthesis_environment
from local.system import LOCAL_STAGE_NAME, LocalSystem
from tests.e2e.people import PATIENCE


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[LocalSystem]:
    """An emulator with nothing on it."""
    with LocalSystem(tmp_path / "system") as running:
        running.start()
        yield running


def run_cdk(system: LocalSystem, assembly: Path, *arguments: str) -> None:
    """Run the CDK on an assembly against the system, as `make deploy` does.

    Raises AssertionError with what the CDK said.
    """
    account = f"aws://{system.aws.account}/{system.aws.region}"
    target = {
        "AWS_ENDPOINT_URL": system.endpoint,
        "AWS_ENDPOINT_URL_S3": system.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": system.aws.region,
        "CDK_DISABLE_VERSION_CHECK": "1",
        "CI": "true",
    }
    given = [*arguments, *([account] if arguments[0] == "bootstrap" else [])]
    finished = subprocess.run(
        cdk_command(given, str(assembly)),
        cwd=ROOT,
        env={**os.environ, **synthesis_environment(LOCAL_STAGE_NAME), **target},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, (finished.stdout + finished.stderr)[-3000:]


def test_cdk_deploy_brings_up_a_working_api(empty: LocalSystem, assembly: Path) -> None:
    run_cdk(empty, assembly, "bootstrap")
    run_cdk(empty, assembly, "deploy", "--all", "--require-approval", "never")
    outputs = read_stack_outputs(empty.aws, f"Casework-{LOCAL_STAGE_NAME}")
    assert outputs is not None
    write_private(empty.places.site, json.dumps({"api_id": outputs["ApiId"]}))
    answer = httpx.get(f"{empty.api}/v1/reference", timeout=PATIENCE)
    assert answer.status_code == httpx.codes.OK
