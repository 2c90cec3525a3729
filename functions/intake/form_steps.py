"""The steps of the form without JavaScript: their order, the fields of each, and who is asked them.

They are those of `web/portal/report/questions.tsx`. A step that is not in front travels in hidden
fields, so the server keeps nothing between two steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from casework.pack.jurisdiction import Jurisdiction
from functions.intake.form_fields import (
    DATE_FIELDS,
    LOSS_FIELDS,
    MAX_FORM_LOCATIONS,
    MAX_FORM_LOSSES,
    UNKNOWN_CATEGORY,
    row_field_names,
)

FormAnswers = Mapping[str, str]

WAY_FIELD: Final = "way"
CHECK_STEP: Final = "check"
"""The last step, which shows every answer and sends them."""
OTHER_WAY: Final = "other"
_KINDS: Final = {"blackmailed": "handle", "cheated": "phone"}
"""Way in → what a reporter most likely knows of the other side."""


def _day(name: str) -> tuple[str, ...]:
    return (name, f"{name}_month", f"{name}_year")


_LOCATIONS: Final = (*row_field_names(MAX_FORM_LOCATIONS, "kind", "value"), "platform")
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    WAY_FIELD: ("way",),
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
        *row_field_names(MAX_FORM_LOSSES, *LOSS_FIELDS),
        *(part for day in DATE_FIELDS if day != "day" for part in _day(day)[1:]),
    ),
    "place": ("territory", "commune", "place", "country", "lives", "lives_text"),
    "disclosure": ("disclosure", "email", "phone", "full_name", "id_number", "address"),
}
FORM_STEPS: Final = tuple(_FIELDS)
_OF_OTHERS: Final = frozenset({"category", "role", "locations", "when"})
"""The steps that a way in answers, or that it does not need."""
EXAMPLE_ANSWERS: Final[FormAnswers] = {
    "category": UNKNOWN_CATEGORY,
    "role": "victim",
    "narrative": "…",
    "disclosure": "anonymous",
}
"""Answers that are right, in place of those of other steps while one step is checked."""


def ways_in(pack: Jurisdiction) -> Sequence[str]:
    """The ways in that this pack has a category for, danger first, and the one for all else."""
    have = {each.way for each in pack.categories.values()}
    return [*(way for way in _KINDS if way in have), OTHER_WAY]


def has_way_category(given: FormAnswers) -> bool:
    """Whether the reporter came by a way that answers the category."""
    return given.get("way") in _KINDS


def list_form_steps(given: FormAnswers) -> list[str]:
    """The steps that a reporter with these answers is asked, without the last."""
    left_out = set(_OF_OTHERS) if has_way_category(given) else set()
    if given.get("role") == "witness":
        left_out.add("money")
    return [step for step in FORM_STEPS if step not in left_out]


def step_fields(step: str, given: FormAnswers) -> tuple[str, ...]:
    """The fields of a step; a way in asks beside the narrative who is behind it."""
    if step == "narrative" and has_way_category(given):
        return _FIELDS["narrative"] + _LOCATIONS
    return _FIELDS.get(step, ())


def next_step(step: str, given: FormAnswers) -> str:
    """The step behind this one."""
    later = FORM_STEPS[FORM_STEPS.index(step) + 1 :]
    return next((each for each in list_form_steps(given) if each in later), CHECK_STEP)


def previous_step(step: str, given: FormAnswers) -> str:
    """The step in front of this one; the first one is its own."""
    earlier = FORM_STEPS if step == CHECK_STEP else FORM_STEPS[: FORM_STEPS.index(step)]
    return next((each for each in reversed(list_form_steps(given)) if each in earlier), WAY_FIELD)


def find_step_of_field(field: str, given: FormAnswers) -> str:
    """The step that asks for a field."""
    return next(
        (step for step in list_form_steps(given) if field in step_fields(step, given)),
        next((step for step, own in _FIELDS.items() if field in own), CHECK_STEP),
    )


def drop_unasked(answers: FormAnswers) -> dict[str, str]:
    """The answers without those of steps that this reporter is not asked: another way in, or
    another role, left them behind."""
    steps = list_form_steps(answers)
    kept = {field for step in steps for field in step_fields(step, answers)} | {"category", "role"}
    known = {field for own in _FIELDS.values() for field in own}
    return {name: value for name, value in answers.items() if name in kept or name not in known}


def prefill_answers(answers: FormAnswers, pack: Jurisdiction) -> dict[str, str]:
    """The answers with what the way in says already; the reporter can change each at the end."""
    way = answers.get("way")
    by_way = {each.way: each.id for each in pack.categories.values() if each.way}
    if way not in by_way:
        # Another way was taken back: what that one said is asked again.
        left = {"category", "role"} if answers.get("category") in by_way.values() else set()
        return {name: value for name, value in answers.items() if name not in left}
    kind = answers.get("kind_1", "") if answers.get("value_1", "").strip() else _KINDS[way]
    return {**answers, "category": by_way[way], "role": _role(answers), "kind_1": kind}


def prefill_role(given: FormAnswers) -> dict[str, str]:
    """The answers with the role that the first question says of somebody who came by a way."""
    return {**given, "role": _role(given)} if has_way_category(given) else dict(given)


def _role(given: FormAnswers) -> str:
    return "relative" if given.get("relative") else "victim"
