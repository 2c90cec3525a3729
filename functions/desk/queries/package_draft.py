"""Collects the whole dossier of a case for its package: all pages, and what proves them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from casework.aws.services.case_proofs import build_case_proof
from casework.aws.table import audit_log, case_reports, commitment_openings, file_marks
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.exhibits import ExhibitFile, number_exhibits
from casework.case.export_package import PackageDraft, Withheld
from casework.case.history import IDEMPOTENCY_FIELD, PARTICULARS_FIELD, CaseEvent
from casework.case.lifecycle import Move
from casework.decisions.freezes import join_entries
from casework.decisions.permissions import sees_all_units
from casework.decisions.staff import StaffMember
from casework.errors import DossierTooLarge
from casework.moves.notes import COLLEAGUE_MOVES
from casework.pack.jurisdiction import Jurisdiction
from casework.text.reference import NotAReference, parse_case_id
from casework.views.case_page import NamedIdentifier
from casework.views.dossier import Dossier, OwnIdentifier
from casework.views.history_view import EventView
from casework.views.report_view import ReportView
from functions.desk.queries import case_views
from functions.desk.queries.people import named_subjects, names_by_subject, seats_by_subject

COLLECTING_SECONDS: Final = 12.0
"""After this time no further page is read: the call must answer within its own time."""
MAX_DRAFT_BYTES: Final = 24_000_000
"""Of the pages: what is set, signed and downloaded is about three times as much."""
MAX_PROOF_DAYS_TRIED: Final = 3
"""Days of a case that are looked for in the log, the last first: a night may have stopped between
binding a day and putting it there."""
ANONYMOUS_DISCLOSURE: Final = "anonymous"


def build_draft(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    seals: str = "",
    order: int | None = None,
) -> PackageDraft:
    """The draft of a package for one reader; raises DossierTooLarge. `seals` is the bucket with
    the log of days; `order` the entry of the prosecutor's decision on which print covers no
    identity numbers."""
    dossier = _whole(table, pack, member, case, at)
    history = list(table.events(case.id))[: case.events]
    shown = [each.reference for each in dossier.reports]
    opened = [
        each
        for reference in shown
        for each in commitment_openings.report_openings(table.name, reference)
    ]
    files = [
        each
        for reference in shown
        for each in commitment_openings.file_openings(table.files, reference, case.id)
    ]
    messages = {each.number for each in dossier.messages}
    others = set() if sees_all_units(member) else _not_shown(case, dossier)
    chain = _chain(history, dossier.history, others)
    days = tuple(commitment_openings.audit_day_openings(table.name, case.id, shown))
    acting = named_subjects([case], history) | _acting(dossier)
    there = {(str(each["report"]), int(each["n"])) for each in files}
    exhibits = number_exhibits(_came(table, case, history, shown, there), there)
    return PackageDraft(
        dossier=dossier.model_dump(mode="json"),
        people=names_by_subject(table, acting, at),
        seats=seats_by_subject(table, acting),
        chain=tuple(chain),
        days=days,
        sealed=_sealed(seals, case, days) if seals else None,
        openings=tuple(opened),
        messages=tuple(commitment_openings.message_openings(table.name, case.id, messages)),
        files=tuple(files),
        exhibits=tuple(exhibits),
        order=order,
        withheld=_withheld(dossier, history, chain, files, days, order),
    )


def _came(
    table: CaseTable,
    case: Case,
    history: Iterable[CaseEvent],
    shown: Collection[str],
    existing_files: Collection[ExhibitFile],
) -> dict[ExhibitFile, str]:
    """When each file came into the case: when it was kept, or with its report from another case.
    The marks of logs tell it, which no erasure takes away."""
    ever = set(shown) | {
        str(each.get("reference"))
        for each in audit_log.read_report_commitments(table.name, case.id)
    }
    arrivals = _marked(table, case.id)
    for event in history:
        if event.move == Move.ABSORB:
            for file, at in _marked_with(table, str(event.data["case"]), event.at).items():
                if file[0] in ever and at <= event.at:
                    arrivals.setdefault(file, event.at)
    if moved := set(existing_files) - arrivals.keys():
        lines = case_reports.iter_report_lines(table.name, case.id)
        joined = {str(line[case_reports.REPORT_REFERENCE_FIELD]): str(line["at"]) for line in lines}
        arrivals |= {file: joined[file[0]] for file in moved if file[0] in joined}
    return arrivals


def _marked_with(table: CaseTable, case_id: str, until: str) -> dict[ExhibitFile, str]:
    """When files were kept of reports in a case, or in one that it had absorbed by then."""
    found = _marked(table, case_id)
    for event in table.events(case_id):
        if event.move == Move.ABSORB and event.at <= until:
            found = {**_marked_with(table, str(event.data["case"]), event.at), **found}
    return found


def _marked(table: CaseTable, case_id: str) -> dict[ExhibitFile, str]:
    """When files were marked as kept in the log of a case, the first mark of each."""
    found = dict[ExhibitFile, str]()
    for mark in audit_log.read_marks(table.name, case_id):
        if (file := file_marks.kept_file(mark)) is not None:
            found.setdefault(file, str(mark["at"]))
    return found


def _sealed(bucket: str, case: Case, days: tuple[Mapping[str, Any], ...]) -> dict[str, Any] | None:
    """The proof by the last day of the case that is in the log and tells no later entry than the
    draft holds; None where none of the last few is."""
    for day in days[: -MAX_PROOF_DAYS_TRIED - 1 : -1]:
        found = build_case_proof(bucket, case.id, str(day["entry"]["data"]["day"]))
        if found is None:
            continue
        leaf = found["leaf"]
        if leaf["events"] <= case.events and leaf["entries"] <= len(days):
            return found
    return None


def _whole(
    table: CaseTable, pack: Jurisdiction, member: StaffMember, case: Case, at: datetime
) -> Dossier:
    until, size = time.monotonic() + COLLECTING_SECONDS, 0
    found, cursor = case_views.dossier_page(table, pack, member, case, at), None
    while (cursor := found.cursor) is not None:
        size += len(found.model_dump_json())
        if time.monotonic() > until or size > MAX_DRAFT_BYTES:
            raise DossierTooLarge
        further = case_views.dossier_page(table, pack, member, case, at, cursor)
        found = _joined(found, further)
    return found


def _joined(first: Dossier, further: Dossier) -> Dossier:
    """Two pages as one: reports and ledgers go on, messages and history come latest first."""
    return further.model_copy(
        update={
            "reports": _reports(first.reports, further.reports),
            "instructions": first.instructions + further.instructions,
            "outcomes": first.outcomes + further.outcomes,
            "freezes": join_entries((*first.freezes, *further.freezes)),
            "messages": further.messages + first.messages,
            "history": further.history + first.history,
            "identifiers": _identifiers((*first.identifiers, *further.identifiers)),
            "identity_numbers": tuple(
                dict.fromkeys((*first.identity_numbers, *further.identity_numbers))
            ),
            "reporters_own": _own((*first.reporters_own, *further.reporters_own)),
            "suggestions": tuple(dict.fromkeys((*first.suggestions, *further.suggestions))),
        }
    )


def _reports(
    first: tuple[ReportView, ...], further: tuple[ReportView, ...]
) -> tuple[ReportView, ...]:
    if not (first and further and further[0].continued):
        return first + further
    last, rest = first[-1], further[0]
    whole_one = last.model_copy(update={"added": last.added + rest.added})
    return (*first[:-1], whole_one, *further[1:])


def _identifiers(named: Iterable[NamedIdentifier]) -> tuple[NamedIdentifier, ...]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for each in named:
        found.setdefault((each.kind, each.value), {}).update(dict.fromkeys(each.reports))
    return tuple(
        NamedIdentifier(kind=kind, value=value, reports=tuple(reports))
        for (kind, value), reports in found.items()
    )


def _own(named: Iterable[OwnIdentifier]) -> tuple[OwnIdentifier, ...]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for each in named:
        found.setdefault((each.kind, each.digest), {}).update(dict.fromkeys(each.reports))
    return tuple(
        OwnIdentifier(kind=kind, digest=digest, reports=tuple(reports))
        for (kind, digest), reports in found.items()
    )


def _acting(dossier: Dossier) -> set[str]:
    return {each.by for each in dossier.messages}


def _not_shown(case: Case, dossier: Dossier) -> set[str]:
    """The case itself, and what its history names for this reader: other cases do not exist."""
    return {case.id} | {name for each in dossier.history for name in _cases_in(each.data)}


def _chain(
    history: Iterable[CaseEvent], shown: Iterable[EventView], known: Collection[str]
) -> list[Mapping[str, Any]]:
    """Every entry as it was hashed, where the reader may see all of it; of the others the place in
    the chain. `known` are the cases that exist for the reader; empty for one who knows of all."""
    views = {each.number: each.data for each in shown}
    return [
        event.model_dump(mode="json")
        if views.get(event.number)
        == {n: said for n, said in event.data.items() if n != IDEMPOTENCY_FIELD}
        and not (known and set(_cases_in(event.changed)) - set(known))
        else {
            "number": event.number,
            "previous": event.previous,
            "hash": event.hash,
            "withheld": True,
        }
        for event in history
    ]


def _cases_in(value: Any) -> Iterator[str]:
    """The ids of cases in a JSON value, wherever they stand."""
    match value:
        case str():
            try:
                yield parse_case_id(value)
            except NotAReference:
                return
        case dict():
            for name, each in value.items():
                yield from _cases_in(name)
                yield from _cases_in(each)
        case list() | tuple():
            for each in value:
                yield from _cases_in(each)


def _withheld(
    dossier: Dossier,
    history: Iterable[CaseEvent],
    chain: Iterable[Mapping[str, Any]],
    files: Collection[Mapping[str, Any]],
    days: Iterable[Mapping[str, Any]],
    order: int | None,
) -> dict[Withheld, int]:
    """What is left out, each with how many; kinds of which there are none are left out."""
    counted = {
        Withheld.SENDERS: sum(each.disclosure != ANONYMOUS_DISCLOSURE for each in dossier.reports),
        Withheld.OWN_IDENTIFIERS: len(dossier.reporters_own),
        Withheld.IDENTITY_NUMBERS: 0 if order else len(dossier.identity_numbers),
        Withheld.ORIGINALS: len(files),
        Withheld.NOTES: sum(
            event.move in COLLEAGUE_MOVES and PARTICULARS_FIELD in event.data for event in history
        ),
        Withheld.MARKS: sum("withheld" in mark for day in days for mark in day["marks"]),
        Withheld.ENTRIES: sum("withheld" in each for each in chain),
    }
    return {kind: count for kind, count in counted.items() if count}
