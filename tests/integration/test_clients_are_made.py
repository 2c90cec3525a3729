"""Clients are made from `docs/openapi.json` by three generators, and none of them warns."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import openapi

BIN = openapi.ROOT / "node_modules" / ".bin"
DOCUMENT = json.loads(openapi.OPENAPI_DOCUMENT_FILE.read_text(encoding="utf-8"))
CALLS = {
    operation["operationId"]
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}
WARNS = re.compile(r"warn|⚠|deprecat|unable|unsupported|skipp|error", re.IGNORECASE)


def made(*command: str | Path) -> None:
    """Run a generator: it succeeds without a warning."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert not WARNS.search(said), said


def openapi_python_client(document: Path, folder: Path) -> set[str]:
    """The calls of a client for Python: one module each."""
    plain = folder / "settings.json"
    plain.write_text(json.dumps({"post_hooks": []}), encoding="utf-8")
    made(
        *(sys.executable, "-m", "openapi_python_client", "generate", "--path", document),
        *("--output-path", folder / "client", "--meta", "none", "--config", plain),
        "--fail-on-warning",
    )
    found = {file.stem for file in (folder / "client" / "api").glob("*/*.py")}
    return found - {"__init__"}


def openapi_typescript(document: Path, folder: Path) -> set[str]:
    """The calls whose types the portal is built with."""
    made(BIN / "openapi-typescript", document, "--output", folder / "api.d.ts")
    written = (folder / "api.d.ts").read_text(encoding="utf-8")
    operations = written.partition("export interface operations {")[2]
    return set(re.findall(r"^    (\w+): \{$", operations, re.MULTILINE))


def oazapfts(document: Path, folder: Path) -> set[str]:
    """The calls of a client for TypeScript: one function each."""
    made(BIN / "oazapfts", document, folder / "client.ts")
    written = (folder / "client.ts").read_text(encoding="utf-8")
    names = re.findall(r"^export function (\w+)\(", written, re.MULTILINE)
    return {re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name) for name in names}


Generator = Callable[[Path, Path], set[str]]
GENERATORS: tuple[Generator, ...] = (openapi_python_client, openapi_typescript, oazapfts)


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda each: each.__name__)
def test_a_client_has_every_call_and_its_generator_warns_of_nothing(
    generator: Generator, tmp_path: Path
) -> None:
    assert generator(openapi.OPENAPI_DOCUMENT_FILE, tmp_path) == CALLS


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda each: each.__name__)
def test_a_schema_that_is_not_there_is_noticed(generator: Generator, tmp_path: Path) -> None:
    (path, methods), *_ = DOCUMENT["paths"].items()
    document = {**DOCUMENT, "paths": {path: methods}, "components": {}}
    wrong = tmp_path / "openapi.json"
    wrong.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(AssertionError):
        generator(wrong, tmp_path)
