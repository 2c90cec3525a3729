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

from casework.aws.services.clients import aws_client
from casework.case.case import Case
from casework.case.danger import DangerKind
from casework.case.day_seal import DaySeal
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind
from casework.text.realm import TRIAL_RECEIVER, realm_receiver

DUTY_RECEIVER = "duty"
SUPERVISION_RECEIVER = "supervision"
OPERATOR_RECEIVERS = (DUTY_RECEIVER, SUPERVISION_RECEIVER, TRIAL_RECEIVER)
"""Receivers that are no unit of the pack. Only deployers hear of trials."""
REPORTERS_RECEIVER = "reporters"
WITNESSES_RECEIVER = "witnesses"
"""Receivers outside the account that a deployment names: they hear of days, and of no case."""
NOTIFICATION_SOURCE = "/casework"


def queue_name(stage: str, receiver: str) -> str:
    """The name of the queue of a unit, of the duty desk, or of the supervisors."""
    return f"{stage}-{receiver if receiver in OPERATOR_RECEIVERS else f'unit-{receiver}'}"


@dataclass(frozen=True)
class Notification:
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
    def throttle_key(self) -> str:
        """The key under which repetitions are limited; notifications that strangers cause have
        their own."""
        return f"{self.kind}.unadmitted" if self.unadmitted else self.kind

    def to_cloud_event(self, at: datetime) -> dict[str, Any]:
        """The CloudEvent."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": NOTIFICATION_SOURCE,
            "type": f"org.e-iblagh.{self.kind}.v1",
            "subject": self.case.id,
            "time": format_timestamp(at),
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

    def filter_attributes(self) -> dict[str, Any]:
        """The attributes for subscription filters."""
        values = {
            "type": self.kind,
            "unit": realm_receiver(self.case.id, self.to),  # no real receiver hears of a trial
            "priority": self.case.priority.value,
            "language": self.case.language,
        }
        return {
            name: {"DataType": "String", "StringValue": value} for name, value in values.items()
        }


def case_referred(case: Case, desk: str = "") -> Notification:
    """Notify the unit that a case is referred to it, with a link to the case if the address of the
    desk is known. Who follows the link signs in first."""
    hop = case.referral.hop if case.referral else 0
    unit = case.referral.unit if case.referral else DUTY_RECEIVER
    link = f"{desk}?case={case.id}" if desk else ""
    return Notification("case.referred", f"{case.id}-{hop}-referred", unit, case, link=link)


def case_extended(case: Case, what: str, *, admitted: bool) -> Notification:
    """Notify the unit of another report, of those of another case, or of an addition to a case that
    it holds or ended; the duty desk where no unit had it. `what` names the other case, or the
    minute of the first of several events. `admitted` says whether the report belongs to the
    case."""
    at_review = case.status is Status.CLOSED and case.final_unit is None
    unit = case.referral.unit if case.referral and not at_review else DUTY_RECEIVER
    name = f"{case.id}-addition-{anonymous_report_id(what)}" + ("" if admitted else "-unadmitted")
    return Notification("case.addition", name, unit, case, unadmitted=not admitted)


def ended_case_matched(case: Case, unit: str, event: int) -> Notification:
    """Notify the unit that ended a case of a new report on what the case held, by the number of its
    entry. The unit may not know the other case."""
    return Notification("case.recalled", f"{case.id}-{event}-recalled", unit, case)


def withdrawal_requested(case: Case, *, admitted: bool) -> Notification:
    """Notify the supervisors, once, that a reporter of a case without a unit asks to withdraw.

    Unadmitted reports are notified separately, so a stranger's withdrawal hides no victim's.
    """
    name = f"{case.id}-withdrawal" if admitted else f"{case.id}-withdrawal-unadmitted"
    return Notification(
        "case.withdrawal", name, SUPERVISION_RECEIVER, case, unadmitted=not admitted
    )


def anonymous_report_id(reference: str) -> str:
    """A name for a report that opens nothing: references stay out of notifications."""
    return hashlib.sha256(reference.encode()).hexdigest()[:16]


def reporter_update(case: Case, name: str, reports: Sequence[str] = ()) -> Notification:
    """Notify the reporters of a case, or of some reports, that there is news."""
    only = tuple(map(anonymous_report_id, reports))
    return Notification("case.news", f"{name}-news", REPORTERS_RECEIVER, case, name, only)


def danger_alert(case: Case) -> Notification:
    """Alert the duty desk of imminent danger."""
    return _alert(f"{case.id}-alert", case)


def danger_added(case: Case, minute: str) -> Notification:
    """Alert the duty desk of danger that came into a case within a minute.

    The id is the same for that minute, until people decide on the case.
    """
    return _alert(f"{case.id}-alert-{case.version}-{minute}", case)


def _alert(name: str, case: Case) -> Notification:
    told = case.danger_source
    return Notification("case.alert", name, DUTY_RECEIVER, case, danger=told.kind if told else None)


def review_overdue(case: Case) -> Notification:
    """Notify the supervisors that no person acted in time: once per level of each wait."""
    level = case.wait.level if case.wait else 0
    return Notification(
        "case.late",
        f"{case.id}-{case.status.value}-{case.moved_at}-late-{level}",
        SUPERVISION_RECEIVER,
        case,
    )


def deadline_missed(case: Case, kind: DeadlineKind, due: str) -> Notification:
    """Notify the supervisors that this deadline outside the workflow passed."""
    return Notification(
        "case.late", f"{case.id}-{kind.value}-{due}-late", SUPERVISION_RECEIVER, case
    )


def case_stuck(case: Case) -> Notification:
    """Notify the duty desk that a case needs a person to continue."""
    return Notification("case.stuck", f"{case.id}-stuck-{case.run}", DUTY_RECEIVER, case)


def report_unreadable(case: Case, what: str = "") -> Notification:
    """Notify the duty desk that no machine could read the case's report, or an addition; `what`
    names its minute."""
    name = f"{case.id}-unreadable" + (f"-{anonymous_report_id(what)}" if what else "")
    return Notification("case.unreadable", name, DUTY_RECEIVER, case)


def publish_checkpoint(topic: str, seal: DaySeal, checkpoint: bytes, at: datetime) -> None:
    """Send the witnesses the digest of a day's seal, which the next seal names, and the signed
    checkpoint of the log of days, and nothing else: also not the number of cases. The checkpoint is
    empty where the log was refused. Repeating it sends the same id again."""
    statement = seal.statement
    event = {
        "specversion": "1.0",
        "id": f"seal-{statement.day}",
        "source": NOTIFICATION_SOURCE,
        "type": "org.e-iblagh.day.sealed.v1",
        "subject": statement.day,
        "time": format_timestamp(at),
        "datacontenttype": "application/json",
        "data": {
            "day": statement.day,
            "digest": statement.digest.hex(),
            "previous": statement.previous,
            "checkpoint": checkpoint.decode(),
        },
    }
    attributes = {"type": "day.sealed", "unit": WITNESSES_RECEIVER}
    aws_client("sns").publish(
        TopicArn=topic,
        Message=json.dumps(event, separators=(",", ":")),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )


def publish_notification(topic: str, announcement: Notification, at: datetime) -> None:
    """Publish once; repeating it sends the same id again."""
    aws_client("sns").publish(
        TopicArn=topic,
        Message=json.dumps(
            announcement.to_cloud_event(at), ensure_ascii=False, separators=(",", ":")
        ),
        MessageAttributes=announcement.filter_attributes(),
    )
