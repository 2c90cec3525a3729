"""Contact, identity and number to call of a reporter, as stored: in boxes, and as keyed marks."""

from __future__ import annotations

from casework.aws.services import sealed_boxes, secrets
from casework.aws.services.public_keys import PublicKey
from casework.identifiers import keyed_mark
from casework.report import report
from functions.intake.deployment import settings


def seal_part(
    part: report.Contact | report.RevealedIdentity | report.CallNow | None,
    reference: str,
    field: sealed_boxes.SealedField,
) -> bytes | None:
    """The box of contact, identity or number to call; None when the reporter gave none."""
    if part is None:
        return None
    content = part.model_dump_json(exclude_none=True).encode()
    return sealed_boxes.seal_stored_box(
        content, key=_key_of(field), reference=reference, field=field
    )


def _key_of(field: sealed_boxes.SealedField) -> PublicKey:
    told = settings()
    match field:
        case "contact":
            return PublicKey.parse(told.contact_key, told.contact_public_key)
        case "identity" | "call_now":  # one function opens both
            return PublicKey.parse(told.identity_key, told.identity_public_key)


def contact_kinds(contact: report.Contact | None) -> tuple[str, ...]:
    """The kinds of a contact, without its values."""
    return tuple(contact.model_dump(exclude_none=True)) if contact else ()


def contact_marks(
    contact: report.Contact | None, call_now: report.CallNow | None = None
) -> tuple[str, ...]:
    """Marks of the reporter's own telephones and e-mail, which never link a report to a case."""
    own = list(report.own_identifiers(contact, call_now))
    if not own:
        return ()
    key = secrets.read_key(settings().own_secret)
    return tuple(keyed_mark(key, kind, canonical) for kind, canonical in own)
