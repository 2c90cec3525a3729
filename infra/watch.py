"""One dashboard, and alarms for what would otherwise fail in silence."""

from __future__ import annotations

from collections.abc import Iterable

import cdk_monitoring_constructs as monitoring
from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws.observe import NAMESPACE
from infra.api import Api
from infra.function import Function
from infra.stage import Stage
from infra.workflow import Workflow

MINUTES = Duration.minutes(5)
LATE = Duration.minutes(5)
MANY = 10
"""In five minutes. A few pass by themselves, or are what the reconciler is for."""
WORK = ("CasesOpened", "ReportsJoined", "ReportsAddedTo")
REPAIRS = ("RepairedUnlinked", "RepairedUntold", "RepairedUnserved", "RepairedUnread")
ADVICE_NOT_GIVEN = "SuggestionsFailed"
"""Reports are linked all the same; people see fewer cases that may be about the same facts."""
NOT_READ = "ReadingsFailed"
"""What a reporter sent ended its reading: people read it, and the platform's operators ask why."""
REPAIRS_NOT_MADE = ("RepairsFailed", "RepairsLeft", "SweepsFailed", "DeadlinesLeft")
"""Names the functions of triage count under."""
KEY_CHANGES = ("PutKeyPolicy", "CreateGrant", "DisableKey", "ScheduleKeyDeletion")
"""What changes who may use a key, or whether anybody may."""
BOXES = "BoxesNotOpened"
"""Counted by the two functions that open boxes."""
SEALED = ("DaysSealed", "HeadsVerified")
NOT_AS_SEALED = ("HistoryMismatches", "HeadsLeft", "CasesNotSealed")
"""Names the functions of history count under: their work, and what somebody must look at."""
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD


class Alarms(Construct):
    """Where alarms are told: a topic, with the addresses a deployment gives."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        self._key = key = kms.Key(
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
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        # A topic with a policy of its own loses the default one, by which alarms could publish.
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

    def on_changed_keys(self, *protected: kms.Key) -> None:
        """Tell at once when somebody touches who may use a key that boxes or seals depend on."""
        speaks = iam.ServicePrincipal("events.amazonaws.com")
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        self._key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RulesMaySpeak",
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                principals=[speaks],
                resources=["*"],
                conditions=ours,
            )
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RulesMayPublish",
                actions=["sns:Publish"],
                principals=[speaks],
                resources=[self.topic.topic_arn],
                conditions=ours,
            )
        )
        events.CfnRule(
            self,
            "KeyChanged",
            description="Somebody changed who may open boxes or sign seals",
            state="ENABLED",
            event_pattern={
                "source": ["aws.kms"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventSource": ["kms.amazonaws.com"],
                    "eventName": list(KEY_CHANGES),
                    "resources": {"ARN": [key.key_arn for key in protected]},
                },
            },
            targets=[events.CfnRule.TargetProperty(arn=self.topic.topic_arn, id="Alarms")],
        )


class Watch(Construct):
    """The dashboard of a stack and its alarms."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage, alarms: Alarms) -> None:
        super().__init__(scope, name)
        named = f"casework-{stage.name}-{name.lower()}"
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
        """Errors and throttles of every function."""
        for function in functions:
            self._facade.monitor_lambda_function(
                lambda_function=function,
                alarm_friendly_name=_words(function),
                human_readable_name=_words(function),
                add_fault_count_alarm={"Any": _no_error()},
                add_throttles_count_alarm={"Any": _no_error()},
            )

    def stream(self, consumer: Function, words: str) -> None:
        """What a consumer of the stream lets wait too long: reports to link, facts to count."""
        self._facade.monitor_lambda_function(
            lambda_function=consumer,
            alarm_friendly_name=words,
            human_readable_name=words,
            is_iterator=True,
            add_max_iterator_age_alarm={
                "Late": monitoring.MaxAgeThreshold(max_age_in_millis=LATE.to_milliseconds())
            },
        )

    def dead_letters(self, *queues: sqs.Queue) -> None:
        """Anything that waits in a dead-letter queue waits for a person."""
        for queue in queues:
            self._facade.monitor_sqs_queue(
                queue=queue,
                alarm_friendly_name=_words(queue),
                human_readable_name=_words(queue),
                add_queue_max_size_alarm={
                    "Any": monitoring.MaxMessageCountThreshold(max_message_count=0)
                },
            )

    def workflow(self, workflow: Workflow) -> None:
        """Cases whose workflow failed or had to wait for the service."""
        self._facade.monitor_step_function(
            state_machine=workflow.machine,
            alarm_friendly_name="Workflow",
            human_readable_name="Workflow",
            add_failed_execution_count_alarm={"Any": _no_error()},
            add_timed_out_execution_count_alarm={"Any": _no_error()},
        )

    def triage(self) -> None:
        """What triage counts: its work, suggestions that failed, the repairs of the reconciler.

        A few repairs are what the reconciler is for. Many are a fault that people should know
        of, and one that failed or was left over is told at once.
        """
        self._facade.monitor_custom(
            alarm_friendly_name="Triage",
            human_readable_name="Triage",
            metric_groups=[
                monitoring.CustomMetricGroup(
                    title="Reports",
                    metrics=[
                        *(_counted(name) for name in WORK),
                        _alarmed(ADVICE_NOT_GIVEN, MANY),
                        _alarmed(NOT_READ, 0),
                    ],
                ),
                monitoring.CustomMetricGroup(
                    title="Repairs",
                    metrics=[
                        *(_alarmed(name, MANY) for name in REPAIRS),
                        *(_alarmed(name, 0) for name in REPAIRS_NOT_MADE),
                    ],
                ),
            ],
        )

    def boxes(self) -> None:
        """Sealed boxes that did not open as the box of their report: somebody exchanged them."""
        self._facade.monitor_custom(
            alarm_friendly_name="Boxes",
            human_readable_name="Boxes",
            metric_groups=[
                monitoring.CustomMetricGroup(
                    title="Not opened",
                    metrics=[_alarmed(BOXES, 0, service) for service in ("custody", "notify")],
                )
            ],
        )

    def history(self) -> None:
        """Histories that are not as they were sealed, or that a night left unverified."""
        self._facade.monitor_custom(
            alarm_friendly_name="History",
            human_readable_name="History",
            metric_groups=[
                monitoring.CustomMetricGroup(
                    title="Sealed and verified",
                    metrics=[_counted(name, "history") for name in SEALED],
                ),
                monitoring.CustomMetricGroup(
                    title="Not as sealed",
                    metrics=[_alarmed(name, 0, "history") for name in NOT_AS_SEALED],
                ),
            ],
        )

    def api(self, api: Api) -> None:
        """Answers that were our fault."""
        self._facade.monitor_api_gateway_v2_http_api(
            api=api.api,
            alarm_friendly_name="Api",
            human_readable_name="Api",
            add5xx_count_alarm={"Any": _no_error()},
        )

    def topic(self, topic: sns.Topic) -> None:
        """Notifications no queue or endpoint took."""
        self._facade.monitor_sns_topic(
            topic=topic,
            alarm_friendly_name="Announcements",
            human_readable_name="Announcements",
            add_message_notifications_failed_alarm={
                "Any": monitoring.NotificationsFailedThreshold(max_notifications_failed_count=0)
            },
        )


def _counted(name: str, service: str = "triage") -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"service": service},
        statistic="Sum",
        period=MINUTES,
    )


def _alarmed(name: str, above: int, service: str = "triage") -> monitoring.CustomMetricWithAlarm:
    return monitoring.CustomMetricWithAlarm(
        metric=_counted(name, service),
        alarm_friendly_name=name if service == "triage" else f"{name}-{service}",
        add_alarm={
            "Above": monitoring.CustomThreshold(
                threshold=above,
                comparison_operator=ABOVE,
                # Nothing is written when there is nothing to count.
                treat_missing_data_override=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
        },
    )


def _no_error() -> monitoring.ErrorCountThreshold:
    return monitoring.ErrorCountThreshold(max_error_count=0)


def _words(construct: Construct) -> str:
    """The construct's place, without the stack: `Triage-Reconcile`."""
    return "-".join(construct.node.path.split("/")[1:])
