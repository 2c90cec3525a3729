"""The data of the model: limits with their sources, and what each move costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Limit:
    """What a service gives: so much a second, with a burst, or at most so much at one time."""

    name: str
    unit: str
    source: str
    date: str
    a_second: float = 0
    burst: float = 0
    """What a bucket holds at most; without one, a second's own."""
    at_most: float = 0
    assumed: bool = False
    """Whether the number was not seen on a page of the service."""


@dataclass(frozen=True)
class Costs:
    """What moves use."""

    moves: Mapping[str, Mapping[str, float]]
    """Units by move and resource, counted."""
    counting: Mapping[str, Any]
    night: Mapping[str, float]
    """Calls of a service for a case of a night."""
    assumed: Mapping[str, tuple[float, str]]

    def guess(self, name: str) -> float:
        """A number that nobody measured."""
        return self.assumed[name][0]


def limits() -> dict[str, Limit]:
    """All limits by name."""
    read: list[dict[str, Any]] = json.loads((HERE / "limits.json").read_text("utf-8"))
    return {each["name"]: Limit(**each) for each in read}


def costs() -> Costs:
    """The costs of the moves."""
    read = json.loads((HERE / "costs.json").read_text("utf-8"))
    guesses = {name: (float(said[0]), str(said[1])) for name, said in read["assumed"].items()}
    return Costs(read["moves"], read["counting"], read["night"], guesses)
