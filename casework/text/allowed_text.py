"""The characters that a person may send: any language and script, without control characters.

Tab and line break (one character or, on some systems, two) are the only control characters
(Unicode's category Cc) that are accepted. A control character is six bytes of JSON, breaks
line-oriented readers, and is invisible to people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from pydantic_core import PydanticCustomError

from casework.errors import Finding
from casework.text import strict_json

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
_SUSPECT: Final = re.compile(rb"\\[bfru]|\x7f|\xc2[\x80-\x9f]")
"""The form of a control character in canonical JSON; an escaped backslash may precede the
letter."""


def find_control_characters(document: Any, canonical: bytes) -> Iterator[Finding]:
    """Control characters in texts and keys of a document; `canonical` is its JSON."""
    if not _SUSPECT.search(canonical):
        return
    for pointer, text in strict_json.iter_texts(document):
        if _CONTROL.search(text):
            yield Finding(
                pointer,
                "text.control",
                "This text holds a control character; of these, tab and line break are taken.",
            )


def require_visible_text(text: str) -> str:
    """The text; raises for a blank one, because a reader must see something of it."""
    if all(unicodedata.category(each)[0] in "CZ" for each in text):
        raise PydanticCustomError("text.blank", "This text says nothing.")
    return text
