"""Who calls: the access token gives the identity, the staff item the present permissions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from casework.aws.http.api import Request
from casework.aws.table.case_table import CaseTable
from casework.decisions.staff import StaffMember
from casework.errors import FreshSignInNeeded, NotSignedIn

AUTH_TIME: Final = re.compile("[0-9]{1,11}")


def authenticate(request: Request, table: CaseTable, clients: Mapping[str, str]) -> StaffMember:
    """The staff member of a request that the gateway has authenticated.

    `clients` are the app clients whose tokens are accepted, each with the required scope. The
    gateway also accepts ID tokens and any scope with any client, and checks no client where the
    token names none, so all of that is checked here. The staff item is read strongly each time, so
    a change takes effect at once.
    """
    claims = request.claims
    subject, client = claims.get("sub", ""), claims.get("client_id", "")
    ours = client in clients and clients[client] in claims.get("scope", "").split()
    if claims.get("token_use") != "access" or not ours or not subject:
        raise NotSignedIn("Send an access token of this application.")
    stored = table.staff(subject)
    if stored is None:
        raise NotSignedIn("There is no staff account for this token.")
    return StaffMember.from_item(subject, stored)


def require_recent_sign_in(request: Request, at: datetime, seconds: int) -> None:
    """Let the person of the request have signed in at most so many seconds ago.

    `auth_time` of the access token is when they did, however often the token was renewed since.
    Raises FreshSignInNeeded.
    """
    told = request.claims.get("auth_time", "")
    since = at.timestamp() - int(told) if AUTH_TIME.fullmatch(told) else None
    if since is None or since > seconds:
        raise FreshSignInNeeded("This needs a sign-in of a few minutes ago.", seconds=seconds)
