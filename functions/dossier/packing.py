"""Makes the package of a draft: the same bytes for the same draft, but for the signature.

dossier-fr.pdf dossier-ar.pdf      the dossier, with the record inside
record.json                        the draft in its canonical form (RFC 8785)
log.json                           the last day of the case that is in the public log, and its proof
evidence/files.json                the kept files and their commitments; originals go beside it
manifest.json                      every file above and below by digest, canonical
manifest.sig                       its signature, ECDSA P-256 with SHA-256, in DER
verify_dossier.py README.*.txt
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import rfc8785

from casework.case.package import Draft
from casework.pack.jurisdiction import Jurisdiction
from casework.text.folding import DICTIONARY
from functions.dossier.naming import LANGUAGES, Names
from functions.dossier.telling import Telling
from functions.dossier.typesetting import fonts_in, set_as_pdf

HERE: Final = Path(__file__).parent
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
VERIFIER: Final = "verify_dossier.py"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of the package: the earliest that ZIP can name."""


@dataclass(frozen=True)
class Beside:
    """The files that `infra.assets` puts beside the code."""

    fonts: Path = HERE / "fonts"
    desk: Path = HERE / "desk"
    verifier: Path = HERE / VERIFIER


@dataclass(frozen=True)
class Package:
    """A package, and the digest of its manifest in hex."""

    content: bytes
    manifest: str


def package_of(
    draft: Draft, pack: Jurisdiction, sign: Callable[[bytes], bytes], beside: Beside
) -> Package:
    """The package of a draft; `sign` is given the manifest."""
    files = contents(draft, pack, beside)
    manifest = rfc8785.dumps(manifest_of(draft, files))
    signed = {**files, MANIFEST: manifest, SIGNATURE: sign(manifest)}
    return Package(zipped(signed), hashlib.sha256(manifest).hexdigest())


def contents(draft: Draft, pack: Jurisdiction, beside: Beside) -> dict[str, bytes]:
    """The files that the manifest names."""
    record = rfc8785.dumps(record_of(draft))
    fonts = fonts_in(beside.fonts)
    pdfs = {
        f"dossier-{language}.pdf": set_as_pdf(
            Telling(draft, Names(pack, language, beside.desk), fonts).document(),
            record,
            fonts=beside.fonts,
        )
        for language in LANGUAGES
    }
    readmes = {
        f"README.{each}.txt": (HERE / f"readme.{each}.txt").read_bytes() for each in LANGUAGES
    }
    return {
        **pdfs,
        "record.json": record,
        "log.json": rfc8785.dumps(dict(draft.sealed) if draft.sealed else None),
        "evidence/files.json": rfc8785.dumps([dict(each) for each in draft.files]),
        VERIFIER: beside.verifier.read_bytes(),
        **readmes,
    }


def record_of(draft: Draft) -> dict[str, Any]:
    """The draft as JSON, with the dictionary by which the stored words are read."""
    told: dict[str, Any] = draft.model_dump(mode="json")
    return {**told, "dictionary": base64.b64encode(DICTIONARY).decode()}


def manifest_of(draft: Draft, files: Mapping[str, bytes]) -> dict[str, Any]:
    """What is signed."""
    return {
        "format": draft.format,
        "case": draft.dossier["id"],
        "made_at": draft.dossier["made_at"],
        "head": draft.dossier["head"],
        "entries": len(draft.chain),
        "withheld": {str(kind): count for kind, count in draft.withheld.items()},
        "files": [
            {
                "path": path,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for path, content in sorted(files.items())
        ],
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in one stored ZIP, in the order of their names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, EPOCH), content)
    return target.getvalue()
