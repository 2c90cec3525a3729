"""Beside the pictures of reports: the pictures of other reports that look alike.

A case that does not exist for the member is left out, and so is what was erased. The page of a case
names the first ones, as they were stored; all of them are looked up anew when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from casework.aws.table.case_table import CaseTable
from casework.aws.table.picture_table import PICTURE_KEY_BATCH_SIZE, PictureTable, ReportPicture
from casework.case.times import format_timestamp
from casework.decisions.permissions import OfficesOf
from casework.decisions.staff import StaffMember
from casework.hash_lists.perceptual_hash import MAX_DISTANCE, hamming_distance
from casework.linking import picture_matching
from casework.linking.picture_matching import (
    PICTURE_HOUR_SECONDS,
    PictureLook,
    PictureMatch,
    PictureName,
)
from casework.views.pictures import AlikeView, HashView
from casework.views.report_view import FileView, ReportView
from functions.desk.queries.visible_cases import visible_cases_by_reference

MAX_OTHERS: Final = 100
"""Reports of other pictures that are looked at for one page, as `rank_picture_matches` orders
them."""
MAX_PICTURE_READS: Final = 24
"""Reads of at most a hundred pictures for one page of all that look alike."""


@dataclass(frozen=True)
class AlikePlace:
    """How far all pictures that look alike were read: in which band, and after which of those that
    its item does not name."""

    band: int = 0
    after: PictureName | None = None


@dataclass(frozen=True)
class AllAlike:
    """Some of all pictures that look like one, and where the next ones begin."""

    alike: tuple[AlikeView, ...]
    next: AlikePlace | None


def attach_picture_matches(
    table: CaseTable, member: StaffMember, reports: Sequence[ReportView], offices: OfficesOf
) -> list[ReportView]:
    """The reports of a page, with what looks like their pictures."""
    found = {
        each.reference: table.pictures.list_pictures(each.reference)
        for each in reports
        if each.files or each.facts.pictures
    }
    others = picture_matching.rank_picture_matches(
        alike for some in found.values() for each in some for alike in each.alike
    )
    looked_at = list(islice((each.picture.reference for each in others), MAX_OTHERS))
    seen = visible_cases_by_reference(table, member, looked_at, offices)
    return [_beside(each, found.get(each.reference, ()), seen, {*looked_at}) for each in reports]


def all_alike(
    table: CaseTable,
    member: StaffMember,
    picture: ReportPicture,
    key: bytes,
    place: AlikePlace,
    offices: OfficesOf,
) -> AllAlike:
    """The next of all pictures that look like one, each once, in the order of the bands by which
    they are found. There may be none on a page that is not the last."""
    stored, pdq = table.pictures, table.pictures.pdq(picture)
    found: list[PictureMatch] = []
    looks: dict[PictureName, PictureLook] = {}
    reads, ends = 0, None
    for band, names, after in _under_bands(stored, picture, key, place):
        if new := [each for each in names if each not in looks]:
            looks |= stored.looks(new)
        found += (
            PictureMatch(name, hamming_distance(pdq, look.pdq), look.hour, look.vouched)
            for name, look in ((each, looks[each]) for each in names if each in looks)
            if name.reference != picture.named.reference
            and hamming_distance(pdq, look.pdq) <= MAX_DISTANCE
            and picture_matching.first_band(pdq, look.pdq) == band
        )
        ends, reads = after, reads + (bool(new) or len(names) >= PICTURE_KEY_BATCH_SIZE)
        if after is None or len(found) >= MAX_OTHERS or reads >= MAX_PICTURE_READS:
            break
    references = list(dict.fromkeys(each.picture.reference for each in found))
    seen: dict[str, str] = {}
    for at in range(0, len(references), PICTURE_KEY_BATCH_SIZE):
        seen |= visible_cases_by_reference(
            table, member, references[at : at + PICTURE_KEY_BATCH_SIZE], offices
        )
    ordered = sorted(found, key=lambda each: (not each.vouched, each.distance))
    return AllAlike(tuple(_view(each, seen) for each in ordered if _is_seen(each, seen)), ends)


def _under_bands(
    table: PictureTable, picture: ReportPicture, key: bytes, place: AlikePlace
) -> Iterator[tuple[int, list[PictureName], AlikePlace | None]]:
    """The pictures under each band from a place on, at most a hundred at a time, each time with
    where the next ones begin."""
    bands = picture_matching.lookup_bands(table.pdq(picture), key)
    under = table.find_by_bands(bands)
    there = [at for at, band in enumerate(bands) if band in under and at >= place.band]
    following = dict(zip(there, [*map(AlikePlace, there[1:]), None], strict=True))
    for at in there:
        item = under[bands[at]]
        after = place.after if at == place.band else None
        names = [*item.vouched, *item.bare] if after is None else []
        while True:
            room = PICTURE_KEY_BATCH_SIZE - len(names)
            rest = table.list_further_names(bands[at], room, after) if item.more else []
            after = rest[-1] if item.more and len(rest) == room else None
            yield at, [*names, *rest], following[at] if after is None else AlikePlace(at, after)
            if after is None:
                break
            names = []


def _beside(
    report: ReportView, found: Iterable[ReportPicture], seen: dict[str, str], looked_at: set[str]
) -> ReportView:
    views = {
        each.named: {
            "alike": tuple(_view(alike, seen) for alike in each.alike if _is_seen(alike, seen)),
            "alike_more": picture_matching.may_have_more_matches(each.alike)
            or any(alike.picture.reference not in looked_at for alike in each.alike),
        }
        for each in found
    }
    of_files = {each.file: views[each] for each in views if each.file}
    of_hashes = {each.hash_only: views[each] for each in views if each.hash_only}
    return report.model_copy(
        update={
            "files": tuple(_file(each, of_files.get(each.n, {})) for each in report.files),
            "hashes": tuple(
                HashView.model_validate({"n": n, **of_hashes.get(n, {})})
                for n in range(1, len(report.facts.pictures) + 1)
            ),
        }
    )


def _file(file: FileView, found: dict[str, object]) -> FileView:
    return file.model_copy(update=found)


def _is_seen(alike: PictureMatch, seen: dict[str, str]) -> bool:
    return alike.picture.reference in seen


def _view(alike: PictureMatch, seen: dict[str, str]) -> AlikeView:
    return AlikeView(
        case=seen[alike.picture.reference],
        report=alike.picture.reference,
        distance=alike.distance,
        n=alike.picture.file,
        vouched=alike.vouched,
        hour=format_timestamp(datetime.fromtimestamp(alike.hour * PICTURE_HOUR_SECONDS, UTC)),
    )
