"""Whose case it is, as staff read it: proposed, decided, named by somebody else."""

from __future__ import annotations

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move
from casework.case.referral import DeclineReason
from casework.case.value_objects import SYSTEM_AUTHOR, Priority
from casework.moves import referrals
from casework.pack.competence import propose_competence, unit_competence
from casework.pack.competence_view import (
    MAX_RECORDED,
    CompetenceView,
    competence_to_event_data,
    propose_case_competence,
)
from casework.pack.jurisdiction import open_pack
from tests import decided
from tests.builders import NOON, RABAT, SALE, a_case

MOROCCO = open_pack("ma")


def confirmed(case: Case, unit: str | None = None, ground: str | None = None) -> Change:
    return decided.confirmed(
        case,
        NOON,
        "ana",
        category="fraud",
        priority=Priority.STANDARD,
        territory="04.441",
        country=None,
        unit=unit,
        ground=ground,
    )


def referred(case: Case) -> Change:
    rule = propose_case_competence(MOROCCO, case)
    found = unit_competence(MOROCCO, rule, case.named) if case.named else rule
    return referrals.queue_referral(
        case, NOON, unit=found.unit, data=competence_to_event_data(found)
    )


def history(*changes: Change) -> list[CaseEvent]:
    return [each.event for each in changes if each.event is not None]


def test_before_the_referral_it_is_the_rules_proposal_with_all_its_parts() -> None:
    case = a_case(territory="04.291", territory_percent=60)
    view = CompetenceView.from_history(MOROCCO, case, ())
    assert (view.unit, view.prosecutor, view.court) == (
        *("pj-04-291", "king-prosecutor", "tpi-khemisset"),
    )
    assert (view.ground, view.rule, view.pack) == (
        *("victim_residence", "territory", MOROCCO.version),
    )
    assert (view.territory, view.territory_percent, view.confidence) == ("04.291", 60, "medium")
    assert view.doubts == ("place_read_from_words", "several_courts_in_territory")
    assert [each.court for each in view.alternatives] == ["tpi-rommani", "tpi-tiflet", None]
    assert (view.decider, view.decided_at) == ("automatic", None)


def test_the_decider_is_the_analyst_who_confirmed() -> None:
    review_of = confirmed(a_case(territory_percent=60))
    sent = referred(review_of.after)
    view = CompetenceView.from_history(MOROCCO, sent.after, history(review_of, sent))
    assert (view.unit, view.rule, view.decider) == (SALE, "territory", "ana")
    assert (view.territory_percent, view.confidence) == (100, "high")
    assert view.decided_at == "2026-03-02T12:00:00.000Z"


def test_a_unit_the_analyst_names_has_its_own_court_and_the_rules_unit_is_an_alternative() -> None:
    review_of = confirmed(a_case(), unit=RABAT)
    sent = referred(review_of.after)
    view = CompetenceView.from_history(MOROCCO, sent.after, history(review_of, sent))
    assert (view.unit, view.rule, view.decider) == (RABAT, "named", "ana")
    assert (view.prosecutor, view.court) == ("king-prosecutor", "tpi-rabat")
    first = view.alternatives[0]
    assert (first.unit, first.court, first.reason) == (SALE, "tpi-sale", "unit_of_the_rule")


def test_after_a_decline_the_unit_that_declined_says_whose_case_it_is() -> None:
    review_of = confirmed(a_case())
    sent = referred(review_of.after)
    declined = decided.declined(
        referrals.mark_published(sent.after, NOON, (60,)).after,
        NOON,
        "omar",
        reason=DeclineReason.OTHER_TERRITORY,
        named=RABAT,
    )
    again = referrals.reroute_referral(
        declined.after, NOON, unit=RABAT, most_declines=2, review_seconds=(60,)
    )
    view = CompetenceView.from_history(
        MOROCCO, again.after, history(review_of, sent, declined, again)
    )
    assert (view.unit, view.court, view.decider) == (RABAT, "tpi-rabat", "omar")


def test_a_rerouting_by_the_pack_has_no_decider() -> None:
    decided = confirmed(a_case())
    sent = referred(decided.after)
    moved = referrals.transfer_case(
        sent.after, NOON, SYSTEM_AUTHOR, unit=RABAT, data={}, move=Move.REASSIGN
    )
    shown = CompetenceView.from_history(MOROCCO, moved.after, history(decided, sent, moved))
    assert (shown.unit, shown.decider) == (RABAT, "automatic")


def test_the_case_is_referred_on_the_ground_that_the_analyst_named() -> None:
    decided = confirmed(a_case(), ground="place_of_arrest")
    assert decided.event is not None
    assert decided.event.data["ground"] == "place_of_arrest"
    proposal = propose_case_competence(MOROCCO, decided.after)
    assert (proposal.unit, proposal.ground) == ("pj-04-441", "place_of_arrest")
    assert unit_competence(MOROCCO, proposal, RABAT).ground == "place_of_arrest"
    sent = referred(decided.after)
    shown = CompetenceView.from_history(MOROCCO, sent.after, history(decided, sent))
    assert (shown.ground, shown.decider) == ("place_of_arrest", "ana")


def test_a_national_unit_that_is_named_has_the_office_at_its_seat() -> None:
    found = unit_competence(
        MOROCCO, propose_competence(MOROCCO, "fraud", "04.441"), "pj-national-minors"
    )
    assert (found.unit, found.court) == ("pj-national-minors", "tpi-rabat")
    assert found.ground == "national_unit"


def test_a_unit_that_left_the_pack_has_no_office() -> None:
    found = unit_competence(MOROCCO, propose_competence(MOROCCO, "fraud", "04.441"), "pj-gone")
    assert (found.unit, found.prosecutor, found.court) == ("pj-gone", None, None)


def test_the_stored_competence_of_an_event_stays_small() -> None:
    wide = propose_competence(MOROCCO, "fraud", "06")
    assert len(wide.alternatives) > MAX_RECORDED
    assert len(str(competence_to_event_data(wide))) < 900


def test_words_that_name_two_cities_leave_the_place_open() -> None:
    found = propose_competence(MOROCCO, "fraud", "04.441", territory_percent=50)
    assert (found.confidence, found.doubts) == ("low", ("several_places_named",))
