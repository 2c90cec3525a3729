"""Manage the accounts of staff: add, reset, disable, list.

    python -m local.staff add --email E --name N --role officer --unit pj-06-141
    python -m local.staff add --email E --name N --role prosecutor --office O --court C
    python -m local.staff reset|disable --email E
    python -m local.staff list

Works on the running local system (STAGE=local, the default) and on AWS (STAGE=dev, prod), in the
stage's own region with the shell's credentials. On AWS a person is invited by e-mail and must set
up a second factor. Locally they get a password, which is stored in the state folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from casework.aws.table.case_table import CaseTable
from casework.case.referral import OfficeSeat
from casework.decisions.staff import Role, StaffMember
from casework.pack.competence import propose_competence
from casework.pack.jurisdiction import Jurisdiction, PackError, open_pack
from casework.pack.offices import list_seats
from infra import deployment
from infra.errors import CannotSynthesise, DeploymentNotValid
from infra.stage import read_stage
from local.aws import AwsClients
from local.deploy import read_stack_outputs
from local.errors import BadPerson, NothingRuns, UserError
from local.hold_release import release_holds, use_aws
from local.people import (
    EMAIL_ADDRESS_PATTERN,
    StaffEntry,
    demo_officer,
    demo_people,
    demo_prosecutor,
    new_password,
    require_valid_person,
)
from local.places import ROOT, state_folder, write_private
from local.staff_directory import ListedPerson, StaffDirectory
from local.system import LOCAL_STAGE_NAME, LocalSystem, find_running_system

MAX_OFFICERS_SHOWN = 2
"""Territorial units for which `make run` prepares a demo officer, beside every national unit."""

TOKEN_KEPT_SECONDS = 300.0
_TOKENS: dict[tuple[Path, str], tuple[float, str]] = {}
_ONE_AT_A_TIME = threading.Lock()


def jurisdiction_of_stage(stage: str, folder: Path = ROOT / "deployments") -> Jurisdiction:
    """The pack of a stage; it decides which units exist."""
    try:
        return open_pack(deployment.read_deployment(folder / f"{stage}.toml").pack)
    except (DeploymentNotValid, PackError) as error:
        raise BadPerson(f"the units of stage '{stage}' are not known: {error}") from error


class LocalStaff:
    """The people of a local system: created on first use, passwords stored in its state folder."""

    def __init__(self, system: LocalSystem) -> None:
        self._office = StaffDirectory(system.aws, system.outputs)
        self._file = system.places.staff
        self._people: dict[str, dict[str, str]] = {}
        if self._file.is_file():
            self._people = json.loads(self._file.read_text(encoding="utf-8"))

    def ensure(self, people: Sequence[StaffEntry]) -> None:
        """Create missing people and enable their sign-in; the others keep their password."""
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
                "office": person.office,
                "court": person.court,
                "password": password,
            }
        write_private(self._file, json.dumps(self._people, indent=1, ensure_ascii=False))

    def forget(self, email: str) -> None:
        """Give a person another password; raises BadPerson for a person who was not created
        here."""
        for entry in self._people.values():
            if entry["email"] == email:
                entry["password"] = new_password()
                self._office.set_password(email, entry["password"])
                write_private(self._file, json.dumps(self._people, indent=1, ensure_ascii=False))
                return
        raise BadPerson(f"{email} was not made here; known: {', '.join(sorted(self._people))}")

    def token(self, login: str) -> str:
        """A fresh access token of the person with this short name. Raises BadPerson."""
        if login not in self._people:
            raise BadPerson(f"there is no '{login}'; known: {', '.join(sorted(self._people))}")
        entry = self._people[login]
        return self._office.sign_in(entry["email"], entry["password"])

    def knows(self, login: str) -> bool:
        """Whether this person was created already."""
        return login in self._people


def demo_token(system: LocalSystem, role: str, unit: str = "") -> str:
    """An access token of a demo person with this role; `unit` is an officer's own, and for a
    prosecutor the one whose cases they direct: any, where it is left out.

    The person is created on first use. Sign-ins are cached for a few minutes, well within the
    lifetime of a token.
    """
    person = demo_person(role, unit)
    key = (system.places.folder, person.login)
    with _ONE_AT_A_TIME:  # concurrent callers create a person once
        made, token = _TOKENS.get(key, (0.0, ""))
        if not token or time.monotonic() - made > TOKEN_KEPT_SECONDS:
            people = LocalStaff(system)
            if not people.knows(person.login):
                people.ensure([person])
            token = people.token(person.login)
            _TOKENS[key] = (time.monotonic(), token)
    return token


def demo_person(role: str, unit: str) -> StaffEntry:
    """The demo person of a role; see `demo_token` for `unit`."""
    if role == Role.PROSECUTOR:
        return demo_prosecutor(*_seat_of(unit or _territorial()[0]))
    if unit:
        return demo_officer(unit, jurisdiction_of_stage(LOCAL_STAGE_NAME).units[unit].name("fr"))
    return next(each for each in demo_people({}) if each.role == role)


def _names(units: Sequence[str]) -> dict[str, str]:
    pack = jurisdiction_of_stage(LOCAL_STAGE_NAME)
    return {unit: pack.units[unit].name("fr") for unit in units}


def prepared_people() -> list[StaffEntry]:
    """The demo people of `make run`: all national units, and a few territorial ones."""
    units = jurisdiction_of_stage(LOCAL_STAGE_NAME).units
    national = [unit for unit, entry in units.items() if entry.kind != "judicial_police"]
    shown = _territorial()[:MAX_OFFICERS_SHOWN]
    return demo_people(_names([*national, *shown]), dict(map(_seat_of, shown)))


def _territorial() -> list[str]:
    """The territorial units of the pack, in its order."""
    units = jurisdiction_of_stage(LOCAL_STAGE_NAME).units
    return [unit for unit, entry in units.items() if entry.kind == "judicial_police"]


def _seat_of(unit: str) -> tuple[OfficeSeat, str]:
    """The office that most cases of a territorial unit have, and the name of its court."""
    pack = jurisdiction_of_stage(LOCAL_STAGE_NAME)
    found = propose_competence(pack, None, pack.units[unit].territory)
    if found.prosecutor is None or found.court is None:
        raise BadPerson(f"the pack names no prosecutor's office for the unit {unit}")
    return (found.prosecutor, found.court), pack.courts[found.court].name("fr")


def _office(stage: str) -> StaffDirectory:
    """The office of a deployed stage, in the stage's own region; raises Trouble."""
    if stage == LOCAL_STAGE_NAME:
        system = find_running_system(state_folder())
        return StaffDirectory(system.aws, system.outputs)
    try:
        where = read_stage(stage)
    except CannotSynthesise as error:
        raise NothingRuns(str(error)) from error
    aws = AwsClients(None, region=where.region)
    outputs = read_stack_outputs(aws, where.core_name)
    if outputs is None:
        raise NothingRuns(
            f"stage '{stage}' is not deployed in {where.region} with these credentials; deploy it: "
            f"make deploy STAGE={stage}"
        )
    return StaffDirectory(aws, outputs)


def add_person(stage: str, person: StaffEntry) -> str:
    """Create or change a person of `stage`; returns the message for the administrator."""
    pack = jurisdiction_of_stage(stage)
    require_valid_person(person, pack.units, list_seats(pack))
    if stage == LOCAL_STAGE_NAME:
        system = find_running_system(state_folder())
        LocalStaff(system).ensure([person])
        return (
            f"{person.name} ({person.role}) can sign in at {system.origin}/desk/, and a program "
            f"with the token of: python -m local token {person.login}"
        )
    office = _office(stage)
    before = office.account(person.email)
    office.enrol(person, invite=True)
    if before is None:
        return (
            f"{person.name} ({person.role}) was invited at {person.email}; the invitation is valid "
            "for one day, then: make staff-reset"
        )
    return (
        f"{person.name} had an account already and has the role {person.role} from the next call on"
        + ("; they have not signed in yet: make staff-reset invites them again" * before.invited)
        + ("; they were disabled and can sign in again" * (not before.enabled))
    )


def reset_person(stage: str, email: str) -> str:
    """Reset a person after an expired invitation or a lost factor."""
    office = _office(stage)
    account = office.known(email)
    if not account.enabled:
        raise BadPerson(f"{email} was disabled; to let them back in: make staff-add")
    if stage == LOCAL_STAGE_NAME:
        LocalStaff(find_running_system(state_folder())).forget(email)
        return f"{email} has a new password; it is stored with those of the demo people"
    if account.invited:
        office.invite_again(account)
        return f"{email} was invited again; the invitation is valid for one day"
    office.forget_factors(account)
    return (
        f"{email} is signed out everywhere and was invited again. Password, codes and passkeys no "
        "longer work: at the next sign-in they choose a password and add a second factor"
    )


def disable_person(stage: str, email: str) -> str:
    """Refuse a person everything, and release the items that they held."""
    office = _office(stage)
    account = office.known(email)
    office.disable(account)
    member, given = office.member(account.subject), list[str]()
    if member is not None:
        with use_aws(office.aws):
            given = release_holds(CaseTable(office.table), member, datetime.now(UTC))
    held = f"went back to their queues: {', '.join(given)}" if given else "they held no case"
    return f"{email} is disabled and signed out everywhere; {held}"


def list_people(stage: str) -> str:
    """All people with an account, one to a line."""
    rows = [STAFF_TABLE_COLUMNS]
    for each in _office(stage).everybody():
        member, account = each.member, each.account
        rows.append(
            (
                account.email if account else "no account",
                member.role.value if member else "no role",
                _where(member),
                _may_work(each),
                _how_far(each),
                member.name if member else "-",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


STAFF_TABLE_COLUMNS: Final = ("e-mail", "role", "unit or office", "may work", "sign-in", "name")


def _where(member: StaffMember | None) -> str:
    """The unit of a person, or their prosecutor's office and its court."""
    if member is None:
        return "-"
    return member.unit or (" ".join(member.seat) if member.seat else "-")


def _may_work(listed: ListedPerson) -> str:
    """Whether the desk would accept the person after sign-in."""
    active = listed.member is not None and listed.member.active
    enabled = listed.account is not None and listed.account.enabled
    return {(True, True): "yes", (False, False): "no"}.get((active, enabled), "half: repeat")


def _how_far(listed: ListedPerson) -> str:
    """The state of the person's sign-in."""
    if listed.account is None:
        return "-"
    if listed.account.invited:
        return "invited"
    names = [FACTOR_LABELS.get(each, each.lower()) for each in listed.factors]
    return ", ".join(names) or "password only"


FACTOR_LABELS: Final = {"SOFTWARE_TOKEN_MFA": "codes", "WEB_AUTHN_MFA": "passkey"}


def _said(options: argparse.Namespace) -> str:
    """Run the command; returns the message for the administrator."""
    stage = os.environ.get("STAGE") or LOCAL_STAGE_NAME
    match options.command:
        case "add":
            person = StaffEntry(
                options.email,
                options.name,
                options.role,
                options.unit,
                options.office,
                options.court,
            )
            return add_person(stage, person)
        case "reset":
            return reset_person(stage, _email(options))
        case "disable":
            return disable_person(stage, _email(options))
        case _:
            return list_people(stage)


def _email(options: argparse.Namespace) -> str:
    if not EMAIL_ADDRESS_PATTERN.fullmatch(options.email):
        raise BadPerson("EMAIL= must be the e-mail address of the person")
    return str(options.email)


def main() -> int:
    """The command of the Makefile's targets `staff-…`."""
    parser = argparse.ArgumentParser(description="Look after the accounts of staff.")
    commands = parser.add_subparsers(dest="command", required=True)
    for command, takes in {
        "add": ("email", "name", "role", "unit", "office", "court"),
        "reset": ("email",),
        "disable": ("email",),
        "list": (),
    }.items():
        asked = commands.add_parser(command)
        for option in takes:
            asked.add_argument(f"--{option}", default="")
    try:
        print(_said(parser.parse_args()))
    except UserError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except NoCredentialsError:
        print("this shell has no AWS credentials; sign in as for make deploy", file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(f"AWS refused: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
