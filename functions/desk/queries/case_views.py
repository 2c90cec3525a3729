"""A case for one reader: in short, a page of all of it, and of its dossier."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from casework.aws.table import campaign_table, danger_alerts, particulars
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.decisions.staff import Role, StaffMember
from casework.moves.notes import COLLEAGUE_MOVES
from casework.pack.competence_view import competent_offices
from casework.pack.jurisdiction import Jurisdiction
from casework.views.campaigns import CampaignView
from casework.views.case_page import CaseState, CaseView
from casework.views.dossier import Dossier
from functions.desk.queries import lists, pages, threads
from functions.desk.queries.hash_results import attach_hash_results
from functions.desk.queries.identical_files import add_identical_files
from functions.desk.queries.people import named_subjects, names_by_subject
from functions.desk.queries.picture_matches import attach_picture_matches


def case_view(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    cursor: str | None = None,
) -> CaseView:
    """A page of a case that the member may see; raises NotValid for a cursor of another list."""
    shown = _shown(table, pack, member, case, at, cursor, naming=False)
    beside = attach_picture_matches(
        table, member, shown["reports"], partial(competent_offices, pack)
    )
    beside = add_identical_files(table, member, beside, partial(competent_offices, pack))
    shown["reports"] = attach_hash_results(table.name, pack, beside)
    return CaseView.build_page(
        pack,
        member,
        case,
        at,
        **shown,
        several=len(table.reports.page_references(case.id, 2).ids) > 1,
        unadmitted=lists.unadmitted_report_times(table, case),
        dangers=danger_alerts.count_dangers(table.name, case.id),
        people=names_by_subject(table, named_subjects([case], shown["events"]), at),
        into=_merged_into(table, case),
        campaign=_campaign(table, member, case),
        thread=threads.reader_thread(table, member, case, shown["events"]),
    )


def case_state(
    table: CaseTable, pack: Jurisdiction, member: StaffMember, case: Case, at: datetime
) -> CaseState:
    """The case as the answer to an act on it tells of it."""
    offices = partial(competent_offices, pack)
    return CaseState.for_reader(
        member, case, at, pack.facts.zone, offices, into=_merged_into(table, case)
    )


def _campaign(table: CaseTable, member: StaffMember, case: Case) -> CampaignView | None:
    if case.campaign is None:
        return None
    found = campaign_table.get_campaign(table.name, member.realm, case.campaign)
    return CampaignView.from_campaign(found)


def _merged_into(table: CaseTable, case: Case) -> Case | None:
    return table.get_case(case.merged_into) if case.merged_into else None


def dossier_page(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    cursor: str | None = None,
) -> Dossier:
    """A page of its dossier; raises as `case_view`. The words are read for identifiers again."""
    shown = _shown(table, pack, member, case, at, cursor, naming=True)
    return Dossier.from_case(pack, member, case, at, **shown)


def _shown(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    cursor: str | None,
    *,
    naming: bool,
) -> dict[str, Any]:
    """What both show: the history, what exists of it for the member, and a page of each list."""
    history = list(table.events(case.id))[: case.events]  # without decisions since it was read
    others = lists.visible_other_cases(table, member, history, partial(competent_offices, pack))
    about = particulars.read_case_particulars(table.name, case.id)
    # Words between colleagues are in no dossier, and not for the prosecutor, whom they may discuss.
    if naming or member.role is Role.PROSECUTOR:
        notes = {event.number for event in history if event.move in COLLEAGUE_MOVES}
        about = {number: said for number, said in about.items() if number not in notes}
    page = pages.case_page(
        table, member, case, history, about, others, cursor, at=at, naming=naming
    )
    return {
        "events": history,
        "reports": page.reports,
        "instructions": page.instructions,
        "outcomes": page.outcomes,
        "freezes": page.freezes,
        "messages": page.messages,
        "history": page.history,
        "identifiers": page.identifiers,
        "suggestions": lists.suggestion_views(member, case, page.values),
        "others": others,
        "cursor": page.cursor,
    }
