"""An addition of a reporter is read like a report: identifiers, danger, money.

Its identifiers belong to the case of the report, unless another open case owns them: then the two
are suggested to each other, and only people merge them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.aws.table import audit_log, items, keys
from casework.aws.table.additions import StoredAdditionView, get_addition, record_entry_write
from casework.aws.table.case_table import MAX_CASE_UPDATE_ATTEMPTS, CaseTable, CaseTransaction
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.report_parsing import parse_facts
from casework.case.case import Case
from casework.case.commitment import commit_to_parts
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, is_legal_move
from casework.errors import Busy
from casework.identifiers import Identifier, identifier_label
from casework.identifiers.extraction import find_identifiers
from casework.linking import join_rules
from casework.linking.records import IdentifierMark
from casework.linking.similarity import weak_identifiers
from casework.linking.stop_list import read_stop_list
from casework.moves.additions import record_addition, waits_for_night
from casework.pack.clocks import Clocks
from casework.pack.jurisdiction import Jurisdiction
from casework.report.followup import AddedView, AdditionKind
from casework.report.report import Facts, ReporterRole
from functions.triage.identifier_owners import resolve_owners, suggest_each_other
from functions.triage.recoverable_money import added_payment_days


@dataclass(frozen=True)
class AdditionFindings:
    """The findings in an addition."""

    marks: list[IdentifierMark]
    """By which its report could be linked."""
    named: dict[str, str]
    """The identifiers behind the marks of histories, by `kind:mark`."""
    own_named: tuple[str, ...]
    """The reporter's own among them."""
    assessment: ReportAssessment
    days: list[str | None]
    """On which payments are said to have left."""


def read_addition(
    pack: Jurisdiction,
    key: bytes,
    own_key: bytes,
    report: StoredReport,
    addition: StoredAdditionView,
) -> AdditionFindings:
    """Read an addition; raises ValueError or zlib.error when it is unreadable.

    A contact that the reporter left, with the report or with any addition, is no suspect's.
    """
    content = addition.read_content()
    facts = parse_facts(report) or Facts(role=ReporterRole.WITNESS, language=report.language)
    found = find_identifiers(content.text, content.field_identifiers)
    own = join_rules.reporters_own(found, report.own, own_key)
    others = [each for each in found if each not in own]
    stopped = read_stop_list(pack.folder)
    marks = join_rules.strong_marks(
        others, stopped_hosts=stopped.hosts, stopped_phones=stopped.phones
    )
    if report.disclosure != "anonymous" and not report.own:
        marks = []  # its case had ended, and the reporter's own number is no longer known
    return AdditionFindings(
        marks=marks,
        named=_values(key, [*marks, *weak_identifiers(others, stopped.hosts), *map(_mark_of, own)]),
        own_named=tuple(identifier_label(key, *_mark_of(each)) for each in own),
        assessment=assess_addition(pack, facts, content, found),
        days=added_payment_days(pack, content, found, facts),
    )


def _mark_of(identifier: Identifier) -> IdentifierMark:
    return identifier.kind, identifier.canonical


def _values(key: bytes, marks: list[IdentifierMark]) -> dict[str, str]:
    return {identifier_label(key, kind, value): value for kind, value in dict.fromkeys(marks)}


def assess_addition(
    pack: Jurisdiction, of_the_report: Facts, content: AddedView, found: list[Identifier]
) -> ReportAssessment:
    """The same assessment as of a report, independent of the report's own danger and money.

    A person reads an answer next: "Vendredi" to "quel jour ?" is no danger in doubt.
    """
    facts = of_the_report.model_copy(update={"danger_now": False, "money_lost": content.money_lost})
    at, awaited = datetime.fromisoformat(content.added_at), content.answers is not None
    return assess_report(pack, facts, content.text, found, at, awaited=awaited)


def apply_addition(
    table: CaseTable,
    key: bytes,
    case: Case,
    report: StoredReport,
    addition: StoredAdditionView,
    found: AdditionFindings | None,
    at: datetime,
    clocks: Clocks,
) -> Case:
    """Give the case the free identifiers, suggest the owners of the others, and enter the addition
    into the history, or into what the night binds, once; `found` is None if it is unreadable.

    The entry comes last, so that a crash in between repeats the work rather than loses it.
    """
    if found is not None:
        _claim(table, key, case, report, found)
    content = addition.readable_content

    def decide(case: Case) -> CaseTransaction[CaseEvent | None]:
        if not is_legal_move(case.status, Move.ADD) or _is_in(table, report.reference, addition.id):
            return CaseTransaction(None, None)
        standing = (
            table.reports.get_report(report.reference) or report
        )  # it may be admitted meanwhile
        change = record_addition(
            case,
            at,
            report=report.reference,
            unadmitted=None if standing.belongs_to(case) else standing.number,
            addition=addition.id,
            kind=content.kind if content else AdditionKind.MORE,
            answers=content.answers if content else None,
            bound=addition.bound,
            found=commit_to_parts(addition.salt, _found(found)),
            clocks=clocks,
        )
        if waits_for_night(change):
            return CaseTransaction(None, change.event)
        number = change.after.events
        entered = record_entry_write(
            table.name, report.reference, addition.id, event=number, **_found(found)
        )
        return CaseTransaction(change, None, [entered, _naming(table, report, found)])

    after, deed = table.transact(case.id, decide)
    if deed.result is not None:
        _leave_mark(table, after, report, addition, found, deed.result)
    return after


def _leave_mark(
    table: CaseTable,
    case: Case,
    report: StoredReport,
    addition: StoredAdditionView,
    found: AdditionFindings | None,
    event: CaseEvent,
) -> None:
    """Leave what the entry would say as a mark beside the case; raises Busy while many write."""
    reference, day = report.reference, event.at[:10]
    what, said = f"{reference}#{addition.id}", {"at": event.at, "by": event.by, **event.data}
    if day != case.grew_on:  # otherwise an entry of the day tells
        audit_log.record_reading_growth(table.name, case.id, day)
    writes = [
        audit_log.mark_write(table.name, case.id, keys.ADDITION_MARK_KIND, what, said),
        record_entry_write(table.name, reference, addition.id, marked=day, **_found(found)),
        _naming(table, report, found),
    ]
    for _ in range(MAX_CASE_UPDATE_ATTEMPTS):
        try:
            items.write_transaction(writes)
        except items.WriteConflict:
            if not _is_in(table, reference, addition.id):
                continue
        return
    raise Busy("Very much is written beside the report.")


def _naming(
    table: CaseTable, report: StoredReport, found: AdditionFindings | None
) -> dict[str, Any]:
    named = [table.identifiers.identifier_id(mark) for mark in found.marks] if found else []
    return table.reports.add_identifiers_write(report.reference, named)


def _found(found: AdditionFindings | None) -> dict[str, Any]:
    """The findings that are kept with an addition."""
    if found is None:
        return {"own_named": (), "named": {}}
    return {"own_named": found.own_named, "named": found.named}


def _claim(
    table: CaseTable, key: bytes, case: Case, report: StoredReport, found: AdditionFindings
) -> None:
    found_owners = table.identifiers.owners(found.marks)
    owners, met_on, sites = found_owners.cases, found_owners.met_on, found_owners.sites
    cases = {each.id: each for each in table.get_cases(sorted(set(owners.values())))}
    owners, cases = resolve_owners(table, owners, cases)
    later = join_rules.joinable_addition_marks(found.marks, owners, cases, met_on, case, sites)
    for site, pages in join_rules.new_site_pages(found.marks, sites).items():
        table.identifiers.note_pages(site, pages)
    table.identifiers.note_tellers(found_owners, report.reference)
    suggest_each_other(table, key, case.id, report.reference, later)
    for claim in later.claims:
        table.identifiers.claim(claim, case.id, report.reference)
    met = join_rules.unclaimed_mentions(found.marks, owners, later.claims, case.id)
    table.identifiers.add_mentions(met, case.id)


def _is_in(table: CaseTable, reference: str, addition: str) -> bool:
    """Whether an addition is in a case already, or is erased."""
    kept = get_addition(table.name, reference, addition)
    return kept is None or kept.is_in_case
