"""A page that asks for a list again gets it only where something in it changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.decisions.permissions import PERMISSIONS_BY_ROLE, PermissionReach
from casework.decisions.staff import Role
from functions.desk import deployment, handler
from tests.builders import NOON, RABAT
from tests.integration.answers import Answered
from tests.integration.desks import Desk, an_event
from tests.integration.test_campaigns import begin
from tests.integration.test_who_sees_what import CALLS

LISTS = sorted(
    each.path.removeprefix("/v1/desk/") for each in handler.api.operations if 304 in each.answers
)
ASKED_WITH = {"decisions": {"day": NOON.date().isoformat()}}
"""What a list is not answered without."""


def asked(desk: Desk, path: str, by: str, tag: str = "") -> Answered:
    headers = {"if-none-match": tag} if tag else {}
    query = ASKED_WITH.get(path)
    return desk.call(an_event("GET", f"/v1/desk/{path}", by, query=query, headers=headers))


@pytest.mark.parametrize("path", LISTS)
def test_the_same_list_is_answered_without_a_body(desk: Desk, path: str) -> None:
    case = desk.referred(RABAT)
    reader = next(
        role
        for role in Role
        if PERMISSIONS_BY_ROLE[role][CALLS[f"GET {path}"]] is not PermissionReach.NONE
    )
    by = desk.enrol(reader, RABAT if reader is Role.OFFICER else None)
    path = path.replace("{id}", case.id).replace("{group}", case.id)
    if "{campaign}" in path:
        path = path.replace("{campaign}", begin(desk, case, desk.enrol(Role.SUPERVISOR)))
    first = asked(desk, path, by)
    assert first.status == 200, first.text
    tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"another", {tag}'):
        again = asked(desk, path, by, known)
        assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    assert asked(desk, path, by, '"another"').document == first.document


def test_a_list_that_changed_is_answered_in_full_and_time_alone_changes_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.in_review(imminent=True)
    ana = desk.enrol(Role.ANALYST)
    lists = ("queue", "duty", "pulse")
    tags = {path: asked(desk, path, ana).headers["ETag"] for path in lists}
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(seconds=40))
    assert {asked(desk, path, ana, tags[path]).status for path in lists} == {304}
    desk.in_review(imminent=True)
    assert {asked(desk, path, ana, tags[path]).status for path in lists} == {200}
