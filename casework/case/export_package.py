"""The package of a dossier: what the desk hands to the function that sets it, and how that ended.

A draft is the whole dossier as its reader may see it, with what proves it: the chain of events, the
days of the case's log, the commitments to what reporters sent. It holds no contact, no identity and
no identifier of a reporter's own beside their words.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

SERVED_SECONDS: Final = 3600
"""How long a package can be downloaded after it was asked for."""
PACKAGE_PART_BYTES: Final = 3 * 1024 * 1024
"""Bytes of a package in an answer: in base64 within what a function may answer."""


class Withheld(StrEnum):
    """What a package leaves out, and says so."""

    SENDERS = "senders"
    """Contacts and identities: how many reports may have them."""
    OWN_IDENTIFIERS = "own_identifiers"
    """The reporter's own identifiers, beside the words."""
    IDENTITY_NUMBERS = "identity_numbers"
    """Of identity cards, in the words as they are printed; the record has the words as sent."""
    ORIGINALS = "originals"
    """Files: an original opens by motive, each time as an event."""
    NOTES = "notes"
    """Notes between colleagues."""
    MARKS = "marks"
    """Marks of nights, such as that a person read the case: their digests stand."""
    ENTRIES = "entries"
    """Entries that tell of cases which do not exist for the reader: their hashes stand."""


class PackageDraft(BaseModel):
    """The content of a package."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    format: Literal["e-iblagh/dossier-package/1"] = "e-iblagh/dossier-package/1"
    dossier: Mapping[str, Any]
    """As `docs/dossier.schema.json` says, all pages in one."""
    people: Mapping[str, str]
    """The names of members of the staff, by subject."""
    seats: Mapping[str, Mapping[str, str]] = {}
    """Their role, and their unit or office and court, by subject, as they are when it is made."""
    chain: tuple[Mapping[str, Any], ...]
    """Every entry of the history as it was hashed. Of one that is withheld: number, `previous` and
    `hash`."""
    days: tuple[Mapping[str, Any], ...]
    """The chained days of the log, with the commitments that they bind."""
    sealed: Mapping[str, Any] | None = None
    """What proves by the public log where the history stood on its last day there, as
    `casework.aws.services.case_proofs` says; None before a day of the case is in the log."""
    openings: tuple[Mapping[str, Any], ...]
    """What reporters sent, part by part: content with salt, or the commitment."""
    messages: tuple[Mapping[str, Any], ...] = ()
    """What was written to them, likewise."""
    files: tuple[Mapping[str, Any], ...]
    """The kept files, with the salt by which who has one can check it, and what the nights bind of
    each."""
    exhibits: tuple[Mapping[str, Any], ...] = ()
    """The numbers of the kept files in the case, as `casework.case.exhibits` says."""
    order: int | None = None
    """The entry of the prosecutor's decision on which print covers no identity numbers."""
    withheld: Mapping[Withheld, int]


class PackageState(StrEnum):
    """Where a package stands."""

    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


class BuildResult(BaseModel):
    """How building a package ended."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    state: PackageState
    made_at: str
    """When it was asked for."""
    size: int = 0
    """Bytes of the package."""
    sha256: str = ""
    """Of the package."""
    manifest: str = ""
    """SHA-256 of its manifest, which names every file of it."""
    withheld: tuple[Withheld, ...] = ()
    order: int | None = None
    """As in the draft."""
