"""Staff: a separate person makes each act, so each entry has one act."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from casework.aws.table import desk_keys
from casework.aws.table.wire import to_wire_item
from casework.case.admission import MAX_ADMITTED_BY_NAME
from casework.case.lifecycle import Move, Status
from casework.case.suspects import SUSPECT_TRANSITIONS, SuspectHappening, SuspectStanding
from casework.decisions.staff import Role
from casework.pack.jurisdiction import Jurisdiction
from harness.faults.deployment import ClientResponse, FaultDeployment
from harness.faults.reporters import MAX_SENDINGS, ReporterGaveUp

StaffJson = dict[str, Any]
DONE: Final = frozenset({200, 201, 202})
OVERTAKEN: Final = frozenset({403, 404, 409, 412})
"""Refusals by the law, or because another person was faster."""


class StaffRequest(NamedTuple):
    """A request about a case: its path after the case's."""

    path: str
    content: StaffJson


@dataclass(frozen=True)
class Act:
    """One decision, and its last answer."""

    case_id: str
    by: str
    move: str
    """The intended move."""
    status: int
    event: int | None
    """The number of the entry in the answer."""
    made: str
    """The move in the answer: the first of two people proposes."""


@dataclass
class Staff:
    """All deciding people of one run."""

    system: FaultDeployment
    chance: random.Random
    pack: Jurisdiction
    acts: list[Act] = field(default_factory=list)
    proposals: dict[str, StaffJson] = field(default_factory=dict)
    """The decision of the first person, by case."""
    sendings: int = 0
    refused: list[str] = field(default_factory=list)
    """Unexpected answers."""

    def enrol(self, role: Role, unit: str | None = None) -> str:
        """Create a person; returns their subject."""
        subject = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        item: StaffJson = {
            **desk_keys.staff_key(subject),
            **desk_keys.staff_queue_place(role.value, subject),
            "name": "A person",
            "role": role.value,
            "active": True,
            **({"unit": unit} if unit else {}),
        }
        self.system.aws.dynamodb.put_item(
            TableName=self.system.outputs["CaseTable"], Item=to_wire_item(item)
        )
        return subject

    def work_on(self, case_id: str, status: Status, unit: str | None, others: list[str]) -> None:
        """Let an entitled person read a case and make one legal decision."""
        role = self._who(status, unit)
        by = self.enrol(role, unit if role is Role.OFFICER else None)
        read = self._until_answered("GET", f"/v1/desk/cases/{case_id}", {}, None, by)
        if read.status != 200:
            self._expected(f"reading as {role}", read)
            return
        case: StaffJson = read.said
        choices = {
            move: make
            for move, make in MAKE.items()
            if move.value in case["may"] and (move not in SELDOM or self.chance.random() < 0.15)
        }
        if not choices:
            return
        move = self.chance.choice(list(choices))
        sent = choices[move](self, case, [each for each in others if each != case_id])
        if sent is not None:
            self._decide(case_id, read.headers["ETag"], by, move, sent)

    def _who(self, status: Status, unit: str | None) -> Role:
        if status.rule.ended or unit is None:
            return self.chance.choice([Role.ANALYST, Role.SUPERVISOR])
        return self.chance.choice([Role.OFFICER] * 8 + [Role.SUPERVISOR])

    def _decide(self, case_id: str, etag: str, by: str, move: Move, sent: StaffRequest) -> None:
        path = f"/v1/desk/cases/{case_id}{sent.path}"
        if move in {Move.RETRY, Move.REASSIGN}:
            path = f"/v1/desk/duty/{case_id}{sent.path}"
        headers = {"if-match": etag, "idempotency-key": self._key()}
        answer = self._until_answered("POST", path, headers, sent.content, by)
        self._expected(f"{move} {sent.content}", answer)
        said = answer.said if answer.status in DONE else {}
        made = str(said.get("decision", move.value))
        if made == Move.PROPOSE.value:
            self.proposals[case_id] = sent.content
        number = said.get("event", said.get("number"))
        self.acts.append(Act(case_id, by, move.value, answer.status, number, made))

    def _expected(self, what: str, answer: ClientResponse) -> None:
        if answer.status not in DONE | OVERTAKEN:
            self.refused.append(f"{what}: {answer.status} {answer.body[:700]}")

    def figures(self, first: str, last: str) -> dict[tuple[str, str], int]:
        """The staff's figures of some days."""
        by = self.enrol(Role.AUDITOR)
        answer = self._until_answered(
            "GET", "/v1/desk/statistics", {}, None, by, **{"from": first, "to": last}
        )
        return {(row["table"], row["row"]): row["count"] for row in answer.said["figures"]}

    def unreadable(self, case_ids: Iterable[str]) -> Iterator[str]:
        """Cases that an entitled person cannot read at the first try; called without faults."""
        by = self.enrol(Role.SUPERVISOR)
        for case_id in case_ids:
            answer = self.system.http("GET", f"/v1/desk/cases/{case_id}", {}, b"", subject=by)
            if answer is None or answer.status != 200:
                yield f"{case_id} cannot be read"

    def history(self, case_id: str) -> StaffJson:
        """What an auditor reads of a history."""
        by = self.enrol(Role.AUDITOR)
        answer = self._until_answered("GET", f"/v1/desk/history/{case_id}", {}, None, by)
        told: StaffJson = answer.said
        return told

    def _until_answered(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Any,
        by: str,
        **query: str,
    ) -> ClientResponse:
        """Send a request until it is answered; raises GivenUp.

        A page of a case takes so many calls that hardly one reading in five has no fault. Services
        work when it is read again: another failed reading would show nothing more.
        """
        content = json.dumps(body).encode() if body is not None else b""
        sent = {**headers, **({"content-type": "application/json"} if content else {})}
        for number in range(MAX_SENDINGS):
            self.sendings += 1
            again = method == "GET" and number > 0
            with self.system.trouble.resting() if again else nullcontext():
                answer = self.system.http(method, path, sent, content, subject=by, **query)
            if answer is not None and answer.status < 500:
                return answer
        raise ReporterGaveUp(f"{method} {path}")

    def _key(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    # ---- what is sent ------------------------------------------------------------------------

    def confirm(self, case: StaffJson, others: list[str]) -> StaffRequest:
        """The second of two people sends what the first one sent."""
        if case.get("proposed_by") and case["id"] in self.proposals:
            return StaffRequest("/review", self.proposals[case["id"]])
        category = case.get("category")
        said: StaffJson = {
            "outcome": "confirm",
            "category": category if category in self.pack.categories else "fraud",
            "priority": case["priority"],
            **_seen(case),
        }
        if case.get("territory"):
            said["territory"] = case["territory"]
        return StaffRequest("/review", said)

    def reject(self, case: StaffJson, others: list[str]) -> StaffRequest:
        said = {"outcome": "reject", "reason": "no_exploitable_facts", **_seen(case)}
        return StaffRequest("/review", said)

    def ask(self, case: StaffJson, others: list[str]) -> StaffRequest | None:
        admitted = [each["reference"] for each in case["reports"] if each["belongs"]]
        if not admitted:
            return None
        report = self.chance.choice(admitted)
        said: StaffJson = {"outcome": "ask", "question": "Quel jour était-ce ?", "report": report}
        said["seen"] = case["last_entry"]
        return StaffRequest("/review", said)

    def merge(self, case: StaffJson, others: list[str]) -> StaffRequest | None:
        if case["status"] != Status.IN_REVIEW or not others:
            return None
        return StaffRequest("/review", {"outcome": "merge", "into": self.chance.choice(others)})

    def split(self, case: StaffJson, others: list[str]) -> StaffRequest:
        return StaffRequest("/review", {"outcome": "split"})

    def accept(self, case: StaffJson, others: list[str]) -> StaffRequest:
        return StaffRequest("/acknowledgement", {"outcome": "accept", **_seen(case)})

    def decline(self, case: StaffJson, others: list[str]) -> StaffRequest:
        own = case["referral"]["unit"]
        named = self.chance.choice(sorted(set(self.pack.units) - {own}))
        return StaffRequest(
            "/acknowledgement",
            {"outcome": "decline", "reason": "other_territory", "competent_unit": named},
        )

    def admit(self, case: StaffJson, others: list[str]) -> StaffRequest | None:
        named = [each["reference"] for each in case["reports"] if not each["belongs"]][
            :MAX_ADMITTED_BY_NAME
        ]
        return StaffRequest("/admissions", {"reports": named}) if named else None

    def instruct(self, case: StaffJson, kind: str, **said: Any) -> StaffRequest:
        return StaffRequest("/instructions", {"kind": kind, **self._dated(case), **said})

    def _dated(self, case: StaffJson) -> StaffJson:
        """By the competent office, or by another one with a reason."""
        known = case["competence"]
        by = {"prosecutor": known.get("prosecutor"), "court": known.get("court")}
        if None in by.values():
            levels = {each.level: each.id for each in self.pack.courts.values()}
            office = next(iter(self.pack.facts.prosecutors.values()))
            by = {"prosecutor": office.id, "court": levels[office.court_level]}
            by["other_office"] = "The office on duty decided in place of the competent one."
        today = self.system.clock.at.date().isoformat()
        return {**by, "reference": "7/2026", "decided_on": today}

    def danger(self, case: StaffJson, others: list[str]) -> StaffRequest:
        why = "A neighbour saw the man with a knife before the door."
        return StaffRequest("/danger", {"outcome": "pass", "danger": "life", "ground": why})

    def no_danger(self, case: StaffJson, others: list[str]) -> StaffRequest:
        said: StaffJson = {
            "outcome": "no_danger",
            "reason": "The film is of last year, nobody is hurt.",
        }
        said |= {"dangers": case["dangers"], "seen": case["last_entry"]}
        return StaffRequest("/review" if case["status"] == Status.IN_REVIEW else "/danger", said)

    def suspect(self, case: StaffJson, others: list[str]) -> StaffRequest:
        """A new suspect, or a legal event of one."""
        possible = [
            (number, happening)
            for number, standing in enumerate(case.get("suspects", ()), start=1)
            for happening in SUSPECT_TRANSITIONS[SuspectStanding(standing)]
            if happening is not SuspectHappening.IDENTIFIED
        ]
        if not possible or (self.chance.random() < 0.5 and not Status(case["status"]).rule.ended):
            return StaffRequest("/suspects", {})
        number, happening = self.chance.choice(possible)
        return StaffRequest(f"/suspects/{number}/events", {"happening": happening.value})

    def close(self, case: StaffJson, others: list[str]) -> StaffRequest:
        awaited = case["status"] == Status.AWAITING_AUTHORISATION
        reason = "authorisation_refused" if awaited else "sent_to_court"
        return StaffRequest("/closure", {"reason": reason, **self._dated(case), **_seen(case)})

    def reassign(self, case: StaffJson, others: list[str]) -> StaffRequest:
        named = self.chance.choice(sorted(set(self.pack.units) - {case["referral"]["unit"]}))
        return StaffRequest("/reassign", {"unit": named})


def _shown(case: StaffJson) -> StaffJson:
    """The last report that was shown; nothing where a page shows some of them."""
    numbers = [each["number"] for each in case["reports"] if each.get("number")]
    return {"shown": max(numbers)} if numbers and "cursor" not in case else {}


def _seen(case: StaffJson) -> StaffJson:
    """The last report and the last entry of the history that were shown."""
    return {**_shown(case), "seen": case["last_entry"]}


MAKE: Final[dict[Move, Callable[[Staff, StaffJson, list[str]], StaffRequest | None]]] = {
    Move.CONFIRM: Staff.confirm,
    Move.REJECT: Staff.reject,
    Move.ASK: Staff.ask,
    Move.MERGE: Staff.merge,
    Move.SPLIT: Staff.split,
    Move.ACKNOWLEDGE: Staff.accept,
    Move.DECLINE: Staff.decline,
    Move.AUTHORISE: lambda staff, case, others: staff.instruct(case, "authorise"),
    Move.PASS: Staff.danger,
    Move.NO_DANGER: Staff.no_danger,
    Move.REOPEN: lambda staff, case, others: StaffRequest(
        "/review", {"outcome": "reopen", "because": "new_facts"}
    ),
    Move.ADMIT: Staff.admit,
    Move.CHECK: lambda staff, case, others: staff.instruct(case, "order_checks"),
    Move.INSTRUCT: lambda staff, case, others: staff.instruct(case, "investigate"),
    Move.SUSPECT: Staff.suspect,
    Move.CLOSE: Staff.close,
    Move.RETRY: lambda staff, case, others: StaffRequest("/retry", {}),
    Move.REASSIGN: Staff.reassign,
    Move.NOTICE: lambda staff, case, others: StaffRequest(
        "/notice", {"told": "victim", "means": "letter"}
    ),
}
"""The request of each move that can be legal next."""
SELDOM: Final = frozenset({Move.REJECT, Move.MERGE, Move.CLOSE, Move.REASSIGN, Move.SPLIT})
"""Moves that would end most work if they were as frequent as the others."""
