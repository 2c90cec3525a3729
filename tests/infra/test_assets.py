"""The deployed assets are complete, small, reproducible, and start without compiling."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from casework.analysis.lexicon import lexicon_entries, read_lexicons
from casework.analysis.lexicon_file import FILE, read_lexicon_file
from functions.dossier.pdf_document import FONT_FILE_NAMES
from functions.intake import operations
from infra import assets
from infra.assets import (
    BUNDLED_FILES_BY_PART,
    LAYER_SPECS,
    LEXICONS_FILE,
    PARTS_WITH_LEXICONS,
    ROOT,
    AssetStage,
    WheelPlatform,
    layer_specs_for,
    runtime_python,
)
from infra.errors import FolderMissing, LayerNotBuilt
from infra.stage import PYTHON_VERSION
from local import template_cache
from tests.infra.assembly import Assembly
from tests.infra.conftest import STAGED

PARTS = ("intake", "triage", "notify", "desk")
UNCHECKED_HASH = 0b01
OF_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
"""The packages of Lambda's Python: boto3 and its dependencies."""


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def copied(root: Path, to: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("casework", "functions", "jurisdictions", "languages"):
        shutil.copytree(root / name, to / name, ignore=ignored)
    for source in BUNDLED_FILES_BY_PART["intake"].values():
        (to / source).parent.mkdir(exist_ok=True)
        shutil.copyfile(root / source, to / source)
    return to


@pytest.mark.parametrize("part", PARTS)
def test_the_same_source_gives_the_same_asset_from_any_directory(
    part: str, tmp_path: Path, staged_folder: Callable[[str], Path]
) -> None:
    elsewhere = copied(ROOT, tmp_path / "a longer path than the first")
    other = AssetStage(elsewhere, tmp_path / "build", runtime_python()).function(part, "ma")
    assert content(other) == content(staged_folder(part))
    assert other.name == staged_folder(part).name


def test_a_change_in_one_part_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    root = copied(ROOT, tmp_path / "root")
    staging = AssetStage(root, tmp_path / "build", None)
    before = {part: staging.function(part, "ma").name for part in PARTS}
    (root / "functions" / "desk" / "handler.py").write_text("changed = True\n", "utf-8")
    after = {part: staging.function(part, "ma").name for part in PARTS}
    assert [part for part in PARTS if before[part] != after[part]] == ["desk"]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_brings_its_own_functions_and_no_other(
    part: str, staged_folder: Callable[[str], Path]
) -> None:
    names = content(staged_folder(part)).keys()
    folders = {name.split("/")[1] for name in names if name.startswith("functions/")}
    assert folders - {"__init__.py", "__pycache__"} == {part}
    words = {"languages"} if part in PARTS_WITH_LEXICONS else set()
    assert {name.split("/")[0] for name in names} == {
        *("casework", "functions", "jurisdictions"),
        *words,
    }
    assert not [name for name in names if "/sources/" in name or name.endswith(".asl.json")]


@pytest.mark.skipif(
    runtime_python() is None, reason=f"needs Python {PYTHON_VERSION}, the runtime's"
)
@pytest.mark.parametrize("part", sorted(PARTS_WITH_LEXICONS))
def test_words_are_deployed_as_their_files_tell_them(
    part: str, staged_folder: Callable[[str], Path]
) -> None:
    deployed = read_lexicon_file(staged_folder(part) / LEXICONS_FILE)
    read = read_lexicons()
    assert replace(deployed, entry=read.entry) == read
    assert lexicon_entries(deployed) == lexicon_entries(read)


def test_words_are_read_where_they_are_deployed() -> None:
    assert FILE.relative_to(ROOT).as_posix() == LEXICONS_FILE
    assert not FILE.exists(), "a checkout reads its sources, which somebody may be editing"


def test_intake_brings_the_document_that_it_serves(staged_folder: Callable[[str], Path]) -> None:
    served = staged_folder("intake") / "functions" / "intake" / operations.DOCUMENT.name
    assert served.read_bytes() == (ROOT / "docs" / "openapi.json").read_bytes()


@pytest.mark.skipif(
    runtime_python() is None, reason=f"needs Python {PYTHON_VERSION}, the runtime's"
)
@pytest.mark.parametrize("part", PARTS)
def test_bytecode_is_loaded_without_checking_modification_times(
    part: str, staged_folder: Callable[[str], Path]
) -> None:
    python = runtime_python()
    assert python is not None
    asked = "import importlib.util as u; print(u.MAGIC_NUMBER.hex(), u.cache_from_source('x.py'))"
    magic, cached = subprocess.check_output([python, "-c", asked], text=True).split()
    ending = Path(cached).name.removeprefix("x")
    folder = staged_folder(part)
    sources = sorted(folder.rglob("*.py"))
    assert sources
    for source in sources:
        bytecode = (source.parent / "__pycache__" / f"{source.stem}{ending}").read_bytes()
        assert bytecode[:4].hex() == magic, source
        assert int.from_bytes(bytecode[4:8], "little") == UNCHECKED_HASH, source
        assert str(folder).encode() not in bytecode, source


def test_functions_are_staged_without_the_python_of_the_runtime_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert assets.runtime_python.__wrapped__() is None
    assert f"Python {PYTHON_VERSION} is not on this machine" in capsys.readouterr().err
    staged = AssetStage(ROOT, tmp_path / "build", None).function("intake", "ma")
    assert not list(staged.rglob("*.pyc"))


def test_an_interpreter_that_cannot_tell_its_version_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / f"python{PYTHON_VERSION}"
    shim.write_text("#!/bin/sh\necho 'version not installed' >&2\nexit 127\n", "utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert assets.runtime_python.__wrapped__() is None


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "casework", tmp_path / "casework")
    with pytest.raises(FolderMissing, match=r"functions/intake/ is missing"):
        AssetStage(tmp_path, tmp_path / "build", None).function("intake", "ma")


def test_a_document_that_was_not_written_is_named(tmp_path: Path) -> None:
    root = copied(ROOT, tmp_path / "root")
    (root / "docs" / "openapi.json").unlink()
    with pytest.raises(FolderMissing, match=r"docs/openapi.json is missing"):
        AssetStage(root, tmp_path / "build", None).function("intake", "ma")


def test_a_layer_that_cannot_be_installed_leaves_nothing_behind(tmp_path: Path) -> None:
    lock = tmp_path / "requirements" / "layer.lock"
    lock.parent.mkdir()
    lock.write_text("./no-such-package\n", "utf-8")
    with pytest.raises(LayerNotBuilt, match="could not be installed"):
        AssetStage(tmp_path, tmp_path / "build", None).layer()
    assert list((tmp_path / "build").iterdir()) == []


def test_the_layers_of_the_examiner_fit_into_a_function(prod: Assembly) -> None:
    """250 MB of code and layers together, unpacked (Lambda Developer Guide, "Lambda quotas")."""
    staging = AssetStage(ROOT, STAGED, runtime_python())
    layers = [staging.layer(each.lock) for each in layer_specs_for("examine")]
    function = staging.function("examine", "ma")
    together = [each for folder in (*layers, function) for each in content(folder).values()]
    assert sum(map(len, together)) < 150_000_000
    assert {"functions/examine/ara.traineddata.gz", "functions/examine/fra.traineddata.gz"} <= (
        content(function).keys()
    )


def test_the_typesetter_and_its_fonts_fit_into_a_function(prod: Assembly) -> None:
    """The same limit. A dossier is set with the fonts and the words that are deployed with it."""
    staging = AssetStage(ROOT, STAGED, runtime_python())
    function = staging.function("dossier", "ma")
    folders = (*(staging.layer(each.lock) for each in layer_specs_for("dossier")), function)
    together = [each for folder in folders for each in content(folder).values()]
    assert sum(map(len, together)) < 150_000_000
    assert {f"functions/dossier/fonts/{name}" for name in FONT_FILE_NAMES} <= content(
        function
    ).keys()
    assert "functions/dossier/verify_dossier.py" in content(function)


@pytest.mark.parametrize("lock", [each.lock for each in LAYER_SPECS])
def test_a_layer_holds_arm_wheels_and_nothing_of_this_machine(prod: Assembly, lock: str) -> None:
    layer = AssetStage(ROOT, STAGED, runtime_python()).layer(lock)
    names = content(layer).keys()
    libraries = [name for name in names if name.endswith(".so")]
    assert libraries
    assert not [name for name in libraries if "x86_64" in name]
    assert not [name for name in names if name.startswith("python/bin/")]
    assert not [name for name in names if name.startswith(("python/boto3/", "python/botocore/"))]


@pytest.fixture(scope="session")
def python_here() -> str:
    """The runtime's interpreter, or where there is none, ours."""
    return runtime_python() or sys.executable


def layer_here(python: str, lock: str) -> Path:
    """A layer, of wheels that this machine can load."""
    version = (
        PYTHON_VERSION if runtime_python() else f"{sys.version_info.major}.{sys.version_info.minor}"
    )
    wheels = WheelPlatform(version, platform.machine())
    return AssetStage(ROOT, STAGED, python, wheels).layer(lock) / "python"


@pytest.fixture(scope="session")
def brought_by_lambda(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """boto3 and its dependencies, without the rest of this environment."""
    packages = Path(boto3.__file__).parent.parent
    folder = tmp_path_factory.mktemp("runtime")
    for name in OF_THE_RUNTIME:
        (folder / name).symlink_to(packages / name)
    return folder


def test_the_local_templates_are_written_again_after_any_of_their_sources_changed() -> None:
    """What the CDK app imports, and what an asset is made of, is among the sources."""
    said = subprocess.run(
        [sys.executable, "-c", "import sys, infra.app; print(*(vars(each).get('__file__') "
         "for each in sys.modules.values()), sep='\\n')"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    ours = [Path(file) for file in said.splitlines() if ".venv" not in file]
    imported = [each.relative_to(ROOT) for each in ours if each.is_relative_to(ROOT)]
    staging = AssetStage(ROOT, STAGED, None)
    parts = {each.parent.name for each in (ROOT / "functions").glob("*/__init__.py")}
    deployed = [source for part in parts for source in staging.sources(part, "ma").values()]
    read = {*map(str, imported), *deployed}
    assert {"infra/app.py", "docs/openapi.json", "languages/ar/accused.txt"} <= read
    assert [
        each for each in sorted(read) if not each.startswith(template_cache.ASSEMBLY_SOURCES)
    ] == []


def test_each_handler_imports_with_its_folder_and_layer_alone(
    prod: Assembly,
    python_here: str,
    brought_by_lambda: Path,
    staged_folder: Callable[[str], Path],
) -> None:
    entries: dict[str, dict[str, list[str]]] = {}
    for entry in sorted(prod.functions):
        module, name = entry.rsplit(".", 1)
        entries.setdefault(module.split(".")[1], {}).setdefault(module, []).append(name)
    failed = {}
    for part, modules in entries.items():
        layers = [str(layer_here(python_here, each.lock)) for each in layer_specs_for(part)]
        path = [str(staged_folder(part)), *layers, str(brought_by_lambda)]
        # -S: no site-packages. The emulator's environment would hide a missing file.
        program = (
            f"import sys; sys.path[:0] = {json.dumps(path)}\n"
            f"import importlib\n"
            f"for module, names in {modules!r}.items():\n"
            f"    found = importlib.import_module(module)\n"
            f"    assert all(callable(getattr(found, name)) for name in names), module"
        )
        done = subprocess.run(
            [python_here, "-I", "-S", "-c", program],
            capture_output=True,
            text=True,
            check=False,
            env={},
        )
        if done.returncode != 0:
            failed[part] = done.stderr.strip().splitlines()[-1]
    assert failed == {}
