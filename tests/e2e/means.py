"""How people call in `lives`, what they find, and what only operators and the schedule do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from casework.aws.table import desk_keys, keys
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp
from casework.pack.jurisdiction import open_pack
from functions.triage.unit_changes import area_digests_by_unit
from tests.e2e.clerk import Clerk
from tests.e2e.people import People, eventually


@dataclass
class Means:
    """The means of every story."""

    people: People
    clerk: Clerk

    # ---- how people call

    def read(self, path: str, role: str, unit: str = "") -> httpx.Response:
        answer = self.people.call("GET", f"/v1/desk/{path}", role, unit)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer

    def post(
        self, path: str, said: dict[str, Any], etag: str, role: str, unit: str = ""
    ) -> httpx.Response:
        answer = self.people.person(role, unit).post(path, said, etag)
        assert answer.is_success, answer.text
        return answer

    def anew(self, path: str, said: dict[str, Any], role: str, unit: str = "") -> httpx.Response:
        """A call on no version of a case, which is answered well."""
        return self.post(path, said, "", role, unit)

    def unit_does(self, case_id: str, call: str, said: dict[str, Any]) -> httpx.Response:
        """Of the unit that the case stands with."""
        unit = self.stands_with(case_id)
        answer = self.people.decide(case_id, call, said, "officer", unit)
        assert answer.is_success, answer.text
        return answer

    def supervisor_does(self, path: str, case_id: str, said: dict[str, Any]) -> httpx.Response:
        etag = self.people.case(case_id).headers["ETag"]
        return self.post(path, said, etag, "supervisor")

    def found(self, text: str) -> set[str]:
        """The cases that an analyst finds by a text."""
        said = {"text": text, "ground": "reporter_calls"}
        return {each["id"] for each in self.anew("find", said, "analyst").json()["cases"]}

    def hold(self, case_id: str) -> None:
        path = f"cases/{case_id}/hold"
        self.anew(path, {}, "analyst")
        assert self.people.call("DELETE", f"/v1/desk/{path}", "analyst").is_success

    def take_over(self, case_id: str) -> None:
        """A supervisor takes over an urgent item that a colleague holds."""
        self.anew(f"cases/{case_id}/hold", {}, "analyst")
        reason = {"reason": "Danger imminent, elle est en pause."}
        self.supervisor_does(f"cases/{case_id}/hold/break", case_id, reason)

    def add(self, accepted: dict[str, Any], **said: Any) -> None:
        answer = self.people.add(accepted, said)
        assert answer.status_code == httpx.codes.CREATED, answer.text

    def prove(self, accepted: dict[str, Any]) -> None:
        """The reporter asks for the proof of the report."""
        told = self.people.by_receipt(accepted, "/proof")
        assert told.json()["ready_from"], told.text

    def look(self, case_id: str) -> None:
        """The unit looks at what was added, once it was read."""
        unit = self.stands_with(case_id)

        def unread() -> dict[str, Any] | None:
            found: dict[str, Any] = self.people.case(case_id, "officer", unit).json()
            waits: dict[str, Any] | None = found.get("unread")
            return waits

        waits = eventually(unread, "it is read")
        assert waits is not None
        self.unit_does(case_id, "look", {"seen": waits["last"]})

    # ---- what people and time find

    def stands_with(self, case_id: str) -> str:
        case = self.people.item(keys.case_key(case_id))
        return str(case["referral"]["unit"]) if case["status"] != "queued" else ""

    def status(self, case_id: str) -> str:
        return str(self.people.item(keys.case_key(case_id))["status"])

    def moved(self, case_id: str) -> bool:
        """Whether its reports are where they belong, once or, a minute later, for good."""
        moving = self.people.item(keys.case_key(case_id)).get("moving")
        return moving is None or moving["level"] > 0

    def level(self, case_id: str, wait: str) -> int:
        return int(self.people.item(keys.case_key(case_id))[wait].get("level", 0))

    def processed(self, days: str) -> int:
        figures = self.read(days, "auditor").json()["figures"]
        rows = {(row["table"], row["row"]): row["count"] for row in figures}
        return int(rows["reports", "processed"])

    def first_report(self, case_id: str) -> str:
        return str(self.people.item(keys.case_key(case_id))["opened_by"])

    def held_at_gate(self, unit: str, **said: Any) -> str:
        """A case of an anonymous report that its unit took and may not work on yet."""
        case_id = self.people.published(disclosure={"kind": "anonymous"}, **said)
        self.people.acknowledge(case_id, unit)
        self.people.await_status(case_id, "awaiting_authorisation")
        return case_id

    # ---- what only operators and the schedule do

    def put(self, item: dict[str, Any]) -> None:
        self.people.system.aws.dynamodb.put_item(
            TableName=self.people.table, Item=to_wire_item(item)
        )

    def lose(self, case_id: str) -> None:
        """The execution of a case that was opened an hour ago ends without having said so."""
        arn = self.people.execution_arn(f"{case_id}-1")
        self.people.system.aws.stepfunctions.stop_execution(executionArn=arn)
        an_hour_ago = format_timestamp(datetime.now(UTC) - timedelta(hours=1))
        self.people.set_on_case(case_id, "opened_at", an_hour_ago)
        self.people.set_on_case(case_id, keys.FLOW_SORT_KEY, an_hour_ago)

    def unlink(self, reference: str) -> None:
        """The report was accepted an hour ago, and its stream record was lost."""
        report = self.people.item(keys.report_key(reference))
        self.put(keys.arrived_key(str(report["case_id"]), int(report["number"])))  # an empty line
        for name in ("case_id", "linked_at", "linked_by", "number"):
            report.pop(name, None)
        an_hour_ago = format_timestamp(datetime.now(UTC) - timedelta(hours=1))
        self.put(
            {
                **report,
                keys.FLOW_PARTITION_KEY: keys.unlinked_flow(reference),
                keys.FLOW_SORT_KEY: an_hour_ago,
            }
        )

    def dissolve(self, unit: str, case_id: str) -> None:
        """A unit the pack has no more holds a case."""
        self.people.set_on_case(case_id, "referral.unit", unit)
        self.people.set_on_case(
            case_id, keys.QUEUE_PARTITION_KEY, desk_keys.queue_name_of_desk(f"held:{unit}")
        )
        self.put(
            {**keys.units_key(), "units": {**area_digests_by_unit(open_pack("ma")), unit: "04.421"}}
        )
