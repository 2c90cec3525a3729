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

from casework.case.export_package import PackageDraft
from casework.pack.jurisdiction import Jurisdiction
from casework.text.compression import ZLIB_DICTIONARY
from functions.dossier.labels import DOSSIER_LANGUAGES, DossierLabels
from functions.dossier.layout import DossierLayout
from functions.dossier.pdf_document import load_fonts, typeset_pdf

PACKAGES_FOLDER: Final = Path(__file__).parent
MANIFEST_NAME: Final = "manifest.json"
SIGNATURE_NAME: Final = "manifest.sig"
VERIFIER_NAME: Final = "verify_dossier.py"
ZIP_ENTRY_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of the package: the earliest that ZIP can name."""


@dataclass(frozen=True)
class BundledFiles:
    """The files that `infra.assets` puts beside the code."""

    fonts: Path = PACKAGES_FOLDER / "fonts"
    desk: Path = PACKAGES_FOLDER / "desk"
    verifier: Path = PACKAGES_FOLDER / VERIFIER_NAME


@dataclass(frozen=True)
class SignedPackage:
    """A package, and the digest of its manifest in hex."""

    content: bytes
    manifest: str


def build_package(
    draft: PackageDraft, pack: Jurisdiction, sign: Callable[[bytes], bytes], beside: BundledFiles
) -> SignedPackage:
    """The package of a draft; `sign` is given the manifest."""
    files = package_files(draft, pack, beside)
    manifest = rfc8785.dumps(build_manifest(draft, files))
    signed = {**files, MANIFEST_NAME: manifest, SIGNATURE_NAME: sign(manifest)}
    return SignedPackage(zip_package_files(signed), hashlib.sha256(manifest).hexdigest())


def package_files(
    draft: PackageDraft, pack: Jurisdiction, beside: BundledFiles
) -> dict[str, bytes]:
    """The files that the manifest names."""
    record = rfc8785.dumps(draft_to_json(draft))
    fonts = load_fonts(beside.fonts)
    pdfs = {
        f"dossier-{language}.pdf": typeset_pdf(
            DossierLayout(draft, DossierLabels(pack, language, beside.desk), fonts).document(),
            record,
            fonts=beside.fonts,
        )
        for language in DOSSIER_LANGUAGES
    }
    readmes = {
        f"README.{each}.txt": (PACKAGES_FOLDER / f"readme.{each}.txt").read_bytes()
        for each in DOSSIER_LANGUAGES
    }
    return {
        **pdfs,
        "record.json": record,
        "log.json": rfc8785.dumps(dict(draft.sealed) if draft.sealed else None),
        "evidence/files.json": rfc8785.dumps([dict(each) for each in draft.files]),
        VERIFIER_NAME: beside.verifier.read_bytes(),
        **readmes,
    }


def draft_to_json(draft: PackageDraft) -> dict[str, Any]:
    """The draft as JSON, with the dictionary by which the stored words are read."""
    told: dict[str, Any] = draft.model_dump(mode="json")
    return {**told, "dictionary": base64.b64encode(ZLIB_DICTIONARY).decode()}


def build_manifest(draft: PackageDraft, files: Mapping[str, bytes]) -> dict[str, Any]:
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


def zip_package_files(files: Mapping[str, bytes]) -> bytes:
    """The files in one stored ZIP, in the order of their names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, ZIP_ENTRY_TIME), content)
    return target.getvalue()
