"""Checks that a page shows typed text as text and nothing else."""

from __future__ import annotations

from html.parser import HTMLParser

_SHOWN = {"bdi", "textarea"}


class Page(HTMLParser):
    """A page as a browser parses it: its elements and attributes, and the texts that it shows."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: set[tuple[str, str]] = set()
        """Names of elements, each with the names of its attributes."""
        self.shown: list[str] = []
        """The content of fields, and texts that are shown as a person's words."""
        self._open: list[tuple[str, list[str]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.parts |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        given = dict(attrs)
        # The form without JavaScript carries the answers of its earlier steps in hidden fields.
        if tag == "input" and given.get("type") in {"text", "hidden"}:
            self.shown.append(given.get("value") or "")
        if tag in _SHOWN:
            self._open.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if self._open and self._open[-1][0] == tag:
            _, texts = self._open.pop()
            text = "".join(texts)
            self.shown.append(text.removeprefix("\n") if tag == "textarea" else text)
            if self._open:
                self._open[-1][1].append(text)

    def handle_data(self, data: str) -> None:
        """A text."""
        if self._open:
            self._open[-1][1].append(data)


def foreign(page: str, plain: str) -> set[tuple[str, str]]:
    """Elements and attributes that the same page lacks where a plain word was typed. The marks
    around a number are our own and do not count."""
    return Page(page).parts - Page(plain).parts - {("bdi", ""), ("bdi", "dir")}
