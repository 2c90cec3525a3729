"""Who helps somebody besides the police, as a list on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from casework.pack.help_services import (
    HelpService,
    load_help_services,
    matching_services,
    public_services,
)
from casework.pack.jurisdiction import Jurisdiction
from functions.intake.html import Child, Markup, html_element
from functions.intake.texts import Portal, PortalTexts


def service_list(services: Iterable[HelpService], texts: PortalTexts, portal: Portal) -> Markup:
    """Each service with what it does, when, in which languages and how to reach it quietly."""
    return html_element(
        "ul",
        [html_element("li", _service(each, texts, portal)) for each in services],
        class_="services",
    )


def folded_service_list(
    texts: PortalTexts, pack: Jurisdiction, portal: Portal, category: str | None = None
) -> Markup | None:
    """Who else helps, as far as people may be sent there, folded away until it is wanted."""
    every = public_services(load_help_services(pack.folder), demonstration=not portal.operator)
    found = matching_services(every, pack.id.upper(), category)
    if not found:
        return None
    more = html_element("a", texts["help.more"], href=f"/{texts.language.code}/help/")
    return html_element(
        "details",
        html_element("summary", texts["help.title"]),
        service_list(found, texts, portal),
        html_element("p", more),
        class_="no-print",
    )


def short_service_list(services: Iterable[HelpService], texts: PortalTexts) -> Markup:
    """Each service with its name and the way to it."""
    return html_element(
        "ul", [html_element("li", _named(each, texts)) for each in services], class_="services"
    )


def service_languages_text(service: HelpService, portal: Portal) -> str:
    """The languages of a service, each in its own words."""
    names = {each.code: each.name for each in portal.languages}
    return ", ".join(names.get(code, code) for code in service.languages)


def _named(service: HelpService, texts: PortalTexts) -> Iterator[Child]:
    code = texts.language.code
    yield html_element("b", service.names[code])
    if service.number:
        yield " "
        number = html_element("b", service.number, dir="ltr")
        yield html_element("a", number, href=f"tel:{service.number}")
    if service.address:
        yield " "
        host = urlsplit(service.address).hostname or ""
        yield html_element("a", host, href=service.address, rel="noreferrer", dir="ltr")


def _service(service: HelpService, texts: PortalTexts, portal: Portal) -> Iterator[Child]:
    code = texts.language.code
    yield html_element("p", *_named(service, texts))
    yield html_element("p", service.help[code])
    ages = [texts[f"help.{service.ages}"]] if service.ages != "any" else []
    languages = service_languages_text(service, portal)
    said = [texts.fill("help.languages", languages=languages)] if languages else []
    facts = [*ages, service.hours[code], *said, texts.fill("help.quietly", how=service.quiet[code])]
    yield html_element("p", " · ".join(facts), class_="hint")
    if not service.confirmed:
        yield html_element("p", texts["help.unconfirmed"], class_="hint")
