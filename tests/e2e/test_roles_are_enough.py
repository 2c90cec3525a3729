"""Every call and every function does its work under the enforced permissions of its own role.

Lives are played through every operation of the API and every function that is no API, with IAM
enforced. What the functions were allowed and refused is read from the ledger of the emulator, so
that a grant that is missing in `infra/` fails here, and one that nothing uses any more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

import pytest

from casework.aws.steps import executions
from casework.aws.table import items
from casework.aws.table.case_table import CaseTable
from infra.assets import ROOT
from infra.data import LINE_KEYS, SAMPLE_KEYS
from tests.e2e.clerk import Clerk
from tests.e2e.lives import Lives
from tests.e2e.people import People


@pytest.fixture(scope="module", autouse=True)
def lived(people: People) -> None:
    """Everything was done once."""
    client = cache(people.system.aws.client)
    with pytest.MonkeyPatch.context() as patch:
        for module in (items, executions):
            patch.setattr(module, "aws_client", client)
        Lives(people, Clerk(CaseTable(people.table), people.system.outputs["WorkflowArn"])).play()


def ledger(people: People) -> list[dict[str, Any]]:
    """What the functions of the system did and were allowed so far."""
    return [json.loads(line) for line in people.system.places.ledger.read_text().splitlines()]


def test_every_call_of_the_api_gets_a_good_answer(people: People) -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    never = {
        operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not any(
            asked == method.upper()
            and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), address)
            and str(status) in operation["responses"]
            and 200 <= status < 400
            for asked, address, status in people.answered
        )
    }
    assert not never, sorted(never)


def test_every_function_does_its_work(people: People) -> None:
    well = {each["ran"] for each in ledger(people) if each.get("well")}
    assert people.functions() - well == set()


def test_no_function_lacks_a_grant_that_it_uses(people: People) -> None:
    """A swallowed refusal counts, too: the ledger holds every refusal."""
    functions = people.functions()
    asked = [each for each in ledger(people) if each.get("by") in functions]
    assert {each["by"] for each in asked} == functions, "each was checked by IAM"
    assert [each for each in asked if not each["allowed"]] == []


# ---- and no more than enough ---------------------------------------------------------------------

CALLED: Final = re.compile(
    r"dynamodb:(?:(?:BatchGet|ConditionCheck|Delete|Get|Put|Update)Item|Query)"
    r"|(?:s3|secretsmanager|ses|sns|states):\w+"
)
"""What functions ask for themselves. What a service does for them, such as reading the stream or
using the key of the table, it does by grants that its own documentation asks for."""

LATE: Final = {"states:SendTaskFailure", "states:SendTaskSuccess"}
"""A decision was saved before the token of its wait was kept, or its author could not tell it."""
WORDS: Final = {"dynamodb:PutItem CLUE#*", "dynamodb:BatchGetItem CLUE#*"}
"""A report has words enough to be compared."""
NAMES: Final = {
    "dynamodb:PutItem CONTACT#*",
    "dynamodb:PutItem IDENTIFIER#*",
    "dynamodb:UpdateItem IDENTIFIER#*",
}
"""A report names an identifier first, or as the second one, or another page of a site."""
JOINS: Final = {"dynamodb:PutItem DAY#*", "dynamodb:ConditionCheckItem REPORT#*"}
"""A report joins a case: it is still there, and the records of the case grew on that day."""
SECOND: Final = {"dynamodb:UpdateItem ARRIVED#*", "dynamodb:ConditionCheckItem CASE#*"}
"""A second report comes into a case, whose first one hears no more of it from then on."""
ALIKE: Final = {
    *("dynamodb:PutItem GROUP#*", "dynamodb:UpdateItem GROUP#*"),
    "dynamodb:PutItem ALIKE#*",
}
"""A report takes its turn among those whose words are nearly the same."""
LATER: Final = {"dynamodb:UpdateItem ALIKE#*", "dynamodb:DeleteItem ALIKE#*"}
"""A report of a group gets a file, and with it a line of its own."""
FURTHER: Final = {"dynamodb:GetItem GROUP#*"}
"""A report finds its group by a further hash of the first text."""
LEAVES: Final = {"dynamodb:DeleteItem ARRIVED#*"}
"""A report comes into another case than the one that closed before it came."""
MANY: Final = {"dynamodb:BatchGetItem ARRIVED#*"}
"""A case has more than a thousand reports."""
SAMPLED: Final = {f"dynamodb:PutItem {partition}" for partition in SAMPLE_KEYS}
"""A review is closed that a second person reads again: one in twenty, by a digest."""
VERDICT: Final = {
    *("dynamodb:PutItem COPIES#*", "dynamodb:DeleteItem COPIES#*"),
    "dynamodb:Query ALIKE#*",
}
"""A verdict for all copies of a text is carried to those that came meanwhile."""
LISTS: Final = {
    *("s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions"),
    "dynamodb:PutItem LOG#*",
}
"""A file or picture is asked of the lists of known material, and an operator loaded some."""
SELDOM: Final[dict[str, set[str]]] = {
    "functions.intake.handler.handle": {
        "dynamodb:GetItem REPORT#*",  # in a crowd
        "s3:ListBucket",  # not called: with it S3 says of a file that it is missing
    },
    "functions.evidence.receive.handle": {
        "s3:ListBucket",  # a crash before the ciphertext
        "dynamodb:ConditionCheckItem REPORT#*",  # a picture that can be told from others
    },
    "functions.evidence.repair.handle": {  # weeks later, and where locks outlast the stage
        "s3:PutObjectRetention",
        "dynamodb:UpdateItem ALLOWED#*",  # a slot closes in the window that it was given in
        "dynamodb:GetItem COURT#LOCKED",
        "dynamodb:PutItem COURT#LOCKED",
        "dynamodb:Query ARRIVED#*",
        "dynamodb:Query REPORT#*",
    },
    "functions.custody.handler.handle": {  # somebody is refused an identity
        "dynamodb:PutItem DAY#*",
        "dynamodb:PutItem LOG#*",
        "dynamodb:PutItem TRIAL#OPENINGS",
        "dynamodb:Query TRIAL#OPENINGS",
        *MANY,
    },
    "functions.dossier.handler.handle": {"s3:ListBucket"},  # not called, as for intake
    "functions.desk.handler.handle": {  # somebody plays in a trial
        "s3:ListBucket",  # not called, as for intake
        "dynamodb:PutItem COPIES#*",  # a verdict for all copies of a text
        "dynamodb:PutItem TRIAL#CAMPAIGNS",
        "dynamodb:UpdateItem TRIAL#CAMPAIGNS",
        "dynamodb:PutItem TRIAL#DECIDED#*",
        "dynamodb:PutItem TRIAL#HANDOVER",
        "dynamodb:PutItem TRIAL#ROSTER",
        "dynamodb:PutItem TRIAL#HOLDS",
        "dynamodb:PutItem TRIAL#OPENINGS",
        "dynamodb:PutItem TRIAL#ASKINGS",
        "dynamodb:DeleteItem TRIAL#OPENINGS",
    }
    | LEAVES  # people take out another report than the last one
    | SAMPLED
    | {f"dynamodb:DeleteItem {partition}" for partition in SAMPLE_KEYS},
    "functions.history.seal_day.handle": {"dynamodb:PutItem LOG#*"},  # somebody only read a case
    "functions.statistics.counting.handle": {"dynamodb:Query SHEETS#*"},  # a day is folded
    "functions.history.verify_days.handle": {"dynamodb:BatchGetItem"},  # as for `MANY`
    "functions.notify.reporters.handle": MANY | {"dynamodb:PutItem DAY#*"},  # told on a later day
    "functions.notify.steps.referral": LATE,
    "functions.triage.steps.triage": LATE | {"dynamodb:UpdateItem REPORT#*"},  # unreadable
    "functions.triage.link.handle": FURTHER
    | VERDICT
    | {"dynamodb:GetItem COPIES#*"}
    | LATER
    | WORDS  # the sweeper moves what a merged case named first
    | LATE
    | LEAVES
    | MANY
    | SAMPLED
    | LISTS
    | {"dynamodb:UpdateItem IDENTIFIER#*", "dynamodb:DeleteItem IDENTIFIER#*"}
    | {"dynamodb:PutItem DAY#*"},  # a report joins on a day that no entry of its case tells of
    "functions.triage.link.reprocess": WORDS  # the dead letters hold more than one new report
    | SECOND
    | ALIKE
    | LATER
    | FURTHER
    | LATE
    | LEAVES
    | MANY
    | JOINS
    | LISTS
    | {
        "dynamodb:BatchGetItem GROUP#*",
        "dynamodb:BatchGetItem REPORT#*",
        "dynamodb:PutItem REPORT#*",  # an answer to a question
        "dynamodb:PutItem CASE#*",
        *NAMES,
        "dynamodb:PutItem NUMBER#*",
        "dynamodb:Query by_flow",
        "states:StartExecution",
    },
    "functions.triage.reconcile.handle": LATE  # a report nobody linked opens a case, or cannot
    | VERDICT
    | SECOND
    | ALIKE
    | LATER
    | {"dynamodb:Query REPORT#*", "dynamodb:PutItem LOG#*"}  # one with additions; very many
    | LEAVES
    | JOINS
    | NAMES
    | {"dynamodb:PutItem CLUE#*", "dynamodb:PutItem NUMBER#*"}
    | {"sns:Publish"}
    | {"states:DescribeExecution"},  # an execution was lost
    "functions.triage.sweep.handle": SECOND  # the stream moves the reports of merged cases first
    | {  # a case with identifiers, requests and messages is erased
        "cloudwatch:GetMetricData",  # once a day
        "dynamodb:DeleteItem ALIKE#*",
        "dynamodb:UpdateItem GROUP#*",  # others were counted with an erased report
        "dynamodb:DeleteItem GROUP#*",
        "dynamodb:DeleteItem ARRIVED#*",  # another report than the last of its case is erased
        "dynamodb:DeleteItem CASE#*",
        "dynamodb:DeleteItem CLUE#*",
        "dynamodb:DeleteItem CONTACT#*",
        "dynamodb:DeleteItem CUSTODY",
        "dynamodb:DeleteItem IDENTIFIER#*",
        "dynamodb:GetItem",
        "dynamodb:PutItem CLUE#*",  # another case has the clue, too
        "dynamodb:PutItem IDENTIFIER#*",
        "dynamodb:PutItem ARRIVED#*",  # as for `SECOND`
        "dynamodb:UpdateItem IDENTIFIER#*",
        *LATE,
    },
}
"""Grants for events of no life here, by the handler of the function. Other tests use them."""


def test_no_function_has_a_grant_that_it_never_uses(people: People) -> None:
    """A grant whose use is gone is named here: take it out of `infra/`."""
    used: dict[str, set[str]] = {}
    for each in ledger(people):
        if each.get("allowed"):
            partitions = [name for name in each["partitions"] if name.rstrip("*") == each["key"]]
            does = _spelled([each["action"]], each["resources"], partitions)
            used.setdefault(each["by"], set()).update(does)
    idle = {
        handler: unused
        for name, handler in _handlers(people).items()
        if (unused := set(_granted(people, name)) - used[name] - SELDOM.get(handler, set()))
    }
    assert idle == {}, idle


def _handlers(people: People) -> dict[str, str]:
    """The handler of each function of ours."""
    functions = people.system.aws.functions
    return {
        name: functions.get_function_configuration(FunctionName=name)["Handler"]
        for name in people.functions()
    }


def _granted(people: People, function: str) -> Iterator[str]:
    """The grants of the function's role that the function uses itself.

    A function that saves cases may write any line that goes with a case.
    """
    asked = people.system.aws.functions.get_function_configuration(FunctionName=function)
    role, iam = asked["Role"].rpartition("/")[2], people.system.aws.client("iam")
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        for statement in document["Statement"]:
            keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
            partitions = set(_listed(keys.get("dynamodb:LeadingKeys", []))) - set(LINE_KEYS)
            if keys and not partitions:
                continue
            yield from _spelled(
                _listed(statement["Action"]), _listed(statement["Resource"]), partitions
            )


def _spelled(
    actions: Iterable[str], resources: Iterable[str], partitions: Iterable[str]
) -> Iterator[str]:
    """Each action with what tells one grant of it from another: partition or indexes."""
    indexes = "+".join(sorted(each.rpartition("/")[2] for each in resources if "/index/" in each))
    for action in filter(CALLED.fullmatch, actions):
        for where in list(partitions) or [indexes]:
            yield f"{action} {where}".strip()


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
