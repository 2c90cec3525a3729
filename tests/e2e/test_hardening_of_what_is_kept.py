"""Hardening 29, 31 and 32, on the deployed template with IAM enforced: stored data.

docs/security.md names the test of each case.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from typing import Any

import httpx
import pytest

from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item
from tests.e2e.people import People, a_report

RABAT = "pj-04-421"
NAMED = {
    "kind": "identified",
    "contact": {"email": "canari@example.org"},
    "identity": {"name": "Canari Personne"},
}


def put(people: People, item: dict[str, Any]) -> None:
    """Write an item with the right to write the table."""
    people.system.aws.dynamodb.put_item(TableName=people.table, Item=to_wire_item(item))


def erase(people: People, reference: str) -> subprocess.CompletedProcess[str]:
    """`make erase`, with the rights of an operator."""
    said = ["--table", people.table, "--reference", reference, "--by", "the data officer"]
    return subprocess.run(
        [sys.executable, "-m", "tools.erase_report", *said],
        env={
            **os.environ,
            "AWS_ENDPOINT_URL": people.system.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": people.system.aws.region,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_29_an_erased_report_is_gone_and_the_history_still_fits(people: People) -> None:
    """Boxes, words and additions are erased; the erasure is an entry (hardening 29)."""
    key, body = str(uuid.uuid4()), a_report(disclosure=NAMED, narrative="Canari à effacer.")
    accepted = people.submit(body, key)
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    erased = erase(people, accepted["reference"])
    assert erased.returncode == 0, erased.stderr

    left = people.item(keys.report_key(accepted["reference"]))
    assert not {"narrative", "facts", "contact_box", "identity_box"} & left.keys()
    assert left["erased_at"]
    assert people.post_report(body, key).status_code == httpx.codes.GONE
    opened = people.by_receipt(accepted)
    assert opened.status_code == httpx.codes.NOT_FOUND
    case = people.case(case_id)
    assert case.status_code == httpx.codes.OK
    assert "Canari" not in case.text
    history = people.audited(case_id)
    assert [event["move"] for event in history["events"]][-1] == "erased"
    assert "broken" not in history
    assert history["truncated"] is False


def test_29_an_ended_case_is_erased_when_its_time_has_passed_and_two_people_decided_it(
    people: People,
) -> None:
    """The deadline only puts the case on the duty desk. The sweeper erases it after the decision,
    and the history still verifies (hardening 29)."""
    accepted = people.submit(a_report(disclosure=NAMED, narrative="Canari à oublier."))
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    ended = {"outcome": "reject", "reason": "not_an_offence"}
    assert people.decide(case_id, "review", ended, "analyst").status_code in {200, 202}
    long_ago = "2026-01-01T00:00:00.000Z"
    people.system.aws.dynamodb.update_item(
        TableName=people.table,
        Key=to_wire_item(keys.case_key(case_id)),
        UpdateExpression="SET retention.due = :due",
        ExpressionAttributeValues=to_wire_item({":due": long_ago}),
    )
    put(people, keys.due_key(long_ago, "retention", case_id))
    people.invoke("SweepFunction", {})
    assert case_id in people.on_duty("retention")
    proposed = people.decide(case_id, "retention", {"outcome": "erase"}, "supervisor")
    assert proposed.json()["decision"] == "propose", proposed.text
    second = people.second_supervisor()
    assert second.decide(case_id, "retention", {"outcome": "erase"}) == "erase"

    people.sweep_until(
        lambda: (
            people.item(keys.case_key(case_id))["status"] == "erased"
            and people.moves(case_id)[-1] == "erased"
        ),
        "it is erased",
    )

    left = people.item(keys.report_key(accepted["reference"]))
    assert left["erased_at"]
    assert not {"narrative", "facts", "contact_box", "identity_box"} & left.keys()
    history = people.audited(case_id)
    assert [event["move"] for event in history["events"]][-4:] == [
        *("overdue", "propose", "erase", "erased"),
    ]
    assert "broken" not in history


def test_31_the_box_of_another_report_does_not_open_and_is_counted(people: People) -> None:
    """Put into the place of a released identity, it raises the alarm instead (hardening 31)."""
    accepted, other = (people.submit(a_report(disclosure=NAMED)) for _ in range(2))
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    people.confirm(case_id)
    people.await_status(case_id, "published")
    people.acknowledge(case_id, RABAT)
    wish = {"report": accepted["reference"], "motive": "Confirmer le virement avec la victime."}
    asked = people.decide(case_id, "identity-requests", wish, "officer", RABAT)
    released = people.release_identity(case_id, asked)
    report, box = (people.item(keys.report_key(each["reference"])) for each in (accepted, other))
    before = counted(people, "BoxesNotOpened")

    put(people, {**report, "identity_box": box["identity_box"]})
    opened = people.open_identity(case_id, released, RABAT)

    assert opened.status_code == 500
    assert opened.json()["type"].endswith(":box-not-opened")
    assert "Canari" not in opened.text
    assert counted(people, "BoxesNotOpened") == before + 1


def counted(people: People, metric: str) -> int:
    """How often the functions counted something, in the embedded metric format of their logs."""
    logs, found = people.system.aws.client("logs"), 0
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            for events in logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"]
            ):
                found += sum(f'"{metric}":[' in each["message"] for each in events["events"])
    return found


@pytest.mark.parametrize(
    ("harm", "number", "what"),
    [
        ("edited", 2, "was edited"),
        ("removed", 2, "is missing or out of order"),
        ("cut", 5, "was signed and is gone"),
        ("reordered", 2, "was edited"),
    ],
)
def test_32_a_history_that_was_changed_is_named_by_auditor_and_night(
    people: People, harm: str, number: int, what: str
) -> None:
    """The check names the first bad entry and no untouched one (hardening 32)."""
    case_id, untouched = people.published(), people.in_review()
    day = people.a_past_day_of(case_id, untouched)
    assert people.invoke("SealDayFunction", {"day": day}) == {
        "day": day,
        "leaves": 2,
        "sealed": True,
    }
    fits = {"heads": 2, "left": 0, "mismatches": 0, "named": []}
    assert people.invoke("VerifyDaysFunction", {"day": day}) == fits
    alarms = counted(people, "HistoryMismatches")

    table = people.system.aws.dynamodb
    second, third, last = (keys.event_key(case_id, each) for each in (2, 3, 5))
    kept, next_kept, last_kept = map(people.item, (second, third, last))
    match harm:
        case "edited":
            put(people, {**kept, "by": "nobody"})
        case "removed":
            table.delete_item(TableName=people.table, Key=to_wire_item(second))
        case "cut":
            table.delete_item(TableName=people.table, Key=to_wire_item(last))
        case _:
            put(people, {**next_kept, **second, "previous": kept["previous"]})
            put(people, {**kept, **third, "previous": next_kept["hash"]})

    found = people.invoke("VerifyDaysFunction", {"day": day})
    bad = {"day": day, "what": what, "case": case_id, "number": number}
    assert (found["mismatches"], found["named"]) == (1, [bad])
    assert counted(people, "HistoryMismatches") == alarms + 1
    audited = people.audited(case_id)
    cut = harm == "cut"
    assert (audited.get("broken"), audited["truncated"]) == (None if cut else number, cut)
    fine = people.audited(untouched)
    assert ("broken" in fine, fine["truncated"]) == (False, False)
    for each in (kept, next_kept, last_kept):
        put(people, each)
    assert people.invoke("VerifyDaysFunction", {"day": day}) == fits
