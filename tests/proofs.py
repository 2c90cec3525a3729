"""A proof of a report with what came later, made without a service: as the nights would make it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from casework.case import report_tree, transparency_log
from casework.case.commitment import commit_to_digest, commit_to_parts, open_commitment
from casework.case.day_seal import SealStatement
from casework.case.transparency_log import LogCheckpoint, leaf_hash, merkle_root
from casework.text.compression import ZLIB_DICTIONARY, compress_text

REFERENCE = "ABCD-EFGH-JKMN-PQRS"
ORIGIN = "portal.example/log"
FIRST, SECOND = "2026-10-06", "2026-10-07"
NARRATIVE = "Il menace\u202e de tout publier.\nصورتي على فيسبوك <b>demain</b>"
PICTURE = hashlib.sha256(b"a picture").digest()
SECRET = hashlib.sha256(b"the secret of a day").digest()
REPORT = {
    "at": [f"REPORT#{REFERENCE}", "REPORT"],
    "accepted_at": f"{FIRST}T09:12:33.000Z",
    "facts": compress_text('{"category":"fraud"}'),
    "narrative": compress_text(NARRATIVE),
    "verifier": bytes(32),
}
ADDITION = {
    "at": [f"REPORT#{REFERENCE}", "ADDITION#one-more"],
    "added_at": f"{SECOND}T10:00:00.000Z",
    "content": compress_text('{"text":"Il a écrit encore."}'),
}
FILE = {
    "at": [f"REPORT#{REFERENCE}", "FILE#001"],
    "kept_at": f"{FIRST}T09:20:00.000Z",
    "name": compress_text("capture.png"),
    "size": 9,
    "bound": commit_to_digest(bytes(32), PICTURE),
}
SHOWN = frozenset({"at", "accepted_at", "added_at", "kept_at"})
WORDS = SHOWN | {"facts", "narrative", "content", "name", "size", "bound"}


@dataclass(frozen=True)
class Log:
    """A log that holds the days of a proof, and whoever signs it."""

    entries: list[bytes]
    key: Path
    sign: Callable[[LogCheckpoint], bytes]

    @property
    def checkpoint(self) -> str:
        """The signed checkpoint."""
        root = merkle_root([leaf_hash(each) for each in self.entries])
        return self.sign(LogCheckpoint(ORIGIN, len(self.entries), root)).decode()

    def place(self, entry: bytes) -> dict[str, Any]:
        """Index and path of an entry."""
        index = self.entries.index(entry)
        leaves = [leaf_hash(each) for each in self.entries]
        return {
            "index": index,
            "path": [step.hex() for step in transparency_log.log_inclusion_path(leaves, index)],
        }

    def copy_into(self, folder: Path) -> Path:
        """A copy of the public files."""
        for path, held in transparency_log.entry_bundles(len(self.entries)):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(transparency_log.encode_bundle(self.entries[held.start : held.stop]))
        (folder / "checkpoint").write_text(self.checkpoint)
        return folder


def a_key(folder: Path, name: str = "log.pem") -> tuple[Path, Callable[[LogCheckpoint], bytes]]:
    """A public key in a file, and what signs with it."""
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key()
    path = folder / name
    path.write_bytes(
        public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def sign(said: LogCheckpoint) -> bytes:
        mark = transparency_log.key_hash(said.origin, raw)
        return transparency_log.sign_checkpoint_note(said, mark, key.sign(said.text.encode()))

    return path, sign


@cache
def _sealed_days() -> tuple[dict[str, SealStatement], dict[str, report_tree.SparseMerkleTree]]:
    """The statement and the tree of each day."""
    statements, trees = {}, {}
    for day, sent in {FIRST: (REPORT, FILE), SECOND: (ADDITION,)}.items():
        others = [hashlib.sha256(f"{day} {each}".encode()).digest() for each in range(5)]
        made = [bytes.fromhex(commit_to_parts(_salt(each), each)) for each in sent]
        trees[day] = report_tree.build_tree([*made, *others], SECRET)
        statements[day] = SealStatement(
            day=day, sealed_at=f"{day}T23:59:59.000Z", leaves=7, root="1" * 64,
            previous="2" * 64, reports=trees[day].root.hex(),
        )  # fmt: skip
    return statements, trees


def a_proof(folder: Path, *, words: bool = True) -> tuple[dict[str, Any], Log]:
    """A proof of a report with a file of its day, and an addition of the day after."""
    statements, trees = _sealed_days()
    filled = [hashlib.sha256(bytes([number])).digest() for number in range(9)]
    ours = [each.digest for each in statements.values()]
    log = Log([*filled[:4], *ours, *filled[4:]], *a_key(folder))

    def told(day: str, parts: Mapping[str, Any]) -> dict[str, Any]:
        commitment = commit_to_parts(_salt(parts), parts)
        leaf = leaf_hash(bytes.fromhex(commitment))
        tree = trees[day]
        part = tree.parts[report_tree.subtree_index(leaf)]
        path = report_tree.report_inclusion_path(leaf, part, tree.tops, tree.secret)
        assert path is not None
        return {
            "commitment": commitment,
            "path": [step.hex() for step in path],
            "parts": open_commitment(_salt(parts), parts, WORDS if words else SHOWN),
        }

    file = {"day": FIRST, **told(FIRST, FILE)}
    if words:
        file["bytes"] = {"salt": bytes(32).hex(), "sha256": PICTURE.hex()}
    addition = {"day": SECOND, **told(SECOND, ADDITION)}
    proof: dict[str, Any] = {
        "report": told(FIRST, REPORT),
        "statement": statements[FIRST].signed_fields,
        "log": {**log.place(statements[FIRST].digest), "checkpoint": log.checkpoint},
        "later": {
            "days": [
                {"statement": each.signed_fields, **log.place(each.digest)}
                for each in statements.values()
            ],
            "files": [file],
            "additions": [addition],
        },
    }
    if words:
        proof["dictionary"] = base64.b64encode(ZLIB_DICTIONARY).decode()
    return {"reference": REFERENCE, "day": FIRST, "ready_from": "", "proof": proof}, log


def _salt(parts: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(str(parts["at"]).encode()).digest()


Edit = Callable[[dict[str, Any]], Any]


def commitment_of(part: Mapping[str, str]) -> str:
    """The commitment of one part, shown or not."""
    if "content" not in part:
        return part["commitment"]
    digest = hashlib.sha256(base64.b64decode(part["content"])).digest()
    return commit_to_digest(bytes.fromhex(part["salt"]), digest)


def as_one(parts: dict[str, Any], one: str, other: str) -> None:
    """Two parts that follow each other become one, whose name holds the line of the first."""
    named = f"{one} {commitment_of(parts.pop(one))}\n{other}"
    parts[named] = {"commitment": commitment_of(parts.pop(other))}


def of(kind: str, number: int = 0) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def found(document: dict[str, Any]) -> dict[str, Any]:
        proof = document["proof"]
        one: dict[str, Any] = proof["report"] if kind == "report" else proof["later"][kind][number]
        return one

    return found


THE_REPORT, THE_FILE, THE_ADDITION, THE_DAY = (
    of("report"),
    of("files"),
    of("additions"),
    of("days", 1),
)
FORGED: dict[str, Edit] = {
    "another reference": lambda said: said.update(reference="ABCD-EFGH-JKMN-PQRT"),
    "the parts taken out": lambda said: THE_REPORT(said).pop("parts"),
    "a word exchanged": lambda said: THE_REPORT(said)["parts"].update(
        narrative=THE_REPORT(said)["parts"]["facts"]
    ),
    "a part left out": lambda said: THE_REPORT(said)["parts"].pop("verifier"),
    "another commitment": lambda said: THE_REPORT(said).update(commitment="0" * 64),
    "a shorter path": lambda said: THE_REPORT(said)["path"].pop(),
    "another day": lambda said: said["proof"]["statement"].update(day="2026-10-08"),
    "another place": lambda said: said["proof"]["log"].update(index=5),
    "a longer path of the day": lambda said: said["proof"]["log"]["path"].append("0" * 64),
    "a larger log": lambda said: said["proof"]["log"].update(
        checkpoint=said["proof"]["log"]["checkpoint"].replace("\n11\n", "\n12\n")
    ),
    "another signature": lambda said: said["proof"]["log"].update(
        checkpoint=said["proof"]["log"]["checkpoint"][:-30]
        + "AAAAAAAA"
        + said["proof"]["log"]["checkpoint"][-22:]
    ),
    "the digest of a file": lambda said: THE_FILE(said)["bytes"].update(sha256="0" * 64),
    "the day of a file": lambda said: THE_FILE(said).update(day="2026-10-07"),
    "the path of an addition": lambda said: THE_ADDITION(said).update(path=THE_FILE(said)["path"]),
    "an addition as a file": lambda said: said["proof"]["later"].update(files=[THE_ADDITION(said)]),
    "an addition without its path": lambda said: THE_ADDITION(said).pop("path"),
    "a later statement": lambda said: THE_DAY(said)["statement"].update(reports="0" * 64),
    "two parts as one": lambda said: as_one(THE_REPORT(said)["parts"], "facts", "narrative"),
    "two parts of a file as one": lambda said: as_one(THE_FILE(said)["parts"], "kept_at", "name"),
    "a part without a name": lambda said: THE_REPORT(said)["parts"].update(
        {"": {"commitment": "0" * 64}}
    ),
    "a commitment in capitals": lambda said: THE_REPORT(said)["parts"]["verifier"].update(
        commitment=commitment_of(THE_REPORT(said)["parts"]["verifier"]).upper()
    ),
    "a digest of another length": lambda said: THE_FILE(said).update(
        bytes={
            "salt": "",
            "sha256": THE_FILE(said)["bytes"]["salt"] + THE_FILE(said)["bytes"]["sha256"],
        }
    ),
    "the day of the proof": lambda said: said.update(day="2026-11-30"),
    "the report taken out": lambda said: said["proof"].pop("report"),
    "the report and what came later taken out": lambda said: [
        said["proof"].pop(each) for each in ("report", "later")
    ],
    "a file listed twice": lambda said: said["proof"]["later"]["files"].append(THE_FILE(said)),
    "an addition listed twice": lambda said: said["proof"]["later"]["additions"].append(
        {name: told for name, told in THE_ADDITION(said).items() if name != "path"}
    ),
    "an addition left out": lambda said: said["proof"]["later"]["additions"].pop(),
    "all that came later left out": lambda said: said["proof"].pop("later"),
    "nothing": lambda said: None,
}
"""What somebody may do to a proof, by its name."""
HONEST = {
    *("nothing", "an addition without its path", "an addition left out"),
    "all that came later left out",
}
"""Those of which what is left still holds."""
