"""Each service that calls a function has the permission, and only from its own source."""

from __future__ import annotations

from typing import Any

from tests.infra.arns import like
from tests.infra.assembly import Assembly, flat

GATEWAY = "apigateway.amazonaws.com"
RULES = "events.amazonaws.com"


def called_from(api: str, route: str) -> str:
    """The source ARN by which the gateway calls the function behind a route of stage `$default`.

    `{api}/{stage}/{method}{path}`, and of the route `$default`, which has neither method nor path,
    `{api}/{stage}/$default` (API Gateway, "AWS Lambda proxy integrations for HTTP APIs";
    aws/serverless-application-model issue 1860).
    """
    method, _, path = route.partition(" ")
    end = f"{method}{path}" if path else route
    return f"arn:aws:execute-api:region:account:{api}/$default/{end}"


def allowed_from(assembly: Assembly, function: str, service: str) -> list[str]:
    """The source ARNs from which a service may call the function or alias of this logical id.

    A permission on a function does not hold for its alias, nor the other way round (Lambda
    Developer Guide, "Using aliases in resource-based policies").
    """
    return [
        _written(permission["SourceArn"])
        for permission in assembly.properties("AWS::Lambda::Permission")
        if permission["Principal"] == service
        and permission["Action"] == "lambda:InvokeFunction"
        and permission["FunctionName"] in ({"Ref": function}, {"Fn::GetAtt": [function, "Arn"]})
    ]


def _written(arn: Any) -> str:
    text = flat(arn)
    for token, word in {
        "${AWS::Partition}": "aws",
        "${AWS::Region}": "region",
        "${AWS::AccountId}": "account",
        "eu-west-3": "region",
    }.items():
        text = text.replace(token, word)
    return text


def test_the_gateway_may_call_the_function_behind_each_route(each_stage: Assembly) -> None:
    integrations = each_stage.resources("AWS::ApiGatewayV2::Integration")
    routes = each_stage.properties("AWS::ApiGatewayV2::Route")
    assert routes
    for route in routes:
        name = flat(route["Target"]).removeprefix("integrations/${").removesuffix("}")
        alias = integrations[name]["Properties"]["IntegrationUri"]["Ref"]
        source = called_from(flat(route["ApiId"]), route["RouteKey"])
        allowed = allowed_from(each_stage, alias, GATEWAY)
        assert any(like(pattern, source) for pattern in allowed), route["RouteKey"]


def test_the_gateway_may_call_only_from_the_api_of_the_stack(each_stage: Assembly) -> None:
    (api,) = each_stage.resources("AWS::ApiGatewayV2::Api")
    for permission in each_stage.properties("AWS::Lambda::Permission"):
        if permission["Principal"] == GATEWAY:
            assert f":${{{api}}}/" in _written(permission["SourceArn"])


def test_each_rule_may_call_the_functions_it_names(each_stage: Assembly) -> None:
    functions = each_stage.resources("AWS::Lambda::Function")
    for name, rule in each_stage.resources("AWS::Events::Rule").items():
        for target in rule["Properties"]["Targets"]:
            arn = flat(target["Arn"])
            function = arn.removeprefix("${").split(".")[0]
            if function in functions:
                assert f"${{{name}.Arn}}" in allowed_from(each_stage, function, RULES)
