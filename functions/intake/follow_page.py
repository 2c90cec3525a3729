"""The follow-up without JavaScript: two codes open it, and it takes additions and answers.

The codes travel in the body of each POST. A page that was opened by them carries them on in its
forms and in no address; it is never stored, by the browser or on the way.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from casework.pack.jurisdiction import Jurisdiction
from casework.report.followup import AddedView, AdditionKind, Corrected
from casework.report.public_timeline import PublicStatus
from functions.intake import page_layout, report_codes
from functions.intake.answers import Post, Progress
from functions.intake.deployment import deployed_portal
from functions.intake.files_page import files_link_form
from functions.intake.html import Child, Markup, html_element
from functions.intake.inputs import FormInputs, error_summary, page_title
from functions.intake.page_layout import PortalPage, render_page
from functions.intake.texts import PortalTexts

PROOF_WITH_WORDS_VALUE: Final = "words"
"""The value of `proof` that asks for the reporter's own words, too."""


def follow_page(
    given: Mapping[str, str], wrong: Mapping[str, str], texts: PortalTexts, pack: Jurisdiction
) -> bytes:
    """Where the two codes are entered. After an error the receipt is to be typed again."""
    maker = FormInputs({"reference": given.get("reference", "")}, wrong, texts)
    main = html_element(
        "div",
        error_summary(wrong, texts),
        html_element("h1", texts["follow.title"]),
        html_element("p", texts["follow.lead"], class_="lead"),
        html_element(
            "form",
            maker.line("reference", "follow.reference", code=True),
            maker.line("receipt", "follow.receipt", code=True),
            html_element("p", html_element("button", texts["follow.show"], class_="button")),
            method="post",
            action=f"/{texts.language.code}/follow",
            autocomplete="off",
        ),
        id="app",
    )
    title = page_title(texts["follow.title"], wrong, texts)
    return render_page(PortalPage(title, main, "follow/", texts), deployed_portal(), pack)


@dataclass(frozen=True)
class AdditionDraft:
    """The unsent addition of a reporter when the page was made."""

    codes: Mapping[str, str]
    """Reference and receipt, as they opened the report, and whether they stay in sight."""
    answers: str = ""
    """Number of the question it answers; empty for more facts."""
    text: str = ""
    kind: str = AdditionKind.MORE
    corrects: str = ""
    key: str = ""
    """The key it was sent with; empty where it needs another one."""
    wrong: str = ""
    """Key of the text that says why it was not taken."""
    added: str = ""
    """Key of the text that says that it was taken just now."""
    proof_from: str = ""
    """The time from which there is a proof, where it was asked for before."""


def _waiting(told: Progress, texts: PortalTexts) -> Child:
    """Since when people are waited for."""
    status = PublicStatus.IN_REVIEW
    since = [entry.at for entry in told.timeline if entry.status is status and entry.at]
    if told.status is not status or not since:
        return None
    return html_element("small", texts.fill("follow.waiting", day=texts.moment(since[-1])))


def progress_page(
    progress: Progress, writing: AdditionDraft, texts: PortalTexts, pack: Jurisdiction
) -> bytes:
    """The state of the report, its questions, and fields for an addition."""
    asked = {
        str(post.question) for post in progress.messages if post.question and not post.answered
    }
    if writing.answers not in asked:
        writing = replace(writing, answers="")
    steps = [
        html_element("li", entry.text, _moment(entry.at, texts)) for entry in progress.timeline
    ]
    wrong = {_field(writing.answers): writing.wrong} if writing.wrong else {}
    main = html_element(
        "div",
        error_summary(wrong, texts),
        html_element("p", texts[writing.added], class_="inset", role="status")
        if writing.added
        else None,
        html_element("h1", texts["follow.status"]),
        report_codes.visible_codes(progress.reference, writing.codes, texts),
        html_element("p", progress.text, _waiting(progress, texts), class_="standing"),
        [html_element("p", note) for note in progress.notes],
        _number_opened(progress, texts, pack),
        html_element("h2", texts["follow.timeline"]),
        html_element("ol", steps, class_="timeline"),
        html_element("h2", texts["follow.messages"]) if progress.messages else None,
        [_post(post, writing, texts) for post in progress.messages],
        html_element("h2", texts["follow.additions"]) if progress.additions else None,
        [_added(each, texts) for each in progress.additions],
        _older(progress.cursor, writing.codes, texts) if progress.cursor else None,
        html_element(
            "section",
            html_element("h2", texts["follow.add"]),
            _adding(writing, "", "follow.addition", texts),
            html_element(
                "p",
                html_element(
                    "a", texts["plain.follow_again"], href=f"/{texts.language.code}/follow"
                ),
            ),
            class_="no-print",
        ),
        html_element(
            "section",
            html_element("h2", texts["files.title"]),
            files_link_form(writing.codes, texts),
            class_="no-print",
        ),
        _proving(writing, texts),
        id="app",
    )
    title = page_title(texts["follow.status"], wrong, texts)
    return render_page(PortalPage(title, main, "follow/", texts), deployed_portal(), pack)


def _number_opened(told: Progress, texts: PortalTexts, pack: Jurisdiction) -> Markup | None:
    """That the reporter's own number was opened to call them, and whom they can call."""
    if not told.number_opened:
        return None
    days = map(texts.moment, told.number_opened)
    return html_element(
        "div",
        [html_element("p", texts.fill("follow.number_opened", day=day)) for day in days],
        html_element("p", texts["follow.number_opened_help"]),
        page_layout.emergency_links(texts, pack.emergency_numbers),
        class_="inset",
    )


def resend_page(writing: AdditionDraft, texts: PortalTexts, pack: Jurisdiction) -> bytes:
    """The typed addition, to be sent once more, when the report cannot be shown."""
    wrong = {_field(writing.answers): writing.wrong}
    main = html_element(
        "div",
        error_summary(wrong, texts),
        html_element("h1", texts["follow.title"]),
        _adding(writing, writing.answers, "follow.addition", texts),
        id="app",
    )
    title = page_title(texts["follow.title"], wrong, texts)
    return render_page(PortalPage(title, main, "follow/", texts), deployed_portal(), pack)


def _post(post: Post, writing: AdditionDraft, texts: PortalTexts) -> Markup:
    if post.question is None:
        return _said(post.at, post.text, texts)
    name = texts["follow.question"]
    if post.answered:
        return _said(
            post.at, post.text, texts, html_element("p", texts["follow.answered"]), name=name
        )
    by = (
        html_element("p", texts.fill("follow.answer_by", day=texts.moment(post.answer_by)))
        if post.answer_by
        else None
    )
    adding = _adding(writing, str(post.question), "follow.answer", texts)
    return _said(post.at, post.text, texts, [by, adding], name=name)


def _added(addition: AddedView, texts: PortalTexts) -> Markup:
    """The additions of the reporter; one that is no further fact begins with its kind."""
    name = ""
    if addition.kind is AdditionKind.CORRECTION:
        name = texts["follow.correction"]
    elif addition.kind is AdditionKind.WITHDRAWAL:
        name = texts["follow.withdrawal"]
    return _said(addition.added_at, addition.text, texts, name=name)


def _proving(writing: AdditionDraft, texts: PortalTexts) -> Markup:
    """The form that asks for the proof of the report."""
    wait = (
        texts.fill("follow.proof_wait", day=texts.moment(writing.proof_from))
        if (writing.proof_from)
        else ""
    )
    return html_element(
        "form",
        [
            html_element("input", type="hidden", name=name, value=value)
            for name, value in writing.codes.items()
        ],
        [
            (
                html_element("p", texts[hint], class_="hint"),
                html_element("p", _asking_for(what, label, texts)),
            )
            for what, label, hint in (
                ("1", "follow.proof", "follow.proof_hint"),
                (PROOF_WITH_WORDS_VALUE, "follow.proof_words", "follow.proof_words_hint"),
            )
        ],
        html_element(
            "p",
            html_element("a", texts["follow.proof_check"], href=f"/{texts.language.code}/verify/"),
        ),
        html_element("p", wait, class_="inset", role="status") if wait else None,
        method="post",
        action=f"/{texts.language.code}/follow",
        autocomplete="off",
        class_="no-print",
    )


def _asking_for(what: str, label: str, texts: PortalTexts) -> Markup:
    return html_element("button", texts[label], class_="button quiet", name="proof", value=what)


def _older(cursor: str, opened: Mapping[str, str], texts: PortalTexts) -> Markup:
    """A form that leads to older entries, so that no address holds the codes."""
    hidden = {**opened, "cursor": cursor}
    return html_element(
        "form",
        [
            html_element("input", type="hidden", name=name, value=value)
            for name, value in hidden.items()
        ],
        html_element("p", html_element("button", texts["follow.older"], class_="button quiet")),
        method="post",
        action=f"/{texts.language.code}/follow",
        autocomplete="off",
        class_="no-print",
    )


def _said(at: str, text: str, texts: PortalTexts, after: Child = None, *, name: str = "") -> Markup:
    named = (html_element("b", name), " · ") if name else None
    when = html_element("p", named, _moment(at, texts), class_="hint")
    return html_element("div", when, html_element("p", isolate_text(text)), after, class_="post")


def _adding(writing: AdditionDraft, answers: str, label: str, texts: PortalTexts) -> Markup:
    """One form: more facts, or the answer to the question of a number."""
    here = writing.answers == answers and bool(writing.wrong)
    field = _field(answers)
    typed_before = {field: writing.text, "kind": writing.kind, "corrects": writing.corrects}
    maker = FormInputs(
        typed_before if here else {"kind": AdditionKind.MORE},
        {field: writing.wrong} if here else {},
        texts,
    )
    # Each form is one addition: sent twice, it is stored once.
    key = (writing.key if here else "") or str(uuid.uuid4())
    hidden = {**writing.codes, "key": key, "answers": answers}
    send = "follow.answer_send" if answers else "follow.add_send"
    return html_element(
        "form",
        [
            html_element("input", type="hidden", name=name, value=value)
            for name, value in hidden.items()
        ],
        None if answers else _what(maker),
        # A withdrawal needs no words.
        maker.area(
            "text", label, "" if answers else "follow.add_hint", id=field, required=bool(answers)
        ),
        html_element("p", html_element("button", texts[send], class_="button")),
        method="post",
        action=f"/{texts.language.code}/follow",
        autocomplete="off",
        accept_charset="utf-8",
    )


def _what(maker: FormInputs) -> list[Child]:
    """The meaning of an addition for its reporter."""
    t = maker.texts
    kinds = [(each.value, t[f"adding.{each}"]) for each in AdditionKind]
    corrected = [(each.value, t[f"corrects.{each}"]) for each in Corrected]
    return [
        maker.radios("kind", "follow.what", kinds),
        html_element("p", t["follow.withdrawal_hint"], class_="hint"),
        maker.select("corrects", "follow.corrects", corrected),
    ]


def _field(answers: str) -> str:
    return f"answer-{answers}" if answers else "addition"


def _moment(at: str | None, texts: PortalTexts) -> Markup | None:
    return html_element("time", texts.moment(at), datetime=at) if at else None


# In Arabic text the groups of a telephone or account number would be drawn from right to left. One
# inside an address stays part of it.
_DIGITS: Final = re.compile(r"\+?[0-9٠-٩](?:[ \u00a0.\-/()]{0,2}[0-9٠-٩])*")
"""Digits with little between them: each character is read once, in linear time."""
_DIGIT: Final = re.compile(r"[0-9٠-٩]")
_BEFORE: Final = re.compile(r"[\s(«:،,;]")
_BEHIND: Final = re.compile(r"[\s)».,:;،؛؟?!]")
_FEWEST_DIGITS: Final = 7


def find_numbers(text: str) -> Iterator[tuple[int, int]]:
    """The places of numbers: from a digit that is separated from the text before, to the last one
    that is separated from the text behind."""
    for found in _DIGITS.finditer(text):
        digits = [found.start() + each.start() for each in _DIGIT.finditer(found[0])]
        begins = [found.start(), *digits[1:]]
        first = next((at for at, here in enumerate(begins) if _parted(text, here)), len(begins))
        last = next(
            (at for at in range(len(digits) - 1, first - 1, -1) if _ended(text, digits[at] + 1)), -1
        )
        if last - first + 1 >= _FEWEST_DIGITS:
            yield begins[first], digits[last] + 1


def _parted(text: str, at: int) -> bool:
    return at == 0 or _BEFORE.match(text, at - 1) is not None


def _ended(text: str, at: int) -> bool:
    return at == len(text) or _BEHIND.match(text, at) is not None


def isolate_text(text: str) -> Markup:
    """The text of a person, unchanged; as `web/portal/user-text.tsx` shows it."""
    parts: list[Child] = []
    told = 0
    for start, end in find_numbers(text):
        parts += [text[told:start], html_element("bdi", text[start:end], dir="ltr")]
        told = end
    return html_element("bdi", parts, text[told:], class_="typed")
