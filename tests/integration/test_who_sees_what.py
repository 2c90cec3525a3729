"""Staff see the cases of their role and unit; answers are neither cached nor logged."""

from __future__ import annotations

import json
import uuid
from typing import Any

import boto3
import pytest

from casework.aws.services import sign_in
from casework.aws.table import desk_keys
from casework.aws.table.wire import to_wire_item
from casework.decisions.permissions import PERMISSIONS_BY_ROLE, PermissionReach, StaffCall
from casework.decisions.staff import Role
from functions.desk import handler
from tests.builders import RABAT, SALE, a_case
from tests.integration.answers import Answered, problem
from tests.integration.desks import (
    ACCEPT,
    BROWSER,
    CLIENT,
    CONFIRM,
    REJECT,
    TABLE,
    Desk,
    an_event,
    open_desk,
)

# ---- permissions -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_the_permission_table_decides_each_call_of_each_role(desk: Desk, role: Role) -> None:
    member, own, other = desk.enrol(role, RABAT), desk.referred(RABAT), desk.referred(SALE)
    statuses = {
        "queue": desk.queue(member).status,
        "own": desk.case(own, member).status,
        "other": desk.case(other, member).status,
        "review": desk.review(own, CONFIRM, member).status,
        "acknowledge": desk.acknowledge(other, ACCEPT, member).status,
        "duty": desk.get("duty", member).status,
    }
    central = {
        "queue": 200,
        "own": 200,
        "other": 200,
        "review": 409,
        "acknowledge": 403,
        "duty": 200,
    }
    assert statuses == {
        Role.ANALYST: central,
        Role.SUPERVISOR: central,
        Role.OFFICER: {
            "queue": 200,
            "own": 200,
            "other": 404,
            "review": 403,
            "acknowledge": 404,
            "duty": 403,
        },
        Role.PROSECUTOR: {
            "queue": 200,
            "own": 200,
            "other": 404,
            "review": 403,
            "acknowledge": 403,
            "duty": 403,
        },
    }.get(role, dict.fromkeys(central, 403))


CALLS = {
    "GET duty": StaffCall.DUTY,
    "GET groups/{group}": StaffCall.GLANCE,
    "GET glance": StaffCall.GLANCE,
    "POST glance": StaffCall.GLANCE,
    "GET samples": StaffCall.SAMPLE,
    "POST samples": StaffCall.SAMPLE,
    "POST duty/{id}/retry": StaffCall.RETRY,
    "POST duty/{id}/reassign": StaffCall.REASSIGN,
    "POST duty/{id}/attention": StaffCall.ATTENTION,
    "POST cases/{id}/take": StaffCall.TAKE,
    "POST cases/{id}/tries": StaffCall.TRIES,
    "GET roster": StaffCall.DUTY,
    "POST roster": StaffCall.ROSTER,
    "GET watchers": StaffCall.ROSTER,
    "GET handover": StaffCall.DUTY,
    "POST handover": StaffCall.HANDOVER,
    "GET holds": StaffCall.HOLD,
    "GET board": StaffCall.BOARD,
    "GET pulse": StaffCall.QUEUE,
    "GET statistics": StaffCall.STATISTICS,
    "GET queue": StaffCall.QUEUE,
    "POST next": StaffCall.HOLD,
    "GET cases/{id}": StaffCall.CASE,
    "GET cases/{id}/dossier": StaffCall.DOSSIER,
    "GET cases/{id}/reports/{report}/pictures/{picture}/alike": StaffCall.CASE,
    "POST cases/{id}/packages": StaffCall.PACKAGE,
    "GET cases/{id}/packages/{package}": StaffCall.PACKAGE,
    "GET cases/{id}/packages/{package}/parts/{part}": StaffCall.PACKAGE,
    "GET cases/{id}/freeze-request": StaffCall.FREEZES,
    "POST cases/{id}/payments": StaffCall.FREEZES,
    "POST cases/{id}/payments/waiver": StaffCall.FREEZES,
    "POST cases/{id}/freezes": StaffCall.FREEZES,
    "POST cases/{id}/freezes/{n}/entries": StaffCall.FREEZES,
    "POST cases/{id}/hold": StaffCall.HOLD,
    "DELETE cases/{id}/hold": StaffCall.HOLD,
    "POST cases/{id}/hold/break": StaffCall.BREAK_HOLD,
    "POST cases/{id}/review": StaffCall.REVIEW,
    "POST cases/{id}/acknowledgement": StaffCall.ACKNOWLEDGEMENT,
    "POST cases/{id}/instructions": StaffCall.INSTRUCTIONS,
    "POST cases/{id}/informed": StaffCall.INFORMED,
    "POST cases/{id}/receipt": StaffCall.RECEIPT,
    "POST cases/{id}/danger": StaffCall.DANGER,
    "POST cases/{id}/suspects": StaffCall.SUSPECTS,
    "POST cases/{id}/suspects/{n}/events": StaffCall.SUSPECTS,
    "POST cases/{id}/suspects/{n}/corrections": StaffCall.SUSPECTS,
    "POST cases/{id}/notice": StaffCall.NOTICE,
    "POST cases/{id}/notice/withdrawal": StaffCall.NOTICE,
    "POST cases/{id}/closure": StaffCall.CLOSURE,
    "POST cases/{id}/closure/corrections": StaffCall.CORRECTION,
    "POST cases/{id}/closure/withdrawal": StaffCall.CORRECTION,
    "POST cases/{id}/retention": StaffCall.RETENTION,
    "POST cases/{id}/take-out": StaffCall.TAKE_OUT,
    "POST cases/{id}/admissions": StaffCall.ADMISSION,
    "POST cases/{id}/look": StaffCall.LOOK,
    "POST cases/{id}/messages": StaffCall.MESSAGES,
    "POST cases/{id}/notes": StaffCall.NOTES,
    "GET cases/{id}/colleagues": StaffCall.NOTES,
    "PUT cases/{id}/thread": StaffCall.WATCH,
    "GET inbox": StaffCall.WATCH,
    "POST cases/{id}/apart": StaffCall.APART,
    "POST cases/{id}/campaign": StaffCall.CAMPAIGN,
    "GET campaigns": StaffCall.CAMPAIGN,
    "GET campaigns/{campaign}": StaffCall.CAMPAIGN,
    "PUT cases/{id}/owner": StaffCall.OWNER,
    "GET colleagues": StaffCall.OWNER,
    "POST cases/{id}/identity-requests": StaffCall.IDENTITY_REQUESTS,
    "GET cases/{id}/identity-requests": StaffCall.IDENTITY_REQUESTS,
    "POST cases/{id}/identity-requests/{number}/decision": StaffCall.IDENTITY_DECISION,
    "POST cases/{id}/identity-requests/{number}/verdict": StaffCall.IDENTITY_REQUESTS,
    "GET identity-requests": StaffCall.IDENTITY_DECISION,
    "GET openings": StaffCall.OPENINGS,
    "POST cases/{id}/openings/{entry}/review": StaffCall.OPENING_REVIEW,
    "POST cases/{id}/files/asking": StaffCall.FILES,
    "POST cases/{id}/files/asking/{entry}/answer": StaffCall.FILE_ADMISSION,
    "GET files/askings": StaffCall.FILE_ADMISSION,
    "GET history/{id}": StaffCall.HISTORY,
    "POST find": StaffCall.FIND,
    "GET me": StaffCall.ME,
    "PUT me/settings": StaffCall.ME,
    "GET me/decisions": StaffCall.ME,
    "GET staff": StaffCall.STAFF,
    "GET staff/{subject}/decisions": StaffCall.HISTORY,
    "GET decisions": StaffCall.HISTORY,
    "GET staff/{subject}/searches": StaffCall.HISTORY,
    "GET staff/{subject}/seen": StaffCall.HISTORY,
}
"""The call of each route, written out apart from the handlers."""


def test_every_route_asks_the_permission_table_for_its_own_call(desk: Desk) -> None:
    """An empty body is refused as no decision; a person without permission is refused before."""
    served = [f"{each.method} {each.path}" for each in handler.api.operations]
    assert sorted(served) == sorted(name.replace(" ", " /v1/desk/") for name in CALLS)
    case = desk.referred(RABAT)
    for role in Role:
        member = desk.enrol(role, RABAT)
        for name, call in CALLS.items():
            method, path = name.split()
            typed = path.replace("{id}", case.id).replace("{n}", "1").replace("{number}", "1")
            asked = an_event(method, f"/v1/desk/{typed}", member, body="{}")
            refused = PERMISSIONS_BY_ROLE[role][call] is PermissionReach.NONE
            assert (desk.call(asked).status == 403) is refused, (role, name)


def test_an_admin_lists_all_staff_page_by_page_and_sees_no_case(desk: Desk) -> None:
    admin = desk.enrol(Role.ADMIN)
    known = {desk.enrol(role, RABAT if role is Role.OFFICER else None): role for role in Role}
    known |= {desk.enrol(Role.ANALYST, active=False): Role.ANALYST, admin: Role.ADMIN}
    desk.in_review()
    desk.referred(RABAT)
    shown: list[dict[str, Any]] = []
    query: dict[str, str] = {}
    while True:
        page = desk.get("staff", admin, limit="3", **query)
        assert page.status == 200, page.text
        shown += page.document["people"]
        if "cursor" not in page.document:
            break
        assert len(page.document["people"]) == 3
        query = {"cursor": page.document["cursor"]}
    assert {each["subject"]: each["role"] for each in shown} == known
    assert [each["role"] for each in shown] == sorted(known.values())
    assert len(shown) == len(known)
    assert [each["unit"] for each in shown if each["role"] == "officer"] == [RABAT]
    assert [each["role"] for each in shown if not each["active"]] == ["analyst"]
    assert [each["court"] for each in shown if each["role"] == "prosecutor"] == ["tpi-rabat"]
    assert set().union(*shown) == {
        "subject",
        "name",
        "role",
        "unit",
        "office",
        "court",
        "active",
    }


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"limit": "0"}, {"limit": "101"}])
def test_the_list_of_staff_refuses_invalid_parameters(desk: Desk, query: dict[str, str]) -> None:
    assert desk.get("staff", desk.enrol(Role.ADMIN), **query).status == 422


def test_a_cursor_of_a_queue_is_refused_by_the_list_of_staff(desk: Desk) -> None:
    for _ in range(2):
        desk.in_review()
    page = desk.queue(desk.enrol(Role.ANALYST), limit="1")
    admin = desk.enrol(Role.ADMIN)
    assert desk.get("staff", admin, cursor=page.document["cursor"]).status == 422


def test_a_case_of_another_unit_answers_like_a_missing_one(desk: Desk) -> None:
    omar, other = desk.enrol(Role.OFFICER, RABAT), desk.referred(SALE)

    def told(answered: Answered) -> dict[str, Any]:
        return {name: text for name, text in answered.document.items() if name != "instance"}

    nowhere = a_case(4_000)
    assert told(desk.case(other, omar)) == told(desk.case(nowhere, omar))
    assert told(desk.acknowledge(other, ACCEPT, omar)) == told(
        desk.acknowledge(nowhere, ACCEPT, omar)
    )
    assert told(desk.acknowledge(other, ACCEPT, omar, if_match='"0"')) == told(
        desk.acknowledge(nowhere, ACCEPT, omar, if_match='"0"')
    )
    assert desk.table.get_case(other.id) == other


@pytest.mark.parametrize("case_id", ["C-1", "x", "C-0000-0000-0000-0000-1", "%2e%2e", 'a"b'])
def test_a_malformed_case_id_is_not_found(desk: Desk, case_id: str) -> None:
    answered = desk.get(f"cases/{case_id}", desk.enrol(Role.ANALYST))
    assert (answered.status, problem(answered)) == (404, "case-not-found")


def test_a_case_id_may_be_typed_in_lower_case(desk: Desk) -> None:
    case = desk.in_review()
    answered = desk.get(f"cases/{case.id.lower()}", desk.enrol(Role.ANALYST))
    assert answered.document["id"] == case.id


def test_a_changed_staff_item_holds_at_the_next_call(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred(RABAT)
    assert desk.case(case, omar).status == 200
    desk.keep_staff(omar, role="officer", unit=SALE)
    assert desk.case(case, omar).status == 404
    desk.keep_staff(omar, role="analyst", unit=None)
    assert desk.case(case, omar).status == 200
    desk.keep_staff(omar, role="analyst", active=False)
    assert (desk.case(case, omar).status, problem(desk.case(case, omar))) == (403, "not-allowed")
    boto3.client("dynamodb").delete_item(
        TableName=TABLE, Key=to_wire_item(desk_keys.staff_key(omar))
    )
    assert (desk.case(case, omar).status, problem(desk.case(case, omar))) == (401, "not-signed-in")


@pytest.mark.parametrize(
    "claims",
    [
        {"token_use": "id", "aud": CLIENT, "client_id": ""},
        {"token_use": "id"},
        {"token_use": ""},
        {"client_id": "another application"},
        {"client_id": "another application", "scope": sign_in.DESK_WORK_SCOPE},
        {"client_id": BROWSER},  # got by the pool's own API, past the page with the second factor
        {"scope": ""},
        {"scope": sign_in.DESK_WORK_SCOPE},
        {"scope": f"x{sign_in.PROGRAM_SCOPE}"},
        {"client_id": ""},
        {"sub": ""},
        {"sub": "nobody", "cognito:groups": "[admin]", "custom:unit": RABAT},
    ],
)
def test_only_an_access_token_of_this_application_and_a_known_person_signs_in(
    desk: Desk, claims: dict[str, str]
) -> None:
    ana = desk.enrol(Role.ANALYST)
    event = an_event("GET", "/v1/desk/queue", ana)
    event["requestContext"]["authorizer"]["jwt"]["claims"] |= claims
    answered = desk.call(event)
    assert (answered.status, problem(answered)) == (401, "not-signed-in")
    assert answered.headers["WWW-Authenticate"] == "Bearer"


def test_the_token_of_a_browser_signs_in_by_its_own_scope(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    event = an_event("GET", "/v1/desk/me", ana, client_id=BROWSER, scope=sign_in.DESK_WORK_SCOPE)
    assert desk.call(event).document["role"] == "analyst"


@pytest.mark.parametrize("role", Role)
def test_every_member_of_staff_may_read_the_own_account(desk: Desk, role: Role) -> None:
    someone = desk.enrol(role, RABAT if role is Role.OFFICER else None)
    told = desk.call(an_event("GET", "/v1/desk/me", someone))
    assert (told.status, told.document["subject"], told.document["role"]) == (200, someone, role)
    desk.keep_staff(someone, role=role, active=False)
    assert problem(desk.call(an_event("GET", "/v1/desk/me", someone))) == "not-allowed"


def test_a_call_past_the_edge_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "e" * 64
    with open_desk(monkeypatch, origin=secret) as desk:
        ana = desk.enrol(Role.ANALYST)
        assert problem(desk.queue(ana)) == "not-through-the-edge"
        headers = {"x-origin-secret": secret}
        assert desk.call(an_event("GET", "/v1/desk/queue", ana, headers=headers)).status == 200


# ---- the document ------------------------------------------------------------------------------


def test_a_body_that_is_not_strict_json_is_refused(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    twice = '{"outcome":"reject","outcome":"confirm","reason":"duplicate"}'
    assert problem(desk.review(case, twice, ana)) == "not-json"
    assert problem(desk.review(case, REJECT, ana, content_type="text/plain")) == (
        "unsupported-encoding"
    )


def test_answers_of_the_desk_are_never_cached(desk: Desk) -> None:
    answered = desk.queue(desk.enrol(Role.ANALYST))
    assert answered.headers["Cache-Control"] == "no-store"
    assert answered.headers["X-Content-Type-Options"] == "nosniff"


def test_logs_name_no_person(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    key = str(uuid.uuid4())
    desk.review(case, CONFIRM, ana, idempotency_key=key)
    logged = desk.logs.getvalue()
    assert case.id in logged
    assert key not in logged
    assert all(json.loads(line) for line in logged.splitlines())
