"""`make smoke` tells whether a browser can sign in, on answers of the form that AWS gives."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from harness.smoke.browser import leaves_and_arrives
from harness.smoke.checks import SmokeRun
from harness.smoke.created_resources import CreatedResources
from harness.smoke.deployed import DeployedStage
from harness.smoke.outcome import CheckFailed
from infra.stage import STAGES_BY_NAME

ADDRESS = "https://signaler.example.org"
SIGN_IN = "https://casework-prod-1a2b3c4d.auth.eu-west-3.amazoncognito.com"
SCRIPT = "/assets/desk-1.js"


@dataclass
class Stage:
    """A public address and managed login, with one thing changed."""

    asks: dict[str, str | None]
    """Of what managed login is asked; None: it is left out."""
    cookie: str = "; Path=/v1/session; Max-Age=300; Secure; HttpOnly; SameSite=Lax"
    script: str = "open('/v1/session/start?lang=fr')"
    sign_in: str = SIGN_IN
    login: str = "/login"
    takes_others: bool = False
    gives_tokens: bool = False
    cache: str = "no-store"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != httpx.URL(ADDRESS).host:
            return self._managed_login(request)
        answers: dict[str, Callable[[httpx.Request], httpx.Response]] = {
            "/desk/": lambda _: self._page(f'<script type="module" src="{SCRIPT}"></script>'),
            SCRIPT: lambda _: httpx.Response(200, text=self.script),
            "/v1/session/start": self._start,
            "/v1/session/back": self._back,
            "/v1/session/refresh": self._refresh,
        }
        return answers[request.url.path](request)

    def _page(self, html: str) -> httpx.Response:
        return httpx.Response(200, html=html)

    def _start(self, request: httpx.Request) -> httpx.Response:
        if request.headers["sec-fetch-site"] == "cross-site" and not self.takes_others:
            return httpx.Response(403)
        asked = {
            "response_type": "code",
            "client_id": "browser",
            "redirect_uri": f"{ADDRESS}/v1/session/back",
            "scope": "desk/work",
            "state": secrets.token_urlsafe(32),
            "code_challenge": secrets.token_urlsafe(32),
            "code_challenge_method": "S256",
        } | self.asks
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        headers = {
            "Location": f"{self.sign_in}/oauth2/authorize?{query}",
            "Set-Cookie": f"__Secure-start=1.a.b{self.cookie}",
            "Cache-Control": self.cache,
        }
        return httpx.Response(303, headers=headers)

    def _back(self, _request: httpx.Request) -> httpx.Response:
        token = {"Set-Cookie": "__Secure-access=t; Secure"} if self.gives_tokens else {}
        return httpx.Response(303, headers={"Location": "/desk/?signin=again", **token})

    def _refresh(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            401,
            json={"type": "urn:e-iblagh:problem:session-over"},
            headers={"Content-Type": "application/problem+json"},
        )

    def _managed_login(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/authorize":
            assert dict(parse_qsl(request.url.query.decode()))["client_id"] == "browser"
            return httpx.Response(302, headers={"Location": f"{self.login}?client_id=browser"})
        return self._page("<h1>Sign in</h1>")


def walk(stage: Stage, address: str = ADDRESS) -> SmokeRun:
    outputs = {"SignIn": SIGN_IN, "Address": ADDRESS, "BrowserClientId": "browser"}
    nothing: Any = None
    http = httpx.Client(base_url=ADDRESS, transport=httpx.MockTransport(stage))
    deployed = DeployedStage(STAGES_BY_NAME["prod"], address, outputs, nothing)
    return SmokeRun(deployed, http, CreatedResources(), lambda: None)


def test_a_sign_in_that_is_whole_is_good() -> None:
    assert "amazoncognito.com/login" in leaves_and_arrives(walk(Stage({})))


FAULTS: list[tuple[str, Stage, str]] = [
    ("another client", Stage({"client_id": "programs"}), "client_id programs instead of"),
    ("another return address", Stage({"redirect_uri": "https://a.example"}), "redirect_uri"),
    ("a wider scope", Stage({"scope": "aws.cognito.signin.user.admin"}), "scope"),
    ("tokens in the address", Stage({"response_type": "token"}), "response_type"),
    ("no state", Stage({"state": None}), "no random state"),
    ("a state that is guessed", Stage({"state": "1"}), "no random state"),
    ("one state for all", Stage({"state": "s" * 43}), "same state"),
    ("no challenge", Stage({"code_challenge": None}), "no S256 challenge"),
    ("a plain challenge", Stage({"code_challenge_method": "plain"}), "code_challenge_method"),
    ("one challenge for all", Stage({"code_challenge": "c" * 43}), "same code_challenge"),
    ("another host", Stage({}, sign_in="https://evil.example"), "leads to https://evil"),
    ("a cookie that scripts read", Stage({}, "; Path=/v1/session; Max-Age=300; Secure; "
                                         "SameSite=Lax"), "not HttpOnly"),
    ("a cookie over http", Stage({}, "; Path=/v1/session; Max-Age=300; HttpOnly; SameSite=Lax"),
     "not Secure"),
    ("a cookie for every page", Stage({}, "; Path=/; Max-Age=300; Secure; HttpOnly; SameSite=Lax"),
     "not Path"),
    ("a cookie that stays", Stage({}, "; Path=/v1/session; Secure; HttpOnly; SameSite=Lax"),
     "lives longer"),
    ("a cookie of all hosts", Stage({}, "; Domain=example.org; Path=/v1/session; Max-Age=300; "
                                    "Secure; HttpOnly; SameSite=Lax"), "other hosts"),
    ("a redirect that is cached", Stage({}, cache="public"), "cache"),
    ("a page that leads nowhere", Stage({}, script=""), "no script"),
    ("a login that refuses", Stage({}, login="/error"), "managed login refuses"),
    ("a login that leads away", Stage({}, login="https://evil.example/login"), "leads to evil"),
    ("other sites begin it", Stage({}, takes_others=True), "another site"),
    ("a token for nobody", Stage({}, gives_tokens=True), "got a token"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "told"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS]
)
def test_an_incomplete_sign_in_is_wrong(stage: Stage, told: str) -> None:
    with pytest.raises(CheckFailed, match=told):
        leaves_and_arrives(walk(stage))


def test_an_address_that_is_not_the_public_one_is_told() -> None:
    """People would come back to another place than the one they left."""
    with pytest.raises(CheckFailed, match="the public address is https://d1"):
        leaves_and_arrives(walk(Stage({}), "https://d1.cloudfront.example"))
