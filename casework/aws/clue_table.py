"""The latest cases that gave each clue, for suggestions: one small item each, for some months.

Advice only: two cases that open in the same instant may not see each other, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from casework.aws import items, keys
from casework.resemblance import HASH_BYTES, Seen

REMEMBERED: Final = timedelta(days=90)
"""How long a clue is kept after a case last gave it."""


class ClueTable:
    """The clues of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def seen(self, clues: Sequence[str]) -> dict[str, tuple[Seen, ...]]:
        """The cases that gave these clues, oldest first; at most 100 clues."""
        if not clues:
            return {}
        found = items.get_many(self.name, [keys.clue_key(clue) for clue in clues])
        return {
            keys.clue_of(item[keys.PARTITION]): tuple(
                Seen(case_id, _sketch(item["sketches"][number]))
                for number, case_id in enumerate(item["cases"])
            )
            for item in found
        }

    def keep(self, clue: str, seen: Sequence[Seen], now: datetime) -> None:
        """Let these cases stand under a clue."""
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


def _sketch(stored: bytes) -> tuple[int, ...]:
    return tuple(
        int.from_bytes(stored[at : at + HASH_BYTES], "big")
        for at in range(0, len(stored), HASH_BYTES)
    )
