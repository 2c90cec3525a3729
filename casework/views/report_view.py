"""A report on the page of its case: what was asked of it, added to it, and sent as files."""

from __future__ import annotations

from typing import Literal, Self

from casework.case.history import CaseEvent
from casework.report.examination import FileType, Preview, Scan
from casework.report.file_limits import FileState, WhyRefused
from casework.report.followup import AddedView
from casework.report.report import Facts
from casework.views.desk_view import DeskView
from casework.views.pictures import AlikeView, HashView, KnownView, SameView


class NamedBy(DeskView):
    """An identifier, as a case tells of it."""

    kind: str
    value: str | None = None
    """As it is compared with others; left out where it is the reporter's own."""
    digest: str | None = None
    """By which the same one is known again in other reports and in the history. Keyed: nobody can
    try out which value it is of."""

    @classmethod
    def from_value(cls, stored: str, mark: str | None) -> Self:
        """From `kind:value` and what histories call it."""
        kind, _, value = stored.partition(":")
        return cls(kind=kind, value=value or None, digest=mark and mark.partition(":")[2])

    @classmethod
    def from_mark(cls, mark: str, value: str | None = None) -> Self:
        """From `kind:mark`, with the value where it may be shown."""
        kind, _, digest = mark.partition(":")
        return cls(kind=kind, value=value, digest=digest)


class AdmittedView(DeskView):
    """Who admitted a report to the case."""

    by: str
    at: str
    event: int
    """Number of the entry in the history."""

    @classmethod
    def from_entry(cls, event: CaseEvent | None) -> Self | None:
        """From the entry that admitted it, if one did."""
        return cls(by=event.by, at=event.at, event=event.number) if event else None


class QuestionView(DeskView):
    """What a reporter was asked."""

    number: int
    text: str
    """In the reporter's language."""
    asked_at: str
    due: str
    """Until when the answer is waited for."""
    answered_by: str | None = None
    """`id` of the addition that answered it first; left out where none did."""


class AdditionView(AddedView):
    """What a reporter added, with what the people who work on the case need beside it."""

    asked: str | None = None
    """The question it answers, in words."""
    identifiers: tuple[NamedBy, ...] = ()
    """What it names, as it is compared with others."""
    own: tuple[NamedBy, ...] = ()
    """The reporter's own among what its words name."""
    unreadable: bool = False
    """No machine could read it: what it names and whether it tells of danger is for people."""


class FileView(DeskView):
    """A file that a reporter added. What it is, a machine says by its content: its name may lie."""

    n: int
    """Its number in the report."""
    name: str
    """As the reporter's device named it. Show it as text."""
    size: int | None = None
    """Bytes; left out where its sender named none and it has not arrived."""
    state: FileState
    why: WhyRefused | None = None
    """Of a refused one: the limit or rule that refused it."""
    refused_at: str | None = None
    """The minute in which it was refused."""
    came: int | None = None
    """Bytes that had come of a refused one. They are gone; this is the record of them."""
    sent_at: str
    """The minute in which its slot was given."""
    sha256: str | None = None
    """Of the bytes that arrived; left out until then. Also of a refused one that was read."""
    declared: bool = False
    """Whether its sender declared this digest before sending; otherwise it was first computed
    here."""
    scan: Scan | None = None
    """What a scanner for malware said of a kept file."""
    preview: Preview | None = None
    """How far its examination went, of a kept file."""
    type: FileType | None = None
    """What it begins as; left out until it was examined, or refused."""
    agreed: bool | None = None
    """Whether the decoder of this type agreed. Else it only begins like one."""
    pages: int | None = None
    """Pages of a document; 1 for a picture."""
    shown: int | None = None
    """How many of them can be seen by `pages/{page}`."""
    cut: bool = False
    """Whether time, or a page that could not be drawn, ended the look early: another look at the
    same bytes may show or read more, or less."""
    same: tuple[SameView, ...] = ()
    """Files with the same bytes in cases that exist for the reader, the latest that came: the same
    digest shows that they are equal. None in dossiers, which show all digests."""
    same_more: bool = False
    """Whether there are more, among the earlier ones."""
    alike: tuple[AlikeView, ...] = ()
    """The first look-alikes of a picture in cases that exist for the reader: advice. None in
    dossiers."""
    alike_more: bool = False
    """Whether there may be more; all can be asked for."""
    known: tuple[KnownView, ...] = ()
    """What lists of known material said of its bytes and of what it looks like: advice. None in
    dossiers."""
    lists_unread: bool = False
    """Whether it could not be read which lists there are: none was asked."""


class ReportView(DeskView):
    """One report of a case, without anything that tells who sent it."""

    reference: str
    accepted_at: str
    language: str
    disclosure: str
    """`anonymous`, `confidential` or `identified`: that a contact or identity exists, not what."""
    callable: Literal["ring", "write", "contact"] | None = None
    """How its reporter can be called: `ring` and `write` are what they allowed at a number to call
    now, `contact` is a telephone that they left to be told of news; left out without a number."""
    number: int
    """Its number among the reports of the case, in the order in which they came. A decision names
    the last one that its author was shown."""
    belongs: bool
    """Whether its reporter is answered and written to as one of the case: it was admitted, or is
    the only one that ever came there. Until then it is answered as if it stood alone."""
    admitted: AdmittedView | None = None
    """By whom, where somebody admitted it to this case."""
    linked_by: tuple[NamedBy, ...]
    """The identifiers that joined it to the case; empty for the report that opened it."""
    own: tuple[NamedBy, ...] = ()
    """The reporter's own identifiers that its words name: they link nothing and are no suspect's.
    What they are is told by the words alone."""
    addition: bool = False
    """It came into the case after the unit was told of it."""
    facts: Facts
    facts_as_kept: str | None = None
    """Where nobody can read the facts: what is kept of them, with escapes for what is no writing.
    It is JSON as far as it is whole. `facts` then says nothing. Left out where they are read."""
    narrative: str
    """In the reporter's words. Of what is not whole, what is kept, with escapes."""
    unreadable: bool = False
    """No machine could read it, so what it names and whether it tells of danger is for people to
    find. Facts and words are shown as far as they are kept: text, and nothing but text."""
    questions: tuple[QuestionView, ...] = ()
    """What its reporter was asked, oldest first."""
    withdrawn: bool = False
    """Whether its reporter asked to withdraw it. Somebody may press them to: read why."""
    corrected: bool = False
    """Whether its reporter corrected something of it: what was said stands beside."""
    added: tuple[AdditionView, ...] = ()
    """What the reporter added later, oldest first."""
    files: tuple[FileView, ...] = ()
    """The files that its reporter added, or was given a slot for."""
    hashes: tuple[HashView, ...] = ()
    """The pictures of which the reporter's phone sent the hash alone: `facts.pictures`."""
    continued: bool = False
    """It was on the page before, which had no room for all that was added: here is the rest."""
