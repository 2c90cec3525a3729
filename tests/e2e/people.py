"""The people of the end-to-end tests, as clients of the public addresses."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

import httpx

from casework.aws.table import desk_keys, keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.execution_state import WORKFLOW_VERSION
from casework.case.lifecycle import Move
from casework.pack.jurisdiction import open_pack
from casework.text.compression import decompress_text
from casework.text.realm import Realm
from harness.demo import audit
from harness.people.decision_bodies import confirm_body, from_prosecutor
from harness.people.person import Person, new_key, over_http
from harness.people.reporter_requests import addition_request, receipt_request, report_request
from local import staff
from local.people import StaffEntry
from local.staff import LocalStaff
from local.system import LocalSystem

T = TypeVar("T")

SECOND: Final = "second@casework.example"

MOST_READINGS: Final = 5
"""How often a person reads a case again before deciding while reports keep joining it."""
PATIENCE: Final = 150
"""Seconds that anything awaited may take. It keeps a test from waiting for ever and says nothing of
how long a thing should take: a machine that many share may be several times as slow as another."""

# Counted and not drawn: of a thousand numbers drawn two are the same once in two hundred runs, and
# their reports are one case. Each worker has systems of its own, so each may count from the start.
_phones: Final = itertools.count(300_000)
_days: Final = itertools.count()
_chosen: Final = itertools.count()
SHORTEST_PAUSE, LONGEST_PAUSE, LONGER = 0.05, 1.0, 1.2
"""Seconds between looks at first and at last, and how much longer each is than the one before."""


def eventually(look: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Look until there is a result; raises AssertionError at the time limit.

    Frequent looks slow the system down, so each pause is longer than the one before.
    """
    deadline, pause = time.monotonic() + seconds, SHORTEST_PAUSE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(pause)
        pause = min(pause * LONGER, LONGEST_PAUSE)
    raise AssertionError(f"not in {seconds:g} s: {what}")


def _is_unseen(answer: httpx.Response) -> bool:
    """Whether something came into a case that its reader had not seen."""
    refused = answer.status_code == httpx.codes.CONFLICT
    return refused and answer.json().get("type", "").endswith("news-unseen")


def a_phone() -> str:
    """A Moroccan mobile number no other test uses."""
    return f"0661{next(_phones):06d}"


def a_report(**changes: Any) -> dict[str, Any]:
    """The body of a plausible report."""
    body = {
        "category": "fraud",
        "narrative": "Une page vend des téléphones qui n'arrivent jamais.",
        "locations": [{"kind": "phone", "value": a_phone()}],
        "role": "victim",
        "territory": {"text": "Rabat"},
        "language": "fr",
        "disclosure": {"kind": "confidential", "contact": {"email": "declarant@example.org"}},
    }
    return {**body, **changes}


class People:
    """Citizens and staff of one running system."""

    def __init__(self, system: LocalSystem) -> None:
        self.system = system
        self.answered: set[tuple[str, str, int]] = set()
        """Method, path and status of every call that was answered."""
        self.http = httpx.Client(
            base_url=system.api, timeout=PATIENCE, event_hooks={"response": [self._note]}
        )
        self.table = system.outputs["CaseTable"]

    def __enter__(self) -> People:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def _note(self, answer: httpx.Response) -> None:
        asked = answer.request
        self.answered.add((asked.method, asked.url.path, answer.status_code))

    # citizens

    def submit(self, body: dict[str, Any] | None = None, key: str = "") -> dict[str, Any]:
        answer = self.post_report(body or a_report(), key or new_key())
        assert answer.status_code == httpx.codes.CREATED, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def post_report(self, body: dict[str, Any], key: str, **headers: str) -> httpx.Response:
        return self.http.request(**report_request(body, key, **headers))

    def follow(self, accepted: dict[str, Any]) -> dict[str, Any]:
        answer = self.by_receipt(accepted)
        assert answer.status_code == httpx.codes.OK, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def by_receipt(
        self, accepted: dict[str, Any], path: str = "", method: str = "GET"
    ) -> httpx.Response:
        """A call about a report by its receipt."""
        request = receipt_request(accepted["reference"], accepted["receipt"], path, method)
        return self.http.request(**request)

    def add(
        self, accepted: dict[str, Any], body: dict[str, Any], key: str = "", to: str = "/additions"
    ) -> httpx.Response:
        """More about a report, by its receipt."""
        named = accepted["reference"], accepted["receipt"]
        return self.http.request(**addition_request(*named, key or new_key(), body, to))

    def slot(self, accepted: dict[str, Any], body: dict[str, Any], key: str = "") -> httpx.Response:
        """The reporter asks for the slot of a file."""
        return self.add(accepted, body, key, "/evidence")

    # staff

    def person(self, role: str, unit: str = "") -> Person:
        """A member of staff, who has seen no case yet."""
        return Person(over_http(self.http, partial(staff.demo_token, self.system, role, unit)))

    def second_supervisor(self) -> Person:
        """Another supervisor than the one of the other tests."""
        second, known = StaffEntry(SECOND, "Second", "supervisor"), LocalStaff(self.system)
        known.ensure([second])
        return Person(over_http(self.http, partial(known.token, second.login)))

    def open_identity(self, case_id: str, etag: str, unit: str) -> httpx.Response:
        """The unit opens what its first request was released for."""
        path = f"cases/{case_id}/identity-requests/1/opening"
        return self.person("officer", unit).post(path, {}, etag)

    def call(
        self, method: str, path: str, role: str, unit: str = "", **request: Any
    ) -> httpx.Response:
        token = staff.demo_token(self.system, role, unit)
        headers = {"Authorization": f"Bearer {token}", **request.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **request)

    def settle(self, role: str, settings: dict[str, Any]) -> None:
        """A person's own settings, instead of those that they have."""
        seen = self.call("GET", "/v1/desk/me", role).headers["ETag"]
        sent = {"If-Match": seen}
        kept = self.call("PUT", "/v1/desk/me/settings", role, json=settings, headers=sent)
        assert kept.is_success, kept.text

    def case(self, case_id: str, role: str = "supervisor", unit: str = "") -> httpx.Response:
        return self.call("GET", f"/v1/desk/cases/{case_id}", role, unit)

    def decide(
        self, case_id: str, call: str, decision: dict[str, Any], role: str, unit: str = ""
    ) -> httpx.Response:
        """A decision on the case as it is read; where more comes meanwhile it is read again."""
        person = self.person(role, unit)
        for number in range(MOST_READINGS):
            case = person.case(case_id)
            seen = {"seen": case["last_entry"]} if number else {}
            answer = person.act(case_id, call, {**decision, **seen})
            if not _is_unseen(answer):
                return answer
        raise AssertionError(f"more came into {case_id} each time that it was read")

    def confirm(self, case_id: str, **changes: Any) -> httpx.Response:
        case = self.case(case_id, "analyst").json()
        priority = "immediate" if case["imminent"] else "standard"
        decision = confirm_body(case, **{"category": "fraud", "priority": priority, **changes})
        answer = self.decide(case_id, "review", decision, "analyst")
        assert answer.status_code in {200, 202}, answer.text
        return answer

    def acknowledge(self, case_id: str, unit: str) -> httpx.Response:
        answer = self.decide(case_id, "acknowledgement", {"outcome": "accept"}, "officer", unit)
        assert answer.status_code in {200, 202}, answer.text
        return answer

    def ask(self, case_id: str, question: str) -> None:
        """An analyst asks the reporter; afterwards the case waits for the answer."""
        self.await_wait(case_id)
        asked = {"outcome": "ask", "question": question}
        assert self.decide(case_id, "review", asked, "analyst").status_code in {200, 202}
        eventually(lambda: self.executions(case_id) == ["SUCCEEDED"], "no workflow waits")

    def prosecutor_of(self, case_id: str) -> dict[str, Any]:
        """A dated act of the office that is competent for a case."""
        pack = open_pack("ma")
        today = pack.facts.local_day(datetime.now(UTC))
        return from_prosecutor(self.case(case_id).json()["competence"], pack, today)

    def authorise(self, case_id: str, unit: str) -> None:
        """The unit that holds a case enters the prosecutor's authorisation: the gate is open."""
        said = {"kind": "authorise", **self.prosecutor_of(case_id)}
        answer = self.decide(case_id, "instructions", said, "officer", unit)
        assert answer.is_success, answer.text
        self.await_status(case_id, "acknowledged")

    def release_identity(self, case_id: str, asked: httpx.Response) -> str:
        """A second person agrees to the request of a unit; returns the new ETag of the request."""
        assert asked.json()["standing"] == "asked", asked.text
        path = f"cases/{case_id}/identity-requests/{asked.json()['number']}/decision"
        released = {"outcome": "release", "reason": "Le motif est fondé."}
        answer = self.person("supervisor").post(path, released, asked.headers["ETag"])
        assert answer.is_success, answer.text
        return answer.headers["ETag"]

    # cases brought so far

    def in_review(self, **said: Any) -> str:
        """A case that waits for an analyst."""
        case_id = self.case_of(self.submit(a_report(**said)))
        self.await_wait(case_id)
        return case_id

    def glance(self, case_id: str) -> None:
        """Somebody looks at the report of a case, and finds nothing urgent."""
        (report,) = self.case(case_id).json()["reports"]
        body = {"report": report["reference"], "verdict": "nothing_urgent"}
        key = {"Idempotency-Key": new_key()}
        answer = self.call("POST", "/v1/desk/glance", "supervisor", json=body, headers=key)
        assert answer.is_success, answer.text

    def published(self, **said: Any) -> str:
        """A case that waits for its unit, which was told."""
        case_id = self.in_review(**said)
        self.confirm(case_id)
        self.await_status(case_id, "published")
        eventually(
            lambda: self.item(keys.wait_key(case_id)).get("status") == "published", "it waits"
        )
        return case_id

    def take(self, accepted: dict[str, Any], unit: str) -> str:
        """Bring the case of an accepted report to its unit, which takes it."""
        case_id = self.case_of(accepted)
        self.await_wait(case_id)
        self.confirm(case_id)
        self.await_status(case_id, "published")
        self.await_wait(case_id)
        self.acknowledge(case_id, unit)
        return case_id

    def held(self, unit: str, **said: Any) -> str:
        """A case its unit holds, whose workflow has ended."""
        case_id = self.published(**said)
        self.acknowledge(case_id, unit)
        eventually(lambda: self.executions(case_id) == ["SUCCEEDED"], "the workflow ends")
        return case_id

    def moves(self, case_id: str) -> list[str]:
        return [event["move"] for event in self.case(case_id).json()["history"]]

    def on_duty(self, kind: str) -> list[str]:
        """Ids of the cases on the duty desk for one reason, of all pages."""
        found: list[str] = []
        asked: dict[str, str] = {"limit": "100"}
        while True:
            answer = self.call("GET", "/v1/desk/duty", "supervisor", params=asked)
            assert answer.status_code == httpx.codes.OK, answer.text
            found += [line["id"] for line in answer.json()[kind]]
            following = answer.json()["cursors"].get(kind)
            if following is None:
                return found
            asked["cursor"] = following

    def audited(self, case_id: str) -> dict[str, Any]:
        """The history of a case as an auditor reads it."""
        answer = self.call("GET", f"/v1/desk/history/{case_id}", "auditor")
        assert answer.status_code == httpx.codes.OK, answer.text
        document: dict[str, Any] = answer.json()
        return document

    # what only the operators of the system see

    def invoke(self, output: str, event: dict[str, Any]) -> Any:
        """Call the function that an output of the stacks names; its answer."""
        answer = self.system.aws.client("lambda").invoke(
            FunctionName=self.system.outputs[output], Payload=json.dumps(event)
        )
        body = answer["Payload"].read()
        assert "FunctionError" not in answer, body
        return json.loads(body)

    def sweep_until(self, done: Callable[[], Any], what: str) -> None:
        """Run the sweeper until its work is done; one run does as much as its time allows."""

        def swept() -> Any:
            self.invoke("SweepFunction", {})
            return done()

        eventually(swept, what)

    def step(self, state: str, case_id: str) -> None:
        """Run a state of the workflow again, as the service does when it got no answer."""
        (name,) = (each for each in self.functions() if f"Steps{state}" in each)
        case = self.item(keys.case_key(case_id))
        journey = {"case_id": case_id, "run": case.get("run", 1), "status": case["status"]}
        call = {"journey": {**journey, "wait_seconds": 1}, "drawn": WORKFLOW_VERSION}
        answer = self.system.aws.functions.invoke(FunctionName=name, Payload=json.dumps(call))
        assert "FunctionError" not in answer, answer["Payload"].read()

    def functions(self) -> set[str]:
        """Names of the functions of the stacks that are ours."""
        aws = self.system.aws
        every = aws.functions.get_paginator("list_functions").paginate()
        return {
            each["FunctionName"]
            for page in every
            for each in page["Functions"]
            if each["Handler"].startswith("functions.")
        }

    def a_past_day_of(self, *case_ids: str) -> str:
        """A day on which only these cases grew; each day is sealed once."""
        day = (date(1900, 1, 1) + timedelta(days=next(_days))).isoformat()
        for case_id in case_ids:
            item = to_wire_item(keys.day_key(day, case_id))
            self.system.aws.dynamodb.put_item(TableName=self.table, Item=item)
        return day

    def chosen_to_be_read_again(self, case_id: str) -> str:
        """The confirmed review of a case waits for a second person, before all that a digest chose;
        returns the id of the sample."""
        history = self.case(case_id).json()["history"]
        (number,) = (each["number"] for each in history if each["move"] == Move.CONFIRM)
        sample = f"2020-01-01T00:00:00.000Z_{next(_chosen):016x}"
        line = {
            **desk_keys.sample_key(Realm.REAL, sample),
            "case_id": case_id,
            "number": number,
            "due": "2020-01-08T00:00:00.000Z",
            "deciders": ["somebody else"],
            keys.EXPIRES_AT_FIELD: 4_102_444_800,
        }
        self.system.aws.dynamodb.put_item(TableName=self.table, Item=to_wire_item(line))
        return sample

    def narrative_of(self, reference: str) -> str:
        return decompress_text(bytes(self.item(keys.report_key(reference))["narrative"]))

    def item(self, key: dict[str, str]) -> dict[str, Any]:
        answer = self.system.aws.dynamodb.get_item(
            TableName=self.table, Key=to_wire_item(key), ConsistentRead=True
        )
        return values_from_wire_item(answer.get("Item", {}))

    def set_on_case(self, case_id: str, path: str, value: Any) -> None:
        """Change an attribute directly in the table, as time or a change of the pack would."""
        names = {f"#{number}": name for number, name in enumerate(path.split("."))}
        self.system.aws.dynamodb.update_item(
            TableName=self.table,
            Key=to_wire_item(keys.case_key(case_id)),
            UpdateExpression=f"SET {'.'.join(names)} = :value",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_wire_item({":value": value}),
        )

    def case_of(self, accepted: dict[str, Any], seconds: float = PATIENCE) -> str:
        def linked() -> str:
            return str(self.item(keys.report_key(accepted["reference"])).get("case_id", ""))

        return eventually(linked, "the report is linked to a case", seconds)

    def await_status(self, case_id: str, status: str) -> dict[str, Any]:
        def reached() -> dict[str, Any]:
            case = self.item(keys.case_key(case_id))
            return case if case.get("status") == status else {}

        return eventually(reached, f"case {case_id} becomes {status}")

    def await_wait(self, case_id: str) -> None:

        def waits() -> bool:
            case, kept = self.item(keys.case_key(case_id)), self.item(keys.wait_key(case_id))
            its = (case.get("status"), case.get("run", 1))
            return bool((kept.get("status"), kept.get("run")) == its)

        eventually(waits, f"case {case_id} waits for people")

    def notifications(self, queue: str) -> list[dict[str, Any]]:
        desks = {"duty": "DutyQueueUrl", "supervision": "SupervisionQueueUrl"}
        if queue in desks:
            url = self.system.outputs[desks[queue]]
        else:
            name = f"{self.system.outputs['Stage']}-unit-{queue}"
            url = self.system.aws.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        return list(audit.drain(self.system.aws.sqs, url))

    def runs(self, case_id: str) -> bool:
        return "RUNNING" in self.executions(case_id)

    def executions(self, case_id: str) -> list[str]:
        """How the execution of each run of a case stands, the first run first."""
        last = int(self.item(keys.case_key(case_id)).get("run", 1))
        found = (self.execution(f"{case_id}-{run}") for run in range(1, last + 1))
        return [status for status in found if status]

    def execution(self, name: str) -> str:
        """The status of an execution; None if there is none of this name."""
        states = self.system.aws.stepfunctions
        try:
            return states.describe_execution(executionArn=self.execution_arn(name))["status"]
        except states.exceptions.ExecutionDoesNotExist:
            return ""

    def execution_arn(self, name: str) -> str:
        """The ARN of an execution, whether or not there is one of this name."""
        machine = self.system.outputs["WorkflowArn"]
        return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"

    def every_execution(self, case_id: str) -> list[str]:
        """The names of all executions that ever served the case; reads those of all cases."""
        found = self.system.aws.stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=self.system.outputs["WorkflowArn"]
        )
        names = [execution["name"] for page in found for execution in page["executions"]]
        return sorted(name for name in names if name.startswith(case_id))
