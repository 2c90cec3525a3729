"""functions/triage: from the stream to a case, the steps of its workflow, and the reconciler."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws.services.settings import (
    LinkSettings,
    ReconcileSettings,
    ReporterUpdateSettings,
    SweepSettings,
)
from casework.aws.table import keys
from casework.aws.table.picture_keys import picture_key
from casework.report.reporter_news import FOLLOWED_MOVES
from infra.data import (
    BATCH_GET_ACTION,
    CASE_KEYS,
    CLUE_KEYS,
    CONDITION_CHECK_ACTION,
    CONTACT_KEYS,
    COPIES,
    CUSTODY_KEYS,
    DAY_KEYS,
    DELETE_ACTION,
    GET_ACTION,
    GROUP_KEYS,
    IDENTIFIER_KEYS,
    LOG_KEYS,
    MEMBER_KEYS,
    NUMBER_KEYS,
    PUT_ACTION,
    QUERY_ACTION,
    REPORT_KEYS,
    SAMPLE_KEYS,
    UPDATE_ACTION,
    DataStores,
)
from infra.function import CaseworkFunction, FunctionFactory
from infra.hash_lists import HashLists
from infra.notification_topic import NotificationTopic
from infra.queues import dead_letter_queue, work_queue
from infra.stage import DeploymentStage
from infra.workflow import CaseStateMachine

RECONCILE_TIMEOUT_SECONDS: Final = 55
"""Seconds below the schedule's minute: a slow pass ends before the next begins."""


class TaskStepFunctions(Construct):
    """One function for each Task state but the referral's."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        announcements: NotificationTopic,
        names: Collection[str],
    ) -> None:
        super().__init__(scope, name)
        self.steps: dict[str, CaseworkFunction] = {}
        for state in sorted(names):
            step = CaseworkFunction(
                self,
                state,
                made_by=made_by,
                handler=f"functions.triage.steps.{state.lower()}",
                settings=ReporterUpdateSettings(
                    stage=made_by.stage.name,
                    case_table=data.table.table_name,
                    pack=made_by.stage.pack,
                    topic=announcements.topic.topic_arn,
                ),
                reads=state == "Triage",
            )
            data.let_save_cases(step)
            announcements.let_publish(step)
            self.steps[state] = step
        triage = self.steps["Triage"]
        data.grant(
            triage, GET_ACTION, UPDATE_ACTION, QUERY_ACTION, of=(REPORT_KEYS,)
        )  # one taken out, with its additions
        data.grant(triage, QUERY_ACTION, of=(CASE_KEYS,))  # other reports of danger in the case


class TriageFunctions(Construct):
    """The stream's consumer, reprocessing of its dead letters, the reconciler and the sweeper."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        announcements: NotificationTopic,
        workflow: CaseStateMachine,
        hash_lists: HashLists,
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letter_queue(self, "DeadLetters", made_by.stage)
        """Records that the stream could not deliver: metadata only; `reprocess` repairs it."""
        self.missed_calls = dead_letter_queue(self, "MissedCalls", made_by.stage)
        """Scheduled and asynchronous calls that failed at every try."""
        environment = {
            "stage": made_by.stage.name,
            "case_table": data.table.table_name,
            "pack": made_by.stage.pack,
            "workflow": workflow.arn,
            "topic": announcements.topic.topic_arn,
            "selector_secret": data.selector.secret_arn,
            "own_secret": data.own.secret_arn,
            "digest_secret": data.digest.secret_arn,
        }
        self.link = CaseworkFunction(
            self,
            "Link",
            made_by=made_by,
            handler="functions.triage.link.handle",
            settings=LinkSettings(**environment, lists=hash_lists.bucket.bucket_name),
            reads=True,
        )
        self.reprocess = CaseworkFunction(
            self,
            "Reprocess",
            made_by=made_by,
            handler="functions.triage.link.reprocess",
            settings=LinkSettings(**environment, lists=hash_lists.bucket.bucket_name),
            timeout=300,
            reads=True,
        )
        self.reconcile = CaseworkFunction(
            self,
            "Reconcile",
            made_by=made_by,
            handler="functions.triage.reconcile.handle",
            settings=ReconcileSettings(**environment),
            timeout=RECONCILE_TIMEOUT_SECONDS,
            reads=True,
        )
        self.sweep = CaseworkFunction(
            self,
            "Sweep",
            made_by=made_by,
            handler="functions.triage.sweep.handle",
            settings=SweepSettings(
                stage=made_by.stage.name,
                case_table=data.table.table_name,
                pack=made_by.stage.pack,
                workflow=workflow.arn,
                topic=announcements.topic.topic_arn,
                without_queue=" ".join(made_by.stage.deployment.without_queue),
            ),
            timeout=55,
        )
        for function in (self.link, self.reprocess, self.reconcile):
            data.let_save_cases(function)
            data.let_link(function)
            data.grant(
                function,
                PUT_ACTION,
                of=(IDENTIFIER_KEYS, CONTACT_KEYS, CLUE_KEYS, DAY_KEYS, NUMBER_KEYS),
            )
            data.grant(
                function, UPDATE_ACTION, of=(IDENTIFIER_KEYS,)
            )  # pages of a site, a second that names it
            data.grant(
                function, PUT_ACTION, UPDATE_ACTION, of=(GROUP_KEYS,)
            )  # its turn among reports alike
            data.grant(function, PUT_ACTION, UPDATE_ACTION, DELETE_ACTION, of=(MEMBER_KEYS,))
        for function in (self.link, self.reconcile):
            # They carry a verdict to the copies of a text.
            data.grant(function, GET_ACTION, PUT_ACTION, DELETE_ACTION, of=(COPIES,))
            data.grant(function, QUERY_ACTION, of=(MEMBER_KEYS,))
        for function in (self.link, self.reprocess):
            data.grant(function, GET_ACTION, of=(REPORT_KEYS,))
            data.grant(
                function, QUERY_ACTION, CONDITION_CHECK_ACTION, of=(REPORT_KEYS,)
            )  # with their additions
            data.grant(
                function,
                BATCH_GET_ACTION,
                of=(CASE_KEYS, REPORT_KEYS, IDENTIFIER_KEYS, CLUE_KEYS, GROUP_KEYS),
            )
            data.grant(
                function, GET_ACTION, of=(GROUP_KEYS,)
            )  # the one that a further hash stands for
            data.let_read_secrets(function, data.selector, data.own, data.digest)
            announcements.let_publish(function)
            workflow.let_start(function)
            workflow.let_answer(function)
            hash_lists.let_read(function)
            data.grant(
                function, PUT_ACTION, of=(LOG_KEYS,)
            )  # which lists were asked, and what has no entry
        data.grant(
            self.reconcile, QUERY_ACTION, CONDITION_CHECK_ACTION, of=(REPORT_KEYS,)
        )  # what was tried before
        data.grant(
            self.reconcile, PUT_ACTION, of=(LOG_KEYS,)
        )  # an addition among very many, which was tried
        for function in (self.link, self.reprocess):
            data.grant(function, PUT_ACTION, of=(REPORT_KEYS,))  # that an answer came
        data.grant(
            self.link, DELETE_ACTION, of=(IDENTIFIER_KEYS,)
        )  # of merged and split cases, at once
        data.grant(self.link, QUERY_ACTION, of=(CASE_KEYS,))  # the news of their reporters
        data.grant(self.link, PUT_ACTION, of=SAMPLE_KEYS)  # closed reviews that are read again
        data.grant(self.reprocess, QUERY_ACTION, of=(CASE_KEYS,))  # which reporters to notify again
        data.grant(
            self.reconcile, QUERY_ACTION, of=(CASE_KEYS,)
        )  # was the duty desk alerted of danger?
        data.let_read_all(
            self.reconcile,
            GET_ACTION,
            BATCH_GET_ACTION,
            indexes=(keys.FLOW_INDEX, keys.QUEUE_INDEX),
        )
        data.let_read_secrets(self.reconcile, data.selector, data.own)
        announcements.let_publish(self.reconcile)
        workflow.let_start(self.reconcile)
        workflow.let_watch(self.reconcile)
        workflow.let_answer(self.reconcile)
        data.let_save_cases(self.sweep)
        data.grant(self.sweep, DELETE_ACTION, of=(CASE_KEYS,))  # the task token, and marks
        data.let_link(self.sweep)  # the reports of merged and split cases
        data.grant(self.sweep, PUT_ACTION, UPDATE_ACTION, of=(IDENTIFIER_KEYS,))
        data.grant(self.sweep, PUT_ACTION, of=(CLUE_KEYS,))  # which forget a report that is erased
        data.grant(
            self.sweep, PUT_ACTION, DELETE_ACTION, of=(REPORT_KEYS,)
        )  # a tombstone, and its items
        data.grant(self.sweep, UPDATE_ACTION, DELETE_ACTION, of=(GROUP_KEYS,))
        data.grant(
            self.sweep,
            DELETE_ACTION,
            of=(IDENTIFIER_KEYS, CONTACT_KEYS, CLUE_KEYS, CUSTODY_KEYS, MEMBER_KEYS),
        )
        data.let_read_all(
            self.sweep,
            GET_ACTION,
            BATCH_GET_ACTION,
            QUERY_ACTION,
            indexes=(keys.FLOW_INDEX, keys.QUEUE_INDEX),
        )
        announcements.let_publish(self.sweep)
        workflow.let_start(self.sweep)
        workflow.let_answer(self.sweep)
        self.sweep.allow(["cloudwatch:GetMetricData"], "*")
        self._listen(data)
        self._hear_of_ends(workflow, made_by.stage)
        self._repeat(self.missed_calls)

    def _listen(self, data: DataStores) -> None:
        """Reports, additions, pictures, news, and cases whose reports must be moved.

        A failing record is isolated by halving the batch, tried three times, then put into the dead
        letters. Without the explicit number it would be tried for ever and block later records.
        """
        accepted = lambda_.FilterCriteria.filter(
            {
                "eventName": lambda_.FilterRule.is_equal("INSERT"),
                "dynamodb": {
                    "Keys": {
                        keys.PARTITION_KEY: {
                            "S": lambda_.FilterRule.begins_with(keys.report_key.partition_begins)
                        },
                        # Not the questions and notices beside a report.
                        keys.SORT_KEY: {
                            "S": [
                                keys.REPORT_SORT,
                                {"prefix": keys.addition_key.begins},
                                {"prefix": picture_key.begins},
                            ]
                        },
                    }
                },
            }
        )
        report_filter = lambda_.FilterCriteria.filter(
            {
                "eventName": lambda_.FilterRule.is_equal("INSERT"),
                "dynamodb": {
                    "Keys": {
                        keys.SORT_KEY: {"S": lambda_.FilterRule.begins_with(keys.mark_key.begins)}
                    },
                    # Of the marks in the log of a case only the one of a file names an object.
                    "NewImage": {"vault": {"S": lambda_.FilterRule.exists()}},
                },
            }
        )
        news = lambda_.FilterCriteria.filter(
            {
                "eventName": lambda_.FilterRule.is_equal("INSERT"),
                "dynamodb": {
                    "Keys": {
                        keys.SORT_KEY: {"S": lambda_.FilterRule.begins_with(keys.event_key.begins)}
                    },
                    "NewImage": {"move": {"S": sorted(move.value for move in FOLLOWED_MOVES)}},
                },
            }
        )
        self.link.add_event_source(
            sources.DynamoEventSource(
                data.table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=25,
                parallelization_factor=4,
                report_batch_item_failures=True,
                bisect_batch_on_error=True,
                retry_attempts=2,
                on_failure=sources.SqsDlq(self.dead_letters),
                filters=[accepted, report_filter, news],
            )
        )

    def _hear_of_ends(self, workflow: CaseStateMachine, stage: DeploymentStage) -> None:
        """Executions that ended, for any reason: the reconciler starts the next run of a case that
        is still owed one. An execution of an earlier drawing succeeds as it gives up its case.
        """
        ends = work_queue(
            self, "Ends", stage, seconds=RECONCILE_TIMEOUT_SECONDS, dead_letters=self.missed_calls
        )
        self.reconcile.add_event_source(
            sources.SqsEventSource(
                ends, batch_size=10, max_concurrency=5, report_batch_item_failures=True
            )
        )
        events.Rule(
            self,
            "ExecutionsEnd",
            description="Tells the reconciler of every execution that ended",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [workflow.arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED"],
                },
            ),
            targets=[
                targets.SqsQueue(ends, dead_letter_queue=self.missed_calls, retry_attempts=185)
            ],
        )

    def _repeat(self, missed: sqs.IQueue) -> None:
        for function in (self.reconcile, self.reprocess, self.sweep):
            function.when_called_asynchronously(missed)
        events.Rule(
            self,
            "EveryMinute",
            description="Runs the reconciler, which makes 'nothing lost' true, and the sweeper",
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[
                function.on_schedule(missed, within=Duration.minutes(5))
                for function in (self.reconcile, self.sweep)
            ],
        )
