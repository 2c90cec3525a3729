"""Both codes of a report on a page without a script.

The receipt is shown on the page that answers the report, and on those that are opened from it: it
may not have been noted yet. A page that is opened by typed codes does not show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from functions.intake.fields import CODES, IN_SIGHT
from functions.intake.html import Markup, element
from functions.intake.texts import Texts

STAYS: Final = {IN_SIGHT: "yes"}
"""What a form carries beside the codes so that the page behind it shows both."""


def carried(given: Mapping[str, str]) -> dict[str, str]:
    """The codes of a form, and whether they stay in sight."""
    codes = {name: given.get(name, "") for name in CODES}
    return {**codes, **STAYS} if given.get(IN_SIGHT) else codes


def described(reference: str, receipt: str, texts: Texts) -> list[Markup]:
    """Both codes, as entries of a list of descriptions."""
    return [
        element("dt", texts["done.reference"]),
        element("dd", reference, class_="code", dir="ltr", id="reference"),
        element("dt", texts["done.receipt"]),
        element("dd", receipt, class_="code", dir="ltr", id="receipt"),
    ]


def shown(reference: str, codes: Mapping[str, str], texts: Texts) -> list[Markup]:
    """The reference, or both codes while they stay in sight."""
    if IN_SIGHT not in codes:
        return [element("p", reference, class_="code", dir="ltr")]
    both = element("dl", described(reference, codes["receipt"], texts))
    return [element("div", both, class_="kept"), element("p", texts["done.keep_text"])]
