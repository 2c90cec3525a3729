"""The checks: the way of a report, as clients of the public address go it.

Each returns its result, or raises `Wrong`.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import httpx

from casework.aws.http import response_headers
from casework.aws.services import secrets
from casework.aws.table import items, keys
from casework.case.times import format_timestamp
from casework.decisions.staff import Role
from casework.text import reference as references
from casework.text.realm import Realm, realm_from_name
from harness.people.person import Person
from harness.people.reporter_requests import REPORTS_PATH, receipt_request
from harness.smoke import alarms, sending
from harness.smoke.created_resources import AlarmQueue, CreatedResources, SentTrial
from harness.smoke.deployed import DeployedStage
from harness.smoke.outcome import eventually, require
from harness.smoke.people import FORGOTTEN, TrialMember, TrialStaff, an_address
from harness.smoke.sending import AcceptedTrial, Sender, problem_of
from tools.verify_history import Seen, first_bad, of_table

STATISTICS: Final = "/v1/statistics"
NOWHERE: Final = "/there-is-no-such-page/"
PUBLISHED_MONTH_WINDOW: Final = {"from": "2024-01", "to": "2024-01"}
"""A month that is published, or in which nothing was reported."""
SEEN_SECONDS: Final = 5
"""How long a received message is hidden from another run."""
_ASSET: Final = re.compile(r'"(/assets/[^"]+\.css)"')
DIFFERS: Final = frozenset({"date", "content-length", "x-amz-cf-id", "x-amz-cf-pop", "via", "age"})
"""Headers that may differ between two equal answers."""


@dataclass
class SmokeRun:
    """One run: the stage, its reports and people, and the findings so far."""

    deployed: DeployedStage
    http: httpx.Client
    traces: CreatedResources
    keep: Callable[[], None]
    """Write the traces to disk."""
    patience: float = 120
    """The longest wait in seconds."""
    reports: dict[str, AcceptedTrial] = field(default_factory=dict)
    """By `json` and `form`."""
    since: dict[str, float] = field(default_factory=dict)
    """When a report was accepted or a case confirmed, by the monotonic clock."""
    tokens: dict[Role, str] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    """CloudEvents from the queue of trials."""
    language: str = ""
    unit: str = ""

    @property
    def sender(self) -> Sender:
        """The deployer, who can read the secret of the stage."""
        return Sender(self.http, secrets.read_key(self.deployed.outputs["TrialSecret"]))

    @property
    def cast(self) -> TrialStaff:
        """The people of trials."""
        return TrialStaff(self.deployed.aws, self.deployed.outputs)

    @property
    def table(self) -> str:
        """Name of the table."""
        return self.deployed.outputs["CaseTable"]

    def case_of(self, report: str) -> str:
        """The case that a report opens: a trial joins trials only."""
        return references.case_id_from_reference(self.reports[report].reference)

    # calls

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A page or an answer."""
        return self.http.get(path, headers=headers)

    def staff(self, role: Role, method: str, path: str, **more: Any) -> httpx.Response:
        """A call of the desk by a trial person."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}", **more.pop("headers", {})}
        return self.http.request(method, f"/v1/desk/{path}", headers=headers, **more)

    def read(self, role: Role, path: str) -> Any:
        """The desk's answer; raises Wrong unless it is 200."""
        answer = self.staff(role, "GET", path)
        require(
            answer.status_code == httpx.codes.OK,
            f"GET /v1/desk/{path.partition('/')[0]} answered {answer.status_code} "
            f"{problem_of(answer)}",
        )
        return answer.json()

    def decide(self, role: Role, case_id: str, call: str, document: dict[str, Any]) -> str:
        """A decision on the present case; returns the status that it leads to. Raises Wrong."""
        person = Person(partial(self.staff, role))
        seen = person.look(case_id)
        require(seen.is_success, f"the case answered {seen.status_code} {problem_of(seen)}")
        answer = person.act(case_id, call, document)
        require(
            answer.status_code in {httpx.codes.OK, httpx.codes.ACCEPTED},
            f"the decision was answered {answer.status_code} {problem_of(answer)}",
        )
        return str(answer.json()["status"])

    def follow(self, report: str) -> Any:
        """What the reporter of a report reads; raises Wrong."""
        kept = self.reports[report]
        answer = self.http.request(**receipt_request(kept.reference, kept.receipt))
        require(
            answer.status_code == httpx.codes.OK,
            f"following answered {answer.status_code} {problem_of(answer)}",
        )
        return answer.json()

    def send(self, name: str, sent: SentTrial) -> AcceptedTrial:
        """Send a trial, after recording what must be erased."""
        self.traces.sent.append(sent)
        self.keep()
        accepted = sending.accepted_trial_from_response(sent, self.sender.send(sent))
        sent.reference = accepted.reference
        self.keep()
        self.reports[name], self.since[name] = accepted, time.monotonic()
        return accepted

    def play(self, role: Role, unit: str = "") -> TrialMember:
        """Make a person and sign them in."""
        email = an_address(role)
        self.traces.people.append(email)
        self.keep()
        person = self.cast.enrol(email, role, unit)
        self.tokens[role] = self.cast.sign_in(person)
        return person

    def told(self, kind: str, case_id: str) -> dict[str, Any] | None:
        """A notification of this kind about a case, once the queue of trials has it.

        Messages of another run stay in the queue unless they are an hour old.
        """
        queue, sqs = self.deployed.outputs["TrialQueueUrl"], self.deployed.aws.sqs
        answer = sqs.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=1,
            VisibilityTimeout=SEEN_SECONDS,
        )
        old = format_timestamp(datetime.now(UTC) - FORGOTTEN)
        mine = {self.case_of(each) for each in self.reports}
        for message in answer.get("Messages", []):
            event = json.loads(message["Body"])
            if event["subject"] in mine:
                self.heard.append(event)
            if event["subject"] in mine or event["time"] < old:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        wanted = (f"org.e-iblagh.{kind}.v1", case_id)
        return next((e for e in self.heard if (e["type"], e["subject"]) == wanted), None)


# ---- the public address -------------------------------------------------------------------------


def check_front_page(walk: SmokeRun) -> str:
    """The pages are there, and the API answers behind the same address."""
    guide = walk.get("/v1/reference")
    require(guide.status_code == httpx.codes.OK, f"/v1/reference answered {guide.status_code}")
    walk.language = guide.json()["languages"][0]
    home = walk.get(f"/{walk.language}/")
    require(home.status_code == httpx.codes.OK, f"/{walk.language}/ answered {home.status_code}")
    require("text/html" in home.headers.get("content-type", ""), "the home page is no HTML")
    return f"pages in {walk.language}, and the API behind the same address"


def bilan(walk: SmokeRun) -> str:
    """The public figures are answered."""
    answer = walk.http.get(STATISTICS, params=PUBLISHED_MONTH_WINDOW)
    told = f"{answer.status_code} {problem_of(answer)}"
    require(answer.status_code == httpx.codes.OK, f"{STATISTICS} answered {told}")
    return f"{len(answer.json()['figures'])} rows"


def headers(walk: SmokeRun) -> str:
    """Each kind of address has the headers of the table from which the edge is made."""
    rows = (*response_headers.PATH_RULES, response_headers.FALLBACK_RULE)
    for row in rows:
        path = _of(row, walk)
        answer = walk.get(path)
        for name, value in row.headers.items():
            found = answer.headers.get(name)
            if (
                row.source is response_headers.PageSource.LOG
                and name == "Cache-Control"
                and answer.is_error
            ):
                continue  # before the first night the log has no file, and no cache keeps that
            require(found == value, f"{path} has {name}: {found} instead of {value}")
    return f"right for {len(rows)} kinds of address"


def _of(row: response_headers.PathRule, walk: SmokeRun) -> str:
    """An address that the row serves."""
    if row.name == "Assets":
        named = _ASSET.search(walk.get(f"/{walk.language}/").text)
        return named[1] if named else row.pattern
    if row is response_headers.FALLBACK_RULE:
        return f"/{walk.language}/"
    path = row.pattern.replace("/*/", f"/{walk.language}/", 1).removesuffix("*")
    require(
        response_headers.find_path_rule(path) is row, f"{path} is not served by the row {row.name}"
    )
    return path


def missing_page(walk: SmokeRun) -> str:
    """A missing page answers with the site's page, a missing call with a problem."""
    answer, words = walk.get(NOWHERE), walk.get("/404.html")
    require(
        answer.status_code == httpx.codes.NOT_FOUND,
        f"a missing page is answered {answer.status_code}",
    )
    require(words.status_code == httpx.codes.OK, "there is no page /404.html")
    require(answer.text == words.text, "a missing page is not answered with the site's own page")
    call = walk.get("/v1/there-is-no-such-call")
    told = (call.status_code, problem_of(call))
    require(
        told == (404, "urn:e-iblagh:problem:route-not-found"), f"a missing call is answered {told}"
    )
    return "404 as a page of the site, and as a problem of the API"


def mark(walk: SmokeRun) -> str:
    """The mark of a trial reaches the function that checks it. The request holds no valid report.

    If the mark were lost on the way, a trial would be stored as a real report: then nothing is
    sent.
    """
    sent = SentTrial(path=REPORTS_PATH, key=str(uuid.uuid4()), body="{}", media_type=sending.JSON)
    told = []
    for trial in ("0.0", None):
        more = {"Trial": trial} if trial else {}
        told.append(problem_of(walk.sender.once(sent, **more)).rpartition(":")[2])
    require(told[0] == "trial-mark-refused", f"a wrong mark is answered {told[0]}")
    require(told[1] == "not-valid", f"a good mark with an invalid report is answered {told[1]}")
    return "a wrong mark is refused, a good one is accepted"


# ---- reporters ----------------------------------------------------------------------------------


def report(walk: SmokeRun) -> str:
    """A report by JSON."""
    guide = walk.get("/v1/reference").json()
    document = {
        "category": guide["categories"][0]["id"],
        "narrative": "This is a trial of the platform by its own people. Nothing has happened.",
        "locations": [{"kind": "url", "value": f"https://{uuid.uuid4().hex}.example/trial"}],
        "role": "witness",
        "territory": {"code": _smallest(guide["territories"])},
        "language": walk.language,
        "disclosure": {"kind": "anonymous"},
    }
    accepted = walk.send("json", sending.as_json(document, str(uuid.uuid4())))
    return accepted.reference


def form(walk: SmokeRun) -> str:
    """A report by the form without JavaScript, with danger."""
    path = f"/{walk.language}/report/plain"
    filled = {
        "step": "check",
        "category": "unknown",
        "role": "witness",
        "narrative": "This is a trial of the form by the people who run the platform.",
        "disclosure": "anonymous",
        "danger": "yes",
    }
    accepted = walk.send("form", sending.as_form(path, walk.get(path).text, filled))
    return accepted.reference


def check_follow_up(walk: SmokeRun) -> str:
    """Both reports are followed with reference and receipt, by JSON and by the form."""
    for name in walk.reports:
        walk.follow(name)
    kept = walk.reports["form"]
    codes = {"reference": kept.reference, "receipt": kept.receipt}
    page = walk.http.post(f"/{walk.language}/follow", data=codes)
    require(page.status_code == httpx.codes.OK, f"the page of a report answered {page.status_code}")
    require(kept.reference in page.text, "the page of a report does not name it")
    return "by JSON and by the form"


def wrong_receipt(walk: SmokeRun) -> str:
    """A wrong receipt gets the same answer as an unknown reference, to the last header."""
    kept = walk.reports["json"]
    wrong = kept.receipt[1:] + kept.receipt[0]
    unknown = references.encode_reference(
        uuid.uuid4().bytes[: references.REFERENCE_BYTES], Realm.TRIAL
    )
    answers = [
        walk.get(f"{REPORTS_PATH}/{name}", Authorization=f"Receipt {receipt}")
        for name, receipt in ((kept.reference, wrong), (unknown, kept.receipt))
    ]
    told = [
        (
            answer.status_code,
            {**answer.json(), "instance": ""},
            sorted(
                (name, value)
                for name, value in answer.headers.items()
                if name not in DIFFERS and not name.startswith("apigw")
            ),
        )
        for answer in answers
    ]
    require(told[0][0] == httpx.codes.NOT_FOUND, f"a wrong receipt is answered {told[0][0]}")
    require(told[0] == told[1], "the answers to a wrong receipt and to an unknown report differ")
    return "the same answer as for an unknown report"


# ---- staff --------------------------------------------------------------------------------------


def signed_in(walk: SmokeRun) -> str:
    """People are created and sign in; they see only trials."""
    for role in (Role.ANALYST, Role.AUDITOR):
        walk.play(role)
    lines = walk.read(Role.ANALYST, "queue")["cases"]
    real = [each["id"] for each in lines if realm_from_name(each["id"]) is Realm.REAL]
    require(not real, f"a trial analyst sees {len(real)} real cases")
    nobody = walk.get("/v1/desk/queue")
    require(
        nobody.status_code == httpx.codes.UNAUTHORIZED,
        f"the desk answers {nobody.status_code} without a token",
    )
    return "an analyst and an auditor; the desk is closed to others"


def check_review(walk: SmokeRun) -> str:
    """The report has become a case that waits for an analyst, who confirms it."""
    case_id = walk.case_of("json")
    eventually(
        lambda: case_id in [e["id"] for e in walk.read(Role.ANALYST, "queue")["cases"]],
        "the case in the analyst's queue",
        walk.patience,
    )
    seen = walk.read(Role.ANALYST, f"cases/{case_id}")
    walk.unit = seen["competence"]["unit"]
    decision = {"outcome": "confirm", "category": seen["category"], "priority": seen["priority"]}
    status = walk.decide(Role.ANALYST, case_id, "review", decision)
    if status == "in_review":  # some categories need the decision of two people
        walk.play(Role.ANALYST)
        status = walk.decide(Role.ANALYST, case_id, "review", decision)
    require(status == "reviewed", f"the case is {status} after the review")
    walk.since["review"] = time.monotonic()
    return f"{case_id}, competent: {walk.unit}"


def danger(walk: SmokeRun) -> str:
    """The danger from the form is on the duty desk, and was announced at once."""
    case_id = walk.case_of("form")
    eventually(
        lambda: walk.told("case.alert", case_id),
        "the alert of danger",
        walk.patience,
        walk.since["form"],
    )
    eventually(
        lambda: case_id in [e["id"] for e in walk.read(Role.ANALYST, "duty")["imminent"]],
        "the case on the duty desk",
        walk.patience,
    )
    return "alerted at once, and on the duty desk"


def check_referral(walk: SmokeRun) -> str:
    """The workflow refers the case; the notification to its unit is in the queue of trials."""
    case_id = walk.case_of("json")
    event = eventually(
        lambda: walk.told("case.referred", case_id),
        "the message to the unit",
        walk.patience,
        walk.since["review"],
    )
    require(event["data"]["unit"] == walk.unit, f"the message is for {event['data']['unit']}")
    eventually(
        lambda: walk.read(Role.ANALYST, f"cases/{case_id}")["status"] == "published",
        "the case with the unit",
        walk.patience,
    )
    return f"the message to {walk.unit} is in the queue of trials"


def check_acknowledgement(walk: SmokeRun) -> str:
    """An officer of the unit accepts the case, and the reporter reads so."""
    case_id = walk.case_of("json")
    walk.play(Role.OFFICER, walk.unit)
    status = walk.decide(Role.OFFICER, case_id, "acknowledgement", {"outcome": "accept"})
    require(
        status in {"acknowledged", "awaiting_authorisation"},
        f"the case is {status} after the officer took it",
    )
    eventually(
        lambda: walk.follow("json")["status"] == "with_unit",
        "the step for the reporter",
        walk.patience,
    )
    return f"{status}; the reporter reads that a unit has it"


def check_history(walk: SmokeRun) -> str:
    """The history of the case verifies, as an auditor reads it and on the table."""
    case_id = walk.case_of("json")
    told = walk.read(Role.AUDITOR, f"history/{case_id}")
    require("broken" not in told, f"entry {told.get('broken')} of the history does not verify")
    require(not told["truncated"], "the answer holds only a part of the history")
    return f"{len(told['events'])} entries; {verify_table_history(walk.table, case_id)}"


def verify_table_history(table: str, case_id: str) -> str:
    """Check that the chains of a case verify on the table itself; raises Wrong."""
    seen = Seen()
    bad = first_bad(of_table(table, case_id), seen)
    require(bad is None, str(bad))
    require(seen.cases, f"the table has no history of {case_id}")
    return f"{seen.entries} verified on the table"


def check_statistics(walk: SmokeRun) -> str:
    """No figure counts the trials."""
    for name, kept in walk.reports.items():
        key = keys.report_count_key(walk.case_of(name), kept.reference)
        require(
            items.get_item(walk.table, key) is None, f"the figures count the trial {kept.reference}"
        )
    return "no figure counts the trials"


# ---- operators ----------------------------------------------------------------------------------


def alarm(walk: SmokeRun) -> str:
    """A datum raises an alarm, and the topic of alarms sends it."""

    def made(ear: AlarmQueue) -> None:
        if ear not in walk.traces.ears:
            walk.traces.ears.append(ear)
        walk.keep()

    ear = alarms.listen(walk.deployed, made)
    alarms.raise_and_hear(walk.deployed, ear, walk.patience)
    if walk.deployed.on_aws:
        return "raised by one datum, and received from the alarm topic"
    return "raised and received; a laptop checks neither the topic's key nor its policy"


def _smallest(territories: list[dict[str, Any]]) -> str:
    """The code of a territory without smaller ones inside."""
    first = territories[0]
    inside = first.get("territories")
    return _smallest(inside) if inside else str(first["code"])
