"""The page of a report that was sent without JavaScript: its codes, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from casework.pack.jurisdiction import Jurisdiction
from casework.report.evidence import forbidden
from casework.report.report import Report
from functions.intake import codes, qr, shell
from functions.intake.answers import Accepted
from functions.intake.deployment import portal, settings
from functions.intake.filed import asking
from functions.intake.html import Markup, element
from functions.intake.services import folded
from functions.intake.shell import Page, document
from functions.intake.texts import Texts


def done_page(accepted: Accepted, texts: Texts, pack: Jurisdiction, sent: Report) -> bytes:
    """Reference and receipt, the next steps, and who else helps with facts of its category."""
    opened = {"reference": accepted.reference, "receipt": accepted.receipt}
    facts = element(
        "dl",
        codes.described(accepted.reference, accepted.receipt, texts),
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
        element("div", facts, _picture(accepted, texts), class_="kept"),
        element("h2", texts["done.keep"]),
        element("p", texts["done.keep_text"]),
        element("p", texts["done.keep_how"], class_="no-print"),
        _now(accepted.advice, texts, pack),
        folded(texts, pack, portal(), sent.category),
        None
        if forbidden(sent.category, sent.role, pack.files_from_victims_alone)
        else asking({**opened, **codes.STAYS}, texts, "done.files"),
        element("h2", texts["done.next"]),
        element("ol", [element("li", each) for each in accepted.next_steps], class_="steps"),
        element("p", texts["done.change"]),
        element(
            "p",
            element("a", texts["done.follow"], href=f"/{texts.language.code}/follow"),
            class_="no-print",
        ),
        element("p", texts["plain.finished"], class_="hint no-print"),
        _cleared(texts),
        id="app",
    )
    # The title stays in the history of the browser: it does not tell that something was sent.
    return document(Page(texts["plain.title"], main, "report/", texts), portal(), pack)


def _cleared(texts: Texts) -> Markup:
    """The tick of a sent report. Its answer empties the browser's cache of the steps, and the page
    with the codes does not wait for it (docs/decisions/0012)."""
    tick = f"/{texts.language.code}/exit/sent.svg"
    return element("img", src=tick, alt="", width="48", height="48", class_="no-print")


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
