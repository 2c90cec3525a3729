"""What a line of a list says of its case in the words of the report that opened it.

It is made for one answer from the report as it is stored then, and kept nowhere: what was erased or
left the case is in no later line. Everything in it was said by a reporter, but for what `guessed`
names, which a machine read in the words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal
from urllib.parse import urlsplit

from casework.analysis.concepts import split_folded_words
from casework.analysis.language import TextLanguage, detect_language
from casework.analysis.quantities import find_money_amounts
from casework.case.alike import NotAlikeReason
from casework.case.case import Case
from casework.identifiers import canonicalise_phone
from casework.report.money_lost import MoneyLost
from casework.report.report import Facts, ReporterRole
from casework.report.reported_territory import DescribedPlace
from casework.views.desk_view import DeskView
from casework.views.first_words import (
    MAX_FIRST_WORDS_LENGTH,
    MAX_PLACE_LENGTH,
    shorten_text,
)

MAX_LINE_ACCOUNT_LENGTH: Final = 60
MAX_GUESS_TEXT_LENGTH: Final = 1_000
"""Characters of a report in which a sum and the language are guessed."""
MAX_LINE_JOINED: Final = 3
"""Where the count of joined reports ends."""
ACCOUNT_TAIL_LENGTH: Final = 4
"""Characters that are left of an account that receives money."""

AccountKind = Literal["iban", "rib", "btc", "eth", "phone", "handle", "email", "url", "domain"]
ACCOUNT_KINDS_IN_ORDER: Final[tuple[AccountKind, ...]] = (
    *("iban", "rib", "btc", "eth"),
    *("phone", "handle", "email", "url", "domain"),
)
"""What money went to comes first, then what names a person best."""
MASKED_ACCOUNT_KINDS: Final = frozenset({"iban", "rib", "btc", "eth"})
LineGuess = Literal["territory", "account", "sum", "words_language"]


class LineAccount(DeskView, title="LineAccount"):
    """The first identifier that the report names of somebody else."""

    kind: AccountKind
    text: str
    """Of an account that receives money its last four characters, behind `…`; of an address its
    host; everything else whole, at most sixty characters."""


class LineFacts(DeskView, title="LineFacts"):
    """What the report that opened a case says, in a line. The words are untrusted text."""

    words: str | None = None
    """Its first words in one line, at most 160 characters, without characters that hide or turn
    others; left out where they may be hard to bear, and cannot be read."""
    words_language: TextLanguage | None = None
    """The language of the words, where it was recognised."""
    covered: bool = False
    """The words are left out because they may be hard to bear."""
    place: str | None = None
    """Where, in the reporter's words, at most 80 characters; left out where they chose a place of
    the list, or named none."""
    said_by: ReporterRole | None = None
    """Who reports; left out where the report cannot be read."""
    account: LineAccount | None = None
    sum: str | None = None
    """The money that left, as a decimal number: of several payments in one currency all together,
    else those in the currency of the first."""
    currency: str | None = None
    """ISO 4217."""
    guessed: tuple[LineGuess, ...] = ()
    """Which of these, and of the line's `territory`, a machine read in words."""
    joined: int = 0
    """Reports that joined it since; at most 3, where more may have."""
    files: int = 0
    """Files that its reporter announced."""
    alike: NotAlikeReason | None = NotAlikeReason.UNDISPLAYED
    """Why the case is not assigned, joined or rejected together with others; left out where it may
    be."""


@dataclass(frozen=True)
class OpeningReport:
    """A report that opened a case, as far as a line tells of it."""

    facts: Facts | None
    """None where its fields cannot be read."""
    narrative: str | None
    """None where its words cannot be read."""
    named: Mapping[str, str]
    """The identifiers that were read in it and are not its reporter's own, by `kind:mark`."""
    files: int


def line_facts(case: Case, report: OpeningReport, *, severe: bool, joined: int) -> LineFacts:
    """What a line of the case says; `severe`: its words may be hard to bear."""
    facts, narrative = report.facts, report.narrative
    folded = split_folded_words((narrative or "")[:MAX_GUESS_TEXT_LENGTH])
    language = detect_language(folded) if narrative and not severe else None
    account, named_in_field = _account(report.named, facts)
    amount = total_loss(facts.money_lost if facts is not None else ())
    read = next((each for each in find_money_amounts(folded) if each.currency), None)
    guessed: dict[LineGuess, bool] = {
        "territory": case.territory is not None and case.territory_percent < 100,
        "account": account is not None and not named_in_field,
        "sum": amount is None and read is not None,
        "words_language": language is not None,
    }
    if amount is None and read is not None and read.currency:
        amount = read.number, read.currency
    place = facts.territory if facts is not None else None
    return LineFacts(
        words=(shorten_text(narrative, MAX_FIRST_WORDS_LENGTH) or None)
        if narrative and not severe
        else None,
        words_language=language,
        covered=bool(narrative) and severe,
        place=shorten_text(place.text, MAX_PLACE_LENGTH) or None
        if isinstance(place, DescribedPlace)
        else None,
        said_by=facts.role if facts is not None else None,
        account=account,
        sum=amount[0] if amount else None,
        currency=amount[1] if amount else None,
        guessed=tuple(name for name, is_guess in guessed.items() if is_guess),
        joined=joined,
        files=report.files,
    )


def total_loss(losses: Collection[MoneyLost]) -> tuple[str, str] | None:
    """The sum of the payments in the currency of the first one, with that currency; None without a
    payment."""
    if not losses:
        return None
    currency = next(iter(losses)).currency
    amounts = (Decimal(each.amount) for each in losses if each.currency == currency)
    return f"{sum(amounts):f}", currency


def _account(named: Mapping[str, str], facts: Facts | None) -> tuple[LineAccount | None, bool]:
    """The identifier that a line shows, and whether a field of the report named it."""
    found = [(label.partition(":")[0], value) for label, value in named.items()]
    for kind in ACCOUNT_KINDS_IN_ORDER:
        values = sorted(value for each, value in found if each == kind)
        if values:
            typed = [_comparable(each) for _, each in facts.field_identifiers] if facts else []
            stated = [value for value in values if _comparable(value) in typed]
            value = (stated or values)[0]
            return LineAccount(kind=kind, text=_account_text(kind, value)), bool(stated)
    return None, False


def _account_text(kind: AccountKind, value: str) -> str:
    if kind in MASKED_ACCOUNT_KINDS:
        return f"…{value[-ACCOUNT_TAIL_LENGTH:]}"
    text = (urlsplit(value).hostname or value) if kind == "url" else value
    return shorten_text(text, MAX_LINE_ACCOUNT_LENGTH)


def _comparable(value: str) -> str:
    """An identifier without what people write differently."""
    return canonicalise_phone(value) or "".join(filter(str.isalnum, value.casefold()))
