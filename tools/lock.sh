#!/bin/sh
# Compiles the lock files. They carry hashes and no registry address.
#     sh tools/lock.sh .venv/bin/uv
set -eu
uv=$1
common="pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links"
# shellcheck disable=SC2086  # the options are meant to be split
"$uv" $common --universal --python-version 3.11 requirements/dev.in -o requirements/dev.lock
# shellcheck disable=SC2086
"$uv" $common --universal --python-version 3.11 requirements/train.in -o requirements/train.lock
# The layer runs on Lambda's arm64 with the runtime's Python (infra/function.py).
# shellcheck disable=SC2086
"$uv" $common --python-version 3.13 --python-platform aarch64-manylinux2014 requirements/layer.in -o requirements/layer.lock
# The runtime is Amazon Linux 2023 (glibc 2.34): compiled wheels of triage need 2.28.
# shellcheck disable=SC2086
"$uv" $common --python-version 3.13 --python-platform aarch64-manylinux_2_28 requirements/triage.in -o requirements/triage.lock
# Likewise the decoders of the examiner.
# shellcheck disable=SC2086
"$uv" $common --python-version 3.13 --python-platform aarch64-manylinux_2_28 requirements/examine.in -o requirements/examine.lock
# What verifies time stamps.
# shellcheck disable=SC2086
"$uv" $common --python-version 3.13 --python-platform aarch64-manylinux_2_28 requirements/stamps.in -o requirements/stamps.lock
# Likewise the typesetter of dossiers.
# shellcheck disable=SC2086
"$uv" $common --python-version 3.13 --python-platform aarch64-manylinux_2_28 requirements/dossier.in -o requirements/dossier.lock
npm install --package-lock-only --loglevel=error
