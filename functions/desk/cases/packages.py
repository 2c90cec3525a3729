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

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.services import package_store, telemetry
from casework.aws.services.clients import aws_client
from casework.case.case import Case
from casework.case.change import Change
from casework.case.export_package import (
    PACKAGE_PART_BYTES,
    SERVED_SECONDS,
    BuildResult,
    PackageState,
    Withheld,
)
from casework.case.times import format_timestamp
from casework.credentials import receipt
from casework.decisions.instructions import annulments_by_entry, list_instructions
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import StaffMember
from casework.errors import (
    CaseNotFound,
    DossierTooLarge,
    Finding,
    KeyMissing,
    NotValid,
    PackageNotFound,
)
from casework.moves.inquiry import record_package_download
from functions.desk import deployment
from functions.desk.queries.package_draft import build_draft
from functions.desk.shared.access import load_visible_case, require_caller
from functions.desk.shared.routing import READ_REFUSALS, desk_route

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


@desk_route(
    "ask_for_package",
    "POST",
    "cases/{id}/packages",
    summary="Ask for the dossier as a signed package",
    body=PackageWish,
    answers={202: DossierPackage},
    refusals=(*READ_REFUSALS, CaseNotFound, KeyMissing, NotValid, DossierTooLarge),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def ask_for_package(request: Request) -> Response:
    """Have the dossier set as PDF in Arabic and French, with what proves it and a program that
    verifies it. Building takes seconds: ask for its state. Repeating the request asks for the same
    package.
    """
    member, case = _seen(request)
    key = receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    order = _order(request.parse_body(PackageWish).order, case)
    package = hashlib.sha256(key.encode()).hexdigest()[:32]
    name = package_store.package_name(case.id, member.subject, package)
    seals, at = deployment.settings().seals, deployment.now()
    draft = build_draft(
        deployment.desk_case_table(), deployment.desk_jurisdiction(), member, case, at, seals, order
    )
    told = draft.model_dump_json().encode()
    package_store.put_draft(deployment.settings().packages, name, told)
    body = json.dumps({"name": name})
    aws_client("sqs").send_message(QueueUrl=deployment.settings().packing, MessageBody=body)
    telemetry.log_info("package asked for", case_id=case.id)
    return Response(202, DossierPackage(package=package, state=PackageState.BUILDING))


@desk_route(
    "read_package",
    "GET",
    "cases/{id}/packages/{package}",
    summary="The state of a package",
    answers={200: DossierPackage},
    refusals=(*READ_REFUSALS, CaseNotFound, PackageNotFound),
)
def read_package(request: Request) -> Response:
    """Whether the package that the caller asked for is ready."""
    member, case = _seen(request)
    package, name = _named(request, case, member)
    built = package_store.read_build_result(deployment.settings().packages, name)
    if built is None:
        if package_store.read_draft(deployment.settings().packages, name) is None:
            raise PackageNotFound
        return _state(DossierPackage(package=package, state=PackageState.BUILDING))
    if built.state is PackageState.FAILED:
        return _state(DossierPackage(package=package, state=PackageState.FAILED))
    return _state(
        DossierPackage(
            package=package,
            state=built.state,
            until=format_timestamp(_served_until(built)),
            size=built.size,
            parts=-(-built.size // PACKAGE_PART_BYTES),
            sha256=built.sha256,
            manifest=built.manifest,
            withheld=built.withheld,
        )
    )


@desk_route(
    "take_package",
    "GET",
    "cases/{id}/packages/{package}/parts/{part}",
    summary="A part of a package",
    answers={200: PackagePart},
    refusals=(*READ_REFUSALS, CaseNotFound, PackageNotFound),
)
def take_package(request: Request) -> Response:
    """A part of a package that is ready. That it was taken is an event of the case, once for each
    package."""
    member, case = _seen(request)
    _, name = _named(request, case, member)
    built = package_store.read_build_result(deployment.settings().packages, name)
    at, number = deployment.now(), request.path_params["part"]
    if built is None or built.state is not PackageState.READY or at > _served_until(built):
        raise PackageNotFound
    first = PACKAGE_PART_BYTES * (int(number) - 1) if _NUMBER.fullmatch(number) else built.size
    if first >= built.size:
        raise PackageNotFound
    _record(case.id, member, built, at)
    content = package_store.read_package_part(
        deployment.settings().packages, name, first, PACKAGE_PART_BYTES
    )
    return Response(
        200,
        PackagePart(content=base64.b64encode(content).decode()),
        {"Cache-Control": "no-store"},
    )


def _order(entry: int | None, case: Case) -> int | None:
    """A decision of the prosecutor that holds, by its entry; raises NotValid for another entry."""
    if entry is None:
        return None
    events = list(deployment.desk_case_table().events(case.id))
    if (
        entry
        not in {each.number for each in list_instructions(events)}
        - annulments_by_entry(events).keys()
    ):
        raise NotValid(
            "The package cannot be made on this entry.",
            findings=[Finding("#/order", "order.unknown", "This is no decision that holds.")],
        )
    return entry


def _record(case_id: str, member: StaffMember, built: BuildResult, at: datetime) -> None:
    table = deployment.desk_case_table()

    def take(case: Case) -> Change | None:
        require_permission(member, StaffCall.PACKAGE, case, deployment.competent_offices_for_case)
        taken = {"package": built.sha256, "manifest": built.manifest}
        order = {"order": built.order} if built.order else {}
        events = table.events(case.id)
        return record_package_download(
            case, at, member.subject, {**taken, **order}, built.withheld, events
        )

    table.update(case_id, take)


def _seen(request: Request) -> tuple[StaffMember, Case]:
    member = require_caller(request, StaffCall.PACKAGE)
    return member, load_visible_case(member, StaffCall.PACKAGE, case_id_from_path(request))


def _named(request: Request, case: Case, member: StaffMember) -> tuple[str, str]:
    package = request.path_params["package"]
    if not _PACKAGE.fullmatch(package):
        raise PackageNotFound
    return package, package_store.package_name(case.id, member.subject, package)


def _served_until(built: BuildResult) -> datetime:
    return datetime.fromisoformat(built.made_at) + timedelta(seconds=SERVED_SECONDS)


def _state(told: DossierPackage) -> Response:
    return Response(200, told, {"Cache-Control": "no-store"})
