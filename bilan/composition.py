"""The published three months as numbers, and synthetic reports with the same sums.

Every report is invented and says so. Reports come in *campaigns*: those of one campaign name the
same telephone and page, like victims of one scam, so that linking finds something. The sizes of
campaigns follow a Pareto law: most campaigns are small and most reports are in large ones. There
are 293 campaigns, and 98 reports in 100 share an identifier with another. That proportion is our
own: no service publishes its own, and the one known yearly figure (THESEE's first year: 84,957
items in 75 investigations) is far more concentrated.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bilan.texts import SAID

SEED: Final = 2044
"""Chosen so that no month has 1 to 4 of anything in the published table. Such a number would be
withheld, and the sum of three months would lack it."""
FIRST_DAY: Final = datetime(2024, 6, 1, tzinfo=UTC)
DAYS: Final = 92
FIRST_MONTH, LAST_MONTH = "2024-06", "2024-08"

STRATA: Final[tuple[tuple[str, bool, int], ...]] = (
    ("fraud", False, 4073),
    ("sextortion", False, 1358),
    ("insult_defamation", False, 679),
    ("threats_violence", False, 339),
    ("incitement_hatred", False, 113),
    ("illegal_trade", False, 113),
    ("sexual_exploitation", False, 113),
    ("terrorism", True, 85),
    ("terrorism", False, 210),
)
"""Category, whether it praises Daesh, and the number of reports. The three categories of 339
reports are the published row `other`; we divided it into thirds."""
IDENTIFIED: Final = 4117
CONFIDENTIAL: Final = 1200
"""Of reporters who did not identify themselves; our own figure. The rest is anonymous."""
ABROAD: Final = {"europe": 310, "middle_east": 122, "asia": 52, "north_africa": 80}
"""Published: 564 in all, from four regions; the division is our own."""
COUNTRIES: Final = {
    "europe": ("FR", "ES", "BE", "IT", "NL"),
    "middle_east": ("AE", "SA", "QA"),
    "asia": ("CN", "TH"),
    "north_africa": ("DZ", "TN", "EG"),
}
SUSPECTS: Final = {"presented": 23, "wanted": 9, "sought": 50}
TERRITORIES: Final = ("04.421", "04.441", "06.141", "09.001", "03.231", "07.351")
EXPONENT: Final = 0.62
"""The exponent of the Pareto law of campaign sizes; our own figure, as is `LARGEST`."""
LARGEST: Final = 400

PUBLISHED: Final[dict[tuple[str, str], int]] = {
    ("reports", "processed"): 7083,
    ("reports", "technology_crimes"): 6788,
    ("groups", "fraud"): 4073,
    ("groups", "sextortion"): 1358,
    ("groups", "insult_defamation"): 679,
    ("groups", "threats_violence"): 339,
    ("groups", "other"): 339,
    ("groups", "terrorism"): 295,
    ("flags", "praise_daesh"): 85,
    ("disclosure", "identified"): IDENTIFIED,
    ("origin", "abroad"): 564,
    **{("origin", region): number for region, number in ABROAD.items()},
    ("suspects", "identified"): 82,
    **{("suspects", outcome): number for outcome, number in SUSPECTS.items()},
}
"""The published table; the parts of `abroad` are our own."""
SHARES: Final = {
    ("groups", "fraud"): 0.60,
    ("groups", "sextortion"): 0.20,
    ("groups", "insult_defamation"): 0.10,
    ("groups", "threats_violence"): 0.05,
    ("groups", "other"): 0.05,
}
"""Published, in whole percents of technology crimes."""


@dataclass(frozen=True)
class Sent:
    """One report, the time of its replay, and its outcome at review."""

    at: datetime
    body: dict[str, Any]
    category: str
    daesh: bool
    campaign: int


def reports(part: int = 1) -> list[Sent]:
    """All reports in the order of sending, or those of every `part`-th campaign."""
    chance = random.Random(SEED)  # noqa: S311 - an example, the same on every machine
    planned = [
        (campaign, category, daesh, at)
        for campaign, (category, daesh, size) in enumerate(_campaigns(chance))
        for at in _times(chance, size)
    ]
    chance.shuffle(planned)
    total = len(planned)
    disclosures = ["identified"] * IDENTIFIED + ["confidential"] * CONFIDENTIAL
    disclosures += ["anonymous"] * (total - len(disclosures))
    chance.shuffle(disclosures)
    places = [region for region, number in ABROAD.items() for _ in range(number)]
    places += [""] * (total - len(places))
    chance.shuffle(places)
    found = [
        Sent(
            at,
            _body(chance, number, campaign, category, disclosures[number], places[number]),
            category,
            daesh,
            campaign,
        )
        for number, (campaign, category, daesh, at) in enumerate(planned)
    ]
    return sorted(
        (sent for sent in found if sent.campaign % part == 0),
        key=lambda sent: (sent.at, sent.campaign),
    )


def _campaigns(chance: random.Random) -> list[tuple[str, bool, int]]:
    """Category, flag and size of each campaign, adding up to the strata."""
    found = []
    for category, daesh, left in STRATA:
        while left:
            drawn = int(chance.paretovariate(EXPONENT))
            size = min(left, drawn, LARGEST)
            found.append((category, daesh, size))
            left -= size
    return found


def _times(chance: random.Random, size: int) -> list[datetime]:
    """The times of a campaign's reports: over a few weeks, most in the middle.

    A report after the last day moves to the first days, as if the campaign had begun earlier.
    """
    length = min(DAYS - 4, 3 + size // 4)
    first = chance.uniform(0, DAYS)
    return [
        FIRST_DAY + timedelta(days=(first + length * chance.betavariate(1.6, 1.6)) % DAYS)
        for _ in range(size)
    ]


def _body(
    chance: random.Random, number: int, campaign: int, category: str, disclosure: str, region: str
) -> dict[str, Any]:
    language = chance.choices(list(SAID), weights=(34, 22, 30, 8, 6))[0]
    said = chance.choice(SAID[language][category])
    claimed = chance.random()
    body: dict[str, Any] = {
        "category": None if claimed < 0.10 else "other" if claimed < 0.14 else category,
        "narrative": f"[SYNTHETIC {number:05d}] {said}",
        "locations": [
            {"kind": "phone", "value": f"+2126{campaign:08d}"},
            {"kind": "url", "value": f"https://campaign-{campaign}.example/page"},
        ],
        "role": chance.choice(("victim", "victim", "witness", "relative")),
        "language": {"ary": "ar"}.get(language, language),
        "disclosure": _disclosure(disclosure, number),
        "territory": {"code": TERRITORIES[campaign % len(TERRITORIES)]},
    }
    if region:
        body["territory"] = {"country": chance.choice(COUNTRIES[region])}
    return body


def _disclosure(kind: str, number: int) -> dict[str, Any]:
    if kind == "anonymous":
        return {"kind": kind}
    contact = {"email": f"synthetic-{number}@example.org"}
    if kind == "confidential":
        return {"kind": kind, "contact": contact}
    return {"kind": kind, "contact": contact, "identity": {"name": f"Synthetic Person {number}"}}


def shared(sent: list[Sent]) -> float:
    """The share of reports that share an identifier with another."""
    sizes = Counter(each.campaign for each in sent)
    return sum(size for size in sizes.values() if size > 1) / len(sent)
