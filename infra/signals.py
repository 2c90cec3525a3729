"""What wakes somebody: one row for each kind of alarm.

The alarms are made from it (`infra.watch`), each carries the words of its row, so that the message
at night says what it means and what to do first, and docs/operations.md has them as a page. In
commands, words in braces are outputs of the stacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOUR: Final = 60
DAY: Final = 24 * HOUR


@dataclass(frozen=True)
class Rule:
    """When an alarm goes off: `breaches` of the last `periods` data points are beyond the limit.

    `minutes` is the length of a period. Silence is well: what is counted here is counted only when
    it happens. Where `silence` is ill, too few is what is beyond the limit.
    """

    limit: float
    breaches: int = 1
    periods: int = 1
    minutes: int = 5
    silence: bool = False
    """Whether silence is the fault."""


AT_ONCE: Final = Rule(0)
"""One is too many, and the next one may be a day away."""
MANY: Final = Rule(10)
"""A few in five minutes pass by themselves, or are what the reconciler is for."""
LASTING: Final = Rule(0, breaches=2, periods=3)
"""What is tried again: it matters when it goes on for some ten minutes."""
EACH_MINUTE: Final = Rule(1, breaches=5, periods=5, minutes=1, silence=True)
EACH_NIGHT: Final = Rule(1, breaches=26, periods=26, minutes=HOUR, silence=True)
"""Two hours more than a day, as a night's work takes its time."""


@dataclass(frozen=True)
class Signal:
    """One kind of alarm, for who is on call."""

    name: str
    """As the names of its alarms have it after `casework-{stage}-core-`; `*` stands for what the
    alarm is about."""
    rule: Rule
    means: str
    first: str
    """The first command, or the first thing to do where there is none."""
    query: str | None = None
    """Title of the saved query that shows more (`infra.queries`)."""

    @property
    def words(self) -> str:
        """What the alarm itself says; the service takes 1,024 characters."""
        return f"{self.means} FIRST: {self.first}"


FAILURES: Final = "What failed"
ENDED: Final = "What the service ended"
REFUSED: Final = "Answers that were our fault"
REPAIRED: Final = "What the reconciler and the sweeper did"
HISTORY: Final = "What history does not agree with"
ONE_REPORT: Final = "One report"

FAULT: Final = Signal(
    "*-Fault-Count-Any",
    AT_ONCE,
    "A function ended in an error, out of time or out of memory. What was asked of it is tried "
    "again by the stream, the workflow or the next minute; of the API's functions, by who asked.",
    "Run the saved query: if its last entry is old and nothing waits in a dead-letter queue, it "
    "healed. If it goes on, look at what was deployed last.",
    ENDED,
)
THROTTLED: Final = Signal(
    "*-Throttled-Count-Any",
    LASTING,
    "Calls of a function were turned away for ten minutes: the account runs as many functions at "
    "once as it may. Nothing is lost, everything is late.",
    "aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions (10 in a new "
    "account: ask for 1,000 in Service Quotas). In a flood of reports set intake_concurrency and "
    "deploy.",
)
STREAM_LATE: Final = Signal(
    "Stream-Iterator-Age-Max-Late",
    Rule(300_000),
    "Reports wait more than five minutes to be linked to a case. They are kept, their reporters "
    "are answered; nobody sees them yet.",
    "Run the saved query. Throttled? See that alarm. One report that fails again and again is put "
    "aside by itself within minutes.",
    FAILURES,
)
COUNTING_LATE: Final = Signal(
    "Counting-Iterator-Age-Max-Late",
    Rule(300_000),
    "The figures of the bilan are more than five minutes behind. Cases are not touched by it.",
    "Run the saved query; afterwards make recount ARGS=--only-compare.",
    FAILURES,
)
DEAD_LETTERS: Final = Signal(
    "*-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "Something was tried as often as it may be and was put aside: a report's stream record, a "
    "scheduled call, news for a reporter, a count, or a notification that no queue took.",
    "aws sqs receive-message --queue-url {…DeadLetterUrl} --visibility-timeout 1 (the queue is in "
    "the alarm's name). The ways back are in docs/operations.md, Watch.",
    FAILURES,
)
UNREAD: Final = Signal(
    "*-Unread",
    Rule(7 * DAY * 60),
    "Nobody took a unit's notifications from its queue for seven days; after fourteen they are "
    "gone. The cases stay on the unit's desk and become overdue.",
    "Ring the unit whose name is in the alarm's. A unit that works at the desk alone and reads no "
    "queue: reads_queue = false in the deployment file.",
)
WORKFLOW_FAILED: Final = Signal(
    "Workflow-Failure-Count-Any",
    AT_ONCE,
    "The workflow of a case ended in an error. The case is kept and on the duty desk as stuck, or "
    "the reconciler starts its next run within a minute.",
    "aws stepfunctions list-executions --state-machine-arn {WorkflowArn} --status-filter FAILED "
    "--max-items 5, then look at GET /v1/desk/duty.",
    FAILURES,
)
WORKFLOW_TIMED_OUT: Final = Signal(
    "Workflow-TimedOut-Count-Any",
    AT_ONCE,
    "The workflow of a case ran into the service's own limit of time, which no case should reach.",
    "aws stepfunctions list-executions --state-machine-arn {WorkflowArn} --status-filter TIMED_OUT "
    "--max-items 5",
    FAILURES,
)
ANSWERS: Final = Signal(
    "Api-Fault-Count-Any",
    AT_ONCE,
    "Somebody was answered 5xx: a reporter, or staff. A report that was answered so may be kept or "
    "not; sent again with its key it is kept once.",
    "curl -s -o /dev/null -w '%{http_code}' {PublicUrl}/v1/openapi.json, then the saved query: "
    "which route, and in the functions' logs the same request.",
    REFUSED,
)
NOT_DELIVERED: Final = Signal(
    "Announcements-Topic-Notifications-Failed-Any",
    AT_ONCE,
    "A notification reached no queue or endpoint. It is in the dead letters of the units, and the "
    "case is on its unit's desk.",
    "aws sqs receive-message --queue-url {UnitsDeadLetterUrl} --visibility-timeout 1: the "
    "attributes name the subscription.",
)
SUGGESTIONS: Final = Signal(
    "Triage-SuggestionsFailed-Above",
    MANY,
    "What suggests similar cases cannot be read or written. Every report is linked all the same.",
    "Run the saved query; in the morning is early enough.",
    FAILURES,
)
READINGS: Final = Signal(
    "Triage-ReadingsFailed-Above",
    AT_ONCE,
    "Reading what a reporter sent failed or took too long. Nothing else waited for it; after two "
    "attempts people have it as unreadable, with an urgent clock.",
    "GET /v1/desk/duty: is somebody at the duty desk looking at `unreadable`? Nobody knows yet "
    "whether it tells of danger.",
    FAILURES,
)
REPAIRS: Final = Signal(
    "Triage-Repaired*-Above",
    MANY,
    "More than ten repairs of one kind in five minutes: something dies again and again, and is "
    "mended each minute.",
    "Run the saved query: what failed a minute before the repairs began?",
    REPAIRED,
)
NOT_REPAIRED: Final = Signal(
    "Triage-Repairs*-Above",
    AT_ONCE,
    "The reconciler could not mend something, or its minute was too short for all of it. The next "
    "minute goes on.",
    "Run the saved query: it names case, report and error. The same again and again needs a "
    "person; others do not wait for it.",
    REPAIRED,
)
SWEEPS: Final = Signal(
    "Triage-SweepsFailed-Above",
    AT_ONCE,
    "A deadline that passed could not be acted on. The next minute tries again.",
    "Run the saved query: it names case and error.",
    REPAIRED,
)
DEADLINES: Final = Signal(
    "Triage-DeadlinesLeft-Above",
    AT_ONCE,
    "More deadlines passed at once than a minute takes, as after a change of units. Those left are "
    "done in the next minutes.",
    "Run the saved query: is the number going down from minute to minute?",
    REPAIRED,
)
BOXES: Final = Signal(
    "Boxes-BoxesNotOpened-*-Above",
    AT_ONCE,
    "A sealed box did not open as the box of its report: somebody exchanged it, or its key was "
    "touched. Treat it as an attack until it is explained.",
    "Change nothing in the table. Run the saved query, then make verify-history with the seals "
    "(docs/operations.md, When history does not fit).",
    FAILURES,
)
MISMATCHES: Final = Signal(
    "History-HistoryMismatches-history-Above",
    AT_ONCE,
    "An entry, a view, a mark or a seal is not what was signed. Treat it as an attack until it is "
    "explained.",
    "Change nothing in the table. Run the saved query, then docs/operations.md, When history does "
    "not fit.",
    HISTORY,
)
HEADS_LEFT: Final = Signal(
    "History-HeadsLeft-history-Above",
    AT_ONCE,
    "More cases grew in a day than one night verifies; those left are not verified by it.",
    "make verify-history with the seals, in the morning; then raise HEADS_A_NIGHT.",
    HISTORY,
)
NOT_SEALED: Final = Signal(
    "History-CasesNotSealed-history-Above",
    AT_ONCE,
    "A case that grew has a history and no case item, or what stands there is none. The others of "
    "its day are sealed.",
    "Run the saved query: it names the case. Bring the item back from point-in-time recovery.",
    HISTORY,
)
SILENT_RECONCILER: Final = Signal(
    "Heartbeat-Reconciles-triage-Silent",
    EACH_MINUTE,
    "The reconciler ended no pass for five minutes. What a crash leaves half-done stays so.",
    "aws lambda invoke --function-name {ReconcileFunction} /dev/stdout; then aws events "
    "list-rules: is the rule of each minute enabled?",
    FAILURES,
)
SILENT_SWEEPER: Final = Signal(
    "Heartbeat-Sweeps-triage-Silent",
    EACH_MINUTE,
    "The sweeper ended no pass for five minutes. Deadlines pass and nobody is told.",
    "aws lambda invoke --function-name {SweepFunction} /dev/stdout; then aws events list-rules: is "
    "the rule of each minute enabled?",
    FAILURES,
)
SILENT_SEAL: Final = Signal(
    "Heartbeat-DaysSealed-history-Silent",
    EACH_NIGHT,
    "No day was sealed for more than a day: what was written since can be changed without anybody "
    "seeing it. On the day of the first deployment it only says that no night has passed yet.",
    "aws lambda invoke --function-name {SealDayFunction} --cli-read-timeout 900 /dev/stdout seals "
    "yesterday, once.",
    HISTORY,
)
SILENT_VERIFIER: Final = Signal(
    "Heartbeat-HeadsVerified-history-Silent",
    EACH_NIGHT,
    "Nothing was verified for more than a day. On the day of the first deployment it only says "
    "that no night has passed yet.",
    "aws lambda invoke --function-name {VerifyDaysFunction} --cli-read-timeout 900 /dev/stdout",
    HISTORY,
)
TRIAL: Final = Signal(
    "Trial",
    Rule(0, minutes=1),
    "Whoever deployed tries whether alarms are heard (make smoke). Nothing is wrong.",
    "Nothing. Nobody deployed? Then ask who wrote the metric.",
)

SIGNALS: Final = (
    ANSWERS,
    FAULT,
    THROTTLED,
    STREAM_LATE,
    COUNTING_LATE,
    DEAD_LETTERS,
    UNREAD,
    WORKFLOW_FAILED,
    WORKFLOW_TIMED_OUT,
    NOT_DELIVERED,
    READINGS,
    REPAIRS,
    NOT_REPAIRED,
    SWEEPS,
    DEADLINES,
    SUGGESTIONS,
    BOXES,
    MISMATCHES,
    NOT_SEALED,
    HEADS_LEFT,
    SILENT_RECONCILER,
    SILENT_SWEEPER,
    SILENT_SEAL,
    SILENT_VERIFIER,
    TRIAL,
)
"""All of them, as somebody woken by one looks for it: first what reporters notice."""
