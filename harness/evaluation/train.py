"""`make classifier`: train the classifier of a pack from labelled reports, and write its table.

Files for measurement are never used for training: neither the labelled reports of the
demonstration, nor `set_aside` and `fresh`, nor the second half of `authored.jsonl`. See
harness/evaluation/RESULTS.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from casework.analysis.classifier import (
    BIAS_FEATURE,
    FILE,
    FLAG_FEATURE_PREFIX,
    NO_CATEGORY_LABEL,
    WEIGHT_SCALE,
    feature_norm,
    text_features,
)
from casework.analysis.lexicon import LANGUAGES_FOLDER
from casework.analysis.signals import extract_signals
from casework.pack.jurisdiction import open_pack
from harness.evaluation.predictions import FILED_AT, read_labelled_rows
from harness.evaluation.scores import FLAGS

HARNESS: Final = Path(__file__).resolve().parents[1]
ROOT: Final = HARNESS.parent
TRAINING_FILES: Final = tuple(
    ROOT / "harness" / "evaluation" / f"{name}.jsonl" for name in ("authored", "unseen", "learnt")
)
SENTENCES: Final = ROOT / "tests" / "unit" / "sentences.jsonl"
MEASURED_BY: Final = "blind-"
"""Prefix of the reports in `authored.jsonl` that are not used for training."""
OF_A_SENTENCE: Final = 0.5
"""The weight of a sentence, relative to a report."""
SEEN_IN: Final = 3
"""The fewest texts that contain a feature."""
MAX_FEATURES: Final = 12_000
"""The number of features: those with the largest weights of a first training."""
LEARNT: Final = 60.0
"""Inverse of the regularisation: the best of 20, 60, 150 on reports outside the training."""
TRAINING_ROUNDS: Final = 300
MAX_FOR_A_FLAG: Final = 2.0
"""The highest weight of a text with a flag, relative to one without: flags are rare."""


class Text(NamedTuple):
    """One text for training."""

    features: frozenset[str]
    category: str
    flags: frozenset[str]
    weight: float


def training_texts() -> Iterator[Text]:
    """All texts for training."""
    for file in TRAINING_FILES:
        for row in read_labelled_rows(file):
            if not row["id"].startswith(MEASURED_BY):
                label = row["expected"]
                yield _text(row["narrative"], label["acceptable"][:1], label["flags"], 1)
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield _text(row["text"], row.get("category", []), row.get("flags", []), OF_A_SENTENCE)


def _text(text: str, category: Sequence[str], flags: Sequence[str], weight: float) -> Text:
    signals = extract_signals(text, year=FILED_AT.year)
    found = text_features(signals.words, signals.without_past_events().counted)
    return Text(frozenset(found), next(iter(category), NO_CATEGORY_LABEL), frozenset(flags), weight)


def training_sources_digest() -> str:
    """SHA-256 of the sources of a table: the texts, and the lexicons of their concepts."""
    told = hashlib.sha256()
    lexicons = (file for file in LANGUAGES_FOLDER.rglob("*") if file.suffix in (".json", ".txt"))
    for file in (*TRAINING_FILES, SENTENCES, *sorted(lexicons)):
        room = HARNESS if file.is_relative_to(HARNESS) else ROOT
        told.update(f"\0{file.relative_to(room).as_posix()}\0".encode())  # a file is a concept
        told.update(file.read_bytes())
    return told.hexdigest()


def train_classifier_lines(learnt: Sequence[Text]) -> Iterator[str]:
    """The lines of the table."""
    counted = Counter(feature for text in learnt for feature in text.features)
    seen = sorted(feature for feature, texts in counted.items() if texts >= SEEN_IN)
    _, first = _weights(learnt, seen)
    strength = abs(first[:, :-1]).max(axis=0)
    kept = sorted(seen[at] for at in strength.argsort(kind="stable")[::-1][:MAX_FEATURES])
    labels, weights = _weights(learnt, kept)
    yield "# Trained by evaluation.train; weights in tenths, nothing for none.\n"
    yield f"# sha256 of what it was trained from: {training_sources_digest()}\n"
    yield "\t".join(("feature", *labels)) + "\n"
    for feature, row in zip((*kept, BIAS_FEATURE), weights.T, strict=True):
        cells = (round(float(weight) / WEIGHT_SCALE) for weight in row)
        yield "\t".join((feature, *(str(cell) if cell else "" for cell in cells))) + "\n"


def _weights(learnt: Sequence[Text], kept: Sequence[str]) -> tuple[list[str], Any]:
    """Labels, and their weights for each feature and, last, the bias."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    places = {feature: at for at, feature in enumerate(kept)}
    known = [sorted(places[each] for each in text.features if each in places) for text in learnt]
    values = [1 / feature_norm(len(each)) for each in known for _ in each]
    starts = np.cumsum([0, *map(len, known)])
    told = csr_matrix(
        (values, [at for each in known for at in each], starts), shape=(len(known), len(kept))
    )
    weight = np.array([text.weight for text in learnt])
    categories = LogisticRegression(C=LEARNT, max_iter=TRAINING_ROUNDS)
    categories.fit(told, [text.category for text in learnt], sample_weight=weight)
    rows = [np.column_stack((categories.coef_, categories.intercept_))]
    for flag in FLAGS:
        has = np.array([flag in text.flags for text in learnt])
        more = np.where(has, min(MAX_FOR_A_FLAG, 0.5 / has.mean()), 1)
        model = LogisticRegression(
            C=LEARNT, max_iter=TRAINING_ROUNDS, solver="liblinear", random_state=0
        )
        model.fit(told, has, sample_weight=weight * more)
        rows.append(np.column_stack((model.coef_, model.intercept_)))
    return [*categories.classes_, *(FLAG_FEATURE_PREFIX + flag for flag in FLAGS)], np.vstack(rows)


def main() -> None:
    """Train from the command line."""
    asked = argparse.ArgumentParser(prog="make classifier")
    asked.add_argument("--pack", default="ma")
    chosen = asked.parse_args()
    file = open_pack(chosen.pack).folder / FILE
    learnt = list(training_texts())
    lines = list(train_classifier_lines(learnt))
    file.write_text("".join(lines), encoding="utf-8")
    print(f"{file.name}: {len(lines) - 3} rows, from {len(learnt)} texts")


if __name__ == "__main__":
    main()
