"""Reporters who send many files at once, by forms and on connections that break."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, Final

from casework.pack.jurisdiction import open_pack
from casework.report.file_limits import WhyRefused
from casework.report.multipart import UPLOAD_PART_BYTES
from harness.faults.delivery import FaultDelivery
from harness.faults.deployment import FaultDeployment
from harness.faults.reporters import AcceptedReport, FaultReporters
from harness.faults.run import MINUTE_SCHEDULE
from harness.faults.table_snapshot import FAULTS_PACK
from harness.people.reporter_requests import addition_request, receipt_request

QUARTER_HOUR_SCHEDULE: Final = "rate(15 minutes)"
A_REPORT: Final = 8
"""Files of one report."""
BROKEN: Final = 0.2
"""The share of connections of reporters that break; half of them after the bucket took the file."""
A_DAY: Final = 24 * 60 + 1
"""Minutes."""
ARRIVAL_QUARTERS: Final = 16
"""Quarters of an hour in which files arrive while services fail."""
TROUBLED_HOURS: Final = 23
"""Hours in which services still fail: a slot that nothing came for is closed after a day."""
CALM_HOURS: Final = 6
"""Hours without faults at the end."""


class Manner(StrEnum):
    """How a reporter sends a file."""

    WHOLE = "whole"
    """With its size and digest, as a page with a script does."""
    PARTS = "parts"
    """In parts, in any order; after each break of the connection those that are missing."""
    PLAIN = "plain"
    """By a form that knows neither, as a page without a script does."""
    AGAIN = "again"
    """Once more afterwards, with other bytes of the same size: the first counts."""
    OTHER = "other"
    """Other bytes than were declared: the bucket refuses them."""
    NEVER = "never"
    """Not at all, after the slot was given."""
    HALF = "half"
    """In parts, of which the last one never comes."""
    WITHDRAWN = "withdrawn"
    """Not at all: the reporter withdraws the slot."""


MANNERS: Final = (
    *(Manner.NEVER, Manner.OTHER, Manner.PLAIN, Manner.AGAIN, Manner.PLAIN, Manner.AGAIN),
    *(Manner.WHOLE, Manner.WITHDRAWN, Manner.PARTS, Manner.PARTS, Manner.HALF, Manner.WHOLE),
)
"""In turn, a dozen files."""
IN_PARTS: Final = (Manner.PARTS, Manner.HALF)


@dataclass(frozen=True)
class File:
    """A file of a reporter, and how its slot is asked for."""

    number: int
    """In the run."""
    of: AcceptedReport
    n: int
    """In its report."""
    manner: Manner
    size: int
    key: str
    """The Idempotency-Key of its slot."""

    @property
    def closed(self) -> WhyRefused | None:
        """Why nothing of it is to be kept; None where it is."""
        return {
            Manner.NEVER: WhyRefused.NEVER_CAME,
            Manner.OTHER: WhyRefused.NEVER_CAME,
            Manner.HALF: WhyRefused.INCOMPLETE,
            Manner.WITHDRAWN: WhyRefused.WITHDRAWN,
        }.get(self.manner)

    @property
    def drawn(self) -> bool:
        """Whether it is a picture, of which a preview is made."""
        return self.number % 4 == 0


def _other(content: bytes) -> bytes:
    """Other bytes of the same size."""
    return content[:-1] + bytes([content[-1] ^ 1])


@cache
def _picture() -> bytes:
    """A JPEG of 640 × 480 points of noise."""
    from PIL import Image

    points = random.Random(0).randbytes(640 * 480 * 3)  # noqa: S311
    out = io.BytesIO()
    Image.frombytes("RGB", (640, 480), points).save(out, "JPEG", quality=40)
    return out.getvalue()


def upload_content(number: int, size: int) -> bytes:
    """The bytes of a file; those of a picture go on behind its end, as decoders allow."""
    begins = _picture() if number % 4 == 0 else b""
    return begins + random.Random(number).randbytes(size - len(begins))  # noqa: S311


@dataclass
class UploadLoad:
    """One run: so many files of so many bytes; those in parts have one whole part more."""

    system: FaultDeployment
    files: int
    size: int
    without: frozenset[str] = frozenset()
    """Functions that no schedule calls until `repaired`: what they repair stays broken."""
    sent: list[File] = field(default_factory=list)
    sendings: int = 0
    """Forms that reached the bucket."""
    answered: list[str] = field(default_factory=list)
    """Answers that no reporter expects."""

    def __post_init__(self) -> None:
        chance = self.system.trouble.chance
        self.reporters = FaultReporters(self.system, chance, open_pack(FAULTS_PACK))
        self.delivery = FaultDelivery(self.system, chance, self.without, twice=True)

    def report(self) -> None:
        """Send the reports that the files belong to."""
        reports = -(-self.files // A_REPORT)
        for number, body in enumerate(self.reporters.planned(reports), start=1):
            self.reporters.report(number, {**body, "role": "victim"})
        self.delivery.stream()

    def wait_for_one(self) -> None:
        """Ask for the slot of the first file, which never comes, and let its day go by."""
        self._ask(1)
        for _ in range(2):
            self._pass(minutes=A_DAY)

    def repaired(self) -> None:
        """Let the schedules call every function from now on."""
        self.delivery.without = frozenset()

    def run(self) -> None:
        """Send all files at once, and come to rest."""
        self._ask(self.files)
        for each in self.system.trouble.chance.sample(self.sent, len(self.sent)):
            self._send(each)
        for _ in range(ARRIVAL_QUARTERS):
            self._pass(minutes=15)
        for _ in range(TROUBLED_HOURS):
            self._pass(minutes=60)
        self.system.trouble.share = 0.0
        self.delivery.twice = False
        for _ in range(CALM_HOURS):
            self._pass(minutes=60)

    def _ask(self, files: int) -> None:
        """Ask for the slots of so many files that have none yet."""
        by = list(self.reporters.sent.values())
        numbers = range(len(self.sent), files)
        self.sent += [self._slot(number, by[number % len(by)]) for number in numbers]

    def _slot(self, number: int, of: AcceptedReport) -> File:
        manner = MANNERS[number % len(MANNERS)]
        more = UPLOAD_PART_BYTES if manner in IN_PARTS else 0
        file = File(number, of, 0, manner, more + self.size, self.reporters.key())
        return replace(file, n=self._asked(file)["n"])

    def _asked(self, file: File) -> dict[str, Any]:
        """The slot of a file, with forms for what is missing."""
        content = upload_content(file.number, file.size)
        parts = [
            content[at : at + UPLOAD_PART_BYTES] for at in range(0, file.size, UPLOAD_PART_BYTES)
        ]
        said: dict[str, Any] = {"name": f"file {file.number}"}
        if file.manner in IN_PARTS:
            digests = [hashlib.sha256(each).hexdigest() for each in parts]
            said |= {"size": file.size, "parts": digests}
        elif file.manner is not Manner.PLAIN:
            said |= {"size": file.size, "sha256": hashlib.sha256(content).hexdigest()}
        of = file.of
        request = addition_request(of.reference, of.receipt, file.key, said, "/evidence")
        answer = self.system.until_answered(**request)
        if answer.status_code != 201:
            raise RuntimeError(f"no slot for file {file.number}: {answer.text[:200]}")
        slot: dict[str, Any] = answer.json()
        return slot

    def _send(self, file: File) -> None:
        """Send a file until the bucket says that it has it, or refuses it."""
        if file.manner is Manner.NEVER:
            return
        if file.manner is Manner.WITHDRAWN:
            self._withdraw(file)
            return
        content = upload_content(file.number, file.size)
        if file.manner in IN_PARTS:
            self._send_parts(file, content)
            return
        (form,) = self._asked(file)["uploads"]
        if file.manner is Manner.OTHER:
            content = _other(content)
        status = self._until_sent(form, content)
        if status != (400 if file.manner is Manner.OTHER else 204):
            self.answered.append(f"file {file.number}: the bucket answers {status}")
        if file.manner is Manner.AGAIN:
            self._until_sent(form, _other(content))

    def _withdraw(self, file: File) -> None:
        path = f"/evidence/{file.n}"
        request = receipt_request(file.of.reference, file.of.receipt, path, "DELETE")
        answer = self.system.until_answered(**request)
        if answer.status_code != 200:
            self.answered.append(f"file {file.number} is withdrawn: {answer.text[:200]}")

    def _send_parts(self, file: File, content: bytes) -> None:
        """After a break the slot tells what is missing: a part that came is never sent again."""
        chance, last = self.system.trouble.chance, -(-file.size // UPLOAD_PART_BYTES)
        while True:
            forms = self._asked(file)["uploads"]
            if file.manner is Manner.HALF:
                forms = [each for each in forms if each["part"] < last]
            if not forms:
                return
            for form in chance.sample(forms, len(forms)):
                part = content[form["begins"] : form["begins"] + form["size"]]
                status = self._form(form, part)
                if status is None:
                    break
                if status != 204:
                    self.answered.append(f"file {file.number}: the bucket answers {status}")

    def _until_sent(self, form: dict[str, Any], content: bytes) -> int:
        while (status := self._form(form, content)) is None:
            pass
        return status

    def _form(self, form: dict[str, Any], content: bytes) -> int | None:
        """What the bucket answers to a form; None where the connection breaks, before or after the
        bucket has it."""
        chance = self.system.trouble.chance
        broken, after = chance.random() < BROKEN, chance.random() < 0.5
        if broken and not after:
            return None
        self.sendings += 1
        status = self.system.services.send_form(self._drop, form["fields"], content)
        return None if broken else status

    @cached_property
    def _drop(self) -> str:
        return self.system.function("functions.evidence.receive.handle").environment["DROP"]

    def _pass(self, minutes: int) -> None:
        self.system.clock.later(minutes=minutes)
        self.delivery.stream()
        self.delivery.scheduled(MINUTE_SCHEDULE)
        self.delivery.scheduled(QUARTER_HOUR_SCHEDULE)
        self.delivery.queues()
