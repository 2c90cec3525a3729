"""The mark of a trial is good for one request, for minutes, and for who has the stage's secret."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.credentials.trial_mark import (
    CLOCK_SKEW_SECONDS,
    MARK_TTL_SECONDS,
    make_trial_mark,
    realm_from_trial_mark,
)
from casework.errors import TrialMarkRefused
from casework.text.realm import Realm

SECRET = b"s" * 64
NOW = 1_767_225_600
SENT: dict[str, Any] = {
    "path": "/v1/reports",
    "key": "3c9e0c6e-7a35-4f6f-9e28-5a7cc8bd2f11",
    "body": b'{"narrative": "a trial"}',
}


def _unread() -> NoReturn:
    raise AssertionError("the secret was read")


def _realm(given: str | None, now: int = NOW, **sent: Any) -> Realm:
    return realm_from_trial_mark(given, lambda: SECRET, now=now, **{**SENT, **sent})


def test_a_request_with_its_own_mark_is_a_trial() -> None:
    assert _realm(make_trial_mark(SECRET, now=NOW, **SENT)) is Realm.TRIAL


def test_a_request_without_a_mark_is_real_and_costs_nothing() -> None:
    assert realm_from_trial_mark(None, _unread, now=NOW, **SENT) is Realm.REAL


@pytest.mark.parametrize("seconds", [-CLOCK_SKEW_SECONDS, 0, MARK_TTL_SECONDS])
def test_a_mark_holds_for_minutes(seconds: int) -> None:
    assert _realm(make_trial_mark(SECRET, now=NOW - seconds, **SENT)) is Realm.TRIAL


@pytest.mark.parametrize("seconds", [-CLOCK_SKEW_SECONDS - 1, MARK_TTL_SECONDS + 1, NOW])
def test_an_old_mark_and_one_of_times_to_come_are_refused_before_the_secret_is_read(
    seconds: int,
) -> None:
    given = make_trial_mark(SECRET, now=NOW - seconds, **SENT)
    with pytest.raises(TrialMarkRefused):
        realm_from_trial_mark(given, _unread, now=NOW, **SENT)


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "/fr/report/plain"},
        {"key": "3c9e0c6e-7a35-4f6f-9e28-5a7cc8bd2f12"},
        {"key": ""},
        {"body": b'{"narrative": "a report"}'},
        {"body": b""},
        {"path": "/v1/report", "key": "s" + SENT["key"]},
    ],
)
def test_a_mark_on_another_request_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(TrialMarkRefused):
        _realm(make_trial_mark(SECRET, now=NOW, **SENT), **changed)


def test_a_mark_whose_time_was_moved_or_that_another_secret_signed_is_refused() -> None:
    good = make_trial_mark(SECRET, now=NOW - MARK_TTL_SECONDS, **SENT)
    later = f"{NOW}.{good.partition('.')[2]}"
    for forged in (later, make_trial_mark(b"o" * 64, now=NOW, **SENT)):
        with pytest.raises(TrialMarkRefused):
            _realm(forged)


@given(st.text(max_size=80))
def test_any_text_is_refused(typed: str) -> None:
    good = make_trial_mark(SECRET, now=NOW, **SENT)
    for forged in (typed, f"{NOW}.{typed}", f"{NOW}", f"{good} {typed}"):
        with pytest.raises(TrialMarkRefused):
            _realm(forged)
