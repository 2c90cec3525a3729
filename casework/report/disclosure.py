"""What a reporter discloses of themselves: contact, identity, and a number to call."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from casework.identifiers import canonical_email, canonicalise_phone, mailbox_from_email
from casework.report.field_types import (
    Day,
    ReportPart,
    ShortText,
    require_phone,
)
from casework.text.allowed_text import require_visible_text


def _is_email(text: str) -> str:
    if canonical_email(text) is None:
        raise PydanticCustomError("email.malformed", "This is no e-mail address.")
    return text


class Contact(ReportPart):
    """How to reach the reporter; at least one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"type": "string"}}}
                for name in ("email", "phone")
            ]
        }
    )

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(_is_email)] | None = (
        None
    )
    phone: (
        Annotated[str, StringConstraints(max_length=40), AfterValidator(require_phone)] | None
    ) = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Contact:
        if self.email is None and self.phone is None:
            raise PydanticCustomError("contact.empty", "Give an e-mail address or a telephone.")
        return self


class Identity(ReportPart):
    """The reporter's name."""

    name: Annotated[ShortText, AfterValidator(require_visible_text)]
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    """Of the national identity card, residence permit or passport."""
    born_on: Day | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None


class RevealedIdentity(ReportPart):
    """The content of a released identity request: the reporter's name, contact, or both."""

    identity: Identity | None = None
    contact: Contact


class Anonymous(ReportPart):
    """The reporter gives neither name nor contact."""

    kind: Literal["anonymous"]


class Confidential(ReportPart):
    """The reporter gives a contact and no name."""

    kind: Literal["confidential"]
    contact: Contact


class Identified(ReportPart):
    """The reporter gives name and contact."""

    kind: Literal["identified"]
    contact: Contact
    identity: Identity


Disclosure = Annotated[Anonymous | Confidential | Identified, Field(discriminator="kind")]


class SafeWay(StrEnum):
    """What is safe at a number, by the reporter, who knows who else picks up or reads."""

    RING = "ring"
    WRITE = "write"
    """Others may hear a call: only a short message."""


class CallNow(ReportPart):
    """A number at which the reporter may be called now. It discloses no name, and is apart from the
    contact: an anonymous report may have one."""

    phone: Annotated[str, StringConstraints(max_length=40), AfterValidator(require_phone)]
    safe: Annotated[SafeWay, Field(strict=False)]


def own_identifiers(
    contact: Contact | None, call_now: CallNow | None = None
) -> Iterator[tuple[str, str]]:
    """Kind and canonical form of the identifiers in a contact and a number to call, each once.

    Of an e-mail its mailbox, too, by which reports are linked.
    """
    if contact and contact.email and (email := canonical_email(contact.email)):
        yield from dict.fromkeys(("email", each) for each in (email, mailbox_from_email(email)))
    phones = [each.phone for each in (contact, call_now) if each and each.phone]
    yield from dict.fromkeys(("phone", phone) for phone in map(canonicalise_phone, phones) if phone)
