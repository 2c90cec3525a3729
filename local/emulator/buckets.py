"""Corrections of S3: buckets of CloudFormation, locks and ranges of objects, forms of browsers."""

from __future__ import annotations

from inspect import signature
from typing import Any

from local.emulator.upstream import (
    require_upstream,
    require_upstream_attributes,
    resource_handler,
    s3,
)


def keep_object_lock() -> None:
    """Upstream creates a bucket without its ObjectLockConfiguration.

    With it, deleting a locked object is refused here as on AWS.
    """
    handler = resource_handler("AWS::S3::Bucket")
    require_upstream_attributes(s3, "_bucket_object_lock", "_put_object_lock_configuration")
    upstream = handler["create"]

    def create(
        logical_id: str, properties: dict[str, Any], stack_name: str
    ) -> tuple[str, dict[str, Any]]:
        name, attributes = upstream(logical_id, properties, stack_name)
        if str(properties.get("ObjectLockEnabled", "")).lower() == "true":
            s3._bucket_object_lock[name] = {"enabled": True, "default_retention": None}
            document = _document(properties.get("ObjectLockConfiguration") or {})
            status = s3._put_object_lock_configuration(name, document)[0]
            require_upstream(status < 300, f"object lock is taken, status {status}")
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


def keep_locks_of_objects() -> None:
    """Upstream forgets the locks of objects at a restart, because they are in no saved state.

    Without this correction a locked version can be deleted then: a seal of a day, a file.
    """
    require_upstream_attributes(
        s3, "_PERSISTED_BUCKET_DICTS", "_object_retention", "_object_legal_hold", "get_state"
    )
    kept = s3._PERSISTED_BUCKET_DICTS
    for name, locks in (
        ("object_retention", s3._object_retention),
        ("object_legal_hold", s3._object_legal_hold),
    ):
        require_upstream(name not in kept, f"{name} is not saved")
        kept[name] = locks


def refuse_unfit_forms() -> None:
    """Upstream compares the checksum of a form with its policy and never with the bytes. S3 refuses
    other bytes with BadDigest.

    S3 ignores fields after `file` ("POST Object", Amazon S3 API Reference); upstream reads them.
    Such a form is refused here, so that no client of ours depends on them. Upstream takes a form
    without a policy, too, where IAM is not enforced; none of our buckets is open to everybody.
    """
    require_upstream_attributes(
        s3, "_post_object", "_parse_multipart_form", "_resolve_object_checksums", "_error"
    )
    require_upstream(
        list(signature(s3._post_object).parameters) == ["bucket_name", "body", "headers"],
        "_post_object takes bucket, body and headers",
    )
    upstream = s3._post_object

    def post_object(bucket_name: str, body: bytes, headers: dict[str, Any]) -> Any:
        parts = s3._parse_multipart_form(headers.get("content-type", ""), body)
        names = [name.lower() for name, *_ in parts]
        if "file" in names and names[-1] != "file":
            return s3._error("InvalidArgument", "The file is the last field of a form.", 400)
        fields = {
            name.lower(): value.decode("latin-1") for name, _, _, value in parts if name != "file"
        }
        if not fields.get("policy"):
            return s3._error("AccessDenied", "Access Denied", 403)
        for name, _, _, value in parts:
            if name == "file":
                _, wrong = s3._resolve_object_checksums(value, fields)
                if wrong:
                    return wrong
        return upstream(bucket_name, body, headers)

    s3._post_object = post_object


def answer_ranges_of_versions() -> None:
    """Upstream answers a range of a named version with the whole object; S3 answers the range."""
    require_upstream_attributes(s3, "_get_object", "_parse_range")
    require_upstream(
        list(signature(s3._get_object).parameters)
        == ["bucket_name", "key", "headers", "query_params"],
        "_get_object takes bucket, key, headers and query",
    )
    upstream = s3._get_object

    def get_object(
        bucket_name: str, key: str, headers: dict[str, Any], query_params: Any = None
    ) -> Any:
        status, told, body = upstream(bucket_name, key, headers, query_params)
        asked = headers.get("range", "")
        found = s3._parse_range(asked, len(body)) if status == 200 and asked else None
        if found is None:
            return status, told, body
        first, last = found
        part = body[first : last + 1]
        length = {
            "Content-Length": str(len(part)),
            "Content-Range": f"bytes {first}-{last}/{len(body)}",
        }
        whole = {name for name in told if name.lower().startswith("x-amz-checksum")}
        kept = {name: value for name, value in told.items() if name not in whole}
        return 206, {**kept, **length}, part

    s3._get_object = get_object


BUCKET_CORRECTIONS = (
    keep_object_lock,
    keep_locks_of_objects,
    refuse_unfit_forms,
    answer_ranges_of_versions,
)
