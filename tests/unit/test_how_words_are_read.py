"""How words are compared: by sound, by language, written out, denied, in jest."""

from __future__ import annotations

import time

import pytest

from casework.analysis.concepts import arabic_stems, expand_spellings, split_folded_words
from casework.analysis.language import detect_language, lexicons_for_text
from casework.analysis.lexicon import expand_alternatives, expand_line_spellings, parse_lexicon_line
from casework.analysis.narrative_place import find_narrative_place
from casework.analysis.priority_rules import PriorityRule
from casework.analysis.quantities import find_ages, find_birth_years, find_money_sums
from casework.analysis.rule_matching import rule_matches
from casework.analysis.signals import extract_signals
from casework.text.arabizi import word_sounds
from tests.unit.test_signals_of_reports import PACK


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
    assert frozenset.intersection(*map(word_sounds, spellings))


@pytest.mark.parametrize("word", ["wla", "o", "7ta", "12", "سكين"])
def test_short_words_and_other_scripts_have_no_sound(word: str) -> None:
    assert not word_sounds(word)


@pytest.mark.parametrize("written", ["9tel", "ghay9telni", "kat9etlek", "n9tlo", "ghan9telkom"])
def test_a_verb_of_darija_is_known_with_its_persons_and_pronouns(written: str) -> None:
    entry = parse_lexicon_line("ary-Latn", "threat.kill", "9tel^")
    assert not entry.parts[0].whole.isdisjoint({written, *word_sounds(written)})


def test_a_word_marked_as_written_is_not_found_by_its_sound() -> None:
    assert parse_lexicon_line("ary-Latn", "minor.word", "=bnti").parts[0].whole == {"bnti"}


def test_only_darija_in_latin_letters_has_words_known_by_sound() -> None:
    with pytest.raises(ValueError, match="only Darija"):
        parse_lexicon_line("fr", "threat.kill", "tuer^")
    with pytest.raises(ValueError, match="consonants"):
        parse_lexicon_line("ary-Latn", "threat.kill", "hedd^")


def test_sounds_are_compared_in_darija_alone() -> None:
    darija = extract_signals("wahed kayhadaddni bezzaf o ana khayfa mn lflws dyalo daba")
    french = extract_signals("Le kayhadaddni est une marque de thé que je vends dans ma boutique.")
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
    words = split_folded_words(text)
    lexicons = lexicons_for_text(words, detect_language(words))
    assert read in lexicons
    assert unread not in lexicons
    assert {"ar", "ary"} <= lexicons


def test_two_languages_in_one_text_are_both_read() -> None:
    words = split_folded_words(
        "Il m'a écrit et je ne sais pas. He said that he will kill me and my brother."
    )
    assert {"fr", "en"} <= lexicons_for_text(words, detect_language(words))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jai payé ya 2h", "j ai paye y a 2 h"),
        ("quil menace ds le msg", "qu il menace dans le message"),
        ("rdv a 18h", "rdv a 18 h"),
    ],
)
def test_hasty_spellings_are_expanded(typed: str, meant: str) -> None:
    assert (
        " ".join(word.text for word in expand_spellings(split_folded_words(typed), ("fr",)))
        == meant
    )


def test_spellings_of_one_language_leave_the_others_alone() -> None:
    words = expand_spellings(split_folded_words("I don't know, ya no puedo."), ("en",))
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
    assert not extract_signals(text).has(concept)


@pytest.mark.parametrize(
    "text",
    ["ghadi n9tlek hhhh", "je vais te tuer mdr", "غادي نقتلك هههه", "te voy a matar jajaja"],
)
def test_laughter_takes_a_threat_back_and_the_reason_is_kept(text: str) -> None:
    said = extract_signals(text)
    assert not said.has("threat.kill")
    assert said.set_aside


def test_who_is_filmed_is_in_no_film() -> None:
    said = extract_signals("Il m'a filmée et il a dit qu'il va me tuer avec un couteau.")
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
    (stem,) = parse_lexicon_line("ar", "x", entry).parts[0].stems
    assert all(stem in arabic_stems(word.text) for word in split_folded_words(" ".join(read)))
    assert not any(stem in arabic_stems(word.text) for word in split_folded_words(" ".join(unread)))


def test_an_entry_names_a_family_of_words_and_no_unknown_one() -> None:
    assert "فلوس+" in expand_alternatives("@money|ذهب")
    with pytest.raises(ValueError, match="@nothing"):
        expand_alternatives("@nothing")
    with pytest.raises(ValueError, match="too short"):
        parse_lexicon_line("ar", "x", "سب+")


@pytest.mark.parametrize(
    "text",
    [
        "لم أرد عليه، هددني بالقتل",
        "ايلا ماجيتيش غادي نقتلك",
        "ماعرفتش شكون كيهددني",
        "إن لم تدفع سأقتلك",
        "ما بغاش يهضر معايا وكيهددني كل نهار",
    ],
)
def test_a_denial_ends_with_its_clause_its_condition_or_an_unknown_word(text: str) -> None:
    assert extract_signals(text).has("threat.word|threat.kill")


def test_signs_of_which_none_says_enough_count_together() -> None:
    rule = PriorityRule(any=("weapon", "at_place", "time.near"), least=2)
    assert not rule_matches(rule, extract_signals("شرا سكين"))
    assert rule_matches(rule, extract_signals("شرا سكين دابا"))


def test_a_conditional_denial_denies_no_later_act() -> None:
    assert extract_signals("الحمد لله ماخلصتش ليه والو").has("no.loss")
    assert not extract_signals("قالي إلا ماخلصتش دابا غادي يقطعو الضو").has("no.loss")


@pytest.mark.parametrize("said", ["غادي", "قبل ما", "حتى"])
def test_a_choice_may_be_of_several_words(said: str) -> None:
    """`قبل_ما` is one choice beside the single words, and none of its words is a choice."""
    lines = set(expand_line_spellings("غادي|حتى|قبل_ما نشر>"))
    assert lines == {"غادي|حتى نشر>", "قبل ما نشر>"}
    assert extract_signals(f"{said} ينشر التصاور").has("publish")


@pytest.mark.parametrize(
    ("text", "recent"),
    [
        ("من الصيف وهي كتصيفط ليه الفلوس، وهاد الصباح صيفطت 8000 درهم", True),
        ("من الصيف وهي كتصيفط ليه الفلوس بزاف ديال المرات، واليوم عاد عرفنا", False),
    ],
)
def test_money_left_recently_where_a_payment_stands_beside_its_hour(
    text: str, recent: bool
) -> None:
    rule = PriorityRule(all=("money.sent", "time.recent"), within="recent")
    assert rule_matches(rule, extract_signals(text)) is recent


@pytest.mark.parametrize(
    "text",
    [
        "شكرا لكم على المساعدة",
        "لا أعرف أحدا من أقاربي في أوروبا",
        "أرفقت نسخة من بطاقة التعريف الوطنية",
        "أنا من فاس وأعمل حارسا",
        "سأتصل بكم لاحقا",
        "رجل يصفي ضيعته ويبيع جراره",
    ],
)
def test_everyday_words_hold_no_sign_of_a_crime(text: str) -> None:
    """Parts of them are words of the lexicons: rent, boat, plague, nakedness, axe, to follow."""
    signs = "commerce|sea|hate.call|intimate|sexual|weapon|knows|threat.hurt|captive|lure"
    assert not extract_signals(text).has(signs)


HOSTILE = {
    "small words": "de la ",
    "one letter": "à ",
    "threats": "je vais te tuer ce soir ",
    "darija": "kayhdedni daba 3lik ",
    "arabic": "سيقتلني الليلة أمام بيتي ",
    "payments": "خلصت 100 درهم اليوم من شهر ",
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
            extract_signals(text)
            find_narrative_place(PACK, text)
            runs.append(time.process_time_ns() - began)
        return min(runs)

    took(whole[:1_000])
    assert took(whole) < took(whole[:1_000]) * 60 + 20_000_000


@pytest.mark.parametrize(
    "text",
    [
        "Un ancien salarié raconte que je frappe mon personnel.",
        "He tells everyone that I beat my staff.",
        "Va diciendo que maltrato a mis empleados.",
        "kaygol l nas bli kandreb lkhddama",
    ],
)
def test_an_accusation_against_the_reporter_is_no_threat(text: str) -> None:
    said = extract_signals(text)
    assert not said.has("threat.hurt|threat.kill")
    assert said.set_aside["accused"]


@pytest.mark.parametrize(
    ("told", "threatened"),
    [
        ("Maintenant ils disent qu'ils vont m'égorger.", "Ils sont là maintenant."),
        ("Now they tell me I will be shot.", "They are outside now."),
        ("Ahora dicen que me van a matar.", "Están abajo ahora."),
        ("والآن يقول ارجعي إلى العمل", "هو الآن أمام البيت"),
        ("دابا كيطلب المزيد", "دابا راه واقف قدام الدار"),
        ("من رمضان وحتى دابا ما رجعو والو", "دابا جاي"),
    ],
)
def test_now_they_say_is_a_turn_of_phrase_and_no_time(told: str, threatened: str) -> None:
    assert not extract_signals(told).has("time.near")
    assert extract_signals(threatened).has("time.near")


def test_a_dot_inside_an_address_or_a_sum_ends_no_sentence() -> None:
    written = split_folded_words(
        "Hier il a écrit de compta.paie@example.net. Elle a viré 4.000 dh."
    )
    assert {word.sentence for word in written[:8]} == {0}
    assert written[-1].sentence == 1
    assert {
        word.sentence
        for word in split_folded_words("فتحت hxxps://fatoura[.]example/khlass ثم دفعت")
    } == {0}


def test_a_darija_verb_may_be_written_apart_from_its_front() -> None:
    assert extract_signals("salam 3afakom, wa7ed kay hdedni kol nhar").has("threat.word")


def test_who_shut_himself_in_is_no_captive() -> None:
    assert not extract_signals("Mon frère s'est enfermé dans un groupe fermé.").has("captive")
    assert extract_signals("Ils l'ont enfermée dans un appartement.").has("captive")


def test_blocking_or_taking_an_account_is_no_captivity() -> None:
    assert not extract_signals("عطيتو التسبيق ومن تما سدو عليا كلشي").has("captive")
    assert not extract_signals("عيطت لخويا وقال ليا راه واتسابو مخطوف").has("captive")
    assert extract_signals("سدو عليها ف واحد الدار").has("captive")


def test_a_former_schoolmate_is_no_minor() -> None:
    assert not extract_signals("واحد كنت كنقرا معاه ف الكوليج").has("minor.age|minor.sure")
    assert extract_signals("أنا كنقرا ف الكوليج").has("minor.age|minor.sure")


def test_cutting_off_another_persons_hand_is_no_sign_of_despair() -> None:
    assert not extract_signals("معه من سيقطع يدي").has("suicide")
    assert extract_signals("جرحت معصمها بشفرة").has("suicide")


def test_a_number_that_is_part_of_a_bigger_one_is_no_age() -> None:
    for text in ("عمري تسع وعشرون سنة", "I am thirty five years old", "j'ai trente-cinq ans"):
        assert not extract_signals(text).has("minor.age")
    assert extract_signals("عمرها أربع عشرة سنة").has("minor.age")


@pytest.mark.parametrize(
    ("told", "ages"),
    [
        ("Le chat avait dix-neuf ans", [19]),
        ("elle a dix-sept ans", [17]),
        ("un homme de vingt-cinq ans", [25]),
        ("I am thirty four years old", [34]),
        ("soixante et onze ans", [71]),
        ("elle a dix ans", [10]),
        ("ten, twelve years", [10, 12]),
        ("kanbi3 zit m3a rajli 15 3am", []),
        ("khti 3ndha 15 3am", [15]),
    ],
)
def test_numbers_of_several_words_are_one_age_and_years_of_work_none(
    told: str, ages: list[int]
) -> None:
    assert [age for _, age in find_ages(split_folded_words(told))] == ages


@pytest.mark.parametrize(
    ("text", "concept", "why"),
    [
        ("Hier elle m'a envoyé un lien.", "paid", "to_me"),
        ("lbar7 sa7bti sifat lia lien dyal video", "paid", "to_me"),
        ("Je garde les vocaux.", "intimate", "turn.proof"),
        ("She lives alone with her children.", "grooming", "turn.home"),
        ("Quand j'étais mineure il a pris des photos.", "minor.sure", "turn.then"),
        ("لم تصل السلعة إلى اليوم.", "time.recent", "turn.until"),
        ("sm7o liya 3la sda3 w touwelt 3likom.", "farewell", "turn.sorry"),
        ("واليوم أنا أب ومرتاح.", "time.near", "turn.well"),
        ("كتبات بلي أنا حاولت ننتحر.", "suicide", "accused"),
        ("خويا الصغير عندو 24 عام.", "minor.sure", "grown"),
    ],
)
def test_words_that_mean_something_else_where_they_stand_are_set_aside(
    text: str, concept: str, why: str
) -> None:
    said = extract_signals(text)
    assert not said.has(concept)
    assert concept in {hit.concept for hit in said.set_aside[why]}


@pytest.mark.parametrize(
    ("told", "ages"),
    [
        ("ولدي مواليد 2013", [13]),
        ("تزادت ف 2014", [12]),
        ("khoya mzyoud f 2012", [14]),
        ("elle est née en 1990", [36]),
        ("الشركة تأسست في 2013", []),
        ("ولد في 2013. سنة 2014", [13]),
    ],
)
def test_an_age_is_told_by_the_year_of_birth(told: str, ages: list[int]) -> None:
    assert [age for _, age in find_birth_years(split_folded_words(told), 2026)] == ages


@pytest.mark.parametrize(
    ("told", "sums"),
    [
        ("j'ai envoyé 1 500 par Wafacash", 1),
        ("il veut 6 000 sinon il publie", 1),
        ("dda liya 12000", 1),
        ("caution de 500, 1500, 4000", 3),
        ("he took 20000 from my mother", 1),
        ("elle a 3 000 abonnés", 0),
        ("en 2000 j'habitais ici", 0),
        ("le bus 200", 0),
        ("appelez le 0644 000 276", 0),
        ("il appelle du 06 62 000 518", 0),
        ("nous étions 100 personnes", 0),
    ],
)
def test_a_sum_needs_no_currency_where_nothing_else_is_counted(told: str, sums: int) -> None:
    assert len(list(find_money_sums(split_folded_words(told)))) == sums


def test_figures_are_not_drawn_out_letters() -> None:
    assert [word.text for word in split_folded_words("nooon 15000")] == ["non", "15000"]


def test_every_sign_that_is_a_digit_is_read_as_one() -> None:
    """In circles, of Ethiopia, of Brahmi: an age said so is an age, and none stops the reading."""
    signs = [each for each in map(chr, range(0x11100)) if each.isdigit()]
    assert len(signs) > 500
    for sign in signs:
        extract_signals(f"Elle a {sign} ans, {sign}{sign} dh")
    assert [hit.entry for hit in extract_signals("Ma fille de ➀➂ ans").hits("minor.age")] == [
        "age:13"
    ]
