"""The day's seal: one root over the heads of every chain that grew, signed and linked to the last.

    leaf       {"case", "events", "head", "entries", "log"}     a line of {day}.jsonl, by case
    root       the Merkle root over the SHA-256 of the leaves' canonical JSON, in that order
    statement  {"day", "sealed_at", "leaves", "root", "previous", "reports"}  signed, in {day}.json

`previous` is the SHA-256 of the statement of the seal before: a day taken away shows, too.
`reports` is the root over the reports that were accepted on the day (`casework.case.report_tree`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import rfc8785
from pydantic import BaseModel, ConfigDict

from casework.case.history import GENESIS_HASH, CaseEvent, UnreadableEntry, find_chain_fault
from casework.case.transparency_log import leaf_hash, node_hash

DAY_SEAL_ALGORITHM: Final = "ECDSA_SHA_256"
EMPTY_ROOT_HASH: Final = hashlib.sha256(b"").hexdigest()


class DayLeaf(BaseModel):
    """Where the two chains of a case stand at the end of a day."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case: str
    events: int
    head: str
    entries: int = 0
    log: str = ""


@dataclass(frozen=True)
class ChainBreak:
    """The first entry of a chain that is not as it was sealed."""

    number: int
    what: str


INSERTED_LATER_TEXT: Final = "was put in after its day was sealed"


def find_chain_break(
    chain: Iterable[CaseEvent | UnreadableEntry], sealed: int, head: str, day: str = ""
) -> ChainBreak | None:
    """The first entry that does not fit its chain, that differs from the head sealed as `sealed` at
    the end of a day, or that is of that day and not among the sealed ones.

    Needs constant memory: it reads the chain once, in order, including entries after the seal.
    """
    number, previous = 0, GENESIS_HASH
    for number, event in enumerate(chain, start=1):
        if wrong := find_chain_fault(event, number, previous):
            return ChainBreak(number, wrong)
        if number > sealed and isinstance(event, CaseEvent) and event.at[:10] <= day:
            return ChainBreak(number, INSERTED_LATER_TEXT)
        if number == sealed and event.hash != head:
            return ChainBreak(number, "is not the entry that was signed")
        previous = event.hash
    return ChainBreak(number + 1, "was signed and is gone") if number < sealed else None


class SealStatement(BaseModel):
    """The signed statement."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    day: str
    sealed_at: str
    leaves: int
    root: str
    previous: str
    reports: str = ""
    """In hex; days that were sealed before there was this root are without it."""

    @property
    def signed_fields(self) -> dict[str, str | int]:
        """The fields that are signed."""
        told = self.model_dump(mode="json")
        return told if self.reports else {name: told[name] for name in told if name != "reports"}

    @property
    def canonical(self) -> bytes:
        """The canonical JSON, which is signed."""
        return rfc8785.dumps(self.signed_fields)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical JSON, which the next seal names."""
        return hashlib.sha256(self.canonical).digest()


class DaySeal(BaseModel):
    """A statement with its signature."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    statement: SealStatement
    key: str
    """ARN of the key that signed."""
    algorithm: str = DAY_SEAL_ALGORITHM
    signature: str
    """DER, in base64."""


class MerkleAccumulator:
    """A Merkle tree that is given its leaves one by one and holds one hash for each level.

    Inner nodes are SHA-256(0x01 | left | right), leaves SHA-256(0x00 | canonical JSON), as in
    RFC 6962, so that no leaf passes for a node. An odd node goes up by itself.
    """

    def __init__(self) -> None:
        self.leaves = 0
        self._waiting: list[bytes | None] = []

    def add(self, leaf: DayLeaf) -> None:
        """Give the next leaf."""
        node = leaf_hash(rfc8785.dumps(leaf.model_dump(mode="json")))
        self.leaves += 1
        for level, left in enumerate(self._waiting):
            if left is None:
                self._waiting[level] = node
                return
            node = node_hash(left, node)
            self._waiting[level] = None
        self._waiting.append(node)

    def root(self) -> str:
        """The root over the leaves so far, in hex."""
        node: bytes | None = None
        for left in self._waiting:
            if left is not None:
                node = left if node is None else node_hash(left, node)
        return node.hex() if node is not None else EMPTY_ROOT_HASH


def previous_digest(seal: DaySeal | None) -> str:
    """The value of `previous` in the next seal; empty for the first."""
    return seal.statement.digest.hex() if seal is not None else ""


def is_successor(seal: DaySeal, earlier: Iterable[DaySeal]) -> bool:
    """Whether a seal names the one before it, among those of earlier days, the latest first.

    A day that was missed and sealed afterwards is passed over: the seal could not know of it.
    """
    at = seal.statement.sealed_at
    before = next((each for each in earlier if each.statement.sealed_at <= at), None)
    return seal.statement.previous == previous_digest(before)
