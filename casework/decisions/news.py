"""What came into a case since somebody looked at it: entries that are no new version of it.

A report that joins, what a reporter adds and a case that is merged into another one leave the
version of a case as it is: else strangers could keep people from deciding, by sending more. So a
decision may be taken on a version without knowing of them. Two laws stand against that:

- a decision that ends a case, calms it, lowers it or lets it wait is refused while such an entry
  came later than the last one that its author says to have seen (`must_see` of a decision);
- any other is taken, and what its author had not seen goes on waiting for somebody who does
  (`casework.moves.adding.unseen_waits`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from casework.case.columns import Brings
from casework.case.history import Event
from casework.case.lifecycle import Move, moves_that, versions
from casework.errors import Finding, NewsUnseen, NotValid

NEWS: Final[Mapping[Move, str]] = {
    Move.ADD: "a reporter added something",
    Move.RAISE: "the case became more urgent, or tells of more",
    Move.ABSORB: "another case was merged into this one",
    Move.UNREADABLE: "something came that no machine can read",
}
"""The entries that tell of something new, each in words."""

OF_DANGER: Final = moves_that(lambda law: law.brings and law.brings is not Brings.FACTS)
"""Those by which a case may become one of imminent danger."""


def news_since(events: Sequence[Event], seen: int | None) -> list[Event]:
    """The news of a history that came after its version began, and after the entry of number `seen`
    if somebody names one. Raises NotValid for a number that the history does not have."""
    if seen is not None and events and seen > events[-1].number:
        finding = Finding("#/seen", "seen.unknown", "The history has no entry of this number yet.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])
    found: list[Event] = []
    for event in reversed(events):
        if versions(Move(event.move)) or event.number <= (seen or 0):
            break
        if event.move in NEWS:
            found.insert(0, event)
    return found


def refuse_unseen(news: Sequence[Event], wanted: Collection[Move]) -> None:
    """Raise NewsUnseen where one of the entries is of a kind that has to be seen."""
    unseen = [each for each in news if each.move in wanted]
    if unseen:
        first = unseen[0]
        raise NewsUnseen(
            f"Since you looked there are {len(unseen)} entries to see; the first, "
            f"{first.number}: {NEWS[Move(first.move)]}."
        )
