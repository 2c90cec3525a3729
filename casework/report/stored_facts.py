"""The stored form of the facts of a report."""

from __future__ import annotations

import json
import zlib
from typing import Any, Final

from pydantic import (
    TypeAdapter,
)

from casework.report.report import Facts
from casework.text.compression import compress_text, decompress_text

_FACTS: Final = Facts.model_fields.keys() - {"pictures"}


def compress_facts(facts: Facts) -> bytes:
    """Facts, or those of a report, in stored form: the given fields only, compressed. What pictures
    look like is stored apart, sealed."""
    return compress_text(facts.model_dump_json(include=_FACTS, exclude_defaults=True))


_OBJECT: Final = TypeAdapter(dict[str, Any])


def count_stored_pictures(stored: bytes) -> int:
    """The number of pictures of which stored facts hold what they look like, as those of earlier
    releases do; 0 for facts that cannot be read."""
    try:
        facts = _OBJECT.validate_json(decompress_text(stored))
    except (ValueError, zlib.error):
        return 0
    pictures = facts.get("pictures")
    return len(pictures) if isinstance(pictures, list) else 0


def decompress_facts(stored: bytes) -> Facts:
    """The facts that `compress_facts` stored.

    Fields of a later release are ignored, so a function that was rolled back still reads every
    report. Raises ValueError or zlib.error for other bytes.
    """
    stored_fields = _OBJECT.validate_json(decompress_text(stored))
    fields = {name: value for name, value in stored_fields.items() if name in Facts.model_fields}
    return Facts.model_validate_json(json.dumps(fields))
