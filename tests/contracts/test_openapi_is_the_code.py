"""`docs/openapi.json` and `docs/problems.md` say what the code does."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from casework.aws.http.problems import PROBLEM_BY_REFUSAL
from casework.errors import Refusal
from casework.report.report import Report
from casework.text import reference
from functions.intake.answers import Accepted, Progress
from tests.builders import a_report
from tools import openapi
from tools.gateway_answers import GATEWAY
from tools.openapi_examples import EXAMPLES

DOCUMENT: dict[str, Any] = json.loads(openapi.OPENAPI_DOCUMENT_FILE.read_text(encoding="utf-8"))
MODELS: dict[str, type[BaseModel]] = {"Report": Report, "Accepted": Accepted, "Progress": Progress}


def _all(refusal: type[Refusal]) -> set[type[Refusal]]:
    return {refusal}.union(*(_all(each) for each in refusal.__subclasses__()))


def test_the_documents_are_fresh() -> None:
    assert openapi.stale() == [], "run `make docs`"


def test_every_refusal_has_its_problem_and_its_cure() -> None:
    assert _all(Refusal) - {Refusal} == set(PROBLEM_BY_REFUSAL)
    page = openapi.PROBLEM_PAGE.read_text(encoding="utf-8")
    for name, known in openapi._problems():
        assert f"\n## {name}\n" in page
        assert known.cure in page
        assert name in DOCUMENT["components"]["examples"]


def test_the_gateways_own_answers_are_documented_with_their_cure() -> None:
    page = openapi.PROBLEM_PAGE.read_text(encoding="utf-8")
    assert all(each.cure in page for each in GATEWAY)
    own = {"$ref": "#/components/schemas/Gateway"}
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            staff = operation["security"] == [{"staff": []}]
            for status in ("401", "403", "429", "503") if staff else ("429", "503"):
                content = operation["responses"][status]["content"]
                assert content["application/json"]["schema"] == own


ON_NO_VERSION = {
    "/v1/desk/next",  # there is none before the case is taken
    "/v1/desk/duty/{id}/attention",  # what was done was done, however the case stands by now
    "/v1/desk/cases/{id}/take",  # on whom they saw to have it, however the case stands by now
    "/v1/desk/cases/{id}/tries",  # whoever was called was called, however the case stands by now
    "/v1/desk/handover",  # of no case
    "/v1/desk/roster",  # likewise
    "/v1/desk/cases/{id}/campaign",  # the cases are of one hand, however they stand by now
    "/v1/desk/cases/{id}/apart",  # the two are about other facts, however they stand by now
    "/v1/desk/cases/{id}/notes",  # words to colleagues, however the case stands by now
    "/v1/desk/cases/{id}/files/opening",  # what was sent, however the case stands by now
    "/v1/desk/cases/{id}/files/asking",  # likewise
    "/v1/desk/cases/{id}/files/asking/{entry}/answer",  # likewise
    "/v1/desk/cases/{id}/number",  # who must be reached, however the case stands by now
    "/v1/desk/cases/{id}/openings/{entry}/review",  # what was done, likewise
    "/v1/desk/cases/{id}/packages",  # the case as it is by now
    "/v1/desk/glance",  # a note on whatever version
    "/v1/desk/samples",  # likewise
}


def test_every_write_takes_an_idempotency_key_and_documents_its_refusals() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            names = {each["name"] for each in operation["parameters"] if each["required"]}
            if method == "post" and path.endswith("/hold"):
                # A lease on the item, no decision on what is in it: it has no content.
                assert "Idempotency-Key" in names
                continue
            if method == "post" and path.startswith("/v1/session/"):
                # Nothing is written. JSON, and what a browser says of the site, keep others out.
                assert {"400", "403", "413", "415", "422", "503"} <= set(operation["responses"])
                continue
            if path == "/v1/desk/find":
                # Nothing is decided: it is a POST so that nothing of it stands in an address.
                assert {"400", "401", "403", "409", "413", "415", "422"} <= set(
                    operation["responses"]
                )
                continue
            if method == "post":
                assert "Idempotency-Key" in names, path
                assert {"400", "413", "415", "422", "503"} <= set(operation["responses"])
            if method == "post" and path.startswith("/v1/desk/") and path not in ON_NO_VERSION:
                assert "If-Match" in names, path
                assert {"401", "403", "412", "428"} <= set(operation["responses"])


def test_desk_calls_need_a_person_and_reports_need_none() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            if path.startswith("/v1/desk/"):
                assert operation["security"] == [{"staff": []}]
            elif path.startswith("/v1/reports/{reference}"):
                assert operation["security"] == [{"receipt": []}]
            elif path == "/v1/session/refresh":
                assert operation["security"] == [{"session": []}]
            else:
                assert operation["security"] == []


def test_every_schema_is_one() -> None:
    Draft202012Validator.check_schema({"$defs": DOCUMENT["components"]["schemas"]})


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_match_their_schemas(name: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", **DOCUMENT}
    for example in EXAMPLES[name]:
        MODELS[name].model_validate_json(json.dumps(example))
        Draft202012Validator(schema).validate(example)
        if "reference" in example:
            assert reference.parse_reference(example["reference"]) == example["reference"]


@pytest.mark.parametrize(
    "said", [{"role": "police"}, {"danger_now": 1}, {"status": "closed"}, {"narrative": ""}]
)
def test_the_document_refuses_the_same_as_the_code(said: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Report", **DOCUMENT}
    assert Draft202012Validator(schema).is_valid(a_report())
    assert not Draft202012Validator(schema).is_valid(a_report(**said))


def test_each_schema_has_one_plain_name() -> None:
    """Without the path of a module and without `-Input` or `-Output`."""
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert re.fullmatch("[A-Z][A-Za-z]*", name)
        assert not name.endswith(("Input", "Output"))
        assert schema.get("title", name) == name


def test_a_client_can_read_the_whole_document() -> None:
    import schemathesis  # as long as a second, and for this test alone
    from schemathesis.core.result import Ok

    read = schemathesis.openapi.from_dict(DOCUMENT)
    found = [each for each in read.get_all_operations() if isinstance(each, Ok)]
    assert len(found) == sum(len(methods) for methods in DOCUMENT["paths"].values())
    unresolved = [
        where for where in _references(DOCUMENT) if _at(DOCUMENT, where.removeprefix("#/")) is None
    ]
    assert unresolved == []


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [each for value in node.values() for each in _references(value)]
    if isinstance(node, list):
        return [each for value in node for each in _references(value)]
    return []


def _at(node: Any, path: str) -> Any:
    for part in path.split("/"):
        node = node.get(part) if isinstance(node, dict) else None
    return node
