"""CloudFront serves the pages by the same table as the laptop, header for header."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from casework.aws.http import response_headers
from infra.deployment import Operator
from infra.stage import EDGE_REGION, read_stage
from local.origin import LocalOrigin
from tests.infra.assembly import Assembly
from tools.site import publish as publishing
from tools.site.messages import ROOT
from tools.site.publish import publish_site, read_site_stack_outputs
from tools.site.sizes import over_budget

LARGE = b"{}" * 300
"""Half of an answer that is large enough to be compressed."""


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


def headers_of_a_file(path: str, folder: Path) -> dict[str, str]:
    """What the bucket says with the file at a path, once it is published."""
    name = (f"{path}index.html" if path.endswith("/") else path).lstrip("/")
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text("x")
    return {"Cache-Control": published(folder)[name]}


def published(folder: Path, *, pages_too: bool = True) -> dict[str, str]:
    """How long each file may be cached, in the order in which they are published."""
    put: dict[str, str] = {}

    class Bucket:
        def put_object(self, **call: Any) -> None:
            put[call["Key"]] = call["CacheControl"]

    bucket: Any = Bucket()
    assert publish_site(bucket, "site", folder, pages_too=pages_too) == len(put)
    return put


def headers_here(path: str, folder: Path) -> dict[str, str]:
    """The headers of the local origin at a path."""
    return answer_here(path, folder)[1]


def answer_here(path: str, folder: Path, **asked: str) -> tuple[int, dict[str, str], bytes]:
    """The answer of the local origin at a path, its headers and its body; the API is an empty
    stand-in."""

    async def api(scope: Any, receive: Any, send: Any) -> None:
        kind = (b"Content-Type", b"application/json")
        await send({"type": "http.response.start", "status": 200, "headers": [kind]})
        await send({"type": "http.response.body", "body": LARGE, "more_body": True})
        await send({"type": "http.response.body", "body": LARGE})

    sent: list[Any] = []

    async def keep(message: Any) -> None:
        sent.append(message)

    site = folder / "site.json"
    site.write_text('{"api_id": "any", "seals": "any"}')
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "headers": [(b"host", b"127.0.0.1:1"),
                    *((name.replace("_", "-").encode(), value.encode())
                      for name, value in asked.items())],
    }  # fmt: skip
    asyncio.run(LocalOrigin(api, 2, 1, site, folder)(scope, None, keep))
    start, *bodies = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, b"".join(each["body"] for each in bodies)


PATHS = {
    "Desk": "/v1/desk/queue", "Session": "/v1/session/out", "Staff": "/desk/",
    "Answers": "/v1/reports", "Form": "/ar/report/plain", "Followed": "/ar/follow",
    "Checkpoint": "/log/checkpoint", "Tiles": "/log/tile/0/000.p/5",
    "Stamps": "/log/stamps/5", "Keys": "/log/keys/dossiers.pem",
    "Assets": "/assets/reporting-ABC.js", "Report": "/ar/report/", "Follow": "/ar/follow/",
    "Upload": "/upload", "Urgent": "/ar/urgent/", "Exit": "/ar/exit/", "Pages": "/ar/",
    "Reference": "/reference/", "Verify": "/ar/verify/",
}  # fmt: skip


def test_cloudfront_has_the_rows_of_the_table_in_their_order(prod: Assembly) -> None:
    behaviours = distribution(prod)["CacheBehaviors"]
    assert [each["PathPattern"] for each in behaviours] == [
        row.pattern for row in response_headers.PATH_RULES
    ]


@pytest.mark.parametrize(
    "row", [*response_headers.PATH_RULES, response_headers.FALLBACK_RULE], ids=lambda row: row.name
)
def test_the_edge_and_the_laptop_answer_with_the_same_headers(
    row: response_headers.PathRule, prod: Assembly, tmp_path: Path
) -> None:
    config = distribution(prod)
    behaviour = next(
        (each for each in config["CacheBehaviors"] if each["PathPattern"] == row.pattern),
        config["DefaultCacheBehavior"],
    )
    path = PATHS[row.name]
    assert response_headers.find_path_rule(path) is row
    added, files = headers_at_the_edge(prod, behaviour), tmp_path / "files"
    files.mkdir()
    if row.source is response_headers.PageSource.SITE:
        assert "Cache-Control" not in added
        added |= headers_of_a_file(path, files)
    if (
        row.source is response_headers.PageSource.LOG
    ):  # as the file was written: test_log_of_days.py
        assert "Cache-Control" not in added
        added["Cache-Control"] = str(row.cache)
    at_the_edge = {k.lower(): v for k, v in added.items()}
    assert at_the_edge == {k.lower(): v for k, v in row.headers.items()}
    assert headers_here(path, files).items() >= at_the_edge.items()


def test_static_pages_never_reach_the_api_and_forms_always_do(prod: Assembly) -> None:
    for each in distribution(prod)["CacheBehaviors"]:
        row = next(row for row in response_headers.PATH_RULES if row.pattern == each["PathPattern"])
        takes_posts = "POST" in each.get("AllowedMethods", [])
        assert takes_posts is (
            row.source in {response_headers.PageSource.API, response_headers.PageSource.DROP}
        )


def test_files_named_by_their_hash_are_kept_for_a_year_and_pages_are_not(tmp_path: Path) -> None:
    hashed = ["assets/places-ABC.json", "assets/reporting-ABC.js"]
    for name in ("ar/index.html", "ar/report/index.html", *hashed):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(published(tmp_path, pages_too=False)) == hashed
    kept = published(tmp_path)
    assert list(kept)[:2] == hashed
    assert kept == {
        "assets/places-ABC.json": "public, max-age=31536000, immutable",
        "assets/reporting-ABC.js": "public, max-age=31536000, immutable",
        "ar/index.html": "no-cache",
        "ar/report/index.html": "no-store",
    }


def test_a_missing_file_is_not_remembered_for_a_year(tmp_path: Path) -> None:
    """A browser that asks a moment too early finds the file at its next look."""
    status, headers, _ = answer_here("/assets/reporting-ABC.js", tmp_path)
    assert (status, headers["cache-control"]) == (404, "no-store")
    assert response_headers.SERVER_RENDERED_HEADERS["Cache-Control"] == "no-store", (
        "the answer of the API in its place"
    )


def test_a_page_that_a_browser_has_is_not_sent_again(tmp_path: Path) -> None:
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar" / "index.html").write_text("one")
    status, headers, body = answer_here("/ar/", tmp_path)
    assert (status, body) == (200, b"one")
    tag = headers["etag"]
    assert answer_here("/ar/", tmp_path, if_none_match=tag)[::2] == (304, b"")
    (tmp_path / "ar" / "index.html").write_text("two")
    assert answer_here("/ar/", tmp_path, if_none_match=tag)[::2] == (200, b"two")


def test_answers_are_compressed_where_cloudfront_compresses_them(tmp_path: Path) -> None:
    status, headers, body = answer_here("/v1/statistics", tmp_path, accept_encoding="gzip, br")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert headers["content-length"] == str(len(body))
    assert gzip.decompress(body) == LARGE + LARGE
    plain = answer_here("/v1/statistics", tmp_path)
    assert plain[2] == LARGE + LARGE
    (tmp_path / "icon.svg").write_bytes(LARGE)
    small = answer_here("/icon.svg", tmp_path, accept_encoding="gzip")
    assert small[2] == LARGE, "smaller than what CloudFront compresses"


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
    """The deployment's file names the pack and the operator of the portal, too."""
    file = 'pack = "elsewhere"\n[operator]\nname = "The Authority"\n'
    (tmp_path / "dev.toml").write_text(file, "utf-8")
    built: list[tuple[str, str | None]] = []

    def build(pack: str, operator: Operator) -> Path:
        built.append((pack, operator.name))
        return tmp_path / "site"

    outputs = {"SiteBucket": "site", "PublicUrl": "https://portal.example.org"}
    monkeypatch.setattr(publishing, "read_stage", lambda name: read_stage(name, tmp_path))
    monkeypatch.setattr(publishing, "build", build)
    monkeypatch.setattr(
        publishing, "read_site_stack_outputs", lambda cloudformation, stack: outputs
    )
    monkeypatch.setattr("sys.argv", ["publish", "--stage", "dev"])
    assert publishing.main() == 0
    assert built == [("elsewhere", "The Authority")]


@mock_aws
def test_the_first_deployment_finds_no_bucket_for_assets_yet() -> None:
    cloudformation = boto3.client("cloudformation", region_name=EDGE_REGION)
    assert read_site_stack_outputs(cloudformation, "casework-edge") is None
    template = {
        "Resources": {"Site": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"SiteBucket": {"Value": {"Ref": "Site"}}},
    }
    cloudformation.create_stack(StackName="casework-edge", TemplateBody=json.dumps(template))
    assert set(read_site_stack_outputs(cloudformation, "casework-edge") or {}) == {"SiteBucket"}


def test_a_heavy_page_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "ar").mkdir()
    heavy = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(60_000))
    (tmp_path / "ar" / "index.html").write_text(heavy, encoding="utf-8")
    assert [each.partition(":")[0] for each in over_budget(tmp_path)] == ["/ar/"]
