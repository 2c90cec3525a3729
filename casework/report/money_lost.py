"""The money that a reporter lost: its payments, and whether one may still be recovered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from casework.report.field_types import (
    ReportPart,
    ShortText,
    When,
    enum_schema,
)
from casework.text.codes import CURRENCY_CODES

MAX_LOSSES: Final = 10


def _is_currency(code: str) -> str:
    if code not in CURRENCY_CODES:
        raise PydanticCustomError("currency.unknown", "This is no ISO 4217 code in use.")
    return code


def _is_more_than_nothing(amount: str) -> str:
    if not amount.strip("0."):
        raise PydanticCustomError("amount.zero", "This must be more than zero.")
    return amount


class Means(StrEnum):
    """How the money left the victim."""

    BANK_TRANSFER = "bank_transfer"
    CARD = "card"
    CASH = "cash"
    CASH_TRANSFER = "cash_transfer"
    MOBILE_WALLET = "mobile_wallet"
    CRYPTO = "crypto"
    VOUCHER = "voucher"
    OTHER = "other"


DecimalAmount = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,8})?$"),
    AfterValidator(_is_more_than_nothing),
]
"""A decimal number as text: money is never a binary fraction."""


Currency = Annotated[str, AfterValidator(_is_currency), enum_schema(CURRENCY_CODES)]
"""ISO 4217."""


RECENT_LOSS_TIME: Final = timedelta(hours=24)
"""Money that left less than this ago may still be recovered."""


LOSS_TIME_TOLERANCE: Final = timedelta(hours=2)
"""By how much a time of day without an offset may be off."""


class MoneyLost(ReportPart):
    """One payment, as far as the reporter knows it."""

    amount: DecimalAmount
    currency: Currency
    means: Annotated[Means, Field(strict=False)] | None = None
    at: When | None = None
    beneficiary_account: ShortText | None = None


def is_recent_loss(lost: MoneyLost, accepted_at: datetime, zone: tzinfo) -> bool:
    """Whether money left within the last day before the report, by the reporter's account.

    A day without a time counts as a whole. A time without offset is by the country's clocks, of
    `zone`, and may be off by some hours, which count in the reporter's favour.
    """
    if lost.at is None:
        return False
    if len(lost.at) == len("2026-01-31"):
        today = accepted_at.astimezone(zone).date()
        return today - date.fromisoformat(lost.at) <= timedelta(days=1)
    at = datetime.fromisoformat(lost.at.upper())
    if at.tzinfo is None:
        return (
            accepted_at - at.replace(tzinfo=zone).astimezone(UTC)
            <= RECENT_LOSS_TIME + LOSS_TIME_TOLERANCE
        )
    return accepted_at - at <= RECENT_LOSS_TIME


def _in_rows(said: Any) -> Any:
    """One payment outside a list is a list of one, and null is no payment."""
    if said is None:
        return ()
    return (said,) if isinstance(said, dict) else said


# After a validator function, pydantic treats the value as Python and not as JSON. So the list must
# be accepted for a tuple here, and the text of `means` for a member.
_Losses = Annotated[tuple[MoneyLost, ...], Field(max_length=MAX_LOSSES, strict=False)]


Losses = Annotated[
    _Losses, BeforeValidator(_in_rows, json_schema_input_type=_Losses | MoneyLost | None)
]
"""One row for each payment. A single row without a list, or null, is accepted: the first clients
wrote so, and their requests may be repeated, byte for byte, for ever."""


def loss_days(losses: Iterable[MoneyLost]) -> Iterator[tuple[str, str | None]]:
    """The pointer and the day of each payment."""
    for place, lost in enumerate(losses):
        yield f"#/money_lost/{place}/at", lost.at
