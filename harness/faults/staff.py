"""Staff: a separate person makes each act, so each entry has one act."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from casework.aws.services.sign_in import DESK_PATH
from casework.aws.table import desk_keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.wire import to_wire_item
from casework.case.lifecycle import Move, Status
from casework.decisions.permissions import StaffCall
from casework.decisions.staff import Role
from casework.pack.jurisdiction import Jurisdiction
from harness.faults.deployment import FaultDeployment
from harness.faults.reporters import AcceptedReport
from harness.people.acts import ANY_MOVE, STAFF_ACTS, ActKind
from harness.people.case_client import CaseBook, CaseCall, CaseClient
from harness.people.decision_bodies import last_report, list_unadmitted
from harness.people.person import CaseJson, DeskCall, Person

DONE: Final = frozenset({200, 201, 202})
OVERTAKEN: Final = frozenset({403, 404, 409, 412})
"""Refusals by the law, or because another person was faster."""
ADMISSION: Final = "admission"
FAULT_RUN_ACTS: Final = {
    **{name: act for name, act in STAFF_ACTS.items() if act.moves != ANY_MOVE},
    ADMISSION: ActKind((Move.ADMIT,), StaffCall.ADMISSION, weight=6),
}
"""What staff do: the acts that make a move, and the admission of what the page shows."""


@dataclass(frozen=True)
class Act:
    """One decision, and its last answer."""

    case_id: str
    by: str
    act: str
    """The intended act."""
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
    sent: Mapping[str, AcceptedReport]
    """The accepted reports, by reference."""
    acts: list[Act] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    """How often each act succeeded."""
    refused: list[str] = field(default_factory=list)
    """Unexpected answers."""

    def __post_init__(self) -> None:
        table = CaseTable(self.system.outputs["CaseTable"])
        self.book = CaseBook(table, self.pack, lambda: self.system.clock.at, self.sent)

    def enrol(self, role: Role, unit: str | None = None) -> str:
        """Create a person; returns their subject."""
        subject = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        item: CaseJson = {
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

    def work_on(self, case_id: str, status: Status, unit: str | None, cases: list[str]) -> None:
        """Let an entitled person read a case and make one legal decision."""
        role = self._who(status, unit)
        by = self.enrol(role, unit if role is Role.OFFICER else None)
        person = Person(self._desk_call(by), self._key)
        read = person.look(case_id)
        if read.status_code != 200:
            self._expected(f"reading as {role}", read)
            return
        shown: CaseJson = read.json()
        with self.system.trouble.resting():
            chosen = self._choose(shown, cases)
        if chosen is not None:
            name, call = chosen
            answer = person.act(case_id, call.path.lstrip("/"), call.content or {})
            self._record(case_id, by, name, call, answer)

    def _choose(self, shown: CaseJson, cases: list[str]) -> tuple[str, CaseCall] | None:
        """An act that the page offers and the law allows, if there is one."""
        case = self.book.table.get_case(shown["id"])
        client, offered = CaseClient(self.book, self.chance, cases), set(shown["may"])
        left = {
            name: act
            for name, act in FAULT_RUN_ACTS.items()
            if offered.intersection(act.moves) and act.has_a_point(self.book, case)
        }
        while left:
            weights = [act.weigh(name, FAULT_RUN_ACTS, self.done) for name, act in left.items()]
            (name,) = self.chance.choices(list(left), weights)
            act = left.pop(name)
            call = _admit(shown) if name == ADMISSION else act.make(client, case)
            if call is not None and act.allowed(self.book, case, call):
                seen = act.seen_fields(last_report(shown).get("shown", 0), shown["last_entry"])
                return name, call._replace(content={**(call.content or {}), **seen})
        return None

    def _who(self, status: Status, unit: str | None) -> Role:
        if status.rule.ended or unit is None:
            return self.chance.choice([Role.ANALYST, Role.SUPERVISOR])
        return self.chance.choice([Role.OFFICER] * 8 + [Role.SUPERVISOR])

    def _desk_call(self, by: str) -> DeskCall:
        """Calls of one person, each sent until it is answered."""

        def call(method: str, path: str, **request: Any) -> httpx.Response:
            return self.system.until_answered(method, f"{DESK_PATH}/{path}", by=by, **request)

        return call

    def _record(
        self, case_id: str, by: str, name: str, call: CaseCall, answer: httpx.Response
    ) -> None:
        self._expected(f"{name} {call.content}", answer)
        document = answer.json() if answer.status_code in DONE else {}
        self.done[name] += bool(document)
        made = str(document.get("decision", name))
        self.acts.append(Act(case_id, by, name, answer.status_code, document.get("event"), made))

    def _expected(self, what: str, answer: httpx.Response) -> None:
        if answer.status_code not in DONE | OVERTAKEN:
            self.refused.append(f"{what}: {answer.status_code} {answer.text[:700]}")

    def figures(self, first: str, last: str) -> dict[tuple[str, str], int]:
        """The staff's figures of some days."""
        window = {"from": first, "to": last}
        answer = self._desk_call(self.enrol(Role.AUDITOR))("GET", "statistics", params=window)
        return {(row["table"], row["row"]): row["count"] for row in answer.json()["figures"]}

    def unreadable(self, case_ids: Iterable[str]) -> Iterator[str]:
        """Cases that an entitled person cannot read at the first try; called without faults."""
        by = self.enrol(Role.SUPERVISOR)
        for case_id in case_ids:
            answer = self.system.http("GET", f"{DESK_PATH}/cases/{case_id}", by=by)
            if answer is None or answer.status_code != 200:
                yield f"{case_id} cannot be read"

    def _key(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))


def _admit(shown: CaseJson) -> CaseCall | None:
    """The reports that this page shows; nothing where it shows none of those that wait."""
    named = list_unadmitted(shown)
    return CaseCall("/admissions", {"reports": named}) if named else None
