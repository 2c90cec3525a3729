"""Times in logarithmic classes, so that a percentile is known to two in a hundred at a fixed size.

Class 0 holds a minute and less; class i holds what is above 60·RATIO^(i-1) seconds and at most
60·RATIO^i. A class is told by the value whose distance to both its ends is the same share of them,
so what is told is at most `MAX_RELATIVE_ERROR` away from what was measured: for times above a
minute, and up to `MAX_CLASS_SECONDS` seconds (a year and more), where the last class ends.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Mapping
from itertools import repeat
from typing import Final

MAX_RELATIVE_ERROR: Final = 0.02
"""Largest relative error of a time that is told."""
CLASS_WIDTH_RATIO: Final = (1 + MAX_RELATIVE_ERROR) / (1 - MAX_RELATIVE_ERROR)
MIN_CLASS_SECONDS: Final = 60
"""Seconds; what is shorter is told as this."""
HISTOGRAM_CLASSES: Final = 331
MAX_CLASS_SECONDS: Final = MIN_CLASS_SECONDS * CLASS_WIDTH_RATIO ** (HISTOGRAM_CLASSES - 1)
_LAYOUT: Final = struct.Struct(f"<{HISTOGRAM_CLASSES}I")


def class_from_seconds(seconds: float) -> int:
    """The class a time belongs to."""
    if seconds <= MIN_CLASS_SECONDS:
        return 0
    return min(
        HISTOGRAM_CLASSES - 1,
        math.ceil(math.log(seconds / MIN_CLASS_SECONDS) / math.log(CLASS_WIDTH_RATIO) - 1e-9),
    )


def seconds_from_class(number: int) -> float:
    """The time a class is told by."""
    if number == 0:
        return float(MIN_CLASS_SECONDS)
    return MIN_CLASS_SECONDS * CLASS_WIDTH_RATIO**number * 2 / (CLASS_WIDTH_RATIO + 1)


def histogram_percentile(classes: Mapping[int, int], share: float) -> float | None:
    """The time that this share of all times is at most (nearest rank); None without times."""
    total = sum(classes.values())
    if total <= 0:
        return None
    rank = max(1, math.ceil(share * total - 1e-9))
    for number in sorted(classes):
        rank -= classes[number]
        if rank <= 0:
            return seconds_from_class(number)
    raise AssertionError("ranks are counted from the same classes")


def pack_histogram(classes: Mapping[int, int]) -> bytes:
    """All classes, compressed where that is shorter: most hold nothing, or small numbers."""
    plain = _LAYOUT.pack(*map(classes.get, range(HISTOGRAM_CLASSES), repeat(0)))
    shorter = zlib.compress(plain, 9)
    return shorter if len(shorter) < len(plain) else plain


def unpack_histogram(stored: bytes) -> dict[int, int]:
    """The classes that `packed` stored, without the empty ones."""
    plain = stored if len(stored) == _LAYOUT.size else zlib.decompress(stored)
    numbers = _LAYOUT.unpack(plain)
    return {number: count for number, count in enumerate(numbers) if count}
