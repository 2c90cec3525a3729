"""The inputs of a form without JavaScript: each with label, hint and mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.intake.html import Child, Markup, html_element
from functions.intake.texts import PortalTexts

Option = tuple[str, Child]


def error_summary(wrong: Mapping[str, str], texts: PortalTexts) -> Markup | None:
    """The mistakes, above the form, each with a link to its field; None without mistakes.

    `wrong` is field → key of the text; the empty name is for a mistake of the whole form.
    """
    if not wrong:
        return None
    entries = [
        html_element("li", html_element("a", texts[text], href=f"#{name}") if name else texts[text])
        for name, text in wrong.items()
    ]
    return html_element(
        "div",
        html_element("h2", texts.problems[len(wrong)]),
        html_element("ul", entries),
        class_="summary",
        role="alert",
        tabindex="-1",
        autofocus=True,
    )


def page_title(title: str, wrong: Mapping[str, str], texts: PortalTexts) -> str:
    """The title of a page; a mistake comes first in it, because the title is read first."""
    return texts.fill("site.named", name=texts["error.title"], what=title) if wrong else title


@dataclass(frozen=True)
class FormInputs:
    """Fields with their answers."""

    given: Mapping[str, str]
    wrong: Mapping[str, str]
    texts: PortalTexts

    def line(
        self,
        name: str,
        label: str,
        hint: str = "",
        *,
        type: str = "text",  # noqa: A002 - the attribute's own name
        code: bool = False,
        keys: str = "",
    ) -> Markup:
        """A text of one line; `keys` are those that a telephone offers for it."""
        box = html_element(
            "input",
            type=type,
            name=name,
            value=self.given.get(name, ""),
            dir="ltr" if code else "auto",
            class_="code" if code else None,
            autocomplete="off",
            spellcheck="false",
            # A telephone would write an account or an address with a capital, or as another word.
            autocapitalize="none" if code else None,
            autocorrect="off" if code else None,
            inputmode=keys or None,
            **self._told(name, hint),
        )
        return self._framed(name, label, hint, box)

    def date(self, name: str, label: str, hint: str = "") -> Markup:
        """A day in three fields, in the order and the words of the language."""
        month, year = f"{name}_month", f"{name}_year"
        told = self._told(name, hint)
        described = {key: told[key] for key in ("aria_describedby", "aria_invalid")}
        boxes = [
            (name, "date.day", self._digits(name, 2, **described)),
            (
                month,
                "date.month",
                html_element(
                    "select",
                    html_element("option", "", value=""),
                    [
                        _option(str(number), called, self.given.get(month, ""))
                        for number, called in enumerate(self.texts.months, start=1)
                    ],
                    id=month, name=month, autocomplete="off", **described,
                ),
            ),
            (year, "date.year", self._digits(year, 4, **described)),
        ]  # fmt: skip
        return html_element(
            "fieldset",
            html_element("legend", self.texts[label]),
            html_element("p", self.texts[hint], class_="hint", id=f"{name}-hint") if hint else None,
            self._error(name),
            html_element(
                "div",
                [
                    html_element("label", self.texts[words], box, for_=id_)
                    for id_, words, box in boxes
                ],
                class_="date",
            ),
            class_="field wrong" if name in self.wrong else "field",
        )

    def _digits(self, name: str, most: int, **described: str | None) -> Markup:
        return html_element(
            "input", id=name, name=name, value=self.given.get(name, ""), inputmode="numeric",
            dir="ltr", maxlength=most, autocomplete="off", **described,
        )  # fmt: skip

    def area(
        self,
        name: str,
        label: str,
        hint: str,
        *,
        id: str = "",  # noqa: A002 - the attribute's own name
        heading: bool = False,
        required: bool = True,
    ) -> Markup:
        """A long text. `id` tells it from others of its name on the page; with `heading`, its label
        is that of the page."""
        own = id or name
        # HTML drops one line break after the tag: without this one the first typed would be lost.
        typed = "\n" + self.given.get(own, "")
        box = html_element(
            "textarea", typed, name=name, rows=12, dir="auto", required=required,
            **self._told(own, hint),
        )  # fmt: skip
        return self._framed(own, label, hint, box, required=required, heading=heading)

    def select(
        self,
        name: str,
        label: str,
        options: Sequence[Option],
        *,
        chosen: str = "",
        required: bool = False,
        focus: bool = False,
    ) -> Markup:
        """One of a list; the empty line is no answer."""
        now = self.given.get(name, chosen)
        entries = [html_element("option", "", value="")] if not chosen else []
        entries += [_option(value, text, now) for value, text in options]
        box = html_element(
            "select", entries, name=name, required=required, autofocus=focus,
            **self._told(name, ""),
        )  # fmt: skip
        return self._framed(name, label, "", box, required=required)

    def select_grouped(
        self, name: str, label: str, groups: Sequence[tuple[str, Sequence[Option]]]
    ) -> Markup:
        """One of several lists."""
        now = self.given.get(name, "")
        entries = [
            html_element("optgroup", [_option(*each, now) for each in options], label=group)
            for group, options in groups
        ]
        box = html_element(
            "select",
            html_element("option", "", value=""),
            entries,
            name=name,
            **self._told(name, ""),
        )
        return self._framed(name, label, "", box)

    def radios(
        self, name: str, legend: str, options: Sequence[Option], *, heading: str = "h2"
    ) -> Markup:
        """One of a few, all in sight; one must be chosen."""
        entries = []
        for place, (value, text) in enumerate(options):
            own = name if place == 0 else f"{name}-{value}"
            box = html_element(
                "input", type="radio", id=own, name=name, value=value, required=True,
                checked=self.given.get(name) == value,
            )  # fmt: skip
            entries.append(
                html_element("div", box, html_element("label", text, for_=own), class_="option")
            )
        return html_element(
            "fieldset",
            html_element("legend", html_element(heading, self.texts[legend]), self._star()),
            self._error(name),
            entries,
            class_="wrong" if name in self.wrong else None,
        )

    def tick(self, name: str, label: str) -> Markup:
        """Yes, or no answer."""
        box = html_element(
            "input", type="checkbox", id=name, name=name, value="yes",
            checked=bool(self.given.get(name)),
        )  # fmt: skip
        return html_element(
            "div", box, html_element("label", self.texts[label], for_=name), class_="option"
        )

    def presses(self, name: str, words: str) -> Markup:
        """A button that shows more of the form; it needs no filled-in field."""
        return html_element(
            "p",
            html_element(
                "button", self.texts[words], name=name, value="yes", class_="button quiet",
                formnovalidate=True,
            ),
        )  # fmt: skip

    def _told(self, name: str, hint: str) -> dict[str, str | None]:
        ids = [f"{name}-hint"] if hint else []
        ids += [f"{name}-error"] if name in self.wrong else []
        return {
            "id": name,
            "aria_describedby": " ".join(ids) or None,
            "aria_invalid": "true" if name in self.wrong else None,
        }

    def _error(self, name: str) -> Markup | None:
        if name not in self.wrong:
            return None
        return html_element("p", self.texts[self.wrong[name]], class_="error", id=f"{name}-error")

    def _star(self) -> list[Child]:
        return [" * ", html_element("small", self.texts["plain.required"])]

    def _framed(
        self,
        name: str,
        label: str,
        hint: str,
        box: Markup,
        *,
        required: bool = False,
        heading: bool = False,
    ) -> Markup:
        star = self._star() if required else None
        words = self.texts[label]
        return html_element(
            "div",
            html_element("label", html_element("h1", words) if heading else words, star, for_=name),
            html_element("p", self.texts[hint], class_="hint", id=f"{name}-hint") if hint else None,
            self._error(name),
            box,
            class_="field wrong" if name in self.wrong else "field",
        )


def _option(value: str, text: Child, now: str) -> Markup:
    return html_element("option", text, value=value, selected=value == now and now != "")
