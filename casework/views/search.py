"""Find: one field for a reference, a case, the number that people say, or an identifier.

It is read by the code that reads reports (`casework.identifiers.extraction`), so a telephone is
found however it is written. Free text is searched nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from casework.case.case import Case
from casework.linking.records import IdentifierMark
from casework.linking.stop_list import StopList
from casework.text import case_number
from casework.text import reference as references
from casework.views.desk_view import DeskView
from casework.views.lists import CaseLine, case_line_fields

MAX_SEARCH_LENGTH: Final = 2_048
"""Characters of the field: the longest address that browsers open."""
MAX_FOUND: Final = 50
"""Cases of one answer."""


class SearchGround(StrEnum):
    """Why somebody searches."""

    REPORTER_CALLS = "reporter_calls"
    COLLEAGUE_ASKS = "colleague_asks"
    OWN_CASE = "own_case"
    PROSECUTOR_ASKS = "prosecutor_asks"
    INSTITUTION_CALLS = "institution_calls"
    """A bank or an operator, about money or an account."""


class Find(BaseModel):
    """What is searched for, and why."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        json_schema_extra={
            "examples": [{"text": "06 12 34 56 78", "ground": SearchGround.REPORTER_CALLS.value}]
        },
    )

    text: str = Field(min_length=1, max_length=MAX_SEARCH_LENGTH)
    """A reference, a case, the number of a case, a telephone, an IBAN or RIB, a wallet, an e-mail,
    a handle, a web address, or the hash of a file: as somebody wrote or said it."""
    ground: SearchGround


SearchKind = Literal[
    "reference",
    "case",
    "number",
    "url",
    "domain",
    "email",
    "phone",
    "iban",
    "rib",
    "btc",
    "eth",
    "handle",
    "file_hash",
]
"""What a text was read as."""


class ReadAs(DeskView):
    """What the text was read as."""

    kind: SearchKind
    value: str
    """In the form in which it is compared."""


class FoundCase(CaseLine):
    """A case in one line, and why it was found."""

    because: tuple[ReadAs, ...]

    @classmethod
    def from_match(
        cls, case: Case, now: datetime, zone: tzinfo, because: Iterable[ReadAs], *, all_known: bool
    ) -> Self:
        """The line; a case that another unit may hold is named only where `all_known`."""
        line = case_line_fields(case, now, zone)
        if not all_known:
            line["merged_into"] = None
        return cls(**line, because=tuple(because))


class Found(DeskView):
    """The cases that a search found, open ones first, then the latest."""

    read_as: tuple[ReadAs, ...]
    """Empty where the text is nothing that can be searched for."""
    cases: tuple[FoundCase, ...]
    people: Mapping[str, str] = {}
    """The names of those who hold or proposed, by subject."""
    more: bool = False
    """There are more cases than an answer shows."""


@dataclass(frozen=True)
class ParsedSearch:
    """A text as it was read."""

    said: tuple[ReadAs, ...]
    marks: tuple[IdentifierMark, ...] = ()
    """By which cases are looked up; none for a reference, a case or a number."""


def parse_search(text: str, stopped: StopList) -> ParsedSearch:
    """Read the field; `stopped` are the hosts and telephones that many unrelated reports name."""
    named = _named(text)
    return ParsedSearch((named,)) if named else _identifiers(text, stopped)


def _named(text: str) -> ReadAs | None:
    """The case or report that a text names by itself."""
    parsers: tuple[tuple[SearchKind, Callable[[str], str]], ...] = (
        ("number", case_number.parse_case_number),
        ("reference", references.parse_reference),
        ("case", references.parse_case_id),
    )
    for kind, parse in parsers:
        try:
            return ReadAs(kind=kind, value=parse(text.strip()))
        except (case_number.NotASpokenNumber, references.NotAReference):
            continue
    return None


def _identifiers(text: str, stopped: StopList) -> ParsedSearch:
    # Only readers of identifiers pay for these.
    from casework.identifiers.extraction import find_identifiers
    from casework.linking.join_rules import strong_marks

    fields = [("phone", text)], [("handle", text)]
    found = find_identifiers(text)
    for field in fields:
        # A field of a report says what it holds; here the first that reads anything does.
        if not any(each.kind not in ("platform", "domain") for each in found):
            found += find_identifiers("", field)
    others = [replace(each, own=False) for each in found]
    marks = strong_marks(others, stopped_hosts=stopped.hosts, stopped_phones=stopped.phones)
    said = dict.fromkeys((each.kind, each.canonical) for each in others if each.kind != "platform")
    return ParsedSearch(tuple(ReadAs(kind=kind, value=value) for kind, value in said), tuple(marks))
