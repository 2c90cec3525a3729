"""A solution serves the report it was asked for, for a while, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.credentials import proof_of_work
from casework.errors import WorkWanted
from functions.intake import load_shedding

SECRET = b"s" * 32
KEY = str(uuid.UUID(int=1))
NOW = 1_800_000_000


def no_danger() -> bool:
    """The report ticks no danger."""
    return False


def asked(**changes: Any) -> dict[str, Any]:
    call = {"now": NOW, "most": 200, "nonce": bytes(12), **changes}
    return proof_of_work.build_challenge(SECRET, KEY, **call)


def solved(challenge: dict[str, Any], /, **changes: Any) -> str:
    """The proof a client sends."""
    number = next(
        n
        for n in range(challenge["maxnumber"] + 1)
        if hashlib.sha256(f"{challenge['salt']}{n}".encode()).hexdigest() == challenge["challenge"]
    )
    members = ("algorithm", "challenge", "salt", "signature")
    proof = {name: challenge[name] for name in members} | {"number": number} | changes
    return base64.b64encode(json.dumps(proof).encode()).decode()


def test_a_solution_proves_the_work() -> None:
    assert proof_of_work.is_valid_proof(SECRET, KEY, solved(asked()), now=NOW)
    assert proof_of_work.is_valid_proof(
        SECRET, KEY, solved(asked()), now=NOW + proof_of_work.CHALLENGE_TTL_SECONDS
    )


def test_a_solution_ends() -> None:
    assert not proof_of_work.is_valid_proof(
        SECRET, KEY, solved(asked()), now=NOW + proof_of_work.CHALLENGE_TTL_SECONDS + 1
    )


def test_a_solution_serves_no_other_report() -> None:
    assert not proof_of_work.is_valid_proof(SECRET, str(uuid.UUID(int=2)), solved(asked()), now=NOW)


def test_a_solution_of_another_deployment_is_none() -> None:
    assert not proof_of_work.is_valid_proof(b"t" * 32, KEY, solved(asked()), now=NOW)


def test_digits_cannot_move_between_salt_and_number() -> None:
    challenge = asked()
    read = json.loads(base64.b64decode(solved(challenge)))
    digits = str(read["number"])
    moved = {"salt": read["salt"] + digits[:1], "number": int(digits[1:] or 0)}
    assert not proof_of_work.is_valid_proof(SECRET, KEY, solved(challenge, **moved), now=NOW)


def test_a_later_end_cannot_be_written_in() -> None:
    challenge = asked()
    salt = challenge["salt"].replace(
        str(NOW + proof_of_work.CHALLENGE_TTL_SECONDS), str(NOW + 10**6)
    )
    forged = hashlib.sha256(f"{salt}0".encode()).hexdigest()
    proof = solved(challenge, salt=salt, challenge=forged, number=0)
    assert not proof_of_work.is_valid_proof(SECRET, KEY, proof, now=NOW)


@pytest.mark.parametrize(
    "proof", [None, "", "{}", "????", "e30=", base64.b64encode(b"[" * 500).decode(), "A" * 5000]
)
def test_an_invalid_proof_proves_nothing(proof: str | None) -> None:
    assert not proof_of_work.is_valid_proof(SECRET, KEY, proof, now=NOW)


ANYTHING = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "SHA-256", "é", "?&"])
MEMBERS = ("algorithm", "challenge", "salt", "number", "signature")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(MEMBERS, ANYTHING)))
def test_no_document_breaks_the_reader(members: dict[str, Any]) -> None:
    proof = base64.b64encode(json.dumps(members).encode()).decode()
    assert not proof_of_work.is_valid_proof(SECRET, KEY, proof, now=NOW)


def test_the_opening_time_of_a_form_cannot_be_forged() -> None:
    ticket = proof_of_work.form_ticket(SECRET, KEY, now=NOW)
    assert proof_of_work.ticket_time(SECRET, KEY, ticket) == NOW
    assert proof_of_work.ticket_time(SECRET, str(uuid.UUID(int=2)), ticket) is None
    earlier = ticket.replace(str(NOW), str(NOW - 100))
    assert proof_of_work.ticket_time(SECRET, KEY, earlier) is None
    assert proof_of_work.ticket_time(SECRET, KEY, "") is None


# ---- when work is asked for


def test_in_calm_nothing_is_asked() -> None:
    here = load_shedding.LoadWindow()
    assert {
        here.count_arrival(second / 10) for second in range(load_shedding.FREE_REPORTS_PER_WINDOW)
    } == {0}


def test_in_a_crowd_more_is_asked_and_then_less_again() -> None:
    here = load_shedding.LoadWindow()
    demands = [here.count_arrival(1.0) for _ in range(4 * load_shedding.FREE_REPORTS_PER_WINDOW)]
    assert (
        demands[: load_shedding.FREE_REPORTS_PER_WINDOW]
        == [0] * load_shedding.FREE_REPORTS_PER_WINDOW
    )
    assert (
        0
        < demands[load_shedding.FREE_REPORTS_PER_WINDOW + 1]
        < demands[-1]
        <= load_shedding.MAX_HASHES
    )
    assert here.count_arrival(1.0 + 2 * load_shedding.WINDOW_SECONDS) == 0


def test_a_crowd_of_any_size_is_counted_in_little_memory() -> None:
    here = load_shedding.LoadWindow()
    for _ in range(20_000):
        here.count_arrival(1.0)
    assert len(here._arrivals) <= 8 * load_shedding.FREE_REPORTS_PER_WINDOW


def test_the_operator_may_ask_for_work_without_a_flood() -> None:
    with pytest.raises(WorkWanted) as refused:
        load_shedding.require_proof_of_work(
            load_shedding.LoadWindow(floor=50), lambda: SECRET, KEY, None, danger=no_danger
        )
    challenge = refused.value.work
    load_shedding.require_proof_of_work(
        load_shedding.LoadWindow(floor=50),
        lambda: SECRET,
        KEY,
        solved(challenge),
        danger=pytest.fail,
    )


@pytest.mark.parametrize(
    ("open_for", "left"),
    [
        (0, load_shedding.FORM_WAIT_SECONDS),
        (10, load_shedding.FORM_WAIT_SECONDS - 10),
        (31, 0),
        (-5, 30),
    ],
)
def test_a_form_in_a_crowd_waits_for_what_is_left_of_its_half_minute(
    monkeypatch: pytest.MonkeyPatch, open_for: int, left: int
) -> None:
    ticket = proof_of_work.form_ticket(SECRET, KEY, now=NOW - open_for)
    monkeypatch.setattr(time, "time", lambda: NOW)
    assert (
        load_shedding.form_wait_seconds(load_shedding.LoadWindow(floor=50), SECRET, KEY, ticket)
        == left
    )
    assert load_shedding.form_wait_seconds(load_shedding.LoadWindow(), SECRET, KEY, ticket) == 0
    assert (
        load_shedding.form_wait_seconds(load_shedding.LoadWindow(floor=50), SECRET, KEY, "")
        == load_shedding.FORM_WAIT_SECONDS
    )


def test_a_tick_of_danger_costs_no_work_in_any_crowd() -> None:
    here = load_shedding.LoadWindow(floor=50)
    for _ in range(4 * load_shedding.FREE_REPORTS_PER_WINDOW):
        load_shedding.require_proof_of_work(here, lambda: SECRET, KEY, None, danger=lambda: True)
    with pytest.raises(WorkWanted):
        load_shedding.require_proof_of_work(here, lambda: SECRET, KEY, None, danger=no_danger)


def test_a_form_that_ticks_danger_waits_for_nothing() -> None:
    busy = load_shedding.LoadWindow(floor=50)
    assert load_shedding.form_wait_seconds(busy, SECRET, KEY, "", danger=True) == 0
    assert load_shedding.form_wait_seconds(busy, SECRET, KEY, "") == load_shedding.FORM_WAIT_SECONDS
