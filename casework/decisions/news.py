"""What came into a case since somebody looked at it: entries that are no new version of it.

A report that joins, what a reporter adds and a case that is merged into another one leave the
version of a case as it is: else strangers could keep people from deciding, by sending more. So a
decision may be taken on a version without knowing of them. Two laws stand against that:

- a decision that ends a case, calms it, lowers it or lets it wait is refused while such an entry
  came later than the last one that its author says to have seen (`must_see` of a decision);
- any other is taken, and what its author had not seen goes on waiting for somebody who does
  (`casework.moves.adding.unseen_waits`).

An author who names what they saw is not held up by what came in the two minutes before the
decision (`JUST_NOW`), unless it tells of more than the case did: else a stranger who adds something
each second would keep a case from ending. It waits after the decision, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
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


JUST_NOW: Final = timedelta(minutes=2)
"""How long people have to decide on what they read, though strangers send more each second. What
came since then goes on waiting after the decision, for a person to see it."""
OFTEN: Final = moves_that(lambda law: law.brings in {Brings.FACTS, Brings.UNKNOWN})
"""News that strangers can bring as often as they like. The others tell of more than the case did,
and so come a few times."""


def just_came(came_at: str, at: datetime) -> bool:
    """Whether something came so lately that a person who read the case may not know of it."""
    return at - datetime.fromisoformat(came_at) <= JUST_NOW


def refuse_unseen(
    news: Sequence[Event], wanted: Collection[Move], at: datetime, *, looked: bool
) -> None:
    """Raise NewsUnseen where one of the entries is of a kind that has to be seen.

    `looked`: the author says which entry they saw last, so what strangers sent just now is none.
    """
    unseen = [
        each
        for each in news
        if each.move in wanted and not (looked and each.move in OFTEN and just_came(each.at, at))
    ]
    if unseen:
        first = unseen[0]
        raise NewsUnseen(
            f"Since you looked there are {len(unseen)} entries to see; the first, "
            f"{first.number}: {NEWS[Move(first.move)]}."
        )
