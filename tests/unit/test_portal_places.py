"""A reporter picks from the same places in the portal as through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casework.pack.jurisdiction import open_pack
from tools.site.places import places_of

PACK = open_pack("ma")


def unfolded(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The list as the page reads it."""
    inside: dict[int, list[dict[str, Any]]] = {0: []}
    code = ""
    for word, name in zip(told["codes"].split(" "), told["names"].split("\n"), strict=True):
        depth, level = told["kinds"][int(word[0])]
        code = code[: int(word[1], 36)] + word[2:]
        place: dict[str, Any] = {"code": code, "level": level, "name": name}
        if depth:
            inside[depth - 1][-1].setdefault("territories", []).append(place)
        else:
            inside[0].append(place)
        inside[depth] = [place] if depth else inside[0]
    return inside[0]


@pytest.mark.parametrize("language", PACK.languages)
def test_the_list_of_the_portal_says_what_the_api_says(language: str) -> None:
    told = json.loads(places_of(PACK, language).content)
    assert unfolded(told) == PACK.reference(language)["territories"]


def test_another_list_has_another_address() -> None:
    addresses = {places_of(PACK, each).address for each in ("ar", "fr", "en")}
    assert len(addresses) == 2, "French and English names of places are the same"
