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

from casework.aws.services import observe, packages
from casework.aws.services.clients import client
from casework.aws.services.settings import DossierSettings
from casework.case.package import Built, Draft, PackageState
from casework.pack.jurisdiction import open_pack
from functions.dossier.packing import Beside, package_of

SIGNING: Final = "ECDSA_SHA_256"
TRIES: Final = 3
"""Deliveries of a message before the queue puts it aside."""
BESIDE: Final = Beside()


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
            build(name)
        except Exception as error:  # noqa: BLE001  # the queue repeats it, then puts it aside
            observe.failure("package not built", error)
            if int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)) >= TRIES:
                _give_up(name)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def build(name: str) -> None:
    """Build and store a package, unless that was done or its draft expired."""
    bucket = settings().packages
    before = packages.built(bucket, name)
    content = packages.draft(bucket, name)
    if content is None or (before is not None and before.state is PackageState.READY):
        return
    draft = Draft.model_validate_json(content)
    made = package_of(draft, open_pack(settings().pack), _signature, BESIDE)
    built = Built(
        state=PackageState.READY,
        made_at=draft.dossier["made_at"],
        size=len(made.content),
        sha256=hashlib.sha256(made.content).hexdigest(),
        manifest=made.manifest,
        withheld=tuple(draft.withheld),
        order=draft.order,
    )
    packages.put_built(bucket, name, built, made.content)
    observe.fact("package built", count=1)


def _give_up(name: str) -> None:
    """Tell who waits that no try succeeded; they can ask anew."""
    content = packages.draft(settings().packages, name)
    if content is None:
        return
    made_at = str(json.loads(content)["dossier"]["made_at"])
    failed = Built(state=PackageState.FAILED, made_at=made_at)
    packages.put_built(settings().packages, name, failed)


def _signature(manifest: bytes) -> bytes:
    answer = client("kms").sign(
        KeyId=settings().dossier_key,
        Message=manifest,  # of at most 4,096 bytes: it names a fixed number of files
        MessageType="RAW",
        SigningAlgorithm=SIGNING,
    )
    signature: bytes = answer["Signature"]
    return signature
