"""The files of a report without JavaScript: what has arrived, and a form for one more.

The form goes to the bucket and not to this service. The bucket answers into a frame that is not
shown: the page stays as it is when the file was sent, and when the bucket refused it with a page of
its own. A page that is left ends its upload, so beside the form of a file each button opens a tab
of its own. The list says what to do about a file that has not arrived, and offers its form again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from casework.pack.jurisdiction import Jurisdiction
from casework.report.file_limits import UPLOAD_FORM_SECONDS, FileState, WhyRefused
from casework.report.multipart import BYTES_PER_MIB
from functions.intake import report_codes
from functions.intake.answers import FileSlot, ReportFiles, SentFile, UploadForm
from functions.intake.deployment import deployed_portal
from functions.intake.hidden_characters import mark_hidden
from functions.intake.html import Markup, html_element
from functions.intake.inputs import error_summary, page_title
from functions.intake.page_layout import PortalPage, render_page
from functions.intake.texts import PortalTexts

SHOW, ADD, WITHDRAW = "show", "add", "withdraw-"
"""What the button of a form asks for: the list, a slot for one more file, or, before its number,
that a file that has not come is withdrawn. A number alone asks for the form of its open slot."""

ANSWER_FRAME: Final = "answer"
"""The frame that takes the answer of the bucket."""


@dataclass(frozen=True)
class FilesPageState:
    """What the page shows beside the list."""

    codes: Mapping[str, str]
    """Reference and receipt, as they opened the report, and whether they stay in sight."""
    key: str
    """The Idempotency-Key of the next slot."""
    slot: FileSlot | None = None
    """The slot that was asked for."""
    wrong: str = ""
    """Key of the text that says why there is none."""

    @property
    def uploads(self) -> Sequence[UploadForm]:
        """The forms that are shown; none once the file has come."""
        return self.slot.uploads if self.slot else ()


def files_page(
    files: ReportFiles, sending: FilesPageState, texts: PortalTexts, pack: Jurisdiction
) -> bytes:
    """The files of a report, and a form for one more."""
    limits = {"count": str(files.most_files), "size": str(files.most_bytes // BYTES_PER_MIB)}
    whole = str(files.largest_whole // BYTES_PER_MIB)
    wrong = {"": sending.wrong} if sending.wrong else {}
    main = html_element(
        "div",
        error_summary(wrong, texts),
        html_element("h1", texts["files.title"]),
        report_codes.visible_codes(files.reference, sending.codes, texts),
        [
            html_element("p", texts.fill("files.lead", **limits)),
            html_element("p", texts["files.warning"], class_="hint"),
        ]
        if files.taken
        else html_element("p", texts["files.forbidden"], class_="inset"),
        html_element(
            "ul", [_file(each, whole, sending, texts) for each in files.files], class_="files"
        )
        if files.files
        else html_element("p", texts["files.none"])
        if files.taken
        else None,
        [_upload(each, whole, texts) for each in sending.uploads],
        _button(SHOW, "files.look", sending, texts) if files.files else None,
        _more(files, sending, texts),
        _form(sending.codes, "files.back", texts, beside=bool(sending.uploads)),
        id="app",
    )
    title = page_title(texts["files.title"], wrong, texts)
    return render_page(PortalPage(title, main, "follow/", texts), deployed_portal(), pack)


def files_link_form(
    opened: Mapping[str, str], texts: PortalTexts, label: str = "files.show"
) -> Markup:
    """The form on another page that leads to the files of the report that these codes opened."""
    return _form({**opened, "files": SHOW}, label, texts)


def _file(file: SentFile, size: str, sending: FilesPageState, texts: PortalTexts) -> Markup:
    stands = [texts[f"filed.{file.state}"], " · ", texts.moment(file.announced_at)]
    late = (WhyRefused.NEVER_CAME, WhyRefused.INCOMPLETE)
    came = file.why if file.why in late else "other"
    why = html_element("span", texts[f"unkept.{came}"], class_="hint") if file.why else None
    name = html_element("bdi", mark_hidden(file.name), class_="typed")
    again = None
    here = bool(sending.uploads) and sending.slot is not None and sending.slot.n == file.n
    # A file of a known size was announced by a script, which alone can send it.
    if file.state is FileState.SLOTTED and file.size is None and not here:
        minutes = str(UPLOAD_FORM_SECONDS // 60)
        absent = texts.fill("files.absent", size=size, minutes=minutes)
        why = html_element("span", absent, class_="hint")
        again = _button(str(file.n), "files.resend", sending, texts)
    gone = None
    if file.state is FileState.SLOTTED:
        asks = {**sending.codes, "files": f"{WITHDRAW}{file.n}"}
        gone = _form(asks, "files.withdraw", texts, beside=bool(sending.uploads))
    return html_element("li", name, html_element("span", stands, class_="hint"), why, again, gone)


def _upload(upload: UploadForm, size: str, texts: PortalTexts) -> Markup:
    """The form of a slot, with its fields as they are and the file last. A page without a script
    has one, until the file has come."""
    return html_element(
        "form",
        [_hidden(name, value) for name, value in upload.fields.items()],
        html_element("p", texts["files.how"]),
        html_element(
            "p",
            html_element("label", texts.fill("files.one", size=size), for_="file"),
            html_element("input", type="file", name="file", id="file", required=True),
            class_="field",
        ),
        html_element("p", html_element("button", texts["files.send"], class_="button")),
        html_element("iframe", name=ANSWER_FRAME, title=texts["files.send"], hidden=True),
        method="post",
        action=upload.action,
        enctype="multipart/form-data",
        target=ANSWER_FRAME,
        autocomplete="off",
    )


def _more(told: ReportFiles, sending: FilesPageState, texts: PortalTexts) -> Markup | None:
    """The button for one more file, while files are taken."""
    if not told.taken:
        return None
    if not told.files_left:
        return html_element("p", texts["files.full"], class_="inset")
    return _button(ADD, "files.add", sending, texts)


def _button(what: str, label: str, sending: FilesPageState, texts: PortalTexts) -> Markup:
    # Sent twice, it is one slot.
    hidden = {**sending.codes, "files": what, "key": sending.key}
    return _form(hidden, label, texts, beside=bool(sending.uploads))


def _form(
    hidden: Mapping[str, str], label: str, texts: PortalTexts, *, beside: bool = False
) -> Markup:
    """A button of the follow-up: the codes travel in no address. One `beside` an upload opens a tab
    of its own."""
    return html_element(
        "form",
        [_hidden(name, value) for name, value in hidden.items()],
        html_element("p", html_element("button", texts[label], class_="button quiet")),
        method="post",
        action=f"/{texts.language.code}/follow",
        target="_blank" if beside else None,
        rel="noopener" if beside else None,
        autocomplete="off",
        class_="no-print",
    )


def _hidden(name: str, value: str) -> Markup:
    return html_element("input", type="hidden", name=name, value=value)
