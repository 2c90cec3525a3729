"""The public address: its limits on callers, and its answer for a missing page."""

from __future__ import annotations

import json
import posixpath
import subprocess
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import pytest

from casework.aws.http import response_headers
from infra.edge import UPLOAD_REWRITE_CODE
from local.synth import node_executable
from tests.infra.assembly import Assembly, flat, listed
from tests.infra.conftest import CHOSEN
from tests.infra.test_pages import distribution

# ---- a page that does not exist ------------------------------------------------------------------


def test_a_page_that_the_bucket_does_not_have_is_answered_by_the_api(prod: Assembly) -> None:
    """S3 answers 404 to callers that may list the bucket and 403 to others. By this status a group
    goes on to its second origin (CloudFront Developer Guide, "Optimize high availability with
    origin failover")."""
    config = distribution(prod)
    (group,) = config["OriginGroups"]["Items"]
    assert group["FailoverCriteria"]["StatusCodes"]["Items"] == [404]
    bucket, api = (each["OriginId"] for each in group["Members"]["Items"])
    origins = {each["Id"]: each for each in config["Origins"]}
    assert "S3OriginConfig" in origins[bucket]
    assert "execute-api" in flat(origins[api]["DomainName"]) or "Export" in str(origins[api])
    for behaviour in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
        pattern = behaviour.get("PathPattern", response_headers.FALLBACK_RULE.pattern)
        row = next(
            each
            for each in (*response_headers.PATH_RULES, response_headers.FALLBACK_RULE)
            if each.pattern == pattern
        )
        of_site = row.source is response_headers.PageSource.SITE
        assert (behaviour["TargetOriginId"] == group["Id"]) is of_site, pattern


def test_the_edge_may_tell_a_missing_page_from_a_refusal(prod: Assembly) -> None:
    allowed = {
        action
        for policy in prod.properties("AWS::S3::BucketPolicy", "edge")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    }
    assert allowed == {"s3:GetObject", "s3:ListBucket"}


def test_an_upload_reaches_the_bucket_as_a_form_and_brings_nothing_of_its_sender(
    prod: Assembly,
) -> None:
    """The bucket trusts the form's signature alone, and sees the edge's address."""
    config = distribution(prod)
    (behaviour,) = (
        e for e in config["CacheBehaviors"] if e["PathPattern"] == response_headers.UPLOAD_PATH
    )
    (origin,) = (e for e in config["Origins"] if e["Id"] == behaviour["TargetOriginId"])
    assert "OriginAccessControlId" not in origin
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    policies = prod.resources("AWS::CloudFront::OriginRequestPolicy")
    passed = policies[behaviour["OriginRequestPolicyId"]["Ref"]]["Properties"]
    assert passed["OriginRequestPolicyConfig"]["HeadersConfig"]["Headers"] == ["Content-Type"]
    assert passed["OriginRequestPolicyConfig"]["CookiesConfig"] == {"CookieBehavior": "none"}
    assert passed["OriginRequestPolicyConfig"]["QueryStringsConfig"] == {
        "QueryStringBehavior": "none"
    }
    # CachingDisabled: nothing of it is kept at the edge.
    assert behaviour["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


@pytest.mark.parametrize(("method", "passes"), [("POST", True), ("GET", False), ("PUT", False)])
def test_only_a_form_passes_to_the_root_of_the_bucket(method: str, passes: bool) -> None:
    event = {"request": {"method": method, "uri": "/upload", "querystring": {"list-type": {}}}}
    asked = f"{UPLOAD_REWRITE_CODE};console.log(JSON.stringify(handler({json.dumps(event)})))"
    said = subprocess.run(
        [node_executable(), "-e", asked], capture_output=True, check=True, text=True
    )
    answer = json.loads(said.stdout)
    if passes:
        assert answer == {"method": "POST", "uri": "/", "querystring": {}}
    else:
        assert answer["statusCode"] == 405


def read_by_the_edge(assembly: Assembly) -> Mapping[str, Any]:
    """What the edge may read of the buckets of the core."""
    (allowed,) = (
        statement
        for policy in assembly.properties("AWS::S3::BucketPolicy", "core")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    )
    found: Mapping[str, Any] = allowed
    return found


def test_the_edge_may_read_the_public_files_of_the_log_and_nothing_else_of_the_seals(
    prod: Assembly,
) -> None:
    allowed = read_by_the_edge(prod)
    assert allowed["Action"] == "s3:GetObject"
    assert [flat(each).rpartition("/log/")[2] for each in allowed["Resource"]] == [
        *("checkpoint", "keys/*", "stamps/*", "tile/*"),
    ]
    assert "aws:SourceAccount" in allowed["Condition"]["StringEquals"]


def test_once_it_is_named_one_distribution_alone_reads_the_log(chosen: Assembly) -> None:
    condition = read_by_the_edge(chosen)["Condition"]
    assert condition.keys() == {"StringEquals", "ArnEquals"}
    assert flat(condition["ArnEquals"]["aws:SourceArn"]).endswith(
        f":distribution/{CHOSEN.distribution}"
    )


def test_the_edge_forwards_no_request_that_lists_a_bucket(prod: Assembly) -> None:
    """The bucket is asked for objects by name alone: without a query, and never for its root."""
    config = distribution(prod)
    assert config["DefaultRootObject"] == "index.html"
    for behaviour in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
        if "Group" in behaviour["TargetOriginId"]:
            assert "OriginRequestPolicyId" not in behaviour
            # CachingOptimized: no query, no header, no cookie reaches the origin.
            assert behaviour["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"


# ---- limits on callers ---------------------------------------------------------------------------


def counts(statement: Mapping[str, Any], method: str, path: str) -> bool:
    """Whether a request is counted, by the firewall's own operators."""
    match statement:
        case {"AndStatement": {"Statements": parts}}:
            return all(counts(each, method, path) for each in parts)
        case {"OrStatement": {"Statements": parts}}:
            return any(counts(each, method, path) for each in parts)
        case {"NotStatement": {"Statement": part}}:
            return not counts(part, method, path)
        case {"ByteMatchStatement": match}:
            given = method if "Method" in match["FieldToMatch"] else path
            for each in sorted(match["TextTransformations"], key=lambda one: one["Priority"]):
                given = TRANSFORMED[each["Type"]](given)
            text = match["SearchString"]
            fits: dict[str, bool] = {
                "EXACTLY": given == text,
                "STARTS_WITH": given.startswith(text),
                "ENDS_WITH": given.endswith(text),
            }
            return fits[match["PositionalConstraint"]]
    raise ValueError(f"{statement} is not known here")


TRANSFORMED: dict[str, Callable[[str], str]] = {
    "NONE": str,
    "URL_DECODE": unquote,
    "NORMALIZE_PATH": posixpath.normpath,
}

REQUESTS = [
    ("POST", "/v1/reports", {"Reports", "Writes", "Requests"}),
    ("POST", "/v1/%72eports", {"Reports", "Writes", "Requests"}),
    ("POST", "/v1/desk/../reports", {"Reports", "Writes", "Requests"}),
    ("POST", "/assets/../v1/reports", {"Reports", "Writes", "Requests"}),
    ("POST", "/fr/report/plain", {"Reports", "Writes", "Requests"}),
    ("POST", "/v1/reports/R-1/additions", {"Writes", "Requests"}),
    ("POST", "/ar/follow", {"Writes", "Requests"}),
    ("POST", "/upload", {"Writes", "Requests"}),
    ("GET", "/v1/reports/R-1", {"Requests"}),
    ("GET", "/v1/statistics", {"Requests"}),
    ("GET", "/ar/", {"Requests"}),
    ("GET", "/nothing/", {"Requests"}),
    ("GET", "/assets/report-ABC.js", set()),
    ("GET", "/v1/desk/queue", set()),
    ("POST", "/v1/desk/cases/C-1/review", set()),
]


@pytest.mark.parametrize(("method", "path", "expected"), REQUESTS)
def test_the_firewall_limits_only_calls_of_strangers_from_a_shared_address(
    prod: Assembly, method: str, path: str, expected: set[str]
) -> None:
    """Staff of a station share one address: their calls and the files of pages have no limit."""
    limited = {
        rule["Name"].removesuffix("OfOneAddress")
        for rule in prod.one("AWS::WAFv2::WebACL")["Rules"]
        if "RateBasedStatement" in rule["Statement"]
        and counts(rule["Statement"]["RateBasedStatement"]["ScopeDownStatement"], method, path)
    }
    assert limited == expected


def test_the_firewall_fits_into_its_capacity(prod: Assembly) -> None:
    """1,500 units without a request for more. Those of managed groups are written in their lists; a
    rate costs 2, a match of bytes 2 and 10 more where its text stands anywhere, a transformation 10
    (AWS WAF Developer Guide, "Rule statements")."""
    managed = {"AWSManagedRulesCommonRuleSet": 700, "AWSManagedRulesKnownBadInputsRuleSet": 200}

    def units(statement: Mapping[str, Any]) -> int:
        match statement:
            case {"AndStatement": {"Statements": parts}} | {"OrStatement": {"Statements": parts}}:
                return sum(map(units, parts))
            case {"NotStatement": {"Statement": part}}:
                return units(part)
            case {"RateBasedStatement": rate}:
                return 2 + units(rate["ScopeDownStatement"])
            case {"ByteMatchStatement": match}:
                kinds = [each["Type"] for each in match["TextTransformations"]]
                return 10 + 10 * len([each for each in kinds if each != "NONE"])
            case {"ManagedRuleGroupStatement": group}:
                return managed[group["Name"]]
        raise ValueError(f"{statement} is not known here")

    rules = prod.one("AWS::WAFv2::WebACL")["Rules"]
    assert sum(units(rule["Statement"]) for rule in rules) <= 1500
