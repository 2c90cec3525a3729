"""The names of the schemas in the API's documents, by which generated clients name their types.

A model says its own, `class CloseNow(Decision, title="Close")`; an enumeration, which has no title,
is in `NAMES`. One that says none has the name of its class, and may not be renamed without:
`tests/contracts/published_names.py` has every name of this kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from casework.case.alike import NotAlikeReason
from casework.case.freezes import Bond
from casework.decisions.acts import CaseAct
from casework.decisions.closed_reasons import ClosedReason
from casework.hash_lists.perceptual_hash import Turned

NAMES: Final[Mapping[type, str]] = {
    Bond: "Bond",
    CaseAct: "CaseAct",
    ClosedReason: "ClosedReason",
    NotAlikeReason: "NotAlikeReason",
    Turned: "Turned",
}
PLACES: Final = ("#/components/schemas/", "#/$defs/")
"""What a reference to a schema begins with."""


def published_names(
    schemas: Mapping[str, dict[str, Any]], names: Mapping[type, str] = NAMES
) -> dict[str, str]:
    """The published name of each schema, by the name of its class.

    Raises ValueError when two schemas have one name: a title is inherited.
    """
    own = {each.__name__: name for each, name in names.items()}
    found = {each: own.get(each, schema.get("title", each)) for each, schema in schemas.items()}
    twice = [name for name in found.values() if list(found.values()).count(name) > 1]
    if twice:
        raise ValueError(f"schemas of one name: {', '.join(sorted(set(twice)))}")
    return found


def name_schemas(
    schemas: Mapping[str, dict[str, Any]], published: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """The schemas by their published names, in the order of these."""
    named = {}
    for each, schema in schemas.items():
        title = {"title": published[each]} if "title" in schema else {}
        named[published[each]] = name_references(schema, published) | title
    return dict(sorted(named.items()))


def name_references(node: Any, published: Mapping[str, str]) -> Any:
    """A part of a document whose references lead to the published names."""
    match node:
        case dict():
            return {key: name_references(value, published) for key, value in node.items()}
        case list():
            return [name_references(each, published) for each in node]
        case str() if node.startswith(PLACES):
            place, _, name = node.rpartition("/")
            return f"{place}/{published.get(name, name)}"
        case _:
            return node
