"""The codes of a receipt as a QR code without JavaScript; `web/portal/qr.ts` is for the rest."""

from __future__ import annotations

from typing import Final

QR_MARGIN_MODULES: Final = 4
"""Light modules that a camera needs around (ISO/IEC 18004)."""


def qr_code_path(text: str) -> tuple[str, int]:
    """The dark modules as an SVG path of unit squares, and the modules of a side with the margin.

    Raises ValueError for a text that has no room in any code.
    """
    import segno  # no other reporter waits for it

    rows = list(
        segno.make_qr(text, error="m", boost_error=False).matrix_iter(border=QR_MARGIN_MODULES)
    )
    path = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, line in enumerate(rows)
        for column, dark in enumerate(line)
        if dark
    )
    return path, len(rows)
