"""The page of a report that was sent without JavaScript: its codes, and what comes next.

Its words are `[done]` of `web/portal/messages/<code>.toml`.
"""

from __future__ import annotations

from collections.abc import Sequence

from casework.pack.jurisdiction import Jurisdiction
from casework.report.file_limits import are_files_forbidden
from casework.report.report import Report
from functions.intake import page_layout, qr, report_codes
from functions.intake.answers import Accepted
from functions.intake.deployment import deployed_portal, settings
from functions.intake.files_page import files_link_form
from functions.intake.html import Markup, html_element
from functions.intake.page_layout import PortalPage, render_page
from functions.intake.services import folded_service_list
from functions.intake.texts import PortalTexts


def receipt_page(accepted: Accepted, texts: PortalTexts, pack: Jurisdiction, sent: Report) -> bytes:
    """Reference and receipt, the next steps, and who else helps with facts of its category."""
    opened = {"reference": accepted.reference, "receipt": accepted.receipt}
    facts = html_element(
        "dl",
        report_codes.code_list(accepted.reference, accepted.receipt, texts),
        html_element("dt", texts["done.received_at"]),
        html_element(
            "dd",
            html_element("time", texts.moment(accepted.accepted_at), datetime=accepted.accepted_at),
        ),
        [
            html_element("dt", texts["done.address"]),
            html_element("dd", _follows(texts), dir="ltr", class_="address"),
        ]
        if _follows(texts)
        else None,
    )
    main = html_element(
        "div",
        html_element("h1", texts["done.title"]),
        html_element("div", facts, _picture(accepted, texts), class_="kept"),
        html_element("h2", texts["done.keep"]),
        html_element("p", texts["done.keep_text"]),
        html_element("p", texts["done.keep_how"], class_="no-print"),
        _now(accepted.advice, texts, pack),
        folded_service_list(texts, pack, deployed_portal(), sent.category),
        None
        if are_files_forbidden(sent.category, sent.role, pack.victim_only_file_categories)
        else files_link_form({**opened, **report_codes.KEEP_VISIBLE_FIELDS}, texts, "done.files"),
        html_element("h2", texts["done.next"]),
        html_element(
            "ol", [html_element("li", each) for each in accepted.next_steps], class_="steps"
        ),
        html_element("p", texts["done.change"]),
        html_element(
            "p",
            html_element("a", texts["done.follow"], href=f"/{texts.language.code}/follow"),
            class_="no-print",
        ),
        html_element("p", texts["plain.finished"], class_="hint no-print"),
        _cleared(texts),
        id="app",
    )
    # The title stays in the history of the browser: it does not tell that something was sent.
    return render_page(
        PortalPage(texts["plain.title"], main, "report/", texts), deployed_portal(), pack
    )


def _cleared(texts: PortalTexts) -> Markup:
    """The tick of a sent report. Its answer empties the browser's cache of the steps, and the page
    with the codes does not wait for it (docs/decisions/0012)."""
    tick = f"/{texts.language.code}/exit/sent.svg"
    return html_element("img", src=tick, alt="", width="48", height="48", class_="no-print")


def _follows(texts: PortalTexts) -> str:
    """The address of the follow-up, as people write it; empty where it is not known yet."""
    address = settings().address
    return f"{address}/{texts.language.code}/follow/" if address else ""


def _picture(accepted: Accepted, texts: PortalTexts) -> Markup:
    """The page that follows the report, with its reference, for a camera."""
    page = _follows(texts)
    path, size = qr.qr_code_path(f"{page}#{accepted.reference}" if page else accepted.reference)
    return html_element(
        "svg",
        html_element("path", d=path, fill="#000"),
        class_="qr",
        viewBox=f"0 0 {size} {size}",
        role="img",
        aria_label=texts["done.qr"],
    )


def _now(advice: Sequence[str], texts: PortalTexts, pack: Jurisdiction) -> Markup | None:
    """Advice, and the numbers to call."""
    if not advice:
        return None
    return html_element(
        "div",
        html_element("h2", texts["done.now"]),
        html_element("ul", [html_element("li", each) for each in advice]),
        page_layout.emergency_links(texts, pack.emergency_numbers),
        class_="inset",
    )
