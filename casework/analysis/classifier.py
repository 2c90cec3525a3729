"""A log-linear classifier that stands beside the rules and says what a report resembles.

Rules cover what their author thought of. A classifier learns what labelled reports have in common,
so it also understands words that no lexicon has. It weighs parts of words, words, pairs of words
and the concepts that the lexicons found, and gives the likelihood of each category and each flag.
The pack's table, `assessment.json`, decides the consequences.

It is trained offline (`harness.evaluation.train`) on labelled reports of this repository and stored
as a table of the pack, `classifier.tsv` (without it the rules work alone). Method: multinomial
logistic regression for the category and binary ones for the flags, on the presence of features.
Each report is scaled to unit length, a short one to less (`length`), because few words may mean
anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from casework.analysis.concepts import FoldedWord

FILE: Final = "classifier.tsv"
BIAS_FEATURE: Final = "(bias)"
NO_CATEGORY_LABEL: Final = "(none)"
"""The column of texts without a category."""
FLAG_FEATURE_PREFIX: Final = "flag:"
"""The prefix of a flag's column."""
CONCEPT_FEATURE_PREFIX: Final = "="
"""The prefix of a concept's feature."""
WEIGHT_SCALE: Final = 0.1
"""The scale of the weights in the table."""
CLOCK_TIME_CONCEPT: Final = "time.clock"
"""No feature: an hour says nothing of what a text is about, and a rule asks for it."""
MIN_NGRAM_LENGTH: Final = 3
MAX_NGRAM_LENGTH: Final = 5
"""Letters of a part of a word, including its edges."""
MIN_FULL_WEIGHT_FEATURES: Final = 300
"""Features of a text of two dozen words; a shorter text weighs less."""
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True)
class LabelLikelihoods:
    """The likelihood of each label, 0 to 1; empty without a classifier."""

    categories: Mapping[str, float] = field(default_factory=dict)
    """They sum up to one, together with `no category`."""
    flags: Mapping[str, float] = field(default_factory=dict)
    speaks_for: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Flag → the found concepts that speak for it, the strongest first."""


def text_features(words: Sequence[FoldedWord], concepts: Iterable[str]) -> set[str]:
    """The features of a text; all numbers are the same feature."""
    texts = [_DIGITS.sub("0", word.text) for word in words]
    found = {
        CONCEPT_FEATURE_PREFIX + concept for concept in concepts if concept != CLOCK_TIME_CONCEPT
    }
    for text in set(texts):
        whole = f" {text} "
        found.add(whole)
        found.update(
            whole[at : at + length]
            for length in range(MIN_NGRAM_LENGTH, MAX_NGRAM_LENGTH + 1)
            for at in range(len(whole) - length + 1)
        )
    found.update(
        f" {text} {following} "
        for word, after, text, following in zip(words, words[1:], texts, texts[1:], strict=False)
        if word.sentence == after.sentence
    )
    return found


def feature_norm(known: int) -> float:
    """The divisor for the weights of this many known features."""
    return math.sqrt(max(known, MIN_FULL_WEIGHT_FEATURES))


class CategoryClassifier:
    """The table in a form for weighing reports."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read the table: comments, a line of labels, and a line of weights for each feature.

        Raises ValueError when a line has other columns than the first.
        """
        rows = (line for line in lines if not line.startswith("#"))
        _, *labels = next(rows).rstrip("\n").split("\t")
        self._cells: dict[str, list[str]] = {}
        for line in rows:
            feature, *cells = line.rstrip("\n").split("\t")
            if len(cells) != len(labels):
                raise ValueError(f"{FILE}: {feature!r} has {len(cells)} weights, not {len(labels)}")
            self._cells[feature] = cells
        self._weights: dict[str, tuple[int, ...]] = {}
        self._bias = self._of(BIAS_FEATURE)
        self._categories = [label for label in labels if not label.startswith(FLAG_FEATURE_PREFIX)]
        self._flags = [
            label.removeprefix(FLAG_FEATURE_PREFIX)
            for label in labels
            if label.startswith(FLAG_FEATURE_PREFIX)
        ]
        self.labels = frozenset(labels) - {NO_CATEGORY_LABEL}

    def predict(self, found: Iterable[str]) -> LabelLikelihoods:
        """The likelihoods for a report with these features."""
        known = {each: self._of(each) for each in found if each in self._cells}
        scale = WEIGHT_SCALE / feature_norm(len(known))
        sums = [sum(column) for column in zip(self._bias, *known.values(), strict=True)]
        scores = [
            bias * WEIGHT_SCALE + (told - bias) * scale
            for bias, told in zip(self._bias, sums, strict=True)
        ]
        first = len(self._categories)
        shares = dict(zip(self._categories, _softmax(scores[:first]), strict=True))
        shares.pop(NO_CATEGORY_LABEL, None)
        likely = [1 / (1 + math.exp(-score)) for score in scores[first:]]
        concepts = {
            each: row for each, row in known.items() if each.startswith(CONCEPT_FEATURE_PREFIX)
        }
        return LabelLikelihoods(
            shares,
            dict(zip(self._flags, likely, strict=True)),
            {flag: list(_strongest(concepts, first + at)) for at, flag in enumerate(self._flags)},
        )

    def _of(self, feature: str) -> tuple[int, ...]:
        """Its weights, read on first use."""
        if feature not in self._weights:
            self._weights[feature] = tuple(int(cell or 0) for cell in self._cells[feature])
        return self._weights[feature]


@cache
def load_classifier(folder: Path) -> CategoryClassifier | None:
    """The classifier of a pack, if it has one; raises ValueError when the table is damaged."""
    file = folder / FILE
    if not file.is_file():
        return None
    with file.open(encoding="utf-8") as lines:
        return CategoryClassifier(lines)


def _strongest(concepts: Mapping[str, Sequence[int]], column: int) -> Iterator[str]:
    for_it = sorted((-row[column], each) for each, row in concepts.items() if row[column] > 0)
    return (each.removeprefix(CONCEPT_FEATURE_PREFIX) for _, each in for_it)


def _softmax(scores: Sequence[float]) -> list[float]:
    most = max(scores)
    shares = [math.exp(score - most) for score in scores]
    total = sum(shares)
    return [share / total for share in shares]
