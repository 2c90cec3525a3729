"""Staff sign in by managed login, and neither a script nor another site gets at a token."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from casework.aws.http import response_headers
from casework.aws.services import sign_in
from infra import deployment
from infra.edge import guard_code_for_rule
from infra.errors import DeploymentNotValid
from infra.stage import stage_with_deployment
from local.origin import LocalOrigin
from local.synth import node_executable
from tests.infra.assembly import Assembly, flat
from tests.infra.conftest import CHOSEN

SESSION = "functions.session.handler.handle"
ADDRESS = CHOSEN.address


def clients(assembly: Assembly) -> tuple[dict[str, Any], dict[str, Any]]:
    """The app clients of browsers and of programs."""
    both = assembly.properties("AWS::Cognito::UserPoolClient")
    (browser,) = (each for each in both if each.get("AllowedOAuthFlowsUserPoolClient"))
    (program,) = (each for each in both if each is not browser)
    return browser, program


def test_browsers_get_tokens_by_a_code_and_programs_get_none_that_way(
    each_stage: Assembly,
) -> None:
    browser, program = clients(each_stage)
    assert browser["AllowedOAuthFlows"] == ["code"], "no token in an address"
    assert browser["ExplicitAuthFlows"] == ["ALLOW_USER_AUTH"], "what passkeys need, no more"
    assert browser["SupportedIdentityProviders"] == ["COGNITO"]
    assert browser["GenerateSecret"] is False
    assert browser["PreventUserExistenceErrors"] == "ENABLED"
    assert browser["EnableTokenRevocation"] is True
    assert not program.get("AllowedOAuthFlows")
    assert not program.get("CallbackURLs")


def test_a_token_of_a_browser_is_good_for_the_desk_and_for_nothing_of_the_pool(
    each_stage: Assembly,
) -> None:
    """With `aws.cognito.signin.user.admin` a token would change its person's factors."""
    (server,) = each_stage.resources("AWS::Cognito::UserPoolResourceServer")
    known = each_stage.one("AWS::Cognito::UserPoolResourceServer")
    browser, _ = clients(each_stage)
    assert known["Identifier"] == sign_in.DESK_RESOURCE_SERVER
    assert [each["ScopeName"] for each in known["Scopes"]] == [sign_in.WORK_SCOPE]
    assert [flat(each) for each in browser["AllowedOAuthScopes"]] == [f"${{{server}}}/work"]


def test_refresh_tokens_rotate_and_end_with_the_shift(each_stage: Assembly) -> None:
    browser, _ = clients(each_stage)
    assert browser["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}
    # With rotation the service refuses a client that may renew tokens in the old way, too.
    assert "ALLOW_REFRESH_TOKEN_AUTH" not in browser["ExplicitAuthFlows"]
    assert (browser["RefreshTokenValidity"], browser["AccessTokenValidity"]) == (600, 15)
    assert set(browser["TokenValidityUnits"].values()) == {"minutes"}


def test_a_second_factor_is_required_and_a_passkey_is_two(prod: Assembly) -> None:
    pool = prod.one("AWS::Cognito::UserPool")
    assert pool["UserPoolTier"] == "ESSENTIALS"
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    factors = pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    assert factors == ["PASSWORD", "WEB_AUTHN"]
    # Without it the service refuses passkeys in a pool that requires a second factor.
    assert pool["WebAuthnFactorConfiguration"] == "MULTI_FACTOR_WITH_USER_VERIFICATION"
    assert pool["WebAuthnUserVerification"] == "required"
    domain = flat(prod.one("AWS::Cognito::UserPoolDomain")["Domain"])
    assert flat(pool["WebAuthnRelyingPartyID"]).startswith(f"{domain}.auth.")


def test_managed_login_has_its_domain_and_its_pages(prod: Assembly) -> None:
    domain = prod.one("AWS::Cognito::UserPoolDomain")
    assert domain["ManagedLoginVersion"] == 2
    prefix = flat(domain["Domain"])
    assert prefix.startswith("casework-prod-")
    assert not {"aws", "amazon", "cognito"} & set(prefix.partition("$")[0].split("-"))
    style = prod.one("AWS::Cognito::ManagedLoginBranding")
    assert style["UseCognitoProvidedValues"] is True
    browsers = [
        name
        for name, each in prod.resources("AWS::Cognito::UserPoolClient").items()
        if each["Properties"].get("AllowedOAuthFlowsUserPoolClient")
    ]
    assert [style["ClientId"]] == [{"Ref": name} for name in browsers]
    told = prod.functions[SESSION]["Environment"]["Variables"]["SIGN_IN"]
    assert flat(told).startswith(f"https://{prefix}.auth.")


def test_an_invitation_holds_the_username_and_a_password_for_one_day(each_stage: Assembly) -> None:
    pool = each_stage.one("AWS::Cognito::UserPool")
    written = pool["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"]
    assert "{username}" in written
    assert "{####}" in written
    assert pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 1


def test_the_session_function_reads_no_table_and_only_its_own_secrets(each_stage: Assembly) -> None:
    allowed = each_stage.allowed(SESSION)
    assert not [each for each in allowed if any("dynamodb" in action for action in each.actions)]
    secrets = [
        resource
        for each in allowed
        if "secretsmanager:GetSecretValue" in each.actions
        for resource in each.resources
    ]
    assert {name.strip("${}").rstrip("0123456789ABCDEF") for name in secrets} <= {
        "SessionKey",
        "Origin",
    }
    readers = {
        each.role
        for each in each_stage.statements
        if any("SessionKey" in resource for resource in each.resources)
    }
    assert readers == {each_stage.role_of(SESSION)}


def test_a_deployment_says_where_staff_come_back_to(chosen: Assembly) -> None:
    browser, _ = clients(chosen)
    assert browser["CallbackURLs"] == [f"{ADDRESS}/v1/session/back"]
    page = f"{ADDRESS}/desk/"
    assert browser["LogoutURLs"] == [page, *(f"{page}?lang={each}" for each in ("ar", "en", "fr"))]
    assert chosen.functions[SESSION]["Environment"]["Variables"]["ADDRESS"] == ADDRESS
    pool = chosen.one("AWS::Cognito::UserPool")
    written = pool["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"]
    assert f"{ADDRESS}/desk/" in written


def test_a_domain_is_the_address_and_leaves_no_room_for_another(tmp_path: Path) -> None:
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/" + "0" * 36
    named = f'domain = "desk.example.org"\ncertificate = "{certificate}"\n'
    (tmp_path / "dev.toml").write_text(named)
    assert (
        stage_with_deployment("dev", deployment.read_deployment(tmp_path / "dev.toml")).address
        == ADDRESS
    )
    (tmp_path / "dev.toml").write_text(f'{named}address = "{ADDRESS}"')
    with pytest.raises(DeploymentNotValid, match="without a domain"):
        deployment.read_deployment(tmp_path / "dev.toml")


def test_a_deployment_without_an_address_sends_no_browser_to_sign_in(prod: Assembly) -> None:
    browser, _ = clients(prod)
    assert [each.partition("/v1")[0] for each in browser["CallbackURLs"]] == [
        "https://desk.invalid"
    ]
    assert prod.functions[SESSION]["Environment"]["Variables"]["ADDRESS"] == ""


@pytest.mark.parametrize("address", ["http://desk.example.org", "https://d.example/desk", "desk"])
def test_a_malformed_address_is_refused(address: str, tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(f'address = "{address}"')
    with pytest.raises(DeploymentNotValid, match="address"):
        deployment.read_deployment(tmp_path / "dev.toml")


# ---- the edge, and the laptop in its place -------------------------------------------------------


def behaviour(prod: Assembly, row: response_headers.PathRule) -> dict[str, Any]:
    config = prod.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    (found,) = (e for e in config["CacheBehaviors"] if e["PathPattern"] == row.pattern)
    return dict(found)


def sent_on(prod: Assembly, row: response_headers.PathRule) -> dict[str, Any]:
    policies = prod.resources("AWS::CloudFront::OriginRequestPolicy")
    reference = behaviour(prod, row)["OriginRequestPolicyId"]["Ref"]
    return dict(policies[reference]["Properties"]["OriginRequestPolicyConfig"])


API = [row for row in response_headers.PATH_RULES if row.source is response_headers.PageSource.API]


@pytest.mark.parametrize("row", API, ids=lambda row: row.name)
def test_only_the_session_function_gets_cookies(
    row: response_headers.PathRule, prod: Assembly
) -> None:
    """Nor may another function set one: the edge passes `Set-Cookie` on by the same list."""
    cookies = sent_on(prod, row)["CookiesConfig"]
    if row.name == "Session":
        assert cookies == {"CookieBehavior": "whitelist", "Cookies": list(sign_in.SIGN_IN_COOKIES)}
        headers = sent_on(prod, row)["HeadersConfig"]["Headers"]
        assert sign_in.SITE_HEADER in {each.lower() for each in headers}
    else:
        assert cookies == {"CookieBehavior": "none"}


def test_the_credential_reaches_the_gateway(prod: Assembly) -> None:
    """CloudFront forwards `Authorization` only if it is in the cache key."""
    desk = next(row for row in response_headers.PATH_RULES if row.name == "Desk")
    policies = prod.resources("AWS::CloudFront::CachePolicy")
    reference = behaviour(prod, desk)["CachePolicyId"]["Ref"]
    key = policies[reference]["Properties"]["CachePolicyConfig"]
    named = key["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]["Headers"]
    assert "Authorization" in named


def test_each_row_has_the_guard_that_the_table_says(prod: Assembly) -> None:
    functions = prod.resources("AWS::CloudFront::Function")
    for row in API:
        associated = behaviour(prod, row).get("FunctionAssociations", [])
        codes = [
            functions[each["FunctionARN"]["Fn::GetAtt"][0]]["Properties"]["FunctionCode"]
            for each in associated
        ]
        assert codes == ([guard_code_for_rule(row)] if row.own_site else []), row.name
    for name, function in functions.items():
        assert len(function["Properties"]["FunctionCode"]) < 10_240, name
        assert function["Properties"]["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"


TOKEN = f"{sign_in.ACCESS_COOKIE}=a-token"
REQUESTS: list[tuple[str, dict[str, str]]] = [
    ("/v1/desk/queue", {}),
    ("/v1/desk/queue", {"cookie": TOKEN}),
    ("/v1/desk/queue", {"cookie": f"other=1; {TOKEN}; {sign_in.REFRESH_COOKIE}=r"}),
    ("/v1/desk/queue", {"cookie": TOKEN, "authorization": "Bearer a-program"}),
    ("/v1/desk/queue", {"authorization": "Bearer a-program"}),
    ("/v1/desk/queue", {"cookie": "other=1"}),
    *(
        (path, {"cookie": TOKEN, "sec-fetch-site": site})
        for path in (
            "/v1/desk/queue",
            "/v1/session/start",
            "/v1/session/refresh",
            "/v1/session/out",
            "/v1/session/back",
        )
        for site in ("same-origin", "none", "same-site", "cross-site", "Cross-Site", "")
    ),
    ("/v1/reports", {"cookie": TOKEN, "sec-fetch-site": "cross-site"}),
]
"""Requests that the edge and the laptop must treat alike."""


@pytest.mark.parametrize(
    ("path", "headers"), REQUESTS, ids=[f"{n}-{path}" for n, (path, _) in enumerate(REQUESTS)]
)
def test_the_edge_and_the_laptop_treat_cookies_and_other_sites_alike(
    path: str, headers: dict[str, str], tmp_path: Path
) -> None:
    row = response_headers.find_path_rule(path)
    at_the_edge = by_the_edge(row, path, headers) if row.own_site else headers.get("authorization")
    assert by_the_laptop(path, headers, tmp_path) == at_the_edge


def by_the_edge(
    row: response_headers.PathRule, path: str, headers: dict[str, str]
) -> str | int | None:
    """The result of the CloudFront function: a status, or the forwarded credential."""
    pairs = [each.strip().partition("=") for each in headers.get("cookie", "").split(";")]
    event = {
        "request": {
            "method": "GET",
            "uri": path,
            "headers": {k: {"value": v} for k, v in headers.items() if k != "cookie" and v},
            "cookies": {name: {"value": value} for name, _, value in pairs if name},
        }
    }
    program = (
        f"{guard_code_for_rule(row)};console.log(JSON.stringify(handler({json.dumps(event)})))"
    )
    done = subprocess.run(
        [node_executable(), "-e", program], capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    if "statusCode" in said:
        assert said["headers"]["content-type"]["value"] == "application/problem+json"
        assert json.loads(said["body"]["data"])["type"].endswith(":from-another-site")
        return int(said["statusCode"])
    credential = said["headers"].get("authorization", {}).get("value")
    return None if credential is None else str(credential)


def by_the_laptop(path: str, headers: dict[str, str], folder: Path) -> str | int | None:
    """The result of the local origin; the API is a stand-in that records its requests."""
    asked: list[dict[bytes, bytes]] = []
    sent: list[Any] = []

    async def api(scope: Any, receive: Any, send: Any) -> None:
        asked.append(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def keep(message: Any) -> None:
        sent.append(message)

    site = folder / "site.json"
    site.write_text('{"api_id": "any"}')
    given = [(name.encode(), value.encode()) for name, value in headers.items() if value]
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "headers": [(b"host", b"127.0.0.1:1"), *given],
    }  # fmt: skip
    asyncio.run(LocalOrigin(api, 2, 1, site, folder)(scope, None, keep))
    if not asked:
        assert json.loads(sent[1]["body"])["type"].endswith(":from-another-site")
        return int(sent[0]["status"])
    cookies = asked[0].get(b"cookie", b"").decode()
    expected = response_headers.find_path_rule(path).cookies
    assert {each.partition("=")[0].strip() for each in cookies.split(";") if each} <= set(expected)
    credential = asked[0].get(b"authorization")
    return None if credential is None else credential.decode()
