"""A file that was kept is news of its case: it is entered, ends a question to its reporter, and is
told to the holder of the case. A report that shared a line has one of its own with it. It comes
from the stream by its mark, at least once."""

from __future__ import annotations

from casework.aws.services import announcements, observe
from casework.aws.services.settings import LinkSettings
from casework.aws.steps.step import now
from casework.aws.table import items, keys, windows
from casework.aws.table.case_table import CaseTable, Deed
from casework.case.case import Case
from casework.case.index import of_files
from casework.case.lifecycle import Move, allows
from casework.case.times import stamp
from casework.moves.adding import file_came, tells_of_file, waits_for_night
from casework.pack.clocks import clocks
from casework.pack.jurisdiction import open_pack
from casework.text.realm import realm_of
from functions.triage.follow import end_question, standing, unit_told
from functions.triage.own_line import give_own_line
from functions.triage.same import note_same


def follow_file(settings: LinkSettings, case_id: str, reference: str, number: int) -> None:
    """Enter a kept file into the history of its case, once; nothing for an erased report."""
    table = CaseTable(settings.case_table, settings.selector_secret, realm_of(reference))
    report = table.reports.one(reference)
    if report is None:
        return
    at, on = now(), clocks(open_pack(settings.pack))
    if asked := table.reports.questions(reference):
        # A file may be the whole answer, and words that come later are read all the same.
        last = max(asked, key=lambda each: str(each["asked_at"]))
        end_question(settings, table, case_id, reference, int(last["number"]), at)

    def decide(case: Case) -> Deed[bool]:
        told = {int(each): when for each, _, when in table.all_named(case.id, of_files(reference))}
        if tells_of_file(told, number, at) or not allows(case.status, Move.ADD):
            return Deed(None, False)
        unadmitted = None if report.belongs_to(case) else report.number
        change = file_came(
            case, at, report=reference, number=number, unadmitted=unadmitted, clocks=on
        )
        # Its mark is bound in any case.
        return Deed(None if waits_for_night(change) else change, True)

    case, deed = table.carry_out(standing(table, case_id).id, decide)
    give_own_line(table, case, report, at)
    if not deed.result:
        return
    if unit_told(case) is not None or case.unread is not None:
        minute = windows.minute_of(stamp(at))
        telling = announcements.added(case, minute, admitted=report.belongs_to(case))
        windows.tell(settings.case_table, settings.topic, telling, stamp(at), at)
    observe.count("FilesTold")


def follow_missed_files(settings: LinkSettings, case_id: str, reference: str) -> None:
    """Follow the files of a report that have their mark: the repair."""
    for item in items.under(settings.case_table, *keys.file_key.under(reference)):
        if "marked" in item:
            _, number = keys.file_key.of(item)
            follow_file(settings, case_id, reference, number)
            note_same(settings, reference, number)
