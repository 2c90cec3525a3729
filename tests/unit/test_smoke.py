"""What `make smoke` does by itself: codes, calculations, what it keeps in mind and what it says."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from casework.credentials import proof_of_work, trial_mark
from casework.text.realm import Realm
from casework.text.reference import encode_reference
from harness.smoke import __main__ as smoke
from harness.smoke import sending
from harness.smoke.created_resources import AlarmQueue, CreatedResources, SentTrial
from harness.smoke.outcome import LONGEST_PAUSE, CheckFailed, eventually
from harness.smoke.people import one_time_code
from harness.smoke.sending import (
    Sender,
    accepted_trial_from_response,
    as_form,
    as_json,
    solve_proof_of_work,
)
from harness.smoke.steps import SMOKE_STEPS, SmokeStep

KEY = "3c9e0c6e-7a35-4f6f-9e28-5a7cc8bd2f11"
SECRET = b"s" * 64
SENT = {"category": "fraud", "narrative": "un essai"}


# ---- the second factor and the crowd


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_second_factor_is_that_of_the_standard(at: int, code: str) -> None:
    """RFC 6238, appendix B, for SHA-1; the last six digits."""
    assert one_time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at) == code


def test_the_calculation_that_a_crowd_asks_for_is_done() -> None:
    asked = proof_of_work.build_challenge(SECRET, KEY, now=1_000, most=500, nonce=bytes(12))
    assert proof_of_work.is_valid_proof(SECRET, KEY, solve_proof_of_work(asked), now=1_100)


def test_a_calculation_without_a_solution_is_no_reason_to_go_on_for_ever() -> None:
    asked = proof_of_work.build_challenge(SECRET, KEY, now=1_000, most=5, nonce=bytes(12))
    asked["challenge"] = hashlib.sha256(b"nothing").hexdigest()
    with pytest.raises(CheckFailed):
        solve_proof_of_work(asked)


# ---- what is sent


def answering(*answers: httpx.Response | Exception) -> tuple[Sender, list[httpx.Request]]:
    """A public address that answers so, one after the other, and what it was asked."""
    asked: list[httpx.Request] = []
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given = left.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    http = httpx.Client(base_url="https://casework.example", transport=httpx.MockTransport(answer))
    return Sender(http, SECRET), asked


def kept(realm: Realm = Realm.TRIAL) -> httpx.Response:
    return httpx.Response(
        201, json={"reference": encode_reference(bytes(10), realm), "receipt": "R"}
    )


def test_every_request_carries_a_mark_of_its_own() -> None:
    sender, asked = answering(kept())
    sender.send(as_json(SENT, KEY))
    (request,) = asked
    realm = trial_mark.realm_from_trial_mark(
        request.headers["Trial"],
        lambda: SECRET,
        path=request.url.path,
        key=request.headers["Idempotency-Key"],
        body=request.content,
        now=int(request.headers["Trial"].partition(".")[0]),
    )
    assert realm is Realm.TRIAL


def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_key() -> None:
    sender, asked = answering(httpx.ReadError("lost"), kept())
    sender.send(as_json(SENT, KEY))
    assert {(each.headers["Idempotency-Key"], each.content) for each in asked} == {
        (KEY, asked[0].content)
    }


def test_a_trial_stored_as_a_real_report_is_wrong() -> None:
    sent = as_json(SENT, KEY)
    with pytest.raises(CheckFailed, match="kept as a report"):
        accepted_trial_from_response(sent, kept(Realm.REAL))


def test_a_form_brings_its_own_key_and_ticket() -> None:
    page = '<input name="key" value="a-key"><input name="ticket" value="1.a">'
    sent = as_form("/fr/report/plain", page, {"role": "witness"})
    assert (sent.body, sent.key) == ("key=a-key&ticket=1.a&role=witness", "")
    with pytest.raises(CheckFailed):
        as_form("/fr/report/plain", "<p>nothing</p>", {})


# ---- what it keeps in mind


def test_traces_are_private_and_gone_when_nothing_is_left(tmp_path: Path) -> None:
    file = tmp_path / "smoke" / "prod.json"
    traces = CreatedResources(
        sent=[as_json(SENT, KEY)], people=["trial-a@b.invalid"], ears=[AlarmQueue(queue="q")]
    )
    traces.keep(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert CreatedResources.kept(file) == traces
    CreatedResources().keep(file)
    assert not file.exists()
    assert CreatedResources.kept(file).empty


# ---- what it says


def test_a_step_needs_only_earlier_steps() -> None:
    for number, step in enumerate(SMOKE_STEPS):
        assert set(step.needs) <= {each.name for each in SMOKE_STEPS[:number]}, step.name
        assert step.first


def walked(*steps: SmokeStep) -> bool:
    nobody: Any = None
    return smoke.try_all(nobody, steps)


def test_each_step_prints_one_line_and_steps_behind_a_failed_one_are_not_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(_: Any) -> str:
        raise CheckFailed("the door is shut")

    def breaks(_: Any) -> str:
        raise httpx.ConnectError("nobody is there")

    good = SmokeStep("a window", lambda _: "it is open", "the window")
    bad, broken = SmokeStep("a door", fails, "its key"), SmokeStep("a wall", breaks, "the house")
    behind = SmokeStep("a room", lambda _: "it is warm", "the oven", needs=("a door",))
    assert not walked(good, bad, behind, broken)
    said = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert [first for first, _ in said] == ["good", "WRONG", "not", "WRONG"]
    assert "the door is shut; look first at: its key" in said[1][1]
    assert "it needs: a door" in said[2][1]
    assert "ConnectError: nobody is there; look first at: the house" in said[3][1]
    assert walked(good)


def test_a_timeout_names_the_last_finding() -> None:
    def look() -> None:
        raise CheckFailed("the case is received")

    with pytest.raises(CheckFailed, match="the case did not come in 0 s: the case is received"):
        eventually(look, "the case", seconds=0)


@pytest.mark.parametrize(
    ("began", "waits"),
    [(100.0, 20.0), (92.0, 12.0), (10.0, 5.0)],
    ids=["now", "a while ago", "long ago"],
)
def test_a_result_has_its_time_from_its_cause_and_is_looked_for_in_any_case(
    monkeypatch: pytest.MonkeyPatch, began: float, waits: float
) -> None:
    at = [100.0]

    def later(seconds: float) -> None:
        at[0] += seconds

    monkeypatch.setattr("time.monotonic", lambda: at[0])
    monkeypatch.setattr("time.sleep", later)
    with pytest.raises(CheckFailed):
        eventually(lambda: None, "the message", seconds=20, since=began)
    assert 0 < at[0] - 100 - waits < LONGEST_PAUSE


def test_a_crowd_that_asks_for_patience_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    sender, asked = answering(httpx.Response(429, headers={"Retry-After": "7"}), kept())
    sender.send(SentTrial(path="/fr/report/plain", key="", body="key=a", media_type=sending.FORM))
    assert (waited, len(asked)) == ([7], 2)
