"""What people see who glance at new reports, and the answer to a verdict."""

from __future__ import annotations

from casework.case.danger import DangerKind
from casework.case.value_objects import Priority
from casework.report.report import Facts
from casework.views.desk_view import DeskView
from casework.views.groups import GroupView


class GlanceView(DeskView):
    """A new report, for a person who glances at it."""

    reference: str
    case: str
    accepted_at: str
    due: str
    """Until when a person should have looked at it."""
    seconds_left: int
    """Until due; 0 once it is late."""
    language: str
    role: str
    """Who reports: `victim`, `witness` or another role of the report."""
    severe: bool
    """It may be hard to bear: the page covers it until a person wants to see it."""
    priority: Priority
    imminent: bool
    danger: DangerKind | None = None
    """How that danger is known; left out without danger."""
    self_harm: bool = False
    """The person in danger may harm themselves."""
    category: str | None = None
    """The reporter's, or the one that the words suggest."""
    told: tuple[str, ...] = ()
    """Further categories of which the words tell."""
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Of the priority, as in an assessment."""
    facts: Facts | None = None
    """What its fields say beside the words; left out where nobody can read them."""
    files: int = 0
    """Files that its reporter announced."""
    narrative: str
    unreadable: bool = False
    """No machine could read it."""
    group: GroupView | None = None
    """The reports alike for which it stands in the list; left out where it stands for itself."""
    copies: int = 1
    """How many reports of its group have the same text and fields, to the letter, itself included;
    at most the `most` of the group. A verdict may be on all of them."""
    second: bool = False
    """A colleague glanced at it and could not tell."""


class GlancePage(DeskView):
    """Some new reports that no person has looked at: most worrying first, then the oldest."""

    reports: tuple[GlanceView, ...]
    """May be shorter than asked for: without those that wait for another person than the caller."""
    cursor: str | None = None
    """Of the next page; left out on the last."""


class Glanced(DeskView):
    """The answer to a verdict."""

    report: str
    case: str
    """The case that the report is in."""
    taken: bool
    """Whether the verdict was recorded. A report that a colleague looked at meanwhile takes none
    but `danger_now`."""
