"""How people write what identifies an offender, and what only looks like it.

One table for each kind; a line is a text and all that is found in it.
"""

from __future__ import annotations

import pytest

from casework.identifiers import Kind
from casework.identifiers.find import find
from tests.unit.written import written


def found(text: str, *kinds: Kind) -> list[str]:
    return sorted({each.canonical for each in find(text) if each.kind in kinds})


@pytest.mark.parametrize(("text", "telephones"), written("telephones"))
def test_a_telephone_is_read_however_it_is_written(text: str, telephones: list[str]) -> None:
    assert found(text, "phone") == telephones


@pytest.mark.parametrize(("text", "accounts"), written("accounts"))
def test_an_account_a_wallet_or_a_hash_is_read_and_none_with_wrong_checks(
    text: str, accounts: list[str]
) -> None:
    assert found(text, "iban", "rib", "btc", "eth", "file_hash") == accounts


@pytest.mark.parametrize(("text", "links"), written("links"))
def test_links_and_addresses_are_read_and_sentences_without_a_blank_are_none(
    text: str, links: list[str]
) -> None:
    assert found(text, "url", "domain", "email") == links


@pytest.mark.parametrize(("text", "names"), written("account_names"))
def test_an_account_is_read_with_its_platform(text: str, names: list[str]) -> None:
    handles = (each for each in find(text) if each.kind == "handle")
    assert names == sorted(
        {
            f"{each.platform}/{each.canonical}" if each.platform else each.canonical
            for each in handles
        }
    )


@pytest.mark.parametrize(("text", "platforms"), written("platforms"))
def test_a_platform_is_known_inflected_and_misspelt(text: str, platforms: list[str]) -> None:
    assert found(text, "platform") == platforms


@pytest.mark.parametrize(("text", "own"), written("own"))
def test_what_is_the_reporters_is_told_from_what_is_the_offenders(
    text: str, own: list[str]
) -> None:
    said = [each for each in find(text) if each.kind != "platform"]
    assert said
    assert sorted({each.canonical for each in said if each.own}) == own
