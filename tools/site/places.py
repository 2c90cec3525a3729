"""The places of a country that a reporter can pick: a file named by its hash.

Languages in which the places have the same names share one.

The file says what `territories` of `GET /v1/reference` says, in two fifths less over the wire.
"""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from casework.pack.jurisdiction import Jurisdiction

_DIGITS: Final = string.digits + string.ascii_lowercase


@dataclass(frozen=True)
class LocalisedPlaces:
    """The places in one language, or something else that is loaded at need."""

    file: str
    """Its place in the built folder."""
    content: bytes

    @property
    def address(self) -> str:
        return f"/{self.file}"


def places_of(pack: Jurisdiction, language: str) -> LocalisedPlaces:
    """The places of the pack, named in this language."""
    told = _folded(pack.reference(language)["territories"])
    return kept_apart("places", told)


def kept_apart(name: str, told: Any) -> LocalisedPlaces:
    """A file of JSON that a page loads at need, named by its hash."""
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(content).hexdigest()[:10]
    return LocalisedPlaces(f"assets/{name}-{digest}.json", content)


def _folded(territories: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The places one after the other, each before those inside it; `unfolded` of
    `web/portal/report/places.tsx` reads them.

    A word of `codes` is a digit for depth and level, as in `kinds`, a digit of base 36 for how much
    of the code before it stays, and what follows. Names stand apart: like beside like is smaller.
    """
    kinds: list[tuple[int, str]] = []
    codes, names, before = [], [], ""
    for depth, place in _each(territories):
        kind, code = (depth, place["level"]), place["code"]
        if kind not in kinds:
            kinds.append(kind)
        pairs = zip(before, code, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        codes.append(f"{kinds.index(kind)}{_DIGITS[kept]}{code[kept:]}")
        names.append(place["name"])
        before = code
    return {"kinds": kinds, "codes": " ".join(codes), "names": "\n".join(names)}


def _each(
    territories: Sequence[dict[str, Any]], depth: int = 0
) -> Iterator[tuple[int, dict[str, Any]]]:
    for place in territories:
        yield depth, place
        yield from _each(place.get("territories", ()), depth + 1)
