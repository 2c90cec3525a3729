"""Figures from predictions. A rate without measurements is None."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from casework.case.value_objects import Priority
from casework.pack.jurisdiction import Jurisdiction
from harness.evaluation.predictions import Prediction

FLAGS = (
    "imminent_danger",
    "minor_victim",
    "self_harm_risk",
    "terrorism",
    "money_recent",
    "ongoing_blackmail",
)
RANK = {priority.value: priority.rank for priority in Priority}


def rate(part: int, whole: int) -> float | None:
    """A share, rounded to four places."""
    return round(part / whole, 4) if whole else None


def hits_and_misses(pairs: Iterable[tuple[set[Any], set[Any]]]) -> dict[str, float | int | None]:
    """Precision, recall and F1 over (predicted, expected)."""
    right = wrong = missed = 0
    for said, expected in pairs:
        right += len(said & expected)
        wrong += len(said - expected)
        missed += len(expected - said)
    return {
        "right": right,
        "wrong": wrong,
        "missed": missed,
        "precision": rate(right, right + wrong),
        "recall": rate(right, right + missed),
        "f1": rate(2 * right, 2 * right + wrong + missed),
    }


def category_is_right(each: Prediction) -> bool:
    """Whether the hint is the label, or another acceptable category."""
    return each.assessment.hint.category in each.expected["acceptable"]


def too_low(each: Prediction) -> bool:
    """Whether the case would wait longer than with any acceptable priority."""
    lowest = max(RANK[priority] for priority in each.expected["acceptable_priority"])
    return RANK[each.assessment.priority.value] > lowest


def province_is_right(pack: Jurisdiction, each: Prediction) -> bool:
    """Whether both name the same province, or neither names one. Names are compared as places."""
    hint = each.expected.get("province_hint")
    place = pack.place(hint) if hint else None
    code = place.code if place else None
    wanted = pack.find_province(code) if code else None
    return each.province == (wanted.code if wanted else None)


def scores(pack: Jurisdiction, said: Sequence[Prediction]) -> dict[str, Any]:
    """All figures."""
    kinds = sorted({kind for each in said for kind, _ in each.wanted})
    immediate = [each for each in said if each.expected["priority"] == "immediate"]
    placed = [each for each in said if each.expected.get("province_hint") or each.province]
    return {
        "reports": len(said),
        "category_accuracy": rate(sum(map(category_is_right, said)), len(said)),
        "flags": {
            "all": hits_and_misses(
                (each.flags & set(FLAGS), set(each.expected["flags"])) for each in said
            ),
            **{
                flag: hits_and_misses(
                    (each.flags & {flag}, set(each.expected["flags"]) & {flag}) for each in said
                )
                for flag in FLAGS
            },
        },
        "priority": {
            "confusion": _confusion(said),
            "lower_than_acceptable": sum(map(too_low, said)),
            "immediate_recall": rate(
                sum(each.assessment.priority.value == "immediate" for each in immediate),
                len(immediate),
            ),
        },
        "identifiers": {
            "all": hits_and_misses(
                ({one for one in each.found if one[0] in kinds}, each.wanted) for each in said
            ),
            **{
                kind: hits_and_misses(
                    (
                        {one for one in each.found if one[0] == kind},
                        {one for one in each.wanted if one[0] == kind},
                    )
                    for each in said
                )
                for kind in kinds
            },
        },
        "linking": hits_and_misses([(_pairs(said, True), _pairs(said, False))]),
        "province_accuracy": rate(
            sum(province_is_right(pack, each) for each in placed), len(placed)
        ),
        "language_accuracy": rate(
            sum(each.assessment.language == each.row["lang"] for each in said), len(said)
        ),
        "cpu_microseconds": _cpu(said),
    }


def _confusion(said: Sequence[Prediction]) -> dict[str, dict[str, int]]:
    counted = Counter((each.expected["priority"], each.assessment.priority.value) for each in said)
    return {label: {priority: counted[label, priority] for priority in RANK} for label in RANK}


def _pairs(said: Sequence[Prediction], predicted: bool) -> set[tuple[str, str]]:
    """All pairs of reports in one cluster."""
    clusters: dict[str, list[str]] = {}
    root: dict[str, str] = {}
    for each in said:
        leads = each.linked_to if predicted else each.expected.get("related_to")
        root[each.id] = root.get(leads, leads) if leads else each.id
        clusters.setdefault(root[each.id], []).append(each.id)
    return {pair for ids in clusters.values() for pair in combinations(sorted(ids), 2)}


def _cpu(said: Sequence[Prediction]) -> dict[str, float] | None:
    took = sorted(each.microseconds for each in said)
    if not took:
        return None
    return {
        "median": round(took[len(took) // 2]),
        "p95": round(took[int(len(took) * 0.95)]),
        "most": round(took[-1]),
    }
