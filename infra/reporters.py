"""functions/notify, the part that notifies reporters: the only function that may open contact
boxes."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from casework.aws.services.notifications import REPORTERS_RECEIVER
from casework.aws.services.settings import NoticeSettings
from infra.data import (
    ARRIVAL_KEYS,
    BATCH_GET_ACTION,
    CASE_KEYS,
    DAY_KEYS,
    GET_ACTION,
    LOG_KEYS,
    PUT_ACTION,
    QUERY_ACTION,
    REPORT_KEYS,
    UPDATE_ACTION,
    DataStores,
)
from infra.deployment import LOCAL_SENDER
from infra.function import CaseworkFunction, FunctionFactory
from infra.notification_topic import NotificationTopic
from infra.queues import dead_letter_queue, work_queue

UPDATE_TIMEOUT_SECONDS = 60
"""Seconds for a page of reports, each with a box to open and a message to send."""
MAX_UPDATE_SENDERS = 10
"""Senders at once: a flood of news leaves the other functions their processes, and SES its rate."""
NO_SENDER_ADDRESS = "nobody@invalid"
"""An address that cannot send, for a deployment that names none."""


class ReporterUpdates(Construct):
    """News goes from the topic into a queue, and from there to the sender."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        announcements: NotificationTopic,
    ) -> None:
        super().__init__(scope, name)
        stage = made_by.stage
        receivers = stage.deployment.reporters
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage)
        queue = work_queue(
            self, "News", stage, seconds=UPDATE_TIMEOUT_SECONDS, dead_letters=self.dead_letters
        )
        announcements.topic.add_subscription(
            subscriptions.SqsSubscription(
                queue,
                raw_message_delivery=True,
                filter_policy={
                    "unit": sns.SubscriptionFilter.string_filter(allowlist=[REPORTERS_RECEIVER])
                },
            )
        )
        sender = receivers.sender or ("" if stage.on_aws else LOCAL_SENDER)
        self.function = CaseworkFunction(
            self,
            "Tell",
            made_by=made_by,
            handler="functions.notify.reporters.handle",
            settings=NoticeSettings(
                stage=stage.name,
                case_table=data.table.table_name,
                pack=stage.pack,
                queue=queue.queue_url,
                contact_key=data.contact.key_arn,
                sender=sender,
                short_messages="on" if receivers.short_messages else "off",
                short_messages_to=" ".join(receivers.short_messages_to),
            ),
            timeout=UPDATE_TIMEOUT_SECONDS,
        )
        data.grant(self.function, QUERY_ACTION, of=(REPORT_KEYS,))  # with what was added to them
        data.grant(
            self.function, QUERY_ACTION, of=(CASE_KEYS, ARRIVAL_KEYS)
        )  # the reports of the case at that time
        data.grant(self.function, GET_ACTION, of=(CASE_KEYS,))  # the entry that is told
        data.grant(self.function, BATCH_GET_ACTION, of=(REPORT_KEYS, ARRIVAL_KEYS))
        data.grant(self.function, UPDATE_ACTION, of=(REPORT_KEYS,))  # that its reporter was told
        data.grant(self.function, PUT_ACTION, of=(LOG_KEYS, DAY_KEYS))
        data.grant_open_boxes(self.function, data.contact)
        queue.grant_send_messages(self.function)
        self._let_send(sender or NO_SENDER_ADDRESS, on_aws=stage.on_aws)
        if receivers.short_messages:
            self._let_dial()
        self.function.add_event_source(
            sources.SqsEventSource(
                queue,
                batch_size=5,
                max_concurrency=MAX_UPDATE_SENDERS,
                report_batch_item_failures=True,
            )
        )

    def _let_dial(self) -> None:
        """Allow short messages: a telephone is no resource of the account, nor is a topic."""
        topics = f"arn:{Aws.PARTITION}:sns:*:*:*"
        self.function.add_to_role_policy(
            iam.PolicyStatement(actions=["sns:Publish"], not_resources=[topics])
        )

    def _let_send(self, sender: str, *, on_aws: bool) -> None:
        """Allow e-mail from one address. The emulator knows neither the resource nor the address of
        a call, so a laptop allows all."""
        identities = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/*"
        self.function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["ses:SendEmail"],
                resources=[identities] if on_aws else ["*"],
                conditions={"StringEquals": {"ses:FromAddress": sender}} if on_aws else None,
            )
        )
