"""The decoders' process: a file comes in, lines of JSON go out, and nothing else can be done.

    python -m functions.examine.sandbox_process [folder of models] < file > lines

It bounds itself before it reads: processor time, memory, what it writes, files it opens, and that
it starts nothing. It is given no credentials. The role of its function bounds what a decoder that
was taken over could still reach.
"""

from __future__ import annotations

import json
import resource
import sys

from functions.examine import limits

RESOURCE_LIMITS = (
    (resource.RLIMIT_CPU, limits.CPU_SECONDS),
    (resource.RLIMIT_AS, limits.SANDBOX_MEMORY_BYTES),
    (resource.RLIMIT_FSIZE, limits.MAX_SANDBOX_OUTPUT_BYTES),
    (resource.RLIMIT_NOFILE, limits.OPEN_FILES),
    (resource.RLIMIT_NPROC, 0),
    (resource.RLIMIT_CORE, 0),
)


def main() -> None:
    """Bound the process, then read."""
    for what, most in RESOURCE_LIMITS:
        resource.setrlimit(what, (most, most))
    from functions.examine.inspection import inspect_file  # the decoders load within the bounds

    for told in inspect_file(sys.stdin.buffer.read(), "".join(sys.argv[1:2])):
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    sys.stdout.write(json.dumps({"end": True}) + "\n")


if __name__ == "__main__":
    main()
