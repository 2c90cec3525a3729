"""How people write what identifies an offender, and what only looks like it.

One table for each kind; a line is a text and all that is found in it.
"""

from __future__ import annotations

import pytest

from casework.identifiers import Identifier, Kind
from casework.identifiers.extraction import find_identifiers
from tests.unit.written import all_read, written


def found(text: str, *kinds: Kind) -> list[str]:
    return sorted({each.canonical for each in find_identifiers(text) if each.kind in kinds})


def account(named: Identifier) -> str:
    return f"{named.platform}/{named.canonical}" if named.platform else named.canonical


def test_a_telephone_is_read_however_it_is_written() -> None:
    all_read("telephones", lambda text: found(text, "phone"))


def test_an_account_a_wallet_or_a_hash_is_read_and_none_with_wrong_checks() -> None:
    all_read("accounts", lambda text: found(text, "iban", "rib", "btc", "eth", "file_hash"))


def test_links_and_addresses_are_read_and_sentences_without_a_blank_are_none() -> None:
    all_read("links", lambda text: found(text, "url", "domain", "email"))


def test_an_account_is_read_with_its_platform() -> None:
    all_read(
        "account_names",
        lambda text: sorted(
            {account(each) for each in find_identifiers(text) if each.kind == "handle"}
        ),
    )


def test_a_platform_is_known_inflected_and_misspelt() -> None:
    all_read("platforms", lambda text: found(text, "platform"))


def test_the_reporters_identifiers_are_told_from_the_offenders() -> None:
    assert all(
        any(each.kind != "platform" for each in find_identifiers(text))
        for text, _ in written("own")
    )
    all_read(
        "own",
        lambda text: sorted(
            {
                each.canonical
                for each in find_identifiers(text)
                if each.own and each.kind != "platform"
            }
        ),
    )


def test_every_misread_text_of_a_table_is_named() -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        all_read("platforms", lambda _: "another")
    assert all(text in str(failed.value) for text, _ in written("platforms"))
