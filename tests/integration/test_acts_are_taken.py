"""An act is open to a person exactly when its call is taken; what is closed is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from casework.case.case import Case
from casework.case.value_objects import CloseReason
from casework.decisions.acts import CaseAct
from casework.decisions.closed_reasons import ClosedReason
from casework.decisions.staff import Role
from functions.desk import deployment
from tests.builders import RABAT, SALE, a_reference
from tests.integration.answers import Answered
from tests.integration.desks import (
    ACCEPT,
    CONFIRM,
    DECLINE,
    OF_RABAT,
    REJECT,
    Desk,
    a_decision,
    an_event,
)
from tests.integration.gates import MOTIVE, PASS, WITHDRAW
from tests.integration.test_the_prosecutor import decided

IDENTIFIED = {
    "kind": "identified",
    "contact": {"email": "victime@example.org"},
    "identity": {"name": "Une victime"},
}
NO_DANGER = {"outcome": "no_danger", "reason": "Il est parti, dit la victime.", "dangers": 9}


@dataclass(frozen=True)
class Scene:
    """A case, who reads it, and another case and report that a call may name."""

    case: Case
    by: str
    other: Case
    joined: str


def scene(desk: Desk, role: Role, **fields: Any) -> Scene:
    """A case at review with two reports, the second of which nobody admitted."""
    other = desk.in_review()
    desk.report(other, desk._opened)
    case = desk.in_review(**fields)
    desk.report(case, desk._opened, disclosure=IDENTIFIED)
    joined = desk.report(case, 900 + desk._opened, joined=True)
    desk.waits(case)
    by = desk.enrol(role, RABAT if role is Role.OFFICER else None)
    return Scene(case, by, other, joined)


def again(desk: Desk, at: Scene) -> Scene:
    return Scene(desk.table.get_case(at.case.id), at.by, at.other, at.joined)


def held_by_colleague(desk: Desk, role: Role) -> Scene:
    at = scene(desk, role)
    colleague = desk.enrol(Role.ANALYST)
    assert desk.call(a_decision(at.case, "hold", {}, colleague)).status == 200
    return again(desk, at)


def referred(desk: Desk, role: Role) -> Scene:
    at = scene(desk, role)
    desk.refer(at.case, RABAT)
    return again(desk, at)


def awaiting_authorisation(desk: Desk, role: Role) -> Scene:
    at = referred(desk, role)
    omar = desk.enrol(Role.OFFICER, RABAT)
    assert desk.acknowledge(at.case, ACCEPT, omar).status in {200, 202}
    return again(desk, at)


def inquiring(desk: Desk, role: Role) -> Scene:
    at = awaiting_authorisation(desk, role)
    omar = desk.enrol(Role.OFFICER, RABAT)
    assert desk.decide(at.case, "danger", PASS, omar).status == 200
    return again(desk, at)


def with_suspect(desk: Desk, role: Role) -> Scene:
    at = inquiring(desk, role)
    omar = desk.enrol(Role.OFFICER, RABAT)
    for call, said in (("suspects", {}), ("freezes", FREEZE), ("instructions", instruction())):
        assert desk.decide(desk.table.get_case(at.case.id), call, said, omar).status in {200, 202}
    return again(desk, at)


def rejected(desk: Desk, role: Role) -> Scene:
    at = scene(desk, role)
    known = {"shown": 2, "seen": at.case.events}
    assert desk.review(at.case, {**REJECT, **known}, desk.enrol(Role.ANALYST)).status in {200, 202}
    return again(desk, at)


def closed_by_unit(desk: Desk, role: Role) -> Scene:
    at = inquiring(desk, role)
    omar = desk.enrol(Role.OFFICER, RABAT)
    known = {"shown": 2, "seen": at.case.events}
    said = decided(reason="sent_to_court", other_office="Procédure connexe.", **known)
    assert desk.decide(at.case, "closure", said, omar).status in {200, 202}
    return again(desk, at)


def merged(desk: Desk, role: Role) -> Scene:
    at = scene(desk, role)
    said = {"outcome": "merge", "into": at.other.id, "shown": 2}
    assert desk.review(at.case, said, desk.enrol(Role.ANALYST)).status in {200, 202}
    return again(desk, at)


FREEZE = {"amount": "8400", "currency": "MAD", "institution": "Une banque"}


def instruction(kind: str = "order_checks", **said: Any) -> dict[str, Any]:
    return decided(kind=kind, **said)


def day(year: int) -> str:
    return deployment.now().replace(year=year).date().isoformat()


Body = Callable[[Desk, Scene, dict[str, Any]], tuple[str, Any]]


def plain(call: str, said: Any) -> Body:
    return lambda _desk, _scene, _view: (call, said)


def known(at: Scene, view: dict[str, Any]) -> dict[str, int]:
    return {"shown": len(view["reports"]), "seen": view["last_entry"]}


BODIES: dict[CaseAct, Body] = {
    CaseAct.CONFIRM: lambda _, at, __: (
        "review",
        {**CONFIRM, "priority": at.case.priority} if at.case.imminent else CONFIRM,
    ),
    CaseAct.REJECT: lambda _, at, view: ("review", {**REJECT, **known(at, view)}),
    CaseAct.ASK: lambda _, at, view: (
        "review",
        {
            "outcome": "ask",
            "question": "Quel jour ?",
            "report": view["reports"][0]["reference"] if view["reports"] else a_reference(),
            **known(at, view),
        },
    ),
    CaseAct.MERGE: lambda _, at, view: (
        "review",
        {"outcome": "merge", "into": at.other.id, "shown": len(view["reports"])},
    ),
    CaseAct.ACKNOWLEDGE: plain("acknowledgement", ACCEPT),
    CaseAct.DECLINE: plain("acknowledgement", DECLINE),
    CaseAct.COMPARE: lambda _, at, __: ("apart", {"other": at.other.id}),
    CaseAct.LOOK: lambda _, at, view: ("look", {"seen": view["last_entry"]}),
    CaseAct.ADMIT: lambda _, at, __: ("admissions", {"reports": [at.joined]}),
    CaseAct.INSTRUCT: lambda _, at, __: ("instructions", instruction()),
    CaseAct.INFORM: lambda _, __, ___: (
        "informed",
        {
            "prosecutor": OF_RABAT[0],
            "court": OF_RABAT[1],
            "informed_on": day(2026),
            "means": "letter",
            "digest": "0" * 64,
        },
    ),
    CaseAct.RECEIPT: plain("receipt", {}),
    CaseAct.SUSPECT: plain("suspects", {}),
    CaseAct.SUSPECT_EVENT: plain("suspects/1/events", {"happening": "wanted"}),
    CaseAct.SUSPECT_CORRECT: lambda desk, at, _: (
        "suspects/1/corrections",
        {"corrects": entry_of(desk, at, "suspect"), "because": "other_person"},
    ),
    CaseAct.NOTICE: plain("notice", {"told": "lawyer", "means": "letter"}),
    CaseAct.NOTICE_WITHDRAW: plain("notice/withdrawal", {"reason": "La lettre est revenue."}),
    CaseAct.MESSAGE: lambda _, at, view: (
        "messages",
        {"text": "Merci.", "reports": [each["reference"] for each in view["reports"][:1]]},
    ),
    CaseAct.ASSIGN: lambda _, at, __: ("owner", {"to": at.by}),
    CaseAct.NOTE: plain("notes", {"text": "À rappeler."}),
    CaseAct.FREEZE: plain("freezes", FREEZE),
    CaseAct.FREEZE_STEP: plain("freezes/1/entries", {"step": "notice", "channel": "portal"}),
    CaseAct.PASS: plain("danger", PASS),
    CaseAct.DANGER_OVER: plain("danger", WITHDRAW),
    CaseAct.CLOSURE: lambda _, at, view: (
        "closure",
        decided(
            reason="authorisation_refused"
            if at.case.status == "awaiting_authorisation"
            else "sent_to_court",
            **known(at, view),
        ),
    ),
    CaseAct.PAYMENT: plain(
        "payments", {"told_by": "reporter", "channel": "telephone", "amount": "8400"}
    ),
    CaseAct.WAIVE: plain("payments/waiver", {"reason": "no_payment"}),
    CaseAct.TAKE_OUT: lambda _, at, __: (
        "take-out",
        {"report": at.joined, "because": "other_facts"},
    ),
    CaseAct.ANNUL: lambda desk, at, _: (
        "instructions",
        {"kind": "annul", "entry": entry_of(desk, at, "check"), "reason": "Saisie par erreur."},
    ),
    CaseAct.CLOSURE_CORRECT: lambda _, at, __: (
        "closure/corrections",
        {
            "reason": "out_of_scope"
            if at.case.closed and at.case.closed.is_review_reason
            else "sent_abroad"
        },
    ),
    CaseAct.RESUME: plain("closure/withdrawal", {"reason": "Saisi par erreur."}),
    CaseAct.REOPEN: plain("review", {"outcome": "reopen", "because": "error"}),
    CaseAct.SPLIT: plain("review", {"outcome": "split"}),
    CaseAct.BREAK_HOLD: plain("hold/break", {"reason": "Elle est partie."}),
    CaseAct.REASSIGN: plain("reassign", {"unit": SALE}),
    CaseAct.RETRY: plain("retry", {}),
    CaseAct.KEEP: lambda _, __, ___: (
        "retention",
        {"outcome": "keep", "ground": "proceedings_open", "until": day(2027)},
    ),
    CaseAct.ERASE: plain("retention", {"outcome": "erase"}),
    CaseAct.COURT_HOLD: lambda _, __, ___: (
        "retention",
        {"outcome": "court_hold", "court": "tpi-rabat", "reference": "9/2026", "until": day(2028)},
    ),
    CaseAct.COURT_LIFT: lambda _, __, ___: (
        "retention",
        {
            "outcome": "court_hold_lifted",
            "court": "tpi-rabat",
            "reference": "9/2026",
            "entry": 1,
        },
    ),
    CaseAct.IDENTITY_ASK: lambda _, at, __: (
        "identity-requests",
        {"report": at.case.opened_by, "motive": MOTIVE},
    ),
    CaseAct.IDENTITIES: plain("identity-requests/1/verdict", {"outcome": "accept"}),
    CaseAct.DOSSIER: plain("dossier", None),
}
TRIED = frozenset({*BODIES, CaseAct.NO_DANGER})
"""The acts whose calls stand here; those of the random clients are in `tests/e2e/acts.py`."""
ABOUT_THE_SCREEN = {ClosedReason.NOTHING_ALIKE}
"""The screen has nothing to compare with; the call may name any case."""
OF_THE_DUTY_DESK = {CaseAct.REASSIGN, CaseAct.RETRY}


def entry_of(desk: Desk, at: Scene, move: str) -> int:
    return next((e.number for e in desk.table.events(at.case.id) if e.move == move), 1)


def signed_in_again(event: dict[str, Any]) -> dict[str, Any]:
    """The call of somebody who signed in a minute ago, as some decisions need it."""
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    claims["auth_time"] = str(int(deployment.now().timestamp()) - 60)
    return event


def tried(desk: Desk, at: Scene, view: dict[str, Any], act: CaseAct) -> Answered:
    """The call of an act, as the desk sends it."""
    if act is CaseAct.NO_DANGER:
        call = "danger" if desk.table.get_case(at.case.id).referral else "review"
        said: Any = {**NO_DANGER, "seen": view["last_entry"]}
    else:
        call, said = BODIES[act](desk, at, view)
    event = signed_in_again(a_decision(desk.table.get_case(at.case.id), call, said, at.by))
    if act in OF_THE_DUTY_DESK:
        event["rawPath"] = f"/v1/desk/duty/{at.case.id}/{call}"
        event["requestContext"]["http"]["path"] = event["rawPath"]
    if act is CaseAct.ASSIGN:
        event["requestContext"]["http"]["method"] = "PUT"
    if act is CaseAct.DOSSIER:
        event = an_event("GET", f"/v1/desk/cases/{at.case.id}/dossier", at.by)
    return desk.call(event)


SCENES: dict[str, tuple[Role, Callable[[Desk, Role], Scene]]] = {
    "at review": (Role.ANALYST, scene),
    "held by a colleague": (Role.ANALYST, held_by_colleague),
    "held by a colleague, for a supervisor": (Role.SUPERVISOR, held_by_colleague),
    "in danger": (Role.ANALYST, lambda desk, role: scene(desk, role, imminent=True)),
    "offered to the unit": (Role.OFFICER, referred),
    "offered to a unit, for a supervisor": (Role.SUPERVISOR, referred),
    "awaiting authorisation": (Role.OFFICER, awaiting_authorisation),
    "awaiting the prosecutor": (Role.PROSECUTOR, awaiting_authorisation),
    "with a suspect": (Role.OFFICER, with_suspect),
    "inquired, for an analyst": (Role.ANALYST, inquiring),
    "rejected": (Role.SUPERVISOR, rejected),
    "closed by its unit": (Role.OFFICER, closed_by_unit),
    "merged": (Role.ANALYST, merged),
}


def read(desk: Desk, at: Scene) -> dict[str, Any]:
    shown = desk.case(at.case, at.by)
    assert shown.status == 200, shown.text
    return dict(shown.document)


@pytest.mark.parametrize("name", SCENES)
def test_what_is_closed_is_refused(desk: Desk, name: str) -> None:
    role, make = SCENES[name]
    at = make(desk, role)
    view = read(desk, at)
    taken = [
        each
        for each in view["closed_acts"]
        if each["because"] not in ABOUT_THE_SCREEN
        and each["act"] in TRIED
        and tried(desk, at, view, CaseAct(each["act"])).status < 400
    ]
    assert not taken
    assert desk.table.get_case(at.case.id).events == view["last_entry"]


@pytest.mark.parametrize("name", SCENES)
def test_what_is_open_is_taken(desk: Desk, name: str) -> None:
    role, make = SCENES[name]
    acts = read(desk, make(desk, role))["acts"]
    refused = {}
    for act in [each for each in map(CaseAct, acts) if each in TRIED]:
        at = make(desk, role)
        answered = tried(desk, at, read(desk, at), act)
        if answered.status >= 400:
            refused[act] = answered.text
    assert not refused


CLOSURE_CALLS = {CaseAct.CLOSURE: "closure", CaseAct.CLOSURE_CORRECT: "closure/corrections"}
ENDS = {
    "with a suspect": CaseAct.CLOSURE,
    "awaiting authorisation": CaseAct.CLOSURE,
    "awaiting the prosecutor": CaseAct.CLOSURE,
    "rejected": CaseAct.CLOSURE_CORRECT,
    "closed by its unit": CaseAct.CLOSURE_CORRECT,
}


@pytest.mark.parametrize("name", ENDS)
def test_the_reasons_of_an_end_that_are_offered_are_those_that_are_taken(
    desk: Desk, name: str
) -> None:
    (role, make), act = SCENES[name], ENDS[name]
    offered = set(read(desk, make(desk, role))["closure_reasons"])
    taken = set()
    for reason in CloseReason:
        at = make(desk, role)
        ground = {"ground": "other"} if reason is CloseReason.CLOSED_BY_PROSECUTOR else {}
        correction = {"reason": reason, **ground}
        closure = decided(reason=reason, **known(at, read(desk, at)))
        said = closure if act is CaseAct.CLOSURE else correction
        event = a_decision(desk.table.get_case(at.case.id), CLOSURE_CALLS[act], said, at.by)
        if desk.call(signed_in_again(event)).status < 400:
            taken.add(reason)
    assert taken
    assert taken == offered
