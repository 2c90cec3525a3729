"""Characters that hide or turn what stands beside them, drawn as marks.

`web/portal/hidden-characters.ts` does the same.
"""

from __future__ import annotations

import re
from typing import Final

from functions.intake.html import Child, html_element

HIDDEN_CHARACTERS_PATTERN: Final = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u200b\\u200e\\u200f"
    "\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]"
)
"""Bidi controls, invisible characters and other controls; joiners, which scripts need, are none."""


def mark_hidden(text: str) -> list[Child]:
    """Text with a mark in the place of each hidden character."""
    parts: list[Child] = []
    told = 0
    for found in HIDDEN_CHARACTERS_PATTERN.finditer(text):
        code = f"U+{ord(found[0]):04X}"
        parts += [text[told : found.start()], html_element("bdi", code, class_="mark", dir="ltr")]
        told = found.end()
    return [*parts, text[told:]]
