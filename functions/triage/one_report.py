"""One report on its way into a case: read, looked up by its identifiers, joined or opened.

Everything here may be repeated: a further call continues where one was killed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from casework.aws.services import announcements, faults, observe, secrets
from casework.aws.services.budget import within
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.step import now
from casework.aws.table import keys, log, windows
from casework.aws.table.alerts import DangerSource
from casework.aws.table.attempts import READING_SECONDS, Attempts, GivenUp
from casework.aws.table.case_table import AlreadyOpen, CaseTable
from casework.aws.table.collisions import come_back_later
from casework.aws.table.coming import Coming, bring
from casework.aws.table.group_table import GroupTable
from casework.aws.table.picture_table import PictureTable
from casework.aws.table.reading import facts_of
from casework.aws.table.stored import StoredReport
from casework.case.case import MOST_SUGGESTIONS, Case
from casework.case.change import Change
from casework.case.lifecycle import Status
from casework.case.looking import Glance, ListTurn
from casework.case.parts import Alone, Priority, Suggestion
from casework.case.times import stamp
from casework.errors import Busy, Refusal
from casework.identifiers import Identifier, told_as
from casework.identifiers.find import ReadText, read
from casework.linking import linking
from casework.linking.groups import Traits
from casework.linking.kept import Claim, Mark, Seen
from casework.linking.linking import Join, Open
from casework.linking.resemblance import Clues, weak, words_in
from casework.linking.stops import stops
from casework.moves.deadlines import alone
from casework.moves.triage import opened
from casework.pack.clocks import clocks
from casework.pack.jurisdiction import open_pack
from casework.reading.assessment import Assessment, assess
from casework.report.opening import case_for
from casework.report.report import Facts, ReporterRole, unfold_facts
from casework.text import spoken
from casework.text.realm import Realm, realm_of
from casework.text.reference import case_id_of
from functions.triage import glancing, merging
from functions.triage.assessing import advised, unreadable
from functions.triage.follow import (
    unit_told,
)
from functions.triage.money import days_of, held_until, note_money
from functions.triage.owning import going_on, suggest, suggest_each_other
from functions.triage.pictures import hashes_came
from functions.triage.starting import start_or_leave
from functions.triage.together import Together
from functions.triage.weighing import weigh

MOST_LOOKS: Final = 8
"""How often a report looks for its case while others open or close cases around it."""


@dataclass(frozen=True)
class Linked:
    """Where a report is, and whether this call brought it there."""

    case_id: str | None
    """None when there is no such report, or it was erased."""
    new: bool


def link_report(
    settings: LinkSettings, reference: str, came_at: str = "", together: Together | None = None
) -> Linked:
    """Bring a report into its case, with all effects.

    Raises NotRead when the report could not be read and must be tried again; after the last try it
    comes into a bare case, and people read it. Raises Busy when its case could not be found among
    many that changed. A further call continues where this one stopped. `came_at` is when it came;
    left out, only its minute is known. With `together` a join is made there, and not here.
    """
    report = CaseTable(settings.case_table).reports.one(reference)
    if report is None:
        return Linked(None, new=False)
    link = _Link(settings, report, came_at, together)
    return Linked(link.run(), link.new)


class _Link:
    """One report on its way into a case."""

    def __init__(
        self,
        settings: LinkSettings,
        report: StoredReport,
        came_at: str,
        together: Together | None,
    ) -> None:
        self.settings = settings
        self.came_at, self.together = came_at, together
        realm = realm_of(report.reference)
        self.table = CaseTable(
            settings.case_table, settings.selector_secret, realm, settings.own_secret
        )
        self.pack = open_pack(settings.pack)
        self.report = report
        self._counted = ""  # as in `ListTurn`; unknown where its case was opened before a crash
        self.read_at = now()
        self.new = False
        self._attempts = Attempts(
            settings.case_table,
            keys.report_key(report.reference),
            came_at or report.accepted_at,
            report.attempts,
            waits_at={keys.FLOW: keys.tried(report.reference), keys.FLOW_AT: report.accepted_at},
        )

    def run(self) -> str:
        if self.report.case_id is not None and self.report.linked_at is not None:
            case = self.table.case(self.report.case_id)
            if case.joinable or self.report.was_seen_in(case):
                self._come_back(case)
                self._finish(case, self.report.linked_at)
                return case.id
        try:
            self._read()
        except GivenUp:
            return self._set_aside()
        facts, marks = self._facts, self._marks
        with self._as_advice():
            # Before it is linked, so that a crash between repeats it.
            hashes_came(self.settings, self.report.reference, facts.pictures)
        for look in range(MOST_LOOKS):
            if look:
                # They all saw that there is no case yet: apart in time, all but one will see it.
                come_back_later(look, seconds=0.02)
            known = self.table.identifiers.owners(marks)
            owners, met_on, sites = known.cases, known.met_on, known.sites
            wanted = sorted({self.report.own_case, *owners.values()}) if owners else []
            cases = {case.id: case for case in self.table.cases(wanted)}
            if own := cases.get(self.report.own_case):
                self._note(own.id, owners)
                return self._begin(own)  # the present owner of its identifiers: people saw it there
            owners, cases = going_on(self.table, owners, cases)
            found = linking.decide(marks, owners, cases, met_on, sites)
            for site, pages in linking.pages_to_note(marks, sites).items():
                self.table.identifiers.note_pages(site, pages)
            self.table.identifiers.note_tellers(known, self.report.reference)
            if isinstance(found, Join):
                self._note(found.case_id, owners, found.claims)
                case_id = self._join(cases[found.case_id], found)
            else:
                case_id = self._open(facts, found, owners)
            if case_id is not None:
                return case_id
        raise Busy("The report's case is being changed by many at once.")

    def _note(self, case_id: str, owners: Mapping[Mark, str], claims: Sequence[Claim] = ()) -> None:
        """Note the case beside the owners of what its report names.

        Like a claim, before the report is in the case: a crash between repeats it.
        """
        met = linking.named_beside(self._marks, owners, claims, case_id)
        self.table.identifiers.note(met, case_id)

    def _read(self) -> None:
        """Read all that linking needs, before anything is written; raises NotRead and GivenUp."""
        _ = self._key, self._own_key  # first: that a service fails is no attempt
        with self._attempts.one(now()):
            _ = self._marks, self._assessment, self._clues

    def _set_aside(self) -> str:
        """Open a bare case for an unreadable report: people review it as it is.

        No identifier of it is known, so it joins no case and claims no identifier.
        """
        at = now()
        facts = facts_of(self.report) or Facts(
            role=ReporterRole.WITNESS, language=self.report.language
        )
        bare = opened(self._case(facts, stamp(at)), at, self.report.bound.hex())
        change = bare.then(unreadable(self.pack, bare.after, at, facts_of(self.report)))
        # Told before it is saved: a crash between the two repeats the notification.
        telling = announcements.unreadable(change.after)
        announcements.publish(self.settings.topic, telling, at)
        with suppress(AlreadyOpen):
            self.table.open(change, ())
        case = self.table.case(self.report.own_case)
        owes = {"alone": self._clock(Priority.STANDARD), "glance": glancing.unread()}
        if self.table.reports.link(
            self.report.reference, case.id, stamp(at), (), unreadable=True, **owes
        ):
            self.new = True
            observe.fact("report set aside", reference=self.report.reference, case_id=case.id)
        self._start(case)
        return case.id

    @cached_property
    def _facts(self) -> Facts:
        facts = unfold_facts(self.report.facts)
        if not self.report.looks:
            return facts
        pictures = PictureTable(self.table.name, self.settings.digest_secret)
        return facts.model_copy(update={"pictures": pictures.looks_of(self.report)})

    @cached_property
    def _read_text(self) -> ReadText:
        return read(self.report.text, self._facts.named)

    @property
    def _found(self) -> list[Identifier]:
        return self._read_text.identifiers

    @property
    def _tells_of_danger(self) -> bool:
        """Danger that is ticked or read is glanced at each time: the same words may be those of
        another person."""
        return self._facts.danger_now or self._assessment.imminent

    @cached_property
    def _assessment(self) -> Assessment:
        at = datetime.fromisoformat(self.report.accepted_at)
        return assess(self.pack, self._facts, self.report.text, self._found, at)

    @cached_property
    def _key(self) -> bytes:
        return self.table.identifiers.key

    @cached_property
    def _own_key(self) -> bytes:
        return secrets.key(self.settings.own_secret)

    @cached_property
    def _own(self) -> tuple[Identifier, ...]:
        return linking.reporters_own(self._found, self.report.own, self._own_key)

    @cached_property
    def _others(self) -> list[Identifier]:
        """The identifiers of the report that are not the reporter's own."""
        own = frozenset(self._own)
        return [each for each in self._found if each not in own]

    @cached_property
    def _traits(self) -> Traits:
        facts = self._facts
        place = facts.territory.model_dump_json(exclude_none=True) if facts.territory else ""
        own = [
            *self.report.own,
            *([place] if place else []),
            *(f"{kind}:{value}" for kind, value in self._marks),
            *facts.pictures,
        ]
        said = facts.model_dump_json()
        return Traits.of(self.report.text, self._read_text.rest, said, own, self._key)

    @cached_property
    def _turn(self) -> ListTurn:
        """Where it stands in lists. Where that cannot be told, among the first: better a line too
        many than one too late. A trial stands for itself, or it would be counted with people's
        reports."""
        found: list[ListTurn] = []
        if realm_of(self.report.reference) is Realm.TRIAL:
            return ListTurn(same=self._traits.copy)
        with self._as_advice():
            groups = GroupTable(self.table.name)
            found.append(groups.enter(self._traits, self.report.reference, self.read_at))
            self._counted = found[0].counted
        return found[0] if found else ListTurn(same=self._traits.copy)

    @cached_property
    def _clues(self) -> Clues:
        hosts = stops(self.pack.folder).hosts
        return Clues.of(self.report.text, self._others, self._key, stopped_hosts=hosts)

    @cached_property
    def _seen(self) -> dict[str, tuple[Seen, ...]]:
        return self.table.clues.seen(self._clues.looked_up)

    @cached_property
    def _alone(self) -> Alone:
        """Its own clock, independent of its case."""
        return self._clock(self._assessment.priority)

    def _clock(self, priority: Priority) -> Alone:
        return alone(self.pack.deadlines[priority.value], priority, self.read_at)

    @cached_property
    def _marks(self) -> list[Mark]:
        stopped = stops(self.pack.folder)
        return linking.strong(
            self._others,
            stopped_hosts=stopped.hosts,
            stopped_phones=stopped.phones,
        )

    def _open(self, facts: Facts, new: Open, owners: Mapping[Mark, str]) -> str | None:
        """Open the report's own case; None when another report was faster."""
        at = now()
        case = self._case(facts, stamp(at)).model_copy(
            update={"turn": self._turn.turn, "group": self._turn.group}
        )
        with self._as_advice():
            case = case.model_copy(update={"suggestions": self._suggestions(new)})
        bare = opened(case, at, self.report.bound.hex())
        days, came_at = days_of(facts), datetime.fromisoformat(self.report.accepted_at)
        until = held_until(self.pack, self._assessment, days, came_at)
        change = bare.then(advised(self.pack, bare.after, at, self._assessment, until))
        try:
            self.table.open(change, new.claims)
        except AlreadyOpen:
            mine = self.table.cases([self.report.own_case])
            return self._begin(mine[0]) if mine else None
        observe.count("CasesOpened")
        self._note(change.after.id, owners, new.claims)
        return self._begin(change.after)

    @contextmanager
    def _as_advice(self) -> Iterator[None]:
        """Contain a failed suggestion: it is counted, and the report comes into its case.

        This covers refusals of services and of the domain; a programming error still stops the
        record and is seen.
        """
        try:
            yield
        except Exception as error:
            refused = isinstance(error, (Refusal, secrets.UnusableSecret))
            if not refused and not faults.of_a_service(error):
                raise
            observe.failure("suggestion not made", error, reference=self.report.reference)
            observe.count("SuggestionsFailed")

    def _suggestions(self, new: Open) -> tuple[Suggestion, ...]:
        """Cases that may be about the same facts: closed ones that held an identifier of the
        report, then open ones, the most alike first."""
        found = {
            other: Suggestion(
                case=other,
                because="weak_identifier",
                shared=tuple(told_as(self._key, *mark) for mark in shared),
            )
            for other, shared in new.elsewhere
        } | self._clues.suggested_by(self._seen)
        found.pop(self.report.own_case, None)
        closed = [
            Suggestion(
                case=other,
                because="closed",
                shared=tuple(told_as(self._key, *mark) for mark in shared),
                report=self.report.reference,
            )
            for other, shared in new.recalled
        ]
        if not found:
            return tuple(closed[:MOST_SUGGESTIONS])
        owners, cases = going_on(
            self.table,
            {case_id: case_id for case_id in found},
            {case.id: case for case in self.table.cases(sorted(found))},
        )
        goes_on: dict[str, Suggestion] = {}
        for case_id, each in found.items():
            at = owners[case_id]
            if at in cases and cases[at].joinable:
                goes_on.setdefault(at, each.model_copy(update={"case": at}))
        ranked = sorted(goes_on.values(), key=lambda each: -(each.percent or 0))
        return tuple([*closed, *ranked][:MOST_SUGGESTIONS])

    def _begin(self, case: Case) -> str:
        """Put the report into the case it opened, and set the case going; it goes on with one that
        was merged meanwhile."""
        with self._as_advice():
            for clue, cases in self._clues.kept(case.id, self._seen).items():
                self.table.clues.keep(clue, cases, now())
            for each in case.suggestions if case.merged_into is None else ():
                # The other case is told before the report is in its own: a crash repeats it.
                suggest(self.table, each.case, each.model_copy(update={"case": case.id}))
        self._link(case, (), self._clues.given)
        self._start(case)
        return case.id

    def _link(self, case: Case, by: tuple[Mark, ...], clues: Sequence[str] = ()) -> None:
        coming = self._coming(case, by, clues)
        self._tell_linked(case.id, bool(bring(self.table.name, case.id, stamp(now()), [coming])))

    def _coming(self, case: Case, by: tuple[Mark, ...], clues: Sequence[str] = ()) -> Coming:
        said = words_in(self._read_text.rest, case.id, self._key)
        first = True  # where the clue cannot be written: better a look at a copy than none
        with self._as_advice():
            # Stored before it is linked: of copies that come together the first is looked at.
            first = self.table.clues.first(said, case_id_of(self.report.reference), now())
        opens = case.opened_by == self.report.reference
        glance: Glance | None = None
        if first or opens or self._tells_of_danger:
            stands = ListTurn(
                turn=case.turn,
                group=case.group,
                same=self._traits.copy,
                counted=self._counted,
            )
            glance = glancing.owed(self._assessment, stands if opens else self._turn)
        return Coming.of(
            self.report.reference,
            [f"{kind}:{value}" for kind, value in by],
            [told_as(self._key, *own) for own in self._own_told],
            self._named(),
            self._alone,
            glance,
            identifiers=[self.table.identifiers.id_of(mark) for mark in self._marks],
            clues=[*clues, *([said] if first else [])],
        )

    def _tell_linked(self, case_id: str, new: bool) -> None:
        if new:
            self.new = True
            observe.fact(
                "report linked",
                reference=self.report.reference,
                correlation_id=self.report.correlation_id,
                case_id=case_id,
            )

    @property
    def _own_told(self) -> list[tuple[str, str]]:
        """The reporter's own identifiers that are stored beside the report."""
        return [(each.kind, each.canonical) for each in self._own[: linking.MOST_OWN]]

    def _named(self) -> dict[str, str]:
        """The identifiers behind the marks of histories."""
        weaker = weak(self._others, stops(self.pack.folder).hosts)
        said = dict.fromkeys([*self._marks, *weaker, *self._own_told])
        return {told_as(self._key, kind, value): value for kind, value in said}

    def _join(self, case: Case, join: Join) -> str | None:
        """Put the report into a case that is there; None when that case closed before it came."""
        if case.id == self.report.own_case:
            return self._begin(case)
        with self._as_advice():
            # Before it is linked, so that a crash between repeats it rather than loses it.
            suggest_each_other(self.table, self._key, case.id, self.report.reference, join)
        told = self._tell_unit(case)
        for claim in join.claims:
            self.table.identifiers.claim(claim, case.id, self.report.reference)
        coming = self._coming(case, join.by)

        def joined(new: bool) -> str | None:
            self._tell_linked(case.id, new)
            after = self.table.case(case.id)
            if (day := stamp(now())[:10]) != after.grew_on:  # otherwise an entry of the day tells
                log.grew(self.settings.case_table, case.id, day)
            if not after.joinable:
                return None
            if unit_told(after) != told:
                self._tell_unit(after)
            if self._tells_of_danger:
                self._stand_out(after, self._turn)
            self._weigh(after)
            observe.count("ReportsJoined")
            return case.id

        if self.together is not None:
            self.together.add(case.id, coming, joined, self._again)
            return case.id
        return joined(bool(bring(self.table.name, case.id, stamp(now()), [coming])))

    def _stand_out(self, case: Case, mine: ListTurn) -> None:
        """Danger of somebody else in a case that shares the line of a group, or stands behind
        others: the case gets a line of its own, in the turn of this report."""
        if mine.group and mine.group == case.group:
            return

        def decide(case: Case) -> Change | None:
            if not case.group and case.turn <= mine.turn:
                return None
            return Change.quietly(case, turn=min(case.turn, mine.turn), group="")

        if case.group or case.turn > mine.turn:
            self.table.update(case.id, decide)

    def _again(self) -> None:
        link_report(self.settings, self.report.reference, self.came_at)

    def _come_back(self, case: Case) -> None:
        """A report that was let go as its case ended stays where it was: the case was reopened."""
        if self.report.flow is not None and case.joinable:
            by = self.report.linked_by
            self.table.reports.link(self.report.reference, case.id, stamp(now()), by)

    def _finish(self, case: Case, linked_at: str) -> None:
        """Complete the effects of an existing link: they are missing only if its maker was
        killed."""
        if case.opened_by == self.report.reference:
            self._start(case)
        elif case.referral is not None and linked_at >= case.referral.published_at:
            self._tell_unit(case)
        if not self.report.stood_for(case):  # otherwise its own case was assessed
            with within(READING_SECONDS):
                _ = self._assessment
            if self._tells_of_danger and self.report.unseen:  # a person looked at it otherwise
                self._stand_out(case, self.report.unseen.stands)
            self._weigh(case)

    def _weigh(self, case: Case) -> None:
        """The case weighs as much as its heaviest report, in any order of arrival."""
        source = DangerSource(self.report.reference, self.report.accepted_at)
        at = datetime.fromisoformat(source.came_at)
        days = days_of(unfold_facts(self.report.facts))
        note_money(self.table, self.pack, case, source.whole, self._assessment, days, at)
        weigh(self.settings, case, source, self._assessment)

    def _start(self, case: Case) -> None:
        """Set the case going."""
        if case.in_flight and case.stuck is None:
            start_or_leave(self.settings.workflow, case, clocks(self.pack))
        if case.status is Status.MERGED:
            merging.go_on(self.table, case.id, now())

    def _tell_unit(self, case: Case) -> str | None:
        """Tell the unit that holds the case of this addition, but where it heard of another within
        the window; the id of the unit."""
        unit = unit_told(case)
        if unit is not None:
            came_at = self.report.accepted_at
            telling = announcements.added(case, windows.minute_of(came_at), admitted=False)
            windows.tell(self.table.name, self.settings.topic, telling, came_at, now())
        return unit

    def _case(self, facts: Facts, at: str) -> Case:
        return case_for(
            self.pack,
            facts,
            case_id=self.report.own_case,
            at=at,
            report=self.report.reference,
            correlation_id=self.report.correlation_id,
            language=self.report.language,
            number=spoken.drawn(),
        )
