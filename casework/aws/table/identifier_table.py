"""The case of each identifier: one item each, so that linking is a look-up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, NamedTuple

from casework.aws.services import secrets
from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire_item
from casework.identifiers import keyed_mark
from casework.linking.records import IdentifierClaim, IdentifierMark, SitePages
from casework.text.realm import Realm, realm_key

IDENTIFIER_BATCH_SIZE: Final = 100
"""Identifiers per batch read."""


SITE_PAGES_FIELD: Final = "pages"
"""Of a site: ids of the pages that reports named, one more than link by it at most."""
NAMING_REPORTS_FIELD: Final = "told_by"
"""Of what may be a reporter's own contact: the first reports that named it."""
IDENTIFIER_PARTITION_FIELD: Final = "led_to"
"""The partition of the item that leads to it from the mark of such a contact."""
MAX_NAMING_REPORTS: Final = 2
"""So whichever of them is the report at hand, another one is known where there is any."""
_OF_A_CONTACT: Final = frozenset({"phone", "email"})
"""The kinds of identifiers that a contact has."""


class IdentifierOwners(NamedTuple):
    """The owners of identifiers."""

    cases: dict[IdentifierMark, str]
    met_on: dict[IdentifierMark, str]
    """For names of accounts: the platform on which the case met them, if known."""
    sites: dict[IdentifierMark, SitePages]
    """For hosts: which of their pages reports named."""
    told_by: dict[IdentifierMark, frozenset[str]]
    """The first reports that named it, where it may be the own contact of a reporter."""


class IdentifierTable:
    """The identifiers of the one table.

    Values are looked up and claimed under the selector key of a realm, which few may read:
    `selector` is the ARN of its secret. `own` is that of the key of reporters' own contacts: with
    it, what is claimed is found from a contact, too. Identifiers of a report are moved and released
    by ids, without the keys.
    """

    def __init__(
        self, name: str, selector: str = "", realm: Realm = Realm.REAL, own: str = ""
    ) -> None:
        self.name = name
        self._selector = selector
        self._realm = realm
        self._own = own

    @property
    def key(self) -> bytes:
        """The selector key of the realm."""
        return realm_key(self._realm, secrets.read_key(self._selector))

    def identifier_id(self, mark: IdentifierMark) -> str:
        """The id of an identifier, in keys and on reports."""
        return keys.identifier_id(self.key, *mark)

    def owners(self, marks: Sequence[IdentifierMark]) -> IdentifierOwners:
        """The owners of identifiers, strongly read."""
        by_id = {self.identifier_id(mark): mark for mark in marks}
        found = {by_id[_id_in(item)]: item for item in self._read(by_id)}
        return IdentifierOwners(
            {mark: str(item["case_id"]) for mark, item in found.items()},
            {mark: str(item["platform"]) for mark, item in found.items() if "platform" in item},
            {mark: _site(item, by_id) for mark, item in found.items() if mark[0] == "domain"},
            {mark: frozenset(item.get(NAMING_REPORTS_FIELD, ())) for mark, item in found.items()},
        )

    def note_pages(self, site: IdentifierMark, pages: Iterable[IdentifierMark]) -> None:
        """Note beside a site that reports name these pages of it; nothing where it was released."""
        update = {
            "TableName": self.name,
            "Key": to_wire_item(keys.identifier_key(self.identifier_id(site))),
            "UpdateExpression": f"ADD {SITE_PAGES_FIELD} :pages",
            "ConditionExpression": "attribute_exists(case_id)",
            "ExpressionAttributeValues": to_wire_item(
                {":pages": set(map(self.identifier_id, pages))}
            ),
        }
        items.update_item(update)

    def note_tellers(self, owners: IdentifierOwners, reference: str) -> None:
        """Note the second report that names what may be a reporter's own contact. Those that come
        after it write nothing."""
        for mark, told_by in owners.told_by.items():
            known = len(told_by) >= MAX_NAMING_REPORTS or reference in told_by
            if known or not self._may_be_a_contact(mark):
                continue
            there = {
                "TableName": self.name,
                "Key": to_wire_item(keys.identifier_key(self.identifier_id(mark))),
                "UpdateExpression": f"ADD {NAMING_REPORTS_FIELD} :by SET "
                f"{IDENTIFIER_PARTITION_FIELD} = :from",
                "ConditionExpression": "attribute_exists(case_id)",
                "ExpressionAttributeValues": to_wire_item(
                    {":by": {reference}, ":from": self._way_to(mark)[keys.PARTITION_KEY]}
                ),
            }
            if told_by:  # what leads to it is there
                items.update_item(there)
                continue
            with suppress(items.WriteConflict):  # another one noted it, or it was released
                items.write_transaction([{"Update": there}, self._leading(mark)])

    def untell(self, identifiers: Iterable[str], reference: str) -> Iterator[None]:
        """Forget that an erased report named identifiers, one for each step."""
        for item in list(self._read(sorted(identifiers))):
            if reference not in item.get(NAMING_REPORTS_FIELD, ()):
                continue
            update = {
                "TableName": self.name,
                "Key": to_wire_item(keys.identifier_key(_id_in(item))),
                "UpdateExpression": f"DELETE {NAMING_REPORTS_FIELD} :by",
                "ConditionExpression": "attribute_exists(case_id)",
                "ExpressionAttributeValues": to_wire_item({":by": {reference}}),
            }
            items.update_item(update)
            yield

    def contact_ids_by_mark(self, marks: Iterable[str]) -> dict[str, str]:
        """The ids of the identifiers that reporters' own contacts are, by the marks that reports
        keep of these; those that no report names are left out."""
        own = realm_key(self._realm, secrets.read_key(self._own))
        by_place = {keys.contact_key(own, each)[keys.PARTITION_KEY]: each for each in sorted(marks)}
        wanted = [keys.contact_place(each) for each in by_place]
        found = self._get(wanted)
        return {by_place[item[keys.PARTITION_KEY]]: str(item["identifier"]) for item in found}

    def naming_reports(self, identifiers: Iterable[str], case_id: str) -> dict[str, frozenset[str]]:
        """The identifiers among these that reports of a case name, each with the first reports that
        named it, in any case; strongly read."""
        ids = sorted(identifiers)
        found = list(self._read(ids))
        told_by = {_id_in(item): frozenset(item.get(NAMING_REPORTS_FIELD, ())) for item in found}
        owned = {_id_in(item) for item in found if item["case_id"] == case_id}
        noted = self._get([keys.name_lookup_key(each, case_id) for each in ids])
        named = owned | {keys.name_lookup_key.of(item)[0] for item in noted}
        return {each: told_by.get(each, frozenset()) for each in named}

    def _may_be_a_contact(self, mark: IdentifierMark) -> bool:
        return bool(self._own) and mark[0] in _OF_A_CONTACT

    def _way_to(self, mark: IdentifierMark) -> dict[str, str]:
        own = secrets.read_key(self._own)
        return keys.contact_key(realm_key(self._realm, own), keyed_mark(own, *mark))

    def _leading(self, mark: IdentifierMark) -> dict[str, Any]:
        """The write of the item that leads to an identifier from the mark of a contact."""
        return items.put_write(
            self.name, {**self._way_to(mark), "identifier": self.identifier_id(mark)}
        )

    def list_mentioning_cases(self, mark: IdentifierMark, most: int) -> list[str]:
        """At most so many cases that name an identifier: its owner, then the others."""
        partition = keys.identifier_key(self.identifier_id(mark))[keys.PARTITION_KEY]
        return [
            str(item.get("case_id") or keys.name_lookup_key.of(item)[1])
            for item in items.query_prefix(self.name, partition, limit=most)
        ]

    def add_mentions(self, marks: Iterable[IdentifierMark], case_id: str) -> None:
        """Note that a case names identifiers that others own.

        It is read first, because a flood of reports of one case names them again and again: a look
        costs a fifth of a write.
        """
        self.note_ids(map(self.identifier_id, marks), case_id)

    def note_ids(self, identifiers: Iterable[str], case_id: str) -> None:
        """The same, by ids."""
        wanted = [keys.name_lookup_key(each, case_id) for each in sorted(identifiers)]
        if not wanted:
            return
        known = {item[keys.PARTITION_KEY] for item in items.get_items(self.name, wanted)}
        for key in wanted:
            if key[keys.PARTITION_KEY] not in known:
                items.put_item(self.name, key)

    def delete_mentions(self, identifiers: Iterable[str], cases: Iterable[str]) -> Iterator[None]:
        """Delete the notes that some cases name identifiers, one for each step."""
        ids, named = sorted(identifiers), sorted(set(cases))
        wanted = [keys.name_lookup_key(each, case_id) for each in ids for case_id in named]
        for at in range(0, len(wanted), IDENTIFIER_BATCH_SIZE):
            for item in items.get_items(self.name, wanted[at : at + IDENTIFIER_BATCH_SIZE]):
                items.delete_item(
                    self.name, {key: item[key] for key in (keys.PARTITION_KEY, keys.SORT_KEY)}
                )
                yield

    def filter_owned_by(self, identifiers: Iterable[str], cases: Collection[str]) -> list[str]:
        """The ids that belong to one of the cases, strongly read."""
        return sorted(
            _id_in(item) for item in self._read(sorted(identifiers)) if item["case_id"] in cases
        )

    def _read(self, identifiers: Iterable[str]) -> Iterator[dict[str, Any]]:
        yield from self._get([keys.identifier_key(each) for each in identifiers])

    def _get(self, wanted: Sequence[Mapping[str, str]]) -> Iterator[dict[str, Any]]:
        for at in range(0, len(wanted), IDENTIFIER_BATCH_SIZE):
            yield from items.get_items(self.name, wanted[at : at + IDENTIFIER_BATCH_SIZE])

    def claim(self, claim: IdentifierClaim, case_id: str, told_by: str) -> bool:
        """Give an identifier that a report names to a case; False when another case has it by now.

        Its condition: it has no owner, or belongs to the case that the claim takes it from.
        """
        if claim.instead_of is not None and self._write(claim, case_id, told_by):
            return True  # otherwise that case may have released it meanwhile, as it was erased
        return self._write(replace(claim, instead_of=None), case_id, told_by)

    def _write(self, claim: IdentifierClaim, case_id: str, told_by: str) -> bool:
        writes = self.claim_writes(claim, case_id, told_by)
        try:
            if len(writes) > 1:
                items.write_transaction(writes)
            else:
                items.put_item_if(writes[0]["Put"])
        except items.WriteConflict:
            return False
        return True

    def claim_writes(
        self, claim: IdentifierClaim, case_id: str, told_by: str
    ) -> list[dict[str, Any]]:
        """The writes that give an identifier that a report names to a case, for a transaction.

        The case that it is taken from still names it. Its note is written only while that case
        owns it: one that was erased meanwhile is named by nothing.
        """
        identifier = self.identifier_id(claim.mark)
        item: dict[str, Any] = {**keys.identifier_key(identifier), "case_id": case_id}
        if claim.platform is not None:
            item["platform"] = claim.platform
        if claim.pages:
            item[SITE_PAGES_FIELD] = set(map(self.identifier_id, claim.pages))
        leading: list[dict[str, Any]] = []
        if self._may_be_a_contact(claim.mark):
            item |= {
                NAMING_REPORTS_FIELD: {told_by},
                IDENTIFIER_PARTITION_FIELD: self._way_to(claim.mark)[keys.PARTITION_KEY],
            }
            leading.append(self._leading(claim.mark))
        put = {
            "TableName": self.name,
            "Item": to_wire_item(item),
            "ConditionExpression": items.IF_ABSENT_CONDITION,
        }
        if claim.instead_of is None:
            return [{"Put": put}, *leading]
        put["ConditionExpression"] = "case_id = :closed"
        put["ExpressionAttributeValues"] = to_wire_item({":closed": claim.instead_of})
        note = keys.name_lookup_key(identifier, claim.instead_of)
        return [{"Put": put}, items.put_write(self.name, note), *leading]

    def forget(self, identifier: str, of: Sequence[str]) -> None:
        """Release the identifier of an id, if one of those cases owns it, with what leads to it."""
        for item in self._read([identifier]):
            key, led_to = keys.identifier_key(identifier), item.get(IDENTIFIER_PARTITION_FIELD)
            if led_to is None:
                items.delete_item(self.name, key, of=of)
                continue
            writes = [
                items.delete_write(self.name, key, of=of),
                items.delete_write(self.name, keys.contact_place(led_to)),
            ]
            with suppress(items.WriteConflict):  # it belongs to another case by now
                items.write_transaction(writes)

    def move(self, identifier: str, source: str, target: str, *, back: bool = False) -> bool:
        """Give an identifier of one case to another, recording or forgetting its owner.

        Only identifiers that came from the target go back; the source keeps its own.
        """
        values = {":from": source, ":to": target}
        update = {
            "TableName": self.name,
            "Key": to_wire_item(keys.identifier_key(identifier)),
            "UpdateExpression": "SET case_id = :to REMOVE moved_from"
            if back
            else "SET case_id = :to, moved_from = :from",
            "ConditionExpression": "case_id = :from AND moved_from = :to"
            if back
            else "case_id = :from",
            "ExpressionAttributeValues": to_wire_item(values),
        }
        return items.update_item(update)


def _id_in(item: Mapping[str, Any]) -> str:
    return keys.identifier_key.of(item)[0]


def _site(item: Mapping[str, Any], asked: Mapping[str, IdentifierMark]) -> SitePages:
    named = frozenset(item.get(SITE_PAGES_FIELD, ()))
    known = frozenset(asked[each] for each in named if each in asked)
    return SitePages(known, len(named) - len(known))
