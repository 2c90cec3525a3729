"""A report: what one reporter sent. An accepted report is never edited.

A report is divided at the entrance, because its parts have different readers:

    facts       what happened, in fields: read by triage and by every desk
    narrative   what happened, in the reporter's words: read by people who work on the case
    contact     how to reach the reporter: sealed, opened by the notice sender alone
    identity    the reporter's name and contact: sealed a second time, to a key of its own, opened
                by a released identity request alone, or for its number alone in danger
    call_now    a number that the reporter lets people call in danger: sealed in a box of its own,
                opened for the person who took the case

`Facts` has no field for the last three, so that no reader of facts can meet them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from casework.errors import Finding
from casework.hash_lists.perceptual_hash import has_content
from casework.identifiers import canonical_email, canonicalise_phone, mailbox_from_email
from casework.text.allowed_text import require_visible_text
from casework.text.codes import COUNTRY_CODES, CURRENCY_CODES, require_known_country
from casework.text.compression import compress_text, decompress_text

MAX_NARRATIVE_LENGTH: Final = 20_000
"""Characters, counted after decoding."""
MAX_LOCATIONS: Final = 50
MAX_LOSSES: Final = 10
MAX_LOCATION_LENGTH: Final = 2_048
MAX_REPORT_PICTURES: Final = 5


def _is_currency(code: str) -> str:
    if code not in CURRENCY_CODES:
        raise PydanticCustomError("currency.unknown", "This is no ISO 4217 code in use.")
    return code


def _is_more_than_nothing(amount: str) -> str:
    if not amount.strip("0."):
        raise PydanticCustomError("amount.zero", "This must be more than zero.")
    return amount


def _one_of(codes: Collection[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": sorted(codes)})


def _is_email(text: str) -> str:
    if canonical_email(text) is None:
        raise PydanticCustomError("email.malformed", "This is no e-mail address.")
    return text


def _is_phone(text: str) -> str:
    if canonicalise_phone(text) is None:
        raise PydanticCustomError(
            "phone.malformed", "This is no telephone number; begin a foreign one with + and code."
        )
    return text


_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DAY_OR_TIME: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?$"
)


def _is_in_the_calendar(text: str) -> str:
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        raise PydanticCustomError(
            "date.malformed", "This is no day of the calendar, or no time of a day."
        ) from None
    return text


MIN_DATE_YEAR: Final = 1900
"""An earlier day of an observation or a payment is a typing error."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Day = Annotated[
    str,
    StringConstraints(pattern=_DAY),
    AfterValidator(_is_in_the_calendar),
    WithJsonSchema({"type": "string", "format": "date"}),
]
When = Annotated[
    str,
    StringConstraints(pattern=_DAY_OR_TIME),
    AfterValidator(_is_in_the_calendar),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": each} for each in ("date", "date-time")]}
    ),
]
"""A day, or a day and time, in ISO 8601; with its offset if the reporter's device gave it.

Stored as text: the reporter's statement is evidence, and a parsed time would be our reading of it.
"""


def _shows_something(pdq: str) -> str:
    if not has_content(pdq):
        raise PydanticCustomError("pdq.plain", "This is the hash of no picture, or a blank one.")
    return pdq


LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A language as BCP 47 writes it."""
Pdq = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), AfterValidator(_shows_something)]
"""What a picture looks like (PDQ), in hex. Half of its bits are set, since each says on which side
of the median it is; a picture with nothing in it has few of either."""


def _each_once(pictures: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(pictures)) < len(pictures):
        raise PydanticCustomError("pdq.twice", "The same hash stands here twice.")
    return pictures


class _Part(BaseModel):
    # Built on first use: the report's own validator contains those of its parts, and building one
    # for each part as well would cost every cold start 20 ms.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class ReporterRole(StrEnum):
    """The reporter's relation to the facts."""

    VICTIM = "victim"
    WITNESS = "witness"
    RELATIVE = "relative"


class LocationKind(StrEnum):
    """The kind of text that a location holds."""

    URL = "url"
    HANDLE = "handle"
    PHONE = "phone"
    EMAIL = "email"
    OTHER = "other"


class Location(_Part):
    """Where the content or its author was found."""

    kind: LocationKind
    value: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_LOCATION_LENGTH),
        AfterValidator(require_visible_text),
    ]
    """As typed; triage reads it, and no code fetches it."""
    platform: ShortText | None = None


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
Currency = Annotated[str, AfterValidator(_is_currency), _one_of(CURRENCY_CODES)]
"""ISO 4217."""


RECENT_LOSS_TIME: Final = timedelta(hours=24)
"""Money that left less than this ago may still be recovered."""
LOSS_TIME_TOLERANCE: Final = timedelta(hours=2)
"""By how much a time of day without an offset may be off."""


class MoneyLost(_Part):
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


class PickedPlace(_Part):
    """A territory chosen from the jurisdiction's list."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class DescribedPlace(_Part):
    """A place in the reporter's words."""

    text: Annotated[
        str, StringConstraints(min_length=1, max_length=300), AfterValidator(require_visible_text)
    ]


class Abroad(_Part):
    """Another country."""

    country: Annotated[str, AfterValidator(require_known_country), _one_of(COUNTRY_CODES)]
    """ISO 3166-1 alpha-2."""
    residence: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    """A territory of the jurisdiction where the victim lives, chosen from its list."""
    residence_text: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=300),
            AfterValidator(require_visible_text),
        ]
        | None
    ) = None
    """The same in the reporter's words; a chosen one has priority."""


def _kind_of_place(value: Any) -> str | None:
    """Which of the three kinds a territory is; None when it is none of them or several."""
    said = type(value).model_fields if isinstance(value, BaseModel) else value
    named = {"code": "PickedPlace", "text": "DescribedPlace", "country": "Abroad"}
    kinds = [named[key] for key in named if isinstance(said, dict) and key in said]
    return kinds[0] if len(kinds) == 1 else None


ReportedTerritory = Annotated[
    Annotated[PickedPlace, Tag("PickedPlace")]
    | Annotated[DescribedPlace, Tag("DescribedPlace")]
    | Annotated[Abroad, Tag("Abroad")],
    Discriminator(_kind_of_place),
]


class Contact(_Part):
    """How to reach the reporter; at least one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"type": "string"}}}
                for name in ("email", "phone")
            ]
        }
    )

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(_is_email)] | None = (
        None
    )
    phone: Annotated[str, StringConstraints(max_length=40), AfterValidator(_is_phone)] | None = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Contact:
        if self.email is None and self.phone is None:
            raise PydanticCustomError("contact.empty", "Give an e-mail address or a telephone.")
        return self


class Identity(_Part):
    """The reporter's name."""

    name: Annotated[ShortText, AfterValidator(require_visible_text)]
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    """Of the national identity card, residence permit or passport."""
    born_on: Day | None = None
    address: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None


class RevealedIdentity(_Part):
    """The content of a released identity request: the reporter's name, contact, or both."""

    identity: Identity | None = None
    contact: Contact


class Anonymous(_Part):
    """The reporter gives neither name nor contact."""

    kind: Literal["anonymous"]


class Confidential(_Part):
    """The reporter gives a contact and no name."""

    kind: Literal["confidential"]
    contact: Contact


class Identified(_Part):
    """The reporter gives name and contact."""

    kind: Literal["identified"]
    contact: Contact
    identity: Identity


Disclosure = Annotated[Anonymous | Confidential | Identified, Field(discriminator="kind")]


class SafeWay(StrEnum):
    """What is safe at a number, by the reporter, who knows who else picks up or reads."""

    RING = "ring"
    WRITE = "write"
    """Others may hear a call: only a short message."""


class CallNow(_Part):
    """A number at which the reporter may be called now. It discloses no name, and is apart from the
    contact: an anonymous report may have one."""

    phone: Annotated[str, StringConstraints(max_length=40), AfterValidator(_is_phone)]
    safe: Annotated[SafeWay, Field(strict=False)]


class Facts(_Part):
    """The fields of a report. No field identifies its sender."""

    category: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    """An id of the jurisdiction's categories; null for "I don't know"."""
    locations: Annotated[tuple[Location, ...], Field(max_length=MAX_LOCATIONS)] = ()
    platform: ShortText | None = None
    seen_at: When | None = None
    still_online: bool | None = None
    """Null for "I don't know"."""
    role: ReporterRole
    victim_is_minor: bool = False
    victim_is_vulnerable: bool = False
    danger_now: bool = False
    """People may be hurt in the next hours."""
    money_lost: Losses = ()
    territory: ReportedTerritory | None = None
    pictures: Annotated[
        tuple[Pdq, ...],
        Field(max_length=MAX_REPORT_PICTURES, json_schema_extra={"uniqueItems": True}),
        AfterValidator(_each_once),
    ] = ()
    """What pictures look like that stay on the reporter's device, each as the 256 bits of PDQ in
    lower-case hex: for a reporter who wants a picture to be known again and sends it to nobody."""
    language: LanguageTag
    """The language of answers: one of the jurisdiction's, as BCP 47."""

    @property
    def days(self) -> Iterator[tuple[str, str | None]]:
        """The given days, each with its JSON pointer."""
        yield "#/seen_at", self.seen_at
        yield from loss_days(self.money_lost)

    @property
    def field_identifiers(self) -> Iterator[tuple[str, str]]:
        """Kind and value of the identifiers in fields: places online, each with its platform, and
        accounts that received money."""
        for location in self.locations:
            yield location.kind.value, location.value
            if platform := location.platform or self.platform:
                yield "platform", platform
        if self.platform and not self.locations:
            yield "platform", self.platform
        for lost in self.money_lost:
            if lost.beneficiary_account:
                yield "account", lost.beneficiary_account


class Report(Facts):
    """The body of `POST /v1/reports`. Unknown fields are refused."""

    narrative: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_NARRATIVE_LENGTH),
        AfterValidator(require_visible_text),
    ]
    """What happened, in any language and script. Stored as sent, to the byte."""
    disclosure: Disclosure
    call_now: CallNow | None = None
    """For the `call_now` box only."""

    @property
    def contact(self) -> Contact | None:
        """For the `contact` box only."""
        return None if isinstance(self.disclosure, Anonymous) else self.disclosure.contact

    @property
    def identity(self) -> Identity | None:
        """For the `identity` box only."""
        return self.disclosure.identity if isinstance(self.disclosure, Identified) else None

    @property
    def person(self) -> RevealedIdentity | None:
        """For the `identity` box only: name and contact, as far as the reporter gave them."""
        if self.contact is None:
            return None
        return RevealedIdentity(identity=self.identity, contact=self.contact)

    @property
    def own_identifiers(self) -> Iterator[tuple[str, str]]:
        """Kind and canonical form of the reporter's own identifiers."""
        return own_identifiers(self.contact, self.call_now)


def own_identifiers(
    contact: Contact | None, call_now: CallNow | None = None
) -> Iterator[tuple[str, str]]:
    """Kind and canonical form of the identifiers in a contact and a number to call, each once.

    Of an e-mail its mailbox, too, by which reports are linked.
    """
    if contact and contact.email and (email := canonical_email(contact.email)):
        yield from dict.fromkeys(("email", each) for each in (email, mailbox_from_email(email)))
    told = [each.phone for each in (contact, call_now) if each and each.phone]
    yield from dict.fromkeys(("phone", phone) for phone in map(canonicalise_phone, told) if phone)


def chosen_territory(report: Facts) -> list[tuple[str, str]]:
    """The territory chosen from the jurisdiction's list, if any: its field and its code."""
    match report.territory:
        case PickedPlace(code=code):
            return [("code", code)]
        case Abroad(residence=str(code)):
            return [("residence", code)]
        case _:
            return []


def find_unknown_values(
    report: Facts,
    categories: Collection[str],
    territories: Collection[str],
    languages: Collection[str],
) -> tuple[Finding, ...]:
    """The values of the report that the jurisdiction does not have."""
    findings = []
    if report.category is not None and report.category not in categories:
        findings.append(
            Finding("#/category", "category.unknown", "This category is not in the list.")
        )
    for field, code in chosen_territory(report):
        if code not in territories:
            findings.append(
                Finding(
                    f"#/territory/{field}", "territory.unknown", "This place is not in the list."
                )
            )
    if report.language not in languages:
        findings.append(
            Finding("#/language", "language.unknown", "Answers are not given in this language.")
        )
    return tuple(findings)


def loss_days(losses: Iterable[MoneyLost]) -> Iterator[tuple[str, str | None]]:
    """The pointer and the day of each payment."""
    for place, lost in enumerate(losses):
        yield f"#/money_lost/{place}/at", lost.at


def find_invalid_days(days: Iterable[tuple[str, str | None]], at: datetime) -> tuple[Finding, ...]:
    """The days that are in the future everywhere on earth, or before `MIN_DATE_YEAR`. `days` are
    the given ones, as `When`, each with its JSON pointer."""
    tomorrow = (at + timedelta(days=1)).date()
    findings = []
    for pointer, told in days:
        if told is None:
            continue
        day = datetime.fromisoformat(told.upper()).date()
        if day > tomorrow:
            findings.append(Finding(pointer, "date.future", "This day is still to come."))
        elif day.year < MIN_DATE_YEAR:
            findings.append(Finding(pointer, "date.early", f"Give a year from {MIN_DATE_YEAR} on."))
    return tuple(findings)


_FACTS: Final = Facts.model_fields.keys() - {"pictures"}


def compress_facts(facts: Facts) -> bytes:
    """Facts, or those of a report, in stored form: the given fields only, compressed. What pictures
    look like is stored apart, sealed."""
    return compress_text(facts.model_dump_json(include=_FACTS, exclude_defaults=True))


_OBJECT: Final = TypeAdapter(dict[str, Any])


def count_stored_pictures(stored: bytes) -> int:
    """The number of pictures of which stored facts hold what they look like, as those of earlier
    releases do; 0 for facts that cannot be read."""
    try:
        said = _OBJECT.validate_json(decompress_text(stored))
    except (ValueError, zlib.error):
        return 0
    pictures = said.get("pictures")
    return len(pictures) if isinstance(pictures, list) else 0


def decompress_facts(stored: bytes) -> Facts:
    """The facts that `compress_facts` stored.

    Fields of a later release are ignored, so a function that was rolled back still reads every
    report. Raises ValueError or zlib.error for other bytes.
    """
    said = _OBJECT.validate_json(decompress_text(stored))
    known = {name: value for name, value in said.items() if name in Facts.model_fields}
    return Facts.model_validate_json(json.dumps(known))
