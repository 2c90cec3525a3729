"""The calls under /v1/session: a browser leaves for managed login, comes back, stays, and goes.

Tokens leave this function in cookies alone. Nothing is kept here: what a browser must bring back
stands in its cookies, signed, and who the person is stays the user pool's and the desk's to say.
"""

from __future__ import annotations

import re
import secrets as chance
import time
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Final
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.api import Api, Request, Response, problem_response, require_edge_secret
from casework.aws.http.parameters import Parameter
from casework.aws.services import oauth_tokens, secrets, sign_in, telemetry
from casework.aws.services.settings import SessionSettings
from casework.credentials.session import (
    MAX_SESSION_SECONDS,
    STARTED_SECONDS,
    InvalidCookie,
    PendingSignIn,
    StaffSession,
)
from casework.errors import (
    BodyTooLarge,
    Busy,
    FromAnotherSite,
    NotJson,
    NotThroughTheEdge,
    NotValid,
    Refusal,
    SessionOver,
    SignInClosed,
    UnsupportedEncoding,
)
from functions.session.cookies import (
    EXPIRED_COOKIES,
    MANAGED_LOGIN_LANGUAGES,
    access_cookie,
    session_cookie,
    sign_in_cookie,
)

RANDOM_BYTES: Final = 32
HTTP_SEE_OTHER: Final = 303


@cache
def settings() -> SessionSettings:
    """The settings of this function."""
    return SessionSettings.from_environment()


def now() -> int:
    """The time of a call, in seconds."""
    return int(time.time())


def cookie_key() -> bytes:
    """What cookies are signed with."""
    return secrets.read_key(settings().session_secret)


require_session_origin_secret = require_edge_secret(lambda: settings().origin_secret)


def require_session_edge(request: Request) -> None:
    """Refuse what did not come through the public edge, or from another site's page.

    Another site leads to one address here: that which a sign-in comes back to.
    """
    require_session_origin_secret(request)
    site = request.headers.get(sign_in.SITE_HEADER, sign_in.OWN_SITE[0])
    if site not in sign_in.OWN_SITE and request.path != sign_in.SIGN_IN_RETURN_PATH:
        raise FromAnotherSite("Only the desk's own page signs people in and out.")


api = Api(guard=require_session_edge, cookies=sign_in.SIGN_IN_COOKIES)

SESSION_REFUSALS: Final = (NotThroughTheEdge, FromAnotherSite, Busy)
SESSION_WRITE_REFUSALS: Final = (
    *SESSION_REFUSALS,
    NotJson,
    BodyTooLarge,
    UnsupportedEncoding,
    NotValid,
)
LOGIN_LANGUAGE_PARAMETER = Parameter(
    "lang",
    "query",
    "The language of the sign-in page.",
    {"type": "string", "enum": list(MANAGED_LOGIN_LANGUAGES)},
)
PAGE_LANGUAGE_PATTERN: Final = re.compile("[a-z]{2}")
PAGE_LANGUAGE_PARAMETER = Parameter(
    "page",
    "query",
    "The language of the desk's page, which the browser comes back to. Managed login may not speak "
    "it.",
    {"type": "string", "pattern": f"^{PAGE_LANGUAGE_PATTERN.pattern}$"},
)


FRESH_SIGN_IN_PARAMETER = Parameter(
    "fresh",
    "query",
    "`1` where the person signs in again for one act: a session of managed login does not do then.",
    {"type": "string", "enum": ["1"]},
)


class Nothing(BaseModel):
    """An empty object. That it is JSON keeps forms of other sites from sending it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class SigningOut(BaseModel):
    """How the desk's page is to be when the person has signed out."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    page: sign_in.DeskLanguage | None = None
    """Its language; left out for that of the browser."""


class SessionState(BaseModel):
    """How long the session goes on. The tokens themselves are in cookies."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    access_seconds: int = Field(ge=0)
    """For how long the desk can be called before the session must be renewed."""
    left_seconds: int = Field(ge=0)
    """After so long without a renewal the session is over."""


class SignedOut(BaseModel):
    """The cookies are gone, and the refresh token is worthless."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    next: str
    """Where the browser goes now, so that managed login forgets the person, too."""


@api.register_operation(
    "start_session",
    "GET",
    f"{sign_in.SESSION_PATH}/start",
    summary="Leave for the sign-in page",
    tag="session",
    answers={HTTP_SEE_OTHER: None},
    refusals=(*SESSION_REFUSALS, SignInClosed, NotValid),
    parameters=(LOGIN_LANGUAGE_PARAMETER, PAGE_LANGUAGE_PARAMETER, FRESH_SIGN_IN_PARAMETER),
)
def start_session(request: Request) -> Response:
    """Send the browser to managed login, with a state and a challenge (PKCE) that it brings back.

    A page to be opened, not called: the answer leads to another one.
    """
    if not settings().address:
        raise SignInClosed("The deployment does not say where the desk is.")
    language = request.query.get("lang")
    if language is not None and language not in MANAGED_LOGIN_LANGUAGES:
        raise NotValid("Managed login does not speak this language.")
    page = request.query.get("page")
    if page is not None and not PAGE_LANGUAGE_PATTERN.fullmatch(page):
        raise NotValid("The language of a page has two small letters.")
    fresh = request.query.get("fresh")
    if fresh not in (None, "1"):
        raise NotValid("A fresh sign-in is asked for by `1`.")
    begun = PendingSignIn(now(), _random(), _random(), page or "")
    query = {
        "response_type": "code",
        "client_id": settings().browser_client_id,
        "redirect_uri": _back(),
        "scope": sign_in.DESK_WORK_SCOPE,
        "state": begun.state,
        "code_challenge": begun.challenge,
        "code_challenge_method": "S256",
        **({"lang": language} if language else {}),
        **({"prompt": "login"} if fresh else {}),
    }
    return _on(
        f"{settings().sign_in}/oauth2/authorize?{urlencode(query)}",
        sign_in_cookie(begun.to_cookie(cookie_key()), STARTED_SECONDS),
    )


LOGIN_CALLBACK_PARAMETERS = tuple(
    Parameter(name, "query", told, {"type": "string"})
    for name, told in (
        ("code", "The authorisation code of managed login."),
        ("state", "What the browser left with."),
        ("error", "Why managed login gives no code."),
        ("error_description", "The same, in words. It is read by nobody."),
    )
)


@api.register_operation(
    "end_sign_in",
    "GET",
    sign_in.SIGN_IN_RETURN_PATH,
    summary="Come back from the sign-in page",
    tag="session",
    answers={HTTP_SEE_OTHER: None},
    refusals=SESSION_REFUSALS,
    parameters=LOGIN_CALLBACK_PARAMETERS,
)
def end_sign_in(request: Request) -> Response:
    """Exchange the code for tokens, put these into cookies and go on to the desk.

    Who did not leave from this browser, or too long ago, gets none: the desk's page says so, by
    `signin` in its address (`again`, `refused` or `later`).
    """
    at = now()
    try:
        begun = PendingSignIn.read(cookie_key(), request.cookies.get(sign_in.SIGN_IN_COOKIE, ""))
    except InvalidCookie:
        return _not_signed_in("again")
    if not begun.matches_return(request.query.get("state", ""), at):
        return _not_signed_in("again")
    if "code" not in request.query:
        return _not_signed_in("refused", begun.page)
    form = {
        "client_id": settings().browser_client_id,
        "code": request.query["code"],
        "redirect_uri": _back(),
        "code_verifier": begun.verifier,
    }
    try:
        found = oauth_tokens.exchange_code(settings().sign_in, form)
    except oauth_tokens.GrantRejected:
        return _not_signed_in("again", begun.page)
    except Busy as busy:
        telemetry.log_failure("tokens out of reach", busy, instance=request.instance)
        return _not_signed_in("later", begun.page)
    telemetry.log_info("signed in", instance=request.instance)
    _, cookies = _given(StaffSession(at, at, found.refresh), found, at)
    return _on(_page(begun.page), *cookies, EXPIRED_COOKIES[sign_in.SIGN_IN_COOKIE])


@api.register_operation(
    "renew_session",
    "POST",
    f"{sign_in.SESSION_PATH}/refresh",
    summary="Go on working",
    tag="session",
    body=Nothing,
    answers={200: SessionState},
    refusals=(*SESSION_WRITE_REFUSALS, SessionOver),
    security="session",
)
def renew_session(request: Request) -> Response:
    """Put another access token into its cookie.

    Not later than half an hour after the one before, and ten hours after the sign-in: then the
    session is over, and its refresh token is made worthless.
    """
    request.parse_body(Nothing)
    at = now()
    try:
        session = _session(request)
        if not session.remaining_seconds(at):
            _forget(session, request)
            raise SessionOver("It is too long since you were here.")
        found = oauth_tokens.refresh_access_token(settings().browser_client_id, session.token)
    except oauth_tokens.GrantRejected:
        return _over(request, SessionOver("The user pool has ended this session."))
    except SessionOver as over:
        return _over(request, over)
    state, cookies = _given(session.renew(at, found.refresh), found, at)
    return Response(200, state, cookies=cookies)


@api.register_operation(
    "end_session",
    "POST",
    f"{sign_in.SESSION_PATH}/out",
    summary="Sign out",
    tag="session",
    body=SigningOut,
    answers={200: SignedOut},
    refusals=SESSION_WRITE_REFUSALS,
)
def end_session(request: Request) -> Response:
    """Take the cookies away and make the refresh token worthless. Who has none is out already.

    A thief of the access token can use it until it expires, a quarter of an hour at most.
    """
    page = request.parse_body(SigningOut).page
    with suppress(SessionOver):  # who has no session is signed out already
        _forget(_session(request), request)
    query = {
        "client_id": settings().browser_client_id,
        "logout_uri": f"{settings().address}{sign_in.desk_page_path(page)}",
    }
    return Response(
        200,
        SignedOut(next=f"{settings().sign_in}/logout?{urlencode(query)}"),
        {"Clear-Site-Data": '"cache", "storage"'},
        tuple(EXPIRED_COOKIES.values()),
    )


def _session(request: Request) -> StaffSession:
    """The session of the browser; raises SessionOver when it has none of ours."""
    try:
        return StaffSession.read(cookie_key(), request.cookies.get(sign_in.REFRESH_COOKIE, ""))
    except InvalidCookie:
        raise SessionOver("There is no session in this browser.") from None


def _given(
    session: StaffSession, found: oauth_tokens.OAuthTokens, at: int
) -> tuple[SessionState, tuple[str, ...]]:
    """How long the session goes on, and the cookies that say so."""
    seconds_left = session.remaining_seconds(at)
    seconds = min(found.seconds, MAX_SESSION_SECONDS - (at - session.since))
    cookies = (
        access_cookie(found.access, seconds),
        session_cookie(session.to_cookie(cookie_key()), seconds_left),
    )
    return SessionState(access_seconds=seconds, left_seconds=seconds_left), cookies


def _forget(session: StaffSession, request: Request) -> None:
    """Make the refresh token worthless, if the user pool can be reached: the cookies go anyway."""
    try:
        oauth_tokens.revoke_token(settings().browser_client_id, session.token)
    except Exception as error:  # noqa: BLE001 - nobody stays signed in because a service is away
        telemetry.log_failure("token not taken back", error, instance=request.instance)


def _over(request: Request, refusal: Refusal) -> Response:
    """The refusal, with the cookies that are good for nothing taken away."""
    return replace(problem_response(refusal, request), cookies=tuple(EXPIRED_COOKIES.values()))


def _not_signed_in(why: str, language: str = "") -> Response:
    return _on(_page(language, signin=why))


def _page(language: str, **told: str) -> str:
    """The address of the desk's page in a language, with what is told."""
    asked = urlencode({**({"lang": language} if language else {}), **told})
    return f"{sign_in.DESK_PAGE_PATH}?{asked}" if asked else sign_in.DESK_PAGE_PATH


def _on(address: str, *cookies: str) -> Response:
    return Response(HTTP_SEE_OTHER, None, {"Location": address}, cookies)


def _back() -> str:
    return f"{settings().address}{sign_in.SIGN_IN_RETURN_PATH}"


def _random() -> str:
    return chance.token_urlsafe(RANDOM_BYTES)


handle = api.handle
