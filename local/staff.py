"""Make staff in the user pool and their staff items, and sign them in.

    python -m local.staff add --email E --name N --role officer --unit pj-06-141

Works on the running local system (STAGE=local, the default) and on AWS (STAGE=dev, prod) with the
shell's credentials. On AWS the person gets an invitation and must set up a second factor; here they
get a password, shown once. Passwords of demo people stay in the state folder, which is private.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from casework.aws.keys import staff_at, staff_key
from casework.jurisdiction import Jurisdiction, PackError, open_pack
from infra import deployment
from infra.errors import DeploymentNotValid
from local.aws import Aws
from local.deploy import outputs_of
from local.people import Person, checked, demo_officer, demo_people, new_password
from local.places import ROOT, state_folder, write_private
from local.system import LOCAL_STAGE, System, running
from local.trouble import BadPerson, NothingRuns, Trouble

SHOWN_OFFICERS = 2
"""Territorial units whose demo officer `make run` prepares, beside every national unit's."""

TOKEN_KEPT_SECONDS = 300.0
_TOKENS: dict[tuple[Path, str], tuple[float, str]] = {}
_ONE_AT_A_TIME = threading.Lock()


def pack_of(stage: str, folder: Path = ROOT / "deployments") -> Jurisdiction:
    """The pack a stage is deployed with; a unit of another country is none of its units."""
    try:
        return open_pack(deployment.read(folder / f"{stage}.toml").pack)
    except (DeploymentNotValid, PackError) as error:
        raise BadPerson(f"the units of stage '{stage}' are not known: {error}") from error


@dataclass(frozen=True)
class Office:
    """Where staff are kept: the user pool, its client, and the table."""

    aws: Aws
    outputs: Mapping[str, str]

    def _account(self, email: str) -> str | None:
        """The subject of an existing account."""
        try:
            found = self.aws.cognito.admin_get_user(
                UserPoolId=self.outputs["UserPoolId"], Username=email
            )
        except self.aws.cognito.exceptions.UserNotFoundException:
            return None
        return _subject(found.get("UserAttributes", []))

    def enrol(self, person: Person, *, invite: bool) -> str:
        """Make the account if there is none and (re)write the staff item; the subject.

        Enrolling somebody again changes their name, role and unit; it holds at once, because the
        desk reads the item on every call.
        """
        subject = self._account(person.email)
        if subject is None:
            # The emulator makes temporary passwords its own policy refuses, so we bring one.
            quietly = {"MessageAction": "SUPPRESS", "TemporaryPassword": new_password()}
            request: dict[str, Any] = {} if invite else quietly
            made = self.aws.cognito.admin_create_user(
                UserPoolId=self.outputs["UserPoolId"],
                Username=person.email,
                UserAttributes=[
                    {"Name": "email", "Value": person.email},
                    {"Name": "email_verified", "Value": "true"},
                ],
                **request,
            )
            subject = _subject(made["User"].get("Attributes", []))
        item: dict[str, Any] = {
            **{
                name: {"S": value}
                for name, value in (staff_key(subject) | staff_at(person.role, subject)).items()
            },
            "name": {"S": person.name},
            "role": {"S": person.role},
            "active": {"BOOL": True},
        }
        if person.unit:
            item["unit"] = {"S": person.unit}
        self.aws.dynamodb.put_item(TableName=self.outputs["CaseTable"], Item=item)
        return subject

    def set_password(self, email: str, password: str) -> None:
        self.aws.cognito.admin_set_user_password(
            UserPoolId=self.outputs["UserPoolId"],
            Username=email,
            Password=password,
            Permanent=True,
        )

    def sign_in(self, email: str, password: str) -> str:
        """An access token: what the desk API takes."""
        answer = self.aws.cognito.initiate_auth(
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        token = answer.get("AuthenticationResult", {}).get("AccessToken")
        if not token:
            raise Trouble(f"{email} must complete {answer.get('ChallengeName')} to sign in")
        return token


def _subject(attributes: Sequence[Any]) -> str:
    for attribute in attributes:
        if attribute["Name"] == "sub":
            subject: str = attribute["Value"]
            return subject
    raise Trouble("the user pool returned an account without a subject")


class LocalStaff:
    """The people of a local system: made on first use, passwords kept in its state folder."""

    def __init__(self, system: System) -> None:
        self._office = Office(system.aws, system.outputs)
        self._file = system.places.staff
        self._people: dict[str, dict[str, str]] = {}
        if self._file.is_file():
            self._people = json.loads(self._file.read_text(encoding="utf-8"))

    def ensure(self, people: Sequence[Person]) -> None:
        """Make those who are missing and sign-in-able; the others keep their password."""
        for person in people:
            kept = self._people.get(person.login)
            password = kept["password"] if kept else new_password()
            self._office.enrol(person, invite=False)
            self._office.set_password(person.email, password)
            self._people[person.login] = {
                "email": person.email,
                "name": person.name,
                "role": person.role,
                "unit": person.unit,
                "password": password,
            }
        write_private(self._file, json.dumps(self._people, indent=1, ensure_ascii=False))

    def token(self, login: str) -> str:
        """A fresh access token of the person with this short name. Raises BadPerson."""
        if login not in self._people:
            raise BadPerson(f"there is no '{login}'; known: {', '.join(sorted(self._people))}")
        entry = self._people[login]
        return self._office.sign_in(entry["email"], entry["password"])

    def knows(self, login: str) -> bool:
        """Whether this person was made already."""
        return login in self._people


def demo_token(system: System, role: str, unit: str = "") -> str:
    """An access token of a demo person with this role (and unit, for an officer).

    The person is made on first use. Sign-ins are remembered for a few minutes, well within the
    life of a token.
    """
    person = _demo_person(role, unit)
    key = (system.places.folder, person.login)
    with _ONE_AT_A_TIME:  # a person is made once, whoever asks at the same moment
        made, token = _TOKENS.get(key, (0.0, ""))
        if not token or time.monotonic() - made > TOKEN_KEPT_SECONDS:
            people = LocalStaff(system)
            if not people.knows(person.login):
                people.ensure([person])
            token = people.token(person.login)
            _TOKENS[key] = (time.monotonic(), token)
    return token


def _demo_person(role: str, unit: str) -> Person:
    if unit:
        return demo_officer(unit, pack_of(LOCAL_STAGE).units[unit].name("fr"))
    return Person(f"{role}@casework.example", role.capitalize(), role)


def _names(units: Sequence[str]) -> dict[str, str]:
    pack = pack_of(LOCAL_STAGE)
    return {unit: pack.units[unit].name("fr") for unit in units}


def prepared_people() -> list[Person]:
    """The demo people `make run` makes: all national units, and a few territorial ones."""
    units = pack_of(LOCAL_STAGE).units
    territorial = [unit for unit, entry in units.items() if entry.kind == "judicial_police"]
    national = [unit for unit, entry in units.items() if entry.kind != "judicial_police"]
    return demo_people(_names([*national, *territorial[:SHOWN_OFFICERS]]))


def _office(stage: str) -> Office:
    if stage == LOCAL_STAGE:
        system = running(state_folder())
        return Office(system.aws, system.outputs)
    aws = Aws(None)
    outputs = outputs_of(aws, f"Casework-{stage}")
    if outputs is None:
        raise NothingRuns(f"stage '{stage}' is not deployed; deploy it: make deploy STAGE={stage}")
    return Office(aws, outputs)


def add(stage: str, person: Person) -> str:
    """Create or change a person of `stage`; what to tell the administrator."""
    checked(person, pack_of(stage).units)
    office = _office(stage)
    if stage == LOCAL_STAGE:
        people = LocalStaff(running(state_folder()))
        people.ensure([person])
        return (
            f"{person.name} ({person.role}) can sign in; token: "
            f"python -m local token {person.login}"
        )
    office.enrol(person, invite=True)
    return f"{person.name} ({person.role}) was invited at {person.email}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Create or change a staff member.")
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add")
    for option in ("email", "name", "role", "unit"):
        adding.add_argument(f"--{option}", default="")
    options = parser.parse_args()
    person = Person(options.email, options.name, options.role, options.unit)
    try:
        print(add(os.environ.get("STAGE", LOCAL_STAGE), person))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(f"AWS refused: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
