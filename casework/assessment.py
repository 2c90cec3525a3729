"""The assessment: automatic advice for whoever reviews a case, with its reasons.

Advice, never a decision. It is kept in the case's history, which lasts longer than reports do: it
holds codes, kinds and counts, and nothing the reporter wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import JsonValue

from casework.case import Priority
from casework.competence import Competence, propose
from casework.identifiers import Identifier
from casework.jurisdiction import Jurisdiction
from casework.pack_entries import Entry, read_one
from casework.places import words
from casework.report import Abroad, DescribedPlace, Facts, PickedPlace

RECENT: Final = timedelta(hours=24)
"""Money that left less than this ago may still be called back."""

FILE = "assessment.json"

CategoryBy = Literal["reporter", "words", "unknown"]
TerritoryBy = Literal["picked", "described", "abroad", "unknown"]


class Signs(Entry):
    """`assessment.json` of the pack (may be absent): what its categories are recognised by."""

    note: str = ""
    urgent: frozenset[str] = frozenset()
    """Categories whose harm goes on while a case waits."""
    words: Mapping[str, tuple[str, ...]] = {}
    """Category → words that tell it, in any language of its reporters."""


@dataclass(frozen=True)
class Report:
    """What the table of priorities looks at."""

    facts: Facts
    category: str | None
    accepted_at: datetime
    urgent_categories: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """One line of the table: when it holds, the case is at least this urgent."""

    reason: str
    priority: Priority
    holds: Callable[[Report], bool]


RULES: Final = (
    Rule("danger_now", Priority.IMMEDIATE, lambda report: report.facts.danger_now),
    Rule("minor_victim", Priority.URGENT, lambda report: report.facts.victim_is_minor),
    Rule("vulnerable_victim", Priority.URGENT, lambda report: report.facts.victim_is_vulnerable),
    Rule(
        "urgent_category",
        Priority.URGENT,
        lambda report: report.category in report.urgent_categories,
    ),
    Rule("money_recent", Priority.URGENT, lambda report: _lost_recently(report)),
)
"""Every rule that holds is a reason; the most urgent decides.

None makes a case less urgent than standard: that a report can wait is for people to say.
"""


@dataclass(frozen=True)
class Assessment:
    """What automatic analysis says about a case's first report."""

    priority: Priority
    reasons: tuple[str, ...]
    category: str | None
    category_by: CategoryBy
    territory: str | None
    territory_by: TerritoryBy
    identifiers: Mapping[str, int]
    """How many of each kind were found."""
    competence: Competence

    @property
    def imminent(self) -> bool:
        """Whether the duty desk must be told at once."""
        return self.priority is Priority.IMMEDIATE

    @property
    def data(self) -> dict[str, JsonValue]:
        """What the case's history keeps of it."""
        return {
            "priority": self.priority.value,
            "reasons": list(self.reasons),
            "category": self.category,
            "category_by": self.category_by,
            "territory": self.territory,
            "territory_by": self.territory_by,
            "identifiers": dict(self.identifiers),
            "unit": self.competence.unit,
            "rule": self.competence.rule,
            "confidence": self.competence.confidence,
            "pack": self.competence.pack_version,
        }


def assess(
    pack: Jurisdiction,
    facts: Facts,
    text: str,
    found: Iterable[Identifier],
    accepted_at: datetime,
) -> Assessment:
    """Assess a report. Its own words are read for a category and a place only."""
    signs = signs_of(pack.folder)
    category, category_by = _category(pack, signs, facts, text)
    territory, territory_by = _territory(pack, facts)
    report = Report(facts, category, accepted_at, signs.urgent)
    held = [rule for rule in RULES if rule.holds(report)]
    most = min((rule.priority for rule in held), key=lambda each: each.rank, default=None)
    abroad = territory_by == "abroad"
    return Assessment(
        priority=most or Priority.STANDARD,
        reasons=tuple(rule.reason for rule in held) or ("nothing_urgent_stated",),
        category=category,
        category_by=category_by,
        territory=territory,
        territory_by=territory_by,
        identifiers=dict(sorted(Counter(each.kind for each in found).items())),
        competence=propose(pack, category, territory, abroad),
    )


@cache
def signs_of(folder: Path) -> Signs:
    """The signs of a pack; raises PackError when the file cannot be read."""
    return read_one(folder, FILE, Signs) if (folder / FILE).is_file() else Signs()


@cache
def _folded_signs(folder: Path) -> tuple[dict[str, set[str]], int]:
    """Folded runs of words → the categories they tell, and the longest run."""
    told: dict[str, set[str]] = {}
    for category, signs in signs_of(folder).words.items():
        for sign in signs:
            told.setdefault(" ".join(words(sign)), set()).add(category)
    told.pop("", None)
    return told, max((run.count(" ") + 1 for run in told), default=0)


def _category(
    pack: Jurisdiction, signs: Signs, facts: Facts, text: str
) -> tuple[str | None, CategoryBy]:
    """The reporter's choice; else the one category that most signs in the text tell."""
    if facts.category is not None and facts.category in pack.categories:
        return facts.category, "reporter"
    told, longest = _folded_signs(pack.folder)
    seen: dict[str, set[str]] = {}
    for line in _pieces(text):
        folded = words(line)
        for at in range(len(folded)):
            for size in range(1, longest + 1):
                run = " ".join(folded[at : at + size])
                for category in told.get(run, ()):
                    seen.setdefault(category, set()).add(run)
    ranked = sorted(((len(runs), category) for category, runs in seen.items()), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None, "unknown"
    return ranked[0][1], "words"


def _pieces(text: str) -> Iterable[str]:
    """The text in pieces that are folded whole, cut between words."""
    piece: list[str] = []
    length = 0
    for word in text.split():
        if length + len(word) > 400 and piece:
            yield " ".join(piece)
            piece, length = [], 0
        piece.append(word)
        length += len(word) + 1
    if piece:
        yield " ".join(piece)


def _territory(pack: Jurisdiction, facts: Facts) -> tuple[str | None, TerritoryBy]:
    place = facts.territory
    if isinstance(place, PickedPlace) and place.code in pack.territories:
        return place.code, "picked"
    if isinstance(place, Abroad):
        return None, "abroad"
    if isinstance(place, DescribedPlace) and (code := pack.place(place.text)) is not None:
        return code, "described"
    return None, "unknown"


def _lost_recently(report: Report) -> bool:
    """Whether money left within the last day before the report, as far as the reporter says when.

    A day without a time counts whole; a time without offset may be off by some hours, so it is
    given the benefit of them.
    """
    lost = report.facts.money_lost
    if lost is None or lost.at is None:
        return False
    if len(lost.at) == len("2026-01-31"):
        return report.accepted_at.date() - date.fromisoformat(lost.at) <= timedelta(days=1)
    at = datetime.fromisoformat(lost.at.upper())
    if at.tzinfo is None:
        return report.accepted_at.replace(tzinfo=None) - at <= RECENT + timedelta(hours=2)
    return report.accepted_at - at <= RECENT
