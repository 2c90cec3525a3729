"""A host with many pages is a market: its pages link, and the host by itself does not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case.case import Case
from casework.identifiers.extraction import find_identifiers
from casework.linking.join_rules import (
    MAX_MARKS,
    MAX_SITE_PAGES,
    JoinOutcome,
    decide_case,
    new_site_pages,
    strong_marks,
)
from casework.linking.records import IdentifierMark, SitePages
from tests.builders import a_case


class Market:
    """What is known of the reports before, as the table keeps it."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.owners: dict[IdentifierMark, str] = {}
        self.pages: dict[IdentifierMark, set[IdentifierMark]] = {}

    def report(self, text: str) -> str:
        """The case in which a report with these words comes."""
        marks = strong_marks(find_identifiers(text))
        sites = {
            mark: SitePages(frozenset(known & {*marks}), len(known - {*marks}))
            for mark, known in self.pages.items()
            if mark in marks
        }
        owners = {mark: self.owners[mark] for mark in marks if mark in self.owners}
        for site, pages in new_site_pages(marks, sites).items():
            self.pages[site].update(pages)
        found = decide_case(marks, owners, self.cases, sites=sites)
        if isinstance(found, JoinOutcome):
            case_id = found.case_id
        else:
            case = a_case(len(self.cases) + 1)
            case_id, self.cases[case.id] = case.id, case
        for claim in found.claims:
            self.owners[claim.mark] = case_id
            if claim.mark[0] == "domain":
                self.pages[claim.mark] = {*claim.pages}
        return case_id

    def cases_of(self, texts: list[str]) -> int:
        return len({self.report(each) for each in texts})


LISTINGS = (
    "https://souk-lib.com/annonces/{}",
    "https://souk-lib.com/annonce.php?id={}",
    "souk-lib.com/iphone-13-{}",
    "https://www.souk-lib.com/fr/vehicules/voiture-{}.htm",
)

MANY = MAX_SITE_PAGES + 3
"""More listings than the site of one shop has pages."""


@pytest.mark.parametrize("written", LISTINGS)
def test_forty_listings_of_one_market_are_forty_cases(written: str) -> None:
    assert Market().cases_of([written.format(each) for each in range(1001, 1041)]) == 40


@pytest.mark.parametrize("written", LISTINGS)
def test_forty_reports_of_one_listing_are_one_case(written: str) -> None:
    assert Market().cases_of([f"Voici : {written.format(7)} ."] * 40) == 1


@given(st.permutations([*range(MANY)] * 3), st.sampled_from(LISTINGS))
def test_in_any_order_each_listing_has_one_case(order: list[int], written: str) -> None:
    assert Market().cases_of([written.format(each) for each in order]) == MANY


def test_a_few_plain_pages_of_a_small_site_are_one_case() -> None:
    pages = ["banque-sure.com", *(f"banque-sure.com/{each}" for each in ("login", "verification"))]
    for seed in range(6):
        random.Random(seed).shuffle(pages)
        assert Market().cases_of(pages) == 1


def test_a_site_of_more_plain_pages_than_the_stated_number_links_by_page_alone() -> None:
    market = Market()
    few, more = "abcdefghij"[:MAX_SITE_PAGES], "abcdefghij"[MAX_SITE_PAGES:]
    assert market.cases_of([f"https://souk-lib.com/{each}-shop" for each in few]) == 1
    assert market.cases_of([f"https://souk-lib.com/{each}-shop" for each in more]) == len(more)
    front = {market.report("souk-lib.com") for _ in range(2)}
    assert len(front) == 2, "the front page of a market is everybody's"
    assert market.report(f"https://souk-lib.com/{more[0]}-shop") not in front


def test_a_shop_named_by_its_host_stays_one_case_beside_one_listing_of_it() -> None:
    market = Market()
    assert (
        market.cases_of(["belle-robe.com", "https://belle-robe.com/produit/12", "belle-robe.com"])
        == 1
    )


def test_another_listing_of_a_small_site_is_shown_to_people_and_one_of_a_market_is_not() -> None:
    marks = strong_marks(find_identifiers("https://souk-lib.com/annonces/2"))
    site = ("domain", "souk-lib.com")
    first = a_case(1)

    def elsewhere(others: int) -> tuple[str, ...]:
        found = decide_case(
            marks, {site: first.id}, {first.id: first}, sites={site: SitePages(others=others)}
        )
        assert not isinstance(found, JoinOutcome)
        return tuple(other for other, _ in found.elsewhere)

    assert elsewhere(1) == (first.id,)
    assert elsewhere(MAX_SITE_PAGES + 1) == ()


def test_what_is_kept_of_a_site_is_bounded_whatever_is_reported() -> None:
    market = Market()
    market.cases_of([f"https://souk-lib.com/annonces/{each}" for each in range(200)])
    (kept,) = market.pages.values()
    assert len(kept) == MAX_SITE_PAGES + 1


def test_a_report_of_many_pages_is_looked_up_by_a_bounded_number() -> None:
    text = " ".join(f"https://site-{each}.com/annonces/{each}" for each in range(100))
    assert len(strong_marks(find_identifiers(text))) == 2 * MAX_MARKS
