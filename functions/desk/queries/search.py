"""The cases that a search finds for a member: each look is the same for everybody, and what the
member may not see is left out at the end, so that neither the answer nor its time tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.value_objects import Duty
from casework.decisions.permissions import StaffCall, is_permitted, sees_all_units
from casework.pack.competence_view import competent_offices
from casework.views.search import MAX_FOUND, Found, FoundCase, ParsedSearch, ReadAs
from functions.desk.queries.case_lines import CaseLines
from functions.desk.queries.people import named_subjects, names_by_subject

MAX_SEARCH_MERGES_FOLLOWED: Final = 8
"""Cases merged into one another that are gone through."""
NO_CASE: Final = "none"
"""No case has this id. It is read where nothing was found, so that a case that exists for others
alone and none take as many calls."""


def search_cases(lines: CaseLines, sought: ParsedSearch) -> Found:
    """The cases of a text that was read; the table has the selector key of the member's realm."""
    table, member, now, zone = lines.table, lines.member, lines.now, lines.pack.facts.zone
    named = {case.id: (case, [why]) for case, why in _named(table, sought)}
    named |= _by_identifiers(table, sought)
    offices = partial(competent_offices, lines.pack)
    visible = [
        (case, why)
        for case, why in named.values()
        if is_permitted(member, StaffCall.FIND, case, offices)
    ]
    visible.sort(key=lambda each: each[0].opened_at, reverse=True)
    visible.sort(key=lambda each: each[0].status.rule.ended)
    shown, all_known = visible[:MAX_FOUND], sees_all_units(member)
    lines.remember(case for case, _ in shown)
    found = Found(
        read_as=sought.said,
        cases=tuple(
            FoundCase.from_match(case, now, zone, why, all_known=all_known) for case, why in shown
        ),
        people=names_by_subject(table, named_subjects(case for case, _ in shown), now),
        more=len(visible) > len(shown),
    )
    return lines.fill(found)


def _named(table: CaseTable, sought: ParsedSearch) -> Iterator[tuple[Case, ReadAs]]:
    """The case that the text names by itself."""
    for term in sought.said:
        match term.kind:
            case "case":
                case_id: str | None = term.value
            case "number":
                case_id = table.find_by_number(term.value)
            case "reference":
                case_id = table.reports.get_case_id(term.value)
            case _:
                continue
        yield from ((case, term) for case in table.get_cases([case_id or NO_CASE]))


def _by_identifiers(table: CaseTable, sought: ParsedSearch) -> dict[str, tuple[Case, list[ReadAs]]]:
    """The cases that name an identifier, each with all that it names of those sought."""
    why: dict[str, list[ReadAs]] = {}
    for kind, value in sought.marks:
        for case_id in table.identifiers.list_mentioning_cases((kind, value), MAX_FOUND + 1):
            why.setdefault(case_id, []).append(
                ReadAs.model_validate({"kind": kind, "value": value})
            )
    found: dict[str, tuple[Case, list[ReadAs]]] = {}
    ids = list(why) or ([NO_CASE] if sought.marks else [])
    read = [
        case
        for begin in range(0, len(ids), MAX_FOUND)
        for case in table.get_cases(ids[begin : begin + MAX_FOUND])
    ]
    for case in read:
        goes_on = _going_on(table, case)
        if Duty.RETENTION in goes_on.duties:
            continue  # its time is over: until people keep it, no identifier leads to it
        known = found.setdefault(goes_on.id, (goes_on, []))[1]
        known += [each for each in why[case.id] if each not in known]
    return found


def _going_on(table: CaseTable, case: Case) -> Case:
    """The case that goes on for one that was merged."""
    for _ in range(MAX_SEARCH_MERGES_FOLLOWED):
        if case.merged_into is None:
            break
        case = table.get_case(case.merged_into)
    return case
