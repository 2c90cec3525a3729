"""Campaigns as stored: an item for each, and a line for each of their cases.

The case itself says of which campaign it is, bound by its history. The lines are an index, written
in the transaction of the entry, and the item holds what people last said of the campaign.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.campaign import Campaign
from casework.errors import CampaignNotFound
from casework.text.realm import Realm


def get_campaign(table: str, realm: Realm, campaign_id: str) -> Campaign:
    """A campaign of a realm, strongly read; raises CampaignNotFound."""
    item = items.get_item(table, desk_keys.campaign_key(realm, campaign_id))
    if item is None:
        raise CampaignNotFound("There is no such campaign.")
    return _from_item(item)


def begin_writes(table: str, realm: Realm, campaign: Campaign) -> list[dict[str, Any]]:
    """The writes that begin a campaign, for the transaction of its first entries; it counts no case
    yet."""
    said = campaign.model_dump(mode="json", exclude={"id"}, exclude_none=True)
    put = {
        "TableName": table,
        "Item": to_wire_item({**desk_keys.campaign_key(realm, campaign.id), **said}),
        "ConditionExpression": items.IF_ABSENT_CONDITION,
    }
    return [{"Put": put}]


def case_line_writes(table: str, campaign_id: str, cases: Sequence[str]) -> list[dict[str, Any]]:
    """The writes of the lines of cases that are of the campaign now."""
    return [
        items.put_write(table, desk_keys.campaign_case_key(campaign_id, case_id))
        for case_id in cases
    ]


def count_writes(
    table: str, realm: Realm, campaign_id: str, more: int, *, open_only: bool
) -> list[dict[str, Any]]:
    """The write by which the campaign counts so many cases more, or fewer; with `open_only` it
    fails where the campaign has ended."""
    if not more:
        return []
    condition = f"attribute_exists({keys.PARTITION_KEY})"
    if open_only:
        condition += " AND attribute_not_exists(ended_at)"
    update = {
        "TableName": table,
        "Key": to_wire_item(desk_keys.campaign_key(realm, campaign_id)),
        "UpdateExpression": "ADD cases :more",
        "ConditionExpression": condition,
        "ExpressionAttributeValues": to_wire_item({":more": more}),
    }
    return [{"Update": update}]


def leave_writes(table: str, realm: Realm, campaign_id: str, case_id: str) -> list[dict[str, Any]]:
    """The writes by which a campaign has a case less."""
    return [
        items.delete_write(table, desk_keys.campaign_case_key(campaign_id, case_id)),
        *count_writes(table, realm, campaign_id, -1, open_only=False),
    ]


def change_writes(table: str, realm: Realm, campaign: Campaign) -> list[dict[str, Any]]:
    """The write of what people say of a campaign now; how many cases it has stays."""
    values = {":name": campaign.name, ":lead": campaign.lead}
    said = "SET #name = :name, #lead = :lead"
    if campaign.ended_at is None:
        said += " REMOVE ended_at"
    else:
        said, values = f"{said}, ended_at = :ended", values | {":ended": campaign.ended_at}
    update = {
        "TableName": table,
        "Key": to_wire_item(desk_keys.campaign_key(realm, campaign.id)),
        "UpdateExpression": said,
        "ConditionExpression": f"attribute_exists({keys.PARTITION_KEY})",
        "ExpressionAttributeNames": {"#name": "name", "#lead": "lead"},
        "ExpressionAttributeValues": to_wire_item(values),
    }
    return [{"Update": update}]


def list_campaigns(
    table: str, realm: Realm, limit: int, after: str | None = None
) -> tuple[list[Campaign], str | None]:
    """The campaigns of a realm, the one that began last first, and the place for the next page."""
    partition = desk_keys.campaign_partition(realm)
    start = desk_keys.campaign_key(realm, after) if after is not None else None
    found = [
        _from_item(item)
        for item in items.query_prefix(
            table, partition, limit=limit + 1, after=start, last_first=True
        )
    ]
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def list_cases(
    table: str, campaign_id: str, limit: int, after: str | None = None
) -> items.ItemPage:
    """The cases of a campaign, by their ids."""
    partition = desk_keys.campaign_case_key.partition(campaign_id)
    start = desk_keys.campaign_case_key(campaign_id, after) if after is not None else None
    found = [
        desk_keys.campaign_case_key.of(item)[1]
        for item in items.query_prefix(table, partition, limit=limit + 1, after=start)
    ]
    return items.ItemPage(found[:limit], found[limit - 1] if len(found) > limit else None)


def _from_item(item: dict[str, Any]) -> Campaign:
    _, campaign_id = desk_keys.campaign_key.of(item)
    known = {name: item[name] for name in Campaign.model_fields if name in item}
    return Campaign.model_validate({**known, "id": campaign_id})
