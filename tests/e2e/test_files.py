"""A reporter adds files, on the deployed template with IAM enforced: from the slot to the vault."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from casework.aws.services import file_sealing
from casework.aws.table import keys
from casework.pack.jurisdiction import open_pack
from local.system import LocalSystem
from tests.e2e.people import People, a_report, eventually
from tests.e2e.portal import Visitor, a_visitor
from tools.site.static_pages import WAYS

REFUSED = (httpx.codes.BAD_REQUEST, httpx.codes.FORBIDDEN)
TURNED = "film\u202egpj.mp4"
"""A name that would be read as that of a picture, were it shown as it is."""
PICTURE = b"\x89PNG\r\n\x1a\n of a reporter " * 9_000


def slot(people: People, accepted: dict[str, Any], **said: Any) -> dict[str, Any]:
    answer = people.slot(accepted, {"name": "capture.png", "size": len(PICTURE), **said})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    document: dict[str, Any] = answer.json()
    return document


def send(people: People, given: dict[str, Any], content: bytes, **other: str) -> httpx.Response:
    """Send the form of a slot, as a browser does."""
    fields = {**given["uploads"][0]["fields"], **other}
    parts = [(name, (None, value.encode())) for name, value in fields.items()]
    return people.http.post(given["uploads"][0]["action"], files=[*parts, ("file", ("x", content))])


def kept(people: People, accepted: dict[str, Any], number: int) -> dict[str, Any]:
    """A file once it is kept."""

    def look() -> dict[str, Any] | None:
        item = people.item(keys.file_key(accepted["reference"], number))
        return item if item["state"] == "kept" else None

    found = eventually(look, "the file is kept")
    assert found is not None
    return found


def opened(people: People, accepted: dict[str, Any], number: int) -> bytes:
    """A kept file, by the key that only an administrator of this laptop may use."""
    aws, item = people.system.aws, kept(people, accepted, number)
    stored = aws.s3.get_object(
        Bucket=people.system.outputs["VaultBucket"], Key=item["vault"], VersionId=item["version"]
    )
    key = aws.kms.decrypt(
        KeyId=item["key_id"],
        CiphertextBlob=item["wrapped"],
        EncryptionAlgorithm="RSAES_OAEP_SHA_256",
    )["Plaintext"]
    return file_sealing.decrypt_file(
        stored["Body"].read(), key, reference=accepted["reference"], number=number
    )


def test_a_file_goes_from_the_form_into_the_vault(people: People) -> None:
    """Evidence cases E1, E2, E3 and E5: exact conditions at the bucket, and nobody's address."""
    accepted = people.submit(a_report())
    digest = hashlib.sha256(PICTURE).hexdigest()
    one, two = slot(people, accepted, sha256=digest), slot(people, accepted)

    refusals = {
        "other bytes of this size": send(people, one, PICTURE[::-1]),
        "one byte more": send(people, two, PICTURE + b"!"),
        "the key of another slot": send(
            people, one, PICTURE, key=two["uploads"][0]["fields"]["key"]
        ),
        "another type": send(people, one, PICTURE, **{"Content-Type": "text/html"}),
        "no signature": send(people, one, PICTURE, **{"x-amz-signature": "0" * 64}),
        "a field more": send(people, one, PICTURE, **{"x-amz-meta-note": "1"}),
    }
    taken = {what: each.text for what, each in refusals.items() if each.status_code not in REFUSED}
    assert taken == {}

    for given in (one, two):
        sent = send(people, given, PICTURE)
        assert sent.status_code == httpx.codes.NO_CONTENT, sent.text
    for number in (1, 2):
        assert digest not in str(kept(people, accepted, number)), "no digest stands in clear"
        assert opened(people, accepted, number) == PICTURE

    send(people, two, PICTURE[::-1])
    assert opened(people, accepted, 2) == PICTURE, "the first version counts"
    case_id = people.case_of(accepted)

    def marks() -> list[dict[str, Any]]:
        return [each for each in people.audited(case_id)["marks"] if each["kind"] == "file"]

    eventually(lambda: len(marks()) == 2, "the files are marked in the history of the case")
    assert {mark["by"] for mark in marks()} == {"system"}


def test_an_event_of_an_upload_tells_the_queue_no_address(people: People) -> None:
    """Evidence case E5, on the queue itself: the receiver's messages name the object alone."""
    aws, rules = people.system.aws, people.system.aws.client("events")
    (rule,) = [
        each for each in rules.list_rules()["Rules"] if "aws.s3" in each.get("EventPattern", "")
    ]
    (target,) = rules.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    queue = aws.sqs.create_queue(QueueName="beside-the-receiver")["QueueUrl"]
    arn = aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    beside = {**target, "Id": "beside", "Arn": arn["Attributes"]["QueueArn"]}
    rules.put_targets(Rule=rule["Name"], Targets=[beside])
    accepted = people.submit(a_report())
    given = slot(people, accepted)
    assert send(people, given, PICTURE).status_code == httpx.codes.NO_CONTENT
    told = eventually(
        lambda: aws.sqs.receive_message(QueueUrl=queue).get("Messages"), "the event is told"
    )
    rules.remove_targets(Rule=rule["Name"], Ids=["beside"])
    assert json.loads(told[0]["Body"]) == {"key": given["uploads"][0]["fields"]["key"]}


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_reporter_sends_files_from_the_page_that_follows_the_report(
    browser: Browser, system: LocalSystem, people: People, tmp_path: Path, *, scripts: bool
) -> None:
    """Evidence case E6.

    With a script several at once, the first on a connection that breaks; without one by one.
    """
    accepted, film = people.submit(a_report()), os.urandom(1_500_000)
    for name, content in {"capture.png": PICTURE, TURNED: film, "rien.txt": b""}.items():
        (tmp_path / name).write_bytes(content)
    with a_visitor(
        browser,
        system.origin,
        "ar",
        java_script_enabled=scripts,
        viewport={"width": 360, "height": 640},
    ) as visitor:
        page = visitor.page
        visitor.goes_to("follow/" if scripts else "follow")
        for name in ("reference", "receipt"):
            visitor.writes(name, accepted[name])
        visitor.presses("follow.show")
        visitor.presses("files.show")
        if scripts:
            page.route("**/upload", lambda route: route.abort(), times=1)
            page.locator("#files").set_input_files(
                [tmp_path / "capture.png", tmp_path / "rien.txt", tmp_path / TURNED]
            )
            row = page.locator(".files li", has_text="rien.txt")
            expect(row).to_contain_text(visitor.t("files.empty"))
        else:
            held: list[Route] = []
            page.route("**/upload", lambda route: held.append(route), times=1)
            visitor.presses("files.add")
            page.locator("#file").set_input_files(tmp_path / "capture.png")
            with page.expect_request("**/upload"):
                visitor.presses("files.send")
            sent_from, page = page, opens_a_tab(visitor, "files.look")
            absent = page.locator(".files li", has_text=visitor.t("filed.slotted"))
            expect(absent).to_contain_text(visitor.t("files.absent").format(size=25, minutes=15))
            with sent_from.expect_response("**/upload") as sending:
                held[0].continue_()  # a look at the list did not end it
            assert sending.value.status == httpx.codes.NO_CONTENT
            kept(people, accepted, 1)
            visitor.presses("files.add")
            page.locator("#file").set_input_files(tmp_path / "rien.txt")
            with page.expect_response("**/upload") as sending:
                visitor.presses("files.send")
            assert sending.value.status == httpx.codes.BAD_REQUEST
            expect(page.locator("h1")).to_have_text(visitor.t("files.title"))
            assert "EntityTooSmall" not in page.content(), "the bucket's own page is not shown"
            visitor.complaints.clear()  # of the refused form
            page = opens_a_tab(visitor, "files.look")
            # Its slot is still open: another file goes into the same one.
            visitor.presses("files.resend")
            page.locator("#file").set_input_files(tmp_path / TURNED)
            with page.expect_response("**/upload") as sending:
                visitor.presses("files.send")
            assert sending.value.status == httpx.codes.NO_CONTENT
            kept(people, accepted, 2)
            page = opens_a_tab(visitor, "files.look")
        kept_ones = page.locator(".files li", has_text=visitor.t("filed.kept"))
        expect(kept_ones).to_have_count(2)
        if scripts:
            expect(kept_ones).to_contain_text(["capture.png", "filmU+202Egpj.mp4"])
            assert visitor.violations() == []
            visitor.complaints.clear()  # of the broken connection
            # The same file chosen again is the same one, as after a reload in the middle.
            with page.expect_response(lambda each: each.request.method == "POST") as asking:
                page.locator("#files").set_input_files(tmp_path / "capture.png")
            assert (asking.value.json()["n"], asking.value.json()["state"]) == (1, "kept")
            expect(page.locator(".files li", has_text="capture.png")).to_have_count(1)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
    assert [opened(people, accepted, number) for number in (1, 2)] == [PICTURE, film]


def opens_a_tab(visitor: Visitor, key: str) -> Page:
    """Press a button that opens a tab of its own, which is in front then."""
    with visitor.page.context.expect_page() as opened_page:
        visitor.presses(key)
    visitor.page = opened_page.value
    visitor.listen()
    return visitor.page


def test_copies_of_the_abuse_of_a_child_are_not_asked_for(
    browser: Browser, system: LocalSystem, people: People
) -> None:
    said = a_report(category="child_sexual_exploitation", role="witness")
    accepted = people.submit(said)
    with a_visitor(browser, system.origin, "fr") as visitor:
        visitor.goes_to("follow/")
        for name in ("reference", "receipt"):
            visitor.writes(name, accepted[name])
        visitor.presses("follow.show")
        visitor.presses("files.show")
        visitor.page.get_by_text(visitor.t("files.forbidden")).wait_for()
        expect(visitor.page.locator("#files")).to_have_count(0)
        lead = visitor.t("files.lead").format(count=20, size=100)
        expect(visitor.page.get_by_text(lead)).to_have_count(0)
        # Nor does the receipt invite a witness.
        place = 1 + len(WAYS) + list(open_pack("ma").categories).index(said["category"])
        visitor.goes_to(f"report/#{place}")
        for heading in ("report.safety", "report.start", "report.before"):
            visitor.sees(heading)
            visitor.goes_on()
        visitor.page.get_by_label(visitor.t("role.witness"), exact=True).check()
        visitor.goes_on()
        visitor.writes("narrative", "…")
        visitor.goes_on()
        for heading in ("report.locations", "report.when", "report.place"):
            visitor.sees(heading)
            visitor.goes_on()
        visitor.chooses("disclosure")
        visitor.goes_on()
        visitor.sees("report.check")
        visitor.presses("report.send")
        visitor.codes()
        invites = visitor.page.get_by_role("button", name=visitor.t("done.files"))
        expect(invites).to_have_count(0)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_address_of_uploads_takes_forms_alone(people: People, method: str) -> None:
    assert people.http.request(method, "/upload").status_code == httpx.codes.METHOD_NOT_ALLOWED
    unsigned = people.http.post("/upload", files={"key": (None, b"in/x"), "file": ("x", b"x")})
    assert unsigned.status_code == httpx.codes.FORBIDDEN
