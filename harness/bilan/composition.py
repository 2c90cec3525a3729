"""The published three months as numbers, fewer of the same kinds, and synthetic reports with these
sums.

Every report is invented and says so. Reports come in *campaigns*: those of one campaign name the
same telephone and page, like victims of one scam, so that linking finds something. The sizes of
campaigns follow a Pareto law: most campaigns are small and most reports are in large ones. In the
founding table there are 293 campaigns, and 98 reports in 100 share an identifier with another. That
proportion is our own: no service publishes its own, and the one known yearly figure (THESEE's first
year: 84,957 items in 75 investigations) is far more concentrated.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from casework.pack.jurisdiction import open_pack
from harness.bilan.texts import NARRATIVES_BY_LANGUAGE

FIRST_DAY: Final = datetime(2024, 6, 1, tzinfo=open_pack("ma").facts.zone)
COMPOSED_DAYS: Final = 92
FIRST_MONTH, LAST_MONTH = "2024-06", "2024-08"

Strata = tuple[tuple[str, bool, int], ...]
"""Category, whether it praises Daesh, and the number of reports."""


@dataclass(frozen=True)
class Composition:
    """So many reports of each kind, in three months."""

    seed: int
    """Chosen so that no month has 1 to 4 of anything in the table. Such a number would be withheld,
    and the sum of three months would lack it."""
    strata: Strata
    identified: int
    confidential: int
    """Of reporters who did not identify themselves. The rest is anonymous."""
    abroad: Mapping[str, int]
    suspects: Mapping[str, int]
    largest: int
    """Reports of the largest campaign."""
    shortest: int
    """Days of the shortest campaign."""
    table: Mapping[tuple[str, str], int]
    """What is published of it."""
    shares: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """Published, as parts of technology crimes."""


COUNTRIES: Final = {
    "europe": ("FR", "ES", "BE", "IT", "NL"),
    "middle_east": ("AE", "SA", "QA"),
    "asia": ("CN", "TH"),
    "north_africa": ("DZ", "TN", "EG"),
}
COMPOSED_TERRITORIES: Final = ("04.421", "04.441", "06.141", "09.001", "03.231", "07.351")
EXPONENT: Final = 0.62
"""The exponent of the Pareto law of campaign sizes; our own figure, as is `largest`."""

FOUNDING: Final = Composition(
    seed=2044,
    # The three categories of 339 reports are the published row `other`; we divided it into thirds.
    strata=(
        ("fraud", False, 4073),
        ("sextortion", False, 1358),
        ("insult_defamation", False, 679),
        ("threats_violence", False, 339),
        ("incitement_hatred", False, 113),
        ("illegal_trade", False, 113),
        ("sexual_exploitation", False, 113),
        ("terrorism", True, 85),
        ("terrorism", False, 210),
    ),
    identified=4117,
    confidential=1200,  # our own figure
    # Published: 564 in all, from four regions; the division is our own.
    abroad={"europe": 310, "middle_east": 122, "asia": 52, "north_africa": 80},
    suspects={"presented": 23, "wanted": 9, "sought": 50},
    largest=400,
    shortest=3,
    table={
        ("reports", "processed"): 7083,
        ("reports", "technology_crimes"): 6788,
        ("groups", "fraud"): 4073,
        ("groups", "sextortion"): 1358,
        ("groups", "insult_defamation"): 679,
        ("groups", "threats_violence"): 339,
        ("groups", "other"): 339,
        ("groups", "terrorism"): 295,
        ("flags", "praise_daesh"): 85,
        ("disclosure", "identified"): 4117,
        ("origin", "abroad"): 564,
        ("origin", "europe"): 310,
        ("origin", "middle_east"): 122,
        ("origin", "asia"): 52,
        ("origin", "north_africa"): 80,
        ("suspects", "identified"): 82,
        ("suspects", "presented"): 23,
        ("suspects", "wanted"): 9,
        ("suspects", "sought"): 50,
    },
    shares={
        ("groups", "fraud"): 0.60,
        ("groups", "sextortion"): 0.20,
        ("groups", "insult_defamation"): 0.10,
        ("groups", "threats_violence"): 0.05,
        ("groups", "other"): 0.05,
    },
)
"""The published table, in which the parts of `abroad` are our own."""

SHORT: Final = Composition(
    seed=2393,
    strata=(
        ("fraud", False, 60),
        ("sextortion", False, 27),
        ("insult_defamation", False, 24),
        ("threats_violence", False, 24),
        ("incitement_hatred", False, 12),
        ("illegal_trade", False, 8),
        ("sexual_exploitation", False, 8),
        ("terrorism", True, 26),
        ("terrorism", False, 26),
    ),
    identified=90,
    confidential=65,
    abroad={"europe": 26, "middle_east": 25, "asia": 24, "north_africa": 24},
    suspects={"presented": 6, "wanted": 5, "sought": 5},
    largest=9,
    shortest=60,
    table={
        ("reports", "processed"): 215,
        ("reports", "technology_crimes"): 163,
        ("groups", "fraud"): 60,
        ("groups", "sextortion"): 27,
        ("groups", "insult_defamation"): 24,
        ("groups", "threats_violence"): 24,
        ("groups", "other"): 28,
        ("groups", "terrorism"): 52,
        ("flags", "praise_daesh"): 26,
        ("disclosure", "identified"): 90,
        ("origin", "abroad"): 99,
        ("origin", "europe"): 26,
        ("origin", "middle_east"): 25,
        ("origin", "asia"): 24,
        ("origin", "north_africa"): 24,
        ("suspects", "identified"): 16,
        ("suspects", "presented"): 6,
        ("suspects", "wanted"): 5,
        ("suspects", "sought"): 5,
    },
)
"""Few reports, for `make test`: every figure of the founding table is in it, in each month. Its
campaigns last long, so that most cases have reports of more than one month."""


@dataclass(frozen=True)
class ReplayedReport:
    """One report, the time of its replay, and its outcome at review."""

    at: datetime
    body: dict[str, Any]
    category: str
    daesh: bool
    campaign: int


def reports(plan: Composition) -> list[ReplayedReport]:
    """All reports in the order of sending."""
    chance = random.Random(plan.seed)  # noqa: S311 - an example, the same on every machine
    planned = [
        (campaign, category, daesh, at)
        for campaign, (category, daesh, size) in enumerate(_campaigns(plan, chance))
        for at in _times(plan, chance, size)
    ]
    chance.shuffle(planned)
    total = len(planned)
    disclosures = ["identified"] * plan.identified + ["confidential"] * plan.confidential
    disclosures += ["anonymous"] * (total - len(disclosures))
    chance.shuffle(disclosures)
    places = [region for region, number in plan.abroad.items() for _ in range(number)]
    places += [""] * (total - len(places))
    chance.shuffle(places)
    found = [
        ReplayedReport(
            at,
            _body(chance, number, campaign, category, disclosures[number], places[number]),
            category,
            daesh,
            campaign,
        )
        for number, (campaign, category, daesh, at) in enumerate(planned)
    ]
    return sorted(found, key=lambda sent: (sent.at, sent.campaign))


def _campaigns(plan: Composition, chance: random.Random) -> list[tuple[str, bool, int]]:
    """Category, flag and size of each campaign, adding up to the strata."""
    found = []
    for category, daesh, left in plan.strata:
        while left:
            drawn = int(chance.paretovariate(EXPONENT))
            size = min(left, drawn, plan.largest)
            found.append((category, daesh, size))
            left -= size
    return found


def _times(plan: Composition, chance: random.Random, size: int) -> list[datetime]:
    """The times of a campaign's reports: over a few weeks, most in the middle.

    A report after the last day moves to the first days, as if the campaign had begun earlier.
    """
    length = min(COMPOSED_DAYS - 4, plan.shortest + size // 4)
    first = chance.uniform(0, COMPOSED_DAYS)
    return [
        FIRST_DAY + timedelta(days=(first + length * chance.betavariate(1.6, 1.6)) % COMPOSED_DAYS)
        for _ in range(size)
    ]


def _body(
    chance: random.Random, number: int, campaign: int, category: str, disclosure: str, region: str
) -> dict[str, Any]:
    language = chance.choices(list(NARRATIVES_BY_LANGUAGE), weights=(34, 22, 30, 8, 6))[0]
    said = chance.choice(NARRATIVES_BY_LANGUAGE[language][category])
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
        "territory": {"code": COMPOSED_TERRITORIES[campaign % len(COMPOSED_TERRITORIES)]},
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


def shared_identifier_share(sent: list[ReplayedReport]) -> float:
    """The share of reports that share an identifier with another."""
    sizes = Counter(each.campaign for each in sent)
    return sum(size for size in sizes.values() if size > 1) / len(sent)
