"""The ledger of a case: each decision of the prosecutor, and which later one annulled it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casework.case.history import CaseEvent
from casework.decisions.base import FREE_WORDS_FIELD
from casework.decisions.instructions import (
    CONDITIONS_FIELD,
    INSTRUCTION_DOCUMENT_FIELD,
    WORDING_FIELD,
    Given,
    annulments_by_entry,
    list_instructions,
)
from casework.views.desk_view import DeskView


class AnnulledView(DeskView):
    """That an entry holds no more: by which later one, and why."""

    entry: int
    at: str
    by: str
    words: str | None = None


class DocumentView(DeskView):
    """The document by which the prosecutor decided, as the officer who entered it named it."""

    name: str | None = None
    """Left out once the case was erased."""
    sha256: str


class InstructionView(DeskView):
    """One decision of the prosecutor, given by the office or entered by the unit."""

    entry: int
    """Number of its entry in the history of the case: by it a later entry annuls it."""
    at: str
    """When it was entered."""
    by: str
    instruction: str
    """Its kind."""
    prosecutor: str
    court: str
    decided_on: str
    reference: str
    given: Given = Given.ENTERED
    """Whether a prosecutor gave it at the desk, or an officer entered it."""
    wording: str | None = None
    """What it says, in the words of the office; left out where nobody gave them, or once the case
    was erased."""
    conditions: str | None = None
    """What an authorisation asks of the unit; left out likewise."""
    document: DocumentView | None = None
    """Left out where the officer named none."""
    other_office: str | None = None
    """Why another office than the competent one decided."""
    into: str | None = None
    """The case that this one was joined to."""
    unit: str | None = None
    """The unit that the case was transferred to."""
    ground: str | None = None
    """On which the case was closed."""
    annulled: AnnulledView | None = None


def instruction_views(
    events: Sequence[CaseEvent], about: Mapping[int, Mapping[str, Any]]
) -> tuple[InstructionView, ...]:
    """The ledger of a case, as its readers see it."""
    annulments = annulments_by_entry(events)
    shown = set(InstructionView.model_fields)
    return tuple(
        InstructionView.model_validate(
            {
                **{name: said for name, said in event.data.items() if name in shown},
                "entry": event.number,
                "at": event.at,
                "by": event.by,
                "other_office": about.get(event.number, {}).get(FREE_WORDS_FIELD),
                "wording": about.get(event.number, {}).get(WORDING_FIELD),
                "conditions": about.get(event.number, {}).get(CONDITIONS_FIELD),
                "document": _document_of(event, about.get(event.number, {})),
                "annulled": _annulled_by(annulments[event.number], about)
                if event.number in annulments
                else None,
            }
        )
        for event in list_instructions(events)
    )


def _document_of(event: CaseEvent, about: Mapping[str, Any]) -> DocumentView | None:
    digest = event.data.get(INSTRUCTION_DOCUMENT_FIELD)
    return (
        DocumentView(name=about.get(INSTRUCTION_DOCUMENT_FIELD), sha256=str(digest))
        if digest
        else None
    )


def _annulled_by(event: CaseEvent, about: Mapping[int, Mapping[str, Any]]) -> AnnulledView:
    return AnnulledView(
        entry=event.number,
        at=event.at,
        by=event.by,
        words=about.get(event.number, {}).get(FREE_WORDS_FIELD),
    )
