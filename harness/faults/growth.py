"""The same things arrive in a case while it grows, without faults: each must cost the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from casework.aws.table import keys
from casework.aws.table.additions import list_additions
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.moves.additions import record_addition
from casework.report.followup import AdditionKind
from harness.faults.deployment import FaultDeployment
from harness.faults.meter import METERED_CASE_ENTRIES, ItemCounts, both, grown, meter_items
from harness.faults.reporters import AcceptedReport, FaultReporters

FIRST_NUMBER: Final = 1_000_000
"""Of the reports of this file, among those that a run sends."""
REPORT: Final[dict[str, Any]] = {
    "category": "fraud",
    "role": "victim",
    "language": "fr",
    "narrative": "Il vend des téléphones qui ne sont jamais livrés.",
    "locations": [{"kind": "phone", "value": "06 00 00 49 99"}],
    "disclosure": {"kind": "anonymous"},
}
THREAT: Final = "Il va me tuer ce soir, il est devant ma porte avec un couteau."


@dataclass
class Growth:
    """One case that grows, and what arrives in it."""

    system: FaultDeployment
    reporters: FaultReporters
    sent: int = FIRST_NUMBER
    entries: int = 0
    costs: dict[str, list[ItemCounts]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.table = CaseTable(self.system.outputs["CaseTable"])
        self.link = self.system.function("functions.triage.link.handle")
        self.opener, _ = self._report(danger_now=True)
        self.joined, _ = self._report()
        self.silent, _ = self._report()

    def wrong(self) -> list[str]:
        """What costs more in a larger case."""
        for _ in range(2):  # the first of each may tell something new; two make a group
            for thing in self._things().values():
                thing()
        for size in METERED_CASE_ENTRIES:
            self._grow(size)
            self.system.clock.later(hours=1)  # it has entries of its own (`MAX_ENTRIES_PER_HOUR`)
            for name, thing in self._things().items():
                self.costs.setdefault(name, []).append(thing())
        return grown(self.costs)

    def _things(self) -> dict[str, Callable[[], ItemCounts]]:
        return {
            "a report": lambda: self._report()[1],
            "a report of danger": lambda: self._report(narrative=THREAT)[1],
            "an addition": self._add,
            "an addition of danger": lambda: self._add(text=THREAT),
            "a follow-up of the opener": lambda: self._follow(self.opener),
            "a follow-up of one who joined": lambda: self._follow(self.silent),
        }

    def _report(self, **said: Any) -> tuple[AcceptedReport, ItemCounts]:
        """A report is accepted and comes into the case: what was sent, and what both cost."""
        self.sent += 1
        with meter_items() as accepting:
            self.reporters.report(self.sent, {**REPORT, **said})
        found = next(each for each in self.reporters.sent.values() if each.number == self.sent)
        with meter_items() as linking:
            self._deliver(keys.report_key(found.reference))
        return found, both(accepting.items, linking.items)

    def _add(self, text: str = "Encore un fait.") -> ItemCounts:
        """An addition to the report that joined the case, likewise."""
        reference = self.joined.reference
        with meter_items() as accepting:
            self.reporters.add(self.joined, text=text)
        (new,) = (
            each for each in list_additions(self.table.name, reference) if not each.is_in_case
        )
        with meter_items() as following:
            self._deliver(keys.addition_key(reference, new.id))
        return both(accepting.items, following.items)

    def _follow(self, sent: AcceptedReport) -> ItemCounts:
        """A reporter who added nothing reads what is told of the report."""
        with meter_items() as following:
            self.reporters.follow(sent)
        return following.items

    def _deliver(self, key: dict[str, str]) -> None:
        named = {name: {"S": value} for name, value in key.items()}
        record = {"eventName": "INSERT", "dynamodb": {"Keys": named, "SequenceNumber": "1"}}
        answer = self.system.invoke(self.link, {"Records": [record]})
        if answer["batchItemFailures"]:
            raise RuntimeError("a thing did not arrive")

    def _grow(self, upto: int) -> None:
        case_id = self.table.reports.get_case_id(self.joined.reference)
        if case_id is None:
            raise RuntimeError("the report has no case")
        while self.entries < upto:
            self.entries += 1
            self.table.update(case_id, self._entry)

    def _entry(self, case: Case) -> Change:
        return record_addition(
            case,
            self.system.clock.at,
            report=self.joined.reference,
            addition=f"F{self.entries}",
            kind=AdditionKind.MORE,
            unadmitted=2,
        )
