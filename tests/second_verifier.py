"""A second verifier of proofs, written from docs/log.md alone.

It imports nothing of the project (`tests/unit/test_second_verifier.py` looks), and must stay so:
where it and `tools/verify_log.py` differ, one of them or the page is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Wrong(Exception):
    """The proof does not hold; the text says where."""


def H(*pieces: bytes) -> bytes:  # noqa: N802  # as the page names it
    return hashlib.sha256(b"".join(pieces)).digest()


def demand(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)


def unhexed(text: str) -> bytes:
    """32 bytes."""
    demand(len(text) == 64 and set(text) <= set("0123456789abcdef"), "64 hex digits")
    return bytes.fromhex(text)


# ---- the log -------------------------------------------------------------------------------------


def signed_root(checkpoint: str, pem: bytes) -> tuple[int, bytes]:
    """Number of entries and root of a checkpoint that the key signed."""
    key = serialization.load_pem_public_key(pem)
    demand(isinstance(key, Ed25519PublicKey), "the key")
    assert isinstance(key, Ed25519PublicKey)
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    head, _, tail = checkpoint.partition("\n\n")
    name, size, root = head.split("\n")
    for line in tail.split("\n"):
        if not line.startswith(f"\N{EM DASH} {name} "):
            continue
        said = base64.b64decode(line.split(" ")[-1], validate=True)
        if said[:4] != H(name.encode(), b"\n", b"\x01", raw)[:4]:
            continue
        try:
            key.verify(said[4:], (head + "\n").encode())
        except InvalidSignature:
            continue
        return int(size), base64.b64decode(root, validate=True)
    raise Wrong("the signature of the checkpoint")


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root of an inclusion proof, recursively: the tree splits at the largest power of two."""
    if size == 1:
        demand(index == 0 and not path, "the length of the path in the log")
        return leaf
    demand(path and 0 <= index < size, "the place in the log")
    half = 1
    while half * 2 < size:
        half *= 2
    if index < half:
        return H(b"\x01", climb(leaf, index, half, path[:-1]), path[-1])
    return H(b"\x01", path[-1], climb(leaf, index - half, size - half, path[:-1]))


def check_day(statement: dict[str, Any], log: dict[str, Any], size: int, root: bytes) -> None:
    """The day stands in the log."""
    canonical = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    leaf = H(b"\x00", H(canonical.encode()))
    path = [unhexed(step) for step in log["path"]]
    demand(climb(leaf, log["index"], size, path) == root, "the day in the log")


# ---- what a reporter sent ------------------------------------------------------------------------


def check_in_day(sent: dict[str, Any], statement: dict[str, Any]) -> None:
    """The commitment stands in the tree of the day."""
    node = H(b"\x00", unhexed(sent["commitment"]))
    bits = f"{int.from_bytes(node[:8], 'big'):064b}"[::-1]
    demand(len(sent["path"]) == 64, "the length of the path in the day")
    for bit, step in zip(bits, sent["path"], strict=True):
        pair = (unhexed(step), node) if bit == "1" else (node, unhexed(step))
        node = H(b"\x01", *pair)
    demand(node.hex() == statement["reports"], "the commitment in the day")


NAMED = set("abcdefghijklmnopqrstuvwxyz0123456789_")


def opened(sent: dict[str, Any]) -> dict[str, bytes]:
    """The contents of the parts that are shown, once all parts make the commitment."""
    text, shown = "", {}
    for name in sorted(sent["parts"]):
        part = sent["parts"][name]
        demand(name and set(name) <= NAMED, "the name of a part")
        if "content" in part:
            shown[name] = base64.b64decode(part["content"], validate=True)
            told = H(unhexed(part["salt"]), H(shown[name])).hex()
        else:
            told = unhexed(part["commitment"]).hex()
        text += f"{name} {told}\n"
    demand(H(text.encode()).hex() == sent["commitment"], "the parts")
    return shown


def value(content: bytes) -> Any:
    """A value in JSON."""
    demand(content[:1] == b"J", "the kind of a part")
    return json.loads(content[1:])


def text(content: bytes, dictionary: bytes) -> str:
    """A compressed text."""
    demand(content[:1] == b"B", "the kind of a part")
    known = "6556212352da7c9974070d6d43acf411f681fc5009b3d71af7f5e1cfe35426bf"
    demand(H(dictionary).hex() == known, "the dictionary")
    stream = zlib.decompressobj(zdict=dictionary)
    read = stream.decompress(content[1:])
    demand(stream.eof, "the end of a text")
    return read.decode()


def words(shown: dict[str, bytes], dictionary: bytes) -> dict[str, Any]:
    """The texts among the shown parts, and the values beside them."""
    named = {"facts", "narrative", "content", "name"}
    values = {name: value(shown[name]) for name in {"language", "size"} & shown.keys()}
    return {**values, **{name: text(shown[name], dictionary) for name in named & shown.keys()}}


def verify(document: dict[str, Any], pem: bytes) -> dict[str, Any]:
    """What a proof shows, by what each thing is; raises Wrong."""
    proof = document.get("proof", document)
    told: dict[str, Any] = {}
    statement, log = proof["statement"], proof["log"]
    size, root = signed_root(log["checkpoint"], pem)
    check_day(statement, log, size, root)
    demand(document.get("day", statement["day"]) == statement["day"], "the day of the file")
    if "report" not in proof:
        demand("reference" not in document and "later" not in proof, "a report")
        return told
    dictionary = base64.b64decode(proof.get("dictionary", ""), validate=True)
    partition = f"REPORT#{document['reference']}"
    check_in_day(proof["report"], statement)
    shown = opened(proof["report"])
    demand(value(shown["at"]) == [partition, "REPORT"], "the reference")
    accepted = value(shown["accepted_at"])
    demand(accepted[:10] == statement["day"], "the day of the report")
    told["report"] = {"accepted_at": accepted, **words(shown, dictionary)}
    later = proof.get("later", {"days": [], "files": [], "additions": []})
    days = {}
    for each in later["days"]:
        check_day(each["statement"], each, size, root)
        days[each["statement"]["day"]] = each["statement"]
    for kind, begins, time in (
        ("files", "FILE#", "kept_at"),
        ("additions", "ADDITION#", "added_at"),
    ):
        for sent in later[kind]:
            shown = opened(sent)
            of, own = value(shown["at"])
            demand(of == partition and own.startswith(begins), "of another report")
            demand(own not in told, "listed once")
            came = value(shown[time])
            told[own] = {"came_at": came, "in_the_log": "path" in sent, **words(shown, dictionary)}
            if "path" in sent:
                demand(came[:10] == sent["day"], "the day of what came later")
                demand(sent["day"] in days, "no such day")
                check_in_day(sent, days[sent["day"]])
            if "bytes" in sent:
                said = sent["bytes"]
                digest = H(unhexed(said["salt"]), unhexed(said["sha256"])).hex()
                demand(value(shown["bound"]) == digest, "the digest of a file")
                told[own]["sha256"] = said["sha256"]
    return told


# ---- the vault -----------------------------------------------------------------------------------


def open_ciphertext(sealed: bytes, key: bytes, reference: str, number: int) -> bytes:
    """The file of a ciphertext, by the key of this file."""
    demand(sealed[0] == 1, "the format of the ciphertext")
    prefix, rest, found, chunk = sealed[1:8], sealed[8:], b"", 0
    bound = f"casework-file|1|{reference}|{number}".encode()
    while True:
        piece, rest = rest[: 2**20 + 16], rest[2**20 + 16 :]
        nonce = prefix + chunk.to_bytes(4, "big") + (b"\x00" if rest else b"\x01")
        found += AESGCM(key).decrypt(nonce, piece, bound)
        if not rest:
            return found
        chunk += 1
