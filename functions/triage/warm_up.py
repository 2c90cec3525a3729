"""Every process of triage loads its data ahead, so that the first report has its full time."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from casework.analysis.assessment import assess_report
from casework.identifiers.extraction import find_identifiers
from casework.pack.jurisdiction import Jurisdiction
from casework.report.report import Facts, ReporterRole

SAMPLE_TEXT = "Appelez le 0612345678 ou https://www.example.com/a à Rabat."


@cache
def warm_up(pack: Jurisdiction) -> None:
    """Load the lexicons, the map and the tables of numbers: seconds that are no report's."""
    facts = Facts(role=ReporterRole.WITNESS, language=pack.languages[0])
    assess_report(
        pack, facts, SAMPLE_TEXT, find_identifiers(SAMPLE_TEXT), datetime(2026, 1, 1, tzinfo=UTC)
    )
