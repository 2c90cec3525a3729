"""What the table keeps for linking: who owns an identifier, and which cases have a clue.

It is apart from `join_rules` and `similarity`, which read what people write: most functions read
the table, and few of them read words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

IdentifierMark = tuple[str, str]
"""Kind and value of an identifier for the look-up."""
MinHashSketch = tuple[int, ...]
"""The smallest keyed hashes of a narrative (`casework.linking.similarity`)."""
MINHASH_BYTES: Final = 4
"""The length of each."""


@dataclass(frozen=True)
class IdentifierClaim:
    """An identifier that a case claims."""

    mark: IdentifierMark
    instead_of: str | None = None
    """The closed case that still owns it."""
    platform: str | None = None
    """For the name of an account: the platform where the report met it, if known."""
    pages: tuple[IdentifierMark, ...] = ()
    """For a site: its pages that the report names."""


@dataclass(frozen=True)
class SitePages:
    """The pages of a site that reports named before, as far as they are counted."""

    known: frozenset[IdentifierMark] = frozenset()
    """Those that the report at hand names, too."""
    others: int = 0


@dataclass(frozen=True)
class ClueSighting:
    """A case found under a clue."""

    case_id: str
    sketch: MinHashSketch = ()
    """The sketch of its narrative, where the clue is one of words."""
