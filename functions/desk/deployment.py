"""The settings of this function, and its clients."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import cache

from casework.aws.services.settings import DeskSettings
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.referral import OfficeSeat
from casework.pack.competence_view import competent_offices
from casework.pack.jurisdiction import Jurisdiction, open_pack


@cache
def settings() -> DeskSettings:
    """The settings of this function."""
    return DeskSettings.from_environment()


def desk_jurisdiction() -> Jurisdiction:
    """The jurisdiction of this deployment."""
    return open_pack(settings().pack)


def desk_time_zone() -> tzinfo:
    """The clocks of the country."""
    return desk_jurisdiction().facts.zone


def competent_offices_for_case(case: Case) -> set[OfficeSeat]:
    """The prosecutor's offices that are competent for a case."""
    return competent_offices(desk_jurisdiction(), case)


def desk_case_table() -> CaseTable:
    """The one table."""
    return CaseTable(settings().case_table, digest=settings().digest_secret)


def now() -> datetime:
    """The time of a call; each call asks once."""
    return datetime.now(UTC)
