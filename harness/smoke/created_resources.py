"""Everything that a run makes, recorded before it is made, until it is erased.

Only its owner can read the file: it holds what was sent, without the answers, and the trial staff.
An interrupted run leaves its file, and the next run first erases its content.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from local.places import write_private


class SentTrial(BaseModel):
    """One trial that was sent, and its reference once it is known."""

    model_config = ConfigDict(extra="forbid")

    path: str
    key: str
    """The Idempotency-Key header; empty for a form, which has it in its body."""
    body: str
    media_type: str
    reference: str = ""


class AlarmQueue(BaseModel):
    """A temporary queue at the topic of alarms."""

    model_config = ConfigDict(extra="forbid")

    queue: str
    subscription: str = ""


class CreatedResources(BaseModel):
    """What must be erased."""

    model_config = ConfigDict(extra="forbid")

    sent: list[SentTrial] = []
    people: list[str] = []
    """E-mail addresses of trial staff."""
    ears: list[AlarmQueue] = []

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not (self.sent or self.people or self.ears)

    @classmethod
    def kept(cls, file: Path) -> Self:
        """The content of the file; empty when there is none."""
        if not file.is_file():
            return cls()
        return cls.model_validate_json(file.read_text(encoding="utf-8"))

    def keep(self, file: Path) -> None:
        """Write the file; without content it is deleted."""
        if self.empty:
            file.unlink(missing_ok=True)
        else:
            write_private(file, self.model_dump_json(indent=1))
