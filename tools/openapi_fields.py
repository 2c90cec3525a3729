"""What fields of the API mean: the docstring below a field in the code is its description in the
document. Models are not asked to keep these themselves, so that no function reads its own source
at a cold start.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

OURS = ("casework.", "functions.")


def describe(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Add the descriptions of fields to the schemas of our models, by their names."""
    models = {model.__name__: model for model in _models(BaseModel)}
    for name, schema in schemas.items():
        if name not in models:
            continue
        for field, said in _said(models[name]).items():
            known = schema.get("properties", {}).get(field)
            if known is not None:
                known.setdefault("description", said)


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        if model.__module__.startswith(OURS):
            yield model
        yield from _models(model)


def _said(model: type[BaseModel]) -> dict[str, str]:
    """The docstrings below the fields of a model and of what it inherits from."""
    said: dict[str, str] = {}
    for base in reversed(model.__mro__):
        generated = "[" in base.__name__  # a generic model of something: its origin says it
        if base.__module__.startswith(OURS) and not generated:
            said |= _in_source(base)
    return said


def _in_source(model: type) -> dict[str, str]:
    said = {}
    for field, below in pairwise(_classes(model.__module__)[model.__qualname__].body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                said[name] = " ".join(text.split())
    return said


@cache
def _classes(module: str) -> Mapping[str, ast.ClassDef]:
    """The classes of a module by their qualified names; each module is parsed once."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return dict(_within(tree, ""))


def _within(node: ast.Module | ast.ClassDef, front: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for each in node.body:
        if isinstance(each, ast.ClassDef):
            yield front + each.name, each
            yield from _within(each, f"{front}{each.name}.")
