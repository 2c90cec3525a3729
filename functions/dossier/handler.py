"""Builds the package of a draft, and signs its manifest.

It is told the name of a draft, which says nothing. Its role reads drafts and writes packages, signs
with a key of its own, and reaches no table, no ciphertext and no key that opens. Every message can
be repeated: a package that is ready is left as it is.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final

from casework.aws.services import package_store, telemetry
from casework.aws.services.clients import aws_client
from casework.aws.services.settings import DossierSettings
from casework.case.export_package import BuildResult, PackageDraft, PackageState
from casework.pack.jurisdiction import open_pack
from functions.dossier.packages import BundledFiles, build_package

PACKAGE_SIGNING_ALGORITHM: Final = "ECDSA_SHA_256"
MAX_BUILD_MESSAGE_DELIVERIES: Final = 3
"""Deliveries of a message before the queue puts it aside."""
BUNDLED_FILES: Final = BundledFiles()


@cache
def settings() -> DossierSettings:
    """The settings of this function."""
    return DossierSettings.from_environment()


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Build each message's package; the queue repeats failures, then puts them aside."""
    del context
    failed = []
    for record in event["Records"]:
        name = str(json.loads(record["body"])["name"])
        try:
            build_and_store_package(name)
        except Exception as error:  # noqa: BLE001  # the queue repeats it, then puts it aside
            telemetry.log_failure("package not built", error)
            if (
                int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
                >= MAX_BUILD_MESSAGE_DELIVERIES
            ):
                _give_up(name)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def build_and_store_package(name: str) -> None:
    """Build and store a package, unless that was done or its draft expired."""
    bucket = settings().packages
    before = package_store.read_build_result(bucket, name)
    content = package_store.read_draft(bucket, name)
    if content is None or (before is not None and before.state is PackageState.READY):
        return
    draft = PackageDraft.model_validate_json(content)
    package = build_package(draft, open_pack(settings().pack), _signature, BUNDLED_FILES)
    built = BuildResult(
        state=PackageState.READY,
        made_at=draft.dossier["made_at"],
        size=len(package.content),
        sha256=hashlib.sha256(package.content).hexdigest(),
        manifest=package.manifest,
        withheld=tuple(draft.withheld),
        order=draft.order,
    )
    package_store.put_build_result(bucket, name, built, package.content)
    telemetry.log_info("package built", count=1)


def _give_up(name: str) -> None:
    """Tell who waits that no try succeeded; they can ask anew."""
    content = package_store.read_draft(settings().packages, name)
    if content is None:
        return
    made_at = str(json.loads(content)["dossier"]["made_at"])
    failed = BuildResult(state=PackageState.FAILED, made_at=made_at)
    package_store.put_build_result(settings().packages, name, failed)


def _signature(manifest: bytes) -> bytes:
    answer = aws_client("kms").sign(
        KeyId=settings().dossier_key,
        Message=manifest,  # of at most 4,096 bytes: it names a fixed number of files
        MessageType="RAW",
        SigningAlgorithm=PACKAGE_SIGNING_ALGORITHM,
    )
    signature: bytes = answer["Signature"]
    return signature
