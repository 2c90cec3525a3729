"""The time that a receipt names holds: a report is at least as urgent as its ticks and category."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from casework.analysis.priority_rules import read_rules
from casework.analysis.ticks import TICK_NAMES, priority_by_category, priority_by_tick
from functions.intake.texts import load_portal
from tests.unit.test_assessment import PACK, assessed

RULES = read_rules(PACK.folder)
SAID: Final[Mapping[str, dict[str, Any]]] = {
    "danger_now": {"danger_now": True},
    "minor": {"victim_is_minor": True},
    "vulnerable": {"victim_is_vulnerable": True},
    "money_recent": {
        "money_lost": [{"amount": "8400", "currency": "MAD", "at": "2026-03-02T01:00:00Z"}]
    },
}
WORDS = (
    "Voilà tout ce que je peux dire.",
    "C’est du passé : l’an dernier, et tout est réglé. Je ne porte pas plainte.",
    "It was a joke in a film. I only ask how to report something like that.",
    "هذا وقع منذ سنوات وانتهى كل شيء",
    "J’ai perdu ma carte, qui peut m’aider ?",
)


def test_each_tick_that_the_table_knows_is_tried_here() -> None:
    assert set(priority_by_tick(RULES)) == set(SAID) == set(TICK_NAMES)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("category", [None, *PACK.categories])
@pytest.mark.parametrize("tick", TICK_NAMES)
def test_no_words_make_a_report_less_urgent_than_its_ticks(
    tick: str, category: str | None, words: str
) -> None:
    found = assessed(narrative=words, category=category, **SAID[tick])
    assert found.priority.rank <= priority_by_tick(RULES)[tick].rank


@pytest.mark.parametrize("category", priority_by_category(RULES))
def test_a_category_that_is_urgent_stays_so_while_the_facts_last(category: str) -> None:
    priority, lasting = priority_by_category(RULES)[category]
    assert assessed(category=category).priority.rank <= priority.rank
    assert lasting, "in this pack each of them is less urgent once it is over"


def test_the_pages_were_built_with_this_table() -> None:
    assert load_portal().ticks == {
        tick: each.value for tick, each in priority_by_tick(RULES).items()
    }
    assert load_portal().categories.keys() == priority_by_category(RULES).keys()
