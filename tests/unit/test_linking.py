"""Which case a report belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.value_objects import CloseReason
from casework.identifiers.extraction import find_identifiers
from casework.linking.join_rules import JoinOutcome, OpenOutcome, decide_case, strong_marks
from casework.linking.records import IdentifierClaim, IdentifierMark
from casework.linking.stop_list import read_stop_list
from casework.pack.jurisdiction import open_pack
from tests.builders import a_case

PHONE: IdentifierMark = ("phone", "+212600004117")
PAGE: IdentifierMark = ("url", "banque.example/verification")
OTHER: IdentifierMark = ("phone", "+212660000731")


def closed(number: int, at: str = "2026-03-02T12:00:00.000Z") -> Case:
    return a_case(
        number, status=Status.CLOSED, closed=CloseReason.DUPLICATE, closed_at=at, wait=None
    )


def cases(*some: Case) -> dict[str, Case]:
    return {case.id: case for case in some}


def test_unknown_identifiers_open_a_case_that_owns_them() -> None:
    assert decide_case([PHONE, PAGE], {}, {}) == OpenOutcome(
        (IdentifierClaim(PHONE), IdentifierClaim(PAGE))
    )


def test_known_identifier_joins_and_the_others_are_claimed_for_its_case() -> None:
    case = a_case(1)
    assert decide_case([PHONE, PAGE], {PHONE: case.id}, cases(case)) == JoinOutcome(
        case.id, (PHONE,), (IdentifierClaim(PAGE),)
    )


def test_case_that_shares_most_is_joined_or_the_oldest_and_the_others_are_named() -> None:
    old, young = a_case(1), a_case(2, opened_at="2026-03-02T11:30:00.000Z")
    owners = {PHONE: young.id, PAGE: young.id, OTHER: old.id}
    most = decide_case([PHONE, PAGE, OTHER], owners, cases(old, young))
    equal = decide_case([PHONE, OTHER], owners, cases(old, young))
    assert most == JoinOutcome(young.id, (PHONE, PAGE), (), ((old.id, (OTHER,)),))
    assert equal == JoinOutcome(old.id, (OTHER,), (), ((young.id, (PHONE,)),))


def test_of_the_other_cases_those_that_share_most_are_named_first() -> None:
    marks: list[IdentifierMark] = [("phone", f"+21260000000{each}") for each in range(6)]
    best, some, few = a_case(1), a_case(3), a_case(2)
    owners = dict(zip(marks, [best.id] * 3 + [few.id] + [some.id] * 2, strict=True))
    found = decide_case(marks, owners, cases(best, some, few))
    assert isinstance(found, JoinOutcome)
    assert [other for other, _ in found.bridges] == [some.id, few.id]


def test_closed_case_is_not_joined_it_is_named_and_its_identifiers_are_taken_over() -> None:
    case = closed(1)
    recalled = ((case.id, (PHONE,)),)
    new = OpenOutcome((IdentifierClaim(PHONE, case.id),), recalled=recalled)
    assert decide_case([PHONE], {PHONE: case.id}, cases(case)) == new


@given(st.lists(st.sampled_from([PHONE, PAGE, OTHER]), unique=True), st.data())
def test_every_identifier_is_claimed_or_belongs_to_an_open_case(
    marks: list[IdentifierMark], data: st.DataObject
) -> None:
    known = cases(a_case(1), a_case(2), closed(3))
    owners = {
        mark: owner
        for mark in marks
        if (owner := data.draw(st.sampled_from([None, *known]))) is not None
    }
    found = decide_case(marks, owners, known)
    claimed = {claim.mark for claim in found.claims}
    kept = {mark for mark, owner in owners.items() if known[owner].joinable}
    assert claimed | kept == set(marks)
    assert not claimed & kept
    assert isinstance(found, JoinOutcome) == bool(kept)


# Accounts

INSTAGRAM, TIKTOK = "https://instagram.com/nora.shop99", "https://www.tiktok.com/@Nora.Shop99"
NAME: IdentifierMark = ("handle", "nora.shop99")


def accounts(text: str) -> list[IdentifierMark]:
    return [mark for mark in strong_marks(find_identifiers(text)) if mark[0] == "handle"]


def test_an_account_is_claimed_by_its_name_with_the_platform_it_was_met_on() -> None:
    assert accounts(INSTAGRAM) == [NAME, ("handle", "instagram/nora.shop99")]
    assert decide_case(accounts(INSTAGRAM), {}, {}) == OpenOutcome(
        (IdentifierClaim(NAME, platform="instagram"),)
    )
    assert decide_case(accounts("compte nora.shop99"), {}, {}) == OpenOutcome(
        (IdentifierClaim(NAME),)
    )


def test_the_same_name_on_another_platform_is_suggested_and_gets_an_entry_of_its_own() -> None:
    case = a_case(1)
    found = decide_case(accounts(TIKTOK), {NAME: case.id}, cases(case), {NAME: "instagram"})
    claims = (IdentifierClaim(("handle", "tiktok/nora.shop99"), platform=None),)
    assert found == OpenOutcome(claims, ((case.id, (NAME,)),))


def test_the_same_account_and_its_name_without_a_platform_join() -> None:
    case = a_case(1)
    known = cases(case)
    for text in (INSTAGRAM, "le compte nora.shop99 sur insta", "compte nora.shop99"):
        found = decide_case(accounts(text), {NAME: case.id}, known, {NAME: "instagram"})
        assert found == JoinOutcome(case.id, (NAME,), ())
    assert isinstance(decide_case(accounts(TIKTOK), {NAME: case.id}, known), JoinOutcome), (
        "met somewhere"
    )


def test_a_second_report_from_the_other_platform_joins_the_case_of_that_platform() -> None:
    first, other = a_case(1), a_case(2)
    owners: dict[IdentifierMark, str] = {NAME: first.id, ("handle", "tiktok/nora.shop99"): other.id}
    found = decide_case(accounts(TIKTOK), owners, cases(first, other), {NAME: "instagram"})
    assert found == JoinOutcome(other.id, (("handle", "tiktok/nora.shop99"),), ())


def test_a_name_that_may_be_anybodys_joins_on_its_platform_alone() -> None:
    assert accounts("https://instagram.com/karim") == [("handle", "instagram/karim")]
    assert accounts("@karim") == []


def test_a_closed_case_gives_the_name_to_the_latest_case_that_met_it() -> None:
    case = closed(1)
    found = decide_case(accounts(TIKTOK), {NAME: case.id}, cases(case), {NAME: "instagram"})
    assert found == OpenOutcome((IdentifierClaim(NAME, case.id, "tiktok"),))


def test_a_name_that_one_report_met_on_two_platforms_joins_on_each() -> None:
    first = strong_marks(find_identifiers("insta @nora.shop99 et tiktok @nora.shop99"))
    opened = decide_case(first, {}, {})
    assert isinstance(opened, OpenOutcome)
    case = a_case(1)
    owners = {claim.mark: case.id for claim in opened.claims}
    met_on = {claim.mark: claim.platform for claim in opened.claims if claim.platform}
    for text in ("insta @nora.shop99", "tiktok @nora.shop99", "@nora.shop99"):
        marks = strong_marks(find_identifiers(text))
        assert isinstance(decide_case(marks, owners, {case.id: case}, met_on), JoinOutcome), text


ONE_THING = [
    (
        "https://m.facebook.com/story.php?story_fbid=1&id=2",
        "https://www.facebook.com/story.php?id=2&story_fbid=1&mibextid=xx",
    ),
    ("https://youtu.be/abc123?si=x", "https://www.youtube.com/watch?v=abc123&t=12s"),
    ("https://youtube.com/shorts/abc123", "https://m.youtube.com/watch?v=abc123"),
    ("https://twitter.com/nora_s/status/123?s=20", "https://x.com/nora_s/status/123?t=abc&s=19"),
    ("https://www.instagram.com/p/CxYz/?igsh=a", "https://instagram.com/p/CxYz"),
    (
        "https://www.tiktok.com/@n.s1/video/7?lang=fr",
        "https://m.tiktok.com/@n.s1/video/7?is_from_webapp=1",
    ),
    ("https://t.me/nora_vip", "https://telegram.me/nora_vip"),
    ("https://t.me/nora_vip", "telegram @nora_vip"),
    ("fb.com/nora.shop.99", "https://web.facebook.com/nora.shop.99?_rdr"),
    (
        "https://www.facebook.com/profile.php?id=100063612345678",
        "https://www.facebook.com/people/Nora/100063612345678/",
    ),
    ("karim.b+1@gmail.com", "karimb@gmail.com"),
    ("KARIM.B@googlemail.com", "karimb@gmail.com"),
    ("evil-ma.com/a?utm_source=x", "http://www.evil-ma.com/b"),
    ("login.evil-ma.com", "evil-ma.com"),
    ("MA64 2300 1000 9900 4417 3011 2232", "RIB 230010009900441730112232"),
    ("0661000000", "+212 661-000000"),
    ("wa.me/212661000000", "٠٦٦١٠٠٠٠٠٠"),
    ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    ("insta @Nora.Shop99", "instagram.com/nora.shop99"),
    ("@nora.shop99", "f insta nora.shop99"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fevil-ma.com%2Fx&h=AT", "evil-ma.com"),
    ("https://bit.ly/3xYz", "bit.ly/3xYz"),
    ("https://chat.whatsapp.com/AbC", "chat.whatsapp.com/AbC?x=1"),
    ("https://www.avito.ma/fr/annonce/x_123.htm?utm_source=a", "avito.ma/fr/annonce/x_123.htm"),
]
TWO_THINGS = [
    ("https://www.facebook.com/watch/?v=1", "https://www.facebook.com/watch/?v=2"),
    ("https://youtu.be/a1", "https://youtu.be/b1"),
    ("facebook.com", "facebook.com/"),
    ("gmail.com", "gmail.com"),
    ("avito.ma", "www.avito.ma"),
    ("https://www.avito.ma/fr/annonce/x_1.htm", "https://www.avito.ma/fr/annonce/x_2.htm"),
    ("@nora", "@nora"),
    ("insta @nora", "tiktok @nora"),
    ("instagram", "instagram"),
    ("mon numéro 0661000000", "mon numéro 0661000000"),
    ("a@gmail.com", "b@gmail.com"),
    ("nora.a@outlook.com", "noraa@outlook.com"),
    ("x.blogspot.com", "y.blogspot.com"),
    ("a.github.io", "b.github.io"),
    ("https://bit.ly/1", "https://bit.ly/2"),
    ("jumia.ma", "jumia.ma"),
    ("cihbank.ma/x", "cihbank.ma/y"),
    ("https://www.google.com/search?q=a", "https://www.google.com/search?q=b"),
    ("https://fb.watch/a/", "https://fb.watch/b/"),
    ("https://wa.me/qr/A", "https://wa.me/qr/B"),
    ("https://t.me/+AAAA", "https://t.me/+BBBB"),
    ("https://discord.gg/a", "https://discord.gg/b"),
    ("https://www.facebook.com/groups/1/posts/2", "https://www.facebook.com/groups/1/posts/3"),
    ("https://www.facebook.com/profile.php?id=1", "https://www.facebook.com/profile.php?id=2"),
    ("https://www.facebook.com/login.php?a", "https://www.facebook.com/login.php?b"),
    ("https://vm.tiktok.com/ZMa/", "https://vm.tiktok.com/ZMb/"),
    (
        "https://docs.google.com/forms/d/e/1/viewform",
        "https://docs.google.com/forms/d/e/2/viewform",
    ),
    (
        "https://play.google.com/store/apps/details?id=a.b",
        "https://play.google.com/store/apps/details?id=c.d",
    ),
    ("+212522437435", "0522437435"),
    ("https://www.instagram.com/explore/", "https://www.instagram.com/explore/"),
    ("https://www.google.com/", "google.com"),
]


def marks_in(text: str) -> set[IdentifierMark]:
    listed = read_stop_list(open_pack("ma").folder)
    return set(
        strong_marks(
            find_identifiers(text), stopped_hosts=listed.hosts, stopped_phones=listed.phones
        )
    )


@pytest.mark.parametrize(("one", "other"), ONE_THING)
def test_two_writings_of_one_thing_join_two_reports(one: str, other: str) -> None:
    assert marks_in(one) & marks_in(other)


@pytest.mark.parametrize(("one", "other"), TWO_THINGS)
def test_weak_and_common_identifiers_join_nothing(one: str, other: str) -> None:
    assert not marks_in(one) & marks_in(other)
