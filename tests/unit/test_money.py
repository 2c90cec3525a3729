"""Payments in fields and in words: what is told is a line, what is not is said to be missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.analysis.concepts import split_folded_words
from casework.analysis.payments import (
    PaymentLine,
    find_past_day,
    merge_addition,
    payment_from_text,
    payments_from_fields,
)
from casework.analysis.quantities import find_money_amounts
from casework.identifiers.extraction import find_identifiers
from casework.pack.jurisdiction import open_pack
from casework.report.money_lost import MoneyLost

HERE = open_pack("ma").facts.zone

TOLD = "2026-03-02T12:00:00.000Z"
RIB = "007810000112345678901202"


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("J'ai payé 8 400 dh", [("8400", "MAD")]),
        ("4500dh puis 15kdh", [("4500", "MAD"), ("15000", "MAD")]),
        ("حولت 5000 درهم", [("5000", "MAD")]),
        ("10 mille dirhams", [("10000", "MAD")]),
        ("1 200 000 dh en tout", [("1200000", "MAD")]),
        ("I sent 300 dollars and 250€", [("300", "USD"), ("250", "EUR")]),
        ("j'ai envoyé 4 000", [("4000", None)]),
        ("2 million", []),
        ("ma fille de 15 ans", []),
        ("", []),
    ],
)
def test_sums_are_read_as_numbers_with_their_currency(
    text: str, amounts: list[tuple[str, str | None]]
) -> None:
    assert [
        (each.number, each.currency) for each in find_money_amounts(split_folded_words(text))
    ] == amounts


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("c'était le 2 mars à 9h30", "2026-03-02T09:30:00+00:00"),
        ("le 02/03/2026 à 9 h", "2026-03-02T09:00:00+00:00"),
        ("يوم ٢ مارس على الساعة ١٤:٣٠", "2026-03-02T14:30:00+00:00"),
        ("aujourd’hui", "2026-03-02"),
        ("البارح", "2026-03-01"),
        ("ayer a las 18:05", "2026-03-01T18:05:00+00:00"),
        ("on 2026-02-27", "2026-02-27"),
        ("le 20 novembre", "2025-11-20"),
        ("le 3 mars", "2025-03-03"),
        ("le 31 février", None),
        ("vers 9h", None),
        ("aujourd'hui il y a 2h", "2026-03-02"),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_write_it_and_never_one_to_come(
    text: str, when: str | None
) -> None:
    assert find_past_day(text, datetime.fromisoformat(TOLD), HERE) == when


def read(text: str) -> dict[str, str]:
    return payment_from_text(text, find_identifiers(text), TOLD, HERE)


def a_loss(**said: Any) -> MoneyLost:
    return MoneyLost(**{"amount": "8400", "currency": "MAD", **said})


def test_an_answer_completes_the_payment_of_its_report() -> None:
    lines = payments_from_fields("R", TOLD, [a_loss()])
    assert lines[0].missing_fields == ("at", "beneficiary_account", "institution")
    said = read(f"Le 2 mars à 9h, 8400 dh vers le RIB {RIB}")
    (line,) = merge_addition(lines, "R", "A1", TOLD, read=said)
    assert (line.amount, line.at) == ("8400", "2026-03-02T09:00:00+00:00")
    assert (line.beneficiary_account, line.completed_by) == (RIB, ("A1",))
    assert line.missing_fields == ("institution",)


def test_an_addition_that_tells_another_sum_is_a_payment_of_its_own() -> None:
    lines = payments_from_fields("R", TOLD, [a_loss()])
    both = merge_addition(lines, "R", "A1", TOLD, read=read("Encore 300 dh le 1 mars"))
    assert [each.told_by for each in both] == ["report", "addition"]
    assert [each.amount for each in both] == ["8400", "300"]


def test_words_that_may_mean_several_payments_complete_none_of_them() -> None:
    lines = payments_from_fields("R", TOLD, [a_loss(), a_loss(amount="100")])
    assert merge_addition(lines, "R", "A1", TOLD, read=read("c'était hier")) == lines
    more = merge_addition(lines, "R", "A1", TOLD, read=read(f"au RIB {RIB}"))
    assert (more[:2], more[2].beneficiary_account) == (lines, RIB)


def test_an_addition_that_tells_of_no_money_is_no_payment() -> None:
    assert merge_addition([], "R", "A1", TOLD, read=read("Merci, bonne journée")) == []


def test_payments_that_an_addition_gives_in_fields_are_taken_as_they_are() -> None:
    lines = merge_addition(
        [], "R", "A1", TOLD, losses=[a_loss(at="2026-03-01")], read=read("300 dh")
    )
    assert [(each.amount, each.at) for each in lines] == [("8400", "2026-03-01")]


@pytest.mark.parametrize(
    ("at", "recent"),
    [
        ("2026-03-02", True),
        ("2026-02-27", True),
        ("2026-02-26", False),
        ("2026-03-04", False),
        (None, False),
    ],
)
def test_a_payment_is_recent_for_a_time_and_a_day_lasts_until_its_end(
    at: str | None, recent: bool
) -> None:
    line = PaymentLine(told_by="staff", told_at=TOLD, at=at)
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert line.was_transferred_within(now, timedelta(hours=72), UTC) is recent


def test_reading_costs_the_same_for_each_character() -> None:
    """Texts that make the patterns look again and again are read in a time that grows with them."""
    for text in ("1" * 20_000, "12/" * 7_000, "9h" * 10_000, "2 de " * 4_000, "1 " * 10_000):
        find_past_day(text, datetime.fromisoformat(TOLD), HERE)
        list(find_money_amounts(split_folded_words(text)))
