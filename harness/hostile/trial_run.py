"""Sends strings through a running system and records what went wrong with each.

Each string becomes a narrative, a location, a platform and a place, a question and a message of an
analyst, an addition of the reporter, a field of a form, and a part of an address. A string must be
accepted exactly if it is legal, read back unchanged, cause no 5xx, be shown as text on pages, and
stay within the bound of `harness.hostile.cost_search`.
"""

from __future__ import annotations

import json
import time
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import httpx

from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.report.followup import MAX_MESSAGE_LENGTH
from casework.report.report import MAX_LOCATION_LENGTH, MAX_NARRATIVE_LENGTH
from casework.text.reference import case_id_from_reference
from harness.hostile import cost_search
from harness.hostile.corpus import BODIES
from harness.hostile.pages import Page, foreign
from harness.hostile.steps import TooManySteps
from local import staff
from local.system import LocalSystem

PARALLEL_REQUESTS: Final = 6
HOSTILE_PATIENCE_SECONDS: Final = 120.0
"""Seconds within which a report must reach people."""
BUSY_STATUSES: Final = frozenset({429, 503})
MAX_REQUEST_ATTEMPTS: Final = 20
"""Tries of a call while the service is busy."""
LONGEST_ADDRESS: Final = 375
"""Characters of a string in an address: each may take twelve there."""
LONGEST_QUESTION: Final = 2_000
PLAIN: Final = "rien que des mots"

HostileFinding = tuple[str, str]
"""What was sent, shortened, and what went wrong with it."""
Done = Callable[[str], None]


@dataclass
class AcceptedString:
    """A string that was accepted as a report."""

    text: str
    codes: dict[str, str]
    sent: dict[str, Any]
    case_id: str = ""
    expected: list[str] = field(default_factory=list)
    """What the reporter must read of messages and additions."""


def is_legal(text: str, longest: int) -> bool:
    """Whether a field accepts the text: it is not blank, not too long, and Unicode without control
    characters except tab and line break."""
    control = (each for each in text.replace("\r\n", "\n") if unicodedata.category(each) == "Cc")
    written = not has_surrogate(text) and set(control) <= {*"\t\n"}
    seen = any(unicodedata.category(each)[0] not in "CZ" for each in text)
    return seen and len(text) <= longest and written


def has_surrogate(text: str) -> bool:
    """Whether it holds half of a surrogate pair, which is no character."""
    return any(unicodedata.category(each) == "Cs" for each in text)


def is_answered(answer: httpx.Response) -> bool:
    """Whether the answer concerns the request: the service was neither busy nor failing."""
    failed = answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
    return not failed and answer.status_code not in BUSY_STATUSES


class HostileTrial:
    """One run over some strings."""

    def __init__(self, system: LocalSystem, done: Done) -> None:
        self.system = system
        self.done = done
        self.findings: list[HostileFinding] = []
        self.calls = 0
        self._plain = ""
        """The elements of a follow-up page without hostile text."""
        self._http = httpx.Client(base_url=system.origin, timeout=60)
        self._analyst = {"Authorization": f"Bearer {staff.demo_token(system, 'analyst')}"}

    def run(self, strings: Sequence[str]) -> list[HostileFinding]:
        """Try all strings; returns what went wrong."""
        with self._http:
            self._bodies()
            self._follow_plainly()
            for text in strings:
                self._count(text)
            with ThreadPoolExecutor(PARALLEL_REQUESTS) as pool:
                taken = [each for each in pool.map(self._report, strings) if each is not None]
                list(pool.map(self._travel, taken))
                list(pool.map(self._elsewhere, strings))
        return self.findings

    # what is sent

    def _bodies(self) -> None:
        for name, body in BODIES.items():
            for kind in ("application/json", "application/json; charset=utf-8"):
                answer = self._call("POST", "/v1/reports", name, content=body, kind=kind)
                if not 400 <= answer.status_code < 500:
                    self._note(name, f"was answered {answer.status_code} as the body of a report")
        self.done("bodies that are no report")

    def _follow_plainly(self) -> None:
        """The page of a plain report with a question, a message and an addition."""
        sent = self._report(PLAIN)
        if sent is not None:
            self._travel(sent)
            self._plain = self._form("/fr/follow", PLAIN, sent.codes).text

    def _count(self, text: str) -> None:
        if has_surrogate(text) or len(text) > MAX_NARRATIVE_LENGTH:
            return
        try:
            cost_search.steps_for(text)
        except TooManySteps as error:
            self._note(text, f"takes {error} to read")
        self.done("read within their bound")

    def _report(self, text: str) -> AcceptedString | None:
        document: dict[str, Any] = {
            "narrative": text,
            "category": "fraud",
            "role": "victim",
            "language": "fr",
            "disclosure": {"kind": "anonymous"},
        }
        if is_legal(text, MAX_LOCATION_LENGTH):
            document["locations"] = [{"kind": "other", "value": text}]
        if is_legal(text, 200):
            document["platform"] = text
            document["territory"] = {"text": text}
        answer = self._call("POST", "/v1/reports", text, document=document)
        legal = is_legal(text, MAX_NARRATIVE_LENGTH)
        self.done("sent as reports")
        if (answer.status_code == httpx.codes.CREATED) != legal:
            self._note(text, f"as a report was answered {answer.status_code}, {legal=}")
        if answer.status_code != httpx.codes.CREATED:
            return None
        codes = {name: answer.json()[name] for name in ("reference", "receipt")}
        return AcceptedString(text, codes, document)

    def _travel(self, sent: AcceptedString) -> None:
        """The way of an accepted report: people see it, ask, write; its reporter adds."""
        if self._await(lambda: self._linked(sent)):
            self._read_by_people(sent)
            self._asked(sent)
        else:
            self._note(sent.text, "came into no case in time")
        self._added(sent)
        self._read_by_reporter(sent)
        self.done("read back")

    def _linked(self, sent: AcceptedString) -> bool:
        item = self.system.aws.dynamodb.get_item(
            TableName=self.system.outputs["CaseTable"],
            Key=to_wire_item(keys.report_key(sent.codes["reference"])),
        ).get("Item")
        sent.case_id = str(values_from_wire_item(item).get("case_id", "")) if item else ""
        return bool(sent.case_id) and self._case(sent).status_code == httpx.codes.OK

    def _case(self, sent: AcceptedString, **query: str) -> httpx.Response:
        path = f"/v1/desk/cases/{sent.case_id}"
        return self._call("GET", path, sent.text, headers=self._analyst, params=query)

    def _read_by_people(self, sent: AcceptedString) -> None:
        query: dict[str, str] | None = {}
        while query is not None:
            page = self._read(self._case(sent, **query), sent.text, "people")
            if page is None:
                return
            for report in page.get("reports", []):
                if report["reference"] != sent.codes["reference"]:
                    continue
                facts = report["facts"]
                read = {name: facts.get(name) for name in ("platform", "territory")}
                read |= {"narrative": report["narrative"], "locations": facts.get("locations")}
                for name, value in read.items():
                    if name in sent.sent and value != sent.sent[name]:
                        self._note(sent.text, f"reads back different to people: {name}")
                return
            query = {"cursor": page["cursor"]} if page.get("cursor") else None
        self._note(sent.text, "stands in no report of its case")

    def _asked(self, sent: AcceptedString) -> None:
        """A question of an analyst, where the case is this report's and waits; and a message.

        A reporter whose report joined another's case is not asked, because the report was not
        admitted.
        """
        report = sent.codes["reference"]
        asked = {"outcome": "ask", "question": sent.text, "report": report}
        said: list[tuple[str, int, dict[str, Any]]] = [
            ("messages", MAX_MESSAGE_LENGTH, {"text": sent.text, "reports": [report]}),
            ("identity-requests", LONGEST_QUESTION, {"report": report, "motive": sent.text}),
        ]
        if sent.case_id == case_id_from_reference(report):
            said.insert(0, ("review", LONGEST_QUESTION, asked))
        for name, longest, body in said:
            tag = self._case(sent).headers.get("ETag", '"0"')
            headers = {**self._analyst, "If-Match": tag}
            path = f"/v1/desk/cases/{sent.case_id}/{name}"
            answer = self._call("POST", path, sent.text, document=body, headers=headers)
            legal = is_legal(sent.text, longest)
            if answer.is_success and not legal:
                self._note(sent.text, f"was taken as {name}")
            if (
                answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
                and legal
                and len(sent.text) >= 10
            ):
                self._note(sent.text, f"was refused as {name}: {answer.text[:200]}")
            if answer.is_success and name != "identity-requests":
                sent.expected.append(sent.text)

    def _added(self, sent: AcceptedString) -> None:
        headers = {"Authorization": f"Receipt {sent.codes['receipt']}"}
        path = f"/v1/reports/{sent.codes['reference']}/additions"
        body = {"text": sent.text}
        answer = self._call("POST", path, sent.text, document=body, headers=headers)
        if answer.status_code == httpx.codes.CREATED:
            sent.expected.append(sent.text)
        else:
            self._note(sent.text, f"as an addition was answered {answer.status_code}")

    def _read_by_reporter(self, sent: AcceptedString) -> None:
        headers = {"Authorization": f"Receipt {sent.codes['receipt']}"}
        path = f"/v1/reports/{sent.codes['reference']}"
        answer = self._call("GET", path, sent.text, headers=headers)
        told = self._read(answer, sent.text, "its reporter")
        if told is not None:
            texts = (told.get(name, ()) for name in ("messages", "additions"))
            read = [each["text"] for some in texts for each in some]
            if sorted(read) != sorted(sent.expected):
                self._note(sent.text, "reads back different to its reporter")
        page = self._form("/fr/follow", sent.text, sent.codes)
        self._shown(sent.text, page, self._plain or page.text, len(sent.expected))

    def _read(self, answer: httpx.Response, text: str, by: str) -> dict[str, Any] | None:
        """The answer to a reader; a refusal is a separate finding."""
        if answer.status_code == httpx.codes.OK:
            found: dict[str, Any] = answer.json()
            return found
        if is_answered(answer):
            self._note(text, f"is not read by {by}: {answer.status_code}")
        return None

    # pages and addresses

    def _elsewhere(self, text: str) -> None:
        """A form that is shown again, and addresses."""
        if is_legal(text, MAX_NARRATIVE_LENGTH):
            short = text if len(text) <= MAX_LOCATION_LENGTH else PLAIN  # or too large a form
            given = {"key": str(uuid.uuid4()), "narrative": text, "platform": short, "place": short}
            page = self._form("/fr/report/plain", text, given)
            plain = self._form("/fr/report/plain", text, {**given, **_plainly(given)})
            if is_answered(plain):
                self._shown(text, page, plain.text, 1)
        if has_surrogate(text):
            return
        for path, headers in (
            ("/v1/statistics?from={}&to={}", {}),
            ("/v1/reports/{}", {"Authorization": "Receipt x"}),
            ("/v1/reference?language={}", {}),
            ("/v1/desk/queue?cursor={}&of={}", self._analyst),
            ("/v1/desk/cases/{}", self._analyst),
            ("/v1/desk/duty?{}=1", self._analyst),
        ):
            address = path.replace("{}", quote(text[:LONGEST_ADDRESS], safe=""))
            self._call("GET", address, text, headers=headers)
        self.done("in forms and addresses")

    def _shown(self, text: str, answer: httpx.Response, plain: str, times: int) -> None:
        if not is_answered(answer):
            return
        page = answer.text
        more = foreign(page, plain)
        if more:
            self._note(text, f"is markup on a page: {sorted(more)[:3]}")
        shown = Page(page).shown
        if sum(_lines(each) == _lines(text) for each in shown) < times:
            self._note(text, "is not shown as it was typed")

    def _form(self, path: str, text: str, given: dict[str, str]) -> httpx.Response:
        return self._call("POST", path, text, data=given)

    # calls

    def _call(
        self,
        method: str,
        path: str,
        text: str,
        *,
        document: Any = None,
        content: bytes | None = None,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """One call, repeated while the service is busy. A 5xx is a finding, and so is a service
        that stays busy."""
        if document is not None:
            content = json.dumps(document).encode()
        if content is not None:
            headers = {
                "Content-Type": kind,
                "Idempotency-Key": str(uuid.uuid4()),
                **(headers or {}),
            }
        answer = self._http.request(method, path, content=content, headers=headers, **request)
        for _ in range(MAX_REQUEST_ATTEMPTS - 1):
            if answer.status_code not in BUSY_STATUSES:
                break
            time.sleep(float(answer.headers.get("Retry-After", "1")))
            answer = self._http.request(method, path, content=content, headers=headers, **request)
        self.calls += 1
        if not is_answered(answer):
            self._note(text, f"{method} {path[:60]} answered {answer.status_code}")
        return answer

    def _await(self, reached: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + HOSTILE_PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if reached():
                return True
            time.sleep(0.5)
        return False

    def _note(self, text: str, what: str) -> None:
        self.findings.append((text if len(text) <= 80 else f"{text[:60]}… ({len(text)})", what))


def _plainly(given: dict[str, str]) -> dict[str, str]:
    """The same with as many plain letters: a length error is shown beside its field."""
    return {name: "m" * len(value) for name, value in given.items() if name != "key"}


def _lines(text: str) -> str:
    """As a page has it: one character for each kind of line break."""
    return text.replace("\r\n", "\n").strip()
