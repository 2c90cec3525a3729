"""The refusals of a call that follow from the decisions that it takes, and from who may use it."""

from __future__ import annotations

from typing import get_args

from pydantic import BaseModel

from casework.case.rule_types import ClosedGateEffect
from casework.decisions.base import Decision, UnionBody
from casework.decisions.permissions import PERMISSIONS_BY_ROLE, PermissionReach, StaffCall
from casework.decisions.staff import Role
from casework.errors import (
    AuthorisationAwaited,
    FreshSignInNeeded,
    NewsUnseen,
    Refusal,
    ReportsUnseen,
    SecondLookOwed,
)


def list_decisions(body: type[BaseModel]) -> tuple[type[Decision], ...]:
    """The kinds of decision that a body can be."""
    kinds = (
        get_args(body.model_fields["root"].annotation) if issubclass(body, UnionBody) else (body,)
    )
    return tuple(kind for kind in kinds if issubclass(kind, Decision))


def derive_refusals(body: type[BaseModel], call: StaffCall) -> tuple[type[Refusal], ...]:
    """Those by which the rules of every decision refuse this body; a decision may have others."""
    kinds = list_decisions(body)
    ends = any(kind.ends for kind in kinds)
    follows = {
        SecondLookOwed: any(kind.may_need_two for kind in kinds),
        AuthorisationAwaited: any(
            kind.move.rule.gate is ClosedGateEffect.REFUSED for kind in kinds
        ),
        NewsUnseen: ends or any(kind.must_see is not Decision.must_see for kind in kinds),
        FreshSignInNeeded: PERMISSIONS_BY_ROLE[Role.PROSECUTOR][call] is not PermissionReach.NONE,
        ReportsUnseen: ends,
    }
    return tuple(refusal for refusal, there in follows.items() if there)
