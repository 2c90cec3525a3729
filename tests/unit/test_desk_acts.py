"""The acts of the desk: there is a form for all that `may` can name, with words for its choices."""

from __future__ import annotations

import re

import pytest

from casework.case.freezes import FREEZE_TRANSITIONS
from casework.case.lifecycle import Move
from casework.decisions.available_moves import CALLS_BY_MOVE
from casework.decisions.permissions import PERMISSIONS_BY_ROLE, PermissionReach
from casework.decisions.staff import Role
from tests.unit.test_desk_texts import KEYS
from tools.site.desk import DESK_SITE_SOURCE

ACTS = (DESK_SITE_SOURCE / "acts.ts").read_text(encoding="utf-8")
TABLE = (DESK_SITE_SOURCE / "keys.ts").read_text(encoding="utf-8")
FORMS = "\n".join(
    (DESK_SITE_SOURCE / name).read_text(encoding="utf-8")
    for name in ("fields.ts", "forms.ts", "freeze-forms.ts")
)
CHOICES = re.findall(
    r'\b(?:choice|options)(?:<[^(]*>)?\((?:"\w+", )?"([a-z]+)", \[([^\]]*)\]', FORMS
)
"""Sections of the texts whose options are written beside them."""
WITH_KEYS_OF_THEIR_OWN = {"confirm", "reject", "ask", "merge", "acknowledge", "decline"}


def test_each_move_that_may_can_name_is_an_act_of_the_desk() -> None:
    listed = {
        move
        for moves in re.findall(r"moves: \[([^\]]*)\]", ACTS)
        for move in re.findall(r'"(\w+)"', moves)
    }
    assert listed | WITH_KEYS_OF_THEIR_OWN == set(map(str, CALLS_BY_MOVE))


GROUPS = {
    "REVIEW": {Role.ANALYST, Role.SUPERVISOR},
    "UNIT": {Role.OFFICER},
    "OFFICE": {Role.PROSECUTOR},
}
NOT_OFFERED = {
    "REVIEW": {"annul", "danger_over", "closure", "instruct"},
    "UNIT": {"compare"},
    "OFFICE": {"danger_over", "compare", "closure_correct", "suspect_correct"},
}
"""Acts whose moves are open to the role for other acts, and that the page does not offer to it."""


def pages(group: str) -> list[list[str]]:
    (found,) = re.findall(rf"const OF_THE_{group}: Pages = \[(.*?)\];\n", TABLE, re.DOTALL)
    return [re.findall(r'"(\w+)"', page) for page in re.findall(r"\[(.*?)\]", found)]


@pytest.mark.parametrize("group", GROUPS)
def test_each_act_that_a_role_can_be_offered_has_one_digit_of_its_own(group: str) -> None:
    listed = [act for page in pages(group) for act in page]
    assert len(listed) == len(set(listed))
    assert all(len(page) <= 9 for page in pages(group)), "0 leads to the next page"
    rows = {
        act: re.findall(r'"(\w+)"', moves)
        for act, moves in re.findall(r'{ act: "(\w+)", moves: \[([^\]]*)\]', ACTS)
    }
    open_to_it = {
        act
        for act, moves in rows.items()
        for move in moves
        for call in CALLS_BY_MOVE[Move(move)]
        if any(
            PERMISSIONS_BY_ROLE[role][call] is not PermissionReach.NONE for role in GROUPS[group]
        )
    }
    assert open_to_it - NOT_OFFERED[group] <= set(listed)
    assert set(listed) <= open_to_it | {act for act, moves in rows.items() if not moves}
    assert "dossier" in listed


def test_every_choice_and_every_field_of_a_form_has_words() -> None:
    chosen = {
        f"{section}_{each}" for section, those in CHOICES for each in re.findall(r'"(\w+)"', those)
    }
    named = re.findall(r'(?:name: |line\(|day\(|list\(|choice(?:<[^(]*>)?\()"(\w+)"', FORMS)
    written = {f"field_{each}" for each in named}
    assert len(chosen) > 50
    assert len(written) > 30
    lacking = {each for each in chosen | written if each not in KEYS}
    assert {each for each in lacking if not each.startswith("closed_")} == set()


def test_a_freeze_offers_the_steps_that_can_follow() -> None:
    """An answer of the institution can follow on whatever was sent."""
    (table,) = re.findall(r"const NEXT[^{]*= \{(.*?)\n\};", FORMS, re.DOTALL)
    offered = {
        bond: set(re.findall(r'"(\w+)"', steps))
        for bond, steps in re.findall(r"(\w+): \[([^\]]*)\]", table)
    }
    assert offered == {
        str(bond): set(map(str, steps)) for bond, steps in FREEZE_TRANSITIONS.items()
    }
