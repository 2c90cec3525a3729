"""Reporters who send many files at once, by forms and on connections that break."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from typing import Final

from casework.pack.jurisdiction import open_pack
from faults.delivery import Delivery
from faults.deployment import Deployment
from faults.life import MINUTE, PACK
from faults.reporters import Reporters, Sent

QUARTER: Final = "rate(15 minutes)"
A_REPORT: Final = 8
"""Files of one report."""
BROKEN: Final = 0.2
"""The share of connections of reporters that break; half of them after the bucket took the file."""
BUSY: Final = 16
"""Quarters of an hour in which files arrive while services fail."""
TROUBLED: Final = 23
"""Hours in which services still fail: a slot that nothing came for is closed after a day."""
CALM: Final = 6
"""Hours without faults at the end."""


class Manner(StrEnum):
    """How a reporter sends a file."""

    WHOLE = "whole"
    """With its size and digest, as a page with a script does."""
    PLAIN = "plain"
    """By a form that knows neither, as a page without a script does."""
    AGAIN = "again"
    """Once more afterwards, with other bytes of the same size: the first counts."""
    OTHER = "other"
    """Other bytes than were declared: the bucket refuses them."""
    NEVER = "never"
    """Not at all, after the slot was given."""


MANNERS: Final = (
    *(Manner.NEVER, Manner.OTHER, Manner.PLAIN, Manner.AGAIN, Manner.PLAIN, Manner.AGAIN),
    *(Manner.WHOLE,) * 6,
)
"""In turn, a dozen files."""


@dataclass(frozen=True)
class File:
    """A file of a reporter, and the form of its slot."""

    number: int
    """In the run."""
    of: Sent
    n: int
    """In its report."""
    manner: Manner
    fields: dict[str, str]

    @property
    def comes(self) -> bool:
        """Whether it is to be kept."""
        return self.manner not in {Manner.NEVER, Manner.OTHER}

    @property
    def drawn(self) -> bool:
        """Whether it is a picture, of which a preview is made."""
        return self.number % 4 == 0


@cache
def _picture() -> bytes:
    """A JPEG of 640 × 480 points of noise."""
    from PIL import Image

    points = random.Random(0).randbytes(640 * 480 * 3)  # noqa: S311
    out = io.BytesIO()
    Image.frombytes("RGB", (640, 480), points).save(out, "JPEG", quality=40)
    return out.getvalue()


def content_of(number: int, size: int) -> bytes:
    """The bytes of a file; those of a picture go on behind its end, as decoders allow."""
    begins = _picture() if number % 4 == 0 else b""
    return begins + random.Random(number).randbytes(size - len(begins))  # noqa: S311


@dataclass
class Load:
    """One run: so many files of so many bytes."""

    system: Deployment
    files: int
    size: int
    without: frozenset[str] = frozenset()
    """Functions without their schedule: what they repair stays broken."""
    sent: list[File] = field(default_factory=list)
    sendings: int = 0
    """Forms that reached the bucket."""
    answered: list[str] = field(default_factory=list)
    """Answers that no reporter expects."""

    def __post_init__(self) -> None:
        chance = self.system.trouble.chance
        self.reporters = Reporters(self.system, chance, open_pack(PACK))
        self.delivery = Delivery(self.system, chance, self.without, twice=True)

    def run(self) -> None:
        """Send all files at once, and come to rest."""
        reports = -(-self.files // A_REPORT)
        for number, body in enumerate(self.reporters.planned(reports), start=1):
            self.reporters.report(number, {**body, "role": "victim"})
        self.delivery.stream()
        by = list(self.reporters.sent.values())
        self.sent = [self._slot(number, by[number % len(by)]) for number in range(self.files)]
        for each in self.system.trouble.chance.sample(self.sent, len(self.sent)):
            self._send(each)
        for _ in range(BUSY):
            self._pass(minutes=15)
        for _ in range(TROUBLED):
            self._pass(minutes=60)
        self.system.trouble.share = 0.0
        self.delivery.twice = False
        for _ in range(CALM):
            self._pass(minutes=60)

    def _slot(self, number: int, of: Sent) -> File:
        manner, content = MANNERS[number % len(MANNERS)], content_of(number, self.size)
        exact = {"size": self.size, "sha256": hashlib.sha256(content).hexdigest()}
        said = {"name": f"file {number}", **({} if manner is Manner.PLAIN else exact)}
        headers = {
            "authorization": f"Receipt {of.receipt}",
            "idempotency-key": self.reporters.key(),
        }
        path = f"/v1/reports/{of.reference}/evidence"
        answer = self.reporters.until_answered("POST", path, headers, said)
        if answer.status != 201:
            raise RuntimeError(f"no slot for file {number}: {answer.status} {answer.body[:200]}")
        given = answer.said
        return File(number, of, given["n"], manner, given["upload"]["fields"])

    def _send(self, file: File) -> None:
        """Send a file until the bucket says that it has it, or refuses it."""
        if file.manner is Manner.NEVER:
            return
        content = content_of(file.number, self.size)
        if file.manner is Manner.OTHER:
            content = content[:-1] + bytes([content[-1] ^ 1])
        status = self._form(file, content)
        if status != (204 if file.comes else 400):
            self.answered.append(f"file {file.number}: the bucket answers {status}")
        if file.manner is Manner.AGAIN:
            self._form(file, content[:-1] + bytes([content[-1] ^ 1]))

    def _form(self, file: File, content: bytes) -> int:
        chance, drop = self.system.trouble.chance, file.fields
        while True:
            broken, after = chance.random() < BROKEN, chance.random() < 0.5
            if broken and not after:
                continue
            self.sendings += 1
            status = self.system.services.send_form(self._drop, drop, content)
            if not broken:
                return status

    @cached_property
    def _drop(self) -> str:
        return self.system.function("functions.evidence.receive.handle").environment["DROP"]

    def _pass(self, minutes: int) -> None:
        self.system.clock.later(minutes=minutes)
        self.delivery.stream()
        self.delivery.scheduled(MINUTE)
        self.delivery.scheduled(QUARTER)
        self.delivery.queues()
