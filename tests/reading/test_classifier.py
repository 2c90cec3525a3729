"""The classifier that stands beside the rules: its table, its arithmetic, and what it may learn."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reading import assessment
from casework.reading.classifier import (
    FEW,
    FILE,
    NO_CATEGORY,
    Classifier,
    classifier_of,
    features,
)
from casework.reading.concepts import words_of
from casework.reading.rules import findings
from evaluation import train
from evaluation.predictions import labelled, predict
from tests.reading.predicted import DEMONSTRATION, FRESH, PACK, SET_ASIDE, measured, predicted

HEADER = f"feature\t{NO_CATEGORY}\tfraud\tflag:money_recent\n"
TABLE = [
    "# made by hand\n",
    HEADER,
    " virement \t\t40\t30\n",
    "=bank\t\t20\t10\n",
    "(bias)\t5\t\t-10\n",
]


def test_a_report_is_weighed_by_its_known_features() -> None:
    found = Classifier(TABLE).likeness([" virement ", "=bank", " inconnu "])
    scale = 0.1 / math.sqrt(FEW)
    none, fraud, flag = math.exp(0.5), math.exp(60 * scale), -1 + 40 * scale
    assert found.categories == pytest.approx({"fraud": fraud / (none + fraud)})
    assert found.flags == pytest.approx({"money_recent": 1 / (1 + math.exp(-flag))})
    assert found.speaks_for == {"money_recent": ["bank"]}


def test_a_row_with_a_weight_too_few_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match="' virement ' has 2 weights, not 3"):
        Classifier([HEADER, " virement \t\t40\n", "(bias)\t\t\t\n"])


def test_a_sum_is_weighed_like_another_and_a_pair_ends_with_its_sentence() -> None:
    assert features(words_of("payé 300 dh"), ()) == features(words_of("payé 4500 dh"), ())
    assert " payer vite " in features(words_of("Payer vite."), ())
    assert " payer vite " not in features(words_of("Il faut payer. Vite !"), ())


@given(st.text(max_size=300))
def test_every_text_has_likelihoods(text: str) -> None:
    classifier = classifier_of(PACK.folder)
    assert classifier is not None
    found = classifier.likeness(features(words_of(text), ()))
    assert set(found.categories) == set(PACK.categories)
    assert sum(found.categories.values()) <= 1 + 1e-9
    assert all(0 <= each <= 1 for each in (*found.categories.values(), *found.flags.values()))


def test_a_pack_without_a_classifier_is_read_by_its_rules_alone(tmp_path: Path) -> None:
    assert classifier_of(tmp_path) is None


def test_a_level_of_a_flag_that_the_classifier_does_not_know_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "ma"
    shutil.copytree(PACK.folder, folder, ignore=shutil.ignore_patterns("sources", FILE))
    (folder / FILE).write_text("".join(TABLE), encoding="utf-8")
    found = list(findings(folder, PACK.categories))
    assert "assessment.json: levels.self_harm_risk: the classifier does not know this flag" in found


def test_the_table_was_trained_from_the_reports_beside_it() -> None:
    """`make classifier` trains it again."""
    with (PACK.folder / FILE).open(encoding="utf-8") as lines:
        assert train.digest() in [next(lines), next(lines)][1]


def test_nothing_is_learnt_from_the_reports_that_measure() -> None:
    measured = {
        row["narrative"]
        for row in [
            *labelled(DEMONSTRATION),
            *labelled(SET_ASIDE),
            *labelled(FRESH),
            *(row for row in labelled(train.REPORTS[0]) if row["id"].startswith(train.MEASURED_BY)),
        ]
    }
    learnt = [
        row["narrative"]
        for file in train.REPORTS
        for row in labelled(file)
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
    """The reason for which it is kept (evaluation/RESULTS.md)."""
    beside = measured(predicted(file))
    monkeypatch.setattr(assessment, "classifier_of", lambda _: None)
    alone = measured(predict(PACK, labelled(file)))
    assert beside["category_accuracy"] > alone["category_accuracy"]
    assert beside["flags"]["all"]["recall"] > alone["flags"]["all"]["recall"]
