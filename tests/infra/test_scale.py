"""What a deployment for a flood may choose."""

from __future__ import annotations

from tests.infra.assembly import Assembly, flat

WARM = {"ReadUnitsPerSecond": 24_000, "WriteUnitsPerSecond": 12_000}


def test_a_table_and_its_indexes_take_from_the_first_second_what_the_deployment_says(
    chosen: Assembly,
) -> None:
    """An index that is full holds up the writes of its table."""
    (table,) = chosen.properties("AWS::DynamoDB::Table")
    assert table["WarmThroughput"] == WARM
    assert [each["WarmThroughput"] for each in table["GlobalSecondaryIndexes"]] == [WARM, WARM]


def test_without_a_choice_a_table_is_as_new_ones_are(each_stage: Assembly) -> None:
    table = each_stage.one("AWS::DynamoDB::Table")
    assert "WarmThroughput" not in table
    assert not any("WarmThroughput" in each for each in table["GlobalSecondaryIndexes"])


def test_the_gateway_takes_as_many_requests_as_the_deployment_says(
    chosen: Assembly, prod: Assembly
) -> None:
    def limits(assembly: Assembly) -> tuple[int, int]:
        stage = assembly.one("AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"]
        return stage["ThrottlingRateLimit"], stage["ThrottlingBurstLimit"]

    assert limits(chosen) == (1_500, 3_000)
    assert limits(prod) == (500, 1_000)


def test_a_flood_of_news_leaves_other_functions_their_processes(each_stage: Assembly) -> None:
    bound = {
        flat(each["FunctionName"]): each["ScalingConfig"]["MaximumConcurrency"]
        for each in each_stage.properties("AWS::Lambda::EventSourceMapping")
        if "ScalingConfig" in each
    }
    assert set(bound.values()) == {2, 5, 10}
    of_queues = [
        each
        for each in each_stage.properties("AWS::Lambda::EventSourceMapping")
        if "BatchSize" in each and "StartingPosition" not in each
    ]
    assert len(bound) == len(of_queues)
