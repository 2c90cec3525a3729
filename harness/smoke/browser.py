"""The browser's sign-in, as far as a program gets without one: to the page of managed login.

Password and second factor are on that page. `harness.smoke.people` signs in as programs do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from casework.aws.services import sign_in
from casework.credentials.session import STARTED_SECONDS
from harness.smoke.checks import SmokeRun
from harness.smoke.outcome import require
from harness.smoke.sending import problem_of

SIGN_IN_START_PATH: Final = f"{sign_in.SESSION_PATH}/start"
REFRESH: Final = f"{sign_in.SESSION_PATH}/refresh"
OWN: Final = {sign_in.SITE_HEADER: sign_in.OWN_SITE[0]}
ELSEWHERE: Final = {sign_in.SITE_HEADER: "cross-site"}
CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 digest in base64url (RFC 7636, S256)."""
LEAST_STATE: Final = 22
"""The number of base64url characters of 128 random bits."""
MAX_HOPS: Final = 5
_SCRIPT: Final = re.compile(r'<script[^>]* src="(/assets/[^"]+\.js)"')


@dataclass(frozen=True)
class BrowserAtSignIn:
    """A browser that left for the sign-in page."""

    address: str
    """The address of the redirect."""
    asked: Mapping[str, str]
    """The cookies that it carries."""


def leaves_and_arrives(walk: SmokeRun) -> str:
    """From the desk's page to the page of managed login, with nothing readable by a script."""
    _opens_the_desk(walk)
    first, second = _leaves(walk), _leaves(walk)
    for name in ("state", "code_challenge"):
        require(first.asked[name] != second.asked[name], f"two sign-ins have the same {name}")
    _closed_to_others(walk)
    where = _arrives(walk, first.address)
    return f"the desk's page, a redirect with PKCE and state, and the page at {where}"


def _opens_the_desk(walk: SmokeRun) -> None:
    page = walk.get(sign_in.DESK_PAGE_PATH)
    require(
        page.status_code == httpx.codes.OK, f"{sign_in.DESK_PAGE_PATH} answered {page.status_code}"
    )
    require(not page.headers.get_list("set-cookie"), f"{sign_in.DESK_PAGE_PATH} sets a cookie")
    scripts = [walk.get(path).text for path in _SCRIPT.findall(page.text)]
    require(
        any(SIGN_IN_START_PATH in script for script in scripts),
        f"no script of {sign_in.DESK_PAGE_PATH} leads to {SIGN_IN_START_PATH}",
    )


def _leaves(walk: SmokeRun) -> BrowserAtSignIn:
    """The request to managed login; raises Wrong when the browser could not be recognised
    afterwards."""
    gone = walk.get(SIGN_IN_START_PATH, **OWN)
    require(
        gone.status_code == httpx.codes.SEE_OTHER,
        f"{SIGN_IN_START_PATH} answered {gone.status_code} {problem_of(gone)}",
    )
    outputs = walk.deployed.outputs
    address = urljoin(f"{outputs['SignIn']}/", gone.headers.get("location", ""))
    wanted = f"{outputs['SignIn']}/oauth2/authorize"
    require(
        address.partition("?")[0] == wanted, f"the redirect leads to {address.partition('?')[0]}"
    )
    asked = dict(parse_qsl(urlsplit(address).query))
    for name, value in {
        "response_type": "code",
        "client_id": outputs["BrowserClientId"],
        "redirect_uri": f"{outputs['Address']}{sign_in.SIGN_IN_RETURN_PATH}",
        "scope": sign_in.DESK_WORK_SCOPE,
        "code_challenge_method": "S256",
    }.items():
        require(
            asked.get(name) == value,
            f"the redirect has {name} {asked.get(name)} instead of {value}",
        )
    require(len(asked.get("state", "")) >= LEAST_STATE, "the redirect has no random state")
    require(
        CHALLENGE.fullmatch(asked.get("code_challenge", "")), "the redirect has no S256 challenge"
    )
    if walk.deployed.on_aws:
        require(
            outputs["Address"] == walk.deployed.address,
            f"people come back to {outputs['Address']}, but the public address is "
            f"{walk.deployed.address}",
        )
    _one_cookie(gone, asked)
    return BrowserAtSignIn(address, asked)


def _one_cookie(gone: httpx.Response, asked: Mapping[str, str]) -> None:
    """The started sign-in is in one cookie, for the session's calls, unreadable by a script."""
    told = gone.headers.get_list("set-cookie")
    require(len(told) == 1, f"{SIGN_IN_START_PATH} sets {len(told)} cookies")
    pair, *rest = (part.strip() for part in told[0].split(";"))
    flags = {part.lower() for part in rest}
    require(
        pair.startswith(f"{sign_in.SIGN_IN_COOKIE}="), f"the cookie is {pair.partition('=')[0]}"
    )
    require(not any(flag.startswith("domain=") for flag in flags), "the cookie goes to other hosts")
    for flag in ("HttpOnly", "Secure", "SameSite=Lax", f"Path={sign_in.SESSION_PATH}"):
        require(flag.lower() in flags, f"the cookie is not {flag}")
    age = next((flag.partition("=")[2] for flag in flags if flag.startswith("max-age=")), "")
    require(age.isdigit() and int(age) <= STARTED_SECONDS, "the cookie lives longer than a sign-in")
    require(gone.headers.get("cache-control") == "no-store", "a cache may store the redirect")
    require(asked["state"] not in gone.text, "the body of the answer reveals the state")


def _closed_to_others(walk: SmokeRun) -> None:
    """Another site cannot begin a sign-in, a browser cannot end one that it did not begin, and
    without a session there is no token."""
    begun = walk.get(SIGN_IN_START_PATH, **ELSEWHERE)
    require(
        begun.status_code == httpx.codes.FORBIDDEN and not begun.headers.get("set-cookie"),
        f"a page of another site began a sign-in: {begun.status_code}",
    )
    back = walk.get(f"{sign_in.SIGN_IN_RETURN_PATH}?code=a&state=b", **ELSEWHERE)
    require(
        back.headers.get("location") == f"{sign_in.DESK_PAGE_PATH}?signin=again",
        f"a sign-in that this browser did not begin ended with {back.status_code}",
    )
    kept = [each.partition("=")[0] for each in back.headers.get_list("set-cookie")]
    require(
        not {sign_in.ACCESS_COOKIE, sign_in.REFRESH_COOKIE} & set(kept),
        "a sign-in that this browser did not begin got a token",
    )
    over = walk.http.post(REFRESH, json={}, headers=OWN)
    require(
        problem_of(over).endswith(":session-over"),
        f"without a session {REFRESH} answered {over.status_code} {problem_of(over)}",
    )


def _arrives(walk: SmokeRun, address: str) -> str:
    """The page that asks for the account, reached as by a browser; returns its host and path."""
    page = _opened(walk, address)
    for _ in range(MAX_HOPS):
        if not page.is_redirect:
            break
        address = urljoin(address, page.headers["location"])
        page = _opened(walk, address)
    parts = urlsplit(address)
    where = f"{parts.netloc}{parts.path}"
    require(
        f"{parts.scheme}://{parts.netloc}" == walk.deployed.outputs["SignIn"],
        f"the way to the sign-in page leads to {where}",
    )
    require("/error" not in parts.path, f"managed login refuses: {parts.query}")
    require(page.status_code == httpx.codes.OK, f"{where} answered {page.status_code}")
    require("text/html" in page.headers.get("content-type", ""), f"{where} is not an HTML page")
    return where


def _opened(walk: SmokeRun, address: str) -> httpx.Response:
    if not walk.deployed.on_aws:  # the template's address stands for this system's own port
        address = address.removeprefix(walk.deployed.outputs["SignIn"])
    return walk.http.get(address)
