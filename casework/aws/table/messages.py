"""Messages to the reporters of a case, as stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.aws.table import items, keys
from casework.case.commitment import commit_to_parts, new_salt
from casework.text.compression import compress_text, decompress_text


@dataclass(frozen=True)
class StoredMessage:
    """One message; its event in the case's history has the same number."""

    number: int
    at: str
    by: str
    text: str
    reports: tuple[str, ...]
    """References of its reports; none when it is for all that belong to the case."""
    key: str
    """The stored part of its Idempotency-Key."""
    office: str = ""
    """The unit of its author, or the desk, when it was written; empty where that was not kept."""
    salt: bytes = field(default_factory=new_salt)

    @property
    def commitment_parts(self) -> dict[str, Any]:
        """Its parts, which its event binds."""
        said = {name: value for name, value in vars(self).items() if name != "salt"}
        if not self.office:
            del said["office"]
        return said

    @property
    def commitment_hex(self) -> str:
        """The commitment that its event holds."""
        return commit_to_parts(self.salt, self.commitment_parts)


def list_case_messages(table: str, case_id: str) -> list[StoredMessage]:
    """The messages to the reporters of a case, oldest first."""
    found = items.query_prefix(table, *keys.message_key.under(case_id))
    return [message_from_item(item) for item in found]


def message_from_item(item: Mapping[str, Any]) -> StoredMessage:
    """The message in an item of plain values."""
    return StoredMessage(
        number=_number(item),
        at=item["at"],
        by=item["by"],
        text=decompress_text(item["text"]),
        reports=tuple(item.get("reports", ())),
        key=item["key"],
        office=item.get("office", ""),
        salt=item["salt"],
    )


def message_item(case_id: str, message: StoredMessage) -> dict[str, Any]:
    """A message in stored form, in plain values."""
    return {
        **keys.message_key(case_id, message.number),
        "at": message.at,
        "by": message.by,
        "text": compress_text(message.text),
        "reports": list(message.reports) or None,
        "key": message.key,
        "office": message.office or None,
        "salt": message.salt,
    }


def message_to_reporter_item(
    case_id: str, message: StoredMessage, reference: str
) -> dict[str, Any]:
    """The same for its reporter: stored with the report, so that it moves with it."""
    return {
        **keys.reporter_message_key(reference, case_id, message.number),
        "at": message.at,
        "content": compress_text(message.text),
    }


def erase_messages(table: str, case_id: str, report: str | None = None) -> Iterator[None]:
    """Erase the messages of a case, or only those to one report, one per step."""
    for item in items.query_prefix(table, *keys.message_key.under(case_id)):
        if report is None or item.get("reports") == [report]:
            items.delete_item(table, keys.message_key(case_id, _number(item)))
            yield


def _number(item: Mapping[str, Any]) -> int:
    return keys.message_key.of(item)[1]
