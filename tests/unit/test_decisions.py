"""What people decide: read strictly, checked against the pack, recognised when repeated."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.lifecycle import DECISION_MOVES, STATUS_TRANSITIONS, Move, Status, is_legal_move
from casework.case.referral import DeclineReason
from casework.case.times import format_timestamp
from casework.case.value_objects import CloseReason, DecisionProposal, Priority
from casework.decisions.base import (
    STATUS_AFTER_DECISION,
    Decision,
    DecisionContext,
    etag_after,
    find_by_version,
)
from casework.decisions.referral import Acknowledgement
from casework.decisions.review import Confirm, ReviewDecision
from casework.errors import IllegalMove, NotValid
from casework.moves import deadlines, executions, referrals, triage
from casework.moves.severity import CaseSeverity
from casework.pack.jurisdiction import open_pack
from tests import decided
from tests.builders import NOON, RABAT, SALE, a_case, a_referred_case, clocks_of, made

PACK = open_pack("ma")


def a_confirmation(**fields: Any) -> dict[str, Any]:
    return {"outcome": "confirm", "category": "fraud", "priority": "urgent", **fields}


def review(document: dict[str, Any]) -> Decision:
    return ReviewDecision.model_validate_json(json.dumps(document)).root


def answer(document: dict[str, Any]) -> Decision:
    return Acknowledgement.model_validate_json(json.dumps(document)).root


def test_a_confirmation_corrects_the_case() -> None:
    change = review(a_confirmation(category="sextortion", territory="04.441", unit=SALE)).change(
        a_case(), NOON, "ana"
    )
    after = change.after
    assert (after.status, after.category, after.priority, after.territory, after.named) == (
        Status.REVIEWED,
        "sextortion",
        Priority.URGENT,
        "04.441",
        SALE,
    )


WHOLE: dict[str, Any] = {
    "category": "sextortion",
    "priority": Priority.URGENT,
    "territory": "06.141",
    "ground": "place_of_arrest",
    "country": "FR",
}


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"category": "fraud"}, {"category": "fraud"}),
        ({"category": None, "priority": None}, {}),
        ({"priority": "standard"}, {"priority": Priority.STANDARD}),
        ({"territory": "06.141"}, {}),
        ({"territory": "04.421"}, {"territory": "04.421", "ground": None}),
        ({"territory": None}, {"territory": None, "ground": None}),
        (
            {"territory": "04.421", "ground": "place_of_offence"},
            {"territory": "04.421", "ground": "place_of_offence"},
        ),
        ({"ground": None}, {"ground": None}),
        ({"country": None}, {"country": None}),
        ({"country": "ES"}, {"country": "ES"}),
        ({"unit": SALE}, {"named": SALE}),
    ],
)
def test_a_confirmation_keeps_omitted_fields_and_null_means_unknown(
    sent: dict[str, Any], changed: dict[str, Any]
) -> None:
    case = a_case(**WHOLE, named=RABAT)
    decision = review({"outcome": "confirm", **sent})
    change = decision.change(case, NOON, "ana", DecisionContext(PACK))
    after = {name: getattr(change.after, name) for name in (*WHOLE, "named")}
    assert after == {**WHOLE, "named": None, **changed}
    assert decision.is_recorded_by(_event(change), "ana"), "sent again, it is a repeat"
    others: list[dict[str, Any]] = [{}, {"category": "fraud"}, {"territory": "06.141"}]
    for other in others:
        if other != sent and not (other == {} and set(sent.values()) == {None} and len(sent) == 2):
            assert not review({"outcome": "confirm", **other}).is_recorded_by(_event(change), "ana")


@pytest.mark.parametrize(
    ("fields", "sent", "pointer"),
    [
        ({"category": None}, {}, "#/category"),
        ({"territory": None}, {"ground": "place_of_arrest"}, "#/ground"),
        ({}, {"territory": None, "ground": "place_of_arrest"}, "#/ground"),
        ({"category": "fraud"}, {"flags": ["praise_daesh"]}, "#/flags"),
    ],
)
def test_omitted_fields_of_a_confirmation_must_fit_the_given_ones(
    fields: dict[str, Any], sent: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(NotValid) as refused:
        review({"outcome": "confirm", **sent}).change(
            a_case(**fields), NOON, "ana", DecisionContext(PACK)
        )
    assert [each.pointer for each in refused.value.findings] == [pointer]


def test_omitted_and_repeated_fields_are_the_same_decision() -> None:
    case = a_case(category="terrorism")
    first = review({"outcome": "confirm"}).change(case, NOON, "ana", DecisionContext(PACK))
    assert first.after.proposal is not None
    spelled = {"category": "terrorism", "priority": "standard", "territory": "04.421"}
    second = review({"outcome": "confirm", **spelled})
    assert (
        second.change(first.after, NOON, "ben", DecisionContext(PACK)).after.status
        is Status.REVIEWED
    )
    assert review({"outcome": "confirm"}).is_recorded_by(_event(first), "ana")


def test_a_rejection_ends_the_case_with_its_reason() -> None:
    after = review({"outcome": "reject", "reason": "duplicate"}).change(a_case(), NOON, "ana").after
    assert (after.status, after.closed) == (Status.CLOSED, CloseReason.DUPLICATE)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"outcome": "perhaps"},
        a_confirmation(status="closed"),
        a_confirmation(priority="now"),
        a_confirmation(country="ZZ"),
        a_confirmation(category=7),
        {"outcome": "reject", "reason": "because"},
        {"outcome": "reject", "reason": "duplicate", "category": "fraud"},
        {"outcome": "reject", "reason": "out_of_scope"},
        {"outcome": "reject", "reason": "duplicate", "turn_to": "platform"},
        {"outcome": "reject", "reason": "sent_to_court"},
        {"outcome": "ask", "question": "   "},
        {"outcome": "ask", "question": "?", "report": "not a reference"},
        {"outcome": "merge", "into": "C-1"},
        {"outcome": "split", "into": "C-1"},
    ],
)
def test_a_review_that_is_not_one_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        review(document)


@pytest.mark.parametrize(
    "document",
    [
        {"outcome": "decline"},
        {"outcome": "decline", "reason": "other_territory"},
        {"outcome": "decline", "competent_unit": SALE},
        {"outcome": "accept", "reason": "other_territory", "competent_unit": SALE},
    ],
)
def test_a_unit_declines_only_with_a_reason_and_a_competent_unit(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        answer(document)


@pytest.mark.parametrize(
    ("decision", "pointers"),
    [
        (review(a_confirmation(territory="04.421", unit=RABAT)), []),
        (review(a_confirmation(country="FR")), []),
        (review(a_confirmation(category="heresy")), ["#/category"]),
        (review(a_confirmation(territory="99.999.")), ["#/territory"]),
        (review(a_confirmation(unit="pj-99")), ["#/unit"]),
        (
            review(a_confirmation(category="heresy", territory="0", unit="pj")),
            ["#/category", "#/territory", "#/unit"],
        ),
        (review({"outcome": "reject", "reason": "out_of_scope", "turn_to": "platform"}), []),
        (
            review({"outcome": "reject", "reason": "out_of_scope", "turn_to": "nobody"}),
            ["#/turn_to"],
        ),
        (answer({"outcome": "accept"}), []),
        (
            answer({"outcome": "decline", "reason": "other_offence", "competent_unit": SALE}),
            [],
        ),
        (
            answer({"outcome": "decline", "reason": "other_offence", "competent_unit": "pj-99"}),
            ["#/competent_unit"],
        ),
        (
            answer({"outcome": "decline", "reason": "other_offence", "competent_unit": RABAT}),
            ["#/competent_unit"],
        ),
    ],
)
def test_a_value_outside_the_pack_has_a_pointer(decision: Decision, pointers: list[str]) -> None:
    assert [finding.pointer for finding in decision.findings(PACK, RABAT)] == pointers


def test_every_decision_of_the_lifecycle_leads_to_one_status() -> None:
    stays = {
        move
        for status, moves in STATUS_TRANSITIONS.items()
        for move in moves
        if moves[move] is status
    }
    assert set(STATUS_AFTER_DECISION) | stays >= DECISION_MOVES
    leads = {
        move: {moves[move] for moves in STATUS_TRANSITIONS.values() if move in moves}
        for move in STATUS_AFTER_DECISION
    }
    several = {str(move): sorted(there) for move, there in leads.items() if len(there) > 1}
    assert not several, (
        "the event of a decision does not name the status after it, so it leads to one, wherever it"
        " is made: make a move for each in STATUS_TRANSITIONS"
    )


def test_a_decision_that_the_lifecycle_does_not_allow_changes_nothing() -> None:
    with pytest.raises(IllegalMove):
        answer({"outcome": "accept"}).change(a_case(), NOON, "omar")


# ---- repeated, or second? ----------------------------------------------------------------------

ACTS = {
    Move.ASSESS: lambda case: triage.record_assessment(
        case,
        NOON,
        weight=CaseSeverity(Priority.URGENT),
        territory=None,
        clocks=clocks_of(60, 60),
        data={},
    ),
    Move.CONFIRM: lambda case: review(a_confirmation()).change(case, NOON, "ana"),
    Move.REJECT: lambda case: review({"outcome": "reject", "reason": "duplicate"}).change(
        case, NOON, "ana"
    ),
    Move.REFER: lambda case: referrals.queue_referral(case, NOON, unit=RABAT, data={}),
    Move.PUBLISH: lambda case: referrals.mark_published(case, NOON, (60, 60)),
    Move.ACKNOWLEDGE: lambda case: answer({"outcome": "accept"}).change(case, NOON, "omar"),
    Move.DECLINE: lambda case: decided.declined(
        case, NOON, "omar", reason=DeclineReason.OTHER_TERRITORY, named=SALE
    ),
    Move.REROUTE: lambda case: referrals.reroute_referral(
        case, NOON, unit=SALE, most_declines=2, review_seconds=(60,)
    ),
    Move.ALERT: lambda case: triage.mark_alerted(case, NOON),
    Move.ESCALATE: lambda case: made(
        deadlines.escalate_missed_deadline(case, NOON + timedelta(minutes=2), (60, 60))
    ),
    Move.UNDELIVERED: lambda case: made(referrals.mark_undelivered(case, NOON, "Throttling")),
    Move.STICK: lambda case: executions.mark_stuck(case, NOON, "restarts"),
}


@given(st.data())
def test_history_alone_finds_the_decision_taken_on_a_version(data: st.DataObject) -> None:
    """Whatever life a case has had, counting its events again gives its versions."""
    change = triage.open_case(
        a_case(status=Status.RECEIVED, wait=None, version=0, revision=0, events=0), NOON
    )
    case, events = change.after, [_event(change)]
    taken: dict[str, CaseEvent] = {}
    for _ in range(data.draw(st.integers(0, 12))):
        legal = [move for move in ACTS if is_legal_move(case.status, move)]
        if not legal:
            break
        move = data.draw(st.sampled_from(legal))
        before = case
        try:
            change = ACTS[move](case)
        except IllegalMove:
            continue
        case = change.after
        if change.event is not None:
            events.append(change.event)
        if move in DECISION_MOVES:
            taken[before.etag] = _event(change)
            assert etag_after(events, events[-1]) == case.etag
    for version in range(case.version + 2):
        etag = a_case(version=version).etag
        assert find_by_version(events, etag) == taken.get(etag)


def _event(change: Change) -> CaseEvent:
    assert change.event is not None
    return change.event


def test_the_same_decision_by_the_same_person_is_a_repeat_and_no_other_is() -> None:
    decision = review(a_confirmation(territory="04.421"))
    event = _event(decision.change(a_case(), NOON, "ana"))
    assert decision.is_recorded_by(event, "ana")
    assert not decision.is_recorded_by(event, "another")
    assert not review(a_confirmation()).is_recorded_by(event, "ana")
    assert not review({"outcome": "reject", "reason": "duplicate"}).is_recorded_by(event, "ana")


def test_a_units_answer_is_recognised_by_the_named_unit() -> None:
    def decline(unit: str) -> Decision:
        return answer({"outcome": "decline", "reason": "other_territory", "competent_unit": unit})

    event = _event(decline(SALE).change(a_referred_case(), NOON, "omar"))
    assert decline(SALE).is_recorded_by(event, "omar")
    assert not decline("national-desk").is_recorded_by(event, "omar")
    assert not answer({"outcome": "accept"}).is_recorded_by(event, "omar")


@pytest.mark.parametrize(
    ("category", "years"),
    [("terrorism", 15), ("child_sexual_exploitation", 15), ("fraud", 4), (None, 4), ("gone", 4)],
)
def test_an_ended_case_is_looked_at_again_after_the_years_of_its_class_of_offence(
    category: str | None, years: int
) -> None:
    rejected = review({"outcome": "reject", "reason": "duplicate"})
    first = DecisionProposal(by="ana", digest=rejected.proposal_digest)
    second = a_case(category=category, proposal=first)
    retention = rejected.change(second, NOON, "ben", DecisionContext(PACK)).after.retention
    assert retention is not None
    assert retention.due == format_timestamp(NOON + timedelta(days=365 * years))


def test_confirm_says_all_it_decided() -> None:
    event = _event(review(a_confirmation()).change(a_case(), NOON, "ana"))
    # An event records flags and a ground only where there are some.
    left_out = {"outcome", "flags", "ground", "shown", "seen"}
    assert set(event.data) == set(Confirm.model_fields) - left_out | {"kept"}
    assert event.data["kept"] == ["territory", "ground", "country"], "nobody said otherwise"


def test_a_case_builder_stands_for_the_real_thing() -> None:
    assert Case.model_validate(a_case().model_dump()) == a_case()
