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
from casework.case.referral import OfficeSeat
from casework.case.rule_types import UnitRelation
from casework.decisions.closed_reasons import ClosedReason
from casework.decisions.staff import Role, StaffMember
from casework.errors import CaseNotFound, NotAllowed, Refusal
from casework.text.realm import Realm, realm_from_name


class StaffCall(StrEnum):
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
    CAMPAIGN = "campaign"
    """Count cases to a campaign, and read which campaigns there are."""
    OWNER = "owner"
    """Say which officer of the own unit works on a case, and see who they are."""
    NOTES = "notes"
    """Write a note on a case for colleagues, name them in it, and read what names oneself."""
    WATCH = "watch"
    """Watch a case, and mark what one was shown of it."""
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


class PermissionReach(StrEnum):
    """How far a role's permission goes."""

    ALL = "all"
    OWN = "own"
    ENDED = "ended"
    OFFICE = "office"
    DESK = "desk"
    UNHELD = "unheld"
    NONE = "none"


OWN_ACCOUNT_ONLY: Final = {
    **dict.fromkeys(StaffCall, PermissionReach.NONE),
    StaffCall.ME: PermissionReach.ALL,
}

PERMISSIONS_BY_ROLE: Final[Mapping[Role, Mapping[StaffCall, PermissionReach]]] = {
    Role.ANALYST: {
        **OWN_ACCOUNT_ONLY,
        StaffCall.QUEUE: PermissionReach.ALL,
        StaffCall.FIND: PermissionReach.ALL,
        StaffCall.CASE: PermissionReach.ALL,
        StaffCall.DOSSIER: PermissionReach.ALL,
        StaffCall.HOLD: PermissionReach.ALL,
        StaffCall.REVIEW: PermissionReach.ALL,
        StaffCall.FREEZES: PermissionReach.ALL,
        StaffCall.MESSAGES: PermissionReach.DESK,
        StaffCall.NOTES: PermissionReach.ALL,
        StaffCall.WATCH: PermissionReach.ALL,
        StaffCall.CAMPAIGN: PermissionReach.ALL,
        StaffCall.APART: PermissionReach.ALL,
        StaffCall.ADMISSION: PermissionReach.DESK,
        StaffCall.TAKE_OUT: PermissionReach.DESK,
        StaffCall.LOOK: PermissionReach.UNHELD,
        StaffCall.FILES: PermissionReach.DESK,
        StaffCall.FILE_ADMISSION: PermissionReach.DESK,
        StaffCall.GLANCE: PermissionReach.ALL,
        StaffCall.SAMPLE: PermissionReach.ALL,
        StaffCall.DUTY: PermissionReach.ALL,
        StaffCall.ATTENTION: PermissionReach.ALL,
        StaffCall.TAKE: PermissionReach.ALL,
        StaffCall.TRIES: PermissionReach.ALL,
        StaffCall.ROSTER: PermissionReach.ALL,
        StaffCall.NUMBER: PermissionReach.ALL,
        StaffCall.HANDOVER: PermissionReach.ALL,
        StaffCall.RETRY: PermissionReach.ALL,
        StaffCall.STATISTICS: PermissionReach.ALL,
    },
    Role.OFFICER: {
        **OWN_ACCOUNT_ONLY,
        StaffCall.QUEUE: PermissionReach.OWN,
        StaffCall.FIND: PermissionReach.OWN,
        StaffCall.CASE: PermissionReach.OWN,
        StaffCall.DOSSIER: PermissionReach.OWN,
        StaffCall.PACKAGE: PermissionReach.OWN,
        StaffCall.HOLD: PermissionReach.OWN,
        StaffCall.ACKNOWLEDGEMENT: PermissionReach.OWN,
        StaffCall.INSTRUCTIONS: PermissionReach.OWN,
        StaffCall.INFORMED: PermissionReach.OWN,
        StaffCall.DANGER: PermissionReach.OWN,
        StaffCall.FREEZES: PermissionReach.OWN,
        StaffCall.SUSPECTS: PermissionReach.OWN,
        StaffCall.NOTICE: PermissionReach.OWN,
        StaffCall.CLOSURE: PermissionReach.OWN,
        StaffCall.CORRECTION: PermissionReach.OWN,
        StaffCall.MESSAGES: PermissionReach.OWN,
        StaffCall.NOTES: PermissionReach.OWN,
        StaffCall.WATCH: PermissionReach.OWN,
        StaffCall.CAMPAIGN: PermissionReach.OWN,
        StaffCall.OWNER: PermissionReach.OWN,
        StaffCall.TAKE: PermissionReach.OWN,
        StaffCall.TRIES: PermissionReach.OWN,
        StaffCall.NUMBER: PermissionReach.OWN,
        StaffCall.ADMISSION: PermissionReach.OWN,
        StaffCall.TAKE_OUT: PermissionReach.OWN,
        StaffCall.LOOK: PermissionReach.OWN,
        StaffCall.FILES: PermissionReach.OWN,
        StaffCall.FILE_ADMISSION: PermissionReach.OWN,
        StaffCall.IDENTITY_REQUESTS: PermissionReach.OWN,
        StaffCall.IDENTITY_DECISION: PermissionReach.OWN,
    },
    Role.SUPERVISOR: {
        **OWN_ACCOUNT_ONLY,
        StaffCall.QUEUE: PermissionReach.ALL,
        StaffCall.FIND: PermissionReach.ALL,
        StaffCall.CASE: PermissionReach.ALL,
        StaffCall.DOSSIER: PermissionReach.ALL,
        StaffCall.HOLD: PermissionReach.ALL,
        StaffCall.BREAK_HOLD: PermissionReach.ALL,
        StaffCall.REVIEW: PermissionReach.ALL,
        StaffCall.FREEZES: PermissionReach.ALL,
        StaffCall.MESSAGES: PermissionReach.ALL,
        StaffCall.NOTES: PermissionReach.ALL,
        StaffCall.WATCH: PermissionReach.ALL,
        StaffCall.CAMPAIGN: PermissionReach.ALL,
        StaffCall.APART: PermissionReach.ALL,
        StaffCall.ADMISSION: PermissionReach.UNHELD,
        StaffCall.TAKE_OUT: PermissionReach.UNHELD,
        StaffCall.LOOK: PermissionReach.UNHELD,
        StaffCall.FILES: PermissionReach.UNHELD,
        StaffCall.FILE_ADMISSION: PermissionReach.ALL,
        StaffCall.IDENTITY_DECISION: PermissionReach.ALL,
        StaffCall.GLANCE: PermissionReach.ALL,
        StaffCall.SAMPLE: PermissionReach.ALL,
        StaffCall.DUTY: PermissionReach.ALL,
        StaffCall.ATTENTION: PermissionReach.ALL,
        StaffCall.TAKE: PermissionReach.ALL,
        StaffCall.TRIES: PermissionReach.ALL,
        StaffCall.ROSTER: PermissionReach.ALL,
        StaffCall.NUMBER: PermissionReach.ALL,
        StaffCall.HANDOVER: PermissionReach.ALL,
        StaffCall.SUSPECTS: PermissionReach.ENDED,
        StaffCall.CORRECTION: PermissionReach.ENDED,
        StaffCall.NOTICE: PermissionReach.ALL,
        StaffCall.BOARD: PermissionReach.ALL,
        StaffCall.OPENINGS: PermissionReach.ALL,
        StaffCall.RETENTION: PermissionReach.ALL,
        StaffCall.RETRY: PermissionReach.ALL,
        StaffCall.REASSIGN: PermissionReach.ALL,
        StaffCall.STATISTICS: PermissionReach.ALL,
    },
    Role.CUSTODIAN: {
        **OWN_ACCOUNT_ONLY,
        StaffCall.IDENTITY_DECISION: PermissionReach.ALL,
        StaffCall.OPENINGS: PermissionReach.ALL,
        StaffCall.OPENING_REVIEW: PermissionReach.ALL,
    },
    Role.AUDITOR: {
        **OWN_ACCOUNT_ONLY,
        StaffCall.OPENINGS: PermissionReach.ALL,
        StaffCall.OPENING_REVIEW: PermissionReach.ALL,
        StaffCall.HISTORY: PermissionReach.ALL,
        StaffCall.STAFF: PermissionReach.ALL,
        StaffCall.STATISTICS: PermissionReach.ALL,
    },
    Role.ADMIN: {**OWN_ACCOUNT_ONLY, StaffCall.STAFF: PermissionReach.ALL},
    Role.PROSECUTOR: {
        **OWN_ACCOUNT_ONLY,
        StaffCall.QUEUE: PermissionReach.OFFICE,
        StaffCall.FIND: PermissionReach.OFFICE,
        StaffCall.CASE: PermissionReach.OFFICE,
        StaffCall.WATCH: PermissionReach.OFFICE,
        StaffCall.DOSSIER: PermissionReach.OFFICE,
        StaffCall.PACKAGE: PermissionReach.OFFICE,
        StaffCall.INSTRUCTIONS: PermissionReach.OFFICE,
        StaffCall.RECEIPT: PermissionReach.OFFICE,
        StaffCall.CLOSURE: PermissionReach.OFFICE,
        StaffCall.OPENINGS: PermissionReach.OFFICE,
    },
}
"""The permission table. An analyst's review excludes what `require_permission` keeps for
supervisors."""

OfficesOf = Callable[[Case], Collection[OfficeSeat]]
"""The offices that are competent for a case: `casework.pack.competence_view.competent_offices`."""


def no_known_offices(_: Case) -> Collection[OfficeSeat]:
    """None is known: no case is within the reach of an office."""
    return ()


def responsible_unit(case: Case) -> str | None:
    """The unit of a case; None when it stands with the desk or with no unit.

    A case that a unit closed stays its own: a notice may still be owed, or an auditor may need its
    history. So does a case that was joined to another, while it has suspects or freezes, or owes a
    notice.
    """
    if case.referral is None:
        return None
    match case.status.rule.unit:
        case None:
            return None
        case UnitRelation.OWED if not (case.suspects or case.notice or case.freezes):
            return None
        case _:
            return case.referral.unit


def case_owner(case: Case) -> str | None:
    """The officer who works on a case in the unit that holds it now; None without one."""
    if case.owner is None or not case.status.rule.unit or case.owner.unit != responsible_unit(case):
        return None
    return case.owner.subject


def require_permission(
    member: StaffMember,
    call: StaffCall,
    case: Case | None = None,
    offices: OfficesOf = no_known_offices,
) -> None:
    """Let the member make the call, on `case` if it is about one.

    Raises NotAllowed, or CaseNotFound for the case of another unit or office, to hide that it
    exists.
    """
    if not member.active:
        raise NotAllowed("This staff account is not active.")
    reach = PERMISSIONS_BY_ROLE[member.role][call]
    if reach is PermissionReach.NONE:
        raise NotAllowed(f"The role {member.role} does not include this call.")
    if reach is PermissionReach.OWN and member.unit is None:
        raise NotAllowed("This staff account belongs to no unit.")
    if reach is PermissionReach.OFFICE and member.seat is None:
        raise NotAllowed("This staff account belongs to no prosecutor's office.")
    if call is StaffCall.STATISTICS and member.realm is Realm.TRIAL:
        raise NotAllowed("Trials are counted nowhere: there are no figures of them.")
    if case is None:
        return
    _within(member, reach, case, offices)
    if (
        reach is PermissionReach.OWN
        and call is StaffCall.CORRECTION
        and case.closed
        and case.closed.is_review_reason
    ):
        raise NotAllowed(
            "The case was ended at review: a supervisor corrects that.",
            because=ClosedReason.FOR_SUPERVISORS,
        )
    if call is StaffCall.REVIEW and case.supervision and member.role is not Role.SUPERVISOR:
        raise NotAllowed(
            "Units contest this case: a supervisor reviews it.",
            because=ClosedReason.FOR_SUPERVISORS,
        )
    if call is StaffCall.ADMISSION and reach is PermissionReach.OWN and case.status.rule.ended:
        raise NotAllowed(
            "Once the case has ended this is for a supervisor.",
            because=ClosedReason.FOR_SUPERVISORS,
        )


def _within(member: StaffMember, reach: PermissionReach, case: Case, offices: OfficesOf) -> None:
    """Let the case be within the member's reach; raises as `require_permission` does."""
    ended, has_unit = case.status.rule.ended, responsible_unit(case) is not None
    if realm_from_name(case.id) is not member.realm:
        raise CaseNotFound("There is no such case.")
    if reach is PermissionReach.OWN and responsible_unit(case) != member.unit:
        raise CaseNotFound("There is no such case.")
    if reach is PermissionReach.OFFICE and not (has_unit and member.seat in offices(case)):
        raise CaseNotFound("There is no such case.")
    if reach is PermissionReach.ENDED and not ended:
        raise NotAllowed(
            "Until the case has ended this is for the unit it stands with.",
            because=ClosedReason.WITH_UNIT if has_unit else ClosedReason.NOT_ENDED,
        )
    if reach is PermissionReach.DESK and (ended or has_unit):
        raise NotAllowed(
            "This is for the unit that holds the case.",
            because=ClosedReason.WITH_UNIT if has_unit and not ended else ClosedReason.ENDED,
        )
    if reach is PermissionReach.UNHELD and has_unit and not ended:
        raise NotAllowed(
            "While a unit holds the case this is for the unit.", because=ClosedReason.WITH_UNIT
        )


def sees_all_units(member: StaffMember) -> bool:
    """Whether cases that stand with other units exist for the member."""
    return PERMISSIONS_BY_ROLE[member.role][StaffCall.CASE] is PermissionReach.ALL


def is_visible_to(member: StaffMember, case: Case, offices: OfficesOf) -> bool:
    """Whether the case exists for the member."""
    return is_permitted(member, StaffCall.CASE, case, offices)


def is_permitted(member: StaffMember, call: StaffCall, case: Case, offices: OfficesOf) -> bool:
    """Whether `require_permission` lets the member make the call on the case."""
    try:
        require_permission(member, call, case, offices)
    except Refusal:
        return False
    return True
