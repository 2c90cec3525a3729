"""The steps of a run, in order.

Each names what to look at first when it is wrong, and the steps that it needs. A step is not tried
where one of these failed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from smoke import browser, walk
from smoke.walk import Walk


@dataclass(frozen=True)
class Step:
    """One step of a run."""

    name: str
    act: Callable[[Walk], str]
    """Returns the good result; raises Wrong."""
    first: str
    """What to look at first when it is wrong."""
    needs: tuple[str, ...] = ()


STEPS: Final = (
    Step("the public address", walk.front, "the distribution, its certificate, the log of intake"),
    Step(
        "security headers",
        walk.headers,
        "the response headers policies of the distribution (infra/edge.py)",
        needs=("the public address",),
    ),
    Step(
        "public figures",
        walk.bilan,
        "the log of the public figures; CASE_TABLE and the grants of that function",
        needs=("the public address",),
    ),
    Step(
        "a missing page",
        walk.missing_page,
        "the error responses of the distribution; the route $default and its permission",
        needs=("the public address",),
    ),
    Step(
        "the mark of a trial",
        walk.mark,
        "the headers that the edge forwards (infra/edge.py); the clock of this machine; "
        "TRIAL_SECRET of intake",
        needs=("the public address",),
    ),
    Step(
        "a report",
        walk.report,
        "the log of intake; its grants on the table and the secrets; its sealing keys",
        needs=("the mark of a trial",),
    ),
    Step(
        "a report without JavaScript",
        walk.form,
        "the route $default and its permission; the log of intake",
        needs=("the mark of a trial",),
    ),
    Step(
        "follow-up",
        walk.followed,
        "the log of intake; its grants to read reports and cases",
        needs=("a report", "a report without JavaScript"),
    ),
    Step("a wrong receipt", walk.wrong_receipt, "the log of intake", needs=("a report",)),
    Step(
        "sign-in",
        walk.signed_in,
        "the user pool and its client; the authorizer of the API; CLIENT_ID of the desk",
    ),
    Step(
        "sign-in by a browser",
        browser.leaves_and_arrives,
        "`domain` or `address` of the deployment file; the log of session; the user pool's browser "
        "client, its domain and the style of managed login",
        needs=("the public address",),
    ),
    Step(
        "review",
        walk.reviewed,
        "the stream and its filter, the log of link; the workflow's last executions",
        needs=("a report", "sign-in"),
    ),
    Step(
        "danger",
        walk.danger,
        "the Alert step, the topic and the queue of trials",
        needs=("a report without JavaScript", "sign-in"),
    ),
    Step(
        "referral",
        walk.referred,
        "the workflow's execution of the case; the topic, its key, the queue of trials",
        needs=("review",),
    ),
    Step(
        "acknowledgement",
        walk.acknowledged,
        "the log of the desk; the workflow's execution of the case",
        needs=("referral",),
    ),
    Step(
        "history",
        walk.verified,
        "docs/operations.md, a history that does not verify",
        needs=("acknowledgement",),
    ),
    Step(
        "figures",
        walk.uncounted,
        "casework/text/realm.py: a trial was counted",
        needs=("a report", "a report without JavaScript"),
    ),
    Step(
        "an alarm",
        walk.alarm,
        "the alarm's namespace and action; the policy of the alarm topic and of its key",
    ),
)
