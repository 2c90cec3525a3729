"""A function's package as the service starts it, on this machine.

    task      the staged folder, zipped with all times at 1980 as CDK does, and unzipped again
    layer     the locked wheels built for this machine in the place of arm64, compiled alike
    service   boto3 and its dependencies, apart, because the runtime brings them; from the
              development environment, with versions near the runtime's
    python    the runtime's minor version in an environment without packages: `.pth` hooks of this
              machine would be in every measurement, and hide the cost of ours

Searched in the service's order: task, layer, service. Everything is kept below `build/bench`.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from harness.bench.deployment import ROOT
from infra.assets import AssetStage, WheelPlatform, compile_folder, layer_specs_for, runtime_python
from infra.stage import PYTHON_VERSION

HOME = ROOT / "build" / "bench"
EPOCH = 315532800
"""1980-01-01, the time of every file in a zip of CDK."""
OF_SERVICE = "requirements/dev.lock"
SERVICE = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil", "six")


class NotMeasurable(Exception):
    """This machine lacks what the measurement needs; the message names it."""


@dataclass(frozen=True)
class Runtime:
    """The package of a function, unzipped."""

    python: str
    layers: dict[str, Path]
    """Unpacked layer by lock file."""
    service: Path
    tasks: dict[str, Path]
    """Unzipped asset by folder below `functions/`."""

    def path(self, part: str) -> list[str]:
        """The module search path before the standard library."""
        layers = [str(self.layers[each.lock]) for each in layer_specs_for(part)]
        return [str(self.tasks[part]), *layers, str(self.service)]

    def command(self, program: str, *arguments: str) -> list[str]:
        """A Python without packages and settings of this machine."""
        return [self.python, "-I", "-B", "-c", program, *arguments]

    def answer(self, program: str, *arguments: str, env: dict[str, str] | None = None) -> Any:
        """The JSON that a program prints; raises RuntimeError with its error output."""
        done = subprocess.run(
            self.command(program, *arguments), capture_output=True, text=True, check=False, env=env
        )
        if done.returncode:
            raise RuntimeError(f"a measured program failed: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])


def build_runtime(parts: Sequence[str], pack: str) -> Runtime:
    """The runtime with the assets of these parts; raises NotMeasurable."""
    python = runtime_python()
    if python is None:
        raise NotMeasurable(f"Python {PYTHON_VERSION}, the runtime's, is not on this machine")
    staging = AssetStage(ROOT, ROOT / "build" / "stage", python)
    return Runtime(
        python=_bare(python),
        layers={
            each.lock: _kept(each.lock, python, partial(_layer, each.lock))
            for part in parts
            for each in layer_specs_for(part)
        },
        service=_kept(OF_SERVICE, python, _service),
        tasks={part: _unzipped(staging.function(part, pack)) for part in parts},
    )


def _bare(python: str) -> str:
    folder = HOME / f"python-{PYTHON_VERSION}"
    if not (folder / "bin" / "python").exists():
        subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin" / "python")


def _kept(lock: str, python: str, fill: Callable[[Path], None]) -> Path:
    """A compiled folder, made once for each runtime and content of its lock file."""
    stamp = f"{PYTHON_VERSION}\n" + (ROOT / lock).read_text("utf-8")
    folder = HOME / Path(lock).stem
    made_from = HOME / lock
    if made_from.exists() and made_from.read_text("utf-8") == stamp:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fill(folder)
    compile_folder(folder, python)
    made_from.write_text(stamp, "utf-8")
    return folder


def _layer(lock: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"]
    command += ["--disable-pip-version-check", "--require-hashes", "--only-binary=:all:"]
    command += [
        "--python-version",
        PYTHON_VERSION,
        "--implementation",
        "cp",
        "--target",
        str(folder),
    ]
    for each in WheelPlatform(PYTHON_VERSION, platform.machine()).platforms:
        command += ["--platform", each]
    command += ["-r", str(ROOT / lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise NotMeasurable(f"the layer's wheels for this machine: {said[-1] if said else 'pip'}")


def _service(folder: Path) -> None:
    for name in SERVICE:
        found = metadata.distribution(name)
        for file in found.files or ():
            if file.suffix == ".pyc" or ".." in file.parts:
                continue
            target = folder / str(file)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(found.locate_file(file)), target)


def _unzipped(asset: Path) -> Path:
    folder = HOME / "tasks" / asset.name
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    for old in folder.parent.glob(f"{asset.name.rpartition('-')[0]}-*"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(dir=HOME) as work:
        packed = Path(work) / "asset.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(asset.rglob("*")):
                if file.is_file():
                    named = zipfile.ZipInfo(file.relative_to(asset).as_posix())  # times: 1980-01-01
                    archive.writestr(named, file.read_bytes(), zipfile.ZIP_DEFLATED)
        unpacked = Path(work) / "task"
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(unpacked)
        for file in unpacked.rglob("*"):
            os.utime(file, (EPOCH, EPOCH))
        unpacked.rename(folder)
    return folder
