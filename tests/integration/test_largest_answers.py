"""A case filled to every limit, with text that grows most in JSON, can be read page by page.

A function answers at most 6 MB and the HTTP API forwards at most 10. A longer answer is an error:
one reporter could make a case unreadable and stop the work on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import cache
from itertools import chain
from typing import Any

import pytest

from casework.aws.services.clients import aws_client
from casework.aws.services.response_sizes import MAX_RESPONSE_BYTES, json_bytes
from casework.aws.table import items, keys, particulars
from casework.aws.table.additions import list_additions
from casework.aws.table.case_table import CaseTable
from casework.aws.table.item_mapping import (
    case_to_item,
    entry_from_item,
    event_from_item,
    question_to_item,
)
from casework.aws.table.messages import StoredMessage, message_to_reporter_item
from casework.aws.table.report_table import NewAddition, ReportTable
from casework.case.case import Case
from casework.case.freezes import CLOCK_BY_BOND, Bond, Clock
from casework.case.history import CaseEvent, chain_event
from casework.case.lifecycle import Move, Status
from casework.case.suspects import SuspectStanding
from casework.case.times import DeadlineWait, format_timestamp
from casework.case.value_objects import Duty, Freeze, Hold, LegalHold, Question, UnreadAdditions
from casework.decisions.freezes import MAX_ONWARD_TRANSFERS, FreezeEntry, NewFreeze, Payment
from casework.decisions.instructions import MAX_INSTRUCTIONS, Inquire
from casework.decisions.staff import Role
from casework.decisions.suspects import MAX_SUSPECT_ENTRIES
from casework.moves.freezes import MAX_FREEZE_STEPS, MAX_FREEZES, MAX_PAYMENTS
from casework.moves.inquiry import MAX_SUSPECTS
from casework.moves.questions import MAX_QUESTIONS
from casework.moves.retention import MAX_COURT_HOLDS
from casework.moves.triage import open_case
from casework.report.file_limits import MAX_FILES
from casework.report.followup import (
    MAX_ADDED_LOCATIONS,
    MAX_ADDITIONS,
    MAX_MESSAGE_LENGTH,
    MAX_MESSAGES,
    Addition,
    fold_addition,
)
from casework.report.report import MAX_LOCATION_LENGTH, MAX_NARRATIVE_LENGTH, ReporterRole
from casework.text import strict_json
from casework.views.danger import DangerSaid
from casework.views.first_words import MAX_FIRST_WORDS_LENGTH, MAX_PLACE_LENGTH
from casework.views.freeze_request import MAX_TRANSFERS
from casework.views.line_facts import (
    MAX_LINE_ACCOUNT_LENGTH,
    MAX_LINE_JOINED,
    LineAccount,
    LineFacts,
)
from casework.views.lists import CaseLine
from functions.desk import handler
from functions.desk.queries import holds, lists, pages
from functions.intake.progress_pages import PROGRESS_BUDGETS_BYTES
from harness.hostile.cost_search import repeat_to_length
from tests.builders import NOON, a_case, a_reference, a_report
from tests.integration.answers import Answered, problem
from tests.integration.desks import TABLE, Desk, an_event
from tests.integration.forms import post
from tests.integration.reporters import Reporters, a_key

GROWS = "\U0001d518"
"""Outside the basic plane: four bytes when it is sent, two escapes of six when it is answered."""
SOMEBODY = "5b0f0d6e-2d0a-4c7b-9f65-3f8f6c1d2a11"
OFFICE = {
    "prosecutor": "king-prosecutor",
    "court": "a" * 60,
    "decided_on": "2026-03-02",
    "reference": "7" * 40,
}
LARGEST_FACTS = LineFacts(
    words=GROWS * MAX_FIRST_WORDS_LENGTH,
    words_language="ary-Latn",
    place=GROWS * MAX_PLACE_LENGTH,
    said_by=ReporterRole.RELATIVE,
    account=LineAccount(kind="handle", text=GROWS * MAX_LINE_ACCOUNT_LENGTH),
    sum="9" * 24,
    currency="MAD",
    guessed=("territory", "account", "sum", "words_language"),
    joined=MAX_LINE_JOINED,
)
LARGEST_DANGER = DangerSaid(
    role=ReporterRole.RELATIVE,
    place=GROWS * MAX_PLACE_LENGTH,
    words=GROWS * MAX_FIRST_WORDS_LENGTH,
)
MOST_ERASURES = 300
BESIDE_THE_LISTS = 400_000
"""Bytes of a page at most beside the lists that are measured: their frame, a form for each question
that waits, one entry that goes beyond its room."""
MOST_LARGE = 40
"""Answers of an institution that are as large as one may be: they need several pages."""


def size(answered: Answered) -> int:
    """Bytes of the answer of the function, at worst."""
    whole = {"statusCode": answered.status, "headers": answered.headers, "body": answered.text}
    return len(json.dumps(whole))


def text(length: int) -> str:
    return ("\u2028" + GROWS * 9) * (length // 10)


def locations(most: int, room: int) -> list[dict[str, str]]:
    """As many of the longest locations as a body of so many bytes takes."""
    value = text(MAX_LOCATION_LENGTH)
    count = min(most, room // (len(value.encode()) + 60))
    return [{"kind": "other", "value": value}] * count


def largest_addition() -> dict[str, Any]:
    said = {"text": text(MAX_NARRATIVE_LENGTH), "kind": "correction", "corrects": "other"}
    room = strict_json.MAX_JSON_BYTES - len(said["text"].encode()) - 500
    return {**said, "locations": locations(MAX_ADDED_LOCATIONS, room)}


LARGEST = frozenset({0, 1, MAX_ADDITIONS // 2, MAX_ADDITIONS - 1})
"""Which additions are as large as one may be; the others are a word, so that there are as many as
there may be."""


def some_large() -> list[dict[str, Any]]:
    """As many additions as a report takes."""
    large = largest_addition()
    return [large if number in LARGEST else {"text": GROWS} for number in range(MAX_ADDITIONS)]


def fill(table: str, reference: str, additions: Sequence[Mapping[str, Any]]) -> None:
    """These additions to a report, and all questions put to its reporter."""
    for number, said in enumerate(additions):
        sent = Addition.model_validate_json(json.dumps(said))
        new = NewAddition(
            reference=reference,
            addition=f"{number:026d}",
            added_at=f"2026-03-02T12:{number:02d}:00.000Z",
            content=fold_addition(sent),
            pepper="1",
            body_mac=b"m",
            correlation_id="c",
        )
        assert ReportTable(table).add_once(new, MAX_ADDITIONS) is None
    for number in range(1, MAX_QUESTIONS + 1):
        question = Question(
            number=number,
            report=reference,
            text=text(2_000),
            language="fr",
            asked_at="2026-03-02T12:00:00.000Z",
            due="2026-03-09T12:00:00.000Z",
        )
        aws_client("dynamodb").put_item(TableName=table, Item=question_to_item("C-1", question))


@dataclass
class Book:
    """The history of a case and the items beside its entries, as read from the table.

    moto takes a second per megabyte, and every page reads the whole history. So the test gives the
    existing entries, and only later ones are read.
    """

    case: Case
    written: list[CaseEvent]
    about: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    messages: list[StoredMessage] = field(default_factory=list)

    def enter(self, move: Move, said: Mapping[str, Any] | None = None, **about: Any) -> int:
        """One more entry, chained; `about` is kept beside it. Its number."""
        last = self.written[-1]
        entry = CaseEvent(
            number=last.number + 1,
            move=move,
            at=format_timestamp(NOON),
            by=SOMEBODY,
            data=dict(said or {}),
        )
        self.written.append(chain_event(entry, last.hash))
        if about:
            self.about[entry.number] = about
        return entry.number

    def since(self) -> Iterator[dict[str, Any]]:
        """The entries after the given book."""
        place = keys.event_key(self.case.id, len(self.written))
        return items.query_prefix(TABLE, *keys.event_key.under(self.case.id), after=place)

    def give(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the calls read it."""
        monkeypatch.setattr(
            CaseTable, "events", lambda *_: chain(self.written, map(event_from_item, self.since()))
        )
        monkeypatch.setattr(
            CaseTable, "entries", lambda *_: chain(self.written, map(entry_from_item, self.since()))
        )
        monkeypatch.setattr(particulars, "read_case_particulars", lambda *_: self.about)
        monkeypatch.setattr(pages, "list_case_messages", lambda *_: self.messages)
        monkeypatch.setattr(pages, "list_additions", cache(list_additions))


def ask_and_write(book: Book) -> None:
    """As many messages as a case takes, and the question with the highest number."""
    book.enter(Move.ASK, {"report": a_reference(2), "question": MAX_QUESTIONS})
    for _ in range(MAX_MESSAGES):
        number = book.enter(Move.MESSAGE)
        written = text(MAX_MESSAGE_LENGTH)
        book.messages.append(
            StoredMessage(number, format_timestamp(NOON), SOMEBODY, written, (), "k")
        )


def instruct(book: Book) -> None:
    """As many decisions of the prosecutor as a case takes, each of another office."""
    said = {"kind": "investigate", "other_office": text(500), **OFFICE}
    decision = Inquire.model_validate_json(json.dumps(said))
    for _ in range(MAX_INSTRUCTIONS):
        book.enter(Move.INSTRUCT, decision.event_data, **(decision.particulars or {}))


def suspect(book: Book) -> None:
    """As many suspects as a case takes, the most that can happen to each, and be corrected."""
    for number in range(1, MAX_SUSPECTS + 1):
        said = {"suspect": number, "happening": "identified", "on": "2026-03-02"}
        corrects = book.enter(Move.SUSPECT, said)
        for _ in range(MAX_SUSPECT_ENTRIES - 1):
            about = {"suspect": number, "corrects": corrects, "because": "recorded_twice"}
            corrects = book.enter(Move.CORRECT, about)


def hold_money_back(book: Book) -> None:
    """As many freezes and entries about them as a case takes, and as many payments told to staff.

    One freeze has nothing but the largest answers that an institution may give.
    """
    line = text(200)
    sum_ = {"amount": "999999999999.99", "currency": "MAD"}
    opened = {**sum_, "institution": line, "beneficiary_account": line, "operation": line}
    gone = [{**sum_, "institution": line, "beneficiary_account": line}] * MAX_ONWARD_TRANSFERS
    answer = {"step": "answered", "to": "order", "found": "gone"}
    large = FreezeEntry.model_validate_json(json.dumps({**answer, "gone": gone})).root
    for number in range(1, MAX_FREEZES + 1):
        new = NewFreeze.model_validate_json(json.dumps(opened))
        book.enter(Move.FREEZE, {"freeze": number, **new.event_data}, **new.particulars)
    for entry in range(MAX_FREEZE_STEPS - MAX_FREEZES):
        number = 2 if entry < MOST_LARGE else 3 + entry % (MAX_FREEZES - 2)
        beside = large.particulars or {} if entry < MOST_LARGE else {"gone": []}
        book.enter(Move.FREEZE, {"freeze": number, **answer}, **beside)
    payment = {**sum_, "beneficiary_account": line, "institution": line, "at": "2026-03-02"}
    for _ in range(MAX_PAYMENTS):
        told = Payment.model_validate_json(
            json.dumps({**payment, "told_by": "reporter", "channel": "portal"})
        )
        book.enter(Move.PAYMENT, told.event_data, **told.particulars)


@pytest.fixture
def full(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case with everything: a full report among others, messages, ledgers, a long history."""
    case = desk.in_review()
    large: dict[str, Any] = {
        "narrative": text(MAX_NARRATIVE_LENGTH),
        "locations": locations(50, strict_json.MAX_JSON_BYTES - MAX_NARRATIVE_LENGTH * 4 - 2_000),
    }
    for number in (1, 2, 3):
        reference = desk.report(case, number, at=f"2026-03-02T11:00:0{number}.000Z", **large)
        if number == 2:
            fill(TABLE, reference, some_large())
    book = Book(case, list(desk.table.events(case.id)))
    for write in (ask_and_write, instruct, suspect, hold_money_back):
        write(book)
    for _ in range(MOST_ERASURES):
        gone = [a_reference(each) for each in range(100, 125)]
        went = ["contact", "identity", *(f"file-{number}" for number in range(1, MAX_FILES + 1))]
        said = {"reports": gone, "keys": dict.fromkeys(gone, went), "backups_until": "2026-04-06"}
        book.enter(Move.ERASED, said)
    wait = DeadlineWait(since=format_timestamp(NOON), due=format_timestamp(NOON))
    clocks = {CLOCK_BY_BOND[Bond.ASKED]: wait, Clock.ANSWER: wait}
    case = case.model_copy(
        update={
            **dict.fromkeys(("authorisation", "instruction", "identity", "retention"), wait),
            **dict.fromkeys(("notice", "money"), wait),
            "unread": UnreadAdditions(since=format_timestamp(NOON), last=999_999, wait=wait),
            "hold": Hold(
                by=SOMEBODY,
                since=format_timestamp(NOON),
                until=format_timestamp(NOON + timedelta(hours=1)),
            ),
            "suspects": (SuspectStanding.WITHDRAWN.value,) * MAX_SUSPECTS,
            "freezes": (Freeze(bond=Bond.ASKED, sent=True, waits=clocks),) * MAX_FREEZES,
            "court_holds": tuple(
                LegalHold(court="a" * 60, reference="\u0639" * 40, until="2036-03-01", entry=each)
                for each in range(999_000, 999_000 + MAX_COURT_HOLDS)
            ),
            "events": len(book.written),
            "head": book.written[-1].hash,
        }
    )
    aws_client("dynamodb").put_item(TableName=TABLE, Item=case_to_item(case))
    book.give(monkeypatch)
    return case


def read(path: str, by: str) -> Iterator[dict[str, Any]]:
    """Every page of a call, each within what a function may answer."""
    query: dict[str, str] = {}
    while True:
        response = handler.handle(an_event("GET", f"/v1/desk/{path}", by, query=query), None)
        answered = Answered(response["statusCode"], response["headers"], response["body"])
        assert answered.status == 200, answered.text[:500]
        assert size(answered) <= MAX_RESPONSE_BYTES
        page = answered.document
        yield page
        if "cursor" not in page:
            return
        query = {"cursor": page["cursor"]}


def ledgers(found: list[dict[str, Any]]) -> tuple[int, list[int], list[int]]:
    """How many instructions, the suspects with how many entries each, and the entries of freezes,
    all in the order in which the pages told them."""
    instructions = sum(len(page["instructions"]) for page in found)
    outcomes = [each for page in found for each in page["outcomes"]]
    assert [each["number"] for each in outcomes] == list(range(1, MAX_SUSPECTS + 1))
    freezes = [each for page in found for each in page["freezes"]]
    numbers = [each["number"] for each in freezes]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, MAX_FREEZES + 1))
    entries = [entry["entry"] for each in freezes for entry in each["entries"]]
    return instructions, [len(each["entries"]) for each in outcomes], entries


def everything(found: list[dict[str, Any]]) -> tuple[dict[str, list[str]], list[int], list[int]]:
    """Additions by report, messages and entries, in the order in which the pages told them."""
    added: dict[str, list[str]] = {}
    for page in found:
        for report in page["reports"]:
            assert len(report["narrative"]) == MAX_NARRATIVE_LENGTH
            assert report.get("continued", False) == (report["reference"] in added)
            known = added.setdefault(report["reference"], [])
            known += [each["id"] for each in report["added"]]
    messages = [[each["number"] for each in page["messages"]] for page in found]
    history = [[each["number"] for each in page["history"]] for page in found]
    return added, list(chain(*reversed(messages))), list(chain(*reversed(history)))


def test_every_page_of_a_full_case_fits_into_an_answer_and_none_is_left_out(
    desk: Desk, full: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "DOSSIER_PAGE_SECONDS", 60)
    ana = desk.enrol(Role.ANALYST)
    for call, taken in (("", 0), ("/dossier", 1)):  # that a dossier was taken is an entry
        found = list(read(f"cases/{full.id}{call}", ana))
        added, messages, history = everything(found)
        assert [len(each) for each in added.values()] == [0, MAX_ADDITIONS, 0]
        assert added[a_reference(2)] == [f"{number:026d}" for number in range(MAX_ADDITIONS)]
        assert messages == list(range(messages[0], messages[0] + MAX_MESSAGES))
        assert history == list(range(1, full.events + taken + 1))
        assert sum(bool(page["outcomes"] or page["freezes"]) for page in found) > 2
        instructions, outcomes, steps = ledgers(found)
        assert instructions == MAX_INSTRUCTIONS
        assert outcomes == [MAX_SUSPECT_ENTRIES] * MAX_SUSPECTS
        assert len(steps) == len(set(steps)) == MAX_FREEZE_STEPS
        asked = [
            len(each["questions"])
            for page in found
            for each in page["reports"]
            if each["reference"] == a_reference(2)
        ]
        assert set(asked) == {MAX_QUESTIONS}
    found = list(read(f"history/{full.id}", desk.enrol(Role.AUDITOR)))
    numbers = [each["number"] for page in found for each in page["events"]]
    assert numbers == list(range(1, full.events + 2))
    assert [page.get("broken") for page in found] == [None] * len(found)
    (draft,) = read(f"cases/{full.id}/freeze-request", ana)
    assert (len(draft["transfers"]), draft["left_out"]) == (MAX_TRANSFERS, 0)
    line = json_bytes(CaseLine.from_case(full, NOON, UTC)) + json_bytes(LARGEST_FACTS)
    line += json_bytes(LARGEST_DANGER)
    assert line * (lists.MAX_PAGE_SIZE + holds.HELD_CASE_BATCH_SIZE) <= MAX_RESPONSE_BYTES, (
        "a queue with what one holds"
    )
    assert line * lists.MAX_LIST_PAGE_SIZE * len(Duty) <= MAX_RESPONSE_BYTES, (
        "all lists of the duty desk together"
    )


GROW_ON_A_PAGE = ("&", "<", '"', "1234567;", GROWS)
"""Five bytes of HTML for one, and four; four of JSON; numbers with a direction; twelve of both."""


@pytest.mark.parametrize("said", GROW_ON_A_PAGE)
def test_a_page_of_additions_is_measured_as_it_is_sent(reporters: Reporters, said: str) -> None:
    sent = reporters.send(a_report(narrative="x y"), a_key()).document
    reference, receipt = sent["reference"], sent["receipt"]
    case = a_case(1, status=Status.RECEIVED, wait=None, version=0, revision=0, events=0)
    CaseTable(TABLE).open(open_case(case, NOON), ())
    items.put_item(
        TABLE, {**(items.get_item(TABLE, keys.report_key(reference)) or {}), "case_id": case.id}
    )
    longest = {"text": repeat_to_length(said, MAX_NARRATIVE_LENGTH)}
    fill(TABLE, reference, [longest] * MAX_ADDITIONS)
    for number in range(1, MAX_MESSAGES + 1):
        written = repeat_to_length(said, MAX_MESSAGE_LENGTH)
        message = StoredMessage(number, format_timestamp(NOON), "ana", written, (reference,), "k")
        items.put_item(TABLE, message_to_reporter_item(case.id, message, reference))
    opens = {"reference": reference, "receipt": receipt}
    added, messages, cursor = 0, 0, ""
    while True:
        answered = reporters.follow(reference, receipt, cursor)
        page = answered.document
        asked_for = {**opens, "cursor": cursor} if cursor else opens
        rendered = post(reporters, asked_for, "/fr/follow")
        assert (answered.status, rendered.status) == (200, 200)
        assert (
            max(size(answered), size(rendered))
            <= sum(PROGRESS_BUDGETS_BYTES.values()) + BESIDE_THE_LISTS
        )
        added += len(page["additions"])
        messages += sum("question" not in each for each in page["messages"])
        cursor = page.get("cursor", "")
        if not cursor:
            break
    assert (added, messages) == (MAX_ADDITIONS, MAX_MESSAGES)


def test_every_page_of_a_full_report_can_be_followed(reporters: Reporters) -> None:
    sent = reporters.send(a_report(narrative=text(MAX_NARRATIVE_LENGTH)), a_key()).document
    reference, receipt = sent["reference"], sent["receipt"]
    fill(TABLE, reference, some_large())
    told: list[str] = []
    asked: list[int] = []
    cursor = ""
    while True:
        answered = reporters.follow(reference, receipt, cursor)
        assert answered.status == 200
        assert size(answered) <= MAX_RESPONSE_BYTES
        page = answered.document
        told = [each["id"] for each in page["additions"]] + told
        asked += [each["question"] for each in page["messages"]]
        form = {"reference": reference, "receipt": receipt}
        if len(told) < MAX_ADDITIONS / 5:  # a page of the form is made of a page of the API
            asked_for = {**form, "cursor": cursor} if cursor else form
            rendered = post(reporters, asked_for, "/fr/follow")
            assert rendered.status == 200
            assert size(rendered) <= MAX_RESPONSE_BYTES
        cursor = page.get("cursor", "")
        if not cursor:
            break
    assert told == [f"{number:026d}" for number in range(MAX_ADDITIONS)]
    assert sorted(asked) == list(range(1, MAX_QUESTIONS + 1))
    refused = reporters.call(
        "POST",
        f"/v1/reports/{reference}/additions",
        {
            "content-type": "application/json",
            "authorization": f"Receipt {receipt}",
            "idempotency-key": a_key(),
        },
        json.dumps(largest_addition(), ensure_ascii=False).encode(),
    )
    assert problem(refused) == "too-many-additions", "and it is one that intake takes"
