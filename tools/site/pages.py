"""The static pages, in one language each."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

from casework.text.codes import COUNTRY_CODES, CURRENCY_CODES
from functions.intake.html import Child, html_element
from functions.intake.services import service_languages_text
from tools.site.about_pages import about_page, help_page
from tools.site.icon import ICONS
from tools.site.maker import Maker
from tools.site.messages import ROOT
from tools.site.static_pages import calm_page, categories_page, home_page
from tools.site.verify_page import verify_page

NEUTRAL_SECONDS: Final = 0
"""How long the leaving page stays before it redirects."""
SENT: Final = ROOT / "web" / "shared" / "sent.svg"
"""The tick of a sent report. It stands beside the leaving page, whose headers empty the cache."""


def build_pages(maker: Maker) -> dict[str, bytes]:
    """The pages of one language: file below it → content."""
    made: dict[str, Callable[[], bytes]] = {
        "index.html": lambda: home_page(maker),
        "categories/index.html": lambda: categories_page(maker),
        "urgent/index.html": lambda: calm_page(maker),
        "report/index.html": lambda: _report(maker),
        "follow/index.html": lambda: _follow(maker),
        "figures/index.html": lambda: _figures(maker),
        "about/index.html": lambda: maker.page(maker.t("about.title"), "about/", about_page(maker)),
        "help/index.html": lambda: maker.page(maker.t("help.title"), "help/", help_page(maker)),
        "verify/index.html": lambda: verify_page(maker, maker.script_data("verify")),
        "exit/index.html": lambda: _exit(maker),
        "exit/sent.svg": SENT.read_bytes,
        "app.webmanifest": lambda: _manifest(maker),
    }
    return {name: make() for name, make in made.items()}


def _report(maker: Maker) -> bytes:
    categories = [
        {
            "id": each.id,
            "name": each.names[maker.code],
            "help": each.help[maker.code],
            # The answer to a report brings the advice of any category.
            **({"advice": each.advice[maker.code]} if each.calm or each.way else {}),
            "calm": each.calm,
            **({"way": each.way} if each.way else {}),
            **({"victims_alone": True} if each.files_from_victims_alone else {}),
        }
        for each in maker.pack.categories.values()
    ]
    data = maker.script_data(
        "report",
        page="report",
        categories=categories,
        countries="".join(each for each in sorted(COUNTRY_CODES) if each != maker.home),
        currencies="".join(sorted(CURRENCY_CODES)),
        home=maker.home,
        services=[
            {
                "kind": each.kind,
                "countries": each.countries,
                "categories": each.categories,
                "ages": each.ages,
                "despair": each.despair,
                "number": each.number,
                "address": each.address,
                "name": each.names[maker.code],
                "facts": [
                    each.hours[maker.code],
                    service_languages_text(each, maker.portal),
                    each.quiet[maker.code],
                ],
            }
            for each in maker.services
        ],
        places=maker.places.address,
        later=maker.later.address,
    )
    plain = html_element(
        "p", html_element("a", maker.t("report.plain"), href=f"{maker.root}report/plain")
    )
    # A browser that runs no script is led to the form that needs none.
    led = html_element(
        "noscript", html_element("meta", http_equiv="refresh", content="0; url=plain")
    )
    return maker.page(
        maker.t("report.title"),
        "report/",
        html_element(
            "div",
            html_element("h1", maker.t("report.title")),
            plain,
            id="app",
            class_="filled",
        ),
        script="report",
        data=[data, led],
    )


def _follow(maker: Maker) -> bytes:
    t = maker.t
    fields = [
        maker.text_field(
            name,
            f"follow.{name}",
            type="text",
            autocomplete="off",
            autocapitalize="none",
            spellcheck="false",
            maxlength=100,
            class_="code",
        )
        for name in ("reference", "receipt")
    ]
    form = html_element(
        "form",
        fields,
        html_element("button", t("follow.show"), class_="button"),
        method="post",
        action=f"{maker.root}follow",
        autocomplete="off",
    )
    return maker.page(
        t("follow.title"),
        "follow/",
        html_element(
            "div",
            html_element("h1", t("follow.title")),
            html_element("p", t("follow.lead"), class_="lead"),
            form,
            id="app",
            class_="filled",
        ),
        script="follow",
        data=maker.script_data("follow", page="follow", later=maker.later.address),
    )


def _figures(maker: Maker) -> bytes:
    """Includes the same figures for browsers without a script: a table for a spreadsheet."""
    months = [
        maker.text_field(
            name,
            f"figures.{name}",
            type="month",
            pattern="2[0-9]{3}-(0[1-9]|1[0-2])",
            placeholder="2024-06",
            class_="short",
        )
        for name in ("from", "to")
    ]
    form = html_element(
        "form",
        html_element("input", type="hidden", name="language", value=maker.code),
        months,
        [
            html_element(
                "p", html_element("button", maker.t(key), class_=look, name="format", value=value)
            )
            for key, value, look in (
                ("figures.download", "csv", "button"),
                ("figures.download_json", "json", "button quiet"),
            )
        ],
        method="get",
        action="/v1/statistics",
    )
    return maker.page(
        maker.t("figures.title"),
        "figures/",
        html_element("h1", maker.t("figures.title")),
        html_element("p", maker.t("figures.lead"), class_="lead"),
        html_element(
            "div",
            html_element(
                "div", html_element("p", maker.t("figures.needs_javascript")), form, class_="late"
            ),
            id="app",
            class_="filled",
        ),
        script="figures",
        data=maker.figures_data("figures"),
    )


def _exit(maker: Maker) -> bytes:
    onward = maker.t("site.exit_url")
    texts = maker.messages.texts
    body = html_element(
        "body",
        html_element(
            "main",
            html_element("p", maker.t("site.exited")),
            html_element(
                "p",
                html_element("a", maker.t("site.exit_onward"), href=onward, rel="noreferrer"),
            ),
        ),
    )
    head = html_element(
        "head",
        html_element("meta", charset="utf-8"),
        html_element("meta", http_equiv="refresh", content=f"{NEUTRAL_SECONDS}; url={onward}"),
        html_element("title", maker.t("site.exit_onward")),
        html_element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        html_element("link", rel="stylesheet", href=maker.portal.style),
    )
    html = html_element("html", head, body, lang=maker.code, dir=texts.language.direction)
    return f"<!doctype html>{html}".encode()


def _manifest(maker: Maker) -> bytes:
    contents = {
        "name": maker.t("site.service"),
        "short_name": maker.t("site.name"),
        "lang": maker.code,
        "dir": maker.messages.language.direction,
        "id": maker.root,
        "start_url": maker.root,
        "scope": maker.root,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#17456b",
        "icons": [
            {
                "src": maker.portal.icon,
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "any",
            },
            *(
                {
                    "src": f"/{each.name}",
                    "sizes": f"{each.size}x{each.size}",
                    "type": "image/png",
                    "purpose": "maskable" if each.square else "any",
                }
                for each in ICONS
            ),
        ],
    }
    return json.dumps(contents, ensure_ascii=False).encode()


def front_page(made: Sequence[Maker]) -> bytes:
    """The page at `/`: the languages, each in its own words."""
    entries = [
        html_element(
            "li",
            html_element(
                "a",
                html_element("b", each.messages.language.name),
                html_element("span", each.t("site.service")),
                href=each.root,
                lang=each.code,
                hreflang=each.code,
                dir=each.messages.language.direction,
            ),
        )
        for each in made
    ]
    first = made[0]
    return _bare(first, "", html_element("ul", entries, class_="front"), script="front")


def not_found(made: Sequence[Maker]) -> bytes:
    """The page for an address without a page, in the languages of these makers."""
    entries = [
        html_element(
            "section",
            html_element("h2", each.t("site.not_found")),
            html_element("p", each.t("site.not_found_text")),
            html_element("p", html_element("a", each.t("site.home"), href=each.root)),
            lang=each.code,
            dir=each.messages.language.direction,
        )
        for each in made
    ]
    return _bare(made[0], made[0].t("site.not_found"), entries)


def _bare(first: Maker, title: str, content: Child, script: str = "") -> bytes:
    name = " · ".join(dict.fromkeys((first.t("site.name"), "e-Iblagh")))
    head = html_element(
        "head",
        html_element("meta", charset="utf-8"),
        html_element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        html_element("title", f"{title} · {name}" if title else name),
        html_element("link", rel="stylesheet", href=first.portal.style),
        html_element("link", rel="icon", href=first.portal.icon, type="image/svg+xml"),
        html_element("script", type="module", src=first.scripts[script].address)
        if script
        else None,
    )
    body = html_element(
        "body", html_element("main", html_element("h1", name), content, class_="bare")
    )
    html = html_element("html", head, body, lang=first.code, dir=first.messages.language.direction)
    return f"<!doctype html>{html}".encode()
