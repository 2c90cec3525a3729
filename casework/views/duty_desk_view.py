"""The duty desk and its pulse: which cases wait for a person, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.case.case import Case
from casework.case.danger import DangerKind
from casework.case.value_objects import (
    Duty,
)
from casework.views.desk_view import DeskView
from casework.views.groups import FloodView, GroupView
from casework.views.lists import CaseLine
from casework.views.phones_to_call import EmergencyNumberView, ToCall


class Glances(DeskView):
    """The new reports that no person has looked at, in numbers."""

    waiting: int
    """At most `most`."""
    overdue: int
    """Those that wait longer than the pack allows; at most `most`."""
    oldest_at: str | None = None
    """When the one that waits longest was accepted; left out where none waits."""
    most: int
    """Where counting ends."""


class DutyDesk(DeskView):
    """What is imminent, overdue, undelivered, stuck or unreadable, what was kept as long as the
    pack says or was added to after its end, and money that may still be held back.

    A case may be in several lists.
    """

    imminent: tuple[CaseLine, ...] = ()
    overdue: tuple[CaseLine, ...] = ()
    undelivered: tuple[CaseLine, ...] = ()
    stuck: tuple[CaseLine, ...] = ()
    unreadable: tuple[CaseLine, ...] = ()
    """Something in them could be read by no machine: look for danger first."""
    retention: tuple[CaseLine, ...] = ()
    money: tuple[CaseLine, ...] = ()
    added_after_end: tuple[CaseLine, ...] = ()
    """Cases that ended at review and that a reporter added to since; they stay until a person has
    looked."""
    people: Mapping[str, str] = {}
    """The names of those who took care, hold or proposed, by subject."""
    to_call: Mapping[str, tuple[ToCall, ...]] = {}
    """Whom to call, by the id of the case: of those in which danger is imminent, and of those whose
    unit could not be told."""
    emergency_numbers: tuple[EmergencyNumberView, ...] = ()
    """The emergency services of the country, which answer where the caller stands."""
    glances: Glances | None = None
    """New reports that no person has looked at; left out on further pages of a list."""
    cursors: Mapping[Duty, str] = {}
    """Where the lists that are longer than one page go on."""
    groups: Mapping[str, GroupView] = {}
    """The lines that stand for a group of cases alike, by the case that is shown of it."""
    flood: FloodView | None = None
    """That very many cases of danger came within an hour; left out otherwise."""


class Pulse(DeskView):
    """What waits now, in few bytes: for a page that asks every few seconds."""

    waiting: int
    """Cases in the own queues; at most `most`."""
    duty: Mapping[Duty, int] = {}
    """Cases on each list of the duty desk, at most `most`; left out for those who do not watch it,
    and lists without a case are left out."""
    imminent: tuple[str, ...] = ()
    """Cases in which danger is imminent, the gravest first, of equals the one that was opened last,
    at most `most`: one that was not there before is an alert. For those who watch the duty desk."""
    desk: str | None = None
    """Another word whenever a case came on the duty desk or left it, or a person took care of one:
    read the desk again then. Left out for those who do not watch it."""
    immediate: tuple[str, ...] = ()
    """Cases with the highest priority in the own queues, and among those that the own unit holds;
    at most `most`. One that was not there before is an alert, too."""
    glances: Glances | None = None
    """New reports that no person has looked at; left out for those who do not glance."""
    samples: int | None = None
    """Closed reviews that wait to be read again by the caller, at most 10; left out for those who
    read none."""
    mentions: int | None = None
    """Notes that name the caller and were not displayed to them yet, at most `most`; left out for
    those who read none."""
    most: int
    """Where counting ends."""


def sort_still_due(kind: Duty, cases: Iterable[Case]) -> list[Case]:
    """The cases for which the reason still holds, most urgent first, then the oldest. Of dangers,
    the gravest comes first, and of equals what nobody took care of, the newest first."""
    holding = [case for case in cases if kind in case.duties]
    if kind is Duty.IMMINENT:
        holding.sort(key=_told_at, reverse=True)
        holding.sort(key=lambda case: (_gravity(case), _is_cared_for(case), case.turn))
    else:
        holding.sort(key=lambda case: (case.priority.rank, case.turn, case.opened_at))
    return holding


def _told_at(case: Case) -> str:
    told = case.danger_source
    return (told.at if told else "") or case.opened_at


def _is_cared_for(case: Case) -> bool:
    return case.attended is not None or case.taken is not None


def _gravity(case: Case) -> int:
    told = case.danger_source
    return told.kind.rank if told else len(DangerKind)
