"""No address, no user agent and no content in anything the platform writes by itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import aws_cdk as cdk

from infra.assets import ROOT
from infra.deployment import DeploymentFile
from infra.edge import (
    CACHE_KEY_HEADERS,
    FORWARDED_HEADERS,
    UPLOAD_FORWARDED_HEADERS,
    EdgeDistribution,
)
from infra.firewall import BODY_RULES
from infra.stage import EDGE_REGION, STAGES_BY_NAME
from tests.infra.assembly import Assembly

OF_NOBODY = {
    "$context.requestId",
    "$context.requestTimeEpoch",
    "$context.routeKey",
    "$context.status",
    "$context.integrationStatus",
    "$context.responseLatency",
    "$context.integrationLatency",
}


def test_access_logs_hold_nothing_of_the_caller(each_stage: Assembly) -> None:
    (stage,) = each_stage.properties("AWS::ApiGatewayV2::Stage")
    written = re.findall(r"\$context\.[\w.]+", stage["AccessLogSettings"]["Format"])
    assert set(written) == OF_NOBODY
    assert not stage["DefaultRouteSettings"].get("DataTraceEnabled")


def test_no_function_is_traced_and_none_logs_its_event(each_stage: Assembly) -> None:
    for handler, function in each_stage.functions.items():
        assert function.get("TracingConfig", {}).get("Mode", "PassThrough") != "Active", handler
        variables = function["Environment"]["Variables"]
        assert not [name for name in variables if "LOG_EVENT" in name or "DEBUG" in name]


def test_the_workflow_logs_errors_without_the_words_of_a_report(each_stage: Assembly) -> None:
    machine = each_stage.one("AWS::StepFunctions::StateMachine")
    assert machine["LoggingConfiguration"]["Level"] == "ERROR"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert not machine.get("TracingConfiguration", {}).get("Enabled")


def test_every_log_group_has_a_retention(each_stage: Assembly) -> None:
    for log in each_stage.properties("AWS::Logs::LogGroup"):
        assert log["RetentionInDays"] <= 90
    for handler, function in each_stage.functions.items():
        assert function["LoggingConfig"]["LogGroup"]["Ref"], handler


def test_the_api_allows_no_cross_origin_access(each_stage: Assembly) -> None:
    assert "CorsConfiguration" not in each_stage.one("AWS::ApiGatewayV2::Api")


def test_the_edge_keeps_no_addresses(prod: Assembly) -> None:
    distribution = prod.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert "Logging" not in distribution
    assert not prod.resources("AWS::WAFv2::LoggingConfiguration")
    assert not prod.resources("AWS::CloudFront::RealtimeLogConfig")
    text = json.dumps(prod.one("AWS::WAFv2::WebACL"))
    assert '"SampledRequestsEnabled": true' not in text


def test_the_edge_forwards_no_user_agent_and_no_cookie(prod: Assembly) -> None:
    passed = {name.lower() for name in (*FORWARDED_HEADERS, *CACHE_KEY_HEADERS)}
    assert not passed & {"user-agent", "cookie", "referer", "x-forwarded-for"}
    policies = [
        each["OriginRequestPolicyConfig"]
        for each in prod.properties("AWS::CloudFront::OriginRequestPolicy")
    ]
    # Where staff sign in, the cookies of their session go on: tests/infra/test_signing_in.py.
    # Uploads bring their type alone.
    without = [
        set(each["HeadersConfig"]["Headers"])
        for each in policies
        if each["CookiesConfig"]["CookieBehavior"] == "none"
    ]
    assert sorted(without, key=len) == [set(UPLOAD_FORWARDED_HEADERS), set(FORWARDED_HEADERS)]
    for each in policies:
        assert "user-agent" not in {name.lower() for name in each["HeadersConfig"]["Headers"]}


def test_the_edge_forwards_every_header_that_an_operation_takes() -> None:
    """One that is dropped is a call that fails, or a trial that is kept as a report."""
    told = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    named = {
        parameter["name"]
        for path in told["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", ())
        if parameter.get("in") == "header"
    }
    assert "Trial" in named
    for name in named:
        assert name in {*FORWARDED_HEADERS, *CACHE_KEY_HEADERS}, name


def test_the_cache_key_holds_every_header_that_a_cached_answer_varies_by(prod: Assembly) -> None:
    """CloudFront looks at no `Vary`: the reference varies by language, the bilan by form."""
    policy = prod.one("AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]
    assert {"Accept", "Accept-Language", "Authorization"} == set(key["Headers"])


def test_a_report_that_quotes_an_attack_passes_the_firewall(prod: Assembly) -> None:
    rules = prod.one("AWS::WAFv2::WebACL")["Rules"]
    groups = {
        rule["Name"]: rule["Statement"]["ManagedRuleGroupStatement"]
        for rule in rules
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert groups.keys() == BODY_RULES.keys()
    assert not [name for name in groups if "Anonymous" in name or "Reputation" in name]
    for name, group in groups.items():
        counted = {each["Name"] for each in group["RuleActionOverrides"]}
        assert counted == set(BODY_RULES[name])
        assert all(each["ActionToUse"] == {"Count": {}} for each in group["RuleActionOverrides"])


def test_every_rate_rule_answers_429_with_the_time_to_wait(prod: Assembly) -> None:
    rates = [
        rule
        for rule in prod.one("AWS::WAFv2::WebACL")["Rules"]
        if "RateBasedStatement" in rule["Statement"]
    ]
    assert len(rates) == 3
    for rule in rates:
        answer = rule["Action"]["Block"]["CustomResponse"]
        assert answer["ResponseCode"] == 429
        assert answer["ResponseHeaders"][0]["Name"] == "Retry-After"


def test_pages_and_answers_carry_strict_headers(prod: Assembly) -> None:
    for policy in prod.properties("AWS::CloudFront::ResponseHeadersPolicy"):
        headers = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"].startswith(
            "default-src 'none'"
        )
        assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
        assert headers["FrameOptions"]["FrameOption"] == "DENY"
        assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000


def test_the_api_refuses_calls_that_did_not_come_through_the_edge(
    prod: Assembly, local: Assembly
) -> None:
    for handler in ("functions.intake.handler.handle", "functions.desk.handler.handle"):
        assert "Ref" in prod.functions[handler]["Environment"]["Variables"]["ORIGIN_SECRET"]
        assert local.functions[handler]["Environment"]["Variables"]["ORIGIN_SECRET"] == ""
    origins = prod.one("AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"]
    added = [each["OriginCustomHeaders"] for each in origins if "OriginCustomHeaders" in each]
    assert added == [
        [
            {
                "HeaderName": "x-origin-secret",
                "HeaderValue": "{{resolve:secretsmanager:casework-prod-origin:SecretString:::}}",
            }
        ]
    ]


def test_a_replaced_origin_secret_changes_the_template_of_the_edge() -> None:
    version = "3f0c1c5e-0000-4000-8000-000000000000"
    stage = replace(STAGES_BY_NAME["prod"], deployment=DeploymentFile(origin_version=version))
    app = cdk.App(analytics_reporting=False)
    EdgeDistribution(
        app,
        stage=stage,
        api_domain="api.example.org",
        drop_domain="drop.example.org",
        seals="seals",
        env=cdk.Environment(region=EDGE_REGION),
        synthesizer=cdk.DefaultStackSynthesizer(),
    )
    (stack,) = app.synth().stacks
    asked = "{{resolve:secretsmanager:casework-prod-origin:SecretString:::%s}}"
    assert asked % version in json.dumps(stack.template)


def test_the_limit_on_reports_reads_a_path_as_it_is_served(prod: Assembly) -> None:
    rules = prod.one("AWS::WAFv2::WebACL")["Rules"]
    (limit,) = (rule for rule in rules if rule["Name"] == "ReportsOfOneAddress")
    only = limit["Statement"]["RateBasedStatement"]["ScopeDownStatement"]["AndStatement"]
    paths = only["Statements"][1]["OrStatement"]["Statements"]
    for path in paths:
        read_as = path["ByteMatchStatement"]["TextTransformations"]
        kinds = [each["Type"] for each in sorted(read_as, key=lambda each: each["Priority"])]
        assert kinds == ["URL_DECODE", "NORMALIZE_PATH"]


def test_staff_routes_take_access_tokens_of_our_clients_and_public_routes_none(
    each_stage: Assembly,
) -> None:
    (authorizer,) = each_stage.resources("AWS::ApiGatewayV2::Authorizer")
    clients = each_stage.resources("AWS::Cognito::UserPoolClient")
    jwt = each_stage.one("AWS::ApiGatewayV2::Authorizer")["JwtConfiguration"]
    assert {each["Ref"] for each in jwt["Audience"]} == set(clients)
    for route in each_stage.properties("AWS::ApiGatewayV2::Route"):
        if "/v1/desk/" in route["RouteKey"]:
            assert route["AuthorizerId"] == {"Ref": authorizer}
            # Access tokens have one of them, by their client; ID tokens have neither.
            assert route["AuthorizationScopes"] == ["desk/work", "aws.cognito.signin.user.admin"]
        else:
            assert "AuthorizerId" not in route


def test_staff_need_a_second_factor_on_aws(prod: Assembly, local: Assembly) -> None:
    assert prod.one("AWS::Cognito::UserPool")["MfaConfiguration"] == "ON"
    assert prod.one("AWS::Cognito::UserPool")["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert local.one("AWS::Cognito::UserPool")["MfaConfiguration"] == "OPTIONAL"
    for stage in (prod, local):
        admin = stage.one("AWS::Cognito::UserPool")["AdminCreateUserConfig"]
        assert admin["AllowAdminCreateUserOnly"] is True
        for client in stage.properties("AWS::Cognito::UserPoolClient"):
            assert client["AccessTokenValidity"] <= 15


TELLER = "functions.notify.reporters.handle"


def dialling(assembly: Assembly) -> tuple[str, list[tuple[str, ...]]]:
    """The setting of short messages, and for all but which resources they are allowed."""
    allowed = [each for each in assembly.allowed(TELLER) if "sns:Publish" in each.actions]
    settings = assembly.functions[TELLER]["Environment"]["Variables"]
    return settings["SHORT_MESSAGES"], [each.others for each in allowed]


def test_no_short_messages_are_sent_unless_a_deployment_turns_them_on(
    each_stage: Assembly,
) -> None:
    assert dialling(each_stage) == ("off", [])


def test_short_messages_go_to_telephones_and_to_no_topic(chosen: Assembly) -> None:
    topics = "arn:${AWS::Partition}:sns:*:*:*"
    assert dialling(chosen) == ("on", [(topics,)])
