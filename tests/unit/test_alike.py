"""Several cases are acted on together only where the lines of all of them say what there is."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case.alike import BATCH_FIELD, LineCover, NotAlikeReason, why_not_alike
from casework.case.case import Case
from casework.case.value_objects import Priority, UnreadAdditions
from casework.decisions.base import EMPTY_CONTEXT, DecisionContext
from casework.decisions.review import Merge, Reject
from casework.errors import NotAlike
from casework.pack.jurisdiction import open_pack
from tests.builders import NOON, a_case, a_referred_case

CHILDREN = open_pack("ma").victim_only_file_categories
SHOWN = LineCover(glance_owed=False, words_hidden=False, more=False, unseen_reports=False)
BATCH = "5b0f0d6e-2d0a-4c7b-9f65-3f8f6c1d2a11"
BARRIERS: dict[str, tuple[NotAlikeReason, dict[str, Any], dict[str, Any]]] = {
    "of the highest priority": (
        NotAlikeReason.IMMEDIATE,
        {"priority": Priority.IMMEDIATE},
        {},
    ),
    "in danger": (NotAlikeReason.IMMEDIATE, {"imminent": True}, {}),
    "a minor by its signs": (NotAlikeReason.MINORS, {"flags": ("minor_victim",)}, {}),
    "of children": (NotAlikeReason.MINORS, {"category": "child_sexual_exploitation"}, {}),
    "tells of children": (NotAlikeReason.MINORS, {"told": ("child_sexual_exploitation",)}, {}),
    "nobody glanced": (NotAlikeReason.UNGLANCED, {}, {"glance_owed": True}),
    "covered words": (NotAlikeReason.UNDISPLAYED, {}, {"words_hidden": True}),
    "files or additions": (NotAlikeReason.UNDISPLAYED, {}, {"more": True}),
    "joined reports": (NotAlikeReason.UNDISPLAYED, {}, {"unseen_reports": True}),
    "added since": (
        NotAlikeReason.UNDISPLAYED,
        {"unread": UnreadAdditions(since="2026-03-02T11:30:00.000Z", last=3)},
        {},
    ),
}
ORDER = list(NotAlikeReason)


def why(case: Case, cover: LineCover = SHOWN) -> NotAlikeReason | None:
    return why_not_alike(case, cover, CHILDREN)


def test_a_line_that_says_all_there_is_may_be_acted_on_with_others() -> None:
    assert why(a_case()) is None
    assert why(a_referred_case()) is None


@given(st.sets(st.sampled_from(sorted(BARRIERS)), min_size=1))
def test_each_barrier_stands_whatever_else_there_is_and_the_gravest_is_named(
    barriers: set[str],
) -> None:
    case, cover = a_case(), SHOWN
    for each in barriers:
        _, of_case, of_line = BARRIERS[each]
        case = case.model_copy(update=of_case)
        cover = replace(cover, **of_line)
    assert why(case, cover) is min((BARRIERS[each][0] for each in barriers), key=ORDER.index)


def test_the_table_of_barriers_has_each_reason_and_all_that_a_line_leaves_out() -> None:
    assert {reason for reason, _, _ in BARRIERS.values()} == set(NotAlikeReason)
    tried = {name for _, _, of_line in BARRIERS.values() for name in of_line}
    assert tried == {each.name for each in fields(LineCover)}


def test_files_that_a_person_decided_on_before_a_unit_got_the_case_keep_nothing() -> None:
    assert why(a_referred_case(), replace(SHOWN, more=True)) is None
    assert why(a_referred_case(), replace(SHOWN, unseen_reports=True)) is not None


class Told(DecisionContext):
    """The context of a case that is acted on by itself, or of its partner."""

    def __init__(self, alone: Case | None) -> None:
        super().__init__()
        object.__setattr__(self, "alone", alone)

    def case(self, case_id: str) -> Case:
        return a_case(opener=2)

    def why_not_alike(self, case: Case) -> NotAlikeReason | None:
        alone: Case | None = getattr(self, "alone", None)
        return NotAlikeReason.MINORS if alone is not None and case.id == alone.id else None


REJECT = Reject(outcome="reject", reason="duplicate", batch=BATCH)
MERGE = Merge(outcome="merge", into=a_case(opener=2).id, batch=BATCH)


@pytest.mark.parametrize(
    ("decision", "alone"), [*product((REJECT, MERGE), (a_case(),)), (MERGE, a_case(opener=2))]
)
def test_a_decision_of_a_batch_is_refused_for_a_case_that_stands_alone(
    decision: Reject | Merge, alone: Case
) -> None:
    with pytest.raises(NotAlike) as refused:
        decision.change(a_case(), NOON, "ana", Told(alone))
    assert refused.value.members == {"reason": "minors"}
    by_itself = decision.model_copy(update={"batch": None})
    assert by_itself.change(a_case(), NOON, "ana", Told(alone)).event is not None


def test_a_batch_is_refused_where_nobody_knows_what_the_line_said() -> None:
    with pytest.raises(NotAlike):
        REJECT.change(a_case(), NOON, "ana", EMPTY_CONTEXT)


@pytest.mark.parametrize("decision", [REJECT, MERGE])
def test_the_entry_keeps_which_acts_were_taken_together(decision: Reject | Merge) -> None:
    event = decision.change(a_case(), NOON, "ana", Told(None)).event
    assert event is not None
    assert event.data[BATCH_FIELD] == BATCH
    assert decision.is_recorded_by(event, "ana")
    alone = decision.model_copy(update={"batch": None})
    plain = alone.change(a_case(), NOON, "ana", Told(None)).event
    assert plain is not None
    assert BATCH_FIELD not in plain.data
    assert not decision.is_recorded_by(plain, "ana")


def test_two_people_decide_the_same_whether_one_of_them_had_a_batch() -> None:
    assert REJECT.proposal_digest == REJECT.model_copy(update={"batch": None}).proposal_digest
