"""The classifier that stands beside the rules: its table, its arithmetic, and what it may learn."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.analysis import assessment
from casework.analysis.classifier import (
    FILE,
    MIN_FULL_WEIGHT_FEATURES,
    NO_CATEGORY_LABEL,
    CategoryClassifier,
    load_classifier,
    text_features,
)
from casework.analysis.concepts import split_folded_words
from casework.analysis.priority_rules import findings
from harness.evaluation import train
from harness.evaluation.predictions import predict, read_labelled_rows
from tests.reading.predicted import DEMONSTRATION, FRESH, PACK, SET_ASIDE, measured, predicted

HEADER = f"feature\t{NO_CATEGORY_LABEL}\tfraud\tflag:money_recent\n"
TABLE = [
    "# made by hand\n",
    HEADER,
    " virement \t\t40\t30\n",
    "=bank\t\t20\t10\n",
    "(bias)\t5\t\t-10\n",
]


def test_a_report_is_weighed_by_its_known_features() -> None:
    found = CategoryClassifier(TABLE).predict([" virement ", "=bank", " inconnu "])
    scale = 0.1 / math.sqrt(MIN_FULL_WEIGHT_FEATURES)
    none, fraud, flag = math.exp(0.5), math.exp(60 * scale), -1 + 40 * scale
    assert found.categories == pytest.approx({"fraud": fraud / (none + fraud)})
    assert found.flags == pytest.approx({"money_recent": 1 / (1 + math.exp(-flag))})
    assert found.speaks_for == {"money_recent": ["bank"]}


def test_a_row_with_a_weight_too_few_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match="' virement ' has 2 weights, not 3"):
        CategoryClassifier([HEADER, " virement \t\t40\n", "(bias)\t\t\t\n"])


def test_a_sum_is_weighed_like_another_and_a_pair_ends_with_its_sentence() -> None:
    assert text_features(split_folded_words("payé 300 dh"), ()) == text_features(
        split_folded_words("payé 4500 dh"), ()
    )
    assert " payer vite " in text_features(split_folded_words("Payer vite."), ())
    assert " payer vite " not in text_features(split_folded_words("Il faut payer. Vite !"), ())


@given(st.text(max_size=300))
def test_every_text_has_likelihoods(text: str) -> None:
    classifier = load_classifier(PACK.folder)
    assert classifier is not None
    found = classifier.predict(text_features(split_folded_words(text), ()))
    assert set(found.categories) == set(PACK.categories)
    assert sum(found.categories.values()) <= 1 + 1e-9
    assert all(0 <= each <= 1 for each in (*found.categories.values(), *found.flags.values()))


def test_a_pack_without_a_classifier_is_read_by_its_rules_alone(tmp_path: Path) -> None:
    assert load_classifier(tmp_path) is None


def test_a_level_of_a_flag_that_the_classifier_does_not_know_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "ma"
    shutil.copytree(PACK.folder, folder, ignore=shutil.ignore_patterns("sources", FILE))
    (folder / FILE).write_text("".join(TABLE), encoding="utf-8")
    found = list(findings(folder, PACK.categories, {}))
    assert "assessment.json: levels.self_harm_risk: the classifier does not know this flag" in found


def test_the_table_was_trained_from_the_reports_beside_it() -> None:
    """`make classifier` trains it again."""
    with (PACK.folder / FILE).open(encoding="utf-8") as lines:
        assert train.training_sources_digest() in [next(lines), next(lines)][1], (
            "its reports or the lexicons changed: `make classifier` trains it again"
        )


def test_nothing_is_learnt_from_the_reports_that_measure() -> None:
    measured = {
        row["narrative"]
        for row in [
            *read_labelled_rows(DEMONSTRATION),
            *read_labelled_rows(SET_ASIDE),
            *read_labelled_rows(FRESH),
            *(
                row
                for row in read_labelled_rows(train.TRAINING_FILES[0])
                if row["id"].startswith(train.MEASURED_BY)
            ),
        ]
    }
    learnt = [
        row["narrative"]
        for file in train.TRAINING_FILES
        for row in read_labelled_rows(file)
        if not row["id"].startswith(train.MEASURED_BY)
    ]
    sentences = [
        json.loads(line)["text"] for line in train.SENTENCES.read_text("utf-8").splitlines()
    ]
    assert measured.isdisjoint([*learnt, *sentences])
    assert len(learnt) == len(set(learnt))


@pytest.mark.xdist_group("labelled reports")
@pytest.mark.parametrize("file", [DEMONSTRATION, SET_ASIDE], ids=lambda file: file.stem)
def test_the_classifier_tells_more_than_the_rules_alone_of_reports_it_never_saw(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason for which it is kept (harness/evaluation/RESULTS.md)."""
    beside = measured(predicted(file))
    monkeypatch.setattr(assessment, "load_classifier", lambda _: None)
    alone = measured(predict(PACK, read_labelled_rows(file)))
    assert beside["category_accuracy"] > alone["category_accuracy"]
    assert beside["flags"]["all"]["recall"] > alone["flags"]["all"]["recall"]
