"""The pages of the form without JavaScript. Whatever a person typed is escaped and isolated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casework.codes import COUNTRIES, CURRENCIES
from casework.jurisdiction import Jurisdiction
from functions.intake import shell
from functions.intake.answers import Accepted, Progress
from functions.intake.fields import KINDS, LOSSES, MEANS, PLACES, UNKNOWN, losses_given
from functions.intake.html import Child, Markup, element
from functions.intake.shell import Page, document
from functions.intake.texts import Texts, portal

Option = tuple[str, Child]


@dataclass(frozen=True)
class Form:
    """A form as it is shown: what was typed, its key and ticket, and what is wrong with it."""

    given: Mapping[str, str]
    key: str
    ticket: str
    pack: Jurisdiction
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Field → key of the text; the empty name is for what is about no field."""
    wait: int = 0
    """Seconds until it may be sent; 0 in calm."""


def report_page(form: Form, texts: Texts) -> bytes:
    """The form on one page."""
    maker = _Fields(form.given, form.wrong, texts)
    later = None
    if form.wait:
        later = element(
            "div",
            element("h2", texts.fill("plain.later", seconds=str(form.wait))),
            element("p", texts["plain.later_text"]),
            class_="inset",
        )
    main = element(
        "div",
        _summary(form.wrong, texts),
        later,
        element("h1", texts["plain.title"]),
        element("p", texts["plain.lead"], class_="lead"),
        element(
            "form",
            element("input", type="hidden", name="key", value=form.key),
            element("input", type="hidden", name="ticket", value=form.ticket),
            _questions(maker, form.pack),
            element("p", texts["report.good_faith"]),
            element("p", element("button", texts["plain.send"], class_="button")),
            method="post",
            action=f"/{texts.language.code}/report/plain",
            autocomplete="off",
            accept_charset="utf-8",
        ),
        id="app",
    )
    return document(Page(texts["plain.title"], main, "report/", texts), portal(), form.pack)


def _questions(maker: _Fields, pack: Jurisdiction) -> list[Child]:
    t, code = maker.texts, maker.texts.language.code
    categories = [(each.id, each.names[code]) for each in pack.categories.values()]
    yes_no = [(value, t[f"online.{value}"]) for value in ("yes", "no", "unknown")]
    return [
        maker.select("category", "report.start", [*categories, (UNKNOWN, t["category.none"])],
                     required=True),
        maker.radios("role", "report.role",
                     [(value, t[f"role.{value}"]) for value in ("victim", "witness", "relative")]),
        maker.area("narrative", "report.narrative", "report.narrative_hint"),
        element("h2", t["report.locations"]),
        element("p", t["report.locations_hint"], class_="hint"),
        [_location(maker, place) for place in range(1, PLACES + 1)],
        maker.line("platform", "report.platform", "report.platform_hint"),
        element("h2", t["report.when"]),
        maker.line("day", "report.day", "report.when_hint", type="date"),
        maker.select("online", "report.online", yes_no),
        element("h2", t["report.money"]),
        element("p", t["report.money_hint"], class_="hint"),
        [_loss(maker, row) for row in range(1, LOSSES + 1)],
        element("h2", t["report.place"]),
        element("p", t["report.place_hint"], class_="hint"),
        maker.grouped("territory", "report.province", _provinces(pack, code)),
        maker.line("place", "report.place_text", "report.place_text_hint"),
        maker.select("country", "report.place_abroad",
                     [(each, each) for each in sorted(COUNTRIES)]),
        element(
            "fieldset",
            element("legend", element("h2", t["report.safety"])),
            [
                maker.tick("danger", "report.danger"),
                maker.tick("minor", "report.minor"),
                maker.tick("vulnerable", "report.vulnerable"),
            ],
            element("p", t["report.danger_call"]),
            shell.calls(t, pack.emergency_numbers),
        ),
        maker.radios("disclosure", "report.disclosure",
                     [(value, [element("b", t[f"disclosure.{value}"]), ". ",
                               t[f"disclosure.{value + '_text'}"]])
                      for value in ("anonymous", "confidential", "identified")]),
        element("p", t["report.contact_hint"], class_="hint"),
        maker.line("email", "report.email", code=True),
        maker.line("phone", "report.phone", code=True),
        maker.line("full_name", "report.full_name"),
        maker.line("id_number", "report.id_number", code=True),
        maker.line("address", "report.address"),
    ]  # fmt: skip


def _location(maker: _Fields, place: int) -> Markup:
    t = maker.texts
    kinds = [(each, t[f"kind.{each}"]) for each in KINDS]
    return element(
        "fieldset",
        element("legend", t.fill("report.location", number=str(place))),
        maker.select(f"kind_{place}", "report.kind", kinds, chosen="url"),
        maker.line(f"value_{place}", "report.value", code=True),
        class_="row",
    )


def _loss(maker: _Fields, row: int) -> Markup:
    """A payment; those after the first are folded away until they are wanted."""
    t = maker.texts
    fields = element(
        "fieldset",
        element("legend", t.fill("report.loss", number=str(row))),
        maker.line(f"amount_{row}", "report.amount", "report.amount_hint", code=True),
        maker.select(f"currency_{row}", "report.currency",
                     [(each, each) for each in _currencies()], chosen="MAD"),
        maker.select(f"means_{row}", "report.means",
                     [(each, t[f"means.{each}"]) for each in MEANS]),
        maker.line(f"paid_on_{row}", "report.paid_on", type="date"),
        maker.line(f"account_{row}", "report.account", "report.account_hint", code=True),
        class_="row",
    )  # fmt: skip
    if row == 1:
        return fields
    unfolded = row in losses_given(maker.given)
    return element("details", element("summary", t["report.add_loss"]), fields, open=unfolded)


def _currencies() -> Iterable[str]:
    first = ("MAD", "EUR", "USD")
    return (*first, *sorted(set(CURRENCIES) - set(first)))


def _provinces(pack: Jurisdiction, language: str) -> list[tuple[str, list[Option]]]:
    """Region → the territories below it that have a unit."""
    groups: dict[str, list[Option]] = {}
    for code, territory in pack.territories.items():
        if territory.level == pack.facts.unit_level and territory.parent:
            region = pack.territories[territory.parent].name(language)
            groups.setdefault(region, []).append((code, territory.name(language)))
    return list(groups.items())


def _summary(wrong: Mapping[str, str], texts: Texts) -> Markup | None:
    if not wrong:
        return None
    entries = [
        element("li", element("a", texts[text], href=f"#{name}") if name else texts[text])
        for name, text in wrong.items()
    ]
    return element(
        "div",
        element("h2", texts["error.title"]),
        element("ul", entries),
        class_="summary",
        role="alert",
        tabindex="-1",
        autofocus=True,
    )


@dataclass(frozen=True)
class _Fields:
    """Fields with what was typed into them."""

    given: Mapping[str, str]
    wrong: Mapping[str, str]
    texts: Texts

    def line(
        self,
        name: str,
        label: str,
        hint: str = "",
        *,
        type: str = "text",  # noqa: A002 - the attribute's own name
        code: bool = False,
        required: bool = False,
    ) -> Markup:
        """A text of one line."""
        box = element(
            "input",
            type=type,
            name=name,
            value=self.given.get(name, ""),
            dir="ltr" if code else "auto",
            class_="code" if code else "short" if type == "date" else None,
            autocomplete="off",
            spellcheck="false",
            **self._told(name, hint),
        )
        return self._framed(name, label, hint, box, required=required)

    def area(self, name: str, label: str, hint: str) -> Markup:
        """A long text that must not be empty."""
        # HTML drops one line break after the tag: without this one the first typed would be lost.
        typed = "\n" + self.given.get(name, "")
        box = element(
            "textarea", typed, name=name, rows=12, dir="auto", autocomplete="off", required=True,
            **self._told(name, hint),
        )  # fmt: skip
        return self._framed(name, label, hint, box, required=True)

    def select(
        self,
        name: str,
        label: str,
        options: Sequence[Option],
        *,
        chosen: str = "",
        required: bool = False,
    ) -> Markup:
        """One of a list; the empty line says nothing."""
        now = self.given.get(name, chosen)
        entries = [element("option", "", value="")] if not chosen else []
        entries += [_option(value, text, now) for value, text in options]
        box = element("select", entries, name=name, required=required, **self._told(name, ""))
        return self._framed(name, label, "", box, required=required)

    def grouped(
        self, name: str, label: str, groups: Sequence[tuple[str, Sequence[Option]]]
    ) -> Markup:
        """One of several lists."""
        now = self.given.get(name, "")
        entries = [
            element("optgroup", [_option(*each, now) for each in options], label=group)
            for group, options in groups
        ]
        box = element(
            "select", element("option", "", value=""), entries, name=name, **self._told(name, "")
        )
        return self._framed(name, label, "", box)

    def radios(self, name: str, legend: str, options: Sequence[Option]) -> Markup:
        """One of a few, all in sight; one must be chosen."""
        entries = []
        for place, (value, text) in enumerate(options):
            own = name if place == 0 else f"{name}-{value}"
            box = element(
                "input", type="radio", id=own, name=name, value=value, required=True,
                checked=self.given.get(name) == value,
            )  # fmt: skip
            entries.append(element("div", box, element("label", text, for_=own), class_="option"))
        return element(
            "fieldset",
            element("legend", element("h2", self.texts[legend], " *")),
            self._error(name),
            entries,
            class_="wrong" if name in self.wrong else None,
        )

    def tick(self, name: str, label: str) -> Markup:
        """Yes, or nothing said."""
        box = element(
            "input", type="checkbox", id=name, name=name, value="yes",
            checked=bool(self.given.get(name)),
        )  # fmt: skip
        return element("div", box, element("label", self.texts[label], for_=name), class_="option")

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
        return element("p", self.texts[self.wrong[name]], class_="error", id=f"{name}-error")

    def _framed(
        self, name: str, label: str, hint: str, box: Markup, *, required: bool = False
    ) -> Markup:
        star = [" * ", element("small", self.texts["plain.required"])] if required else None
        return element(
            "div",
            element("label", self.texts[label], star, for_=name),
            element("p", self.texts[hint], class_="hint", id=f"{name}-hint") if hint else None,
            self._error(name),
            box,
            class_="field wrong" if name in self.wrong else "field",
        )


def _option(value: str, text: Child, now: str) -> Markup:
    return element("option", text, value=value, selected=value == now and now != "")


def done_page(accepted: Accepted, texts: Texts) -> bytes:
    """Reference and receipt, and what happens next."""
    pack = _pack()
    codes = element(
        "dl",
        element("dt", texts["done.reference"]),
        element("dd", accepted.reference, class_="code", dir="ltr", id="reference"),
        element("dt", texts["done.receipt"]),
        element("dd", accepted.receipt, class_="code", dir="ltr", id="receipt"),
    )
    main = element(
        "div",
        element("h1", texts["done.title"]),
        element("div", codes, class_="kept"),
        element("h2", texts["done.keep"]),
        element("p", texts["done.keep_text"]),
        _list("done.now", accepted.advice, texts),
        element("h2", texts["done.next"]),
        element("ol", [element("li", each) for each in accepted.next_steps], class_="steps"),
        element(
            "p",
            element("a", texts["done.follow"], href=f"/{texts.language.code}/follow"),
            class_="no-print",
        ),
        id="app",
    )
    return document(Page(texts["done.title"], main, "report/", texts), portal(), pack)


def _pack() -> Jurisdiction:
    from functions.intake import handler  # the deployment's own pack; handler imports this module

    return handler.pack()


def _list(heading: str, entries: Sequence[str], texts: Texts) -> Markup | None:
    if not entries:
        return None
    return element(
        "div",
        element("h2", texts[heading]),
        element("ul", [element("li", each) for each in entries]),
        class_="inset",
    )


def follow_page(
    given: Mapping[str, str], wrong: Mapping[str, str], texts: Texts, pack: Jurisdiction
) -> bytes:
    """Where the two codes are entered. They are never shown again, not even after an error."""
    maker = _Fields({"reference": given.get("reference", "")}, wrong, texts)
    main = element(
        "div",
        _summary(wrong, texts),
        element("h1", texts["follow.title"]),
        element("p", texts["follow.lead"], class_="lead"),
        element(
            "form",
            maker.line("reference", "follow.reference", code=True),
            maker.line("receipt", "follow.receipt", code=True),
            element("p", element("button", texts["follow.show"], class_="button")),
            method="post",
            action=f"/{texts.language.code}/follow",
            autocomplete="off",
        ),
        id="app",
    )
    return document(Page(texts["follow.title"], main, "follow/", texts), portal(), pack)


def progress_page(told: Progress, texts: Texts, pack: Jurisdiction) -> bytes:
    """Where the report stands."""
    steps = [
        element(
            "li",
            entry.text,
            element("time", entry.at.replace("T", " ").replace("Z", " UTC"), dir="ltr",
                    datetime=entry.at)
            if entry.at
            else None,
        )
        for entry in told.timeline
    ]  # fmt: skip
    posts = [
        element("div", element("p", element("bdi", each.text, class_="typed")), class_="post")
        for each in getattr(told, "messages", ())
    ]
    main = element(
        "div",
        element("h1", texts["follow.status"]),
        element("p", told.reference, class_="code", dir="ltr"),
        element("p", told.text, class_="standing"),
        [element("p", note) for note in getattr(told, "notes", ())],
        element("h2", texts["follow.timeline"]),
        element("ol", steps, class_="timeline"),
        [element("h2", texts["follow.messages"]), posts] if posts else None,
        element(
            "p",
            element("a", texts["plain.follow_again"], href=f"/{texts.language.code}/follow"),
            class_="no-print",
        ),
        id="app",
    )
    return document(Page(texts["follow.status"], main, "follow/", texts), portal(), pack)
