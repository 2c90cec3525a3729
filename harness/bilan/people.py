"""Analysts, a second reviewer, officers: they decide through the desk API, at replayed times."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any, Final

import httpx

from casework.case.admission import MAX_ADMITTED_BY_NAME
from casework.pack.competence import propose_competence
from casework.pack.jurisdiction import Jurisdiction
from harness.bilan.composition import Composition, ReplayedReport
from local import staff
from local.errors import UserError
from local.system import LocalSystem

WORKERS: Final = 4
MAX_DECISION_ATTEMPTS: Final = 6
PAUSE_SECONDS: Final = 2.0
LOST_RACE_STATUSES: Final = {httpx.codes.PRECONDITION_FAILED, httpx.codes.CONFLICT}
SLOWEST_REVIEW: Final = timedelta(hours=46)
SLOWEST_ANSWER: Final = timedelta(hours=60)


class NotDecided(UserError):
    """The desk refused a decision that the published table needs."""


class ReplayMember:
    """A staff member; `token` gives a valid access token."""

    def __init__(self, origin: str, token: Callable[[], str]) -> None:
        def signed(request: httpx.Request) -> httpx.Request:
            request.headers["Authorization"] = f"Bearer {token()}"
            return request

        self._client = httpx.Client(base_url=origin, auth=signed, timeout=60)
        self._seen: dict[str, str] = {}
        """ETags of cases, as this person last saw them."""

    def queue(self) -> Iterator[str]:
        """Ids of the cases waiting for this person."""
        query = {"limit": "100"}
        while True:
            page = self.read("/v1/desk/queue", query).json()
            yield from (entry["id"] for entry in page["cases"])
            if not page.get("cursor"):
                return
            query["cursor"] = page["cursor"]

    def read(self, path: str, query: dict[str, str] | None = None) -> httpx.Response:
        """A document of the API."""
        answer = self._send("GET", path, params=query)
        answer.raise_for_status()
        return answer

    def _send(self, method: str, path: str, **said: Any) -> httpx.Response:
        """The answer; a busy service is asked again, a decision with the same key."""
        for _ in range(MAX_DECISION_ATTEMPTS - 1):
            answer = self._client.request(method, path, **said)
            if not answer.is_server_error:
                return answer
            time.sleep(PAUSE_SECONDS)
        return self._client.request(method, path, **said)

    def case(self, case_id: str) -> dict[str, Any]:
        """The case as it is now."""
        answer = self.read(f"/v1/desk/cases/{case_id}")
        self._seen[case_id] = answer.headers["ETag"]
        case: dict[str, Any] = answer.json()
        cursor = case.get("cursor")
        while cursor:
            page = self.read(f"/v1/desk/cases/{case_id}", {"cursor": cursor}).json()
            case["reports"] += page["reports"]
            cursor = page.get("cursor")
        return case

    def decide(self, case_id: str, call: str, at: datetime, said: dict[str, Any]) -> str:
        """Decide on the case as this person saw it last, or sees it now.

        Returns the move, or nothing when another person was faster.
        """
        if case_id not in self._seen:
            self.case(case_id)
        answer = self._post(case_id, call, at, said)
        if answer.status_code in LOST_RACE_STATUSES:
            return ""
        if answer.is_error:
            raise NotDecided(f"{call} of {case_id}: {answer.status_code} {answer.text}")
        self._seen[case_id] = answer.headers["ETag"]
        return str(answer.json()["decision"])

    def admit(self, case_id: str, at: datetime, references: Sequence[str]) -> None:
        """Admit these reports of a case."""
        answer = self._post(case_id, "admissions", at, {"reports": references})
        if answer.is_error:
            raise NotDecided(f"admissions of {case_id}: {answer.status_code} {answer.text}")
        self._seen[case_id] = answer.headers["ETag"]

    def _post(self, case_id: str, call: str, at: datetime, said: dict[str, Any]) -> httpx.Response:
        return self._send(
            "POST",
            f"/v1/desk/cases/{case_id}/{call}",
            json=said,
            headers={
                "If-Match": self._seen.pop(case_id),
                "Idempotency-Key": str(uuid.uuid4()),
                "Replay-At": at.isoformat(),
            },
        )


@dataclass
class ReplayStaff:
    """All people of the replay, and their acts."""

    system: LocalSystem
    pack: Jurisdiction
    sent: dict[str, ReplayedReport] = field(default_factory=dict)
    """By reference."""
    reviewed: dict[str, tuple[datetime, ReplayedReport, str]] = field(default_factory=dict)
    """By case: the time of its review, its first report, and its unit."""
    acknowledged: set[str] = field(default_factory=set)
    _officers: dict[str, ReplayMember] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.analyst = self._person("analyst")
        self.supervisor = self._person("supervisor")

    def _person(self, role: str, unit: str = "") -> ReplayMember:
        return ReplayMember(self.system.origin, partial(staff.demo_token, self.system, role, unit))

    def review_all(self) -> int:
        """Review the waiting cases."""
        waiting = [case for case in self.analyst.queue() if case not in self.reviewed]
        return sum(_at_once(self._review, waiting))

    def _review(self, case_id: str) -> bool:
        case = self.analyst.case(case_id)
        references = [report["reference"] for report in case["reports"]]
        known = [self.sent[each] for each in references if each in self.sent]
        if not known:
            return False  # its reporter does not know of the case yet
        first = min(known, key=lambda sent: sent.at)
        place: dict[str, Any] = {"territory": case.get("territory")}
        if case.get("country"):
            place = {"country": case["country"]}
        said: dict[str, Any] = {
            "outcome": "confirm",
            "category": first.category,
            "priority": case["priority"],
            **place,
            **({"flags": ["praise_daesh"]} if first.daesh else {}),
            "shown": max(report["number"] for report in case["reports"]),
        }
        at = first.at + SLOWEST_REVIEW * _between(case_id, "review")
        made = self.analyst.decide(case_id, "review", at, said)
        if made == "propose":
            made = self.supervisor.decide(case_id, "review", at, said)
        if made != "confirm":
            return False
        competence = propose_competence(
            self.pack, first.category, case.get("territory"), bool(case.get("country"))
        )
        self.reviewed[case_id] = at, first, competence.unit
        return True

    def acknowledge_all(self) -> int:
        """Units accept their referrals."""
        waiting = self.reviewed.keys() - self.acknowledged
        units = {self.reviewed[case][2] for case in waiting}
        for unit in units - self._officers.keys():
            self._officers[unit] = self._person("officer", unit)
        return sum(_at_once(self._answer, sorted(units)))

    def _answer(self, unit: str) -> int:
        officer, done = self._officers[unit], 0
        for case_id in list(officer.queue()):
            if case_id in self.acknowledged or case_id not in self.reviewed:
                continue
            at = self.reviewed[case_id][0] + SLOWEST_ANSWER * _between(case_id, "answer")
            shown = max(each["number"] for each in officer.case(case_id)["reports"])
            accept = {"outcome": "accept", "shown": shown}
            if officer.decide(case_id, "acknowledgement", at, accept):
                self.acknowledged.add(case_id)
                done += 1
        return done

    def admit_all(self) -> int:
        """Units admit the reports that joined a case after they accepted it."""
        return sum(_at_once(self._admit, sorted(self.acknowledged)))

    def _admit(self, case_id: str) -> bool:
        officer = self._officers[self.reviewed[case_id][2]]
        case = officer.case(case_id)
        if not case["unadmitted"]:
            return False
        left = [each["reference"] for each in case["reports"] if not each["belongs"]]
        came = sorted((self.sent[each].at, each) for each in left)
        for _, month in groupby(came, key=lambda each: each[0].strftime("%Y-%m")):
            of_month = list(month)
            at = of_month[-1][0]  # before the figures of the month are published
            for start in range(0, len(of_month), MAX_ADMITTED_BY_NAME):
                named = [
                    reference for _, reference in of_month[start : start + MAX_ADMITTED_BY_NAME]
                ]
                officer.admit(case_id, at, named)
        return True

    def find_suspects(self, outcomes: Iterable[str], at: datetime) -> int:
        """Investigate frauds until every suspect of the published table is found.

        Returns the number of suspects without a case.
        """
        frauds = [
            case for case, (_, first, _) in self.reviewed.items() if first.category == "fraud"
        ]
        left = list(outcomes)
        for case_id in sorted(frauds):
            if not left:
                break
            officer = self._officers[self.reviewed[case_id][2]]
            if not self._instruct(officer, case_id, at):
                continue
            for number in range(1, 1 + min(4, len(left))):
                if officer.decide(case_id, "suspects", at, {}) != "suspect":
                    raise NotDecided(f"no suspect could be entered in {case_id}")
                outcome = left.pop()
                if outcome != "sought":
                    happened = {"happening": outcome}
                    officer.decide(case_id, f"suspects/{number}/events", at, happened)
        return len(left)

    def _instruct(self, officer: ReplayMember, case_id: str, at: datetime) -> bool:
        """Enter the prosecutor's decisions; False where the pack names no office: the report came
        from abroad."""
        case = officer.case(case_id)
        competence = case["competence"]
        if not (competence.get("prosecutor") and competence.get("court")):
            return False
        opened = datetime.fromisoformat(case["opened_at"])
        from_prosecutor = {
            "prosecutor": competence["prosecutor"],
            "court": competence["court"],
            "decided_on": self.pack.facts.local_day(opened).isoformat(),
            "reference": f"{sum(case_id.encode())}/2024",
        }
        kinds = ["investigate"]
        if case["status"] == "awaiting_authorisation":
            kinds.insert(0, "authorise")
        for kind in kinds:
            officer.decide(case_id, "instructions", at, {"kind": kind, **from_prosecutor})
        return True

    def figures(self, first: str, last: str) -> Any:
        """The full figures of a window of days."""
        return self.supervisor.read("/v1/desk/statistics", {"from": first, "to": last}).json()


def suspects(plan: Composition) -> list[str]:
    """The outcomes of all suspects."""
    return [outcome for outcome, number in plan.suspects.items() for _ in range(number)]


def _between(case_id: str, what: str) -> float:
    """A share that is fixed for each case; small shares are the most frequent."""
    drawn = int.from_bytes(hashlib.sha256(f"{case_id}{what}".encode()).digest()[:4], "big")
    return 0.02 + 0.98 * (drawn / 2**32) ** 2


def _at_once(work: Any, things: list[str]) -> list[Any]:
    with ThreadPoolExecutor(WORKERS) as workers:
        return list(workers.map(work, things))
