"""The next call of one of many clients on a case, and the answer that it must get.

Half of the calls are legal, made by a person with the permission; the rarest act so far is the
likeliest. The other half are arbitrary: out of order, by another person, on an old version, or
with unknown words. The seed and the state of the case determine the choice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import httpx

from casework.case import lifecycle
from casework.case.case import Case
from casework.decisions.permissions import (
    PERMISSIONS_BY_ROLE,
    PermissionReach,
    StaffCall,
    responsible_unit,
)
from casework.decisions.retention import RetentionDecision
from casework.decisions.review import ReviewDecision
from casework.decisions.staff import Role, StaffMember, list_queues
from casework.errors import Refusal
from casework.moves.holds import take_hold
from harness.people.acts import ActKind
from harness.people.case_client import CaseCall
from tests.e2e.acts import ACTS, OutsideAct
from tests.e2e.clerk import RABAT
from tests.e2e.hands import RacingClient, Someone

LAWFUL: Final = 0.5
"""The usual share of calls that the law allows."""
POINTLESS: Final = 0.05
"""How often something is tried that no case as this one can have, such as a second suspect of
none: nearly all such answers would be 404."""
SPOILT: Final = ("", "", "", "version", "role", "unit", "words")

DONE: Final = frozenset({200, 201, 202})
OVERTAKEN: Final = frozenset({403, 404, 409, 412})
"""The answer to a client that lost the race."""
ON_NO_VERSION: Final = frozenset(
    {StaffCall.CASE, StaffCall.DOSSIER, StaffCall.HOLD, StaffCall.APART}
)
PAST_A_HOLD: Final = frozenset(
    {
        StaffCall.CASE,
        StaffCall.DOSSIER,
        StaffCall.MESSAGES,
        StaffCall.FREEZES,
        StaffCall.BREAK_HOLD,
        StaffCall.APART,
    }
)


def ended_at_review(case: Case) -> bool:
    """Whether a supervisor alone corrects why the case ended."""
    return case.closed is not None and case.closed.is_review_reason


@dataclass
class Client(RacingClient):
    """One of many clients that act at the same time."""

    lawful: float = LAWFUL
    """The share of lawful calls."""
    answers: list[tuple[str, int]] = field(default_factory=list)
    """Act and status."""
    overtaken: int = 0
    """Acts that were answered otherwise because another client was faster."""
    surprises: list[str] = field(default_factory=list)

    def act(self, case_id: str) -> None:
        """Do one thing to a case as it is now."""
        case = self.book.table.get_case(case_id)
        lawful = self.chance.random() < self.lawful
        name, who, sent = self._lawful(case) if lawful else self._anything(case)
        act = ACTS[name]
        if isinstance(act, OutsideAct):
            status = act.do(self, case)
            if status not in {0, 201}:
                self.surprises.append(f"{name} on {case.id}, {case.status}: {status}")
        else:
            status = self._send(name, who, sent, case, "" if lawful else self._spoilt(sent))
        if status:
            self.answers.append((name, status))
        if status in {0, *DONE}:
            self.book.done[name] += 1

    # what is chosen

    def _lawful(self, case: Case) -> tuple[str, Someone, CaseCall]:
        """The acts that the law allows next on the case."""
        left = {
            name: act.weigh(name, ACTS, self.book.done)
            for name, act in ACTS.items()
            if any(lifecycle.is_legal_move(case.status, move) for move in act.moves)
            and act.has_a_point(self.book, case)
        }
        while True:
            name = self.chance.choices(list(left), list(left.values()))[0]
            act = ACTS[name]
            sent = act.make(self, case)
            able = self._able(act.call, case) if act.call else [Someone(Role.ANALYST, "")]
            if able and sent is not None and act.allowed(self.book, case, sent):
                return name, self.chance.choice(able), sent
            del left[name]

    def _anything(self, case: Case) -> tuple[str, Someone, CaseCall]:
        """Any call of staff, by a person whose role permits it."""
        while True:
            name = self.chance.choice([name for name, act in ACTS.items() if act.call])
            act = ACTS[name]
            assert act.call is not None
            able = self._permitted(act.call, case)
            sent = act.make(self, case)
            apt = able and act.has_a_point(self.book, case)
            if sent is not None and (apt or self.chance.random() < POINTLESS):
                return name, self.chance.choice(able or [Someone(Role.OFFICER, RABAT)]), sent

    def _permitted(self, call: StaffCall, case: Case) -> list[Someone]:
        """The people who may make the call on the case."""
        unit = responsible_unit(case)
        return [
            Someone(role, (unit or "") if role is Role.OFFICER else "")
            for role in (Role.ANALYST, Role.SUPERVISOR, Role.OFFICER)
            if PERMISSIONS_BY_ROLE[role][call] is not PermissionReach.NONE
            and not _is_out_of_reach(PERMISSIONS_BY_ROLE[role][call], case)
            and (unit or role is not Role.OFFICER)
            and not (call is StaffCall.REVIEW and case.supervision and role is Role.ANALYST)
            and not (
                call is StaffCall.CORRECTION and role is Role.OFFICER and ended_at_review(case)
            )
        ]

    def _able(self, call: StaffCall, case: Case) -> list[Someone]:
        """Those whom no hold excludes and who, if two people decide, did not decide first."""
        at = datetime.now(UTC)
        deciding = call in {StaffCall.REVIEW, StaffCall.RETENTION}
        return [
            who
            for who in self._permitted(call, case)
            for subject in [self.book.subject(who)]
            if call in PAST_A_HOLD or not case.is_held_by_another(subject, at)
            if call is not StaffCall.HOLD or may_take(who, subject, case)
            if not (deciding and case.proposal and case.proposal.by == subject)
        ]

    def _spoilt(self, sent: CaseCall) -> str:
        """The fault of the call, apart from the law of the case."""
        spoilt = self.chance.choice(SPOILT)
        return "" if spoilt == "words" and sent.content is None else spoilt

    # what is sent, and what must be answered

    def _send(self, name: str, who: Someone, sent: CaseCall, case: Case, spoilt: str) -> int:
        call = ACTS[name].call
        assert call is not None
        if spoilt == "role":
            no_such = [
                each for each in Role if PERMISSIONS_BY_ROLE[each][call] is PermissionReach.NONE
            ]
            role = self.chance.choice(no_such) if no_such else Role.AUDITOR
            who = Someone(role, RABAT if role is Role.OFFICER else "")
        if spoilt == "unit" and who.role is Role.OFFICER:
            who = Someone(who.role, self.strangers(case))
        version = case.version - (spoilt == "version")
        seen = ACTS[name].seen_fields(self.book.table.reports.last_number(case.id), case.events)
        added = {"nonsense": True} if spoilt == "words" else seen
        desk = "duty" if call in {StaffCall.RETRY, StaffCall.REASSIGN} else "cases"
        answer = self.book.people.call(
            sent.method,
            f"/v1/desk/{desk}/{case.id}{sent.path}",
            who.role,
            who.unit,
            json=None if sent.content is None else {**sent.content, **added},
            headers={"If-Match": f'"{version}"', "Idempotency-Key": self.key()},
        )
        expected = self._expected(ACTS[name], who, sent, case, spoilt)
        self._judge(f"{name} by {who}, {spoilt or 'as it is'}", expected, sent, case, answer)
        return answer.status_code

    def _expected(
        self, act: ActKind, who: Someone, sent: CaseCall, case: Case, spoilt: str
    ) -> frozenset[int]:
        """The answer if no other client acts meanwhile."""
        assert act.call is not None
        subject, reach = self.book.subject(who), PERMISSIONS_BY_ROLE[who.role][act.call]
        if reach is PermissionReach.NONE:
            return frozenset({403})
        if spoilt == "words":
            return frozenset({422})
        if reach is PermissionReach.OWN and who.unit != responsible_unit(case):
            return frozenset({404})
        if _is_out_of_reach(reach, case):
            return frozenset({403})
        if act.call is StaffCall.REVIEW and case.supervision and who.role is not Role.SUPERVISOR:
            return frozenset({403})
        if spoilt == "version" and act.call not in ON_NO_VERSION:
            return frozenset({412})
        held = case.is_held_by_another(subject, datetime.now(UTC)) and act.call not in PAST_A_HOLD
        twice = case.proposal and case.proposal.by == subject
        if held or (twice and case.proposal and case.proposal.digest == digest(act.call, sent)):
            return frozenset({409})
        holding = sent.path == "/hold" and sent.method == "POST"
        if holding and not may_take(who, subject, case):
            return act.refused
        legal = any(lifecycle.is_legal_move(case.status, move) for move in act.moves)
        if legal and self.book.two_people(case):  # what it needs is looked at by the second one
            return DONE | act.refused
        return DONE if legal and act.allowed(self.book, case, sent) else act.refused

    def _judge(
        self,
        what: str,
        expected: frozenset[int],
        sent: CaseCall,
        case: Case,
        answer: httpx.Response,
    ) -> None:
        """Record an entry that was made, and an answer without an explanation."""
        status, entry = answer.status_code, 0
        if answer.is_success:
            said = answer.json()
            if "decision" in said:
                entry = said["event"]
            elif sent.path == "/messages":
                entry = said["number"]
            if entry:
                self.book.decided.add((case.id, entry))
        if status in expected or 0 < entry <= case.events:  # the same again is answered as before
            return
        told = answer.json().get("type", "") if status == httpx.codes.CONFLICT else ""
        came = told.endswith(("reports-unseen", "news-unseen"))
        if came or (self._changed(case, sent.other, entry) and status in OVERTAKEN | DONE):
            self.overtaken += 1
            return
        seen = f"{case.id}, {case.status}, version {case.version}"
        self.surprises.append(f"{what} on {seen}: {status}, not {set(expected)}: {answer.text}")

    def _changed(self, case: Case, other: Case | None, entry: int) -> bool:
        """Whether another client changed one of the cases since this client read them."""
        table = self.book.table
        # By an act that should have been refused: something came before it, here or in the other
        # case, in whose history a join and a split write one entry of their own.
        if entry:
            here = entry > case.events + 1 or bool(case.hold or case.moving)
            return here or (
                other is not None and table.get_case(other.id).events > other.events + 1
            )
        seen = [case, *([other] if other else [])]
        return any(table.get_case(each.id).revision != each.revision for each in seen)


def _is_out_of_reach(reach: PermissionReach, case: Case) -> bool:
    """Whether the case stands, for those who see it, where their role does not reach."""
    ended = case.status.rule.ended
    if reach is PermissionReach.DESK:
        return ended or responsible_unit(case) is not None
    return reach is PermissionReach.ENDED and not ended


def may_take(who: Someone, subject: str, case: Case) -> bool:
    """Whether the case is in a queue of staff and no colleague has precedence."""
    member = StaffMember(subject=subject, name="-", role=who.role, unit=who.unit or None)
    try:
        take_hold(case, datetime.now(UTC), subject, list_queues(member))
    except Refusal:
        return False
    return True


def digest(call: StaffCall, sent: CaseCall) -> str:
    """The field that identifies a decision as a proposal."""
    body = json.dumps(sent.content)
    match call:
        case StaffCall.REVIEW:
            return getattr(ReviewDecision.model_validate_json(body).root, "digest", "")
        case StaffCall.RETENTION:
            return getattr(RetentionDecision.model_validate_json(body).root, "digest", "")
        case _:
            return ""
