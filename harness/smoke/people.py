"""Staff of the trials' realm, created for one run, signed in, and deleted.

Their accounts are like any other of the user pool, with a second factor where the stage requires
one. Their staff item shows them only trials.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from casework.aws.table import desk_keys
from casework.aws.table.wire import to_wire_item
from casework.decisions.staff import Role
from casework.text.realm import Realm
from harness.smoke.outcome import CheckFailed
from local.aws import AwsClients
from local.people import new_password

SMOKE_EMAIL_PREFIX: Final = "trial-"
"""The prefix of the e-mail addresses of trial staff."""
DOMAIN: Final = "casework.invalid"
"""No message can reach this domain (RFC 2606)."""
FORGOTTEN: Final = timedelta(hours=1)
"""An older account belongs to an interrupted run."""
STEP_SECONDS: Final = 30
CODE_DIGITS: Final = 6


@dataclass(frozen=True)
class TrialMember:
    """A staff member of a run."""

    email: str
    subject: str
    role: Role
    unit: str = ""
    password: str = field(repr=False, default="")


@dataclass(frozen=True)
class TrialStaff:
    """The people of trials, in one user pool and one table."""

    aws: AwsClients
    outputs: Mapping[str, str]

    @property
    def _pool(self) -> str:
        return self.outputs["UserPoolId"]

    def enrol(self, email: str, role: Role, unit: str = "") -> TrialMember:
        """Make the account and its staff item, without a message."""
        password = new_password()
        made = self.aws.cognito.admin_create_user(
            UserPoolId=self._pool,
            Username=email,
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
            MessageAction="SUPPRESS",
            TemporaryPassword=new_password(),
        )
        subject = _subject(made["User"].get("Attributes", []))
        self.aws.cognito.admin_set_user_password(
            UserPoolId=self._pool, Username=email, Password=password, Permanent=True
        )
        item: dict[str, Any] = {
            **desk_keys.staff_key(subject),
            **desk_keys.staff_queue_place(role, subject, Realm.TRIAL),
            "name": f"Trial, {role}",
            "role": role.value,
            "active": True,
            "realm": Realm.TRIAL.value,
            **({"unit": unit} if unit else {}),
        }
        self.aws.dynamodb.put_item(TableName=self.outputs["CaseTable"], Item=to_wire_item(item))
        return TrialMember(email, subject, role, unit, password)

    def sign_in(self, person: TrialMember) -> str:
        """An access token, obtained as by a program: password, then the second factor.

        Raises Wrong when the user pool asks for something else.
        """
        answer: Any = self.aws.cognito.initiate_auth(
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": person.email, "PASSWORD": person.password},
        )
        if answer.get("ChallengeName") == "MFA_SETUP":
            # The pool's own name for a user who signed in by e-mail.
            name = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", person.email)
            answer = self._with_a_second_factor(name, answer["Session"])
        token = answer.get("AuthenticationResult", {}).get("AccessToken")
        if not token:
            raise CheckFailed(
                f"the user pool asks for {answer.get('ChallengeName')} and gives no token"
            )
        return str(token)

    def _with_a_second_factor(self, username: str, session: str) -> Any:
        """Set up a time-based code, which the pool requires, and answer with one."""
        began = self.aws.cognito.associate_software_token(Session=session)
        code = one_time_code(began["SecretCode"], time.time())
        checked = self.aws.cognito.verify_software_token(Session=began["Session"], UserCode=code)
        return self.aws.cognito.respond_to_auth_challenge(
            ClientId=self.outputs["UserPoolClientId"],
            ChallengeName="MFA_SETUP",
            Session=checked["Session"],
            ChallengeResponses={"USERNAME": username},
        )

    def dismiss(self, email: str) -> bool:
        """Disable and delete a person; False when there is none.

        The staff item goes first: from then on the desk refuses their tokens.
        """
        if not email.startswith(SMOKE_EMAIL_PREFIX):
            raise ValueError("only staff of trials can be dismissed here")
        try:
            found = self.aws.cognito.admin_get_user(UserPoolId=self._pool, Username=email)
        except self.aws.cognito.exceptions.UserNotFoundException:
            return False
        key = desk_keys.staff_key(_subject(found.get("UserAttributes", [])))
        self.aws.dynamodb.delete_item(TableName=self.outputs["CaseTable"], Key=to_wire_item(key))
        self.aws.cognito.admin_disable_user(UserPoolId=self._pool, Username=email)
        self.aws.cognito.admin_delete_user(UserPoolId=self._pool, Username=email)
        return True

    def left(self) -> Iterator[str]:
        """The e-mail addresses of trial staff of interrupted runs."""
        before = datetime.now(UTC) - FORGOTTEN
        pages = self.aws.cognito.get_paginator("list_users")
        for page in pages.paginate(
            UserPoolId=self._pool, Filter=f'email ^= "{SMOKE_EMAIL_PREFIX}"'
        ):
            for user in page["Users"]:
                email = next(e["Value"] for e in user["Attributes"] if e["Name"] == "email")
                played = email.startswith(SMOKE_EMAIL_PREFIX) and email.endswith(f"@{DOMAIN}")
                if played and user["UserCreateDate"] < before:
                    yield email


def an_address(role: Role) -> str:
    """A new e-mail address for a trial person."""
    return f"{SMOKE_EMAIL_PREFIX}{role}-{secrets.token_hex(4)}@{DOMAIN}"


def one_time_code(secret: str, at: float) -> str:
    """The code of a time (RFC 6238: SHA-1, six digits, thirty seconds)."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // STEP_SECONDS), hashlib.sha1)
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def _subject(attributes: Any) -> str:
    found = next((each["Value"] for each in attributes if each["Name"] == "sub"), "")
    if not found:
        raise CheckFailed("the user pool made an account without a subject")
    return str(found)
