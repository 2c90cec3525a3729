"""Count what each stage asks for.

python -m tools.quotas

`tools.drawn` draws docs/quotas.md from the counts. `tests/infra/test_quotas.py` checks that they
match the templates.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.quotas import COUNTED, QUOTAS, Quota, asked, counted

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "quotas.md"
STAGES: Final = ("dev", "prod")


def table() -> Iterator[str]:
    """What each stage asks for, and what a new account has."""
    counts = counted()
    yield f"| service | quota | of | a new account has | {' | '.join(counts)} | page |"
    yield f"|---|---|---|---:|{'---:|' * len(counts)}---|"
    for each in QUOTAS:
        cells = [each.service, each.what, each.per, _default(each)]
        cells += [_count(each, count[each.id]) for count in counts.values()]
        yield f"| {' | '.join([*cells, each.page])} |"


def _default(quota: Quota) -> str:
    has = "no quota" if quota.default is None else f"{quota.default:,g}"
    return has if quota.confirmed else f"{has} (?)"


def _count(quota: Quota, number: float) -> str:
    more = quota.default is not None and number > quota.default
    return f"**{number:,g}**" if more else f"{number:,g}"


def increases() -> Iterator[str]:
    """What to ask AWS for."""
    for each in QUOTAS:
        if each.increase:
            code = f" (Service Quotas, `{each.code[0]}` `{each.code[1]}`)" if each.code else ""
            yield f"- **{each.id}**{code}: {each.increase}"


def count() -> dict[str, dict[str, float]]:
    """The counts in the templates of each stage, with the defaults of a deployment file."""
    from infra import app  # only counting needs the CDK
    from infra.assets import ROOT, Staging, runtime_python
    from infra.deployment import Deployment
    from infra.stage import stage_of

    found = {}
    for name in STAGES:
        with tempfile.TemporaryDirectory() as folder:
            staging = Staging(ROOT, ROOT / "build" / "stage", runtime_python())
            assembly = app.synthesise(stage_of(name, Deployment()), staging, Path(folder))
            found[name] = asked(name, {each.stack_name: each.template for each in assembly.stacks})
    return found


def main() -> int:
    """Write the counts."""
    COUNTED.write_text(json.dumps(count(), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
