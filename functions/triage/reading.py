"""Every process of triage loads its data ahead, so that the first report has its full time."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from casework.identifiers.find import find
from casework.pack.jurisdiction import Jurisdiction
from casework.reading.assessment import assess
from casework.report.report import Facts, ReporterRole

USUAL = "Appelez le 0612345678 ou https://www.example.com/a à Rabat."


@cache
def read_ahead(pack: Jurisdiction) -> None:
    """Load the lexicons, the map and the tables of numbers: seconds that are no report's."""
    facts = Facts(role=ReporterRole.WITNESS, language=pack.languages[0])
    assess(pack, facts, USUAL, find(USUAL), datetime(2026, 1, 1, tzinfo=UTC))
