"""Whoever decides names units, courts and categories that the pack has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from casework.decisions import second_reading
from casework.decisions.base import Decision, PackId
from casework.decisions.duty_desk import Reassign
from casework.decisions.freezes import Uphold
from casework.decisions.instructions import FromProsecutor, Transfer
from casework.decisions.pack_names import PackNames, find_unknown_names
from casework.decisions.prosecutor_notification import Inform
from casework.decisions.retention import HoldForCourt, LiftForCourt
from casework.decisions.review import Confirm
from casework.pack.competence import NATIONAL_UNIT
from casework.pack.jurisdiction import open_pack
from functions.desk import handler

PACK = open_pack("ma")
OWN_RULE = (
    *((FromProsecutor, "prosecutor"), (FromProsecutor, "court")),
    *((Inform, "prosecutor"), (Inform, "court")),
    (Confirm, "flags"),
)
"""Fields that are looked up together with another field."""


def decisions(base: type[BaseModel] = Decision) -> Iterator[type[BaseModel]]:
    """Every class of a decision that the desk takes."""
    assert handler.api.operations
    yield base
    for each in base.__subclasses__():
        yield from decisions(each)


def constraints(annotation: Any) -> Iterator[Any]:
    """Everything that an annotation holds, at any depth."""
    yield annotation
    for each in (*get_args(annotation), *getattr(annotation, "__metadata__", ())):
        yield from constraints(each)


def is_of_the_pack(model: type[BaseModel], name: str) -> bool:
    """Whether a field holds an id of the pack."""
    field = model.model_fields[name]
    _, of_an_id = get_args(PackId)
    return any(each is of_an_id for each in (*field.metadata, *constraints(field.annotation)))


def test_each_id_of_the_pack_in_a_decision_says_which_list_has_it() -> None:
    named = {
        (model, name)
        for model in (*decisions(), *decisions(second_reading.ConfirmAgain))
        for name in model.model_fields
        if is_of_the_pack(model, name)
        and not any(issubclass(model, owner) and name == field for owner, field in OWN_RULE)
    }
    assert len(named) >= 11
    for model, name in named:
        marks = [each for each in model.model_fields[name].metadata if isinstance(each, PackNames)]
        assert len(marks) == 1, (model, name)


def unknown(decided: type[BaseModel], **fields: Any) -> list[tuple[str, str]]:
    """The findings for fields of a decision that is otherwise not looked at."""
    empty = dict.fromkeys(decided.model_fields)
    found = find_unknown_names(decided.model_construct(**{**empty, **fields}), PACK)
    return [(each.pointer, each.code) for each in found]


@pytest.mark.parametrize(
    ("decided", "field", "has", "code"),
    [
        (Confirm, "ground", "place_of_arrest", "ground.unknown"),
        (Reassign, "unit", next(iter(PACK.units)), "unit.unknown"),
        (Transfer, "unit", next(iter(PACK.units)), "unit.unknown"),
        (Uphold, "court", next(iter(PACK.courts)), "court.unknown"),
        (HoldForCourt, "court", next(iter(PACK.courts)), "court.unknown"),
        (LiftForCourt, "court", next(iter(PACK.courts)), "court.unknown"),
        (second_reading.ConfirmAgain, "category", next(iter(PACK.categories)), "category.unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__name__", None),
)
def test_a_name_is_of_its_own_list(
    decided: type[BaseModel], field: str, has: str, code: str
) -> None:
    assert unknown(decided, **{field: has}) == []
    assert unknown(decided, **{field: "pj-99"}) == [(f"#/{field}", code)]
    assert unknown(decided, **{field: None}) == []


def test_a_territory_cannot_be_the_nation() -> None:
    assert NATIONAL_UNIT in PACK.grounds.order
    assert unknown(Confirm, ground=NATIONAL_UNIT) == [("#/ground", "ground.unknown")]
