"""Each stage is synthesised once for the whole run, for all test workers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra import app
from infra.assets import ROOT, AssetStage, runtime_python
from infra.deployment import DeploymentFile, ReporterChannels, RestoredTable, Timestamps
from infra.stage import stage_with_deployment
from tests.infra.assembly import Assembly
from tests.shared import once

STAGED = ROOT / "build" / "stage"
A_ROOT = (ROOT / "tests/infra/root_of_time.pem").read_text("ascii")
CHOSEN = DeploymentFile(
    second_region="eu-south-1",
    address="https://desk.example.org",
    warm_writes=12_000,
    warm_reads=24_000,
    requests_per_second=1_500,
    reporters=ReporterChannels(short_messages=True),
    distribution="E2QWRUHAPOMQZL",
    timestamps=Timestamps(url="http://time.example.org/tsr", certificate=A_ROOT),
    restored=RestoredTable(
        table="restored",
        stream="arn:aws:dynamodb:eu-west-3:123456789012:table/restored/stream/"
        "2026-03-01T00:00:00.000",
    ),
)
"""A deployment that makes each choice which is off by default."""


STAGES = {
    "local": ("local", DeploymentFile()),
    "dev": ("dev", DeploymentFile()),
    "prod": ("prod", DeploymentFile()),
    "chosen": ("prod", CHOSEN),
}
"""What is synthesised: with the defaults, not the deployment of this machine, and for `CHOSEN`."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave templates to one worker: to start the CDK takes as long as to synthesise a stage."""
    if {"assembly_of", "starts_cdk"} & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.xdist_group("templates"))


@pytest.fixture(scope="session")
def starts_cdk() -> Iterator[None]:
    """Assets stay where they are staged: templates name them by their digest in any case."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.CDK_FEATURE_FLAGS, "aws:cdk:disable-asset-staging", True)
        yield


@pytest.fixture(scope="session")
def assembly_of(
    tmp_path_factory: pytest.TempPathFactory, starts_cdk: None
) -> Callable[[str], Assembly]:
    """The synthesised assembly of one of `STAGES`."""

    def synthesised(name: str) -> Assembly:
        stage_name, given = STAGES[name]

        def make(folder: Path) -> None:
            stage = stage_with_deployment(stage_name, given)
            python = runtime_python() if stage.on_aws else sys.executable
            app.write_assembly(stage, AssetStage(ROOT, STAGED, python), folder)

        return Assembly(once(tmp_path_factory, f"assembly-{name}", make), stage_name)

    return synthesised


@pytest.fixture(scope="session")
def local(assembly_of: Callable[[str], Assembly]) -> Assembly:
    return assembly_of("local")


@pytest.fixture(scope="session")
def prod(assembly_of: Callable[[str], Assembly]) -> Assembly:
    return assembly_of("prod")


@pytest.fixture(scope="session")
def chosen(assembly_of: Callable[[str], Assembly]) -> Assembly:
    """Production for `CHOSEN`."""
    return assembly_of("chosen")


@pytest.fixture(params=["local", "dev", "prod"], scope="session")
def each_stage(request: pytest.FixtureRequest, assembly_of: Callable[[str], Assembly]) -> Assembly:
    return assembly_of(request.param)


@pytest.fixture(scope="session")
def staged_folder() -> Callable[[str], Path]:
    """The folder that is deployed for a part, compiled as for AWS."""
    staging = AssetStage(ROOT, STAGED, runtime_python())
    return lambda part: staging.function(part, "ma")
