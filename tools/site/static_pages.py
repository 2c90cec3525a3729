"""The pages that are only read: the first one, what can be reported, and calm words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from casework.pack.help_services import HelpService, matching_services
from casework.pack.jurisdiction import Category
from functions.intake import page_layout
from functions.intake.html import Child, Markup, html_element
from functions.intake.services import service_list, short_service_list
from tools.site.maker import Maker

OTHER: Final = "other"
WAYS: Final = ("blackmailed", "cheated", OTHER)
"""The ways into the form. A link names one by its number, and a category by the numbers behind
them: what the history of a browser shows must not tell what somebody reports. The form's script
reads them in `web/portal/report/ways.ts`."""


def home_page(maker: Maker) -> bytes:
    """The first page of a language."""
    return maker.page(
        maker.t("home.title"),
        "",
        html_element("h1", maker.t("home.title")),
        html_element("p", maker.t("home.lead"), class_="lead"),
        _ways(maker),
        html_element(
            "p",
            html_element(
                "a", maker.t("home.follow"), href=f"{maker.root}follow/", class_="button quiet"
            ),
            class_="actions",
        ),
        html_element(
            "section",
            html_element("h2", maker.t("home.calm")),
            html_element("p", maker.t("home.calm_text")),
            html_element(
                "p", html_element("a", maker.t("home.calm_link"), href=f"{maker.root}urgent/")
            ),
            class_="inset",
        ),
        _help(maker, matching_services(maker.services, maker.home), short=True),
        _section(maker.t("home.what"), _choices(maker)),
        _section(maker.t("home.next"), html_element("ol", _items(maker.steps), class_="steps")),
        _section(maker.t("home.who"), _who(maker)),
        _section(maker.t("home.false"), html_element("p", maker.t("home.false_text"))),
        _section(
            html_element("a", maker.t("home.follow_title"), href=f"{maker.root}follow/"),
            html_element("p", maker.t("home.follow_text")),
        ),
        html_element(
            "section",
            html_element("h2", maker.t("home.figures")),
            html_element("p", maker.t("home.figures_text")),
            html_element("div", id="figures"),
            html_element(
                "p", html_element("a", maker.t("figures.all"), href=f"{maker.root}figures/")
            ),
            class_="wide-block",
        ),
        script="home",
        data=maker.figures_data("home"),
    )


def _ways(maker: Maker) -> Markup:
    """The ways into the form that this pack has, each in large letters."""
    have = {each.way for each in maker.pack.categories.values()}
    entries = [
        html_element(
            "li",
            html_element("a", maker.t(f"way.{way}"), href=f"{maker.root}report/#{number}"),
        )
        for number, way in enumerate(WAYS, start=1)
        if way in have or way == OTHER
    ]
    return html_element("ul", entries, class_="ways")


def _help(maker: Maker, services: Sequence[HelpService], *, short: bool = False) -> Markup | None:
    """Who else helps, and the way to those of other countries."""
    if not services:
        return None
    texts = maker.messages.texts
    more = html_element("a", maker.t("help.more"), href=f"{maker.root}help/")
    return html_element(
        "section",
        html_element("h2", maker.t("help.title")),
        short_service_list(services, texts)
        if short
        else service_list(services, texts, maker.portal),
        html_element("p", more),
        class_="inset",
    )


def _reports(maker: Maker, category: Category) -> str:
    """The address of the form, with this category chosen."""
    number = len(WAYS) + 1 + list(maker.pack.categories).index(category.id)
    return f"{maker.root}report/#{number}"


def _choices(maker: Maker) -> Child:
    entries = [
        html_element(
            "li",
            html_element(
                "a",
                html_element("b", each.names[maker.code]),
                href=f"{maker.root}categories/#{each.id}",
            ),
            html_element("span", each.help[maker.code]),
        )
        for each in maker.pack.categories.values()
    ]
    more = html_element(
        "p", html_element("a", maker.t("home.what_more"), href=f"{maker.root}categories/")
    )
    return [html_element("ul", entries, class_="choices"), more]


def _who(maker: Maker) -> Markup:
    told = (
        ("home.who_report", "home.who_report_text"),
        ("home.who_contact", "home.who_contact_text"),
        ("home.who_name", "home.who_name_text"),
        ("home.who_device", "home.who_device_text"),
    )
    rows = [
        [html_element("dt", maker.t(what)), html_element("dd", maker.t(text))]
        for what, text in told
    ]
    return html_element("dl", rows, class_="facts")


def categories_page(maker: Maker) -> bytes:
    """What can be reported, with advice."""
    return maker.page(
        maker.t("categories.title"),
        "categories/",
        html_element("h1", maker.t("categories.title")),
        html_element("p", maker.t("categories.lead"), class_="lead"),
        [_category(maker, each) for each in maker.pack.categories.values()],
        html_element("p", maker.button("site.report", "report/"), class_="actions"),
    )


def _category(maker: Maker, category: Category) -> Markup:
    name, report = category.names[maker.code], maker.t("categories.report")
    fit = [
        each
        for each in matching_services(maker.services, maker.home, category.id)
        if each.categories
    ]
    return html_element(
        "section",
        html_element("h2", name),
        html_element("p", category.help[maker.code]),
        html_element("h3", maker.t("categories.advice")),
        html_element("ul", _items(category.advice[maker.code])),
        short_service_list(fit, maker.messages.texts) if fit else None,
        html_element(
            "p",
            html_element(
                "a",
                report,
                href=_reports(maker, category),
                class_="button quiet",
                aria_label=maker.messages.texts.fill("site.named", name=report, what=name),
            ),
        ),
        id=category.id,
        class_="category",
    )


def calm_page(maker: Maker) -> bytes:
    """Calm words for somebody who is threatened with images."""
    steps = [
        html_element(
            "li",
            html_element("h2", maker.t(what)),
            html_element("p", maker.t(text)),
        )
        for what, text in (
            ("calm.pay", "calm.pay_text"),
            ("calm.keep", "calm.keep_text"),
            ("calm.proof", "calm.proof_text"),
            ("calm.stop", "calm.stop_text"),
            ("calm.talk", "calm.talk_text"),
        )
    ]
    return maker.page(
        # The title stays in the browser's history, where other people may read it.
        maker.t("home.calm_link"),
        "urgent/",
        html_element("h1", maker.t("calm.title")),
        html_element("p", maker.t("calm.lead"), class_="lead"),
        html_element("ol", steps, class_="calm"),
        html_element(
            "section",
            html_element("h2", maker.t("calm.minor")),
            html_element("p", maker.t("calm.minor_text")),
            class_="inset",
        ),
        _section(
            maker.t("calm.call"),
            page_layout.emergency_links(maker.messages.texts, maker.pack.emergency_numbers),
        ),
        _help(maker, matching_services(maker.services, maker.home, "sextortion")),
        _section(
            maker.t("calm.report"),
            html_element("p", maker.t("calm.report_text")),
            html_element("p", maker.button("site.report", "report/#1"), class_="actions"),
        ),
    )


def _section(heading: Child, *content: Child) -> Markup:
    return html_element("section", html_element("h2", heading), *content)


def _items(texts: Sequence[str]) -> list[Markup]:
    return [html_element("li", each) for each in texts]
