"""The storage of staff: accounts in the user pool, permissions in the table.

Every step can be repeated after an interruption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.aws.table import desk_keys, keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.decisions.staff import StaffMember
from casework.text.realm import Realm
from local.aws import AwsClients
from local.errors import BadPerson, UserError
from local.people import StaffEntry, new_password

EMAIL_DELIVERY_OPTIONS: Final[Any] = {"DesiredDeliveryMediums": ["EMAIL"]}
"""Otherwise the pool would send a short message to a telephone that does not exist."""
OPTIONAL_PERSON_FIELDS: Final = ("unit", "office", "court")
"""Fields of a person that are stored only where they have one."""
INVITED_STATUS: Final = "FORCE_CHANGE_PASSWORD"
"""Status of an account whose first password was never changed."""


@dataclass(frozen=True)
class UserPoolAccount:
    """An account of the user pool."""

    email: str
    subject: str
    status: str
    enabled: bool

    @property
    def invited(self) -> bool:
        """Whether the person has not signed in since the last invitation."""
        return self.status == INVITED_STATUS

    @classmethod
    def of(cls, user: Mapping[str, Any], attributes: str) -> UserPoolAccount:
        told = {each["Name"]: each.get("Value", "") for each in user.get(attributes, [])}
        if not told.get("sub"):
            raise UserError("the user pool returned an account without a subject")
        return cls(
            told.get("email", ""), told["sub"], str(user["UserStatus"]), bool(user["Enabled"])
        )


@dataclass(frozen=True)
class ListedPerson:
    """A staff member with their account; an interrupted command leaves one of the two."""

    member: StaffMember | None
    account: UserPoolAccount | None
    factors: tuple[str, ...] = ()


@dataclass(frozen=True)
class StaffDirectory:
    """The user pool and the table of one stage."""

    aws: AwsClients
    outputs: Mapping[str, str]

    @property
    def pool(self) -> str:
        return self.outputs["UserPoolId"]

    @property
    def table(self) -> str:
        return self.outputs["CaseTable"]

    def account(self, email: str) -> UserPoolAccount | None:
        """The account of this address."""
        try:
            found = self.aws.cognito.admin_get_user(UserPoolId=self.pool, Username=email)
        except self.aws.cognito.exceptions.UserNotFoundException:
            return None
        return UserPoolAccount.of(found, "UserAttributes")

    def known(self, email: str) -> UserPoolAccount:
        """The same; raises BadPerson where there is none."""
        found = self.account(email)
        if found is None:
            raise BadPerson(f"there is no account for {email}; see: make staff-list")
        return found

    def enrol(self, person: StaffEntry, *, invite: bool) -> UserPoolAccount:
        """Make the account if it is missing and write the staff item.

        Repeating it changes name, role and unit, and enables a disabled person. It takes effect at
        once, because the desk reads the item on every call.
        """
        account = self.account(person.email)
        if account is None:
            # The emulator's temporary passwords break its own policy, so we bring one.
            quietly = {"MessageAction": "SUPPRESS", "TemporaryPassword": new_password()}
            request: dict[str, Any] = EMAIL_DELIVERY_OPTIONS if invite else quietly
            made = self.aws.cognito.admin_create_user(
                UserPoolId=self.pool,
                Username=person.email,
                UserAttributes=[
                    {"Name": "email", "Value": person.email},
                    {"Name": "email_verified", "Value": "true"},
                ],
                **request,
            )
            account = UserPoolAccount.of(made["User"], "Attributes")
        elif not account.enabled:
            self.aws.cognito.admin_enable_user(UserPoolId=self.pool, Username=person.email)
        subject = account.subject
        item = {
            **desk_keys.staff_key(subject),
            **desk_keys.staff_queue_place(person.role, subject),
            "name": person.name,
            "role": person.role,
            "active": True,
            **{name: said for name in OPTIONAL_PERSON_FIELDS if (said := getattr(person, name))},
        }
        self.aws.dynamodb.put_item(TableName=self.table, Item=to_wire_item(item))
        return account

    def invite_again(self, account: UserPoolAccount) -> None:
        """Send another first password by e-mail, valid as long as the one before."""
        self.aws.cognito.admin_create_user(
            UserPoolId=self.pool,
            Username=account.email,
            MessageAction="RESEND",
            **EMAIL_DELIVERY_OPTIONS,
        )

    def forget_factors(self, account: UserPoolAccount) -> None:
        """Invalidate password and second factors of a person and invite them again.

        The authenticator application and the passkeys are removed first. The old password, which
        the finder of a telephone may know, becomes invalid before a new one is sent.
        """
        pool, name = self.pool, account.email
        cognito = self.aws.cognito
        forgetting: tuple[Callable[[], object], ...] = (
            lambda: cognito.admin_delete_software_token(UserPoolId=pool, Username=name),
            lambda: cognito.admin_set_user_mfa_preference(
                UserPoolId=pool,
                Username=name,
                WebAuthnMfaSettings={"Enabled": False},
            ),
        )
        for forget in forgetting:
            try:
                forget()
            except cognito.exceptions.InvalidParameterException:
                continue  # the person has no such factor
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=name, Password=new_password(), Permanent=False
        )
        cognito.admin_user_global_sign_out(UserPoolId=pool, Username=name)
        self.invite_again(account)

    def set_password(self, email: str, password: str) -> None:
        """Set a permanent password: on a laptop there is no e-mail to read."""
        self.aws.cognito.admin_set_user_password(
            UserPoolId=self.pool, Username=email, Password=password, Permanent=True
        )

    def member(self, subject: str) -> StaffMember | None:
        """The person as the desk sees them now."""
        found = self.aws.dynamodb.get_item(
            TableName=self.table,
            Key=to_wire_item(desk_keys.staff_key(subject)),
            ConsistentRead=True,
        ).get("Item")
        return StaffMember.from_item(subject, values_from_wire_item(found)) if found else None

    def disable(self, account: UserPoolAccount) -> None:
        """Refuse a person everything: at the desk at once, then in the pool.

        The desk reads the item on every call, so old tokens stop working. The pool issues no other
        token.
        """
        if self.member(account.subject):
            self.aws.dynamodb.update_item(
                TableName=self.table,
                Key=to_wire_item(desk_keys.staff_key(account.subject)),
                UpdateExpression="SET active = :no",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=to_wire_item({":no": False}),
            )
        pool, name = self.pool, account.email
        self.aws.cognito.admin_disable_user(UserPoolId=pool, Username=name)
        self.aws.cognito.admin_user_global_sign_out(UserPoolId=pool, Username=name)

    def sign_in(self, email: str, password: str) -> str:
        """An access token for the desk API, as a program gets it."""
        answer = self.aws.cognito.initiate_auth(
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        token = answer.get("AuthenticationResult", {}).get("AccessToken")
        if not token:
            raise UserError(f"{email} must complete {answer.get('ChallengeName')} to sign in")
        return token

    def everybody(self) -> list[ListedPerson]:
        """All people with an account or a staff item, by role and address."""
        accounts = {each.subject: each for each in self._accounts()}
        members = {each.subject: each for each in self._members()}
        listed = [
            ListedPerson(
                members.get(subject),
                accounts.get(subject),
                self._factors(accounts[subject]) if subject in accounts else (),
            )
            for subject in {*accounts, *members}
        ]
        return sorted(listed, key=_in_order)

    def _accounts(self) -> Iterator[UserPoolAccount]:
        pages = self.aws.cognito.get_paginator("list_users").paginate(UserPoolId=self.pool)
        for page in pages:
            yield from (UserPoolAccount.of(user, "Attributes") for user in page["Users"])

    def _members(self) -> Iterator[StaffMember]:
        pages = self.aws.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            IndexName=keys.QUEUE_INDEX,
            KeyConditionExpression=f"{keys.QUEUE_PARTITION_KEY} = :staff",
            ExpressionAttributeValues=to_wire_item({":staff": desk_keys.staff_queue(Realm.REAL)}),
        )
        for page in pages:
            for item in page["Items"]:
                subject = desk_keys.subject_from_partition(
                    values_from_wire_item(item)[keys.PARTITION_KEY]
                )
                found = self.member(subject)
                if found is not None:
                    yield found

    def _factors(self, account: UserPoolAccount) -> tuple[str, ...]:
        found = self.aws.cognito.admin_get_user(UserPoolId=self.pool, Username=account.email)
        return tuple(found.get("UserMFASettingList", []))


def _in_order(listed: ListedPerson) -> tuple[str, str]:
    role = listed.member.role.value if listed.member else "~"  # without a role: after all others
    return role, listed.account.email if listed.account else ""
