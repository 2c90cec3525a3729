"""Reported payments, from reports, additions and staff, as lines of one list.

Values of fields are taken as they are. From words the first sum, account and day are read. A
missing value is listed as missing, so that a person can ask for it. Nothing here decides that a
payment was made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from casework.analysis.concepts import split_folded_words
from casework.analysis.lexicon import LANGUAGES_FOLDER, fold_letters
from casework.analysis.quantities import find_money_amounts
from casework.identifiers import Identifier
from casework.report.money_lost import Means, MoneyLost

PAYMENT_DAY: Final = timedelta(days=1)
ACCOUNT_KINDS: Final = frozenset({"iban", "rib", "btc", "eth"})
"""Kinds of identifiers that can receive money."""
REQUIRED_PAYMENT_FIELDS: Final = ("amount", "currency", "at", "beneficiary_account", "institution")
"""What a notice or an order must name."""


class PaymentLine(BaseModel):
    """One payment, as far as it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    told_by: Literal["report", "addition", "staff"]
    report: str | None = None
    """Reference of its report; left out where staff entered it without a report."""
    addition: str | None = None
    entry: int | None = None
    """Number of the history entry, for payments that staff entered."""
    told_at: str
    amount: str | None = None
    currency: str | None = None
    means: Means | None = None
    at: str | None = None
    """A day, or a day and time, in ISO 8601."""
    beneficiary_account: str | None = None
    institution: str | None = None
    """The bank or service of the account."""
    completed_by: tuple[str, ...] = ()
    """Additions that supplied fields which the report lacked."""

    @property
    def missing_fields(self) -> tuple[str, ...]:
        """What a notice or an order needs and is not known."""
        return tuple(name for name in REQUIRED_PAYMENT_FIELDS if getattr(self, name) is None)

    def latest_transfer_time(self, zone: tzinfo) -> datetime | None:
        """The latest time at which the money may have left, by the clocks of a zone where it names
        none; None when it is unknown."""
        return latest_moment(self.at, zone) if self.at else None

    def was_transferred_within(self, now: datetime, within: timedelta, zone: tzinfo) -> bool:
        """Whether it left within this time before now. A day without a time may not be over yet."""
        left = self.latest_transfer_time(zone)
        return left is not None and -PAYMENT_DAY <= now - left <= within


def latest_moment(when: str, zone: tzinfo) -> datetime:
    """A moment, in UTC; one without an offset is by the clocks of a zone. A day counts as its end,
    so that recoverable money is not written off."""
    at = datetime.fromisoformat(when)
    if "T" not in when.upper():
        at = datetime.combine(at, time(23, 59, 59))
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def recoverable_until(
    days: Iterable[str | None],
    told_at: datetime,
    within: timedelta,
    zone: tzinfo,
    *,
    lately: bool,
) -> datetime | None:
    """The time until which money may be held back; None where no payment is so recent.

    `days` are the days or times of payments. `lately` says whether words tell of a recent payment;
    where no field says more, it counts from the time of the words.
    """
    left = [latest_moment(day, zone) for day in days if day]
    times = [at for at in left if -PAYMENT_DAY <= told_at - at <= within]
    if not times and lately:
        times = [told_at]
    return max(times) + within if times else None


def payments_from_fields(
    reference: str, told_at: str, losses: Iterable[MoneyLost]
) -> list[PaymentLine]:
    """The payments in the fields of a report."""
    return [
        payment_line_from_fields("report", reference, told_at, _fields(lost)) for lost in losses
    ]


def payment_line_from_fields(
    told_by: Literal["report", "addition", "staff"],
    report: str | None,
    told_at: str,
    fields: Mapping[str, Any],
    **source: Any,
) -> PaymentLine:
    """A payment from the given fields of a line."""
    return PaymentLine(told_by=told_by, report=report, told_at=told_at, **source, **fields)


def _fields(lost: MoneyLost) -> dict[str, Any]:
    return {name: getattr(lost, name) for name in MoneyLost.model_fields}


def payment_from_text(
    text: str, identifiers: Iterable[Identifier], told_at: str, zone: tzinfo
) -> dict[str, str]:
    """The first sum, account and day of a text, by the names of a line's fields."""
    found: dict[str, str] = {}
    for amount in find_money_amounts(split_folded_words(text)):
        found["amount"] = amount.number
        if amount.currency:
            found["currency"] = amount.currency
        break
    for each in identifiers:
        if each.kind in ACCOUNT_KINDS and not each.own:
            found["beneficiary_account"] = each.canonical
            break
    if when := find_past_day(text, datetime.fromisoformat(told_at), zone):
        found["at"] = when
    return found


def merge_addition(
    lines: Sequence[PaymentLine],
    reference: str,
    addition: str,
    told_at: str,
    *,
    losses: Iterable[MoneyLost] = (),
    read: dict[str, str],
) -> list[PaymentLine]:
    """The payments of one report with those of an addition; `read` holds the values from its words.

    Words complete the only payment that lacks their values. Where several payments may be meant, or
    the words contradict the payment, they become a line of their own, and people decide.
    """
    told = [
        payment_line_from_fields("addition", reference, told_at, _fields(lost), addition=addition)
        for lost in losses
    ]
    if told or not read.keys() & {"amount", "beneficiary_account", "at"}:
        return [*lines, *told]
    open_to = [place for place, line in enumerate(lines) if _completes(read, line)]
    if len(open_to) == 1 and len(lines) == 1:
        (line,) = lines
        completed = (*line.completed_by, addition)
        return [line.model_copy(update={**read, "completed_by": completed})]
    if not read.keys() & {"amount", "beneficiary_account"}:
        return list(lines)  # a day alone is no payment
    return [
        *lines,
        payment_line_from_fields("addition", reference, told_at, read, addition=addition),
    ]


def _completes(read: dict[str, str], line: PaymentLine) -> bool:
    """Whether the line lacks a value that was read, and agrees with all others."""
    said = {name: getattr(line, name) for name in read}
    return None in said.values() and all(
        value is None or value == read[name] for name, value in said.items()
    )


# ---- days in words -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Days:
    today: frozenset[str]
    yesterday: frozenset[str]
    months: dict[str, int]
    named: re.Pattern[str]


@cache
def _days() -> _Days:
    file = json.loads((LANGUAGES_FOLDER / "common" / "days.json").read_text("utf-8"))
    months = {word: int(month) for month, said in file["months"].items() for word in said.split()}
    names = "|".join(sorted(months, key=len, reverse=True))
    return _Days(
        today=frozenset(file["today"].split()),
        yesterday=frozenset(file["yesterday"].split()),
        months=months,
        named=re.compile(rf"(?<!\d)(\d{{1,2}})(?:er)? (?:de )?({names})\b(?: (20\d\d))?"),
    )


_ISO: Final = re.compile(r"(?<!\d)(20\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
_SLASHED: Final = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(20\d\d))?(?![\d/])")
_DOTTED: Final = re.compile(r"(?<!\d)(\d{1,2})[.-](\d{1,2})[.-](20\d\d)(?!\d)")
_TIME: Final = re.compile(r"(?<![\d:])([01]?\d|2[0-3])(?: ?h ?([0-5]\d)?|:([0-5]\d))(?![\d:])")
_LASTED: Final = re.compile(r"(?:\by a|\bhace|منذ|قبل|\bfor|\bdepuis|\bdesde|\bago) ?$")
"""Words before a number of hours that is no time of day."""


def find_past_day(text: str, told_at: datetime, zone: tzinfo) -> str | None:
    """The first day in a text that is not in the future, with its time of day if any.

    A day without a year is its latest occurrence. A time of day alone names no day.
    """
    today = told_at.astimezone(zone).date()
    plain = fold_letters(text)
    day = min(_days_named(plain, today), default=None)
    if day is None:
        return None
    at = next(
        (
            time(int(found[1]), int(found[2] or found[3] or 0))
            for found in _TIME.finditer(plain)
            if not _LASTED.search(plain[max(0, found.start() - 8) : found.start()])
        ),
        None,
    )
    if at is None:
        return day[1].isoformat()
    return datetime.combine(day[1], at, zone).isoformat(timespec="seconds")


def _days_named(plain: str, today: date) -> Iterator[tuple[int, date]]:
    """The position and date of each day that is not in the future."""
    day_words = _days()
    for found in _ISO.finditer(plain):
        yield from _day(found, today, found[1], found[2], found[3])
    for pattern in (_SLASHED, _DOTTED):
        for found in pattern.finditer(plain):
            yield from _day(found, today, found[3], found[2], found[1])
    for found in day_words.named.finditer(plain):
        yield from _day(found, today, found[3], str(day_words.months[found[2]]), found[1])
    for word in re.finditer(r"[^\W\d_]+", plain):
        if word[0] in day_words.today:
            yield word.start(), today
        elif word[0] in day_words.yesterday:
            yield word.start(), today - PAYMENT_DAY


def _day(
    found: re.Match[str], today: date, year: str | None, month: str, day: str
) -> Iterator[tuple[int, date]]:
    for possible in [int(year)] if year else [today.year, today.year - 1]:
        try:
            named = date(possible, int(month), int(day))
        except ValueError:
            continue
        if named <= today:
            yield found.start(), named
            return
