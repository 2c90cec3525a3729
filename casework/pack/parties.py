"""`parties.json`: whom a case asks for something outside the police, as data.

    {"parties": [{"id": "…", "kind": "bank", "names": {…}, "channels": ["paper"],
                  "source": "…", "confirmed": false}]}

Banks, services that send money, exchanges. What a party must prove when it calls the service, its
keys and its address, is not here: the registry of machine identities has it. A pack may have no
such file; a request then names its party in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from casework.pack.entries import NamedEntry, PackError, read_pack_entries

FILE: Final = "parties.json"
PartyKind = Literal["bank", "wallet", "exchange", "central_bank"]
Channel = Literal["portal", "e_mail", "telephone", "letter", "in_person"]
"""How something was sent or told."""


class Party(NamedEntry):
    """One institution that a case may ask."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    kind: PartyKind
    territory: str | None = None
    """Code of the only territory that it works in; None for the whole country."""
    number: str = Field(default="", pattern=r"^(\+?[0-9](?:[ ]?[0-9]){1,19})?$")
    """Whoever answers there when minutes count."""
    hours: str = ""
    """When somebody answers, as its source says it; empty where nobody said."""
    channel: Channel | None = None
    """How it wants to be told, as far as it said so."""
    source: str = Field(min_length=1)
    tried_at: date | None = None
    """The day on which a person of the authority last reached it."""
    confirmed: bool
    """Whether the authority agreed with it how it is asked. A deployment for real people sends no
    other party anything by itself."""
    emulated: bool = False
    """Whether it is a program of this project, for trials: no figure counts its answers."""


@lru_cache
def load_parties(folder: Path) -> dict[str, Party]:
    """The parties of a pack by id, in the order of display; raises `PackError`."""
    parties, found = _read(folder)
    if found:
        raise PackError(found)
    return parties


def _read(folder: Path) -> tuple[dict[str, Party], list[str]]:
    if not (folder / FILE).is_file():
        return {}, []
    return read_pack_entries(folder, FILE, "parties", Party)


def findings(folder: Path, official: Sequence[str], territories: frozenset[str]) -> Iterator[str]:
    """What is wrong in the file. `official`: the languages in which administrations are named."""
    parties, found = _read(folder)
    yield from found
    for each in parties.values():
        yield from (
            f"{FILE}: {each.id}: no name in {language}"
            for language in official
            if not each.names.get(language)
        )
        if each.territory is not None and each.territory not in territories:
            yield f"{FILE}: {each.id}: territory {each.territory} is not in territories.json"
        if each.confirmed and each.tried_at is None:
            yield f"{FILE}: {each.id}: confirmed, but tried_at does not say when it was reached"
        if each.confirmed and each.emulated:
            yield f"{FILE}: {each.id}: an emulated party cannot be confirmed"
