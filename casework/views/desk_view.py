"""What everything has in common that staff are shown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class DeskView(BaseModel):
    """A value as staff are shown it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
