"""What a decision can be refused for follows from its rules: a call names the rest by hand."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from casework.decisions.base import Decision
from casework.decisions.derived_refusals import derive_refusals, list_decisions
from casework.decisions.gate import Believed, DangerDecision, Doubted, IdentityVerdict
from casework.decisions.instructions import Closure
from casework.decisions.permissions import StaffCall
from casework.decisions.prosecutor_notification import ConfirmReceipt, Inform
from casework.decisions.retention import RetentionDecision
from casework.decisions.review import BreakHold, ReviewDecision
from casework.decisions.suspects import NewSuspect
from casework.errors import (
    AuthorisationAwaited,
    FreshSignInNeeded,
    NewsUnseen,
    Refusal,
    ReportsUnseen,
    SecondLookOwed,
)


def test_a_body_is_one_decision_or_one_of_several() -> None:
    assert list_decisions(BreakHold) == (BreakHold,)
    assert list_decisions(IdentityVerdict) == (Believed, Doubted)


@pytest.mark.parametrize(
    ("body", "call", "refusals"),
    [
        (BreakHold, StaffCall.BREAK_HOLD, set()),
        (RetentionDecision, StaffCall.RETENTION, {SecondLookOwed}),
        (NewSuspect, StaffCall.SUSPECTS, {AuthorisationAwaited}),
        (DangerDecision, StaffCall.DANGER, {NewsUnseen}),
        (Closure, StaffCall.CLOSURE, {NewsUnseen, ReportsUnseen, FreshSignInNeeded}),
        (Inform, StaffCall.INFORMED, set()),
        (ConfirmReceipt, StaffCall.RECEIPT, {FreshSignInNeeded}),
        (
            ReviewDecision,
            StaffCall.REVIEW,
            {SecondLookOwed, AuthorisationAwaited, NewsUnseen, ReportsUnseen},
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_each_rule_brings_its_refusal_and_no_other(
    body: type[BaseModel], call: StaffCall, refusals: set[type[Refusal]]
) -> None:
    assert set(derive_refusals(body, call)) == refusals
    assert all(issubclass(kind, Decision) for kind in list_decisions(body))
