"""Who helps somebody besides the police, as a list on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from casework.pack.jurisdiction import Jurisdiction
from casework.pack.services import HelpService, fitting, services_of, shown
from functions.intake.html import Child, Markup, element
from functions.intake.texts import Portal, Texts


def listed(services: Iterable[HelpService], texts: Texts, portal: Portal) -> Markup:
    """Each service with what it does, when, in which languages and how to reach it quietly."""
    return element(
        "ul",
        [element("li", _service(each, texts, portal)) for each in services],
        class_="services",
    )


def folded(
    texts: Texts, pack: Jurisdiction, portal: Portal, category: str | None = None
) -> Markup | None:
    """Who else helps, as far as people may be sent there, folded away until it is wanted."""
    every = shown(services_of(pack.folder), demonstration=not portal.operator)
    found = fitting(every, pack.id.upper(), category)
    if not found:
        return None
    more = element("a", texts["help.more"], href=f"/{texts.language.code}/help/")
    return element(
        "details",
        element("summary", texts["help.title"]),
        listed(found, texts, portal),
        element("p", more),
        class_="no-print",
    )


def in_short(services: Iterable[HelpService], texts: Texts) -> Markup:
    """Each service with its name and the way to it."""
    return element(
        "ul", [element("li", _named(each, texts)) for each in services], class_="services"
    )


def spoken(service: HelpService, portal: Portal) -> str:
    """The languages of a service, each in its own words."""
    names = {each.code: each.name for each in portal.languages}
    return ", ".join(names.get(code, code) for code in service.languages)


def _named(service: HelpService, texts: Texts) -> Iterator[Child]:
    code = texts.language.code
    yield element("b", service.names[code])
    if service.number:
        yield " "
        number = element("b", service.number, dir="ltr")
        yield element("a", number, href=f"tel:{service.number}")
    if service.address:
        yield " "
        host = urlsplit(service.address).hostname or ""
        yield element("a", host, href=service.address, rel="noreferrer", dir="ltr")


def _service(service: HelpService, texts: Texts, portal: Portal) -> Iterator[Child]:
    code = texts.language.code
    yield element("p", *_named(service, texts))
    yield element("p", service.help[code])
    ages = [texts[f"help.{service.ages}"]] if service.ages != "any" else []
    languages = spoken(service, portal)
    said = [texts.fill("help.languages", languages=languages)] if languages else []
    facts = [*ages, service.hours[code], *said, texts.fill("help.quietly", how=service.quiet[code])]
    yield element("p", " · ".join(facts), class_="hint")
    if not service.confirmed:
        yield element("p", texts["help.unconfirmed"], class_="hint")
