"""Which cases may be about the same facts, although nothing strong says so."""

from __future__ import annotations

from itertools import combinations

import pytest

from casework.identifiers import Identifier, identifier_label
from casework.linking.records import ClueSighting
from casework.linking.similarity import (
    MAX_CANDIDATES,
    MAX_SHARING,
    MAX_WEAK,
    MIN_SIMILARITY,
    SKETCH_SIZE,
    ReportClues,
    jaccard_estimate,
    minhash_sketch,
)
from harness.demo.reports import labelled_reports

KEY = b"k" * 64
FRENCH = (
    "J'ai reçu un message qui dit que mon colis est bloqué à la douane et que je dois payer {} "
    "dirhams. J'ai donné ma carte et on a retiré tout mon solde. Le numéro était le {}."
)
ARABIC = (
    "توصلت برسالة تقول إن الطرد محجوز في الديوانة ويجب أن أؤدي {} درهما. أعطيت رقم البطاقة "
    "فسحبوا كل ما في الحساب. الرقم الذي راسلني هو {} ولم يعد يجيب."
)
DARIJA = (
    "jani message kaygoul bli l colis dyali 7bess f diwana w khassni nkhelles {} dh, 3titohom la "
    "carte w jebdo kolchi mn l compte. nmra dyalhom {} w mab9awch kayjawbo"
)


@pytest.mark.parametrize("said", [FRENCH, ARABIC, DARIJA])
def test_the_same_words_with_another_sum_and_number_resemble_each_other(said: str) -> None:
    one = minhash_sketch(said.format("49", "06 00 00 41 17"), KEY)
    other = minhash_sketch("Bonjour. " + said.format("٣٥٠", "+212 6 00 00 07 31"), KEY)
    assert jaccard_estimate(one, other) > 0.8
    assert one[0] in other[:3]


def test_no_two_different_reports_of_the_demonstration_resemble_each_other() -> None:
    sketches = [minhash_sketch(each.body["narrative"], KEY) for each in labelled_reports()]
    alike = max(jaccard_estimate(one, other) for one, other in combinations(sketches, 2))
    assert alike < MIN_SIMILARITY / 2


def test_a_few_words_have_no_sketch_and_a_long_text_one_of_fixed_size() -> None:
    assert minhash_sketch("Arnaque sur Facebook, aidez-moi vite", KEY) == ()
    long = " ".join(f"m{chr(97 + at % 26)}{chr(97 + at // 26 % 26)}" for at in range(3_000))
    assert len(minhash_sketch(long, KEY)) == SKETCH_SIZE
    assert jaccard_estimate((), minhash_sketch(long, KEY)) == 0


def test_a_sketch_is_the_same_in_every_process_and_tells_nothing_without_the_key() -> None:
    said = FRENCH.format(1, 2)
    assert minhash_sketch(said, b"0" * 32)[:2] == (47_954_032, 86_253_579)
    assert not {*minhash_sketch(said, KEY)} & {*minhash_sketch(said, b"another")}


def test_words_suggest_with_the_part_that_is_the_same() -> None:
    first = ReportClues.from_report(FRENCH.format(49, 1), (), KEY)
    second = ReportClues.from_report(FRENCH.format(99, 2), (), KEY)
    suggested = second.find_suggestions(first.updated_sightings("C-1", {}))
    assert suggested["C-1"].because == "narrative"
    assert suggested["C-1"].percent == 100


def test_an_account_that_may_be_anybodys_suggests_until_many_cases_name_it() -> None:
    karim = Identifier("handle", "karim", "locations")
    clues = ReportClues.from_report("", [karim], KEY)
    (clue,) = clues.weak
    some = {clue.id: [ClueSighting(f"C-{each}") for each in range(MAX_SHARING - 1)]}
    many = {clue.id: [*some[clue.id], ClueSighting("C-more")]}
    (suggestion, *_) = clues.find_suggestions(some).values()
    assert (suggestion.because, suggestion.shared) == (
        "weak_identifier",
        (identifier_label(KEY, "handle", "karim"),),
    )
    assert clues.find_suggestions(many) == {}
    assert clues.updated_sightings("C-new", many) == {}


def test_a_popular_site_is_weak_and_a_linking_identifier_is_not() -> None:
    found = [
        Identifier("domain", "cih.example", "narrative", registered="cih.example"),
        Identifier("domain", "banque.example", "narrative", registered="banque.example"),
        Identifier("handle", "karim_1990", "locations"),
        Identifier("phone", "+212600004117", "narrative"),
    ]
    clues = ReportClues.from_report("", found, KEY, stopped_hosts=("cih.example",))
    assert len(clues.weak) == 1


def test_the_latest_cases_are_kept_under_words_and_a_case_once() -> None:
    clues = ReportClues.from_report(FRENCH.format(1, 2), (), KEY)
    seen: dict[str, list[ClueSighting]] = {}
    for each in (*range(9), 8):
        seen = clues.updated_sightings(f"C-{each}", seen)
    (kept,) = seen.values()
    assert [each.case_id for each in kept] == ["C-4", "C-5", "C-6", "C-7", "C-8"]


def test_of_many_weak_names_the_first_count_and_so_many_cases_are_looked_at() -> None:
    named = [
        Identifier("handle", f"{one}{two}", "narrative") for one in "abcdefgh" for two in "xyz"
    ]
    given = Identifier("handle", "karim", "locations")
    clues = ReportClues.from_report(FRENCH.format(1, 2), [given, *named], KEY)
    assert len(clues.weak) == MAX_WEAK
    assert clues.weak[0] == ReportClues.from_report("", [given], KEY).weak[0]
    words = [ClueSighting("C-words", clues.sketch)]
    seen = {
        clue.id: [ClueSighting(f"C-{at}-{each}") for each in range(MAX_SHARING - 1)]
        for at, clue in enumerate(clues.weak)
    } | {clues.words[0].id: words}
    suggested = clues.find_suggestions(seen)
    assert len(suggested) == MAX_CANDIDATES
    assert next(iter(suggested)) == "C-words"
