"""A crowded service asks for proof of work, on the running system with the switch on."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Response, expect

from casework.credentials import proof_of_work
from local.system import LocalSystem
from tests.e2e.people import PATIENCE, a_report
from tests.e2e.portal import a_visitor
from tests.e2e.told import tell, variables_of

INTAKE = "functions.intake.handler.handle"
FLOOR = 3_000
"""Hashes: a moment."""


@contextmanager
def asking(system: LocalSystem) -> Iterator[bytes]:
    """Let intake ask each report for work, as `work_floor` of a deployment does; its key."""
    secrets = system.aws.client("secretsmanager")
    address = variables_of(system, INTAKE)["ADDRESS_SECRET"]
    kept = secrets.get_secret_value(SecretId=address)["SecretString"]
    put_right = tell(system, INTAKE, {"WORK_FLOOR": str(FLOOR)})
    try:
        yield str(json.loads(kept)["key"]).encode()
    finally:
        put_right()


@pytest.fixture
def secret(system: LocalSystem) -> Iterator[bytes]:
    with asking(system) as key:
        yield key


def send(system: LocalSystem, key: str, report: dict[str, Any], proof: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key, **({"Work": proof} if proof else {})}
    return httpx.post(f"{system.api}/v1/reports", json=report, headers=headers, timeout=PATIENCE)


def solved(asked: dict[str, Any], **changes: Any) -> str:
    """The proof of a challenge, with members changed."""
    number = next(
        each
        for each in range(asked["maxnumber"] + 1)
        if hashlib.sha256(f"{asked['salt']}{each}".encode()).hexdigest() == asked["challenge"]
    )
    members = ("algorithm", "challenge", "salt", "signature")
    proof = {name: asked[name] for name in members} | {"number": number} | changes
    return base64.b64encode(json.dumps(proof).encode()).decode()


def test_the_browser_does_the_proof_of_work_and_sends_the_report(
    browser: Browser, system: LocalSystem, secret: bytes
) -> None:
    answers: list[Response] = []
    with a_visitor(browser, system.origin, "fr") as visitor:
        visitor.page.on(
            "response",
            lambda each: answers.append(each) if each.url.endswith("/v1/reports") else None,
        )
        visitor.stands_at("report.check")
        visitor.presses("report.send")
        visitor.codes()
    assert [each.status for each in answers] == [429, 201]
    keys, proofs = (
        [each.request.headers.get(name, "") for each in answers]
        for name in ("idempotency-key", "work")
    )
    assert keys[0] == keys[1]
    assert proofs[0] == ""
    assert proof_of_work.is_valid_proof(secret, keys[1], proofs[1], now=int(time.time()))


def test_one_proof_of_work_lets_in_one_report_and_its_repeats(
    system: LocalSystem, secret: bytes
) -> None:
    key, report = str(uuid.uuid4()), a_report()
    refused = send(system, key, report)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 0
    proof = solved(refused.json()["work"])
    assert send(system, str(uuid.uuid4()), report, proof).status_code == 429
    first, again = (send(system, key, report, proof) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_spliced_or_expired_proof_of_work_is_refused(system: LocalSystem, secret: bytes) -> None:
    key, report, now = str(uuid.uuid4()), a_report(), int(time.time())
    lasting = proof_of_work.CHALLENGE_TTL_SECONDS
    made = [proof_of_work.build_challenge(secret, key, now=now - ago, most=500, nonce=bytes(12))
            for ago in (0, lasting + 5)]  # fmt: skip
    fresh, ended = made
    read = json.loads(base64.b64decode(solved(fresh)))
    digits = str(read["number"])
    # The same bytes are hashed when a digit moves from the number into the salt.
    spliced = solved(fresh, salt=fresh["salt"] + digits[0], number=int(digits[1:] or 0))
    longer = re.sub(r"expires=\d+", f"expires={now + 10 * lasting}", fresh["salt"])
    for proof in (spliced, solved(fresh, salt=longer), solved(ended)):
        assert send(system, key, report, proof).status_code == 429
    assert send(system, key, report, solved(fresh)).status_code == 201


def test_a_reporter_without_javascript_waits_longer_and_can_always_report(
    browser: Browser, system: LocalSystem, secret: bytes
) -> None:
    with a_visitor(browser, system.origin, "ar", java_script_enabled=False) as visitor:
        page = visitor.page
        visitor.goes_to("report/plain")
        visitor.answers_plainly("متجر لا يسلم ما يبيع")
        visitor.presses("plain.send")
        words = visitor.t("plain.later")
        told = page.get_by_role("heading", name=re.compile(words.partition("{")[0]))
        expect(told).to_be_visible()
        expect(page.locator("bdi.typed")).to_have_text("متجر لا يسلم ما يبيع")
        seconds = re.search(r"\d+", told.inner_text())
        assert seconds is not None
        assert 0 < int(seconds[0]) <= 30
        # These seconds pass: the form was opened by so much earlier.
        key, ticket = (page.locator(f"[name={name}]") for name in ("key", "ticket"))
        opened = proof_of_work.ticket_time(secret, key.input_value(), ticket.input_value())
        assert opened is not None
        earlier = proof_of_work.form_ticket(
            secret, key.input_value(), now=opened - int(seconds[0]) - 1
        )
        ticket.evaluate("(it, earlier) => { it.value = earlier }", earlier)
        visitor.presses("plain.send")
        visitor.codes()


def test_a_service_that_is_not_crowded_asks_for_no_proof_of_work(system: LocalSystem) -> None:
    """Nor once the crowd has gone: the switch holds as long as it is on."""
    with asking(system):
        assert send(system, str(uuid.uuid4()), a_report()).status_code == 429
    assert send(system, str(uuid.uuid4()), a_report()).status_code == 201
