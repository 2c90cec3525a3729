"""A dashboard, and alarms for failures that would otherwise be silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import cdk_monitoring_constructs as monitoring
from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws.services.telemetry import METRIC_NAMESPACE
from casework.credentials import trial_mark
from infra import alarms as signals
from infra.alarms import AlarmSpec
from infra.api import HttpApi
from infra.function import CaseworkFunction
from infra.stage import DeploymentStage
from infra.workflow import CaseStateMachine

WORK_METRICS = ("CasesOpened", "ReportsJoined", "ReportsAddedTo", "FilesTold")
REPAIR_METRICS = (
    "RepairedUnlinked",
    "RepairedUntold",
    "RepairedUnserved",
    "RepairedUnread",
    "RepairedCopies",
)
ADVICE_NOT_GIVEN_METRIC = "SuggestionsFailed"
LISTS_NOT_ASKED_METRIC = "ListsNotAsked"
ANALYSES_FAILED_METRIC = "ReadingsFailed"
QUEUES_UNREAD_METRIC = "QueuesUnread"
NOBODY_ON_DUTY_METRIC = "NobodyOnDuty"
REPAIRS_FAILED_METRICS = ("RepairsFailed", "RepairsLeft")
SWEEPS_FAILED_METRICS = {
    "SweepsFailed": signals.SWEEPS_FAILED_ALARM,
    "DeadlinesLeft": signals.DEADLINES_LEFT_ALARM,
}
QUARTER_HEARTBEATS = {"FilesLookedAt": signals.SILENT_REPAIR_ALARM}
MINUTE_HEARTBEATS = {
    "Reconciles": signals.SILENT_RECONCILER_ALARM,
    "Sweeps": signals.SILENT_SWEEPER_ALARM,
}
"""Names under which triage counts; each finished pass counts the last ones."""
KEY_CHANGE_EVENTS = (
    "PutKeyPolicy",
    "CreateGrant",
    "ReplicateKey",
    "DisableKey",
    "ScheduleKeyDeletion",
)
"""Calls that change the use of a key."""
BOXES_NOT_OPENED_METRIC = "BoxesNotOpened"
"""The functions that open what is sealed count under this name."""
FILE_METRICS = (
    *("FilesKept", "FilesRefused", "FilesRepeated", "FilesRepaired"),
    *("FilesExamined", "FilesScanned", "ExaminationsNotTaken", "LocksRenewed"),
)
FILES_LEFT_METRICS = {
    "FilesNotRepaired": signals.FILES_NOT_REPAIRED_ALARM,
    "FilesNotExamined": signals.FILES_NOT_EXAMINED_ALARM,
    "PreviewsFailed": signals.PREVIEWS_FAILED_ALARM,
}
"""Names under which functions/evidence counts."""
NIGHT_HEARTBEATS = {
    "DaysSealed": signals.SILENT_SEAL_ALARM,
    "HeadsVerified": signals.SILENT_VERIFIER_ALARM,
    "FilesRehashed": signals.SILENT_REHASHER_ALARM,
}
HISTORY_MISMATCH_METRICS = {
    "HistoryMismatches": signals.HISTORY_MISMATCHES_ALARM,
    "HeadsLeft": signals.HEADS_LEFT_ALARM,
    "CasesNotSealed": signals.CASES_NOT_SEALED_ALARM,
    "VaultMismatches": signals.VAULT_MISMATCHES_ALARM,
    "VaultDaysLeft": signals.VAULT_DAYS_LEFT_ALARM,
}
"""Names under which history counts: its work, and what a person must look at."""
API_ALARM_TAG = "Api"
"""The tag of the alarm on the gateway's answers."""
MORE, LESS = (
    cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
)


class AlarmTopic(Construct):
    """The topic of alarms, with the addresses of the deployment."""

    def __init__(self, scope: Construct, name: str, *, stage: DeploymentStage) -> None:
        super().__init__(scope, name)
        key = kms.Key(
            self,
            "Key",
            description=f"casework {stage.name}: alarms in transit",
            enable_key_rotation=True,
            pending_window=Duration.days(7),
            removal_policy=stage.removal,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsMaySpeak",
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        # EventBridge names no account when it uses the topic's key, so a condition on the account
        # would exclude it (Amazon SNS, "Enable compatibility between event sources from AWS
        # services and encrypted topics"). The key protects the text of alarms, and nothing else.
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RulesMaySpeak",
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                resources=["*"],
            )
        )
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        # A topic with its own policy loses the default one, which lets alarms publish.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsMayPublish",
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        for email in stage.deployment.alarms.emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        for url in stage.deployment.alarms.urls:
            self.topic.add_subscription(subscriptions.UrlSubscription(url))

    def on_changed_keys(
        self, scope: Construct, protected: Iterable[kms.Key], *, missed: sqs.IQueue
    ) -> None:
        """Notify at once of a change to the use of a key that boxes or seals depend on."""
        events.Rule(
            scope,
            "KeyChanged",
            description="Somebody changed who may open boxes or sign seals",
            event_pattern=events.EventPattern(
                source=["aws.kms"],
                detail_type=["AWS API Call via CloudTrail"],
                detail={
                    "eventSource": ["kms.amazonaws.com"],
                    "eventName": list(KEY_CHANGE_EVENTS),
                    "resources": {"ARN": [key.key_arn for key in protected]},
                },
            ),
            targets=[
                targets.SnsTopic(
                    self.topic,
                    dead_letter_queue=missed,
                    retry_attempts=185,
                    max_event_age=Duration.hours(24),
                )
            ],
        )


class MonitoringDashboard(Construct):
    """The dashboard of a stack and its alarms."""

    def __init__(
        self, scope: Construct, name: str, *, stage: DeploymentStage, alarms: AlarmTopic
    ) -> None:
        super().__init__(scope, name)
        prefix = self._named = f"casework-{stage.name}-{name.lower()}"
        self._stage = stage.name
        self._topic = alarms.topic
        self._facade = monitoring.MonitoringFacade(
            self,
            "Casework",
            dashboard_factory=monitoring.DefaultDashboardFactory(
                self, "Dashboards", dashboard_name_prefix=prefix
            ),
            alarm_factory_defaults=monitoring.AlarmFactoryDefaults(
                actions_enabled=True,
                alarm_name_prefix=prefix,
                action=monitoring.SnsAlarmActionStrategy(on_alarm_topic=alarms.topic),
            ),
        )

    def functions(self, functions: Iterable[CaseworkFunction]) -> None:
        """Errors of every function."""
        for function in functions:
            self._facade.monitor_lambda_function(
                lambda_function=function,
                alarm_friendly_name=_words(function),
                human_readable_name=_words(function),
                add_fault_count_alarm={
                    "Any": self._errors(signals.FUNCTION_FAULT_ALARM, function.node.path)
                },
            )

    def faults(self, function: CaseworkFunction) -> list[cloudwatch.IAlarm]:
        """The alarms for a fault of a function behind the gateway: it ended in an error, or it
        answered that something went wrong."""
        tagged = self._facade.created_alarms_with_tag
        return [each.alarm for tag in (function.node.path, API_ALARM_TAG) for each in tagged(tag)]

    def stream(self, consumer: CaseworkFunction, words: str, late: AlarmSpec) -> None:
        """The delay of a stream consumer: reports to link, facts to count."""
        self._facade.monitor_lambda_function(
            lambda_function=consumer,
            alarm_friendly_name=words,
            human_readable_name=words,
            is_iterator=True,
            add_max_iterator_age_alarm={
                "Late": monitoring.MaxAgeThreshold(
                    max_age_in_millis=late.rule.limit, **self._rings(late)
                )
            },
        )

    def dead_letters(self, queue: sqs.Queue, put_aside: AlarmSpec) -> None:
        """The alarm for a dead-letter queue that is not empty."""
        self._facade.monitor_sqs_queue(
            queue=queue,
            alarm_friendly_name=_words(queue),
            human_readable_name=_words(queue),
            add_queue_max_size_alarm={
                "Any": monitoring.MaxMessageCountThreshold(
                    max_message_count=put_aside.rule.limit, **self._rings(put_aside)
                )
            },
        )

    def workflow(self, workflow: CaseStateMachine) -> None:
        """Cases whose workflow failed or had to wait for the service."""
        self._facade.monitor_step_function(
            state_machine=workflow.machine,
            alarm_friendly_name="Workflow",
            human_readable_name="Workflow",
            add_failed_execution_count_alarm={"Any": self._errors(signals.WORKFLOW_FAILED_ALARM)},
            add_timed_out_execution_count_alarm={
                "Any": self._errors(signals.WORKFLOW_TIMED_OUT_ALARM)
            },
        )

    def triage(self) -> None:
        """The counts of triage: its work, failed suggestions, the repairs of the reconciler.

        A few repairs are normal. Many repairs are a fault that people must know of. A repair that
        failed or was left over raises an alarm at once.
        """
        self._counts(
            "Triage",
            {
                "Reports": [
                    *(_counted(name) for name in WORK_METRICS),
                    self._alarmed(ADVICE_NOT_GIVEN_METRIC, signals.SUGGESTIONS_FAILED_ALARM),
                    self._alarmed(ANALYSES_FAILED_METRIC, signals.ANALYSES_FAILED_ALARM),
                    self._alarmed(LISTS_NOT_ASKED_METRIC, signals.LISTS_NOT_ASKED_ALARM),
                ],
                "Repairs": [
                    *(self._alarmed(name, signals.MANY_REPAIRS_ALARM) for name in REPAIR_METRICS),
                    *(
                        self._alarmed(name, signals.REPAIRS_FAILED_ALARM)
                        for name in REPAIRS_FAILED_METRICS
                    ),
                    *(
                        self._alarmed(name, signal)
                        for name, signal in SWEEPS_FAILED_METRICS.items()
                    ),
                    self._alarmed(QUEUES_UNREAD_METRIC, signals.QUEUES_UNREAD_ALARM),
                    self._alarmed(NOBODY_ON_DUTY_METRIC, signals.NOBODY_ON_DUTY_ALARM),
                ],
            },
        )

    def boxes(self) -> None:
        """What is sealed and did not open as that of its report."""
        services = ("custody", "notify", "evidence", "desk", "triage")
        metrics = [
            self._alarmed(BOXES_NOT_OPENED_METRIC, signals.BOXES_NOT_OPENED_ALARM, service)
            for service in services
        ]
        self._counts("Boxes", {"Not opened": metrics})

    def files(self) -> None:
        """Files of reporters, and what was left undone at some."""
        self._counts(
            "Files",
            {
                "Files": [
                    *(_counted(name, "evidence") for name in FILE_METRICS),
                    *(
                        self._alarmed(name, told, "evidence")
                        for name, told in FILES_LEFT_METRICS.items()
                    ),
                ]
            },
        )

    def history(self) -> None:
        """What differs from what was sealed or kept, and what a night left unread."""
        metrics = [
            self._alarmed(name, signal, "history")
            for name, signal in HISTORY_MISMATCH_METRICS.items()
        ]
        self._counts("History", {"Not as sealed": metrics})

    def heartbeats(self) -> None:
        """Heartbeats: the passes of each minute, and the work of each night."""
        self._counts(
            "Heartbeat",
            {
                title: [self._heard(name, signal, service) for name, signal in heard.items()]
                for title, service, heard in (
                    ("Passes of each minute", "triage", MINUTE_HEARTBEATS),
                    ("Passes of each quarter of an hour", "evidence", QUARTER_HEARTBEATS),
                    ("Sealed, verified and rehashed each night", "history", NIGHT_HEARTBEATS),
                )
            },
        )

    def _counts(
        self,
        about: str,
        graphs: Mapping[str, Sequence[cloudwatch.Metric | monitoring.CustomMetricWithAlarm]],
    ) -> None:
        """A part of the dashboard with the counts of our own code, graph by title."""
        self._facade.monitor_custom(
            alarm_friendly_name=about,
            human_readable_name=about,
            metric_groups=[
                monitoring.CustomMetricGroup(title=title, metrics=list(metrics))
                for title, metrics in graphs.items()
            ],
        )

    def throttled(self) -> None:
        """Calls that the service refused, of all functions of the account together: they share its
        limit, and one alarm says it once."""
        self._alone(
            signals.THROTTLED_ALARM,
            cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name="Throttles",
                statistic="Sum",
                period=Duration.minutes(signals.THROTTLED_ALARM.rule.minutes),
            ),
        )

    def trial(self) -> cloudwatch.Alarm:
        """The one harmless alarm. The smoke test raises it and waits until the topic of all alarms
        has sent it, so it tries the way of every alarm."""
        minutes = signals.TRIAL_ALARM.rule.minutes
        return self._alone(
            signals.TRIAL_ALARM,
            _counted(trial_mark.TRIAL_ALARM_METRIC, trial_mark.TRIAL_MARK_ISSUER, minutes),
        )

    def _alone(self, signal: AlarmSpec, metric: cloudwatch.IMetric) -> cloudwatch.Alarm:
        """An alarm that is no part of the dashboard."""
        rule = signal.rule
        alarm = cloudwatch.Alarm(
            self,
            signal.name,
            alarm_name=f"{self._named}-{signal.name}",
            alarm_description=signal.words(self._stage),
            metric=metric,
            threshold=rule.limit,
            comparison_operator=MORE,
            evaluation_periods=rule.periods,
            datapoints_to_alarm=rule.breaches,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
        return alarm

    def api(self, api: HttpApi) -> None:
        """Answers with 5xx."""
        self._facade.monitor_api_gateway_v2_http_api(
            api=api.api,
            alarm_friendly_name="Api",
            human_readable_name="Api",
            add5xx_count_alarm={"Any": self._errors(signals.SERVER_ERROR_ALARM, API_ALARM_TAG)},
        )

    def topic(self, topic: sns.Topic) -> None:
        """Notifications that no queue or endpoint took."""
        self._facade.monitor_sns_topic(
            topic=topic,
            alarm_friendly_name="Announcements",
            human_readable_name="Announcements",
            add_message_notifications_failed_alarm={
                "Any": monitoring.NotificationsFailedThreshold(
                    max_notifications_failed_count=signals.NOT_DELIVERED_ALARM.rule.limit,
                    **self._rings(signals.NOT_DELIVERED_ALARM),
                )
            },
        )

    def _alarmed(
        self, name: str, signal: AlarmSpec, service: str = "triage"
    ) -> monitoring.CustomMetricWithAlarm:
        return monitoring.CustomMetricWithAlarm(
            metric=_counted(name, service, signal.rule.minutes),
            alarm_friendly_name=name if service == "triage" else f"{name}-{service}",
            add_alarm={
                "Above": monitoring.CustomThreshold(
                    threshold=signal.rule.limit, comparison_operator=MORE, **self._rings(signal)
                )
            },
        )

    def _heard(
        self, name: str, signal: AlarmSpec, service: str
    ) -> monitoring.CustomMetricWithAlarm:
        """How often a count was written, whatever its value: a night may verify nothing."""
        return monitoring.CustomMetricWithAlarm(
            metric=_counted(name, service, signal.rule.minutes, "SampleCount"),
            alarm_friendly_name=f"{name}-{service}",
            add_alarm={
                "Silent": monitoring.CustomThreshold(
                    threshold=signal.rule.limit, comparison_operator=LESS, **self._rings(signal)
                )
            },
        )

    def _errors(self, signal: AlarmSpec, tag: str = "") -> monitoring.ErrorCountThreshold:
        """`tag` finds the alarm among all that were made."""
        return monitoring.ErrorCountThreshold(
            max_error_count=signal.rule.limit,
            custom_tags=[tag] if tag else None,
            **self._rings(signal),
        )

    def _rings(self, signal: AlarmSpec) -> dict[str, Any]:
        """The settings of every alarm from its row, except the limit, which has many names."""
        rule = signal.rule
        missing = cloudwatch.TreatMissingData
        return {
            "period": Duration.minutes(rule.minutes),
            "evaluation_periods": rule.periods,
            "datapoints_to_alarm": rule.breaches,
            "treat_missing_data_override": missing.BREACHING
            if rule.silence
            else missing.NOT_BREACHING,
            "alarm_description_override": signal.words(self._stage),
        }


def _counted(
    name: str, service: str = "triage", minutes: int = 5, statistic: str = "Sum"
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=METRIC_NAMESPACE,
        metric_name=name,
        dimensions_map={"service": service},
        statistic=statistic,
        period=Duration.minutes(minutes),
    )


def _words(construct: Construct) -> str:
    """The path of the construct without the stack: `Triage-Reconcile`."""
    return "-".join(construct.node.path.split("/")[1:])
