"""Nothing after the write of a report turns its 201 into an error: each later line is broken once,
and the client still gets reference and receipt."""

from __future__ import annotations

import html
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from casework.aws.services import clients
from casework.aws.table.report_table import ReportTable
from functions.intake import acceptance, texts, write_confirmation
from functions.intake.answers import Accepted, Added
from functions.notify import notice_text as notices
from local.places import ROOT
from tests.builders import a_report
from tests.integration.answers import Answered
from tests.integration.forms import a_form, post
from tests.integration.reporters import Reporters, a_key

OURS = (str(ROOT / "functions"), str(ROOT / "casework"))
Line = tuple[str, int]


class Broken(Exception):
    """A line was broken on purpose."""


@dataclass
class Lines:
    """The lines of our code that run after a call of the table, each once; one of them raises."""

    operation: str
    breaks: Line | None = None
    seen: dict[Line, None] = field(default_factory=dict)
    written: bool = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        clients.reset_clients()
        events = clients.aws_session().get_component("event_emitter")
        events.register(f"after-call.dynamodb.{self.operation}", self._after)
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)
            clients.reset_clients()

    def _after(self, **_: Any) -> None:
        self.written = True

    def _enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        del event, arg
        return self._line if frame.f_code.co_filename.startswith(OURS) else None

    def _line(self, frame: FrameType, event: str, arg: Any) -> Any:
        del arg
        if event == "line" and self.written:
            line = (frame.f_code.co_filename, frame.f_lineno)
            if line not in self.seen:
                self.seen[line] = None
                if line == self.breaks:
                    raise Broken(f"{Path(line[0]).name}:{line[1]}")
        return self._line


def each_line_broken(
    operation: str, call: Callable[[], Answered]
) -> Iterator[tuple[Line | None, Answered]]:
    """The answer as it is, and then with each of the lines after the write broken."""
    lines = Lines(operation)
    _forget()
    with lines.watched():
        whole = call()
    yield None, whole
    reached = 0
    for line in lines.seen:
        broken = Lines(operation, line)
        _forget()
        with broken.watched():
            # What is unset at the end of a call may be broken too, and other tests run here later.
            answered = copy_context().run(call)
        reached += line in broken.seen
        yield line, answered
    # The others run once in a process: what they read is kept.
    assert reached > max(20, 0.8 * len(lines.seen))


def _forget() -> None:
    """What a process keeps from earlier calls, as it begins."""
    texts.load_portal.cache_clear()
    acceptance.numbers_to_call.cache_clear()


def test_a_report_is_answered_with_its_codes_whatever_line_breaks_after_its_write(
    reporters: Reporters,
) -> None:
    report = a_report(danger_now=True, category="fraud")
    found = set[str]()
    for line, answered in each_line_broken("PutItem", lambda: reporters.send(report, a_key())):
        assert answered.status == 201, line
        told = Accepted.model_validate_json(answered.text)
        assert reporters.follow(told.reference, told.receipt).status == 200, line
        found.add(told.reference)
    assert len(found) > 20


def test_so_is_one_without_javascript(reporters: Reporters) -> None:
    for line, answered in each_line_broken(
        "PutItem", lambda: post(reporters, a_form(danger="yes"))
    ):
        assert answered.status == 201, line
        assert "html" in answered.headers["Content-Type"]
        said = html.unescape(re.sub("<[^>]+>", " ", answered.text))
        reference = re.search(r"\b(\w{4}(?:-\w{4}){3}-\w)\s", said)
        receipt = re.search(r"\b(\w{4}(?:-\w{4}){5}-\w{2})\s", said)
        assert reference, (line, said)
        assert receipt, (line, said)
        assert reporters.follow(reference[1], receipt[1]).status == 200, line


def test_so_is_an_addition(reporters: Reporters) -> None:
    def add() -> Answered:
        sent = reporters.send(a_report(), a_key()).document  # one takes a few additions only
        headers = {
            "content-type": "application/json",
            "authorization": f"Receipt {sent['receipt']}",
            "idempotency-key": a_key(),
        }
        path = f"/v1/reports/{sent['reference']}/additions"
        return reporters.call("POST", path, headers, json.dumps({"text": "more"}).encode())

    for line, answered in each_line_broken("TransactWriteItems", add):
        assert answered.status == 201, line
        assert Added.model_validate_json(answered.text).id, line


def test_a_repeated_report_is_answered_where_words_fail(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, key = a_report(), a_key()
    first = reporters.send(report, key)
    monkeypatch.setattr(acceptance, "accepted_response", lambda *_: 1 / 0)
    again = reporters.send(report, key)
    assert (again.status, again.document["receipt"]) == (201, first.document["receipt"])
    other = reporters.send(a_report(narrative="Something else."), key)
    assert other.document["type"].endswith("key-conflict")


def test_a_report_that_is_not_kept_is_not_answered_as_kept(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise ConnectionError("the table cannot be reached")

    monkeypatch.setattr(ReportTable, "put_once", refused)
    assert reporters.send(a_report(), a_key()).status >= 500
    assert post(reporters, a_form()).status >= 500
    monkeypatch.setattr(ReportTable, "get_existing", refused)
    assert reporters.send(a_report(), a_key()).status >= 500


def test_one_call_tells_nothing_of_the_one_before(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reporters.send(a_report(), a_key()).document
    monkeypatch.setattr("functions.intake.operations.intake_jurisdiction", lambda: 1 / 0)
    failed = reporters.call("GET", "/v1/reference", {})
    assert failed.status >= 500
    assert first["receipt"] not in failed.text


def test_the_codes_alone_are_shown_where_the_words_cannot_be_read(
    reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.intake.form_pages.receipt_page", lambda *_: 1 / 0)
    usual = texts.load_portal

    def gone() -> texts.Portal:
        if sys._getframe(1).f_globals["__name__"] == write_confirmation.__name__:
            raise OSError("portal.json")
        return usual()

    monkeypatch.setattr(texts, "load_portal", gone)
    page = post(reporters, a_form())
    assert page.status == 201
    assert len(re.findall(r"<b dir=ltr>[\w-]+</b>", page.text)) == 2


# ---- a jurisdiction without English --------------------------------------------------------------


def without_english(portal: texts.Portal) -> texts.Portal:
    return replace(
        portal,
        languages=tuple(each for each in portal.languages if each.code != "en"),
        texts={code: each for code, each in portal.texts.items() if code != "en"},
    )


def test_a_language_without_words_gets_those_of_the_first_language() -> None:
    portal = without_english(texts.load_portal())
    assert portal.texts_in("en") is portal.texts[portal.languages[0].code]
    assert portal.texts_in("fr") is portal.texts["fr"]


def test_a_notice_in_a_language_without_words_is_in_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    every = notices._words()
    fewer = {code: each for code, each in every.items() if code != "en"}
    monkeypatch.setattr(notices, "_words", lambda: fewer)
    first = next(iter(fewer))
    assert (
        notices.reporter_notice("en", "R")
        == notices.reporter_notice(first, "R")
        == notices.reporter_notice("zgh", "R")
    )
    assert notices.reporter_notice("fr", "R") != notices.reporter_notice(first, "R")
