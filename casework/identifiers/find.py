"""Every identifier of a report, from its fields and its narrative.

Longer kinds are read first and what they cover is blanked, so that the digits of an account are no
telephone and the name in an address no second account. Each pattern runs in linear time (`re2`).
Nothing that is found is ever fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import re2

from casework.identifiers import Identifier, Kind, Source, accounts, handles, links, phones, wallets
from casework.identifiers.clean import cleaned
from casework.identifiers.cues import says_own
from casework.identifiers.platforms import account_in, platform_of

Found = tuple[str, int, int]

_HASH: Final = re2.compile(r"\b(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})\b")
_HASH_NAMES: Final = {64: "sha256", 40: "sha1", 32: "md5"}
_BEFORE: Final = 48
"""Characters before an identifier in which its reporter says that it is theirs."""


@dataclass
class _Reading:
    """A text that is being read, what was read so far blanked."""

    text: str
    whole: str
    source: Source
    found: list[tuple[int, Identifier]]

    def take(self, kind: Kind, search: Callable[[str], Iterable[Found]]) -> None:
        """Read one kind; places are blanked by as many characters."""
        for canonical, start, end in list(search(self.text)):
            self.note(kind, canonical, start)
            self.blank(start, end)

    def note(
        self,
        kind: Kind,
        canonical: str,
        at: int,
        platform: str | None = None,
        registered: str | None = None,
    ) -> None:
        before = self.whole[max(0, at - _BEFORE) : at].rstrip().removesuffix("@")
        own = kind != "platform" and says_own(before)
        new = Identifier(kind, canonical, self.source, platform, own, registered)
        self.found.append((at, new))

    def blank(self, start: int, end: int) -> None:
        self.text = self.text[:start] + "\n" * (end - start) + self.text[end:]


def find(text: str, locations: Iterable[tuple[str, str]] = ()) -> list[Identifier]:
    """Every identifier of a report, each once: first those of its fields, then the narrative's.

    `locations` are kinds and values as typed in fields: where it was met, `platform` for the place
    before it, `account` where money went. Linear in the length of what was written.
    """
    found: dict[tuple[Kind, str], Identifier] = {}
    said = list(locations)
    names = {
        name for kind, value in said if kind == "handle" and (name := handles.handle_in(value))
    }
    place: list[Identifier] = []
    for kind, value in said:
        place = list(
            _on_platform(value, place) if kind == "platform" else _in_location(kind, value)
        )
        for each in place:
            _add(found, each)
    for each in _in_text(cleaned(text), "narrative", names):
        _add(found, each)
    return list(found.values())


def _add(found: dict[tuple[Kind, str], Identifier], new: Identifier) -> None:
    """A second mention adds whose it is and where it was met, if the first did not say."""
    key = (new.kind, new.canonical)
    first = found.setdefault(key, new)
    platform = first.platform or new.platform
    if (own := first.own or new.own) != first.own or platform != first.platform:
        found[key] = replace(first, own=own, platform=platform)


def _in_location(kind: str, value: str) -> Iterator[Identifier]:
    """A location is believed to be what it is said to be, if it can be; else it is read as text."""
    text = cleaned(value.strip())
    if kind == "handle" and "/" not in text and not links.EMAIL.search(text):
        if name := handles.handle_in(text):
            platform = handles.platform_in(text)
            yield Identifier("handle", name, "locations", platform)
            if platform:
                yield Identifier("platform", platform, "locations")
            return
    elif kind == "phone" and (phone := phones.canonical_phone(text)):
        yield Identifier("phone", phone, "locations")
        return
    elif kind == "url" and (link := links.link_of(text)) and _is_link(link):
        yield from _of_link(link, "locations")
        return
    yield from _in_text(text, "locations", set())


def _on_platform(said: str, place: Iterable[Identifier]) -> Iterator[Identifier]:
    """The platform named beside a place, and the place's accounts as its own."""
    platform = handles.platform_in(cleaned(said))
    if platform is None:
        return
    yield Identifier("platform", platform, "locations")
    for each in place:
        if each.kind == "handle" and each.platform is None:
            yield replace(each, platform=platform)


def _is_link(link: links.Link) -> bool:
    return link.opened or links.is_public(link.host)


def _in_text(text: str, source: Source, names: set[str]) -> list[Identifier]:
    reading = _Reading(text, text, source, [])
    reading.take("eth", wallets.ethereum_in)
    reading.take("email", _emails)
    _links(reading, names)
    reading.take("btc", wallets.bitcoin_in)
    reading.take("file_hash", _hashes)
    for iban, start, end in list(accounts.ibans_in(reading.text)):
        reading.note("iban", iban, start)
        if rib := accounts.rib_of(iban):
            reading.note("rib", rib, start)
        reading.blank(start, end)
    reading.take("rib", accounts.ribs_in)
    reading.take("phone", phones.found_in)
    for search in (handles.marked_in, handles.named_in):
        for name, start, end in list(search(reading.text)):
            reading.note("handle", name, start, _platform_before(text, start))
            reading.blank(start, end)
    for platform, at in handles.platforms_in(reading.text):
        reading.note("platform", platform, at)
    return [each for _, each in sorted(reading.found, key=lambda pair: pair[0])]


def _platform_before(text: str, at: int) -> str | None:
    return handles.platform_in(text[max(0, at - _BEFORE) : at])


def _emails(text: str) -> Iterator[Found]:
    for found in links.EMAIL.finditer(text):
        if email := links.email_of(found[0]):
            yield email, found.start(), found.end()


def _hashes(text: str) -> Iterator[Found]:
    for found in _HASH.finditer(text):
        if not found[0].isdigit():
            yield f"{_HASH_NAMES[len(found[0])]}:{found[0].lower()}", found.start(), found.end()


def _links(reading: _Reading, names: set[str]) -> None:
    for found in list(links.LINK.finditer(reading.text)):
        _take_link(reading, found[0], found.start())
    for pattern in (links.NUMERIC, links.BARE):
        for found in list(pattern.finditer(reading.text)):
            start = found.start()
            # A name after an @ is an account; so is one the reporter gave as an account.
            marked = reading.text[max(0, start - 2) : start].rstrip().endswith("@")
            if not marked and not _is_account(reading, found[0], start, names):
                _take_link(reading, found[0], start)


def _take_link(reading: _Reading, written: str, start: int) -> None:
    bare = links.bared(written)
    link = links.link_of(bare)
    if link is None or not _is_link(link):
        return
    for each in _of_link(link, reading.source):
        reading.note(each.kind, each.canonical, start, each.platform, each.registered)
    reading.blank(start, start + written.find(bare) + len(bare))


def _is_account(reading: _Reading, written: str, start: int, names: set[str]) -> bool:
    """Whether `caftan.lamsa.shop`, a possible domain, is spoken of as an account."""
    name = links.bared(written).lower()
    if name in names:
        return True
    if "/" in name or name.startswith("www."):
        return False
    if name.rpartition(".")[2] in ("com", "net", "org", "info", *links.RESERVED):
        return False
    return any(at == start for _, at, _ in handles.named_in(reading.text))


def _of_link(link: links.Link, source: Source) -> Iterator[Identifier]:
    """A link gives its address and its domain; on a platform, the account instead of the domain."""
    platform = platform_of(link.host)
    if platform is None:
        if link.url:
            yield Identifier("url", link.url, source)
        registered = links.registrable(link.host)
        yield Identifier("domain", link.host, source, registered=registered)
        return
    if platform.names:
        yield Identifier("platform", platform.id, source)
    if platform.id == "whatsapp" and (phone := _number_in(link)):
        yield Identifier("phone", phone, source)
        return
    if link.url:
        yield Identifier("url", link.url, source, platform.id)
    if name := account_in(platform, link.path):
        yield Identifier("handle", name.lower(), source, platform.id)


def _number_in(link: links.Link) -> str | None:
    """wa.me/212661… is the telephone behind it."""
    digits = link.path.strip("/")
    if link.host != "wa.me":
        digits = (link.url or "").partition("phone=")[2].partition("&")[0]
    return phones.canonical_phone(f"+{digits.lstrip('+')}") if digits.strip("+").isdigit() else None
