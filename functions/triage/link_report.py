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

from casework.aws.services import notifications, secrets, service_errors, telemetry
from casework.aws.services.settings import LinkSettings
from casework.aws.services.time_limits import limit_time
from casework.aws.steps.task_state import now
from casework.aws.table import audit_log, keys, notification_throttle
from casework.aws.table.backoff import sleep_with_backoff
from casework.aws.table.case_table import AlreadyOpen, CaseTable
from casework.aws.table.danger_alerts import DangerSource
from casework.aws.table.group_table import GroupTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.joins import IncomingReport, join_reports
from casework.aws.table.read_attempts import MAX_ANALYSIS_SECONDS, ReadAbandoned, ReadAttempts
from casework.aws.table.report_parsing import parse_facts
from casework.case.case import MAX_SUGGESTIONS, Case
from casework.case.change import Change
from casework.case.first_glance import ListTurn, OwedGlance
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority, ReportClock, Suggestion
from casework.errors import Busy, Refusal
from casework.identifiers import identifier_label
from casework.linking import join_rules
from casework.linking.join_rules import JoinOutcome, OpenOutcome
from casework.linking.records import IdentifierClaim, IdentifierMark
from casework.linking.similarity import words_clue
from casework.moves.deadlines import start_report_clock
from casework.moves.triage import open_case
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from casework.report.new_case import case_from_report
from casework.report.report import Facts, ReporterRole
from casework.report.stored_facts import decompress_facts
from casework.text import case_number
from casework.text.realm import Realm, realm_from_name
from casework.text.reference import case_id_from_reference
from functions.triage import case_moves, first_glances
from functions.triage.assessments import record_advice, record_unreadable
from functions.triage.execution_starts import start_unless_throttled
from functions.triage.follow_ups import (
    informed_unit,
)
from functions.triage.identifier_owners import resolve_owners, suggest_case, suggest_each_other
from functions.triage.join_batches import JoinBatch
from functions.triage.link_inputs import LinkInputs
from functions.triage.pictures import store_reporter_hashes
from functions.triage.recoverable_money import (
    note_money_of_report,
    payment_days,
    recoverable_deadline,
)
from functions.triage.severity import apply_severity

MAX_LOOKS: Final = 8
"""How often a report looks for its case while others open or close cases around it."""


@dataclass(frozen=True)
class LinkResult:
    """Where a report is, and whether this call brought it there."""

    case_id: str | None
    """None when there is no such report, or it was erased."""
    new: bool


def link_report(
    settings: LinkSettings, reference: str, came_at: str = "", together: JoinBatch | None = None
) -> LinkResult:
    """Bring a report into its case, with all effects.

    Raises ReadDeferred when the report could not be read and must be tried again; after the last
    try it comes into a bare case, and people read it. Raises Busy when its case could not be found
    among many that changed. A further call continues where this one stopped. `came_at` is when it
    came; left out, only its minute is known. With `together` a join is made there, and not here.
    """
    report = CaseTable(settings.case_table).reports.get_report(reference)
    if report is None:
        return LinkResult(None, new=False)
    link = _Link(settings, report, came_at, together)
    return LinkResult(link.run(), link.new)


class _Link:
    """One report on its way into a case."""

    def __init__(
        self,
        settings: LinkSettings,
        report: StoredReport,
        came_at: str,
        together: JoinBatch | None,
    ) -> None:
        self.settings = settings
        self.came_at, self.together = came_at, together
        realm = realm_from_name(report.reference)
        self.table = CaseTable(
            settings.case_table, settings.selector_secret, realm, settings.own_secret
        )
        self.pack = open_pack(settings.pack)
        self.report = report
        self.inputs = LinkInputs(settings, self.table, self.pack, report)
        self._counted = ""  # as in `ListTurn`; unknown where its case was opened before a crash
        self.read_at = now()
        self.new = False
        self._attempts = ReadAttempts(
            settings.case_table,
            keys.report_key(report.reference),
            came_at or report.accepted_at,
            report.attempts,
            waits_at={
                keys.FLOW_PARTITION_KEY: keys.retry_flow(report.reference),
                keys.FLOW_SORT_KEY: report.accepted_at,
            },
        )

    def run(self) -> str:
        if self.report.case_id is not None and self.report.linked_at is not None:
            case = self.table.get_case(self.report.case_id)
            if case.joinable or self.report.was_seen_in(case):
                self._come_back(case)
                self._finish(case, self.report.linked_at)
                return case.id
        try:
            self._read()
        except ReadAbandoned:
            return self._set_aside()
        facts, marks = self.inputs.facts, self.inputs.marks
        with self._as_advice():
            # Before it is linked, so that a crash between repeats it.
            store_reporter_hashes(self.settings, self.report.reference, facts.pictures)
        for look in range(MAX_LOOKS):
            if look:
                # They all saw that there is no case yet: apart in time, all but one will see it.
                sleep_with_backoff(look, seconds=0.02)
            found_owners = self.table.identifiers.owners(marks)
            owners, met_on, sites = found_owners.cases, found_owners.met_on, found_owners.sites
            wanted = sorted({self.report.own_case_id, *owners.values()}) if owners else []
            cases = {case.id: case for case in self.table.get_cases(wanted)}
            if own := cases.get(self.report.own_case_id):
                self._note(own.id, owners)
                return self._begin(own)  # the present owner of its identifiers: people saw it there
            owners, cases = resolve_owners(self.table, owners, cases)
            found = join_rules.decide_case(marks, owners, cases, met_on, sites)
            for site, pages in join_rules.new_site_pages(marks, sites).items():
                self.table.identifiers.note_pages(site, pages)
            self.table.identifiers.note_tellers(found_owners, self.report.reference)
            if isinstance(found, JoinOutcome):
                self._note(found.case_id, owners, found.claims)
                case_id = self._join(cases[found.case_id], found)
            else:
                case_id = self._open(facts, found, owners)
            if case_id is not None:
                return case_id
        raise Busy("The report's case is being changed by many at once.")

    def _note(
        self,
        case_id: str,
        owners: Mapping[IdentifierMark, str],
        claims: Sequence[IdentifierClaim] = (),
    ) -> None:
        """Note the case beside the owners of what its report names.

        Like a claim, before the report is in the case: a crash between repeats it.
        """
        met = join_rules.unclaimed_mentions(self.inputs.marks, owners, claims, case_id)
        self.table.identifiers.add_mentions(met, case_id)

    def _read(self) -> None:
        """Read all that linking needs, before anything is written; raises ReadDeferred and
        ReadAbandoned."""
        _ = self.inputs.key, self.inputs.own_key  # first: that a service fails is no attempt
        with self._attempts.attempt(now()):
            _ = self.inputs.marks, self.inputs.assessment, self.inputs.clues

    def _set_aside(self) -> str:
        """Open a bare case for an unreadable report: people review it as it is.

        No identifier of it is known, so it joins no case and claims no identifier.
        """
        at = now()
        facts = parse_facts(self.report) or Facts(
            role=ReporterRole.WITNESS, language=self.report.language
        )
        bare = open_case(self._case(facts, format_timestamp(at)), at, self.report.bound.hex())
        change = bare.then(record_unreadable(self.pack, bare.after, at, parse_facts(self.report)))
        # Told before it is saved: a crash between the two repeats the notification.
        telling = notifications.report_unreadable(change.after)
        notifications.publish_notification(self.settings.topic, telling, at)
        with suppress(AlreadyOpen):
            self.table.open(change, ())
        case = self.table.get_case(self.report.own_case_id)
        owes = {"alone": self._clock(Priority.STANDARD), "glance": first_glances.unread_glance()}
        if self.table.reports.link(
            self.report.reference, case.id, format_timestamp(at), (), unreadable=True, **owes
        ):
            self.new = True
            telemetry.log_info("report set aside", reference=self.report.reference, case_id=case.id)
        self._start(case)
        return case.id

    @cached_property
    def _turn(self) -> ListTurn:
        """Where it stands in lists. Where that cannot be told, among the first: better a line too
        many than one too late. A trial stands for itself, or it would be counted with people's
        reports."""
        found: list[ListTurn] = []
        if realm_from_name(self.report.reference) is Realm.TRIAL:
            return ListTurn(same=self.inputs.traits.copy)
        with self._as_advice():
            groups = GroupTable(self.table.name)
            found.append(groups.enter(self.inputs.traits, self.report.reference, self.read_at))
            self._counted = found[0].counted
        return found[0] if found else ListTurn(same=self.inputs.traits.copy)

    @cached_property
    def _alone(self) -> ReportClock:
        """Its own clock, independent of its case."""
        return self._clock(self.inputs.assessment.priority)

    def _clock(self, priority: Priority) -> ReportClock:
        return start_report_clock(self.pack.deadlines[priority.value], priority, self.read_at)

    def _open(
        self, facts: Facts, new: OpenOutcome, owners: Mapping[IdentifierMark, str]
    ) -> str | None:
        """Open the report's own case; None when another report was faster."""
        at = now()
        case = self._case(facts, format_timestamp(at)).model_copy(
            update={"turn": self._turn.turn, "group": self._turn.group}
        )
        with self._as_advice():
            case = case.model_copy(update={"suggestions": self._suggestions(new)})
        bare = open_case(case, at, self.report.bound.hex())
        days, came_at = payment_days(facts), datetime.fromisoformat(self.report.accepted_at)
        until = recoverable_deadline(self.pack, self.inputs.assessment, days, came_at)
        change = bare.then(record_advice(self.pack, bare.after, at, self.inputs.assessment, until))
        try:
            self.table.open(change, new.claims)
        except AlreadyOpen:
            mine = self.table.get_cases([self.report.own_case_id])
            return self._begin(mine[0]) if mine else None
        telemetry.count_metric("CasesOpened")
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
            if not refused and not service_errors.is_service_error(error):
                raise
            telemetry.log_failure("suggestion not made", error, reference=self.report.reference)
            telemetry.count_metric("SuggestionsFailed")

    def _suggestions(self, new: OpenOutcome) -> tuple[Suggestion, ...]:
        """Cases that may be about the same facts: closed ones that held an identifier of the
        report, then open ones, the most alike first."""
        found = {
            other: Suggestion(
                case=other,
                because="weak_identifier",
                shared=tuple(identifier_label(self.inputs.key, *mark) for mark in shared),
            )
            for other, shared in new.elsewhere
        } | self.inputs.clues.find_suggestions(self.inputs.clue_sightings)
        found.pop(self.report.own_case_id, None)
        closed = [
            Suggestion(
                case=other,
                because="closed",
                shared=tuple(identifier_label(self.inputs.key, *mark) for mark in shared),
                report=self.report.reference,
            )
            for other, shared in new.recalled
        ]
        if not found:
            return tuple(closed[:MAX_SUGGESTIONS])
        owners, cases = resolve_owners(
            self.table,
            {case_id: case_id for case_id in found},
            {case.id: case for case in self.table.get_cases(sorted(found))},
        )
        goes_on: dict[str, Suggestion] = {}
        for case_id, each in found.items():
            at = owners[case_id]
            if at in cases and cases[at].joinable:
                goes_on.setdefault(at, each.model_copy(update={"case": at}))
        ranked = sorted(goes_on.values(), key=lambda each: -(each.percent or 0))
        return tuple([*closed, *ranked][:MAX_SUGGESTIONS])

    def _begin(self, case: Case) -> str:
        """Put the report into the case it opened, and set the case going; it goes on with one that
        was merged meanwhile."""
        with self._as_advice():
            for clue, cases in self.inputs.clues.updated_sightings(
                case.id, self.inputs.clue_sightings
            ).items():
                self.table.clues.keep(clue, cases, now())
            for each in case.suggestions if case.merged_into is None else ():
                # The other case is told before the report is in its own: a crash repeats it.
                suggest_case(self.table, each.case, each.model_copy(update={"case": case.id}))
        self._link(case, (), self.inputs.clues.storable_ids)
        self._start(case)
        return case.id

    def _link(self, case: Case, by: tuple[IdentifierMark, ...], clues: Sequence[str] = ()) -> None:
        coming = self._coming(case, by, clues)
        self._tell_linked(
            case.id, bool(join_reports(self.table.name, case.id, format_timestamp(now()), [coming]))
        )

    def _coming(
        self, case: Case, by: tuple[IdentifierMark, ...], clues: Sequence[str] = ()
    ) -> IncomingReport:
        clue = words_clue(self.inputs.read_text.rest, case.id, self.inputs.key)
        first = True  # where the clue cannot be written: better a look at a copy than none
        with self._as_advice():
            # Stored before it is linked: of copies that come together the first is looked at.
            first = self.table.clues.claim_if_free(
                clue, case_id_from_reference(self.report.reference), now()
            )
        opens = case.opened_by == self.report.reference
        glance: OwedGlance | None = None
        if first or opens or self.inputs.tells_of_danger:
            stands = ListTurn(
                turn=case.turn,
                group=case.group,
                same=self.inputs.traits.copy,
                counted=self._counted,
            )
            glance = first_glances.glance_from_assessment(
                self.inputs.assessment, stands if opens else self._turn
            )
        return IncomingReport.from_link_results(
            self.report.reference,
            [f"{kind}:{value}" for kind, value in by],
            [identifier_label(self.inputs.key, *own) for own in self.inputs.stored_own],
            self.inputs.named_identifiers(),
            self._alone,
            glance,
            identifiers=[self.table.identifiers.identifier_id(mark) for mark in self.inputs.marks],
            clues=[*clues, *([clue] if first else [])],
        )

    def _tell_linked(self, case_id: str, new: bool) -> None:
        if new:
            self.new = True
            telemetry.log_info(
                "report linked",
                reference=self.report.reference,
                correlation_id=self.report.correlation_id,
                case_id=case_id,
            )

    def _join(self, case: Case, join: JoinOutcome) -> str | None:
        """Put the report into a case that is there; None when that case closed before it came."""
        if case.id == self.report.own_case_id:
            return self._begin(case)
        with self._as_advice():
            # Before it is linked, so that a crash between repeats it rather than loses it.
            suggest_each_other(self.table, self.inputs.key, case.id, self.report.reference, join)
        told_unit = self._tell_unit(case)
        for claim in join.claims:
            self.table.identifiers.claim(claim, case.id, self.report.reference)
        coming = self._coming(case, join.by)

        def joined(new: bool) -> str | None:
            self._tell_linked(case.id, new)
            after = self.table.get_case(case.id)
            if (
                day := format_timestamp(now())[:10]
            ) != after.grew_on:  # otherwise an entry of the day tells
                audit_log.record_reading_growth(self.settings.case_table, case.id, day)
            if not after.joinable:
                return None
            if informed_unit(after) != told_unit:
                self._tell_unit(after)
            if self.inputs.tells_of_danger:
                self._stand_out(after, self._turn)
            self._weigh(after)
            telemetry.count_metric("ReportsJoined")
            return case.id

        if self.together is not None:
            self.together.add(case.id, coming, joined, self._again)
            return case.id
        return joined(
            bool(join_reports(self.table.name, case.id, format_timestamp(now()), [coming]))
        )

    def _stand_out(self, case: Case, mine: ListTurn) -> None:
        """Danger of somebody else in a case that shares the line of a group, or stands behind
        others: the case gets a line of its own, in the turn of this report."""
        if mine.group and mine.group == case.group:
            return

        def decide(case: Case) -> Change | None:
            if not case.group and case.turn <= mine.turn:
                return None
            return Change.bookkeeping(case, turn=min(case.turn, mine.turn), group="")

        if case.group or case.turn > mine.turn:
            self.table.update(case.id, decide)

    def _again(self) -> None:
        link_report(self.settings, self.report.reference, self.came_at)

    def _come_back(self, case: Case) -> None:
        """A report that was let go as its case ended stays where it was: the case was reopened."""
        if self.report.flow is not None and case.joinable:
            by = self.report.linked_by
            self.table.reports.link(self.report.reference, case.id, format_timestamp(now()), by)

    def _finish(self, case: Case, linked_at: str) -> None:
        """Complete the effects of an existing link: they are missing only if its maker was
        killed."""
        if case.opened_by == self.report.reference:
            self._start(case)
        elif case.referral is not None and linked_at >= case.referral.published_at:
            self._tell_unit(case)
        if not self.report.opened_case(case):  # otherwise its own case was assessed
            with limit_time(MAX_ANALYSIS_SECONDS):
                _ = self.inputs.assessment
            if (
                self.inputs.tells_of_danger and self.report.unseen
            ):  # a person looked at it otherwise
                self._stand_out(case, self.report.unseen.stands)
            self._weigh(case)

    def _weigh(self, case: Case) -> None:
        """The case weighs as much as its heaviest report, in any order of arrival."""
        source = DangerSource(self.report.reference, self.report.accepted_at)
        at = datetime.fromisoformat(source.came_at)
        days = payment_days(decompress_facts(self.report.facts))
        note_money_of_report(
            self.table, self.pack, case, source.unique_name, self.inputs.assessment, days, at
        )
        apply_severity(self.settings, case, source, self.inputs.assessment)

    def _start(self, case: Case) -> None:
        """Set the case going."""
        if case.needs_execution and case.stuck is None:
            start_unless_throttled(self.settings.workflow, case, jurisdiction_clocks(self.pack))
        if case.status is Status.MERGED:
            case_moves.apply_join_effects(self.table, case.id, now())

    def _tell_unit(self, case: Case) -> str | None:
        """Tell the unit that holds the case of this addition, but where it heard of another within
        the window; the id of the unit."""
        unit = informed_unit(case)
        if unit is not None:
            came_at = self.report.accepted_at
            telling = notifications.case_extended(
                case, notification_throttle.arrival_minute(came_at), admitted=False
            )
            notification_throttle.publish_throttled(
                self.table.name, self.settings.topic, telling, came_at, now()
            )
        return unit

    def _case(self, facts: Facts, at: str) -> Case:
        return case_from_report(
            self.pack,
            facts,
            case_id=self.report.own_case_id,
            at=at,
            report=self.report.reference,
            correlation_id=self.report.correlation_id,
            language=self.report.language,
            number=case_number.random_case_number(),
        )
