"""The edges: one folder for each deployed asset. No folder imports another.

A function imports this module first.
"""

import gc
import sys
from types import ModuleType
from typing import Final

GC_YOUNG_THRESHOLD: Final = 100_000
"""New objects after which the interpreter looks for garbage. By its own figure, 2,000, it looks
dozens of times while a function starts, and finds none in modules."""

gc.set_threshold(GC_YOUNG_THRESHOLD)


def _without_plugins() -> None:
    """Tell pydantic that it has no plugins.

    It would look for some in the metadata of every distribution, and import for that what reads
    mail and archives: a twentieth of a start, and more of the first model.
    """
    none = ModuleType("pydantic.plugin._loader")
    vars(none)["get_plugins"] = tuple
    sys.modules.setdefault(none.__name__, none)


_without_plugins()
