"""Make the virtual environment and install the locked dependencies in it.

    python3 tools/bootstrap.py .venv requirements/dev.lock

It runs before anything is installed, on any `python3` of the machine. It uses the standard library
alone, and syntax of old interpreters, so that an old one prints the message instead of a
SyntaxError.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)


def stop(message):
    sys.stderr.write(message + "\n")
    raise SystemExit(1)


def usable(python):
    """Whether this interpreter exists, is new enough, and has pip."""
    check = "import sys, pip; sys.exit(sys.version_info < (%d, %d))" % OLDEST
    try:
        return subprocess.call([python, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def main(folder, lock):
    if sys.version_info < OLDEST:
        stop(
            "Python %d.%d or newer is needed; %s is %s. Name another with PYTHON="
            % (OLDEST + (sys.executable, sys.version.split()[0]))
        )
    try:
        import ensurepip  # noqa: F401  only its presence matters: venv puts pip in with it
        import venv
    except ImportError:
        stop(
            "%s cannot make virtual environments: install its venv module "
            "(on Debian: apt-get install python3-venv), or name another with PYTHON="
            % sys.executable
        )
    if os.path.islink(folder):
        stop(
            "%s is a link to the environment of another checkout: nothing is installed into that. "
            "Name one of this checkout: VENV=build/venv" % folder
        )
    python = os.path.join(folder, "bin", "python")
    # When only the lock changed, the environment is updated in place, so that running programs
    # continue. An environment with an unusable Python or pip is made again.
    if not usable(python):
        sys.stdout.write("Making %s with Python %s\n" % (folder, sys.version.split()[0]))
        sys.stdout.flush()
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(folder)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "-r", lock]
    sys.stdout.write("Installing %s\n" % lock)
    sys.stdout.flush()
    try:
        failed = subprocess.call(command) != 0
    except KeyboardInterrupt:
        stop("Interrupted; the next call continues from here.")
    if failed:
        stop("The dependencies could not be installed; pip's message is above.")


if __name__ == "__main__":
    main(*sys.argv[1:])
