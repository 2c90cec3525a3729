"""The system's answer to each labelled report, with its CPU time.

Reports are taken in the order of the file, as they would arrive, and linked as triage links them.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.identifiers import Identifier
from casework.identifiers.extraction import find_identifiers
from casework.linking import join_rules
from casework.linking.records import IdentifierMark, SitePages
from casework.linking.stop_list import read_stop_list
from casework.pack.jurisdiction import Jurisdiction
from casework.report.report import Facts

FILED_AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""Labelled reports have no date: recent events are relative to filing."""
EVALUATED_LANGUAGES = {"fr": "fr", "en": "en", "es": "es"}
HASH_NAME_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256"}
EVALUATED_LOCATION_KINDS = {"url", "handle", "phone", "email"}


@dataclass(frozen=True)
class Prediction:
    """One report, its label, and the system's answer."""

    row: dict[str, Any]
    assessment: ReportAssessment
    identifiers: list[Identifier]
    marks: list[IdentifierMark]
    linked_to: str | None
    linked_by: list[str]
    province: str | None
    """The territory's code."""
    microseconds: float

    @property
    def id(self) -> str:
        """The id, as in the file."""
        return str(self.row["id"])

    @property
    def expected(self) -> dict[str, Any]:
        """The label."""
        label: dict[str, Any] = self.row["expected"]
        return label

    @property
    def flags(self) -> set[str]:
        """Raised flags."""
        return set(self.assessment.flags)

    @property
    def found(self) -> set[tuple[str, str]]:
        """Identifiers as kind and canonical value; labels list no platforms."""
        return {(each.kind, each.canonical) for each in self.identifiers if each.kind != "platform"}

    @property
    def wanted(self) -> set[tuple[str, str]]:
        """The labelled identifiers; a hash may be labelled by its digits alone."""
        return {
            ("file_hash", f"{HASH_NAME_BY_LENGTH[len(each['value'])]}:{each['value'].lower()}")
            if each["type"] == "hash"
            else (each["type"], each["value"])
            for each in self.expected["identifiers"]
        }


class Unreadable(ValueError):
    """A file of reports cannot be used; the message names the line and the error."""


def read_labelled_rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a labelled file; raises Unreadable for an invalid one."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None
    return [_row(f"{file}:{at}", line) for at, line in enumerate(lines, 1) if line.strip()]


def _row(where: str, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise Unreadable(f"{where}: no JSON: {error}") from None
    if not isinstance(row, dict) or not isinstance(row.get("narrative"), str) or "id" not in row:
        raise Unreadable(f"{where}: a report is an object with id and narrative")
    try:
        facts_of(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(each) for each in first["loc"])
        raise Unreadable(f"{where}: {field}: {first['msg']}") from None
    return row


def predict(pack: Jurisdiction, rows: list[dict[str, Any]]) -> list[Prediction]:
    """The system's answers to these reports."""
    if rows:
        _assessed(pack, rows[0])  # lexicons and the index of places are read once, not per report
    known = _Known()
    return [_predict(pack, row, known) for row in rows]


@dataclass
class _Known:
    """The cases of earlier reports, and the owners of identifiers."""

    cases: dict[str, Case] = field(default_factory=dict)
    owners: dict[IdentifierMark, str] = field(default_factory=dict)
    met_on: dict[IdentifierMark, str] = field(default_factory=dict)
    pages: dict[IdentifierMark, set[IdentifierMark]] = field(default_factory=dict)

    def link(self, report: str, marks: list[IdentifierMark]) -> tuple[str | None, list[str]]:
        """The report whose case it joins, if any, and the kinds of identifiers by which it
        joins."""
        owners = {mark: self.owners[mark] for mark in marks if mark in self.owners}
        sites = {
            mark: SitePages(frozenset(known & {*marks}), len(known - {*marks}))
            for mark, known in self.pages.items()
            if mark in owners
        }
        found = join_rules.decide_case(marks, owners, self.cases, self.met_on, sites)
        for site, pages in join_rules.new_site_pages(marks, sites).items():
            self.pages[site].update(pages)
        if isinstance(found, join_rules.OpenOutcome):
            self.cases[report] = Case(
                id=report,
                status=Status.IN_REVIEW,
                opened_at=format_timestamp(FILED_AT + timedelta(seconds=len(self.cases))),
                opened_by=report,
                correlation_id=report,
                language="fr",
            )
        joined = found.case_id if isinstance(found, join_rules.JoinOutcome) else None
        for claim in found.claims:
            self.owners[claim.mark] = joined or report
            if claim.platform is not None:
                self.met_on[claim.mark] = claim.platform
            if claim.mark[0] == "domain":
                self.pages[claim.mark] = {*claim.pages}
        by = found.by if isinstance(found, join_rules.JoinOutcome) else ()
        return joined, sorted({kind for kind, _ in by})


def _predict(pack: Jurisdiction, row: dict[str, Any], known: _Known) -> Prediction:
    began = time.process_time_ns()
    identifiers, assessment = _assessed(pack, row)
    stopped = read_stop_list(pack.folder)
    marks = join_rules.strong_marks(
        identifiers,
        stopped_hosts=stopped.hosts,
        stopped_phones=stopped.phones,
    )
    took = (time.process_time_ns() - began) / 1_000
    first, by = known.link(row["id"], marks)
    place = pack.find_province(assessment.territory) if assessment.territory else None
    return Prediction(
        row, assessment, identifiers, marks, first, by, place.code if place else None, took
    )


def _assessed(pack: Jurisdiction, row: dict[str, Any]) -> tuple[list[Identifier], ReportAssessment]:
    facts = facts_of(row)
    said = [(each["kind"], each["value"]) for each in row.get("locations") or ()]
    identifiers = find_identifiers(row["narrative"], said)
    return identifiers, assess_report(pack, facts, row["narrative"], identifiers, FILED_AT)


def facts_of(row: dict[str, Any]) -> Facts:
    """The report in stored form, without its label."""
    said: dict[str, Any] = {
        "category": row.get("claimed_category"),
        "role": row.get("role", "witness"),
        "language": EVALUATED_LANGUAGES.get(row.get("lang", "ar"), "ar"),
        "locations": [
            {
                "kind": each["kind"] if each["kind"] in EVALUATED_LOCATION_KINDS else "other",
                "value": each["value"],
            }
            for each in row.get("locations") or ()
        ],
    }
    if row.get("territory_text"):
        said["territory"] = {"text": row["territory_text"]}
    return Facts.model_validate(said, strict=False)
