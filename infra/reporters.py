"""functions/notify, the part that notifies reporters: the only function that may open contact
boxes."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from casework.aws.services.announcements import REPORTERS
from casework.aws.services.settings import NoticeSettings
from infra.announcements import Announcements
from infra.data import (
    ARRIVALS,
    CASES,
    DAYS,
    LOGS,
    PUT,
    QUERY,
    READ,
    READ_MANY,
    REPORTS,
    UPDATE,
    Data,
)
from infra.deployment import LOCAL_SENDER
from infra.function import Function, Workshop
from infra.queues import dead_letter_queue, work_queue

TO_TELL = 60
"""Seconds for a page of reports, each with a box to open and a message to send."""
SENDERS = 10
"""Senders at once: a flood of news leaves the other functions their processes, and SES its rate."""
NOBODY = "nobody@invalid"
"""An address that cannot send, for a deployment that names none."""


class Reporters(Construct):
    """News goes from the topic into a queue, and from there to the sender."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        announcements: Announcements,
    ) -> None:
        super().__init__(scope, name)
        stage = made_by.stage
        told = stage.deployment.reporters
        self.dead_letters = dead_letter_queue(self, "DeadLetters", stage)
        queue = work_queue(self, "News", stage, seconds=TO_TELL, dead_letters=self.dead_letters)
        announcements.topic.add_subscription(
            subscriptions.SqsSubscription(
                queue,
                raw_message_delivery=True,
                filter_policy={"unit": sns.SubscriptionFilter.string_filter(allowlist=[REPORTERS])},
            )
        )
        sender = told.sender or ("" if stage.on_aws else LOCAL_SENDER)
        self.function = Function(
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
                short_messages="on" if told.short_messages else "off",
                short_messages_to=" ".join(told.short_messages_to),
            ),
            timeout=TO_TELL,
        )
        data.let(self.function, QUERY, of=(REPORTS,))  # with what was added to them
        data.let(self.function, QUERY, of=(CASES, ARRIVALS))  # the reports of the case at that time
        data.let(self.function, READ, of=(CASES,))  # the entry that is told
        data.let(self.function, READ_MANY, of=(REPORTS, ARRIVALS))
        data.let(self.function, UPDATE, of=(REPORTS,))  # that its reporter was told
        data.let(self.function, PUT, of=(LOGS, DAYS))
        data.let_open(self.function, data.contact)
        queue.grant_send_messages(self.function)
        self._let_send(sender or NOBODY, on_aws=stage.on_aws)
        if told.short_messages:
            self._let_dial()
        self.function.add_event_source(
            sources.SqsEventSource(
                queue, batch_size=5, max_concurrency=SENDERS, report_batch_item_failures=True
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
