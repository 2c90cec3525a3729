"""Write the proof that a day stands in the log of days, for `tools/verify_log.py`.

python -m tools.prove_day --bucket {SealBucket} --day YYYY-MM-DD [--copied ENTRIES] > proof.json
"""

from __future__ import annotations

import argparse
import json
import sys

from casework.aws.services.transparency_log_store import build_day_proof


def main(arguments: list[str] | None = None) -> int:
    """Write the proof; 1 where the day is not in the log."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bucket", required=True, help="the bucket of seals")
    parser.add_argument("--day", required=True, help="YYYY-MM-DD")
    parser.add_argument(
        "--copied",
        type=int,
        default=0,
        help="entries in the copy of the log that the proof is to be compared with",
    )
    said = parser.parse_args(arguments)
    proof = build_day_proof(said.bucket, said.day, said.copied)
    if proof is None:
        print(f"{said.day} is not in the log", file=sys.stderr)
        return 1
    print(json.dumps(proof, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
