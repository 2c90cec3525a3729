"""Trials and people's reports are two realms, and nothing passes from one to the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.aws.services import notifications
from casework.aws.services.notifications import Notification
from casework.aws.table import desk_keys, keys
from casework.aws.table.case_lines import side_line_writes
from casework.aws.table.item_mapping import case_to_item
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.referral import Referral
from casework.case.times import DeadlineWait
from casework.case.value_objects import DeadlineKind, UnreadAdditions
from casework.decisions.available_moves import list_available_moves
from casework.decisions.permissions import (
    PERMISSIONS_BY_ROLE,
    PermissionReach,
    StaffCall,
    require_permission,
)
from casework.decisions.staff import Role, StaffMember, list_queues
from casework.errors import CaseNotFound, IllegalMove, NotAllowed
from casework.moves.retention import end_trial_case
from casework.text import reference
from casework.text.realm import TRIAL_PREFIX, TRIAL_RECEIVER, Realm, realm_from_name, realm_key
from tests.builders import NOON, RABAT, a_case, a_member

BYTES = st.binary(min_size=10, max_size=10)
LIKE_A_TRIAL = bytes.fromhex("d3b3a" + "0" * 15)
"""Ten bytes that are written TEST at first."""
LATE = DeadlineWait(since="2026-03-02T11:00:00.000Z", due="2026-03-02T11:30:00.000Z", level=1)


@given(BYTES)
@example(LIKE_A_TRIAL)
def test_a_report_of_people_is_never_written_like_a_trial(raw: bytes) -> None:
    written = reference.encode_reference(raw)
    assert not written.startswith(TRIAL_PREFIX)
    assert realm_from_name(written) is Realm.REAL
    assert realm_from_name(reference.case_id_from_reference(written)) is Realm.REAL
    assert reference.parse_reference(written) == written


@given(BYTES, st.integers(1, 99))
@example(LIKE_A_TRIAL, 1)
def test_a_case_is_in_the_realm_of_the_report_that_opens_it(raw: bytes, entry: int) -> None:
    for realm in Realm:
        written = reference.encode_reference(raw, realm)
        opened = reference.case_id_from_reference(written)
        apart = reference.case_id_apart(written, opened, entry)
        assert {realm_from_name(each) for each in (written, opened, apart)} == {realm}
        assert reference.parse_reference(written.lower()) == written
        assert reference.parse_case_id(opened) == opened


def test_people_see_at_a_glance_that_a_reference_is_a_trial() -> None:
    assert reference.encode_reference(LIKE_A_TRIAL, Realm.TRIAL) == "TEST-0000-0000-0000-A"
    assert reference.encode_reference(LIKE_A_TRIAL) == "AEST-0000-0000-0000-6"


@given(st.binary(min_size=32, max_size=64))
def test_identifiers_of_trials_have_another_key(key: bytes) -> None:
    of_people, of_trials = (
        keys.identifier_id(realm_key(realm, key), "phone", "+212600004117") for realm in Realm
    )
    assert of_people == keys.identifier_id(key, "phone", "+212600004117")
    assert of_trials != of_people


# ---- people


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", Status)
def test_no_case_of_the_other_realm_exists_for_anybody(role: Role, status: Status) -> None:
    """Whatever the role may do with such a case of its own realm."""
    fields: dict[str, Any] = {"status": status, "referral": Referral(hop=1, unit=RABAT)}
    unit = RABAT if role is Role.OFFICER else None
    for mine, other in ((Realm.REAL, Realm.TRIAL), (Realm.TRIAL, Realm.REAL)):
        member = a_member(role, unit, realm=mine, office="an office", court="a court")
        for call in StaffCall:
            with pytest.raises((CaseNotFound, NotAllowed)) as refused:
                require_permission(member, call, a_case(realm=other, **fields))
            if (
                PERMISSIONS_BY_ROLE[role][call] is not PermissionReach.NONE
                and call is not StaffCall.STATISTICS
            ):
                assert refused.type is CaseNotFound, call
        assert list_available_moves(member, a_case(realm=other, **fields)) == ()


def test_trial_staff_have_the_permissions_of_their_role_except_figures() -> None:
    for role in Role:
        unit = RABAT if role is Role.OFFICER else None
        for call in StaffCall:
            plays, works = (
                a_member(role, unit, realm=realm, office="an office", court="a court")
                for realm in reversed(Realm)
            )
            allowed = [_may(member, call) for member in (works, plays)]
            assert allowed[1] == (allowed[0] and call is not StaffCall.STATISTICS), (role, call)


def _may(member: StaffMember, call: StaffCall) -> bool:
    try:
        require_permission(member, call)
    except NotAllowed:
        return False
    return True


def test_a_staff_item_without_a_realm_is_real() -> None:
    item = {"name": "A person", "role": "analyst"}
    assert StaffMember.from_item("somebody", item).realm is Realm.REAL
    assert StaffMember.from_item("somebody", {**item, "realm": "trial"}).realm is Realm.TRIAL


# ---- lists


def _wherever_it_waits() -> Iterator[dict[str, Any]]:
    """The fields of cases that wait in every list that there is."""
    referral = Referral(hop=1, unit=RABAT, failure="Throttled")
    for status in Status:
        for supervision in (False, True):
            yield {
                "status": status,
                "supervision": supervision,
                "referral": referral,
                "wait": LATE,
                "retention": LATE,
                "money": LATE,
                "imminent": True,
                "stuck": "runs_exhausted",
                "unreadable": True,
                "unread": UnreadAdditions(since=LATE.since, last=1),
            }


def test_a_trial_waits_in_no_list_that_real_staff_read() -> None:
    read_by_machines = {desk_keys.queue_name_of_desk("decided"), keys.DUE_PARTITION}
    for fields in _wherever_it_waits():
        places = [_places(a_case(realm=realm, **fields)) for realm in Realm]
        assert [len(each) for each in places] == [len(places[0])] * 2  # it waits all the same
        assert places[0] & places[1] <= read_by_machines
        assert all(each.startswith("TRIAL#") for each in places[1] - read_by_machines)


def _places(case: Case) -> set[str]:
    """The lists that a case stands in, of the index and beside it."""
    queued = case_to_item(case).get(keys.QUEUE_PARTITION_KEY, {}).get("S")
    return {partition for partition, _ in side_line_writes(case)} | ({queued} if queued else set())


@pytest.mark.parametrize("role", Role)
def test_staff_read_the_lists_of_their_own_realm(role: Role) -> None:
    real, played = (list_queues(a_member(role, RABAT, realm=realm)) for realm in Realm)
    assert [desk_keys.queue_name_of_desk(each) for each in played] == [
        f"TRIAL#{desk_keys.queue_name_of_desk(each)}" for each in real
    ]


# ---- what is announced


def _announcements(case: Case) -> dict[str, Notification]:
    """Everything that can be announced of a case, by the name of what makes it."""
    given: dict[str, Any] = {
        "case": case,
        "reference": case.opened_by,
        "minute": "2026-03-02T12:00",
        "kind": DeadlineKind.NOTICE,
        "due": LATE.due,
        "name": f"{case.id}-2",
        "unit": RABAT,
        "event": 2,
        "what": "an addition",
        "admitted": True,
    }
    makers: dict[str, Callable[..., Any]] = {
        name: maker
        for name, maker in inspect.getmembers(notifications, inspect.isfunction)
        if inspect.signature(maker).return_annotation == "Notification"
    }
    return {
        name: maker(
            **{
                each.name: given[each.name]
                for each in inspect.signature(maker).parameters.values()
                if each.default is inspect.Parameter.empty
            }
        )
        for name, maker in makers.items()
    }


def test_no_real_receiver_hears_of_a_trial() -> None:
    fields: dict[str, Any] = {"status": Status.PUBLISHED, "referral": Referral(hop=1, unit=RABAT)}
    of_people, of_trials = (_announcements(a_case(realm=realm, **fields)) for realm in Realm)
    heard = {
        name: each.filter_attributes()["unit"]["StringValue"] for name, each in of_people.items()
    }
    assert set(heard.values()) == {RABAT, "duty", "supervision", "reporters"}
    for name, each in of_trials.items():
        assert each.filter_attributes()["unit"]["StringValue"] == TRIAL_RECEIVER, name
        assert (
            each.to_cloud_event(NOON)["data"]["unit"] == heard[name]
        )  # for whom it would have been


# ---- the end of a trial


@pytest.mark.parametrize("status", Status)
def test_only_a_trial_is_ended_from_outside_and_from_wherever_it_stands(status: Status) -> None:
    with pytest.raises(IllegalMove):
        end_trial_case(a_case(status=status), NOON, "whoever deploys")
    change = end_trial_case(a_case(realm=Realm.TRIAL, status=status), NOON, "whoever deploys")
    if status is Status.ERASED:
        assert change is None
    else:
        assert change is not None
        assert change.after.status is Status.ERASED
        assert set(change.after.pending_deadlines) == {DeadlineKind.ERASING}
        assert not change.after.duties
