"""The steps of the form without JavaScript: their order, the fields of each, and who is asked them.

They are those of `web/portal/report/questions.tsx`. A step that is not in front travels in hidden
fields, so the server keeps nothing between two steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from casework.pack.jurisdiction import Jurisdiction
from functions.intake.fields import DAYS, LOSS, LOSSES, PLACES, UNKNOWN, rows

Given = Mapping[str, str]

WAY: Final = "way"
CHECK: Final = "check"
"""The last step, which shows every answer and sends them."""
OTHER: Final = "other"
_KINDS: Final = {"blackmailed": "handle", "cheated": "phone"}
"""Way in → what a reporter most likely knows of the other side."""


def _day(name: str) -> tuple[str, ...]:
    return (name, f"{name}_month", f"{name}_year")


_LOCATIONS: Final = (*rows(PLACES, "kind", "value"), "platform")
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    WAY: ("way",),
    "safety": (
        *("danger", "despair", "minor", "vulnerable", "relative"),
        *("call_number", "call_safe"),
    ),
    "category": ("category",),
    "role": ("role",),
    "narrative": ("narrative",),
    "locations": _LOCATIONS,
    "when": (*_day("day"), "online"),
    "money": (
        *rows(LOSSES, *LOSS),
        *(part for day in DAYS if day != "day" for part in _day(day)[1:]),
    ),
    "place": ("territory", "commune", "place", "country", "lives", "lives_text"),
    "disclosure": ("disclosure", "email", "phone", "full_name", "id_number", "address"),
}
STEPS: Final = tuple(_FIELDS)
_OF_OTHERS: Final = frozenset({"category", "role", "locations", "when"})
"""The steps that a way in answers, or that it does not need."""
ELSEWHERE: Final[Given] = {
    "category": UNKNOWN,
    "role": "victim",
    "narrative": "…",
    "disclosure": "anonymous",
}
"""Answers that are right, in place of those of other steps while one step is checked."""


def ways(pack: Jurisdiction) -> Sequence[str]:
    """The ways in that this pack has a category for, danger first, and the one for all else."""
    have = {each.way for each in pack.categories.values()}
    return [*(way for way in _KINDS if way in have), OTHER]


def came(given: Given) -> bool:
    """Whether the reporter came by a way that answers the category."""
    return given.get("way") in _KINDS


def asked(given: Given) -> list[str]:
    """The steps that a reporter with these answers is asked, without the last."""
    left_out = set(_OF_OTHERS) if came(given) else set()
    if given.get("role") == "witness":
        left_out.add("money")
    return [step for step in STEPS if step not in left_out]


def fields_of(step: str, given: Given) -> tuple[str, ...]:
    """The fields of a step; a way in asks beside the narrative who is behind it."""
    if step == "narrative" and came(given):
        return _FIELDS["narrative"] + _LOCATIONS
    return _FIELDS.get(step, ())


def after(step: str, given: Given) -> str:
    """The step behind this one."""
    later = STEPS[STEPS.index(step) + 1 :]
    return next((each for each in asked(given) if each in later), CHECK)


def before(step: str, given: Given) -> str:
    """The step in front of this one; the first one is its own."""
    earlier = STEPS if step == CHECK else STEPS[: STEPS.index(step)]
    return next((each for each in reversed(asked(given)) if each in earlier), WAY)


def step_of(field: str, given: Given) -> str:
    """The step that asks for a field."""
    return next((step for step in asked(given) if field in fields_of(step, given)),
                next((step for step, own in _FIELDS.items() if field in own), CHECK))  # fmt: skip


def sent(given: Given) -> dict[str, str]:
    """The answers without those of steps that this reporter is not asked: another way in, or
    another role, left them behind."""
    steps = asked(given)
    kept = {field for step in steps for field in fields_of(step, given)} | {"category", "role"}
    known = {field for own in _FIELDS.values() for field in own}
    return {name: value for name, value in given.items() if name in kept or name not in known}


def entered(given: Given, pack: Jurisdiction) -> dict[str, str]:
    """The answers with what the way in says already; the reporter can change each at the end."""
    way = given.get("way")
    by_way = {each.way: each.id for each in pack.categories.values() if each.way}
    if way not in by_way:
        # Another way was taken back: what that one said is asked again.
        left = {"category", "role"} if given.get("category") in by_way.values() else set()
        return {name: value for name, value in given.items() if name not in left}
    kind = given.get("kind_1", "") if given.get("value_1", "").strip() else _KINDS[way]
    return {**given, "category": by_way[way], "role": _role(given), "kind_1": kind}


def linked(given: Given) -> dict[str, str]:
    """The answers with the role that the first question says of somebody who came by a way."""
    return {**given, "role": _role(given)} if came(given) else dict(given)


def _role(given: Given) -> str:
    return "relative" if given.get("relative") else "victim"
