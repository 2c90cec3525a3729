"""Which cases of other reports exist for the member who looks."""

from __future__ import annotations

from collections.abc import Sequence

from casework.aws.table.case_table import CaseTable
from casework.decisions.permissions import OfficesOf, is_visible_to
from casework.decisions.staff import StaffMember


def visible_cases_by_reference(
    table: CaseTable, member: StaffMember, references: Sequence[str], offices: OfficesOf
) -> dict[str, str]:
    """The cases of at most 100 reports, as far as they exist for the member."""
    cases = table.reports.get_case_ids(references)
    visible_ids = {
        case.id
        for case in table.get_cases(sorted(set(cases.values())))
        if is_visible_to(member, case, offices)
    }
    return {reference: case_id for reference, case_id in cases.items() if case_id in visible_ids}
