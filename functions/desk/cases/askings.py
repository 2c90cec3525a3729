"""Files that two people open: one asks with a motive, another admits or refuses. No key is given
here."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.services import telemetry
from casework.aws.table import audit_log, file_asking_table, file_marks, items
from casework.aws.table.case_table import CaseTransaction
from casework.aws.table.file_table import FileTable
from casework.case.case import Case
from casework.case.history import IDEMPOTENCY_FIELD
from casework.case.index import idempotent_entry_name
from casework.decisions.file_access import (
    AskingStanding,
    FileAnswer,
    FileAsking,
    FileWish,
    can_answer_file_asking,
    file_answered,
    file_asking_from_event,
    record_file_asking,
    require_file_asking_entry,
)
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import (
    CaseNotFound,
    EntryNotFound,
    FileNotFound,
    IllegalMove,
    KeyConflict,
    KeyMissing,
)
from casework.pack.procedure import SecondOpening, read_procedure
from casework.report.file_limits import FileState
from casework.text import reference
from casework.views.askings import Askings, AskingView
from functions.desk import deployment
from functions.desk.queries.people import names_by_subject
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.decision_handler import record_decision_of_author, require_event
from functions.desk.shared.routing import READ_REFUSALS, desk_route, list_route

MAX_ASKINGS_SHOWN: Final = 50
_ENTRY: Final = re.compile(r"[1-9][0-9]{0,5}")


class AskedFile(BaseModel):
    """How an asking for a file stands."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case: str
    number: int
    """The entry of the asking."""
    standing: AskingStanding
    until: str
    """When it lapses; once it was admitted, until when the file may be opened."""
    answer: int | None = None
    """The entry of the answer."""


@desk_route(
    "ask_for_file",
    "POST",
    "cases/{id}/files/asking",
    summary="Ask for a file that two people open",
    body=FileWish,
    answers={200: AskedFile},
    refusals=(*READ_REFUSALS, CaseNotFound, FileNotFound, IllegalMove, KeyConflict, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def ask_for_file(request: Request) -> Response:
    """Ask, with a motive that auditors read, for a file of a case of the gravest kinds: the pack
    says which (`two_open_files` of the case). Another person of the unit or the desk, or a
    supervisor, admits it or refuses before `until`; then it lapses.

    409 where one person opens the file: the case is of another kind, or danger is imminent in it.
    """
    member, key = require_caller(request, StaffCall.FILES), idempotency_digest(request)
    case_id, wish = case_id_from_path(request), request.parse_body(FileWish)
    table, at = deployment.desk_case_table(), deployment.now()

    def change(case: Case) -> CaseTransaction[FileAsking]:
        require_permission(member, StaffCall.FILES, case)
        before = table.find_entry(case.id, idempotent_entry_name(member.subject, key))
        if before is not None:
            return CaseTransaction(
                None, file_asking_from_event(case.id, require_file_asking_entry(before))
            )
        of, bound = _kept(case, wish)
        meant = wish.model_copy(update={"report": of})
        change_of_case = record_file_asking(
            case, at, member.subject, meant, bound, _rule()
        ).with_data(IDEMPOTENCY_FIELD, key)
        asking = file_asking_from_event(case.id, require_event(change_of_case))
        line = items.put_write(table.name, file_asking_table.file_asking_to_line(asking))
        return CaseTransaction(change_of_case, asking, [line, table.reports.existence_check(of)])

    asking = table.transact(case_id, change).decided.result
    if (asking.n, reference.is_same_reference(asking.report, wish.report)) != (wish.n, True):
        raise KeyConflict
    telemetry.log_info("file asked for", case_id=case_id)
    return _stands(file_asking_table.get_file_asking(table.name, asking) or asking)


@desk_route(
    "answer_asking",
    "POST",
    "cases/{id}/files/asking/{entry}/answer",
    summary="Admit or refuse the opening of a file",
    body=FileAnswer,
    answers={200: AskedFile},
    refusals=(*READ_REFUSALS, CaseNotFound, EntryNotFound, IllegalMove, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def answer_asking(request: Request) -> Response:
    """Admit that the person who asked opens the file, or refuse it; with a reason, once, and never
    the own asking. Once it was admitted, the file may be opened until `until`.

    The same answer again is the same content.
    """
    member, key = require_caller(request, StaffCall.FILE_ADMISSION), idempotency_digest(request)
    case_id, number, answer = (
        case_id_from_path(request),
        _number(request),
        request.parse_body(FileAnswer),
    )
    table, at = deployment.desk_case_table(), deployment.now()

    def change(case: Case) -> CaseTransaction[FileAsking]:
        require_permission(member, StaffCall.FILE_ADMISSION, case)
        asking_entry = require_file_asking_entry(table.event(case.id, number))
        stands = file_asking_table.get_file_asking(
            table.name, file_asking_from_event(case.id, asking_entry)
        )
        if (
            stands is not None
            and table.find_entry(case.id, idempotent_entry_name(member.subject, key)) is not None
        ):
            return CaseTransaction(None, stands)
        if stands is None or stands.standing is not AskingStanding.WAITS:
            raise EntryNotFound("This asking waits no more.")
        move, after = file_answered(case, at, member.subject, asking_entry, answer, _rule())
        line = items.put_write(table.name, file_asking_table.file_asking_to_line(after))
        return CaseTransaction(
            move.with_data(IDEMPOTENCY_FIELD, key),
            after,
            [line, table.reports.existence_check(after.report)],
        )

    deed = table.transact(case_id, change).decided
    if deed.change is not None:
        record_decision_of_author(require_event(deed.change), case_id)
    telemetry.log_info("file asked for", case_id=case_id, outcome=deed.result.standing)
    return _stands(deed.result)


@list_route(
    "read_askings",
    "files/askings",
    summary="Askings for files that wait for me, and mine",
    answer=Askings,
    lines=lambda page: len(page.askings),
)
def read_askings(request: Request) -> Response:
    """The askings for files that the caller may answer, with their motives, and the own ones with
    their answers, until their time is over; oldest first."""
    member, at = require_caller(request, StaffCall.FILE_ADMISSION), deployment.now()
    table = deployment.desk_case_table()
    every = list(file_asking_table.list_valid_file_askings(table.name, member.realm, at))
    cases = {case.id: case for case in table.get_cases(list({each.case for each in every}))}
    found = list[tuple[FileAsking, bool]]()
    for each in every:
        case = cases.get(each.case)
        waits = each.standing is AskingStanding.WAITS
        yours = (
            waits
            and case is not None
            and can_answer_file_asking(member, each, case, deployment.competent_offices_for_case)
        )
        if yours or each.by == member.subject:
            found.append((each, yours))
    found = found[:MAX_ASKINGS_SHOWN]
    names = file_marks.read_file_names(table.name, ((each.report, each.n) for each, _ in found))
    shown = list[AskingView]()
    for each, yours in found:
        motive = file_asking_table.read_file_asking_reason(table.name, each.case, each.number)
        if yours and motive is not None:
            about = f"file#{each.number}"
            audit_log.record_access(
                table.name, each.case, at, audit_log.MOTIVE_READ_MARK, member.subject, about=about
            )
        case = cases.get(each.case)
        shown.append(
            AskingView.from_asking(
                each,
                case_number=(case.number or None) if case else None,
                name=names.get((each.report, each.n)),
                motive=motive,
                reason=file_asking_table.read_file_asking_reason(
                    table.name, each.case, each.answer
                ),
                yours=yours,
            )
        )
    named = {who for each, _ in found for who in (each.by, each.answered_by) if who}
    return Response(200, Askings(askings=tuple(shown), people=names_by_subject(table, named, at)))


def _stands(asking: FileAsking) -> Response:
    told = asking.model_dump(include=set(AskedFile.model_fields))
    return Response(200, AskedFile(**told))


def _rule() -> SecondOpening:
    return read_procedure(deployment.desk_jurisdiction().folder).second_opening


def _kept(case: Case, wish: FileWish) -> tuple[str, str]:
    """The reference of the report and the commitment to the bytes of a kept file of the case;
    raises FileNotFound."""
    files = FileTable(deployment.desk_case_table().name)
    if files.get_case_id(wish.report) != case.id:
        raise FileNotFound
    file = files.file(wish.report, wish.n)
    if file is None or file.state is not FileState.KEPT:
        raise FileNotFound
    return file.reference, file.bound or ""


def _number(request: Request) -> int:
    """The entry in the address; raises EntryNotFound."""
    text = request.path_params["entry"]
    if not _ENTRY.fullmatch(text):
        raise EntryNotFound("Nobody asked for a file by this entry.")
    return int(text)
