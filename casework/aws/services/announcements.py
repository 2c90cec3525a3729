"""Notifications: who is told of a case, and of what. They hold references, never content.

| kind | who is told | when |
|---|---|---|
| `case.referred` | the unit | a case is referred to it |
| `case.addition` | the unit, or the duty desk where no unit had the case | more came into a case |
| `case.recalled` | the unit that ended a case | a new report is about the same facts |
| `case.withdrawal` | supervisors | a reporter asks to withdraw, and no unit has the case |
| `case.alert` | the duty desk | a report or an addition tells of danger, and how it is known |
| `case.late` | supervisors | a deadline passed |
| `case.stuck` | the duty desk | a workflow cannot go on without a person |
| `case.unreadable` | the duty desk | no machine can read a report or an addition |
| `case.news` | reporters, by `functions/notify/reporters.py` | their case has news |
| `day.sealed` | witnesses outside | the histories of a day were sealed |

The steps of the workflow publish the first, linking and the reader of the stream what new reports
and additions cause, the sweeper and the reconciler what time causes.

Bodies are CloudEvents 1.0 in JSON; subscriptions filter by attributes. The id is made from the case
and the event, so a repeated notification has the same id and a receiver can ignore it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.aws.services.clients import client
from casework.case.case import Case
from casework.case.danger import DangerKind
from casework.case.lifecycle import Status
from casework.case.parts import Due
from casework.case.sealed_day import Seal
from casework.case.times import stamp
from casework.text.realm import TRIAL, heard_by

DUTY = "duty"
SUPERVISION = "supervision"
DESKS = (DUTY, SUPERVISION, TRIAL)
"""Receivers that are no unit of the pack. Only deployers hear of trials."""
REPORTERS = "reporters"
WITNESSES = "witnesses"
"""Receivers outside the account that a deployment names: they hear of days, and of no case."""
SOURCE = "/casework"


def queue_of(stage: str, receiver: str) -> str:
    """The name of the queue of a unit, of the duty desk, or of the supervisors."""
    return f"{stage}-{receiver if receiver in DESKS else f'unit-{receiver}'}"


@dataclass(frozen=True)
class Announcement:
    """One notification: its event, its case and its receiver."""

    kind: str
    """The first column of the table above."""
    id: str
    to: str
    """The receiver: a unit's id, `duty`, `supervision` or `reporters`."""
    case: Case
    news: str | None = None
    """The entry of the history, for reporters."""
    only: tuple[str, ...] = ()
    """The marks of its reports; none for the whole case."""
    unadmitted: bool = False
    """Whether it comes from a report that was not admitted to the case."""
    danger: DangerKind | None = None
    """How the danger is known of which it tells."""
    link: str = ""
    """Where an officer opens the case; empty where the address of the desk is not known."""

    @property
    def heard_as(self) -> str:
        """The key under which repetitions are limited; notifications that strangers cause have
        their own."""
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
                **({"danger": self.danger.value} if self.danger else {}),
                **({"news": self.news} if self.news else {}),
                **({"only": list(self.only)} if self.only else {}),
                **({"unadmitted": True} if self.unadmitted else {}),
                **({"link": self.link} if self.link else {}),
            },
        }

    def attributes(self) -> dict[str, Any]:
        """The attributes for subscription filters."""
        values = {
            "type": self.kind,
            "unit": heard_by(self.case.id, self.to),  # no real receiver hears of a trial
            "priority": self.case.priority.value,
            "language": self.case.language,
        }
        return {
            name: {"DataType": "String", "StringValue": value} for name, value in values.items()
        }


def referred(case: Case, desk: str = "") -> Announcement:
    """Notify the unit that a case is referred to it, with a link to the case if the address of the
    desk is known. Who follows the link signs in first."""
    hop = case.referral.hop if case.referral else 0
    unit = case.referral.unit if case.referral else DUTY
    link = f"{desk}?case={case.id}" if desk else ""
    return Announcement("case.referred", f"{case.id}-{hop}-referred", unit, case, link=link)


def added(case: Case, what: str, *, admitted: bool) -> Announcement:
    """Notify the unit of another report, of those of another case, or of an addition to a case that
    it holds or ended; the duty desk where no unit had it. `what` names the other case, or the
    minute of the first of several events. `admitted` says whether the report belongs to the
    case."""
    at_review = case.status is Status.CLOSED and case.ended_by is None
    unit = case.referral.unit if case.referral and not at_review else DUTY
    name = f"{case.id}-addition-{mark_of(what)}" + ("" if admitted else "-unadmitted")
    return Announcement("case.addition", name, unit, case, unadmitted=not admitted)


def recalled(case: Case, unit: str, event: int) -> Announcement:
    """Notify the unit that ended a case of a new report on what the case held, by the number of its
    entry. The unit may not know the other case."""
    return Announcement("case.recalled", f"{case.id}-{event}-recalled", unit, case)


def withdrawn(case: Case, *, admitted: bool) -> Announcement:
    """Notify the supervisors, once, that a reporter of a case without a unit asks to withdraw.

    Unadmitted reports are notified separately, so a stranger's withdrawal hides no victim's.
    """
    name = f"{case.id}-withdrawal" if admitted else f"{case.id}-withdrawal-unadmitted"
    return Announcement("case.withdrawal", name, SUPERVISION, case, unadmitted=not admitted)


def mark_of(reference: str) -> str:
    """A name for a report that opens nothing: references stay out of notifications."""
    return hashlib.sha256(reference.encode()).hexdigest()[:16]


def news(case: Case, name: str, reports: Sequence[str] = ()) -> Announcement:
    """Notify the reporters of a case, or of some reports, that there is news."""
    only = tuple(map(mark_of, reports))
    return Announcement("case.news", f"{name}-news", REPORTERS, case, name, only)


def alerted(case: Case) -> Announcement:
    """Alert the duty desk of imminent danger."""
    return _alert(f"{case.id}-alert", case)


def endangered(case: Case, minute: str) -> Announcement:
    """Alert the duty desk of danger that came into a case within a minute.

    The id is the same for that minute, until people decide on the case.
    """
    return _alert(f"{case.id}-alert-{case.version}-{minute}", case)


def _alert(name: str, case: Case) -> Announcement:
    told = case.told_danger
    return Announcement("case.alert", name, DUTY, case, danger=told.kind if told else None)


def late(case: Case) -> Announcement:
    """Notify the supervisors that no person acted in time: once per level of each wait."""
    level = case.wait.level if case.wait else 0
    return Announcement(
        "case.late",
        f"{case.id}-{case.status.value}-{case.moved_at}-late-{level}",
        SUPERVISION,
        case,
    )


def overdue(case: Case, kind: Due, due: str) -> Announcement:
    """Notify the supervisors that this deadline outside the workflow passed."""
    return Announcement("case.late", f"{case.id}-{kind.value}-{due}-late", SUPERVISION, case)


def stuck(case: Case) -> Announcement:
    """Notify the duty desk that a case needs a person to continue."""
    return Announcement("case.stuck", f"{case.id}-stuck-{case.run}", DUTY, case)


def unreadable(case: Case, what: str = "") -> Announcement:
    """Notify the duty desk that no machine could read the case's report, or an addition; `what`
    names its minute."""
    name = f"{case.id}-unreadable" + (f"-{mark_of(what)}" if what else "")
    return Announcement("case.unreadable", name, DUTY, case)


def publish_seal(topic: str, seal: Seal, checkpoint: bytes, at: datetime) -> None:
    """Send the witnesses the digest of a day's seal, which the next seal names, and the signed
    checkpoint of the log of days, and nothing else: also not the number of cases. The checkpoint is
    empty where the log was refused. Repeating it sends the same id again."""
    said = seal.statement
    event = {
        "specversion": "1.0",
        "id": f"seal-{said.day}",
        "source": SOURCE,
        "type": "org.e-iblagh.day.sealed.v1",
        "subject": said.day,
        "time": stamp(at),
        "datacontenttype": "application/json",
        "data": {
            "day": said.day,
            "digest": said.digest.hex(),
            "previous": said.previous,
            "checkpoint": checkpoint.decode(),
        },
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
