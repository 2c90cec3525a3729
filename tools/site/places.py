"""The places of a country that a reporter can pick: a file named by its hash.

Languages in which the places have the same names share one.

The file says what `territories` of `GET /v1/reference` says, in a fifth less over the wire: each
list tells its level once, and once what all its codes begin with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from casework.pack.jurisdiction import Jurisdiction


@dataclass(frozen=True)
class Places:
    """The places in one language."""

    file: str
    """Its place in the built folder."""
    content: bytes

    @property
    def address(self) -> str:
        return f"/{self.file}"


def places_of(pack: Jurisdiction, language: str) -> Places:
    """The places of the pack, named in this language."""
    told = _folded(pack.reference(language)["territories"])
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(content).hexdigest()[:10]
    return Places(f"assets/places-{digest}.json", content)


def _folded(territories: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A list of places of one level; `web/portal/report/places.tsx` unfolds it."""
    begins = _beginning([each["code"] for each in territories])
    return {
        "level": territories[0]["level"] if territories else "",
        "begins": begins,
        "places": [
            [
                each["code"].removeprefix(begins),
                each["name"],
                *([_folded(below)] if (below := each.get("territories")) else []),
            ]
            for each in territories
        ],
    }


def _beginning(codes: Sequence[str]) -> str:
    """What all codes begin with."""
    pairs = zip(min(codes, default=""), max(codes, default=""), strict=False)
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
