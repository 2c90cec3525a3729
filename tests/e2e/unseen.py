"""The moves that random clients leave to tests of their own: of people's, each without an act."""

from __future__ import annotations

from typing import Final

from casework.case.lifecycle import Move

NOT_SEEN: Final = {
    Move.UNDELIVERED: "no topic fails here (test_hardening_of_the_workflow)",
    Move.ERASE: "two supervisors decide it (test_hardening_of_what_is_kept)",
    Move.ERASED: "what follows from it",
    Move.TAKE_OUT: "it needs a second report that stays (tests/integration/test_taking_out)",
    Move.END_TRIAL: "no case here is a trial (tests/integration/test_trials)",
    Move.ADMIT: "people do it by itself (test_roles_are_enough, tests/integration/test_admission)",
    Move.ATTEND: "the duty desk does it (test_roles_are_enough, tests/integration/test_attention)",
    Move.TAKE: "the same (tests/integration/test_take)",
    Move.TRIED: "the same (tests/integration/test_tries)",
    Move.ASSIGN: "a unit does it (test_roles_are_enough, tests/integration/test_owner)",
    Move.REMARK: "colleagues write it (test_roles_are_enough, tests/integration/test_notes)",
    Move.SAME_CAMPAIGN: "people mark it (test_desk_colleagues, tests/integration/test_campaigns)",
    Move.CAMPAIGN_CHANGED: "the same",
    Move.LEAVE_CAMPAIGN: "the same",
    Move.GLANCE: "a person gives a verdict (test_roles_are_enough)",
    Move.SAMPLE: "a person reads a closed review again (tests/integration/test_samples)",
    Move.LOOK: "people do it at what was added to an ended case (tests/integration/test_follow)",
    Move.MONEY: "no report tells of a recent payment (tests/integration/test_money)",
    Move.SET_ASIDE: "every report can be read (tests/integration/test_poison)",
    Move.UNREADABLE: "the same",
    Move.IDENTITY_ACCEPTED: "who opened one says so (test_one_report_travels)",
    Move.IDENTITY_DOUBTED: "the same (tests/integration/test_gate)",
    Move.IDENTITY_ASKED: "the openers of sealed boxes serve it (test_sealed_and_signed)",
    Move.IDENTITY_RELEASED: "the same",
    Move.IDENTITY_REFUSED: "the same",
    Move.IDENTITY_OPENED: "the same",
    Move.NUMBER_OPENED: "the same (tests/integration/test_reporters_number)",
    Move.NUMBER_REVIEWED: "a person judges it (the same)",
    Move.INFORM: "a unit hands the dossier over (test_roles_are_enough, test_the_prosecutor)",
    Move.RECEIPT: "a prosecutor confirms that it came (the same)",
    Move.FILE_OPENED: "no report here has a file (test_files)",
    Move.FILE_ASKED: "the same (test_desk_files)",
    Move.FILE_ADMITTED: "the same",
    Move.FILE_REFUSED: "the same (tests/integration/test_files_by_two)",
}
"""Moves no life here makes, and why; every other one must have been made."""
