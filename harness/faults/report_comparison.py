"""Compares a stored report with what was sent: words, facts, boxes, additions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from casework.aws.services.sealed_boxes import InvalidBox, SealedField
from casework.text.compression import decompress_text
from harness.faults.reporters import AcceptedReport

ReportJson = dict[str, Any]
Opens = Callable[[bytes, str, SealedField], bytes]
"""Opens a box of the report with a reference; raises InvalidBox."""
_APART: Final = frozenset({"narrative", "disclosure"})
"""The fields of a report beside its facts."""


def find_differences(
    sent: AcceptedReport,
    item: Mapping[str, Any],
    additions: Sequence[Mapping[str, Any]],
    opens: Opens,
) -> Iterator[str]:
    """The differences from what was sent; `additions` are items, in any order."""
    named, disclosed = f"report {sent.number}", sent.body["disclosure"]
    if decompress_text(item["narrative"]) != sent.body["narrative"]:
        yield f"{named} reads otherwise"
    facts = {name: said for name, said in sent.body.items() if name not in _APART}
    if _told(json.loads(decompress_text(item["facts"]))) != _told(facts):
        yield f"{named} has other facts"
    if item["disclosure"] != disclosed["kind"]:
        yield f"{named} is disclosed otherwise"
    for field, said in _boxes(disclosed).items():
        box = item.get(f"{field}_box")
        if not _opens_to(said, box, sent.reference, field, opens):
            yield f"{named}: its box of {field} does not open to what was sent"
    there = Counter(_line(json.loads(decompress_text(each["content"]))) for each in additions)
    for line in (Counter(map(_line, sent.additions)) - there).elements():
        yield f"{named}: an addition is not there as it was sent: {line}"


def _told(said: Mapping[str, Any]) -> ReportJson:
    """What was sent, without empty fields."""
    return {name: value for name, value in said.items() if value is not None}


def _line(said: Mapping[str, Any]) -> str:
    return json.dumps(_told(said), ensure_ascii=False, sort_keys=True)


def _boxes(disclosed: Mapping[str, Any]) -> dict[SealedField, ReportJson | None]:
    """The content of each box; None for a missing one."""
    if disclosed["kind"] == "anonymous":
        return {"contact": None, "identity": None}
    person = {name: disclosed[name] for name in ("identity", "contact") if name in disclosed}
    return {"contact": disclosed["contact"], "identity": person}


def _opens_to(
    said: ReportJson | None, box: bytes | None, reference: str, field: SealedField, opens: Opens
) -> bool:
    if box is None or said is None:
        return box is None and said is None
    try:
        return bool(json.loads(opens(box, reference, field)) == said)
    except (InvalidBox, ValueError):
        return False
