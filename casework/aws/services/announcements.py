"""Notifications: references, never content.

Bodies are CloudEvents 1.0 in JSON; attributes carry what subscriptions filter by. The id is made
from the case and what happened, so that a repeated notification has the same id and a receiver
can drop it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.aws.services.clients import client
from casework.case.case import Case, Due, stamp
from casework.case.lifecycle import Status
from casework.case.sealed_day import Seal
from casework.text.realm import heard_by

DUTY = "duty"
SUPERVISION = "supervision"
REPORTERS = "reporters"
WITNESSES = "witnesses"
"""Whoever a deployment names outside of its account: they hear of days, and of no case."""
SOURCE = "/casework"


@dataclass(frozen=True)
class Announcement:
    """One notification: what happened to which case, and who is told."""

    kind: str
    """`case.referred`, `case.addition`, `case.recalled`, `case.withdrawal`, `case.alert`,
    `case.late`, `case.stuck`, `case.news` or `case.unreadable`."""
    id: str
    to: str
    """Whom it is for: a unit's id, `duty`, `supervision` or `reporters`."""
    case: Case
    news: str | None = None
    """Which entry of the history it is, for reporters."""
    only: tuple[str, ...] = ()
    """The marks of the reports it is for; none for all of the case."""
    unadmitted: bool = False
    """Whether it comes from a report that nobody has admitted to the case."""

    @property
    def heard_as(self) -> str:
        """What one notification stands for: what strangers bring about stands for nothing else."""
        return f"{self.kind}.unadmitted" if self.unadmitted else self.kind

    def event(self, at: datetime) -> dict[str, Any]:
        """The CloudEvent."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": SOURCE,
            "type": f"org.e-iblagh.{self.kind}.v1",
            "subject": self.case.id,
            "time": stamp(at),
            "datacontenttype": "application/json",
            "correlationid": self.case.correlation_id,
            "data": {
                "case": self.case.id,
                "unit": self.to,
                "priority": self.case.priority.value,
                "status": self.case.status.value,
                "hop": self.case.referral.hop if self.case.referral else 0,
                **({"news": self.news} if self.news else {}),
                **({"only": list(self.only)} if self.only else {}),
                **({"unadmitted": True} if self.unadmitted else {}),
            },
        }

    def attributes(self) -> dict[str, Any]:
        """What subscriptions filter by."""
        values = {
            "type": self.kind,
            "unit": heard_by(self.case.id, self.to),  # of a trial nobody real hears
            "priority": self.case.priority.value,
            "language": self.case.language,
        }
        return {
            name: {"DataType": "String", "StringValue": value} for name, value in values.items()
        }


def referred(case: Case) -> Announcement:
    """Tell the unit that a case is referred to it."""
    hop = case.referral.hop if case.referral else 0
    unit = case.referral.unit if case.referral else DUTY
    return Announcement("case.referred", f"{case.id}-{hop}-referred", unit, case)


def added(case: Case, what: str, *, admitted: bool) -> Announcement:
    """Tell the unit that another report, those of another case, or an addition came to a case it
    holds or ended; the duty desk where no unit did. `what` names it: the other case, or the minute
    in which what came first of several did. `admitted` says whether it is of a report that belongs
    to the case."""
    at_review = case.status is Status.CLOSED and case.ended_by is None
    unit = case.referral.unit if case.referral and not at_review else DUTY
    name = f"{case.id}-addition-{mark_of(what)}" + ("" if admitted else "-unadmitted")
    return Announcement("case.addition", name, unit, case, unadmitted=not admitted)


def recalled(case: Case, unit: str, event: int) -> Announcement:
    """Tell the unit that ended a case that a report came on what it held, by the number of the
    entry that says so: which case the report is in now is not the unit's to know."""
    return Announcement("case.recalled", f"{case.id}-{event}-recalled", unit, case)


def withdrawn(case: Case, *, admitted: bool) -> Announcement:
    """Tell the supervisors that a reporter of a case that no unit has asks to withdraw: once.

    Once more of those whose reports nobody admitted: no stranger's withdrawal hides a victim's.
    """
    name = f"{case.id}-withdrawal" if admitted else f"{case.id}-withdrawal-unadmitted"
    return Announcement("case.withdrawal", name, SUPERVISION, case, unadmitted=not admitted)


def mark_of(reference: str) -> str:
    """A name for a report that opens nothing: references stay out of notifications."""
    return hashlib.sha256(reference.encode()).hexdigest()[:16]


def news(case: Case, name: str, reports: Sequence[str] = ()) -> Announcement:
    """Have the reporters of a case told that there is news, or those of some reports."""
    only = tuple(map(mark_of, reports))
    return Announcement("case.news", f"{name}-news", REPORTERS, case, name, only)


def alerted(case: Case) -> Announcement:
    """Tell the duty desk that danger is imminent."""
    return Announcement("case.alert", f"{case.id}-alert", DUTY, case)


def endangered(case: Case, minute: str) -> Announcement:
    """Tell the duty desk that what came into a case in a minute tells of danger.

    The id is the same for all of that minute, until people decide on the case.
    """
    return Announcement("case.alert", f"{case.id}-alert-{case.version}-{minute}", DUTY, case)


def late(case: Case) -> Announcement:
    """Tell the supervisors that nobody acted in time: once per level of each time it waits."""
    level = case.wait.level if case.wait else 0
    return Announcement(
        "case.late",
        f"{case.id}-{case.status.value}-{case.moved_at}-late-{level}",
        SUPERVISION,
        case,
    )


def overdue(case: Case, kind: Due, due: str) -> Announcement:
    """Tell the supervisors that a deadline outside the workflow passed: the one of this time."""
    return Announcement("case.late", f"{case.id}-{kind.value}-{due}-late", SUPERVISION, case)


def stuck(case: Case) -> Announcement:
    """Tell the duty desk that a case needs a person to go on."""
    return Announcement("case.stuck", f"{case.id}-stuck-{case.run}", DUTY, case)


def unreadable(case: Case, what: str = "") -> Announcement:
    """Tell the duty desk that no machine could read the case's report, or what was added; `what`
    names the minute in which that came."""
    name = f"{case.id}-unreadable" + (f"-{mark_of(what)}" if what else "")
    return Announcement("case.unreadable", name, DUTY, case)


def publish_seal(topic: str, seal: Seal, at: datetime) -> None:
    """Tell the witnesses of a day's seal: its digest, which the next seal names, and no more. How
    many cases grew is not told. Repeating it sends the same id again."""
    said = seal.statement
    event = {
        "specversion": "1.0",
        "id": f"seal-{said.day}",
        "source": SOURCE,
        "type": "org.e-iblagh.day.sealed.v1",
        "subject": said.day,
        "time": stamp(at),
        "datacontenttype": "application/json",
        "data": {"day": said.day, "digest": said.digest.hex(), "previous": said.previous},
    }
    attributes = {"type": "day.sealed", "unit": WITNESSES}
    client("sns").publish(
        TopicArn=topic,
        Message=json.dumps(event, separators=(",", ":")),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )


def publish(topic: str, announcement: Announcement, at: datetime) -> None:
    """Publish once; repeating it sends the same id again."""
    client("sns").publish(
        TopicArn=topic,
        Message=json.dumps(announcement.event(at), ensure_ascii=False, separators=(",", ":")),
        MessageAttributes=announcement.attributes(),
    )
