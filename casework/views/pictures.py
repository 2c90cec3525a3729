"""Pictures that look alike, as staff see them: advice, which joins and refuses nothing."""

from __future__ import annotations

from typing import Self

from casework.case.value_objects import Priority
from casework.hash_lists.catalogue import ListKind
from casework.hash_lists.lookups import LookupResult, OnList
from casework.hash_lists.perceptual_hash import Turned
from casework.pack.hash_list_subjects import load_hash_list_subjects
from casework.pack.jurisdiction import Jurisdiction
from casework.views.desk_view import DeskView


class KnownView(DeskView):
    """What a list of known material said of a file or picture. It decides nothing: near hashes can
    be of different pictures, and what a match suggests is for a person."""

    list: str
    """Name of the list."""
    version: str
    source: str
    dated: str
    """The day of which its source says that the version is."""
    kind: ListKind
    about: str
    """What it is a list of: an entry of the pack's `known.json`."""
    found: OnList
    asked_at: str
    """The minute in which the lists were asked last."""
    distance: int | None = None
    """Different bits of 256 to the nearest hash of the list, at most 31; left out for files, whose
    bytes are those of the list."""
    turned: Turned | None = None
    """Whether the picture is one of the list mirrored or turned; left out where it is neither."""
    category: str | None = None
    """What the pack suggests for a match."""
    priority: Priority | None = None
    """Likewise."""

    @classmethod
    def from_lookup(cls, answer: LookupResult, asked_at: str, pack: Jurisdiction) -> Self:
        """An answer, with what the pack suggests for a match."""
        matter = load_hash_list_subjects(pack.folder).get(answer.about)
        suggests = matter if matter is not None and answer.found is OnList.KNOWN else None
        return cls(
            list=answer.name,
            version=answer.version,
            source=answer.source,
            dated=answer.dated,
            kind=answer.kind,
            about=answer.about,
            found=answer.found,
            asked_at=asked_at,
            distance=answer.distance,
            turned=None if answer.turned is Turned.NO else answer.turned,
            category=suggests.category if suggests else None,
            priority=suggests.priority if suggests else None,
        )


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
    vouched: bool = False
    """Whether it was kept as a file, or people admitted its report by name. Anybody can send hashes
    of pictures that nobody can see, so the others stand behind, and together."""
    hour: str
    """When it came: the beginning of that hour. Bare hashes of one hour are one burst."""


class SameView(DeskView):
    """Another file with the same bytes."""

    case: str
    """The case that it is in now; it may be this one."""
    report: str
    """Reference of its report."""
    n: int
    """Its number there."""


class AlikePage(DeskView):
    """Some of all pictures that look like one. Such a page may have none and still have a next."""

    alike: tuple[AlikeView, ...] = ()
    cursor: str | None = None
    """Of the next page; left out on the last."""


class HashView(DeskView):
    """A picture that never left the reporter's phone, which computed its hash: nobody here can see
    it, and whether the hash is of such a picture is the reporter's word."""

    n: int
    """Which of the hashes of the report's facts, from 1."""
    alike: tuple[AlikeView, ...] = ()
    """The first pictures of cases that exist for the reader: those that are vouched for, then
    bare hashes, of each hour the nearest first."""
    alike_more: bool = False
    """Whether there may be more; all can be asked for."""
    known: tuple[KnownView, ...] = ()
    """What lists of known material said of it."""
    lists_unread: bool = False
    """Whether it could not be read which lists there are: none was asked."""
