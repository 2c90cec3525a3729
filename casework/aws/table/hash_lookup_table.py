"""What lists of known material answered, beside the report whose file or picture they were asked
of. It is erased with the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.aws.table import items, keys, picture_keys
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.aws.table.wire import to_wire_item
from casework.errors import Busy
from casework.hash_lists.lookups import LookupResults
from casework.linking.picture_matching import PictureName

LOOKUP_ANSWERS_FIELD: Final = "answers"
LOOKUP_MARKED_FIELD: Final = "marked"


@dataclass(frozen=True)
class LookupRecord:
    """What was answered of one file or picture."""

    named: PictureName
    look: bool
    """Whether of what it looks like; else of its bytes."""
    answers: LookupResults
    marked: str | None = None
    """Names the answers that stand in the log of the case."""


class HashLookupTable:
    """The answers of lists, in the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_lookup(self, named: PictureName, *, look: bool) -> LookupRecord | None:
        """What was answered last, strongly read."""
        key = picture_keys.hash_lookup_key(named.reference, named.name, look=look)
        item = items.get_item(self.name, key)
        return lookup_from_item(item) if item is not None else None

    def list_lookups(self, reference: str) -> list[LookupRecord]:
        """All answers about a report, strongly read."""
        found = items.query_prefix(self.name, *picture_keys.asked_key.under(reference))
        return [lookup_from_item(each) for each in found]

    def keep(
        self,
        picture: PictureName,
        answers: LookupResults,
        before: LookupRecord | None,
        *,
        look: bool,
    ) -> bool:
        """Store answers instead of those that were seen; False where others were stored meanwhile,
        or the report was erased. Raises Busy when the report is being written by others."""
        report = keys.report_key(picture.reference)
        report_check = {
            "TableName": self.name,
            "Key": to_wire_item(report),
            "ConditionExpression": "attribute_exists(verifier)",  # a tombstone has none
        }
        values = {":answers": answers.model_dump_json()}
        unchanged = f"attribute_not_exists({LOOKUP_ANSWERS_FIELD})"
        if before is not None:
            unchanged = f"{LOOKUP_ANSWERS_FIELD} = :before"
            values[":before"] = before.answers.model_dump_json()
        update = {
            "TableName": self.name,
            "Key": to_wire_item(
                picture_keys.hash_lookup_key(picture.reference, picture.name, look=look)
            ),
            "UpdateExpression": f"SET {LOOKUP_ANSWERS_FIELD} = :answers",
            "ConditionExpression": unchanged,
            "ExpressionAttributeValues": to_wire_item(values),
        }
        try:
            items.write_transaction([{"ConditionCheck": report_check}, {"Update": update}])
        except items.WriteConflict:
            stored = items.get_item(self.name, report)
            if stored is None or ERASED_AT_FIELD in stored:
                return False
            kept = self.get_lookup(picture, look=look)
            if kept == before:
                raise Busy("The report is being written by others.") from None
            return False
        return True

    def mark(self, lookup: LookupRecord) -> None:
        """Store that the log of the case has these answers."""
        key = picture_keys.hash_lookup_key(
            lookup.named.reference, lookup.named.name, look=lookup.look
        )
        items.update_item(
            {
                "TableName": self.name,
                "Key": to_wire_item(key),
                "UpdateExpression": f"SET {LOOKUP_MARKED_FIELD} = :marked",
                "ConditionExpression": f"{LOOKUP_ANSWERS_FIELD} = :answers",
                "ExpressionAttributeValues": to_wire_item(
                    {":marked": lookup.answers.digest, ":answers": lookup.answers.model_dump_json()}
                ),
            }
        )


def lookup_from_item(item: Mapping[str, Any]) -> LookupRecord:
    """The answers that an item holds."""
    reference, name, look = picture_keys.parse_hash_lookup_sort(item)
    return LookupRecord(
        named=PictureName(reference, name),
        look=look,
        answers=LookupResults.model_validate_json(item[LOOKUP_ANSWERS_FIELD]),
        marked=item.get(LOOKUP_MARKED_FIELD),
    )
