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

from casework.aws.services.clients import aws_client
from casework.aws.services.day_seal_store import (
    get_object_with_etag,
    list_keys,
    read_json_object,
    read_seal,
)
from casework.aws.services.service_errors import code_of
from casework.case.transparency_log import (
    InvalidCheckpoint,
    LogCheckpoint,
    consistency_proof,
    decode_bundle,
    entry_bundles,
    leaf_hash,
    log_inclusion_path,
    merkle_root,
    parse_signed_note,
)

PUBLIC_LOG_PREFIX: Final = "log/"
CHECKPOINT_OBJECT_KEY: Final = f"{PUBLIC_LOG_PREFIX}checkpoint"
STAMP_OBJECT_PREFIX: Final = f"{PUBLIC_LOG_PREFIX}stamps/"
PUBLIC_KEY_OBJECT_PREFIX: Final = f"{PUBLIC_LOG_PREFIX}keys/"
TREE_SIZE_CLAIM_PREFIX: Final = "claims/"
CHECKPOINT_OBJECT_PREFIX: Final = "checkpoints/"
LOG_INDEX_OBJECT_PREFIX: Final = "logged/"
DAY_INDEX_KIND: Final = "day"
MONTH_INDEX_KIND: Final = "month"
_TAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


class LogInconsistent(Exception):
    """What is stored of the log contradicts what was signed or claimed; the text says what."""

    error_code = "Misfitting"


class TreeSizeClaim(BaseModel):
    """The one tree of a size that may be signed, and its last entry."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    size: int
    root: str
    """In hex, like the entry."""
    kind: str
    of: str
    """The day or the month of the entry."""
    entry: str


class LogIndex(BaseModel):
    """The place of a day or a month in the log."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    index: int


@dataclass(frozen=True)
class StoredLog:
    """The log as its last checkpoint says it."""

    note: bytes
    checkpoint: LogCheckpoint
    signature: bytes
    etag: str
    entries: tuple[bytes, ...]

    @property
    def leaves(self) -> list[bytes]:
        """The hashes of its leaves."""
        return [leaf_hash(entry) for entry in self.entries]


def tree_size_claim_key(size: int) -> str:
    """Where the claim of a size is."""
    return f"{TREE_SIZE_CLAIM_PREFIX}{size:010d}.json"


def checkpoint_key(size: int) -> str:
    """Where the signed checkpoint of a size is kept."""
    return f"{CHECKPOINT_OBJECT_PREFIX}{size:010d}"


def timestamp_object_key(size: int) -> str:
    """Where the time stamp over the checkpoint of a size is."""
    return f"{STAMP_OBJECT_PREFIX}{size}"


def log_index_object_key(kind: str, of: str) -> str:
    """Where the place of a day or a month is kept."""
    return f"{LOG_INDEX_OBJECT_PREFIX}{kind}/{of}.json"


def read_log(bucket: str) -> StoredLog | None:
    """The log, if it has begun; raises Misfitting when its entries are not those of its
    checkpoint."""
    answer = get_object_with_etag(bucket, CHECKPOINT_OBJECT_KEY)
    if answer is None:
        return None
    note = answer["Body"].read()
    try:
        checkpoint, signature = parse_signed_note(note)
    except InvalidCheckpoint:
        raise LogInconsistent("the checkpoint cannot be read") from None
    entries = read_entries(bucket, checkpoint.size)
    if merkle_root([leaf_hash(each) for each in entries]) != checkpoint.root:
        raise LogInconsistent("its entries are not those of its checkpoint")
    return StoredLog(note, checkpoint, signature, answer["ETag"], tuple(entries))


def read_entries(bucket: str, size: int) -> list[bytes]:
    """The first entries of the log; raises Misfitting when one is gone."""
    entries: list[bytes] = []
    for path, held in entry_bundles(size):
        body = read_json_object(bucket, f"{PUBLIC_LOG_PREFIX}{path}")
        try:
            entries += decode_bundle(body.read() if body is not None else b"")
        except ValueError:
            raise LogInconsistent(f"{path} cannot be read") from None
        if len(entries) != held.stop:
            raise LogInconsistent(f"{path} is not whole")
    return entries


def read_checkpoint(bucket: str, size: int) -> tuple[LogCheckpoint, bytes]:
    """The checkpoint that was signed at a size, and its signature; raises Misfitting."""
    body = read_json_object(bucket, checkpoint_key(size))
    try:
        checkpoint, signature = parse_signed_note(body.read() if body is not None else b"")
    except InvalidCheckpoint:
        raise LogInconsistent(f"the checkpoint of size {size} cannot be read") from None
    if checkpoint.size != size:
        raise LogInconsistent(f"the checkpoint of size {size} has another size")
    return checkpoint, signature


def signed_sizes(bucket: str) -> list[int]:
    """The sizes at which a checkpoint was signed, the smallest first."""
    return [int(name) for name in list_keys(bucket, CHECKPOINT_OBJECT_PREFIX) if name.isdigit()]


def checkpoint_times(bucket: str) -> dict[int, datetime]:
    """The sizes at which a checkpoint was signed, with the time of each."""
    listed = aws_client("s3").get_paginator("list_objects_v2")
    found = {}
    for page in listed.paginate(Bucket=bucket, Prefix=CHECKPOINT_OBJECT_PREFIX):
        for each in page.get("Contents", []):
            name = each["Key"].removeprefix(CHECKPOINT_OBJECT_PREFIX)
            if name.isdigit():
                found[int(name)] = each["LastModified"]
    return found


def read_signed_note(bucket: str, size: int) -> bytes:
    """The signed checkpoint of a size, as it was published; empty where there is none."""
    body = read_json_object(bucket, checkpoint_key(size))
    return bytes(body.read()) if body is not None else b""


def stamped_sizes(bucket: str) -> list[int]:
    """The sizes whose checkpoint has a time stamp."""
    return [int(name) for name in list_keys(bucket, STAMP_OBJECT_PREFIX) if name.isdigit()]


def read_claim(bucket: str, size: int) -> TreeSizeClaim | None:
    """The claim of a size, if there is one; raises Misfitting when it cannot be read."""
    body = read_json_object(bucket, tree_size_claim_key(size))
    if body is None:
        return None
    try:
        return TreeSizeClaim.model_validate_json(body.read())
    except ValidationError:
        raise LogInconsistent(f"the claim of size {size} cannot be read") from None


def find_index(bucket: str, kind: str, of: str) -> int | None:
    """The index of a day or a month in the log; None before it has one. Raises Misfitting when it
    cannot be read."""
    body = read_json_object(bucket, log_index_object_key(kind, of))
    if body is None:
        return None
    try:
        return LogIndex.model_validate_json(body.read()).index
    except ValidationError:
        raise LogInconsistent(f"the place of {of} cannot be read") from None


def logged_periods(bucket: str, kind: str) -> set[str]:
    """The days or the months that are in the log."""
    names = list_keys(bucket, f"{LOG_INDEX_OBJECT_PREFIX}{kind}/")
    return {name.removesuffix(".json") for name in names}


def build_day_proof(
    bucket: str, day: str, copied: int = 0, *, also: Iterable[str] = ()
) -> dict[str, Any] | None:
    """What `tools/verify_log.py` checks of a day; None before the day is in the log.

    For a copy of the log with so many entries (`copied`) it also shows that the log continues the
    copy. `also` names further days: `days` has those of them that are in the log, under the same
    checkpoint. Raises Misfitting, and NotReadable for a seal.
    """
    index, seal = find_index(bucket, DAY_INDEX_KIND, day), read_seal(bucket, day)
    log = read_log(bucket) if index is not None and seal is not None else None
    if index is None or seal is None or log is None or index >= len(log.entries):
        return None
    stamp = read_json_object(bucket, timestamp_object_key(log.checkpoint.size))
    more: dict[str, Any] = {}
    if stamp is not None:
        more["stamp"] = base64.b64encode(stamp.read()).decode()
    if 0 < copied < len(log.entries):
        path = [step.hex() for step in consistency_proof(log.leaves, copied)]
        more["continues"] = {"from": copied, "path": path}
    return {
        "statement": seal.statement.signed_fields,
        "log": {
            "index": index,
            "path": [step.hex() for step in log_inclusion_path(log.leaves, index)],
            "checkpoint": log.note.decode(),
            **more,
        },
        **({"days": _in(log, bucket, also)} if also else {}),
    }


def _in(log: StoredLog, bucket: str, days: Iterable[str]) -> list[dict[str, Any]]:
    """The statements of these days, and where each is in the log, without days that are not."""
    places = {entry: index for index, entry in enumerate(log.entries)}
    found = []
    for day in days:
        seal = read_seal(bucket, day)
        index = places.get(seal.statement.digest) if seal is not None else None
        if seal is not None and index is not None:
            path = [step.hex() for step in log_inclusion_path(log.leaves, index)]
            found.append({"statement": seal.statement.signed_fields, "index": index, "path": path})
    return found


def put_object_if_absent(bucket: str, key: str, body: bytes, **how: Any) -> bool:
    """Write an object that no later write replaces; False when one is there.

    The service compares and writes in one step (Amazon S3, "Conditional writes").
    """
    return _put(bucket, key, body, IfNoneMatch="*", **how)


def replace_object_if_match(bucket: str, key: str, body: bytes, etag: str, **how: Any) -> bool:
    """Replace an object while it is the one that was read; False when it is another one."""
    return _put(bucket, key, body, IfMatch=etag, **how)


def _put(bucket: str, key: str, body: bytes, **how: Any) -> bool:
    try:
        aws_client("s3").put_object(Bucket=bucket, Key=key, Body=body, **how)
    except Exception as error:
        if code_of(error) not in _TAKEN:
            raise
        return False
    return True
