"""The proof of a case: its chains stand in the seal of a day, and the day stands in the public log.

    leaf, index, path    where the chains stood, and the way to the root of the day
    statement            what was signed for the day
    log                  the way of the statement to a signed checkpoint (C2SP)

A stand-alone program checks it (`tools/verify_dossier.py`).
"""

from __future__ import annotations

from typing import Any

import rfc8785

from casework.aws.services import log_store, observe, seals
from casework.case.day_log import inclusion, leaf_hash


def proof_of_case(bucket: str, case_id: str, day: str) -> dict[str, Any] | None:
    """The proof of a case by a day; None where the case is not in its seal, or the day is not in
    the log. What cannot be read proves nothing either: the night names it."""
    try:
        known = log_store.proof_of_day(bucket, day)
        return _in_its_day(bucket, case_id, known) if known is not None else None
    except (log_store.Misfitting, seals.NotReadable) as error:
        observe.failure("case not proved", error, day=day)
        return None


def _in_its_day(bucket: str, case_id: str, known: dict[str, Any]) -> dict[str, Any] | None:
    hashes: list[bytes] = []
    own: tuple[int, dict[str, Any]] | None = None
    for leaf in seals.read_leaves(bucket, known["statement"]["day"]):
        if leaf is None:
            raise seals.NotReadable
        if leaf.case == case_id:
            own = len(hashes), leaf.model_dump(mode="json")
        hashes.append(leaf_hash(rfc8785.dumps(leaf.model_dump(mode="json"))))
    if own is None:
        return None
    index, told = own
    path = [step.hex() for step in inclusion(hashes, index)]
    return {"leaf": told, "index": index, "path": path, **known}
