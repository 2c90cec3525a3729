"""Why pages cannot be built."""

from __future__ import annotations


class SiteNotBuilt(Exception):
    """The pages cannot be built; the message says what to repair."""
