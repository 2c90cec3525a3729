"""Verify that a day stands in the log of days, without the service that runs the log.

python verify_log.py PROOF.json LOG_KEY.pem [--copy FOLDER]... [--authority AUTHORITY.pem]
python verify_log.py FIGURES.json LOG_KEY.pem --copy FOLDER

It needs Python and the `openssl` command, and nothing of the service. The public key of the log
must come from elsewhere than the proof. It prints a line for each check and exits with 1 if one
fails.

A proof of a report has `report` with `commitment`, `path` and `parts`: the report stood among those
of the day, and `parts` open the commitment, so that the reference is bound, too. `later` has what
was sent after it, each on the day on which it came; whoever holds the file can leave some of it
out, and a note says so. Words are printed where the proof shows them.
Each proof has `statement` (what was signed for the day), and `log` with `index`, `path` and
`checkpoint`.
`--copy` is a folder with a copy of the log that somebody else kept: `checkpoint` and `tile/`. The
log of the proof must then be a beginning of the copy, or continue it. A copy with fewer entries
cannot show that by itself: the proof brings `continues` (`from`, `path`) for a copy of that size,
or a second `--copy` is as long as the log of the proof. Each shorter copy must be a beginning of
the longest one.

`log` may have `stamp`: what a time-stamping authority answered (RFC 3161) over the checkpoint. It
says that the checkpoint, and all days before it, existed at that time. `--authority` is the root
certificate of that authority, from elsewhere than the proof, too. Its chain is judged as of the
time of the stamp.

Instead of a proof it takes the published figures of one month, as the service answers them
(`/v1/statistics?from=2026-10&to=2026-10`): the copy must hold their digest.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TILE = 256
HASH = 32
PLACE = 64
"""Bits of the place of a report among those of its day."""
DASH = "\u2014 "
DICTIONARY = "6556212352da7c9974070d6d43acf411f681fc5009b3d71af7f5e1cfe35426bf"
"""SHA-256 of the dictionary with which words are compressed (RFC 1950)."""
LONGEST_TEXT = 1_000_000
"""Bytes of a text that is shown."""
WORDS = ("facts", "narrative", "content", "name")
"""The parts that are compressed words."""
VALUES = ("language", "size")
"""The parts that are shown with words, and are a text or a number."""
NAME, DIGEST = re.compile("[a-z0-9_]+"), re.compile("[0-9a-f]{64}")
"""The name of a part, and 32 bytes in hex."""
NOT_ALL = (
    "what is in this file was sent; it does not show that nothing else was: whoever holds it can"
    " leave out what came later"
)
MARK, SIGNATURE = 4, 64
"""Bytes of a signature line: the name of the key, and the signature."""
DAYS_STATEMENT = {"day", "sealed_at", "leaves", "root", "previous"}


def sha(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def unhexed(text: str) -> bytes:
    """32 bytes; raises ValueError for what is not their one writing."""
    if not DIGEST.fullmatch(text):
        raise ValueError(text)
    return bytes.fromhex(text)


def canonical(value: Any) -> bytes:
    """RFC 8785, for texts in ASCII, whole numbers, lists and objects of them."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def root_from(entry: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which the proof of an entry leads; empty when it is none (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return b""
    node, at, last = sha(b"\0" + entry), index, size - 1
    for step in path:
        if last == 0:
            return b""
        if at & 1 or at == last:
            node = sha(b"\1" + step + node)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            node = sha(b"\1" + node + step)
        at, last = at >> 1, last >> 1
    return node if last == 0 else b""


def continues(old: bytes, first: int, new: bytes, second: int, path: list[bytes]) -> bool:
    """Whether a tree of `second` entries continues one of `first` (RFC 9162, 2.1.4.2)."""
    if not 0 < first < second or not path:
        return False
    steps = [old, *path] if first & (first - 1) == 0 else path
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, now = sha(b"\1" + step + was), sha(b"\1" + step + now)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            now = sha(b"\1" + now + step)
        at, last = at >> 1, last >> 1
    return last == 0 and (was, now) == (old, new)


def root_of(entries: list[bytes]) -> bytes:
    """The root over entries (RFC 6962, 2.1)."""
    level = [sha(b"\0" + entry) for entry in entries] or [sha(b"")]
    while len(level) > 1:
        pairs = [sha(b"\1" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
    return level[0]


@dataclass(frozen=True)
class Checkpoint:
    """A signed note of the log (c2sp.org/tlog-checkpoint)."""

    note: str

    @property
    def text(self) -> str:
        """What is signed."""
        return self.note.rpartition("\n\n")[0] + "\n"

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.text.split("\n")[0]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return int(self.text.split("\n")[1])

    @property
    def root(self) -> bytes:
        """The root over them."""
        return base64.b64decode(self.text.split("\n")[2], validate=True)

    def signed_by(self, key: Path) -> bool:
        """Whether a line of it is a signature of this key."""
        der = openssl_says(["pkey", "-pubin", "-in", str(key), "-outform", "DER"])
        named = self.origin.encode() + b"\n\x01" + der[-HASH:]
        for line in self.note.rpartition("\n\n")[2].splitlines():
            if line.startswith(f"{DASH}{self.origin} "):
                said = base64.b64decode(line.rpartition(" ")[2], validate=True)
                if said[:MARK] == sha(named)[:MARK] and len(said) == MARK + SIGNATURE:
                    return openssl(
                        ["pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"],
                        {"-in": self.text.encode(), "-sigfile": said[MARK:]},
                    )
        return False


def openssl(words: list[str], files: dict[str, bytes]) -> bool:
    """Whether openssl agrees, with files of these contents as its options."""
    with tempfile.TemporaryDirectory() as folder:
        for number, (option, content) in enumerate(files.items()):
            path = Path(folder, str(number))
            path.write_bytes(content)
            words = [*words, option, str(path)]
        done = subprocess.run(["openssl", *words], capture_output=True, check=False)
    return done.returncode == 0


def openssl_says(words: list[str]) -> bytes:
    """What openssl writes; raises CalledProcessError when it refuses."""
    return subprocess.run(["openssl", *words], capture_output=True, check=True).stdout


def copied_entries(folder: Path, size: int) -> list[bytes]:
    """The entries of a copy; raises ValueError when the copy is not whole."""
    entries: list[bytes] = []
    for number in range((size + TILE - 1) // TILE):
        width = min(TILE, size - number * TILE)
        named = f"{number % 1_000:03d}"
        rest = number
        while rest := rest // 1_000:
            named = f"x{rest % 1_000:03d}/{named}"
        partial = "" if width == TILE else f".p/{width}"
        body = (folder / f"tile/entries/{named}{partial}").read_bytes()
        if len(body) != width * (HASH + 2):
            raise ValueError(named)
        entries += [body[at + 2 : at + 2 + HASH] for at in range(0, len(body), HASH + 2)]
    return entries


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def stamped_at(stamp: bytes) -> datetime:
    """The time that a stamp names; raises ValueError where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "stamp")
        path.write_bytes(stamp)
        said = openssl_says(["ts", "-reply", "-in", str(path), "-text"]).decode(errors="replace")
    found = re.search(
        r"^Time stamp: (\w{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)\S* (\d{4}) GMT$", said, re.MULTILINE
    )
    if found is None:
        raise ValueError("no time")
    month, day, hour, minute, second, year = found.groups()
    whole = (int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second))
    return datetime(*whole, tzinfo=UTC)


def checks_of_stamp(log: dict[str, Any], authority: Path) -> Iterator[tuple[str, bool]]:
    """Whether an authority outside stamped this very checkpoint."""
    if "stamp" not in log:
        yield "the proof has a time stamp", False
        return
    stamp = base64.b64decode(log["stamp"], validate=True)
    at = stamped_at(stamp)
    holds = openssl(
        ["ts", "-verify", "-CAfile", str(authority), "-attime", str(int(at.timestamp()))],
        {"-data": log["checkpoint"].encode(), "-in": stamp},
    )
    yield f"the authority stamped this checkpoint at {at:%Y-%m-%d %H:%M:%S} UTC", holds


Check = tuple[str, bool | None]
"""A check by name, and whether it holds; None for a note."""


def checks(
    document: dict[str, Any], key: Path, copies: list[Path], authority: Path | None
) -> Iterator[Check]:
    """Each check by name, and whether it holds; raises an error for what is no proof at all."""
    proof = document.get("proof") or document
    statement, log = proof["statement"], proof["log"]
    checkpoint = Checkpoint(log["checkpoint"])
    entry = sha(canonical(statement))
    path = [unhexed(step) for step in log["path"]]
    if "report" in proof:
        yield from checks_of_report(document, proof["report"], statement)
    elif "reference" in document:
        yield not_bound(document["reference"]), False
    yield f"it is the statement of the day {statement['day']}", statement.keys() >= DAYS_STATEMENT
    if "day" in document:
        named = document["day"]
        yield f"the day of the file, {named}, is that of the statement", named == statement["day"]
    found = root_from(entry, log["index"], checkpoint.size, path)
    yield "the log holds the statement", found == checkpoint.root
    yield "the key of the log signed its checkpoint", checkpoint.signed_by(key)
    if "later" in proof:
        yield from checks_of_later(document, proof["later"], checkpoint)
    if "report" in proof:
        yield NOT_ALL, None
    if authority is not None:
        yield from checks_of_stamp(log, authority)
    if copies:
        yield from with_copies(copies, key, checkpoint, log, entry)


def checks_of_figures(
    answer: dict[str, Any], key: Path, folder: Path
) -> Iterator[tuple[str, bool]]:
    """Whether a copy of the log holds the figures of a month as they are told now."""
    copy = Copy.read(folder)
    yield from checks_of_copy(copy, key)
    month = answer["first"]
    yield "they are the figures of one month", answer["last"] == month
    said = {
        "month": month,
        "figures": sorted(
            [each["table"], each["row"], known(each, "count")] for each in answer["figures"]
        ),
        "times": sorted(
            [
                each["measure"],
                each["priority"],
                known(each, "median_seconds"),
                known(each, "p90_seconds"),
            ]
            for each in answer["times"]
        ),
    }
    yield f"the copy holds these figures of {month}", sha(canonical(said)) in copy.entries


def known(row: dict[str, Any], name: str) -> Any:
    """A number, or the empty text for one that is withheld."""
    value = row.get(name)
    return "" if value is None else value


def checks_of_report(
    document: dict[str, Any], report: dict[str, Any], statement: dict[str, Any]
) -> Iterator[Check]:
    """Whether a report stands in its day, and is the one that the file names.

    A file from before parts were told has none: it binds no reference, and says so.
    """
    yield "the day holds the report", in_the_day(report, statement.get("reports", ""))
    named = document.get("reference")
    if "parts" not in report:
        if named is not None:
            yield not_bound(named), False
        return
    parts = {name: Part.read(said) for name, said in report["parts"].items()}
    bound = binds(report["commitment"], parts)
    yield "the commitment binds the parts of the report", bound
    at = parts["at"].value
    yield f"the report has the reference {named}", bound and at == [f"REPORT#{named}", "REPORT"]
    accepted = parts["accepted_at"].value
    yield f"the report was accepted at {accepted}, on that day", bound and on(accepted, statement)


def not_bound(reference: str) -> str:
    """What is said of a file whose reference could be any other."""
    return f"this older file does not bind the reference {reference}: ask for it again"


def checks_of_later(
    document: dict[str, Any], later: dict[str, Any], checkpoint: Checkpoint
) -> Iterator[Check]:
    """Whether each file and addition is of this report, and stands in the day on which it came."""
    days = {}
    for each in later["days"]:
        statement = each["statement"]
        path = [unhexed(step) for step in each["path"]]
        found = root_from(sha(canonical(statement)), each["index"], checkpoint.size, path)
        holds = found == checkpoint.root and statement.keys() >= DAYS_STATEMENT
        yield f"the log holds the statement of {statement['day']}", holds
        days[statement["day"]] = statement
    files = [("FILE", each) for each in later["files"]]
    seen = set()
    for listed, each in (*files, *(("ADDITION", each) for each in later["additions"])):
        parts = {name: Part.read(said) for name, said in each["parts"].items()}
        report, own = parts["at"].value
        kind, _, number = str(own).partition("#")
        named = f"file {int(number)}" if kind == "FILE" else f"addition {number}"
        if str(own) in seen:
            yield f"{named} is listed twice", False
        seen.add(str(own))
        bound = binds(each["commitment"], parts)
        yield f"the commitment binds the parts of {named}", bound
        came = parts["kept_at" if kind == "FILE" else "added_at"].value
        of_it = bound and report == f"REPORT#{document.get('reference')}" and kind == listed
        yield f"{named} is of this report, and came at {came}", of_it
        if "path" not in each:
            yield f"no night has bound {named} in this file: it shows nothing of it", None
            continue
        statement = days.get(each["day"], {})
        holds = bool(statement) and in_the_day(each, statement.get("reports", ""))
        yield f"the day {each['day']} holds {named}", holds and bound and on(came, statement)
        if "bytes" in each:
            said = each["bytes"]
            digest = sha(unhexed(said["salt"]) + unhexed(said["sha256"])).hex()
            holds = bound and parts["bound"].value == digest
            yield f"{named} has the SHA-256 {said['sha256']}", holds


def on(time: str, statement: dict[str, Any]) -> bool:
    """Whether a time is on the day of a statement."""
    return bool(time[: len("2026-01-01")] == statement["day"])


def words_in(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The words that a proof shows, and where they stand, without those that no night has bound;
    raises ValueError or zlib.error."""
    proof = document.get("proof") or document
    dictionary = base64.b64decode(proof.get("dictionary", ""), validate=True)
    later = proof.get("later") or {"files": [], "additions": []}
    report = [("report", proof["report"])] if "report" in proof else []
    files = [("file", each) for each in later["files"]]
    for what, sent in (*report, *files, *(("addition", each) for each in later["additions"])):
        parts = {name: Part.read(said) for name, said in sent.get("parts", {}).items()}
        of = parts["at"].value[1] if what != "report" else what
        for name in (*WORDS, *VALUES) if "path" in sent else ():
            content = parts[name].content if name in parts else None
            if content is not None:
                value = name in VALUES
                told = str(parts[name].value) if value else unfolded(content, dictionary)
                yield f"{name} of {of}", told


def unfolded(content: bytes, dictionary: bytes) -> str:
    """The text of a part that is compressed."""
    if content[:1] != b"B" or sha(dictionary).hex() != DICTIONARY:
        raise ValueError("no compressed text, or not by the known dictionary")
    unfolding = zlib.decompressobj(zdict=dictionary)
    text = unfolding.decompress(content[1:], LONGEST_TEXT)
    if not unfolding.eof:
        raise ValueError("the text is not whole")
    return text.decode()


def printed(text: str) -> str:
    """A text for a terminal: signs that do something there are written out."""
    signs = (
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
    return "".join(signs)


@dataclass(frozen=True)
class Part:
    """A part of a commitment: with its content where it is shown."""

    commitment: str
    content: bytes | None = None

    @classmethod
    def read(cls, said: dict[str, str]) -> Part:
        """A part as a file has it."""
        if "content" not in said:
            return cls(unhexed(said["commitment"]).hex())
        content = base64.b64decode(said["content"], validate=True)
        return cls(sha(unhexed(said["salt"]) + sha(content)).hex(), content)

    @property
    def value(self) -> Any:
        """The JSON value that is shown; raises ValueError where there is none."""
        if self.content is None or self.content[:1] != b"J":
            raise ValueError("no value is shown")
        return json.loads(self.content[1:])


def binds(commitment: str, parts: dict[str, Part]) -> bool:
    """Whether the commitment is that over parts by their names.

    A name is not just any text: one with a line feed in it could stand for two parts.
    """
    lines = (f"{name} {part.commitment}\n" for name, part in sorted(parts.items()))
    named = all(NAME.fullmatch(name) for name in parts)
    return named and sha("".join(lines).encode()).hex() == commitment


def in_the_day(report: dict[str, Any], root: str) -> bool:
    """Whether a path leads from a report to the root over the reports of its day.

    The place of a report is the first 64 bits of its leaf, and every path has 64 steps.
    """
    node = sha(b"\0" + unhexed(report["commitment"]))
    place = int.from_bytes(node[: PLACE // 8], "big")
    for step in map(bytes.fromhex, report["path"]):
        node = sha(b"\1" + (step + node if place & 1 else node + step))
        place >>= 1
    return len(report["path"]) == PLACE and node.hex() == root


@dataclass(frozen=True)
class Copy:
    """A copy of the log that somebody kept."""

    checkpoint: Checkpoint
    entries: list[bytes]

    @classmethod
    def read(cls, folder: Path) -> Copy:
        """The copy in a folder; raises OSError or ValueError when it is not whole."""
        checkpoint = Checkpoint((folder / "checkpoint").read_text(encoding="utf-8"))
        return cls(checkpoint, copied_entries(folder, checkpoint.size))

    def begins(self, size: int, root: bytes) -> bool:
        """Whether a log of this size and root is a beginning of the copy."""
        return 0 < size <= self.checkpoint.size and root_of(self.entries[:size]) == root


def with_copies(
    folders: list[Path], key: Path, checkpoint: Checkpoint, log: dict[str, Any], entry: bytes
) -> Iterator[tuple[str, bool]]:
    """What copies of the log say of a checkpoint and of an entry: the longest of the whole, and
    each other one of its beginning."""
    copies = [Copy.read(folder) for folder in folders]
    longest = max(copies, key=lambda each: each.checkpoint.size)
    for copy in copies:
        yield from checks_of_copy(copy, key)
        if copy is not longest:
            size, root = copy.checkpoint.size, copy.checkpoint.root
            yield f"the longest copy continues that of {size} entries", longest.begins(size, root)
    size, there = checkpoint.size, longest.checkpoint.size
    if size <= there:
        yield "the copy continues the log of the proof", longest.begins(size, checkpoint.root)
    else:
        brought = log.get("continues") or {}
        if brought.get("from") != there:
            yield too_old(there, size), False
        else:
            path = [unhexed(step) for step in brought["path"]]
            root = longest.checkpoint.root
            holds = continues(root, there, checkpoint.root, size, path)
            yield "the log of the proof continues the copy", holds
    if log["index"] < there:
        yield "the copy holds the statement at its place", longest.entries[log["index"]] == entry


def too_old(there: int, size: int) -> str:
    """Why a copy says nothing of a proof, and what would."""
    return (
        f"the copy has {there} entries and the log of the proof {size}: nothing shows that they are"
        f" one log. Ask for a proof that continues {there} entries, or fetch the log anew into"
        f" another folder, up to entry {size} at least, and give both with --copy"
    )


def checks_of_copy(copy: Copy, key: Path) -> Iterator[tuple[str, bool]]:
    """Whether a copy is what the log signed."""
    yield "the key of the log signed the checkpoint of the copy", copy.checkpoint.signed_by(key)
    yield "the copy is whole", root_of(copy.entries) == copy.checkpoint.root


SAID = {True: "ok   ", False: "FAIL ", None: "note "}


def main(arguments: list[str] | None = None) -> int:
    """Verify, and say what holds and what does not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("proof", type=Path, help="the proof, or the figures of a month, in JSON")
    parser.add_argument("key", type=Path, help="public key of the log in PEM, from elsewhere")
    parser.add_argument(
        "--copy",
        type=Path,
        action="append",
        default=[],
        help="a folder with a copy of the log; may be given again for an older one",
    )
    parser.add_argument(
        "--authority", type=Path, help="root certificate of the authority of the time stamp, in PEM"
    )
    said = parser.parse_args(arguments)
    good = True
    try:
        found: Iterator[Check]
        document = json.loads(said.proof.read_text(encoding="utf-8"))
        if "figures" in document:
            if len(said.copy) != 1:
                parser.error("figures are compared with one copy of the log: give --copy")
            found = checks_of_figures(document, said.key, said.copy[0])
        else:
            proof = document.get("proof") or document
            found = checks(document, said.key, said.copy, said.authority)
            if said.authority is None and "stamp" in proof.get("log", {}):
                print("note it has a time stamp: give --authority to have it checked")
        for what, holds in found:
            print(SAID[holds] + printed(what))
            good = good and holds is not False
        if good:
            for where, text in words_in(document):
                print(f"text {printed(where)}")
                print("".join(f"     | {printed(line)}\n" for line in text.split("\n")), end="")
    except FileNotFoundError as error:
        print(printed(f"FAIL it cannot be read: there is no {error.filename}"))
        good = False
    except (
        *(KeyError, IndexError, ValueError, TypeError, AttributeError, OSError),
        *(binascii.Error, subprocess.CalledProcessError, zlib.error),
    ) as error:
        print(f"FAIL it cannot be read ({type(error).__name__})")
        good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
