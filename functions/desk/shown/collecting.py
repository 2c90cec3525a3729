"""Collects the whole dossier of a case for its package: all pages, and what proves them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from casework.aws.services.sealed_cases import proof_of_case
from casework.aws.table import arrivals, file_marks, log, openings
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.exhibits import File, numbered
from casework.case.history import KEY, Event
from casework.case.lifecycle import Move
from casework.case.package import Draft, Withheld
from casework.decisions.freezes import together
from casework.decisions.permissions import knows_of_all
from casework.decisions.staff import StaffMember
from casework.errors import DossierTooLarge
from casework.pack.jurisdiction import Jurisdiction
from casework.text.reference import NotAReference, parse_case_id
from casework.views.case_page import EventView, NamedIdentifier, ReportView
from casework.views.dossier import Dossier, OwnIdentifier
from functions.desk.shown import whole
from functions.desk.shown.people import names_of, seats_of, subjects_in

COLLECTING_SECONDS: Final = 12.0
"""After this time no further page is read: the call must answer within its own time."""
MOST_BYTES: Final = 24_000_000
"""Of the pages: what is set, signed and downloaded is about three times as much."""
DAYS_TRIED: Final = 3
"""Days of a case that are looked for in the log, the last first: a night may have stopped between
binding a day and putting it there."""
ANONYMOUS: Final = "anonymous"


def draft_of(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    seals: str = "",
    order: int | None = None,
) -> Draft:
    """The draft of a package for one reader; raises DossierTooLarge. `seals` is the bucket with
    the log of days; `order` the entry of the prosecutor's decision on which print covers no
    identity numbers."""
    dossier = _whole(table, pack, member, case, at)
    history = list(table.events(case.id))[: case.events]
    shown = [each.reference for each in dossier.reports]
    opened = [each for reference in shown for each in openings.of_report(table.name, reference)]
    files = [
        each for reference in shown for each in openings.of_files(table.files, reference, case.id)
    ]
    messages = {each.number for each in dossier.messages}
    others = set() if knows_of_all(member) else _not_shown(case, dossier)
    chain = _chain(history, dossier.history, others)
    days = tuple(openings.days_of(table.name, case.id, shown))
    acting = subjects_in([case], history) | _acting(dossier)
    there = {(str(each["report"]), int(each["n"])) for each in files}
    exhibits = numbered(_came(table, case, history, shown, there), there)
    return Draft(
        dossier=dossier.model_dump(mode="json"),
        people=names_of(table, acting, at),
        seats=seats_of(table, acting),
        chain=tuple(chain),
        days=days,
        sealed=_sealed(seals, case, days) if seals else None,
        openings=tuple(opened),
        messages=tuple(openings.of_messages(table.name, case.id, messages)),
        files=tuple(files),
        exhibits=tuple(exhibits),
        order=order,
        withheld=_withheld(dossier, history, chain, files, days, order),
    )


def _came(
    table: CaseTable,
    case: Case,
    history: Iterable[Event],
    shown: Collection[str],
    there: Collection[File],
) -> dict[File, str]:
    """When each file came into the case: when it was kept, or with its report from another case.
    The marks of logs tell it, which no erasure takes away."""
    ever = set(shown) | {
        str(each.get("reference")) for each in log.bound_reports(table.name, case.id)
    }
    came = _marked(table, case.id)
    for event in history:
        if event.move == Move.ABSORB:
            for file, at in _marked_with(table, str(event.data["case"]), event.at).items():
                if file[0] in ever and at <= event.at:
                    came.setdefault(file, event.at)
    if moved := set(there) - came.keys():
        lines = arrivals.lines(table.name, case.id)
        joined = {str(line[arrivals.REFERENCE]): str(line["at"]) for line in lines}
        came |= {file: joined[file[0]] for file in moved if file[0] in joined}
    return came


def _marked_with(table: CaseTable, case_id: str, until: str) -> dict[File, str]:
    """When files were kept of reports in a case, or in one that it had absorbed by then."""
    found = _marked(table, case_id)
    for event in table.events(case_id):
        if event.move == Move.ABSORB and event.at <= until:
            found = {**_marked_with(table, str(event.data["case"]), event.at), **found}
    return found


def _marked(table: CaseTable, case_id: str) -> dict[File, str]:
    """When files were marked as kept in the log of a case, the first mark of each."""
    found = dict[File, str]()
    for mark in log.marks_of(table.name, case_id):
        if (file := file_marks.kept_file(mark)) is not None:
            found.setdefault(file, str(mark["at"]))
    return found


def _sealed(bucket: str, case: Case, days: tuple[Mapping[str, Any], ...]) -> dict[str, Any] | None:
    """The proof by the last day of the case that is in the log and tells no later entry than the
    draft holds; None where none of the last few is."""
    for day in days[: -DAYS_TRIED - 1 : -1]:
        found = proof_of_case(bucket, case.id, str(day["entry"]["data"]["day"]))
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
    found, cursor = whole.dossier(table, pack, member, case, at), None
    while (cursor := found.cursor) is not None:
        size += len(found.model_dump_json())
        if time.monotonic() > until or size > MOST_BYTES:
            raise DossierTooLarge
        further = whole.dossier(table, pack, member, case, at, cursor)
        found = _joined(found, further)
    return found


def _joined(first: Dossier, further: Dossier) -> Dossier:
    """Two pages as one: reports and ledgers go on, messages and history come latest first."""
    return further.model_copy(
        update={
            "reports": _reports(first.reports, further.reports),
            "instructions": first.instructions + further.instructions,
            "outcomes": first.outcomes + further.outcomes,
            "freezes": together((*first.freezes, *further.freezes)),
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
    history: Iterable[Event], shown: Iterable[EventView], known: Collection[str]
) -> list[Mapping[str, Any]]:
    """Every entry as it was hashed, where the reader may see all of it; of the others the place in
    the chain. `known` are the cases that exist for the reader; empty for one who knows of all."""
    views = {each.number: each.data for each in shown}
    return [
        event.model_dump(mode="json")
        if views.get(event.number) == {n: said for n, said in event.data.items() if n != KEY}
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
    history: Iterable[Event],
    chain: Iterable[Mapping[str, Any]],
    files: Collection[Mapping[str, Any]],
    days: Iterable[Mapping[str, Any]],
    order: int | None,
) -> dict[Withheld, int]:
    """What is left out, each with how many; kinds of which there are none are left out."""
    counted = {
        Withheld.SENDERS: sum(each.disclosure != ANONYMOUS for each in dossier.reports),
        Withheld.OWN_IDENTIFIERS: len(dossier.reporters_own),
        Withheld.IDENTITY_NUMBERS: 0 if order else len(dossier.identity_numbers),
        Withheld.ORIGINALS: len(files),
        Withheld.NOTES: sum(event.move == Move.REMARK for event in history),
        Withheld.MARKS: sum("withheld" in mark for day in days for mark in day["marks"]),
        Withheld.ENTRIES: sum("withheld" in each for each in chain),
    }
    return {kind: count for kind, count in counted.items() if count}
