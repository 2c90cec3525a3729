"""functions/statistics: the stream's second and last consumer, and the public bilan."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from casework.aws.services.settings import BilanSettings, CountSettings
from casework.aws.table import keys
from casework.figures.counted import COUNTED
from infra.data import CASES, PUT, QUERY, READ, READ_MANY, REPORTS, UPDATE, Data
from infra.function import TO_ANSWER, Function, Workshop
from infra.proof import Proof
from infra.queues import dead_letter_queue

MARKS = keys.counted_line_key.grant
COUNTERS = keys.counter_item_key.grant
SHEETS = keys.day_sheet_key.grant
TO_COUNT = 180
"""Seconds for a batch of a thousand records, each of another case."""
PUBLISHED = keys.published_key.grant


class Statistics(Construct):
    """One function counts, another publishes. Neither can change a report or a case."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: Workshop,
        data: Data,
        proof: Proof,
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letter_queue(self, "DeadLetters", made_by.stage)
        """What could not be counted: metadata only; `make recount` repairs it."""
        told = {
            "stage": made_by.stage.name,
            "case_table": data.table.table_name,
            "pack": made_by.stage.pack,
        }
        self.count = Function(
            self,
            "Count",
            made_by=made_by,
            handler="functions.statistics.counting.handle",
            settings=CountSettings(**told),
            timeout=TO_COUNT,
        )
        data.let(self.count, READ, of=(SHEETS,))
        data.let(self.count, READ_MANY, of=(REPORTS, CASES, MARKS))
        data.let(self.count, QUERY, of=(CASES, MARKS, COUNTERS, SHEETS))
        data.let(self.count, PUT, of=(MARKS, SHEETS))
        data.let(self.count, UPDATE, of=(COUNTERS, SHEETS))
        self._listen(data, made_by.stage.counting_window)
        self.public = Function(
            self,
            "Public",
            made_by=made_by,
            handler="functions.statistics.handler.handle",
            settings=BilanSettings(**told, origin_secret=proof.arn),
            timeout=TO_ANSWER,
        )
        data.let(self.public, QUERY, of=(COUNTERS,))
        data.let(self.public, READ, PUT, of=(PUBLISHED,))
        proof.let_check(self.public)

    def _listen(self, data: Data, window: int) -> None:
        """Reports that joined a case, and events that count. They wait for each other, and each
        shard has one batch at a time: few transactions then count many. A record that fails is
        tried again, then goes to the dead letters."""
        linked = {
            "dynamodb": {
                "Keys": {
                    keys.PARTITION: {
                        "S": lambda_.FilterRule.begins_with(keys.report_key.partition_begins)
                    }
                },
                "NewImage": {"case_id": {"S": lambda_.FilterRule.exists()}},
            }
        }
        happened = {
            "eventName": lambda_.FilterRule.is_equal("INSERT"),
            "dynamodb": {
                "Keys": {keys.SORT: {"S": lambda_.FilterRule.begins_with(keys.event_key.begins)}},
                "NewImage": {"move": {"S": [move.value for move in COUNTED]}},
            },
        }
        self.count.add_event_source(
            sources.DynamoEventSource(
                data.table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=1000,
                max_batching_window=Duration.seconds(window),
                report_batch_item_failures=True,
                bisect_batch_on_error=True,
                retry_attempts=4,
                on_failure=sources.SqsDlq(self.dead_letters),
                filters=[
                    lambda_.FilterCriteria.filter(linked),
                    lambda_.FilterCriteria.filter(happened),
                ],
            )
        )
