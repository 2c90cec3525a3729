"""The alarms, one row for each kind: its rule, its meaning and the first command.

`infra.dashboard` makes the alarms from these rows. The description of each alarm holds the words of
its row, so the message at night says what it means and what to do first. `tools.on_call` writes
docs/on-call.md from them. In commands, `{stage}` is the stage; other words in braces are outputs of
its stacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOUR_MINUTES: Final = 60
DAY_MINUTES: Final = 24 * HOUR_MINUTES


@dataclass(frozen=True)
class AlarmRule:
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


ANY_EVENT_RULE: Final = AlarmRule(0)
"""One event rings, because the next one may be a day away."""
MANY_EVENTS_RULE: Final = AlarmRule(10)
"""A few events in five minutes are normal work for retries and the reconciler."""
FIVE_MINUTES_RULE: Final = AlarmRule(4)
"""For what is counted each minute: it rings after five minutes without one that was good."""
LASTING_RULE: Final = AlarmRule(0, breaches=2, periods=3)
"""For what is tried again: it rings after some ten minutes."""
EACH_MINUTE_RULE: Final = AlarmRule(1, breaches=5, periods=5, minutes=1, silence=True)
EACH_QUARTER_RULE: Final = AlarmRule(1, breaches=2, periods=2, minutes=30, silence=True)
EACH_NIGHT_RULE: Final = AlarmRule(1, breaches=26, periods=26, minutes=HOUR_MINUTES, silence=True)
"""Two hours more than a day, because the night's work takes time."""


FAILURES_QUERY: Final = "What failed"
ENDED_BY_SERVICE_QUERY: Final = "What the service ended"
SERVER_ERRORS_QUERY: Final = "Answers that were our fault"
REPAIRS_QUERY: Final = "What the reconciler and the sweeper did"
HISTORY_MISMATCHES_QUERY: Final = "What history does not agree with"
ONE_REPORT_QUERY: Final = "One report"
"""Titles of saved queries, which `infra.queries` has."""


@dataclass(frozen=True)
class AlarmSpec:
    """One kind of alarm, for the person on call."""

    name: str
    """The name of the alarm after `casework-{stage}-core-` or `…-units-`; `*` stands for the
    function, queue, unit or kind of repair."""
    rule: AlarmRule
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


def query_command(title: str) -> str:
    """The command that runs a saved query."""
    return f"make logs STAGE={{stage}} QUERY='{title}'"


SEAL_DAY_INSTRUCTION: Final = (
    "`aws lambda invoke --function-name {SealDayFunction} --cli-binary-format raw-in-base64-out "
    '--cli-read-timeout 900 --payload \'{"day": "YYYY-MM-DD"}\' /dev/stdout`'
)

FUNCTION_FAULT_ALARM: Final = AlarmSpec(
    "*-Fault-Count-Any",
    ANY_EVENT_RULE,
    "A function ended in an error, out of time or out of memory. The stream, the workflow or the "
    "next minute tries its work again; the caller repeats a call of the API.",
    query_command(ENDED_BY_SERVICE_QUERY),
    "Is its last entry old, and is every dead-letter queue empty? Then it is over.",
    "If it continues since a deployment, deploy the release before. Out of time or memory: the "
    "last lines of the log before it name the report or the case. Dead letters have their own "
    "alarm.",
)
THROTTLED_ALARM: Final = AlarmSpec(
    "Throttled",
    LASTING_RULE,
    "Lambda refused calls of functions for ten minutes, because the account reached its limit of "
    "concurrent executions, or intake its own. Nothing is lost, everything is late.",
    "aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions",
    "10 is a new account: ask for 1,000 in Service Quotas (docs/quotas.md). Otherwise: is it a "
    "flood?",
    "In a flood of reports set intake_concurrency in the deployment file and deploy, so that the "
    "desk and the stream keep their share; docs/operations.md, When somebody floods the form.",
)
STREAM_LATE_ALARM: Final = AlarmSpec(
    "Stream-Iterator-Age-Max-Late",
    AlarmRule(300_000),
    "Reports wait more than five minutes to be linked to a case. They are stored and answered, and "
    "the desk does not see them yet.",
    query_command(FAILURES_QUERY),
    "Throttled? See that alarm. A report that fails again and again goes to the dead letters "
    "within minutes.",
    "After the repair the stream continues where it stopped, oldest first. The reconciler finds "
    "every report without a case, also those older than the stream's day.",
)
COUNTING_LATE_ALARM: Final = AlarmSpec(
    "Counting-Iterator-Age-Max-Late",
    AlarmRule(1_800_000),
    "The figures of the bilan are more than half an hour behind. Cases are not affected.",
    query_command(FAILURES_QUERY),
    "What fails in the service statistics?",
    "Repair it; then `make recount` compares the counters with the table and corrects them.",
    waits=True,
)
REPORT_DEAD_LETTERS_ALARM: Final = AlarmSpec(
    "Triage-DeadLetters-Queue-Message-Count-Max-Any",
    ANY_EVENT_RULE,
    "The stream record of a report failed at every attempt and went to the dead letters. The "
    "report is stored; it may have no case yet.",
    "aws sqs receive-message --queue-url {DeadLetterUrl} --visibility-timeout 1",
    "The letter holds metadata only; the saved query What failed names reference and error.",
    "Repair the cause, then reprocess from the table: `aws lambda invoke --function-name "
    "{ReprocessFunction} --cli-binary-format raw-in-base64-out --payload "
    '\'{"references": ["…"]}\' /dev/stdout`. Then empty the queue: `aws sqs purge-queue '
    "--queue-url {DeadLetterUrl}`.",
)
MISSED_CALLS_ALARM: Final = AlarmSpec(
    "Triage-MissedCalls-Queue-Message-Count-Max-Any",
    ANY_EVENT_RULE,
    "A scheduled call, or the event of a changed key or of an ended execution, failed at every "
    "attempt and went to the dead letters: a pass of a minute, the seal of a night or its "
    "verification.",
    "aws sqs receive-message --queue-url {MissedCallsUrl} --visibility-timeout 1",
    "Does it name a key (eventName)? Then a person changed its permissions: docs/operations.md, A "
    "breach. Otherwise it names the rule, or an execution and with it the case.",
    "The next minute repeats a missed pass, and the reconciler finds the case of an execution "
    f"within the hour. A night: {SEAL_DAY_INSTRUCTION}. Then "
    "`aws sqs purge-queue --queue-url {MissedCallsUrl}`.",
)
UPDATE_DEAD_LETTERS_ALARM: Final = AlarmSpec(
    "Reporters-DeadLetters-Queue-Message-Count-Max-Any",
    ANY_EVENT_RULE,
    "A notice to reporters who left an address failed in five attempts. Each reporter can still "
    "read the news with the receipt.",
    query_command(FAILURES_QUERY),
    "What fails in the service notify: SES or SNS (docs/quotas.md), or a box that does not open?",
    "After the repair: `aws sqs start-message-move-task --source-arn …` with the queue's ARN "
    "(`aws sqs get-queue-attributes --queue-url {ReportersDeadLetterUrl} --attribute-names "
    "QueueArn`). "
    "No reporter gets a notice twice.",
    waits=True,
)
STATISTICS_DEAD_LETTERS_ALARM: Final = AlarmSpec(
    "Statistics-DeadLetters-Queue-Message-Count-Max-Any",
    ANY_EVENT_RULE,
    "A change was not counted in the bilan. Cases are not affected.",
    "aws sqs receive-message --queue-url {CountingDeadLetterUrl} --visibility-timeout 1",
    "The letter holds metadata only; the saved query What failed names the error.",
    "Repair the cause, then `make recount`, then `aws sqs purge-queue --queue-url "
    "{CountingDeadLetterUrl}`.",
    waits=True,
)
UNIT_DEAD_LETTERS_ALARM: Final = AlarmSpec(
    "DeadLetters-Queue-Message-Count-Max-Any",
    ANY_EVENT_RULE,
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
QUEUES_UNREAD_ALARM: Final = AlarmSpec(
    "Triage-QueuesUnread-Above",
    ANY_EVENT_RULE,
    "A unit has not read its queue for seven days; notifications expire after fourteen. The cases "
    "stay on the unit's desk and become overdue. The sweeper looks once a day.",
    query_command(REPAIRS_QUERY),
    "Each 'queue not read' names its unit. Call the unit.",
    "Its program reads again. If the unit works at the desk alone, set reads_queue = false in the "
    "deployment file, and deploy.",
    waits=True,
)
NOBODY_ON_DUTY_ALARM: Final = AlarmSpec(
    "Triage-NobodyOnDuty-Above",
    FIVE_MINUTES_RULE,
    "Nobody has been on duty for five minutes: a person in danger may report, and nobody has said "
    "that they watch the duty desk.",
    "make staff-list STAGE={stage}",
    "Call the analyst or supervisor whose shift it is, then the next one, by your own shift "
    "plan: the system keeps no telephones of staff. The page of the duty desk says who was on duty "
    "last, and whom they named as the next.",
    "Whoever comes opens the duty desk and says until when they are on duty. The alarm ends within "
    "ten minutes.",
)
WORKFLOW_FAILED_ALARM: Final = AlarmSpec(
    "Workflow-Failure-Count-Any",
    ANY_EVENT_RULE,
    "The workflow of a case ended in an error. The case is on the duty desk as stuck, or the "
    "reconciler starts its next run within a minute.",
    "aws stepfunctions list-executions --state-machine-arn {WorkflowArn} --status-filter FAILED "
    "--max-items 5",
    "Is the case under stuck at the duty desk (GET /v1/desk/duty)? Then it waits for a person.",
    "Repair the cause; a supervisor continues the case with retry at the duty desk. The reconciler "
    "replaces an execution that was lost while it waited for people. One that never gets so far is "
    "tried five times.",
)
WORKFLOW_TIMED_OUT_ALARM: Final = AlarmSpec(
    "Workflow-TimedOut-Count-Any",
    ANY_EVENT_RULE,
    "The workflow of a case reached the time limit of Step Functions, which no case should reach.",
    "aws stepfunctions list-executions --state-machine-arn {WorkflowArn} --status-filter TIMED_OUT "
    "--max-items 5",
    "Which case, and since when did it wait?",
    "The reconciler starts its next run. Ask the desk why the case waited so long.",
    waits=True,
)
SERVER_ERROR_ALARM: Final = AlarmSpec(
    "Api-Fault-Count-Any",
    ANY_EVENT_RULE,
    "A reporter or a staff member got 5xx. Their report may be stored or not; sent again with its "
    "key it is stored once.",
    query_command(SERVER_ERRORS_QUERY),
    "Which route, and since when? The request id follows a call into the functions' logs.",
    "One, and then none: a service failed for a moment. If it continues: `make smoke "
    "STAGE={stage}` shows what is broken; since a deployment, deploy the release before.",
)
NOT_DELIVERED_ALARM: Final = AlarmSpec(
    "Announcements-Topic-Notifications-Failed-Any",
    ANY_EVENT_RULE,
    "A notification reached no queue or endpoint. It is in the dead letters of the units, and the "
    "case is on its unit's desk.",
    "aws sqs receive-message --queue-url {UnitsDeadLetterUrl} --visibility-timeout 1 "
    "--attribute-names All --message-attribute-names All",
    "Which subscription? Ask the owner of the endpoint, or check the queue's policy after a "
    "deployment.",
    "As for the dead letters of the units.",
)
SUGGESTIONS_FAILED_ALARM: Final = AlarmSpec(
    "Triage-SuggestionsFailed-Above",
    MANY_EVENTS_RULE,
    "The index of similar cases cannot be read or written. Every report is linked all the same.",
    query_command(FAILURES_QUERY),
    "Which error, in the service triage?",
    "Repair it. Suggestions of that time stay missing; nothing else was lost.",
    waits=True,
)
LISTS_NOT_ASKED_ALARM: Final = AlarmSpec(
    "Triage-ListsNotAsked-Above",
    ANY_EVENT_RULE,
    "A list of known material, or the catalogue of lists, could not be read. Files and pictures "
    "came into their cases without it, and their pages say which list was not asked.",
    "make lists STAGE={stage} DO=check",
    "It reads the catalogue and each list as the functions do. A deleted object can be restored "
    "from its version; a broken list is loaded again (docs/operations.md, Known material).",
    "When the check is good: `make lists STAGE={stage} DO=again`. It names what was not asked, and "
    "with GO=1 asks again.",
    waits=True,
)
ANALYSES_FAILED_ALARM: Final = AlarmSpec(
    "Triage-ReadingsFailed-Above",
    ANY_EVENT_RULE,
    "Reading a report or an addition failed or took too long. No other report waited for it; after "
    "two attempts it is on the duty desk as unreadable, with an urgent clock.",
    query_command(FAILURES_QUERY),
    "Is a person at the duty desk looking at unreadable (GET /v1/desk/duty)? It may tell of "
    "danger.",
    "Any decision on its case removes it from the list. The log names the place in the code: "
    "repair it for the next report.",
)
MANY_REPAIRS_ALARM: Final = AlarmSpec(
    "Triage-Repaired*-Above",
    MANY_EVENTS_RULE,
    "More than ten repairs of one kind in five minutes: a process fails again and again, and the "
    "reconciler repairs it each minute.",
    query_command(REPAIRS_QUERY),
    "What failed a minute before the repairs began (saved query What failed)? Where the stream is "
    "late, as in a flood, unlinked reports are those of danger, which come first.",
    "Repair the failing process; the repairs end by themselves.",
)
REPAIRS_FAILED_ALARM: Final = AlarmSpec(
    "Triage-Repairs*-Above",
    ANY_EVENT_RULE,
    "The reconciler could not repair a case or report, or its minute was too short for all. It "
    "continues in the next minute.",
    query_command(REPAIRS_QUERY),
    "It names case, report and error. The same again and again? Others do not wait for it.",
    "Left over: wait until the number is zero. The same case each minute needs a person: repair "
    "what its error names.",
)
SWEEPS_FAILED_ALARM: Final = AlarmSpec(
    "Triage-SweepsFailed-Above",
    ANY_EVENT_RULE,
    "The sweeper could not act on a deadline that passed. It tries again in the next minute.",
    query_command(REPAIRS_QUERY),
    "It names case and error.",
    "After the repair the next minute acts on the deadline. Until then notify the supervisors of "
    "the case yourself.",
)
DEADLINES_LEFT_ALARM: Final = AlarmSpec(
    "Triage-DeadlinesLeft-Above",
    ANY_EVENT_RULE,
    "More deadlines passed at once than one minute can handle, for example after a change of "
    "units. The next minutes handle the rest.",
    query_command(REPAIRS_QUERY),
    "Does the number fall from minute to minute?",
    "It falls by itself. If it does not, look at the errors and throttles of the sweeper.",
)
FILE_DEAD_LETTERS_ALARM: Final = AlarmSpec(
    "Evidence-DeadLetters-Queue-Message-Count-Max-Any",
    ANY_EVENT_RULE,
    "A file of a reporter could not be sealed at any attempt. The upload expires two days after it "
    "came; until then nothing is lost. The letter holds the name of the object only.",
    query_command(FAILURES_QUERY),
    "What fails in the service evidence? After a deployment, deploy the release before.",
    "Within two days, after the repair: `aws sqs start-message-move-task --source-arn "
    "{FilesDeadLetterArn}` sends them to the receiver again; an empty queue ends the alarm.",
)
FILES_NOT_REPAIRED_ALARM: Final = AlarmSpec(
    "Files-FilesNotRepaired-evidence-Above",
    ANY_EVENT_RULE,
    "The repair of uploads could not look at some files, so one that got stuck stays so. The next "
    "quarter of an hour looks again.",
    query_command(FAILURES_QUERY),
    "What fails in the service evidence?",
    "After the repair of the cause the next pass goes on. Uploads expire after two days.",
)
EXAMINATION_DEAD_LETTERS_ALARM: Final = AlarmSpec(
    "Looking-DeadLetters-Queue-Message-Count-Max-Any",
    ANY_EVENT_RULE,
    "No examiner could answer for a file at any attempt: its decoders do not start, or a service "
    "refuses it. The original is sealed and kept; its case shows it without type and preview. The "
    "upload expires two days after it came, and the examiner reads nothing else.",
    query_command(FAILURES_QUERY),
    "What fails in the service examine? After a deployment, deploy the release before.",
    "Within two days, after the repair: `aws sqs start-message-move-task --source-arn "
    "{ExaminationsDeadLetterArn}` sends them to the examiner again; an empty queue ends the alarm. "
    "Later: `aws sqs purge-queue`; people open the original by motive.",
    waits=True,
)
PACKAGE_DEAD_LETTERS_ALARM: Final = AlarmSpec(
    "Packages-DeadLetters-Queue-Message-Count-Max-Any",
    ANY_EVENT_RULE,
    "The package of a dossier could not be built at any attempt: the typesetter does not start, it "
    "refuses a text, or a service does not answer. Who asked for it was told so; the dossier at "
    "the desk is not affected. The letter holds the name of a draft, which says nothing.",
    query_command(FAILURES_QUERY),
    "What fails in the service dossier? After a deployment, deploy the release before.",
    "Within a day, after the repair: `aws sqs start-message-move-task --source-arn "
    "{PackagesDeadLetterArn}` builds them; an empty queue ends the alarm. Later the drafts are "
    "gone: people ask again.",
    waits=True,
)
FILES_NOT_EXAMINED_ALARM: Final = AlarmSpec(
    "Files-FilesNotExamined-evidence-Above",
    ANY_EVENT_RULE,
    "Kept files wait half an hour or more for a result of the examiner. After a day they count as "
    "not examined. Nothing is lost: the originals are sealed, and people open them by motive.",
    query_command(FAILURES_QUERY),
    "Is the service examine throttled, or does it fail? A flood of files takes its time.",
    "After the repair of the cause the repair of uploads asks again every two hours, as long as "
    "the uploads are there.",
    waits=True,
)
PREVIEWS_FAILED_ALARM: Final = AlarmSpec(
    "Files-PreviewsFailed-evidence-Above",
    MANY_EVENTS_RULE,
    "Many files could not be shown: they are broken, a person sends bombs, or the decoders "
    "are at their limits. Each original is kept and its case says that the preview failed.",
    query_command(FAILURES_QUERY),
    "Since when? After a deployment of new decoders it may be these.",
    "Nothing to do where the files are broken. Else deploy the release before, and within two days "
    "name each upload once more (the log of evidence has them: preview failed): `aws sqs "
    'send-message --queue-url {UploadsQueueUrl} --message-body \'{"key": "in/…"}\'`.',
    waits=True,
)
BOXES_NOT_OPENED_ALARM: Final = AlarmSpec(
    "Boxes-BoxesNotOpened*-Above",
    ANY_EVENT_RULE,
    "A sealed box, file, preview or digest did not open as that of its report: a person exchanged "
    "it, or changed its key. Treat it as an attack until it is explained. Change nothing in the "
    "table.",
    query_command(HISTORY_MISMATCHES_QUERY),
    "Which report, and which person asked for it? Then `make verify-history` with the seals.",
    "docs/operations.md, When history does not fit; if it is an attack, A breach.",
)
HISTORY_MISMATCHES_ALARM: Final = AlarmSpec(
    "History-HistoryMismatches-history-Above",
    ANY_EVENT_RULE,
    "An entry, a view, a mark, a seal or the log of days differs from what was signed, or a night "
    "refused to sign a log that does not continue the last one. Treat it as an attack until it is "
    "explained. Change nothing in the table and in the bucket of seals.",
    query_command(HISTORY_MISMATCHES_QUERY),
    "It names day, case and the first entry that differs, or why the log was refused.",
    "docs/operations.md, When history does not fit; if it is an attack, A breach.",
)
VAULT_MISMATCHES_ALARM: Final = AlarmSpec(
    "History-VaultMismatches-history-Above",
    ANY_EVENT_RULE,
    "A ciphertext in the vault is gone, or is not the one that was kept. Its lock forbids both, so "
    "treat it as an attack until it is explained. Change nothing in the vault.",
    query_command(HISTORY_MISMATCHES_QUERY),
    "It names case, report and file. `aws s3api list-object-versions --bucket {VaultBucket} "
    "--prefix …` with the name of its ciphertext: is the version there that the file names?",
    "docs/operations.md, When history does not fit. The vault has no copy: tell whoever holds the "
    "case. If it is an attack, A breach.",
)
VAULT_DAYS_LEFT_ALARM: Final = AlarmSpec(
    "History-VaultDaysLeft-history-Above",
    ANY_EVENT_RULE,
    "More files are due in a night than it can read; those of some days were not read.",
    query_command(HISTORY_MISMATCHES_QUERY),
    "`vault not read` names the days.",
    "For each of them: `aws lambda invoke --function-name {RehashVaultFunction} "
    '--cli-read-timeout 900 --payload \'{"day": "YYYY-MM-DD"}\' /dev/stdout`. Each night? Raise '
    "ROTATION_NIGHTS in functions/history/rehash_vault.py and deploy.",
    waits=True,
)
HEADS_LEFT_ALARM: Final = AlarmSpec(
    "History-HeadsLeft-history-Above",
    ANY_EVENT_RULE,
    "More cases grew in a day than one night verifies; the rest of that day is not verified.",
    query_command(HISTORY_MISMATCHES_QUERY),
    "How many were left?",
    "In the morning run `make verify-history TABLE={CaseTable}` with the seals, which reads all; "
    "then raise HEADS_A_NIGHT in functions/history/verify_days.py and deploy.",
    waits=True,
)
CASES_NOT_SEALED_ALARM: Final = AlarmSpec(
    "History-CasesNotSealed-history-Above",
    ANY_EVENT_RULE,
    "A case has a history that grew and no readable case item. The other cases of its day are "
    "sealed.",
    query_command(HISTORY_MISMATCHES_QUERY),
    "It names the case. CloudTrail's data events name the person who removed the item.",
    "Restore the item from point-in-time recovery (docs/operations.md, When history does not fit, "
    "3); it is sealed with the next day on which it grows.",
    waits=True,
)
SILENT_RECONCILER_ALARM: Final = AlarmSpec(
    "Heartbeat-Reconciles-triage-Silent",
    EACH_MINUTE_RULE,
    "The reconciler finished no pass for five minutes. What a crash left half-done is not "
    "repaired.",
    "aws lambda invoke --function-name {ReconcileFunction} --cli-read-timeout 70 /dev/stdout",
    "Does it answer without FunctionError? Then its rule is disabled: `aws events list-rules`.",
    "`aws events enable-rule --name …` with the name of the rule. With an error: exclude a "
    "throttle, then deploy the release before.",
)
SILENT_SWEEPER_ALARM: Final = AlarmSpec(
    "Heartbeat-Sweeps-triage-Silent",
    EACH_MINUTE_RULE,
    "The sweeper finished no pass for five minutes. Deadlines pass without notice.",
    "aws lambda invoke --function-name {SweepFunction} --cli-read-timeout 70 /dev/stdout",
    "Does it answer without FunctionError? Then its rule is disabled: `aws events list-rules`.",
    "`aws events enable-rule --name …` with the name of the rule. With an error: exclude a "
    "throttle, then deploy the release before.",
)
SILENT_REPAIR_ALARM: Final = AlarmSpec(
    "Heartbeat-FilesLookedAt-evidence-Silent",
    EACH_QUARTER_RULE,
    "The repair of uploads finished no pass for an hour. A file whose event was lost, or whose "
    "receiver crashed, stays where it is, and its upload expires two days after it came.",
    "aws lambda invoke --function-name {RepairFilesFunction} --cli-read-timeout 310 /dev/stdout",
    "Does it answer without FunctionError? Then its rule is disabled: `aws events list-rules`.",
    "`aws events enable-rule --name …` with the name of the rule. With an error: deploy the "
    "release before.",
)
SILENT_SEAL_ALARM: Final = AlarmSpec(
    "Heartbeat-DaysSealed-history-Silent",
    EACH_NIGHT_RULE,
    "No day was sealed for more than a day: what was written since can be changed unseen. On the "
    "day of the first deployment it means only that no night has passed yet.",
    "aws lambda invoke --function-name {SealDayFunction} --cli-read-timeout 900 /dev/stdout",
    "It seals yesterday, once. Did it end without FunctionError?",
    f"Other days: {SEAL_DAY_INSTRUCTION}. The alarm ends within the hour.",
    waits=True,
)
SILENT_VERIFIER_ALARM: Final = AlarmSpec(
    "Heartbeat-HeadsVerified-history-Silent",
    EACH_NIGHT_RULE,
    "No head was verified for more than a day. On the day of the first deployment it means only "
    "that no night has passed yet.",
    "aws lambda invoke --function-name {VerifyDaysFunction} --cli-read-timeout 900 /dev/stdout",
    "Did it end without FunctionError? Its answer names each mismatch.",
    "The alarm ends within the hour. Out of time: the night has more than it can verify, see "
    "HeadsLeft.",
    waits=True,
)
SILENT_REHASHER_ALARM: Final = AlarmSpec(
    "Heartbeat-FilesRehashed-history-Silent",
    EACH_NIGHT_RULE,
    "The vault was not read for more than a day: a ciphertext that changed would not be found.",
    "aws lambda invoke --function-name {RehashVaultFunction} --cli-read-timeout 900 /dev/stdout",
    "It reads what is due tonight. Did it end without FunctionError?",
    "Its rule is disabled: `aws events enable-rule`. With an error: deploy the release before. The "
    "alarm ends within the hour.",
    waits=True,
)
TRIAL_ALARM: Final = AlarmSpec(
    "Trial",
    AlarmRule(0, minutes=1),
    "The smoke test checks that alarms are heard (`make smoke`). Nothing is wrong.",
    "aws cloudwatch describe-alarm-history --alarm-name {TrialAlarm} --max-items 5",
    "Did you or a colleague deploy just now?",
    "Nothing to do. Without a deployment, ask in the morning who wrote the metric.",
    waits=True,
)

ALARM_SPECS: Final = (
    SERVER_ERROR_ALARM,
    FUNCTION_FAULT_ALARM,
    THROTTLED_ALARM,
    STREAM_LATE_ALARM,
    REPORT_DEAD_LETTERS_ALARM,
    WORKFLOW_FAILED_ALARM,
    WORKFLOW_TIMED_OUT_ALARM,
    UNIT_DEAD_LETTERS_ALARM,
    NOT_DELIVERED_ALARM,
    QUEUES_UNREAD_ALARM,
    NOBODY_ON_DUTY_ALARM,
    ANALYSES_FAILED_ALARM,
    LISTS_NOT_ASKED_ALARM,
    MANY_REPAIRS_ALARM,
    REPAIRS_FAILED_ALARM,
    SWEEPS_FAILED_ALARM,
    DEADLINES_LEFT_ALARM,
    SUGGESTIONS_FAILED_ALARM,
    FILE_DEAD_LETTERS_ALARM,
    FILES_NOT_REPAIRED_ALARM,
    EXAMINATION_DEAD_LETTERS_ALARM,
    PACKAGE_DEAD_LETTERS_ALARM,
    FILES_NOT_EXAMINED_ALARM,
    PREVIEWS_FAILED_ALARM,
    BOXES_NOT_OPENED_ALARM,
    HISTORY_MISMATCHES_ALARM,
    CASES_NOT_SEALED_ALARM,
    VAULT_MISMATCHES_ALARM,
    HEADS_LEFT_ALARM,
    VAULT_DAYS_LEFT_ALARM,
    SILENT_RECONCILER_ALARM,
    SILENT_SWEEPER_ALARM,
    SILENT_REPAIR_ALARM,
    MISSED_CALLS_ALARM,
    SILENT_SEAL_ALARM,
    SILENT_VERIFIER_ALARM,
    SILENT_REHASHER_ALARM,
    COUNTING_LATE_ALARM,
    STATISTICS_DEAD_LETTERS_ALARM,
    UPDATE_DEAD_LETTERS_ALARM,
    TRIAL_ALARM,
)
"""All alarms, in the order of urgency: first what reporters notice."""
