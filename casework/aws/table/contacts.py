"""Whether the own contact of a reporter is an identifier that other reports of the case name.

Nothing of that is stored: whoever holds the own key asks it anew of what stands there. So later
reports, merges, splits and erasures need no second entry, and no item of the table tells it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from casework.aws.table import items, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.report_table import ERASED_AT_FIELD

_ASKED = (
    *(keys.PARTITION_KEY, "case_id", "own", "identifiers"),
    *("reached_by", "callable", "disclosure", ERASED_AT_FIELD),
)


class ContactComparison(NamedTuple):
    """What comes of comparing the contacts of some reports of a case with what is named there."""

    named: Mapping[str, tuple[str, ...]]
    """The reports whose contact other reports of the case name, each with some of these; with none
    where they are no more among the first that ever named it."""
    unknown: tuple[str, ...]
    """Those whose contact cannot be compared any more: their case has ended."""


def compare_report_contacts(
    table: CaseTable, case_id: str, references: Sequence[str]
) -> ContactComparison:
    """Compare the contacts of at most 100 reports; strongly read.

    A report that names its own contact itself does not count: a victim does that, too.
    """
    wanted = [keys.report_key(each) for each in references]
    found = items.get_items(table.name, wanted, _ASKED) if wanted else []
    reports = {
        keys.reference_from_partition(item[keys.PARTITION_KEY]): item
        for item in found
        if item.get("case_id") == case_id and ERASED_AT_FIELD not in item
    }
    leads = table.identifiers.contact_ids_by_mark(
        {mark for item in reports.values() for mark in item.get("own", ())}
    )
    told_by = table.identifiers.naming_reports(set(leads.values()), case_id)
    cases = _cases_of(table, {each for those in told_by.values() for each in those})
    references_by_contact: dict[str, tuple[str, ...]] = {}
    for reference in (each for each in references if each in reports):
        item = reports[reference]
        met = {leads[mark] for mark in item.get("own", ()) if mark in leads} & told_by.keys()
        by = {each for one in met for each in told_by[one] if cases.get(each) == case_id}
        by.discard(reference)
        if by or met - set(item.get("identifiers", ())):
            references_by_contact[reference] = tuple(sorted(by))
    unknown = (each for each in references if each in reports and _is_unknown(reports[each]))
    return ContactComparison(references_by_contact, tuple(unknown))


def _is_unknown(item: Mapping[str, Any]) -> bool:
    left = item.get("reached_by") or item.get("callable") or item["disclosure"] != "anonymous"
    return bool(left) and not item.get("own")


def _cases_of(table: CaseTable, references: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    some = sorted(references)
    for at in range(0, len(some), 100):
        found |= table.reports.get_case_ids(some[at : at + 100])
    return found
