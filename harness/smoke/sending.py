"""Reports sent as by outside clients, each with the mark of a trial."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from casework.credentials import trial_mark
from casework.text.realm import Realm, realm_from_name
from harness.people.reporter_requests import REPORTS_PATH
from harness.smoke.created_resources import SentTrial
from harness.smoke.outcome import CheckFailed, require

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MAX_TRIAL_ATTEMPTS: Final = 4
"""Tries for one report: a crowd may require a calculation or a pause first, an answer may be
lost."""
_SHOWN: Final = re.compile(r'id="(reference|receipt)">([^<]+)<')
_HIDDEN: Final = re.compile(r'name="(key|ticket)" value="([^"]*)"')


@dataclass(frozen=True)
class AcceptedTrial:
    """Reference and receipt of an accepted report."""

    reference: str
    receipt: str = field(repr=False)


@dataclass(frozen=True)
class Sender:
    """The deployer as a client of the public address, with the secret of the stage."""

    http: httpx.Client
    secret: bytes = field(repr=False)

    def send(self, sent: SentTrial) -> httpx.Response:
        """Send a trial until it is answered; raises Wrong for an answer other than 201.

        Repeated with the same key, so a stored report gets the same answer.
        """
        proof: dict[str, str] = {}
        answer: httpx.Response | None = None
        for _ in range(MAX_TRIAL_ATTEMPTS):
            try:
                answer = self.once(sent, **proof)
            except httpx.TransportError:
                continue
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            proof = _asked_for(answer)
        if answer is None:
            raise CheckFailed("no answer came")
        require(
            answer.status_code == httpx.codes.CREATED,
            f"answered {answer.status_code} {problem_of(answer)}",
        )
        return answer

    def once(self, sent: SentTrial, **more: str) -> httpx.Response:
        """The same, once, for any answer."""
        body = sent.body.encode()
        mark = trial_mark.make_trial_mark(
            self.secret, path=sent.path, key=sent.key, body=body, now=int(time.time())
        )
        headers = {"Content-Type": sent.media_type, "Trial": mark, **more}
        if sent.key:
            headers["Idempotency-Key"] = sent.key
        return self.http.post(sent.path, content=body, headers=headers)


def as_json(document: Mapping[str, Any], key: str) -> SentTrial:
    """A report as JSON."""
    body = json.dumps(document, ensure_ascii=False)
    return SentTrial(path=REPORTS_PATH, key=key, body=body, media_type=JSON)


def as_form(path: str, page: str, filled: Mapping[str, str]) -> SentTrial:
    """The filled-in form of a page; it brings its own key."""
    hidden = dict(_HIDDEN.findall(page))
    require("key" in hidden, "the form holds no key")
    return SentTrial(path=path, key="", body=urlencode({**hidden, **filled}), media_type=FORM)


def accepted_trial_from_response(sent: SentTrial, answer: httpx.Response) -> AcceptedTrial:
    """The reporter's part of the answer; raises Wrong when the report is no trial."""
    told = answer.json() if sent.media_type == JSON else dict(_SHOWN.findall(answer.text))
    require({"reference", "receipt"} <= told.keys(), "the answer has no reference and receipt")
    reference = str(told["reference"])
    require(
        realm_from_name(reference) is Realm.TRIAL,
        f"{reference} is no trial: it was kept as a report",
    )
    return AcceptedTrial(reference, str(told["receipt"]))


def problem_of(answer: httpx.Response) -> str:
    """The type of a refusal, or else how the answer describes itself."""
    kind: str = answer.headers.get("content-type", "").partition(";")[0]
    if not kind.endswith("json"):
        return kind
    try:
        told = answer.json()
    except ValueError:
        return kind
    return str(told.get("type", kind)) if isinstance(told, dict) else kind


def _asked_for(answer: httpx.Response) -> dict[str, str]:
    """What a crowd requires of a client before it is admitted: a calculation, or patience."""
    try:
        asked = answer.json()["work"]
    except (ValueError, KeyError, TypeError):
        time.sleep(int(answer.headers.get("Retry-After", "5")))
        return {}
    return {"Work": solve_proof_of_work(asked)}


def solve_proof_of_work(
    asked: Mapping[str, Any], sha256: Callable[..., Any] = hashlib.sha256
) -> str:
    """The proof of work that `casework.credentials.proof_of_work` requires."""
    salt, wanted = str(asked["salt"]), str(asked["challenge"])
    number = next(
        (
            each
            for each in range(int(asked["maxnumber"]) + 1)
            if sha256(f"{salt}{each}".encode()).hexdigest() == wanted
        ),
        None,
    )
    if number is None:
        raise CheckFailed("the required calculation has no solution")
    told = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**told, "number": number}).encode()).decode()
