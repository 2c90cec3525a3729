"""Messages to the reporters of a case, as they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casework.aws import items, keys
from casework.folding import fold, unfold


@dataclass(frozen=True)
class StoredMessage:
    """One message; its event in the case's history has the same number."""

    number: int
    at: str
    by: str
    text: str
    report: str | None
    """Reference of the one report it is for; None when it is for all of the case."""
    key: str
    """What is kept of the Idempotency-Key it was sent under."""


def messages_of(table: str, case_id: str) -> list[StoredMessage]:
    """The messages to the reporters of a case, oldest first."""
    partition = keys.case_key(case_id)[keys.PARTITION]
    return [
        StoredMessage(
            number=_number(item),
            at=item["at"],
            by=item["by"],
            text=unfold(item["text"]),
            report=item.get("report"),
            key=item["key"],
        )
        for item in items.under(table, partition, keys.MESSAGE_PREFIX)
    ]


def message_item(case_id: str, message: StoredMessage) -> dict[str, Any]:
    """A message as it is stored, in plain values."""
    return {
        **keys.message_key(case_id, message.number),
        "at": message.at,
        "by": message.by,
        "text": fold(message.text),
        "report": message.report,
        "key": message.key,
    }


def erase_messages(table: str, case_id: str, report: str | None = None) -> Iterator[None]:
    """Erase the messages of a case, or those to one report, one at each step."""
    partition = keys.case_key(case_id)[keys.PARTITION]
    for item in items.under(table, partition, keys.MESSAGE_PREFIX):
        if report in (None, item.get("report")):
            items.delete(table, keys.message_key(case_id, _number(item)))
            yield


def _number(item: Mapping[str, Any]) -> int:
    return int(item[keys.SORT].removeprefix(keys.MESSAGE_PREFIX))
