"""Cases 13 to 24 of the abuse and fault list, on the deployed template, with IAM enforced."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from casework.aws import keys
from casework.aws.wire import from_wire, to_wire
from casework.jurisdiction import open_pack
from tests.e2e.people import People, a_report, eventually

RABAT, SALE = "pj-04-421", "pj-04-441"


def in_review(people: People, **said: Any) -> str:
    """A case that waits for an analyst."""
    case_id = people.case_of(people.submit(a_report(**said)))
    people.await_wait(case_id)
    return case_id


def published(people: People) -> str:
    """A case whose unit was told and is waited for."""
    case_id = in_review(people)
    people.confirm(case_id)
    people.await_status(case_id, "published")
    eventually(lambda: people.item(keys.wait_key(case_id)).get("status") == "published", "it waits")
    return case_id


def held(people: People) -> str:
    """A case its unit holds, whose workflow has ended."""
    case_id = published(people)
    people.acknowledge(case_id, RABAT)
    eventually(lambda: people.executions(case_id) == ["SUCCEEDED"], "the workflow ends")
    return case_id


def invoke(people: People, output: str, event: dict[str, Any]) -> Any:
    answer = people.system.aws.client("lambda").invoke(
        FunctionName=people.system.outputs[output], Payload=json.dumps(event)
    )
    body = answer["Payload"].read()
    assert "FunctionError" not in answer, body
    return json.loads(body)


def history(people: People, case_id: str) -> list[str]:
    return [event["move"] for event in people.case(case_id).json()["history"]]


def test_13_an_execution_started_twice_is_one(people: People) -> None:
    case_id = in_review(people)
    reference = people.item(keys.case_key(case_id))["opened_by"]
    for _ in range(2):
        invoke(people, "ReprocessFunction", {"references": [reference]})
    assert people.executions(case_id) == ["RUNNING"]


def test_14_what_is_replayed_after_the_end_refers_nothing_again(people: People) -> None:
    case_id = held(people)
    before = history(people, case_id)
    reference = people.item(keys.case_key(case_id))["opened_by"]
    invoke(people, "ReprocessFunction", {"references": [reference]})
    invoke(people, "ReconcileFunction", {})
    assert people.executions(case_id) == ["SUCCEEDED"]
    assert history(people, case_id) == before


def test_15_an_old_token_moves_nothing(people: People) -> None:
    case_id = in_review(people)
    token = people.item(keys.wait_key(case_id))["token"]
    people.confirm(case_id)
    case = people.await_status(case_id, "published")
    client = people.system.aws.stepfunctions
    with pytest.raises(client.exceptions.ClientError):
        client.send_task_success(taskToken=token, output=json.dumps({"status": "closed"}))
    assert people.item(keys.case_key(case_id))["version"] == case["version"]
    refused = people.call("GET", f"/v1/desk/cases/{case_id}", "officer", SALE)
    assert refused.status_code == 404


def test_17_an_outcome_out_of_order_is_refused_and_changes_nothing(people: People) -> None:
    case_id = published(people)
    before = people.item(keys.case_key(case_id))
    answer = people.decide(case_id, "suspects", {}, "officer", RABAT)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":illegal-move")
    after = people.item(keys.case_key(case_id))
    assert (after["status"], after["version"]) == (before["status"], before["version"])


def test_18_a_notice_that_nobody_gives_escalates_once_per_level(people: People) -> None:
    case_id = held(people)
    long_ago = "2026-01-01T00:00:00.000Z"
    owed = {"since": long_ago, "due": long_ago, "level": 0}
    table = people.system.aws.dynamodb
    table.update_item(
        TableName=people.table,
        Key=to_wire(keys.case_key(case_id)),
        UpdateExpression="SET notice = :owed",
        ExpressionAttributeValues=to_wire({":owed": owed}),
    )
    table.put_item(TableName=people.table, Item=to_wire(keys.due_key(long_ago, "notice", case_id)))
    for _ in range(2):
        invoke(people, "SweepFunction", {})
    assert history(people, case_id).count("overdue") == 1
    duty = people.call("GET", "/v1/desk/duty", "supervisor").json()
    assert case_id in [line["id"] for line in duty["overdue"]]


def test_19_a_unit_that_is_dissolved_loses_no_case(people: People) -> None:
    case_id, gone = held(people), f"pj-gone-{uuid.uuid4().hex[:6]}"
    table = people.system.aws.dynamodb
    table.update_item(
        TableName=people.table,
        Key=to_wire(keys.case_key(case_id)),
        UpdateExpression="SET referral.#unit = :gone, #queue = :queue",
        ExpressionAttributeNames={"#unit": "unit", "#queue": keys.QUEUE},
        ExpressionAttributeValues=to_wire({":gone": gone, ":queue": keys.queue(f"held:{gone}")}),
    )
    units = [*open_pack("ma").units, gone]
    table.put_item(TableName=people.table, Item=to_wire({**keys.units_key(), "units": units}))
    invoke(people, "SweepFunction", {})
    people.await_status(case_id, "published")
    last = people.case(case_id, "officer", RABAT).json()["history"]
    assert {"reassign"} <= {event["move"] for event in last}


def test_20_a_case_without_a_place_reaches_the_national_desk(people: People) -> None:
    report = a_report()
    del report["territory"]
    case_id = people.case_of(people.submit(report))
    people.await_wait(case_id)
    people.confirm(case_id)
    case = people.await_status(case_id, "published")
    assert case["referral"]["unit"] == open_pack("ma").desk.id


def test_21_cases_in_flight_end_by_the_old_workflow(people: People) -> None:
    case_id = in_review(people)
    client, arn = people.system.aws.stepfunctions, people.system.outputs["WorkflowArn"]
    definition = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
    definition["Comment"] = "a newer one"
    client.update_state_machine(stateMachineArn=arn, definition=json.dumps(definition))
    people.confirm(case_id)
    people.await_status(case_id, "published")
    people.await_wait(case_id)
    people.acknowledge(case_id, RABAT)
    eventually(lambda: people.executions(case_id) == ["SUCCEEDED"], "the workflow ends well")


def test_22_another_units_case_answers_like_one_that_does_not_exist(people: People) -> None:
    case_id = published(people)
    unknown = f"{case_id[:-1]}{'0' if case_id[-1] != '0' else '1'}"
    answers = [
        people.call("GET", f"/v1/desk/cases/{each}", "officer", SALE).json()
        for each in (case_id, unknown)
    ]
    for answer in answers:
        assert answer.pop("instance")
    assert answers[0] == answers[1]


@pytest.mark.parametrize("field", ["status", "unit", "priority", "id", "severity"])
def test_24_a_reporter_sets_no_field_of_the_case(people: People, field: str) -> None:
    answer = people.post_report(a_report(**{field: "immediate"}), str(uuid.uuid4()))
    assert answer.status_code == 422


def test_a_question_is_answered_with_the_receipt_and_the_review_goes_on(people: People) -> None:
    accepted = people.submit()
    case_id = people.case_of(accepted)
    people.ask(case_id, "Quel jour était-ce ?")
    answer = people.http.post(
        f"/v1/reports/{accepted['reference']}/additions",
        json={"text": "Lundi.", "answers": 1},
        headers={
            "Authorization": f"Receipt {accepted['receipt']}",
            "Idempotency-Key": str(uuid.uuid4()),
        },
    )
    assert answer.status_code == 201, answer.text
    back = people.await_status(case_id, "in_review")
    assert back["run"] == 2
    eventually(lambda: people.runs(case_id), "the review is served again")


def test_a_merged_case_goes_on_in_the_other(people: People) -> None:
    kept, case_id = in_review(people), in_review(people)
    merge = {"outcome": "merge", "into": kept}
    assert people.decide(case_id, "review", merge, "analyst").status_code in {200, 202}
    invoke(people, "SweepFunction", {})
    found = people.system.aws.dynamodb.query(
        TableName=people.table,
        IndexName=keys.BY_FLOW,
        KeyConditionExpression="flow = :kept",
        ExpressionAttributeValues=to_wire({":kept": keys.reports_of(kept)}),
    )
    assert len([from_wire(item) for item in found["Items"]]) == 2
    answer = people.decide(case_id, "review", {"outcome": "split"}, "supervisor")
    assert answer.status_code in {200, 202}, answer.text
    people.await_status(case_id, "in_review")
