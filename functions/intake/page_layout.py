"""The shell of every page, rendered here or written to a file at build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.pack.jurisdiction import EmergencyNumber, Jurisdiction
from functions.intake.html import Child, Markup, html_element, to_markup
from functions.intake.texts import Portal, PortalLanguage, PortalTexts

MENU_PAGES = (
    ("", "site.home"),
    ("categories/", "site.categories"),
    ("report/", "site.report"),
    ("follow/", "site.follow"),
    ("figures/", "site.figures"),
)
ANSWERS_FORM_ID = "answers"
"""The id of the form whose answers a change of language keeps."""
FORM_PATHS = frozenset({"report/", "follow/"})
"""The pages that ask."""


@dataclass(frozen=True)
class PortalPage:
    """One page of the portal in one language."""

    title: str
    main: Child
    here: str
    """Its address below the language: `report/`."""
    texts: PortalTexts
    head: Sequence[Child] = field(default_factory=tuple)
    """The additions to the head of the page: its script and its data."""
    scripted: bool = False
    """Whether the keys that leave the page work on it."""
    takes_along: str = ""
    """The address below the language of a form on it, whose answers a change of language keeps."""


def render_page(page: PortalPage, portal: Portal, pack: Jurisdiction) -> bytes:
    """The page as a whole HTML document in UTF-8."""
    texts, language = page.texts, page.texts.language
    root = f"/{language.code}/"
    head = html_element(
        "head",
        html_element("meta", charset="utf-8"),
        html_element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        html_element("meta", name="color-scheme", content="light dark"),
        html_element("meta", name="theme-color", content="#17456b"),
        html_element("title", f"{page.title} · {texts['site.name']}"),
        html_element("link", rel="stylesheet", href=portal.style),
        html_element("link", rel="icon", href=portal.icon, type="image/svg+xml"),
        html_element("link", rel="apple-touch-icon", href="/apple-touch-icon.png"),
        html_element("link", rel="manifest", href=f"{root}app.webmanifest"),
        page.head,
    )
    body = html_element(
        "body",
        html_element("a", texts["site.skip"], href="#main", class_="skip"),
        _sends(page),
        demonstration_banner(texts, portal),
        _emergency(texts, pack.emergency_numbers),
        _header(page, portal, root),
        html_element("main", page.main, id="main", tabindex="-1"),
        _footer(texts, portal, pack.emergency_numbers),
        # Where something is asked, the room of the menu belongs to the question.
        class_="form" if page.here in FORM_PATHS else None,
    )
    return ("<!doctype html>" + _root(page, head, body)).encode()


def _root(page: PortalPage, head: Markup, body: Markup) -> Markup:
    language = page.texts.language
    return html_element("html", head, body, lang=language.code, dir=language.direction)


def emergency_links(texts: PortalTexts, numbers: Sequence[EmergencyNumber]) -> Markup:
    """The numbers to call, each as a link that a telephone can dial."""
    code = texts.language.code
    return html_element(
        "ul",
        [
            html_element(
                "li",
                html_element(
                    "a", html_element("b", each.number, dir="ltr"), href=f"tel:{each.number}"
                ),
                html_element("span", f" {each.names[code]}"),
            )
            for each in numbers
        ],
        class_="calls",
    )


def _emergency(texts: PortalTexts, numbers: Sequence[EmergencyNumber]) -> Markup:
    return html_element(
        "aside",
        html_element(
            "div",
            html_element("p", texts["site.emergency"]),
            emergency_links(texts, numbers),
            class_="wide",
        ),
        class_="emergency",
        aria_label=texts["site.emergency"],
    )


def demonstration_banner(texts: PortalTexts, portal: Portal) -> Markup | None:
    """A band over a page that no authority answers for."""
    if portal.operator:
        return None
    return html_element(
        "aside",
        html_element("p", texts["site.demonstration"], class_="wide"),
        class_="demonstration",
        aria_label=texts["site.demonstration_name"],
    )


def _header(page: PortalPage, portal: Portal, root: str) -> Markup:
    texts = page.texts
    languages = [
        html_element(
            "li",
            html_element("span", each.name, aria_current="true", lang=each.code)
            if each.code == texts.language.code
            else _speaking(each, page),
        )
        for each in portal.languages
    ]
    menu = [
        html_element(
            "li",
            html_element(
                "a",
                texts[key],
                href=root + path,
                aria_current="page" if path == page.here else None,
            ),
        )
        for path, key in MENU_PAGES
    ]
    return to_markup(
        [
            html_element(
                "header",
                html_element(
                    "div",
                    html_element(
                        "a",
                        html_element("b", texts["site.name"]),
                        html_element("span", texts["site.service"]),
                        href=root,
                        class_="brand",
                    ),
                    html_element(
                        "nav",
                        html_element("ul", languages),
                        class_="languages",
                        aria_label=texts["site.languages"],
                    ),
                    class_="wide",
                ),
                html_element(
                    "nav",
                    html_element("ul", menu, class_="wide"),
                    class_="menu",
                    aria_label=texts["site.menu"],
                ),
            ),
            _exit(page, root),
        ]
    )


def _sends(page: PortalPage) -> Markup | None:
    """The button that Enter presses: the first of a form on the whole page. Without it, Enter would
    change the language."""
    if not page.takes_along:
        return None
    return html_element(
        "button",
        page.texts["plain.send"],
        form=ANSWERS_FORM_ID,
        class_="hidden-text",
        tabindex="-1",
        aria_hidden="true",
    )


def _speaking(language: PortalLanguage, page: PortalPage) -> Markup:
    """The way to this page in another language."""
    if not page.takes_along:
        return html_element(
            "a",
            language.name,
            href=f"/{language.code}/{page.here}",
            lang=language.code,
            dir=language.direction,
        )
    return html_element(
        "button",
        language.name,
        lang=language.code,
        dir=language.direction,
        class_="link",
        form=ANSWERS_FORM_ID,
        formaction=f"/{language.code}/{page.takes_along}",
        formnovalidate=True,
        name="look",
        value="language",
    )


def _exit(page: PortalPage, root: str) -> Markup:
    """The way out. Without a script it leads to a page that leads out."""
    texts = page.texts
    keys = f" {texts['site.exit_keys']}" if page.scripted else ""
    return html_element(
        "div",
        html_element(
            "div",
            html_element(
                "a",
                texts["site.exit"],
                href=f"{root}exit/",
                rel="noreferrer",
                class_="button exit",
                id="exit",
                data_onward=texts["site.exit_url"],
                aria_describedby="exit-hint",
            ),
            html_element("p", texts["site.exit_hint"] + keys, id="exit-hint", class_="hint"),
            class_="wide",
        ),
        class_="way-out",
    )


def _footer(texts: PortalTexts, portal: Portal, numbers: Sequence[EmergencyNumber]) -> Markup:
    unconfirmed = not all(each.confirmed for each in numbers)
    root = f"/{texts.language.code}/"
    return html_element(
        "footer",
        html_element(
            "div",
            html_element("p", texts["site.emergency_note"]),
            html_element("p", texts["site.emergency_unconfirmed"]) if unconfirmed else None,
            html_element("p", html_element("b", portal.operator)) if portal.operator else None,
            html_element("p", texts["site.privacy"]),
            html_element(
                "ul",
                [
                    html_element("li", html_element("a", texts[key], href=root + path))
                    for path, key in (
                        ("about/", "about.title"),
                        ("about/#data", "about.data"),
                        ("about/#accessibility", "about.accessibility"),
                        ("about/#contact", "about.contact"),
                        ("help/", "help.title"),
                    )
                ],
                class_="links",
            ),
            html_element(
                "p",
                texts["site.licence"],
                " ",
                html_element("a", texts["site.api"], href="/reference/"),
            ),
            class_="wide",
        ),
    )
