"""Messages and additions between a reporter and the staff of the case, after the report.

An *addition* is what a reporter sends later with the receipt: more facts, the answer to a question,
a correction, or a withdrawal. It is stored beside the report and never changes it. A *message* is
what staff write to the reporters of a case. It is read with the receipt and sent nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from casework.case.admission import MAX_ADMITTED_BY_NAME
from casework.report.disclosure import Contact
from casework.report.money_lost import Losses, MoneyLost
from casework.report.report import MAX_NARRATIVE_LENGTH, Location
from casework.text.allowed_text import require_visible_text
from casework.text.compression import compress_text, decompress_text

MAX_ADDITIONS: Final = 50
"""Of one report; further facts need another report."""
MAX_ADDED_LOCATIONS: Final = 20
MAX_MESSAGE_LENGTH: Final = 4_000
MAX_MESSAGES: Final = 200
"""Of one case, to any of its reporters."""


class AdditionKind(StrEnum):
    """The reporter's purpose of an addition."""

    MORE = "more"
    """More facts, or an answer."""
    CORRECTION = "correction"
    """An earlier statement is wrong. The earlier statement stays beside it."""
    WITHDRAWAL = "withdrawal"
    """The reporter no longer wants the report followed. People see it and decide; it ends nothing
    by itself."""


class Corrected(StrEnum):
    """What a correction corrects."""

    NARRATIVE = "narrative"
    LOCATIONS = "locations"
    SEEN_AT = "seen_at"
    MONEY_LOST = "money_lost"
    TERRITORY = "territory"
    CATEGORY = "category"
    ROLE = "role"
    ADDITION = "addition"
    """An earlier addition; the text says what."""
    OTHER = "other"


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Addition(_Sent):
    """The body of `POST /v1/reports/{reference}/additions`. Unknown fields are refused."""

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_NARRATIVE_LENGTH),
        AfterValidator(require_visible_text),
    ]
    """More facts, the answer to a question, the correct statement, or the reason of a withdrawal.
    Stored as sent, to the byte."""
    kind: Annotated[AdditionKind, Field(strict=False)] = AdditionKind.MORE
    corrects: Annotated[Corrected, Field(strict=False)] | None = None
    """For a correction: the wrong part."""
    locations: Annotated[tuple[Location, ...], Field(max_length=MAX_ADDED_LOCATIONS)] = ()
    money_lost: Losses = ()
    """Payments that the report did not mention, or their time and account."""
    answers: Annotated[int, Field(ge=1, le=9_999)] | None = None
    """Number of the question that this answers, as `messages` shows it."""
    contact: Contact | None = None
    """The reporter's new contact: sealed, and not shown to staff."""

    @model_validator(mode="after")
    def _corrects_by_correction(self) -> Addition:
        if self.corrects is not None and self.kind is not AdditionKind.CORRECTION:
            raise PydanticCustomError(
                "corrects.kind", "Only an addition of the kind `correction` corrects something."
            )
        return self


class _Kept(BaseModel):
    """An addition in stored form. Fields of a later release are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    text: str
    kind: AdditionKind = AdditionKind.MORE
    corrects: Corrected | None = None
    locations: tuple[Location, ...] = ()
    money_lost: tuple[MoneyLost, ...] = ()
    answers: int | None = None


class Message(_Sent):
    """The body of `POST /v1/desk/cases/{id}/messages`: words to the reporters of a case."""

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_MESSAGE_LENGTH),
        AfterValidator(require_visible_text),
    ]
    """In the reporter's language. Every holder of the receipt can read it."""
    reports: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=40)], ...],
        Field(strict=False, max_length=MAX_ADMITTED_BY_NAME),
    ] = ()
    """References of the reports that it is for, admitted or not. Without it, the message is for all
    reports that belong to the case."""


class AddedView(BaseModel):
    """One addition, as its reporter and the staff of the case see it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    added_at: str
    """RFC 3339, UTC."""
    kind: AdditionKind = AdditionKind.MORE
    corrects: Corrected | None = None
    """For a correction: the wrong part."""
    text: str
    locations: tuple[Location, ...] = ()
    money_lost: tuple[MoneyLost, ...] = ()
    answers: int | None = None
    """Number of the question that it answers."""
    contact: bool = False
    """Whether it came with a new contact, which stays sealed."""

    @property
    def field_identifiers(self) -> Iterator[tuple[str, str]]:
        """Kind and value of the identifiers in its fields, as `Facts.named`."""
        for location in self.locations:
            yield location.kind.value, location.value
            if location.platform:
                yield "platform", location.platform
        for lost in self.money_lost:
            if lost.beneficiary_account:
                yield "account", lost.beneficiary_account


def fold_addition(sent: Addition) -> bytes:
    """An addition in stored form: everything except the contact, compressed."""
    return compress_text(sent.model_dump_json(exclude_defaults=True, exclude={"contact"}))


def added_view(addition: str, added_at: str, stored: bytes, *, contact: bool) -> AddedView:
    """The addition that `fold_addition` stored; raises ValueError for unreadable bytes.

    Read once, and strictly: a report may have fifty of the largest.
    """
    stored_addition = _Kept.model_validate_json(decompress_text(stored))
    return AddedView(
        id=addition,
        added_at=added_at,
        contact=contact,
        **{name: getattr(stored_addition, name) for name in _Kept.model_fields},
    )


def idempotency_mark(key: str) -> str:
    """The stored part of a staff Idempotency-Key, to recognise a repeat: 16 hex digits."""
    return hashlib.sha256(f"key|{key}".encode()).hexdigest()[:16]
