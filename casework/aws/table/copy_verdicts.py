"""Verdicts on a text that many sent, until each copy has its entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from casework.aws.table import desk_keys, items, keys
from casework.case.first_glance import Verdict


@dataclass(frozen=True)
class CopyVerdict:
    """A verdict, and how far it was carried."""

    case_id: str
    entry: int
    """Number of the entry of the report that was shown."""
    group: str
    same: str
    """The text, as in `first_glance.ListTurn`."""
    to: int
    """The last turn that was there when the person decided: later copies are glanced at anew."""
    report: str
    """Reference of the report that was shown."""
    verdict: Verdict
    by: str
    key: str
    """Digest of the Idempotency-Key."""
    at: str
    after: str = ""
    """The place in the list of the group up to which it was carried."""


def copy_verdict_write(table: str, verdict: CopyVerdict) -> dict[str, Any]:
    """The write of a new one, for the transaction of its entry."""
    item = {**asdict(verdict), "verdict": verdict.verdict.value}
    flow = {keys.FLOW_PARTITION_KEY: desk_keys.copies_flow(), keys.FLOW_SORT_KEY: verdict.at}
    return items.put_write(table, {**_key(verdict.case_id, verdict.entry), **item, **flow})


def get_copy_verdict(table: str, case_id: str, entry: int) -> CopyVerdict | None:
    """The one of an entry; None where it was carried to all, or there was none."""
    item = items.get_item(table, _key(case_id, entry))
    if item is None:
        return None
    kept = {name: item[name] for name in CopyVerdict.__dataclass_fields__ if name in item}
    said = {"entry": int(item["entry"]), "to": int(item["to"])}
    return CopyVerdict(**{**kept, **said, "verdict": Verdict(item["verdict"])})


def list_unfinished_copy_verdicts(table: str, before: str) -> Iterator[CopyVerdict]:
    """Those that were given before a time and not carried to all yet, oldest first."""
    for key in items.query_index(table, keys.FLOW_INDEX, desk_keys.copies_flow(), before=before):
        case_id, entry = desk_keys.copy_verdict_key.of(key)
        if (found := get_copy_verdict(table, case_id, entry)) is not None:
            yield found


def save_copy_verdict_cursor(table: str, verdict: CopyVerdict, place: str) -> CopyVerdict:
    """Note how far one was carried."""
    later = replace(verdict, after=place)
    items.write_transaction([copy_verdict_write(table, later)])
    return later


def delete_copy_verdict(table: str, verdict: CopyVerdict) -> None:
    """Every copy has its entry."""
    items.delete_item(table, _key(verdict.case_id, verdict.entry))


def _key(case_id: str, entry: int) -> dict[str, str]:
    return desk_keys.copy_verdict_key(case_id, entry)
