"""What a report brings to its linking, each read once and when it is needed.

Nothing here is written.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.aws.services import secrets
from casework.aws.services.settings import LinkSettings
from casework.aws.table.case_table import CaseTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.picture_table import PictureTable
from casework.identifiers import Identifier, identifier_label
from casework.identifiers.extraction import ReadText, read_identifiers
from casework.linking import join_rules
from casework.linking.groups import GroupTraits
from casework.linking.records import ClueSighting, IdentifierMark
from casework.linking.similarity import ReportClues, weak_identifiers
from casework.linking.stop_list import read_stop_list
from casework.pack.jurisdiction import Jurisdiction
from casework.report.report import Facts
from casework.report.stored_facts import decompress_facts


class LinkInputs:
    """What is read of one report, and of the table for it."""

    def __init__(
        self, settings: LinkSettings, table: CaseTable, pack: Jurisdiction, report: StoredReport
    ) -> None:
        self.settings, self.table, self.pack, self.report = settings, table, pack, report

    @cached_property
    def facts(self) -> Facts:
        """Its facts, with what its pictures look like that were kept apart."""
        facts = decompress_facts(self.report.facts)
        if not self.report.looks:
            return facts
        pictures = PictureTable(self.table.name, self.settings.digest_secret)
        return facts.model_copy(update={"pictures": pictures.list_kept_hashes(self.report)})

    @cached_property
    def read_text(self) -> ReadText:
        """Its words, with the identifiers that they and its fields name."""
        return read_identifiers(self.report.text, self.facts.field_identifiers)

    @property
    def identifiers(self) -> list[Identifier]:
        """All identifiers of the report."""
        return self.read_text.identifiers

    @property
    def tells_of_danger(self) -> bool:
        """Danger that is ticked or read is glanced at each time: the same words may be those of
        another person."""
        return self.facts.danger_now or self.assessment.imminent

    @cached_property
    def assessment(self) -> ReportAssessment:
        """Automatic advice on it, with the reasons."""
        at = datetime.fromisoformat(self.report.accepted_at)
        return assess_report(self.pack, self.facts, self.report.text, self.identifiers, at)

    @cached_property
    def key(self) -> bytes:
        """The selector key, by which identifiers are looked up."""
        return self.table.identifiers.key

    @cached_property
    def own_key(self) -> bytes:
        """The key of the marks of reporters' own identifiers."""
        return secrets.read_key(self.settings.own_secret)

    @cached_property
    def own_identifiers(self) -> tuple[Identifier, ...]:
        """The identifiers that are the reporter's own."""
        return join_rules.reporters_own(self.identifiers, self.report.own, self.own_key)

    @cached_property
    def other_identifiers(self) -> list[Identifier]:
        """The identifiers of the report that are not the reporter's own."""
        own = frozenset(self.own_identifiers)
        return [each for each in self.identifiers if each not in own]

    @cached_property
    def traits(self) -> GroupTraits:
        """What copies of it have alike: its words and ticks."""
        facts = self.facts
        place = facts.territory.model_dump_json(exclude_none=True) if facts.territory else ""
        own = [
            *self.report.own,
            *([place] if place else []),
            *(f"{kind}:{value}" for kind, value in self.marks),
            *facts.pictures,
        ]
        facts_json = facts.model_dump_json()
        return GroupTraits.from_report(
            self.report.text, self.read_text.rest, facts_json, own, self.key
        )

    @cached_property
    def clues(self) -> ReportClues:
        """By what its words resemble those of other reports."""
        hosts = read_stop_list(self.pack.folder).hosts
        return ReportClues.from_report(
            self.report.text, self.other_identifiers, self.key, stopped_hosts=hosts
        )

    @cached_property
    def clue_sightings(self) -> dict[str, tuple[ClueSighting, ...]]:
        """The cases in which its clues were seen, by clue."""
        return self.table.clues.list_sightings(self.clues.lookup_ids)

    @cached_property
    def marks(self) -> list[IdentifierMark]:
        """The identifiers that link it to a case."""
        stopped = read_stop_list(self.pack.folder)
        return join_rules.strong_marks(
            self.other_identifiers,
            stopped_hosts=stopped.hosts,
            stopped_phones=stopped.phones,
        )

    @property
    def stored_own(self) -> list[tuple[str, str]]:
        """The reporter's own identifiers that are stored beside the report."""
        return [(each.kind, each.canonical) for each in self.own_identifiers[: join_rules.MAX_OWN]]

    def named_identifiers(self) -> dict[str, str]:
        """The identifiers behind the marks of histories."""
        weaker = weak_identifiers(self.other_identifiers, read_stop_list(self.pack.folder).hosts)
        labelled = dict.fromkeys([*self.marks, *weaker, *self.stored_own])
        return {identifier_label(self.key, kind, value): value for kind, value in labelled}
