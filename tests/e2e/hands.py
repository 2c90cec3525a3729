"""What reporters and time do to a case, and what the clients who race each other share."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import httpx

from casework.case.case import Case
from casework.case.change import Change
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind
from casework.decisions.permissions import responsible_unit
from casework.decisions.staff import Role
from casework.errors import Refusal
from harness.people.case_client import TERRORISM, CaseBook, CaseClient
from local import staff
from tests.builders import altered
from tests.e2e.clerk import RABAT, Clerk
from tests.e2e.people import People, a_report

IDENTIFIED: Final[dict[str, Any]] = {
    "kind": "identified",
    "contact": {"email": "declarant@example.org"},
    "identity": {"name": "Une Personne"},
}


class Someone(NamedTuple):
    """A member of staff."""

    role: Role
    unit: str


@dataclass(frozen=True, kw_only=True)
class World(CaseBook):
    """The state that all clients share."""

    receipts: dict[str, str] = field(default_factory=dict)
    people: People
    clerk: Clerk
    phones: dict[str, str] = field(default_factory=dict)
    """The number that the report which opened a case names, by the id of the case."""
    done: Counter[str] = field(default_factory=Counter)
    """How often each act succeeded."""
    decided: set[tuple[str, int]] = field(default_factory=set)
    """Case and number of the entry of each decision and message that was said to stand."""
    subjects: dict[Someone, str] = field(default_factory=dict)

    def subject(self, who: Someone) -> str:
        """The subject of a member of staff in histories; the member is enrolled on first use."""
        if who not in self.subjects:
            claims = staff.demo_token(self.people.system, who.role, who.unit).split(".")[1]
            self.subjects[who] = json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"]
        return self.subjects[who]


@dataclass
class RacingClient(CaseClient):
    """A client that also sends what reporters send, and lets time pass."""

    book: World

    def strangers(self, case: Case) -> str:
        """A unit that no act names and the case does not stand with."""
        national = self.book.pack.categories[TERRORISM].competence
        return national if responsible_unit(case) != national else RABAT

    def adds(self, case: Case) -> int:
        """The reporter adds something; if they were asked, it is the answer."""
        report = case.paused.report if case.paused else case.opened_by
        answers = {"answers": case.questions} if case.paused else {}
        accepted = {"reference": report, "receipt": self.book.receipts[report]}
        said = {"text": "C'était le 20 novembre.", **answers}
        return self.book.people.add(accepted, said, self.key()).status_code

    def another_report(self, case: Case) -> int:
        """Another reporter names the same identifiers, and perhaps those of another case."""
        named = [self.book.phones[case.id]]
        phones = [
            self.book.phones[each]
            for each in self.wave
            if each != case.id and each in self.book.phones
        ]
        if self.chance.random() < 0.5:
            named.append(self.chance.choice(phones))
        said = a_report(
            locations=[{"kind": "phone", "value": each} for each in named],
            disclosure=IDENTIFIED,
            danger_now=self.chance.random() < 0.5,
        )
        answer = self.book.people.post_report(said, self.key())
        if answer.status_code == httpx.codes.CREATED:
            accepted = answer.json()
            self.book.receipts[accepted["reference"]] = accepted["receipt"]
        return answer.status_code

    def time_passes(self, case: Case, kinds: Collection[DeadlineKind]) -> int:
        """Deadlines of these kinds pass; the functions that run each minute find them."""
        past = format_timestamp(datetime.now(UTC) - timedelta(minutes=1))

        def over(case: Case) -> Change | None:
            due: dict[str, Any] = {}
            for kind, wait in case.pending_deadlines.items():
                over = wait.model_copy(update={"due": past})
                if kind in kinds:
                    due |= (
                        {"wait": over}
                        if kind is DeadlineKind.ANSWER
                        else case.wait_fields(kind, over)
                    )
            return altered(case, **due) if due else None

        return self.beside_people(case, over)

    def beside_people(self, case: Case, make: Callable[[Case], Change | None]) -> int:
        """Something that a step of the workflow or the time does."""

        def decide(case: Case) -> Change | None:
            try:
                return make(case)
            except Refusal:
                return None

        self.book.table.update(case.id, decide)
        return 0
