"""Run the CDK command line with the node and the CDK of this repository.

STAGE=dev python -m local.cdk deploy --all
"""

from __future__ import annotations

import os
import subprocess
import sys

from local.places import ROOT
from local.synth import CDK_APP, environment, node
from local.trouble import ToolMissing, Trouble

CLI = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"


def command(arguments: list[str]) -> list[str]:
    """The command line that runs the CDK on our app. Raises ToolMissing."""
    if not CLI.is_file():
        raise ToolMissing("the CDK command line is not installed; run: make node_modules/.ready")
    app = f"{sys.executable} -m {CDK_APP}"
    return [node(), str(CLI), "--app", app, "--no-notices", *arguments]


def main() -> int:
    try:
        line = command(sys.argv[1:])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    stage = os.environ.get("STAGE", "dev")
    return subprocess.run(line, cwd=ROOT, env=environment(stage), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
