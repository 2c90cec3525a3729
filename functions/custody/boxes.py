"""Opens a box of a report that is sealed to the custody key; its name is left to the callers."""

from __future__ import annotations

import json
from typing import Any

from casework.aws.services import observe, sealing
from casework.aws.table import items, keys
from casework.errors import BoxNotOpened


def content_of(table: str, reference: str, field: sealing.Field, key: str) -> dict[str, Any] | None:
    """What the box of this field of a report holds; None where the report has none any more.

    `key` is the ARN of the key that opens it. Raises BoxNotOpened for an exchanged box, with an
    alarm.
    """
    item = items.get(table, keys.report_key(reference))
    if item is None or f"{field}_box" not in item:
        return None
    box = item[f"{field}_box"]
    try:
        if sealing.Box.read(box).key_id != key.rpartition("/")[2]:
            raise sealing.BrokenBox("the box was sealed to another key")
        said = json.loads(sealing.unseal(box, reference=reference, field=field))
    except Exception as error:
        if not (isinstance(error, ValueError) or sealing.is_exchanged(error)):
            raise
        observe.failure("box not opened", error, reference=reference)
        observe.count("BoxesNotOpened")
        raise BoxNotOpened("The box is not the one of this report.") from None
    return dict(said)
