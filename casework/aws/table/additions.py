"""Additions of reporters, as stored beside their reports."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from casework.aws.services import telemetry
from casework.aws.services.time_limits import TimeLimitExceeded, limit_time
from casework.aws.table import items, keys
from casework.aws.table.read_attempts import MAX_ANALYSIS_SECONDS
from casework.aws.table.wire import to_wire_item
from casework.identifiers import Identifier
from casework.report.followup import AddedView, added_view


@dataclass(frozen=True)
class StoredAdditionView:
    """One addition, without its sealed contact."""

    id: str
    added_at: str
    content: bytes
    contact: bool
    event: int | None = None
    """Number of its entry in the history of a case; None for none."""
    marked: str | None = None
    """The day whose night binds it, where it has no entry of its own; None for none."""
    own_named: tuple[str, ...] = ()
    """The reporter's own identifiers that it names, as `kind:mark`."""
    named: dict[str, str] = field(default_factory=dict)
    """The values behind the identifiers in histories, by `kind:mark`."""

    salt: bytes = b""
    bound: str = ""
    """Its commitment from the acceptance."""
    attempts: int = 0
    """The number of failed attempts at reading it."""
    unreadable: bool = False
    """Whether machines have given up reading it."""

    @property
    def is_in_case(self) -> bool:
        """Whether it came into a case: with an entry, or with a mark that the night binds."""
        return self.event is not None or self.marked is not None

    def read_content(self) -> AddedView:
        """Its content; raises ValueError or zlib.error for unreadable bytes."""
        return added_view(self.id, self.added_at, self.content, contact=self.contact)

    @cached_property
    def readable_content(self) -> AddedView | None:
        """Its content; None for unreadable bytes, which hides no other addition."""
        try:
            return self.read_content()
        except (ValueError, zlib.error) as error:
            telemetry.log_failure("addition not read", error)
            return None


def extract_addition_identifiers(addition: StoredAdditionView) -> list[Identifier] | None:
    """The identifiers of an addition; None for an unreadable one, which is not tried again."""
    from casework.identifiers.extraction import (
        find_identifiers,  # only readers of identifiers pay for it
    )

    if addition.unreadable:
        return None
    try:
        with limit_time(MAX_ANALYSIS_SECONDS):
            said = addition.read_content()
            return find_identifiers(said.text, said.field_identifiers)
    except (ValueError, zlib.error, TimeLimitExceeded) as error:  # it hides nothing beside it
        telemetry.log_failure("addition not read", error)
        return None


def get_addition(table: str, reference: str, addition: str) -> StoredAdditionView | None:
    """One addition, strongly read."""
    item = items.get_item(table, keys.addition_key(reference, addition))
    return _kept(item) if item is not None else None


def get_several_additions(
    table: str, named: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], StoredAdditionView]:
    """Up to 100 additions, by the reference of their report and their id, strongly read."""
    found = items.get_items(table, [keys.addition_key(*each) for each in named]) if named else []
    return {keys.addition_key.of(item): kept for item in found for kept in [_kept(item)]}


def list_additions(table: str, reference: str) -> list[StoredAdditionView]:
    """The additions to a report, oldest first, strongly read."""
    found = map(_kept, items.query_prefix(table, *keys.addition_key.under(reference)))
    return sorted(found, key=lambda each: (each.added_at, each.id))


def _kept(item: Mapping[str, Any]) -> StoredAdditionView:
    return StoredAdditionView(
        id=keys.addition_key.of(item)[1],
        added_at=item["added_at"],
        content=item["content"],
        contact="contact" in item,
        event=int(item["event"]) if "event" in item else None,
        marked=item.get("marked"),
        own_named=tuple(item.get("own_named", ())),
        named=item.get("named", {}),
        salt=item["salt"],
        bound=item["bound"].hex(),
        attempts=int(item.get("attempts", 0)),
        unreadable=bool(item.get("unreadable")),
    )


def record_entry_write(
    table: str,
    reference: str,
    addition: str,
    *,
    own_named: tuple[str, ...],
    named: Mapping[str, str],
    event: int | None = None,
    marked: str | None = None,
) -> dict[str, Any]:
    """The write that records how an addition came into a case, for a transaction: the number of its
    entry, or the day of its mark.

    Its condition: the addition exists and is in no case yet.
    """
    came = {"event": event} if event is not None else {"marked": marked}
    (name,) = came
    return {
        "Update": {
            "TableName": table,
            "Key": to_wire_item(keys.addition_key(reference, addition)),
            "UpdateExpression": f"SET {name} = :came, own_named = :own, named = :named",
            "ConditionExpression": "attribute_exists(content) AND attribute_not_exists(event)"
            " AND attribute_not_exists(marked)",
            "ExpressionAttributeValues": to_wire_item(
                {":came": came[name], ":own": list(own_named), ":named": dict(named)}
            ),
        }
    }
