"""Lists in which groups take turns: the lines of one group that share a line are read as one.

Places are in the order of rank, turn and time (`desk_keys.ListPlace`), so the first line of each
group is among the first that are read, however many lines a group has. What is read of a rank for
one page is bounded; behind that many lines the page goes on with the next rank, so a crowd of one
rank stands before none of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from casework.aws.table.desk_keys import ListPlace, parse_queue_place

LINES_PER_RANK: Final = 200
"""Lines of one rank that are read for a page."""
MAX_QUEUE_RANKS: Final = 9
"""Ranks that a list has at most."""

Reader = Callable[[str | None, int], Iterable[str]]
"""Reads at most some places of a list after one, in order."""


@dataclass(frozen=True)
class TurnLine:
    """A line of a list: one report or case, or those of a group."""

    place: str
    others: tuple[str, ...] = ()
    """Further ids of the same group that were read."""

    @property
    def list_place(self) -> ListPlace:
        """What its place says."""
        return parse_queue_place(self.place)


@dataclass(frozen=True)
class TurnPage:
    """A page of a list."""

    lines: list[TurnLine]
    after: str | None
    """The place after which the next page begins; None at the end."""


def page_in_turns(
    read: Reader, limit: int, after: str | None = None, *, last_first: bool = False
) -> TurnPage:
    """A page of at most `limit` lines, after a place. `last_first`: the list is read from its end,
    where the highest rank stands.

    The first page looks at every rank. The next ones go through everything in order, and may show
    again what the first one showed of other ranks.
    """
    lines: dict[str, TurnLine] = {}
    first, whole = _take(lines, list(read(after, LINES_PER_RANK + 1)), limit)
    last, is_all = first, whole
    for _ in range(MAX_QUEUE_RANKS if after is None else 0):
        if is_all or len(lines) >= limit:
            break
        rank = parse_queue_place(last).rank
        found = list(read(f"{rank if last_first else rank + 1}#", LINES_PER_RANK + 1))
        if not found:
            break
        last, is_all = _take(lines, found, limit)
    return TurnPage(list(lines.values()), None if whole else first)


def _take(lines: dict[str, TurnLine], places: list[str], limit: int) -> tuple[str, bool]:
    """Add places to the lines of a page; the last that was looked at, and whether it was the last
    of all."""
    last = ""
    for number, place in enumerate(places):
        place_in_queue = parse_queue_place(place)
        name = f"group {place_in_queue.group}" if place_in_queue.group else place_in_queue.id
        known = lines.get(name)
        if number == LINES_PER_RANK or (known is None and len(lines) == limit):
            return last, False
        if known is None:
            lines[name] = TurnLine(place)
        elif place != known.place:
            lines[name] = TurnLine(known.place, (*known.others, place_in_queue.id))
        last = place
    return last, True
