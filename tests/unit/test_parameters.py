"""A query parameter that a call does not have is refused, whichever call it is sent to."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from casework.aws.http.api import Api, Operation, Request, Response
from tools.api_operations import operations


def asked(operation: Operation, **query: str) -> Response:
    """The answer to a call whose handler would answer anything with 204."""
    api = Api()
    api.operations.append(replace(operation, handler=lambda _: Response(204)))
    path = re.sub(r"\{\w+\}", "1", operation.path)
    return api.answer(Request(operation.method, path, {}, query, {}, b"", {}, "urn:uuid:1"))


@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.id)
def test_a_parameter_that_the_call_does_not_have_is_named_and_those_it_has_are_listed(
    operation: Operation,
) -> None:
    assert asked(operation, **dict.fromkeys(operation.query, "1")).status == 204
    refused = asked(operation, **dict.fromkeys(operation.query, "1"), q="canary")
    document = refused.body
    assert isinstance(document, dict)
    assert (refused.status, document["type"]) == (400, "urn:e-iblagh:problem:parameter-unknown")
    assert [each["pointer"] for each in document["errors"]] == ["#/q"]
    assert all(f"`{name}`" in document["detail"] for name in operation.query)
    assert "canary" not in str(document)


@pytest.mark.parametrize("name", ["", "a b", "<script>", "é", "x" * 41, "06\n12"])
def test_an_impossible_parameter_name_is_not_repeated(name: str) -> None:
    (queue,) = (each for each in operations() if each.id == "read_queue")
    document = asked(queue, **{name: "1"}).body
    assert isinstance(document, dict)
    assert [each["pointer"] for each in document["errors"]] == ["#/"]
