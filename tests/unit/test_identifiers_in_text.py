"""Identifiers in what people write: every kind, disguised, and in texts meant to stop a reader."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import identifiers
from casework.identifiers import Identifier, accounts, links, phones, prose, wallets
from casework.identifiers.extraction import find_identifiers
from casework.linking.join_rules import strong_marks
from casework.report.report import Report
from tests.builders import a_report


def found(text: str, locations: tuple[tuple[str, str], ...] = ()) -> set[tuple[str, str]]:
    return {(each.kind, each.canonical) for each in find_identifiers(text, locations)}


@pytest.mark.parametrize(
    ("text", "kind", "canonical"),
    [
        ("hxxps://bank-ma[.]example/login .", "url", "https://bank-ma.example/login"),
        ("voir bank-ma(dot)example/x", "url", "https://bank-ma.example/x"),
        ("HTTPS://Bank-MA.Example/Login", "url", "https://bank-ma.example/Login"),
        ("ba\u200bnk-ma.exam\u2060ple/x", "url", "https://bank-ma.example/x"),
        ("http://0x7f.1/a", "url", "http://127.0.0.1/a"),
        ("http://2130706433/a", "url", "http://127.0.0.1/a"),
        ("http://0177.0.0.1/a", "url", "http://127.0.0.1/a"),
        ("https://0x08080808/pay", "domain", "8.8.8.8"),
        ("hxxp://0xC0A80101/x", "url", "http://192.168.1.1/x"),
        ("http://010.8.8.8/pay", "url", "http://8.8.8.8/pay"),
        ("http://١٩٢.١٦٨.١.١/x", "url", "http://192.168.1.1/x"),
        ("http://８.８.８.８/x", "url", "http://8.8.8.8/x"),
        ("http://8[.]8[.]8[.]8/x", "url", "http://8.8.8.8/x"),
        ("https://bücher.example/a", "domain", "xn--bcher-kva.example"),
        ("www.atlas-invest.example.", "domain", "atlas-invest.example"),
        ("écrire à Recup.Compte [at] mail[.]example svp", "email", "recup.compte@mail.example"),
        ("الرقم ٠٦٦١٠٠٠٠٠٠ دابا", "phone", "+212661000000"),
        ("rah 0618000266. 3afakom", "phone", "+212618000266"),
        ("0618000266wtsp", "phone", "+212618000266"),
        ("tel: +212 (0)6 61-00-00-00 merci", "phone", "+212661000000"),
        ("00212 661 000 000", "phone", "+212661000000"),
        ("calls from +225 07-00-00-45-12", "phone", "+2250700004512"),
        ("wa.me/212661000000", "phone", "+212661000000"),
        ("MA64 2300 1000 9900 4417 3011 2232", "iban", "MA64230010009900441730112232"),
        ("MA64 2300 1000 9900 4417 3011 2232", "rib", "230010009900441730112232"),
        ("RIB 230 010 0099004417301122 32,", "rib", "230010009900441730112232"),
        ("3QZ24ykwNdzcpwfos9EioqXgXH3ESe37xk", "btc", "3QZ24ykwNdzcpwfos9EioqXgXH3ESe37xk"),
        (
            "0x473c28f6bec861110c1cdd5ad8414deffdcc7a42",
            "eth",
            "0x473C28F6beC861110c1cdd5aD8414defFDCC7a42",
        ),
        ("sur insta @Coach_Hicham.13.", "handle", "coach_hicham.13"),
        ("https://www.instagram.com/Coach.Hicham/", "handle", "coach.hicham"),
        ("https://t.me/atlas_coach", "handle", "atlas_coach"),
        ("كونط ديال تيكتوك سميتو weld.derb_99", "handle", "weld.derb_99"),
        ("صفحة باسم caftan.lamsa.shop على انستغرام", "handle", "caftan.lamsa.shop"),
        (
            "fichier D41D8CD98F00B204E9800998ECF8427E",
            "file_hash",
            "md5:d41d8cd98f00b204e9800998ecf8427e",
        ),
    ],
)
def test_each_kind_has_one_writing(text: str, kind: str, canonical: str) -> None:
    assert (kind, canonical) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "payé 4500dh le 06/07/2024 à 10h30, 3afakom 7ta ghedda",
        "RIB 230 010 0099004417301122 33",  # wrong check digits
        "0x473C28f6beC861110c1cdd5aD8414defFDCC7a42",  # capitals that contradict the checksum
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",  # wrong checksum
        "fin de phrase.Début de la suivante",
        "M. Karim B. m'a dit s.v.p. d'attendre, etc.",
        "4111 1111 1111 1111",
    ],
)
def test_a_text_that_only_looks_like_an_identifier_is_none(text: str) -> None:
    assert not found(text)


def test_the_page_of_a_platform_gives_its_account_and_no_domain() -> None:
    said = found("https://video.example.com/@sawt_al_asl")
    assert said == {
        ("url", "https://video.example.com/@sawt_al_asl"),
        ("handle", "sawt_al_asl"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Mon numéro est le 0661000000.",
        "You can reach me at 0661000000",
        "mi número es 0661000000",
        "رقمي هو 0661000000",
        "nmrti 0661000000",
    ],
)
def test_the_reporters_own_identifier_is_found_apart_and_links_nothing(text: str) -> None:
    (number,) = find_identifiers(text)
    assert number.own
    assert strong_marks([number]) == []


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u200c", "\u200d", "\u200f", "\u202e", "\u2066", "\ufe0f"]
)
@pytest.mark.parametrize(
    ("kind", "written", "canonical"),
    [
        ("url", "https://banque.example/verif", "https://banque.example/verif"),
        ("domain", "banque.example", "banque.example"),
        ("email", "recup@mail.example", "recup@mail.example"),
        ("phone", "0661000000", "+212661000000"),
        ("iban", "MA64230010009900441730112232", "MA64230010009900441730112232"),
        ("rib", "230010009900441730112232", "230010009900441730112232"),
        ("btc", *["3QZ24ykwNdzcpwfos9EioqXgXH3ESe37xk"] * 2),
        ("eth", *["0x473C28F6beC861110c1cdd5aD8414defFDCC7a42"] * 2),
        ("handle", "@nora.shop99", "nora.shop99"),
        ("file_hash", "d41d8cd98f00b204e9800998ecf8427e", "md5:d41d8cd98f00b204e9800998ecf8427e"),
        ("platform", "instagram", "instagram"),
    ],
)
def test_invisible_characters_do_not_hide_an_identifier(
    hidden: str, kind: str, written: str, canonical: str
) -> None:
    assert (kind, canonical) in found(f"voir {hidden.join(written)} svp")


NORA = "nora.salmi92"


@pytest.mark.parametrize(
    "text",
    [
        "mon compte @nora.salmi92",
        "mon compte Instagram est @nora.salmi92",
        "mon compte a été piraté : @nora.salmi92",
        "mon pseudo @nora.salmi92",
        "حسابي @nora.salmi92",
        "حسابي على انستغرام @nora.salmi92",
        "my account is @nora.salmi92",
        "my insta is nora.salmi92",
        "mi cuenta @nora.salmi92",
        "mi cuenta de Instagram es @nora.salmi92",
        "l compte dyali @nora.salmi92",
        "lcompte diali f insta @nora.salmi92",
        "الكونط ديالي @nora.salmi92",
        "my profile https://instagram.com/nora.salmi92",
    ],
)
def test_the_reporters_own_account_links_nothing(text: str) -> None:
    said = find_identifiers(text)
    assert ("handle", NORA) in {(each.kind, each.canonical) for each in said}
    assert all(each.own for each in said if each.kind != "platform")
    assert strong_marks(said) == []


@pytest.mark.parametrize(
    "text",
    [
        "mon compte a été piraté par @pirate_2026",
        "my account was hacked by the user @pirate_2026",
        "he uses my profile picture on @pirate_2026",
        "تم اختراق حسابي من طرف @pirate_2026",
        "mi cuenta fue robada por @pirate_2026",
        "il usurpe mon profil sous le nom @pirate_2026",
        "He called my number from 0661000000",
        "il a appelé mon numéro depuis le 0661000000",
        "اتصل برقمي من 0661000000",
        "3eyet l nmrti men 0661000000",
    ],
)
def test_the_attacker_of_the_reporters_account_is_another_person(text: str) -> None:
    assert strong_marks(find_identifiers(text))


@pytest.mark.parametrize(
    ("text", "platforms"),
    [
        ("Arnaque sur Facebook, puis WhatsApp", ["facebook", "whatsapp"]),
        ("تواصل معي في فيسبوك وواتساب", ["facebook", "whatsapp"]),
        ("kayhdedni f insta w 3la l face", ["instagram", "facebook"]),
        ("sur X il m'a insultée", ["x"]),
        ("su cuenta de Twitter", ["x"]),
        ("https://instagram.com/p/abc", ["instagram"]),
        ("wa.me/212661000000", ["whatsapp"]),
        ("Monsieur X est en face de chez moi, imo he sent a signal", []),
        ("support@facebook-help.example et facebook-help.example/login", []),
    ],
)
def test_platforms_are_found_by_their_names_and_link_nothing(
    text: str, platforms: list[str]
) -> None:
    said = [each for each in find_identifiers(text) if each.kind == "platform"]
    assert [each.canonical for each in said] == platforms
    assert strong_marks(said) == []
    assert not any(each.own for each in said)


def test_a_platform_named_beside_a_place_is_that_of_its_account() -> None:
    said = find_identifiers(
        "", [("handle", "@karim"), ("platform", "Instagram"), ("handle", "nora")]
    )
    assert [(each.canonical, each.platform) for each in said if each.kind == "handle"] == [
        ("karim", "instagram"),
        ("nora", None),
    ]
    assert ("platform", "x") in found("", (("handle", "nora"), ("platform", "X")))


def test_accounts_of_a_list_are_on_the_platform_that_is_named_behind_it() -> None:
    said = find_identifiers("He uses @alpha_fx, @beta_fx and @gamma_fx on Telegram.")
    assert [each.platform for each in said if each.kind == "handle"] == ["telegram"] * 3


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("Tel 1: 0661000000 Tel 2: 0662000000", "phone", {"+212661000000", "+212662000000"}),
        ("TikTok:nora.s", "handle", {"nora.s"}),
        ("telegram.org/download", "handle", set()),
        ("insta IMG_2026_01 et insta v.2.0", "handle", set()),
        ("je suis @ casa, rdv @ la gare", "handle", set()),
    ],
)
def test_a_label_is_no_part_and_a_picture_no_name(text: str, kind: str, names: set[str]) -> None:
    assert {each.canonical for each in find_identifiers(text) if each.kind == kind} == names


def test_one_name_on_two_platforms_is_two_accounts() -> None:
    said = find_identifiers("insta @nora et tiktok @nora, et encore @nora")
    assert [each.platform for each in said if each.kind == "handle"] == ["instagram", "tiktok"]
    assert {("handle", "instagram/nora"), ("handle", "tiktok/nora")} <= set(strong_marks(said))


def test_the_hash_of_a_transaction_is_no_file() -> None:
    digits = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
    assert not found(f"payé en bitcoin, tx {digits}")
    assert found(f"virus {digits}") == {("file_hash", f"sha256:{digits}")}


def test_the_offenders_identifier_is_not_taken_for_the_reporters() -> None:
    (number,) = find_identifiers("Il a pris mon argent puis m'a appelé du 0661000000")
    assert not number.own
    assert strong_marks([number]) == [("phone", "+212661000000")]


@given(st.integers(500_000_000, 899_999_999), st.sampled_from(["0{}", "+212{}", "00212 {}"]))
def test_own_and_found_telephones_are_written_alike(number: int, written: str) -> None:
    """Intake marks the reporter's own telephone without the library that triage reads with."""
    text = written.format(number)
    read = phones.parse_typed_phone(text)
    assert read is None or read == identifiers.canonicalise_phone(text)


@given(st.sampled_from("67"), st.integers(0, 10**8 - 1))
def test_a_mobile_links_though_its_block_is_new(first: str, rest: int) -> None:
    """`phonenumberslite` knows no number of 06 83 8, which an operator may be given any day."""
    typed, canonical = f"0{first}{rest:08d}", f"+212{first}{rest:08d}"
    assert strong_marks(find_identifiers("", [("phone", typed)])) == [("phone", canonical)]
    assert found(f"Il appelle du {typed}.") == {("phone", canonical)}


@pytest.mark.parametrize("order", ["0512345678", "0599999999", "0412345678"])
def test_the_digits_of_an_order_are_no_landline(order: str) -> None:
    assert not found(f"commande {order}")


@given(st.emails())
def test_own_and_found_addresses_are_written_alike(address: str) -> None:
    read = links.parse_email(address)
    assert read is None or read == identifiers.canonical_email(address)


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    for each in find_identifiers(text, [("url", text), ("handle", text), ("phone", text)]):
        assert isinstance(each, Identifier)
        assert each.canonical


@pytest.mark.parametrize(
    "text",
    [
        "My son is 12 and I would like to know whether you come to schools.",
        'Le compte m\'a envoyé "facture.pdf.exe" et photo_1.jpg.',
        "Il m'a envoyé lib0.zip et film-2.mov, j'ai ouvert facture.zip hier.",
        "فتحت الملف facture.zip أمس",
    ],
)
def test_prose_is_no_account_and_a_file_no_name(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "https://bank-login.zip",
        "www.bank-login.zip",
        "bank-login.zip/entrer",
        "le site bank-login.zip",
    ],
)
def test_a_site_may_end_like_a_file_where_something_says_that_it_is_one(text: str) -> None:
    assert ("domain", "bank-login.zip") in found(text)


@pytest.mark.parametrize(
    ("account", "named"),
    [
        ("RIB 230 010 0099004417301122 32", {("rib", "230010009900441730112232")}),
        (
            "MA64 2300 1000 9900 4417 3011 2232",
            {("iban", "MA64230010009900441730112232"), ("rib", "230010009900441730112232")},
        ),
        ("cash plus 06 61 00 00 38", {("phone", "+212661000038")}),
        (
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed (USDT)",
            {("eth", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")},
        ),
        ("Mme Fatima, agence de Salé", set()),
    ],
)
def test_accounts_money_went_to_are_read_row_by_row(
    account: str, named: set[tuple[str, str]]
) -> None:
    rows = [{"amount": "100", "currency": "MAD"}]
    rows += [{"amount": "20", "currency": "MAD", "beneficiary_account": account}]
    said = Report.model_validate_json(json.dumps(a_report(money_lost=rows, locations=[])))
    assert found("Il ne répond plus.", tuple(said.field_identifiers)) == named


def test_a_word_that_names_no_account_is_listed_once_in_order_and_folded() -> None:
    words = prose.FILE.read_text("utf-8").split()
    assert words == sorted(set(words))
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://api.whatsapp.com/send?phone=212661234567", ("phone", "+212661234567")),
        ("https://facebook.com/profile.php?id=100081234567890", ("handle", "100081234567890")),
        ("https://l.facebook.com/l.php?u=https://b.example/x", ("url", "https://b.example/x")),
    ],
)
def test_a_link_of_very_many_parameters_is_read_by_the_first_of_them(
    link: str, told: tuple[str, str]
) -> None:
    assert told in found(link)
    assert told in found(link + "&a=1" * 60)
    assert found(link.replace("?", "?" + "a=1&" * 60)), "it is not where it is looked for"


def test_checks_of_accounts_and_wallets_agree_with_published_examples() -> None:
    assert accounts.canonical_iban("GB82 WEST 1234 5698 7654 32") == "GB82WEST12345698765432"
    assert accounts.canonical_iban("GB82 WEST 1234 5698 7654 33") is None
    bech32m = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
    assert wallets.canonical_bitcoin(bech32m) == bech32m
    assert wallets.canonical_bitcoin("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4") == (
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    )
    assert wallets.canonical_ethereum("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed") == (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    )
