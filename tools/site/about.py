"""The pages about the service itself: who asks, by which law, and who else helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casework.pack.notices import LegalNotice, notices_of
from casework.pack.services import HelpService, fitting
from functions.intake.html import Child, Markup, element
from functions.intake.services import listed
from tools.site.maker import Maker


def about_page(maker: Maker) -> list[Child]:
    """Operator, legal basis, data protection, accessibility, contact and source code."""
    t, operator = maker.t, maker.operator
    notices = notices_of(maker.pack.folder)
    return [
        element("h1", t("about.title")),
        _part("operator", t("about.operator"), element("p", operator.name or t("about.nobody"))),
        _noticed("law", t("about.law"), notices.legal_basis, maker) if notices else None,
        _noticed("data", t("about.data"), notices.data_protection, maker) if notices else None,
        _mail("about.data_contact", operator.privacy, maker),
        _part("accessibility", t("about.accessibility"), element("p", t("about.accessible"))),
        _part(
            "contact",
            t("about.contact"),
            _mail("about.contact_text", operator.contact, maker)
            or element("p", t("about.no_contact")),
        ),
        _part(
            "source",
            t("about.source"),
            element("p", t("site.licence")),
            element("p", element("a", operator.source, href=operator.source, dir="ltr"))
            if operator.source
            else None,
            element("p", element("a", t("site.api"), href="/reference/")),
        ),
    ]


def help_page(maker: Maker) -> list[Child]:
    """Every service by country. The country is the reader's to choose."""
    t = maker.t
    countries = dict.fromkeys(
        [maker.home, *(country for each in maker.services for country in each.countries)]
    )
    return [
        element("h1", t("help.title")),
        element("p", t("help.lead"), class_="lead"),
        element("h2", t("help.country")),
        [
            element(
                "details",
                element("summary", maker.countries[country]),
                listed(_only(maker.services, country), maker.messages.texts, maker.portal),
                open=country == maker.home,
            )
            for country in countries
        ],
        element("h2", t("help.everywhere")),
        listed(fitting(maker.services, ""), maker.messages.texts, maker.portal),
    ]


def _only(services: Sequence[HelpService], country: str) -> list[HelpService]:
    return [each for each in services if country in each.countries]


def _part(id_: str, title: str, *content: Child) -> Markup:
    return element("section", element("h2", title), *content, id=id_)


def _noticed(id_: str, title: str, notice: LegalNotice, maker: Maker) -> Markup:
    def told() -> Iterator[Child]:
        for each in notice.texts[maker.code]:
            yield element("p", each)
        if not notice.confirmed:
            yield element("p", maker.t("about.unconfirmed"), class_="hint")

    return _part(id_, title, list(told()))


def _mail(key: str, address: str | None, maker: Maker) -> Markup | None:
    if address is None:
        return None
    link = element("a", element("bdi", address, dir="ltr"), href=f"mailto:{address}")
    return element("p", maker.t(key), " ", link)
