"""What pictures look like, beside their reports, and the bands by which they are found again.

A band is one small item, which names the latest pictures that have it, and an item for each further
one: a picture that comes reads the first, people who ask for all read both. So nothing is lost, and
every number of reads and writes for a picture is bounded (`casework.linking.picture_matching`).

It is advice: two alike pictures that come in the same instant may miss each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from casework.aws.services import secrets
from casework.aws.services.digest_sealing import PERCEPTUAL_HASH_BYTES as CLEAR
from casework.aws.services.digest_sealing import (
    BrokenDigest,
    DigestKey,
    alarm_broken_digest,
    unseal_perceptual_hashes,
)
from casework.aws.table import items, keys, picture_keys
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.aws.table.wire import to_wire_item
from casework.errors import Busy
from casework.linking.picture_matching import (
    MAX_UNDER,
    PICTURE_HOUR_SECONDS,
    BandPictures,
    PictureLook,
    PictureMatch,
    PictureName,
    file_picture_name,
    rank_picture_matches,
    select_named_matches,
)

BAND_TTL: Final = timedelta(days=365)
"""How long a band is kept after its last new picture."""
PICTURE_KEY_BATCH_SIZE: Final = 100
"""Keys of one read."""
PICTURES_FIELD: Final = "pictures"
"""Of a band: its latest bare fingerprints."""
VOUCHED_FIELD: Final = "vouched"
"""Of a band: its latest pictures that are vouched for."""
MORE_PICTURES_FIELD: Final = "more"
"""Of a band: whether it has further ones."""
BANDS_FIELD: Final = "bands"
UNNAMED_PICTURES_FIELD: Final = "beside"
PERCEPTUAL_HASH_FIELDS: Final = ("pdq", "hour", VOUCHED_FIELD)
MAX_PICTURE_ATTEMPTS: Final = 4
"""Tries of a write while others write the same item."""


@dataclass(frozen=True)
class ReportPicture:
    """One picture of a report."""

    named: PictureName
    hidden: bytes
    """What it looks like, as it is stored: `PictureTable.pdq` opens it."""
    alike: tuple[PictureMatch, ...] = ()
    """Pictures of other reports that look alike; they may be erased by now."""
    bands: tuple[str, ...] = ()
    """The clues by which it is found."""
    looked: bool = False
    """Whether others were looked for."""
    hour: int = 0
    vouched: bool = False
    """Both as of a `PictureLook`; for a fingerprint, that its report was admitted when it was
    looked at last."""
    beside: bool = False
    """Whether it stands beside the items of its bands, as one of a crowd."""


class PictureTable:
    """The pictures of the one table.

    `digest` is the ARN of the digest key's secret, for callers that write or open what pictures
    look like.
    """

    def __init__(self, name: str, digest: str = "") -> None:
        self.name = name
        self.key = DigestKey(lambda: secrets.read_key(digest))

    # ---- beside a report ---------------------------------------------------------------------

    def add(self, picture: PictureName, pdq: str, now: datetime) -> None:
        """Store what a picture looks like, once; nothing for a report that was erased.

        Raises Busy when the report is being written by others.
        """
        report = keys.report_key(picture.reference)
        report_check = {
            "TableName": self.name,
            "Key": to_wire_item(report),
            "ConditionExpression": "attribute_exists(verifier)",  # a tombstone has none
        }
        first = {
            "TableName": self.name,
            "Key": to_wire_item(picture_keys.picture_key(picture.reference, picture.name)),
            "UpdateExpression": "SET pdq = if_not_exists(pdq, :pdq), #h = if_not_exists(#h, :h)",
            "ExpressionAttributeNames": {"#h": "hour"},
            "ExpressionAttributeValues": to_wire_item(
                {
                    ":pdq": self.key.seal_digest(bytes.fromhex(pdq), *_of(picture)),
                    ":h": int(now.timestamp()) // PICTURE_HOUR_SECONDS,
                }
            ),
        }
        try:
            items.write_transaction([{"ConditionCheck": report_check}, {"Update": first}])
        except items.WriteConflict:
            stored = items.get_item(self.name, report)
            if stored is not None and ERASED_AT_FIELD not in stored:
                raise Busy("The report is being written by others.") from None

    def get_picture(self, named: PictureName) -> ReportPicture | None:
        """A picture, strongly read; None for one that was erased."""
        item = items.get_item(self.name, picture_keys.picture_key(named.reference, named.name))
        return _picture(item) if item is not None else None

    def looks(self, named: Sequence[PictureName]) -> dict[PictureName, PictureLook]:
        """What those of at most `PICTURE_KEY_BATCH_SIZE` pictures look like that were not erased.
        One whose look does not open is left out, with an alarm."""
        wanted = [picture_keys.picture_key(each.reference, each.name) for each in named]
        if not wanted:
            return {}
        read = items.get_items(
            self.name, wanted, [keys.PARTITION_KEY, keys.SORT_KEY, *PERCEPTUAL_HASH_FIELDS]
        )
        found: dict[PictureName, PictureLook] = {}
        for each in map(_picture, read):
            try:
                found[each.named] = PictureLook(self.pdq(each), each.hour, each.vouched)
            except BrokenDigest as error:
                alarm_broken_digest(error)
        return found

    def pdq(self, picture: ReportPicture) -> str:
        """What a picture looks like, in hex; raises BrokenDigest where that was exchanged."""
        if len(picture.hidden) == CLEAR:  # it was stored before looks were sealed
            return picture.hidden.hex()
        return self.key.unseal_digest(picture.hidden, *_of(picture.named)).hex()

    def list_kept_hashes(self, report: StoredReport) -> tuple[str, ...]:
        """What the pictures look like, in hex, that stay with the reporter of a report; none where
        that was exchanged, with an alarm. The facts of older reports have them in clear."""
        try:
            return unseal_perceptual_hashes(self.key, report.reference, report.looks)
        except BrokenDigest as error:
            alarm_broken_digest(error)
            return ()

    def list_pictures(self, reference: str) -> list[ReportPicture]:
        """The pictures of a report, strongly read."""
        return [
            _picture(each)
            for each in items.query_prefix(self.name, *picture_keys.picture_key.under(reference))
        ]

    def store_matches(
        self,
        picture: ReportPicture,
        alike: Iterable[PictureMatch],
        bands: Sequence[str],
        *,
        vouched: bool,
        beside: bool,
    ) -> bool:
        """Store what was found beside a picture, and the bands that it is about to get; False for
        one that was erased, or looked for by another call."""
        attributes = {
            "alike": _written(alike),
            BANDS_FIELD: list(bands),
            VOUCHED_FIELD: vouched,
            UNNAMED_PICTURES_FIELD: beside,
        }
        if not picture.looked:
            unseen = f"attribute_exists(pdq) AND attribute_not_exists({BANDS_FIELD})"
            return self._set(picture.named, unseen, attributes)
        seen = {":seen": _written(picture.alike)}
        return self._set(picture.named, "alike = :seen", attributes, seen)

    def add_match(self, beside: PictureName, alike: PictureMatch) -> None:
        """Name a later picture beside an earlier one, where it is among the first."""
        for _ in range(MAX_PICTURE_ATTEMPTS):
            stored = self.get_picture(beside)
            if stored is None or not stored.looked:
                return  # it looks for itself later
            others = [each for each in stored.alike if each.picture != alike.picture]
            told = select_named_matches([*others, alike])
            if alike not in told or alike in stored.alike:
                return
            seen = {":seen": _written(stored.alike)}
            if self._set(beside, "alike = :seen", {"alike": _written(told)}, seen):
                return

    def _set(
        self,
        picture: PictureName,
        condition: str,
        attributes: Mapping[str, Any],
        expected: Mapping[str, Any] = MappingProxyType({}),
    ) -> bool:
        """Set attributes of a picture, under a condition on what was seen."""
        values = {f":{name}": value for name, value in attributes.items()}
        return items.update_item(
            {
                "TableName": self.name,
                "Key": to_wire_item(picture_keys.picture_key(picture.reference, picture.name)),
                "UpdateExpression": "SET " + ", ".join(f"{name} = :{name}" for name in attributes),
                "ConditionExpression": condition,
                "ExpressionAttributeValues": to_wire_item({**values, **expected}),
            }
        )

    # ---- bands -------------------------------------------------------------------------------

    def find_by_bands(self, bands: Sequence[str]) -> dict[str, BandPictures]:
        """The pictures that the items of these bands name; bands without any are left out."""
        found: dict[str, BandPictures] = {}
        for at in range(0, len(bands), PICTURE_KEY_BATCH_SIZE):
            some = [keys.clue_key(each) for each in bands[at : at + PICTURE_KEY_BATCH_SIZE]]
            for item in items.get_items(self.name, some):
                found[keys.clue_key.of(item)[0]] = _under(item)
        return found

    def list_further_names(
        self, band: str, limit: int, after: PictureName | None = None
    ) -> list[PictureName]:
        """At most `limit` further pictures of a band, in order."""
        key = picture_keys.unnamed_picture_key(band, _mark(after)) if after is not None else None
        place = picture_keys.unnamed_picture_key.under(band)
        read = items.query_prefix(self.name, *place, limit=limit, after=key)
        return [_named(picture_keys.unnamed_picture_key.of(each)[1]) for each in read]

    def keep(self, band: str, picture: ReportPicture, now: datetime) -> None:
        """Store a picture under a band: among the latest of its kind, which may push the oldest
        beside them. One of a crowd goes there itself, and so does any while the band is busy."""
        until = int((now + BAND_TTL).timestamp())
        kind = VOUCHED_FIELD if picture.vouched else PICTURES_FIELD
        mark, beside = _mark(picture.named), picture.beside
        for _ in range(MAX_PICTURE_ATTEMPTS):
            before = self._band(band)
            if mark in before.get(kind, ()):
                return
            after = _lists_of(before)
            if beside:
                after[MORE_PICTURES_FIELD] = True
            else:
                after[PICTURES_FIELD] = [each for each in after[PICTURES_FIELD] if each != mark]
                after[kind] = [*after[kind], mark]
                for each in after[kind][:-MAX_UNDER]:
                    self._put_beside(band, each, until)
                    after[MORE_PICTURES_FIELD] = True
                after[kind] = after[kind][-MAX_UNDER:]
            if after == _lists_of(before) or self._put(band, after, before, until):
                break
        else:
            beside = True
        if beside:
            self._put_beside(band, mark, until)

    def forget(self, band: str, named: PictureName) -> None:
        """Remove a picture from a band; the others stay as long as before. Raises Busy."""
        mark = _mark(named)
        for _ in range(MAX_PICTURE_ATTEMPTS):
            before = self._band(band)
            lists = _lists_of(before)
            after = lists | {
                kind: [each for each in lists[kind] if each != mark]
                for kind in (PICTURES_FIELD, VOUCHED_FIELD)
            }
            if after == lists or self._put(band, after, before, before[keys.EXPIRES_AT_FIELD]):
                items.delete_item(self.name, picture_keys.unnamed_picture_key(band, mark))
                return
        raise Busy("The band is being given by many at once.")

    def _put_beside(self, band: str, mark: str, until: int) -> None:
        item = {**picture_keys.unnamed_picture_key(band, mark), keys.EXPIRES_AT_FIELD: until}
        items.put_item_if({"TableName": self.name, "Item": to_wire_item(item)})

    def _band(self, band: str) -> dict[str, Any]:
        found = items.get_items(self.name, [keys.clue_key(band)])
        return found[0] if found else {}

    def _put(
        self, band: str, lists: Mapping[str, Any], before: Mapping[str, Any], until: int
    ) -> bool:
        """Store the item of a band; False when it is not as it was read."""
        attributes = {name: value for name, value in lists.items() if value}
        item = {**keys.clue_key(band), **attributes, keys.EXPIRES_AT_FIELD: until}
        unchanged: dict[str, Any] = {"ConditionExpression": items.IF_ABSENT_CONDITION}
        if before:
            expected = {
                name: before[name]
                for name in (PICTURES_FIELD, VOUCHED_FIELD, MORE_PICTURES_FIELD)
                if name in before
            }
            there = [f"{each} = :{each}" for each in expected]
            gone = [f"attribute_not_exists({each})" for each in lists if each not in expected]
            unchanged = {
                "ConditionExpression": " AND ".join([*there, *gone]),
                "ExpressionAttributeValues": to_wire_item(
                    {f":{k}": v for k, v in expected.items()}
                ),
            }
        try:
            if attributes:
                items.put_item_if({"TableName": self.name, "Item": to_wire_item(item), **unchanged})
            else:
                key = {"TableName": self.name, "Key": to_wire_item(keys.clue_key(band))}
                items.write_transaction([{"Delete": key | unchanged}])
        except items.WriteConflict:
            return False
        return True


def forget_pictures(table: str, reference: str) -> Iterator[None]:
    """Remove the pictures of a report from their bands, and its files from the names of their
    bytes, one a step, before they are deleted."""
    pictures = PictureTable(table)
    for item in items.query_prefix(table, *picture_keys.picture_key.under(reference)):
        for band in item.get(BANDS_FIELD, ()):
            pictures.forget(band, _picture(item).named)
            yield
    for item in items.query_prefix(table, *keys.file_key.under(reference)):
        if "same" in item:
            pictures.forget(item["same"], file_picture_name(*keys.file_key.of(item)))
            yield


def _of(picture: PictureName) -> tuple[str, ...]:
    """What the look of a picture is bound to."""
    return picture.reference, picture.name, "pdq"


def _mark(named: PictureName) -> str:
    return picture_keys.picture_mark(named.reference, named.name)


def _named(mark: str) -> PictureName:
    return PictureName(*picture_keys.parse_picture_mark(mark))


def _lists_of(band: Mapping[str, Any]) -> dict[str, Any]:
    """What the item of a band tells, empty for what it does not."""
    return {
        PICTURES_FIELD: band.get(PICTURES_FIELD, []),
        VOUCHED_FIELD: band.get(VOUCHED_FIELD, []),
        MORE_PICTURES_FIELD: band.get(MORE_PICTURES_FIELD, False),
    }


def _under(band: Mapping[str, Any]) -> BandPictures:
    lists = _lists_of(band)
    return BandPictures(
        tuple(map(_named, lists[VOUCHED_FIELD])),
        tuple(map(_named, lists[PICTURES_FIELD])),
        lists[MORE_PICTURES_FIELD],
    )


def _written(alike: Iterable[PictureMatch]) -> dict[str, list[Any]]:
    return {_mark(each.picture): [each.distance, each.hour, each.vouched] for each in alike}


def _read(mark: str, told: Sequence[Any]) -> PictureMatch:
    far, hour, vouched = told
    return PictureMatch(_named(mark), int(far), int(hour), vouched)


def _picture(item: Mapping[str, Any]) -> ReportPicture:
    picture = PictureName(*picture_keys.picture_key.of(item))
    return ReportPicture(
        named=picture,
        hidden=bytes(item["pdq"]),
        alike=rank_picture_matches(
            _read(mark, told) for mark, told in item.get("alike", {}).items()
        ),
        bands=tuple(item.get(BANDS_FIELD, ())),
        looked=BANDS_FIELD in item,
        hour=int(item.get("hour", 0)),
        vouched=picture.file is not None or item.get(VOUCHED_FIELD, False),
        beside=item.get(UNNAMED_PICTURES_FIELD, False),
    )
