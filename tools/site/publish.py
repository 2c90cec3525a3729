"""Put the built portal into the bucket behind the public address: `python -m tools.site.publish`.

`make deploy` does it after the stacks. Assets come first and are never taken away: a page that
somebody still has open goes on finding its own.
"""

from __future__ import annotations

import argparse
import mimetypes
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3

from casework.aws import pages
from infra.deployment import Deployment
from infra.stage import EDGE_REGION, stage_of
from tools.site.build import build

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MORE_TYPES: Final = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}


def publish(s3: S3Client, bucket: str, folder: Path) -> int:
    """Upload every file with its type and how long it may be kept; how many there were."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    files.sort(key=lambda file: "assets" not in file.relative_to(folder).parts)
    for file in files:
        name = file.relative_to(folder).as_posix()
        kept = pages.row_of(f"/{name.removesuffix('index.html')}").cache
        s3.put_object(
            Bucket=bucket,
            Key=name,
            Body=file.read_bytes(),
            ContentType=content_type(file),
            CacheControl=kept or pages.NO_STORE,
        )
    return len(files)


def content_type(file: Path) -> str:
    """The media type of a built file."""
    known = MORE_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    kind = known or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def main() -> int:
    """Build the portal of a stage and publish it."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--stage", default="dev")
    stage = stage_of(arguments.parse_args().stage, Deployment())
    if not stage.edge:
        print(f"{stage.name} has no public address: its pages are served from build/site")
        return 0
    described = boto3.client("cloudformation", region_name=EDGE_REGION).describe_stacks(
        StackName=stage.edge_name
    )
    outputs = {
        each["OutputKey"]: each["OutputValue"] for each in described["Stacks"][0].get("Outputs", [])
    }
    count = publish(
        boto3.client("s3", region_name=EDGE_REGION), outputs["SiteBucket"], build(stage.pack)
    )
    print(f"{count} files published at {outputs['PublicUrl']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
