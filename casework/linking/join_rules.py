"""What makes two reports one case: a report joins the case that owns an identifier it names.

The work per report is constant: at most `MAX_MARKS` identifiers are looked up, whatever the size
of the case. This module neither reads nor writes; the caller brings the owners.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.value_objects import Duty
from casework.identifiers import Identifier, keyed_mark, mailbox_from_email
from casework.identifiers.platforms import main_page_address, platform_from_host
from casework.linking.records import IdentifierClaim, IdentifierMark, SitePages

MAX_MARKS: Final = 20
"""The most identifiers of one report that are looked up; those of the location fields come
first."""

MAX_OWN: Final = 50
"""The most of the reporter's own identifiers that are shown beside a report. More would outgrow its
item; they are in its words anyway."""

MAX_SITE_PAGES: Final = 5
"""The most different pages of a site that reports name while it still links by its host. A site of
which more are named is a market or a service, and only its pages and accounts link."""

MAX_LINK_PARAMETERS: Final = 500
"""The number of query parameters of a link that are compared."""

TRACKING_PARAMETERS: Final = frozenset(
    {
        *("fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "ttclid", "twclid", "yclid"),
        *("igsh", "igshid", "si", "mibextid", "ref", "ref_src", "referrer", "referer", "srsltid"),
        *("mc_cid", "mc_eid", "_ga", "_gl", "__tn__", "feature", "share_id", "share_source"),
    }
)
"""Query parameters that tell who followed a link, not where it leads; also `utm_…`."""

PLATFORM_SEPARATOR: Final = "/"
"""Separates platform and name in the mark of an account; no name holds it."""


_HOST: Final = re.compile(r"\A[^/?#]*")


@dataclass(frozen=True)
class JoinOutcome:
    """The report belongs to an existing case."""

    case_id: str
    by: tuple[IdentifierMark, ...]
    """The identifiers that it shares with the case."""
    claims: tuple[IdentifierClaim, ...]
    bridges: tuple[tuple[str, tuple[IdentifierMark, ...]], ...] = ()
    """Other open cases, with the identifiers that it shares with each, the largest share first.
    People merge them or not."""
    recalled: tuple[tuple[str, tuple[IdentifierMark, ...]], ...] = ()
    """Closed cases, with the identifiers of the report that each held when it ended."""


@dataclass(frozen=True)
class OpenOutcome:
    """The report opens a case."""

    claims: tuple[IdentifierClaim, ...]
    elsewhere: tuple[tuple[str, tuple[IdentifierMark, ...]], ...] = ()
    """Open cases that met an account of the same name on another platform, or other pages of the
    same site, for people to see."""
    recalled: tuple[tuple[str, tuple[IdentifierMark, ...]], ...] = ()
    """As in `JoinOutcome`."""


def reporters_own(
    found: Iterable[Identifier], own: Collection[str], own_key: bytes
) -> tuple[Identifier, ...]:
    """The reporter's own identifiers: by their words, or by the keyed hashes in `own`."""
    return tuple(
        each
        for each in found
        if each.own
        or (own and any(keyed_mark(own_key, each.kind, name) in own for name in _names(each)))
    )


def _names(identifier: Identifier) -> Iterator[str]:
    yield identifier.canonical
    if identifier.kind == "email":
        yield mailbox_from_email(identifier.canonical)


def strong_marks(
    found: Iterable[Identifier],
    *,
    stopped_hosts: Collection[str] = (),
    stopped_phones: Collection[str] = (),
) -> list[IdentifierMark]:
    """The distinct marks by which a report may be linked, from at most `MAX_MARKS` identifiers.

    The reporter's own identifiers are excluded, and so are those that many unrelated reports name,
    such as the front page of a platform or a hotline. The page of a site and its host are one
    identifier of the report.
    """
    marks: dict[IdentifierMark, None] = {}
    remaining, page_of = MAX_MARKS, ""
    for identifier in found:
        kind, canonical = identifier.kind, identifier.canonical
        if identifier.own or not (remaining or kind == "domain"):
            continue
        if kind == "phone" and canonical in stopped_phones:
            continue
        if kind == "url" and not _is_page(canonical, stopped_hosts):
            continue
        with_its_page = kind == "domain" and page_of == canonical
        if not (remaining or with_its_page):
            continue
        more = dict.fromkeys(identifier_marks(identifier, stopped_hosts))
        remaining -= bool(more.keys() - marks.keys()) and not with_its_page
        marks |= more
        page_of = _host_of(canonical) if kind == "url" else ""
    return list(marks)


def identifier_marks(
    identifier: Identifier, stopped_hosts: Collection[str] = ()
) -> Iterator[IdentifierMark]:
    """The marks of an identifier; none where it links nothing by itself.

    One page has one mark, however its address is written. An identifier implied by another mark of
    the same report has none: the IBAN around a Moroccan account.
    An account has its platform's mark, and a mark of its name alone where the name is distinctive.
    """
    kind, canonical = identifier.kind, identifier.canonical
    match kind:
        case "url":
            yield kind, canonical_link(canonical)
        case "domain":
            if not _is_stopped(canonical, stopped_hosts):
                yield kind, identifier.registered or canonical
        case "iban" if canonical.startswith("MA"):
            pass
        case "platform":
            pass
        case "handle":
            if is_distinctive_handle(canonical):
                yield kind, canonical
            if identifier.platform:
                yield kind, f"{identifier.platform}{PLATFORM_SEPARATOR}{canonical}"
        case "email":
            yield kind, mailbox_from_email(canonical)
        case _:
            yield kind, canonical


def _platforms(marks: Iterable[IdentifierMark]) -> dict[IdentifierMark, str]:
    """The platform of each account that a report names, by the mark of its name alone."""
    scoped = (
        value.partition(PLATFORM_SEPARATOR)
        for kind, value in marks
        if kind == "handle" and PLATFORM_SEPARATOR in value
    )
    return {("handle", name): platform for platform, _, name in scoped}


def is_distinctive_handle(name: str) -> bool:
    """Whether an account's name is unlikely to belong to another person on another platform."""
    unusual = any(not each.isalpha() for each in name.strip("._"))
    return len(name) >= (6 if unusual else 10)


def _is_page(url: str, stopped_hosts: Collection[str]) -> bool:
    """Whether it is more than a front page: the page of one person, shop, listing or thing."""
    address = canonical_link(url)
    host, _, path = address.partition("/")
    platform = platform_from_host(host)
    if platform is None:
        return _path_of(address) != ""
    # "facebook.com/login.php", "instagram.com/explore" are common to all users.
    everybodys = path in platform.not_accounts or path.endswith(".php")
    return bool(path) and not everybodys


def _host_of(url: str) -> str:
    return canonical_link(url).partition("/")[0].partition("?")[0].partition(":")[0]


def _path_of(address: str) -> str:
    """What of an address names the page on its host."""
    return _HOST.sub("", address, count=1)


def is_listing_page(page: IdentifierMark) -> bool:
    """Whether a page looks like one of many of its kind: below a folder, with a query, or with a
    number. Two such pages of a site are about two things, whatever the site is."""
    path = _path_of(page[1]).lstrip("/")
    return "/" in path or "?" in path or any(map(str.isdigit, path))


def site_pages(site: IdentifierMark, marks: Iterable[IdentifierMark]) -> tuple[IdentifierMark, ...]:
    """The pages among the marks of a report that are on this site."""
    kind, name = site
    if kind != "domain":
        return ()
    hosts = ((mark, _host_of(f"//{mark[1]}")) for mark in marks if mark[0] == "url")
    return tuple(mark for mark, host in hosts if host == name or host.endswith(f".{name}"))


def links_by_site(site: IdentifierMark, marks: Iterable[IdentifierMark], pages: SitePages) -> bool:
    """Whether a report belongs to the case of a site that it names.

    Not with another listing than those that reports named before, nor where the site has more
    than `MAX_SITE_PAGES` pages by now.
    """
    told = site_pages(site, marks)
    if any(map(is_listing_page, told)):
        return pages.others == 0
    return pages.others + len({*told, *pages.known}) <= MAX_SITE_PAGES


def has_counted_pages(pages: SitePages) -> bool:
    """Whether a site is not known to have more than `MAX_SITE_PAGES` pages."""
    return pages.others + len(pages.known) <= MAX_SITE_PAGES


def new_site_pages(
    marks: Sequence[IdentifierMark], sites: Mapping[IdentifierMark, SitePages]
) -> dict[IdentifierMark, tuple[IdentifierMark, ...]]:
    """The pages of a report that no report named before, by their site, as long as its pages are
    counted."""
    new = {
        site: tuple(each for each in site_pages(site, marks) if each not in pages.known)
        for site, pages in sites.items()
        if has_counted_pages(pages)
    }
    return {site: pages for site, pages in new.items() if pages}


def _is_stopped(host: str, stopped_hosts: Collection[str]) -> bool:
    """Whether unrelated reports name the host, or a parent of it."""
    labels = host.split(":")[0].removeprefix("www.").split(".")
    return any(".".join(labels[at:]) in stopped_hosts for at in range(len(labels)))


def canonical_link(url: str) -> str:
    """A canonical URL without the parts that do not change the page: scheme, `www.`, last `/`,
    trackers.

    A platform's page has one address on all its hosts, with only the parts that identify it.
    """
    parts = urlsplit(url)
    host, path, query = parts.netloc.removeprefix("www."), parts.path, parts.query
    platform = platform_from_host(host)
    if platform is not None:
        host, path, says = main_page_address(host, path)
        query = says or query
    if query.count("&") >= MAX_LINK_PARAMETERS:
        query = ""
    parameters = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name not in TRACKING_PARAMETERS
        and not name.startswith("utm_")
        and (platform is None or platform.page is None or name in platform.page)
    ]
    return f"{host}{path.rstrip('/')}" + (f"?{urlencode(sorted(parameters))}" if parameters else "")


@dataclass(frozen=True)
class _Sorted:
    """The marks of a report by owner."""

    alive: dict[IdentifierMark, str]
    """Owned by open cases."""
    elsewhere: dict[IdentifierMark, str]
    """Owned by open cases that met an account of the same name on another platform, or other pages
    of the same site: people see them."""
    claims: tuple[IdentifierClaim, ...]
    """Owned by no case, or by a closed one: they go to the report's case."""
    closed: dict[IdentifierMark, str]
    """Owned by closed cases whose time has not passed."""


def _sorted(
    marks: Sequence[IdentifierMark],
    owners: Mapping[IdentifierMark, str],
    cases: Mapping[str, Case],
    met_on: Mapping[IdentifierMark, str],
    sites: Mapping[IdentifierMark, SitePages],
) -> _Sorted:
    owned = {
        mark: owner for mark, owner in owners.items() if owner in cases and cases[owner].joinable
    }
    wide = {mark for mark, pages in sites.items() if not links_by_site(mark, marks, pages)}
    platforms = _platforms(marks)
    elsewhere = {
        mark: owned[mark]
        for mark, platform in platforms.items()
        if mark in owned and met_on.get(mark, platform) != platform
    } | {mark: owned[mark] for mark in marks if mark in wide & owned.keys()}
    # An account that its name alone finds needs no second entry.
    spare = {
        ("handle", f"{platform}{PLATFORM_SEPARATOR}{mark[1]}")
        for mark, platform in platforms.items()
        if mark in marks and mark not in elsewhere
    }
    claims = tuple(
        IdentifierClaim(mark, owners.get(mark), platforms.get(mark), site_pages(mark, marks))
        for mark in marks
        if mark not in owned and mark not in spare
    )
    alive = {mark: owner for mark, owner in owned.items() if mark not in elsewhere}
    left = owners.keys() - owned.keys() - wide
    ended = {mark: _ended_in(owner, cases) for mark, owner in owners.items() if mark in left}
    closed = {
        mark: at.id
        for mark, at in ended.items()
        if at and met_on.get(mark, platforms.get(mark)) == platforms.get(mark, met_on.get(mark))
    }
    return _Sorted(_without_implied(alive), elsewhere, claims, _without_implied(closed))


def _without_implied(owners: dict[IdentifierMark, str]) -> dict[IdentifierMark, str]:
    """The same without pages of a site of the same case: site and page are one thing that both
    reports name."""
    implied = {
        page
        for site, owner in owners.items()
        for page in site_pages(site, owners)
        if owners[page] == owner
    }
    return {mark: owner for mark, owner in owners.items() if mark not in implied}


def _ended_in(owner: str, cases: Mapping[str, Case]) -> Case | None:
    """The closed case that inherited an owner's identifiers, through merges.

    None for a case that is erased, or past its retention: it is not named any more.
    """
    at, met = cases.get(owner), {owner}
    while at is not None and at.merged_into is not None and at.merged_into not in met:
        met.add(at.merged_into)
        at = cases.get(at.merged_into)
    if at is None or at.status is not Status.CLOSED or Duty.RETENTION in at.duties:
        return None
    return at


def _bridges(
    marks: Sequence[IdentifierMark], alive: Mapping[IdentifierMark, str], without: str
) -> tuple[tuple[str, tuple[IdentifierMark, ...]], ...]:
    """The other open cases that own some of the marks, with these marks, the largest share
    first."""
    shared = Counter(alive[mark] for mark in marks if mark in alive)
    others = sorted(shared.keys() - {without}, key=lambda each: (-shared[each], each))
    return tuple((other, _with_case(marks, alive, other)) for other in others)


def _with_case(
    marks: Sequence[IdentifierMark], alive: Mapping[IdentifierMark, str], case_id: str
) -> tuple[IdentifierMark, ...]:
    return tuple(sorted({mark for mark in marks if alive.get(mark) == case_id}))


def decide_case(
    marks: Sequence[IdentifierMark],
    owners: Mapping[IdentifierMark, str],
    cases: Mapping[str, Case],
    met_on: Mapping[IdentifierMark, str] = MappingProxyType({}),
    sites: Mapping[IdentifierMark, SitePages] = MappingProxyType({}),
) -> JoinOutcome | OpenOutcome:
    """Join the open case that shares the most identifiers, the oldest among equals; otherwise open
    one.

    Identifiers of no case or of a closed case go to the report's case. `met_on` has the platform on
    which an owned account name was met: the same name on another platform may belong to another
    person. `sites` has the pages of owned sites.
    """
    found = _sorted(marks, owners, cases, met_on, sites)
    shared = Counter(found.alive[mark] for mark in marks if mark in found.alive)
    if not shared:
        elsewhere = tuple(
            (owner, (mark,))
            for mark, owner in found.elsewhere.items()
            if mark not in sites or has_counted_pages(sites[mark])
        )
        return OpenOutcome(found.claims, elsewhere, _bridges(marks, found.closed, ""))
    best = min(shared, key=lambda case_id: (-shared[case_id], cases[case_id].opened_at, case_id))
    return JoinOutcome(
        best,
        _with_case(marks, found.alive, best),
        found.claims,
        _bridges(marks, found.alive, best),
        _bridges(marks, found.closed, best),
    )


def joinable_addition_marks(
    marks: Sequence[IdentifierMark],
    owners: Mapping[IdentifierMark, str],
    cases: Mapping[str, Case],
    met_on: Mapping[IdentifierMark, str],
    case: Case,
    sites: Mapping[IdentifierMark, SitePages] = MappingProxyType({}),
) -> JoinOutcome:
    """The identifiers of a later addition: the report stays in its case, which takes the unowned
    ones.

    Identifiers of another open case are shown to people on both cases. An ended case takes none
    from a case that ended before it.
    """
    found = _sorted(marks, owners, cases, met_on, sites)
    claims = found.claims
    if not case.joinable:
        claims = tuple(each for each in claims if each.instead_of is None)
    known = _with_case(marks, found.alive, case.id)
    bridges, recalled = (_bridges(marks, each, case.id) for each in (found.alive, found.closed))
    return JoinOutcome(case.id, known, claims, bridges, recalled)


def unclaimed_mentions(
    marks: Iterable[IdentifierMark],
    owners: Mapping[IdentifierMark, str],
    claims: Iterable[IdentifierClaim],
    case_id: str,
) -> list[IdentifierMark]:
    """The identifiers of a report that another case owns and keeps: its own case is noted beside
    the owner, so that people find both."""
    taken = {claim.mark for claim in claims}
    return [mark for mark in marks if owners.get(mark, case_id) != case_id and mark not in taken]
