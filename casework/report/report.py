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

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from casework.errors import Finding
from casework.hash_lists.perceptual_hash import has_content
from casework.report.disclosure import (
    Anonymous,
    CallNow,
    Contact,
    Disclosure,
    Identified,
    Identity,
    RevealedIdentity,
    own_identifiers,
)
from casework.report.field_types import (
    LanguageTag,
    ReportPart,
    ShortText,
    When,
)
from casework.report.money_lost import Losses, loss_days
from casework.report.reported_territory import Abroad, PickedPlace, ReportedTerritory
from casework.text.allowed_text import require_visible_text

MAX_NARRATIVE_LENGTH: Final = 20_000
"""Characters, counted after decoding."""
MAX_LOCATIONS: Final = 50
MAX_LOCATION_LENGTH: Final = 2_048
MAX_REPORT_PICTURES: Final = 5


MIN_DATE_YEAR: Final = 1900
"""An earlier day of an observation or a payment is a typing error."""


def _shows_something(pdq: str) -> str:
    if not has_content(pdq):
        raise PydanticCustomError("pdq.plain", "This is the hash of no picture, or a blank one.")
    return pdq


Pdq = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), AfterValidator(_shows_something)]
"""What a picture looks like (PDQ), in hex. Half of its bits are set, since each says on which side
of the median it is; a picture with nothing in it has few of either."""


def _each_once(pictures: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(pictures)) < len(pictures):
        raise PydanticCustomError("pdq.twice", "The same hash stands here twice.")
    return pictures


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


class Location(ReportPart):
    """Where the content or its author was found."""

    kind: LocationKind
    value: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_LOCATION_LENGTH),
        AfterValidator(require_visible_text),
    ]
    """As typed; triage reads it, and no code fetches it."""
    platform: ShortText | None = None


class Facts(ReportPart):
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
