"""The decision how long an ended case is kept, and the holds of courts on it."""

from __future__ import annotations

from casework.aws.http.api import Request
from casework.decisions.base import Decision
from casework.decisions.permissions import StaffCall
from casework.decisions.retention import RetentionDecision
from functions.desk.shared.decision_handler import decision_route


@decision_route(
    "decide_retention",
    "cases/{id}/retention",
    StaffCall.RETENTION,
    "Keep a case longer, for itself or for a court, or erase it",
    RetentionDecision,
)
def decide_retention(request: Request) -> Decision:
    """Decide on an ended case past its retention time: keep it until a day, on a ground, or erase
    it. One person proposes to erase it; the second, who sends the same, decides.

    A hold by a court is recorded at any time, with the court, the number of its order, and its last
    day. Several may be in force. Until the last of them is over or lifted, nothing of the case is
    erased and no report leaves it. The same order with a later day prolongs its hold; a lifting
    names the hold that it ends.

    Reports and messages to reporters are erased; the history and the count stay.
    """
    return request.parse_body(RetentionDecision).root
