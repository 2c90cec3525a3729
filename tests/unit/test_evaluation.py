"""Measuring the assessment, explaining competence, and trying out a changed pack."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from casework.jurisdiction import Jurisdiction, open_pack
from demo.reports import FILE
from evaluation.__main__ import held_out
from evaluation.predictions import labelled, predict
from evaluation.scores import scores
from evaluation.simulate import differences
from tools.competence import explain

PACK = open_pack("ma")
AUTHORED = Path(__file__).parents[2] / "evaluation" / "authored.jsonl"
"""180 synthetic reports; nobody and nothing in them is real."""
UNSEEN = AUTHORED.with_name("unseen.jsonl")
"""Synthetic, too; each batch was measured before anything was mended for it (docs/triage.md)."""


def test_the_labelled_reports_hold_the_targets_that_can_be_held() -> None:
    measured = scores(PACK, predict(PACK, labelled(FILE)))
    assert measured["identifiers"]["all"]["f1"] >= 0.97
    assert measured["linking"]["precision"] == 1
    assert measured["linking"]["recall"] >= 0.9
    assert measured["priority"]["immediate_recall"] == 1
    assert measured["flags"]["all"]["recall"] >= 0.95
    assert measured["flags"]["all"]["precision"] >= 0.8
    assert measured["category_accuracy"] >= 0.9
    assert measured["province_accuracy"] >= 0.9


def hold(
    measured: dict[str, Any],
    category: float,
    recall: float,
    precision: float,
    immediate: float,
    too_low: int,
) -> None:
    """The floors that labelled reports are held to."""
    assert measured["category_accuracy"] >= category
    assert measured["flags"]["all"]["recall"] >= recall
    assert measured["flags"]["all"]["precision"] >= precision
    assert measured["priority"]["immediate_recall"] >= immediate
    assert measured["priority"]["lower_than_acceptable"] <= too_low


@pytest.mark.parametrize(
    ("part", "category", "recall", "precision", "immediate", "too_low"),
    [("dev", 0.93, 0.95, 0.85, 0.95, 1), ("blind", 0.72, 0.68, 0.72, 0.7, 4)],
)
def test_reports_by_an_author_who_had_not_seen_the_rules_stay_understood(
    part: str, category: float, recall: float, precision: float, immediate: float, too_low: int
) -> None:
    """Floors, so that a change in one lexicon does not undo another. See docs/triage.md."""
    rows = [row for row in labelled(AUTHORED) if row["id"].startswith(part)]
    measured = scores(PACK, predict(PACK, rows))
    hold(measured, category, recall, precision, immediate, too_low)
    assert measured["identifiers"]["all"]["f1"] == 1
    assert measured["linking"]["precision"] == measured["linking"]["recall"] == 1
    assert measured["province_accuracy"] >= 0.9


@pytest.mark.parametrize(
    ("batch", "category", "recall", "precision", "immediate", "too_low"),
    [
        ("ar-1", 0.95, 0.95, 0.85, 1, 0),
        ("ar-2", 0.9, 0.85, 0.8, 0.8, 0),
        ("ar-3", 0.82, 0.9, 0.82, 0.75, 2),
        ("ar-4", 0.69, 0.75, 0.75, 0.75, 3),
        ("fr-1", 0.95, 0.95, 0.9, 1, 0),
        ("fr-2", 0.88, 0.88, 0.8, 0.9, 2),
        ("fr-3", 0.82, 0.88, 0.85, 0.9, 1),
        ("fr-4", 0.97, 0.97, 0.97, 1, 0),
    ],
)
def test_batches_that_were_new_when_first_read_stay_understood(
    batch: str, category: float, recall: float, precision: float, immediate: float, too_low: int
) -> None:
    """Floors since they were mended for; nothing was mended for the last Arabic one."""
    rows = [row for row in labelled(UNSEEN) if row["id"].startswith(batch)]
    measured = scores(PACK, predict(PACK, rows))
    hold(measured, category, recall, precision, immediate, too_low)


@pytest.mark.parametrize(
    ("author", "identifiers", "province"), [("ar-", 1, 0.95), ("fr-", 0.9, 0.9)]
)
def test_identifiers_and_places_of_the_batches_are_found(
    author: str, identifiers: float, province: float
) -> None:
    rows = [row for row in labelled(UNSEEN) if row["id"].startswith(author)]
    measured = scores(PACK, predict(PACK, rows))
    assert measured["identifiers"]["all"]["f1"] >= identifiers
    assert measured["province_accuracy"] >= province


def test_few_reports_held_out_are_put_lower_than_acceptable() -> None:
    apart = [row for row in labelled(FILE) if held_out(row["id"])]
    blind = [row for row in labelled(AUTHORED) if row["id"].startswith("blind")]
    for rows in (apart, blind):
        assert scores(PACK, predict(PACK, rows))["priority"]["lower_than_acceptable"] <= 3


def test_a_competence_is_explained_in_words() -> None:
    told = "\n".join(explain(PACK, "fraud, Salé"))
    assert "pj-04-441" in told
    assert "king-prosecutor" in told
    assert "tpi-sale" in told


def test_an_unknown_place_is_said_and_goes_to_the_national_desk() -> None:
    told = "\n".join(explain(PACK, "fraud, Atlantis"))
    assert "no such place found" in told
    assert "national-desk" in told


def test_a_changed_pack_shows_the_cases_it_would_move(tmp_path: Path) -> None:
    folder = tmp_path / "ma"
    shutil.copytree(PACK.folder, folder, ignore=shutil.ignore_patterns("sources"))
    categories = json.loads((folder / "categories.json").read_text("utf-8"))
    fraud = next(each for each in categories["categories"] if each["id"] == "fraud")
    fraud["class"] = "felony"
    (folder / "categories.json").write_text(json.dumps(categories), "utf-8")
    rows = labelled(FILE)[:12]
    assert differences(PACK, PACK, rows) == []
    moved = differences(PACK, Jurisdiction.load(folder), rows)
    assert moved
    for _, before, after in moved:
        assert before["category"] == "fraud"
        assert before["prosecutor"] != after["prosecutor"]
