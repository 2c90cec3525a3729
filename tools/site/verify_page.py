"""The page that verifies a proof where it is opened: one file, which works from a disk as well.

Style, script and texts are in it, and its own policy names them by their SHA-256. It may connect to
nothing, so that a proof with somebody's words goes nowhere. `casework/aws/http/response_headers.py`
has the policy of its address, which allows what is inline, since it cannot know these digests.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Final

from functions.intake.html import Markup, html_element
from functions.intake.page_layout import demonstration_banner
from tools.site.maker import Maker
from tools.site.messages import ROOT

VERIFY_PAGE_NAME: Final = "verify"
VERIFY_STYLE_FILE: Final[Path] = ROOT / "web" / "portal" / "verify" / "verify.css"


def verify_page(maker: Maker, data: Markup) -> bytes:
    """The page in the language of a maker; `data` is the block with its texts."""
    t, language = maker.t, maker.messages.language
    style, script = (
        VERIFY_STYLE_FILE.read_text(encoding="utf-8"),
        maker.scripts[VERIFY_PAGE_NAME].source,
    )
    policy = (
        f"default-src 'none'; script-src {_named(script)}; style-src {_named(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = html_element(
        "head",
        html_element("meta", charset="utf-8"),
        html_element("meta", http_equiv="Content-Security-Policy", content=policy),
        html_element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        html_element("meta", name="referrer", content="no-referrer"),
        html_element("title", f"{t('verify.title')} · {t('site.name')}"),
        html_element("style", Markup(style)),
    )
    form = html_element(
        "form",
        _file("proof", t("verify.proof"), t("verify.proof_hint"), ".json", required=True),
        _file("key", t("verify.key"), t("verify.key_hint"), ".pem", required=True),
        _file("copy", t("verify.copy"), t("verify.copy_hint"), None, folder=True),
        html_element("p", html_element("button", t("verify.start"))),
        autocomplete="off",
    )
    body = html_element(
        "body",
        demonstration_banner(maker.messages.texts, maker.portal),
        html_element(
            "main",
            html_element("h1", t("verify.title")),
            html_element("p", t("verify.lead")),
            html_element("p", t("verify.saved"), class_="hint"),
            html_element("noscript", html_element("p", t("verify.needs_javascript"))),
            form,
            html_element("div", id="found", aria_live="polite"),
            html_element("p", html_element("a", t("site.home"), href=maker.root)),
            html_element("p", maker.portal.operator) if maker.portal.operator else None,
        ),
        data,
        html_element("script", Markup(script)),
    )
    html = html_element("html", head, body, lang=maker.code, dir=language.direction)
    return f"<!doctype html>{html}".encode()


def _file(
    name: str, label: str, hint: str, kind: str | None, *, required: bool = False,
    folder: bool = False,
) -> Markup:  # fmt: skip
    more = {"webkitdirectory": True, "multiple": True} if folder else {"accept": kind}
    described = f"{name}-hint"
    return html_element(
        "p",
        html_element("label", label, for_=name),
        html_element(
            "input", type="file", id=name, name=name, aria_describedby=described,
            required=required, **more,
        ),
        html_element("span", hint, id=described, class_="hint"),
    )  # fmt: skip


def _named(text: str) -> str:
    """What a policy calls an inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
