"""What the static pages of one language are made with: its words, its data and their frame."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from casework.pack.help_services import HelpService, load_help_services, public_services
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.published_table import load_statistics_law
from casework.pack.time_zones import zone_changes
from casework.statistics.publication import SETTLING_TIME
from functions.intake.html import Child, Markup, html_element
from functions.intake.page_layout import PortalPage, render_page
from functions.intake.texts import Portal
from infra.deployment import Operator
from tools.site.intl import PluralRules
from tools.site.messages import NO_USED_KEYS, Messages, UsedKeys
from tools.site.places import LocalisedPlaces, kept_apart, places_of


@dataclass(frozen=True)
class Script:
    """The script of a page."""

    address: str
    used: UsedKeys
    """The texts that the page's own source and its imports use."""
    parts: tuple[str, ...] = ()
    """The addresses of other scripts that it needs to begin."""
    later: UsedKeys = NO_USED_KEYS
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

    @cached_property
    def places(self) -> LocalisedPlaces:
        """The places of the country that a reporter can pick."""
        return places_of(self.pack, self.code)

    @cached_property
    def later(self) -> LocalisedPlaces:
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
        every = load_help_services(self.pack.folder)
        return public_services(every, demonstration=not self.operator.name)

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
            html_element("script", type="module", src=loads.address),
            [html_element("link", rel="modulepreload", href=each) for each in loads.parts],
        )
        page = PortalPage(title, main, here, self.messages.texts, (loaded, data), scripted=True)
        return render_page(page, self.portal, self.pack)

    def script_data(self, script: str, **more: Any) -> Markup:
        """The data of a script, as a block that is never code."""
        used = self.scripts[script].used
        contents = {
            "language": self.code,
            "locale": self.locale,
            "clocks": zone_changes(self.pack.facts.zone),
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
        return html_element(
            "script", Markup(text.replace("<", "\\u003c")), type="application/json", id="data"
        )

    @property
    def steps(self) -> Sequence[str]:
        """The next steps, with the times of this deployment."""
        return self.portal.texts[self.code].steps

    def button(self, key: str, path: str) -> Markup:
        return html_element("a", self.t(key), href=self.root + path, class_="button")

    def text_field(self, name: str, label: str, **asked: Any) -> Markup:
        """An input field for letters and digits that run from left to right."""
        return html_element(
            "div",
            html_element("label", self.t(label), for_=name),
            html_element("input", id=name, name=name, required=True, dir="ltr", **asked),
            class_="field",
        )

    def figures_data(self, script: str) -> Markup:
        table = load_statistics_law(self.pack.folder).table
        return self.script_data(
            script,
            **({"since": table.since} if table.since else {}),
            settling=SETTLING_TIME.days,
            technology=table.technology,
            flags={each.id: each.group for each in table.flags},
            regions={
                each.id: self.pack.territories[each.id].name(self.code) for each in table.divisions
            },
            outlines=dict(self.outlines),
        )
