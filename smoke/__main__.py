"""`make smoke STAGE=`: try a deployment, and erase everything that the run made.

    python -m smoke --stage local|dev|prod [--patience 120]

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
from infra.errors import CannotSynthesise, DeploymentNotValid
from local.places import ROOT, state_folder
from local.trouble import Trouble
from smoke.deployed import Deployed, deployed
from smoke.erasing import erase
from smoke.outcome import CannotBegin, Wrong
from smoke.sending import Sender
from smoke.steps import STEPS, Step
from smoke.traces import Traces
from smoke.walk import Walk

GOOD, WRONG, NOT_TRIED, LEFT = "good", "WRONG", "not tried", "LEFT"
ANSWER_SECONDS: Final = 35
"""A little more than the time that the gateway gives a function."""
FAILS: Final = (Wrong, httpx.HTTPError, ClientError, BotoCoreError, KeyError, ValueError)
"""Exceptions that end one step while others continue."""


def tell(said: str, name: str, what: str) -> None:
    """Print one line."""
    print(f"{said:<10} {name:<30} {what}", flush=True)


def try_all(walk: Walk, steps: Iterable[Step] = STEPS) -> bool:
    """Try every step that can be tried; returns whether all are good."""
    good: set[str] = set()
    tried = list(steps)
    for step in tried:
        if missing := [each for each in step.needs if each not in good]:
            tell(NOT_TRIED, step.name, f"it needs: {', '.join(missing)}")
            continue
        try:
            found = step.act(walk)
        except FAILS as error:
            what = f"{error}" if isinstance(error, Wrong) else f"{type(error).__name__}: {error}"
            tell(WRONG, step.name, f"{what}; look first at: {step.first}")
        else:
            good.add(step.name)
            tell(GOOD, step.name, found)
    return len(good) == len(tried)


def run(stage: Deployed, file: Path, patience: float) -> bool:
    """One whole run: the rest of an earlier run, the steps, and the end; returns whether all is
    well."""
    traces = Traces.kept(file)
    with httpx.Client(
        base_url=stage.address, timeout=ANSWER_SECONDS, follow_redirects=False
    ) as http:

        def keep() -> None:
            traces.keep(file)

        walk = Walk(stage, http, traces, keep, patience)
        if not traces.empty:
            ended(walk, "traces of an earlier run")
        try:
            good = try_all(walk)
        finally:  # also after Ctrl-C
            clean = ended(walk, "all is erased")
    return good and clean


def ended(walk: Walk, name: str) -> bool:
    """Erase everything; returns whether nothing is left."""
    sender = Sender(walk.http, secrets.key(walk.deployed.outputs["TrialSecret"]))
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
        stage = deployed(asked.stage)
    except (CannotBegin, CannotSynthesise, DeploymentNotValid, Trouble) as trouble:
        print(f"nothing was tried: {trouble}", file=sys.stderr)
        return 2
    except (ClientError, BotoCoreError) as error:
        print(f"nothing was tried: AWS refused: {error}", file=sys.stderr)
        return 2
    print(f"{asked.stage} at {stage.address}")
    folder = ROOT / "build" / "smoke" if stage.on_aws else state_folder()
    file = folder / f"trials-{asked.stage}.json"
    return 0 if run(stage, file, asked.patience) else 1


if __name__ == "__main__":
    sys.exit(main())
