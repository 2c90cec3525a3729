"""The last step of the form without JavaScript: every answer, and the way to change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from casework.pack.jurisdiction import Jurisdiction
from functions.intake import form_steps
from functions.intake.follow_page import isolate_text
from functions.intake.form_fields import UNKNOWN_CATEGORY, filled_location_rows, filled_loss_rows
from functions.intake.html import Child, Markup, html_element
from functions.intake.texts import PortalTexts, localised_code_names

LONG_ANSWER_LENGTH: Final = 600
"""Characters from which a text is folded: a pasted chat would push all else off the page."""
AnswerRenderer = Callable[[Mapping[str, str], PortalTexts, Jurisdiction], Child]


def answer_rows(fields: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> list[Child]:
    """Every answer to a question that this reporter was asked."""
    asked_fields = form_steps.drop_unasked(fields)
    rows: list[Child] = []
    for step, (label, row) in _ROWS.items():
        # What a way in answered can be changed, too.
        if step not in form_steps.list_form_steps(fields) and step not in {"category", "role"}:
            continue
        name = texts[label]
        rows += [
            html_element("dt", name),
            html_element("dd", row(asked_fields, texts, pack) or texts["report.nothing"]),
            html_element(
                "dd",
                html_element(
                    "button", texts["report.change"], name="go", value=step, class_="link",
                    aria_label=texts.fill("site.named", name=texts["report.change"], what=name),
                ),
                class_="change",
            ),
        ]  # fmt: skip
    return [
        html_element("h1", texts["report.check"]),
        html_element("p", texts["report.check_hint"], class_="hint"),
        html_element("dl", rows, class_="facts changeable"),
    ]


def _safety(fields: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    del pack
    ticks = ("danger", "despair", "minor", "vulnerable")
    ticked = [html_element("div", texts[f"report.{each}"]) for each in ticks if fields.get(each)]
    called = fields.get("call_number", "").strip()
    if not called:
        return ticked
    safe = texts.entries.get(f"safe.{fields.get('call_safe')}")
    return [*ticked, _named(texts["report.call_number"], called), html_element("div", safe)]


def _category(given: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    category = pack.categories.get(given.get("category", UNKNOWN_CATEGORY))
    return category.names[texts.language.code] if category else texts["category.none"]


def _role(given: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    del pack
    return texts.entries.get(f"role.{given.get('role')}")


def _narrative(fields: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    text = fields.get("narrative", "")
    shown: Child = isolate_text(text) if text.strip() else None
    if len(text) > LONG_ANSWER_LENGTH:
        words = html_element("summary", texts["report.unfold"])
        shown = html_element("details", words, isolate_text(text))
    where = _locations(fields, texts, pack) if form_steps.has_way_category(fields) else None
    return [shown, where] if shown or where else None


def _locations(fields: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    del pack
    entries: list[Child] = []
    for row in filled_location_rows(fields):
        kind = texts.entries.get(f"kind.{fields.get(f'kind_{row}')}", texts["kind.other"])
        entries.append(_named(kind, fields[f"value_{row}"]))
    if platform := fields.get("platform", "").strip():
        entries.append(_named(texts["report.platform"], platform))
    return entries


def _when(given: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    del pack
    online = texts.entries.get(f"online.{given.get('online')}")
    shown = [_day(given, "day", texts), f"{texts['report.online']} {online}" if online else ""]
    return [html_element("div", each) for each in shown if each]


def _money(fields: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    del pack
    entries = []
    for row in filled_loss_rows(fields):
        amount = f"{fields.get(f'amount_{row}', '')} {fields.get(f'currency_{row}', '')}"
        means = texts.entries.get(f"means.{fields.get(f'means_{row}')}")
        account = fields.get(f"account_{row}", "").strip()
        entries.append(
            html_element(
                "div",
                html_element("bdi", amount),
                html_element("div", means) if means else None,
                html_element("div", _day(fields, f"paid_on_{row}", texts)),
                html_element("div", isolate_text(account)) if account else None,
                class_="entry",
            )
        )
    return entries or texts["lost.no"]


def _place(fields: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    lives = [_called(fields.get("lives", ""), texts, pack), fields.get("lives_text", "").strip()]
    if fields.get("country") or any(lives):
        country = dict(localised_code_names(texts.language.code, "countries")).get(
            fields.get("country", "")
        )
        home = texts.fill("report.lives", country=pack.facts.names[texts.language.code])
        return [html_element("div", country), [_named(home, each) for each in lives if each]]
    if place := fields.get("place", "").strip():
        return isolate_text(place)
    return _called(fields.get("commune") or fields.get("territory", ""), texts, pack)


def _called(code: str, texts: PortalTexts, pack: Jurisdiction) -> str:
    """A place with those that it lies in, from the largest inwards."""
    if code not in pack.territories:
        return ""
    names = [each.name(texts.language.code) for each in pack.upward(code)]
    return " – ".join(reversed(names))


def _disclosure(fields: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction) -> Child:
    del pack
    kind = fields.get("disclosure", "")
    return [
        html_element("div", texts.entries.get(f"disclosure.{kind}"), class_="entry"),
        [
            _named(texts[f"report.{name}"], fields[name])
            for name in _CONTACT.get(kind, ())
            if fields.get(name, "").strip()
        ],
    ]


_CONTACT: Final[Mapping[str, tuple[str, ...]]] = {
    "confidential": ("email", "phone"),
    "identified": ("full_name", "email", "phone", "id_number", "address"),
}


def _named(name: str, text: str) -> Markup:
    return html_element(
        "div", html_element("div", name, class_="hint"), isolate_text(text), class_="entry"
    )


def _day(given: Mapping[str, str], name: str, texts: PortalTexts) -> str:
    """A day as it was entered, with its month in words."""
    month = given.get(f"{name}_month", "")
    named = texts.months[int(month) - 1] if month in _MONTHS else month
    return " ".join(_parts(given.get(name, ""), named, given.get(f"{name}_year", "")))


_MONTHS: Final = frozenset(str(month) for month in range(1, 13))


def _parts(*parts: str) -> Iterator[str]:
    return (part.strip() for part in parts if part.strip())


_ROWS: Final[Mapping[str, tuple[str, AnswerRenderer]]] = {
    "safety": ("report.safety", _safety),
    "category": ("report.start", _category),
    "role": ("report.role", _role),
    "narrative": ("report.narrative", _narrative),
    "locations": ("report.locations", _locations),
    "when": ("report.when", _when),
    "money": ("report.money", _money),
    "place": ("report.place", _place),
    "disclosure": ("report.disclosure", _disclosure),
}
