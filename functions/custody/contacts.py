"""What GET …/contacts answers: whose contact other reports of the case name. It shows none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http.parameters import Parameter
from casework.aws.table import keys
from casework.aws.table.case_reports import REPORT_REFERENCE_FIELD
from casework.aws.table.case_table import CaseTable
from casework.aws.table.contacts import compare_report_contacts
from casework.errors import Finding, NotValid

CONTACTS_PER_PAGE: Final = 50
"""Reports whose contacts are compared in one call."""
_NUMBER: Final = re.compile(r"[0-9]{1,6}")

ABOVE_PARAMETER = Parameter(
    "above",
    "query",
    "Compare the reports with higher numbers in the case; from the first one if left out.",
    {"type": "integer", "minimum": 0, "maximum": 999_999},
)


class NamedContact(BaseModel):
    """A report whose own contact is named in the case: its reporter may be who the others tell of,
    or somebody whom they want to harm. A person judges that before they admit it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    report: str
    named_by: tuple[str, ...] = ()
    """Some of the reports of the case that name it; empty where the first ones left the case."""


class ComparedContacts(BaseModel):
    """Some reports of a case, after their contacts were compared with what the others name."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case: str
    named: tuple[NamedContact, ...] = ()
    unknown: tuple[str, ...] = ()
    """Reports whose contact cannot be compared: it is forgotten soon after the end of a case."""
    upto: int
    """The number of the last report that was compared."""
    more: bool
    """Whether reports with higher numbers are left."""


def compare_next_contacts(
    table: CaseTable, case_id: str, query: Mapping[str, str]
) -> ComparedContacts:
    """Compare the contacts of the next reports of a case; raises NotValid for another number."""
    text = query.get("above", "0")
    if not _NUMBER.fullmatch(text):
        finding = Finding("#/above", "above.range", "Give the number of a report.")
        raise NotValid("Some parameters cannot be accepted.", findings=[finding])
    lines = list(islice(table.reports.iter_lines_above(case_id, int(text)), CONTACTS_PER_PAGE + 1))
    shown = lines[:CONTACTS_PER_PAGE]
    found = compare_report_contacts(
        table, case_id, [str(each[REPORT_REFERENCE_FIELD]) for each in shown]
    )
    return ComparedContacts(
        case=case_id,
        named=tuple(NamedContact(report=each, named_by=by) for each, by in found.named.items()),
        unknown=found.unknown,
        upto=keys.number_from_arrival_sort(shown[-1][keys.SORT_KEY]) if shown else int(text),
        more=len(lines) > CONTACTS_PER_PAGE,
    )
