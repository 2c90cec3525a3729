"""The log of days in the bucket of seals: the part that others may copy, and what signing needs.

log/checkpoint           the last checkpoint, signed: public
log/tile/...             hashes and entries, at the addresses of c2sp.org/tlog-tiles: public
log/stamps/{size}        the time stamp (RFC 3161) over the checkpoint of a size: public
log/keys/{name}.pem      the public half of a key that signs now; under its SHA-256, of every one
                         that ever did: public
claims/{size}.json       the one tree of each size that may be signed, written once, before it
checkpoints/{size}       every checkpoint that was signed
logged/{kind}/{of}.json  the place of a day or a month in the log
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.services.seals import body_of, found_under, names_under, read_seal
from casework.case.day_log import (
    Checkpoint,
    NotACheckpoint,
    bundles_of,
    consistency,
    inclusion,
    leaf_hash,
    opened_note,
    root_of,
    unbundled,
)

PUBLIC: Final = "log/"
CHECKPOINT: Final = f"{PUBLIC}checkpoint"
STAMPS: Final = f"{PUBLIC}stamps/"
KEYS: Final = f"{PUBLIC}keys/"
CLAIMS: Final = "claims/"
CHECKPOINTS: Final = "checkpoints/"
LOGGED: Final = "logged/"
DAY: Final = "day"
MONTH: Final = "month"
_TAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


class Misfitting(Exception):
    """What is stored of the log contradicts what was signed or claimed; the text says what."""

    error_code = "Misfitting"


class SizeClaim(BaseModel):
    """The one tree of a size that may be signed, and its last entry."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    size: int
    root: str
    """In hex, like the entry."""
    kind: str
    of: str
    """The day or the month of the entry."""
    entry: str


class LogPlace(BaseModel):
    """The place of a day or a month in the log."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    index: int


@dataclass(frozen=True)
class Stored:
    """The log as its last checkpoint says it."""

    note: bytes
    checkpoint: Checkpoint
    signature: bytes
    etag: str
    entries: tuple[bytes, ...]

    @property
    def leaves(self) -> list[bytes]:
        """The hashes of its leaves."""
        return [leaf_hash(entry) for entry in self.entries]


def claim_key(size: int) -> str:
    """Where the claim of a size is."""
    return f"{CLAIMS}{size:010d}.json"


def checkpoint_key(size: int) -> str:
    """Where the signed checkpoint of a size is kept."""
    return f"{CHECKPOINTS}{size:010d}"


def stamp_key(size: int) -> str:
    """Where the time stamp over the checkpoint of a size is."""
    return f"{STAMPS}{size}"


def place_key(kind: str, of: str) -> str:
    """Where the place of a day or a month is kept."""
    return f"{LOGGED}{kind}/{of}.json"


def stored(bucket: str) -> Stored | None:
    """The log, if it has begun; raises Misfitting when its entries are not those of its
    checkpoint."""
    answer = found_under(bucket, CHECKPOINT)
    if answer is None:
        return None
    note = answer["Body"].read()
    try:
        checkpoint, signature = opened_note(note)
    except NotACheckpoint:
        raise Misfitting("the checkpoint cannot be read") from None
    entries = entries_of(bucket, checkpoint.size)
    if root_of([leaf_hash(each) for each in entries]) != checkpoint.root:
        raise Misfitting("its entries are not those of its checkpoint")
    return Stored(note, checkpoint, signature, answer["ETag"], tuple(entries))


def entries_of(bucket: str, size: int) -> list[bytes]:
    """The first entries of the log; raises Misfitting when one is gone."""
    entries: list[bytes] = []
    for path, held in bundles_of(size):
        body = body_of(bucket, f"{PUBLIC}{path}")
        try:
            entries += unbundled(body.read() if body is not None else b"")
        except ValueError:
            raise Misfitting(f"{path} cannot be read") from None
        if len(entries) != held.stop:
            raise Misfitting(f"{path} is not whole")
    return entries


def signed_at(bucket: str, size: int) -> tuple[Checkpoint, bytes]:
    """The checkpoint that was signed at a size, and its signature; raises Misfitting."""
    body = body_of(bucket, checkpoint_key(size))
    try:
        checkpoint, signature = opened_note(body.read() if body is not None else b"")
    except NotACheckpoint:
        raise Misfitting(f"the checkpoint of size {size} cannot be read") from None
    if checkpoint.size != size:
        raise Misfitting(f"the checkpoint of size {size} has another size")
    return checkpoint, signature


def signed_sizes(bucket: str) -> list[int]:
    """The sizes at which a checkpoint was signed, the smallest first."""
    return [int(name) for name in names_under(bucket, CHECKPOINTS) if name.isdigit()]


def signed_when(bucket: str) -> dict[int, datetime]:
    """The sizes at which a checkpoint was signed, with the time of each."""
    listed = client("s3").get_paginator("list_objects_v2")
    found = {}
    for page in listed.paginate(Bucket=bucket, Prefix=CHECKPOINTS):
        for each in page.get("Contents", []):
            name = each["Key"].removeprefix(CHECKPOINTS)
            if name.isdigit():
                found[int(name)] = each["LastModified"]
    return found


def note_of(bucket: str, size: int) -> bytes:
    """The signed checkpoint of a size, as it was published; empty where there is none."""
    body = body_of(bucket, checkpoint_key(size))
    return bytes(body.read()) if body is not None else b""


def stamped_sizes(bucket: str) -> list[int]:
    """The sizes whose checkpoint has a time stamp."""
    return [int(name) for name in names_under(bucket, STAMPS) if name.isdigit()]


def claim_of(bucket: str, size: int) -> SizeClaim | None:
    """The claim of a size, if there is one; raises Misfitting when it cannot be read."""
    body = body_of(bucket, claim_key(size))
    if body is None:
        return None
    try:
        return SizeClaim.model_validate_json(body.read())
    except ValidationError:
        raise Misfitting(f"the claim of size {size} cannot be read") from None


def place_of(bucket: str, kind: str, of: str) -> int | None:
    """The index of a day or a month in the log; None before it has one. Raises Misfitting when it
    cannot be read."""
    body = body_of(bucket, place_key(kind, of))
    if body is None:
        return None
    try:
        return LogPlace.model_validate_json(body.read()).index
    except ValidationError:
        raise Misfitting(f"the place of {of} cannot be read") from None


def logged(bucket: str, kind: str) -> set[str]:
    """The days or the months that are in the log."""
    names = names_under(bucket, f"{LOGGED}{kind}/")
    return {name.removesuffix(".json") for name in names}


def proof_of_day(
    bucket: str, day: str, copied: int = 0, *, also: Iterable[str] = ()
) -> dict[str, Any] | None:
    """What `tools/verify_log.py` checks of a day; None before the day is in the log.

    For a copy of the log with so many entries (`copied`) it also shows that the log continues the
    copy. `also` names further days: `days` has those of them that are in the log, under the same
    checkpoint. Raises Misfitting, and NotReadable for a seal.
    """
    index, seal = place_of(bucket, DAY, day), read_seal(bucket, day)
    log = stored(bucket) if index is not None and seal is not None else None
    if index is None or seal is None or log is None or index >= len(log.entries):
        return None
    stamp = body_of(bucket, stamp_key(log.checkpoint.size))
    more: dict[str, Any] = {}
    if stamp is not None:
        more["stamp"] = base64.b64encode(stamp.read()).decode()
    if 0 < copied < len(log.entries):
        path = [step.hex() for step in consistency(log.leaves, copied)]
        more["continues"] = {"from": copied, "path": path}
    return {
        "statement": seal.statement.said,
        "log": {
            "index": index,
            "path": [step.hex() for step in inclusion(log.leaves, index)],
            "checkpoint": log.note.decode(),
            **more,
        },
        **({"days": _in(log, bucket, also)} if also else {}),
    }


def _in(log: Stored, bucket: str, days: Iterable[str]) -> list[dict[str, Any]]:
    """The statements of these days, and where each is in the log, without days that are not."""
    places = {entry: index for index, entry in enumerate(log.entries)}
    found = []
    for day in days:
        seal = read_seal(bucket, day)
        index = places.get(seal.statement.digest) if seal is not None else None
        if seal is not None and index is not None:
            path = [step.hex() for step in inclusion(log.leaves, index)]
            found.append({"statement": seal.statement.said, "index": index, "path": path})
    return found


def put_once(bucket: str, key: str, body: bytes, **how: Any) -> bool:
    """Write an object that no later write replaces; False when one is there.

    The service compares and writes in one step (Amazon S3, "Conditional writes").
    """
    return _put(bucket, key, body, IfNoneMatch="*", **how)


def put_over(bucket: str, key: str, body: bytes, etag: str, **how: Any) -> bool:
    """Replace an object while it is the one that was read; False when it is another one."""
    return _put(bucket, key, body, IfMatch=etag, **how)


def _put(bucket: str, key: str, body: bytes, **how: Any) -> bool:
    try:
        client("s3").put_object(Bucket=bucket, Key=key, Body=body, **how)
    except Exception as error:
        if code_of(error) not in _TAKEN:
            raise
        return False
    return True
