"""The firewall of the public address: limits of one address, and the managed rules.

It protects reporters in these ways:

- it keeps no logs and no sampled requests, which all hold addresses;
- the managed rules do not read bodies. A report may quote scripts and hostile links that its
  sender met, and must not be refused for it;
- it blocks no list of anonymising networks: reporters may hide their address.
"""

from __future__ import annotations

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

BODY_RULES = {
    "AWSManagedRulesCommonRuleSet": (
        "SizeRestrictions_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "CrossSiteScripting_BODY",
        "NoUserAgent_HEADER",  # a browser without a user agent is no attack
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": (
        "JavaDeserializationRCE_BODY",
        "Log4JRCE_BODY",
        "ReactJSRCE_BODY",
    ),
}
"""Managed rules that only count."""
URI_TRANSFORMATIONS = ("URL_DECODE", "NORMALIZE_PATH")
"""The decoding of a path before it is compared: `/v1/%72eports` does not pass the limit."""
MAX_REQUESTS_PER_ADDRESS = 10_000
MAX_WRITES_PER_ADDRESS = 2000
MAX_REPORTS_PER_ADDRESS = 300
"""Requests of one address in five minutes: all, those that send, and reports. One address may be a
whole mobile network or police station, so assets and the desk do not count."""
UNCOUNTED_PATHS = ("/assets/", "/v1/desk/")
"""Prefixes of paths that no limit of an address counts. A page loads several of the first. The
people of one office share an address for the second, and are signed in there."""


def edge_firewall(scope: Construct) -> waf.CfnWebACL:
    """The firewall of the distribution of a stack."""
    rules = [
        _managed(priority, group, counted)
        for priority, (group, counted) in enumerate(BODY_RULES.items(), start=10)
    ]
    return waf.CfnWebACL(
        scope,
        "Firewall",
        scope="CLOUDFRONT",
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        rules=[
            _rate(0, "ReportsOfOneAddress", MAX_REPORTS_PER_ADDRESS, _sending_reports()),
            _rate(1, "WritesOfOneAddress", MAX_WRITES_PER_ADDRESS, _all(_posted(), _counts())),
            _rate(2, "RequestsOfOneAddress", MAX_REQUESTS_PER_ADDRESS, _counts()),
            *rules,
        ],
        visibility_config=_counted("Firewall"),
    )


def _counted(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    """Counts without samples: a sampled request would show an address and headers."""
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _rate(
    priority: int, name: str, limit: int, only: waf.CfnWebACL.StatementProperty
) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        action=waf.CfnWebACL.RuleActionProperty(
            block=waf.CfnWebACL.BlockActionProperty(
                custom_response=waf.CfnWebACL.CustomResponseProperty(
                    response_code=429,
                    response_headers=[
                        waf.CfnWebACL.CustomHTTPHeaderProperty(name="Retry-After", value="300")
                    ],
                )
            )
        ),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP",
                evaluation_window_sec=300,
                limit=limit,
                scope_down_statement=only,
            )
        ),
        visibility_config=_counted(name),
    )


def _says(
    field: waf.CfnWebACL.FieldToMatchProperty,
    text: str,
    how: str = "EXACTLY",
    *,
    read_as: tuple[str, ...] = ("NONE",),
) -> waf.CfnWebACL.StatementProperty:
    return waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=field,
            positional_constraint=how,
            search_string=text,
            text_transformations=[
                waf.CfnWebACL.TextTransformationProperty(priority=number, type=kind)
                for number, kind in enumerate(read_as)
            ],
        )
    )


def _path(text: str, how: str = "EXACTLY") -> waf.CfnWebACL.StatementProperty:
    path = waf.CfnWebACL.FieldToMatchProperty(uri_path={})
    return _says(path, text, how, read_as=URI_TRANSFORMATIONS)


def _posted() -> waf.CfnWebACL.StatementProperty:
    return _says(waf.CfnWebACL.FieldToMatchProperty(method={}), "POST")


def _all(*statements: waf.CfnWebACL.StatementProperty) -> waf.CfnWebACL.StatementProperty:
    return waf.CfnWebACL.StatementProperty(
        and_statement=waf.CfnWebACL.AndStatementProperty(statements=list(statements))
    )


def _any(*statements: waf.CfnWebACL.StatementProperty) -> waf.CfnWebACL.StatementProperty:
    return waf.CfnWebACL.StatementProperty(
        or_statement=waf.CfnWebACL.OrStatementProperty(statements=list(statements))
    )


def _counts() -> waf.CfnWebACL.StatementProperty:
    """All requests except those that no limit counts."""
    free = _any(*(_path(begins, "STARTS_WITH") for begins in UNCOUNTED_PATHS))
    return waf.CfnWebACL.StatementProperty(
        not_statement=waf.CfnWebACL.NotStatementProperty(statement=free)
    )


def _sending_reports() -> waf.CfnWebACL.StatementProperty:
    return _all(_posted(), _any(_path("/v1/reports"), _path("/report/plain", "ENDS_WITH")))


def _managed(priority: int, group: str, counted: tuple[str, ...]) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=group,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(
                        name=rule,
                        action_to_use=waf.CfnWebACL.RuleActionProperty(count={}),
                    )
                    for rule in counted
                ],
            )
        ),
        visibility_config=_counted(group),
    )
