"""The local templates are written once for the same sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import template_cache

CONTENT = {"infra/app.py": "one", "docs/openapi.json": "{}", "casework/a/b.py": "two"}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The places where the CDK wrote an assembly, for the sources in a repository of its own."""
    for name, text in CONTENT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    places: list[Path] = []

    def synthesise(stage: str, out: Path) -> Path:
        out.mkdir()
        places.append(out)
        return out

    monkeypatch.setattr(template_cache, "ROOT", tmp_path)
    monkeypatch.setattr(template_cache, "ASSEMBLY_CACHE_FOLDER", tmp_path / "build")
    monkeypatch.setattr(template_cache, "synthesise_stage", synthesise)
    return places


def test_templates_are_written_again_only_after_a_source_has_changed(
    tmp_path: Path, written: list[Path]
) -> None:
    first = template_cache.assembled_templates()
    assert template_cache.assembled_templates() == first
    assert written == [first]
    (tmp_path / "casework" / "a" / "__pycache__").mkdir()
    (tmp_path / "casework" / "a" / "__pycache__" / "b.pyc").write_text("bytecode")
    assert template_cache.assembled_templates() == first, "bytecode is not a source"
    (tmp_path / "casework/a/b.py").rename(tmp_path / "casework/a/c.py")
    renamed = template_cache.assembled_templates()
    (tmp_path / "infra/app.py").write_text("three")
    changed = template_cache.assembled_templates()
    assert written == [first, renamed, changed]
    assert len(set(written)) == 3


def test_only_the_latest_templates_are_kept(tmp_path: Path, written: list[Path]) -> None:
    for number in range(template_cache.MAX_CACHED_ASSEMBLIES + 2):
        (tmp_path / "infra/app.py").write_text(str(number))
        template_cache.assembled_templates()
    kept = {each for each in (tmp_path / "build").iterdir() if each.is_dir()}
    assert kept == set(written[-template_cache.MAX_CACHED_ASSEMBLIES :])
