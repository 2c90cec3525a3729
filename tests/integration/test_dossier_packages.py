"""A dossier leaves as a signed package that holds without us, with nothing that it must not."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import pypdfium2
import pytest
import rfc8785
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from casework.aws.services import package_store as bucket
from casework.aws.table import audit_log
from casework.aws.table.erasure import erase_report
from casework.case.case import Case
from casework.case.change import Change
from casework.case.export_package import SERVED_SECONDS, PackageDraft
from casework.case.history import find_first_break
from casework.case.lifecycle import Move
from casework.decisions.file_access import FileOpening, record_file_opening
from casework.decisions.staff import Role
from casework.moves import additions
from casework.pack.jurisdiction import open_pack
from casework.report.report import Facts
from functions.desk import deployment
from functions.desk.queries import package_draft, pages
from functions.dossier import handler as builder
from functions.dossier import labels
from functions.dossier.labels import DOSSIER_LANGUAGES, read_label_file
from functions.dossier.packages import build_package
from tests.builders import NOON, RABAT, SALE, a_case
from tests.integration.answers import problem
from tests.integration.desks import TABLE, Desk
from tests.integration.lives import instruct
from tests.integration.packages import (
    BUCKET,
    OF_THE_KEY,
    PHOTO,
    YESTERDAY,
    Packages,
    packages_of,
    read,
    unpacked,
    verified,
)
from tests.integration.reporters import a_key
from tools.verify_dossier import NO_KEY, OTHER_KEY, opens

OWN_PHONE = "0612345678"
REPORT = "0000-0000-0000-00W5-N"
TEXT = f"Mon numéro est {OWN_PHONE}. Il a pris 8 400 dirhams avec le 0600004117."
CANARIES = ("pepper-canary", "body-mac-canary", "own-canary", "contact-canary", "identity-canary")


@pytest.fixture
def packages(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Packages]:
    with packages_of(desk, monkeypatch, tmp_path / "beside") as opened:
        reference = desk.report(opened.case, 901, narrative=TEXT)
        opened.keep(reference, 1, "\u202egpj.exe ../capture.png")
        audit_log.bind_day(TABLE, opened.case.id, YESTERDAY.date().isoformat(), NOON)
        yield opened


@pytest.fixture
def key(packages: Packages, tmp_path: Path) -> Path:
    """The public key, as a court has it from elsewhere."""
    file = tmp_path / "key.pem"
    file.write_bytes(packages.public_key())
    return file


def exports(packages: Packages) -> list[Any]:
    events = packages.desk.table.events(packages.case.id)
    return [event for event in events if event.move == "export"]


def test_a_package_verifies_alone_with_the_original_that_was_opened(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    folder = unpacked(packages.taken(), tmp_path / "package")
    assert verified(folder, key) == (0, [])
    (file,) = read((folder / "evidence/files.json").read_bytes())
    (folder / file["path"]).write_bytes(PHOTO)
    assert verified(folder, key) == (0, [])


def test_a_package_tells_of_a_file_that_came_by_its_sender_and_verifies(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    came = partial(additions.record_file, at=NOON, report=REPORT, number=1)
    packages.desk.table.update(packages.case.id, came)
    files = packages.taken()
    assert verified(unpacked(files, tmp_path / "package"), key) == (0, [])
    printed = words_of(files["dossier-fr.pdf"])
    assert "le déclarant" in printed
    assert "Pièce 1" in printed
    assert f"{NOON:%Y-%m-%d} 12:00 +00:00" in printed
    assert "12:00:00" not in printed, "what is kept to the minute has no seconds"


def test_exhibits_are_numbered_once_for_the_case_and_an_erased_one_leaves_its_number(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    """Evidence case E38."""
    for number in (902, 903):
        packages.keep(packages.desk.report(packages.case, number, narrative=TEXT), 1, at=NOON)
    record = read(packages.taken()["record.json"])
    before = {(e["report"], e["n"]): e["exhibit"] for e in record["exhibits"]}
    assert sorted(before.values()) == [1, 2, 3], "each report has a file 1, the case has one"

    assert erase_report(packages.desk.table, REPORT, NOON, "the data officer")
    files = packages.taken()
    ended, faults = verified(unpacked(files, tmp_path / "package"), key)
    assert (ended, faults) == (0, [])
    after = read(files["record.json"])["exhibits"]
    kept = {(e["report"], e["n"]): e["exhibit"] for e in after if "report" in e}
    assert kept == {file: n for file, n in before.items() if file[0] != REPORT}
    (gone,) = [each for each in after if each.get("gone")]
    assert gone == {"exhibit": before[REPORT, 1], "gone": True}
    printed = words_of(files["dossier-fr.pdf"])
    assert f"Pièce {gone['exhibit']}" in printed
    assert "n’est plus dans ce dossier" in " ".join(printed.split())


def test_custody_names_the_exhibit_the_person_and_their_office(packages: Packages) -> None:
    """Evidence case E39."""
    bound = read(packages.taken()["evidence/files.json"])[0]["commitment"]
    opening = FileOpening(report=REPORT, n=1, motive="pour lire ce qui est demandé")
    at = NOON + timedelta(seconds=7)

    def opened(case: Case) -> Change:
        return record_file_opening(case, at, packages.officer, opening, bound)

    packages.desk.table.update(packages.case.id, opened)
    files = packages.taken()
    unit = open_pack("ma").units[RABAT].names["fr"]
    name = read(files["record.json"])["people"][packages.officer]
    printed = " ".join(words_of(files["dossier-fr.pdf"]).split())
    custody = printed[printed.index("Garde des pièces") : printed.index("Historique")]
    arrived, told = custody.index("reçue, scellée"), custody.index("un fichier a été ouvert")
    assert arrived < told
    assert "12:00:07 +00:00" in custody
    assert f"{name} · {unit}" in custody


def test_the_facts_of_a_case_stand_before_what_is_proven(packages: Packages) -> None:
    printed = words_of(packages.taken()["dossier-fr.pdf"])
    order = ("Catégorie", "Ce qui n’est pas communiqué", "Ce que ce dossier prouve")
    places = [printed.index(each) for each in order]
    assert places == sorted(places)


def test_orders_and_the_end_stand_first_and_a_correction_beside_what_it_corrects(
    packages: Packages,
) -> None:
    """Evidence case E41."""
    packages.ask()
    (body,) = packages.waiting()
    stored = bucket.read_draft(BUCKET, json.loads(body)["name"])
    draft = PackageDraft.model_validate_json(stored or b"")
    said: dict[str, Any] = {
        "at": "2026-03-02T12:00:00.000Z",
        "by": packages.officer,
        "corrects": None,
    }
    said |= {"because": None, "on": "2026-03-01", "holds": True}
    entries = [
        {**said, "entry": 11, "happening": "wanted", "holds": False},
        {**said, "entry": 12, "happening": "arrested"},
        {**said, "entry": 13, "happening": None, "on": None, "corrects": 11}
        | {"because": "recorded_twice"},
    ]
    order = {"instruction": "investigate", "reference": "77/2026", "decided_on": "2026-03-02"}
    order |= {"prosecutor": "king-prosecutor", "court": "", "given": "by_prosecutor"}
    paper = {"name": "ordre-77.pdf", "sha256": "ab" * 32}
    told = {
        **draft.dossier,
        "closed": "closed_by_prosecutor",
        "closed_at": "2026-03-02T12:00:05.000Z",
        "instructions": [{**order, "entry": 9, "annulled": None, "document": paper}],
        "outcomes": [{"number": 2, "standing": "arrested", "entries": entries}],
    }
    edited = draft.model_copy(update={"dossier": told})
    made = build_package(edited, open_pack("ma"), lambda _: b"", packages.beside)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        printed = " ".join(words_of(archive.read("dossier-fr.pdf")).split())
    first = printed[: printed.index("Ce que ce dossier prouve")]
    assert "77/2026" in first
    assert "2026-03-02 12:00:05 +00:00" in first
    assert "ordre-77.pdf" in printed
    assert paper["sha256"] in "".join(printed.split())
    ledger = printed[printed.index("Mis en cause") :]
    parts = ("avis de recherche", "entrée 11", "corrigée par l’entrée 13 · saisi deux fois")
    places = [ledger.index(each) for each in (*parts, "entrée 12", "corrige l’entrée 11")]
    assert places == sorted(places)


CARD, OTHER_CARD = "AB123456", "J 98765"


def test_numbers_of_identity_cards_are_covered_in_print_unless_an_order_asks_for_them(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    """Evidence case E42: where reporters typed them and where staff repeated them."""
    said = f"Ma carte est {CARD}. Sa CIN est {OTHER_CARD}, il a pris de 15000 dirhams."
    packages.desk.report(packages.case, 904, narrative=said)
    packages.write(f"Votre numéro est-il bien {CARD} ?")
    packages.write("Le CD987654 n'est pas le vôtre.")
    files = packages.taken()
    assert verified(unpacked(files, tmp_path / "covered"), key) == (0, [])
    for language, count in (("fr", "écrits des agents : 3"), ("ar", "3")):
        printed = " ".join(words_of(files[f"dossier-{language}.pdf"]).split())
        assert CARD not in printed
        assert OTHER_CARD not in printed
        assert "CD987654" not in printed
        assert b"/EmbeddedFile" not in files[f"dossier-{language}.pdf"]
        assert "15000" in printed
        assert count in printed
    assert read(files["manifest.json"])["withheld"]["identity_numbers"] == 3
    assert CARD in files["record.json"].decode(), "the record proves what was sent"

    ordered = instruct(
        packages.desk,
        packages.case,
        "order_checks",
        packages.officer,
        reference="77/2026",
        decided_on="2026-03-02",
    )
    assert ordered.status == 200, ordered.text
    order = ordered.document["event"]
    for entry in (1, order + 1):
        refused = packages.ask(order=entry)
        assert (refused.status, problem(refused)) == (422, "not-valid")
        assert refused.document["errors"][0]["pointer"] == "#/order"
    files = packages.taken(order=order)
    assert verified(unpacked(files, tmp_path / "shown"), key) == (0, [])
    printed = " ".join(words_of(files["dossier-fr.pdf"]).split())
    assert CARD in printed
    assert "sur la décision 77/2026" in printed
    assert b"/EmbeddedFile" in files["dossier-fr.pdf"]
    assert "identity_numbers" not in read(files["manifest.json"])["withheld"]
    assert [each.data.get("order") for each in exports(packages)] == [None, order]


def test_two_parts_of_a_report_do_not_stand_as_one(packages: Packages) -> None:
    (opening,) = read(packages.taken()["record.json"])["openings"]
    assert opens(opening)
    hidden = sorted(name for name, part in opening["parts"].items() if "commitment" in part)
    first, second = next(
        (one, other)
        for one, other in pairwise(sorted(opening["parts"]))
        if {one, other} <= set(hidden)
    )
    parts = dict(opening["parts"])
    merged = f"{first} {parts.pop(first)['commitment']}\n{second}"
    parts[merged] = parts.pop(second)
    assert not opens({**opening, "parts": parts})


def test_marks_that_are_withheld_are_counted(packages: Packages) -> None:
    """Evidence case E40."""
    at = NOON - timedelta(days=1)
    audit_log.record_mark(
        TABLE, packages.case.id, at - timedelta(days=1), "view", "a person", by="a person"
    )
    audit_log.bind_day(TABLE, packages.case.id, (at - timedelta(days=1)).date().isoformat(), NOON)
    files = packages.taken()
    assert read(files["manifest.json"])["withheld"]["marks"] == 1
    assert "Marques des nuits" in words_of(files["dossier-fr.pdf"])


def test_a_dossier_says_that_a_hash_of_a_picture_is_the_reporters_word(packages: Packages) -> None:
    shape = "00ff" * 16
    packages.desk.report(packages.case, 902, narrative=TEXT, pictures=[shape])
    printed = words_of(packages.taken()["dossier-fr.pdf"])
    assert "Empreintes d’images" in printed
    assert "sans envoyer d’image" in printed
    assert shape in "".join(printed.split())


def test_a_dossier_cites_the_law_in_its_language(packages: Packages) -> None:
    pack = open_pack("ma")
    refs = [each.ref for each in pack.categories["fraud"].legal_basis]
    for language, cited in (("fr", "Code pénal, article 540"), ("ar", "الفصل 540")):
        names = labels.DossierLabels(pack, language, packages.beside.desk)
        assert cited in names.laws("fraud", refs)
        assert names.laws(None, ["Code 1"]) == "Code 1", "a law without words of its own"
    files = packages.taken()
    assert read(files["record.json"])["dossier"]["category"] == "fraud"
    assert words_of(files["dossier-fr.pdf"]).count("540") >= 2, "on the first page, too"
    for language in DOSSIER_LANGUAGES:
        assert "Penal" not in words_of(files[f"dossier-{language}.pdf"])


@pytest.mark.parametrize("language", DOSSIER_LANGUAGES)
def test_a_dossier_has_a_name_for_every_field_of_a_report(language: str) -> None:
    named = read_label_file(Path(labels.__file__).parent / f"{language}.toml")
    assert {f"fact_{name}" for name in Facts.model_fields} <= named.keys()


def test_the_verifier_tells_a_key_that_is_none_from_one_that_did_not_sign(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    folder = unpacked(packages.taken(), tmp_path / "package")
    run = [sys.executable, "-I", str(folder / "verify_dossier.py"), str(folder)]
    der = tmp_path / "key.der"
    der.write_bytes(b"0Y0\x13")
    none = subprocess.run([*run, str(der)], capture_output=True, text=True, check=False)
    assert (none.returncode, none.stdout) == (2, "\n".join(NO_KEY).format(key=der) + "\n")
    other = tmp_path / "other.pem"
    made = ec.generate_private_key(ec.SECP256R1()).public_key()
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    other.write_bytes(made.public_bytes(*form))
    wrong = subprocess.run([*run, str(other)], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert wrong.stdout.endswith("\n".join(OTHER_KEY) + "\n")
    right = subprocess.run([*run, str(key)], capture_output=True, text=True, check=False)
    der_of = serialization.load_pem_public_key(key.read_bytes()).public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert f"{OF_THE_KEY}{hashlib.sha256(der_of).hexdigest()}" in right.stdout


def test_what_cannot_be_read_fails_by_its_name_and_the_rest_is_checked(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    files = packages.taken()
    record = read(files["record.json"])
    del record["chain"][0]["previous"]
    del record["days"][0]["entry"]["data"]
    broken = signed_again(packages, {**files, "record.json": rfc8785.dumps(record)})
    ended, faults = verified(unpacked(broken, tmp_path / "package"), key)
    assert ended == 1
    unread = [each for each in faults if "can be read" in each]
    assert unread == [f"FAIL the {part} can be read (KeyError)" for part in ("history", "nights")]


def test_taking_a_package_is_one_entry_with_its_digests_and_what_was_withheld(
    packages: Packages,
) -> None:
    asked = packages.ask(key=(same := a_key()))
    assert (asked.status, asked.document["state"]) == (202, "building")
    package = asked.document["package"]
    assert packages.state(package).document["state"] == "building"
    assert packages.ask(key=same).document["package"] == package, "repeated, it is the same one"
    assert not packages.build()
    told = packages.state(package).document
    assert told["state"] == "ready"
    assert not exports(packages), "it was not taken yet"

    content = b""
    for number in range(told["parts"]):
        content += base64.b64decode(packages.part(package, number + 1).document["content"])
    packages.part(package)
    (entry,) = exports(packages)
    assert entry.by == packages.officer
    assert entry.data["package"] == hashlib.sha256(content).hexdigest() == told["sha256"]
    assert entry.data["manifest"] == told["manifest"]
    assert entry.data["withheld"] == told["withheld"] == ["own_identifiers", "originals"]
    assert find_first_break(list(packages.desk.table.events(packages.case.id))) is None


def test_the_same_draft_gives_the_same_bytes_before_it_is_signed(packages: Packages) -> None:
    """Evidence case E19."""
    packages.ask()
    (body,) = packages.waiting()
    stored = bucket.read_draft(BUCKET, json.loads(body)["name"])
    assert stored is not None
    draft, pack = PackageDraft.model_validate_json(stored), open_pack("ma")
    first, second = (build_package(draft, pack, lambda _: b"", packages.beside) for _ in range(2))
    assert first == second
    assert draft.dossier["made_at"][:10] == NOON.date().isoformat()


def test_after_an_erasure_the_old_package_verifies_and_a_new_one_says_what_is_gone(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    """Evidence case E13: the chain holds, and the words and the file stand in no new package."""
    files = packages.taken()
    old = unpacked(files, tmp_path / "old")
    reference = read(files["evidence/files.json"])[0]["report"]
    assert erase_report(packages.desk.table, reference, NOON, "the data officer")
    assert verified(old, key) == (0, [])

    again = packages.taken()
    assert verified(unpacked(again, tmp_path / "new"), key) == (0, [])
    record = read(again["record.json"])
    (erased,) = [each for each in record["chain"] if each["move"] == "erased"]
    assert erased["data"]["reports"] == [reference]
    assert "file-1" in erased["data"]["keys"][reference]
    assert read(again["evidence/files.json"]) == []
    assert reference not in {each["report"] for each in record["openings"]}
    assert OWN_PHONE in words_of(files["dossier-fr.pdf"])
    assert OWN_PHONE not in words_of(again["dossier-fr.pdf"])


def test_no_contact_identity_or_own_identifier_is_in_any_file(packages: Packages) -> None:
    """Evidence case E20. An own number stands in the words of who wrote it, and nowhere else."""
    files = packages.taken()
    record = read(files["record.json"])
    opened = [
        base64.b64decode(part["content"])
        for opening in record["openings"]
        for part in opening["parts"].values()
        if "content" in part
    ]
    for content in (*files.values(), *opened):
        for canary in CANARIES:
            assert canary.encode() not in content
            assert base64.b64encode(canary.encode()) not in content
    withheld = {name for each in record["openings"] for name in each["parts"]}
    assert {"contact_box", "identity_box"} <= withheld, "their commitments stand"
    (report,) = record["dossier"]["reports"]
    assert OWN_PHONE in report["narrative"]
    own = OWN_PHONE.removeprefix("0")
    assert own not in json.dumps({**record["dossier"], "reports": []})
    assert own not in json.dumps([record[name] for name in ("chain", "days", "files", "people")])
    for name in ("dossier-fr.pdf", "dossier-ar.pdf"):
        assert words_of(files[name]).count(OWN_PHONE) == 1


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


Edit = Callable[[dict[str, Any]], object]


def _of_the_last(record: dict[str, Any]) -> object:
    last = record["chain"].pop()
    return record["dossier"]["history"].pop() if last else None


ONE = "evidence/0000-0000-0000-00W5-N-1"


def _file_of(record: dict[str, Any]) -> dict[str, Any]:
    file: dict[str, Any] = record["dossier"]["reports"][0]["files"][0]
    return file


RECORD_EDITS: dict[str, Edit] = {
    "entry 2 of the history": lambda r: r["chain"][1].update(by="another"),
    "entry 3 of the history": lambda r: r["chain"].pop(2),
    "the history ends where the manifest says": _of_the_last,
    "what is told of entry 1": lambda r: r["dossier"]["history"][0].update(at="2020-01-01"),
    "night 1 of the log": lambda r: r["days"][0]["entry"].update(at="2020-01-01"),
    "the reports of night 1": lambda r: r["days"][0]["reports"].clear(),
    "the marks of night 1": lambda r: r["days"][0]["marks"].pop(),
    "the words of report 0000-0000-0000-00W5-N": lambda r: r["dossier"]["reports"][0].update(
        narrative="Rien."
    ),
    "report 0000-0000-0000-00W5-N opens to its commitment": lambda r: r["openings"][0]["parts"].pop(
        "contact_box"
    ),
    "the status of the case": lambda r: r["dossier"].update(status="closed"),
    "the priority of the case": lambda r: r["dossier"].update(priority="immediate"),
    "the words of message 7": lambda r: r["dossier"]["messages"][0].update(text="Rien."),
    "message 7 opens to its commitment": lambda r: r["messages"][0]["parts"].pop("text"),
    "message 7 is the one that was bound": lambda r: r["messages"][0].update(bound="00"),
    "message 7 is shown, or was erased": lambda r: r["dossier"]["messages"].clear(),
    "file 1 of report 0000-0000-0000-00W5-N is listed, or was erased": lambda r: r["files"].clear(),
    "file 1 of report 0000-0000-0000-00W5-N is among the files": lambda r: r["files"].clear(),
    f"{ONE} is the one that was kept": lambda r: r["files"][0].update(commitment="00"),
    f"{ONE} is as it was kept": lambda r: r["files"][0]["kept"].pop("sealed"),
    f"the dossier shows {ONE} as it was kept": lambda r: _file_of(r).update(name="other.png"),
    f"the dossier shows {ONE} as it was examined": lambda r: _file_of(r).update(type="pdf"),
    f"the dossier shows {ONE} as it was scanned": lambda r: _file_of(r).update(scan="malicious"),
    f"{ONE} has its commitment": lambda r: r["files"][0].update(salt="00"),
    "the exhibits are numbered once": lambda r: r["exhibits"][0].update(exhibit=2),
    "each kept file is one exhibit": lambda r: r["exhibits"].clear(),
}
"""What the verifier names, and an edit of the record that only the operator's key can sign."""


def test_the_verifier_names_each_edit_even_of_who_may_sign(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    """Evidence case E15."""
    packages.write("Vendredi à 10 h.")
    files = packages.taken()
    assert verified(unpacked(files, tmp_path / "unchanged"), key) == (0, [])
    for number, (named, edit) in enumerate(RECORD_EDITS.items()):
        record = read(files["record.json"])
        edit(record)
        edited = signed_again(packages, {**files, "record.json": rfc8785.dumps(record)})
        ended, faults = verified(unpacked(edited, tmp_path / f"record-{number}"), key)
        assert ended == 1, named
        assert f"FAIL {named}" in faults, (named, faults)

    path = read(files["evidence/files.json"])[0]["path"]
    signature = bytes([*files["manifest.sig"][:-1], files["manifest.sig"][-1] ^ 1])
    manifest = files["manifest.json"].replace(b'"withheld":{', b'"withheld":{"notes":0,')
    for number, (changed, faults_wanted) in enumerate(
        [
            ({"manifest.sig": signature}, ["FAIL the key signed the manifest"]),
            ({"manifest.json": manifest}, ["FAIL the key signed the manifest"]),
            (
                {"dossier-fr.pdf": files["dossier-fr.pdf"] + b" "},
                ["FAIL dossier-fr.pdf is as the manifest names it"],
            ),
            ({"evidence/more.png": b"x"}, ["FAIL evidence/more.png belongs to the package"]),
            ({path: b"other bytes"}, [f"FAIL {path} is what was received"]),
        ]
    ):
        folder = unpacked({**files, **changed}, tmp_path / f"file-{number}")
        assert verified(folder, key) == (1, faults_wanted)
    folder = unpacked(files, tmp_path / "missing")
    (folder / "dossier-ar.pdf").unlink()
    assert verified(folder, key) == (1, ["FAIL dossier-ar.pdf is as the manifest names it"])


def signed_again(packages: Packages, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that fits them, signed by the right key."""
    manifest = read(files["manifest.json"])
    for each in manifest["files"]:
        each["sha256"] = hashlib.sha256(files[each["path"]]).hexdigest()
    told = rfc8785.dumps(manifest)
    signature = boto3.client("kms").sign(
        KeyId=packages.key,
        Message=told,
        MessageType="RAW",
        SigningAlgorithm=builder.PACKAGE_SIGNING_ALGORITHM,
    )["Signature"]
    return {**files, "manifest.json": told, "manifest.sig": signature}


@pytest.mark.parametrize(
    ("role", "unit", "refusal"),
    [
        (Role.OFFICER, SALE, (404, "case-not-found")),
        (Role.ANALYST, "", (403, "not-allowed")),
        (Role.SUPERVISOR, "", (403, "not-allowed")),
        (Role.AUDITOR, "", (403, "not-allowed")),
    ],
)
def test_the_unit_of_the_case_has_packages_made_and_nobody_else(
    packages: Packages, role: Role, unit: str, refusal: tuple[int, str]
) -> None:
    answer = packages.ask(packages.desk.enrol(role, unit or None))
    assert (answer.status, problem(answer)) == refusal
    assert not packages.waiting()


def test_the_prosecutor_of_the_case_has_their_own_and_nobody_finds_anothers(
    packages: Packages,
) -> None:
    salma = packages.desk.enrol(Role.PROSECUTOR)
    assert read(packages.taken(salma)["manifest.json"])["case"] == packages.case.id
    (entry,) = exports(packages)
    assert entry.by == salma
    package = packages.ask(salma).document["package"]
    assert not packages.build()
    colleague = packages.desk.enrol(Role.OFFICER, RABAT)
    for answer in (packages.state(package, colleague), packages.part(package, 1, colleague)):
        assert (answer.status, problem(answer)) == (404, "package-not-found")
    assert packages.part(package, 99, salma).status == 404
    assert packages.part(package, "x", salma).status == 404


def test_a_package_is_served_for_an_hour(
    packages: Packages, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = packages.ask().document["package"]
    assert not packages.build()
    late = NOON + timedelta(seconds=SERVED_SECONDS + 1)
    monkeypatch.setattr(deployment, "now", lambda: late)
    answer = packages.part(package)
    assert (answer.status, problem(answer)) == (404, "package-not-found")
    assert not exports(packages), "what was not given is no entry"


def test_who_waits_is_told_when_no_try_succeeds(
    packages: Packages, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = packages.ask().document["package"]

    def refuse(*_: object) -> None:
        raise RuntimeError("typst refuses")

    monkeypatch.setattr(builder, "build_package", refuse)
    assert packages.build(tries=1)
    assert packages.state(package).document["state"] == "building"
    packages.ask()
    packages.desk.shown.clear()
    again = packages.ask(key=(key := a_key())).document["package"]
    assert packages.build(tries=builder.MAX_BUILD_MESSAGE_DELIVERIES)
    assert packages.state(again).document["state"] == "failed"
    assert packages.part(again).status == 404
    assert packages.ask(key=key).status == 202


REPORTS = 5
"""Of a case, besides the first one."""


@pytest.fixture
def of_several_pages(packages: Packages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_REPORTS_SHOWN", 2)
    for number in range(902, 902 + REPORTS):
        packages.desk.report(packages.case, number)


@pytest.mark.usefixtures("of_several_pages")
def test_a_case_of_several_pages_is_one_package_and_other_cases_are_withheld(
    packages: Packages, key: Path, tmp_path: Path
) -> None:
    """A unit knows of no other case: of an entry that names one, its place in the chain is left."""
    desk, case = packages.desk, packages.case
    other = a_case(4_000).id
    said: dict[str, Any] = {"case": other, "because": "narrative", "percent": 90}
    desk.table.save(Change.from_move(desk.table.get_case(case.id), Move.SUGGEST, NOON, data=said))

    files = packages.taken()
    record = read(files["record.json"])
    reports = [each["reference"] for each in record["dossier"]["reports"]]
    assert len(set(reports)) == len(reports) == REPORTS + 1
    assert record["dossier"]["cursor"] is None
    assert len(record["openings"]) == len(reports)
    assert all(other.encode() not in content for content in files.values())
    last = record["chain"][-1]
    assert last.keys() == {"number", "previous", "hash", "withheld"}
    assert record["withheld"]["entries"] == 1
    ended, told = verified(unpacked(files, tmp_path / "package"), key)
    assert ended == 0
    assert all(line.startswith("note ") for line in told), told


@pytest.mark.usefixtures("of_several_pages")
def test_a_case_larger_than_a_package_is_refused_by_name(
    packages: Packages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_draft, "COLLECTING_SECONDS", -1.0)
    answer = packages.ask()
    assert (answer.status, problem(answer)) == (409, "dossier-too-large")
    assert not packages.waiting()
