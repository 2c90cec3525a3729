"""The search for a text that costs more to read than its length allows.

    python -m harness.hostile.cost_search SEED [TEXTS] [LENGTH]

Texts hold every kind of token that a reader looks for: one repeated, two or three in turn, all
mixed, with and without blanks, before and after a long run of another. It prints the highest costs
per character, and ends at the first text beyond the bound.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from casework.analysis.assessment import assess_report
from casework.identifiers.extraction import find_identifiers
from casework.linking.join_rules import identifier_marks, reporters_own, strong_marks
from casework.linking.similarity import ReportClues
from casework.pack.jurisdiction import open_pack
from casework.report.report import Facts
from harness.hostile.steps import steps_of_text

MAX_STEPS_PER_CHARACTER = 600
"""Steps per character, for identifiers, marks, clues and assessment; the worst text found takes
340."""
MAX_RULE_STEPS_PER_REPORT = 30_000
"""Steps per report of any length, for the rules of the pack."""
FACTS = Facts.model_validate_json(json.dumps({"role": "victim", "language": "fr"}))

_AT = datetime(2026, 11, 25, 10, tzinfo=UTC)
_KEY = b"k" * 32

TOKENS = {
    "domain": [
        "a.co", "abc.shop", "caftan.lamsa.shop", "a.b.co.uk", "x.il", "é.ma", "موقع.مغرب",
        "a.a",
    ],
    "sentence": [
        "payé.il", "Merci.de", "parti.ma.Fille", "boutique-sara.ma.Merci", "1.2.3.4",
        "0661.il",
    ],
    "link": [
        "https://a.ma", "http://a.ma/x?y=z&u=1", "hxxps://a[.]ma",
        "https://a.ma,https://b.ma", "www.a.ma/", "1.2.3.4/x",
        "https://l.facebook.com/l.php?u=https://b.ma", "&a=1", "?u=", "https://", "://",
        "https://wa.me/212661000000", "a.ma/x,b.ma;c.ma|d.ma", "/", "#!",
    ],
    "mail": [
        "a@b.co", "a@", "@b.co", "a [at] b [dot] co", "nora arobase gmail point com",
        "a @gmail.com", "a@ b.co",
    ],
    "phone": [
        "0661234567", "+212 6 61 23 45 67", "06", "1", "(0)", "tel", "num 661234567",
        "00212", "12/12/24", "0661-23",
    ],
    "account": [
        "MA64", "011 519 0000001205000534 21", "1" * 24, "clé 21",
        "GB82 WEST 1234 5698 7654 32", "IBAN",
    ],
    "wallet": [
        "1aB2", "bc1q", "0x" + "f" * 40, "0xAb", "f" * 64,
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    ],
    "handle": [
        "@a", "@a-", "nora_s", "a_1", "a_", "_abc_", "pseudo:", "user", "insta: norasalmi",
        "X", "X:", "insta", "snap nora12",
    ],
    "own": [
        "mon numéro", "my account", "رقمي", "nmrti", "c'est mon numéro", "et", ",",
        "he said:", "sur",
    ],
    "bracket": [
        "[", "]", "(", ")", "{", "}", "<", ">", "[.]", "(at)", "«", "»", '"', "“", "(1",
        "1)",
    ],
    "mark": [
        ".", "..", "!", "؟", "…", "\n", "\t", "-", "_", "*", "|", "\\", "'", "’", ";", "،",
        "%", "&", "=",
    ],
    "script": [
        "ا", "سيقتلني", "ـ", "я", "中", "ⵣ", "é", "e\u0301", "\u200b", "\u202e", "ﷺ", "ﷲ",
        "🙂", "👨‍👩‍👧", "１２", "٣", "❶", "፩", "㎏", "ß", "ﬁ", "𝐚", "\u0301", "\ufeff",
        "\U000e0041",
    ],
    "words": [
        "je vais te tuer", "mon fils 24 ans", "ma fille de 14 ans", "j'ai payé 3000 dh",
        "hier", "l'année dernière", "si tu ne payes pas", "kayhdedni", "daba", "ne pas",
        "de la", "à Salé", "rue de Fès", "film", "journal", "il a dit que",
        "je suis accusé de", "photos", "suicide", "خلصت 100 درهم", "من شهر", "né en 2010",
        "né en", "vingt", "et", "cinq", "ans", "dans la ville de", "f", "في", "hay el",
        "nièce", "(13)", "8 400",
    ],
    "letters": [
        "a", "e", "z", "aa", "hh", "9", "3", "ll", "ou", "A", "É",
    ],
}  # fmt: skip
"""What each reader looks for, and what begins alike and is something else."""
GLUE = ("", " ", "\n", ".", ", ", "  ", "/", "\u00a0", "'")


def random_texts(random_: random.Random, length: int) -> Iterator[tuple[str, str]]:
    """An endless sequence of texts of a length, each with its recipe."""
    while True:
        few = [_token(random_) for _ in range(random_.randint(1, 4))]
        core = _token(random_) + random_.choice(GLUE)
        glue = random_.choice(GLUE)
        match random_.randrange(5):
            case 0 | 1:
                unit = glue.join(few) + random_.choice(GLUE)
                yield repeat_to_length(unit, length), f"{unit!r}, over and over"
            case 2:
                yield (
                    f"{glue.join(few)}{repeat_to_length(core, length)}"[:length],
                    f"{few} before {core!r}",
                )
            case 3:
                ends = glue.join(few)
                yield repeat_to_length(core, length - len(ends)) + ends, f"{few} behind {core!r}"
            case _:
                mixed = "".join(
                    _token(random_) + random_.choice(GLUE) for _ in range(length // 2 + 1)
                )
                yield mixed[:length], f"{mixed[:60]!r}, mixed"


def _token(random_: random.Random) -> str:
    if random_.random() < 0.1:
        return chr(random_.choice((*range(32, 0xD800), *range(0xE000, 0x11100), 0x1F642)))
    return random_.choice(TOKENS[random_.choice(tuple(TOKENS))])


def repeat_to_length(unit: str, length: int) -> str:
    """The unit repeated to this length."""
    return (unit * (length // len(unit) + 1))[:length]


def read_all(text: str, facts: Facts = FACTS) -> None:
    """Everything that linking and assessment do with the words of one report."""
    found = find_identifiers(text, facts.field_identifiers)
    own = frozenset(reporters_own(found, (), _KEY))
    others = [each for each in found if each not in own]
    strong_marks(others)
    for each in found:
        list(identifier_marks(each))
    ReportClues.from_report(text, others, _KEY)
    assess_report(open_pack("ma"), facts, text, found, _AT)


def warm() -> None:
    """Load the tables that later reports find loaded."""
    read_all("Bonjour, 0661234567 à Salé, insta: norasalmi, a.co, بسلا kayhdedni")


def steps_for(text: str, facts: Facts = FACTS) -> int:
    """The steps of one report; raises TooManySteps beyond the bound."""
    given = len(text) + sum(len(value) for _, value in facts.field_identifiers)
    return steps_of_text(
        lambda: read_all(text, facts), MAX_RULE_STEPS_PER_REPORT + MAX_STEPS_PER_CHARACTER * given
    )


def main() -> None:
    """Search, and print the worst texts."""
    seed, count, length = [*map(int, sys.argv[1:]), *(1, 2_000, 2_000)[len(sys.argv) - 1 :]]
    warm()
    made = random_texts(random.Random(seed), length)
    worst = 0
    for tried in range(1, count + 1):
        text, how = next(made)
        took = steps_for(text)
        if took > worst:
            worst = took
            sys.stdout.write(f"{tried:6,}  {took / length:8,.0f} steps a character  {how}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
