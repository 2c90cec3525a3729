"""Words of a person's own are in no entry: it is never changed, and they may name somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from enum import Enum
from inspect import isabstract
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic.fields import FieldInfo

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.decisions.base import Decision, ReasonText
from tests.unit.test_pack_names import constraints, decisions, is_of_the_pack

WORDS = "Words of their own."
IN_ENTRIES = {"reference": "the number of a document of a court or of a prosecutor's office"}
"""Fields of text that entries hold, and what they say instead of a person's words."""


def concrete() -> Iterator[type[Decision]]:
    """The decisions that people send."""
    for each in decisions():
        if issubclass(each, Decision) and not each.__subclasses__() and not isabstract(each):
            yield each


def holds_words(model: type[Decision], name: str) -> bool:
    """Whether people type what they like into a field: no list has it, no pattern bounds it."""
    field = model.model_fields[name]
    inside = [*field.metadata, *constraints(field.annotation)]
    bounded = any(getattr(each, "pattern", None) for each in inside)
    return str in inside and not bounded and not is_of_the_pack(model, name)


def some_value(annotation: Any) -> Any:
    """A value of a type that holds no words; None where there is none."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    if get_origin(annotation) in {tuple, list, frozenset}:
        return ()
    plain = {int: 1, bool: False, str: "an-id", date: date(2026, 3, 2)}
    if annotation in plain:
        return plain[annotation]
    return next((found for each in get_args(annotation) if (found := some_value(each))), None)


def data_with_words(model: type[Decision]) -> str:
    """The data of its entry where each field of words has the same ones."""

    def value(name: str, field: FieldInfo) -> Any:
        words = name not in IN_ENTRIES and holds_words(model, name)
        return WORDS if words else some_value(field.annotation)

    filled = {name: value(name, field) for name, field in model.model_fields.items()}
    return json.dumps(model.model_construct(**filled).event_data, default=str)


@pytest.mark.parametrize("model", sorted(set(concrete()), key=str))
def test_a_decision_has_its_words_beside_the_history(model: type[Decision]) -> None:
    assert WORDS not in data_with_words(model), (
        "words are kept as `particulars` and left out of `event_data` (docs/adding.md, A move that"
        " people make); a field of text that names nobody is entered in IN_ENTRIES with its reason"
    )


def test_words_in_an_entry_are_found() -> None:
    class WithNote(Decision):
        move = Move.RETRY
        note: ReasonText | None = None

        def decided(self, case: Case, at: Any, by: str, context: Any) -> Change:
            raise NotImplementedError

    assert WORDS in data_with_words(WithNote)


def test_many_decisions_have_words() -> None:
    assert (
        sum(any(holds_words(each, name) for name in each.model_fields) for each in concrete()) > 15
    )
