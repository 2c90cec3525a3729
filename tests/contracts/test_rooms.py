"""The rooms of the domain and the adapters: each says what is in it, and imports only downward."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.contracts.parsed import parsed
from tests.contracts.test_imports_run_one_way import ROOT, imports, modules
from tools.architecture import DESK_LAYERS, LAYERS, QUESTIONS, NewcomerAnswer

FLOOR = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}


def named(file: Path) -> str:
    """The name by which a file is imported."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """The room of a module below `casework`, e.g. `aws.table` of `casework.aws.table.items`."""
    parts = module.split(".")[1:]
    return ".".join(parts[: 2 if parts[0] == "aws" else 1])


FILES = [file for file in modules("casework") if named(file) not in {"casework", "casework.aws"}]


def said(file: Path) -> str:
    """The docstring of a file."""
    return ast.get_docstring(parsed(file)) or ""


def test_each_room_imports_from_lower_floors_alone() -> None:
    upward = [
        f"{named(file)} imports {name}"
        for file in FILES
        for name in imports(file)
        if name.startswith("casework.") and not below(name, named(file))
    ]
    assert not upward


def below(name: str, importer: str) -> bool:
    """Whether a module may be imported by another: of the same room, or of a lower floor."""
    room, other = room_of(importer), room_of(name)
    return other == room or FLOOR[other] < FLOOR[room]


DESK_FLOOR = {room: number for number, rooms in enumerate(DESK_LAYERS) for room in rooms}
DESK_FILES = [file for file in modules("functions/desk") if named(file) != "functions.desk"]


def test_each_room_of_the_desk_imports_from_lower_floors_alone() -> None:
    upward = [
        f"{named(file)} imports {name}"
        for file in DESK_FILES
        for name in imports(file)
        if name.startswith("functions.desk.")
        and desk_room_of(name) != desk_room_of(named(file))
        and DESK_FLOOR[desk_room_of(name)] >= DESK_FLOOR[desk_room_of(named(file))]
    ]
    assert not upward


def desk_room_of(module: str) -> str:
    """The room of a module below `functions.desk`."""
    return module.split(".")[2]


@pytest.mark.parametrize("room", ["cases", "oversight", "queries", "shared"])
def test_each_room_of_the_desk_names_its_content_and_its_limits(room: str) -> None:
    assert "Not here:" in said(ROOT / "functions/desk" / room / "__init__.py")


@pytest.mark.parametrize("room", sorted(FLOOR))
def test_each_room_names_its_content_and_its_limits(room: str) -> None:
    place = ROOT / "casework" / room.replace(".", "/")
    if place.is_dir():
        assert "Not here:" in said(place / "__init__.py")
    else:
        assert said(place.with_suffix(".py"))


@pytest.mark.parametrize("answer", QUESTIONS, ids=lambda answer: answer.question)
def test_each_question_of_newcomers_has_a_file_that_answers_it(answer: NewcomerAnswer) -> None:
    first = said(ROOT / answer.file).partition("\n")[0].lower()
    for word in answer.words:
        assert word in first, first


def test_no_class_name_stands_for_two_things() -> None:
    """In the domain and what listens. A name with an underscore is its module's own."""
    where: dict[str, list[str]] = {}
    for file in modules("casework", "functions"):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where.setdefault(node.name, []).append(named(file))
    assert {name: files for name, files in where.items() if len(files) > 1} == {}
