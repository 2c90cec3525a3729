"""How words are compared: by sound, by language, written out, denied, in jest."""

from __future__ import annotations

import time

import pytest

from casework.arabizi import sounds_of
from casework.assessment import holds
from casework.language import language_of, lexicons_for
from casework.lexicon import choices, entry_of
from casework.rules import Rule
from casework.signals import signals_in
from casework.told_place import told_place
from casework.wording import spelled_out, stems_of, words_of
from tests.unit.test_what_reports_say import PACK


@pytest.mark.parametrize(
    "spellings",
    [
        ("kayhdedni", "kayhddni", "kayheddedni", "kihdedni"),
        ("flous", "lflous", "flouss", "blflous", "flws"),
        ("khlest", "5lest", "khellest"),
        ("tsawr", "tsawer", "tssawir"),
    ],
)
def test_one_word_of_darija_has_one_sound_however_it_is_spelt(spellings: tuple[str, ...]) -> None:
    assert frozenset.intersection(*map(sounds_of, spellings))


@pytest.mark.parametrize("word", ["wla", "o", "7ta", "12", "سكين"])
def test_short_words_and_other_scripts_have_no_sound(word: str) -> None:
    assert not sounds_of(word)


@pytest.mark.parametrize("written", ["9tel", "ghay9telni", "kat9etlek", "n9tlo", "ghan9telkom"])
def test_a_verb_of_darija_is_known_with_its_persons_and_pronouns(written: str) -> None:
    entry = entry_of("ary-Latn", "threat.kill", "9tel^")
    assert not entry.parts[0].whole.isdisjoint({written, *sounds_of(written)})


def test_a_word_marked_as_written_is_not_found_by_its_sound() -> None:
    assert entry_of("ary-Latn", "minor.word", "=bnti").parts[0].whole == {"bnti"}


def test_only_darija_in_latin_letters_has_words_known_by_sound() -> None:
    with pytest.raises(ValueError, match="only Darija"):
        entry_of("fr", "threat.kill", "tuer^")
    with pytest.raises(ValueError, match="consonants"):
        entry_of("ary-Latn", "threat.kill", "hedd^")


def test_sounds_are_compared_in_darija_alone() -> None:
    darija = signals_in("wahed kayhadaddni bezzaf o ana khayfa mn lflws dyalo daba")
    french = signals_in("Le kayhadaddni est une marque de thé que je vends dans ma boutique.")
    assert darija.has("threat.word")
    assert not french.has("threat.word")


@pytest.mark.parametrize(
    ("text", "read", "unread"),
    [
        ("Una chica con la que hablé por internet.", "es", "en"),
        ("He told me that the sale was over and I was happy.", "en", "fr"),
        ("Je suis sale et il le sait, pour moi c'est fini.", "fr", "en"),
    ],
)
def test_a_lexicon_is_read_in_texts_of_its_language(text: str, read: str, unread: str) -> None:
    words = words_of(text)
    lexicons = lexicons_for(words, language_of(words))
    assert read in lexicons
    assert unread not in lexicons
    assert {"ar", "ary"} <= lexicons


def test_two_languages_in_one_text_are_both_read() -> None:
    words = words_of("Il m'a écrit et je ne sais pas. He said that he will kill me and my brother.")
    assert {"fr", "en"} <= lexicons_for(words, language_of(words))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jai payé ya 2h", "j ai paye y a 2 h"),
        ("quil menace ds le msg", "qu il menace dans le message"),
        ("rdv a 18h", "rdv a 18 h"),
    ],
)
def test_what_is_typed_in_haste_is_written_out(typed: str, meant: str) -> None:
    assert " ".join(word.text for word in spelled_out(words_of(typed), ("fr",))) == meant


def test_spellings_of_one_language_leave_the_others_alone() -> None:
    words = spelled_out(words_of("I don't know, ya no puedo."), ("en",))
    assert " ".join(word.text for word in words) == "i don t know ya no puedo"


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Il n'y a pas de demande de rançon.", "blackmail"),
        ("ولم أدفع أي مبلغ لأحد", "money.sent"),
        ("No me han amenazado.", "threat.word"),
        ("Nobody has ever threatened me.", "threat.word"),
    ],
)
def test_a_denial_reaches_over_small_words(text: str, concept: str) -> None:
    assert not signals_in(text).has(concept)


@pytest.mark.parametrize(
    "text",
    ["ghadi n9tlek hhhh", "je vais te tuer mdr", "غادي نقتلك هههه", "te voy a matar jajaja"],
)
def test_laughter_takes_a_threat_back_and_the_reason_is_kept(text: str) -> None:
    said = signals_in(text)
    assert not said.has("threat.kill")
    assert said.set_aside


def test_who_is_filmed_is_in_no_film() -> None:
    said = signals_in("Il m'a filmée et il a dit qu'il va me tuer avec un couteau.")
    assert said.has("threat.kill")
    assert said.has("weapon")


@pytest.mark.parametrize(
    ("entry", "read", "unread"),
    [
        ("هدد+", ("كيهددني", "وسيهددها", "تهددوه", "مهددين", "هددات"), ("هدية", "عدد")),
        ("نشر>", ("ينشر", "سينشرها", "غايننشرو"), ("نشرت", "كينشر")),
        ("نشر»", ("سينشرها", "غاينشر", "ننشرها"), ("ينشر", "نشرتها")),
        ("نشر<", ("نشرتها", "ونشرو", "نشرات"), ("سينشر", "غاينشر")),
    ],
)
def test_a_stem_is_read_in_its_inflections_and_tenses(
    entry: str, read: tuple[str, ...], unread: tuple[str, ...]
) -> None:
    (stem,) = entry_of("ar", "x", entry).parts[0].stems
    assert all(stem in stems_of(word.text) for word in words_of(" ".join(read)))
    assert not any(stem in stems_of(word.text) for word in words_of(" ".join(unread)))


def test_an_entry_names_a_family_of_words_and_no_unknown_one() -> None:
    assert "فلوس+" in choices("@money|ذهب")
    with pytest.raises(ValueError, match="@nothing"):
        choices("@nothing")
    with pytest.raises(ValueError, match="too short"):
        entry_of("ar", "x", "سب+")


@pytest.mark.parametrize(
    "text",
    [
        "لم أرد عليه، هددني بالقتل",
        "ايلا ماجيتيش غادي نقتلك",
        "ماعرفتش شكون كيهددني",
        "إن لم تدفع سأقتلك",
    ],
)
def test_a_denial_ends_with_its_clause_its_condition_or_what_is_not_known(text: str) -> None:
    assert signals_in(text).has("threat.word|threat.kill")


def test_signs_of_which_none_says_enough_count_together() -> None:
    rule = Rule(any=("weapon", "at_place", "time.near"), least=2)
    assert not holds(rule, signals_in("شرا سكين"))
    assert holds(rule, signals_in("شرا سكين دابا"))


HOSTILE = {
    "small words": "de la ",
    "one letter": "à ",
    "threats": "je vais te tuer ce soir ",
    "darija": "kayhdedni daba 3lik ",
    "arabic": "سيقتلني الليلة أمام بيتي ",
    "denials": "ne pas de la ",
    "ages": "12 ans ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_cost_as_much_as_their_length(name: str) -> None:
    """Paired: ten times the text takes about ten times as long."""
    whole = (HOSTILE[name] * 10_000)[:10_000]

    def took(text: str) -> int:
        runs = []
        for _ in range(2):
            began = time.process_time_ns()
            signals_in(text)
            told_place(PACK, text)
            runs.append(time.process_time_ns() - began)
        return min(runs)

    took(whole[:1_000])
    assert took(whole) < took(whole[:1_000]) * 60 + 20_000_000
