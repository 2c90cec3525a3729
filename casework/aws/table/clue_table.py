"""The latest cases of each clue, for suggestions: one small item each, for some months.

It is advice: two cases that open in the same instant may miss each other, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire_item
from casework.errors import Busy
from casework.linking.records import MINHASH_BYTES, ClueSighting

CLUE_TTL: Final = timedelta(days=90)
"""How long a clue is kept after its last use by a case."""
MAX_CLUE_WRITE_ATTEMPTS: Final = 8
"""Tries of a clue while others write it."""


class ClueTable:
    """The clues of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def list_sightings(self, clues: Sequence[str]) -> dict[str, tuple[ClueSighting, ...]]:
        """The cases of these clues, oldest first; at most 100 clues."""
        if not clues:
            return {}
        found = items.get_items(self.name, [keys.clue_key(clue) for clue in clues])
        return {
            keys.clue_key.of(item)[0]: tuple(
                ClueSighting(case_id, _sketch(item["sketches"][number]))
                for number, case_id in enumerate(item["cases"])
            )
            for item in found
        }

    def keep(self, clue: str, sightings: Sequence[ClueSighting], now: datetime) -> None:
        """Store these cases under a clue."""
        items.put_item(
            self.name,
            {
                **keys.clue_key(clue),
                "cases": [each.case_id for each in sightings],
                "sketches": [
                    b"".join(hashed.to_bytes(MINHASH_BYTES, "big") for hashed in each.sketch)
                    for each in sightings
                ],
                keys.EXPIRES_AT_FIELD: int((now + CLUE_TTL).timestamp()),
            },
        )

    def claim_if_free(self, clue: str, case_id: str, now: datetime) -> bool:
        """Store a case under a clue that no other has; False where another has it. Repeated for the
        same case, the answer stays."""
        item = {
            **keys.clue_key(clue),
            "cases": [case_id],
            "sketches": [b""],
            keys.EXPIRES_AT_FIELD: int((now + CLUE_TTL).timestamp()),
        }
        put = {
            "TableName": self.name,
            "Item": to_wire_item(item),
            "ConditionExpression": f"{items.IF_ABSENT_CONDITION} OR cases = :mine",
            "ExpressionAttributeValues": to_wire_item({":mine": [case_id]}),
        }
        try:
            items.put_item_if(put)
        except items.WriteConflict:
            return False
        return True

    def forget(self, clue: str, case_id: str) -> None:
        """Remove a case from a clue; other cases stay there as long as before.

        A clue without cases is deleted.
        """
        key = keys.clue_key(clue)
        for _ in range(MAX_CLUE_WRITE_ATTEMPTS):
            item = items.get_item(self.name, key)
            if item is None or case_id not in item["cases"]:
                return
            stays = [at for at, each in enumerate(item["cases"]) if each != case_id]
            remaining = {
                **item,
                "cases": [item["cases"][at] for at in stays],
                "sketches": [item["sketches"][at] for at in stays],
            }
            unchanged = {
                "ConditionExpression": "cases = :seen",
                "ExpressionAttributeValues": to_wire_item({":seen": item["cases"]}),
            }
            write = (
                items.put_write(self.name, remaining)
                if stays
                else items.delete_write(self.name, key)
            )
            with suppress(items.WriteConflict):
                items.write_transaction([{kind: said | unchanged for kind, said in write.items()}])
                return
        raise Busy("The clue is being given by many at once.")


def _sketch(stored: bytes) -> tuple[int, ...]:
    return tuple(
        int.from_bytes(stored[at : at + MINHASH_BYTES], "big")
        for at in range(0, len(stored), MINHASH_BYTES)
    )
