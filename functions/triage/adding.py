"""An addition of a reporter is read like a report: identifiers, danger, money.

Its identifiers belong to the case of the report, unless another open case owns them: then the two
are suggested to each other, and only people merge them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.aws.table import items, keys, log
from casework.aws.table.additions import KeptAddition, addition_to, entering
from casework.aws.table.case_table import MOST_TRIES, CaseTable, Deed
from casework.aws.table.reading import facts_of
from casework.aws.table.stored import StoredReport
from casework.case.case import Case
from casework.case.commitment import of_parts
from casework.case.history import Event
from casework.case.lifecycle import Move, allows
from casework.errors import Busy
from casework.identifiers import Identifier, told_as
from casework.identifiers.find import find
from casework.linking import linking
from casework.linking.kept import Mark
from casework.linking.resemblance import weak
from casework.linking.stops import stops
from casework.moves.adding import added, waits_for_night
from casework.pack.clocks import Clocks
from casework.pack.jurisdiction import Jurisdiction
from casework.reading.assessment import Assessment, assess
from casework.report.followup import AddedView, AdditionKind
from casework.report.report import Facts, ReporterRole
from functions.triage.money import days_added
from functions.triage.owning import going_on, suggest_each_other


@dataclass(frozen=True)
class Read:
    """The findings in an addition."""

    marks: list[Mark]
    """By which its report could be linked."""
    named: dict[str, str]
    """The identifiers behind the marks of histories, by `kind:mark`."""
    own_named: tuple[str, ...]
    """The reporter's own among them."""
    assessment: Assessment
    days: list[str | None]
    """On which payments are said to have left."""


def read(
    pack: Jurisdiction,
    key: bytes,
    own_key: bytes,
    report: StoredReport,
    addition: KeptAddition,
) -> Read:
    """Read an addition; raises ValueError or zlib.error when it is unreadable.

    A contact that the reporter left, with the report or with any addition, is no suspect's.
    """
    said = addition.read()
    facts = facts_of(report) or Facts(role=ReporterRole.WITNESS, language=report.language)
    found = find(said.text, said.named)
    own = linking.reporters_own(found, report.own, own_key)
    others = [each for each in found if each not in own]
    stopped = stops(pack.folder)
    marks = linking.strong(others, stopped_hosts=stopped.hosts, stopped_phones=stopped.phones)
    if report.disclosure != "anonymous" and not report.own:
        marks = []  # its case had ended, and the reporter's own number is no longer known
    return Read(
        marks=marks,
        named=_values(key, [*marks, *weak(others, stopped.hosts), *map(_mark_of, own)]),
        own_named=tuple(told_as(key, *_mark_of(each)) for each in own),
        assessment=assessed(pack, facts, said, found),
        days=days_added(pack, said, found, facts),
    )


def _mark_of(identifier: Identifier) -> Mark:
    return identifier.kind, identifier.canonical


def _values(key: bytes, marks: list[Mark]) -> dict[str, str]:
    return {told_as(key, kind, value): value for kind, value in dict.fromkeys(marks)}


def assessed(
    pack: Jurisdiction, of_the_report: Facts, said: AddedView, found: list[Identifier]
) -> Assessment:
    """The same assessment as of a report, independent of the report's own danger and money.

    A person reads an answer next: "Vendredi" to "quel jour ?" is no danger in doubt.
    """
    facts = of_the_report.model_copy(update={"danger_now": False, "money_lost": said.money_lost})
    at, awaited = datetime.fromisoformat(said.added_at), said.answers is not None
    return assess(pack, facts, said.text, found, at, awaited=awaited)


def take_in(
    table: CaseTable,
    key: bytes,
    case: Case,
    report: StoredReport,
    addition: KeptAddition,
    found: Read | None,
    at: datetime,
    clocks: Clocks,
) -> Case:
    """Give the case the free identifiers, suggest the owners of the others, and enter the addition
    into the history, or into what the night binds, once; `found` is None if it is unreadable.

    The entry comes last, so that a crash in between repeats the work rather than loses it.
    """
    if found is not None:
        _claim(table, key, case, report, found)
    said = addition.said

    def decide(case: Case) -> Deed[Event | None]:
        if not allows(case.status, Move.ADD) or _is_in(table, report.reference, addition.id):
            return Deed(None, None)
        standing = table.reports.one(report.reference) or report  # it may be admitted meanwhile
        change = added(
            case,
            at,
            report=report.reference,
            unadmitted=None if standing.belongs_to(case) else standing.number,
            addition=addition.id,
            kind=said.kind if said else AdditionKind.MORE,
            answers=said.answers if said else None,
            bound=addition.bound,
            found=of_parts(addition.salt, _found(found)),
            clocks=clocks,
        )
        if waits_for_night(change):
            return Deed(None, change.event)
        number = change.after.events
        entered = entering(table.name, report.reference, addition.id, event=number, **_found(found))
        return Deed(change, None, [entered, _naming(table, report, found)])

    after, deed = table.carry_out(case.id, decide)
    if deed.result is not None:
        _leave_mark(table, after, report, addition, found, deed.result)
    return after


def _leave_mark(
    table: CaseTable,
    case: Case,
    report: StoredReport,
    addition: KeptAddition,
    found: Read | None,
    event: Event,
) -> None:
    """Leave what the entry would say as a mark beside the case; raises Busy while many write."""
    reference, day = report.reference, event.at[:10]
    what, said = f"{reference}#{addition.id}", {"at": event.at, "by": event.by, **event.data}
    if day != case.grew_on:  # otherwise an entry of the day tells
        log.grew(table.name, case.id, day)
    writes = [
        log.marking(table.name, case.id, keys.ADDED, what, said),
        entering(table.name, reference, addition.id, marked=day, **_found(found)),
        _naming(table, report, found),
    ]
    for _ in range(MOST_TRIES):
        try:
            items.transact(writes)
        except items.WrittenMeanwhile:
            if not _is_in(table, reference, addition.id):
                continue
        return
    raise Busy("Very much is written beside the report.")


def _naming(table: CaseTable, report: StoredReport, found: Read | None) -> dict[str, Any]:
    named = [table.identifiers.id_of(mark) for mark in found.marks] if found else []
    return table.reports.naming(report.reference, named)


def _found(found: Read | None) -> dict[str, Any]:
    """The findings that are kept with an addition."""
    if found is None:
        return {"own_named": (), "named": {}}
    return {"own_named": found.own_named, "named": found.named}


def _claim(table: CaseTable, key: bytes, case: Case, report: StoredReport, found: Read) -> None:
    known = table.identifiers.owners(found.marks)
    owners, met_on, sites = known.cases, known.met_on, known.sites
    cases = {each.id: each for each in table.cases(sorted(set(owners.values())))}
    owners, cases = going_on(table, owners, cases)
    later = linking.told_later(found.marks, owners, cases, met_on, case, sites)
    for site, pages in linking.pages_to_note(found.marks, sites).items():
        table.identifiers.note_pages(site, pages)
    table.identifiers.note_tellers(known, report.reference)
    suggest_each_other(table, key, case.id, report.reference, later)
    for claim in later.claims:
        table.identifiers.claim(claim, case.id, report.reference)
    met = linking.named_beside(found.marks, owners, later.claims, case.id)
    table.identifiers.note(met, case.id)


def _is_in(table: CaseTable, reference: str, addition: str) -> bool:
    """Whether an addition is in a case already, or is erased."""
    kept = addition_to(table.name, reference, addition)
    return kept is None or kept.followed
