"""Who is woken by what: one row for each kind of alarm.

The alarms are made from it (`infra.watch`), each carries the words of its row, so that the message
at night says what it means and what to do first. The page of who is on call, docs/on-call.md, is
written from it (`tools.on_call`). In commands, `{stage}` is the stage, and other words in braces
are outputs of its stacks.
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


FAILURES: Final = "What failed"
ENDED: Final = "What the service ended"
REFUSED: Final = "Answers that were our fault"
REPAIRED: Final = "What the reconciler and the sweeper did"
HISTORY: Final = "What history does not agree with"
ONE_REPORT: Final = "One report"
"""Titles of saved queries, which `infra.queries` has."""


@dataclass(frozen=True)
class Signal:
    """One kind of alarm, for who is on call."""

    name: str
    """As the names of its alarms have it after `casework-{stage}-core-` or `…-units-`; `*` stands
    for what the alarm is about."""
    rule: Rule
    means: str
    first: str
    """The first command."""
    look: str
    """What to look for in its answer, or what to ask next."""
    back: str
    """How things come back to what they were, and when somebody may sleep again."""
    waits: bool = False
    """Whether the morning is early enough."""

    def words(self, stage: str) -> str:
        """What the alarm of a stage itself says; the service takes 1,024 characters."""
        return f"{self.means} FIRST: {self.first.replace('{stage}', stage)} THEN: {self.look}"


def ask(title: str) -> str:
    """The command that asks a saved query."""
    return f"make logs STAGE={{stage}} QUERY='{title}'"


SEAL_A_DAY: Final = (
    "`aws lambda invoke --function-name {SealDayFunction} --cli-binary-format raw-in-base64-out "
    '--cli-read-timeout 900 --payload \'{"day": "YYYY-MM-DD"}\' /dev/stdout`'
)

FAULT: Final = Signal(
    "*-Fault-Count-Any",
    AT_ONCE,
    "A function ended in an error, out of time or out of memory. What was asked of it is tried "
    "again by the stream, the workflow or the next minute; of the API's functions, by who asked.",
    ask(ENDED),
    "Is its last entry old, and does nothing wait in a dead-letter queue? Then it healed.",
    "If it goes on since a deployment, deploy the release before. Out of time or memory: the log's "
    "last lines before it name the report or the case. What was put aside has an alarm of its own.",
)
THROTTLED: Final = Signal(
    "*-Throttled-Count-Any",
    LASTING,
    "Calls of a function were turned away for ten minutes: the account runs as many functions at "
    "once as it may. Nothing is lost, everything is late.",
    "aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions",
    "10 is a new account: ask for 1,000 in Service Quotas (docs/quotas.md). Else: is it a flood?",
    "In a flood of reports set intake_concurrency in the deployment file and deploy, so that the "
    "desk and the stream keep their share; docs/operations.md, When somebody floods the form.",
)
STREAM_LATE: Final = Signal(
    "Stream-Iterator-Age-Max-Late",
    Rule(300_000),
    "Reports wait more than five minutes to be linked to a case. They are kept, their reporters "
    "are answered; nobody sees them yet.",
    ask(FAILURES),
    "Throttled? See that alarm. One report that fails again and again is put aside by itself "
    "within minutes.",
    "When what failed is mended the stream goes on where it stands, oldest first. The reconciler "
    "finds every report without a case, also those older than the stream's day.",
)
COUNTING_LATE: Final = Signal(
    "Counting-Iterator-Age-Max-Late",
    Rule(300_000),
    "The figures of the bilan are more than five minutes behind. Cases are not touched by it.",
    ask(FAILURES),
    "What fails in the service statistics?",
    "Mend it; then `make recount` compares the counters with the table and repairs them.",
    waits=True,
)
REPORTS_PUT_ASIDE: Final = Signal(
    "Triage-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "A report's stream record was tried as often as it may be and was put aside. The report is "
    "kept; it may have no case yet.",
    "aws sqs receive-message --queue-url {DeadLetterUrl} --visibility-timeout 1",
    "The letter holds metadata only; the saved query What failed names reference and error.",
    "Mend the cause, then reprocess from the table: `aws lambda invoke --function-name "
    "{ReprocessFunction} --cli-binary-format raw-in-base64-out --payload "
    '\'{"references": ["…"]}\' /dev/stdout`. Then empty the queue: `aws sqs purge-queue '
    "--queue-url {DeadLetterUrl}`.",
)
CALLS_MISSED: Final = Signal(
    "Triage-MissedCalls-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "A call by the clock, or the news that a key was changed, was tried for as long as it may be "
    "and was put aside: a pass of a minute, the seal of a night or its verification.",
    "aws sqs receive-message --queue-url {MissedCallsUrl} --visibility-timeout 1",
    "Does it name a key (eventName)? Then somebody changed who may use it: docs/operations.md, A "
    "breach. Else it names the rule.",
    f"The next minute does what a pass of a minute left. A night: {SEAL_A_DAY}. Then "
    "`aws sqs purge-queue --queue-url {MissedCallsUrl}`.",
)
NEWS_PUT_ASIDE: Final = Signal(
    "Reporters-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "News for reporters who left an address could not be sent in five attempts. Each reads it with "
    "the receipt all the same.",
    ask(FAILURES),
    "What fails in the service notify: SES or SNS (docs/quotas.md), or a box that does not open?",
    "When it is mended: `aws sqs start-message-move-task --source-arn …` with the queue's ARN "
    "(`aws sqs get-queue-attributes --queue-url {ReportersDeadLetterUrl} --attribute-names "
    "QueueArn`). "
    "Nobody is told twice.",
    waits=True,
)
COUNTS_PUT_ASIDE: Final = Signal(
    "Statistics-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "Something was not counted in the bilan. Cases are not touched by it.",
    "aws sqs receive-message --queue-url {CountingDeadLetterUrl} --visibility-timeout 1",
    "The letter holds metadata only; the saved query What failed names the error.",
    "Mend the cause, then `make recount`, then `aws sqs purge-queue --queue-url "
    "{CountingDeadLetterUrl}`.",
    waits=True,
)
UNITS_PUT_ASIDE: Final = Signal(
    "DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "A notification of a unit was put aside: its program took it five times and did not delete it, "
    "or a delivery failed for hours. The case is on the unit's desk and becomes overdue.",
    "aws sqs receive-message --queue-url {UnitsDeadLetterUrl} --visibility-timeout 1 "
    "--attribute-names All --message-attribute-names All",
    "Which unit does the body name? Ring it, danger first.",
    "When the unit is back: `aws sqs start-message-move-task --source-arn …` with the queue's "
    "ARN (`aws sqs get-queue-attributes --queue-url {UnitsDeadLetterUrl} --attribute-names "
    "QueueArn`). It moves what came from queues. What an endpoint did not take is on the desk: "
    "purge it.",
)
UNREAD: Final = Signal(
    "*-Unread",
    Rule(7 * DAY * 60),
    "Nobody took a unit's notifications from its queue for seven days; after fourteen they are "
    "gone. The cases stay on the unit's desk and become overdue.",
    "aws sqs list-queues --queue-name-prefix casework-{stage}",
    "The unit's id is in the name of the alarm and of its queue. Ring the unit.",
    "Its program reads again; or the unit works at the desk alone: reads_queue = false in the "
    "deployment file, and deploy.",
    waits=True,
)
WORKFLOW_FAILED: Final = Signal(
    "Workflow-Failure-Count-Any",
    AT_ONCE,
    "The workflow of a case ended in an error. The case is kept and on the duty desk as stuck, or "
    "the reconciler starts its next run within a minute.",
    "aws stepfunctions list-executions --state-machine-arn {WorkflowArn} --status-filter FAILED "
    "--max-items 5",
    "Is the case under stuck at the duty desk (GET /v1/desk/duty)? Then it waits for a person.",
    "Mend the cause; a supervisor lets the case go on with retry at the duty desk. An execution "
    "that was lost while it waited for people is replaced by itself; one that never gets as far is "
    "tried five times.",
)
WORKFLOW_TIMED_OUT: Final = Signal(
    "Workflow-TimedOut-Count-Any",
    AT_ONCE,
    "The workflow of a case ran into the service's own limit of time, which no case should reach.",
    "aws stepfunctions list-executions --state-machine-arn {WorkflowArn} --status-filter TIMED_OUT "
    "--max-items 5",
    "Which case, and since when did it wait?",
    "The reconciler starts its next run. Ask the desk why it waited so long.",
    waits=True,
)
ANSWERS: Final = Signal(
    "Api-Fault-Count-Any",
    AT_ONCE,
    "Somebody was answered 5xx: a reporter, or staff. A report that was answered so may be kept or "
    "not; sent again with its key it is kept once.",
    ask(REFUSED),
    "Which route, and since when? The request id follows one of them into the functions' logs.",
    "One, and then none: a service hiccupped. If it goes on: `make smoke STAGE={stage}` shows what "
    "is broken; since a deployment, deploy the release before.",
)
NOT_DELIVERED: Final = Signal(
    "Announcements-Topic-Notifications-Failed-Any",
    AT_ONCE,
    "A notification reached no queue or endpoint. It is in the dead letters of the units, and the "
    "case is on its unit's desk.",
    "aws sqs receive-message --queue-url {UnitsDeadLetterUrl} --visibility-timeout 1 "
    "--attribute-names All --message-attribute-names All",
    "Which subscription? An endpoint's owner, or the queue's policy after a deployment.",
    "As for the dead letters of the units.",
)
SUGGESTIONS: Final = Signal(
    "Triage-SuggestionsFailed-Above",
    MANY,
    "What suggests similar cases cannot be read or written. Every report is linked all the same.",
    ask(FAILURES),
    "Which error, in the service triage?",
    "Mend it. What was not suggested stays so; nothing else was lost.",
    waits=True,
)
READINGS: Final = Signal(
    "Triage-ReadingsFailed-Above",
    AT_ONCE,
    "Reading what a reporter sent failed or took too long. Nothing else waited for it; after two "
    "attempts people have it as unreadable, with an urgent clock.",
    ask(FAILURES),
    "Is somebody at the duty desk looking at unreadable (GET /v1/desk/duty)? Nobody knows yet "
    "whether it tells of danger.",
    "Any decision on its case takes it off the list. The log names the place in the code: mend the "
    "reading for the next one.",
)
REPAIRS: Final = Signal(
    "Triage-Repaired*-Above",
    MANY,
    "More than ten repairs of one kind in five minutes: something dies again and again, and is "
    "mended each minute.",
    ask(REPAIRED),
    "What failed a minute before the repairs began (saved query What failed)?",
    "Mend what dies; the repairs end by themselves.",
)
NOT_REPAIRED: Final = Signal(
    "Triage-Repairs*-Above",
    AT_ONCE,
    "The reconciler could not mend something, or its minute was too short for all of it. The next "
    "minute goes on.",
    ask(REPAIRED),
    "It names case, report and error. The same again and again? Others do not wait for it.",
    "Left over: wait until the number is nothing. The same case each minute needs a person: mend "
    "what its error names.",
)
SWEEPS: Final = Signal(
    "Triage-SweepsFailed-Above",
    AT_ONCE,
    "A deadline that passed could not be acted on. The next minute tries again.",
    ask(REPAIRED),
    "It names case and error.",
    "When it is mended the next minute acts on the deadline. Until then tell the supervisors of "
    "the case yourself.",
)
DEADLINES: Final = Signal(
    "Triage-DeadlinesLeft-Above",
    AT_ONCE,
    "More deadlines passed at once than a minute takes, as after a change of units. Those left are "
    "done in the next minutes.",
    ask(REPAIRED),
    "Is the number going down from minute to minute?",
    "It goes down by itself. If it does not, look at the errors and throttles of the sweeper.",
)
BOXES: Final = Signal(
    "Boxes-BoxesNotOpened-*-Above",
    AT_ONCE,
    "A sealed box did not open as the box of its report: somebody exchanged it, or its key was "
    "touched. Treat it as an attack until it is explained. Change nothing in the table.",
    ask(HISTORY),
    "Which report, and who asked for it? Then `make verify-history` with the seals.",
    "docs/operations.md, When history does not fit; if it is an attack, A breach.",
)
MISMATCHES: Final = Signal(
    "History-HistoryMismatches-history-Above",
    AT_ONCE,
    "An entry, a view, a mark or a seal is not what was signed. Treat it as an attack until it is "
    "explained. Change nothing in the table.",
    ask(HISTORY),
    "It names day, case and the first entry that does not fit.",
    "docs/operations.md, When history does not fit; if it is an attack, A breach.",
)
HEADS_LEFT: Final = Signal(
    "History-HeadsLeft-history-Above",
    AT_ONCE,
    "More cases grew in a day than one night verifies; those left are not verified by it.",
    ask(HISTORY),
    "How many were left?",
    "In the morning `make verify-history TABLE={CaseTable}` with the seals reads all of it; then "
    "raise HEADS_A_NIGHT in functions/history/verify_days.py and deploy.",
    waits=True,
)
NOT_SEALED: Final = Signal(
    "History-CasesNotSealed-history-Above",
    AT_ONCE,
    "A case that grew has a history and no case item, or what stands there is none. The others of "
    "its day are sealed.",
    ask(HISTORY),
    "It names the case. Who took the item away is in CloudTrail's data events.",
    "Bring the item back from point-in-time recovery (docs/operations.md, When history does not "
    "fit, 3); it is sealed with the next day on which it grows.",
    waits=True,
)
SILENT_RECONCILER: Final = Signal(
    "Heartbeat-Reconciles-triage-Silent",
    EACH_MINUTE,
    "The reconciler ended no pass for five minutes. What a crash leaves half-done stays so.",
    "aws lambda invoke --function-name {ReconcileFunction} --cli-read-timeout 70 /dev/stdout",
    "Does it answer without FunctionError? Then its rule is disabled: `aws events list-rules`.",
    "`aws events enable-rule --name …` with the name of the rule. An error: see that it is not a "
    "throttle, then deploy the release before.",
)
SILENT_SWEEPER: Final = Signal(
    "Heartbeat-Sweeps-triage-Silent",
    EACH_MINUTE,
    "The sweeper ended no pass for five minutes. Deadlines pass and nobody is told.",
    "aws lambda invoke --function-name {SweepFunction} --cli-read-timeout 70 /dev/stdout",
    "Does it answer without FunctionError? Then its rule is disabled: `aws events list-rules`.",
    "`aws events enable-rule --name …` with the name of the rule. An error: see that it is not a "
    "throttle, then deploy the release before.",
)
SILENT_SEAL: Final = Signal(
    "Heartbeat-DaysSealed-history-Silent",
    EACH_NIGHT,
    "No day was sealed for more than a day: what was written since can be changed without anybody "
    "seeing it. On the day of the first deployment it only says that no night has passed yet.",
    "aws lambda invoke --function-name {SealDayFunction} --cli-read-timeout 900 /dev/stdout",
    "It seals yesterday, once. Did it end without FunctionError?",
    f"Other days: {SEAL_A_DAY}. The alarm rests within the hour.",
    waits=True,
)
SILENT_VERIFIER: Final = Signal(
    "Heartbeat-HeadsVerified-history-Silent",
    EACH_NIGHT,
    "Nothing was verified for more than a day. On the day of the first deployment it only says "
    "that no night has passed yet.",
    "aws lambda invoke --function-name {VerifyDaysFunction} --cli-read-timeout 900 /dev/stdout",
    "Did it end without FunctionError? Its answer names what does not fit.",
    "The alarm rests within the hour. Out of time: the night has more than it can verify, see "
    "HeadsLeft.",
    waits=True,
)
TRIAL: Final = Signal(
    "Trial",
    Rule(0, minutes=1),
    "Whoever deployed tries whether alarms are heard (`make smoke`). Nothing is wrong.",
    "aws cloudwatch describe-alarm-history --alarm-name {TrialAlarm} --max-items 5",
    "Did somebody deploy just now?",
    "Nothing. If nobody deployed, ask in the morning who wrote the metric.",
    waits=True,
)

SIGNALS: Final = (
    ANSWERS,
    FAULT,
    THROTTLED,
    STREAM_LATE,
    REPORTS_PUT_ASIDE,
    WORKFLOW_FAILED,
    WORKFLOW_TIMED_OUT,
    UNITS_PUT_ASIDE,
    NOT_DELIVERED,
    UNREAD,
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
    CALLS_MISSED,
    SILENT_SEAL,
    SILENT_VERIFIER,
    COUNTING_LATE,
    COUNTS_PUT_ASIDE,
    NEWS_PUT_ASIDE,
    TRIAL,
)
"""All of them, as somebody woken by one looks for it: first what reporters notice."""
