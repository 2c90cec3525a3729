"""What a person may write: any language and script, and nothing that is no writing.

Control characters are none (Unicode's category Cc), but for the tab and the line break, which is
one character or, as some systems write it, two. One of them is six bytes of JSON, breaks what
reads line by line, and hides from whoever reads the text.
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
"""How one of them looks in canonical JSON; an escaped backslash may stand before the letter."""


def control_characters(document: Any, canonical: bytes) -> Iterator[Finding]:
    """Where texts and keys of a document hold control characters; `canonical` is its JSON."""
    if not _SUSPECT.search(canonical):
        return
    for pointer, text in strict_json.texts(document):
        if _CONTROL.search(text):
            yield Finding(
                pointer,
                "text.control",
                "This text holds a control character; of these, tab and line break are taken.",
            )


def says_something(text: str) -> str:
    """The text, which must not be blank: a reader must see something of it."""
    if all(unicodedata.category(each)[0] in "CZ" for each in text):
        raise PydanticCustomError("text.blank", "This text says nothing.")
    return text
