"""Reports as the cases they are in see them: which case a report is in, and the way there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casework.aws import items, keys
from casework.aws.clients import client
from casework.aws.faults import code_of
from casework.aws.report_table import ERASED_AT
from casework.aws.stored import StoredReport, report_from
from casework.aws.wire import from_wire, to_wire

THERE = f"attribute_exists({keys.PARTITION}) AND attribute_not_exists({ERASED_AT})"
"""The condition under which a report is there, and not only its tombstone."""

MOST_READ = 100
"""Reports that one batch read takes."""


class LinkedReports:
    """The reports of the one table, and the cases they are in."""

    def __init__(self, name: str) -> None:
        self.name = name

    def one(self, reference: str) -> StoredReport | None:
        """The report of a reference, strongly read."""
        item = items.get(self.name, keys.report_key(reference))
        return report_from(item) if item and "facts" in item else None

    def link(
        self,
        reference: str,
        case_id: str,
        at: str,
        linked_by: Sequence[str],
        own_named: Sequence[str] = (),
        named: Mapping[str, str] | None = None,
        *,
        unreadable: bool = False,
    ) -> bool:
        """Put a report into a case, or move it there from a case that had closed before it came.

        `linked_by`, `own_named`, `named` and `unreadable` as in `StoredReport`; the attempts at
        reading it are over. False when it was in that case before, or was erased meanwhile: nothing
        of its words comes back beside a tombstone.
        """
        told = "SET case_id = :case, linked_at = :at, linked_by = :by, flow = :flow"
        values = {
            ":case": case_id,
            ":at": at,
            ":by": list(linked_by),
            ":flow": keys.reports_of(case_id),
            **({":own": list(own_named)} if own_named else {}),
            **({":named": dict(named)} if named else {}),
            **({":unreadable": True} if unreadable else {}),
        }
        try:
            answer = client("dynamodb").update_item(
                TableName=self.name,
                Key=to_wire(keys.report_key(reference)),
                UpdateExpression=told
                + (", own_named = :own" if own_named else "")
                + (", named = :named" if named else "")
                + (", unreadable = :unreadable" if unreadable else "")
                + " REMOVE attempts, attempted_at",
                ConditionExpression=THERE,
                ExpressionAttributeValues=to_wire(values),
                ReturnValues="UPDATED_OLD",
            )
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return bool(from_wire(answer.get("Attributes", {})).get("case_id") != case_id)

    def there(self, reference: str) -> dict[str, Any]:
        """The check that a report is there and not erased, for what is written beside or about it.

        Whoever erases it puts the tombstone first: what was written before is found and erased,
        and nothing is written after.
        """
        return {
            "ConditionCheck": {
                "TableName": self.name,
                "Key": to_wire(keys.report_key(reference)),
                "ConditionExpression": THERE,
            }
        }

    def move(self, reference: str, source: str, target: str, moved: Sequence[str]) -> bool:
        """Bring a report from one case into another; False when it is in neither any more."""
        update = {
            "TableName": self.name,
            "Key": to_wire(keys.report_key(reference)),
            "UpdateExpression": "SET case_id = :to, flow = :flow, moved = :moved",
            "ConditionExpression": f"case_id = :from AND {THERE}",
            "ExpressionAttributeValues": to_wire(
                {
                    ":from": source,
                    ":to": target,
                    ":flow": keys.reports_of(target),
                    ":moved": list(moved),
                }
            ),
        }
        return items.update(update)

    def unlink(self, reference: str, case_id: str) -> None:
        """Let a report look for its case again; nothing when it has left this one."""
        items.update(
            {
                "TableName": self.name,
                "Key": to_wire(keys.report_key(reference)),
                "UpdateExpression": "SET flow = :flow",
                "ConditionExpression": f"case_id = :case AND {THERE}",
                "ExpressionAttributeValues": to_wire(
                    {":flow": keys.unlinked(reference), ":case": case_id}
                ),
            }
        )

    def unlinked(self, before: str, first: int = 0) -> Iterator[str]:
        """Accepted reports that have no case and were not tried twice, before a time: references.

        `first` is the shard to begin with, so that a reader who stops early sees others next time.
        """
        for flow in keys.unlinked_flows(first):
            for key in items.indexed(self.name, keys.BY_FLOW, flow, before=before):
                yield keys.reference_of(key[keys.PARTITION])

    def tried(self, first: int = 0) -> Iterator[tuple[str, str]]:
        """What could not be read at the first try, and waits for the next: reference and sort key.

        Reports, and additions to them. `first` as for `unlinked`.
        """
        for flow in keys.tried_flows(first):
            for key in items.indexed(self.name, keys.BY_FLOW, flow):
                yield keys.reference_of(key[keys.PARTITION]), key[keys.SORT]

    def several(self, references: Sequence[str]) -> list[StoredReport]:
        """At most 100 reports in the order asked for, strongly read; erased ones are left out.

        Boxes, verifiers and proofs are not asked for: they never leave the table by this way.
        """
        read = items.get_many(
            self.name,
            [keys.report_key(reference) for reference in references],
            [keys.PARTITION, *(name for name in StoredReport.model_fields if name != "reference")],
        )
        found = {item[keys.PARTITION]: report_from(item) for item in read if "facts" in item}
        wanted = (keys.report_key(reference)[keys.PARTITION] for reference in references)
        return [found[partition] for partition in wanted if partition in found]

    def of(
        self, case_id: str, limit: int, after: str | None = None, *, since: str | None = None
    ) -> items.Page:
        """References of a case's reports, oldest first; those accepted after `since` where given.

        Several reports may have been accepted in the same millisecond: a place names the report.
        """
        start = keys.report_at(case_id, after) if after is not None else None
        flow = keys.reports_of(case_id)
        found = list(
            items.indexed(self.name, keys.BY_FLOW, flow, after=since, limit=limit + 1, start=start)
        )
        shown = found[:limit]
        return items.Page(
            ids=[keys.reference_of(key[keys.PARTITION]) for key in shown],
            after=keys.place_of_report(shown[-1]) if len(found) > limit else None,
        )

    def all_of(self, case_id: str, *, since: str | None = None) -> Iterator[StoredReport]:
        """The reports of a case, as `of` tells them, page by page as they are used."""
        after: str | None = ""
        while after is not None:
            page = self.of(case_id, MOST_READ, after or None, since=since)
            yield from (each for each in self.several(page.ids) if each.case_id == case_id)
            after = page.after

    def disclosures(self, case_id: str) -> Iterator[str]:
        """How the reporters of a case disclosed, page by page; nothing else is asked for."""
        after: str | None = ""
        while after is not None:
            page = self.of(case_id, MOST_READ, after or None)
            wanted = [keys.report_key(reference) for reference in page.ids]
            for item in items.get_many(self.name, wanted, ["case_id", "disclosure"]):
                if item.get("case_id") == case_id and "disclosure" in item:
                    yield item["disclosure"]
            after = page.after

    def questions(self, reference: str) -> list[dict[str, Any]]:
        """The questions put to a report's reporter, as stored; strongly read."""
        partition = keys.report_key(reference)[keys.PARTITION]
        return list(items.under(self.name, partition, keys.QUESTION_PREFIX))
