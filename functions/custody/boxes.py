"""Opens a box of a report that is sealed to the custody key; its name is left to the callers."""

from __future__ import annotations

import json
from typing import Any

from casework.aws.services import sealed_boxes, telemetry
from casework.aws.table import items, keys
from casework.errors import BoxNotOpened


def read_box_content(
    table: str, reference: str, field: sealed_boxes.SealedField, key: str
) -> dict[str, Any] | None:
    """What the box of this field of a report holds; None where the report has none any more.

    `key` is the ARN of the key that opens it. Raises BoxNotOpened for an exchanged box, with an
    alarm.
    """
    item = items.get_item(table, keys.report_key(reference))
    if item is None or f"{field}_box" not in item:
        return None
    box = item[f"{field}_box"]
    try:
        if sealed_boxes.SealedBox.read(box).key_id != key.rpartition("/")[2]:
            raise sealed_boxes.InvalidBox("the box was sealed to another key")
        content = json.loads(sealed_boxes.unseal_stored_box(box, reference=reference, field=field))
    except Exception as error:
        if not (isinstance(error, ValueError) or sealed_boxes.is_foreign_box(error)):
            raise
        telemetry.log_failure("box not opened", error, reference=reference)
        telemetry.count_metric("BoxesNotOpened")
        raise BoxNotOpened("The box is not the one of this report.") from None
    return dict(content)
