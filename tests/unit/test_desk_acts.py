"""The acts of the desk: there is a form for all that `may` can name, with words for its choices."""

from __future__ import annotations

import re

from casework.case.freezing import LEGAL
from casework.decisions.staff import CALLS_OF
from tests.unit.test_desk_texts import CHOICES, KEYS
from tools.site.desk import SOURCE

ACTS = (SOURCE / "acts.ts").read_text(encoding="utf-8")
FORMS = "\n".join(
    (SOURCE / name).read_text(encoding="utf-8")
    for name in ("fields.ts", "forms.ts", "forms-of-money.ts")
)
WITH_KEYS_OF_THEIR_OWN = {"confirm", "reject", "ask", "merge", "acknowledge", "decline"}


def test_each_move_that_may_can_name_is_an_act_of_the_desk() -> None:
    listed = {
        move
        for moves in re.findall(r"moves: \[([^\]]*)\]", ACTS)
        for move in re.findall(r'"(\w+)"', moves)
    }
    assert listed | WITH_KEYS_OF_THEIR_OWN == set(map(str, CALLS_OF))


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
    assert offered == {str(bond): set(map(str, steps)) for bond, steps in LEGAL.items()}
