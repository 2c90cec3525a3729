"""The first stack: the topics, and the queue of each unit of the jurisdiction pack.

It is deployed before the functions that notify units, so a unit of a new pack receives its first
notification. The filter of a subscription takes up to a quarter of an hour to be active everywhere
(Amazon SNS, "Subscription filter policies"); `local.cdk` waits for new ones.

Every unit has a queue, so its notifications survive an outage of its systems, and a subscription
that passes only its own. A deployment may add e-mail and HTTPS endpoints.

**An unauthenticated click must not remove a subscription.** Queue subscriptions carry no
unsubscribe link. E-mail and HTTPS subscriptions do, and CloudFormation cannot change that: the
*confirmation* decides whether the link works without signing in. So do not follow the link of the
confirmation message; an administrator of the account confirms its token:

    python -m tools.confirm_subscription TOPIC_ARN TOKEN      (AuthenticateOnUnsubscribe=true)
    python -m tools.confirm_subscription TOPIC_ARN --check    (lists those confirmed otherwise)

Whatever happens to such an endpoint, the unit's queue still receives everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws.services.notifications import (
    DUTY_RECEIVER,
    OPERATOR_RECEIVERS,
    SUPERVISION_RECEIVER,
    WITNESSES_RECEIVER,
    queue_name,
)
from casework.text.realm import TRIAL_RECEIVER
from infra import alarms
from infra.dashboard import AlarmTopic, MonitoringDashboard
from infra.deployment import UnitEndpoints
from infra.errors import DeploymentNotValid
from infra.limits import require_filter_policy_limit
from infra.notification_topic import NotificationTopic
from infra.queues import MAX_MESSAGE_RETENTION, dead_letter_queue
from infra.stage import DeploymentStage

OUTSIDE_RECEIVERS = (WITNESSES_RECEIVER,)
"""Listeners without a queue here: their messages are useful outside of the account only."""
NO_ENDPOINTS = UnitEndpoints()


class UnitSubscriptions(cdk.Stack):
    """Queues and subscriptions of the units, the duty desk and the supervisors."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: DeploymentStage,
        units: Iterable[str],
        env: cdk.Environment | None,
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        """`units` are the ids of the pack. Raises DeploymentNotValid, TooLarge."""
        super().__init__(
            scope,
            stage.units_name,
            env=env,
            synthesizer=synthesizer,
            termination_protection=stage.keep,
            description="e-Iblagh casework: what units, supervisors and the duty desk listen to",
        )
        audience = {
            each: queue_name(stage.name, each) for each in (*sorted(units), *OPERATOR_RECEIVERS)
        }
        endpoints = _known(stage.deployment.units, {*audience, *OUTSIDE_RECEIVERS})
        told = sum(len(each.emails) + len(each.urls) for each in endpoints.values())
        require_filter_policy_limit(len(audience) + told)

        self.announcements = NotificationTopic(self, "Announcements", stage=stage)
        self.alarms = AlarmTopic(self, "Alarms", stage=stage)
        self.topic = self.announcements.topic
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage)
        """One for all: notifications that no queue or endpoint took, and those that a unit could
        not read."""
        self.queues = {unit: self._queue(unit, name, stage) for unit, name in audience.items()}
        self._let_the_topic_send()
        for unit, queue in self.queues.items():
            self._subscribe(unit, "Queue", sns.SubscriptionProtocol.SQS, queue.queue_arn)
        for unit in (*self.queues, *OUTSIDE_RECEIVERS):
            for number, email in enumerate(endpoints.get(unit, NO_ENDPOINTS).emails):
                self._subscribe(unit, f"Email{number}", sns.SubscriptionProtocol.EMAIL, email)
            for number, url in enumerate(endpoints.get(unit, NO_ENDPOINTS).urls):
                self._subscribe(unit, f"Url{number}", sns.SubscriptionProtocol.HTTPS, url)
        watch = MonitoringDashboard(self, "Units", stage=stage, alarms=self.alarms)
        watch.dead_letters(self.dead_letters, alarms.UNIT_DEAD_LETTERS_ALARM)
        cdk.CfnOutput(self, "TopicArn", value=self.topic.topic_arn)
        cdk.CfnOutput(self, "DutyQueueUrl", value=self.queues[DUTY_RECEIVER].queue_url)
        cdk.CfnOutput(
            self, "SupervisionQueueUrl", value=self.queues[SUPERVISION_RECEIVER].queue_url
        )
        cdk.CfnOutput(self, "AlarmTopicArn", value=self.alarms.topic.topic_arn)
        cdk.CfnOutput(self, "TrialQueueUrl", value=self.queues[TRIAL_RECEIVER].queue_url)
        cdk.CfnOutput(self, "UnitsDeadLetterUrl", value=self.dead_letters.queue_url)

    def _queue(self, unit: str, name: str, stage: DeploymentStage) -> sqs.Queue:
        return sqs.Queue(
            self,
            f"{_word(unit)}Queue",
            queue_name=name,
            retention_period=MAX_MESSAGE_RETENTION,
            visibility_timeout=cdk.Duration.minutes(1),
            # Encrypted by the queue service's own key: bodies hold references only, and the topic
            # can then send without a statement in a key's policy.
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=5),
            # Never retained: a unit that left the pack and returns could not have its name again.
            # Its cases are rerouted, and the desks show what was in the queue.
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _let_the_topic_send(self) -> None:
        """One policy for all queues; one for each would add a hundred resources.

        Its resource is `*`, because the policy of a queue covers the queue that it is attached to.
        """
        everyone = [iam.AnyPrincipal()]
        topic = iam.PolicyStatement(
            sid="OnlyTheTopicSends",
            actions=["sqs:SendMessage"],
            principals=[iam.ServicePrincipal("sns.amazonaws.com")],
            resources=["*"],
            conditions={"ArnEquals": {"aws:SourceArn": self.topic.topic_arn}},
        )
        encrypted = iam.PolicyStatement(
            sid="OnlyEncryptedConnections",
            effect=iam.Effect.DENY,
            actions=["sqs:*"],
            principals=everyone,
            resources=["*"],
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )
        sqs.CfnQueuePolicy(
            self,
            "QueuePolicy",
            queues=[queue.queue_url for queue in self.queues.values()],
            policy_document=iam.PolicyDocument(statements=[topic, encrypted]),
        )

    def _subscribe(
        self, unit: str, what: str, protocol: sns.SubscriptionProtocol, endpoint: str
    ) -> None:
        sns.Subscription(
            self,
            f"{_word(unit)}{what}Subscription",
            topic=self.topic,
            protocol=protocol,
            endpoint=endpoint,
            filter_policy={"unit": sns.SubscriptionFilter.string_filter(allowlist=[unit])},
            # Queues receive the CloudEvent itself. An HTTPS endpoint receives the signed envelope,
            # which proves the sender.
            raw_message_delivery=protocol is sns.SubscriptionProtocol.SQS,
            dead_letter_queue=self.dead_letters,
        )


def _known(
    endpoints: Mapping[str, UnitEndpoints], audience: Set[str]
) -> Mapping[str, UnitEndpoints]:
    unknown = sorted(endpoints.keys() - (audience - {TRIAL_RECEIVER}))
    if unknown:
        raise DeploymentNotValid(
            f"The deployment gives endpoints of units the pack does not have: {', '.join(unknown)}."
        )
    return endpoints


def _word(unit: str) -> str:
    """A unit's id as part of a logical id: `pj-06-141` is `Pj06141`."""
    return "".join(part.capitalize() for part in unit.split("-"))
