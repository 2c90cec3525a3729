"""`make smoke STAGE=`: try a deployment, and erase everything that the run made.

    python -m harness.smoke --stage local|dev|prod [--patience 120]

It prints one line for each step: good, or the fault and what to look at first. It exits with 0 when
all is good and nothing is left, with 1 when something is wrong, with 2 when nothing could be tried.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from casework.aws.services import secrets
from harness.smoke.checks import SmokeRun
from harness.smoke.created_resources import CreatedResources
from harness.smoke.deployed import DeployedStage, read_deployed_stage
from harness.smoke.erasing import erase
from harness.smoke.outcome import CannotStart, CheckFailed
from harness.smoke.sending import Sender
from harness.smoke.steps import SMOKE_STEPS, SmokeStep
from infra.errors import CannotSynthesise, DeploymentNotValid
from local.errors import UserError
from local.places import ROOT, state_folder

GOOD, WRONG, NOT_TRIED, LEFT = "good", "WRONG", "not tried", "LEFT"
ANSWER_SECONDS: Final = 35
"""A little more than the time that the gateway gives a function."""
FAILED_RUN_ERRORS: Final = (
    CheckFailed,
    httpx.HTTPError,
    ClientError,
    BotoCoreError,
    KeyError,
    ValueError,
)
"""Exceptions that end one step while others continue."""


def tell(said: str, name: str, what: str) -> None:
    """Print one line."""
    print(f"{said:<10} {name:<30} {what}", flush=True)


def try_all(walk: SmokeRun, steps: Iterable[SmokeStep] = SMOKE_STEPS) -> bool:
    """Try every step that can be tried; returns whether all are good."""
    good: set[str] = set()
    tried = list(steps)
    for step in tried:
        if missing := [each for each in step.needs if each not in good]:
            tell(NOT_TRIED, step.name, f"it needs: {', '.join(missing)}")
            continue
        try:
            found = step.act(walk)
        except FAILED_RUN_ERRORS as error:
            what = (
                f"{error}" if isinstance(error, CheckFailed) else f"{type(error).__name__}: {error}"
            )
            tell(WRONG, step.name, f"{what}; look first at: {step.first}")
        else:
            good.add(step.name)
            tell(GOOD, step.name, found)
    return len(good) == len(tried)


def run_smoke_test(stage: DeployedStage, file: Path, patience: float) -> bool:
    """One whole run: the rest of an earlier run, the steps, and the end; returns whether all is
    well."""
    traces = CreatedResources.kept(file)
    with httpx.Client(
        base_url=stage.address, timeout=ANSWER_SECONDS, follow_redirects=False
    ) as http:

        def keep() -> None:
            traces.keep(file)

        walk = SmokeRun(stage, http, traces, keep, patience)
        if not traces.empty:
            finish_run(walk, "traces of an earlier run")
        try:
            good = try_all(walk)
        finally:  # also after Ctrl-C
            clean = finish_run(walk, "all is erased")
    return good and clean


def finish_run(walk: SmokeRun, name: str) -> bool:
    """Erase everything; returns whether nothing is left."""
    sender = Sender(walk.http, secrets.read_key(walk.deployed.outputs["TrialSecret"]))
    counted = (len(walk.traces.sent), len(walk.traces.people))
    left = list(erase(walk.deployed, sender, walk.traces, walk.keep))
    for each in left:
        tell(LEFT, name, each)
    if not left:
        tell(GOOD, name, f"{counted[0]} trials, {counted[1]} people")
    return not left


def main(arguments: list[str] | None = None) -> int:
    """Run on a stage, with the credentials of this shell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stage", default="local")
    parser.add_argument(
        "--patience", type=float, default=120, help="longest wait for each result, in seconds"
    )
    asked = parser.parse_args(arguments)
    try:
        stage = read_deployed_stage(asked.stage)
    except (CannotStart, CannotSynthesise, DeploymentNotValid, UserError) as trouble:
        print(f"nothing was tried: {trouble}", file=sys.stderr)
        return 2
    except (ClientError, BotoCoreError) as error:
        print(f"nothing was tried: AWS refused: {error}", file=sys.stderr)
        return 2
    print(f"{asked.stage} at {stage.address}")
    folder = ROOT / "build" / "smoke" if stage.on_aws else state_folder()
    file = folder / f"trials-{asked.stage}.json"
    return 0 if run_smoke_test(stage, file, asked.patience) else 1


if __name__ == "__main__":
    sys.exit(main())
