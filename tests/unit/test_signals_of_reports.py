"""What words mean: sentences written for these tests, in five languages and both scripts.

They are no part of the labelled reports. Each holds entries of the lexicons to what they were
written for: a category, and exactly the flags that people must see.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.analysis.concepts import (
    MAX_WORD_LENGTH,
    FoldedWord,
    expand_spellings,
    find_concepts,
    split_folded_words,
)
from casework.analysis.language import detect_language
from casework.analysis.lexicon import (
    TENSE_SIGNS,
    LexiconEntry,
    expand_alternatives,
    lexicon_entries,
)
from casework.analysis.lexicon_file import load_lexicons
from casework.analysis.priority_rules import (
    ANALYSIS_CONCEPTS,
    HARDLY_PREFIX,
    LIKELY_PREFIX,
    PERHAPS_PREFIX,
    read_rules,
)
from casework.analysis.quantities import find_ages
from casework.analysis.rule_matching import LONG_AGO_CONCEPT
from casework.analysis.signals import SIGNAL_CONCEPTS as READ_OF_CONTEXT
from casework.analysis.signals import extract_signals
from casework.case.value_objects import Priority
from casework.pack.jurisdiction import open_pack
from casework.report.report import Facts, ReporterRole

PACK = open_pack("ma")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SENTENCES = [
    json.loads(line)
    for line in Path(__file__).with_name("sentences.jsonl").read_text("utf-8").splitlines()
]
FLAGS = set(read_rules(PACK.folder).flags)


def read(text: str, category: str | None = None) -> ReportAssessment:
    facts = Facts(role=ReporterRole.VICTIM, language="fr", category=category)
    return assess_report(PACK, facts, text, (), NOON)


@cache
def sentences_read() -> list[tuple[dict[str, Any], ReportAssessment]]:
    """Each sentence with how it is read: once for the tests that ask."""
    return [(said, read(said["text"])) for said in SENTENCES]


def misunderstood(said: dict[str, Any], found: ReportAssessment) -> Iterator[str]:
    """What a sentence says that was not read in it."""
    if said["category"] and found.hint.category not in said["category"]:
        yield f"{said['text']}\n    {said['category']}, not {found.hint.scores}"
    for flag in sorted(set(said["flags"]) - set(found.flags)):
        yield f"{said['text']}\n    {flag}, not {sorted(found.flags)}"


@pytest.mark.xdist_group("sentences")
@pytest.mark.parametrize("language", ["ar", "ary", "ary-Latn", "en", "es", "fr"])
def test_sentences_of_a_language_are_understood(language: str) -> None:
    wrong = [
        each
        for said, found in sentences_read()
        if said["language"] == language
        for each in misunderstood(said, found)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_missed_concept_of_a_sentence_is_named() -> None:
    said = {"text": "Bonjour.", "category": ["fraud"], "flags": ["imminent_danger", "terrorism"]}
    assert len(list(misunderstood(said, read("Bonjour.")))) == 3
    assert {said["language"] for said in SENTENCES} == {"ar", "ary", "ary-Latn", "en", "es", "fr"}


@pytest.mark.xdist_group("sentences")
def test_few_sentences_raise_a_flag_they_should_not() -> None:
    extra = [
        (said["text"], flag)
        for said, found in sentences_read()
        for flag in set(found.flags) - set(said["flags"])
    ]
    assert len(extra) * 35 <= len(SENTENCES), extra


@pytest.mark.parametrize(
    "text",
    [
        "Il va me tuer si je rentre en retard, mon père.",
        "Ma mère va me tuer si je rate mon examen, et mon compte est lent.",
        "My boss will kill me if I am late tomorrow, but that is all.",
        "Mi madre me va a matar si llego tarde esta noche.",
        "الواليدة غادي تقتلني إلا تعطلت اليوم.",
        "mama ghat9tlni ila t3etelt lyoum",
        "In the video game he shoots me tonight with a gun, it is only a game.",
        "J'étais mort de rire hier soir en lisant son message.",
        "Il ne m'a jamais menacé de mort et je n'ai pas peur ce soir.",
        "He did not threaten to kill me today.",
    ],
)
def test_figures_of_speech_games_and_denials_raise_no_alarm(text: str) -> None:
    assert "imminent_danger" not in read(text).flags


@pytest.mark.parametrize(
    "text",
    [
        "J'ai lu dans le journal un article sur Daech.",
        "I watched a documentary about ISIS and terrorism.",
        "شاهدت فيلما عن داعش.",
    ],
)
def test_who_speaks_of_terrorism_in_the_news_praises_nothing(text: str) -> None:
    assert "terrorism" not in read(text).flags


def test_who_does_not_stop_threatening_threatens() -> None:
    assert read("Il n'arrête pas de menacer de me tuer ce soir.").flags.keys() >= {
        "imminent_danger"
    }


@pytest.mark.parametrize(
    "text",
    [
        "Il y a trois ans mon voisin m'a menacé de mort avec un couteau devant chez moi. C'est"
        " fini, il a déménagé"
        " et je ne l'ai plus revu.",
        "Three years ago a man blackmailed me with nude photos and wanted money. He was"
        " convicted, it is over.",
        "Hace cinco años me amenazó con matarme en la puerta de casa. Fue condenado y no volvió"
        " a escribir.",
        "hadi 4 snin kan kayhdedni b tsawri o kaytleb flous. tchedd o t7kem, sala kolchi",
    ],
)
def test_an_event_long_ago_and_over_raises_no_alarm(text: str) -> None:
    found = read(text)
    assert not found.flags
    assert found.priority is Priority.INFORMATION
    assert "long_ago_and_over" in found.reasons


@pytest.mark.parametrize(
    "text",
    [
        "Il y a trois ans il m'avait menacé de mort et il a été condamné. Ce soir il est revenu"
        " devant ma porte avec un"
        " couteau et dit qu'il va me tuer.",
        "Two years ago he was convicted. He is out of prison and tonight he says he will kill me"
        " at my door.",
    ],
)
def test_an_event_that_begins_again_is_as_urgent_as_ever(text: str) -> None:
    found = read(text)
    assert "imminent_danger" in found.flags
    assert found.imminent


@pytest.mark.parametrize(
    "text",
    [
        "Je suis journaliste et je prépare un article sur la haine en ligne. Un message disait :"
        " « on va vous égorger"
        " ce soir devant la gare ». Puis-je avoir une interview ?",
        'I am a journalist writing an article. One post said "we will kill them all tonight at'
        ' the station". Can you'
        " comment?",
        "Soy periodista y escribo un reportaje. Un cartel decía «mataremos a todos esta noche en"
        " la puerta». ¿Puedo"
        " citarlos?",
    ],
)
def test_a_journalist_who_quotes_a_threat_is_in_no_danger(text: str) -> None:
    assert "imminent_danger" not in read(text).flags


def test_a_journalist_who_is_threatened_is_heard() -> None:
    found = read(
        "Je suis journaliste. Depuis mon article je reçois des messages : « on va t'égorger ce"
        " soir devant ta porte »."
    )
    assert "imminent_danger" in found.flags


def test_a_condition_denies_nothing_that_follows_it() -> None:
    said = "Si tu ne paies pas je publie tes photos nue sur Facebook."
    assert "ongoing_blackmail" in read(said).flags
    assert (
        "ongoing_blackmail"
        in read("ila ma 3titinich 5000dh ghadi nsifet tsawrek 3eryana l bak").flags
    )


def test_in_doubt_the_more_urgent_wins_and_the_reason_says_so() -> None:
    found = read(
        "Ma mère va me tuer si je rentre en retard. Mais mon voisin a un couteau, il est devant ma"
        " porte et menace de m'égorger."
    )
    assert found.imminent
    assert "doubt_counts_as_more_urgent" in found.reasons


def test_the_reporters_category_stays_and_the_disagreement_is_marked() -> None:
    found = read("Il me fait du chantage avec mes photos intimes et exige 500 euros.", "fraud")
    assert (found.category, found.hint.category, found.disagrees) == ("fraud", "sextortion", True)


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("Ma fille a 15 ans.", [15]),
        ("mon fils (12 ans)", [12]),
        ("a boy of 13", [13]),
        ("My 12 year old daughter", [12]),
        ("ابنتي عمرها ثلاث عشرة سنة", [13]),
        ("بنتي عندها 14 عام", [14]),
        ("khti 3ndha 16 3am", [16]),
        ("depuis 15 ans", []),
        ("منذ 15 سنة", []),
        ("hace 12 años que vivo aquí", []),
        ("I paid 15 euros", []),
        ("ابني البالغ من العمر 17 سنة", [17]),
        ("ابنتي في الثالثة عشرة", [13]),
        ("عمرو خمسطاش", [15]),
        ("my son is nine", [9]),
        ("she is only 13 and he knows it", [13]),
        ("tiene solo 12", [12]),
        ("16 y/o", [16]),
        ("une fille de 13 ans de mon quartier", [13]),
        ("12 ans de travail", []),
        ("notre voiture a 12 ans", []),
        ("un crédit sur 15 ans", []),
        ("خدام هنا 12 عام", []),
        ("after 12 years of marriage", []),
        ("she is 15 minutes late", []),
        ("he has 12 pictures of me", []),
    ],
)
def test_an_age_is_not_a_duration(text: str, ages: list[int]) -> None:
    assert [age for _, age in find_ages(split_folded_words(text))] == ages


def test_language_is_detected() -> None:
    wrong = [
        f"{said['text']}\n    {said['language']}, not {found}"
        for said in SENTENCES[::4]
        if (found := detect_language(split_folded_words(said["text"]))) != said["language"]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.xdist_group("sentences")
def test_the_record_holds_entries_of_the_lexicons_and_is_small() -> None:
    entries = {entry.entry_name[:40] for entry in lexicon_entries(load_lexicons())}
    rules = {rule.id for any_of in read_rules(PACK.folder).flags.values() for rule in any_of}
    for _, kept in sentences_read():
        read = ("age:", "amount", "clock")
        for first, *raised in kept.flags.values():
            assert first in rules or first.startswith("hint:")
            assert all(each in entries or each.startswith(read) for each in raised)
        assert len(json.dumps(kept.data, ensure_ascii=False).encode()) <= 1_400


def test_every_rule_asks_for_concepts_that_exist() -> None:
    rules = read_rules(PACK.folder)
    known = {entry.concept for entry in lexicon_entries(load_lexicons())} | ANALYSIS_CONCEPTS
    asked = {
        concept
        for group in (*rules.flags.values(), *rules.categories.values(), rules.priorities)
        for rule in group
        for each in (*rule.all, *rule.none)
        for concept in each.split("|")
        if not concept.startswith("said.")
    }
    levels = {
        begins + flag
        for begins in (LIKELY_PREFIX, PERHAPS_PREFIX, HARDLY_PREFIX)
        for flag in rules.levels
    }
    assert asked <= known | levels
    assert set(rules.categories) == set(PACK.categories)


def test_every_concept_of_the_lexicons_is_read() -> None:
    rules = read_rules(PACK.folder)
    asked = {
        concept
        for group in (*rules.flags.values(), *rules.categories.values(), rules.priorities)
        for rule in group
        for each in (*rule.all, *rule.none)
        for concept in each.split("|")
    }
    assert {
        entry.concept for entry in lexicon_entries(load_lexicons())
    } <= asked | READ_OF_CONTEXT | {LONG_AGO_CONCEPT}


def example(entry: LexiconEntry) -> str:
    """The entry written out: the first of each choice, nothing where words may stand."""
    words = entry.line.removeprefix("!").replace("~", "").split()
    return " ".join(_written(expand_alternatives(word)[0]) for word in words)


def _written(word: str) -> str:
    text = word.strip("=*^" + TENSE_SIGNS)
    return {">": "ي", "»": "ن"}.get(word[-1:], "") + text


def read_as(text: str, language: str) -> list[FoldedWord]:
    return expand_spellings(split_folded_words(text), {language})


def test_every_entry_of_the_lexicons_is_found_in_its_own_words() -> None:
    """An entry that nothing can raise (misspelt, or hidden by a spelling) is dead."""
    dead = [
        (entry.concept, entry.entry_name)
        for entry in lexicon_entries(load_lexicons())
        if not any(
            (hit.concept, hit.entry) == (entry.concept, entry.entry_name)
            for hit in find_concepts(
                read_as(example(entry), entry.language), frozenset((entry.language,))
            )
        )
    ]
    assert not dead


def test_no_entry_of_a_lexicon_stands_twice() -> None:
    said = Counter((entry.concept, entry.entry_name) for entry in lexicon_entries(load_lexicons()))
    assert not [each for each, times in said.items() if times > 1]


def test_a_long_text_costs_as_much_as_its_length() -> None:
    """Paired: the same words ten times over take about ten times as long."""
    once = "il menace de publier mes photos si je ne paie pas " * 20

    def took(text: str) -> int:
        runs = []
        for _ in range(5):
            began = time.process_time_ns()
            find_concepts(split_folded_words(text))
            runs.append(time.process_time_ns() - began)
        return min(runs)

    took(once)
    assert took(once * 10) < took(once) * 60


@pytest.mark.parametrize(
    "text",
    [
        "Vendu ce soir en direct : la chaîne était cassée, la batterie et la roue sont fausses.",
        "Je dénonce une page, frais d'expédition 40 dh, il vient de me bloquer.",
        "The machine swallowed my card tonight, my account is locked, I had to block him.",
        "He sent stickers and a bulletin, then said goodbye from a new device.",
        "Hizo desaparecer la página esta noche y fui despedida; puedo jurar que es falso.",
        "Estoy charlando con la reclutadora de la empresa, tiene un armario y dolor de cabeza.",
    ],
)
def test_everyday_words_are_no_signs_of_danger(text: str) -> None:
    assert not read(text).flags.keys() & {"imminent_danger", "self_harm_risk", "terrorism"}
    assert not extract_signals(text).counted.keys() & {
        "threat.kill",
        "threat.hurt",
        "weapon",
        "captive",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Il m'a cassé le bras samedi dernier.",
        "He broke my arm last Saturday.",
        "Me rompió el brazo el sábado pasado.",
        "كسر يدي يوم السبت الماضي.",
        "هرس ليا يدي نهار السبت اللي فات",
        "hres liya yddi nhar sebt li fat",
    ],
)
def test_a_day_that_is_gone_is_not_near(text: str) -> None:
    assert "time.near" not in extract_signals(text).counted


def test_a_point_inside_an_address_or_a_number_ends_no_sentence() -> None:
    said = split_folded_words(
        "Hier écrit par a.b@example.net et x.example/y.html, 14.500 dh. Puis rien."
    )
    assert [word.sentence for word in said if word.text in ("hier", "dh")] == [0, 0]
    assert [word.sentence for word in said if word.text == "puis"] == [1]


def test_words_of_violence_in_a_report_of_another_matter_are_no_danger() -> None:
    text = "Le bénéfice affiché est une bombe, on exige maintenant une taxe. J'ai payé 300 euros."
    assert "imminent_danger" not in read(text, "fraud").flags


def test_who_is_blackmailed_with_pictures_and_asked_for_something_is_still_blackmailed() -> None:
    text = "Il a obtenu d'elle une photo et en réclame d'autres, sinon ses profs la verront."
    assert "ongoing_blackmail" in read(text, "sextortion").flags
    assert "ongoing_blackmail" not in read(f"{text} C'est fini, il a été condamné.", "fraud").flags


def test_marks_without_letters_are_no_words() -> None:
    assert split_folded_words("a" + "\u0301" * 20_000)[0].text == "a"
    assert len(split_folded_words("x" * 20_000)[0].text) <= MAX_WORD_LENGTH
