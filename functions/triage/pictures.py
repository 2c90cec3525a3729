"""A picture of a report that came: which pictures of other reports look alike.

It comes from the stream, at least once, and may come before its report has a case: pictures name
reports, and the desk finds the case of a report when somebody looks. Everything here may be
repeated. What is found is advice beside the picture; no case is written.
"""

from __future__ import annotations

from collections.abc import Iterable

from casework.aws.services import secrets, telemetry
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.task_state import now
from casework.aws.table import keys, picture_keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.picture_table import PictureTable, ReportPicture
from casework.linking import picture_matching
from casework.linking.picture_matching import PictureLook, PictureMatch, PictureName
from casework.text.realm import realm_from_name, realm_key
from functions.triage.hash_lookups import look_up_picture


def _table(settings: LinkSettings) -> PictureTable:
    return PictureTable(settings.case_table, settings.digest_secret)


def store_reporter_hashes(settings: LinkSettings, reference: str, hashes: Iterable[str]) -> None:
    """Store the hashes that a reporter sent without the pictures; the stream tells of each."""
    table = _table(settings)
    for number, pdq in enumerate(hashes, start=1):
        table.add(picture_matching.phone_picture_name(reference, number), pdq, now())


def follow_picture(settings: LinkSettings, reference: str, sort: str) -> None:
    """Look for pictures like this one, name each beside the other, and store its bands."""
    name = PictureName(reference, *picture_keys.picture_key.of_sort(sort))
    table = _table(settings)
    picture = table.get_picture(name)
    if picture is not None and not picture.looked:
        picture = _looked(settings, table, picture)
    if picture is None:
        return
    _tell(table, picture)
    look_up_picture(settings, name, table.pdq(picture))


def follow_missed_pictures(settings: LinkSettings, reference: str) -> None:
    """The same for the pictures of a report that were not followed yet: the repair."""
    for each in _table(settings).list_pictures(reference):
        if not each.looked:
            key = picture_keys.picture_key(reference, each.named.name)
            follow_picture(settings, reference, key[keys.SORT_KEY])


def vouch_for_fingerprints(settings: LinkSettings, references: Iterable[str]) -> None:
    """Reports were admitted by name: their fingerprints count for as much as files from now on.

    Each is looked at again, since what came meanwhile may not have found it.
    """
    table = _table(settings)
    for reference in references:
        for picture in table.list_pictures(reference):
            if not picture.looked:
                continue  # the stream tells of it later, and then its report is admitted
            again = picture if picture.vouched else _looked(settings, table, picture)
            if again is not None:
                _tell(table, again)


def _looked(
    settings: LinkSettings, table: PictureTable, picture: ReportPicture
) -> ReportPicture | None:
    name = picture.named
    key = realm_key(realm_from_name(name.reference), secrets.read_key(settings.selector_secret))
    pdq = table.pdq(picture)
    found = table.find_by_bands(picture_matching.lookup_bands(pdq, key))
    others: dict[PictureName, PictureLook] = {}
    for some in picture_matching.rank_candidates(found, name):
        others |= table.looks(some)
    alike = picture_matching.nearest_pictures(pdq, others)
    bands = picture_matching.index_bands(pdq, key)
    vouched = name.file is not None or _is_admitted(settings, name.reference)
    crowd = picture_matching.is_crowded_match(alike, vouched=vouched)
    table.store_matches(
        picture, picture_matching.select_named_matches(alike), bands, vouched=vouched, beside=crowd
    )
    telemetry.count_metric("PicturesAlike" if alike else "PicturesNew")
    return table.get_picture(name)  # as another call may have stored it


def _is_admitted(settings: LinkSettings, reference: str) -> bool:
    report = CaseTable(settings.case_table).reports.get_report(reference)
    return report is not None and report.admitted is not None


def _tell(table: PictureTable, picture: ReportPicture) -> None:
    """Name a picture beside those that look alike, and store it under its bands."""
    for each in picture.alike:
        told = PictureMatch(picture.named, each.distance, picture.hour, picture.vouched)
        table.add_match(each.picture, told)
    for band in picture.bands:
        table.keep(band, picture, now())
