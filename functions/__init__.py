"""The edges: one folder for each deployed asset. No folder imports another.

A function imports this module first.
"""

import gc
from typing import Final

YOUNG: Final = 100_000
"""New objects after which the interpreter looks for garbage. By its own figure, 2,000, it looks
dozens of times while a function starts, and finds none in modules."""

gc.set_threshold(YOUNG)
