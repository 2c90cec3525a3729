"""The latest cases of each clue, for suggestions: one small item each, for some months.

It is advice: two cases that open in the same instant may miss each other, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire
from casework.errors import Busy
from casework.linking.kept import HASH_BYTES, Seen

REMEMBERED: Final = timedelta(days=90)
"""How long a clue is kept after its last use by a case."""
MOST_TRIES: Final = 8
"""Tries of a clue while others write it."""


class ClueTable:
    """The clues of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def seen(self, clues: Sequence[str]) -> dict[str, tuple[Seen, ...]]:
        """The cases of these clues, oldest first; at most 100 clues."""
        if not clues:
            return {}
        found = items.get_many(self.name, [keys.clue_key(clue) for clue in clues])
        return {
            keys.clue_key.of(item)[0]: tuple(
                Seen(case_id, _sketch(item["sketches"][number]))
                for number, case_id in enumerate(item["cases"])
            )
            for item in found
        }

    def keep(self, clue: str, seen: Sequence[Seen], now: datetime) -> None:
        """Store these cases under a clue."""
        items.put(
            self.name,
            {
                **keys.clue_key(clue),
                "cases": [each.case_id for each in seen],
                "sketches": [
                    b"".join(hashed.to_bytes(HASH_BYTES, "big") for hashed in each.sketch)
                    for each in seen
                ],
                keys.EXPIRES_AT: int((now + REMEMBERED).timestamp()),
            },
        )

    def first(self, clue: str, case_id: str, now: datetime) -> bool:
        """Store a case under a clue that no other has; False where another has it. Repeated for the
        same case, the answer stays."""
        item = {
            **keys.clue_key(clue),
            "cases": [case_id],
            "sketches": [b""],
            keys.EXPIRES_AT: int((now + REMEMBERED).timestamp()),
        }
        put = {
            "TableName": self.name,
            "Item": to_wire(item),
            "ConditionExpression": f"{items.NEW} OR cases = :mine",
            "ExpressionAttributeValues": to_wire({":mine": [case_id]}),
        }
        try:
            items.put_if(put)
        except items.WrittenMeanwhile:
            return False
        return True

    def forget(self, clue: str, case_id: str) -> None:
        """Remove a case from a clue; other cases stay there as long as before.

        A clue without cases is deleted.
        """
        key = keys.clue_key(clue)
        for _ in range(MOST_TRIES):
            item = items.get(self.name, key)
            if item is None or case_id not in item["cases"]:
                return
            stays = [at for at, each in enumerate(item["cases"]) if each != case_id]
            left = {
                **item,
                "cases": [item["cases"][at] for at in stays],
                "sketches": [item["sketches"][at] for at in stays],
            }
            unchanged = {
                "ConditionExpression": "cases = :seen",
                "ExpressionAttributeValues": to_wire({":seen": item["cases"]}),
            }
            write = items.putting(self.name, left) if stays else items.deleting(self.name, key)
            with suppress(items.WrittenMeanwhile):
                items.transact([{kind: said | unchanged for kind, said in write.items()}])
                return
        raise Busy("The clue is being given by many at once.")


def _sketch(stored: bytes) -> tuple[int, ...]:
    return tuple(
        int.from_bytes(stored[at : at + HASH_BYTES], "big")
        for at in range(0, len(stored), HASH_BYTES)
    )
