"""The pages of the form without JavaScript. Text of a person is escaped and isolated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from casework.pack.entries import Territory
from casework.pack.jurisdiction import Jurisdiction
from casework.report.disclosure import SafeWay
from casework.report.money_lost import Means
from casework.report.report import LocationKind
from functions.intake import form_steps, page_layout
from functions.intake.deployment import deployed_portal
from functions.intake.form_fields import (
    ANSWER_FIELDS,
    MAX_FORM_LOCATIONS,
    MAX_FORM_LOSSES,
    UNKNOWN_CATEGORY,
    filled_location_rows,
    filled_loss_rows,
)
from functions.intake.html import Child, Markup, html_element
from functions.intake.inputs import FormInputs, Option, error_summary, page_title
from functions.intake.page_layout import PortalPage, render_page
from functions.intake.review_page import answer_rows
from functions.intake.services import folded_service_list
from functions.intake.texts import PortalTexts, localised_code_names


@dataclass(frozen=True)
class ReportForm:
    """A form as it is shown: its answers, its key and ticket, and its mistakes."""

    given: Mapping[str, str]
    key: str
    ticket: str
    pack: Jurisdiction
    step: str = form_steps.WAY_FIELD
    """The step in front."""
    changes: bool = False
    """Whether one answer is changed, and the last step comes next."""
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Field → key of the text; the empty name is for a mistake of the whole form."""
    wait: int = 0
    """Seconds until it may be sent; 0 in calm."""


def report_page(form: ReportForm, texts: PortalTexts) -> bytes:
    """The step in front, with the answers of all others in hidden fields."""
    maker = FormInputs(form.given, form.wrong, texts)
    question = _QUESTIONS.get(form.step)
    later = None
    if form.wait:
        later = html_element(
            "div",
            # plural("seconds")
            html_element("h2", texts.fill("plain.later", wait=texts.seconds[form.wait])),
            html_element("p", texts["plain.later_text"]),
            class_="inset",
        )
    said = _progress(form, texts)
    main = html_element(
        "div",
        _back(form, texts),
        error_summary(form.wrong, texts),
        later,
        html_element("p", said, class_="progress") if said else None,
        html_element(
            "form",
            _hidden(form),
            question(maker, form) if question else answer_rows(form.given, texts, form.pack),
            _onward(form, texts),
            method="post",
            action=f"/{texts.language.code}/report/plain",
            accept_charset="utf-8",
            # What is wrong is said in the language of the page, not of the browser.
            novalidate=True,
            id=page_layout.ANSWERS_FORM_ID,
        ),
        id="app",
    )
    # The title stays in the history of the browser: it tells the step, and no question.
    title = texts["plain.title"]
    if said:
        title = texts.fill("site.named", name=title, what=said)
    page = PortalPage(
        page_title(title, form.wrong, texts), main, "report/", texts, takes_along="report/plain"
    )
    return render_page(page, deployed_portal(), form.pack)


def _hidden(form: ReportForm) -> list[Child]:
    """What travels with the step: its key and ticket, and the answers that it does not ask."""
    own = form_steps.step_fields(form.step, form.given)
    carried = {
        "key": form.key,
        "ticket": form.ticket,
        "step": form.step,
        "change": "yes" if form.changes else "",
        **{name: form.given.get(name, "") for name in ANSWER_FIELDS if name not in own},
    }
    asked = ("key", "ticket")
    return [
        html_element("input", type="hidden", name=name, value=value)
        for name, value in carried.items()
        if value or name in asked
    ]


def _progress(form: ReportForm, texts: PortalTexts) -> str:
    """Which step it is, of how many; nothing before a way in says how many there are."""
    known = form_steps.list_form_steps(form.given)
    if form.step not in known[1:]:
        return ""
    place, whole = known.index(form.step) + 1, len(known) + 1
    return texts.fill("report.progress", step=str(place), steps=str(whole))


def _back(form: ReportForm, texts: PortalTexts) -> Child:
    """The way to the step before, which takes along what was typed."""
    if form.step == form_steps.WAY_FIELD:
        return None
    return html_element(
        "button",
        texts["report.back"],
        form=page_layout.ANSWERS_FORM_ID,
        name="go",
        value="back",
        class_="link back",
    )


def _onward(form: ReportForm, texts: PortalTexts) -> Child:
    if form.step == form_steps.WAY_FIELD:
        return None
    last = form.step == form_steps.CHECK_STEP
    words = texts["plain.send" if last else "report.continue"]
    return [
        html_element("p", texts["report.good_faith"]) if last else None,
        html_element("p", html_element("button", words, class_="button"), class_="actions"),
    ]


def _way(maker: FormInputs, form: ReportForm) -> Child:
    t = maker.texts
    entries = [
        html_element("li", html_element("button", t[f"way.{way}"], name="way", value=way))
        for way in form_steps.ways_in(form.pack)
    ]
    return [
        html_element("h1", t["report.way"], id="way"),
        html_element("ul", entries, class_="ways"),
        html_element("p", t["plain.lead"], class_="hint"),
        html_element("p", t["plain.finished"], class_="hint"),
    ]


def _safety(maker: FormInputs, form: ReportForm) -> Child:
    t, came = maker.texts, form_steps.has_way_category(form.given)
    return [
        html_element(
            "fieldset",
            html_element("legend", html_element("h1", t["report.safety"])),
            html_element("p", t["report.safety_hint"], class_="hint"),
            maker.tick("danger", "report.danger"),
            maker.tick("despair", "report.despair"),
            maker.tick("minor", "report.minor"),
            maker.tick("vulnerable", "report.vulnerable"),
            maker.tick("relative", "role.relative") if came else None,
        ),
        _folded(
            maker,
            "report.call_now",
            ("danger", "despair", "call_number", "call_safe"),
            maker.line(
                "call_number", "report.call_number", "report.call_hint", type="tel", code=True
            ),
            maker.select("call_safe", "report.call_safe", _safe_ways(maker.texts)),
        ),
        html_element(
            "div",
            html_element("p", t["site.emergency"]),
            page_layout.emergency_links(t, form.pack.emergency_numbers),
            class_="inset",
        ),
        folded_service_list(
            t, form.pack, deployed_portal(), form.given.get("category") if came else None
        ),
        _advice(form, t) if came else None,
    ]


def _safe_ways(texts: PortalTexts) -> list[Option]:
    return [(each, texts[f"safe.{each}"]) for each in SafeWay]


def _advice(form: ReportForm, texts: PortalTexts) -> Child:
    """The advice of the category that was picked, where it may keep somebody from being hurt."""
    category = form.pack.categories.get(form.given.get("category", ""))
    if category is None or not (category.calm or category.way):
        return None
    return html_element(
        "div",
        html_element("h2", texts["report.advice"]),
        html_element(
            "ul", [html_element("li", each) for each in category.advice[texts.language.code]]
        ),
        class_="inset",
    )


def _category(maker: FormInputs, form: ReportForm) -> Child:
    t, code = maker.texts, maker.texts.language.code
    known: list[Option] = [
        (each.id, [html_element("b", each.names[code]), ". ", each.help[code]])
        for each in form.pack.categories.values()
    ]
    unknown = [html_element("b", t["report.unknown"]), ". ", t["report.unknown_hint"]]
    return maker.radios(
        "category", "report.start", [*known, (UNKNOWN_CATEGORY, unknown)], heading="h1"
    )


def _role(maker: FormInputs, form: ReportForm) -> Child:
    roles = [(value, maker.texts[f"role.{value}"]) for value in ("victim", "witness", "relative")]
    return [maker.radios("role", "report.role", roles, heading="h1"), _advice(form, maker.texts)]


def _narrative(maker: FormInputs, form: ReportForm) -> Child:
    t = maker.texts
    who = (
        [html_element("h2", t["report.who"]), _located(maker)]
        if form_steps.has_way_category(form.given)
        else None
    )
    return [maker.area("narrative", "report.narrative", "report.narrative_hint", heading=True), who]


def _locations(maker: FormInputs, form: ReportForm) -> Child:
    del form
    return [html_element("h1", maker.texts["report.locations"]), _located(maker)]


def _located(maker: FormInputs) -> Child:
    return [
        html_element("p", maker.texts["report.locations_hint"], class_="hint"),
        _places(maker),
        maker.line("platform", "report.platform", "report.platform_hint"),
    ]


def _when(maker: FormInputs, form: ReportForm) -> Child:
    del form
    t = maker.texts
    yes_no = [(value, t[f"online.{value}"]) for value in ("yes", "no", "unknown")]
    return [
        html_element("h1", t["report.when"]),
        maker.date("day", "report.day", "report.when_hint"),
        maker.select("online", "report.online", yes_no),
    ]


def _money(maker: FormInputs, form: ReportForm) -> Child:
    del form
    t = maker.texts
    return [
        html_element("h1", t["report.money"]),
        _losses(maker),
        html_element("p", t["report.money_hint"], class_="hint"),
    ]


def _place(maker: FormInputs, form: ReportForm) -> Child:
    t, code, pack = maker.texts, maker.texts.language.code, form.pack
    words, abroad = ("place",), ("country", "lives", "lives_text")
    return [
        html_element("h1", t["report.place"]),
        html_element("p", t["report.place_hint"], class_="hint"),
        maker.select_grouped("territory", "report.province", _provinces(pack, code)),
        _communes(maker, pack),
        _folded(
            maker,
            "report.place_text",
            words,
            maker.line("place", "report.place_text", "report.place_text_hint"),
        ),
        _folded(
            maker,
            "report.place_abroad",
            abroad,
            maker.select("country", "report.country", localised_code_names(code, "countries")),
            _residence(maker, pack),
        ),
    ]


def _folded(maker: FormInputs, words: str, names: Sequence[str], *inside: Child) -> Markup:
    """Fields that few need, folded away until one of them has an answer or a mistake."""
    wanted = any(maker.given.get(name) or name in maker.wrong for name in names)
    return html_element("details", html_element("summary", maker.texts[words]), inside, open=wanted)


def _disclosure(maker: FormInputs, form: ReportForm) -> Child:
    del form
    t = maker.texts
    kinds = [
        (value, [html_element("b", t[f"disclosure.{value}"]), ". ", t[f"disclosure.{value}_text"]])
        for value in ("anonymous", "confidential", "identified")
    ]
    return [
        maker.radios("disclosure", "report.disclosure", kinds, heading="h1"),
        html_element(
            "div",
            html_element("p", t["report.contact_hint"], class_="hint"),
            maker.line("email", "report.email", code=True, keys="email"),
            maker.line("phone", "report.phone", type="tel", code=True),
            class_="reached",
        ),
        html_element(
            "div",
            maker.line("full_name", "report.full_name"),
            maker.line("id_number", "report.id_number", code=True),
            maker.line("address", "report.address"),
            class_="named",
        ),
    ]


_QUESTIONS: Final[Mapping[str, Callable[[FormInputs, ReportForm], Child]]] = {
    form_steps.WAY_FIELD: _way,
    "safety": _safety,
    "category": _category,
    "role": _role,
    "narrative": _narrative,
    "locations": _locations,
    "when": _when,
    "money": _money,
    "place": _place,
    "disclosure": _disclosure,
}


def _places(maker: FormInputs, row: int = 1) -> Child:
    """A place and, folded away until it is wanted, the next one."""
    if row == MAX_FORM_LOCATIONS:
        return _location(maker, row)
    more = any(each > row for each in filled_location_rows(maker.given))
    words = html_element("summary", maker.texts["report.add_location"])
    return [
        _location(maker, row),
        html_element("details", words, _places(maker, row + 1), open=more),
    ]


def _location(maker: FormInputs, place: int) -> Markup:
    t = maker.texts
    kinds = [(each, t[f"kind.{each}"]) for each in LocationKind]
    return html_element(
        "fieldset",
        html_element("legend", t.fill("report.location", number=str(place))),
        maker.select(f"kind_{place}", "report.kind", kinds, chosen="url"),
        maker.line(f"value_{place}", "report.value", code=True),
        class_="row",
    )


def _losses(maker: FormInputs, row: int = 1) -> Child:
    """A payment and, folded away until it is wanted, the next one."""
    if row == MAX_FORM_LOSSES:
        return _loss(maker, row)
    more = any(each > row for each in filled_loss_rows(maker.given))
    words = html_element("summary", maker.texts["report.add_loss"])
    return [_loss(maker, row), html_element("details", words, _losses(maker, row + 1), open=more)]


def _loss(maker: FormInputs, row: int) -> Markup:
    t, more = maker.texts, row > 1
    hidden = None if more else "hidden-text"
    return html_element(
        "fieldset",
        # A single payment needs no number, and a small screen has no room for it.
        html_element("legend", t.fill("report.loss", number=str(row)), class_=hidden),
        None if more else html_element("p", t["plain.no_money"], class_="hint"),
        maker.line(
            f"amount_{row}", "report.amount", "report.amount_hint", code=True, keys="decimal"
        ),
        maker.select(
            f"currency_{row}", "report.currency", _currencies(t.language.code), chosen="MAD"
        ),
        maker.select(
            f"means_{row}", "report.means", [(each, t[f"means.{each}"]) for each in Means]
        ),
        maker.date(f"paid_on_{row}", "report.paid_on"),
        maker.line(f"account_{row}", "report.account", "report.account_hint", code=True),
        class_="row" if more else None,
    )


def _currencies(language: str) -> list[Option]:
    known = localised_code_names(language, "currencies")
    named = {code: code if name == code else f"{name} ({code})" for code, name in known}
    return [(code, named[code]) for code in dict.fromkeys(("MAD", "EUR", "USD", *named))]


def _communes(maker: FormInputs, pack: Jurisdiction) -> Child:
    """The way to the places inside the province, and their list once one was chosen."""
    t, inside = maker.texts, pack.below(maker.given.get("territory", ""))
    if not inside:
        return maker.presses("look", "report.communes")
    return [
        maker.select(
            "commune",
            "report.commune",
            list(_inside(inside, pack, t.language.code)),
            focus=maker.given.get("look") == "yes",
        ),
        maker.presses("look", "report.communes_again"),
    ]


def _residence(maker: FormInputs, pack: Jurisdiction) -> Markup:
    t, code = maker.texts, maker.texts.language.code
    return html_element(
        "fieldset",
        html_element("legend", t.fill("report.lives", country=pack.facts.names[code])),
        html_element("p", t["report.lives_hint"], class_="hint"),
        maker.select_grouped("lives", "report.province", _provinces(pack, code)),
        maker.line("lives_text", "report.lives_text", "report.place_text_hint"),
        class_="row",
    )


def _inside(
    places: Iterable[Territory], pack: Jurisdiction, language: str, above: str = ""
) -> Iterator[Option]:
    for place in places:
        name = above + place.name(language)
        yield place.code, name
        yield from _inside(pack.below(place.code), pack, language, f"{name} – ")


def _provinces(pack: Jurisdiction, language: str) -> list[tuple[str, list[Option]]]:
    """Region → the territories below it that have a unit."""
    groups: dict[str, list[Option]] = {}
    for code, territory in pack.territories.items():
        if territory.level == pack.facts.unit_level and territory.parent:
            region = pack.territories[territory.parent].name(language)
            groups.setdefault(region, []).append((code, territory.name(language)))
    return list(groups.items())
