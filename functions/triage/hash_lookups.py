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

from casework.aws.services import service_errors, telemetry
from casework.aws.services.hash_list_store import HashListCache, HashListUnreadable
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.task_state import now
from casework.aws.table import audit_log
from casework.aws.table.case_table import CaseTable
from casework.aws.table.file_table import FileTable
from casework.aws.table.hash_lookup_table import HashLookupTable, LookupRecord
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.stored_file import StoredFile
from casework.case.times import format_minute
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.hash_lists.catalogue import HashList, HashListCatalogue, ListKind
from casework.hash_lists.lookups import (
    FILE_LIST_KINDS,
    PICTURE_LIST_KINDS,
    LookupResult,
    LookupResults,
    OnList,
    find_nearest,
    is_digest_listed,
    merge_results,
)
from casework.linking.picture_matching import PictureName, file_picture_name
from casework.report.file_limits import FileState

LOOKUP_MARK: Final = "lists_asked"
"""The kind of the mark of asked lists."""
_Ask = Callable[[HashList], LookupResult]


@cache
def _held(bucket: str) -> HashListCache:
    return HashListCache(bucket)


def look_up_file(settings: LinkSettings, reference: str, number: int) -> None:
    """Ask the lists of files for the bytes of a kept file; nothing for one that was erased."""
    if not settings.lists:
        return
    file = _files(settings).file(reference, number)
    if file is not None and file.state is FileState.KEPT:
        _ask_of_file(settings, file)


def _files(settings: LinkSettings) -> FileTable:
    return FileTable(settings.case_table, settings.digest_secret)


def _ask_of_file(settings: LinkSettings, file: StoredFile) -> None:
    digests = _files(settings).digests(file)

    def ask(listed: HashList) -> LookupResult:
        digest = digests.md5 if listed.kind is ListKind.MD5 else digests.sha256
        if digest is None:  # it was kept before MD5 was computed, or exchanged
            return LookupResult.from_list(listed, OnList.NOT_ASKED)
        content = _held(settings.lists).files(listed)
        found = is_digest_listed(content, listed.kind, bytes.fromhex(digest))
        return LookupResult.from_list(listed, OnList.KNOWN if found else OnList.NOT_KNOWN)

    _ask(settings, file_picture_name(file.reference, file.number), ask, look=False)


def look_up_picture(settings: LinkSettings, picture: PictureName, pdq: str) -> None:
    """Ask the lists of pictures for what one looks like."""

    def ask(listed: HashList) -> LookupResult:
        near = find_nearest(_held(settings.lists).pictures(listed), pdq)
        if near is None:
            return LookupResult.from_list(listed, OnList.NOT_KNOWN)
        return LookupResult.from_list(listed, OnList.KNOWN, near.distance, near.turned)

    _ask(settings, picture, ask, look=True)


def repeat_lookups(settings: LinkSettings, reference: str) -> None:
    """Ask all lists for all files and pictures of a report: those in force now, and those that
    could not be read."""
    if not settings.lists:
        return
    for file in _files(settings).list_files(reference):
        if file.state is FileState.KEPT:
            _ask_of_file(settings, file)
    pictures = PictureTable(settings.case_table, settings.digest_secret)
    for picture in pictures.list_pictures(reference):
        look_up_picture(settings, picture.named, pictures.pdq(picture))


def _ask(settings: LinkSettings, picture: PictureName, ask: _Ask, *, look: bool) -> None:
    if not settings.lists:
        return
    catalogue = _catalogue(settings)
    if catalogue is not None and not catalogue.lists and not catalogue.gone:
        return  # there never was one
    kinds = PICTURE_LIST_KINDS if look else FILE_LIST_KINDS
    lists = catalogue.lists_of_kinds(kinds) if catalogue is not None else None
    table = HashLookupTable(settings.case_table)
    before = table.get_lookup(picture, look=look)
    if before is None and lists == ():
        return
    if before is None or lists is None or not before.answers.answers_all(lists):
        before = _store(table, picture, before, lists, ask, look=look)
    if before is not None and before.marked != before.answers.digest:
        _mark(table, before)


def _catalogue(settings: LinkSettings) -> HashListCatalogue | None:
    """Which lists are in force; None where it cannot be read."""
    try:
        return _held(settings.lists).catalogue()
    except Exception as error:  # noqa: BLE001  # of a service; another one is raised again
        _not_read(error)
        return None


def _store(
    table: HashLookupTable,
    picture: PictureName,
    before: LookupRecord | None,
    lists: tuple[HashList, ...] | None,
    ask: _Ask,
    *,
    look: bool,
) -> LookupRecord | None:
    """Ask, and store what is answered; what is stored then."""
    results = LookupResults(
        asked_at=format_minute(now()),
        answers=tuple(_answered(ask, each) for each in lists or ()),
        readable=lists is not None,
    )
    both = merge_results(before.answers if before else None, results)
    if before is not None and both.digest == before.answers.digest:
        return before
    if table.keep(picture, both, before, look=look):
        telemetry.count_metric("KnownFound" if results.has_match else "ListsAsked")
    return table.get_lookup(picture, look=look)


def _answered(ask: _Ask, listed: HashList) -> LookupResult:
    try:
        return ask(listed)
    except Exception as error:  # noqa: BLE001  # of a service; another one is raised again
        _not_read(error)
        return LookupResult.from_list(listed, OnList.NOT_ASKED)


def _not_read(error: Exception) -> None:
    """Contain that a list or the catalogue cannot be read; a programming error is raised."""
    if not isinstance(error, HashListUnreadable) and not service_errors.is_service_error(error):
        raise error
    telemetry.log_failure("list not asked", error)
    telemetry.count_metric("ListsNotAsked")


def _mark(table: HashLookupTable, lookup: LookupRecord) -> None:
    """Mark in the log of the case which lists answered and how, without a hash; the night binds it.

    A report without a case yet is marked when it is asked again. A crash across midnight between
    mark and note leaves the same mark on two days.
    """
    picture = lookup.named
    report = CaseTable(table.name).reports.get_report(picture.reference)
    if report is None or report.case_id is None:
        return
    audit_log.record_mark(
        table.name,
        report.case_id,
        now().replace(second=0, microsecond=0),
        LOOKUP_MARK,
        f"{picture.reference}#{picture.name}#{lookup.answers.digest}",
        by=SYSTEM_AUTHOR,
        asked="look" if lookup.look else "bytes",
        **_by_found(lookup.answers),
    )
    table.mark(lookup)


def _by_found(answers: LookupResults) -> dict[str, str]:
    """What was found → the lists that said so."""
    said: dict[str, list[str]] = {} if answers.readable else {OnList.NOT_ASKED: ["*"]}
    for each in answers.answers:
        said.setdefault(each.found.value, []).append(_told(each))
    return {found: " ".join(lists) for found, lists in said.items()}


def _told(answer: LookupResult) -> str:
    far = "" if answer.distance is None else f":{answer.distance}"
    return f"{answer.display_name}{far}"
