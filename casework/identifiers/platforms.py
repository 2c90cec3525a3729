"""The platforms people meet on: their hosts, the names reports call them by, their accounts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

FILE: Final = Path(__file__).with_name("platforms.json")


@dataclass(frozen=True)
class Platform:
    """An entry of `platforms.json`."""

    id: str
    hosts: tuple[str, ...]
    names: tuple[str, ...]
    doubtful: frozenset[str]
    """Names that are words, too."""
    profile: tuple[str, ...]
    """What stands before the account in the path of its page."""
    not_accounts: frozenset[str]


@cache
def platforms() -> tuple[Platform, ...]:
    """All of them, in the order of the file."""
    return tuple(
        Platform(
            id=each["id"],
            hosts=tuple(each["hosts"]),
            names=tuple(each["names"]),
            doubtful=frozenset(each.get("doubtful", ())),
            profile=tuple(sorted(each["profile"], key=len, reverse=True)),
            not_accounts=frozenset(each["not_accounts"]),
        )
        for each in json.loads(FILE.read_text("utf-8"))["platforms"]
    )


@cache
def _by_host() -> Mapping[str, Platform]:
    return {host: platform for platform in platforms() for host in platform.hosts}


def platform_of(host: str) -> Platform | None:
    """The platform a host belongs to, subdomains included."""
    labels = host.split(".")[-5:]
    known = _by_host()
    return next(
        (known[name] for at in range(len(labels)) if (name := ".".join(labels[at:])) in known),
        None,
    )


def account_in(platform: Platform, path: str) -> str | None:
    """The account whose page a path is, as it is written; None for any other page."""
    inside = unquote(path).lstrip("/")
    for before in platform.profile:
        if inside.lower().startswith(before):
            name = inside[len(before) :].split("/")[0]
            if name and name.lower() not in platform.not_accounts:
                return name
    return None
