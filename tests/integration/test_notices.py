"""Reporters with a contact are told once that there is news, without its content."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto.sns.models import sns_backends

from casework.aws.services import clients, sealed_boxes
from casework.aws.services.notifications import anonymous_report_id
from casework.aws.table import items, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.erasure import erase_report
from casework.case.case import Case
from casework.case.value_objects import CloseReason
from casework.moves.messages import record_message
from functions.notify import notice_text
from functions.notify import reporters as sender
from tests import admitting, decided
from tests.builders import NOON
from tests.integration.desks import TABLE, Desk, open_desk
from tests.integration.reporters import Unwrapping, half_of, sealing_key

ADDRESS = "canari@example.org"
MAIL = {"email": ADDRESS}
TELEPHONE = "+212612345678"


class Post:
    """The messages sent and the boxes opened: SES and KMS at the wire of the client, everything
    else from moto."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.key = desk, key
        self.sent: list[tuple[str, str, str]] = []
        self.refuses = ""
        self.opened = 0
        """How often KMS was asked to open a box."""
        self.fails_after: int | None = None
        """Mails that are taken before the service refuses for a while; None for all."""
        self.before_sending: Callable[[], object] = bool

    def send_email(self, **mail: Any) -> dict[str, str]:
        self.before_sending()
        if len(self.sent) == self.fails_after:
            from botocore.exceptions import EndpointConnectionError

            raise EndpointConnectionError(endpoint_url="https://email")
        if self.refuses:
            from botocore.exceptions import ClientError

            raise ClientError({"Error": {"Code": self.refuses, "Message": ADDRESS}}, "SendEmail")
        simple = mail["Content"]["Simple"]
        for to in mail["Destination"]["ToAddresses"]:
            self.sent.append((to, simple["Subject"]["Data"], simple["Body"]["Text"]["Data"]))
        return {"MessageId": "1"}

    def closed_case(
        self, reports: int, language: str = "fr", contact: dict[str, str] = MAIL
    ) -> tuple[Case, list[str]]:
        case = self.desk.in_review()
        references = []
        for number in range(reports):
            said = {"kind": "confidential", "contact": contact}
            reference = self.desk.report(
                case, 500 + 50 * self.desk._opened + number, disclosure=said, language=language
            )
            box = sealed_boxes.seal_stored_box(
                json.dumps(contact).encode(),
                key=half_of(self.key),
                reference=reference,
                field="contact",
            )
            item = items.get_item(TABLE, keys.report_key(reference))
            ways = list(contact)
            items.put_item(TABLE, {**(item or {}), "contact_box": box, "reached_by": ways})
            references.append(reference)
        ended = decided.rejected(case, NOON, "an analyst", CloseReason.NOT_AN_OFFENCE)
        return self.desk.table.save(ended), references

    def marked(self) -> dict[str, str]:
        """The outcomes by reference in the log of the cases."""
        marks = [
            item
            for item in self.desk.items()
            if item["pk"].startswith(keys.mark_key.partition_begins)
        ]
        return {ref: how for mark in marks for ref, how in mark["reached"].items()}

    def tell(self, case: Case, news: str = "", **more: Any) -> dict[str, Any]:
        """A message from the topic comes through the queue."""
        data = {"case": case.id, "news": news or f"{case.id}-3", **more}
        body = json.dumps({"data": data})
        return sender.handle({"Records": [{"messageId": "m", "body": body}]}, None)

    def left_in_queue(self) -> list[dict[str, Any]]:
        queue = boto3.client("sqs")
        url = queue.get_queue_url(QueueName="news")["QueueUrl"]
        found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [{"messageId": "next", "body": each["Body"]} for each in found]


class Counting(Unwrapping):
    """KMS that says how often it was asked to open."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def decrypt(self, **call: Any) -> Any:
        self._post.opened += 1
        return super().decrypt(**call)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with open_desk(monkeypatch) as desk:
        key = sealing_key()
        url = boto3.client("sqs").create_queue(QueueName="news")["QueueUrl"]
        for name, value in {"CONTACT_KEY": key, "QUEUE": url, "SENDER": "a@example.net"}.items():
            monkeypatch.setenv(name, value)
        sender.settings.cache_clear()
        known = Post(desk, key)
        upstream = clients.aws_client

        def client(service: str) -> Any:
            match service:
                case "kms":
                    return Counting(known)
                case "sesv2":
                    return known
                case _:
                    return upstream(service)

        monkeypatch.setattr(sealed_boxes, "aws_client", client)
        monkeypatch.setattr(sender, "aws_client", client)
        yield known
        sender.settings.cache_clear()


def test_every_reporter_of_a_case_learns_that_it_ended(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "REPORTERS_PER_PAGE", 2)
    case, references = post.closed_case(5)
    assert post.tell(case) == {"batchItemFailures": []}
    while left := post.left_in_queue():
        sender.handle({"Records": left}, None)
    assert sorted(subject.rpartition(" ")[2] for _, subject, _ in post.sent) == sorted(references)


def test_news_for_one_reporter_reaches_no_other_reporter(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "REPORTERS_PER_PAGE", 1)
    case, references = post.closed_case(3)
    post.tell(case, only=[anonymous_report_id(references[1])])
    pages = 1
    while left := post.left_in_queue():
        pages += len(left)
        sender.handle({"Records": left}, None)
    assert [subject.rpartition(" ")[2] for _, subject, _ in post.sent] == [references[1]]
    assert pages == 2, "nobody is looked for once they were found"


def test_a_repeated_message_sends_no_second_notice(post: Post) -> None:
    case, _ = post.closed_case(2)
    post.tell(case)
    post.tell(case)
    assert len(post.sent) == 2
    told = record_message(case, NOON, "an analyst", reports=())
    post.tell(post.desk.table.save(told), f"{case.id}-4")
    assert len(post.sent) == 4, "other news is told"


def test_only_reporters_admitted_by_then_hear_news_of_a_case(post: Post) -> None:
    """An unadmitted reporter gets no news; an admitted one gets none from before."""
    case, references = post.closed_case(1)
    joined = post.desk.report(case, 900, joined=True)
    box = items.get_item(TABLE, keys.report_key(references[0]))
    mine = items.get_item(TABLE, keys.report_key(joined))
    items.put_item(TABLE, {**(mine or {}), "contact_box": (box or {})["contact_box"]})
    post.tell(case)
    assert outcome_of(case, references[0]) == "email"
    assert outcome_of(case, joined) is None
    case = admitting.admit(post.desk.table, case.id, NOON, "a supervisor", joined)
    post.tell(case)
    assert outcome_of(case, joined) is None
    post.tell(case, f"{case.id}-4")
    assert outcome_of(case, joined, 4) is not None
    assert outcome_of(case, references[0], 4) is None
    post.desk.table.save(record_message(case, NOON, "an analyst", reports=()))
    post.tell(case, f"{case.id}-5")
    assert outcome_of(case, joined, 5) is not None


@pytest.mark.parametrize("language", ["ar", "fr", "en", "es"])
def test_a_notice_holds_the_reference_and_that_there_is_news(post: Post, language: str) -> None:
    case, (reference,) = post.closed_case(1, language)
    post.tell(case)
    ((to, subject, body),) = post.sent
    assert to == ADDRESS
    for text in (subject, body):
        assert reference in text
        assert case.id not in text
        assert "banque" not in text
    assert subject == notice_text.reporter_notice(language, reference).subject
    assert (subject == notice_text.reporter_notice("en", reference).subject) is (language == "en")


def test_the_use_of_contacts_is_recorded_without_the_contacts(post: Post) -> None:
    case, references = post.closed_case(2)
    post.tell(case)
    (mark,) = [
        item for item in post.desk.items() if item["pk"].startswith(keys.mark_key.partition_begins)
    ]
    assert mark["sk"].split("#")[2] == "notice"
    assert mark["reached"] == dict.fromkeys(references, "email")
    assert ADDRESS not in repr(post.desk.items())
    assert ADDRESS not in post.desk.logs.getvalue()


def test_every_use_of_a_contact_is_recorded_when_the_next_one_fails(post: Post) -> None:
    case, references = post.closed_case(3)
    post.fails_after = 1
    assert post.tell(case)["batchItemFailures"] == [{"itemIdentifier": "m"}]
    first = post.marked()
    assert len(first) == 1
    assert first.keys() < set(references)
    post.fails_after = None
    post.tell(case)
    assert post.marked() == dict.fromkeys(references, "email")
    assert len(post.sent) == 3, "the first is not told again"


def test_telling_a_reporter_writes_on_the_report_and_once_a_page(post: Post) -> None:
    """A later line of the day is not needed: the entry that is told put the case on the list."""
    case, references = post.closed_case(3)
    before = {(item["pk"], item["sk"]): item for item in post.desk.items()}
    post.tell(case)
    after = {(item["pk"], item["sk"]): item for item in post.desk.items()}
    assert len(after.keys() - before.keys()) == 1 + (NOON.date() != datetime.now(UTC).date())
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {tuple(keys.report_key(each).values()) for each in references}


def test_nothing_is_kept_beside_a_report_that_was_erased_meanwhile(post: Post) -> None:
    case, (reference,) = post.closed_case(1)
    post.before_sending = lambda: erase_report(post.desk.table, reference, NOON, "a custodian")
    post.tell(case)
    left = items.get_item(TABLE, keys.report_key(reference))
    assert left is not None
    assert "told" not in left


def test_a_failed_sending_is_retried_and_a_refused_address_is_not(
    post: Post,
) -> None:
    case, _ = post.closed_case(1)
    post.refuses = "TooManyRequestsException"
    assert post.tell(case)["batchItemFailures"] == [{"itemIdentifier": "m"}]
    post.refuses = "MessageRejected"
    assert post.tell(case) == {"batchItemFailures": []}
    post.refuses = ""
    post.tell(case)
    assert post.sent == []
    assert ADDRESS not in post.desk.logs.getvalue()


def test_a_contact_box_of_another_report_is_not_opened(post: Post) -> None:
    case, (one, other) = post.closed_case(2)
    mine, theirs = (items.get_item(TABLE, keys.report_key(each)) for each in (one, other))
    assert mine is not None
    assert theirs is not None
    items.put_item(TABLE, {**mine, "contact_box": theirs["contact_box"]})
    post.tell(case)
    assert [subject.rpartition(" ")[2] for _, subject, _ in post.sent] == [other]


def dialled() -> list[tuple[str, str]]:
    """Short messages so far: number and text."""
    known: Any = sns_backends["123456789012"]["eu-west-3"]
    return list(known.sms_messages.values())


def outcome_of(case: Case, reference: str, event: int = 3) -> str | None:
    report = CaseTable(TABLE).reports.get_report(reference)
    assert report is not None
    return report.notification_outcome(f"{case.id}-{event}")


def test_short_messages_are_off_until_the_deployment_turns_them_on(post: Post) -> None:
    case, (reference,) = post.closed_case(1, contact={"phone": "0612 34 56 78"})
    post.tell(case)
    assert dialled() == []
    assert outcome_of(case, reference) == "no_channel"


def test_no_contact_box_is_opened_where_the_deployment_sends_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, (reference,) = post.closed_case(1)
    monkeypatch.setenv("SENDER", "")
    sender.settings.cache_clear()
    post.tell(case)
    assert post.opened == 0
    assert outcome_of(case, reference) == "no_channel"


def test_no_contact_box_is_opened_for_a_way_that_the_deployment_does_not_send_by(
    post: Post,
) -> None:
    case, (reference,) = post.closed_case(1, contact={"phone": "0612 34 56 78"})
    post.tell(case)
    assert post.opened == 0
    assert outcome_of(case, reference) == "no_channel"


def test_a_contact_box_is_opened_once_for_a_notice(post: Post) -> None:
    case, _ = post.closed_case(1)
    post.tell(case)
    post.tell(case)
    assert post.opened == 1


@pytest.mark.parametrize(
    ("codes", "number", "outcome"),
    [
        ("", "+44 7911 123456", "no_channel"),
        ("212 44", "+44 7911 123456", "sms"),
        ("33", "0612 34 56 78", "no_channel"),
        ("", "0612 34 56 78", "sms"),
    ],
)
def test_short_messages_go_to_the_named_countries_or_by_default_to_the_own_country(
    post: Post, monkeypatch: pytest.MonkeyPatch, codes: str, number: str, outcome: str
) -> None:
    """Each report costs one; a stranger could leave thousands of telephones that cost dear."""
    monkeypatch.setenv("SHORT_MESSAGES", "on")
    monkeypatch.setenv("SHORT_MESSAGES_TO", codes)
    sender.settings.cache_clear()
    case, (reference,) = post.closed_case(1, contact={"phone": number})
    post.tell(case)
    assert outcome_of(case, reference) == outcome


def test_a_short_message_to_a_reporter_holds_only_the_reference(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORT_MESSAGES", "on")
    sender.settings.cache_clear()
    case, (reference,) = post.closed_case(1, contact={"phone": "0612 34 56 78"})
    both, _ = post.closed_case(1, contact={"phone": "0612 34 56 78", **MAIL})
    post.tell(case)
    post.tell(both)
    ((number, text),) = dialled()
    assert number == TELEPHONE
    assert reference in text
    assert case.id not in text
    assert outcome_of(case, reference) == "sms"
    assert [to for to, *_ in post.sent] == [ADDRESS], "who left an address is written to instead"
    assert TELEPHONE not in post.desk.logs.getvalue()
