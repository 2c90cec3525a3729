"""What a member of the staff was shown beside cases, and what they were refused, hour by hour.

A list names many cases, so it stands in no log of a case: its mark stands with the person who was
shown it. So does a refusal that names no case. A mark says which list or call it was, and how much
was shown; it never holds a line of it, nor what a search was for.

A list that a page asks for every few seconds is one mark an hour, and one more for each further
page of it; it is written again only where more lines were shown than before. A refused search is
one mark an hour for each thing that was sought, up to a limit that one process keeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.staff_activity_table import StaffAct, list_activity_lines
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp

SEEN_KEPT_TIME: Final = timedelta(days=90)
SEEN_LIST_KIND: Final = "list"
SEEN_REFUSED_KIND: Final = "refused"
FURTHER_SEARCHES_SUFFIX: Final = "further"
"""The end of what a search is told apart by, once one person was refused very many in an hour."""
MAX_REFUSED_SEARCH_MARKS: Final = 120
"""Refused searches of one person in an hour of which one process writes a mark each."""
MAX_SEEN_QUERY_LENGTH: Final = 120
"""Characters of what a list was asked by; of a longer one its digest is kept."""
MAX_REMEMBERED_VIEWS: Final = 4_096
_DIGITS: Final = 16
_HOUR: Final = len("2026-03-02T12")

_marked: dict[tuple[str, str, str], int] = {}
"""By table, person and mark: how many lines of a list this process has written there."""
_apart: dict[tuple[str, str, str], int] = {}
"""By table, person and hour: the refused searches that were told apart."""


def mark_list(
    table: str, subject: str, at: datetime, call: str, *, of: str, page: str, lines: int
) -> None:
    """Record that a person was shown a list: by which call, asked by what (`of`), and how many
    lines of it. `page` is empty for the first page, else what tells this page from others."""
    of = of if len(of) <= MAX_SEEN_QUERY_LENGTH and of.isascii() else _digest(of)
    what = "#".join((SEEN_LIST_KIND, call, of, _digest(page) if page else ""))
    key = _key(subject, at, what)
    cache_key = (table, subject, key[keys.SORT_KEY])
    if _marked.get(cache_key, -1) >= lines:
        return
    attributes = {
        "kind": SEEN_LIST_KIND,
        "call": call,
        "of": of,
        "further": bool(page),
        "lines": lines,
    }
    with suppress(items.WriteConflict):  # another process wrote of as many lines
        items.put_item_if(
            {
                "TableName": table,
                "Item": to_wire_item({**key, **_when(at), **attributes}),
                "ConditionExpression": f"{items.IF_ABSENT_CONDITION} OR #lines < :lines",
                "ExpressionAttributeNames": {"#lines": "lines"},
                "ExpressionAttributeValues": to_wire_item({":lines": lines}),
            }
        )
    _remember(cache_key, lines)


def mark_refused(
    table: str,
    subject: str,
    at: datetime,
    call: str,
    *,
    why: str,
    ground: str = "",
    digests: Sequence[str] = (),
) -> None:
    """Record that a person was refused a call that names no case, and why. Of a search also its
    ground and the keyed digests of what was sought, as a search that was made has them."""
    sought, hour = "", (table, subject, format_timestamp(at)[:_HOUR])
    if digests:
        sought = _digest("|".join(digests))
        if _apart.get(hour, 0) >= MAX_REFUSED_SEARCH_MARKS:
            sought, ground, digests = FURTHER_SEARCHES_SUFFIX, "", ()
    key = _key(subject, at, "#".join((SEEN_REFUSED_KIND, call, why, sought)))
    cache_key = (table, subject, key[keys.SORT_KEY])
    if cache_key in _marked:
        return
    attributes: dict[str, Any] = {"kind": SEEN_REFUSED_KIND, "call": call, "why": why}
    if digests:
        attributes |= {"ground": ground, "digests": list(digests)}
        if len(_apart) >= MAX_REMEMBERED_VIEWS:
            _apart.clear()
        _apart[hour] = _apart.get(hour, 0) + 1
    items.put_new_item(table, {**key, **_when(at), **attributes})
    _remember(cache_key, 0)


def list_seen_by_person(
    table: str, subject: str, at: datetime, limit: int, after: str | None = None
) -> tuple[list[StaffAct], str | None]:
    """What a person was shown and refused within 90 days, the latest hour first, and the place for
    the next page."""
    return list_activity_lines(table, subject, desk_keys.viewing_mark_key, at, limit, after)


def _key(subject: str, at: datetime, what: str) -> dict[str, str]:
    return desk_keys.viewing_mark_key(subject, format_timestamp(at)[:_HOUR], what)


def _when(at: datetime) -> dict[str, Any]:
    return {
        "at": format_timestamp(at),
        keys.EXPIRES_AT_FIELD: int((at + SEEN_KEPT_TIME).timestamp()),
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _remember(known: tuple[str, str, str], lines: int) -> None:
    if len(_marked) >= MAX_REMEMBERED_VIEWS:
        _marked.clear()
    _marked[known] = lines
