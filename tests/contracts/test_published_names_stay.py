"""What leaves the process by name keeps its name when the code is renamed."""

from __future__ import annotations

import ast
import builtins
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from casework.errors import CaseChanged, Refusal, error_name
from tests.contracts import published_names
from tests.contracts.parsed import parsed
from tools import openapi
from tools.api_operations import operations
from tools.openapi_names import NAMES, PLACES, name_schemas
from tools.openapi_names import published_names as published_names_of

DEPLOYED = ("casework", "functions")
DOCUMENT: dict[str, Any] = json.loads(openapi.OPENAPI_DOCUMENT_FILE.read_text(encoding="utf-8"))
BUILT_IN = {
    name
    for name, each in vars(builtins).items()
    if isinstance(each, type) and issubclass(each, BaseException)
}


def _own_exceptions() -> list[ast.ClassDef]:
    """The exceptions that deployed code defines, but the refusals, which have problems."""
    classes = [
        each
        for part in DEPLOYED
        for file in sorted((openapi.ROOT / part).rglob("*.py"))
        for each in ast.walk(parsed(file))
        if isinstance(each, ast.ClassDef)
    ]
    known, before = set(BUILT_IN), 0
    while before != len(known):
        before = len(known)
        known |= {each.name for each in classes if known & set(_bases(each))}
    refusals = {each.__name__ for each in _refusals(Refusal)}
    return [each for each in classes if each.name in known - refusals]


def _bases(of: ast.ClassDef) -> Iterator[str]:
    return (ast.unparse(each).rpartition(".")[2] for each in of.bases)


def _refusals(of: type[Refusal]) -> Iterator[type[Refusal]]:
    yield of
    for each in of.__subclasses__():
        yield from _refusals(each)


def _schemas() -> set[str]:
    """The names of the schemas in the documents."""
    dossier = json.loads(openapi.DOSSIER.read_text(encoding="utf-8"))
    own = {"Problem", "Gateway"}  # written by hand, of no class
    return {*DOCUMENT["components"]["schemas"], *dossier["$defs"]} - own


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def _code(of: ast.ClassDef) -> str:
    """What the body of a class says of `error_code`; empty when it says nothing."""
    for each in of.body:
        match each:
            case ast.Assign(
                targets=[ast.Name(id="error_code")], value=ast.Constant(value=str(said))
            ):
                return said
    return ""


def test_no_published_id_of_an_operation_goes() -> None:
    ids = [each.id for each in operations()]
    assert len(ids) == len(set(ids))
    assert published_names.OPERATIONS - set(ids) == set()


def test_no_published_type_of_a_problem_goes() -> None:
    names = [name for name, _ in openapi._problems()]
    assert len(names) == len(set(names))
    assert published_names.PROBLEMS - set(names) == set()


def test_no_published_name_of_a_schema_goes() -> None:
    assert published_names.SCHEMAS - _schemas() == set()


def test_a_new_schema_says_its_name() -> None:
    """By `title=` at the class of a model, or in `NAMES` of an enumeration."""
    said = {each.model_config.get("title") for each in _models(BaseModel)} | {*NAMES.values()}
    assert _schemas() - published_names.SCHEMAS - said == set()


def test_a_renamed_class_leaves_the_names_of_its_schemas() -> None:
    class Severity(StrEnum):
        HIGH = "high"

    class Line(BaseModel):
        severity: Severity

    class Page(BaseModel, title="List"):
        lines: list[Line]
        worst: Severity

    _, whole = models_json_schema([(Page, "validation")], ref_template=f"{PLACES[0]}{{model}}")
    classes = whole["$defs"]
    assert set(classes) == {"Severity", "Line", "Page"}
    published = published_names_of(classes, {Severity: "Weight"})
    named = name_schemas(classes, published)
    assert {name: each["title"] for name, each in named.items()} == {
        each: each for each in ("Line", "List", "Weight")
    }
    assert named["List"]["properties"]["worst"] == {"$ref": f"{PLACES[0]}Weight"}
    assert named["Line"]["properties"]["severity"] == {"$ref": f"{PLACES[0]}Weight"}
    with pytest.raises(ValueError, match="one name: Line"):
        published_names_of(classes, {Severity: "Line"})


def test_a_refusal_without_a_problem_of_its_own_is_not_even_imported() -> None:
    with pytest.raises(TypeError, match="problem"):
        type("Unnamed", (CaseChanged,), {})


def test_each_exception_of_ours_says_its_code() -> None:
    codes = {each.name: _code(each) for each in _own_exceptions()}
    assert [name for name, code in codes.items() if not code] == []
    assert len(codes) == len(set(codes.values()))
    assert published_names.ERRORS - set(codes.values()) == set()


def test_a_refusal_is_called_in_logs_by_its_problem_and_a_librarys_error_by_its_type() -> None:
    renamed = type("ChangedMeanwhile", (Refusal,), {}, problem="case-not-there")
    assert error_name(renamed()) == "CaseNotThere"
    assert error_name(SystemExit(3)) == "SystemExit"  # its class has a `code` of its own
