"""The dossier of a case as a signed package: asked for, built by a function of its own, taken.

Only who asked finds it, for an hour. The first part that is taken is an event of the case, which
names the digest of the package and what was withheld: it is saved before a byte is given.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.http import IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.aws.services import observe, packages
from casework.aws.services.clients import client
from casework.case.case import Case
from casework.case.change import Change
from casework.case.package import PART, SERVED_SECONDS, Built, PackageState, Withheld
from casework.case.times import stamp
from casework.credentials import receipt
from casework.decisions.inquiry import annulled, ledger
from casework.decisions.permissions import Call, permit
from casework.decisions.staff import StaffMember
from casework.errors import (
    CaseNotFound,
    DossierTooLarge,
    Finding,
    KeyMissing,
    NotValid,
    PackageNotFound,
)
from casework.moves.inquiry import package_taken
from functions.desk import deployment
from functions.desk.entry.access import caller, seen_case
from functions.desk.entry.calls import READING, route
from functions.desk.shown.collecting import draft_of

_PACKAGE: Final = re.compile(r"[0-9a-f]{32}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}")


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class PackageWish(BaseModel):
    """What a package is to show."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    order: int | None = Field(default=None, ge=1)
    """The entry of a decision of the prosecutor that asks for identity numbers: print covers them
    in the words of reporters, unless one is named."""


class DossierPackage(_Answer):
    """A package, and where it stands."""

    package: str
    """Its id, for the person who asked for it."""
    state: PackageState
    until: str | None = None
    """Until when it can be downloaded; left out until it is ready."""
    size: int | None = None
    """Bytes."""
    parts: int | None = None
    """Parts to read, from 1."""
    sha256: str | None = None
    """Of the package: compare it."""
    manifest: str | None = None
    """SHA-256 of its manifest, which names every file of it. The entry of the history has both."""
    withheld: tuple[Withheld, ...] = ()


class PackagePart(_Answer):
    """A part of a package."""

    content: str
    """Base64. All parts one after the other are a ZIP."""


@route(
    "ask_for_package",
    "POST",
    "cases/{id}/packages",
    summary="Ask for the dossier as a signed package",
    body=PackageWish,
    answers={202: DossierPackage},
    refusals=(*READING, CaseNotFound, KeyMissing, NotValid, DossierTooLarge),
    parameters=(IDEMPOTENCY_KEY,),
)
def ask_for_package(request: Request) -> Answer:
    """Have the dossier set as PDF in Arabic and French, with what proves it and a program that
    verifies it. Building takes seconds: ask for its state. Repeating the request asks for the same
    package.
    """
    member, case = _seen(request)
    key = receipt.read_key(request.headers.get("idempotency-key"))
    order = _order(request.read(PackageWish).order, case)
    package = hashlib.sha256(key.encode()).hexdigest()[:32]
    name = packages.name_of(case.id, member.subject, package)
    seals, at = deployment.settings().seals, deployment.now()
    draft = draft_of(deployment.table(), deployment.pack(), member, case, at, seals, order)
    told = draft.model_dump_json().encode()
    packages.put_draft(deployment.settings().packages, name, told)
    body = json.dumps({"name": name})
    client("sqs").send_message(QueueUrl=deployment.settings().packing, MessageBody=body)
    observe.fact("package asked for", case_id=case.id)
    return Answer(202, DossierPackage(package=package, state=PackageState.BUILDING))


@route(
    "read_package",
    "GET",
    "cases/{id}/packages/{package}",
    summary="The state of a package",
    answers={200: DossierPackage},
    refusals=(*READING, CaseNotFound, PackageNotFound),
)
def read_package(request: Request) -> Answer:
    """Whether the package that the caller asked for is ready."""
    member, case = _seen(request)
    package, name = _named(request, case, member)
    built = packages.built(deployment.settings().packages, name)
    if built is None:
        if packages.draft(deployment.settings().packages, name) is None:
            raise PackageNotFound
        return _state(DossierPackage(package=package, state=PackageState.BUILDING))
    if built.state is PackageState.FAILED:
        return _state(DossierPackage(package=package, state=PackageState.FAILED))
    return _state(
        DossierPackage(
            package=package,
            state=built.state,
            until=stamp(_served_until(built)),
            size=built.size,
            parts=-(-built.size // PART),
            sha256=built.sha256,
            manifest=built.manifest,
            withheld=built.withheld,
        )
    )


@route(
    "take_package",
    "GET",
    "cases/{id}/packages/{package}/parts/{part}",
    summary="A part of a package",
    answers={200: PackagePart},
    refusals=(*READING, CaseNotFound, PackageNotFound),
)
def take_package(request: Request) -> Answer:
    """A part of a package that is ready. That it was taken is an event of the case, once for each
    package."""
    member, case = _seen(request)
    _, name = _named(request, case, member)
    built = packages.built(deployment.settings().packages, name)
    at, number = deployment.now(), request.path_params["part"]
    if built is None or built.state is not PackageState.READY or at > _served_until(built):
        raise PackageNotFound
    first = PART * (int(number) - 1) if _NUMBER.fullmatch(number) else built.size
    if first >= built.size:
        raise PackageNotFound
    _record(case.id, member, built, at)
    content = packages.part(deployment.settings().packages, name, first, PART)
    return Answer(
        200,
        PackagePart(content=base64.b64encode(content).decode()),
        {"Cache-Control": "no-store"},
    )


def _order(entry: int | None, case: Case) -> int | None:
    """A decision of the prosecutor that holds, by its entry; raises NotValid for another entry."""
    if entry is None:
        return None
    events = list(deployment.table().events(case.id))
    if entry not in {each.number for each in ledger(events)} - annulled(events).keys():
        raise NotValid(
            "The package cannot be made on this entry.",
            findings=[Finding("#/order", "order.unknown", "This is no decision that holds.")],
        )
    return entry


def _record(case_id: str, member: StaffMember, built: Built, at: datetime) -> None:
    table = deployment.table()

    def take(case: Case) -> Change | None:
        permit(member, Call.PACKAGE, case, deployment.offices)
        taken = {"package": built.sha256, "manifest": built.manifest}
        order = {"order": built.order} if built.order else {}
        events = table.events(case.id)
        return package_taken(case, at, member.subject, {**taken, **order}, built.withheld, events)

    table.update(case_id, take)


def _seen(request: Request) -> tuple[StaffMember, Case]:
    member = caller(request, Call.PACKAGE)
    return member, seen_case(member, Call.PACKAGE, case_id_of(request))


def _named(request: Request, case: Case, member: StaffMember) -> tuple[str, str]:
    package = request.path_params["package"]
    if not _PACKAGE.fullmatch(package):
        raise PackageNotFound
    return package, packages.name_of(case.id, member.subject, package)


def _served_until(built: Built) -> datetime:
    return datetime.fromisoformat(built.made_at) + timedelta(seconds=SERVED_SECONDS)


def _state(told: DossierPackage) -> Answer:
    return Answer(200, told, {"Cache-Control": "no-store"})
