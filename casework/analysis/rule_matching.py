"""Whether a rule of the pack matches the words of a report: its concepts, and which stand near."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Final, Self

from casework.analysis.concepts import ConceptHit
from casework.analysis.priority_rules import (
    PriorityRule,
)
from casework.analysis.signals import ReportSignals

LONG_AGO_CONCEPT: Final = "time.old"
"""The concept of times that are no longer recent."""


ADJACENT_WORDS: Final = 1
"""The most words between a payment and a time that certainly belongs to it."""


def rule_matches(rule: PriorityRule, signals: ReportSignals) -> bool:
    """Whether the report says what a rule asks for."""
    if not all(map(signals.has, rule.all)) or any(map(signals.has, rule.none)):
        return False
    if sum(map(signals.has, rule.any)) < rule.least:
        return False
    if rule.within == "report":
        return True
    if rule.within == "recent":
        signals = (
            signals.without_quotations()
        )  # "tonight you get it" dates a promise, and no payment
    places = [signals.sentences(each) for each in rule.all]
    if rule.within == "sentence":
        return bool(set.intersection(*places))
    if rule.within == "recent":
        # The day on which the money left, not the day of the discovery: the sentence must not speak
        # of months ago.
        if _told_together(rule, signals):
            return True
        old = signals.sentences(LONG_AGO_CONCEPT)
        places = [each - old for each in places]
    first, *others = places
    return any(all(not other.isdisjoint((at - 1, at, at + 1)) for other in others) for at in first)


def _told_together(rule: PriorityRule, signals: ReportSignals) -> bool:
    """Whether a few words say all: "since summer she pays, and this morning 8,000 more".

    A time before the payment, and nearer to it than any past time, belongs to the payment: "today
    at noon I paid him 6,500, who cheated others last week". "Last year I paid 4,000 and today I saw
    the page again" was paid last year.
    """
    first, *others = rule.all
    told = {place for each in others for hit in signals.hits(each) for place in _places(hit)}
    # "Since last night" is not "since last".
    long_ago = [hit for hit in signals.hits(LONG_AGO_CONCEPT) if told.isdisjoint(_places(hit))]
    with_its_year = {place for hit in long_ago for place in _places(hit, ADJACENT_WORDS)}
    near = [
        {place for hit in signals.hits(each) for place in _places(hit, ADJACENT_WORDS + 1)}
        for each in others
    ]
    sentences = set.intersection(*(signals.sentences(each) for each in rule.all))
    times, then = _Along.of(signals.hits(rule.all[-1])), _Along.of(long_ago)
    return any(
        with_its_year.isdisjoint(_places(hit))
        and (
            all(not around.isdisjoint(_places(hit)) for around in near)
            or (hit.sentence in sentences and _follows(hit, times, then))
        )
        for hit in signals.hits(first)
    )


class _Along:
    """Hits of one sentence in order, so that the nearest one is found without a walk."""

    def __init__(self, hits: Iterable[ConceptHit]) -> None:
        in_order = sorted({(hit.start, hit.end) for hit in hits})
        self._starts = [start for start, _ in in_order]
        self._ends = list(accumulate((end for _, end in in_order), max))
        """The furthest end of all hits up to each one."""
        self._over: dict[int, list[tuple[int, int]]] = {}
        for start, end in in_order:
            for at in range(start, end):
                self._over.setdefault(at, []).append((start, end))

    @classmethod
    def of(cls, hits: Iterable[ConceptHit]) -> dict[int, Self]:
        """The same for several sentences."""
        by_sentence: dict[int, list[ConceptHit]] = {}
        for hit in hits:
            by_sentence.setdefault(hit.sentence, []).append(hit)
        return {sentence: cls(within) for sentence, within in by_sentence.items()}

    def before(self, hit: ConceptHit) -> int | None:
        """Words from the nearest hit that begins before it; None without one."""
        earlier = bisect_left(self._starts, hit.start)
        return hit.start - self._ends[earlier - 1] if earlier else None

    def nearest(self, hit: ConceptHit) -> int:
        """Words to the nearest hit on either side; negative for an overlap."""
        over = [each for at in range(hit.start, hit.end) for each in self._over.get(at, ())]
        if over:
            return min(max(hit.start - end, start - hit.end) for start, end in over)
        later = bisect_left(self._starts, hit.end)
        sides = [hit.start - self._ends[later - 1]] if later else []
        sides += [self._starts[later] - hit.end] if later < len(self._starts) else []
        return min(sides)


def _follows(hit: ConceptHit, times: Mapping[int, _Along], others: Mapping[int, _Along]) -> bool:
    """Whether one of the times is before it in its sentence, nearer than all others."""
    here, elsewhere = times.get(hit.sentence), others.get(hit.sentence)
    if here is None or elsewhere is None:
        return False
    before = here.before(hit)
    return before is not None and before < elsewhere.nearest(hit)


def _places(hit: ConceptHit, around: int = 0) -> Iterable[tuple[int, int]]:
    """Its words and this many around it, each with the sentence."""
    return ((hit.sentence, at) for at in range(hit.start - around, hit.end + around))
