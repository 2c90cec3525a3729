"""Upload the built portal to the bucket behind the public address: `python -m tools.site.publish`.

`make deploy` runs it around the stacks. Assets come before the stacks, because rendered pages use
the new ones at once. They are never deleted, so an open page still finds its own. Pages come after
the stacks, so their scripts find the API for which they were written.
"""

from __future__ import annotations

import argparse
import mimetypes
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
from botocore.exceptions import ClientError

from casework.aws.http import response_headers
from infra.stage import EDGE_REGION, read_stage
from tools.site.build import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

MORE_TYPES: Final = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}


def publish_site(s3: S3Client, bucket: str, folder: Path, *, pages_too: bool) -> int:
    """Upload the assets, and then the pages if wanted; returns the number of files.

    Each file gets its type and its cache time.
    """
    every = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    files = [file for file in every if _is_asset(file, folder)]
    if pages_too:
        files += [file for file in every if not _is_asset(file, folder)]
    for file in files:
        name = file.relative_to(folder).as_posix()
        kept = response_headers.find_path_rule(f"/{name.removesuffix('index.html')}").cache
        s3.put_object(
            Bucket=bucket,
            Key=name,
            Body=file.read_bytes(),
            ContentType=content_type(file),
            CacheControl=kept or response_headers.CACHE_NO_STORE,
        )
    return len(files)


def _is_asset(file: Path, folder: Path) -> bool:
    """Whether its name holds the hash of its content, so that it replaces nothing."""
    return file.relative_to(folder).parts[0] == "assets"


def read_site_stack_outputs(
    cloudformation: CloudFormationClient, stack: str
) -> Mapping[str, str] | None:
    """The outputs of the stack; None where it was not deployed yet."""
    try:
        (described,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}


def content_type(file: Path) -> str:
    """The media type of a built file."""
    known = MORE_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    kind = known or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def main() -> int:
    """Build the portal of a stage and publish it."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--stage", default="dev")
    arguments.add_argument("--assets", action="store_true", help="these alone, before the stacks")
    asked = arguments.parse_args()
    stage = read_stage(asked.stage)
    if not stage.edge:
        print(f"{stage.name} has no public address: its pages are served from build/site")
        return 0
    cloudformation = boto3.client("cloudformation", region_name=EDGE_REGION)
    outputs = read_site_stack_outputs(cloudformation, stage.edge_name)
    # At the first deployment no page is open that could miss them.
    if outputs is None or "SiteBucket" not in outputs:
        print(f"{stage.edge_name} is not deployed yet: deploy it before you publish")
        return 0 if asked.assets else 1
    s3 = boto3.client("s3", region_name=EDGE_REGION)
    count = publish_site(
        s3,
        outputs["SiteBucket"],
        build(stage.pack, operator=stage.deployment.operator),
        pages_too=not asked.assets,
    )
    print(f"{count} files published at {outputs['PublicUrl']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
