"""The HTTP API: the function behind each address, and the fields of the access log."""

from __future__ import annotations

import json
from collections.abc import Iterable

from aws_cdk import Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_iam as iam
from constructs import Construct

from casework.aws.services import sign_in, telemetry
from infra.assets import ROOT
from infra.function import CaseworkFunction, log_group
from infra.stage import DeploymentStage
from infra.user_pool import UserPool

API_DOCUMENT = "docs/openapi.json"
"""What the functions answer, drawn from their code: a test keeps the two equal."""

ACCESS_LOG_FIELDS = {
    telemetry.REQUEST_ID_FIELD: "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "route": "$context.routeKey",
    "status": "$context.status",
    "integrationStatus": "$context.integrationStatus",
    "latency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
}
"""No field names the caller: no address, user agent, identity, claim, path or query. The route is a
template, so it does not contain a reference."""

ACCEPTED_STAFF_SCOPES = [sign_in.DESK_WORK_SCOPE, sign_in.PROGRAM_SCOPE]
"""A token has one of these scopes, by the client that it was given to. An ID token has neither."""

CUSTODY_ROUTES = (
    ("POST", "/v1/desk/cases/{id}/identity-requests/{number}/opening"),
    ("POST", "/v1/desk/cases/{id}/number"),
    ("GET", "/v1/desk/cases/{id}/contacts"),
)
FILE_ROUTES = (
    ("POST", "/v1/desk/cases/{id}/files/opening"),
    ("GET", "/v1/desk/cases/{id}/files/{report}/{n}/parts/{part}"),
    ("GET", "/v1/desk/cases/{id}/files/{report}/{n}/pages/{page}"),
)
"""The functions that open sealed things, each for its own kind."""


INTEGRATION_OWNERS = (
    ("GET", "/v1/openapi.json"),
    ("GET", "/v1/statistics"),
    ("GET", "/v1/desk/queue"),
    ("GET", "/v1/session/start"),
)
"""The CDK keeps the integration of a function below its first route. Were that another one, the
next deployment would replace the integration and turn every route of the function to the new one.
"""


def read_operations(*tags: str) -> tuple[tuple[str, str], ...]:
    """Method and path of each operation in the API document that has one of the tags, without those
    that open sealed things; those in `INTEGRATION_OWNERS` come first."""
    paths = json.loads((ROOT / API_DOCUMENT).read_text(encoding="utf-8"))["paths"]
    operations = [
        (method.upper(), path)
        for path, methods in paths.items()
        for method, described in methods.items()
        if not {*described["tags"]}.isdisjoint(tags)
    ]
    elsewhere = {*CUSTODY_ROUTES, *FILE_ROUTES}
    return tuple(
        sorted(
            (each for each in operations if each not in elsewhere),
            key=lambda each: each not in INTEGRATION_OWNERS,
        )
    )


PUBLIC_ROUTES = read_operations("reports", "reference")
STATISTICS_ROUTES = read_operations("statistics")
STAFF_ROUTES = read_operations("desk")
SESSION_ROUTES = read_operations("session")
"""Routes without the authorizer: their callers have no valid access token."""
OTHER_STAFF_ROUTES = "/v1/desk/{proxy+}"
"""The desk answers every other address below its own, after the same authorizer."""


class HttpApi(Construct):
    """Routes of reporters without an account, routes of staff behind an access token.

    Intake answers every other address with a problem document or a page. There is no CORS, because
    pages come from the API's own origin.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: DeploymentStage,
        people: UserPool,
        intake: CaseworkFunction,
        desk: CaseworkFunction,
        custody: CaseworkFunction,
        files: CaseworkFunction,
        statistics: CaseworkFunction,
        session: CaseworkFunction,
    ) -> None:
        super().__init__(scope, name)
        self.functions = (intake, desk, custody, files, statistics, session)
        self.api = apigateway.HttpApi(
            self,
            "Http",
            api_name=f"casework-{stage.name}",
            create_default_stage=False,
        )
        self.stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=False,
            throttle=apigateway.ThrottleSettings(
                rate_limit=stage.requests_per_second, burst_limit=stage.burst
            ),
        )
        self.access_log = log_group(self, "AccessLog", stage)
        resource = self.stage.node.default_child
        if not isinstance(resource, apigateway.CfnStage):
            raise TypeError("an HTTP stage is made of one CfnStage")
        resource.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=self.access_log.log_group_arn,
            format=json.dumps(ACCESS_LOG_FIELDS, separators=(",", ":")),
        )
        self.authorizer = authorizers.HttpJwtAuthorizer(
            "Staff",
            people.issuer,
            jwt_audience=[
                people.client.user_pool_client_id,
                people.browser_client.user_pool_client_id,
            ],
        )
        public = _integration("Intake", intake)
        staff = _integration("Desk", desk)
        self._routes(PUBLIC_ROUTES, public)
        self._routes(_whole(STATISTICS_ROUTES), _integration("Statistics", statistics))
        self._routes(_whole(SESSION_ROUTES), _integration("Session", session))
        self._routes((*STAFF_ROUTES, ("ANY", OTHER_STAFF_ROUTES)), staff, self.authorizer)
        self._routes(_whole(CUSTODY_ROUTES), _integration("Custody", custody), self.authorizer)
        self._routes(_whole(FILE_ROUTES), _integration("Files", files), self.authorizer)
        apigateway.HttpRoute(
            self,
            "Elsewhere",
            http_api=self.api,
            route_key=apigateway.HttpRouteKey.DEFAULT,
            integration=public,
        )
        # The integration allows routes with a method and a path; this route has neither.
        intake.live.add_permission(
            "MayCallElsewhere",
            scope=self,
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=Stack.of(self).format_arn(
                service="execute-api", resource=self.api.api_id, resource_name="*/$default"
            ),
        )

    def _routes(
        self,
        operations: Iterable[tuple[str, str]],
        integration: integrations.HttpLambdaIntegration,
        authorizer: authorizers.HttpJwtAuthorizer | None = None,
    ) -> None:
        for method, path in operations:
            self.api.add_routes(
                path=path,
                methods=[apigateway.HttpMethod[method]],
                integration=integration,
                authorizer=authorizer,
                authorization_scopes=ACCEPTED_STAFF_SCOPES if authorizer else None,
            )


def _whole(operations: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The operations, and all other methods of their addresses, which answer 405."""
    listed = list(operations)
    return [*listed, *(("ANY", path) for path in dict.fromkeys(path for _, path in listed))]


def _integration(name: str, function: CaseworkFunction) -> integrations.HttpLambdaIntegration:
    return integrations.HttpLambdaIntegration(name, function.live, scope_permission_to_route=False)
