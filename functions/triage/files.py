"""A file that was kept is news of its case: it is entered, ends a question to its reporter, and is
told to the holder of the case. A report that shared a line has one of its own with it. It comes
from the stream by its mark, at least once."""

from __future__ import annotations

from casework.aws.services import notifications, telemetry
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.task_state import now
from casework.aws.table import items, keys, notification_throttle
from casework.aws.table.case_table import CaseTable, CaseTransaction
from casework.case.case import Case
from casework.case.index import file_entry_name_prefix
from casework.case.lifecycle import Move, is_legal_move
from casework.case.times import format_timestamp
from casework.moves.additions import mentions_file, record_file, waits_for_night
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from casework.text.realm import realm_from_name
from functions.triage.follow_ups import end_question, informed_unit, resolve_surviving_case
from functions.triage.group_lines import give_report_own_line
from functions.triage.identical_file_notes import note_identical_files


def follow_file(settings: LinkSettings, case_id: str, reference: str, number: int) -> None:
    """Enter a kept file into the history of its case, once; nothing for an erased report."""
    table = CaseTable(settings.case_table, settings.selector_secret, realm_from_name(reference))
    report = table.reports.get_report(reference)
    if report is None:
        return
    at, on = now(), jurisdiction_clocks(open_pack(settings.pack))
    if asked := table.reports.questions(reference):
        # A file may be the whole answer, and words that come later are read all the same.
        last = max(asked, key=lambda each: str(each["asked_at"]))
        end_question(settings, table, case_id, reference, int(last["number"]), at)

    def decide(case: Case) -> CaseTransaction[bool]:
        told = {
            int(each): when
            for each, _, when in table.all_named(case.id, file_entry_name_prefix(reference))
        }
        if mentions_file(told, number, at) or not is_legal_move(case.status, Move.ADD):
            return CaseTransaction(None, False)
        unadmitted = None if report.belongs_to(case) else report.number
        change = record_file(
            case, at, report=reference, number=number, unadmitted=unadmitted, clocks=on
        )
        # Its mark is bound in any case.
        return CaseTransaction(None if waits_for_night(change) else change, True)

    case, deed = table.transact(resolve_surviving_case(table, case_id).id, decide)
    give_report_own_line(table, case, report, at)
    if not deed.result:
        return
    if informed_unit(case) is not None or case.unread is not None:
        minute = notification_throttle.arrival_minute(format_timestamp(at))
        telling = notifications.case_extended(case, minute, admitted=report.belongs_to(case))
        notification_throttle.publish_throttled(
            settings.case_table, settings.topic, telling, format_timestamp(at), at
        )
    telemetry.count_metric("FilesTold")


def follow_missed_files(settings: LinkSettings, case_id: str, reference: str) -> None:
    """Follow the files of a report that have their mark: the repair."""
    for item in items.query_prefix(settings.case_table, *keys.file_key.under(reference)):
        if "marked" in item:
            _, number = keys.file_key.of(item)
            follow_file(settings, case_id, reference, number)
            note_identical_files(settings, reference, number)
