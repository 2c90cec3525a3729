"""A case and its campaign: count it to one, say what holds of the campaign, take the case out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.table import campaign_table
from casework.aws.table.case_table import CaseTransaction, TransactionWrite
from casework.case.campaign import (
    CAMPAIGN_FIELD,
    ENDED_FIELD,
    LEAD_FIELD,
    Campaign,
    CampaignId,
    CampaignName,
    new_campaign_id,
)
from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import CaseId
from casework.case.history import IDEMPOTENCY_FIELD, CaseEvent
from casework.case.index import idempotent_entry_name
from casework.case.lifecycle import Move
from casework.case.times import format_timestamp
from casework.decisions.base import PackId, UnionBody, reason_particulars
from casework.decisions.pack_names import KNOWN_UNIT, find_unknown_names
from casework.decisions.permissions import (
    PERMISSIONS_BY_ROLE,
    PermissionReach,
    StaffCall,
    require_permission,
)
from casework.decisions.staff import StaffMember
from casework.errors import (
    CampaignNotFound,
    CaseNotFound,
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotAllowed,
    NotValid,
    OtherCaseUnfit,
)
from casework.moves.campaigns import change_campaign, leave_campaign, mark_same_campaign
from casework.views.campaigns import CampaignView
from functions.desk import deployment
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.routing import READ_REFUSALS, desk_route


class MarkSameCampaign(BaseModel, title="SameCampaign"):
    """The case is of a campaign, which neither joins nor merges it.

    With `other`, of the same as that case: if one of the two is of a campaign, the other is from
    now on. With `campaign`, of that one. Else, and where neither of two cases is of one, a campaign
    begins, which needs `name` and `lead`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    act: Literal["mark"]
    other: CaseId | None = None
    """A case that looks like this one."""
    campaign: CampaignId | None = None
    """One of the list of campaigns."""
    name: CampaignName | None = None
    """Of a campaign that begins: what its cases have in common. Name no person in it: it is kept
    when the cases are erased, and the units of all its cases read it."""
    lead: Annotated[PackId | None, KNOWN_UNIT] = None
    """Of a campaign that begins: the unit that leads."""


class ChangeCampaign(BaseModel, title="CampaignChange"):
    """What holds of the campaign of the case from now on."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    act: Literal["change"]
    name: CampaignName
    lead: Annotated[PackId, KNOWN_UNIT]
    ended: bool = False
    """Whether it is over: no case is counted to it any more."""


class LeaveCampaign(BaseModel, title="CampaignLeft"):
    """The case is of no campaign any more."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    act: Literal["leave"]


class CampaignAct(UnionBody, title="CampaignAct"):
    """The body of `POST /v1/desk/cases/{id}/campaign`."""

    root: Annotated[MarkSameCampaign | ChangeCampaign | LeaveCampaign, Field(discriminator="act")]


class CaseCampaign(BaseModel, title="CaseCampaign"):
    """Of which campaign a case is now. Repeating the request gives the same."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    """Of the case."""
    campaign: CampaignView | None = None
    """Left out where it is of none."""


@desk_route(
    "act_on_campaign",
    "POST",
    "cases/{id}/campaign",
    summary="Count a case to a campaign, change the campaign, or take the case out",
    body=CampaignAct,
    answers={200: CaseCampaign},
    refusals=(
        *(*READ_REFUSALS, CaseNotFound, CampaignNotFound),
        *(IllegalMove, OtherCaseUnfit, KeyConflict, KeyMissing),
    ),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def act_on_campaign(request: Request) -> Response:
    """Record on the case, and on the other one, that people think one hand is behind them. It joins
    and merges nothing: each case stays with its unit, and nobody reads more because of it. The two
    are no longer suggested to each other.

    Or record what holds of the campaign of the case: its name, the unit that leads, and whether it
    is over; officers do so where their own unit leads. Or that the case is of no campaign. What
    holds already is no further entry. It is no new version of a case: the ETags stay.
    """
    member = require_caller(request, StaffCall.CAMPAIGN)
    key, asked = idempotency_digest(request), request.parse_body(CampaignAct).root
    if findings := find_unknown_names(asked, deployment.desk_jurisdiction()):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    table, at = deployment.desk_case_table(), deployment.now()

    def act(case: Case) -> CaseTransaction[None]:
        require_permission(member, StaffCall.CAMPAIGN, case)
        before = table.find_entry(case.id, idempotent_entry_name(member.subject, key))
        if before is not None:
            _refuse_other_act(before, asked)
            return CaseTransaction(None, None)
        match asked:
            case MarkSameCampaign():
                change, also = _marked(member, case, asked, at)
            case ChangeCampaign():
                change, also = _changed(member, case, asked, at)
            case _:
                change, also = _left(member, case, at)
        keyed = change and change.with_data(IDEMPOTENCY_FIELD, key)
        return CaseTransaction(keyed, None, also)

    case, _ = table.transact(case_id_from_path(request), act)
    held = (
        campaign_table.get_campaign(table.name, member.realm, case.campaign)
        if case.campaign is not None
        else None
    )
    view = CampaignView.from_campaign(held) if held is not None else None
    return Response(200, CaseCampaign(id=case.id, campaign=view), {"ETag": case.etag})


Written = tuple[Change | None, Sequence[TransactionWrite]]
"""A change of the case, and what is written with it; no change where nothing is new."""


def _marked(member: StaffMember, case: Case, asked: MarkSameCampaign, at: datetime) -> Written:
    table = deployment.desk_case_table()
    other = table.get_case(asked.other) if asked.other is not None else None
    if other is not None:
        require_permission(member, StaffCall.CAMPAIGN, other)
    both = (case,) if other is None else (case, other)
    campaign, begins = _meant(member, asked, both, at)
    name = _name_of(campaign)
    change = mark_same_campaign(case, campaign, at, member.subject, name, other)
    new = [each.id for each in both if each.campaign is None]
    if change is not None and new and campaign.ended_at is not None:
        raise IllegalMove("The campaign has ended: begin another one, or let it go on.")
    lines = campaign_table.case_line_writes(table.name, campaign.id, new)
    if begins:
        whole = campaign.model_copy(update={"cases": len(new)})
        return change, lines + campaign_table.begin_writes(table.name, member.realm, whole)
    more = campaign_table.count_writes(
        table.name, member.realm, campaign.id, len(new), open_only=True
    )
    return change, lines + more


def _changed(member: StaffMember, case: Case, asked: ChangeCampaign, at: datetime) -> Written:
    if case.campaign is None:
        raise CampaignNotFound("The case is of no campaign.")
    table = deployment.desk_case_table().name
    held = campaign_table.get_campaign(table, member.realm, case.campaign)
    reach = PERMISSIONS_BY_ROLE[member.role][StaffCall.CAMPAIGN]
    if reach is PermissionReach.OWN and held.lead != member.unit:
        raise NotAllowed("Another unit leads the campaign.")
    ended = (held.ended_at or format_timestamp(at)) if asked.ended else None
    said = {"name": asked.name, "lead": asked.lead, "ended_at": ended}
    now = held.model_copy(update=said)
    if now == held:
        return None, ()
    change = change_campaign(case, now, at, member.subject, _name_of(now))
    return change, campaign_table.change_writes(table, member.realm, now)


def _left(member: StaffMember, case: Case, at: datetime) -> Written:
    change = leave_campaign(case, at, member.subject)
    if change is None or case.campaign is None:
        return None, ()
    table = deployment.desk_case_table().name
    return change, campaign_table.leave_writes(table, member.realm, case.campaign, case.id)


def _refuse_other_act(
    before: CaseEvent, asked: MarkSameCampaign | ChangeCampaign | LeaveCampaign
) -> None:
    """Let the act be the one that was done under its key; raises KeyConflict."""
    match asked:
        case MarkSameCampaign():
            same = asked.campaign in (None, before.data.get(CAMPAIGN_FIELD))
            move = Move.SAME_CAMPAIGN
        case ChangeCampaign():
            told = (before.data.get(LEAD_FIELD), before.data.get(ENDED_FIELD))
            same, move = told == (asked.lead, asked.ended), Move.CAMPAIGN_CHANGED
        case _:
            same, move = True, Move.LEAVE_CAMPAIGN
    if before.move != move or not same:
        raise KeyConflict


def _name_of(campaign: Campaign) -> Mapping[str, Any]:
    return reason_particulars(campaign.name) or {}


def _meant(
    member: StaffMember, asked: MarkSameCampaign, both: tuple[Case, ...], at: datetime
) -> tuple[Campaign, bool]:
    """The campaign that is meant, and whether it begins; raises OtherCaseUnfit where several are,
    or one that has another name or lead, and NotValid where one begins without them."""
    named = {each.campaign for each in both} | {asked.campaign}
    named.discard(None)
    if len(named) > 1:
        raise OtherCaseUnfit("They are of two campaigns: take one out of its campaign first.")
    for campaign_id in named:
        table = deployment.desk_case_table().name
        held = campaign_table.get_campaign(table, member.realm, str(campaign_id))
        if asked.name not in (None, held.name) or asked.lead not in (None, held.lead):
            raise OtherCaseUnfit(
                "A campaign goes on already here: choose it from the list, or change its name or"
                " lead as such."
            )
        return held, False
    missing = [
        Finding(f"#/{field}", f"{field}.missing", "A campaign that begins needs it.")
        for field, value in (("name", asked.name), ("lead", asked.lead))
        if value is None
    ]
    if missing:
        raise NotValid("Some fields cannot be accepted.", findings=missing)
    begun = Campaign(
        id=new_campaign_id(at),
        name=asked.name or "",
        lead=asked.lead or "",
        begun_at=format_timestamp(at),
    )
    return begun, True
