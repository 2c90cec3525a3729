"""What the comparison of `make faults` sees: each difference between what is kept and was sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casework.aws.services.sealed_boxes import InvalidBox
from casework.report.followup import Addition, fold_addition
from casework.report.report import Report
from casework.report.stored_facts import compress_facts
from casework.text.compression import compress_text
from harness.faults.report_comparison import find_differences
from harness.faults.reporters import AcceptedReport
from tests.builders import a_reference

Json = dict[str, Any]
BODY: Json = {
    "category": None,
    "narrative": "Il menace de tout publier.",
    "locations": [{"kind": "phone", "value": "+212600000001"}],
    "money_lost": [{"amount": "3000", "currency": "MAD"}],
    "role": "victim",
    "language": "fr",
    "disclosure": {
        "kind": "identified",
        "contact": {"email": "somebody@example.org"},
        "identity": {"name": "Une personne"},
    },
}
ADDED: Json = {"text": "C'était le 20 novembre.", "answers": 1}


def sealed(content: str, reference: str, field: str) -> bytes:
    """A box whose lock is left open: what it is bound to stands before what it holds."""
    return f"{reference}|{field}|{content}".encode()


def opens(box: bytes, reference: str, field: str) -> bytes:
    bound = f"{reference}|{field}|".encode()
    if not box.startswith(bound):
        raise InvalidBox
    return box.removeprefix(bound)


def kept(body: Json, reference: str) -> Json:
    """A report as intake keeps it."""
    report = Report.model_validate_json(json.dumps(body))
    item: Json = {
        "narrative": compress_text(report.narrative),
        "facts": compress_facts(report),
        "disclosure": report.disclosure.kind,
    }
    for field, part in (("contact", report.contact), ("identity", report.person)):
        if part is not None:
            content = part.model_dump_json(exclude_none=True)
            item[f"{field}_box"] = sealed(content, reference, field)
    return item


def an_addition(**said: Any) -> Json:
    return {"content": fold_addition(Addition.model_validate_json(json.dumps(said)))}


def found(item: Json, *additions: Json, body: Json = BODY) -> list[str]:
    sent = AcceptedReport(7, body, a_reference(7), "a-receipt", [ADDED, ADDED])
    return list(find_differences(sent, item, additions, opens))


@pytest.mark.parametrize("kind", ["anonymous", "confidential", "identified"])
def test_a_report_stored_as_sent_is_no_difference(kind: str) -> None:
    names = {"anonymous": [], "confidential": ["contact"]}.get(kind, ["contact", "identity"])
    disclosed = {"kind": kind, **{name: BODY["disclosure"][name] for name in names}}
    body = {**BODY, "disclosure": disclosed}
    twice = [an_addition(**ADDED)] * 2
    assert found(kept(body, a_reference(7)), *twice, body=body) == []


def item_of(**changed: Any) -> Json:
    return kept({**BODY, **changed}, a_reference(7))


DIFFERENCES: dict[str, tuple[Json, str]] = {
    "other words": ({"narrative": compress_text("Il ne menace pas.")}, "reads otherwise"),
    "a fact that is gone": ({"facts": item_of(locations=[])["facts"]}, "has other facts"),
    "another sum": (
        {"facts": item_of(money_lost=[{"amount": "30", "currency": "MAD"}])["facts"]},
        "has other facts",
    ),
    "a fact that was not told": ({"facts": item_of(danger_now=True)["facts"]}, "has other facts"),
    "another disclosure": ({"disclosure": "anonymous"}, "is disclosed otherwise"),
    "no box": ({"contact_box": None}, "its box of contact"),
    "the box of another report": (
        {"contact_box": kept(BODY, a_reference(8))["contact_box"]},
        "its box of contact",
    ),
    "one box in the place of the other": (
        {"identity_box": item_of()["contact_box"]},
        "its box of identity",
    ),
    "somebody else in the box": (
        {"identity_box": sealed('{"contact":{}}', a_reference(7), "identity")},
        "its box of identity",
    ),
    "a box of what cannot be read": (
        {"identity_box": sealed("", a_reference(7), "identity")},
        "its box of identity",
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_changed_report_is_found(name: str) -> None:
    edited, said = DIFFERENCES[name]
    (line,) = found({**item_of(), **edited}, *[an_addition(**ADDED)] * 2)
    assert line.startswith("report 7")
    assert said in line


@pytest.mark.parametrize(
    "additions",
    [
        [ADDED],
        [ADDED, {**ADDED, "text": "C'était le 21 novembre."}],
        [ADDED, {**ADDED, "answers": 2}],
        [ADDED, {"text": ADDED["text"]}],
    ],
)
def test_an_addition_that_is_gone_or_reads_otherwise_is_found(additions: list[Json]) -> None:
    (line,) = found(item_of(), *(an_addition(**said) for said in additions))
    assert "an addition is not there as it was sent" in line
