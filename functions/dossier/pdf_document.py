"""Sets a document as PDF with typst. The same document gives the same bytes."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from functions.dossier.text_runs import DocumentFonts

TYPESETTING_FOLDER: Final = Path(__file__).parent
TYPST_TEMPLATE: Final = "document.typ"
FONT_FILE_NAMES: Final = (
    "NotoSans_400Regular.ttf",
    "NotoSans_700Bold.ttf",
    "NotoSansTifinagh_400Regular.ttf",
    "Amiri_400Regular.ttf",
    "Amiri_700Bold.ttf",
)
"""The files of the fonts, which `infra.assets` puts into `fonts/`."""
_FROM_RIGHT: Final = b"/ViewerPreferences<</DisplayDocTitle true/Direction/R2L"
_FROM_LEFT: Final = _FROM_RIGHT.replace(b"R2L", b"L2R")
"""The order of facing pages for a viewer. Readers of PDFs take it for the direction of every line,
and turn links and digests of an Arabic document round; each line has its own."""
REGULAR_FONT_NAMES: Final = tuple(name for name in FONT_FILE_NAMES if "Regular" in name)


def load_fonts(folder: Path) -> DocumentFonts:
    """The fonts with which texts are compared: what the regular ones draw, the bold ones draw."""
    return DocumentFonts(tuple(folder / name for name in REGULAR_FONT_NAMES))


def typeset_pdf(document: Mapping[str, Any], record: bytes, *, fonts: Path) -> bytes:
    """The PDF of a document, with the record of the case inside. typst is asked for PDF/A-3a and
    PDF/UA-1 and checks what it can; no validator has confirmed it.

    Raises RuntimeError where typst refuses the document.
    """
    import typst  # 79 MB: a message whose package is ready does not pay for it

    with tempfile.TemporaryDirectory(prefix="dossier-") as name:
        root = Path(name)
        shutil.copyfile(TYPESETTING_FOLDER / TYPST_TEMPLATE, root / TYPST_TEMPLATE)
        (root / "data.json").write_text(json.dumps(document), encoding="utf-8")
        (root / "record.json").write_bytes(record)
        pdf: bytes = typst.compile(
            str(root / TYPST_TEMPLATE),
            root=str(root),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
        )
    return _read_line_by_line(pdf)


def _read_line_by_line(pdf: bytes) -> bytes:
    before, found, after = pdf.rpartition(_FROM_RIGHT)  # the last one: texts stand before it
    return before + _FROM_LEFT + after if found else pdf  # of the same length: offsets stay
