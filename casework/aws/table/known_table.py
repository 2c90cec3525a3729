"""What lists of known material answered, beside the report whose file or picture they were asked
of. It is erased with the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.aws.table import items, keys, picture_keys
from casework.aws.table.report_table import ERASED_AT
from casework.aws.table.wire import to_wire
from casework.errors import Busy
from casework.known.answers import Answers
from casework.linking.pictures import PictureName

ANSWERS: Final = "answers"
MARKED: Final = "marked"


@dataclass(frozen=True)
class Asked:
    """What was answered of one file or picture."""

    named: PictureName
    look: bool
    """Whether of what it looks like; else of its bytes."""
    answers: Answers
    marked: str | None = None
    """Names the answers that stand in the log of the case."""


class KnownTable:
    """The answers of lists, in the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def one(self, named: PictureName, *, look: bool) -> Asked | None:
        """What was answered last, strongly read."""
        key = picture_keys.known_key(named.reference, named.name, look=look)
        item = items.get(self.name, key)
        return read_asked(item) if item is not None else None

    def of(self, reference: str) -> list[Asked]:
        """All answers about a report, strongly read."""
        found = items.under(self.name, *picture_keys.asked_key.under(reference))
        return [read_asked(each) for each in found]

    def keep(
        self, named: PictureName, answers: Answers, before: Asked | None, *, look: bool
    ) -> bool:
        """Store answers instead of those that were seen; False where others were stored meanwhile,
        or the report was erased. Raises Busy when the report is being written by others."""
        report = keys.report_key(named.reference)
        there = {
            "TableName": self.name,
            "Key": to_wire(report),
            "ConditionExpression": "attribute_exists(verifier)",  # a tombstone has none
        }
        values = {":answers": answers.model_dump_json()}
        unchanged = f"attribute_not_exists({ANSWERS})"
        if before is not None:
            unchanged = f"{ANSWERS} = :before"
            values[":before"] = before.answers.model_dump_json()
        update = {
            "TableName": self.name,
            "Key": to_wire(picture_keys.known_key(named.reference, named.name, look=look)),
            "UpdateExpression": f"SET {ANSWERS} = :answers",
            "ConditionExpression": unchanged,
            "ExpressionAttributeValues": to_wire(values),
        }
        try:
            items.transact([{"ConditionCheck": there}, {"Update": update}])
        except items.WrittenMeanwhile:
            stored = items.get(self.name, report)
            if stored is None or ERASED_AT in stored:
                return False
            kept = self.one(named, look=look)
            if kept == before:
                raise Busy("The report is being written by others.") from None
            return False
        return True

    def mark(self, asked: Asked) -> None:
        """Store that the log of the case has these answers."""
        key = picture_keys.known_key(asked.named.reference, asked.named.name, look=asked.look)
        items.update(
            {
                "TableName": self.name,
                "Key": to_wire(key),
                "UpdateExpression": f"SET {MARKED} = :marked",
                "ConditionExpression": f"{ANSWERS} = :answers",
                "ExpressionAttributeValues": to_wire(
                    {":marked": asked.answers.digest, ":answers": asked.answers.model_dump_json()}
                ),
            }
        )


def read_asked(item: Mapping[str, Any]) -> Asked:
    """The answers that an item holds."""
    reference, name, look = picture_keys.known_of(item)
    return Asked(
        named=PictureName(reference, name),
        look=look,
        answers=Answers.model_validate_json(item[ANSWERS]),
        marked=item.get(MARKED),
    )
