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

from casework.aws.services.observe import NAMESPACE
from casework.credentials import trial
from infra import signals
from infra.api import Api
from infra.function import Function
from infra.signals import Signal
from infra.stage import Stage
from infra.workflow import Workflow

WORK = ("CasesOpened", "ReportsJoined", "ReportsAddedTo", "FilesTold")
REPAIRS = (
    "RepairedUnlinked",
    "RepairedUntold",
    "RepairedUnserved",
    "RepairedUnread",
    "RepairedCopies",
)
ADVICE_NOT_GIVEN = "SuggestionsFailed"
LISTS_NOT_ASKED = "ListsNotAsked"
NOT_READ = "ReadingsFailed"
NOT_HEARD = "QueuesUnread"
NOBODY_ON_DUTY = "NobodyOnDuty"
REPAIRS_NOT_MADE = ("RepairsFailed", "RepairsLeft")
SWEEPS_NOT_MADE = {"SweepsFailed": signals.SWEEPS, "DeadlinesLeft": signals.DEADLINES}
QUARTERS = {"FilesLookedAt": signals.SILENT_REPAIR}
PASSES = {"Reconciles": signals.SILENT_RECONCILER, "Sweeps": signals.SILENT_SWEEPER}
"""Names under which triage counts; each finished pass counts the last ones."""
KEY_CHANGES = (
    "PutKeyPolicy",
    "CreateGrant",
    "ReplicateKey",
    "DisableKey",
    "ScheduleKeyDeletion",
)
"""Calls that change the use of a key."""
BOXES = "BoxesNotOpened"
"""The functions that open what is sealed count under this name."""
FILES = (
    *("FilesKept", "FilesRefused", "FilesRepeated", "FilesRepaired"),
    *("FilesExamined", "FilesScanned", "ExaminationsNotTaken", "LocksRenewed"),
)
FILES_LEFT = {
    "FilesNotRepaired": signals.FILES_NOT_REPAIRED,
    "FilesNotExamined": signals.FILES_NOT_EXAMINED,
    "PreviewsFailed": signals.PREVIEWS_FAILED,
}
"""Names under which functions/evidence counts."""
NIGHTS = {
    "DaysSealed": signals.SILENT_SEAL,
    "HeadsVerified": signals.SILENT_VERIFIER,
    "FilesRehashed": signals.SILENT_REHASHER,
}
NOT_AS_SEALED = {
    "HistoryMismatches": signals.MISMATCHES,
    "HeadsLeft": signals.HEADS_LEFT,
    "CasesNotSealed": signals.NOT_SEALED,
    "VaultMismatches": signals.VAULT_MISMATCHES,
    "VaultDaysLeft": signals.VAULT_DAYS_LEFT,
}
"""Names under which history counts: its work, and what a person must look at."""
API = "Api"
"""The tag of the alarm on the gateway's answers."""
MORE, LESS = (
    cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
)


class Alarms(Construct):
    """The topic of alarms, with the addresses of the deployment."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
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
                    "eventName": list(KEY_CHANGES),
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


class Watch(Construct):
    """The dashboard of a stack and its alarms."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage, alarms: Alarms) -> None:
        super().__init__(scope, name)
        named = self._named = f"casework-{stage.name}-{name.lower()}"
        self._stage = stage.name
        self._topic = alarms.topic
        self._facade = monitoring.MonitoringFacade(
            self,
            "Casework",
            dashboard_factory=monitoring.DefaultDashboardFactory(
                self, "Dashboards", dashboard_name_prefix=named
            ),
            alarm_factory_defaults=monitoring.AlarmFactoryDefaults(
                actions_enabled=True,
                alarm_name_prefix=named,
                action=monitoring.SnsAlarmActionStrategy(on_alarm_topic=alarms.topic),
            ),
        )

    def functions(self, functions: Iterable[Function]) -> None:
        """Errors of every function."""
        for function in functions:
            self._facade.monitor_lambda_function(
                lambda_function=function,
                alarm_friendly_name=_words(function),
                human_readable_name=_words(function),
                add_fault_count_alarm={"Any": self._errors(signals.FAULT, function.node.path)},
            )

    def faults(self, function: Function) -> list[cloudwatch.IAlarm]:
        """The alarms for a fault of a function behind the gateway: it ended in an error, or it
        answered that something went wrong."""
        tagged = self._facade.created_alarms_with_tag
        return [each.alarm for tag in (function.node.path, API) for each in tagged(tag)]

    def stream(self, consumer: Function, words: str, late: Signal) -> None:
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

    def dead_letters(self, queue: sqs.Queue, put_aside: Signal) -> None:
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

    def workflow(self, workflow: Workflow) -> None:
        """Cases whose workflow failed or had to wait for the service."""
        self._facade.monitor_step_function(
            state_machine=workflow.machine,
            alarm_friendly_name="Workflow",
            human_readable_name="Workflow",
            add_failed_execution_count_alarm={"Any": self._errors(signals.WORKFLOW_FAILED)},
            add_timed_out_execution_count_alarm={"Any": self._errors(signals.WORKFLOW_TIMED_OUT)},
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
                    *(_counted(name) for name in WORK),
                    self._alarmed(ADVICE_NOT_GIVEN, signals.SUGGESTIONS),
                    self._alarmed(NOT_READ, signals.READINGS),
                    self._alarmed(LISTS_NOT_ASKED, signals.LISTS_NOT_ASKED),
                ],
                "Repairs": [
                    *(self._alarmed(name, signals.REPAIRS) for name in REPAIRS),
                    *(self._alarmed(name, signals.NOT_REPAIRED) for name in REPAIRS_NOT_MADE),
                    *(self._alarmed(name, signal) for name, signal in SWEEPS_NOT_MADE.items()),
                    self._alarmed(NOT_HEARD, signals.UNREAD),
                    self._alarmed(NOBODY_ON_DUTY, signals.NOBODY),
                ],
            },
        )

    def boxes(self) -> None:
        """What is sealed and did not open as that of its report."""
        services = ("custody", "notify", "evidence", "desk", "triage")
        metrics = [self._alarmed(BOXES, signals.BOXES, service) for service in services]
        self._counts("Boxes", {"Not opened": metrics})

    def files(self) -> None:
        """Files of reporters, and what was left undone at some."""
        self._counts(
            "Files",
            {
                "Files": [
                    *(_counted(name, "evidence") for name in FILES),
                    *(self._alarmed(name, told, "evidence") for name, told in FILES_LEFT.items()),
                ]
            },
        )

    def history(self) -> None:
        """What differs from what was sealed or kept, and what a night left unread."""
        metrics = [self._alarmed(name, signal, "history") for name, signal in NOT_AS_SEALED.items()]
        self._counts("History", {"Not as sealed": metrics})

    def hearts(self) -> None:
        """Heartbeats: the passes of each minute, and the work of each night."""
        self._counts(
            "Heartbeat",
            {
                title: [self._heard(name, signal, service) for name, signal in heard.items()]
                for title, service, heard in (
                    ("Passes of each minute", "triage", PASSES),
                    ("Passes of each quarter of an hour", "evidence", QUARTERS),
                    ("Sealed, verified and rehashed each night", "history", NIGHTS),
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
            signals.THROTTLED,
            cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name="Throttles",
                statistic="Sum",
                period=Duration.minutes(signals.THROTTLED.rule.minutes),
            ),
        )

    def trial(self) -> cloudwatch.Alarm:
        """The one harmless alarm. The smoke test raises it and waits until the topic of all alarms
        has sent it, so it tries the way of every alarm."""
        minutes = signals.TRIAL.rule.minutes
        return self._alone(signals.TRIAL, _counted(trial.ALARMED, trial.BY, minutes))

    def _alone(self, signal: Signal, metric: cloudwatch.IMetric) -> cloudwatch.Alarm:
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

    def api(self, api: Api) -> None:
        """Answers with 5xx."""
        self._facade.monitor_api_gateway_v2_http_api(
            api=api.api,
            alarm_friendly_name="Api",
            human_readable_name="Api",
            add5xx_count_alarm={"Any": self._errors(signals.ANSWERS, API)},
        )

    def topic(self, topic: sns.Topic) -> None:
        """Notifications that no queue or endpoint took."""
        self._facade.monitor_sns_topic(
            topic=topic,
            alarm_friendly_name="Announcements",
            human_readable_name="Announcements",
            add_message_notifications_failed_alarm={
                "Any": monitoring.NotificationsFailedThreshold(
                    max_notifications_failed_count=signals.NOT_DELIVERED.rule.limit,
                    **self._rings(signals.NOT_DELIVERED),
                )
            },
        )

    def _alarmed(
        self, name: str, signal: Signal, service: str = "triage"
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

    def _heard(self, name: str, signal: Signal, service: str) -> monitoring.CustomMetricWithAlarm:
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

    def _errors(self, signal: Signal, tag: str = "") -> monitoring.ErrorCountThreshold:
        """`tag` finds the alarm among all that were made."""
        return monitoring.ErrorCountThreshold(
            max_error_count=signal.rule.limit,
            custom_tags=[tag] if tag else None,
            **self._rings(signal),
        )

    def _rings(self, signal: Signal) -> dict[str, Any]:
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
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"service": service},
        statistic=statistic,
        period=Duration.minutes(minutes),
    )


def _words(construct: Construct) -> str:
    """The path of the construct without the stack: `Triage-Reconcile`."""
    return "-".join(construct.node.path.split("/")[1:])
