"""Count what each stage asks for.

python -m tools.quotas

`tools.generate_docs` draws docs/quotas.md from the counts. `tests/infra/test_quotas.py` checks that
they match the templates.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.quotas import (
    AWS_QUOTAS,
    QUOTA_COUNTS_FILE,
    AwsQuota,
    count_quota_demand,
    read_quota_counts,
)

QUOTAS_PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "quotas.md"
QUOTA_STAGES: Final = ("dev", "prod")


def quota_table() -> Iterator[str]:
    """What each stage asks for, and what a new account has."""
    counts = read_quota_counts()
    yield f"| service | quota | of | a new account has | {' | '.join(counts)} | page |"
    yield f"|---|---|---|---:|{'---:|' * len(counts)}---|"
    for each in AWS_QUOTAS:
        cells = [each.service, each.what, each.per, _default(each)]
        cells += [_count(each, count[each.id]) for count in counts.values()]
        yield f"| {' | '.join([*cells, each.page])} |"


def _default(quota: AwsQuota) -> str:
    has = "no quota" if quota.default is None else f"{quota.default:,g}"
    return has if quota.confirmed else f"{has} (?)"


def _count(quota: AwsQuota, number: float) -> str:
    more = quota.default is not None and number > quota.default
    return f"**{number:,g}**" if more else f"{number:,g}"


def increases() -> Iterator[str]:
    """What to ask AWS for."""
    for each in AWS_QUOTAS:
        if each.increase:
            code = f" (Service Quotas, `{each.code[0]}` `{each.code[1]}`)" if each.code else ""
            yield f"- **{each.id}**{code}: {each.increase}"


def count_template_quotas() -> dict[str, dict[str, float]]:
    """The counts in the templates of each stage, with the defaults of a deployment file."""
    from infra import app  # only counting needs the CDK
    from infra.assets import ROOT, AssetStage, runtime_python
    from infra.deployment import DeploymentFile
    from infra.stage import stage_with_deployment

    found = {}
    for name in QUOTA_STAGES:
        with tempfile.TemporaryDirectory() as folder:
            staging = AssetStage(ROOT, ROOT / "build" / "stage", runtime_python())
            assembly = app.write_assembly(
                stage_with_deployment(name, DeploymentFile()), staging, Path(folder)
            )
            found[name] = count_quota_demand(
                name, {each.stack_name: each.template for each in assembly.stacks}
            )
    return found


def main() -> int:
    """Write the counts."""
    QUOTA_COUNTS_FILE.write_text(
        json.dumps(count_template_quotas(), indent=1) + "\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
