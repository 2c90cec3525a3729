"""Keys of what people at the desk read beside a case, under the questions they answer.

| question | answered by |
|---|---|
| requests for an identity that wait, oldest first | pk `CUSTODY`, sk `{asked}#{case}#{number}` |
| openings of reporters' numbers that wait for a custodian | pk `OPENINGS`, sk begins `WAITS#` |
| those that a custodian left to an auditor | pk `OPENINGS`, sk begins `UNCLEAR#` |
| work at a desk, most urgent first | `by_queue`, `REVIEW` `SUPERVISION` `UNIT#{unit}` |
| cases a unit holds, most urgent first | `by_queue` where queue = `HELD#{unit}` |
| reports that no person has looked at, most worrying first | `by_queue` where queue = `GLANCE` |
| a group of reports alike, by a hash of its first text | pk `GROUP#{day}#{hash}`, sk `GROUP` |
| its reports that have nothing of their own | pk `ALIKE#{group}`, sk `{copy}#{turn}#{reference}` |
| how many left its line, as they got a file or added words | pk `ALIKE#{group}#OUT`, sk `OUT` |
| a verdict that is carried to the copies of a text | pk `COPIES#{case}`, sk `{number}` |
| those that were not carried to all yet, oldest first | `by_flow` where flow = `COPIES` |
| cases a unit ended and reporters added to since | `by_queue` where queue = `ADDED#{unit}` |
| what the duty desk must see, most urgent first | pk `DUTY`, sk `{kind}#` and the place |
| askings for files that two people open | pk `ASKINGS`, sk `{at}#{case}#{entry}` |
| what shifts of the duty desk left for the next one | pk `HANDOVER`, sk `{at}#{subject}` |
| who is on duty, and until when | pk `ROSTER`, sk `ON#{subject}` |
| what was said of the duty | pk `ROSTER`, sk `TURN#{at}#{subject}`, for a year |
| what people of the staff work on alone, oldest first | pk `HOLDS`, sk `{since}#{case}` |
| what stands with each unit, and since when | pk `STANDING`, sk `{unit}#{case}` |
| what people decided on a day | pk `DECIDED#{day}`, sk `{at}#{case}#{number}` |
| closed reviews that a second person reads again | pk `SAMPLES`, sk begins `WAITS#` |
| those that were, by whether the two differ | pk `SAMPLES`, sk begins `DIFFERS#`, `AGREES#` |
| a staff member's role and unit | pk `STAFF#{subject}`, sk `STAFF` |
| a staff member's own settings | pk `DESK#{subject}`, sk `SETTINGS` |
| what they decided lately | pk `DESK#{subject}`, sk begins `DID#`, for 30 days |
| what they searched for lately | pk `DESK#{subject}`, sk begins `FIND#`, for 90 days |
| the lists that they were shown, and what they were refused | the same, `SAW#{hour}#` |
| all members of the staff, by role | `by_queue` where queue = `STAFF` |

Trials (`casework.text.realm`) have their own lists here, with `TRIAL#` before the name. Lists for
machines (`keys`) hold both realms.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from casework.aws.table.keys import PARTITION, QUEUE, QUEUE_AT, SORT
from casework.case.case import Case
from casework.case.parts import Duty
from casework.text.realm import TRIAL, Realm, listed, realm_of

DUTY_PARTITION = "DUTY"
HOLDS_PARTITION = "HOLDS"
STANDING_PARTITION = "STANDING"
DECIDED_PREFIX = "DECIDED#"
HANDOVER_PARTITION = "HANDOVER"
ROSTER_PARTITION = "ROSTER"
SHIFT_PREFIX = "ON#"
TURN_PREFIX = "TURN#"
SAMPLES_PARTITION = "SAMPLES"
WAITS_PREFIX = "WAITS#"
DIFFERS_PREFIX = "DIFFERS#"
AGREES_PREFIX = "AGREES#"
ATTENDED = "attended"
"""When a person took care of a case on the duty desk, took it, and tried to reach somebody last:
beside the key of its line."""
CUSTODY_PARTITION = "CUSTODY"
OPENINGS_PARTITION = "OPENINGS"
ASKINGS_PARTITION = "ASKINGS"
UNCLEAR_PREFIX = "UNCLEAR#"
STAFF_PREFIX = "STAFF#"
STAFF_QUEUE = "STAFF"
DESK_PREFIX = "DESK#"
SETTINGS_SORT = "SETTINGS"
DID_PREFIX = "DID#"
FIND_PREFIX = "FIND#"
SAW_PREFIX = "SAW#"
HELD_BY = "held:"
"""Prefix of the queue of a unit's held cases."""
ADDED_TO = "added:"
"""Prefix of the queue of a unit's ended cases with later additions."""
TRIALS = listed(Realm.TRIAL, "")
"""Prefix of a queue of trials."""
GLANCES = "glance"
"""The queue of reports that no person has looked at."""
GROUP_PREFIX = "GROUP#"
GROUP_SORT = "GROUP"
ALIKE_PREFIX = "ALIKE#"
COPIES = "COPIES"
LAST_TURN: Final = 9_999
"""All later ones of a group have it, too."""
_LATER: Final = "~"
"""Before a turn that is not the first: it sorts behind every time, so the place of a first turn
needs no word for it."""
_BEFORE: Final = "!"
"""The same in a list that is read from its end: it sorts before every time."""
LAST_FIRST: Final = frozenset({Duty.IMMINENT})
"""Lists of the duty desk that are read from their end."""
NO_UNITS = frozenset({"review", "supervision", "decided", GLANCES})
"""Queues that are not a unit's."""


def queue(name: str) -> str:
    """`queue` of a desk: `review`, `supervision`, `decided`, a unit's id, or `held:` or `added:`
    and the id; each of them also for trials, after `trial:`."""
    if name.startswith(TRIALS):
        return _of(Realm.TRIAL, queue(name.removeprefix(TRIALS)))
    for begins in (HELD_BY, ADDED_TO):
        if name.startswith(begins):
            return f"{begins[:-1].upper()}#{name.removeprefix(begins)}"
    return name.upper() if name in NO_UNITS else f"UNIT#{name}"


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


def queue_at(
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
        at = min(turn, LAST_TURN)
        later = f"{_BEFORE}{LAST_TURN + 1 - at:04d}#" if last_first else f"{_LATER}{at:04d}#"
    return f"{rank}#{later}{opened_at}#{case_id}" + (f"#{group}" if group else "")


def duty_place(kind: Duty, case: Case) -> str:
    """The place of a case on the duty desk for a reason."""
    return queue_at(
        case.duty_rank(kind),
        case.opened_at,
        case.id,
        case.turn,
        case.group,
        last_first=kind in LAST_FIRST,
    )


def place_of(place: str) -> ListPlace:
    """What a place in a queue says."""
    rank, rest = place.split("#", 1)
    turn = 1
    if rest[0] in (_LATER, _BEFORE):
        said, after = rest[1:].split("#", 1)
        turn = int(said) if rest[0] == _LATER else LAST_TURN + 1 - int(said)
        rest = after
    opened_at, named, *group = rest.split("#")
    return ListPlace(int(rank), turn, opened_at, named, "".join(group))


def glance_place(
    rank: int, accepted_at: str, reference: str, turn: int = 1, group: str = ""
) -> dict[str, str]:
    """Place in `by_queue` of a report that no person has looked at: most worrying first, then those
    whose turn comes first, then the oldest."""
    name = listed(realm_of(reference), GLANCES)
    return {QUEUE: queue(name), QUEUE_AT: queue_at(rank, accepted_at, reference, turn, group)}


def opened_of(place: str) -> str:
    """When the case at a place of a queue was opened, or the report accepted."""
    return place_of(place).opened_at


def group_key(day: str, hashed: int) -> dict[str, str]:
    """Key of the group of a day whose first text has this hash."""
    return {PARTITION: f"{GROUP_PREFIX}{day}#{hashed:08x}", SORT: GROUP_SORT}


def members_of(group: str) -> str:
    """Partition of the reports of a group."""
    return f"{ALIKE_PREFIX}{group}"


def member_key(group: str, copy: str, turn: int, reference: str) -> dict[str, str]:
    """Key of the line of a report in its group."""
    return {PARTITION: members_of(group), SORT: f"{copy}#{turn:04d}#{reference}"}


def outside_key(group: str) -> dict[str, str]:
    """Key of how many reports left the line of a group, as they got something of their own."""
    return {PARTITION: f"{members_of(group)}#OUT", SORT: "OUT"}


def member_of(sort: str) -> tuple[str, str, int]:
    """The reference, the copy and the turn, from the sort key of such a line."""
    copy, turn, reference = sort.split("#")
    return reference, copy, int(turn)


def _of(realm: Realm, partition: str) -> str:
    """A list for people, in a realm."""
    return partition if realm is Realm.REAL else f"{TRIAL.upper()}#{partition}"


def duty_partition(realm: Realm) -> str:
    """Partition of the duty desk of a realm."""
    return _of(realm, DUTY_PARTITION)


def duty_key(kind: str, at: str) -> dict[str, str]:
    """Key of one line on the duty desk; `at` is the case's place, as in a queue (`queue_at`)."""
    partition = duty_partition(realm_of(duty_of(f"{kind}#{at}")[1]))
    return {PARTITION: partition, SORT: f"{kind}#{at}"}


def duty_begins(kind: str) -> str:
    """The prefix of the sort keys of all lines of one kind."""
    return f"{kind}#"


def duty_of(sort: str) -> tuple[str, str]:
    """The position and the case of a line of the duty desk."""
    at = sort.partition("#")[2]
    return at, place_of(at).id


def copies_key(case_id: str, entry: int) -> dict[str, str]:
    """Key of the verdict on copies that an entry of a case is."""
    return {PARTITION: f"{COPIES}#{case_id}", SORT: f"{entry:06d}"}


def copies_of(partition: str, sort: str) -> tuple[str, int]:
    """The case and the entry, from the key of such a verdict."""
    return partition.removeprefix(f"{COPIES}#"), int(sort)


def handover_partition(realm: Realm) -> str:
    """Partition of what shifts of the duty desk of a realm left."""
    return _of(realm, HANDOVER_PARTITION)


def handover_key(realm: Realm, at: str, by: str) -> dict[str, str]:
    """Key of what a person left at a time."""
    return {PARTITION: handover_partition(realm), SORT: f"{at}#{by}"}


def handover_of(sort: str) -> tuple[str, str]:
    """The time and the person, from the sort key of what was left."""
    at, _, by = sort.partition("#")
    return at, by


def roster_partition(realm: Realm) -> str:
    """Partition of who is on duty in a realm."""
    return _of(realm, ROSTER_PARTITION)


def shift_key(realm: Realm, subject: str) -> dict[str, str]:
    """Key of the duty of a person."""
    return {PARTITION: roster_partition(realm), SORT: f"{SHIFT_PREFIX}{subject}"}


def turn_sort(at: str, by: str) -> str:
    """Sort key of what a person said of their duty."""
    return f"{TURN_PREFIX}{at}#{by}"


def turn_of(sort: str) -> tuple[str, str]:
    """The time and the person, from the sort key of what was said."""
    at, _, by = sort.removeprefix(TURN_PREFIX).partition("#")
    return at, by


def holds_partition(realm: Realm) -> str:
    """Partition of what people of a realm work on alone."""
    return _of(realm, HOLDS_PARTITION)


def hold_key(realm: Realm, since: str, case_id: str) -> dict[str, str]:
    """Key of the line of a case that a person took at a time."""
    return {PARTITION: holds_partition(realm), SORT: f"{since}#{case_id}"}


def hold_of(sort: str) -> tuple[str, str]:
    """The time and the case, from the sort key of such a line."""
    since, _, case_id = sort.partition("#")
    return since, case_id


def standing_partition(realm: Realm) -> str:
    """Partition of what stands with the units, in a realm."""
    return _of(realm, STANDING_PARTITION)


def standing_key(unit: str, case_id: str) -> dict[str, str]:
    """Key of the line of a case that stands with a unit."""
    return {PARTITION: standing_partition(realm_of(case_id)), SORT: f"{unit}#{case_id}"}


def standing_of(sort: str) -> tuple[str, str]:
    """The unit and the case, from the sort key of such a line."""
    unit, _, case_id = sort.partition("#")
    return unit, case_id


def decided_partition(realm: Realm, day: str) -> str:
    """Partition of what people of a realm decided on a day (YYYY-MM-DD), or `*` for any."""
    return _of(realm, f"{DECIDED_PREFIX}{day}")


def decided_key(day: str, at: str, case_id: str, number: int) -> dict[str, str]:
    """Key of the line of one decision: the entry of this number of the case."""
    partition = decided_partition(realm_of(case_id), day)
    return {PARTITION: partition, SORT: f"{at}#{case_id}#{number:06d}"}


def decided_of(sort: str) -> tuple[str, str, int]:
    """The time, the case and the number of the entry, from the sort key of such a line."""
    at, case_id, number = sort.split("#")
    return at, case_id, int(number)


def samples_partition(realm: Realm) -> str:
    """Partition of the reviews of a realm that a second person reads again, or has read."""
    return _of(realm, SAMPLES_PARTITION)


def sample_key(realm: Realm, name: str) -> dict[str, str]:
    """Key of a review that waits for a second person, by its name as a sample."""
    return {PARTITION: samples_partition(realm), SORT: f"{WAITS_PREFIX}{name}"}


def read_again_key(realm: Realm, name: str, *, differs: bool) -> dict[str, str]:
    """Key of the line of one that was read again, by whether the second person differed."""
    begins = DIFFERS_PREFIX if differs else AGREES_PREFIX
    return {PARTITION: samples_partition(realm), SORT: f"{begins}{name}"}


def sample_of(sort: str) -> str:
    """The name of a sample, from the sort key of any of its lines."""
    return sort.partition("#")[2]


def custody_key(asked_at: str, case_id: str, number: int) -> dict[str, str]:
    """Key of the line that shows a request to its deciders."""
    return {PARTITION: CUSTODY_PARTITION, SORT: f"{asked_at}#{case_id}#{number:04d}"}


def custody_of(sort: str) -> tuple[str, int]:
    """The case and the number of the request in a custodian's line."""
    _, case_id, number = sort.split("#")
    return case_id, int(number)


def openings_partition(realm: Realm) -> str:
    """Partition of the openings of reporters' numbers of a realm that people still judge."""
    return _of(realm, OPENINGS_PARTITION)


def number_opening_key(at: str, case_id: str, number: int, *, unclear: bool) -> dict[str, str]:
    """Key of the line of one: the entry of this number of the case, oldest first."""
    begins = UNCLEAR_PREFIX if unclear else WAITS_PREFIX
    partition = openings_partition(realm_of(case_id))
    return {PARTITION: partition, SORT: f"{begins}{at}#{case_id}#{number:06d}"}


def number_opening_of(sort: str) -> tuple[bool, str, str, int]:
    """Whether it is unclear, its time, its case and its number, from the key of its line."""
    begins, at, case_id, number = sort.split("#")
    return begins == UNCLEAR_PREFIX[:-1], at, case_id, int(number)


def file_askings_partition(realm: Realm) -> str:
    """Partition of the askings of a realm for files that two people open."""
    return _of(realm, ASKINGS_PARTITION)


def file_asking_key(at: str, case_id: str, number: int) -> dict[str, str]:
    """Key of the line of one: the entry of this number of the case, oldest first."""
    partition = file_askings_partition(realm_of(case_id))
    return {PARTITION: partition, SORT: f"{at}#{case_id}#{number:06d}"}


def staff_key(subject: str) -> dict[str, str]:
    """Key of the staff member with this Cognito subject."""
    return {PARTITION: f"{STAFF_PREFIX}{subject}", SORT: "STAFF"}


def staff_queue(realm: Realm) -> str:
    """`queue` of all staff of a realm."""
    return _of(realm, STAFF_QUEUE)


def staff_at(role: str, subject: str, realm: Realm = Realm.REAL) -> dict[str, str]:
    """Place of a staff member in `by_queue`."""
    return {QUEUE: staff_queue(realm), QUEUE_AT: f"{role}#{subject}"}


def desk_of(subject: str) -> str:
    """The partition of what a member of the staff keeps: settings, and what they did lately."""
    return f"{DESK_PREFIX}{subject}"


def settings_key(subject: str) -> dict[str, str]:
    """Key of the own settings of a member of the staff."""
    return {PARTITION: desk_of(subject), SORT: SETTINGS_SORT}


def did_key(subject: str, at: str, case_id: str) -> dict[str, str]:
    """Key of the line that says that a member of the staff decided on a case."""
    return {PARTITION: desk_of(subject), SORT: f"{DID_PREFIX}{at}#{case_id}"}


def found_key(subject: str, at: str, mark: str) -> dict[str, str]:
    """Key of the record of a search; `mark` tells those of one moment apart."""
    return {PARTITION: desk_of(subject), SORT: f"{FIND_PREFIX}{at}#{mark}"}


def saw_key(subject: str, hour: str, what: str) -> dict[str, str]:
    """Key of the mark of what a member of the staff was shown, or refused, in an hour."""
    return {PARTITION: desk_of(subject), SORT: f"{SAW_PREFIX}{hour}#{what}"}


def act_of(sort: str) -> tuple[str, str]:
    """The time of a line of any of these kinds, and what follows it."""
    _, at, what = sort.split("#", 2)
    return at, what


def subject_of(partition: str) -> str:
    """The Cognito subject in a staff member's partition key."""
    return partition.removeprefix(STAFF_PREFIX)
