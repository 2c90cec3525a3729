"""Reporters: synthetic reports of campaigns, each sent until it is answered."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from casework.pack.jurisdiction import Jurisdiction
from harness.bilan.texts import NARRATIVES_BY_LANGUAGE
from harness.faults.deployment import ClientResponse, FaultDeployment

MAX_SENDINGS: Final = 40
"""Tries of a client before it gives up."""
CAMPAIGNS: Final = 0.3
"""Campaigns for each report, about the number of cases per report."""
SPOKEN: Final = {"ary": "ar", "ary-Latn": "ar"}


class ReporterGaveUp(Exception):
    """No answer came after all tries of a client."""


@dataclass
class AcceptedReport:
    """An accepted report, and the later acts of its reporter."""

    number: int
    body: dict[str, Any]
    reference: str
    receipt: str
    additions: list[dict[str, Any]] = field(default_factory=list)
    """The accepted additions."""


@dataclass
class FaultReporters:
    """All reporters of one run."""

    system: FaultDeployment
    chance: random.Random
    pack: Jurisdiction
    sent: dict[str, AcceptedReport] = field(default_factory=dict)
    """By reference."""
    sendings: int = 0
    refused: list[str] = field(default_factory=list)
    """Answers that no reporter expects."""

    def planned(self, reports: int) -> list[dict[str, Any]]:
        """Bodies of this number of reports, in the order of sending."""
        campaigns = max(1, round(reports * CAMPAIGNS))
        size = [1] * campaigns
        for _ in range(reports - campaigns):
            size[min(int(self.chance.paretovariate(0.7)) - 1, campaigns - 1)] += 1
        categories = [self.chance.choice(list(NARRATIVES_BY_LANGUAGE["fr"])) for _ in size]
        of_campaign = [campaign for campaign, many in enumerate(size) for _ in range(many)]
        self.chance.shuffle(of_campaign)
        territories = sorted(self.pack.territories)
        return [
            self._body(number, campaign, categories[campaign], territories)
            for number, campaign in enumerate(of_campaign, start=1)
        ]

    def _body(
        self, number: int, campaign: int, category: str, territories: list[str]
    ) -> dict[str, Any]:
        chance = self.chance
        language = chance.choice(sorted(NARRATIVES_BY_LANGUAGE))
        body: dict[str, Any] = {
            "category": chance.choice([category, None]),
            "narrative": f"[SYNTHETIC {number:05d}] "
            f"{chance.choice(NARRATIVES_BY_LANGUAGE[language][category])}",
            "locations": [{"kind": "phone", "value": f"+2126{campaign:08d}"}],
            "role": chance.choice(["victim", "victim", "witness", "relative"]),
            "language": SPOKEN.get(language, language),
            "disclosure": self._disclosure(number),
            "territory": {"code": territories[campaign % len(territories)]},
        }
        if chance.random() < 0.1:
            body["danger_now"] = True
        if chance.random() < 0.3:
            body["money_lost"] = [
                {"amount": str(chance.randint(1, 90) * 1000), "currency": "MAD"},
            ]
        return body

    def _disclosure(self, number: int) -> dict[str, Any]:
        contact = {"email": f"declarant{number}@example.org"}
        match self.chance.choice(["anonymous", "anonymous", "confidential", "identified"]):
            case "identified":
                identity = {"name": f"Déclarant {number}"}
                return {"kind": "identified", "contact": contact, "identity": identity}
            case "confidential":
                return {"kind": "confidential", "contact": contact}
            case _:
                return {"kind": "anonymous"}

    # ---- what they do ------------------------------------------------------------------------

    def report(self, number: int, body: dict[str, Any]) -> None:
        """Send a report until it is accepted."""
        key = self.key()
        answer = self.until_answered("POST", "/v1/reports", {"idempotency-key": key}, body)
        if answer.status != 201:
            self.refused.append(f"report {number}: {answer.status} {answer.body[:200]}")
            return
        said = answer.said
        self.sent[said["reference"]] = AcceptedReport(
            number, body, said["reference"], said["receipt"]
        )

    def add(self, sent: AcceptedReport, **said: Any) -> None:
        """Send an addition until it is accepted, or refused for a reason."""
        headers = {"authorization": f"Receipt {sent.receipt}", "idempotency-key": self.key()}
        path = f"/v1/reports/{sent.reference}/additions"
        answer = self.until_answered("POST", path, headers, said)
        if answer.status == 201:
            sent.additions.append(said)
        elif answer.status not in {409, 410, 422}:
            self.refused.append(f"addition: {answer.status} {answer.body[:200]}")

    def follow(self, sent: AcceptedReport) -> dict[str, Any]:
        """What the reporter of a report reads."""
        headers = {"authorization": f"Receipt {sent.receipt}"}
        answer = self.until_answered("GET", f"/v1/reports/{sent.reference}", headers, None)
        if answer.status != 200:
            self.refused.append(f"follow: {answer.status} {answer.body[:200]}")
            return {}
        told: dict[str, Any] = answer.said
        return told

    def some(self) -> Iterator[AcceptedReport]:
        """A random report that was sent."""
        if self.sent:
            yield self.sent[self.chance.choice(sorted(self.sent))]

    def until_answered(
        self, method: str, path: str, headers: dict[str, str], body: Any
    ) -> ClientResponse:
        """Send a request until it is answered; raises GivenUp."""
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        sent = {**headers, **({"content-type": "application/json"} if content else {})}
        for _ in range(MAX_SENDINGS):
            self.sendings += 1
            answer = self.system.http(method, path, sent, content)
            if answer is not None and answer.status < 500:
                return answer
        raise ReporterGaveUp(f"{method} {path}")

    def key(self) -> str:
        """A fresh Idempotency-Key."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
