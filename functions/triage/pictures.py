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
from casework.aws.table.picture_table import Picture, PictureTable
from casework.linking import pictures
from casework.linking.pictures import MOST_ALIKE, MOST_UNDER, Alike, PictureName
from casework.text.realm import key_in, realm_of
from functions.triage.known import ask_of_picture


def hashes_came(settings: LinkSettings, reference: str, hashes: Iterable[str]) -> None:
    """Store the hashes that a reporter sent without the pictures; the stream tells of each."""
    table = PictureTable(settings.case_table)
    for number, pdq in enumerate(hashes, start=1):
        table.add(pictures.of_phone(reference, number), pdq)


def follow_picture(settings: LinkSettings, reference: str, sort: str) -> None:
    """Look for pictures like this one, name each beside the other, and store its bands."""
    named = PictureName(reference, picture_keys.name_of_picture(sort))
    table = PictureTable(settings.case_table)
    picture = table.one(named)
    if picture is not None and not picture.looked:
        picture = _looked(settings, table, picture)
    if picture is None:
        return
    for each in picture.alike:
        table.note(each.picture, Alike(named, each.distance))
    for band in picture.bands:
        table.keep(band, named, now())
    ask_of_picture(settings, named, picture.pdq)


def follow_missed_pictures(settings: LinkSettings, reference: str) -> None:
    """The same for the pictures of a report that were not followed yet: the repair."""
    for each in PictureTable(settings.case_table).of(reference):
        if not each.looked:
            key = picture_keys.picture_key(reference, each.named.name)
            follow_picture(settings, reference, key[keys.SORT])


def _looked(settings: LinkSettings, table: PictureTable, picture: Picture) -> Picture | None:
    key = key_in(realm_of(picture.named.reference), secrets.key(settings.selector_secret))
    found = table.under(pictures.looked_up(picture.pdq, key))
    others = table.several(pictures.candidates(found, picture.named))
    alike = pictures.nearest(picture.pdq, {each.named: each.pdq for each in others})
    bands = pictures.bands(picture.pdq, key) if len(alike) < MOST_UNDER else []
    table.looked(picture.named, alike[:MOST_ALIKE], bands)
    observe.count("PicturesAlike" if alike else "PicturesNew")
    return table.one(picture.named)  # as another call may have stored it
