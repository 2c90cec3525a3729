"""A picture of a report that came: which pictures of other reports look alike.

It comes from the stream, at least once, and may come before its report has a case: pictures name
reports, and the desk finds the case of a report when somebody looks. Everything here may be
repeated. What is found is advice beside the picture; no case is written.
"""

from __future__ import annotations

from collections.abc import Iterable

from casework.aws.services import observe, secrets
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.step import now
from casework.aws.table import keys, picture_keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.picture_table import Picture, PictureTable
from casework.linking import pictures
from casework.linking.pictures import Alike, PictureLook, PictureName
from casework.text.realm import key_in, realm_of
from functions.triage.known import ask_of_picture


def _table(settings: LinkSettings) -> PictureTable:
    return PictureTable(settings.case_table, settings.digest_secret)


def hashes_came(settings: LinkSettings, reference: str, hashes: Iterable[str]) -> None:
    """Store the hashes that a reporter sent without the pictures; the stream tells of each."""
    table = _table(settings)
    for number, pdq in enumerate(hashes, start=1):
        table.add(pictures.of_phone(reference, number), pdq, now())


def follow_picture(settings: LinkSettings, reference: str, sort: str) -> None:
    """Look for pictures like this one, name each beside the other, and store its bands."""
    named = PictureName(reference, *picture_keys.picture_key.of_sort(sort))
    table = _table(settings)
    picture = table.one(named)
    if picture is not None and not picture.looked:
        picture = _looked(settings, table, picture)
    if picture is None:
        return
    _tell(table, picture)
    ask_of_picture(settings, named, table.pdq(picture))


def follow_missed_pictures(settings: LinkSettings, reference: str) -> None:
    """The same for the pictures of a report that were not followed yet: the repair."""
    for each in _table(settings).of(reference):
        if not each.looked:
            key = picture_keys.picture_key(reference, each.named.name)
            follow_picture(settings, reference, key[keys.SORT])


def vouched_for(settings: LinkSettings, references: Iterable[str]) -> None:
    """Reports were admitted by name: their fingerprints count for as much as files from now on.

    Each is looked at again, since what came meanwhile may not have found it.
    """
    table = _table(settings)
    for reference in references:
        for picture in table.of(reference):
            if not picture.looked:
                continue  # the stream tells of it later, and then its report is admitted
            again = picture if picture.vouched else _looked(settings, table, picture)
            if again is not None:
                _tell(table, again)


def _looked(settings: LinkSettings, table: PictureTable, picture: Picture) -> Picture | None:
    named = picture.named
    key = key_in(realm_of(named.reference), secrets.key(settings.selector_secret))
    pdq = table.pdq(picture)
    found = table.under(pictures.looked_up(pdq, key))
    others: dict[PictureName, PictureLook] = {}
    for some in pictures.candidates(found, named):
        others |= table.looks(some)
    alike = pictures.nearest(pdq, others)
    bands = pictures.bands(pdq, key)
    vouched = named.file is not None or _is_admitted(settings, named.reference)
    crowd = pictures.is_crowd(alike, vouched=vouched)
    table.looked(picture, pictures.named(alike), bands, vouched=vouched, beside=crowd)
    observe.count("PicturesAlike" if alike else "PicturesNew")
    return table.one(named)  # as another call may have stored it


def _is_admitted(settings: LinkSettings, reference: str) -> bool:
    report = CaseTable(settings.case_table).reports.one(reference)
    return report is not None and report.admitted is not None


def _tell(table: PictureTable, picture: Picture) -> None:
    """Name a picture beside those that look alike, and store it under its bands."""
    for each in picture.alike:
        told = Alike(picture.named, each.distance, picture.hour, picture.vouched)
        table.note(each.picture, told)
    for band in picture.bands:
        table.keep(band, picture, now())
