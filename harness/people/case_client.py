"""Calls of staff on a case, made from the case as the table holds it, by random choice."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from casework.aws.table.case_table import CaseTable
from casework.case import suspects
from casework.case.case import Case
from casework.case.freezes import FREEZE_TRANSITIONS, FreezingStep
from casework.case.history import valid_entries
from casework.case.lifecycle import Status
from casework.case.suspects import SuspectHappening, SuspectStanding
from casework.case.value_objects import Freeze
from casework.decisions.instructions import ANNULLABLE_MOVES, list_instructions
from casework.decisions.permissions import responsible_unit
from casework.moves.retention import MAX_COURT_HOLDS
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from harness.people.decision_bodies import decline_body, from_prosecutor

UNIT_OF_RABAT: Final = "pj-04-421"
UNIT_OF_SALE: Final = "pj-04-441"
TERRITORY_OF_RABAT: Final = "04.421"
TERRORISM: Final = "terrorism"
"""A category that a unit of the whole country is competent for, and that two people confirm."""
BY_TWO_EVERY_CASES: Final = 7


@dataclass(frozen=True)
class CaseBook:
    """What all clients know of the cases."""

    table: CaseTable
    pack: Jurisdiction
    now: Callable[[], datetime]
    receipts: Mapping[str, object]
    """By reference: of the reporters who can be followed."""

    @property
    def court(self) -> str:
        """A court of first instance; the call gives the reason why it decides."""
        return next(each.id for each in self.pack.courts.values() if each.level == "first_instance")

    def hears(self, case: Case) -> bool:
        """Whether the reporter whose report opened the case hears of it."""
        report = self.table.reports.get_report(case.opened_by)
        return report is not None and report.belongs_to(case)

    def two_people(self, case: Case) -> bool:
        """Whether the pack requires two people for this case."""
        grave = read_procedure(self.pack.folder).second_look.categories
        return not grave.isdisjoint({case.category, *case.told})


class CaseCall(NamedTuple):
    """A call on a case: its path after that of the case, and the other case that it names."""

    path: str
    content: dict[str, Any] | None = None
    other: Case | None = None
    number: int = 0
    """Of a suspect."""
    method: str = "POST"


@dataclass
class CaseClient:
    """The means of a client: its random numbers and the cases to choose from."""

    book: CaseBook
    chance: random.Random
    wave: Sequence[str]

    def key(self) -> str:
        """A fresh idempotency key."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def other(self, case: Case) -> Case | None:
        """Another case of the wave, if there is one."""
        others = [each for each in self.wave if each != case.id]
        return self.book.table.get_case(self.chance.choice(others)) if others else None

    def elsewhere(self, case: Case) -> str:
        """A unit the case does not stand with."""
        return UNIT_OF_RABAT if responsible_unit(case) == UNIT_OF_SALE else UNIT_OF_SALE

    def confirm(self, case: Case) -> CaseCall:
        """Some cases are of a kind that needs two people, who must decide the same."""
        category = case.category if case.category in self.book.pack.categories else "fraud"
        if sum(case.id.encode()) % BY_TWO_EVERY_CASES == 0:
            category = TERRORISM
        place = {} if case.country else {"territory": case.territory or TERRITORY_OF_RABAT}
        said = {"category": category, "priority": "immediate" if case.imminent else "urgent"}
        return CaseCall("/review", {"outcome": "confirm", **place, **said})

    def merge(self, case: Case) -> CaseCall | None:
        other = self.other(case)
        if other is None:
            return None
        return CaseCall("/review", {"outcome": "merge", "into": other.id}, other)

    def keep_apart(self, case: Case) -> CaseCall | None:
        other = self.other(case)
        return CaseCall("/apart", {"other": other.id}, other) if other else None

    def join(self, case: Case) -> CaseCall | None:
        """Now and then another of the unit's own is met by chance; that of another is none."""
        others = [each for each in (self.other(case) for _ in range(4)) if each is not None]
        mine = [each for each in others if responsible_unit(each) == responsible_unit(case)]
        if not others:
            return None
        other = (mine or others)[0]
        return self.instruct("join", other, into=other.id)

    def split(self, case: Case) -> CaseCall:
        into = self.book.table.get_case(case.merged_into) if case.merged_into else None
        return CaseCall("/review", {"outcome": "split"}, into)

    def dated(self) -> dict[str, Any]:
        """The office and the time of a decision of the prosecutor."""
        pack = self.book.pack
        return from_prosecutor({}, pack, pack.facts.local_day(self.book.now()))

    def instruct(self, kind: str, other: Case | None = None, **said: Any) -> CaseCall:
        return CaseCall("/instructions", {"kind": kind, **self.dated(), **said}, other)

    def annul(self, case: Case) -> CaseCall:
        """A valid entry of the ledger that did not move the case, if there is one."""
        events = list(self.book.table.events(case.id))[: case.events]
        held = valid_entries(events)
        fit = [
            e.number
            for e in list_instructions(events)
            if e.number in held and e.move in ANNULLABLE_MOVES
        ]
        entry = self.chance.choice(fit or [1])
        said = {"kind": "annul", "entry": entry, "reason": "Saisie par erreur."}
        return CaseCall("/instructions", said, number=entry if fit else 0)

    def decline(self, case: Case) -> CaseCall:
        return CaseCall("/acknowledgement", decline_body(self.elsewhere(case)))

    def close(self, case: Case) -> CaseCall:
        refused = case.status is Status.AWAITING_AUTHORISATION
        reason = "authorisation_refused" if refused else "sent_to_court"
        return CaseCall("/closure", {"reason": reason, **self.dated()})

    def happens(self, case: Case, happening: SuspectHappening) -> CaseCall:
        """To a suspect it can happen to, if there is one."""
        every = list(range(1, len(case.suspects) + 1))
        fit = [each for each in every if can_happen(case, each, happening)]
        number = self.chance.choice(fit or every or [1])
        return CaseCall(f"/suspects/{number}/events", {"happening": happening.value}, number=number)

    def corrects(self, case: Case) -> CaseCall:
        """The latest entry about a suspect that holds was an error."""
        number = self.chance.choice(range(1, len(case.suspects) + 1) or [1])
        ledger = suspects.valid_entries_by_suspect(self.book.table.events(case.id)).get(number)
        entry = ledger[-1].number if ledger else 1
        said = {"corrects": entry, "because": "other_person"}
        return CaseCall(f"/suspects/{number}/corrections", said, number=number)

    def payment(self, case: Case) -> CaseCall:
        """A reporter told staff of one by telephone, an hour ago."""
        at = (self.book.now() - timedelta(hours=1)).isoformat(timespec="seconds")
        said = {"told_by": "reporter", "channel": "telephone", "amount": "8400", "at": at}
        return CaseCall("/payments", said)

    def begins_freeze(self, case: Case) -> CaseCall:
        said = {"amount": "8400", "currency": "MAD", "institution": "Une banque"}
        return CaseCall("/freezes", said)

    def takes_step(self, case: Case) -> CaseCall:
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
            FreezingStep.UPHELD: {"court": self.book.court, "reference": "9/2026"},
            FreezingStep.LIFTED: {"ground": "prosecutor"},
        }.get(step, self.dated())
        sent = {"step": step.value, **said}
        return CaseCall(f"/freezes/{number}/entries", sent, number=number)

    def ends_otherwise(self, case: Case) -> CaseCall:
        """Another reason than the one it ended for."""
        if case.closed and case.closed.is_review_reason:
            reason = "out_of_scope" if case.closed != "out_of_scope" else "duplicate"
        else:
            reason = "sent_abroad" if case.closed != "sent_abroad" else "sent_to_court"
        return CaseCall("/closure/corrections", {"reason": reason})

    def keep(self, case: Case) -> CaseCall:
        until = self.book.now() + timedelta(days=400)
        said = {"ground": "proceedings_open", "until": until.date().isoformat()}
        return CaseCall("/retention", {"outcome": "keep", **said})

    def court_hold(self, case: Case) -> CaseCall:
        """A further order; once there are as many as there may be, the last one holds longer."""
        number = min(len(case.court_holds), MAX_COURT_HOLDS - 1)
        order = {"court": self.book.court, "reference": f"{number + 9}/ع/2026"}
        last = max(
            [(self.book.now() + timedelta(days=400)).date().isoformat()]
            + [each.until for each in case.court_holds]
        )
        until = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
        return CaseCall("/retention", {"outcome": "court_hold", **order, "until": until})

    def court_lets_go(self, case: Case) -> CaseCall:
        """The last order, or one that never was."""
        orders = [each.model_dump(exclude={"until"}) for each in case.court_holds]
        never = {"court": self.book.court, "reference": "9/2026", "entry": 1}
        hold = orders[-1] if orders else never
        return CaseCall("/retention", {"outcome": "court_hold_lifted", **hold})


def can_happen(case: Case, number: int, happening: SuspectHappening) -> bool:
    """By the table of suspects."""
    return (
        number <= len(case.suspects)
        and happening in suspects.SUSPECT_TRANSITIONS[SuspectStanding(case.suspects[number - 1])]
    )
