"""What one examination may cost. `casework.report.examination` says how much of it is shown."""

from __future__ import annotations

from typing import Final

MEBIBYTE_BYTES: Final = 1024 * 1024

MAX_PIXELS: Final = 60_000_000
"""Of a picture that is decoded; a telephone's camera has 12 to 50 million, sometimes more."""
MAX_PREVIEW_SIDE_PIXELS: Final = 1_600
"""Pixels of the longer side of a preview."""
MAX_OCR_SIDE_PIXELS: Final = 2_400
"""Pixels of the longer side of what a machine reads: small letters do not survive less."""
WEBP_QUALITIES: Final = (70, 30)
"""Of the WebP: the second one where the first takes too many bytes."""
MIN_PAGE_SIDE_POINTS: Final = 1.0
"""Points of a page's shorter side; less is refused."""
DRAWING_SECONDS: Final = 25.0
"""Processor time after which no further page is begun: what else the machine does changes nothing.
A result that this ended says so, as another look may end a page sooner or later."""

OCR_PAGE_SECONDS: Final = 8
OCR_FILE_SECONDS: Final = 15.0
"""Processor time after which no further page is read; the result says so, too."""

SANDBOX_SECONDS: Final = 60
"""Wall-clock time of the decoders' process."""
CPU_SECONDS: Final = 50
SANDBOX_MEMORY_BYTES: Final = 1_536 * MEBIBYTE_BYTES
"""Address space of the decoders' process."""
MAX_SANDBOX_OUTPUT_BYTES: Final = 24 * MEBIBYTE_BYTES
"""Bytes that it may write: its answer."""
OPEN_FILES: Final = 64
