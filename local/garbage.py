"""How often a long process of the local system looks for garbage."""

from __future__ import annotations

import gc

SELDOM = (50_000, 20, 50)
"""At so many new objects, after so many looks at the youngest, and after so many at those that
remained."""


def look_seldom() -> None:
    """Look never at what is there now, such as modules, and less often at what comes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
