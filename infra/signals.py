"""The alarms, one row for each kind: its rule, its meaning and the first command.

`infra.watch` makes the alarms from these rows. The description of each alarm holds the words of its
row, so the message at night says what it means and what to do first. `tools.on_call` writes
docs/on-call.md from them. In commands, `{stage}` is the stage; other words in braces are outputs
of its stacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOUR: Final = 60
DAY: Final = 24 * HOUR


@dataclass(frozen=True)
class Rule:
    """When an alarm rings: `breaches` of the last `periods` data points are beyond the limit.

    `minutes` is the length of a period. Most metrics here have data only when something happens, so
    missing data is good. With `silence`, missing data is the fault, and a value below the limit
    rings.
    """

    limit: float
    breaches: int = 1
    periods: int = 1
    minutes: int = 5
    silence: bool = False
    """Whether missing data is the fault."""


AT_ONCE: Final = Rule(0)
"""One event rings, because the next one may be a day away."""
MANY: Final = Rule(10)
"""A few events in five minutes are normal work for retries and the reconciler."""
FIVE_MINUTES: Final = Rule(4)
"""For what is counted each minute: it rings after five minutes without one that was good."""
LASTING: Final = Rule(0, breaches=2, periods=3)
"""For what is tried again: it rings after some ten minutes."""
EACH_MINUTE: Final = Rule(1, breaches=5, periods=5, minutes=1, silence=True)
EACH_QUARTER: Final = Rule(1, breaches=2, periods=2, minutes=30, silence=True)
EACH_NIGHT: Final = Rule(1, breaches=26, periods=26, minutes=HOUR, silence=True)
"""Two hours more than a day, because the night's work takes time."""


FAILURES: Final = "What failed"
ENDED: Final = "What the service ended"
REFUSED: Final = "Answers that were our fault"
REPAIRED: Final = "What the reconciler and the sweeper did"
HISTORY: Final = "What history does not agree with"
ONE_REPORT: Final = "One report"
"""Titles of saved queries, which `infra.queries` has."""


@dataclass(frozen=True)
class Signal:
    """One kind of alarm, for the person on call."""

    name: str
    """The name of the alarm after `casework-{stage}-core-` or `…-units-`; `*` stands for the
    function, queue, unit or kind of repair."""
    rule: Rule
    means: str
    first: str
    """The first command."""
    look: str
    """What to look for in its answer, or what to ask next."""
    back: str
    """How to restore the normal state, and when the incident is over."""
    waits: bool = False
    """Whether it can wait for the morning."""

    def words(self, stage: str) -> str:
        """The description of the alarm of a stage; CloudWatch takes 1,024 characters."""
        return f"{self.means} FIRST: {self.first.replace('{stage}', stage)} THEN: {self.look}"


def ask(title: str) -> str:
    """The command that runs a saved query."""
    return f"make logs STAGE={{stage}} QUERY='{title}'"


SEAL_A_DAY: Final = (
    "`aws lambda invoke --function-name {SealDayFunction} --cli-binary-format raw-in-base64-out "
    '--cli-read-timeout 900 --payload \'{"day": "YYYY-MM-DD"}\' /dev/stdout`'
)

FAULT: Final = Signal(
    "*-Fault-Count-Any",
    AT_ONCE,
    "A function ended in an error, out of time or out of memory. The stream, the workflow or the "
    "next minute tries its work again; the caller repeats a call of the API.",
    ask(ENDED),
    "Is its last entry old, and is every dead-letter queue empty? Then it is over.",
    "If it continues since a deployment, deploy the release before. Out of time or memory: the "
    "last lines of the log before it name the report or the case. Dead letters have their own "
    "alarm.",
)
THROTTLED: Final = Signal(
    "Throttled",
    LASTING,
    "Lambda refused calls of functions for ten minutes, because the account reached its limit of "
    "concurrent executions, or intake its own. Nothing is lost, everything is late.",
    "aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions",
    "10 is a new account: ask for 1,000 in Service Quotas (docs/quotas.md). Otherwise: is it a "
    "flood?",
    "In a flood of reports set intake_concurrency in the deployment file and deploy, so that the "
    "desk and the stream keep their share; docs/operations.md, When somebody floods the form.",
)
STREAM_LATE: Final = Signal(
    "Stream-Iterator-Age-Max-Late",
    Rule(300_000),
    "Reports wait more than five minutes to be linked to a case. They are stored and answered, and "
    "the desk does not see them yet.",
    ask(FAILURES),
    "Throttled? See that alarm. A report that fails again and again goes to the dead letters "
    "within minutes.",
    "After the repair the stream continues where it stopped, oldest first. The reconciler finds "
    "every report without a case, also those older than the stream's day.",
)
COUNTING_LATE: Final = Signal(
    "Counting-Iterator-Age-Max-Late",
    Rule(1_800_000),
    "The figures of the bilan are more than half an hour behind. Cases are not affected.",
    ask(FAILURES),
    "What fails in the service statistics?",
    "Repair it; then `make recount` compares the counters with the table and corrects them.",
    waits=True,
)
REPORTS_PUT_ASIDE: Final = Signal(
    "Triage-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "The stream record of a report failed at every attempt and went to the dead letters. The "
    "report is stored; it may have no case yet.",
    "aws sqs receive-message --queue-url {DeadLetterUrl} --visibility-timeout 1",
    "The letter holds metadata only; the saved query What failed names reference and error.",
    "Repair the cause, then reprocess from the table: `aws lambda invoke --function-name "
    "{ReprocessFunction} --cli-binary-format raw-in-base64-out --payload "
    '\'{"references": ["…"]}\' /dev/stdout`. Then empty the queue: `aws sqs purge-queue '
    "--queue-url {DeadLetterUrl}`.",
)
CALLS_MISSED: Final = Signal(
    "Triage-MissedCalls-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "A scheduled call, or the event of a changed key or of an ended execution, failed at every "
    "attempt and went to the dead letters: a pass of a minute, the seal of a night or its "
    "verification.",
    "aws sqs receive-message --queue-url {MissedCallsUrl} --visibility-timeout 1",
    "Does it name a key (eventName)? Then a person changed its permissions: docs/operations.md, A "
    "breach. Otherwise it names the rule, or an execution and with it the case.",
    "The next minute repeats a missed pass, and the reconciler finds the case of an execution "
    f"within the hour. A night: {SEAL_A_DAY}. Then "
    "`aws sqs purge-queue --queue-url {MissedCallsUrl}`.",
)
NEWS_PUT_ASIDE: Final = Signal(
    "Reporters-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "A notice to reporters who left an address failed in five attempts. Each reporter can still "
    "read the news with the receipt.",
    ask(FAILURES),
    "What fails in the service notify: SES or SNS (docs/quotas.md), or a box that does not open?",
    "After the repair: `aws sqs start-message-move-task --source-arn …` with the queue's ARN "
    "(`aws sqs get-queue-attributes --queue-url {ReportersDeadLetterUrl} --attribute-names "
    "QueueArn`). "
    "No reporter gets a notice twice.",
    waits=True,
)
COUNTS_PUT_ASIDE: Final = Signal(
    "Statistics-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "A change was not counted in the bilan. Cases are not affected.",
    "aws sqs receive-message --queue-url {CountingDeadLetterUrl} --visibility-timeout 1",
    "The letter holds metadata only; the saved query What failed names the error.",
    "Repair the cause, then `make recount`, then `aws sqs purge-queue --queue-url "
    "{CountingDeadLetterUrl}`.",
    waits=True,
)
UNITS_PUT_ASIDE: Final = Signal(
    "DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "A notification of a unit went to the dead letters: its program received it five times and did "
    "not delete it, or a delivery failed for hours. The case is on the unit's desk and becomes "
    "overdue.",
    "aws sqs receive-message --queue-url {UnitsDeadLetterUrl} --visibility-timeout 1 "
    "--attribute-names All --message-attribute-names All",
    "Which unit does the body name? Call it, danger first.",
    "When the unit works again: `aws sqs start-message-move-task --source-arn …` with the queue's "
    "ARN (`aws sqs get-queue-attributes --queue-url {UnitsDeadLetterUrl} --attribute-names "
    "QueueArn`). It moves letters that came from queues. Letters of an endpoint are on the desk: "
    "purge them.",
)
UNREAD: Final = Signal(
    "Triage-QueuesUnread-Above",
    AT_ONCE,
    "A unit has not read its queue for seven days; notifications expire after fourteen. The cases "
    "stay on the unit's desk and become overdue. The sweeper looks once a day.",
    ask(REPAIRED),
    "Each 'queue not read' names its unit. Call the unit.",
    "Its program reads again. If the unit works at the desk alone, set reads_queue = false in the "
    "deployment file, and deploy.",
    waits=True,
)
NOBODY: Final = Signal(
    "Triage-NobodyOnDuty-Above",
    FIVE_MINUTES,
    "Nobody has been on duty for five minutes: a person in danger may report, and nobody has said "
    "that they watch the duty desk.",
    "make staff-list STAGE={stage}",
    "Call the analyst or supervisor whose shift it is, then the next one, by your own shift "
    "plan: the system keeps no telephones of staff. The page of the duty desk says who was on duty "
    "last, and whom they named as the next.",
    "Whoever comes opens the duty desk and says until when they are on duty. The alarm ends within "
    "ten minutes.",
)
WORKFLOW_FAILED: Final = Signal(
    "Workflow-Failure-Count-Any",
    AT_ONCE,
    "The workflow of a case ended in an error. The case is on the duty desk as stuck, or the "
    "reconciler starts its next run within a minute.",
    "aws stepfunctions list-executions --state-machine-arn {WorkflowArn} --status-filter FAILED "
    "--max-items 5",
    "Is the case under stuck at the duty desk (GET /v1/desk/duty)? Then it waits for a person.",
    "Repair the cause; a supervisor continues the case with retry at the duty desk. The reconciler "
    "replaces an execution that was lost while it waited for people. One that never gets so far is "
    "tried five times.",
)
WORKFLOW_TIMED_OUT: Final = Signal(
    "Workflow-TimedOut-Count-Any",
    AT_ONCE,
    "The workflow of a case reached the time limit of Step Functions, which no case should reach.",
    "aws stepfunctions list-executions --state-machine-arn {WorkflowArn} --status-filter TIMED_OUT "
    "--max-items 5",
    "Which case, and since when did it wait?",
    "The reconciler starts its next run. Ask the desk why the case waited so long.",
    waits=True,
)
ANSWERS: Final = Signal(
    "Api-Fault-Count-Any",
    AT_ONCE,
    "A reporter or a staff member got 5xx. Their report may be stored or not; sent again with its "
    "key it is stored once.",
    ask(REFUSED),
    "Which route, and since when? The request id follows a call into the functions' logs.",
    "One, and then none: a service failed for a moment. If it continues: `make smoke "
    "STAGE={stage}` shows what is broken; since a deployment, deploy the release before.",
)
NOT_DELIVERED: Final = Signal(
    "Announcements-Topic-Notifications-Failed-Any",
    AT_ONCE,
    "A notification reached no queue or endpoint. It is in the dead letters of the units, and the "
    "case is on its unit's desk.",
    "aws sqs receive-message --queue-url {UnitsDeadLetterUrl} --visibility-timeout 1 "
    "--attribute-names All --message-attribute-names All",
    "Which subscription? Ask the owner of the endpoint, or check the queue's policy after a "
    "deployment.",
    "As for the dead letters of the units.",
)
SUGGESTIONS: Final = Signal(
    "Triage-SuggestionsFailed-Above",
    MANY,
    "The index of similar cases cannot be read or written. Every report is linked all the same.",
    ask(FAILURES),
    "Which error, in the service triage?",
    "Repair it. Suggestions of that time stay missing; nothing else was lost.",
    waits=True,
)
LISTS_NOT_ASKED: Final = Signal(
    "Triage-ListsNotAsked-Above",
    AT_ONCE,
    "A list of known material, or the catalogue of lists, could not be read. Files and pictures "
    "came into their cases without it, and their pages say which list was not asked.",
    "make lists STAGE={stage} DO=check",
    "It reads the catalogue and each list as the functions do. A deleted object can be restored "
    "from its version; a broken list is loaded again (docs/operations.md, Known material).",
    "When the check is good: `make lists STAGE={stage} DO=again`. It names what was not asked, and "
    "with GO=1 asks again.",
    waits=True,
)
READINGS: Final = Signal(
    "Triage-ReadingsFailed-Above",
    AT_ONCE,
    "Reading a report or an addition failed or took too long. No other report waited for it; after "
    "two attempts it is on the duty desk as unreadable, with an urgent clock.",
    ask(FAILURES),
    "Is a person at the duty desk looking at unreadable (GET /v1/desk/duty)? It may tell of "
    "danger.",
    "Any decision on its case removes it from the list. The log names the place in the code: "
    "repair it for the next report.",
)
REPAIRS: Final = Signal(
    "Triage-Repaired*-Above",
    MANY,
    "More than ten repairs of one kind in five minutes: a process fails again and again, and the "
    "reconciler repairs it each minute.",
    ask(REPAIRED),
    "What failed a minute before the repairs began (saved query What failed)? Where the stream is "
    "late, as in a flood, unlinked reports are those of danger, which come first.",
    "Repair the failing process; the repairs end by themselves.",
)
NOT_REPAIRED: Final = Signal(
    "Triage-Repairs*-Above",
    AT_ONCE,
    "The reconciler could not repair a case or report, or its minute was too short for all. It "
    "continues in the next minute.",
    ask(REPAIRED),
    "It names case, report and error. The same again and again? Others do not wait for it.",
    "Left over: wait until the number is zero. The same case each minute needs a person: repair "
    "what its error names.",
)
SWEEPS: Final = Signal(
    "Triage-SweepsFailed-Above",
    AT_ONCE,
    "The sweeper could not act on a deadline that passed. It tries again in the next minute.",
    ask(REPAIRED),
    "It names case and error.",
    "After the repair the next minute acts on the deadline. Until then notify the supervisors of "
    "the case yourself.",
)
DEADLINES: Final = Signal(
    "Triage-DeadlinesLeft-Above",
    AT_ONCE,
    "More deadlines passed at once than one minute can handle, for example after a change of "
    "units. The next minutes handle the rest.",
    ask(REPAIRED),
    "Does the number fall from minute to minute?",
    "It falls by itself. If it does not, look at the errors and throttles of the sweeper.",
)
FILES_PUT_ASIDE: Final = Signal(
    "Evidence-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "A file of a reporter could not be sealed at any attempt. The upload expires two days after it "
    "came; until then nothing is lost. The letter holds the name of the object only.",
    ask(FAILURES),
    "What fails in the service evidence? After a deployment, deploy the release before.",
    "Within two days, after the repair: `aws sqs start-message-move-task --source-arn "
    "{FilesDeadLetterArn}` sends them to the receiver again; an empty queue ends the alarm.",
)
FILES_NOT_REPAIRED: Final = Signal(
    "Files-FilesNotRepaired-evidence-Above",
    AT_ONCE,
    "The repair of uploads could not look at some files, so one that got stuck stays so. The next "
    "quarter of an hour looks again.",
    ask(FAILURES),
    "What fails in the service evidence?",
    "After the repair of the cause the next pass goes on. Uploads expire after two days.",
)
EXAMINATIONS_PUT_ASIDE: Final = Signal(
    "Looking-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "No examiner could answer for a file at any attempt: its decoders do not start, or a service "
    "refuses it. The original is sealed and kept; its case shows it without type and preview. The "
    "upload expires two days after it came, and the examiner reads nothing else.",
    ask(FAILURES),
    "What fails in the service examine? After a deployment, deploy the release before.",
    "Within two days, after the repair: `aws sqs start-message-move-task --source-arn "
    "{ExaminationsDeadLetterArn}` sends them to the examiner again; an empty queue ends the alarm. "
    "Later: `aws sqs purge-queue`; people open the original by motive.",
    waits=True,
)
PACKAGES_PUT_ASIDE: Final = Signal(
    "Packages-DeadLetters-Queue-Message-Count-Max-Any",
    AT_ONCE,
    "The package of a dossier could not be built at any attempt: the typesetter does not start, it "
    "refuses a text, or a service does not answer. Who asked for it was told so; the dossier at "
    "the desk is not affected. The letter holds the name of a draft, which says nothing.",
    ask(FAILURES),
    "What fails in the service dossier? After a deployment, deploy the release before.",
    "Within a day, after the repair: `aws sqs start-message-move-task --source-arn "
    "{PackagesDeadLetterArn}` builds them; an empty queue ends the alarm. Later the drafts are "
    "gone: people ask again.",
    waits=True,
)
FILES_NOT_EXAMINED: Final = Signal(
    "Files-FilesNotExamined-evidence-Above",
    AT_ONCE,
    "Kept files wait half an hour or more for a result of the examiner. After a day they count as "
    "not examined. Nothing is lost: the originals are sealed, and people open them by motive.",
    ask(FAILURES),
    "Is the service examine throttled, or does it fail? A flood of files takes its time.",
    "After the repair of the cause the repair of uploads asks again every two hours, as long as "
    "the uploads are there.",
    waits=True,
)
PREVIEWS_FAILED: Final = Signal(
    "Files-PreviewsFailed-evidence-Above",
    MANY,
    "Many files could not be shown: they are broken, a person sends bombs, or the decoders "
    "are at their limits. Each original is kept and its case says that the preview failed.",
    ask(FAILURES),
    "Since when? After a deployment of new decoders it may be these.",
    "Nothing to do where the files are broken. Else deploy the release before, and within two days "
    "name each upload once more (the log of evidence has them: preview failed): `aws sqs "
    'send-message --queue-url {UploadsQueueUrl} --message-body \'{"key": "in/…"}\'`.',
    waits=True,
)
BOXES: Final = Signal(
    "Boxes-BoxesNotOpened*-Above",
    AT_ONCE,
    "A sealed box, file, preview or digest did not open as that of its report: a person exchanged "
    "it, or changed its key. Treat it as an attack until it is explained. Change nothing in the "
    "table.",
    ask(HISTORY),
    "Which report, and which person asked for it? Then `make verify-history` with the seals.",
    "docs/operations.md, When history does not fit; if it is an attack, A breach.",
)
MISMATCHES: Final = Signal(
    "History-HistoryMismatches-history-Above",
    AT_ONCE,
    "An entry, a view, a mark, a seal or the log of days differs from what was signed, or a night "
    "refused to sign a log that does not continue the last one. Treat it as an attack until it is "
    "explained. Change nothing in the table and in the bucket of seals.",
    ask(HISTORY),
    "It names day, case and the first entry that differs, or why the log was refused.",
    "docs/operations.md, When history does not fit; if it is an attack, A breach.",
)
VAULT_MISMATCHES: Final = Signal(
    "History-VaultMismatches-history-Above",
    AT_ONCE,
    "A ciphertext in the vault is gone, or is not the one that was kept. Its lock forbids both, so "
    "treat it as an attack until it is explained. Change nothing in the vault.",
    ask(HISTORY),
    "It names case, report and file. `aws s3api list-object-versions --bucket {VaultBucket} "
    "--prefix …` with the name of its ciphertext: is the version there that the file names?",
    "docs/operations.md, When history does not fit. The vault has no copy: tell whoever holds the "
    "case. If it is an attack, A breach.",
)
VAULT_DAYS_LEFT: Final = Signal(
    "History-VaultDaysLeft-history-Above",
    AT_ONCE,
    "More files are due in a night than it can read; those of some days were not read.",
    ask(HISTORY),
    "`vault not read` names the days.",
    "For each of them: `aws lambda invoke --function-name {RehashVaultFunction} "
    '--cli-read-timeout 900 --payload \'{"day": "YYYY-MM-DD"}\' /dev/stdout`. Each night? Raise '
    "ROTATION_NIGHTS in functions/history/rehash_vault.py and deploy.",
    waits=True,
)
HEADS_LEFT: Final = Signal(
    "History-HeadsLeft-history-Above",
    AT_ONCE,
    "More cases grew in a day than one night verifies; the rest of that day is not verified.",
    ask(HISTORY),
    "How many were left?",
    "In the morning run `make verify-history TABLE={CaseTable}` with the seals, which reads all; "
    "then raise HEADS_A_NIGHT in functions/history/verify_days.py and deploy.",
    waits=True,
)
NOT_SEALED: Final = Signal(
    "History-CasesNotSealed-history-Above",
    AT_ONCE,
    "A case has a history that grew and no readable case item. The other cases of its day are "
    "sealed.",
    ask(HISTORY),
    "It names the case. CloudTrail's data events name the person who removed the item.",
    "Restore the item from point-in-time recovery (docs/operations.md, When history does not fit, "
    "3); it is sealed with the next day on which it grows.",
    waits=True,
)
SILENT_RECONCILER: Final = Signal(
    "Heartbeat-Reconciles-triage-Silent",
    EACH_MINUTE,
    "The reconciler finished no pass for five minutes. What a crash left half-done is not "
    "repaired.",
    "aws lambda invoke --function-name {ReconcileFunction} --cli-read-timeout 70 /dev/stdout",
    "Does it answer without FunctionError? Then its rule is disabled: `aws events list-rules`.",
    "`aws events enable-rule --name …` with the name of the rule. With an error: exclude a "
    "throttle, then deploy the release before.",
)
SILENT_SWEEPER: Final = Signal(
    "Heartbeat-Sweeps-triage-Silent",
    EACH_MINUTE,
    "The sweeper finished no pass for five minutes. Deadlines pass without notice.",
    "aws lambda invoke --function-name {SweepFunction} --cli-read-timeout 70 /dev/stdout",
    "Does it answer without FunctionError? Then its rule is disabled: `aws events list-rules`.",
    "`aws events enable-rule --name …` with the name of the rule. With an error: exclude a "
    "throttle, then deploy the release before.",
)
SILENT_REPAIR: Final = Signal(
    "Heartbeat-FilesLookedAt-evidence-Silent",
    EACH_QUARTER,
    "The repair of uploads finished no pass for an hour. A file whose event was lost, or whose "
    "receiver crashed, stays where it is, and its upload expires two days after it came.",
    "aws lambda invoke --function-name {RepairFilesFunction} --cli-read-timeout 310 /dev/stdout",
    "Does it answer without FunctionError? Then its rule is disabled: `aws events list-rules`.",
    "`aws events enable-rule --name …` with the name of the rule. With an error: deploy the "
    "release before.",
)
SILENT_SEAL: Final = Signal(
    "Heartbeat-DaysSealed-history-Silent",
    EACH_NIGHT,
    "No day was sealed for more than a day: what was written since can be changed unseen. On the "
    "day of the first deployment it means only that no night has passed yet.",
    "aws lambda invoke --function-name {SealDayFunction} --cli-read-timeout 900 /dev/stdout",
    "It seals yesterday, once. Did it end without FunctionError?",
    f"Other days: {SEAL_A_DAY}. The alarm ends within the hour.",
    waits=True,
)
SILENT_VERIFIER: Final = Signal(
    "Heartbeat-HeadsVerified-history-Silent",
    EACH_NIGHT,
    "No head was verified for more than a day. On the day of the first deployment it means only "
    "that no night has passed yet.",
    "aws lambda invoke --function-name {VerifyDaysFunction} --cli-read-timeout 900 /dev/stdout",
    "Did it end without FunctionError? Its answer names each mismatch.",
    "The alarm ends within the hour. Out of time: the night has more than it can verify, see "
    "HeadsLeft.",
    waits=True,
)
SILENT_REHASHER: Final = Signal(
    "Heartbeat-FilesRehashed-history-Silent",
    EACH_NIGHT,
    "The vault was not read for more than a day: a ciphertext that changed would not be found.",
    "aws lambda invoke --function-name {RehashVaultFunction} --cli-read-timeout 900 /dev/stdout",
    "It reads what is due tonight. Did it end without FunctionError?",
    "Its rule is disabled: `aws events enable-rule`. With an error: deploy the release before. The "
    "alarm ends within the hour.",
    waits=True,
)
TRIAL: Final = Signal(
    "Trial",
    Rule(0, minutes=1),
    "The smoke test checks that alarms are heard (`make smoke`). Nothing is wrong.",
    "aws cloudwatch describe-alarm-history --alarm-name {TrialAlarm} --max-items 5",
    "Did you or a colleague deploy just now?",
    "Nothing to do. Without a deployment, ask in the morning who wrote the metric.",
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
    NOBODY,
    READINGS,
    LISTS_NOT_ASKED,
    REPAIRS,
    NOT_REPAIRED,
    SWEEPS,
    DEADLINES,
    SUGGESTIONS,
    FILES_PUT_ASIDE,
    FILES_NOT_REPAIRED,
    EXAMINATIONS_PUT_ASIDE,
    PACKAGES_PUT_ASIDE,
    FILES_NOT_EXAMINED,
    PREVIEWS_FAILED,
    BOXES,
    MISMATCHES,
    NOT_SEALED,
    VAULT_MISMATCHES,
    HEADS_LEFT,
    VAULT_DAYS_LEFT,
    SILENT_RECONCILER,
    SILENT_SWEEPER,
    SILENT_REPAIR,
    CALLS_MISSED,
    SILENT_SEAL,
    SILENT_VERIFIER,
    SILENT_REHASHER,
    COUNTING_LATE,
    COUNTS_PUT_ASIDE,
    NEWS_PUT_ASIDE,
    TRIAL,
)
"""All alarms, in the order of urgency: first what reporters notice."""
