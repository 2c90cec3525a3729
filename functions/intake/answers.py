"""The answers to reporters."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from casework.report.file_limits import FileState, WhyRefused
from casework.report.followup import AddedView, AdditionKind
from casework.report.public_timeline import PublicStatus, ReportHappening


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class NumberToCall(_Answer):
    """A number to call."""

    name: str
    number: str


class Accepted(_Answer):
    """The report is kept. The receipt is shown in this answer and never again."""

    reference: str
    """Public; say it over the telephone."""
    receipt: str
    """Secret; with the reference it opens the follow-up."""
    status: Literal["received"] = "received"
    accepted_at: str
    """RFC 3339, UTC."""
    language: str
    next_steps: tuple[str, ...]
    """The next steps, in the report's language."""
    advice: tuple[str, ...]
    """Advice, by category."""
    call: tuple[NumberToCall, ...]
    """Numbers to call when a person is in danger."""
    pictures: int | None = None
    """The number of pictures of which only what they look like arrived; left out for none."""
    notes: tuple[str, ...] = ()
    """Further notes: that what pictures look like arrived."""


class ReferenceEntry(_Answer):
    """One step of the way."""

    status: PublicStatus | ReportHappening
    """The standing of the report from then on, or the event. Each may occur again."""
    text: str
    at: str | None = None
    """RFC 3339, UTC; left out where only the order is known."""


class Post(_Answer):
    """A message of staff to the reporter."""

    at: str
    """RFC 3339, UTC."""
    text: str
    question: int | None = None
    """Number of the question, if it is one: an addition with `answers` answers it."""
    answer_by: str | None = None
    """Until when the answer is waited for; RFC 3339, UTC. Later answers are read, too."""
    answered: bool | None = None
    """Of a question."""


class Added(_Answer):
    """The addition is stored, and the people who work on the case are told."""

    reference: str
    id: str
    added_at: str
    """RFC 3339, UTC."""
    kind: AdditionKind = AdditionKind.MORE
    answers: int | None = None
    text: str
    """The next steps, in plain words."""


class UploadForm(_Answer):
    """A form of `multipart/form-data` for one part of a file, to be sent within the time."""

    part: int
    """Number of the part in the file, from 1."""
    begins: int
    """How many bytes of the file stand before it."""
    size: int | None = None
    """Its bytes; left out where the size of the file is not known."""
    action: str
    """The address, on the same origin."""
    fields: dict[str, str]
    """All fields of the form, as they are. The field `file` with the bytes is the last one."""


class FileSlot(_Answer):
    """The permission to send one file."""

    reference: str
    n: int
    """Number of the file in the report, from 1."""
    state: FileState
    """Of a repeated request: whether the file has arrived."""
    uploads: tuple[UploadForm, ...]
    """A form for each part that has not come, in the order of the file: none once all have. The
    same request gives fresh ones for what is missing then."""
    expires_at: str
    """Until when the forms can be sent; RFC 3339, UTC."""


class SentFile(_Answer):
    """One file of a report."""

    n: int
    """Number of the file in the report, from 1."""
    name: str
    size: int | None = None
    """Bytes; left out while they are not known."""
    state: FileState
    why: WhyRefused | None = None
    """Of a refused one."""
    announced_at: str
    """When its slot was given; RFC 3339, UTC, to the minute."""


class ReportFiles(_Answer):
    """The files of a report, and how much more it takes."""

    reference: str
    files: tuple[SentFile, ...]
    """By number."""
    taken: bool
    """Whether files are taken with this report: such content is taken from its victim alone."""
    most_files: int
    """Files of a report, without those that were refused."""
    files_left: int
    """Further files."""
    most_bytes: int
    """Bytes of all files of a report."""
    bytes_left: int
    """Bytes of all further files."""
    largest: int
    """Bytes of the largest file, which is sent in parts."""
    largest_whole: int
    """Bytes of the largest file that is sent by one form."""
    part_size: int
    """Bytes of each part of a file but the last."""


class Progress(_Answer):
    """Where the report stands."""

    reference: str
    status: PublicStatus
    text: str
    """The status in plain words."""
    accepted_at: str
    language: str
    timeline: tuple[ReferenceEntry, ...]
    """The steps since the report was received, oldest first; the last standing is `status`. This
    list and the next two hold the latest entries that fit on a page."""
    notes: tuple[str, ...] = ()
    """Further notes: a question waits, the case is late, the reason of its end, what pictures look
    like arrived."""
    pictures: int | None = None
    """The number of pictures of which only what they look like arrived; left out for none."""
    number_opened: tuple[str, ...] = ()
    """The begins of the quarters of an hour in which the reporter's own telephone number was
    opened, to call them in danger; oldest first."""
    messages: tuple[Post, ...] = ()
    """Oldest first."""
    additions: tuple[AddedView, ...] = ()
    """The additions of the reporter, oldest first."""
    cursor: str | None = None
    """Cursor of the page with older entries; left out on the last page."""


class BoundPart(_Answer):
    """One part of what a commitment binds: shown, or its own commitment alone."""

    salt: str | None = None
    """Of a part that is shown, in hex."""
    content: str | None = None
    """Likewise, in base64: `B` and bytes, or `J` and JSON."""
    commitment: str | None = None
    """Of a part that is not shown, in hex."""


class OwnReport(_Answer):
    """The place of a report among those of its day (`casework.case.report_tree`)."""

    commitment: str
    """The digest over salted digests of all parts of the report, made at acceptance, in hex."""
    path: tuple[str, ...]
    """The hashes from the report to the root that the statement names; as many for every report."""
    parts: dict[str, BoundPart]
    """The parts of the commitment by name; `at` shows the reference, `accepted_at` the time."""


class OwnBytes(_Answer):
    """The digest of the bytes of a file, which its part `bound` binds."""

    salt: str
    """In hex, like the digest."""
    sha256: str


class SentLater(_Answer):
    """An addition or a file, and its place among what came on its day."""

    day: str
    """On which it came, in UTC."""
    commitment: str
    """As of a report: for a file it was made as it was kept."""
    path: tuple[str, ...] | None = None
    """As of a report; left out where no night has bound it yet."""
    parts: dict[str, BoundPart]
    """As of a report; `at` shows the reference, and the id of an addition or the number of a
    file."""
    bytes: OwnBytes | None = None
    """Of a file, where what was sent is shown."""


class LaterDay(_Answer):
    """A day on which something came later: in the log, under the same checkpoint."""

    statement: dict[str, str | int]
    index: int
    path: tuple[str, ...]


class Later(_Answer):
    """What the reporter sent after the report."""

    days: tuple[LaterDay, ...] = ()
    files: tuple[SentLater, ...] = ()
    """By number, without those that were refused."""
    additions: tuple[SentLater, ...] = ()
    """The newest first."""


class InTheLog(_Answer):
    """The place of a day in the log of days."""

    index: int
    path: tuple[str, ...]
    checkpoint: str
    """The signed checkpoint (c2sp.org/tlog-checkpoint)."""
    stamp: str | None = None
    """A time-stamp response over the checkpoint (RFC 3161) in base64, of an authority outside;
    left out where there is none yet."""


class Proof(_Answer):
    """What `verify_log.py` checks without this service: docs/log.md."""

    report: OwnReport
    statement: dict[str, str | int]
    """The signed statement of the day."""
    log: InTheLog
    later: Later
    dictionary: str | None = None
    """Where words are shown: the preset dictionary (RFC 1950) of their compressed parts, in
    base64."""


class ReportProof(_Answer):
    """The proof that a report was accepted on a day and not changed since."""

    reference: str
    day: str
    """On which it was accepted, in UTC."""
    ready_from: str
    """RFC 3339, UTC: the time from which there is a proof."""
    proof: Proof | None = None
    """Left out before that."""


class Named(_Answer):
    """The jurisdiction."""

    id: str
    version: str
    name: str


class Emergency(_Answer):
    """A number to call in danger. `confirmed` says whether the deployment checked it."""

    id: str
    number: str
    name: str
    confirmed: bool


class Choice(_Answer):
    """A category to choose."""

    id: str
    name: str
    help: str


class Place(_Answer):
    """A territory to choose, and those inside it."""

    code: str
    level: str
    name: str
    territories: tuple[Place, ...] = ()


class Guide(_Answer):
    """The choices of a reporter, in one language."""

    pack: Named
    language: str
    languages: tuple[str, ...]
    emergency_numbers: tuple[Emergency, ...]
    advice: tuple[str, ...]
    categories: tuple[Choice, ...]
    territories: tuple[Place, ...]
