"""How long a browser's session lasts, and that nobody else can write one."""

from __future__ import annotations

import base64
import hashlib

import pytest

from casework.credentials.session import (
    IDLE_SECONDS,
    MAX_SESSION_SECONDS,
    STARTED_SECONDS,
    InvalidCookie,
    PendingSignIn,
    StaffSession,
)

KEY, OTHER = b"k" * 64, b"o" * 64
NOON = 1_800_000_000
TOKEN = "header.payload.mark"
BEGUN = PendingSignIn(NOON, "a-state", "a-verifier")


def a_session(last: int = NOON, since: int = NOON) -> StaffSession:
    return StaffSession(since, last, TOKEN)


def test_a_written_cookie_is_read_back() -> None:
    assert StaffSession.read(KEY, a_session().to_cookie(KEY)) == a_session()
    assert PendingSignIn.read(KEY, BEGUN.to_cookie(KEY)) == BEGUN


@pytest.mark.parametrize("since", [NOON + 1, NOON - 1])
def test_a_cookie_with_another_time_is_not_ours(since: int) -> None:
    cookie = a_session().to_cookie(KEY)
    with pytest.raises(InvalidCookie):
        StaffSession.read(KEY, cookie.replace(str(NOON), str(since), 1))


@pytest.mark.parametrize("cookie", ["", ".", "...", "1.2.token.", "é.1.2", "\udcff.1.2.3"])
def test_a_forged_cookie_is_refused(cookie: str) -> None:
    with pytest.raises(InvalidCookie):
        StaffSession.read(KEY, cookie)


def test_a_cookie_is_good_for_one_purpose_and_by_one_key() -> None:
    for cookie, key in ((BEGUN.to_cookie(KEY), KEY), (a_session().to_cookie(OTHER), KEY)):
        with pytest.raises(InvalidCookie):
            StaffSession.read(key, cookie)


def test_the_challenge_is_the_one_of_rfc_7636() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    begun = PendingSignIn(NOON, "s", verifier)
    assert begun.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert "=" not in begun.challenge
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64decode(begun.challenge + "=") == digest


@pytest.mark.parametrize(
    ("state", "later", "known"),
    [
        ("a-state", 0, True),
        ("a-state", STARTED_SECONDS, True),
        ("a-state", STARTED_SECONDS + 1, False),
        ("a-state", -1, False),
        ("another", 1, False),
        ("", 1, False),
        ("état", 1, False),
    ],
)
def test_only_a_recent_sign_in_of_this_browser_is_completed(
    state: str, later: int, known: bool
) -> None:
    assert BEGUN.matches_return(state, NOON + later) is known


@pytest.mark.parametrize(
    ("idle", "age", "left"),
    [
        (0, 0, IDLE_SECONDS),
        (60, 60, IDLE_SECONDS - 60),
        (IDLE_SECONDS - 1, IDLE_SECONDS - 1, 1),
        (IDLE_SECONDS, IDLE_SECONDS, 0),
        (IDLE_SECONDS + 1, IDLE_SECONDS + 1, 0),
        (0, MAX_SESSION_SECONDS - 60, 60),
        (0, MAX_SESSION_SECONDS, 0),
        (-1, 0, 0),  # a clock that went back is no reason to go on
    ],
)
def test_half_an_hour_without_work_or_ten_hours_end_a_session(
    idle: int, age: int, left: int
) -> None:
    assert a_session(last=NOON - idle, since=NOON - age).remaining_seconds(NOON) == left


def test_working_on_prolongs_a_session_but_not_its_day() -> None:
    session, now = a_session(), NOON
    while session.remaining_seconds(now):
        now += IDLE_SECONDS - 1
        session = session.renew(now, "another") if session.remaining_seconds(now) else session
    assert MAX_SESSION_SECONDS <= now - NOON < MAX_SESSION_SECONDS + IDLE_SECONDS
    assert session.token == "another"
