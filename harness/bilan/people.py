"""Analysts, a second reviewer, officers: they decide through the desk API, at replayed times."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
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
from harness.people import decision_bodies as bodies
from harness.people.person import CALL_SECONDS, CaseJson, NotDecided, Person, over_http
from local import staff
from local.system import LocalSystem

WORKERS: Final = 4
MAX_DECISION_ATTEMPTS: Final = 6
SLOWEST_REVIEW: Final = timedelta(hours=46)
SLOWEST_ANSWER: Final = timedelta(hours=60)


class ReplayMember(Person):
    """A staff member whose decisions count at a time of the past."""

    def case(self, case_id: str) -> CaseJson:
        """The case as it is now, with the reports of all its pages."""
        case = super().case(case_id)
        while cursor := case.pop("cursor", None):
            page = self.read(f"cases/{case_id}", cursor=cursor)
            case = {**case, **page, "reports": case["reports"] + page["reports"]}
        return case

    def decide_at(self, at: datetime, case_id: str, path: str, body: CaseJson) -> str:
        """The move, or nothing where somebody else was faster; raises NotDecided."""
        return self.decide(case_id, path, body, **{"Replay-At": at.isoformat()})


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
        self._client = httpx.Client(base_url=self.system.origin, timeout=CALL_SECONDS)
        self.analyst = self._person("analyst")
        self.supervisor = self._person("supervisor")

    def _person(self, role: str, unit: str = "") -> ReplayMember:
        token = partial(staff.demo_token, self.system, role, unit)
        return ReplayMember(over_http(self._client, token, MAX_DECISION_ATTEMPTS))

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
        flags = {"flags": ["praise_daesh"]} if first.daesh else {}
        said = bodies.confirm_body(case, first.category, **flags, **bodies.last_report(case))
        at = first.at + SLOWEST_REVIEW * _between(case_id, "review")
        made = self.analyst.decide_at(at, case_id, "review", said)
        if made == "propose":
            made = self.supervisor.decide_at(at, case_id, "review", said)
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
            accept = {"outcome": "accept", **bodies.last_report(officer.case(case_id))}
            if officer.decide_at(at, case_id, "acknowledgement", accept):
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
                if not officer.decide_at(at, case_id, "admissions", {"reports": named}):
                    raise NotDecided(f"somebody else decided on {case_id}")
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
                if officer.decide_at(at, case_id, "suspects", {}) != "suspect":
                    raise NotDecided(f"no suspect could be entered in {case_id}")
                outcome = left.pop()
                if outcome != "sought":
                    happened = {"happening": outcome}
                    officer.decide_at(at, case_id, f"suspects/{number}/events", happened)
        return len(left)

    def _instruct(self, officer: ReplayMember, case_id: str, at: datetime) -> bool:
        """Enter the prosecutor's decisions; False where the pack names no office: the report came
        from abroad."""
        case = officer.case(case_id)
        competence = case["competence"]
        if not (competence.get("prosecutor") and competence.get("court")):
            return False
        opened = datetime.fromisoformat(case["opened_at"])
        day = self.pack.facts.local_day(opened)
        dated = bodies.from_prosecutor(competence, self.pack, day, f"{sum(case_id.encode())}/2024")
        kinds = ["investigate"]
        if case["status"] == "awaiting_authorisation":
            kinds.insert(0, "authorise")
        for kind in kinds:
            officer.decide_at(at, case_id, "instructions", {"kind": kind, **dated})
        return True

    def figures(self, first: str, last: str) -> Any:
        """The full figures of a window of days."""
        return self.supervisor.read("statistics", **{"from": first, "to": last})


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
