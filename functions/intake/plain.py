"""The pages of the form without JavaScript. Text of a person is escaped and isolated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casework.pack.entries import Territory
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.services import fitting, services_of, shown
from casework.report.report import LocationKind, Means
from functions.intake import qr, shell
from functions.intake.answers import Accepted
from functions.intake.deployment import portal, settings
from functions.intake.fields import LOSSES, PLACES, UNKNOWN, losses_given
from functions.intake.html import Child, Markup, element
from functions.intake.inputs import Inputs, Option, summary, titled
from functions.intake.services import listed
from functions.intake.shell import Page, document
from functions.intake.texts import Texts, names_of


@dataclass(frozen=True)
class Form:
    """A form as it is shown: its answers, its key and ticket, and its mistakes."""

    given: Mapping[str, str]
    key: str
    ticket: str
    pack: Jurisdiction
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Field → key of the text; the empty name is for a mistake of the whole form."""
    wait: int = 0
    """Seconds until it may be sent; 0 in calm."""


def report_page(form: Form, texts: Texts) -> bytes:
    """The form on one page."""
    maker = Inputs(form.given, form.wrong, texts)
    later = None
    if form.wait:
        later = element(
            "div",
            # plural("seconds")
            element("h2", texts.fill("plain.later", wait=texts.seconds[form.wait])),
            element("p", texts["plain.later_text"]),
            class_="inset",
        )
    main = element(
        "div",
        summary(form.wrong, texts),
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
            id=shell.ANSWERS,
        ),
        id="app",
    )
    title = titled(texts["plain.title"], form.wrong, texts)
    page = Page(title, main, "report/", texts, takes_along="report/plain")
    return document(page, portal(), form.pack)


def _questions(maker: Inputs, pack: Jurisdiction) -> list[Child]:
    t, code = maker.texts, maker.texts.language.code
    categories = [(each.id, each.names[code]) for each in pack.categories.values()]
    yes_no = [(value, t[f"online.{value}"]) for value in ("yes", "no", "unknown")]
    return [
        element(
            "fieldset",
            element("legend", element("h2", t["report.safety"])),
            [
                maker.tick("danger", "report.danger"),
                maker.tick("despair", "report.despair"),
                maker.tick("minor", "report.minor"),
                maker.tick("vulnerable", "report.vulnerable"),
            ],
            element("p", t["report.danger_call"]),
            shell.calls(t, pack.emergency_numbers),
            _help(t, pack),
        ),
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
        maker.date("day", "report.day", "report.when_hint"),
        maker.select("online", "report.online", yes_no),
        element("h2", t["report.money"]),
        element("p", t["report.money_hint"], class_="hint"),
        _losses(maker),
        element("h2", t["report.place"]),
        element("p", t["report.place_hint"], class_="hint"),
        maker.grouped("territory", "report.province", _provinces(pack, code)),
        _communes(maker, pack),
        maker.line("place", "report.place_text", "report.place_text_hint"),
        maker.select("country", "report.place_abroad",
                     names_of(code, "countries")),
        _residence(maker, pack),
        maker.radios("disclosure", "report.disclosure",
                     [(value, [element("b", t[f"disclosure.{value}"]), ". ",
                               t[f"disclosure.{value + '_text'}"]])
                      for value in ("anonymous", "confidential", "identified")]),
        element("p", t["report.contact_hint"], class_="hint"),
        maker.line("email", "report.email", code=True, keys="email"),
        maker.line("phone", "report.phone", type="tel", code=True),
        maker.line("full_name", "report.full_name"),
        maker.line("id_number", "report.id_number", code=True),
        maker.line("address", "report.address"),
    ]  # fmt: skip


def _help(texts: Texts, pack: Jurisdiction, category: str | None = None) -> Markup | None:
    """Who else helps, as far as people may be sent there, folded away until it is wanted."""
    every = shown(services_of(pack.folder), demonstration=not portal().operator)
    found = fitting(every, pack.id.upper(), category)
    if not found:
        return None
    more = element("a", texts["help.more"], href=f"/{texts.language.code}/help/")
    return element(
        "details",
        element("summary", texts["help.title"]),
        listed(found, texts, portal()),
        element("p", more),
        class_="no-print",
    )


def _location(maker: Inputs, place: int) -> Markup:
    t = maker.texts
    kinds = [(each, t[f"kind.{each}"]) for each in LocationKind]
    return element(
        "fieldset",
        element("legend", t.fill("report.location", number=str(place))),
        maker.select(f"kind_{place}", "report.kind", kinds, chosen="url"),
        maker.line(f"value_{place}", "report.value", code=True),
        class_="row",
    )


def _losses(maker: Inputs, row: int = 1) -> Child:
    """A payment and, folded away until it is wanted, the next one."""
    if row == LOSSES:
        return _loss(maker, row)
    more = any(each > row for each in losses_given(maker.given))
    words = element("summary", maker.texts["report.add_loss"])
    return [_loss(maker, row), element("details", words, _losses(maker, row + 1), open=more)]


def _loss(maker: Inputs, row: int) -> Markup:
    t = maker.texts
    return element(
        "fieldset",
        element("legend", t.fill("report.loss", number=str(row))),
        maker.line(f"amount_{row}", "report.amount", "report.amount_hint", code=True,
                   keys="decimal"),
        maker.select(f"currency_{row}", "report.currency",
                     _currencies(t.language.code), chosen="MAD"),
        maker.select(f"means_{row}", "report.means",
                     [(each, t[f"means.{each}"]) for each in Means]),
        maker.date(f"paid_on_{row}", "report.paid_on"),
        maker.line(f"account_{row}", "report.account", "report.account_hint", code=True),
        class_="row",
    )  # fmt: skip


def _currencies(language: str) -> list[Option]:
    named = {code: f"{name} ({code})" for code, name in names_of(language, "currencies")}
    return [(code, named[code]) for code in dict.fromkeys(("MAD", "EUR", "USD", *named))]


def _communes(maker: Inputs, pack: Jurisdiction) -> Child:
    """The way to the places inside the province, and their list once one was chosen."""
    t, inside = maker.texts, pack.below(maker.given.get("territory", ""))
    if not inside:
        return maker.presses("look", "report.communes")
    return [
        maker.select("commune", "report.commune", list(_inside(inside, pack, t.language.code)),
                     focus=maker.given.get("look") == "yes"),
        maker.presses("look", "report.communes_again"),
    ]  # fmt: skip


def _residence(maker: Inputs, pack: Jurisdiction) -> Markup:
    t, code = maker.texts, maker.texts.language.code
    return element(
        "fieldset",
        element("legend", t.fill("report.lives", country=pack.facts.names[code])),
        element("p", t["report.lives_hint"], class_="hint"),
        maker.grouped("lives", "report.province", _provinces(pack, code)),
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


def done_page(accepted: Accepted, texts: Texts, pack: Jurisdiction, category: str | None) -> bytes:
    """Reference and receipt, the next steps, and who else helps with facts of this category."""
    codes = element(
        "dl",
        element("dt", texts["done.reference"]),
        element("dd", accepted.reference, class_="code", dir="ltr", id="reference"),
        element("dt", texts["done.receipt"]),
        element("dd", accepted.receipt, class_="code", dir="ltr", id="receipt"),
        element("dt", texts["done.received_at"]),
        element(
            "dd",
            element("time", texts.moment(accepted.accepted_at), datetime=accepted.accepted_at),
        ),
        [
            element("dt", texts["done.address"]),
            element("dd", _follows(texts), dir="ltr", class_="address"),
        ]
        if _follows(texts)
        else None,
    )
    main = element(
        "div",
        element("h1", texts["done.title"]),
        element("div", codes, _picture(accepted, texts), class_="kept"),
        element("h2", texts["done.keep"]),
        element("p", texts["done.keep_text"]),
        element("p", texts["done.keep_how"], class_="no-print"),
        _now(accepted.advice, texts, pack),
        _help(texts, pack, category),
        element("h2", texts["done.next"]),
        element("ol", [element("li", each) for each in accepted.next_steps], class_="steps"),
        element("p", texts["done.change"]),
        element(
            "p",
            element("a", texts["done.follow"], href=f"/{texts.language.code}/follow"),
            class_="no-print",
        ),
        id="app",
    )
    # The title stays in the history of the browser: it does not tell that something was sent.
    return document(Page(texts["plain.title"], main, "report/", texts), portal(), pack)


def _follows(texts: Texts) -> str:
    """The address of the follow-up, as people write it; empty where it is not known yet."""
    address = settings().address
    return f"{address}/{texts.language.code}/follow/" if address else ""


def _picture(accepted: Accepted, texts: Texts) -> Markup:
    """The page that follows the report, with its reference, for a camera."""
    page = _follows(texts)
    path, size = qr.drawn(f"{page}#{accepted.reference}" if page else accepted.reference)
    return element(
        "svg",
        element("path", d=path, fill="#000"),
        class_="qr",
        viewBox=f"0 0 {size} {size}",
        role="img",
        aria_label=texts["done.qr"],
    )


def _now(advice: Sequence[str], texts: Texts, pack: Jurisdiction) -> Markup | None:
    """Advice, and the numbers to call."""
    if not advice:
        return None
    return element(
        "div",
        element("h2", texts["done.now"]),
        element("ul", [element("li", each) for each in advice]),
        shell.calls(texts, pack.emergency_numbers),
        class_="inset",
    )
