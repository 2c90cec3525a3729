"""Verify the package of a dossier, without the service that made it.

python verify_dossier.py FOLDER KEY.pem [--log LOG_KEY.pem]

It needs Python 3.11 and the `openssl` command, and nothing of the service. This program and the
public key must come from elsewhere than the package: a forger would put their own ones beside it.
The portal publishes the key at `/log/keys/dossiers.pem`: compare its SHA-256 with what its owner
says.
So must the key of the public log of days, which shows that the history stood on a day as it stands
here.
It prints a line for each check, and the result in the last lines. It exits with 1 if a check fails,
and with 2 if the key cannot be read.
Originals that an officer opened by motive go into `evidence/`, under the path that
`evidence/files.json` gives them.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MANIFEST, SIGNATURE, RECORD = "manifest.json", "manifest.sig", "record.json"
START = ""
"""`previous` of the first entry."""
DASH = "\u2014 "
MARK, SIGNATURE_BYTES, HASH = 4, 64, 32
"""Bytes of a signature line of the log: name of the key and signature; and of a hash."""
Check = tuple[str, bool]
READING = (KeyError, IndexError, ValueError, TypeError, AttributeError, OSError, zlib.error)
"""What the parts of something that is no package raise."""
SIGNED = "the key signed the manifest"
RESULTS = {
    True: (
        "VÉRIFIÉ : le paquet est entier et cette clé l’a signé.",
        "تم التحقق: الحزمة كاملة وقد وقعها هذا المفتاح.",
        "VERIFIED: the package is whole, and this key signed it.",
    ),
    False: (
        "NON VÉRIFIÉ : ce que nomment les lignes FAIL ne tient pas. Échecs : {n}.",
        "لم يتم التحقق: ما تسميه أسطر FAIL لا يثبت. عدد الإخفاقات: {n}.",
        "NOT VERIFIED: what the lines FAIL name does not hold. Failures: {n}.",
    ),
}
OTHER_KEY = (
    "Si seule la signature échoue, la clé est peut-être celle d’un autre service.",
    "إذا أخفق التوقيع وحده فقد يكون المفتاح مفتاح مصلحة أخرى.",
    "If the signature alone fails, the key may be that of another service.",
)
NO_KEY = (
    "{key} : aucune clé publique en PEM (-----BEGIN PUBLIC KEY-----).",
    "{key}: لا يوجد مفتاح عمومي بصيغة PEM.",
    "{key}: no public key in PEM (-----BEGIN PUBLIC KEY-----).",
)


def sha(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def canonical(value: Any) -> bytes:
    """RFC 8785: sorted names, no spaces, numbers as ECMAScript writes them."""
    match value:
        case dict():
            by_name = sorted(value.items(), key=lambda each: each[0].encode("utf-16-be"))
            pairs = (canonical(name) + b":" + canonical(of) for name, of in by_name)
            return b"{" + b",".join(pairs) + b"}"
        case list():
            return b"[" + b",".join(map(canonical, value)) + b"]"
        case float():
            return number(value).encode()
    return json.dumps(value, ensure_ascii=False).encode()


def number(value: float) -> str:
    """A number as ECMAScript writes it (ECMA-262, Number::toString)."""
    if value == 0:
        return "0"
    sign, value = ("-", -value) if value < 0 else ("", value)
    found = re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?(?:e([+-][0-9]+))?", repr(value))
    if found is None:
        raise ValueError("no number of JSON")
    whole, part, power = found[1], found[2] or "", int(found[3] or 0)
    digits = (whole + part).lstrip("0")
    exponent = power + len(whole) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    if 0 < exponent <= 21:
        padded = digits.ljust(exponent, "0")
        return sign + padded[:exponent] + ("." + padded[exponent:] if padded[exponent:] else "")
    if -6 < exponent <= 0:
        return sign + "0." + "0" * -exponent + digits
    rest = "." + digits[1:] if digits[1:] else ""
    return f"{sign}{digits[0]}{rest}e{exponent - 1:+d}"


def signed(folder: Path, key: Path) -> bool:
    """Whether the key signed the manifest."""
    words = ["openssl", "dgst", "-sha256", "-verify", str(key), "-signature"]
    words += [str(folder / SIGNATURE), str(folder / MANIFEST)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def fingerprint(key: Path) -> str | None:
    """SHA-256 of the public key in DER, to compare with what its owner says; None where the file
    has no public key in PEM."""
    words = ["openssl", "pkey", "-pubin", "-in", str(key), "-outform", "DER"]
    told = subprocess.run(words, capture_output=True, check=False)
    return sha(told.stdout).hex() if told.returncode == 0 else None


def checks(folder: Path, key: Path, log_key: Path | None = None) -> Iterator[Check]:
    """Each check by name, and whether it holds. What cannot be read fails by its name, and the rest
    is checked all the same."""
    yield SIGNED, signed(folder, key)
    found = dict[str, Any]()
    for name in (MANIFEST, RECORD):
        try:
            found[name] = json.loads((folder / name).read_bytes())
        except READING as error:
            yield f"{name} can be read ({type(error).__name__})", False
    if found.keys() != {MANIFEST, RECORD}:
        return
    manifest, record = found[MANIFEST], found[RECORD]
    parts: dict[str, Callable[[], Iterator[Check]]] = {
        "the files": lambda: of_files(folder, manifest, record["files"]),
        "the history": lambda: of_chain(manifest, record["chain"]),
        "what is told of the history": lambda: of_shown(record),
        "the nights": lambda: of_days(record["days"]),
        "the case": lambda: of_case(record),
        "the words": lambda: of_words(record),
        "the messages": lambda: of_messages(record),
        "the exhibits": lambda: of_exhibits(record),
        "the originals": lambda: of_originals(folder, record),
        "the kept files": lambda: of_kept_files(record),
        "the public log": lambda: of_log(folder, record, log_key),
    }
    for what, part in parts.items():
        try:
            yield from part()
        except READING as error:
            yield f"{what} can be read ({type(error).__name__})", False


def of_files(folder: Path, manifest: Any, originals: Any) -> Iterator[Check]:
    """Every file that the manifest names is there as it was, and no other one."""
    named = {each["path"]: each for each in manifest["files"]}
    for path, each in sorted(named.items()):
        place = folder / path
        inside = place.resolve().is_relative_to(folder.resolve())
        content = place.read_bytes() if inside and place.is_file() else None
        same = content is not None and sha(content).hex() == each["sha256"]
        yield f"{path} is as the manifest names it", same
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if not each.is_dir()}
    may = {*named, MANIFEST, SIGNATURE, *(each["path"] for each in originals)}
    for path in sorted(there - may):
        yield f"{path} belongs to the package", False


def of_chain(manifest: Any, chain: Any) -> Iterator[Check]:
    """Every entry of the history is as it was, at its place, up to the head."""
    previous = START
    for place, entry in enumerate(chain, start=1):
        fits = entry["number"] == place and entry["previous"] == previous
        if not entry.get("withheld"):
            bare = {name: value for name, value in entry.items() if name != "hash"}
            fits = fits and sha(canonical(bare)).hex() == entry["hash"]
        yield f"entry {place} of the history", fits
        previous = entry["hash"]
    whole = (len(chain), previous) == (manifest["entries"], manifest["head"])
    yield "the history ends where the manifest says", whole


def of_shown(record: Any) -> Iterator[Check]:
    """What the dossier tells of an entry is what the chain holds."""
    chain = {each["number"]: each for each in record["chain"]}
    for shown in record["dossier"]["history"]:
        entry = chain.get(shown["number"], {})
        same = all(shown[name] == entry.get(name) for name in ("move", "at", "by", "hash"))
        told = {name: value for name, value in entry.get("data", {}).items() if name != "key"}
        if entry.get("withheld"):
            same, told = shown["hash"] == entry["hash"], shown["data"]
        yield f"what is told of entry {shown['number']}", same and shown["data"] == told


OF_THE_CASE = ("status", "priority", "category", "territory", "country", "imminent")
OF_ITS_END = ("closed", "closed_at", "opened_at", "moved_at", "number")
"""What the first pages tell of a case, and entries change."""
EMPTY = {"priority": "standard", "imminent": False}
"""What an entry means by null, where that is a value of its own."""


def of_case(record: Any) -> Iterator[Check]:
    """What the dossier tells of the case is what its last entry about it says. After an entry that
    is withheld this is not known, and the verifier says so."""
    dossier, told = record["dossier"], dict[str, Any]()
    for entry in record["chain"]:
        if entry.get("withheld"):
            told.clear()
        else:
            told |= entry["changed"]
    for name in (*OF_THE_CASE, *OF_ITS_END):
        if name in told:
            said = EMPTY.get(name) if told[name] is None else told[name]
            yield f"the {name} of the case", dossier[name] == said


def of_messages(record: Any) -> Iterator[Check]:
    """What was written to reporters opens to the commitment in its entry, and is what is shown."""
    bound = {
        entry["number"]: entry["data"]["bound"]
        for entry in record["chain"]
        if entry.get("move") == "message"
    }
    shown = {each["number"]: each for each in record["dossier"]["messages"]}
    opened = {each["number"]: each for each in record.get("messages", ())}
    for number, message in shown.items():
        opening = opened.get(number)
        yield f"message {number} has an opening", opening is not None
        if opening is None:
            continue
        said = {name: value_of(part) for name, part in opening["parts"].items()}
        same = all(
            (message.get(name) or None) == (said.get(name) or None)
            for name in ("number", "at", "by", "office", "text", "reports")
        )
        yield f"the words of message {number}", same
        yield f"message {number} opens to its commitment", opens(opening)
        if number in bound:
            yield f"message {number} is the one that was bound", bound[number] == opening["bound"]
    erased = erased_in(record)
    for entry in record["chain"]:
        if entry.get("move") == "message" and entry["number"] not in shown:
            to = entry["data"].get("reports") or []
            gone = erased is None or (bool(to) and erased.issuperset(to))
            yield f"message {entry['number']} is shown, or was erased", gone


def erased_in(record: Any) -> set[str] | None:
    """The reports that entries say were erased; None where the whole case was."""
    moves = {entry.get("move") for entry in record["chain"]}
    if moves & {"erase", "end_trial"}:
        return None
    told = [each["data"]["reports"] for each in record["chain"] if each.get("move") == "erased"]
    return {reference for reports in told for reference in reports}


def value_of(part: Any) -> Any:
    """The value of a part that is shown; None of another one."""
    if "content" not in part:
        return None
    written = base64.b64decode(part["content"])
    return written[1:] if written[:1] == b"B" else json.loads(written[1:])


def of_days(days: Any) -> Iterator[Check]:
    """Every night's entry follows the one before, and binds what stands beside it."""
    previous = START
    for place, day in enumerate(days, start=1):
        entry = day["entry"]
        bare = {name: value for name, value in entry.items() if name != "hash"}
        fits = (entry["number"], entry["previous"]) == (place, previous)
        yield f"night {place} of the log", fits and sha(canonical(bare)).hex() == entry["hash"]
        said = entry["data"]
        reports = (len(day["reports"]), running(day["reports"]))
        yield f"the reports of night {place}", reports == (said["reports"], said["bound"])
        marks = (len(day["marks"]), running(day["marks"]))
        yield f"the marks of night {place}", marks == (said["marks"], said["digest"])
        previous = entry["hash"]


def running(found: Any) -> str:
    """The digest over items; of one that is withheld its own digest stands for it."""
    digests = (
        bytes.fromhex(each["withheld"]) if each.keys() == {"withheld"} else sha(canonical(each))
        for each in found
    )
    return hashlib.sha256(b"".join(digests)).hexdigest()


def of_words(record: Any) -> Iterator[Check]:
    """What reporters sent opens to its commitment, and is what the dossier shows."""
    dictionary = base64.b64decode(record["dictionary"])
    nights = {
        each["reference"]: each.get("bound")
        for day in record["days"]
        for each in day["reports"]
        if "reference" in each
    }
    added = {
        (entry["data"]["report"], entry["data"]["addition"]): entry["data"].get("bound")
        for entry in record["chain"]
        if entry.get("move") == "add" and "addition" in entry["data"]
    } | {
        (mark["report"], mark["addition"]): mark.get("bound")
        for day in record["days"]
        for mark in day["marks"]
        if "addition" in mark
    }
    shown = words_of(record["dossier"]["reports"])
    opened = set()
    for opening in record["openings"]:
        place = (opening["report"], opening.get("addition"))
        opened.add(place)
        what = f"report {place[0]}" if place[1] is None else f"addition {place[1]} to {place[0]}"
        yield f"{what} opens to its commitment", opens(opening)
        bound = nights.get(place[0]) if place[1] is None else added.get(place)
        if bound is not None:
            yield f"{what} is the one that was bound", bound == opening["bound"]
        if place in shown:
            said = read(opening["parts"], dictionary)
            yield f"the words of {what}", said is None or said == shown[place]
    for place in sorted(shown.keys() - opened, key=str):
        yield f"the words of {place[0]} have an opening", False


def words_of(reports: Any) -> dict[tuple[str, Any], str]:
    """The words that the dossier shows, by report and addition; not those that no machine read."""
    found: dict[tuple[str, Any], str] = {}
    for report in reports:
        if not report["unreadable"]:
            found[report["reference"], None] = report["narrative"]
        for each in report["added"]:
            if not each["unreadable"]:
                found[report["reference"], each["id"]] = each["text"]
    return found


NAME, DIGEST = re.compile("[a-z0-9_]+"), re.compile("[0-9a-f]{64}")
NO_DIGEST = "0" * 64


def opens(opening: Any) -> bool:
    """Whether the parts lead to the commitment."""
    lines = ""
    for name, part in sorted(opening["parts"].items()):
        if not NAME.fullmatch(name) or not DIGEST.fullmatch(part.get("commitment", NO_DIGEST)):
            return False  # two parts could stand as one
        if "commitment" in part:
            lines += f"{name} {part['commitment']}\n"
        else:
            content = base64.b64decode(part["content"])
            commitment = sha(bytes.fromhex(part["salt"]) + sha(content)).hex()
            lines += f"{name} {commitment}\n"
    return bool(sha(lines.encode()).hex() == opening["bound"])


def read(parts: Any, dictionary: bytes) -> str | None:
    """The words of a report or an addition; None where they are no part."""
    for name in ("narrative", "content"):
        if name in parts:
            stored = base64.b64decode(parts[name]["content"])[1:]
            text = zlib.decompressobj(zdict=dictionary).decompress(stored).decode()
            return text if name == "narrative" else json.loads(text)["text"]
    return None


def of_exhibits(record: Any) -> Iterator[Check]:
    """The exhibits have the numbers from 1, and each kept file has one number."""
    exhibits = record["exhibits"]
    numbers = [each["exhibit"] for each in exhibits]
    yield "the exhibits are numbered once", numbers == list(range(1, len(exhibits) + 1))
    named = sorted((each["report"], each["n"]) for each in exhibits if not each.get("gone"))
    there = sorted((each["report"], each["n"]) for each in record["files"])
    yield "each kept file is one exhibit", named == there
    arrived = [each["arrived"][:16] for each in exhibits if not each.get("gone")]
    yield "the exhibits stand in the order of arrival, to the minute", arrived == sorted(arrived)


def of_originals(folder: Path, record: Any) -> Iterator[Check]:
    """The originals that were put into `evidence/` are what was received."""
    shown = {
        (report["reference"], file["n"]): file.get("sha256")
        for report in record["dossier"]["reports"]
        for file in report["files"]
    }
    listed = json.loads((folder / "evidence/files.json").read_bytes())
    yield "evidence/files.json lists the files of the record", listed == record["files"]
    for file in record["files"]:
        salt, digest = bytes.fromhex(file["salt"]), bytes.fromhex(file["sha256"])
        yield f"{file['path']} has its commitment", sha(salt + digest).hex() == file["commitment"]
        same = shown.get((file["report"], file["n"])) == file["sha256"]
        yield f"the dossier shows the digest of {file['path']}", same
        place = folder / file["path"]
        if place.is_file():
            same = sha(place.read_bytes()) == digest
            yield f"{file['path']} is what was received", same


AGAIN = ("failed", "not_examined")
"""Results of the examiner that a later one may replace."""
SCANS = ("not_scanned", "clean", "malicious")
"""Words of the scanner: one that says more replaces one that says less."""


def of_kept_files(record: Any) -> Iterator[Check]:
    """Every file of which a night tells is listed as it was kept, examined and scanned, and every
    listed file is one of these. Older nights bound the bytes of a file alone."""
    marks = marks_of_files(record)
    shown = {
        (report["reference"], file["n"]): file
        for report in record["dossier"]["reports"]
        for file in report["files"]
    }
    reports = {report["reference"] for report in record["dossier"]["reports"]}
    listed = {(each["report"], each["n"]): each for each in record["files"]}
    erased = erased_in(record)
    for place, marked in marks.items():
        if "file" in marked and place not in listed and place[0] in reports:
            gone = erased is None or place[0] in erased
            yield f"file {place[1]} of report {place[0]} is listed, or was erased", gone
    for place, file in shown.items():
        if file["state"] == "kept":
            yield f"file {place[1]} of report {place[0]} is among the files", place in listed
    for place, file in listed.items():
        yield from of_kept_file(file, marks.get(place, {}), shown.get(place), record)


def marks_of_files(record: Any) -> dict[tuple[str, int], dict[str, list[Any]]]:
    """The marks of each file, by their kind; of reports that the dossier shows."""
    found: dict[tuple[str, int], dict[str, list[Any]]] = {}
    for day in record["days"]:
        for mark in day["marks"]:
            _, _, kind, *of = str(mark.get("sk", "##")).split("#")
            if kind in ("file", "file_examined", "file_scanned"):
                found.setdefault((of[0], int(of[1])), {}).setdefault(kind, []).append(mark)
    return found


def of_kept_file(file: Any, marks: Any, shown: Any, record: Any) -> Iterator[Check]:
    """A file is what its parts say, and they open to what the nights bound."""
    path, kept, found = file["path"], file.get("kept"), file.get("found") or {}
    for mark in marks.get("file", ())[:1]:
        yield f"{path} is the one that was kept", mark["bound"] == file["commitment"]
        if "as_kept" in mark:
            same = kept is not None and opens({"parts": kept, "bound": mark["as_kept"]})
            yield f"{path} is as it was kept", same
    if kept is None or shown is None:
        yield f"the dossier shows {path}", kept is None and shown is not None
        return
    said = {name: value_of(part) for name, part in kept.items() if "content" in part}
    dictionary = base64.b64decode(record["dictionary"])
    told = (
        said["at"] == [f"REPORT#{file['report']}", f"FILE#{file['n']:03d}"],
        (said["size"], said["bound"]) == (file["size"], file["commitment"]),
        said.get("digest", file["sha256"]) == file["sha256"],  # sealed: its commitment is bound
        zlib.decompressobj(zdict=dictionary).decompress(said["name"]).decode() == shown["name"],
        (file["size"], file["sha256"]) == (shown["size"], shown["sha256"]),
        said["slotted_at"] == shown["sent_at"],
        ("declared" in kept) == shown["declared"],
        shown["state"] == "kept",
    )
    yield f"the dossier shows {path} as it was kept", all(told)
    if "as_kept" not in (marks.get("file") or [{}])[0]:
        return  # no night of this case has bound its results
    yield f"the dossier shows {path} as it was examined", examined_so(marks, found, shown)
    scans = [mark["scan"] for mark in marks.get("file_scanned", ())]
    last = max(scans, key=SCANS.index, default=None)
    yield (
        f"the dossier shows {path} as it was scanned",
        shown["scan"] in ((last,) if last else ("pending", "not_scanned")),
    )


def examined_so(marks: Any, found: Any, shown: Any) -> bool:
    """Whether the result that the dossier shows is one that was bound; where one is final, that."""
    results = marks.get("file_examined", [])
    final = [each for each in results if each["preview"] not in AGAIN]
    if not found:
        return not final and shown["preview"] in ("pending", "not_examined")
    if not any(opens({"parts": found, "bound": each["as_found"]}) for each in final or results):
        return False
    said = json.loads(value_of(found["examination"]))
    same = all(said.get(name) == shown.get(name) for name in ("type", "agreed", "pages", "shown"))
    same = same and said.get("cut", False) == shown.get("cut", False)
    return same and value_of(found["preview"]) == shown["preview"]


def of_log(folder: Path, record: Any, key: Path | None) -> Iterator[Check]:
    """The public log of days holds the history, up to the entry that its proof names."""
    sealed, chain, days = record["sealed"], record["chain"], record["days"]
    same = json.loads((folder / "log.json").read_bytes()) == sealed
    yield "log.json is the proof of the record", same
    if sealed is None:
        if key is not None:
            yield "a day of the case is in the public log", False
        return
    leaf, statement, log = sealed["leaf"], sealed["statement"], sealed["log"]
    events, nights = leaf["events"], leaf["entries"]
    fits = 0 < events <= len(chain) and chain[events - 1]["hash"] == leaf["head"]
    yield f"the history stood so on {statement['day']}, up to entry {events}", fits
    fits = 0 < nights <= len(days) and days[nights - 1]["entry"]["hash"] == leaf["log"]
    yield f"the nights stood so, up to night {nights}", fits
    yield "the proof is of this case", leaf["case"] == record["dossier"]["id"]
    found = root_from(canonical(leaf), sealed["index"], statement["leaves"], steps(sealed["path"]))
    yield f"the seal of {statement['day']} holds the case", found.hex() == statement["root"]
    text = log["checkpoint"].rpartition("\n\n")[0] + "\n"
    _, size, root = text.split("\n")[:3]
    found = root_from(sha(canonical(statement)), log["index"], int(size), steps(log["path"]))
    yield "the public log holds the seal", found == base64.b64decode(root, validate=True)
    if key is not None:
        yield "the key of the log signed its checkpoint", signed_note(text, log["checkpoint"], key)


def steps(path: Any) -> list[bytes]:
    """The hashes of a path."""
    return [bytes.fromhex(step) for step in path]


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


def signed_note(text: str, note: str, key: Path) -> bool:
    """Whether a line of a checkpoint is a signature of this Ed25519 key (c2sp.org/signed-note)."""
    asked = ["openssl", "pkey", "-pubin", "-in", str(key), "-outform", "DER"]
    der = subprocess.run(asked, capture_output=True, check=False).stdout
    origin = text.split("\n")[0]
    named = sha(origin.encode() + b"\n\x01" + der[-HASH:])[:MARK]
    for line in note.rpartition("\n\n")[2].splitlines():
        said = base64.b64decode(line.rpartition(" ")[2], validate=True)
        if not line.startswith(f"{DASH}{origin} ") or said[:MARK] != named:
            continue
        if len(said) != MARK + SIGNATURE_BYTES:
            continue
        with tempfile.TemporaryDirectory() as folder:
            signature, signed_text = Path(folder, "signature"), Path(folder, "text")
            signature.write_bytes(said[MARK:])
            signed_text.write_bytes(text.encode())
            words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"]
            words += ["-in", str(signed_text), "-sigfile", str(signature)]
            return subprocess.run(words, capture_output=True, check=False).returncode == 0
    return False


def unlogged(folder: Path, key: Path | None) -> Iterator[str]:
    """What the public log does not show, or what was not asked for."""
    sealed = json.loads((folder / "record.json").read_bytes())["sealed"]
    if sealed is None:
        yield "no day of the case is in the public log yet"
    elif key is None:
        yield "who signed the public log was not checked: give its key with --log"


def unbound(folder: Path) -> Iterator[str]:
    """What no night has bound yet: it came since the last one, and only the signature covers it."""
    record = json.loads((folder / "record.json").read_bytes())
    shown = [each for day in record["days"] for of in ("reports", "marks") for each in day[of]]
    bound = {each["bound"] for each in shown if each.get("bound")}
    for each in record["openings"]:
        if "addition" not in each and each["bound"] not in bound:
            yield f"report {each['report']}"
    for each in record["files"]:
        if each["commitment"] not in bound and not each.get("elsewhere"):
            yield each["path"]


def elsewhere(folder: Path) -> Iterator[str]:
    """What this package cannot show: it stands in a history that is not in it."""
    record = json.loads((folder / "record.json").read_bytes())
    reports = {each["reference"] for each in record["dossier"]["reports"]}
    for each in record["files"]:
        if each.get("elsewhere"):
            yield f"{each['path']} is bound by the log of another case, where its report was then"
        elif "kept" not in each:
            yield f"{each['path']} is bound by its bytes alone: it was kept by an older version"
    for place, marks in marks_of_files(record).items():
        if "file" in marks and place[0] not in reports:
            yield f"file {place[1]} of report {place[0]} was kept; the report is not in the dossier"
    withheld = [each["number"] for each in record["chain"] if each.get("withheld")]
    if withheld:
        yield f"entry {withheld[-1]} is withheld: what it changed of the case is not known here"


def main(arguments: list[str] | None = None) -> int:
    """Verify, and say what holds and what does not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the unpacked package")
    parser.add_argument("key", type=Path, help="the public key in PEM, compared elsewhere")
    parser.add_argument("--log", type=Path, help="the public key of the log of days, likewise")
    said = parser.parse_args(arguments)
    mark = fingerprint(said.key)
    if mark is None:
        print("\n".join(NO_KEY).format(key=said.key))
        return 2
    failed = []
    for what, holds in checks(said.folder, said.key, said.log):
        print(("ok   " if holds else "FAIL ") + what)
        failed += [] if holds else [what]
    try:
        for what in unbound(said.folder):
            print(f"note {what} is bound by no night yet")
        for what in (*unlogged(said.folder, said.log), *elsewhere(said.folder)):
            print(f"note {what}")
    except READING:
        pass  # a check has failed by it
    print(f"note SHA-256 of the key: {mark}")
    print("\n" + "\n".join(RESULTS[not failed]).format(n=len(failed)))
    if failed == [SIGNED]:
        print("\n".join(OTHER_KEY))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
