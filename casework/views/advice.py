"""The automatic analysis of a case, as people are shown it: advice, never a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import ConfigDict

from casework.case.case import Case
from casework.case.history import CaseEvent, last_move_data
from casework.case.lifecycle import Move
from casework.case.value_objects import Priority
from casework.views.desk_view import DeskView


class AdviceView(DeskView):
    """What the analysis made of the report that opened the case."""

    # Entries of older histories say less, or more.
    model_config = ConfigDict(extra="ignore")

    report: str | None = None
    """Reference of the report that was read."""
    priority: Priority | None = None
    reasons: tuple[str, ...] = ()
    """Why that priority."""
    flags: Mapping[str, tuple[str, ...]] = {}
    """Flag → the rule that raised it, then up to three entries of the lexicons. The words of the
    reporter are not among them."""
    marks: Mapping[str, tuple[tuple[int, int], ...]] = {}
    """Reason or flag → where the words of that report say it: the first character and the one
    behind the last, counted in Unicode code points. `hint` is the reason of the category."""
    category: str | None = None
    category_by: str | None = None
    """`reporter`, `words` or `unknown`."""
    hint: str | None = None
    """The category that the words suggest."""
    hint_percent: int = 0
    """Its share against the second one."""
    disagrees: bool = False
    """The words suggest another category than the reporter chose."""
    language: str | None = None
    territory: str | None = None
    territory_by: str | None = None
    """`picked`, `described`, `narrative`, `abroad` or `unknown`."""
    territory_percent: int = 0
    identifiers: Mapping[str, int] = {}
    """Kind → how many the report names."""
    unit: str | None = None
    """The unit that the rules of the pack propose."""
    rule: str | None = None
    """The rule that proposes it."""
    sure: str | None = None
    """How sure the proposal is."""
    pack: str | None = None
    """Version of the pack."""
    money_until: str | None = None
    """Until when money that was lost may be held back."""

    @classmethod
    def from_history(cls, case: Case, events: Sequence[CaseEvent]) -> Self | None:
        """From the history of a case; None while there was no analysis."""
        said = last_move_data(events, Move.ASSESS)
        return None if said is None else cls.model_validate({**said, "report": case.opened_by})
