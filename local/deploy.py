"""Deploy a synthesised CDK assembly with boto3 alone: no CDK command line, no node.

For the emulator. It publishes the file assets, then creates or updates each stack in the order of
their dependencies. Container images and nested assemblies are not supported, as the project has
none.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, cast

from botocore.exceptions import ClientError, WaiterError

from local.aws import AwsClients
from local.errors import DeploymentFailed

MAX_INLINE_TEMPLATE_BYTES = 51_200  # bytes; a larger template must come from S3
STACK_WAITER_CONFIG = {"Delay": 0.1, "MaxAttempts": 1800}
"""Seconds between two looks at a stack, and their number; the emulator makes a stack in a
second."""
ASSET_ZIP_TIME = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # as the CDK writes it, so that hashes and bytecode are equal


@dataclass(frozen=True)
class AssemblyStack:
    """One stack of an assembly: its name, its template, and the list of its assets."""

    name: str
    template: Path
    assets: Path | None


def list_assembly_stacks(assembly: Path) -> list[AssemblyStack]:
    """The stacks of a synthesised app, dependencies first."""
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    artifacts: dict[str, dict[str, Any]] = manifest["artifacts"]
    ordered: dict[str, AssemblyStack] = {}

    def visit(artifact_id: str) -> None:
        artifact = artifacts[artifact_id]
        if artifact["type"] != "aws:cloudformation:stack" or artifact_id in ordered:
            return
        assets = None
        for needed in artifact.get("dependencies", []):
            visit(needed)
            if artifacts[needed]["type"] == "cdk:asset-manifest":
                assets = assembly / artifacts[needed]["properties"]["file"]
        properties = artifact["properties"]
        name = properties.get("stackName", artifact_id)
        ordered[artifact_id] = AssemblyStack(name, assembly / properties["templateFile"], assets)

    for artifact_id in artifacts:
        visit(artifact_id)
    return list(ordered.values())


def zip_folder(folder: Path) -> bytes:
    """The folder as a reproducible zip: sorted names, fixed times, kept modes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ASSET_ZIP_TIME)
            entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def zip_asset(folder: Path) -> bytes:
    """The zip of an asset, whose name tells its content: kept beside it, since every system deploys
    the same ones and packing takes three seconds of a processor."""
    kept = folder.with_name(f"{folder.name}.zip")
    if not kept.is_file():
        with NamedTemporaryFile(dir=folder.parent, delete=False) as begun:
            begun.write(zip_folder(folder))
        Path(begun.name).rename(kept)
    return kept.read_bytes()


def _published(aws: AwsClients, bucket: str, key: str) -> bool:
    try:
        aws.s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        return False
    return True


def _destinations(stack: AssemblyStack) -> Iterator[tuple[Path, bool, str, str]]:
    """(file or folder, is it zipped, bucket, key) for each asset of the stack."""
    if stack.assets is None:
        return
    listed = json.loads(stack.assets.read_text(encoding="utf-8"))
    for asset in listed["files"].values():
        source = stack.template.parent / asset["source"]["path"]
        zipped = asset["source"]["packaging"] == "zip"
        for destination in asset["destinations"].values():
            yield source, zipped, destination["bucketName"], destination["objectKey"]


def upload_assets(aws: AwsClients, stack: AssemblyStack) -> str | None:
    """Upload each asset once; returns the address of the stack's own template, if it is an
    asset."""
    template = None
    buckets = {bucket.get("Name") for bucket in aws.s3.list_buckets()["Buckets"]}
    for source, zipped, bucket_name, object_key in _destinations(stack):
        bucket, key = aws.fill_in(bucket_name), aws.fill_in(object_key)
        if bucket not in buckets:
            aws.s3.create_bucket(Bucket=bucket)
            buckets.add(bucket)
        # Keys are hashes of the content, so an existing object is the same.
        if not _published(aws, bucket, key):
            body = zip_asset(source) if zipped else source.read_bytes()
            aws.s3.put_object(Bucket=bucket, Key=key, Body=body)
        if source == stack.template:
            template = f"{aws.endpoint}/{bucket}/{key}"
    return template


def _template_argument(stack: AssemblyStack, published: str | None) -> dict[str, str]:
    body = stack.template.read_text(encoding="utf-8")
    if len(body.encode()) <= MAX_INLINE_TEMPLATE_BYTES:
        return {"TemplateBody": body}
    if published is None:
        raise DeploymentFailed(f"{stack.name}: the template is too large to send unpublished")
    return {"TemplateURL": published}


def read_stack_outputs(aws: AwsClients, name: str) -> dict[str, str] | None:
    """The outputs of a deployed stack; None when there is no such stack."""
    try:
        described = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return {
        output["OutputKey"]: output["OutputValue"]
        for output in described.get("Outputs", [])
        if "OutputKey" in output and "OutputValue" in output
    }


def _failures(aws: AwsClients, name: str) -> list[str]:
    try:
        events = aws.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    except ClientError as error:
        return [str(error)]
    return [
        f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): "
        f"{event.get('ResourceStatusReason', event.get('ResourceStatus'))}"
        for event in events
        if "FAILED" in event.get("ResourceStatus", "")
    ]


def _ready_to_update(aws: AwsClients, name: str) -> bool:
    """Whether the stack exists. A stack whose creation failed is empty and is removed first."""
    if read_stack_outputs(aws, name) is None:
        return False
    stack = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    if stack["StackStatus"] not in {"ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED"}:
        return True
    aws.cloudformation.delete_stack(StackName=name)
    waiter = cast(Any, aws.cloudformation).get_waiter("stack_delete_complete")
    waiter.wait(StackName=name, WaiterConfig=STACK_WAITER_CONFIG)
    return False


def deploy_stack(aws: AwsClients, stack: AssemblyStack) -> dict[str, str]:
    """Create or update one stack and wait; returns its outputs. Raises DeploymentFailed."""
    request: dict[str, Any] = {
        "StackName": stack.name,
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        **_template_argument(stack, upload_assets(aws, stack)),
    }
    exists = _ready_to_update(aws, stack.name)
    act = aws.cloudformation.update_stack if exists else aws.cloudformation.create_stack
    finished = "stack_update_complete" if exists else "stack_create_complete"
    try:
        act(**request)
        waiter = cast(Any, aws.cloudformation).get_waiter(finished)
        waiter.wait(StackName=stack.name, WaiterConfig=STACK_WAITER_CONFIG)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise DeploymentFailed(f"{stack.name}: {error}") from error
    except WaiterError as error:
        reasons = _failures(aws, stack.name) or [str(error)]
        raise DeploymentFailed("\n".join([f"{stack.name} was not deployed:", *reasons])) from error
    return read_stack_outputs(aws, stack.name) or {}


def verify_sender(aws: AwsClients, address: str) -> None:
    """Verify a sender address for e-mail. On SES its owner does so by answering a message."""
    aws.client("sesv2").create_email_identity(EmailIdentity=address)


def deploy_assembly(aws: AwsClients, assembly: Path) -> Mapping[str, str]:
    """Deploy every stack of the assembly; returns all outputs in one mapping."""
    outputs: dict[str, str] = {}
    for stack in list_assembly_stacks(assembly):
        outputs.update(deploy_stack(aws, stack))
    return outputs
