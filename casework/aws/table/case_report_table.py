"""Reports in their cases: the case of a report, and its moves between cases."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from casework.aws.table import case_reports, items, keys
from casework.aws.table.backoff import sleep_with_backoff
from casework.aws.table.case_reports import REPORT_REFERENCE_FIELD
from casework.aws.table.item_mapping import StoredReport, case_from_item, report_from_item
from casework.aws.table.joins import (
    ADD_FORMER_CASE_CLAUSE,
    EXISTING_REPORT_CONDITION,
    MAX_JOIN_ATTEMPTS,
    IncomingReport,
    attribute_placeholders,
    join_reports,
    set_expression,
)
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.aws.table.timeline_cut_offs import (
    TimelineCutOff,
    kept_public_timeline,
    stop_first_report_writes,
)
from casework.aws.table.wire import to_wire_item
from casework.case.admission import AdmittingEntry
from casework.case.case import Case
from casework.case.value_objects import DeadlineKind, ReportClock
from casework.errors import Busy
from casework.report.public_timeline import FormerCase, TimelineScope

LINKED_REPORT_BATCH_SIZE = 100
"""Reports per batch read."""


class LinkedReports:
    """The reports of the one table, and their cases."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_report(self, reference: str) -> StoredReport | None:
        """The report of a reference, strongly read."""
        item = items.get_item(self.name, keys.report_key(reference))
        return report_from_item(item) if item and "facts" in item else None

    def get_case_id(self, reference: str) -> str | None:
        """The case of a report, or of what is left of it; None before it has one."""
        item = items.get_item(self.name, keys.report_key(reference)) or {}
        return str(item["case_id"]) if "case_id" in item else None

    def get_case_ids(self, references: Sequence[str]) -> dict[str, str]:
        """The cases of at most 100 reports; those without a case and erased ones are left out."""
        wanted = [keys.report_key(reference) for reference in references]
        if not wanted:
            return {}
        found = items.get_items(self.name, wanted, [keys.PARTITION_KEY, "case_id", ERASED_AT_FIELD])
        return {
            keys.reference_from_partition(item[keys.PARTITION_KEY]): str(item["case_id"])
            for item in found
            if "case_id" in item and ERASED_AT_FIELD not in item
        }

    def link(
        self, reference: str, case_id: str, at: str, linked_by: Sequence[str], **results: Any
    ) -> bool:
        """Put a report into a case (`joins.join_reports`); False when it was there before, or was
        erased.

        Further results of linking are as for `IncomingReport.from_link_results`.
        """
        return bool(
            join_reports(
                self.name,
                case_id,
                at,
                [IncomingReport.from_link_results(reference, linked_by, **results)],
            )
        )

    def _next_of(
        self, case_id: str, report: StoredReport, at: str, *, belongs: bool, hears: bool
    ) -> tuple[int, list[dict[str, Any]]]:
        """The next number of a case, and the writes that give it to a report unless another takes
        it."""
        number = self.last_number(case_id) + 1
        line = case_reports.put_report_line_write(
            self.name,
            case_id,
            number,
            report.reference,
            at,
            accepted_at=report.accepted_at,
            belongs=belongs,
            hears=hears,
        )
        return number, [
            line,
            *(stop_first_report_writes(self.name, case_id, at) if number == 2 else ()),
        ]

    def last_number(self, case_id: str) -> int:
        """The number of the last report of a case, strongly read; 0 before the first."""
        return case_reports.last_report_number(self.name, case_id)

    def existence_check(self, reference: str) -> dict[str, Any]:
        """The check that a report exists and is not erased, for writes beside or about it.

        An erasure puts the tombstone first: earlier writes are found and erased, and later ones
        fail.
        """
        return {
            "ConditionCheck": {
                "TableName": self.name,
                "Key": to_wire_item(keys.report_key(reference)),
                "ConditionExpression": EXISTING_REPORT_CONDITION,
            }
        }

    def add_identifiers_write(self, reference: str, identifiers: Collection[str]) -> dict[str, Any]:
        """The write that adds identifiers to an existing report."""
        if not identifiers:
            return self.existence_check(reference)
        return {
            "Update": {
                "TableName": self.name,
                "Key": to_wire_item(keys.report_key(reference)),
                "UpdateExpression": "ADD identifiers :identifiers",
                "ConditionExpression": EXISTING_REPORT_CONDITION,
                "ExpressionAttributeValues": to_wire_item({":identifiers": set(identifiers)}),
            }
        }

    def move(
        self,
        report: StoredReport,
        source: str,
        target: str,
        at: str,
        moved: Sequence[str],
        viewed_by: AdmittingEntry | None = None,
        first: int = 1,
    ) -> bool:
        """Move a report from one case into another; False when it is in neither any more.

        One that people admitted by its name hears of the other case from its entry `first` on, and
        need not be admitted again; every other one stops hearing. `viewed_by` is the entry whose
        author had it in view, if any.
        """
        reference, now = report.reference, report
        for attempt in range(MAX_JOIN_ATTEMPTS):
            if attempt:
                sleep_with_backoff(attempt)
            hears = now.admitted is not None
            belongs = hears or viewed_by is not None or now.own_case_id in {target, *moved}
            number, writes = self._next_of(target, now, at, belongs=belongs, hears=hears)
            stops = self._stopping(now, source, at)
            told = {
                "case_id": target,
                "moved": list(moved),
                "number": number,
                **({"seen": viewed_by.model_dump()} if viewed_by else {}),
                **stops.kept,
                **({"hears": {"case": target, "first": first, "since": at}} if hears else {}),
            }
            writes += [*stops.writes, *stops.as_read]
            also = "" if hears else "REMOVE hears"
            writes.append(self._leaving(reference, source, told, also, admitted=hears))
            writes += case_reports.remove_line_writes(self.name, source, now.number)
            try:
                items.write_transaction(writes)
            except items.WriteConflict:
                found = self.get_report(reference)
                if found is None or found.case_id != source:
                    return False
                now = found
                continue
            return True
        raise Busy("Very many reports come into the case.")

    def taking_out(self, reference: str, source: str, target: str, at: str) -> list[dict[str, Any]]:
        """The writes by which people take a report out of a case, into a case of its own.

        The report stays there: it joins no other by itself. Raises WriteConflict when it has
        left the case.
        """
        report = self.get_report(reference)
        if report is None or report.case_id != source:
            raise items.WriteConflict
        stay = FormerCase(
            case=source,
            moved=report.moved,
            number=report.number,
            admitted=report.admitted,
            seen=report.seen,
            to=target,
            until=at,
        )
        number, writes = self._next_of(target, report, at, belongs=True, hears=True)
        stops = self._stopping(report, source, at)
        writes += stops.writes
        attributes = {
            "case_id": target,
            "number": number,
            "linked_at": at,
            "linked_by": [],
            "moved": [],
            "stayed": [
                *(each.model_dump(mode="json") for each in report.stayed),
                stay.model_dump(mode="json"),
            ],
            **stops.kept,
            "hears": {"case": target, "first": 1, "since": at},
        }
        gone = f"REMOVE {keys.FLOW_PARTITION_KEY}, admitted, seen"
        writes.append(self._leaving(reference, source, attributes, gone))
        return [*writes, *case_reports.remove_line_writes(self.name, source, report.number)]

    def _stopping(self, report: StoredReport, source: str, at: str) -> TimelineCutOff:
        """What a report keeps that leaves its case."""
        stored = items.get_item(self.name, keys.case_key(source)) if report.hears else None
        if stored is None:
            return TimelineCutOff()
        return kept_public_timeline(self.name, report.reference, case_from_item(stored), at)

    def _leaving(
        self,
        reference: str,
        source: str,
        attributes: Mapping[str, Any],
        also: str = "",
        *,
        admitted: bool | None = None,
    ) -> dict[str, Any]:
        """The write by which a report leaves a case while it is in it, and what is told of it;
        with `admitted`, only while it is admitted or not."""
        names, values = attribute_placeholders(attributes)
        conditions = ["case_id = :from", EXISTING_REPORT_CONDITION]
        if admitted is not None:
            conditions.append(f"attribute_{'' if admitted else 'not_'}exists(admitted)")
        return {
            "Update": {
                "TableName": self.name,
                "Key": to_wire_item(keys.report_key(reference)),
                "UpdateExpression": f"SET {set_expression(names)} {also} {ADD_FORMER_CASE_CLAUSE}",
                "ConditionExpression": " AND ".join(conditions),
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": to_wire_item(
                    {**values, ":from": source, ":was_in": {source}}
                ),
            }
        }

    def list_identifier_ids(self, cases: Iterable[str], until: float = math.inf) -> set[str] | None:
        """Ids of all identifiers in the reports of some cases, without erased reports.

        None when a time of the monotonic clock passed before all were read.
        """
        found: set[str] = set()
        for case_id in cases:
            after: str | None = ""
            while after is not None:
                page = self.page_references(case_id, LINKED_REPORT_BATCH_SIZE, after or None)
                wanted = [keys.report_key(each) for each in page.ids]
                for item in items.get_items(self.name, wanted, ("identifiers", ERASED_AT_FIELD)):
                    if ERASED_AT_FIELD not in item:
                        found |= item.get("identifiers", set())
                after = page.after
                if after is not None and time.monotonic() > until:
                    return None
        return found

    def admission_writes(
        self, report: StoredReport, by: AdmittingEntry, at: str
    ) -> list[dict[str, Any]]:
        """The writes that admit a report of a case by name, with that entry: from it on its
        reporter hears of the case."""
        hears = TimelineScope(case=by.case, first=by.event, since=at)
        line = {
            "TableName": self.name,
            "Key": to_wire_item(keys.arrived_key(by.case, report.number)),
            "UpdateExpression": "SET belongs = :yes, hears = :yes",
            "ConditionExpression": f"attribute_exists({keys.PARTITION_KEY})",
            "ExpressionAttributeValues": to_wire_item({":yes": True}),
        }
        update = {
            "TableName": self.name,
            "Key": to_wire_item(keys.report_key(report.reference)),
            "UpdateExpression": "SET admitted = :by, hears = :hears",
            "ConditionExpression": f"case_id = :case AND {EXISTING_REPORT_CONDITION}",
            "ExpressionAttributeValues": to_wire_item(
                {":by": by.model_dump(), ":hears": hears.model_dump(), ":case": by.case}
            ),
        }
        return [{"Update": line}, {"Update": update}]

    def stop_clock(self, reference: str, due: str) -> None:
        """Delete a deadline of a report by itself."""
        items.delete_item(self.name, keys.due_key(due, DeadlineKind.ALONE, reference))

    def wind_clock(self, reference: str, was: ReportClock, goes_on: ReportClock) -> None:
        """Write the next deadline of a report by itself; nothing where it is gone."""
        update = {
            "TableName": self.name,
            "Key": to_wire_item(keys.report_key(reference)),
            "UpdateExpression": "SET alone = :on",
            "ConditionExpression": f"alone = :was AND {EXISTING_REPORT_CONDITION}",
            "ExpressionAttributeValues": to_wire_item(
                {":on": goes_on.model_dump(mode="json"), ":was": was.model_dump(mode="json")}
            ),
        }
        before, after = (
            keys.due_key(each.due, DeadlineKind.ALONE, reference) for each in (was, goes_on)
        )
        with suppress(items.WriteConflict):
            items.write_transaction(
                [
                    {"Update": update},
                    items.delete_write(self.name, before),
                    items.put_write(self.name, after),
                ]
            )

    def record_notification(self, reference: str, news: str, outcome: str) -> None:
        """Keep that a reporter was notified, and how; nothing where the report was erased."""
        items.update_item(
            {
                "TableName": self.name,
                "Key": to_wire_item(keys.report_key(reference)),
                "UpdateExpression": "ADD told :told",
                "ConditionExpression": EXISTING_REPORT_CONDITION,
                "ExpressionAttributeValues": to_wire_item({":told": {f"{news}#{outcome}"}}),
            }
        )

    def delete_contact_marks(self, report: StoredReport) -> None:
        """Delete the marks of its reporter's own contacts from a report: its case has ended, and no
        later addition links anything."""
        if report.own or report.additions:  # one may have come since with a contact
            items.update_item(
                {
                    "TableName": self.name,
                    "Key": to_wire_item(keys.report_key(report.reference)),
                    "UpdateExpression": "REMOVE own",
                    "ConditionExpression": "attribute_exists(own)",
                }
            )

    def unlink(self, report: StoredReport, case_id: str) -> None:
        """Let a report look for its case again; nothing when it has left this one."""
        found = {
            "TableName": self.name,
            "Key": to_wire_item(keys.report_key(report.reference)),
            "UpdateExpression": "SET flow = :flow, flow_at = accepted_at",
            "ConditionExpression": f"case_id = :case AND {EXISTING_REPORT_CONDITION}",
            "ExpressionAttributeValues": to_wire_item(
                {":flow": keys.unlinked_flow(report.reference), ":case": case_id}
            ),
        }
        leaves = case_reports.remove_line_writes(self.name, case_id, report.number)
        with suppress(items.WriteConflict):
            items.write_transaction([{"Update": found}, *leaves])

    def list_unlinked(self, before: str, first: int = 0, *, danger: bool = False) -> Iterator[str]:
        """References of accepted reports without a case, before a time, that were tried at most
        once: those that tell of danger now, or all others.

        `first` is the first shard, so that a reader who stops early sees others next time.
        """
        for flow in keys.unlinked_flows(first, danger=danger):
            for key in items.query_index(self.name, keys.FLOW_INDEX, flow, before=before):
                yield keys.reference_from_partition(key[keys.PARTITION_KEY])

    def list_unreadable(self, first: int = 0) -> Iterator[tuple[str, str]]:
        """Reference and sort key of items that could not be read yet and wait for the next attempt.

        Reports, and additions to them. `first` as for `list_unlinked`.
        """
        for flow in keys.tried_flows(first):
            for key in items.query_index(self.name, keys.FLOW_INDEX, flow):
                yield keys.reference_from_partition(key[keys.PARTITION_KEY]), key[keys.SORT_KEY]

    def get_reports(self, references: Sequence[str]) -> list[StoredReport]:
        """At most 100 reports in the requested order, strongly read, without erased ones.

        Boxes, verifiers and proofs are not requested: they never leave the table by this way.
        """
        read = items.get_items(
            self.name,
            [keys.report_key(reference) for reference in references],
            [
                keys.PARTITION_KEY,
                *(name for name in StoredReport.model_fields if name != "reference"),
            ],
        )
        found = {
            item[keys.PARTITION_KEY]: report_from_item(item) for item in read if "facts" in item
        }
        wanted = (keys.report_key(reference)[keys.PARTITION_KEY] for reference in references)
        return [found[partition] for partition in wanted if partition in found]

    def page_references(
        self, case_id: str, limit: int, after: str | None = None, *, since: str | None = None
    ) -> items.ItemPage:
        """References of a case's reports in the order of their arrival, strongly read.

        With `since`, those that came after that time.
        """
        found = list(self._lines(case_id, _number(after), limit + 1, since=since))
        shown = found[:limit]
        return items.ItemPage(
            ids=[str(line[REPORT_REFERENCE_FIELD]) for line in shown],
            after=shown[-1][keys.SORT_KEY] if len(found) > limit else None,
        )

    def iter_lines_above(self, case_id: str, above: int = 0) -> Iterator[dict[str, Any]]:
        """The lines of a case's reports above a number, as `case_reports.iter_report_lines` reads
        them."""
        yield from case_reports.iter_report_lines(self.name, case_id, above)

    def _lines(
        self, case_id: str, above: int, limit: int | None = None, *, since: str | None = None
    ) -> Iterator[dict[str, Any]]:
        found = case_reports.iter_report_lines(self.name, case_id, above, None if since else limit)
        yield from islice((line for line in found if not since or line["at"] > since), limit)

    def iter_references(self, case_id: str, above: int, upto: int) -> Iterator[str]:
        """References of a case's reports above a number, up to another one."""
        for line in self.iter_lines_above(case_id, above):
            if keys.number_from_arrival_sort(line[keys.SORT_KEY]) > upto:
                return
            yield str(line[REPORT_REFERENCE_FIELD])

    def iter_unseen_lines(self, case: Case) -> Iterator[dict[str, Any]]:
        """The lines of the reports that nobody had in view who acted on the case."""
        for line in self.iter_lines_above(case.id, case.shown):
            if not line.get("belongs"):
                yield line

    def iter_unadmitted_lines(self, case: Case) -> Iterator[dict[str, Any]]:
        """The lines of the reports whose reporters do not hear of the case."""
        for line in self.iter_lines_above(case.id):
            if not line.get("hears"):
                yield line

    def iter_reports(self, case_id: str, *, since: str | None = None) -> Iterator[StoredReport]:
        """The reports of a case, as `of` lists them, page by page on demand."""
        after: str | None = ""
        while after is not None:
            page = self.page_references(
                case_id, LINKED_REPORT_BATCH_SIZE, after or None, since=since
            )
            yield from (each for each in self.get_reports(page.ids) if each.case_id == case_id)
            after = page.after

    def iter_admitted_reports(self, case: Case) -> Iterator[StoredReport]:
        """The reports whose reporters hear of their case."""
        yield from (each for each in self.iter_reports(case.id) if each.belongs_to(case))

    def disclosures(self, case: Case) -> Iterator[str]:
        """The disclosures of the reporters whose reports people had in view as they acted on a
        case, page by page. By law a complainant who said who they are is told of the outcome.

        No other attribute of their reports is requested.
        """
        belonging = (
            keys.report_key(str(line[REPORT_REFERENCE_FIELD]))
            for line in self.iter_lines_above(case.id)
            if line.get("belongs")
            or keys.number_from_arrival_sort(line[keys.SORT_KEY]) <= case.shown
        )
        while some := list(islice(belonging, LINKED_REPORT_BATCH_SIZE)):
            for item in items.get_items(self.name, some, ["case_id", "disclosure"]):
                if item.get("case_id") == case.id and "disclosure" in item:
                    yield item["disclosure"]

    def questions(self, reference: str) -> list[dict[str, Any]]:
        """The questions to a report's reporter, as stored; strongly read."""
        return list(items.query_prefix(self.name, *keys.question_key.under(reference)))


def _number(place: str | None) -> int:
    return int(place) if place else 0
