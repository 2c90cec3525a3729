"""The third stack, in us-east-1: the public address and the static pages behind `firewall`.

It exists in AWS stages only. It protects reporters: their user agent does not reach the origin,
because only the listed headers are forwarded; and it keeps no access logs, which hold addresses.

A page that the bucket does not have comes from the API, which answers 404 with a page.
CloudFront's own error pages apply to a whole distribution and would also replace the API's problem
documents.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from casework.aws.http import response_headers
from casework.aws.http.problems import PROBLEM_MEDIA_TYPE, problem_template
from casework.aws.services import sign_in
from casework.aws.services.secrets import EDGE_PROOF_HEADER
from casework.errors import FromAnotherSite
from infra.costs import CostBudget
from infra.firewall import edge_firewall
from infra.stage import DeploymentStage

FORWARDED_HEADERS = [
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    # CloudFront may be told to forward it, and by itself forwards it to a custom origin: "HTTP
    # request headers and CloudFront behavior", Amazon CloudFront Developer Guide. Conditional
    # requests need a behaviour that forwards no cookies ("Cache content based on cookies", same
    # guide); this policy forwards none. If it were dropped, each list would only be sent in full.
    "If-None-Match",
    "Work",
    "Trial",
]
"""Request headers forwarded beside those in the cache key: no user agent, no cookie."""
SESSION_FORWARDED_HEADERS = ["Content-Type", "Sec-Fetch-Site"]
"""The same for signing in and out: these alone, and the cookies of the session."""
UPLOAD_FORWARDED_HEADERS = ["Content-Type"]
"""The same for uploads: it has the boundary of the form's fields."""
CACHE_KEY_HEADERS = ["Accept", "Authorization", "Accept-Language"]
"""The headers by which cacheable answers vary: the edge ignores `Vary`."""
UNCACHED_ERROR_STATUSES = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""The statuses that CloudFront caches for a while by default."""


class EdgeDistribution(cdk.Stack):
    """CloudFront in front of the API and of the static pages."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: DeploymentStage,
        api_domain: str,
        drop_domain: str,
        seals: str,
        env: cdk.Environment,
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        super().__init__(
            scope,
            stage.edge_name,
            env=env,
            synthesizer=synthesizer,
            cross_region_references=True,
            description="e-Iblagh casework: the public address",
        )
        self._policies: dict[tuple[tuple[str, str], ...], cloudfront.ResponseHeadersPolicy] = {}
        self.firewall = edge_firewall(self)
        self.site = s3.Bucket(
            self,
            "Site",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=True,
            removal_policy=stage.removal,
            auto_delete_objects=stage.empties_itself,
        )
        # CloudFormation reads the secret again only when the template changes here.
        secret = cdk.SecretValue.secrets_manager(
            stage.origin_secret_name, version_id=stage.deployment.origin_version
        )
        self._api = origins.HttpOrigin(
            api_domain,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers={EDGE_PROOF_HEADER: secret.unsafe_unwrap()},
        )
        # No access control of the edge: a form carries the signature of the function that gave it.
        self._drop = origins.HttpOrigin(
            drop_domain,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        )
        # Without the right to list, S3 answers 403 for a missing object.
        self._files = origins.OriginGroup(
            primary_origin=origins.S3BucketOrigin.with_origin_access_control(
                self.site,
                origin_access_levels=[cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
            ),
            fallback_origin=self._api,
            fallback_status_codes=[404],
        )
        self._log = origins.S3BucketOrigin.with_origin_access_control(
            _elsewhere(self, seals, stage)
        )
        self._to_files = self._addresses()
        self._kept = self._cache()
        self._sent_on = self._passed_on("PassedOn", FORWARDED_HEADERS, ())
        self._sent_to_drop = cloudfront.OriginRequestPolicy(
            self,
            "OfUploads",
            header_behavior=cloudfront.OriginRequestHeaderBehavior.allow_list(
                *UPLOAD_FORWARDED_HEADERS
            ),
            query_string_behavior=cloudfront.OriginRequestQueryStringBehavior.none(),
            cookie_behavior=cloudfront.OriginRequestCookieBehavior.none(),
        )
        self._sent_on_with = self._passed_on(
            "OfSessions", SESSION_FORWARDED_HEADERS, sign_in.SIGN_IN_COOKIES
        )
        deployment = stage.deployment
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"casework {stage.name}",
            web_acl_id=self.firewall.attr_arn,
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            domain_names=[deployment.domain] if deployment.domain else None,
            certificate=certificates.Certificate.from_certificate_arn(
                self, "Certificate", deployment.certificate
            )
            if deployment.certificate
            else None,
            # Applies to the deployment's domain; CloudFront's own name always accepts TLS 1.0.
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            enable_logging=False,
            default_behavior=self._behaviour(response_headers.FALLBACK_RULE),
            additional_behaviors={
                row.pattern: self._behaviour(row) for row in response_headers.PATH_RULES
            },
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=cdk.Duration.seconds(0))
                for status in UNCACHED_ERROR_STATUSES
            ],
        )
        if deployment.monthly_budget:
            CostBudget(self, "Costs", stage=stage, monthly=deployment.monthly_budget)
        given = self.distribution.distribution_domain_name
        cdk.CfnOutput(self, "EdgeDomain", value=given)
        cdk.CfnOutput(self, "EdgeDistribution", value=self.distribution.distribution_id)
        cdk.CfnOutput(self, "PublicUrl", value=f"https://{deployment.domain or given}")
        cdk.CfnOutput(self, "SiteBucket", value=self.site.bucket_name)

    def _behaviour(self, row: response_headers.PathRule) -> cloudfront.BehaviorOptions:
        """The behaviour of the paths of a row; the local origin uses the same table."""
        headers = self._alike(row)
        if row.source is response_headers.PageSource.SITE:
            return cloudfront.BehaviorOptions(
                origin=self._files,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                response_headers_policy=headers,
                function_associations=[
                    cloudfront.FunctionAssociation(
                        event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                        function=self._to_files,
                    )
                ],
                compress=True,
            )
        if row.source is response_headers.PageSource.DROP:
            return self._uploads(row, headers)
        if row.source is response_headers.PageSource.LOG:
            return cloudfront.BehaviorOptions(
                origin=self._log,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                response_headers_policy=headers,
            )
        return cloudfront.BehaviorOptions(
            origin=self._api,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            cache_policy=self._kept,
            origin_request_policy=self._sent_on_with if row.cookies else self._sent_on,
            response_headers_policy=headers,
            function_associations=self._guard(row) if row.own_site else None,
            compress=True,
        )

    def _uploads(
        self, row: response_headers.PathRule, headers: cloudfront.IResponseHeadersPolicy
    ) -> cloudfront.BehaviorOptions:
        """Forms go to the root of the bucket; `local.origin` does the same."""
        function = cloudfront.Function(
            self,
            f"{row.name}Form",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(UPLOAD_REWRITE_CODE),
        )
        return cloudfront.BehaviorOptions(
            origin=self._drop,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,  # there is no set with POST alone
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=self._sent_to_drop,
            response_headers_policy=headers,
            function_associations=[
                cloudfront.FunctionAssociation(
                    event_type=cloudfront.FunctionEventType.VIEWER_REQUEST, function=function
                )
            ],
            compress=False,
        )

    def _guard(self, row: response_headers.PathRule) -> list[cloudfront.FunctionAssociation]:
        """The checks of a row; `local.origin` does the same."""
        function = cloudfront.Function(
            self,
            f"{row.name}Guard",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(guard_code_for_rule(row)),
        )
        return [
            cloudfront.FunctionAssociation(
                event_type=cloudfront.FunctionEventType.VIEWER_REQUEST, function=function
            )
        ]

    def _addresses(self) -> cloudfront.Function:
        """Addresses end in a slash, files in `index.html`."""
        return cloudfront.Function(
            self,
            "Addresses",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(ADDRESS_REWRITE_CODE),
        )

    def _cache(self) -> cloudfront.CachePolicy:
        """An answer is cached only if it says so, as `GET /v1/reference` does."""
        return cloudfront.CachePolicy(
            self,
            "Cache",
            default_ttl=cdk.Duration.seconds(0),
            min_ttl=cdk.Duration.seconds(0),
            max_ttl=cdk.Duration.hours(1),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(*CACHE_KEY_HEADERS),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )

    def _passed_on(
        self, name: str, headers: Sequence[str], cookies: Sequence[str]
    ) -> cloudfront.OriginRequestPolicy:
        """The forwarded parts of a request. The origin can set only cookies that are forwarded."""
        behaviour = cloudfront.OriginRequestCookieBehavior
        return cloudfront.OriginRequestPolicy(
            self,
            name,
            header_behavior=cloudfront.OriginRequestHeaderBehavior.allow_list(*headers),
            query_string_behavior=cloudfront.OriginRequestQueryStringBehavior.all(),
            cookie_behavior=behaviour.allow_list(*cookies) if cookies else behaviour.none(),
        )

    def _alike(self, row: response_headers.PathRule) -> cloudfront.ResponseHeadersPolicy:
        """One policy for all rows with the same headers: an account has twenty of these."""
        headers = added_headers(row)
        key = tuple(sorted(headers.items()))
        if key not in self._policies:
            self._policies[key] = self._headers(row, headers)
        return self._policies[key]

    def _headers(
        self, row: response_headers.PathRule, headers: Mapping[str, str]
    ) -> cloudfront.ResponseHeadersPolicy:
        """The policy with these headers, named after the first row that has it."""
        return cloudfront.ResponseHeadersPolicy(
            self,
            row.name,
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=row.policy, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=cdk.Duration.days(730),
                    include_subdomains=True,
                    override=True,
                ),
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=header, value=value, override=True)
                    for header, value in headers.items()
                    if header not in MANAGED_HEADERS
                ]
            ),
            remove_headers=["Server"],
        )


MANAGED_HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Strict-Transport-Security",
)
"""Headers that have their own settings in CloudFront."""
ADDRESS_REWRITE_CODE = """
function handler(event) {
  var request = event.request, uri = request.uri;
  if (uri.endsWith("/")) {
    request.uri = uri + "index.html";
  } else if (uri.lastIndexOf(".") < uri.lastIndexOf("/")) {
    return { statusCode: 308, headers: { location: { value: uri + "/" } } };
  }
  return request;
}
"""
UPLOAD_REWRITE_CODE = """
function handler(event) {
  var request = event.request;
  if (request.method !== "POST") {
    return {
      statusCode: 405,
      statusDescription: "Method Not Allowed",
      headers: { allow: { value: "POST" }, "cache-control": { value: "no-store" } },
    };
  }
  request.uri = "/";
  request.querystring = {};
  return request;
}
"""
"""The bucket takes forms at its root, and nothing else is passed on to it."""
ORIGIN_GUARD_CODE = """
function handler(event) {
  var request = event.request, site = request.headers[SITE_HEADER];
  if (site && OWN_SITE.indexOf(site.value) < 0 && request.uri !== BACK) {
    return {
      statusCode: 403,
      statusDescription: "Forbidden",
      headers: { "content-type": { value: TYPE }, "cache-control": { value: "no-store" } },
      body: { encoding: "text", data: REFUSAL },
    };
  }
  var held = CREDENTIAL && request.cookies[CREDENTIAL];
  if (held && !request.headers.authorization) {
    request.headers.authorization = { value: "Bearer " + held.value };
  }
  return request;
}
"""
"""Refuses requests that pages of other sites make a browser send. Turns the cookie with a browser's
token into the header that programs send, and leaves a header of a program as it is."""


CACHED_PAGE_SOURCES = frozenset({response_headers.PageSource.SITE, response_headers.PageSource.LOG})
"""The sources of files that say themselves how long they may be kept."""


def added_headers(row: response_headers.PathRule) -> Mapping[str, str]:
    """The headers of a row that CloudFront writes.

    A file brings its own `Cache-Control` from the bucket (`tools.site.publish`, and
    `functions.history.log_appender` for the log). CloudFront would
    write that of the row on errors as well, and browsers would keep a missing script for a year.
    """
    brings = {"Cache-Control"} if row.source in CACHED_PAGE_SOURCES else set[str]()
    return {name: value for name, value in row.headers.items() if name not in brings}


def guard_code_for_rule(row: response_headers.PathRule) -> str:
    """`ORIGIN_GUARD_CODE` with the names of a row."""
    names = {
        "SITE_HEADER": sign_in.SITE_HEADER,
        "OWN_SITE": sign_in.OWN_SITE,
        "BACK": sign_in.SIGN_IN_RETURN_PATH,
        "CREDENTIAL": row.credential,
        "TYPE": PROBLEM_MEDIA_TYPE,
        "REFUSAL": json.dumps(problem_template(FromAnotherSite)),
    }
    return (
        "".join(f"var {name} = {json.dumps(value)};\n" for name, value in names.items())
        + ORIGIN_GUARD_CODE
    )


def _elsewhere(scope: Construct, bucket: str, stage: DeploymentStage) -> s3.IBucket:
    """The bucket of another stack, whose own stack lets the edge read it: a policy that this stack
    wrote would make each of the two depend on the other."""
    return s3.Bucket.from_bucket_attributes(scope, "Seals", bucket_name=bucket, region=stage.region)
