"""A reporter learns nothing of what is known about the reported number.

Two reporters send the same report: one with an unknown number, the other with the number of a case.
Until a person admits the second report, both get the same answers and messages and cost the same,
in every state of the case.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from casework.aws.services import clients, sealed_boxes
from casework.aws.steps import task_state
from casework.aws.table import items, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.messages import StoredMessage, message_item
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.case.value_objects import CloseReason
from casework.decisions.suspects import NewSuspect
from casework.moves import inquiry, merges, questions
from casework.moves.messages import record_message
from functions.history import seal_day
from functions.intake import deployment, operations
from functions.notify import reporters as sender
from functions.notify import steps as notify_steps
from functions.triage import link, steps, sweep
from tests import admitting, decided
from tests.builders import a_report, clocks_of
from tests.integration.answers import Answered
from tests.integration.nights import BUCKET, keys_and_bucket
from tests.integration.reporters import TABLE, Reporters, Unwrapping, a_key, open_for_reports
from tests.integration.taken_out import take_out
from tests.office import IDLE, ROLE, SELECTOR, Office, confirmed

KNOWN, NOBODYS = "06 00 00 41 17", "06 00 00 41 18"
OFFICER = "an-officer"


@dataclass
class Reporter:
    """A reporter, and the messages to them."""

    reference: str
    receipt: str
    email: str
    key: str
    said: dict[str, Any]


@dataclass
class World:
    """Reporters, the stream's consumer, the sweeper and the sender of notices, in one table."""

    reporters: Reporters
    office: Office
    mails: list[str] = field(default_factory=list)
    """Addresses that were written to, in order."""
    delivered: set[tuple[str, str]] = field(default_factory=set)

    def report(self, number: str, **said: Any) -> Reporter:
        """A reporter names a telephone number and leaves an address."""
        email = f"{uuid.uuid4()}@example.org"
        contact = {"kind": "confidential", "contact": {"email": email}}
        document = a_report(
            narrative="Il menace de tout publier si je ne paie pas.",
            locations=[{"kind": "phone", "value": number}],
            disclosure=contact,
            **said,
        )
        key = a_key()
        sent = self.reporters.send(document, key).document
        return Reporter(sent["reference"], sent["receipt"], email, key, document)

    def stream(self) -> None:
        """The consumer gets the new items of the table and sends its messages."""
        pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
        found = sorted(
            (item[keys.PARTITION_KEY]["S"], item[keys.SORT_KEY]["S"])
            for page in pages
            for item in page["Items"]
        )
        for partition, sort in found:
            of_report = sort == keys.REPORT_SORT or sort.startswith(keys.addition_key.begins)
            if (partition, sort) in self.delivered or not (
                (of_report and partition.startswith(keys.report_key.partition_begins))
                or sort.startswith(keys.event_key.begins)
            ):
                continue
            self.delivered.add((partition, sort))
            key = {keys.PARTITION_KEY: {"S": partition}, keys.SORT_KEY: {"S": sort}}
            record = {"eventName": "INSERT", "dynamodb": {"Keys": key, "SequenceNumber": "1"}}
            assert link.handle({"Records": [record]}, None) == {"batchItemFailures": []}
        self.post()

    def post(self) -> None:
        """The sender gets the news and writes to its reporters."""
        heard = len(self.office.heard)
        self.office.told()
        for each in self.office.heard[heard:]:
            if each["attributes"]["type"] == "case.news":
                record = {"messageId": "m", "body": json.dumps({"data": each["data"]})}
                assert sender.handle({"Records": [record]}, None) == {"batchItemFailures": []}

    def sweep(self) -> None:
        """The sweeper acts on deadlines that have passed."""
        sweep.handle({}, None)
        self.stream()

    def later(self, **by: float) -> None:
        self.office.later(**by)

    def goes(self, case: Case, make: Any) -> Case:
        """A move of a case, with its effects."""
        at = task_state.now()
        changed = self.office.table.update(case.id, lambda now: make(now, at)).case
        self.stream()
        return changed

    def case_of(self, reporter: Reporter) -> Case:
        return self.office.case_of(reporter.reference)

    def follow(self, reporter: Reporter) -> Answered:
        return self.reporters.follow(reporter.reference, reporter.receipt)

    def page(self, reporter: Reporter) -> Answered:
        """The same without JavaScript."""
        typed = urlencode({"reference": reporter.reference, "receipt": reporter.receipt})
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.reporters.call("POST", "/fr/follow", headers, typed.encode())

    def add(self, reporter: Reporter, text: str, key: str) -> Answered:
        """The reporter adds something."""
        headers = {
            "content-type": "application/json",
            "idempotency-key": key,
            "authorization": f"Receipt {reporter.receipt}",
        }
        body = json.dumps({"text": text}).encode()
        address = f"/v1/reports/{reporter.reference}/additions"
        return self.reporters.call("POST", address, headers, body)

    def proof(self, reporter: Reporter, **query: str) -> Answered:
        """The proof of a report, or the time from which there is one."""
        headers = {"authorization": f"Receipt {reporter.receipt}"}
        address = f"/v1/reports/{reporter.reference}/proof"
        return self.reporters.call("GET", address, headers, query=query)

    def night(self, *, later: int = 0) -> None:
        """The day of all reports so far is sealed, or one so many days later."""
        at = datetime.now(UTC) + timedelta(days=later)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(seal_day, "now", lambda: at + timedelta(days=1))
            assert seal_day.handle({"day": format_timestamp(at)[:10]}, None)["sealed"]

    def transcript(self, reporter: Reporter) -> dict[str, Any]:
        """Everything that a reporter can learn now, and its cost in calls."""
        self.reporters.calls.clear()
        shown = self.follow(reporter)
        asked = Counter(self.reporters.calls)
        plain = self.page(reporter)
        again = self.reporters.send(reporter.said, reporter.key)
        wrong = self.reporters.follow(reporter.reference, "0000-0000-0000-0000-0000-0000")
        self.reporters.calls.clear()
        proof = self.proof(reporter)
        proving = Counter(self.reporters.calls)
        return {
            "calls": [asked, proving],
            "answers": [masked(each, reporter) for each in (shown, plain, again, wrong, proof)],
            "sizes": [len(each.text) for each in (shown, plain, proof)],
            "mails": self.mails.count(reporter.email),
            "times": Times([each["at"] for each in shown.document["timeline"]]),
        }


@dataclass(eq=False)
class Times:
    """The times of a timeline. Two reports of one test come seconds after each other, and a minute
    may begin between them: the time of acceptance is told by the minute."""

    told: list[str]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Times) or len(self.told) != len(other.told):
            return False
        return all(
            abs(datetime.fromisoformat(one) - datetime.fromisoformat(two)) <= APART
            for one, two in zip(self.told, other.told, strict=True)
        )


APART = timedelta(seconds=100)


def masked(answer: Answered, reporter: Reporter) -> tuple[int, dict[str, str], str]:
    """An answer without the parts that differ between any two unlinked reports."""
    text = answer.text.replace(reporter.reference, "REFERENCE").replace(reporter.receipt, "RECEIPT")
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    text = re.sub(r'(<time datetime="TIME">)[^<]*', r"\1", text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "KEY", text)
    text = re.sub(r'"[0-9a-f]{64}"', "DIGEST", text)
    text = re.sub(r'"content":"[0-9A-Za-z+/=]+"', "CONTENT", text)  # its length is compared
    text = re.sub(r'"id":"[0-9A-Za-z_-]+"', '"id":"ADDITION"', text)
    headers = {
        name: re.sub(r"'(nonce|sha256)-[^']+'", "HASH", value)
        for name, value in answer.headers.items()
    }
    return answer.status, headers, text


@contextmanager
def open_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with open_for_reports(monkeypatch) as reporters:
        topic = boto3.client("sns").create_topic(Name="casework")["TopicArn"]
        queues = boto3.client("sqs")
        inbox = queues.create_queue(QueueName="inbox")["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])
        boto3.client("sns").subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        machine = boto3.client("stepfunctions").create_state_machine(
            name="workflow", definition=IDLE, roleArn=ROLE
        )
        selector = boto3.client("secretsmanager").create_secret(
            Name="selector", SecretString=json.dumps({"key": SELECTOR})
        )
        for name, value in {
            "TOPIC": topic,
            "WORKFLOW": machine["stateMachineArn"],
            "QUEUE": queues.create_queue(QueueName="news")["QueueUrl"],
            "SENDER": "a@example.net",
            "PACKAGES": "packages",
            "PACKING": "packing",
            "SELECTOR_SECRET": selector["ARN"],
        }.items():
            monkeypatch.setenv(name, value)
        keys_and_bucket(monkeypatch)
        monkeypatch.setenv("SEALS", BUCKET)
        deployment.settings.cache_clear()
        for cached in (
            seal_day.settings,
            link._settings,
            steps._settings,
            notify_steps._settings,
            sweep._settings,
            sender.settings,
        ):
            cached.cache_clear()
        office = Office(CaseTable(TABLE), topic, inbox, machine["stateMachineArn"])
        world = World(reporters, office)

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.now(tz or UTC) + office.late_by

        class Post:
            def send_email(self, **mail: Any) -> dict[str, str]:
                world.mails.extend(mail["Destination"]["ToAddresses"])
                return {"MessageId": "1"}

        upstream = clients.aws_client
        stand_ins = {"kms": Unwrapping(), "sesv2": Post()}
        monkeypatch.setattr(
            sender, "aws_client", lambda name: stand_ins.get(name) or upstream(name)
        )
        opens = sealed_boxes.unseal_stored_box

        def unseal(*said: Any, **more: Any) -> bytes:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(
                    sealed_boxes, "aws_client", lambda name: stand_ins.get(name) or upstream(name)
                )
                return opens(*said, **more)

        monkeypatch.setattr(sealed_boxes, "unseal_stored_box", unseal)
        for module in (task_state, operations, sender):
            monkeypatch.setattr(module, "datetime", Clock)
        yield world


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with open_world(monkeypatch) as opened:
        yield opened


def a_case(world: World) -> tuple[Reporter, Case]:
    """The number of a victim's report is a case, which waits for an analyst."""
    victim = world.report(KNOWN)
    world.stream()
    case = world.case_of(victim)
    world.office.take("triage", case)
    return victim, world.office.now_case(case)


def two_reports(world: World) -> tuple[Reporter, Reporter]:
    """One stranger reports an unknown number, another the number of the case."""
    return world.report(NOBODYS), world.report(KNOWN)


def arrive(world: World, alone: Reporter, joined: Reporter, case: Case) -> None:
    """Both come into a case: their own, and the one that is there."""
    world.stream()
    own = world.case_of(alone)
    assert own.opened_by == alone.reference
    assert world.case_of(joined).id == case.id
    world.office.take("triage", own)


def write_to_all(world: World, case: Case, text: str) -> None:
    def write(now: Case, at: datetime) -> Any:
        message = StoredMessage(now.events + 1, format_timestamp(at), OFFICER, text, (), text)
        items.put_item(TABLE, message_item(now.id, message))
        return record_message(now, at, OFFICER, reports=(), bound=message.commitment_hex)

    world.goes(case, write)


def test_an_unadmitted_reporter_sees_the_same_as_one_who_joined_no_case(world: World) -> None:
    victim, case = a_case(world)
    alone, joined = two_reports(world)

    def same(after: str) -> None:
        assert world.transcript(alone) == world.transcript(joined), after

    same("sent")
    arrive(world, alone, joined, case)
    same("linked")
    admitting.admit(world.office.table, case.id, task_state.now(), "ana", victim.reference)
    known = world.mails.count(victim.email)
    ask: dict[str, Any] = {"text": "Quel jour ?", "language": "fr", "answer_seconds": 3_600}
    world.goes(
        case, lambda now, at: questions.ask_reporter(now, at, "ana", report=victim.reference, **ask)
    )
    same("a question to another reporter")
    world.goes(case, lambda now, at: questions.expire_question(now, at))
    same("which was not answered")
    assert "proof" not in world.proof(joined).document
    world.night()
    assert "proof" in world.proof(joined).document
    same("the night after")
    world.goes(case, lambda now, _: confirmed(now))
    world.office.take("referral", world.office.now_case(case))
    world.stream()
    same("referred")
    write_to_all(world, case, "Jeudi à 10 heures, bureau 12.")
    same("a message to all")
    world.goes(case, lambda now, at: decided.acknowledged(now, at, OFFICER))
    same("acknowledged")
    key = a_key()
    for each in (alone, joined):
        assert world.add(each, "Il a écrit encore une fois.", key).status == 201
        assert world.add(each, "Il a écrit encore une fois.", key).status == 201
        key = a_key()
    world.stream()
    same("added to")
    world.goes(case, lambda now, at: NewSuspect().change(now, at, OFFICER))
    same("a suspect")
    before = len(world.mails)
    world.later(days=3)
    same("as its deadline passed")
    world.sweep()
    assert world.mails[before:].count(joined.email) == 1
    same("late")
    world.later(days=3)
    world.sweep()
    same("later still")
    over = world.goes(
        case, lambda now, at: inquiry.close_by_unit(now, at, OFFICER, CloseReason.SENT_TO_COURT, {})
    )
    same("closed")
    world.later(minutes=2)
    world.sweep()
    assert world.case_of(joined).id == over.id
    assert items.get_item(TABLE, keys.report_key(joined.reference))["flow"].startswith("UNLINKED")  # type: ignore[index]  # the report is there
    same("let go")
    assert link.reprocess({"references": [joined.reference]}, None)["linked"] == [joined.reference]
    assert world.case_of(joined).opened_by == joined.reference
    same("alone at last")
    assert world.mails.count(victim.email) > known + 3


@pytest.mark.parametrize("stands", ["open", "referred", "taken", "closed", "merged"])
def test_a_number_in_a_report_reveals_nothing_of_its_case(world: World, stands: str) -> None:
    """In each status of the case when the stranger asks with a report of their own."""
    _, case = a_case(world)
    if stands in {"referred", "taken"}:
        world.goes(case, lambda now, _: confirmed(now))
        world.office.take("referral", world.office.now_case(case))
        write_to_all(world, case, "Jeudi à 10 heures, bureau 12.")
    if stands == "taken":
        world.goes(case, lambda now, at: decided.acknowledged(now, at, OFFICER))
    if stands == "closed":
        reason = CloseReason.NOT_AN_OFFENCE
        world.goes(case, lambda now, at: decided.rejected(now, at, "ana", reason))
    if stands == "merged":
        other = world.report("06 00 00 41 19")
        world.stream()
        kept = world.case_of(other)
        world.office.take("triage", kept)
        kept = world.office.now_case(kept)
        world.goes(case, lambda now, at: merges.merge_case(now, kept, at, "ana", {}, clocks_of(60)))
    alone, joined = two_reports(world)
    assert world.transcript(alone) == world.transcript(joined)
    world.stream()
    assert world.transcript(alone) == world.transcript(joined)
    world.later(days=3)
    world.sweep()
    assert world.transcript(alone) == world.transcript(joined)
    assert [each["status"] for each in world.follow(joined).document["timeline"]] == [
        *("received", "in_review", "late"),
    ]


def test_the_first_reporter_learns_nothing_of_later_reporters(world: World) -> None:
    """The suspect may have reported first: later reports raise the case, no deadline shows it."""
    first, alone = world.report(KNOWN), world.report(NOBODYS)
    world.stream()
    for each in (first, alone):
        world.office.take("triage", world.case_of(each))
    world.report(KNOWN, danger_now=True)
    world.stream()
    assert world.case_of(first).imminent
    for hours in (1, 6, 48, 72):
        world.later(hours=hours)
        world.sweep()
        case = world.case_of(first)
        if case.wait is not None and case.wait.due < format_timestamp(task_state.now()):
            world.office.take("escalate", case)
            world.stream()
        assert world.transcript(first) == world.transcript(alone), hours


def test_once_admitted_a_reporter_reads_where_the_case_stands_and_nothing_from_before(
    world: World,
) -> None:
    victim, case = a_case(world)
    alone, joined = two_reports(world)
    arrive(world, alone, joined, case)
    world.goes(case, lambda now, _: confirmed(now))
    world.office.take("referral", world.office.now_case(case))
    write_to_all(world, case, "Jeudi à 10 heures, bureau 12.")
    world.goes(case, lambda now, at: decided.acknowledged(now, at, OFFICER))
    assert world.mails.count(joined.email) == 0
    admitting.admit(world.office.table, case.id, task_state.now(), OFFICER)
    world.stream()
    told = world.follow(joined).document
    assert [each["status"] for each in told["timeline"]] == ["received", "in_review", "with_unit"]
    assert (told["status"], told["messages"]) == ("with_unit", [])
    write_to_all(world, case, "Le dossier avance.")
    assert [each["text"] for each in world.follow(joined).document["messages"]] == [
        "Le dossier avance."
    ]
    assert world.mails.count(joined.email) == 2, "that the unit has the case, and the message"
    assert world.mails.count(victim.email) == 2, "the same, once she was admitted"
    world.later(days=3)
    world.sweep()
    assert world.mails.count(joined.email) == 2, "its own deadline is over"
    reason = CloseReason.SENT_TO_COURT
    world.goes(case, lambda now, at: inquiry.close_by_unit(now, at, OFFICER, reason, {}))
    assert world.follow(joined).document["status"] == "closed"
    world.later(minutes=2)
    world.sweep()
    assert world.case_of(joined).id == case.id, "a report that was admitted stays"


# ---- whole lives ---------------------------------------------------------------------------------


def items_read(world: World, reporter: Reporter) -> Counter[str]:
    """How many items each kind of read of the table returns while a reporter follows."""
    world.reporters.reads.clear()
    assert world.follow(reporter).status == 200
    return +Counter(world.reporters.reads)


def life(world: World, reporter: Reporter) -> dict[str, Any]:
    """Everything that a reporter can learn now, and the items that it costs to tell."""
    return {**world.transcript(reporter), "items": items_read(world, reporter)}


@pytest.mark.parametrize("first", ["the suspect", "the victim"])
def test_opener_joiner_and_lone_reporter_live_the_same_life_until_somebody_names_a_report(
    world: World, first: str
) -> None:
    """Whoever reports first, in every state of the case; then only who was named hears more."""
    opener, alone = world.report(KNOWN), world.report(NOBODYS)
    world.stream()
    joiner = world.report(KNOWN)
    world.stream()
    case, own = world.case_of(opener), world.case_of(alone)
    assert world.case_of(joiner).id == case.id != own.id
    for stands in (case, own):
        world.office.take("triage", stands)

    def same(after: str) -> None:
        lives = [life(world, each) for each in (opener, joiner, alone)]
        assert lives[0] == lives[1] == lives[2], after

    same("read")
    key = a_key()
    for each in (opener, joiner, alone):
        assert world.add(each, "Il a écrit encore une fois.", key).status == 201
    world.stream()
    same("added to")
    world.goes(case, lambda now, _: confirmed(now).admitting_up_to(now, 2))
    world.office.take("referral", world.office.now_case(case))
    world.stream()
    same("confirmed by somebody who was shown both")
    write_to_all(world, case, "Jeudi à 10 heures, bureau 12.")
    world.goes(case, lambda now, at: decided.acknowledged(now, at, OFFICER))
    same("with the unit, and written to all")
    world.later(days=3)
    world.sweep()
    same("late")
    for number in range(12):
        world.report(KNOWN, danger_now=number % 2 == 0)
    world.stream()
    same("a dozen more came")
    suspect, victim = (opener, joiner) if first == "the suspect" else (joiner, opener)
    before = life(world, suspect)
    admitting.admit(world.office.table, case.id, task_state.now(), OFFICER, victim.reference)
    world.stream()
    assert world.follow(victim).document["status"] == "with_unit"
    world.goes(
        case, lambda now, at: inquiry.close_by_unit(now, at, OFFICER, CloseReason.SENT_TO_COURT, {})
    )
    assert world.follow(victim).document["status"] == "closed"
    assert life(world, suspect) == before == life(world, alone)


def test_what_the_opener_was_told_before_others_came_stays_and_goes_on_as_when_alone(
    world: World,
) -> None:
    """As long as nobody acts on the lone report's case, nothing tells the two apart; the time
    passes for both."""
    opener, alone = world.report(KNOWN), world.report(NOBODYS)
    world.stream()
    for each in (opener, alone):
        case = world.case_of(each)
        world.office.take("triage", case)
        world.goes(case, lambda now, _: confirmed(now))
        world.office.take("referral", world.office.now_case(case))
    world.stream()
    case, own = world.case_of(opener), world.case_of(alone)
    for stands in (case, own):
        write_to_all(world, stands, "Gardez la capture.")
    before = world.transcript(opener)
    assert before == world.transcript(alone)
    world.report(KNOWN)
    world.stream()
    assert world.transcript(opener) == before
    write_to_all(world, case, "Jeudi à 10 heures, bureau 12.")
    world.goes(case, lambda now, at: decided.acknowledged(now, at, OFFICER))
    assert world.transcript(opener) == world.transcript(alone) == before
    world.later(days=30)
    world.office.take("escalate", world.office.now_case(own))
    world.sweep()
    told = [world.follow(each).document for each in (opener, alone)]
    assert [[each["status"] for each in one["timeline"]] for one in told] == [
        ["received", "in_review", "being_referred", "late"]
    ] * 2
    assert told[0]["notes"] == told[1]["notes"] != []
    assert world.mails.count(opener.email) == world.mails.count(alone.email)


def test_following_reads_the_same_items_whether_one_or_a_crowd_joined(world: World) -> None:
    """The opener, a joiner and one who was named: each reads what is kept for them alone."""
    opener, named, other = (world.report(KNOWN) for _ in range(3))
    world.stream()
    case = world.case_of(opener)
    world.office.take("triage", case)
    admitting.admit(world.office.table, case.id, task_state.now(), "ana", named.reference)
    world.goes(case, lambda now, _: confirmed(now))
    write_to_all(world, case, "Gardez la capture.")
    before = [items_read(world, each) for each in (opener, named, other)]
    assert [sum(each.values()) for each in before] == [1, 4, 1]
    assert "GetItem" not in before[1], "neither the case nor its history is read"
    for _ in range(40):
        stranger = world.report(KNOWN, danger_now=True)
        world.stream()
        world.add(stranger, "Il menace encore ce soir.", a_key())
    world.stream()
    assert world.office.table.reports.last_number(case.id) == 43
    assert [items_read(world, each) for each in (opener, named, other)] == before


@pytest.mark.parametrize("named", [False, True], ids=["nobody named it", "admitted"])
@pytest.mark.parametrize("opens", [False, True], ids=["joined", "opened it"])
def test_taking_a_report_out_changes_nothing_that_its_reporter_can_see(
    world: World, *, opens: bool, named: bool
) -> None:
    opener, alone = world.report(KNOWN), world.report(NOBODYS)
    world.stream()
    joined = world.report(KNOWN)
    world.stream()
    case, taken = world.case_of(opener), opener if opens else joined
    for each in (case, world.case_of(alone)):
        world.office.take("triage", each)
    if named:
        admitting.admit(world.office.table, case.id, task_state.now(), "ana")
    world.goes(case, lambda now, _: confirmed(now))
    world.office.take("referral", world.office.now_case(case))
    world.stream()
    before, mails = life(world, taken), len(world.mails)
    take_out(world.office, case, taken.reference)
    world.stream()
    assert world.case_of(taken).id != case.id
    assert {**life(world, taken), "items": 0} == {**before, "items": 0}
    world.later(minutes=3)
    world.sweep()
    assert world.transcript(taken) == {name: before[name] for name in before if name != "items"}
    assert len(world.mails) == mails
    if not named:
        assert life(world, taken) == before == life(world, alone)
