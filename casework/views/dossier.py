"""A case as a document for machines.

The schema of a dossier is published as `docs/dossier.schema.json`, written from these models.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.lifecycle import Status
from casework.case.suspects import SuspectStanding
from casework.case.times import format_timestamp
from casework.case.value_objects import CloseReason, Priority
from casework.decisions.freezes import FreezeView
from casework.decisions.staff import StaffMember
from casework.decisions.suspects import SuspectView
from casework.pack.competence_view import CompetenceView
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from casework.text.identity_numbers import find_identity_numbers, iter_json_strings
from casework.views.advice import AdviceView
from casework.views.case_page import MessageView, NamedIdentifier, SuggestionView
from casework.views.history_view import EventView
from casework.views.instruction_view import InstructionView
from casework.views.lists import DeadlineView, ReferralView, deadline_views
from casework.views.report_view import ReportView


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class OwnIdentifier(_Part):
    """A selector that reporters of the case call their own, or left as their contact.

    It linked nothing. Its value is in no dossier but in the words of who wrote it.
    """

    kind: str
    digest: str
    reports: tuple[str, ...]


class AppealHint(_Part):
    """Where a complainant turns who does not accept that the case was closed."""

    to: str
    texts: dict[str, str]
    source: str
    confirmed: bool


class Dossier(_Part):
    """Everything known of a case. Contacts and identities are in no dossier."""

    format: Literal["e-iblagh/dossier/1"] = "e-iblagh/dossier/1"
    id: str
    number: str | None = None
    """That people say over a telephone."""
    made_at: str
    jurisdiction: str
    pack_version: str
    status: Status
    priority: Priority
    category: str | None = None
    legal_basis: tuple[str, ...] = ()
    territory: str | None = None
    country: str | None = None
    imminent: bool
    opened_at: str
    moved_at: str | None = None
    closed: CloseReason | None = None
    closed_at: str | None = None
    merged_into: str | None = None
    assessment: AdviceView | None = None
    """The automatic analysis with its reasons: advice, never a decision."""
    competence: CompetenceView
    """Whose case it is: which unit and prosecutor, on which ground, by which rule, who says so."""
    referral: ReferralView | None = None
    suggestions: tuple[SuggestionView, ...] = ()
    """Other cases that may be about the same facts, and why; none in a unit's dossier."""
    identifiers: tuple[NamedIdentifier, ...]
    """Named by the reports of this page and what was added to them."""
    identity_numbers: tuple[str, ...] = ()
    """Of identity cards, in what reporters told on this page and in what people wrote: print
    covers them."""
    reporters_own: tuple[OwnIdentifier, ...] = ()
    """What stands apart from them: it is no suspect's."""
    reports: tuple[ReportView, ...]
    messages: tuple[MessageView, ...] = ()
    """What was written to reporters, oldest first: the latest on the first page."""
    cursor: str | None = None
    """Of the next page, which goes on with reports, ledgers, messages and history; left out on the
    last."""
    instructions: tuple[InstructionView, ...]
    """The prosecutor's decisions, oldest first, page by page."""
    appeal: AppealHint | None = None
    """Once the prosecutor closed the case."""
    suspects: tuple[SuspectStanding, ...]
    outcomes: tuple[SuspectView, ...] = ()
    """Each suspect with every entry about them, and which of them hold, page by page."""
    freezes: tuple[FreezeView, ...] = ()
    """What was done to hold money back, page by page. A notice informs; an order binds."""
    deadlines: tuple[DeadlineView, ...]
    history: tuple[EventView, ...]
    """Oldest first: the latest entries on the first page, those before them on the next ones."""
    head: str
    """Hash of the last event: a reader who has it can check the history."""

    @classmethod
    def from_case(
        cls,
        pack: Jurisdiction,
        member: StaffMember,
        case: Case,
        now: datetime,
        *,
        events: Sequence[CaseEvent],
        reports: Sequence[ReportView],
        instructions: Sequence[InstructionView],
        outcomes: Sequence[SuspectView],
        freezes: Sequence[FreezeView],
        messages: Sequence[MessageView],
        history: Sequence[EventView],
        identifiers: Sequence[NamedIdentifier],
        suggestions: Sequence[SuggestionView],
        others: Collection[str],
        cursor: str | None,
    ) -> Self:
        """The dossier of a case as it is now for one reader, a page of it.

        `events` are all of its history.
        """
        category = pack.categories.get(case.category or "")
        return cls(
            id=case.id,
            number=case.number or None,
            made_at=format_timestamp(now),
            jurisdiction=pack.id,
            pack_version=pack.version,
            status=case.status,
            priority=case.priority,
            category=case.category,
            legal_basis=tuple(each.ref for each in category.legal_basis) if category else (),
            territory=case.territory,
            country=case.country,
            imminent=case.imminent,
            opened_at=case.opened_at,
            moved_at=case.moved_at or None,
            closed=case.closed,
            closed_at=case.closed_at,
            merged_into=case.merged_into if case.merged_into in others else None,
            assessment=AdviceView.from_history(case, events),
            competence=CompetenceView.from_history(pack, case, events),
            referral=ReferralView.from_referral(case.referral) if case.referral else None,
            suggestions=tuple(suggestions),
            identifiers=tuple(identifiers),
            identity_numbers=find_identity_numbers(
                iter_json_strings(
                    [each.model_dump(mode="json") for each in (*reports, *messages, *history)]
                ),
                pack.facts.identity_numbers,
            ),
            reporters_own=_own(reports),
            reports=tuple(reports),
            messages=tuple(messages),
            cursor=cursor,
            instructions=tuple(instructions),
            appeal=_appeal(pack) if case.closed is CloseReason.CLOSED_BY_PROSECUTOR else None,
            suspects=tuple(map(SuspectStanding, case.suspects)),
            outcomes=tuple(outcomes),
            freezes=tuple(freezes),
            deadlines=deadline_views(case, now),
            history=tuple(history),
            head=case.head,
        )


def _own(reports: Sequence[ReportView]) -> tuple[OwnIdentifier, ...]:
    identifiers: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        added = (each for addition in report.added for each in addition.own)
        for each in dict.fromkeys([*report.own, *added]):
            identifiers.setdefault((each.kind, each.digest or ""), []).append(report.reference)
    return tuple(
        OwnIdentifier(kind=kind, digest=digest, reports=tuple(references))
        for (kind, digest), references in identifiers.items()
    )


def _appeal(pack: Jurisdiction) -> AppealHint | None:
    known = read_procedure(pack.folder).appeal
    return AppealHint(**known.model_dump()) if known else None
