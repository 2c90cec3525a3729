"""The actors on a case and the calls that they send: staff through the desk, reporters with their
receipt, and time.
"""

from __future__ import annotations

import base64
import json
import random
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

import httpx

from casework.case import suspects
from casework.case.case import Case
from casework.case.change import Change
from casework.case.freezes import FREEZE_TRANSITIONS, FreezingStep
from casework.case.history import valid_entries
from casework.case.lifecycle import Status
from casework.case.suspects import SuspectHappening, SuspectStanding
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind, Freeze
from casework.decisions.instructions import ANNULLABLE_MOVES, list_instructions
from casework.decisions.permissions import responsible_unit
from casework.decisions.staff import Role
from casework.errors import Refusal
from casework.moves.retention import MAX_COURT_HOLDS
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from local import staff
from tests.builders import altered
from tests.e2e.clerk import RABAT, Clerk
from tests.e2e.people import People, a_report

SALE: Final = "pj-04-441"
TERRORISM: Final = "terrorism"
"""A category that a unit of the whole country is competent for, and that two people confirm."""
TIME_TELLS: Final = frozenset(
    {
        DeadlineKind.NOTICE,
        DeadlineKind.UNREAD,
        DeadlineKind.RETENTION,
        DeadlineKind.MONEY,
        DeadlineKind.FREEZE,
    }
)
"""Deadlines of a case that may pass at any moment."""
IDENTIFIED: Final[dict[str, Any]] = {
    "kind": "identified",
    "contact": {"email": "declarant@example.org"},
    "identity": {"name": "Une Personne"},
}


class Someone(NamedTuple):
    """A member of staff."""

    role: Role
    unit: str


@dataclass(frozen=True)
class World:
    """The state that all clients share."""

    people: People
    clerk: Clerk
    pack: Jurisdiction
    receipts: dict[str, str] = field(default_factory=dict)
    """The receipts of the reporters, by reference."""
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

    @property
    def court(self) -> str:
        """A court of first instance; the call gives the reason why it decides."""
        return next(each.id for each in self.pack.courts.values() if each.level == "first_instance")

    def hears(self, case: Case) -> bool:
        """Whether the reporter whose report opened the case hears of it."""
        report = self.clerk.table.reports.get_report(case.opened_by)
        return report is not None and report.belongs_to(case)

    def two_people(self, case: Case) -> bool:
        """Whether the pack requires two people for this case."""
        grave = read_procedure(self.pack.folder).second_look.categories
        return not grave.isdisjoint({case.category, *case.told})


class Sent(NamedTuple):
    """A call on a case: its path after that of the case, and the other case that it names."""

    path: str
    content: dict[str, Any] | None = None
    other: Case | None = None
    number: int = 0
    """Of a suspect."""
    method: str = "POST"


@dataclass
class Hand:
    """The means of a client: its random numbers and the cases to choose from."""

    world: World
    chance: random.Random
    wave: Sequence[str]

    def key(self) -> str:
        """A fresh idempotency key."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def other(self, case: Case) -> Case:
        """Another case of the wave."""
        case_id = self.chance.choice([each for each in self.wave if each != case.id])
        return self.world.clerk.table.get_case(case_id)

    def elsewhere(self, case: Case) -> str:
        """A unit the case does not stand with."""
        return RABAT if responsible_unit(case) == SALE else SALE

    def strangers(self, case: Case) -> str:
        """A unit that no act names and the case does not stand with."""
        national = self.world.pack.categories[TERRORISM].competence
        return national if responsible_unit(case) != national else RABAT

    def confirm(self, case: Case) -> Sent:
        """Some cases are of a kind that needs two people, who must decide the same."""
        two = self.wave.index(case.id) % 7 == 0
        said = {"category": TERRORISM if two else "fraud"}
        said["priority"] = "immediate" if case.imminent else "urgent"
        return Sent("/review", {"outcome": "confirm", "territory": "04.421", **said})

    def merge(self, case: Case) -> Sent:
        other = self.other(case)
        return Sent("/review", {"outcome": "merge", "into": other.id}, other)

    def keep_apart(self, case: Case) -> Sent:
        other = self.other(case)
        return Sent("/apart", {"other": other.id}, other)

    def join(self, case: Case) -> Sent:
        """Now and then another of the unit's own is met by chance; that of another is none."""
        others = (self.other(case) for _ in range(4))
        other = next(
            (each for each in others if responsible_unit(each) == responsible_unit(case)),
            self.other(case),
        )
        return self.instruct("join", other, into=other.id)

    def split(self, case: Case) -> Sent:
        into = self.world.clerk.table.get_case(case.merged_into) if case.merged_into else None
        return Sent("/review", {"outcome": "split"}, into)

    def dated(self) -> dict[str, str]:
        """The office and the time of a decision of the prosecutor."""
        office = {"prosecutor": "king-prosecutor", "court": self.world.court}
        today = self.world.pack.facts.local_day(datetime.now(UTC)).isoformat()
        why = "Une procédure connexe y est ouverte."
        return {**office, "reference": "7/2026", "decided_on": today, "other_office": why}

    def instruct(self, kind: str, other: Case | None = None, **said: Any) -> Sent:
        return Sent("/instructions", {"kind": kind, **self.dated(), **said}, other)

    def annul(self, case: Case) -> Sent:
        """A valid entry of the ledger that did not move the case, if there is one."""
        events = list(self.world.clerk.table.events(case.id))[: case.events]
        held = valid_entries(events)
        fit = [
            e.number
            for e in list_instructions(events)
            if e.number in held and e.move in ANNULLABLE_MOVES
        ]
        entry = self.chance.choice(fit or [1])
        said = {"kind": "annul", "entry": entry, "reason": "Saisie par erreur."}
        return Sent("/instructions", said, number=entry if fit else 0)

    def decline(self, case: Case) -> Sent:
        said = {"reason": "other_territory", "competent_unit": self.elsewhere(case)}
        return Sent("/acknowledgement", {"outcome": "decline", **said})

    def close(self, case: Case) -> Sent:
        refused = case.status is Status.AWAITING_AUTHORISATION
        reason = "authorisation_refused" if refused else "sent_to_court"
        return Sent("/closure", {"reason": reason, **self.dated()})

    def happens(self, case: Case, happening: SuspectHappening) -> Sent:
        """To a suspect it can happen to, if there is one."""
        every = list(range(1, len(case.suspects) + 1))
        fit = [each for each in every if can_happen(case, each, happening)]
        number = self.chance.choice(fit or every or [1])
        return Sent(f"/suspects/{number}/events", {"happening": happening.value}, number=number)

    def corrects(self, case: Case) -> Sent:
        """The latest entry about a suspect that holds was an error."""
        number = self.chance.choice(range(1, len(case.suspects) + 1) or [1])
        ledger = suspects.valid_entries_by_suspect(self.world.clerk.table.events(case.id)).get(
            number
        )
        entry = ledger[-1].number if ledger else 1
        said = {"corrects": entry, "because": "other_person"}
        return Sent(f"/suspects/{number}/corrections", said, number=number)

    def payment(self, case: Case) -> Sent:
        """A reporter told staff of one by telephone, an hour ago."""
        at = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
        said = {"told_by": "reporter", "channel": "telephone", "amount": "8400", "at": at}
        return Sent("/payments", said)

    def begins_freeze(self, case: Case) -> Sent:
        said = {"amount": "8400", "currency": "MAD", "institution": "Une banque"}
        return Sent("/freezes", said)

    def takes_step(self, case: Case) -> Sent:
        """A step that the table of freezes allows, if there is one."""
        number = self.chance.choice(range(1, len(case.freezes) + 1) or [1])
        freeze = case.freezes[number - 1] if case.freezes else Freeze()
        fit = [*FREEZE_TRANSITIONS[freeze.bond], *([FreezingStep.ANSWERED] if freeze.sent else [])]
        step = self.chance.choice(fit or [FreezingStep.NOTICE])
        said = {
            FreezingStep.NOTICE: {"channel": "portal"},
            FreezingStep.ASKED: {"channel": "telephone"},
            FreezingStep.ORDER: {"channel": "portal"},
            FreezingStep.ANSWERED: {"to": "notice", "found": "unknown"},
            FreezingStep.LIFT_ASKED: {"asker": "holder"},
            FreezingStep.CONTESTED: {"because": "silence"},
            FreezingStep.FILE_SENT: {},
            FreezingStep.UPHELD: {"court": self.world.court, "reference": "9/2026"},
            FreezingStep.LIFTED: {"ground": "prosecutor"},
        }.get(step, self.dated())
        sent = {"step": step.value, **said}
        return Sent(f"/freezes/{number}/entries", sent, number=number)

    def ends_otherwise(self, case: Case) -> Sent:
        """Another reason than the one it ended for."""
        if case.closed and case.closed.is_review_reason:
            reason = "out_of_scope" if case.closed != "out_of_scope" else "duplicate"
        else:
            reason = "sent_abroad" if case.closed != "sent_abroad" else "sent_to_court"
        return Sent("/closure/corrections", {"reason": reason})

    def keep(self, case: Case) -> Sent:
        until = datetime.now(UTC) + timedelta(days=400)
        said = {"ground": "proceedings_open", "until": until.date().isoformat()}
        return Sent("/retention", {"outcome": "keep", **said})

    def court_hold(self, case: Case) -> Sent:
        """A further order; once there are as many as there may be, the last one holds longer."""
        number = min(len(case.court_holds), MAX_COURT_HOLDS - 1)
        order = {"court": self.world.court, "reference": f"{number + 9}/ع/2026"}
        last = max(
            [(datetime.now(UTC) + timedelta(days=400)).date().isoformat()]
            + [each.until for each in case.court_holds]
        )
        until = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
        return Sent("/retention", {"outcome": "court_hold", **order, "until": until})

    def court_lets_go(self, case: Case) -> Sent:
        """The last order, or one that never was."""
        orders = [each.model_dump(exclude={"until"}) for each in case.court_holds]
        never = {"court": self.world.court, "reference": "9/2026", "entry": 1}
        hold = orders[-1] if orders else never
        return Sent("/retention", {"outcome": "court_hold_lifted", **hold})

    # what reporters and time do

    def adds(self, case: Case) -> int:
        """The reporter adds something; if they were asked, it is the answer."""
        report = case.paused.report if case.paused else case.opened_by
        answers = {"answers": case.questions} if case.paused else {}
        return self.world.people.http.post(
            f"/v1/reports/{report}/additions",
            json={"text": "C'était le 20 novembre.", **answers},
            headers={
                "Authorization": f"Receipt {self.world.receipts[report]}",
                "Idempotency-Key": self.key(),
            },
        ).status_code

    def another_report(self, case: Case) -> int:
        """Another reporter names the same identifiers, and perhaps those of another case."""
        named = [self.world.phones[case.id]]
        phones = [
            self.world.phones[each]
            for each in self.wave
            if each != case.id and each in self.world.phones
        ]
        if self.chance.random() < 0.5:
            named.append(self.chance.choice(phones))
        said = a_report(
            locations=[{"kind": "phone", "value": each} for each in named],
            disclosure=IDENTIFIED,
            danger_now=self.chance.random() < 0.5,
        )
        answer = self.world.people.post_report(said, self.key())
        if answer.status_code == httpx.codes.CREATED:
            accepted = answer.json()
            self.world.receipts[accepted["reference"]] = accepted["receipt"]
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

        self.world.clerk.table.update(case.id, decide)
        return 0


def can_happen(case: Case, number: int, happening: SuspectHappening) -> bool:
    """By the table of suspects."""
    return (
        number <= len(case.suspects)
        and happening in suspects.SUSPECT_TRANSITIONS[SuspectStanding(case.suspects[number - 1])]
    )
