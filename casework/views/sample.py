"""What people see who read closed reviews again, and the answer to what they would have decided."""

from __future__ import annotations

from casework.views.desk_view import DeskView
from casework.views.report_view import ReportView


class SampleView(DeskView):
    """A closed review, for a person who reads it again: what was told until then, and neither what
    was decided nor what was proposed."""

    sample: str
    """Its name here; no case is found by it."""
    due: str
    seconds_left: int
    """Until due; 0 once it is late."""
    severe: bool
    """It may be hard to bear: the page covers it until a person wants to see it."""
    reports: tuple[ReportView, ...]
    """With the questions and what was added, until the decision. Of many, the first."""


class SamplePage(DeskView):
    """Some closed reviews that wait for a second person, the oldest first."""

    samples: tuple[SampleView, ...]
    """Without those on which the reader decided."""
    cursor: str | None = None
    """Of the next page; left out on the last."""


class Sampled(DeskView):
    """The answer to a second reading. It does not tell what the first person decided."""

    sample: str
    taken: bool
    """Whether it was recorded: a colleague may have read it meanwhile."""


class DifferenceView(DeskView):
    """A review that two people decided differently, without their names: the case is looked at,
    not they."""

    case: str
    number: str | None = None
    """Of the case, as people say it."""
    at: str
    """When it was read again."""
    first: str
    """The category, or the reason of the rejection, by the first person."""
    second: str
    """By the second."""
    first_priority: str | None = None
    """Left out where it was rejected."""
    second_priority: str | None = None


class SamplesOnBoard(DeskView):
    """Closed reviews that are read again, for supervisors."""

    waiting: int
    """At most `most`."""
    overdue: int
    most: int
    differing: tuple[DifferenceView, ...]
    """Those on which two people differ, the latest first; each stays for 90 days."""
