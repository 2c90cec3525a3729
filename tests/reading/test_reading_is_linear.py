"""Reading costs as much as was written, whatever was written: steps are counted, not timed."""

from __future__ import annotations

import json
import random

import pytest

from casework.aws.table.read_attempts import MAX_ANALYSIS_SECONDS
from casework.report.report import MAX_LOCATION_LENGTH, MAX_LOCATIONS, MAX_NARRATIVE_LENGTH, Facts
from functions.intake.follow_page import isolate_text
from harness.hostile import cost_search
from harness.hostile.steps import steps_of_text

LENGTH = 1_000
SAMPLE = 240
SEED = 20261128
TRIED = 30
MOST_OF_A_REPORT = 25_000_000
"""Steps of the largest report that intake takes: its narrative and all its locations full."""
SECONDS_A_STEP = 1.5e-7
"""On a full core: 30 to 110 billionths of a second were measured, by what the steps are of."""

KNOWN = {
    "bare domains": "a.co ",
    "bare domains that may be accounts": "abc.shop ",
    "bare domains behind platforms": "X insta caftan.lamsa.shop ",
    "links that follow without a blank": "https://a.ma,",
    "bare links that follow without a blank": "a.ma/x,",
    "brackets around a link": ")",
    "people of age": "mon petit frère, 24 ans, ",
    "figures of speech": "mort de rire je vais te tuer ",
    "payments and times": "j'ai payé 3000 dh hier l'année dernière ",
    "numbers behind a clause": "ma nièce, 13, ",
    "the reporter's own": "mon numéro 0661234567 et 0662345678 ",
    "two quotations": "«a» ",
    "long names": "user is ",
    "signs that stand for words": "ﷺ€",
}  # fmt: skip
"""What a reader walked through again for each place where it stood, or might."""


@pytest.fixture(autouse=True, scope="module")
def _tables() -> None:
    cost_search.warm()


@pytest.mark.parametrize("name", KNOWN)
def test_a_repeated_text_costs_in_proportion(name: str) -> None:
    text = "https://a.ma/" + KNOWN[name] * LENGTH
    once, four_times = (cost_search.steps_for(text[:length]) for length in (LENGTH, 4 * LENGTH))
    assert four_times < once * 5


LONG = 4_000
HOSTILE = {
    "digits": "1" * LONG,
    "digit groups": "06 " * (LONG // 3),
    "dots": "a." * (LONG // 2),
    "ats": "@a" * (LONG // 2),
    "email start": "a" * LONG + "@",
    "brackets": "[" * LONG,
    "schemes": "http://" * (LONG // 7),
    "marks": "a" + "\u0301\u0327" * (LONG // 2),
    "underscores": "a_" * (LONG // 2),
    "hex": "0x" + "f" * LONG,
    "base58": "1" + "A" * LONG,
    "labels": "insta: norasalmi " * (LONG // 17),
    "pieces of wallets": "1aB2 " * (LONG // 5),
    "iban": "MA64" + " 1" * (LONG // 2),
    "mine": "mon numéro " * (LONG // 11),
    "zero width": "\u200b" * LONG,
    "parameters": "https://l.facebook.com/l.php?" + "u=1&" * (LONG // 4),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_one_kind_of_token_over_and_over_costs_as_much_as_its_length(name: str) -> None:
    assert cost_search.steps_for(HOSTILE[name])  # raises TooManySteps


def test_no_text_is_found_whose_reading_takes_more_steps_than_its_length_allows() -> None:
    """`python -m harness.hostile.cost_search` searches on, with other seeds and longer."""
    made = cost_search.random_texts(random.Random(SEED), LENGTH)
    for _ in range(TRIED):
        text, how = next(made)
        assert cost_search.steps_for(text), how  # raises TooManySteps


def test_a_report_that_fills_every_field_is_read_within_the_same_bound() -> None:
    units = [unit for kind in cost_search.TOKENS.values() for unit in kind][:MAX_LOCATIONS]
    places = [
        {
            "kind": "other",
            "value": cost_search.repeat_to_length(f"{unit} ", MAX_LOCATION_LENGTH),
            "platform": cost_search.repeat_to_length("tik tok ", 200),
        }
        for unit in units
    ]
    loss = {
        "amount": "1",
        "currency": "MAD",
        "beneficiary_account": cost_search.repeat_to_length("06 ", 200),
    }
    facts = Facts.model_validate_json(
        json.dumps(
            {
                "role": "victim",
                "language": "fr",
                "platform": cost_search.repeat_to_length("X ", 200),
                "locations": places,
                "money_lost": [loss] * 10,
                "territory": {"text": cost_search.repeat_to_length("hay el ", 300)},
            }
        )
    )
    assert cost_search.steps_for("1.2.3.4, " * 200, facts)


DIGITS = ("0", "04", "06", "02", "212", "0001234", "0123456789")
"""Of which groups of digits are made by chance: no two numbers are alike."""


def steps_of_the_largest(unit: str) -> int:
    """The steps of a report whose narrative and locations are as many and as long as intake takes.

    Each says one thing over and over. Told from `SAMPLE` characters of the two, by their length:
    what is written again costs again and no more.
    """
    text = cost_search.repeat_to_length(unit, SAMPLE)
    facts = cost_search.FACTS.model_dump(mode="json", exclude_unset=True)
    said = {**facts, "locations": [{"kind": "other", "value": f"x {text}"}]}
    place = Facts.model_validate_json(json.dumps(said))
    words = cost_search.steps_for(text)
    field = cost_search.steps_for("x", place) - cost_search.steps_for("x")
    return (words * MAX_NARRATIVE_LENGTH + field * MAX_LOCATIONS * MAX_LOCATION_LENGTH) // SAMPLE


@pytest.mark.parametrize("kind", [*cost_search.TOKENS, *DIGITS])
def test_the_largest_report_of_each_token_is_read_within_its_time(kind: str) -> None:
    made = random.Random(SEED)
    by_chance = " ".join(made.choice(kind) for _ in range(SAMPLE))
    for unit in [by_chance] if kind in DIGITS else cost_search.TOKENS[kind]:
        assert steps_of_the_largest(f"{unit} ") < MOST_OF_A_REPORT, unit


def test_the_largest_report_is_read_in_its_time_on_the_core_that_reads_it() -> None:
    assert MOST_OF_A_REPORT * SECONDS_A_STEP < MAX_ANALYSIS_SECONDS


@pytest.mark.parametrize("unit", ["(1", " 1", "1", "(1 ", "1(x", "+1"])
def test_a_number_that_never_ends_is_shown_at_the_cost_of_its_length(unit: str) -> None:
    text = unit * 5_000 + "x"
    assert steps_of_text(lambda: isolate_text(text), 40 * len(text))


def test_the_count_sees_a_walk_that_begins_again_at_every_place() -> None:
    """The measure itself: what was found first, shown to be seen."""
    text = "a.co " * 100

    def again_and_again() -> None:
        for at in range(len(text)):
            cost_search.read_all(text[at:])

    with pytest.raises(BaseException, match="steps"):
        steps_of_text(
            again_and_again,
            cost_search.MAX_RULE_STEPS_PER_REPORT + cost_search.MAX_STEPS_PER_CHARACTER * len(text),
        )
