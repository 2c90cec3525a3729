"""GET /v1/desk/campaigns: which campaigns there are, and the cases of one."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.aws.table import campaign_table
from casework.case.campaign import CAMPAIGN_ID_PATTERN
from casework.case.lifecycle import Status
from casework.decisions.permissions import StaffCall, is_visible_to, responsible_unit
from casework.errors import CampaignNotFound, NotValid
from casework.views.campaigns import WITHOUT_UNIT_NAME, CampaignList, CampaignPage, CampaignView
from functions.desk import deployment
from functions.desk.queries.people import named_subjects, names_by_subject
from functions.desk.shared.access import require_caller
from functions.desk.shared.case_lists import CaseListResponse, open_case_lines
from functions.desk.shared.routing import LIMIT_PARAMETER, READ_REFUSALS, list_route, parse_limit

CAMPAIGN_LIST_NAME: Final = "campaigns"
CAMPAIGN_CASE_CURSOR_PATTERN: Final = re.compile(r"C-(?:[0-9A-Z]{4}-){4}[0-9A-Z]")


@list_route(
    "read_campaigns",
    "campaigns",
    summary="The campaigns",
    answer=CampaignList,
    lines=lambda page: len(page.campaigns),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_campaigns(request: Request) -> Response:
    """All campaigns, the one that began last first: what each is called, which unit leads, how many
    cases people count to it, and since when it is over."""
    member = require_caller(request, StaffCall.CAMPAIGN)
    after = None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.decode_cursor(cursor, (CAMPAIGN_LIST_NAME,), CAMPAIGN_ID_PATTERN)
    found, further = campaign_table.list_campaigns(
        deployment.desk_case_table().name, member.realm, parse_limit(request), after
    )
    going_on = cursors.encode_cursor(CAMPAIGN_LIST_NAME, further) if further is not None else None
    views = tuple(CampaignView.from_campaign(each) for each in found)
    return Response(200, CampaignList(campaigns=views, cursor=going_on))


@list_route(
    "read_campaign",
    "campaigns/{campaign}",
    summary="The cases of a campaign",
    answer=CampaignPage,
    lines=lambda page: len(page.cases),
    refusals=(*READ_REFUSALS, CampaignNotFound, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_campaign(request: Request) -> Response:
    """A campaign with its cases that exist for the caller, page by page; of the others only how
    many stand with each unit."""
    member = require_caller(request, StaffCall.CAMPAIGN)
    named, table, at = (
        request.path_params["campaign"],
        deployment.desk_case_table(),
        deployment.now(),
    )
    if not CAMPAIGN_ID_PATTERN.fullmatch(named):
        raise CampaignNotFound("There is no such campaign.")
    campaign = campaign_table.get_campaign(table.name, member.realm, named)
    after = None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.decode_cursor(cursor, (named,), CAMPAIGN_CASE_CURSOR_PATTERN)
    page = campaign_table.list_cases(table.name, named, parse_limit(request), after)
    cases = [each for each in table.get_cases(page.ids) if each.status is not Status.ERASED]
    offices = deployment.competent_offices_for_case
    shown = [each for each in cases if is_visible_to(member, each, offices)]
    known = {each.id for each in shown}
    others = Counter(
        responsible_unit(each) or WITHOUT_UNIT_NAME for each in cases if each.id not in known
    )
    lines = open_case_lines(member)
    return CaseListResponse(
        200,
        CampaignPage(
            campaign=CampaignView.from_campaign(campaign),
            cases=lines.lines(shown),
            others=dict(sorted(others.items())),
            people=names_by_subject(table, named_subjects(shown), at),
            cursor=cursors.encode_cursor(named, page.after) if page.after is not None else None,
        ),
        lines=lines,
    )
