"""What colleagues wrote about a case, for one reader: what is unread, and what is watched."""

from __future__ import annotations

from collections.abc import Mapping

from casework.case.lifecycle import Move
from casework.views.desk_view import DeskView
from casework.views.lists import CaseLine


class ThreadMarks(DeskView, title="ThreadMarks"):
    """What a person keeps about the notes of a case: marks of theirs, which no history tells."""

    watching: bool = False
    """Whether the reader watches the case."""
    unread: tuple[int, ...] = ()
    """Numbers of the entries that name the reader, or gave the case to the reader with words, and
    that were not displayed yet: say by `seen` when they were."""


class ThreadView(ThreadMarks, title="ThreadView"):
    """How the reader stands to the notes of a case; the notes themselves are in its history."""

    handed_over: int | None = None
    """Number of the entry that gave the case to the reader, or to the reader's unit, with words, if
    nobody gave it on since."""


class MentionView(DeskView, title="MentionView"):
    """A note that names the reader, or words with which they got a case."""

    at: str
    case: str
    """Id of the case."""
    number: str | None = None
    """Of the case, as people say it."""
    entry: int
    """Number of the entry in the history of the case."""
    move: Move
    """`remark` for a note, `assign` for words with a case."""
    by: str
    words: str
    unread: bool = False


class WatchedCase(CaseLine, title="WatchedCase"):
    """A case that the reader watches."""

    news: int
    """Entries of its history since those that the reader was shown."""


class Inbox(DeskView, title="Inbox"):
    """What colleagues wrote to the reader, and what is new where the reader watches."""

    mentions: tuple[MentionView, ...]
    """The latest first, without those of cases that the reader may no longer read, and of what was
    erased."""
    watched: tuple[WatchedCase, ...] = ()
    """Those with the most news first; on the first page alone."""
    people: Mapping[str, str] = {}
    """The names of those who wrote, and whom these cases name, by subject."""
    cursor: str | None = None
    """Of the next page; left out on the last."""
