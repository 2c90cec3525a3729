"""Reporters: synthetic reports of campaigns, each sent until it is answered."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from casework.pack.jurisdiction import Jurisdiction
from harness.bilan.texts import NARRATIVES_BY_LANGUAGE
from harness.faults.deployment import FaultDeployment
from harness.people.reporter_requests import addition_request, receipt_request, report_request

CAMPAIGNS: Final = 0.3
"""Campaigns for each report, about the number of cases per report."""
SPOKEN: Final = {"ary": "ar", "ary-Latn": "ar"}


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
        answer = self.system.until_answered(**report_request(body, self.key()))
        if answer.status_code != 201:
            self.refused.append(f"report {number}: {answer.status_code} {answer.text[:200]}")
            return
        accepted = answer.json()
        self.sent[accepted["reference"]] = AcceptedReport(
            number, body, accepted["reference"], accepted["receipt"]
        )

    def add(self, sent: AcceptedReport, **addition: Any) -> None:
        """Send an addition until it is accepted, or refused for a reason."""
        request = addition_request(sent.reference, sent.receipt, self.key(), addition)
        answer = self.system.until_answered(**request)
        if answer.status_code == 201:
            sent.additions.append(addition)
        elif answer.status_code not in {409, 410, 422}:
            self.refused.append(f"addition: {answer.status_code} {answer.text[:200]}")

    def follow(self, sent: AcceptedReport) -> dict[str, Any]:
        """What the reporter of a report reads."""
        answer = self.system.until_answered(**receipt_request(sent.reference, sent.receipt))
        if answer.status_code != 200:
            self.refused.append(f"follow: {answer.status_code} {answer.text[:200]}")
            return {}
        page: dict[str, Any] = answer.json()
        return page

    def some(self) -> Iterator[AcceptedReport]:
        """A random report that was sent."""
        if self.sent:
            yield self.sent[self.chance.choice(sorted(self.sent))]

    def key(self) -> str:
        """A fresh Idempotency-Key."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
