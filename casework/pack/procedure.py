"""The procedural rules of the pack: the gate, deadlines outside the workflow, second looks,
freezes.

`gate.json` (without it there is no gate) blocks acts of inquiry until a person opens the gate,
whatever the reports of the case say of themselves. `procedure.json` (may be absent) holds deadlines
outside the workflow, decisions that need a second person, the hint to an appeal, and the services
for other matters. Statements of law carry their source and stay `confirmed: false` until a
deployment checked them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from pydantic import Field, NonNegativeInt, PositiveInt

from casework.case.case import Case
from casework.case.freezes import Clock
from casework.case.lifecycle import Move
from casework.case.value_objects import Priority
from casework.pack.entries import Names, OffenceClass, PackEntry, PackError, read_pack_entry

GATE_FILE: Final = "gate.json"
FILE: Final = "procedure.json"

PROCEDURE_DAY_SECONDS: Final = 86_400
PROCEDURE_HOUR_SECONDS: Final = 3_600
MAX_FILE_ASKING_SECONDS: Final = 7 * PROCEDURE_DAY_SECONDS
"""Seconds that an asking for a file may wait: each is a line that all who may answer read."""
IDENTIFIABLE_DISCLOSURES: Final = frozenset({"identified", "confidential"})
"""Disclosures of reporters who can be identified."""


class InquiryGate(PackEntry):
    """`gate.json`: what lets the unit of a case inquire, beside the authorisation.

    What reports say of themselves opens nothing: an unchecked name may be false.
    """

    note: str = ""
    opened_by: frozenset[str] = frozenset()
    """Disclosures of which one report opens the gate, once an officer accepted its reporter's
    identity."""
    danger_passes: bool = True
    """Whether a recorded imminent danger lets a unit pass the gate."""
    source: str = ""
    confirmed: bool = False


class WaitTimes(PackEntry):
    """The times of one kind of wait, by the priority of the case: one time per level."""

    seconds: dict[Priority, tuple[PositiveInt, ...]] = Field(default_factory=dict)
    """Empty where the pack has no such deadline."""
    source: str = ""
    confirmed: bool = False

    def times_for_priority(self, priority: Priority) -> tuple[int, ...]:
        """The times of a case of this priority."""
        return self.seconds.get(priority, ())


class NoticeProcedure(PackEntry):
    """Notifying identified complainants of the prosecutor's decision."""

    seconds: tuple[PositiveInt, ...] = ()
    """One time per level; empty where the law has no such notice."""
    after: frozenset[str] = frozenset()
    """Kinds of instruction that start the clock."""
    source: str = ""
    confirmed: bool = False


class SecondLook(PackEntry):
    """Decisions at review that need a second person."""

    categories: frozenset[str] = frozenset()
    reject: frozenset[Priority] = frozenset()
    """Priorities at which a rejection needs a second person."""
    source: str = ""
    confirmed: bool = False


class SecondOpening(PackEntry):
    """Files that two people open: one asks, another admits."""

    categories: frozenset[str] = frozenset()
    """Of the cases whose files these are; none where one person opens every file."""
    seconds: PositiveInt = 4 * PROCEDURE_HOUR_SECONDS
    """How long an asking waits for another person; then it lapses."""
    opens_seconds: PositiveInt = PROCEDURE_HOUR_SECONDS
    """How long the person who asked may open the file once another one admitted it."""
    source: str = ""
    confirmed: bool = False


class ClosureAppeal(PackEntry):
    """The appeal of a complainant against the closure of a case."""

    to: str
    """Id of a prosecutor's office of the pack."""
    texts: Names
    source: str
    confirmed: bool


class LegalTime(PackEntry):
    """The time of the person who must act on a freeze."""

    seconds: tuple[PositiveInt, ...]
    """One wait per level."""
    source: str
    confirmed: bool


class LegalPower(PackEntry):
    """The law by which money is held back, with office and duration."""

    id: str
    names: Names
    """In each official language."""
    seconds: tuple[PositiveInt, ...] = ()
    """How long it lasts, and how far it can be prolonged; empty where the law sets no end."""
    source: str
    confirmed: bool


class FreezeProcedure(PackEntry):
    """Rules for holding back money that left a short while ago."""

    within_seconds: PositiveInt = 3 * PROCEDURE_DAY_SECONDS
    flag: str = ""
    """The flag of the assessment for words about recent payments."""
    texts: Names = Field(default_factory=dict)
    """The request to the prosecutor for an order, in each official language."""
    notice: Names = Field(default_factory=dict)
    """The notice for an institution, in each official language. It is no order."""
    times: dict[Clock, LegalTime] = Field(default_factory=dict)
    powers: tuple[LegalPower, ...] = ()
    source: str = ""
    confirmed: bool = False

    @property
    def within(self) -> timedelta:
        """How long after it left money may be held back."""
        return timedelta(seconds=self.within_seconds)

    @property
    def seconds(self) -> dict[Clock, tuple[int, ...]]:
        """The times alone."""
        return {clock: each.seconds for clock, each in self.times.items()}


class OutsideService(PackEntry):
    """A service for matters outside the competence of this desk."""

    id: str
    names: Names
    source: str
    confirmed: bool


class SamplingRule(PackEntry):
    """Closed reviews that a second person reads again, blind: a working rule, and no law."""

    every: NonNegativeInt = 0
    """One review in so many, at random; 0 where none is read again."""
    days: PositiveInt = 7
    """Within how many days."""


class Retention(PackEntry):
    """The time after its end when a case comes up again, by class of offence; one per level."""

    misdemeanour: tuple[PositiveInt, ...] = ()
    felony: tuple[PositiveInt, ...] = ()
    source: str = ""
    confirmed: bool = False

    def seconds(self, offence_class: OffenceClass | None) -> tuple[int, ...]:
        """The times; those of the lesser class when the class is not known."""
        return self.felony if offence_class == "felony" else self.misdemeanour


class OutcomeDays(PackEntry):
    """Allowed days of an outcome."""

    before_days: NonNegativeInt = 30
    """Before the opening of the case: a reported person may have been arrested already."""
    source: str = ""
    confirmed: bool = False


class Procedure(PackEntry):
    """`procedure.json`."""

    note: str = ""
    answer_seconds: PositiveInt = 7 * PROCEDURE_DAY_SECONDS
    """The time of a reporter to answer a question."""
    notice: NoticeProcedure = Field(default_factory=NoticeProcedure)
    authorisation: WaitTimes = Field(default_factory=WaitTimes)
    """Of the inquiry, while the gate is shut."""
    instruction: WaitTimes = Field(default_factory=WaitTimes)
    """The prosecutor's first instruction to a unit that holds a case and may inquire."""
    informing: WaitTimes = Field(default_factory=WaitTimes)
    """Informing the prosecutor of a case that a unit took."""
    identity: WaitTimes = Field(default_factory=WaitTimes)
    """The decision on a request for a reporter's identity."""
    addition: WaitTimes = Field(default_factory=WaitTimes)
    """Looking at an addition to a case that a unit holds, or that ended."""
    glance_minutes: PositiveInt = 15
    """Within how many minutes a person glances at a new report, at any hour."""
    announced_glance_minutes: PositiveInt = 3
    """The same for a report in which a text names an attack and its time."""
    second_look: SecondLook = Field(default_factory=SecondLook)
    second_opening: SecondOpening = Field(default_factory=SecondOpening)
    samples: SamplingRule = Field(default_factory=SamplingRule)
    retention: Retention = Field(default_factory=Retention)
    outcomes: OutcomeDays = Field(default_factory=OutcomeDays)
    appeal: ClosureAppeal | None = None
    freeze: FreezeProcedure = Field(default_factory=FreezeProcedure)
    services: tuple[OutsideService, ...] = ()

    def needs_second_look(self, case: Case, move: Move, told: Collection[str | None]) -> bool:
        """Whether the pack requires two people for this decision at review. `told` are the
        categories that any report or person gives the case.

        A case that units contested and a supervisor confirms was already looked at by several
        people.
        """
        if move is Move.CONFIRM and case.supervision:
            return False
        if move is Move.REJECT and case.priority in self.second_look.reject:
            return True
        return not self.second_look.categories.isdisjoint(told)


@cache
def read_gate(folder: Path) -> InquiryGate | None:
    """The gate of a pack, None without one; raises PackError for an unreadable file."""
    return (
        read_pack_entry(folder, GATE_FILE, InquiryGate) if (folder / GATE_FILE).is_file() else None
    )


@cache
def read_procedure(folder: Path) -> Procedure:
    """The procedure of a pack; raises PackError when the file cannot be read."""
    return read_pack_entry(folder, FILE, Procedure) if (folder / FILE).is_file() else Procedure()


def findings(
    folder: Path,
    *,
    languages: Collection[str],
    official: Collection[str],
    categories: Collection[str],
    prosecutors: Collection[str],
) -> Iterator[str]:
    """The errors of the two files, as "file: entry: what"."""
    try:
        found, shut = read_procedure(folder), read_gate(folder)
    except PackError as error:
        yield from error.findings
        return
    for disclosure in sorted((shut.opened_by if shut else frozenset()) - IDENTIFIABLE_DISCLOSURES):
        yield f"{GATE_FILE}: {disclosure}: no reporter of this disclosure can be accepted"
    for what, awaited in (
        ("authorisation", found.authorisation),
        ("instruction", found.instruction),
        ("informing", found.informing),
        ("identity", found.identity),
        ("addition", found.addition),
    ):
        yield from _by_priority(what, awaited)
    yield from _of_two_people(found, categories)
    if found.appeal is not None:
        if found.appeal.to not in prosecutors:
            yield f"{FILE}: appeal: {found.appeal.to} is not one of prosecutors in pack.json"
        yield from _missing("appeal", found.appeal.texts, languages)
    yield from _of_freezes(found.freeze, official)
    seen: set[str] = set()
    for service in found.services:
        if service.id in seen:
            yield f"{FILE}: {service.id}: the id appears twice"
        seen.add(service.id)
        yield from _missing(service.id, service.names, languages)


def _of_two_people(found: Procedure, categories: Collection[str]) -> Iterator[str]:
    for what, named in (
        ("second_look", found.second_look.categories),
        ("second_opening", found.second_opening.categories),
    ):
        for category in sorted(named - set(categories)):
            yield f"{FILE}: {what}: category {category} is not in categories.json"
    if found.second_opening.seconds > MAX_FILE_ASKING_SECONDS:
        yield f"{FILE}: second_opening: an asking waits at most {MAX_FILE_ASKING_SECONDS} seconds"


def _of_freezes(freeze: FreezeProcedure, official: Collection[str]) -> Iterator[str]:
    for texts in (freeze.texts, freeze.notice):
        if texts:
            yield from _missing("freeze", texts, official)
    for power in freeze.powers:
        yield from _missing(f"freeze: {power.id}", power.names, official)


def _by_priority(what: str, awaited: WaitTimes) -> Iterator[str]:
    """A deadline covers every priority or none, and no more urgent case waits longer."""
    if not awaited.seconds:
        return
    for priority in Priority:
        if not awaited.times_for_priority(priority):
            yield f"{FILE}: {what}: no seconds for {priority}"
    for higher, lower in pairwise(each for each in Priority if awaited.times_for_priority(each)):
        first, then = awaited.times_for_priority(higher), awaited.times_for_priority(lower)
        if then[0] < first[0] or sum(then) < sum(first):
            yield f"{FILE}: {what}: {lower} must not end before {higher}"


def _missing(label: str, texts: Names, languages: Collection[str]) -> Iterator[str]:
    for language in languages:
        if not texts.get(language):
            yield f"{FILE}: {label}: no text in {language}"
