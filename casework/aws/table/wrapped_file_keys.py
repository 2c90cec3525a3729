"""The wrapped keys of a kept file and of the pages of its preview."""

from __future__ import annotations

from dataclasses import dataclass

from casework.aws.table import items, keys
from casework.report.file_limits import (
    FileState,
)


@dataclass(frozen=True)
class WrappedKey:
    """The key of a kept file, which KMS unwraps."""

    key_id: str
    key: bytes


def read_wrapped_file_key(table: str, reference: str, number: int) -> WrappedKey | None:
    """The wrapped key of a kept file; None for one that was erased."""
    item = items.get_item(table, keys.file_key(reference, number))
    if item is None or item["state"] != FileState.KEPT:
        return None
    return WrappedKey(item["key_id"], item["wrapped"])


def read_wrapped_page_key(table: str, reference: str, number: int) -> WrappedKey | None:
    """The wrapped key of the pages of a preview; None for a file that was erased, or without
    any."""
    item = items.get_item(table, keys.file_key(reference, number))
    if item is None or "pages_wrapped" not in item:
        return None
    return WrappedKey(item["pages_key_id"], item["pages_wrapped"])
