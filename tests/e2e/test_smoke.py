"""`make smoke` on a running system tries every part, leaves no trial and names each fault."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from casework.aws.table import keys
from casework.aws.table.wire import values_from_wire_item
from infra.assets import ROOT
from local.system import LocalSystem
from tests.e2e.people import People
from tests.e2e.smoking import NAMES, smoke


def everything(system: LocalSystem) -> Iterator[dict[str, Any]]:
    """All that is in the table."""
    pages = system.aws.dynamodb.get_paginator("scan").paginate(
        TableName=system.outputs["CaseTable"]
    )
    for page in pages:
        yield from map(values_from_wire_item, page["Items"])


STAYS = {
    *("CASE# CASE", "CASE# EVENT#", "CASE# INDEX#", "CASE# TELLING#", "CASE# ALERT#"),
    *("REPORT# REPORT", "ARRIVED#"),
    *("LOG# MARK#", "LOG# ENTRY#", "LOG# BOUND#", "DAY#", "DUE alone"),
    *("NUMBER# NUMBER", "TRIAL#DECIDED#", "DESK# DID#", "TRIAL# WAITS#"),
}
"""The remains of an erased case: its history with what it told, a tombstone, digests, an idle
deadline, and the empty line of its last report. Its number is given to no other case; what people
decided is forgotten after a month; a review that its digest chose to be read again, after three."""


def _kind(item: dict[str, Any]) -> str:
    """The kind of an item, without its owner."""
    partition, sort = item[keys.PARTITION_KEY], item[keys.SORT_KEY]
    if partition.partition("#")[0] == keys.DUE_PARTITION:
        return f"DUE {keys.parse_due_sort(sort)[1]}"
    if partition.startswith("TRIAL#DECIDED#"):
        return "TRIAL#DECIDED#"
    begins = "".join(partition.partition("#")[:2])
    of_many = begins in {keys.day_key.partition_begins, keys.arrived_first_key.partition_begins}
    return begins if of_many else f"{begins} {''.join(sort.partition('#')[:2])}"


def test_a_healthy_system_passes_every_step_twice_and_keeps_no_trial(
    system: LocalSystem, people: People
) -> None:
    people.published()  # somebody's case, beside which it is tried
    for _ in range(2):
        run = smoke(system)
        assert run.said == dict.fromkeys([*NAMES, "all is erased"], "good"), run.out
        assert run.ends == 0
    left = [item for item in everything(system) if "TEST-" in str(item)]
    assert {_kind(item) for item in left} <= STAYS
    assert {item["status"] for item in left if item[keys.SORT_KEY] == keys.CASE_SORT} == {"erased"}
    assert all("erased_at" in item for item in left if item[keys.SORT_KEY] == keys.REPORT_SORT)
    assert not [item for item in everything(system) if item.get("realm") == "trial"]
    accounts = system.aws.cognito.list_users(UserPoolId=system.outputs["UserPoolId"])["Users"]
    named = [each["Value"] for user in accounts for each in user["Attributes"]]
    assert not [each for each in named if each.startswith("trial-")]
    queues = system.aws.sqs.list_queues().get("QueueUrls", [])
    assert not [each for each in queues if "-trial-" in each]
    assert not list(system.places.folder.glob("trials-*"))


def test_a_stage_that_does_not_run_is_reported_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    command = [sys.executable, "-m", "harness.smoke", "--stage", "local"]
    environment = {**os.environ, "STATE": str(tmp_path_factory.mktemp("nothing"))}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "make run" in done.stderr
