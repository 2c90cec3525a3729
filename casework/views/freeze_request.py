"""The draft of a request to hold money back: a person reads it, completes it and sends it.

It is two drafts: what an institution is told at once, which is no order, and what the prosecutor is
asked to order. What nobody told yet is said field by field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict

from casework.analysis.payments import PaymentLine
from casework.case.case import Case
from casework.case.freezes import Clock
from casework.case.history import CaseEvent
from casework.case.times import format_timestamp
from casework.errors import NoTransfer
from casework.pack.competence_view import CompetenceView
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure

MAX_TRANSFERS: Final = 200
"""Of one draft: an answer stays small however many reports a case has."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ToldTransfer(PaymentLine):
    """A payment as far as it is known, and what is missing of it."""

    hours_ago: int | None = None
    """Since the money left; left out when nobody said when."""
    recent: bool
    """Whether it may still be held back, as far as its time is known."""
    lacks: tuple[str, ...] = ()
    """The fields that a notice or an order needs and nobody told."""

    @classmethod
    def from_payment(cls, line: PaymentLine, now: datetime, pack: Jurisdiction) -> Self:
        """The payment as it stands now."""
        zone = pack.facts.zone
        left = line.latest_transfer_time(zone)
        hours = max(0, int((now - left).total_seconds() // 3600)) if left else None
        return cls(
            **line.model_dump(),
            hours_ago=hours,
            recent=line.was_transferred_within(
                now, read_procedure(pack.folder).freeze.within, zone
            ),
            lacks=line.missing_fields,
        )


class ClockView(_Part):
    """How long somebody has."""

    seconds: tuple[int, ...]
    source: str
    confirmed: bool


class PowerView(_Part):
    """By which law money is held back."""

    id: str
    names: dict[str, str]
    seconds: tuple[int, ...] = ()
    source: str
    confirmed: bool


class FreezeRequest(_Part):
    """What is known of the payments of a case, for a notice and for an order."""

    case: str
    drafted_at: str
    to: str | None = None
    """The prosecutor's office competent for the case."""
    court: str | None = None
    texts: dict[str, str]
    """The request for an order, in each official language."""
    notice: dict[str, str]
    """What the institution is told at once, in each official language. It is no order."""
    transfers: tuple[ToldTransfer, ...]
    """Those that may still be held back first, the latest before the others; then those of which
    nobody said when; then what left too long ago."""
    left_out: int = 0
    """Payments beyond the first 200, in the same order."""
    unread: int = 0
    """Reports that were not read for it: no machine can, or there was no more time."""
    not_admitted: int = 0
    """Reports that joined the case and that nobody has admitted: none of them is in the draft."""
    times: dict[Clock, ClockView]
    powers: tuple[PowerView, ...]
    source: str
    confirmed: bool

    @classmethod
    def draft(
        cls,
        pack: Jurisdiction,
        case: Case,
        now: datetime,
        *,
        events: Sequence[CaseEvent],
        lines: Iterable[PaymentLine],
        unread: int = 0,
        not_admitted: int = 0,
    ) -> Self:
        """The draft for a case; raises NoTransfer when no payment is known at all."""
        freeze = read_procedure(pack.folder).freeze
        transfers = sorted(
            (ToldTransfer.from_payment(line, now, pack) for line in lines),
            key=lambda each: each.told_at,
            reverse=True,
        )
        if not transfers:
            beside = f" {not_admitted} reports are not admitted." if not_admitted else ""
            raise NoTransfer(
                f"No report of the case, no addition and no colleague tells of a payment.{beside}"
            )
        transfers.sort(key=_rank)
        left_out = len(transfers) - MAX_TRANSFERS
        competence = CompetenceView.from_history(pack, case, events)
        fields: dict[str, Any] = {
            "times": {clock: each.model_dump() for clock, each in freeze.times.items()},
            "powers": [each.model_dump() for each in freeze.powers],
        }
        return cls(
            case=case.id,
            drafted_at=format_timestamp(now),
            to=competence.prosecutor,
            court=competence.court,
            texts=dict(freeze.texts),
            notice=dict(freeze.notice),
            transfers=tuple(transfers[:MAX_TRANSFERS]),
            left_out=max(0, left_out),
            unread=unread,
            not_admitted=not_admitted,
            source=freeze.source,
            confirmed=freeze.confirmed,
            **fields,
        )


def _rank(transfer: ToldTransfer) -> tuple[int, int]:
    if transfer.hours_ago is None:
        return 1, 0
    return 0 if transfer.recent else 2, transfer.hours_ago
