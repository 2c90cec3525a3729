"""What POST …/number shows: the telephone number of a reporter who must be reached now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from casework.aws.services import telemetry
from casework.aws.table import items, keys, number_opening_table
from casework.aws.table.case_table import CaseTable, CaseTransaction
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.decisions.numbers import (
    MAX_UNJUDGED_OPENINGS,
    NUMBER_SHOWN_TIME,
    NumberOpening,
    NumberWish,
    number_opening_from_event,
    open_reporter_number,
    quarter_hour,
    require_number_access,
)
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import StaffMember
from casework.errors import Finding, NotValid, NumberNotOpened
from casework.report.disclosure import SafeWay
from casework.text import reference as references
from functions.custody.boxes import read_box_content


class OpenedNumber(BaseModel):
    """A number to call now. Whoever calls names neither the police nor the report before it is
    clear that the reporter speaks, and leaves no voicemail. Keep it out of every other system."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case: str
    report: str
    phone: str
    safe: SafeWay | None = None
    """What the reporter allowed at it; left out for the number of a contact, of which nobody asked
    what is safe."""
    until: str
    """Until when it may be shown."""
    unjudged: int
    """How many openings of yours no custodian has judged yet, this one included."""
    alerted: bool
    """Whether supervisors were alerted that these are many. It delays nothing."""


@dataclass(frozen=True)
class ReporterCaller:
    """Who must reach a reporter, and when they said so."""

    member: StaffMember
    at: datetime
    key: str
    """The ARN of the key that opens."""


def show_number(
    table: CaseTable, by: ReporterCaller, case_id: str, asked: NumberWish
) -> OpenedNumber:
    """Save the event that the caller is shown a number, then open the box that holds it."""
    wish, member = _named(asked), by.member
    own = [
        each
        for each in number_opening_table.list_unjudged_number_openings(table.name, member.realm)
        if each.by == member.subject and not each.unclear
    ]

    def change(case: Case) -> CaseTransaction[int]:
        require_permission(member, StaffCall.NUMBER, case)
        item = _report(table.name, case.id, wish.report)
        safe = SafeWay(item["callable"]) if "call_now_box" in item else None
        require_number_access(case, member, wish, safe, _ways(item))
        move = open_reporter_number(
            case, by.at, member.subject, wish, before=_still_shown(own, case, wish, by.at)
        )
        new = number_opening_from_event(case.id, move.event) if move.event else None
        lines = (
            [items.put_write(table.name, number_opening_table.number_opening_to_line(new))]
            if new
            else []
        )
        told = number_opening_table.number_opened_update_write(
            table.name, wish.report, quarter_hour(by.at)
        )
        return CaseTransaction(move, len(own) + len(lines), [*lines, told])

    unjudged = table.transact(case_id, change).decided.result
    telemetry.log_info("number opened", case_id=case_id, count=unjudged)
    return OpenedNumber(
        case=case_id,
        report=wish.report,
        until=format_timestamp(by.at + NUMBER_SHOWN_TIME),
        unjudged=unjudged,
        alerted=unjudged > MAX_UNJUDGED_OPENINGS,
        **_number(table.name, wish, by.key),
    )


def _named(asked: NumberWish) -> NumberWish:
    """The same with its report in canonical writing; raises NotValid."""
    try:
        return asked.model_copy(update={"report": references.parse_reference(asked.report)})
    except references.NotAReference:
        raise _unknown() from None


def _report(table: str, case_id: str, reference: str) -> Mapping[str, Any]:
    """The item of a report of the case; raises NotValid for another case's or an erased one."""
    item = items.get_item(table, keys.report_key(reference))
    if item is None or item.get("case_id") != case_id or "facts" not in item:
        raise _unknown()
    return item


def _unknown() -> NotValid:
    finding = Finding("#/report", "report.unknown", "The case has no such report.")
    return NotValid("Some fields cannot be accepted.", findings=[finding])


def _ways(item: Mapping[str, Any]) -> Sequence[str]:
    """The kinds of the contact in the identity box. A report of an earlier release does not say
    them: there its number is looked for."""
    if "identity_box" not in item:
        return ()
    return tuple(item.get("reached_by", ("phone",)))


def _still_shown(
    own: Sequence[NumberOpening], case: Case, wish: NumberWish, at: datetime
) -> NumberOpening | None:
    """The opening of the same person for the same report whose number may still be shown."""
    if wish.ground is None:
        return None
    same = (each for each in own if (each.case, each.report) == (case.id, wish.report))
    return next((each for each in same if each.is_available(at)), None)


def _number(table: str, wish: NumberWish, key: str) -> dict[str, Any]:
    """The number alone: nothing else that stands in a box is passed on."""
    if wish.ground is None:
        said = read_box_content(table, wish.report, "call_now", key) or {}
        told = {"phone": said.get("phone"), "safe": said.get("safe")}
    else:
        said = read_box_content(table, wish.report, "identity", key) or {}
        told = {"phone": said.get("contact", {}).get("phone")}
    if told["phone"] is None:
        raise NumberNotOpened("The reporter left no number. Write a message instead.")
    return told
