"""What tests put in the place of a name of the code stands there, also in tests that run rarely.

The text of both is compared and nothing is imported: it costs a second.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.contracts.parsed import parsed

ROOT = Path(__file__).resolve().parents[2]
PATCHES = frozenset({"setattr", "delattr", "patch", "object"})


@cache
def _patching() -> dict[str, ast.Module]:
    """The files of tests that patch anything."""
    texts = {each: each.read_text(encoding="utf-8") for each in (ROOT / "tests").rglob("*.py")}
    return {
        str(file.relative_to(ROOT)): parsed(file)
        for file, text in sorted(texts.items())
        if "attr(" in text or "patch" in text
    }


def _imported(tree: ast.Module) -> dict[str, str]:
    """Names that a test imports, with where they are from."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                found |= {each.asname or each.name: f"{module}.{each.name}" for each in names}
            case ast.Import(names=names):
                found |= {each.asname or each.name: each.name for each in names}
    return found


def _patched(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a test patches, as far as its text tells them."""
    imported = _imported(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr=how), args=[ast.Constant(value=str(name)), *_]
            ) if how in PATCHES and "." in name:
                yield name
            case ast.Call(
                func=ast.Attribute(attr=how),
                args=[ast.Name(id=owner), ast.Constant(value=str(name)), *_],
            ) if how in PATCHES and owner in imported:
                yield f"{imported[owner]}.{name}"


@cache
def _module(name: str) -> ast.Module | None:
    """A module of this tree; None for one of a library."""
    path = ROOT.joinpath(*name.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return parsed(file)
    return None


def _is_ours(name: str) -> bool:
    first = ROOT / name.partition(".")[0]
    return first.is_dir() and any(first.glob("*.py"))


def _is_there(name: str) -> bool:
    """Whether a name of ours is bound where it is looked for; what it inherits is not asked."""
    parts = name.split(".")
    for last in range(len(parts) - 1, 0, -1):
        module = _module(".".join(parts[:last]))
        if module is not None:
            return _has(module, parts[last:])
    return False


def _has(scope: ast.Module | ast.ClassDef, parts: list[str]) -> bool:
    first, *rest = parts
    for node in scope.body:
        if first not in _bound(node):
            continue
        if rest and isinstance(node, ast.ClassDef):
            return bool(node.bases) or _has(node, rest)
        return True
    return False


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement binds where it stands."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(each.asname or each.name).partition(".")[0] for each in names}
        case _:
            return {
                each.id
                for each in ast.walk(statement)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }


def test_each_name_that_tests_patch_is_there() -> None:
    named = {(file, name) for file, tree in _patching().items() for name in _patched(tree)}
    ours = {(file, name) for file, name in named if _is_ours(name)}
    assert len(ours) > 200
    assert sorted((file, name) for file, name in ours if not _is_there(name)) == []


def test_no_test_patches_a_name_whether_or_not_it_is_there() -> None:
    mute = [
        f"{file}:{node.lineno}"
        for file, tree in _patching().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and isinstance(node.value, ast.Constant)
        and (node.arg, node.value.value) in {("raising", False), ("create", True)}
    ]
    assert mute == []


def test_a_name_that_is_gone_is_noticed() -> None:
    assert _is_there("casework.aws.steps.task_state.now")
    assert not _is_there("casework.aws.steps.task_state.never")
    assert not _is_there("casework.never.now")
