"""How people have money held back: payments that they are told of, and each step of a freeze.

Sums, accounts and names of institutions stand beside the history (`Particulars`) and are erased
with the words of reporters. Words of a list, days and offices are in the entry itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from casework.analysis.payments import PaymentLine, latest_moment, payment_line_from_fields
from casework.case.admission import LAST_SEEN_REPORT_FIELD
from casework.case.case import Case
from casework.case.change import Change
from casework.case.freezes import Bond, FreezingStep
from casework.case.history import (
    IDEMPOTENCY_FIELD,
    PARTICULARS_FIELD,
    TOLD_IN_FIELD,
    CaseEvent,
    Particulars,
)
from casework.case.lifecycle import Move
from casework.decisions.base import (
    LAST_SEEN_ENTRY_FIELD,
    Decision,
    DecisionContext,
    PackId,
    UnionBody,
)
from casework.decisions.document_number import DocumentNumber
from casework.decisions.instructions import FromProsecutor
from casework.decisions.pack_names import KNOWN_COURT
from casework.errors import Finding, FreezeNotFound, NotValid
from casework.moves import freezes as freezing
from casework.pack.parties import Channel
from casework.pack.time_zones import same_local_hour
from casework.report.field_types import ShortText, When
from casework.report.money_lost import Currency, DecimalAmount, Means
from casework.report.report import find_invalid_days
from casework.text import reference


def _is_reference(typed: str) -> str:
    try:
        return reference.parse_reference(typed)
    except reference.NotAReference:
        raise PydanticCustomError("report.unknown", "The case has no such report.") from None


Reported = Annotated[str, StringConstraints(max_length=40), AfterValidator(_is_reference)]
"""Reference of a report of the case."""
MAX_ONWARD_TRANSFERS = 10
"""Onward payments in one answer."""


class Payment(Decision):
    """A payment told to staff: by a reporter on the telephone, or by a bank."""

    move: ClassVar[Move] = Move.PAYMENT
    told_by: Literal["reporter", "victim", "relative", "institution", "other"]
    channel: Channel
    report: Reported | None = None
    """Reference of the report it belongs to, if it belongs to one."""
    amount: DecimalAmount | None = None
    currency: Currency | None = None
    means: Annotated[Means, Field(strict=False)] | None = None
    at: When | None = None
    """When the money left: a day, or a day and time."""
    beneficiary_account: ShortText | None = None
    institution: ShortText | None = None
    """The bank or service that has the account."""

    @model_validator(mode="after")
    def _tells_something(self) -> Self:
        if not any((self.amount, self.at, self.beneficiary_account)):
            raise PydanticCustomError(
                "payment.empty", "Tell the sum, the account or when the money left."
            )
        return self

    @property
    def event_data(self) -> dict[str, Any]:
        return {"told_by": self.told_by, "channel": self.channel}

    @property
    def particulars(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"told_by", "channel"}, exclude_none=True)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        report = context.reference(self.report) if self.report else None
        _refuse_mistyped(self.at, at)
        left = latest_moment(self.at, context.zone) if self.at else None
        until = left + context.procedure.freeze.within if left else None
        about = Particulars(self.particulars, report=report)
        return freezing.record_payment(
            case, at, by, self.event_data, about, until, context.events()
        )


def _refuse_mistyped(left: str | None, at: datetime) -> None:
    if findings := find_invalid_days([("#/at", left)], at):
        raise NotValid("Some fields cannot be accepted.", findings=findings)


class NotPursued(Decision):
    """Money that may still be held back is not pursued."""

    move: ClassVar[Move] = Move.WAIVE
    reason: Literal[
        "no_payment", "own_payment", "below_means", "account_unknown", "paid_back", "sent_before"
    ]

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return freezing.waive_recovery(case, at, by, self.event_data)


class NewFreeze(Decision):
    """One sum with one institution is to be held back."""

    move: ClassVar[Move] = Move.FREEZE
    amount: DecimalAmount
    currency: Currency
    institution: ShortText
    """The institution of the account: a bank, a payment service, an exchange."""
    beneficiary_account: ShortText | None = None
    means: Annotated[Means, Field(strict=False)] | None = None
    at: When | None = None
    """When the money left: a day, or a day and time."""
    operation: ShortText | None = None
    """The number of the payment, as the sender's bank or the receipt names it."""
    report: Reported | None = None
    """Reference of the report it comes from, if it comes from one."""
    after: Annotated[int, Field(ge=1)] | None = None
    """Number of the freeze from whose institution the money went on to this one."""

    @property
    def event_data(self) -> dict[str, Any]:
        return {
            "step": FreezingStep.OPENED.value,
            **({"after": self.after} if self.after else {}),
        }

    @property
    def particulars(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"after"}, exclude_none=True)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        _refuse_mistyped(self.at, at)
        report = context.reference(self.report) if self.report else None
        if self.after is not None:
            require_freeze(case, self.after)
        about = Particulars(self.particulars, report=report)
        return freezing.open_freeze(case, at, by, self.event_data, about, context.events())


_UNSAID: Final = {"step", "other_office", LAST_SEEN_REPORT_FIELD, LAST_SEEN_ENTRY_FIELD}


class FreezeStep(Decision):
    """A step of the freeze that the address names."""

    move: ClassVar[Move] = Move.FREEZE
    step: str

    @property
    def what(self) -> FreezingStep:
        """Which step it is."""
        return FreezingStep(self.step)

    @property
    def step_data(self) -> dict[str, Any]:
        """The data of its entry beside the step."""
        return self.model_dump(mode="json", exclude=_UNSAID, exclude_none=True)

    @property
    def event_data(self) -> dict[str, Any]:
        return {"freeze": self._number, "step": self.what.value, **self.step_data}

    def began(self, at: datetime, context: DecisionContext) -> datetime:
        """When the clock began that the step starts."""
        return at

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        require_freeze(case, self._number)
        about = Particulars(self.particulars) if self.particulars is not None else None
        return freezing.take_freeze_step(
            case,
            at,
            by,
            self._number,
            self.what,
            self.step_data,
            context.procedure.freeze.seconds,
            since=self.began(at, context),
            particulars=about,
            events=context.events(),
        )


class DatedFreezeStep(FreezeStep):
    """A step that was taken on a day: the law counts its times from it."""

    on: date | None = None
    """The day; left out, today."""

    def began(self, at: datetime, context: DecisionContext) -> datetime:
        today = context.local_day(at)
        if self.on is None or self.on == today:
            return at
        if self.on > today:
            finding = Finding("#/on", "date.future", "This day is still to come.")
            raise NotValid("Some fields cannot be accepted.", findings=[finding])
        return same_local_hour(at, self.on, context.zone)


class SendNotice(FreezeStep):
    """The institution was informed of the report. This is not binding."""

    step: Literal["notice"]
    channel: Channel


class AskAuthorisation(FreezeStep):
    """The prosecutor was asked to authorise the order in writing."""

    step: Literal["asked"]
    channel: Channel


class ProsecutorStep(FromProsecutor, FreezeStep):
    """A step that the prosecutor took."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        change = super().decided(case, at, by, context)
        self.refuse_unfit(case, at, context)
        return change


class WrittenAuthorisation(ProsecutorStep):
    """The prosecutor authorised the order in writing, or refused."""

    step: Literal["authorised", "refused"]


class SendOrder(FreezeStep):
    """The signed order was sent to the institution."""

    step: Literal["order"]
    channel: Channel


class Gone(BaseModel):
    """Where money went on to."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    amount: DecimalAmount | None = None
    currency: Currency | None = None
    institution: ShortText
    beneficiary_account: ShortText | None = None
    at: When | None = None


class InstitutionAnswer(FreezeStep):
    """The institution tells how much of the sum it holds, and where the rest went."""

    step: Literal["answered"]
    to: Literal["notice", "order"]
    """Its answer; a sum held on a notice is held by its own decision."""
    found: Literal["held", "partly_held", "gone", "unknown"]
    """It holds all, a part, nothing because the money went on, or it knows no such payment."""
    held: DecimalAmount | None = None
    """The held sum. If a sum is held, this, `of` and `currency` are required."""
    of: DecimalAmount | None = None
    """The sum it was asked for; needed with `held`."""
    currency: Currency | None = None
    """Of both sums; needed with `held`."""
    gone: Annotated[tuple[Gone, ...], Field(max_length=MAX_ONWARD_TRANSFERS)] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        holds = self.found in {"held", "partly_held"}
        if holds != (self.held is not None and self.of is not None and self.currency is not None):
            raise PydanticCustomError(
                "answer.held", "Tell `held`, `of` and `currency` where something is held."
            )
        if self.held is not None and self.of is not None:
            whole = Decimal(self.held) == Decimal(self.of)
            if Decimal(self.held) > Decimal(self.of) or whole != (self.found == "held"):
                raise PydanticCustomError(
                    "answer.sums", "All of it is `held`, less than all is `partly_held`."
                )
        if self.found in {"held", "unknown"} and self.gone:
            raise PydanticCustomError("answer.gone", "Nothing went on where all is held.")
        return self

    @property
    def step_data(self) -> dict[str, Any]:
        return {"to": self.to, "found": self.found}

    @property
    def particulars(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"step", "to", "found"}, exclude_none=True)


class AskLifting(DatedFreezeStep):
    """The prosecutor was asked to lift the order."""

    step: Literal["lift_asked"]
    asker: Literal["holder", "third_party", "institution", "victim"]


class RefuseLifting(ProsecutorStep):
    """The prosecutor does not lift it."""

    step: Literal["lift_refused"]


class Contest(DatedFreezeStep):
    """The refusal, or the silence, is contested before the president of the court."""

    step: Literal["contested"]
    because: Literal["refusal", "silence"]


class SendFile(DatedFreezeStep):
    """The prosecutor's office sent the file to the president of the court."""

    step: Literal["file_sent"]


class Uphold(DatedFreezeStep):
    """The president of the court leaves the order in force."""

    step: Literal["upheld"]
    court: Annotated[PackId, KNOWN_COURT]
    reference: DocumentNumber


class Lift(DatedFreezeStep):
    """The order binds no more."""

    step: Literal["lifted"]
    ground: Literal[
        "prosecutor", "court", "expired", "not_linked", "wages_or_pension", "paid_back", "other"
    ]
    reference: DocumentNumber | None = None
    """The number of the decision, where there is one."""


class FreezeEntry(UnionBody):
    """A step of a freeze, as it is entered."""

    root: Annotated[
        SendNotice
        | AskAuthorisation
        | WrittenAuthorisation
        | SendOrder
        | InstitutionAnswer
        | AskLifting
        | RefuseLifting
        | Contest
        | SendFile
        | Uphold
        | Lift,
        Field(discriminator="step"),
    ]


def require_freeze(case: Case, number: int) -> int:
    """The number of a freeze that the case has; raises FreezeNotFound."""
    if not 1 <= number <= len(case.freezes):
        raise FreezeNotFound("The case has no freeze of this number.")
    return number


# ---- views -------------------------------------------------------------------------------------


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class FreezeEntryView(_View):
    """One step of a freeze."""

    entry: int
    """Number in the history of the case."""
    at: str
    by: str
    step: FreezingStep
    said: dict[str, JsonValue] = {}
    """Days, offices, numbers and words of a list."""
    particulars: dict[str, JsonValue] | None = None
    """Sums, accounts and institutions; left out where there are none, or they were erased."""


class FreezeView(_View):
    """One sum with one institution, and all that was done about it, page by page."""

    number: int
    bond: Bond
    """What binds the institution."""
    sent: bool
    """Whether it was sent a notice or an order."""
    entries: tuple[FreezeEntryView, ...]
    """Oldest first."""


def freeze_views(
    case: Case, events: Sequence[CaseEvent], about: Mapping[int, Mapping[str, Any]]
) -> tuple[FreezeView, ...]:
    """The ledger of every freeze of a case; `about` is kept beside the events, by their numbers."""
    found: dict[int, list[FreezeEntryView]] = {}
    for event in events:
        number = event.data.get("freeze")
        if event.move != Move.FREEZE.value or not isinstance(number, int):
            continue
        beside = {"freeze", "step", "status", IDEMPOTENCY_FIELD, PARTICULARS_FIELD, TOLD_IN_FIELD}
        stored_particulars = about.get(event.number)
        found.setdefault(number, []).append(
            FreezeEntryView(
                entry=event.number,
                at=event.at,
                by=event.by,
                step=FreezingStep(str(event.data["step"])),
                said={name: value for name, value in event.data.items() if name not in beside},
                particulars=dict(stored_particulars) if stored_particulars is not None else None,
            )
        )
    return tuple(
        FreezeView(
            number=number,
            bond=freeze.bond,
            sent=freeze.sent,
            entries=tuple(found.get(number, ())),
        )
        for number, freeze in enumerate(case.freezes, start=1)
    )


def split_entries(freezes: Iterable[FreezeView]) -> Iterator[FreezeView]:
    """The same with one entry in each, for pages."""
    for freeze in freezes:
        for entry in freeze.entries:
            yield freeze.model_copy(update={"entries": (entry,)})
        if not freeze.entries:
            yield freeze


def join_entries(parts: Sequence[FreezeView]) -> tuple[FreezeView, ...]:
    """Neighbours of one number as one again."""
    found: list[FreezeView] = []
    for part in parts:
        if found and found[-1].number == part.number:
            entries = (*found[-1].entries, *part.entries)
            found[-1] = part.model_copy(update={"entries": entries})
        else:
            found.append(part)
    return tuple(found)


def staff_payments(
    events: Sequence[CaseEvent], about: Mapping[int, Mapping[str, Any]]
) -> list[PaymentLine]:
    """The payments that staff were told of; those that were erased are gone."""
    return [
        payment_line_from_fields(
            "staff", told.get("report"), event.at, _without_report(told), entry=event.number
        )
        for event in events
        if event.move == Move.PAYMENT.value and (told := about.get(event.number)) is not None
    ]


def _without_report(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "report"}
