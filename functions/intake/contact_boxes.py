"""Contact, identity and number to call of a reporter, as stored: in boxes, and as keyed marks."""

from __future__ import annotations

from casework.aws.services import sealed_boxes, secrets
from casework.aws.services.public_keys import PublicKey
from casework.identifiers import keyed_mark
from casework.report.disclosure import CallNow, Contact, RevealedIdentity, own_identifiers
from functions.intake.deployment import settings


def seal_part(
    part: Contact | RevealedIdentity | CallNow | None,
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
    intake_settings = settings()
    match field:
        case "contact":
            return PublicKey.parse(intake_settings.contact_key, intake_settings.contact_public_key)
        case "identity" | "call_now":  # one function opens both
            return PublicKey.parse(
                intake_settings.identity_key, intake_settings.identity_public_key
            )


def contact_kinds(contact: Contact | None) -> tuple[str, ...]:
    """The kinds of a contact, without its values."""
    return tuple(contact.model_dump(exclude_none=True)) if contact else ()


def contact_marks(contact: Contact | None, call_now: CallNow | None = None) -> tuple[str, ...]:
    """Marks of the reporter's own telephones and e-mail, which never link a report to a case."""
    own = list(own_identifiers(contact, call_now))
    if not own:
        return ()
    key = secrets.read_key(settings().own_secret)
    return tuple(keyed_mark(key, kind, canonical) for kind, canonical in own)
