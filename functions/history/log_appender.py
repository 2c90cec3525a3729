"""After each seal: the days that are not in the log of days are put in, and its tree is signed.

Before a tree of some size is signed, that size is claimed for its root by a write that only the
first one can make. Thus no other tree of that size is ever signed, and no smaller one: a log that
does not continue what was claimed or signed before is refused (`LogInconsistent`).

What a run left half-done, the next one finishes: it takes what is claimed and not signed as it is,
puts in the days that are sealed and not in the log, in the order of their sealing, and signs once.
A run with nothing to add changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.aws.http import response_headers
from casework.aws.services import telemetry, transparency_log_store
from casework.aws.services.clients import aws_client
from casework.aws.services.day_seal_store import SealUnreadable, list_sealed_days, read_seal
from casework.aws.services.settings import SealDaySettings
from casework.aws.services.transparency_log_store import (
    LogInconsistent,
    LogIndex,
    StoredLog,
    TreeSizeClaim,
)
from casework.case.transparency_log import (
    CHECKPOINT_ALGORITHM,
    LogCheckpoint,
    encode_bundle,
    entry_bundles,
    hash_tiles,
    key_hash,
    leaf_hash,
    merkle_root,
    raw_key,
    sign_checkpoint_note,
)


class SignConflict(Exception):
    """Another run signed a tree at the same time: the next try goes on from it."""

    error_code = "SignedMeanwhile"


@dataclass(frozen=True)
class LogEntry:
    """Something that belongs into the log."""

    kind: str
    of: str
    digest: bytes


@dataclass
class LogAppender:
    """The tree while it is extended: each size is claimed before it is signed."""

    bucket: str
    entries: list[bytes] = field(default_factory=list)
    new: list[LogEntry] = field(default_factory=list)

    @property
    def root(self) -> bytes:
        """The root over all entries."""
        return merkle_root([leaf_hash(entry) for entry in self.entries])

    def adopt_claimed_entries(self) -> None:
        """Take what is claimed beyond the entries; raises Misfitting for another tree."""
        while claim := transparency_log_store.read_claim(self.bucket, len(self.entries) + 1):
            self._take(claim)

    def add(self, entry: LogEntry) -> None:
        """Claim the next size for the tree with one more entry; raises Misfitting."""
        while entry.digest not in self.entries:
            size = len(self.entries) + 1
            root = merkle_root([leaf_hash(each) for each in (*self.entries, entry.digest)])
            claim = TreeSizeClaim(
                size=size, root=root.hex(), kind=entry.kind, of=entry.of, entry=entry.digest.hex()
            )
            body = claim.model_dump_json().encode()
            if transparency_log_store.put_object_if_absent(
                self.bucket, transparency_log_store.tree_size_claim_key(size), body
            ):
                self._take(claim)
            else:
                self.adopt_claimed_entries()

    def _take(self, claim: TreeSizeClaim) -> None:
        digest, size = bytes.fromhex(claim.entry), len(self.entries) + 1
        self.entries.append(digest)
        if (claim.size, claim.root) != (size, self.root.hex()):
            raise LogInconsistent(f"another tree of size {size} is claimed")
        self.new.append(LogEntry(claim.kind, claim.of, digest))


def append_days(settings: SealDaySettings, more: Sequence[LogEntry] = ()) -> bytes:
    """Put every sealed day into the log that is not in it, and `more` behind them; returns the
    signed checkpoint.

    Raises Misfitting, and SignedMeanwhile when another run was faster.
    """
    bucket = settings.bucket
    before = transparency_log_store.read_log(bucket)
    tree = LogAppender(bucket, list(before.entries) if before else [])
    if before is not None and before.checkpoint.size:
        _fits_its_claim(bucket, before)
    tree.adopt_claimed_entries()
    entries_to_append = [*_sealed(bucket), *more]
    for entry in entries_to_append:
        tree.add(entry)
    note = before.note if before else b""
    if before is None or len(tree.entries) > before.checkpoint.size:
        note = _signed(settings, tree, before)
    for entry in {*entries_to_append, *tree.new}:
        place = LogIndex(index=tree.entries.index(entry.digest))
        key = transparency_log_store.log_index_object_key(entry.kind, entry.of)
        transparency_log_store.put_object_if_absent(bucket, key, place.model_dump_json().encode())
    return note


def _fits_its_claim(bucket: str, before: StoredLog) -> None:
    claim = transparency_log_store.read_claim(bucket, before.checkpoint.size)
    if claim is None or claim.root != before.checkpoint.root.hex():
        raise LogInconsistent("the last checkpoint is not of the tree that was claimed")


def _sealed(bucket: str) -> list[LogEntry]:
    """The sealed days that are not in the log, in the order of their sealing."""
    found = []
    known = transparency_log_store.logged_periods(bucket, transparency_log_store.DAY_INDEX_KIND)
    for day in list_sealed_days(bucket):
        if day in known:
            continue
        try:
            seal = read_seal(bucket, day)
        except SealUnreadable as error:  # the night's verification names it
            telemetry.log_failure("seal not logged", error, day=day)
            continue
        if seal is not None:
            said = seal.statement
            found.append(
                (
                    said.sealed_at,
                    day,
                    LogEntry(transparency_log_store.DAY_INDEX_KIND, day, said.digest),
                )
            )
    return [entry for _, _, entry in sorted(found, key=lambda each: each[:2])]


def _signed(settings: SealDaySettings, tree: LogAppender, before: StoredLog | None) -> bytes:
    """Write the new tiles, then sign and write the checkpoint over them."""
    bucket, size = settings.bucket, len(tree.entries)
    was = before.checkpoint.size if before else 0
    files = [
        (path, encode_bundle(tree.entries[held.start : held.stop]))
        for path, held in entry_bundles(size, was)
    ]
    files += hash_tiles([leaf_hash(entry) for entry in tree.entries], was)
    for path, body in files:
        aws_client("s3").put_object(
            Bucket=bucket,
            Key=f"{transparency_log_store.PUBLIC_LOG_PREFIX}{path}",
            Body=body,
            ContentType="application/octet-stream",
            CacheControl=response_headers.CACHE_IMMUTABLE,
        )
    # A log keeps the name it began with: its checkpoints and its key would not fit another one.
    origin = before.checkpoint.origin if before else settings.log_origin
    checkpoint = LogCheckpoint(origin, size, tree.root)
    kms = aws_client("kms")
    public = kms.get_public_key(KeyId=settings.log_key)["PublicKey"]
    signature = kms.sign(
        KeyId=settings.log_key,
        Message=checkpoint.text.encode(),
        MessageType="RAW",
        SigningAlgorithm=CHECKPOINT_ALGORITHM,
    )["Signature"]
    note = sign_checkpoint_note(checkpoint, key_hash(origin, raw_key(public)), signature)
    transparency_log_store.put_object_if_absent(
        bucket, transparency_log_store.checkpoint_key(size), note
    )
    how = {
        "ContentType": "text/plain; charset=utf-8",
        "CacheControl": response_headers.CACHE_FIVE_MINUTES,
    }
    key = transparency_log_store.CHECKPOINT_OBJECT_KEY
    stored = (
        transparency_log_store.replace_object_if_match(bucket, key, note, before.etag, **how)
        if before
        else transparency_log_store.put_object_if_absent(bucket, key, note, **how)
    )
    if not stored:
        raise SignConflict
    telemetry.log_info("log signed", count=size)
    return note
