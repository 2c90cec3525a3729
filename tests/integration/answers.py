"""An answer as a client of the API sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass
class Answered:
    """An answer as it was sent."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def document(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


def problem(answered: Answered) -> str:
    """The problem type of a refusal."""
    assert answered.headers["Content-Type"] == "application/problem+json"
    assert answered.document["status"] == answered.status
    assert answered.document["cure"]
    return str(answered.document["type"].removeprefix("urn:e-iblagh:problem:"))
