"""The keys of what people at the desk read beside a case, each under the question that it answers.

Trials (`casework.text.realm`) have their own lists here, with `TRIAL#` before the name. Lists for
machines (`keys`) hold both realms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from casework.aws.table.key_template import SORT, IndexPartition, Key
from casework.aws.table.keys import FLOW_INDEX, QUEUE_INDEX, QUEUE_PARTITION_KEY, QUEUE_SORT_KEY
from casework.case.case import Case
from casework.case.value_objects import Duty
from casework.text.realm import Realm, realm_from_name, realm_list_name

# ---- queues: places in `by_queue`, most urgent first --------------------------------------------

desk_queue = IndexPartition[Realm, str](
    "work at a desk: `REVIEW`, `SUPERVISION`, `DECIDED`, or of a first look, `GLANCE`",
    QUEUE_INDEX,
    "{^realm}{desk}",
)
unit_queue = IndexPartition[Realm, str](
    "cases that wait for a unit", QUEUE_INDEX, "{^realm}UNIT#{unit}"
)
held_queue = IndexPartition[Realm, str]("cases a unit holds", QUEUE_INDEX, "{^realm}HELD#{unit}")
added_queue = IndexPartition[Realm, str](
    "cases a unit ended and reporters added to since", QUEUE_INDEX, "{^realm}ADDED#{unit}"
)
staff_queue = IndexPartition[Realm](
    "all members of the staff, by role", QUEUE_INDEX, "{^realm}STAFF"
)
copies_flow = IndexPartition[()](
    "verdicts that were not carried to all copies yet, oldest first", FLOW_INDEX, "COPIES"
)

HELD_QUEUE_PREFIX: Final = "held:"
"""Prefix of the queue of a unit's held cases."""
ADDED_QUEUE_PREFIX: Final = "added:"
"""Prefix of the queue of a unit's ended cases with later additions."""
TRIAL_QUEUE_PREFIX: Final = realm_list_name(Realm.TRIAL, "")
"""Prefix of a queue of trials."""
GLANCE_QUEUE: Final = "glance"
"""The queue of reports that no person has looked at."""
QUEUES_WITHOUT_UNIT: Final = frozenset({"review", "supervision", "decided", GLANCE_QUEUE})
"""Queues that are not a unit's."""
MAX_QUEUE_TURN: Final = 9_999
"""All later ones of a group have it, too."""
_LATER: Final = "~"
"""Before a turn that is not the first: it sorts behind every time, so the place of a first turn
needs no word for it."""
_BEFORE: Final = "!"
"""The same in a list that is read from its end: it sorts before every time."""
NEWEST_FIRST_DUTIES: Final = frozenset({Duty.IMMINENT})
"""Lists of the duty desk that are read from their end."""


def queue_name_of_desk(name: str) -> str:
    """Return the `queue` of a desk: `review`, `supervision`, `decided`, a unit's id, or `held:` or
    `added:` and the id; each of them also for trials, after `trial:`."""
    realm = Realm.TRIAL if name.startswith(TRIAL_QUEUE_PREFIX) else Realm.REAL
    name = name.removeprefix(TRIAL_QUEUE_PREFIX)
    for begins, of_unit in ((HELD_QUEUE_PREFIX, held_queue), (ADDED_QUEUE_PREFIX, added_queue)):
        if name.startswith(begins):
            return of_unit(realm, name.removeprefix(begins))
    return (
        desk_queue(realm, name.upper()) if name in QUEUES_WITHOUT_UNIT else unit_queue(realm, name)
    )


class ListPlace(NamedTuple):
    """A place in a list."""

    rank: int
    turn: int
    opened_at: str
    """When the case was opened, or the report accepted."""
    id: str
    """Of the case, or the report."""
    group: str
    """The group whose line it shares; empty where it stands for itself."""


def queue_sort(
    rank: int,
    opened_at: str,
    case_id: str,
    turn: int = 1,
    group: str = "",
    *,
    last_first: bool = False,
) -> str:
    """Sort key in a queue: most urgent rank first, then those whose turn comes first, then the
    oldest; unique by case. `last_first`: in a list that is read from its end."""
    later = ""
    if turn > 1:
        at = min(turn, MAX_QUEUE_TURN)
        later = f"{_BEFORE}{MAX_QUEUE_TURN + 1 - at:04d}#" if last_first else f"{_LATER}{at:04d}#"
    return f"{rank}#{later}{opened_at}#{case_id}" + (f"#{group}" if group else "")


def duty_place(kind: Duty, case: Case) -> str:
    """The place of a case on the duty desk for a reason."""
    return queue_sort(
        case.duty_rank(kind),
        case.opened_at,
        case.id,
        case.turn,
        case.group,
        last_first=kind in NEWEST_FIRST_DUTIES,
    )


def parse_queue_place(place: str) -> ListPlace:
    """What a place in a queue says."""
    rank, rest = place.split("#", 1)
    turn = 1
    if rest[0] in (_LATER, _BEFORE):
        said, after = rest[1:].split("#", 1)
        turn = int(said) if rest[0] == _LATER else MAX_QUEUE_TURN + 1 - int(said)
        rest = after
    opened_at, named, *group = rest.split("#")
    return ListPlace(int(rank), turn, opened_at, named, "".join(group))


def glance_place(
    rank: int, accepted_at: str, reference: str, turn: int = 1, group: str = ""
) -> dict[str, str]:
    """Place in `by_queue` of a report that no person has looked at: most worrying first, then those
    whose turn comes first, then the oldest."""
    name = realm_list_name(realm_from_name(reference), GLANCE_QUEUE)
    return {
        QUEUE_PARTITION_KEY: queue_name_of_desk(name),
        QUEUE_SORT_KEY: queue_sort(rank, accepted_at, reference, turn, group),
    }


def opening_time_from_place(place: str) -> str:
    """When the case at a place of a queue was opened, or the report accepted."""
    return parse_queue_place(place).opened_at


# ---- reports alike, and verdicts on copies ------------------------------------------------------

group_key = Key[str, int](
    "a group of reports alike, by a hash of its first text", "GROUP#{day}#{hash:08x}", "GROUP"
)
group_member_key = Key[str, str, int, str](
    "its reports that have nothing of their own",
    "ALIKE#{group}",
    "{copy}#{turn:04d}#{reference}",
)
group_outsider_key = Key[str](
    "how many left its line, as they got a file or added words", "ALIKE#{group}#OUT", "OUT"
)
copy_verdict_key = Key[str, int](
    "a verdict that is carried to the copies of a text", "COPIES#{case}", "{entry:06d}"
)

group_member_partition = group_member_key.partition


# ---- the duty desk ------------------------------------------------------------------------------

duty_line_key = Key[Realm, str, str](
    "what the duty desk must see, most urgent first", "{^realm}DUTY", "{kind}#{place}"
)
handover_key = Key[Realm, str, str](
    "what shifts of the duty desk left for the next one", "{^realm}HANDOVER", "{at}#{subject}"
)
shift_key = Key[Realm, str]("who is on duty, and until when", "{^realm}ROSTER", "ON#{subject}")
turn_key = Key[Realm, str, str](
    "what was said of the duty, for a year", "{^realm}ROSTER", "TURN#{at}#{subject}"
)

ATTENDED_FIELD: Final = "attended"
"""When a person took care of a case on the duty desk, took it, and tried to reach somebody last:
beside the key of its line."""

duty_partition = duty_line_key.partition
handover_partition = handover_key.partition
roster_partition = shift_key.partition


def duty_key(kind: str, at: str) -> dict[str, str]:
    """Return the key of a line on the duty desk; `at` is the place of its case (`queue_sort`)."""
    return duty_line_key(realm_from_name(parse_queue_place(at).id), kind, at)


def parse_duty_sort(sort: str) -> tuple[str, str]:
    """Return the place and the case of a line of the duty desk, from its sort key."""
    _, at = duty_line_key.of_sort(sort)
    return at, parse_queue_place(at).id


# ---- lists of work ------------------------------------------------------------------------------

hold_key = Key[Realm, str, str](
    "what people of the staff work on alone, oldest first", "{^realm}HOLDS", "{since}#{case}"
)
caseload_line_key = Key[str, str](
    "what stands with each unit, and since when", "{^case}STANDING", "{unit}#{case}"
)
decided_key = Key[str, str, str, int](
    "what people decided on a day", "{^case}DECIDED#{day}", "{at}#{case}#{number:06d}"
)
sample_key = Key[Realm, str](
    "closed reviews that a second person reads again", "{^realm}SAMPLES", "WAITS#{name}"
)
differing_key = Key[Realm, str](
    "those that were, where the two differ", "{^realm}SAMPLES", "DIFFERS#{name}"
)
agreeing_key = Key[Realm, str](
    "those that were, where the two agree", "{^realm}SAMPLES", "AGREES#{name}"
)
custody_key = Key[str, str, int](
    "requests for an identity that wait, oldest first", "CUSTODY", "{asked}#{case}#{number:04d}"
)
waiting_opening_key = Key[str, str, int](
    "openings of reporters' numbers that wait for a custodian, oldest first",
    "{^case}OPENINGS",
    "WAITS#{at}#{case}#{number:06d}",
)
unclear_opening_key = Key[str, str, int](
    "those that a custodian left to an auditor",
    "{^case}OPENINGS",
    "UNCLEAR#{at}#{case}#{number:06d}",
)
file_asking_key = Key[str, str, int](
    "askings for files that two people open, oldest first",
    "{^case}ASKINGS",
    "{at}#{case}#{number:06d}",
)

campaign_key = Key[Realm, str](
    "what a campaign is called, who leads it, and its end", "{^realm}CAMPAIGNS", "{campaign}"
)
campaign_case_key = Key[str, str]("the cases of a campaign", "CAMPAIGN#{campaign}", "{case}")

holds_partition = hold_key.partition
campaign_partition = campaign_key.partition
caseload_partition = caseload_line_key.partition
decided_partition = decided_key.partition
samples_partition = sample_key.partition
openings_partition = waiting_opening_key.partition
file_askings_partition = file_asking_key.partition


def second_reading_key(realm: Realm, name: str, *, differs: bool) -> dict[str, str]:
    """Return the key of a review that was read again, by whether the second person differed."""
    return (differing_key if differs else agreeing_key)(realm, name)


def number_opening_key(at: str, case_id: str, number: int, *, unclear: bool) -> dict[str, str]:
    """Return the key of an opening: the entry of this number of the case."""
    return (unclear_opening_key if unclear else waiting_opening_key)(at, case_id, number)


def parse_number_opening_sort(item: Mapping[str, Any]) -> tuple[bool, str, str, int]:
    """Return whether an opening is unclear, its time, its case and its number, from its key."""
    is_unclear = str(item[SORT]).startswith(unclear_opening_key.begins)
    return is_unclear, *(unclear_opening_key if is_unclear else waiting_opening_key).of(item)


# ---- people -------------------------------------------------------------------------------------

staff_key = Key[str]("a staff member's role and unit", "STAFF#{subject}", "STAFF")
settings_key = Key[str]("a staff member's own settings", "DESK#{subject}", "SETTINGS")
staff_decision_key = Key[str, str, str](
    "what they decided lately, for 30 days", "DESK#{subject}", "DID#{at}#{case}"
)
search_record_key = Key[str, str, str](
    "what they searched for lately, for 90 days", "DESK#{subject}", "FIND#{at}#{mark}"
)
viewing_mark_key = Key[str, str, str](
    "the lists that they were shown, and what they were refused, by the hour",
    "DESK#{subject}",
    "SAW#{hour}#{what}",
)

mention_key = Key[str, str, str](
    "the notes that name them, for 90 days", "DESK#{subject}", "MENTION#{at}#{note}"
)
unread_mention_key = Key[str, str](
    "which of these they were not shown yet", "DESK#{subject}", "UNREAD#{note}"
)
watched_case_key = Key[str, str](
    "a case that they watch, and the last entry of it that they were shown",
    "DESK#{subject}",
    "WATCH#{case}",
)

staff_desk_partition = settings_key.partition


def subject_from_partition(partition: str) -> str:
    """Return the Cognito subject in the partition of a staff member."""
    (subject,) = staff_key.of_partition(partition)
    return str(subject)


def staff_queue_place(role: str, subject: str, realm: Realm = Realm.REAL) -> dict[str, str]:
    """Return the place of a staff member in `by_queue`."""
    return {QUEUE_PARTITION_KEY: staff_queue(realm), QUEUE_SORT_KEY: f"{role}#{subject}"}
