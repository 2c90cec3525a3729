"""The static pages, in one language each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from casework.figures.publication import SETTLING
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.published_table import law_of
from casework.pack.services import HelpService, services_of, shown
from casework.pack.time_zones import changes_of
from casework.text.codes import COUNTRIES, CURRENCIES
from functions.intake.html import Child, Markup, element
from functions.intake.services import spoken
from functions.intake.shell import Page, document
from functions.intake.texts import Portal
from infra.deployment import Operator
from tools.site.about import about_page, help_page
from tools.site.icon import ICONS
from tools.site.intl import PluralRules
from tools.site.messages import NOTHING, ROOT, Messages, Used
from tools.site.places import Places, kept_apart, places_of
from tools.site.read import calm_page, categories_page, home_page
from tools.site.verify_page import verify_page

NEUTRAL_SECONDS: Final = 0
"""How long the leaving page stays before it redirects."""
SENT: Final = ROOT / "web" / "shared" / "sent.svg"
"""The tick of a sent report. It stands beside the leaving page, whose headers empty the cache."""


@dataclass(frozen=True)
class Script:
    """The script of a page."""

    address: str
    used: Used
    """The texts that the page's own source and its imports use."""
    parts: tuple[str, ...] = ()
    """The addresses of other scripts that it needs to begin."""
    later: Used = NOTHING
    """The texts that it uses with the parts that it loads at need."""
    source: str = ""
    """The script itself, where the page holds it."""


@dataclass(frozen=True)
class Maker:
    """Makes the pages of one language."""

    messages: Messages
    portal: Portal
    pack: Jurisdiction
    rules: PluralRules
    scripts: Mapping[str, Script]
    locale: str
    """BCP 47: the language in the form of the pack's country."""
    outlines: Mapping[str, Any] = field(default_factory=dict)
    """`web/portal/map/{pack}.json`; empty where the pack has no map."""
    countries: Mapping[str, str] = field(default_factory=dict)
    """Code → name, of every country."""
    operator: Operator = field(default_factory=Operator)

    def pages(self) -> dict[str, bytes]:
        """File below the language → content."""
        made: dict[str, Callable[[], bytes]] = {
            "index.html": lambda: home_page(self),
            "categories/index.html": lambda: categories_page(self),
            "urgent/index.html": lambda: calm_page(self),
            "report/index.html": self._report,
            "follow/index.html": self._follow,
            "figures/index.html": self._figures,
            "about/index.html": lambda: self.page(
                self.t("about.title"), "about/", about_page(self)
            ),
            "help/index.html": lambda: self.page(self.t("help.title"), "help/", help_page(self)),
            "verify/index.html": lambda: verify_page(self, self._data("verify")),
            "exit/index.html": self._exit,
            "exit/sent.svg": SENT.read_bytes,
            "app.webmanifest": self._manifest,
        }
        return {name: make() for name, make in made.items()}

    # helpers

    @cached_property
    def places(self) -> Places:
        """The places of the country that a reporter can pick."""
        return places_of(self.pack, self.code)

    @cached_property
    def later(self) -> Places:
        """The words of the parts that a report and its follow-up load at need."""
        loading = [self.scripts[name] for name in ("report", "follow")]
        said = {
            key: text
            for key, text in self.messages.texts.entries.items()
            if any(each.later.uses(key) and not each.used.uses(key) for each in loading)
        }
        return kept_apart("later", said)

    @cached_property
    def services(self) -> Sequence[HelpService]:
        """Who else helps, as far as people may be sent there."""
        every = services_of(self.pack.folder)
        return shown(every, demonstration=not self.operator.name)

    @property
    def home(self) -> str:
        """ISO 3166-1."""
        return self.pack.id.upper()

    @property
    def code(self) -> str:
        return self.messages.language.code

    @property
    def root(self) -> str:
        return f"/{self.code}/"

    def t(self, key: str) -> str:
        return self.messages.texts[key]

    def page(
        self, title: str, here: str, *main: Child, script: str = "page", data: Child = None
    ) -> bytes:
        loads = self.scripts[script]
        loaded = (
            element("script", type="module", src=loads.address),
            [element("link", rel="modulepreload", href=each) for each in loads.parts],
        )
        page = Page(title, main, here, self.messages.texts, (loaded, data), scripted=True)
        return document(page, self.portal, self.pack)

    def _data(self, script: str, **more: Any) -> Markup:
        """The data of a script, as a block that is never code."""
        used = self.scripts[script].used
        contents = {
            "language": self.code,
            "locale": self.locale,
            "clocks": changes_of(self.pack.facts.zone),
            "texts": {
                key: text for key, text in self.messages.texts.entries.items() if used.uses(key)
            },
            "plurals": {k: v for k, v in self.messages.plurals.items() if k in used.plurals},
            "calls": [
                {"number": each.number, "name": each.names[self.code]}
                for each in self.pack.emergency_numbers
            ],
            **more,
        }
        text = json.dumps(contents, ensure_ascii=False, separators=(",", ":"))
        # The block ends at the first "</", in any context.
        return element(
            "script", Markup(text.replace("<", "\\u003c")), type="application/json", id="data"
        )

    @property
    def steps(self) -> Sequence[str]:
        """The next steps, with the times of this deployment."""
        return self.portal.texts[self.code].steps

    def button(self, key: str, path: str) -> Markup:
        return element("a", self.t(key), href=self.root + path, class_="button")

    # pages

    def _field(self, name: str, label: str, **asked: Any) -> Markup:
        """An input field for letters and digits that run from left to right."""
        return element(
            "div",
            element("label", self.t(label), for_=name),
            element("input", id=name, name=name, required=True, dir="ltr", **asked),
            class_="field",
        )

    def _report(self) -> bytes:
        categories = [
            {
                "id": each.id,
                "name": each.names[self.code],
                "help": each.help[self.code],
                # The answer to a report brings the advice of any category.
                **({"advice": each.advice[self.code]} if each.calm or each.way else {}),
                "calm": each.calm,
                **({"way": each.way} if each.way else {}),
                **({"victims_alone": True} if each.files_from_victims_alone else {}),
            }
            for each in self.pack.categories.values()
        ]
        data = self._data(
            "report",
            page="report",
            categories=categories,
            countries="".join(each for each in sorted(COUNTRIES) if each != self.home),
            currencies="".join(sorted(CURRENCIES)),
            home=self.home,
            services=[
                {
                    "kind": each.kind,
                    "countries": each.countries,
                    "categories": each.categories,
                    "ages": each.ages,
                    "despair": each.despair,
                    "number": each.number,
                    "address": each.address,
                    "name": each.names[self.code],
                    "facts": [
                        each.hours[self.code],
                        spoken(each, self.portal),
                        each.quiet[self.code],
                    ],
                }
                for each in self.services
            ],
            places=self.places.address,
            later=self.later.address,
        )
        plain = element("p", element("a", self.t("report.plain"), href=f"{self.root}report/plain"))
        # A browser that runs no script is led to the form that needs none.
        led = element("noscript", element("meta", http_equiv="refresh", content="0; url=plain"))
        return self.page(
            self.t("report.title"),
            "report/",
            element(
                "div",
                element("h1", self.t("report.title")),
                plain,
                id="app",
                class_="filled",
            ),
            script="report",
            data=[data, led],
        )

    def _follow(self) -> bytes:
        t = self.t
        fields = [
            self._field(
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
        form = element(
            "form",
            fields,
            element("button", t("follow.show"), class_="button"),
            method="post",
            action=f"{self.root}follow",
            autocomplete="off",
        )
        return self.page(
            t("follow.title"),
            "follow/",
            element(
                "div",
                element("h1", t("follow.title")),
                element("p", t("follow.lead"), class_="lead"),
                form,
                id="app",
                class_="filled",
            ),
            script="follow",
            data=self._data("follow", page="follow", later=self.later.address),
        )

    def figures_data(self, script: str) -> Markup:
        table = law_of(self.pack.folder).table
        return self._data(
            script,
            **({"since": table.since} if table.since else {}),
            settling=SETTLING.days,
            technology=table.technology,
            flags={each.id: each.group for each in table.flags},
            regions={
                each.id: self.pack.territories[each.id].name(self.code) for each in table.divisions
            },
            outlines=dict(self.outlines),
        )

    def _figures(self) -> bytes:
        """Includes the same figures for browsers without a script: a table for a spreadsheet."""
        months = [
            self._field(
                name,
                f"figures.{name}",
                type="month",
                pattern="2[0-9]{3}-(0[1-9]|1[0-2])",
                placeholder="2024-06",
                class_="short",
            )
            for name in ("from", "to")
        ]
        form = element(
            "form",
            element("input", type="hidden", name="language", value=self.code),
            months,
            [
                element(
                    "p", element("button", self.t(key), class_=look, name="format", value=value)
                )
                for key, value, look in (
                    ("figures.download", "csv", "button"),
                    ("figures.download_json", "json", "button quiet"),
                )
            ],
            method="get",
            action="/v1/statistics",
        )
        return self.page(
            self.t("figures.title"),
            "figures/",
            element("h1", self.t("figures.title")),
            element("p", self.t("figures.lead"), class_="lead"),
            element(
                "div",
                element(
                    "div", element("p", self.t("figures.needs_javascript")), form, class_="late"
                ),
                id="app",
                class_="filled",
            ),
            script="figures",
            data=self.figures_data("figures"),
        )

    def _exit(self) -> bytes:
        onward = self.t("site.exit_url")
        texts = self.messages.texts
        body = element(
            "body",
            element(
                "main",
                element("p", self.t("site.exited")),
                element(
                    "p",
                    element("a", self.t("site.exit_onward"), href=onward, rel="noreferrer"),
                ),
            ),
        )
        head = element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="refresh", content=f"{NEUTRAL_SECONDS}; url={onward}"),
            element("title", self.t("site.exit_onward")),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("link", rel="stylesheet", href=self.portal.style),
        )
        html = element("html", head, body, lang=self.code, dir=texts.language.direction)
        return f"<!doctype html>{html}".encode()

    def _manifest(self) -> bytes:
        contents = {
            "name": self.t("site.service"),
            "short_name": self.t("site.name"),
            "lang": self.code,
            "dir": self.messages.language.direction,
            "id": self.root,
            "start_url": self.root,
            "scope": self.root,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#17456b",
            "icons": [
                {
                    "src": self.portal.icon,
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


def front(made: Sequence[Maker]) -> bytes:
    """The page at `/`: the languages, each in its own words."""
    entries = [
        element(
            "li",
            element(
                "a",
                element("b", each.messages.language.name),
                element("span", each.t("site.service")),
                href=each.root,
                lang=each.code,
                hreflang=each.code,
                dir=each.messages.language.direction,
            ),
        )
        for each in made
    ]
    first = made[0]
    return _bare(first, "", element("ul", entries, class_="front"), script="front")


def not_found(made: Sequence[Maker]) -> bytes:
    """The page for an address without a page, in the languages of these makers."""
    entries = [
        element(
            "section",
            element("h2", each.t("site.not_found")),
            element("p", each.t("site.not_found_text")),
            element("p", element("a", each.t("site.home"), href=each.root)),
            lang=each.code,
            dir=each.messages.language.direction,
        )
        for each in made
    ]
    return _bare(made[0], made[0].t("site.not_found"), entries)


def _bare(first: Maker, title: str, content: Child, script: str = "") -> bytes:
    name = " · ".join(dict.fromkeys((first.t("site.name"), "e-Iblagh")))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title} · {name}" if title else name),
        element("link", rel="stylesheet", href=first.portal.style),
        element("link", rel="icon", href=first.portal.icon, type="image/svg+xml"),
        element("script", type="module", src=first.scripts[script].address) if script else None,
    )
    body = element("body", element("main", element("h1", name), content, class_="bare"))
    html = element("html", head, body, lang=first.code, dir=first.messages.language.direction)
    return f"<!doctype html>{html}".encode()
