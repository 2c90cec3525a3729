"""functions/triage: from the stream to a case, the steps of its workflow, and the reconciler."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from casework.aws import keys
from casework.aws.settings import (
    LinkSettings,
    ReconcileSettings,
    StepSettings,
    SweepSettings,
    TellSettings,
)
from casework.notices import NEWS
from infra.announcements import Announcements
from infra.data import (
    A_CASE,
    CHANGE,
    CLUES,
    CUSTODY,
    IDENTIFIERS,
    QUERY,
    READ,
    READ_MANY,
    REPORTS,
    Data,
)
from infra.function import Function, Workshop
from infra.queues import dead_letter_queue
from infra.workflow import Workflow

QUIET_STATES = ("Assess", "Review", "Refer", "Reroute", "Acknowledge")
TELLING_STATES = ("Escalate", "Stuck")
WAITING_STATES = ("Review", "Acknowledge")
"""They hand out a task token; when the case was decided meanwhile they answer it themselves."""


class Steps(Construct):
    """One function for each Task state that moves the case."""

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
        base = {
            "stage": made_by.stage.name,
            "case_table": data.table.table_name,
            "pack": made_by.stage.pack,
        }
        self.steps: dict[str, Function] = {}
        for state in (*QUIET_STATES, *TELLING_STATES):
            tells = state in TELLING_STATES
            step = Function(
                self,
                state,
                made_by=made_by,
                handler=f"functions.triage.steps.{state.lower()}",
                settings=TellSettings(**base, topic=announcements.topic.topic_arn)
                if tells
                else StepSettings(**base),
            )
            data.let(step, *CHANGE, of=A_CASE)
            data.let(step, READ, of=(*A_CASE, REPORTS))
            if tells:
                announcements.let_publish(step)
            self.steps[state] = step
        self.waiting = {state: self.steps[state] for state in WAITING_STATES}


class Triage(Construct):
    """The stream's consumer, the way back from its dead letters, and the reconciler."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        announcements: Announcements,
        workflow: Workflow,
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letter_queue(self, "DeadLetters", made_by.stage)
        """What the stream could not deliver: metadata only; the way back is `reprocess`."""
        self.missed_calls = dead_letter_queue(self, "MissedCalls", made_by.stage)
        """Scheduled and asynchronous calls that failed for good."""
        told = {
            "stage": made_by.stage.name,
            "case_table": data.table.table_name,
            "pack": made_by.stage.pack,
            "workflow": workflow.arn,
            "topic": announcements.topic.topic_arn,
            "selector_secret": data.selector.secret_arn,
        }
        self.link = Function(
            self,
            "Link",
            made_by=made_by,
            handler="functions.triage.link.handle",
            settings=LinkSettings(**told),
            timeout=30,
        )
        self.reprocess = Function(
            self,
            "Reprocess",
            made_by=made_by,
            handler="functions.triage.link.reprocess",
            settings=LinkSettings(**told),
            timeout=300,
        )
        self.reconcile = Function(
            self,
            "Reconcile",
            made_by=made_by,
            handler="functions.triage.reconcile.handle",
            settings=ReconcileSettings(**told),
            timeout=55,  # below the schedule's minute: a slow one ends before the next begins
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
            ),
            timeout=55,
        )
        linked = (*A_CASE, REPORTS, IDENTIFIERS)
        for function in (self.link, self.reprocess):
            data.let(function, READ, READ_MANY, QUERY, *CHANGE, of=(*linked, CLUES))
            data.let_query_index(function, keys.BY_FLOW)  # does a report lift the gate?
            data.let_read_secrets(function, data.selector)
            announcements.let_publish(function)
            workflow.let_start(function)
        data.let(self.reconcile, *CHANGE, of=(*linked, CLUES))
        data.let_read_all(self.reconcile, READ, READ_MANY, indexes=(keys.BY_FLOW, keys.BY_QUEUE))
        data.let_read_secrets(self.reconcile, data.selector)
        announcements.let_publish(self.reconcile)
        workflow.let_start(self.reconcile)
        workflow.let_watch(self.reconcile)
        workflow.let_answer(self.reconcile)
        data.let(self.sweep, *CHANGE, of=(*linked, CUSTODY))
        data.let_read_all(self.sweep, READ, READ_MANY, QUERY, indexes=(keys.BY_FLOW, keys.BY_QUEUE))
        announcements.let_publish(self.sweep)
        workflow.let_start(self.sweep)
        workflow.let_answer(self.sweep)
        self._listen(data)
        self._repeat(self.missed_calls)

    def _listen(self, data: Data) -> None:
        """Reports, what is added to them, and news.

        A record that fails is halved out, tried thrice, then put aside: without the explicit
        number it would be tried for ever and block those behind it.
        """
        accepted = lambda_.FilterCriteria.filter(
            {
                "eventName": lambda_.FilterRule.is_equal("INSERT"),
                "dynamodb": {
                    "Keys": {
                        keys.PARTITION: {"S": lambda_.FilterRule.begins_with(keys.REPORT_PREFIX)},
                        # Not the questions and notices that are kept with a report.
                        keys.SORT: {"S": [keys.REPORT_SORT, {"prefix": keys.ADDITION_PREFIX}]},
                    }
                },
            }
        )
        news = lambda_.FilterCriteria.filter(
            {
                "eventName": lambda_.FilterRule.is_equal("INSERT"),
                "dynamodb": {
                    "Keys": {keys.SORT: {"S": lambda_.FilterRule.begins_with(keys.EVENT_PREFIX)}},
                    "NewImage": {"move": {"S": sorted(move.value for move in NEWS)}},
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
                filters=[accepted, news],
            )
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
                targets.LambdaFunction(
                    function,
                    dead_letter_queue=missed,
                    retry_attempts=2,
                    max_event_age=Duration.minutes(5),
                )
                for function in (self.reconcile, self.sweep)
            ],
        )
