"""The groups of reports whose words are nearly the same, the turns they give, and their reports.

A group is one small item: the sketch of its first text, how many stand in it, and some things that
reports in it had as their own. A report costs one read of at most seventeen items, and two writes;
the first report of a group costs two or three more, by which it is found, the second five, once. A
turn is given once and may stay unused, where a process was killed after it: it is an order, and no
number of anything. Beyond `MAX_QUEUE_TURN` all have the last one, and nothing is counted any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.services.clients import aws_client
from casework.aws.table import desk_keys, items, keys
from casework.aws.table.desk_keys import MAX_QUEUE_TURN
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.first_glance import ListTurn
from casework.linking.groups import (
    MIN_FIRST_SHARED_HASHES,
    MIN_SHARED_HASHES,
    GroupTraits,
    find_group_hash,
)
from casework.linking.records import MINHASH_BYTES, MinHashSketch
from casework.text.reference import case_id_from_reference

GROUP_MEMORY_TIME: Final = timedelta(days=30)
"""How long a group and the list of its reports are kept."""
MAX_REMEMBERED_DIGESTS: Final = 32
"""Things that reports had as their own and that a group remembers. Those of a flood that brings
more of them are its reports' own, indeed."""
_SKETCH: Final = "sketch"
_NAMED: Final = "named"
_SHARED: Final = "shared"
_ALONE: Final = "alone"
_FIRST: Final = "first"
_OF: Final = "of"
"""Of a further hash by which a group is found: the partition of the group."""
MIN_GROUP_REPORTS: Final = 2
"""The report with which a group is no longer one."""


@dataclass(frozen=True)
class GroupMember:
    """A report of a group that has nothing of its own."""

    reference: str
    copy: str
    turn: int
    place: str
    """Its position in the list of the group."""


class GroupTable:
    """The groups of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def enter(self, traits: GroupTraits, reference: str, now: datetime) -> ListTurn:
        """Let a report take its turn in its group, which may begin with it."""
        keys_by_hash = {
            each: desk_keys.group_key(f"{now:%Y-%m-%d}", each) for each in traits.lookup_hashes
        }
        found: dict[int, dict[str, Any]] = {}
        if keys_by_hash:
            by_partition = {key[keys.PARTITION_KEY]: each for each, key in keys_by_hash.items()}
            for item in items.get_items(self.name, list(keys_by_hash.values())):
                found[by_partition[item[keys.PARTITION_KEY]]] = item
        known = {each: _sketch_in(item) for each, item in found.items()}
        mine = find_group_hash(traits, known)
        if mine is None:
            return ListTurn(same=traits.copy)
        key, before = keys_by_hash[mine], found.get(mine, {})
        if _OF in before:
            key = {**key, keys.PARTITION_KEY: before[_OF]}
            before = items.get_item(self.name, key) or {}
        alone = _has_its_own(traits.digests_in_group(key[keys.PARTITION_KEY]), reference, before)
        item = self._count(key, traits, reference, before, now, alone=alone)
        sketch, stand_in_it = _sketch_in(item), int(item.get(_SHARED, 0)) + int(item.get(_ALONE, 0))
        if stand_in_it == 1:
            self._find_by(key, sketch[:MIN_FIRST_SHARED_HASHES], sketch, now)
        elif stand_in_it == MIN_GROUP_REPORTS:
            self._find_by(key, sketch[MIN_FIRST_SHARED_HASHES:MIN_SHARED_HASHES], sketch, now)
        if alone:
            return ListTurn(
                turn=min(int(item[_ALONE]), MAX_QUEUE_TURN),
                same=traits.copy,
                counted=key[keys.PARTITION_KEY],
            )
        turn = ListTurn(
            turn=min(int(item[_SHARED]), MAX_QUEUE_TURN),
            group=str(item[_FIRST]),
            same=traits.copy,
            counted=key[keys.PARTITION_KEY],
        )
        items.put_item(
            self.name,
            {
                **desk_keys.group_member_key(turn.group, turn.same, turn.turn, reference),
                keys.EXPIRES_AT_FIELD: int((now + GROUP_MEMORY_TIME).timestamp()),
            },
        )
        return turn

    def _find_by(
        self, key: Mapping[str, str], hashes: MinHashSketch, sketch: MinHashSketch, now: datetime
    ) -> None:
        """Let a group be found by more hashes of its first text, which has this sketch."""
        for each in hashes:
            found_by = desk_keys.group_key(f"{now:%Y-%m-%d}", each)
            if found_by == key:
                continue
            item = {
                **found_by,
                _OF: key[keys.PARTITION_KEY],
                _SKETCH: _written(sketch),
                keys.EXPIRES_AT_FIELD: int((now + GROUP_MEMORY_TIME).timestamp()),
            }
            items.put_new_item(self.name, item)

    def _count(
        self,
        key: Mapping[str, str],
        traits: GroupTraits,
        reference: str,
        before: Mapping[str, Any],
        now: datetime,
        *,
        alone: bool,
    ) -> dict[str, Any]:
        """Count a report in its group; the item afterwards."""
        number = _ALONE if alone else _SHARED
        if int(before.get(number, 0)) >= MAX_QUEUE_TURN:
            return dict(before)
        members = {
            f"{each}|{reference}" for each in traits.digests_in_group(key[keys.PARTITION_KEY])
        }
        remembers = members and len(before.get(_NAMED, ())) < MAX_REMEMBERED_DIGESTS
        sets = [
            f"{_SKETCH} = if_not_exists({_SKETCH}, :sketch)",
            f"{keys.EXPIRES_AT_FIELD} = :until",
        ]
        values: dict[str, Any] = {
            ":sketch": _written(traits.sketch),
            ":until": int((now + GROUP_MEMORY_TIME).timestamp()),
            ":one": 1,
        }
        if not alone:
            sets.append("#first = if_not_exists(#first, :first)")
            values[":first"] = case_id_from_reference(reference)
        if remembers:
            values[":named"] = members
        answer = aws_client("dynamodb").update_item(
            TableName=self.name,
            Key=to_wire_item(key),
            UpdateExpression=f"SET {', '.join(sets)} ADD #number :one"
            + (", #named :named" if remembers else ""),
            ExpressionAttributeNames={
                "#number": number,
                **({"#named": _NAMED} if remembers else {}),
                **({} if alone else {"#first": _FIRST}),
            },
            ExpressionAttributeValues=to_wire_item(values),
            ReturnValues="ALL_NEW",
        )
        return values_from_wire_item(answer["Attributes"])

    def turn_outside(self, group: str, now: datetime) -> int:
        """The next turn among the reports that left the line of a group, as they got something of
        their own later."""
        answer = aws_client("dynamodb").update_item(
            TableName=self.name,
            Key=to_wire_item(desk_keys.group_outsider_key(group)),
            UpdateExpression=f"SET {keys.EXPIRES_AT_FIELD} = :until ADD {_ALONE} :one",
            ExpressionAttributeValues=to_wire_item(
                {":until": int((now + GROUP_MEMORY_TIME).timestamp()), ":one": 1}
            ),
            ReturnValues="ALL_NEW",
        )
        return min(int(values_from_wire_item(answer["Attributes"])[_ALONE]), MAX_QUEUE_TURN)

    def members(
        self, group: str, limit: int, after: str | None = None, *, copy: str = ""
    ) -> list[GroupMember]:
        """Some reports of a group, after a place: copies of one text together, in their turns."""
        partition = desk_keys.group_member_partition(group)
        start = {keys.PARTITION_KEY: partition, keys.SORT_KEY: after} if after else None
        begins = f"{copy}#" if copy else ""
        found = items.query_prefix(self.name, partition, begins, limit=limit, after=start)
        return list(map(_member, found))

    def last_turn(self, group: str, copy: str) -> int:
        """The last turn of the copies of a text; 0 where there is none."""
        first = {
            keys.PARTITION_KEY: desk_keys.group_member_partition(group),
            keys.SORT_KEY: f"{copy}#",
        }
        last = {**first, keys.SORT_KEY: f"{copy}#~"}
        found = items.query_between(self.name, first, last, limit=1, backwards=True)
        return max((_member(each).turn for each in found), default=0)

    def how_many(self, group: str, most: int, copy: str = "") -> int:
        """How many reports a group, or one text in it, has; counting ends at `most`."""
        begins = " AND begins_with(sk, :begins)" if copy else ""
        answer = aws_client("dynamodb").query(
            TableName=self.name,
            Select="COUNT",
            Limit=most,
            KeyConditionExpression=f"pk = :pk{begins}",
            ExpressionAttributeValues=to_wire_item(
                {
                    ":pk": desk_keys.group_member_partition(group),
                    **({":begins": f"{copy}#"} if copy else {}),
                }
            ),
        )
        return int(answer["Count"])


def _member(item: Mapping[str, Any]) -> GroupMember:
    _, copy, turn, reference = desk_keys.group_member_key.of(item)
    return GroupMember(reference, copy, turn, item[keys.SORT_KEY])


def forget_reports_writes(
    table: str, partition: str, references: Collection[str]
) -> Iterator[dict[str, Any]]:
    """The write by which a group forgets what some reports had as their own, for a transaction;
    with its last report the group goes."""
    key = {keys.PARTITION_KEY: partition, keys.SORT_KEY: desk_keys.group_key.begins}
    group = items.get_item(table, key)
    if group is None:
        return
    if int(group.get(_SHARED, 0)) + int(group.get(_ALONE, 0)) <= len(references):
        yield {"Delete": {"TableName": table, "Key": to_wire_item(key)}}
        return
    members = {each for each in group.get(_NAMED, ()) if each.partition("|")[2] in references}
    if members:
        yield {
            "Update": {
                "TableName": table,
                "Key": to_wire_item(key),
                "UpdateExpression": "DELETE #named :named",
                "ExpressionAttributeNames": {"#named": _NAMED},
                "ExpressionAttributeValues": to_wire_item({":named": members}),
            }
        }


def _has_its_own(own: Iterable[str], reference: str, group: Mapping[str, Any]) -> bool:
    """Whether a report has something that no other of its group had before it."""
    others = {
        each.partition("|")[0]
        for each in group.get(_NAMED, ())
        if each.partition("|")[2] != reference
    }
    return any(each not in others for each in own)


def _written(sketch: MinHashSketch) -> bytes:
    return b"".join(each.to_bytes(MINHASH_BYTES, "big") for each in sketch)


def _sketch_in(item: Mapping[str, Any]) -> MinHashSketch:
    kept = item[_SKETCH]
    return tuple(
        int.from_bytes(kept[at : at + MINHASH_BYTES], "big")
        for at in range(0, len(kept), MINHASH_BYTES)
    )
