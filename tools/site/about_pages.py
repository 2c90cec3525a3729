"""The pages about the service itself: who asks, by which law, and who else helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casework.pack.help_services import HelpService, matching_services
from casework.pack.notices import LegalNotice, load_notices
from functions.intake.html import Child, Markup, html_element
from functions.intake.services import service_list
from tools.site.maker import Maker


def about_page(maker: Maker) -> list[Child]:
    """Operator, legal basis, data protection, accessibility, contact and source code."""
    t, operator = maker.t, maker.operator
    notices = load_notices(maker.pack.folder)
    return [
        html_element("h1", t("about.title")),
        _part(
            "operator", t("about.operator"), html_element("p", operator.name or t("about.nobody"))
        ),
        _noticed("law", t("about.law"), notices.legal_basis, maker) if notices else None,
        _noticed("data", t("about.data"), notices.data_protection, maker) if notices else None,
        _mail("about.data_contact", operator.privacy, maker),
        _part("accessibility", t("about.accessibility"), html_element("p", t("about.accessible"))),
        _part(
            "contact",
            t("about.contact"),
            _mail("about.contact_text", operator.contact, maker)
            or html_element("p", t("about.no_contact")),
        ),
        _part(
            "source",
            t("about.source"),
            html_element("p", t("site.licence")),
            html_element("p", html_element("a", operator.source, href=operator.source, dir="ltr"))
            if operator.source
            else None,
            html_element("p", html_element("a", t("site.api"), href="/reference/")),
        ),
    ]


def help_page(maker: Maker) -> list[Child]:
    """Every service by country. The country is the reader's to choose."""
    t = maker.t
    countries = dict.fromkeys(
        [maker.home, *(country for each in maker.services for country in each.countries)]
    )
    return [
        html_element("h1", t("help.title")),
        html_element("p", t("help.lead"), class_="lead"),
        html_element("h2", t("help.country")),
        [
            html_element(
                "details",
                html_element("summary", maker.countries[country]),
                service_list(_only(maker.services, country), maker.messages.texts, maker.portal),
                open=country == maker.home,
            )
            for country in countries
        ],
        html_element("h2", t("help.everywhere")),
        service_list(matching_services(maker.services, ""), maker.messages.texts, maker.portal),
    ]


def _only(services: Sequence[HelpService], country: str) -> list[HelpService]:
    return [each for each in services if country in each.countries]


def _part(id_: str, title: str, *content: Child) -> Markup:
    return html_element("section", html_element("h2", title), *content, id=id_)


def _noticed(id_: str, title: str, notice: LegalNotice, maker: Maker) -> Markup:
    def told() -> Iterator[Child]:
        for each in notice.texts[maker.code]:
            yield html_element("p", each)
        if not notice.confirmed:
            yield html_element("p", maker.t("about.unconfirmed"), class_="hint")

    return _part(id_, title, list(told()))


def _mail(key: str, address: str | None, maker: Maker) -> Markup | None:
    if address is None:
        return None
    link = html_element("a", html_element("bdi", address, dir="ltr"), href=f"mailto:{address}")
    return html_element("p", maker.t(key), " ", link)
