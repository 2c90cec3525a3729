"""Reasons of an assessment stand at the words that were told, whatever these look like."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.analysis.assessment import ReportAssessment, assess_report
from casework.analysis.concepts import split_folded_words, word_spans
from casework.analysis.lexicon import fold_letters, fold_letters_with_offsets
from casework.pack.jurisdiction import open_pack
from casework.report.report import Facts, ReporterRole


def read(text: str) -> ReportAssessment:
    facts = Facts(role=ReporterRole.VICTIM, language="fr", danger_now=False)
    return assess_report(open_pack("ma"), facts, text, (), datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        (
            "😀 Il menace de publier mes photos si je ne paie pas. J'ai 16 ans.",
            "ongoing_blackmail",
            "menace de publier",
        ),
        ("J'ai 16 ans et il menace de publier mes photos.", "minor_victim", "16"),
        ("واحد الراجل كَيهدّدني باش ينشر تصاوري ويطلب الفلوس", "hint", "كَيهدّدني باش ينشر تصاوري"),
        ("hadak khona kayhdedni b tsawer w bgha flous", "ongoing_blackmail", "kayhdedni b tsawer"),
        ("Nooon\u200b, il va me tueeeer demain !", "imminent_danger", "va me tueeeer"),
    ],
)
def test_a_reason_stands_at_the_words_that_were_told(text: str, reason: str, said: str) -> None:
    assert said in [text[first:end] for first, end in read(text).marks[reason]]


def test_what_the_reporter_ticked_stands_at_no_words() -> None:
    facts = Facts(role=ReporterRole.VICTIM, language="fr", danger_now=True)
    told = assess_report(open_pack("ma"), facts, "Aidez-moi.", (), datetime(2026, 3, 2, tzinfo=UTC))
    assert told.flags
    assert not told.marks.keys() & told.flags.keys()


@given(st.text(max_size=200))
@example("Straße ﬃﬃ …. aaaa ﷺ € 5 ١٢٣ \u0640\u0651ءء")
@example("aa\u0301\u0301aa ﬀf")
def test_places_are_those_of_the_same_letters(text: str) -> None:
    plain, places = fold_letters_with_offsets(text)
    assert plain == fold_letters(text)
    assert len(places) == len(plain)
    assert places == sorted(places)
    assert all(0 <= at < len(text) for at in places)


@given(st.text(max_size=200))
def test_each_word_has_its_span(text: str) -> None:
    words, spans = split_folded_words(text), word_spans(text)
    assert [word.place for word in words] == list(range(len(spans)))
    assert all(first < end for first, end in spans)
