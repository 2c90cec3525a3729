"""Partners with signatures, batches and feeds of indicators have no door: what they get instead.

Reports are those of people, one by one. A program that sends one is a stranger like any other.
"""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from casework.aws.http.api import request_from_event
from casework.decisions.staff import Role
from casework.errors import Refusal
from functions.intake import deployment, handler, load_shedding, operations
from tests.builders import RABAT, a_report
from tests.integration.answers import problem
from tests.integration.desks import Desk
from tests.integration.reporters import Reporters, a_key, an_event

LINES = "application/x-ndjson"
SIGNATURE = {
    "signature_input": 'sig1=("@method" "@target-uri" "content-digest");created=1771840000;'
    'expires=1771840300;nonce="n1";keyid="bank-1";alg="ed25519";tag="e-iblagh-bulk"',
    "signature": f"sig1=:{base64.b64encode(bytes(64)).decode()}:",
    "content_digest": f"sha-256=:{base64.b64encode(bytes(32)).decode()}:",
}
"""As RFC 9421 has it: the form of a signature, by a key that is not known here."""
WRONG = (
    SIGNATURE,
    {**SIGNATURE, "content_digest": "sha-256=:AAAA:"},
    {key: value.replace("1771840300", "1") for key, value in SIGNATURE.items()},
    {key: value.replace("bank-1", "bank-2") for key, value in SIGNATURE.items()},
    {key: value.replace("ed25519", "none") for key, value in SIGNATURE.items()},
)
MADE_ANEW = {"pk", "sk", "flow", "flow_at", "correlation_id", "verifier", "body_mac", "accepted_at"}
"""What differs between any two reports, with the salts of their parts."""


def a_line(number: int) -> bytes:
    return json.dumps({"key": f"line-{number}", "report": a_report()}).encode()


def batch(lines: int) -> bytes:
    return b"\n".join(map(a_line, range(lines)))


def said(item: dict[str, Any]) -> dict[str, Any]:
    """What an item of a report says, without what is drawn for each."""
    return {
        key: value
        for key, value in item.items()
        if key not in MADE_ANEW and "salt" not in key and "bound" not in key
    }


# ---- signatures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("signed", WRONG)
def test_there_is_no_address_for_signed_batches(
    reporters: Reporters, signed: dict[str, str]
) -> None:
    """Evidence case E24: whatever the signature says, nothing is read or written."""
    headers = {name.replace("_", "-"): value for name, value in signed.items()}
    for _ in range(2):
        refused = reporters.call(
            "POST",
            "/v1/machine/reports",
            {**headers, "content-type": LINES, "idempotency-key": a_key()},
            batch(3),
        )
        assert (refused.status, problem(refused)) == (404, "route-not-found")
    assert reporters.items() == []
    assert reporters.calls == {}


def test_a_signature_gives_a_report_no_weight(reporters: Reporters) -> None:
    """Evidence cases E24 and E29: it is kept as that of any stranger, and counted so."""
    assert reporters.send(a_report(), a_key()).status == 201
    assert reporters.send(a_report(), a_key(), **SIGNATURE).status == 201
    plain, signed = reporters.items()
    assert said(plain) == said(signed)
    assert "bank-1" not in repr(signed) + reporters.logs.getvalue()


@pytest.mark.parametrize("field", ["source", "partner", "trust", "sender_case", "evidence"])
def test_no_report_says_that_it_is_a_machines(reporters: Reporters, field: str) -> None:
    """Evidence case E29: the figures of citizens have no second kind beside them."""
    refused = reporters.send(a_report(**{field: "machine"}), a_key())
    assert (refused.status, problem(refused)) == (422, "not-valid")
    assert [each["pointer"] for each in refused.document["errors"]] == [f"#/{field}"]
    assert reporters.items() == []


# ---- batches -------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [None, 250])
def test_of_a_batch_no_line_is_taken(reporters: Reporters, broken: int | None) -> None:
    """Evidence case E25: there are no half batches, and the same one gets the same answer."""
    lines = [b"{" if number == broken else a_line(number) for number in range(500)]
    key = a_key()
    for declared, expected in ((LINES, 415), ("application/json", 400)):
        answers = [
            reporters.send(b"\n".join(lines)[:250_000], key, content_type=declared)
            for _ in range(2)
        ]
        assert [each.status for each in answers] == [expected] * 2
        assert problem(answers[0]) == problem(answers[1])
    assert reporters.items() == []


def test_a_list_of_reports_is_no_report(reporters: Reporters) -> None:
    """Evidence case E25."""
    refused = reporters.send([a_report(), a_report()], a_key())
    assert (refused.status, problem(refused)) == (422, "not-valid")
    assert reporters.items() == []


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = load_shedding.LoadWindow(floor=50)
    monkeypatch.setattr(deployment, "crowd_here", lambda: busy)


@pytest.mark.usefixtures("crowded")
def test_ten_batches_at_once_are_refused_and_no_report_of_a_program_passes_a_crowd_unpaid(
    reporters: Reporters,
) -> None:
    """Evidence case E27: no quota of a partner; work for each report instead."""
    reporters.send(a_report(), a_key())

    def send(number: int) -> str:
        body, declared = (
            (batch(50), LINES) if number % 2 else (json.dumps(a_report()).encode(), None)
        )
        event = an_event(
            "POST",
            "/v1/reports",
            {"content-type": declared or "application/json", "idempotency-key": a_key()},
            body,
        )
        try:
            request = request_from_event(event)
            return str(operations.send_report(request).status)
        except Refusal as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(send, range(10)))
    assert answers == {"WorkWanted"}, "work is asked for before a body is read"
    assert reporters.items() == []


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (b"", b"", 201),
        (b"", b"\r\n", 201),
        (b"", b"\n\n", 201),
        (b"\r\n", b"", 201),
        (b"\xef\xbb\xbf", b"", 400),
        (b"", b"\n{}", 400),
        (b"", b"\x00", 400),
    ],
)
@pytest.mark.parametrize("encoded", [False, True], ids=["as text", "in base64"])
def test_a_body_is_one_document_however_the_gateway_hands_it_over(
    reporters: Reporters, before: bytes, after: bytes, status: int, *, encoded: bool
) -> None:
    """Evidence case E28: blank lines around it are nothing, a mark or a second line is refused."""
    body = before + json.dumps(a_report()).encode() + after
    headers = {"content-type": "application/json", "idempotency-key": a_key()}
    event = an_event("POST", "/v1/reports", headers, body)
    if encoded:
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    assert handler.handle(event, None)["statusCode"] == status
    assert len(reporters.items()) == (status == 201)


def test_501_lines_are_no_document(reporters: Reporters) -> None:
    """Evidence case E28."""
    for body in (batch(501), b"\n".join([b"{}"] * 501)):
        refused = reporters.send(body, a_key())
        assert (refused.status, problem(refused)) == (400, "not-json")
    assert reporters.items() == []


# ---- what programs read --------------------------------------------------------------------------


def test_nobody_reads_the_status_of_anothers_report(reporters: Reporters) -> None:
    """Evidence case E26: each report has its own receipt, and there is no list of a sender."""
    mine, other = (reporters.send(a_report(), a_key()).document for _ in range(2))
    assert reporters.follow(mine["reference"], mine["receipt"]).status == 200
    refused = reporters.follow(other["reference"], mine["receipt"])
    unknown = reporters.follow("0000-0000-0000-0000-0", mine["receipt"])
    assert (refused.status, problem(refused)) == (404, "receipt-not-recognised")
    assert refused.document | {"instance": ""} == unknown.document | {"instance": ""}
    listed = reporters.call("GET", "/v1/machine/reports", {}, query={"cursor": "1"})
    assert (listed.status, problem(listed)) == (404, "route-not-found")


@pytest.mark.parametrize("form", ["misp", "stix", "taxii2", "case.jsonld", "export", "indicators"])
def test_no_list_for_blocking_leaves_the_desk(desk: Desk, form: str) -> None:
    """Evidence case E21: no format of other machines, neither before a confirmation nor after."""
    ana, officer = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    for case, by in ((desk.in_review(), ana), (desk.referred(), officer)):
        refused = desk.get(f"cases/{case.id}/{form}", by)
        assert (refused.status, problem(refused)) == (404, "route-not-found")


def test_before_a_confirmation_no_unit_reads_a_dossier(desk: Desk) -> None:
    """Evidence case E21: what a unit may hand on begins with the referral."""
    officer, case = desk.enrol(Role.OFFICER, RABAT), desk.in_review()
    desk.report(case, 1)
    refused = desk.get(f"cases/{case.id}/dossier", officer)
    assert (refused.status, problem(refused)) == (404, "case-not-found")
