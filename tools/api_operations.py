"""The operations of all functions that answer calls: one API."""

from __future__ import annotations

from casework.aws.http.api import Operation
from functions.custody import handler as custody
from functions.desk import handler as desk
from functions.evidence import opening
from functions.intake import operations as intake
from functions.session import handler as session
from functions.statistics import handler as statistics


def operations() -> list[Operation]:
    """Every operation of the API."""
    return [
        *intake.api.operations,
        *statistics.api.operations,
        *desk.api.operations,
        *custody.api.operations,
        *opening.api.operations,
        *session.api.operations,
    ]
