"""The cost of a million reports, from counted quantities, dated prices and named assumptions."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import date
from typing import Any

import pytest

from harness.bench import cost
from harness.bench.targets import TARGETS

COUNTED = dict.fromkeys(cost.REQUIRED_FIGURES, 10.0)


def dollars(**changed: float) -> dict[str, float]:
    return cost.per_million({**COUNTED, **changed})


def test_each_counted_quantity_has_a_price() -> None:
    """Twice of one quantity costs more, and no quantity is left out."""
    assert TARGETS.keys() >= cost.REQUIRED_FIGURES
    for name in cost.REQUIRED_FIGURES:
        assert sum(dollars(**{name: 20.0}).values()) > sum(dollars().values()), name


def test_a_case_with_one_transition_more_costs_fifteen_dollars_a_million_reports() -> None:
    """Six in ten reports open a case, and a million transitions cost 25 dollars."""
    more = dollars(transitions_per_case=11.0)["Step Functions"]
    assert more - dollars()["Step Functions"] == pytest.approx(15)


def test_prices_have_a_date_and_a_source() -> None:
    prices = json.loads(cost.PRICES.read_text("utf-8"))
    assert date.fromisoformat(prices["read_on"]) > date(2026, 1, 1)
    assert prices["source"]
    assert prices["region"]


def test_what_stands_costs_by_the_resources_of_the_templates() -> None:
    alarm = {"Type": "AWS::CloudWatch::Alarm"}
    wall = {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": [{}, {}]}}
    free = {"Type": "AWS::SQS::Queue"}
    stacks: list[dict[str, Any]] = [
        {"Resources": {"a": alarm, "b": alarm}},
        {"Resources": {"c": wall, "d": free}},
    ]
    assert cost.fixed_monthly_cost(stacks) == {
        "AWS::CloudWatch::Alarm": pytest.approx(0.2),
        "AWS::WAFv2::WebACL": 5,
        "firewall_rule": 2,
    }


def test_the_chart_shows_each_part_before_and_now() -> None:
    parts = dollars()
    image = ET.fromstring(cost.chart(parts))  # noqa: S314 - our own text
    texts = [each.text for each in image.iter("{http://www.w3.org/2000/svg}text")]
    for name in cost.DOLLARS_BEFORE:
        assert name in texts
    assert parts.keys() - cost.DOLLARS_BEFORE.keys() == {cost.EMAIL}
