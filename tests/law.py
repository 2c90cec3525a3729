"""The law of a case, written out apart from the product's tables.

A line says which moves a status has. `move>status` is where a move leads; without a status, the
case stays where it stands.
"""

from __future__ import annotations

from casework.case.lifecycle import Move, Status

MOVES = {
    "received": """
        assess>in_review set_aside>in_review end_trial>erased payment freeze waive court_hold
        court_hold_lifted retry
    """,
    "in_review": """
        confirm>reviewed reject>closed ask>awaiting_answer merge>merged end_trial>erased propose
        take_out no_danger break_hold payment freeze waive court_hold court_hold_lifted notice
        notice_withdrawn retry
    """,
    "awaiting_answer": """
        answer>in_review unanswered>in_review end_trial>erased take_out payment freeze waive
        court_hold court_hold_lifted notice notice_withdrawn
    """,
    "reviewed": """
        refer>queued end_trial>erased payment freeze waive court_hold court_hold_lifted retry
    """,
    "queued": """
        publish>published acknowledge>acknowledged decline>declined end_trial>erased reassign
        take_out no_danger break_hold payment freeze waive court_hold court_hold_lifted notice
        notice_withdrawn retry
    """,
    "published": """
        acknowledge>acknowledged decline>declined reassign>queued end_trial>erased take_out
        no_danger break_hold payment freeze waive court_hold court_hold_lifted notice
        notice_withdrawn retry
    """,
    "declined": """
        reroute>queued contest>in_review reassign>queued end_trial>erased payment freeze waive
        court_hold court_hold_lifted retry
    """,
    "awaiting_authorisation": """
        inform receipt authorise>acknowledged pass>acknowledged identity_accepted>acknowledged
        reassign>queued close>closed end_trial>erased identity_doubted annul check correct
        take_out no_danger payment freeze waive court_hold court_hold_lifted notice
        notice_withdrawn look
    """,
    "acknowledged": """
        merge>merged transfer>queued reassign>queued close>closed end_trial>erased pass
        identity_accepted identity_doubted annul check inform receipt instruct suspect correct
        take_out no_danger payment freeze waive court_hold court_hold_lifted notice
        notice_withdrawn look
    """,
    "merged": """
        split>in_review erase>erased end_trial>erased
        suspect correct freeze notice notice_withdrawn
    """,
    "closed": """
        reopen>in_review resume>acknowledged erase>erased end_trial>erased propose annul receipt
        suspect correct payment freeze waive court_hold court_hold_lifted notice
        notice_withdrawn keep look
    """,
    "erased": "",
}
GOES_ON = """
    received in_review awaiting_answer reviewed queued published declined awaiting_authorisation
    acknowledged
"""
BY_ITSELF = f"{GOES_ON} closed"
REMEMBERED = f"{BY_ITSELF} merged"
EVER = f"{REMEMBERED} erased"
NOTES = {
    "admit": BY_ITSELF,
    "glance": BY_ITSELF,
    "sample": REMEMBERED,
    "alert": "in_review",
    "suggest": BY_ITSELF,
    "keep_apart": BY_ITSELF,
    "same_campaign": BY_ITSELF,
    "campaign_changed": REMEMBERED,
    "leave_campaign": REMEMBERED,
    "raise": BY_ITSELF,
    "money": BY_ITSELF,
    "escalate": "in_review published",
    "undelivered": "queued",
    "unreadable": GOES_ON,
    "stick": "received in_review reviewed queued published declined",
    "add": BY_ITSELF,
    "attend": REMEMBERED,
    "take": BY_ITSELF,
    "tried": BY_ITSELF,
    "assign": "awaiting_authorisation acknowledged",
    "remark": REMEMBERED,
    "message": BY_ITSELF,
    "identity_asked": REMEMBERED,
    "identity_released": REMEMBERED,
    "identity_refused": REMEMBERED,
    "identity_opened": REMEMBERED,
    "file_asked": REMEMBERED,
    "file_admitted": REMEMBERED,
    "file_refused": REMEMBERED,
    "file_opened": REMEMBERED,
    "number_opened": BY_ITSELF,
    "number_reviewed": EVER,
    "erased": EVER,
    "read": "queued published",
    "export": EVER,
    "absorb": GOES_ON,
    "release": REMEMBERED,
    "overdue": REMEMBERED,
}
"""Where each note is recorded; the case stays where it stands."""
LED_BACK = "acknowledge annul identity_doubted resume take_out release"
"""Moves after which a case whose gate is shut awaits the authorisation, not the unit's inquiry."""
OPEN_TO_INQUIRY = "acknowledged"
"""Statuses in which the unit may inquire, and whose gate can be shut again."""
INQUIRY = "instruct suspect transfer merge"
"""Acts that a shut gate forbids by name."""


def leads(status: Status, move: Move) -> Status | None:
    """Where a case of a status stands after a move; None: it cannot take the move."""
    if status in NOTES.get(move, "").split():
        return status
    for word in MOVES[status].split():
        name, _, there = word.partition(">")
        if name == move:
            return Status(there or status)
    return None


def leads_with_the_gate_shut(status: Status, move: Move) -> Status | None:
    """The same for a case whose gate nothing opened, or no more."""
    there = leads(status, move)
    if there is not None and there in OPEN_TO_INQUIRY.split() and move in LED_BACK.split():
        return Status.AWAITING_AUTHORISATION
    return there
