"""After each seal: the days that are not in the log of days are put in, and its tree is signed.

Before a tree of some size is signed, that size is claimed for its root by a write that only the
first one can make. Thus no other tree of that size is ever signed, and no smaller one: a log that
does not continue what was claimed or signed before is refused (`Misfitting`).

What a run left half-done, the next one finishes: it takes what is claimed and not signed as it is,
puts in the days that are sealed and not in the log, in the order of their sealing, and signs once.
A run with nothing to add changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.aws.http import pages
from casework.aws.services import log_store, observe
from casework.aws.services.clients import client
from casework.aws.services.log_store import LogPlace, Misfitting, SizeClaim, Stored
from casework.aws.services.seals import NotReadable, read_seal, sealed_days
from casework.aws.services.settings import SealDaySettings
from casework.case.day_log import (
    ALGORITHM,
    Checkpoint,
    bundle,
    bundles_of,
    key_mark,
    leaf_hash,
    raw_key,
    root_of,
    signed_note,
    tiles_of,
)


class SignedMeanwhile(Exception):
    """Another run signed a tree at the same time: the next try goes on from it."""

    error_code = "SignedMeanwhile"


@dataclass(frozen=True)
class Entry:
    """Something that belongs into the log."""

    kind: str
    of: str
    digest: bytes


@dataclass
class Growing:
    """The tree while it is extended: each size is claimed before it is signed."""

    bucket: str
    entries: list[bytes] = field(default_factory=list)
    new: list[Entry] = field(default_factory=list)

    @property
    def root(self) -> bytes:
        """The root over all entries."""
        return root_of([leaf_hash(entry) for entry in self.entries])

    def take_over(self) -> None:
        """Take what is claimed beyond the entries; raises Misfitting for another tree."""
        while claim := log_store.claim_of(self.bucket, len(self.entries) + 1):
            self._take(claim)

    def add(self, entry: Entry) -> None:
        """Claim the next size for the tree with one more entry; raises Misfitting."""
        while entry.digest not in self.entries:
            size = len(self.entries) + 1
            root = root_of([leaf_hash(each) for each in (*self.entries, entry.digest)])
            claim = SizeClaim(
                size=size, root=root.hex(), kind=entry.kind, of=entry.of, entry=entry.digest.hex()
            )
            body = claim.model_dump_json().encode()
            if log_store.put_once(self.bucket, log_store.claim_key(size), body):
                self._take(claim)
            else:
                self.take_over()

    def _take(self, claim: SizeClaim) -> None:
        digest, size = bytes.fromhex(claim.entry), len(self.entries) + 1
        self.entries.append(digest)
        if (claim.size, claim.root) != (size, self.root.hex()):
            raise Misfitting(f"another tree of size {size} is claimed")
        self.new.append(Entry(claim.kind, claim.of, digest))


def log_days(settings: SealDaySettings, more: Sequence[Entry] = ()) -> bytes:
    """Put every sealed day into the log that is not in it, and `more` behind them; returns the
    signed checkpoint.

    Raises Misfitting, and SignedMeanwhile when another run was faster.
    """
    bucket = settings.bucket
    before = log_store.stored(bucket)
    tree = Growing(bucket, list(before.entries) if before else [])
    if before is not None and before.checkpoint.size:
        _fits_its_claim(bucket, before)
    tree.take_over()
    wanted = [*_sealed(bucket), *more]
    for entry in wanted:
        tree.add(entry)
    note = before.note if before else b""
    if before is None or len(tree.entries) > before.checkpoint.size:
        note = _signed(settings, tree, before)
    for entry in {*wanted, *tree.new}:
        place = LogPlace(index=tree.entries.index(entry.digest))
        key = log_store.place_key(entry.kind, entry.of)
        log_store.put_once(bucket, key, place.model_dump_json().encode())
    return note


def _fits_its_claim(bucket: str, before: Stored) -> None:
    claim = log_store.claim_of(bucket, before.checkpoint.size)
    if claim is None or claim.root != before.checkpoint.root.hex():
        raise Misfitting("the last checkpoint is not of the tree that was claimed")


def _sealed(bucket: str) -> list[Entry]:
    """The sealed days that are not in the log, in the order of their sealing."""
    found = []
    known = log_store.logged(bucket, log_store.DAY)
    for day in sealed_days(bucket):
        if day in known:
            continue
        try:
            seal = read_seal(bucket, day)
        except NotReadable as error:  # the night's verification names it
            observe.failure("seal not logged", error, day=day)
            continue
        if seal is not None:
            said = seal.statement
            found.append((said.sealed_at, day, Entry(log_store.DAY, day, said.digest)))
    return [entry for _, _, entry in sorted(found, key=lambda each: each[:2])]


def _signed(settings: SealDaySettings, tree: Growing, before: Stored | None) -> bytes:
    """Write the new tiles, then sign and write the checkpoint over them."""
    bucket, size = settings.bucket, len(tree.entries)
    was = before.checkpoint.size if before else 0
    files = [
        (path, bundle(tree.entries[held.start : held.stop])) for path, held in bundles_of(size, was)
    ]
    files += tiles_of([leaf_hash(entry) for entry in tree.entries], was)
    for path, body in files:
        client("s3").put_object(
            Bucket=bucket,
            Key=f"{log_store.PUBLIC}{path}",
            Body=body,
            ContentType="application/octet-stream",
            CacheControl=pages.FOR_EVER,
        )
    # A log keeps the name it began with: its checkpoints and its key would not fit another one.
    origin = before.checkpoint.origin if before else settings.log_origin
    checkpoint = Checkpoint(origin, size, tree.root)
    kms = client("kms")
    public = kms.get_public_key(KeyId=settings.log_key)["PublicKey"]
    signature = kms.sign(
        KeyId=settings.log_key,
        Message=checkpoint.text.encode(),
        MessageType="RAW",
        SigningAlgorithm=ALGORITHM,
    )["Signature"]
    note = signed_note(checkpoint, key_mark(origin, raw_key(public)), signature)
    log_store.put_once(bucket, log_store.checkpoint_key(size), note)
    how = {"ContentType": "text/plain; charset=utf-8", "CacheControl": pages.SOON}
    key = log_store.CHECKPOINT
    written = (
        log_store.put_over(bucket, key, note, before.etag, **how)
        if before
        else log_store.put_once(bucket, key, note, **how)
    )
    if not written:
        raise SignedMeanwhile
    observe.fact("log signed", count=size)
    return note
