"""The acts of the desk: there is a form for all that `may` can name, with words for its choices."""

from __future__ import annotations

import re

from casework.case.freezes import FREEZE_TRANSITIONS
from casework.decisions.acts import ACT_RULES
from casework.decisions.available_moves import CALLS_BY_MOVE
from casework.decisions.closed_reasons import ClosedReason
from tests.unit.test_desk_texts import KEYS
from tools.site.desk import DESK_SITE_SOURCE

ACTS = (DESK_SITE_SOURCE / "acts.ts").read_text(encoding="utf-8")
PALETTE = (DESK_SITE_SOURCE / "palette.tsx").read_text(encoding="utf-8")
FORMS = "\n".join(
    (DESK_SITE_SOURCE / name).read_text(encoding="utf-8")
    for name in ("fields.ts", "forms.ts", "freeze-forms.ts")
)
CHOICES = re.findall(
    r'\b(?:choice|options)(?:<[^(]*>)?\((?:"\w+", )?"([a-z]+)", \[([^\]]*)\]', FORMS
)
"""Sections of the texts whose options are written beside them."""
WITH_KEYS_OF_THEIR_OWN = {"confirm", "reject", "ask", "merge", "acknowledge", "decline"}


def test_each_move_that_may_can_name_is_made_by_an_act_of_the_desk() -> None:
    assert {move for rule in ACT_RULES.values() for move in rule.moves} >= CALLS_BY_MOVE.keys()


def test_the_bar_at_the_foot_has_the_acts_with_keys_of_their_own() -> None:
    (named,) = re.findall(r"const DECIDING = \[([^\]]*)\]", ACTS)
    assert set(re.findall(r'"(\w+)"', named)) == WITH_KEYS_OF_THEIR_OWN


def test_every_reason_for_a_closed_act_has_words() -> None:
    assert {each for each in ClosedReason if f"act_closed_{each}" not in KEYS} == set()


def test_each_act_beside_the_decision_stands_once_in_the_palette() -> None:
    (table,) = re.findall(r"const GROUP_OF[^{]*= \{(.*?)\n\};", PALETTE, re.DOTALL)
    listed = re.findall(r'(\w+): "', table)
    assert len(listed) == len(set(listed))
    assert set(listed) == {act.value for act in ACT_RULES} - WITH_KEYS_OF_THEIR_OWN


def test_each_group_of_the_palette_has_a_title() -> None:
    (table,) = re.findall(r"const GROUP_OF[^{]*= \{(.*?)\n\};", PALETTE, re.DOTALL)
    assert {f"acts_{group}" for group in re.findall(r': "(\w+)"', table)} - set(KEYS) == set()


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
