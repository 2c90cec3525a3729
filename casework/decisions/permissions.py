"""Who may see a case and what each role may call: one table, enforced by one function.

| reach | means |
|---|---|
| `ALL` | any case |
| `OWN` | cases that stand with the member's own unit; another unit's case does not exist for them |
| `OFFICE` | a unit's cases whose competent office and court are the member's; no others exist |
| `ENDED` | any case once it has ended: its unit may be gone, and what it owes is not |
| `DESK` | open cases that stand with no unit |
| `UNHELD` | the same, and any case once it has ended |
| `NONE` | refused, whatever the case |

Every reach has only the cases of the member's own realm (`casework.text.realm`): trial people see
no real case, and all others see no trial.

Custodians and admins read no case here: the care of accounts or keys is no reason to read reports.
Auditors read histories, which hold no report.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Final

from casework.case.case import Case
from casework.case.columns import Holding
from casework.case.referral import Seat
from casework.decisions.staff import Role, StaffMember
from casework.errors import CaseNotFound, NotAllowed, Refusal
from casework.text.realm import Realm, realm_of


class Call(StrEnum):
    """The calls of staff."""

    QUEUE = "queue"
    CASE = "case"
    DOSSIER = "dossier"
    PACKAGE = "package"
    """Take the dossier as a signed package: by the unit that has the case, and its prosecutor."""
    HOLD = "hold"
    REVIEW = "review"
    TAKE_OUT = "take_out"
    ACKNOWLEDGEMENT = "acknowledgement"
    INSTRUCTIONS = "instructions"
    INFORMED = "informed"
    """Record that the prosecutor was informed, and got the dossier."""
    RECEIPT = "receipt"
    """Confirm that the dossier came to the own office."""
    DANGER = "danger"
    FREEZES = "freezes"
    """Draft and record the steps of freezes."""
    SUSPECTS = "suspects"
    NOTICE = "notice"
    CLOSURE = "closure"
    CORRECTION = "correction"
    """Of the reason that a case ended for, and of an end that was none."""
    MESSAGES = "messages"
    APART = "apart"
    """Keep two cases apart that look alike."""
    OWNER = "owner"
    """Say which officer of the own unit works on a case, and see who they are."""
    NOTES = "notes"
    """Write a note on a case for colleagues: who reads the case reads it."""
    ADMISSION = "admission"
    """Accept that a joined report belongs to the case: by the holder of the case."""
    ATTENTION = "attention"
    """Say what was done about a case on the duty desk."""
    TAKE = "take"
    """Say that one has a case in which danger may be imminent."""
    TRIES = "tries"
    """Say whom one tried to reach about a case, and with what result."""
    ROSTER = "roster"
    """Take the duty, leave it, and name who comes next."""
    HANDOVER = "handover"
    """Write to the next shift of the duty desk."""
    LOOK = "look"
    """Record that a person looked at the additions to a case that a unit holds, or that ended."""
    IDENTITY_REQUESTS = "identity_requests"
    """Ask for a sealed identity, see requests, open a released identity, and accept or doubt it."""
    IDENTITY_DECISION = "identity_decision"
    """Decide on requests of others, as far as the pack's rule lets the role."""
    NUMBER = "number"
    """Open the number of a reporter who must be reached now."""
    OPENINGS = "openings"
    """See the openings of numbers that nobody has judged yet."""
    OPENING_REVIEW = "opening_review"
    """Judge an opening of another person."""
    BREAK_HOLD = "break_hold"
    FILES = "files"
    """Open a file that a reporter sent, with a motive."""
    FILE_ADMISSION = "file_admission"
    """Admit or refuse that another person opens a file, where two people open it, and see who
    asked."""
    GLANCE = "glance"
    """Glance at new reports, and say in a word how urgent each is."""
    SAMPLE = "sample"
    """Read a closed review again, blind, where a colleague decided."""
    DUTY = "duty"
    BOARD = "board"
    """See what waits, what is late and who has how much, and any unit's list."""
    RETENTION = "retention"
    RETRY = "retry"
    REASSIGN = "reassign"
    HISTORY = "history"
    STAFF = "staff"
    ME = "me"
    """Read the own account, settings and decisions."""
    FIND = "find"
    """Find cases by what somebody says or shows."""
    STATISTICS = "statistics"


class Reach(StrEnum):
    """How far a role's permission goes."""

    ALL = "all"
    OWN = "own"
    ENDED = "ended"
    OFFICE = "office"
    DESK = "desk"
    UNHELD = "unheld"
    NONE = "none"


NOTHING_BUT_ONESELF: Final = {**dict.fromkeys(Call, Reach.NONE), Call.ME: Reach.ALL}

MAY: Final[Mapping[Role, Mapping[Call, Reach]]] = {
    Role.ANALYST: {
        **NOTHING_BUT_ONESELF,
        Call.QUEUE: Reach.ALL,
        Call.FIND: Reach.ALL,
        Call.CASE: Reach.ALL,
        Call.DOSSIER: Reach.ALL,
        Call.HOLD: Reach.ALL,
        Call.REVIEW: Reach.ALL,
        Call.FREEZES: Reach.ALL,
        Call.MESSAGES: Reach.DESK,
        Call.NOTES: Reach.ALL,
        Call.APART: Reach.ALL,
        Call.ADMISSION: Reach.DESK,
        Call.TAKE_OUT: Reach.DESK,
        Call.LOOK: Reach.UNHELD,
        Call.FILES: Reach.DESK,
        Call.FILE_ADMISSION: Reach.DESK,
        Call.GLANCE: Reach.ALL,
        Call.SAMPLE: Reach.ALL,
        Call.DUTY: Reach.ALL,
        Call.ATTENTION: Reach.ALL,
        Call.TAKE: Reach.ALL,
        Call.TRIES: Reach.ALL,
        Call.ROSTER: Reach.ALL,
        Call.NUMBER: Reach.ALL,
        Call.HANDOVER: Reach.ALL,
        Call.RETRY: Reach.ALL,
        Call.STATISTICS: Reach.ALL,
    },
    Role.OFFICER: {
        **NOTHING_BUT_ONESELF,
        Call.QUEUE: Reach.OWN,
        Call.FIND: Reach.OWN,
        Call.CASE: Reach.OWN,
        Call.DOSSIER: Reach.OWN,
        Call.PACKAGE: Reach.OWN,
        Call.HOLD: Reach.OWN,
        Call.ACKNOWLEDGEMENT: Reach.OWN,
        Call.INSTRUCTIONS: Reach.OWN,
        Call.INFORMED: Reach.OWN,
        Call.DANGER: Reach.OWN,
        Call.FREEZES: Reach.OWN,
        Call.SUSPECTS: Reach.OWN,
        Call.NOTICE: Reach.OWN,
        Call.CLOSURE: Reach.OWN,
        Call.CORRECTION: Reach.OWN,
        Call.MESSAGES: Reach.OWN,
        Call.NOTES: Reach.OWN,
        Call.OWNER: Reach.OWN,
        Call.TAKE: Reach.OWN,
        Call.TRIES: Reach.OWN,
        Call.NUMBER: Reach.OWN,
        Call.ADMISSION: Reach.OWN,
        Call.TAKE_OUT: Reach.OWN,
        Call.LOOK: Reach.OWN,
        Call.FILES: Reach.OWN,
        Call.FILE_ADMISSION: Reach.OWN,
        Call.IDENTITY_REQUESTS: Reach.OWN,
        Call.IDENTITY_DECISION: Reach.OWN,
    },
    Role.SUPERVISOR: {
        **NOTHING_BUT_ONESELF,
        Call.QUEUE: Reach.ALL,
        Call.FIND: Reach.ALL,
        Call.CASE: Reach.ALL,
        Call.DOSSIER: Reach.ALL,
        Call.HOLD: Reach.ALL,
        Call.BREAK_HOLD: Reach.ALL,
        Call.REVIEW: Reach.ALL,
        Call.FREEZES: Reach.ALL,
        Call.MESSAGES: Reach.ALL,
        Call.NOTES: Reach.ALL,
        Call.APART: Reach.ALL,
        Call.ADMISSION: Reach.UNHELD,
        Call.TAKE_OUT: Reach.UNHELD,
        Call.LOOK: Reach.UNHELD,
        Call.FILES: Reach.UNHELD,
        Call.FILE_ADMISSION: Reach.ALL,
        Call.IDENTITY_DECISION: Reach.ALL,
        Call.GLANCE: Reach.ALL,
        Call.SAMPLE: Reach.ALL,
        Call.DUTY: Reach.ALL,
        Call.ATTENTION: Reach.ALL,
        Call.TAKE: Reach.ALL,
        Call.TRIES: Reach.ALL,
        Call.ROSTER: Reach.ALL,
        Call.NUMBER: Reach.ALL,
        Call.HANDOVER: Reach.ALL,
        Call.SUSPECTS: Reach.ENDED,
        Call.CORRECTION: Reach.ENDED,
        Call.NOTICE: Reach.ALL,
        Call.BOARD: Reach.ALL,
        Call.OPENINGS: Reach.ALL,
        Call.RETENTION: Reach.ALL,
        Call.RETRY: Reach.ALL,
        Call.REASSIGN: Reach.ALL,
        Call.STATISTICS: Reach.ALL,
    },
    Role.CUSTODIAN: {
        **NOTHING_BUT_ONESELF,
        Call.IDENTITY_DECISION: Reach.ALL,
        Call.OPENINGS: Reach.ALL,
        Call.OPENING_REVIEW: Reach.ALL,
    },
    Role.AUDITOR: {
        **NOTHING_BUT_ONESELF,
        Call.OPENINGS: Reach.ALL,
        Call.OPENING_REVIEW: Reach.ALL,
        Call.HISTORY: Reach.ALL,
        Call.STAFF: Reach.ALL,
        Call.STATISTICS: Reach.ALL,
    },
    Role.ADMIN: {**NOTHING_BUT_ONESELF, Call.STAFF: Reach.ALL},
    Role.PROSECUTOR: {
        **NOTHING_BUT_ONESELF,
        Call.QUEUE: Reach.OFFICE,
        Call.CASE: Reach.OFFICE,
        Call.DOSSIER: Reach.OFFICE,
        Call.PACKAGE: Reach.OFFICE,
        Call.INSTRUCTIONS: Reach.OFFICE,
        Call.RECEIPT: Reach.OFFICE,
        Call.CLOSURE: Reach.OFFICE,
        Call.OPENINGS: Reach.OFFICE,
    },
}
"""The permission table. An analyst's review excludes what `permit` keeps for supervisors."""

OfficesOf = Callable[[Case], Collection[Seat]]
"""The offices that are competent for a case: `casework.pack.competence_view.offices_of`."""


def no_offices(_: Case) -> Collection[Seat]:
    """None is known: no case is within the reach of an office."""
    return ()


def holder(case: Case) -> str | None:
    """The unit of a case; None when it stands with the desk or with no unit.

    A case that a unit closed stays its own: a notice may still be owed, or an auditor may need its
    history. So does a case that was joined to another, while it has suspects or freezes, or owes a
    notice.
    """
    if case.referral is None:
        return None
    match case.status.law.unit:
        case None:
            return None
        case Holding.OWED if not (case.suspects or case.notice or case.freezes):
            return None
        case _:
            return case.referral.unit


def owner_of(case: Case) -> str | None:
    """The officer who works on a case in the unit that holds it now; None without one."""
    if case.owner is None or not case.status.law.unit or case.owner.unit != holder(case):
        return None
    return case.owner.subject


def permit(
    member: StaffMember,
    call: Call,
    case: Case | None = None,
    offices: OfficesOf = no_offices,
) -> None:
    """Let the member make the call, on `case` if it is about one.

    Raises NotAllowed, or CaseNotFound for the case of another unit or office, to hide that it
    exists.
    """
    if not member.active:
        raise NotAllowed("This staff account is not active.")
    reach = MAY[member.role][call]
    if reach is Reach.NONE:
        raise NotAllowed(f"The role {member.role} does not include this call.")
    if reach is Reach.OWN and member.unit is None:
        raise NotAllowed("This staff account belongs to no unit.")
    if reach is Reach.OFFICE and member.seat is None:
        raise NotAllowed("This staff account belongs to no prosecutor's office.")
    if call is Call.STATISTICS and member.realm is Realm.TRIAL:
        raise NotAllowed("Trials are counted nowhere: there are no figures of them.")
    if case is None:
        return
    _within(member, reach, case, offices)
    if reach is Reach.OWN and call is Call.CORRECTION and case.closed and case.closed.at_review:
        raise NotAllowed("The case was ended at review: a supervisor corrects that.")
    if call is Call.REVIEW and case.supervision and member.role is not Role.SUPERVISOR:
        raise NotAllowed("Units contest this case: a supervisor reviews it.")
    if call is Call.ADMISSION and reach is Reach.OWN and case.status.law.ended:
        raise NotAllowed("Once the case has ended this is for a supervisor.")


def _within(member: StaffMember, reach: Reach, case: Case, offices: OfficesOf) -> None:
    """Let the case be within the member's reach; raises as `permit` does."""
    ended, held = case.status.law.ended, holder(case) is not None
    if realm_of(case.id) is not member.realm:
        raise CaseNotFound("There is no such case.")
    if reach is Reach.OWN and holder(case) != member.unit:
        raise CaseNotFound("There is no such case.")
    if reach is Reach.OFFICE and not (held and member.seat in offices(case)):
        raise CaseNotFound("There is no such case.")
    if reach is Reach.ENDED and not ended:
        raise NotAllowed("Until the case has ended this is for the unit it stands with.")
    if reach is Reach.DESK and (ended or held):
        raise NotAllowed("This is for the unit that holds the case.")
    if reach is Reach.UNHELD and held and not ended:
        raise NotAllowed("While a unit holds the case this is for the unit.")


def knows_of_all(member: StaffMember) -> bool:
    """Whether cases that stand with other units exist for the member."""
    return MAY[member.role][Call.CASE] is Reach.ALL


def knows_of(member: StaffMember, case: Case, offices: OfficesOf) -> bool:
    """Whether the case exists for the member."""
    return permitted(member, Call.CASE, case, offices)


def permitted(member: StaffMember, call: Call, case: Case, offices: OfficesOf) -> bool:
    """Whether `permit` lets the member make the call on the case."""
    try:
        permit(member, call, case, offices)
    except Refusal:
        return False
    return True
