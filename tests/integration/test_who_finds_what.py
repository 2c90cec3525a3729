"""Who finds which edit of a sealed case: the table that `docs/security.md` shows.

Each attribute of each kind of item is changed, removed and exchanged with that of another item of
its kind, one at a time; then each item is removed. Each verifier is asked each time. Run as a
program, this file writes what it measured for the page (`tools/found.json`).
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.aws.services.case_proofs import build_case_proof
from casework.aws.services.day_seal_store import read_leaves
from casework.aws.steps import task_state
from casework.aws.table import case_reports, verification
from casework.aws.table.unbound_attributes import UNBOUND_ATTRIBUTES
from casework.case.case import Case
from casework.case.day_seal import DayLeaf
from casework.decisions.staff import Role
from casework.pack.jurisdiction import open_pack
from functions.desk.queries import package_draft
from functions.dossier.packages import draft_to_json
from functions.history import verify_days
from tests.builders import RABAT, a_member
from tests.integration.full_case import a_full_case, today
from tests.integration.nights import BUCKET
from tests.integration.objects_of_the_log import UNSEEN, Log, found_of
from tests.integration.snapshots import Snapshot, compared, kind_of, office_with_nights, other
from tests.office import OFFICER, TABLE, Office
from tools import verify_dossier
from tools.verify_history import Seen, first_bad, of_table

SAVED = Path(__file__).parents[2] / "tools" / "found.json"
WHO = ("verify-history", "night", "dossier")
Edit = tuple[str, dict[str, Any] | None]


class Verifiers:
    """Those who look at the case, on the same table."""

    def __init__(self, office: Office, case: Case, leaf: DayLeaf, folder: Path) -> None:
        self.table, self.case, self.leaf, self.folder = office.table, case, leaf, folder
        self.member = a_member(Role.OFFICER, RABAT, subject=OFFICER)
        self.sealed = build_case_proof(BUCKET, case.id, today())
        self.record: dict[str, Any] = {}
        """That of the last dossier."""
        self.asked: dict[str, Callable[[], bool]] = {
            "verify-history": self.history,
            "night": self.night,
            "dossier": self.dossier,
        }
        (folder / "evidence").mkdir()
        (folder / "log.json").write_text(json.dumps(self.sealed), "utf-8")

    def finding(self) -> set[str]:
        """The verifiers that find something now."""
        return {name for name, finds in self.asked.items() if finds()}

    def history(self) -> bool:
        """`make verify-history CASE=`."""
        return first_bad(of_table(TABLE, self.case.id), Seen()) is not None

    def night(self) -> bool:
        """The nightly verification of the seal."""
        return any(verify_days.find_mismatches(today(), self.leaf))

    def dossier(self) -> bool:
        """A package that is made now, and its verifier; or none can be made."""
        try:
            case = self.table.get_case(self.case.id)
            pack = open_pack("ma")
            draft = package_draft.build_draft(self.table, pack, self.member, case, task_state.now())
        except Exception:  # noqa: BLE001  # whatever stops it: the officer gets no dossier
            return True
        record = json.loads(json.dumps({**draft_to_json(draft), "sealed": self.sealed}))
        self.record = record
        manifest = {"entries": len(record["chain"]), "head": record["dossier"]["head"]}
        (self.folder / "evidence/files.json").write_text(json.dumps(record["files"]), "utf-8")
        try:
            told = [
                *verify_dossier.of_chain(manifest, record["chain"]),
                *verify_dossier.of_shown(record),
                *verify_dossier.of_days(record["days"]),
                *verify_dossier.of_case(record),
                *verify_dossier.of_words(record),
                *verify_dossier.of_messages(record),
                *verify_dossier.of_originals(self.folder, record),
                *verify_dossier.of_kept_files(record),
                *verify_dossier.of_log(self.folder, record, None),
            ]
        except verify_dossier.READING:
            return True
        return not all(holds for _, holds in told)


def edits_of(items: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, str, Edit]]:
    """One item for each attribute of each kind, with each way to edit it; then items removed."""
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        by_kind.setdefault(kind_of(item), []).append(item)
    for kind, alike in by_kind.items():
        for name in sorted({name for item in alike for name in item} - {"pk", "sk"}):
            having = [item for item in alike if name in item]
            item = having[0]
            yield item, kind, name, ("changed", {**item, name: other(item[name])})
            yield item, kind, name, ("removed", {k: v for k, v in item.items() if k != name})
            for beside in having[1:]:
                if beside[name] != item[name]:
                    yield item, kind, name, ("exchanged", {**item, name: beside[name]})
                    break
        yield alike[0], kind, "all of it", ("removed", None)


def measured(monkeypatch: pytest.MonkeyPatch, folder: Path) -> dict[str, dict[str, list[str]]]:
    """By kind and attribute, those who find every edit of it."""
    with office_with_nights(monkeypatch) as office:
        case, *_ = a_full_case(office)
        (leaf,) = [each for each in read_leaves(BUCKET, today()) if each and each.case == case.id]
        here = [line["reference"] for line in case_reports.iter_report_lines(TABLE, case.id)]
        looked_at = [
            item
            for item in compared(office, case)
            if any(name in f"{item['pk']}#{item['sk']}" for name in (case.id, *here))
        ]
        kept = Snapshot(office.items(""))
        kept.reads(monkeypatch)
        once_for_each_edit(monkeypatch, kept)
        verifiers = Verifiers(office, case, leaf, folder)
        assert verifiers.finding() == set(), "nothing was edited yet"
        found: dict[str, dict[str, list[str]]] = {}
        for item, kind, name, (_, edit) in edits_of(looked_at):
            kept.edited(item, edit)
            told = verifiers.finding()
            before = found.setdefault(kind, {}).get(name, list(WHO))
            found[kind][name] = [who for who in before if who in told]
            kept.put_back(item)
        assert verifiers.finding() == set()
        log = Log(case.id, verifiers.record, today(), folder)
        return {**found, **found_of(log)}


def once_for_each_edit(monkeypatch: pytest.MonkeyPatch, kept: Snapshot) -> None:
    """Two of the verifiers compare the items of the case in the same way: once is enough."""
    compare, known = verification.find_history_differences, dict[int, list[str]]()

    def differences(table: Any, case_id: str, sealed: Any = ()) -> list[str]:
        if kept.edits not in known:
            known.clear()
            known[kept.edits] = list(compare(table, case_id, sealed))
        return known[kept.edits]

    monkeypatch.setattr(verification, "find_history_differences", differences)
    monkeypatch.setattr(verify_days, "find_history_differences", differences)


def test_the_page_shows_who_finds_every_edit_of_a_sealed_case(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = measured(monkeypatch, tmp_path)
    saved = json.loads(SAVED.read_text("utf-8"))
    assert found == saved, "run: python -m tests.integration.test_who_finds_what"
    nobody = {
        (kind, name)
        for kind, names in found.items()
        for name, who in names.items()
        if not {*who} - {"dossier"} and kind not in UNSEEN
    }
    assert nobody <= {(kind, name) for kind, names in UNBOUND_ATTRIBUTES.items() for name in names}


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as place:
        told = measured(patch, Path(place))
    SAVED.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")
    sys.exit(0)
