"""A case on its way to units and among them: told, transferred, rerouted, frozen, stuck."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest

from casework.aws.services.clients import aws_client
from casework.aws.table import keys
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.referral import Referral
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from casework.moves import executions, referrals
from casework.pack.jurisdiction import Jurisdiction
from casework.views.dossier import Dossier
from functions.desk import deployment
from functions.desk.queries import pages
from functions.triage.unit_changes import area_digests_by_unit
from tests import decided
from tests.builders import NOON, RABAT, SALE, a_reference, altered
from tests.integration.answers import Answered, problem
from tests.integration.desks import ACCEPT, CONFIRM, TABLE, Desk, an_event, told_of
from tests.integration.lives import (
    PHONE,
    held,
    inquiring,
    instruct,
    later,
    swept,
)
from tests.office import marked

# ---- referral ------------------------------------------------------------------------------------

AN_EMPTY_SWEEP = 2 + keys.FLOW_SHARDS
"""Queries: one for each list of deadlines, and one for who is on duty."""


def test_a_referral_is_opened_once_and_reading_it_changes_no_version(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    desk.waits(case)
    first, second = desk.case(case, omar), desk.case(case, omar)
    assert first.etag == second.etag == case.etag
    assert [event.move for event in desk.table.events(case.id)].count("read") == 1
    assert first.document["referral"]["opened_at"] == format_timestamp(NOON)
    assert desk.acknowledge(case, ACCEPT, omar).status == 200


def test_a_transferred_case_is_told_to_the_other_unit_and_leaves_the_first(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = inquiring(desk, omar)
    answered = instruct(desk, case, "transfer", omar, unit=SALE)
    assert (answered.status, answered.document["status"]) == (200, "queued")
    assert desk.case(case, omar).status == 404
    assert desk.case(case, sara).status == 200
    moved = desk.table.get_case(case.id)
    assert moved.referral is not None
    assert (moved.referral.hop, moved.referral.unit) == (2, SALE)
    assert desk.step_functions.started[-1]["input"]["status"] == "queued"


def test_the_cases_of_a_unit_removed_from_the_pack_go_to_another_unit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    later(monkeypatch, seconds=0)
    assert swept() == {}
    mine, waiting = inquiring(desk, omar), desk.referred()
    gone = "pj-dissolved"
    for case in (mine, desk.table.get_case(waiting.id)):
        assert case.referral is not None
        referral = case.referral.model_copy(update={"unit": gone})
        desk.table.save(altered(case, referral=referral))
    desk.table.store_units({**area_digests_by_unit(deployment.desk_jurisdiction()), gone: "04.421"})
    assert swept() == {"unit": 2}
    for case in (mine, waiting):
        moved = desk.table.get_case(case.id)
        assert moved.referral is not None
        assert (moved.status, moved.referral.unit) == (Status.QUEUED, RABAT)
        last = list(desk.table.events(case.id))[-1]
        assert (last.move, last.data["from"], last.data["because"]) == (
            "reassign",
            gone,
            "unit_dissolved",
        )
    late = desk.table.save(altered(desk.referred(), referral=Referral(hop=1, unit=gone)))
    assert swept() == {"unit": 1}, "sent by a function that still ran with the earlier pack"
    at = desk.table.get_case(late.id).referral
    assert at is not None
    assert at.unit == RABAT
    assert swept() == {}
    calls = calls_of("dynamodb")
    assert swept() == {}
    assert calls == ["Query"] * AN_EMPTY_SWEEP, (
        "once nothing was left to reroute, the units are known"
    )


def test_two_changes_of_units_in_a_row_lose_no_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, seconds=0)
    now_, short = area_digests_by_unit(deployment.desk_jurisdiction()), "pj-for-a-minute"
    desk.table.store_units({**now_, "pj-dissolved": "04.421"}, expected={**now_, short: "04.421"})
    case = desk.table.save(altered(desk.referred(), referral=Referral(hop=1, unit=short)))
    assert swept() == {"unit": 1}
    stands = desk.table.get_case(case.id).referral
    assert stands is not None
    assert stands.unit == RABAT


def test_a_withdrawn_pack_leaves_no_case_with_a_unit_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, seconds=0)
    now_, short = area_digests_by_unit(deployment.desk_jurisdiction()), "pj-for-a-minute"
    desk.table.store_units(now_, expected={**now_, short: "04.421"})
    case = desk.table.save(altered(desk.referred(), referral=Referral(hop=1, unit=short)))
    assert [swept() for _ in range(2)] == [{"unit": 1}, {}], "then the units are known"
    stands = desk.table.get_case(case.id).referral
    assert stands is not None
    assert stands.unit == RABAT
    calls = calls_of("dynamodb")
    assert swept() == {}
    assert calls == ["Query"] * AN_EMPTY_SWEEP


def test_a_unit_that_loses_territory_keeps_only_the_cases_that_it_took(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara, pack = desk.enrol(Role.OFFICER, SALE), deployment.desk_jurisdiction()
    by_rule, by_name = desk.in_review(), desk.in_review()
    for case, by in ((by_rule, "rule"), (by_name, "review")):
        reviewed = desk.table.save(confirmed(case))
        told = referrals.queue_referral(reviewed, NOON, unit=SALE, data={"unit": SALE, "by": by})
        desk.table.save(referrals.mark_published(desk.table.save(told), NOON, (3_600,)))
    taken = desk.referred(SALE)
    desk.waits(taken)
    assert desk.acknowledge(taken, ACCEPT, sara).status == 200
    later(monkeypatch, seconds=0)
    # Until now all of them were in the territory of the unit at Salé.
    desk.table.store_units({**area_digests_by_unit(pack), SALE: "04.421", RABAT: ""})
    assert swept() == {"unit": 1}
    moved = desk.table.get_case(by_rule.id)
    assert moved.referral is not None
    assert (moved.status, moved.referral.unit) == (Status.QUEUED, RABAT)
    last = list(desk.table.events(by_rule.id))[-1]
    assert (last.move, last.data["because"]) == ("reassign", "unit_redrawn")
    for case in (by_name, taken):
        stays = desk.table.get_case(case.id)
        assert stays.referral is not None
        assert stays.referral.unit == SALE
    assert swept() == {}


def test_a_boundary_that_moves_between_two_units_takes_their_cases_along(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Though each unit keeps its territory: a place inside it is in the other's now."""
    now_ = deployment.desk_jurisdiction()
    folder = Path(shutil.copytree(now_.folder, tmp_path / "ma"))
    places = folder / "territories.json"
    inside = '["04.421.01.07","commune","04.421"'  # Touarga
    earlier = places.read_text("utf-8").replace(inside, inside[:-4] + '441"')
    places.write_text(earlier, "utf-8")
    before = area_digests_by_unit(Jurisdiction(folder))
    assert {unit for unit in before if before[unit] != area_digests_by_unit(now_)[unit]} == {
        RABAT,
        SALE,
    }

    reviewed = desk.table.save(confirmed(desk.in_review(), territory="04.421.01.07"))
    told = referrals.queue_referral(reviewed, NOON, unit=SALE, data={"unit": SALE, "by": "rule"})
    case = desk.table.save(referrals.mark_published(desk.table.save(told), NOON, (3_600,)))
    later(monkeypatch, seconds=0)
    desk.table.store_units(before)
    assert [swept() for _ in range(3)] == [{"unit": 1}, {}, {}]
    stands = desk.table.get_case(case.id).referral
    assert stands is not None
    assert stands.unit == RABAT


def test_a_boundary_restored_at_once_returns_every_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_, case = area_digests_by_unit(deployment.desk_jurisdiction()), desk.in_review()
    reviewed = desk.table.save(confirmed(case))
    told = referrals.queue_referral(reviewed, NOON, unit=SALE, data={"unit": SALE, "by": "rule"})
    desk.table.save(referrals.mark_published(desk.table.save(told), NOON, (3_600,)))
    later(monkeypatch, seconds=0)
    desk.table.store_units(now_, expected={**now_, SALE: "04.421", RABAT: ""})
    assert swept() == {"unit": 1}
    moved = desk.table.get_case(case.id).referral
    assert moved is not None
    assert moved.unit == RABAT


def confirmed(case: Case, territory: str = "04.421") -> Change:
    """The decision of an analyst, for the territory of the unit at Rabat."""
    corrected: dict[str, Any] = {"category": "fraud", "priority": Priority.URGENT}
    place: dict[str, Any] = {"territory": territory, "country": None, "unit": None}
    return decided.confirmed(case, NOON, "an analyst", **corrected, **place)


def test_an_empty_sweep_costs_one_query_for_each_list_of_deadlines(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, seconds=0)
    swept()
    calls = calls_of("dynamodb")
    assert swept() == {}
    assert calls == ["Query"] * AN_EMPTY_SWEEP


def calls_of(service: str) -> list[str]:
    """The calls to a service from now on, by name."""
    calls: list[str] = []
    aws_client(service).meta.events.register(
        f"before-call.{service}.*", lambda model, **_: calls.append(model.name)
    )
    return calls


def test_the_dossier_holds_the_whole_case_and_each_export_is_an_event(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    desk.report(case, 99, at="2026-03-02T12:30:00.000Z", locations=[PHONE])
    answered = desk.get(f"cases/{case.id}/dossier", omar)
    assert (answered.status, answered.etag) == (200, case.etag)
    dossier = Dossier.model_validate_json(answered.text)
    assert [report.addition for report in dossier.reports] == [False, True]
    assert ("phone", "+212612345678") in {(each.kind, each.value) for each in dossier.identifiers}
    assert dossier.history[-1].move == "export"
    assert dossier.head == dossier.history[-1].hash


def test_every_export_of_a_dossier_page_is_on_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its pages are one event; a reader who begins in the middle leaves one, too."""
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    for number in range(90, 95):
        desk.report(case, number)
    monkeypatch.setattr(pages, "MAX_REPORTS_SHOWN", 2)

    def taken_by() -> list[str]:
        return [each.by for each in desk.table.events(case.id) if each.move == Move.EXPORT]

    path = f"cases/{case.id}/dossier"
    first = desk.get(path, omar).document
    second = desk.get(path, omar, cursor=first["cursor"]).document
    assert desk.get(path, omar, cursor=second["cursor"]).status == 200
    assert taken_by() == [omar]
    for _ in range(2):
        assert desk.get(path, sara, cursor=first["cursor"]).document["reports"]
    assert taken_by() == [omar, sara]
    later(monkeypatch, days=2)
    assert desk.get(path, sara, cursor=first["cursor"]).status == 200
    assert taken_by() == [omar, sara, sara]


def test_the_dossier_lists_the_reporters_own_identifiers_apart_and_as_digests(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    said = "Mon numéro est le 06 00 00 41 17 ; il appelle du 06 12 34 56 78."
    desk.report(case, 99, at="2026-03-02T12:30:00.000Z", narrative=said)
    dossier = Dossier.model_validate_json(desk.get(f"cases/{case.id}/dossier", omar).text)
    phones = [each.value for each in dossier.identifiers if each.kind == "phone"]
    assert phones == ["+212612345678"]
    (own,) = dossier.reporters_own
    assert own.model_dump() == {
        "kind": "phone",
        "digest": marked("phone", "+212600004117").partition(":")[2],
        "reports": (a_reference(99),),
    }


# ---- stuck, and the way back ---------------------------------------------------------------------


def test_a_decision_on_a_stuck_case_is_carried_on_by_a_new_run(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    stuck = desk.table.save(executions.mark_stuck(case, NOON, "retries_exhausted"))
    assert desk.review(stuck, CONFIRM, ana).status == 200
    after = desk.table.get_case(case.id)
    assert (after.stuck, after.run, after.status) == (None, 2, Status.REVIEWED)
    assert desk.step_functions.started == [
        {"name": f"{case.id}-2", "input": told_of(after)},
    ]


def test_people_let_a_stuck_case_try_again(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.referred()
    stuck = desk.table.save(executions.mark_stuck(case, NOON, "runs_exhausted"))
    answered = post_duty(desk, stuck, "retry", {}, ana)
    assert (answered.status, answered.document["status"]) == (200, "published")
    assert post_duty(desk, stuck, "retry", {}, ana).document == answered.document
    assert desk.get("duty", ana).document["stuck"] == []
    retried = list(desk.table.events(case.id))[-1]
    assert (retried.move, retried.by, retried.data["reason"]) == ("retry", ana, "runs_exhausted")
    again = post_duty(desk, desk.table.get_case(case.id), "retry", {}, ana)
    assert problem(again) == "illegal-move"


def test_a_supervisor_gives_a_case_to_another_unit(desk: Desk) -> None:
    sofia, case = desk.enrol(Role.SUPERVISOR), desk.referred()
    assert post_duty(desk, case, "reassign", {"unit": SALE}, sofia).status == 202
    moved = desk.table.get_case(case.id)
    assert moved.referral is not None
    assert (moved.status, moved.referral.unit) == (Status.QUEUED, SALE)
    given = list(desk.table.events(case.id))[-1]
    assert (given.move, given.by) == ("reassign", sofia)
    assert (given.data["from"], given.data["unit"]) == (RABAT, SALE)
    (unit,) = desk.get("board", sofia).document["units"]
    assert (unit["unit"], unit["waiting"], unit["held"]) == (SALE, 1, 0)
    assert post_duty(desk, case, "reassign", {"unit": SALE}, desk.enrol(Role.ANALYST)).status == 403


def post_duty(desk: Desk, case: Case, call: str, document: Any, by: str) -> Answered:
    event = an_event(
        "POST",
        f"/v1/desk/duty/{case.id}/{call}",
        by,
        headers={
            "content-type": "application/json",
            "if-match": case.etag,
            "idempotency-key": str(uuid.uuid4()),
        },
        body="{}" if not document else json.dumps(document),
    )
    return desk.call(event)


def test_an_older_release_ignores_fields_that_a_newer_one_wrote(desk: Desk) -> None:
    case = desk.in_review()
    boto3.client("dynamodb").update_item(
        TableName=TABLE,
        Key={name: {"S": value} for name, value in keys.case_key(case.id).items()},
        UpdateExpression="SET of_tomorrow = :new",
        ExpressionAttributeValues={":new": {"S": "x"}},
    )
    assert desk.table.get_case(case.id) == case
