"""CloudFront serves the pages by the same table as the laptop, header for header."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from casework.aws.http import pages
from infra.stage import EDGE_REGION, deployed
from local.origin import Origin
from tests.infra.assembly import Assembly
from tools.site import publish as publishing
from tools.site.build import over_budget
from tools.site.messages import ROOT
from tools.site.publish import outputs_of, publish


def distribution(prod: Assembly) -> dict[str, Any]:
    found: dict[str, Any] = prod.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    return found


def headers_at_the_edge(prod: Assembly, behaviour: dict[str, Any]) -> dict[str, str]:
    """The headers that CloudFront adds to the answers of a behaviour."""
    policies = prod.resources("AWS::CloudFront::ResponseHeadersPolicy")
    config = policies[behaviour["ResponseHeadersPolicyId"]["Ref"]]["Properties"][
        "ResponseHeadersPolicyConfig"
    ]
    known = config["SecurityHeadersConfig"]
    lasts = known["StrictTransportSecurity"]["AccessControlMaxAgeSec"]
    written = {
        "Content-Security-Policy": known["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Content-Type-Options": "nosniff" if known["ContentTypeOptions"] else "",
        "X-Frame-Options": known["FrameOptions"]["FrameOption"],
        "Referrer-Policy": known["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": f"max-age={lasts}; includeSubDomains",
    }
    items = config["CustomHeadersConfig"]["Items"]
    assert all(each["Override"] for each in items)
    return written | {each["Header"]: each["Value"] for each in items}


def headers_here(path: str, folder: Path) -> dict[str, str]:
    """The answer of the local origin at a path; the API is an empty stand-in."""

    async def api(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    sent: list[Any] = []

    async def keep(message: Any) -> None:
        sent.append(message)

    site = folder / "site.json"
    site.write_text('{"api_id": "any"}')
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "headers": [(b"host", b"127.0.0.1:1")],
    }  # fmt: skip
    asyncio.run(Origin(api, 2, 1, site, folder)(scope, None, keep))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


PATHS = {
    "Desk": "/v1/desk/queue", "Session": "/v1/session/out", "Staff": "/desk/",
    "Answers": "/v1/reports", "Form": "/ar/report/plain", "Followed": "/ar/follow",
    "Assets": "/assets/report-ABC.js", "Report": "/ar/report/", "Follow": "/ar/follow/",
    "Urgent": "/ar/urgent/", "Exit": "/ar/exit/", "Pages": "/ar/",
}  # fmt: skip


def test_cloudfront_has_the_rows_of_the_table_in_their_order(prod: Assembly) -> None:
    behaviours = distribution(prod)["CacheBehaviors"]
    assert [each["PathPattern"] for each in behaviours] == [row.pattern for row in pages.ROWS]


@pytest.mark.parametrize("row", [*pages.ROWS, pages.PAGES], ids=lambda row: row.name)
def test_the_edge_and_the_laptop_answer_with_the_same_headers(
    row: pages.PageRow, prod: Assembly, tmp_path: Path
) -> None:
    config = distribution(prod)
    behaviour = next(
        (each for each in config["CacheBehaviors"] if each["PathPattern"] == row.pattern),
        config["DefaultCacheBehavior"],
    )
    path = PATHS[row.name]
    assert pages.row_of(path) is row
    at_the_edge = {k.lower(): v for k, v in headers_at_the_edge(prod, behaviour).items()}
    here = headers_here(path, tmp_path)
    assert at_the_edge == {k.lower(): v for k, v in row.headers.items()}
    assert here.items() >= at_the_edge.items()


def test_static_pages_never_reach_the_api_and_forms_always_do(prod: Assembly) -> None:
    for each in distribution(prod)["CacheBehaviors"]:
        row = next(row for row in pages.ROWS if row.pattern == each["PathPattern"])
        takes_posts = "POST" in each.get("AllowedMethods", [])
        assert takes_posts is (row.source is pages.PageSource.API)


def test_every_published_file_says_how_long_it_may_be_cached(tmp_path: Path) -> None:
    for name in ("ar/index.html", "ar/report/index.html", "assets/report-ABC.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    put: list[dict[str, Any]] = []

    class Bucket:
        def put_object(self, **call: Any) -> None:
            put.append(call)

    bucket: Any = Bucket()
    assert publish(bucket, "site", tmp_path, pages_too=False) == 1
    assert [each["Key"] for each in put] == ["assets/report-ABC.js"]
    put.clear()
    assert publish(bucket, "site", tmp_path, pages_too=True) == 3
    assert next(each["Key"] for each in put) == "assets/report-ABC.js"
    kept = {each["Key"]: each["CacheControl"] for each in put}
    assert kept == {
        "assets/report-ABC.js": pages.FOR_EVER,
        "ar/index.html": pages.FRESH,
        "ar/report/index.html": pages.NO_STORE,
    }


def test_assets_are_published_before_the_pages_that_load_them() -> None:
    """The order: assets, the stacks whose functions render pages with them, the new pages."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = makefile.partition("\ndeploy:")[2].partition("\n\n")[0].splitlines()[1:]
    steps = [line.partition("python -m ")[2] for line in recipe]
    assert steps == [
        "tools.site.publish --stage $(STAGE) --assets",
        "local.cdk deploy --all",
        "tools.site.publish --stage $(STAGE)",
    ]


def test_the_portal_that_is_published_is_that_of_the_country_that_deploys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deployment's file names the pack, for the portal as for the functions."""
    (tmp_path / "dev.toml").write_text('pack = "elsewhere"\n', "utf-8")
    built: list[str] = []

    def build(pack: str) -> Path:
        built.append(pack)
        return tmp_path / "site"

    outputs = {"SiteBucket": "site", "PublicUrl": "https://portal.example.org"}
    monkeypatch.setattr(publishing, "deployed", lambda name: deployed(name, tmp_path))
    monkeypatch.setattr(publishing, "build", build)
    monkeypatch.setattr(publishing, "outputs_of", lambda cloudformation, stack: outputs)
    monkeypatch.setattr("sys.argv", ["publish", "--stage", "dev"])
    assert publishing.main() == 0
    assert built == ["elsewhere"]


@mock_aws
def test_the_first_deployment_finds_no_bucket_for_assets_yet() -> None:
    cloudformation = boto3.client("cloudformation", region_name=EDGE_REGION)
    assert outputs_of(cloudformation, "casework-edge") is None
    template = {
        "Resources": {"Site": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"SiteBucket": {"Value": {"Ref": "Site"}}},
    }
    cloudformation.create_stack(StackName="casework-edge", TemplateBody=json.dumps(template))
    assert set(outputs_of(cloudformation, "casework-edge") or {}) == {"SiteBucket"}


def test_a_heavy_page_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "ar").mkdir()
    heavy = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(60_000))
    (tmp_path / "ar" / "index.html").write_text(heavy, encoding="utf-8")
    assert [each.partition(":")[0] for each in over_budget(tmp_path)] == ["/ar/"]
