"""Where the reasons of an assessment stand in the words of a report.

People see each reason at the words that it stands on.

A place is two numbers, and tells nothing without the words: a history may keep it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.analysis.concepts import ConceptHit, word_spans
from casework.analysis.signals import ReportSignals

Highlights = Mapping[str, tuple[tuple[int, int], ...]]
"""Reason → the places of its words: first character, and the one behind the last. Characters are
counted as Unicode code points."""


def find_highlights(
    text: str, signals: ReportSignals, reasons: Mapping[str, Iterable[str]]
) -> Highlights:
    """The places of the lexicon entries of each reason, each where the text says it first.

    A reason that has no place in the words, such as a tick of the reporter, is left out.
    """
    said: dict[str, ConceptHit] = {}
    for hits in signals.counted.values():
        for hit in hits:
            earlier = said.setdefault(hit.name, hit)
            if hit.start < earlier.start:
                said[hit.name] = hit
    found = {
        reason: [said[name] for name in entries if name in said]
        for reason, entries in reasons.items()
    }
    if not any(found.values()):
        return {}
    spans = word_spans(text)
    return {
        reason: tuple(sorted({_place(hit, signals, spans) for hit in hits}))
        for reason, hits in found.items()
        if hits
    }


def _place(
    hit: ConceptHit, signals: ReportSignals, spans: list[tuple[int, int]]
) -> tuple[int, int]:
    first, last = (signals.read[at].place for at in (hit.start, hit.end - 1))
    return spans[first][0], spans[last][1]
