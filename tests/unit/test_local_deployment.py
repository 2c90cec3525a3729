"""How a synthesised app is read and packed before it goes to the emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local.deploy import list_assembly_stacks, zip_asset, zip_folder


def an_assembly(folder: Path, artifacts: dict[str, Any]) -> Path:
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def a_stack(*needed: str, name: str) -> dict[str, Any]:
    properties = {"templateFile": f"{name}.template.json", "stackName": name}
    return {
        "type": "aws:cloudformation:stack",
        "dependencies": list(needed),
        "properties": properties,
    }


def test_a_stack_comes_after_those_it_needs(tmp_path: Path) -> None:
    assembly = an_assembly(
        tmp_path,
        {
            "units": a_stack("core", "units.assets", name="Casework-units"),
            "units.assets": {"type": "cdk:asset-manifest", "properties": {"file": "units.json"}},
            "core": a_stack(name="Casework"),
        },
    )
    core, units = list_assembly_stacks(assembly)
    assert (core.name, core.assets) == ("Casework", None)
    assert (units.name, units.assets) == ("Casework-units", tmp_path / "units.json")


def test_the_same_folder_always_packs_to_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "package").mkdir(parents=True)
        for file in ("b.py", "a.py") if name == "one" else ("a.py", "b.py"):
            (tmp_path / name / "package" / file).write_text(file)
    assert zip_folder(tmp_path / "one") == zip_folder(tmp_path / "two")


def test_an_asset_is_packed_once_for_all_systems(tmp_path: Path) -> None:
    asset = tmp_path / "asset.1"
    asset.mkdir()
    (asset / "handler.py").write_text("")
    first = zip_asset(asset)
    assert first == zip_folder(asset)
    assert [each.name for each in sorted(tmp_path.iterdir())] == ["asset.1", "asset.1.zip"]
    (asset / "handler.py").unlink()
    assert zip_asset(asset) == first
