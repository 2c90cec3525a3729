"""What the system says of the labelled reports, worked out once for all tests that ask."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from casework.pack.jurisdiction import open_pack
from harness.demo.reports import FILE
from harness.evaluation.predictions import Prediction, predict, read_labelled_rows
from harness.evaluation.scores import scores

PACK = open_pack("ma")
DEMONSTRATION = FILE
AUTHORED = Path(__file__).parents[2] / "harness" / "evaluation" / "authored.jsonl"
"""180 synthetic reports; nobody and nothing in them is real."""
UNSEEN = AUTHORED.with_name("unseen.jsonl")
"""Synthetic, too; each batch was measured before anything was mended for it: see
harness/evaluation/RESULTS.md."""
SET_ASIDE = AUTHORED.with_name("set_aside.jsonl")
"""Synthetic, by strangers: nobody who writes rules reads them or their mistakes."""
FRESH = AUTHORED.with_name("fresh.jsonl")
"""Synthetic, by an author who has read no lexicon: what thinning the lexicons was measured by."""


def predicted(file: Path, part: str = "") -> list[Prediction]:
    """What is said of the reports whose id begins with `part`, linked among themselves."""
    return _predicted(file, part)


@cache
def _predicted(file: Path, part: str) -> list[Prediction]:
    return predict(PACK, [row for row in read_labelled_rows(file) if row["id"].startswith(part)])


def measured(predictions: list[Prediction]) -> dict[str, Any]:
    """The figures of some predictions."""
    return scores(PACK, predictions)
