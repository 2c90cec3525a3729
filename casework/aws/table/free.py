"""What no history binds of the kept items, and why: a law of `verification`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casework.case import replay

FREE: Final[Mapping[str, Mapping[str, str]]] = {
    "CASE": replay.FREE,
    "REPORT": {
        "flow": "where a report waits to be linked: new, or let go by a case that ended",
        "flow_at": "the same",
        "linked_at": "when it came; its number in the case says the order",
        "own": "marks of the reporter's contact, which are cleared away before the rest",
        "identifiers": "an index, made from the words; people see the words themselves",
        "clues": "the same",
        "alone": "the clock of a report that stands alone; its line among the deadlines has it too",
        "attempts": "how often reading it was tried",
        "attempted_at": "the same",
        "replayed_at": "of a replay of the past for a trial",
    },
    "TOMBSTONE": {
        "accepted_at": "its digest covers it, and cannot be made again without what was erased",
        "correlation_id": "the same",
        "linked_at": "as of a report",
        "identifiers": "as of a report; it is taken away with the erasure",
        "clues": "the same",
    },
    "ADDITION": {
        "own": "as of a report",
        "attempts": "how often reading it was tried",
        "attempted_at": "the same",
        "unreadable": "an entry of its own says so",
        "flow": "where an addition waits that could not be read",
        "flow_at": "the same",
        "replayed_at": "of a replay of the past for a trial",
    },
    "ARRIVED": {
        "at": "when a report came; its number says the order",
        "arrived": "goes up; numbers of reports that left before their first night are skipped",
    },
    "EVENT": {"replayed_at": "of a replay of the past for a trial"},
    "ALONE": {"*": "the line of a report that belongs to its case is acted on by nobody"},
    "WAIT": {"*": "a task token: it wakes a workflow once and decides nothing"},
    "ALERT": {
        "*": "how often the duty desk is alerted within minutes; that a case is in danger is an"
        " entry. It is over within a fortnight, and goes with its report"
    },
    "HEARD": {"*": "what people heard of a case within minutes, so that they hear of it once"},
    "NOTICE": {"*": "whether a reporter was told; repeating it tells them once more"},
    "IDENTIFIER": {"*": "an index, made from the words; suggestions and merges are people's"},
    "CLUE": {"*": "advice for some months"},
    "COUNTED": {"*": "figures, which a recount makes again from histories"},
    "DAY": {"*": "which cases a night looks at; a case that grew and was not sealed is told"},
}
"""What is compared with nothing, by kind of item and attribute, and why."""
