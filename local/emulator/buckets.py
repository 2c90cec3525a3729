"""Corrections of S3 buckets that CloudFormation makes."""

from __future__ import annotations

from typing import Any

from local.emulator.upstream import expect, expect_attributes, resource_handler, s3


def keep_object_lock() -> None:
    """Upstream creates a bucket without its ObjectLockConfiguration.

    With it, deleting a locked object is refused here as on AWS.
    """
    handler = resource_handler("AWS::S3::Bucket")
    expect_attributes(s3, "_bucket_object_lock", "_put_object_lock_configuration")
    upstream = handler["create"]

    def create(
        logical_id: str, properties: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        name, attributes = upstream(logical_id, properties, stack_name)
        if str(properties.get("ObjectLockEnabled", "")).lower() == "true":
            s3._bucket_object_lock[name] = {"enabled": True, "default_retention": None}
            document = _document(properties.get("ObjectLockConfiguration") or {})
            status = s3._put_object_lock_configuration(name, document)[0]
            expect(status < 300, f"object lock is taken, status {status}")
        return name, attributes

    handler["create"] = create


def _document(lock: dict[str, Any]) -> bytes:
    """The configuration in the form of the S3 call."""
    retention = (lock.get("Rule") or {}).get("DefaultRetention") or {}
    length = "".join(
        f"<{unit}>{retention[unit]}</{unit}>" for unit in ("Days", "Years") if unit in retention
    )
    rule = (
        f"<Rule><DefaultRetention><Mode>{retention['Mode']}</Mode>{length}"
        "</DefaultRetention></Rule>"
        if retention
        else ""
    )
    return (
        '<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
    ).encode()


CORRECTIONS = (keep_object_lock,)
