"""The texts of the desk: every language has every text, and the code uses each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from casework.analysis.priority_rules import read_rules
from casework.aws.services.sign_in import DeskLanguage
from casework.case.lifecycle import Move, Status
from casework.case.referral import DeclineReason
from casework.case.value_objects import Priority
from casework.pack.competence import CompetenceRule, Confidence, Doubt
from casework.pack.jurisdiction import open_pack
from casework.report.followup import Corrected
from tools.openapi import OPENAPI_DOCUMENT_FILE
from tools.site import desk

TEXTS = desk.desk_texts_by_language()
KEYS = TEXTS["en"]["texts"]
SCHEMAS: dict[str, Any] = json.loads(OPENAPI_DOCUMENT_FILE.read_text("utf-8"))["components"][
    "schemas"
]
"""As the code is now: a contract test holds the document to it."""


def assert_has_words(told: Mapping[str, Iterable[str]]) -> None:
    """Every value has a text, by the beginning of its key."""
    lacking = {f"{section}_{each}" for section, those in told.items() for each in those} - {*KEYS}
    assert not lacking, f"write these keys in web/desk/messages/*.toml: {sorted(lacking)}"


def test_braces_are_the_same_in_every_language() -> None:
    for key, text in KEYS.items():
        braces = sorted(re.findall(r"\{(\w+)\}", text))
        for code, each in TEXTS.items():
            assert sorted(re.findall(r"\{(\w+)\}", each["texts"][key])) == braces, (code, key)


def test_everything_that_the_assessment_can_say_has_words() -> None:
    rules = read_rules(open_pack("ma").folder)
    reasons = {line.reason for line in rules.priorities}
    flags = set(rules.flags)
    told = {
        "reason": reasons | flags,
        "doubt": get_args(Doubt),
        "rule": get_args(CompetenceRule),
        "confidence": get_args(Confidence),
        "status": Status,
        "priority": Priority,
    }
    assert_has_words(told)


def test_everything_that_a_unit_reads_of_its_case_has_words() -> None:
    told = {
        "suspect": {*SCHEMAS["SuspectStanding"]["enum"], *SCHEMAS["SuspectHappening"]["enum"]},
        "bond": SCHEMAS["Bond"]["enum"],
        "freezing": SCHEMAS["FreezingStep"]["enum"],
        "deadline": SCHEMAS["DeadlineView"]["properties"]["kind"]["enum"],
        "instruction": {*SCHEMAS["InstructionEntry"]["discriminator"]["mapping"]} - {"annul"},
        "decline": list(DeclineReason),
        "corrected": list(Corrected),
        "move": list(Move),
    }
    assert_has_words(told)


def test_settings_take_the_languages_of_the_pages_and_no_other() -> None:
    assert sorted(get_args(DeskLanguage)) == sorted(TEXTS)


def test_why_a_case_ended_has_words() -> None:
    reasons = SCHEMAS["CloseReason"]["enum"]
    assert {each for each in reasons if not {f"closed_{each}", f"reject_{each}"} & {*KEYS}} == set()
