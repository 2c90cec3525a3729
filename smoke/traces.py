"""All that a run leaves behind, written down before it is made, until it is erased.

The file is private to whoever runs it: what was sent, without the answers, and who was played. A
run that is stopped leaves its file, and the next one begins by erasing what stands there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from local.places import write_private


class Sent(BaseModel):
    """One trial that was sent; its reference once it is known."""

    model_config = ConfigDict(extra="forbid")

    path: str
    key: str
    """The Idempotency-Key header; empty for a form, which has it in its body."""
    body: str
    media_type: str
    reference: str = ""


class Ear(BaseModel):
    """A queue that listens to the topic of alarms for a while."""

    model_config = ConfigDict(extra="forbid")

    queue: str
    subscription: str = ""


class Traces(BaseModel):
    """What is to be erased."""

    model_config = ConfigDict(extra="forbid")

    sent: list[Sent] = []
    people: list[str] = []
    """E-mail addresses of who was played."""
    ears: list[Ear] = []

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not (self.sent or self.people or self.ears)

    @classmethod
    def kept(cls, file: Path) -> Self:
        """What the file says; nothing when there is none."""
        if not file.is_file():
            return cls()
        return cls.model_validate_json(file.read_text(encoding="utf-8"))

    def keep(self, file: Path) -> None:
        """Write it down; nothing left is no file."""
        if self.empty:
            file.unlink(missing_ok=True)
        else:
            write_private(file, self.model_dump_json(indent=1))
