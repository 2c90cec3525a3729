"""The fields of the form without JavaScript, and the report they make.

Each field is one text. Together they make the document of `POST /v1/reports`, which the same model
reads and the same write stores; this module knows only the names of the fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from casework.errors import BodyTooLarge, Finding, NotValid, UnsupportedEncoding

FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
MAX_FORM_BYTES: Final = 400_000
"""A narrative of 20,000 characters has six bytes for each Arabic letter when it is a form."""
MAX_FORM_LOCATIONS: Final = 3
"""Locations the form has room for."""
MAX_FORM_LOSSES: Final = 3
"""Payments the form has room for."""
UNKNOWN_CATEGORY: Final = "unknown"
"""The category of a reporter who does not know it."""


def row_field_names(count: int, *names: str) -> tuple[str, ...]:
    """The names of the fields of each row."""
    return tuple(f"{name}_{row}" for row in range(1, count + 1) for name in names)


LOSS_FIELDS: Final = ("amount", "currency", "means", "paid_on", "account")
DATE_FIELDS: Final = ("day", *(f"paid_on_{row}" for row in range(1, MAX_FORM_LOSSES + 1)))
_ORDER: Final = (
    "danger",
    "despair",
    "minor",
    "vulnerable",
    "call_number",
    "call_safe",
    "category",
    "role",
    "narrative",
    *row_field_names(MAX_FORM_LOCATIONS, "kind", "value"),
    "platform",
    "day",
    "online",
    *row_field_names(MAX_FORM_LOSSES, *LOSS_FIELDS),
    "territory",
    "commune",
    "place",
    "country",
    "lives",
    "lives_text",
    "disclosure",
    "email",
    "phone",
    "full_name",
    "id_number",
    "address",
)
"""The fields as they stand on the page."""
MAX_WRONG: Final = len(_ORDER)
"""As many as can be wrong at once."""
ANSWER_FIELDS: Final = (
    "way",
    "relative",
    *_ORDER,
    *(f"{day}_{part}" for day in DATE_FIELDS for part in ("month", "year")),
)
"""The fields that hold an answer, which travel from step to step."""
REPORT_FIELDS: Final = frozenset({"key", "ticket", "look", "step", "go", "change", *ANSWER_FIELDS})
CODE_FIELDS: Final = ("reference", "receipt")
KEEP_VISIBLE_FIELD: Final = "in_sight"
"""Whether the page behind a form shows both codes, as the page before did."""
FOLLOW_FIELDS: Final = frozenset(
    {
        *CODE_FIELDS,
        KEEP_VISIBLE_FIELD,
        "cursor",
        "key",
        "answers",
        "kind",
        "corrects",
        "text",
        "proof",
        "files",
    }
)

_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789,", "٬")
_MONEY: Final = re.compile(r"(?:dhs?|dirhams?|mad|درهما?|دراهم)\.?$", re.IGNORECASE)
"""The country's money behind an amount."""
_GROUPED: Final = re.compile(
    r"([1-9][0-9]{0,2}([.,])[0-9]{3}(?:\2[0-9]{3})*)(?:(?!\2)[.,]([0-9]+))?"
)


def parse_form(headers: Mapping[str, str], body: bytes, allowed: frozenset[str]) -> dict[str, str]:
    """The fields of a form. Raises NotValid for a form that is not one of ours."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_MEDIA_TYPE:
        raise UnsupportedEncoding(f"This address takes {FORM_MEDIA_TYPE}.")
    if len(body) > MAX_FORM_BYTES:
        raise BodyTooLarge(f"At most {MAX_FORM_BYTES:,} bytes can be taken.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=len(allowed),
        )
    except ValueError:  # UnicodeDecodeError is one
        raise NotValid("This is no form.") from None
    found = dict(pairs)
    if len(found) < len(pairs) or not set(found) <= allowed:
        raise NotValid("This form has fields twice, or fields that are not known.")
    return found


def report_from_form(fields: Mapping[str, str], language: str) -> dict[str, Any]:
    """The report in a form, as a document, without empty fields."""
    said = _Said(fields)
    document: dict[str, Any] = {
        "category": None if said["category"] == UNKNOWN_CATEGORY else said["category"],
        "narrative": _typed(fields.get("narrative", "")),
        "locations": [
            {"kind": said[f"kind_{row}"] or "other", "value": said[f"value_{row}"]}
            for row in filled_location_rows(said)
        ],
        "role": said["role"],
        "victim_is_minor": bool(said["minor"]),
        "victim_is_vulnerable": bool(said["vulnerable"]),
        "danger_now": tells_danger(fields),
        "language": language,
        "disclosure": _disclosure(said),
    }
    if said["call_number"]:
        document["call_now"] = {"phone": said["call_number"], "safe": said["call_safe"]}
    document |= said.named(platform="platform")
    if day := said.day("day"):
        document["seen_at"] = day
    if said["online"] in {"yes", "no"}:
        document["still_online"] = said["online"] == "yes"
    if losses := [_loss(said, row) for row in filled_loss_rows(said)]:
        document["money_lost"] = losses
    if place := _place(said):
        document["territory"] = place
    return document


def tells_danger(given: Mapping[str, str]) -> bool:
    """Whether a form ticks that somebody is in danger now."""
    said = _Said(given)
    return bool(said["danger"] or said["despair"])


def addition_from_form(fields: Mapping[str, str], withdrawn: str) -> dict[str, Any]:
    """The addition in a form, as a document; `withdrawn` is the text of a withdrawal without words.

    Raises NotValid for a number we did not put there.
    """
    said = _Said(fields)
    document = {"text": _typed(fields["text"]), **said.named(kind="kind", corrects="corrects")}
    if document.get("kind") == "withdrawal" and not said["text"]:
        document["text"] = withdrawn
    if document.get("kind") != "correction":
        document.pop("corrects", None)  # it was picked, then another kind was
    answers = said["answers"]
    if not answers:
        return document
    if not re.fullmatch(r"[1-9][0-9]{0,3}", answers):
        raise NotValid("This is the number of no question.")
    return {**document, "answers": int(answers)}


def _typed(text: str) -> str:
    """A long text as it was typed: forms send two characters for each line break."""
    return text.replace("\r\n", "\n")


class _Said(dict[str, str]):
    """The fields without blanks around them; one that is absent is empty."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__({name: value.strip() for name, value in given.items()})

    def __missing__(self, name: str) -> str:
        return ""

    def named(self, **fields: str) -> dict[str, str]:
        """Member → the value of its field, for those that were filled in."""
        return {member: self[name] for member, name in fields.items() if self[name]}

    def day(self, name: str) -> str:
        """The day in three fields, as 2026-03-15; one that is none is left to be refused."""
        year, month, day = (self[each].translate(_DIGITS) for each in _three(name))
        if not (year or month or day):
            return ""
        return f"{year}-{month:0>2}-{day:0>2}"


def _three(name: str) -> tuple[str, str, str]:
    return f"{name}_year", f"{name}_month", name


def filled_location_rows(given: Mapping[str, str]) -> list[int]:
    """The rows of locations that say something."""
    return _given(given, MAX_FORM_LOCATIONS, "value_{row}")


def filled_loss_rows(given: Mapping[str, str]) -> list[int]:
    """The filled-in rows of payments; a row with only a currency is empty."""
    asked = [f"{name}_{{row}}" for name in LOSS_FIELDS if name != "currency"]
    return _given(given, MAX_FORM_LOSSES, *asked, "paid_on_{row}_month", "paid_on_{row}_year")


def _given(given: Mapping[str, str], count: int, *names: str) -> list[int]:
    return [
        row
        for row in range(1, count + 1)
        if any(given.get(name.format(row=row), "").strip() for name in names)
    ]


def parse_typed_amount(typed: str) -> str:
    """Digits of any script as 0-9, and one point, as `web/portal/report/amount.ts` reads them.

    "1.500", "1,500" and "1.500,50": marks before three digits group thousands, anywhere.
    """
    text = _MONEY.sub("", "".join(typed.split()).translate(_DIGITS))
    grouped = _GROUPED.fullmatch(text)
    if grouped is None:
        return text.replace(",", ".")
    whole = re.sub("[.,]", "", grouped[1])
    return f"{whole}.{grouped[3]}" if grouped[3] else whole


def _loss(said: _Said, row: int) -> dict[str, str]:
    paid_on = said.day(f"paid_on_{row}")
    return {
        "amount": parse_typed_amount(said[f"amount_{row}"]),
        "currency": said[f"currency_{row}"],
        **({"at": paid_on} if paid_on else {}),
        **said.named(means=f"means_{row}", beneficiary_account=f"account_{row}"),
    }


def _place(said: _Said) -> dict[str, str] | None:
    lives = said.named(residence="lives", residence_text="lives_text")
    if said["country"] or lives:
        return {"country": said["country"], **lives}
    if said["place"]:
        return {"text": said["place"]}
    code = said["commune"] or said["territory"]
    return {"code": code} if code else None


def _disclosure(said: _Said) -> dict[str, Any]:
    kind = said["disclosure"]
    if kind == "anonymous":
        return {"kind": kind}
    document: dict[str, Any] = {"kind": kind, "contact": said.named(email="email", phone="phone")}
    if kind == "identified":
        document["identity"] = {
            "name": said["full_name"],
            **said.named(id_number="id_number", address="address"),
        }
    return document


_FIELDS: Final[Sequence[tuple[str, str, str]]] = (
    (r"#/category", "category", "error.category"),
    (r"#/role", "role", "error.role"),
    (r"#/narrative", "narrative", "error.narrative"),
    (r"#/platform", "platform", "error.refused"),
    (r"#/seen_at", "day", "error.day"),
    (r"#/locations/([0-9]+).*", "value_{}", "error.refused"),
    (r"#/money_lost/([0-9]+)/amount", "amount_{}", "error.amount"),
    (r"#/money_lost/([0-9]+)/at", "paid_on_{}", "error.day"),
    (r"#/money_lost/([0-9]+)/beneficiary_account", "account_{}", "error.refused"),
    (r"#/money_lost/([0-9]+).*", "currency_{}", "error.refused"),
    (r"#/territory/code", "territory", "error.region"),
    (r"#/territory/country", "country", "error.country"),
    (r"#/territory/residence", "lives", "error.region"),
    (r"#/territory/residence_text", "lives_text", "error.place_text"),
    (r"#/territory.*", "place", "error.place_text"),
    (r"#/call_now/safe", "call_safe", "error.call_safe"),
    (r"#/call_now.*", "call_number", "error.phone"),
    (r"#/disclosure/contact/email", "email", "error.email"),
    (r"#/disclosure/contact/phone", "phone", "error.phone"),
    (r"#/disclosure/contact.*", "email", "error.contact"),
    (r"#/disclosure/identity/id_number", "id_number", "error.refused"),
    (r"#/disclosure/identity/address", "address", "error.refused"),
    (r"#/disclosure/identity.*", "full_name", "error.full_name"),
    (r"#/disclosure.*", "disclosure", "error.disclosure"),
)
"""Where a finding of the report's model stands in the form, and our words for it.

The number in a pointer counts the rows that were filled in; the field has the row on the page.
"""


_TOO_LONG: Final = {"narrative": "error.narrative_long"}
"""The texts for fields with their own words for being too long."""


def wrong_fields(findings: Sequence[Finding], given: Mapping[str, str]) -> dict[str, str]:
    """Field → key of the text of its mistake, in the order of the form."""
    wrong: dict[str, str] = {}
    for finding in findings:
        field, text = _where(finding, given)
        wrong.setdefault(field, text)
    return dict(sorted(wrong.items(), key=lambda each: _ORDER.index(each[0])))


def _where(finding: Finding, fields: Mapping[str, str]) -> tuple[str, str]:
    too_long = finding.code == "string_too_long"
    for pattern, field, text in _FIELDS:
        if found := re.fullmatch(pattern, finding.pointer):
            filled = (
                filled_loss_rows(fields)
                if "money_lost" in pattern
                else filled_location_rows(fields)
            )
            name = field.format(*(filled[int(each)] for each in found.groups()))
            if finding.code == "text.control":
                return name, "error.control"
            return name, _TOO_LONG.get(field, "error.value_long") if too_long else text
    return "narrative", "error.refused"
