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
    SweepSettings,
    TellSettings,
)
from casework.aws.table import keys
from casework.aws.table.picture_keys import picture_key
from casework.report.notices import FOLLOWED
from infra.announcements import Announcements
from infra.data import (
    CASES,
    CHECK,
    CLUES,
    CONTACTS,
    COPIES,
    CUSTODY,
    DAYS,
    DELETE,
    GROUPS,
    IDENTIFIERS,
    LOGS,
    MEMBERS,
    NUMBERS,
    PUT,
    QUERY,
    READ,
    READ_MANY,
    REPORTS,
    SAMPLES,
    UPDATE,
    Data,
)
from infra.function import Function, Workshop
from infra.known import KnownLists
from infra.queues import dead_letter_queue, work_queue
from infra.stage import Stage
from infra.workflow import Workflow

TO_RECONCILE: Final = 55
"""Seconds below the schedule's minute: a slow pass ends before the next begins."""


class Steps(Construct):
    """One function for each Task state but the referral's."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        announcements: Announcements,
        names: Collection[str],
    ) -> None:
        super().__init__(scope, name)
        self.steps: dict[str, Function] = {}
        for state in sorted(names):
            step = Function(
                self,
                state,
                made_by=made_by,
                handler=f"functions.triage.steps.{state.lower()}",
                settings=TellSettings(
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
        data.let(triage, READ, UPDATE, QUERY, of=(REPORTS,))  # one taken out, with its additions
        data.let(triage, QUERY, of=(CASES,))  # other reports of danger in the case


class Triage(Construct):
    """The stream's consumer, reprocessing of its dead letters, the reconciler and the sweeper."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        announcements: Announcements,
        workflow: Workflow,
        known: KnownLists,
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letter_queue(self, "DeadLetters", made_by.stage)
        """Records that the stream could not deliver: metadata only; `reprocess` repairs it."""
        self.missed_calls = dead_letter_queue(self, "MissedCalls", made_by.stage)
        """Scheduled and asynchronous calls that failed at every try."""
        told = {
            "stage": made_by.stage.name,
            "case_table": data.table.table_name,
            "pack": made_by.stage.pack,
            "workflow": workflow.arn,
            "topic": announcements.topic.topic_arn,
            "selector_secret": data.selector.secret_arn,
            "own_secret": data.own.secret_arn,
            "digest_secret": data.digest.secret_arn,
        }
        self.link = Function(
            self,
            "Link",
            made_by=made_by,
            handler="functions.triage.link.handle",
            settings=LinkSettings(**told, lists=known.bucket.bucket_name),
            reads=True,
        )
        self.reprocess = Function(
            self,
            "Reprocess",
            made_by=made_by,
            handler="functions.triage.link.reprocess",
            settings=LinkSettings(**told, lists=known.bucket.bucket_name),
            timeout=300,
            reads=True,
        )
        self.reconcile = Function(
            self,
            "Reconcile",
            made_by=made_by,
            handler="functions.triage.reconcile.handle",
            settings=ReconcileSettings(**told),
            timeout=TO_RECONCILE,
            reads=True,
        )
        self.sweep = Function(
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
            data.let(function, PUT, of=(IDENTIFIERS, CONTACTS, CLUES, DAYS, NUMBERS))
            data.let(function, UPDATE, of=(IDENTIFIERS,))  # pages of a site, a second that names it
            data.let(function, PUT, UPDATE, of=(GROUPS,))  # its turn among reports alike
            data.let(function, PUT, UPDATE, DELETE, of=(MEMBERS,))
        for function in (self.link, self.reconcile):
            # They carry a verdict to the copies of a text.
            data.let(function, READ, PUT, DELETE, of=(COPIES,))
            data.let(function, QUERY, of=(MEMBERS,))
        for function in (self.link, self.reprocess):
            data.let(function, READ, of=(REPORTS,))
            data.let(function, QUERY, CHECK, of=(REPORTS,))  # with their additions
            data.let(function, READ_MANY, of=(CASES, REPORTS, IDENTIFIERS, CLUES, GROUPS))
            data.let(function, READ, of=(GROUPS,))  # the one that a further hash stands for
            data.let_read_secrets(function, data.selector, data.own, data.digest)
            announcements.let_publish(function)
            workflow.let_start(function)
            workflow.let_answer(function)
            known.let_read(function)
            data.let(function, PUT, of=(LOGS,))  # which lists were asked, and what has no entry
        data.let(self.reconcile, QUERY, CHECK, of=(REPORTS,))  # what was tried before
        data.let(self.reconcile, PUT, of=(LOGS,))  # an addition among very many, which was tried
        for function in (self.link, self.reprocess):
            data.let(function, PUT, of=(REPORTS,))  # that an answer came
        data.let(self.link, DELETE, of=(IDENTIFIERS,))  # of merged and split cases, at once
        data.let(self.link, QUERY, of=(CASES,))  # the news of their reporters
        data.let(self.link, PUT, of=SAMPLES)  # closed reviews that are read again
        data.let(self.reprocess, QUERY, of=(CASES,))  # which reporters to notify again
        data.let(self.reconcile, QUERY, of=(CASES,))  # was the duty desk alerted of danger?
        data.let_read_all(self.reconcile, READ, READ_MANY, indexes=(keys.BY_FLOW, keys.BY_QUEUE))
        data.let_read_secrets(self.reconcile, data.selector, data.own)
        announcements.let_publish(self.reconcile)
        workflow.let_start(self.reconcile)
        workflow.let_watch(self.reconcile)
        workflow.let_answer(self.reconcile)
        data.let_save_cases(self.sweep)
        data.let(self.sweep, DELETE, of=(CASES,))  # the task token, and marks
        data.let_link(self.sweep)  # the reports of merged and split cases
        data.let(self.sweep, PUT, UPDATE, of=(IDENTIFIERS,))
        data.let(self.sweep, PUT, of=(CLUES,))  # which forget a report that is erased
        data.let(self.sweep, PUT, DELETE, of=(REPORTS,))  # a tombstone, and its items
        data.let(self.sweep, UPDATE, DELETE, of=(GROUPS,))
        data.let(self.sweep, DELETE, of=(IDENTIFIERS, CONTACTS, CLUES, CUSTODY, MEMBERS))
        data.let_read_all(self.sweep, READ, READ_MANY, QUERY, indexes=(keys.BY_FLOW, keys.BY_QUEUE))
        announcements.let_publish(self.sweep)
        workflow.let_start(self.sweep)
        workflow.let_answer(self.sweep)
        self.sweep.may(["cloudwatch:GetMetricData"], "*")
        self._listen(data)
        self._hear_of_ends(workflow, made_by.stage)
        self._repeat(self.missed_calls)

    def _listen(self, data: Data) -> None:
        """Reports, additions, pictures, news, and cases whose reports must be moved.

        A failing record is isolated by halving the batch, tried three times, then put into the dead
        letters. Without the explicit number it would be tried for ever and block later records.
        """
        accepted = lambda_.FilterCriteria.filter(
            {
                "eventName": lambda_.FilterRule.is_equal("INSERT"),
                "dynamodb": {
                    "Keys": {
                        keys.PARTITION: {
                            "S": lambda_.FilterRule.begins_with(keys.report_key.partition_begins)
                        },
                        # Not the questions and notices beside a report.
                        keys.SORT: {
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
        kept = lambda_.FilterCriteria.filter(
            {
                "eventName": lambda_.FilterRule.is_equal("INSERT"),
                "dynamodb": {
                    "Keys": {
                        keys.SORT: {"S": lambda_.FilterRule.begins_with(keys.mark_key.begins)}
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
                        keys.SORT: {"S": lambda_.FilterRule.begins_with(keys.event_key.begins)}
                    },
                    "NewImage": {"move": {"S": sorted(move.value for move in FOLLOWED)}},
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
                filters=[accepted, kept, news],
            )
        )

    def _hear_of_ends(self, workflow: Workflow, stage: Stage) -> None:
        """Executions that ended, for any reason: the reconciler starts the next run of a case that
        is still owed one. An execution of an earlier drawing succeeds as it gives up its case.
        """
        ends = work_queue(self, "Ends", stage, seconds=TO_RECONCILE, dead_letters=self.missed_calls)
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
