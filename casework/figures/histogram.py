"""Times in logarithmic classes, so that a percentile is known to two in a hundred at a fixed size.

Class 0 holds a minute and less; class i holds what is above 60·RATIO^(i-1) seconds and at most
60·RATIO^i. A class is told by the value whose distance to both its ends is the same share of them,
so what is told is at most `ERROR` away from what was measured: for times above a minute, and up to
`LONGEST` seconds (a year and more), where the last class ends.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Mapping
from typing import Final

ERROR: Final = 0.02
"""Largest relative error of a time that is told."""
RATIO: Final = (1 + ERROR) / (1 - ERROR)
SHORTEST: Final = 60
"""Seconds; what is shorter is told as this."""
CLASSES: Final = 331
LONGEST: Final = SHORTEST * RATIO ** (CLASSES - 1)
_LAYOUT: Final = struct.Struct(f"<{CLASSES}I")


def class_of(seconds: float) -> int:
    """The class a time belongs to."""
    if seconds <= SHORTEST:
        return 0
    return min(CLASSES - 1, math.ceil(math.log(seconds / SHORTEST) / math.log(RATIO) - 1e-9))


def seconds_of(number: int) -> float:
    """The time a class is told by."""
    if number == 0:
        return float(SHORTEST)
    return SHORTEST * RATIO**number * 2 / (RATIO + 1)


def percentile(classes: Mapping[int, int], share: float) -> float | None:
    """The time that this share of all times is at most (nearest rank); None without times."""
    total = sum(classes.values())
    if total <= 0:
        return None
    rank = max(1, math.ceil(share * total - 1e-9))
    for number in sorted(classes):
        rank -= classes[number]
        if rank <= 0:
            return seconds_of(number)
    raise AssertionError("ranks are counted from the same classes")


def packed(classes: Mapping[int, int]) -> bytes:
    """All classes, compressed where that is shorter: most hold nothing, or small numbers."""
    plain = _LAYOUT.pack(*(classes.get(number, 0) for number in range(CLASSES)))
    shorter = zlib.compress(plain, 9)
    return shorter if len(shorter) < len(plain) else plain


def unpacked(stored: bytes) -> dict[int, int]:
    """The classes that `packed` stored, without the empty ones."""
    plain = stored if len(stored) == _LAYOUT.size else zlib.decompress(stored)
    numbers = _LAYOUT.unpack(plain)
    return {number: count for number, count in enumerate(numbers) if count}
