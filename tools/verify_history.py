"""`make verify-history`: check that no history was changed unseen.

    --table NAME            the live table, case by case (credentials of your shell)
    --file EXPORT.jsonl     an exported history; `--export FILE` with --table writes one
    --seals FOLDER          signed heads (a copy of the seals bucket): truncation and removed cases
                            show, even if the case itself was changed to match
    --told FILE             the digests of the witnesses, a line "YYYY-MM-DD digest" for each day:
                            a seal that was replaced and signed again differs
    --key FILE              the public half of the signing key (DER or PEM), to check signatures

It names the first bad entry of each kind and exits with 1. Its memory does not grow with the
history: entries are read once, in order, and the content of the seals is in a temporary file.

An export has, for each case, a line {"case", "events", "head", "differs", "not_bound"} and then its
events in order, each {"case", "number", "move", "at", "by", "data", "previous", "hash"}. A chain of
days is a separate case, named `{case} (days)`; each of its entries has `as_bound`, whether the
day's marks match the entry. A case that is not there has `gone`, in words.
"""

from __future__ import annotations

import argparse
import base64
import json
import sqlite3
import sys
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from pydantic import ValidationError

from casework.case.day_seal import (
    INSERTED_LATER_TEXT,
    DayLeaf,
    DaySeal,
    MerkleAccumulator,
    is_successor,
)
from casework.case.history import GENESIS_HASH, CaseEvent, UnreadableEntry, find_chain_fault

FIELDS = frozenset(CaseEvent.model_fields)
DAYS: Final = " (days)"
"""The end of the name of a chain of days."""
NO_ENTRY: dict[str, Any] = {"number": 0}
"""The replacement of an invalid line."""
GONE: Final = "the case is gone, and entries of it stand"
NOTHING: Final = "nothing of this case is found"


@dataclass(frozen=True)
class Bad:
    """The first mismatch."""

    case: str
    number: int
    """0 when it is the case itself."""
    what: str

    def __str__(self) -> str:
        where = f" entry {self.number}" if self.number else ""
        return f"{self.case}{where}: {self.what}"


@dataclass
class Seen:
    """The amount that was read."""

    cases: int = 0
    entries: int = 0
    not_bound: int = 0
    """Files from before marks bound more than their bytes."""


def first_bad(
    lines: Iterable[dict[str, Any]], seen: Seen, seals: Seals | None = None
) -> Bad | None:
    """The first entry that was edited, removed, reordered or cut off; None when all verifies.

    Reads the lines once and holds one of them.
    """
    claimed: dict[str, Any] = {}  # the case's own record, and its further mismatches
    case = ""
    number, previous = 0, GENESIS_HASH
    for line in lines:
        if "number" not in line:
            bad = _cut(case, claimed, number, previous) or (
                seals.bad(case, number) if seals and case else None
            )
            if bad:
                return bad
            case, claimed = str(line["case"]), line
            number, previous = 0, GENESIS_HASH
            seen.cases += 1
            seen.not_bound += int(line.get("not_bound", 0))
            continue
        seen.entries += 1
        number += 1
        bad = _misfit(line, case, number, previous)
        if bad:
            return bad
        previous = str(line["hash"])
        if seals and (wrong := seals.misfit(case, number, previous, _day_of(line))):
            return Bad(case, number, wrong)
    return _cut(case, claimed, number, previous) or (
        (seals.bad(case, number) or seals.missing()) if seals else None
    )


def _day_of(line: dict[str, Any]) -> str:
    """The day whose seal has an entry: a chain of days is written in the night after its day."""
    data = line["data"] if line["case"].endswith(DAYS) else {}
    return str(data.get("day") or line["at"])[:10]


def _misfit(line: dict[str, Any], case: str, number: int, previous: str) -> Bad | None:
    if not line.keys() >= FIELDS:
        return Bad(case, number, "cannot be read")
    if line["case"] != case:
        return Bad(case, number, "belongs to another case")
    event = CaseEvent.model_construct(**{name: line[name] for name in FIELDS})
    wrong = find_chain_fault(event, number, previous)
    if wrong is None and not line.get("as_bound", True):
        wrong = "binds marks that were changed"
    return Bad(case, number, wrong) if wrong else None


def _cut(case: str, claimed: dict[str, Any], number: int, previous: str) -> Bad | None:
    if not case:
        return None
    if gone := claimed.get("gone"):
        return Bad(case, 0, str(gone))
    events = claimed.get("events")
    if (number, previous) == (events, claimed.get("head")):
        return next((Bad(case, number, str(each)) for each in claimed.get("differs", ())), None)
    more = isinstance(events, int) and number < events
    return Bad(case, number + 1 if more else number, "the history was cut off here")


# ---- seals -------------------------------------------------------------------------------------


class Seals:
    """Signed heads, in a temporary file: any number of them, in the memory of one."""

    def __init__(self) -> None:
        self._heads = sqlite3.connect("")  # a temporary file of SQLite
        weakref.finalize(self, self._heads.close)
        self._heads.execute(
            "CREATE TABLE heads (case_id TEXT, number INTEGER, head TEXT, seen INTEGER DEFAULT 0,"
            " PRIMARY KEY (case_id, number)) WITHOUT ROWID"
        )
        self._heads.execute(
            "CREATE TABLE days (case_id TEXT, day TEXT, events INTEGER,"
            " PRIMARY KEY (case_id, day)) WITHOUT ROWID"
        )

    def add(self, leaf: DayLeaf, day: str = "") -> None:
        """Store the part of a day's seal about a case."""
        chains = [(leaf.case, leaf.events, leaf.head)]
        if leaf.entries:
            chains.append((f"{leaf.case}{DAYS}", leaf.entries, leaf.log))
        for chain, number, head in chains:
            self._heads.execute("INSERT OR IGNORE INTO days VALUES (?, ?, ?)", (chain, day, number))
            self._heads.execute(
                "INSERT OR IGNORE INTO heads (case_id, number, head) VALUES (?, ?, ?)",
                (chain, number, head),
            )

    def sealed(self, day: str) -> None:
        """Record that this day has a seal, whatever its content."""
        self._heads.execute("INSERT OR IGNORE INTO days VALUES ('', ?, 0)", (day,))

    def days(self) -> frozenset[str]:
        """The days that have a seal."""
        found = self._heads.execute("SELECT day FROM days WHERE case_id = ''")
        return frozenset(str(day) for (day,) in found)

    def misfit(self, case: str, number: int, head: str, day: str) -> str | None:
        """The contradiction of the seals to an entry with a hash and a day; None without one."""
        if (found := self.head(case, number)) and found != head:
            return "is not the entry that was signed"
        grown = self._heads.execute(
            "SELECT case_id, events FROM days WHERE day = ? AND case_id IN ('', ?)", (day, case)
        )
        known: dict[str, int] = dict(grown.fetchall())
        if known.keys() == {""}:
            return "grew on a day that was sealed without it"
        return INSERTED_LATER_TEXT if case in known and number > known[case] else None

    def head(self, case: str, number: int) -> str | None:
        """The signed hash of an entry, if it was the head at the end of a day."""
        found = self._heads.execute(
            "SELECT head FROM heads WHERE case_id = ? AND number = ?", (case, number)
        ).fetchone()
        if found is None:
            return None
        self._heads.execute(
            "UPDATE heads SET seen = 1 WHERE case_id = ? AND number = ?", (case, number)
        )
        return str(found[0])

    def bad(self, case: str, last: int) -> Bad | None:
        """Whether a seal names a later entry of the case than the last one."""
        found = self._heads.execute(
            "SELECT MAX(number) FROM heads WHERE case_id = ?", (case,)
        ).fetchone()
        if found[0] is not None and found[0] > last:
            return Bad(case, last + 1, "was signed and is gone")
        return None

    def missing(self) -> Bad | None:
        """A case that was signed and is entirely gone."""
        found = self._heads.execute("SELECT case_id FROM heads WHERE seen = 0 LIMIT 1").fetchone()
        return Bad(str(found[0]), 1, "the whole case is gone") if found else None


def read_seals(
    folder: Path, public_key: bytes | None, told: Mapping[str, str] | None = None
) -> tuple[Seals, str | None]:
    """The heads in a copy of the seals bucket, and the errors of the seals themselves.

    `told` are the digests of the witnesses, by day.
    """
    left = dict(told or {})
    seals, earlier = Seals(), list[DaySeal]()
    paths = sorted(folder.glob("*.json"))
    if not paths:
        return seals, f"{folder}: there is no seal"
    for path in paths:
        try:
            seal = DaySeal.model_validate_json(path.read_bytes())
        except ValidationError:
            return seals, f"{path.name}: cannot be read"
        if earlier and not is_successor(seal, reversed(earlier)):
            return seals, f"{path.name}: does not follow the seal before it"
        earlier.append(seal)
        if public_key is not None and not _signed(seal, public_key):
            return seals, f"{path.name}: the signature is not of this key"
        day, digest = seal.statement.day, seal.statement.digest.hex()
        if left.pop(day, digest) != digest:
            return seals, f"{path.name}: is not the seal that witnesses were told of"
        seals.sealed(seal.statement.day)
        if wrong := _heads(path.with_suffix(".jsonl"), seal, seals):
            return seals, wrong
    if left:
        return seals, f"{min(left)}: witnesses were told of a seal that is gone"
    return seals, None


def _told(text: str) -> dict[str, str]:
    """Days and digests of the witnesses; an invalid line is a day without a seal."""
    lines = (line.partition(" ") for line in text.splitlines() if line.strip())
    return {day: digest.strip() for day, _, digest in lines}


def _heads(path: Path, seal: DaySeal, seals: Seals) -> str | None:
    """Store the heads that a seal signs; returns their error."""
    if not path.is_file():
        return f"{path.name}: is gone"
    tree = MerkleAccumulator()
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                leaf = DayLeaf.model_validate_json(line)
            except ValidationError:
                return f"{path.name}: line {number} cannot be read"
            tree.add(leaf)
            seals.add(leaf, seal.statement.day)
    if (tree.root(), tree.leaves) != (seal.statement.root, seal.statement.leaves):
        return f"{path.name}: is not what was signed"
    return None


def _signed(seal: DaySeal, public_key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = public_key.lstrip().startswith(b"-----")
    load = serialization.load_pem_public_key if pem else serialization.load_der_public_key
    key = load(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    algorithm = ec.ECDSA(hashes.SHA256())
    try:
        key.verify(base64.b64decode(seal.signature), seal.statement.canonical, algorithm)
    except InvalidSignature:
        return False
    return True


# ---- where histories are -----------------------------------------------------------------------


def of_table(
    name: str, only: str = "", sealed: Collection[str] = frozenset()
) -> Iterator[dict[str, Any]]:
    """The histories in the live table, and the chains of days after them; only those of one case,
    if it is given. `sealed` are days that have a seal."""
    from casework.aws.table import items, keys
    from casework.aws.table.wire import values_from_wire_item

    if only:
        item = items.get_item(name, keys.case_key(only))
        yield from _of_case(name, only, sealed, item) if item is not None else _gone(name, only)
        return
    known = ""  # the keys of a case come together
    for found in _found_in(name):
        item = values_from_wire_item(found)
        case = item[keys.PARTITION_KEY].partition("#")[2]
        if item[keys.SORT_KEY] == keys.CASE_SORT:
            yield from _of_case(name, case, sealed, item)
        elif case != known and items.get_item(name, keys.case_key(case)) is None:
            yield from _gone(name, case)
        known = case


def _found_in(name: str) -> Iterator[dict[str, Any]]:
    """The cases in the table, and the keys of all entries of both chains."""
    from casework.aws.services.clients import aws_client
    from casework.aws.table import keys
    from casework.aws.table.wire import to_wire_item

    begins = {
        ":case": keys.CASE_SORT,
        ":event": keys.event_key.begins,
        ":day": keys.entry_key.begins,
    }
    pages = (
        aws_client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=name,
            FilterExpression="sk = :case OR begins_with(sk, :event) OR begins_with(sk, :day)",
            ExpressionAttributeValues=to_wire_item(begins),
            ProjectionExpression="pk, sk, events, head",
            ConsistentRead=True,
        )
    )
    return (item for page in pages for item in page["Items"])


def _gone(name: str, case: str) -> Iterator[dict[str, Any]]:
    """The line of a case without its item."""
    from casework.aws.table import items, keys

    events = items.query_keys(name, keys.case_key(case)[keys.PARTITION_KEY], keys.event_key.begins)
    log = items.query_keys(name, f"{keys.mark_key.partition_begins}{case}", keys.entry_key.begins)
    stand = any(True for each in (events, log) for _ in each)
    yield {"case": case, "gone": GONE if stand else NOTHING}


def _of_case(
    name: str, case: str, sealed: Collection[str], item: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The history of a case, and its chain of days."""
    from casework.aws.table import audit_log
    from casework.aws.table.case_table import CaseTable
    from casework.aws.table.file_checks import find_unbound_files
    from casework.aws.table.verification import find_history_differences

    table = CaseTable(name)
    differs = list(find_history_differences(table, case, sealed))
    yield {
        "case": case,
        "events": item.get("events"),
        "head": item.get("head"),
        "differs": differs,
        "not_bound": sum(1 for _ in find_unbound_files(table.name, case)),
    }
    for number, event in enumerate(table.entries(case), start=1):
        yield {"case": case, **_said(event, number)}
    entries = list(audit_log.read_day_entries(name, case))  # one a day: never many
    if entries:
        chain = f"{case}{DAYS}"
        yield {"case": chain, "events": len(entries), "head": entries[-1].hash}
        before = 0
        for number, entry in enumerate(entries, start=1):
            changed = False
            if isinstance(entry, CaseEvent):
                changed = audit_log.marks_changed(name, case, entry, before)
                before = audit_log.last_committed_number(entry)
            yield {"case": chain, "as_bound": not changed, **_said(entry, number)}


def _said(entry: CaseEvent | UnreadableEntry, number: int) -> dict[str, Any]:
    """The fields of an entry; of an unreadable one, only its position."""
    return entry.model_dump(mode="json") if isinstance(entry, CaseEvent) else {"number": number}


def of_file(lines: TextIO) -> Iterator[dict[str, Any]]:
    """The histories in an export."""
    for line in lines:
        if line.strip():
            try:
                yield dict(json.loads(line))
            except (ValueError, TypeError):
                yield NO_ENTRY


def exported(lines: Iterable[dict[str, Any]], file: TextIO) -> Iterator[dict[str, Any]]:
    """The same lines, written to a file on the way."""
    for line in lines:
        file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        yield line


def main(arguments: list[str] | None = None) -> int:
    """Check, and say what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--table", help="name of the live table")
    source.add_argument("--file", type=Path, help="an exported history")
    parser.add_argument("--case", default="", help="with --table: only the case of this id")
    parser.add_argument("--export", type=Path, help="write what is read to this file")
    parser.add_argument("--seals", type=Path, help="folder with a copy of the seals")
    parser.add_argument("--told", type=Path, help="days and digests that witnesses were sent")
    parser.add_argument("--key", type=Path, help="public half of the signing key")
    said = parser.parse_args(arguments)
    if not said.table and not said.file:
        parser.error("name a table (TABLE=) or an exported history (FILE=): nothing was checked")
    seals = None
    if said.seals:
        told = _told(said.told.read_text(encoding="utf-8")) if said.told else None
        seals, wrong = read_seals(said.seals, said.key.read_bytes() if said.key else None, told)
        if wrong:
            print(f"BAD SEAL {wrong}", file=sys.stderr)
            return 1
    seen = Seen()
    with (said.file or Path("/dev/null")).open(encoding="utf-8") as read:
        lines: Iterable[dict[str, Any]] = (
            of_table(said.table, said.case, seals.days() if seals else ())
            if said.table
            else of_file(read)
        )
        if said.export:
            with said.export.open("w", encoding="utf-8") as written:
                bad = first_bad(exported(lines, written), seen, seals)
        else:
            bad = first_bad(lines, seen, seals)
    if bad is not None:
        print(f"BAD {bad}", file=sys.stderr)
        return 1
    if seen.not_bound:
        print(f"{seen.not_bound} files are bound by their bytes alone: kept by an older version.")
    print(f"{seen.entries} entries of {seen.cases} chains fit.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
