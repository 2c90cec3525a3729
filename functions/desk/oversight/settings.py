"""Who a person is at the desk, and how they want its pages."""

from __future__ import annotations

from typing import Annotated, Any, Final, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IF_MATCH_SETTINGS_PARAMETER
from casework.aws.http.path_params import read_if_match
from casework.aws.services.sign_in import DeskLanguage
from casework.aws.table import staff_activity_table
from casework.aws.table.items import WriteConflict
from casework.case.case import etag_from_version
from casework.case.lifecycle import Status
from casework.case.value_objects import Priority
from casework.decisions.permissions import StaffCall
from casework.decisions.staff import StaffMember
from casework.errors import (
    CaseChanged,
    IfMatchUnreadable,
    PreconditionMissing,
)
from casework.report.field_types import LanguageTag
from casework.text.allowed_text import require_visible_text
from functions.desk import deployment
from functions.desk.oversight.staff import StaffPerson
from functions.desk.shared.access import require_caller
from functions.desk.shared.routing import READ_REFUSALS, desk_route

MAX_VIEWS: Final = 10
"""Saved views of a person: as many as there are digits."""
MAX_VIEW_NAME_LENGTH: Final = 40
MAX_SETTING_LENGTH: Final = 80
"""Of the id of a list, a category or a language."""

SettingText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_SETTING_LENGTH)]


class SavedView(BaseModel):
    """A list of cases with the filters that a person set on it, under a name of theirs.

    The page filters the lines that the list answers: what a field names that no case has, or that
    a later pack no longer knows, finds nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    name: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_VIEW_NAME_LENGTH),
        AfterValidator(require_visible_text),
    ]
    of: SettingText
    """The list, as `GET /v1/desk/queue` names it."""
    category: SettingText | None = None
    priority: Priority | None = None
    status: Status | None = None
    territory: SettingText | None = None
    """Where, as the case names the place."""
    language: LanguageTag | None = None
    """Of the reporter who opened the case."""
    late: bool = False
    """Only cases with a deadline that was missed."""
    free: bool = False
    """Only cases that no other person holds, or works on in the unit."""


def _each_by_one_name(views: tuple[SavedView, ...]) -> tuple[SavedView, ...]:
    """The views; raises where two have the same name."""
    if len({each.name for each in views}) < len(views):
        raise PydanticCustomError("views.same_name", "Two views have the same name.")
    return views


class OwnSettings(BaseModel):
    """How a person wants the pages of the desk."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    language: DeskLanguage | None = None
    """Of the pages; left out for that of the browser."""
    cover_more: bool = False
    """The words of every case stay covered until they are asked for, not of severe ones alone."""
    letters_off: bool = False
    """No letter or digit is a command: for people who dictate, or whose hands tremble."""
    grey: bool = False
    """The pages are drawn without colours."""
    views: Annotated[
        tuple[SavedView, ...], Field(max_length=MAX_VIEWS), AfterValidator(_each_by_one_name)
    ] = ()
    """In the order of their digits on the page."""


class Me(StaffPerson):
    """The own account, with its settings."""

    settings: OwnSettings


@desk_route("read_me", "GET", "me", summary="Who I am here", answers={200: Me})
def read_me(request: Request) -> Response:
    """The caller's own account, name, role and unit, and the own settings; the ETag is that of the
    settings."""
    member = require_caller(request, StaffCall.ME)
    settings, version = _settings_of(member)
    me = Me(**StaffPerson.from_member(member).model_dump(), settings=settings)
    return Response(200, me, {"ETag": etag_from_version(version)})


@desk_route(
    "change_settings",
    "PUT",
    "me/settings",
    summary="Change how the pages are for me",
    body=OwnSettings,
    answers={200: OwnSettings},
    refusals=(*READ_REFUSALS, CaseChanged, PreconditionMissing, IfMatchUnreadable),
    parameters=(IF_MATCH_SETTINGS_PARAMETER,),
)
def change_settings(request: Request) -> Response:
    """Keep these settings instead of those that were seen; what is left out is as it is at first.

    Two open pages of one person do not undo each other's changes: a page that names settings that
    another page replaced meanwhile is answered 412 with those that hold now. Settings that hold
    already are answered 200, so that a repeat is answered like the first attempt.
    """
    member = require_caller(request, StaffCall.ME)
    expected_version, new_settings = read_if_match(request), request.parse_body(OwnSettings)
    held, version = _settings_of(member)
    if held == new_settings:
        return Response(200, held, {"ETag": etag_from_version(version)})
    if etag_from_version(version) != expected_version:
        raise _replaced(held, version)
    stored_settings, table = (
        new_settings.model_dump(mode="json", exclude_defaults=True),
        deployment.desk_case_table().name,
    )
    try:
        version = staff_activity_table.put_staff_settings(
            table, member.subject, stored_settings, version
        )
    except WriteConflict:
        raise _replaced(*_settings_of(member)) from None
    return Response(200, new_settings, {"ETag": etag_from_version(version)})


def _settings_of(member: StaffMember) -> tuple[OwnSettings, int]:
    """The settings of a member, and their version."""
    kept, version = staff_activity_table.get_settings(
        deployment.desk_case_table().name, member.subject
    )
    fields = {name: kept[name] for name in OwnSettings.model_fields if name in kept}
    # Kept by an earlier release, which took every code, or has more languages than this one.
    if fields.get("language") not in get_args(DeskLanguage):
        fields.pop("language", None)
    fields["views"] = tuple(view for each in fields.pop("views", ()) if (view := _view_in(each)))
    return OwnSettings(**fields), version


def _view_in(kept: Any) -> SavedView | None:
    """A view as it was kept; None for one of another release that this one cannot read."""
    try:
        return SavedView.model_validate(kept, strict=False)
    except ValidationError:
        return None


def _replaced(held: OwnSettings, version: int) -> CaseChanged:
    return CaseChanged(
        "The settings are not the ones you saw.",
        current=held.model_dump(mode="json", exclude_none=True),
        etag=etag_from_version(version),
    )
