"""Items and attributes that no history binds, each with its reason; `verification` reads this
table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casework.case import replay

UNBOUND_ATTRIBUTES: Final[Mapping[str, Mapping[str, str]]] = {
    "CASE": replay.UNBOUND_FIELDS,
    "REPORT": {
        "flow": "the queue of a report before linking: new, or released by a case that ended",
        "flow_at": "the same",
        "linked_at": "when it came; its number in the case gives the order",
        "hears": "what its reporter is told; its line in the case has it too",
        "kept": "what its reporter was told before; histories have the entries",
        "own": "marks of the reporter's contact, which are deleted before the rest",
        "identifiers": "an index, made from the words; people see the words themselves",
        "clues": "the same",
        "alone": "the deadline of a report without a case; its line among the deadlines has it too",
        "was_in": "where figures find it; histories name its cases",
        "glance": "what its assessment found, for the first look; an entry records the verdict",
        "queue": "its place among the reports that no person has looked at",
        "queue_at": "the same",
        "attempts": "how often reading it was tried",
        "attempted_at": "the same",
        "told": "news that its reporter was notified of; repeating it notifies them once more",
        "reached_by": "the kinds of the contact in its box, so that no box is opened in vain",
        "number_opened": "what its reporter is told; an entry records each opening",
        "callable": "whether the number to call takes calls or only words; the box has it, too",
        "file_bytes": "limits how many files it takes; a mark of the case binds each kept one",
        "files_refused": "the same",
        "replayed_at": "the time of a replayed past, in a trial",
    },
    "TOMBSTONE": {
        "accepted_at": "its digest covers it, and needs what was erased to be computed again",
        "correlation_id": "the same",
        "linked_at": "as of a report",
        "was_in": "as of a report",
        "flow": "an index by the day of acceptance",
        "flow_at": "the same",
        "identifiers": "as of a report; deleted by the erasure",
        "clues": "the same",
        "destroyed": "the keys that went with a report that was in no case, so in no history",
        "backups_until": "the same",
    },
    "ADDITION": {
        "attempts": "how often reading it was tried",
        "attempted_at": "the same",
        "unreadable": "a separate entry records it",
        "reached_by": "as of a report",
        "flow": "the queue of an addition that could not be read",
        "flow_at": "the same",
        "queue": "an index by the day on which it came; a proof says what no night has bound",
        "queue_at": "the same",
        "replayed_at": "the time of a replayed past, in a trial",
    },
    "FILE": {
        "exact": "said what its size was before it came",
        "pool": "where its bytes were reserved, before it came",
        "reserved_in": "the same",
        "same": "an index by which equal files are found; each is compared by its digest",
        "locked_until": "until when its ciphertext is asked to be locked; the vault itself knows",
        "flow": "the list of the repair, which looks at it again",
        "flow_at": "the same",
        "queue": "an index by the day on which it was kept, which its mark binds as well",
        "queue_at": "the same",
    },
    "UPLOAD": {"*": "a file that is not kept yet, or was not taken: nothing of it can be opened"},
    "PICTURE": {
        "*": "what a picture looks like: an index, drawn from the report and its files, which are"
        " bound. What is alike is advice, and a note of it decides nothing"
    },
    "KNOWN": {
        "*": "what lists of known material answered; a mark of the case says which list answered"
        " what, and nothing is decided by it"
    },
    "SLOT": {"*": "where an upload belongs, for some days; the mark of a kept file binds it"},
    "ALLOWED": {"*": "limits how much comes in an hour. It expires"},
    "ARRIVED": {
        "at": "when a report came; its number gives the order",
        "flow": "an index by the day of acceptance, which the report itself has",
        "flow_at": "the same",
    },
    "EVENT": {"replayed_at": "the time of a replayed past, in a trial"},
    "NUMBER": {"*": "an index: the case holds its number, which its first entry binds"},
    "ALONE": {"*": "the deadline of a report that belongs to its case has no effect"},
    "WAIT": {"*": "a task token: it wakes a workflow once and decides nothing"},
    "ALERT": {
        "*": "limits how often the duty desk is alerted; an entry records the danger of the case."
        " It expires within a fortnight, and is erased with its report"
    },
    "HEARD": {"*": "recent notifications of a case, so that nothing is sent twice"},
    "STANDING": {"*": "how much each unit has; every move of a case writes its line anew"},
    "HOLDS": {"*": "when somebody took a case; the case says whether they have it still"},
    "DECIDED": {"*": "who decided how much, for a month; histories tell who decided what"},
    "SAMPLES": {"*": "which reviews are read again; histories have what came of it. It expires"},
    "ASKINGS": {
        "*": "who asked for a file that two people open; entries have each asking and answer, and"
        " by them alone a file opens. It expires"
    },
    "HANDOVER": {"*": "words between shifts of the duty desk; no case is decided by them"},
    "ROSTER": {"*": "who is on duty; no case is decided by it"},
    "STAFF": {
        "*": "the register of people: name, role and unit. Entries hold the subject of who acted,"
        " and no name; `make staff-list` shows the register"
    },
    "DESK": {
        "*": "a person's own settings, what they did and were shown lately, and marks of theirs on"
        " notes that name them and on cases that they watch: entries have the notes"
    },
    "CAMPAIGNS": {
        "*": "what people last said of a campaign: entries of its cases tell who said what, and no"
        " case is decided by it"
    },
    "CAMPAIGN": {"*": "an index: each case holds the id of its campaign, which its entry binds"},
    "IDENTIFIER": {"*": "an index, made from the words; people decide on suggestions and merges"},
    "ALIKE": {"*": "which reports are alike, for a month; each stands in its own case as well"},
    "GROUP": {"*": "which reports are alike, for a month; each stands in its own case as well"},
    "CONTACT": {"*": "leads from a contact to an identifier; a person admits, and reads the words"},
    "COPIES": {"*": "how far a verdict on copies was carried; each case has an entry of it"},
    "CLUE": {"*": "advice for some months"},
    "COUNTED": {"*": "figures, which a recount computes again from histories"},
    "STATISTICS": {"*": "figures, which a recount computes again from histories"},
    "SHEETS": {"*": "figures, which a recount computes again from histories"},
    "PUBLISHED": {"*": "figures as they were published; the log of days has their digest"},
    "RECOUNTS": {"*": "what recounts of figures repaired"},
    "UNITS": {"*": "tells a sweep whether units changed; an entry says which unit has a case"},
    "SWEPT": {"*": "where the next sweep goes on; each deadline stands until it was acted on"},
    "LOOKED": {"*": "where the next look of the repair goes on"},
    "DAY": {"*": "the cases that a night looks at; an unsealed case that grew raises an alarm"},
}
"""Compared with nothing, by kind of item and attribute, each with its reason."""
