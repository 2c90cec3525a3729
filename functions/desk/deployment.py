"""The settings of this function, and its clients."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import cache

from casework.aws.services.settings import DeskSettings
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.referral import Seat
from casework.pack.competence_view import offices_of
from casework.pack.jurisdiction import Jurisdiction, open_pack


@cache
def settings() -> DeskSettings:
    """The settings of this function."""
    return DeskSettings.from_environment()


def pack() -> Jurisdiction:
    """The jurisdiction of this deployment."""
    return open_pack(settings().pack)


def zone() -> tzinfo:
    """The clocks of the country."""
    return pack().facts.zone


def offices(case: Case) -> set[Seat]:
    """The prosecutor's offices that are competent for a case."""
    return offices_of(pack(), case)


def table() -> CaseTable:
    """The one table."""
    return CaseTable(settings().case_table, digest=settings().digest_secret)


def now() -> datetime:
    """The time of a call; each call asks once."""
    return datetime.now(UTC)
