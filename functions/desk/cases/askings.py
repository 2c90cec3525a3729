"""Files that two people open: one asks with a motive, another admits or refuses. No key is given
here."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.aws.services import observe
from casework.aws.table import asking_table, file_marks, items, log
from casework.aws.table.case_table import Deed
from casework.aws.table.evidence_table import EvidenceTable
from casework.case.case import Case
from casework.case.history import KEY
from casework.case.index import of_key
from casework.decisions.files import (
    AskingStanding,
    FileAnswer,
    FileAsking,
    FileWish,
    answers,
    asked_entry,
    asking_of,
    file_answered,
    file_asked,
)
from casework.decisions.permissions import Call, permit
from casework.errors import (
    CaseNotFound,
    EntryNotFound,
    FileNotFound,
    IllegalMove,
    KeyConflict,
    KeyMissing,
)
from casework.pack.procedure import SecondOpening, procedure
from casework.report.evidence import FileState
from casework.text import reference
from casework.views.askings import Askings, AskingView
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import READING, listing, route
from functions.desk.entry.deciding import event_of, keep_in_mind
from functions.desk.shown.people import names_of

MOST_SHOWN: Final = 50
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


@route(
    "ask_for_file",
    "POST",
    "cases/{id}/files/asking",
    summary="Ask for a file that two people open",
    body=FileWish,
    answers={200: AskedFile},
    refusals=(*READING, CaseNotFound, FileNotFound, IllegalMove, KeyConflict, KeyMissing),
    parameters=(IDEMPOTENCY_KEY,),
)
def ask_for_file(request: Request) -> Answer:
    """Ask, with a motive that auditors read, for a file of a case of the gravest kinds: the pack
    says which (`two_open_files` of the case). Another person of the unit or the desk, or a
    supervisor, admits it or refuses before `until`; then it lapses.

    409 where one person opens the file: the case is of another kind, or danger is imminent in it.
    """
    member, key = caller(request, Call.FILES), key_of(request)
    case_id, wish = case_id_of(request), request.read(FileWish)
    table, at = deployment.table(), deployment.now()

    def change(case: Case) -> Deed[FileAsking]:
        permit(member, Call.FILES, case)
        before = table.named(case.id, of_key(member.subject, key))
        if before is not None:
            return Deed(None, asking_of(case.id, asked_entry(before)))
        of, bound = _kept(case, wish)
        meant = wish.model_copy(update={"report": of})
        asked = file_asked(case, at, member.subject, meant, bound, _rule()).saying(KEY, key)
        asking = asking_of(case.id, event_of(asked))
        line = items.putting(table.name, asking_table.line_of(asking))
        return Deed(asked, asking, [line, table.reports.there(of)])

    asking = table.carry_out(case_id, change).decided.result
    if (asking.n, reference.same(asking.report, wish.report)) != (wish.n, True):
        raise KeyConflict
    observe.fact("file asked for", case_id=case_id)
    return _stands(asking_table.one(table.name, asking) or asking)


@route(
    "answer_asking",
    "POST",
    "cases/{id}/files/asking/{entry}/answer",
    summary="Admit or refuse the opening of a file",
    body=FileAnswer,
    answers={200: AskedFile},
    refusals=(*READING, CaseNotFound, EntryNotFound, IllegalMove, KeyMissing),
    parameters=(IDEMPOTENCY_KEY,),
)
def answer_asking(request: Request) -> Answer:
    """Admit that the person who asked opens the file, or refuse it; with a reason, once, and never
    the own asking. Once it was admitted, the file may be opened until `until`.

    The same answer again is the same content.
    """
    member, key = caller(request, Call.FILE_ADMISSION), key_of(request)
    case_id, number, said = case_id_of(request), _number(request), request.read(FileAnswer)
    table, at = deployment.table(), deployment.now()

    def change(case: Case) -> Deed[FileAsking]:
        permit(member, Call.FILE_ADMISSION, case)
        asked = asked_entry(table.event(case.id, number))
        stands = asking_table.one(table.name, asking_of(case.id, asked))
        if stands is not None and table.named(case.id, of_key(member.subject, key)) is not None:
            return Deed(None, stands)
        if stands is None or stands.standing is not AskingStanding.WAITS:
            raise EntryNotFound("This asking waits no more.")
        move, after = file_answered(case, at, member.subject, asked, said, _rule())
        line = items.putting(table.name, asking_table.line_of(after))
        return Deed(move.saying(KEY, key), after, [line, table.reports.there(after.report)])

    deed = table.carry_out(case_id, change).decided
    if deed.change is not None:
        keep_in_mind(event_of(deed.change), case_id)
    observe.fact("file asked for", case_id=case_id, outcome=deed.result.standing)
    return _stands(deed.result)


@listing(
    "read_askings",
    "files/askings",
    summary="Askings for files that wait for me, and mine",
    answer=Askings,
    lines=lambda page: len(page.askings),
)
def read_askings(request: Request) -> Answer:
    """The askings for files that the caller may answer, with their motives, and the own ones with
    their answers, until their time is over; oldest first."""
    member, at = caller(request, Call.FILE_ADMISSION), deployment.now()
    table = deployment.table()
    every = list(asking_table.standing(table.name, member.realm, at))
    cases = {case.id: case for case in table.cases(list({each.case for each in every}))}
    found = list[tuple[FileAsking, bool]]()
    for each in every:
        case = cases.get(each.case)
        waits = each.standing is AskingStanding.WAITS
        yours = waits and case is not None and answers(member, each, case, deployment.offices)
        if yours or each.by == member.subject:
            found.append((each, yours))
    found = found[:MOST_SHOWN]
    names = file_marks.names_of(table.name, ((each.report, each.n) for each, _ in found))
    shown = list[AskingView]()
    for each, yours in found:
        motive = asking_table.words_of(table.name, each.case, each.number)
        if yours and motive is not None:
            about = f"file#{each.number}"
            log.mark_person(table.name, each.case, at, log.MOTIVE_READ, member.subject, about=about)
        case = cases.get(each.case)
        shown.append(
            AskingView.of(
                each,
                case_number=(case.number or None) if case else None,
                name=names.get((each.report, each.n)),
                motive=motive,
                reason=asking_table.words_of(table.name, each.case, each.answer),
                yours=yours,
            )
        )
    named = {who for each, _ in found for who in (each.by, each.answered_by) if who}
    return Answer(200, Askings(askings=tuple(shown), people=names_of(table, named, at)))


def _stands(asking: FileAsking) -> Answer:
    told = asking.model_dump(include=set(AskedFile.model_fields))
    return Answer(200, AskedFile(**told))


def _rule() -> SecondOpening:
    return procedure(deployment.pack().folder).second_opening


def _kept(case: Case, wish: FileWish) -> tuple[str, str]:
    """The reference of the report and the commitment to the bytes of a kept file of the case;
    raises FileNotFound."""
    files = EvidenceTable(deployment.table().name)
    if files.case_of(wish.report) != case.id:
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
