"""HTML as values: every text is escaped, and only values built here are markup."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final

VOID_ELEMENTS: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Markup(str):
    """Text that is HTML already. Text of a person never becomes one."""

    __slots__ = ()


Child = str | None | Iterable["Child"]
"""A text, markup, None, or several of them."""
Value = str | int | bool | None


def html_element(name: str, /, *children: Child, **attributes: Value) -> Markup:
    """One element. `class_` is the attribute class; other underscores are hyphens.

    True writes the attribute alone; False and None leave it out.
    """
    opened = f"<{name}{''.join(_attribute(*each) for each in attributes.items())}>"
    return Markup(opened if name in VOID_ELEMENTS else f"{opened}{to_markup(children)}</{name}>")


def to_markup(child: Child) -> Markup:
    """The child as HTML, escaped unless it is markup."""
    if child is None:
        return Markup("")
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return Markup(html.escape(child, quote=False))
    return Markup("".join(to_markup(each) for each in child))


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{html.escape(str(value))}"'
