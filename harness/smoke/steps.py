"""The steps of a run, in order.

Each names what to look at first when it is wrong, and the steps that it needs. A step is not tried
where one of these failed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from harness.smoke import browser, checks
from harness.smoke.checks import SmokeRun


@dataclass(frozen=True)
class SmokeStep:
    """One step of a run."""

    name: str
    act: Callable[[SmokeRun], str]
    """Returns the good result; raises Wrong."""
    first: str
    """What to look at first when it is wrong."""
    needs: tuple[str, ...] = ()


SMOKE_STEPS: Final = (
    SmokeStep(
        "the public address",
        checks.check_front_page,
        "the distribution, its certificate, the log of intake",
    ),
    SmokeStep(
        "security headers",
        checks.headers,
        "the response headers policies of the distribution (infra/edge.py)",
        needs=("the public address",),
    ),
    SmokeStep(
        "public figures",
        checks.bilan,
        "the log of the public figures; CASE_TABLE and the grants of that function",
        needs=("the public address",),
    ),
    SmokeStep(
        "a missing page",
        checks.missing_page,
        "the error responses of the distribution; the route $default and its permission",
        needs=("the public address",),
    ),
    SmokeStep(
        "the mark of a trial",
        checks.mark,
        "the headers that the edge forwards (infra/edge.py); the clock of this machine; "
        "TRIAL_SECRET of intake",
        needs=("the public address",),
    ),
    SmokeStep(
        "a report",
        checks.report,
        "the log of intake; its grants on the table and the secrets; its sealing keys",
        needs=("the mark of a trial",),
    ),
    SmokeStep(
        "a report without JavaScript",
        checks.form,
        "the route $default and its permission; the log of intake",
        needs=("the mark of a trial",),
    ),
    SmokeStep(
        "follow-up",
        checks.check_follow_up,
        "the log of intake; its grants to read reports and cases",
        needs=("a report", "a report without JavaScript"),
    ),
    SmokeStep("a wrong receipt", checks.wrong_receipt, "the log of intake", needs=("a report",)),
    SmokeStep(
        "sign-in",
        checks.signed_in,
        "the user pool and its client; the authorizer of the API; CLIENT_ID of the desk",
    ),
    SmokeStep(
        "sign-in by a browser",
        browser.leaves_and_arrives,
        "`domain` or `address` of the deployment file; the log of session; the user pool's browser "
        "client, its domain and the style of managed login",
        needs=("the public address",),
    ),
    SmokeStep(
        "review",
        checks.check_review,
        "the stream and its filter, the log of link; the workflow's last executions",
        needs=("a report", "sign-in"),
    ),
    SmokeStep(
        "danger",
        checks.danger,
        "the Alert step, the topic and the queue of trials",
        needs=("a report without JavaScript", "sign-in"),
    ),
    SmokeStep(
        "referral",
        checks.check_referral,
        "the workflow's execution of the case; the topic, its key, the queue of trials",
        needs=("review",),
    ),
    SmokeStep(
        "acknowledgement",
        checks.check_acknowledgement,
        "the log of the desk; the workflow's execution of the case",
        needs=("referral",),
    ),
    SmokeStep(
        "history",
        checks.check_history,
        "docs/operations.md, a history that does not verify",
        needs=("acknowledgement",),
    ),
    SmokeStep(
        "figures",
        checks.check_statistics,
        "casework/text/realm.py: a trial was counted",
        needs=("a report", "a report without JavaScript"),
    ),
    SmokeStep(
        "an alarm",
        checks.alarm,
        "the alarm's namespace and action; the policy of the alarm topic and of its key",
    ),
)
