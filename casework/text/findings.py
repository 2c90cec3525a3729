"""The errors of a document, field by field, without the values that were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from casework.errors import Finding

MAX_FINDINGS = 20
MAX_POINTER_LENGTH = 200
"""Limits of one answer, for a document with errors everywhere and for an endless field name."""

ENUM_ERRORS = frozenset({"literal_error", "enum"})
MAX_LISTED_VALUES_LENGTH = 120
"""Characters of the values that can be chosen, as far as an error names them."""


def findings_from_validation_error(error: ValidationError, document: Any) -> list[Finding]:
    """Pydantic's errors as findings, without the values that they repeat."""
    return [
        Finding(
            pointer=_pointer(entry["loc"], entry["type"], document)[:MAX_POINTER_LENGTH],
            code=entry["type"],
            # Our own rules have a dot in their code, and their message holds no value.
            detail=entry["msg"] if "." in entry["type"] else _plainly(entry),
        )
        for entry in error.errors(include_input=False, include_url=False)[:MAX_FINDINGS]
    ]


def _plainly(entry: ErrorDetails) -> str:
    """What is wrong, and the values that there are where these are few."""
    told = _PLAIN.get(entry["type"], "This value is not acceptable.")
    expected = str(entry.get("ctx", {}).get("expected", ""))
    listed = entry["type"] in ENUM_ERRORS and 0 < len(expected) <= MAX_LISTED_VALUES_LENGTH
    return f"{told.removesuffix('.')}: {expected}." if listed else told


def _pointer(loc: Sequence[str | int], kind: str, document: Any) -> str:
    """The position of the error. Pydantic also names the members of unions, which are removed."""
    node, pointer = document, "#"
    for place, part in enumerate(loc):
        named_only = isinstance(node, Mapping) and part not in node
        if named_only and not (kind == "missing" and place == len(loc) - 1):
            continue
        pointer += f"/{_escaped(part)}"
        if isinstance(node, Mapping):
            node = node.get(str(part))
        elif isinstance(node, list) and isinstance(part, int):
            node = node[part]
    return pointer


_PLAIN = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known.",
    "string_too_long": "This text is too long.",
    "string_too_short": "This text is too short.",
    "too_long": "There are too many entries.",
    "literal_error": "This is not one of the values that can be chosen.",
    "enum": "This is not one of the values that can be chosen.",
    "bool_type": "This must be true or false.",
    "string_type": "This must be text.",
    "greater_than": "This must be more than zero.",
    "string_pattern_mismatch": "This text does not have the form it must have.",
    "union_tag_invalid": "This is not one of the values that can be chosen.",
    "union_tag_not_found": "This is none of the forms that can be chosen, or several at once.",
}


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
