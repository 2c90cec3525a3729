"""What a million reports cost on AWS, and a month without any, by part.

Counted quantities are figures of this bench. Assumed ones are named in `ASSUMED`, and the prices
are data with a date (`prices.json`). Free tiers are left out. Standing costs are counted in the
template of production. E-mails to reporters are told apart: a force that has a mail service of its
own pays no SES.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from harness.bench.deployment import ROOT
from harness.bench.targets import Figure
from infra import app
from infra.assets import AssetStage, runtime_python
from infra.deployment import DeploymentFile
from infra.stage import stage_with_deployment

CASE_OPENING_SHARE: Final = 0.6
"""Share of reports that open a case; the others join one."""
ASSUMED: Final[Mapping[str, tuple[float, str]]] = MappingProxyType(
    {
        "sealed": (0.6, "share of reports with sealed boxes, as in the demonstration"),
        "tellings": (1.5, "news told to reporters, for a report"),
        "acts": (4.5, "write units of views, holds and notes, for a case"),
        "desk_reads": (30, "read units of lists, pages and counting, for a case"),
        "gb_seconds": (0.6, "memory times time of all functions, for a report"),
        "invocations": (14, "calls of functions, for a report"),
        "reporter_calls": (2, "calls of the API by a reporter, who sends a report and looks at it"),
        "later_calls": (5.6, "further calls of the API by reporters and staff, for a report"),
        "log_kilobytes": (6, "logs, for a report"),
        "queue_calls": (8, "calls of queues, for a report"),
        "publishes": (1, "messages to topics, for a report"),
        "stored_kilobytes": (12, "what the table keeps of a report, its case and its marks"),
        "file_megabytes": (2, "of a file: most are pictures of a screen"),
        "file_gb_seconds": (3, "memory times time of all functions, for a file"),
        "file_months": (12, "how long a file is kept"),
        "file_opened": (0.2, "how often a file is opened"),
    }
)
"""Quantities that this bench does not count, each with its meaning."""
DOLLARS_BEFORE: Final[Mapping[str, float]] = MappingProxyType(
    {
        "Step Functions": 167,
        "table, writes": 38,
        "table, reads": 14,
        "CloudFront": 63,
        "firewall": 18,
        "boxes opened (KMS)": 22,
        "functions": 16,
        "HTTP API": 8,
        "logs": 8,
        "queues and topics": 4,
        "storage and backups": 4,
    }
)
"""Dollars per million reports before the work on costs, estimated at the same prices."""
EMAIL: Final = "e-mails (SES)"
PRICES: Final = Path(__file__).with_name("prices.json")


REQUIRED_FIGURES: Final = frozenset(
    {
        *("transitions_per_case", "write_units_before_201", "write_units_before_201_sealed"),
        *("write_units_per_case_held", "write_units_per_join", "telling_units"),
        *("counting_units_per_case_1000", "counting_units_per_join_1000"),
        *("read_units_per_case_held", "read_units_per_join", "edge_requests", "edge_bytes"),
    }
)
"""The figures of other parts that a cost is made of."""
NEEDED_OF_FILES: Final = frozenset(
    f"file_{act}_{what}"
    for act in ("slot", "kept", "examined", "part", "renewed")
    for what in ("write_units", "read_units", "s3", "kms", "queue")
)
"""The figures that the cost of files is made of."""
COST_CHART_FILE: Final = ROOT / "docs" / "cost.svg"


def figures(found: Mapping[str, float], console: Console) -> Iterator[Figure]:
    """The figures of this file, from those of the other parts; draws the chart of the docs."""
    parts = per_million(found)
    idle = fixed_monthly_cost(templates())
    console.print(cost_by_part_table(parts))
    for name, dollars in idle.items():
        console.print(f"  {dollars:5.1f} $ a month: {name}")
    COST_CHART_FILE.write_text(chart(parts), "utf-8")
    yield Figure("cost_per_million", sum(parts.values()) - parts[EMAIL])
    yield Figure("cost_idle_month", sum(idle.values()))


def templates() -> list[dict[str, Any]]:
    """The templates of production, with the defaults."""
    with tempfile.TemporaryDirectory() as folder:
        staging = AssetStage(ROOT, ROOT / "build" / "stage", runtime_python())
        app.write_assembly(stage_with_deployment("prod", DeploymentFile()), staging, Path(folder))
        files = sorted(Path(folder).rglob("*.template.json"))
        return [json.loads(file.read_text("utf-8")) for file in files]


def per_million(found: Mapping[str, float]) -> dict[str, float]:
    """Dollars per million reports, by part."""
    prices = json.loads(PRICES.read_text("utf-8"))
    each, gigabyte = prices["each_million"], prices["each_gigabyte"]
    told = {name: value for name, (value, _) in ASSUMED.items()}
    opened, joined = CASE_OPENING_SHARE, 1 - CASE_OPENING_SHARE
    writes = (
        found["write_units_before_201"] * (1 - told["sealed"])
        + found["write_units_before_201_sealed"] * told["sealed"]
        + opened * (found["write_units_per_case_held"] + found["counting_units_per_case_1000"])
        + joined * (found["write_units_per_join"] + found["counting_units_per_join_1000"])
        + told["tellings"] * found["telling_units"]
        + opened * told["acts"]
    )
    reads = (
        opened * (found["read_units_per_case_held"] + told["desk_reads"])
        + joined * found["read_units_per_join"]
    )
    requests, kilobytes = found["edge_requests"], found["edge_bytes"] / 1_000
    return {
        "Step Functions": opened * found["transitions_per_case"] * each["transition"],
        "table, writes": writes * each["write_unit"],
        "table, reads": reads * each["read_unit"],
        "CloudFront": requests * (each["cloudfront_request"] + each["cloudfront_function"])
        + kilobytes * gigabyte["cloudfront"],
        "firewall": requests * each["firewall_request"],
        "boxes opened (KMS)": told["tellings"] * each["rsa_decrypt"],
        "functions": told["gb_seconds"] * each["lambda_gb_second"]
        + told["invocations"] * each["lambda_invocation"],
        "HTTP API": (told["reporter_calls"] + told["later_calls"]) * each["http_api_call"],
        "logs": told["log_kilobytes"] * gigabyte["log"],
        "queues and topics": told["queue_calls"] * each["queue_call"]
        + told["publishes"] * each["topic_publish"],
        "storage and backups": told["stored_kilobytes"]
        * (gigabyte["table_month"] + gigabyte["backup_month"]),
        EMAIL: told["tellings"] * each["email"],
    }


def file_cost_figures(found: Mapping[str, float], console: Console) -> Iterator[Figure]:
    """Dollars for a thousand files, from the figures of `harness.bench.files`; every request of S3
    is priced as the dearest kind."""
    prices = json.loads(PRICES.read_text("utf-8"))
    each, gigabyte = prices["each_million"], prices["each_gigabyte"]
    told = {name: value for name, (value, _) in ASSUMED.items()}

    def all_of(what: str) -> float:
        once = sum(found[f"file_{act}_{what}"] for act in ("slot", "kept", "examined"))
        return once + told["file_months"] * found[f"file_renewed_{what}"]

    gigabytes = told["file_megabytes"] / 1_000
    parts = {
        "table": all_of("write_units") * each["write_unit"]
        + all_of("read_units") * each["read_unit"],
        "S3": all_of("s3") * each["s3_request"],
        "KMS": all_of("kms") * each["kms_request"] + told["file_opened"] * each["rsa_decrypt"],
        "queues": all_of("queue") * 3 * each["queue_call"],  # sent, received, deleted
        "functions": told["file_gb_seconds"] * each["lambda_gb_second"],
        "carried": gigabytes * gigabyte["cloudfront_upload"] * 1e6,
        "kept": gigabytes * told["file_months"] * gigabyte["vault_month"] * 1e6,
    }
    for name, dollars in parts.items():
        console.print(f"  {dollars / 1_000:5.2f} $ for a thousand files: {name}")
    yield Figure("cost_per_thousand_files", sum(parts.values()) / 1_000)


def fixed_monthly_cost(templates: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Dollars of a month without a report, by kind of resource."""
    prices = json.loads(PRICES.read_text("utf-8"))["each_month"]
    found: Counter[str] = Counter()
    for each in (each for template in templates for each in template["Resources"].values()):
        if each["Type"] in prices:
            found[each["Type"]] += 1
        if each["Type"] == "AWS::WAFv2::WebACL":
            found["firewall_rule"] += len(each["Properties"]["Rules"])
    return {name: often * prices[name] for name, often in found.items()}


def cost_by_part_table(parts: Mapping[str, float]) -> Table:
    """The cost by part, before and now, for people."""
    table = Table(box=None, pad_edge=False, show_footer=True)
    table.add_column("$ per million reports", footer="sum without e-mails")
    table.add_column("before", footer=f"{sum(DOLLARS_BEFORE.values()):.0f}", justify="right")
    now = sum(parts.values()) - parts[EMAIL]
    table.add_column("now", footer=f"{now:.0f}", justify="right")
    for name, dollars in parts.items():
        before = f"{DOLLARS_BEFORE[name]:.0f}" if name in DOLLARS_BEFORE else ""
        table.add_row(name, before, f"{dollars:.1f}")
    return table


# ---- chart -------------------------------------------------------------------------------------

WIDE: Final = 720
LEFT: Final = 170
ROW: Final = 34
GREY: Final = "#b8c0c8"
BLUE: Final = "#1f5fa8"


def chart(parts: Mapping[str, float]) -> str:
    """The cost by part before and now, as an SVG image."""
    most = max(*DOLLARS_BEFORE.values(), *parts.values())
    scale = (WIDE - LEFT - 60) / most
    rows = [name for name in parts if name != EMAIL]
    high = 56 + ROW * len(rows)
    now = sum(parts[name] for name in rows)
    said = (
        f"Cost per million reports: {sum(DOLLARS_BEFORE.values()):.0f} "
        f"dollars before, {now:.0f} now."
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{said}</title>",
        f'<rect width="{WIDE}" height="{high}" fill="#fff"/>',
        f'<text x="0" y="18" font-weight="600">{said}</text>',
        f'<rect x="0" y="30" width="12" height="10" fill="{GREY}"/>',
        '<text x="18" y="40">before</text>',
        f'<rect x="80" y="30" width="12" height="10" fill="{BLUE}"/>',
        '<text x="98" y="40">now</text>',
    ]
    for number, name in enumerate(rows):
        top = 54 + ROW * number
        lines.append(f'<text x="{LEFT - 8}" y="{top + 17}" text-anchor="end">{name}</text>')
        for down, dollars, colour in ((0, DOLLARS_BEFORE[name], GREY), (13, parts[name], BLUE)):
            long = max(1, dollars * scale)
            lines.append(
                f'<rect x="{LEFT}" y="{top + down}" width="{long:.1f}" height="11"'
                f' fill="{colour}"/><text x="{LEFT + long + 5:.1f}" y="{top + down + 10}"'
                f' font-size="11">{dollars:.0f}</text>'
            )
    return "\n".join([*lines, "</svg>", ""])
