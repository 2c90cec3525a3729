"""Pictures that look alike, as staff see them: advice, which joins and refuses nothing."""

from __future__ import annotations

from casework.views.desk import DeskView


class AlikeView(DeskView):
    """A picture of another report that looks alike. Compare the two before drawing a conclusion:
    different pictures can have near hashes."""

    case: str
    """The case that it is in now; it may be this one."""
    report: str
    """Reference of its report."""
    distance: int
    """Different bits of 256: 0 for the same hash, at most 31."""
    n: int | None = None
    """The number of the file there; left out where that report has the hash alone."""


class HashView(DeskView):
    """A picture that never left the reporter's phone, which computed its hash: nobody here can see
    it, and whether the hash is of such a picture is the reporter's word."""

    n: int
    """Which of the hashes of the report's facts, from 1."""
    alike: tuple[AlikeView, ...] = ()
    """The nearest pictures of cases that exist for the reader."""
