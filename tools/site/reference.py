"""The API's reference: Scalar, a kept renderer, draws the page from `/openapi.json` in the browser.

Its script comes from the locked packages when the site is built, and runs under a policy of its own
(`casework.aws.http.response_headers.API_REFERENCE_CSP`). It may ask this site alone, so what of it
speaks to its makers is switched off here and could not do so anyway.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from functions.intake.html import html_element

OPENAPI_PATH: Final = "/openapi.json"
SCRIPT: Final = "reference/page.js"
RENDERER: Final = Path(__file__).with_name("renderer.mjs")
REFERENCE_STYLE: Final = """
.light-mode { --scalar-color-2: #454545; --scalar-color-3: #565656; --scalar-color-green: #00613f;
  --scalar-color-blue: #0a549c; --scalar-color-orange: #8a3b00; --scalar-color-red: #a80018;
  --scalar-color-purple: #5a2ca0; --scalar-color-yellow: #6b5200; }
.dark-mode { --scalar-color-2: #c9c9c9; --scalar-color-3: #b5b5b5; --scalar-color-green: #4fd39a;
  --scalar-color-blue: #7cc0ff; --scalar-color-orange: #ffb070; --scalar-color-red: #ff9a9a;
  --scalar-color-purple: #cdb4ff; }
[aria-expanded] { min-width: 24px; min-height: 24px; }
[class*="copy-button"]:not([aria-label]) { display: none; }
ul.endpoints.endpoints, .scalar-card-content.scalar-card-content:has(> .endpoints) {
  overflow: visible; max-height: none; }
"""
"""What the renderer lacks for WCAG 2.2 AA: contrast, size, names and lists that keys can scroll."""
REFERENCE_OPTIONS: Final[dict[str, Any]] = {
    "url": OPENAPI_PATH,
    "withDefaultFonts": False,
    "telemetry": False,
    "hideTestRequestButton": True,
    "hideClientButton": True,
    "showDeveloperTools": "never",
    "hideDarkModeToggle": True,
    "agent": {"disabled": True},
    "mcp": {"disabled": True},
    "customCss": REFERENCE_STYLE,
}
"""Colours follow the device; requests are sent with a client of one's own."""
REFERENCE_PRELUDE: Final = "globalThis.__zod_globalConfig={jitless:true};"
"""A library in the script would try whether it may run text as code, which the policy refuses."""


def reference_page(title: str, icon: str) -> bytes:
    """The page; `icon` is the address of the portal's own."""
    head = html_element(
        "head",
        html_element("meta", charset="utf-8"),
        html_element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        html_element("meta", name="color-scheme", content="light dark"),
        html_element("title", title),
        html_element("link", rel="icon", href=icon, type="image/svg+xml"),
    )
    without = html_element(
        "noscript",
        html_element("h1", title),
        html_element("p", "The reference needs JavaScript. Without it, read "),
        html_element("p", html_element("a", "the OpenAPI document", href=OPENAPI_PATH)),
    )
    body = html_element(
        "body",
        html_element("div", id="app"),
        without,
        html_element("script", src=f"/{SCRIPT}"),
    )
    return f"<!doctype html>{html_element('html', head, body, lang='en')}".encode()


def script(run: Callable[..., object]) -> bytes:
    """The one script of the page; `run` runs Node."""
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "renderer.js"
        run(str(RENDERER), str(file))
        renderer = file.read_text(encoding="utf-8").partition("\n//# sourceMappingURL=")[0]
    start = (
        f'Scalar.createApiReference("#app",{json.dumps(REFERENCE_OPTIONS, separators=(",", ":"))});'
    )
    return f"{REFERENCE_PRELUDE}{renderer}\n;{start}\n".encode()
