"""Build the page that shows every component of the desk: `python -m tools.site.gallery`.

It is a folder of its own, `build/gallery/`, which no deployment publishes and which opens from the
disk: `index.html?lang=fr`.
"""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Final

from functions.intake.html import Markup, html_element
from tools.site.desk import desk_texts_by_language
from tools.site.desk_icons import write_icon_script
from tools.site.messages import ROOT
from tools.site.scripts import BIN, STAFF, bundle_staff_style_sheet, run_command
from tools.site.styles import STYLES

GALLERY_FOLDER: Final = ROOT / "build" / "gallery"
_SCRIPT: Final = STAFF / "ui" / "gallery.tsx"
_LOCALES: Final = {"ar": "ar-MA-u-nu-latn"}
"""Where a language's own figures are not those of the country."""


def build_gallery(target: Path = GALLERY_FOLDER) -> Path:
    """Build the page into `target`; gives its address as a file. Raises SiteNotBuilt."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    write_icon_script()
    style = bundle_staff_style_sheet(STYLES["desk"], target).rpartition("/")[2]
    # A script that is no module opens from the disk.
    run_command(
        str(BIN / "esbuild"), str(_SCRIPT), "--bundle", "--format=iife", "--target=es2020",
        "--jsx=automatic", "--jsx-import-source=preact", "--charset=utf8", "--log-level=warning",
        f"--outfile={target / 'gallery.js'}",
    )  # fmt: skip
    data = {
        code: {
            **{name: each[name] for name in ("language", "direction", "sign_in_language")},
            "words": _words(_LOCALES.get(code, code)),
            "first": {},
        }
        for code, each in desk_texts_by_language().items()
    }
    block = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    head = html_element(
        "head",
        html_element("meta", charset="utf-8"),
        html_element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        html_element("title", "Components of the desk"),
        html_element("link", rel="stylesheet", href=style),
        html_element("script", Markup(block), type="application/json", id="data"),
        html_element("script", "", src="gallery.js", defer=True),
    )
    body = html_element("body", html_element("div", "", id="app"), class_="desk")
    page = target / "index.html"
    page.write_text(f"<!doctype html>{html_element('html', head, body, lang='en')}", "utf-8")
    return page


def _words(locale: str) -> str:
    """The address of a file of words with nothing but a locale."""
    text = json.dumps({"locale": locale, "texts": {}})
    return f"data:application/json;base64,{base64.b64encode(text.encode()).decode()}"


if __name__ == "__main__":
    print(build_gallery())
