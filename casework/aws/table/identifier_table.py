"""The case of each identifier: one item each, so that linking is a look-up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from casework.aws.services import secrets
from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire
from casework.linking.kept import Claim, Mark, Site
from casework.text.realm import Realm, key_in

MOST_READ: Final = 100
"""Identifiers per batch read."""


PAGES: Final = "pages"
"""Of a site: ids of the pages that reports named, one more than link by it at most."""


class Owners(NamedTuple):
    """The owners of identifiers."""

    cases: dict[Mark, str]
    met_on: dict[Mark, str]
    """For names of accounts: the platform on which the case met them, if known."""
    sites: dict[Mark, Site]
    """For hosts: which of their pages reports named."""


class IdentifierTable:
    """The identifiers of the one table.

    Values are looked up and claimed under the selector key of a realm, which few may read:
    `selector` is the ARN of its secret. Identifiers of a report are moved and released by ids,
    without the key.
    """

    def __init__(self, name: str, selector: str = "", realm: Realm = Realm.REAL) -> None:
        self.name = name
        self._selector = selector
        self._realm = realm

    @property
    def key(self) -> bytes:
        """The selector key of the realm."""
        return key_in(self._realm, secrets.key(self._selector))

    def id_of(self, mark: Mark) -> str:
        """The id of an identifier, in keys and on reports."""
        return keys.identifier_id(self.key, *mark)

    def owners(self, marks: Sequence[Mark]) -> Owners:
        """The owners of identifiers, strongly read."""
        by_id = {self.id_of(mark): mark for mark in marks}
        found = {by_id[_id_in(item)]: item for item in self._read(by_id)}
        return Owners(
            {mark: str(item["case_id"]) for mark, item in found.items()},
            {mark: str(item["platform"]) for mark, item in found.items() if "platform" in item},
            {mark: _site(item, by_id) for mark, item in found.items() if mark[0] == "domain"},
        )

    def note_pages(self, site: Mark, pages: Iterable[Mark]) -> None:
        """Note beside a site that reports name these pages of it; nothing where it was released."""
        update = {
            "TableName": self.name,
            "Key": to_wire(keys.identifier_key(self.id_of(site))),
            "UpdateExpression": f"ADD {PAGES} :pages",
            "ConditionExpression": "attribute_exists(case_id)",
            "ExpressionAttributeValues": to_wire({":pages": set(map(self.id_of, pages))}),
        }
        items.update(update)

    def named_by(self, mark: Mark, most: int) -> list[str]:
        """At most so many cases that name an identifier: its owner, then the others."""
        partition = keys.identifier_key(self.id_of(mark))[keys.PARTITION]
        return [
            str(item.get("case_id") or keys.naming_of(item[keys.SORT]))
            for item in items.under(self.name, partition, limit=most)
        ]

    def note(self, marks: Iterable[Mark], case_id: str) -> None:
        """Note that a case names identifiers that others own.

        It is read first, because a flood of reports of one case names them again and again: a look
        costs a fifth of a write.
        """
        self.note_ids(map(self.id_of, marks), case_id)

    def note_ids(self, identifiers: Iterable[str], case_id: str) -> None:
        """The same, by ids."""
        wanted = [keys.named_key(each, case_id) for each in sorted(identifiers)]
        if not wanted:
            return
        known = {item[keys.PARTITION] for item in items.get_many(self.name, wanted)}
        for key in wanted:
            if key[keys.PARTITION] not in known:
                items.put(self.name, key)

    def unname(self, identifiers: Iterable[str], cases: Iterable[str]) -> Iterator[None]:
        """Delete the notes that some cases name identifiers, one for each step."""
        ids, named = sorted(identifiers), sorted(set(cases))
        wanted = [keys.named_key(each, case_id) for each in ids for case_id in named]
        for at in range(0, len(wanted), MOST_READ):
            for item in items.get_many(self.name, wanted[at : at + MOST_READ]):
                items.delete(self.name, {key: item[key] for key in (keys.PARTITION, keys.SORT)})
                yield

    def of_cases(self, identifiers: Iterable[str], cases: Collection[str]) -> list[str]:
        """The ids that belong to one of the cases, strongly read."""
        return sorted(
            _id_in(item) for item in self._read(sorted(identifiers)) if item["case_id"] in cases
        )

    def _read(self, identifiers: Iterable[str]) -> Iterator[dict[str, Any]]:
        wanted = [keys.identifier_key(each) for each in identifiers]
        for at in range(0, len(wanted), MOST_READ):
            yield from items.get_many(self.name, wanted[at : at + MOST_READ])

    def claim(self, claim: Claim, case_id: str) -> bool:
        """Give an identifier to a case; False when another case has it by now.

        Its condition: it has no owner, or belongs to the case that the claim takes it from.
        """
        if claim.instead_of is not None and self._write(claim, case_id):
            return True  # otherwise that case may have released it meanwhile, as it was erased
        return self._write(replace(claim, instead_of=None), case_id)

    def _write(self, claim: Claim, case_id: str) -> bool:
        writes = self.claiming(claim, case_id)
        try:
            if len(writes) > 1:
                items.transact(writes)
            else:
                items.put_if(writes[0]["Put"])
        except items.WrittenMeanwhile:
            return False
        return True

    def claiming(self, claim: Claim, case_id: str) -> list[dict[str, Any]]:
        """The writes that give an identifier to a case, for a transaction.

        The case that it is taken from still names it. Its note is written only while that case
        owns it: one that was erased meanwhile is named by nothing.
        """
        identifier = self.id_of(claim.mark)
        item: dict[str, Any] = {**keys.identifier_key(identifier), "case_id": case_id}
        if claim.platform is not None:
            item["platform"] = claim.platform
        if claim.pages:
            item[PAGES] = set(map(self.id_of, claim.pages))
        put = {"TableName": self.name, "Item": to_wire(item), "ConditionExpression": items.NEW}
        if claim.instead_of is None:
            return [{"Put": put}]
        put["ConditionExpression"] = "case_id = :closed"
        put["ExpressionAttributeValues"] = to_wire({":closed": claim.instead_of})
        note = keys.named_key(identifier, claim.instead_of)
        return [{"Put": put}, items.putting(self.name, note)]

    def forget(self, identifier: str, of: Sequence[str]) -> None:
        """Release the identifier of an id, if one of those cases owns it."""
        items.delete(self.name, keys.identifier_key(identifier), of=of)

    def move(self, identifier: str, source: str, target: str, *, back: bool = False) -> bool:
        """Give an identifier of one case to another, recording or forgetting its owner.

        Only identifiers that came from the target go back; the source keeps its own.
        """
        values = {":from": source, ":to": target}
        update = {
            "TableName": self.name,
            "Key": to_wire(keys.identifier_key(identifier)),
            "UpdateExpression": "SET case_id = :to REMOVE moved_from"
            if back
            else "SET case_id = :to, moved_from = :from",
            "ConditionExpression": "case_id = :from AND moved_from = :to"
            if back
            else "case_id = :from",
            "ExpressionAttributeValues": to_wire(values),
        }
        return items.update(update)


def _id_in(item: Mapping[str, Any]) -> str:
    return keys.identifier_of(item[keys.PARTITION])


def _site(item: Mapping[str, Any], asked: Mapping[str, Mark]) -> Site:
    named = frozenset(item.get(PAGES, ()))
    known = frozenset(asked[each] for each in named if each in asked)
    return Site(known, len(named) - len(known))
