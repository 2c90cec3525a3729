"""The decoders' process: a file comes in, lines of JSON go out, and nothing else can be done.

    python -m functions.examine.process [folder of models] < file > lines

It bounds itself before it reads: processor time, memory, what it writes, files it opens, and that
it starts nothing. It is given no credentials. The role of its function bounds what a decoder that
was taken over could still reach.
"""

from __future__ import annotations

import json
import resource
import sys

from functions.examine import limits

BOUNDS = (
    (resource.RLIMIT_CPU, limits.CPU_SECONDS),
    (resource.RLIMIT_AS, limits.MEMORY),
    (resource.RLIMIT_FSIZE, limits.WRITTEN),
    (resource.RLIMIT_NOFILE, limits.OPEN_FILES),
    (resource.RLIMIT_NPROC, 0),
    (resource.RLIMIT_CORE, 0),
)


def main() -> None:
    """Bound the process, then read."""
    for what, most in BOUNDS:
        resource.setrlimit(what, (most, most))
    from functions.examine.looking import look  # the decoders load within the bounds

    for told in look(sys.stdin.buffer.read(), "".join(sys.argv[1:2])):
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    sys.stdout.write(json.dumps({"end": True}) + "\n")


if __name__ == "__main__":
    main()
