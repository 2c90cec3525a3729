"""How often a long process of the local system looks for garbage."""

from __future__ import annotations

import gc

GC_THRESHOLDS = (50_000, 20, 50)
"""At so many new objects, after so many looks at the youngest, and after so many at those that
remained."""


def tune_gc() -> None:
    """Look never at what is there now, such as modules, and less often at what comes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
