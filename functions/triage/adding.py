"""An addition of a reporter is read like a report: identifiers, danger, money.

Its identifiers belong to the case of the report, unless another open case owns them: then the two
are suggested to each other, and only people merge them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.aws.table.additions import KeptAddition, addition_to, entering
from casework.aws.table.case_table import CaseTable, Deed
from casework.aws.table.reading import facts_of
from casework.aws.table.stored import StoredReport
from casework.case.case import Case
from casework.case.commitment import of_parts
from casework.case.lifecycle import Move, allows
from casework.identifiers import Identifier, told_as
from casework.identifiers.find import find
from casework.linking import linking
from casework.linking.kept import Mark
from casework.linking.resemblance import weak
from casework.linking.stops import stops
from casework.moves.adding import added
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
    beside: list[KeptAddition],
) -> Read:
    """Read an addition; raises ValueError or zlib.error when it is unreadable.

    `beside` are all additions to the report: a contact that the reporter left, with the report or
    with any addition, is no suspect's.
    """
    said = addition.read()
    facts = facts_of(report) or Facts(role=ReporterRole.WITNESS, language=report.language)
    found = find(said.text, said.named)
    contacts = {*report.own, *(each for other in beside for each in other.own)}
    own = linking.reporters_own(found, contacts, own_key)
    others = [each for each in found if each not in own]
    stopped = stops(pack.folder)
    marks = linking.strong(others, stopped_hosts=stopped.hosts, stopped_phones=stopped.phones)
    if report.disclosure != "anonymous" and not contacts:
        marks = []  # its case had ended, and the reporter's own number is no longer known
    return Read(
        marks=marks,
        named=_values(key, [*marks, *weak(others, stopped.hosts), *map(_mark, own)]),
        own_named=tuple(told_as(key, *_mark(each)) for each in own),
        assessment=assessed(pack, facts, said, found),
        days=days_added(pack, said, found, facts),
    )


def _mark(identifier: Identifier) -> Mark:
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
    into the history, once; `found` is None if it is unreadable.

    The entry comes last, so that a crash in between repeats the work rather than loses it.
    """
    if found is not None:
        _claim(table, key, case, report, found)
    said = addition.said

    def decide(case: Case) -> Deed[None]:
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
        number = change.after.events
        entered = entering(table.name, report.reference, addition.id, number, **_found(found))
        named = [table.identifiers.id_of(mark) for mark in found.marks] if found else []
        return Deed(change, None, [entered, table.reports.naming(report.reference, named)])

    return table.carry_out(case.id, decide).case


def _found(found: Read | None) -> dict[str, Any]:
    """The findings that are kept with an addition."""
    if found is None:
        return {"own_named": (), "named": {}}
    return {"own_named": found.own_named, "named": found.named}


def _claim(table: CaseTable, key: bytes, case: Case, report: StoredReport, found: Read) -> None:
    owners, met_on = table.identifiers.owners(found.marks)
    cases = {each.id: each for each in table.cases(sorted(set(owners.values())))}
    owners, cases = going_on(table, owners, cases)
    later = linking.told_later(found.marks, owners, cases, met_on, case)
    suggest_each_other(table, key, case.id, report.reference, later)
    for claim in later.claims:
        table.identifiers.claim(claim, case.id)
    met = linking.named_beside(found.marks, owners, later.claims, case.id)
    table.identifiers.note(met, case.id)


def _is_in(table: CaseTable, reference: str, addition: str) -> bool:
    """Whether an addition is in a history already, or is erased."""
    kept = addition_to(table.name, reference, addition)
    return kept is None or kept.event is not None
