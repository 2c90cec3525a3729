"""The assessment: automatic advice, with reasons, for the reviewer of a case.

It is advice, never a decision. The case's history keeps it and lasts longer than reports do, so it
holds codes, kinds, counts and entries of the lexicons, and nothing that the reporter wrote.

One table of the pack, `assessment.json`, turns what is said (`signals`) into flags, a category hint
and a priority; see docs/triage.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from pydantic import JsonValue

from casework.analysis.classifier import LabelLikelihoods, load_classifier, text_features
from casework.analysis.highlights import Highlights, find_highlights
from casework.analysis.language import TextLanguage
from casework.analysis.narrative_place import find_narrative_place
from casework.analysis.priority_rules import (
    HARDLY_PREFIX,
    LIKELY_PREFIX,
    PERHAPS_PREFIX,
    AssessmentRules,
    PriorityRow,
    PriorityRule,
    read_rules,
)
from casework.analysis.rule_matching import rule_matches
from casework.analysis.signals import ReportSignals, extract_signals
from casework.case.danger import DANGER_KIND_FIELD, MAX_DANGER_REASONS, DangerKind, DangerOrigin
from casework.case.value_objects import Priority
from casework.identifiers import Identifier
from casework.pack.competence import Competence, propose_competence
from casework.pack.jurisdiction import Jurisdiction
from casework.report.money_lost import is_recent_loss
from casework.report.report import Facts
from casework.report.reported_territory import Abroad, DescribedPlace, PickedPlace

MAX_WORDS: Final = 3
"""The most lexicon entries that are stored for each flag."""
HINT_SOURCE: Final = "hint"
"""The reason, among the marks, for which the words suggest a category."""
SHORT_TEXT_WORDS: Final = 7
"""A report with no more words than this, and no identifier, says too little."""

TOLD_PERCENT: Final = 60
"""The certainty of a place that only the narrative names: people name places for many reasons."""

DOUBT_CONCEPTS: Final = frozenset({"figure", "jest", "fiction", "press", "quoted", "over"})
"""Reasons for which words were set aside although they may be meant."""

CategoryBy = Literal["reporter", "words", "unknown"]
TerritoryBy = Literal["picked", "described", "narrative", "abroad", "unknown"]


@dataclass(frozen=True)
class CategoryHint:
    """The category that the words of a report suggest."""

    category: str | None
    confidence: float
    """0 to 1: its share against the second category."""
    scores: Mapping[str, float]
    told: float
    """The highest score of one category by words alone, without the reporter's choice."""


@dataclass(frozen=True)
class ReportAssessment:
    """The automatic analysis of a case's first report."""

    priority: Priority
    danger: DangerKind | None
    """How danger in the next hours is known; None where nothing tells of it."""
    self_harm: bool
    """Of that danger: the person may harm themselves."""
    reasons: tuple[str, ...]
    flags: Mapping[str, tuple[str, ...]]
    """Flag → the rule that raised it, then the lexicon entries."""
    marks: Highlights
    """Reason → its places in the words; `hint` is the reason of the category by words."""
    category: str | None
    """The reporter's choice; without one, the hint."""
    category_by: CategoryBy
    hint: CategoryHint
    disagrees: bool
    """The words suggest another category than the reporter chose."""
    language: TextLanguage | None
    territory: str | None
    territory_by: TerritoryBy
    territory_percent: int
    """The certainty of the territory; 0 without one."""
    identifiers: Mapping[str, int]
    """The number of identifiers of each kind."""
    competence: Competence

    @property
    def imminent(self) -> bool:
        """Whether the duty desk must be alerted at once."""
        return self.danger is not None

    def danger_from_source(
        self, report: str, at: str, addition: str | None = None
    ) -> DangerOrigin | None:
        """The danger that it found, told by a report, or by the addition with this id, that came
        at this time; None without any."""
        if self.danger is None:
            return None
        return DangerOrigin(
            kind=self.danger,
            self_harm=self.self_harm,
            report=report,
            addition=addition,
            at=at,
            reasons=self.reasons[:MAX_DANGER_REASONS],
        )

    @property
    def categories(self) -> frozenset[str]:
        """The categories of the report: by the reporter's choice, and by its words."""
        told = {self.category, self.hint.category if self.disagrees else None}
        return frozenset(each for each in told if each is not None)

    @property
    def data(self) -> dict[str, JsonValue]:
        """The part that the case's history stores: about half a kilobyte."""
        return {
            "priority": self.priority.value,
            **({DANGER_KIND_FIELD: self.danger.value} if self.danger else {}),
            **({"self_harm": True} if self.self_harm else {}),
            "reasons": list(self.reasons),
            "flags": {flag: list(raised) for flag, raised in self.flags.items()},
            "marks": {
                reason: [[first, end] for first, end in places]
                for reason, places in self.marks.items()
            },
            "category": self.category,
            "category_by": self.category_by,
            "hint": self.hint.category,
            "hint_percent": round(self.hint.confidence * 100),
            "disagrees": self.disagrees,
            "language": self.language,
            "territory": self.territory,
            "territory_by": self.territory_by,
            "territory_percent": self.territory_percent,
            "identifiers": dict(self.identifiers),
            "unit": self.competence.unit,
            "rule": self.competence.rule,
            "sure": self.competence.confidence,
            "pack": self.competence.pack_version,
        }


def assess_report(
    pack: Jurisdiction,
    facts: Facts,
    text: str,
    found: Iterable[Identifier],
    accepted_at: datetime,
    *,
    awaited: bool = False,
) -> ReportAssessment:
    """Read a report; `found` are its identifiers.

    `awaited`: people asked for the text and read it next, so a doubt makes it no more urgent.
    """
    rules = read_rules(pack.folder)
    identifiers = list(found)
    signals = extract_signals(
        text, _said(pack, facts, text, identifiers, accepted_at), accepted_at.year
    )
    alarming = signals.without_past_events()
    likeness = _likeness(pack, alarming)
    hint = _hint(rules, signals, facts.category, likeness)
    alarming = _weighed(rules, alarming, likeness)
    chosen = facts.category if facts.category in pack.categories else None
    hinted = _taken(rules, hint) if hint.category in pack.categories else None
    category = chosen or hinted
    flags = _flags(rules, alarming, {chosen, hinted}, hint)
    held = _held(rules, alarming, flags, {chosen, hinted}, hint, doubts=not awaited)
    priority, reasons = _priority(held, alarming, {chosen, hinted})
    danger, self_harm = _danger(rules, held, flags)
    territory, territory_by, percent = _territory(pack, facts, text)
    return ReportAssessment(
        priority=priority,
        danger=danger,
        self_harm=self_harm,
        reasons=reasons,
        flags=flags,
        marks=find_highlights(text, alarming, _worded(rules, alarming, flags, hint, reasons)),
        category=category,
        category_by="reporter" if chosen else "words" if hinted else "unknown",
        hint=hint,
        disagrees=bool(chosen and hinted and chosen != hinted),
        language=signals.language,
        territory=territory,
        territory_by=territory_by,
        territory_percent=percent,
        identifiers=dict(sorted(Counter(each.kind for each in identifiers).items())),
        competence=propose_competence(
            pack, category, territory, territory_by == "abroad", percent, flags=flags
        ),
    )


def _said(
    pack: Jurisdiction, facts: Facts, text: str, found: list[Identifier], accepted_at: datetime
) -> Iterable[str]:
    """The reporter's ticks and facts, as concepts."""
    if facts.category is None:
        yield "said.no_category"
    if facts.danger_now:
        yield "said.danger_now"
    if facts.victim_is_minor:
        yield "said.minor"
    if facts.victim_is_vulnerable:
        yield "said.vulnerable"
    if facts.money_lost:
        yield "said.money"
        if any(
            is_recent_loss(loss, accepted_at, pack.facts.zone)
            for loss in facts.money_lost
            if loss.at
        ):
            yield "said.money_recent"
    if (
        all(each.kind == "platform" for each in found)
        and len(text.split()) <= SHORT_TEXT_WORDS
        and not facts.locations
    ):
        yield "said.nothing_to_work_on"


def _likeness(pack: Jurisdiction, alarming: ReportSignals) -> LabelLikelihoods:
    """The classifier's scores; the reporter's ticks are not among its inputs."""
    classifier = load_classifier(pack.folder)
    if classifier is None:
        return LabelLikelihoods()
    concepts = (each for each in alarming.counted if not each.startswith("said."))
    return classifier.predict(text_features(alarming.words, concepts))


def _weighed(
    rules: AssessmentRules, signals: ReportSignals, likeness: LabelLikelihoods
) -> ReportSignals:
    """The same signals, with the score of each flag as concepts.

    The entries of such a concept are those of the concepts that speak for the flag.
    """
    found = dict(signals.counted)
    for flag, level in rules.levels.items():
        likely = likeness.flags.get(flag)
        if likely is None:
            continue
        hits = [hit for concept in likeness.speaks_for[flag] for hit in signals.counted[concept]]
        if likely >= level.likely:
            found[LIKELY_PREFIX + flag] = hits
        if likely >= level.perhaps:
            found[PERHAPS_PREFIX + flag] = hits
        if likely < level.hardly:
            found[HARDLY_PREFIX + flag] = []
    return replace(signals, counted=found)


def _hint(
    rules: AssessmentRules, signals: ReportSignals, claimed: str | None, likeness: LabelLikelihoods
) -> CategoryHint:
    scores: dict[str, float] = {}
    for category, weighed in rules.categories.items():
        weight = sum(rule.weight for rule in weighed if rule_matches(rule, signals))
        if weight:
            # Each further word of the same kind adds less.
            entries = {
                entry for rule in weighed for each in rule.all for entry in signals.entries(each)
            }
            scores[category] = weight + min(len(entries), 6) * 0.15
    most = max(scores.values(), default=0.0)
    for category, likely in likeness.categories.items():
        scores[category] = scores.get(category, 0) + rules.likeness_weight * likely
    if claimed is not None and claimed in rules.categories:
        scores[claimed] = scores.get(claimed, 0) + rules.claimed_weight
    ranked = sorted(scores.items(), key=lambda each: -each[1])
    if not ranked or ranked[0][1] < rules.least_score:
        return CategoryHint(None, 0, scores, most)
    second = ranked[1][1] if len(ranked) > 1 else 0
    confidence = ranked[0][1] / (ranked[0][1] + second + 0.5)
    return CategoryHint(ranked[0][0], confidence, scores, most)


def _taken(rules: AssessmentRules, hint: CategoryHint) -> str | None:
    """The hinted category, when its score is high enough to use it."""
    told = hint.scores[hint.category] if hint.category else 0
    return hint.category if told >= rules.least_to_take else None


def _flags(
    rules: AssessmentRules, signals: ReportSignals, categories: set[str | None], hint: CategoryHint
) -> dict[str, tuple[str, ...]]:
    raised: dict[str, tuple[str, ...]] = {}
    for flag, any_of in rules.flags.items():
        hardly = signals.has(HARDLY_PREFIX + flag)
        told = (
            each
            for each in any_of
            if rules.covers(each, categories)
            and rule_matches(each, signals)
            and not (hardly and each.needs_words)
        )
        rule = next(told, None)
        if rule is not None:
            asked = (*rule.all, *rule.any)
            entries = dict.fromkeys(entry for each in asked for entry in signals.entries(each))
            raised[flag] = (rule.id, *list(entries)[:MAX_WORDS])
    for flag, category in rules.flag_categories.items():
        if hint.category == category and flag not in raised:
            raised[flag] = (f"hint:{category}",)
    return raised


def _held(
    rules: AssessmentRules,
    signals: ReportSignals,
    flags: Mapping[str, object],
    categories: set[str | None],
    hint: CategoryHint,
    *,
    doubts: bool,
) -> list[PriorityRow]:
    """The lines of the table of priorities that match.

    The reporter's category and the hint both count: in doubt the more urgent one.
    """
    return [
        line
        for line in rules.priorities
        if (doubts or not line.doubt)
        and (line.flag is None or line.flag in flags)
        and rules.covers(line, categories)
        and hint.confidence >= line.confidence
        and hint.told < line.told_below
        and rule_matches(line, signals)
    ]


def _danger(
    rules: AssessmentRules,
    matching_lines: Iterable[PriorityRow],
    flags: Mapping[str, tuple[str, ...]],
) -> tuple[DangerKind | None, bool]:
    """How danger in the next hours is known, and whether it is of a person to themselves."""
    told = [
        (_kind(rules, line, flags), line.self_harm)
        for line in matching_lines
        if line.priority is Priority.IMMEDIATE
    ]
    kind = min((each for each, _ in told), key=lambda each: each.rank, default=None)
    return kind, any(self_harm for each, self_harm in told if each is kind)


def _kind(
    rules: AssessmentRules, line: PriorityRow, flags: Mapping[str, tuple[str, ...]]
) -> DangerKind:
    """How the danger of a line is known: a likeness alone is a doubt, whatever flag it raises."""
    if line.announced:
        return DangerKind.ANNOUNCED
    raised = flags[line.flag][0] if line.flag else None
    firm = {rule.id for rule in rules.flags.get(line.flag or "", ()) if not rule.is_guess}
    guessed = line.is_guess if raised is None else raised not in firm
    return DangerKind.DOUBTED if line.doubt or guessed else DangerKind.STATED


def _priority(
    matching_lines: Sequence[PriorityRow], signals: ReportSignals, categories: set[str | None]
) -> tuple[Priority, tuple[str, ...]]:
    """The most urgent line of those that match; `information` only when no line asks for more.

    A line of doubt counts, and is named, where it asks for more than the firm lines.
    """
    urgent = [line for line in matching_lines if line.priority.rank < Priority.STANDARD.rank]
    if urgent:
        reached = min((line.priority for line in urgent), key=lambda each: each.rank)
        firm = [line for line in urgent if not line.doubt]
        doubtful = [line for line in urgent if line.doubt and line.priority is reached]
        if any(line.priority is reached for line in firm):
            doubtful = []
        reasons = dict.fromkeys(line.reason for line in (*firm, *doubtful))
        if doubtful or signals.set_aside.keys() & DOUBT_CONCEPTS:
            reasons["doubt_counts_as_more_urgent"] = None
        return reached, tuple(reasons)
    lower = [line for line in matching_lines if line.priority is Priority.INFORMATION]
    others = categories - {None} - {each for line in lower for each in line.category}
    if lower and not (others and any(line.category for line in lower)):
        return Priority.INFORMATION, tuple(line.reason for line in lower)
    return Priority.STANDARD, ("doubt_counts_as_more_urgent",) if lower else (
        "nothing_urgent_stated",
    )


def _worded(
    rules: AssessmentRules,
    signals: ReportSignals,
    flags: Mapping[str, tuple[str, ...]],
    hint: CategoryHint,
    reasons: Iterable[str],
) -> Mapping[str, list[str]]:
    """Reason → the lexicon entries that speak for it."""
    lines_by_reason: dict[str, list[PriorityRule]] = {
        reason: [line for line in rules.priorities if line.reason == reason and not line.flag]
        for reason in reasons
    }
    lines_by_reason[HINT_SOURCE] = list(rules.categories.get(hint.category or "", ()))
    worded = {
        reason: dict.fromkeys(
            entry
            for line in lines
            if rule_matches(line, signals)
            for each in (*line.all, *line.any)
            for entry in signals.entries(each)
        )
        for reason, lines in lines_by_reason.items()
    }
    return {
        **{reason: list(entries)[:MAX_WORDS] for reason, entries in worded.items()},
        **{flag: list(entries) for flag, (_, *entries) in flags.items()},
    }


def _territory(pack: Jurisdiction, facts: Facts, text: str) -> tuple[str | None, TerritoryBy, int]:
    """The place, its source, and its certainty in percent."""
    place = facts.territory
    if isinstance(place, PickedPlace) and place.code in pack.territories:
        return place.code, "picked", 100
    if isinstance(place, Abroad):
        if place.residence in pack.territories:
            return place.residence, "abroad", 100
        lives = pack.place(place.residence_text or "")
        return (lives.code, "abroad", lives.percent) if lives else (None, "abroad", 0)
    if isinstance(place, DescribedPlace) and (found := pack.place(place.text)) is not None:
        return found.code, "described", found.percent
    if place is None and (code := find_narrative_place(pack, text)) is not None:
        return code, "narrative", TOLD_PERCENT
    return None, "unknown", 0
