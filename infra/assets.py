"""Stage the deployed files: one folder for each `functions/` folder, and the layers.

A staged folder holds only what its functions import. The interpreter of the runtime compiles its
bytecode as *unchecked-hash*. The deployment zip sets every time to 1980, which would invalidate
ordinary bytecode, and each cold start would compile again (twice the time). The name of a staged
folder is the digest of its sources. The same source is therefore staged once and has the same asset
hash on every machine, and two syntheses can run at a time. The interpreter also expands the
lexicons, which takes a process half a second.

    python -m infra.assets          # stage the layers now, while there is a network
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.errors import FolderMissing, LayerNotBuilt
from infra.stage import PYTHON_VERSION

ROOT = Path(__file__).resolve().parent.parent
LAYER_LOCK = "requirements/layer.lock"
TRIAGE_LOCK = "requirements/triage.lock"
EXAMINE_LOCK = "requirements/examine.lock"
STAMPS_LOCK = "requirements/stamps.lock"
DOSSIER_LOCK = "requirements/dossier.lock"


@dataclass(frozen=True)
class LayerSpec:
    """What functions import beyond the runtime: a layer, of one lock file."""

    name: str
    """Of the layer in its stack."""
    lock: str
    said: str
    parts: frozenset[str] | None = None
    """The folders of `functions/` whose functions have it; None for all."""


LAYER_SPECS = (
    LayerSpec("Dependencies", LAYER_LOCK, "What the functions import beyond the runtime"),
    LayerSpec(
        "TriageDependencies",
        TRIAGE_LOCK,
        "What triage reads identifiers with",
        # For linking, for the dossier, and to suggest them.
        frozenset({"triage", "desk", "examine"}),
    ),
    LayerSpec(
        "ExamineDependencies", EXAMINE_LOCK, "The decoders of the examiner", frozenset({"examine"})
    ),
    LayerSpec(
        "StampsDependencies", STAMPS_LOCK, "What verifies time stamps", frozenset({"stamps"})
    ),
    LayerSpec(
        "DossierDependencies", DOSSIER_LOCK, "The typesetter of dossiers", frozenset({"dossier"})
    ),
)


def layer_specs_for(part: str) -> list[LayerSpec]:
    """The layers of the functions of `functions/{part}`."""
    return [each for each in LAYER_SPECS if each.parts is None or part in each.parts]


PARTS_WITH_LEXICONS = frozenset({"triage", "desk"})
"""Folders that read reports in words: for the assessment, and for reported payments."""
LEXICONS_FILE = "languages/lexicons.jsonl"
"""The lexicons of an asset, expanded by its own code (`casework.analysis.lexicon_file`)."""
BUNDLED_FILES_BY_PART = {
    "intake": {"functions/intake/openapi.json": "docs/openapi.json"},
    "examine": {
        f"functions/examine/{each}.traineddata.gz": (
            f"node_modules/@tesseract.js-data/{each}/4.0.0_best_int/{each}.traineddata.gz"
        )
        for each in ("ara", "fra")
    },
    "dossier": {
        "functions/dossier/verify_dossier.py": "tools/verify_dossier.py",
        **{
            f"functions/dossier/desk/{each}.toml": f"web/desk/messages/{each}.toml"
            for each in ("ar", "fr")
        },
        **{
            f"functions/dossier/fonts/{name}_{style}.ttf": (
                f"node_modules/@expo-google-fonts/{package}/{style}/{name}_{style}.ttf"
            )
            for package, name, style in (
                ("amiri", "Amiri", "400Regular"),
                ("amiri", "Amiri", "700Bold"),
                ("noto-sans", "NotoSans", "400Regular"),
                ("noto-sans", "NotoSans", "700Bold"),
                ("noto-sans-tifinagh", "NotoSansTifinagh", "400Regular"),
            )
        },
    },
}
"""Files of an asset from elsewhere in the repository: place in the asset → file."""
EXCLUDED_FILES = ("__pycache__", "*.pyc", ".*", "*.md", "*.asl.json", "sources")
"""Never deployed: bytecode of another interpreter, notes, the workflow file (it is inside the
template) and the sources of a jurisdiction pack."""


@cache
def runtime_python() -> str | None:
    """The interpreter with the runtime's version; None when this machine has none.

    Each candidate reports its version, because the shim of a version manager may exist and not
    work. Bytecode of another minor version is ignored, so without the interpreter functions only
    start more slowly.
    """
    for folder in os.get_exec_path():
        candidate = shutil.which(f"python{PYTHON_VERSION}", path=folder)
        if candidate and _version_of(candidate) == PYTHON_VERSION:
            return candidate
    sys.stderr.write(
        f"Python {PYTHON_VERSION} is not on this machine: "
        "functions are staged without bytecode and "
        "start about twice as slowly.\n"
    )
    return None


def _version_of(python: str) -> str | None:
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    asked = subprocess.run(
        [python, "-c", question], capture_output=True, text=True, check=False, timeout=30
    )
    return asked.stdout.strip() if asked.returncode == 0 else None


@dataclass(frozen=True)
class WheelPlatform:
    """The machine for which wheels are fetched."""

    version: str
    """The Python version, such as `3.13`."""
    machine: str
    """The architecture, as in the name of a wheel."""

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags that the machine can load. The runtime is Amazon Linux 2023, glibc
        2.34."""
        return f"manylinux_2_28_{self.machine}", f"manylinux2014_{self.machine}"


LAMBDA_WHEELS = WheelPlatform(PYTHON_VERSION, "aarch64")


@dataclass(frozen=True)
class AssetStage:
    """The folder of sources, the folder of staged files, and the interpreter that will run them."""

    root: Path
    """The repository, or a similar folder in tests."""
    build: Path
    python: str | None
    """The interpreter that compiles; None stages without bytecode."""
    wheels: WheelPlatform = LAMBDA_WHEELS
    """The wheels of the layer."""

    def function(self, part: str, pack: str) -> Path:
        """The asset of `functions/{part}`; raises FolderMissing."""
        found = self.sources(part, pack)
        files = {place: self.root / found[place] for place in sorted(found)}
        for place in BUNDLED_FILES_BY_PART.get(part, {}):
            if not files[place].is_file():
                raise FolderMissing(f"{found[place]} is missing: `make docs` and npm bring it.")

        def fill(folder: Path) -> None:
            _copy(files, folder)
            if part in PARTS_WITH_LEXICONS and self.python:
                _read_ahead(folder, self.python)

        return self._staged(part, self._digest(files), fill)

    def sources(self, part: str, pack: str) -> dict[str, str]:
        """Files of the asset of `functions/{part}`: place in the asset → file in the repository."""
        words = ("languages",) if part in PARTS_WITH_LEXICONS else ()
        packages = ("casework", f"functions/{part}", f"jurisdictions/{pack}", *words)
        return {path: path for path in self._files(packages)} | BUNDLED_FILES_BY_PART.get(part, {})

    def layer(self, name: str = LAYER_LOCK) -> Path:
        """The locked wheels for Lambda's arm64, without Docker; raises LayerNotBuilt.

        `name` is the lock file: `LAYER_LOCK`, or that of the additional libraries of triage, the
        examiner, the time stamps or dossiers.
        """
        lock = self.root / name
        if not lock.exists():
            raise FolderMissing(f"{lock.name} is missing: `make lock` compiles it.")
        digest = self._digest({name: lock}, self.wheels.version, *self.wheels.platforms)

        def install(folder: Path) -> None:
            _install(lock, self.wheels, folder / "python")

        return self._staged(lock.stem, digest, install)

    def _files(self, packages: Iterable[str]) -> Iterator[str]:
        for package in packages:
            source = self.root / package
            if not source.is_dir():
                raise FolderMissing(f"{package}/ is missing: its functions cannot be deployed.")
            yield from _listed(source, self.root)
            for parent in Path(package).parents:
                above = parent / "__init__.py"
                if parent.name and (self.root / above).exists():
                    yield above.as_posix()

    def _digest(self, files: dict[str, Path], *also: str) -> str:
        digest = hashlib.sha256()
        version = _version_of(self.python) if self.python else "none"
        digest.update("\0".join((PYTHON_VERSION, str(version), *also)).encode())
        for name, path in files.items():
            digest.update(f"\0{name}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]

    def _staged(self, name: str, digest: str, fill: Callable[[Path], None]) -> Path:
        folder = self.build / f"{name}-{digest}"
        if folder.exists():
            return folder
        self.build.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.build, prefix=f".{name}-") as work:
            filled = Path(work) / "staged"
            filled.mkdir()
            fill(filled)
            if self.python:
                compile_folder(filled, self.python)
            try:
                filled.rename(folder)
            except OSError:  # another synthesis staged the same content first
                if not folder.exists():
                    raise
        return folder


def compile_folder(folder: Path, python: str) -> None:
    """Compile unchecked-hash bytecode for `folder`, without paths of this machine.

    The hash seed is fixed, because the order of sets inside bytecode would change the asset.
    """
    command = [python, "-m", "compileall", "-q", "-f", "-j", "1"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(folder), str(folder)]
    subprocess.run(command, check=True, env={"PATH": os.defpath, "PYTHONHASHSEED": "0"})


def _read_ahead(folder: Path, python: str) -> None:
    """Write the lexicons as one file, by the code and the words of `folder`."""
    command = [python, "-B", "-m", "casework.analysis.lexicon_file"]
    environment = {"PATH": os.defpath, "PYTHONHASHSEED": "0"}
    read = subprocess.run(command, check=True, cwd=folder, env=environment, capture_output=True)
    (folder / LEXICONS_FILE).write_bytes(read.stdout)


def _listed(source: Path, root: Path) -> Iterator[str]:
    ignored = shutil.ignore_patterns(*EXCLUDED_FILES)
    for entry in sorted(source.iterdir()):
        if ignored(str(source), [entry.name]):
            continue
        if entry.is_dir():
            yield from _listed(entry, root)
        else:
            yield entry.relative_to(root).as_posix()


def _copy(files: dict[str, Path], folder: Path) -> None:
    for name, path in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o644)  # the umask of the builder is not part of the asset


def _install(lock: Path, wheels: WheelPlatform, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"]
    command += ["--disable-pip-version-check", "--require-hashes", "-r", str(lock)]
    command += ["--target", str(folder), "--only-binary=:all:", "--implementation", "cp"]
    command += ["--python-version", wheels.version]
    command += [word for each in wheels.platforms for word in ("--platform", each)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise LayerNotBuilt(
            "The layer's wheels could not be installed (they are fetched once, then kept in "
            f"build/): {said[-1] if said else 'pip gave no reason'}"
        )
    shutil.rmtree(folder / "bin", ignore_errors=True)  # scripts name this machine's interpreter
    for noted in folder.glob("*.dist-info"):
        for name in ("RECORD", "REQUESTED", "INSTALLER", "direct_url.json"):
            (noted / name).unlink(missing_ok=True)


if __name__ == "__main__":
    for locked in (LAYER_LOCK, TRIAGE_LOCK, EXAMINE_LOCK, STAMPS_LOCK):
        AssetStage(ROOT, ROOT / "build" / "stage", runtime_python()).layer(locked)
