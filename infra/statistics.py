"""functions/statistics: the stream's second and last consumer, and the public bilan."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from casework.aws.services.settings import StatisticsCountSettings, StatisticsReadSettings
from casework.aws.table import keys
from casework.statistics.case_statistics import COUNTED_MOVES
from infra.data import (
    BATCH_GET_ACTION,
    CASE_KEYS,
    GET_ACTION,
    PUT_ACTION,
    QUERY_ACTION,
    REPORT_KEYS,
    UPDATE_ACTION,
    DataStores,
)
from infra.edge_secret import EdgeSecret
from infra.function import API_TIMEOUT_SECONDS, CaseworkFunction, FunctionFactory
from infra.queues import dead_letter_queue

COUNTED_KEYS = keys.report_count_key.grant
COUNTER_KEYS = keys.counter_item_key.grant
SHEET_KEYS = keys.day_sheet_key.grant
COUNT_TIMEOUT_SECONDS = 180
"""Seconds for a batch of a thousand records, each of another case."""
PUBLISHED_KEYS = keys.published_key.grant


class StatisticsFunctions(Construct):
    """One function counts, another publishes. Neither can change a report or a case."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        made_by: FunctionFactory,
        data: DataStores,
        proof: EdgeSecret,
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letter_queue(self, "DeadLetters", made_by.stage)
        """What could not be counted: metadata only; `make recount` repairs it."""
        environment = {
            "stage": made_by.stage.name,
            "case_table": data.table.table_name,
            "pack": made_by.stage.pack,
        }
        self.count = CaseworkFunction(
            self,
            "Count",
            made_by=made_by,
            handler="functions.statistics.counting.handle",
            settings=StatisticsCountSettings(**environment),
            timeout=COUNT_TIMEOUT_SECONDS,
        )
        data.grant(self.count, GET_ACTION, of=(SHEET_KEYS,))
        data.grant(self.count, BATCH_GET_ACTION, of=(REPORT_KEYS, CASE_KEYS, COUNTED_KEYS))
        data.grant(self.count, QUERY_ACTION, of=(CASE_KEYS, COUNTED_KEYS, COUNTER_KEYS, SHEET_KEYS))
        data.grant(self.count, PUT_ACTION, of=(COUNTED_KEYS, SHEET_KEYS))
        data.grant(self.count, UPDATE_ACTION, of=(COUNTER_KEYS, SHEET_KEYS))
        self._listen(data, made_by.stage.counting_window)
        self.public = CaseworkFunction(
            self,
            "Public",
            made_by=made_by,
            handler="functions.statistics.handler.handle",
            settings=StatisticsReadSettings(**environment, origin_secret=proof.arn),
            timeout=API_TIMEOUT_SECONDS,
        )
        data.grant(self.public, QUERY_ACTION, of=(COUNTER_KEYS,))
        data.grant(self.public, GET_ACTION, PUT_ACTION, of=(PUBLISHED_KEYS,))
        proof.let_check(self.public)

    def _listen(self, data: DataStores, window: int) -> None:
        """Reports that joined a case, and events that count. They wait for each other, and each
        shard has one batch at a time: few transactions then count many. A record that fails is
        tried again, then goes to the dead letters."""
        linked = {
            "dynamodb": {
                "Keys": {
                    keys.PARTITION_KEY: {
                        "S": lambda_.FilterRule.begins_with(keys.report_key.partition_begins)
                    }
                },
                "NewImage": {"case_id": {"S": lambda_.FilterRule.exists()}},
            }
        }
        happened = {
            "eventName": lambda_.FilterRule.is_equal("INSERT"),
            "dynamodb": {
                "Keys": {
                    keys.SORT_KEY: {"S": lambda_.FilterRule.begins_with(keys.event_key.begins)}
                },
                "NewImage": {"move": {"S": [move.value for move in COUNTED_MOVES]}},
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
