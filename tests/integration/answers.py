"""What a client of an API sees of an answer."""

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
    """The type of a refusal, which says what to do about it."""
    assert answered.headers["Content-Type"] == "application/problem+json"
    assert answered.document["status"] == answered.status
    assert answered.document["cure"]
    return str(answered.document["type"].removeprefix("urn:e-iblagh:problem:"))
