"""What staff see of a group of reports alike, and of a flood.

A group is one line with its count. It joins no cases: each of them stands for itself, and opens
from the list of the group.
"""

from __future__ import annotations

from casework.views.desk_view import DeskView


class GroupView(DeskView):
    """A group of reports whose words are nearly the same, and that have nothing of their own."""

    id: str
    """For the list of all of it (`GET /v1/desk/groups/{group}`)."""
    count: int
    """Its reports; at most `most`."""
    most: int
    """Where counting ends."""


class FloodView(DeskView):
    """Very many cases of danger within an hour. Nobody can tell a crowd from a disaster: they stand
    in turns, and people decide what to do."""

    cases: int
    """Cases of danger of the last hour among the first lines; at most `most`."""
    lines: int
    """The lines in which they stand: each group is one."""
    most: int
    """Where counting ends."""
