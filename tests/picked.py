"""How moto finds the parts of its answers, found out once for each part.

For each member of each item moto tries up to a dozen names and works them out anew each time, which
was a third of what the integration tests cost. The answers are the same.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from moto.core import models, responses
from moto.core.model import Shape
from moto.core.serialize import AttributePickerContext, ResponseSerializer, XFormedAttributePicker
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from responses import CallbackResponse


def value_of(serializer: Any, found: Any, key: str, shape: Shape) -> Any:
    """What stands in what was found under the first of the names that a member may have."""
    picker = serializer._value_picker
    plain = type(found) is dict and type(picker) is XFormedAttributePicker
    if not plain or picker.response_transformers:
        return _picked(serializer, found, key, shape)
    names = _names.get((shape, key))
    if names is None:
        names = tuple(picker.get_possible_keys(AttributePickerContext({}, key, shape)))
        _names[shape, key] = names
    return next((found[name] for name in names if name in found), None)


_picked = ResponseSerializer.get_value
_names: dict[tuple[Shape, str], tuple[str, ...]] = {}


def pick_by_known_names() -> None:
    """Let moto find out nothing of it twice in this process."""
    patch = pytest.MonkeyPatch()  # for good
    patch.setattr(ResponseSerializer, "get_value", value_of)
    patch.setattr(responses, "camelcase_to_underscores", cache(camelcase_to_underscores))
    patch.setattr(responses, "method_names_from_class", cache(method_names_from_class))
    # A thousand addresses of the services, for each test anew.
    patch.setattr(models, "CallbackResponse", cache(CallbackResponse))
