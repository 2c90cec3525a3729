"""Every identifier of a report, from its fields and its narrative.

Longer kinds are read first and blanked, so the digits of an account are no telephone and the name
in an address is no second account. Each kind is one pass over the text, and a question about one
place looks at a bounded number of characters around it. The cost is linear in the text
(`docs/reading.md`). No found address is ever fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import re2

from casework.identifiers import (
    Identifier,
    Kind,
    Source,
    accounts,
    handles,
    labels,
    links,
    phones,
    wallets,
)
from casework.identifiers.cues import is_list_separator, says_own, says_site
from casework.identifiers.normalisation import normalise_text
from casework.identifiers.platforms import (
    PlatformMention,
    account_from_link,
    find_platform_mentions,
    has_platform_names,
    parse_query_parameters,
    platform_from_host,
    redirect_target,
)

FoundIdentifier = tuple[str, int, int]

_HASH: Final = re2.compile(r"(?:\b|_)([0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})\b")
_TELEPHONE_HOSTS: Final = frozenset({"c.us", "s.whatsapp.net"})
"""The text after the @ of a telephone in WhatsApp exports."""
_TRANSACTION: Final = re2.compile(
    r"(?i)(?:\b(?:tx(?:id|n|hash)?|transaction|transacci[oó]n|commit|blocks?)\b|معاملة|المعاملة)[^.\n]*$"
)
"""Values with the digits of a hash that belong to no file."""
_BEFORE_HASH: Final = 24
_SITE: Final = re2.compile(
    r"(?i)\b(?:(?:web ?)?sites?|websites?|liens?|links?|url|domaine?|sitio|enlace)\b"
    r"|موقع|رابط|لينك"
)
"""Words for a site: the item they name is no account, unless a platform is named."""
_GLUED: Final = re.compile(r"\w|['’]\w|\.[0-9]")
"""The continuation of a word that only looks like a host."""
_HASH_NAMES: Final = {64: "sha256", 40: "sha1", 32: "md5"}
_BEFORE_FILE: Final = 24
_BEFORE: Final = 80
_AFTER: Final = 40
"""Characters before and after an identifier where its reporter may claim it."""
_FRONT_OF_NAME: Final = 184
_BEHIND_NAME: Final = 136
"""Characters around the beginning of a name that show whether it is an account: more than any rule
of `handles` and `labels` looks at."""


class _Reading:
    """A text during reading, with the read parts blanked."""

    def __init__(self, text: str, source: Source) -> None:
        self.whole = text
        self.source = source
        self.found: list[tuple[int, int, Identifier]] = []
        self.rest = text
        """What is left once everything but names of accounts was read."""
        self._left = list(text)
        self._text: str | None = text

    @property
    def text(self) -> str:
        """The rest of the text; requested once for each kind, because joining it costs its
        length."""
        if self._text is None:
            self._text = "".join(self._left)
        return self._text

    @cached_property
    def platforms(self) -> list[PlatformMention]:
        """The platforms that its words name."""
        return list(find_platform_mentions(self.whole))

    def between(self, start: int, end: int) -> str:
        """A part of the rest, at the cost of its own length."""
        return "".join(self._left[max(0, start) : end])

    def around(self, at: int) -> tuple[str, int, list[PlatformMention]]:
        """The rest around a position, the position in it, and the platforms named there."""
        front, end = max(0, at - _FRONT_OF_NAME), at + _BEHIND_NAME
        mentions = handles.mentions_between(self.platforms, front, end)
        return (
            self.between(front, end),
            at - front,
            [
                PlatformMention(each.platform, each.start - front, each.end - front, each.sure)
                for each in mentions
            ],
        )

    def take(self, kind: Kind, search: Callable[[str], Iterable[FoundIdentifier]]) -> None:
        """Read one kind; blank each match with as many characters."""
        for canonical, start, end in list(search(self.text)):
            self.note(kind, canonical, start, end)
            self.blank(start, end)

    def note(
        self,
        kind: Kind,
        canonical: str,
        at: int,
        end: int,
        platform: str | None = None,
        registered: str | None = None,
    ) -> None:
        before = self.whole[max(0, at - _BEFORE) : at].rstrip().removesuffix("@")
        after = self.whole[end : end + _AFTER]
        own = kind != "platform" and says_own(before, after)
        new = Identifier(kind, canonical, self.source, platform, own, registered)
        self.found.append((at, end, new))

    def blank(self, start: int, end: int) -> None:
        self._left[start:end] = "\n" * (end - start)
        self._text = None


@dataclass(frozen=True)
class ReadText:
    """What was read in a report."""

    identifiers: list[Identifier]
    """As `find_identifiers` lists them."""
    rest: str
    """The narrative without the links, addresses, numbers and hashes that were recognised. Names of
    accounts stay: people choose them, and a word may look like one."""


def find_identifiers(text: str, locations: Iterable[tuple[str, str]] = ()) -> list[Identifier]:
    """Every distinct identifier of a report: first those of its fields, then the narrative's.

    `locations` are kinds and values as typed in fields: the kind of place, `platform` for the place
    before it, `account` for the receiver of money. Linear in the length of the text.
    """
    return read_identifiers(text, locations).identifiers


def read_identifiers(text: str, locations: Iterable[tuple[str, str]] = ()) -> ReadText:
    """The same, with what of the narrative is no identifier."""
    found: dict[tuple[Kind, str], list[Identifier]] = {}
    said = list(locations)
    names = {
        name
        for kind, value in said
        if kind == "handle" and (name := handles.handle_from_field(value))
    }
    place: list[Identifier] = []
    for kind, value in said:
        place = list(
            _on_platform(value, place) if kind == "platform" else _in_location(kind, value)
        )
        for each in place:
            _add(found, each)
    reading = _read(normalise_text(text), "narrative", names)
    for each in _in_order(reading):
        _add(found, each)
    return ReadText([each for same in found.values() for each in same], reading.rest)


def _add(found: dict[tuple[Kind, str], list[Identifier]], new: Identifier) -> None:
    """A second mention adds owner and platform, if the first did not have them.

    The same name on another platform is another account.
    """
    same = found.setdefault((new.kind, new.canonical), [])
    for at, first in enumerate(same):
        if new.platform in (first.platform, None) or first.platform is None:
            platform = first.platform or new.platform
            same[at] = replace(first, own=first.own or new.own, platform=platform)
            return
    same.append(new)


def _in_location(kind: str, value: str) -> Iterator[Identifier]:
    """A location has the kind of its field if it can; otherwise it is read as text."""
    text = normalise_text(value.strip())
    if kind == "handle" and "/" not in text and not links.EMAIL_PATTERN.search(text):
        if name := handles.handle_from_field(text):
            platform = handles.last_platform_named(text)
            yield Identifier("handle", name, "locations", platform)
            if platform:
                yield Identifier("platform", platform, "locations")
            return
    elif kind == "phone" and (phone := phones.parse_typed_phone(text)):
        yield Identifier("phone", phone, "locations")
        return
    elif kind == "url" and (link := links.parse_link(text)) and _is_link(link):
        yield from _of_link(link, "locations")
        return
    yield from _in_text(text, "locations", set())


def _on_platform(said: str, place: Iterable[Identifier]) -> Iterator[Identifier]:
    """The platform named beside a place, and the place's accounts as its own."""
    platform = handles.last_platform_named(normalise_text(said))
    if platform is None:
        return
    yield Identifier("platform", platform, "locations")
    for each in place:
        if each.kind == "handle" and each.platform is None:
            yield replace(each, platform=platform)


def _is_link(link: links.ParsedLink) -> bool:
    return link.opened or links.is_public_domain(link.host)


def _in_text(text: str, source: Source, names: set[str]) -> list[Identifier]:
    return _in_order(_read(text, source, names))


def _in_order(reading: _Reading) -> list[Identifier]:
    in_order = sorted(reading.found, key=lambda found: found[0])
    return list(_listed(reading.whole, _on_one_platform(reading.whole, in_order)))


def _read(text: str, source: Source, names: set[str]) -> _Reading:
    reading = _Reading(text, source)
    for start, word in list(_runs(text, links.LINK_PATTERN)):
        _take_link(reading, word, start)
    for email, start, end in list(_emails(reading.text)):
        local, _, host = email.partition("@")
        phone = phones.parse_typed_phone(local) if host in _TELEPHONE_HOSTS else None
        reading.note("phone" if phone else "email", phone or email, start, end)
        reading.blank(start, end)
    _bare_links(reading, names)
    reading.take("eth", wallets.find_ethereum_addresses)
    reading.take("btc", wallets.find_bitcoin_addresses)
    reading.take("file_hash", _hashes)
    for iban, start, end in list(accounts.find_ibans(reading.text)):
        reading.note("iban", iban, start, end)
        if rib := accounts.rib_from_iban(iban):
            reading.note("rib", rib, start, end)
        reading.blank(start, end)
    reading.take("rib", accounts.find_ribs)
    reading.take("phone", phones.find_phones)
    reading.rest = reading.text
    mentions = reading.platforms
    for name, start, end in [*handles.find_at_handles(reading.text), *_names(reading)]:
        platform = handles.platform_for_handle(text, start, end, mentions)
        reading.note("handle", name, start, end, platform)
        if platform:
            reading.note("platform", platform, start, end)
        reading.blank(start, end)
    for each in mentions:
        if each.sure and reading.between(each.start, each.start + 1) == text[each.start]:
            reading.note("platform", each.platform, each.start, each.end)
    return reading


def _on_one_platform(
    text: str, found: list[tuple[int, int, Identifier]]
) -> list[tuple[int, int, Identifier]]:
    """Accounts of a list that is followed by its platform: "@a, @b and @c on Telegram"."""
    told = list(found)
    behind: tuple[int, str] | None = None
    for at in range(len(told) - 1, -1, -1):
        start, end, each = told[at]
        if each.kind != "handle":
            continue
        if (
            each.platform is None
            and behind
            and is_list_separator(text[end : behind[0]].rstrip("@"))
        ):
            each = replace(each, platform=behind[1])
            told[at] = start, end, each
        behind = (start, each.platform) if each.platform else None
    return told


def _listed(text: str, found: Iterable[tuple[int, int, Identifier]]) -> Iterator[Identifier]:
    """The owner of the first item owns the whole list: "my numbers are … and …"."""
    own_until: int | None = None
    for start, end, each in found:
        if each.kind != "platform":
            before = text[own_until:start] if own_until is not None else ""
            if (
                not each.own
                and own_until is not None
                and (start < own_until or is_list_separator(before))
            ):
                each = replace(each, own=True)
            own_until = end if each.own else None
        yield each


def _names(reading: _Reading) -> Iterator[FoundIdentifier]:
    yield from handles.find_named_handles(reading.text, reading.platforms)
    yield from labels.find_labelled_handles(reading.text, reading.platforms)


def _runs(text: str, pattern: Any) -> Iterator[tuple[int, str]]:
    """The matches of a pattern; links without a blank between them come one by one."""
    for found in pattern.finditer(text):
        for at, word in links.split_listed_links(found[0]):
            link = pattern.search(word)
            if link is not None:
                yield found.start() + at + link.start(), link[0]


def _emails(text: str) -> Iterator[FoundIdentifier]:
    for found in links.EMAIL_PATTERN.finditer(text):
        written = links.cut_attached_sentence(found[0])
        if email := links.parse_email(written):
            yield email, found.start(), found.start() + len(written)


def _hashes(text: str) -> Iterator[FoundIdentifier]:
    for found in _HASH.finditer(text):
        digits, start = found[1], found.start(1)
        if digits.isdigit() or digits.isalpha():
            continue
        if not _TRANSACTION.search(text[max(0, start - _BEFORE_HASH) : start]):
            yield f"{_HASH_NAMES[len(digits)]}:{digits.lower()}", start, found.end(1)


def _bare_links(reading: _Reading, names: set[str]) -> None:
    for pattern in (links.NUMERIC_LINK_PATTERN, links.BARE_LINK_PATTERN):
        for start, run in list(_runs(reading.text, pattern)):
            word = links.cut_attached_sentence(run)
            # A name after an @ is an account; so is one that the reporter gave as an account.
            marked = reading.between(start - 2, start).rstrip().endswith("@")
            if marked or _is_account(reading, word, start, names):
                continue
            if not _is_joint(reading, word, start) and not _is_file(reading, word, start):
                _take_link(reading, word, start)


def _is_joint(reading: _Reading, word: str, start: int) -> bool:
    """Whether it joins the end of a sentence and the start of the next ("payé.il a").

    Two words of letters, the second a first word of sentences; a sentence continues after it, one
    came before, and no word before announces a site.
    """
    end = start + len(word)
    first, _, ending = word.partition(".")
    behind = reading.between(end, end + 2)
    if _GLUED.match(behind) and "/" not in word:
        return True  # "flouss.ma3raftch", "fini.l'homme", "lucia.madrid.96"
    if first.isdigit() and ending.lower() not in links.COMMON_TOP_LEVEL_DOMAINS:
        return links.begins_sentences(ending.lower()) and "/" not in word  # "0661000000.il"
    if not (first.isalpha() and ending.isalpha()):
        return False
    if (
        ending.istitle()
        and not first.istitle()
        and ending.lower() not in links.COMMON_TOP_LEVEL_DOMAINS
    ):
        return True
    if not links.begins_sentences(ending.lower()):
        return False
    before = reading.between(start - _BEFORE, start)
    more = len(behind) > 1 and behind[0] in " \t" and behind[1].isalnum()
    if more and (
        not first.isascii() or says_site(f"{first} ") or any(find_platform_mentions(first))
    ):
        return True  # "marché.de", "le site.il", "sur facebook.il"
    came_before = before.rstrip()[-1:].isalnum() or before.rstrip()[-1:] in ("'", "’", ",")
    if not came_before and ending.lower() in links.COMMON_TOP_LEVEL_DOMAINS:
        return False
    return more and not says_site(before)


def _is_file(reading: _Reading, word: str, start: int) -> bool:
    """Whether it is the name of a file ("lib0.zip"), unless something says that it is a site."""
    name = links.strip_link_punctuation(word).lower()
    if name.rpartition(".")[2] not in links.FILE_EXTENSION_DOMAINS or name.startswith("www."):
        return False
    return not _SITE.search(reading.whole[max(0, start - _BEFORE_FILE) : start])


def _take_link(reading: _Reading, written: str, start: int) -> None:
    bare = links.strip_link_punctuation(written)
    link = links.parse_link(bare)
    if link is None or not _is_link(link):
        return
    end = start + written.find(bare) + len(bare)
    for each in _of_link(link, reading.source):
        reading.note(each.kind, each.canonical, start, end, each.platform, each.registered)
    for wallet, kind in _wallets_in(link):
        reading.note(kind, wallet, start, end)
    reading.blank(start, end)


def _wallets_in(link: links.ParsedLink) -> Iterator[tuple[str, Kind]]:
    """Addresses in the page of a block explorer."""
    for wallet, _, _ in wallets.find_ethereum_addresses(link.path):
        yield wallet, "eth"
    for wallet, _, _ in wallets.find_bitcoin_addresses(link.path):
        yield wallet, "btc"


def _is_account(reading: _Reading, written: str, start: int, names: set[str]) -> bool:
    """Whether the text speaks of `caftan.lamsa.shop`, a possible domain, as an account."""
    name = links.strip_link_punctuation(written).lower()
    if name in names:
        return True
    if "/" in name or name.startswith("www."):
        return False
    if name.rpartition(".")[2] in ("com", "net", "org", "info", *links.RESERVED_DOMAINS):
        return False
    before = reading.whole[max(0, start - _BEFORE) : start]
    if _SITE.search(before) and not any(find_platform_mentions(before)):
        return False
    near, at, said = reading.around(start)
    return handles.is_named_handle(near, at, said) or labels.is_labelled_handle(near, at, said)


def _of_link(link: links.ParsedLink, source: Source) -> Iterator[Identifier]:
    """A link gives its address and its domain; on a platform, the account instead of the domain."""
    led = redirect_target(link.host, link.path, link.query)
    inside = links.parse_link(led) if led else None
    if inside is not None and _is_link(inside):
        link = inside  # the target of the link, not the platform that leads to it
    platform = platform_from_host(link.host)
    if platform is None:
        if link.url:
            yield Identifier("url", link.url, source)
        registered = links.registrable_domain(link.host)
        yield Identifier("domain", link.host, source, registered=registered)
        return
    if has_platform_names(platform.id):
        yield Identifier("platform", platform.id, source)
    if phone := _number_in(platform.id, link):
        yield Identifier("phone", phone, source)
        return
    if link.url:
        yield Identifier("url", link.url, source, platform.id)
    if name := account_from_link(platform, link.host, link.path, link.query):
        yield Identifier("handle", name.lower(), source, platform.id)


def _number_in(platform: str, link: links.ParsedLink) -> str | None:
    """wa.me/212661… and t.me/+212661… stand for the telephone in them."""
    digits = link.path.strip("/").replace("-", "")
    if platform == "telegram":
        return phones.parse_typed_phone(digits) if digits.startswith("+") else None
    if platform != "whatsapp":
        return None
    if link.host != "wa.me":
        digits = parse_query_parameters(link.query).get("phone", [""])[0].strip()
    international = digits if digits.startswith(("+", "0")) else f"+{digits}"
    return phones.parse_typed_phone(international) if digits.strip("+").isdigit() else None
