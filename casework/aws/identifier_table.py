"""Which case each identifier belongs to: one item each, so that linking is a look-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from casework.aws import items, keys
from casework.aws.wire import to_wire
from casework.linking import Claim, Mark

MOST_READ: Final = 100
"""Identifiers that one batch read takes."""


class Owners(NamedTuple):
    """Whose identifiers are."""

    cases: dict[Mark, str]
    met_on: dict[Mark, str]
    """Of names of accounts: the platform on which the case met them, where it was told."""


class IdentifierTable:
    """The identifiers of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def owners(self, marks: Sequence[Mark]) -> Owners:
        """Whose identifiers are, strongly read."""
        by_partition = {keys.identifier_key(*mark)[keys.PARTITION]: mark for mark in marks}
        wanted = [keys.identifier_key(*mark) for mark in by_partition.values()]
        some = (wanted[at : at + MOST_READ] for at in range(0, len(wanted), MOST_READ))
        found = {
            by_partition[item[keys.PARTITION]]: item
            for each in some
            for item in items.get_many(self.name, each)
        }
        return Owners(
            {mark: str(item["case_id"]) for mark, item in found.items()},
            {mark: str(item["platform"]) for mark, item in found.items() if "platform" in item},
        )

    def claim(self, claim: Claim, case_id: str) -> bool:
        """Give an identifier to a case; False when another case has it by now.

        It is given when it belongs to nobody, or still to the case the claim takes it from.
        """
        try:
            items.put_if(self.claiming(claim, case_id)["Put"])
        except items.WrittenMeanwhile:
            return False
        return True

    def claiming(self, claim: Claim, case_id: str) -> dict[str, Any]:
        """The write that gives an identifier to a case, for a transaction."""
        item = {**keys.identifier_key(*claim.mark), "case_id": case_id}
        if claim.platform is not None:
            item["platform"] = claim.platform
        put = {"TableName": self.name, "Item": to_wire(item), "ConditionExpression": items.NEW}
        if claim.instead_of is not None:
            put["ConditionExpression"] = f"{items.NEW} OR case_id = :closed"
            put["ExpressionAttributeValues"] = to_wire({":closed": claim.instead_of})
        return {"Put": put}

    def forget(self, partition: str, of: Sequence[str]) -> None:
        """Let go of the identifier in a partition; nothing when it is none of those cases'."""
        items.delete(self.name, keys.identifier_in(partition), of=of)

    def move(self, mark: Mark, source: str, target: str, *, back: bool = False) -> bool:
        """Give an identifier of one case to another, remembering or forgetting whose it was.

        Back goes only what came from the target: what the source had itself stays its own.
        """
        values = {":from": source, ":to": target}
        update = {
            "TableName": self.name,
            "Key": to_wire(keys.identifier_key(*mark)),
            "UpdateExpression": "SET case_id = :to REMOVE moved_from"
            if back
            else "SET case_id = :to, moved_from = :from",
            "ConditionExpression": "case_id = :from AND moved_from = :to"
            if back
            else "case_id = :from",
            "ExpressionAttributeValues": to_wire(values),
        }
        return items.update(update)
