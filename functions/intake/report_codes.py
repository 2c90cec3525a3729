"""Both codes of a report on a page without a script.

The receipt is shown on the page that answers the report, and on those that are opened from it: it
may not have been noted yet. A page that is opened by typed codes does not show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.intake.form_fields import CODE_FIELDS, KEEP_VISIBLE_FIELD
from functions.intake.html import Markup, html_element
from functions.intake.texts import PortalTexts

KEEP_VISIBLE_FIELDS: Final = {KEEP_VISIBLE_FIELD: "yes"}
"""What a form carries beside the codes so that the page behind it shows both."""


def codes_from_form(given: Mapping[str, str]) -> dict[str, str]:
    """The codes of a form, and whether they stay in sight."""
    codes = {name: given.get(name, "") for name in CODE_FIELDS}
    return {**codes, **KEEP_VISIBLE_FIELDS} if given.get(KEEP_VISIBLE_FIELD) else codes


def code_list(reference: str, receipt: str, texts: PortalTexts) -> list[Markup]:
    """Both codes, as entries of a list of descriptions."""
    return [
        html_element("dt", texts["done.reference"]),
        html_element("dd", reference, class_="code", dir="ltr", id="reference"),
        html_element("dt", texts["done.receipt"]),
        html_element("dd", receipt, class_="code", dir="ltr", id="receipt"),
    ]


def visible_codes(reference: str, codes: Mapping[str, str], texts: PortalTexts) -> list[Markup]:
    """The reference, or both codes while they stay in sight."""
    if KEEP_VISIBLE_FIELD not in codes:
        return [html_element("p", reference, class_="code", dir="ltr")]
    both = html_element("dl", code_list(reference, codes["receipt"], texts))
    return [html_element("div", both, class_="kept"), html_element("p", texts["done.keep_text"])]
