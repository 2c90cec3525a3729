"""What pictures look like, beside their reports, and the bands by which they are found again.

It is advice: two alike pictures that come in the same instant may miss each other, and nothing is
lost. Every number of reads and writes for a picture is bounded (`casework.linking.pictures`); a
picture that everybody sends on writes its own item and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from casework.aws.table import items, keys, picture_keys
from casework.aws.table.report_table import ERASED_AT
from casework.aws.table.wire import to_wire
from casework.errors import Busy
from casework.linking.pictures import MOST_UNDER, Alike, PictureName, named_with

REMEMBERED: Final = timedelta(days=365)
"""How long a band is kept after its last new picture."""
AT_ONCE: Final = 100
"""Keys of one read."""
PICTURES: Final = "pictures"
BANDS: Final = "bands"
MOST_TRIES: Final = 4
"""Tries of a write while others write the same item."""


@dataclass(frozen=True)
class Picture:
    """One picture of a report."""

    named: PictureName
    pdq: str
    """What it looks like, in hex."""
    alike: tuple[Alike, ...] = ()
    """Pictures of other reports that look alike; they may be erased by now."""
    bands: tuple[str, ...] = ()
    """The clues by which it is found."""
    looked: bool = False
    """Whether others were looked for."""


class PictureTable:
    """The pictures of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    # ---- beside a report ---------------------------------------------------------------------

    def add(self, named: PictureName, pdq: str) -> None:
        """Store what a picture looks like, once; nothing for a report that was erased.

        Raises Busy when the report is being written by others.
        """
        report = keys.report_key(named.reference)
        there = {
            "TableName": self.name,
            "Key": to_wire(report),
            "ConditionExpression": "attribute_exists(verifier)",  # a tombstone has none
        }
        first = {
            "TableName": self.name,
            "Key": to_wire(picture_keys.picture_key(named.reference, named.name)),
            "UpdateExpression": "SET pdq = if_not_exists(pdq, :pdq)",
            "ExpressionAttributeValues": to_wire({":pdq": bytes.fromhex(pdq)}),
        }
        try:
            items.transact([{"ConditionCheck": there}, {"Update": first}])
        except items.WrittenMeanwhile:
            stored = items.get(self.name, report)
            if stored is not None and ERASED_AT not in stored:
                raise Busy("The report is being written by others.") from None

    def one(self, named: PictureName) -> Picture | None:
        """A picture, strongly read; None for one that was erased."""
        item = items.get(self.name, picture_keys.picture_key(named.reference, named.name))
        return _picture(item) if item is not None else None

    def several(self, named: Sequence[PictureName]) -> list[Picture]:
        """Those of at most `AT_ONCE` pictures that were not erased, in any order."""
        wanted = [picture_keys.picture_key(each.reference, each.name) for each in named]
        return [_picture(each) for each in items.get_many(self.name, wanted)] if wanted else []

    def of(self, reference: str) -> list[Picture]:
        """The pictures of a report, strongly read."""
        partition = picture_keys.pictures_of(reference)
        return [
            _picture(each)
            for each in items.under(self.name, partition, picture_keys.PICTURE_PREFIX)
        ]

    def looked(self, named: PictureName, alike: Iterable[Alike], bands: Sequence[str]) -> bool:
        """Store what was found beside a picture, and the bands that it is about to get; False for
        one that was erased, or looked for by another call."""
        told = {"alike": _written(alike), BANDS: list(bands)}
        return self._set(named, f"attribute_exists(pdq) AND attribute_not_exists({BANDS})", told)

    def note(self, beside: PictureName, alike: Alike) -> None:
        """Name a later picture beside an earlier one, where it is among the nearest."""
        for _ in range(MOST_TRIES):
            stored = self.one(beside)
            if stored is None or not stored.looked:
                return  # it looks for itself later
            named = named_with(stored.alike, alike)
            if alike not in named or alike in stored.alike:
                return
            seen = {":seen": _written(stored.alike)}
            if self._set(beside, "alike = :seen", {"alike": _written(named)}, seen):
                return

    def _set(
        self,
        named: PictureName,
        condition: str,
        told: Mapping[str, Any],
        seen: Mapping[str, Any] = MappingProxyType({}),
    ) -> bool:
        """Set attributes of a picture, under a condition on what was seen."""
        values = {f":{name}": value for name, value in told.items()}
        return items.update(
            {
                "TableName": self.name,
                "Key": to_wire(picture_keys.picture_key(named.reference, named.name)),
                "UpdateExpression": "SET " + ", ".join(f"{name} = :{name}" for name in told),
                "ConditionExpression": condition,
                "ExpressionAttributeValues": to_wire({**values, **seen}),
            }
        )

    # ---- bands -------------------------------------------------------------------------------

    def under(self, bands: Sequence[str]) -> dict[str, tuple[PictureName, ...]]:
        """The pictures under these bands, oldest first; bands without any are left out."""
        found: dict[str, tuple[PictureName, ...]] = {}
        for at in range(0, len(bands), AT_ONCE):
            some = [keys.clue_key(each) for each in bands[at : at + AT_ONCE]]
            for item in items.get_many(self.name, some):
                found[keys.clue_of(item[keys.PARTITION])] = tuple(map(_named, item[PICTURES]))
        return found

    def keep(self, band: str, named: PictureName, now: datetime) -> None:
        """Store a picture under a band, among the latest; one that is busy goes without it."""
        until = int((now + REMEMBERED).timestamp())
        for _ in range(MOST_TRIES):
            marks = self._band(band).get(PICTURES, [])
            if _mark(named) in marks or self._put(
                band, [*marks, _mark(named)][-MOST_UNDER:], marks, until
            ):
                return

    def forget(self, band: str, named: PictureName) -> None:
        """Remove a picture from a band; the others stay as long as before. Raises Busy."""
        for _ in range(MOST_TRIES):
            item = self._band(band)
            marks = item.get(PICTURES, [])
            if _mark(named) not in marks:
                return
            left = [each for each in marks if each != _mark(named)]
            if self._put(band, left, marks, item[keys.EXPIRES_AT]):
                return
        raise Busy("The band is being given by many at once.")

    def _band(self, band: str) -> dict[str, Any]:
        found = items.get_many(self.name, [keys.clue_key(band)])
        return found[0] if found else {}

    def _put(self, band: str, marks: list[str], seen: list[str], until: int) -> bool:
        """Store the pictures of a band; False when it is not as it was seen."""
        item = {**keys.clue_key(band), PICTURES: marks, keys.EXPIRES_AT: until}
        unchanged: dict[str, Any] = {"ConditionExpression": items.NEW}
        if seen:
            unchanged = {
                "ConditionExpression": f"{PICTURES} = :seen",
                "ExpressionAttributeValues": to_wire({":seen": seen}),
            }
        try:
            if marks:
                items.put_if({"TableName": self.name, "Item": to_wire(item), **unchanged})
            else:
                key = {"TableName": self.name, "Key": to_wire(keys.clue_key(band))}
                items.transact([{"Delete": key | unchanged}])
        except items.WrittenMeanwhile:
            return False
        return True


def forget_pictures(table: str, reference: str) -> Iterator[None]:
    """Remove the pictures of a report from their bands, a band a step, before they are deleted."""
    pictures = PictureTable(table)
    partition = picture_keys.pictures_of(reference)
    for item in items.under(table, partition, picture_keys.PICTURE_PREFIX):
        for band in item.get(BANDS, ()):
            pictures.forget(band, _picture(item).named)
            yield


def _mark(named: PictureName) -> str:
    return picture_keys.mark_of(named.reference, named.name)


def _named(mark: str) -> PictureName:
    return PictureName(*picture_keys.marked(mark))


def _written(alike: Iterable[Alike]) -> dict[str, int]:
    return {_mark(each.picture): each.distance for each in alike}


def _picture(item: Mapping[str, Any]) -> Picture:
    reference = keys.reference_of(item[keys.PARTITION])
    alike = tuple(Alike(_named(mark), int(far)) for mark, far in item.get("alike", {}).items())
    return Picture(
        named=PictureName(reference, picture_keys.name_of_picture(item[keys.SORT])),
        pdq=item["pdq"].hex(),
        alike=tuple(sorted(alike, key=lambda each: each.distance)),
        bands=tuple(item.get(BANDS, ())),
        looked=BANDS in item,
    )
