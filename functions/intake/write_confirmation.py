"""Kept means answered: nothing that fails after the write of a report or addition makes an error of
its answer.

Before the write, the function says what it is about to keep. When a call then ends without its 201,
the answer is made here, from these few words alone: the codes are told once, and whoever gets an
error instead may never ask again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from casework.aws.http.api import Response, to_lambda_response
from casework.aws.services import telemetry

HTTP_CREATED: Final = 201
HTTP_INTERNAL_ERROR: Final = 500
"""The least status of an error that is not the sender's."""
HTML_MEDIA_TYPE: Final = "text/html; charset=utf-8"


class _Write(Enum):
    NONE = "none"
    BEGUN = "begun"
    DONE = "done"


@dataclass
class _Call:
    """What a call keeps."""

    document: Mapping[str, Any]
    """The least answer in JSON."""
    title: str
    """Key of the text that says so on a page."""
    is_kept: Callable[[], bool]
    """Looks into the table."""
    write: _Write = _Write.BEGUN


_NOTHING: Final = _Call({}, "", lambda: False, _Write.NONE)
_call: ContextVar[_Call] = ContextVar("call", default=_NOTHING)


def begin_write(document: Mapping[str, Any], title: str, is_kept: Callable[[], bool]) -> None:
    """What is written next. `document` is its least answer, `title` the key of the text that says
    that it is kept, and `is_kept` looks whether it is."""
    _call.set(_Call(document, title, is_kept))


def confirm_write() -> None:
    """It is written."""
    _call.get().write = _Write.DONE


def end_write() -> None:
    """The write ended, and another answer than its own is due."""
    _call.set(_NOTHING)


def answer_after_write(
    event: Mapping[str, Any], work: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """The answer of `work`; where it fails after it kept something, the answer that says so."""
    _call.set(_NOTHING)
    try:
        made = work()
        if made["statusCode"] < HTTP_INTERNAL_ERROR or not _is_kept():
            return made
    except Exception as error:
        if not _is_kept():
            raise
        telemetry.log_failure("kept, and not answered", error)
    return _least(event, _call.get())


def _is_kept() -> bool:
    call = _call.get()
    if call.write is not _Write.BEGUN:
        return call.write is _Write.DONE
    try:
        return call.is_kept()
    except Exception as error:  # noqa: BLE001  # the same request again tells it
        telemetry.log_failure("not known whether it is kept", error)
        return False


def _least(event: Mapping[str, Any], call: _Call) -> dict[str, Any]:
    if event["rawPath"].startswith("/v1/"):
        return to_lambda_response(Response(HTTP_CREATED, dict(call.document)))
    from casework.aws.http.response_headers import (
        SERVER_RENDERED_HEADERS,  # most calls are of the API
    )

    page = _page(event["rawPath"].split("/")[1], call)
    return to_lambda_response(
        Response(
            HTTP_CREATED,
            page.encode(),
            {"Content-Type": HTML_MEDIA_TYPE, **SERVER_RENDERED_HEADERS},
        )
    )


def _page(language: str, call: _Call) -> str:
    """A page with the codes. They have letters, digits and hyphens only."""
    title, names, way = _words(language, call.title)
    codes = "".join(
        f"<p>{names.get(name, '')} <b dir=ltr>{call.document[name]}</b></p>"
        for name in ("reference", "receipt")
        if name in call.document
    )
    return (
        f'<!doctype html><html lang="{language}" dir="{way}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<h1>{title}</h1>{codes}</html>"
    )


def _words(language: str, title: str) -> tuple[str, Mapping[str, str], str]:
    """What is said around the codes; nothing where the words themselves are what failed."""
    try:
        from functions.intake.html import to_markup  # they may be what failed
        from functions.intake.texts import load_portal

        texts = load_portal().texts[language]
        names = {each: str(to_markup(texts[f"done.{each}"])) for each in ("reference", "receipt")}
        return str(to_markup(texts[title])), names, texts.language.direction
    except Exception as error:  # noqa: BLE001  # the codes are what is needed
        telemetry.log_failure("no words for a least answer", error)
        return "✓", {}, "auto"
