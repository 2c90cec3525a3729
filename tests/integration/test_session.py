"""Signing in by a browser: out to managed login and back, on for a day's work, and out."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import jsonschema
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from moto import mock_aws

from casework.aws.http.api import request_from_event
from casework.aws.services import clients, secrets, sign_in
from casework.credentials.session import (
    IDLE_SECONDS,
    MAX_SESSION_SECONDS,
    STARTED_SECONDS,
    PendingSignIn,
)
from functions.session import handler
from tests.integration.answers import Answered, problem

BROWSER, ADDRESS = "browser-client", "https://desk.example.org"
NOON = 1_800_000_000
JSON = {"content-type": "application/json"}
ACCESS, REFRESH, STARTED = sign_in.SIGN_IN_COOKIES


@dataclass
class Pool:
    """The user pool: the calls that it got, and its next answer."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    answer: Any = field(
        default_factory=lambda: {
            "access_token": "access.1",
            "refresh_token": "refresh.1",
            "expires_in": 900,
        }
    )
    revoked: list[str] = field(default_factory=list)
    refusal: str = ""
    """Code of the error with which it answers the renewal of tokens."""
    away: bool = False
    renewed: int = 1

    def renew(self, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        self.asked.append(json.loads(params["body"]))
        if self.refusal:
            return self._said(400), {"Error": {"Code": self.refusal}}
        self.renewed += 1
        found = {
            "AccessToken": f"access.{self.renewed}",
            "RefreshToken": f"refresh.{self.renewed}",
            "ExpiresIn": 900,
        }
        return self._said(200), {"AuthenticationResult": found}

    def revoke(self, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        if self.away:
            return self._said(500), {"Error": {"Code": "InternalErrorException"}}
        self.revoked.append(json.loads(params["body"])["Token"])
        return self._said(200), {}

    def _said(self, status: int) -> AWSResponse:
        return AWSResponse("", status, HTTPHeaders(), None)


@dataclass
class Browser:
    """A browser, with the cookies it was given."""

    pool: Pool
    now: int = NOON
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: dict[str, str] = field(default_factory=dict)
    """The cookies of the last answer: name → attributes."""

    def call(
        self,
        method: str,
        path: str,
        body: str = "",
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> Answered:
        """A request with every cookie, as the HTTP API hands it on."""
        event = {
            "version": "2.0",
            "rawPath": path,
            "queryStringParameters": query,
            "cookies": [f"{name}={value}" for name, value in self.cookies.items()],
            "headers": {"user-agent": "a browser", **(headers or {})},
            "requestContext": {"http": {"method": method, "path": path}},
            "body": body or None,
            "isBase64Encoded": False,
        }
        answer = handler.handle(event, None)
        self.set_cookies = {}
        for each in answer.get("cookies", []):
            pair, _, rest = each.partition(";")
            name, _, value = pair.partition("=")
            self.set_cookies[name] = rest.strip()
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        told = answer["headers"].get("Location", "") + answer["body"]
        assert not re.search(r"(access|refresh)\.\d", told), "a token stands where scripts read it"
        document_of(method, path, answer)
        return Answered(answer["statusCode"], answer["headers"], answer["body"])

    def leaves(self, **query: str) -> dict[str, str]:
        """The parameters of the redirect to managed login."""
        gone = self.call("GET", "/v1/session/start", "", None, **query)
        assert gone.status == 303
        asked = parse_qs(urlsplit(gone.headers["Location"]).query)
        return {name: values[0] for name, values in asked.items()}

    def comes_back(self, state: str, **query: str) -> str:
        """Where it is sent on to."""
        asked = query or {"code": "a-code"}
        back = self.call("GET", sign_in.SIGN_IN_RETURN_PATH, "", {"sec-fetch-site": "cross-site"},
                         state=state, **asked)  # fmt: skip
        assert back.status == 303
        return str(back.headers["Location"])

    def signs_in(self) -> None:
        assert self.comes_back(self.leaves()["state"]) == sign_in.DESK_PAGE_PATH

    def renews(self) -> Answered:
        return self.call("POST", "/v1/session/refresh", "{}", JSON)

    def signs_out(self, **said: str) -> Answered:
        return self.call("POST", "/v1/session/out", json.dumps(said), JSON)


def document_of(method: str, path: str, answer: dict[str, Any]) -> None:
    """The answer is one the API documents."""
    (operation,) = (e for e in handler.api.operations if (e.method, e.path) == (method, path))
    model = operation.answers.get(answer["statusCode"])
    if model:
        schema = model.model_json_schema(mode="serialization")
        jsonschema.validate(json.loads(answer["body"]), schema)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser before a deployed session function; managed login is a server of this test."""
    pool = Pool()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = parse_qs(self.rfile.read(length).decode())
            pool.asked.append({"path": self.path, **{k: v[0] for k, v in form.items()}})
            body = json.dumps(pool.answer).encode()
            self.send_response(pool.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Tests print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    with mock_aws():
        for name, value in {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "eu-west-3",
            "STAGE": "test",
            "BROWSER_CLIENT_ID": BROWSER,
            "ADDRESS": ADDRESS,
            "SIGN_IN": f"http://127.0.0.1:{server.server_port}",
        }.items():
            monkeypatch.setenv(name, value)
        forget()
        kept = boto3.client("secretsmanager").create_secret(
            Name="session", SecretString=json.dumps({"key": "k" * 64})
        )
        monkeypatch.setenv("SESSION_SECRET", kept["ARN"])
        wire = clients.aws_client("cognito-idp").meta.events
        wire.register("before-call.cognito-idp.GetTokensFromRefreshToken", pool.renew)
        wire.register("before-call.cognito-idp.RevokeToken", pool.revoke)
        opened = Browser(pool)
        monkeypatch.setattr(handler, "now", lambda: opened.now)
        yield opened
        wire.unregister("before-call.cognito-idp.GetTokensFromRefreshToken", pool.renew)
        wire.unregister("before-call.cognito-idp.RevokeToken", pool.revoke)
        forget()
    server.shutdown()
    server.server_close()
    thread.join()


def forget() -> None:
    """A new cold start."""
    handler.settings.cache_clear()
    clients.reset_clients()
    secrets._text.cache_clear()


def test_a_browser_leaves_with_a_challenge_and_comes_back_with_tokens_in_cookies(
    browser: Browser,
) -> None:
    asked = browser.leaves()
    assert browser.set_cookies[STARTED] == (
        f"Path=/v1/session; Max-Age={STARTED_SECONDS}; Secure; HttpOnly; SameSite=Lax"
    )
    assert asked | {"state": "", "code_challenge": ""} == {
        "response_type": "code",
        "client_id": BROWSER,
        "redirect_uri": f"{ADDRESS}/v1/session/back",
        "scope": "desk/work",
        "state": "",
        "code_challenge": "",
        "code_challenge_method": "S256",
    }
    begun = PendingSignIn.read(b"k" * 64, browser.cookies[STARTED])
    assert browser.comes_back(asked["state"]) == "/desk/"
    assert browser.pool.asked == [
        {
            "path": "/oauth2/token",
            "grant_type": "authorization_code",
            "client_id": BROWSER,
            "code": "a-code",
            "redirect_uri": f"{ADDRESS}/v1/session/back",
            "code_verifier": begun.verifier,
        }
    ]
    assert begun.challenge == asked["code_challenge"]
    strict = "Secure; HttpOnly; SameSite=Strict"
    assert browser.set_cookies == {
        ACCESS: f"Path=/v1/desk; Max-Age=900; {strict}",
        REFRESH: f"Path=/v1/session; Max-Age={IDLE_SECONDS}; {strict}",
        STARTED: "Path=/v1/session; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
    }
    assert browser.cookies[ACCESS] == "access.1"


def test_two_sign_ins_have_neither_state_nor_verifier_in_common(browser: Browser) -> None:
    first, again = browser.leaves(), browser.leaves()
    assert first["state"] != again["state"]
    assert first["code_challenge"] != again["code_challenge"]
    assert len(first["state"]) >= 43, "256 bits"


def test_the_language_of_the_page_goes_along(browser: Browser) -> None:
    french = browser.call("GET", "/v1/session/start", lang="fr")
    assert "&lang=fr" in french.headers["Location"]
    arabic = browser.call("GET", "/v1/session/start", lang="ar")
    assert problem(arabic) == "not-valid", "managed login speaks no Arabic"


def test_a_person_comes_back_to_the_page_in_its_own_language(browser: Browser) -> None:
    """Managed login speaks no Arabic, so it is asked for French; the desk goes on in Arabic."""
    arabic = browser.leaves(lang="fr", page="ar")
    assert (arabic["lang"], "page" in arabic) == ("fr", False)
    assert browser.comes_back(arabic["state"]) == "/desk/?lang=ar"
    again = browser.leaves(lang="fr", page="ar")
    refused = browser.comes_back(again["state"], error="access_denied")
    assert refused == "/desk/?lang=ar&signin=refused"
    assert browser.comes_back(browser.leaves()["state"]) == sign_in.DESK_PAGE_PATH


def test_who_signs_in_for_one_act_is_asked_for_password_and_factor(browser: Browser) -> None:
    """A session of managed login would let whoever sits there decide for the person."""
    assert browser.leaves(fresh="1")["prompt"] == "login"
    assert "prompt" not in browser.leaves()
    assert problem(browser.call("GET", "/v1/session/start", fresh="yes")) == "not-valid"


@pytest.mark.parametrize("page", ["", "AR", "a", "ara", "a.", "//", "ar&signin=later", "ar\n"])
def test_only_a_language_can_be_brought_back(browser: Browser, page: str) -> None:
    refused = browser.call("GET", "/v1/session/start", page=page)
    assert problem(refused) == "not-valid"


def test_a_browser_that_began_no_sign_in_gets_no_tokens(browser: Browser) -> None:
    """An attacker leads a person's browser to the end of the attacker's sign-in (login CSRF)."""
    state = browser.leaves()["state"]
    victim = Browser(browser.pool)
    assert victim.comes_back(state) == "/desk/?signin=again"
    victim.leaves()
    assert victim.comes_back(state) == "/desk/?signin=again"
    assert victim.pool.asked == []
    assert ACCESS not in victim.cookies


def test_a_person_who_comes_back_too_late_starts_again(browser: Browser) -> None:
    state = browser.leaves()["state"]
    browser.now += STARTED_SECONDS + 1
    assert browser.comes_back(state) == "/desk/?signin=again"
    assert browser.pool.asked == []


def test_a_person_refused_by_managed_login_is_told_so(browser: Browser) -> None:
    state = browser.leaves()["state"]
    refused = browser.comes_back(state, error="access_denied", error_description="no")
    assert refused == "/desk/?signin=refused"


@pytest.mark.parametrize(
    ("status", "where"), [(400, "again"), (500, "later"), (503, "later"), (429, "later")]
)
def test_a_code_that_yields_no_tokens_signs_no_person_in(
    browser: Browser, status: int, where: str
) -> None:
    browser.pool.status, browser.pool.answer = status, {"error": "invalid_grant"}
    assert browser.comes_back(browser.leaves()["state"]) == f"/desk/?signin={where}"
    assert not {ACCESS, REFRESH} & browser.cookies.keys()


def test_managed_login_that_is_out_of_reach_is_tried_again_later(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGN_IN", "http://127.0.0.1:9")  # no server listens on `discard`
    handler.settings.cache_clear()
    assert browser.comes_back(browser.leaves()["state"]) == "/desk/?signin=later"


def test_work_goes_on_with_rotated_tokens(browser: Browser) -> None:
    browser.signs_in()
    browser.now += 14 * 60
    renewed = browser.renews()
    assert renewed.document == {"access_seconds": 900, "left_seconds": IDLE_SECONDS}
    assert browser.pool.asked[-1] == {"ClientId": BROWSER, "RefreshToken": "refresh.1"}
    assert browser.cookies[ACCESS] == "access.2"
    browser.renews()
    assert browser.pool.asked[-1]["RefreshToken"] == "refresh.2", "the one before is used up"


def test_a_refresh_token_that_does_not_rotate_is_kept(browser: Browser) -> None:
    browser.signs_in()
    told = {"AuthenticationResult": {"AccessToken": "access.9", "ExpiresIn": 900}}
    wire = clients.aws_client("cognito-idp").meta.events
    wire.register_first(
        "before-call.cognito-idp.GetTokensFromRefreshToken",
        lambda params, **_: (AWSResponse("", 200, HTTPHeaders(), None), told),
    )
    browser.renews()
    assert ".refresh.1." in browser.cookies[REFRESH]
    assert browser.cookies[ACCESS] == "access.9"


def test_half_an_hour_without_calls_ends_the_session(browser: Browser) -> None:
    browser.signs_in()
    browser.now += IDLE_SECONDS - 1
    assert browser.renews().status == 200
    kept = dict(browser.cookies)
    browser.now += IDLE_SECONDS
    over = browser.renews()
    assert (over.status, problem(over)) == (401, "session-over")
    assert not browser.cookies, "the browser keeps nothing"
    assert browser.pool.revoked == ["refresh.2"], "who copied the cookie has nothing either"
    browser.cookies, browser.now = kept, browser.now + 60
    assert problem(browser.renews()) == "session-over"


def test_no_session_is_longer_than_a_shift(browser: Browser) -> None:
    browser.signs_in()
    end = NOON + MAX_SESSION_SECONDS
    while browser.now + 1200 < end:
        browser.now += 1200
        assert browser.renews().status == 200
    last = browser.renews().document
    assert last["left_seconds"] <= end - browser.now
    browser.now = end
    assert problem(browser.renews()) == "session-over"


def test_an_access_token_is_kept_no_longer_than_the_session(browser: Browser) -> None:
    browser.signs_in()
    for _ in range(29):
        browser.now += 1239
        browser.renews()
    assert browser.now < NOON + MAX_SESSION_SECONDS < browser.now + 900
    assert f"Max-Age={NOON + MAX_SESSION_SECONDS - browser.now};" in browser.set_cookies[ACCESS]


@pytest.mark.parametrize(
    "code", ["NotAuthorizedException", "RefreshTokenReuseException", "UserNotFoundException"]
)
def test_a_session_that_the_user_pool_ended_is_over(browser: Browser, code: str) -> None:
    browser.signs_in()
    browser.pool.refusal = code
    over = browser.renews()
    assert (over.status, problem(over)) == (401, "session-over")
    assert not browser.cookies


def test_a_pool_that_is_busy_ends_no_session(browser: Browser) -> None:
    browser.signs_in()
    kept = dict(browser.cookies)
    browser.pool.refusal = "TooManyRequestsException"
    busy = browser.renews()
    assert (busy.status, problem(busy)) == (503, "busy")
    assert browser.cookies == kept


def test_a_changed_cookie_is_no_session(browser: Browser) -> None:
    browser.signs_in()
    browser.cookies[REFRESH] = browser.cookies[REFRESH].replace(str(NOON), str(NOON + 60), 1)
    asked = len(browser.pool.asked)
    assert problem(browser.renews()) == "session-over"
    assert len(browser.pool.asked) == asked


def test_signing_out_clears_every_cookie(browser: Browser) -> None:
    browser.signs_in()
    out = browser.signs_out()
    assert out.status == 200
    assert not browser.cookies
    assert browser.pool.revoked == ["refresh.1"]
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    onward = urlsplit(out.document["next"])
    assert (onward.path, parse_qs(onward.query)) == (
        "/logout",
        {"client_id": [BROWSER], "logout_uri": [f"{ADDRESS}/desk/"]},
    )


def test_signing_out_comes_back_to_the_page_in_its_language(browser: Browser) -> None:
    browser.signs_in()
    onward = parse_qs(urlsplit(browser.signs_out(page="ar").document["next"]).query)
    assert onward["logout_uri"] == [f"{ADDRESS}/desk/?lang=ar"]
    # No other address is known to managed login.
    assert problem(browser.signs_out(page="es")) == "not-valid"


def test_signing_out_works_without_a_session_and_while_the_pool_is_away(browser: Browser) -> None:
    assert browser.signs_out().status == 200
    browser.signs_in()
    browser.pool.away = True
    assert browser.signs_out().status == 200
    assert not browser.cookies


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/session/start"),
        ("POST", "/v1/session/refresh"),
        ("POST", "/v1/session/out"),
    ],
)
def test_pages_of_other_sites_sign_no_person_in_or_out(
    browser: Browser, site: str, method: str, path: str
) -> None:
    browser.signs_in()
    kept = dict(browser.cookies)
    refused = browser.call(method, path, "{}", {**JSON, "sec-fetch-site": site})
    assert (refused.status, problem(refused)) == (403, "from-another-site")
    assert browser.cookies == kept
    assert not browser.pool.revoked


@pytest.mark.parametrize("path", ["/v1/session/refresh", "/v1/session/out"])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_form_of_another_site_signs_no_person_out(browser: Browser, path: str, kind: str) -> None:
    """A browser without `Sec-Fetch-Site` sends a preflight before JSON from another site."""
    browser.signs_in()
    refused = browser.call("POST", path, "{}", {"content-type": kind})
    assert (refused.status, problem(refused)) == (415, "unsupported-encoding")
    assert not browser.set_cookies


def test_the_session_function_reads_no_other_cookies(browser: Browser) -> None:
    browser.cookies["tracking"] = "a-person"
    event = {
        "rawPath": "/v1/session/start",
        "headers": {"Cookie": f"tracking=a-person; {STARTED}=x"},
        "requestContext": {"http": {"method": "GET"}},
    }
    assert request_from_event(event, sign_in.SIGN_IN_COOKIES).cookies == {STARTED: "x"}
    assert request_from_event(event).cookies == {}
    assert "cookie" not in request_from_event(event, sign_in.SIGN_IN_COOKIES).headers


def test_a_deployment_without_an_address_starts_no_sign_in(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRESS", "")
    handler.settings.cache_clear()
    closed = browser.call("GET", "/v1/session/start")
    assert (closed.status, problem(closed)) == (503, "sign-in-closed")


def test_a_call_past_the_edge_is_refused(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    made = boto3.client("secretsmanager").create_secret(Name="origin", SecretString="e" * 64)
    monkeypatch.setenv("ORIGIN_SECRET", made["ARN"])
    handler.settings.cache_clear()
    past = browser.call("GET", "/v1/session/start")
    assert (past.status, problem(past)) == (403, "not-through-the-edge")
    through = browser.call("GET", "/v1/session/start", "", {secrets.EDGE_PROOF_HEADER: "e" * 64})
    assert through.status == 303


def test_a_token_too_large_for_a_cookie_is_a_loud_failure(browser: Browser) -> None:
    """Browsers silently drop such a cookie: the person would sign in over and over."""
    browser.pool.answer["access_token"] = "a" * 5000
    state = browser.leaves()["state"]
    failed = browser.call("GET", sign_in.SIGN_IN_RETURN_PATH, state=state, code="a-code")
    assert failed.status == 500
