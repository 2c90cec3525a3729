"""What passes between a reporter and the people who work on the case, after the report.

An *addition* is what a reporter sends later with the receipt: more facts, or the answer to a
question. It stands beside the report and never changes it. A *message* is what people who work on
a case write to its reporters; it is read with the receipt and sent nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from casework.case import Case
from casework.change import Change
from casework.folding import fold, unfold
from casework.lifecycle import Move
from casework.report import LONGEST_NARRATIVE, Contact, Location, _says_something

MOST_ADDITIONS: Final = 50
"""Of one report; who has more to say sends another report."""
MOST_ADDED_LOCATIONS: Final = 20
LONGEST_MESSAGE: Final = 4_000


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Addition(_Sent):
    """What `POST /v1/reports/{reference}/additions` takes. Unknown fields are refused."""

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=LONGEST_NARRATIVE),
        AfterValidator(_says_something),
    ]
    """More facts, or the answer to a question. Kept as sent, to the byte."""
    locations: Annotated[tuple[Location, ...], Field(max_length=MOST_ADDED_LOCATIONS)] = ()
    answers: Annotated[int, Field(ge=1, le=9_999)] | None = None
    """Number of the question this answers, as `messages` shows it."""
    contact: Contact | None = None
    """Where the reporter can be reached from now on: sealed, and shown to nobody."""


class Message(_Sent):
    """What `POST /v1/desk/cases/{id}/messages` takes: words to the reporters of a case."""

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=LONGEST_MESSAGE),
        AfterValidator(_says_something),
    ]
    """In the reporter's language. It is shown to whoever has the receipt."""
    report: Annotated[str, StringConstraints(max_length=40)] | None = None
    """Reference of the one report it is for; left out, it is for all reports of the case."""


class AddedView(BaseModel):
    """One addition, as its reporter and the people who work on the case see it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    added_at: str
    """RFC 3339, UTC."""
    text: str
    locations: tuple[Location, ...] = ()
    answers: int | None = None
    """Number of the question it answers."""
    contact: bool = False
    """Whether a new contact came with it; what it is stays sealed."""


def fold_addition(sent: Addition) -> bytes:
    """An addition as it is stored: all but the contact, compressed."""
    return fold(sent.model_dump_json(exclude_defaults=True, exclude={"contact"}))


def added_view(addition: str, added_at: str, stored: bytes, *, contact: bool) -> AddedView:
    """What `fold_addition` stored, for reading."""
    said: dict[str, Any] = json.loads(unfold(stored))
    return AddedView.model_validate_json(
        json.dumps(
            {
                "id": addition,
                "added_at": added_at,
                "text": said["text"],
                "locations": said.get("locations", []),
                "answers": said.get("answers"),
                "contact": contact,
            }
        )
    )


def mark_of_key(key: str) -> str:
    """What is kept of an Idempotency-Key of staff, so that a repeat is seen: 16 hex digits."""
    return hashlib.sha256(f"key|{key}".encode()).hexdigest()[:16]


def messaged(case: Case, at: datetime, by: str, *, text: str, report: str | None) -> Change:
    """Somebody wrote to the reporters of the case; the event holds the text's digest, no text."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Change.of(case, Move.MESSAGE, at, by, {"report": report, "sha256": digest})
