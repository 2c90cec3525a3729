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

from casework.aws.http.http import Answer, Api, Parameter, Request, problem, through_the_edge
from casework.aws.services import observe, secrets, sign_in, tokens
from casework.aws.services.settings import SessionSettings
from casework.credentials.session import (
    LONGEST_SECONDS,
    STARTED_SECONDS,
    NotOurs,
    Session,
    Started,
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
from functions.session.cookies import GONE, LANGUAGES, kept, kept_until_back, kept_until_over

RANDOM_BYTES: Final = 32
SEE_OTHER: Final = 303


@cache
def settings() -> SessionSettings:
    """The settings of this function."""
    return SessionSettings.from_environment()


def now() -> int:
    """The time of a call, in seconds."""
    return int(time.time())


def key() -> bytes:
    """What cookies are signed with."""
    return secrets.key(settings().session_secret)


from_the_edge = through_the_edge(lambda: settings().origin_secret)


def guard(request: Request) -> None:
    """Refuse what did not come through the public edge, or from another site's page.

    Another site leads to one address here: that which a sign-in comes back to.
    """
    from_the_edge(request)
    site = request.headers.get(sign_in.SITE_HEADER, sign_in.OWN_SITE[0])
    if site not in sign_in.OWN_SITE and request.path != sign_in.BACK:
        raise FromAnotherSite("Only the desk's own page signs people in and out.")


api = Api(guard=guard, cookies=sign_in.COOKIES)

ALL: Final = (NotThroughTheEdge, FromAnotherSite, Busy)
WRITING: Final = (*ALL, NotJson, BodyTooLarge, UnsupportedEncoding, NotValid)
LANGUAGE = Parameter(
    "lang",
    "query",
    "The language of the sign-in page.",
    {"type": "string", "enum": list(LANGUAGES)},
)
PAGE_LANGUAGE: Final = re.compile("[a-z]{2}")
OF_THE_PAGE = Parameter(
    "page",
    "query",
    "The language of the desk's page, which the browser comes back to. Managed login may not speak "
    "it.",
    {"type": "string", "pattern": f"^{PAGE_LANGUAGE.pattern}$"},
)


FRESH = Parameter(
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

    page: sign_in.Language | None = None
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


@api.operation(
    "start_session",
    "GET",
    f"{sign_in.SESSION_PATH}/start",
    summary="Leave for the sign-in page",
    tag="session",
    answers={SEE_OTHER: None},
    refusals=(*ALL, SignInClosed, NotValid),
    parameters=(LANGUAGE, OF_THE_PAGE, FRESH),
)
def start_session(request: Request) -> Answer:
    """Send the browser to managed login, with a state and a challenge (PKCE) that it brings back.

    A page to be opened, not called: the answer leads to another one.
    """
    if not settings().address:
        raise SignInClosed("The deployment does not say where the desk is.")
    language = request.query.get("lang")
    if language is not None and language not in LANGUAGES:
        raise NotValid("Managed login does not speak this language.")
    page = request.query.get("page")
    if page is not None and not PAGE_LANGUAGE.fullmatch(page):
        raise NotValid("The language of a page has two small letters.")
    fresh = request.query.get("fresh")
    if fresh not in (None, "1"):
        raise NotValid("A fresh sign-in is asked for by `1`.")
    begun = Started(now(), _random(), _random(), page or "")
    asked = {
        "response_type": "code",
        "client_id": settings().browser_client_id,
        "redirect_uri": _back(),
        "scope": sign_in.SCOPE,
        "state": begun.state,
        "code_challenge": begun.challenge,
        "code_challenge_method": "S256",
        **({"lang": language} if language else {}),
        **({"prompt": "login"} if fresh else {}),
    }
    return _on(
        f"{settings().sign_in}/oauth2/authorize?{urlencode(asked)}",
        kept_until_back(begun.written(key()), STARTED_SECONDS),
    )


OF_LOGIN = tuple(
    Parameter(name, "query", told, {"type": "string"})
    for name, told in (
        ("code", "The authorisation code of managed login."),
        ("state", "What the browser left with."),
        ("error", "Why managed login gives no code."),
        ("error_description", "The same, in words. It is read by nobody."),
    )
)


@api.operation(
    "end_sign_in",
    "GET",
    sign_in.BACK,
    summary="Come back from the sign-in page",
    tag="session",
    answers={SEE_OTHER: None},
    refusals=ALL,
    parameters=OF_LOGIN,
)
def end_sign_in(request: Request) -> Answer:
    """Exchange the code for tokens, put these into cookies and go on to the desk.

    Who did not leave from this browser, or too long ago, gets none: the desk's page says so, by
    `signin` in its address (`again`, `refused` or `later`).
    """
    at = now()
    try:
        begun = Started.read(key(), request.cookies.get(sign_in.STARTED, ""))
    except NotOurs:
        return _not_signed_in("again")
    if not begun.answers(request.query.get("state", ""), at):
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
        found = tokens.by_code(settings().sign_in, form)
    except tokens.NotGranted:
        return _not_signed_in("again", begun.page)
    except Busy as busy:
        observe.failure("tokens out of reach", busy, instance=request.instance)
        return _not_signed_in("later", begun.page)
    observe.fact("signed in", instance=request.instance)
    _, cookies = _given(Session(at, at, found.refresh), found, at)
    return _on(_page(begun.page), *cookies, GONE[sign_in.STARTED])


@api.operation(
    "renew_session",
    "POST",
    f"{sign_in.SESSION_PATH}/refresh",
    summary="Go on working",
    tag="session",
    body=Nothing,
    answers={200: SessionState},
    refusals=(*WRITING, SessionOver),
    security="session",
)
def renew_session(request: Request) -> Answer:
    """Put another access token into its cookie.

    Not later than half an hour after the one before, and ten hours after the sign-in: then the
    session is over, and its refresh token is made worthless.
    """
    request.read(Nothing)
    at = now()
    try:
        session = _session(request)
        if not session.seconds_left(at):
            _forget(session, request)
            raise SessionOver("It is too long since you were here.")
        found = tokens.anew(settings().browser_client_id, session.token)
    except tokens.NotGranted:
        return _over(request, SessionOver("The user pool has ended this session."))
    except SessionOver as over:
        return _over(request, over)
    state, cookies = _given(session.renewed(at, found.refresh), found, at)
    return Answer(200, state, cookies=cookies)


@api.operation(
    "end_session",
    "POST",
    f"{sign_in.SESSION_PATH}/out",
    summary="Sign out",
    tag="session",
    body=SigningOut,
    answers={200: SignedOut},
    refusals=WRITING,
)
def end_session(request: Request) -> Answer:
    """Take the cookies away and make the refresh token worthless. Who has none is out already.

    A thief of the access token can use it until it expires, a quarter of an hour at most.
    """
    page = request.read(SigningOut).page
    with suppress(SessionOver):  # who has no session is signed out already
        _forget(_session(request), request)
    asked = {
        "client_id": settings().browser_client_id,
        "logout_uri": f"{settings().address}{sign_in.page_in(page)}",
    }
    return Answer(
        200,
        SignedOut(next=f"{settings().sign_in}/logout?{urlencode(asked)}"),
        {"Clear-Site-Data": '"cache", "storage"'},
        tuple(GONE.values()),
    )


def _session(request: Request) -> Session:
    """The session of the browser; raises SessionOver when it has none of ours."""
    try:
        return Session.read(key(), request.cookies.get(sign_in.REFRESH, ""))
    except NotOurs:
        raise SessionOver("There is no session in this browser.") from None


def _given(session: Session, found: tokens.Tokens, at: int) -> tuple[SessionState, tuple[str, ...]]:
    """How long the session goes on, and the cookies that say so."""
    left = session.seconds_left(at)
    seconds = min(found.seconds, LONGEST_SECONDS - (at - session.since))
    cookies = (kept(found.access, seconds), kept_until_over(session.written(key()), left))
    return SessionState(access_seconds=seconds, left_seconds=left), cookies


def _forget(session: Session, request: Request) -> None:
    """Make the refresh token worthless, if the user pool can be reached: the cookies go anyway."""
    try:
        tokens.take_back(settings().browser_client_id, session.token)
    except Exception as error:  # noqa: BLE001 - nobody stays signed in because a service is away
        observe.failure("token not taken back", error, instance=request.instance)


def _over(request: Request, refusal: Refusal) -> Answer:
    """The refusal, with the cookies that are good for nothing taken away."""
    return replace(problem(refusal, request), cookies=tuple(GONE.values()))


def _not_signed_in(why: str, language: str = "") -> Answer:
    return _on(_page(language, signin=why))


def _page(language: str, **told: str) -> str:
    """The address of the desk's page in a language, with what is told."""
    asked = urlencode({**({"lang": language} if language else {}), **told})
    return f"{sign_in.PAGE}?{asked}" if asked else sign_in.PAGE


def _on(address: str, *cookies: str) -> Answer:
    return Answer(SEE_OTHER, None, {"Location": address}, cookies)


def _back() -> str:
    return f"{settings().address}{sign_in.BACK}"


def _random() -> str:
    return chance.token_urlsafe(RANDOM_BYTES)


handle = api.handle
