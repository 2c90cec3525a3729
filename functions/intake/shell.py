"""The shell of every page, rendered here or written to a file at build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.pack.jurisdiction import EmergencyNumber, Jurisdiction
from functions.intake.html import Child, Markup, element, markup
from functions.intake.texts import Language, Portal, Texts

MENU = (
    ("", "site.home"),
    ("categories/", "site.categories"),
    ("report/", "site.report"),
    ("follow/", "site.follow"),
    ("figures/", "site.figures"),
)
ANSWERS = "answers"
"""The id of the form whose answers a change of language keeps."""
FORMS = frozenset({"report/", "follow/"})
"""The pages that ask."""


@dataclass(frozen=True)
class Page:
    """One page of the portal in one language."""

    title: str
    main: Child
    here: str
    """Its address below the language: `report/`."""
    texts: Texts
    head: Sequence[Child] = field(default_factory=tuple)
    """The additions to the head of the page: its script and its data."""
    scripted: bool = False
    """Whether the keys that leave the page work on it."""
    takes_along: str = ""
    """The address below the language of a form on it, whose answers a change of language keeps."""


def document(page: Page, portal: Portal, pack: Jurisdiction) -> bytes:
    """The page as a whole HTML document in UTF-8."""
    texts, language = page.texts, page.texts.language
    root = f"/{language.code}/"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="theme-color", content="#17456b"),
        element("title", f"{page.title} · {texts['site.name']}"),
        element("link", rel="stylesheet", href=portal.style),
        element("link", rel="icon", href=portal.icon, type="image/svg+xml"),
        element("link", rel="apple-touch-icon", href="/apple-touch-icon.png"),
        element("link", rel="manifest", href=f"{root}app.webmanifest"),
        page.head,
    )
    body = element(
        "body",
        element("a", texts["site.skip"], href="#main", class_="skip"),
        _sends(page),
        demonstration(texts, portal),
        _emergency(texts, pack.emergency_numbers),
        _header(page, portal, root),
        element("main", page.main, id="main", tabindex="-1"),
        _footer(texts, portal, pack.emergency_numbers),
        # Where something is asked, the room of the menu belongs to the question.
        class_="form" if page.here in FORMS else None,
    )
    return ("<!doctype html>" + _root(page, head, body)).encode()


def _root(page: Page, head: Markup, body: Markup) -> Markup:
    language = page.texts.language
    return element("html", head, body, lang=language.code, dir=language.direction)


def calls(texts: Texts, numbers: Sequence[EmergencyNumber]) -> Markup:
    """The numbers to call, each as a link that a telephone can dial."""
    code = texts.language.code
    return element(
        "ul",
        [
            element(
                "li",
                element("a", element("b", each.number, dir="ltr"), href=f"tel:{each.number}"),
                element("span", f" {each.names[code]}"),
            )
            for each in numbers
        ],
        class_="calls",
    )


def _emergency(texts: Texts, numbers: Sequence[EmergencyNumber]) -> Markup:
    return element(
        "aside",
        element("div", element("p", texts["site.emergency"]), calls(texts, numbers), class_="wide"),
        class_="emergency",
        aria_label=texts["site.emergency"],
    )


def demonstration(texts: Texts, portal: Portal) -> Markup | None:
    """A band over a page that no authority answers for."""
    if portal.operator:
        return None
    return element(
        "aside",
        element("p", texts["site.demonstration"], class_="wide"),
        class_="demonstration",
        aria_label=texts["site.demonstration_name"],
    )


def _header(page: Page, portal: Portal, root: str) -> Markup:
    texts = page.texts
    languages = [
        element(
            "li",
            element("span", each.name, aria_current="true", lang=each.code)
            if each.code == texts.language.code
            else _speaking(each, page),
        )
        for each in portal.languages
    ]
    menu = [
        element(
            "li",
            element(
                "a",
                texts[key],
                href=root + path,
                aria_current="page" if path == page.here else None,
            ),
        )
        for path, key in MENU
    ]
    return markup(
        [
            element(
                "header",
                element(
                    "div",
                    element(
                        "a",
                        element("b", texts["site.name"]),
                        element("span", texts["site.service"]),
                        href=root,
                        class_="brand",
                    ),
                    element(
                        "nav",
                        element("ul", languages),
                        class_="languages",
                        aria_label=texts["site.languages"],
                    ),
                    class_="wide",
                ),
                element(
                    "nav",
                    element("ul", menu, class_="wide"),
                    class_="menu",
                    aria_label=texts["site.menu"],
                ),
            ),
            _exit(page, root),
        ]
    )


def _sends(page: Page) -> Markup | None:
    """The button that Enter presses: the first of a form on the whole page. Without it, Enter would
    change the language."""
    if not page.takes_along:
        return None
    return element(
        "button", page.texts["plain.send"], form=ANSWERS, class_="hidden-text", tabindex="-1",
        aria_hidden="true",
    )  # fmt: skip


def _speaking(language: Language, page: Page) -> Markup:
    """The way to this page in another language."""
    if not page.takes_along:
        return element(
            "a", language.name, href=f"/{language.code}/{page.here}", lang=language.code,
            dir=language.direction,
        )  # fmt: skip
    return element(
        "button", language.name, lang=language.code, dir=language.direction, class_="link",
        form=ANSWERS, formaction=f"/{language.code}/{page.takes_along}", formnovalidate=True,
        name="look", value="language",
    )  # fmt: skip


def _exit(page: Page, root: str) -> Markup:
    """The way out. Without a script it leads to a page that leads out."""
    texts = page.texts
    keys = f" {texts['site.exit_keys']}" if page.scripted else ""
    return element(
        "div",
        element(
            "div",
            element(
                "a",
                texts["site.exit"],
                href=f"{root}exit/",
                rel="noreferrer",
                class_="button exit",
                id="exit",
                data_onward=texts["site.exit_url"],
                aria_describedby="exit-hint",
            ),
            element("p", texts["site.exit_hint"] + keys, id="exit-hint", class_="hint"),
            class_="wide",
        ),
        class_="way-out",
    )


def _footer(texts: Texts, portal: Portal, numbers: Sequence[EmergencyNumber]) -> Markup:
    unconfirmed = not all(each.confirmed for each in numbers)
    root = f"/{texts.language.code}/"
    return element(
        "footer",
        element(
            "div",
            element("p", texts["site.emergency_note"]),
            element("p", texts["site.emergency_unconfirmed"]) if unconfirmed else None,
            element("p", element("b", portal.operator)) if portal.operator else None,
            element("p", texts["site.privacy"]),
            element(
                "ul",
                [
                    element("li", element("a", texts[key], href=root + path))
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
            element(
                "p",
                texts["site.licence"],
                " ",
                element("a", texts["site.api"], href="/reference/"),
            ),
            class_="wide",
        ),
    )
