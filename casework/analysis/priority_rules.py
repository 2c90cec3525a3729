"""How urgent a report is: flags, a category hint and a priority, by one table of the pack.

`assessment.json` (may be absent) is the one table. A rule asks for concepts: those of the lexicons,
`said.*` for the reporter's ticks, `minor.age` and `money.amount`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

from casework.analysis.classifier import FILE as CLASSIFIER
from casework.analysis.classifier import FLAG_FEATURE_PREFIX, CategoryClassifier, load_classifier
from casework.case.value_objects import Priority
from casework.pack.entries import PackEntry, PackError, read_pack_entry

FILE: Final = "assessment.json"
TICK_CONCEPTS: Final = frozenset(
    {
        *("said.danger_now", "said.minor", "said.vulnerable", "said.nothing_to_work_on"),
        *("said.money", "said.money_recent", "said.no_category"),
    }
)
"""Concepts from the reporter's own ticks and facts."""
ANALYSIS_CONCEPTS: Final = frozenset({"minor.age", "money.amount", "time.clock", "over"})
"""Concepts without entries: an age under 18, a sum, a time of day or an hour to come, long ago and
over (`signals`)."""


LIKELY_PREFIX: Final = "likely."
PERHAPS_PREFIX: Final = "perhaps."
HARDLY_PREFIX: Final = "hardly."
"""The prefixes of the concepts for the likelihood of a flag (`classifier`)."""


class PriorityRule(PackEntry):
    """The concepts that a rule asks for."""

    id: str = ""
    all: tuple[str, ...] = ()
    """Concepts, all of which are required; `a|b` is either."""
    none: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    """Concepts of which `least` are enough: signs that are too weak alone."""
    least: int = 0
    within: Literal["report", "near", "sentence", "recent"] = "report"
    """Their distance: anywhere, in neighbouring sentences, in one; `recent`: near, and not long
    ago."""
    category: tuple[str, ...] = ()
    """The reporter's choice or the hint is one of these categories or groups."""

    @property
    def needs_words(self) -> bool:
        """Whether it asks for words, and not for the reporter's ticks."""
        return any(not each.startswith("said.") for each in (*self.all, *self.any))

    @property
    def is_guess(self) -> bool:
        """Whether it asks for nothing but a likeness, which is a machine's guess."""
        asked = (*self.all, *self.any)
        return bool(asked) and all(
            each.startswith((LIKELY_PREFIX, PERHAPS_PREFIX)) for each in asked
        )


class FlagThresholds(PackEntry):
    """The likelihoods, 0 to 1, from which a report counts as one with a flag."""

    likely: float
    perhaps: float
    hardly: float
    """Below it, words alone do not raise the flag."""


class CategorySign(PriorityRule):
    """A sign of a category, with its weight."""

    weight: float


class PriorityRow(PriorityRule):
    """A line of the table of priorities: when it matches, the case is at least this urgent."""

    priority: Priority
    reason: str
    flag: str | None = None
    confidence: float = 0
    told_below: float = math.inf
    """The words give every category less than this: a text that is not understood may be
    anything."""
    doubt: bool = False
    """A weak sign: too little for a flag, enough for an earlier reading."""
    announced: bool = False
    """Its danger is an attack that a text announces with its hour: nobody stated it."""
    self_harm: bool = False
    """Its danger is that a person may harm themselves."""


class AssessmentRules(PackEntry):
    """`assessment.json` of a pack (may be absent): flags, categories, priorities."""

    note: str = ""
    groups: Mapping[str, tuple[str, ...]] = {}
    """Groups of categories for rules, by name."""
    flags: Mapping[str, tuple[PriorityRule, ...]] = {}
    flag_categories: Mapping[str, str] = {}
    """Flag → the category whose hint raises it."""
    categories: Mapping[str, tuple[CategorySign, ...]] = {}
    levels: Mapping[str, FlagThresholds] = {}
    """Flag → the names of the classifier's likelihoods."""
    likeness_weight: float = 0
    """The weight of the classifier for a category."""
    claimed_weight: float = 0
    """The weight of the reporter's own choice."""
    least_score: float = 1
    """Below it there is no hint."""
    least_to_take: float = 1
    """Below it a hint is shown but not used as the category."""
    priorities: tuple[PriorityRow, ...] = ()

    def covers(self, rule: PriorityRule, categories: Collection[str | None]) -> bool:
        """Whether a rule covers one of these categories; most rules cover all."""
        asked = (one for each in rule.category for one in self.groups.get(each, (each,)))
        return not rule.category or any(each in categories for each in asked)


@cache
def read_rules(folder: Path) -> AssessmentRules:
    """The rules of a pack; raises PackError when the file cannot be read."""
    return (
        read_pack_entry(folder, FILE, AssessmentRules)
        if (folder / FILE).is_file()
        else AssessmentRules()
    )


def findings(
    folder: Path, categories: Collection[str], signs: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """The errors of the table, as "file: entry: what". `signs` are the flags for which units are
    offered, by the id of the unit."""
    # Only a check of a pack reads every lexicon here.
    from casework.analysis.lexicon import lexicon_entries
    from casework.analysis.lexicon_file import load_lexicons

    try:
        rules = read_rules(folder)
    except PackError as error:
        yield from error.findings
        return
    classifier = load_classifier(folder)
    levels = {
        begins + flag
        for flag in rules.levels
        for begins in (LIKELY_PREFIX, PERHAPS_PREFIX, HARDLY_PREFIX)
    }
    concepts = (
        {entry.concept for entry in lexicon_entries(load_lexicons())}
        | ANALYSIS_CONCEPTS
        | TICK_CONCEPTS
        | levels
    )
    yield from _concepts(rules, concepts)
    yield from _classified(rules, classifier, categories)
    yield from _flags(rules)
    for unit, asked in signs.items():
        for flag in sorted(set(asked) - _raised(rules)):
            yield f"units.json: {unit}: signs: no rule raises the flag {flag}"
    for label, category in _categories(rules):
        if categories and category not in categories:
            yield f"{FILE}: {label}: category {category} is not in categories.json"


def _concepts(rules: AssessmentRules, known: Collection[str]) -> Iterator[str]:
    for label, rule in _labelled(rules):
        named = (*rule.all, *rule.any)
        asked = {*(one for each in named for one in each.split("|")), *rule.none}
        for concept in sorted(asked.difference(known)):
            yield f"{FILE}: {label}: no lexicon has the concept {concept}"
        if rule.within != "report" and not rule.all:
            yield f"{FILE}: {label}: within {rule.within} of nothing; name the concepts"


def _classified(
    rules: AssessmentRules, classifier: CategoryClassifier | None, categories: Collection[str]
) -> Iterator[str]:
    labels = classifier.labels if classifier else frozenset()
    for flag in rules.levels:
        if FLAG_FEATURE_PREFIX + flag not in labels:
            yield f"{FILE}: levels.{flag}: the classifier does not know this flag"
    for label in sorted(labels):
        if categories and not label.startswith(FLAG_FEATURE_PREFIX) and label not in categories:
            yield f"{CLASSIFIER}: {label}: is not in categories.json"


def _raised(rules: AssessmentRules) -> set[str]:
    return {*rules.flags, *rules.flag_categories}


def _flags(rules: AssessmentRules) -> Iterator[str]:
    for flag, any_of in rules.flags.items():
        for name, times in Counter(rule.id for rule in any_of).items():
            if not name:
                yield f"{FILE}: flags.{flag}: a rule has no id, by which it would be recorded"
            elif times > 1:
                yield f"{FILE}: flags.{flag}: {name} appears twice"
    for line in rules.priorities:
        if line.flag is not None and line.flag not in _raised(rules):
            yield f"{FILE}: priorities.{line.reason}: no rule raises the flag {line.flag}"


def _categories(rules: AssessmentRules) -> Iterator[tuple[str, str]]:
    yield from ((f"categories.{category}", category) for category in rules.categories)
    yield from ((f"flag_categories.{flag}", each) for flag, each in rules.flag_categories.items())
    yield from ((f"groups.{name}", each) for name, group in rules.groups.items() for each in group)
    for label, rule in _labelled(rules):
        yield from ((label, each) for each in rule.category if each not in rules.groups)


def _labelled(rules: AssessmentRules) -> Iterator[tuple[str, PriorityRule]]:
    for flag, any_of in rules.flags.items():
        for rule in any_of:
            yield f"flags.{flag}.{rule.id or '?'}", rule
    for category, weighed in rules.categories.items():
        for at, rule in enumerate(weighed, 1):
            yield f"categories.{category}.{at}", rule
    for line in rules.priorities:
        yield f"priorities.{line.reason}", line
