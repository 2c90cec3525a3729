"""Asks the lists of known material of a file that was kept, and of what a picture looks like.

Here and not where files are examined: a picture that stayed on the reporter's phone is a hash and
passes no examiner. A list that cannot be read delays no report: the others are asked, the answer
says which was not, and asking may be repeated. The answers of the same lists are stored, and marked
in the log of the case, once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from casework.aws.services import faults, observe
from casework.aws.services.known_lists import Held, ListNotReadable
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.step import now
from casework.aws.table import log
from casework.aws.table.case_table import CaseTable
from casework.aws.table.evidence_table import EvidenceTable, StoredFile
from casework.aws.table.known_table import Asked, KnownTable
from casework.aws.table.picture_table import PictureTable
from casework.case.parts import SYSTEM
from casework.case.times import minute
from casework.known.answers import (
    OF_FILES,
    OF_PICTURES,
    Answers,
    ListAnswer,
    OnList,
    is_listed,
    nearest,
    together,
)
from casework.known.lists import Catalogue, KnownList, ListKind
from casework.linking.pictures import PictureName, of_file
from casework.report.evidence import FileState

MARK: Final = "lists_asked"
"""The kind of the mark of asked lists."""
_Ask = Callable[[KnownList], ListAnswer]


@cache
def _held(bucket: str) -> Held:
    return Held(bucket)


def ask_of_file(settings: LinkSettings, reference: str, number: int) -> None:
    """Ask the lists of files for the bytes of a kept file; nothing for one that was erased."""
    if not settings.lists:
        return
    file = _files(settings).file(reference, number)
    if file is not None and file.state is FileState.KEPT:
        _ask_of_file(settings, file)


def _files(settings: LinkSettings) -> EvidenceTable:
    return EvidenceTable(settings.case_table, settings.digest_secret)


def _ask_of_file(settings: LinkSettings, file: StoredFile) -> None:
    digests = _files(settings).digests(file)

    def ask(listed: KnownList) -> ListAnswer:
        digest = digests.md5 if listed.kind is ListKind.MD5 else digests.sha256
        if digest is None:  # it was kept before MD5 was computed, or exchanged
            return ListAnswer.of(listed, OnList.NOT_ASKED)
        content = _held(settings.lists).files(listed)
        found = is_listed(content, listed.kind, bytes.fromhex(digest))
        return ListAnswer.of(listed, OnList.KNOWN if found else OnList.NOT_KNOWN)

    _ask(settings, of_file(file.reference, file.number), ask, look=False)


def ask_of_picture(settings: LinkSettings, named: PictureName, pdq: str) -> None:
    """Ask the lists of pictures for what one looks like."""

    def ask(listed: KnownList) -> ListAnswer:
        near = nearest(_held(settings.lists).pictures(listed), pdq)
        if near is None:
            return ListAnswer.of(listed, OnList.NOT_KNOWN)
        return ListAnswer.of(listed, OnList.KNOWN, near.distance, near.turned)

    _ask(settings, named, ask, look=True)


def ask_again(settings: LinkSettings, reference: str) -> None:
    """Ask all lists for all files and pictures of a report: those in force now, and those that
    could not be read."""
    if not settings.lists:
        return
    for file in _files(settings).files_of(reference):
        if file.state is FileState.KEPT:
            _ask_of_file(settings, file)
    pictures = PictureTable(settings.case_table, settings.digest_secret)
    for picture in pictures.of(reference):
        ask_of_picture(settings, picture.named, pictures.pdq(picture))


def _ask(settings: LinkSettings, named: PictureName, ask: _Ask, *, look: bool) -> None:
    if not settings.lists:
        return
    catalogue = _catalogue(settings)
    if catalogue is not None and not catalogue.lists and not catalogue.gone:
        return  # there never was one
    kinds = OF_PICTURES if look else OF_FILES
    lists = catalogue.of(kinds) if catalogue is not None else None
    table = KnownTable(settings.case_table)
    before = table.one(named, look=look)
    if before is None and lists == ():
        return
    if before is None or lists is None or not before.answers.answers_all(lists):
        before = _store(table, named, before, lists, ask, look=look)
    if before is not None and before.marked != before.answers.digest:
        _mark(table, before)


def _catalogue(settings: LinkSettings) -> Catalogue | None:
    """Which lists are in force; None where it cannot be read."""
    try:
        return _held(settings.lists).catalogue()
    except Exception as error:  # noqa: BLE001  # of a service; another one is raised again
        _not_read(error)
        return None


def _store(
    table: KnownTable,
    named: PictureName,
    before: Asked | None,
    lists: tuple[KnownList, ...] | None,
    ask: _Ask,
    *,
    look: bool,
) -> Asked | None:
    """Ask, and store what is answered; what is stored then."""
    told = Answers(
        asked_at=minute(now()),
        answers=tuple(_answered(ask, each) for each in lists or ()),
        readable=lists is not None,
    )
    both = together(before.answers if before else None, told)
    if before is not None and both.digest == before.answers.digest:
        return before
    if table.keep(named, both, before, look=look):
        observe.count("KnownFound" if told.known else "ListsAsked")
    return table.one(named, look=look)


def _answered(ask: _Ask, listed: KnownList) -> ListAnswer:
    try:
        return ask(listed)
    except Exception as error:  # noqa: BLE001  # of a service; another one is raised again
        _not_read(error)
        return ListAnswer.of(listed, OnList.NOT_ASKED)


def _not_read(error: Exception) -> None:
    """Contain that a list or the catalogue cannot be read; a programming error is raised."""
    if not isinstance(error, ListNotReadable) and not faults.of_a_service(error):
        raise error
    observe.failure("list not asked", error)
    observe.count("ListsNotAsked")


def _mark(table: KnownTable, asked: Asked) -> None:
    """Mark in the log of the case which lists answered and how, without a hash; the night binds it.

    A report without a case yet is marked when it is asked again. A crash across midnight between
    mark and note leaves the same mark on two days.
    """
    named = asked.named
    report = CaseTable(table.name).reports.one(named.reference)
    if report is None or report.case_id is None:
        return
    log.mark(
        table.name,
        report.case_id,
        now().replace(second=0, microsecond=0),
        MARK,
        f"{named.reference}#{named.name}#{asked.answers.digest}",
        by=SYSTEM,
        asked="look" if asked.look else "bytes",
        **_by_found(asked.answers),
    )
    table.mark(asked)


def _by_found(answers: Answers) -> dict[str, str]:
    """What was found → the lists that said so."""
    said: dict[str, list[str]] = {} if answers.readable else {OnList.NOT_ASKED: ["*"]}
    for each in answers.answers:
        said.setdefault(each.found.value, []).append(_told(each))
    return {found: " ".join(lists) for found, lists in said.items()}


def _told(answer: ListAnswer) -> str:
    far = "" if answer.distance is None else f":{answer.distance}"
    return f"{answer.named}{far}"
